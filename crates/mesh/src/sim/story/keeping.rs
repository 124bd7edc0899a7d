//! What peers pass on to each other, and what they refuse.

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::EventId;
use uuid::Uuid;

use crate::ledger::Ledger;
use crate::node::{Effect, Input, Node, Own, Permission};
use crate::note::{Note, Outcome, SignedNote, notes_by_double};
use crate::scans::{Flag, Life, SignedScan};
use crate::sim::ledger::{EVENT, MemoryLedger, delta, device, sign};
use crate::sim::world::{Happening, World};
use crate::sim::{MS, SECOND};
use crate::wire::{ByeCode, DenyCode, Frame, Hello, Role, RosterVersion};

use super::{alone, frames, hello, present, quiet, say};

#[test]
fn an_older_program_is_told_what_is_spoken_here() {
    let (mut node, mut ledger, now) = alone(Role::Gate);
    for (greeting, code) in [
        (
            Hello {
                oldest: 0,
                newest: 0,
                ..hello(1)
            },
            ByeCode::VersionsApart,
        ),
        (
            Hello {
                oldest: 2,
                newest: 7,
                ..hello(1)
            },
            ByeCode::VersionsApart,
        ),
        (
            Hello {
                event: EventId(Uuid::from_u128(9)),
                ..hello(1)
            },
            ByeCode::OtherEvent,
        ),
        (
            Hello {
                device: device(3),
                ..hello(1)
            },
            ByeCode::OtherDevice,
        ),
    ] {
        node.handle(now, Input::Connected(device(1)), &mut ledger);
        let effects = say(&mut node, &mut ledger, now, 1, &Frame::Hello(greeting));
        let said = frames(&effects);
        assert!(
            matches!(said.last(), Some(Frame::Bye(bye)) if bye.code == code && bye.newest == 1),
            "{said:?}"
        );
        assert_eq!(effects.last(), Some(&Effect::Close(device(1), code)));
    }
    // A newer one that still speaks ours is welcome, and what it says besides is left aside.
    node.handle(now, Input::Connected(device(1)), &mut ledger);
    say(
        &mut node,
        &mut ledger,
        now,
        1,
        &Frame::Hello(Hello {
            newest: 7,
            ..hello(1)
        }),
    );
    assert!(node.peers(now)[0].ready);
    assert_eq!(say(&mut node, &mut ledger, now, 1, &Frame::Unknown(99)), []);
    let torn = node.handle(now, Input::Received(device(1), vec![7, 1, 2]), &mut ledger);
    assert_eq!(
        torn.last(),
        Some(&Effect::Close(device(1), ByeCode::BadFrame))
    );
}

#[test]
fn a_revocation_overtakes_the_edits_before_it() {
    let (mut node, mut ledger, now) = alone(Role::Gate);
    for n in [1, 2] {
        node.handle(now, Input::Connected(device(n)), &mut ledger);
        say(&mut node, &mut ledger, now, n, &Frame::Hello(hello(n)));
    }
    let version = RosterVersion {
        epoch: 0,
        number: 40,
    };
    let told = |revokes| {
        let deltas = vec![delta(version, revokes, &[])];
        Frame::Deltas(crate::wire::Deltas { deltas })
    };
    let effects = say(&mut node, &mut ledger, now, 1, &told(Some(device(2))));
    assert_eq!(node.roster(), RosterVersion::default(), "a gap before it");
    assert!(effects.contains(&Effect::Close(device(2), ByeCode::Revoked)));
    // The one whom it concerns gets the home's own word on it.
    let to_it = effects.iter().any(|effect| {
        matches!(effect, Effect::Send(to, bytes)
            if *to == device(2) && Frame::from_body(&bytes[4..]) == Ok(told(Some(device(2)))))
    });
    assert!(to_it);
    // It is turned away from now on, also after a restart.
    for _ in 0..2 {
        let effects = node.handle(now, Input::Connected(device(2)), &mut ledger);
        assert_eq!(
            effects.last(),
            Some(&Effect::Close(device(2), ByeCode::Revoked))
        );
        node = Node::new(
            Own {
                event: EVENT,
                device: device(0),
                incarnation: 1,
                role: Role::Gate,
            },
            now,
            &ledger,
        );
    }
    // Nobody but the home takes a right back.
    let (mut node, mut ledger, now) = alone(Role::Gate);
    node.handle(now, Input::Connected(device(1)), &mut ledger);
    say(&mut node, &mut ledger, now, 1, &Frame::Hello(hello(1)));
    let mut forged = delta(version, Some(device(0)), &[]);
    forged.signature[0] ^= 1;
    let deltas = vec![forged];
    say(
        &mut node,
        &mut ledger,
        now,
        1,
        &Frame::Deltas(crate::wire::Deltas { deltas }),
    );
    assert!(node.may_admit());
    assert_eq!(node.flags(), [Flag::Unsigned { peer: device(1) }]);
    // Its own right is taken back: it lets nobody in any more.
    let effects = say(&mut node, &mut ledger, now, 1, &told(Some(device(0))));
    assert!(effects.contains(&Effect::Revoked));
    let wish = crate::Wish {
        nonce: [1; 16],
        want: crate::wire::Want::Enter,
        ticket: gatehouse_domain::id::TicketId(Uuid::from_u128(1)),
        session: None,
        zone: None,
        day: 1,
        policy: ReEntry::Unlimited,
        takes_room: false,
    };
    let effects = node.handle(now, Input::Claim(wish), &mut ledger);
    let denied = |effect: &Effect| matches!(effect, Effect::Decided(_, Permission::Denied(d)) if d.code == DenyCode::Revoked);
    assert!(effects.iter().any(denied), "{effects:?}");
}

#[test]
fn a_gate_that_was_off_for_long_takes_a_whole_roster_and_goes_on_where_it_stopped() {
    let mut world = quiet(3, ReEntry::Single);
    world.at(world.now, Happening::Crash(2));
    world.at(world.now, Happening::Edit(vec![7; 120_000]));
    for n in 0..9 {
        world.at(world.now, Happening::Edit(vec![n; 120_000]));
    }
    world.run_until(world.now + 4 * SECOND);
    assert_eq!(world.hosts[1].ledger.roster().number, 10);
    let first = RosterVersion {
        epoch: 1,
        number: 1,
    };
    let edits = world.hosts[1].ledger.delta(first).is_some();
    assert!(edits, "who was there got the edits one by one");
    // Everybody has thrown the old deltas away.
    for host in [0, 1] {
        world.hosts[host].ledger.forget_deltas_before(9);
    }
    world.at(world.now, Happening::Restart(2));
    let restarted = world.now;
    // Cut off from one giver in the middle, it goes on with the other.
    world.run_until(restarted + 256 * MS);
    world.at(world.now, Happening::Cut(0, 2));
    world.run_until(restarted + 6 * SECOND);
    assert_eq!(
        world.hosts[2].ledger.roster(),
        world.hosts[0].ledger.roster()
    );
    assert_eq!(world.hosts[2].ledger.content, world.hosts[0].ledger.content);
}

#[test]
fn a_snapshot_that_nobody_has_any_more_gives_way_and_what_is_overtaken_is_forgotten() {
    let (mut node, mut ledger, now) = alone(Role::Gate);
    node.handle(now, Input::Connected(device(1)), &mut ledger);
    say(&mut node, &mut ledger, now, 1, &Frame::Hello(hello(1)));
    let written = |epoch, bytes: &[u8]| {
        let mut home = MemoryLedger::default();
        let version = RosterVersion { epoch, number: 1 };
        home.apply_delta(&delta(version, None, bytes))
            .expect("kept");
        home
    };
    let part = |home: &MemoryLedger, part| {
        let head = home.snapshot().expect("a roster");
        let bytes = home.snapshot_part(&head, part).expect("a part");
        Frame::SnapshotPart(crate::wire::SnapshotPart { head, part, bytes })
    };
    let (one, other) = (written(2, &[1; 100_000]), written(2, &[2; 100_000]));
    say(&mut node, &mut ledger, now, 1, &part(&one, 0));
    say(&mut node, &mut ledger, now, 1, &part(&other, 1));
    say(&mut node, &mut ledger, now, 1, &part(&other, 0));
    say(&mut node, &mut ledger, now, 1, &part(&one, 1));
    assert_eq!(node.roster(), RosterVersion::default(), "two halves of two");
    say(&mut node, &mut ledger, now, 1, &part(&other, 1));
    assert_eq!(ledger.content, other.content);
    // One part of a later one, and then that roster comes another way.
    let (later, latest) = (written(3, &[3; 100_000]), written(4, &[4; 9]));
    say(&mut node, &mut ledger, now, 1, &part(&later, 0));
    say(&mut node, &mut ledger, now, 1, &part(&latest, 0));
    say(&mut node, &mut ledger, now, 1, &part(&later, 1));
    assert_eq!(ledger.content, latest.content);
    assert_eq!(node.flags(), []);
}

#[test]
fn two_homes_and_old_homes_are_shown() {
    let (mut node, mut ledger, now) = alone(Role::Home);
    node.handle(now, Input::Connected(device(1)), &mut ledger);
    let second = Hello {
        role: Role::Home,
        ..hello(1)
    };
    let effects = say(&mut node, &mut ledger, now, 1, &Frame::Hello(second));
    assert!(effects.contains(&Effect::Flagged(Flag::TwoHomes { peer: device(1) })));
    // A later home's roster is taken whole; an older home's edits are refused from then on.
    let (mut node, mut ledger, now) = alone(Role::Gate);
    node.handle(now, Input::Connected(device(1)), &mut ledger);
    let newer = RosterVersion {
        epoch: 2,
        number: 3,
    };
    say(
        &mut node,
        &mut ledger,
        now,
        1,
        &Frame::Hello(Hello {
            roster: newer,
            ..hello(1)
        }),
    );
    let mut of_home = MemoryLedger::default();
    for number in 1..=3 {
        let version = RosterVersion { epoch: 2, number };
        of_home
            .apply_delta(&delta(version, None, b"edit"))
            .expect("kept");
    }
    let head = of_home.snapshot().expect("a roster");
    let bytes = of_home.snapshot_part(&head, 0).expect("a part");
    let part = crate::wire::SnapshotPart {
        head,
        part: 0,
        bytes,
    };
    say(&mut node, &mut ledger, now, 1, &Frame::SnapshotPart(part));
    assert_eq!(node.roster(), newer);
    let old = delta(
        RosterVersion {
            epoch: 1,
            number: 4,
        },
        None,
        b"edit",
    );
    let deltas = vec![old];
    say(
        &mut node,
        &mut ledger,
        now,
        1,
        &Frame::Deltas(crate::wire::Deltas { deltas }),
    );
    assert_eq!(node.roster(), newer);
    assert_eq!(node.flags(), [Flag::StaleHome { peer: device(1) }]);
}

#[test]
fn a_gate_from_an_old_copy_of_its_file_admits_no_more_and_begins_a_new_life() {
    let mut world = quiet(3, ReEntry::Single);
    let copy = world.hosts[1].ledger.clone();
    present(&mut world, 1, 1);
    world.run_until(world.now + 200 * MS);
    world.at(world.now, Happening::Crash(1));
    world.run_until(world.now + SECOND);
    world.hosts[1].ledger = copy;
    // Before it hears anything it scans again: its chain forks.
    world.at(world.now, Happening::Split(vec![0, 1, 0]));
    world.at(world.now + 1, Happening::Restart(1));
    world.at(
        world.now + 100 * MS,
        Happening::Present { host: 1, ticket: 2 },
    );
    world.at(world.now + 300 * MS, Happening::Heal);
    world.run_until(world.now + 4 * SECOND);
    assert_eq!(world.hosts[1].incarnation, 2);
    present(&mut world, 1, 3);
    world.run_until(world.now + 3 * SECOND);
    assert_eq!(world.admissions.len(), 3);
    let life = Life {
        device: device(1),
        incarnation: 1,
    };
    for host in 0..3 {
        let node = world.hosts[host].node.as_ref().expect("up");
        assert!(
            node.flags().contains(&Flag::Forked { life, sequence: 1 }),
            "{:?}",
            node.flags()
        );
        assert_eq!(node.chains().len(), 3, "nothing is dropped");
    }
}

#[test]
fn a_chain_that_was_rewritten_or_thinned_out_is_flagged() {
    let (mut node, mut ledger, now) = alone(Role::Gate);
    node.handle(now, Input::Connected(device(1)), &mut ledger);
    say(&mut node, &mut ledger, now, 1, &Frame::Hello(hello(1)));
    let scan = |sequence, previous, nonce| {
        let record = gatehouse_domain::scan::ScanRecord {
            sequence,
            previous,
            nonce: [nonce; 16],
            device: device(2),
            ..crate::sim::a_record()
        };
        let signed = record.to_bytes();
        let signature = sign(record.device.as_bytes(), &signed);
        SignedScan::new(signed, signature).expect("a record")
    };
    let first = scan(1, [0; 32], 1);
    let skipped = scan(2, first.hash(), 2);
    let third = scan(3, skipped.hash(), 3);
    let fourth = scan(4, first.hash(), 4);
    let fourth_hash = fourth.hash();
    let mut forged = scan(5, fourth_hash, 5);
    forged.signature[3] ^= 1;
    let scans = vec![first, third, fourth, forged];
    let told = Frame::Scans(crate::wire::Scans { scans, more: false });
    say(&mut node, &mut ledger, now, 1, &told);
    let life = Life {
        device: device(2),
        incarnation: 1,
    };
    assert_eq!(
        node.flags(),
        [
            Flag::Broken { life, sequence: 4 },
            Flag::Missing {
                life,
                from: 2,
                upto: 2
            },
        ]
    );
    // Whoever passed the forged one on may have had it with one that names it; its author has not.
    node.handle(now, Input::Connected(device(2)), &mut ledger);
    say(&mut node, &mut ledger, now, 2, &Frame::Hello(hello(2)));
    let mut own = scan(6, fourth_hash, 6);
    own.signature[3] ^= 1;
    let scans = vec![own];
    let told = Frame::Scans(crate::wire::Scans { scans, more: false });
    say(&mut node, &mut ledger, now, 2, &told);
    assert!(node.flags().contains(&Flag::Unsigned { peer: device(2) }));
    assert_eq!(node.chains().len(), 3);
    let scans = vec![skipped];
    say(
        &mut node,
        &mut ledger,
        now,
        1,
        &Frame::Scans(crate::wire::Scans { scans, more: false }),
    );
    assert!(!node.flags().iter().any(|f| f.code() == "chain_missing"));
}

#[test]
fn notes_reach_everybody_and_the_latest_stands_last() {
    let mut world = quiet(3, ReEntry::Single);
    let note = |n: usize, at: i64, outcome| {
        let note = Note {
            event: EVENT,
            double: [1; 16],
            clock: gatehouse_domain::scan::HybridClock {
                wall_ms: at,
                counter: 0,
            },
            device: device(n),
            outcome,
            text: "seen at the door".to_owned(),
        };
        let signature = sign(device(n).as_bytes(), &note.to_bytes());
        SignedNote { note, signature }
    };
    world.at(world.now, Happening::Split(vec![0, 1, 0]));
    world.run_until(world.now + 10 * MS);
    let (early, late) = (note(1, 5, Outcome::Mistaken), note(2, 9, Outcome::LetStay));
    world.tell(2, Input::Noted(Box::new(late.clone())));
    world.tell(1, Input::Noted(Box::new(early.clone())));
    world.at(world.now + 3 * SECOND, Happening::Heal);
    world.run_until(world.now + 6 * SECOND);
    for host in 0..3 {
        let notes = world.hosts[host].ledger.notes().into_iter().map(|n| n.note);
        let by_double = notes_by_double(notes);
        assert_eq!(by_double[&[1; 16]], [early.note.clone(), late.note.clone()]);
    }
}

#[test]
fn five_thousand_scans_cross_in_moments() {
    let mut world = quiet(3, ReEntry::Single);
    world.at(world.now, Happening::Crash(1));
    world.run_until(world.now + 3 * SECOND);
    let mut previous = [0; 32];
    for sequence in 1..=5_000_u64 {
        let record = gatehouse_domain::scan::ScanRecord {
            device: device(1),
            sequence,
            previous,
            nonce: Uuid::from_u128(u128::from(sequence)).into_bytes(),
            ..crate::sim::a_record()
        };
        let signed = record.to_bytes();
        let signature = sign(record.device.as_bytes(), &signed);
        let scan = SignedScan::new(signed, signature).expect("a record");
        previous = scan.hash();
        world.hosts[1].ledger.add(scan);
    }
    let start = world.now;
    world.at(start, Happening::Restart(1));
    let have = |world: &World, n: usize| world.hosts[n].ledger.scans.len();
    while have(&world, 2) < 5_000 && world.now < start + 10 * SECOND {
        world.run_until(world.now + 10 * MS);
    }
    assert!(
        world.now < start + SECOND,
        "took {} ms",
        (world.now - start) / MS
    );
    assert_eq!(have(&world, 0), 5_000);
}
