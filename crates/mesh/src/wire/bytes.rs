//! Reading and writing the parts of a frame: big-endian integers, lengths before what they count.

use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::HybridClock;
use uuid::Uuid;

use super::FrameError;

/// Something that has one way of being written in a frame.
pub(crate) trait Wire: Sized {
    /// Appends it.
    fn write(&self, out: &mut Vec<u8>);
    /// Takes it from the front; what can't be it is refused.
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError>;
}

/// What is left of a frame.
#[derive(Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let (head, tail) = self.0.split_first_chunk::<N>().ok_or(FrameError::Damaged)?;
        self.0 = tail;
        Ok(*head)
    }

    pub(crate) fn slice(&mut self, length: usize) -> Result<&'a [u8], FrameError> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(FrameError::Damaged)?;
        self.0 = tail;
        Ok(head)
    }

    /// Bytes behind a `u32` of their number.
    pub(crate) fn blob(&mut self, most: usize) -> Result<Vec<u8>, FrameError> {
        let length = u32::read(self)? as usize;
        if length > most {
            return Err(FrameError::TooLarge);
        }
        Ok(self.slice(length)?.to_vec())
    }

    /// A list behind a `u16` of its length.
    pub(crate) fn list<T: Wire>(&mut self, most: usize) -> Result<Vec<T>, FrameError> {
        let length = usize::from(u16::read(self)?);
        if length > most {
            return Err(FrameError::TooLarge);
        }
        // Not more than the bytes that are there can hold, whatever the length says.
        let mut list = Vec::with_capacity(length.min(self.0.len()));
        for _ in 0..length {
            list.push(T::read(self)?);
        }
        Ok(list)
    }

    /// UTF-8 behind a `u16` of its length in bytes.
    pub(crate) fn text(&mut self, most: usize) -> Result<String, FrameError> {
        let length = usize::from(u16::read(self)?);
        if length > most {
            return Err(FrameError::TooLarge);
        }
        let text = std::str::from_utf8(self.slice(length)?).map_err(|_| FrameError::Damaged)?;
        Ok(text.to_owned())
    }
}

/// Appends bytes behind a `u32` of their number.
pub(crate) fn write_blob(out: &mut Vec<u8>, bytes: &[u8]) {
    (bytes.len() as u32).write(out);
    out.extend_from_slice(bytes);
}

/// Appends a list behind a `u16` of its length.
pub(crate) fn write_list<T: Wire>(out: &mut Vec<u8>, list: &[T]) {
    (list.len() as u16).write(out);
    for item in list {
        item.write(out);
    }
}

/// Appends UTF-8 behind a `u16` of its length in bytes.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    (text.len() as u16).write(out);
    out.extend_from_slice(text.as_bytes());
}

macro_rules! integers {
    ($($kind:ty),+) => {$(
        impl Wire for $kind {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }
            fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
                Ok(Self::from_be_bytes(from.array()?))
            }
        }
    )+};
}
integers!(u8, u16, u32, u64, i64);

macro_rules! ids {
    ($($kind:ty),+) => {$(
        impl Wire for $kind {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self.as_bytes());
            }
            fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
                Ok(Self(Uuid::from_bytes(from.array()?)))
            }
        }
        /// Zeros stand for none.
        impl Wire for Option<$kind> {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self.map_or(Uuid::nil(), |id| id.0).as_bytes());
            }
            fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
                let id = <$kind>::read(from)?;
                Ok((!id.0.is_nil()).then_some(id))
            }
        }
    )+};
}
ids!(
    DeviceId,
    SessionId,
    TicketId,
    ZoneId,
    gatehouse_domain::id::EventId
);

impl Wire for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        match u8::read(from)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(FrameError::Damaged),
        }
    }
}

impl<const N: usize> Wire for [u8; N] {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        from.array()
    }
}

impl Wire for HybridClock {
    fn write(&self, out: &mut Vec<u8>) {
        self.wall_ms.write(out);
        self.counter.write(out);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            wall_ms: i64::read(from)?,
            counter: u32::read(from)?,
        })
    }
}

/// Declares how a struct is written: its fields in this order, nothing between.
macro_rules! wire_struct {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::wire::bytes::Wire for $name {
            fn write(&self, out: &mut Vec<u8>) {
                $($crate::wire::bytes::Wire::write(&self.$field, out);)+
            }
            fn read(
                from: &mut $crate::wire::bytes::Bytes<'_>,
            ) -> Result<Self, $crate::wire::FrameError> {
                Ok(Self { $($field: $crate::wire::bytes::Wire::read(from)?,)+ })
            }
        }
    };
}
pub(crate) use wire_struct;

/// Declares a closed set of codes, each with its one number on the wire and one word for people
/// and programs.
macro_rules! wire_codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $number:literal $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every code of the set.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The number on the wire.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $(Self::$variant => $number),+ }
            }

            /// The stable word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::wire::bytes::Wire for $name {
            fn write(&self, out: &mut Vec<u8>) {
                out.push(self.number());
            }
            fn read(
                from: &mut $crate::wire::bytes::Bytes<'_>,
            ) -> Result<Self, $crate::wire::FrameError> {
                match <u8 as $crate::wire::bytes::Wire>::read(from)? {
                    $($number => Ok(Self::$variant),)+
                    _ => Err($crate::wire::FrameError::Damaged),
                }
            }
        }
    };
}
pub(crate) use wire_codes;
