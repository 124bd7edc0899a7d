//! What staff do at a door: take back, let in by a supervisor's word, look people up, walk-ins;
//! and what the organizer asks: rules, questions, room.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_api::routes::Pages;
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::clock::Clock;
use serde_json::{Value, json};

use crate::door::{Answer, Door};

impl Door {
    /// What an event's path answers to a POST.
    pub(crate) async fn act(&self, rest: &str, body: Value) -> Answer {
        let path = format!("/api/events/{}{rest}", self.event);
        self.post(&path, body).await
    }

    pub(crate) async fn set(&self, rest: &str, body: Value) -> Answer {
        let path = format!("/api/events/{}{rest}", self.event);
        self.put(&path, body).await
    }

    /// The text of the n-th ticket's code.
    pub(crate) fn code(&self, number: u32) -> String {
        let home = self.scratch.workspace.open_event(&self.event).unwrap();
        let ticket = home.find_ticket(&number.to_string()).unwrap();
        home.code_text(&ticket).unwrap()
    }

    /// The n-th ticket's id.
    pub(crate) fn ticket(&self, number: u32) -> String {
        let home = self.scratch.workspace.open_event(&self.event).unwrap();
        home.find_ticket(&number.to_string())
            .unwrap()
            .id
            .to_string()
    }

    pub(crate) async fn scan(&self, body: Value) -> Value {
        self.act("/scans", body).await.good(200)
    }

    pub(crate) async fn doors(&self, change: Value) -> Value {
        let mut settings = self.of_event("/door-settings").await.good(200);
        settings.as_object_mut().unwrap().remove("pin_set");
        for (field, value) in change.as_object().unwrap() {
            settings[field] = value.clone();
        }
        self.set("/door-settings", settings).await.good(200)
    }

    async fn rules(&self, rules: Value) -> Answer {
        self.set("/entry-rules", json!({ "items": rules })).await
    }
}

#[tokio::test]
async fn a_scan_is_taken_back_by_its_gate_for_minutes_and_by_a_supervisor_after() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let first = door
        .scan(json!({"code": door.code(1), "gate": "Gate A"}))
        .await;
    assert_eq!(first["code"], "admitted");
    assert_eq!(first["first_time"], true);
    let undo = format!("/scans/{}/undo", first["scan"].as_str().unwrap());
    let refused = door
        .act(&undo, json!({"gate": "Gate B"}))
        .await
        .refused(409);
    assert_eq!(refused, "undo_too_late", "another gate's");
    let nonce = "7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a1";
    let body = json!({"gate": "Gate A", "nonce": nonce});
    for _ in 0..2 {
        let undone = door.act(&undo, body.clone()).await.good(200);
        assert_eq!(undone["verdict"], "undone");
        assert_eq!(undone["scan"], nonce);
    }
    let again = door.act(&undo, json!({"gate": "Gate A"})).await;
    assert_eq!(again.refused(409), "already_undone");
    let seen = door.of_event("/door?gate=Gate%20A").await.good(200);
    assert_eq!(seen["counts"]["inside"], 0);
    assert_eq!(seen["counts"]["admitted"], 0);
    assert_eq!(seen["recent"][1]["undone"], true);

    // The ticket is good again, and the time for taking back runs out.
    let second = door
        .scan(json!({"code": door.code(1), "gate": "Gate A"}))
        .await;
    assert_eq!(second["code"], "admitted");
    door.scratch.clock.advance(6 * 60_000);
    let undo = format!("/scans/{}/undo", second["scan"].as_str().unwrap());
    let late = door.act(&undo, json!({"gate": "Gate A"})).await;
    assert_eq!(late.refused(409), "undo_too_late");
    let without = json!({"gate": "Gate A", "pin": "4711"});
    assert_eq!(
        door.act(&undo, without.clone()).await.refused(409),
        "pin_missing"
    );
    door.set("/door-pin", json!({"pin": "4711"}))
        .await
        .good(204);
    assert_eq!(
        door.act(&undo, json!({"gate": "Gate A", "pin": "1174"}))
            .await
            .refused(403),
        "pin_wrong"
    );
    assert_eq!(
        door.act(&undo, without).await.good(200)["verdict"],
        "undone"
    );
}

#[tokio::test]
async fn a_gate_whose_right_was_taken_back_takes_nothing_back_without_a_supervisor() {
    let door = Door::open(Pages::none());
    door.set("/door-pin", json!({"pin": "4711"}))
        .await
        .good(204);
    door.scratch.open_doors();
    let first = door
        .scan(json!({"code": door.code(1), "gate": "Gate A"}))
        .await;
    let seen = door.of_event("/door?gate=Gate%20A").await.good(200);
    let revoke = format!(
        "/api/devices/{}/revoke",
        seen["gate"]["id"].as_str().unwrap()
    );
    door.call(Method::POST, &revoke, None).await.good(200);
    let undo = format!("/scans/{}/undo", first["scan"].as_str().unwrap());
    let refused = door.act(&undo, json!({"gate": "Gate A"})).await;
    assert_eq!(refused.refused(403), "device_not_allowed");
    let again = door
        .scan(json!({"code": door.code(1), "gate": "Gate B"}))
        .await;
    assert_eq!(again["code"], "used", "the ticket was not opened again");
    let by_word = json!({"gate": "Gate B", "pin": "4711"});
    let undone = door.act(&undo, by_word).await.good(200);
    assert_eq!(undone["verdict"], "undone");
}

#[tokio::test]
async fn a_supervisor_lets_in_with_a_reason_and_a_thousand_guesses_are_not_looked_at() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    door.set("/door-pin", json!({"pin": "1111"}))
        .await
        .refused(400);
    door.set("/door-pin", json!({"pin": "4711"}))
        .await
        .good(204);
    door.scan(json!({"code": door.code(1)})).await;
    let used = door.scan(json!({"code": door.code(1)})).await;
    assert_eq!(used["code"], "used");
    let force = format!("/scans/{}/force", used["scan"].as_str().unwrap());
    let no_reason = door
        .act(&force, json!({"pin": "4711", "reason": " "}))
        .await;
    assert_eq!(no_reason.refused(400), "reason_missing");
    let good = json!({"pin": "4711", "reason": "left to park the car"});
    let forced = door.act(&force, good.clone()).await.good(200);
    assert_eq!(forced["verdict"], "admitted");
    assert_eq!(forced["code"], "forced");
    let line = door.get(&format!("/api/tickets/{}", door.ticket(1))).await;
    let scans = line.good(200)["scans"].as_array().unwrap().clone();
    let codes: Vec<&str> = scans.iter().map(|s| s["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["admitted", "used", "forced"], "never silently");

    let admitted = format!("/scans/{}/force", forced["scan"].as_str().unwrap());
    assert_eq!(
        door.act(&admitted, good.clone()).await.refused(409),
        "nothing_to_force"
    );
    let mut answers = std::collections::HashMap::<String, u32>::new();
    for n in 0..1_000 {
        let guess = json!({"pin": format!("{:04}", 5_000 + n), "reason": "let me in"});
        let answer = door.act(&force, guess).await;
        let status = answer.status.as_u16();
        *answers.entry(answer.refused(status)).or_default() += 1;
    }
    assert_eq!(answers["pin_wrong"], 5);
    assert_eq!(answers["pin_locked"], 995);
    assert_eq!(
        door.act(&force, good.clone()).await.refused(429),
        "pin_locked",
        "the right one neither"
    );
    // At this gate alone: a guest at a kiosk keeps no supervisor from the others.
    let check = |gate: &str, pin: &str| {
        let (gate, pin) = (gate.to_owned(), pin.to_owned());
        let door = &door;
        async move {
            let body = json!({"pin": pin, "gate": gate});
            door.act("/door-pin/check", body).await
        }
    };
    let elsewhere = json!({"code": door.code(2), "gate": "Side door"});
    door.scan(elsewhere).await;
    check("Side door", "4711").await.good(204);
    assert_eq!(check("Desk", "4711").await.refused(429), "pin_locked");
    door.scratch.clock.advance(5 * 60_000 - 1);
    assert_eq!(check("Desk", "4711").await.refused(429), "pin_locked");
    door.scratch.clock.advance(1);
    assert_eq!(door.act(&force, good).await.good(200)["code"], "forced");
    // Whoever makes gates up shares one gate's tries.
    for n in 0..5 {
        let made_up = check(&format!("Gate {n}"), "0815").await;
        assert_eq!(made_up.refused(403), "pin_wrong");
    }
    assert_eq!(check("Gate 6", "4711").await.refused(429), "pin_locked");
    check("Side door", "4711").await.good(204);
}

#[tokio::test]
async fn rules_keep_out_by_the_hour_and_the_count_and_a_broken_one_keeps_everybody_out() {
    let door = Door::open(Pages::none());
    door.doors(json!({"re_entry": "unlimited"})).await;
    door.scratch.open_doors();
    let twice = json!({
        "title": "Twice a day",
        "logic": {"<": [{"var": "entries.today"}, 2]},
        "enabled": true,
        "message": "This guest was in twice today.",
    });
    door.rules(json!([twice])).await.good(200);
    let expected = ["admitted", "admitted", "rule_refused"];
    for code in expected {
        let shown = door.scan(json!({"code": door.code(1)})).await;
        assert_eq!(shown["code"], code);
        if code == "rule_refused" {
            assert_eq!(shown["rule"], "Twice a day");
            assert_eq!(shown["rule_message"], "This guest was in twice today.");
            assert_eq!(
                shown["message"],
                "This guest was in twice today. A rule of the organizer keeps this ticket out. Call \
                 a supervisor."
            );
        }
    }
    let exit = json!({"code": door.code(1), "direction": "exit"});
    assert_eq!(door.scan(exit).await["code"], "exited", "never out");

    let unknown = json!([{"title": "Odd", "logic": {"open_sesame": []}}]);
    assert_eq!(door.rules(unknown).await.refused(400), "fields_invalid");
    // It can be worked out only for some, so for the others it refuses.
    let fails = json!([{"title": "Fails", "logic": {"/": [1, {"var": "no.such"}]}}]);
    door.rules(fails).await.good(200);
    let shown = door.scan(json!({"code": door.code(2)})).await;
    assert_eq!(shown["code"], "rule_refused");
    let tried = door
        .act(
            "/entry-rules/check",
            json!({"logic": {">": [{"var": "minute"}, 60]}, "sample": {"minute": 61}}),
        )
        .await
        .good(200);
    assert_eq!(
        (&tried["ok"], &tried["value"]),
        (&json!(true), &json!(true))
    );
    door.rules(json!([])).await.good(200);
    assert_eq!(
        door.scan(json!({"code": door.code(2)})).await["code"],
        "admitted"
    );
}

#[tokio::test]
async fn questions_are_asked_once_and_those_inside_are_counted() {
    let door = Door::open(Pages::none());
    let event = format!("/api/events/{}", door.event);
    let seen = door.get(&event).await;
    let mut change = door.request(Method::PUT, &event, Some(&json!({"capacity": 4})));
    change.headers_mut().insert(
        axum::http::header::IF_MATCH,
        seen.header(axum::http::header::ETAG).parse().unwrap(),
    );
    door.send(change).await.good(200);
    door.doors(json!({"re_entry": "after_exit", "questions": ["Any allergies?"]}))
        .await;
    door.scratch.open_doors();
    let asked = door.scan(json!({"code": door.code(1)})).await;
    assert_eq!(asked["code"], "questions_open");
    assert_eq!(asked["attention"], true);
    assert_eq!(asked["questions"], json!(["Any allergies?"]));
    let answered = json!({"code": door.code(1), "answered": true});
    assert_eq!(door.scan(answered).await["code"], "admitted");
    let out = json!({"code": door.code(1), "direction": "exit"});
    assert_eq!(door.scan(out.clone()).await["code"], "exited");
    assert_eq!(
        door.scan(json!({"code": door.code(1)})).await["code"],
        "admitted",
        "asked once"
    );

    door.doors(json!({"questions": []})).await;
    let counts = door.of_event("/door").await.good(200)["counts"].clone();
    assert_eq!(
        (&counts["inside"], &counts["capacity"]),
        (&json!(1), &json!(4))
    );
    for number in 2..=4 {
        door.scan(json!({"code": door.code(number)})).await;
    }
    assert_eq!(
        door.of_event("/door").await.good(200)["counts"]["inside"],
        4
    );
}

#[tokio::test]
async fn people_are_found_by_hand_and_let_in_alone_or_together() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let ticket = door.ticket(1);
    let found = |items: Value| -> Vec<String> {
        items["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["ticket"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = door.of_event("/door/search?q=INV-0001").await.good(200);
    let label = first["items"][0]["name"].as_str().unwrap().to_owned();
    assert!(found(first).contains(&ticket));
    let (letters, end, part) = (&ticket[..18], &ticket[32..], &ticket[20..27]);
    for text in [label.as_str(), "#1", letters, end, part, "inv-0001"] {
        let query: String = text.bytes().map(|b| format!("%{b:02X}")).collect();
        let items = door
            .of_event(&format!("/door/search?q={query}"))
            .await
            .good(200);
        assert!(found(items).contains(&ticket), "{text}");
    }
    for text in ["nobodyatall", &ticket[..8], "zzzz", &ticket[33..]] {
        let nobody = door.of_event(&format!("/door/search?q={text}")).await;
        assert_eq!(nobody.good(200)["items"], json!([]), "{text}");
    }

    let party = door
        .of_event(&format!("/door/party/{ticket}"))
        .await
        .good(200);
    let members: Vec<Value> = party["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["ticket"].clone())
        .collect();
    let nonce = "7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a1";
    let body = json!({"gate": "Gate A", "tickets": members, "nonce": nonce});
    let once = door.act("/door/admit", body.clone()).await.good(200);
    let again = door.act("/door/admit", body).await.good(200);
    for (a, b) in once["items"]
        .as_array()
        .unwrap()
        .iter()
        .zip(again["items"].as_array().unwrap())
    {
        assert_eq!(a["code"], "admitted");
        assert_eq!(
            (&a["scan"], &a["code"]),
            (&b["scan"], &b["code"]),
            "one scan"
        );
    }
    let count = door.of_event("/door?gate=Gate%20A").await.good(200);
    assert_eq!(count["counts"]["inside"], members.len());
    let too_many = json!({"tickets": vec![ticket; 51]});
    assert_eq!(
        door.act("/door/admit", too_many).await.refused(400),
        "body_invalid"
    );
}

#[tokio::test]
async fn people_who_are_let_in_by_hand_are_asked_too() {
    let door = Door::open(Pages::none());
    door.doors(json!({"questions": ["Any allergies?"], "walk_ins": true}))
        .await;
    door.scratch.open_doors();
    assert_eq!(
        door.of_event("/door").await.good(200)["questions"],
        json!(["Any allergies?"]),
        "asked before a ticket is made"
    );
    let mut body = json!({"tickets": [door.ticket(1), door.ticket(2)]});
    let asked = door.act("/door/admit", body.clone()).await.good(200);
    for shown in asked["items"].as_array().unwrap() {
        assert_eq!(shown["code"], "questions_open");
        assert_eq!(shown["questions"], json!(["Any allergies?"]));
    }
    body["answered"] = json!(true);
    let came = door.act("/door/admit", body).await.good(200);
    for shown in came["items"].as_array().unwrap() {
        assert_eq!(shown["code"], "admitted");
    }
}

#[tokio::test]
async fn whoever_has_no_ticket_gets_one_at_the_door_where_the_office_allows_it() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let kind = door.of_event("/door").await.good(200)["ticket_types"][0].clone();
    let body = json!({"name": "Wanda Reed", "ticket_type": kind});
    assert_eq!(
        door.act("/door/walk-in", body.clone()).await.refused(409),
        "walk_ins_off"
    );
    door.doors(json!({"walk_ins": true})).await;
    let shown = door.act("/door/walk-in", body).await.good(200);
    assert_eq!(shown["code"], "admitted");
    assert_eq!(shown["name"], "Wanda Reed");
    let found = door.of_event("/door/search?q=wanda").await.good(200);
    assert_eq!(found["items"][0]["inside"], true);
}

#[tokio::test]
async fn everybody_counts_as_gone_at_the_hour_that_was_set() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    // Two hours after now, in the event's zone.
    let now = door.scratch.clock.now_ms();
    let home = door.scratch.workspace.open_event(&door.event).unwrap();
    let local = gatehouse_domain::calendar::local::local_of(now, home.event().time_zone);
    let minute = {
        use chrono::Timelike;
        (local.hour() * 60 + local.minute() + 120) % 1_440
    };
    door.doors(json!({"re_entry": "after_exit", "auto_exit_minute": minute}))
        .await;
    assert_eq!(
        door.scan(json!({"code": door.code(1)})).await["code"],
        "admitted"
    );
    assert_eq!(
        door.scan(json!({"code": door.code(1)})).await["code"],
        "used"
    );
    let inside = |view: Value| view["counts"]["inside"].clone();
    assert_eq!(inside(door.of_event("/door").await.good(200)), 1);
    door.scratch.clock.advance(121 * 60_000);
    assert_eq!(inside(door.of_event("/door").await.good(200)), 0);
    assert_eq!(
        door.scan(json!({"code": door.code(1)})).await["code"],
        "admitted",
        "came back"
    );
}

#[tokio::test]
async fn a_gate_that_read_a_ticket_within_a_day_is_named_with_the_time() {
    let door = Door::open(Pages::none());
    door.scratch.go_to("2026-11-21T18:50");
    let early = door
        .scan(json!({"code": door.code(1), "gate": "Gate A"}))
        .await;
    assert_eq!(early["code"], "too_early", "it was read all the same");
    let line = async || {
        let check = door.of_event("/preflight").await.good(200);
        let mut items = check["items"].as_array().unwrap().iter();
        items
            .find(|item| item["code"] == "test_ticket")
            .unwrap()
            .clone()
    };
    let read = line().await;
    assert_eq!(read["state"], "ok");
    assert_eq!(read["params"], json!({"gate": "Gate A", "at": early["at"]}));
    door.scratch.clock.advance(86_400_000);
    assert_eq!(line().await["state"], "ok");
    door.scratch.clock.advance(1);
    let old = line().await;
    assert_eq!(
        (&old["state"], &old["params"]),
        (&json!("warning"), &json!({}))
    );
}

#[tokio::test]
async fn readiness_tells_line_by_line_what_is_to_be_mended() {
    let door = Door::open(Pages::none());
    let states = async || -> std::collections::HashMap<String, String> {
        let check = door.of_event("/preflight").await.good(200);
        check["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| {
                let text = |field: &str| item[field].as_str().unwrap().to_owned();
                (text("code"), text("state"))
            })
            .collect()
    };
    let before = states().await;
    assert_eq!(before["tickets_issued"], "ok");
    assert_eq!(before["keys_active"], "ok");
    assert_eq!(before["test_ticket"], "warning", "nobody showed one yet");
    assert_eq!(before["devices_online"], "ok", "there are none away");
    assert_eq!(
        before["camera"], "unknown",
        "its light is a person's to see"
    );
    assert_eq!(before["gates_meet"], "ok", "there are none away");
    assert_eq!(before["gate_clocks"], "ok", "there are none away");
    assert_eq!(before["kiosk_pin"], "ok", "there is no kiosk");
    door.scratch.open_doors();
    let garbage = door.scan(json!({"code": "https://example.org/menu"})).await;
    assert_eq!(garbage["code"], "malformed");
    assert_eq!(
        states().await["test_ticket"],
        "warning",
        "that was no ticket"
    );
    let by_hand = json!({"tickets": [door.ticket(2)]});
    door.act("/door/admit", by_hand).await.good(200);
    assert_eq!(
        states().await["test_ticket"],
        "warning",
        "whoever was found by hand showed no code"
    );
    door.scan(json!({"code": door.code(1)})).await;
    assert_eq!(states().await["test_ticket"], "ok");
    // A kiosk that meets nobody: this office meets none while it lets no machine in.
    let gate = door
        .post(
            "/api/registration-tokens/generate",
            json!({"kind": "kiosk"}),
        )
        .await
        .good(201);
    let key = STANDARD.encode(
        SigningKey::generate(KeyProfile::Ed25519)
            .unwrap()
            .public()
            .spki_der(),
    );
    let body = json!({"token": gate["token"], "deviceName": "Quay gate", "publicKey": key});
    let request = door.request_as(None, Method::POST, "/api/scanners/register", Some(&body));
    door.send(request).await.good(201);
    let met = states().await;
    assert_eq!(
        (met["gates_meet"].as_str(), met["gate_clocks"].as_str()),
        ("unknown", "unknown")
    );
    assert_eq!(met["kiosk_pin"], "failed", "anybody could leave it");
    door.set("/door-pin", json!({"pin": "4711"})).await;
    assert_eq!(states().await["kiosk_pin"], "ok");
    // A clock that was set back is noticed by what was written after it.
    let now = door.scratch.clock.now_ms();
    door.scratch.clock.set(now - 86_400_000 * 400);
    assert_eq!(states().await["clock"], "failed");
}
