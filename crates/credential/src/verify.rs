//! Verification of ticket tokens: which key signed it, and is that key good here?
//!
//! A [`Verifier`] knows the keys of a workspace and the event whose gate it stands at. Each key
//! has one algorithm, and a token that names another is refused before any signature is looked
//! at. Times are not judged here.

use std::collections::HashMap;

use gatehouse_domain::id::EventId;
pub use gatehouse_domain::key::KeyStatus;
use jsonwebtoken::Algorithm;

use crate::claims::TicketClaims;
use crate::json::Members;
use crate::key::{KeyId, PublicKey};
use crate::token::{TICKET_TYP, Token, TokenError};

/// A key that a verifier knows.
#[derive(Debug, Clone)]
pub struct KeyEntry {
    /// The key.
    pub key: PublicKey,
    /// The event whose tickets it signs.
    pub event: EventId,
    /// What may be done with it.
    pub status: KeyStatus,
}

/// A token whose signature holds, with a good key of this event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What the token says; its times are for the domain to judge.
    pub claims: TicketClaims,
    /// The key that signed it.
    pub kid: KeyId,
    /// That key's status: active or rotated.
    pub key_status: KeyStatus,
    /// The event that the key and the claims belong to.
    pub event: EventId,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// The text is no token of ours: not a JWT or compact token, or a header that we don't write.
    #[error("not a ticket of this system")]
    Malformed,
    /// The token names an algorithm that is not its key's.
    #[error("signed with an algorithm that its key does not use")]
    UnsupportedAlgorithm,
    /// The token names a key that is not known here.
    #[error("the key {0} is not known")]
    UnknownKey(KeyId),
    /// The signature is not that key's.
    #[error("the signature is not valid")]
    InvalidSignature,
    /// The signature is that of a key that was revoked.
    #[error("the key {0} was revoked")]
    RevokedKey(KeyId),
    /// The signature holds, but the claims are not those of a ticket.
    #[error("the claims have the wrong types")]
    WrongTypes,
    /// The signature holds, but for another event.
    #[error("the ticket is for another event, {0}")]
    WrongEvent(EventId),
}

impl TokenRefusal {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::UnknownKey(_) => "unknown_key",
            Self::InvalidSignature => "invalid_signature",
            Self::RevokedKey(_) => "revoked_key",
            Self::WrongTypes => "wrong_types",
            Self::WrongEvent(_) => "wrong_event",
        }
    }
}

impl From<TokenError> for TokenRefusal {
    fn from(_: TokenError) -> Self {
        Self::Malformed
    }
}

/// Verifies tokens at one event with the keys of its workspace.
#[derive(Debug, Clone)]
pub struct Verifier {
    event: EventId,
    keys: HashMap<KeyId, KeyEntry>,
}

impl Verifier {
    /// A verifier for the gates of `event`. Keys of the workspace's other events serve to tell a
    /// ticket of another event from a forgery. Of two entries with one key, the later holds.
    #[must_use]
    pub fn new(event: EventId, keys: impl IntoIterator<Item = KeyEntry>) -> Self {
        let keys = keys
            .into_iter()
            .map(|entry| (entry.key.id(), entry))
            .collect();
        Self { event, keys }
    }

    /// The event that the verifier admits to.
    #[must_use]
    pub fn event(&self) -> EventId {
        self.event
    }

    /// The key of an id, where it is known.
    #[must_use]
    pub fn key(&self, kid: KeyId) -> Option<&KeyEntry> {
        self.keys.get(&kid)
    }

    /// Reads and verifies a token in either form.
    ///
    /// # Errors
    /// [`TokenRefusal`] says why the text opens no door; the work before that is bounded by one
    /// signature verification, whatever the text.
    pub fn verify(&self, text: &str) -> Result<Verified, TokenRefusal> {
        self.verify_token(&Token::parse(text)?)
    }

    /// Verifies a token that has been read already.
    ///
    /// # Errors
    /// As for [`Verifier::verify`].
    pub fn verify_token(&self, token: &Token) -> Result<Verified, TokenRefusal> {
        let header = TicketHeader::read(token.header())?;
        let entry = self
            .keys
            .get(&header.kid)
            .ok_or(TokenRefusal::UnknownKey(header.kid))?;
        check_signature(token, &header, &entry.key)?;
        // A revoked key proves nothing, so it is refused before anything it signed is believed.
        if entry.status == KeyStatus::Revoked {
            return Err(TokenRefusal::RevokedKey(header.kid));
        }
        if entry.event != self.event {
            return Err(TokenRefusal::WrongEvent(entry.event));
        }
        let claims = token.unverified_claims().ok_or(TokenRefusal::WrongTypes)?;
        if claims.event != entry.event {
            return Err(TokenRefusal::WrongEvent(claims.event));
        }
        Ok(Verified {
            claims,
            kid: header.kid,
            key_status: entry.status,
            event: entry.event,
        })
    }
}

/// Verifies a token against one public key, with no event and no directory: what anyone with the
/// exported key can do.
///
/// # Errors
/// [`TokenRefusal`] as for [`Verifier::verify`], except for events and revocation.
pub fn verify_with_key(text: &str, key: &PublicKey) -> Result<TicketClaims, TokenRefusal> {
    let token = Token::parse(text)?;
    let header = TicketHeader::read(token.header())?;
    if header.kid != key.id() {
        return Err(TokenRefusal::UnknownKey(header.kid));
    }
    check_signature(&token, &header, key)?;
    token.unverified_claims().ok_or(TokenRefusal::WrongTypes)
}

fn check_signature(
    token: &Token,
    header: &TicketHeader,
    key: &PublicKey,
) -> Result<(), TokenRefusal> {
    if header.alg != key.profile().algorithm() {
        return Err(TokenRefusal::UnsupportedAlgorithm);
    }
    if !key.verify(token.signing_input(), token.signature()) {
        return Err(TokenRefusal::InvalidSignature);
    }
    Ok(())
}

/// The header of a ticket's token.
struct TicketHeader {
    alg: Algorithm,
    kid: KeyId,
}

impl TicketHeader {
    /// Reads a header that holds `alg`, `kid` and `typ`, each once, and nothing else: fields that
    /// point at keys (`jku`, `jwk`, `x5u`, `x5c`) or ask for rules (`crit`) are never followed.
    fn read(json: &[u8]) -> Result<Self, TokenRefusal> {
        let mut members = Members::read(json).ok_or(TokenRefusal::Malformed)?;
        let alg = members.take_text("alg").ok_or(TokenRefusal::Malformed)?;
        let alg = match alg.parse() {
            Ok(alg @ (Algorithm::RS256 | Algorithm::EdDSA)) => alg,
            _ => return Err(TokenRefusal::UnsupportedAlgorithm),
        };
        let kid = members.take_text("kid").ok_or(TokenRefusal::Malformed)?;
        let typ = members.take_text("typ").ok_or(TokenRefusal::Malformed)?;
        if typ != TICKET_TYP || !members.is_empty() {
            return Err(TokenRefusal::Malformed);
        }
        Ok(Self {
            alg,
            kid: kid.parse().map_err(|_| TokenRefusal::Malformed)?,
        })
    }
}
