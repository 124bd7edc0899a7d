//! Nouns and rules of Gatehouse: values in, values out; no clock, no database, no network.

pub mod clock;
pub mod id;
