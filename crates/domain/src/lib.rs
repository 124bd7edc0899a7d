//! Nouns and rules of Gatehouse: values in, values out; no clock, no database, no network.

pub mod admission;
pub mod batch;
pub mod clock;
pub mod device;
pub mod event;
pub mod field;
pub mod guest;
pub mod id;
pub mod import;
pub mod invitation;
pub mod key;
pub mod scan;
pub mod ticket;
pub mod words;
