//! The mesh's own thread: the node and its ledger, what is asked of them and what reaches them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, select};
use gatehouse_domain::clock::Clock;
use gatehouse_domain::id::{DeviceId, ZoneId};
use gatehouse_domain::scan::HybridClock;
use tokio::sync::OwnedSemaphorePermit;

use super::certificate::HomeHour;
use super::connection::ConnectionId;
use super::dialler::{Call, Calls};
use super::outbox::{Outbox, can_wait};
use super::steady::Steady;
use super::tls::{Shown, Tls};
use super::{News, Peer, Rest, Shared, View, millis};
use crate::limits::{GRANT_HOLDS, MOST_PEERS};
use crate::note::SignedNote;
use crate::wire::ByeCode;
use crate::{Effect, Input, Ledger, Life, Node, Now, Own, Permission, SignedScan, Wish};

/// What the program around asks for.
pub(super) enum Order {
    Claim(Wish, Sender<Permission>),
    Stored(Box<SignedScan>),
    Withdrawn([u8; 16]),
    RosterChanged,
    Noted(Box<SignedNote>),
    WantRoom(Option<ZoneId>, u32),
    Room(Option<ZoneId>, Sender<Option<u32>>),
    Lives(Sender<Vec<(Life, u64)>>),
    Stamp(Sender<(HybridClock, u32)>),
    View(Sender<View>),
    WriteOff(DeviceId),
    Stop,
}

/// A connection that stands.
pub(super) struct Arrival {
    pub(super) id: ConnectionId,
    pub(super) device: DeviceId,
    pub(super) dialled: bool,
    pub(super) address: SocketAddr,
    pub(super) shown: Shown,
    pub(super) outbox: Arc<Outbox>,
}

/// A frame that came, without its length.
pub(super) struct Carried {
    pub(super) device: DeviceId,
    pub(super) id: ConnectionId,
    pub(super) body: Vec<u8>,
    /// Its share of what may wait of one peer, until it was handled.
    pub(super) _room: OwnedSemaphorePermit,
}

/// What became of a connection.
pub(super) enum Happened {
    Arrived(Box<Arrival>),
    Ended(DeviceId, ConnectionId),
}

enum Word {
    Happened(Happened),
    Frame(Carried),
}

/// The mesh's thread is no more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silence;

/// The way from connections to the mesh's thread. What waits in it is bounded by each
/// connection's own share.
#[derive(Clone)]
pub(super) struct Post {
    urgent: Sender<Word>,
    bulk: Sender<Carried>,
}

impl Post {
    pub(super) fn happened(&self, what: Happened) -> Result<(), Silence> {
        self.urgent.send(Word::Happened(what)).map_err(|_| Silence)
    }

    pub(super) fn frame(&self, frame: Carried) -> Result<(), Silence> {
        match can_wait(&frame.body) {
            true => self.bulk.send(frame).map_err(|_| Silence),
            false => self.urgent.send(Word::Frame(frame)).map_err(|_| Silence),
        }
    }
}

/// Where [`Post`] ends.
pub(super) struct Letters {
    urgent: Receiver<Word>,
    bulk: Receiver<Carried>,
}

pub(super) fn post() -> (Post, Letters) {
    let (urgent, urgent_end) = crossbeam_channel::unbounded();
    let (bulk, bulk_end) = crossbeam_channel::unbounded();
    let letters = Letters {
        urgent: urgent_end,
        bulk: bulk_end,
    };
    (Post { urgent, bulk }, letters)
}

struct Link {
    id: ConnectionId,
    dialled: bool,
    address: SocketAddr,
    shown: Shown,
    outbox: Arc<Outbox>,
    since: Duration,
    /// When something came by it last.
    heard: Duration,
}

/// For how long a connection by which nothing comes is held to stand: two beats.
const STANDS: Duration = Duration::from_secs(1);
/// Frames that are handled before anybody looks at what can wait.
const URGENT_AT_ONCE: usize = 64;
/// By how much the device's clock may leave the steady one before somebody must have set it, and how
/// long the thread may be away before the machine must have slept: then everything is tried anew.
const JUMP_MS: i64 = 3_000;
const SLEPT: Duration = Duration::from_secs(3);
/// Rounds of reading after which time passes though more is there to read.
const MOST_ROUNDS: u32 = 8;
/// How late a look at the time is a sign that this machine was held up; and how long what came
/// meanwhile is given to be read.
const HELD_UP: Duration = Duration::from_millis(50);
const READ_UP: Duration = Duration::from_millis(20);
/// For how long what waits is still sent when this device leaves.
const LEAVING: Duration = Duration::from_millis(500);
/// How often certificates of peers are looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Reasons that are kept for a screen.
const MOST_PARTINGS: usize = 64;

pub(super) struct Engine {
    own: Own,
    node: Node,
    ledger: Box<dyn Ledger + Send>,
    clock: Arc<dyn Clock>,
    steady: Steady,
    tell: Box<dyn Fn(News) + Send>,
    tls: Tls,
    home: Arc<HomeHour>,
    calls: Calls,
    shared: Arc<Shared>,
    links: BTreeMap<DeviceId, Link>,
    claims: BTreeMap<[u8; 16], Vec<Sender<Permission>>>,
    granted: BTreeMap<[u8; 16], (Duration, Permission)>,
    partings: BTreeMap<DeviceId, ByeCode>,
    /// Peers as they were told last: whether each is ready, and whether it is silent.
    told: BTreeSet<(DeviceId, bool, bool)>,
    /// The device's clock less the steady one, ms.
    apart_ms: i64,
    looked: Duration,
    /// When the thread was here last.
    kept: Duration,
    /// Rounds of reading since time passed.
    rounds: u32,
    /// Whether it waited for what came while it was held up.
    waited: bool,
    stopping: bool,
}

impl Engine {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn new(
        own: Own,
        ledger: Box<dyn Ledger + Send>,
        clock: Arc<dyn Clock>,
        steady: Steady,
        tell: Box<dyn Fn(News) + Send>,
        tls: Tls,
        home: Arc<HomeHour>,
        calls: Calls,
        shared: Arc<Shared>,
    ) -> Self {
        let now = Now {
            steady: steady.now(),
            device_ms: clock.now_ms(),
        };
        let node = Node::new(own, now, ledger.as_ref());
        let mut engine = Self {
            own,
            node,
            ledger,
            clock,
            steady,
            tell,
            tls,
            home,
            calls,
            shared,
            links: BTreeMap::new(),
            claims: BTreeMap::new(),
            granted: BTreeMap::new(),
            partings: BTreeMap::new(),
            told: BTreeSet::new(),
            apart_ms: apart_ms(now),
            looked: Duration::ZERO,
            kept: now.steady,
            rounds: 0,
            waited: false,
            stopping: false,
        };
        engine.keep_home_hour(now);
        engine
    }

    fn now(&self) -> Now {
        Now {
            steady: self.steady.now(),
            device_ms: self.clock.now_ms(),
        }
    }

    /// Lives until it is told to stop, or nobody is left who could tell it.
    pub(super) fn run(mut self, orders: &Receiver<Order>, letters: &Letters) {
        while !self.stopping {
            let mut handled = 0;
            // Whoever stands at this door goes first, then what somebody at another one waits
            // for, and one piece of what can wait.
            while handled < URGENT_AT_ONCE {
                let Ok(order) = orders.try_recv() else { break };
                self.obey(order);
                handled += 1;
            }
            for word in letters.urgent.try_iter().take(URGENT_AT_ONCE) {
                self.read(word);
                handled += 1;
                if !orders.is_empty() {
                    break;
                }
            }
            if orders.is_empty()
                && letters.urgent.is_empty()
                && let Ok(frame) = letters.bulk.try_recv()
            {
                self.take(frame);
                handled += 1;
            }
            let read_all = orders.is_empty() && letters.urgent.is_empty();
            if handled == 0 {
                self.wait(orders, letters);
            } else if read_all || self.rounds >= MOST_ROUNDS {
                self.look_at_time();
            } else {
                self.rounds += 1;
            }
            self.keep();
        }
        let now = self.now();
        let (clock, uncertainty_ms) = self.node.stamp(now);
        self.shared.rest(Rest {
            clock,
            uncertainty_ms,
            ahead_ms: self.node.home_ms(now).saturating_sub(millis(now.steady)),
            view: self.view(),
        });
        self.leave(letters);
    }

    /// Ends every connection, once what waits is sent: somebody who leaves may never come back.
    fn leave(&mut self, letters: &Letters) {
        for link in self.links.values() {
            link.outbox.finish();
        }
        let end = self.steady.now() + LEAVING;
        while !self.links.is_empty() {
            let wait = end.saturating_sub(self.steady.now());
            match letters.urgent.recv_timeout(wait) {
                Ok(Word::Happened(Happened::Ended(device, id))) => {
                    if self.links.get(&device).is_some_and(|link| link.id == id) {
                        self.links.remove(&device);
                    }
                }
                Ok(Word::Happened(Happened::Arrived(arrival))) => arrival.outbox.close(),
                Ok(Word::Frame(_)) => {}
                Err(_) => return,
            }
        }
    }

    fn wait(&mut self, orders: &Receiver<Order>, letters: &Letters) {
        let now = self.now();
        let usual = now.steady + Duration::from_millis(500);
        let until = self.node.next_timer(now).map_or(usual, |at| at.min(usual));
        let wait = match self.waited {
            true => READ_UP,
            false => until.saturating_sub(now.steady),
        };
        select! {
            recv(orders) -> order => match order {
                Ok(order) => self.obey(order),
                Err(_) => self.stopping = true,
            },
            recv(letters.urgent) -> word => if let Ok(word) = word { self.read(word) },
            recv(letters.bulk) -> frame => if let Ok(frame) = frame { self.take(frame) },
            default(wait) => {
                // Held up, and with it whatever reads from the network: what came meanwhile is read
                // before anybody is found silent.
                let late = self.steady.now().saturating_sub(until);
                match late > HELD_UP && !self.waited {
                    true => self.waited = true,
                    false => self.pass_time(),
                }
            }
        }
    }

    /// Lets time pass where something is due.
    fn look_at_time(&mut self) {
        let now = self.now();
        if self.node.next_timer(now).is_some_and(|at| at <= now.steady) {
            self.pass_time();
        }
    }

    fn pass_time(&mut self) {
        self.rounds = 0;
        self.waited = false;
        self.handle(Input::Timer);
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Claim(wish, answer) => self.claim(wish, answer),
            Order::Stored(scan) => {
                self.granted.remove(&scan.record.nonce);
                self.handle(Input::Stored(scan));
            }
            Order::Withdrawn(nonce) => {
                self.granted.remove(&nonce);
                self.handle(Input::Withdrawn(nonce));
            }
            Order::RosterChanged => self.handle(Input::RosterChanged),
            Order::Noted(note) => self.handle(Input::Noted(note)),
            Order::WantRoom(zone, people) => self.handle(Input::WantRoom(zone, people)),
            Order::WriteOff(device) => self.handle(Input::WriteOff(device)),
            // Whoever asked may have gone meanwhile.
            Order::Lives(answer) => {
                let _ = answer.send(self.node.lives());
            }
            Order::Room(zone, answer) => {
                let _ = answer.send(self.node.room(zone, self.ledger.as_ref()));
            }
            Order::Stamp(answer) => {
                let now = self.now();
                let _ = answer.send(self.node.stamp(now));
            }
            Order::View(answer) => {
                let _ = answer.send(self.view());
            }
            Order::Stop => self.stopping = true,
        }
    }

    fn claim(&mut self, wish: Wish, answer: Sender<Permission>) {
        // The same presentation again is answered as it was.
        if let Some((_, permission)) = self.granted.get(&wish.nonce) {
            let _ = answer.send(*permission);
            return;
        }
        self.claims.entry(wish.nonce).or_default().push(answer);
        self.handle(Input::Claim(wish));
    }

    fn read(&mut self, word: Word) {
        match word {
            Word::Happened(Happened::Arrived(arrival)) => self.arrive(*arrival),
            Word::Happened(Happened::Ended(device, id)) => {
                if self.links.get(&device).is_some_and(|link| link.id == id) {
                    self.drop_link(device, None);
                    self.handle(Input::Disconnected(device));
                }
            }
            Word::Frame(frame) => self.take(frame),
        }
    }

    fn take(&mut self, frame: Carried) {
        let now = self.steady.now();
        let of_link = self.links.get_mut(&frame.device);
        if let Some(link) = of_link.filter(|link| link.id == frame.id) {
            link.heard = now;
            self.handle(Input::Received(frame.device, frame.body));
        }
    }

    /// Takes a connection in, unless there is one that is to be kept in its place.
    fn arrive(&mut self, arrival: Arrival) {
        let device = arrival.device;
        if device == self.own.device {
            arrival.outbox.close();
            self.calls.tell(Call::Own(arrival.address));
            return;
        }
        let now = self.steady.now();
        if let Some(old) = self.links.get(&device) {
            // One that works is not given up for one that this device dialled without need.
            if arrival.dialled && old.heard + STANDS > now {
                arrival.outbox.close();
                return;
            }
            if !self.is_kept(device, old.dialled, arrival.dialled) {
                arrival.outbox.close();
                return;
            }
            old.outbox.close();
            self.links.remove(&device);
            self.handle(Input::Disconnected(device));
        } else if self.links.len() >= MOST_PEERS * 2 {
            arrival.outbox.close();
            return;
        }
        let link = Link {
            id: arrival.id,
            dialled: arrival.dialled,
            address: arrival.address,
            shown: arrival.shown,
            outbox: arrival.outbox,
            since: now,
            heard: now,
        };
        if link.dialled {
            (self.tell)(News::Met {
                device,
                address: link.address,
            });
        }
        self.links.insert(device, link);
        self.calls.tell(Call::Connected(device));
        self.handle(Input::Connected(device));
    }

    /// Whether a second connection to a device takes the place of the first: of two that were
    /// dialled by one side the later, else the one that the lower device id dialled.
    fn is_kept(&self, device: DeviceId, old_dialled: bool, new_dialled: bool) -> bool {
        if old_dialled == new_dialled {
            return true;
        }
        let dialler = if new_dialled { self.own.device } else { device };
        dialler == self.own.device.min(device)
    }

    fn drop_link(&mut self, device: DeviceId, code: Option<ByeCode>) {
        let Some(link) = self.links.remove(&device) else {
            return;
        };
        link.outbox.close();
        let stood = self.steady.now().saturating_sub(link.since);
        self.calls.tell(Call::Lost(device, stood, code));
        match code {
            Some(code) if self.partings.len() < MOST_PARTINGS => {
                self.partings.insert(device, code);
            }
            _ => {}
        }
    }

    fn handle(&mut self, input: Input) {
        let now = self.now();
        let effects = self.node.handle(now, input, self.ledger.as_mut());
        for effect in effects {
            self.do_effect(effect);
        }
    }

    fn do_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Send(device, frame) => {
                let Some(link) = self.links.get(&device) else {
                    return;
                };
                if link.outbox.push(frame).is_err() {
                    tracing::warn!(device = %device.0, "a peer reads too slowly; parting with it");
                    self.drop_link(device, None);
                    self.handle(Input::Disconnected(device));
                }
            }
            Effect::Close(device, code) => self.drop_link(device, Some(code)),
            Effect::Decided(nonce, permission) => {
                if let Permission::Granted { until, .. } = permission {
                    self.granted.insert(nonce, (until, permission));
                }
                for answer in self.claims.remove(&nonce).into_iter().flatten() {
                    let _ = answer.send(permission);
                }
            }
            Effect::Merged(scans) => (self.tell)(News::Merged(scans)),
            Effect::Noted(note) => (self.tell)(News::Noted(note)),
            Effect::Flagged(flag) => (self.tell)(News::Flagged(flag)),
            Effect::RosterAdvanced(version) => {
                self.shared.set_roster(version);
                (self.tell)(News::RosterAdvanced(version));
            }
            Effect::Revoked => (self.tell)(News::Revoked),
            Effect::RolledBack => (self.tell)(News::RolledBack),
            Effect::NotKept(why) => (self.tell)(News::NotKept(why)),
        }
    }

    /// What is looked after between inputs.
    fn keep(&mut self) {
        let now = self.now();
        self.granted
            .retain(|_, (until, _)| *until + GRANT_HOLDS > now.steady);
        self.shared.set_roster(self.node.roster());
        let slept = now.steady.saturating_sub(self.kept) > SLEPT;
        self.kept = now.steady;
        if slept || (apart_ms(now) - self.apart_ms).abs() > JUMP_MS {
            // Whether they still stand is not known.
            for link in self.links.values_mut() {
                link.heard = Duration::ZERO;
            }
            self.apart_ms = apart_ms(now);
            self.calls.tell(Call::Anew);
            self.shared.look_anew();
        }
        let knew = self.home.is_known();
        self.keep_home_hour(now);
        if self.home.is_known() && (!knew || self.looked + LOOK_AGAIN <= now.steady) {
            self.looked = now.steady;
            self.look_again();
        }
        let standing: BTreeSet<_> = self.node.standing().collect();
        if standing != self.told {
            for (device, ready, _) in &standing {
                if *ready {
                    self.partings.remove(device);
                }
            }
            self.told = standing;
            (self.tell)(News::Peers);
        }
    }

    fn keep_home_hour(&mut self, now: Now) {
        let home_ms = self.node.home_ms(now);
        let known = self.node.knows_home_time(now);
        self.home
            .set(known.then(|| home_ms.saturating_sub(now.device_ms)));
    }

    /// Parts with peers whose certificate is over, now that the time is known.
    fn look_again(&mut self) {
        let over: Vec<DeviceId> = self
            .links
            .iter()
            .filter(|(_, link)| self.tls.look_again(&link.shown).is_none())
            .map(|(device, _)| *device)
            .collect();
        for device in over {
            self.shared.refuse();
            self.drop_link(device, None);
            self.handle(Input::Disconnected(device));
        }
    }

    fn view(&self) -> View {
        let now = self.now();
        let peers = self.node.peers(now).into_iter();
        let peers = peers.map(|peer| Peer {
            address: self.links.get(&peer.device).map(|link| link.address),
            peer,
        });
        View {
            peers: peers.collect(),
            parted: self.partings.iter().map(|(d, c)| (*d, *c)).collect(),
            unreached: self.shared.failures(),
            alone_since: self.node.alone_since(),
            home_ms: self.node.home_ms(now),
            flags: self.node.flags(),
            roster: self.node.roster(),
            listens_on: self.shared.listens_on,
            strangers_refused: self.shared.refused(),
        }
    }
}

fn apart_ms(now: Now) -> i64 {
    now.device_ms.saturating_sub(millis(now.steady))
}

/// Waits for an answer of the mesh's thread.
pub(super) fn answer_of<T>(answer: &Receiver<T>, wait: Duration) -> Option<T> {
    answer.recv_timeout(wait).ok()
}
