//! The mesh: gates that share every scan and admit no ticket twice while they can talk.
//!
//! Its core knows no network: a state machine ([`Node`]) that is told what happened and
//! when, and answers with what to send and what was decided; the protocol that it speaks
//! ([`wire`], written down in `docs/mesh.md`); and what follows from a set of scans, whoever holds
//! it ([`conflict`]). The core has no clock, no randomness, no sockets and no files: what is to be
//! kept goes through a [`Ledger`]. [`net`] carries it over real networks.

mod claim;
pub mod conflict;
mod lease;
mod ledger;
pub mod limits;
pub mod net;
mod node;
pub mod note;
mod scans;
#[cfg(test)]
mod sim;
mod time;
pub mod wire;

pub use claim::Wish;
pub use ledger::{Ledger, NotKept, Vouch};
pub use node::{Effect, Input, Node, Own, PeerView, Permission};
pub use scans::{Chains, Digest, Extent, Flag, Life, SignedScan};
pub use time::Now;
