//! The typeface that leads on paper: one of ours, or an organizer's own.

use harfrust::Font;

use crate::PrintError;
use crate::text::faces::{FaceId, take_in};

/// The typeface that texts are set in as far as it goes; characters that it lacks come from the
/// built-in ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Typeface(pub(crate) Lead);

/// Which face leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Lead {
    #[default]
    Inter,
    NotoSans,
    Own(FaceId),
}

/// What an organizer's own typeface has to write: without these no date or name can be set.
const NEEDED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:-#";

impl Typeface {
    /// Inter, with a bold of its own.
    pub const INTER: Self = Self(Lead::Inter);
    /// Noto Sans.
    pub const NOTO_SANS: Self = Self(Lead::NotoSans);

    /// An organizer's own typeface from a TrueType file, and what its family is called.
    ///
    /// # Errors
    /// [`PrintError::Typeface`] where the file is damaged, has outlines of another kind, lacks
    /// Latin letters or figures, or says that it must not be embedded (`fsType`, OpenType 1.9).
    pub fn own(data: &[u8]) -> Result<(Self, String), PrintError> {
        let refuse = |why| Err(PrintError::Typeface(why));
        let tables = Tables::of(data)?;
        if tables.find(*b"glyf").is_none() {
            return refuse("its outlines are not TrueType; save it as TTF");
        }
        // Restricted licence, or bitmaps alone.
        if tables.embedding() & 0x0202 != 0 {
            return refuse("its maker does not allow it in documents; choose another one");
        }
        let Some(font) = Font::new(data.to_owned(), 0) else {
            return refuse("it is damaged");
        };
        let mut known = [false; 128];
        for (code, glyph) in font.charmap().unicodes() {
            if let Some(known) = known.get_mut(code as usize) {
                *known = glyph.to_u32() != 0;
            }
        }
        if NEEDED.bytes().any(|byte| !known[usize::from(byte)]) {
            return refuse("it lacks letters or figures that every ticket needs");
        }
        let family = tables.family().unwrap_or_else(|| "Own".to_owned());
        let name: String = family
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(40)
            .collect();
        let name = if name.is_empty() { "Own" } else { &name };
        match take_in(name, tables.is_bold(), data) {
            Some(id) => Ok((Self(Lead::Own(id)), family)),
            None => refuse("too many typefaces were tried; start the program anew"),
        }
    }
}

/// The tables of a font file (OpenType 1.9, "Organization of an OpenType font").
struct Tables<'a>(Vec<([u8; 4], &'a [u8])>);

impl<'a> Tables<'a> {
    fn of(data: &'a [u8]) -> Result<Self, PrintError> {
        let damaged = || PrintError::Typeface("it is no font file, or damaged");
        let head = data.get(..12).ok_or_else(damaged)?;
        if ![[0, 1, 0, 0], *b"true", *b"OTTO"].contains(&[head[0], head[1], head[2], head[3]]) {
            return Err(damaged());
        }
        let count = usize::from(number(head, 4).ok_or_else(damaged)?);
        (0..count)
            .map(|index| {
                let entry = data.get(12 + index * 16..)?.get(..16)?;
                let tag = [entry[0], entry[1], entry[2], entry[3]];
                let place = |at: usize| {
                    Some(
                        usize::from(number(entry, at)?) << 16 | usize::from(number(entry, at + 2)?),
                    )
                };
                let (from, length) = (place(8)?, place(12)?);
                Some((tag, data.get(from..from.checked_add(length)?)?))
            })
            .collect::<Option<Vec<_>>>()
            .map(Self)
            .ok_or_else(damaged)
    }

    fn find(&self, tag: [u8; 4]) -> Option<&'a [u8]> {
        self.0
            .iter()
            .find(|(other, _)| *other == tag)
            .map(|(_, table)| *table)
    }

    /// `fsType`; installable where nothing is said.
    fn embedding(&self) -> u16 {
        self.find(*b"OS/2")
            .and_then(|table| number(table, 8))
            .unwrap_or(0)
    }

    /// Whether the weight is 600 or more.
    fn is_bold(&self) -> bool {
        self.find(*b"OS/2")
            .and_then(|table| number(table, 4))
            .is_some_and(|weight| weight >= 600)
    }

    /// The family's name, as Windows and Unicode platforms have it (UTF-16).
    fn family(&self) -> Option<String> {
        let table = self.find(*b"name")?;
        let count = usize::from(number(table, 2)?);
        let texts = table.get(usize::from(number(table, 4)?)..)?;
        (0..count).find_map(|index| {
            let at = 6 + index * 12;
            let wanted = matches!(number(table, at)?, 0 | 3) && number(table, at + 6)? == 1;
            let from = usize::from(number(table, at + 10)?);
            let bytes = texts.get(from..from + usize::from(number(table, at + 8)?))?;
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            let name = String::from_utf16_lossy(&units);
            let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            (wanted && !name.trim().is_empty()).then(|| name.trim().to_owned())
        })
    }
}

/// The number of two bytes at `at`, big end first.
fn number(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes([pair[0], pair[1]]))
}
