//! Stories: what people do with the `gatehouse` command, end to end, and what happens when the
//! machine fails them on the way.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a story that can't go on ends by panicking, says loudly what it skips, and happens now"
)]

mod bad_lists;
#[cfg(unix)]
mod badges;
mod crashes;
mod events;
mod every_verdict;
mod full_disk;
mod gates;
mod hand_over;
mod killed_mail;
mod letters;
mod lone_gate;
mod mail;
mod mail_command;
mod main_job;
#[path = "../mesh/mod.rs"]
mod mesh;
mod network;
mod office;
mod pipes;
mod recovery;
mod spare;
mod sync_first;
mod tokens;
mod typed;
