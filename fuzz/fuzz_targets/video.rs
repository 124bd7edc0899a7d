//! A stream of video: Y4M or MJPEG by its first bytes, from a file or a pipe.
#![no_main]

use std::io::Cursor;

use gatehouse_gate::source::{Timing, read_video};
use gatehouse_gate::{Next, Picture};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut source) = read_video(Cursor::new(bytes.to_vec()), Timing::Recorded) else {
        return;
    };
    let mut picture = Picture::default();
    // Each turn takes at least a byte, and the end or an error stays.
    for _ in 0..=bytes.len() {
        match source.next_frame(&mut picture) {
            Ok(Next::Frame) => {
                let pixels = picture.width() as usize * picture.height() as usize;
                assert!(pixels > 0 && picture.luma().len() == pixels);
                assert_eq!(picture.frame().width(), picture.width());
            }
            Ok(Next::Spoilt(_)) => {}
            Ok(Next::Nothing) => panic!("a file has a next frame or an end"),
            Ok(Next::End) | Err(_) => return,
        }
    }
    panic!("it goes on for ever");
});
