//! What the fuzz targets share: keys and tokens that are the same on every run.

use std::sync::OnceLock;

use gatehouse_credential::claims::{FullClaims, TicketClaims};
use gatehouse_credential::key::{PublicKey, SigningKey};
use gatehouse_credential::token::Token;
use gatehouse_credential::vault::{PassphraseCost, Protector, Vault};
use gatehouse_credential::verify::{KeyEntry, KeyStatus, Verifier};
use gatehouse_domain::id::{EventId, TicketId};
use uuid::Uuid;

/// The event at whose gate the targets stand.
pub const EVENT: EventId = EventId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_0123_4567_89ab));
/// Another event of the workspace.
pub const OTHER_EVENT: EventId =
    EventId(Uuid::from_u128(0xbeef_0002_a1b2_8c3d_8e4f_0123_4567_89ab));
const TICKET: TicketId = TicketId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_fedc_ba98_7654));

/// The public half of an RSA-2048 key whose private half is gone: it signed nothing that exists.
const LOST_KEY: &str = include_str!("lost_key.pem");

/// An Ed25519 key made from a seed byte.
#[must_use]
pub fn key(seed: u8) -> SigningKey {
    // PKCS #8 (RFC 8410) up to the 32 bytes of the private key.
    let mut pkcs8 = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    pkcs8.extend_from_slice(&[seed; 32]);
    SigningKey::from_pkcs8(&pkcs8).expect("the bytes are a key's")
}

/// The key of [`EVENT`].
pub fn event_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| key(1))
}

/// A verifier at [`EVENT`] that knows an Ed25519 and an RSA key of it, one of another event and a
/// revoked one.
pub fn verifier() -> &'static Verifier {
    static VERIFIER: OnceLock<Verifier> = OnceLock::new();
    VERIFIER.get_or_init(|| {
        let entry = |key: PublicKey, event, status| KeyEntry { key, event, status };
        let lost = PublicKey::from_pem(LOST_KEY).expect("the file holds a key");
        Verifier::new(
            EVENT,
            [
                entry(event_key().public().clone(), EVENT, KeyStatus::Active),
                entry(lost, EVENT, KeyStatus::Rotated),
                entry(key(2).public().clone(), OTHER_EVENT, KeyStatus::Active),
                entry(key(3).public().clone(), EVENT, KeyStatus::Revoked),
            ],
        )
    })
}

/// The claims of everything that [`event_key`] ever signed as tokens.
#[must_use]
pub fn claims() -> [TicketClaims; 2] {
    let slim = TicketClaims {
        ticket: TICKET,
        version: 1,
        event: EVENT,
        issued_at: 1_795_000_000,
        not_before: 1_795_000_000,
        expires_at: 4_102_444_800,
        full: None,
    };
    let full = TicketClaims {
        full: Some(FullClaims {
            booking: Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_0000_0000_0042),
            event_name: "Gala of the \"Lighthouse\" Friends".to_owned(),
            attendee_name: "Zoë Šlâpfer-O’Neill 王".to_owned(),
            attendee_email: Some("zoe@example.org".to_owned()),
            ticket_type: "VIP".to_owned(),
            seat_number: Some("Table 4, seat 2".to_owned()),
        }),
        ..slim.clone()
    };
    [slim, full]
}

/// Everything that [`event_key`] ever signed as tokens.
pub fn signed() -> &'static [Token] {
    static SIGNED: OnceLock<Vec<Token>> = OnceLock::new();
    SIGNED.get_or_init(|| {
        claims()
            .iter()
            .map(|claims| Token::sign(event_key(), claims).expect("the claims are short"))
            .collect()
    })
}

/// A vault, new on every run.
#[must_use]
pub fn vault() -> Vault {
    let protector = Protector::Passphrase {
        passphrase: "lighthouse",
        cost: PassphraseCost::FOR_TESTS,
    };
    Vault::create(protector)
        .expect("a passphrase always locks")
        .0
}
