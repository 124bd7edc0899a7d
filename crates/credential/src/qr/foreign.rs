//! What others print on tickets in place of a QR code, so that a gate can say that it is not ours.

use super::decode::Found;
use super::detector::read_others;
use super::frame::Frame;
use crate::token::Token;

/// Reads the symbols of other kinds in a frame: Aztec, Data Matrix, PDF417 and the common bar
/// codes; nothing where a QR code stands there too, read or not, for then that one counts.
///
/// No ticket of ours is in such a symbol, and the text of none is handed on that has the form of a
/// token: nobody can be let in on what is told here.
#[must_use]
pub fn foreign(frame: &Frame<'_>) -> Vec<Found> {
    if frame.is_empty() {
        return Vec::new();
    }
    read_others(&frame.to_image())
        .into_iter()
        .filter_map(|sighting| {
            let content = sighting.content?;
            let is_theirs = !content.text.is_empty() && Token::parse(&content.text).is_err();
            is_theirs.then_some(Found {
                text: content.text,
                bytes: content.bytes,
                corners: sighting.corners,
                mirrored: sighting.mirrored,
                inverted: sighting.inverted,
            })
        })
        .collect()
}

#[cfg(test)]
#[cfg(feature = "zxing-cpp")]
mod tests {
    use zxingcpp::BarcodeFormat;

    use super::*;
    use crate::qr::frame::GreyImage;
    use crate::qr::{Effort, QrCode, decode};

    const BOARDING: &str = "M1DOE/ALEX            EABC123 VIEZRHOS 0564 187Y012A0042 100";

    fn symbol(format: BarcodeFormat, text: &str) -> GreyImage {
        let symbol = zxingcpp::create(format).from_str(text).unwrap();
        let picture = symbol.to_image_with(&zxingcpp::write().scale(3)).unwrap();
        GreyImage {
            width: picture.width() as u32,
            height: picture.height() as u32,
            luma: picture.data(),
        }
    }

    /// Pictures side by side on a grey ground.
    fn beside(pictures: &[GreyImage]) -> GreyImage {
        let (width, height) = (1_280, 720);
        let mut luma = vec![190; width * height];
        let mut left = 20;
        for picture in pictures {
            let side = picture.width as usize;
            for (y, row) in picture.luma.chunks(side).enumerate() {
                luma[(y + 20) * width + left..][..side].copy_from_slice(row);
            }
            left += side + 20;
        }
        GreyImage {
            width: width as u32,
            height: height as u32,
            luma,
        }
    }

    fn told(picture: &GreyImage) -> Vec<String> {
        let found = foreign(&picture.as_frame().unwrap());
        found.into_iter().map(|found| found.text).collect()
    }

    #[test]
    fn other_symbols_are_read_and_are_no_qr_codes() {
        let table = [
            (BarcodeFormat::Aztec, "AZTEC-4711"),
            (BarcodeFormat::DataMatrix, "MATRIX-4711"),
            (BarcodeFormat::PDF417, BOARDING),
            (BarcodeFormat::Code128, "BARS-4711"),
            (BarcodeFormat::Code39, "TICKET4711"),
            (BarcodeFormat::EAN13, "5901234123457"),
            (BarcodeFormat::ITF, "12345678901231"),
        ];
        for (format, text) in table {
            let picture = beside(&[symbol(format, text)]);
            assert_eq!(told(&picture), [text], "{format:?}");
            let frame = picture.as_frame().unwrap();
            assert!(decode(&frame, Effort::Quick).is_empty(), "{format:?}");
        }
        assert_eq!(told(&beside(&[])), [""; 0]);
    }

    #[test]
    fn a_token_in_another_symbol_is_not_told() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA";
        assert!(Token::parse(token).is_ok());
        for format in [BarcodeFormat::Aztec, BarcodeFormat::DataMatrix] {
            assert_eq!(told(&beside(&[symbol(format, token)])), [""; 0]);
        }
    }

    #[test]
    fn beside_a_qr_code_nothing_else_counts() {
        let ours = QrCode::encode("GH1:OURS").unwrap().to_grey(4, 4).unwrap();
        let theirs = symbol(BarcodeFormat::EAN13, "5901234123457");
        assert_eq!(told(&beside(&[theirs, ours])), [""; 0]);
    }
}
