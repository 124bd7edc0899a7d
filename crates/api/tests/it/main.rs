//! What people do, through the use cases and the routes.
#![allow(
    clippy::unwrap_used,
    reason = "a test that can't go on ends by panicking"
)]

mod accounts;
mod calendars;
mod copies;
mod doors;
mod editing;
mod issuing;
mod lists;
mod planning;
mod re_entry;
mod recovering;
mod room;
mod routes;
mod series;
