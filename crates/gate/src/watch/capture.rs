//! The capture thread: opens the source, keeps the newest frame, opens it again when it fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Fault, Pacing, Shared, count};
use crate::lock;
use crate::source::{CameraWish, Control, Dial, FrameSource, Next, Picture, SourceError};

/// Frames in a row that can't be used before the source counts as lost.
const MOST_SPOILT: u32 = 90;
/// Capture threads that may be held up by a driver at once; then no further one is started.
const MOST_HELD_UP: usize = 2;
/// Pictures that are kept for their buffers.
const MOST_SPARE: usize = 3;

type Open = Box<dyn Fn() -> Result<Box<dyn FrameSource>, SourceError> + Send + Sync>;

/// What the capture threads share with the reading one.
pub(super) struct Capture {
    open: Open,
    slot: Mutex<Slot>,
    changed: Condvar,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Default)]
struct Slot {
    /// The thread whose frames count; those of an earlier one end when they find out.
    generation: u64,
    newest: Option<(Picture, Duration)>,
    spare: Vec<Picture>,
    /// In the order in which it happened; never more than one of a kind in a row.
    happened: Vec<Happened>,
    over: Option<Option<Fault>>,
    controls: Vec<Control>,
    offers: Vec<CameraWish>,
    orders: Vec<(Dial, i64)>,
    /// What is set anew whenever the source is opened.
    standing: Vec<(Dial, i64)>,
    /// The source is to be let go of and opened again.
    anew: bool,
}

/// Why capturing ended without a fault.
enum Ended {
    /// There are no more frames, or the thread is to end.
    Over,
    /// The source is to be opened again.
    Anew,
}

/// Something that happened to the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happened {
    /// It is being opened.
    Opening,
    /// It failed, and is opened again after a while.
    Failed(SourceError),
}

/// What the reading thread finds.
pub(super) struct Taken {
    pub(super) happened: Vec<Happened>,
    pub(super) picture: Option<(Picture, Duration)>,
    /// The source is over, and its last frame was taken.
    pub(super) over: Option<Option<Fault>>,
}

impl Capture {
    pub(super) fn new(open: Open) -> Self {
        Self {
            open,
            slot: Mutex::default(),
            changed: Condvar::new(),
            threads: Mutex::default(),
        }
    }

    /// Starts a capture thread in the place of any other. False when drivers hold up too many.
    pub(super) fn begin(shared: &Arc<Shared>) -> bool {
        let capture = &shared.capture;
        let mut threads = lock(&capture.threads);
        threads.retain(|thread| !thread.is_finished());
        if threads.len() >= MOST_HELD_UP {
            return false;
        }
        let generation = {
            let mut slot = lock(&capture.slot);
            slot.generation += 1;
            slot.anew = false;
            slot.generation
        };
        capture.changed.notify_all();
        let own = Arc::clone(shared);
        let thread = std::thread::Builder::new()
            .name("gate-capture".to_owned())
            .spawn(move || run(&own, generation));
        match thread {
            Ok(thread) => {
                threads.push(thread);
                true
            }
            Err(error) => {
                tracing::error!(%error, "no thread for the camera");
                false
            }
        }
    }

    /// Wakes whoever waits, to look whether it is over.
    pub(super) fn wake(&self) {
        let _slot = lock(&self.slot);
        self.changed.notify_all();
    }

    /// Waits for the threads, at most until then; true when none is left.
    pub(super) fn join(&self, until: Instant) -> bool {
        loop {
            let mut threads = lock(&self.threads);
            threads.retain(|thread| !thread.is_finished());
            if threads.is_empty() {
                return true;
            }
            drop(threads);
            if Instant::now() >= until {
                return false;
            }
            self.wake();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(super) fn controls(&self) -> Vec<Control> {
        lock(&self.slot).controls.clone()
    }

    pub(super) fn offers(&self) -> Vec<CameraWish> {
        lock(&self.slot).offers.clone()
    }

    pub(super) fn order(&self, dial: Dial, value: i64) {
        let slot = &mut *lock(&self.slot);
        for list in [&mut slot.orders, &mut slot.standing] {
            list.retain(|order| order.0 != dial);
            list.push((dial, value));
        }
    }

    /// Has the capture thread let go of the source and open it again, which it does before the
    /// next frame.
    pub(super) fn open_anew(&self) {
        lock(&self.slot).anew = true;
    }

    /// Takes the newest frame and what happened, after waiting for either.
    pub(super) fn take(&self, shared: &Shared, timeout: Duration) -> Taken {
        let idle = |slot: &mut Slot| {
            slot.newest.is_none()
                && slot.happened.is_empty()
                && slot.over.is_none()
                && !shared.is_stopped()
        };
        let (mut slot, _) = self
            .changed
            .wait_timeout_while(lock(&self.slot), timeout, idle)
            .unwrap_or_else(PoisonError::into_inner);
        let picture = slot.newest.take();
        let taken = Taken {
            happened: std::mem::take(&mut slot.happened),
            over: if picture.is_none() {
                slot.over.take()
            } else {
                None
            },
            picture,
        };
        self.changed.notify_all();
        taken
    }

    /// Takes a picture's buffer back.
    pub(super) fn give_back(&self, picture: Picture) {
        let mut slot = lock(&self.slot);
        if slot.spare.len() < MOST_SPARE {
            slot.spare.push(picture);
        }
    }
}

/// One capture thread's view of what is shared.
struct Turn<'a> {
    shared: &'a Shared,
    generation: u64,
}

fn run(shared: &Shared, generation: u64) {
    let turn = Turn { shared, generation };
    let reopen = shared.settings.reopen;
    let mut pause = reopen.map(|(first, _)| first);
    while turn.is_on() {
        turn.tell(Happened::Opening);
        let mut came = false;
        // What drivers' wrappers panic with is one more way to fail.
        let ended = catch_unwind(AssertUnwindSafe(|| turn.capture(&mut came)))
            .unwrap_or_else(|panic| Err(panicked(&*panic)));
        if came {
            pause = reopen.map(|(first, _)| first);
        }
        match (ended, pause, reopen) {
            // A driver needs a moment between letting go and opening.
            (Ok(Ended::Anew), ..) => turn.rest(reopen.map_or(Duration::ZERO, |(first, _)| first)),
            (Ok(Ended::Over), ..) => return turn.end(None),
            (Err(error), Some(now), Some((_, longest))) if error.may_pass() => {
                tracing::info!(code = error.code(), %error, "the source of frames failed");
                turn.tell(Happened::Failed(error));
                turn.rest(now);
                pause = Some((now * 2).min(longest));
            }
            (Err(error), ..) => return turn.end(Some(Fault::from(&error))),
        }
    }
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> SourceError {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    SourceError::CameraLost {
        reason: format!(
            "its driver broke down ({})",
            said.unwrap_or("without a word")
        ),
    }
}

impl Turn<'_> {
    /// Nobody stopped the watch, and no other thread took over.
    fn is_on(&self) -> bool {
        !self.shared.is_stopped() && lock(&self.shared.capture.slot).generation == self.generation
    }

    /// Opens the source and captures until it ends, fails or is to be opened again; says whether a
    /// frame came.
    fn capture(&self, came: &mut bool) -> Result<Ended, SourceError> {
        let mut source = (self.shared.capture.open)()?;
        self.set_up(source.as_mut());
        let counters = &self.shared.counters;
        let mut spoilt = 0;
        let mut picture = self.spare();
        while self.is_on() {
            if std::mem::take(&mut lock(&self.shared.capture.slot).anew) {
                return Ok(Ended::Anew);
            }
            self.obey(source.as_mut());
            match source.next_frame(&mut picture)? {
                Next::Frame if picture.is_empty() => spoilt += 1,
                Next::Frame => {
                    (*came, spoilt) = (true, 0);
                    count(&counters.captured);
                    picture = self.hand_over(picture);
                    continue;
                }
                Next::Spoilt(error) => {
                    tracing::debug!(code = error.code(), %error, "a frame was left out");
                    spoilt += 1;
                    // What is not opened again says itself when it is over.
                    if spoilt >= MOST_SPOILT && self.shared.settings.reopen.is_some() {
                        return Err(SourceError::CameraLost {
                            reason: error.to_string(),
                        });
                    }
                }
                Next::Nothing => continue,
                Next::End => return Ok(Ended::Over),
            }
            count(&counters.spoilt);
        }
        Ok(Ended::Over)
    }

    /// Lays the frame where the reading thread takes it; an empty picture for the next.
    fn hand_over(&self, picture: Picture) -> Picture {
        let shared = self.shared;
        let at = match (shared.settings.pacing, picture.taken()) {
            (Pacing::Each(_), Some(taken)) => taken,
            (Pacing::Each(_), None) => shared.clock.elapsed(),
            (Pacing::Newest, taken) => {
                if let Some(taken) = taken {
                    self.rest(taken.saturating_sub(shared.clock.elapsed()));
                }
                shared.clock.elapsed()
            }
        };
        let each = matches!(shared.settings.pacing, Pacing::Each(_));
        let full = |slot: &mut Slot| {
            each && slot.newest.is_some()
                && slot.generation == self.generation
                && !shared.is_stopped()
        };
        let capture = &shared.capture;
        let mut slot = capture
            .changed
            .wait_while(lock(&capture.slot), full)
            .unwrap_or_else(PoisonError::into_inner);
        if slot.generation != self.generation {
            return picture;
        }
        let before = slot.newest.replace((picture, at));
        let spare = match before {
            Some((old, _)) => {
                count(&shared.counters.passed_over);
                old
            }
            None => slot.spare.pop().unwrap_or_default(),
        };
        capture.changed.notify_all();
        spare
    }

    fn spare(&self) -> Picture {
        lock(&self.shared.capture.slot)
            .spare
            .pop()
            .unwrap_or_default()
    }

    fn tell(&self, happened: Happened) {
        let mut slot = lock(&self.shared.capture.slot);
        if slot.generation == self.generation && slot.happened.last() != Some(&happened) {
            // Nobody reads for long only when the machine stands still.
            if slot.happened.len() >= 8 {
                slot.happened.remove(0);
            }
            slot.happened.push(happened);
        }
        self.shared.capture.changed.notify_all();
    }

    fn end(&self, fault: Option<Fault>) {
        let mut slot = lock(&self.shared.capture.slot);
        if slot.generation == self.generation {
            slot.over = Some(fault);
        }
        self.shared.capture.changed.notify_all();
    }

    /// Waits, unless the watch is stopped or another thread takes over meanwhile.
    fn rest(&self, pause: Duration) {
        let capture = &self.shared.capture;
        let until = Instant::now() + pause;
        let mut slot = lock(&capture.slot);
        while slot.generation == self.generation && !self.shared.is_stopped() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            slot = capture
                .changed
                .wait_timeout(slot, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Sets what stands in the settings and what was ordered since.
    fn set_up(&self, source: &mut dyn FrameSource) {
        let standing = {
            let mut slot = lock(&self.shared.capture.slot);
            slot.orders.clear();
            slot.standing.clone()
        };
        let settings = &self.shared.settings.controls;
        let settings = settings
            .iter()
            .filter(|(dial, _)| standing.iter().all(|(other, _)| other != dial));
        for (dial, value) in settings.chain(&standing) {
            set(source, *dial, *value);
        }
        self.show_controls(source);
        let offers = source.offers();
        lock(&self.shared.capture.slot).offers = offers;
    }

    /// Sets what was ordered since the last frame.
    fn obey(&self, source: &mut dyn FrameSource) {
        let orders = std::mem::take(&mut lock(&self.shared.capture.slot).orders);
        if orders.is_empty() {
            return;
        }
        for (dial, value) in orders {
            set(source, dial, value);
        }
        self.show_controls(source);
    }

    fn show_controls(&self, source: &dyn FrameSource) {
        let controls = source.controls();
        lock(&self.shared.capture.slot).controls = controls;
    }
}

fn set(source: &mut dyn FrameSource, dial: Dial, value: i64) {
    if let Err(error) = source.set(dial, value) {
        tracing::warn!(code = error.code(), %error, "a control of the camera was not set");
    }
}
