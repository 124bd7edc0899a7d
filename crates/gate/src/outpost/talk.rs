//! When a gate talks to its home, and what it knows of how that goes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gatehouse_api::{Gate, Problem};

use super::{Exchange, Outpost};
use crate::lock;

/// How long the loop waits for what comes next.
const LOOK: Duration = Duration::from_millis(200);
/// Between an admission and the exchange that tells the office of it.
const SOON: Duration = Duration::from_millis(500);
/// The same where the office hears of each admission by the mesh: what it changed of this gate
/// comes with the exchange.
const MET: Duration = Duration::from_secs(10);
/// How often it is looked whether the office has the scans by another way.
const SHARED: Duration = Duration::from_secs(1);
/// The first and the longest pause after an exchange that failed.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// The longest pause, whatever came before, where a person looks at the gate's window.
const WATCHED: Duration = Duration::from_secs(10);

/// How the last exchanges went.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    /// Since when the home does not answer, UTC ms.
    pub(super) away_since: Option<i64>,
    /// The right was taken back.
    pub(super) revoked: bool,
}

/// When the gate talks to its office.
#[derive(Debug, Default)]
pub struct Talk {
    /// Scans that were decided here.
    scans: AtomicU64,
    over: AtomicBool,
    standing: Mutex<Standing>,
    /// One exchange at a time, whoever wants it.
    turn: Mutex<()>,
    /// Whether a person looks at how it stands.
    watched: bool,
}

impl Talk {
    /// A talk that a person follows on a screen: whether the office is there is found out soon.
    #[must_use]
    pub fn watched() -> Self {
        Self {
            watched: true,
            ..Self::default()
        }
    }

    /// Ends it, after one more exchange.
    pub fn stop(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// Whether it was ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Notes that something was decided: the office is told soon.
    pub fn decided(&self) {
        self.scans.fetch_add(1, Ordering::AcqRel);
    }

    /// Notes that the right was taken back.
    pub(super) fn revoked(&self) {
        lock(&self.standing).revoked = true;
    }

    pub(super) fn standing(&self) -> Standing {
        lock(&self.standing).clone()
    }

    /// One exchange now; what comes of it is remembered.
    pub(super) fn exchange(&self, outpost: &Outpost) -> Result<Exchange, Problem> {
        let _turn = lock(&self.turn);
        let done = outpost.exchange();
        let mut standing = lock(&self.standing);
        match &done {
            Ok(_) => standing.away_since = None,
            Err(problem) if problem.code == "scanner_revoked" => {
                standing.away_since = None;
                standing.revoked = true;
            }
            Err(_) => {
                let now = outpost.surroundings.now();
                standing.away_since.get_or_insert(now);
            }
        }
        done
    }

    /// Notes which scans the office has through other gates or a connection of its own, without an
    /// exchange.
    pub(super) fn note_shared(&self, outpost: &Outpost) {
        let _turn = lock(&self.turn);
        if let Err(problem) = outpost.note_shared() {
            tracing::warn!(
                code = problem.code,
                "what the office has was not written down"
            );
        }
    }

    /// Talks to the office now and then, soon after each scan (later where it hears of them by the
    /// mesh), and once more at the end. While it
    /// is away, the gate goes on by itself. `gate` is asked anew each time; none once its right
    /// was taken back, or its list was dropped. `hear` is told how each exchange went.
    pub fn go_on(
        &self,
        outpost: &Outpost,
        gate: impl Fn() -> Option<std::sync::Arc<Gate>>,
        hear: impl Fn(Result<&Exchange, &Problem>),
    ) {
        let mut told = 0;
        let mut due = Instant::now();
        let mut shared = due;
        let mut pause = BACK_OFF.0;
        let longest = match self.watched {
            true => WATCHED,
            false => BACK_OFF.1,
        };
        loop {
            let over = self.is_over();
            let scans = self.scans.load(Ordering::Acquire);
            if scans != told && pause == BACK_OFF.0 {
                let soon = match outpost.meets_home() {
                    true => MET,
                    false => SOON,
                };
                due = due.min(Instant::now() + soon);
            }
            if over || Instant::now() >= due {
                match self.exchange(outpost) {
                    Ok(done) => {
                        told = scans;
                        pause = BACK_OFF.0;
                        let minutes = u64::from(outpost.settings().sync_interval_minutes);
                        let usual = Duration::from_secs(minutes * 60);
                        due = Instant::now()
                            + if self.watched {
                                usual.min(WATCHED)
                            } else {
                                usual
                            };
                        // Where the office wants it now.
                        if let Some(gate) = gate() {
                            gate.move_to(outpost.stand());
                        }
                        hear(Ok(&done));
                    }
                    Err(problem) => {
                        tracing::warn!(code = problem.code, "the office was not reached");
                        hear(Err(&problem));
                        due = Instant::now() + pause;
                        pause = (pause * 2).min(longest);
                    }
                }
                if over {
                    return;
                }
            } else if shared.elapsed() >= SHARED {
                self.note_shared(outpost);
                shared = Instant::now();
            }
            std::thread::sleep(LOOK);
        }
    }
}
