//! Credentials: keys, ticket tokens, the key directory, secrets at rest and QR codes.
//!
//! All cryptography goes through aws-lc-rs. Everything that reads from outside is bounded before
//! it works and refuses what it does not know.

mod base45;
pub mod claims;
mod compact;
mod json;
pub mod key;
pub mod qr;
mod spki;
pub mod token;
