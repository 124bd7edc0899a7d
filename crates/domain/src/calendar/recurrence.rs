//! A rule that repeats (RFC 5545), and the sessions that it gives.
//!
//! The rule runs on local times that know no zone; each result is then read in the event's zone, so
//! that a class at 09:00 stays at 09:00 when clocks change.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use rrule::{Frequency, RRule, RRuleSet, Unvalidated};
use serde::{Deserialize, Serialize};

use super::local::{LocalKind, date_of, resolve};
use crate::field::{FieldError, FieldErrors};

/// Sessions that one rule gives at most.
pub const MAX_SESSIONS: usize = 3_000;
/// The longest rule text, in bytes.
const LONGEST_RULE: usize = 1_000;
/// Single dates that are left out or added at most.
const MOST_DATES: usize = 1_000;
/// How far an open rule is shown, in months.
const SHOWN_MONTHS: u32 = 18;

/// A rule, its first start, and the hours of each session. All times are local.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Recurrence {
    /// The value of an RRULE; UNTIL is a local time too.
    pub rule: String,
    /// Start of the first session. Where the rule does not give it, the first that the rule gives
    /// after it is the first, as people expect of a calendar.
    pub starts: NaiveDateTime,
    /// How long each session lasts.
    pub duration_minutes: u32,
    /// How long before its start the doors open.
    pub doors_minutes: u32,
    /// Starts that are left out: EXDATE.
    pub exdates: Vec<NaiveDateTime>,
    /// Starts that are added: RDATE.
    pub rdates: Vec<NaiveDateTime>,
}

/// One session that a rule gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Local start by the rule, which names it for ever.
    pub original: NaiveDateTime,
    /// When doors open, UTC ms.
    pub doors_at: i64,
    /// When it starts, UTC ms.
    pub starts_at: i64,
    /// When it ends, UTC ms.
    pub ends_at: i64,
    /// What its local start is in the zone.
    pub kind: LocalKind,
}

/// How far an open rule is shown at `now` (UTC ms): to the end of the local day 18 months on.
#[must_use]
pub fn horizon(now: i64, zone: Tz) -> NaiveDateTime {
    let today = date_of(now, zone);
    today
        .checked_add_months(Months::new(SHOWN_MONTHS))
        .unwrap_or(today)
        .and_time(NaiveTime::MIN)
        + TimeDelta::seconds(86_399)
}

impl Recurrence {
    /// Checks the rule, the hours and the single dates, and names everything that is wrong at once.
    pub fn check(&self) -> Result<(), FieldErrors> {
        let mut errors = Vec::new();
        if self.duration_minutes == 0 || self.duration_minutes > 31 * 24 * 60 {
            errors.push(FieldError::new(
                "duration_minutes",
                "duration_out_of_range",
                "let each session last from 1 minute to 31 days",
            ));
        }
        if self.doors_minutes > 24 * 60 {
            errors.push(FieldError::new(
                "doors_minutes",
                "doors_out_of_range",
                "open the doors no more than a day before the start",
            ));
        }
        for (field, dates) in [("without", &self.exdates), ("with", &self.rdates)] {
            if dates.len() > MOST_DATES {
                errors.push(FieldError::new(
                    field,
                    "dates_too_many",
                    format!("give {MOST_DATES} dates at most"),
                ));
            }
        }
        match self.starts() {
            Ok(starts) if starts.is_empty() => errors.push(never_occurs()),
            Ok(_) => {}
            Err(FieldErrors(found)) => errors.extend(found),
        }
        FieldErrors::check(errors)
    }

    /// How far it is shown at `now` (UTC ms): 18 months from today, or from its first start where
    /// that is later.
    #[must_use]
    pub fn horizon(&self, now: i64, zone: Tz) -> NaiveDateTime {
        horizon(now.max(resolve(self.starts, zone).utc_ms), zone)
    }

    /// Whether it goes on for ever: neither COUNT nor UNTIL.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let rule = self.rule.to_ascii_uppercase();
        !rule.contains("COUNT=") && !rule.contains("UNTIL=")
    }

    /// The first starts that the rule gives, enough to know that it gives any and not too many.
    fn starts(&self) -> Result<Vec<NaiveDateTime>, FieldErrors> {
        if self.is_open() {
            self.run(|_, found| found < 1)
        } else {
            self.run(|_, _| true)
        }
    }

    /// The sessions up to `horizon`; a rule with COUNT or UNTIL is not cut there. With `after`, only
    /// those that start later.
    ///
    /// Dates left out are gone, dates added are in, nothing is twice, and all are sorted by start.
    /// More than [`MAX_SESSIONS`] are an error. Of two that a change of the clock puts on the same
    /// instant, the first stays.
    pub fn expand(
        &self,
        zone: Tz,
        after: Option<NaiveDateTime>,
        horizon: NaiveDateTime,
    ) -> Result<Vec<Occurrence>, FieldErrors> {
        let open = self.is_open();
        let found = self.run(|local, _| !open || local <= horizon)?;
        let mut starts: BTreeSet<NaiveDateTime> = found.into_iter().collect();
        starts.extend(self.rdates.iter().filter(|at| !open || **at <= horizon));
        for left_out in &self.exdates {
            starts.remove(left_out);
        }
        if starts.len() > MAX_SESSIONS {
            return Err(FieldErrors(vec![too_many()]));
        }
        let mut sessions: Vec<Occurrence> = starts
            .into_iter()
            .filter(|local| after.is_none_or(|after| *local > after))
            .map(|local| self.occurrence(local, zone))
            .collect();
        sessions.sort_by_key(|session| (session.starts_at, session.original));
        sessions.dedup_by_key(|session| session.starts_at);
        Ok(sessions)
    }

    fn occurrence(&self, local: NaiveDateTime, zone: Tz) -> Occurrence {
        let start = resolve(local, zone);
        let lasts = TimeDelta::minutes(i64::from(self.duration_minutes));
        let before = TimeDelta::minutes(i64::from(self.doors_minutes));
        let end = resolve(local + lasts, zone).utc_ms;
        let doors = resolve(local - before, zone).utc_ms;
        Occurrence {
            original: local,
            // Where a change of the clock lies between, lengths hold instead of local hours.
            doors_at: if doors <= start.utc_ms {
                doors
            } else {
                start.utc_ms - before.num_milliseconds()
            },
            starts_at: start.utc_ms,
            ends_at: if end > start.utc_ms {
                end
            } else {
                start.utc_ms + lasts.num_milliseconds()
            },
            kind: start.kind,
        }
    }

    /// Runs the rule while `goes_on` says so of a start and the number found before it.
    fn run(
        &self,
        goes_on: impl Fn(NaiveDateTime, usize) -> bool,
    ) -> Result<Vec<NaiveDateTime>, FieldErrors> {
        let refuse = |error| Err(FieldErrors(vec![error]));
        if self.rule.len() > LONGEST_RULE {
            return refuse(unreadable("the rule is longer than 1,000 characters"));
        }
        let text = with_utc_until(&self.rule);
        let rule: RRule<Unvalidated> = match text.parse() {
            Ok(rule) => rule,
            Err(error) => return refuse(unreadable(&format!("{error}"))),
        };
        if !matches!(
            rule.get_freq(),
            Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::Yearly
        ) {
            return refuse(FieldError::new(
                "rule",
                "rule_frequency",
                "repeat daily, weekly, monthly or yearly",
            ));
        }
        if rule.get_count().is_some() && rule.get_until().is_some() {
            return refuse(unreadable("give COUNT or UNTIL, not both"));
        }
        if rule
            .get_count()
            .is_some_and(|count| count as usize > MAX_SESSIONS)
        {
            return refuse(too_many());
        }
        let start = self.starts.and_utc().with_timezone(&rrule::Tz::UTC);
        if rule.get_until().is_some_and(|until| *until < start) {
            return refuse(FieldError::new(
                "ends",
                "until_before_start",
                "let the series end after it starts",
            ));
        }
        let rule = match rule.validate(start) {
            Ok(rule) => rule,
            Err(error) => return refuse(unreadable(&format!("{error}"))),
        };
        let set = RRuleSet::new(start).rrule(rule).limit();
        let mut found = Vec::new();
        for local in &set {
            let local = local.naive_utc();
            if !goes_on(local, found.len()) {
                break;
            }
            found.push(local);
            if found.len() > MAX_SESSIONS {
                return refuse(too_many());
            }
        }
        Ok(found)
    }
}

/// The rule as the library reads it beside a start in UTC: UNTIL in UTC too, a date as its end.
fn with_utc_until(rule: &str) -> String {
    let rule = rule.trim().to_ascii_uppercase();
    let rule = rule.strip_prefix("RRULE:").unwrap_or(&rule);
    rule.split(';')
        .filter(|part| !part.is_empty())
        .map(|part| match part.strip_prefix("UNTIL=") {
            Some(until) if until.len() == 8 => format!("UNTIL={until}T235959Z"),
            Some(until) if !until.ends_with('Z') => format!("UNTIL={until}Z"),
            _ => part.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(";")
}

fn unreadable(why: &str) -> FieldError {
    FieldError::new(
        "rule",
        "rule_unreadable",
        format!(
            "this is no rule such as FREQ=WEEKLY;BYDAY=MO: {}",
            why.chars().take(200).collect::<String>()
        ),
    )
}

fn never_occurs() -> FieldError {
    FieldError::new(
        "rule",
        "rule_never_occurs",
        "this rule gives no date at all; choose another",
    )
}

fn too_many() -> FieldError {
    FieldError::new(
        "rule",
        "rule_too_many",
        format!("a series has {MAX_SESSIONS} sessions at most; end it earlier, or plan several"),
    )
}
