//! What a gate is given ahead, for when its office is away.

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_api::routes::Pages;
use gatehouse_credential::key::{KeyProfile, SigningKey};
use serde_json::{Value, json};

use crate::door::Door;
use crate::scanning::Scanner;

fn key() -> String {
    let key = SigningKey::generate(KeyProfile::Ed25519).unwrap();
    STANDARD.encode(key.public().spki_der())
}

/// A gate of the event.
async fn gate(door: &Door, name: &str) -> Scanner {
    let made = door
        .post("/api/registration-tokens/generate", json!({}))
        .await
        .good(201);
    let body = json!({"token": made["token"], "deviceName": name, "publicKey": key()});
    let request = door.request_as(None, Method::POST, "/api/scanners/register", Some(&body));
    let made = door.send(request).await.good(201);
    Scanner {
        id: made["scannerId"].as_str().unwrap().to_owned(),
        credential: made["credentials"].as_str().unwrap().to_owned(),
    }
}

async fn allow(door: &Door, gate: &Scanner, spares: u8, walk_ins: u16) {
    let settings = json!({"offline_mode": true, "sync_interval_minutes": 1,
        "max_offline_hours": null, "spare_gates": spares, "walk_ins": walk_ins});
    let path = format!("/api/devices/{}", gate.id);
    let body = json!({ "settings": settings });
    door.call(Method::PATCH, &path, Some(&body)).await.good(200);
}

async fn fill(door: &Door, gate: &Scanner, body: Value) -> Value {
    let path = format!("/api/scanners/{}/reserve", gate.id);
    let answer = door.by(gate, Method::POST, &path, Some(body)).await;
    answer.good(200)
}

fn count(value: &Value) -> usize {
    value.as_array().unwrap().len()
}

async fn devices(door: &Door) -> Vec<Value> {
    let path = format!("/api/events/{}/devices", door.event);
    let devices = door.get(&path).await.good(200);
    devices["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_gate_has_ahead_what_a_person_allowed_and_not_one_more() {
    let door = Door::open(Pages::none());
    let north = gate(&door, "North").await;
    let keys = [key(), key()];
    let asked = json!({ "keys": keys });
    let none = fill(&door, &north, asked.clone()).await;
    assert_eq!((count(&none["spares"]), count(&none["walkIns"])), (0, 0));

    allow(&door, &north, 1, 3).await;
    let given = fill(&door, &north, asked.clone()).await;
    assert_eq!((count(&given["spares"]), count(&given["walkIns"])), (1, 3));
    let spare = &given["spares"][0];
    assert_eq!(spare["publicKey"], keys[0]);
    assert_eq!(spare["settings"]["deviceName"], "North · spare 1");
    let listed = devices(&door).await;
    let place = listed
        .iter()
        .find(|d| d["id"] == spare["scannerId"])
        .unwrap();
    assert_eq!(place["spare_of"], north.id.as_str());
    // The same again is the same; other keys get no further place.
    let again = fill(&door, &north, asked).await;
    assert_eq!(again["spares"][0]["scannerId"], spare["scannerId"]);
    assert_eq!(again["walkIns"], given["walkIns"]);
    let more = fill(&door, &north, json!({ "keys": [key(), key()] })).await;
    assert_eq!(count(&more["spares"]), 0);
    // Its credential is good, and once somebody is in the place, it is not given again.
    let in_place = Scanner {
        id: spare["scannerId"].as_str().unwrap().to_owned(),
        credential: spare["credentials"].as_str().unwrap().to_owned(),
    };
    door.sync(&in_place, vec![]).await.good(200);
    let taken = fill(&door, &north, json!({ "keys": keys })).await;
    assert_eq!(count(&taken["spares"]), 0);
}

#[tokio::test]
async fn whoever_was_given_a_ticket_is_on_the_list_and_the_rest_goes_with_the_gates_right() {
    let door = Door::open(Pages::none());
    let north = gate(&door, "North").await;
    allow(&door, &north, 1, 3).await;
    let given = fill(&door, &north, json!({ "keys": [key()] })).await;
    let tickets: Vec<String> = given["walkIns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ticket| ticket["ticket"].as_str().unwrap().to_owned())
        .collect();
    let handed = json!({ "handed": [{ "ticket": tickets[0], "name": " Mara Quill " }] });
    fill(&door, &north, handed.clone()).await;
    fill(&door, &north, handed).await;
    let path = format!("/api/events/{}/guests?q=Mara", door.event);
    let found = door.get(&path).await.good(200);
    assert_eq!(count(&found["items"]), 1, "{found}");
    // Somebody else's ticket is not this gate's to name.
    let south = gate(&door, "South").await;
    allow(&door, &south, 0, 1).await;
    let handed = json!({ "handed": [{ "ticket": tickets[1], "name": "Odo Fenn" }] });
    fill(&door, &south, handed).await;
    let path = format!("/api/events/{}/guests?q=Odo", door.event);
    assert_eq!(count(&door.get(&path).await.good(200)["items"]), 0);

    allow(&door, &north, 1, 2).await;
    let status = async |ticket: &str| {
        let detail = door.get(&format!("/api/tickets/{ticket}")).await.good(200);
        detail["status"].as_str().unwrap().to_owned()
    };
    let mut standing = Vec::new();
    for ticket in &tickets {
        standing.push(status(ticket).await);
    }
    assert_eq!(standing, ["active", "active", "voided"]);
    let path = format!("/api/devices/{}/revoke", north.id);
    door.post(&path, json!({})).await.good(200);
    assert_eq!(status(&tickets[0]).await, "active", "somebody has it");
    assert_eq!(status(&tickets[1]).await, "voided");
    let listed = devices(&door).await;
    let spare = listed
        .iter()
        .find(|d| d["spare_of"] == north.id.as_str())
        .unwrap();
    assert_eq!(spare["status"], "revoked");
    let path = format!("/api/scanners/{}/reserve", north.id);
    let refused = door.by(&north, Method::POST, &path, Some(json!({}))).await;
    assert_eq!(refused.refused(403), "scanner_revoked");
}
