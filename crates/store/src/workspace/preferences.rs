//! What people want to hear of, by their e-mail address.

use std::collections::HashMap;

use gatehouse_domain::guest::email_key;
use gatehouse_domain::preferences::Preferences;
use rusqlite::{OptionalExtension, Row, params};

use super::WorkspaceFile;
use crate::error::StoreError;
use crate::row;

fn preferences(r: &Row<'_>) -> rusqlite::Result<Preferences> {
    Ok(Preferences {
        reminders: row::word(r, 0)?,
        reviews: r.get(1)?,
        marketing: r.get(2)?,
        unsubscribed_at: r.get(3)?,
    })
}

impl WorkspaceFile {
    /// What the person behind an address wants to hear of; the usual while they never said.
    pub fn preferences(&self, email: &str) -> Result<Preferences, StoreError> {
        let found = self
            .conn()
            .prepare_cached(
                "SELECT reminders, reviews, marketing, unsubscribed_at FROM preferences
                 WHERE email_key = ?1",
            )?
            .query_row([email_key(email)], preferences)
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// What everybody who said so wants to hear of, by the key of their address.
    pub fn all_preferences(&self) -> Result<HashMap<String, Preferences>, StoreError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(
            "SELECT reminders, reviews, marketing, unsubscribed_at, email_key FROM preferences",
        )?;
        let rows = statement.query_map([], |r| Ok((r.get(4)?, preferences(r)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps what the person behind an address wants to hear of, said at `at` (UTC ms).
    pub fn set_preferences(
        &self,
        email: &str,
        wanted: &Preferences,
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn()
            .prepare_cached("INSERT OR REPLACE INTO preferences VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                email_key(email),
                wanted.reminders.word(),
                wanted.reviews,
                wanted.marketing,
                wanted.unsubscribed_at,
                at,
            ])?;
        Ok(())
    }
}
