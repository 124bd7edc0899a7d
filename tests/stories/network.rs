//! An office on the network: over TLS with its own authority, only for those with an account.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use crate::office::{MOST_SECONDS, Office, have, skip, stderr, text};

const PASSWORD: &str = "harbour lights at noon";

/// A served office; stopped when dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: String,
}

impl Served {
    /// Asks the program to end, as the system does, and waits until it has.
    #[cfg(unix)]
    pub(crate) fn end(mut self) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").arg(id).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub(crate) fn serve(office: &Office, more: &[&str]) -> Served {
    let data = office.data();
    let args = [&["serve", "--data", &data], more].concat();
    let mut child = office
        .command(&args)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.trim().strip_prefix("Office: ").unwrap().to_owned();
    Served { child, address }
}

fn add_account(office: &Office) {
    let data = office.data();
    let args = [
        "account",
        "add",
        "--data",
        &data,
        "--name",
        "Ada",
        "--email",
        "ada@example.org",
    ];
    let done = office
        .command(&args)
        .env("GATEHOUSE_PASSWORD", PASSWORD)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", stderr(&done));
}

/// What curl is answered by this path; `trust` is the authority's certificate.
fn curl(served: &Served, trust: Option<&str>, more: &[&str], path: &str) -> Output {
    let root = served
        .address
        .split("/#")
        .next()
        .unwrap()
        .trim_end_matches('/');
    let port = root.rsplit(':').next().unwrap();
    let mut command = Command::new("curl");
    command.args([
        "--silent",
        "--show-error",
        "--max-time",
        MOST_SECONDS,
        "--noproxy",
        "*",
    ]);
    match trust {
        Some(file) => command.args(["--cacert", file]),
        None => command.args(["--cacert", "/dev/null"]),
    };
    command
        .args(more)
        .arg(format!("https://localhost:{port}{path}"))
        .output()
        .unwrap()
}

#[test]
fn other_machines_come_over_tls_and_with_an_account_only() {
    let office = Office::with_event("ed25519");
    let data = office.data();
    let plain = office.run(&["serve", "--data", &data, "--listen", "0.0.0.0:0"]);
    assert!(!plain.status.success());
    assert!(stderr(&plain).contains("--tls"), "{}", stderr(&plain));
    let nobody = office.run(&["serve", "--data", &data, "--listen", "0.0.0.0:0", "--tls"]);
    assert!(!nobody.status.success());
    assert!(
        stderr(&nobody).contains("account add"),
        "{}",
        stderr(&nobody)
    );

    add_account(&office);
    let listed = office.must(&["account", "list", "--data", &data]);
    assert!(listed.contains("super_admin") && listed.contains("ada@example.org"));
    let authority = text(&office.path("authority.pem"));
    let served = serve(
        &office,
        &["--listen", "0.0.0.0:0", "--tls", "--authority", &authority],
    );
    assert!(served.address.starts_with("https://"), "{}", served.address);
    assert!(
        !served.address.contains("key="),
        "nobody out there sits at the desk"
    );
    if !have("curl") {
        skip("no curl to ask over TLS with");
        return;
    }
    // Whoever does not trust the workspace's authority is warned.
    let stranger = curl(&served, None, &[], "/api/health");
    assert!(!stranger.status.success());
    let health = curl(&served, Some(&authority), &[], "/api/health");
    assert!(health.status.success(), "{}", stderr(&health));
    let told = String::from_utf8_lossy(&health.stdout);
    assert!(told.contains("\"accounts\":true"), "{told}");
    let events = curl(&served, Some(&authority), &[], "/api/events");
    assert!(String::from_utf8_lossy(&events.stdout).contains("signed_out"));

    let given = format!(r#"{{"email":"ada@example.org","password":"{PASSWORD}"}}"#);
    let session = curl(
        &served,
        Some(&authority),
        &["-H", "content-type: application/json", "-d", &given],
        "/api/auth/login",
    );
    let session: serde_json::Value = serde_json::from_slice(&session.stdout).unwrap();
    let token = format!(
        "authorization: Bearer {}",
        session["access_token"].as_str().unwrap()
    );
    let events = curl(&served, Some(&authority), &["-H", &token], "/api/events");
    assert!(String::from_utf8_lossy(&events.stdout).contains("Harbour Ball"));

    if !have("openssl") {
        skip("no openssl to read the authority's certificate with");
        return;
    }
    let read = Command::new("openssl")
        .args(["x509", "-in", &authority, "-noout", "-text"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&read.stdout).into_owned();
    for part in [
        "CA:TRUE, pathlen:0",
        "Name Constraints",
        "DNS:local",
        "IP:192.168.0.0/255.255.0.0",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn the_desk_opens_its_own_office_with_the_key_that_was_printed() {
    let office = Office::with_event("ed25519");
    let served = serve(&office, &["--listen", "127.0.0.1:0"]);
    let (root, key) = served.address.split_once("/#key=").unwrap();
    assert!(key.len() >= 32);
    if !have("curl") {
        skip("no curl to ask with");
        return;
    }
    let ask = |authorization: &str| {
        let done = Command::new("curl")
            .args([
                "--silent",
                "--max-time",
                MOST_SECONDS,
                "--noproxy",
                "*",
                "-H",
                authorization,
            ])
            .arg(format!("{root}/api/events"))
            .output()
            .unwrap();
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    assert!(ask(&format!("authorization: Desk {key}")).contains("Harbour Ball"));
    assert!(ask("authorization: Desk 0123456789abcdef0123456789abcdef").contains("signed_out"));
    assert!(ask("x-nothing: 1").contains("signed_out"));
}
