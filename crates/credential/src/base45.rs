//! Base45 (RFC 9285): bytes in the alphanumeric set of a QR code, two bytes in three characters.
//!
//! Decoding is strict: every text decodes to bytes that encode to the same text, or to nothing.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

const NONE: u8 = 0xff;

const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        values[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values
};

/// The number of characters that `len` bytes take.
pub(crate) const fn encoded_len(len: usize) -> usize {
    len / 2 * 3 + len % 2 * 2
}

/// Appends the Base45 form of `bytes` to `text`.
pub(crate) fn encode_into(bytes: &[u8], text: &mut String) {
    text.reserve(encoded_len(bytes.len()));
    let mut push = |value: u16| text.push(char::from(ALPHABET[usize::from(value)]));
    for chunk in bytes.chunks(2) {
        match *chunk {
            [high, low] => {
                let n = u16::from_be_bytes([high, low]);
                push(n % 45);
                push(n / 45 % 45);
                push(n / (45 * 45));
            }
            [last] => {
                let n = u16::from(last);
                push(n % 45);
                push(n / 45);
            }
            _ => {}
        }
    }
}

/// The bytes that `text` stands for; `None` where a character, a length or a value is not one
/// that encoding makes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for chunk in text.as_bytes().chunks(3) {
        let value = |i: usize| match VALUES[usize::from(chunk[i])] {
            NONE => None,
            value => Some(u32::from(value)),
        };
        match chunk.len() {
            3 => {
                let n = value(0)? + value(1)? * 45 + value(2)? * 45 * 45;
                bytes.extend_from_slice(&u16::try_from(n).ok()?.to_be_bytes());
            }
            2 => bytes.push(u8::try_from(value(0)? + value(1)? * 45).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encode(bytes: &[u8]) -> String {
        let mut text = String::new();
        encode_into(bytes, &mut text);
        text
    }

    #[test]
    fn the_examples_of_rfc_9285_hold() {
        let table = [
            ("AB", "BB8"),
            ("Hello!!", "%69 VD92EX0"),
            ("base-45", "UJCLQE7W581"),
            ("", ""),
        ];
        for (plain, text) in table {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode("QED8WEX0").as_deref(), Some(&b"ietf!"[..]));
    }

    #[test]
    fn what_no_encoder_writes_is_refused() {
        // Values over 65535 and 255, a single trailing character, characters outside the set.
        for text in [
            "GGW", ":::", "::", "V5", "A", "AAAA", "aa8", "BB8,", "B\u{e9}8", "BB\n",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
        assert_eq!(decode("FGW").as_deref(), Some(&[0xff, 0xff][..]));
        assert_eq!(decode("U5").as_deref(), Some(&[0xff][..]));
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let text = encode(&bytes);
            prop_assert_eq!(text.len(), encoded_len(bytes.len()));
            // Surrounding blanks may be trimmed away, so an encoding must not end in one.
            prop_assert!(!text.ends_with(' '));
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn texts_decode_to_what_encodes_to_them_or_not_at_all(text in "[0-9A-Z $%*+./:-]{0,40}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
