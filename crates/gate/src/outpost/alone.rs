//! An outpost that is at work on its own machine: its gate, its talk with the office, and what its
//! window is told.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use gatehouse_api::{Ahead, Gate, OfficeLine, Outlying, Problem, Shown, SpareCode};
use gatehouse_domain::id::{DeviceId, EventId};
use gatehouse_mesh::net::News;

use super::mesh::{Joined, Listener, Meeting};
use super::over::list_dropped;
use super::spare::SpareDoor;
use super::talk::Talk;
use super::{Exchange, Outpost, revoked};
use crate::lock;

/// How a program ends a gate that was left: puts its folder away, and starts anew.
pub type Leaving = Box<dyn Fn() + Send + Sync>;

/// Whom a gate works with.
pub struct Company {
    /// Where its peers are met.
    pub meeting: Meeting,
    /// Hears what they do.
    pub listener: Listener,
}

impl Company {
    /// Whoever is found by itself; nobody listens.
    #[must_use]
    pub fn usual(outpost: &Outpost) -> Self {
        Self {
            meeting: outpost.usual_meeting(),
            listener: Arc::new(|_| {}),
        }
    }
}

/// A gate at work away from its office.
pub struct Alone {
    outpost: Arc<Outpost>,
    company: Option<Company>,
    joined: Mutex<Option<Arc<Joined>>>,
    /// None before the first list is there.
    gate: Mutex<Option<Arc<Gate>>>,
    talk: Talk,
    leaving: Option<(PathBuf, Leaving)>,
    /// Waits for a spare gate, while one is to be enrolled.
    spare: Mutex<Option<SpareDoor>>,
    talking: Mutex<Option<JoinHandle<()>>>,
}

/// Whether a gate is one still, though it can let nobody in.
fn is_without_list(problem: &Problem) -> bool {
    matches!(
        problem.code,
        "scanner_revoked" | "roster_missing" | "list_dropped"
    )
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
    /// is told of each exchange. With `company` it decides together with whoever is met. A gate whose
    /// right was taken back, or whose event is over, opens too, and says so.
    ///
    /// With `leaving` its window may end it: the folder is emptied, and what was given is called.
    pub fn begin(
        outpost: Outpost,
        talk: Talk,
        company: Option<Company>,
        leaving: Option<(PathBuf, Leaving)>,
        hear: impl Fn(&Exchange) + Send + 'static,
    ) -> Result<Arc<Self>, Problem> {
        let gate = match outpost.gate() {
            Ok(gate) => Some(Arc::new(gate)),
            Err(problem) if is_without_list(&problem) => None,
            Err(problem) => return Err(problem),
        };
        let alone = Arc::new(Self {
            outpost: Arc::new(outpost),
            company,
            joined: Mutex::default(),
            gate: Mutex::new(gate),
            talk,
            leaving,
            spare: Mutex::default(),
            talking: Mutex::default(),
        });
        alone.meet();
        let talker = Arc::clone(&alone);
        let thread = std::thread::Builder::new()
            .name("gatehouse-talk".into())
            .spawn(move || {
                let hear = |done: Result<&Exchange, &Problem>| {
                    if let Ok(done) = done {
                        hear(done);
                        talker.meet();
                    }
                    // Without a list there is nothing to decide together.
                    if matches!(talker.gate(), Err(problem) if problem.code == "list_dropped") {
                        talker.part();
                    }
                };
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
        lock(&self.spare).take();
        let talking = lock(&self.talking).take();
        let told = talking.is_none_or(|thread| thread.join().is_ok());
        self.part();
        told
    }

    /// Meets the peers where that was not possible before; the gate decides alone until then.
    /// Those that are met are told where this gate is, for networks on which they don't find it.
    fn meet(self: &Arc<Self>) {
        let (Some(company), Ok(gate)) = (&self.company, self.gate()) else {
            return;
        };
        let mut joined = lock(&self.joined);
        if let Some(joined) = joined.as_ref() {
            if let Err(problem) = joined.greet() {
                tracing::info!(code = problem.code, "the office was not greeted");
            }
            return;
        }
        let (weak, told) = (Arc::downgrade(self), Arc::clone(&company.listener));
        let listener: Listener = Arc::new(move |news| {
            if let (News::Revoked, Some(alone)) = (news, weak.upgrade()) {
                alone.talk.revoked();
            }
            told(news);
        });
        match self.outpost.join(&gate, company.meeting.clone(), listener) {
            Ok(met) => *joined = Some(met),
            Err(problem) => tracing::warn!(code = problem.code, "this gate decides alone"),
        }
    }

    /// Leaves the peers.
    fn part(&self) {
        let joined = lock(&self.joined).take();
        if let Some(joined) = joined {
            joined.leave();
        }
    }

    /// The peers, once they are met.
    #[must_use]
    pub fn joined(&self) -> Option<Arc<Joined>> {
        lock(&self.joined).clone()
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
        if self.outpost.over_since()?.is_some() {
            *gate = None;
            return Err(list_dropped());
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
            alone_until: self.outpost.alone_until().ok().flatten(),
        }
    }

    fn waiting(&self) -> Result<u64, Problem> {
        self.outpost.waiting()
    }

    fn decided(&self) {
        self.talk.decided();
    }

    fn ahead(&self) -> Ahead {
        let left = self.gate().and_then(|gate| self.outpost.ahead(&gate));
        left.unwrap_or_default()
    }

    fn walk_in(
        &self,
        name: &str,
        answered: bool,
        nonce: Option<[u8; 16]>,
    ) -> Result<Shown, Problem> {
        let gate = self.gate()?;
        self.outpost.walk_in(&gate, name, answered, nonce)
    }

    fn enrol_spare(&self) -> Result<SpareCode, Problem> {
        self.gate()?;
        let usual = self.outpost.usual_meeting();
        let meeting = self
            .company
            .as_ref()
            .map_or(&usual, |company| &company.meeting);
        let listen = meeting.listen.ip();
        let reached_at: Vec<IpAddr> = match listen.is_unspecified() {
            true => meeting.reached_at.into_iter().collect(),
            false => vec![listen],
        };
        if reached_at.is_empty() {
            return Err(Problem::new(
                "network_unavailable",
                "this machine is on no network on which a spare gate could reach it. Nothing was \
                 changed",
            ));
        }
        let mesh = self.joined().and_then(|joined| joined.mesh());
        let mesh = mesh.map(|mesh| mesh.listens_on());
        let mut spare = lock(&self.spare);
        // Whoever had the code before comes too late.
        spare.take();
        let (door, code) = self.outpost.open_to_spare(listen, &reached_at, mesh)?;
        *spare = Some(door);
        Ok(code)
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
        self.talk.note_shared(&self.outpost);
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
        self.part();
        self.outpost.forget()?;
        super::clear(folder)?;
        leaving();
        Ok(())
    }
}
