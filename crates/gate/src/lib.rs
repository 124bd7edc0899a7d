//! The gate's eyes: frames from cameras, pictures and videos, and the codes that stand in them;
//! texts from scanners that type or hang on a serial port; and what a text is that is no ticket.
//!
//! [`Watch`] is the live gate's loop. Its capture thread keeps the newest frame, its reading
//! thread looks at each fresh one, and a third looks closer at what the second could not read;
//! whoever holds the watch takes what was seen, one [`Seen`] after the other. To it a code is a
//! text that came into view; what it opens is decided by a gate: the event's own at its home, or
//! an [`outpost`] away from it.

mod lenses;
pub mod measure;
pub mod outpost;
#[cfg(feature = "serial")]
mod ports;
pub mod recognise;
pub mod scanner;
#[cfg(feature = "serial")]
pub mod serial;
pub mod source;
mod steady;
pub mod watch;

pub use lenses::MachineCameras;
#[cfg(feature = "serial")]
pub use ports::MachinePorts;
pub use recognise::{Kind, recognise};
pub use source::{CameraName, FrameSource, Next, Origin, Picture, SourceError, cameras};
pub use steady::{Steady, Stopwatch};
pub use watch::{Code, Fault, Pacing, Preview, Seen, Settings, State, Watch};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The guarded value, also after a thread that held it panicked: none of ours leaves one half
/// changed.
fn lock<T>(guarded: &Mutex<T>) -> MutexGuard<'_, T> {
    guarded.lock().unwrap_or_else(PoisonError::into_inner)
}
