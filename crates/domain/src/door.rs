//! What holds at every door of an event, apart from its tickets.

use serde::{Deserialize, Serialize};

use crate::badge::BadgeSettings;
use crate::entry_rule::{EntryRule, check_rules};
use crate::field::FieldError;
use crate::scan::FURTHEST_AHEAD_MS;

/// How an event's doors work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct DoorSettings {
    /// Minute of the day in the event's zone at which everybody counts as gone; none never.
    pub auto_exit_minute: Option<u16>,
    /// Whether staff may make a ticket at the door.
    pub walk_ins: bool,
    /// For how long a gate takes its own scans back, in minutes.
    pub undo_minutes: u16,
    /// What a kiosk says while nobody stands before it.
    pub kiosk_welcome: Option<String>,
    /// What staff ask those who come for the first time.
    pub questions: Vec<String>,
    /// Rules of the organizer's, asked in this order.
    pub rules: Vec<EntryRule>,
    /// What is printed for those who are let in.
    pub badge: BadgeSettings,
    /// Whether gates show the holder's picture.
    pub show_photo: bool,
}

impl Default for DoorSettings {
    fn default() -> Self {
        Self {
            auto_exit_minute: None,
            walk_ins: false,
            undo_minutes: 5,
            kiosk_welcome: None,
            questions: Vec::new(),
            rules: Vec::new(),
            badge: BadgeSettings::default(),
            show_photo: false,
        }
    }
}

/// Questions that staff can be given at most.
const MOST_QUESTIONS: usize = 5;

impl DoorSettings {
    /// Until when a scan of `at` (UTC ms) can be taken back by its own gate.
    #[must_use]
    pub fn undo_until(&self, at: i64) -> i64 {
        at + i64::from(self.undo_minutes) * 60_000
    }

    /// Whether a scan of `at` can be taken back by its own gate at `now` (UTC ms). One that stands far
    /// ahead was made under a wrong clock, and nobody can tell how long ago.
    #[must_use]
    pub fn may_undo(&self, at: i64, now: i64) -> bool {
        (at.saturating_sub(FURTHEST_AHEAD_MS)..=self.undo_until(at)).contains(&now)
    }

    /// Adds what is wrong with them.
    pub fn check(&self, errors: &mut Vec<FieldError>) {
        if self.auto_exit_minute.is_some_and(|minute| minute > 1_439) {
            errors.push(FieldError::new(
                "auto_exit_minute",
                "minute_out_of_range",
                "give a minute of the day, 0 to 1,439",
            ));
        }
        if self.undo_minutes > 60 {
            errors.push(FieldError::new(
                "undo_minutes",
                "minutes_out_of_range",
                "give 0 to 60 minutes",
            ));
        }
        let long = |text: &String, most| text.chars().count() > most;
        if self.kiosk_welcome.as_ref().is_some_and(|w| long(w, 200)) {
            errors.push(FieldError::new(
                "kiosk_welcome",
                "text_too_long",
                "welcome guests in 200 characters at most",
            ));
        }
        if self.questions.len() > MOST_QUESTIONS {
            errors.push(FieldError::new(
                "questions",
                "questions_too_many",
                format!("a queue waits: ask {MOST_QUESTIONS} questions at most"),
            ));
        }
        for (n, question) in self.questions.iter().enumerate() {
            if question.trim().is_empty() || long(question, 200) {
                errors.push(FieldError::new(
                    format!("questions.{n}"),
                    "question_length",
                    "ask in 1 to 200 characters",
                ));
            }
        }
        self.badge.check(errors);
        check_rules(&self.rules, errors);
    }
}

/// Wrong PINs at one gate before it looks at no other for a while.
pub const WRONG_PINS_AT_A_GATE: i64 = 5;
/// After so long each of them is forgotten, in milliseconds.
pub const GATE_FORGETS_MS: i64 = 5 * 60_000;
/// The same of all gates of an event together: whoever makes gates up guesses no faster.
pub const WRONG_PINS_IN_ALL: i64 = 60;
/// After so long each of those is forgotten, in milliseconds.
pub const ALL_FORGET_MS: i64 = 60_000;

/// Wrong PINs that are not forgotten yet.
///
/// A gate looks at five, and then at one every five minutes; after 25 minutes all are forgotten.
/// That is 76 in an evening of six hours and some 290 a day, of nearly 10,000 that a PIN of four
/// digits can be; and whoever locks one gate locks no other, and for five minutes at most. Nobody
/// makes that longer by setting a clock back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongPins {
    most: i64,
    each_ms: i64,
    /// When the last is forgotten, UTC ms.
    until: i64,
}

impl WrongPins {
    /// None at one gate.
    #[must_use]
    pub const fn at_a_gate() -> Self {
        Self {
            most: WRONG_PINS_AT_A_GATE,
            each_ms: GATE_FORGETS_MS,
            until: i64::MIN,
        }
    }

    /// None at all gates of an event.
    #[must_use]
    pub const fn in_all() -> Self {
        Self {
            most: WRONG_PINS_IN_ALL,
            each_ms: ALL_FORGET_MS,
            until: i64::MIN,
        }
    }

    fn left_at(&self, now: i64) -> i64 {
        let most = self.most * self.each_ms;
        self.until.saturating_sub(now).clamp(0, most)
    }

    /// Whether no other is looked at, at `now` (UTC ms).
    #[must_use]
    pub fn is_locked(&self, now: i64) -> bool {
        self.left_at(now) > (self.most - 1) * self.each_ms
    }

    /// These and one more, at `now` (UTC ms).
    #[must_use]
    pub fn and_one(self, now: i64) -> Self {
        let left = self.left_at(now).saturating_add(self.each_ms);
        Self {
            until: now.saturating_add(left),
            ..self
        }
    }
}

/// Adds that a supervisor's PIN is none: 4 to 12 digits, not all the same.
pub fn check_pin(pin: &str, errors: &mut Vec<FieldError>) {
    let digits = pin.bytes().all(|b| b.is_ascii_digit()) && (4..=12).contains(&pin.len());
    let same = pin.bytes().all(|b| Some(b) == pin.bytes().next());
    if !digits || same {
        errors.push(FieldError::new(
            "pin",
            "pin_weak",
            "give 4 to 12 digits that are not all the same",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_an_event_that_knew_none_are_the_usual_ones() {
        let read: DoorSettings = serde_json::from_str("{}").expect("settings");
        assert_eq!(read, DoorSettings::default());
        let mut errors = Vec::new();
        read.check(&mut errors);
        assert!(errors.is_empty());
    }

    /// How many PINs somebody tries within `ms` who tries every second.
    fn tries_in(ms: i64, mut wrong: WrongPins) -> usize {
        let seconds = (0..ms).step_by(1_000);
        seconds
            .filter(|now| {
                let looked_at = !wrong.is_locked(*now);
                if looked_at {
                    wrong = wrong.and_one(*now);
                }
                looked_at
            })
            .count()
    }

    #[test]
    fn a_pin_is_not_guessed_in_an_evening_and_a_gate_is_locked_for_minutes_only() {
        const HOUR: i64 = 3_600_000;
        assert_eq!(tries_in(6 * HOUR, WrongPins::at_a_gate()), 4 + 72);
        assert_eq!(tries_in(6 * HOUR, WrongPins::in_all()), 59 + 360);
        let mut wrong = WrongPins::at_a_gate();
        for _ in 0..WRONG_PINS_AT_A_GATE {
            assert!(!wrong.is_locked(0));
            wrong = wrong.and_one(0);
        }
        assert!(wrong.is_locked(0) && wrong.is_locked(GATE_FORGETS_MS - 1));
        assert!(!wrong.is_locked(GATE_FORGETS_MS));
        // In the end all are forgotten.
        let later = WRONG_PINS_AT_A_GATE * GATE_FORGETS_MS;
        let one = WrongPins::at_a_gate().and_one(later);
        assert_eq!(wrong.and_one(later), one);
        // A clock that is set back locks no longer than one that is not.
        let set_back = wrong.and_one(-HOUR);
        assert!(!set_back.is_locked(-HOUR + 2 * GATE_FORGETS_MS));
    }

    #[test]
    fn a_scan_of_a_wrong_clock_is_not_taken_back_for_a_year() {
        let settings = DoorSettings::default();
        let window = settings.undo_until(0);
        for (now, may) in [
            (0, true),
            (window, true),
            (window + 1, false),
            (-FURTHEST_AHEAD_MS, true),
            (-FURTHEST_AHEAD_MS - 1, false),
        ] {
            assert_eq!(settings.may_undo(0, now), may, "{now}");
        }
    }

    #[test]
    fn pins_that_anybody_guesses_are_refused() {
        for (pin, good) in [
            ("4711", true),
            ("123456789012", true),
            ("", false),
            ("471", false),
            ("1111", false),
            ("1234567890123", false),
            ("47 11", false),
            ("４７１１", false),
        ] {
            let mut errors = Vec::new();
            check_pin(pin, &mut errors);
            assert_eq!(errors.is_empty(), good, "{pin}");
        }
    }
}
