//! The credential crate from outside.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod attacks;
mod directory;
mod fixtures;
mod qr;
mod recovery;
mod tokens;
mod vault;
