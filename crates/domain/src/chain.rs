//! What a device's chain vouches for: whoever signed a record signed the one before it again.

use std::collections::BTreeSet;

use crate::id::DeviceId;
use crate::scan::{ChainHash, ScanRecord, chain_hash};

/// A record's place in the chain of its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainLink {
    /// The device.
    pub device: DeviceId,
    /// Which of its lives.
    pub incarnation: u32,
    /// Its number.
    pub sequence: u64,
    /// The hash of its bytes and its signature.
    pub hash: ChainHash,
    /// The hash that it names as the one before it.
    pub previous: ChainHash,
}

impl ChainLink {
    /// The place of a record with these signed bytes and this signature.
    #[must_use]
    pub fn of(record: &ScanRecord, signed: &[u8], signature: &[u8]) -> Self {
        Self {
            device: record.device,
            incarnation: record.incarnation,
            sequence: record.sequence,
            hash: chain_hash(signed, signature),
            previous: record.previous,
        }
    }
}

/// Says of each record, in their order, whether its device stands for it, and asks `holds` for a
/// look at its signature only where no later one among them that holds names it: the chain hash
/// covers a record's bytes and its signature, so of a run only the last must be looked at.
pub fn vouched(links: &[ChainLink], mut holds: impl FnMut(usize) -> bool) -> Vec<bool> {
    let mut latest_first: Vec<usize> = (0..links.len()).collect();
    latest_first.sort_by_key(|at| std::cmp::Reverse(links[*at].sequence));
    let mut named = BTreeSet::new();
    let mut all = vec![false; links.len()];
    for at in latest_first {
        let link = links[at];
        let life = (link.device, link.incarnation);
        if named.contains(&(life, link.sequence, link.hash)) || holds(at) {
            named.insert((life, link.sequence.saturating_sub(1), link.previous));
            all[at] = true;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    /// Chains of two devices, each record with whether it is as its device made it.
    fn chains(lengths: [u8; 2]) -> Vec<ChainLink> {
        let mut links = Vec::new();
        for (device, length) in (1_u8..).zip(lengths) {
            let mut previous = [0; 32];
            for number in 1..=length {
                let hash = [device, number].repeat(16).try_into().unwrap();
                links.push(ChainLink {
                    device: DeviceId(Uuid::from_u128(device.into())),
                    incarnation: 1,
                    sequence: number.into(),
                    hash,
                    previous,
                });
                previous = hash;
            }
        }
        links
    }

    #[test]
    fn of_an_unbroken_chain_only_the_last_is_looked_at() {
        let links = chains([9, 4]);
        let mut looked = Vec::new();
        let all = vouched(&links, |at| {
            looked.push((links[at].device.0.as_u128(), links[at].sequence));
            true
        });
        assert_eq!(all, vec![true; 13]);
        assert_eq!(looked, vec![(1, 9), (2, 4)]);
    }

    proptest! {
        /// Whatever is altered on the way, in whatever order it comes: what holds by itself or is
        /// named by what holds is taken, and what was altered is not.
        #[test]
        fn what_was_altered_is_never_vouched_for(
            lengths in proptest::array::uniform2(0..12_u8),
            altered in proptest::collection::vec(any::<bool>(), 24),
            dropped in proptest::collection::vec(any::<bool>(), 24),
            turn in 0..24_usize,
        ) {
            let mut links: Vec<(ChainLink, bool)> = chains(lengths)
                .into_iter()
                .zip(altered)
                .zip(dropped)
                .filter(|(_, dropped)| !dropped)
                .map(|((mut link, altered), _)| {
                    if altered {
                        link.hash[31] ^= 0xff;
                    }
                    (link, altered)
                })
                .collect();
            if !links.is_empty() {
                let turn = turn % links.len();
                links.rotate_left(turn);
            }
            let plain: Vec<ChainLink> = links.iter().map(|(link, _)| *link).collect();
            let all = vouched(&plain, |at| !links[at].1);
            for (taken, (link, altered)) in all.iter().zip(&links) {
                prop_assert_eq!(*taken, !altered, "{:?}", link);
            }
        }
    }
}
