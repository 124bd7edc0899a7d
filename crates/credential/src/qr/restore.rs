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

/// Half the size, each pixel the mean of four.
pub(super) fn halve(image: &GreyImage) -> GreyImage {
    let (width, height) = (image.width as usize / 2, image.height as usize / 2);
    let wide = image.width as usize;
    let mut luma = Vec::with_capacity(width * height);
    for y in 0..height {
        let (upper, lower) = (
            &image.luma[2 * y * wide..],
            &image.luma[(2 * y + 1) * wide..],
        );
        luma.extend((0..width).map(|x| {
            let four = [
                upper[2 * x],
                upper[2 * x + 1],
                lower[2 * x],
                lower[2 * x + 1],
            ];
            (four.iter().map(|v| u16::from(*v)).sum::<u16>() / 4) as u8
        }));
    }
    GreyImage {
        width: width as u32,
        height: height as u32,
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
        for (x, out) in out.iter_mut().enumerate() {
            *out = ((sum * scale) >> 20) as u8;
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

/// A blur: how much of a point's light falls on which neighbour, symmetric about the point.
pub(super) struct Blur(Vec<(isize, isize, f32)>);

impl Blur {
    /// A lens out of focus: a disk with a soft edge.
    pub(super) fn disk(radius: f32) -> Self {
        let reach = radius.ceil() as isize + 1;
        let span = move || -reach..=reach;
        let points = span().flat_map(|y| span().map(move |x| (x, y)));
        Self::of(points.map(|(x, y)| {
            (
                x,
                y,
                (radius + 0.5 - (x as f32).hypot(y as f32)).clamp(0., 1.),
            )
        }))
    }

    /// A hand in motion: a line at an angle, one pixel thick.
    pub(super) fn line(angle: f32, length: f32) -> Self {
        let reach = (length / 2.).ceil() as isize + 1;
        let span = move || -reach..=reach;
        let (sin, cos) = angle.sin_cos();
        let points = span().flat_map(|y| span().map(move |x| (x, y)));
        Self::of(points.map(|(x, y)| {
            let (along, across) = (
                x as f32 * cos + y as f32 * sin,
                y as f32 * cos - x as f32 * sin,
            );
            let inside = (length / 2. + 0.5 - along.abs()).clamp(0., 1.);
            (x, y, inside * (1. - across.abs()).max(0.))
        }))
    }

    fn of(taps: impl Iterator<Item = (isize, isize, f32)>) -> Self {
        let mut taps: Vec<_> = taps.filter(|tap| tap.2 > 0.).collect();
        let sum: f32 = taps.iter().map(|tap| tap.2).sum();
        taps.iter_mut().for_each(|tap| tap.2 /= sum);
        Self(taps)
    }

    fn reach(&self) -> usize {
        self.0
            .iter()
            .map(|tap| tap.0.unsigned_abs().max(tap.1.unsigned_abs()))
            .max()
            .unwrap_or(0)
    }

    /// Blurs `from` into `to`, edges repeated; `padded` is room to work in.
    fn apply(&self, from: &[f32], to: &mut [f32], padded: &mut Vec<f32>, width: usize) {
        let reach = self.reach();
        padded.clear();
        let rows: Vec<&[f32]> = from.chunks_exact(width).collect();
        for y in 0..rows.len() + 2 * reach {
            let row = rows[y.saturating_sub(reach).min(rows.len() - 1)];
            padded.extend(std::iter::repeat_n(row[0], reach));
            padded.extend_from_slice(row);
            padded.extend(std::iter::repeat_n(row[width - 1], reach));
        }
        let wide = width + 2 * reach;
        for (y, out) in to.chunks_exact_mut(width).enumerate() {
            out.fill(0.);
            for &(dx, dy, weight) in &self.0 {
                let top = (y + reach).saturating_add_signed(dy);
                let start = (top * wide + reach).saturating_add_signed(dx);
                for (out, v) in out.iter_mut().zip(&padded[start..start + width]) {
                    *out += weight * v;
                }
            }
        }
    }
}

/// Undoes a blur, in linear light, by `rounds` steps of Richardson and Lucy.
pub(super) fn deblur(image: &GreyImage, blur: &Blur, rounds: usize) -> GreyImage {
    if image.luma.is_empty() {
        return image.clone();
    }
    let width = image.width as usize;
    let linear: [f32; 256] = std::array::from_fn(|v| (v as f32 / 255.).powf(2.2).max(1e-3));
    let seen: Vec<f32> = image.luma.iter().map(|v| linear[usize::from(*v)]).collect();
    let mut guess = seen.clone();
    let (mut work, mut ratio, mut padded) = (seen.clone(), seen.clone(), Vec::new());
    for _ in 0..rounds {
        blur.apply(&guess, &mut work, &mut padded, width);
        for ((ratio, seen), work) in ratio.iter_mut().zip(&seen).zip(&work) {
            *ratio = seen / work.max(1e-4);
        }
        blur.apply(&ratio, &mut work, &mut padded, width);
        for (guess, work) in guess.iter_mut().zip(&work) {
            *guess = (*guess * work).clamp(1e-3, 1.5);
        }
    }
    // The square root is near enough to the display's curve for a reader.
    let luma = guess.iter().map(|v| (v.sqrt() * 255.) as u8).collect();
    GreyImage { luma, ..*image }
}

/// A sheet that is bent about a straight axis, and how to flatten it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bend {
    /// The direction across the axis, in radians.
    pub(super) angle: f32,
    /// How much the sheet's sides are foreshortened, as a share of half its size.
    pub(super) narrowing: f32,
    /// How far the axis' sides are bowed, as a share of half the sheet's size.
    pub(super) bow: f32,
}

impl Bend {
    /// Where a point of the flat sheet is seen; both are measured from the sheet's middle in
    /// half its size.
    fn seen(self, (x, y): (f32, f32)) -> (f32, f32) {
        let (sin, cos) = self.angle.sin_cos();
        let (across, along) = (x * cos + y * sin, y * cos - x * sin);
        let square = across * across;
        let (across, along) = (
            across * (1. - self.narrowing * square),
            along + self.bow * square,
        );
        (across * cos - along * sin, across * sin + along * cos)
    }

    /// A point of the picture made by [`flatten`] in the picture it was made from.
    pub(super) fn source(self, image: &GreyImage, zoom: f32, point: (f32, f32)) -> (f32, f32) {
        let (width, height) = (image.width as f32 / 2., image.height as f32 / 2.);
        let half = width.max(height);
        let seen = self.seen((
            (point.0 / zoom - width) / half,
            (point.1 / zoom - height) / half,
        ));
        (seen.0 * half + width, seen.1 * half + height)
    }
}

/// The sheet as it would look flat, `zoom` times as large.
pub(super) fn flatten(image: &GreyImage, bend: Bend, zoom: f32) -> GreyImage {
    let (width, height) = (image.width as usize, image.height as usize);
    let (out_width, out_height) = (
        (width as f32 * zoom) as usize,
        (height as f32 * zoom) as usize,
    );
    let mut luma = Vec::with_capacity(out_width * out_height);
    for y in 0..out_height {
        for x in 0..out_width {
            let (x, y) = bend.source(image, zoom, (x as f32 + 0.5, y as f32 + 0.5));
            let x = (x - 0.5).clamp(0., (width - 1) as f32);
            let y = (y - 0.5).clamp(0., (height - 1) as f32);
            let (left, top) = (x as usize, y as usize);
            let (right, below) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
            let (across, down) = (x - left as f32, y - top as f32);
            let at = |x: usize, y: usize| f32::from(image.luma[y * width + x]);
            let upper = at(left, top) * (1. - across) + at(right, top) * across;
            let lower = at(left, below) * (1. - across) + at(right, below) * across;
            luma.push((upper * (1. - down) + lower * down) as u8);
        }
    }
    GreyImage {
        width: out_width as u32,
        height: out_height as u32,
        luma,
    }
}
