//! Notices to the host: in the outbox, under way, and what became of them; and what they tell of.

use gatehouse_domain::delivery::DeliveryStatus;
use gatehouse_domain::delivery::outcome::Standing;
use gatehouse_domain::host_notice::{HostNews, HostNotice};
use gatehouse_domain::id::{BatchId, HostNoticeId};
use gatehouse_domain::invitation::MemberStatus;
use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::tries::Outgoing;
use super::{Change, View};
use crate::error::StoreError;
use crate::row;

fn notice(r: &Row<'_>) -> rusqlite::Result<HostNotice> {
    Ok(HostNotice {
        id: row::id(r, 0)?,
        news: row::json(r, 1)?,
        status: row::word(r, 2)?,
        recipient: r.get(3)?,
        queued_at: r.get(4)?,
        due_at: r.get(5)?,
        attempts: r.get(6)?,
        sent_at: r.get(7)?,
        code: r.get(8)?,
        detail: r.get(9)?,
    })
}

/// Somebody who answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredRow {
    /// Name; blank for one who is not named yet.
    pub name: String,
    /// What their invitation is called.
    pub label: String,
    /// What they said.
    pub status: MemberStatus,
}

impl View<'_> {
    fn find_host_notices(
        &self,
        rest: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<HostNotice>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT id, news, status, recipient, queued_at, due_at, attempts, sent_at, code, detail
             FROM host_notices {rest}"
        ))?;
        let rows = statement.query_map(values, notice)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notices to the host, newest first, at most `limit`.
    pub fn host_notices(&self, limit: u32) -> Result<Vec<HostNotice>, StoreError> {
        self.find_host_notices("ORDER BY queued_at DESC, id DESC LIMIT ?1", &[&limit])
    }

    /// One notice to the host.
    pub fn host_notice(&self, id: HostNoticeId) -> Result<Option<HostNotice>, StoreError> {
        Ok(self
            .find_host_notices("WHERE id = ?1", &[id.as_bytes()])?
            .pop())
    }

    /// Notices to the host that may leave at `now` (UTC ms), those due first.
    pub fn due_host_notices(&self, now: i64, limit: u32) -> Result<Vec<HostNotice>, StoreError> {
        self.find_host_notices(
            "WHERE status IN ('pending', 'pending_retry') AND due_at <= ?1 AND handed_at IS NULL
             ORDER BY due_at, id LIMIT ?2",
            &[&now, &limit],
        )
    }

    /// Notices to the host whose try was cut off.
    pub fn handed_host_notices(&self) -> Result<Vec<HostNotice>, StoreError> {
        self.find_host_notices(
            "WHERE handed_at IS NOT NULL AND status IN ('pending', 'pending_retry') ORDER BY id",
            &[],
        )
    }

    /// When the next notice to the host is due, UTC ms.
    pub fn next_host_notice_due(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.conn.query_row(
            "SELECT min(due_at) FROM host_notices
             WHERE status IN ('pending', 'pending_retry') AND handed_at IS NULL",
            [],
            |r| r.get(0),
        )?)
    }

    /// How far the last digest went, UTC ms.
    pub fn digest_until(&self) -> Result<Option<i64>, StoreError> {
        let last: Option<HostNews> = self
            .conn
            .prepare_cached(
                "SELECT news FROM host_notices WHERE key LIKE 'digest:%'
                 ORDER BY queued_at DESC, id DESC LIMIT 1",
            )?
            .query_row([], |r| row::json(r, 0))
            .optional()?;
        Ok(match last {
            Some(HostNews::Digest { until, .. }) => Some(until),
            _ => None,
        })
    }

    /// Who answered from `from` until `until` (UTC ms), in the order of time.
    pub fn answered_between(&self, from: i64, until: i64) -> Result<Vec<AnsweredRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT coalesce(g.name, ''), i.label, m.status
             FROM member_answers a
             JOIN party_members m ON m.id = a.member
             JOIN invitations i ON i.id = m.invitation
             LEFT JOIN guests g ON g.id = m.guest
             WHERE a.answered_at >= ?1 AND a.answered_at < ?2 AND m.status <> 'pending'
             ORDER BY a.answered_at, m.position",
        )?;
        let rows = statement.query_map([from, until], |r| {
            Ok(AnsweredRow {
                name: r.get(0)?,
                label: r.get(1)?,
                status: row::word(r, 2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many messages were known to have come back from `from` until `until`, UTC ms.
    pub fn bounced_between(&self, from: i64, until: i64) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM deliveries
                 WHERE status = 'bounced' AND settled_at >= ?1 AND settled_at < ?2",
            )?
            .query_row([from, until], |r| r.get(0))?)
    }

    /// Whether a mailing sends a batch, so that its end is told with the mailing's.
    pub fn has_mailing_of_batch(&self, batch: BatchId) -> Result<bool, StoreError> {
        Ok(self.conn.query_row(
            "SELECT EXISTS (SELECT 1 FROM mailings WHERE batch = ?1)",
            [batch.as_bytes()],
            |r| r.get(0),
        )?)
    }
}

impl Change<'_> {
    /// Puts a notice to the host into the outbox at `at` (UTC ms), unless the same was told; says
    /// whether it did.
    pub fn insert_host_notice(
        &self,
        id: HostNoticeId,
        news: &HostNews,
        at: i64,
    ) -> Result<bool, StoreError> {
        let added = self
            .conn
            .prepare_cached(
                "INSERT INTO host_notices (id, key, news, status, queued_at, due_at)
                 VALUES (?1, ?2, ?3, 'pending', ?4, ?4) ON CONFLICT (key) DO NOTHING",
            )?
            .execute(params![id.as_bytes(), news.key(), row::to_json(news)?, at])?;
        Ok(added == 1)
    }

    /// Notes that a try begins at `at` (UTC ms) to this address. False where the notice does not
    /// wait any more, or somebody else tries it.
    pub fn hand_over_host_notice(
        &self,
        id: HostNoticeId,
        recipient: &str,
        at: i64,
    ) -> Result<bool, StoreError> {
        self.begin_try(Outgoing::HostNotices, id.as_bytes(), recipient, at)
    }

    /// Notes what a try came to at `at`, UTC ms.
    pub fn settle_host_notice(
        &self,
        id: HostNoticeId,
        standing: &Standing,
        at: i64,
    ) -> Result<(), StoreError> {
        self.end_try(Outgoing::HostNotices, id.as_bytes(), standing, at)
    }

    /// Puts a notice back as it was before a try that could not begin; it is due at `due_at`.
    pub fn take_back_host_notice(
        &self,
        id: HostNoticeId,
        due_at: i64,
        code: &str,
    ) -> Result<(), StoreError> {
        self.undo_try(Outgoing::HostNotices, id.as_bytes(), due_at, code)
    }

    /// Notes what was heard of a notice that had left.
    pub fn hear_of_host_notice(
        &self,
        id: HostNoticeId,
        status: DeliveryStatus,
        code: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE host_notices SET status = ?2, code = ?3, detail = ?4 WHERE id = ?1",
            )?
            .execute(params![id.as_bytes(), status.word(), code, detail])?;
        Ok(())
    }
}
