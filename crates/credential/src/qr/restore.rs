//! What is done to a grey picture so that a reader sees more in it.

use super::frame::GreyImage;

/// Twice the size, linearly between the pixels' middles.
pub(super) fn enlarge(image: &GreyImage) -> GreyImage {
    let (width, height) = (image.width as usize, image.height as usize);
    let mut luma = vec![0; width * height * 4];
    // Weights 3:1 between the nearest and the next pixel, along rows and then columns.
    let widen = |row: &[u8], wide: &mut [u16]| {
        for x in 0..width {
            let here = u16::from(row[x]) * 3;
            wide[2 * x] = here + u16::from(row[x.saturating_sub(1)]);
            wide[2 * x + 1] = here + u16::from(row[(x + 1).min(width - 1)]);
        }
    };
    let mut wide: Vec<Vec<u16>> = vec![vec![0; width * 2]; 3];
    let row = |y: usize| &image.luma[y * width..(y + 1) * width];
    if width > 0 && height > 0 {
        widen(row(0), &mut wide[0]);
        widen(row(0), &mut wide[1]);
    }
    for y in 0..height {
        widen(row((y + 1).min(height - 1)), &mut wide[2]);
        for (out_y, other) in [(2 * y, 0), (2 * y + 1, 2)] {
            let out = &mut luma[out_y * width * 2..(out_y + 1) * width * 2];
            for ((out, here), next) in out.iter_mut().zip(&wide[1]).zip(&wide[other]) {
                *out = ((here * 3 + next + 8) >> 4) as u8;
            }
        }
        wide.rotate_left(1);
    }
    GreyImage {
        width: image.width * 2,
        height: image.height * 2,
        luma,
    }
}

/// A point of [`enlarge`]'s picture in the picture it was made from.
pub(super) fn shrink_point(point: (f32, f32)) -> (f32, f32) {
    (point.0 / 2., point.1 / 2.)
}

/// The picture plus its difference from its blur.
pub(super) fn sharpen(image: &GreyImage) -> GreyImage {
    unsharp(image, 3, 2.0)
}

/// Adds `amount` times the difference from a box blur of `radius`, twice over.
pub(super) fn unsharp(image: &GreyImage, radius: usize, amount: f32) -> GreyImage {
    let blurred = blur(&blur(image, radius), radius);
    let luma = image
        .luma
        .iter()
        .zip(&blurred.luma)
        .map(|(&v, &b)| {
            let (v, b) = (f32::from(v), f32::from(b));
            (v + amount * (v - b)) as u8
        })
        .collect();
    GreyImage { luma, ..*image }
}

/// The mean over a square of 2 × `radius` + 1 pixels, edges repeated.
pub(super) fn blur(image: &GreyImage, radius: usize) -> GreyImage {
    let (width, height) = (image.width as usize, image.height as usize);
    let count = (2 * radius + 1) as u32;
    let scale = (1 << 20) / count + 1;
    let mut along = vec![0; width * height];
    for (row, out) in image
        .luma
        .chunks_exact(width)
        .zip(along.chunks_exact_mut(width))
    {
        let at = |x: usize| u32::from(row[x.saturating_sub(radius).min(width - 1)]);
        let mut sum: u32 = (0..count as usize).map(at).sum();
        for x in 0..width {
            out[x] = ((sum * scale) >> 20) as u8;
            sum += at(x + 2 * radius + 1);
            sum -= at(x);
        }
    }
    let mut luma = vec![0; width * height];
    let line = |y: usize| {
        let y = y.saturating_sub(radius).min(height - 1);
        &along[y * width..(y + 1) * width]
    };
    let mut sums = vec![0_u32; width];
    for y in 0..count as usize {
        sums.iter_mut()
            .zip(line(y))
            .for_each(|(s, v)| *s += u32::from(*v));
    }
    for y in 0..height {
        let out = &mut luma[y * width..(y + 1) * width];
        let (enters, leaves) = (line(y + count as usize), line(y));
        for (((out, sum), enters), leaves) in out.iter_mut().zip(&mut sums).zip(enters).zip(leaves)
        {
            *out = ((*sum * scale) >> 20) as u8;
            *sum = *sum + u32::from(*enters) - u32::from(*leaves);
        }
    }
    GreyImage { luma, ..*image }
}

/// Stretches each neighbourhood to the whole range from black to white, so that light that
/// falls off across a code does not matter. `block` is the neighbourhood's grain in pixels.
pub(super) fn level(image: &GreyImage, block: usize) -> GreyImage {
    let (width, height) = (image.width as usize, image.height as usize);
    let (columns, lines) = (width.div_ceil(block), height.div_ceil(block));
    let mut low = vec![255_u8; columns * lines];
    let mut high = vec![0_u8; columns * lines];
    for (y, row) in image.luma.chunks_exact(width).enumerate() {
        let first = y / block * columns;
        for (cell, part) in row.chunks(block).enumerate() {
            for &v in part {
                low[first + cell] = low[first + cell].min(v);
                high[first + cell] = high[first + cell].max(v);
            }
        }
    }
    let low = smooth(&reach(&low, columns, lines, u8::min), columns, lines);
    let high = smooth(&reach(&high, columns, lines, u8::max), columns, lines);
    let mut luma = vec![0; width * height];
    // A cell's value stands at its middle; between middles it changes evenly.
    let place = |i: usize, cells: usize| {
        let at = ((i as f32 + 0.5) / block as f32 - 0.5).clamp(0., (cells - 1) as f32);
        let cell = (at as usize).min(cells.saturating_sub(2));
        (cell, at - cell as f32)
    };
    let across: Vec<(usize, f32)> = (0..width).map(|x| place(x, columns)).collect();
    let mut bounds = vec![(0., 0.); columns];
    for y in 0..height {
        let (line, share) = place(y, lines);
        let below = (line + 1).min(lines - 1);
        for (cell, bound) in bounds.iter_mut().enumerate() {
            let mix = |grid: &[f32]| {
                grid[line * columns + cell] * (1. - share) + grid[below * columns + cell] * share
            };
            *bound = (mix(&low), mix(&high));
        }
        for (x, &(cell, share)) in across.iter().enumerate() {
            let (a, b) = (bounds[cell], bounds[(cell + 1).min(columns - 1)]);
            let dark = a.0 + (b.0 - a.0) * share;
            // Less contrast than this is grain, not print.
            let range = (a.1 + (b.1 - a.1) * share - dark).max(12.);
            let v = f32::from(image.luma[y * width + x]);
            luma[y * width + x] = ((v - dark) * 255. / range) as u8;
        }
    }
    GreyImage { luma, ..*image }
}

/// The least or greatest of each cell and its eight neighbours.
fn reach(grid: &[u8], columns: usize, lines: usize, pick: fn(u8, u8) -> u8) -> Vec<u8> {
    let mut along = grid.to_vec();
    for y in 0..lines {
        for x in 0..columns {
            for near in x.saturating_sub(1)..(x + 2).min(columns) {
                along[y * columns + x] = pick(along[y * columns + x], grid[y * columns + near]);
            }
        }
    }
    let mut whole = along.clone();
    for y in 0..lines {
        for x in 0..columns {
            for near in y.saturating_sub(1)..(y + 2).min(lines) {
                whole[y * columns + x] = pick(whole[y * columns + x], along[near * columns + x]);
            }
        }
    }
    whole
}

/// The mean of each cell and its eight neighbours.
fn smooth(grid: &[u8], columns: usize, lines: usize) -> Vec<f32> {
    (0..columns * lines)
        .map(|i| {
            let (x, y) = (i % columns, i / columns);
            let (mut sum, mut count) = (0_u32, 0_u32);
            for near in y.saturating_sub(1)..(y + 2).min(lines) {
                for cell in &grid
                    [near * columns + x.saturating_sub(1)..near * columns + (x + 2).min(columns)]
                {
                    sum += u32::from(*cell);
                    count += 1;
                }
            }
            sum as f32 / count as f32
        })
        .collect()
}

/// Undoes a blur of about `radius` pixels: `rounds` steps of Richardson and Lucy, with two box
/// blurs for the lens.
pub(super) fn deblur(image: &GreyImage, radius: usize, rounds: usize) -> GreyImage {
    let (width, height) = (image.width as usize, image.height as usize);
    let seen: Vec<f32> = image.luma.iter().map(|v| f32::from(*v) + 1.).collect();
    let mut guess = seen.clone();
    let (mut along, mut work) = (vec![0.; seen.len()], vec![0.; seen.len()]);
    for _ in 0..rounds {
        box_blur(&guess, &mut along, &mut work, width, height, radius);
        for (w, s) in work.iter_mut().zip(&seen) {
            *w = s / w.max(1.);
        }
        let ratio = work.clone();
        box_blur(&ratio, &mut along, &mut work, width, height, radius);
        for (g, w) in guess.iter_mut().zip(&work) {
            *g = (*g * w).clamp(1., 256.);
        }
    }
    GreyImage {
        luma: guess.iter().map(|v| (v - 1.) as u8).collect(),
        ..*image
    }
}

/// The mean over a square, once, of fractions.
fn box_blur(
    from: &[f32],
    along: &mut [f32],
    to: &mut [f32],
    width: usize,
    height: usize,
    radius: usize,
) {
    let span = 2 * radius + 1;
    let share = 1. / span as f32;
    for (row, out) in from.chunks_exact(width).zip(along.chunks_exact_mut(width)) {
        let at = |x: usize| row[x.saturating_sub(radius).min(width - 1)];
        let mut sum: f32 = (0..span).map(at).sum();
        for (x, out) in out.iter_mut().enumerate() {
            *out = sum * share;
            sum += at(x + span) - at(x);
        }
    }
    let line = |y: usize| y.saturating_sub(radius).min(height - 1) * width;
    let mut sums = vec![0.; width];
    for y in 0..span {
        sums.iter_mut()
            .zip(&along[line(y)..])
            .for_each(|(s, v)| *s += v);
    }
    for (y, out) in to.chunks_exact_mut(width).enumerate() {
        let (enters, leaves) = (&along[line(y + span)..], &along[line(y)..]);
        for (((out, sum), enters), leaves) in out.iter_mut().zip(&mut sums).zip(enters).zip(leaves)
        {
            *out = *sum * share;
            *sum += enters - leaves;
        }
    }
}
