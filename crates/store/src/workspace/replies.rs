//! First answers to requests that name themselves.

use rusqlite::{OptionalExtension, params};

use super::WorkspaceFile;
use crate::error::StoreError;

/// The first answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyRow {
    /// SHA-256 of the account and the request's own key.
    pub key: [u8; 32],
    /// SHA-256 of what was asked.
    pub request_hash: [u8; 32],
    /// When, UTC ms.
    pub at: i64,
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl WorkspaceFile {
    /// The answer that was kept for a key after `since` (UTC ms).
    pub fn reply(&self, key: [u8; 32], since: i64) -> Result<Option<ReplyRow>, StoreError> {
        Ok(self
            .conn()
            .prepare_cached(
                "SELECT request_hash, at, status, content_type, body FROM replies
                 WHERE key = ?1 AND at >= ?2",
            )?
            .query_row(params![key, since], |r| {
                Ok(ReplyRow {
                    key,
                    request_hash: r.get(0)?,
                    at: r.get(1)?,
                    status: r.get(2)?,
                    content_type: r.get(3)?,
                    body: r.get(4)?,
                })
            })
            .optional()?)
    }

    /// Keeps an answer, and lets go of those from before `since` (UTC ms).
    pub fn keep_reply(&self, reply: &ReplyRow, since: i64) -> Result<(), StoreError> {
        let conn = self.conn();
        conn.prepare_cached("DELETE FROM replies WHERE at < ?1")?
            .execute([since])?;
        conn.prepare_cached("INSERT OR REPLACE INTO replies VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                reply.key,
                reply.request_hash,
                reply.at,
                reply.status,
                reply.content_type,
                reply.body,
            ])?;
        Ok(())
    }
}
