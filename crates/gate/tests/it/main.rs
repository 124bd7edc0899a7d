//! The gate's eyes from outside.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails where its own frame or file does"
)]

mod enrolling;
mod fixtures;
mod lenses;
mod measuring;
mod opening;
mod over;
mod revoked;
#[cfg(all(feature = "serial", target_os = "linux"))]
mod serial;
mod tickets;
mod videos;
mod walk_in;
mod watching;
mod word;
