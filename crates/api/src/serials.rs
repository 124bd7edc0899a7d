//! The serial scanners of the machine that the office runs on: who has them brings them, and a
//! window of the same machine asks for what they read.

use std::time::Duration;

use crate::problem::Problem;

/// A port that a scanner may hang on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialPort {
    /// Names it, also when it is plugged in elsewhere, where it can be told.
    pub id: String,
    /// What hangs on it, as far as it says; where it is otherwise.
    pub name: String,
}

/// What a scanner that is listened to tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SerialTold {
    /// How it fares: `opening`, `ok`, `lost` or `busy`.
    State {
        /// The word.
        state: &'static str,
        /// What is wrong, and what to do.
        message: Option<String>,
    },
    /// A code's text.
    Text(String),
    /// Something longer than any code; it is gone.
    TooLong,
}

/// One who listens to a scanner. Dropping it lets go of the port.
pub trait SerialListening: Send {
    /// Waits for what comes next; nothing when it does not come in time.
    fn next(&mut self, timeout: Duration) -> Option<SerialTold>;
}

/// The serial scanners of a machine.
pub trait SerialScanners: Send + Sync + std::fmt::Debug {
    /// The ports that are there now.
    ///
    /// # Errors
    /// `ports_unknown` where the system has no list of them.
    fn list(&self) -> Result<Vec<SerialPort>, Problem>;

    /// Listens to the scanner at a port. One that is not there is looked for until it is, and one
    /// that goes is opened again when it comes back.
    fn listen(&self, id: &str, baud: u32) -> Box<dyn SerialListening>;
}
