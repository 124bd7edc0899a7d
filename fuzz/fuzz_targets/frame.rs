//! A raw grey frame of any shape: two bytes each for width, height and stride, one for the
//! effort, then pixels, repeated as often as they are needed.
#![no_main]

use gatehouse_credential::qr::{Effort, Frame, decode};
use libfuzzer_sys::fuzz_target;

/// Larger frames would only take time.
const MOST_PIXELS: usize = 20_000;

fuzz_target!(|bytes: &[u8]| {
    let [w0, w1, h0, h1, s0, s1, effort, pixels @ ..] = bytes else {
        return;
    };
    let width = u32::from(u16::from_be_bytes([*w0, *w1]));
    let height = u32::from(u16::from_be_bytes([*h0, *h1]));
    let stride = usize::from(u16::from_be_bytes([*s0, *s1]));
    // The more it costs, the rarer: a thorough look takes a hundred times as long as a quick one.
    let effort = match effort % 16 {
        0..=8 => Effort::Quick,
        9..=14 => Effort::Normal,
        _ => Effort::Thorough,
    };
    // As it stands, most often too short.
    if let Ok(frame) = Frame::new(width, height, stride, pixels) {
        let image = frame.to_image();
        assert_eq!(
            image.luma.len(),
            frame.width() as usize * frame.height() as usize
        );
    }
    let count = width as usize * height as usize;
    if pixels.is_empty() || count > MOST_PIXELS {
        return;
    }
    let luma: Vec<u8> = pixels.iter().copied().cycle().take(count).collect();
    let frame = Frame::new(width, height, width as usize, &luma).expect("the buffer fits");
    for found in decode(&frame, effort) {
        assert!(!found.text.is_empty());
    }
});
