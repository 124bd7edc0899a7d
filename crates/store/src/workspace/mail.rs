//! How the workspace sends, and how far its mailbox of bounces was read.

use gatehouse_domain::mail::MailSettings;
use rusqlite::{Connection, OptionalExtension, params};

use super::WorkspaceFile;
use super::accounts::{WorkspaceEdit, insert_edit};
use crate::error::StoreError;
use crate::row;

/// How the workspace sends.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MailRow {
    /// What a person set.
    pub settings: MailSettings,
    /// The secrets, sealed; empty without any.
    pub sealed: Vec<u8>,
}

impl std::fmt::Debug for MailRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailRow").finish_non_exhaustive()
    }
}

/// How far a mailbox was read: its UIDVALIDITY and the highest UID (RFC 9051 §2.3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxMark {
    /// Whether the numbers still mean the same.
    pub validity: u32,
    /// The last number that was read.
    pub read: u32,
}

impl WorkspaceFile {
    /// How the workspace sends; nothing while nothing was set.
    pub fn mail(&self) -> Result<MailRow, StoreError> {
        read(&self.conn())
    }

    /// Changes how it sends as `change` says of what is there, and notes who did it.
    pub fn change_mail<E: From<StoreError>>(
        &self,
        edit: &WorkspaceEdit,
        change: impl FnOnce(&mut MailRow) -> Result<(), E>,
    ) -> Result<MailRow, E> {
        let mut conn = self.conn();
        let tx = conn
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let mut row = read(&tx)?;
        change(&mut row)?;
        let settings = row::to_json(&row.settings)?;
        tx.execute(
            "INSERT INTO mail (one, settings, sealed) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET settings = excluded.settings,
               sealed = excluded.sealed",
            params![settings, row.sealed],
        )
        .map_err(StoreError::from)?;
        insert_edit(&tx, edit)?;
        tx.commit().map_err(StoreError::from)?;
        Ok(row)
    }

    /// How far the mailbox of bounces was read.
    pub fn inbox_mark(&self) -> Result<Option<InboxMark>, StoreError> {
        let found = self
            .conn()
            .query_row("SELECT inbox_validity, inbox_read FROM mail", [], |r| {
                Ok((r.get::<_, Option<u32>>(0)?, r.get::<_, Option<u32>>(1)?))
            })
            .optional()?;
        Ok(found.and_then(|(validity, read)| {
            Some(InboxMark {
                validity: validity?,
                read: read?,
            })
        }))
    }

    /// Notes how far the mailbox of bounces was read.
    pub fn set_inbox_mark(&self, mark: InboxMark) -> Result<(), StoreError> {
        self.conn().execute(
            "UPDATE mail SET inbox_validity = ?1, inbox_read = ?2",
            params![mark.validity, mark.read],
        )?;
        Ok(())
    }
}

fn read(conn: &Connection) -> Result<MailRow, StoreError> {
    let found = conn
        .query_row("SELECT settings, sealed FROM mail", [], |r| {
            Ok(MailRow {
                settings: row::json(r, 0)?,
                sealed: r.get(1)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}
