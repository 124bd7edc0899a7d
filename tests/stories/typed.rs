//! A gate without a window whose scanner types: codes on standard input.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::office::{Office, have, skip, stderr, text};

/// An event with three guests, and the texts of their tickets' codes.
fn evening() -> Option<(Office, Vec<String>)> {
    if !have("pdftoppm") {
        skip("pdftoppm is not here: there is no printed code to type");
        return None;
    }
    let office = Office::with_event("ed25519");
    let list = office.write("list.csv", b"Name\nAda Lark\nBo Finch\nCy Wren\n");
    office.must_on_event(&["import"], &[&list]);
    office.must_on_event(&["issue"], &[]);
    let codes = (1..=3)
        .map(|n| office.printed_codes(&format!("INV-{n:04}")).remove(0))
        .collect();
    Some((office, codes))
}

fn gate(office: &Office, more: &[&str]) -> Child {
    let data = office.data();
    let args = ["gate", "--data", &data, "--event", "Harbour Ball", "--json"];
    office
        .command(&[&args[..], &["--scanner", "typed"], more].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn code_of(line: &str) -> String {
    let line: Value = serde_json::from_str(line).unwrap();
    line["code"].as_str().unwrap().to_owned()
}

#[test]
fn what_a_scanner_types_is_decided_line_by_line_and_the_last_without_its_end() {
    let Some((office, codes)) = evening() else {
        return;
    };
    let mut child = gate(&office, &[]);
    let mut typing = child.stdin.take().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || code_of(&said.next().unwrap().unwrap());
    // Each verdict is spoken while the scanner goes on.
    for (typed, expected) in [
        (format!("{}\n", codes[0]), "admitted"),
        (format!("{}\r\n", codes[0]), "used"),
        ("https://example.org/menu\n".to_owned(), "malformed"),
    ] {
        typing.write_all(typed.as_bytes()).unwrap();
        assert_eq!(next(), expected, "{typed}");
    }
    let (one, other) = codes[1].split_at(7);
    typing.write_all(one.as_bytes()).unwrap();
    typing.write_all(format!("{other}\n\n").as_bytes()).unwrap();
    assert_eq!(next(), "admitted", "in two pieces");
    typing.write_all(codes[2].as_bytes()).unwrap();
    drop(typing);
    assert_eq!(next(), "admitted", "nothing ended it but the end");
    assert!(said.next().is_none(), "an empty line is no code");
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", stderr(&ended));
    assert_eq!(office.show()["scans"]["admitted"], 3);
}

#[test]
fn what_is_wrong_with_camera_and_scanner_is_said_at_once_and_the_gate_goes_on() {
    let office = Office::with_event("ed25519");
    let source = "camera:a name that no camera has";
    let mut child = gate(&office, &["--source", source]);
    let mut typing = child.stdin.take().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&said.next().unwrap().unwrap()).unwrap() };
    let lost = next();
    assert_eq!(lost["camera"], "lost", "{lost}");
    assert!(lost["code"].is_null() && lost["verdict"].is_null());
    let words = |line: &Value| line["message"].as_str().is_some_and(|said| said.len() > 20);
    assert!(lost["fault"].is_string() && words(&lost), "{lost}");
    typing
        .write_all(format!("{}\n", "x".repeat(20_000)).as_bytes())
        .unwrap();
    let long = next();
    assert_eq!(long["scanner"], "too_long");
    assert!(long["code"].is_null() && words(&long), "{long}");
    typing.write_all(b"https://example.org/menu\n").unwrap();
    assert_eq!(next()["code"], "malformed");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_source_that_fails_ends_the_gate_though_its_scanner_could_go_on() {
    let Some((office, codes)) = evening() else {
        return;
    };
    let broken = office.write("film.y4m", b"no film at all");
    let missing = text(&office.path("nowhere"));
    for source in [format!("video:{broken}"), format!("dir:{missing}")] {
        let mut child = gate(&office, &["--source", &source]);
        // Standard input stays open: a scanner that waits must not hold the failure up.
        let mut typing = child.stdin.take().unwrap();
        typing.write_all(format!("{}\n", codes[0]).as_bytes()).ok();
        let ended = child.wait_with_output().unwrap();
        drop(typing);
        assert!(!ended.status.success(), "{source}");
        let error = stderr(&ended);
        assert!(
            error.contains('[') && error.contains(']'),
            "a stable code: {error}"
        );
    }
}
