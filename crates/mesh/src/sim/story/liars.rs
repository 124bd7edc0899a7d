//! What comes of a device that is enrolled and does not keep to the rules.

use std::time::Duration;

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, TicketId, ZoneId};
use gatehouse_domain::scan::{HybridClock, ScanRecord};
use uuid::Uuid;

use crate::claim::Wish;
use crate::ledger::Ledger;
use crate::limits::{GRANT_HOLDS, MOST_LIVES_OF_ONE};
use crate::node::{Effect, Input, Node, Permission};
use crate::note::{Note, Outcome, SignedNote};
use crate::scans::{Extent, Flag, Life, SignedScan};
use crate::sim::a_record;
use crate::sim::ledger::{EVENT, MemoryLedger, device, sign};
use crate::time::Now;
use crate::wire::{
    Answer, ByeCode, Claim, DenyCode, Echo, Frame, Have, Hello, Lease, Role, RosterVersion, Scans,
    Want,
};

use super::{alone, frames, hello, say};

fn met(role: Role, peers: &[usize]) -> (Node, MemoryLedger, Now) {
    let (mut node, mut ledger, now) = alone(role);
    for n in peers {
        node.handle(now, Input::Connected(device(*n)), &mut ledger);
        say(&mut node, &mut ledger, now, *n, &Frame::Hello(hello(*n)));
    }
    (node, ledger, now)
}

fn wish(number: u8, ticket: u128) -> Wish {
    Wish {
        nonce: [number; 16],
        want: Want::Enter,
        ticket: TicketId(Uuid::from_u128(ticket)),
        session: None,
        zone: None,
        day: 1,
        policy: ReEntry::Single,
        takes_room: true,
    }
}

fn rival(number: u8, of: Wish, asked: Vec<DeviceId>) -> Frame {
    Frame::Claim(Claim {
        nonce: [number; 16],
        want: of.want,
        ticket: of.ticket,
        session: of.session,
        zone: of.zone,
        day: of.day,
        policy: of.policy,
        clock: HybridClock::default(),
        seen: Vec::new(),
        asked,
    })
}

fn decided(effects: &[Effect]) -> Option<Permission> {
    effects.iter().find_map(|effect| match effect {
        Effect::Decided(_, permission) => Some(*permission),
        _ => None,
    })
}

fn later(now: Now, by: Duration) -> Now {
    Now {
        steady: now.steady + by,
        device_ms: now.device_ms + by.as_millis() as i64,
    }
}

#[test]
fn whom_the_roster_says_is_revoked_is_no_peer_though_nothing_else_was_heard_of_it() {
    let (mut node, mut ledger, now) = met(Role::Gate, &[1, 2]);
    ledger.shut_out = vec![device(2)];
    ledger.version.number = 7;
    let effects = node.handle(now, Input::RosterChanged, &mut ledger);
    assert!(effects.contains(&Effect::Close(device(2), ByeCode::Revoked)));
    // Also for one that begins with that roster.
    let own = crate::Own {
        event: EVENT,
        device: device(0),
        incarnation: 1,
        role: Role::Gate,
    };
    let mut node = Node::new(own, now, &ledger);
    let effects = node.handle(now, Input::Connected(device(2)), &mut ledger);
    assert_eq!(
        effects.last(),
        Some(&Effect::Close(device(2), ByeCode::Revoked))
    );
    ledger.shut_out = vec![device(0)];
    ledger.version.number = 8;
    let effects = node.handle(now, Input::RosterChanged, &mut ledger);
    assert!(effects.contains(&Effect::Revoked));
    assert!(!node.may_admit());
}

#[test]
fn a_gate_that_says_to_be_the_home_is_not() {
    let (mut node, mut ledger, now) = alone(Role::Gate);
    ledger.home = Some(device(3));
    ledger.version.number = 1;
    node.handle(now, Input::RosterChanged, &mut ledger);
    let roster = ledger.version;
    for (n, is_home) in [(1, false), (3, true)] {
        node.handle(now, Input::Connected(device(n)), &mut ledger);
        let says = Hello {
            role: Role::Home,
            roster,
            ..hello(n)
        };
        let effects = say(&mut node, &mut ledger, now, n, &Frame::Hello(says));
        let parted = effects.contains(&Effect::Close(device(n), ByeCode::OtherHome));
        assert_eq!(parted, !is_home, "device {n}");
    }
    assert_eq!(node.flags(), [Flag::TwoHomes { peer: device(1) }]);
    let seen: Vec<(DeviceId, bool)> = node
        .peers(now)
        .iter()
        .map(|peer| (peer.device, peer.is_home))
        .collect();
    assert_eq!(seen, [(device(3), true)]);
    // Before its roster is known nobody is the home, whatever they say; then it is.
    let (mut node, mut ledger, now) = alone(Role::Gate);
    ledger.home = Some(device(9));
    node.handle(now, Input::Connected(device(3)), &mut ledger);
    let says = Hello {
        role: Role::Home,
        roster: RosterVersion {
            epoch: 1,
            number: 4,
        },
        ..hello(3)
    };
    say(&mut node, &mut ledger, now, 3, &Frame::Hello(says));
    assert!(!node.peers(now)[0].is_home);
    ledger.home = Some(device(3));
    ledger.version = says.roster;
    node.handle(now, Input::RosterChanged, &mut ledger);
    assert!(node.peers(now)[0].is_home);
}

#[test]
fn a_number_alone_rolls_nobody_back() {
    let (mut node, mut ledger, now) = met(Role::Gate, &[1]);
    let life = Life {
        device: device(0),
        incarnation: 1,
    };
    let extent = Extent {
        life,
        upto: 4_000,
        held: 4_000,
        prefix: [7; 16],
        digest: [7; 16],
    };
    let have = Frame::Have(Have {
        lives: vec![extent],
        strangers: Vec::new(),
        notes: [0; 16],
        ask: false,
    });
    let effects = say(&mut node, &mut ledger, now, 1, &have);
    assert!(node.may_admit());
    assert!(!effects.contains(&Effect::RolledBack));
    // It asks to be shown.
    let asked = frames(&effects)
        .iter()
        .any(|frame| matches!(frame, Frame::Have(_)));
    assert!(asked, "{effects:?}");
}

#[test]
fn a_grant_bars_others_until_its_gate_says_what_came_of_it() {
    let (mut node, mut ledger, now) = met(Role::Gate, &[1]);
    let own = wish(1, 5);
    let effects = node.handle(now, Input::Claim(own), &mut ledger);
    assert_eq!(decided(&effects), None, "it asks");
    let yes = Frame::Answer(Answer {
        nonce: own.nonce,
        denial: None,
        unseen: Vec::new(),
    });
    let effects = say(&mut node, &mut ledger, now, 1, &yes);
    assert!(matches!(
        decided(&effects),
        Some(Permission::Granted { .. })
    ));
    // The disk holds it up: by now it may not be written any more, or just was.
    let now = later(now, GRANT_HOLDS + Duration::from_millis(400));
    node.handle(now, Input::Timer, &mut ledger);
    node.handle(now, Input::Connected(device(1)), &mut ledger);
    say(&mut node, &mut ledger, now, 1, &Frame::Hello(hello(1)));
    let asks = rival(2, own, vec![device(0)]);
    let denial = |effects: &[Effect]| {
        frames(effects).into_iter().find_map(|frame| match frame {
            Frame::Answer(answer) => Some(answer.denial.map(|denial| denial.code)),
            _ => None,
        })
    };
    let effects = say(&mut node, &mut ledger, now, 1, &asks);
    assert_eq!(denial(&effects), Some(Some(DenyCode::Claimed)));
    node.handle(now, Input::Withdrawn(own.nonce), &mut ledger);
    let effects = say(&mut node, &mut ledger, now, 1, &asks);
    assert_eq!(denial(&effects), Some(None));
}

#[test]
fn two_at_once_do_not_take_the_last_place_together() {
    let (mut node, mut ledger, now) = met(Role::Home, &[1]);
    ledger.capacity = Some(1);
    assert_eq!(node.room(None, &ledger), Some(1));
    let effects = node.handle(now, Input::Claim(wish(1, 5)), &mut ledger);
    assert_eq!(decided(&effects), None);
    assert_eq!(node.room(None, &ledger), Some(0), "somebody is coming in");
    let effects = node.handle(now, Input::Claim(wish(2, 6)), &mut ledger);
    let full = |permission: Option<Permission>| matches!(permission, Some(Permission::Denied(denial)) if denial.code == DenyCode::Full);
    assert!(full(decided(&effects)), "{effects:?}");
    // Who is inside already takes no room.
    let inside = Wish {
        takes_room: false,
        ..wish(3, 7)
    };
    let effects = node.handle(now, Input::Claim(inside), &mut ledger);
    assert!(!full(decided(&effects)), "{effects:?}");
    // Nothing came of the first: the place is free again.
    node.handle(now, Input::Withdrawn([1; 16]), &mut ledger);
    assert_eq!(node.room(None, &ledger), Some(1));
}

#[test]
fn room_of_a_place_where_nobody_counts_is_not_taken() {
    let (mut node, mut ledger, now) = met(Role::Gate, &[1]);
    let before = ledger.lease_book();
    for n in 0..5_000 {
        let lease = Lease {
            number: n,
            zone: Some(ZoneId(Uuid::from_u128(n.into()))),
            shares: 3,
            until_ms: now.device_ms + 60_000,
        };
        say(&mut node, &mut ledger, now, 1, &Frame::Lease(lease));
    }
    assert_eq!(ledger.lease_book(), before);
}

#[test]
fn a_device_of_a_thousand_lives_is_heard_of_some_only() {
    let (mut node, mut ledger, now) = met(Role::Gate, &[1]);
    for incarnation in 1..1_000 {
        let record = ScanRecord {
            event: EVENT,
            device: device(1),
            incarnation,
            sequence: 1,
            previous: [0; 32],
            ..a_record()
        };
        let signed = record.to_bytes();
        let signature = sign(device(1).as_bytes(), &signed);
        let scans = vec![SignedScan {
            record,
            signed,
            signature,
        }];
        say(
            &mut node,
            &mut ledger,
            now,
            1,
            &Frame::Scans(Scans { scans, more: false }),
        );
    }
    assert_eq!(node.lives().len(), MOST_LIVES_OF_ONE);
    assert_eq!(node.flags(), [Flag::Unsigned { peer: device(1) }]);
}

#[test]
fn however_many_notes_there_are_one_question_brings_some_of_them() {
    let (mut node, mut ledger, now) = met(Role::Gate, &[1]);
    for n in 0..3_000_u32 {
        let note = Note {
            event: EVENT,
            device: device(1),
            double: [1; 16],
            clock: HybridClock {
                wall_ms: now.device_ms,
                counter: n,
            },
            outcome: Outcome::Mistaken,
            text: format!("note {n}"),
        };
        let signature = sign(device(1).as_bytes(), &note.to_bytes());
        let note = SignedNote { note, signature };
        node.handle(now, Input::Noted(Box::new(note)), &mut ledger);
    }
    let mut seen = 0;
    let mut at = now;
    for round in 0..6 {
        at = later(at, Duration::from_millis(1_100));
        let have = Frame::Have(Have {
            lives: Vec::new(),
            strangers: vec![device(round)],
            notes: [0; 16],
            ask: false,
        });
        let sent: usize = frames(&say(&mut node, &mut ledger, at, 1, &have))
            .iter()
            .map(|frame| match frame {
                Frame::Notes(notes) => notes.notes.len(),
                _ => 0,
            })
            .sum();
        assert!(sent <= 512, "{sent}");
        seen += sent;
    }
    assert!(seen >= 3_000, "all of them in the end: {seen}");
}

#[test]
fn a_gate_can_not_set_the_time_of_one_that_met_the_home() {
    let (mut node, mut ledger, now) = alone(Role::Gate);
    ledger.home = Some(device(3));
    for (n, role) in [(3, Role::Home), (1, Role::Gate)] {
        node.handle(now, Input::Connected(device(n)), &mut ledger);
        let says = Hello { role, ..hello(n) };
        say(&mut node, &mut ledger, now, n, &Frame::Hello(says));
    }
    let echo = |home_ms: i64| {
        Frame::Echo(Echo {
            sent_us: now.steady.as_micros() as u64,
            received_ms: home_ms,
            echoed_ms: home_ms,
            uncertainty_ms: 0,
            device_ms: home_ms,
        })
    };
    let home = now.device_ms + 300;
    say(&mut node, &mut ledger, now, 3, &echo(home));
    assert_eq!(node.home_ms(now), home);
    say(&mut node, &mut ledger, now, 1, &echo(home + 86_400_000));
    assert_eq!(node.home_ms(now), home);
}
