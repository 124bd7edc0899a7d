//! Opening a file: its kind, its version, its health, its migrations.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::error::StoreError;

/// A kind of file and the migrations that shape it.
pub(crate) struct FileKind {
    /// What people call it.
    pub(crate) name: &'static str,
    /// SQLite's `application_id`: four letters in the file's head.
    pub(crate) application_id: i32,
    /// The SQL of each version, in order; version 1 is the first.
    pub(crate) migrations: &'static [&'static str],
}

impl std::fmt::Debug for FileKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileKind({})", self.name)
    }
}

/// This build's version, written into each file that it shapes.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl FileKind {
    /// The version that this build writes.
    pub(crate) fn version(&self) -> i64 {
        self.migrations.len() as i64
    }

    /// Creates the file with what `fill` writes; it appears whole or not at all.
    pub(crate) fn create(
        &self,
        path: &Path,
        fill: impl FnOnce(&Connection) -> Result<(), StoreError>,
    ) -> Result<Connection, StoreError> {
        if path.exists() {
            return Err(StoreError::Other(format!(
                "{} exists already",
                path.display()
            )));
        }
        let part = beside(path, ".part");
        for ending in ["", "-wal", "-shm"] {
            // What a program left that was stopped in the middle.
            std::fs::remove_file(beside(&part, ending)).ok();
        }
        let mut conn = Connection::open_with_flags(
            &part,
            OpenFlags::SQLITE_OPEN_READ_WRITE
                | OpenFlags::SQLITE_OPEN_CREATE
                | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        configure(&conn)?;
        conn.pragma_update(None, "application_id", self.application_id)?;
        self.migrate(&mut conn, 0)?;
        let tx = conn.transaction()?;
        fill(&tx)?;
        tx.commit()?;
        // The last to close a file moves its log into it.
        conn.close().map_err(|(_, error)| error)?;
        std::fs::rename(&part, path)?;
        let conn = self.connect(path)?;
        configure(&conn)?;
        Ok(conn)
    }

    /// Opens the file for writing: checks kind, version and health, backs up, then migrates. The
    /// health of a large file is left to the caller, unless it is migrated.
    pub(crate) fn open(&self, path: &Path) -> Result<Connection, StoreError> {
        let mut conn = self.connect(path)?;
        let version = self.check(&conn, path)?;
        configure(&conn).map_err(|e| at(path, e))?;
        if !is_large(path) || version < self.version() {
            check_health(&conn, path)?;
        }
        if version < self.version() {
            back_up(&conn, path, version)?;
            self.migrate(&mut conn, version)?;
        }
        Ok(conn)
    }

    /// Opens one more connection to a file that [`Self::open`] has checked, for reading only.
    pub(crate) fn open_reader(&self, path: &Path) -> Result<Connection, StoreError> {
        let conn = self.connect(path)?;
        configure(&conn)?;
        conn.pragma_update(None, "query_only", true)?;
        Ok(conn)
    }

    fn connect(&self, path: &Path) -> Result<Connection, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        Ok(Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?)
    }

    fn check(&self, conn: &Connection, path: &Path) -> Result<i64, StoreError> {
        let pragma = |name: &str| {
            conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0))
                .map_err(|e| self.as_kind(path, e))
        };
        if pragma("application_id")? != i64::from(self.application_id) {
            return Err(StoreError::OtherKind {
                path: path.to_owned(),
                wanted: self.name,
            });
        }
        let version = pragma("user_version")?;
        if version > self.version() {
            let writer = conn
                .query_row(
                    "SELECT value FROM file_info WHERE key = 'written_by'",
                    [],
                    |row| row.get(0),
                )
                .unwrap_or_else(|_| format!("with file version {version}"));
            return Err(StoreError::Newer {
                path: path.to_owned(),
                version: writer,
            });
        }
        Ok(version)
    }

    fn as_kind(&self, path: &Path, error: rusqlite::Error) -> StoreError {
        if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) {
            return StoreError::OtherKind {
                path: path.to_owned(),
                wanted: self.name,
            };
        }
        at(path, error)
    }

    fn migrate(&self, conn: &mut Connection, from: i64) -> Result<(), StoreError> {
        // A table that is shaped anew is dropped and put back: the references to it are checked
        // as a whole before the commit, in place of one by one.
        conn.pragma_update(None, "foreign_keys", false)?;
        let result = self.migrate_whole(conn, from);
        conn.pragma_update(None, "foreign_keys", true)?;
        result
    }

    fn migrate_whole(&self, conn: &mut Connection, from: i64) -> Result<(), StoreError> {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for sql in &self.migrations[from as usize..] {
            tx.execute_batch(sql)?;
        }
        tx.execute(
            "INSERT INTO file_info (key, value) VALUES ('written_by', ?1)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [VERSION],
        )?;
        tx.pragma_update(None, "user_version", self.version())?;
        let broken: Option<String> = tx
            .query_row("PRAGMA foreign_key_check", [], |row| row.get(0))
            .optional()?;
        if let Some(table) = broken {
            return Err(StoreError::Value(format!(
                "the file could not be brought up to date: a row of “{table}” refers to nothing; \
                 it was left as it was"
            )));
        }
        tx.commit()?;
        Ok(())
    }
}

fn configure(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(std::time::Duration::from_secs(10))?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    // An admission is on disk before the light turns green; see ARCHITECTURE.md.
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // The writer's own thread moves the log into the file when nothing waits.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    conn.pragma_update(None, "cache_size", -32_000)?;
    conn.pragma_update(None, "temp_store", "memory")?;
    conn.set_prepared_statement_cache_capacity(64);
    // Without it, this build of SQLite (STAT4) plans a prepared statement anew at each binding.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Files from this length on, in bytes, take longer to check than a person should wait.
const LARGE: u64 = 16 << 20;

/// Whether a file is checked while it is used already.
pub(crate) fn is_large(path: &Path) -> bool {
    path.metadata().is_ok_and(|facts| facts.len() > LARGE)
}

pub(crate) fn check_health(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let found: String = conn
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|e| at(path, e))?;
    if found == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged {
        path: path.to_owned(),
        detail: found,
    })
}

fn back_up(conn: &Connection, path: &Path, version: i64) -> Result<(), StoreError> {
    let backup = backup_path(path, version);
    if !backup.exists() {
        conn.execute("VACUUM INTO ?1", [backup.to_string_lossy()])?;
        tracing::info!(version, "file backed up before migrating");
    }
    Ok(())
}

/// Where the copy of a file stands that was made before it left `version`.
pub(crate) fn backup_path(path: &Path, version: i64) -> PathBuf {
    beside(path, &format!(".v{version}.bak"))
}

/// The path with something at its end.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

fn at(path: &Path, error: rusqlite::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Damaged { detail, .. } => StoreError::Damaged {
            path: path.to_owned(),
            detail,
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: FileKind = FileKind {
        name: "test",
        application_id: 0x4748_5454,
        migrations: &[
            "CREATE TABLE file_info (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
                       CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
                       INSERT INTO things (name) VALUES ('kept');",
        ],
    };
    const SECOND: FileKind = FileKind {
        name: "test",
        application_id: 0x4748_5454,
        migrations: &[
            FIRST.migrations[0],
            "ALTER TABLE things ADD COLUMN size INTEGER;",
        ],
    };

    #[test]
    fn an_older_file_is_backed_up_then_migrated_and_a_newer_one_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        drop(FIRST.create(&path, |_| Ok(())).unwrap());
        drop(SECOND.open(&path).unwrap());
        let kept: String = Connection::open(backup_path(&path, 1))
            .unwrap()
            .query_row("SELECT name FROM things", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, "kept");
        let error = FIRST.open(&path).unwrap_err();
        assert_eq!(error.code(), "file_newer");
        assert!(
            error.to_string().contains(&format!("Gatehouse {VERSION}")),
            "{error}"
        );
    }

    #[test]
    fn a_damaged_a_foreign_and_a_missing_file_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        {
            let conn = FIRST.create(&path, |_| Ok(())).unwrap();
            for n in 0..2_000 {
                conn.execute(
                    "INSERT INTO things (name) VALUES (?1)",
                    [format!("thing {n}")],
                )
                .unwrap();
            }
            conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                .unwrap();
        }
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2 / 4096 * 4096;
        bytes[middle..middle + 4096].fill(0x5a);
        std::fs::write(&path, &bytes).unwrap();
        let error = FIRST.open(&path).unwrap_err();
        assert_eq!(error.code(), "file_damaged", "{error}");
        assert!(error.to_string().contains("restore the newest backup"));

        let text = dir.path().join("notes.db");
        std::fs::write(
            &text,
            "just some notes, long enough to fill a header of a file".repeat(9),
        )
        .unwrap();
        assert_eq!(FIRST.open(&text).unwrap_err().code(), "file_other_kind");
        let other = dir.path().join("other.db");
        Connection::open(&other)
            .unwrap()
            .execute_batch("CREATE TABLE t (a)")
            .unwrap();
        assert_eq!(FIRST.open(&other).unwrap_err().code(), "file_other_kind");
        assert_eq!(
            FIRST.open(&dir.path().join("no.db")).unwrap_err().code(),
            "file_missing"
        );
    }
}
