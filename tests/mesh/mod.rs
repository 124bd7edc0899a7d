//! Gates that work together, each a program of its own: on this machine, and where the machine lets
//! us, each on a network of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::gates::{Desk, guests};
use crate::office::{Office, PATIENCE, have, skip, text};

/// What the bench says of a mesh of so many gates.
fn measured(gates: &str, more: &[&str]) -> Value {
    let office = Office::empty();
    let sizes = [
        "bench",
        "mesh",
        "--gates",
        gates,
        "--scans",
        "80",
        "--rate",
        "20",
        "--doubles",
        "100",
        "--half",
        "40",
        "--json",
    ];
    let said = office.must(&[&sizes[..], more].concat());
    serde_json::from_str(said.lines().next_back().unwrap()).unwrap()
}

fn assert_sound(told: &Value) {
    assert_eq!(told["double_admissions"], 0, "{told}");
    assert_eq!(told["conflicts_expected"], 4, "{told}");
    // Gates that were too busy to answer each other let somebody in twice, and show it.
    let twice = told["admitted_twice"].as_u64().unwrap();
    assert_eq!(told["conflicts_found"], 4 + twice, "{told}");
}

#[test]
fn gates_on_one_machine_let_nobody_in_twice_and_agree_after_they_were_apart() {
    let told = measured(
        "8",
        &["--ready", "--ready-tickets", "300", "--ready-scans", "200"],
    );
    assert_sound(&told);
    assert!(told["ready_ms"].as_f64() > Some(0.0), "{told}");
}

#[test]
fn gates_on_networks_of_their_own_find_each_other_and_agree_after_links_were_pulled() {
    if !may_make_networks() {
        skip("this machine lets us make no networks; gates were shown on one machine only");
        return;
    }
    assert_sound(&measured("8", &["--namespaces"]));
}

/// Whether this machine lets us make a network with a bridge; what is made for that is taken down.
fn may_make_networks() -> bool {
    let name = format!("ghs{}", std::process::id());
    let ip = |args: &[&str]| {
        let done = Command::new("ip").args(args).output();
        done.is_ok_and(|done| done.status.success())
    };
    let made = have("ip")
        && ip(&["netns", "add", &name])
        && ip(&["-n", &name, "link", "add", "lan", "type", "bridge"])
        && ip(&[
            "-n", &name, "link", "add", "near", "type", "veth", "peer", "name", "far",
        ]);
    ip(&["netns", "delete", &name]);
    made
}

/// A gate's program that is typed at.
pub(crate) struct Typed {
    child: Child,
    typing: ChildStdin,
    said: Receiver<Value>,
}

impl Drop for Typed {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Typed {
    pub(crate) fn start(office: &Office, folder: &Path, more: &[&str]) -> Self {
        Self::run(office.command(&["gate", "--data", &text(folder)]), more)
    }

    /// The gate that `command` begins.
    pub(crate) fn run(mut command: Command, more: &[&str]) -> Self {
        let mut child = command
            .args(["--scanner", "typed", "--json", "--news"])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, said) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Ok(line) = serde_json::from_str(&line)
                    && tell.send(line).is_err()
                {
                    return;
                }
            }
        });
        Self {
            typing: child.stdin.take().unwrap(),
            child,
            said,
        }
    }

    /// The first thing that it says from now on which is so.
    pub(crate) fn says(&self, what: &str, so: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        let mut last = Value::Null;
        loop {
            let wait = end.saturating_duration_since(Instant::now());
            match self.said.recv_timeout(wait) {
                Ok(line) if so(&line) => return line,
                Ok(line) => last = line,
                Err(_) => panic!("the gate never said: {what}; its last word: {last}"),
            }
        }
    }

    pub(crate) fn meets(&self, peers: u64, scans: u64) -> Value {
        self.says(&format!("{peers} peers, {scans} scans"), |line| {
            line["news"] == "peers"
                && line["here"] == peers
                && line["same"] == true
                && line["scans"].as_u64() >= Some(scans)
        })
    }

    pub(crate) fn shows(&mut self, code: &str) -> Value {
        writeln!(self.typing, "{code}").unwrap();
        self.says("a verdict", |line| {
            line["code"].is_string() && line["news"].is_null()
        })
    }

    /// Lets somebody in beside others who are asked, and gives what it shows; on a machine so busy
    /// that they answer too late it decides alone.
    pub(crate) fn admits(&mut self, code: &str) -> Value {
        let shown = self.shows(code);
        assert_eq!(shown["code"], "admitted", "{shown}");
        let mode = shown["mode"].as_str();
        assert!(matches!(mode, Some("mesh" | "alone")), "{shown}");
        shown
    }

    /// Waits until it heard that somebody was let in elsewhere.
    pub(crate) fn hears_of(&self, ticket: &Value) {
        self.says("somebody let in elsewhere", |line| {
            line["news"] == "heard" && line["ticket"] == *ticket && line["verdict"] == "admitted"
        });
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::remove_dir_all(to).ok();
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn gates_are_killed_put_back_from_old_copies_and_revoked_and_no_scan_is_lost() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let office = Office::with_event("ed25519");
    guests(&office, 9);
    let desk = Desk::open(&office);
    let codes: Vec<String> = (1..=9).map(|number| desk.token(number)).collect();
    let enrol = |name: &str| {
        let folder = office.path(name);
        let code = desk.code();
        let gate = Typed::start(&office, &folder, &["--enrol", &code, "--name", name]);
        (gate, folder)
    };
    let (mut north, north_folder) = enrol("North");
    let (mut south, _) = enrol("South");
    north.meets(2, 0);
    let met = south.says("2 peers", |line| {
        line["news"] == "peers" && line["here"] == 2
    });
    let south_is = met["listens"].as_str().unwrap().to_owned();

    // What one lets in, the other refuses, and says where it was used.
    let first = north.admits(&codes[0]);
    south.hears_of(&first["ticket"]);
    let again = south.shows(&codes[0]);
    assert_eq!(again["code"], "used");
    assert!(
        again["message"].as_str().unwrap().contains("North"),
        "{again}"
    );

    // Killed in the middle, and started again: it knows what it let in, and hears what it missed.
    north.kill();
    assert_eq!(south.shows(&codes[1])["code"], "admitted");
    let mut north = Typed::start(&office, &north_folder, &[]);
    north.meets(2, 3);
    assert_eq!(north.shows(&codes[1])["code"], "used");
    assert_eq!(north.shows(&codes[0])["code"], "used");

    // A void at the office reaches gates without anybody asking for it.
    let event = desk.event();
    let seen = || desk.json("GET", &format!("/api/events/{event}/mesh"), None);
    // What was edited before is published by now.
    std::thread::sleep(Duration::from_secs(2));
    let before = seen()["roster"].as_u64();
    desk.void(3);
    let roster = |line: &Value| line["news"] == "peers" && line["roster"].as_u64() > before;
    south.says("another guest list", roster);
    assert_eq!(south.shows(&codes[2])["code"], "voided");

    // Put back from an old copy: what it signs from then on is of a new life, nothing is lost, and
    // nobody comes in twice.
    north.kill();
    let old = office.path("old");
    copy(&north_folder, &old);
    let mut north = Typed::start(&office, &north_folder, &[]);
    north.meets(2, 6);
    assert_eq!(north.shows(&codes[3])["code"], "admitted");
    assert_eq!(north.shows(&codes[4])["code"], "admitted");
    south.meets(2, 8);
    north.kill();
    copy(&old, &north_folder);
    let mut north = Typed::start(&office, &north_folder, &[]);
    north.says("that it is an old copy", |line| {
        line["news"] == "rolled_back"
    });
    north.meets(2, 8);
    assert_eq!(north.shows(&codes[3])["code"], "used");
    assert_eq!(north.shows(&codes[5])["code"], "admitted");
    desk.until_admitted(5);

    // Revoked: it hears it from the mesh, forgets the list, and lets nobody in.
    let id = desk.device("North")["id"].as_str().unwrap().to_owned();
    desk.json("POST", &format!("/api/devices/{id}/revoke"), None);
    north.says("that its right was taken back", |line| {
        line["news"] == "revoked"
    });
    writeln!(north.typing, "{}", codes[6]).unwrap();
    assert!(!north.child.wait().unwrap().success());
    assert_eq!(south.shows(&codes[6])["code"], "admitted");
    let seen = desk.until_admitted(6);
    assert_eq!(seen["doubles"], json!([]), "{seen}");

    // Its key, certificate and list were copied before that, and the office is away: whoever it
    // meets tells it.
    drop(desk);
    let mut stolen = Typed::start(&office, &old, &["--peer", &south_is]);
    stolen.says("that its right was taken back", |line| {
        line["news"] == "revoked"
    });
    writeln!(stolen.typing, "{}", codes[7]).unwrap();
    assert!(!stolen.child.wait().unwrap().success());
    assert_eq!(south.shows(&codes[7])["code"], "admitted");
}

/// A command under a clock that is off by so many days.
fn off_by(days: i32, command: &Command) -> Command {
    let mut under = Command::new("faketime");
    under.args(["-f", &format!("{days:+}d")]);
    under.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => under.env(name, value),
            None => under.env_remove(name),
        };
    }
    under
}

#[test]
fn a_gate_whose_clock_is_a_year_off_works_by_its_offices_time() {
    if !have("curl") || !have("faketime") {
        skip("no curl or no faketime; no gate had a wrong clock");
        return;
    }
    let office = Office::with_event("ed25519");
    guests(&office, 3);
    let desk = Desk::open(&office);
    let codes: Vec<String> = (1..=3).map(|number| desk.token(number)).collect();
    let folders = ["North", "South"].map(|name| {
        let folder = office.path(name);
        let code = desk.code();
        office.must(&[
            "gate",
            "--data",
            &text(&folder),
            "--enrol",
            &code,
            "--name",
            name,
        ]);
        folder
    });
    let right = office.command(&["gate", "--data", &text(&folders[0])]);
    let mut north = Typed::run(off_by(-365, &right), &[]);
    let mut south = Typed::start(&office, &folders[1], &[]);
    north.meets(2, 0);
    south.meets(2, 0);

    // Nobody is too early or too late for it, and its scan stands at the time at which it was made.
    let first = north.admits(&codes[0]);
    south.hears_of(&first["ticket"]);
    assert_eq!(south.shows(&codes[0])["code"], "used");
    let second = south.admits(&codes[1]);
    north.hears_of(&second["ticket"]);
    assert_eq!(north.shows(&codes[1])["code"], "used");
    let skew_in = |seen: &Value| {
        let gates = seen["gates"].as_array().unwrap();
        let gate = gates.iter().find(|gate| gate["name"] == "North").unwrap();
        gate["skew_ms"].as_i64()
    };
    let seen = desk.until_mesh("its clock is told", |seen| skew_in(seen).is_some());
    let skew = skew_in(&seen).unwrap();
    let year = 365 * 24 * 3_600_000_i64;
    assert!((skew + year).abs() < 60_000, "{seen}");
    assert_eq!(seen["doubles"], json!([]), "{seen}");
    let ticket = first["ticket"].as_str().unwrap();
    let detail = desk.json("GET", &format!("/api/tickets/{ticket}"), None);
    let at = detail["life_line"]["checked_in"].as_i64().unwrap();
    assert!(
        (at - seen["home_ms"].as_i64().unwrap()).abs() < 60_000,
        "{detail}"
    );
}
