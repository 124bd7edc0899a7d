//! Tokens that make devices. Only their hashes are kept.

use gatehouse_domain::device::DeviceKind;
use gatehouse_domain::id::DeviceId;
use rusqlite::{OptionalExtension, Row, params};

use super::{Change, GateStand, View};
use crate::error::StoreError;
use crate::row;

/// A token, without itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRow {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// When it was made, UTC ms.
    pub created_at: i64,
    /// Until when it is good, UTC ms.
    pub expires_at: i64,
    /// Who made it.
    pub created_by: String,
    /// What they noted.
    pub notes: String,
    /// What the device becomes.
    pub kind: DeviceKind,
    /// Where it will stand.
    pub stand: GateStand,
    /// When it was used, UTC ms.
    pub used_at: Option<i64>,
    /// The device that it made.
    pub device: Option<DeviceId>,
}

impl View<'_> {
    /// The token with this hash.
    pub fn registration(&self, hash: &[u8; 32]) -> Result<Option<RegistrationRow>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT hash, created_at, expires_at, created_by, notes, kind, zone, session,
                        direction, used_at, device, may_turn
                 FROM registration_tokens WHERE hash = ?1",
            )?
            .query_row([hash], registration)
            .optional()?)
    }

    /// Whether a token is kept that ended before `before` (UTC ms).
    pub fn has_registrations_before(&self, before: i64) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM registration_tokens WHERE expires_at < ?1)",
            )?
            .query_row([before], |r| r.get(0))?)
    }

    /// Links to browsers that are good after `now` (UTC ms) and made no device yet, oldest first.
    pub fn open_links(&self, now: i64) -> Result<Vec<RegistrationRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT hash, created_at, expires_at, created_by, notes, kind, zone, session,
                    direction, used_at, device, may_turn
             FROM registration_tokens
             WHERE kind = 'browser' AND used_at IS NULL AND expires_at > ?1
             ORDER BY created_at, hash",
        )?;
        let rows = statement.query_map([now], registration)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn registration(r: &Row<'_>) -> rusqlite::Result<RegistrationRow> {
    Ok(RegistrationRow {
        hash: r.get(0)?,
        created_at: r.get(1)?,
        expires_at: r.get(2)?,
        created_by: r.get(3)?,
        notes: r.get(4)?,
        kind: row::word(r, 5)?,
        stand: GateStand {
            zone: row::optional_id(r, 6)?,
            session: row::optional_id(r, 7)?,
            direction: row::word(r, 8)?,
            may_turn: r.get(11)?,
        },
        used_at: r.get(9)?,
        device: row::optional_id(r, 10)?,
    })
}

impl Change<'_> {
    /// Forgets the tokens that ended before `before` (UTC ms).
    pub fn forget_registrations(&self, before: i64) -> Result<(), StoreError> {
        self.conn.execute(
            "DELETE FROM registration_tokens WHERE expires_at < ?1",
            [before],
        )?;
        Ok(())
    }

    /// Keeps a new token.
    pub fn insert_registration(&self, token: &RegistrationRow) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO registration_tokens (hash, created_at, expires_at, created_by, notes,
                                              kind, zone, session, direction, may_turn)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                token.hash,
                token.created_at,
                token.expires_at,
                token.created_by,
                token.notes,
                token.kind.word(),
                token.stand.zone.as_ref().map(|id| id.as_bytes()),
                token.stand.session.as_ref().map(|id| id.as_bytes()),
                token.stand.direction.word(),
                token.stand.may_turn,
            ],
        )?;
        Ok(())
    }

    /// Ends a token at `at` (UTC ms) that made no device yet; `false` where there is none.
    pub fn end_registration(&self, hash: &[u8; 32], at: i64) -> Result<bool, StoreError> {
        let ended = self.conn.execute(
            "UPDATE registration_tokens SET expires_at = ?2 WHERE hash = ?1 AND used_at IS NULL",
            params![hash, at],
        )?;
        Ok(ended == 1)
    }

    /// Marks a token as used by a device.
    pub fn use_registration(
        &self,
        hash: &[u8; 32],
        device: DeviceId,
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE registration_tokens SET used_at = ?2, device = ?3 WHERE hash = ?1",
            params![hash, at, device.as_bytes()],
        )?;
        Ok(())
    }
}
