//! The guest list over HTTP: searched, ordered, changed by two at once, imported, undone.

use axum::body::Body;
use axum::http::{Method, header};
use gatehouse_api::routes::Pages;
use serde_json::{Value, json};

use crate::door::Door;

impl Door {
    async fn found(&self, question: &str) -> Vec<String> {
        let page = self.of_event(&format!("/guests?{question}")).await;
        assert_eq!(page.json()["total"], page.names().len(), "{question}");
        page.names()
    }
}

#[tokio::test]
async fn guests_are_found_by_any_words_and_put_in_any_order() {
    let door = Door::open(Pages::none());
    for (question, names) in [
        ("q=slapfer", vec!["Zoë Ŝlâpfer", "Max Ŝlâpfer"]),
        ("q=ZOE+slap", vec!["Zoë Ŝlâpfer"]),
        ("q=novak+arts", vec!["Jiří Novák"]),
        ("q=amelie%40", vec!["Amélie Dubois"]),
        ("q=INV-0002", vec!["Jiří Novák"]),
        ("q=nobody", vec![]),
        (
            "sort=name",
            vec!["Amélie Dubois", "Jiří Novák", "Max Ŝlâpfer", "Zoë Ŝlâpfer"],
        ),
        (
            "sort=name&descending=true",
            vec!["Zoë Ŝlâpfer", "Max Ŝlâpfer", "Jiří Novák", "Amélie Dubois"],
        ),
        (
            "sort=company",
            vec!["Jiří Novák", "Amélie Dubois", "Max Ŝlâpfer", "Zoë Ŝlâpfer"],
        ),
        ("standing=ticketed&q=dubois", vec!["Amélie Dubois"]),
        ("standing=came", vec![]),
        ("standing=listed", vec![]),
    ] {
        assert_eq!(door.found(question).await, names, "{question}");
    }
    let event = door.of_event("").await.json();
    let vip = event["ticket_types"][1]["id"].as_str().unwrap();
    let question = format!("ticket_type={vip}");
    assert_eq!(door.found(&question).await, ["Zoë Ŝlâpfer"]);
    // Page by page in an order of its own.
    let first = door.of_event("/guests?sort=name&limit=3").await.json();
    assert_eq!(first["total"], 4);
    let next = first["next"].as_str().unwrap();
    let rest = door
        .of_event(&format!("/guests?sort=name&limit=3&after={next}"))
        .await;
    assert_eq!(rest.names(), ["Zoë Ŝlâpfer"]);
    // What was just added is found.
    let path = format!("/api/events/{}/guests", door.event);
    let guest = json!({"name": "Lars Ødegård", "email": "lars@example.org"});
    let added = door.post(&path, guest).await.good(201);
    assert_eq!(added["values"]["email"], "lars@example.org");
    assert_eq!(door.found("q=odegard").await, ["Lars Ødegård"]);
    assert_eq!(door.found("standing=listed").await, ["Lars Ødegård"]);
}

#[tokio::test]
async fn the_second_of_two_who_edit_one_guest_is_told() {
    let door = Door::open(Pages::none());
    let listed = door.of_event("/guests?q=dubois").await.json();
    let path = format!("/api/guests/{}", listed["items"][0]["id"].as_str().unwrap());
    let seen = door.get(&path).await;
    let version = seen.header(header::ETAG).to_owned();
    assert!(version.starts_with('"'));

    let mut first = door.request(Method::PUT, &path, Some(&json!({"company": "Harbour"})));
    first
        .headers_mut()
        .insert(header::IF_MATCH, version.parse().unwrap());
    let first = door.send(first).await;
    assert_ne!(first.header(header::ETAG), version);
    first.good(200);
    let mut second = door.request(Method::PUT, &path, Some(&json!({"company": "Quay"})));
    second
        .headers_mut()
        .insert(header::IF_MATCH, version.parse().unwrap());
    assert_eq!(door.send(second).await.refused(412), "edited_meanwhile");
    assert_eq!(door.get(&path).await.json()["values"]["company"], "Harbour");
    // Whoever says no version means it.
    door.put(&path, json!({"company": "Quay"})).await.good(200);

    let wrong = door
        .put(&path, json!({"email": "no address", "name": ""}))
        .await;
    let problem = wrong.good(400);
    let fields: Vec<&str> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["name", "email"]);
}

#[tokio::test]
async fn many_guests_are_changed_at_once_and_back_again() {
    let door = Door::open(Pages::none());
    let all = door.of_event("/guests").await.json();
    let ids: Vec<&Value> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| &g["id"])
        .collect();
    let base = format!("/api/events/{}", door.event);
    let change = json!({"guests": ids, "change": {"ticket_type": "vip"}});
    let done = door
        .post(&format!("{base}/guests/change"), change)
        .await
        .good(200);
    assert_eq!(done["changed"], 4);
    let undone = door
        .post(&format!("{base}/undo"), json!({}))
        .await
        .good(200);
    assert_eq!(undone["command"], "change guests");
    let removed = door
        .post(&format!("{base}/guests/remove"), json!({"guests": ids}))
        .await
        .good(200);
    // Everybody here is invited already.
    assert_eq!(removed, json!({"removed": 0, "invited": 4}));
    let first = format!("/api/guests/{}", ids[0].as_str().unwrap());
    let kept = door.call(Method::DELETE, &first, None).await;
    assert_eq!(kept.refused(409), "guest_invited");
    // One wrong among many, and none is changed.
    let change = json!({"guests": ids, "change": {"ticket_type": "Press"}});
    let wrong = door.post(&format!("{base}/guests/change"), change).await;
    assert_eq!(wrong.refused(400), "fields_invalid");
}

#[tokio::test]
async fn a_list_is_sent_looked_at_corrected_and_accepted() {
    let door = Door::open(Pages::none());
    let base = format!("/api/events/{}", door.event);
    let list = "Nombre;Correo;Empresa\nJosé Muñoz;jose@example.org;Muelle\n\
                Inés Peña;not an address;\nJosé Muñoz;jose@example.org;Muelle\n";
    // Every letter of it is one byte in windows-1252, the same as its code point.
    let bytes: Vec<u8> = list.chars().map(|c| c as u8).collect();
    let mut request = door.request(
        Method::POST,
        &format!("{base}/imports?name=lista.csv"),
        None,
    );
    *request.body_mut() = Body::from(bytes);
    let looked = door.send(request).await.good(201);
    assert_eq!(looked["file_name"], "lista.csv");
    let report = &looked["report"];
    assert_eq!(report["encoding"], "windows-1252");
    assert_eq!(report["rows"], 3);
    assert_eq!(report["errors"].as_array().unwrap().len(), 1);
    assert_eq!(report["mapping"]["email"], "Correo");
    let path = format!("/api/imports/{}", looked["id"].as_str().unwrap());
    let refused = door
        .call(Method::POST, &format!("{path}/accept"), None)
        .await;
    assert_eq!(refused.refused(400), "rows_invalid");
    // A choice that does not fit costs nothing.
    let wrong = json!({"map": [{"field": "phone", "header": "Teléfono"}]});
    assert_eq!(door.put(&path, wrong).await.refused(400), "column_unknown");
    let again = door
        .put(&path, json!({"skip_bad_rows": true}))
        .await
        .good(200);
    assert_eq!(again["report"]["plan"]["added"], 1);
    let done = door
        .call(Method::POST, &format!("{path}/accept"), None)
        .await
        .good(200);
    assert_eq!(done["plan"]["added"], 1);
    assert_eq!(door.found("q=munoz").await, ["José Muñoz"]);
    let gone = door
        .call(Method::POST, &format!("{path}/accept"), None)
        .await;
    assert_eq!(gone.refused(404), "import_unknown");

    let mut request = door.request(Method::POST, &format!("{base}/imports?name=x.csv"), None);
    *request.body_mut() = Body::from("\u{89}PNG\r\n\0\0\0\r");
    assert_eq!(door.send(request).await.refused(400), "file_not_a_table");
    let request = door.request(Method::POST, &format!("{base}/imports?name=x.csv"), None);
    assert_eq!(door.send(request).await.refused(400), "file_empty");
}

#[tokio::test]
async fn the_same_request_twice_is_one_request() {
    let door = Door::open(Pages::none());
    let path = format!("/api/events/{}/guests", door.event);
    let send = async |key: &str, name: &str| {
        let mut request = door.request(Method::POST, &path, Some(&json!({"name": name})));
        request
            .headers_mut()
            .insert("idempotency-key", key.parse().unwrap());
        let length = json!({"name": name}).to_string().len();
        request
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
        door.send(request).await
    };
    let first = send("a", "Ana Silva").await;
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = send("a", "Ana Silva").await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.body, again.body);
    assert_eq!(
        send("a", "Eva Silva").await.refused(409),
        "idempotency_key_reused"
    );
    send("b", "Ana Silva").await.good(201);
    assert_eq!(door.found("q=silva").await, ["Ana Silva", "Ana Silva"]);
    // A refusal is not kept: the person corrects and sends again.
    assert_eq!(send("c", "").await.refused(400), "fields_invalid");
    send("c", "Eva Silva").await.good(201);
    // A day later the key is new.
    door.scratch.clock.advance(25 * 3_600_000);
    send("a", "Eva Silva").await.good(201);
}
