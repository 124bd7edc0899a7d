//! An organizer's look on tickets, messages and guests' pages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::field::{FieldError, FieldErrors};
use crate::import::{check_email, clean_text};
use crate::words::words;

words! {
    /// What texts are set in.
    BrandFont("brand font") {
        /// Inter.
        Inter = "inter",
        /// Noto Sans.
        NotoSans = "noto_sans",
        /// The organizer's own, once its file was given.
        Own = "own",
    }
}

/// The longest name, in characters.
const LONGEST: usize = 200;

/// How a workspace presents itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Branding {
    /// Who invites, on events that name nobody.
    pub organizer: String,
    /// The main colour as `#rrggbb`; ticket types keep their own without one.
    pub colour: Option<String>,
    /// What texts are set in.
    pub font: BrandFont,
    /// The name that messages come from.
    pub sender_name: String,
    /// The address that messages come from.
    pub sender_email: Option<String>,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            organizer: String::new(),
            colour: None,
            font: BrandFont::Inter,
            sender_name: String::new(),
            sender_email: None,
        }
    }
}

impl Branding {
    /// The same with its texts cleaned; everything that is wrong is named at once.
    pub fn checked(&self, own_font: bool) -> Result<Self, FieldErrors> {
        let mut errors = Vec::new();
        let mut text = |field: &str, value: &str| match clean_text(value) {
            Ok(clean) if clean.chars().count() <= LONGEST => clean.into_owned(),
            _ => {
                errors.push(FieldError::new(
                    field,
                    "text_invalid",
                    format!("give {LONGEST} characters at most, on one line"),
                ));
                String::new()
            }
        };
        let organizer = text("organizer", &self.organizer);
        let sender_name = text("sender_name", &self.sender_name);
        let colour = self
            .colour
            .as_deref()
            .map(str::trim)
            .filter(|c| !c.is_empty());
        if colour.is_some_and(|colour| rgb(colour).is_none()) {
            errors.push(FieldError::new(
                "colour",
                "colour_invalid",
                "give a colour such as #1d6f42",
            ));
        }
        if self.font == BrandFont::Own && !own_font {
            errors.push(FieldError::new(
                "font",
                "font_missing",
                "choose the font's file first",
            ));
        }
        let sender = self.sender_email.as_deref().map(str::trim).unwrap_or("");
        if !sender.is_empty() && check_email(sender).is_none() {
            errors.push(FieldError::new(
                "sender_email",
                "email_invalid",
                "give an address such as office@example.org",
            ));
        }
        FieldErrors::check(errors)?;
        Ok(Self {
            organizer,
            colour: colour.map(str::to_ascii_lowercase),
            font: self.font,
            sender_name,
            sender_email: (!sender.is_empty()).then(|| sender.to_owned()),
        })
    }

    /// The colour's red, green and blue.
    #[must_use]
    pub fn rgb(&self) -> Option<[u8; 3]> {
        self.colour.as_deref().and_then(rgb)
    }
}

/// Red, green and blue of a colour as `#rrggbb`.
fn rgb(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_field_by_field() {
        let given = Branding {
            organizer: "x".repeat(201),
            colour: Some("#12345".into()),
            font: BrandFont::Own,
            sender_email: Some("not an address".into()),
            ..Branding::default()
        };
        let FieldErrors(errors) = given.checked(false).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["organizer", "colour", "font", "sender_email"]);
    }

    #[test]
    fn texts_are_cleaned_and_blank_ones_are_none() {
        let given = Branding {
            organizer: "  Harbour\u{200b} Society ".into(),
            colour: Some("#1D6F42".into()),
            sender_email: Some("  ".into()),
            ..Branding::default()
        };
        let kept = given.checked(false).unwrap();
        assert_eq!(kept.organizer, "Harbour Society");
        assert_eq!(kept.rgb(), Some([0x1d, 0x6f, 0x42]));
        assert_eq!(kept.sender_email, None);
        for wrong in ["1d6f42", "#1d6f4g", "#é1d6f", "", "#1d6f4200"] {
            assert_eq!(rgb(wrong), None, "{wrong}");
        }
    }
}
