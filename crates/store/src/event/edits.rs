//! The audit of an event file, and undo.
//!
//! SQLite's session extension records what an edit changed, in the edit's own transaction. Undo
//! applies the inverse; where a later edit changed the same rows it refuses and names that edit.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use gatehouse_domain::id::EditId;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::session::{ChangesetIter, ConflictAction, ConflictType, invert_strm};
use rusqlite::{Connection, OptionalExtension, params};

use super::changeset::Recorder;
use super::{Change, EVENT_FILE, View, transact};
use crate::error::{StoreError, UndoRefusal};
use crate::row;

/// Tables whose edits can be undone: no triggers, no cascades, nothing that leaves the house.
pub(super) const UNDOABLE: [&str; 14] = [
    "event",
    "series",
    "sessions",
    "agenda_items",
    "zones",
    "ticket_types",
    "ticket_type_sessions",
    "ticket_type_zones",
    "imports",
    "guests",
    "batches",
    "invitations",
    "party_members",
    "message_templates",
];

/// Who does what, when, from where and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditMeta {
    /// Id of the line in the audit.
    pub id: EditId,
    /// When, UTC ms.
    pub at: i64,
    /// The account, or the program's own name for what it does by itself.
    pub actor: String,
    /// The machine.
    pub machine: String,
    /// Verb and object, such as `import guests`.
    pub command: String,
    /// Why, in the person's words.
    pub reason: Option<String>,
}

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditRow {
    /// Place in the file's history, from 1.
    pub sequence: i64,
    /// Who, when, what and why.
    pub meta: EditMeta,
    /// Whether it can still be undone.
    pub undoable: bool,
    /// The edit that it undid.
    pub undoes: Option<EditId>,
    /// The edit that undid it.
    pub undone_by: Option<EditId>,
}

impl View<'_> {
    /// Number of the newest line of the audit; 0 before the first.
    pub fn last_edit(&self) -> Result<i64, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT coalesce(max(sequence), 0) FROM edits")?
            .query_row([], |r| r.get(0))?)
    }

    /// The newest lines of the audit, newest first.
    pub fn edits(&self, limit: u32) -> Result<Vec<EditRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT sequence, id, at, actor, machine, command, reason, changeset IS NOT NULL,
                    undoes, undone_by
             FROM edits INDEXED BY edits_listed ORDER BY sequence DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |r| {
            let undone_by = row::optional_id(r, 9)?;
            Ok(EditRow {
                sequence: r.get(0)?,
                meta: EditMeta {
                    id: row::id(r, 1)?,
                    at: r.get(2)?,
                    actor: r.get(3)?,
                    machine: r.get(4)?,
                    command: r.get(5)?,
                    reason: r.get(6)?,
                },
                undoable: r.get::<_, bool>(7)? && undone_by.is_none(),
                undoes: row::optional_id(r, 8)?,
                undone_by,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    pub(super) fn insert_edit(
        &self,
        meta: &EditMeta,
        changeset: Option<&[u8]>,
        undoes: Option<EditId>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO edits (id, at, actor, machine, command, reason, schema_version,
                                    changeset, undoes)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                meta.id.as_bytes(),
                meta.at,
                meta.actor,
                meta.machine,
                meta.command,
                meta.reason,
                EVENT_FILE.version(),
                changeset,
                undoes.as_ref().map(|id| id.as_bytes()),
            ])?;
        Ok(())
    }
}

/// Runs an edit and records its changeset, all in one transaction.
pub(super) fn run_edit<T, E: From<StoreError>>(
    conn: &mut Connection,
    meta: &EditMeta,
    edit: impl FnOnce(&Change<'_>) -> Result<T, E>,
) -> Result<T, E> {
    transact(conn, |change| record(change, meta, None, edit))
}

fn record<T, E: From<StoreError>>(
    change: &Change<'_>,
    meta: &EditMeta,
    undoes: Option<EditId>,
    edit: impl FnOnce(&Change<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let watched = Change {
        view: change.view,
        recorder: Some(Recorder::new(change.conn)?),
    };
    let value = edit(&watched)?;
    let changeset = watched.recorder.map_or(Ok(Vec::new()), Recorder::finish)?;
    // An edit that changed nothing leaves no line to undo.
    if !changeset.is_empty() {
        change.insert_edit(meta, Some(&changeset), undoes)?;
    }
    Ok(value)
}

/// Applies the inverse of an edit, or tells what stands in the way.
pub(super) fn undo(conn: &mut Connection, edit: EditId, meta: &EditMeta) -> Result<(), StoreError> {
    transact(conn, |change| {
        let (sequence, changeset) = undoable(change.conn, edit)?;
        let mut inverse = Vec::new();
        invert_strm(&mut changeset.as_slice(), &mut inverse)?;
        let conflict = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&conflict);
        let applied = record(change, meta, Some(edit), |change| {
            let applied = change.conn.apply_strm(
                &mut inverse.as_slice(),
                None::<fn(&str) -> bool>,
                move |kind, item| {
                    let table = match kind {
                        ConflictType::SQLITE_CHANGESET_FOREIGN_KEY => None,
                        _ => item.op().ok().map(|op| op.table_name().to_owned()),
                    };
                    *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(table);
                    ConflictAction::SQLITE_CHANGESET_ABORT
                },
            );
            applied.map_err(StoreError::from)
        });
        if let Some(table) = conflict
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            return Err(blocker(change.conn, sequence, &changeset, table)?.into());
        }
        applied?;
        change.conn.execute(
            "UPDATE edits SET undone_by = ?1 WHERE id = ?2",
            params![meta.id.as_bytes(), edit.as_bytes()],
        )?;
        Ok(())
    })
}

fn undoable(conn: &Connection, edit: EditId) -> Result<(i64, Vec<u8>), StoreError> {
    let found = conn
        .query_row(
            "SELECT sequence, command, schema_version, changeset, undone_by IS NOT NULL
             FROM edits WHERE id = ?1",
            [edit.as_bytes()],
            |r| {
                Ok((
                    r.get::<_, i64>(0)?,
                    r.get::<_, String>(1)?,
                    r.get::<_, i64>(2)?,
                    r.get::<_, Option<Vec<u8>>>(3)?,
                    r.get::<_, bool>(4)?,
                ))
            },
        )
        .optional()?;
    let (sequence, command, schema, changeset, undone) = found.ok_or(UndoRefusal::Unknown)?;
    if undone {
        return Err(UndoRefusal::AlreadyUndone.into());
    }
    let changeset = changeset.ok_or(UndoRefusal::NotUndoable { command })?;
    if schema != EVENT_FILE.version() {
        return Err(UndoRefusal::BeforeMigration.into());
    }
    Ok((sequence, changeset))
}

/// Names the first later edit that changed a row which `changeset` changed too.
fn blocker(
    conn: &Connection,
    sequence: i64,
    changeset: &[u8],
    table: Option<String>,
) -> Result<UndoRefusal, StoreError> {
    let keys = row_keys(changeset)?;
    let mut statement = conn.prepare(
        "SELECT id, command, actor, changeset FROM edits
         WHERE sequence > ?1 AND changeset IS NOT NULL AND undone_by IS NULL
           AND NOT EXISTS (SELECT 1 FROM edits original
                           WHERE original.id = edits.undoes AND original.undoes IS NULL)
         ORDER BY sequence",
    )?;
    let mut rows = statement.query([sequence])?;
    while let Some(r) = rows.next()? {
        let later: Vec<u8> = r.get(3)?;
        if let Some((table, _)) = row_keys(&later)?.intersection(&keys).next() {
            return Ok(UndoRefusal::LaterEdit {
                edit: row::id::<EditId>(r, 0)?.to_string(),
                command: r.get(1)?,
                actor: r.get(2)?,
                table: table.clone(),
            });
        }
    }
    let table = table.or_else(|| keys.into_iter().map(|(table, _)| table).next());
    Ok(UndoRefusal::Depended {
        table: table.unwrap_or_default(),
    })
}

/// Table and primary key of every row that a changeset touches.
fn row_keys(changeset: &[u8]) -> Result<HashSet<(String, Vec<u8>)>, StoreError> {
    let mut keys = HashSet::new();
    let mut input = changeset;
    let input: &mut dyn std::io::Read = &mut input;
    let mut changes = ChangesetIter::start_strm(&input)?;
    while let Some(item) = changes.next()? {
        let op = item.op()?;
        let mut key = Vec::new();
        for (column, part) in item.pk()?.iter().enumerate() {
            if *part == 0 {
                continue;
            }
            let value = match op.code() {
                rusqlite::hooks::Action::SQLITE_INSERT => item.new_value(column)?,
                _ => item.old_value(column)?,
            };
            key.extend_from_slice(format!("{value:?};").as_bytes());
        }
        keys.insert((op.table_name().to_owned(), key));
    }
    Ok(keys)
}
