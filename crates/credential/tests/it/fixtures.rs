//! Keys and claims that the tests share.

use std::sync::OnceLock;

use gatehouse_credential::claims::{FullClaims, TicketClaims};
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::id::{EventId, TicketId};
use uuid::Uuid;

pub(crate) const EVENT: EventId =
    EventId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_0123_4567_89ab));
pub(crate) const OTHER_EVENT: EventId =
    EventId(Uuid::from_u128(0xbeef_0002_a1b2_8c3d_8e4f_0123_4567_89ab));
pub(crate) const TICKET: TicketId =
    TicketId(Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_fedc_ba98_7654));

/// An Ed25519 key that is the same on every run.
pub(crate) fn fixed_key(seed: u8) -> SigningKey {
    let mut pkcs8 = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    pkcs8.extend_from_slice(&[seed; 32]);
    SigningKey::from_pkcs8(&pkcs8).unwrap()
}

/// One RSA key for the whole run.
pub(crate) fn rsa_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(KeyProfile::Rsa2048).unwrap())
}

pub(crate) fn slim() -> TicketClaims {
    TicketClaims {
        ticket: TICKET,
        version: 1,
        event: EVENT,
        issued_at: 1_795_000_000,
        not_before: 1_795_000_000,
        expires_at: 4_102_444_800,
        full: None,
    }
}

pub(crate) fn full() -> TicketClaims {
    TicketClaims {
        full: Some(FullClaims {
            booking: Uuid::from_u128(0xfeed_0001_a1b2_8c3d_8e4f_0000_0000_0042),
            event_name: "Gala of the \"Lighthouse\" Friends".to_owned(),
            attendee_name: "Zoë Šlâpfer-O’Neill 王".to_owned(),
            attendee_email: Some("zoe@example.org".to_owned()),
            ticket_type: "VIP".to_owned(),
            seat_number: Some("Table 4, seat 2".to_owned()),
        }),
        ..slim()
    }
}
