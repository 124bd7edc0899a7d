//! Scanners that read by themselves and hand over texts: what they put around a code, and where
//! one text ends and the next begins.

use std::time::Duration;

/// The longest text of a scanner, in bytes: more than a QR code or a ticket's token holds.
pub const LONGEST: usize = 8 * 1024;

/// What a scanner was set up to put around every text, over and above what [`plain`] knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Affixes {
    /// Before each text.
    pub prefix: String,
    /// After each text; not the end of the line.
    pub suffix: String,
}

/// The text of a code alone, without what a scanner put around it: the prefix and suffix that it
/// was set up with, blanks and control characters at both ends, a symbology identifier (`]Q3`,
/// ISO/IEC 15424) and ECI escapes (`\000026`).
///
/// Nothing that a ticket may begin or end with is lost: both forms begin with a letter.
#[must_use]
pub fn plain(raw: &str, affixes: &Affixes) -> String {
    let mut text = trimmed(raw);
    if !affixes.prefix.is_empty() {
        text = text.strip_prefix(affixes.prefix.trim()).unwrap_or(text);
    }
    if !affixes.suffix.is_empty() {
        text = text.strip_suffix(affixes.suffix.trim()).unwrap_or(text);
    }
    text = trimmed(text);
    let identified = symbology(text);
    if identified.is_some() {
        text = &text[3..];
    }
    let (mut rest, mut escaped) = (text, false);
    while let Some(behind) = eci_escape(rest) {
        (rest, escaped) = (behind, true);
    }
    // With the escapes switched on a backslash of the code's own comes twice.
    if escaped || matches!(identified, Some(b'2' | b'4' | b'6')) {
        return unescaped(rest);
    }
    trimmed(rest).to_owned()
}

fn trimmed(text: &str) -> &str {
    // A byte order mark is neither blank nor control.
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
}

/// The modifier of the symbology identifier that the text begins with.
fn symbology(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [b']', code, modifier, ..]
            if code.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            Some(*modifier)
        }
        _ => None,
    }
}

/// What stands behind the ECI escape that the text begins with.
fn eci_escape(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('\\')?.as_bytes().get(..6)?;
    digits.iter().all(u8::is_ascii_digit).then(|| &text[7..])
}

/// The text without further escapes and with single backslashes.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = match eci_escape(&rest[at..]) {
            Some(behind) => behind,
            None => {
                plain.push('\\');
                let behind = &rest[at + 1..];
                behind.strip_prefix('\\').unwrap_or(behind)
            }
        };
    }
    plain.push_str(rest);
    trimmed(&plain).to_owned()
}

/// What a scanner sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// A text, as it came.
    Text(String),
    /// More than [`LONGEST`] bytes without an end; they are gone.
    TooLong,
}

/// Puts a scanner's bytes together to texts. One ends with CR, LF, ETX, EOT or NUL, or when
/// nothing has come for a while: some scanners send no end.
#[derive(Debug)]
pub struct Lines {
    pause: Duration,
    bytes: Vec<u8>,
    /// The text in hand was longer than any.
    overflowed: bool,
    last: Duration,
}

impl Lines {
    /// Texts of a scanner that sends each in one go, without a `pause` within.
    #[must_use]
    pub fn new(pause: Duration) -> Self {
        Self {
            pause,
            bytes: Vec::new(),
            overflowed: false,
            last: Duration::ZERO,
        }
    }

    /// Takes bytes that came at a moment, and tells the texts that they end.
    pub fn take(&mut self, bytes: &[u8], now: Duration) -> Vec<Sent> {
        let mut sent: Vec<Sent> = self.rest(now).into_iter().collect();
        for byte in bytes {
            match byte {
                b'\r' | b'\n' | 0x03 | 0x04 | 0x00 => sent.extend(self.end()),
                _ if self.bytes.len() == LONGEST => self.overflowed = true,
                _ => self.bytes.push(*byte),
            }
        }
        if !bytes.is_empty() {
            self.last = now;
        }
        sent
    }

    /// Tells the text that a pause has ended, if one has.
    pub fn rest(&mut self, now: Duration) -> Option<Sent> {
        (now.saturating_sub(self.last) >= self.pause)
            .then(|| self.end())
            .flatten()
    }

    fn end(&mut self) -> Option<Sent> {
        let bytes = std::mem::take(&mut self.bytes);
        if std::mem::take(&mut self.overflowed) {
            return Some(Sent::TooLong);
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            // Older scanners send ISO 8859-1.
            Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
        };
        (!trimmed(&text).is_empty()).then_some(Sent::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_scanners_add_is_dropped() {
        let none = ("", "");
        let table = [
            ("GH1:ABC", none, "GH1:ABC"),
            ("  GH1:A B \r\n", none, "GH1:A B"),
            ("\u{feff}GH1:ABC\u{0}", none, "GH1:ABC"),
            ("\u{2}GH1:ABC\u{3}", none, "GH1:ABC"),
            ("]Q1GH1:ABC", none, "GH1:ABC"),
            ("]Q1\\000026GH1:ABC", none, "GH1:ABC"),
            ("]Q2\\000026\\000003GH1:ABC", none, "GH1:ABC"),
            ("\\000026GH1:ABC", none, "GH1:ABC"),
            ("]Q3GH1:ABC", none, "GH1:ABC"),
            ("]d2010950600013435", none, "010950600013435"),
            ("]E05901234123457", none, "5901234123457"),
            ("]Q2a\\\\b\\000026c", none, "a\\b\u{63}"),
            ("]Q2a\\b", none, "a\\b"),
            // Not an escape, and no identifier: left as it is.
            ("a\\000026b", none, "a\\000026b"),
            ("\\00002GH1", none, "\\00002GH1"),
            ("]Q", none, "]Q"),
            ("]Q!x", none, "]Q!x"),
            ("]]x", none, "]]x"),
            ("", none, ""),
            ("]Q1", none, ""),
            ("~~GH1:ABC##\r", ("~~", "##"), "GH1:ABC"),
            ("S1:]Q1GH1:ABC", ("S1:", ""), "GH1:ABC"),
            ("GH1:ABC", ("~~", "##"), "GH1:ABC"),
            ("x\tGH1:ABC", ("x\t", "\r\n"), "GH1:ABC"),
        ];
        for (raw, (prefix, suffix), wanted) in table {
            let affixes = Affixes {
                prefix: prefix.to_owned(),
                suffix: suffix.to_owned(),
            };
            assert_eq!(plain(raw, &affixes), wanted, "{raw:?}");
        }
    }

    #[test]
    fn bytes_become_texts() {
        // Bytes with the milliseconds at which they come, and what is told.
        let text = |text: &str| Sent::Text(text.to_owned());
        type Row<'a> = (&'a [(u64, &'a [u8])], Vec<Sent>);
        let long = vec![b'x'; LONGEST + 1];
        let full = vec![b'y'; LONGEST];
        let table: Vec<Row<'_>> = vec![
            (
                &[(0, b"one\r\ntwo\n\n\rthree\x03")],
                vec![text("one"), text("two"), text("three")],
            ),
            (&[(0, b"on"), (20, b"e\r")], vec![text("one")]),
            (&[(0, b"one"), (99, b""), (100, b"")], vec![text("one")]),
            (
                &[(0, b"one"), (150, b"two\r")],
                vec![text("one"), text("two")],
            ),
            (&[(0, b" \r \t\r")], vec![]),
            (&[(0, b"\x02one\x03")], vec![text("\u{2}one")]),
            (
                &[(0, b"Zo\xc3\xab\r"), (1, b"Zo\xeb\r")],
                vec![text("Zoë"), text("Zoë")],
            ),
        ];
        for (bytes, wanted) in table {
            let mut lines = Lines::new(Duration::from_millis(100));
            let told: Vec<Sent> = bytes
                .iter()
                .flat_map(|(ms, bytes)| lines.take(bytes, Duration::from_millis(*ms)))
                .collect();
            assert_eq!(told, wanted, "{bytes:?}");
        }
        let mut lines = Lines::new(Duration::from_secs(9));
        let mut told = lines.take(&long, Duration::ZERO);
        told.extend(lines.take(&long, Duration::ZERO));
        told.extend(lines.take(b"\rone\r", Duration::ZERO));
        assert_eq!(told, [Sent::TooLong, text("one")]);
        assert!(lines.bytes.capacity() <= 2 * LONGEST);
        let told = lines.take(&[&full[..], b"\r"].concat(), Duration::ZERO);
        assert!(matches!(&told[..], [Sent::Text(text)] if text.len() == LONGEST));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic_and_twice_is_as_once(raw in "(\\]Q2)?(\\\\000026)?.{0,40}") {
            let once = plain(&raw, &Affixes::default());
            prop_assert!(once.len() <= raw.len());
            // Only what itself looks like something a scanner adds changes again.
            if !once.starts_with([']', '\\']) {
                prop_assert_eq!(plain(&once, &Affixes::default()), once);
            }
        }
    }
}
