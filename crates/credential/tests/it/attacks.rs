//! What is refused at a gate, each for its own reason.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatehouse_credential::claims::TicketClaims;
use gatehouse_credential::key::SigningKey;
use gatehouse_credential::token::Token;
use gatehouse_credential::verify::{KeyEntry, KeyStatus, Verifier};

use crate::fixtures::{EVENT, OTHER_EVENT, fixed_key, full, rsa_key, slim};

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A JWT of any header and payload, rightly signed.
fn signed(key: &SigningKey, header: &str, payload: &str) -> String {
    let input = format!("{}.{}", base64url(header), base64url(payload));
    format!("{input}.{}", base64url(key.sign(input.as_bytes())))
}

fn verifier() -> Verifier {
    let entry = |key: &SigningKey, event, status| KeyEntry {
        key: key.public().clone(),
        event,
        status,
    };
    Verifier::new(
        EVENT,
        [
            entry(rsa_key(), EVENT, KeyStatus::Active),
            entry(&fixed_key(1), EVENT, KeyStatus::Rotated),
            entry(&fixed_key(2), EVENT, KeyStatus::Revoked),
            entry(&fixed_key(3), OTHER_EVENT, KeyStatus::Active),
            entry(&fixed_key(4), OTHER_EVENT, KeyStatus::Revoked),
        ],
    )
}

fn code(text: &str) -> &'static str {
    match verifier().verify(text) {
        Ok(_) => "verified",
        Err(refusal) => refusal.code(),
    }
}

#[test]
fn good_tokens_verify_in_either_form() {
    for (key, status) in [
        (rsa_key(), KeyStatus::Active),
        (&fixed_key(1), KeyStatus::Rotated),
    ] {
        for claims in [slim(), full()] {
            let token = Token::sign(key, &claims).unwrap();
            for text in [token.jwt(), &token.compact()] {
                let verified = verifier().verify(text).unwrap();
                assert_eq!(verified.claims, claims);
                assert_eq!(verified.kid, key.id());
                assert_eq!(verified.key_status, status);
                assert_eq!(verified.event, EVENT);
            }
        }
    }
}

#[test]
fn each_attack_has_its_code() {
    let key = rsa_key();
    let kid = key.id().to_string();
    let good = Token::sign(key, &slim()).unwrap();
    let [head, body, signature] = good.jwt().split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    let header = format!(r#"{{"alg":"RS256","kid":"{kid}","typ":"ticket+jwt"}}"#);
    let payload = slim().to_json();
    assert_eq!(
        code(&signed(key, &header, &payload)),
        "verified",
        "the table's starting point"
    );

    let with_header = |header: &str| signed(key, header, &payload);
    let with_payload = |payload: &str| signed(key, &header, payload);
    let hs256 = |secret: &[u8]| {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}","typ":"ticket+jwt"}}"#);
        let input = format!("{}.{body}", base64url(header));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
        format!("{input}.{}", base64url(tag))
    };
    let extra =
        |field: &str| with_header(&header.replace(r#","typ""#, &format!(r#",{field},"typ""#)));
    let other_claims = |event| TicketClaims { event, ..slim() };
    // The last character of a 2048-bit signature carries four unused bits.
    let noncanonical = {
        let (rest, last) = good.jwt().split_at(good.jwt().len() - 1);
        let table = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let at = table.find(last).unwrap();
        format!("{rest}{}", &table[at + 1..at + 2])
    };
    let mut flipped = good.to_bytes();
    *flipped.last_mut().unwrap() ^= 1;
    let nested = format!("{}1{}", "[".repeat(200), "]".repeat(200));

    let table: Vec<(&str, String, &str)> = vec![
        ("empty", String::new(), "malformed"),
        (
            "a web address",
            "https://example.org/t?id=1".into(),
            "malformed",
        ),
        ("bare prefix", "GH1:".into(), "malformed"),
        (
            "older compact version",
            good.compact().replace("GH1:", "GH0:"),
            "malformed",
        ),
        ("lower case", good.compact().to_lowercase(), "malformed"),
        (
            "alg none, no signature",
            format!("{}.{body}.", base64url(header.replace("RS256", "none"))),
            "unsupported_algorithm",
        ),
        (
            "alg None with signature",
            with_header(&header.replace("RS256", "None")),
            "unsupported_algorithm",
        ),
        (
            "bare alg none",
            format!("{}.{body}.", base64url(r#"{"alg":"none"}"#)),
            "unsupported_algorithm",
        ),
        (
            "HS256, PEM as secret",
            hs256(key.public().to_pem().as_bytes()),
            "unsupported_algorithm",
        ),
        (
            "HS256, DER as secret",
            hs256(key.public().spki_der()),
            "unsupported_algorithm",
        ),
        (
            "RS384",
            with_header(&header.replace("RS256", "RS384")),
            "unsupported_algorithm",
        ),
        (
            "PS256",
            with_header(&header.replace("RS256", "PS256")),
            "unsupported_algorithm",
        ),
        (
            "EdDSA on an RSA key",
            with_header(&header.replace("RS256", "EdDSA")),
            "unsupported_algorithm",
        ),
        (
            "RS256 on an Ed25519 key",
            signed(
                &fixed_key(1),
                &header.replace(&kid, &fixed_key(1).id().to_string()),
                &payload,
            ),
            "unsupported_algorithm",
        ),
        (
            "unknown kid",
            with_header(&header.replace(&kid, "AAAAAAAAAAA")),
            "unknown_key",
        ),
        (
            "kid of another key",
            signed(
                &fixed_key(9),
                &header
                    .replace(&kid, &fixed_key(1).id().to_string())
                    .replace("RS256", "EdDSA"),
                &payload,
            ),
            "invalid_signature",
        ),
        (
            "kid is a path",
            with_header(&header.replace(&kid, "../../key.pem")),
            "malformed",
        ),
        (
            "kid is a number",
            with_header(&header.replace(&format!("\"{kid}\""), "7")),
            "malformed",
        ),
        (
            "no kid",
            with_header(r#"{"alg":"RS256","typ":"ticket+jwt"}"#),
            "malformed",
        ),
        (
            "other typ",
            with_header(&header.replace("ticket+jwt", "JWT")),
            "malformed",
        ),
        (
            "no typ",
            with_header(&format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#)),
            "malformed",
        ),
        ("crit", extra(r#""crit":["exp"]"#), "malformed"),
        (
            "jku",
            extra(r#""jku":"https://example.org/keys""#),
            "malformed",
        ),
        ("jwk", extra(r#""jwk":{"kty":"RSA"}"#), "malformed"),
        (
            "x5u",
            extra(r#""x5u":"https://example.org/c""#),
            "malformed",
        ),
        ("doubled alg", extra(r#""alg":"RS256""#), "malformed"),
        (
            "doubled alg, escaped",
            extra(r#""\u0061lg":"none""#),
            "malformed",
        ),
        (
            "header is no object",
            with_header(r#"["RS256"]"#),
            "malformed",
        ),
        (
            "header goes on",
            with_header(&format!("{header}{{}}")),
            "malformed",
        ),
        (
            "signature cut",
            format!("{head}.{body}.{}", base64url(&good.signature()[..253])),
            "invalid_signature",
        ),
        (
            "signature empty",
            format!("{head}.{body}."),
            "invalid_signature",
        ),
        (
            "signature of zeros",
            format!("{head}.{body}.{}", base64url([0; 256])),
            "invalid_signature",
        ),
        (
            "signature flipped, compact",
            Token::from_bytes(&flipped).unwrap().compact(),
            "invalid_signature",
        ),
        (
            "payload changed",
            format!(
                "{head}.{}.{signature}",
                base64url(payload.replace("\"cv\":1", "\"cv\":2"))
            ),
            "invalid_signature",
        ),
        ("one dot", format!("{head}.{body}"), "malformed"),
        ("three dots", format!("{}.", good.jwt()), "malformed"),
        ("leading dot", format!(".{}", good.jwt()), "malformed"),
        ("only dots", "..".into(), "malformed"),
        ("padding", format!("{}==", good.jwt()), "malformed"),
        (
            "standard base64",
            format!("{head}.{body}.+/+/"),
            "malformed",
        ),
        ("unused bits set", noncanonical, "malformed"),
        ("blank inside", good.jwt().replace('.', ". "), "malformed"),
        (
            "huge",
            format!("{}{}", good.jwt(), "A".repeat(1 << 20)),
            "malformed",
        ),
        (
            "compact cut",
            Token::from_bytes(&good.to_bytes()[..100])
                .unwrap()
                .compact(),
            "invalid_signature",
        ),
        (
            "compact cut short",
            good.compact()[..40].into(),
            "malformed",
        ),
        (
            "ticket id is a number",
            with_payload(r#"{"tid":7,"cv":1,"eid":"x","iat":1,"nbf":1,"exp":2}"#),
            "wrong_types",
        ),
        (
            "version is text",
            with_payload(&payload.replace("\"cv\":1", "\"cv\":\"1\"")),
            "wrong_types",
        ),
        (
            "version is negative",
            with_payload(&payload.replace("\"cv\":1", "\"cv\":-1")),
            "wrong_types",
        ),
        (
            "version too large",
            with_payload(&payload.replace("\"cv\":1", "\"cv\":4294967296")),
            "wrong_types",
        ),
        (
            "expiry is a fraction",
            with_payload(&payload.replace("4102444800", "4102444800.5")),
            "wrong_types",
        ),
        (
            "expiry missing",
            with_payload(&payload.replace("exp", "exq")),
            "wrong_types",
        ),
        (
            "doubled claim",
            with_payload(&payload.replace("\"cv\":1", "\"cv\":1,\"cv\":2")),
            "wrong_types",
        ),
        (
            "both claim sets",
            with_payload(&payload.replace("\"cv\"", "\"ticketId\":\"x\",\"cv\"")),
            "wrong_types",
        ),
        (
            "nested claim",
            with_payload(&payload.replace("\"cv\":1", &format!("\"cv\":{nested}"))),
            "wrong_types",
        ),
        (
            "nested unknown claim",
            with_payload(&payload.replace("\"cv\"", &format!("\"x\":{nested},\"cv\""))),
            "wrong_types",
        ),
        ("payload is no JSON", with_payload("hello"), "wrong_types"),
        ("payload is empty", with_payload(""), "wrong_types"),
        (
            "revoked key",
            Token::sign(&fixed_key(2), &slim()).unwrap().compact(),
            "revoked_key",
        ),
        (
            "revoked key of another event",
            Token::sign(&fixed_key(4), &other_claims(OTHER_EVENT))
                .unwrap()
                .compact(),
            "revoked_key",
        ),
        (
            "forged in a revoked key's name",
            signed(
                &fixed_key(9),
                &header
                    .replace(&kid, &fixed_key(2).id().to_string())
                    .replace("RS256", "EdDSA"),
                &payload,
            ),
            "invalid_signature",
        ),
        (
            "another event's ticket",
            Token::sign(&fixed_key(3), &other_claims(OTHER_EVENT))
                .unwrap()
                .compact(),
            "wrong_event",
        ),
        (
            "another event's key, our event",
            Token::sign(&fixed_key(3), &slim()).unwrap().compact(),
            "wrong_event",
        ),
        (
            "our key, another event",
            Token::sign(key, &other_claims(OTHER_EVENT))
                .unwrap()
                .compact(),
            "wrong_event",
        ),
        (
            "forged in another event's name",
            signed(
                &fixed_key(9),
                &header
                    .replace(&kid, &fixed_key(3).id().to_string())
                    .replace("RS256", "EdDSA"),
                &payload,
            ),
            "invalid_signature",
        ),
    ];
    let wrong: Vec<_> = table
        .iter()
        .filter(|(_, text, expected)| code(text) != *expected)
        .map(|(name, text, expected)| format!("{name}: {} instead of {expected}", code(text)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn claims_of_later_versions_are_left_aside() {
    let header = format!(
        r#"{{"alg":"RS256","kid":"{}","typ":"ticket+jwt"}}"#,
        rsa_key().id()
    );
    let payload = slim()
        .to_json()
        .replace("\"cv\"", "\"zone\":[1,{\"a\":2}],\"cv\"");
    let text = signed(rsa_key(), &header, &payload);
    assert_eq!(
        verifier().verify(&text).map(|verified| verified.claims),
        Ok(slim())
    );
    assert_eq!(
        Token::parse(&Token::parse(&text).unwrap().compact())
            .unwrap()
            .jwt(),
        text
    );
}
