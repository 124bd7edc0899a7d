//! The live loop: a thread that captures, one that reads, one that looks closer.

mod capture;
mod closer;
mod effort;
mod glance;
mod health;
pub(crate) mod outbox;
mod presence;
mod preview;
mod reading;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gatehouse_credential::qr::Effort;

use crate::source::{CameraWish, Control, Dial, FrameSource, SourceError};
use crate::steady::Steady;
use capture::Capture;
use outbox::Outbox;

pub use effort::Ladder;
pub use health::{Fault, Limits, State};
pub use preview::Preview;

/// Which frames are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pacing {
    /// The newest, of a source that does not wait: what comes while one is looked at is passed
    /// over but for the last. A recording is played at its own speed.
    Newest,
    /// Each one, as fast as it goes; the recording's own time counts. Harder looks are taken
    /// before the next frame, where the ladder has one due, and none harder than this.
    Each(Effort),
}

/// How a watch goes about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Which frames are looked at.
    pub pacing: Pacing,
    /// How long a code must be away before it counts as presented again.
    pub away: Duration,
    /// When harder looks are due.
    pub ladder: Ladder,
    /// When something is wrong with the source.
    pub limits: Limits,
    /// The first and the longest pause before a source that failed is opened again; nothing for
    /// one that can't be, such as a pipe.
    pub reopen: Option<(Duration, Duration)>,
    /// From one preview to the next.
    pub preview: Duration,
    /// What is set on the camera whenever it was opened.
    pub controls: Vec<(Dial, i64)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pacing: Pacing::Newest,
            away: Duration::from_secs(2),
            ladder: Ladder::default(),
            limits: Limits::default(),
            reopen: Some((Duration::from_millis(250), Duration::from_secs(2))),
            preview: Duration::from_millis(100),
            controls: Vec::new(),
        }
    }
}

/// A code that came into view.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// What it says.
    pub text: String,
    /// Its corners in shares of the frame's width and height: top left, top right, bottom right
    /// and bottom left as the symbol sees itself.
    pub outline: [(f32, f32); 4],
    /// It was seen from behind or in a mirror.
    pub mirrored: bool,
    /// It is light on dark.
    pub inverted: bool,
    /// The effort that read it.
    pub effort: Effort,
    /// When its frame was taken, by the watch's clock or the recording's.
    pub at: Duration,
}

/// What a watch has to tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// Codes that came into view together; at least one.
    Codes(Vec<Code>),
    /// The source is in another state than before.
    State(State),
    /// A picture of what the camera sees, while previews are asked for.
    Preview(Preview),
}

/// What a watch has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Frames that came from the source.
    pub captured: u64,
    /// Frames that came and could not be used.
    pub spoilt: u64,
    /// Frames that were passed over for newer ones.
    pub passed_over: u64,
    /// Frames that were looked at.
    pub looked_at: u64,
    /// Harder looks that were taken beside.
    pub closer: u64,
    /// Codes that came into view.
    pub codes: u64,
}

/// A running watch over a source of frames. Dropping it stops it.
#[derive(Debug)]
pub struct Watch {
    shared: Arc<Shared>,
    reader: Option<JoinHandle<()>>,
}

/// What the threads of a watch share.
struct Shared {
    settings: Settings,
    clock: Arc<dyn Steady>,
    stopped: AtomicBool,
    previewing: AtomicBool,
    capture: Capture,
    outbox: Outbox,
    counters: Counters,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("settings", &self.settings)
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Counters {
    captured: AtomicU64,
    spoilt: AtomicU64,
    passed_over: AtomicU64,
    looked_at: AtomicU64,
    closer: AtomicU64,
    codes: AtomicU64,
}

/// Counts one more.
fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Shared {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.capture.wake();
        self.outbox.close();
    }
}

impl Watch {
    /// Starts watching what `open` opens. It is called in the capture thread, again whenever the
    /// source failed in a way that may pass; `clock` times everything that is not in a recording.
    #[must_use]
    pub fn start(
        open: impl Fn() -> Result<Box<dyn FrameSource>, SourceError> + Send + Sync + 'static,
        clock: Arc<dyn Steady>,
        settings: Settings,
    ) -> Self {
        let shared = Arc::new(Shared {
            capture: Capture::new(Box::new(open)),
            outbox: Outbox::default(),
            stopped: AtomicBool::new(false),
            previewing: AtomicBool::new(false),
            counters: Counters::default(),
            settings,
            clock,
        });
        let reader = reading::spawn(Arc::clone(&shared));
        Self {
            shared,
            reader: Some(reader),
        }
    }

    /// Waits for what comes next: states first, then codes, then previews. Nothing when none of
    /// them comes in time, and at once when the watch is over and everything was told.
    #[must_use]
    pub fn next(&self, timeout: Duration) -> Option<Seen> {
        self.shared.outbox.next(timeout)
    }

    /// A recording is over, or a source failed for good, and everything was told.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.shared.outbox.is_over()
    }

    /// Makes previews, or none; at first none are made.
    pub fn set_preview(&self, wanted: bool) {
        self.shared.previewing.store(wanted, Ordering::Release);
        if !wanted {
            self.shared.outbox.drop_preview();
        }
    }

    /// What can be set on the camera, as it stood when it was opened or last set.
    #[must_use]
    pub fn controls(&self) -> Vec<Control> {
        self.shared.capture.controls()
    }

    /// The sizes and speeds of frames that the camera offered when it was opened, large ones
    /// first.
    #[must_use]
    pub fn offers(&self) -> Vec<CameraWish> {
        self.shared.capture.offers()
    }

    /// Sets a control before the next frame and whenever the camera is opened again. What the
    /// driver made of it shows in [`Watch::controls`] afterwards.
    pub fn set_control(&self, dial: Dial, value: i64) {
        self.shared.capture.order(dial, value);
    }

    /// What it has done so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let counters = &self.shared.counters;
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            captured: of(&counters.captured),
            spoilt: of(&counters.spoilt),
            passed_over: of(&counters.passed_over),
            looked_at: of(&counters.looked_at),
            closer: of(&counters.closer),
            codes: of(&counters.codes),
        }
    }

    /// Stops it and waits for its threads: true when none is left. A capture thread that a
    /// driver or a pipe holds up is waited for two seconds; it ends by itself once that lets go.
    pub fn stop(mut self) -> bool {
        self.end()
    }

    fn end(&mut self) -> bool {
        self.shared.stop();
        if let Some(reader) = self.reader.take() {
            // The reading thread never ends by a panic; it catches its own.
            let _ = reader.join();
        }
        let patience = Instant::now() + Duration::from_secs(2);
        self.shared.capture.join(patience)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.reader.is_some() && !self.end() {
            tracing::warn!("a camera's driver does not return; its thread ends when it does");
        }
    }
}
