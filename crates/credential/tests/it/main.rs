//! The credential crate from outside.

mod qr;
