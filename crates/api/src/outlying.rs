//! A gate away from its office as the routes of its window know it, and how a machine becomes one.

use std::sync::Arc;

use gatehouse_domain::id::{DeviceId, EventId};

use crate::doors::{Gate, OfficeLine};
use crate::problem::Problem;

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
