//! Addresses: which are worth a try, and when.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use gatehouse_domain::id::DeviceId;

/// Where somebody may be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// An address.
    Address(SocketAddr),
    /// A name and a port, to be looked up each time.
    Name(String),
}

impl Place {
    /// What a person typed: `host:port`, or `[address]:port`.
    pub(super) fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if let Ok(address) = typed.parse() {
            return Some(Self::Address(address));
        }
        let (host, port) = typed.rsplit_once(':')?;
        let is_name = !host.is_empty()
            && host.len() <= 253
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
        let port = port.parse::<u16>().ok().filter(|port| *port > 0)?;
        is_name.then(|| Self::Name(format!("{}:{port}", host.to_ascii_lowercase())))
    }
}

/// How an address came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Somebody typed it, or it is remembered from before: it is never given up.
    Given,
    /// It was heard on the network: a hint.
    Heard,
}

/// Addresses in the book that were given; the next ones are refused.
const MOST_GIVEN: usize = 512;
/// Addresses in the book that were heard; the one not heard of for longest gives way.
const MOST_HEARD: usize = 512;
/// What is not heard of for so long is forgotten.
const STALE: Duration = Duration::from_secs(60);
/// Dials under way.
const MOST_DIALS: usize = 16;
/// How soon a lost peer is dialled again, and how long it takes at most.
const SOONEST: Duration = Duration::from_millis(100);
const LATEST: Duration = Duration::from_secs(5);
/// The same of those whom a certificate proved: after a network was cut for long, they are to be
/// together again within moments.
const LATEST_PROVED: Duration = Duration::from_millis(750);
/// How long those are left alone who said that they want nothing to do with us.
const UNWANTED: Duration = Duration::from_secs(30);
/// How long the higher device id waits for the lower one to dial, so that they do not meet twice.
const COURTESY: Duration = Duration::from_millis(250);
/// A connection that stood for less counts as one that failed.
const SHORT: Duration = Duration::from_secs(3);

#[derive(Debug, Clone)]
struct Entry {
    origin: Origin,
    /// Whom it leads to.
    device: Option<DeviceId>,
    /// Whether a certificate said so; else it is a hint.
    proved: bool,
    heard: Duration,
    due: Duration,
    wait: Duration,
    dialling: bool,
    failure: Option<String>,
}

impl Entry {
    /// How long it is left alone after the next time.
    fn longer(&self) -> Duration {
        let latest = match self.proved {
            true => LATEST_PROVED,
            false => LATEST,
        };
        (self.wait * 2).min(latest)
    }
}

/// The addresses.
#[derive(Debug)]
pub(super) struct Book {
    own: DeviceId,
    entries: BTreeMap<Place, Entry>,
    connected: BTreeSet<DeviceId>,
    dials: usize,
}

impl Book {
    pub(super) fn new(own: DeviceId) -> Self {
        Self {
            own,
            entries: BTreeMap::new(),
            connected: BTreeSet::new(),
            dials: 0,
        }
    }

    fn entry(origin: Origin, now: Duration) -> Entry {
        Entry {
            origin,
            device: None,
            proved: false,
            heard: now,
            due: now,
            wait: SOONEST,
            dialling: false,
            failure: None,
        }
    }

    /// Adds an address that somebody typed or that is remembered, or tries it anew. `false` where
    /// the book is full.
    pub(super) fn give(&mut self, place: Place, now: Duration) -> bool {
        if let Some(entry) = self.entries.get_mut(&place) {
            entry.origin = Origin::Given;
            entry.due = entry.due.min(now);
            return true;
        }
        let given = self.entries.values().filter(|e| e.origin == Origin::Given);
        if given.count() >= MOST_GIVEN {
            return false;
        }
        self.entries.insert(place, Self::entry(Origin::Given, now));
        true
    }

    /// Adds an address that was heard on the network, and whose it is said to be.
    pub(super) fn hear(&mut self, device: DeviceId, address: SocketAddr, now: Duration) {
        if device == self.own {
            return;
        }
        let place = Place::Address(address);
        if let Some(entry) = self.entries.get_mut(&place) {
            entry.heard = now;
            // What a person or a certificate said is not changed by a rumour.
            if !entry.proved && entry.origin == Origin::Heard {
                entry.device = Some(device);
            }
            return;
        }
        self.entries
            .retain(|_, e| e.origin == Origin::Given || e.dialling || e.heard + STALE > now);
        let heard = || {
            let heard = self.entries.iter();
            heard.filter(|(_, e)| e.origin == Origin::Heard)
        };
        if heard().count() >= MOST_HEARD {
            let oldest = heard()
                .filter(|(_, e)| !e.proved && !e.dialling)
                .min_by_key(|(_, e)| e.heard)
                .map(|(place, _)| place.clone());
            let Some(oldest) = oldest else {
                return;
            };
            self.entries.remove(&oldest);
        }
        let mut entry = Self::entry(Origin::Heard, now);
        entry.device = Some(device);
        if self.own > device {
            entry.due = now + COURTESY;
        }
        self.entries.insert(place, entry);
    }

    /// Takes out the addresses that are to be dialled now.
    pub(super) fn due(&mut self, now: Duration) -> Vec<Place> {
        let mut busy: BTreeSet<DeviceId> = self
            .entries
            .values()
            .filter(|e| e.dialling)
            .filter_map(|e| e.device)
            .collect();
        busy.extend(&self.connected);
        // Whoever is heard is there; who is remembered may be at another venue.
        let mut ready: Vec<(bool, Duration, &Place)> = self
            .entries
            .iter()
            .filter(|(_, e)| !e.dialling && e.due <= now)
            .map(|(place, e)| (e.origin != Origin::Heard, e.due, place))
            .collect();
        ready.sort();
        let mut due = Vec::new();
        for (_, _, place) in ready {
            if self.dials + due.len() >= MOST_DIALS {
                break;
            }
            // One way to a device at a time.
            let device = self.entries.get(place).and_then(|e| e.device);
            if device.is_none_or(|device| busy.insert(device)) {
                due.push(place.clone());
            }
        }
        for place in &due {
            if let Some(entry) = self.entries.get_mut(place) {
                entry.dialling = true;
                self.dials += 1;
            }
        }
        due
    }

    /// When the next address is to be dialled.
    pub(super) fn next_due(&self) -> Option<Duration> {
        if self.dials >= MOST_DIALS {
            return None;
        }
        let idle = |e: &&Entry| {
            !e.dialling
                && e.device
                    .is_none_or(|device| !self.connected.contains(&device))
        };
        self.entries.values().filter(idle).map(|e| e.due).min()
    }

    fn end_dial(&mut self, place: &Place) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(place)?;
        if std::mem::take(&mut entry.dialling) {
            self.dials = self.dials.saturating_sub(1);
        }
        Some(entry)
    }

    /// An address led to a device.
    pub(super) fn met(&mut self, place: &Place, device: DeviceId, now: Duration) {
        let own = device == self.own;
        if let Some(entry) = self.end_dial(place) {
            entry.device = Some(device);
            entry.proved = true;
            entry.failure = None;
            // If the connection is not kept after all, another one is; else the loss is told.
            entry.due = now + if own { UNWANTED } else { LATEST };
        }
    }

    /// An address led to nobody. `chance` is any number.
    pub(super) fn failed(&mut self, place: &Place, why: String, now: Duration, chance: u64) {
        if let Some(entry) = self.end_dial(place) {
            entry.failure = Some(why);
            entry.due = now + spread(entry.wait, chance);
            entry.wait = entry.longer();
        }
    }

    /// A connection to a device stands.
    pub(super) fn connected(&mut self, device: DeviceId) {
        self.connected.insert(device);
    }

    /// The connection to a device is over, after it stood for so long.
    pub(super) fn lost(
        &mut self,
        device: DeviceId,
        stood: Duration,
        unwanted: bool,
        now: Duration,
        chance: u64,
    ) {
        self.connected.remove(&device);
        let courtesy = match self.own > device {
            true => COURTESY,
            false => Duration::ZERO,
        };
        for entry in self
            .entries
            .values_mut()
            .filter(|e| e.device == Some(device))
        {
            if stood >= SHORT {
                entry.wait = SOONEST;
            }
            let wait = if unwanted { UNWANTED } else { entry.wait };
            entry.due = now + spread(wait, chance) + courtesy;
            entry.wait = entry.longer();
        }
    }

    /// Everything is tried anew at once: the machine slept, or is on another network.
    pub(super) fn start_anew(&mut self, now: Duration) {
        for entry in self.entries.values_mut() {
            entry.due = entry.due.min(now);
            entry.wait = SOONEST;
        }
    }

    /// What was given and leads to nobody, and why.
    pub(super) fn failures(&self) -> Vec<(Place, String)> {
        self.entries
            .iter()
            .filter(|(_, e)| e.origin == Origin::Given)
            .filter(|(_, e)| e.device.is_none_or(|d| !self.connected.contains(&d)))
            .filter_map(|(place, e)| Some((place.clone(), e.failure.clone()?)))
            .collect()
    }
}

/// A time around `wait`: from three quarters to five quarters of it.
fn spread(wait: Duration, chance: u64) -> Duration {
    let quarters = 750 + u32::try_from(chance % 501).unwrap_or(250);
    wait * quarters / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn device(n: u128) -> DeviceId {
        DeviceId(Uuid::from_u128(n))
    }

    fn address(n: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, (n >> 8) as u8, n as u8], 7_000))
    }

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn what_people_type_is_an_address_or_a_name_with_a_port() {
        for (typed, place) in [
            (
                " 10.0.0.7:7000",
                Some(Place::Address("10.0.0.7:7000".parse().unwrap())),
            ),
            (
                "[fe80::1]:7000",
                Some(Place::Address("[fe80::1]:7000".parse().unwrap())),
            ),
            (
                "Desk.local:7000",
                Some(Place::Name("desk.local:7000".to_owned())),
            ),
            ("desk", None),
            ("desk:", None),
            ("desk:0", None),
            ("desk:70000", None),
            (":7000", None),
            ("a b:7000", None),
            ("fe80::1:7000:x", None),
        ] {
            assert_eq!(Place::read(typed), place, "{typed}");
        }
    }

    #[test]
    fn an_address_that_fails_is_tried_less_and_less_often_but_always_again() {
        let mut book = Book::new(device(1));
        let place = Place::Address(address(1));
        book.give(place.clone(), at(0));
        let mut now = at(0);
        let mut waits = Vec::new();
        for _ in 0..9 {
            assert_eq!(book.due(now), std::slice::from_ref(&place));
            assert_eq!(book.due(now), [], "one dial at a time");
            book.failed(&place, "nobody".to_owned(), now, 250);
            let due = book.next_due().unwrap();
            waits.push((due - now).as_millis());
            now = due;
        }
        assert_eq!(
            waits,
            [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]
        );
        book.start_anew(now - at(3_000));
        assert_eq!(book.due(now - at(3_000)), [place]);
    }

    #[test]
    fn who_was_met_is_never_left_alone_for_long() {
        let mut book = Book::new(device(1));
        let place = Place::Address(address(2));
        book.give(place.clone(), at(0));
        assert_eq!(book.due(at(0)), std::slice::from_ref(&place));
        book.met(&place, device(2), at(0));
        book.connected(device(2));
        let mut now = at(60_000);
        book.lost(device(2), at(60_000), false, now, 250);
        let mut waits = Vec::new();
        for _ in 0..6 {
            let due = book.next_due().unwrap();
            waits.push((due - now).as_millis());
            now = due;
            assert_eq!(book.due(now), std::slice::from_ref(&place));
            book.failed(&place, "nobody".to_owned(), now, 250);
        }
        assert_eq!(waits, [100, 200, 400, 750, 750, 750]);
    }

    #[test]
    fn a_device_is_dialled_in_one_way_at_a_time_and_not_while_it_is_connected() {
        let mut book = Book::new(device(1));
        for n in 0..3 {
            book.hear(device(2), address(n), at(0));
        }
        let first = book.due(at(0));
        assert_eq!(first.len(), 1);
        book.failed(&first[0], String::new(), at(0), 0);
        let second = book.due(at(1));
        assert_ne!(first, second);
        book.met(&second[0], device(2), at(2));
        book.connected(device(2));
        assert_eq!(book.due(at(60_000)), []);
        book.lost(device(2), at(60_000), false, at(60_000), 250);
        assert_eq!(book.next_due(), Some(at(60_100)));
        assert_eq!(book.due(at(60_100)).len(), 1);
    }

    #[test]
    fn a_rumour_does_not_change_what_a_person_or_a_certificate_said() {
        let mut book = Book::new(device(1));
        let place = Place::Address(address(1));
        book.give(place.clone(), at(0));
        book.due(at(0));
        book.met(&place, device(2), at(0));
        book.connected(device(3));
        let typed = Place::Address(address(2));
        book.give(typed.clone(), at(0));
        for n in 1..3 {
            book.hear(device(3), address(n), at(1));
        }
        assert_eq!(book.due(at(10_000)), [typed, place]);
    }

    #[test]
    fn the_lower_device_dials_first() {
        let mut book = Book::new(device(5));
        book.hear(device(9), address(1), at(0));
        book.hear(device(2), address(2), at(0));
        book.hear(device(5), address(3), at(0));
        assert_eq!(book.due(at(0)), [Place::Address(address(1))]);
        assert_eq!(book.due(at(250)), [Place::Address(address(2))]);
    }

    #[test]
    fn strangers_who_shout_fill_no_memory_and_push_nobody_out_who_was_met() {
        let mut book = Book::new(device(1));
        let place = Place::Address(address(60_000));
        book.hear(device(2), address(60_000), at(0));
        assert_eq!(book.due(at(0)), std::slice::from_ref(&place));
        book.met(&place, device(2), at(0));
        for n in 0..5_000 {
            book.hear(device(100 + u128::from(n)), address(n), at(u64::from(n)));
        }
        assert_eq!(book.entries.len(), MOST_HEARD);
        assert!(book.entries.contains_key(&place));
        assert_eq!(book.due(at(9_000)).len(), MOST_DIALS);
    }
}
