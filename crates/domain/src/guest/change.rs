//! One guest added or changed by hand.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::event::name_key;
use crate::field::{FieldError, FieldErrors};
use crate::import::{GuestValues, PhoneRule, check_email, check_phone, clean_lines, clean_text};

/// The longest text of a field, in characters; notes may have ten times as many.
const LONGEST: usize = 200;
/// Custom fields of a guest at most.
const MOST_CUSTOM: usize = 50;

/// What a person gives of a guest; what is absent stays, blank text removes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GuestChange {
    /// The whole name, 1 to 200 characters.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Company or organization.
    pub company: Option<String>,
    /// Title or role.
    pub title: Option<String>,
    /// Notes; may have several lines.
    pub notes: Option<String>,
    /// The group that shares an invitation.
    pub group: Option<String>,
    /// The ticket type by name.
    pub ticket_type: Option<String>,
    /// The seat.
    pub seat: Option<String>,
    /// The language as a BCP 47 tag.
    pub language: Option<String>,
    /// How many people come in all, 1 to 50.
    pub party_size: Option<u16>,
    /// Custom fields by name, in place of those before.
    pub custom: Option<BTreeMap<String, String>>,
}

impl GuestChange {
    /// The values after the change, with the ticket type spelled as in `types`; everything that is
    /// wrong is named at once.
    pub fn apply(
        &self,
        before: &GuestValues,
        types: &[String],
    ) -> Result<GuestValues, FieldErrors> {
        let mut values = before.clone();
        let mut errors = Vec::new();
        for (field, given, kept) in [
            ("name", &self.name, &mut values.name),
            ("company", &self.company, &mut values.company),
            ("title", &self.title, &mut values.title),
            ("group", &self.group, &mut values.group),
            ("seat", &self.seat, &mut values.seat),
        ] {
            if let Some(text) = given
                && let Some(text) = clean(field, text, &mut errors)
            {
                *kept = text;
            }
        }
        if values.name.is_empty() {
            errors.push(FieldError::new(
                "name",
                "name_missing",
                "give the guest's name",
            ));
        }
        if let Some(notes) = &self.notes {
            match clean_lines(notes) {
                Ok(text) if text.chars().count() <= LONGEST * 10 => {
                    values.notes = text.trim().into();
                }
                _ => errors.push(FieldError::new(
                    "notes",
                    "text_invalid",
                    "give notes of 2,000 characters at most, without control characters",
                )),
            }
        }
        self.apply_contact(&mut values, &mut errors);
        if let Some(kind) = &self.ticket_type {
            let key = name_key(kind);
            match types.iter().find(|name| name_key(name) == key) {
                _ if key.is_empty() => values.ticket_type = "".into(),
                Some(name) => values.ticket_type = name.as_str().into(),
                None => errors.push(FieldError::new(
                    "ticket_type",
                    "ticket_type_unknown",
                    format!(
                        "this event has no such ticket type; it has {}",
                        types.join(", ")
                    ),
                )),
            }
        }
        if let Some(size) = self.party_size {
            if (1..=50).contains(&size) {
                values.party_size = (size > 1).then_some(size);
            } else {
                errors.push(FieldError::new(
                    "party_size",
                    "party_size_out_of_range",
                    "give 1 to 50 people",
                ));
            }
        }
        if let Some(custom) = &self.custom {
            if custom.len() > MOST_CUSTOM {
                errors.push(FieldError::new(
                    "custom",
                    "custom_too_many",
                    format!("give {MOST_CUSTOM} custom fields at most"),
                ));
            }
            values.custom = custom
                .iter()
                .filter_map(|(name, text)| {
                    let field = format!("custom.{name}");
                    let text = clean(&field, text, &mut errors)?;
                    (!text.is_empty()).then(|| (name.trim().into(), text))
                })
                .collect();
        }
        FieldErrors::check(errors)?;
        Ok(values)
    }

    fn apply_contact(&self, values: &mut GuestValues, errors: &mut Vec<FieldError>) {
        if let Some(email) = self.email.as_deref().map(str::trim) {
            match check_email(email) {
                _ if email.is_empty() => values.email = "".into(),
                Some(email) => values.email = email.into(),
                None => errors.push(FieldError::new(
                    "email",
                    "email_invalid",
                    "give one address such as ana@example.com",
                )),
            }
        }
        if let Some(phone) = self.phone.as_deref().map(str::trim) {
            match check_phone(phone, &PhoneRule::default()) {
                _ if phone.is_empty() => values.phone = "".into(),
                Some(phone) => values.phone = phone.into(),
                None => errors.push(FieldError::new(
                    "phone",
                    "phone_invalid",
                    "give a number of 5 to 15 digits, such as +44 7700 900123",
                )),
            }
        }
        if let Some(language) = self.language.as_deref().map(str::trim) {
            let plausible = language.len() <= 35
                && language
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if plausible {
                values.language = language.into();
            } else {
                errors.push(FieldError::new(
                    "language",
                    "language_unknown",
                    "give a language such as en or pt-BR",
                ));
            }
        }
    }
}

fn clean(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<Box<str>> {
    match clean_text(text) {
        Ok(text) if text.chars().count() <= LONGEST => Some(text.trim().into()),
        _ => {
            errors.push(FieldError::new(
                field,
                "text_invalid",
                format!("give {LONGEST} characters at most, without control characters"),
            ));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types() -> Vec<String> {
        vec!["Standard".into(), "VIP".into()]
    }

    #[test]
    fn what_is_absent_stays_and_blank_text_removes() {
        let before = GuestValues {
            name: "Ana Silva".into(),
            email: "ana@example.com".into(),
            company: "Harbour".into(),
            ..GuestValues::default()
        };
        let change = GuestChange {
            company: Some("  ".into()),
            ticket_type: Some(" vip ".into()),
            party_size: Some(3),
            ..GuestChange::default()
        };
        let after = change.apply(&before, &types()).unwrap();
        assert_eq!(&*after.name, "Ana Silva");
        assert_eq!(&*after.email, "ana@example.com");
        assert_eq!(&*after.company, "");
        assert_eq!(&*after.ticket_type, "VIP");
        assert_eq!(after.party_size, Some(3));
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let change = GuestChange {
            name: Some("".into()),
            email: Some("ana@@example.com".into()),
            phone: Some("12".into()),
            ticket_type: Some("Press".into()),
            party_size: Some(51),
            company: Some("a\u{7}b".into()),
            ..GuestChange::default()
        };
        let FieldErrors(errors) = change.apply(&GuestValues::default(), &types()).unwrap_err();
        let codes: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.code)).collect();
        assert_eq!(
            codes,
            [
                ("company", "text_invalid"),
                ("name", "name_missing"),
                ("email", "email_invalid"),
                ("phone", "phone_invalid"),
                ("ticket_type", "ticket_type_unknown"),
                ("party_size", "party_size_out_of_range"),
            ]
        );
    }
}
