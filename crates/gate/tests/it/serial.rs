//! A scanner on a serial port, played by a pseudo terminal.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gatehouse_api::{SerialScanners, SerialTold};
use gatehouse_gate::scanner::LONGEST;
use gatehouse_gate::serial::{Heard, PortChoice, SerialScanner, SerialSettings, ports};
use gatehouse_gate::{MachinePorts, Stopwatch};
use serialport::{SerialPort, TTYPort};

use super::fixtures::{PATIENCE, words};

/// Plugs a scanner in at a path; dropping it pulls it out.
fn plug_in(at: &Path) -> TTYPort {
    let (scanner, port) = TTYPort::pair().unwrap();
    let _ = std::fs::remove_file(at);
    symlink(port.name().unwrap(), at).unwrap();
    scanner
}

fn listen(at: &Path) -> SerialScanner {
    let mut settings = SerialSettings::of(PortChoice::Path(at.display().to_string()));
    settings.reopen = (Duration::from_millis(5), Duration::from_millis(20));
    settings.affixes.prefix = "~".to_owned();
    SerialScanner::start(settings, Arc::new(Stopwatch::start()))
}

fn next(scanner: &SerialScanner) -> String {
    match scanner.next(PATIENCE).expect("something is heard") {
        Heard::Text(text) => text,
        Heard::TooLong => "too long".to_owned(),
        Heard::State(state) => words(&gatehouse_gate::Seen::State(state)),
    }
}

#[test]
fn a_scanner_is_heard_pulled_out_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("scanner");
    let scanner = listen(&at);
    assert_eq!(next(&scanner), "opening");
    assert_eq!(next(&scanner), "lost (port_not_found)");
    let mut plugged = plug_in(&at);
    assert_eq!(next(&scanner), "ok");
    plugged
        .write_all(b"~GH1:FIRST\r\n]Q1\\000026GH1:SECOND\r")
        .unwrap();
    assert_eq!(next(&scanner), "GH1:FIRST");
    assert_eq!(next(&scanner), "GH1:SECOND");
    // In two pieces, and without an end.
    plugged.write_all(b"GH1:TH").unwrap();
    plugged.write_all(b"IRD").unwrap();
    assert_eq!(next(&scanner), "GH1:THIRD");
    drop(plugged);
    assert_eq!(next(&scanner), "lost (port_lost)");
    let mut plugged = plug_in(&at);
    loop {
        match next(&scanner).as_str() {
            "ok" => break,
            // The old path was tried once more.
            told => assert!(told.starts_with("lost"), "{told}"),
        }
    }
    plugged.write_all(b"GH1:FOURTH\n").unwrap();
    assert_eq!(next(&scanner), "GH1:FOURTH");
}

#[test]
fn a_scanner_that_goes_mad_is_survived() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("scanner");
    let mut plugged = plug_in(&at);
    let scanner = listen(&at);
    assert_eq!(next(&scanner), "opening");
    assert_eq!(next(&scanner), "ok");
    let until = Instant::now() + PATIENCE;
    for chunk in vec![b'x'; LONGEST * 3].chunks(512) {
        plugged.write_all(chunk).unwrap();
        assert!(Instant::now() < until);
    }
    plugged.write_all(b"\rGH1:AFTER\r").unwrap();
    let mut told = next(&scanner);
    // A machine that stands still for long enough ends the line by its pause.
    while told != "GH1:AFTER" {
        assert!(told == "too long" || told.starts_with('x'), "{told}");
        told = next(&scanner);
    }
}

#[test]
fn the_ports_of_this_machine_are_listed() {
    for port in ports().unwrap() {
        assert!(!port.path.is_empty());
    }
}

#[test]
fn a_gates_window_hears_a_scanner_that_is_plugged_in_later() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("scanner").display().to_string();
    let machine = MachinePorts::new(vec![at.clone()]);
    let listed = machine.list().unwrap();
    let own = listed.iter().find(|port| port.id == at).expect("named");
    let mut listening = machine.listen(&own.id, 9_600);
    let state = |told| match told {
        Some(SerialTold::State { state, message }) => (state, message.is_some()),
        other => panic!("{other:?}"),
    };
    assert_eq!(state(listening.next(PATIENCE)), ("opening", false));
    assert_eq!(state(listening.next(PATIENCE)), ("lost", true));
    let mut plugged = plug_in(Path::new(&at));
    assert_eq!(state(listening.next(PATIENCE)), ("ok", false));
    plugged.write_all(b"]Q1GH1:FIRST\r\n").unwrap();
    let text = |told| match told {
        Some(SerialTold::Text(text)) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text(listening.next(PATIENCE)), "GH1:FIRST");
    drop(plugged);
    assert_eq!(state(listening.next(PATIENCE)), ("lost", true));
}
