//! Messages to guests: in the outbox, under way, and what became of them.

use gatehouse_domain::delivery::outcome::{ASIDE, Standing};
use gatehouse_domain::delivery::{Channel, Delivery, DeliveryStatus, MessageKind, Transport};
use gatehouse_domain::id::{BatchId, DeliveryId, GuestId, InvitationId, MailingId};
use gatehouse_domain::reminder::ReminderStep;
use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::tries::Outgoing;
use super::{Change, View};
use crate::error::StoreError;
use crate::row;

const DELIVERY: &str = "SELECT d.id, d.invitation, d.batch, d.mailing, d.kind, d.channel, \
                        d.status, d.session, d.step, d.notice, d.recipient, d.queued_at, \
                        d.due_at, d.attempts, d.handed_at, d.sent_at, d.settled_at, d.code, \
                        d.detail";

fn delivery(r: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: row::id(r, 0)?,
        invitation: row::id(r, 1)?,
        batch: row::optional_id(r, 2)?,
        mailing: row::optional_id(r, 3)?,
        kind: row::word::<MessageKind>(r, 4)?,
        channel: row::word::<Channel>(r, 5)?,
        status: row::word::<DeliveryStatus>(r, 6)?,
        session: row::optional_id(r, 7)?,
        step: row::optional_word::<ReminderStep>(r, 8)?,
        notice: row::optional_id(r, 9)?,
        recipient: r.get(10)?,
        queued_at: r.get(11)?,
        due_at: r.get(12)?,
        attempts: r.get(13)?,
        handed_at: r.get(14)?,
        sent_at: r.get(15)?,
        settled_at: r.get(16)?,
        code: r.get(17)?,
        detail: r.get(18)?,
    })
}

/// The condition that a message was meant to leave: what was left out on purpose is none.
pub(super) fn meant() -> String {
    let aside = ASIDE.map(|code| format!("'{code}'"));
    format!("code NOT IN ({})", aside.join(", "))
}

/// A message with what a list shows beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The message.
    pub delivery: Delivery,
    /// Number of its invitation.
    pub number: String,
    /// What its invitation is called.
    pub label: String,
}

/// What a list of messages is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// How far they are.
    pub status: Option<DeliveryStatus>,
    /// What they are about.
    pub kind: Option<MessageKind>,
    /// The mailing that sends them.
    pub mailing: Option<MailingId>,
    /// The domain that they go to.
    pub domain: Option<String>,
    /// Letters of the address, the invitation's number or what it is called.
    pub text: String,
    /// Older than this one.
    pub after: Option<(i64, DeliveryId)>,
    /// Rows at most.
    pub limit: u32,
}

/// How many messages of a kind stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindCount {
    /// What they are about.
    pub kind: MessageKind,
    /// How far they are.
    pub status: DeliveryStatus,
    /// How many.
    pub count: u32,
}

/// How messages to one domain fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainCount {
    /// The domain.
    pub domain: String,
    /// Messages that left for it.
    pub sent: u32,
    /// Of those, known to have arrived.
    pub delivered: u32,
    /// Came back.
    pub bounced: u32,
    /// Could not be sent.
    pub failed: u32,
}

impl View<'_> {
    fn find_deliveries(
        &self,
        rest: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{DELIVERY} FROM deliveries d {rest}"))?;
        let rows = statement.query_map(values, delivery)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The messages of an invitation, oldest first.
    pub fn deliveries(&self, invitation: InvitationId) -> Result<Vec<Delivery>, StoreError> {
        self.find_deliveries(
            "WHERE d.invitation = ?1 ORDER BY d.queued_at, d.id",
            &[invitation.as_bytes()],
        )
    }

    /// The messages of the invitation that covers a guest, oldest first.
    pub fn deliveries_of_guest(&self, guest: GuestId) -> Result<Vec<Delivery>, StoreError> {
        self.find_deliveries(
            "JOIN party_members m ON m.invitation = d.invitation
             WHERE m.guest = ?1 ORDER BY d.queued_at, d.id",
            &[guest.as_bytes()],
        )
    }

    /// One message.
    pub fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        Ok(self
            .find_deliveries("WHERE d.id = ?1", &[id.as_bytes()])?
            .pop())
    }

    /// Messages that may leave at `now` (UTC ms), those due first; none of a mailing that was
    /// stopped, none that is under way.
    pub fn due_deliveries(
        &self,
        by: &[Transport],
        now: i64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (mail, text) = (by.contains(&Transport::Mail), by.contains(&Transport::Text));
        self.find_deliveries(
            "LEFT JOIN mailings m ON m.id = d.mailing
             WHERE d.status IN ('pending', 'pending_retry') AND d.due_at <= ?1
               AND d.handed_at IS NULL AND iif(d.channel = 'email', ?3, ?4)
               AND (m.status IS NULL OR m.status NOT IN ('paused', 'cancelled'))
             ORDER BY d.due_at, d.id LIMIT ?2",
            &[&now, &limit, &mail, &text],
        )
    }

    /// When the next message that is carried so is due, UTC ms.
    pub fn next_delivery_due(&self, by: Transport) -> Result<Option<i64>, StoreError> {
        Ok(self.conn.query_row(
            "SELECT min(d.due_at) FROM deliveries d LEFT JOIN mailings m ON m.id = d.mailing
             WHERE d.status IN ('pending', 'pending_retry') AND d.handed_at IS NULL
               AND (d.channel = 'email') = ?1
               AND (m.status IS NULL OR m.status NOT IN ('paused', 'cancelled'))",
            [by == Transport::Mail],
            |r| r.get(0),
        )?)
    }

    /// Messages whose try is under way, or was cut off.
    pub fn handed_deliveries(&self) -> Result<Vec<Delivery>, StoreError> {
        self.find_deliveries(
            "WHERE d.handed_at IS NOT NULL AND d.status IN ('pending', 'pending_retry')
             ORDER BY d.handed_at, d.id",
            &[],
        )
    }

    /// When messages left since `from` (UTC ms), in the order of time.
    pub fn sent_since(&self, from: i64) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT sent_at FROM deliveries WHERE sent_at >= ?1 AND code <> 'merged'
             ORDER BY sent_at",
        )?;
        let rows = statement.query_map([from], |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When the last marketing message left for each address or number since `from` (UTC ms), in
    /// lower case.
    pub fn marketing_since(
        &self,
        from: i64,
    ) -> Result<std::collections::HashMap<String, i64>, StoreError> {
        let kinds: Vec<String> = MessageKind::ALL
            .iter()
            .filter(|kind| kind.is_marketing())
            .map(|kind| format!("'{}'", kind.word()))
            .collect();
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT d.recipient, d.sent_at FROM deliveries d
             LEFT JOIN mailings m ON m.id = d.mailing
             WHERE d.sent_at >= ?1 AND d.kind IN ({}) AND d.recipient <> ''
               AND d.code <> 'merged' AND coalesce(m.needed, 0) = 0
             ORDER BY d.sent_at",
            kinds.join(", ")
        ))?;
        let rows = statement.query_map([from], |r| {
            Ok((r.get::<_, String>(0)?.to_lowercase(), r.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many messages of a batch stand where; what was left out on purpose is none of them.
    pub fn count_deliveries(
        &self,
        batch: BatchId,
    ) -> Result<Vec<(DeliveryStatus, u32)>, StoreError> {
        self.count_by("batch = ?1", batch.as_bytes())
    }

    /// How many waiting messages of a mailing were put off for this reason, and until when the
    /// first of them is, UTC ms.
    pub fn held_of_mailing(
        &self,
        mailing: MailingId,
        code: &str,
    ) -> Result<(u32, Option<i64>), StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*), min(due_at) FROM deliveries
                 WHERE mailing = ?1 AND code = ?2 AND status IN ('pending', 'pending_retry')",
            )?
            .query_row(params![mailing.as_bytes(), code], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })?)
    }

    /// How many messages of a mailing stand where; what was left out on purpose is none of them.
    pub fn count_mailing(
        &self,
        mailing: MailingId,
    ) -> Result<Vec<(DeliveryStatus, u32)>, StoreError> {
        self.count_by("mailing = ?1", mailing.as_bytes())
    }

    fn count_by(
        &self,
        which: &str,
        id: &[u8; 16],
    ) -> Result<Vec<(DeliveryStatus, u32)>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT status, count(*) FROM deliveries WHERE {which} AND {} GROUP BY status",
            meant()
        ))?;
        let rows = statement.query_map([id], |r| Ok((row::word(r, 0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many messages of each kind stand where; what was left out on purpose is none of them.
    pub fn delivery_counts(&self) -> Result<Vec<KindCount>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT kind, status, count(*) FROM deliveries WHERE {} GROUP BY kind, status
             ORDER BY kind, status",
            meant()
        ))?;
        let rows = statement.query_map([], |r| {
            Ok(KindCount {
                kind: row::word(r, 0)?,
                status: row::word(r, 1)?,
                count: r.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How messages fared with each domain, the most used first, at most `limit`.
    pub fn delivery_domains(&self, limit: u32) -> Result<Vec<DomainCount>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT lower(substr(recipient, instr(recipient, '@') + 1)) AS domain,
                    count(*) FILTER (WHERE sent_at IS NOT NULL),
                    count(*) FILTER (WHERE status = 'delivered'),
                    count(*) FILTER (WHERE status = 'bounced'),
                    count(*) FILTER (WHERE status = 'failed')
             FROM deliveries WHERE channel = 'email' AND recipient <> '' AND {}
             GROUP BY domain ORDER BY count(*) DESC, domain LIMIT ?1",
            meant()
        ))?;
        let rows = statement.query_map([limit], |r| {
            Ok(DomainCount {
                domain: r.get(0)?,
                sent: r.get(1)?,
                delivered: r.get(2)?,
                bounced: r.get(3)?,
                failed: r.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Messages as a list shows them, newest first.
    pub fn delivery_rows(&self, query: &DeliveryQuery) -> Result<Vec<DeliveryRow>, StoreError> {
        let like = format!("%{}%", query.text.replace(['%', '_'], ""));
        let (at, id) = query
            .after
            .map_or((i64::MAX, [0xff; 16]), |(at, id)| (at, *id.as_bytes()));
        let mut statement = self.conn.prepare_cached(&format!(
            "{DELIVERY}, i.number, i.label FROM deliveries d
             JOIN invitations i ON i.id = d.invitation
             WHERE (?1 IS NULL OR d.status = ?1) AND (?2 IS NULL OR d.kind = ?2)
               AND (?3 IS NULL OR d.mailing = ?3)
               AND (?4 IS NULL OR d.recipient LIKE '%@' || ?4)
               AND (?5 = '%%' OR d.recipient LIKE ?5 OR i.number LIKE ?5 OR i.label LIKE ?5)
               AND (d.queued_at, d.id) < (?6, ?7)
             ORDER BY d.queued_at DESC, d.id DESC LIMIT ?8"
        ))?;
        let rows = statement.query_map(
            params![
                query.status.map(DeliveryStatus::word),
                query.kind.map(MessageKind::word),
                query.mailing.as_ref().map(|id| id.as_bytes()),
                query.domain,
                like,
                at,
                id,
                query.limit,
            ],
            |r| {
                Ok(DeliveryRow {
                    delivery: delivery(r)?,
                    number: r.get(19)?,
                    label: r.get(20)?,
                })
            },
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether the event's messages are held back.
    pub fn outbox_paused(&self) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT paused FROM outbox", [], |r| r.get(0))
            .optional()?
            .unwrap_or(false))
    }
}

impl Change<'_> {
    /// Puts a message into the outbox; a reminder tells of its session as that starts now.
    pub fn insert_delivery(&self, delivery: &Delivery) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO deliveries (id, invitation, batch, mailing, kind, channel, status,
                   session, step, notice, recipient, queued_at, due_at, attempts, handed_at,
                   sent_at, settled_at, code, detail, told_start)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                   ?17, ?18, ?19, iif(?9 IS NULL, 0,
                     coalesce((SELECT starts_at FROM sessions WHERE id = ?8), 0)))",
            )?
            .execute(params![
                delivery.id.as_bytes(),
                delivery.invitation.as_bytes(),
                delivery.batch.as_ref().map(|id| id.as_bytes()),
                delivery.mailing.as_ref().map(|id| id.as_bytes()),
                delivery.kind.word(),
                delivery.channel.word(),
                delivery.status.word(),
                delivery.session.as_ref().map(|id| id.as_bytes()),
                delivery.step.map(ReminderStep::word),
                delivery.notice.as_ref().map(|id| id.as_bytes()),
                delivery.recipient,
                delivery.queued_at,
                delivery.due_at,
                delivery.attempts,
                delivery.handed_at,
                delivery.sent_at,
                delivery.settled_at,
                delivery.code,
                delivery.detail,
            ])?;
        Ok(())
    }

    /// Notes that a try begins at `at` (UTC ms) to this address. False where the message does not
    /// wait any more, or somebody else tries it.
    pub fn hand_over(&self, id: DeliveryId, recipient: &str, at: i64) -> Result<bool, StoreError> {
        self.begin_try(Outgoing::Deliveries, id.as_bytes(), recipient, at)
    }

    /// Notes what a try came to at `at`, UTC ms.
    pub fn settle_try(
        &self,
        id: DeliveryId,
        standing: &Standing,
        at: i64,
    ) -> Result<(), StoreError> {
        self.end_try(Outgoing::Deliveries, id.as_bytes(), standing, at)?;
        self.withdraw_late(id)
    }

    /// Puts a message back as it was before a try that could not begin; it is due at `due_at`.
    pub fn take_back_try(&self, id: DeliveryId, due_at: i64, code: &str) -> Result<(), StoreError> {
        self.undo_try(Outgoing::Deliveries, id.as_bytes(), due_at, code)?;
        self.withdraw_late(id)
    }

    /// Puts a message that waits off until `due_at` (UTC ms), with the code of the reason.
    pub fn put_off(&self, id: DeliveryId, due_at: i64, code: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE deliveries SET due_at = ?2, code = ?3
                 WHERE id = ?1 AND handed_at IS NULL AND status IN ('pending', 'pending_retry')",
            )?
            .execute(params![id.as_bytes(), due_at, code])?;
        Ok(())
    }

    /// Lets messages of a kind that were put off for this reason go at `at`, UTC ms.
    pub fn let_go(&self, kind: MessageKind, code: &str, at: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE deliveries SET due_at = min(due_at, ?3), code = ''
                 WHERE kind = ?1 AND code = ?2 AND handed_at IS NULL
                   AND status IN ('pending', 'pending_retry')",
            )?
            .execute(params![kind.word(), code, at])?;
        Ok(())
    }

    /// Notes what was heard of a message that had left, at `at`, UTC ms.
    pub fn settle_delivery(
        &self,
        id: DeliveryId,
        status: DeliveryStatus,
        code: &str,
        detail: &str,
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE deliveries SET status = ?2, code = ?3, detail = ?4, settled_at = ?5
                 WHERE id = ?1",
            )?
            .execute(params![id.as_bytes(), status.word(), code, detail, at])?;
        Ok(())
    }

    /// Marks an invitation's good tickets as sent at `at`, UTC ms, where they were not.
    pub fn mark_emailed(&self, invitation: InvitationId, at: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE tickets SET emailed_at = ?2
                 WHERE invitation = ?1 AND status = 'active' AND emailed_at IS NULL",
            )?
            .execute(params![invitation.as_bytes(), at])?;
        Ok(())
    }

    /// Holds the event's messages back, or lets them go.
    pub fn set_outbox_paused(&self, paused: bool) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO outbox (one, paused) VALUES (1, ?1)
             ON CONFLICT (one) DO UPDATE SET paused = excluded.paused",
            [paused],
        )?;
        Ok(())
    }
}
