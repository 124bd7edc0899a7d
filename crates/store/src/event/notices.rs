//! News that guests are to be told, and looks at meeting links.

use gatehouse_domain::id::{LookId, NoticeId, SessionId, TicketId};
use gatehouse_domain::notice::Notice;
use rusqlite::params;

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// One look at a meeting link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookRow {
    /// Id of the look.
    pub id: LookId,
    /// When, UTC ms.
    pub at: i64,
    /// With which ticket.
    pub ticket: TicketId,
    /// Whose meeting.
    pub session: SessionId,
    /// Whether the link showed.
    pub shown: bool,
}

impl View<'_> {
    /// All news, oldest first.
    pub fn notices(&self) -> Result<Vec<Notice>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, at, kind, session, tickets, reason, told_at, invited FROM notices
             ORDER BY at, id",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(Notice {
                id: row::id(r, 0)?,
                at: r.get(1)?,
                kind: row::word(r, 2)?,
                session: row::optional_id(r, 3)?,
                tickets: r.get(4)?,
                reason: r.get(5)?,
                told_at: r.get(6)?,
                invited: r.get(7)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Looks at meeting links, oldest first.
    pub fn link_looks(&self) -> Result<Vec<LookRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, at, ticket, session, shown FROM link_looks ORDER BY at, id",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(LookRow {
                id: row::id(r, 0)?,
                at: r.get(1)?,
                ticket: row::id(r, 2)?,
                session: row::id(r, 3)?,
                shown: r.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl View<'_> {
    /// One piece of news.
    pub fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StoreError> {
        Ok(self.notices()?.into_iter().find(|notice| notice.id == id))
    }
}

impl Change<'_> {
    /// Notes that guests were told a piece of news at `at`, UTC ms.
    pub fn mark_notice_told(&self, id: NoticeId, at: i64) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE notices SET told_at = coalesce(told_at, ?2) WHERE id = ?1",
            params![id.as_bytes(), at],
        )?;
        Ok(())
    }

    /// Adds news.
    pub fn insert_notice(&self, notice: &Notice) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO notices (id, at, kind, session, tickets, reason, invited)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                notice.id.as_bytes(),
                notice.at,
                notice.kind.word(),
                notice.session.as_ref().map(|id| id.as_bytes()),
                notice.tickets,
                notice.reason,
                notice.invited,
            ],
        )?;
        Ok(())
    }

    /// Adds a look at a meeting link.
    pub fn insert_link_look(&self, look: &LookRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO link_looks (id, at, ticket, session, shown)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                look.id.as_bytes(),
                look.at,
                look.ticket.as_bytes(),
                look.session.as_bytes(),
                look.shown,
            ])?;
        Ok(())
    }
}
