//! What a gate does with what its office gave it ahead: it lets somebody in who has no ticket, or
//! enrols a spare gate.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gatehouse_api::{Outlying, Shown, SpareCode};
use gatehouse_gate::outpost::Alone;
use gatehouse_machine as machine;
use serde_json::json;

use super::GateArgs;
use crate::output::{self, say};

/// For how long peers are waited for before somebody is let in.
const MEET: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(50);
/// How long a spare gate may take to hear that it is one.
const ANSWERED: Duration = Duration::from_secs(3);

/// Lets somebody in who has no ticket, once peers were met.
pub(super) fn walk_in(alone: &Arc<Alone>, name: &str, answered: bool) -> anyhow::Result<Shown> {
    let end = Instant::now() + MEET;
    let met = || {
        let mesh = alone.joined().and_then(|joined| joined.mesh());
        mesh.is_some_and(|mesh| mesh.view().peers.iter().any(|peer| peer.peer.ready))
    };
    while !met() && Instant::now() < end {
        std::thread::sleep(LOOK);
    }
    let shown = alone.walk_in(name, answered, None)?;
    alone.decided();
    Ok(shown)
}

/// Shows the code for a spare gate, and waits until one has it or it is over.
pub(super) fn enrol_spare(args: &GateArgs, alone: &Arc<Alone>) -> anyhow::Result<()> {
    let left = alone.ahead().spares;
    let SpareCode { text, name, until } = alone.enrol_spare()?;
    if args.json {
        output::print_json(&json!({ "code": text, "name": name, "until": until }))?;
        output::flush();
    } else {
        say!("On the spare machine: gatehouse gate --data DIR --enrol '{text}'");
    }
    while machine::now() < until {
        std::thread::sleep(LOOK);
        if alone.ahead().spares < left {
            std::thread::sleep(ANSWERED);
            if !args.json {
                say!("{name} is a gate of this event now.");
            }
            return Ok(());
        }
    }
    anyhow::bail!("no spare gate came within five minutes; nothing was given away")
}
