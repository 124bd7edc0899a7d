//! What a supervisor's word leaves behind: a ticket that is used, a reason that is read, no alarm.

use axum::http::Method;
use gatehouse_api::routes::Pages;
use gatehouse_domain::admission::Code;
use gatehouse_domain::clock::Clock;
use serde_json::{Value, json};

use crate::door::Door;
use crate::scanning::told;

const MINUTE: i64 = 60_000;

impl Door {
    async fn with_pin() -> Self {
        let door = Self::open(Pages::none());
        door.set("/door-pin", json!({"pin": "4711"}))
            .await
            .good(204);
        door
    }

    async fn force(&self, refused: &Value, reason: &str) -> Value {
        let path = format!("/scans/{}/force", refused["scan"].as_str().unwrap());
        let body = json!({"pin": "4711", "reason": reason});
        self.act(&path, body).await.good(200)
    }

    async fn scans_of(&self, number: u32) -> Vec<Value> {
        let path = format!("/api/tickets/{}", self.ticket(number));
        let detail = self.get(&path).await.good(200);
        detail["scans"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn whoever_was_let_in_before_doors_lets_no_second_person_in_after() {
    let door = Door::with_pin().await;
    door.scratch.go_to("2026-11-21T18:50");
    let early = door.scan(json!({"code": door.code(1)})).await;
    assert_eq!(early["code"], "too_early");
    let forced = door.force(&early, "the band's driver").await;
    assert_eq!(forced["code"], "forced");
    door.scratch.open_doors();
    let second = door.scan(json!({"code": door.code(1)})).await;
    assert_eq!(second["code"], "used");
    assert!(second["first_used_at"].is_i64(), "{second}");
    assert_eq!(
        door.of_event("/door").await.good(200)["counts"]["admitted"],
        1
    );
}

#[tokio::test]
async fn an_older_copy_that_a_supervisor_lets_in_is_forced_and_its_reason_is_read() {
    let door = Door::with_pin().await;
    door.scratch.open_doors();
    let old = door.code(1);
    let renew = format!("/api/tickets/{}/regenerate", door.ticket(1));
    door.post(&renew, json!({})).await.good(200);
    let refused = door.scan(json!({"code": old})).await;
    assert_eq!(refused["code"], "replaced");
    let forced = door.force(&refused, "the new one is at home").await;
    assert_eq!(
        (&forced["verdict"], &forced["code"]),
        (&json!("admitted"), &json!("forced"))
    );
    let scans = door.scans_of(1).await;
    assert_eq!(scans[0]["reason"], Value::Null);
    assert_eq!(scans[1]["code"], "forced");
    assert_eq!(scans[1]["reason"], "the new one is at home");
    assert_eq!(scans[1]["afterwards"], false);
    let again = door.scan(json!({"code": door.code(1)})).await;
    assert_eq!(again["code"], "used");
}

#[tokio::test]
async fn a_supervisors_word_away_from_the_office_raises_no_alarm_and_its_reason_comes_after_it() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let a = door.scanner("Gate A").await;
    let mut b = door.own_gate("Gate B").await;
    door.scratch.clock.advance(30 * MINUTE);
    let now = door.scratch.clock.now_ms();
    // The first came by their code, the second was let in by a word; and the word is heard of first.
    let (one, two) = (door.ticket(1), door.ticket(2));
    let code_first = door.sync(&a, vec![told(&one, now - 20 * MINUTE)]).await;
    code_first.good(200);
    let (scan, word) = b.admits(&door, &one, now - 10 * MINUTE, Code::Forced);
    let answer = door.sync_records(&b, &[word]).await.good(200);
    assert_eq!(answer["syncResults"][0]["status"], "SUCCESS");
    let (_, word) = b.admits(&door, &two, now - 10 * MINUTE, Code::Forced);
    door.sync_records(&b, &[word]).await.good(200);
    let late = door.sync(&a, vec![told(&two, now - 20 * MINUTE)]).await;
    assert_eq!(late.good(200)["syncResults"][0]["status"], "SUCCESS");
    let kinds = async || -> Vec<Value> {
        let alerts = door.of_event("/alerts").await.good(200);
        let items = alerts["items"].as_array().unwrap().iter();
        items.map(|alert| alert["kind"].clone()).collect()
    };
    assert_eq!(kinds().await, Vec::<Value>::new());
    let heard = door.sync_records(&b, &[]).await.good(200);
    assert_eq!(heard["pendingUpdates"], json!([]));

    let why = json!({"reasons": [{"scan": scan, "reason": "lost the phone inside"}]});
    let path = "/api/scanners/sync";
    door.by(&a, Method::POST, path, Some(why.clone()))
        .await
        .good(200);
    assert_eq!(
        door.scans_of(1).await[1]["reason"],
        Value::Null,
        "another device's word for it is none"
    );
    door.by(&b.scanner, Method::POST, path, Some(why))
        .await
        .good(200);
    assert_eq!(door.scans_of(1).await[1]["reason"], "lost the phone inside");
    // Whoever comes by their code after a word is the second all the same.
    let three = door.ticket(3);
    let (_, word) = b.admits(&door, &three, now - 10 * MINUTE, Code::Forced);
    door.sync_records(&b, &[word]).await.good(200);
    let double = door.sync(&a, vec![told(&three, now - 5 * MINUTE)]).await;
    assert_eq!(double.good(200)["syncResults"][0]["status"], "DUPLICATE");
    assert_eq!(kinds().await, [json!("late_duplicate")]);
}

#[tokio::test]
async fn whoever_came_second_stands_where_the_first_was_taken_back() {
    let door = Door::with_pin().await;
    door.scratch.open_doors();
    let (a, b) = (door.scanner("Gate A").await, door.scanner("Gate B").await);
    let c = door.scanner("Gate C").await;
    door.scratch.clock.advance(30 * MINUTE);
    let now = door.scratch.clock.now_ms();
    let ticket = door.ticket(1);
    let scan = "7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a1";
    let mut first = told(&ticket, now - 20 * MINUTE);
    first["nonce"] = json!(scan);
    let status = |answer: &Value| answer["syncResults"][0]["status"].clone();
    let first = door.sync(&a, vec![first]).await.good(200);
    assert_eq!(status(&first), "SUCCESS");
    let second = door.sync(&b, vec![told(&ticket, now - 10 * MINUTE)]).await;
    assert_eq!(status(&second.good(200)), "DUPLICATE");

    let undo = format!("/scans/{scan}/undo");
    let undone = door.act(&undo, json!({"pin": "4711"})).await.good(200);
    assert_eq!(undone["verdict"], "undone");
    let alerts = async || -> usize {
        let alerts = door.of_event("/alerts").await.good(200);
        alerts["items"].as_array().unwrap().len()
    };
    let before = alerts().await;
    let third = door.sync(&c, vec![told(&ticket, now - 5 * MINUTE)]).await;
    let third = third.good(200);
    assert_eq!(status(&third), "DUPLICATE");
    assert_eq!(third["syncResults"][0]["originalScanner"], "Gate B");
    assert_eq!(alerts().await, before + 1);
}
