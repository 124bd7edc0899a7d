//! Grey pictures: borrowed camera frames, and owned pictures read from PNG and JPEG.

use std::{
    fs::File,
    io::{Cursor, Read},
    path::Path,
};

use image::{DynamicImage, ImageFormat, ImageReader, Limits, error::ImageError};
use thiserror::Error;

/// The most pixels that a frame or picture may have (64 MP).
pub const MAX_PIXELS: u64 = 64_000_000;
/// The longest side that a frame or picture may have, in pixels.
pub const MAX_SIDE: u32 = 32_000;
/// The most bytes that an encoded picture may have (128 MiB).
pub const MAX_FILE_BYTES: u64 = 128 << 20;

/// Why a picture cannot be used.
#[derive(Debug, Error)]
pub enum PictureError {
    /// The file cannot be opened or read.
    #[error("the picture cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// The bytes are neither PNG nor JPEG.
    #[error("this is no PNG or JPEG picture")]
    NotAPicture,
    /// The bytes begin like a picture, and are damaged or of a kind that is not supported.
    #[error("the picture is damaged: {0}")]
    Damaged(String),
    /// The picture is larger than [`MAX_PIXELS`], [`MAX_SIDE`] or [`MAX_FILE_BYTES`] allow.
    #[error("the picture is too large: at most 64 megapixels, 32,000 pixels a side, 128 MiB")]
    TooLarge,
    /// A frame's buffer holds fewer bytes than its width, height and stride ask for.
    #[error(
        "a frame of {width} by {height} with rows {stride} bytes apart needs {needed} bytes, not {given}"
    )]
    FrameTooShort {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Bytes from one row to the next.
        stride: usize,
        /// Bytes that the frame needs.
        needed: u64,
        /// Bytes that were given.
        given: u64,
    },
}

impl PictureError {
    /// A stable word for the error, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "picture_unreadable",
            Self::NotAPicture => "not_a_picture",
            Self::Damaged(_) => "picture_damaged",
            Self::TooLarge => "picture_too_large",
            Self::FrameTooShort { .. } => "frame_too_short",
        }
    }
}

/// A borrowed picture of one byte a pixel, 0 black to 255 white, rows from the top.
///
/// It is never larger than [`MAX_PIXELS`] and [`MAX_SIDE`], and may be empty.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    width: u32,
    height: u32,
    stride: usize,
    luma: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Borrows `height` rows of `width` pixels that begin `stride` bytes apart; bytes after
    /// the last row's pixels may be missing or more.
    ///
    /// # Errors
    /// [`PictureError::TooLarge`] and [`PictureError::FrameTooShort`]; the latter also when
    /// the stride is less than the width.
    pub fn new(
        width: u32,
        height: u32,
        stride: usize,
        luma: &'a [u8],
    ) -> Result<Self, PictureError> {
        if width == 0 || height == 0 {
            return Ok(Self {
                width: 0,
                height: 0,
                stride: 0,
                luma: &[],
            });
        }
        check_size(width, height)?;
        let needed = (stride.max(width as usize) as u64)
            .saturating_mul(u64::from(height) - 1)
            .saturating_add(u64::from(width));
        if stride < width as usize || needed > luma.len() as u64 {
            let given = luma.len() as u64;
            return Err(PictureError::FrameTooShort {
                width,
                height,
                stride,
                needed,
                given,
            });
        }
        Ok(Self {
            width,
            height,
            stride,
            luma,
        })
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// True when there is no pixel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.width == 0
    }

    /// The pixels of row `y` from the left; panics outside the frame.
    #[must_use]
    pub fn row(&self, y: u32) -> &'a [u8] {
        assert!(y < self.height, "row {y} of {}", self.height);
        let start = y as usize * self.stride;
        &self.luma[start..start + self.width as usize]
    }

    /// A copy with rows that follow each other without gaps.
    #[must_use]
    pub fn to_image(&self) -> GreyImage {
        self.crop(0, 0, self.width, self.height)
    }

    /// A copy of the part that begins at (`left`, `top`), cut at the frame's edges.
    #[must_use]
    pub fn crop(&self, left: u32, top: u32, width: u32, height: u32) -> GreyImage {
        let (left, top) = (left.min(self.width), top.min(self.height));
        let (width, height) = (width.min(self.width - left), height.min(self.height - top));
        let mut luma = Vec::with_capacity(width as usize * height as usize);
        for y in top..top + height {
            luma.extend_from_slice(&self.row(y)[left as usize..(left + width) as usize]);
        }
        GreyImage {
            width,
            height,
            luma,
        }
    }

    /// The pixels as one slice when the rows follow each other without gaps.
    #[must_use]
    pub fn contiguous(&self) -> Option<&'a [u8]> {
        let count = self.width as usize * self.height as usize;
        (self.stride == self.width as usize || self.height <= 1).then(|| &self.luma[..count])
    }
}

/// An owned picture of one byte a pixel, 0 black to 255 white, without gaps between rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GreyImage {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width` × `height` bytes, rows from the top.
    pub luma: Vec<u8>,
}

impl GreyImage {
    /// Reads a PNG or JPEG file; what is transparent becomes white.
    ///
    /// # Errors
    /// Any [`PictureError`] but [`PictureError::FrameTooShort`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self, PictureError> {
        let file = File::open(path).map_err(PictureError::Unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(PictureError::Unreadable)?;
        Self::from_bytes(&bytes)
    }

    /// Reads a PNG or JPEG picture from memory; what is transparent becomes white.
    ///
    /// # Errors
    /// [`PictureError::NotAPicture`], [`PictureError::Damaged`] and [`PictureError::TooLarge`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PictureError> {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(PictureError::TooLarge);
        }
        // Other crates of the build may switch on more formats; these two are the promise.
        let format = match image::guess_format(bytes) {
            Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => format,
            _ => return Err(PictureError::NotAPicture),
        };
        let (width, height) = ImageReader::with_format(Cursor::new(bytes), format)
            .into_dimensions()
            .map_err(picture_error)?;
        check_size(width, height)?;
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MAX_PIXELS * 9);
        reader.limits(limits);
        Ok(grey(reader.decode().map_err(picture_error)?))
    }

    /// The picture as a frame.
    ///
    /// # Errors
    /// As [`Frame::new`]; never for a picture that was read.
    pub fn as_frame(&self) -> Result<Frame<'_>, PictureError> {
        Frame::new(self.width, self.height, self.width as usize, &self.luma)
    }
}

fn check_size(width: u32, height: u32) -> Result<(), PictureError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || width > MAX_SIDE || height > MAX_SIDE {
        return Err(PictureError::TooLarge);
    }
    Ok(())
}

fn grey(picture: DynamicImage) -> GreyImage {
    let (width, height) = (picture.width(), picture.height());
    let luma = if picture.color().has_alpha() {
        let on_white = |grey: u8, alpha: u8| {
            let (grey, alpha) = (u32::from(grey), u32::from(alpha));
            ((grey * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        picture
            .into_luma_alpha8()
            .pixels()
            .map(|p| on_white(p.0[0], p.0[1]))
            .collect()
    } else {
        picture.into_luma8().into_raw()
    };
    GreyImage {
        width,
        height,
        luma,
    }
}

fn picture_error(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooLarge,
        other => PictureError::Damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_frame_is_checked_against_its_buffer() {
        // width, height, stride, bytes, the error's code
        let table: &[(u32, u32, usize, usize, &str)] = &[
            (0, 0, 0, 0, ""),
            (0, 7, 3, 0, ""),
            (4, 3, 4, 12, ""),
            (4, 3, 6, 16, ""),
            (4, 3, 6, 15, "frame_too_short"),
            (4, 3, 3, 100, "frame_too_short"),
            (4, 1, 3, 100, "frame_too_short"),
            (4, 2, usize::MAX, 100, "frame_too_short"),
            (u32::MAX, u32::MAX, usize::MAX, 1, "picture_too_large"),
            (32_001, 1, 32_001, 32_001, "picture_too_large"),
            (8_001, 8_001, 8_001, 10, "picture_too_large"),
        ];
        for &(width, height, stride, bytes, code) in table {
            let luma = vec![0; bytes];
            let got = Frame::new(width, height, stride, &luma).map_or_else(|e| e.code(), |_| "");
            assert_eq!(
                got, code,
                "{width} × {height}, stride {stride}, {bytes} bytes"
            );
        }
    }

    #[test]
    fn rows_keep_to_the_stride() {
        let luma: Vec<u8> = (0..16).collect();
        let frame = Frame::new(4, 3, 6, &luma).unwrap();
        assert_eq!(frame.row(2), &[12, 13, 14, 15]);
        assert_eq!(frame.contiguous(), None);
        assert_eq!(frame.crop(1, 1, 9, 9).luma, [7, 8, 9, 13, 14, 15]);
        assert!(frame.crop(9, 9, 9, 9).luma.is_empty());
    }

    #[test]
    fn transparent_becomes_white() {
        let mut picture = RgbaImage::from_pixel(2, 1, Rgba([0, 0, 0, 0]));
        picture.put_pixel(1, 0, Rgba([0, 0, 0, 255]));
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, ImageFormat::Png).unwrap();
        assert_eq!(GreyImage::from_bytes(png.get_ref()).unwrap().luma, [255, 0]);
    }

    #[test]
    fn what_is_no_picture_says_so() {
        let mut png = Cursor::new(Vec::new());
        RgbaImage::new(40, 40)
            .write_to(&mut png, ImageFormat::Png)
            .unwrap();
        let png = png.into_inner();
        // A header that promises 60,000 × 60,000 pixels, with its checksum left wrong.
        let mut huge = png.clone();
        huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let table: &[(&[u8], &[&str])] = &[
            (b"", &["not_a_picture"]),
            (b"name,email\nAda,ada@example.test\n", &["not_a_picture"]),
            (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", &["not_a_picture"]),
            (&png[..png.len() / 2], &["picture_damaged"]),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", &["picture_damaged"]),
            (&huge, &["picture_damaged", "picture_too_large"]),
        ];
        for (bytes, codes) in table {
            let code = GreyImage::from_bytes(bytes).unwrap_err().code();
            assert!(
                codes.contains(&code),
                "{code} for {:?}",
                &bytes[..bytes.len().min(12)]
            );
        }
        let missing = GreyImage::read("no-such-picture.png").unwrap_err();
        assert_eq!(missing.code(), "picture_unreadable");
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(
            head in prop::sample::select(vec![&b""[..], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0"]),
            body in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let bytes = [head, &body].concat();
            if let Ok(picture) = GreyImage::from_bytes(&bytes) {
                prop_assert_eq!(picture.luma.len() as u64, u64::from(picture.width) * u64::from(picture.height));
            }
        }
    }
}
