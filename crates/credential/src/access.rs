//! Access tokens of people who signed in: short-lived JWTs (RFC 7519), HS256 with a secret of the
//! workspace. They are no tickets: their `typ` and `aud` are their own, and so is their key.

use aws_lc_rs::{constant_time, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::seal;
use crate::shared_secret::{Claims, SharedSecret};

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The account.
    pub sub: Uuid,
    /// The session that it belongs to.
    pub sid: Uuid,
    /// When it was made, seconds since 1970.
    pub iat: i64,
    /// When it ends, seconds since 1970.
    pub exp: i64,
    /// Always the office's.
    pub aud: String,
}

impl Claims for AccessClaims {
    const TYPE: &'static str = "gatehouse-access+jwt";
    const AUDIENCE: &'static str = "gatehouse-office";

    fn times(&self) -> (i64, i64) {
        (self.iat, self.exp)
    }
}

/// The secret that makes and checks access tokens.
pub struct AccessKey(SharedSecret);

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKey").finish_non_exhaustive()
    }
}

/// A new secret for [`AccessKey::from_secret`].
#[must_use]
pub fn new_access_secret() -> zeroize::Zeroizing<[u8; 32]> {
    seal::draw_secret()
}

/// Whether two secrets are the same; takes as long for a near miss as for any other.
#[must_use]
pub fn same_secret(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

impl AccessKey {
    /// The key of a secret.
    #[must_use]
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(SharedSecret::new(secret))
    }

    /// A token for an account's session, from `now` on for `seconds` (seconds since 1970); none
    /// where it can't be signed.
    #[must_use]
    pub fn issue(&self, account: Uuid, session: Uuid, now: i64, seconds: i64) -> Option<String> {
        let claims = AccessClaims {
            sub: account,
            sid: session,
            iat: now,
            exp: now + seconds,
            aud: AccessClaims::AUDIENCE.to_owned(),
        };
        self.0.sign(&claims)
    }

    /// What a token says, when this key made it and it is good at `now` (seconds since 1970).
    #[must_use]
    pub fn verify(&self, token: &str, now: i64) -> Option<AccessClaims> {
        self.0.verify(token, now)
    }
}

/// A refresh token: the session's id and 256 random bits. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    session: Uuid,
    secret: [u8; 32],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshToken")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

impl RefreshToken {
    /// A new one for a session.
    #[must_use]
    pub fn draw(session: Uuid) -> Self {
        Self {
            session,
            secret: *seal::draw_secret(),
        }
    }

    /// Its session.
    #[must_use]
    pub fn session(&self) -> Uuid {
        self.session
    }

    /// SHA-256 of its secret.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, &self.secret).as_ref());
        hash
    }

    /// Whether a kept hash is this token's; takes as long for a near miss as for any other.
    #[must_use]
    pub fn matches(&self, hash: &[u8; 32]) -> bool {
        constant_time::verify_slices_are_equal(&self.hash(), hash).is_ok()
    }

    /// As a client keeps it: base64url, 64 characters.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut bytes = [0; 48];
        bytes[..16].copy_from_slice(self.session.as_bytes());
        bytes[16..].copy_from_slice(&self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Self::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        if text.len() != 64 {
            return None;
        }
        let bytes: [u8; 48] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (session, secret) = bytes.split_at(16);
        Some(Self {
            session: Uuid::from_slice(session).ok()?,
            secret: secret.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, Header};

    use super::*;
    use crate::shared_secret::LONGEST;

    fn parts() -> (AccessKey, Uuid, Uuid) {
        (
            AccessKey::from_secret(&[7; 32]),
            Uuid::from_u128(1),
            Uuid::from_u128(2),
        )
    }

    #[test]
    fn a_token_is_good_for_its_time_under_its_own_key() {
        let (key, account, session) = parts();
        let token = key.issue(account, session, 1_000, 900).unwrap();
        let claims = key.verify(&token, 1_899).unwrap();
        assert_eq!((claims.sub, claims.sid), (account, session));
        assert_eq!(key.verify(&token, 1_900), None, "over");
        assert_eq!(key.verify(&token, 900), None, "not begun");
        assert_eq!(AccessKey::from_secret(&[8; 32]).verify(&token, 1_000), None);
    }

    #[test]
    fn what_is_no_access_token_is_refused() {
        let (key, account, session) = parts();
        let good = key.issue(account, session, 1_000, 900).unwrap();
        let [_, payload, _]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
        let unsigned = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
        let claims = AccessClaims {
            aud: "somebody else".into(),
            ..key.verify(&good, 1_000).unwrap()
        };
        let encode =
            |header: &Header, claims: &AccessClaims| key.0.sign_as(header, claims).unwrap();
        let typed = Header {
            typ: Some(AccessClaims::TYPE.into()),
            ..Header::new(Algorithm::HS256)
        };
        let other_audience = encode(&typed, &claims);
        let other_type = encode(
            &Header::new(Algorithm::HS256),
            &AccessClaims {
                aud: AccessClaims::AUDIENCE.into(),
                ..claims
            },
        );
        let long = "a".repeat(LONGEST + 1);
        for token in ["", "a.b.c", &unsigned, &other_audience, &other_type, &long] {
            assert_eq!(key.verify(token, 1_000), None, "{token}");
        }
    }

    #[test]
    fn a_refresh_token_is_read_as_it_was_written() {
        let token = RefreshToken::draw(Uuid::from_u128(3));
        let read = RefreshToken::from_text(&token.to_text()).unwrap();
        assert_eq!(read, token);
        assert!(read.matches(&token.hash()));
        assert!(!read.matches(&[0; 32]));
        for text in ["", "AA", &"*".repeat(64), &"A".repeat(65)] {
            assert_eq!(RefreshToken::from_text(text), None);
        }
        assert!(!format!("{token:?}").contains(&token.to_text()[22..]));
    }
}
