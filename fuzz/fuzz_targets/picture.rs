//! A picture file, as `gatehouse decode` reads it.
#![no_main]

use gatehouse_credential::qr::{Effort, GreyImage, decode};
use libfuzzer_sys::fuzz_target;

/// Larger pictures are read and not searched: that would only take time.
const MOST_PIXELS: usize = 40_000;

fuzz_target!(|bytes: &[u8]| {
    let Ok(picture) = GreyImage::from_bytes(bytes) else {
        return;
    };
    assert_eq!(
        picture.luma.len() as u64,
        u64::from(picture.width) * u64::from(picture.height)
    );
    let frame = picture
        .as_frame()
        .expect("a picture that was read is a frame");
    if picture.luma.len() <= MOST_PIXELS {
        // Thorough, as the command is, for some only: it takes a hundred times as long.
        let effort = if bytes.len().is_multiple_of(16) {
            Effort::Thorough
        } else {
            Effort::Normal
        };
        for found in decode(&frame, effort) {
            assert!(!found.text.is_empty());
        }
    }
});
