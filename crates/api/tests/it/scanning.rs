//! Devices that scan: registered with a token, deciding online, sending what they decided alone.

use axum::http::Method;
use chrono::{DateTime, SecondsFormat};
use gatehouse_api::routes::Pages;
use gatehouse_domain::clock::Clock;
use serde_json::{Value, json};

use crate::door::{Answer, Door};

const MINUTE: i64 = 60_000;

fn iso(at: i64) -> String {
    DateTime::from_timestamp_millis(at)
        .unwrap()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(crate) struct Scanner {
    pub(crate) id: String,
    pub(crate) credential: String,
}

impl Door {
    async fn token(&self) -> String {
        let body = json!({"validityMinutes": 5, "notes": "Gate A scanner", "kind": "scanner"});
        let made = self
            .post("/api/registration-tokens/generate", body)
            .await
            .good(201);
        assert_eq!(made["validityMinutes"], 5);
        let picture = made["qrCodeBase64"].as_str().unwrap();
        assert!(picture.starts_with("data:image/png;base64,iVBOR"));
        made["token"].as_str().unwrap().to_owned()
    }

    async fn register_with(&self, token: &str, name: &str) -> Answer {
        let body = json!({"token": token, "deviceName": name,
            "deviceInfo": {"model": "Tablet 9", "osVersion": "14", "appVersion": "1.0.0"}});
        let request = self.request_as(None, Method::POST, "/api/scanners/register", Some(&body));
        self.send(request).await
    }

    pub(crate) async fn scanner(&self, name: &str) -> Scanner {
        let token = self.token().await;
        let made = self.register_with(&token, name).await.good(201);
        Scanner {
            id: made["scannerId"].as_str().unwrap().to_owned(),
            credential: made["credentials"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) async fn by(
        &self,
        scanner: &Scanner,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = self.request_as(Some(&scanner.credential), method, path, body.as_ref());
        self.send(request).await
    }

    pub(crate) async fn validate(&self, scanner: &Scanner, code: &str) -> Answer {
        let body = json!({"jwt": code, "scannerId": scanner.id,
            "deviceTime": iso(self.scratch.clock.now_ms())});
        self.by(scanner, Method::POST, "/api/tickets/validate", Some(body))
            .await
    }

    pub(crate) async fn sync(&self, scanner: &Scanner, scans: Vec<Value>) -> Answer {
        self.sync_since(scanner, scans, &Value::Null).await
    }

    /// Sends scans, having heard the answer of that time last.
    async fn sync_since(&self, scanner: &Scanner, scans: Vec<Value>, heard: &Value) -> Answer {
        let body = json!({"scannerId": scanner.id, "scans": scans, "lastSyncAt": heard});
        self.by(scanner, Method::POST, "/api/scanners/sync", Some(body))
            .await
    }
}

pub(crate) fn told(ticket: &str, at: i64) -> Value {
    json!({"ticketId": ticket, "scannedAt": iso(at), "validationMode": "OFFLINE",
        "deviceTime": iso(at)})
}

#[tokio::test]
async fn a_token_registers_one_device_within_its_minutes() {
    let door = Door::open(Pages::none());
    for minutes in [0, 61] {
        let body = json!({"validityMinutes": minutes});
        let answer = door.post("/api/registration-tokens/generate", body).await;
        assert_eq!(answer.refused(400), "fields_invalid", "{minutes}");
    }
    let token = door.token().await;
    let state = format!("/api/registration-tokens/{token}");
    let fresh = door.get(&state).await.good(200);
    assert_eq!(fresh["used"], false);
    assert_eq!(fresh["eventTitle"], "Winter Gala");
    let made = door.register_with(&token, "Gate A Scanner").await.good(201);
    assert_eq!(
        made["settings"]["offlineModeEnabled"], false,
        "as the document says"
    );
    assert_eq!(made["settings"]["syncIntervalMinutes"], 15);
    assert_eq!(made["settings"]["maxOfflineHours"], 24);
    assert_eq!(made["caFingerprint"].as_str().unwrap().len(), 64);
    let used = door.get(&state).await.good(200);
    assert_eq!(used["used"], true);
    assert_eq!(used["scannerName"], "Gate A Scanner");
    assert_eq!(
        door.register_with(&token, "Again").await.refused(409),
        "token_used"
    );
    let late = door.token().await;
    door.scratch.clock.advance(5 * MINUTE);
    assert_eq!(
        door.register_with(&late, "Late").await.refused(400),
        "token_expired"
    );
    let guessed = format!(
        "{}{}",
        &late[..35],
        if late.ends_with('0') { '1' } else { '0' }
    );
    for wrong in [guessed.as_str(), "abc-123-xyz-789", ""] {
        assert_eq!(
            door.register_with(wrong, "Wrong").await.refused(400),
            "token_invalid",
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_scanner_decides_online_in_the_words_of_its_api_until_it_is_revoked() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let gate = door.scanner("Gate B Scanner").await;
    let good = door.validate(&gate, &door.code(1)).await.good(200);
    assert_eq!(good["valid"], true);
    assert_eq!(good["eventName"], "Winter Gala");
    assert_eq!(good["message"], "Entry granted");
    let again = door.validate(&gate, &door.code(1)).await.good(400);
    assert_eq!(again["valid"], false);
    assert_eq!(again["reason"], "DUPLICATE");
    assert_eq!(again["originalScanner"], "Gate B Scanner");
    assert!(again["originalScanTime"].as_str().unwrap().ends_with('Z'));
    assert_eq!(again["expiredAt"], Value::Null);
    let forged = {
        let mut code = door.code(2);
        let last = code.pop().unwrap();
        code.push(if last == 'A' { 'B' } else { 'A' });
        code
    };
    let refused = door.validate(&gate, &forged).await.good(400);
    assert!(
        ["INVALID_SIGNATURE", "INVALID"].contains(&refused["reason"].as_str().unwrap()),
        "{refused}"
    );
    let path = format!("/api/scanners/{}/settings", gate.id);
    let settings = door.by(&gate, Method::GET, &path, None).await.good(200);
    assert_eq!(settings["allowedEventIds"], json!([door.event]));
    let nobody = path.replace(&gate.id, &uuid::Uuid::nil().to_string());
    let unknown = door.by(&gate, Method::GET, &nobody, None).await;
    assert_eq!(unknown.refused(404), "device_unknown");

    // A credential is no account, and an account's token no credential.
    let request = door.request_as(Some(&gate.credential), Method::GET, "/api/events", None);
    assert_eq!(door.send(request).await.refused(401), "signed_out");
    let other = door.scanner("Gate C").await;
    let stolen = Scanner {
        id: other.id.clone(),
        credential: gate.credential.clone(),
    };
    assert_eq!(
        door.validate(&stolen, &door.code(3)).await.refused(403),
        "not_allowed"
    );
    let others = path.replace(&gate.id, &other.id);
    let refused = door.by(&gate, Method::GET, &others, None).await;
    assert_eq!(refused.refused(403), "not_allowed");

    let revoke = format!("/api/scanners/{}/revoke", gate.id);
    let revoked = door.post(&revoke, json!({})).await.good(200);
    assert_eq!(revoked["status"], "REVOKED");
    assert_eq!(
        door.validate(&gate, &door.code(3)).await.refused(403),
        "scanner_revoked"
    );
    assert_eq!(
        door.by(&gate, Method::GET, &path, None).await.refused(403),
        "scanner_revoked"
    );
    // What it says then is taken all the same, and shown to the office.
    let now = door.scratch.clock.now_ms();
    let late = door.sync(&gate, vec![told(&door.ticket(4), now)]).await;
    let late = late.good(200);
    assert_eq!(late["syncResults"][0]["status"], "SUCCESS");
    assert_eq!(late["settings"], Value::Null, "it wipes itself");
    let alerts = door.of_event("/alerts").await.good(200);
    assert!(
        alerts["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|alert| alert["kind"] == "put_aside" && alert["number"] == 4)
    );
}

#[tokio::test]
async fn scans_of_gates_that_were_apart_are_ordered_by_time_and_not_by_arrival() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let (a, b) = (door.scanner("Gate A").await, door.scanner("Gate B").await);
    door.scratch.clock.advance(30 * MINUTE);
    let ten = door.scratch.clock.now_ms();
    let ticket = door.ticket(1);
    // Gate B let them in at 10:08 and says so first.
    let first = door
        .sync(&b, vec![told(&ticket, ten - 22 * MINUTE)])
        .await
        .good(200);
    assert_eq!(first["syncResults"][0]["status"], "SUCCESS");
    let same = door
        .sync(&b, vec![told(&ticket, ten - 22 * MINUTE)])
        .await
        .good(200);
    assert_eq!(same["syncResults"][0]["status"], "SUCCESS", "one scan");
    // Gate A's is older, so it stands, and gate B hears of it.
    let second = door
        .sync(&a, vec![told(&ticket, ten - 25 * MINUTE)])
        .await
        .good(200);
    assert_eq!(second["syncResults"][0]["status"], "SUCCESS");
    // The first answer to it is lost: gate B has heard nothing since, and is told again.
    let heard = same["serverTime"].clone();
    for _ in 0..2 {
        door.scratch.clock.advance(1_000);
        let third = door.sync_since(&b, vec![], &heard).await.good(200);
        let update = &third["pendingUpdates"][0];
        assert_eq!(update["status"], "DUPLICATE");
        assert_eq!(update["originalScanner"], "Gate A");
        assert_eq!(update["originalScanTime"], iso(ten - 25 * MINUTE));
    }
    let now = json!(iso(door.scratch.clock.now_ms()));
    for heard in [&now, &Value::Null] {
        let fourth = door.sync_since(&b, vec![], heard).await.good(200);
        assert_eq!(fourth["pendingUpdates"], json!([]), "told until it heard");
    }
    // A younger one of a third gate is the duplicate of the oldest.
    let c = door.scanner("Gate C").await;
    // Its answer is lost too, and the same scan sent again gets the same answer.
    for _ in 0..2 {
        let last = door
            .sync(&c, vec![told(&ticket, ten - MINUTE)])
            .await
            .good(200);
        let result = &last["syncResults"][0];
        assert_eq!(result["status"], "DUPLICATE");
        assert_eq!(result["originalScanner"], "Gate A");
    }
    let first = door.sync(&a, vec![told(&ticket, ten - 25 * MINUTE)]).await;
    assert_eq!(first.good(200)["syncResults"][0]["status"], "SUCCESS");
    let alerts = door.of_event("/alerts").await.good(200);
    let late: Vec<&Value> = alerts["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|alert| alert["kind"] == "late_duplicate")
        .collect();
    assert_eq!(late.len(), 2);
    assert_eq!(late[0]["number"], 1);
    let resolve = format!("/api/alerts/{}/resolve", late[0]["id"].as_str().unwrap());
    door.post(&resolve, json!({"note": "asked to leave"}))
        .await
        .good(204);
    assert_eq!(
        door.post(&resolve, json!({})).await.refused(404),
        "alert_unknown"
    );
    let counts = door.of_event("/door").await.good(200)["counts"].clone();
    assert_eq!(counts["inside"], 1, "one person, however many scans");
}

#[tokio::test]
async fn two_gates_that_tell_of_one_second_are_two_scans_and_a_clock_a_year_back_wins_nothing() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let (a, b) = (door.scanner("Gate A").await, door.scanner("Gate B").await);
    door.scratch.clock.advance(10 * MINUTE);
    let second = (door.scratch.clock.now_ms() - MINUTE) / 1_000 * 1_000;
    let both = door.ticket(1);
    let first = door.sync(&a, vec![told(&both, second)]).await.good(200);
    assert_eq!(first["syncResults"][0]["status"], "SUCCESS");
    let other = door.sync(&b, vec![told(&both, second)]).await.good(200);
    let statuses = [
        &other["syncResults"][0]["status"],
        &door.sync(&a, vec![]).await.good(200)["pendingUpdates"][0]["status"],
    ];
    assert!(
        statuses.contains(&&json!("DUPLICATE")),
        "one of the two is the second: {statuses:?}"
    );

    let used = door.ticket(2);
    let good = door.validate(&a, &door.code(2)).await.good(200);
    assert_eq!(good["valid"], true);
    // Before there was the device there was no scan of it; its first moment is still earlier than
    // the other gate's scan, so the claim is kept, and shown to the office.
    let year = 365 * 24 * 60 * MINUTE;
    let late = door.sync(&b, vec![told(&used, second - year)]).await;
    late.good(200);
    let lines = door.get(&format!("/api/tickets/{used}")).await.good(200);
    let oldest = lines["scans"][0]["at"].as_i64().unwrap();
    assert!(second - oldest < 60 * MINUTE, "no scan is a year old");
}

#[tokio::test]
async fn a_name_that_was_given_to_one_presentation_lets_in_no_other() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let nonce = "7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a1";
    let present = async |number: u32, gate: &str| {
        let body = json!({"code": door.code(number), "gate": gate, "nonce": nonce});
        door.act("/scans", body).await
    };
    assert_eq!(present(1, "Gate A").await.good(200)["code"], "admitted");
    assert_eq!(present(1, "Gate A").await.good(200)["code"], "admitted");
    assert_eq!(present(2, "Gate A").await.refused(409), "nonce_reused");
    assert_eq!(present(1, "Gate B").await.refused(409), "nonce_reused");
    let counts = door.of_event("/door").await.good(200)["counts"].clone();
    assert_eq!(counts["inside"], 1);
}

#[tokio::test]
async fn a_link_works_on_one_browser_at_a_time() {
    let door = Door::open(Pages::none());
    let body = json!({"device_name": "Front Desk tablet"});
    let made = door.act("/scanner-links", body).await.good(201);
    let link = made["link"].as_str().unwrap();
    let token = link.strip_prefix("/scan/").unwrap();
    let register = async || {
        let made = door.register_with(token, "").await.good(201);
        Scanner {
            id: made["scannerId"].as_str().unwrap().to_owned(),
            credential: made["credentials"].as_str().unwrap().to_owned(),
        }
    };
    let first = register().await;
    let second = register().await;
    assert_eq!(first.id, second.id, "one device");
    door.scratch.open_doors();
    assert_eq!(
        door.validate(&first, &door.code(1)).await.refused(403),
        "scanner_replaced"
    );
    assert_eq!(
        door.validate(&second, &door.code(1)).await.good(200)["valid"],
        true
    );
    let path = format!("/api/scanners/{}/roster", second.id);
    let roster = door.by(&second, Method::GET, &path, None).await.good(200);
    assert_eq!(roster["tickets"].as_array().unwrap().len(), 4);
    let text = roster.to_string();
    assert!(!text.contains('@'), "no addresses");
    let as_of = roster["as_of"].as_i64().unwrap();
    let newest = format!("{path}?after={as_of}");
    let none = door.by(&second, Method::GET, &newest, None).await;
    assert_eq!(none.status.as_u16(), 304);
    let past = json!({"device_name": "Late", "expires_at": 5});
    assert_eq!(
        door.act("/scanner-links", past).await.refused(400),
        "fields_invalid"
    );
}

#[tokio::test]
async fn devices_are_placed_told_and_looked_after() {
    let door = Door::open(Pages::none());
    let gate = door.scanner("Gate A").await;
    let path = format!("/api/devices/{}", gate.id);
    let change = json!({"name": "North gate", "direction": "exit",
        "settings": {"offline_mode": true, "sync_interval_minutes": 2, "max_offline_hours": 8}});
    let changed = door
        .call(Method::PATCH, &path, Some(&change))
        .await
        .good(200);
    assert_eq!(changed["name"], "North gate");
    assert_eq!(changed["online"], true);
    let settings = format!("/api/scanners/{}/settings", gate.id);
    let told = door.by(&gate, Method::GET, &settings, None).await.good(200);
    assert_eq!(told["offlineModeEnabled"], true);
    assert_eq!(told["direction"], "exit");
    let wrong = json!({"settings": {"offline_mode": true, "sync_interval_minutes": 0,
        "max_offline_hours": null}});
    let refused = door.call(Method::PATCH, &path, Some(&wrong)).await;
    assert_eq!(refused.refused(400), "fields_invalid");

    // Codes that are no tickets, again and again, and then silence.
    door.scratch.open_doors();
    for n in 0..12 {
        door.validate(&gate, &format!("https://example.org/{n}"))
            .await
            .good(400);
    }
    door.scratch.clock.advance(31 * MINUTE);
    let kinds = async || -> Vec<String> {
        let alerts = door.of_event("/alerts").await.good(200);
        let mut kinds: Vec<String> = alerts["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|alert| alert["resolved_at"].is_null())
            .map(|alert| alert["kind"].as_str().unwrap().to_owned())
            .collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds().await, ["invalid_codes", "silent"]);
    assert_eq!(kinds().await, ["invalid_codes", "silent"], "each once");
    resolve_all(&door).await;
    assert_eq!(kinds().await, [""; 0], "somebody looked at it");
    door.scratch.clock.advance(31 * MINUTE);
    assert_eq!(kinds().await, ["silent"], "for another half an hour");
    let listed = door.of_event("/devices").await.good(200);
    assert_eq!(listed["items"][0]["online"], false);
    assert_eq!(listed["items"][0]["scans"], 12);
    door.by(&gate, Method::GET, &settings, None).await.good(200);
    assert_eq!(kinds().await, [""; 0], "heard of again");
    for n in 0..10 {
        assert_eq!(kinds().await, [""; 0], "too few new ones");
        door.validate(&gate, &format!("https://example.org/again/{n}"))
            .await
            .good(400);
    }
    assert_eq!(kinds().await, ["invalid_codes"]);
    resolve_all(&door).await;
    door.scratch.clock.advance(24 * 60 * MINUTE);
    assert_eq!(kinds().await, [""; 0], "the event is over");
}

async fn resolve_all(door: &Door) {
    let alerts = door.of_event("/alerts").await.good(200);
    for alert in alerts["items"].as_array().unwrap() {
        if alert["resolved_at"].is_null() {
            let path = format!("/api/alerts/{}/resolve", alert["id"].as_str().unwrap());
            door.post(&path, json!({})).await.good(204);
        }
    }
}

#[tokio::test]
async fn a_ticket_whose_time_is_over_says_since_when() {
    let door = Door::open(Pages::none());
    let gate = door.scanner("Gate B Scanner").await;
    door.scratch.go_to("2026-11-22T00:00");
    let end = door.scratch.clock.now_ms();
    door.scratch.go_to("2026-11-22T01:00");
    let late = door.validate(&gate, &door.code(1)).await.good(400);
    assert_eq!(late["reason"], "EXPIRED");
    assert_eq!(late["expiredAt"], iso(end));
}

#[tokio::test]
async fn a_device_that_may_not_be_turned_round_leads_one_way() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let scanner = door.scanner("Gate A").await;
    let code = door.code(1);
    let went = async |way: &str| {
        let body = json!({"jwt": code, "scannerId": scanner.id, "direction": way});
        door.by(&scanner, Method::POST, "/api/tickets/validate", Some(body))
            .await
            .json()["shown"]["code"]
            .clone()
    };
    assert_eq!(went("entry").await, "admitted");
    assert_eq!(went("exit").await, "exited");
    let change = json!({"direction": "exit", "may_turn": false});
    let path = format!("/api/devices/{}", scanner.id);
    let changed = door
        .call(Method::PATCH, &path, Some(&change))
        .await
        .good(200);
    assert_eq!(
        (&changed["direction"], &changed["may_turn"]),
        (&json!("exit"), &json!(false))
    );
    assert_eq!(went("entry").await, "device_not_allowed");
    assert_eq!(went("exit").await, "exited");
    let told = format!("/api/scanners/{}/settings", scanner.id);
    let told = door.by(&scanner, Method::GET, &told, None).await.good(200);
    assert_eq!(
        (&told["direction"], &told["mayTurn"]),
        (&json!("exit"), &json!(false))
    );
}

#[tokio::test]
async fn guests_turn_no_kiosk_unless_the_office_lets_them() {
    let door = Door::open(Pages::none());
    for (given, expected) in [
        (json!({"kind": "gate"}), true),
        (json!({"kind": "kiosk"}), false),
        (json!({"kind": "kiosk", "mayTurn": true}), true),
        (json!({"kind": "gate", "mayTurn": false}), false),
    ] {
        let made = door
            .post("/api/registration-tokens/generate", given.clone())
            .await
            .good(201);
        let token = made["token"].as_str().unwrap();
        let device = door.register_with(token, "Front").await.good(201);
        assert_eq!(device["settings"]["mayTurn"], expected, "{given}");
    }
}

#[tokio::test]
async fn the_office_holds_a_ticket_back_and_releases_it() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let scanner = door.scanner("Gate A").await;
    let path = format!("/api/tickets/{}", door.ticket(1));
    let why = json!({"hold": "unpaid", "reason": "the card was refused"});
    let held = door.post(&format!("{path}/hold"), why).await.good(200);
    assert_eq!(held["status"], "unpaid");
    let refused = door.validate(&scanner, &door.code(1)).await.good(400);
    assert_eq!(
        (&refused["reason"], &refused["shown"]["code"]),
        (&json!("INVALID"), &json!("unpaid"))
    );
    let release = format!("{path}/release");
    let good = door.post(&release, json!({})).await.good(200);
    assert_eq!(good["status"], "active");
    door.validate(&scanner, &door.code(1)).await.good(200);
    let again = door.post(&release, json!({})).await;
    assert_eq!(again.refused(409), "ticket_not_held");
}

#[tokio::test]
async fn a_link_that_nobody_opened_is_listed_and_can_be_taken_back() {
    let door = Door::open(Pages::none());
    let mut tokens = Vec::new();
    for name in ["Front desk tablet", "Usher's phone"] {
        let body = json!({ "device_name": name });
        let made = door.act("/scanner-links", body).await.good(201);
        let link = made["link"].as_str().unwrap();
        tokens.push(link.trim_start_matches("/scan/").to_owned());
    }
    let listed = async || -> Vec<Value> {
        let open = door.of_event("/scanner-links").await.good(200);
        open["items"].as_array().unwrap().clone()
    };
    let open = listed().await;
    assert_eq!(open.len(), 2);
    assert_eq!(open[0]["name"], "Front desk tablet");
    let told = open[0].to_string();
    assert!(!told.contains(&tokens[0]), "a list opens nothing: {told}");
    let end = async |id: &str| {
        let path = format!("/api/events/{}/scanner-links/{id}", door.event);
        door.call(Method::DELETE, &path, None).await
    };
    let id = open[0]["id"].as_str().unwrap();
    end(id).await.good(204);
    let refused = door.register_with(&tokens[0], "Tablet").await;
    assert_eq!(refused.refused(400), "token_expired");
    assert_eq!(end(id).await.refused(400), "token_invalid");
    door.register_with(&tokens[1], "Phone").await.good(201);
    assert!(listed().await.is_empty(), "an open one is a device");
    let other = open[1]["id"].as_str().unwrap();
    assert_eq!(end(other).await.refused(400), "token_invalid");
}
