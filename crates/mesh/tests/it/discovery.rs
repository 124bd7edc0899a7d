//! Gates find each other by multicast, on the machine's own loopback.

use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use gatehouse_domain::id::EventId;
use gatehouse_mesh::net::{Interfaces, News};
use uuid::Uuid;

use crate::gates::{Gate, all_met, until};
use crate::ledger::delta;
use crate::workspace::Authority;

/// Whether what is said to a group on the loopback is heard there.
fn has_multicast() -> std::io::Result<bool> {
    let group = Ipv4Addr::new(239, 255, 77, 77);
    let ear = UdpSocket::bind("0.0.0.0:0")?;
    ear.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?;
    ear.set_read_timeout(Some(Duration::from_millis(500)))?;
    let mouth = UdpSocket::bind("127.0.0.1:0")?;
    mouth.set_multicast_loop_v4(true)?;
    mouth.send_to(b"anybody?", (group, ear.local_addr()?.port()))?;
    Ok(ear.recv_from(&mut [0; 16]).is_ok())
}

#[allow(clippy::print_stdout, reason = "a test that could not run says so")]
fn may_run() -> bool {
    let may = has_multicast().unwrap_or(false);
    if !may {
        println!(
            "SKIPPED: this machine's loopback carries no multicast, so discovery was not tried"
        );
    }
    may
}

#[test]
fn gates_find_each_other_without_being_told_of_anybody() {
    if !may_run() {
        return;
    }
    let authority = Authority::new();
    let mut gates: Vec<Gate> = (0..4).map(|n| Gate::new(n, 4, &authority)).collect();
    for gate in &mut gates {
        gate.discover = Some(Interfaces::Loopback);
        gate.start();
    }
    let took = until("everybody has found everybody", || {
        gates.iter().all(|gate| gate.ready() == 3)
    });
    println!("found each other in {} ms", took.as_millis());
    gates[3].admit_in_mesh(1);
    let met = gates.iter().flat_map(Gate::news);
    let met = met.filter(|news| matches!(news, News::Met { .. }));
    assert!(met.count() >= 6, "each pair met, and can remember where");

    // A newer roster is told in what is announced, and reaches all.
    gates[0].file.edit(&delta(1, None, b"doors open at seven"));
    gates[0].mesh().roster_changed();
    until("all have the roster", || {
        gates.iter().all(|gate| gate.view().roster.number == 1)
    });

    // One that moves to another port is found there.
    gates[3].stop();
    until("it is missed", || gates[..3].iter().all(|g| g.ready() == 2));
    gates[3].listen.set_port(0);
    gates[3].start();
    all_met(&gates);
}

#[test]
fn gates_of_another_workspace_on_the_same_network_are_left_alone() {
    if !may_run() {
        return;
    }
    let (ours, theirs) = (Authority::new(), Authority::new());
    // Devices and an event that no other test announces on this loopback.
    let mut gates = [
        Gate::new(5, 8, &ours),
        Gate::new(6, 8, &ours),
        Gate::new(7, 8, &theirs),
    ];
    for gate in &mut gates {
        gate.event = EventId(Uuid::from_u128(0x00c0_ffee_0000_8000_8000_0000_0000_00e1));
        gate.discover = Some(Interfaces::Loopback);
        gate.start();
    }
    until("two have met", || gates[..2].iter().all(|g| g.ready() == 1));
    until("the third was tried and refused", || {
        gates.iter().any(|gate| gate.view().strangers_refused > 0)
    });
    assert_eq!(gates[2].view().peers.len(), 0);
}
