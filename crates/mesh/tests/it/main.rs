//! The mesh over real sockets, from outside.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod caller;
mod discovery;
mod faults;
mod gates;
mod ledger;
mod meeting;
mod strangers;
mod workspace;
