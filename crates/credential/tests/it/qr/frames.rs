//! A few of the decode harness's frames; the floors stand a little under what was measured,
//! and the frames are the same on every run.

use std::thread;

use gatehouse_credential::qr::scene::{Condition, Dice, photograph, ticket_text};
use gatehouse_credential::qr::{Effort, QrCode, decode};

const FRAMES: u64 = 2;

/// How many of a condition's frames are read: quickly, normally, thoroughly, and normally
/// from codes whose mask is always 0.
fn count(condition: Condition) -> [usize; 4] {
    let mut right = [0; 4];
    for seed in 0..FRAMES {
        let mut dice = Dice::new(seed);
        let text = ticket_text(&mut dice, if seed.is_multiple_of(2) { 470 } else { 650 });
        let reads = |code: &QrCode, effort| {
            let frame = photograph(code, condition, seed);
            let found = decode(&frame.as_frame().unwrap(), effort);
            // What is not read may be missed, never misread.
            assert!(
                found.iter().all(|found| found.text == text),
                "{condition:?} {seed}"
            );
            !found.is_empty()
        };
        let scored = QrCode::encode(&text).unwrap();
        let quick = reads(&scored, Effort::Quick);
        let normal = reads(&scored, Effort::Normal);
        assert!(
            normal || !quick,
            "normal begins as quick does: {condition:?} {seed}"
        );
        // Thorough tries what normal tries, and takes seconds where that fails.
        let thorough = normal || reads(&scored, Effort::Thorough);
        let fixed = reads(&QrCode::encode_with_mask(&text, 0).unwrap(), Effort::Normal);
        for (right, read) in right.iter_mut().zip([quick, normal, thorough, fixed]) {
            *right += usize::from(read);
        }
    }
    right
}

#[test]
#[cfg(feature = "zxing-cpp")]
fn a_cameras_frames_are_read_as_often_as_measured() {
    let counts: Vec<[usize; 4]> = thread::scope(|scope| {
        let runs: Vec<_> = Condition::ALL
            .iter()
            .map(|condition| scope.spawn(|| count(*condition)))
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let table: Vec<_> = Condition::ALL.iter().zip(&counts).collect();
    let all: [usize; 4] = std::array::from_fn(|way| counts.iter().map(|c| c[way]).sum());
    // Of 24 frames: quick, normal, thorough, and normal on codes whose mask is always 0.
    for (way, floor) in [13, 16, 18, 16].into_iter().enumerate() {
        assert!(
            all[way] >= floor,
            "way {way} read {} of 24, not {floor}: {table:?}",
            all[way]
        );
    }
    assert!(
        all[0] <= all[1] && all[1] <= all[2],
        "more effort reads no less: {table:?}"
    );
}
