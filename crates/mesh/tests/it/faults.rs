//! Networks that break, gates that die, two who dial each other at once.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::scan::Mode;
use gatehouse_mesh::conflict::conflicts;
use gatehouse_mesh::limits::SILENT;
use gatehouse_mesh::net::View;

use crate::gates::{Gate, Shown, all_met, met, ticket, until};
use crate::ledger::device;
use crate::workspace::Authority;

/// A wire between two gates that can be cut: nothing passes, and nobody is told.
struct Wire {
    address: SocketAddr,
    cut: Arc<AtomicBool>,
    /// How often it was healed: what was opened before is closed.
    healed: Arc<AtomicU64>,
    used: Arc<AtomicBool>,
}

fn pass(mut from: TcpStream, mut to: TcpStream, cut: &AtomicBool, healed: &AtomicU64) {
    let opened = healed.load(Ordering::SeqCst);
    from.set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let mut bytes = [0; 16_384];
    loop {
        if healed.load(Ordering::SeqCst) != opened {
            break;
        }
        if cut.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        }
        match from.read(&mut bytes) {
            Ok(0) => break,
            Ok(read) => {
                // What was on the wire when it was cut is lost.
                if !cut.load(Ordering::SeqCst) && to.write_all(&bytes[..read]).is_err() {
                    break;
                }
            }
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(_) => break,
        }
    }
    let _ = from.shutdown(std::net::Shutdown::Both);
    let _ = to.shutdown(std::net::Shutdown::Both);
}

impl Wire {
    fn to(gate: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let wire = Self {
            address: listener.local_addr().unwrap(),
            cut: Arc::default(),
            healed: Arc::default(),
            used: Arc::default(),
        };
        let used = Arc::clone(&wire.used);
        let (cut, healed) = (Arc::clone(&wire.cut), Arc::clone(&wire.healed));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                used.store(true, Ordering::SeqCst);
                let Ok(far) = TcpStream::connect(gate) else {
                    continue;
                };
                far.set_nodelay(true).unwrap();
                stream.set_nodelay(true).unwrap();
                let ways = [
                    (stream.try_clone().unwrap(), far.try_clone().unwrap()),
                    (far, stream),
                ];
                for (from, to) in ways {
                    let (cut, healed) = (Arc::clone(&cut), Arc::clone(&healed));
                    std::thread::spawn(move || pass(from, to, &cut, &healed));
                }
            }
        });
        wire
    }

    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// Whether anybody came by it.
    fn was_used(&self) -> bool {
        self.used.load(Ordering::SeqCst)
    }

    fn heal(&self) {
        self.healed.fetch_add(1, Ordering::SeqCst);
        self.cut.store(false, Ordering::SeqCst);
    }
}

#[test]
fn a_cut_wire_makes_gates_alone_and_healed_it_shows_every_double() {
    let authority = Authority::new();
    let mut left = Gate::new(1, 3, &authority);
    left.start();
    let wire = Wire::to(left.listen);
    let mut right = Gate::new(2, 3, &authority);
    right.peers = vec![wire.address.to_string()];
    right.start();
    let gates = [left, right];
    all_met(&gates);
    let before = gates[0].admit_in_mesh(1_000);

    wire.cut();
    for n in 0..40 {
        // Both let in, and say that they could not ask.
        assert_eq!(gates[0].admit(ticket(n)), Mode::Alone);
        if n % 2 == 0 {
            assert_eq!(gates[1].admit(ticket(n)), Mode::Alone);
        }
    }
    until("both know that they are alone", || {
        gates.iter().all(|gate| gate.view().alone_since.is_some())
    });

    wire.heal();
    all_met(&gates);
    until("both have all", || {
        gates.iter().all(|gate| gate.scans() == before + 40 + 20)
    });
    let found = gates.each_ref().map(|gate| {
        let file = gate.file.file();
        conflicts(ReEntry::Single, file.scans.iter().map(|s| &s.record))
    });
    assert_eq!(found[0].len(), 20);
    assert_eq!(found[0], found[1]);
    gates[1].admit_in_mesh(2_000);
}

#[test]
fn a_gate_that_dies_and_comes_back_goes_on_where_it_was() {
    let mut gates = met(3);
    for n in 0..20 {
        gates[2].admit(ticket(n));
    }
    // The last handle goes, without a word.
    drop(gates[2].mesh.take());
    until("it is missed", || gates[..2].iter().all(|g| g.ready() == 1));
    gates[0].admit(ticket(100));
    gates[2].start();
    all_met(&gates);
    until("all have all", || gates.iter().all(|g| g.scans() == 21));
    assert_eq!(gates[2].present(ticket(100)), Shown::Known);
    gates[2].admit_in_mesh(101);
}

#[test]
fn two_who_dial_each_other_at_once_keep_one_connection_a_hundred_times() {
    let authority = Authority::new();
    let mut gates = [Gate::new(0, 2, &authority), Gate::new(1, 2, &authority)];
    let mut kept: BTreeMap<&str, u32> = BTreeMap::new();
    for round in 0..100 {
        for gate in &mut gates {
            gate.listen.set_port(0);
            gate.start();
        }
        let addresses = gates.each_ref().map(|gate| gate.listen);
        let together = Barrier::new(2);
        std::thread::scope(|scope| {
            for (n, gate) in gates.iter().enumerate() {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    gate.mesh().dial(addresses[1 - n].to_string());
                });
            }
        });
        let one = || {
            let [low, high] = gates.each_ref().map(|gate| {
                let view = gate.view();
                let ready = view.peers.iter().find(|peer| peer.peer.ready);
                ready.and_then(|peer| peer.address)
            });
            match (low? == addresses[1], high? == addresses[0]) {
                (true, false) => Some("the lower device's"),
                (false, true) => Some("the higher device's"),
                _ => None,
            }
        };
        until("both are on one connection", || one().is_some());
        *kept.entry(one().unwrap_or("another")).or_default() += 1;
        gates[round % 2].admit(ticket(round as u128));
        until("both know it", || {
            gates
                .iter()
                .all(|gate| gate.scans_of(ticket(round as u128)) == 1)
        });
        for gate in &mut gates {
            gate.stop();
        }
    }
    println!("kept: {kept:?}");
    assert!(kept.contains_key("the lower device's"));
}

#[test]
fn two_addresses_of_one_device_are_one_peer() {
    let authority = Authority::new();
    let mut gate = Gate::new(1, 3, &authority);
    gate.start();
    let wires = [Wire::to(gate.listen), Wire::to(gate.listen)];
    let mut other = Gate::new(2, 3, &authority);
    other.peers = wires.iter().map(|w| w.address.to_string()).collect();
    other.peers.push(gate.listen.to_string());
    other.start();
    until("they meet", || gate.ready() == 1 && other.ready() == 1);
    until("it settles", || {
        matches!(
            other.present(ticket(u128::from(other.scans() as u64))),
            Shown::Admitted(Mode::Mesh)
        )
    });
    assert_eq!(other.view().peers.len(), 1);
    assert_eq!(gate.view().peers[0].peer.device, device(2));
    // The way that is used breaks: another one is taken.
    let used = other.view().peers[0].address;
    for wire in wires.iter().filter(|wire| Some(wire.address) == used) {
        wire.heal();
    }
    until("they are together", || {
        gate.ready() == 1 && other.ready() == 1
    });
}

/// A connection by which nothing came for so long may be given up for another.
const STANDS: Duration = Duration::from_secs(1);

#[test]
fn another_way_to_somebody_who_is_met_disturbs_nobody() {
    until("nobody stood still meanwhile", || {
        let gates = met(2);
        let wires = [Wire::to(gates[1].listen), Wire::to(gates[0].listen)];
        let by = || -> Vec<Option<SocketAddr>> {
            let views = gates.iter().map(Gate::view);
            let first = |view: View| view.peers.first().and_then(|peer| peer.address);
            views.map(first).collect()
        };
        let before = by();
        let begun = Instant::now();
        for (gate, wire) in gates.iter().zip(&wires) {
            gate.mesh().dial(wire.address.to_string());
        }
        // When each heard from the other last, and whether it waited in vain since then.
        let mut heard = [begun; 2];
        let mut in_vain = [false; 2];
        let (mut shown, mut longest) = (0, Duration::ZERO);
        let mut disturbed = Vec::new();
        until("both are dialled, and some time goes by", || {
            shown += 1;
            let who = shown % 2;
            let mode = gates[who].admit(ticket(shown as u128));
            let claims = std::mem::take(&mut *gates[who].claims.lock().unwrap());
            in_vain[who] |= claims.iter().any(|claim| *claim >= SILENT);
            longest = longest.max(heard[who].elapsed());
            if mode == Mode::Mesh {
                (heard[who], in_vain[who]) = (Instant::now(), false);
            } else if !in_vain[who] {
                disturbed.push((shown, mode));
            }
            begun.elapsed() >= Duration::from_millis(600) && wires.iter().all(Wire::was_used)
        });
        let after = by();
        let last = heard.iter().map(Instant::elapsed).max();
        let stood_still = longest.max(last.unwrap_or_default()) >= STANDS;
        if !stood_still {
            assert_eq!(disturbed, []);
            assert_eq!(after, before);
        }
        !stood_still
    });
}

#[test]
fn a_machine_that_slept_dials_at_once() {
    let authority = Authority::new();
    let mut gates = [Gate::new(1, 3, &authority), Gate::new(2, 3, &authority)];
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    gates[0].listen = port.local_addr().unwrap();
    drop(port);
    gates[1].peers = vec![gates[0].listen.to_string(), "gate.invalid:7000".to_owned()];
    gates[1].start();
    until("it has tried for a while", || {
        gates[1].view().unreached.len() == 2
    });
    gates[0].start();
    gates[1].clock.set_wrong_by(3_600_000);
    all_met(&gates);
}
