//! To whom a mailing goes.

use serde::{Deserialize, Serialize};

use super::{Channel, DeliveryStatus, MessageKind};
use crate::id::{BatchId, InvitationId, SessionId, TicketTypeId};
use crate::invitation::InvitationStatus;
use crate::words::words;

words! {
    /// Whom of the invited a mailing means.
    AudienceGroup("audience group") {
        /// Everybody.
        All = "all",
        /// Who was not sent this kind of message yet.
        NotSent = "not_sent",
        /// Whose last message came back or could not be sent.
        Bounced = "bounced",
        /// Who holds a ticket and did not fetch it.
        NotDownloaded = "not_downloaded",
        /// Who did not answer.
        NotAnswered = "not_answered",
        /// Somebody of whom comes.
        Coming = "coming",
        /// Nobody of whom comes.
        NotComing = "not_coming",
        /// Somebody of whom came in.
        CameIn = "came_in",
    }
}

/// To whom a mailing goes: those of a group, all conditions together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// Whom it means.
    pub group: AudienceGroup,
    /// Of those, who hold a ticket of this type or are to get one.
    pub ticket_type: Option<TicketTypeId>,
    /// Of those, whose ticket opens this session.
    pub session: Option<SessionId>,
    /// Of those, the invitations of this batch.
    pub batch: Option<BatchId>,
    /// Of those, these invitations; all when empty.
    pub invitations: Vec<InvitationId>,
}

impl Default for Audience {
    fn default() -> Self {
        Self {
            group: AudienceGroup::All,
            ticket_type: None,
            session: None,
            batch: None,
            invitations: Vec::new(),
        }
    }
}

/// What is known of one invitation when a mailing asks whether it means it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// The invitation.
    pub invitation: InvitationId,
    /// Its batch.
    pub batch: Option<BatchId>,
    /// How its messages go; none where nobody of it can be reached.
    pub channel: Option<Channel>,
    /// How its members answered, and whether one came.
    pub status: InvitationStatus,
    /// Types of its tickets, and of those its members are to get.
    pub ticket_types: Vec<TicketTypeId>,
    /// How far its last message of the mailing's kind is.
    pub last: Option<DeliveryStatus>,
    /// How far its last message of any kind is.
    pub last_of_any: Option<DeliveryStatus>,
    /// When the first of its messages left that did not come back, UTC ms.
    pub heard_at: Option<i64>,
    /// Good tickets that it holds.
    pub tickets: u32,
    /// Of those, the ones that were not fetched.
    pub not_downloaded: u32,
    /// Whether it is void: its tickets were all taken back.
    pub void: bool,
    /// Whether its address wants none of these.
    pub unsubscribed: bool,
    /// The address or number that its messages go to; empty where it has none.
    pub recipient: String,
}

/// Why an invitation gets no message of a mailing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It is not meant.
    NotMeant,
    /// It has one of this kind, or one waits.
    HasIt,
    /// It holds no good ticket that the message could carry.
    NoTicket,
    /// Nobody of it has an address or a number.
    Unreachable,
    /// It wants none.
    Unsubscribed,
}

impl Audience {
    /// Whether a mailing of this kind goes to `addressee`, and how; or why not. `opens` says
    /// whether a type opens the session that the audience names.
    pub fn takes(
        &self,
        kind: MessageKind,
        addressee: &Addressee,
        opens: impl Fn(TicketTypeId) -> bool,
    ) -> Result<Channel, LeftOut> {
        use AudienceGroup as G;
        use InvitationStatus as S;
        let named = self.invitations.is_empty() || self.invitations.contains(&addressee.invitation);
        let typed = self
            .ticket_type
            .is_none_or(|kind| addressee.ticket_types.contains(&kind));
        // Who is to get no type in particular may come to any session.
        let anywhere = addressee.ticket_types.is_empty()
            && matches!(kind, MessageKind::Change | MessageKind::Cancelled);
        let seated = self.session.is_none()
            || anywhere
            || addressee.ticket_types.iter().any(|kind| opens(*kind));
        let in_batch = self
            .batch
            .is_none_or(|batch| addressee.batch == Some(batch));
        let came_back = |status: Option<DeliveryStatus>| {
            matches!(
                status,
                Some(DeliveryStatus::Bounced | DeliveryStatus::Failed)
            )
        };
        let meant = match self.group {
            G::All => true,
            G::NotSent => addressee.last.is_none(),
            G::Bounced => came_back(addressee.last_of_any),
            G::NotDownloaded => addressee.not_downloaded > 0,
            G::NotAnswered => addressee.status == S::Pending,
            G::Coming => matches!(addressee.status, S::Accepted | S::Partial | S::Attended),
            G::NotComing => addressee.status == S::Declined,
            G::CameIn => addressee.status == S::Attended,
        };
        // A void invitation hears that it is called off, and nothing else.
        let stands = !addressee.void || kind == MessageKind::Cancelled;
        if !(named && typed && seated && in_batch && meant && stands) {
            return Err(LeftOut::NotMeant);
        }
        if kind == MessageKind::Ticket && addressee.tickets == 0 {
            return Err(LeftOut::NoTicket);
        }
        let waits = addressee.last.is_some_and(DeliveryStatus::waits);
        if waits && !kind.differs()
            || kind.is_once() && addressee.last.is_some_and(DeliveryStatus::arrived)
        {
            return Err(LeftOut::HasIt);
        }
        if addressee.unsubscribed {
            return Err(LeftOut::Unsubscribed);
        }
        addressee.channel.ok_or(LeftOut::Unreachable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn somebody() -> Addressee {
        Addressee {
            invitation: InvitationId(Uuid::from_u128(7)),
            batch: None,
            channel: Some(Channel::Email),
            status: InvitationStatus::Pending,
            ticket_types: vec![TicketTypeId(Uuid::from_u128(1))],
            last: None,
            last_of_any: None,
            heard_at: None,
            tickets: 2,
            not_downloaded: 1,
            void: false,
            unsubscribed: false,
            recipient: "ada@example.org".into(),
        }
    }

    #[test]
    fn groups_mean_whom_they_name() {
        use AudienceGroup as G;
        use DeliveryStatus as D;
        use InvitationStatus as I;
        let of = |status, last, not_downloaded| Addressee {
            status,
            last,
            last_of_any: last,
            not_downloaded,
            ..somebody()
        };
        let fresh = of(I::Pending, None, 2);
        let sent = of(I::Pending, Some(D::Sent), 2);
        let back = of(I::Pending, Some(D::Bounced), 2);
        let comes = of(I::Accepted, Some(D::Sent), 0);
        let not = of(I::Declined, Some(D::Delivered), 0);
        let came = of(I::Attended, Some(D::Sent), 0);
        let all = [&fresh, &sent, &back, &comes, &not, &came];
        let table: &[(G, [bool; 6])] = &[
            (G::All, [true; 6]),
            (G::NotSent, [true, false, false, false, false, false]),
            (G::Bounced, [false, false, true, false, false, false]),
            (G::NotDownloaded, [true, true, true, false, false, false]),
            (G::NotAnswered, [true, true, true, false, false, false]),
            (G::Coming, [false, false, false, true, false, true]),
            (G::NotComing, [false, false, false, false, true, false]),
            (G::CameIn, [false, false, false, false, false, true]),
        ];
        for (group, expected) in table {
            let audience = Audience {
                group: *group,
                ..Audience::default()
            };
            // A kind that may come again, so that only the group decides.
            let taken = all.map(|one| audience.takes(MessageKind::Reminder, one, |_| true).is_ok());
            assert_eq!(taken, *expected, "{group}");
        }
    }

    #[test]
    fn who_has_it_who_is_void_and_who_wants_none_is_left_out() {
        let audience = Audience::default();
        let sent = Addressee {
            last: Some(DeliveryStatus::Sent),
            ..somebody()
        };
        let takes = |kind, one: &Addressee| audience.takes(kind, one, |_| true);
        assert_eq!(
            takes(MessageKind::Invitation, &sent),
            Err(LeftOut::HasIt),
            "an invitation comes once"
        );
        assert!(takes(MessageKind::Announcement, &sent).is_ok());
        let waits = Addressee {
            last: Some(DeliveryStatus::PendingRetry),
            ..somebody()
        };
        assert_eq!(takes(MessageKind::Reminder, &waits), Err(LeftOut::HasIt));
        for kind in MessageKind::ALL.iter().filter(|kind| kind.differs()) {
            assert!(
                takes(*kind, &waits).is_ok(),
                "the next {kind} says something else"
            );
        }
        let bare = Addressee {
            tickets: 0,
            ..somebody()
        };
        assert_eq!(takes(MessageKind::Ticket, &bare), Err(LeftOut::NoTicket));
        assert!(takes(MessageKind::Invitation, &bare).is_ok());
        let void = Addressee {
            void: true,
            ..somebody()
        };
        assert_eq!(takes(MessageKind::Reminder, &void), Err(LeftOut::NotMeant));
        assert!(takes(MessageKind::Cancelled, &void).is_ok());
        let quiet = Addressee {
            unsubscribed: true,
            ..somebody()
        };
        assert_eq!(
            takes(MessageKind::Announcement, &quiet),
            Err(LeftOut::Unsubscribed)
        );
        let nowhere = Addressee {
            channel: None,
            ..somebody()
        };
        assert_eq!(
            takes(MessageKind::Invitation, &nowhere),
            Err(LeftOut::Unreachable)
        );
    }

    #[test]
    fn conditions_hold_together() {
        let other = TicketTypeId(Uuid::from_u128(2));
        let audience = Audience {
            ticket_type: Some(other),
            ..Audience::default()
        };
        assert_eq!(
            audience.takes(MessageKind::Ticket, &somebody(), |_| true),
            Err(LeftOut::NotMeant)
        );
        let named = Audience {
            invitations: vec![somebody().invitation],
            ..Audience::default()
        };
        assert!(
            named
                .takes(MessageKind::Ticket, &somebody(), |_| true)
                .is_ok()
        );
        let session = Audience {
            session: Some(SessionId(Uuid::from_u128(9))),
            ..Audience::default()
        };
        assert!(
            session
                .takes(MessageKind::Ticket, &somebody(), |_| true)
                .is_ok()
        );
        assert!(
            session
                .takes(MessageKind::Ticket, &somebody(), |_| false)
                .is_err()
        );
        let invited = Addressee {
            ticket_types: vec![],
            tickets: 0,
            ..somebody()
        };
        let kinds = MessageKind::ALL.iter();
        let told: Vec<_> = kinds
            .filter(|kind| session.takes(**kind, &invited, |_| false).is_ok())
            .collect();
        assert_eq!(
            told,
            [&MessageKind::Change, &MessageKind::Cancelled],
            "whoever may come to any session hears of each"
        );
    }
}
