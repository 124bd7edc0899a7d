//! Messages to guests: what they are about, how they go, and how far they are.

pub mod audience;
pub mod marketing;
pub mod outcome;
pub mod pace;

use serde::{Deserialize, Serialize};

use crate::id::{BatchId, DeliveryId, InvitationId, MailingId, NoticeId, SessionId};
use crate::reminder::ReminderStep;
use crate::words::words;

words! {
    /// How a message goes.
    Channel("channel") {
        /// By e-mail.
        Email = "email",
        /// By text message, for those without an e-mail address.
        Sms = "sms",
        /// By WhatsApp, where the workspace prefers it to text messages.
        Whatsapp = "whatsapp",
    }
}

words! {
    /// What carries messages out of the house; each can be in trouble by itself.
    Transport("transport") {
        /// The mail server.
        Mail = "mail",
        /// The gateway for text messages.
        Text = "text",
    }
}

impl Channel {
    /// What carries messages that go so.
    #[must_use]
    pub const fn transport(self) -> Transport {
        match self {
            Self::Email => Transport::Mail,
            Self::Sms | Self::Whatsapp => Transport::Text,
        }
    }
}

words! {
    /// What a message is about; each kind has a template of its own.
    MessageKind("message kind") {
        /// Keep the day free.
        SaveTheDate = "save_the_date",
        /// You are invited: answer.
        Invitation = "invitation",
        /// Here are your tickets.
        Ticket = "ticket",
        /// It is near.
        Reminder = "reminder",
        /// Are you still coming?
        Confirm = "confirm",
        /// Another time or place.
        Change = "change",
        /// Called off.
        Cancelled = "cancelled",
        /// The organizer's own words.
        Announcement = "announcement",
        /// It was good to have you.
        Thanks = "thanks",
        /// How was it, in a touch?
        Rating = "rating",
        /// How was it, in a few words?
        Review = "review",
    }
}

impl MessageKind {
    /// Whether guests may want none of these: what is not needed to come to the event.
    #[must_use]
    pub const fn is_marketing(self) -> bool {
        matches!(
            self,
            Self::Announcement | Self::Thanks | Self::Rating | Self::Review
        )
    }

    /// Whether it asks guests to open a page of the organizer's own, and says nothing without.
    #[must_use]
    pub const fn needs_link(self) -> bool {
        matches!(self, Self::Rating | Self::Review)
    }

    /// Whether each of these says something else, so that one that waits does not swallow the next.
    #[must_use]
    pub const fn differs(self) -> bool {
        matches!(self, Self::Change | Self::Cancelled | Self::Announcement)
    }

    /// Whether it speaks of what is still to come, and is void once that is called off.
    #[must_use]
    pub const fn is_before(self) -> bool {
        matches!(
            self,
            Self::SaveTheDate
                | Self::Invitation
                | Self::Ticket
                | Self::Reminder
                | Self::Confirm
                | Self::Change
        )
    }

    /// Whether each guest gets it once, so that sending to all leaves out who has it.
    #[must_use]
    pub const fn is_once(self) -> bool {
        matches!(self, Self::SaveTheDate | Self::Invitation | Self::Ticket)
    }
}

words! {
    /// How far a message is.
    DeliveryStatus("delivery status") {
        /// Waiting to be sent.
        Pending = "pending",
        /// Handed to the mail server or provider.
        Sent = "sent",
        /// Known to have arrived.
        Delivered = "delivered",
        /// Came back.
        Bounced = "bounced",
        /// Could not be sent.
        Failed = "failed",
        /// Could not be sent yet, and is tried again.
        PendingRetry = "pending_retry",
    }
}

impl DeliveryStatus {
    /// Whether it is still to be sent.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Pending | Self::PendingRetry)
    }

    /// Whether it left, and nothing says that it did not arrive.
    #[must_use]
    pub const fn arrived(self) -> bool {
        matches!(self, Self::Sent | Self::Delivered)
    }
}

/// A message to the members of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Delivery {
    /// The delivery's id; the message's own id is made of it.
    pub id: DeliveryId,
    /// The invitation.
    pub invitation: InvitationId,
    /// The batch that sends it.
    pub batch: Option<BatchId>,
    /// The mailing that sends it.
    pub mailing: Option<MailingId>,
    /// What it is about.
    pub kind: MessageKind,
    /// How it goes.
    pub channel: Channel,
    /// How far it is.
    pub status: DeliveryStatus,
    /// The session that it is about; the whole event when absent.
    pub session: Option<SessionId>,
    /// Which reminder it is.
    pub step: Option<ReminderStep>,
    /// The news that it tells.
    pub notice: Option<NoticeId>,
    /// The address or number that it went to; blank before.
    pub recipient: String,
    /// When it was put into the outbox, UTC ms.
    pub queued_at: i64,
    /// Not to be sent before, UTC ms.
    pub due_at: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// When the try that is under way began, UTC ms.
    pub handed_at: Option<i64>,
    /// When it left, UTC ms.
    pub sent_at: Option<i64>,
    /// When it was known to have arrived or come back, UTC ms.
    pub settled_at: Option<i64>,
    /// Stable code of what stands in its way, such as `address_unknown`; blank without.
    pub code: String,
    /// What the server said last.
    pub detail: String,
}

impl Delivery {
    /// A message that waits from `at` on.
    #[must_use]
    pub fn new(
        id: DeliveryId,
        invitation: InvitationId,
        kind: MessageKind,
        channel: Channel,
        at: i64,
    ) -> Self {
        Self {
            id,
            invitation,
            batch: None,
            mailing: None,
            kind,
            channel,
            status: DeliveryStatus::Pending,
            session: None,
            step: None,
            notice: None,
            recipient: String::new(),
            queued_at: at,
            due_at: at,
            attempts: 0,
            handed_at: None,
            sent_at: None,
            settled_at: None,
            code: String::new(),
            detail: String::new(),
        }
    }
}

/// How a message reaches somebody with this address and number; none without either.
#[must_use]
pub fn channel_for(email: &str, phone: &str) -> Option<Channel> {
    if !email.is_empty() {
        Some(Channel::Email)
    } else if !phone.is_empty() {
        Some(Channel::Sms)
    } else {
        None
    }
}
