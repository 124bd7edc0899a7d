//! What a screen shows of the mesh.

use std::time::Duration;

use gatehouse_domain::id::DeviceId;

use super::Node;
use crate::scans::{Chains, Flag, Life};
use crate::time::Now;
use crate::wire::RosterVersion;

/// A peer as a screen shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerView {
    /// The device.
    pub device: DeviceId,
    /// Whether it is the home.
    pub is_home: bool,
    /// Whether both have greeted each other.
    pub ready: bool,
    /// Whether it lets claims wait too long.
    pub silent: bool,
    /// Time since its last word.
    pub silent_for: Duration,
    /// By how much its own clock is ahead of home time, in ms; none until it was measured.
    pub skew_ms: Option<i64>,
    /// How long the way to it and back takes.
    pub round_trip: Option<Duration>,
    /// The roster that it has.
    pub roster: RosterVersion,
    /// Whether it has the same scans and notes as this device.
    pub same: bool,
}

impl Node {
    /// Every peer that is connected.
    #[must_use]
    pub fn peers(&self, now: Now) -> Vec<PeerView> {
        let digest = self.digest();
        let view = |(device, peer): (&DeviceId, &super::Peer)| {
            let skew = self.time.skew_of(*device, now);
            PeerView {
                device: *device,
                is_home: peer.is_home,
                ready: peer.is_ready(),
                silent: peer.silent,
                silent_for: now.steady.saturating_sub(peer.last_word),
                skew_ms: skew.map(|(ms, _)| ms),
                round_trip: skew.map(|(_, round_trip)| round_trip),
                roster: peer.roster,
                same: peer.digest == digest,
            }
        };
        self.peers.iter().map(view).collect()
    }

    /// Home time since which there is no peer, UTC ms; none while there is one.
    #[must_use]
    pub fn alone_since(&self) -> Option<i64> {
        self.alone_since
    }

    /// Home time as this device takes it, UTC ms.
    #[must_use]
    pub fn home_ms(&self, now: Now) -> i64 {
        self.time.estimate(now).0
    }

    /// Whether home time is known: this is the home, or it was measured in this run.
    #[must_use]
    pub fn knows_home_time(&self, now: Now) -> bool {
        self.time.estimate(now).1.is_some()
    }

    /// Every peer that is connected, whether it is ready, and whether it is silent.
    pub(crate) fn standing(&self) -> impl Iterator<Item = (DeviceId, bool, bool)> + '_ {
        let peers = self.peers.iter();
        peers.map(|(device, peer)| (*device, peer.is_ready(), peer.silent))
    }

    /// Every life of which there are scans here, and its highest number.
    #[must_use]
    pub fn lives(&self) -> Vec<(Life, u64)> {
        let lives = self.chains.lives();
        lives.map(|life| (life, self.chains.last(life))).collect()
    }

    /// The index of the scans that are here.
    #[must_use]
    pub fn chains(&self) -> &Chains {
        &self.chains
    }

    /// The roster that is here.
    #[must_use]
    pub fn roster(&self) -> RosterVersion {
        self.roster
    }

    /// What is wrong with devices and homes, as far as this device has heard; what chains show
    /// stands first and is the same wherever the scans are the same.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        let mut flags = self.chains.flags();
        let of_chains = |flag: &Flag| {
            matches!(
                flag,
                Flag::Forked { .. } | Flag::Broken { .. } | Flag::Missing { .. }
            )
        };
        flags.extend(self.flags.iter().filter(|flag| !of_chains(flag)));
        flags
    }
}
