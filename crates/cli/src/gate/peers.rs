//! The gate's peers: whom it works with, and what it says of them.

use std::sync::{Arc, Weak};
use std::time::Duration;

use gatehouse_domain::id::TicketId;
use gatehouse_domain::scan::Verdict;
use gatehouse_gate::outpost::{Alone, Company, Listener, Meeting, Outpost};
use gatehouse_machine as machine;
use gatehouse_mesh::net::News;
use serde::Serialize;

use super::GateArgs;
use crate::output;

/// How often it is looked who is there, for `--news`.
const LOOK: Duration = Duration::from_millis(20);

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
        /// Which home's it is, by its epoch.
        epoch: u32,
        /// Where it listens.
        listens: std::net::SocketAddr,
    },
    /// Something is wrong with a device or a home.
    Flagged {
        /// As the office's screen calls it.
        code: &'static str,
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
        News::Flagged(flag) => tell(&Told::Flagged { code: flag.code() }),
        _ => {}
    }
}

/// Tells who is there whenever that changes, until the gate is over.
fn watch(alone: &Weak<Alone>) {
    let mut last = None;
    while let Some(alone) = alone.upgrade() {
        let mesh = alone.joined().and_then(|joined| joined.mesh());
        if let Some(mesh) = mesh {
            let view = mesh.view();
            let ready = view.peers.iter().filter(|peer| peer.peer.ready);
            let told = Told::Peers {
                here: ready.clone().filter(|peer| !peer.peer.silent).count(),
                scans: mesh.lives().iter().map(|(_, last)| last).sum(),
                same: ready.clone().all(|peer| peer.peer.same),
                roster: view.roster.number,
                epoch: view.roster.epoch,
                listens: view.listens_on,
            };
            if last.as_ref() != Some(&told) {
                tell(&told);
                last = Some(told);
            }
        }
        drop(alone);
        std::thread::sleep(LOOK);
    }
}

/// Whom this gate works with; none where it is to decide by itself.
pub(super) fn company(args: &GateArgs, outpost: &Outpost) -> Option<Company> {
    let usual = outpost.usual_meeting();
    let listen = args.mesh.unwrap_or_default().listen(usual.listen)?;
    let listener: Listener = match args.news {
        true => Arc::new(hear),
        false => Arc::new(|_| {}),
    };
    Some(Company {
        meeting: Meeting {
            listen,
            peers: args.peer.clone(),
            discover: usual.discover && !listen.ip().is_loopback(),
            reached_at: machine::address_towards_the_network(),
            ..usual
        },
        listener,
    })
}

/// Tells who is there, where `--news` asks for it.
pub(super) fn tell_news(args: &GateArgs, alone: &Arc<Alone>) {
    if args.news {
        let alone = Arc::downgrade(alone);
        std::thread::spawn(move || watch(&alone));
    }
}
