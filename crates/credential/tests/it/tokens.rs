//! Tokens: independent verifiers agree, and the wire format does not drift.

use gatehouse_credential::claims::TicketClaims;
use gatehouse_credential::key::{KeyError, KeyProfile, PublicKey, SigningKey};
use gatehouse_credential::token::{JWT_LIMIT, TEXT_LIMIT, Token, TokenError};
use gatehouse_credential::verify::verify_with_key;
use gatehouse_domain::id::TicketId;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use proptest::prelude::*;
use rsa::pkcs8::DecodePublicKey;
use rsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts;
use uuid::Uuid;

use crate::fixtures::{fixed_key, full, rsa_key, slim};

/// The capacity of QR versions 1 to 40 at error correction M, in alphanumeric characters
/// (ISO/IEC 18004, table 7).
const ALNUM_M: [usize; 20] = [
    20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600, 656, 734, 816, 909, 970,
];

#[test]
fn an_independent_library_decodes_what_is_signed() {
    for profile in KeyProfile::ALL {
        let key = SigningKey::generate(profile).unwrap();
        let (oracle, algorithm) = match profile {
            KeyProfile::Ed25519 => {
                let raw = &key.public().spki_der()[12..];
                (DecodingKey::from_ed_der(raw), Algorithm::EdDSA)
            }
            _ => {
                let public =
                    rsa::RsaPublicKey::from_public_key_pem(&key.public().to_pem()).unwrap();
                assert_eq!(public.n().bits() as usize, profile.bits());
                let (n, e) = (public.n_bytes(), public.e_bytes());
                (
                    DecodingKey::from_rsa_raw_components(&n, &e),
                    Algorithm::RS256,
                )
            }
        };
        for claims in [slim(), full()] {
            let token = Token::sign(&key, &claims).unwrap();
            let decoded = jsonwebtoken::decode::<serde_json::Value>(
                token.jwt(),
                &oracle,
                &Validation::new(algorithm),
            )
            .unwrap();
            assert_eq!(decoded.header.kid, Some(key.id().to_string()));
            assert_eq!(decoded.header.typ.as_deref(), Some("ticket+jwt"));
            assert_eq!(decoded.claims["exp"], claims.expires_at);
            assert_eq!(
                verify_with_key(token.jwt(), key.public()),
                Ok(claims.clone())
            );
            assert_eq!(verify_with_key(&token.compact(), key.public()), Ok(claims));
        }
    }
}

#[test]
fn a_second_rsa_implementation_accepts_the_signature_and_no_other_message() {
    let key = rsa_key();
    let token = Token::sign(key, &slim()).unwrap();
    let public = rsa::RsaPublicKey::from_public_key_der(key.public().spki_der()).unwrap();
    let oracle = rsa::pkcs1v15::VerifyingKey::<sha2::Sha256>::new(public);
    let signature = rsa::pkcs1v15::Signature::try_from(token.signature()).unwrap();
    oracle.verify(token.signing_input(), &signature).unwrap();
    assert!(oracle.verify(b"another message", &signature).is_err());
}

const HEADER: &str = r#"{"alg":"EdDSA","kid":"Mkvi3qi8REY","typ":"ticket+jwt"}"#;
const SLIM_PAYLOAD: &str = r#"{"tid":"_u0AAaGyjD2OT_7cuph2VA","cv":1,"eid":"_u0AAaGyjD2OTwEjRWeJqw","iat":1795000000,"nbf":1795000000,"exp":4102444800}"#;
const SLIM_JWT: &str = "\
    eyJhbGciOiJFZERTQSIsImtpZCI6Ik1rdmkzcWk4UkVZIiwidHlwIjoidGlja2V0K2p3dCJ9.eyJ0aWQiOiJfdTB\
    BQWFHeWpEMk9UXzdjdXBoMlZBIiwiY3YiOjEsImVpZCI6Il91MEFBYUd5akQyT1R3RWpSV2VKcXciLCJpYXQiOjE\
    3OTUwMDAwMDAsIm5iZiI6MTc5NTAwMDAwMCwiZXhwIjo0MTAyNDQ0ODAwfQ.H5M7kglsONtMTBb25D_V5OJNVfG1\
    tzY3Jf5p-31234q4NxwOCaxe4B_J6VyYa3wn0a8PqmnMsmkbWqqz2-7TAA";
const SLIM_COMPACT: &str = "\
    GH1:$72VQ9U6S1 N*/8C/TC90XPM8Z7K:9TK404DHVLXPM8Z735AV+RFCJ+RATNDQ1H%20GMO4AJS:3+N7R81K87\
    2T9S+2L%S 1RIRS-%AY/MJ%66 4-HDX%FVBS:CNRO31A1X:B$04PMT4CJDVF*MQ5:1*GD/OMRK34QL7 RGUQ";
const FULL_COMPACT: &str = "\
    GH1:P.30VG:HO9WLFG3W5O:$CG4P+FJTD8$HIK/NY1J6LJ9-UGIKYNK NII1M6PM.NHE 8WD9Z.DUJDGKECPKX+G\
    7JJS91-08JDDB8G*I2*ZI1GOQMOQHPX*OJ+PYOO/868Z5L48SJLA8KG8AUIIT42F+S-IJ2EA0HILKBOG3/$KO.AL\
    61C9P+ZPS-HQ280MBWHT  J:PHGDGPE8LCW1VODBO0*PBR3-BT9:RDMIG A.F5TQRWEHB7CTI80E2BPPZKQ230LE\
    58GC*CIRC5B%V8BJG31XRCT*OWGOH*O6Q01AF%506ATO3TRID0C2B92N1B1-R5U1GM26%0U%UZ7AMJUT213H64RE\
    KKES%GYKU%+OL.NJA0LI3FW2ORK8K6%W32$PESMJA4+FQ30";
const SLIM_PACKED: [&str; 9] = [
    // form: slim, EdDSA, ticket id shares the event's first 4 bytes
    "11",
    // key id
    "324be2dea8bc4446",
    // event id
    "feed0001a1b28c3d8e4f0123456789ab",
    // ticket id from its fifth byte
    "a1b28c3d8e4ffedcba987654",
    // credential version
    "01",
    // issued at
    "6afd86c0",
    // not before, less issued at
    "00",
    // expires at, less issued at
    "80c1c69811",
    // signature
    "1f933b92096c38db4c4c16f6e43fd5e4e24d55f1b5b7363725fe69fb7d76df8ab8371c0e09ac5ee01fc9e95c98\
    6b7c27d1af0faa69ccb2691b5aaab3dbeed300",
];
const FULL_PAYLOAD: &str = r#"{"ticketId":"feed0001-a1b2-8c3d-8e4f-fedcba987654","bookingId":"feed0001-a1b2-8c3d-8e4f-000000000042","eventId":"feed0001-a1b2-8c3d-8e4f-0123456789ab","eventName":"Gala of the \"Lighthouse\" Friends","attendeeName":"Zoë Šlâpfer-O’Neill 王","attendeeEmail":"zoe@example.org","ticketType":"VIP","seatNumber":"Table 4, seat 2","cv":1,"iat":1795000000,"nbf":1795000000,"exp":4102444800}"#;

/// Printed paper outlives a build: none of these texts may change.
#[test]
fn the_wire_format_stands() {
    let token = Token::sign(&fixed_key(7), &slim()).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let hex: String = token
        .to_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(text(token.header()), HEADER);
    assert_eq!(text(token.payload()), SLIM_PAYLOAD);
    assert_eq!(token.jwt(), SLIM_JWT);
    assert_eq!(token.compact(), SLIM_COMPACT);
    assert_eq!(hex, SLIM_PACKED.concat());
    let token = Token::sign(&fixed_key(7), &full()).unwrap();
    assert_eq!(text(token.payload()), FULL_PAYLOAD);
}

/// A deflated token as an earlier build wrote it: the dictionary must never change.
#[test]
fn deflated_tokens_stay_readable() {
    let token = Token::sign(&fixed_key(7), &full()).unwrap();
    assert_eq!(token.to_bytes()[0], 0x1f);
    assert_eq!(Token::parse(FULL_COMPACT).unwrap().jwt(), token.jwt());
}

#[test]
fn codes_are_as_small_as_promised() {
    for (profile, version) in [
        (KeyProfile::Rsa2048, 13),
        (KeyProfile::Rsa3072, 16),
        (KeyProfile::Rsa4096, 19),
        (KeyProfile::Ed25519, 7),
    ] {
        let key = SigningKey::generate(profile).unwrap();
        let year = TicketClaims {
            expires_at: slim().issued_at + 400 * 86_400,
            ..slim()
        };
        let compact = Token::sign(&key, &year).unwrap().compact();
        eprintln!("{profile}: slim {} characters", compact.len());
        let full_len = Token::sign(&key, &full()).unwrap().compact().len();
        eprintln!("{profile}: full {full_len} characters");
        assert!(
            compact.len() <= ALNUM_M[version - 1],
            "{profile}: {}",
            compact.len()
        );
        assert!(
            compact.len() > ALNUM_M[version - 2],
            "{profile} fits a smaller code now"
        );
        assert!(compact.len() <= Token::slim_compact_len(profile));
        assert!(Token::slim_compact_len(profile) <= ALNUM_M[version - 1]);
        assert!(
            compact
                .bytes()
                .all(|c| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&c))
        );
    }
}

#[test]
fn readers_may_add_blanks_and_their_identifiers() {
    let token = Token::sign(&fixed_key(7), &slim()).unwrap();
    for text in [token.jwt(), &token.compact()] {
        for (before, after) in [
            ("", ""),
            (" \t", "\r\n"),
            ("]Q1", ""),
            ("]Q2\\000026", "\n"),
            ("\u{feff}", ""),
        ] {
            let read = Token::parse(&format!("{before}{text}{after}")).unwrap();
            assert_eq!(read.jwt(), token.jwt(), "{before:?} {after:?}");
        }
    }
}

#[test]
fn limits_come_before_work() {
    assert_eq!(
        Token::parse(&"A".repeat(TEXT_LIMIT + 1)),
        Err(TokenError::TooLong)
    );
    assert_eq!(
        Token::parse(&"A".repeat(JWT_LIMIT + 1)),
        Err(TokenError::TooLong)
    );
    assert_eq!(
        Token::from_bytes(&vec![0x1e; TEXT_LIMIT + 1]),
        Err(TokenError::TooLong)
    );
    let mut claims = full();
    claims.full.as_mut().unwrap().attendee_name = "x".repeat(JWT_LIMIT);
    assert_eq!(
        Token::sign(&fixed_key(7), &claims),
        Err(TokenError::TooLong)
    );
    // The largest JWT has a compact form that is read back.
    let mut state = 0x1234_5678_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take((JWT_LIMIT - 8) / 4 * 3)
    .collect();
    let jwt = format!("e30.{}.AAA", base64url(&noise));
    assert_eq!(jwt.len(), JWT_LIMIT);
    let token = Token::parse(&jwt).unwrap();
    assert!(token.compact().len() <= TEXT_LIMIT);
    assert_eq!(Token::parse(&token.compact()).unwrap().jwt(), token.jwt());
}

#[test]
fn keys_of_other_sizes_and_shapes_are_refused() {
    let pem = rsa_key().public().to_pem();
    assert_eq!(&PublicKey::from_pem(&pem).unwrap(), rsa_key().public());
    assert_eq!(
        &PublicKey::from_pem(&pem.replace('\n', "\r\n")).unwrap(),
        rsa_key().public()
    );
    let spki = rsa_key().public().spki_der();
    let exponent = spki.len() - 3;
    assert_eq!(spki[exponent..], [1, 0, 1]);

    let mut three = spki.to_vec();
    three[exponent + 2] = 3;
    assert_eq!(PublicKey::from_spki_der(&three), Err(KeyError::Exponent));
    let mut trailing = spki.to_vec();
    trailing.push(0);
    for bad in [
        &trailing[..],
        &spki[1..],
        &spki[..spki.len() - 1],
        b"",
        &[0x30; 400],
    ] {
        assert!(matches!(
            PublicKey::from_spki_der(bad),
            Err(KeyError::Unreadable(_))
        ));
    }
    // A 2047-bit number in a 2048-bit place.
    let mut short = spki.to_vec();
    let modulus = short.len() - 5 - 256;
    assert!(short[modulus] & 0x80 != 0 && short[modulus - 1] == 0);
    short[modulus] &= 0x7f;
    assert!(
        PublicKey::from_spki_der(&short).is_err(),
        "not in its shortest form"
    );
    for (bits, len) in [(1024, 128_usize), (2560, 320), (8192, 1024)] {
        assert_eq!(
            PublicKey::from_spki_der(&rsa_spki(len)),
            Err(KeyError::Size(bits))
        );
    }
    for bad in [
        "",
        "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----\n",
    ] {
        assert!(PublicKey::from_pem(bad).is_err());
    }
    assert!(PublicKey::from_pem(&"x".repeat(1 << 20)).is_err());
    assert!(SigningKey::from_pkcs8(spki).is_err());
    let whole = rsa_key().to_pkcs8();
    assert_eq!(
        SigningKey::from_pkcs8(&whole).unwrap().public(),
        rsa_key().public()
    );
    assert!(SigningKey::from_pkcs8(&whole[..whole.len() - 1]).is_err());
}

/// A SubjectPublicKeyInfo with a number of `len` bytes for its modulus.
fn rsa_spki(len: usize) -> Vec<u8> {
    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let len = content.len() as u16;
        let head = match len {
            0..=0x7f => vec![tag, len as u8],
            0x80..=0xff => vec![tag, 0x81, len as u8],
            _ => vec![tag, 0x82, (len >> 8) as u8, len as u8],
        };
        [&head, content].concat()
    }
    let modulus = [&[0], &vec![0xff; len][..]].concat();
    let key = element(
        0x30,
        &[element(2, &modulus), element(2, &[1, 0, 1])].concat(),
    );
    let algorithm = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    let bits = [&[0], &key[..]].concat();
    element(
        0x30,
        &[element(0x30, &algorithm), element(3, &bits)].concat(),
    )
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

proptest! {
    #[test]
    fn any_jwt_comes_back_from_its_compact_form(
        header in proptest::collection::vec(any::<u8>(), 1..200),
        payload in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..2000),
            "(\\{\"attendeeName\":\"[a-z ]{0,40}\",)*".prop_map(String::into_bytes),
        ],
        signature in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let jwt = [header, payload, signature].map(|part| base64url(&part)).join(".");
        let token = Token::parse(&jwt).unwrap();
        let compact = token.compact();
        prop_assert_eq!(Token::parse(&compact).unwrap().to_string(), &jwt[..]);
        prop_assert_eq!(Token::from_bytes(&token.to_bytes()).unwrap().to_string(), &jwt[..]);
    }

    #[test]
    fn any_slim_claims_come_back(
        ticket: u128, event: u128, shared: bool, version: u32,
        issued_at in prop_oneof![any::<i64>(), 0..=i64::from(u32::MAX)],
        not_before: i64, expires_at: i64,
        signature in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let ticket = if shared { ticket >> 32 | event >> 96 << 96 } else { ticket };
        let claims = TicketClaims {
            ticket: TicketId(Uuid::from_u128(ticket)),
            event: Uuid::from_u128(event).into(),
            version, issued_at, not_before, expires_at, full: None,
        };
        let header = Token::sign(&fixed_key(7), &slim()).unwrap().header().to_vec();
        let jwt = [&header, claims.to_json().as_bytes(), &signature].map(base64url).join(".");
        let token = Token::parse(&Token::parse(&jwt).unwrap().compact()).unwrap();
        prop_assert_eq!(token.jwt(), jwt);
        prop_assert_eq!(token.unverified_claims(), Some(claims));
    }

    #[test]
    fn garbage_never_panics(
        text in ".{0,300}",
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        form in prop_oneof![Just(0x10_u8), Just(0x13), Just(0x1e), Just(0x1f)],
        base45 in "GH1:[0-9A-Z $%*+./:-]{0,200}",
    ) {
        let _ = Token::parse(&text);
        let _ = Token::parse(&base45);
        let _ = Token::from_bytes(&bytes);
        // What is accepted is a token: it comes back from each of its forms.
        if let Ok(token) = Token::from_bytes(&[&[form], &bytes[..]].concat()) {
            let jwt = Token::parse(token.jwt()).unwrap();
            prop_assert_eq!(jwt.to_bytes(), token.to_bytes());
        }
    }
}
