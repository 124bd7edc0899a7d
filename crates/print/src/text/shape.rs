//! Shaping: characters to glyphs, with bidirectional order and a face for every character.

use std::collections::HashMap;

use harfrust::{
    Buffer, BufferFlags, Direction, Feature, Script, ShapeOptions, ShapePlan, ShaperFont, Tag,
    shape,
};
use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;

use super::clean::clean;
use super::faces::{FaceId, Weight, count, face, leading, search_order};
use crate::typeface::Lead;

/// Stands in the place of a character that no face has; both leading faces draw it.
const BOX: char = '□';

/// A glyph and where it stands, in thousandths of an em from the beginning of its run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    pub(crate) id: u16,
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// Glyphs that stand for a piece of text together.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    /// One past the last glyph, within the run.
    pub(crate) end: usize,
    /// The text, where the glyphs do not already say it one by one.
    pub(crate) actual: Option<Box<str>>,
    /// What the one glyph that no character maps to stands for.
    pub(crate) unmapped: Option<Box<str>>,
}

/// Glyphs of one face and direction, from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) face: FaceId,
    pub(crate) glyphs: Vec<Glyph>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) width: f32,
    /// Bold was asked for and the face has none: the outline is to be drawn too.
    pub(crate) embolden: bool,
}

/// A shaped line, runs from left to right.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) runs: Vec<Run>,
    /// Width in thousandths of an em.
    pub(crate) width: f32,
    /// Characters that no face has.
    pub(crate) missing: Vec<char>,
}

/// A stretch of text in one face and direction, in logical order.
struct Item {
    face: FaceId,
    level: Level,
    start: usize,
    end: usize,
    /// Every cluster of it is drawn as a box.
    boxed: bool,
}

type PlanKey = (FaceId, Option<[u8; 4]>, bool, bool);

/// Shapes texts, keeping what is costly to prepare. One per thread.
pub(crate) struct Shaper {
    buffer: Option<Buffer>,
    fonts: Vec<Option<ShaperFont<'static, 'static>>>,
    plans: HashMap<PlanKey, ShapePlan>,
    choices: HashMap<(char, Weight), Option<FaceId>>,
    features: [Feature; 1],
    lead: Lead,
}

impl Shaper {
    pub(crate) fn new() -> Self {
        Shaper {
            buffer: Some(Buffer::new()),
            fonts: vec![None; count()],
            plans: HashMap::new(),
            choices: HashMap::new(),
            features: [Feature::new(Tag::new(b"tnum"), 1, ..)],
            lead: Lead::default(),
        }
    }

    pub(crate) fn lead(&self) -> Lead {
        self.lead
    }

    /// Sets texts in the faces that follow `lead`.
    pub(crate) fn set_lead(&mut self, lead: Lead) {
        self.lead = lead;
        self.choices.clear();
        self.fonts.resize(count(), None);
    }

    /// Shapes one line. The text is cleaned first.
    pub(crate) fn line(&mut self, text: &str, weight: Weight) -> Line {
        let text = clean(text);
        if text.is_empty() {
            return Line::default();
        }
        let levels = levels(&text);
        // Numbers line up below one another; a hyphen would take a figure's width with them.
        let tabular = text.bytes().any(|b| b.is_ascii_digit()) && !text.contains('-');
        let mut line = Line::default();
        let items = self.itemize(&text, weight, &levels, &mut line.missing);
        let order: Vec<usize> = if levels.is_empty() {
            (0..items.len()).collect()
        } else {
            let item_levels: Vec<Level> = items.iter().map(|i| i.level).collect();
            BidiInfo::reorder_visual(&item_levels)
        };
        for index in order {
            let item = &items[index];
            let run = self.run(&text, item, tabular, weight);
            line.width += run.width;
            line.runs.push(run);
        }
        line
    }

    /// Cuts the text where the face or the direction changes.
    fn itemize(
        &mut self,
        text: &str,
        weight: Weight,
        levels: &[Level],
        missing: &mut Vec<char>,
    ) -> Vec<Item> {
        let lead = leading(self.lead, weight);
        if text.is_ascii() {
            let level = Level::ltr();
            return vec![Item {
                face: lead,
                level,
                start: 0,
                end: text.len(),
                boxed: false,
            }];
        }
        let mut items: Vec<Item> = Vec::new();
        for (start, cluster) in text.grapheme_indices(true) {
            let level = levels.get(start).copied().unwrap_or(Level::ltr());
            let current = items.last().filter(|i| !i.boxed).map(|i| i.face);
            let found = self.choose(cluster, weight, current);
            if found.is_none() {
                missing.extend(cluster.chars().find(|c| !self.has_face(*c, weight)));
            }
            // Not every typeface of an organizer has the box.
            let face = found.unwrap_or_else(|| leading(Lead::Inter, weight));
            let end = start + cluster.len();
            match items.last_mut() {
                Some(item)
                    if item.face == face
                        && item.level == level
                        && item.boxed == found.is_none() =>
                {
                    item.end = end;
                }
                _ => items.push(Item {
                    face,
                    level,
                    start,
                    end,
                    boxed: found.is_none(),
                }),
            }
        }
        items
    }

    /// The face for a cluster: where it is neutral (spaces, digits, signs) the one in use, else
    /// the first that has all its characters, else the first that has its base.
    fn choose(&mut self, cluster: &str, weight: Weight, current: Option<FaceId>) -> Option<FaceId> {
        let all = |id: FaceId| {
            let face = face(id);
            cluster.chars().all(|c| is_ignorable(c) || face.covers(c))
        };
        let base = cluster.chars().next()?;
        if !base.is_alphabetic()
            && let Some(current) = current
            && all(current)
        {
            return Some(current);
        }
        if let Some(Some(face)) = self.choices.get(&(base, weight))
            && all(*face)
        {
            return Some(*face);
        }
        let found = search_order(self.lead, weight).find(|face| all(*face));
        if found.is_some() {
            self.choices.insert((base, weight), found);
            return found;
        }
        if is_ignorable(base) {
            return Some(leading(self.lead, weight));
        }
        self.face_of(base, weight)
    }

    fn face_of(&mut self, c: char, weight: Weight) -> Option<FaceId> {
        let lead = self.lead;
        *self
            .choices
            .entry((c, weight))
            .or_insert_with(|| search_order(lead, weight).find(|id| face(*id).covers(c)))
    }

    fn has_face(&mut self, c: char, weight: Weight) -> bool {
        is_ignorable(c) || self.face_of(c, weight).is_some()
    }

    fn run(&mut self, text: &str, item: &Item, tabular: bool, weight: Weight) -> Run {
        let slice = &text[item.start..item.end];
        let face = face(item.face);
        let font =
            self.fonts[usize::from(item.face)].get_or_insert_with(|| ShaperFont::new(face.font()));
        let rtl = item.level.is_rtl();
        let mut buffer = self.buffer.take().unwrap_or_default();
        buffer.reset();
        if item.boxed {
            for (at, _) in slice.grapheme_indices(true) {
                buffer.push(u32::from(BOX), at as u32);
            }
        } else {
            buffer.push_str(slice);
            buffer.set_pre_context(&text[..item.start]);
            buffer.set_post_context(&text[item.end..]);
        }
        buffer.set_direction(if rtl {
            Direction::RightToLeft
        } else {
            Direction::LeftToRight
        });
        buffer.set_flags(
            BufferFlags::BEGINNING_OF_TEXT
                | BufferFlags::END_OF_TEXT
                | BufferFlags::REMOVE_DEFAULT_IGNORABLES,
        );
        buffer.guess_segment_properties();
        let script = buffer.script();
        let key = (item.face, script.map(script_tag), rtl, tabular);
        let features: &[Feature] = if tabular { &self.features } else { &[] };
        let plan = self
            .plans
            .entry(key)
            .or_insert_with(|| ShapePlan::new(font, buffer.direction(), script, None, features));
        let options = ShapeOptions::new().plan(Some(plan)).features(features);
        let mut run = match shape(font, &mut buffer, options) {
            Ok(()) => gather(&buffer, slice, item),
            Err(_) => Run {
                face: item.face,
                glyphs: Vec::new(),
                clusters: Vec::new(),
                width: 0.0,
                embolden: false,
            },
        };
        run.embolden = weight == Weight::Bold && !face.bold;
        self.buffer = Some(buffer);
        run
    }
}

fn script_tag(script: Script) -> [u8; 4] {
    script.tag().to_be_bytes()
}

/// Reads the shaped buffer into a run and finds out which clusters need their text said.
fn gather(buffer: &Buffer, slice: &str, item: &Item) -> Run {
    let face = face(item.face);
    let infos = buffer.glyph_infos();
    let positions = buffer.glyph_positions();
    let mut run = Run {
        face: item.face,
        glyphs: Vec::with_capacity(infos.len()),
        clusters: Vec::new(),
        width: 0.0,
        embolden: false,
    };
    let mut bounds: Vec<usize> = infos.iter().map(|i| i.cluster as usize).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let mut said = String::new();
    let mut index = 0;
    while index < infos.len() {
        let cluster = infos[index].cluster as usize;
        let place = bounds.partition_point(|b| *b <= cluster);
        let end = bounds.get(place).copied().unwrap_or(slice.len());
        let text = slice.get(cluster..end).unwrap_or_default();
        said.clear();
        let mut unmapped = 0usize;
        let first = run.glyphs.len();
        while index < infos.len() && infos[index].cluster as usize == cluster {
            let at = &positions[index];
            let id = infos[index].glyph_id as u16;
            // A document valid as PDF/A never shows glyph 0.
            if id != 0 {
                run.glyphs.push(Glyph {
                    id,
                    x: run.width + face.thousandths(at.x_offset),
                    y: face.thousandths(at.y_offset),
                });
                match face.character(id) {
                    Some(c) => match lam_alef(c) {
                        Some(letters) => said.push_str(letters),
                        None => said.push(c),
                    },
                    None => unmapped += 1,
                }
            }
            run.width += face.thousandths(at.x_advance);
            index += 1;
        }
        let count = run.glyphs.len() - first;
        if count == 0 {
            continue;
        }
        let (actual, unmapped) = if unmapped == 0 && said == text {
            (None, None)
        } else if count == 1 && unmapped == 1 {
            (None, Some(text.into()))
        } else {
            let rest = if unmapped == 1 {
                without(text, &said)
            } else {
                String::new()
            };
            (Some(text.into()), (!rest.is_empty()).then(|| rest.into()))
        };
        run.clusters.push(Cluster {
            end: run.glyphs.len(),
            actual,
            unmapped,
        });
    }
    run
}

/// The letters of a lam-alef ligature.
fn lam_alef(c: char) -> Option<&'static str> {
    match c {
        '\u{FEF5}' | '\u{FEF6}' => Some("\u{644}\u{622}"),
        '\u{FEF7}' | '\u{FEF8}' => Some("\u{644}\u{623}"),
        '\u{FEF9}' | '\u{FEFA}' => Some("\u{644}\u{625}"),
        '\u{FEFB}' | '\u{FEFC}' => Some("\u{644}\u{627}"),
        _ => None,
    }
}

/// The characters of a text that are not already said, each taken away once.
fn without(text: &str, said: &str) -> String {
    let mut said: Vec<char> = said.chars().collect();
    text.chars()
        .filter(|c| match said.iter().position(|s| s == c) {
            Some(at) => {
                said.swap_remove(at);
                false
            }
            None => true,
        })
        .collect()
}

/// Bidirectional levels by byte; none where everything runs from the left.
fn levels(text: &str) -> Vec<Level> {
    if !text.chars().any(is_from_right) {
        return Vec::new();
    }
    let info = BidiInfo::new(text, None);
    let Some(paragraph) = info.paragraphs.first() else {
        return Vec::new();
    };
    info.visual_runs(paragraph, paragraph.range.clone()).0
}

fn is_from_right(c: char) -> bool {
    matches!(u32::from(c),
        0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF | 0x10800..=0x10FFF
        | 0x1E800..=0x1EFFF)
}

fn is_ignorable(c: char) -> bool {
    matches!(u32::from(c), 0x200C | 0x200D | 0x034F | 0xFE00..=0xFE0F | 0xE0100..=0xE01EF)
}
