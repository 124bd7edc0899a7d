//! What an office does through its door, from a plan to a door list.

use axum::http::{Method, header};
use gatehouse_api::routes::Pages;
use serde_json::{Value, json};

use crate::door::{Answer, Door, PATIENCE};

impl Door {
    fn base(&self) -> String {
        format!("/api/events/{}", self.event)
    }

    async fn empty_post(&self, path: &str) -> Answer {
        self.call(Method::POST, path, None).await
    }
}

fn plan() -> Value {
    json!({
        "title": "Harbour Ball",
        "time_zone": "Europe/Vienna",
        "place": {"mode": "in_person", "venue": {
            "name": "Old Customs House", "address": "1 Quay", "city": "Vienna", "country": "AT"}},
        "schedule": {"kind": "one_time", "session": {
            "doors": "2026-12-05T18:00", "starts": "2026-12-05T19:00", "ends": "2026-12-05T23:00"}},
        "ticket_types": [{"name": "Standard"}, {"name": "VIP", "capacity": 3}],
    })
}

#[tokio::test]
async fn an_event_is_planned_published_changed_and_called_off() {
    let door = Door::empty();
    let wrong = door.post("/api/events", json!({"title": "x"})).await;
    assert_eq!(wrong.refused(400), "body_invalid");
    let mut short = plan();
    short["title"] = json!("x");
    let problem = door.post("/api/events", short).await.good(400);
    assert_eq!(problem["errors"][0]["field"], "title");
    let seen = door.post("/api/events/preview", plan()).await.good(200);
    assert_eq!(seen["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(door.get("/api/events").await.json()["items"], json!([]));

    let made = door.post("/api/events", plan()).await;
    let version = made.header(header::ETAG).to_owned();
    let event = made.good(201);
    assert_eq!(event["status"], "draft");
    let path = format!("/api/events/{}", event["id"].as_str().unwrap());
    let published = door.empty_post(&format!("{path}/publish")).await.good(200);
    assert_eq!(
        (&published["status"], &published["lacking"]),
        (&json!("published"), &json!([]))
    );
    let mut late = door.request(Method::PUT, &path, Some(&json!({"title": "Quay Ball"})));
    late.headers_mut()
        .insert(header::IF_MATCH, version.parse().unwrap());
    assert_eq!(door.send(late).await.refused(412), "edited_meanwhile");
    let changed = door
        .put(&path, json!({"title": "Quay Ball"}))
        .await
        .good(200);
    assert_eq!(changed["title"], "Quay Ball");

    let session = changed["sessions"][0]["id"].as_str().unwrap();
    let moved = json!({"starts": "2026-12-05T20:00"});
    let moved = door
        .put(&format!("/api/sessions/{session}"), moved)
        .await
        .good(200);
    assert_eq!(
        moved["starts_at"].as_i64(),
        changed["sessions"][0]["starts_at"]
            .as_i64()
            .map(|t| t + 3_600_000)
    );
    let zone = door
        .post(&format!("{path}/zones"), json!({"name": "Lounge"}))
        .await
        .good(201);
    assert_eq!(zone["name"], "Lounge");
    let kind = json!({"name": "Press", "zones": ["Lounge"]});
    let kind = door
        .post(&format!("{path}/ticket-types"), kind)
        .await
        .good(201);
    let kind = format!("/api/ticket-types/{}", kind["id"].as_str().unwrap());
    let priced = door.put(&kind, json!({"price_minor": 500})).await.good(200);
    assert_eq!(priced["price_minor"], 500);
    door.call(Method::DELETE, &kind, None).await.good(204);
    assert_eq!(door.get(&kind).await.refused(404), "ticket_type_unknown");

    let copy = json!({"title": "Harbour Ball again"});
    let copy = door
        .post(&format!("{path}/duplicate"), copy)
        .await
        .good(201);
    let copy = format!("/api/events/{}", copy["id"].as_str().unwrap());
    door.call(Method::DELETE, &copy, None).await.good(204);
    assert_eq!(door.get(&copy).await.refused(404), "event_unknown");
    door.post(&format!("{path}/template"), json!({"name": "Ball"}))
        .await
        .good(204);
    assert_eq!(
        door.get("/api/templates").await.json()["items"],
        json!(["Ball"])
    );
    let come = door.get("/api/sessions").await.json();
    assert_eq!(come["items"][0]["event_title"], "Quay Ball");
    let off = door
        .post(&format!("{path}/cancel"), json!({"reason": "storm"}))
        .await
        .good(200);
    assert_eq!(off["voided"], 0);
    assert_eq!(door.get(&path).await.json()["status"], "cancelled");
}

#[tokio::test]
async fn a_batch_is_made_generated_queued_and_called_off() {
    let door = Door::open(Pages::none());
    let body = json!({"event_id": door.event, "name": "Second round"});
    let batch = door.post("/api/invitations/batches", body).await.good(201);
    assert_eq!(
        (&batch["status"], &batch["invitations"]),
        (&json!("draft"), &json!(0))
    );
    for name in ["Ana Silva", "Eva Silva"] {
        let guest = json!({"event_id": door.event, "name": name, "email": "silva@example.org"});
        door.post("/api/guests", guest).await.good(201);
    }
    let path = format!("/api/invitations/batches/{}", batch["id"].as_str().unwrap());
    let task = door
        .post(&format!("{path}/generate"), json!({}))
        .await
        .good(202);
    let task = door.finished(&task).await;
    assert_eq!(task["state"], "done", "{task:#}");
    // One address, one family, one invitation.
    assert_eq!(
        task["result"],
        json!({"invitations": 1, "members": 2, "issued": 2, "left": 0})
    );
    let ready = door.get(&path).await.good(200);
    assert_eq!(
        (&ready["status"], &ready["invitations"]),
        (&json!("ready"), &json!(1))
    );
    let sent = door.empty_post(&format!("{path}/send")).await.good(200);
    assert_eq!(sent, json!({"queued": 1, "already": 0, "unreachable": 0}));
    let waiting = door.get(&path).await.good(200);
    assert_eq!(
        waiting["deliveries"],
        json!([{"status": "pending", "count": 1}])
    );
    let off = door
        .post(&format!("{path}/cancel"), json!({"reason": "no"}))
        .await
        .good(200);
    assert_eq!(off["voided"], 2);
    let again = door
        .post(&format!("{path}/generate"), json!({}))
        .await
        .good(202);
    assert_eq!(
        door.finished(&again).await["problem"]["code"],
        "batch_cancelled"
    );

    let body = json!({"event_id": door.event, "name": "Press", "seat_mode": "none"});
    let blank = door.post("/api/invitations/batches", body).await.good(201);
    let path = format!("/api/invitations/batches/{}", blank["id"].as_str().unwrap());
    let task = door
        .post(&format!("{path}/generate"), json!({"quantity": 5}))
        .await
        .good(202);
    assert_eq!(door.finished(&task).await["result"]["issued"], 5);
    let listed = door.of_event("/batches").await.good(200);
    assert!(listed["items"].as_array().unwrap().len() >= 3);
}

#[tokio::test]
async fn an_invitation_is_answered_member_by_member_and_checked_in() {
    let door = Door::open(Pages::none());
    let listed = door.of_event("/invitations?q=slapfer").await.good(200);
    let path = format!(
        "/api/invitations/{}",
        listed["items"][0]["id"].as_str().unwrap()
    );
    let party = door.get(&path).await.good(200);
    assert_eq!(party["status"], "pending");
    let members = door.get(&format!("{path}/guests")).await.good(200);
    let [first, second] = [0, 1].map(|at| {
        format!(
            "{path}/guests/{}",
            members["items"][at]["id"].as_str().unwrap()
        )
    });
    let answered = door
        .put(&first, json!({"status": "accepted", "seat": "T4"}))
        .await
        .good(200);
    assert_eq!(answered["status"], "partial");
    assert_eq!(answered["members"][0]["seat"], "T4");
    let came = door.put(&second, json!({"status": "attended"})).await;
    assert_eq!(came.refused(400), "fields_invalid");
    assert_eq!(
        door.put(&path, json!({"status": "accepted"}))
            .await
            .good(200)["status"],
        "accepted"
    );

    // Doors open at 18:00 UTC; it is noon.
    let early = door
        .put(&format!("{first}/checkin"), json!({}))
        .await
        .good(200);
    assert_eq!(
        (&early["verdict"], &early["code"]),
        (&json!("refused"), &json!("too_early"))
    );
    door.scratch.clock.advance(7 * 3_600_000);
    let shown = door
        .put(&format!("{first}/checkin"), json!({"gate": "Desk 2"}))
        .await
        .good(200);
    assert_eq!(
        (&shown["verdict"], &shown["name"]),
        (&json!("admitted"), &json!("Zoë Ŝlâpfer"))
    );
    let used = door
        .put(&format!("{first}/checkin"), json!({}))
        .await
        .good(200);
    assert_eq!(
        (&used["code"], &used["first_used_gate"]),
        (&json!("used"), &json!("Desk 2"))
    );
    assert_eq!(door.get(&path).await.json()["status"], "attended");
    assert_eq!(
        door.of_event("/arrivals").await.json()["items"][0]["admitted"],
        1
    );

    let pdf = door.get(&format!("{path}/download")).await;
    assert_eq!(pdf.header(header::CONTENT_TYPE), "application/pdf");
    assert!(pdf.body.starts_with(b"%PDF"));
    let code = party["code"].as_str().unwrap();
    let by_code = door.get(&format!("/api/invitations/{code}/download")).await;
    assert!(by_code.body.starts_with(b"%PDF"));
    let void = door
        .post(&format!("{path}/void"), json!({"reason": "moved away"}))
        .await
        .good(200);
    assert_eq!(void["voided"], 2);
    let gone = door.get(&format!("{path}/download")).await;
    assert_eq!(gone.refused(404), "invitation_unknown");

    let guest = json!({"event_id": door.event, "name": "Ana Silva"});
    let guest = door.post("/api/guests", guest).await.good(201);
    let wanted = json!({"guest_ids": [guest["id"]], "plus": 1, "message": "Welcome"});
    let made = door
        .post(&format!("{}/invitations", door.base()), wanted.clone())
        .await
        .good(201);
    assert_eq!(made["label"], "Ana Silva");
    assert_eq!(made["members"][1]["unnamed"], true);
    let twice = door
        .post(&format!("{}/invitations", door.base()), wanted)
        .await;
    assert_eq!(twice.refused(409), "guest_invited");
}

#[tokio::test]
async fn an_official_invitation_stands_whole_or_not_at_all() {
    let door = Door::empty();
    let event = door.post("/api/events", plan()).await.good(201);
    let wanted = json!({
        "guest_name": "John Doe", "guest_phone": "+44 7700 900123", "event_id": event["id"],
        "pass_type": "VIP", "quantity": 3, "custom_message": "With our compliments",
    });
    let made = door
        .post("/api/admin/official-invitations/create", wanted.clone())
        .await
        .good(201);
    let order = &made["order"];
    assert_eq!(made["success"], true);
    assert_eq!(order["number"], "INV-0001");
    assert_eq!(order["quantity"], 3);
    assert_eq!(order["source"], "official_invitation");
    assert_eq!(order["delivery_status"], "pending");
    assert_eq!(order["deliveries"][0]["channel"], "sms");
    assert!(
        order["members"]
            .as_array()
            .unwrap()
            .iter()
            .all(|m| m["ticket"]["status"] == "active")
    );

    // Three VIP tickets are all there are: nothing of the next is left behind.
    let full = door
        .post("/api/admin/official-invitations", wanted.clone())
        .await;
    assert_eq!(full.refused(409), "capacity_exceeded");
    let list = door
        .get("/api/admin/official-invitations?search=7700")
        .await
        .good(200);
    assert_eq!(list["count"], 1);
    let path = format!("/api/guests?event_id={}", event["id"].as_str().unwrap());
    assert_eq!(door.get(&path).await.json()["total"], 1);
    for (field, value, named) in [
        ("guest_phone", json!("07700 900123"), "guest_phone"),
        ("guest_name", json!(""), "guest_name"),
        ("pass_type", json!("Press"), "pass_type"),
        ("quantity", json!(101), "quantity"),
        ("quantity", json!(0), "quantity"),
    ] {
        let mut wrong = wanted.clone();
        wrong[field] = value;
        let problem = door
            .post("/api/admin/official-invitations", wrong)
            .await
            .good(400);
        assert_eq!(problem["errors"][0]["field"], named, "{problem:#}");
    }
    let path = format!(
        "/api/admin/official-invitations/{}",
        order["id"].as_str().unwrap()
    );
    let again = door.empty_post(&format!("{path}/resend")).await.good(200);
    assert_eq!(again, json!({"queued": 0, "already": 1, "unreachable": 0}));
    door.call(Method::DELETE, &path, None).await.good(204);
    let cancelled = door.get(&path).await.good(200);
    assert_eq!(cancelled["order"]["delivery_status"], "cancelled");
    let list = door
        .get("/api/admin/official-invitations?status=pending")
        .await
        .good(200);
    assert_eq!(list["count"], 0);
}

#[tokio::test]
async fn a_ticketing_service_gets_a_ticket_whose_code_opens_the_door() {
    let door = Door::open(Pages::none());
    let wanted = json!({
        "bookingId": "6f1c2a34-0000-4000-8000-000000000001", "eventId": door.event,
        "attendeeName": "John Doe", "attendeeEmail": "john@example.com", "ticketType": "VIP",
        "validFrom": "2026-11-21T18:00:00Z", "validUntil": "2026-11-21T23:59:59Z",
    });
    let made = door
        .post("/api/tickets/generate", wanted.clone())
        .await
        .good(201);
    assert_eq!(made["jwt"].as_str().unwrap().split('.').count(), 3);
    let id = made["ticketId"].as_str().unwrap();
    let ticket = door.get(&format!("/api/tickets/{id}")).await.good(200);
    assert_eq!(ticket["name"], "John Doe");
    assert_eq!(ticket["code_text"], made["qrCode"]);
    let picture = door.get(&format!("/api/tickets/{id}/code")).await;
    assert!(picture.body.starts_with(b"\x89PNG"));

    door.scratch.clock.advance(7 * 3_600_000);
    let scans = format!("{}/scans", door.base());
    let nonce = "00000000-0000-4000-8000-000000000007";
    for code in [&made["jwt"], &made["qrCode"]] {
        let shown = json!({"code": code, "gate": "Front", "nonce": nonce});
        let shown = door.post(&scans, shown).await.good(200);
        assert_eq!(
            shown["verdict"], "admitted",
            "the same nonce is the same scan"
        );
    }
    let used = door
        .post(&scans, json!({"code": made["jwt"], "gate": "Back"}))
        .await
        .good(200);
    assert_eq!(
        (&used["code"], &used["status"]),
        (&json!("used"), &json!("DUPLICATE"))
    );
    let ticket = door.get(&format!("/api/tickets/{id}")).await.good(200);
    assert_eq!(ticket["scans"].as_array().unwrap().len(), 2);
    let wrong = door
        .empty_post(&format!("/api/tickets/{id}/regenerate"))
        .await;
    assert_eq!(wrong.refused(415), "body_not_json");
    let used = door
        .post(&format!("/api/tickets/{id}/regenerate"), json!({}))
        .await;
    assert_eq!(used.refused(409), "ticket_used");
    let mut backwards = wanted;
    backwards["validUntil"] = json!("2026-11-21T17:00:00Z");
    let problem = door
        .post("/api/tickets/generate", backwards)
        .await
        .good(400);
    assert_eq!(problem["errors"][0]["field"], "validUntil");
}

#[tokio::test]
async fn files_are_made_while_one_waits_and_fetched_whole() {
    let door = Door::open(Pages::none());
    let sheets = door.get("/api/sheets").await.good(200);
    assert!(
        sheets["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|s| s["name"] == "a4-4up")
    );
    let page = door.of_event("/preview?sheet=a4-4up&marks=true").await;
    assert!(page.body.starts_with(b"\x89PNG"));
    let before = door.of_event("/tickets?limit=1").await.json();
    assert!(
        before["items"][0]["life_line"]["rendered"].is_null(),
        "a preview marks nothing"
    );
    for (kind, begins) in [
        ("tickets", &b"%PDF"[..]),
        ("door_list", b"%PDF"),
        ("bundle", b"PK"),
        ("csv", "\u{feff}Ticket".as_bytes()),
        ("xlsx", b"PK"),
        ("calendar", b"BEGIN:VCALENDAR"),
    ] {
        let wanted = json!({"kind": kind, "sheet": "a4-4up"});
        let task = door
            .post(&format!("{}/files", door.base()), wanted)
            .await
            .good(202);
        let task = door.finished(&task).await;
        assert_eq!(task["state"], "done", "{task:#}");
        let path = format!("/api/tasks/{}/file", task["id"].as_str().unwrap());
        let file = door.get(&path).await;
        assert!(file.body.starts_with(begins), "{kind}");
        let name = task["result"]["file"].as_str().unwrap();
        assert!(file.header(header::CONTENT_DISPOSITION).contains(name));
    }
    let path = format!("{}/files", door.base());
    let wrong = door
        .post(&path, json!({"kind": "tickets", "sheet": "a9"}))
        .await;
    assert_eq!(wrong.refused(400), "query_invalid");
}

#[tokio::test]
async fn keys_are_rotated_and_the_kit_is_given_once() {
    let door = Door::open(Pages::none());
    let keys = format!("{}/keys", door.base());
    let first = door.get(&keys).await.good(200)["items"][0].clone();
    let kid = first["kid"].as_str().unwrap();
    let active = door.empty_post(&format!("{keys}/{kid}/revoke")).await;
    assert_eq!(active.refused(409), "key_active");
    let next = door
        .post(&keys, json!({"profile": "ed25519"}))
        .await
        .good(201);
    assert_eq!(next["version"], 2);
    door.empty_post(&format!("{keys}/{kid}/revoke"))
        .await
        .good(204);
    let listed = door.get(&keys).await.good(200);
    assert_eq!(listed["items"][0]["status"], "revoked");
    let kit = door.empty_post("/api/recovery-kit").await.good(201);
    assert!(kit["kit"].as_str().unwrap().contains("GATEHOUSE"));
    assert!(kit["code"].as_str().unwrap().len() > 20);
}

#[tokio::test]
async fn whoever_missed_changes_asks_what_came_after() {
    let door = Door::open(Pages::none());
    let changes = format!("{}/changes", door.base());
    let before = door.get(&changes).await.good(200);
    let seq = before["seq"].as_u64().unwrap();
    let quiet = door.get(&format!("{changes}?after={seq}")).await.good(200);
    assert_eq!(quiet["tags"], json!([]));
    let guest = json!({"name": "Ana Silva"});
    door.post(&format!("{}/guests", door.base()), guest)
        .await
        .good(201);
    let after = door.get(&format!("{changes}?after={seq}")).await.good(200);
    assert_eq!(after["tags"], json!(["guests"]));
    assert!(after["seq"].as_u64().unwrap() > seq);
    let old = door.get(&format!("{changes}?after=5")).await.good(200);
    assert_eq!(old["tags"], json!(["everything"]));

    // As a stream: first where it stands, then each change.
    let request = door.request(Method::GET, &format!("{}/live", door.base()), None);
    let response = tower::ServiceExt::oneshot(door.router.clone(), request)
        .await
        .unwrap();
    let mut body = response.into_body();
    let first = piece(&mut body).await;
    assert!(
        first.starts_with("id: ") && first.contains("\"tags\":[]"),
        "{first}"
    );
    door.post(
        &format!("{}/guests", door.base()),
        json!({"name": "Eva Silva"}),
    )
    .await
    .good(201);
    let told = piece(&mut body).await;
    assert!(told.contains("\"tags\":[\"guests\"]"), "{told}");
    // What another program writes is heard too.
    let elsewhere = door.scratch.reopen().unwrap();
    let home = elsewhere.open_event(&door.event).unwrap();
    door.scratch
        .import(&home, "name,email\nLars Berg,lars@example.org\n");
    let mut heard = String::new();
    while !heard.contains("everything") {
        heard = tokio::time::timeout(PATIENCE, piece(&mut body))
            .await
            .expect("news of the other program");
    }
}

async fn piece(body: &mut axum::body::Body) -> String {
    use http_body_util::BodyExt;
    let frame = body.frame().await.expect("a frame").expect("no error");
    String::from_utf8(frame.into_data().expect("data").to_vec()).expect("text")
}

#[tokio::test]
async fn only_the_tickets_of_a_range_are_printed_and_seen_before() {
    let door = Door::open(Pages::none());
    let made = |wanted: Value| async {
        let path = format!("{}/files", door.base());
        let task = door.post(&path, wanted).await.good(202);
        door.finished(&task).await
    };
    let some = made(json!({"kind": "tickets", "sheet": "a6", "first": 2, "last": 3})).await;
    assert_eq!(
        (&some["state"], &some["result"]["tickets"]),
        (&json!("done"), &json!(2))
    );
    let none = made(json!({"kind": "tickets", "sheet": "a6", "first": 90})).await;
    assert_eq!(none["problem"]["code"], "nothing_to_print");
    let (first, third) = (
        door.of_event("/preview?sheet=a6").await.body,
        door.of_event("/preview?sheet=a6&first=3").await.body,
    );
    assert_ne!(first, third);
    let none = door.of_event("/preview?sheet=a6&first=90").await;
    assert_eq!(none.refused(409), "nothing_to_print");
}
