//! Reading rates beside those of zxing-cpp's own package, on the same hard frames.
#![cfg(feature = "zxing-cpp")]

use std::path::Path;

use gatehouse_credential::qr::scene::{Condition, Dice, photograph, ticket_text};
use gatehouse_credential::qr::{Effort, QrCode, decode};

use super::python::Reader;

/// Bent, blurred, dim and glaring.
const HARD: [Condition; 8] = [
    Condition::Curled,
    Condition::Defocused,
    Condition::Moving,
    Condition::Noisy,
    Condition::Gradient,
    Condition::Shadow,
    Condition::Glare,
    Condition::Mixed,
];
const FRAMES: u64 = 2;

#[test]
#[allow(clippy::print_stderr, reason = "both rates are what it is for")]
fn hard_frames_are_read_more_often_than_by_zxing_cpp() {
    let Some(python) = std::env::var_os("GATEHOUSE_PYTHON") else {
        eprintln!(
            "SKIPPED GATEHOUSE_PYTHON is not set: rates were not held against zxing-cpp's own \
             package (cargo xtask test sets it)"
        );
        return;
    };
    let mut reader = Reader::start(Path::new(&python)).unwrap();
    let (mut quick, mut all, mut theirs, mut best) = (0, 0, 0, 0);
    for condition in HARD {
        for seed in 100..100 + FRAMES {
            let text = ticket_text(&mut Dice::new(seed), 470);
            let frame = photograph(&QrCode::encode(&text).unwrap(), condition, seed);
            let reads = |effort| {
                let found = decode(&frame.as_frame().unwrap(), effort);
                found.iter().any(|found| found.text == text)
            };
            let at_once = reads(Effort::Quick);
            quick += usize::from(at_once);
            all += usize::from(at_once || reads(Effort::Thorough));
            let answer = reader.read(&frame, &text).unwrap();
            theirs += usize::from(answer.as_it_comes);
            best += usize::from(answer.at_its_best);
        }
    }
    let frames = HARD.len() as u64 * FRAMES;
    eprintln!(
        "of {frames} hard frames: ours {quick} quick, {all} with every effort; zxing-cpp {theirs} \
         as it comes, {best} with every binarizer"
    );
    assert!(
        quick >= theirs,
        "a quick look reads {quick}, zxing-cpp {theirs}"
    );
    assert!(
        all > theirs && all > best,
        "every effort reads {all}, zxing-cpp {theirs} and {best}"
    );
}
