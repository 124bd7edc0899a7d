//! Reminders: which, when, and never too many.
//!
//! When each is due follows from how far ahead the guest came in. A person who goes to several
//! events hears of those of one day in one message, and of two things a day at most; the word one
//! hour before is never left out.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::calendar::local::{date_of, local_of, to_utc};
use crate::delivery::MessageKind;
use crate::field::FieldError;
use crate::id::{EventId, InvitationId, SessionId};
use crate::words::words;

const HOUR: i64 = 3_600_000;

words! {
    /// Which reminder it is.
    ReminderStep("reminder step") {
        /// Are you still coming? So many days before as the organizer set.
        Confirm = "confirm",
        /// Two weeks before.
        TwoWeeks = "two_weeks",
        /// A week before.
        Week = "week",
        /// A day before.
        Day = "day",
        /// An hour before; nobody can switch it off.
        Hour = "hour",
        /// Two hours after the end.
        Thanks = "thanks",
        /// Two hours after the end, in place of the thanks: how was it, in a touch?
        Rating = "rating",
        /// A day after the end: a few words on it?
        Review = "review",
        /// A week after the end: the same, for the last time.
        LastReview = "last_review",
    }
}

impl ReminderStep {
    /// Which of two gives way when a day has too many: the higher stays.
    const fn weight(self) -> u8 {
        match self {
            Self::Hour => 5,
            Self::Day => 4,
            Self::Confirm => 3,
            Self::Week => 2,
            Self::TwoWeeks => 1,
            Self::Thanks | Self::Rating | Self::Review | Self::LastReview => 0,
        }
    }
}

impl ReminderStep {
    /// Whether it still helps at `now` where it was due at `due_at` (both UTC ms) and nobody was
    /// there to send it.
    #[must_use]
    pub const fn helps(self, due_at: i64, now: i64) -> bool {
        let late = now - due_at;
        let bound = match self {
            Self::Hour => HOUR / 2,
            Self::Day => 12 * HOUR,
            Self::Confirm | Self::Week => 24 * HOUR,
            Self::TwoWeeks | Self::Thanks | Self::Rating | Self::Review | Self::LastReview => {
                48 * HOUR
            }
        };
        late >= 0 && late <= bound
    }

    /// Whether one that told of a session from `told` on still tells of it once it starts at
    /// `starts_at` (both UTC ms): the word one hour before within half an hour, any other on the
    /// same day of `zone`.
    #[must_use]
    pub fn still_tells(self, told: i64, starts_at: i64, zone: Tz) -> bool {
        match self {
            Self::Hour => (starts_at - told).abs() < HOUR / 2,
            _ => date_of(told, zone) == date_of(starts_at, zone),
        }
    }

    /// Whether it comes once all is over, for those who came.
    #[must_use]
    pub const fn is_after(self) -> bool {
        matches!(
            self,
            Self::Thanks | Self::Rating | Self::Review | Self::LastReview
        )
    }

    /// What its message is about.
    #[must_use]
    pub const fn kind(self) -> MessageKind {
        match self {
            Self::Confirm => MessageKind::Confirm,
            Self::Thanks => MessageKind::Thanks,
            Self::Rating => MessageKind::Rating,
            Self::Review | Self::LastReview => MessageKind::Review,
            Self::TwoWeeks | Self::Week | Self::Day | Self::Hour => MessageKind::Reminder,
        }
    }
}

/// What an organizer wants of reminders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReminderSettings {
    /// Whether there are any.
    pub on: bool,
    /// Steps of the schedule that are left out.
    pub without: Vec<ReminderStep>,
    /// So many days before, guests are asked whether they are still coming; not when absent.
    pub confirm_days: Option<u16>,
    /// Whether those who came are thanked.
    pub thanks: bool,
    /// Where those who came say in a touch how it was; nobody is asked while it is blank.
    pub rating_link: String,
    /// Where those who came write what they thought; nobody is asked while it is blank.
    pub review_link: String,
}

impl Default for ReminderSettings {
    fn default() -> Self {
        Self {
            on: true,
            without: Vec::new(),
            confirm_days: None,
            thanks: false,
            rating_link: String::new(),
            review_link: String::new(),
        }
    }
}

/// The longest link, in characters.
const LONGEST_LINK: usize = 2_000;

/// Whether a link can stand in a letter: of the web, encrypted on its way, without blanks.
fn is_link(link: &str) -> bool {
    let host = link.strip_prefix("https://").unwrap_or_default();
    host.chars().next().is_some_and(char::is_alphanumeric)
        && link.chars().count() <= LONGEST_LINK
        && !link
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'))
}

impl ReminderSettings {
    /// Adds what is wrong with the settings.
    pub fn check(&self, errors: &mut Vec<FieldError>) {
        if self.confirm_days.is_some_and(|days| days == 0 || days > 60) {
            errors.push(FieldError::new(
                "confirm_days",
                "days_out_of_range",
                "ask 1 to 60 days before, or not at all",
            ));
        }
        if self.without.contains(&ReminderStep::Hour) {
            errors.push(FieldError::new(
                "without",
                "hour_needed",
                "the word one hour before can't be left out; switch reminders off instead",
            ));
        }
        for (field, link) in [
            ("rating_link", &self.rating_link),
            ("review_link", &self.review_link),
        ] {
            if !link.is_empty() && !is_link(link) {
                errors.push(FieldError::new(
                    field,
                    "link_unreadable",
                    "give a link that begins with https://, of 2,000 characters at most",
                ));
            }
        }
    }

    /// The page that a message of this kind asks guests to open; none for kinds that ask for none,
    /// and while the organizer named no page.
    #[must_use]
    pub fn link_for(&self, kind: MessageKind) -> Option<&str> {
        let link = match kind {
            MessageKind::Rating => &self.rating_link,
            MessageKind::Review => &self.review_link,
            _ => return None,
        };
        (!link.is_empty()).then_some(link)
    }

    /// When somebody who came in at `known_at` hears of a session, UTC ms, in the order of time.
    ///
    /// The same day: an hour before. 2 to 7 days ahead: a day and an hour; 8 to 27: a week too; 28
    /// and more: two weeks too. Days are those of the event's zone, and a day before means the same
    /// hour by its clocks. Afterwards: two hours after the end, a day, a week.
    #[must_use]
    pub fn schedule(
        &self,
        known_at: i64,
        starts_at: i64,
        ends_at: i64,
        zone: Tz,
    ) -> Vec<(ReminderStep, i64)> {
        let start = local_of(starts_at, zone);
        let ahead = (start.date() - date_of(known_at, zone)).num_days();
        let before = |days: i64| to_utc(start - Duration::days(days), zone);
        let mut due = Vec::new();
        if self.on {
            if ahead >= 28 {
                due.push((ReminderStep::TwoWeeks, before(14)));
            }
            if ahead >= 8 {
                due.push((ReminderStep::Week, before(7)));
            }
            if ahead >= 2 {
                due.push((ReminderStep::Day, before(1)));
            }
            due.push((ReminderStep::Hour, starts_at - HOUR));
        }
        if let Some(days) = self.confirm_days {
            due.push((ReminderStep::Confirm, before(i64::from(days))));
        }
        // One letter says thanks and asks.
        if !self.rating_link.is_empty() {
            due.push((ReminderStep::Rating, ends_at + 2 * HOUR));
        } else if self.thanks {
            due.push((ReminderStep::Thanks, ends_at + 2 * HOUR));
        }
        if !self.review_link.is_empty() {
            due.push((ReminderStep::Review, ends_at + 24 * HOUR));
            due.push((ReminderStep::LastReview, ends_at + 7 * 24 * HOUR));
        }
        due.retain(|(step, at)| *at > known_at && !self.without.contains(step));
        due.sort_by_key(|(_, at)| *at);
        due
    }
}

/// What a person wants to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// Whether reminders come beyond the hour before.
    pub reminders: bool,
    /// Whether thanks and the like come.
    pub marketing: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            reminders: true,
            marketing: true,
        }
    }
}

impl Wishes {
    /// Whether this step is wanted.
    #[must_use]
    pub const fn want(self, step: ReminderStep) -> bool {
        match step {
            ReminderStep::Hour => true,
            step if step.is_after() => self.marketing,
            _ => self.reminders,
        }
    }
}

/// One reminder that is due to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The event.
    pub event: EventId,
    /// The invitation.
    pub invitation: InvitationId,
    /// The session.
    pub session: SessionId,
    /// Which reminder.
    pub step: ReminderStep,
    /// When, UTC ms.
    pub at: i64,
    /// When the session starts, UTC ms.
    pub starts_at: i64,
    /// The event's zone.
    pub zone: Tz,
}

/// Messages about one thing that a person gets on a day at most; the hour before is beside them.
pub const NOTICES_A_DAY: usize = 2;

/// One message that reminds of one session or more of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What it reminds of, the earliest session first.
    pub of: Vec<Due>,
    /// When it is sent, UTC ms.
    pub at: i64,
}

/// What a person is sent of all that is due to them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Messages, by time.
    pub messages: Vec<Planned>,
    /// What a full day left out.
    pub dropped: Vec<Due>,
}

/// Plans a person's reminders. `told` says how many notices they got on a day already.
///
/// Reminders of the same step that fall on one day, of sessions on one day, become one message at
/// the time of the earliest; each hour before, and each event that asks how it was, has its own.
#[must_use]
pub fn plan(due: &[Due], told: impl Fn(NaiveDate) -> usize) -> Plan {
    let mut days: BTreeMap<NaiveDate, BTreeMap<(ReminderStep, NaiveDate), Vec<Due>>> =
        BTreeMap::new();
    for one in due {
        let day = date_of(one.at, one.zone);
        // Each hour before is a message of its own, unless the sessions start together.
        let about = date_of(one.starts_at, one.zone);
        days.entry(day)
            .or_default()
            .entry((one.step, about))
            .or_default()
            .push(*one);
    }
    let mut plan = Plan::default();
    for (day, groups) in days {
        let mut messages = Vec::new();
        for ((step, _), mut of) in groups {
            of.sort_by_key(|one| (one.starts_at, one.session));
            match step {
                ReminderStep::Hour => {
                    let together = of.chunk_by(|a, b| a.starts_at == b.starts_at);
                    messages.extend(together.map(planned));
                }
                // Each event has a page of its own to be asked on.
                step if step.kind().needs_link() => {
                    of.sort_by_key(|one| one.event);
                    messages.extend(of.chunk_by(|a, b| a.event == b.event).map(planned));
                }
                _ => messages.push(planned(&of)),
            }
        }
        let weight = |message: &Planned| message.of.first().map_or(0, |one| one.step.weight());
        messages.sort_by_key(|message| (std::cmp::Reverse(weight(message)), message.at));
        let mut room = NOTICES_A_DAY.saturating_sub(told(day));
        for message in messages {
            let needed = message
                .of
                .first()
                .is_some_and(|one| one.step == ReminderStep::Hour);
            if needed || room > 0 {
                room = room.saturating_sub(1);
                plan.messages.push(message);
            } else {
                plan.dropped.extend(message.of);
            }
        }
    }
    plan.messages.sort_by_key(|message| message.at);
    plan
}

fn planned(of: &[Due]) -> Planned {
    Planned {
        at: of.iter().map(|one| one.at).min().unwrap_or_default(),
        of: of.to_vec(),
    }
}

#[cfg(test)]
mod tests;
