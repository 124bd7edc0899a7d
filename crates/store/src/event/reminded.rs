//! What guests were reminded of: which session, when it was to start, and how often on a day.

use std::collections::HashMap;

use gatehouse_domain::delivery::Delivery;
use gatehouse_domain::id::{DeliveryId, InvitationId, SessionId};
use gatehouse_domain::reminder::ReminderStep;
use rusqlite::{OptionalExtension, params};

use super::View;
use crate::error::StoreError;
use crate::row;

/// One reminder that an invitation has, or had left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminded {
    /// When its session was to start, UTC ms.
    pub start: i64,
    /// Whether somebody heard of it, or is to.
    pub told: bool,
}

/// A reminder or an announcement that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingNotice {
    /// The address or number that it goes to.
    pub recipient: String,
    /// When it is due, UTC ms.
    pub due_at: i64,
    /// The reminder that it is: of which session, which one, and of which start (UTC ms).
    pub reminder: Option<(SessionId, ReminderStep, i64)>,
}

/// Names a reminder whatever its session's start: to whom, of what, and which of them.
pub type ReminderKey = (InvitationId, SessionId, ReminderStep);

impl View<'_> {
    /// How many reminders and announcements left for this address from `from` until `until`, UTC
    /// ms.
    pub fn count_notices(
        &self,
        recipient: &str,
        from: i64,
        until: i64,
    ) -> Result<usize, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM deliveries
                 WHERE sent_at >= ?2 AND sent_at < ?3 AND recipient = ?1 COLLATE NOCASE
                   AND (step IS NOT NULL OR kind = 'announcement') AND code <> 'merged'",
            )?
            .query_row(params![recipient, from, until], |r| r.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Reminders and announcements that wait, each with whom it goes to.
    pub fn waiting_notices(&self) -> Result<Vec<WaitingNotice>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT (SELECT iif(d.channel = 'email', g.email, g.phone)
                     FROM party_members m JOIN guests g ON g.id = m.guest
                     WHERE m.invitation = d.invitation
                       AND iif(d.channel = 'email', g.email, g.phone) <> ''
                     ORDER BY m.position LIMIT 1),
                    d.due_at, d.session, d.step, d.told_start
             FROM deliveries d
             WHERE d.status IN ('pending', 'pending_retry')
               AND (d.step IS NOT NULL OR d.kind = 'announcement')",
        )?;
        let rows = statement.query_map([], |r| {
            let step: Option<ReminderStep> = row::optional_word(r, 3)?;
            let session: Option<SessionId> = row::optional_id(r, 2)?;
            let start: i64 = r.get(4)?;
            Ok(WaitingNotice {
                recipient: r.get::<_, Option<String>>(0)?.unwrap_or_default(),
                due_at: r.get(1)?,
                reminder: session
                    .zip(step)
                    .map(|(session, step)| (session, step, start)),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Which reminders an event's invitations have, or had left out.
    pub fn reminders_settled(&self) -> Result<HashMap<ReminderKey, Vec<Reminded>>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT invitation, session, step, told_start,
                    code NOT IN ('withdrawn', 'called_off', 'ticket_missing', 'reminder_late')
             FROM deliveries WHERE step IS NOT NULL",
        )?;
        let mut rows = statement.query([])?;
        let mut settled: HashMap<_, Vec<Reminded>> = HashMap::new();
        while let Some(r) = rows.next()? {
            let which = (row::id(r, 0)?, row::id(r, 1)?, row::word(r, 2)?);
            settled.entry(which).or_default().push(Reminded {
                start: r.get(3)?,
                told: r.get(4)?,
            });
        }
        Ok(settled)
    }

    /// Whether an invitation has this reminder of this session, as the session starts now.
    pub fn has_reminder(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM deliveries
                 WHERE invitation = ?1 AND session = ?2 AND step = ?3 AND step IS NOT NULL
                   AND told_start = (SELECT starts_at FROM sessions WHERE id = ?2))",
            )?
            .query_row(
                params![
                    delivery.invitation.as_bytes(),
                    delivery.session.as_ref().map(|id| id.as_bytes()),
                    delivery.step.map(ReminderStep::word),
                ],
                |r| r.get(0),
            )?)
    }

    /// When the session that a reminder tells of was to start, UTC ms; none of what is no
    /// reminder.
    pub fn told_start(&self, id: DeliveryId) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT told_start FROM deliveries WHERE id = ?1 AND step IS NOT NULL")?
            .query_row([id.as_bytes()], |r| r.get(0))
            .optional()?)
    }

    /// Sessions whose reminder of this step another message to the address tells, of what was
    /// planned at `at`, UTC ms.
    pub fn merged_sessions(
        &self,
        recipient: &str,
        step: ReminderStep,
        at: i64,
    ) -> Result<Vec<SessionId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT session FROM deliveries
             WHERE code = 'merged' AND step = ?2 AND queued_at = ?3
               AND recipient = ?1 COLLATE NOCASE",
        )?;
        let rows = statement.query_map(params![recipient, step.word(), at], |r| row::id(r, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
