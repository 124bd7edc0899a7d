//! A seeded simulation of gates over the same state machine that gates run: loss, delay,
//! duplication, reordering, partitions, crashes, wrong clocks, revocations.
//!
//! `GATEHOUSE_MESH_SEEDS` sets how many seeds run, `GATEHOUSE_MESH_FIRST_SEED` where they begin.

mod checks;
mod gates;
mod ledger;
mod merging;
mod story;
mod world;

use gatehouse_domain::admission::Code;
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::TicketId;
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict};
use uuid::Uuid;

use crate::node::Fault;
use ledger::device;
use world::{Dice, Happening, Setting, World};

/// A record of a scan, as an example.
pub(crate) fn a_record() -> ScanRecord {
    ScanRecord {
        event: ledger::EVENT,
        device: device(2),
        incarnation: 1,
        sequence: 1,
        ticket: Some(TicketId(Uuid::from_u128(3))),
        version: 1,
        session: None,
        day: 20_261_121,
        zone: None,
        direction: Direction::Entry,
        verdict: Verdict::Admitted,
        code: Code::Admitted,
        mode: Mode::Mesh,
        nonce: [5; 16],
        device_ms: 1_795_000_000_123,
        clock: HybridClock {
            wall_ms: 1_795_000_000_100,
            counter: 3,
        },
        uncertainty_ms: 20,
        previous: [0; 32],
        undoes: None,
    }
}

const MS: u64 = 1_000;
const SECOND: u64 = 1_000 * MS;
/// All are connected and have measured home time.
const DOORS_OPEN: u64 = 4 * SECOND;
/// The network is whole from here on.
const HEALED: u64 = 24 * SECOND;
const END: u64 = 36 * SECOND;

fn setting(dice: &mut Dice, fault: Fault) -> Setting {
    Setting {
        gates: 3 + dice.index(4),
        policy: [
            ReEntry::Single,
            ReEntry::Single,
            ReEntry::OncePerDay,
            ReEntry::AfterExit,
        ][dice.index(4)],
        loss: 0,
        twice: [0, 50][dice.index(2)],
        delay_us: [2_000, 20_000, 60_000][dice.index(3)],
        crash_at_write: 0,
        capacity: [None, None, None, Some(6)][dice.index(4)],
        fault,
    }
}

fn plan(world: &mut World, dice: &mut Dice) {
    let gates = world.setting.gates;
    let span = HEALED - DOORS_OPEN;
    for _ in 0..40 {
        let time = DOORS_OPEN + dice.below(span - SECOND);
        let ticket = 1 + u128::from(dice.below(12));
        let host = dice.index(gates);
        world.at(time, Happening::Present { host, ticket });
        if dice.chance(600) {
            // The same code at another gate within 5 ms.
            let host = dice.index(gates);
            let time = time + dice.below(5 * MS);
            world.at(time, Happening::Present { host, ticket });
        }
        if world.setting.policy == ReEntry::AfterExit || dice.chance(100) {
            let time = time + dice.below(3 * SECOND);
            let host = dice.index(gates);
            world.at(time, Happening::Leave { host, ticket });
        }
    }
    for _ in 0..dice.below(4) {
        let time = DOORS_OPEN + dice.below(span - SECOND);
        world.at(time, Happening::TakeBack(dice.index(gates)));
    }
    let mut time = DOORS_OPEN;
    for _ in 0..dice.below(3) {
        time += dice.below(6 * SECOND);
        let side = (0..gates).map(|_| dice.index(2)).collect();
        world.at(time, Happening::Split(side));
        time += SECOND + dice.below(7 * SECOND);
        world.at(time, Happening::Heal);
    }
    // Some can't talk to each other though both talk to a third.
    for _ in 0..dice.below(3) {
        let (a, b) = (dice.index(gates), dice.index(gates));
        if a != b {
            world.at(DOORS_OPEN + dice.below(span), Happening::Cut(a, b));
        }
    }
    for _ in 0..dice.below(3) {
        let time = DOORS_OPEN + dice.below(span - SECOND);
        let host = dice.index(gates);
        world.at(time, Happening::Crash(host));
        world.at(
            time + 300 * MS + dice.below(4 * SECOND),
            Happening::Restart(host),
        );
    }
    for n in 0..dice.below(6) {
        let time = DOORS_OPEN + dice.below(span - SECOND);
        world.at(time, Happening::Edit(vec![n as u8; 100]));
    }
    if dice.chance(200) {
        world.at(DOORS_OPEN + dice.below(span), Happening::ForgetDeltas);
    }
    if dice.chance(300) {
        let host = 2 + dice.index(gates - 2);
        let time = DOORS_OPEN + dice.below(span - 2 * SECOND);
        world.at(time, Happening::Revoke(host));
    }
    // A gate that was enrolled a moment ago: the others hear of it later.
    if dice.chance(200) {
        let new = device(gates - 1);
        for host in &mut world.hosts[..gates - 1] {
            host.ledger.devices.remove(&new);
        }
        let time = DOORS_OPEN + dice.below(5 * SECOND);
        world.at(time, Happening::Edit(new.as_bytes().to_vec()));
    }
}

/// Lives a seed through, and tells everything that went wrong.
fn live(seed: u64, fault: Fault) -> (World, Vec<String>) {
    let mut dice = Dice::new(seed ^ 0xabcd);
    let setting = setting(&mut dice, fault);
    let mut world = World::new(seed, setting);
    plan(&mut world, &mut dice);
    world.run_until(DOORS_OPEN);
    world.setting.loss = [0, 0, 50, 200][dice.index(4)];
    world.setting.crash_at_write = [0, 10][dice.index(2)];
    let fails_each = [0, 0, 5, 2][dice.index(4)];
    // The home's own edits go through a ledger that works.
    for host in &mut world.hosts[1..] {
        host.ledger.fails_each = fails_each;
    }
    world.run_until(HEALED);
    for host in &mut world.hosts {
        host.ledger.fails_each = 0;
    }
    world.setting.loss = 0;
    world.setting.twice = 0;
    world.setting.crash_at_write = 0;
    world.at(HEALED, Happening::Heal);
    for host in 0..world.setting.gates {
        world.at(HEALED, Happening::Restart(host));
    }
    world.run_until(END);
    world.close_spans();
    let wrong = checks::check(&world);
    (world, wrong)
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(usual)
}

#[test]
fn whatever_the_network_does_no_rule_is_broken() {
    let first = number("GATEHOUSE_MESH_FIRST_SEED", 1);
    let count = number("GATEHOUSE_MESH_SEEDS", 1_000);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let live_some = |nth: u64| {
        let mut seen = checks::Seen::default();
        let mut wrong = Vec::new();
        for seed in (first + nth..first + count).step_by(threads as usize) {
            let (world, broken) = live(seed, Fault::None);
            wrong.extend(
                broken
                    .into_iter()
                    .map(|what| format!("seed {seed}: {what}")),
            );
            seen.add(&world);
            if wrong.len() > 20 {
                break;
            }
        }
        (seen, wrong)
    };
    let (mut seen, mut wrong) = (checks::Seen::default(), Vec::new());
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|n| scope.spawn(move || live_some(n)))
            .collect();
        for thread in running {
            let (some, broken) = thread.join().expect("no panic");
            seen.join(&some);
            wrong.extend(broken);
        }
    });
    println!("{count} seeds: {seen:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    if count >= 200 {
        seen.assert_everything_happened();
    }
}

/// How many of the seeds show a fault.
fn shown(fault: Fault, what: &str) -> usize {
    let broken = |seed: &u64| live(*seed, fault).1.iter().any(|said| said.contains(what));
    (1..=40).filter(broken).count()
}

#[test]
fn a_mesh_that_grants_every_claim_is_found_out() {
    assert!(shown(Fault::GrantsAll, "both of mode mesh") > 5);
}

#[test]
fn a_mesh_that_keeps_scans_to_itself_is_found_out() {
    assert!(shown(Fault::KeepsToItself, "other scans") > 5);
}

#[test]
fn a_mesh_that_goes_by_its_own_clocks_is_found_out() {
    assert!(shown(Fault::OwnClock, "ms off") > 5);
}

#[test]
fn a_mesh_that_is_deaf_to_revocations_is_found_out() {
    assert!(shown(Fault::DeafToRevocation, "after it heard") > 2);
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in [3, 14, 159] {
        let (a, _) = live(seed, Fault::None);
        let (b, _) = live(seed, Fault::None);
        assert_eq!(a.admissions, b.admissions);
        assert_eq!(a.frames, b.frames);
    }
}
