//! Mailings: one message to many.

use gatehouse_domain::id::MailingId;
use gatehouse_domain::mailing::{Mailing, MailingStatus};
use rusqlite::{Row, ToSql, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

fn mailing(r: &Row<'_>) -> rusqlite::Result<Mailing> {
    Ok(Mailing {
        id: row::id(r, 0)?,
        kind: row::word(r, 1)?,
        audience: row::json(r, 2)?,
        message: r.get(3)?,
        needed: r.get(10)?,
        notice: row::optional_id(r, 4)?,
        batch: row::optional_id(r, 5)?,
        due_at: r.get(6)?,
        status: row::word(r, 7)?,
        created_by: r.get(8)?,
        created_at: r.get(9)?,
    })
}

impl View<'_> {
    fn find_mailings(&self, rest: &str, values: &[&dyn ToSql]) -> Result<Vec<Mailing>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT id, kind, audience, message, notice, batch, due_at, status, created_by,
                    created_at, needed
             FROM mailings {rest}"
        ))?;
        let rows = statement.query_map(values, mailing)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All mailings, newest first.
    pub fn mailings(&self) -> Result<Vec<Mailing>, StoreError> {
        self.find_mailings("ORDER BY created_at DESC, id DESC", &[])
    }

    /// One mailing.
    pub fn mailing(&self, id: MailingId) -> Result<Option<Mailing>, StoreError> {
        Ok(self.find_mailings("WHERE id = ?1", &[id.as_bytes()])?.pop())
    }

    /// Mailings whose time came by `now` (UTC ms) and whose messages are not in the outbox yet.
    pub fn mailings_due(&self, now: i64) -> Result<Vec<Mailing>, StoreError> {
        self.find_mailings(
            "WHERE status = 'scheduled' AND due_at <= ?1 ORDER BY due_at, id",
            &[&now],
        )
    }

    /// Mailings that are being sent.
    pub fn mailings_sending(&self) -> Result<Vec<Mailing>, StoreError> {
        self.find_mailings("WHERE status = 'sending' ORDER BY due_at, id", &[])
    }

    /// When the next mailing is due, UTC ms.
    pub fn next_mailing_due(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.conn.query_row(
            "SELECT min(due_at) FROM mailings WHERE status = 'scheduled'",
            [],
            |r| r.get(0),
        )?)
    }
}

impl Change<'_> {
    /// Adds a mailing.
    pub fn insert_mailing(&self, mailing: &Mailing) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO mailings (id, kind, audience, message, notice, batch, due_at, status,
                   created_by, created_at, needed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                mailing.id.as_bytes(),
                mailing.kind.word(),
                row::to_json(&mailing.audience)?,
                mailing.message,
                mailing.notice.as_ref().map(|id| id.as_bytes()),
                mailing.batch.as_ref().map(|id| id.as_bytes()),
                mailing.due_at,
                mailing.status.word(),
                mailing.created_by,
                mailing.created_at,
                mailing.needed,
            ])?;
        Ok(())
    }

    /// Says where a mailing stands.
    pub fn set_mailing_status(
        &self,
        id: MailingId,
        status: MailingStatus,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE mailings SET status = ?2 WHERE id = ?1")?
            .execute(params![id.as_bytes(), status.word()])?;
        Ok(())
    }
}
