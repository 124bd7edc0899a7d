//! What a try to send a message came to, and what follows from it.

use super::DeliveryStatus;
use super::marketing::UNWANTED;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// How long after each try the next comes, in milliseconds: soon enough for servers that turn
/// strangers away once (greylisting), and for two days in all.
const WAITS: [i64; 9] = [
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    8 * HOUR,
    12 * HOUR,
    18 * HOUR,
];

/// Code of a message that may have left: the connection broke before the server's last word.
pub const PERHAPS_SENT: &str = "perhaps_sent";

/// Code of a message that was taken out of the outbox before it left.
pub const WITHDRAWN: &str = "withdrawn";
/// Code of a message about what was called off since.
pub const CALLED_OFF: &str = "called_off";
/// Code of a message that needs a good ticket, to a party that holds none.
pub const TICKET_MISSING: &str = "ticket_missing";
/// Code of a reminder that waited until it helped no more.
pub const REMINDER_LATE: &str = "reminder_late";
/// Code of a reminder that another message of the day tells.
pub const MERGED: &str = "merged";
/// Code of a reminder that a full day left out.
pub const DAY_FULL: &str = "day_full";

/// Codes of what was left out on purpose: no message to anybody, and no failure.
pub const ASIDE: [&str; 7] = [
    WITHDRAWN,
    CALLED_OFF,
    TICKET_MISSING,
    REMINDER_LATE,
    MERGED,
    DAY_FULL,
    UNWANTED,
];

/// What a try to send a message came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Taken {
        /// What it said.
        reply: String,
    },
    /// The server will never take it for this recipient, or with this content.
    Refused {
        /// Stable code of the reason.
        code: &'static str,
        /// What it said.
        reply: String,
    },
    /// The server may take it later, or can't be reached; nothing was handed over.
    Later {
        /// Stable code of the reason.
        code: &'static str,
        /// What it said.
        reply: String,
    },
    /// All of it was handed over and the connection broke before the answer: nobody here can know.
    Unknown {
        /// What was seen.
        reply: String,
    },
}

/// Where a message stands after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How far it is.
    pub status: DeliveryStatus,
    /// When it is tried again, UTC ms.
    pub due_at: Option<i64>,
    /// Stable code of what stands in its way; blank without.
    pub code: &'static str,
    /// What the server said, 500 characters at most.
    pub detail: String,
}

/// Where a message stands after its try number `attempts` (from 1) came to this at `now` (UTC ms).
#[must_use]
pub fn after_try(attempts: u32, now: i64, outcome: &Outcome) -> Standing {
    let said = |text: &str| text.chars().filter(|c| !c.is_control()).take(500).collect();
    match outcome {
        Outcome::Taken { reply } => Standing {
            status: DeliveryStatus::Sent,
            due_at: None,
            code: "",
            detail: said(reply),
        },
        Outcome::Refused { code, reply } => Standing {
            status: DeliveryStatus::Failed,
            due_at: None,
            code,
            detail: said(reply),
        },
        Outcome::Unknown { reply } => Standing {
            status: DeliveryStatus::Failed,
            due_at: None,
            code: PERHAPS_SENT,
            detail: said(reply),
        },
        Outcome::Later { code, reply } => {
            let wait = WAITS.get(attempts.saturating_sub(1) as usize);
            Standing {
                status: if wait.is_some() {
                    DeliveryStatus::PendingRetry
                } else {
                    DeliveryStatus::Failed
                },
                due_at: wait.map(|wait| now + wait),
                code,
                detail: said(reply),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later() -> Outcome {
        Outcome::Later {
            code: "greylisted",
            reply: "451 come back".into(),
        }
    }

    #[test]
    fn what_may_work_later_is_tried_for_two_days_then_given_up() {
        let mut now = 0;
        let mut tries = 0;
        loop {
            tries += 1;
            let standing = after_try(tries, now, &later());
            let Some(due) = standing.due_at else {
                assert_eq!(standing.status, DeliveryStatus::Failed);
                assert_eq!(standing.code, "greylisted", "the reason stays");
                break;
            };
            assert_eq!(standing.status, DeliveryStatus::PendingRetry);
            assert!(due > now);
            now = due;
        }
        assert_eq!(tries, 10);
        assert!((40 * HOUR..72 * HOUR).contains(&now), "{} h", now / HOUR);
    }

    #[test]
    fn what_nobody_can_know_is_not_tried_again_by_itself() {
        let standing = after_try(
            1,
            5,
            &Outcome::Unknown {
                reply: "the line broke\r\nafter the dot".into(),
            },
        );
        assert_eq!(standing.status, DeliveryStatus::Failed);
        assert_eq!(standing.code, PERHAPS_SENT);
        assert_eq!(standing.due_at, None);
        assert_eq!(standing.detail, "the line brokeafter the dot");
    }

    #[test]
    fn a_refusal_is_final_and_a_word_of_the_server_is_kept_short() {
        let standing = after_try(
            1,
            5,
            &Outcome::Refused {
                code: "address_unknown",
                reply: "x".repeat(9_000),
            },
        );
        assert_eq!(standing.status, DeliveryStatus::Failed);
        assert_eq!(standing.detail.len(), 500);
    }
}
