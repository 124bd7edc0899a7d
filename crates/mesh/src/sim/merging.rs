//! Merging sets of scans, in whatever order and pieces they come.

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::scan::{HybridClock, ScanRecord, Verdict};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::a_record;
use super::ledger::{device, sign};
use super::world::{Setting, World};
use crate::conflict::{conflicts, count_heads};
use crate::node::{Fault, Input, Node, Own};
use crate::scans::{Chains, SignedScan};
use crate::time::Now;
use crate::wire::{Hello, Role, RosterVersion};

fn signed(record: &ScanRecord) -> SignedScan {
    let bytes = record.to_bytes();
    let signature = sign(record.device.as_bytes(), &bytes);
    SignedScan::new(bytes, signature).expect("a record")
}

/// Scans of a few devices, some of whose chains fork.
fn scans() -> impl Strategy<Value = Vec<SignedScan>> {
    let one = (
        1_usize..4,
        0_u128..4,
        0_u8..10,
        any::<bool>(),
        0_i64..20,
        any::<bool>(),
    );
    vec(one, 1..40).prop_map(|steps| {
        let mut last: std::collections::BTreeMap<DeviceId, SignedScan> = Default::default();
        let mut nonces: Vec<[u8; 16]> = Vec::new();
        let mut all: Vec<SignedScan> = Vec::new();
        for (n, (gate, ticket, what, forks, ahead, undo)) in steps.into_iter().enumerate() {
            let before = last.get(&device(gate));
            let mut record = a_record();
            record.device = device(gate);
            record.ticket = Some(TicketId(Uuid::from_u128(1 + ticket)));
            record.sequence = before.map_or(1, |b| b.record.sequence + 1);
            record.previous = before.map_or([0; 32], SignedScan::hash);
            record.nonce = Uuid::from_u128(1_000 + n as u128).into_bytes();
            record.clock = HybridClock {
                wall_ms: 1_000 * n as i64 + ahead,
                counter: 0,
            };
            record.verdict = match what {
                0..6 => Verdict::Admitted,
                6..9 => Verdict::Exited,
                _ => Verdict::Refused,
            };
            if undo
                && what == 9
                && let Some(nonce) = nonces.first()
            {
                record.verdict = Verdict::Undone;
                record.undoes = Some(*nonce);
            }
            nonces.insert(0, record.nonce);
            let scan = signed(&record);
            // Of a fork the chain goes on from the first.
            if !(forks && what % 3 == 0) {
                last.insert(record.device, scan.clone());
            }
            all.push(scan);
        }
        all
    })
}

fn index(scans: &[SignedScan]) -> Chains {
    let mut chains = Chains::default();
    for scan in scans {
        chains.insert(scan);
    }
    chains
}

proptest! {
    #[test]
    fn the_index_is_of_the_set_and_of_no_order(
        (scans, mixed) in scans().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
        again in any::<prop::sample::Index>(),
    ) {
        let (a, mut b) = (index(&scans), index(&mixed));
        // What comes twice changes nothing.
        prop_assert!(!b.insert(again.get(&scans)));
        prop_assert_eq!(a.digest(), b.digest());
        prop_assert_eq!(a.extents().collect::<Vec<_>>(), b.extents().collect::<Vec<_>>());
        prop_assert_eq!(a.flags(), b.flags());
        prop_assert_eq!(a.len(), scans.len() as u64);
    }

    #[test]
    fn conflicts_and_heads_are_of_the_set_and_of_no_order(
        (scans, mixed) in scans().prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
    ) {
        let records = |scans: &[SignedScan]| scans.iter().map(|s| s.record.clone()).collect::<Vec<_>>();
        let (a, mut b) = (records(&scans), records(&mixed));
        b.push(b[0].clone());
        for policy in ReEntry::ALL {
            prop_assert_eq!(conflicts(*policy, &a), conflicts(*policy, &b));
        }
        prop_assert_eq!(count_heads(&a, None), count_heads(&b, None));
    }

    #[test]
    fn whatever_each_has_all_have_the_same_in_the_end(
        scans in scans(), parts in vec(0_u8..8, 40),
    ) {
        let setting = Setting {
            gates: 3,
            policy: ReEntry::Single,
            loss: 0,
            twice: 0,
            delay_us: 2_000,
            crash_at_write: 0,
            capacity: None,
            fault: Fault::None,
        };
        let mut world = World::new(1, setting);
        world.hosts.iter_mut().for_each(|h| { h.ledger.devices.insert(device(3)); });
        for (scan, part) in scans.iter().zip(&parts) {
            // A device's own records are all its own, or it came back from an old copy.
            let mut scan = scan.clone();
            scan.record.incarnation = 9;
            let scan = signed(&scan.record);
            for host in 0..3 {
                if part & (1 << host) != 0 {
                    world.hosts[host].ledger.add(scan.clone());
                }
            }
        }
        for host in 0..3 {
            world.hosts[host].node = None;
            world.restart(host);
        }
        world.run_until(12_000_000);
        let digest = |n: usize| world.hosts[n].node.as_ref().map(|node| node.chains().digest());
        prop_assert_eq!(digest(0), digest(1));
        prop_assert_eq!(digest(1), digest(2));
    }

    #[test]
    fn nothing_that_a_peer_says_makes_a_node_panic(
        frames in vec(crate::wire::tests::frame(), 0..30), bytes in vec(any::<u8>(), 0..60),
    ) {
        let mut ledger = super::ledger::MemoryLedger::default();
        ledger.capacity = Some(50);
        let own = Own {
            event: super::ledger::EVENT,
            device: device(0),
            incarnation: 1,
            role: Role::Home,
        };
        let mut now = Now { steady: std::time::Duration::from_secs(1), device_ms: 5 };
        let mut node = Node::new(own, now, &ledger);
        let peer = device(1);
        node.handle(now, Input::Connected(peer), &mut ledger);
        let hello = Hello {
            oldest: 1,
            newest: 9,
            event: own.event,
            device: peer,
            incarnation: 1,
            role: Role::Gate,
            roster: RosterVersion::default(),
            heard: true,
        };
        let hello = crate::wire::Frame::Hello(hello).to_bytes();
        node.handle(now, Input::Received(peer, hello[4..].to_vec()), &mut ledger);
        for frame in frames {
            let told = !matches!(frame, crate::wire::Frame::Hello(_) | crate::wire::Frame::Bye(_));
            if told {
                let body = frame.to_bytes()[4..].to_vec();
                node.handle(now, Input::Received(peer, body), &mut ledger);
                now.steady += std::time::Duration::from_millis(30);
                node.handle(now, Input::Timer, &mut ledger);
                let _ = (node.next_timer(now), node.flags(), node.peers(now));
            }
        }
        node.handle(now, Input::Received(peer, bytes), &mut ledger);
    }
}
