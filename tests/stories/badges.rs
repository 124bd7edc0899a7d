//! Badges from a gate without a window: printed when somebody comes in for the first time, on a
//! printer of CUPS' own, and never at the cost of a verdict.

use std::process::Command;

use gatehouse_testkit::PrintShop;
use serde_json::{Value, json};

use crate::gates::{Desk, guests};
use crate::office::{Office, have, skip, stderr, text};

/// The search path with the shop's programs before everybody's.
fn path_to(shop: &PrintShop) -> std::ffi::OsString {
    let usual = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(shop.programs()).chain(std::env::split_paths(&usual));
    std::env::join_paths(all).unwrap()
}

/// The text of a page; nothing, said loudly, without poppler.
fn text_of(office: &Office, pdf: &[u8]) -> Option<String> {
    if !have("pdftotext") {
        skip("no pdftotext to read what was printed with");
        return None;
    }
    let file = office.write("printed.pdf", pdf);
    let read = Command::new("pdftotext").args([&file, "-"]).output();
    let read = read.unwrap();
    assert!(read.status.success(), "{}", stderr(&read));
    Some(String::from_utf8(read.stdout).unwrap())
}

#[test]
fn a_gate_without_a_window_prints_a_badge_for_whoever_comes_in_first() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let shop = match PrintShop::start() {
        Ok(shop) => shop,
        Err(why) => {
            skip(&format!("a printer of CUPS: {why}"));
            return;
        }
    };
    let office = Office::with_event("ed25519");
    guests(&office, 4);
    let desk = Desk::open(&office);
    let event = desk.event();
    let path = format!("/api/events/{event}/door-settings");
    let mut settings = desk.json("GET", &path, None);
    settings.as_object_mut().unwrap().remove("pin_set");
    settings["badge"] = json!({"kind": "badge", "paper": "card"});
    desk.json("PUT", &path, Some(&settings));
    let seen = office.path("seen");
    desk.pictures(&seen, 1..=2);
    let source = format!("dir:{}", seen.display());
    let folder = text(&office.path("gate"));
    let code = desk.code();
    let enrolled = office.run(&[
        "gate", "--data", &folder, "--enrol", &code, "--name", "North", "--once",
    ]);
    assert!(enrolled.status.success(), "{}", stderr(&enrolled));
    // It prints what it carries: nobody is asked.
    drop(desk);

    let gate = |more: &[&str]| {
        let args = [
            &["gate", "--data", &folder, "--json", "--mesh", "off"][..],
            &["--source", &source],
            more,
        ]
        .concat();
        let mut command = office.command(&args);
        command.env("PATH", path_to(&shop)).output().unwrap()
    };
    let codes = |said: &[u8]| -> Vec<String> {
        let lines = String::from_utf8_lossy(said);
        let lines = lines.lines().filter(|line| line.starts_with('{'));
        lines
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|line| line["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let unknown = gate(&["--print", "Back_office"]);
    assert!(
        stderr(&unknown).contains("[printer_unknown]")
            && stderr(&unknown).contains(PrintShop::PRINTER),
        "{}",
        stderr(&unknown)
    );
    assert!(codes(&unknown.stdout).is_empty());

    let first = gate(&["--print"]);
    assert_eq!(codes(&first.stdout), ["admitted"; 2], "{}", stderr(&first));
    let papers = shop.papers();
    assert_eq!(papers.len(), 2, "{}", stderr(&first));
    assert!(papers.iter().all(|paper| paper.starts_with(b"%PDF-1.7")));
    if let Some(text) = text_of(&office, &papers[1]) {
        assert!(text.contains("Guest Number 2"), "{text}");
        assert!(text.contains("#0002"), "{text}");
    }

    // A ticket that was used prints nothing.
    let again = gate(&["--print", PrintShop::PRINTER]);
    assert_eq!(codes(&again.stdout), ["used"; 2]);
    assert_eq!(shop.papers().len(), 2);

    // A printer that takes nothing keeps nobody out, and staff are told by number.
    shop.close().unwrap();
    std::fs::remove_dir_all(&seen).unwrap();
    let desk = Desk::open(&office);
    desk.pictures(&seen, 3..=3);
    drop(desk);
    let closed = gate(&["--print", PrintShop::PRINTER]);
    assert!(closed.status.success(), "{}", stderr(&closed));
    assert_eq!(codes(&closed.stdout), ["admitted"]);
    let told = stderr(&closed);
    assert!(
        told.contains("#0003 was let in, but nothing was printed")
            && told.contains("[printing_failed]"),
        "{told}"
    );
    assert!(
        !told.contains("Guest Number"),
        "no names on the side: {told}"
    );
    assert_eq!(shop.papers().len(), 2);
}
