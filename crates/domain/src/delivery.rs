//! Messages that carry invitations: how they go, and how far they are.

use serde::{Deserialize, Serialize};

use crate::id::{BatchId, DeliveryId, InvitationId};
use crate::words::words;

words! {
    /// How a message goes.
    Channel("channel") {
        /// By e-mail.
        Email = "email",
        /// By text message, for those without an e-mail address.
        Sms = "sms",
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

/// A message that carries an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Delivery {
    /// The delivery's id.
    pub id: DeliveryId,
    /// The invitation.
    pub invitation: InvitationId,
    /// The batch that sends it.
    pub batch: Option<BatchId>,
    /// How it goes.
    pub channel: Channel,
    /// How far it is.
    pub status: DeliveryStatus,
    /// When it was put into the outbox, UTC ms.
    pub queued_at: i64,
    /// When it left, UTC ms.
    pub sent_at: Option<i64>,
    /// What the server said last.
    pub detail: String,
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
