//! What a frame looks like at a glance: dark, flat, the same as the last, moved.

use gatehouse_credential::qr::Frame;

/// Columns and rows of the coarse picture by which movement is seen.
const COLUMNS: usize = 16;
const ROWS: usize = 9;
/// Every how many rows and columns a pixel is looked at.
const STEP: usize = 4;
/// At most as bright as this, a frame's bright pixels are black.
const BLACK: u8 = 28;
/// At least as bright as this, they are not.
const LIT: u8 = 44;
/// A frame whose pixels differ by less is flat: a sensor at its end gives the same every time.
const FLAT: u8 = 6;
/// How much a part of the coarse picture must differ to have moved.
const MOVED: u8 = 10;

/// A frame at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glance {
    /// As bright as all but the brightest fiftieth.
    bright: u8,
    /// As dark as all but the darkest fiftieth.
    dark: u8,
    /// A number that differs when the pixels do.
    print: u64,
    coarse: [u8; COLUMNS * ROWS],
}

impl Glance {
    /// Looks at a frame; nothing when it is empty.
    pub(super) fn at(frame: &Frame<'_>) -> Option<Self> {
        if frame.is_empty() {
            return None;
        }
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let mut counts = [0_u32; 256];
        let mut sums = [(0_u32, 0_u32); COLUMNS * ROWS];
        let mut print = 0xcbf2_9ce4_8422_2325_u64;
        for y in (0..height).step_by(STEP) {
            let row = frame.row(y as u32);
            let cells = y * ROWS / height * COLUMNS;
            for (i, grey) in row.iter().step_by(STEP).enumerate() {
                counts[usize::from(*grey)] += 1;
                let cell = &mut sums[cells + i * STEP * COLUMNS / width];
                cell.0 += u32::from(*grey);
                cell.1 += 1;
            }
            // Noise shows in the lowest bits of any pixel: whole rows count.
            for eight in row.chunks(8) {
                let mut word = [0; 8];
                word[..eight.len()].copy_from_slice(eight);
                print = (print ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3);
                print ^= print >> 29;
            }
        }
        let all: u32 = counts.iter().sum();
        let rank = |share: u32| {
            let mut seen = 0;
            let at = counts.iter().position(|count| {
                seen += count;
                seen > share
            });
            at.unwrap_or(255) as u8
        };
        Some(Self {
            bright: rank(all - 1 - all / 50),
            dark: rank(all / 50),
            print,
            coarse: sums.map(|(sum, count)| (sum / count.max(1)) as u8),
        })
    }

    /// There is no light in it.
    pub(super) fn is_black(&self) -> bool {
        self.bright <= BLACK
    }

    /// There is light in it; between this and black lies a zone that is neither.
    pub(super) fn is_lit(&self) -> bool {
        self.bright >= LIT
    }

    /// The very same pixels as before, although a working sensor's noise would change them.
    pub(super) fn is_same(&self, before: &Self) -> bool {
        self.print == before.print && self.bright - self.dark >= FLAT
    }

    /// Something moved since.
    pub(super) fn has_moved(&self, before: &Self) -> bool {
        let mut parts = self.coarse.iter().zip(&before.coarse);
        parts.any(|(now, then)| now.abs_diff(*then) >= MOVED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glance(width: u32, height: u32, luma: &[u8]) -> Glance {
        Glance::at(&Frame::new(width, height, width as usize, luma).unwrap()).unwrap()
    }

    #[test]
    fn light_is_seen_in_the_brightest_parts() {
        // The share of bright pixels in percent, their grey, the rest's grey, black, lit.
        let table = [
            (0, 0, 0, true, false),
            (0, 0, 20, true, false),
            (0, 0, 36, false, false),
            (1, 255, 8, true, false),
            (10, 200, 8, false, true),
            (0, 0, 255, false, true),
        ];
        for (share, bright, rest, black, lit) in table {
            let luma: Vec<u8> = (0..10_000_u32)
                .map(|i| {
                    if (i.wrapping_mul(2_654_435_761) >> 16) % 100 < share {
                        bright
                    } else {
                        rest
                    }
                })
                .collect();
            let seen = glance(100, 100, &luma);
            assert_eq!(
                (seen.is_black(), seen.is_lit()),
                (black, lit),
                "{share} {bright} {rest}"
            );
        }
    }

    #[test]
    fn the_same_pixels_are_the_same_unless_they_are_flat() {
        let ramp: Vec<u8> = (0..64 * 48).map(|i| (i % 200) as u8).collect();
        let mut noisy = ramp.clone();
        noisy[64 * 8 + 3] ^= 1;
        let (ramp, noisy) = (glance(64, 48, &ramp), glance(64, 48, &noisy));
        assert!(ramp.is_same(&ramp));
        assert!(!ramp.is_same(&noisy));
        let white = glance(64, 48, &[255; 64 * 48]);
        assert!(
            !white.is_same(&white),
            "an overexposed sensor is not frozen"
        );
    }

    #[test]
    fn movement_is_more_than_noise() {
        let plain = vec![100; 320 * 180];
        let noisy: Vec<u8> = plain
            .iter()
            .enumerate()
            .map(|(i, v)| v + (i * 31 % 7) as u8)
            .collect();
        let mut hand = plain.clone();
        for y in 60..110 {
            hand[y * 320 + 100..y * 320 + 150].fill(180);
        }
        let [plain, noisy, hand] = [plain, noisy, hand].map(|luma| glance(320, 180, &luma));
        assert!(!noisy.has_moved(&plain));
        assert!(hand.has_moved(&plain));
    }

    #[test]
    fn any_size_is_glanced_at() {
        for (width, height) in [(1, 1), (1, 900), (900, 1), (3, 5), (17, 11), (7_680, 4_320)] {
            let luma = vec![9; width as usize * height as usize];
            assert!(glance(width, height, &luma).is_black());
        }
        assert_eq!(Glance::at(&Frame::new(0, 0, 0, &[]).unwrap()), None);
    }
}
