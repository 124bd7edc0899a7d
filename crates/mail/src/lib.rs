//! Mail and messages: what a message says, how it is put together, how it leaves, and what comes
//! back.
//!
//! Plain values in, bytes and answers out: nothing here knows a database, a clock or a guest list.
//! Whoever sends passes times, keys and ids.

pub mod address;
pub mod bounce;
pub mod channel;
pub mod dkim;
pub mod gallery;
pub mod inbox;
pub mod letter;
pub mod oauth;
pub mod smtp;
pub mod template;

mod net;
mod text;

pub use address::{Address, AddressError, Mailbox, Verp, VerpToken};
pub use dkim::Signer;
pub use letter::{Letter, LetterError};
pub use template::{Finding, Rendered, Template, TemplateError};
