//! Letters of an office: through which server they leave, what became of them, and what they say.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::gates::Desk;

/// How long the servers and the office may take for any step.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Waits until something holds.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "waited too long: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Says who sends, and through which server: in the clear, on this machine.
pub(crate) fn send_through(desk: &Desk, settings: &Value) {
    let branding = json!({
        "sender_name": "Harbour Library",
        "sender_email": "office@mail.example.test",
    });
    desk.json("PUT", "/api/branding", Some(&branding));
    desk.json("PUT", "/api/mail/settings", Some(settings));
}

/// Every message of the event, as the office lists them, page by page.
pub(crate) fn messages(desk: &Desk, event: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/api/events/{event}/deliveries?limit=500{after}");
        let page = desk.json("GET", &path, None);
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

/// How many messages stand where, as the dashboard tells it.
pub(crate) fn counts(desk: &Desk, event: &str) -> BTreeMap<String, u64> {
    let seen = desk.json("GET", &format!("/api/events/{event}/delivery"), None);
    let mut counts = BTreeMap::new();
    for kind in seen["kinds"].as_array().unwrap() {
        let status = kind["status"].as_str().unwrap().to_owned();
        *counts.entry(status).or_default() += kind["count"].as_u64().unwrap();
    }
    counts
}

/// A letter as it lies in a mailbox.
pub(crate) struct Letter(pub(crate) String);

impl Letter {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(String::from_utf8_lossy(bytes).replace("\r\n", "\n"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let (head, _) = self.0.split_once("\n\n").unwrap_or((&self.0, ""));
        head.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .unwrap_or_else(|| panic!("no {name} in {head}"))
    }

    /// The id of its message at the office: what its own id begins with.
    pub(crate) fn message(&self) -> String {
        let id = self.header("Message-ID").trim_start_matches('<');
        id[..32].to_owned()
    }

    /// The first link in it that begins so.
    pub(crate) fn link(&self, beginning: &str) -> String {
        let plain = self.0.replace("=\n", "").replace("=3D", "=");
        let at = plain
            .find(beginning)
            .unwrap_or_else(|| panic!("no {beginning} in {plain}"));
        let ends = |c: char| c.is_whitespace() || "\"<>".contains(c);
        let link = plain[at..].split(ends).next().unwrap();
        link.to_owned()
    }
}
