//! Every QR code in a grey picture: one reader first, then ever costlier ways to see better.

use super::{
    detector::{Look, Sighting, read},
    frame::{Frame, GreyImage},
    restore::{self, Bend, Blur},
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
    /// The code is seen from behind or in a mirror; rxing alone reads such codes without
    /// saying so.
    pub mirrored: bool,
    /// The code is light on dark.
    pub inverted: bool,
}

/// Reads every QR code (model 2) in a frame, in any orientation, also inverted and mirrored;
/// each symbol once. Never panics; an empty frame holds nothing, and a code of no characters
/// is not reported.
#[must_use]
pub fn decode(frame: &Frame<'_>, effort: Effort) -> Vec<Found> {
    decode_while(frame, effort, &|| true)
}

/// As [`decode`], and gives up with what it has as soon as `worthwhile` says no, which it asks
/// between one pass and the next.
#[must_use]
pub fn decode_while(
    frame: &Frame<'_>,
    effort: Effort,
    worthwhile: &dyn Fn() -> bool,
) -> Vec<Found> {
    let mut search = Search {
        found: Vec::new(),
        unread: Vec::new(),
        worthwhile,
    };
    if frame.is_empty() {
        return search.found;
    }
    let image = frame.to_image();
    search.take(read(&image, Look::Wide), |p| p);
    if effort == Effort::Quick || effort == Effort::Normal && search.is_settled() {
        return search.found;
    }
    search.look_sharper(&image, effort);
    if effort == Effort::Thorough && !search.is_settled() && worthwhile() {
        search.look_closer(&image);
    }
    search.found
}

/// Areas of one picture that are looked at closer; more are not codes but clutter.
const MOST_AREAS: usize = 4;
/// An area larger than this is made smaller before it is looked at closer, in pixels a side.
const LARGEST_AREA: u32 = 900;
/// The most pixels that are enlarged at once; of a larger picture only areas are.
const LARGEST_ENLARGED: usize = 4_000_000;

/// The most pixels of an area that is freed of motion: that is the costliest way.
const LARGEST_MOVING: usize = 450_000;

/// A part of a picture, by its pixels.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

/// What the passes have seen so far.
struct Search<'a> {
    found: Vec<Found>,
    /// Corners of symbols that stand there unread.
    unread: Vec<[(f32, f32); 4]>,
    /// Whether somebody still waits for more.
    worthwhile: &'a dyn Fn() -> bool,
}

impl Search<'_> {
    /// Something was read, and nothing stands there unread.
    fn is_settled(&self) -> bool {
        !self.found.is_empty() && self.unread.is_empty()
    }

    /// Adds what a pass saw, with its points brought back to the frame by `place`.
    fn take(&mut self, sightings: Vec<Sighting>, place: impl Fn(Point) -> Point) {
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
            .retain(|corners| !found.iter().any(|found| shares(&found.corners, corners)));
    }

    /// Tries sharpened enlargements, as it is and with the grain smoothed: of what stands there
    /// unread, else of where the picture is busy, else of the whole.
    fn look_sharper(&mut self, image: &GreyImage, effort: Effort) {
        let whole = Area {
            left: 0,
            top: 0,
            width: image.width,
            height: image.height,
        };
        let small = image.luma.len() <= LARGEST_ENLARGED;
        let mut areas = self.areas(image);
        if areas.is_empty() {
            areas = busy_areas(image);
        }
        if small && (areas.is_empty() || effort == Effort::Thorough) {
            areas = vec![whole];
        }
        for area in areas {
            let Some((part, place)) = cut(image, area) else {
                continue;
            };
            let before = self.found.len();
            for smoothed in [false, true] {
                if !(self.worthwhile)() {
                    return;
                }
                let picture = if smoothed {
                    &restore::blur(&part, 1)
                } else {
                    &part
                };
                let sharp = restore::sharpen(&restore::enlarge(picture));
                self.take(read(&sharp, Look::Local), |p| {
                    place(restore::shrink_point(p))
                });
                if self.found.len() > before {
                    break;
                }
            }
        }
    }

    /// Tries everything else on each area where a code may stand, the cheaper first.
    fn look_closer(&mut self, image: &GreyImage) {
        #[cfg(feature = "rxing")]
        self.take(super::detector::read_rxing(image), |p| p);
        if self.is_settled() {
            return;
        }
        let mut areas = self.areas(image);
        if areas.is_empty() {
            areas = busy_areas(image);
        }
        for area in areas {
            let Some((part, place)) = cut(image, area) else {
                continue;
            };
            let before = self.found.len();
            for way in WAYS {
                way(&part, &mut |seen, back| {
                    self.take(seen, |p| place(back(p)));
                    (self.worthwhile)()
                });
                if !(self.worthwhile)() {
                    return;
                }
                if self.found.len() > before {
                    break;
                }
            }
        }
    }

    /// Where symbols stand unread, with room around them.
    fn areas(&self, image: &GreyImage) -> Vec<Area> {
        let mut areas: Vec<Area> = Vec::new();
        for corners in &self.unread {
            let middle = middle(corners);
            if areas.iter().any(|a| a.holds(middle)) || areas.len() == MOST_AREAS {
                continue;
            }
            let reach = corners
                .iter()
                .map(|c| (c.0 - middle.0).hypot(c.1 - middle.1))
                .fold(0., f32::max);
            // As far as the farthest corner, a bent side, and the quiet zone.
            let reach = reach * 1.1 + 12.;
            let (left, top) = ((middle.0 - reach).max(0.), (middle.1 - reach).max(0.));
            let right = (middle.0 + reach).min(image.width as f32);
            let bottom = (middle.1 + reach).min(image.height as f32);
            if right > left && bottom > top {
                areas.push(Area {
                    left: left as u32,
                    top: top as u32,
                    width: (right - left) as u32,
                    height: (bottom - top) as u32,
                });
            }
        }
        areas
    }
}

impl Area {
    fn holds(&self, point: (f32, f32)) -> bool {
        let inside = |at: f32, start: u32, length: u32| {
            (start as f32..(start + length) as f32).contains(&at)
        };
        inside(point.0, self.left, self.width) && inside(point.1, self.top, self.height)
    }
}

/// The pixels of an area, made smaller where it is large, and where its points lie in the
/// picture. Nothing when the area is too small for a code.
fn cut(image: &GreyImage, area: Area) -> Option<(GreyImage, impl Fn(Point) -> Point)> {
    let mut part = image
        .as_frame()
        .ok()?
        .crop(area.left, area.top, area.width, area.height);
    let mut shrunk = 1.;
    while part.width.max(part.height) > LARGEST_AREA && image.luma.len() > LARGEST_ENLARGED {
        part = restore::halve(&part);
        shrunk *= 2.;
    }
    (part.width >= 21 && part.height >= 21).then_some((part, move |(x, y): Point| {
        (x * shrunk + area.left as f32, y * shrunk + area.top as f32)
    }))
}

/// A place in a picture, in pixels from its top left.
type Point = (f32, f32);

/// A way to see more in an area: it hands on what each pass sees, with the way back to the
/// area's own pixels, and stops when it hears that no more is wanted.
type Way = fn(&GreyImage, &mut Take<'_>);
type Take<'a> = dyn FnMut(Vec<Sighting>, &dyn Fn(Point) -> Point) -> bool + 'a;

/// What pays on a camera's frames, the cheaper first (measured by the decode harness).
const WAYS: &[Way] = &[level_light, deblur_lens, unbend, deblur_motion];

fn level_light(part: &GreyImage, take: &mut Take<'_>) {
    let level = restore::level(part, 16);
    let sharp = restore::sharpen(&restore::enlarge(&level));
    take(read(&sharp, Look::Local), &restore::shrink_point);
}

fn deblur_lens(part: &GreyImage, take: &mut Take<'_>) {
    for radius in [1.2, 2., 3., 4.] {
        let clear = restore::deblur(part, &Blur::disk(radius), 12);
        let seen = read(&restore::enlarge(&clear), Look::Local);
        if !take(seen, &restore::shrink_point) {
            return;
        }
    }
}

fn deblur_motion(part: &GreyImage, take: &mut Take<'_>) {
    if part.luma.len() > LARGEST_MOVING {
        return;
    }
    for length in [4., 7.] {
        for eighth in 0..8 {
            let angle = eighth as f32 * std::f32::consts::PI / 8.;
            let clear = restore::deblur(part, &Blur::line(angle, length), 10);
            let seen = read(&restore::enlarge(&clear), Look::Local);
            if !take(seen, &restore::shrink_point) {
                return;
            }
        }
    }
}

fn unbend(part: &GreyImage, take: &mut Take<'_>) {
    let zoom = (600. / part.width.max(part.height) as f32).clamp(1., 2.);
    for (narrowing, bow) in BENDS {
        for eighth in 0..8 {
            let angle = eighth as f32 * std::f32::consts::PI / 8.;
            let bend = Bend {
                angle,
                narrowing: *narrowing,
                bow: *bow,
            };
            let flat = restore::flatten(part, bend, zoom);
            if !take(read(&flat, Look::Local), &|p| bend.source(part, zoom, p)) {
                return;
            }
        }
    }
}

/// How sheets are bent: by narrowing of the sides and bow of the axis.
const BENDS: &[(f32, f32)] = &[
    (0.06, 0.),
    (0.12, 0.),
    (0.06, -0.1),
    (0.06, 0.1),
    (0.06, -0.2),
    (0.06, 0.2),
    (0.2, 0.),
];

/// Areas as busy as a code, the largest first: connected blocks of strong contrast.
fn busy_areas(image: &GreyImage) -> Vec<Area> {
    // Blocks hold a few modules each, and grow with the picture.
    let block = (image.width.max(image.height) / 80).max(8) as usize;
    let (columns, lines) = (image.width as usize / block, image.height as usize / block);
    let mut busy: Vec<u32> = vec![0; columns * lines];
    for (i, busy) in busy.iter_mut().enumerate() {
        let (left, top) = (i % columns * block, i / columns * block);
        for y in top..top + block {
            let row = &image.luma[y * image.width as usize + left..][..block];
            *busy += row
                .windows(2)
                .map(|pair| u32::from(pair[0].abs_diff(pair[1])))
                .sum::<u32>();
        }
    }
    let mut ranked = busy.clone();
    ranked.sort_unstable();
    let Some(&strong) = ranked.get(ranked.len() * 97 / 100) else {
        return Vec::new();
    };
    let mut open: Vec<bool> = busy.iter().map(|b| *b > 0 && *b * 5 > strong * 2).collect();
    let mut areas: Vec<(usize, Area)> = Vec::new();
    for start in 0..open.len() {
        let mut edge = vec![start];
        let (mut count, mut low, mut high) = (0, (columns, lines), (0, 0));
        while let Some(at) = edge.pop() {
            if !std::mem::take(&mut open[at]) {
                continue;
            }
            let (x, y) = (at % columns, at / columns);
            count += 1;
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
            if x > 0 {
                edge.push(at - 1);
            }
            if x + 1 < columns {
                edge.push(at + 1);
            }
            if y > 0 {
                edge.push(at - columns);
            }
            if y + 1 < lines {
                edge.push(at + columns);
            }
        }
        if count >= 9 {
            let left = low.0.saturating_sub(1) * block;
            let top = low.1.saturating_sub(1) * block;
            let width = ((high.0 + 2) * block).min(image.width as usize) - left;
            let height = ((high.1 + 2) * block).min(image.height as usize) - top;
            let [left, top, width, height] = [left, top, width, height].map(|v| v as u32);
            areas.push((
                count,
                Area {
                    left,
                    top,
                    width,
                    height,
                },
            ));
        }
    }
    areas.sort_by_key(|area| std::cmp::Reverse(area.0));
    areas
        .into_iter()
        .map(|area| area.1)
        .take(MOST_AREAS)
        .collect()
}

fn middle(corners: &[(f32, f32); 4]) -> (f32, f32) {
    let sum = corners.iter().fold((0., 0.), |s, p| (s.0 + p.0, s.1 + p.1));
    (sum.0 / 4., sum.1 / 4.)
}

/// A symbol thought to stand at `other` would share ground with the one at `known`: three
/// finder patterns of neighbouring codes look like a code between them.
fn shares(known: &[Point; 4], other: &[Point; 4]) -> bool {
    let middle = middle(other);
    let inside = |point: Point| {
        let within = |at: f32, of: fn(&Point) -> f32| {
            let low = known.iter().map(of).fold(f32::MAX, f32::min);
            let high = known.iter().map(of).fold(f32::MIN, f32::max);
            (low..=high).contains(&at)
        };
        within(point.0, |p| p.0) && within(point.1, |p| p.1)
    };
    let inwards = |at: f32, middle: f32| at + (middle - at) * 0.1;
    inside(middle)
        || other
            .iter()
            .any(|p| inside((inwards(p.0, middle.0), inwards(p.1, middle.1))))
}

/// The middles of two symbols lie within half a side of each other.
fn overlap(a: &[(f32, f32); 4], b: &[(f32, f32); 4]) -> bool {
    let side = |c: &[(f32, f32); 4]| (c[0].0 - c[2].0).hypot(c[0].1 - c[2].1) / 1.42;
    let (a_middle, b_middle) = (middle(a), middle(b));
    let apart = (a_middle.0 - b_middle.0).hypot(a_middle.1 - b_middle.1);
    apart <= side(a).max(side(b)) / 2.
}
