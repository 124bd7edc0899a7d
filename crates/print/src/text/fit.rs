//! Making a text fit its place: smaller, then in more lines, then cut with an ellipsis.

use unicode_segmentation::UnicodeSegmentation;

use super::clean::clean;
use super::faces::Weight;
use super::shape::{Line, Shaper};

/// The place of a text. Lengths in points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) width: f32,
    /// The size to begin with.
    pub(crate) size: f32,
    /// The size to stop at.
    pub(crate) least: f32,
    pub(crate) lines: usize,
}

/// A text that fits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    pub(crate) lines: Vec<Line>,
    pub(crate) size: f32,
    /// Whether something of the text had to be left out.
    pub(crate) cut: bool,
}

/// Shrinking by more than this is worse than another line.
const KEEP_ON_ONE_LINE: f32 = 0.82;
const STEP: f32 = 0.93;

/// Fits a text into its room.
pub(crate) fn fit(shaper: &mut Shaper, text: &str, weight: Weight, room: Room) -> Block {
    let whole = shaper.line(text, weight);
    let needed = whole.width * room.size / 1000.0;
    if needed <= room.width {
        return Block {
            lines: vec![whole],
            size: room.size,
            cut: false,
        };
    }
    let floor = if room.lines > 1 {
        (room.size * KEEP_ON_ONE_LINE).max(room.least)
    } else {
        room.least
    };
    let shrunk = room.size * room.width / needed * 0.999;
    if shrunk >= floor {
        return Block {
            lines: vec![whole],
            size: shrunk,
            cut: false,
        };
    }
    let text = clean(text);
    let pieces = pieces(shaper, &text, weight);
    let mut size = room.size;
    loop {
        let limit = room.width * 1000.0 / size;
        let ranges = wrap(&pieces, limit);
        let fits = ranges.len() <= room.lines
            && ranges.iter().all(|r| width_of(&pieces[r.clone()]) <= limit);
        if fits {
            let lines: Vec<Line> = ranges
                .iter()
                .map(|r| shaper.line(&text_of(&text, &pieces[r.clone()]), weight))
                .collect();
            // Kerning across pieces can differ by a hair from their sum.
            let widest = lines.iter().map(|l| l.width).fold(0.0, f32::max);
            let size = size.min(room.width * 1000.0 / widest.max(1.0));
            return Block {
                lines,
                size,
                cut: false,
            };
        }
        if size <= room.least {
            return cut(
                shaper,
                &text,
                weight,
                Room {
                    size: room.least,
                    ..room
                },
            );
        }
        size = (size * STEP).max(room.least);
    }
}

/// A piece that is not broken: its place in the text, its width, and the width of the space
/// before it.
struct Piece {
    start: usize,
    end: usize,
    width: f32,
    space: f32,
}

fn pieces(shaper: &mut Shaper, text: &str, weight: Weight) -> Vec<Piece> {
    let space = shaper.line("a a", weight).width - shaper.line("aa", weight).width;
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut after_space = false;
    let mut push = |shaper: &mut Shaper, start: usize, end: usize, after_space: bool| {
        if end > start {
            let width = shaper.line(&text[start..end], weight).width;
            let space = if after_space { space } else { 0.0 };
            pieces.push(Piece {
                start,
                end,
                width,
                space,
            });
        }
    };
    let mut previous: Option<&str> = None;
    for (at, cluster) in text.grapheme_indices(true) {
        if cluster == " " {
            push(shaper, start, at, after_space);
            start = at + 1;
            after_space = true;
        } else if previous.is_some_and(|p| breaks_between(p, cluster)) && at > start {
            push(shaper, start, at, after_space);
            start = at;
            after_space = false;
        }
        previous = Some(cluster);
    }
    push(shaper, start, text.len(), after_space);
    pieces
}

/// Whether a line may end between two clusters without a space: after a hyphen or slash, and on
/// both sides of ideographs and kana (Hangul breaks at spaces).
fn breaks_between(before: &str, after: &str) -> bool {
    let wide = |s: &str| {
        s.chars()
            .next()
            .is_some_and(|c| matches!(u32::from(c), 0x2E80..=0x9FFF | 0x20000..=0x3FFFF))
    };
    let closing = |s: &str| s.chars().next().is_some_and(|c| !c.is_alphanumeric());
    before == "-" || before == "/" || ((wide(before) || wide(after)) && !closing(after))
}

fn wrap(pieces: &[Piece], limit: f32) -> Vec<std::ops::Range<usize>> {
    let mut lines = Vec::new();
    let mut from = 0;
    let mut width = 0.0;
    for (index, piece) in pieces.iter().enumerate() {
        let more = if index == from {
            piece.width
        } else {
            piece.space + piece.width
        };
        if index > from && width + more > limit {
            lines.push(from..index);
            from = index;
            width = piece.width;
        } else {
            width += more;
        }
    }
    if from < pieces.len() {
        lines.push(from..pieces.len());
    }
    lines
}

fn width_of(pieces: &[Piece]) -> f32 {
    let spaces: f32 = pieces.iter().skip(1).map(|p| p.space).sum();
    pieces.iter().map(|p| p.width).sum::<f32>() + spaces
}

fn text_of(text: &str, pieces: &[Piece]) -> String {
    match (pieces.first(), pieces.last()) {
        (Some(first), Some(last)) => text[first.start..last.end].to_owned(),
        _ => String::new(),
    }
}

/// Fills the lines cluster by cluster and ends with an ellipsis where the text does not.
fn cut(shaper: &mut Shaper, text: &str, weight: Weight, room: Room) -> Block {
    let limit = room.width * 1000.0 / room.size;
    let clusters: Vec<&str> = text.graphemes(true).collect();
    let mut lines = Vec::new();
    let mut from = 0;
    let mut left_out = false;
    while from < clusters.len() && lines.len() < room.lines {
        let last = lines.len() + 1 == room.lines;
        let rest = clusters[from..].concat();
        let line = shaper.line(&rest, weight);
        if line.width <= limit {
            lines.push(line);
            break;
        }
        let tail = if last { "…" } else { "" };
        let taken = longest(shaper, &clusters[from..], weight, limit, tail);
        let mut end = from + taken.max(1);
        if !last
            && let Some(space) = clusters[from..end].iter().rposition(|c| *c == " ")
            && space > 0
        {
            end = from + space + 1;
        }
        let shown = clusters[from..end].concat();
        let line = shaper.line(&format!("{}{tail}", shown.trim_end()), weight);
        left_out = left_out || last;
        lines.push(line);
        from = end;
    }
    let widest = lines.iter().map(|l| l.width).fold(0.0, f32::max);
    let size = room.size.min(room.width * 1000.0 / widest.max(1.0));
    Block {
        lines,
        size,
        cut: left_out,
    }
}

/// How many clusters fit together with `tail`, by halving.
fn longest(
    shaper: &mut Shaper,
    clusters: &[&str],
    weight: Weight,
    limit: f32,
    tail: &str,
) -> usize {
    let (mut low, mut high) = (0usize, clusters.len());
    while low < high {
        let middle = (low + high).div_ceil(2);
        let text = format!("{}{tail}", clusters[..middle].concat());
        if shaper.line(&text, weight).width <= limit {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}
