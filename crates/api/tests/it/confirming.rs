//! Guests who are asked again: whether they still come, and after what they come to was called off.

use gatehouse_api::routes::Pages;
use gatehouse_domain::clock::Clock;
use gatehouse_domain::id::MemberId;
use gatehouse_domain::invitation::MemberStatus;
use serde_json::json;

use crate::door::Door;
use crate::guest_pages::{filled, text};

/// The fields of the page that asks whether they still come.
fn confirmed(page: &str, members: &[MemberId], all: &str) -> Vec<(String, String)> {
    let open: Vec<(MemberId, &str)> = members.iter().map(|id| (*id, "")).collect();
    let mut fields = filled(page, &open);
    fields.push(("confirms".to_owned(), "yes".to_owned()));
    fields.push(("all".to_owned(), all.to_owned()));
    fields
}

#[tokio::test]
async fn who_comes_confirms_past_the_deadline_and_who_declined_stays_away() {
    let door = Door::open(Pages::none());
    let now = door.scratch.clock.now_ms();
    door.asks(json!({"deadline": now + 60_000})).await;
    let family = door.invited("Family");
    let people = door.members(family.id);
    let (zoe, max) = (people[0].0, people[1].0);
    let guest = door.visitor("192.0.2.1");
    let place = format!("/i/{}", family.code);
    let page = text(&guest.get(&place).await);
    let first = filled(&page, &[(zoe, "yes"), (max, "no")]);
    assert_eq!(guest.post(&place, &first).await.status, 303);
    door.asks(json!({
        "deadline": now + 60_000,
        "questions": [{"id": 1, "kind": "short", "text": "Which bus?", "required": true,
                       "asked": "person", "choices": []}],
    }))
    .await;
    door.scratch.clock.advance(120_000);

    let still = guest.get(&format!("{place}/still")).await;
    let page = text(&still);
    assert!(page.contains("Are you still coming?"), "{page}");
    assert!(
        !page.contains(&format!("m.{max}")),
        "Max is not asked again"
    );
    let before = door.home().standing(family.id).unwrap().members[0].answered_at;
    let yes = confirmed(&page, &[zoe], "yes");
    assert_eq!(guest.post(&place, &yes).await.status, 303);
    let after = door.home().standing(family.id).unwrap();
    assert_eq!(after.members[0].answered_at, before.map(|at| at + 120_000));
    let statuses = || -> Vec<_> { door.members(family.id).into_iter().map(|m| m.2).collect() };
    assert_eq!(statuses(), [MemberStatus::Accepted, MemberStatus::Declined]);

    // Whoever declined gets no place behind the deadline by a form of their own making.
    let seen = after.members[1].version.clone();
    let mut made = confirmed(&page, &[zoe], "yes");
    made.push((format!("m.{max}.seen"), seen));
    assert_eq!(guest.post(&place, &made).await.status, 303);
    assert_eq!(statuses(), [MemberStatus::Accepted, MemberStatus::Declined]);
    // Nor does a form without the question.
    let plain: Vec<_> = yes
        .into_iter()
        .filter(|(name, _)| name != "confirms")
        .collect();
    assert_eq!(guest.post(&place, &plain).await.status, 403);

    let page = text(&guest.get(&format!("{place}/still")).await);
    let no = confirmed(&page, &[zoe], "no");
    assert_eq!(guest.post(&place, &no).await.status, 303);
    assert_eq!(statuses(), [MemberStatus::Declined; 2]);
}

#[tokio::test]
async fn who_holds_a_ticket_and_said_nothing_is_asked_until_it_begins() {
    let door = Door::open(Pages::none());
    let now = door.scratch.clock.now_ms();
    door.asks(json!({"deadline": now + 60_000})).await;
    door.scratch.clock.advance(120_000);
    let jiri = door.invited("Jiří");
    let id = door.members(jiri.id)[0].0;
    let guest = door.visitor("192.0.2.1");
    let place = format!("/i/{}", jiri.code);
    let page = text(&guest.get(&format!("{place}/still")).await);
    let yes = confirmed(&page, &[id], "yes");
    door.scratch.go_to("2026-11-21T20:00");
    let late = guest.post(&place, &yes).await;
    assert_eq!(late.status, 403, "it began");
    assert_eq!(door.members(jiri.id)[0].2, MemberStatus::Pending);
    door.scratch.go_to("2026-11-21T19:59");
    assert_eq!(guest.post(&place, &yes).await.status, 303);
    assert_eq!(door.members(jiri.id)[0].2, MemberStatus::Accepted);
}

#[tokio::test]
async fn guests_of_an_event_that_was_called_off_read_so() {
    let door = Door::open(Pages::none());
    let family = door.invited("Family");
    let taken = door.invited("Jiří");
    let path = format!("/api/invitations/{}/void", taken.id);
    let body = json!({"reason": "It was made twice."});
    door.post(&path, body).await.good(200);
    let guest = door.visitor("192.0.2.1");
    let unknown = guest.get(&format!("/i/{}", taken.code)).await;
    assert_eq!(
        unknown.status, 404,
        "taken back while the event takes place"
    );
    door.home().cancel_event("The hall is flooded.").unwrap();
    for _ in 0..12 {
        let shown = guest.get(&format!("/i/{}", family.code)).await;
        assert_eq!(shown.status, 200, "{}", text(&shown));
        let page = text(&shown);
        assert!(page.contains("This event was called off."), "{page}");
        assert!(!page.contains("<textarea"), "no form is left");
    }
    let asked = guest.get(&format!("/i/{}/yes", family.code)).await;
    assert!(text(&asked).contains("This event was called off."));
}
