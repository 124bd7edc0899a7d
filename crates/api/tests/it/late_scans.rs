//! Scans that come when their device's right has ended: none is lost, and none that was made after
//! that counts.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_api::routes::Pages;
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::admission::Code;
use gatehouse_domain::clock::Clock;
use gatehouse_domain::id::{DeviceId, SessionId};
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict, chain_hash};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::door::{Answer, Door};
use crate::scanning::{Scanner, told};

const MINUTE: i64 = 60_000;

/// A gate of ours with a key of its own, which signs what it decides.
pub(crate) struct OwnGate {
    pub(crate) scanner: Scanner,
    key: SigningKey,
    session: SessionId,
    sequence: u64,
    previous: [u8; 32],
}

impl OwnGate {
    /// A signed record of an admission, and what names it.
    pub(crate) fn admits(
        &mut self,
        door: &Door,
        ticket: &str,
        at: i64,
        code: Code,
    ) -> (Uuid, Value) {
        self.sequence += 1;
        let device: DeviceId = self.scanner.id.parse().unwrap();
        let mut nonce = *device.as_bytes();
        nonce[0] ^= u8::try_from(self.sequence).unwrap();
        let record = ScanRecord {
            event: door.event.parse().unwrap(),
            device,
            incarnation: 1,
            sequence: self.sequence,
            ticket: Some(ticket.parse().unwrap()),
            version: 1,
            session: Some(self.session),
            day: 20_261_121,
            zone: None,
            direction: Direction::Entry,
            verdict: Verdict::Admitted,
            code,
            mode: Mode::Alone,
            nonce,
            device_ms: at,
            clock: HybridClock {
                wall_ms: at,
                counter: 0,
            },
            uncertainty_ms: 0,
            previous: self.previous,
            undoes: None,
        };
        let signed = record.to_bytes();
        let signature = self.key.sign(&signed);
        self.previous = chain_hash(&signed, &signature);
        let told = json!({"record": STANDARD.encode(&signed),
            "signature": STANDARD.encode(&signature)});
        (Uuid::from_bytes(nonce), told)
    }
}

impl Door {
    pub(crate) async fn register_gate(&self, token: &str, name: &str, key: &SigningKey) -> Answer {
        let spki = STANDARD.encode(key.public().spki_der());
        let body = json!({"token": token, "deviceName": name, "publicKey": spki});
        let request = self.request_as(None, Method::POST, "/api/scanners/register", Some(&body));
        self.send(request).await
    }

    pub(crate) async fn gate_token(&self) -> String {
        let path = "/api/registration-tokens/generate";
        let made = self.post(path, json!({})).await.good(201);
        made["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn own_gate(&self, name: &str) -> OwnGate {
        let key = SigningKey::generate(KeyProfile::Ed25519).unwrap();
        let token = self.gate_token().await;
        let made = self.register_gate(&token, name, &key).await.good(201);
        let scanner = Scanner {
            id: made["scannerId"].as_str().unwrap().to_owned(),
            credential: made["credentials"].as_str().unwrap().to_owned(),
        };
        let path = format!("/api/scanners/{}/roster?form=gate", scanner.id);
        let roster = self.by(&scanner, Method::GET, &path, None).await.good(200);
        let session = roster["head"]["sessions"][0]["id"].as_str().unwrap();
        OwnGate {
            session: session.parse().unwrap(),
            scanner,
            key,
            sequence: 0,
            previous: [0; 32],
        }
    }

    pub(crate) async fn sync_records(&self, gate: &OwnGate, records: &[Value]) -> Answer {
        let body = json!({"scannerId": gate.scanner.id, "records": records});
        let path = "/api/scanners/sync";
        self.by(&gate.scanner, Method::POST, path, Some(body)).await
    }

    /// Alerts that wait, of one kind.
    pub(crate) async fn open_alerts(&self, kind: &str) -> Vec<Value> {
        let alerts = self.of_event("/alerts").await.good(200);
        let items = alerts["items"].as_array().unwrap().iter();
        let open = items.filter(|alert| alert["kind"] == kind && alert["resolved_at"].is_null());
        open.cloned().collect()
    }

    async fn inside(&self) -> Value {
        self.of_event("/door").await.good(200)["counts"]["inside"].clone()
    }

    async fn first_scan(&self, number: u32) -> Value {
        let path = format!("/api/tickets/{}", self.ticket(number));
        self.get(&path).await.good(200)["scans"][0].clone()
    }

    /// A link that was opened on a phone.
    async fn linked(&self, token: &str) -> Scanner {
        let body = json!({"token": token, "deviceName": "Phone"});
        let request = self.request_as(None, Method::POST, "/api/scanners/register", Some(&body));
        let made = self.send(request).await.good(201);
        Scanner {
            id: made["scannerId"].as_str().unwrap().to_owned(),
            credential: made["credentials"].as_str().unwrap().to_owned(),
        }
    }

    async fn link(&self, until: i64) -> String {
        let body = json!({"device_name": "Phone", "expires_at": until});
        let made = self.act("/scanner-links", body).await.good(201);
        let link = made["link"].as_str().unwrap();
        link.trim_start_matches("/scan/").to_owned()
    }
}

fn numbers(alerts: &[Value]) -> Vec<u64> {
    let mut numbers: Vec<u64> = alerts
        .iter()
        .map(|alert| alert["number"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn what_a_gate_made_before_its_right_was_taken_back_counts_and_what_it_made_later_does_not() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let mut gate = door.own_gate("North").await;
    let phone = door.scanner("Phone").await;
    door.scratch.clock.advance(30 * MINUTE);
    let revoked = door.scratch.clock.now_ms();
    let path = format!("/api/devices/{}/revoke", gate.scanner.id);
    door.post(&path, json!({})).await.good(200);
    door.scratch.clock.advance(10 * MINUTE);
    // Younger than what the revoked gate says of the same ticket.
    let third = door.ticket(3);
    door.sync(&phone, vec![told(&third, revoked + 5 * MINUTE)])
        .await
        .good(200);

    let records: Vec<Value> = [(1, -10), (2, 1), (3, 2)]
        .into_iter()
        .map(|(number, minutes)| {
            let ticket = door.ticket(number);
            let at = revoked + minutes * MINUTE;
            gate.admits(&door, &ticket, at, Code::Admitted).1
        })
        .collect();
    for _ in 0..2 {
        let answer = door.sync_records(&gate, &records).await.good(200);
        assert_eq!(answer["settings"], Value::Null);
        let results = answer["syncResults"].as_array().unwrap();
        assert!(results.iter().all(|result| result["status"] == "SUCCESS"));
        assert_eq!(results[0]["message"], "Scan recorded");
        let message = results[1]["message"].as_str().unwrap();
        assert!(message.contains("put aside"), "{message}");
    }
    assert_eq!(
        door.inside().await,
        2,
        "the first by it, the third by the phone"
    );
    let reversed = door.sync(&phone, vec![]).await.good(200);
    assert_eq!(reversed["pendingUpdates"], json!([]));
    assert_eq!(door.first_scan(1).await["aside"], false);
    assert_eq!(door.first_scan(2).await["aside"], true, "kept, and shown");
    let aside = door.open_alerts("put_aside").await;
    assert_eq!(numbers(&aside), [2, 3], "each ticket");
    assert!(aside[0]["text"].as_str().unwrap().contains(" 2 times "));
    assert_eq!(door.open_alerts("late_duplicate").await.len(), 0);
    let good = door.validate(&phone, &door.code(2)).await.good(200);
    assert_eq!(good["valid"], true, "nobody came in on it that counts");
    let used = door.validate(&phone, &door.code(1)).await.good(400);
    assert_eq!(used["reason"], "DUPLICATE");
}

#[tokio::test]
async fn a_revoked_scanner_is_believed_of_no_moment_before_its_right_was_taken_back() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let (lost, other) = (door.scanner("Lost").await, door.scanner("Gate B").await);
    door.scratch.clock.advance(30 * MINUTE);
    let now = door.scratch.clock.now_ms();
    door.validate(&other, &door.code(1)).await.good(200);
    let path = format!("/api/scanners/{}/revoke", lost.id);
    door.post(&path, json!({})).await.good(200);
    // It says that it was earlier than everybody.
    let early = [1, 2].map(|number| told(&door.ticket(number), now - 20 * MINUTE));
    let answer = door.sync(&lost, early.to_vec()).await.good(200);
    assert_eq!(answer["settings"], Value::Null);
    assert_eq!(door.inside().await, 1);
    let heard = door.sync(&other, vec![]).await.good(200);
    assert_eq!(heard["pendingUpdates"], json!([]), "it displaced nobody");
    assert_eq!(numbers(&door.open_alerts("put_aside").await), [1, 2]);
    door.validate(&other, &door.code(2)).await.good(200);
    let nothing = door.sync(&lost, vec![]).await;
    assert_eq!(nothing.refused(403), "scanner_revoked");
}

#[tokio::test]
async fn a_phone_whose_link_is_over_or_was_opened_elsewhere_still_brings_its_scans() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let ends = door.scratch.clock.now_ms() + 60 * MINUTE;
    let token = door.link(ends).await;
    let first = door.linked(&token).await;
    let second = door.linked(&token).await;
    door.scratch.clock.advance(30 * MINUTE);
    let scan = told(&door.ticket(1), door.scratch.clock.now_ms());
    let answer = door.sync(&first, vec![scan]).await.good(200);
    assert_eq!(answer["settings"], Value::Null, "another has its place");
    assert_eq!(answer["syncResults"][0]["status"], "SUCCESS");
    assert_eq!(
        door.sync(&first, vec![]).await.refused(403),
        "scanner_replaced"
    );
    assert_eq!(door.inside().await, 1);

    door.scratch.clock.advance(60 * MINUTE);
    let scans = vec![
        told(&door.ticket(2), ends - MINUTE),
        told(&door.ticket(3), ends + MINUTE),
    ];
    for _ in 0..2 {
        let answer = door.sync(&second, scans.clone()).await.good(200);
        assert_eq!(answer["settings"], Value::Null);
        assert_eq!(answer["records"], json!([]));
    }
    assert_eq!(door.inside().await, 2, "the third was let in too late");
    assert_eq!(numbers(&door.open_alerts("put_aside").await), [3]);
    assert_eq!(door.sync(&second, vec![]).await.refused(401), "signed_out");
    let roster = format!("/api/scanners/{}/roster", second.id);
    let refused = door.by(&second, Method::GET, &roster, None).await;
    assert_eq!(refused.refused(401), "signed_out");
    let forged = Scanner {
        id: second.id.clone(),
        credential: format!("{}x", second.credential),
    };
    let refused = door.sync(&forged, scans).await;
    assert_eq!(refused.refused(401), "signed_out");
}

#[tokio::test]
async fn an_office_whose_clock_was_set_back_knows_its_phones() {
    let door = Door::open(Pages::none());
    let phone = door.scanner("Phone").await;
    door.scratch.clock.advance(-60 * MINUTE);
    let path = format!("/api/scanners/{}/settings", phone.id);
    door.by(&phone, Method::GET, &path, None).await.good(200);
}

#[tokio::test]
async fn a_person_brings_the_file_that_a_phone_saved() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let ends = door.scratch.clock.now_ms() + 20 * MINUTE;
    let over = door.linked(&door.link(ends).await).await;
    let (active, revoked) = (door.scanner("Active").await, door.scanner("Revoked").await);
    let scanned = door.scratch.clock.now_ms() + 10 * MINUTE;
    door.scratch.clock.advance(30 * MINUTE);
    let revoke = format!("/api/devices/{}/revoke", revoked.id);
    door.post(&revoke, json!({})).await.good(200);
    let bring = async |device: &str, scans: Vec<Value>| {
        let path = format!("/api/devices/{device}/scans");
        door.post(&path, json!({ "scans": scans })).await
    };
    for (number, device) in [(1, &over), (2, &active), (3, &revoked)] {
        let scan = told(&door.ticket(number), scanned);
        for _ in 0..2 {
            let answer = bring(&device.id, vec![scan.clone()]).await.good(200);
            let result = &answer["syncResults"][0];
            assert_eq!(result["status"], "SUCCESS", "{result}");
            assert_eq!(result["ticketId"], json!(door.ticket(number)));
        }
    }
    assert_eq!(door.inside().await, 2);
    assert_eq!(numbers(&door.open_alerts("put_aside").await), [3]);
    let edits = door.of_event("/audit").await.good(200).to_string();
    assert!(edits.contains("bring scans"), "{edits}");

    let scans = vec![told(&door.ticket(1), scanned); 1_001];
    assert_eq!(
        bring(&active.id, scans).await.refused(413),
        "body_too_large"
    );
    let gate = door.own_gate("North").await;
    let signs = bring(&gate.scanner.id, vec![]).await;
    assert_eq!(signs.refused(409), "device_elsewhere");
    let path = format!("/api/devices/{}/scans", active.id);
    let by_itself = door
        .by(&active, Method::POST, &path, Some(json!({"scans": []})))
        .await;
    assert_eq!(by_itself.refused(401), "signed_out");
}
