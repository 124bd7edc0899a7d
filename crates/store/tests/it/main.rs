//! What a file promises: edits that can be told and undone, rules that hold under every writer.
#![allow(
    clippy::unwrap_used,
    reason = "a test that can't go on ends by panicking"
)]

mod house;
mod names;
mod older_files;
mod presence;
mod rules;
mod undo;
mod workspace;
