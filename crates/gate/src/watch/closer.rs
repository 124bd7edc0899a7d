//! The closer look: a thread that takes its time over one frame while fresh ones are read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gatehouse_credential::qr::{Effort, Found, decode_while, foreign};

use super::{Shared, count};
use crate::lock;
use crate::source::Picture;

/// Frames with more pixels are made smaller before they are looked at closer.
pub(super) const MOST_PIXELS: usize = 9_000_000;

/// A look that takes longer is broken off: by then the guest holds the code otherwise, and other
/// looks wait.
const LONGEST: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct Closer {
    desk: Mutex<Desk>,
    changed: Condvar,
}

#[derive(Default)]
struct Desk {
    job: Option<(Picture, Duration, Effort)>,
    busy: bool,
    /// A thread stands at the desk.
    manned: bool,
    spare: Option<Picture>,
    read: Option<Read>,
}

/// What a look at one frame read.
pub(super) struct Read {
    pub(super) at: Duration,
    pub(super) effort: Effort,
    pub(super) found: Vec<Found>,
    /// The frame's size, which the corners are measured by.
    pub(super) size: (u32, u32),
}

impl Closer {
    pub(super) fn spawn(closer: &Arc<Self>, shared: &Arc<Shared>) -> Option<JoinHandle<()>> {
        let (own, shared) = (Arc::clone(closer), Arc::clone(shared));
        let thread = std::thread::Builder::new()
            .name("gate-closer".to_owned())
            .spawn(move || own.run(&shared))
            .inspect_err(|error| tracing::error!(%error, "no thread for closer looks"))
            .ok();
        lock(&closer.desk).manned = thread.is_some();
        thread
    }

    /// Lays a copy of a frame on the desk, unless another is there or nobody stands at it.
    pub(super) fn offer(&self, picture: &Picture, at: Duration, effort: Effort) -> bool {
        let mut desk = lock(&self.desk);
        if !desk.manned || desk.busy || desk.job.is_some() || desk.read.is_some() {
            return false;
        }
        let mut copy = desk.spare.take().unwrap_or_default();
        copy.clone_from(picture);
        desk.job = Some((copy, at, effort));
        self.changed.notify_all();
        true
    }

    /// What was read since, once.
    pub(super) fn fetch(&self) -> Option<Read> {
        lock(&self.desk).read.take()
    }

    /// Nothing lies on the desk and nothing waits to be fetched.
    pub(super) fn is_idle(&self) -> bool {
        let desk = lock(&self.desk);
        !desk.busy && desk.job.is_none() && desk.read.is_none()
    }

    pub(super) fn wake(&self) {
        let _desk = lock(&self.desk);
        self.changed.notify_all();
    }

    fn run(&self, shared: &Shared) {
        loop {
            let empty = |desk: &mut Desk| desk.job.is_none() && !shared.is_stopped();
            let mut desk = self
                .changed
                .wait_while(lock(&self.desk), empty)
                .unwrap_or_else(PoisonError::into_inner);
            let Some((picture, at, effort)) = desk.job.take() else {
                return;
            };
            desk.busy = true;
            drop(desk);
            let begun = Instant::now();
            let worthwhile = || !shared.is_stopped() && begun.elapsed() < LONGEST;
            let read = AssertUnwindSafe(|| look(&picture, at, effort, MOST_PIXELS, &worthwhile));
            let read = catch_unwind(read).ok();
            count(&shared.counters.closer);
            let mut desk = lock(&self.desk);
            desk.busy = false;
            desk.spare = Some(picture);
            desk.read = read;
        }
    }
}

/// Reads a frame, made smaller where it has more than `most` pixels; in a harder look that finds
/// no QR code also what is not ours in any case.
pub(super) fn look(
    picture: &Picture,
    at: Duration,
    effort: Effort,
    most: usize,
    worthwhile: &dyn Fn() -> bool,
) -> Read {
    let reduced = picture.reduced(most);
    let (small, shrunk) = reduced
        .as_ref()
        .map_or((picture, 1.), |(small, by)| (small, *by));
    let mut found = decode_while(&small.frame(), effort, worthwhile);
    // Whoever holds up another kind of ticket is to hear so, and not to wait for nothing.
    if found.is_empty() && effort > Effort::Quick {
        found = foreign(&small.frame());
    }
    for corner in found.iter_mut().flat_map(|found| &mut found.corners) {
        *corner = (corner.0 * shrunk, corner.1 * shrunk);
    }
    Read {
        at,
        effort,
        found,
        size: (picture.width(), picture.height()),
    }
}
