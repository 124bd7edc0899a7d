//! Home time: what a device takes for it, how wrong that may be, and whose clock is believed.

use std::collections::BTreeMap;
use std::time::Duration;

use gatehouse_domain::id::DeviceId;

use crate::limits::{BELIEVED_AHEAD_MS, DRIFT_PARTS, UNSURE_MS};
use crate::wire::Echo;

/// A moment, by the two clocks of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// A clock that only goes forward and that nobody can set.
    pub steady: Duration,
    /// The device's own clock, UTC ms, right or wrong.
    pub device_ms: i64,
}

fn steady_ms(steady: Duration) -> i64 {
    i64::try_from(steady.as_millis()).unwrap_or(i64::MAX)
}

/// A clock, as its distance from our steady one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Base {
    ms: i64,
    uncertainty_ms: u32,
    at: Duration,
    /// Whether the home itself told.
    of_home: bool,
}

impl Base {
    fn uncertainty_at(&self, now: Duration) -> u32 {
        let drift = now.saturating_sub(self.at).as_millis() / u128::from(DRIFT_PARTS);
        self.uncertainty_ms
            .saturating_add(u32::try_from(drift).unwrap_or(u32::MAX))
    }

    /// Whether this may take the place of what is known. The home's own word goes before any
    /// gate's; once that is old, a gate's may take its place where both may be true.
    fn replaces(&self, known: &Self, now: Duration) -> bool {
        let unsure = known.uncertainty_at(now);
        match (self.of_home, known.of_home) {
            (true, false) => true,
            (false, true) => {
                let apart = self.ms.saturating_sub(known.ms).unsigned_abs();
                unsure > OLD_WORD_MS && apart <= u64::from(unsure) + u64::from(self.uncertainty_ms)
            }
            _ => self.uncertainty_ms <= unsure,
        }
    }
}

/// How uncertain the home's word has become before a gate's is listened to beside it, in ms.
const OLD_WORD_MS: u32 = 2_000;

#[derive(Debug, Clone, Copy)]
struct PeerClock {
    /// Its estimate of home time.
    home: i64,
    /// Its own clock.
    device: i64,
    /// Round trip of the sample.
    round_trip: Duration,
}

/// Home time as it is known here.
#[derive(Debug, Clone)]
pub(crate) struct HomeTime {
    is_home: bool,
    /// By how much home time was ahead of the device's clock, as it was kept.
    remembered: Option<i64>,
    measured: Option<Base>,
    peers: BTreeMap<DeviceId, PeerClock>,
}

/// Slower round trips tell nothing.
const SLOWEST: Duration = Duration::from_secs(1);

impl HomeTime {
    pub(crate) fn new(is_home: bool, remembered: Option<i64>) -> Self {
        Self {
            is_home,
            remembered,
            measured: None,
            peers: BTreeMap::new(),
        }
    }

    /// Home time now, UTC ms, and how wrong it may be; no uncertainty where nobody ever told.
    pub(crate) fn estimate(&self, now: Now) -> (i64, Option<u32>) {
        if self.is_home {
            return (now.device_ms, Some(0));
        }
        let steady = steady_ms(now.steady);
        if let Some(base) = &self.measured {
            let uncertainty = base.uncertainty_at(now.steady);
            return (steady.saturating_add(base.ms), Some(uncertainty));
        }
        let own = now.device_ms.saturating_add(self.remembered.unwrap_or(0));
        // Of two clocks nobody can tell which is wrong; of three, the middle one is right enough.
        if self.peers.len() < 2 {
            return (own, None);
        }
        let mut clocks: Vec<i64> = self
            .peers
            .values()
            .map(|peer| steady.saturating_add(peer.home))
            .collect();
        clocks.push(own);
        clocks.sort_unstable();
        let middle = clocks[(clocks.len() - 1) / 2];
        match own.saturating_sub(middle).saturating_abs() <= BELIEVED_AHEAD_MS {
            true => (own, None),
            false => (middle, None),
        }
    }

    /// How wrong a record's time may be, in ms.
    pub(crate) fn uncertainty_ms(&self, now: Now) -> u32 {
        self.estimate(now).1.unwrap_or(UNSURE_MS)
    }

    /// Takes the answer to a beat, of a peer that is the home or not. Tells the offset to keep, where
    /// home time was measured anew.
    pub(crate) fn hear(
        &mut self,
        (peer, of_home): (DeviceId, bool),
        echo: &Echo,
        now: Now,
    ) -> Option<i64> {
        let sent = Duration::from_micros(echo.sent_us);
        let there = echo.echoed_ms.saturating_sub(echo.received_ms);
        let there = Duration::from_millis(u64::try_from(there).ok()?);
        let round_trip = now.steady.checked_sub(sent)?.checked_sub(there)?;
        if round_trip > SLOWEST {
            return None;
        }
        // The middle of the way there and back is the middle of the stay, give or take half of
        // the way.
        let here = steady_ms(sent + (now.steady - sent) / 2);
        let middle = echo
            .received_ms
            .saturating_add(i64::try_from(there.as_millis() / 2).unwrap_or(0));
        let home = middle.saturating_sub(here);
        let device = home.saturating_add(echo.device_ms.saturating_sub(echo.received_ms));
        self.peers.insert(
            peer,
            PeerClock {
                home,
                device,
                round_trip,
            },
        );
        if self.is_home || echo.uncertainty_ms == u32::MAX {
            return None;
        }
        let half = u32::try_from(round_trip.as_millis() / 2).unwrap_or(u32::MAX);
        let base = Base {
            ms: home,
            // Half a way, and what whole milliseconds leave out at both ends.
            uncertainty_ms: echo.uncertainty_ms.saturating_add(half).saturating_add(2),
            at: now.steady,
            of_home,
        };
        let better = self
            .measured
            .is_none_or(|known| base.replaces(&known, now.steady));
        if !better {
            return None;
        }
        self.measured = Some(base);
        let offset = self.estimate(now).0.saturating_sub(now.device_ms);
        let far = self
            .remembered
            .is_none_or(|known| known.saturating_sub(offset).saturating_abs() > 20);
        if !far {
            return None;
        }
        self.remembered = Some(offset);
        Some(offset)
    }

    /// A peer that is gone tells nothing any more.
    pub(crate) fn forget(&mut self, peer: DeviceId) {
        self.peers.remove(&peer);
    }

    /// Whether a clock of `device` is believed: at most 5 s ahead of our own and everybody else's.
    pub(crate) fn believes(&self, device: DeviceId, wall_ms: i64, now: Now) -> bool {
        let steady = steady_ms(now.steady);
        let others = self
            .peers
            .iter()
            .filter(|(peer, _)| **peer != device)
            .map(|(_, clock)| steady.saturating_add(clock.home));
        let latest = others.fold(self.estimate(now).0, i64::max);
        wall_ms <= latest.saturating_add(BELIEVED_AHEAD_MS)
    }

    /// By how much a peer's own clock is ahead of home time, in ms, and how long the way to it and
    /// back took.
    pub(crate) fn skew_of(&self, peer: DeviceId, now: Now) -> Option<(i64, Duration)> {
        let clock = self.peers.get(&peer)?;
        let device = steady_ms(now.steady).saturating_add(clock.device);
        Some((
            device.saturating_sub(self.estimate(now).0),
            clock.round_trip,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const HOME: i64 = 1_795_000_000_000;

    fn device(n: u128) -> DeviceId {
        DeviceId(Uuid::from_u128(n))
    }

    fn at(ms: u64, device_ms: i64) -> Now {
        Now {
            steady: Duration::from_millis(ms),
            device_ms,
        }
    }

    fn echo(sent_ms: u64, home_ms: i64, uncertainty_ms: u32) -> Echo {
        Echo {
            sent_us: sent_ms * 1_000,
            received_ms: home_ms,
            echoed_ms: home_ms,
            uncertainty_ms,
            device_ms: home_ms,
        }
    }

    #[test]
    fn a_wrong_clock_is_set_right_by_the_home_and_stays_right_when_somebody_sets_it() {
        let mut time = HomeTime::new(false, None);
        let year = 365 * 86_400_000;
        // 10 ms there and 10 back.
        let offset = time.hear(
            (device(1), true),
            &echo(1_000, HOME + 10, 0),
            at(1_020, HOME + 20 + year),
        );
        assert_eq!(offset, Some(-year));
        let (now, uncertainty) = time.estimate(at(11_020, 5));
        assert_eq!(now, HOME + 10_020);
        assert_eq!(uncertainty, Some(13));
    }

    #[test]
    fn a_gate_that_says_to_know_better_than_the_home_is_not_listened_to() {
        let mut time = HomeTime::new(false, None);
        let (home, gate) = ((device(1), true), (device(2), false));
        let far = 2 * 365 * 86_400_000;
        // Before the home was met, a gate's word is better than none.
        time.hear(gate, &echo(0, HOME + far, 0), at(0, HOME));
        assert_eq!(time.estimate(at(0, HOME)).0, HOME + far);
        time.hear(home, &echo(1_000, HOME + 1_010, 0), at(1_020, HOME));
        assert_eq!(time.estimate(at(1_020, HOME)).0, HOME + 1_020);
        for ms in [1_020, 60_000, 6 * 3_600_000, 30 * 3_600_000] {
            let told = echo(ms, HOME + ms as i64 + far, 0);
            assert_eq!(time.hear(gate, &told, at(ms, HOME)), None);
            assert_eq!(time.estimate(at(ms, HOME)).0, HOME + ms as i64);
        }
        // Long after, a gate that met the home meanwhile tells by how much this clock drifted.
        let late = 30 * 3_600_000;
        let told = echo(late, HOME + late as i64 + 700, 20);
        time.hear(gate, &told, at(late, HOME));
        assert_eq!(time.estimate(at(late, HOME)).0, HOME + late as i64 + 700);
    }

    #[test]
    fn one_wrong_clock_among_three_is_outvoted_without_a_home() {
        let mut time = HomeTime::new(false, None);
        for peer in 1..3 {
            let told = echo(0, HOME, u32::MAX);
            time.hear((device(peer), false), &told, at(0, HOME - 90_000));
        }
        assert_eq!(time.estimate(at(0, HOME - 90_000)), (HOME, None));
        assert_eq!(time.estimate(at(0, HOME + 900)), (HOME + 900, None));
    }

    #[test]
    fn a_clock_far_ahead_of_everyone_is_not_believed() {
        let mut time = HomeTime::new(true, None);
        let told = echo(0, HOME + 60_000, u32::MAX);
        time.hear((device(7), false), &told, at(0, HOME));
        assert!(time.believes(device(7), HOME + 5_000, at(0, HOME)));
        assert!(!time.believes(device(7), HOME + 5_001, at(0, HOME)));
        // Somebody else says the same.
        assert!(time.believes(device(8), HOME + 60_000, at(0, HOME)));
    }

    #[test]
    fn times_that_cannot_be_are_left_aside() {
        let mut time = HomeTime::new(false, None);
        for (sent, received, echoed) in [
            (u64::MAX, HOME, HOME),
            (0, HOME, HOME - 1),
            (0, i64::MIN, i64::MAX),
            (0, HOME, i64::MAX),
        ] {
            let echo = Echo {
                sent_us: sent,
                received_ms: received,
                echoed_ms: echoed,
                uncertainty_ms: 0,
                device_ms: i64::MIN,
            };
            let heard = time.hear((device(1), true), &echo, at(1_000, HOME));
            assert_eq!(heard, None);
        }
        assert_eq!(time.estimate(at(1_000, HOME)), (HOME, None));
    }
}
