//! Sheets: paper, and where tickets lie on it.

use std::fmt;
use std::str::FromStr;

use pdf_writer::Rect;

use crate::PrintError;
use crate::pdf::{MM, PageBoxes};

/// Bleed around a ticket that is cut out, in millimetres.
const BLEED: f32 = 3.0;
/// Room for marks around a single page, in millimetres.
const MARK_ROOM: f32 = 10.0;

/// Paper, and how many tickets lie on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// One ticket on 210 × 297 mm.
    A4,
    /// One ticket on 148 × 210 mm.
    A5,
    /// One ticket on 105 × 148 mm.
    A6,
    /// One ticket on 74 × 105 mm.
    A7,
    /// One ticket on 8.5 × 11 in.
    Letter,
    /// Four tickets, somewhat under A6, on A4 with room for marks.
    A4x4,
    /// Eight tickets, somewhat under A7, on A4 turned, with room for marks.
    A4x8,
    /// Four tickets on Letter.
    LetterX4,
    /// Eight tickets on Letter turned.
    LetterX8,
    /// Eight tickets of exactly A6 on SRA3 turned (450 × 320 mm), for a press.
    Sra3x8,
}

/// Every sheet with its name.
const NAMES: [(Sheet, &str); 10] = [
    (Sheet::A4, "a4"),
    (Sheet::A5, "a5"),
    (Sheet::A6, "a6"),
    (Sheet::A7, "a7"),
    (Sheet::Letter, "letter"),
    (Sheet::A4x4, "a4-4up"),
    (Sheet::A4x8, "a4-8up"),
    (Sheet::LetterX4, "letter-4up"),
    (Sheet::LetterX8, "letter-8up"),
    (Sheet::Sra3x8, "sra3-8up"),
];

impl Sheet {
    /// All sheets.
    pub fn all() -> impl Iterator<Item = Sheet> {
        NAMES.iter().map(|(sheet, _)| *sheet)
    }

    /// How many tickets lie on one sheet.
    #[must_use]
    pub fn tickets(self) -> usize {
        match self {
            Sheet::A4 | Sheet::A5 | Sheet::A6 | Sheet::A7 | Sheet::Letter => 1,
            Sheet::A4x4 | Sheet::LetterX4 => 4,
            Sheet::A4x8 | Sheet::LetterX8 | Sheet::Sra3x8 => 8,
        }
    }

    /// Width and height of the paper in millimetres, without room for marks around a single page.
    #[must_use]
    pub fn paper_mm(self) -> (f32, f32) {
        match self {
            Sheet::A4 | Sheet::A4x4 => (210.0, 297.0),
            Sheet::A5 => (148.0, 210.0),
            Sheet::A6 => (105.0, 148.0),
            Sheet::A7 => (74.0, 105.0),
            Sheet::Letter | Sheet::LetterX4 => (215.9, 279.4),
            Sheet::A4x8 => (297.0, 210.0),
            Sheet::LetterX8 => (279.4, 215.9),
            Sheet::Sra3x8 => (450.0, 320.0),
        }
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES
            .iter()
            .find(|(sheet, _)| sheet == self)
            .map_or("", |(_, name)| name);
        f.pad(name)
    }
}

impl FromStr for Sheet {
    type Err = PrintError;

    fn from_str(text: &str) -> Result<Self, PrintError> {
        let wanted = text.trim();
        NAMES
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(wanted))
            .map(|(sheet, _)| *sheet)
            .ok_or_else(|| PrintError::Sheet(wanted.chars().take(40).collect()))
    }
}

/// A rectangle in points, from its lower left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Area {
    pub(crate) fn right(&self) -> f32 {
        self.x + self.width
    }

    pub(crate) fn top(&self) -> f32 {
        self.y + self.height
    }

    fn grown(&self, by: f32) -> Rect {
        Rect::new(self.x - by, self.y - by, self.right() + by, self.top() + by)
    }
}

/// A sheet laid out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Imposition {
    pub(crate) boxes: PageBoxes,
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// Where the tickets lie, cut to size: row by row from the top left.
    pub(crate) cells: Vec<Area>,
    /// How far colour runs past the cut.
    pub(crate) bleed: f32,
    pub(crate) marks: bool,
}

impl Imposition {
    /// Lays out a sheet; one with several tickets always has marks, for it is cut.
    pub(crate) fn of(sheet: Sheet, marks: bool) -> Self {
        let (width, height) = sheet.paper_mm();
        let (columns, rows) = match sheet {
            Sheet::A4x4 | Sheet::LetterX4 => (2u8, 2u8),
            Sheet::A4x8 | Sheet::LetterX8 | Sheet::Sra3x8 => (4, 2),
            _ => return Self::single(width, height, marks),
        };
        let gap = 2.0 * BLEED;
        let (cell_width, cell_height) = if sheet == Sheet::Sra3x8 {
            (105.0, 148.0)
        } else {
            (
                (width - 20.0 - gap * f32::from(columns - 1)) / f32::from(columns),
                (height - 22.0 - gap * f32::from(rows - 1)) / f32::from(rows),
            )
        };
        let used_width = cell_width * f32::from(columns) + gap * f32::from(columns - 1);
        let used_height = cell_height * f32::from(rows) + gap * f32::from(rows - 1);
        let left = (width - used_width) / 2.0;
        let bottom = (height - used_height) / 2.0;
        let mut cells = Vec::new();
        for row in (0..rows).rev() {
            for column in 0..columns {
                cells.push(Area {
                    x: (left + f32::from(column) * (cell_width + gap)) * MM,
                    y: (bottom + f32::from(row) * (cell_height + gap)) * MM,
                    width: cell_width * MM,
                    height: cell_height * MM,
                });
            }
        }
        let trim = Area {
            x: left * MM,
            y: bottom * MM,
            width: used_width * MM,
            height: used_height * MM,
        };
        let boxes = PageBoxes {
            media: Rect::new(0.0, 0.0, width * MM, height * MM),
            bleed: trim.grown(BLEED * MM),
            trim: trim.grown(0.0),
        };
        let (width, height) = (width * MM, height * MM);
        Imposition {
            boxes,
            width,
            height,
            cells,
            bleed: BLEED * MM,
            marks: true,
        }
    }

    fn single(width: f32, height: f32, marks: bool) -> Self {
        let around = if marks { MARK_ROOM } else { 0.0 };
        // Without marks the page ends at the cut, and colour runs on past its edge, so that no
        // screen shows a white seam there.
        let (bleed, overrun) = if marks {
            (BLEED * MM, BLEED * MM)
        } else {
            (0.0, 2.0)
        };
        let cell = Area {
            x: around * MM,
            y: around * MM,
            width: width * MM,
            height: height * MM,
        };
        let (width, height) = ((width + 2.0 * around) * MM, (height + 2.0 * around) * MM);
        let boxes = PageBoxes {
            media: Rect::new(0.0, 0.0, width, height),
            bleed: cell.grown(bleed),
            trim: cell.grown(0.0),
        };
        Imposition {
            boxes,
            width,
            height,
            cells: vec![cell],
            bleed: overrun,
            marks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for sheet in Sheet::all() {
            assert_eq!(sheet.to_string().parse::<Sheet>().unwrap(), sheet);
            assert_eq!(
                sheet.to_string().to_uppercase().parse::<Sheet>().unwrap(),
                sheet
            );
        }
        assert!("a3".parse::<Sheet>().is_err());
        assert!("".parse::<Sheet>().is_err());
    }

    #[test]
    fn tickets_lie_on_the_paper_with_their_bleed_and_apart() {
        for sheet in Sheet::all() {
            for marks in [false, true] {
                let plan = Imposition::of(sheet, marks);
                if !plan.marks {
                    assert_eq!(plan.boxes.media, plan.boxes.trim);
                    continue;
                }
                assert_eq!(plan.cells.len(), sheet.tickets());
                for (index, cell) in plan.cells.iter().enumerate() {
                    assert!(cell.x - plan.bleed >= -0.01 && cell.y - plan.bleed >= -0.01);
                    assert!(cell.right() + plan.bleed <= plan.width + 0.01, "{sheet}");
                    assert!(cell.top() + plan.bleed <= plan.height + 0.01, "{sheet}");
                    for other in &plan.cells[index + 1..] {
                        let apart = cell.right() + plan.bleed <= other.x - plan.bleed + 0.01
                            || other.right() + plan.bleed <= cell.x - plan.bleed + 0.01
                            || cell.top() + plan.bleed <= other.y - plan.bleed + 0.01
                            || other.top() + plan.bleed <= cell.y - plan.bleed + 0.01;
                        assert!(apart, "{sheet}");
                    }
                }
            }
        }
    }
}
