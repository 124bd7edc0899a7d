//! Room shared out: of a zone that takes so many people each gate holds a share, and admits within
//! it.
//!
//! The home begins with all of a zone's shares. A lease moves some to a gate, for a time; an
//! admission uses one, and an exit makes one. When a lease ends its holder tells how many come
//! back. Until then they are nobody else's, so the shares of all and the people inside are never
//! more than the zone takes, whoever is cut off from whom.

use std::collections::BTreeMap;

use gatehouse_domain::id::{DeviceId, ZoneId};

use crate::limits::{LEASE_MARGIN_MS, LEASE_MS, MOST_SHARES};
use crate::wire::bytes::{Bytes, Wire, wire_struct, write_list};
use crate::wire::{FrameError, Lease, Settle};

/// A place whose room is counted: a zone, or the venue.
type Place = Option<ZoneId>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Given {
    number: u64,
    zone: Place,
    to: DeviceId,
    shares: u32,
    until_ms: i64,
}
wire_struct!(Given {
    number,
    zone,
    to,
    shares,
    until_ms
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Taken {
    number: u64,
    zone: Place,
    from: DeviceId,
    shares: u32,
    until_ms: i64,
}
wire_struct!(Taken {
    number,
    zone,
    from,
    shares,
    until_ms
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ended {
    number: u64,
    from: DeviceId,
    back: u32,
}
wire_struct!(Ended { number, from, back });

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Heard {
    from: DeviceId,
    number: u64,
}
wire_struct!(Heard { from, number });

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Balance {
    zone: Place,
    shares: i64,
}
wire_struct!(Balance { zone, shares });

/// Who holds which share, as far as this device gave or took it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LeaseBook {
    last_number: u64,
    given: Vec<Given>,
    taken: Vec<Taken>,
    ended: Vec<Ended>,
    /// The highest number heard of each giver.
    heard: BTreeMap<DeviceId, u64>,
    /// Shares that came or went for good, and people who were settled.
    balance: BTreeMap<Place, i64>,
}

/// What becomes of a lease that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It is held now.
    Taken,
    /// It is held already.
    Known,
    /// It came too late; what it gave goes back.
    Back(Settle),
}

const MOST_ENTRIES: usize = 4_096;

impl LeaseBook {
    /// Shares of a place that this device may use or give, with `own` of its own and `used` by
    /// those whom it let in, less those whom it let out.
    pub(crate) fn room(&self, zone: Place, own: u32, used: i64) -> i64 {
        let taken: i64 = self
            .taken
            .iter()
            .filter(|l| l.zone == zone)
            .map(|l| i64::from(l.shares))
            .sum();
        let given: i64 = self
            .given
            .iter()
            .filter(|l| l.zone == zone)
            .map(|l| i64::from(l.shares))
            .sum();
        let balance = self.balance.get(&zone).copied().unwrap_or(0);
        i64::from(own) + taken - given + balance - used
    }

    /// Gives a share of `room` to somebody who wants some: half of it at most.
    pub(crate) fn give(
        &mut self,
        to: DeviceId,
        zone: Place,
        want: u32,
        room: i64,
        now_ms: i64,
    ) -> Option<Lease> {
        // What was lent ends no later than the loan that it is taken from.
        let until_ms = self
            .taken
            .iter()
            .filter(|l| l.zone == zone)
            .map(|l| l.until_ms - LEASE_MARGIN_MS)
            .chain([now_ms.saturating_add(LEASE_MS)])
            .min()?;
        let half = u32::try_from((room + 1) / 2).unwrap_or(0);
        let shares = want.min(half).min(MOST_SHARES);
        if shares == 0
            || until_ms <= now_ms.saturating_add(LEASE_MARGIN_MS)
            || self.given.len() >= MOST_ENTRIES
        {
            return None;
        }
        self.last_number += 1;
        let number = self.last_number;
        self.given.push(Given {
            number,
            zone,
            to,
            shares,
            until_ms,
        });
        Some(Lease {
            number,
            zone,
            shares,
            until_ms,
        })
    }

    /// Takes a lease in.
    pub(crate) fn take(&mut self, from: DeviceId, lease: &Lease, now_ms: i64) -> Arrival {
        let number = lease.number;
        if self
            .taken
            .iter()
            .any(|l| l.from == from && l.number == number)
        {
            return Arrival::Known;
        }
        if let Some(ended) = self
            .ended
            .iter()
            .find(|l| l.from == from && l.number == number)
        {
            return Arrival::Back(Settle {
                number,
                back: ended.back,
            });
        }
        let heard = self.heard.entry(from).or_default();
        let fresh = number > *heard
            && lease.until_ms > now_ms.saturating_add(LEASE_MARGIN_MS)
            && self.taken.len() + self.ended.len() < MOST_ENTRIES;
        *heard = number.max(*heard);
        if !fresh {
            return Arrival::Back(Settle {
                number,
                back: lease.shares,
            });
        }
        self.taken.push(Taken {
            number,
            zone: lease.zone,
            from,
            shares: lease.shares.min(MOST_SHARES),
            until_ms: lease.until_ms,
        });
        Arrival::Taken
    }

    /// Ends the leases whose time is up. `room_of` tells the room of a place before.
    pub(crate) fn end_due(&mut self, now_ms: i64, room_of: impl Fn(&Self, Place) -> i64) -> bool {
        let mut ended = false;
        while let Some(at) = self
            .taken
            .iter()
            .position(|l| l.until_ms.saturating_sub(LEASE_MARGIN_MS) <= now_ms)
        {
            let lease = self.taken[at];
            let last = self.taken.iter().filter(|l| l.zone == lease.zone).count() == 1;
            let room = u32::try_from(room_of(self, lease.zone)).unwrap_or(0);
            // The last one takes back what exits made, too.
            let back = match last {
                true => room.min(MOST_SHARES),
                false => room.min(lease.shares),
            };
            self.taken.remove(at);
            // What does not come back stays here, with the people who used it.
            let kept = i64::from(lease.shares) - i64::from(back);
            *self.balance.entry(lease.zone).or_default() += kept;
            self.ended.push(Ended {
                number: lease.number,
                from: lease.from,
                back,
            });
            ended = true;
        }
        ended
    }

    /// What this device owes a giver.
    pub(crate) fn owed(&self, to: DeviceId) -> impl Iterator<Item = Settle> + '_ {
        self.ended
            .iter()
            .filter(move |l| l.from == to)
            .map(|l| Settle {
                number: l.number,
                back: l.back,
            })
    }

    /// Takes down what came back of a lease; again is as good as once.
    pub(crate) fn settle(&mut self, from: DeviceId, settle: &Settle) -> bool {
        let of_it = |l: &Given| l.to == from && l.number == settle.number;
        let Some(at) = self.given.iter().position(of_it) else {
            return false;
        };
        let lease = self.given.remove(at);
        // The shares that were used went with those who used them.
        *self.balance.entry(lease.zone).or_default() +=
            i64::from(settle.back.min(MOST_SHARES)) - i64::from(lease.shares);
        true
    }

    /// The giver knows: nothing is owed any more.
    pub(crate) fn settled(&mut self, from: DeviceId, number: u64) -> bool {
        let before = self.ended.len();
        self.ended
            .retain(|l| !(l.from == from && l.number == number));
        self.ended.len() != before
    }

    /// Gives up on a device: the shares that it holds come back, all of them.
    pub(crate) fn write_off(&mut self, device: DeviceId) -> bool {
        let before = self.given.len();
        self.given.retain(|l| l.to != device);
        self.given.len() != before
    }

    /// Places of which this device holds a lease.
    pub(crate) fn zones(&self) -> std::collections::BTreeSet<Place> {
        self.taken.iter().map(|l| l.zone).collect()
    }

    /// When the next lease ends, in home time, UTC ms.
    pub(crate) fn next_end(&self) -> Option<i64> {
        let ends = self.taken.iter().map(|l| l.until_ms - LEASE_MARGIN_MS);
        ends.min()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![1];
        self.last_number.write(&mut out);
        write_list(&mut out, &self.given);
        write_list(&mut out, &self.taken);
        write_list(&mut out, &self.ended);
        let heard: Vec<Heard> = self
            .heard
            .iter()
            .map(|(from, number)| Heard {
                from: *from,
                number: *number,
            })
            .collect();
        write_list(&mut out, &heard);
        let balance: Vec<Balance> = self
            .balance
            .iter()
            .map(|(zone, shares)| Balance {
                zone: *zone,
                shares: *shares,
            })
            .collect();
        write_list(&mut out, &balance);
        out
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        let mut bytes = Bytes(bytes);
        if u8::read(&mut bytes)? != 1 {
            return Err(FrameError::Damaged);
        }
        Ok(Self {
            last_number: Wire::read(&mut bytes)?,
            given: bytes.list(MOST_ENTRIES)?,
            taken: bytes.list(MOST_ENTRIES)?,
            ended: bytes.list(MOST_ENTRIES)?,
            heard: bytes
                .list::<Heard>(MOST_ENTRIES)?
                .into_iter()
                .map(|h| (h.from, h.number))
                .collect(),
            balance: bytes
                .list::<Balance>(MOST_ENTRIES)?
                .into_iter()
                .map(|b| (b.zone, b.shares))
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use uuid::Uuid;

    const CAPACITY: u32 = 10;

    #[derive(Debug, Clone)]
    enum Said {
        Lease(Lease),
        Settle(Settle),
        Settled(u64),
    }

    #[derive(Debug, Default)]
    struct Gates {
        books: [LeaseBook; 3],
        used: [i64; 3],
        now_ms: i64,
        /// What was said, from whom and to whom; anything of it may come at any time, or again.
        said: Vec<(usize, usize, Said)>,
    }

    fn device(n: usize) -> DeviceId {
        DeviceId(Uuid::from_u128(1 + n as u128))
    }

    impl Gates {
        fn own(n: usize) -> u32 {
            if n == 0 { CAPACITY } else { 0 }
        }

        fn room(&self, n: usize) -> i64 {
            self.books[n].room(None, Self::own(n), self.used[n])
        }

        fn ask(&mut self, giver: usize, taker: usize, want: u32) {
            let room = self.room(giver);
            let lease = self.books[giver].give(device(taker), None, want, room, self.now_ms);
            if let Some(lease) = lease {
                self.said.push((giver, taker, Said::Lease(lease)));
            }
        }

        fn hear(&mut self, at: usize) {
            let Some((from, to, said)) = self.said.get(at).cloned() else {
                return;
            };
            match said {
                Said::Lease(lease) => {
                    let arrival = self.books[to].take(device(from), &lease, self.now_ms);
                    if let Arrival::Back(settle) = arrival {
                        self.said.push((to, from, Said::Settle(settle)));
                    }
                }
                Said::Settle(settle) => {
                    self.books[to].settle(device(from), &settle);
                    let number = settle.number;
                    self.said.push((to, from, Said::Settled(number)));
                }
                Said::Settled(number) => {
                    self.books[to].settled(device(from), number);
                }
            }
        }

        fn pass_time(&mut self, ms: i64) {
            self.now_ms += ms;
            for n in 0..3 {
                let used = self.used[n];
                let room = |book: &LeaseBook, zone| book.room(zone, Self::own(n), used);
                self.books[n].end_due(self.now_ms, room);
                for giver in 0..3 {
                    let owed: Vec<Settle> = self.books[n].owed(device(giver)).collect();
                    let owed = owed.into_iter().map(|s| (n, giver, Said::Settle(s)));
                    self.said.extend(owed);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn there_are_never_more_people_than_room_whatever_is_lost_or_comes_again(
            steps in vec((0_u8..6, 0_usize..3, 0_usize..3, any::<prop::sample::Index>()), 1..200),
        ) {
            let mut gates = Gates::default();
            for (step, a, b, any) in steps {
                match step {
                    0 if a != b => gates.ask(a, b, 1 + any.index(6) as u32),
                    1 | 2 if !gates.said.is_empty() => gates.hear(any.index(gates.said.len())),
                    3 if gates.room(a) > 0 => gates.used[a] += 1,
                    // Somebody leaves, wherever they came in.
                    4 if gates.used.iter().sum::<i64>() > 0 => gates.used[a] -= 1,
                    5 => gates.pass_time(any.index(40_000) as i64),
                    _ => {}
                }
                let inside: i64 = gates.used.iter().sum();
                prop_assert!(inside <= i64::from(CAPACITY), "{inside} inside");
                let room: i64 = (0..3).map(|n| gates.room(n)).sum();
                prop_assert!(inside + room <= i64::from(CAPACITY), "{room} more may come");
                let book = &gates.books[a];
                prop_assert_eq!(&LeaseBook::from_bytes(&book.to_bytes()).expect("a book"), book);
            }
        }
    }
}
