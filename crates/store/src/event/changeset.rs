//! Changesets: recorded by SQLite's session extension, or written as rows are inserted.
//!
//! The session reads back every row that an edit touched once it is done. For a long list of new
//! rows that costs about as much as inserting them, and tells nothing that the insert did not know,
//! so [`Recorder::insert_unwatched`] writes those changes itself, in the session's own format.

use std::cell::RefCell;

use rusqlite::Connection;
use rusqlite::session::Session;
use rusqlite::types::ValueRef;

use super::edits::UNDOABLE;
use crate::error::StoreError;

/// Records what an edit changes.
pub(super) struct Recorder<'c> {
    session: RefCell<Session<'c>>,
    inserted: RefCell<Vec<u8>>,
}

impl std::fmt::Debug for Recorder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl<'c> Recorder<'c> {
    /// Watches every table whose edits can be undone.
    pub(super) fn new(conn: &'c Connection) -> Result<Self, StoreError> {
        let mut session = Session::new(conn)?;
        for table in UNDOABLE {
            session.attach(Some(table))?;
        }
        Ok(Self {
            session: RefCell::new(session),
            inserted: RefCell::default(),
        })
    }

    /// Runs inserts into one table while the session looks away; they are told to [`Inserts`].
    pub(super) fn insert_unwatched(
        &self,
        table: &str,
        columns: usize,
        insert: impl FnOnce(&mut Inserts<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.session.borrow_mut().set_enabled(false);
        let mut bytes = self.inserted.borrow_mut();
        let mut inserts = Inserts::begin(&mut bytes, table, columns);
        let result = insert(&mut inserts);
        self.session.borrow_mut().set_enabled(true);
        result
    }

    /// Everything that was changed; empty when nothing was.
    pub(super) fn finish(self) -> Result<Vec<u8>, StoreError> {
        let mut changeset = Vec::new();
        self.session.into_inner().changeset_strm(&mut changeset)?;
        let mut inserted = self.inserted.into_inner();
        if changeset.is_empty() {
            return Ok(inserted);
        }
        changeset.append(&mut inserted);
        Ok(changeset)
    }
}

/// Rows inserted into one table, as a changeset tells them.
pub(super) struct Inserts<'b> {
    bytes: &'b mut Vec<u8>,
}

/// `SQLITE_INSERT`.
const INSERT: u8 = 18;

impl<'b> Inserts<'b> {
    /// Begins a table whose first column alone is its primary key.
    fn begin(bytes: &'b mut Vec<u8>, table: &str, columns: usize) -> Self {
        bytes.push(b'T');
        put_length(bytes, columns);
        bytes.push(1);
        bytes.resize(bytes.len() + columns - 1, 0);
        bytes.extend_from_slice(table.as_bytes());
        bytes.push(0);
        Self { bytes }
    }

    /// Adds a row, every column in the table's order.
    pub(super) fn row(&mut self, values: &[ValueRef<'_>]) {
        self.bytes.extend_from_slice(&[INSERT, 0]);
        for value in values {
            match value {
                ValueRef::Integer(n) => {
                    self.bytes.push(1);
                    self.bytes.extend_from_slice(&n.to_be_bytes());
                }
                ValueRef::Real(n) => {
                    self.bytes.push(2);
                    self.bytes.extend_from_slice(&n.to_bits().to_be_bytes());
                }
                ValueRef::Text(text) => self.put(3, text),
                ValueRef::Blob(blob) => self.put(4, blob),
                ValueRef::Null => self.bytes.push(5),
            }
        }
    }

    fn put(&mut self, kind: u8, value: &[u8]) {
        self.bytes.push(kind);
        put_length(self.bytes, value.len());
        self.bytes.extend_from_slice(value);
    }
}

/// SQLite's variable-length integer, as far as lengths need it: seven bits a byte, highest first.
fn put_length(bytes: &mut Vec<u8>, length: usize) {
    let mut shift = 28;
    while shift > 0 && length >> shift == 0 {
        shift -= 7;
    }
    while shift > 0 {
        bytes.push(((length >> shift) & 0x7f) as u8 | 0x80);
        shift -= 7;
    }
    bytes.push((length & 0x7f) as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::{Connection, params_from_iter};

    #[test]
    fn a_row_is_told_as_the_session_itself_tells_it() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "CREATE TABLE things (id BLOB PRIMARY KEY NOT NULL, a, b, c, d) WITHOUT ROWID",
        )
        .unwrap();
        for length in [0, 1, 127, 128, 16_383, 16_384, 300_000] {
            let text = "x".repeat(length);
            let id = (length as u128 + 1).to_be_bytes();
            let row = [
                ValueRef::Blob(&id),
                ValueRef::Text(text.as_bytes()),
                ValueRef::Integer(-7),
                ValueRef::Real(2.5),
                ValueRef::Null,
            ];
            let mut session = Session::new(&conn).unwrap();
            session.attach(Some("things")).unwrap();
            conn.execute(
                "INSERT INTO things VALUES (?1, ?2, ?3, ?4, ?5)",
                params_from_iter(row.map(rusqlite::types::ToSqlOutput::Borrowed)),
            )
            .unwrap();
            let mut told = Vec::new();
            session.changeset_strm(&mut told).unwrap();
            let mut own = Vec::new();
            Inserts::begin(&mut own, "things", 5).row(&row);
            assert_eq!(own, told, "{length}");
        }
    }
}
