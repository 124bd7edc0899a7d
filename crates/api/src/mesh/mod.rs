//! The mesh at an event's home and at its gates: what the state machine of `gatehouse-mesh` reads
//! and writes here, and the home's own part in it.

mod home;
mod ledger;
mod publish;
mod view;

pub use home::{MeshCredentials, MeshPlace};
pub(crate) use home::{MeshSlot, OFFICE, is_office};
pub use ledger::{EventLedger, take_roster};
pub use view::{MeshDouble, MeshFlag, MeshGate, MeshNote, MeshSide, MeshView, Outcome};
