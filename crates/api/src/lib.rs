//! What people do with Gatehouse, one function each: the only way to the domain.
//!
//! A [`Workspace`] is one organization's data on this machine; an [`EventHome`] is one event at
//! its home, where it is edited, issued, printed and admitted. Each use case has its own module.

mod contacts;
mod doors;
mod events;
mod export;
mod home;
mod import;
mod invitations;
mod issue;
mod keys;
mod printing;
mod problem;
mod recovery;
pub mod routes;
mod surroundings;
mod tickets;
mod undo;
mod wording;
mod workspace;

pub use doors::{Gate, Presentation, Shown};
pub use export::{ExportFormat, ExportReport};
pub use home::EventHome;
pub use import::{ImportChoices, ImportPreview, ImportResult};
pub use invitations::InvitationsMade;
pub use issue::{IssueReport, Issuing};
pub use keys::KeySummary;
pub use printing::{BundleReport, PrintSummary};
pub use problem::Problem;
pub use surroundings::{Progress, Quiet, Surroundings};
pub use workspace::{EventSummary, Workspace};
