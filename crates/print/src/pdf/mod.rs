//! Documents written object by object to a stream, with little kept in memory.

pub(crate) mod deflate;
mod document;
mod fonts;
mod metadata;

pub(crate) use document::{Document, PageBoxes, Pages, font_name, quiet_chunk};
pub(crate) use metadata::Meta;

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
