//! Frames: a length, a kind, and the fields of one message.
//!
//! `u32` length of what follows · `u8` kind · fields. All integers are big-endian. A kind that is
//! unknown is left aside, so that a newer peer may say more within one version.

pub(crate) mod bytes;
mod message;
mod roster;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use message::write_note_text;
pub use message::{
    Answer, Beat, Bye, ByeCode, Claim, Denial, DenyCode, Echo, Have, Hello, Lease, LeaseAsk, Notes,
    Release, Role, Scans, Settle, Settled, Want,
};
pub use roster::{Delta, Deltas, RosterAsk, RosterVersion, SnapshotHead, SnapshotPart};

use crate::limits::MOST_FRAME_BYTES;
use bytes::{Bytes, Wire};

/// Bytes that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// They end early, go on too long, or hold an impossible value.
    #[error("this frame is damaged")]
    Damaged,
    /// The frame, or something in it, is over its limit.
    #[error("this frame is larger than it may be")]
    TooLarge,
    /// A greeting that does not begin as every greeting does.
    #[error("this is not the protocol of the mesh")]
    NotOurs,
}

impl FrameError {
    /// A stable code: `frame_damaged`, `frame_too_large`, `frame_not_ours`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Damaged => "frame_damaged",
            Self::TooLarge => "frame_too_large",
            Self::NotOurs => "frame_not_ours",
        }
    }
}

/// What every greeting begins with.
const MAGIC: &[u8; 6] = b"GHMESH";

macro_rules! frames {
    ($($(#[$doc:meta])* $variant:ident = $kind:literal,)+) => {
        /// One message between two peers.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Frame {
            $($(#[$doc])* $variant($variant),)+
            /// A kind that this version does not know; it is left aside.
            Unknown(u8),
        }

        impl Frame {
            fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant(message) => {
                        out.push($kind);
                        if $kind == GREETING {
                            out.extend_from_slice(MAGIC);
                        }
                        message.write(out);
                    })+
                    Self::Unknown(kind) => out.push(*kind),
                }
            }

            fn read(bytes: &mut Bytes<'_>) -> Result<Self, FrameError> {
                match u8::read(bytes)? {
                    $($kind => {
                        if $kind == GREETING && bytes.array::<6>()? != *MAGIC {
                            return Err(FrameError::NotOurs);
                        }
                        Ok(Self::$variant(Wire::read(bytes)?))
                    })+
                    kind => {
                        bytes.0 = &[];
                        Ok(Self::Unknown(kind))
                    }
                }
            }
        }
    };
}

/// The kind of greetings.
const GREETING: u8 = 1;

frames! {
    /// The first frame.
    Hello = 1,
    /// The last frame.
    Bye = 2,
    /// Presence.
    Beat = 3,
    /// The answer to a beat.
    Echo = 4,
    /// Which scans the sender has.
    Have = 5,
    /// Scans.
    Scans = 6,
    /// A wish to let in or out.
    Claim = 7,
    /// The answer to a claim.
    Answer = 8,
    /// A claim that comes to nothing.
    Release = 9,
    /// Asks for a newer roster.
    RosterAsk = 10,
    /// Edits of the roster.
    Deltas = 11,
    /// A part of a whole roster.
    SnapshotPart = 12,
    /// Asks for room.
    LeaseAsk = 13,
    /// Gives room.
    Lease = 14,
    /// Gives room back.
    Settle = 15,
    /// Room that came back was taken down.
    Settled = 16,
    /// What people decided on conflicts.
    Notes = 17,
}

impl Frame {
    /// The frame with its length before it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![0; 4];
        self.write(&mut out);
        let length = (out.len() - 4) as u32;
        out[..4].copy_from_slice(&length.to_be_bytes());
        out
    }

    /// Reads what follows the length; what is left over is an error.
    pub fn from_body(body: &[u8]) -> Result<Self, FrameError> {
        if body.len() > MOST_FRAME_BYTES {
            return Err(FrameError::TooLarge);
        }
        let mut bytes = Bytes(body);
        let frame = Self::read(&mut bytes)?;
        match bytes.0 {
            [] => Ok(frame),
            _ => Err(FrameError::Damaged),
        }
    }

    /// Takes one frame from the front of what a connection has brought so far, and how many bytes
    /// it took; none where it is not whole yet.
    pub fn take(stream: &[u8]) -> Result<Option<(Self, usize)>, FrameError> {
        let Some((length, rest)) = stream.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*length) as usize;
        if length > MOST_FRAME_BYTES {
            return Err(FrameError::TooLarge);
        }
        match rest.get(..length) {
            None => Ok(None),
            Some(body) => Ok(Some((Self::from_body(body)?, 4 + length))),
        }
    }
}
