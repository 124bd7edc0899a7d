//! The typefaces that the crate carries, and which of them writes a character.

use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};

use harfrust::{Font, ShaperFont};

use crate::typeface::Lead;

/// Weight of a text: which half of the typefaces leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Running text and labels.
    Regular,
    /// Titles, names and other values.
    Bold,
}

/// Index of a typeface in the built-in collection.
pub(crate) type FaceId = u8;

/// A typeface with everything that does not change while documents are made.
pub(crate) struct Face {
    /// PostScript name, without a subset tag.
    pub(crate) name: &'static str,
    /// The TrueType file.
    pub(crate) data: &'static [u8],
    /// Whether this is the bold of a family.
    pub(crate) bold: bool,
    font: OnceLock<Font>,
    tables: OnceLock<Tables>,
}

/// Typefaces of organizers, which stay until the program ends: pages and threads refer to them.
static OWN: RwLock<Vec<&'static Face>> = RwLock::new(Vec::new());
/// So many of them at most.
const MOST_OWN: usize = 16;

/// What is asked of a face for every character or glyph, laid out for a quick answer.
struct Tables {
    /// A bit for each character that the face has.
    covers: Vec<u64>,
    /// The character of each glyph, the plainest of several by [`rank`]; 0 where there is none.
    /// Presentation forms do not count: what texts mean, and searches look for, are the letters.
    /// Only lam-alef keeps its own, because readers put two letters of one glyph in either order.
    plainest: Vec<u32>,
    /// Advance widths in thousandths of an em, rounded.
    advances: Vec<i32>,
}

macro_rules! faces {
    ($($name:literal $bold:literal),* $(,)?) => {
        static FACES: LazyLock<Vec<Face>> = LazyLock::new(|| vec![
            $(Face {
                name: $name,
                data: include_bytes!(concat!("../../../../assets/fonts/", $name, ".ttf")),
                bold: $bold,
                font: OnceLock::new(),
                tables: OnceLock::new(),
            }),*
        ]);
    };
}

// The first two lead; after them the order is the order in which a character is looked for, so
// the faces that claim a little of everything stand last.
faces! {
    "Inter-Regular" false,
    "Inter-Bold" true,
    "NotoSansArabic-Regular" false,
    "NotoSansArabic-Bold" true,
    "NotoSansHebrew-Regular" false,
    "NotoSansHebrew-Bold" true,
    "NotoSansThai-Regular" false,
    "NotoSansThai-Bold" true,
    "NotoSansDevanagari-Regular" false,
    "NotoSansDevanagari-Bold" true,
    "NotoSansArmenian-Regular" false,
    "NotoSansArmenian-Bold" true,
    "NotoSansGeorgian-Regular" false,
    "NotoSansGeorgian-Bold" true,
    "NotoSansBengali-Regular" false,
    "NotoSansGujarati-Regular" false,
    "NotoSansGurmukhi-Regular" false,
    "NotoSansTamil-Regular" false,
    "NotoSansTelugu-Regular" false,
    "NotoSansKannada-Regular" false,
    "NotoSansMalayalam-Regular" false,
    "NotoSansSinhala-Regular" false,
    "NotoSansKhmer-Regular" false,
    "NotoSansLao-Regular" false,
    "NotoSansMyanmar-Regular" false,
    "NotoSansEthiopic-Regular" false,
    "NotoSans-Regular" false,
    "GatehouseHangul-Regular" false,
    "DroidSansFallback-Regular" false,
}

/// Families whose bold stands right behind their regular.
const PAIRED: FaceId = 14;

/// The place of the plain face for Latin, Greek and Cyrillic that is not Inter.
const NOTO_SANS: FaceId = 26;

/// How many faces there are, those of organizers included.
pub(crate) fn count() -> usize {
    FACES.len() + OWN.read().unwrap_or_else(PoisonError::into_inner).len()
}

/// The face with this id.
pub(crate) fn face(id: FaceId) -> &'static Face {
    let at = usize::from(id);
    match FACES.get(at) {
        Some(face) => face,
        None => OWN.read().unwrap_or_else(PoisonError::into_inner)[at - FACES.len()],
    }
}

/// Takes an organizer's typeface in, or finds it where it was taken in before; none where there are
/// too many. `data` is a whole TrueType font that can be opened.
pub(crate) fn take_in(name: &str, bold: bool, data: &[u8]) -> Option<FaceId> {
    let mut own = OWN.write().unwrap_or_else(PoisonError::into_inner);
    let at = match own.iter().position(|face| face.data == data) {
        Some(at) => at,
        None if own.len() >= MOST_OWN => return None,
        None => {
            own.push(Box::leak(Box::new(Face {
                name: Box::leak(name.to_owned().into_boxed_str()),
                data: Box::leak(data.to_owned().into_boxed_slice()),
                bold,
                font: OnceLock::new(),
                tables: OnceLock::new(),
            })));
            own.len() - 1
        }
    };
    FaceId::try_from(FACES.len() + at).ok()
}

/// The face that leads texts of a weight.
pub(crate) fn leading(lead: Lead, weight: Weight) -> FaceId {
    match (lead, weight) {
        (Lead::Inter, Weight::Regular) => 0,
        (Lead::Inter, Weight::Bold) => 1,
        (Lead::NotoSans, _) => NOTO_SANS,
        (Lead::Own(id), _) => id,
    }
}

/// The order in which faces are asked for a character in a text of `weight`.
pub(crate) fn search_order(lead: Lead, weight: Weight) -> impl Iterator<Item = FaceId> {
    let bold = weight == Weight::Bold;
    let count = FACES.len() as FaceId;
    let others = (0..count).filter(move |id| *id >= PAIRED || FACES[usize::from(*id)].bold == bold);
    std::iter::once(leading(lead, weight)).chain(others)
}

impl Face {
    /// The face, opened.
    pub(crate) fn font(&self) -> &Font {
        self.font.get_or_init(|| {
            Font::new(self.data, 0).expect("a face in the collection can be opened")
        })
    }

    /// Whether the character map has the character.
    pub(crate) fn covers(&self, c: char) -> bool {
        let c = u32::from(c);
        let word = self
            .tables()
            .covers
            .get(c as usize / 64)
            .copied()
            .unwrap_or(0);
        word >> (c % 64) & 1 == 1
    }

    /// The character that the character map gives to a glyph, the plainest of several, if any.
    pub(crate) fn character(&self, glyph: u16) -> Option<char> {
        let plainest = self.tables().plainest.get(usize::from(glyph)).copied();
        plainest.filter(|c| *c != 0).and_then(char::from_u32)
    }

    /// Advance width in thousandths of an em, rounded as the document states it.
    pub(crate) fn advance(&self, glyph: u16) -> i32 {
        self.tables()
            .advances
            .get(usize::from(glyph))
            .copied()
            .unwrap_or(0)
    }

    /// Font units as thousandths of an em.
    pub(crate) fn thousandths(&self, units: i32) -> f32 {
        units as f32 * 1000.0 / f32::from(self.font().units_per_em())
    }

    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| {
            let font = self.font();
            let glyphs = font.num_glyphs();
            let mut covers = Vec::new();
            let mut plainest = vec![0u32; glyphs as usize];
            for (code, glyph) in font.charmap().unicodes() {
                let glyph = glyph.to_u32() as usize;
                if code < 0x20 || glyph == 0 || glyph >= plainest.len() {
                    continue;
                }
                let word = code as usize / 64;
                if covers.len() <= word {
                    covers.resize(word + 1, 0u64);
                }
                covers[word] |= 1 << (code % 64);
                if matches!(code, 0xFB00..=0xFDFF | 0xFE70..=0xFEF4 | 0xFEFD..=0xFEFF) {
                    continue;
                }
                if plainest[glyph] == 0 || rank(code) < rank(plainest[glyph]) {
                    plainest[glyph] = code;
                }
            }
            let shaper = ShaperFont::new(font);
            let advances = (0..glyphs)
                .map(|glyph| {
                    self.thousandths(shaper.glyph_h_advance(glyph.into()))
                        .round() as i32
                })
                .collect();
            Tables {
                covers,
                plainest,
                advances,
            }
        })
    }
}

/// The order of characters that share a glyph: modifier letters and the micro sign stand behind the
/// quotation marks and the Greek letter that texts mean.
fn rank(code: u32) -> u32 {
    if matches!(code, 0xB5 | 0x2B0..=0x2FF) {
        code + 0x11_0000
    } else {
        code
    }
}

/// Measures of a whole face, in thousandths of an em.
pub(crate) struct FaceMetrics {
    pub(crate) bbox: [f32; 4],
    pub(crate) ascent: f32,
    pub(crate) descent: f32,
    pub(crate) cap_height: f32,
}

impl Face {
    /// The measures that a font descriptor states.
    pub(crate) fn metrics(&self) -> FaceMetrics {
        let font = self.font();
        let metrics = font.metrics();
        let units = |value: f32| value * 1000.0 / f32::from(font.units_per_em());
        let bounds = metrics.bounds;
        let line = metrics.hhea_line;
        let ascent = line.map_or(900.0, |l| units(l.ascender.to_f64() as f32));
        FaceMetrics {
            bbox: [
                units(bounds.x_min.to_f64() as f32),
                units(bounds.y_min.to_f64() as f32),
                units(bounds.x_max.to_f64() as f32),
                units(bounds.y_max.to_f64() as f32),
            ],
            ascent,
            descent: line.map_or(-200.0, |l| units(l.descender.to_f64() as f32)),
            cap_height: metrics
                .cap_height
                .map_or(ascent * 0.75, |c| units(c.to_f64() as f32)),
        }
    }
}
