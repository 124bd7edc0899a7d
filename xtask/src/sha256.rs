//! SHA-256 as FIPS 180-4 defines it, for checksums of files in the tree.
//!
//! Here and not from a crate, because this program has no dependencies.

const ROUND: [u32; 64] = round_constants();
const INITIAL: [u32; 8] = initial_state();

/// The digest of the bytes in 64 lower-case hex digits, as `sha256sum` prints it.
pub(crate) fn hex_digest(bytes: &[u8]) -> String {
    let mut message = bytes.to_vec();
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend_from_slice(&(bytes.len() as u64 * 8).to_be_bytes());

    let mut state = INITIAL;
    for block in message.chunks_exact(64) {
        compress(&mut state, block);
    }
    state.iter().map(|word| format!("{word:08x}")).collect()
}

fn compress(state: &mut [u32; 8], block: &[u8]) {
    let mut w = [0_u32; 64];
    for (word, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes
            .iter()
            .fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for t in 16..64 {
        let s0 = w[t - 15].rotate_right(7) ^ w[t - 15].rotate_right(18) ^ (w[t - 15] >> 3);
        let s1 = w[t - 2].rotate_right(17) ^ w[t - 2].rotate_right(19) ^ (w[t - 2] >> 10);
        w[t] = w[t - 16]
            .wrapping_add(s0)
            .wrapping_add(w[t - 7])
            .wrapping_add(s1);
    }

    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for t in 0..64 {
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = (e & f) ^ (!e & g);
        let t1 = h
            .wrapping_add(s1)
            .wrapping_add(choice)
            .wrapping_add(ROUND[t])
            .wrapping_add(w[t]);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = (a & b) ^ (a & c) ^ (b & c);
        let t2 = s0.wrapping_add(majority);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(t1), c, b, a, t1.wrapping_add(t2));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(add);
    }
}

// FIPS 180-4 defines its constants as the first 32 bits of the fractional parts
// of roots of primes; deriving them leaves no table to mistype.

const fn round_constants() -> [u32; 64] {
    let mut constants = [0; 64];
    let mut prime = 2;
    let mut at = 0;
    while at < 64 {
        constants[at] = fraction_of_root(prime, 3);
        prime = next_prime(prime);
        at += 1;
    }
    constants
}

const fn initial_state() -> [u32; 8] {
    let mut state = [0; 8];
    let mut prime = 2;
    let mut at = 0;
    while at < 8 {
        state[at] = fraction_of_root(prime, 2);
        prime = next_prime(prime);
        at += 1;
    }
    state
}

/// The first 32 bits after the point of the square (2) or cube (3) root.
const fn fraction_of_root(of: u128, degree: u32) -> u32 {
    // The whole part of root(of) * 2^32 is the largest r with r^degree at most
    // of * 2^(32 * degree); both stay under 2^128 for primes up to 311.
    let goal = of << (32 * degree);
    let mut root: u128 = 0;
    let mut bit: u128 = 1 << 40;
    while bit > 0 {
        let guess = root | bit;
        if guess.pow(degree) <= goal {
            root = guess;
        }
        bit >>= 1;
    }
    (root & 0xffff_ffff) as u32
}

const fn next_prime(after: u128) -> u128 {
    let mut candidate = after + 1;
    loop {
        let mut divisor = 2;
        while divisor * divisor <= candidate && !candidate.is_multiple_of(divisor) {
            divisor += 1;
        }
        if divisor * divisor > candidate {
            return candidate;
        }
        candidate += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_published_examples() {
        let long = "a".repeat(1_000_000);
        let examples: [(&str, &str); 4] = [
            (
                "",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                "abc",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
            (
                &long,
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
            ),
        ];
        for (message, digest) in examples {
            assert_eq!(
                hex_digest(message.as_bytes()),
                digest,
                "{} bytes",
                message.len()
            );
        }
    }
}
