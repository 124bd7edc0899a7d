//! What SQLite itself takes for the same work: the floor that benches measure against.

use std::path::Path;
use std::time::{Duration, Instant};

use gatehouse_domain::guest::Guest;
use rusqlite::{Connection, params};

use crate::error::StoreError;

/// Inserts guests into a fresh file of the same table without its references, in one transaction with a prepared
/// statement, and tells how long that took.
pub fn bulk_insert_guests(path: &Path, guests: &[Guest]) -> Result<Duration, StoreError> {
    let mut conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.pragma_update(None, "synchronous", "full")?;
    conn.execute_batch(
        "CREATE TABLE guests (
           id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL, email TEXT, phone TEXT, company TEXT,
           title TEXT, notes TEXT, group_name TEXT, ticket_type BLOB, seat TEXT, language TEXT,
           party_size INTEGER, external_id TEXT, custom TEXT, line INTEGER, import BLOB,
           created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
         ) STRICT, WITHOUT ROWID;
         CREATE UNIQUE INDEX guests_by_external_id ON guests (external_id)
           WHERE external_id IS NOT NULL;",
    )?;
    let begun = Instant::now();
    let tx = conn.transaction()?;
    {
        let mut insert = tx.prepare(
            "INSERT INTO guests VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                                        ?14, ?15, ?16, ?17, ?17)",
        )?;
        for guest in guests {
            let values = &guest.values;
            insert.execute(params![
                guest.id.as_bytes(),
                values.name,
                filled(&values.email),
                filled(&values.phone),
                filled(&values.company),
                filled(&values.title),
                filled(&values.notes),
                filled(&values.group),
                guest.id.as_bytes(),
                filled(&values.seat),
                filled(&values.language),
                values.party_size,
                filled(&values.external_id),
                None::<&str>,
                guest.line,
                guest.id.as_bytes(),
                0,
            ])?;
        }
    }
    tx.commit()?;
    Ok(begun.elapsed())
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
