//! The mesh at an event's home and at its gates: what the state machine of `gatehouse-mesh` reads
//! and writes here.

mod ledger;
mod publish;

pub use ledger::{EventLedger, take_roster};
pub use publish::Publisher;
