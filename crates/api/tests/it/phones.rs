//! What phones carry so that they decide alone, and what they tell of how they got on.

use axum::http::Method;
use gatehouse_api::routes::Pages;
use gatehouse_domain::clock::Clock;
use serde_json::{Value, json};

use crate::door::Door;
use crate::scanning::{Scanner, told};

const MINUTE: i64 = 60_000;

impl Door {
    async fn roster_of(&self, phone: &Scanner) -> Value {
        let path = format!("/api/scanners/{}/roster", phone.id);
        self.by(phone, Method::GET, &path, None).await.good(200)
    }

    async fn news(&self, phone: &Scanner, after: &str) -> Value {
        let path = format!("/api/scanners/{}/passages{after}", phone.id);
        self.by(phone, Method::GET, &path, None).await.good(200)
    }

    async fn rule(&self, logic: Value) {
        let rule = json!({"title": "The rule", "logic": logic, "message": "Ask at the desk."});
        let off = json!({"title": "Off", "logic": {"var": "guest.company"}, "enabled": false});
        let items = json!({"items": [rule, off]});
        self.set("/entry-rules", items).await.good(200);
    }

    async fn sync_told(&self, phone: &Scanner, more: Value) {
        let mut body = json!({"scannerId": phone.id, "scans": []});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        self.by(phone, Method::POST, "/api/scanners/sync", Some(body))
            .await
            .good(200);
    }
}

#[tokio::test]
async fn a_phone_carries_the_rules_that_are_on_and_the_facts_that_they_name() {
    let door = Door::open(Pages::none());
    let phone = door.scanner("Phone").await;
    let bare = door.roster_of(&phone).await;
    assert_eq!(bare["rules"], json!([]));
    assert_eq!(bare["zones"][0]["name"], "Lounge");
    assert_eq!(bare["tickets"][0][9], Value::Null, "no facts without rules");

    let columns = |roster: &Value| roster["tickets"][0][9].clone();
    for (logic, expected) in [
        (json!({"<": [{"var": "entries.today"}, 2]}), Value::Null),
        (
            json!({"!": [{"var": "guest.group"}]}),
            json!({"group": "Family Slapfer"}),
        ),
        (
            json!({"==": [{"var": "guest.custom.Dietary"}, "vegan"]}),
            json!({"custom": {}}),
        ),
    ] {
        door.rule(logic.clone()).await;
        let roster = door.roster_of(&phone).await;
        assert_eq!(columns(&roster), expected, "{logic}");
        assert_eq!(roster["rules"].as_array().unwrap().len(), 1, "one is off");
        assert_eq!(roster["rules"][0]["logic"], logic);
        assert_eq!(roster["rules"][0]["message"], "Ask at the desk.");
        assert!(roster["as_of"].as_i64() > bare["as_of"].as_i64());
    }
}

#[tokio::test]
async fn a_phone_hears_what_was_used_since_it_heard_last_wherever_that_was() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let (phone, gate) = (door.scanner("Phone").await, door.scanner("Gate B").await);
    let nothing = door.news(&phone, "").await;
    assert_eq!(nothing["tickets"], json!([]));
    let after = |page: &Value| format!("?after={}", page["to"].as_str().unwrap());

    door.validate(&gate, &door.code(1)).await.good(200);
    door.validate(&gate, &door.code(1)).await.good(400);
    let first = door.news(&phone, &after(&nothing)).await;
    assert_eq!(first["more"], false);
    assert_eq!(first["tickets"].as_array().unwrap().len(), 1, "{first}");
    let used = &first["tickets"][0];
    assert_eq!(used["ticket"], json!(door.ticket(1)));
    assert_eq!(
        used["passages"].as_array().unwrap().len(),
        1,
        "refusals are no passages"
    );
    let passage = &used["passages"][0];
    assert_eq!(passage["direction"], "entry");
    assert_eq!(passage["at"], json!(door.scratch.clock.now_ms()));
    assert!(passage["session"].is_string() && passage["zone"].is_null());
    assert_eq!(
        door.news(&phone, &after(&first)).await["tickets"],
        json!([])
    );

    // One that another device did alone, and told later, is news as well.
    door.scratch.clock.advance(MINUTE);
    let now = door.scratch.clock.now_ms();
    door.sync(&gate, vec![told(&door.ticket(2), now - MINUTE / 2)])
        .await
        .good(200);
    let second = door.news(&phone, &after(&first)).await;
    assert_eq!(second["tickets"][0]["ticket"], json!(door.ticket(2)));
    assert_eq!(second["tickets"].as_array().unwrap().len(), 1);

    // What was taken back is told by its name.
    let shown = door
        .act("/scans", json!({"code": door.code(3), "gate": "Front"}))
        .await
        .good(200);
    let undo = format!("/scans/{}/undo", shown["scan"].as_str().unwrap());
    door.act(&undo, json!({"gate": "Front"})).await.good(200);
    let third = door.news(&phone, &after(&second)).await;
    assert_eq!(third["tickets"][0]["ticket"], json!(door.ticket(3)));
    assert_eq!(third["tickets"][0]["passages"], json!([]));
    assert_eq!(third["tickets"][0]["undone"], json!([shown["scan"]]));

    // A mark that is none, another home's or ahead of this one begins anew.
    for mark in [
        "",
        "?after=x",
        "?after=999.1",
        "?after=1.999999",
        "?after=1.-1",
    ] {
        let all = door.news(&phone, mark).await;
        assert_eq!(all["tickets"].as_array().unwrap().len(), 3, "{mark}");
        assert!(!all.to_string().contains("name"), "names nobody");
    }
    // Another device's credential opens nothing.
    let stolen = Scanner {
        id: gate.id.clone(),
        credential: phone.credential.clone(),
    };
    let path = format!("/api/scanners/{}/passages", stolen.id);
    let refused = door.by(&stolen, Method::GET, &path, None).await;
    assert_eq!(refused.refused(403), "not_allowed");
}

#[tokio::test]
async fn sending_that_fails_again_and_again_is_shown_to_the_office() {
    let door = Door::open(Pages::none());
    let kinds = async || -> Vec<Value> {
        let alerts = door.of_event("/alerts").await.good(200);
        let items = alerts["items"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|alert| alert["kind"].clone())
            .collect()
    };
    for (says, told, alerts) in [
        (
            "says nothing, as by the document",
            vec![json!({}); 8],
            false,
        ),
        ("all went well", vec![json!({"syncAttempts": 1}); 8], false),
        (
            "a fifth failed",
            vec![json!({"syncAttempts": 10, "syncFailures": 2})],
            false,
        ),
        (
            "more failed",
            vec![json!({"syncAttempts": 10, "syncFailures": 3})],
            true,
        ),
        (
            "too few to tell",
            vec![json!({"syncAttempts": 4, "syncFailures": 3})],
            false,
        ),
        (
            "more failed than were made",
            vec![json!({"syncAttempts": 5, "syncFailures": 90})],
            true,
        ),
        (
            "little by little",
            vec![json!({"syncAttempts": 2, "syncFailures": 1}); 3],
            true,
        ),
    ] {
        let before = kinds().await.len();
        let phone = door.scanner(says).await;
        for more in told {
            door.sync_told(&phone, more).await;
            door.scratch.clock.advance(1_000);
        }
        let now = kinds().await;
        assert_eq!(now.len() - before, usize::from(alerts), "{says}");
        if alerts {
            assert!(now.contains(&json!("sync_failures")), "{says}");
        }
    }
}

#[tokio::test]
async fn failures_of_more_than_an_hour_ago_count_no_more() {
    let door = Door::open(Pages::none());
    let phone = door.scanner("Phone").await;
    let failed = |failures: u32| json!({"syncAttempts": 4, "syncFailures": failures});
    door.sync_told(&phone, failed(4)).await;
    door.scratch.clock.advance(61 * MINUTE);
    door.sync_told(&phone, failed(0)).await;
    let alerts = door.of_event("/alerts").await.good(200);
    assert!(!alerts.to_string().contains("sync_failures"), "{alerts}");
    door.scratch.clock.advance(MINUTE);
    door.sync_told(&phone, failed(4)).await;
    let alerts = door.of_event("/alerts").await.good(200);
    let text = "4 of 8 attempts to send its scans failed.";
    assert!(alerts.to_string().contains(text), "{alerts}");
}

#[tokio::test]
async fn a_phone_is_told_how_many_more_fit_where_it_stands() {
    let door = Door::open(Pages::none());
    let phone = door.scanner("Phone").await;
    let path = format!("/api/scanners/{}/settings", phone.id);
    let room = async || {
        let told = door.by(&phone, Method::GET, &path, None).await.good(200);
        told["room"].clone()
    };
    assert_eq!(room().await, Value::Null, "nobody counts");
    door.set("", json!({"capacity": 5})).await.good(200);
    door.scratch.open_doors();
    assert_eq!(room().await, 5);
    door.validate(&phone, &door.code(1)).await.good(200);
    assert_eq!(room().await, 4);
    let body = json!({"scannerId": phone.id, "scans": []});
    let synced = door
        .by(&phone, Method::POST, "/api/scanners/sync", Some(body))
        .await
        .good(200);
    assert_eq!(synced["settings"]["room"], 4);
}
