//! A ticket's token: a JWT (RFC 7519) in its ordinary form, its compact form and its packed bytes.
//!
//! The three carry the same header, payload and signature; each turns into the others without
//! loss, whether or not the signature holds. The signature is judged in [`crate::verify`].

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::base45;
use crate::claims::TicketClaims;
use crate::compact;
use crate::key::{KeyId, KeyProfile, SigningKey};

/// The `typ` of a ticket's token.
pub const TICKET_TYP: &str = "ticket+jwt";

/// What a compact token begins with: the name of the form and its version.
pub const COMPACT_PREFIX: &str = "GH1:";

/// The longest text that is looked at, in bytes, blanks included.
pub const TEXT_LIMIT: usize = 8 * 1024;

/// The longest JWT text, in bytes: as much as has a compact form within [`TEXT_LIMIT`].
pub const JWT_LIMIT: usize = 7 * 1024;

/// Why a text or bytes are no token. None of these says anything about a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The input is longer than any token.
    #[error("longer than any token")]
    TooLong,
    /// The text is neither a JWT nor a compact token.
    #[error("neither a JWT nor a compact token")]
    NotAToken,
    /// A part of the JWT is not canonical base64url (RFC 4648, no padding).
    #[error("a part of the JWT is not base64url")]
    Base64,
    /// The compact text is not Base45 (RFC 9285).
    #[error("the compact token is not Base45")]
    Base45,
    /// The packed bytes are damaged, or of a version that is not known here.
    #[error("the packed token is damaged or of a newer version")]
    Packing,
}

/// A token: its parts are well-formed; its signature has not been looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    jwt: String,
    parts: Parts,
}

/// The decoded parts of a token.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// The header of every token issued with a key, without a blank.
pub(crate) fn header_json(alg: &str, kid: KeyId) -> String {
    format!(r#"{{"alg":"{alg}","kid":"{kid}","typ":"{TICKET_TYP}"}}"#)
}

impl Token {
    /// Issues a token: signs the claims with the key.
    ///
    /// # Errors
    /// [`TokenError::TooLong`] where the claims make a JWT over [`JWT_LIMIT`].
    pub fn sign(key: &SigningKey, claims: &TicketClaims) -> Result<Self, TokenError> {
        let header = header_json(key.profile().alg(), key.id());
        let payload = claims.to_json();
        let signature_text = text_len(key.profile().signature_len());
        let len = text_len(header.len()) + text_len(payload.len()) + signature_text + 2;
        if len > JWT_LIMIT {
            return Err(TokenError::TooLong);
        }
        let mut jwt = String::with_capacity(len);
        URL_SAFE_NO_PAD.encode_string(&header, &mut jwt);
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(&payload, &mut jwt);
        let signature = key.sign(jwt.as_bytes());
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut jwt);
        let parts = Parts {
            header: header.into_bytes(),
            payload: payload.into_bytes(),
            signature,
        };
        Ok(Self { jwt, parts })
    }

    /// Reads a token in either form, as a scanner, a camera or a keyboard gives it: blanks around
    /// it, a symbology identifier (`]Q1`, ISO/IEC 15424) and an ECI escape (`\000026`) before it
    /// are dropped.
    ///
    /// # Errors
    /// [`TokenError`] says which rule the text breaks. Texts over [`TEXT_LIMIT`] are refused
    /// unread.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() > TEXT_LIMIT {
            return Err(TokenError::TooLong);
        }
        let text = strip_reader_prefix(text);
        match text.strip_prefix(COMPACT_PREFIX) {
            Some(body) => Self::from_bytes(&base45::decode(body).ok_or(TokenError::Base45)?),
            None => Self::from_jwt(text),
        }
    }

    fn from_jwt(text: &str) -> Result<Self, TokenError> {
        if text.len() > JWT_LIMIT {
            return Err(TokenError::TooLong);
        }
        let mut texts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (texts.next(), texts.next(), texts.next(), texts.next())
        else {
            return Err(TokenError::NotAToken);
        };
        if header.is_empty() {
            return Err(TokenError::NotAToken);
        }
        let read = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Base64);
        let parts = Parts {
            header: read(header)?,
            payload: read(payload)?,
            signature: read(signature)?,
        };
        Ok(Self {
            jwt: text.to_owned(),
            parts,
        })
    }

    /// Reads the packed bytes that [`Token::to_bytes`] writes.
    ///
    /// # Errors
    /// [`TokenError::Packing`] for bytes that no token packs to, [`TokenError::TooLong`] for more
    /// than [`TEXT_LIMIT`] of them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TokenError> {
        if bytes.len() > TEXT_LIMIT {
            return Err(TokenError::TooLong);
        }
        let parts = compact::unpack(bytes).ok_or(TokenError::Packing)?;
        let len =
            [&parts.header, &parts.payload, &parts.signature].map(|part| text_len(part.len()));
        let len = len.iter().sum::<usize>() + 2;
        if len > JWT_LIMIT || parts.header.is_empty() {
            return Err(TokenError::Packing);
        }
        let mut jwt = String::with_capacity(len);
        URL_SAFE_NO_PAD.encode_string(&parts.header, &mut jwt);
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(&parts.payload, &mut jwt);
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(&parts.signature, &mut jwt);
        Ok(Self { jwt, parts })
    }

    /// The packed bytes, for storing.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        compact::pack(&self.parts)
    }

    /// The JWT text.
    #[must_use]
    pub fn jwt(&self) -> &str {
        &self.jwt
    }

    /// The compact text: [`COMPACT_PREFIX`] and the packed bytes in Base45, every character of it
    /// in the alphanumeric set of a QR code (ISO/IEC 18004).
    #[must_use]
    pub fn compact(&self) -> String {
        let bytes = self.to_bytes();
        let mut text =
            String::with_capacity(COMPACT_PREFIX.len() + base45::encoded_len(bytes.len()));
        text.push_str(COMPACT_PREFIX);
        base45::encode_into(&bytes, &mut text);
        text
    }

    /// What the signature is over: the header and the payload as they stand in the JWT.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        let end = self.jwt.rfind('.').unwrap_or(self.jwt.len());
        &self.jwt.as_bytes()[..end]
    }

    /// The decoded header, JSON where the token is ours.
    #[must_use]
    pub fn header(&self) -> &[u8] {
        &self.parts.header
    }

    /// The decoded payload, JSON where the token is ours.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.parts.payload
    }

    /// The raw signature.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.parts.signature
    }

    /// The claims as the payload states them, believed by nobody until the signature is verified.
    #[must_use]
    pub fn unverified_claims(&self) -> Option<TicketClaims> {
        TicketClaims::from_json(&self.parts.payload)
    }

    /// The length of the compact text of a slim token in characters, for choosing a print size
    /// before a key is made: the longest that ordinary tokens of the profile reach.
    #[must_use]
    pub fn slim_compact_len(profile: KeyProfile) -> usize {
        COMPACT_PREFIX.len()
            + base45::encoded_len(compact::SLIM_LEN_LIMIT + profile.signature_len())
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.jwt)
    }
}

/// Shows no signature: a token in a log must not open a door.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("header", &String::from_utf8_lossy(&self.parts.header))
            .field("payload_bytes", &self.parts.payload.len())
            .field("signature_bytes", &self.parts.signature.len())
            .finish()
    }
}

/// The number of base64url characters that `len` bytes take.
const fn text_len(len: usize) -> usize {
    (len * 4).div_ceil(3)
}

/// Drops blanks around a text and what readers put before it.
fn strip_reader_prefix(text: &str) -> &str {
    let mut text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{feff}');
    if let [b']', b'A'..=b'z', b'0'..=b'9' | b'A'..=b'F', ..] = text.as_bytes() {
        text = &text[3..];
    }
    if let [b'\\', digits @ ..] = text.as_bytes()
        && digits.len() >= 6
        && digits[..6].iter().all(u8::is_ascii_digit)
    {
        text = &text[7..];
    }
    text
}
