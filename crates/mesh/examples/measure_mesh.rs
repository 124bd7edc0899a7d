//! Measures gates in one process, over TLS on the loopback.
//!
//! `cargo run -p gatehouse-mesh --example measure_mesh -- [gates] [scans] [doubles]` prints how
//! soon they find each other, how soon a scan of one is known at all others at 100 scans a second,
//! how long a claim takes, and what becomes of tickets that are shown at two gates at once.

#![allow(clippy::unwrap_used, reason = "a measure that fails is to be seen")]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]
#![allow(dead_code, reason = "the tests use more of what both share")]

#[path = "../tests/it/gates.rs"]
mod gates;
#[path = "../tests/it/ledger.rs"]
mod ledger;
#[path = "../tests/it/workspace.rs"]
mod workspace;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use gatehouse_domain::scan::Mode;
use gatehouse_mesh::net::{Interfaces, News};

use gates::{Gate, Shown, nonce, ticket, until};
use workspace::Authority;

/// Scans in a second, at all gates together.
const PACE: u32 = 100;

fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times
        .get(at)
        .map_or(f64::NAN, |t| t.as_secs_f64() * 1_000.0)
}

fn find_each_other(gates: &mut [Gate]) {
    let all = gates.len() - 1;
    let mut took = Vec::new();
    for gate in gates.iter_mut() {
        gate.discover = Some(Interfaces::Loopback);
    }
    let begun = Instant::now();
    for gate in gates.iter_mut() {
        gate.start();
    }
    let started = begun.elapsed();
    let mut waiting: Vec<&Gate> = gates.iter().collect();
    until("all have found all", || {
        waiting.retain(|gate| {
            let there = gate.ready() == all;
            if there {
                took.push(begun.elapsed());
            }
            !there
        });
        waiting.is_empty()
    });
    println!(
        "{} gates started in {} ms; each connected to all others after p50 {:.0} ms, the last {:.0} ms",
        gates.len(),
        started.as_millis(),
        percentile(&mut took, 50),
        percentile(&mut took, 100),
    );
}

fn spread(gates: &[Gate], scans: usize) {
    let written: Mutex<BTreeMap<[u8; 16], Instant>> = Mutex::default();
    let heard: Mutex<Vec<([u8; 16], Instant)>> = Mutex::default();
    let over = AtomicBool::new(false);
    let each = Duration::from_secs(1) * gates.len() as u32 / PACE;
    let modes: Vec<Shown> = std::thread::scope(|scope| {
        for gate in gates {
            let (heard, over) = (&heard, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    if let Some(News::Merged(scans)) = gate.hear(Duration::from_millis(50)) {
                        let now = Instant::now();
                        let new = scans.iter().map(|scan| (scan.record.nonce, now));
                        heard.lock().unwrap().extend(new);
                    }
                }
            });
        }
        let begun = Instant::now();
        let doors: Vec<_> = gates
            .iter()
            .map(|gate| {
                let written = &written;
                scope.spawn(move || {
                    let mut shown = Vec::new();
                    for n in 0..scans / gates.len() {
                        let due = each * n as u32 + each * gate.n as u32 / gates.len() as u32;
                        std::thread::sleep(due.saturating_sub(begun.elapsed()));
                        let nonce = nonce();
                        let who = ticket((gate.n * 1_000_000 + n) as u128);
                        shown.push(gate.present_as(who, nonce));
                        written.lock().unwrap().insert(nonce, Instant::now());
                    }
                    shown
                })
            })
            .collect();
        let shown = doors.into_iter().flat_map(|door| door.join().unwrap());
        let shown: Vec<Shown> = shown.collect();
        until("all know all", || {
            let all = shown.len() * (gates.len() - 1);
            heard.lock().unwrap().len() == all
        });
        over.store(true, Ordering::Relaxed);
        shown
    });
    let written = written.into_inner().unwrap();
    let mut took: Vec<Duration> = heard
        .into_inner()
        .unwrap()
        .into_iter()
        .map(|(nonce, at)| at.saturating_duration_since(written[&nonce]))
        .collect();
    let mut claims: Vec<Duration> = gates
        .iter()
        .flat_map(|gate| std::mem::take(&mut *gate.claims.lock().unwrap()))
        .collect();
    let mesh = |shown: &&Shown| **shown == Shown::Admitted(Mode::Mesh);
    println!(
        "{} scans at {PACE} a second, {} of mode mesh; known elsewhere after p50 {:.1} ms, p99 {:.1} ms, the last {:.1} ms; claim p50 {:.1} ms, p99 {:.1} ms",
        modes.len(),
        modes.iter().filter(mesh).count(),
        percentile(&mut took, 50),
        percentile(&mut took, 99),
        percentile(&mut took, 100),
        percentile(&mut claims, 50),
        percentile(&mut claims, 99),
    );
}

fn double(gates: &[Gate], doubles: usize) {
    let together = Barrier::new(gates.len());
    let begun = Instant::now();
    let shown: Vec<Vec<Shown>> = std::thread::scope(|scope| {
        let doors: Vec<_> = gates
            .iter()
            .map(|gate| {
                let together = &together;
                scope.spawn(move || {
                    let mut shown = Vec::new();
                    for n in 0..doubles {
                        together.wait();
                        // Gates stand in pairs; each pair sees a ticket of its own.
                        let pair = (gate.n + n) % gates.len() / 2;
                        let who = (1 << 40) + n * gates.len() + pair;
                        shown.push(gate.present(ticket(who as u128)));
                    }
                    shown
                })
            })
            .collect();
        doors.into_iter().map(|door| door.join().unwrap()).collect()
    });
    let mut admitted: BTreeMap<usize, Vec<Mode>> = BTreeMap::new();
    for (gate, shown) in shown.iter().enumerate() {
        for (n, shown) in shown.iter().enumerate() {
            if let Shown::Admitted(mode) = shown {
                let who = n * gates.len() + (gate + n) % gates.len() / 2;
                admitted.entry(who).or_default().push(*mode);
            }
        }
    }
    let in_mesh = |modes: &[Mode]| modes.iter().filter(|mode| **mode == Mode::Mesh).count();
    let modes = || admitted.values().flatten();
    println!(
        "{} tickets shown at two gates at once in {:.1} s: {} let in, {} twice, of these {} with both of mode mesh; {} admissions of mode alone",
        doubles * gates.len().div_ceil(2),
        begun.elapsed().as_secs_f64(),
        admitted.len(),
        admitted.values().filter(|modes| modes.len() > 1).count(),
        admitted.values().filter(|modes| in_mesh(modes) > 1).count(),
        modes().filter(|mode| **mode == Mode::Alone).count(),
    );
}

fn main() {
    let mut numbers = std::env::args().skip(1).map(|n| n.parse().unwrap());
    let (count, scans, doubles) = (
        numbers.next().unwrap_or(8),
        numbers.next().unwrap_or(1_000),
        numbers.next().unwrap_or(250),
    );
    let authority = Authority::new();
    let mut gates: Vec<Gate> = (0..count)
        .map(|n| Gate::new(n, count, &authority))
        .collect();
    find_each_other(&mut gates);
    spread(&gates, scans);
    double(&gates, doubles);
}
