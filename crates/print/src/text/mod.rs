//! Text of any script as positioned glyphs.

pub(crate) mod clean;
pub(crate) mod faces;
pub(crate) mod fit;
pub(crate) mod shape;
pub(crate) mod usage;

pub(crate) use faces::Weight;
