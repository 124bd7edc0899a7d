//! What can go wrong with a file, in words for the person at the screen.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Why a file could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("there is no file at {}", .0.display())]
    Missing(PathBuf),
    /// The file was written by a newer Gatehouse.
    #[error("{} was written by Gatehouse {version}; open it with that version or a newer one. Nothing was changed", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version that wrote it.
        version: String,
    },
    /// The file is another program's, or of another kind.
    #[error("{} is not a Gatehouse {wanted} file. Nothing was changed", .path.display())]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// What was wanted: `event` or `workspace`.
        wanted: &'static str,
    },
    /// The file is damaged.
    #[error("{} is damaged ({detail}). Keep it as it is, restore the newest backup, and ask for help with the damaged copy", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found first.
        detail: String,
    },
    /// The disk is full.
    #[error(
        "the disk is full; nothing of this step was written. Free some space and run the same command again"
    )]
    DiskFull,
    /// Another program holds the file.
    #[error(
        "another program is writing to this file and did not finish in time; nothing was written. Try again"
    )]
    Busy,
    /// The file or folder can't be written.
    #[error("this file or folder can't be written; nothing was changed. Check its permissions")]
    ReadOnly,
    /// A rule of the tables was broken.
    #[error("the change breaks a rule of the file ({0}); nothing was written")]
    Constraint(String),
    /// A stored value is not one that this version understands.
    #[error("the file holds a value that this version does not understand: {0}")]
    Value(String),
    /// The event has its home on another machine.
    #[error(
        "this event was handed over to another machine; nothing was written. Change it there, or take it back here"
    )]
    HandedOver,
    /// An edit can't be undone.
    #[error(transparent)]
    Undo(#[from] UndoRefusal),
    /// The writer thread is gone.
    #[error("the file's writer stopped; open the file again")]
    WriterStopped,
    /// Anything else that SQLite or the disk said.
    #[error("the file could not be read or written: {0}")]
    Other(String),
}

/// Why an edit can't be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefusal {
    /// No edit has this id.
    #[error("there is no such edit")]
    Unknown,
    /// The edit was a command that has left the house, or its undo data has expired.
    #[error("“{command}” can't be undone; answer it with a new command (void, regenerate, …)")]
    NotUndoable {
        /// The command.
        command: String,
    },
    /// It was undone already.
    #[error("this edit was undone already")]
    AlreadyUndone,
    /// The tables have changed shape since.
    #[error("this edit was made before the file was migrated to a newer version; undo stops there")]
    BeforeMigration,
    /// A later edit changed the same things.
    #[error(
        "a later edit stands in the way: “{command}” by {actor} changed the same {table}. Undo that one first"
    )]
    LaterEdit {
        /// Id of the later edit, hyphenated.
        edit: String,
        /// Its command.
        command: String,
        /// Who made it.
        actor: String,
        /// The table that both changed.
        table: String,
    },
    /// Something made later refers to what the edit made.
    #[error(
        "something made later depends on this edit (invitations or tickets of these {table}). Undo or void those first"
    )]
    Depended {
        /// The table whose rows are depended on.
        table: String,
    },
}

impl StoreError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "file_missing",
            Self::Newer { .. } => "file_newer",
            Self::OtherKind { .. } => "file_other_kind",
            Self::Damaged { .. } => "file_damaged",
            Self::DiskFull => "disk_full",
            Self::Busy => "file_busy",
            Self::ReadOnly => "file_read_only",
            Self::Constraint(_) => "constraint",
            Self::Value(_) => "value_unknown",
            Self::HandedOver => "event_handed_over",
            Self::Undo(refusal) => match refusal {
                UndoRefusal::Unknown => "edit_unknown",
                UndoRefusal::NotUndoable { .. } => "edit_not_undoable",
                UndoRefusal::AlreadyUndone => "edit_already_undone",
                UndoRefusal::BeforeMigration => "edit_before_migration",
                UndoRefusal::LaterEdit { .. } => "later_edit_in_the_way",
                UndoRefusal::Depended { .. } => "edit_depended_on",
            },
            Self::WriterStopped => "writer_stopped",
            Self::Other(_) => "store_failed",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                let text = || message.clone().unwrap_or_else(|| failure.to_string());
                match failure.code {
                    ErrorCode::DiskFull => Self::DiskFull,
                    ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                    ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                        Self::ReadOnly
                    }
                    ErrorCode::ConstraintViolation => Self::Constraint(text()),
                    ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged {
                        path: PathBuf::new(),
                        detail: text(),
                    },
                    _ => Self::Other(text()),
                }
            }
            rusqlite::Error::FromSqlConversionFailure(_, _, cause) => {
                Self::Value(cause.to_string())
            }
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly
            }
            _ => Self::Other(error.to_string()),
        }
    }
}
