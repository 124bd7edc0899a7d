//! What repeats, as a person picks it, and the rule text (RFC 5545 §3.3.10) that says so.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::field::{FieldError, FieldErrors};

/// The longest step between two occurrences, in units of the pattern.
const LONGEST_STEP: u16 = 999;

/// What repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "repeats", rename_all = "snake_case")]
pub enum Pattern {
    /// Every so many days.
    Daily {
        /// Days from one to the next, from 1.
        #[serde(default = "one")]
        every: u16,
    },
    /// From Monday to Friday.
    Weekdays,
    /// On days of the week.
    Weekly {
        /// Weeks from one to the next, from 1.
        #[serde(default = "one")]
        every: u16,
        /// On which days.
        #[schema(value_type = Vec<String>, example = json!(["Mon", "Thu"]))]
        days: Vec<Weekday>,
    },
    /// On a date of the month; months that lack it are left out.
    MonthlyByDate {
        /// Months from one to the next, from 1.
        #[serde(default = "one")]
        every: u16,
        /// 1 to 31.
        day: u8,
    },
    /// On the first, second, third, fourth or last of a weekday in the month.
    MonthlyByWeekday {
        /// Months from one to the next, from 1.
        #[serde(default = "one")]
        every: u16,
        /// 1 to 4, or -1 for the last.
        nth: i8,
        /// Which weekday.
        #[schema(value_type = String, example = "Mon")]
        day: Weekday,
    },
    /// On the start's date each year.
    Yearly {
        /// Years from one to the next, from 1.
        #[serde(default = "one")]
        every: u16,
    },
}

fn one() -> u16 {
    1
}

/// When it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// Never: 18 months are shown, and more as time passes.
    Never,
    /// With this day, which still counts.
    On(NaiveDate),
    /// After so many.
    After(u32),
}

impl Pattern {
    /// The rule text, such as `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=12`.
    pub fn rule(&self, ends: &Ends) -> Result<String, FieldErrors> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, code, words: &str| {
            errors.push(FieldError::new(field, code, words.to_owned()));
        };
        let every = match self {
            Self::Daily { every }
            | Self::Weekly { every, .. }
            | Self::MonthlyByDate { every, .. }
            | Self::MonthlyByWeekday { every, .. }
            | Self::Yearly { every } => *every,
            Self::Weekdays => 1,
        };
        if every == 0 || every > LONGEST_STEP {
            refuse("pattern.every", "every_out_of_range", "give 1 to 999");
        }
        let mut rule = match self {
            Self::Daily { .. } => "FREQ=DAILY".to_owned(),
            Self::Weekdays => "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR".to_owned(),
            Self::Weekly { days, .. } => {
                let mut days = days.clone();
                days.sort_by_key(Weekday::num_days_from_monday);
                days.dedup();
                if days.is_empty() {
                    refuse(
                        "pattern.days",
                        "days_missing",
                        "choose at least one weekday",
                    );
                }
                let names: Vec<&str> = days.into_iter().map(code).collect();
                format!("FREQ=WEEKLY;BYDAY={}", names.join(","))
            }
            Self::MonthlyByDate { day, .. } => {
                if !(1..=31).contains(day) {
                    refuse("pattern.day", "day_out_of_range", "give a day from 1 to 31");
                }
                format!("FREQ=MONTHLY;BYMONTHDAY={day}")
            }
            Self::MonthlyByWeekday { nth, day, .. } => {
                if !matches!(nth, 1..=4 | -1) {
                    refuse(
                        "pattern.nth",
                        "nth_out_of_range",
                        "give 1 to 4, or -1 for the last",
                    );
                }
                format!("FREQ=MONTHLY;BYDAY={nth}{}", code(*day))
            }
            Self::Yearly { .. } => "FREQ=YEARLY".to_owned(),
        };
        if every > 1 {
            // After FREQ, as people write it.
            let at = rule.find(';').unwrap_or(rule.len());
            rule.insert_str(at, &format!(";INTERVAL={every}"));
        }
        match ends {
            Ends::Never => {}
            Ends::On(day) => rule.push_str(&day.format(";UNTIL=%Y%m%dT235959").to_string()),
            Ends::After(0) => refuse("ends", "count_zero", "give at least one session"),
            Ends::After(count) => rule.push_str(&format!(";COUNT={count}")),
        }
        FieldErrors::check(errors)?;
        Ok(rule)
    }
}

const fn code(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}
