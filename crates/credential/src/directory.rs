//! The key directory: which keys sign the tickets of which event, as the workspace root says.
//!
//! The root key (Ed25519) certifies each signing key, and signs the directory of certificates as
//! a whole, so that a gate notices a certificate left out. A directory travels in the roster and
//! replaces the one before it; an older one is refused.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatehouse_domain::id::EventId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::key::{KeyError, KeyId, KeyProfile, PublicKey, SigningKey};
use crate::verify::{KeyEntry, KeyStatus};

/// The most certificates in one directory.
pub const CERTIFICATE_LIMIT: usize = 10_000;

// Nothing that the root signs for one purpose can be read as signed for another.
const CERTIFICATE_DOMAIN: &[u8] = b"gatehouse/key-certificate/v1\0";
const DIRECTORY_DOMAIN: &[u8] = b"gatehouse/key-directory/v1\0";

/// Why a certificate or a directory is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// The root key is not Ed25519.
    #[error("a workspace root key is Ed25519, not {0}")]
    Root(KeyProfile),
    /// The root did not sign this certificate.
    #[error("the certificate of key {0} is not signed by the workspace root")]
    Certificate(KeyId),
    /// The root did not sign this directory.
    #[error("the key directory is not signed by the workspace root")]
    Directory,
    /// A certificate names another key id or profile than its key has.
    #[error("the certificate of key {0} does not describe its key")]
    Mismatch(KeyId),
    /// A certified key can't be read.
    #[error("the certified key can't be read: {0}")]
    Key(#[from] KeyError),
    /// A key stands twice in one directory.
    #[error("the key {0} stands twice in the directory")]
    Twice(KeyId),
    /// An event has two active keys.
    #[error("the event {0} has two active keys")]
    TwoActive(EventId),
    /// The directory holds more certificates than [`CERTIFICATE_LIMIT`].
    #[error("the directory holds too many certificates: {0}")]
    TooMany(usize),
    /// A newer directory is known already.
    #[error("the directory {offered:?} is older than the known {known:?}")]
    Older {
        /// The mark of the directory that was offered.
        offered: DirectoryMark,
        /// The mark of the one that is known.
        known: DirectoryMark,
    },
}

/// The place of a directory in the order of all directories of a workspace: by epoch, then by
/// sequence number.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct DirectoryMark {
    /// The home epoch; a handed-over or rebuilt home takes the next.
    pub epoch: u64,
    /// Counts the directories within an epoch.
    pub sequence: u64,
}

/// What a certificate states about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyTerms {
    /// The event whose tickets the key signs.
    pub event: EventId,
    /// Counts the keys of the event from 1.
    pub version: u32,
    /// What may be done with the key.
    pub status: KeyStatus,
    /// The epoch of the home that holds the private key.
    pub home_epoch: u64,
    /// Since when the key signs, in seconds since 1970.
    pub not_before: i64,
}

/// The root's word that a key signs the tickets of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCertificate {
    /// The id of the key.
    pub kid: KeyId,
    /// The event whose tickets the key signs.
    pub event: EventId,
    /// The profile of the key.
    pub profile: KeyProfile,
    /// The SubjectPublicKeyInfo of the key in DER.
    #[serde(with = "text_bytes")]
    pub spki: Vec<u8>,
    /// Counts the keys of the event from 1.
    pub version: u32,
    /// What may be done with the key.
    pub status: KeyStatus,
    /// The epoch of the home that holds the private key.
    pub home_epoch: u64,
    /// Since when the key signs, in seconds since 1970.
    pub not_before: i64,
    /// The root's signature over all of this.
    #[serde(with = "text_bytes")]
    pub signature: Vec<u8>,
}

impl KeyCertificate {
    /// Certifies a key; a change of status is a new certificate of the same key.
    ///
    /// # Errors
    /// [`DirectoryError::Root`] where the root is not Ed25519.
    pub fn issue(
        root: &SigningKey,
        key: &PublicKey,
        terms: KeyTerms,
    ) -> Result<Self, DirectoryError> {
        check_root(root.public())?;
        let mut certificate = Self {
            kid: key.id(),
            event: terms.event,
            profile: key.profile(),
            spki: key.spki_der().to_vec(),
            version: terms.version,
            status: terms.status,
            home_epoch: terms.home_epoch,
            not_before: terms.not_before,
            signature: Vec::new(),
        };
        certificate.signature = root.sign(&certificate.signed_bytes());
        Ok(certificate)
    }

    /// The certified key, once the root's signature holds and the certificate describes the key.
    ///
    /// # Errors
    /// [`DirectoryError`] says what does not hold.
    pub fn verify(&self, root: &PublicKey) -> Result<PublicKey, DirectoryError> {
        check_root(root)?;
        if !root.verify(&self.signed_bytes(), &self.signature) {
            return Err(DirectoryError::Certificate(self.kid));
        }
        let key = PublicKey::from_spki_der(&self.spki)?;
        if key.id() != self.kid || key.profile() != self.profile {
            return Err(DirectoryError::Mismatch(self.kid));
        }
        Ok(key)
    }

    /// What the root signs: fixed widths, big-endian, text and keys with their length before.
    fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = CERTIFICATE_DOMAIN.to_vec();
        bytes.extend_from_slice(&self.kid.0);
        bytes.extend_from_slice(self.event.as_bytes());
        push_framed(&mut bytes, self.profile.name().as_bytes());
        push_framed(&mut bytes, &self.spki);
        bytes.extend_from_slice(&self.version.to_be_bytes());
        push_framed(&mut bytes, self.status.word().as_bytes());
        bytes.extend_from_slice(&self.home_epoch.to_be_bytes());
        bytes.extend_from_slice(&self.not_before.to_be_bytes());
        bytes
    }
}

/// All certificates of a workspace, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyDirectory {
    /// The home epoch that the directory was signed in.
    pub epoch: u64,
    /// Counts the directories within the epoch.
    pub sequence: u64,
    /// The certificates.
    pub certificates: Vec<KeyCertificate>,
    /// The root's signature over all of this.
    #[serde(with = "text_bytes")]
    pub signature: Vec<u8>,
}

impl KeyDirectory {
    /// Signs a directory of certificates.
    ///
    /// # Errors
    /// [`DirectoryError`] where the root is not Ed25519, or where the certificates make no
    /// directory that [`KeyDirectory::verify_against`] accepts.
    pub fn issue(
        root: &SigningKey,
        mark: DirectoryMark,
        certificates: Vec<KeyCertificate>,
    ) -> Result<Self, DirectoryError> {
        check_root(root.public())?;
        let DirectoryMark { epoch, sequence } = mark;
        let mut directory = Self {
            epoch,
            sequence,
            certificates,
            signature: Vec::new(),
        };
        directory.signature = root.sign(&directory.signed_bytes());
        directory.verify_against(root.public(), None)?;
        Ok(directory)
    }

    /// The place of this directory in the order of all.
    #[must_use]
    pub fn mark(&self) -> DirectoryMark {
        DirectoryMark {
            epoch: self.epoch,
            sequence: self.sequence,
        }
    }

    /// The keys of the directory, once every signature of the root holds and nothing newer is
    /// known: `known` is the mark of the last directory accepted.
    ///
    /// # Errors
    /// [`DirectoryError`] says what does not hold.
    pub fn verify_against(
        &self,
        root: &PublicKey,
        known: Option<DirectoryMark>,
    ) -> Result<Vec<KeyEntry>, DirectoryError> {
        check_root(root)?;
        if self.certificates.len() > CERTIFICATE_LIMIT {
            return Err(DirectoryError::TooMany(self.certificates.len()));
        }
        if !root.verify(&self.signed_bytes(), &self.signature) {
            return Err(DirectoryError::Directory);
        }
        if let Some(known) = known
            && self.mark() < known
        {
            return Err(DirectoryError::Older {
                offered: self.mark(),
                known,
            });
        }
        let mut kids = HashSet::new();
        let mut active = HashSet::new();
        let mut entries = Vec::with_capacity(self.certificates.len());
        for certificate in &self.certificates {
            let key = certificate.verify(root)?;
            if !kids.insert(certificate.kid) {
                return Err(DirectoryError::Twice(certificate.kid));
            }
            if certificate.status == KeyStatus::Active && !active.insert(certificate.event) {
                return Err(DirectoryError::TwoActive(certificate.event));
            }
            entries.push(KeyEntry {
                key,
                event: certificate.event,
                status: certificate.status,
            });
        }
        Ok(entries)
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = DIRECTORY_DOMAIN.to_vec();
        bytes.extend_from_slice(&self.epoch.to_be_bytes());
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&(self.certificates.len() as u64).to_be_bytes());
        for certificate in &self.certificates {
            push_framed(&mut bytes, &certificate.signed_bytes());
            push_framed(&mut bytes, &certificate.signature);
        }
        bytes
    }
}

fn check_root(root: &PublicKey) -> Result<(), DirectoryError> {
    match root.profile() {
        KeyProfile::Ed25519 => Ok(()),
        other => Err(DirectoryError::Root(other)),
    }
}

fn push_framed(bytes: &mut Vec<u8>, field: &[u8]) {
    bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
    bytes.extend_from_slice(field);
}

/// Bytes as base64url text.
pub(crate) mod text_bytes {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        URL_SAFE_NO_PAD
            .decode(text.as_bytes())
            .map_err(serde::de::Error::custom)
    }
}
