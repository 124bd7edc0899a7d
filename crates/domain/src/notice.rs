//! News that guests are to be told: written with the change that makes it, sent by the delivery.

use serde::{Deserialize, Serialize};

use crate::id::{NoticeId, SessionId};
use crate::words::words;

words! {
    /// What happened.
    NoticeKind("notice kind") {
        /// The event was called off.
        EventCancelled = "event_cancelled",
        /// A session was called off.
        SessionCancelled = "session_cancelled",
        /// A session takes place at another time.
        SessionMoved = "session_moved",
        /// The event or a session takes place somewhere else.
        PlaceChanged = "place_changed",
    }
}

/// News that guests are to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Notice {
    /// The notice's id.
    pub id: NoticeId,
    /// When it happened, UTC ms.
    pub at: i64,
    /// What happened.
    pub kind: NoticeKind,
    /// The session that it concerns; all when absent.
    pub session: Option<SessionId>,
    /// Tickets whose holders are concerned.
    pub tickets: u32,
    /// Invitations without a ticket that had heard of the event and are concerned.
    pub invited: u32,
    /// Why, in the organizer's words.
    pub reason: String,
    /// When guests were told, UTC ms; none while they were not.
    pub told_at: Option<i64>,
}

impl Notice {
    /// Whether it concerns anybody who is to hear of it.
    #[must_use]
    pub const fn concerns_anybody(&self) -> bool {
        self.tickets > 0 || self.invited > 0
    }
}
