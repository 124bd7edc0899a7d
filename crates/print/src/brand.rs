//! An organizer's look on a ticket: colour, logo, typeface.

use std::io::Write;
use std::sync::Arc;

use pdf_writer::{Filter, Finish, Ref};

use crate::PrintError;
use crate::colour::{BLACK, Ink, PAPER};
use crate::pdf::deflate::Deflater;
use crate::pdf::{Document, quiet_chunk};
use crate::typeface::Typeface;

/// How tickets look besides what they say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    /// The band's colour as sRGB; the ticket type's own without one.
    pub colour: Option<[u8; 3]>,
    /// What texts are set in.
    pub typeface: Typeface,
    /// What stands at the band's right.
    pub logo: Option<Logo>,
}

/// A picture to print small.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    width: u32,
    height: u32,
    /// Four inks a pixel.
    inks: Arc<[u8]>,
    /// How much of each pixel is there, unless all is.
    cover: Option<Arc<[u8]>>,
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({} x {})", self.width, self.height)
    }
}

impl Logo {
    /// Most pixels a side.
    pub const LARGEST: u32 = 2_000;

    /// A logo from rows of red, green, blue and cover, from the top.
    ///
    /// # Errors
    /// [`PrintError::Logo`] where the bytes are not `width` times `height` pixels, or a side is 0
    /// or over [`Logo::LARGEST`].
    pub fn from_rgba(width: u32, height: u32, pixels: &[u8]) -> Result<Self, PrintError> {
        let sides = 1..=Self::LARGEST;
        let whole = width as usize * height as usize * 4 == pixels.len();
        if !sides.contains(&width) || !sides.contains(&height) || !whole {
            return Err(PrintError::Logo);
        }
        let inks = pixels
            .chunks_exact(4)
            .flat_map(|p| Ink::of_rgb([p[0], p[1], p[2]]).bytes())
            .collect();
        let cover: Arc<[u8]> = pixels.chunks_exact(4).map(|p| p[3]).collect();
        Ok(Self {
            width,
            height,
            inks,
            cover: cover.iter().any(|a| *a != 0xFF).then_some(cover),
        })
    }

    /// Its width in relation to its height.
    pub(crate) fn ratio(&self) -> f32 {
        self.width as f32 / self.height as f32
    }

    /// Writes it as an image.
    pub(crate) fn put<W: Write>(&self, document: &mut Document<W>) -> Result<Ref, PrintError> {
        let mut deflater = Deflater::new();
        let sides = (self.width as i32, self.height as i32);
        let mask = match &self.cover {
            None => None,
            Some(cover) => {
                let id = document.allocate();
                let deflated = deflater.deflate(cover);
                let mut chunk = quiet_chunk(deflated.len() + 256);
                let mut image = chunk.image_xobject(id, &deflated);
                image.filter(Filter::FlateDecode);
                image.width(sides.0).height(sides.1).bits_per_component(8);
                image.color_space().device_gray();
                image.finish();
                document.put_chunk(id, &chunk)?;
                Some(id)
            }
        };
        let id = document.allocate();
        let deflated = deflater.deflate(&self.inks);
        let mut chunk = quiet_chunk(deflated.len() + 256);
        let mut image = chunk.image_xobject(id, &deflated);
        image.filter(Filter::FlateDecode);
        image.width(sides.0).height(sides.1).bits_per_component(8);
        image.color_space().device_cmyk();
        if let Some(mask) = mask {
            image.s_mask(mask);
        }
        image.finish();
        document.put_chunk(id, &chunk)?;
        Ok(id)
    }
}

/// A band's colour and the ink that is read best on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Band {
    pub(crate) ground: Ink,
    pub(crate) on: Ink,
}

impl Band {
    /// The band of a brand's colour.
    pub(crate) fn of_rgb(rgb: [u8; 3]) -> Self {
        let light = luminance(rgb);
        // The contrast of WCAG 2.2 with white and with black, whichever is more.
        let on = if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 {
            PAPER
        } else {
            BLACK
        };
        Band {
            ground: Ink::of_rgb(rgb),
            on,
        }
    }
}

/// Relative luminance of an sRGB colour (WCAG 2.2), 0 to 1.
fn luminance(rgb: [u8; 3]) -> f32 {
    let part = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2])
}
