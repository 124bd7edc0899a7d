//! The event's signing keys: versions, one active, private halves sealed by the vault.

use gatehouse_domain::key::KeyStatus;
use rusqlite::{Row, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// One signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// The key id as it stands in a credential's header.
    pub id: [u8; 8],
    /// Version, from 1.
    pub version: u32,
    /// Algorithm and size, such as `rsa-2048`.
    pub profile: String,
    /// Public half, SubjectPublicKeyInfo DER.
    pub public_key: Vec<u8>,
    /// Private half, sealed.
    pub sealed: Vec<u8>,
    /// The workspace root's certificate for it, as JSON.
    pub certificate: String,
    /// Whether it signs.
    pub status: KeyStatus,
    /// When it was made, UTC ms.
    pub created_at: i64,
}

impl std::fmt::Debug for SigningKeyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeyRow")
            .field("version", &self.version)
            .field("profile", &self.profile)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

fn key(r: &Row<'_>) -> rusqlite::Result<SigningKeyRow> {
    Ok(SigningKeyRow {
        id: r.get(0)?,
        version: r.get(1)?,
        profile: r.get(2)?,
        public_key: r.get(3)?,
        sealed: r.get(4)?,
        certificate: r.get(5)?,
        status: row::word(r, 6)?,
        created_at: r.get(7)?,
    })
}

impl View<'_> {
    /// All signing keys, oldest version first.
    pub fn signing_keys(&self) -> Result<Vec<SigningKeyRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, version, profile, public_key, sealed, certificate, status, created_at
             FROM signing_keys ORDER BY version",
        )?;
        let rows = statement.query_map([], key)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Adds a key as the active one; the one before is rotated in the same step.
    pub fn insert_signing_key(&self, key: &SigningKeyRow) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE signing_keys SET status = 'rotated' WHERE status = 'active'",
            [],
        )?;
        self.conn.execute(
            "INSERT INTO signing_keys (id, version, profile, public_key, sealed, certificate,
                                       status, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                key.id,
                key.version,
                key.profile,
                key.public_key,
                key.sealed,
                key.certificate,
                key.status.word(),
                key.created_at,
            ],
        )?;
        Ok(())
    }

    /// Sets a key's status and the certificate that says so.
    pub fn set_key_status(
        &self,
        id: [u8; 8],
        status: KeyStatus,
        certificate: &str,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE signing_keys SET status = ?2, certificate = ?3 WHERE id = ?1",
            params![id, status.word(), certificate],
        )?;
        Ok(())
    }
}
