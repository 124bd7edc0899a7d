//! JPEG frames to grey: only the brightness is unpacked.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use gatehouse_credential::qr::frame::MAX_SIDE;

use super::{Picture, SourceError};

/// The most bytes that one compressed frame may have (32 MiB).
pub(super) const MOST_BYTES: usize = 32 << 20;

/// Unpacks a JPEG frame; what is missing at its end stays grey.
pub(super) fn unpack(bytes: &[u8], into: &mut Picture) -> Result<(), SourceError> {
    into.clear();
    if bytes.len() > MOST_BYTES {
        return Err(spoilt("it is larger than 32 MiB"));
    }
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder
        .decode_headers()
        .map_err(|error| spoilt(format!("{error:?}")))?;
    let Some(info) = decoder.info() else {
        return Err(spoilt("it has no header"));
    };
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    into.fill(width, height, |luma| {
        if decoder.output_buffer_size() != Some(width as usize * height as usize) {
            return Err(spoilt("its colours are of a kind that is not read"));
        }
        luma.resize(width as usize * height as usize, 0);
        let unpacked = decoder.decode_into(luma);
        if unpacked.is_err() {
            luma.clear();
        }
        unpacked.map_err(|error| spoilt(format!("{error:?}")))
    })
}

fn spoilt(reason: impl Into<String>) -> SourceError {
    SourceError::FrameSpoilt {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    use super::*;

    fn jpeg(colour: ExtendedColorType, pixel: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let pixels: Vec<u8> = pixel.repeat(40 * 30);
        JpegEncoder::new_with_quality(&mut bytes, 90)
            .write_image(&pixels, 40, 30, colour)
            .unwrap();
        bytes
    }

    #[test]
    fn colour_becomes_grey() {
        // A pixel and its brightness by ITU-R BT.601.
        let table: &[(ExtendedColorType, &[u8], u8)] = &[
            (ExtendedColorType::L8, &[140], 140),
            (ExtendedColorType::Rgb8, &[255, 0, 0], 76),
            (ExtendedColorType::Rgb8, &[0, 255, 0], 150),
            (ExtendedColorType::Rgb8, &[250, 250, 250], 250),
        ];
        for (colour, pixel, grey) in table {
            let mut picture = Picture::default();
            unpack(&jpeg(*colour, pixel), &mut picture).unwrap();
            assert_eq!((picture.width(), picture.height()), (40, 30));
            assert!(
                picture
                    .luma()
                    .iter()
                    .all(|found| found.abs_diff(*grey) <= 3),
                "{pixel:?}"
            );
        }
    }

    #[test]
    fn what_is_damaged_leaves_no_picture() {
        let whole = jpeg(ExtendedColorType::Rgb8, &[9, 200, 60]);
        let mut picture = Picture::default();
        for bytes in [
            &b""[..],
            b"\xff\xd8",
            &whole[..60],
            b"\xff\xd8\xff\xe0\0\x10JFIF",
        ] {
            let error = unpack(bytes, &mut picture).unwrap_err();
            assert_eq!(error.code(), "frame_spoilt");
            assert!(picture.is_empty());
        }
    }
}
