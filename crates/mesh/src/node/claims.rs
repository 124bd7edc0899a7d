//! Claims: asking every peer before the light turns green, and answering them.

use std::collections::BTreeSet;
use std::time::Duration;

use gatehouse_domain::id::{DeviceId, ZoneId};
use gatehouse_domain::scan::{HybridClock, Mode};

use super::{Effect, Node, Permission};
use crate::claim::{Wish, are_rivals, claimed_by, judge, seen};
use crate::ledger::Ledger;
use crate::limits::{GRANT_BARS, GRANT_HOLDS, MOST_DEVICES, MOST_PROMISES, PROMISE_HOLDS, SILENT};
use crate::scans::SignedScan;
use crate::time::Now;
use crate::wire::{Answer, Claim, Denial, DenyCode, Frame, Release, Role, Want};

/// A claim of this device.
#[derive(Debug, Clone)]
pub(super) struct Held {
    claim: Claim,
    /// Peers whose answer is waited for.
    waiting: BTreeSet<DeviceId>,
    /// Whether somebody who was asked did not answer.
    alone: bool,
    made: Duration,
    granted: bool,
    /// Whether whoever comes in takes up room.
    takes_room: bool,
}

impl Held {
    pub(super) fn next_wake(&self) -> Duration {
        match self.granted {
            true => self.made + GRANT_BARS,
            false => self.made + SILENT,
        }
    }
}

/// A claim of a peer that was granted to it: this device defers.
#[derive(Debug, Clone)]
pub(super) struct Promise {
    claim: Claim,
    until: Duration,
}

impl Node {
    fn decide(&mut self, nonce: [u8; 16], permission: Permission) {
        self.effects.push(Effect::Decided(nonce, permission));
    }

    fn own_denial(&self, code: DenyCode, clock: HybridClock) -> Denial {
        Denial {
            code,
            device: self.own.device,
            zone: None,
            clock,
        }
    }

    /// Why this device may let nobody in at all.
    fn own_bar(&self) -> Option<DenyCode> {
        match (self.may_admit(), self.rolled_back) {
            (true, _) => None,
            (false, true) => Some(DenyCode::RolledBack),
            (false, false) => Some(DenyCode::Revoked),
        }
    }

    pub(super) fn claim(&mut self, wish: Wish, now: Now, ledger: &dyn Ledger) {
        // The same presentation again: it is under way, or was answered.
        if self.claims.contains_key(&wish.nonce) {
            return;
        }
        let (clock, _) = self.stamp(now);
        if let Some(code) = self.own_bar() {
            let denial = self.own_denial(code, clock);
            self.decide(wish.nonce, Permission::Denied(denial));
            return;
        }
        let asked = self.ready_peers();
        let scans = ledger.scans_of(wish.ticket);
        let claim = Claim {
            nonce: wish.nonce,
            want: wish.want,
            ticket: wish.ticket,
            session: wish.session,
            zone: wish.zone,
            day: wish.day,
            policy: wish.policy,
            clock,
            seen: seen(&scans),
            asked: asked.iter().copied().take(MOST_DEVICES).collect(),
        };
        if let Some(denial) = self.bar_to_own(&claim, now) {
            self.decide(wish.nonce, Permission::Denied(denial));
            return;
        }
        if wish.takes_room && self.room(wish.zone, ledger) == Some(0) {
            let denial = self.own_denial(DenyCode::Full, clock);
            self.decide(wish.nonce, Permission::Denied(denial));
            return;
        }
        for peer in &asked {
            self.send(*peer, &Frame::Claim(claim.clone()));
        }
        let silent = |peer: &DeviceId| self.peers.get(peer).is_some_and(|p| p.silent);
        let waiting: BTreeSet<DeviceId> = asked.iter().copied().filter(|p| !silent(p)).collect();
        let held = Held {
            // Whoever is connected and has not greeted yet could have been asked a moment later.
            alone: waiting.len() < self.peers.len(),
            waiting,
            claim,
            made: now.steady,
            granted: false,
            takes_room: wish.takes_room,
        };
        self.claims.insert(wish.nonce, held);
        self.settle_claim(wish.nonce, now);
    }

    /// What stands in the way of an own claim before anybody is asked: another of this device, or
    /// one that it granted to a peer.
    fn bar_to_own(&self, claim: &Claim, now: Now) -> Option<Denial> {
        #[cfg(test)]
        if self.fault == super::Fault::GrantsAll {
            return None;
        }
        let own = self.claims.values().map(|held| &held.claim);
        if let Some(other) = own.into_iter().find(|other| are_rivals(other, claim)) {
            return Some(claimed_by(self.own.device, other));
        }
        self.promises
            .iter()
            .filter(|(_, promise)| promise.until > now.steady)
            .find(|(_, promise)| are_rivals(&promise.claim, claim))
            .map(|((device, _), promise)| claimed_by(*device, &promise.claim))
    }

    /// How many people whom this device lets in just now will take up room in a zone.
    pub(super) fn coming_into(&self, zone: Option<ZoneId>) -> i64 {
        let coming = self
            .claims
            .values()
            .filter(|held| held.takes_room && held.claim.zone == zone);
        coming.count() as i64
    }

    /// Grants a claim that waits for nobody any more.
    fn settle_claim(&mut self, nonce: [u8; 16], now: Now) {
        let Some(held) = self.claims.get(&nonce) else {
            return;
        };
        if held.granted || !held.waiting.is_empty() {
            return;
        }
        let mode = match (held.claim.asked.is_empty(), held.alone, self.own.role) {
            (true, false, Role::Home) => Mode::Home,
            (false, false, _) => Mode::Mesh,
            _ => Mode::Alone,
        };
        let until = held.made + GRANT_HOLDS;
        let (clock, uncertainty_ms) = self.stamp(now);
        if let Some(held) = self.claims.get_mut(&nonce) {
            held.granted = true;
        }
        self.decide(
            nonce,
            Permission::Granted {
                mode,
                clock,
                uncertainty_ms,
                until,
            },
        );
    }

    /// Drops an own claim and tells those who deferred to it.
    fn release(&mut self, nonce: [u8; 16]) {
        let Some(held) = self.claims.remove(&nonce) else {
            return;
        };
        for peer in held.claim.asked {
            if self.peers.contains_key(&peer) {
                self.send(peer, &Frame::Release(Release { nonce }));
            }
        }
    }

    fn deny_own(&mut self, nonce: [u8; 16], denial: Denial) {
        self.release(nonce);
        self.decide(nonce, Permission::Denied(denial));
    }

    pub(super) fn withdraw(&mut self, nonce: [u8; 16]) {
        self.release(nonce);
    }

    /// Every claim that waits is denied: this device may let nobody in any more.
    pub(super) fn deny_all(&mut self, code: DenyCode) {
        let waiting = self.claims.iter().filter(|(_, held)| !held.granted);
        let nonces: Vec<([u8; 16], HybridClock)> = waiting
            .map(|(nonce, held)| (*nonce, held.claim.clock))
            .collect();
        for (nonce, clock) in nonces {
            let denial = self.own_denial(code, clock);
            self.deny_own(nonce, denial);
        }
    }

    pub(super) fn take_answer(
        &mut self,
        from: DeviceId,
        answer: Answer,
        now: Now,
        ledger: &mut dyn Ledger,
    ) {
        // What the peer knows and this gate did not counts before the answer does.
        if !answer.unseen.is_empty() {
            self.take_scans(from, answer.unseen, now, ledger);
        }
        let Some(held) = self.claims.get_mut(&answer.nonce) else {
            return;
        };
        if held.granted || !held.waiting.contains(&from) {
            return;
        }
        if let Some(denial) = answer.denial {
            self.deny_own(answer.nonce, denial);
            return;
        }
        held.waiting.remove(&from);
        self.settle_claim(answer.nonce, now);
    }

    /// A peer that is gone answers nothing any more; what waited for it goes on alone.
    pub(super) fn lose_answers_of(&mut self, peer: DeviceId, now: Now) {
        let mut waited = Vec::new();
        for (nonce, held) in &mut self.claims {
            if held.waiting.remove(&peer) {
                held.alone = true;
                waited.push(*nonce);
            }
        }
        for nonce in waited {
            self.settle_claim(nonce, now);
        }
    }

    pub(super) fn take_claim(
        &mut self,
        from: DeviceId,
        claim: Claim,
        now: Now,
        ledger: &dyn Ledger,
    ) {
        self.hear_clock(from, claim.clock, now);
        let (known, unseen) = judge(&claim, &ledger.counted_scans_of(claim.ticket));
        let denial = self.bar_to(from, &claim, now).or(known);
        #[cfg(test)]
        let denial = match self.fault {
            super::Fault::GrantsAll => None,
            _ => denial,
        };
        let nonce = claim.nonce;
        if denial.is_none() && claim.want == Want::Enter {
            self.defer_to(from, &claim);
            self.promises.insert(
                (from, nonce),
                Promise {
                    claim,
                    until: now.steady + PROMISE_HOLDS,
                },
            );
        }
        let answer = Answer {
            nonce,
            denial,
            unseen,
        };
        self.send(from, &Frame::Answer(answer));
    }

    /// What stands in the way of a peer's claim apart from what is known to have happened.
    fn bar_to(&self, from: DeviceId, claim: &Claim, now: Now) -> Option<Denial> {
        for held in self.claims.values() {
            let first = (held.claim.clock, self.own.device) < (claim.clock, from);
            if are_rivals(&held.claim, claim) && (held.granted || first) {
                return Some(claimed_by(self.own.device, &held.claim));
            }
        }
        let promises = self.promises.iter().filter(|(_, p)| p.until > now.steady);
        for ((device, _), promise) in promises {
            // Two who ask each other find out between themselves. Two who can't talk are kept
            // apart by whom they both ask.
            let apart = !claim.asked.contains(device) && !promise.claim.asked.contains(&from);
            if *device != from && apart && are_rivals(&promise.claim, claim) {
                return Some(claimed_by(*device, &promise.claim));
            }
        }
        let full = self.promises.len() >= MOST_PROMISES
            && !self.promises.contains_key(&(from, claim.nonce));
        full.then(|| self.own_denial(DenyCode::Busy, claim.clock))
    }

    /// Own claims that stand behind one that was granted come to nothing.
    fn defer_to(&mut self, from: DeviceId, claim: &Claim) {
        #[cfg(test)]
        if self.fault == super::Fault::GrantsAll {
            return;
        }
        let behind = |held: &&Held| !held.granted && are_rivals(&held.claim, claim);
        let nonces: Vec<[u8; 16]> = self
            .claims
            .values()
            .filter(behind)
            .map(|held| held.claim.nonce)
            .collect();
        for nonce in nonces {
            self.deny_own(nonce, claimed_by(from, claim));
        }
    }

    /// Claims that are fulfilled by scans, or overtaken by them.
    pub(super) fn match_claims(&mut self, scans: &[SignedScan], ledger: &dyn Ledger) {
        let tickets: BTreeSet<_> = scans.iter().filter_map(|s| s.record.ticket).collect();
        for scan in scans {
            self.promises
                .remove(&(scan.record.device, scan.record.nonce));
        }
        let waiting: Vec<([u8; 16], Claim)> = self
            .claims
            .iter()
            .filter(|(_, held)| !held.granted && tickets.contains(&held.claim.ticket))
            .map(|(nonce, held)| (*nonce, held.claim.clone()))
            .collect();
        for (nonce, claim) in waiting {
            let (denial, _) = judge(&claim, &ledger.counted_scans_of(claim.ticket));
            #[cfg(test)]
            let denial = match self.fault {
                super::Fault::GrantsAll => None,
                _ => denial,
            };
            if let Some(denial) = denial {
                self.deny_own(nonce, denial);
            }
        }
    }

    /// The claim of a scan that was written is over.
    pub(super) fn fulfil(&mut self, nonce: [u8; 16]) {
        self.claims.remove(&nonce);
    }

    /// Ends what has waited long enough.
    pub(super) fn keep_claims(&mut self, now: Now) {
        self.promises
            .retain(|_, promise| promise.until > now.steady);
        let mut over = Vec::new();
        let mut late: Vec<[u8; 16]> = Vec::new();
        for (nonce, held) in &mut self.claims {
            if held.next_wake() > now.steady {
                continue;
            }
            if held.granted {
                over.push(*nonce);
                continue;
            }
            held.alone = true;
            for peer in std::mem::take(&mut held.waiting) {
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.silent = true;
                }
            }
            late.push(*nonce);
        }
        for nonce in over {
            self.release(nonce);
        }
        for nonce in late {
            self.settle_claim(nonce, now);
        }
    }
}
