//! Drawing: content streams out of text, lines and fills, in points from the lower left.

use std::collections::HashMap;
use std::sync::Arc;

use pdf_writer::types::TextRenderingMode;
use pdf_writer::{Content, Name, Settings, Str, TextStr};

use crate::colour::Ink;
use crate::text::Weight;
use crate::text::faces::face;
use crate::text::fit::{Block, Room, fit};
use crate::text::shape::{Line, Run, Shaper};
use crate::text::usage::Usage;
use crate::typeface::Typeface;

/// Shaped lines kept for words that come again and again.
const KEPT_LINES: usize = 512;

/// Width of the outline that makes a face without a bold bolder, in relation to the size.
const BOLDER: f32 = 0.032;

/// What a thread needs to make pages; kept from page to page.
pub(crate) struct Tools {
    pub(crate) shaper: Shaper,
    kept: HashMap<(String, Weight), Arc<Line>>,
}

impl Tools {
    pub(crate) fn new() -> Self {
        Tools {
            shaper: Shaper::new(),
            kept: HashMap::new(),
        }
    }

    /// Sets texts in `typeface` from now on.
    pub(crate) fn set_typeface(&mut self, typeface: Typeface) {
        if self.shaper.lead() != typeface.0 {
            self.shaper.set_lead(typeface.0);
            self.kept.clear();
        }
    }

    /// The shaped line of a text that is likely to come again.
    pub(crate) fn kept(&mut self, text: &str, weight: Weight) -> Arc<Line> {
        let key = (text.to_owned(), weight);
        if let Some(line) = self.kept.get(&key) {
            return Arc::clone(line);
        }
        let line = Arc::new(self.shaper.line(text, weight));
        if self.kept.len() >= KEPT_LINES {
            self.kept.clear();
        }
        self.kept.insert(key, Arc::clone(&line));
        line
    }
}

/// Where a line of text stands on its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// A content stream in the making.
pub(crate) struct Canvas<'a> {
    pub(crate) content: Content,
    pub(crate) tools: &'a mut Tools,
    pub(crate) usage: &'a mut Usage,
    fill: Option<Ink>,
}

impl<'a> Canvas<'a> {
    pub(crate) fn new(tools: &'a mut Tools, usage: &'a mut Usage) -> Self {
        let content = Content::with_settings_and_capacity(Settings { pretty: false }, 2048);
        Canvas {
            content,
            tools,
            usage,
            fill: None,
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.content.finish().into_vec()
    }

    pub(crate) fn fill(&mut self, ink: Ink) {
        if self.fill != Some(ink) {
            ink.fill(&mut self.content);
            self.fill = Some(ink);
        }
    }

    /// Saves the graphics state, runs `draw`, restores the state.
    pub(crate) fn apart(&mut self, draw: impl FnOnce(&mut Self)) {
        let fill = self.fill;
        self.content.save_state();
        draw(self);
        self.content.restore_state();
        self.fill = fill;
    }

    pub(crate) fn rect(&mut self, ink: Ink, x: f32, y: f32, width: f32, height: f32) {
        self.fill(ink);
        self.content.rect(x, y, width, height).fill_nonzero();
    }

    pub(crate) fn stroke(&mut self, ink: Ink, width: f32, points: &[(f32, f32)]) {
        ink.stroke(&mut self.content);
        self.content.set_line_width(width);
        for (index, (x, y)) in points.iter().enumerate() {
            if index == 0 {
                self.content.move_to(*x, *y);
            } else {
                self.content.line_to(*x, *y);
            }
        }
        self.content.stroke();
    }

    /// Adds a circle to the path.
    pub(crate) fn circle(&mut self, x: f32, y: f32, r: f32) {
        let k = r * 0.552_285;
        self.content
            .move_to(x + r, y)
            .cubic_to(x + r, y + k, x + k, y + r, x, y + r)
            .cubic_to(x - k, y + r, x - r, y + k, x - r, y)
            .cubic_to(x - r, y - k, x - k, y - r, x, y - r)
            .cubic_to(x + k, y - r, x + r, y - k, x + r, y)
            .close_path();
    }

    /// Draws an already named form or image into a rectangle: forms at scale 1.
    pub(crate) fn x_object(&mut self, name: &str, matrix: [f32; 6]) {
        self.content.save_state();
        self.content
            .transform(matrix)
            .x_object(Name(name.as_bytes()))
            .restore_state();
    }

    /// Shapes a line.
    pub(crate) fn line(&mut self, text: &str, weight: Weight) -> Line {
        self.tools.shaper.line(text, weight)
    }

    /// Fits a text.
    pub(crate) fn fit(&mut self, text: &str, weight: Weight, room: Room) -> Block {
        fit(&mut self.tools.shaper, text, weight, room)
    }

    /// Writes a line with its baseline at `y`.
    pub(crate) fn text(&mut self, line: &Line, ink: Ink, size: f32, x: f32, y: f32, align: Align) {
        for c in &line.missing {
            self.usage.add_missing(*c);
        }
        if line.runs.iter().all(|run| run.glyphs.is_empty()) {
            return;
        }
        self.fill(ink);
        let width = line.width * size / 1000.0;
        let mut at = match align {
            Align::Left => x,
            Align::Centre => x - width / 2.0,
            Align::Right => x - width,
        };
        self.content.begin_text();
        for run in &line.runs {
            if !run.glyphs.is_empty() {
                if run.embolden {
                    ink.stroke(&mut self.content);
                    self.content.set_line_width(round(size * BOLDER));
                    self.content
                        .set_text_rendering_mode(TextRenderingMode::FillStroke);
                }
                self.run(run, size, at, y);
                if run.embolden {
                    self.content
                        .set_text_rendering_mode(TextRenderingMode::Fill);
                }
            }
            at += run.width * size / 1000.0;
        }
        self.content.end_text();
    }

    /// Writes the lines of a block downwards from a first baseline; gives back the last one's.
    pub(crate) fn block(&mut self, block: &Block, ink: Ink, x: f32, y: f32, leading: f32) -> f32 {
        let mut baseline = y;
        for (index, line) in block.lines.iter().enumerate() {
            if index > 0 {
                baseline -= block.size * leading;
            }
            self.text(line, ink, block.size, x, baseline, Align::Left);
        }
        baseline
    }

    fn run(&mut self, run: &Run, size: f32, x: f32, y: f32) {
        let face = face(run.face);
        let name = crate::pdf::font_name(run.face);
        self.content.set_font(Name(name.as_bytes()), round(size));
        self.content
            .set_text_matrix([1.0, 0.0, 0.0, 1.0, round(x), round(y)]);
        // Where the reader's pen stands, in thousandths of an em, by the widths it knows.
        let mut pen = 0.0f32;
        let mut rise = 0.0f32;
        let mut from = 0;
        let mut cluster = 0;
        let mut bytes: Vec<u8> = Vec::with_capacity(64);
        while cluster < run.clusters.len() {
            let actual = run.clusters[cluster].actual.as_deref();
            // Neighbouring clusters that need no words of their own are shown together.
            let mut last = cluster;
            while actual.is_none()
                && last + 1 < run.clusters.len()
                && run.clusters[last + 1].actual.is_none()
            {
                last += 1;
            }
            let end = run.clusters[last].end;
            if let Some(text) = actual {
                self.content
                    .begin_marked_content_with_properties(Name(b"Span"))
                    .properties()
                    .actual_text(TextStr(text));
            }
            let mut index = from;
            while index < end {
                let height = run.glyphs[index].y;
                if (height - rise).abs() >= 0.5 {
                    rise = height;
                    self.content.set_rise(round(rise * size / 1000.0));
                }
                let mut positioned = self.content.show_positioned();
                let mut items = positioned.items();
                while index < end && (run.glyphs[index].y - rise).abs() < 0.5 {
                    let glyph = run.glyphs[index];
                    let off = glyph.x - pen;
                    if off.abs() >= 0.75 {
                        if !bytes.is_empty() {
                            items.show(Str(&bytes));
                            bytes.clear();
                        }
                        let whole = off.round();
                        items.adjust(-whole);
                        pen += whole;
                    }
                    bytes.extend_from_slice(&glyph.id.to_be_bytes());
                    pen += face.advance(glyph.id) as f32;
                    index += 1;
                }
                if !bytes.is_empty() {
                    items.show(Str(&bytes));
                    bytes.clear();
                }
            }
            if actual.is_some() {
                self.content.end_marked_content();
            }
            from = end;
            cluster = last + 1;
        }
        if rise != 0.0 {
            self.content.set_rise(0.0);
        }
        let mut first = 0;
        for cluster in &run.clusters {
            for glyph in &run.glyphs[first..cluster.end] {
                self.usage
                    .add(run.face, glyph.id, cluster.unmapped.as_deref());
            }
            first = cluster.end;
        }
    }
}

/// Hundredths of a point are finer than any press.
fn round(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}
