//! What comes off a roll, one thing below another, as long as the text.

use super::{Drawing, LARGE_CODE, LEADING, RISE, height_of};
use crate::canvas::Align;
use crate::colour::{BLACK, Ink, PAPER};
use crate::pdf::MM;
use crate::text::Weight;
use crate::text::fit::{Block, Room};

/// Most that a roll gives for one badge or receipt.
const LONGEST: f32 = 400.0 * MM;

/// One thing below another on a page that is filled from the top.
enum Piece {
    /// Lines in the middle.
    Middle(Block, Ink),
    /// A word at the left, a value at the right.
    Field(Block, Block),
    /// A line across.
    Rule(f32),
    /// Nothing.
    Gap(f32),
    /// The type's letter and name, white on black.
    Type(Block),
    /// The code.
    Code(f32),
}

impl Piece {
    fn height(&self) -> f32 {
        match self {
            Piece::Middle(block, _) => height_of(block),
            Piece::Field(label, value) => height_of(label).max(height_of(value)) + 2.0,
            Piece::Rule(width) => *width,
            Piece::Gap(height) | Piece::Code(height) => *height,
            Piece::Type(block) => height_of(block) + 6.0,
        }
    }
}

impl Drawing<'_, '_> {
    pub(super) fn worn_off_a_roll(&mut self) -> f32 {
        let inner = self.width - 2.0 * self.paper.margin();
        let face = self.face;
        let room = |size, least, lines| Room {
            width: inner,
            size,
            least,
            lines,
        };
        let mut pieces = vec![
            Piece::Middle(
                self.fit(&face.event, Weight::Bold, room(11.0, 8.0, 2)),
                BLACK,
            ),
            Piece::Gap(2.0 * MM),
            Piece::Rule(1.0),
            Piece::Gap(4.0 * MM),
            Piece::Middle(
                self.fit(&face.name, Weight::Bold, room(32.0, 13.0, 3)),
                BLACK,
            ),
        ];
        if !face.company.is_empty() {
            let company = self.fit(&face.company, Weight::Regular, room(13.0, 9.0, 2));
            pieces.extend([Piece::Gap(1.0 * MM), Piece::Middle(company, BLACK)]);
        }
        let kind = format!("{} · {}", face.type_colour.letter(), face.type_name);
        let kind = self.fit(&kind, Weight::Bold, room(14.0, 9.0, 1));
        pieces.extend([Piece::Gap(4.0 * MM), Piece::Type(kind)]);
        if !face.seat.is_empty() {
            let seat = self.fit(&face.seat, Weight::Bold, room(13.0, 9.0, 2));
            pieces.extend([Piece::Gap(2.0 * MM), Piece::Middle(seat, BLACK)]);
        }
        if face.code.is_some() {
            pieces.extend([Piece::Gap(2.0 * MM), Piece::Code(LARGE_CODE)]);
        }
        let number = self.fit(&face.number, Weight::Regular, room(9.0, 7.0, 1));
        pieces.extend([Piece::Gap(2.0 * MM), Piece::Middle(number, BLACK)]);
        self.stack(&pieces)
    }

    pub(super) fn receipt(&mut self) -> f32 {
        let inner = self.width - 2.0 * self.paper.margin();
        let face = self.face;
        let labels = self.options.labels.clone();
        let room = |size, least, lines| Room {
            width: inner,
            size,
            least,
            lines,
        };
        let mut pieces = vec![Piece::Middle(
            self.fit(&face.event, Weight::Bold, room(13.0, 9.0, 3)),
            BLACK,
        )];
        if !face.organizer.is_empty() {
            let organizer = self.fit(&face.organizer, Weight::Regular, room(9.0, 7.0, 2));
            pieces.push(Piece::Middle(organizer, BLACK));
        }
        let admitted = self.fit(labels.admitted, Weight::Bold, room(18.0, 11.0, 2));
        let name = self.fit(&face.name, Weight::Bold, room(16.0, 10.0, 3));
        pieces.extend([
            Piece::Gap(3.0 * MM),
            Piece::Rule(1.0),
            Piece::Gap(3.0 * MM),
            Piece::Middle(admitted, BLACK),
            Piece::Gap(2.0 * MM),
            Piece::Middle(name, BLACK),
            Piece::Gap(3.0 * MM),
            Piece::Rule(0.5),
            Piece::Gap(2.5 * MM),
        ]);
        let fields = [
            (labels.number, &face.number),
            (labels.ticket_type, &face.type_name),
            (labels.seat, &face.seat),
            (labels.time, &face.time),
            (labels.gate, &face.gate),
        ];
        for (word, value) in fields {
            if value.is_empty() {
                continue;
            }
            let word_room = Room {
                width: inner * 0.33,
                size: 9.0,
                least: 6.5,
                lines: 1,
            };
            let value_room = Room {
                width: inner * 0.64,
                size: 10.5,
                least: 7.5,
                lines: 2,
            };
            let word = self.fit(word, Weight::Regular, word_room);
            let value = self.fit(value, Weight::Bold, value_room);
            pieces.push(Piece::Field(word, value));
        }
        self.stack(&pieces)
    }

    /// Draws pieces below each other; gives back the page's height.
    fn stack(&mut self, pieces: &[Piece]) -> f32 {
        let margin = self.paper.margin();
        let (width, middle) = (self.width, self.width / 2.0);
        let text: f32 = pieces.iter().map(Piece::height).sum();
        let height = match self.paper.height_mm() {
            Some(_) => self.height,
            None => (text + 2.0 * margin).min(LONGEST),
        };
        let mut top = height - margin;
        for piece in pieces {
            match piece {
                Piece::Middle(block, ink) => {
                    self.middle(block, *ink, middle, top);
                }
                Piece::Field(label, value) => {
                    let baseline = top - value.size.max(label.size) * RISE;
                    let down = label.size * LEADING;
                    for (index, line) in label.lines.iter().enumerate() {
                        let y = baseline - index as f32 * down;
                        self.canvas
                            .text(line, BLACK, label.size, margin, y, Align::Left);
                    }
                    for (index, line) in value.lines.iter().enumerate() {
                        let y = baseline - index as f32 * value.size * LEADING;
                        let right = width - margin;
                        self.canvas
                            .text(line, BLACK, value.size, right, y, Align::Right);
                    }
                }
                Piece::Rule(thick) => {
                    let y = top - thick / 2.0;
                    let across = [(margin, y), (width - margin, y)];
                    self.canvas.stroke(BLACK, *thick, &across);
                }
                Piece::Gap(_) => {}
                Piece::Type(block) => {
                    let down = top - piece.height();
                    let across = width - 2.0 * margin;
                    self.canvas
                        .rect(BLACK, margin, down, across, piece.height());
                    self.middle(block, PAPER, middle, top - 3.0);
                }
                Piece::Code(place) => self.code(middle - place / 2.0, top - place, *place),
            }
            top -= piece.height();
        }
        height
    }
}
