//! What a person wants to hear of from a workspace.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::words;

words! {
    /// Which reminders somebody gets. The last one, an hour before, can't be switched off: it is
    /// what a ticket needs.
    ReminderWish("reminder wish") {
        /// All of them.
        All = "all",
        /// The last one alone.
        OneHour = "one_hour",
    }
}

/// What somebody wants to hear of, by their e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preferences {
    /// Reminders before an event.
    pub reminders: ReminderWish,
    /// Whether they are asked how it was.
    pub reviews: bool,
    /// Whether they hear of other events; nobody does unasked.
    pub marketing: bool,
    /// When they unsubscribed from everything but what a ticket needs, UTC ms.
    pub unsubscribed_at: Option<i64>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            reminders: ReminderWish::All,
            reviews: true,
            marketing: false,
            unsubscribed_at: None,
        }
    }
}

impl Preferences {
    /// Those of somebody who unsubscribed at `at` (UTC ms).
    #[must_use]
    pub const fn unsubscribed(at: i64) -> Self {
        Self {
            reminders: ReminderWish::OneHour,
            reviews: false,
            marketing: false,
            unsubscribed_at: Some(at),
        }
    }

    /// The same once a person chose at `at` (UTC ms): whoever wants nothing that can be left out
    /// has unsubscribed, whoever wants anything has not.
    #[must_use]
    pub fn chosen(self, at: i64) -> Self {
        let none = self.reminders == ReminderWish::OneHour && !self.reviews && !self.marketing;
        Self {
            unsubscribed_at: none.then(|| self.unsubscribed_at.unwrap_or(at)),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_wants_nothing_has_unsubscribed_and_whoever_wants_anything_has_not() {
        let gone = Preferences::unsubscribed(5);
        assert_eq!(gone.chosen(9), gone, "since when stays");
        let silent = Preferences {
            unsubscribed_at: None,
            ..gone
        };
        assert_eq!(silent.chosen(9).unsubscribed_at, Some(9));
        let table = [
            Preferences {
                reminders: ReminderWish::All,
                ..gone
            },
            Preferences {
                reviews: true,
                ..gone
            },
            Preferences {
                marketing: true,
                ..gone
            },
        ];
        for back in table {
            assert_eq!(back.chosen(9).unsubscribed_at, None, "{back:?}");
        }
    }
}
