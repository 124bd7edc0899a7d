//! A right that was taken back: the gate forgets at once and for good, and its scans get home.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use gatehouse_testkit::Scratch;
use serde_json::{Value, json};

use crate::over::{Away, NAME, Served, evening};

/// An office that says of no list that it is newer, takes scans, and wants nothing else of the gate;
/// and how many scans it took.
fn taking_scans(port: u16) -> (Served, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let sync = move |body: String| async move {
        let body: Value = serde_json::from_str(&body).unwrap();
        let records = body["records"].as_array().map_or(0, Vec::len);
        count.fetch_add(records, Ordering::SeqCst);
        let answer = json!({
            "syncResults": [],
            "settings": null,
            "serverTime": "2026-11-21T19:00:00.000Z",
            "pendingUpdates": [],
            "records": [],
            "more": false,
        });
        answer.to_string()
    };
    let router = Router::new()
        .route(
            "/api/scanners/{id}/roster",
            get(|| async { StatusCode::NOT_MODIFIED }),
        )
        .route("/api/scanners/sync", post(sync));
    (Served::answering(port, |_| router), taken)
}

#[test]
fn a_gate_that_is_wanted_no_more_forgets_with_that_answer_and_gives_all_its_scans() {
    let (scratch, home, _) = evening();
    let office = Served::open(&scratch, 0);
    let port = office.port;
    let gate = Away::enrol(&scratch, &home, port);
    drop(office);
    for number in ["1", "2", "1"] {
        gate.admit(&home, number);
    }
    let until = gate.outpost.alone_until().unwrap();
    assert!(gate.knows(NAME));

    let (_office, taken) = taking_scans(port);
    gate.clock.advance(60_000);
    let said = gate.outpost.exchange().unwrap_err();
    assert_eq!(said.code, "scanner_revoked");
    assert_eq!(taken.load(Ordering::SeqCst), 3);
    assert_eq!(gate.outpost.waiting().unwrap(), 0);
    assert_eq!(gate.refusal(), "roster_missing");
    assert!(!gate.knows(NAME));
    assert_eq!(
        gate.outpost.alone_until().unwrap(),
        until,
        "no longer alone"
    );
}

#[test]
fn of_tens_of_thousands_of_names_none_is_left_on_the_disk_while_the_gate_runs() {
    let scratch = Scratch::new();
    let mut list = String::from("name,email\n");
    for n in 0..20_000 {
        writeln!(list, "Maren Lindqvist {n},maren{n}@example.org").unwrap();
    }
    let home = scratch.issued("Winter Gala", &list);
    scratch.open_doors();
    let office = Served::open(&scratch, 0);
    let gate = Away::enrol(&scratch, &home, office.port);
    let open = gate.outpost.gate().unwrap();
    assert_eq!(gate.admit(&home, "1"), "admitted");
    // A list that is newer leaves some of the one before behind.
    home.void_ticket(home.find_ticket("2").unwrap().id, None)
        .unwrap();
    assert!(gate.outpost.exchange().unwrap().renewed);
    assert!(gate.knows(NAME));

    home.revoke_device(gate.outpost.device()).unwrap();
    let said = gate.outpost.exchange().unwrap_err();
    assert_eq!(said.code, "scanner_revoked");
    assert!(!gate.knows(NAME), "nobody's name is left in its folder");
    assert_eq!(gate.outpost.waiting().unwrap(), 0);
    let code = home.code_text(&home.find_ticket("3").unwrap()).unwrap();
    assert_eq!(open.admit(&code).unwrap_err().code, "roster_missing");
}
