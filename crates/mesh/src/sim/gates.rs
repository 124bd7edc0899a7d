//! What the gates of the virtual world do: look a ticket up, ask, write, take back.

use gatehouse_domain::admission::Code;
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::TicketId;
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict};
use uuid::Uuid;

use super::ledger::{EVENT, device, sign};
use super::world::{Admission, Happening, Pending, World};
use crate::node::{Fault, Input, Permission};
use crate::scans::{Life, SignedScan};
use crate::wire::Want;
use crate::{Ledger, Wish};

impl World {
    fn nonce(&mut self) -> [u8; 16] {
        Uuid::from_u64_pair(self.dice.next(), self.dice.next()).into_bytes()
    }

    /// Whether the gate's own file says that a ticket may not come in.
    fn is_used(&self, host: usize, ticket: TicketId) -> bool {
        let scans = self.hosts[host].ledger.scans_of(ticket);
        let undone: Vec<_> = scans.iter().filter_map(|s| s.record.undoes).collect();
        let mut passed: Vec<_> = scans
            .iter()
            .filter(|s| matches!(s.record.verdict, Verdict::Admitted | Verdict::Exited))
            .filter(|s| !undone.contains(&s.record.nonce))
            .collect();
        passed.sort_by_key(|s| s.order());
        match self.setting.policy {
            ReEntry::AfterExit => passed
                .last()
                .is_some_and(|s| s.record.verdict == Verdict::Admitted),
            ReEntry::Unlimited => false,
            _ => passed.iter().any(|s| s.record.verdict == Verdict::Admitted),
        }
    }

    pub(super) fn present(&mut self, host: usize, ticket: TicketId) {
        let h = &self.hosts[host];
        let Some(node) = &h.node else {
            return;
        };
        if self.is_used(host, ticket) {
            self.write_refusal(host, ticket);
            return;
        }
        if node.room(None, &h.ledger) == Some(0) {
            self.tell(host, Input::WantRoom(None, 3));
            return;
        }
        self.ask(host, ticket, Want::Enter);
    }

    pub(super) fn leave(&mut self, host: usize, ticket: TicketId) {
        let really = self.inside.get(&ticket).copied().unwrap_or(0) > 0;
        if self.hosts[host].node.is_some() && really && !self.hosts[host].heard_revoked {
            self.ask(host, ticket, Want::Leave);
        }
    }

    fn ask(&mut self, host: usize, ticket: TicketId, want: Want) {
        let nonce = self.nonce();
        let started = self.now;
        self.hosts[host].pending.insert(
            nonce,
            Pending {
                ticket,
                want,
                started,
            },
        );
        let wish = Wish {
            nonce,
            want,
            ticket,
            session: None,
            zone: None,
            day: 20_261_121,
            policy: self.setting.policy,
            takes_room: want == Want::Enter,
        };
        self.tell(host, Input::Claim(wish));
    }

    pub(super) fn decided(&mut self, host: usize, nonce: [u8; 16], permission: Permission) {
        let Some(pending) = self.hosts[host].pending.remove(&nonce) else {
            return;
        };
        let Permission::Granted {
            mode,
            clock,
            uncertainty_ms,
            ..
        } = permission
        else {
            self.write_refusal(host, pending.ticket);
            return;
        };
        let entering = pending.want == Want::Enter;
        let room = {
            let h = &self.hosts[host];
            h.node
                .as_ref()
                .is_some_and(|node| node.room(None, &h.ledger) != Some(0))
        };
        if entering
            && (self.is_used(host, pending.ticket) && self.setting.fault == Fault::None || !room)
        {
            self.tell(host, Input::Withdrawn(nonce));
            return;
        }
        let gone = self.inside.get(&pending.ticket).copied().unwrap_or(0) <= 0;
        if !entering && gone {
            self.tell(host, Input::Withdrawn(nonce));
            return;
        }
        // The machine may die before the scan is on disk: then nobody came in.
        if self.dice.chance(self.setting.crash_at_write) {
            self.at(self.now, Happening::Crash(host));
            self.at(self.now + 1_500_000, Happening::Restart(host));
            return;
        }
        let verdict = if entering {
            Verdict::Admitted
        } else {
            Verdict::Exited
        };
        let code = if entering {
            Code::Admitted
        } else {
            Code::Exited
        };
        let stamp = (clock, uncertainty_ms);
        let scan = self.write(
            host,
            pending.ticket,
            nonce,
            (verdict, code),
            mode,
            stamp,
            None,
        );
        *self.inside.entry(pending.ticket).or_default() += if entering { 1 } else { -1 };
        if entering {
            self.note_admission(host, nonce, mode, pending);
        }
        // Or right after, before it told anybody: then somebody came in.
        if self.dice.chance(self.setting.crash_at_write) {
            self.crash(host);
            self.at(self.now + 1_500_000, Happening::Restart(host));
            return;
        }
        self.tell(host, Input::Stored(Box::new(scan)));
    }

    fn note_admission(&mut self, host: usize, nonce: [u8; 16], mode: Mode, pending: Pending) {
        if self.hosts[host].heard_revoked {
            self.broken.push(format!(
                "gate {host} admitted after it heard that it may not"
            ));
        }
        let inside: i64 = self.inside.values().sum();
        if self
            .setting
            .capacity
            .is_some_and(|most| inside > i64::from(most))
        {
            self.broken.push(format!("{inside} people are inside"));
        }
        self.admissions.push(Admission {
            host,
            ticket: pending.ticket,
            nonce,
            mode,
            started: pending.started,
            at: self.now,
            undone: false,
        });
    }

    fn write_refusal(&mut self, host: usize, ticket: TicketId) {
        let now = self.clock(host);
        let nonce = self.nonce();
        let Some(node) = &mut self.hosts[host].node else {
            return;
        };
        if node.is_revoked() {
            return;
        }
        let stamp = node.stamp(now);
        let shown = (Verdict::Refused, Code::Used);
        let scan = self.write(host, ticket, nonce, shown, Mode::Alone, stamp, None);
        self.tell(host, Input::Stored(Box::new(scan)));
    }

    pub(super) fn take_back(&mut self, host: usize) {
        let now = self.clock(host);
        if self.hosts[host].node.is_none() || self.hosts[host].heard_revoked {
            return;
        }
        let inside = &self.inside;
        let own = self.admissions.iter_mut().rev().find(|a| {
            a.host == host && !a.undone && inside.get(&a.ticket).copied().unwrap_or(0) == 1
        });
        let Some(admission) = own else {
            return;
        };
        admission.undone = true;
        let (ticket, undone) = (admission.ticket, admission.nonce);
        *self.inside.entry(ticket).or_default() -= 1;
        let nonce = self.nonce();
        let Some(node) = &mut self.hosts[host].node else {
            return;
        };
        let stamp = node.stamp(now);
        let shown = (Verdict::Undone, Code::Undone);
        let scan = self.write(host, ticket, nonce, shown, Mode::Alone, stamp, Some(undone));
        self.tell(host, Input::Stored(Box::new(scan)));
    }

    #[allow(clippy::too_many_arguments)]
    fn write(
        &mut self,
        host: usize,
        ticket: TicketId,
        nonce: [u8; 16],
        (verdict, code): (Verdict, Code),
        mode: Mode,
        (clock, uncertainty_ms): (HybridClock, u32),
        undoes: Option<[u8; 16]>,
    ) -> SignedScan {
        let now = self.clock(host);
        let true_ms = self.home_ms();
        let h = &mut self.hosts[host];
        let life = Life {
            device: device(host),
            incarnation: h.incarnation,
        };
        let last = h.ledger.last_of(life);
        let record = ScanRecord {
            event: EVENT,
            device: life.device,
            incarnation: life.incarnation,
            sequence: last.map_or(1, |s| s.record.sequence + 1),
            ticket: Some(ticket),
            version: 1,
            session: None,
            day: 20_261_121,
            zone: None,
            direction: if verdict == Verdict::Exited {
                Direction::Exit
            } else {
                Direction::Entry
            },
            verdict,
            code,
            mode,
            nonce,
            device_ms: now.device_ms,
            clock,
            uncertainty_ms,
            previous: last.map_or([0; 32], SignedScan::hash),
            undoes,
        };
        let signed = record.to_bytes();
        let signature = sign(life.device.as_bytes(), &signed);
        let scan = SignedScan::new(signed, signature).expect("a record");
        h.ledger.add(scan.clone());
        if (clock.wall_ms - true_ms).abs() > 300 {
            let off = clock.wall_ms - true_ms;
            self.broken
                .push(format!("gate {host} stamped a scan {off} ms off"));
        }
        scan
    }
}
