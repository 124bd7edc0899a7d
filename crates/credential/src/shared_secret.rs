//! JSON Web Tokens (RFC 7519) that one secret makes and checks: HS256, each kind with a `typ` and an
//! `aud` of its own, so that none stands for another.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest token that is looked at, in bytes.
pub(crate) const LONGEST: usize = 2_048;

/// Claims of one kind of token.
pub(crate) trait Claims: Serialize + DeserializeOwned {
    /// Its `typ`.
    const TYPE: &'static str;
    /// Its `aud`, which the claims hold.
    const AUDIENCE: &'static str;
    /// How far ahead the clock of the token's maker may be, in seconds; none where that does not
    /// matter.
    const AHEAD: Option<i64> = Some(60);

    /// When it was made and when it ends, seconds since 1970.
    fn times(&self) -> (i64, i64);
}

/// A secret that makes and checks tokens.
pub(crate) struct SharedSecret {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl SharedSecret {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        }
    }

    /// A token; none where it can't be signed.
    pub(crate) fn sign<C: Claims>(&self, claims: &C) -> Option<String> {
        let header = Header {
            typ: Some(C::TYPE.to_owned()),
            ..Header::new(Algorithm::HS256)
        };
        self.sign_as(&header, claims)
    }

    pub(crate) fn sign_as<C: Claims>(&self, header: &Header, claims: &C) -> Option<String> {
        jsonwebtoken::encode(header, claims, &self.encoding).ok()
    }

    /// What a token says, when this secret made it and it is good at `now` (seconds since 1970).
    pub(crate) fn verify<C: Claims>(&self, token: &str, now: i64) -> Option<C> {
        let claims: C = self.read(token)?;
        let (made, ends) = claims.times();
        let begun = C::AHEAD.is_none_or(|ahead| made <= now + ahead);
        (begun && now < ends).then_some(claims)
    }

    /// What a token says, when this secret made it, whether or not it is good now.
    pub(crate) fn read<C: Claims>(&self, token: &str) -> Option<C> {
        if token.len() > LONGEST {
            return None;
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[C::AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud"]);
        // Time is passed in, and judged by whoever asks.
        validation.validate_exp = false;
        let decoded = jsonwebtoken::decode::<C>(token, &self.decoding, &validation).ok()?;
        (decoded.header.typ.as_deref() == Some(C::TYPE)).then_some(decoded.claims)
    }
}
