//! Marketing kept apart: when each person last had some, whichever event of the workspace sent it.

use std::collections::HashMap;

use gatehouse_domain::delivery::MessageKind;
use gatehouse_domain::delivery::marketing::{APART, Leave, may_leave};
use gatehouse_domain::guest::email_key;
use gatehouse_domain::preferences::Preferences;

use super::outbox::leave_aside;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// What people want, and when they last had marketing, by their address or number.
#[derive(Debug, Clone, Default)]
pub(super) struct Apart {
    last: HashMap<String, i64>,
    said: HashMap<String, Preferences>,
}

impl Apart {
    /// Reads what left within a day before `now`, UTC ms.
    pub(super) fn read<'h>(
        workspace: &Workspace,
        homes: impl IntoIterator<Item = &'h EventHome>,
        now: i64,
    ) -> Result<Self, Problem> {
        let mut last: HashMap<String, i64> = HashMap::new();
        for home in homes {
            let left = match home.file().read(|view| view.marketing_since(now - APART)) {
                Ok(left) => left,
                Err(error) => {
                    leave_aside(home, &error.into());
                    continue;
                }
            };
            for (recipient, at) in left {
                let known = last.entry(recipient).or_insert(at);
                *known = (*known).max(at);
            }
        }
        Ok(Self {
            last,
            said: workspace.file().all_preferences()?,
        })
    }

    /// Whether a message may leave at `now` (UTC ms); one that may is taken to leave.
    pub(super) fn ask(
        &mut self,
        kind: MessageKind,
        needed: bool,
        recipient: &str,
        now: i64,
    ) -> Leave {
        let key = email_key(recipient);
        let wishes = self.said.get(&key).copied().unwrap_or_default();
        let leave = may_leave(kind, needed, &wishes, self.last.get(&key).copied(), now);
        if leave == Leave::Now && kind.is_marketing() && !needed {
            self.last.insert(key, now);
        }
        leave
    }
}
