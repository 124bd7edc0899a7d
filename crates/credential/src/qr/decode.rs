//! Every QR code in a grey picture: one reader first, then ever costlier ways to see better.

use super::{
    detector::{Look, Sighting, read},
    frame::{Frame, GreyImage},
    restore,
};

/// How much time a frame is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Effort {
    /// One pass: for each frame of a live camera.
    Quick,
    /// A second pass over a sharpened enlargement where the first left something unread.
    #[default]
    Normal,
    /// Everything: for a single picture that a person waits for.
    Thorough,
}

/// A QR code that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What the code says: UTF-8 where its bytes are, else by its charset.
    pub text: String,
    /// The bytes of its segments, in the charset of the code.
    pub bytes: Vec<u8>,
    /// The symbol's corners in the frame's pixels: top left, top right, bottom right and
    /// bottom left as the symbol sees itself.
    pub corners: [(f32, f32); 4],
    /// The code is seen from behind or in a mirror.
    pub mirrored: bool,
    /// The code is light on dark.
    pub inverted: bool,
}

/// Reads every QR code (model 2) in a frame, in any orientation, also inverted and mirrored;
/// each symbol once. Never panics; an empty frame holds nothing.
#[must_use]
pub fn decode(frame: &Frame<'_>, effort: Effort) -> Vec<Found> {
    let mut search = Search::default();
    if frame.is_empty() {
        return search.found;
    }
    let image = frame.to_image();
    search.take(read(&image, Look::Wide), |p| p);
    if effort == Effort::Quick || search.is_settled() {
        return search.found;
    }
    let twice = restore::enlarge(&image);
    search.take(
        read(&restore::sharpen(&twice), Look::Local),
        restore::shrink_point,
    );
    search.found
}

/// What the passes have seen so far.
#[derive(Default)]
struct Search {
    found: Vec<Found>,
    /// Middles of symbols that stand there unread.
    unread: Vec<[(f32, f32); 4]>,
}

impl Search {
    /// Something was read, and nothing stands there unread.
    fn is_settled(&self) -> bool {
        !self.found.is_empty() && self.unread.is_empty()
    }

    /// Adds what a pass saw, with its points brought back to the frame by `place`.
    fn take(&mut self, sightings: Vec<Sighting>, place: impl Fn((f32, f32)) -> (f32, f32)) {
        for sighting in sightings {
            let corners = sighting.corners.map(&place);
            let Some(content) = sighting.content else {
                self.unread.push(corners);
                continue;
            };
            let known = self.found.iter().any(|found| {
                found.bytes == content.bytes
                    && found.text == content.text
                    && overlap(&found.corners, &corners)
            });
            if !known {
                self.found.push(Found {
                    text: content.text,
                    bytes: content.bytes,
                    corners,
                    mirrored: sighting.mirrored,
                    inverted: sighting.inverted,
                });
            }
        }
        let found = &self.found;
        self.unread
            .retain(|corners| !found.iter().any(|f| overlap(&f.corners, corners)));
    }
}

/// The middles of two symbols lie within half a side of each other.
fn overlap(a: &[(f32, f32); 4], b: &[(f32, f32); 4]) -> bool {
    let middle = |c: &[(f32, f32); 4]| {
        let sum = c.iter().fold((0., 0.), |s, p| (s.0 + p.0, s.1 + p.1));
        (sum.0 / 4., sum.1 / 4.)
    };
    let side = |c: &[(f32, f32); 4]| (c[0].0 - c[2].0).hypot(c[0].1 - c[2].1) / 1.42;
    let (a_middle, b_middle) = (middle(a), middle(b));
    let apart = (a_middle.0 - b_middle.0).hypot(a_middle.1 - b_middle.1);
    apart <= side(a).max(side(b)) / 2.
}
