//! Text to a QR code at error correction level M, and a code to pixels and to a terminal.

use std::io::Cursor;

use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use qrcodegen::{Mask, QrCodeEcc, QrSegment, Version};
use thiserror::Error;

use super::{
    frame::{GreyImage, MAX_PIXELS},
    mask,
};

/// The quiet zone that the standard asks for on each side, in modules.
pub const QUIET_ZONE: u32 = 4;

/// Why a code cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// The text holds more than a code of version 40 at level M takes.
    #[error("{bytes} bytes of text are more than one QR code holds")]
    TooLong {
        /// UTF-8 bytes of the text.
        bytes: usize,
    },
    /// The picture asked for would have no pixel or more than a frame may have.
    #[error("a code of {side} pixels a side cannot be drawn")]
    PictureSize {
        /// Pixels a side that were asked for.
        side: u64,
    },
}

impl EncodeError {
    /// A stable word for the error, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "qr_text_too_long",
            Self::PictureSize { .. } => "qr_picture_size",
        }
    }
}

/// A QR code of ISO/IEC 18004 at level M, without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Modules a side, 21 to 177.
    pub size: u8,
    /// Rows from the top, each of [`QrCode::row_bytes`] bytes, the leftmost module in the
    /// highest bit; 1 is dark, and the bits that pad a row are 0.
    pub bits: Vec<u8>,
}

impl QrCode {
    /// Encodes a text in the smallest version that holds it at level M, in numeric or
    /// alphanumeric mode where the whole text allows, else as UTF-8 bytes (marked as such by
    /// ECI 26 where they are not plain ASCII), under the mask that the standard's penalty
    /// prefers. The same text always gives the same code.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] beyond 3,391 alphanumeric characters or 2,331 bytes.
    pub fn encode(text: &str) -> Result<Self, EncodeError> {
        let too_long = EncodeError::TooLong { bytes: text.len() };
        // Before anything is built: no mode packs more than 5,596 characters (digits).
        if text.len() > 5_596 {
            return Err(too_long);
        }
        let (min, max) = (Version::MIN, Version::MAX);
        let code = qrcodegen::QrCode::encode_segments_advanced(
            &segments(text),
            QrCodeEcc::Medium,
            min,
            max,
            Some(Mask::new(0)),
            false,
        )
        .map_err(|_| too_long)?;
        let (words, _) = mask::choose(&code, data_codewords(code.version()));
        Ok(Self::from_words(code.size() as usize, &words))
    }

    /// Encodes as [`QrCode::encode`] does, under the mask 0 to 7 that is given: the measure
    /// of what choosing a mask is worth.
    ///
    /// # Errors
    /// As [`QrCode::encode`]; panics on a mask above 7.
    pub fn encode_with_mask(text: &str, mask: u8) -> Result<Self, EncodeError> {
        let (min, max) = (Version::MIN, Version::MAX);
        let mask = Some(Mask::new(mask));
        let segments = segments(text);
        let code = qrcodegen::QrCode::encode_segments_advanced(
            &segments,
            QrCodeEcc::Medium,
            min,
            max,
            mask,
            false,
        )
        .map_err(|_| EncodeError::TooLong { bytes: text.len() })?;
        Ok(Self::from_words(code.size() as usize, &mask::pack(&code)))
    }

    fn from_words(size: usize, words: &[u64]) -> Self {
        let row_bytes = size.div_ceil(8);
        let mut bits = Vec::with_capacity(size * row_bytes);
        for row in words.chunks_exact(size.div_ceil(64)) {
            let end = bits.len() + row_bytes;
            bits.extend(row.iter().flat_map(|word| word.to_be_bytes()));
            bits.truncate(end);
        }
        Self {
            size: size as u8,
            bits,
        }
    }

    /// Modules a side.
    #[must_use]
    pub fn modules(&self) -> usize {
        usize::from(self.size)
    }

    /// The version, 1 to 40.
    #[must_use]
    pub fn version(&self) -> u8 {
        (self.size - 17) / 4
    }

    /// The bytes of one row of `bits`.
    #[must_use]
    pub fn row_bytes(&self) -> usize {
        self.modules().div_ceil(8)
    }

    /// True where the module in column `x` of row `y` is dark; outside the code all is light.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.modules()
            && y < self.modules()
            && self.bits[y * self.row_bytes() + x / 8] >> (7 - x % 8) & 1 == 1
    }

    /// The code as grey pixels, 0 and 255, `scale` pixels a module, with `quiet` light
    /// modules on each side ([`QUIET_ZONE`] as the standard asks).
    ///
    /// # Errors
    /// [`EncodeError::PictureSize`] when `scale` is 0 or the picture has over 64 megapixels.
    pub fn to_grey(&self, scale: u32, quiet: u32) -> Result<GreyImage, EncodeError> {
        let side = (u64::from(self.size) + 2 * u64::from(quiet)).saturating_mul(u64::from(scale));
        if side == 0
            || side
                .checked_mul(side)
                .is_none_or(|pixels| pixels > MAX_PIXELS)
        {
            return Err(EncodeError::PictureSize { side });
        }
        let (pixels, scale, quiet) = (side as usize, scale as usize, quiet as usize);
        let mut luma = vec![255; pixels * pixels];
        for y in 0..self.modules() {
            let top = (y + quiet) * scale * pixels;
            for x in (0..self.modules()).filter(|x| self.is_dark(*x, y)) {
                luma[top + (x + quiet) * scale..][..scale].fill(0);
            }
            for copy in 1..scale {
                luma.copy_within(top..top + pixels, top + copy * pixels);
            }
        }
        Ok(GreyImage {
            width: side as u32,
            height: side as u32,
            luma,
        })
    }

    /// The picture of [`QrCode::to_grey`] as a PNG file.
    ///
    /// # Errors
    /// As [`QrCode::to_grey`].
    pub fn to_png(&self, scale: u32, quiet: u32) -> Result<Vec<u8>, EncodeError> {
        let grey = self.to_grey(scale, quiet)?;
        let mut png = Cursor::new(Vec::new());
        PngEncoder::new(&mut png)
            .write_image(&grey.luma, grey.width, grey.height, ExtendedColorType::L8)
            .map_err(|_| EncodeError::PictureSize {
                side: u64::from(grey.width),
            })?;
        Ok(png.into_inner())
    }

    /// The code for a terminal, two modules a character, with its quiet zone; each line ends
    /// with a line feed. Light modules are the blocks, as most terminals are dark; on a light
    /// one the code appears inverted, which readers also take.
    #[must_use]
    pub fn to_terminal(&self) -> String {
        let quiet = QUIET_ZONE as usize;
        let side = self.modules() + 2 * quiet;
        let light = |x: usize, y: usize| {
            y < side && !(x >= quiet && y >= quiet && self.is_dark(x - quiet, y - quiet))
        };
        let mut text = String::with_capacity(side * side * 2);
        for y in (0..side).step_by(2) {
            text.extend((0..side).map(|x| match (light(x, y), light(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            }));
            text.push('\n');
        }
        text
    }
}

fn segments(text: &str) -> Vec<QrSegment> {
    let mut segments = QrSegment::make_segments(text);
    if !text.is_ascii() {
        segments.insert(0, QrSegment::make_eci(26));
    }
    segments
}

/// The data codewords of a version at level M: all codewords less those of correction.
pub(super) fn data_codewords(version: Version) -> usize {
    DATA_CODEWORDS_M[usize::from(version.value()) - 1]
}

/// ISO/IEC 18004, table 7, level M.
const DATA_CODEWORDS_M: [usize; 40] = [
    16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669,
    714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914,
    1992, 2102, 2216, 2334,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_version_at_level_m() {
        // text, modules a side (ISO/IEC 18004, table 7: what each version holds at level M)
        let table = [
            (String::new(), 21),
            ("A".repeat(20), 21),
            ("A".repeat(21), 25),
            ("1".repeat(34), 21),
            ("a".repeat(14), 21),
            ("a".repeat(15), 25),
            ("A".repeat(470), 69),
            ("A".repeat(483), 69),
            ("A".repeat(484), 73),
            ("A".repeat(3_391), 177),
            ("a".repeat(2_331), 177),
        ];
        for (text, size) in table {
            let code = QrCode::encode(&text).unwrap();
            assert_eq!(
                (code.size, code.version()),
                (size, (size - 17) / 4),
                "{} characters",
                text.len()
            );
            assert_eq!(code.bits.len(), code.modules() * code.row_bytes());
        }
        for text in [
            "A".repeat(3_392),
            "a".repeat(2_332),
            "é".repeat(1_200),
            "1".repeat(100_000),
        ] {
            assert_eq!(
                QrCode::encode(&text).unwrap_err().code(),
                "qr_text_too_long"
            );
        }
    }

    #[test]
    fn every_version_has_its_count_of_codewords() {
        for version in 1..=40 {
            // The longest byte text of a version: its codewords less mode and length.
            let overhead = if version < 10 { 2 } else { 3 };
            let most = DATA_CODEWORDS_M[version - 1] - overhead;
            assert_eq!(
                usize::from(QrCode::encode(&"a".repeat(most)).unwrap().version()),
                version
            );
            if version < 40 {
                let next = QrCode::encode(&"a".repeat(most + 1)).unwrap();
                assert_eq!(usize::from(next.version()), version + 1);
            }
        }
    }

    #[test]
    fn rows_are_packed_and_padded_with_light() {
        let code = QrCode::encode("GATEHOUSE").unwrap();
        assert_eq!(code.row_bytes(), 3);
        assert_eq!(
            code.bits[0] >> 1,
            0b111_1111,
            "the finder pattern begins at the top left"
        );
        for y in 0..21 {
            assert_eq!(code.bits[y * 3 + 2] & 0b111, 0, "row {y}");
            assert!(!code.is_dark(21, y) && !code.is_dark(y, 21));
        }
    }

    #[test]
    fn pixels_and_terminal_show_the_modules() {
        let code = QrCode::encode("GATEHOUSE").unwrap();
        let grey = code.to_grey(3, 4).unwrap();
        assert_eq!((grey.width, grey.height), (87, 87));
        let lines: Vec<Vec<char>> = code
            .to_terminal()
            .lines()
            .map(|l| l.chars().collect())
            .collect();
        assert_eq!((lines.len(), lines[0].len()), (15, 29));
        for (y, line) in (0..29_usize).map(|y| (y, &lines[y / 2])) {
            for (x, drawn) in line.iter().enumerate() {
                let dark = x >= 4 && y >= 4 && code.is_dark(x - 4, y - 4);
                let pixel = grey.luma[(y * 3 + 1) * 87 + x * 3 + 1];
                assert_eq!(pixel, if dark { 0 } else { 255 }, "pixel of {x}, {y}");
                let lit = if y % 2 == 0 { "█▀" } else { "█▄" }.contains(*drawn);
                assert_eq!(lit, !dark, "character of {x}, {y}");
            }
        }
        let png = code.to_png(3, 4).unwrap();
        assert_eq!(GreyImage::from_bytes(&png).unwrap(), grey);
        for (scale, quiet) in [(0, 4), (u32::MAX, u32::MAX), (1_000, 4)] {
            assert_eq!(
                code.to_grey(scale, quiet).unwrap_err().code(),
                "qr_picture_size"
            );
        }
    }
}
