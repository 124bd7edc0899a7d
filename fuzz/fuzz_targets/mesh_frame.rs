//! What a peer sends: any bytes are taken apart or refused, and a frame that was read is written as
//! the same frame.
#![no_main]

use gatehouse_mesh::wire::Frame;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut rest = bytes;
    while let Ok(Some((frame, taken))) = Frame::take(rest) {
        assert!(taken <= rest.len() && taken > 4);
        // What is left aside is not kept whole.
        if !matches!(frame, Frame::Unknown(_)) {
            assert_eq!(frame.to_bytes(), rest[..taken]);
        }
        rest = &rest[taken..];
    }
});
