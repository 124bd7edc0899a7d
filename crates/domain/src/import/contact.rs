//! E-mail addresses and telephone numbers.

use std::borrow::Cow;

/// How telephone numbers are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneRule {
    /// The calling code that a number without one belongs to, digits only, such as `44`. Its
    /// leading zero is then dropped. `None` keeps such numbers as they are.
    pub calling_code: Option<String>,
}

/// An e-mail address if the text has its shape: RFC 5321 in length and form, without quoted local
/// parts and address literals, with at least one dot in the domain; letters beyond ASCII are taken
/// on both sides (RFC 6531). A leading `mailto:` is dropped. Whether anybody reads there is not
/// asked.
#[must_use]
pub fn check_email(text: &str) -> Option<&str> {
    let text = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &text[7..],
        _ => text,
    };
    let text = text
        .strip_prefix('<')
        .and_then(|t| t.strip_suffix('>'))
        .unwrap_or(text);
    let (local, domain) = text.rsplit_once('@')?;
    let local_fits = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(is_local);
    let labels_fit = domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(is_label)
    });
    let top = domain.rsplit_once('.')?.1;
    let top_fits = top.chars().count() >= 2 && !top.bytes().all(|b| b.is_ascii_digit());
    (text.len() <= 254 && local_fits && labels_fit && top_fits).then_some(text)
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c) || is_international(c)
}

fn is_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || is_international(c)
}

fn is_international(c: char) -> bool {
    !c.is_ascii()
        && (c.is_alphanumeric()
            || unicode_normalization::char::is_combining_mark(c)
            || matches!(c, '\u{200c}' | '\u{200d}'))
}

/// A telephone number as it is kept: `+` and digits (E.164) where the country is told, else
/// digits; 5 to 15 of them. Spaces, brackets, dashes, dots and slashes are dropped, digits of other
/// scripts become ASCII, a leading `00` is `+`, `(0)` behind a country is dropped. An extension
/// (`x12`, `ext. 12`) is kept behind as ` x12`.
#[must_use]
pub fn check_phone<'a>(text: &'a str, rule: &PhoneRule) -> Option<Cow<'a, str>> {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'+')
        && (6..=16).contains(&bytes.len())
        && bytes[1..].iter().all(u8::is_ascii_digit)
        && bytes[1] != b'0'
    {
        return Some(Cow::Borrowed(text));
    }
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let (number, extension) = split_extension(text)?;
    let number = number.trim();
    let abroad = number.starts_with(['+', '＋']) || number.starts_with("00");
    let number = number.replace("(0)", if abroad { "" } else { "0" });
    let mut digits = String::with_capacity(number.len() + 4);
    let mut plus = false;
    for c in number.chars() {
        match c {
            '+' | '＋' if digits.is_empty() && !plus => plus = true,
            ' ' | '\u{a0}' | '\u{202f}' | '(' | ')' | '-' | '.' | '/' | '‐' | '‑' | '–' | '−' =>
                {}
            c => digits.push(digit(c)?),
        }
    }
    if !plus && let Some(rest) = digits.strip_prefix("00") {
        digits = rest.to_owned();
        plus = true;
    }
    if !plus && let Some(code) = &rule.calling_code {
        digits = format!("{code}{}", digits.strip_prefix('0').unwrap_or(&digits));
        plus = true;
    }
    if !(5..=15).contains(&digits.len()) || (plus && digits.starts_with('0')) {
        return None;
    }
    if plus {
        digits.insert(0, '+');
    }
    if let Some(extension) = extension {
        digits.push_str(" x");
        digits.push_str(extension);
    }
    Some(Cow::Owned(digits))
}

fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{966}'..='\u{96f}' => '\u{966}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    char::from_digit(c as u32 - zero as u32, 10)
}

/// The number and its extension of 1 to 6 digits; `None` when letters stand elsewhere.
fn split_extension(text: &str) -> Option<(&str, Option<&str>)> {
    let Some(at) = text.find(char::is_alphabetic) else {
        return Some((text, None));
    };
    let word_end = text[at..]
        .find(|c: char| !c.is_alphabetic())
        .map_or(text.len(), |n| at + n);
    let word = text[at..word_end].to_lowercase();
    if !matches!(word.as_str(), "x" | "ext" | "extn" | "poste" | "dw" | "int") {
        return None;
    }
    let extension = text[word_end..]
        .trim_start_matches(['.', ':', ' '])
        .trim_end();
    let fits = (1..=6).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit());
    fits.then_some((&text[..at], Some(extension)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_only_looks_like_one() {
        for good in [
            "ana@example.com",
            "ANA.B+x@sub.example.org",
            "o'neill@example.net",
            "josé@example.com",
            "a@bücher.example",
            "用户@例子.公司",
            "x@xn--bcher-kva.example",
            "a@example.co.uk",
        ] {
            assert_eq!(check_email(good), Some(good));
        }
        assert_eq!(check_email("mailto:a@example.com"), Some("a@example.com"));
        assert_eq!(check_email("<a@example.com>"), Some("a@example.com"));
        let long = format!("{}@example.com", "a".repeat(65));
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "a b@example.com",
            "a@b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a..b@example.com",
            "a@-x.com",
            "a@x-.com",
            "a@x..com",
            "a@1.2.3.4",
            "a@example.c",
            "a@example.com;b@example.com",
            "a@exa_mple.com",
            "a,b@example.com",
            "a@example.com.",
            &long,
        ] {
            assert_eq!(check_email(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_are_cleaned_and_kept_with_their_country() {
        let table = [
            ("+44 7700 900123", Some("+447700900123")),
            ("+447700900123", Some("+447700900123")),
            ("0044 (0)7700 900-123", Some("+447700900123")),
            ("+44 (0) 7700 900123", Some("+447700900123")),
            ("(555) 010-0199", Some("5550100199")),
            ("+1.555.010.0199", Some("+15550100199")),
            ("+1 555 0100 x12", Some("+15550100 x12")),
            ("+1 555 0100 ext. 12", Some("+15550100 x12")),
            ("tel:+1-555-0100", Some("+15550100")),
            ("٠٧٧٠٠٩٠٠١٢٣", Some("07700900123")),
            ("07700 900123", Some("07700900123")),
            ("1234", None),
            ("1234567890123456", None),
            ("call me", None),
            ("+", None),
            ("++447700900123", None),
            ("+0123456", None),
            ("555 0100 / 555 0101 / 555 0102", None),
        ];
        for (given, kept) in table {
            assert_eq!(
                check_phone(given, &PhoneRule::default()).as_deref(),
                kept,
                "{given}"
            );
        }
        let british = PhoneRule {
            calling_code: Some("44".into()),
        };
        assert_eq!(
            check_phone("07700 900123", &british).as_deref(),
            Some("+447700900123")
        );
        assert_eq!(
            check_phone("+1 555 0100", &british).as_deref(),
            Some("+15550100")
        );
        assert_eq!(
            check_phone("+44 (0) 7700 900123", &british).as_deref(),
            Some("+447700900123")
        );
    }
}
