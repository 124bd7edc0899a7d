//! The process is killed at any moment: nothing is lost, nothing is there twice, and the same
//! command finishes the work.

use std::process::Stdio;
use std::time::Duration;

use gatehouse_testkit::guest_list;

use crate::office::{Office, text};

/// Starts a command, kills it after `ms`, and says whether it had finished by then.
fn kill_after(office: &Office, args: &[&str], ms: u64) -> bool {
    let mut child = office
        .command(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(ms));
    let finished = child.try_wait().unwrap().is_some();
    child.kill().ok();
    child.wait().unwrap();
    finished
}

#[test]
fn killed_imports_write_all_or_nothing() {
    let office = Office::with_event("ed25519");
    let list = office.write("list.csv", guest_list(4_000).as_bytes());
    let data = office.data();
    let args = ["import", "--data", &data, "--event", "Harbour Ball", &list];
    for ms in [5, 30, 60, 90, 120, 160, 200, 260] {
        kill_after(&office, &args, ms);
        let guests = office.show()["guests"].as_u64().unwrap();
        assert!(
            guests == 0 || guests == 4_000,
            "{guests} guests after {ms} ms"
        );
    }
    office.must(&args);
    assert_eq!(office.show()["guests"], 4_000);
}

#[test]
fn killed_issuing_goes_on_and_nobody_gets_two_tickets() {
    let office = Office::with_event("rsa-2048");
    let list = office.write("list.csv", guest_list(3_000).as_bytes());
    office.must_on_event(&["import"], &[&list]);
    let data = office.data();
    let args = ["issue", "--data", &data, "--event", "Harbour Ball"];
    let mut before = 0;
    for ms in [20, 150, 250, 350, 450, 600] {
        let finished = kill_after(&office, &args, ms);
        let tickets = office.show()["tickets"].as_u64().unwrap();
        assert!(tickets >= before, "{tickets} tickets after {before}");
        before = tickets;
        if finished {
            break;
        }
    }
    office.must(&args);
    assert_eq!(office.show()["tickets"], 3_000);
    // Each line of the report is a ticket; numbers, ids and holders are all different.
    let out = text(&office.path("report.csv"));
    office.must_on_event(&["export"], &["--format", "csv", "--out", &out]);
    let report = std::fs::read_to_string(&out).unwrap();
    for column in [0, 1, 4] {
        let values: std::collections::HashSet<&str> = report
            .lines()
            .skip(1)
            .map(|line| line.split(',').nth(column).unwrap())
            .collect();
        assert_eq!(values.len(), 3_000, "column {column}");
    }
}

#[test]
fn a_killed_demo_goes_on_with_the_same_command() {
    let office = Office::empty();
    let dir = text(&office.path("demo"));
    let args = ["demo", "--dir", &dir, "--guests", "120", "--json"];
    for ms in [200, 500, 900] {
        kill_after(&office, &args, ms);
    }
    let told: serde_json::Value = serde_json::from_str(&office.must(&args)).unwrap();
    assert_eq!(told["tickets"], 120);
    assert_eq!(told["gate"]["admitted"], 120);
    assert_eq!(told["gate"]["voided"], 1);
}
