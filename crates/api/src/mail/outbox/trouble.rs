//! What stands in the way of messages: of letters and of text messages each by itself, and for how
//! long they are left alone.

use std::collections::BTreeSet;

use gatehouse_domain::delivery::Transport;

use super::Outbox;
use crate::problem::Problem;

/// How long a transport in trouble is left alone, in milliseconds, at first and at most.
const FIRST_REST: i64 = 15_000;
const LONGEST_REST: i64 = 15 * 60_000;

/// Why nothing leaves by a transport now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Blocked {
    /// By which nothing leaves.
    pub transport: Transport,
    /// Stable code, such as `server_unreachable`.
    pub code: String,
    /// What happened, and what to do.
    pub detail: String,
    /// Since when, UTC ms.
    pub since: i64,
    /// When it is tried again, UTC ms.
    pub again_at: i64,
    /// How often it was tried in vain.
    pub tries: u32,
}

impl Outbox {
    /// Why nothing leaves now, for each transport that is in trouble.
    #[must_use]
    pub fn blocked(&self) -> Vec<Blocked> {
        self.stand().blocked.values().cloned().collect()
    }

    /// Until when nothing is tried by a transport, UTC ms.
    pub(super) fn rests_until(&self, by: Transport) -> Option<i64> {
        self.stand()
            .blocked
            .get(&by)
            .map(|blocked| blocked.again_at)
    }

    /// The transports by which something may be tried now.
    pub(super) fn open(&self) -> Vec<Transport> {
        let now = self.now();
        let all = Transport::ALL.iter().copied();
        all.filter(|by| self.rests_until(*by).is_none_or(|again| again <= now))
            .collect()
    }

    /// Holds what these carry back until `again_at` (UTC ms), because the limits are reached.
    pub(super) fn hold_pace(&self, by: &BTreeSet<Transport>, again_at: i64) {
        let now = self.now();
        let mut stand = self.stand();
        for by in by.iter().copied() {
            let since = stand.blocked.get(&by).map_or(now, |blocked| blocked.since);
            let blocked = Blocked {
                transport: by,
                code: "pace_reached".into(),
                detail: "as many messages left as the limits allow; the others follow".into(),
                since,
                again_at,
                tries: 0,
            };
            stand.blocked.insert(by, blocked);
        }
    }

    /// Notes that nothing can leave at all.
    pub(super) fn block_all(&self, problem: &Problem) {
        for by in Transport::ALL {
            self.block(*by, problem.code, &problem.detail);
        }
    }

    /// Notes that nothing can leave by a transport; each time in vain it rests longer.
    pub(super) fn block(&self, by: Transport, code: &str, detail: &str) {
        let now = self.now();
        let mut stand = self.stand();
        let (since, tries) = stand
            .blocked
            .get(&by)
            .filter(|blocked| blocked.code == code)
            .map_or((now, 0), |blocked| (blocked.since, blocked.tries));
        let rest = (FIRST_REST << tries.min(10)).min(LONGEST_REST);
        tracing::warn!(transport = by.word(), code, tries, "messages wait");
        let blocked = Blocked {
            transport: by,
            code: code.to_owned(),
            detail: detail.to_owned(),
            since,
            again_at: now + rest,
            tries: tries + 1,
        };
        stand.blocked.insert(by, blocked);
    }
}
