//! The gate's peers: met as soon as this gate has a certificate for it.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use gatehouse_api::Gate;
use gatehouse_domain::id::TicketId;
use gatehouse_domain::scan::Verdict;
use gatehouse_gate::outpost::{Joined, Listener, Meeting, Outpost};
use gatehouse_mesh::net::News;
use serde::Serialize;

use super::GateArgs;
use crate::output;

/// How often it is looked who is there, for `--news`.
const LOOK: Duration = Duration::from_millis(20);

/// The other gates, once they are met.
pub(super) struct Peers {
    outpost: Arc<Outpost>,
    gate: Arc<Gate>,
    /// Where; none where this gate is to decide by itself.
    meeting: Option<Meeting>,
    news: bool,
    joined: Mutex<Option<Arc<Joined>>>,
}

/// A line of `--news`.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "news", rename_all = "snake_case")]
enum Told {
    /// Another gate decided about a ticket.
    Heard {
        ticket: Option<TicketId>,
        verdict: Verdict,
    },
    /// Who is there, and how much this gate knows.
    Peers {
        /// Peers that are connected and answer.
        here: usize,
        /// Scans that are known here.
        scans: u64,
        /// Whether every peer that is there knows the same.
        same: bool,
        /// The edit of the guest list that this gate has.
        roster: u64,
        /// Where it listens.
        listens: std::net::SocketAddr,
    },
    /// This gate's right was taken back.
    Revoked,
    /// This gate came back from an older copy of its file.
    RolledBack,
}

fn tell(told: &Told) {
    // Whoever listened is gone; the gate goes on.
    let _ = output::print_json(told);
    output::flush();
}

fn hear(news: &News) {
    match news {
        News::Merged(scans) => {
            for scan in scans {
                tell(&Told::Heard {
                    ticket: scan.record.ticket,
                    verdict: scan.record.verdict,
                });
            }
        }
        News::Revoked => tell(&Told::Revoked),
        News::RolledBack => tell(&Told::RolledBack),
        _ => {}
    }
}

/// Tells who is there whenever that changes, until the gate is over.
fn watch(joined: &Weak<Joined>) {
    let mut last = None;
    while let Some(joined) = joined.upgrade() {
        if let Some(mesh) = joined.mesh() {
            let view = mesh.view();
            let ready = view.peers.iter().filter(|peer| peer.peer.ready);
            let told = Told::Peers {
                here: ready.clone().filter(|peer| !peer.peer.silent).count(),
                scans: mesh.lives().iter().map(|(_, last)| last).sum(),
                same: ready.clone().all(|peer| peer.peer.same),
                roster: view.roster.number,
                listens: view.listens_on,
            };
            if last.as_ref() != Some(&told) {
                tell(&told);
                last = Some(told);
            }
        }
        drop(joined);
        std::thread::sleep(LOOK);
    }
}

impl Peers {
    pub(super) fn new(args: &GateArgs, outpost: &Arc<Outpost>, gate: &Arc<Gate>) -> Self {
        let usual = outpost.usual_meeting();
        let meeting = args
            .mesh
            .unwrap_or_default()
            .listen(usual.listen)
            .map(|listen| Meeting {
                listen,
                peers: args.peer.clone(),
                discover: usual.discover && !listen.ip().is_loopback(),
                ..usual
            });
        Self {
            outpost: Arc::clone(outpost),
            gate: Arc::clone(gate),
            meeting,
            news: args.news,
            joined: Mutex::default(),
        }
    }

    /// Meets them, where that was not possible before; the gate decides alone until then.
    pub(super) fn meet(&self) {
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(joined) = joined.as_ref() {
            // Gates that came since, and an office that was begun anew.
            if let Err(problem) = joined.greet() {
                tracing::info!(code = problem.code, "the office was not greeted");
            }
            return;
        }
        let Some(meeting) = &self.meeting else {
            return;
        };
        let listener: Listener = match self.news {
            true => Arc::new(hear),
            false => Arc::new(|_| {}),
        };
        match self.outpost.join(&self.gate, meeting.clone(), listener) {
            Ok(met) => {
                if self.news {
                    let met = Arc::downgrade(&met);
                    std::thread::spawn(move || watch(&met));
                }
                *joined = Some(met);
            }
            Err(problem) => {
                tracing::warn!(code = problem.code, "this gate decides alone");
            }
        }
    }
}
