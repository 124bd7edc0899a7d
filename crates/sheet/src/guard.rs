//! Text that a spreadsheet would take for a formula.
//!
//! A list is written by strangers: a guest who calls themselves `=HYPERLINK(…)` must not run on
//! the organizer's machine. In CSV nothing but the first character tells text from formula, so
//! such a cell is led by an apostrophe, as OWASP advises ("CSV Injection"). Telephone numbers in
//! E.164 begin with `+` and get the apostrophe too: `+1-555-0100` opened bare is −654. In a
//! workbook a cell says itself that it is text, so there they stand bare; for people to read, a
//! workbook is the better export.
//!
//! Guarding can be undone without loss: text that already begins with apostrophes before something
//! formula-like gets one more, and reading takes one away, so export and import are inverse.

/// Whether a spreadsheet could take the text for a formula: `=`, `+`, `-` or `@` at the start
/// (their fullwidth forms too), also behind white space, quotes or invisible characters, or a
/// leading tab or line break.
#[must_use]
pub fn is_formula_like(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    text.trim_start_matches(is_skipped)
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Characters that a spreadsheet, or the program that hands it the text, may drop at the start.
fn is_skipped(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\'' | '"' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}

/// The text as a CSV cell says it: led by an apostrophe when it is formula-like.
#[must_use]
pub fn guard_cell(text: &str) -> std::borrow::Cow<'_, str> {
    if is_formula_like(text) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// The text that a guarded cell stands for: the inverse of [`guard_cell`].
#[must_use]
pub fn unguard_cell(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula_like(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_seen_behind_every_trick() {
        for text in [
            "=1+1",
            "+44 7700 900123",
            "-2+3",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\nx",
            " =1",
            "\u{a0}=1",
            "\"=1",
            "'=1",
            "''=1",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "\u{feff}=1",
            "\u{200b}@x",
            " '\"=1",
        ] {
            assert!(is_formula_like(text), "{text:?}");
            assert!(guard_cell(text).starts_with('\''), "{text:?}");
        }
        for text in [
            "",
            "Ana",
            "'t Hooft",
            "O’Neill",
            "a=b",
            "1-2",
            "07700 900123",
            " Ana",
        ] {
            assert!(!is_formula_like(text), "{text:?}");
            assert_eq!(guard_cell(text), text);
        }
    }

    #[test]
    fn unguarding_undoes_guarding_and_leaves_names_alone() {
        for text in ["=1", "'=1", "''=1", "'t Hooft", "'", "''", "+44", "Ana", ""] {
            assert_eq!(unguard_cell(&guard_cell(text)), text, "{text:?}");
        }
        assert_eq!(unguard_cell("'t Hooft"), "'t Hooft");
    }
}
