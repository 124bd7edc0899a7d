//! A gate away from its office as the routes of its window know it, and how a machine becomes one.

use std::sync::Arc;

use gatehouse_domain::id::{DeviceId, EventId};

use crate::doors::{Gate, OfficeLine, Shown};
use crate::problem::Problem;

/// What a gate was given ahead and still has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ahead {
    /// Tickets for people without one.
    pub walk_ins: u32,
    /// The name of their type.
    pub ticket_type: Option<String>,
    /// Places for spare gates.
    pub spares: u32,
}

/// What a spare gate reads from the screen of the gate that enrols it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpareCode {
    /// The text of the code.
    pub text: String,
    /// What the spare gate is called.
    pub name: String,
    /// Until when it is good, UTC ms.
    pub until: i64,
}

/// A gate alone on its machine; the program that runs it brings it.
pub trait Outlying: Send + Sync + std::fmt::Debug {
    /// The event that it admits to.
    fn event(&self) -> EventId;
    /// The device that it is.
    fn device(&self) -> DeviceId;
    /// What it is called.
    fn name(&self) -> String;

    /// The gate.
    ///
    /// # Errors
    /// `scanner_revoked` once its right was taken back, `list_dropped` once the event is over and the
    /// guest list was forgotten.
    fn gate(&self) -> Result<Arc<Gate>, Problem>;

    /// How it stands with its office.
    fn line(&self) -> OfficeLine;

    /// Scans that its office does not have yet.
    ///
    /// # Errors
    /// Where its file can't be read.
    fn waiting(&self) -> Result<u64, Problem>;

    /// What it was given ahead and still has.
    fn ahead(&self) -> Ahead;

    /// Lets in somebody who has no ticket, with one that the office gave this gate ahead; `answered`
    /// says whether staff asked what the event wants to know.
    ///
    /// # Errors
    /// `reserve_empty` where there is none left; `questions_open` where staff have to ask first.
    fn walk_in(
        &self,
        name: &str,
        answered: bool,
        nonce: Option<[u8; 16]>,
    ) -> Result<Shown, Problem>;

    /// Waits for a spare gate to be enrolled here, with a place that the office gave this gate
    /// ahead; what waited before is over.
    ///
    /// # Errors
    /// `reserve_empty` where there is none left; `mesh_off` while this gate meets nobody.
    fn enrol_spare(&self) -> Result<SpareCode, Problem>;

    /// Something was decided here: the office is to hear of it soon.
    fn decided(&self);

    /// Ends being a gate: gives the office its last scans, then forgets list and key.
    ///
    /// # Errors
    /// `scans_waiting` where the office does not have every scan yet and can't be reached;
    /// `office_needed` where the program can't end it.
    fn leave(&self) -> Result<(), Problem>;
}

/// Makes this machine a gate of another machine's event; the program that can brings it.
pub trait Enrolling: Send + Sync + std::fmt::Debug {
    /// Enrols a gate called `name` with the office whose code says `code`. It opens with the next
    /// start of the program.
    ///
    /// # Errors
    /// `enrolment_unreadable`, `home_unknown`, `home_away`, and what the office refuses.
    fn enrol(&self, code: &str, name: &str) -> Result<(), Problem>;
}
