//! Tickets: the right of one holder to enter, with a status and a life line.

use serde::{Deserialize, Serialize};

use crate::id::{GuestId, InvitationId, MemberId, TicketId, TicketTypeId};
use crate::words::words;

words! {
    /// Whether a ticket may enter at all.
    TicketStatus("ticket status") {
        /// Good.
        Active = "active",
        /// Taken back for good.
        Voided = "voided",
        /// Held back for now.
        Blocked = "blocked",
        /// Waiting for money.
        Unpaid = "unpaid",
        /// Waiting for the organizer's word.
        Unapproved = "unapproved",
        /// Given away; the new holder has a ticket of their own.
        Transferred = "transferred",
    }
}

words! {
    /// Why the office holds a ticket back for now.
    TicketHold("reason to hold a ticket back") {
        /// Its holder is not wanted now.
        Blocked = "blocked",
        /// Money is owed for it.
        Unpaid = "unpaid",
        /// The organizer did not agree to it yet.
        Unapproved = "unapproved",
    }
}

impl From<TicketHold> for TicketStatus {
    fn from(hold: TicketHold) -> Self {
        match hold {
            TicketHold::Blocked => Self::Blocked,
            TicketHold::Unpaid => Self::Unpaid,
            TicketHold::Unapproved => Self::Unapproved,
        }
    }
}

impl TicketStatus {
    /// Whether the ticket is held back for now, and good again once it is released.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Blocked | Self::Unpaid | Self::Unapproved)
    }
}

words! {
    /// Where a ticket came from.
    TicketSource("ticket source") {
        /// The guest list.
        Invitation = "invitation",
        /// An official invitation by a super admin.
        OfficialInvitation = "official_invitation",
        /// Given free at the desk.
        Complimentary = "complimentary",
        /// Sold online.
        PlatformOnline = "platform_online",
        /// Ordered online, paid on delivery.
        PlatformCod = "platform_cod",
        /// Sold by an ambassador.
        AmbassadorManual = "ambassador_manual",
        /// Sold at the desk.
        BoxOffice = "box_office",
        /// Granted on application.
        Application = "application",
        /// Taken over from another holder.
        Transfer = "transfer",
    }
}

words! {
    /// The steps of a ticket's life line, in order.
    LifeStep("life step") {
        /// Made, with its credential signed.
        Created = "created",
        /// Put on a page.
        Rendered = "rendered",
        /// Sent by mail.
        Emailed = "emailed",
        /// Fetched by its holder.
        Downloaded = "downloaded",
        /// Opened by its holder.
        Opened = "opened",
        /// Its holder came in.
        CheckedIn = "checked_in",
    }
}

/// The right of one holder to enter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Ticket {
    /// The ticket's id.
    pub id: TicketId,
    /// Its number in the event, from 1, in the order of issue.
    pub number: u32,
    /// The invitation that it belongs to.
    pub invitation: InvitationId,
    /// The party member who holds it.
    pub member: MemberId,
    /// The guest; none for an unnamed plus-one.
    pub guest: Option<GuestId>,
    /// Its type.
    pub ticket_type: TicketTypeId,
    /// Whether it may enter.
    pub status: TicketStatus,
    /// Where it came from.
    pub source: TicketSource,
    /// Version of its credential, from 1; a lower one is refused as replaced.
    pub version: u32,
    /// When it was issued, UTC ms.
    pub created_at: i64,
    /// When it was first put on a page, UTC ms.
    pub rendered_at: Option<i64>,
    /// When its holder first came in, UTC ms.
    pub checked_in_at: Option<i64>,
}

/// A command that a ticket's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefusal {
    /// It was used, so it can't be regenerated.
    #[error("this ticket was used; a used ticket keeps its code")]
    Used,
    /// It is void.
    #[error("this ticket is void; issue a new one instead")]
    Voided,
    /// It was given away.
    #[error("this ticket was transferred; its new holder has another")]
    Transferred,
    /// What it opens has begun, so it changes hands no more.
    #[error("the event has begun; tickets change hands before it starts")]
    Begun,
    /// It is held back, and a new holder would get around that.
    #[error("this ticket is not good now; settle that first, then it can change hands")]
    NotGood,
    /// It is not held back, so that there is nothing to release.
    #[error("this ticket is not held back; nothing was changed")]
    NotHeld,
}

impl TicketRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Used => "ticket_used",
            Self::Voided => "ticket_voided",
            Self::Transferred => "ticket_transferred",
            Self::Begun => "event_started",
            Self::NotGood => "ticket_not_good",
            Self::NotHeld => "ticket_not_held",
        }
    }
}

impl Ticket {
    /// Checks that a new code may replace the old one: only for a ticket not used yet.
    pub fn check_regenerate(&self) -> Result<(), TicketRefusal> {
        match self.status {
            TicketStatus::Voided => Err(TicketRefusal::Voided),
            TicketStatus::Transferred => Err(TicketRefusal::Transferred),
            _ if self.checked_in_at.is_some() => Err(TicketRefusal::Used),
            _ => Ok(()),
        }
    }

    /// Checks that it may be voided; voiding twice is no error, the second changes nothing.
    pub fn check_void(&self) -> Result<(), TicketRefusal> {
        match self.status {
            TicketStatus::Transferred => Err(TicketRefusal::Transferred),
            _ => Ok(()),
        }
    }

    /// Checks that it may be held back: also when its holder came in, who is then not let in again.
    pub fn check_hold(&self) -> Result<(), TicketRefusal> {
        match self.status {
            TicketStatus::Voided => Err(TicketRefusal::Voided),
            TicketStatus::Transferred => Err(TicketRefusal::Transferred),
            _ => Ok(()),
        }
    }

    /// Checks that it is held back, so that it can be released.
    pub fn check_release(&self) -> Result<(), TicketRefusal> {
        match self.status {
            held if held.is_held() => Ok(()),
            TicketStatus::Voided => Err(TicketRefusal::Voided),
            TicketStatus::Transferred => Err(TicketRefusal::Transferred),
            _ => Err(TicketRefusal::NotHeld),
        }
    }

    /// Checks that it may change hands at `now`, when what it opens begins at `start` (both UTC ms).
    pub fn check_transfer(&self, now: i64, start: i64) -> Result<(), TicketRefusal> {
        match self.status {
            TicketStatus::Voided => Err(TicketRefusal::Voided),
            TicketStatus::Transferred => Err(TicketRefusal::Transferred),
            _ if self.checked_in_at.is_some() => Err(TicketRefusal::Used),
            held if held.is_held() => Err(TicketRefusal::NotGood),
            _ if now >= start => Err(TicketRefusal::Begun),
            _ => Ok(()),
        }
    }

    /// The furthest step of its life line that is known here.
    #[must_use]
    pub fn life_step(&self) -> LifeStep {
        if self.checked_in_at.is_some() {
            LifeStep::CheckedIn
        } else if self.rendered_at.is_some() {
            LifeStep::Rendered
        } else {
            LifeStep::Created
        }
    }
}
