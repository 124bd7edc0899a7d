//! Stories: what people do with the `gatehouse` command, end to end, and what happens when the
//! machine fails them on the way.

mod bad_lists;
mod crashes;
mod full_disk;
mod main_job;
mod office;
mod sync_first;
mod tokens;
