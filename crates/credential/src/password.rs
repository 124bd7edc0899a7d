//! Passwords of accounts: Argon2id (RFC 9106) in the PHC string format.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::seal;
use crate::vault::PassphraseCost;

const SALT_LEN: usize = 16;
const HASH_LEN: usize = 32;

/// The cost for accounts: 19 MiB, two passes, one lane, as OWASP's cheat sheet asks at least.
pub const ACCOUNT_COST: PassphraseCost = PassphraseCost {
    memory_kib: 19 * 1_024,
    passes: 2,
    lanes: 1,
};

/// A hash may not ask for more than this, wherever it came from.
const MOST_MEMORY_KIB: u32 = 256 * 1_024;
const MOST_PASSES: u32 = 8;

/// Hashes a password with a salt of its own; none where there is too little memory.
#[must_use]
pub fn hash_password(password: &str, cost: PassphraseCost) -> Option<String> {
    let mut salt = [0; SALT_LEN];
    seal::fill(&mut salt);
    let hash = derive(password, &salt, cost)?;
    Some(format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        cost.memory_kib,
        cost.passes,
        cost.lanes,
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(*hash),
    ))
}

/// Whether a password is the one that was hashed; takes as long for a near miss as for any other.
/// A hash that can't be read matches nothing.
#[must_use]
pub fn verify_password(password: &str, hash: &str) -> bool {
    let Some((cost, salt, wanted)) = read(hash) else {
        return false;
    };
    derive(password, &salt, cost).is_some_and(|found| {
        aws_lc_rs::constant_time::verify_slices_are_equal(&*found, &wanted).is_ok()
    })
}

fn derive(password: &str, salt: &[u8], cost: PassphraseCost) -> Option<Zeroizing<[u8; HASH_LEN]>> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(HASH_LEN)).ok()?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // The same word typed on another keyboard is the same password (NIST SP 800-63B §5.1.1.2).
    let password: Zeroizing<String> = Zeroizing::new(password.nfkc().collect());
    let mut hash = Zeroizing::new([0; HASH_LEN]);
    argon
        .hash_password_into(password.as_bytes(), salt, &mut *hash)
        .ok()?;
    Some(hash)
}

fn read(hash: &str) -> Option<(PassphraseCost, Vec<u8>, Vec<u8>)> {
    let mut parts = hash.split('$');
    if (parts.next(), parts.next(), parts.next()) != (Some(""), Some("argon2id"), Some("v=19")) {
        return None;
    }
    let mut cost = PassphraseCost {
        memory_kib: 0,
        passes: 0,
        lanes: 0,
    };
    for part in parts.next()?.split(',') {
        let (name, value) = part.split_once('=')?;
        let value = value.parse().ok()?;
        match name {
            "m" => cost.memory_kib = value,
            "t" => cost.passes = value,
            "p" => cost.lanes = value,
            _ => return None,
        }
    }
    let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    let wanted = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
    let bounded = cost.memory_kib <= MOST_MEMORY_KIB && cost.passes <= MOST_PASSES;
    (parts.next().is_none() && bounded && salt.len() <= 64 && wanted.len() == HASH_LEN)
        .then_some((cost, salt, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_alone() {
        let hash = hash_password("pässword of mine", PassphraseCost::FOR_TESTS).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert!(verify_password("pässword of mine", &hash));
        assert!(
            verify_password("pa\u{308}ssword of mine", &hash),
            "typed as two signs"
        );
        for wrong in ["", "password of mine", "pässword of mine "] {
            assert!(!verify_password(wrong, &hash), "{wrong}");
        }
        let again = hash_password("pässword of mine", PassphraseCost::FOR_TESTS).unwrap();
        assert_ne!(hash, again, "each has a salt of its own");
    }

    #[test]
    fn a_hash_that_is_none_matches_nothing_and_costs_nothing() {
        for hash in [
            "",
            "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$",
            "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA",
            "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$AAAA",
            "$argon2id$v=19$m=8,t=99999,p=1$c2FsdHNhbHQ$AAAA",
            "plain",
        ] {
            assert!(!verify_password("plain", hash), "{hash}");
        }
    }
}
