//! A frame on its way from a source to a reader.

use std::time::Duration;

use gatehouse_credential::qr::Frame;
use gatehouse_credential::qr::frame::{MAX_PIXELS, MAX_SIDE};

use super::SourceError;

/// A grey frame in a buffer that is used again: one byte a pixel, 0 black to 255 white, rows
/// from the top without gaps. It never holds more pixels than a [`Frame`] may have.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    width: u32,
    height: u32,
    luma: Vec<u8>,
    taken: Option<Duration>,
}

impl Picture {
    /// Pixels in a row; 0 when it is empty.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows; 0 when it is empty.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels.
    #[must_use]
    pub fn luma(&self) -> &[u8] {
        &self.luma
    }

    /// True when there is no pixel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.luma.is_empty()
    }

    /// When in its recording the frame stands; nothing for a camera's.
    #[must_use]
    pub fn taken(&self) -> Option<Duration> {
        self.taken
    }

    /// Says when in its recording the frame stands.
    pub fn set_taken(&mut self, taken: Option<Duration>) {
        self.taken = taken;
    }

    /// The picture as a frame.
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        Frame::new(self.width, self.height, self.width as usize, &self.luma)
            .expect("every way to fill a picture checks its size")
    }

    /// Empties it, and keeps the buffer.
    pub fn clear(&mut self) {
        (self.width, self.height, self.taken) = (0, 0, None);
        self.luma.clear();
    }

    /// Copies a frame whose rows begin `stride` bytes apart.
    ///
    /// # Errors
    /// [`SourceError::FrameEmpty`], [`SourceError::FrameTooLarge`] and
    /// [`SourceError::FrameShape`]; the picture is empty then.
    pub fn copy(
        &mut self,
        width: u32,
        height: u32,
        stride: usize,
        luma: &[u8],
    ) -> Result<(), SourceError> {
        self.copy_with(width, height, stride, 1, luma)
    }

    /// Copies a frame whose grey bytes stand `apart` bytes from each other in rows that begin
    /// `stride` bytes apart.
    pub(super) fn copy_with(
        &mut self,
        width: u32,
        height: u32,
        stride: usize,
        apart: usize,
        bytes: &[u8],
    ) -> Result<(), SourceError> {
        self.clear();
        check_size(width, height)?;
        let row = (width as usize - 1) * apart + 1;
        let needed = (stride as u64)
            .saturating_mul(u64::from(height) - 1)
            .saturating_add(row as u64);
        if stride < row || needed > bytes.len() as u64 {
            return Err(SourceError::FrameShape {
                width,
                height,
                stride,
                given: bytes.len(),
            });
        }
        self.luma.reserve(width as usize * height as usize);
        for y in 0..height as usize {
            let row = &bytes[y * stride..][..row];
            if apart == 1 {
                self.luma.extend_from_slice(row);
            } else {
                self.luma.extend(row.iter().step_by(apart));
            }
        }
        (self.width, self.height) = (width, height);
        Ok(())
    }

    /// Hands its buffer to `fill`, which leaves `width` × `height` pixels in it; the picture is
    /// empty if it does not.
    pub(super) fn fill<T>(
        &mut self,
        width: u32,
        height: u32,
        fill: impl FnOnce(&mut Vec<u8>) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        self.clear();
        check_size(width, height)?;
        let filled = fill(&mut self.luma);
        let whole = self.luma.len() as u64 == u64::from(width) * u64::from(height);
        if filled.is_ok() && whole {
            (self.width, self.height) = (width, height);
        } else {
            self.luma.clear();
        }
        filled
    }

    /// A copy that has at most `most` pixels: halved, each pixel the mean of four, as often as it
    /// takes; and how many of the picture's pixels are one of its own. Nothing when the picture
    /// is small enough as it is.
    pub(crate) fn reduced(&self, most: usize) -> Option<(Picture, f32)> {
        if self.luma.len() <= most.max(4) {
            return None;
        }
        let mut reduced = self.halved();
        let mut shrunk = 2.;
        while reduced.luma.len() > most.max(4) {
            reduced = reduced.halved();
            shrunk *= 2.;
        }
        Some((reduced, shrunk))
    }

    fn halved(&self) -> Picture {
        let (width, height) = (self.width as usize / 2, self.height as usize / 2);
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let upper = &self.luma[2 * y * self.width as usize..][..2 * width];
            let lower = &self.luma[(2 * y + 1) * self.width as usize..][..2 * width];
            luma.extend(
                upper
                    .chunks_exact(2)
                    .zip(lower.chunks_exact(2))
                    .map(|(a, b)| {
                        let sum: u16 = [a[0], a[1], b[0], b[1]].into_iter().map(u16::from).sum();
                        (sum / 4) as u8
                    }),
            );
        }
        let (width, height) = if luma.is_empty() {
            (0, 0)
        } else {
            (width, height)
        };
        Picture {
            width: width as u32,
            height: height as u32,
            luma,
            taken: self.taken,
        }
    }
}

/// Refuses what has no pixels or too many.
pub(super) fn check_size(width: u32, height: u32) -> Result<(), SourceError> {
    if width == 0 || height == 0 {
        return Err(SourceError::FrameEmpty);
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || width > MAX_SIDE || height > MAX_SIDE {
        return Err(SourceError::FrameTooLarge {
            width: width.into(),
            height: height.into(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_checked_against_its_bytes() {
        // width, height, stride, bytes apart, bytes given, the error's code
        let table: &[(u32, u32, usize, usize, usize, &str)] = &[
            (4, 3, 4, 1, 12, ""),
            (4, 3, 6, 1, 16, ""),
            (4, 3, 8, 2, 23, ""),
            (0, 3, 4, 1, 12, "frame_empty"),
            (4, 0, 4, 1, 12, "frame_empty"),
            (4, 3, 3, 1, 12, "frame_shape"),
            (4, 3, 4, 1, 11, "frame_shape"),
            (4, 3, 4, 2, 64, "frame_shape"),
            (4, 3, usize::MAX, 1, 64, "frame_shape"),
            (7_680, 4_320, 7_680, 1, 100, "frame_shape"),
            (40_000, 1, 40_000, 1, 40_000, "frame_too_large"),
            (u32::MAX, u32::MAX, usize::MAX, 1, 0, "frame_too_large"),
        ];
        for &(width, height, stride, apart, given, code) in table {
            let mut picture = Picture::default();
            let got = picture.copy_with(width, height, stride, apart, &vec![7; given]);
            let got = got.map_or_else(|error| error.code(), |()| "");
            assert_eq!(
                got, code,
                "{width} × {height}, stride {stride}, {given} bytes"
            );
            assert_eq!(picture.is_empty(), !code.is_empty());
            assert_eq!(picture.frame().is_empty(), !code.is_empty());
        }
    }

    #[test]
    fn rows_keep_to_the_stride() {
        let bytes: Vec<u8> = (0..16).collect();
        let mut picture = Picture::default();
        picture.copy(2, 2, 8, &bytes).unwrap();
        assert_eq!(picture.luma(), [0, 1, 8, 9]);
        picture.copy_with(3, 2, 8, 2, &bytes).unwrap();
        assert_eq!(picture.luma(), [0, 2, 4, 8, 10, 12]);
    }

    #[test]
    fn large_frames_are_halved_until_they_are_small_enough() {
        let mut picture = Picture::default();
        picture
            .copy(7_680, 4_320, 7_680, &vec![90; 7_680 * 4_320])
            .unwrap();
        let (small, shrunk) = picture.reduced(2_500_000).unwrap();
        assert_eq!((small.width(), small.height(), shrunk), (1_920, 1_080, 4.));
        assert!(small.luma().iter().all(|grey| *grey == 90));
        assert!(small.reduced(2_500_000).is_none());
        picture.copy(5, 1, 5, &[1; 5]).unwrap();
        let (none, _) = picture.reduced(0).unwrap();
        assert!(none.is_empty() && none.frame().is_empty());
    }
}
