//! The gate's peers: met as soon as this gate has a certificate for it.

use std::sync::{Arc, Mutex, PoisonError};

use gatehouse_api::Gate;
use gatehouse_gate::outpost::{Joined, Meeting, Outpost};

use super::GateArgs;

/// The other gates, once they are met.
#[derive(Debug)]
pub(super) struct Peers {
    outpost: Arc<Outpost>,
    gate: Arc<Gate>,
    /// Where; none where this gate is to decide by itself.
    meeting: Option<Meeting>,
    joined: Mutex<Option<Arc<Joined>>>,
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
            joined: Mutex::default(),
        }
    }

    /// Meets them, where that was not possible before; the gate decides alone until then.
    pub(super) fn meet(&self) {
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(meeting) = self.meeting.as_ref().filter(|_| joined.is_none()) else {
            return;
        };
        match self.outpost.join(&self.gate, meeting.clone()) {
            Ok(met) => *joined = Some(met),
            Err(problem) => {
                tracing::warn!(code = problem.code, "this gate decides alone");
            }
        }
    }
}
