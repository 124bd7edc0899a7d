//! Deciding together with other gates: before the light turns green, every one that can be reached
//! is asked.

use std::time::Duration;

use gatehouse_domain::admission::Code;
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::scan::{Direction, HybridClock, Mode, Verdict};
use gatehouse_mesh::net::Mesh;
use gatehouse_mesh::wire::{Denial, DenyCode, Want};
use gatehouse_mesh::{Permission, SignedScan, Wish};
use gatehouse_store::Lane;
use gatehouse_store::event::{FirstUse, ScanRow};

use super::desk::not_allowed;
use super::work::{Decided, Denied, Occasion, ScanWork, Verdicted, Weighed, Word};
use super::{Gate, RosterSource, locked};
use crate::problem::Problem;

/// Room below which a gate asks for more, in people.
const LOW_ROOM: u32 = 8;
/// How much it asks for.
const ROOM_WANTED: u32 = 32;
/// For how long a guest waits for room that was asked for.
const ROOM_COMES: Duration = Duration::from_millis(150);
const LOOK: Duration = Duration::from_millis(5);

fn signed(row: &ScanRow) -> SignedScan {
    SignedScan {
        record: row.record.clone(),
        signed: row.signed.clone(),
        signature: row.signature.clone(),
    }
}

impl Gate {
    /// Decides together with these gates from now on.
    pub fn join(&self, mesh: Mesh) {
        *locked(&self.mesh) = Some(mesh);
    }

    /// Decides by itself from now on.
    pub fn part(&self) {
        *locked(&self.mesh) = None;
    }

    /// The other gates, where there is a mesh.
    #[must_use]
    pub fn mesh(&self) -> Option<Mesh> {
        let own = locked(&self.mesh).clone();
        own.or_else(|| match &self.source {
            RosterSource::Home(home) => home.mesh(),
            RosterSource::Carried(_) => None,
        })
    }

    /// The gate's own word, before anybody was asked.
    pub(super) fn own_word(&self) -> Word {
        let now = self.surroundings.now();
        Word {
            now,
            device_ms: now,
            clock: None,
            mode: self.mode,
            denied: None,
            room: None,
        }
    }

    /// Decides, alone or together, and writes; none when an edit has overtaken the roster.
    pub(super) fn decide(&self, mut work: ScanWork) -> Result<Option<Decided>, Problem> {
        if let Occasion::Afterwards(at) = work.occasion {
            work.word.now = at;
            work.word.clock = Some((
                HybridClock {
                    wall_ms: at,
                    counter: 0,
                },
                0,
            ));
            return self.decide_afterwards(work);
        }
        match self.mesh() {
            None => self
                .file
                .append(Lane::Scan, move |change| work.decide_and_keep(change)),
            Some(mesh) => self.decide_together(&mesh, work),
        }
    }

    /// Writes down what was: nobody stands at a door whom another could let in meanwhile.
    fn decide_afterwards(&self, work: ScanWork) -> Result<Option<Decided>, Problem> {
        let nonce = work.nonce;
        let decided = self
            .file
            .append(Lane::Scan, move |change| work.decide_and_keep(change))?;
        if let Some(mesh) = self.mesh() {
            Self::tell(&mesh, nonce, None, decided.as_ref());
        }
        Ok(decided)
    }

    /// Takes a passage back, and tells the others.
    pub(super) fn take_back(&self, work: ScanWork, undone: ScanRow) -> Result<Decided, Problem> {
        let Some(mesh) = self.mesh() else {
            return self
                .file
                .append(Lane::Scan, move |change| work.undo(change, &undone));
        };
        let record = &undone.record;
        let wish = record.ticket.map(|ticket| Wish {
            nonce: work.nonce,
            want: Want::TakeBack,
            ticket,
            session: record.session,
            zone: record.zone,
            day: record.day,
            policy: work.roster.event.settings.re_entry,
            takes_room: false,
        });
        let mut work = work;
        self.at_home_time(&mesh, &mut work);
        let until = match wish {
            Some(wish) => self.ask(&mesh, wish, &mut work)?,
            None => None,
        };
        let denied = work.word.denied.as_ref();
        if denied.is_some_and(|denied| denied.code == Code::DeviceNotAllowed) {
            return Err(not_allowed());
        }
        let nonce = work.nonce;
        let decided = self.file.append(Lane::Scan, {
            let mesh = mesh.clone();
            move |change| {
                let decided = work.undo(change, &undone)?;
                in_time(&mesh, until)?;
                Ok::<_, Problem>(decided)
            }
        });
        Self::tell(&mesh, nonce, until, decided.as_ref().ok());
        decided
    }

    fn decide_together(&self, mesh: &Mesh, mut work: ScanWork) -> Result<Option<Decided>, Problem> {
        self.at_home_time(mesh, &mut work);
        self.lease(mesh, &mut work);
        let until = match self.file.read(|view| work.weigh(view))? {
            Weighed::Overtaken => return Ok(None),
            Weighed::Repeated(decided) => return Ok(Some(*decided)),
            Weighed::Decided(verdicted) => match self.wish(&work, &verdicted) {
                Some(wish) => self.ask(mesh, wish, &mut work)?,
                None => None,
            },
        };
        let nonce = work.nonce;
        let decided = self.file.append(Lane::Scan, {
            let mesh = mesh.clone();
            move |change| {
                let decided = work.decide_and_keep(change)?;
                in_time(&mesh, until)?;
                // Nobody comes in on a claim that was not made.
                let passed = decided
                    .as_ref()
                    .filter(|decided| decided.written.is_some())
                    .is_some_and(|decided| decided.decision.verdict == Verdict::Admitted);
                if passed && until.is_none() {
                    return Err(changed_meanwhile());
                }
                Ok(decided)
            }
        });
        let told = decided.as_ref().ok().and_then(Option::as_ref);
        Self::tell(mesh, nonce, until, told);
        match decided {
            // The next look decides anew, with whatever is known then.
            Err(problem) if problem.code == CHANGED => Ok(None),
            decided => decided,
        }
    }

    /// What a passing verdict asks of the others.
    fn wish(&self, work: &ScanWork, verdicted: &Verdicted) -> Option<Wish> {
        let decision = &verdicted.decision;
        let want = match decision.verdict {
            Verdict::Admitted => Want::Enter,
            Verdict::Exited => Want::Leave,
            Verdict::Refused | Verdict::Undone => return None,
        };
        let policy = match decision.code {
            // A supervisor's word stands beside whoever holds the slot.
            Code::Forced => ReEntry::Unlimited,
            _ => work.roster.event.settings.re_entry,
        };
        Some(Wish {
            nonce: work.nonce,
            want,
            ticket: work.presented.ticket()?,
            session: decision.session.or(work.session),
            zone: work.zone,
            day: decision.day,
            policy,
            takes_room: verdicted.takes_room,
        })
    }

    /// Asks the others; gives until when a grant holds, in the mesh's steady time.
    fn ask(
        &self,
        mesh: &Mesh,
        wish: Wish,
        work: &mut ScanWork,
    ) -> Result<Option<Duration>, Problem> {
        // A mesh that was stopped is a gate alone.
        let Ok(permission) = mesh.claim(wish) else {
            work.word.mode = self.mode;
            return Ok(Some(Duration::MAX));
        };
        match permission {
            Permission::Granted {
                mode,
                clock,
                uncertainty_ms,
                until,
            } => {
                work.word.mode = mode;
                work.word.clock = Some((clock, uncertainty_ms));
                Ok(Some(until))
            }
            Permission::Denied(denial) => {
                work.word.mode = Mode::Mesh;
                work.word.denied = Some(self.denied(&denial)?);
                Ok(None)
            }
        }
    }

    fn denied(&self, denial: &Denial) -> Result<Denied, Problem> {
        let code = match denial.code {
            DenyCode::Used | DenyCode::Claimed => Code::Used,
            DenyCode::Revoked | DenyCode::RolledBack => Code::DeviceNotAllowed,
            DenyCode::Full => Code::ZoneFull,
            DenyCode::Busy => {
                return Err(Problem::new(
                    "gates_busy",
                    "another gate has too much to decide; nothing was decided here. Present the \
                     code again",
                ));
            }
        };
        let gate = self.file.read(|view| view.device(denial.device))?;
        Ok(Denied {
            code,
            first_use: (code == Code::Used).then(|| FirstUse {
                at: denial.clock.wall_ms,
                gate: gate.map_or_else(String::new, |device| device.name),
            }),
        })
    }

    /// Takes the mesh's time for the home's.
    fn at_home_time(&self, mesh: &Mesh, work: &mut ScanWork) {
        let stamp = mesh.stamp();
        work.word.now = stamp.0.wall_ms;
        work.word.clock = Some(stamp);
    }

    /// Notes how much room this gate has here, and sees to it that there is some.
    fn lease(&self, mesh: &Mesh, work: &mut ScanWork) {
        if work.direction != Direction::Entry {
            return;
        }
        let Some(mut room) = mesh.room(work.zone) else {
            return;
        };
        if room < LOW_ROOM {
            mesh.want_room(work.zone, ROOM_WANTED);
        }
        let until = mesh.steady() + ROOM_COMES;
        while room == 0 && mesh.steady() < until {
            std::thread::sleep(LOOK);
            room = mesh.room(work.zone).unwrap_or(0);
        }
        work.word.room = Some(room);
    }

    /// Tells the others what came of it.
    fn tell(mesh: &Mesh, nonce: [u8; 16], until: Option<Duration>, decided: Option<&Decided>) {
        let written = decided.and_then(|decided| decided.written.as_ref());
        let passed = written.is_some_and(|scan| scan.record.verdict != Verdict::Refused);
        if until.is_some() && !passed {
            mesh.withdrawn(nonce);
        }
        if let Some(scan) = written {
            mesh.stored(signed(scan));
        }
    }
}

const CHANGED: &str = "decided_anew";

fn changed_meanwhile() -> Problem {
    Problem::new(
        CHANGED,
        "something changed meanwhile; present the code again",
    )
}

/// Whether a grant still holds; a scan that comes later is not written.
fn in_time(mesh: &Mesh, until: Option<Duration>) -> Result<(), Problem> {
    match until {
        Some(until) if mesh.steady() > until => Err(changed_meanwhile()),
        _ => Ok(()),
    }
}
