//! Badges and receipts for those who were let in, at the office's own gate and away from it.

use std::io::Write;
use std::process::{Command, Stdio};

use axum::http::Method;
use gatehouse_api::routes::Pages;
use gatehouse_api::{Gate, Surroundings};
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::id::DeviceId;
use gatehouse_store::Lane;
use gatehouse_store::event::{DeviceRow, EventFile};
use serde_json::{Value, json};

use crate::door::{Answer, Door};

/// The text of a page, without the spaces of its layout; nothing, said loudly, without poppler.
#[expect(
    clippy::print_stderr,
    reason = "a test that can't run says so on standard error"
)]
fn text_of(pdf: &[u8]) -> Option<String> {
    let begun = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut reading = match begun {
        Ok(reading) => reading,
        Err(error) => {
            eprintln!("SKIPPED: pdftotext cannot be run here: {error}");
            return None;
        }
    };
    reading.stdin.take().unwrap().write_all(pdf).unwrap();
    let out = reading.wait_with_output().unwrap();
    assert!(out.status.success());
    let text = String::from_utf8(out.stdout).unwrap();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What an answer that went well holds.
#[track_caller]
fn page(answer: Answer) -> Vec<u8> {
    let said = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status.as_u16(), 200, "{said}");
    answer.body
}

impl Door {
    async fn prints(&self, badge: Value) -> Value {
        let mut settings = self.of_event("/door-settings").await.good(200);
        settings.as_object_mut().unwrap().remove("pin_set");
        settings["badge"] = badge;
        self.set("/door-settings", settings).await.good(200)
    }

    async fn badge(&self, number: u32) -> Answer {
        let ticket = self.ticket(number);
        self.of_event(&format!("/door/badges/{ticket}")).await
    }
}

#[tokio::test]
async fn a_badge_is_printed_for_whom_the_event_says_and_only_once_they_are_in() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    assert_eq!(door.badge(1).await.refused(409), "badges_off");
    let settings = door
        .prints(json!({"kind": "badge", "paper": "card", "at_once": true, "code": true}))
        .await;
    assert_eq!(settings["badge"]["at_once"], true);
    assert_eq!(door.badge(1).await.refused(409), "badge_not_admitted");

    let shown = door
        .act("/scans", json!({"code": door.code(1), "gate": "Gate A"}))
        .await
        .good(200);
    assert_eq!(
        (&shown["code"], &shown["badge"]),
        (&json!("admitted"), &json!(true))
    );
    let again = door
        .act("/scans", json!({"code": door.code(1), "gate": "Gate A"}))
        .await
        .good(200);
    assert_eq!(again["badge"], false, "a refusal prints nothing");
    let answer = door.badge(1).await;
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert_eq!(answer.header("cache-control"), "no-store");
    let pdf = page(answer);
    assert_eq!(pdf, page(door.badge(1).await), "the same again");
    let name = shown["name"].as_str().unwrap();
    if let Some(text) = text_of(&pdf) {
        for word in [name, "Winter Gala", "#0001"] {
            assert!(text.contains(word), "{word} is not in {text}");
        }
        assert!(!text.contains('@'), "{text}");
    }
    let seen = door.of_event("/door?gate=Gate%20A").await.good(200);
    assert_eq!(seen["badge"]["kind"], "badge");
    let line = &seen["recent"][1];
    assert_eq!(
        (&line["badge"], &line["ticket"]),
        (&json!(true), &json!(door.ticket(1)))
    );
    assert_eq!(seen["recent"][0]["badge"], false);

    // Taken back, it is printed no more.
    let undo = format!("/scans/{}/undo", shown["scan"].as_str().unwrap());
    door.act(&undo, json!({"gate": "Gate A"})).await.good(200);
    assert_eq!(door.badge(1).await.refused(409), "badge_not_admitted");
}

#[tokio::test]
async fn receipts_say_where_and_when_and_types_may_be_left_out() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let event = door.of_event("").await.good(200);
    let types = event["ticket_types"].as_array().unwrap();
    let of = |n: usize| types[n]["id"].clone();
    door.prints(json!({"kind": "receipt", "paper": "roll58"}))
        .await;
    let shown = door
        .act("/scans", json!({"code": door.code(1), "gate": "Side door"}))
        .await
        .good(200);
    if let Some(text) = text_of(&page(door.badge(1).await)) {
        for word in ["Admitted", "Side door", shown["name"].as_str().unwrap()] {
            assert!(text.contains(word), "{word} is not in {text}");
        }
    }
    let own = types
        .iter()
        .position(|kind| kind["name"] == shown["ticket_type"])
        .unwrap();
    let other = usize::from(own == 0);
    for (kind, wanted) in [(own, None), (other, Some("badge_not_wanted"))] {
        door.prints(json!({"kind": "receipt", "paper": "roll80", "ticket_types": [of(kind)]}))
            .await;
        let answer = door.badge(1).await;
        match wanted {
            None => assert!(page(answer).starts_with(b"%PDF-1.7")),
            Some(code) => assert_eq!(answer.refused(409), code),
        }
    }
    // A badge on the narrowest roll is refused, and nothing is kept of it.
    let mut wrong = door.of_event("/door-settings").await.good(200);
    wrong.as_object_mut().unwrap().remove("pin_set");
    wrong["badge"] = json!({"kind": "badge", "paper": "roll58"});
    let refused = door.set("/door-settings", wrong).await;
    assert_eq!(refused.refused(400), "fields_invalid");
    let kept = door.of_event("/door-settings").await.good(200);
    assert_eq!(kept["badge"]["kind"], "receipt");
    // Settings that say nothing of badges leave them as they are.
    let mut silent = kept.clone();
    for field in ["pin_set", "badge", "show_photo"] {
        silent.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(
        door.set("/door-settings", silent).await.good(200)["badge"],
        kept["badge"]
    );
}

#[tokio::test]
async fn what_would_be_printed_is_seen_before() {
    let door = Door::open(Pages::none());
    for (kind, paper, good) in [
        ("badge", "card", true),
        ("badge", "a6", true),
        ("badge", "label62", true),
        ("receipt", "roll58", true),
        ("badge", "roll58", false),
        ("receipt", "card", false),
    ] {
        let body = json!({"kind": kind, "paper": paper, "code": true});
        let answer = door.act("/door/badges/preview", body).await;
        if good {
            assert!(page(answer).starts_with(b"\x89PNG"), "{kind} {paper}");
        } else {
            assert_eq!(answer.refused(400), "fields_invalid", "{kind} {paper}");
        }
    }
    let nothing = door.act("/door/badges/preview", json!({})).await;
    assert_eq!(nothing.refused(409), "badges_off");
}

#[tokio::test]
async fn a_gate_without_its_office_prints_from_what_it_carries() {
    let door = Door::open(Pages::none());
    door.scratch.open_doors();
    let home = door.scratch.workspace.open_event(&door.event).unwrap();
    let carries = |with: bool| {
        let roster = home.roster(None).unwrap().unwrap();
        let company = roster
            .tickets
            .iter()
            .find_map(|row| row.ticket.holder.company.clone());
        assert_eq!(company.is_some(), with, "companies travel for badges alone");
        roster
    };
    carries(false);
    door.prints(json!({"kind": "badge", "paper": "label62", "code": true}))
        .await;
    let roster = carries(true);
    let key = SigningKey::generate(KeyProfile::Ed25519).unwrap();
    let id = DeviceId(uuid::Uuid::from_u128(77));
    let now = door.scratch.workspace.surroundings().now();
    let row = DeviceRow::of_office(id, "Away", key.public().spki_der(), vec![1], now);
    let dir = tempfile::tempdir().unwrap();
    let file = EventFile::create_carried(&dir.path().join("gate.db"), home.id(), &row).unwrap();
    let wire = serde_json::to_string(&roster.head).unwrap();
    let (as_of, tickets) = (roster.head.as_of, roster.tickets.clone());
    file.append(Lane::Edit, move |change| {
        change.carry(as_of, now, &wire, &[], &tickets)
    })
    .unwrap();
    let surroundings: Surroundings = door.scratch.workspace.surroundings().clone();
    let gate = Gate::open_carried(file, &row, key, surroundings).unwrap();
    let with_company = roster
        .tickets
        .iter()
        .find(|row| row.ticket.holder.company.is_some())
        .unwrap();
    let shown = gate.admit(&door.code(with_company.ticket.number)).unwrap();
    assert!(shown.badge, "{shown:?}");
    let badge = gate.badge(with_company.ticket.id).unwrap();
    if let Some(text) = text_of(&badge.pdf) {
        let holder = &with_company.ticket.holder;
        for word in [&holder.name, holder.company.as_ref().unwrap()] {
            assert!(text.contains(word.as_str()), "{word} is not in {text}");
        }
    }
    assert!(
        !String::from_utf8_lossy(&badge.pdf).contains("/ImageMask true"),
        "codes do not travel to gates"
    );
}

#[tokio::test]
async fn only_those_who_scan_print() {
    let door = Door::open(Pages::none());
    let path = format!("/api/events/{}/door/badges/{}", door.event, door.ticket(1));
    let request = door.request_as(None, Method::GET, &path, None);
    assert_eq!(door.send(request).await.refused(401), "signed_out");
}
