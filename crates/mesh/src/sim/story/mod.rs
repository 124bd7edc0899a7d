//! Single stories: what the parts promise, one by one.

mod claims;
mod keeping;
mod liars;

use std::time::Duration;

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::scan::Mode;

use crate::node::{Effect, Fault, Input, Node, Own};
use crate::sim::SECOND;
use crate::sim::ledger::{EVENT, MemoryLedger, device};
use crate::sim::world::{BEGIN_MS, Happening, Setting, World};
use crate::time::Now;
use crate::wire::{Frame, Hello, Role, RosterVersion};

pub(super) fn quiet(gates: usize, policy: ReEntry) -> World {
    let setting = Setting {
        gates,
        policy,
        loss: 0,
        twice: 0,
        delay_us: 2_000,
        crash_at_write: 0,
        capacity: None,
        fault: Fault::None,
    };
    let mut world = World::new(7, setting);
    world.run_until(3 * SECOND);
    world
}

pub(super) fn present(world: &mut World, host: usize, ticket: u128) {
    world.at(world.now, Happening::Present { host, ticket });
}

pub(super) fn modes(world: &World) -> Vec<(usize, Mode)> {
    world.admissions.iter().map(|a| (a.host, a.mode)).collect()
}

pub(super) fn frames(effects: &[Effect]) -> Vec<Frame> {
    let sent = effects.iter().filter_map(|effect| match effect {
        Effect::Send(_, bytes) => Frame::from_body(&bytes[4..]).ok(),
        _ => None,
    });
    sent.collect()
}

pub(super) fn alone(role: Role) -> (Node, MemoryLedger, Now) {
    let mut ledger = MemoryLedger::default();
    ledger.devices = (0..5).map(device).collect();
    let own = Own {
        event: EVENT,
        device: device(0),
        incarnation: 1,
        role,
    };
    let now = Now {
        steady: Duration::from_secs(5),
        device_ms: BEGIN_MS,
    };
    (Node::new(own, now, &ledger), ledger, now)
}

pub(super) fn hello(n: usize) -> Hello {
    Hello {
        oldest: 1,
        newest: 1,
        event: EVENT,
        device: device(n),
        incarnation: 1,
        role: Role::Gate,
        roster: RosterVersion::default(),
        heard: true,
    }
}

pub(super) fn say(
    node: &mut Node,
    ledger: &mut MemoryLedger,
    now: Now,
    from: usize,
    frame: &Frame,
) -> Vec<Effect> {
    let body = frame.to_bytes()[4..].to_vec();
    node.handle(now, Input::Received(device(from), body), ledger)
}
