//! The choice of a code's mask by the full penalty of ISO/IEC 18004 (7.8.3), counted for
//! 64 modules at once, so that it costs less than the rest of the encoding.
//!
//! On 180 frames of the decode harness codes under mask 0 alone were read about as often, so
//! the score buys conformance to the standard more than it buys reads.

use std::sync::OnceLock;

use qrcodegen::{Mask, QrCode, QrCodeEcc, Version};

/// A row of modules: module 0 is the highest bit of word 0, 1 is dark, the rest is 0.
type Row<const W: usize> = [u64; W];

/// What turns a code under mask 0 into the same code under each of the eight masks: rows to
/// be XORed, format bits included. It depends on the version alone (at level M).
struct Deltas(Vec<u64>);

static DELTAS: [OnceLock<Deltas>; 40] = [const { OnceLock::new() }; 40];

/// The words of a row of `size` modules.
fn words(size: usize) -> usize {
    size.div_ceil(64)
}

/// The modules of a code as rows of words.
pub(super) fn pack(code: &QrCode) -> Vec<u64> {
    let size = code.size();
    let mut rows = Vec::with_capacity(size as usize * words(size as usize));
    for y in 0..size {
        for left in (0..size).step_by(64) {
            let right = size.min(left + 64);
            let mut word = 0;
            for x in left..right {
                word = word << 1 | u64::from(code.get_module(x, y));
            }
            rows.push(word << (64 - (right - left)));
        }
    }
    rows
}

fn deltas(version: Version, codewords: usize) -> &'static Deltas {
    DELTAS[usize::from(version.value()) - 1].get_or_init(|| {
        let blank = vec![0; codewords];
        let under = |mask| {
            pack(&QrCode::encode_codewords(
                version,
                QrCodeEcc::Medium,
                &blank,
                Some(Mask::new(mask)),
            ))
        };
        let plain = under(0);
        Deltas(
            (0..8)
                .flat_map(|mask| {
                    under(mask)
                        .into_iter()
                        .zip(&plain)
                        .map(|(a, b)| a ^ b)
                        .collect::<Vec<_>>()
                })
                .collect(),
        )
    })
}

/// Chooses the mask of the least penalty for a code at level M under mask 0 that carries
/// `codewords` data codewords, and returns its rows under that mask (each padded to whole
/// words) with the mask's number.
pub(super) fn choose(code: &QrCode, codewords: usize) -> (Vec<u64>, u8) {
    let size = code.size() as usize;
    let plain = pack(code);
    let deltas = &deltas(code.version(), codewords).0;
    match words(size) {
        1 => best::<1>(size, &plain, deltas),
        2 => best::<2>(size, &plain, deltas),
        _ => best::<3>(size, &plain, deltas),
    }
}

fn best<const W: usize>(size: usize, plain: &[u64], deltas: &[u64]) -> (Vec<u64>, u8) {
    let plain: Vec<Row<W>> = plain.as_chunks::<W>().0.to_vec();
    let mut rows = vec![[0; W]; size];
    let mut chosen = (u32::MAX, 0);
    for mask in 0..8 {
        xor_into(&mut rows, &plain, deltas, mask);
        let penalty = penalty(&rows, size, chosen.0);
        if penalty < chosen.0 {
            chosen = (penalty, mask);
        }
    }
    xor_into(&mut rows, &plain, deltas, chosen.1);
    (rows.into_iter().flatten().collect(), chosen.1 as u8)
}

fn xor_into<const W: usize>(rows: &mut [Row<W>], plain: &[Row<W>], deltas: &[u64], mask: usize) {
    let deltas = &deltas.as_chunks::<W>().0[mask * rows.len()..];
    for ((row, plain), delta) in rows.iter_mut().zip(plain).zip(deltas) {
        *row = zip(*plain, *delta, |a, b| a ^ b);
    }
}

#[inline]
fn zip<const W: usize>(a: Row<W>, b: Row<W>, op: impl Fn(u64, u64) -> u64) -> Row<W> {
    std::array::from_fn(|i| op(a[i], b[i]))
}

/// Moves module x + `by` to x.
#[inline]
fn left<const W: usize>(row: Row<W>, by: u32) -> Row<W> {
    std::array::from_fn(|i| {
        let carried = if i + 1 < W {
            row[i + 1] >> (64 - by)
        } else {
            0
        };
        row[i] << by | carried
    })
}

/// Moves module x − `by` to x.
#[inline]
fn right<const W: usize>(row: Row<W>, by: u32) -> Row<W> {
    std::array::from_fn(|i| {
        let carried = if i > 0 { row[i - 1] << (64 - by) } else { 0 };
        row[i] >> by | carried
    })
}

#[inline]
fn count<const W: usize>(row: Row<W>) -> u32 {
    row.iter().map(|word| word.count_ones()).sum()
}

/// The bits of the first `size` modules of a row.
fn first<const W: usize>(size: usize) -> Row<W> {
    std::array::from_fn(|i| match size.saturating_sub(64 * i) {
        0 => 0,
        n if n >= 64 => u64::MAX,
        n => u64::MAX << (64 - n),
    })
}

/// The penalty of a code, or some number of at least `limit` once it is known to reach that.
///
/// Runs of n ≥ 5 alike in a row or column cost n − 2; each 2 × 2 block of one colour 3; each
/// 1:1:3:1:1 dark pattern with four light modules before it 40, and as much with four after
/// it, where what lies outside the code is light; each full 5 % of dark beside one half 10.
fn penalty<const W: usize>(rows: &[Row<W>], size: usize, limit: u32) -> u32 {
    let pairs_in_row = first::<W>(size - 1);
    let in_row = first::<W>(size);
    let light = [0; W];
    let at = |y: usize| rows.get(y).copied().unwrap_or(light);
    let mut total = 0;
    let mut dark = 0;
    let mut above_same = light; // rows y − 1 and y alike
    let mut above_pairs = light; // neighbours alike within row y − 1
    for (y, &row) in rows.iter().enumerate() {
        dark += count(row);

        // Along the row.
        let same = zip(
            zip(row, left(row, 1), |a, b| !(a ^ b)),
            pairs_in_row,
            |a, b| a & b,
        );
        let two = zip(same, left(same, 1), |a, b| a & b);
        let five = zip(two, left(two, 2), |a, b| a & b);
        total += count(five) + 2 * count(zip(five, left(five, 1), |a, b| a & !b));
        total += 3 * count(zip(
            zip(same, above_pairs, |a, b| a & b),
            above_same,
            |a, b| a & b,
        ));
        let core: Row<W> = {
            let (b1, b2, b3) = (left(row, 1), left(row, 2), left(row, 3));
            let (b4, b5, b6) = (left(row, 4), left(row, 5), left(row, 6));
            std::array::from_fn(|i| row[i] & !b1[i] & b2[i] & b3[i] & b4[i] & !b5[i] & b6[i])
        };
        if core != light {
            let after = zip(left(row, 7), left(row, 8), |a, b| a | b);
            let after = zip(after, left(after, 2), |a, b| a | b);
            let before = zip(right(row, 1), right(row, 2), |a, b| a | b);
            let before = zip(before, right(before, 2), |a, b| a | b);
            total += 40 * count(zip(core, after, |a, b| a & !b));
            total += 40 * count(zip(core, before, |a, b| a & !b));
        }

        // Down the column from here.
        let next: [Row<W>; 6] = std::array::from_fn(|i| at(y + 1 + i));
        let alike = |a: Row<W>, b: Row<W>| zip(zip(a, b, |a, b| !(a ^ b)), in_row, |a, b| a & b);
        let below_same = if y + 1 < size {
            alike(row, next[0])
        } else {
            light
        };
        if y + 4 < size {
            let five: Row<W> = std::array::from_fn(|i| {
                let (any, all) = next[..4]
                    .iter()
                    .fold((row[i], row[i]), |(any, all), r| (any | r[i], all & r[i]));
                (all | !any) & in_row[i]
            });
            // A run's last five: the module after them differs or lies outside.
            let ends = if y + 5 < size {
                zip(zip(next[3], next[4], |a, b| a ^ b), five, |a, b| a & b)
            } else {
                five
            };
            total += count(five) + 2 * count(ends);
        }
        let core: Row<W> = std::array::from_fn(|i| {
            row[i] & !next[0][i] & next[1][i] & next[2][i] & next[3][i] & !next[4][i] & next[5][i]
        });
        if core != light {
            let any = |from: usize| {
                (0..4).fold(light, |all, i| {
                    zip(all, at(from.wrapping_add(i)), |a, b| a | b)
                })
            };
            total += 40 * count(zip(core, any(y + 7), |a, b| a & !b));
            total += 40 * count(zip(core, any(y.wrapping_sub(4)), |a, b| a & !b));
        }
        if total >= limit {
            return total;
        }
        above_same = below_same;
        above_pairs = same;
    }
    let all = (size * size) as u32;
    total + (20 * dark).abs_diff(10 * all) / all * 10
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qrcodegen::QrSegment;

    use super::*;

    /// The same penalty as the standard words it, a module at a time.
    fn plain_penalty(dark: &dyn Fn(i32, i32) -> bool, size: i32) -> u32 {
        let mut total = 0;
        for across in [true, false] {
            let at = |line: i32, i: i32| {
                let inside = (0..size).contains(&line) && (0..size).contains(&i);
                inside && if across { dark(i, line) } else { dark(line, i) }
            };
            for line in 0..size {
                let mut run = 1;
                for i in 1..=size {
                    if i < size && at(line, i) == at(line, i - 1) {
                        run += 1;
                    } else {
                        total += if run >= 5 { run - 2 } else { 0 };
                        run = 1;
                    }
                }
                for i in 0..size {
                    let core = [true, false, true, true, true, false, true];
                    if (0..7).all(|k| at(line, i + k) == core[k as usize]) {
                        total += if (1..5).any(|k| at(line, i - k)) {
                            0
                        } else {
                            40
                        };
                        total += if (7..11).any(|k| at(line, i + k)) {
                            0
                        } else {
                            40
                        };
                    }
                }
            }
        }
        let mut count = 0;
        for y in 0..size {
            for x in 0..size {
                count += u32::from(dark(x, y));
                let block = [
                    dark(x, y),
                    dark(x + 1, y),
                    dark(x, y + 1),
                    dark(x + 1, y + 1),
                ];
                if x + 1 < size && y + 1 < size && block.iter().all(|m| *m == block[0]) {
                    total += 3;
                }
            }
        }
        let all = (size * size) as u32;
        let percent_off = (f64::from(count) / f64::from(all) * 100.0 - 50.0).abs();
        total + (percent_off / 5.0) as u32 * 10
    }

    fn check<const W: usize>(words: &[u64], size: usize) {
        let rows: Vec<Row<W>> = words
            .chunks(W)
            .take(size)
            .map(|row| {
                let inside = first::<W>(size);
                std::array::from_fn(|i| row[i] & inside[i])
            })
            .collect();
        let dark = |x: i32, y: i32| {
            x >= 0
                && y >= 0
                && (x as usize) < size
                && (y as usize) < size
                && rows[y as usize][x as usize / 64] >> (63 - x as usize % 64) & 1 == 1
        };
        assert_eq!(
            penalty(&rows, size, u32::MAX),
            plain_penalty(&dark, size as i32)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn the_penalty_is_that_of_the_standard(
            version in 1usize..=40,
            seeds in prop::collection::vec(any::<u64>(), 177 * 3),
            coarse in any::<bool>(),
        ) {
            let size = 17 + 4 * version;
            // Coarse words make long runs.
            let words: Vec<u64> = seeds.iter().map(|w| if coarse { w & (w >> 1) & (w >> 2) } else { *w }).collect();
            match size.div_ceil(64) {
                1 => check::<1>(&words, size),
                2 => check::<2>(&words, size),
                _ => check::<3>(&words, size),
            }
        }
    }

    #[test]
    fn the_chosen_mask_is_the_least_penalized_of_the_real_codes() {
        for length in [3, 40, 300, 470, 900, 2_000] {
            let text = "GATE-7 ".repeat(length)[..length].to_owned();
            let segments = [QrSegment::make_alphanumeric(&text)];
            let under = |mask| {
                let (min, max) = (Version::MIN, Version::MAX);
                QrCode::encode_segments_advanced(
                    &segments,
                    QrCodeEcc::Medium,
                    min,
                    max,
                    Some(Mask::new(mask)),
                    false,
                )
                .unwrap()
            };
            let codes: Vec<QrCode> = (0..8).map(under).collect();
            let penalties: Vec<u32> = codes
                .iter()
                .map(|code| plain_penalty(&|x, y| code.get_module(x, y), code.size()))
                .collect();
            let least = (0..8).min_by_key(|mask| penalties[*mask]).unwrap();
            let (rows, mask) = choose(
                &codes[0],
                super::super::encode::data_codewords(codes[0].version()),
            );
            assert_eq!(usize::from(mask), least, "{penalties:?}");
            assert_eq!(rows, pack(&codes[least]));
        }
    }
}
