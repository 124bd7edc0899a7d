//! One pass of a QR reader over one grey picture: zxing-cpp where it is built in, and rxing.

#[cfg(any(feature = "zxing-cpp", feature = "rxing"))]
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::frame::GreyImage;

/// A symbol as one pass saw it, in the pixels of the picture that it was given.
#[derive(Debug, Clone)]
pub(super) struct Sighting {
    /// What the code says; `None` where a code stands that could not be read.
    pub(super) content: Option<Content>,
    /// The symbol's corners: top left, top right, bottom right, bottom left.
    pub(super) corners: [(f32, f32); 4],
    pub(super) mirrored: bool,
    pub(super) inverted: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) bytes: Vec<u8>,
}

/// How hard a pass looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// At this picture and at smaller copies of it, in all orientations.
    Wide,
    /// At this picture alone.
    Local,
}

/// Reads with the leading detector of the build: zxing-cpp, else rxing, else nothing.
pub(super) fn read(image: &GreyImage, look: Look) -> Vec<Sighting> {
    // Below a code of version 1 at a pixel a module nothing can be read.
    if image.width < 21 || image.height < 21 {
        return Vec::new();
    }
    #[cfg(feature = "zxing-cpp")]
    return read_zxing(image, look);
    #[cfg(all(feature = "rxing", not(feature = "zxing-cpp")))]
    return match look {
        Look::Wide => read_rxing(image),
        Look::Local => read_rxing_pass(image, false),
    };
    #[cfg(not(any(feature = "zxing-cpp", feature = "rxing")))]
    {
        let _ = look;
        Vec::new()
    }
}

/// Reads symbols of other kinds than QR codes; nothing where one of those stands there too, and
/// nothing in a build without zxing-cpp.
pub(super) fn read_others(image: &GreyImage) -> Vec<Sighting> {
    #[cfg(feature = "zxing-cpp")]
    {
        use zxingcpp::BarcodeFormat as Format;

        let formats = [
            Format::QRCode,
            Format::Aztec,
            Format::DataMatrix,
            Format::PDF417,
            Format::Code128,
            Format::Code39,
            Format::EAN13,
            Format::ITF,
        ];
        pass_zxing(image, Look::Wide, &formats, |codes| {
            let ours = codes.iter().any(|code| code.symbology() == Format::QRCode);
            let theirs = codes.iter().filter(|code| !ours && code.is_valid());
            theirs.map(sighting_of_zxing).collect()
        })
    }
    #[cfg(not(feature = "zxing-cpp"))]
    {
        let _ = image;
        Vec::new()
    }
}

#[cfg(feature = "zxing-cpp")]
fn read_zxing(image: &GreyImage, look: Look) -> Vec<Sighting> {
    let formats = [zxingcpp::BarcodeFormat::QRCodeModel2];
    pass_zxing(image, look, &formats, |codes| {
        codes.iter().map(sighting_of_zxing).collect()
    })
}

#[cfg(feature = "zxing-cpp")]
fn pass_zxing(
    image: &GreyImage,
    look: Look,
    formats: &[zxingcpp::BarcodeFormat],
    take: impl Fn(&[zxingcpp::Barcode]) -> Vec<Sighting>,
) -> Vec<Sighting> {
    use zxingcpp::{BarcodeReader, Binarizer, ImageFormat, ImageView, TextMode};

    let pass = || {
        let view =
            ImageView::from_slice(&image.luma, image.width, image.height, ImageFormat::Lum).ok()?;
        let reader = BarcodeReader::new()
            .formats(formats)
            .text_mode(TextMode::Plain)
            .try_harder(true)
            .try_rotate(look == Look::Wide)
            .try_invert(true)
            .try_downscale(look == Look::Wide)
            .return_errors(true)
            .binarizer(Binarizer::LocalAverage);
        let codes = reader.from(&view).ok()?;
        Some(take(&codes))
    };
    // The wrapper panics where the library breaks its own word.
    catch_unwind(AssertUnwindSafe(pass))
        .ok()
        .flatten()
        .unwrap_or_default()
}

#[cfg(feature = "zxing-cpp")]
fn sighting_of_zxing(code: &zxingcpp::Barcode) -> Sighting {
    let at = code.position();
    let content = code.is_valid().then(|| {
        let bytes = code.bytes();
        // The wrapper's text ends at a NUL and passes through a guess of the charset.
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) if !code.has_eci() => text.to_owned(),
            Ok(text) if text.contains('\0') => text.to_owned(),
            _ => code.text(),
        };
        Content { text, bytes }
    });
    Sighting {
        content,
        corners: [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
            .map(|p| (p.x as f32, p.y as f32)),
        mirrored: code.is_mirrored(),
        inverted: code.is_inverted(),
    }
}

/// Reads with rxing, dark on light and light on dark; finds nothing where it panics.
#[cfg(feature = "rxing")]
pub(super) fn read_rxing(image: &GreyImage) -> Vec<Sighting> {
    if image.width < 21 || image.height < 21 {
        return Vec::new();
    }
    let found = read_rxing_pass(image, false);
    if found.is_empty() {
        read_rxing_pass(image, true)
    } else {
        found
    }
}

#[cfg(feature = "rxing")]
fn read_rxing_pass(image: &GreyImage, inverted: bool) -> Vec<Sighting> {
    use rxing::{
        BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, LuminanceSource,
        common::HybridBinarizer, multi::MultipleBarcodeReader, qrcode::cpp_port::QrReader,
    };

    let pass = || {
        let mut source =
            Luma8Source::new_with_slice(&image.luma, image.width, image.height).ok()?;
        if inverted {
            source.invert();
        }
        let hints = DecodeHints {
            TryHarder: Some(true),
            PossibleFormats: Some([BarcodeFormat::QR_CODE].into()),
            ..DecodeHints::default()
        };
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        QrReader
            .decode_multiple_with_hints(&mut bitmap, &hints)
            .ok()
    };
    let results = catch_unwind(AssertUnwindSafe(pass))
        .ok()
        .flatten()
        .unwrap_or_default();
    results
        .iter()
        .map(|result| {
            let bytes = result.getRawBytes().to_vec();
            let text = match std::str::from_utf8(&bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => result.getText().to_owned(),
            };
            let points = result.getPoints();
            let corners = std::array::from_fn(|i| points.get(i).map_or((0., 0.), |p| (p.x, p.y)));
            Sighting {
                content: Some(Content { text, bytes }),
                corners,
                mirrored: false,
                inverted,
            }
        })
        .collect()
}
