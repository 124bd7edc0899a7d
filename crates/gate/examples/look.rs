//! Looks through a camera, a video, a folder of pictures or standard input, and says what it
//! sees: `cargo run -p gatehouse-gate --features camera --example look -- camera:0`.
//!
//! `--cameras` and `--ports` list what there is, `--serial PATH` listens to a scanner, `--measure
//! CODES` measures the way from a frame to a decision, `--preview FILE` keeps the newest preview
//! in a file.
#![allow(
    clippy::print_stdout,
    reason = "what it sees is what this program is for"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gatehouse_credential::qr::scene::{Dice, ticket_text};
use gatehouse_gate::source::CameraWish;
use gatehouse_gate::{Origin, Seen, Stopwatch, Watch, cameras, measure, recognise};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut origin: Option<Origin> = None;
    let mut preview: Option<PathBuf> = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--cameras" => {
                for camera in cameras()? {
                    println!(
                        "camera:{} {} ({})",
                        camera.index, camera.name, camera.description
                    );
                }
                return Ok(());
            }
            "--measure" => return measure(value().parse()?),
            "--preview" => preview = Some(value().into()),
            #[cfg(feature = "serial")]
            "--ports" => {
                for port in gatehouse_gate::serial::ports().map_err(|fault| fault.message)? {
                    println!(
                        "{} {} {}",
                        port.path,
                        port.usb.unwrap_or_default(),
                        port.description
                    );
                }
                return Ok(());
            }
            #[cfg(feature = "serial")]
            "--serial" => listen(value()),
            place => origin = Some(place.parse()?),
        }
    }
    let origin = origin.unwrap_or("camera".parse()?);
    let settings = origin.settings();
    println!("{origin}");
    let watch = Watch::start(
        move || origin.open(&CameraWish::default()),
        Arc::new(Stopwatch::start()),
        settings,
    );
    watch.set_preview(preview.is_some());
    while !watch.is_over() {
        match watch.next(Duration::from_secs(1)) {
            Some(Seen::State(state)) => {
                println!("{}", state.word());
                if let Some(fault) = state.fault() {
                    println!("  {} {}", fault.code, fault.message);
                }
                for offer in watch.offers() {
                    println!("  {} × {} at {}", offer.width, offer.height, offer.frames);
                }
                for control in watch.controls() {
                    println!("  {control:?}");
                }
            }
            Some(Seen::Codes(codes)) => {
                for code in codes {
                    let kind = recognise(&code.text);
                    println!(
                        "{:8.3} s {:?} {} {:?}",
                        code.at.as_secs_f64(),
                        code.effort,
                        kind.word(),
                        code.text
                    );
                }
            }
            Some(Seen::Preview(picture)) => {
                if let Some(path) = &preview {
                    std::fs::write(path, picture.jpeg)?;
                }
            }
            None => {}
        }
    }
    println!("{:?}", watch.counts());
    Ok(())
}

/// Measures over ticket-like codes of 470 characters.
fn measure(codes: usize) -> Result<(), Box<dyn std::error::Error>> {
    let texts: Vec<String> = (0..codes as u64)
        .map(|seed| ticket_text(&mut Dice::new(seed), 470))
        .collect();
    for (name, conditions) in measure::AT_A_DOOR
        .iter()
        .map(|condition| (format!("{condition:?}"), std::slice::from_ref(condition)))
        .chain([("all".to_owned(), &measure::AT_A_DOOR[..])])
    {
        let measured = measure::camera(&texts, conditions, 1, |code| {
            std::hint::black_box(recognise(&code.text));
        })?;
        println!("{name:10} {measured:?}");
    }
    Ok(())
}

#[cfg(feature = "serial")]
fn listen(path: String) -> ! {
    use gatehouse_gate::serial::{PortChoice, SerialScanner, SerialSettings};
    let scanner = SerialScanner::start(
        SerialSettings::of(PortChoice::Path(path)),
        Arc::new(Stopwatch::start()),
    );
    loop {
        if let Some(heard) = scanner.next(Duration::from_secs(1)) {
            println!("{heard:?}");
        }
    }
}
