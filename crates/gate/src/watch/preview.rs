//! Small pictures of what the camera sees, for the window.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};

use crate::source::Picture;

/// The most pixels in a row of a preview.
const WIDEST: u32 = 640;
/// Quality of the JPEG, of 100.
const QUALITY: u8 = 60;

/// What the camera sees, small and grey.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// A grey JPEG, at most 640 pixels wide.
    pub jpeg: Vec<u8>,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The corners of the codes that stand in it, in shares of its width and height.
    pub outlines: Vec<[(f32, f32); 4]>,
    /// What the codes say that are in view, those too that were told of before.
    pub texts: Vec<String>,
}

impl Preview {
    /// Draws a picture small; nothing when it is too narrow or low for one.
    pub(super) fn draw(
        picture: &Picture,
        outlines: Vec<[(f32, f32); 4]>,
        texts: Vec<String>,
    ) -> Option<Self> {
        // As high as wide is as large as it gets.
        let every = picture
            .width()
            .max(picture.height())
            .div_ceil(WIDEST)
            .max(1) as usize;
        let (width, height) = (
            picture.width() as usize / every,
            picture.height() as usize / every,
        );
        if width == 0 || height == 0 {
            return None;
        }
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let row = &picture.luma()[y * every * picture.width() as usize..];
            luma.extend(row.chunks_exact(every).take(width).map(|some| {
                let sum: usize = some.iter().map(|grey| usize::from(*grey)).sum();
                (sum / every) as u8
            }));
        }
        let (width, height) = (width as u32, height as u32);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
            .write_image(&luma, width, height, ExtendedColorType::L8)
            .ok()?;
        Some(Self {
            jpeg,
            width,
            height,
            outlines,
            texts,
        })
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_credential::qr::GreyImage;

    use super::*;

    #[test]
    fn a_preview_is_small_and_shows_the_same() {
        let table = [
            (1_280, 720, Some((640, 360))),
            (1_920, 1_080, Some((640, 360))),
            (641, 481, Some((320, 240))),
            (640, 480, Some((640, 480))),
            (7_680, 4_320, Some((640, 360))),
            (480, 1_280, Some((240, 640))),
            (3, 5, Some((3, 5))),
            (9_000, 1, None),
        ];
        for (width, height, size) in table {
            let mut picture = Picture::default();
            let half = (width * height / 2) as usize;
            let mut luma = vec![40; half];
            luma.resize((width * height) as usize, 200);
            picture.copy(width, height, width as usize, &luma).unwrap();
            let preview = Preview::draw(&picture, Vec::new(), Vec::new());
            let found = preview
                .as_ref()
                .map(|preview| (preview.width, preview.height));
            assert_eq!(found, size, "{width} × {height}");
            let Some(preview) = preview else { continue };
            let read = GreyImage::from_bytes(&preview.jpeg).unwrap();
            assert_eq!((read.width, read.height), (preview.width, preview.height));
            assert!(read.luma[0] < 60 && read.luma[read.luma.len() - 1] > 180);
        }
        assert_eq!(
            Preview::draw(&Picture::default(), Vec::new(), Vec::new()),
            None
        );
    }
}
