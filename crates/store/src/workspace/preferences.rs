//! What people want to hear of, by their e-mail address.

use gatehouse_domain::guest::email_key;
use gatehouse_domain::preferences::Preferences;
use rusqlite::{OptionalExtension, params};

use super::WorkspaceFile;
use crate::error::StoreError;
use crate::row;

impl WorkspaceFile {
    /// What the person behind an address wants to hear of; the usual while they never said.
    pub fn preferences(&self, email: &str) -> Result<Preferences, StoreError> {
        let found = self
            .conn()
            .prepare_cached(
                "SELECT reminders, reviews, marketing, unsubscribed_at FROM preferences
                 WHERE email_key = ?1",
            )?
            .query_row([email_key(email)], |r| {
                Ok(Preferences {
                    reminders: row::word(r, 0)?,
                    reviews: r.get(1)?,
                    marketing: r.get(2)?,
                    unsubscribed_at: r.get(3)?,
                })
            })
            .optional()?;
        Ok(found.unwrap_or_default())
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
