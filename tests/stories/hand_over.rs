//! An event's home moves to another machine while its gates are at work.

use std::time::Instant;

use serde_json::{Value, json};

use crate::gates::{Desk, guests};
use crate::mesh::Typed;
use crate::office::{Office, PATIENCE, free_addresses, have, skip, text};

/// The code of a recovery kit, as the command said it.
fn kit_of(office: &Office) -> (String, String) {
    let kit = text(&office.path("kit.txt"));
    let told = office.must(&["event", "kit", "--data", &office.data(), "--out", &kit]);
    let mut lines = told.lines().map(str::trim);
    let code = lines.find(|line| line.len() == 34 && line.matches('-').count() == 6);
    (kit, code.unwrap().to_owned())
}

/// Another machine with the office's workspace, of a copy of its folder and its kit.
fn on_another_machine(office: &Office, (kit, code): &(String, String)) -> Office {
    let other = Office::empty();
    let (to, from) = (other.data(), office.data());
    let args = [
        "recover", "--data", &to, "--kit", kit, "--from", &from, "--json",
    ];
    let done = other
        .command(&args)
        .env("GATEHOUSE_RECOVERY_CODE", code)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    other
}

fn flagged(seen: &Value, code: &str) -> bool {
    let flags = seen["flags"].as_array().unwrap();
    flags.iter().any(|flag| flag["code"] == code)
}

fn follows(gate: &Typed, epoch: u64) {
    gate.says("which home it follows", |line| {
        line["news"] == "peers" && line["epoch"] == epoch && line["here"] == 2
    });
}

#[test]
fn gates_follow_a_home_that_moved_and_refuse_the_one_before_and_a_second() {
    if !have("curl") {
        skip("no curl to ask the offices with");
        return;
    }
    let office = Office::with_event("ed25519");
    guests(&office, 6);
    let [at, mesh_before, mesh_after, mesh_second] = free_addresses();
    let desk = Desk::open_with(&office, &at, &["--mesh", &mesh_before]);
    let codes: Vec<String> = (1..=6).map(|number| desk.token(number)).collect();
    let enrol = |name: &str| {
        let code = desk.code();
        let args = ["--enrol", &code, "--name", name, "--peer", &mesh_after];
        Typed::start(
            &office,
            &office.path(name),
            &[&args[..], &["--peer", &mesh_second]].concat(),
        )
    };
    let (mut north, mut south) = (enrol("North"), enrol("South"));
    follows(&north, 1);
    follows(&south, 1);
    assert_eq!(north.shows(&codes[0])["code"], "admitted");

    // Two copies are made for other machines, and the office goes on.
    drop(desk);
    let kit = kit_of(&office);
    let (after, second) = (
        on_another_machine(&office, &kit),
        on_another_machine(&office, &kit),
    );
    let before = Desk::open_with(&office, &at, &["--mesh", &mesh_before]);
    follows(&north, 1);
    follows(&south, 1);
    assert_eq!(south.shows(&codes[1])["code"], "admitted");

    // The one that takes over is followed, though the other is still there.
    let after = Desk::open_with(&after, "127.0.0.1:0", &["--mesh", &mesh_after]);
    follows(&north, 2);
    follows(&south, 2);
    before.until_mesh("it is no home any more", |seen| {
        let mut gates = seen["gates"].as_array().unwrap().iter();
        flagged(seen, "home_superseded") && gates.all(|gate| gate["here"] == false)
    });
    let third = north.admits(&codes[2]);
    south.hears_of(&third["ticket"]);
    assert_eq!(south.shows(&codes[2])["code"], "used");
    // It has every scan, those that were made before it was there among them.
    after.until_admitted(3);

    // What the one before edits holds nowhere; what the new one edits does.
    before.void(4);
    after.void(5);
    south.says("the new home's edit", |line| {
        line["news"] == "peers" && line["roster"].as_u64() > Some(1)
    });
    let voided = Instant::now();
    while south.shows(&codes[4])["code"] != "voided" {
        assert!(voided.elapsed() < PATIENCE);
    }
    assert_eq!(north.shows(&codes[3])["code"], "admitted");

    // A second one that says the same of itself is refused, and everybody is told.
    let second = Desk::open_with(&second, "127.0.0.1:0", &["--mesh", &mesh_second]);
    north.says("that two claim to be the home", |line| {
        line["news"] == "flagged" && line["code"] == "two_homes"
    });
    second.until_mesh("another one stands", |seen| flagged(seen, "two_homes"));
    second.void(6);
    let last = north.admits(&codes[5]);
    south.hears_of(&last["ticket"]);
    assert_eq!(south.shows(&codes[5])["code"], "used");
    let seen = after.until_mesh("both gates are there", |seen| {
        let gates = seen["gates"].as_array().unwrap().iter();
        gates.filter(|gate| gate["here"] == true).count() == 2
    });
    assert_eq!(seen["doubles"], json!([]), "{seen}");
}
