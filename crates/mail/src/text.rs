//! Small rules on text that comes from outside.

use std::borrow::Cow;

/// The text on one line: control characters and line breaks of any kind become spaces, runs of
/// white space one space, and both ends are trimmed.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let tidy = !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
        && !text
            .chars()
            .any(|c| c.is_control() || is_hidden(c) || (c != ' ' && c.is_whitespace()));
    if tidy {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().filter(|c| !is_hidden(*c)));
    }
    Cow::Owned(line.trim().to_owned())
}

/// Characters that reorder or hide what stands beside them.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text, cut before `limit` bytes at the edge of a character.
pub(crate) fn bounded(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The bytes that hex digits of either case spell; none for anything else.
pub(crate) fn from_hex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let digits = digits.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let value = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(value(pair[0])? << 4 | value(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_one_line_of_many() {
        assert_eq!(one_line("Ada Lovelace"), "Ada Lovelace");
        assert_eq!(
            one_line("Ada\r\nBcc: all@example.org"),
            "Ada Bcc: all@example.org"
        );
        assert_eq!(one_line("  a \u{0}\u{85} b\u{2028}c\t"), "a b c");
        assert_eq!(one_line("a\u{202e}b"), "ab");
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(bounded("aéz", 2), "a");
        assert_eq!(bounded("aé", 9), "aé");
    }

    #[test]
    fn reads_what_it_wrote_in_hex() {
        assert_eq!(hex(&[0, 0xab, 0xff]), "00abff");
        assert_eq!(from_hex::<3>("00ABff"), Some([0, 0xab, 0xff]));
        for bad in ["00abf", "00abfg", "00abff0", "+0abff"] {
            assert_eq!(from_hex::<3>(bad), None, "{bad}");
        }
    }
}
