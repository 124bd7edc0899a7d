//! How many strangers may be at the door at once.
//!
//! A connection is a stranger's until its handshake is done. What is over a limit is dropped
//! before a byte of it is read.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// Handshakes that go on at once.
const MOST_AT_ONCE: usize = 32;
/// Handshakes of one address that go on at once.
const MOST_OF_ONE: usize = 8;
/// Handshakes that one address may begin in a row, and for each how long until it may the next.
const BURST_OF_ONE: u32 = 64;
const EACH_OF_ONE: Duration = Duration::from_millis(50);
/// The same of all together.
const BURST: u32 = 128;
const EACH: Duration = Duration::from_millis(10);
/// Addresses that are told apart; beyond that all others count as one.
const MOST_ADDRESSES: usize = 1_024;

/// A right that comes back with time.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    /// When it would be whole again.
    whole: Duration,
}

impl Allowance {
    /// Takes one, if there is any.
    fn take(&mut self, each: Duration, burst: u32, now: Duration) -> bool {
        let whole = self.whole.max(now) + each;
        let left = whole <= now + each * burst;
        if left {
            self.whole = whole;
        }
        left
    }
}

#[derive(Debug)]
struct Caller {
    inside: usize,
    allowance: Allowance,
}

/// Counts strangers.
#[derive(Debug)]
pub(super) struct Turnstile {
    inside: usize,
    allowance: Allowance,
    callers: HashMap<IpAddr, Caller>,
}

/// Whom an address stands for: in IPv6 one host has 2⁶⁴ of them.
fn caller(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// All addresses beyond those that are told apart.
const OTHERS: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);

impl Turnstile {
    pub(super) fn new() -> Self {
        Self {
            inside: 0,
            allowance: Allowance {
                whole: Duration::ZERO,
            },
            callers: HashMap::new(),
        }
    }

    /// Lets a stranger begin its handshake; tells under which address it is to leave.
    pub(super) fn enter(&mut self, address: IpAddr, now: Duration) -> Option<IpAddr> {
        if self.inside >= MOST_AT_ONCE {
            return None;
        }
        let mut address = caller(address);
        if !self.callers.contains_key(&address) && self.callers.len() >= MOST_ADDRESSES {
            self.callers
                .retain(|_, caller| caller.inside > 0 || caller.allowance.whole > now);
            if self.callers.len() >= MOST_ADDRESSES {
                address = OTHERS;
            }
        }
        let caller = self.callers.entry(address).or_insert(Caller {
            inside: 0,
            allowance: Allowance { whole: now },
        });
        let may = caller.inside < MOST_OF_ONE
            && caller.allowance.take(EACH_OF_ONE, BURST_OF_ONE, now)
            && self.allowance.take(EACH, BURST, now);
        if !may {
            return None;
        }
        caller.inside += 1;
        self.inside += 1;
        Some(address)
    }

    /// A handshake is over, well or badly.
    pub(super) fn leave(&mut self, address: IpAddr) {
        self.inside = self.inside.saturating_sub(1);
        if let Some(caller) = self.callers.get_mut(&address) {
            caller.inside = caller.inside.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(n: u32) -> IpAddr {
        IpAddr::V4((0x0a00_0000 + n).into())
    }

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn one_address_takes_no_more_than_its_part() {
        let mut turnstile = Turnstile::new();
        let entered: Vec<_> = (0..20)
            .filter_map(|_| turnstile.enter(v4(1), at(0)))
            .collect();
        assert_eq!(entered.len(), MOST_OF_ONE);
        assert!(turnstile.enter(v4(2), at(0)).is_some());
        turnstile.leave(entered[0]);
        assert!(turnstile.enter(v4(1), at(0)).is_some());
    }

    #[test]
    fn all_together_take_no_more_than_there_is() {
        let mut turnstile = Turnstile::new();
        let entered = (0..2_000).filter(|n| turnstile.enter(v4(*n), at(0)).is_some());
        assert_eq!(entered.count(), MOST_AT_ONCE);
    }

    #[test]
    fn who_comes_again_and_again_waits() {
        let mut turnstile = Turnstile::new();
        let mut entered = 0;
        for n in 0..10_000 {
            if let Some(address) = turnstile.enter(v4(1), at(n / 10)) {
                entered += 1;
                turnstile.leave(address);
            }
        }
        // A burst, and twenty in the second that follows.
        assert!((64..=85).contains(&entered), "{entered}");
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one() {
        let mut turnstile = Turnstile::new();
        let entered = (0..100_u128)
            .filter(|n| {
                let address = Ipv6Addr::from_bits((0xfd00_u128 << 112) + n);
                turnstile.enter(IpAddr::V6(address), at(0)).is_some()
            })
            .count();
        assert_eq!(entered, MOST_OF_ONE);
        let mut turnstile = Turnstile::new();
        for n in 0..100_000_u128 {
            let address = IpAddr::V6(Ipv6Addr::from_bits((0xfd00_u128 << 112) + (n << 64)));
            if let Some(address) = turnstile.enter(address, at(n as u64)) {
                turnstile.leave(address);
            }
        }
        assert!(turnstile.callers.len() <= MOST_ADDRESSES + 1);
    }
}
