//! An event's home moves: copies of its file, the mark that it was handed over, keys locked anew.

use std::path::Path;
use std::time::Duration;

use gatehouse_domain::id::WorkspaceId;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Change, EVENT_FILE, EditMeta, EventFile, View};
use crate::error::StoreError;
use crate::file::check_health;
use crate::writer::Lane;

const MARK: &str = "handed_over_at";

/// Refuses a write to a file whose event has its home elsewhere.
pub(super) fn check_home(conn: &Connection) -> Result<(), StoreError> {
    match handed_over_at(conn)? {
        None => Ok(()),
        Some(_) => Err(StoreError::HandedOver),
    }
}

fn handed_over_at(conn: &Connection) -> Result<Option<i64>, StoreError> {
    let found: Option<String> = conn
        .prepare_cached("SELECT value FROM file_info WHERE key = ?1")?
        .query_row([MARK], |r| r.get(0))
        .optional()?;
    Ok(found.map(|text| text.parse().unwrap_or_default()))
}

impl View<'_> {
    /// When the event was handed over to another machine, UTC ms; none while this is its home.
    pub fn handed_over_at(&self) -> Result<Option<i64>, StoreError> {
        handed_over_at(self.conn)
    }
}

impl EventFile {
    /// Marks the event as handed over: from then on every write is refused, scans included.
    pub fn hand_over(&self, meta: EditMeta) -> Result<(), StoreError> {
        let command = meta.command.clone();
        self.write(Lane::Edit, move |conn| {
            super::transact(conn, |change| {
                change.insert_edit(&meta, None, None)?;
                change.conn.execute(
                    "INSERT INTO file_info (key, value) VALUES (?1, ?2)",
                    params![MARK, meta.at.to_string()],
                )?;
                Ok::<_, StoreError>(())
            })
        })?;
        self.tell(Lane::Edit, Some(&command));
        Ok(())
    }

    /// Takes the mark away again, so that this is the event's home. Whoever calls takes the next
    /// epoch at once.
    pub fn take_home(&self) -> Result<(), StoreError> {
        self.write(Lane::Edit, |conn| {
            conn.execute("DELETE FROM file_info WHERE key = ?1", [MARK])?;
            Ok::<_, StoreError>(())
        })
    }

    /// Writes a whole copy of the file as it stands now to `path`, where nothing is yet; writers go
    /// on meanwhile.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        self.check_damage()?;
        let source = EVENT_FILE.open_reader(&self.shared.path)?;
        let mut copy = Connection::open(path)?;
        Backup::new(&source, &mut copy)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
        copy.close().map_err(|(_, error)| error)?;
        std::fs::File::open(path)?.sync_all()?;
        Ok(())
    }

    /// Puts another event file's content in place of this one's, in one transaction: whoever reads
    /// goes on with what was there, and then sees the new.
    pub fn replace_with(&self, source: &Path) -> Result<(), StoreError> {
        let source = EVENT_FILE.open_reader(source)?;
        self.write(Lane::Edit, move |conn| {
            let copy = Backup::new(&source, conn)?;
            copy.run_to_completion(i32::MAX, Duration::ZERO, None)?;
            Ok::<_, StoreError>(())
        })?;
        self.kept().clear();
        self.tell(Lane::Edit, None);
        Ok(())
    }
}

/// Edits a copy that nobody else has open, brings it up to date and leaves it as one file.
///
/// A file from outside is believed only as far as its tables are exactly ours: no trigger, view or
/// table of its own.
pub fn edit_copy<T, E: From<StoreError>>(
    path: &Path,
    edit: impl FnOnce(&Change<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut conn = EVENT_FILE.open(path)?;
    check_health(&conn, path)?;
    if schema(&conn)? != our_schema()? {
        return Err(StoreError::OtherKind {
            path: path.to_owned(),
            wanted: EVENT_FILE.name,
        }
        .into());
    }
    conn.execute("DELETE FROM file_info WHERE key = ?1", [MARK])
        .map_err(StoreError::from)?;
    let value = super::transact(&mut conn, edit)?;
    conn.pragma_update(None, "journal_mode", "delete")
        .map_err(StoreError::from)?;
    Ok(value)
}

/// Everything that a file's schema says, by name.
fn schema(conn: &Connection) -> Result<Vec<(String, String, Option<String>)>, StoreError> {
    let mut statement = conn.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_'
         ORDER BY name",
    )?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn our_schema() -> Result<Vec<(String, String, Option<String>)>, StoreError> {
    let conn = Connection::open_in_memory()?;
    for sql in EVENT_FILE.migrations {
        conn.execute_batch(sql)?;
    }
    schema(&conn)
}

impl Change<'_> {
    /// Makes the event one of another workspace's.
    pub fn set_workspace(&self, workspace: WorkspaceId) -> Result<(), StoreError> {
        self.conn
            .execute("UPDATE event SET workspace = ?1", [workspace.as_bytes()])?;
        Ok(())
    }

    /// Keeps a signing key's private half as it is sealed now.
    pub fn reseal_signing_key(&self, id: [u8; 8], sealed: &[u8]) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE signing_keys SET sealed = ?2 WHERE id = ?1",
            params![id, sealed],
        )?;
        Ok(())
    }

    /// Keeps a device's private half as it is sealed now.
    pub fn reseal_device(
        &self,
        id: gatehouse_domain::id::DeviceId,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE devices SET sealed = ?2 WHERE id = ?1",
            params![id.as_bytes(), sealed],
        )?;
        Ok(())
    }
}
