//! Answers that are read in part.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::office::Office;

#[test]
fn a_reader_that_goes_away_ends_the_answer_quietly() {
    let office = Office::empty();
    let data = office.data();
    office.must(&["init", "--data", &data]);
    office.must(&[
        "event",
        "create",
        "--data",
        &data,
        "--title",
        "Yoga",
        "--starts",
        "2031-01-06T09:00",
        "--ends",
        "2031-01-06T10:00",
        "--rule",
        "FREQ=DAILY;COUNT=3000",
        "--key",
        "ed25519",
    ]);
    let mut child = office
        .command(&["event", "sessions", "--data", &data, "--event", "Yoga"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answer = BufReader::with_capacity(64, child.stdout.take().unwrap());
    let mut first = String::new();
    answer.read_line(&mut first).unwrap();
    assert!(first.contains("2031-01-06"), "{first}");
    drop(answer);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(0));
}
