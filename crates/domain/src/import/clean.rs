//! Values as they are kept, and text as it is compared.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A control character was found; which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ControlCharacter(pub char);

/// One line of text as it is kept: NFC, trimmed, white space collapsed to single spaces, invisible
/// characters and direction overrides removed. Zero-width joiners stay between letters of scripts
/// that spell with them (Arabic, the Indic scripts, Sinhala, Khmer …).
///
/// # Errors
/// The first control character that is no white space.
pub fn clean_text(text: &str) -> Result<Cow<'_, str>, ControlCharacter> {
    if is_clean_ascii(text) {
        return Ok(Cow::Borrowed(text));
    }
    let mut clean = String::with_capacity(text.len());
    push_clean(text, &mut clean)?;
    Ok(Cow::Owned(normalised(clean)))
}

/// Several lines of text as they are kept: each as by [`clean_text`], line breaks as `\n`, blank
/// lines at the ends removed.
///
/// # Errors
/// The first control character that is no white space.
pub fn clean_lines(text: &str) -> Result<Cow<'_, str>, ControlCharacter> {
    if !text.contains(['\n', '\r']) {
        return clean_text(text);
    }
    let mut clean = String::with_capacity(text.len());
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        push_clean(line, &mut clean)?;
        clean.push('\n');
    }
    Ok(Cow::Owned(normalised(clean.trim_matches('\n').to_owned())))
}

fn is_clean_ascii(text: &str) -> bool {
    let mut before = b' ';
    for byte in text.bytes() {
        if !(0x20..0x7f).contains(&byte) || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    text.is_empty() || before != b' '
}

fn normalised(text: String) -> String {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text
    } else {
        text.nfc().collect()
    }
}

fn push_clean(text: &str, clean: &mut String) -> Result<(), ControlCharacter> {
    let start = clean.len();
    let mut space = false;
    for c in text.chars() {
        if matches!(c, '!'..='~') {
            if space && clean.len() > start {
                clean.push(' ');
            }
            space = false;
            clean.push(c);
            continue;
        }
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if c.is_control() {
            return Err(ControlCharacter(c));
        }
        let joiner = matches!(c, '\u{200c}' | '\u{200d}');
        let joins = || {
            clean[start..]
                .chars()
                .next_back()
                .is_some_and(spells_with_joiners)
        };
        if is_invisible(c) || (joiner && (space || !joins())) {
            continue;
        }
        if space && clean.len() > start {
            clean.push(' ');
        }
        space = false;
        clean.push(c);
    }
    // A joiner joins nothing at the end.
    while clean.len() > start && clean.ends_with(['\u{200c}', '\u{200d}']) {
        clean.pop();
    }
    Ok(())
}

/// Characters that show nothing and mislead: zero-width spaces, soft hyphens, marks and overrides
/// of direction, byte order marks.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn spells_with_joiners(c: char) -> bool {
    // Hebrew to Myanmar, Khmer and Mongolian, Arabic's presentation forms, and emoji sequences.
    matches!(c, '\u{590}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{fb50}'..='\u{fefc}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Appends text as it is compared: case, accents of Latin, Greek and Cyrillic, punctuation and
/// invisible characters don't count; words are separated by one space when `words`, else by nothing.
pub(crate) fn push_folded(text: &str, words: bool, out: &mut String) {
    let start = out.len();
    let mut space = false;
    let mut push = |c: char, out: &mut String| {
        if c.is_ascii_alphanumeric()
            || (!c.is_ascii() && c.is_alphanumeric())
            || (!c.is_ascii() && unicode_normalization::char::is_combining_mark(c))
        {
            if space && words && out.len() > start {
                out.push(' ');
            }
            space = false;
            out.push(c);
        } else if !matches!(c, '\'' | '’' | '‘' | '`' | '´') && !is_invisible(c) {
            space = true;
        }
    };
    if text.is_ascii() {
        for c in text.chars() {
            push(c.to_ascii_lowercase(), out);
        }
        return;
    }
    for c in text.chars() {
        if c.is_ascii() {
            push(c.to_ascii_lowercase(), out);
        } else {
            // Letter by letter: kept values are NFC, so the order of marks is settled.
            unicode_normalization::char::decompose_compatible(c, |c| {
                fold_letter(c, &mut push, out);
            });
        }
    }
}

fn fold_letter(c: char, push: &mut impl FnMut(char, &mut String), out: &mut String) {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' => {}
        'ß' | 'ẞ' => "ss".chars().for_each(|c| push(c, out)),
        'ø' | 'Ø' => push('o', out),
        'ł' | 'Ł' => push('l', out),
        'đ' | 'Đ' => push('d', out),
        'æ' | 'Æ' => "ae".chars().for_each(|c| push(c, out)),
        'œ' | 'Œ' => "oe".chars().for_each(|c| push(c, out)),
        'ı' | 'İ' => push('i', out),
        c if c.is_ascii() => push(c.to_ascii_lowercase(), out),
        c => c.to_lowercase().for_each(|c| push(c, out)),
    }
}

/// Text as a header is compared: letters and digits only.
pub(crate) fn fold_header(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_folded(text, false, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cleaned_and_scripts_keep_their_joiners() {
        let table = [
            ("Ana", "Ana"),
            ("  Ana \t  Berg ", "Ana Berg"),
            ("Ana\u{a0}Berg", "Ana Berg"),
            ("A\u{200b}na\u{feff}", "Ana"),
            ("\u{202e}Ana", "Ana"),
            ("e\u{301}", "é"),
            ("علی\u{200c}رضا", "علی\u{200c}رضا"),
            ("A\u{200d}na", "Ana"),
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            ("Ana\nBerg", "Ana Berg"),
            ("", ""),
            (" \u{3000} ", ""),
        ];
        for (given, kept) in table {
            assert_eq!(clean_text(given).as_deref(), Ok(kept), "{given:?}");
        }
        assert_eq!(clean_text("A\0b"), Err(ControlCharacter('\0')));
        assert_eq!(
            clean_lines(" a  b \r\n\r\n c\n\n").as_deref(),
            Ok("a b\n\nc")
        );
        assert_eq!(clean_lines("x\ny\u{7}"), Err(ControlCharacter('\u{7}')));
    }

    #[test]
    fn headers_are_compared_without_case_accents_and_punctuation() {
        for (given, folded) in [
            ("Correo electrónico", "correoelectronico"),
            ("E-Mail-Adresse", "emailadresse"),
            ("N° de téléphone", "ndetelephone"),
            ("Größe", "grosse"),
            ("ΌΝΟΜΑ", "ονομα"),
            ("Imię", "imie"),
        ] {
            assert_eq!(fold_header(given), folded);
        }
    }
}
