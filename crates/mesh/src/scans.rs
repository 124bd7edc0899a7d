//! Which scans are here: life by life, compared by digests, with whatever shows that a device's
//! chain was tampered with.

use std::collections::{BTreeMap, BTreeSet};

use gatehouse_domain::chain::ChainLink;
use gatehouse_domain::id::DeviceId;
use gatehouse_domain::scan::{ChainHash, HybridClock, ScanBytesError, ScanRecord, chain_hash};
use sha2::{Digest as _, Sha256};

use crate::limits::MOST_LIVES_OF_ONE;

/// The first half of a SHA-256.
pub type Digest = [u8; 16];

/// One life of a device: its records form one chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Life {
    /// The device.
    pub device: DeviceId,
    /// Which life.
    pub incarnation: u32,
}

/// A scan as its device signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedScan {
    /// What it says.
    pub record: ScanRecord,
    /// The bytes that were signed.
    pub signed: Vec<u8>,
    /// The signature over them.
    pub signature: Vec<u8>,
}

impl SignedScan {
    /// Reads a scan; the signature is not checked.
    pub fn new(signed: Vec<u8>, signature: Vec<u8>) -> Result<Self, ScanBytesError> {
        Ok(Self {
            record: ScanRecord::from_bytes(&signed)?,
            signed,
            signature,
        })
    }

    /// The life that it is of.
    #[must_use]
    pub fn life(&self) -> Life {
        Life {
            device: self.record.device,
            incarnation: self.record.incarnation,
        }
    }

    /// Where it stands in the order of scans.
    #[must_use]
    pub fn order(&self) -> (HybridClock, DeviceId) {
        (self.record.clock, self.record.device)
    }

    /// What the device's next record names as the one before.
    #[must_use]
    pub fn hash(&self) -> ChainHash {
        chain_hash(&self.signed, &self.signature)
    }
}

/// How much of one life is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The life.
    pub life: Life,
    /// The highest number up to which nothing is missing.
    pub upto: u64,
    /// How many records in all.
    pub held: u64,
    /// Digest of the records up to `upto`.
    pub prefix: Digest,
    /// Digest of all.
    pub digest: Digest,
}

/// What shows that something is wrong with a device or a home, for a person to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// A device signed two records of one number.
    Forked {
        /// Its life.
        life: Life,
        /// The number.
        sequence: u64,
    },
    /// A record names another one before it than the one that is there.
    Broken {
        /// Its life.
        life: Life,
        /// The number of the record.
        sequence: u64,
    },
    /// Records are missing before later ones; they may still come.
    Missing {
        /// The life.
        life: Life,
        /// The first that is missing.
        from: u64,
        /// The last that is missing.
        upto: u64,
    },
    /// A device's clock runs ahead of everyone's and is not believed.
    ClockAhead {
        /// The device.
        device: DeviceId,
    },
    /// A record's signature does not hold; the peer that sent it is named, and nothing was kept.
    Unsigned {
        /// The peer.
        peer: DeviceId,
    },
    /// Two say that they are the home, or two edits of one number are signed.
    TwoHomes {
        /// The peer that told of the second.
        peer: DeviceId,
    },
    /// A peer has the roster of a home that is none any more.
    StaleHome {
        /// The peer.
        peer: DeviceId,
    },
    /// A device came back from an old copy of its file.
    RolledBack {
        /// Its life.
        life: Life,
    },
}

impl Flag {
    /// A stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forked { .. } => "chain_forked",
            Self::Broken { .. } => "chain_broken",
            Self::Missing { .. } => "chain_missing",
            Self::ClockAhead { .. } => "clock_ahead",
            Self::Unsigned { .. } => "signature_wrong",
            Self::TwoHomes { .. } => "two_homes",
            Self::StaleHome { .. } => "stale_home",
            Self::RolledBack { .. } => "rolled_back",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    hash: ChainHash,
    previous: ChainHash,
}

#[derive(Debug, Clone, Default)]
struct Chain {
    links: BTreeMap<u64, Vec<Link>>,
    held: u64,
    /// Digest of the records up to each number; the first is that of none.
    prefixes: Vec<Digest>,
    /// Digest of all; none until it is asked for.
    digest: std::cell::OnceCell<Digest>,
}

fn halve(hash: Sha256) -> Digest {
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.finalize()[..16]);
    digest
}

impl Chain {
    fn upto(&self) -> u64 {
        (self.prefixes.len() as u64).saturating_sub(1)
    }

    fn prefix(&self, sequence: u64) -> Option<Digest> {
        let at = usize::try_from(sequence).ok()?;
        self.prefixes.get(at).copied()
    }

    fn has(&self, sequence: u64, hash: &ChainHash) -> bool {
        self.links
            .get(&sequence)
            .is_some_and(|links| links.iter().any(|link| link.hash == *hash))
    }

    fn insert(&mut self, sequence: u64, link: Link) -> bool {
        // Numbers begin with 1.
        if sequence == 0 {
            return false;
        }
        let links = self.links.entry(sequence).or_default();
        let Err(at) = links.binary_search(&link) else {
            return false;
        };
        links.insert(at, link);
        self.held += 1;
        self.digest.take();
        if self.prefixes.is_empty() {
            self.prefixes.push([0; 16]);
        }
        if sequence <= self.upto() {
            self.prefixes.truncate(sequence as usize);
        }
        while let Some(links) = self.links.get(&(self.upto() + 1)) {
            let mut hash = Sha256::new();
            hash.update(self.prefix(self.upto()).unwrap_or_default());
            for link in links {
                hash.update(link.hash);
            }
            self.prefixes.push(halve(hash));
        }
        true
    }

    fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| {
            let mut hash = Sha256::new();
            hash.update(self.prefix(self.upto()).unwrap_or_default());
            for (sequence, links) in self.links.range(self.upto() + 1..) {
                hash.update(sequence.to_be_bytes());
                for link in links {
                    hash.update(link.hash);
                }
            }
            halve(hash)
        })
    }

    fn is_broken(&self, sequence: u64) -> bool {
        let Some(links) = self.links.get(&sequence) else {
            return false;
        };
        if sequence <= 1 {
            return links.iter().any(|link| link.previous != [0; 32]);
        }
        self.links.get(&(sequence - 1)).is_some_and(|before| {
            links
                .iter()
                .any(|link| before.iter().all(|b| b.hash != link.previous))
        })
    }
}

/// What somebody lacks of one life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// Nothing that is known of.
    Nothing,
    /// What comes after a number.
    After(u64),
    /// The chain is another one there: all of it.
    Whole,
}

/// The index of all scans that are here. A function of their set: the order of arrival leaves no
/// trace.
#[derive(Debug, Clone, Default)]
pub struct Chains {
    lives: BTreeMap<Life, Chain>,
    flags: BTreeSet<Flag>,
}

impl Chains {
    /// Adds a scan whose signature holds; `false` where it was here.
    pub fn insert(&mut self, scan: &SignedScan) -> bool {
        let (life, sequence) = (scan.life(), scan.record.sequence);
        let link = Link {
            hash: scan.hash(),
            previous: scan.record.previous,
        };
        let chain = self.lives.entry(life).or_default();
        if !chain.insert(sequence, link) {
            return false;
        }
        if chain.links.get(&sequence).is_some_and(|l| l.len() > 1) {
            self.flags.insert(Flag::Forked { life, sequence });
        }
        for sequence in [sequence, sequence.saturating_add(1)] {
            let flag = Flag::Broken { life, sequence };
            if chain.is_broken(sequence) {
                self.flags.insert(flag);
            } else {
                self.flags.remove(&flag);
            }
        }
        true
    }

    /// Whether a scan is here.
    #[must_use]
    pub fn contains(&self, scan: &SignedScan) -> bool {
        self.lives
            .get(&scan.life())
            .is_some_and(|chain| chain.has(scan.record.sequence, &scan.hash()))
    }

    /// Whether a life would be one too many of its device.
    #[must_use]
    pub fn has_many_lives(&self, life: &Life) -> bool {
        let of_device = |incarnation| Life {
            device: life.device,
            incarnation,
        };
        let lives = self.lives.range(of_device(0)..=of_device(u32::MAX));
        !self.lives.contains_key(life) && lives.count() >= MOST_LIVES_OF_ONE
    }

    /// Whether a scan that is here names this one as the one before it in its chain.
    #[must_use]
    pub fn names(&self, link: &ChainLink) -> bool {
        let life = Life {
            device: link.device,
            incarnation: link.incarnation,
        };
        let after = self
            .lives
            .get(&life)
            .and_then(|chain| chain.links.get(&link.sequence.checked_add(1)?));
        after.is_some_and(|links| links.iter().any(|after| after.previous == link.hash))
    }

    /// How many scans are here.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.lives.values().map(|chain| chain.held).sum()
    }

    /// Whether none are.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lives.is_empty()
    }

    /// The highest number of a life that is here; 0 where none is.
    #[must_use]
    pub fn last(&self, life: Life) -> u64 {
        let last = self.lives.get(&life).and_then(|c| c.links.last_key_value());
        last.map_or(0, |(sequence, _)| *sequence)
    }

    /// How much of each life is here: the version vector.
    pub fn extents(&self) -> impl Iterator<Item = Extent> + '_ {
        self.lives.iter().map(|(life, chain)| Extent {
            life: *life,
            upto: chain.upto(),
            held: chain.held,
            prefix: chain.prefix(chain.upto()).unwrap_or_default(),
            digest: chain.digest(),
        })
    }

    /// The digest of everything; zeros of nothing.
    #[must_use]
    pub fn digest(&self) -> Digest {
        if self.lives.is_empty() {
            return [0; 16];
        }
        let mut hash = Sha256::new();
        for (life, chain) in &self.lives {
            hash.update(life.device.as_bytes());
            hash.update(life.incarnation.to_be_bytes());
            hash.update(chain.digest());
        }
        halve(hash)
    }

    /// What somebody with this much of a life lacks; `None` stands for nothing of it.
    pub(crate) fn lack(&self, life: Life, theirs: Option<&Extent>) -> Lack {
        let Some(chain) = self.lives.get(&life) else {
            return Lack::Nothing;
        };
        let Some(theirs) = theirs else {
            return Lack::After(0);
        };
        if theirs.held == chain.held && theirs.digest == chain.digest() {
            return Lack::Nothing;
        }
        match chain.prefix(theirs.upto) {
            Some(prefix) if prefix == theirs.prefix => Lack::After(theirs.upto),
            // The chains part before: whoever has the longer one, or one as long, shows it all.
            Some(_) => Lack::Whole,
            None => Lack::After(theirs.upto),
        }
    }

    /// Everything that looks like tampering, and every gap.
    #[must_use]
    pub fn flags(&self) -> Vec<Flag> {
        let mut flags: Vec<Flag> = self.flags.iter().copied().collect();
        for (life, chain) in &self.lives {
            let mut next = chain.upto() + 1;
            for sequence in chain.links.range(next..).map(|(sequence, _)| *sequence) {
                if sequence > next {
                    flags.push(Flag::Missing {
                        life: *life,
                        from: next,
                        upto: sequence - 1,
                    });
                }
                next = sequence.saturating_add(1);
            }
        }
        flags
    }

    /// What the record of one number, and the one after it, show.
    pub(crate) fn flags_at(&self, life: Life, sequence: u64) -> Vec<Flag> {
        let after = sequence.saturating_add(1);
        let told = [
            Flag::Forked { life, sequence },
            Flag::Broken { life, sequence },
            Flag::Broken {
                life,
                sequence: after,
            },
        ];
        told.into_iter()
            .filter(|flag| self.flags.contains(flag))
            .collect()
    }

    /// Every life of which scans are here.
    pub fn lives(&self) -> impl Iterator<Item = Life> + '_ {
        self.lives.keys().copied()
    }
}
