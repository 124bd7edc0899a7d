//! A spare laptop with a window of its own: the office goes away, people are let in through the
//! window, and the office hears of them when it is back.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::gates::{Desk, guests};
use crate::office::{MOST_SECONDS, Office, PATIENCE, free_addresses, have, skip, stderr, text};

/// The window of a gate that runs; stopped when dropped.
pub(crate) struct Window {
    child: Child,
    root: String,
    key: String,
}

impl Drop for Window {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Window {
    pub(crate) fn open(office: &Office, folder: &str, more: &[&str]) -> Self {
        let args = [
            &["gate", "--data", folder, "--listen", "127.0.0.1:0"][..],
            more,
        ]
        .concat();
        let mut child = office
            .command(&args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Gate: ").map(str::to_owned))
            .unwrap();
        let (root, key) = address.split_once("/#key=").unwrap();
        Self {
            child,
            root: root.to_owned(),
            key: key.to_owned(),
        }
    }

    /// What the window is answered, with the status.
    pub(crate) fn ask(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--max-time", MOST_SECONDS]);
        command.args(["--noproxy", "*", "--request", method]);
        command.args(["--write-out", "\n%{http_code}"]);
        command.args(["--header", &format!("authorization: Desk {key}")]);
        if let Some(body) = body {
            command.args(["--header", "content-type: application/json"]);
            command.args(["--data", &body.to_string()]);
        }
        let answer = command
            .arg(format!("{}{path}", self.root))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        let (body, status) = said.rsplit_once('\n').unwrap();
        let body = serde_json::from_str(body).unwrap_or(Value::Null);
        (status.parse().unwrap(), body)
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(&self.key, "GET", path, None);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    fn scan(&self, event: &str, code: &str) -> String {
        let path = format!("/api/events/{event}/scans");
        let (status, shown) = self.ask(&self.key, "POST", &path, Some(&json!({ "code": code })));
        assert_eq!(status, 200, "{shown}");
        shown["code"].as_str().unwrap().to_owned()
    }

    /// What its own window is answered, with the status.
    pub(crate) fn act(&self, path: &str, body: &Value) -> (u16, Value) {
        self.ask(&self.key, "POST", path, Some(body))
    }

    /// The door's view, once it is as `wanted` says.
    pub(crate) fn until(&self, event: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let door = self.get(&format!("/api/events/{event}/door"));
            if wanted(&door) {
                return door;
            }
            assert!(begun.elapsed() < PATIENCE, "{door}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

/// The texts of all codes, in the order of the tickets' numbers.
fn codes(desk: &Desk, event: &str) -> Vec<String> {
    let tickets = desk.json("GET", &format!("/api/events/{event}/tickets"), None);
    let tickets = tickets["items"].as_array().unwrap();
    let detail = |ticket: &Value| {
        let id = ticket["id"].as_str().unwrap();
        let detail = desk.json("GET", &format!("/api/tickets/{id}"), None);
        detail["code_text"].as_str().unwrap().to_owned()
    };
    tickets.iter().map(detail).collect()
}

#[test]
fn a_window_on_a_spare_laptop_lets_in_while_the_office_is_dead_and_tells_it_when_it_is_back() {
    if !have("curl") {
        skip("no curl to ask the window with");
        return;
    }
    let office = Office::with_event("ed25519");
    guests(&office, 4);
    let [at] = free_addresses();
    let desk = Desk::open_at(&office, &at);
    let event = desk.event();
    let codes = codes(&desk, &event);
    let folder = text(&office.path("spare"));

    let far = office.run(&["gate", "--data", &folder, "--listen", "0.0.0.0:0"]);
    assert!(stderr(&far).contains("[gate_unknown]"), "{}", stderr(&far));
    let code = desk.code();
    let window = Window::open(&office, &folder, &["--enrol", &code, "--name", "Quay gate"]);
    let far = office.run(&["gate", "--data", &folder, "--listen", "0.0.0.0:0"]);
    assert!(stderr(&far).contains("127.0.0.1"), "{}", stderr(&far));
    let (status, _) = window.ask("a stranger's guess", "GET", "/api/events", None);
    assert_eq!(status, 401);

    let door = window.until(&event, |door| door["office"]["heard_at"].is_i64());
    assert_eq!(door["gate"]["name"], "Quay gate");
    assert_eq!(door["office"]["away_since"], Value::Null);
    assert_eq!(window.scan(&event, &codes[0]), "admitted");
    window.until(&event, |door| door["waiting"] == 0);
    assert_eq!(desk.device("Quay gate")["scans"], 1);

    // The office's power is cut.
    drop(desk);
    assert_eq!(window.scan(&event, &codes[1]), "admitted");
    assert_eq!(window.scan(&event, &codes[0]), "used");
    let door = window.until(&event, |door| door["office"]["away_since"].is_i64());
    assert_eq!(
        (&door["waiting"], &door["mode"]),
        (&json!(2), &json!("alone"))
    );
    assert_eq!(door["counts"]["admitted"], 2);
    let found = window.get(&format!("/api/events/{event}/door/search?q=number+3"));
    assert_eq!(found["items"][0]["name"], "Guest Number 3");
    let walk_in = json!({"name": "Eva", "ticket_type": "Standard"});
    let path = format!("/api/events/{event}/door/walk-in");
    let (status, refused) = window.ask(&window.key, "POST", &path, Some(&walk_in));
    assert_eq!((status, &refused["code"]), (409, &json!("reserve_empty")));

    // The laptop too: what was shown as admitted is there when it starts again.
    drop(window);
    let window = Window::open(&office, &folder, &[]);
    assert_eq!(window.scan(&event, &codes[1]), "used");

    let desk = Desk::open_at(&office, &at);
    let door = window.until(&event, |door| {
        door["waiting"] == 0 && door["office"]["away_since"].is_null()
    });
    assert_eq!(door["counts"]["admitted"], 2);
    let home = desk.json("GET", &format!("/api/events/{event}/door"), None);
    assert_eq!(home["counts"]["admitted"], 2, "{home}");
    assert_eq!(desk.device("Quay gate")["scans"], 4);

    // Its right is taken back: the window says so, and there is nobody left to be found.
    let id = desk.device("Quay gate")["id"].as_str().unwrap().to_owned();
    desk.json("POST", &format!("/api/devices/{id}/revoke"), None);
    let path = format!("/api/events/{event}/scans");
    let late = json!({ "code": codes[2] });
    // Whether it has heard of it by then is a matter of moments.
    let (status, said) = window.ask(&window.key, "POST", &path, Some(&late));
    let admitted = status == 200 && said["code"] == "admitted";
    if status == 200 && !admitted {
        assert_eq!(said["code"], "device_not_allowed", "{said}");
    }
    let begun = Instant::now();
    loop {
        let (status, said) = window.ask(&window.key, "GET", "/api/events", None);
        if status == 403 {
            assert_eq!(said["code"], "scanner_revoked");
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{said}");
        std::thread::sleep(Duration::from_millis(200));
    }
    // What it let in until then reaches the office all the same, and waits there for a person.
    let least = 4 + u64::from(admitted);
    let begun = Instant::now();
    loop {
        let known = desk.device("Quay gate")["scans"].clone();
        if known.as_u64().unwrap() >= least {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{known}");
        std::thread::sleep(Duration::from_millis(200));
    }
    let alerts = desk.json("GET", &format!("/api/events/{event}/alerts"), None);
    let mut alerts = alerts["items"].as_array().unwrap().iter();
    assert_eq!(alerts.any(|alert| alert["kind"] == "put_aside"), admitted);
}
