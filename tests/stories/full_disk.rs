//! The disk fills up in the middle: a clear error, nothing half written, and with room again the
//! same command finishes.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gatehouse_testkit::guest_list;
use serde_json::Value;

use crate::network::{Served, serve};
use crate::office::{Office, have, skip, stderr, text};

/// A small file system of its own, gone when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at)
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then_some(Self(at))
    }

    fn grow(&self, size: &str) {
        let grown = Command::new("mount")
            .args(["-o", &format!("remount,size={size}")])
            .arg(self.0)
            .status()
            .unwrap();
        assert!(grown.success());
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.0).status().ok();
    }
}

#[test]
fn a_full_disk_stops_an_import_and_a_print_cleanly() {
    let office = Office::empty();
    let at = office.path("workspace");
    let Some(disk) = SmallDisk::mount(&at, "3m") else {
        skip("a small file system can't be mounted here: the full disk is not tried");
        return;
    };
    office.make_event("ed25519");
    let list = office.write("list.csv", guest_list(20_000).as_bytes());
    let output = office.on_event(&["import"], &[&list]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("[disk_full]"),
        "{}",
        stderr(&output)
    );
    disk.grow("64m");
    assert_eq!(office.show()["guests"], 0, "nothing is half written");
    office.must_on_event(&["import"], &[&list]);
    assert_eq!(office.show()["guests"], 20_000);

    let short = office.write("short.csv", b"Name\nAda Lark\n");
    drop(short);
    let paper = office.path("paper");
    let Some(_paper) = SmallDisk::mount(&paper, "64k") else {
        return;
    };
    office.must_on_event(&["issue"], &[]);
    let out = text(&paper.join("tickets.pdf"));
    let output = office.on_event(&["print"], &["--out", &out]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(
        std::fs::read_dir(&paper).unwrap().count(),
        0,
        "no half file is left"
    );
}

/// Fills a disk to its last byte, in a file that is gone when it is removed.
fn fill(at: &Path) -> PathBuf {
    let filler = at.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    for size in [1 << 16, 1 << 10, 1] {
        let piece = vec![0_u8; size];
        while file.write_all(&piece).is_ok() {}
    }
    filler
}

#[test]
fn a_gate_whose_disk_is_full_lets_nobody_in_says_so_and_goes_on_once_there_is_room() {
    if !have("pdftoppm") {
        skip("pdftoppm is not here: there is no printed code to type");
        return;
    }
    let office = Office::empty();
    let at = office.path("workspace");
    let Some(_disk) = SmallDisk::mount(&at, "8m") else {
        skip("a small file system can't be mounted here: the full disk is not tried");
        return;
    };
    office.make_event("ed25519");
    let list = office.write("list.csv", b"Name\nAda Lark\nBo Finch\n");
    office.must_on_event(&["import"], &[&list]);
    office.must_on_event(&["issue"], &[]);
    let codes: Vec<String> = (1..=2)
        .map(|n| office.printed_codes(&format!("INV-{n:04}")).remove(0))
        .collect();
    let data = office.data();
    let event = ["gate", "--data", &data, "--event", "Harbour Ball"];
    let mut gate = office
        .command(&[&event[..], &["--json", "--scanner", "typed"]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut typing = gate.stdin.take().unwrap();
    let mut said = BufReader::new(gate.stdout.take().unwrap()).lines();
    let mut present = |code: &str| -> Value {
        typing.write_all(format!("{code}\n").as_bytes()).unwrap();
        serde_json::from_str(&said.next().unwrap().unwrap()).unwrap()
    };
    assert_eq!(present(&codes[0])["code"], "admitted");
    let filler = fill(&at);
    // The file's log has room of its own for the first of them.
    let full = (0..5_000)
        .map(|_| present(&codes[0]))
        .find(|line| line["code"] != "used")
        .unwrap();
    assert_eq!(
        (&full["verdict"], &full["code"]),
        (&"undecided".into(), &"disk_full".into())
    );
    let next = present(&codes[1]);
    assert_eq!(next["verdict"], "undecided", "nobody is let in: {next}");
    std::fs::remove_file(filler).unwrap();
    assert_eq!(
        present(&codes[0])["code"],
        "used",
        "who was let in is known"
    );
    assert_eq!(present(&codes[1])["code"], "admitted");
    drop(typing);
    assert!(gate.wait().unwrap().success());
}

/// What the served office answers, with its status at the end.
fn ask(served: &Served, more: &[&str], path: &str) -> String {
    let (root, key) = served.address.split_once("/#key=").unwrap();
    let desk = format!("authorization: Desk {key}");
    let done = Command::new("curl")
        .args(["--silent", "--noproxy", "*", "--max-time", "120"])
        .args(["-H", &desk, "-w", "%{http_code}"])
        .args(more)
        .arg(format!("{root}{path}"))
        .output()
        .unwrap();
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// The text after `"id":"`, up to the next quote.
fn id_in(answer: &str) -> String {
    let from = answer.find("\"id\":\"").unwrap() + 6;
    answer[from..].chars().take_while(|c| *c != '"').collect()
}

#[test]
fn a_full_disk_stops_an_import_through_the_office_and_the_list_still_waits() {
    if !have("curl") {
        skip("no curl to send a list with");
        return;
    }
    let office = Office::empty();
    let at = office.path("workspace");
    let Some(disk) = SmallDisk::mount(&at, "3m") else {
        skip("a small file system can't be mounted here: the full disk is not tried");
        return;
    };
    office.make_event("ed25519");
    let list = office.write("list.csv", guest_list(20_000).as_bytes());
    let served = serve(&office, &["--listen", "127.0.0.1:0"]);
    let event = id_in(&ask(&served, &[], "/api/events"));
    let data = format!("@{list}");
    let send = [
        "--data-binary",
        data.as_str(),
        "-H",
        "content-type: text/csv",
    ];
    let sent = ask(
        &served,
        &send,
        &format!("/api/events/{event}/imports?name=list.csv"),
    );
    assert!(sent.ends_with("201"), "{sent}");
    let accept = format!("/api/imports/{}/accept", id_in(&sent));
    let full = ask(&served, &["-X", "POST"], &accept);
    assert!(
        full.contains("\"disk_full\"") && full.ends_with("507"),
        "{full}"
    );
    let shown = ask(&served, &[], &format!("/api/events/{event}"));
    assert!(shown.contains("\"guests\":0"), "nothing is half written");
    disk.grow("64m");
    let again = [
        "-X",
        "PUT",
        "-d",
        "{}",
        "-H",
        "content-type: application/json",
    ];
    let seen = ask(&served, &again, accept.trim_end_matches("/accept"));
    assert!(seen.ends_with("200"), "the list is not sent again: {seen}");
    let done = ask(&served, &["-X", "POST"], &accept);
    assert!(done.ends_with("200"), "{done}");
    let shown = ask(&served, &[], &format!("/api/events/{event}"));
    assert!(shown.contains("\"guests\":20000"));
}
