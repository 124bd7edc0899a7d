//! The reading thread: looks at each fresh frame, and tells what was seen.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

use gatehouse_credential::qr::Effort;

use super::capture::{Capture, Happened};
use super::closer::{self, Closer, Read, look};
use super::effort::Climb;
use super::glance::Glance;
use super::health::Health;
use super::presence::Presence;
use super::{Code, Fault, Pacing, Preview, Shared, State, count};
use crate::source::Picture;

/// Frames with more pixels are made smaller for the quick look: it shall take no longer than
/// until the next frame.
const QUICK_PIXELS: usize = 2_500_000;
/// How long the thread waits for a frame before it looks whether something is wrong.
const PATIENCE: Duration = Duration::from_millis(25);

pub(super) fn spawn(shared: Arc<Shared>) -> JoinHandle<()> {
    std::thread::Builder::new()
        .name("gate-reading".to_owned())
        .spawn(move || {
            let closer = Arc::new(Closer::default());
            let closer_thread = Closer::spawn(&closer, &shared);
            let read = AssertUnwindSafe(|| Reading::new(&shared, &closer).run());
            if catch_unwind(read).is_err() {
                shared.outbox.put_state(State::Ended(Some(Fault {
                    code: "watch_failed",
                    message: "Reading codes broke down. Scans that were shown as admitted stand; \
                              start the camera again."
                        .to_owned(),
                })));
            }
            shared.stop();
            closer.wake();
            if let Some(thread) = closer_thread {
                let _ = thread.join();
            }
        })
        .expect("a machine that runs the program has room for a thread")
}

struct Reading<'a> {
    shared: &'a Arc<Shared>,
    closer: &'a Closer,
    health: Health,
    presence: Presence,
    climb: Climb,
    before: Option<Glance>,
    /// When the last preview was drawn.
    drawn: Option<Duration>,
}

impl<'a> Reading<'a> {
    fn new(shared: &'a Arc<Shared>, closer: &'a Closer) -> Self {
        let settings = &shared.settings;
        Self {
            health: Health::new(settings.limits, shared.clock.elapsed()),
            presence: Presence::new(settings.away),
            climb: Climb::new(settings.ladder),
            before: None,
            drawn: None,
            shared,
            closer,
        }
    }

    fn run(mut self) {
        self.shared.outbox.put_state(self.health.state().clone());
        Capture::begin(self.shared);
        loop {
            let taken = self.shared.capture.take(self.shared, PATIENCE);
            if self.shared.is_stopped() {
                return;
            }
            let now = self.shared.clock.elapsed();
            for happened in taken.happened {
                let turned = match happened {
                    Happened::Opening => {
                        self.health.opening(now);
                        self.before = None;
                        None
                    }
                    Happened::Failed(error) => self.health.failed(&error, now),
                };
                self.tell(turned);
            }
            if let Some(read) = self.closer.fetch() {
                self.take(&read);
            }
            match taken.picture {
                Some((picture, at)) => {
                    self.look_at(&picture, at);
                    self.shared.capture.give_back(picture);
                }
                None if taken.over.is_none() => self.bear_silence(now),
                None => {}
            }
            if let Some(fault) = taken.over {
                return self.finish(fault);
            }
        }
    }

    /// Looks at one frame in every way that is due.
    fn look_at(&mut self, picture: &Picture, at: Duration) {
        let shared = self.shared;
        let glance = Glance::at(&picture.frame());
        let moved = match (&glance, &self.before) {
            (Some(now), Some(before)) => now.has_moved(before),
            _ => true,
        };
        if let Some(glance) = &glance {
            // A recording may well hold the same frame many times.
            let before = self.before.as_ref().filter(|_| picture.taken().is_none());
            let now = shared.clock.elapsed();
            let turned = self.health.frame(glance, before, now);
            self.tell(turned);
            if shared.settings.reopen.is_some() && self.health.gives_up_the_same(now) {
                tracing::info!("the camera gives the same picture on and on; it is opened again");
                shared.capture.open_anew();
            }
        }
        self.before = glance;
        let outlines = match shared.settings.pacing {
            Pacing::Each(effort) => {
                let worthwhile = || !shared.is_stopped();
                let most = closer::MOST_PIXELS;
                let mut read = look(picture, at, Effort::Quick, most, &worthwhile);
                self.note(&read, moved);
                if let Some(due) = self.climb.due()
                    && effort > Effort::Quick
                {
                    self.climb.taken(due);
                    count(&shared.counters.closer);
                    let closer = look(picture, at, due.min(effort), most, &worthwhile);
                    if closer.found.len() >= read.found.len() {
                        read = closer;
                    }
                }
                self.take(&read)
            }
            Pacing::Newest => {
                let read = look(picture, at, Effort::Quick, QUICK_PIXELS, &|| true);
                self.note(&read, moved);
                let outlines = self.take(&read);
                if let Some(effort) = self.climb.due().max(self.presence.overdue(at))
                    && self.closer.offer(picture, at, effort)
                {
                    self.climb.taken(effort);
                }
                outlines
            }
        };
        self.draw(picture, at, outlines);
        count(&shared.counters.looked_at);
    }

    /// Counts a quick look towards the harder ones.
    fn note(&mut self, read: &Read, moved: bool) {
        if read.found.is_empty() {
            self.climb.missed(moved);
        } else {
            self.climb.read();
        }
    }

    /// Tells which codes came into view with what a look read; where the codes stand.
    fn take(&mut self, read: &Read) -> Vec<[(f32, f32); 4]> {
        let (width, height) = (read.size.0.max(1) as f32, read.size.1.max(1) as f32);
        let outline =
            |corners: &[(f32, f32); 4]| corners.map(|corner| (corner.0 / width, corner.1 / height));
        let texts = read.found.iter().map(|found| found.text.as_str());
        let come = self.presence.see(read.at, read.effort, texts);
        let codes: Vec<Code> = read
            .found
            .iter()
            .zip(come)
            .filter(|(_, come)| *come)
            .map(|(found, _)| Code {
                text: found.text.clone(),
                outline: outline(&found.corners),
                mirrored: found.mirrored,
                inverted: found.inverted,
                effort: read.effort,
                at: read.at,
            })
            .collect();
        if !codes.is_empty() {
            let counter = &self.shared.counters.codes;
            counter.fetch_add(codes.len() as u64, Ordering::Relaxed);
            self.shared.outbox.put_codes(codes);
        }
        read.found
            .iter()
            .map(|found| outline(&found.corners))
            .collect()
    }

    /// Draws a preview when one is due, after the frame was read.
    fn draw(&mut self, picture: &Picture, at: Duration, outlines: Vec<[(f32, f32); 4]>) {
        let shared = self.shared;
        if !shared.previewing.load(Ordering::Acquire) {
            self.drawn = None;
            return;
        }
        let now = shared.clock.elapsed();
        let due = self
            .drawn
            .is_none_or(|drawn| now.saturating_sub(drawn) >= shared.settings.preview);
        if due {
            self.drawn = Some(now);
            let texts = self.presence.in_view(at);
            if let Some(preview) = Preview::draw(picture, outlines, texts) {
                shared.outbox.put_preview(preview);
            }
        }
    }

    /// Looks whether the source has been silent for too long.
    fn bear_silence(&mut self, now: Duration) {
        // A pipe or a disk may be slow; only cameras freeze.
        if matches!(self.shared.settings.pacing, Pacing::Each(_)) {
            return;
        }
        let turned = self.health.silence(now);
        self.tell(turned);
        if self.shared.settings.reopen.is_some() && self.health.is_stuck(now) {
            self.health.opening(now);
            if !Capture::begin(self.shared) {
                tracing::warn!("the camera's driver holds up every thread; waiting for it");
            }
        }
    }

    /// Waits for the closer look that is still under way, and tells the end.
    fn finish(&mut self, fault: Option<Fault>) {
        while !self.closer.is_idle() && !self.shared.is_stopped() {
            if let Some(read) = self.closer.fetch() {
                self.take(&read);
            } else {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        let ended = self.health.ended(fault);
        self.tell(ended);
    }

    fn tell(&self, turned: Option<State>) {
        if let Some(state) = turned {
            tracing::info!(state = state.word(), "the source of frames");
            self.shared.outbox.put_state(state);
        }
    }
}
