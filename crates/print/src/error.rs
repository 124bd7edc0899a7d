//! What can go wrong.

use std::io;

/// A document that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The stream refused bytes, or a font could not be embedded.
    #[error("the document could not be written: {0}")]
    Write(#[from] io::Error),
    /// A code's bits and its size do not belong together.
    #[error("a code of {size} modules needs {wanted} bytes, {bytes} given")]
    Code {
        /// Modules a side.
        size: u16,
        /// Bytes given.
        bytes: usize,
        /// Bytes that the size needs.
        wanted: usize,
    },
    /// Not the name of a sheet.
    #[error(
        "no sheet is called {0:?}; there are a4, a5, a6, a7, letter, a4-4up, a4-8up, letter-4up, letter-8up and sra3-8up"
    )]
    Sheet(String),
    /// A sheet that this document cannot be printed on.
    #[error("this document is printed on a4 or letter, not {0}")]
    Paper(crate::Sheet),
    /// A typeface that cannot be printed with; the words say why.
    #[error("this typeface can't be used: {0}")]
    Typeface(&'static str),
    /// A logo whose pixels do not fit its sides.
    #[error("this logo has no pixels, or more than 2,000 a side")]
    Logo,
    /// Whoever hands over the tickets failed.
    #[error("ticket {index} could not be had: {source}")]
    Source {
        /// The ticket's place, from 0.
        index: usize,
        /// What happened there.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
