//! Gates meet, share what they know, and decide together.

use std::sync::Barrier;

use gatehouse_domain::scan::Mode;
use gatehouse_mesh::wire::DenyCode;

use crate::gates::{Shown, admissions, all_met, met, ticket, until};

#[test]
fn three_gates_meet_and_what_one_scans_all_know() {
    let gates = met(3);
    gates[1].admit(ticket(1));
    until("all know it", || {
        gates.iter().all(|gate| gate.scans_of(ticket(1)) == 1)
    });
    for gate in &gates {
        assert_eq!(gate.present(ticket(1)), Shown::Known);
    }
    let view = gates[2].view();
    assert_eq!(view.alone_since, None);
    assert!(view.peers.iter().any(|peer| peer.peer.is_home));
}

#[test]
fn of_eight_gates_that_see_a_ticket_at_one_moment_one_lets_in() {
    let gates = met(8);
    let (mut round, mut asked, mut let_in) = (0, 0, 0);
    until("twenty tickets were shown while all could be asked", || {
        round += 1;
        let together = Barrier::new(gates.len());
        let shown: Vec<Shown> = std::thread::scope(|scope| {
            let doors: Vec<_> = gates
                .iter()
                .map(|gate| {
                    let together = &together;
                    scope.spawn(move || {
                        together.wait();
                        gate.present(ticket(round))
                    })
                })
                .collect();
            doors.into_iter().map(|door| door.join().unwrap()).collect()
        });
        let count = |wanted| shown.iter().filter(|shown| **shown == wanted).count();
        // A machine that is too busy to answer makes gates alone, or too late for what they were
        // granted; then nothing was promised.
        let busy = count(Shown::Admitted(Mode::Alone)) + count(Shown::TooLate);
        assert!(count(Shown::Admitted(Mode::Mesh)) <= 1, "{shown:?}");
        let is_admitted = |shown: &Shown| matches!(shown, Shown::Admitted(_));
        let_in += usize::from(shown.iter().any(is_admitted));
        if busy == 0 {
            let others = count(Shown::Known)
                + count(Shown::Denied(DenyCode::Claimed))
                + count(Shown::Denied(DenyCode::Used));
            assert_eq!(count(Shown::Admitted(Mode::Mesh)), 1, "{shown:?}");
            assert_eq!(others, gates.len() - 1, "{shown:?}");
            asked += 1;
        }
        asked == 20
    });
    until("all know the same", || {
        let first = admissions(&gates[0]);
        first.len() == let_in && gates.iter().all(|gate| admissions(gate) == first)
    });
}

#[test]
fn a_gate_that_leaves_is_missed_at_once_and_catches_up_when_it_is_back() {
    let mut gates = met(3);
    gates[2].stop();
    until("it is missed", || gates[..2].iter().all(|g| g.ready() == 1));
    for n in 0..300 {
        gates[1].admit(ticket(n));
    }
    gates[2].start();
    all_met(&gates);
    until("it has caught up", || gates[2].scans() == 300);
    assert_eq!(gates[2].present(ticket(7)), Shown::Known);
    let gone = gates[0].mesh().clone();
    gates[0].stop();
    let stamp = gone.stamp();
    assert!(gone.stamp() > stamp, "a clock goes on");
    assert_eq!(gone.view().peers.len(), 2);
}

#[test]
fn what_was_scanned_last_before_a_gate_leaves_is_not_lost() {
    let mut gates = met(3);
    for n in 0..200 {
        gates[2].admit(ticket(n));
    }
    gates[2].stop();
    until("the others have it all", || {
        gates[..2].iter().all(|gate| gate.scans() == 200)
    });
}
