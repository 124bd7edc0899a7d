//! A virtual network of gates with a virtual time: what happens follows from a seed alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::Duration;

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::scan::Mode;
use uuid::Uuid;

use super::ledger::{EVENT, MemoryLedger, delta, device};
use crate::Ledger;
use crate::node::{Effect, Fault, Input, Node, Own};
use crate::time::Now;
use crate::wire::{Role, RosterVersion, Want};

/// Home time when the world begins, UTC ms.
pub(crate) const BEGIN_MS: i64 = 1_795_000_000_000;

/// A small generator of numbers (SplitMix64): the same seed, the same numbers.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6a09_e667_f3bc_c908)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    pub(crate) fn index(&mut self, bound: usize) -> usize {
        self.below(bound as u64) as usize
    }

    pub(crate) fn chance(&mut self, in_thousand: u64) -> bool {
        self.below(1_000) < in_thousand
    }
}

/// What the network and the gates are like.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) gates: usize,
    pub(crate) policy: ReEntry,
    pub(crate) loss: u64,
    pub(crate) twice: u64,
    pub(crate) delay_us: u64,
    pub(crate) crash_at_write: u64,
    pub(crate) capacity: Option<u32>,
    pub(crate) fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending {
    pub(super) ticket: TicketId,
    pub(super) want: Want,
    pub(super) started: u64,
}

/// An admission as it happened, whoever knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) host: usize,
    pub(crate) ticket: TicketId,
    pub(crate) nonce: [u8; 16],
    pub(crate) mode: Mode,
    pub(crate) started: u64,
    pub(crate) at: u64,
    pub(crate) undone: bool,
}

/// A device: its file, and its node while it runs.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) ledger: MemoryLedger,
    pub(crate) node: Option<Node>,
    pub(crate) incarnation: u32,
    pub(crate) heard_revoked: bool,
    skew_ms: i64,
    booted: u64,
    pub(super) pending: BTreeMap<[u8; 16], Pending>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happening {
    Arrive {
        from: usize,
        to: usize,
        line: u64,
        body: Vec<u8>,
    },
    HangUp {
        at: usize,
        other: usize,
        line: u64,
    },
    Wake(usize),
    Dial,
    Present {
        host: usize,
        ticket: u128,
    },
    Leave {
        host: usize,
        ticket: u128,
    },
    TakeBack(usize),
    Split(Vec<usize>),
    Cut(usize, usize),
    Heal,
    Crash(usize),
    Restart(usize),
    Revoke(usize),
    Edit(Vec<u8>),
    ForgetDeltas,
}

/// The world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) setting: Setting,
    pub(crate) dice: Dice,
    pub(crate) now: u64,
    pub(crate) hosts: Vec<Host>,
    pub(crate) admissions: Vec<Admission>,
    /// Spans of time in which two could talk: both ends of a line stood.
    pub(crate) talked: BTreeMap<(usize, usize), Vec<(u64, u64)>>,
    /// What must not happen and did.
    pub(crate) broken: Vec<String>,
    pub(crate) revoked: Vec<usize>,
    /// People inside, whatever anybody knows.
    pub(super) inside: BTreeMap<TicketId, i64>,
    lines: Vec<Vec<Option<u64>>>,
    side: Vec<usize>,
    cut: BTreeSet<(usize, usize)>,
    up_since: BTreeMap<(usize, usize), u64>,
    queue: BinaryHeap<Reverse<(u64, u64, Happening)>>,
    count: u64,
    pub(crate) frames: u64,
}

impl World {
    pub(crate) fn new(seed: u64, setting: Setting) -> Self {
        let mut dice = Dice::new(seed);
        let count = setting.gates;
        let mut hosts = Vec::new();
        for n in 0..count {
            let skew_ms = match n {
                0 => 0,
                // One clock is far off.
                1 => [86_400_000, -86_400_000, 31_536_000_000, 40_000][dice.index(4)],
                _ => dice.below(4_000) as i64 - 2_000,
            };
            let mut ledger = MemoryLedger::default();
            ledger.capacity = setting.capacity;
            ledger.version.epoch = 1;
            ledger.devices = (0..count).map(device).collect();
            hosts.push(Host {
                ledger,
                node: None,
                incarnation: 1,
                heard_revoked: false,
                skew_ms,
                booted: 0,
                pending: BTreeMap::new(),
            });
        }
        let mut world = Self {
            setting,
            dice,
            now: 0,
            hosts,
            admissions: Vec::new(),
            talked: BTreeMap::new(),
            broken: Vec::new(),
            revoked: Vec::new(),
            inside: BTreeMap::new(),
            lines: vec![vec![None; count]; count],
            side: vec![0; count],
            cut: BTreeSet::new(),
            up_since: BTreeMap::new(),
            queue: BinaryHeap::new(),
            count: 0,
            frames: 0,
        };
        for n in 0..count {
            world.restart(n);
        }
        world.at(0, Happening::Dial);
        world
    }

    pub(crate) fn at(&mut self, time: u64, what: Happening) {
        self.count += 1;
        self.queue
            .push(Reverse((time.max(self.now), self.count, what)));
    }

    pub(crate) fn run_until(&mut self, end: u64) {
        while let Some(Reverse((time, _, _))) = self.queue.peek() {
            if *time > end {
                break;
            }
            let Some(Reverse((time, _, what))) = self.queue.pop() else {
                break;
            };
            self.now = time;
            self.happen(what);
        }
        self.now = end;
    }

    pub(crate) fn clock(&self, host: usize) -> Now {
        let h = &self.hosts[host];
        Now {
            steady: Duration::from_micros(self.now - h.booted),
            device_ms: self.home_ms() + h.skew_ms,
        }
    }

    pub(crate) fn home_ms(&self) -> i64 {
        BEGIN_MS + (self.now / 1_000) as i64
    }

    fn happen(&mut self, what: Happening) {
        match what {
            Happening::Arrive {
                from,
                to,
                line,
                body,
            } => {
                if self.lines[to][from] == Some(line) && self.reach(from, to) {
                    self.frames += 1;
                    self.tell(to, Input::Received(device(from), body));
                }
            }
            Happening::HangUp { at, other, line } => {
                if self.lines[at][other] == Some(line) {
                    self.drop_line(at, other);
                    self.tell(at, Input::Disconnected(device(other)));
                }
            }
            Happening::Wake(host) => {
                let now = self.clock(host);
                let due = self.hosts[host]
                    .node
                    .as_ref()
                    .and_then(|node| node.next_timer(now))
                    .is_some_and(|at| at <= now.steady);
                if due {
                    self.tell(host, Input::Timer);
                }
            }
            Happening::Dial => {
                self.dial();
                self.at(self.now + 250_000, Happening::Dial);
            }
            Happening::Present { host, ticket } => {
                self.present(host, TicketId(Uuid::from_u128(ticket)));
            }
            Happening::Leave { host, ticket } => {
                self.leave(host, TicketId(Uuid::from_u128(ticket)));
            }
            Happening::TakeBack(host) => self.take_back(host),
            Happening::Split(side) => {
                for a in 0..self.hosts.len() {
                    for b in 0..self.hosts.len() {
                        if side[a] != side[b] {
                            self.part(a, b);
                        }
                    }
                }
                self.side = side;
            }
            Happening::Cut(a, b) => {
                self.cut.insert((a.min(b), a.max(b)));
                self.part(a, b);
            }
            Happening::Heal => {
                self.side = vec![0; self.hosts.len()];
                self.cut.clear();
            }
            Happening::Crash(host) => self.crash(host),
            Happening::Restart(host) => self.restart(host),
            Happening::Revoke(host) => {
                self.revoked.push(host);
                self.edit(Some(device(host)), &[]);
            }
            Happening::Edit(body) => self.edit(None, &body),
            Happening::ForgetDeltas => {
                let number = self.hosts[0].ledger.roster().number;
                self.hosts[0].ledger.forget_deltas_before(number);
            }
        }
    }

    fn edit(&mut self, revokes: Option<DeviceId>, body: &[u8]) {
        let version = RosterVersion {
            epoch: 1,
            number: self.hosts[0].ledger.roster().number + 1,
        };
        let delta = delta(version, revokes, body);
        let ledger = &mut self.hosts[0].ledger;
        ledger.apply_delta(&delta).expect("kept");
        if revokes.is_some() {
            ledger.keep_revocation(&delta).expect("kept");
        }
        self.tell(0, Input::RosterChanged);
    }

    /// Whether the network carries anything between two.
    fn reach(&self, a: usize, b: usize) -> bool {
        self.side[a] == self.side[b] && !self.cut.contains(&(a.min(b), a.max(b)))
    }

    fn dial(&mut self) {
        let count = self.hosts.len();
        for a in 0..count {
            for b in a + 1..count {
                let apart = self.lines[a][b].is_none() && self.lines[b][a].is_none();
                let up = self.hosts[a].node.is_some() && self.hosts[b].node.is_some();
                if apart && up && self.reach(a, b) {
                    self.count += 1;
                    let line = self.count;
                    self.lines[a][b] = Some(line);
                    self.lines[b][a] = Some(line);
                    self.up_since.insert((a, b), self.now);
                    self.tell(a, Input::Connected(device(b)));
                    self.tell(b, Input::Connected(device(a)));
                }
            }
        }
    }

    /// Two can't talk any more from now on.
    fn part(&mut self, a: usize, b: usize) {
        let pair = (a.min(b), a.max(b));
        if let Some(since) = self.up_since.remove(&pair) {
            self.talked.entry(pair).or_default().push((since, self.now));
        }
    }

    /// Ends all spans, at the end of the world.
    pub(crate) fn close_spans(&mut self) {
        let pairs: Vec<_> = self.up_since.keys().copied().collect();
        for (a, b) in pairs {
            self.part(a, b);
        }
    }

    fn drop_line(&mut self, a: usize, b: usize) {
        self.lines[a][b] = None;
        self.part(a, b);
    }

    pub(super) fn crash(&mut self, host: usize) {
        if self.hosts[host].node.take().is_none() {
            return;
        }
        self.hosts[host].pending.clear();
        for other in 0..self.hosts.len() {
            let Some(line) = self.lines[host][other] else {
                continue;
            };
            self.drop_line(host, other);
            // Sometimes the others are told by the network, sometimes they have to find out.
            if self.dice.chance(500) {
                let what = Happening::HangUp {
                    at: other,
                    other: host,
                    line,
                };
                self.at(self.now + 20_000, what);
            }
        }
    }

    pub(crate) fn restart(&mut self, host: usize) {
        if self.hosts[host].node.is_some() {
            return;
        }
        self.hosts[host].booted = self.now;
        let own = Own {
            event: EVENT,
            device: device(host),
            incarnation: self.hosts[host].incarnation,
            role: if host == 0 { Role::Home } else { Role::Gate },
        };
        let now = self.clock(host);
        let mut node = Node::new(own, now, &self.hosts[host].ledger);
        node.fault = self.setting.fault;
        self.hosts[host].node = Some(node);
    }

    /// Gives a node an input and carries out what it says.
    pub(crate) fn tell(&mut self, host: usize, input: Input) {
        let now = self.clock(host);
        let h = &mut self.hosts[host];
        let Some(node) = &mut h.node else {
            return;
        };
        let effects = node.handle(now, input, &mut h.ledger);
        for effect in effects {
            self.carry_out(host, effect);
        }
        let now = self.clock(host);
        if let Some(at) = self.hosts[host]
            .node
            .as_ref()
            .and_then(|n| n.next_timer(now))
        {
            let wait = at.saturating_sub(now.steady).as_micros() as u64;
            self.at(self.now + wait.max(100), Happening::Wake(host));
        }
    }

    fn carry_out(&mut self, host: usize, effect: Effect) {
        match effect {
            Effect::Send(to, bytes) => self.post(host, to, &bytes),
            Effect::Close(peer, _) => {
                let other = self.index_of(peer);
                if let Some(line) = self.lines[host][other] {
                    self.drop_line(host, other);
                    // After the last words.
                    let late = self.now + 2 * self.setting.delay_us + 1_000;
                    let what = Happening::HangUp {
                        at: other,
                        other: host,
                        line,
                    };
                    self.at(late, what);
                    self.tell(host, Input::Disconnected(peer));
                }
            }
            Effect::Decided(nonce, permission) => self.decided(host, nonce, permission),
            Effect::Revoked => self.hosts[host].heard_revoked = true,
            Effect::RolledBack => {
                // The gate begins a new life.
                self.hosts[host].incarnation += 1;
                self.at(self.now, Happening::Crash(host));
                self.at(self.now + 1, Happening::Restart(host));
            }
            _ => {}
        }
    }

    fn index_of(&self, wanted: DeviceId) -> usize {
        (0..self.hosts.len())
            .find(|n| device(*n) == wanted)
            .expect("one of us")
    }

    fn post(&mut self, from: usize, to: DeviceId, bytes: &[u8]) {
        let to = self.index_of(to);
        let Some(line) = self.lines[from][to] else {
            return;
        };
        if !self.reach(from, to) {
            return;
        }
        let copies = 1 + u64::from(self.dice.chance(self.setting.twice));
        for _ in 0..copies {
            if self.dice.chance(self.setting.loss) {
                continue;
            }
            let delay = 200 + self.dice.below(self.setting.delay_us);
            let body = bytes[4..].to_vec();
            self.at(
                self.now + delay,
                Happening::Arrive {
                    from,
                    to,
                    line,
                    body,
                },
            );
        }
    }
}
