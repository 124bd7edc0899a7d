//! An outpost that is at work on its own machine: its gate, its talk with the office, and what its
//! window is told.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use gatehouse_api::{Gate, OfficeLine, Outlying, Problem};
use gatehouse_domain::id::{DeviceId, EventId};

use super::talk::Talk;
use super::{Exchange, Outpost, revoked};
use crate::lock;

/// How a program ends a gate that was left: puts its folder away, and starts anew.
pub type Leaving = Box<dyn Fn() + Send + Sync>;

/// A gate at work away from its office.
pub struct Alone {
    outpost: Outpost,
    /// None before the first list is there.
    gate: Mutex<Option<Arc<Gate>>>,
    talk: Talk,
    leaving: Option<(PathBuf, Leaving)>,
    talking: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Alone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alone")
            .field("device", &self.outpost.device())
            .finish_non_exhaustive()
    }
}

impl Alone {
    /// Opens the gate of `outpost` and begins to talk to its office on a thread of its own; `hear`
    /// is told of each exchange. A gate whose right was taken back opens too, and says so.
    ///
    /// With `leaving` its window may end it: the folder is emptied, and what was given is called.
    pub fn begin(
        outpost: Outpost,
        talk: Talk,
        leaving: Option<(PathBuf, Leaving)>,
        hear: impl Fn(&Exchange) + Send + 'static,
    ) -> Result<Arc<Self>, Problem> {
        let gate = match outpost.gate() {
            Ok(gate) => Some(Arc::new(gate)),
            Err(problem) if matches!(problem.code, "scanner_revoked" | "roster_missing") => None,
            Err(problem) => return Err(problem),
        };
        let alone = Arc::new(Self {
            outpost,
            gate: Mutex::new(gate),
            talk,
            leaving,
            talking: Mutex::default(),
        });
        let talker = Arc::clone(&alone);
        let thread = std::thread::Builder::new()
            .name("gatehouse-talk".into())
            .spawn(move || {
                talker
                    .talk
                    .go_on(&talker.outpost, || talker.gate().ok(), hear);
            })?;
        *lock(&alone.talking) = Some(thread);
        Ok(alone)
    }

    /// Ends the talk with the office, after one more exchange; `false` where it broke off.
    pub fn end(&self) -> bool {
        self.talk.stop();
        let talking = lock(&self.talking).take();
        talking.is_none_or(|thread| thread.join().is_ok())
    }

    /// The talk with the office.
    #[must_use]
    pub fn talk(&self) -> &Talk {
        &self.talk
    }
}

impl Outlying for Alone {
    fn event(&self) -> EventId {
        self.outpost.event()
    }

    fn device(&self) -> DeviceId {
        self.outpost.device()
    }

    fn name(&self) -> String {
        self.outpost.name()
    }

    fn gate(&self) -> Result<Arc<Gate>, Problem> {
        let mut gate = lock(&self.gate);
        if self.talk.standing().revoked {
            *gate = None;
            return Err(revoked());
        }
        if let Some(gate) = gate.as_ref() {
            return Ok(Arc::clone(gate));
        }
        let opened = Arc::new(self.outpost.gate()?);
        *gate = Some(Arc::clone(&opened));
        Ok(opened)
    }

    fn line(&self) -> OfficeLine {
        let gate = self.gate().ok();
        OfficeLine {
            away_since: self.talk.standing().away_since,
            heard_at: self.outpost.heard_at().ok().flatten(),
            roster_at: gate.and_then(|gate| gate.roster_at().ok().flatten()),
        }
    }

    fn decided(&self) {
        self.talk.decided();
    }

    fn leave(&self) -> Result<(), Problem> {
        let Some((folder, leaving)) = &self.leaving else {
            return Err(Problem::new(
                "office_needed",
                "this gate was started by hand; end its program there. Nothing was changed",
            ));
        };
        // What the office still lacks goes now, whether or not it wants this gate.
        let last = self.talk.exchange(&self.outpost);
        let waiting = self.outpost.waiting()?;
        if waiting > 0 {
            let why = last.err().map(|problem| problem.detail).unwrap_or_default();
            return Err(Problem::new(
                "scans_waiting",
                format!(
                    "the office does not have {waiting} scans of this gate yet. {why} They are \
                     kept here; bring both together, then leave"
                ),
            ));
        }
        self.talk.stop();
        self.outpost.forget()?;
        super::clear(folder)?;
        leaving();
        Ok(())
    }
}
