//! The program is killed while it sends: it goes on where it was, sends nothing twice, and says of
//! which letters nobody can know whether they left.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use gatehouse_testkit::smtp::{Act, MailServer, Manner, Step};
use serde_json::{Value, json};

use crate::gates::Desk;
use crate::letters::{Letter, counts, messages, send_through, until};
use crate::office::{Office, have, skip};

const GUESTS: usize = 180;
const KILLS: usize = 5;
const CONNECTIONS: usize = 4;
/// How long the server takes from the whole letter to its answer: most kills fall into that time,
/// and what is left at the last one takes more than 3 s, so that it may come late.
const ANSWERS_AFTER: Duration = Duration::from_millis(450);

/// How often the server has each message, by the id that the office gave it.
fn taken(server: &MailServer) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for letter in server.taken() {
        *taken
            .entry(Letter::of(&letter.bytes).message())
            .or_default() += 1;
    }
    taken
}

fn id(message: &Value) -> String {
    message["id"].as_str().unwrap().replace('-', "")
}

fn of_status<'m>(list: &'m [Value], status: &str) -> Vec<&'m Value> {
    list.iter().filter(|one| one["status"] == status).collect()
}

/// A server that takes its time for each letter.
fn slow_server() -> MailServer {
    let server = MailServer::start(Manner::default());
    server.fault(Step::Letter, usize::MAX, Act::Stall(ANSWERS_AFTER));
    server
}

/// An office that begins to send tickets to everybody.
fn begin(server: &MailServer) -> (Office, Desk, String) {
    let office = Office::empty();
    office.make_event_in("ed25519", 60 * 24);
    let mut list = String::from("Name,E-mail\n");
    for n in 1..=GUESTS {
        list.push_str(&format!("Guest Number {n},guest{n}@example.org\n"));
    }
    let list = office.write("list.csv", list.as_bytes());
    office.must_on_event(&["import"], &[&list]);
    office.must_on_event(&["issue"], &[]);
    let desk = Desk::open(&office);
    let event = desk.event();
    send_through(
        &desk,
        &json!({ "settings": {
            "server": {
                "host": "127.0.0.1", "port": server.port(),
                "security": "none", "sign_in": "none",
            },
            "connections": CONNECTIONS,
        }}),
    );
    let mailing = json!({ "kind": "ticket" });
    let path = format!("/api/events/{event}/mailings");
    desk.json("POST", &path, Some(&mailing));
    (office, desk, event)
}

/// How many messages are still to be sent.
fn waiting(desk: &Desk, event: &str) -> u64 {
    let counts = counts(desk, event);
    ["pending", "pending_retry"]
        .iter()
        .filter_map(|status| counts.get(*status))
        .sum()
}

#[test]
fn a_program_that_is_killed_while_it_sends_sends_nothing_twice_and_hides_nothing() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let server = slow_server();
    let (office, mut desk, event) = begin(&server);
    for kill in 1..=KILLS {
        let goal = GUESTS * kill / (KILLS + 1);
        until("letters leave", || server.count() >= goal);
        // SIGKILL: what is dropped here has no time for a word.
        drop(desk);
        assert!(server.count() < GUESTS, "it was killed in the middle");
        desk = Desk::open(&office);
    }
    let waiting = |desk: &Desk| waiting(desk, &event);
    until("all were tried", || waiting(&desk) == 0);

    // Each letter once at most; what the office calls sent is there, and what is there the office
    // either calls sent or says that nobody can know.
    let list = messages(&desk, &event);
    assert_eq!(list.len(), GUESTS);
    let there = taken(&server);
    assert!(there.values().all(|times| *times == 1), "{there:?}");
    assert!(
        list.iter().all(|one| one["attempts"] == 1),
        "tried once each"
    );
    let sent = of_status(&list, "sent");
    let unknown = of_status(&list, "failed");
    assert_eq!(sent.len() + unknown.len(), GUESTS);
    assert!(sent.iter().all(|one| there.contains_key(&id(one))));
    assert!(unknown.iter().all(|one| one["code"] == "perhaps_sent"));
    assert!(
        (1..=KILLS * CONNECTIONS).contains(&unknown.len()),
        "{} of {KILLS} kills over {CONNECTIONS} connections",
        unknown.len()
    );
    let known: BTreeSet<String> = list.iter().map(id).collect();
    assert!(there.keys().all(|message| known.contains(message)));
    let (arrived, lost): (Vec<&Value>, Vec<&Value>) = unknown
        .iter()
        .copied()
        .partition(|one| there.contains_key(&id(one)));
    assert_eq!(sent.len() + arrived.len(), server.count());
    eprintln!(
        "{KILLS} kills: {} letters of which nobody could know, {} of them had arrived",
        unknown.len(),
        arrived.len()
    );

    // Started anew and pushed, none of those leaves by itself: one of them, which a person looked
    // after, does.
    drop(desk);
    let desk = Desk::open(&office);
    let before = server.count();
    desk.ask("POST", "/api/mail/retry", None);
    for one in &arrived {
        settle(&desk, one, true);
    }
    for one in &lost {
        settle(&desk, one, false);
        again(&desk, one);
    }
    until("what was lost leaves", || {
        waiting(&desk) == 0 && server.count() >= before + lost.len()
    });
    // With nothing lost, the round that follows the start is waited for.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(server.count(), before + lost.len());
    let mut people = BTreeMap::new();
    for letter in server.taken() {
        *people.entry(letter.to).or_insert(0) += 1;
    }
    assert_eq!(people.len(), GUESTS, "everybody has it");
    assert!(people.values().all(|times| *times == 1), "once: {people:?}");
    let seen = desk.json("GET", &format!("/api/events/{event}/delivery"), None);
    assert_eq!(seen["funnel"]["sent"], GUESTS);
    assert_eq!(seen["funnel"]["bounced"], 0);
}

/// A person found out whether it arrived, and says so.
fn settle(desk: &Desk, message: &Value, arrived: bool) {
    let path = format!("/api/deliveries/{}/settle", message["id"].as_str().unwrap());
    let settled = desk.json("POST", &path, Some(&json!({ "arrived": arrived })));
    assert_ne!(settled["code"], "perhaps_sent");
}

/// A person sends it once more.
fn again(desk: &Desk, message: &Value) {
    let path = format!("/api/deliveries/{}/resend", message["id"].as_str().unwrap());
    desk.json("POST", &path, Some(&json!({})));
}

#[cfg(unix)]
#[test]
fn a_program_that_is_asked_to_end_leaves_no_letter_in_doubt() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let server = slow_server();
    let (office, mut desk, event) = begin(&server);
    for ending in 1..=2 {
        until("letters leave", || server.count() >= GUESTS * ending / 3);
        assert!(desk.end().success());
        assert!(server.count() < GUESTS, "it ended in the middle");
        desk = Desk::open(&office);
    }
    until("all were tried", || waiting(&desk, &event) == 0);
    let list = messages(&desk, &event);
    assert_eq!(of_status(&list, "sent").len(), GUESTS, "none in doubt");
    let there = taken(&server);
    assert_eq!(there.len(), GUESTS);
    assert!(there.values().all(|times| *times == 1), "{there:?}");
}
