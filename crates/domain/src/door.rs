//! What holds at every door of an event, apart from its tickets.

use serde::{Deserialize, Serialize};

use crate::badge::BadgeSettings;
use crate::entry_rule::{EntryRule, check_rules};
use crate::field::FieldError;

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
