//! The office is away: a spare gate is enrolled by another gate, and people without a ticket are let
//! in with what the office gave that gate ahead.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::gates::{Desk, guests};
use crate::lone_gate::Window;
use crate::mesh::Typed;
use crate::office::{Office, PATIENCE, free_addresses, have, skip, stderr, text};

fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_gate_enrols_a_spare_one_and_lets_people_in_without_a_ticket_while_the_office_is_away() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let office = Office::with_event("ed25519");
    guests(&office, 4);
    let [at] = free_addresses();
    let desk = Desk::open_at(&office, &at);
    let event = desk.event();
    let codes: Vec<String> = (1..=4).map(|number| desk.token(number)).collect();
    let north_folder = text(&office.path("North"));
    let exchange = |more: &[&str]| {
        office.must(&[&["gate", "--data", &north_folder, "--json"], more].concat());
    };
    exchange(&["--enrol", &desk.code(), "--name", "North"]);
    let id = desk.device("North")["id"].as_str().unwrap().to_owned();

    // The office allows one spare gate and two people; the gate fetches what it needs for that.
    let allowed = json!({ "settings": {
        "offline_mode": true, "sync_interval_minutes": 1, "max_offline_hours": null,
        "spare_gates": 1, "walk_ins": 2,
    } });
    desk.json("PATCH", &format!("/api/devices/{id}"), Some(&allowed));
    exchange(&[]);
    let spare = desk.device("North · spare 1");
    assert_eq!(
        (&spare["spare_of"], &spare["last_seen_at"]),
        (&json!(id), &Value::Null)
    );
    let window = Window::open(&office, &north_folder, &[]);
    let south = office.path("South");
    let mut south = Typed::start(
        &office,
        &south,
        &["--enrol", &desk.code(), "--name", "South"],
    );
    let at_south = south.meets(2, 0)["listens"].as_str().unwrap().to_owned();
    window.until(&event, |door| {
        door["walk_ins_left"] == 2 && door["spare_places"] == 1 && door["peers"]["here"] == 2
    });
    // The list that names the two tickets is at both gates before the office goes.
    std::thread::sleep(Duration::from_secs(2));
    drop(desk);
    window.until(&event, |door| door["peers"]["here"] == 1);

    // Two come in without a ticket, and every gate knows; a third can't.
    let walk_in = |name: &str| {
        let given = json!({ "name": name, "ticket_type": "Standard" });
        window.act(&format!("/api/events/{event}/door/walk-in"), &given)
    };
    for name in ["Mara Quill", "Odo Fenn"] {
        let (status, shown) = walk_in(name);
        assert_eq!(status, 200, "{shown}");
        // On a busy machine the others answer too late.
        let mode = shown["mode"].as_str();
        assert!(matches!(mode, Some("mesh" | "alone")), "{shown}");
        assert_eq!(
            (&shown["code"], &shown["name"]),
            (&json!("admitted"), &json!(name)),
        );
        south.hears_of(&shown["ticket"]);
    }
    let (status, refused) = walk_in("Pim Hale");
    assert_eq!((status, &refused["code"]), (409, &json!("reserve_empty")));

    // A spare machine becomes a gate with the code that the gate shows, and works with the others.
    let ask = || window.act(&format!("/api/events/{event}/door/spare-gate"), &json!({}));
    let (status, shown) = ask();
    assert_eq!(status, 200, "{shown}");
    let code = shown["code_text"].as_str().unwrap().to_owned();
    // One loopback has no multicast: the other gate's address is typed.
    let more = ["--enrol", &code, "--peer", &at_south];
    let mut spare = Typed::start(&office, &office.path("Spare"), &more);
    spare.meets(2, 2);
    let first = spare.admits(&codes[0]);
    south.hears_of(&first["ticket"]);
    let again = south.shows(&codes[0]);
    assert_eq!(again["code"], "used");
    let told = again["message"].as_str().unwrap();
    assert!(told.contains("North · spare 1"), "{told}");
    let second = south.admits(&codes[1]);
    spare.hears_of(&second["ticket"]);
    assert_eq!(spare.shows(&codes[1])["code"], "used");

    // The code is of one machine, and there was one place.
    let other = text(&office.path("Other"));
    let late = office.run(&["gate", "--data", &other, "--enrol", &code]);
    assert!(!late.status.success());
    assert!(stderr(&late).contains("code"), "{}", stderr(&late));
    let (status, refused) = ask();
    assert_eq!((status, &refused["code"]), (409, &json!("reserve_empty")));

    // The office is back: it knows the spare gate, its scans, and who came in.
    let desk = Desk::open_at(&office, &at);
    until("the scans of the spare gate", || {
        let spare = desk.device("North · spare 1");
        (spare["admitted"] == 1 && !spare["last_seen_at"].is_null()).then_some(())
    });
    until("who came in", || {
        let guests = desk.json("GET", &format!("/api/events/{event}/guests"), None);
        let text = guests.to_string();
        (text.contains("Mara Quill") && text.contains("Odo Fenn")).then_some(())
    });

    // With the gate's right goes that of the spare gate which it enrolled.
    desk.json("POST", &format!("/api/devices/{id}/revoke"), None);
    spare.says("that its right was taken back", |line| {
        line["news"] == "revoked"
    });
    assert_eq!(south.shows(&codes[2])["code"], "admitted");
}
