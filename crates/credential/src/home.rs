//! Signatures of an event's home: over the roster that its gates carry from one to the other.
//!
//! The workspace root (Ed25519) certifies the home's key for one event and one epoch of its home.
//! The certificate travels in front of each signature, so that whoever knows the root's public key
//! can check what a home signed without asking anybody.

use gatehouse_domain::id::EventId;

use crate::key::{KeyProfile, PublicKey, SigningKey};

// Nothing that the root signs for one purpose can be read as signed for another.
const DOMAIN: &[u8] = b"gatehouse/home-certificate/v1\0";
/// An Ed25519 signature's length (RFC 8032).
const SIGNATURE: usize = 64;
/// An Ed25519 SubjectPublicKeyInfo's length (RFC 8410).
const SPKI: usize = 44;

/// The bytes of [`HomeKey::sign`]: the key, the root's signature over it, the home's signature.
pub const HOME_SIGNATURE_BYTES: usize = SPKI + SIGNATURE + SIGNATURE;

fn certified(event: EventId, epoch: u32, spki: &[u8]) -> Vec<u8> {
    [DOMAIN, event.as_bytes(), &epoch.to_be_bytes(), spki].concat()
}

/// The key of an event's home, certified for one epoch.
pub struct HomeKey {
    key: SigningKey,
    certificate: Vec<u8>,
}

impl std::fmt::Debug for HomeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HomeKey").finish_non_exhaustive()
    }
}

impl HomeKey {
    /// Certifies an Ed25519 key as that of an event's home; none where either key is of another
    /// profile.
    #[must_use]
    pub fn certify(root: &SigningKey, key: SigningKey, event: EventId, epoch: u32) -> Option<Self> {
        let profiles = [root.profile(), key.profile()];
        if profiles != [KeyProfile::Ed25519; 2] {
            return None;
        }
        let spki = key.public().spki_der();
        let certificate = [spki, &root.sign(&certified(event, epoch, spki))].concat();
        (certificate.len() == SPKI + SIGNATURE).then_some(Self { key, certificate })
    }

    /// The home's signature over a message, with its certificate in front.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        [self.certificate.as_slice(), &self.key.sign(message)].concat()
    }
}

/// Whether the home of an event in this epoch signed a message, as the workspace root says.
#[must_use]
pub fn is_signed_by_home(
    root: &PublicKey,
    event: EventId,
    epoch: u32,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let Some((spki, rest)) = signature.split_at_checked(SPKI) else {
        return false;
    };
    let Some((vouched, signed)) = rest.split_at_checked(SIGNATURE) else {
        return false;
    };
    root.verify(&certified(event, epoch, spki), vouched)
        && PublicKey::from_spki_der(spki).is_ok_and(|key| key.verify(message, signed))
}

/// The key that a home's signature says it was made with, SubjectPublicKeyInfo DER; it is believed
/// only with [`is_signed_by_home`].
#[must_use]
pub fn signer_of(signature: &[u8]) -> Option<&[u8]> {
    signature.get(..SPKI)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_home_signs_for_its_event_and_epoch_alone() {
        let ed25519 = || SigningKey::generate(KeyProfile::Ed25519).expect("a key");
        let (root, other) = (ed25519(), ed25519());
        let event = EventId(Uuid::from_u128(1));
        let home = HomeKey::certify(&root, ed25519(), event, 3).expect("a home");
        let signature = home.sign(b"a roster");
        assert_eq!(signature.len(), HOME_SIGNATURE_BYTES);
        let holds = |root: &SigningKey, event, epoch, message: &[u8], signature: &[u8]| {
            is_signed_by_home(root.public(), event, epoch, message, signature)
        };
        assert!(holds(&root, event, 3, b"a roster", &signature));
        let elsewhere = EventId(Uuid::from_u128(2));
        assert!(!holds(&root, event, 3, b"another", &signature));
        assert!(!holds(&root, event, 4, b"a roster", &signature));
        assert!(!holds(&root, elsewhere, 3, b"a roster", &signature));
        assert!(!holds(&other, event, 3, b"a roster", &signature));
        for at in 0..signature.len() {
            let mut bent = signature.clone();
            bent[at] ^= 1;
            assert!(!holds(&root, event, 3, b"a roster", &bent), "byte {at}");
            assert!(!holds(&root, event, 3, b"a roster", &signature[..at]));
        }
        let rsa = SigningKey::generate(KeyProfile::Rsa2048).expect("a key");
        assert!(HomeKey::certify(&rsa, ed25519(), event, 1).is_none());
    }
}
