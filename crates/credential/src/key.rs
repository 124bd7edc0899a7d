//! Keys: profiles, ids, signing keys and public keys.
//!
//! Keys are made and used through aws-lc-rs, and stay parsed: parsing an RSA key costs more than
//! verifying with it. RSA signs with PKCS#1 v1.5 and SHA-256 (RS256 of RFC 7518), Ed25519 as
//! RFC 8032 says (EdDSA of RFC 8037).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use aws_lc_rs::{digest, rsa};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::spki;

/// The longest PEM text that is read, in bytes; a 4096-bit RSA key takes about 800.
const PEM_LIMIT: usize = 8 * 1024;

/// The longest PKCS#8 document that is read, in bytes; a 4096-bit RSA key takes about 2,400.
const PKCS8_LIMIT: usize = 8 * 1024;

/// Why a key was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are no key of a kind that Gatehouse uses.
    #[error("not a readable key: {0}")]
    Unreadable(&'static str),
    /// An RSA key has a size outside 2048, 3072 and 4096 bits.
    #[error("RSA keys of {0} bits are not used; 2048, 3072 and 4096 are")]
    Size(usize),
    /// An RSA key has a public exponent other than 65537.
    #[error("the RSA key's public exponent is not 65537")]
    Exponent,
    /// The text names no key profile.
    #[error("no key profile is called {0:?}")]
    UnknownProfile(String),
    /// The text is no key id: 11 characters of base64url.
    #[error("not a key id")]
    Id,
    /// The cryptographic library could not make or write a key.
    #[error("the key could not be made: {0}")]
    Failed(&'static str),
}

/// What kind of key: the algorithm and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum KeyProfile {
    /// RSA of 2048 bits, signing RS256.
    #[serde(rename = "rsa-2048")]
    Rsa2048,
    /// RSA of 3072 bits, signing RS256.
    #[serde(rename = "rsa-3072")]
    Rsa3072,
    /// RSA of 4096 bits, signing RS256.
    #[serde(rename = "rsa-4096")]
    Rsa4096,
    /// Ed25519, signing EdDSA.
    #[serde(rename = "ed25519")]
    Ed25519,
}

impl KeyProfile {
    /// Every profile, smallest RSA first, Ed25519 last.
    pub const ALL: [Self; 4] = [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096, Self::Ed25519];

    /// The RSA profile of a size in bits: 2048, 3072 or 4096.
    #[must_use]
    pub fn from_bits(bits: usize) -> Option<Self> {
        match bits {
            2048 => Some(Self::Rsa2048),
            3072 => Some(Self::Rsa3072),
            4096 => Some(Self::Rsa4096),
            _ => None,
        }
    }

    /// The size of the key in bits: of the modulus for RSA, 256 for Ed25519.
    #[must_use]
    pub fn bits(self) -> usize {
        match self {
            Self::Rsa2048 => 2048,
            Self::Rsa3072 => 3072,
            Self::Rsa4096 => 4096,
            Self::Ed25519 => 256,
        }
    }

    /// The length of a signature in bytes.
    #[must_use]
    pub fn signature_len(self) -> usize {
        match self {
            Self::Ed25519 => 64,
            rsa => rsa.bits() / 8,
        }
    }

    /// The JWT algorithm that a key of this profile signs with, and the only one.
    #[must_use]
    pub fn algorithm(self) -> Algorithm {
        match self {
            Self::Ed25519 => Algorithm::EdDSA,
            _ => Algorithm::RS256,
        }
    }

    /// The JWT name of the algorithm: `RS256` or `EdDSA`.
    #[must_use]
    pub fn alg(self) -> &'static str {
        match self {
            Self::Ed25519 => "EdDSA",
            _ => "RS256",
        }
    }

    /// The stable name: `rsa-2048`, `rsa-3072`, `rsa-4096` or `ed25519`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
            Self::Ed25519 => "ed25519",
        }
    }
}

impl fmt::Display for KeyProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyProfile {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.name() == text)
            .ok_or_else(|| KeyError::UnknownProfile(text.chars().take(40).collect()))
    }
}

/// The id of a key: the first 8 bytes of the SHA-256 of its SPKI DER, written as 11 characters
/// of base64url.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 8]);

impl KeyId {
    /// The length of the written form in characters.
    pub const TEXT_LEN: usize = 11;

    fn of_spki(spki: &[u8]) -> Self {
        let hash = digest::digest(&digest::SHA256, spki);
        let mut id = [0; 8];
        id.copy_from_slice(&hash.as_ref()[..8]);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if text.len() != Self::TEXT_LEN {
            return Err(KeyError::Id);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::Id)?;
        bytes.try_into().map(Self).map_err(|_| KeyError::Id)
    }
}

impl Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

struct PublicParts {
    parsed: ParsedPublicKey,
    spki: Vec<u8>,
    id: KeyId,
    profile: KeyProfile,
}

/// A public key, parsed once; clones share the parsed form.
#[derive(Clone)]
pub struct PublicKey(Arc<PublicParts>);

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in DER (RFC 5280): RSA of 2048, 3072 or 4096 bits with
    /// exponent 65537 (RFC 8017), or Ed25519 (RFC 8410).
    ///
    /// # Errors
    /// [`KeyError`] for any other key, and for any other encoding of the same key.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let (profile, parsed) = match spki::read(der)? {
            spki::Subject::Ed25519(point) => {
                (KeyProfile::Ed25519, ParsedPublicKey::new(&ED25519, point))
            }
            spki::Subject::Rsa { bits } => (
                KeyProfile::from_bits(bits).ok_or(KeyError::Size(bits))?,
                ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der),
            ),
        };
        let parsed = parsed.map_err(|_| KeyError::Unreadable("the numbers make no key"))?;
        let id = KeyId::of_spki(der);
        Ok(Self(Arc::new(PublicParts {
            parsed,
            spki: der.to_vec(),
            id,
            profile,
        })))
    }

    /// Reads the PEM form (RFC 7468, label `PUBLIC KEY`); text before and after is ignored.
    ///
    /// # Errors
    /// [`KeyError`] as for [`PublicKey::from_spki_der`], and for text that holds no such block.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
        const END: &str = "-----END PUBLIC KEY-----";
        if text.len() > PEM_LIMIT {
            return Err(KeyError::Unreadable("the text is too long for a key"));
        }
        let absent = || KeyError::Unreadable("no PUBLIC KEY block");
        let start = text.find(BEGIN).ok_or_else(absent)? + BEGIN.len();
        let end = start + text[start..].find(END).ok_or_else(absent)?;
        let body: String = text[start..end].split_ascii_whitespace().collect();
        let der = STANDARD
            .decode(body)
            .map_err(|_| KeyError::Unreadable("the block is not base64"))?;
        Self::from_spki_der(&der)
    }

    /// Writes the PEM form: label `PUBLIC KEY`, lines of 64 characters, LF.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let body = STANDARD.encode(self.spki_der());
        let mut text = String::from("-----BEGIN PUBLIC KEY-----\n");
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text.push_str("-----END PUBLIC KEY-----\n");
        text
    }

    /// The SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// The id of the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.0.id
    }

    /// The profile of the key.
    #[must_use]
    pub fn profile(&self) -> KeyProfile {
        self.0.profile
    }

    /// Whether `signature` is this key's signature of `message`.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        signature.len() == self.profile().signature_len()
            && self.0.parsed.verify_sig(message, signature).is_ok()
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.spki == other.0.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {})", self.profile(), self.id())
    }
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// A private key with its public half, parsed once and shared between threads.
pub struct SigningKey {
    pair: Pair,
    public: PublicKey,
}

impl SigningKey {
    /// Makes a new key from the operating system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Failed`] where the library can't make one.
    pub fn generate(profile: KeyProfile) -> Result<Self, KeyError> {
        let failed = |_| KeyError::Failed("generation failed");
        let size = match profile {
            KeyProfile::Rsa2048 => KeySize::Rsa2048,
            KeyProfile::Rsa3072 => KeySize::Rsa3072,
            KeyProfile::Rsa4096 => KeySize::Rsa4096,
            KeyProfile::Ed25519 => {
                let pair = Ed25519KeyPair::generate().map_err(failed)?;
                return Self::from_pair(Pair::Ed25519(Box::new(pair)));
            }
        };
        Self::from_pair(Pair::Rsa(Box::new(
            rsa::KeyPair::generate(size).map_err(failed)?,
        )))
    }

    /// Reads a private key in PKCS#8 DER (RFC 5208 or RFC 5958), unencrypted.
    ///
    /// # Errors
    /// [`KeyError`] for a key of no profile, or bytes that are no such document.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        if der.len() > PKCS8_LIMIT {
            return Err(KeyError::Unreadable("the document is too long for a key"));
        }
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8(der) {
            return Self::from_pair(Pair::Ed25519(Box::new(pair)));
        }
        let pair = RsaKeyPair::from_pkcs8(der)
            .map_err(|_| KeyError::Unreadable("no PKCS#8 private key of RSA or Ed25519"))?;
        Self::from_pair(Pair::Rsa(Box::new(pair)))
    }

    fn from_pair(pair: Pair) -> Result<Self, KeyError> {
        let der: Result<PublicKeyX509Der<'_>, _> = match &pair {
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::Ed25519(pair) => pair.public_key().as_der(),
        };
        let der = der.map_err(|_| KeyError::Failed("the public half can't be written"))?;
        let public = PublicKey::from_spki_der(der.as_ref())?;
        Ok(Self { pair, public })
    }

    /// Writes the private key in PKCS#8 v1 DER (RFC 5208), unencrypted: only for sealing.
    #[must_use]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let der: Result<Pkcs8V1Der<'_>, _> = match &self.pair {
            Pair::Rsa(pair) => pair.as_der(),
            Pair::Ed25519(pair) => pair.as_der(),
        };
        let der = der.expect("a whole key pair has a PKCS#8 form");
        Zeroizing::new(der.as_ref().to_vec())
    }

    /// The id of the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.public.id()
    }

    /// The profile of the key.
    #[must_use]
    pub fn profile(&self) -> KeyProfile {
        self.public.profile()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs `message`; the length is that of [`KeyProfile::signature_len`].
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .expect("a checked RSA key of 2048 bits or more signs any SHA-256 digest");
                signature
            }
            Pair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {})", self.profile(), self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_cross_threads_and_debug_shows_no_secret() {
        fn shared<T: Send + Sync>() {}
        shared::<SigningKey>();
        shared::<PublicKey>();
        let key = SigningKey::generate(KeyProfile::Ed25519).unwrap();
        assert_eq!(
            format!("{key:?}"),
            format!("SigningKey(ed25519 {})", key.id())
        );
    }

    #[test]
    fn profiles_have_stable_names() {
        for profile in KeyProfile::ALL {
            assert_eq!(
                serde_json::to_string(&profile).unwrap(),
                format!("\"{profile}\"")
            );
            assert_eq!(profile.name().parse(), Ok(profile));
        }
        assert_eq!(KeyProfile::from_bits(1024), None);
        assert!("rsa-1024".parse::<KeyProfile>().is_err());
    }

    #[test]
    fn key_ids_have_one_spelling() {
        let id = KeyId([0xff; 8]);
        assert_eq!(id.to_string(), "__________8");
        assert_eq!("__________8".parse(), Ok(id));
        // The last character carries two unused bits, which must be zero.
        for other in [
            "__________9",
            "__________",
            "__________8=",
            "//////////8",
            "",
        ] {
            assert_eq!(other.parse::<KeyId>(), Err(KeyError::Id), "{other}");
        }
    }
}
