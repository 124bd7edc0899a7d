//! What a text may hold before it is shaped.

use std::borrow::Cow;

/// Characters that one field keeps; the rest is cut, with an ellipsis.
pub(crate) const FIELD_LIMIT: usize = 240;

/// Marks that may follow one another before the rest of them is dropped.
const MARK_LIMIT: usize = 6;

/// The text without control characters, direction overrides and invisible filling, its white space
/// made single spaces, and no longer than [`FIELD_LIMIT`] characters.
///
/// Overrides go because a name must not be able to reorder what stands beside it.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.len() <= FIELD_LIMIT && is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len().min(FIELD_LIMIT * 4));
    let mut kept = 0usize;
    let mut marks = 0usize;
    let mut space = true;
    for c in text.chars() {
        if c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') {
            if !space {
                out.push(' ');
                kept += 1;
                space = true;
            }
        } else if !is_dropped(c) {
            marks = if is_mark(c) { marks + 1 } else { 0 };
            if marks > MARK_LIMIT {
                continue;
            }
            out.push(c);
            kept += 1;
            space = false;
        }
        if kept >= FIELD_LIMIT {
            out.truncate(out.trim_end().len());
            out.push('…');
            break;
        }
    }
    out.truncate(out.trim_end().len());
    Cow::Owned(out)
}

fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|b| (0x20..0x7F).contains(b))
        && bytes.first() != Some(&b' ')
        && bytes.last() != Some(&b' ')
        && !text.contains("  ")
}

fn is_dropped(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x00AD | 0x061C | 0x180E | 0x200B | 0x200E..=0x200F | 0x202A..=0x202E
            | 0x2060..=0x206F | 0xFEFF | 0xFFF0..=0xFFFC | 0xE0000..=0xE0FFF)
        || u32::from(c) & 0xFFFE == 0xFFFE
        || (0xFDD0..=0xFDEF).contains(&u32::from(c))
}

/// Combining marks by block: enough to tell a letter's ornaments from letters.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05C7 | 0x0610..=0x061A | 0x064B..=0x065F
        | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE00..=0xFE0F
        | 0xFE20..=0xFE2F | 0x0E31 | 0x0E34..=0x0E3A | 0x0E47..=0x0E4E)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_names_and_drops_what_is_not_text() {
        for (given, wanted) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("  Ada \t\r\n Lovelace  ", "Ada Lovelace"),
            ("A\u{0}d\u{7}a", "Ada"),
            ("evil\u{202E}eman", "evileman"),
            ("Zoë Šlâpfer-O’Neill", "Zoë Šlâpfer-O’Neill"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("\u{FEFF}x\u{FFFF}", "x"),
            ("", ""),
        ] {
            assert_eq!(clean(given), wanted);
        }
    }

    #[test]
    fn long_texts_are_cut() {
        let cut = clean(&"word ".repeat(10_000)).into_owned();
        assert!(cut.chars().count() <= FIELD_LIMIT + 1);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn piles_of_marks_are_thinned() {
        let piled = format!("a{}", "\u{301}".repeat(100));
        assert_eq!(clean(&piled).chars().count(), 1 + MARK_LIMIT);
    }
}
