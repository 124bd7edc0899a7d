//! Credentials: keys, ticket tokens, the key directory, secrets at rest and QR codes.
//!
//! All cryptography goes through aws-lc-rs. Everything that reads from outside is bounded before
//! it works and refuses what it does not know.

pub mod access;
mod base45;
pub mod claims;
mod compact;
pub mod device;
pub mod directory;
pub mod home;
mod json;
pub mod key;
pub mod keyring;
pub mod link;
pub mod password;
pub mod qr;
pub mod recovery;
mod seal;
mod shared_secret;
mod spki;
pub mod token;
pub mod vault;
pub mod verify;
