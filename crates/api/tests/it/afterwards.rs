//! Who came by the paper list, written down when the event is over.

use gatehouse_api::routes::Pages;
use gatehouse_api::{EventHome, Issuing, Quiet};
use gatehouse_domain::clock::Clock;
use gatehouse_testkit::Scratch;
use serde_json::{Value, json};

use crate::door::Door;

#[tokio::test]
async fn a_paper_list_is_typed_in_on_the_next_day() {
    let door = Door::open(Pages::none());
    door.doors(json!({"questions": ["Any allergies?"]})).await;
    let tickets = json!([door.ticket(1), door.ticket(2)]);
    let mut body = json!({"gate": "Paper", "tickets": tickets, "afterwards": true,
        "nonce": "7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a1"});
    let before = door.act("/door/admit", body.clone()).await;
    assert_eq!(before.refused(409), "session_not_over");
    door.scratch.open_doors();
    let scanned = json!({"code": door.code(2), "answered": true});
    assert_eq!(door.scan(scanned).await["code"], "admitted");

    door.scratch.go_to("2026-11-22T10:00");
    let live = json!({"tickets": [door.ticket(1)]});
    let late = door.act("/door/admit", live).await.good(200);
    assert_eq!(late["items"][0]["code"], "expired", "nobody comes in now");
    for _ in 0..2 {
        let typed = door.act("/door/admit", body.clone()).await.good(200);
        assert_eq!(typed["items"][0]["code"], "admitted");
        assert_eq!(typed["items"][1]["code"], "used", "by their code");
    }
    let path = format!("/api/tickets/{}", door.ticket(1));
    let detail = door.get(&path).await.good(200);
    let passage = detail["scans"]
        .as_array()
        .unwrap()
        .iter()
        .find(|scan| scan["verdict"] == "admitted")
        .unwrap();
    assert_eq!(passage["afterwards"], true);
    assert_eq!(passage["reason"], Value::Null);
    door.scratch.go_to("2026-11-21T20:00");
    assert_eq!(
        passage["at"],
        door.scratch.clock.now_ms(),
        "as of the start"
    );

    door.scratch.go_to("2026-11-22T10:05");
    body["nonce"] = json!("7d0f4a34-13ff-4d93-8d9e-6a1f54b1d7a2");
    let again = door.act("/door/admit", body).await.good(200);
    assert_eq!(again["items"][0]["code"], "used");
}

#[test]
fn each_day_has_its_own_paper_list_and_fills_no_room_of_the_next() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Fair", &["2026-11-21", "2026-11-22"]));
    scratch.import(&home, "Name\nAda Lark\nBen Moss\n");
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let ticket = |home: &EventHome, number: &str| home.find_ticket(number).unwrap().id;
    let gate = home.open_gate("Paper").unwrap();
    scratch.go_to("2026-11-22T19:30");
    let first_day = home.sessions()[0].id;
    let ada = [ticket(&home, "1")];
    let typed = gate
        .admit_afterwards(&ada, Some(first_day), gate.new_nonce())
        .unwrap();
    assert_eq!(typed[0].code.word(), "admitted");
    assert_eq!(gate.look().unwrap().counts.inside, 0, "she came yesterday");
    let text = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
    assert_eq!(gate.admit(&text).unwrap().code.word(), "admitted");
    assert_eq!(gate.look().unwrap().counts.inside, 1);
    // Without a word it is the day that ended last.
    let ben = [ticket(&home, "2")];
    let typed = gate.admit_afterwards(&ben, None, gate.new_nonce()).unwrap();
    assert_eq!(typed[0].code.word(), "admitted");
    let again = gate
        .admit_afterwards(&ben, Some(first_day), gate.new_nonce())
        .unwrap();
    assert_eq!(again[0].code.word(), "used");
}
