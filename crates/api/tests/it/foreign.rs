//! Programs of somebody else's that speak the scanning API: registered as their document says, and
//! believed as far as they can be.

use axum::http::Method;
use gatehouse_api::routes::Pages;
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::clock::Clock;
use serde_json::{Value, json};

use crate::door::{Answer, Door};
use crate::scanning::{Scanner, told};

const MINUTE: i64 = 60_000;
const NONCE: &str = "7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a1";

impl Door {
    /// Registers with the document's own question.
    async fn register_foreign(&self, token: &Value) -> Answer {
        let body = json!({
            "token": token,
            "deviceName": "Gate A Scanner",
            "deviceInfo": {
                "model": "Samsung Galaxy S21",
                "osVersion": "Android 14",
                "appVersion": "1.0.0"
            }
        });
        let request = self.request_as(None, Method::POST, "/api/scanners/register", Some(&body));
        self.send(request).await
    }

    async fn foreign_token(&self) -> Value {
        let body = json!({"validityMinutes": 5, "notes": "Gate A scanner for Main Entrance"});
        let path = "/api/registration-tokens/generate";
        self.post(path, body).await.good(201)["token"].clone()
    }

    async fn foreign(&self) -> Scanner {
        let token = self.foreign_token().await;
        let made = self.register_foreign(&token).await.good(201);
        Scanner {
            id: made["scannerId"].as_str().unwrap().to_owned(),
            credential: made["credentials"].as_str().unwrap().to_owned(),
        }
    }

    async fn counts(&self) -> Value {
        self.of_event("/door").await.good(200)["counts"].clone()
    }
}

fn statuses(answer: &Value) -> Vec<&str> {
    let results = answer["syncResults"].as_array().unwrap().iter();
    results
        .map(|result| result["status"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_foreign_scanner_gets_the_settings_of_its_document() {
    let door = Door::open(Pages::none());
    let token = door.foreign_token().await;
    let made = door.register_foreign(&token).await.good(201);
    let settings = &made["settings"];
    assert_eq!(
        (
            &settings["offlineModeEnabled"],
            &settings["syncIntervalMinutes"],
            &settings["maxOfflineHours"],
        ),
        (&json!(false), &json!(15), &json!(24))
    );
    let devices = door.of_event("/devices").await.good(200);
    assert_eq!(devices["items"][0]["kind"], "scanner");
    let again = door.register_foreign(&token).await;
    assert_eq!(again.refused(409), "token_used");

    let gate = door.own_gate("North").await;
    let devices = door.of_event("/devices").await.good(200);
    let mut devices = devices["items"].as_array().unwrap().iter();
    let north = devices.find(|device| device["name"] == "North").unwrap();
    assert_eq!(north["kind"], "gate");
    let path = format!("/api/scanners/{}/settings", gate.scanner.id);
    let own = door.by(&gate.scanner, Method::GET, &path, None).await;
    assert_eq!(own.good(200)["maxOfflineHours"], Value::Null);
}

#[tokio::test]
async fn only_a_gate_with_a_key_of_its_own_carries_all_of_the_list() {
    let door = Door::open(Pages::none());
    let link = door
        .act("/scanner-links", json!({"device_name": "Phone"}))
        .await
        .good(201);
    let token = link["link"].as_str().unwrap().trim_start_matches("/scan/");
    let made = door.register_foreign(&json!(token)).await.good(201);
    let phone = Scanner {
        id: made["scannerId"].as_str().unwrap().to_owned(),
        credential: made["credentials"].as_str().unwrap().to_owned(),
    };
    for other in [&phone, &door.foreign().await] {
        let path = format!("/api/scanners/{}/roster", other.id);
        door.by(other, Method::GET, &path, None).await.good(200);
        let all = format!("{path}?form=gate");
        let refused = door.by(other, Method::GET, &all, None).await;
        assert_eq!(refused.refused(403), "not_allowed");
    }
    door.own_gate("North").await;
}

#[tokio::test]
async fn of_two_that_show_one_token_at_once_one_is_registered() {
    let door = Door::open(Pages::none());
    let token = door.foreign_token().await;
    let (one, two) = tokio::join!(door.register_foreign(&token), door.register_foreign(&token));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    let devices = door.of_event("/devices").await.good(200);
    assert_eq!(devices["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_gate_whose_registration_was_answered_to_nobody_registers_again_with_its_key() {
    let door = Door::open(Pages::none());
    let token = door.gate_token().await;
    let key = || SigningKey::generate(KeyProfile::Ed25519).unwrap();
    let (own, stolen) = (key(), key());
    let first = door.register_gate(&token, "North", &own).await.good(201);
    let other = door.register_gate(&token, "North", &stolen).await;
    assert_eq!(other.refused(409), "token_used");
    let keyless = door.register_foreign(&json!(token)).await;
    assert_eq!(keyless.refused(409), "token_used");
    let again = door.register_gate(&token, "North", &own).await.good(201);
    assert_eq!(again["scannerId"], first["scannerId"]);
    let scanner = |made: &Value| Scanner {
        id: made["scannerId"].as_str().unwrap().to_owned(),
        credential: made["credentials"].as_str().unwrap().to_owned(),
    };
    let (first, again) = (scanner(&first), scanner(&again));
    let path = format!("/api/scanners/{}/settings", again.id);
    door.by(&again, Method::GET, &path, None).await.good(200);
    let before = door.by(&first, Method::GET, &path, None).await;
    assert_eq!(before.refused(403), "scanner_replaced");
    door.scratch.clock.advance(5 * MINUTE);
    let late = door.register_gate(&token, "North", &own).await;
    assert_eq!(late.refused(400), "token_expired");
}

#[tokio::test]
async fn a_ticket_that_was_never_issued_lets_nobody_in_by_being_told_of() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    door.set("", json!({"capacity": 5})).await.good(200);
    let scanner = door.foreign().await;
    door.scratch.clock.advance(10 * MINUTE);
    let now = door.scratch.clock.now_ms();
    let invented: Vec<Value> = (1..=3)
        .map(|n| told(&uuid::Uuid::from_u128(n).to_string(), now - MINUTE))
        .collect();
    for _ in 0..2 {
        let answer = door.sync(&scanner, invented.clone()).await.good(200);
        assert_eq!(statuses(&answer), ["INVALID"; 3]);
    }
    assert_eq!(door.counts().await["inside"], 0);
    assert_eq!(door.open_alerts("unknown_ticket").await.len(), 1);
    let listed = door.of_event("/devices").await.good(200);
    assert_eq!(
        (
            &listed["items"][0]["scans"],
            &listed["items"][0]["admitted"]
        ),
        (&json!(3), &json!(0)),
        "each is kept once, as a refusal"
    );

    // One that was taken back happened all the same, and somebody looks at it.
    let void = format!("/api/tickets/{}/void", door.ticket(1));
    door.post(&void, json!({})).await.good(200);
    let scans = [1, 2].map(|number| told(&door.ticket(number), now - MINUTE));
    for _ in 0..2 {
        let answer = door.sync(&scanner, scans.to_vec()).await.good(200);
        assert_eq!(statuses(&answer), ["SUCCESS"; 2]);
    }
    assert_eq!(door.counts().await["inside"], 2);
    let doubtful = door.open_alerts("not_good").await;
    assert_eq!(doubtful.len(), 1);
    assert_eq!(doubtful[0]["number"], 1);
}

#[tokio::test]
async fn a_word_that_a_scanner_may_not_say_is_refused_and_the_others_are_taken() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let scanner = door.foreign().await;
    door.scratch.clock.advance(10 * MINUTE);
    let at = door.scratch.clock.now_ms() - MINUTE;
    let said = |number: u32, more: Value| {
        let mut scan = told(&door.ticket(number), at);
        for (field, value) in more.as_object().unwrap() {
            scan[field] = value.clone();
        }
        scan
    };
    let scans = vec![
        said(1, json!({"code": "forced"})),
        said(2, json!({"code": "admitted", "direction": "exit"})),
        said(3, json!({"code": "exited", "direction": "entry"})),
        said(3, json!({"code": "undone"})),
        said(4, json!({"code": "admitted"})),
        said(4, json!({"code": "used"})),
    ];
    let answer = door.sync(&scanner, scans).await.good(200);
    let expected = [
        "INVALID", "INVALID", "INVALID", "INVALID", "SUCCESS", "SUCCESS",
    ];
    assert_eq!(statuses(&answer), expected, "the last is the same scan");
    let message = answer["syncResults"][0]["message"].as_str().unwrap();
    assert!(message.contains("not kept"), "{message}");
    let counts = door.counts().await;
    assert_eq!(
        (&counts["inside"], &counts["admitted"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_scan_under_a_name_that_is_taken_holds_up_no_other() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let scanner = door.foreign().await;
    // The office refused a code, the answer was lost, and the phone let the next one in alone.
    let asked = json!({"jwt": "https://example.org/menu", "nonce": NONCE});
    let path = "/api/tickets/validate";
    door.by(&scanner, Method::POST, path, Some(asked))
        .await
        .good(400);
    door.scratch.clock.advance(10 * MINUTE);
    let at = door.scratch.clock.now_ms() - MINUTE;
    let mut alone = told(&door.ticket(1), at);
    alone["nonce"] = json!(NONCE);
    let mut another = told(&door.ticket(2), at);
    another["nonce"] = json!(NONCE);
    let scans = vec![alone, another, told(&door.ticket(3), at)];
    for _ in 0..2 {
        let answer = door.sync(&scanner, scans.clone()).await.good(200);
        assert_eq!(statuses(&answer), ["SUCCESS"; 3]);
        for result in &answer["syncResults"].as_array().unwrap()[..2] {
            assert_eq!(result["nonce"], NONCE, "by the name that the phone gave");
        }
    }
    assert_eq!(door.counts().await["inside"], 3);
    let listed = door.of_event("/devices").await.good(200);
    assert_eq!(listed["items"][0]["scans"], 4, "each once");
}

#[tokio::test]
async fn a_request_that_says_nothing_of_waiting_scans_leaves_their_number() {
    let door = Door::open(Pages::none());
    let scanner = door.foreign().await;
    let pending = async |more: Value| {
        let mut body = json!({"scannerId": scanner.id, "scans": []});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        let path = "/api/scanners/sync";
        let answer = door.by(&scanner, Method::POST, path, Some(body)).await;
        answer.good(200);
        door.of_event("/devices").await.good(200)["items"][0]["pending"].clone()
    };
    assert_eq!(pending(json!({})).await, Value::Null);
    assert_eq!(pending(json!({"pending": 7})).await, 7);
    assert_eq!(pending(json!({})).await, 7);
    assert_eq!(pending(json!({"pending": 0})).await, 0);
}

#[tokio::test]
async fn a_token_that_ended_a_week_ago_is_forgotten_without_another() {
    let door = Door::open(Pages::none());
    let token = door.gate_token().await;
    let path = format!("/api/registration-tokens/{token}");
    let week = 7 * 24 * 60 * MINUTE;
    door.scratch.clock.advance(week);
    door.of_event("/devices").await.good(200);
    door.get(&path).await.good(200);
    door.scratch.clock.advance(6 * MINUTE);
    door.of_event("/devices").await.good(200);
    assert_eq!(door.get(&path).await.refused(400), "token_invalid");
}
