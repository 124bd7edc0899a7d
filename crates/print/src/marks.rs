//! Marks around the cut: crop marks, register marks, the slug line.

use crate::canvas::{Align, Canvas};
use crate::colour::{ALL, BLACK};
use crate::pdf::MM;
use crate::sheet::Imposition;
use crate::text::Weight;
use crate::text::fit::Room;

/// From the cut to where its mark begins: the bleed.
const OFFSET: f32 = 3.0 * MM;
const LENGTH: f32 = 4.5 * MM;
const HAIR: f32 = 0.25;

/// Draws the crop and register marks of a sheet, the same on every page.
pub(crate) fn draw_marks(canvas: &mut Canvas<'_>, plan: &Imposition) {
    let trim = plan.boxes.trim;
    let (left, bottom, right, top) = (trim.x1, trim.y1, trim.x2, trim.y2);
    let mut across: Vec<f32> = plan.cells.iter().flat_map(|c| [c.x, c.right()]).collect();
    let mut along: Vec<f32> = plan.cells.iter().flat_map(|c| [c.y, c.top()]).collect();
    for cuts in [&mut across, &mut along] {
        cuts.sort_by(f32::total_cmp);
        cuts.dedup_by(|a, b| (*a - *b).abs() < 0.01);
    }
    for x in across {
        canvas.stroke(
            ALL,
            HAIR,
            &[(x, bottom - OFFSET), (x, bottom - OFFSET - LENGTH)],
        );
        canvas.stroke(ALL, HAIR, &[(x, top + OFFSET), (x, top + OFFSET + LENGTH)]);
    }
    for y in along {
        canvas.stroke(
            ALL,
            HAIR,
            &[(left - OFFSET, y), (left - OFFSET - LENGTH, y)],
        );
        canvas.stroke(
            ALL,
            HAIR,
            &[(right + OFFSET, y), (right + OFFSET + LENGTH, y)],
        );
    }
    let out = OFFSET + 2.5 * MM;
    // Off the middle by a quarter, so that no register mark meets the crop marks of a middle cut.
    let (middle_x, middle_y) = (
        left + (right - left) * 0.375,
        bottom + (top - bottom) * 0.375,
    );
    for (x, y) in [
        (middle_x, top + out),
        (middle_x, bottom - out),
        (left - out, middle_y),
        (right + out, middle_y),
    ] {
        let arm = 2.0 * MM;
        canvas.stroke(ALL, HAIR, &[(x - arm, y), (x + arm, y)]);
        canvas.stroke(ALL, HAIR, &[(x, y - arm), (x, y + arm)]);
        canvas.circle(x, y, 1.2 * MM);
        canvas.content.stroke();
    }
}

/// Writes the slug line under the cut, clear of the marks.
pub(crate) fn draw_slug(canvas: &mut Canvas<'_>, plan: &Imposition, text: &str) {
    let trim = plan.boxes.trim;
    let x = trim.x1 + 2.0 * MM;
    let first_cut = plan
        .cells
        .iter()
        .map(|c| c.right())
        .fold(f32::MAX, f32::min);
    let width = (trim.x1 + (trim.x2 - trim.x1) * 0.375 - 3.0 * MM).min(first_cut) - x - 2.0 * MM;
    let room = Room {
        width,
        size: 6.0,
        least: 3.5,
        lines: 2,
    };
    let block = canvas.fit(text, Weight::Regular, room);
    let mut y = trim.y1 - OFFSET - 2.2 * MM;
    for line in &block.lines {
        canvas.text(line, BLACK, block.size, x, y, Align::Left);
        y -= block.size * 1.2;
    }
}
