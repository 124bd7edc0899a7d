//! Codes that come into view before a running watch.

use std::time::{Duration, Instant};

use gatehouse_credential::qr::{Effort, GreyImage, QrCode};
use gatehouse_gate::source::Dial;
use gatehouse_gate::watch::{Ladder, Seen};
use gatehouse_gate::{Pacing, Picture, Settings};

use super::fixtures::{PATIENCE, Stand, draw, frame};

#[test]
fn a_code_in_view_is_presented_once_and_again_after_two_seconds_away() {
    let mut stand = Stand::new(Settings::default());
    // When which codes are in view; what is told then.
    let table: [(u64, &[&str], &[&str]); 10] = [
        (0, &["A1"], &["opening", "ok", "A1"]),
        (33, &["A1"], &[]),
        (66, &["A1", "B2"], &["B2"]),
        (100, &["B2"], &[]),
        (500, &["B2", "A1"], &[]),
        (600, &[], &[]),
        (1_500, &[], &[]),
        (2_599, &["A1"], &[]),
        (2_600, &["B2"], &["B2"]),
        (2_700, &["C3", "D4", "B2"], &["C3 + D4"]),
    ];
    for (ms, texts, wanted) in table {
        stand.show_at(ms, frame(640, 200, texts, ms));
        assert_eq!(stand.told(), wanted, "at {ms}");
    }
    assert_eq!(stand.watch.counts().codes, 5);
    assert!(stand.watch.stop());
    assert_eq!(stand.camera.opened(), (0, 1), "the source was dropped");
}

#[test]
fn inverted_and_mirrored_codes_are_read() {
    let mut stand = Stand::new(Settings::default());
    let plain = QrCode::encode("GH1:TURNED").unwrap().to_grey(4, 4).unwrap();
    let mut mirrored = plain.clone();
    for row in mirrored.luma.chunks_mut(plain.width as usize) {
        row.reverse();
    }
    let mut inverted = QrCode::encode("GH1:LIGHT ON DARK")
        .unwrap()
        .to_grey(4, 4)
        .unwrap();
    inverted
        .luma
        .iter_mut()
        .for_each(|grey| *grey = 255 - *grey);
    stand.show_at(0, draw(640, 360, &[mirrored, inverted], 1));
    let codes = loop {
        match stand.watch.next(PATIENCE).unwrap() {
            Seen::Codes(codes) => break codes,
            _ => continue,
        }
    };
    let mut found: Vec<_> = codes
        .iter()
        .map(|code| (code.text.as_str(), code.mirrored, code.inverted))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("GH1:LIGHT ON DARK", false, true),
            ("GH1:TURNED", true, false)
        ]
    );
    for corner in codes.iter().flat_map(|code| code.outline) {
        assert!((0. ..=1.).contains(&corner.0) && (0. ..=1.).contains(&corner.1));
    }
}

#[test]
fn what_a_quick_look_misses_a_closer_one_reads() {
    // Blurred so far that the first pass reads nothing; see the assertion on the effort.
    let sharp = QrCode::encode("GH1:HARD TO SEE")
        .unwrap()
        .to_grey(3, 4)
        .unwrap();
    let picture = draw(320, 180, &[sharp], 3);
    let blurred = blur(&picture, 4);
    let settings = Settings {
        ladder: Ladder {
            normal: 2,
            thorough: 4,
            ..Ladder::default()
        },
        ..Settings::default()
    };
    let mut stand = Stand::new(settings);
    let until = Instant::now() + PATIENCE;
    for turn in 0.. {
        stand.show_at(33 * turn, blurred.clone());
        let told = std::iter::from_fn(|| stand.watch.next(Duration::ZERO));
        let code = told.filter_map(|seen| match seen {
            Seen::Codes(codes) => codes.into_iter().next(),
            _ => None,
        });
        if let Some(code) = code.last() {
            assert_eq!(code.text, "GH1:HARD TO SEE");
            assert!(
                code.effort > Effort::Quick,
                "the frame is too easy for this test"
            );
            break;
        }
        assert!(Instant::now() < until, "it is never read");
    }
    assert!(stand.watch.counts().closer > 0);
}

#[test]
fn a_ticket_of_another_kind_is_told_by_a_harder_look() {
    const BARS: &str = "10100010110100111011001100100110111101001110101010\
                        110011011011001000010101110010011101000100101";
    let row: Vec<u8> = BARS
        .chars()
        .flat_map(|bar| [if bar == '1' { 20 } else { 230 }; 3])
        .collect();
    let quiet = [230; 36];
    let row = [&quiet[..], &row, &quiet].concat();
    let printed = GreyImage {
        width: row.len() as u32,
        height: 120,
        luma: row.repeat(120),
    };
    let mut stand = Stand::new(Settings::default());
    let until = Instant::now() + PATIENCE;
    for turn in 0.. {
        stand.show_at(
            33 * turn,
            draw(640, 360, std::slice::from_ref(&printed), turn),
        );
        let told = std::iter::from_fn(|| stand.watch.next(Duration::ZERO));
        let code = told.filter_map(|seen| match seen {
            Seen::Codes(codes) => codes.into_iter().next(),
            _ => None,
        });
        if let Some(code) = code.last() {
            assert_eq!(code.text, "5901234123457");
            assert!(code.effort > Effort::Quick);
            break;
        }
        assert!(Instant::now() < until, "it is never read");
    }
}

/// Each pixel the mean of a square around it.
fn blur(picture: &Picture, side: usize) -> Picture {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let at = |x: usize, y: usize| {
        u32::from(picture.luma()[y.min(height - 1) * width + x.min(width - 1)])
    };
    let luma: Vec<u8> = (0..width * height)
        .map(|i| {
            let (x, y) = (i % width, i / width);
            let sum: u32 = (0..side * side)
                .map(|j| at(x + j % side, y + j / side))
                .sum();
            (sum / (side * side) as u32) as u8
        })
        .collect();
    let mut blurred = Picture::default();
    blurred
        .copy(width as u32, height as u32, width, &luma)
        .unwrap();
    blurred
}

#[test]
fn an_8k_frame_and_a_code_of_three_kilobytes_are_read() {
    let mut stand = Stand::new(Settings::default());
    let long: String = "GATEHOUSE 1234 ".repeat(220);
    let code = QrCode::encode(&long).unwrap();
    assert!(code.modules() >= 160);
    stand.show_at(0, draw(1_280, 720, &[code.to_grey(3, 4).unwrap()], 1));
    assert_eq!(stand.told(), ["opening", "ok", &long]);
    let large = QrCode::encode("LARGE").unwrap().to_grey(40, 4).unwrap();
    stand.show_at(100, draw(7_680, 4_320, &[large], 2));
    assert_eq!(stand.told(), ["LARGE"]);
}

#[test]
fn the_newest_frame_wins() {
    let stand = Stand::new(Settings::default());
    // While the large one is read the others come.
    assert!(stand.camera.show_picture(frame(4_000, 2_000, &[], 1)));
    for n in 0..40_u64 {
        let text = format!("N{n}");
        assert!(stand.camera.show_picture(frame(160, 120, &[&text], n)));
    }
    let until = Instant::now() + PATIENCE;
    let mut told: Vec<String> = Vec::new();
    while told.last().is_none_or(|last| last != "N39") {
        told.extend(stand.told());
        assert!(
            Instant::now() < until,
            "the last frame was not read: {told:?}"
        );
    }
    // The last one is counted a moment after its code was told.
    let counts = loop {
        let counts = stand.watch.counts();
        if counts.looked_at + counts.passed_over == 41 {
            break counts;
        }
        assert!(Instant::now() < until, "not all were counted: {counts:?}");
        std::thread::sleep(Duration::from_millis(1));
    };
    assert_eq!(counts.captured, 41);
    assert_eq!(counts.codes + 3, told.len() as u64 + 1, "{told:?}");
}

#[test]
fn each_frame_counts_where_none_may_be_passed_over() {
    let settings = Settings {
        pacing: Pacing::Each(Effort::Quick),
        reopen: None,
        ..Settings::default()
    };
    let stand = Stand::new(settings);
    let texts: Vec<String> = (0..50).map(|n| format!("N{n}")).collect();
    for (n, text) in texts.iter().enumerate() {
        assert!(
            stand
                .camera
                .show_picture(frame(160, 120, &[text], n as u64))
        );
    }
    stand.camera.finish();
    let mut told = super::fixtures::until_over(&stand.watch);
    assert_eq!(told.remove(0), "opening");
    assert_eq!(told.remove(0), "ok");
    assert_eq!(told.pop().as_deref(), Some("ended"));
    assert_eq!(told, texts);
    assert!(
        stand.watch.next(PATIENCE).is_none(),
        "at once, not after a minute"
    );
}

#[test]
fn previews_come_ten_times_a_second_and_only_while_somebody_looks() {
    let mut stand = Stand::new(Settings::default());
    let previews = |stand: &mut Stand, from: u64| {
        let mut count = 0;
        for n in 0..30 {
            stand.show_at(from + n * 33, frame(1_280, 720, &["IN VIEW"], n));
            count += stand
                .told()
                .iter()
                .filter(|told| *told == "640 × 360")
                .count();
        }
        count
    };
    assert_eq!(previews(&mut stand, 0), 0);
    stand.watch.set_preview(true);
    // Every fourth frame is the first that is due: 30 frames in a second.
    assert_eq!(previews(&mut stand, 1_000), 8);
    stand.watch.set_preview(false);
    assert_eq!(previews(&mut stand, 2_000), 0);
    stand.watch.set_preview(true);
    stand.show_at(3_000, frame(1_280, 720, &["IN VIEW"], 99));
    let preview = loop {
        match stand.watch.next(PATIENCE).unwrap() {
            Seen::Preview(preview) => break preview,
            _ => continue,
        }
    };
    assert_eq!(preview.outlines.len(), 1);
    assert_eq!(preview.texts, ["IN VIEW"], "told before, and there still");
    assert!(preview.jpeg.starts_with(&[0xff, 0xd8]) && preview.jpeg.len() < 60_000);
}

#[test]
fn controls_are_set_and_stand_when_the_camera_is_opened_again() {
    let settings = Settings {
        reopen: Some((Duration::from_millis(1), Duration::from_millis(1))),
        ..Settings::default()
    };
    let mut stand = Stand::new(settings);
    stand.show_at(0, frame(160, 120, &[], 0));
    let torch = |stand: &Stand| {
        stand
            .watch
            .controls()
            .first()
            .map(|control| (control.dial, control.value))
    };
    assert_eq!(torch(&stand), Some((Dial::Torch, 0)));
    assert_eq!(stand.watch.offers().len(), 1);
    stand.watch.set_control(Dial::Zoom, 7);
    stand.watch.set_control(Dial::Torch, 1);
    let until = Instant::now() + PATIENCE;
    while torch(&stand) != Some((Dial::Torch, 1)) {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(1));
    }
    // Somebody switches it off by hand, and the camera comes back.
    stand.camera.open().unwrap().set(Dial::Torch, 0).unwrap();
    stand.camera.fail(gatehouse_gate::SourceError::CameraSilent);
    while !matches!(stand.state(), gatehouse_gate::State::Lost(_)) {}
    stand.camera.mend();
    stand.show_at(33, frame(160, 120, &[], 1));
    assert_eq!(torch(&stand), Some((Dial::Torch, 1)));
}

#[test]
fn a_camera_whose_picture_stands_still_is_opened_again_until_it_moves() {
    let settings = Settings {
        reopen: Some((Duration::from_millis(1), Duration::from_millis(1))),
        ..Settings::default()
    };
    let mut stand = Stand::new(settings);
    let still = frame(320, 180, &[], 1);
    let mut told = Vec::new();
    // Opened after how many frames, ten a second: 5 s the same, and twice as long the next time.
    let mut opened = Vec::new();
    for n in 0..200 {
        stand.show_at(n * 100, still.clone());
        told.extend(stand.told());
        if opened.len() < 2 && n * 100 >= [5_200, 16_000][opened.len()] {
            let until = Instant::now() + PATIENCE;
            while stand.camera.opened() != (1, opened.len() + 2) {
                assert!(Instant::now() < until, "{:?}", stand.camera.opened());
                std::thread::sleep(Duration::from_millis(1));
            }
            opened.push(n);
        }
    }
    assert_eq!(stand.camera.opened(), (1, 3));
    assert_eq!(
        told,
        ["opening", "ok", "frozen"],
        "and no other word meanwhile"
    );
    for n in 200..204 {
        stand.show_at(n * 100, frame(320, 180, &[], n));
    }
    assert_eq!(stand.told(), ["ok"]);
}

#[test]
#[ignore = "looks at thousands of frames"]
#[cfg(target_os = "linux")]
fn memory_stays_flat() {
    let resident = || {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
    };
    let mut stand = Stand::new(Settings::default());
    stand.watch.set_preview(true);
    let run = |stand: &mut Stand, from: u64, frames: u64| {
        for n in from..from + frames {
            let text = format!("TICKET {}", n / 8);
            let texts: &[&str] = if n % 8 < 3 { &[&text] } else { &[] };
            stand.show_at(n * 33, frame(1_280, 720, texts, n));
            // Now and then nobody fetches what was told.
            if n % 100 > 30 {
                stand.told();
            }
        }
    };
    run(&mut stand, 0, 600);
    let before = resident();
    run(&mut stand, 600, 3_000);
    let grown = resident().saturating_sub(before);
    assert!(grown < 16_000_000, "{grown} bytes more");
}
