//! A text as a code: what is encoded is read again from the code's own picture.
#![no_main]

use gatehouse_credential::qr::{Effort, QrCode, decode};
use libfuzzer_sys::fuzz_target;

/// Longer texts are encoded and not read back: that would only take time.
const MOST_READ: usize = 400;

fuzz_target!(|text: &str| {
    let Ok(code) = QrCode::encode(text) else {
        assert!(text.len() > 2_331, "{} bytes are refused", text.len());
        return;
    };
    if text.is_empty() || text.len() > MOST_READ {
        return;
    }
    let picture = code.to_grey(4, 4).expect("a small picture");
    let frame = picture.as_frame().expect("a picture is a frame");
    let found = decode(&frame, Effort::Normal);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, text);
});
