//! The credential crate from outside.

mod attacks;
mod directory;
mod fixtures;
mod qr;
mod recovery;
mod tokens;
mod vault;
