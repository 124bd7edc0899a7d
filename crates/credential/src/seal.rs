//! Authenticated encryption of small secrets: AES-256-GCM with a random nonce.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, rand};
use zeroize::Zeroizing;

/// A 32-byte secret, wiped when dropped.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// The first byte of everything sealed.
const VERSION: u8 = 1;

/// The tag's length in bytes.
const TAG_LEN: usize = 16;

/// A fresh secret from the operating system's randomness.
pub(crate) fn draw_secret() -> Secret {
    let mut secret = Zeroizing::new([0; 32]);
    fill(&mut *secret);
    secret
}

/// Fills `bytes` from the operating system's randomness.
pub(crate) fn fill(bytes: &mut [u8]) {
    rand::fill(bytes).expect("the operating system gives randomness");
}

/// Seals `plain` under `key`, bound to `context`: version byte, nonce, ciphertext, tag.
pub(crate) fn seal(key: &Secret, context: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    fill(&mut nonce);
    let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + TAG_LEN);
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    let mut body = Zeroizing::new(Vec::with_capacity(plain.len() + TAG_LEN));
    body.extend_from_slice(plain);
    cipher(key)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context),
            &mut *body,
        )
        .expect("a secret is far shorter than the cipher's limit");
    sealed.extend_from_slice(&body);
    sealed
}

/// What was sealed; `None` under another key or context, or after any change.
pub(crate) fn open(key: &Secret, context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&version, rest) = sealed.split_first()?;
    let (nonce, body) = rest.split_at_checked(NONCE_LEN)?;
    if version != VERSION {
        return None;
    }
    let mut body = Zeroizing::new(body.to_vec());
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let len = cipher(key)
        .open_in_place(nonce, Aad::from(context), &mut body)
        .ok()?
        .len();
    body.truncate(len);
    Some(body)
}

/// What was sealed, where it was a secret of 32 bytes.
pub(crate) fn open_secret(key: &Secret, context: &[u8], sealed: &[u8]) -> Option<Secret> {
    let plain = open(key, context, sealed)?;
    let mut secret = Zeroizing::new([0; 32]);
    if plain.len() != secret.len() {
        return None;
    }
    secret.copy_from_slice(&plain);
    Some(secret)
}

/// A key from a secret that is already unguessable (HKDF-SHA-256, RFC 5869).
pub(crate) fn derive(salt: &[u8], secret: &[u8], purpose: &[u8]) -> Secret {
    let mut key = Zeroizing::new([0; 32]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[purpose], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut *key))
        .expect("one block is a length that HKDF gives");
    key
}

fn cipher(key: &Secret) -> LessSafeKey {
    LessSafeKey::new(
        UnboundKey::new(&AES_256_GCM, &**key).expect("32 bytes are the length of the key"),
    )
}
