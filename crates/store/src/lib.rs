//! Gatehouse's files: one `workspace.db`, and one `events/<id>.db` for each event.
//!
//! The only importer of rusqlite. Each file has one writer thread with a queue in which scans go
//! first, and a few readers. Every table group has its own module with its read and write methods:
//! [`event::View`] reads an event file, [`event::Change`] writes one inside a transaction that
//! also records who, when and why.

mod error;
pub mod event;
mod file;
pub mod floor;
mod row;
pub mod workspace;
mod writer;

pub use error::{StoreError, UndoRefusal};
pub use writer::Lane;
