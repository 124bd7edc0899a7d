//! What must hold when the network is whole again.

use std::collections::{BTreeMap, BTreeSet};

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::scan::{Mode, ScanRecord, Verdict};

use super::ledger::device;
use super::world::World;
use crate::conflict::{Conflict, conflicts, count_heads};
use crate::{Flag, Ledger};

fn records(world: &World, host: usize) -> Vec<&ScanRecord> {
    world.hosts[host]
        .ledger
        .scans
        .iter()
        .map(|s| &s.record)
        .collect()
}

fn set_of(world: &World, host: usize) -> BTreeSet<Vec<u8>> {
    let scans = &world.hosts[host].ledger.scans;
    scans.iter().map(|s| s.signed.clone()).collect()
}

/// Everything that is wrong.
pub(super) fn check(world: &World) -> Vec<String> {
    let mut wrong = world.broken.clone();
    let good: Vec<usize> = (0..world.hosts.len())
        .filter(|n| !world.revoked.contains(n))
        .collect();
    let all: BTreeSet<Vec<u8>> = good.iter().flat_map(|n| set_of(world, *n)).collect();
    let policy = world.setting.policy;
    let expected = conflicts(policy, records(world, 0));
    let heads = count_heads(records(world, 0), None);
    for n in &good {
        let own = set_of(world, *n);
        if own != all {
            wrong.push(format!(
                "gate {n} has other scans: {} of {}",
                own.len(),
                all.len()
            ));
        }
        let scans = &world.hosts[*n].ledger.scans;
        if scans.len() != own.len() {
            wrong.push(format!("gate {n} has scans twice"));
        }
        // The order in which they came leaves no trace.
        if conflicts(policy, records(world, *n)) != expected {
            wrong.push(format!("gate {n} names other winners"));
        }
        if count_heads(records(world, *n), None) != heads {
            wrong.push(format!("gate {n} counts other heads"));
        }
        let (ledger, home) = (&world.hosts[*n].ledger, &world.hosts[0].ledger);
        if ledger.roster() != home.roster() || ledger.content != home.content {
            wrong.push(format!("gate {n} has another roster"));
        }
        if let Some(node) = &world.hosts[*n].node {
            // What a revoked gate did not get rid of may be missing for ever; all see the same gap.
            let of_revoked = |flag: &Flag| match flag {
                Flag::Missing { life, .. } => {
                    world.revoked.iter().any(|r| device(*r) == life.device)
                }
                Flag::ClockAhead { .. } => true,
                _ => false,
            };
            if !node.flags().iter().all(of_revoked) {
                wrong.push(format!("gate {n} flags {:?}", node.flags()));
            }
            if world.revoked.iter().any(|r| {
                node.peers(world.clock(*n))
                    .iter()
                    .any(|p| p.device == device(*r))
            }) {
                wrong.push(format!("gate {n} still talks to one that was revoked"));
            }
        }
    }
    wrong.extend(check_admissions(world, &all, &expected));
    wrong
}

fn check_admissions(world: &World, all: &BTreeSet<Vec<u8>>, found: &[Conflict]) -> Vec<String> {
    let mut wrong = Vec::new();
    let kept: BTreeSet<[u8; 16]> = all
        .iter()
        .filter_map(|signed| ScanRecord::from_bytes(signed).ok())
        .filter(|r| r.verdict == Verdict::Admitted)
        .map(|r| r.nonce)
        .collect();
    let mut standing: BTreeMap<_, usize> = BTreeMap::new();
    for admission in &world.admissions {
        let known = kept.contains(&admission.nonce);
        if !known && !world.revoked.contains(&admission.host) {
            wrong.push(format!("an admission of gate {} is lost", admission.host));
        }
        if known && !admission.undone {
            *standing.entry(admission.ticket).or_default() += 1;
        }
    }
    if world.setting.policy != ReEntry::AfterExit {
        for (ticket, count) in standing {
            let doubles = found.iter().filter(|c| c.ticket == ticket).count();
            // What a revoked gate took back is not known to all.
            if doubles + 1 != count && world.revoked.is_empty() {
                wrong.push(format!(
                    "{count} came in on {ticket}, {doubles} doubles are shown"
                ));
            }
        }
    }
    for conflict in found {
        wrong.extend(check_mesh_double(world, conflict));
    }
    wrong
}

/// Two who could talk the whole time don't both admit in mode mesh.
fn check_mesh_double(world: &World, conflict: &Conflict) -> Option<String> {
    let of = |nonce: [u8; 16]| world.admissions.iter().find(|a| a.nonce == nonce);
    let (a, b) = (of(conflict.stands.nonce)?, of(conflict.double.nonce)?);
    if a.mode == Mode::Alone || b.mode == Mode::Alone {
        return None;
    }
    let pair = (a.host.min(b.host), a.host.max(b.host));
    let (from, upto) = (a.started.min(b.started), a.at.max(b.at));
    let talked = world.talked.get(&pair).into_iter().flatten();
    let whole = talked
        .into_iter()
        .any(|(since, until)| *since <= from && upto <= *until);
    (whole || a.host == b.host).then(|| {
        format!(
            "gates {} and {} admitted {} at {} and {} µs, both of mode mesh",
            a.host, b.host, a.ticket, a.at, b.at
        )
    })
}

/// What the seeds had in them: a simulation in which nothing happens shows nothing.
#[derive(Debug, Default)]
pub(super) struct Seen {
    admissions: usize,
    mesh: usize,
    alone: usize,
    conflicts: usize,
    undone: usize,
    revoked_heard: usize,
    refusals: usize,
    exits: usize,
    frames: u64,
    late: usize,
    on_lease: usize,
}

impl Seen {
    pub(super) fn add(&mut self, world: &World) {
        let of = |mode| world.admissions.iter().filter(|a| a.mode == mode).count();
        let records = records(world, 0);
        let verdicts = |verdict| records.iter().filter(|r| r.verdict == verdict).count();
        self.admissions += world.admissions.len();
        self.mesh += of(Mode::Mesh);
        self.alone += of(Mode::Alone);
        self.conflicts += conflicts(world.setting.policy, records.iter().copied()).len();
        self.undone += verdicts(Verdict::Undone);
        self.refusals += verdicts(Verdict::Refused);
        self.exits += verdicts(Verdict::Exited);
        self.revoked_heard += world.hosts.iter().filter(|h| h.heard_revoked).count();
        self.frames += world.frames;
        if world.setting.capacity.is_some() {
            self.on_lease += world.admissions.iter().filter(|a| a.host != 0).count();
        }
        self.late += world.hosts.iter().map(|h| h.ledger.late).sum::<usize>();
    }

    pub(super) fn join(&mut self, other: &Self) {
        self.admissions += other.admissions;
        self.mesh += other.mesh;
        self.alone += other.alone;
        self.conflicts += other.conflicts;
        self.undone += other.undone;
        self.revoked_heard += other.revoked_heard;
        self.refusals += other.refusals;
        self.exits += other.exits;
        self.frames += other.frames;
        self.late += other.late;
        self.on_lease += other.on_lease;
    }

    pub(super) fn assert_everything_happened(&self) {
        let counts = [
            self.mesh,
            self.alone,
            self.conflicts,
            self.undone,
            self.revoked_heard,
            self.refusals,
            self.exits,
            self.late,
            self.on_lease,
        ];
        assert!(counts.iter().all(|count| *count > 0), "{self:?}");
    }
}
