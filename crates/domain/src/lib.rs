//! Nouns and rules of Gatehouse: values in, values out; no clock, no database, no network.

pub mod account;
pub mod admission;
pub mod batch;
pub mod branding;
pub mod calendar;
pub mod capacity;
pub mod clock;
pub mod delivery;
pub mod device;
pub mod event;
pub mod field;
pub mod guest;
pub mod id;
pub mod import;
pub mod invitation;
pub mod key;
pub mod notice;
pub mod place;
pub mod scan;
pub mod session;
pub mod ticket;
pub mod ticket_type;
pub mod validity;
pub mod words;
