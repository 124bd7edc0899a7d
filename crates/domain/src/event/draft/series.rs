//! A series as a person gives it.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::calendar::local::parse_local;
use crate::calendar::pattern::{Ends, Pattern};
use crate::calendar::recurrence::Recurrence;
use crate::field::FieldError;
use crate::field::FieldErrors;

/// A series as a person gives it; times are local.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesDraft {
    /// What repeats; or [`Self::rule`].
    #[serde(default)]
    pub pattern: Option<Pattern>,
    /// When it ends, beside a pattern; never when absent.
    #[serde(default)]
    pub ends: Option<Ends>,
    /// The value of an RRULE (RFC 5545 §3.3.10), in place of a pattern.
    #[serde(default)]
    pub rule: Option<String>,
    /// Start of the first session.
    pub starts: String,
    /// How long each session lasts.
    pub duration_minutes: u32,
    /// How long before its start the doors open.
    #[serde(default)]
    pub doors_minutes: u32,
    /// Starts that are left out.
    #[serde(default)]
    pub without: Vec<String>,
    /// Starts that are added.
    #[serde(default)]
    pub with: Vec<String>,
    /// Guests at the venue at most, in each session.
    #[serde(default)]
    pub capacity: Option<u32>,
}

impl SeriesDraft {
    /// The rule and hours, checked.
    pub fn recurrence(&self) -> Result<Recurrence, FieldErrors> {
        let mut errors = Vec::new();
        let mut read = |field: &str, text: &str| match parse_local(field, text) {
            Ok(local) => local,
            Err(error) => {
                errors.push(error);
                NaiveDateTime::default()
            }
        };
        let starts = read("starts", &self.starts);
        let exdates = self.without.iter().map(|t| read("without", t)).collect();
        let rdates = self.with.iter().map(|t| read("with", t)).collect();
        let rule = match (&self.pattern, &self.rule) {
            (Some(pattern), None) => {
                match pattern.rule(self.ends.as_ref().unwrap_or(&Ends::Never)) {
                    Ok(rule) => rule,
                    Err(FieldErrors(found)) => {
                        errors.extend(found);
                        String::new()
                    }
                }
            }
            (None, Some(rule)) => rule.clone(),
            _ => {
                errors.push(FieldError::new(
                    "rule",
                    "rule_missing",
                    "say how it repeats: a pattern, or a rule",
                ));
                String::new()
            }
        };
        FieldErrors::check(errors)?;
        let recurrence = Recurrence {
            rule,
            starts,
            duration_minutes: self.duration_minutes,
            doors_minutes: self.doors_minutes,
            exdates,
            rdates,
        };
        recurrence.check()?;
        Ok(recurrence)
    }
}
