//! Pictures of guests: small, without what the camera wrote beside them, for staff at the door.

use std::io::Cursor;

use gatehouse_domain::id::{GuestId, TicketId};
use gatehouse_store::Lane;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageReader, Limits};

use crate::guests::guest_unknown;
use crate::home::EventHome;
use crate::problem::Problem;

/// Bytes of a picture at most, as it is given.
const LARGEST: usize = 10 << 20;
/// Its longer side at most, in pixels, as it is given.
const LONGEST_SIDE: u32 = 12_000;
/// What decoding may take.
const MEMORY: u64 = 512 << 20;
/// Its longer side in pixels, as it is kept and shown.
const SIDE: u32 = 320;
/// JPEG's measure, 1 to 100: at this side about 15 KB a picture.
const QUALITY: u8 = 82;

impl EventHome {
    /// Gives a guest a picture: PNG or JPEG of 10 MB at most. It is kept as a JPEG with 320 pixels
    /// a side at most, upright, and with nothing of what the camera wrote of place and time.
    pub fn set_guest_photo(&self, guest: GuestId, picture: &[u8]) -> Result<(), Problem> {
        let small = thumbnail(picture)?;
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "set guest photo", None);
        self.file().command(Lane::Edit, meta, move |change| {
            if change.guest(guest)?.is_none() {
                return Err(guest_unknown());
            }
            Ok::<_, Problem>(change.put_guest_photo(guest, at, &small)?)
        })
    }

    /// A guest's picture, JPEG.
    pub fn guest_photo(&self, guest: GuestId) -> Result<Vec<u8>, Problem> {
        self.file()
            .read(|view| view.guest_photo(guest))?
            .ok_or_else(photo_unknown)
    }

    /// Removes a guest's picture; gates forget it with the next exchange.
    pub fn remove_guest_photo(&self, guest: GuestId) -> Result<(), Problem> {
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "remove guest photo", None);
        self.file().command(Lane::Edit, meta, move |change| {
            match change.delete_guest_photo(guest)? {
                true => Ok(()),
                false => Err(photo_unknown()),
            }
        })
    }

    /// The tickets whose holders' pictures gates carry, and which; none where gates show none.
    pub fn carried_photos(&self) -> Result<Vec<(TicketId, i64)>, Problem> {
        self.file().read(|view| {
            if !view.event()?.settings.door.show_photo {
                return Ok(Vec::new());
            }
            let mut all: Vec<_> = view.door_photos()?.into_iter().collect();
            all.sort_unstable();
            Ok(all)
        })
    }

    /// The picture of a ticket's holder for a gate that carries it, JPEG.
    pub fn carried_photo(&self, ticket: TicketId) -> Result<Vec<u8>, Problem> {
        self.file().read(|view| {
            if !view.event()?.settings.door.show_photo {
                return Err(photo_unknown());
            }
            view.door_photo(ticket)?.ok_or_else(photo_unknown)
        })
    }
}

pub(crate) fn photo_unknown() -> Problem {
    Problem::new("photo_unknown", "there is no such picture")
}

/// A picture as it is kept: upright, small, JPEG.
fn thumbnail(picture: &[u8]) -> Result<Vec<u8>, Problem> {
    let unreadable = || {
        Problem::new(
            "photo_unreadable",
            "this is no PNG or JPEG picture, or one that is damaged; nothing was kept. Save it as \
             JPEG and give it again",
        )
    };
    let too_large = || {
        Problem::new(
            "photo_too_large",
            "a picture has 10 MB and 12,000 pixels a side at most; nothing was kept. Save a \
             smaller copy",
        )
    };
    if picture.len() > LARGEST {
        return Err(too_large());
    }
    let mut reader = ImageReader::new(Cursor::new(picture))
        .with_guessed_format()
        .map_err(|_| unreadable())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let failed = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => too_large(),
        _ => unreadable(),
    };
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let turned = decoder.orientation().map_err(failed)?;
    let mut read = DynamicImage::from_decoder(decoder).map_err(failed)?;
    read.apply_orientation(turned);
    let (width, height) = read.dimensions();
    if width.max(height) > SIDE {
        read = read.thumbnail(SIDE, SIDE);
    }
    let mut small = Vec::new();
    on_white(&read)
        .write_with_encoder(JpegEncoder::new_with_quality(&mut small, QUALITY))
        .map_err(failed)?;
    Ok(small)
}

/// The picture on white: JPEG has nothing that is seen through.
fn on_white(picture: &DynamicImage) -> image::RgbImage {
    let pixels = picture.to_rgba8();
    image::RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [r, g, b, cover] = pixels.get_pixel(x, y).0;
        let mix = |part: u8| {
            let (part, cover) = (u16::from(part), u16::from(cover));
            ((part * cover + 255 * (255 - cover)) / 255) as u8
        };
        image::Rgb([mix(r), mix(g), mix(b)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = image::RgbaImage::from_fn(width, height, |x, _| {
            image::Rgba([200, 30, 60, if x < width / 2 { 255 } else { 0 }])
        });
        let mut bytes = Cursor::new(Vec::new());
        picture
            .write_to(&mut bytes, image::ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn pictures_are_kept_small_in_their_shape_and_on_white() {
        for (given, kept) in [
            ((1_600, 800), (320, 160)),
            ((500, 2_000), (80, 320)),
            ((64, 48), (64, 48)),
            ((1, 1), (1, 1)),
        ] {
            let small = thumbnail(&png(given.0, given.1)).unwrap();
            assert!(small.starts_with(&[0xff, 0xd8, 0xff]) && small.len() < 64 << 10);
            let read = image::load_from_memory(&small).unwrap();
            assert_eq!(read.dimensions(), kept, "{given:?}");
            if kept.0 > 8 {
                let [r, g, b, _] = read.get_pixel(kept.0 - 2, kept.1 / 2).0;
                assert!(r.min(g).min(b) > 245, "{r} {g} {b}");
            }
        }
    }

    #[test]
    fn what_is_no_picture_is_told_so() {
        let whole = png(40, 40);
        for (bytes, code) in [
            (&b""[..], "photo_unreadable"),
            (b"GIF89a not this one", "photo_unreadable"),
            (&whole[..whole.len() / 2], "photo_unreadable"),
            (&vec![0; LARGEST + 1], "photo_too_large"),
        ] {
            assert_eq!(thumbnail(bytes).unwrap_err().code, code);
        }
        let mut wide = png(40, 40);
        wide[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        // The header's own checksum is wrong now, or its size is: either way nothing is kept.
        assert!(thumbnail(&wide).is_err());
    }
}
