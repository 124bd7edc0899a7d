//! Which glyphs a document draws, gathered apart and merged at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::faces::{FaceId, count};

/// Characters without a glyph that are named in warnings; more than these are only counted.
const NAMED_MISSING: usize = 64;

/// Glyphs drawn with one face.
#[derive(Debug, Clone, Default)]
pub(crate) struct FaceUsage {
    bits: Vec<u64>,
    /// What glyphs that no character maps to stand for.
    texts: BTreeMap<u16, String>,
}

/// Glyphs drawn, by face, and characters that no face has.
///
/// Merging is commutative, so that pages may be made in any order and the document still comes
/// out the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage {
    faces: Vec<FaceUsage>,
    missing: BTreeSet<char>,
}

impl FaceUsage {
    /// Glyphs in ascending order.
    pub(crate) fn glyphs(&self) -> impl Iterator<Item = u16> + '_ {
        self.bits.iter().enumerate().flat_map(|(word, bits)| {
            let bits = *bits;
            (0..64)
                .filter(move |b| bits >> b & 1 == 1)
                .map(move |b| (word * 64 + b) as u16)
        })
    }

    /// What a glyph without a character stands for.
    pub(crate) fn text(&self, glyph: u16) -> Option<&str> {
        self.texts.get(&glyph).map(String::as_str)
    }

    fn is_empty(&self) -> bool {
        self.bits.iter().all(|b| *b == 0)
    }
}

impl Usage {
    /// Notes that a glyph is drawn; `text` is given where no character maps to it.
    pub(crate) fn add(&mut self, face: FaceId, glyph: u16, text: Option<&str>) {
        let used = self.face_mut(face);
        let word = usize::from(glyph / 64);
        if used.bits.len() <= word {
            used.bits.resize(word + 1, 0);
        }
        used.bits[word] |= 1 << (glyph % 64);
        if let Some(text) = text {
            keep_least(&mut used.texts, glyph, text);
        }
    }

    /// Notes a character that no face can draw.
    pub(crate) fn add_missing(&mut self, c: char) {
        if self.missing.len() < NAMED_MISSING || self.missing.contains(&c) {
            self.missing.insert(c);
        } else if self.missing.last().is_some_and(|last| c < *last) {
            self.missing.pop_last();
            self.missing.insert(c);
        }
    }

    /// Takes over what another gathering saw.
    pub(crate) fn merge(&mut self, other: &Usage) {
        for (id, theirs) in other.faces.iter().enumerate() {
            if theirs.is_empty() {
                continue;
            }
            let ours = self.face_mut(id as FaceId);
            if ours.bits.len() < theirs.bits.len() {
                ours.bits.resize(theirs.bits.len(), 0);
            }
            for (mine, yours) in ours.bits.iter_mut().zip(&theirs.bits) {
                *mine |= yours;
            }
            for (glyph, text) in &theirs.texts {
                keep_least(&mut ours.texts, *glyph, text);
            }
        }
        for c in &other.missing {
            self.add_missing(*c);
        }
    }

    /// Faces that draw something, in ascending order.
    pub(crate) fn faces(&self) -> impl Iterator<Item = (FaceId, &FaceUsage)> {
        self.faces
            .iter()
            .enumerate()
            .filter(|(_, used)| !used.is_empty())
            .map(|(id, used)| (id as FaceId, used))
    }

    /// Characters that were drawn as a box.
    pub(crate) fn missing(&self) -> impl Iterator<Item = char> + '_ {
        self.missing.iter().copied()
    }

    fn face_mut(&mut self, face: FaceId) -> &mut FaceUsage {
        if self.faces.is_empty() {
            self.faces.resize_with(count(), FaceUsage::default);
        }
        &mut self.faces[usize::from(face)]
    }
}

/// Of several texts for one glyph the shortest, then the first in order, is kept: a choice that
/// does not depend on who came first.
fn keep_least(texts: &mut BTreeMap<u16, String>, glyph: u16, text: &str) {
    match texts.get_mut(&glyph) {
        Some(held) => {
            if (text.len(), text) < (held.len(), held.as_str()) {
                text.clone_into(held);
            }
        }
        None => {
            texts.insert(glyph, text.to_owned());
        }
    }
}
