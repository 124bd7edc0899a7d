use gatehouse_credential::qr::{Effort, Frame, GreyImage, QrCode, decode};
use proptest::prelude::*;

const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

fn read(image: &GreyImage, effort: Effort) -> Vec<String> {
    decode(&image.as_frame().unwrap(), effort)
        .into_iter()
        .map(|found| found.text)
        .collect()
}

/// Lays pictures side by side on white, each at its own left edge.
fn side_by_side(pictures: &[GreyImage]) -> GreyImage {
    let width = pictures.iter().map(|p| p.width).sum();
    let height = pictures.iter().map(|p| p.height).max().unwrap();
    let mut luma = vec![255; (width * height) as usize];
    let mut left = 0;
    for picture in pictures {
        for (y, row) in picture.luma.chunks(picture.width as usize).enumerate() {
            luma[y * width as usize + left..][..row.len()].copy_from_slice(row);
        }
        left += picture.width as usize;
    }
    GreyImage {
        width,
        height,
        luma,
    }
}

fn texts() -> Vec<String> {
    [
        "A",
        "0123456789",
        "GATEHOUSE TICKET 42",
        "https://tickets.example.test/i/7f3a?x=1",
        "Zoë Šlâpfer-O’Neill",
        "محمد عبد الله",
        "王小明 สมชาย नमिता",
        "with a \0 in the middle",
        "line\nline\ttab",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([ALPHANUMERIC.repeat(11)[..470].to_owned(), "x".repeat(1_200)])
    .collect()
}

#[test]
fn our_code_is_read_by_our_decoder() {
    for text in texts() {
        let picture = QrCode::encode(&text).unwrap().to_grey(4, 4).unwrap();
        for effort in [Effort::Quick, Effort::Normal, Effort::Thorough] {
            assert_eq!(read(&picture, effort), [text.as_str()], "{effort:?}");
        }
    }
}

#[test]
fn our_code_is_read_by_an_independent_decoder() {
    for text in texts() {
        let picture = QrCode::encode(&text).unwrap().to_grey(4, 4).unwrap();
        let side = picture.width as usize;
        let at = |x: usize, y: usize| picture.luma[y * side + x];
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(side, side, at);
        let grids = prepared.detect_grids();
        assert_eq!(grids.len(), 1, "{text}");
        let mut bytes = Vec::new();
        let meta = grids[0].decode_to(&mut bytes).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
        assert_eq!(meta.ecc_level, 0, "level M has the format bits 00");
    }
}

#[test]
fn an_independent_encoders_code_is_read() {
    for text in texts() {
        for level in [qrcode::EcLevel::L, qrcode::EcLevel::H] {
            let Ok(code) = qrcode::QrCode::with_error_correction_level(&text, level) else {
                assert!(
                    text.len() > 1_000,
                    "only the longest text is too long for level H"
                );
                continue;
            };
            let (size, scale) = (code.width(), 4);
            let side = (size + 8) * scale;
            let colors = code.to_colors();
            let mut luma = vec![255; side * side];
            for (i, _) in colors
                .iter()
                .enumerate()
                .filter(|(_, c)| **c == qrcode::Color::Dark)
            {
                let (left, top) = ((i % size + 4) * scale, (i / size + 4) * scale);
                (top..top + scale).for_each(|y| luma[y * side + left..][..scale].fill(0));
            }
            let picture = GreyImage {
                width: side as u32,
                height: side as u32,
                luma,
            };
            assert_eq!(read(&picture, Effort::Quick), [text.as_str()], "{level:?}");
        }
    }
}

#[test]
fn turned_mirrored_and_inverted_codes_are_read_and_said_to_be() {
    let upright = QrCode::encode("GATEHOUSE TICKET 42")
        .unwrap()
        .to_grey(5, 4)
        .unwrap();
    let side = upright.width as usize;
    let make = |from: &dyn Fn(usize, usize) -> usize, inverted: bool| GreyImage {
        luma: (0..side * side)
            .map(|i| upright.luma[from(i % side, i / side)] ^ if inverted { 255 } else { 0 })
            .collect(),
        ..upright
    };
    let near = |at: (f32, f32), x: f32, y: f32| (at.0 - x).hypot(at.1 - y) < 6.;
    let (low, high) = (20., side as f32 - 20.);
    for inverted in [false, true] {
        let plain = make(&|x, y| y * side + x, inverted);
        let turned = make(&|x, y| (side - 1 - x) * side + y, inverted);
        let mirrored = make(&|x, y| y * side + side - 1 - x, inverted);
        for (picture, mirror, top_left) in [
            (&plain, false, (low, low)),
            (&turned, false, (high, low)),
            (&mirrored, true, (high, low)),
        ] {
            let found = decode(&picture.as_frame().unwrap(), Effort::Quick);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].text, "GATEHOUSE TICKET 42");
            // rxing reads mirrored codes without saying so.
            let said = mirror && cfg!(feature = "zxing-cpp");
            assert_eq!((found[0].mirrored, found[0].inverted), (said, inverted));
            if !mirror {
                assert!(
                    near(found[0].corners[0], top_left.0, top_left.1),
                    "{:?}",
                    found[0].corners
                );
            }
        }
    }
}

#[test]
fn every_code_in_view_once() {
    let texts = ["SEAT A1", "SEAT A2", "SEAT A2", "https://example.test/a"];
    let codes: Vec<GreyImage> = texts
        .iter()
        .map(|t| QrCode::encode(t).unwrap().to_grey(5, 6).unwrap())
        .collect();
    for effort in [Effort::Quick, Effort::Normal, Effort::Thorough] {
        let mut found = read(&side_by_side(&codes), effort);
        found.sort();
        assert_eq!(
            found, texts,
            "two tickets that say the same are two symbols; {effort:?}"
        );
    }
}

#[test]
fn a_picture_without_a_code_holds_nothing() {
    for (width, height, value) in [
        (0, 0, 0),
        (1, 1, 0),
        (3, 500, 255),
        (640, 480, 128),
        (22, 22, 0),
    ] {
        let picture = GreyImage {
            width,
            height,
            luma: vec![value; (width * height) as usize],
        };
        assert_eq!(read(&picture, Effort::Thorough), [""; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_comes_back(
        text in prop_oneof!["[0-9A-Z $%*+./:-]{1,600}", "\\PC{1,120}", "[0-9]{1,900}", ".{1,200}"],
        scale in 3u32..6,
    ) {
        let picture = QrCode::encode(&text).unwrap().to_grey(scale, 4).unwrap();
        prop_assert_eq!(read(&picture, Effort::Quick), [text]);
    }

    #[test]
    fn no_picture_makes_the_decoder_panic(
        (width, height) in (0u32..90, 0u32..90),
        gap in 0usize..5,
        noise in prop::collection::vec(any::<u8>(), 1..700),
        coarse in 1usize..9,
        effort in prop::sample::select(vec![Effort::Quick, Effort::Normal, Effort::Thorough]),
    ) {
        let stride = width as usize + gap;
        let luma: Vec<u8> = (0..stride * height as usize)
            .map(|i| noise[(i / coarse + i / stride.max(1) / coarse * 31) % noise.len()])
            .collect();
        let frame = Frame::new(width, height, stride, &luma).unwrap();
        let _ = decode(&frame, effort);
    }

    #[test]
    fn no_damage_to_a_code_makes_the_decoder_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), 1usize..400, any::<u8>()), 1..30),
        effort in prop::sample::select(vec![Effort::Quick, Effort::Normal, Effort::Thorough]),
    ) {
        let mut picture = QrCode::encode("GATEHOUSE TICKET 42").unwrap().to_grey(4, 4).unwrap();
        for (at, length, value) in damage {
            let at = at.index(picture.luma.len());
            let end = picture.luma.len().min(at + length);
            picture.luma[at..end].fill(value);
        }
        // Damage may hide the code, never change what it says.
        for text in read(&picture, effort) {
            prop_assert_eq!(text, "GATEHOUSE TICKET 42");
        }
    }
}
