//! A gate away from its office: enrolled with a code, deciding by itself, telling what it decided,
//! and forgetting everything once its right was taken back.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::network::{Served, serve};
use crate::office::{MOST_SECONDS, Office, PATIENCE, free_addresses, have, skip, stderr, text};

/// A served office on this machine, with its desk's key and its authority.
pub(crate) struct Desk {
    served: Served,
    authority: String,
    /// For pictures.
    dir: TempDir,
}

impl Desk {
    pub(crate) fn open(office: &Office) -> Self {
        Self::open_at(office, "127.0.0.1:0")
    }

    /// Serves at an address such as `127.0.0.1:0`.
    pub(crate) fn open_at(office: &Office, address: &str) -> Self {
        Self::open_with(office, address, &[])
    }

    /// Serves at an address, and as `more` says.
    pub(crate) fn open_with(office: &Office, address: &str, more: &[&str]) -> Self {
        let authority = text(&office.path("authority.pem"));
        let usual = ["--listen", address, "--tls", "--authority", &authority];
        let served = serve(office, &[&usual, more].concat());
        Self {
            served,
            authority,
            dir: TempDir::new().unwrap(),
        }
    }

    /// Asks the program to end, and waits until it has.
    #[cfg(unix)]
    pub(crate) fn end(self) -> std::process::ExitStatus {
        self.served.end()
    }

    /// The port at which it is served.
    pub(crate) fn port(&self) -> &str {
        let root = self.served.address.split("/#").next().unwrap_or_default();
        root.rsplit(':').next().unwrap_or_default()
    }

    /// The file with the authority that its certificate is signed by.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// What the office answers its own desk.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Vec<u8> {
        let (root, key) = self.served.address.split_once("/#key=").unwrap();
        let port = root.rsplit(':').next().unwrap();
        let mut command = Command::new("curl");
        command.args([
            "--silent",
            "--show-error",
            "--fail-with-body",
            "--max-time",
            MOST_SECONDS,
        ]);
        command.args([
            "--noproxy",
            "*",
            "--cacert",
            &self.authority,
            "--request",
            method,
        ]);
        command.args(["--header", &format!("authorization: Desk {key}")]);
        if let Some(body) = body {
            command.args(["--header", "content-type: application/json"]);
            command.args(["--data", &body.to_string()]);
        }
        let answer = command
            .arg(format!("https://localhost:{port}{path}"))
            .output()
            .unwrap();
        assert!(
            answer.status.success(),
            "{method} {path}: {} {}",
            String::from_utf8_lossy(&answer.stdout),
            stderr(&answer)
        );
        answer.stdout
    }

    pub(crate) fn json(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        serde_json::from_slice(&self.ask(method, path, body)).unwrap()
    }

    /// The id of the one event.
    pub(crate) fn event(&self) -> String {
        let events = self.json("GET", "/api/events", None);
        events["items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// What the office sees of its gates, once it is as `wanted` says.
    pub(crate) fn until_mesh(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/api/events/{}/mesh", self.event());
        let begun = Instant::now();
        loop {
            let seen = self.json("GET", &path, None);
            if wanted(&seen) {
                return seen;
            }
            assert!(begun.elapsed() < PATIENCE, "never: {what}: {seen}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// As [`Self::until_mesh`], once gates have let in so many people.
    pub(crate) fn until_admitted(&self, count: u64) -> Value {
        self.until_mesh(&format!("{count} are let in"), |seen| {
            let gates = seen["gates"].as_array().unwrap().iter();
            let admitted = gates.map(|gate| gate["admitted"].as_u64().unwrap());
            admitted.sum::<u64>() == count
        })
    }

    /// What a new gate reads from the screen.
    pub(crate) fn code(&self) -> String {
        let made = self.json(
            "POST",
            "/api/registration-tokens/generate",
            Some(&json!({})),
        );
        made["qrText"].as_str().unwrap().to_owned()
    }

    /// Pictures of the codes of these tickets, in a folder.
    pub(crate) fn pictures(&self, dir: &Path, numbers: std::ops::RangeInclusive<usize>) {
        std::fs::create_dir_all(dir).unwrap();
        let event = self.event();
        let tickets = self.json("GET", &format!("/api/events/{event}/tickets"), None);
        for ticket in tickets["items"].as_array().unwrap() {
            let number = ticket["number"].as_u64().unwrap() as usize;
            if numbers.contains(&number) {
                let id = ticket["id"].as_str().unwrap();
                let png = self.ask("GET", &format!("/api/tickets/{id}/code"), None);
                std::fs::write(dir.join(format!("{number:04}.png")), png).unwrap();
            }
        }
    }

    fn ticket(&self, number: u64) -> String {
        let event = self.event();
        let tickets = self.json("GET", &format!("/api/events/{event}/tickets"), None);
        let mut tickets = tickets["items"].as_array().unwrap().iter();
        let found = tickets.find(|ticket| ticket["number"] == number).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    /// What the code of a ticket says.
    pub(crate) fn token(&self, number: u64) -> String {
        let picture = self.dir.path().join(format!("{number}.png"));
        let png = self.ask(
            "GET",
            &format!("/api/tickets/{}/code", self.ticket(number)),
            None,
        );
        std::fs::write(&picture, png).unwrap();
        let said = Office::empty().must(&["decode", "--json", &text(&picture)]);
        let said: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
        said["codes"][0].as_str().unwrap().to_owned()
    }

    /// Takes a ticket back.
    pub(crate) fn void(&self, number: u64) {
        let path = format!("/api/tickets/{}/void", self.ticket(number));
        self.json("POST", &path, Some(&json!({"reason": "lost"})));
    }

    pub(crate) fn device(&self, name: &str) -> Value {
        let event = self.event();
        let devices = self.json("GET", &format!("/api/events/{event}/devices"), None);
        let found = devices["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|device| device["name"] == name)
            .cloned();
        found.unwrap_or_else(|| panic!("no device {name}"))
    }
}

pub(crate) fn guests(office: &Office, count: usize) {
    let mut list = String::from("Name,Door note\n");
    for n in 1..=count {
        list.push_str(&format!("Guest Number {n},\n"));
    }
    let list = office.write("list.csv", list.as_bytes());
    let data = office.data();
    office.must(&["import", "--data", &data, "--event", "Harbour Ball", &list]);
    office.must(&["issue", "--data", &data, "--event", "Harbour Ball"]);
}

/// The verdicts that a gate spoke, one code each.
fn codes(said: &str) -> Vec<String> {
    said.lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["code"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn a_spare_laptop_becomes_a_gate_decides_alone_and_tells_the_office_afterwards() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let office = Office::with_event("ed25519");
    guests(&office, 6);
    let desk = Desk::open(&office);
    let pictures = office.path("pictures");
    desk.pictures(&pictures, 1..=4);
    let source = format!("dir:{}", pictures.display());
    let folder = text(&office.path("gate"));
    let gate = |more: &[&str]| {
        // By itself: what it tells the office, it tells afterwards.
        let args = [
            &["gate", "--data", &folder, "--json", "--mesh", "off"][..],
            more,
        ]
        .concat();
        office.run(&args)
    };

    let wrong = gate(&["--enrol", "https://example.org/"]);
    assert!(
        stderr(&wrong).contains("[enrolment_unreadable]"),
        "{}",
        stderr(&wrong)
    );
    let code = desk.code();
    // Another authority's fingerprint is somebody else's office, whatever it says.
    let (before, rest) = code.split_once("&ca=").unwrap();
    let strange = format!("{before}&ca={}{}", "0".repeat(64), &rest[64..]);
    let stranger = gate(&["--enrol", &strange, "--once"]);
    assert!(
        stderr(&stranger).contains("[home_away]"),
        "{}",
        stderr(&stranger)
    );

    // What the office has already admitted is known at the new gate at once.
    desk.pictures(&office.path("sixth"), 6..=6);
    let sixth = text(&office.path("sixth").join("0006.png"));
    let data = office.data();
    office.must(&["scan", "--data", &data, "--event", "Harbour Ball", &sixth]);

    let first = gate(&[
        "--enrol",
        &code,
        "--name",
        "North gate",
        "--source",
        &source,
    ]);
    assert!(first.status.success(), "{}", stderr(&first));
    let said = String::from_utf8_lossy(&first.stdout).into_owned();
    assert_eq!(codes(&said), ["admitted"; 4], "{said}");
    let line: Value = serde_json::from_str(said.lines().next_back().unwrap()).unwrap();
    assert_eq!(line["mode"], "alone");
    assert!(line["holder"].as_str().unwrap().starts_with("Guest Number"));
    // The office has all four, with the gate's own signatures.
    let known = desk.device("North gate");
    assert_eq!((&known["scans"], &known["pending"]), (&json!(4), &json!(0)));
    let event = desk.event();
    let door = desk.json("GET", &format!("/api/events/{event}/door"), None);
    assert_eq!(door["counts"]["inside"], 5);
    // The same code goes on in its folder; another one finds a gate there.
    let again = gate(&["--enrol", &code, "--once"]);
    assert!(again.status.success(), "{}", stderr(&again));
    let other = gate(&["--enrol", &desk.code(), "--name", "Thief"]);
    let other = stderr(&other);
    assert!(other.contains("[gate_exists]"), "{other}");
    let thief = text(&office.path("thief"));
    let twice = office.run(&["gate", "--data", &thief, "--enrol", &code]);
    assert!(
        stderr(&twice).contains("[token_used]"),
        "{}",
        stderr(&twice)
    );

    // A scan at the office is known at the gate after the next exchange.
    desk.pictures(&office.path("fifth"), 5..=5);
    let fifth = text(&office.path("fifth").join("0005.png"));
    office.must(&["scan", "--data", &data, "--event", "Harbour Ball", &fifth]);
    let exchange = gate(&["--once"]);
    assert!(exchange.status.success(), "{}", stderr(&exchange));
    let told: Value = serde_json::from_slice(&exchange.stdout).unwrap();
    assert_eq!(told["heard"], 1);

    // The office is away: the gate goes on, and forgets nothing.
    drop(desk);
    std::fs::copy(&fifth, pictures.join("0005.png")).unwrap();
    std::fs::copy(&sixth, pictures.join("0006.png")).unwrap();
    let alone = gate(&["--source", &source]);
    assert!(alone.status.success(), "{}", stderr(&alone));
    let said = String::from_utf8_lossy(&alone.stdout).into_owned();
    assert_eq!(codes(&said), ["used"; 6], "{said}");
    let away = gate(&["--once"]);
    assert!(stderr(&away).contains("[home_away]"), "{}", stderr(&away));
}

#[test]
fn a_gate_whose_right_was_taken_back_forgets_its_list_and_keeps_nothing_from_the_office() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let office = Office::with_event("ed25519");
    guests(&office, 3);
    let [at] = free_addresses();
    let desk = Desk::open_at(&office, &at);
    let event = desk.event();
    let pictures: Vec<String> = (1..=2)
        .map(|number| {
            let dir = office.path(&format!("picture-{number}"));
            desk.pictures(&dir, number..=number);
            format!("dir:{}", dir.display())
        })
        .collect();
    let folder = text(&office.path("gate"));
    let gate = |more: &[&str]| {
        let args = [
            &["gate", "--data", &folder, "--json", "--mesh", "off"][..],
            more,
        ]
        .concat();
        office.run(&args)
    };
    let admits = |source: &str| {
        let alone = gate(&["--source", source]);
        let said = String::from_utf8_lossy(&alone.stdout).into_owned();
        assert_eq!(codes(&said), ["admitted"], "{said} {}", stderr(&alone));
    };
    let code = desk.code();
    let enrolled = gate(&["--enrol", &code, "--name", "Side door", "--once"]);
    assert!(enrolled.status.success(), "{}", stderr(&enrolled));
    let id = desk.device("Side door")["id"].as_str().unwrap().to_owned();

    // The office is away, before and after it took the gate's right back: the gate hears of nothing.
    drop(desk);
    admits(&pictures[0]);
    let desk = Desk::open_at(&office, &at);
    desk.json("POST", &format!("/api/devices/{id}/revoke"), None);
    drop(desk);
    admits(&pictures[1]);

    let desk = Desk::open_at(&office, &at);
    let told = gate(&["--once"]);
    assert!(
        stderr(&told).contains("[scanner_revoked]"),
        "{}",
        stderr(&told)
    );
    let again = gate(&["--source", &pictures[1]]);
    assert!(
        stderr(&again).contains("[scanner_revoked]"),
        "{}",
        stderr(&again)
    );
    assert!(codes(&String::from_utf8_lossy(&again.stdout)).is_empty());
    let mut kept = std::fs::read(office.path("gate").join("gate.db")).unwrap();
    kept.extend(std::fs::read(office.path("gate").join("gate.db-wal")).unwrap_or_default());
    let name = b"Guest Number";
    assert!(
        !kept.windows(name.len()).any(|bytes| bytes == name),
        "nobody's name is left on its disk"
    );
    // The office has both; the one of before counts, the other waits for a person.
    assert_eq!(desk.device("Side door")["scans"], 2);
    let door = desk.json("GET", &format!("/api/events/{event}/door"), None);
    assert_eq!(door["counts"]["inside"], 1, "{door}");
    let alerts = desk.json("GET", &format!("/api/events/{event}/alerts"), None);
    let told: Vec<(&str, &Value)> = alerts["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| (alert["kind"].as_str().unwrap(), &alert["number"]))
        .collect();
    assert!(told.contains(&("put_aside", &json!(2))), "{told:?}");
    assert!(!told.contains(&("put_aside", &json!(1))), "{told:?}");
}
