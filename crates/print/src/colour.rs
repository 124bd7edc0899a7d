//! Inks: process colours, and the eight colours that ticket types take.

use pdf_writer::Content;

/// A process colour, each ink from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ink {
    c: f32,
    m: f32,
    y: f32,
    k: f32,
}

impl Ink {
    const fn new(c: f32, m: f32, y: f32, k: f32) -> Self {
        Ink { c, m, y, k }
    }

    /// The plain separation of an sRGB colour: as much black as all three inks share.
    pub(crate) fn of_rgb(rgb: [u8; 3]) -> Self {
        let [r, g, b] = rgb.map(|part| f32::from(part) / 255.0);
        let most = r.max(g).max(b);
        if most <= 0.0 {
            return Ink::new(0.0, 0.0, 0.0, 1.0);
        }
        let share = |part: f32| (most - part) / most;
        Ink::new(share(r), share(g), share(b), 1.0 - most)
    }

    /// Each ink from 0 to 255.
    pub(crate) fn bytes(self) -> [u8; 4] {
        [self.c, self.m, self.y, self.k].map(|ink| (ink * 255.0).round() as u8)
    }

    pub(crate) fn fill(self, content: &mut Content) {
        content.set_fill_cmyk(self.c, self.m, self.y, self.k);
    }

    pub(crate) fn stroke(self, content: &mut Content) {
        content.set_stroke_cmyk(self.c, self.m, self.y, self.k);
    }
}

/// Black as one ink, as text and codes need it.
pub(crate) const BLACK: Ink = Ink::new(0.0, 0.0, 0.0, 1.0);
/// Quiet text: still one ink.
pub(crate) const QUIET: Ink = Ink::new(0.0, 0.0, 0.0, 0.68);
/// Hairlines.
pub(crate) const LINE: Ink = Ink::new(0.0, 0.0, 0.0, 0.28);
/// Unprinted paper.
pub(crate) const PAPER: Ink = Ink::new(0.0, 0.0, 0.0, 0.0);
/// On every plate, for register marks alone.
pub(crate) const ALL: Ink = Ink::new(1.0, 1.0, 1.0, 1.0);

/// How a colour is told apart without seeing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    Solid,
    Stripes,
    Dots,
    Chevrons,
    Bars,
    Diamonds,
    Blocks,
    Rings,
}

/// A ticket type's colour: one of eight that stay apart for colour-blind eyes, each with a letter
/// and a pattern of its own, so that grey prints tell them apart too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Colour(u8);

impl Colour {
    /// How many colours there are.
    pub const COUNT: u8 = 8;

    /// The colour at an index; indexes past the last begin anew.
    #[must_use]
    pub fn new(index: u8) -> Self {
        Colour(index % Self::COUNT)
    }

    /// The index, below [`Colour::COUNT`].
    #[must_use]
    pub fn index(self) -> u8 {
        self.0
    }

    /// The letter that stands beside the colour, A to H.
    #[must_use]
    pub fn letter(self) -> char {
        char::from(b'A' + self.0)
    }

    /// The colour on screens, as sRGB.
    #[must_use]
    pub fn rgb(self) -> [u8; 3] {
        [
            [0x2E, 0x4B, 0xD8],
            [0xF2, 0xA4, 0x1C],
            [0x0B, 0x6E, 0x5B],
            [0xC8, 0x44, 0x1B],
            [0x7A, 0x2E, 0x7D],
            [0x7C, 0xC7, 0xEB],
            [0x2B, 0x2A, 0x28],
            [0xEE, 0x9F, 0xC0],
        ][usize::from(self.0)]
    }

    pub(crate) fn ink(self) -> Ink {
        [
            Ink::new(0.90, 0.76, 0.0, 0.0),
            Ink::new(0.0, 0.40, 0.95, 0.0),
            Ink::new(0.88, 0.18, 0.62, 0.34),
            Ink::new(0.0, 0.80, 0.98, 0.14),
            Ink::new(0.48, 0.92, 0.0, 0.16),
            Ink::new(0.50, 0.06, 0.0, 0.0),
            Ink::new(0.0, 0.0, 0.0, 0.92),
            Ink::new(0.0, 0.46, 0.04, 0.0),
        ][usize::from(self.0)]
    }

    /// The ink that is read best on the colour.
    pub(crate) fn on(self) -> Ink {
        match self.0 {
            1 | 5 | 7 => BLACK,
            _ => PAPER,
        }
    }

    pub(crate) fn pattern(self) -> Pattern {
        [
            Pattern::Stripes,
            Pattern::Dots,
            Pattern::Chevrons,
            Pattern::Bars,
            Pattern::Diamonds,
            Pattern::Rings,
            Pattern::Solid,
            Pattern::Blocks,
        ][usize::from(self.0)]
    }
}
