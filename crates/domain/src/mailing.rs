//! Mailings: one message to many, now or at a set time.

use serde::{Deserialize, Serialize};

use crate::delivery::MessageKind;
use crate::delivery::audience::Audience;
use crate::field::FieldError;
use crate::id::{BatchId, MailingId, NoticeId};
use crate::words::words;

words! {
    /// Where a mailing stands.
    MailingStatus("mailing status") {
        /// Its time is still to come.
        Scheduled = "scheduled",
        /// Its messages are in the outbox and leave.
        Sending = "sending",
        /// Somebody stopped it; its messages wait.
        Paused = "paused",
        /// Nothing of it waits any more.
        Completed = "completed",
        /// It was called off; what had left has left.
        Cancelled = "cancelled",
    }
}

/// One message to many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Mailing {
    /// The mailing's id.
    pub id: MailingId,
    /// What it is about.
    pub kind: MessageKind,
    /// To whom it goes.
    pub audience: Audience,
    /// The organizer's own words in it.
    pub message: String,
    /// Whether guests need it to come, so that it is no marketing.
    pub needed: bool,
    /// The news that it tells.
    pub notice: Option<NoticeId>,
    /// The batch that it sends.
    pub batch: Option<BatchId>,
    /// Not before, UTC ms.
    pub due_at: i64,
    /// Where it stands.
    pub status: MailingStatus,
    /// Who made it: an account's id, or the machine's own person.
    pub created_by: String,
    /// When it was made, UTC ms.
    pub created_at: i64,
}

/// The longest words of the organizer's own in a mailing, in characters.
pub const LONGEST_MESSAGE: usize = 5_000;
/// How far ahead a mailing may be set, in milliseconds: two years.
const FARTHEST: i64 = 2 * 366 * 24 * 3_600_000;

/// Adds what is wrong with a mailing that is to be made at `now`, UTC ms.
pub fn check_mailing(
    kind: MessageKind,
    message: &str,
    needed: bool,
    due_at: Option<i64>,
    now: i64,
    errors: &mut Vec<FieldError>,
) {
    if message.chars().count() > LONGEST_MESSAGE {
        errors.push(FieldError::new(
            "message",
            "text_too_long",
            "give 5,000 characters at most",
        ));
    }
    if message
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        errors.push(FieldError::new(
            "message",
            "text_invalid",
            "the message holds control characters; type it anew",
        ));
    }
    if kind == MessageKind::Announcement && message.trim().is_empty() {
        errors.push(FieldError::new(
            "message",
            "text_missing",
            "write what is to be announced",
        ));
    }
    if needed && kind != MessageKind::Announcement {
        errors.push(FieldError::new(
            "needed",
            "needed_unfit",
            "only an announcement can be what guests need to know; other kinds are it, or are not",
        ));
    }
    if due_at.is_some_and(|due| due < now - 60_000 || due > now + FARTHEST) {
        errors.push(FieldError::new(
            "due_at",
            "time_out_of_range",
            "choose a time from now on, within two years",
        ));
    }
}
