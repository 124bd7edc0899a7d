//! Who is let in, and who is told what.

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::scan::Mode;
use uuid::Uuid;

use crate::conflict::conflicts;
use crate::ledger::Ledger;
use crate::node::{Input, Node};
use crate::sim::ledger::device;
use crate::sim::world::{BEGIN_MS, Happening, World};
use crate::sim::{MS, SECOND};

use super::{modes, present, quiet};

#[test]
fn of_two_gates_at_the_same_moment_one_lets_in_and_the_other_knows_who() {
    for apart in [0, 300, 900, 5_000] {
        let mut world = quiet(3, ReEntry::Single);
        let now = world.now;
        world.at(now, Happening::Present { host: 1, ticket: 1 });
        world.at(now + apart, Happening::Present { host: 2, ticket: 1 });
        world.run_until(now + SECOND);
        assert_eq!(world.admissions.len(), 1, "{apart} µs apart");
        assert_eq!(world.admissions[0].mode, Mode::Mesh);
        // Within a tenth of a second all know.
        let scans = |n: usize| world.hosts[n].ledger.scans.len();
        assert_eq!((scans(0), scans(1), scans(2)), (2, 2, 2));
    }
}

#[test]
fn a_peer_that_stays_silent_is_waited_for_once() {
    let mut world = quiet(3, ReEntry::Single);
    // Gate 2 hangs: it still holds its line and says nothing.
    world.hosts[2].node = None;
    let start = world.now;
    present(&mut world, 1, 1);
    world.run_until(start + 149 * MS);
    assert_eq!(modes(&world), []);
    world.run_until(start + 151 * MS);
    assert_eq!(modes(&world), [(1, Mode::Alone)]);
    let start = world.now;
    present(&mut world, 1, 2);
    world.run_until(start + 10 * MS);
    assert_eq!(modes(&world).len(), 2, "the next one does not wait");
    // When the connection is given up, the others are a mesh again.
    world.run_until(start + 3 * SECOND);
    present(&mut world, 1, 3);
    world.run_until(start + 4 * SECOND);
    assert_eq!(modes(&world)[2], (1, Mode::Mesh));
}

#[test]
fn a_gate_with_nobody_decides_at_once_and_knows_since_when_it_is_alone() {
    let mut world = quiet(3, ReEntry::Single);
    world.at(world.now, Happening::Split(vec![0, 1, 0]));
    let start = world.now;
    world.run_until(start + 3 * SECOND);
    let alone = world.hosts[1].node.as_ref().and_then(Node::alone_since);
    assert!(alone.is_some_and(|at| at > BEGIN_MS + 4_000), "{alone:?}");
    present(&mut world, 1, 1);
    present(&mut world, 2, 1);
    world.run_until(world.now + 50 * MS);
    assert_eq!(modes(&world), [(1, Mode::Alone), (2, Mode::Mesh)]);
    // Healed, the double is the same for all: who, where, when, how far apart.
    world.at(world.now, Happening::Heal);
    world.run_until(world.now + 2 * SECOND);
    let found = |n: usize| {
        let scans = &world.hosts[n].ledger.scans;
        conflicts(ReEntry::Single, scans.iter().map(|s| &s.record))
    };
    assert_eq!(found(0).len(), 1);
    assert_eq!(found(0), found(1));
    assert_eq!(found(1), found(2));
    let conflict = found(0)[0];
    assert!(
        conflict.distance_ms < 20 && conflict.order_uncertain,
        "{conflict:?}"
    );
    assert_ne!(conflict.stands.device, conflict.double.device);
    assert_eq!(
        world.hosts[1].node.as_ref().and_then(Node::alone_since),
        None
    );
}

#[test]
fn two_who_only_share_a_third_are_kept_apart_by_it_and_hear_of_each_other_through_it() {
    let mut world = quiet(3, ReEntry::Single);
    world.at(world.now, Happening::Cut(1, 2));
    world.run_until(world.now + 3 * SECOND);
    let now = world.now;
    world.at(now, Happening::Present { host: 1, ticket: 1 });
    world.at(now + 500, Happening::Present { host: 2, ticket: 1 });
    world.run_until(now + SECOND);
    assert_eq!(modes(&world).len(), 1, "{:?}", modes(&world));
    present(&mut world, 1, 2);
    world.run_until(world.now + SECOND);
    let knows = |n: usize, ticket: u128| {
        let ticket = gatehouse_domain::id::TicketId(Uuid::from_u128(ticket));
        !world.hosts[n].ledger.scans_of(ticket).is_empty()
    };
    assert!(knows(2, 2), "relayed");
}

#[test]
fn who_went_out_comes_in_again_at_once_anywhere() {
    let mut world = quiet(4, ReEntry::AfterExit);
    for (step, host) in [(0, 1), (1, 2), (2, 3), (3, 1), (4, 2), (5, 3)] {
        let time = world.now + 40 * MS;
        let what = match step % 2 {
            0 => Happening::Present { host, ticket: 1 },
            _ => Happening::Leave { host, ticket: 1 },
        };
        world.at(time, what);
        world.run_until(time);
    }
    world.run_until(world.now + SECOND);
    assert_eq!(
        modes(&world),
        [(1, Mode::Mesh), (3, Mode::Mesh), (2, Mode::Mesh)]
    );
}

#[test]
fn an_undone_admission_frees_its_slot_even_where_the_undo_was_not_heard() {
    let mut world = quiet(3, ReEntry::Single);
    present(&mut world, 1, 1);
    world.run_until(world.now + 100 * MS);
    // Gate 2 hears of the undo at the same moment as it asks gate 0, which may not have.
    world.at(world.now, Happening::TakeBack(1));
    world.run_until(world.now + 2_500);
    world.at(world.now, Happening::Present { host: 2, ticket: 1 });
    world.run_until(world.now + SECOND);
    assert_eq!(modes(&world), [(1, Mode::Mesh), (2, Mode::Mesh)]);
    let scans = &world.hosts[0].ledger.scans;
    assert_eq!(
        conflicts(ReEntry::Single, scans.iter().map(|s| &s.record)),
        []
    );
}

#[test]
fn room_is_shared_out_and_comes_back_only_when_a_lease_is_over() {
    let mut world = quiet(3, ReEntry::Unlimited);
    world.setting.capacity = Some(8);
    for host in &mut world.hosts {
        host.ledger.capacity = Some(8);
    }
    let room = |world: &World, n: usize| {
        let host = &world.hosts[n];
        host.node
            .as_ref()
            .and_then(|node| node.room(None, &host.ledger))
    };
    assert_eq!((room(&world, 0), room(&world, 1)), (Some(8), Some(0)));
    world.tell(1, Input::WantRoom(None, 3));
    world.run_until(world.now + 50 * MS);
    assert_eq!((room(&world, 0), room(&world, 1)), (Some(5), Some(3)));
    for ticket in 1..=2 {
        present(&mut world, 1, ticket);
    }
    world.run_until(world.now + 50 * MS);
    assert_eq!((room(&world, 0), room(&world, 1)), (Some(5), Some(1)));
    // Cut off, it goes on within its share; the home gets nothing back before it is over.
    world.at(world.now, Happening::Split(vec![0, 1, 0]));
    world.run_until(world.now + 30 * SECOND);
    assert_eq!((room(&world, 0), room(&world, 1)), (Some(5), Some(1)));
    world.run_until(world.now + 40 * SECOND);
    assert_eq!((room(&world, 0), room(&world, 1)), (Some(5), Some(0)));
    world.at(world.now, Happening::Heal);
    world.run_until(world.now + 2 * SECOND);
    assert_eq!((room(&world, 0), room(&world, 1)), (Some(6), Some(0)));
    // The home is gone: a peer gives of what it holds.
    world.tell(1, Input::WantRoom(None, 6));
    world.run_until(world.now + 50 * MS);
    world.at(world.now, Happening::Crash(0));
    world.run_until(world.now + 3 * SECOND);
    world.tell(2, Input::WantRoom(None, 1));
    world.run_until(world.now + 50 * MS);
    assert_eq!((room(&world, 1), room(&world, 2)), (Some(2), Some(1)));
    assert_eq!(world.broken, Vec::<String>::new());
    // A gate that is out of use for good: somebody says so.
    world.tell(1, Input::WriteOff(device(2)));
    assert_eq!(room(&world, 1), Some(3));
}
