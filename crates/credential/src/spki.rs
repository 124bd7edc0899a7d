//! A strict reader of SubjectPublicKeyInfo in DER, for the two kinds of key that are used.
//!
//! The key id hashes these bytes, so one key must have one encoding only.

use crate::key::KeyError;

/// What a SubjectPublicKeyInfo holds.
pub(crate) enum Subject<'a> {
    /// The 32 bytes of an Ed25519 public key.
    Ed25519(&'a [u8]),
    /// An RSA key with exponent 65537.
    Rsa { bits: usize },
}

/// Everything of an Ed25519 SubjectPublicKeyInfo before the 32 bytes of the key (RFC 8410).
const ED25519_HEAD: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The AlgorithmIdentifier of RSA with its NULL parameters (RFC 3279), without the outer tag.
const RSA_ALGORITHM: [u8; 13] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
const INTEGER: u8 = 0x02;

/// Reads one SubjectPublicKeyInfo and refuses anything after it.
pub(crate) fn read(der: &[u8]) -> Result<Subject<'_>, KeyError> {
    if let Some(point) = der.strip_prefix(&ED25519_HEAD) {
        return if point.len() == 32 {
            Ok(Subject::Ed25519(point))
        } else {
            Err(UNREADABLE)
        };
    }
    let info = only(der, SEQUENCE)?;
    let (algorithm, rest) = element(info, SEQUENCE)?;
    if algorithm != RSA_ALGORITHM {
        return Err(KeyError::Unreadable("the key is neither RSA nor Ed25519"));
    }
    let bits = only(rest, BIT_STRING)?
        .strip_prefix(&[0])
        .ok_or(UNREADABLE)?;
    let (modulus, rest) = element(only(bits, SEQUENCE)?, INTEGER)?;
    let exponent = only(rest, INTEGER)?;
    // A positive DER integer has a leading zero exactly where its first bit is set.
    let magnitude = match modulus {
        [0, rest @ ..] if rest.first().is_some_and(|byte| byte & 0x80 != 0) => rest,
        [first, ..] if (1..0x80).contains(first) => modulus,
        _ => return Err(UNREADABLE),
    };
    if exponent != [1, 0, 1] {
        return Err(KeyError::Exponent);
    }
    let bits = magnitude.len() * 8 - magnitude[0].leading_zeros() as usize;
    Ok(Subject::Rsa { bits })
}

const UNREADABLE: KeyError = KeyError::Unreadable("no SubjectPublicKeyInfo in DER");

/// The content of the element that `der` consists of.
fn only(der: &[u8], tag: u8) -> Result<&[u8], KeyError> {
    match element(der, tag)? {
        (content, []) => Ok(content),
        _ => Err(UNREADABLE),
    }
}

/// The content of the first element, and what follows it. Lengths are in their shortest form.
fn element(der: &[u8], tag: u8) -> Result<(&[u8], &[u8]), KeyError> {
    let rest = der.strip_prefix(&[tag]).ok_or(UNREADABLE)?;
    let (len, rest) = match rest {
        [len @ 0..=0x7f, rest @ ..] => (usize::from(*len), rest),
        [0x81, len @ 0x80..=0xff, rest @ ..] => (usize::from(*len), rest),
        [0x82, high @ 1..=0xff, low, rest @ ..] => {
            (usize::from(*high) << 8 | usize::from(*low), rest)
        }
        _ => return Err(UNREADABLE),
    };
    rest.split_at_checked(len).ok_or(UNREADABLE)
}
