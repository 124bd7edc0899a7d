//! What a scanner sends: bytes in pieces, and the texts that they make.
#![no_main]

use std::time::Duration;

use gatehouse_gate::recognise;
use gatehouse_gate::scanner::{Affixes, LONGEST, Lines, Sent, plain};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut lines = Lines::new(Duration::from_millis(100));
    let mut now = Duration::ZERO;
    for piece in bytes.chunks(7) {
        now += Duration::from_millis(u64::from(piece[0]));
        for sent in lines.take(piece, now) {
            let Sent::Text(text) = sent else { continue };
            // Each byte of ISO 8859-1 is at most two in UTF-8.
            assert!(text.len() <= 2 * LONGEST);
            let text = plain(&text, &Affixes::default());
            assert!(!recognise(&text).word().is_empty());
        }
    }
});
