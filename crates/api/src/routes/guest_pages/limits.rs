//! How often guests' pages may be asked, by code and by address: counted in memory, and bounded.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Counts that are kept at most; beyond, those whose time is over go, then the oldest.
const MOST_COUNTS: usize = 20_000;
const MINUTE: i64 = 60_000;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Counted {
    /// Looks at one invitation's pages.
    Look,
    /// Answers to one invitation, or choices behind one link.
    Answer,
    /// Files of one invitation.
    Download,
    /// Everything that one address asks.
    Asked,
    /// Files that one address fetches.
    Fetched,
    /// Codes and links that one address made up.
    Wrong,
}

impl Counted {
    /// How often in how many milliseconds.
    const fn limit(self) -> (u32, i64) {
        match self {
            Self::Look => (120, MINUTE),
            Self::Answer => (30, 10 * MINUTE),
            Self::Download => (20, 10 * MINUTE),
            Self::Asked => (600, MINUTE),
            Self::Fetched => (60, 10 * MINUTE),
            Self::Wrong => (10, 10 * MINUTE),
        }
    }
}

/// Whose count it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    /// An invitation's code, or a link's text.
    Code(String),
    /// An address; of IPv6 the first half, which is one household or office.
    Address(IpAddr),
}

impl Whose {
    pub(super) fn address(address: IpAddr) -> Self {
        Self::Address(match address {
            IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
                Some(v4) => IpAddr::V4(v4),
                None => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
            },
            v4 => v4,
        })
    }
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: i64,
    times: u32,
}

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<(Counted, Whose), Count>>);

impl Limits {
    /// Counts one more at `now` (UTC ms); says in how many seconds to come again where it is too
    /// many.
    pub(super) fn count(&self, what: Counted, whose: Whose, now: i64) -> Result<(), u32> {
        let (most, span) = what.limit();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST_COUNTS {
            make_room(&mut counts, now);
        }
        let count = counts.entry((what, whose)).or_insert(Count {
            since: now,
            times: 0,
        });
        if is_over(count, span, now) {
            *count = Count {
                since: now,
                times: 0,
            };
        }
        if count.times >= most {
            return Err(wait(count, span, now));
        }
        count.times += 1;
        Ok(())
    }

    /// As [`Self::count`] would say, without counting.
    pub(super) fn look(&self, what: Counted, whose: &Whose, now: i64) -> Result<(), u32> {
        let (most, span) = what.limit();
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get(&(what, whose.clone())) {
            Some(count) if !is_over(count, span, now) && count.times >= most => {
                Err(wait(count, span, now))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a count's time is over, or the clock was set back before it.
fn is_over(count: &Count, span: i64, now: i64) -> bool {
    now >= count.since + span || now < count.since
}

fn wait(count: &Count, span: i64, now: i64) -> u32 {
    u32::try_from((count.since + span - now).div_euclid(1_000) + 1).unwrap_or(1)
}

fn make_room(counts: &mut HashMap<(Counted, Whose), Count>, now: i64) {
    counts.retain(|(what, _), count| !is_over(count, what.limit().1, now));
    if counts.len() < MOST_COUNTS {
        return;
    }
    // A quarter at once, so that a flood of addresses does not sort them each time.
    let mut times: Vec<i64> = counts.values().map(|count| count.since).collect();
    let (_, oldest, _) = times.select_nth_unstable(MOST_COUNTS / 4);
    let oldest = *oldest;
    counts.retain(|_, count| count.since > oldest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Whose {
        Whose::address(text.parse().unwrap())
    }

    #[test]
    fn ten_made_up_codes_are_enough_for_ten_minutes() {
        let limits = Limits::default();
        let who = address("192.0.2.7");
        for n in 0..10 {
            assert_eq!(limits.count(Counted::Wrong, who.clone(), n * 1_000), Ok(()));
        }
        assert_eq!(limits.look(Counted::Wrong, &who, 10_000), Err(591));
        assert_eq!(limits.count(Counted::Wrong, who.clone(), 599_999), Err(1));
        assert_eq!(
            limits.look(Counted::Wrong, &address("192.0.2.8"), 0),
            Ok(())
        );
        assert_eq!(limits.look(Counted::Look, &who, 10_000), Ok(()));
        assert_eq!(limits.look(Counted::Wrong, &who, 600_000), Ok(()));
        assert_eq!(limits.count(Counted::Wrong, who.clone(), 600_000), Ok(()));
        assert_eq!(limits.count(Counted::Wrong, who, 5), Ok(()), "set back");
    }

    #[test]
    fn addresses_of_one_household_count_as_one() {
        assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
        assert_eq!(address("::ffff:192.0.2.7"), address("192.0.2.7"));
        assert_ne!(address("192.0.2.7"), address("192.0.2.8"));
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory() {
        let limits = Limits::default();
        for n in 0..50_000_u32 {
            let who = Whose::Address(IpAddr::V4(n.into()));
            assert_eq!(
                limits.count(Counted::Asked, who, i64::from(n) / 100),
                Ok(())
            );
            assert!(limits.0.lock().unwrap().len() <= MOST_COUNTS);
        }
        let last = Whose::Address(IpAddr::V4(49_999.into()));
        let counts = limits.0.lock().unwrap();
        assert!(
            counts.contains_key(&(Counted::Asked, last)),
            "the newest stay"
        );
    }
}
