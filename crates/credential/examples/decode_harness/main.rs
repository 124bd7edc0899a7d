//! How well codes are read from a camera's frames, by condition and by way of reading:
//! `cargo run -p gatehouse-credential --release --example decode_harness -- --frames 960`.
//!
//! Where `GATEHOUSE_PYTHON` names a Python that has the package zxing-cpp, that reads the same
//! frames in the same run: as it comes, and with every binarizer it has. ZXing's own test
//! pictures are read by the test `sets` of this crate, where they are.
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

mod python;

use std::path::Path;
use std::time::{Duration, Instant};

use gatehouse_credential::qr::scene::{Condition, Dice, photograph, ticket_text};
use gatehouse_credential::qr::{Effort, GreyImage, QrCode, decode};

/// A way to read a frame: its name, and whether the text was among what it read.
type Way = (&'static str, fn(&GreyImage, &str) -> bool);

const WAYS: &[Way] = &[
    ("quick", |frame, text| read(frame, Effort::Quick, text)),
    ("normal", |frame, text| read(frame, Effort::Normal, text)),
    ("thorough", |frame, text| {
        read(frame, Effort::Thorough, text)
    }),
    #[cfg(feature = "rxing")]
    ("rxing", read_rxing),
    ("rqrr", read_rqrr),
];

/// The columns of the package zxing-cpp, where Python has it.
const OUTSIDE: [&str; 2] = ["zxing-cpp", "its best"];

fn main() {
    let mut frames = 960;
    let mut ways: Vec<&Way> = WAYS.iter().collect();
    let mut save = None;
    let mut masks = vec![true, false];
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--frames" => frames = value.parse().expect("--frames takes a number"),
            "--ways" => ways.retain(|way| value.split(',').any(|name| name == way.0)),
            "--masks" => {
                masks.retain(|scored| value.contains(if *scored { "scored" } else { "fixed" }));
            }
            "--save" => save = Some(value),
            other => panic!(
                "unknown argument {other}: --frames N, --ways a,b, --masks scored,fixed, --save DIR"
            ),
        }
    }
    let per_condition = usize::max(1, frames / Condition::ALL.len());
    if let Some(folder) = save {
        return save_frames(&folder, per_condition);
    }
    let mut outside = start_outside();
    encode_speed();
    for scored in masks {
        let mask = if scored {
            "scored by the standard's penalty"
        } else {
            "always 0"
        };
        println!("\nmask {mask}; {per_condition} frames a condition, read in percent");
        print!("{:12}", "");
        let outside_names = OUTSIDE.iter().filter(|_| outside.is_some());
        let names: Vec<&str> = ways
            .iter()
            .map(|way| way.0)
            .chain(outside_names.copied())
            .collect();
        names.iter().for_each(|name| print!("{name:>10}"));
        println!();
        let mut totals = vec![(0, Duration::ZERO, Duration::ZERO); names.len()];
        for condition in Condition::ALL {
            let mut rights = vec![0; names.len()];
            for index in 0..per_condition {
                let (text, frame) = shot(condition, index as u64, scored);
                let mut note = |i: usize, right: bool, spent: Duration| {
                    rights[i] += usize::from(right);
                    totals[i].0 += usize::from(right);
                    totals[i].1 += spent;
                    totals[i].2 = totals[i].2.max(spent);
                };
                for (i, way) in ways.iter().enumerate() {
                    let start = Instant::now();
                    let right = (way.1)(&frame, &text);
                    note(i, right, start.elapsed());
                }
                if let Some(reader) = &mut outside {
                    let answer = reader.read(&frame, &text).expect("Python reads the frame");
                    // Handing over and reading with every binarizer is not what it costs.
                    for (i, right) in [answer.as_it_comes, answer.at_its_best]
                        .into_iter()
                        .enumerate()
                    {
                        note(ways.len() + i, right, Duration::ZERO);
                    }
                }
            }
            print!("{:12}", format!("{condition:?}").to_lowercase());
            rights
                .iter()
                .for_each(|right| print!("{:>10.1}", percent(*right, per_condition)));
            println!();
        }
        let all = per_condition * Condition::ALL.len();
        print!("{:12}", "all");
        totals
            .iter()
            .for_each(|total| print!("{:>10.1}", percent(total.0, all)));
        print!("\n{:12}", "mean ms");
        totals
            .iter()
            .for_each(|total| print!("{:>10.1}", total.1.as_secs_f64() * 1e3 / all as f64));
        print!("\n{:12}", "worst ms");
        totals
            .iter()
            .for_each(|total| print!("{:>10.1}", total.2.as_secs_f64() * 1e3));
        println!();
    }
}

/// The package zxing-cpp in the Python that the environment names.
fn start_outside() -> Option<python::Reader> {
    let Some(path) = std::env::var_os("GATEHOUSE_PYTHON") else {
        println!(
            "SKIPPED zxing-cpp's own package: GATEHOUSE_PYTHON names no Python (cargo xtask prove sets it)"
        );
        return None;
    };
    Some(python::Reader::start(Path::new(&path)).expect("Python starts"))
}

/// The text and the frame of one shot; codes have 69 or 81 modules a side.
fn shot(condition: Condition, index: u64, scored: bool) -> (String, GreyImage) {
    let mut dice = Dice::new(0x6a7e_0000 + index);
    let text = ticket_text(&mut dice, if index.is_multiple_of(2) { 470 } else { 650 });
    let code = if scored {
        QrCode::encode(&text)
    } else {
        QrCode::encode_with_mask(&text, 0)
    };
    let frame = photograph(&code.expect("the text fits"), condition, index);
    (text, frame)
}

fn percent(part: usize, whole: usize) -> f64 {
    100. * part as f64 / whole as f64
}

fn read(frame: &GreyImage, effort: Effort, text: &str) -> bool {
    let frame = frame.as_frame().expect("a frame of 720p");
    let found = decode(&frame, effort);
    for wrong in found.iter().filter(|found| found.text != text) {
        println!("misread: {wrong:?}");
    }
    found.iter().any(|found| found.text == text)
}

/// rxing as it comes: one pass.
#[cfg(feature = "rxing")]
fn read_rxing(frame: &GreyImage, text: &str) -> bool {
    use rxing::{
        BinaryBitmap, DecodeHints, Luma8Source, Reader, common::HybridBinarizer,
        qrcode::cpp_port::QrReader,
    };
    let pass = || {
        let source = Luma8Source::new_with_slice(&frame.luma, frame.width, frame.height).ok()?;
        let hints = DecodeHints {
            TryHarder: Some(true),
            ..DecodeHints::default()
        };
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        QrReader.decode_with_hints(&mut bitmap, &hints).ok()
    };
    std::panic::catch_unwind(pass)
        .ok()
        .flatten()
        .is_some_and(|result| result.getText() == text)
}

fn read_rqrr(frame: &GreyImage, text: &str) -> bool {
    let width = frame.width as usize;
    let pass = || {
        let at = |x: usize, y: usize| frame.luma[y * width + x];
        let mut prepared =
            rqrr::PreparedImage::prepare_from_greyscale(width, frame.height as usize, at);
        prepared
            .detect_grids()
            .iter()
            .any(|grid| grid.decode().is_ok_and(|(_, read)| read == text))
    };
    std::panic::catch_unwind(pass).unwrap_or(false)
}

fn encode_speed() {
    println!("codes a second on one core");
    for length in [20, 100, 470, 650, 1_300] {
        let texts: Vec<String> = (0..50)
            .map(|seed| ticket_text(&mut Dice::new(seed), length))
            .collect();
        let modules = QrCode::encode(&texts[0]).expect("the text fits").modules();
        let rate = |encode: &dyn Fn(&str) -> usize| {
            let start = Instant::now();
            let mut done = 0;
            while start.elapsed() < Duration::from_millis(400) {
                done += texts.iter().map(|text| encode(text).min(1)).sum::<usize>();
            }
            done as f64 / start.elapsed().as_secs_f64()
        };
        let scored = rate(&|text| QrCode::encode(text).map_or(0, |code| code.bits.len()));
        let fixed =
            rate(&|text| QrCode::encode_with_mask(text, 0).map_or(0, |code| code.bits.len()));
        println!(
            "{length:5} characters, {modules:3} modules: {scored:8.0} scored, {fixed:8.0} mask 0"
        );
    }
}

/// Saves the first frames of each condition, to look at.
fn save_frames(folder: &str, per_condition: usize) {
    for condition in Condition::ALL {
        for index in 0..per_condition {
            let (_, frame) = shot(condition, index as u64, true);
            let path = format!(
                "{folder}/{}-{index}.png",
                format!("{condition:?}").to_lowercase()
            );
            image::save_buffer(
                path,
                &frame.luma,
                frame.width,
                frame.height,
                image::ColorType::L8,
            )
            .expect("the folder takes pictures");
        }
    }
}
