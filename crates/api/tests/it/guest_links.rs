//! Links of guests: signed ones that open files and preferences, codes that open nothing, and the
//! name under which guests come.

use axum::body::Body;
use axum::http::{Method, header};
use gatehouse_api::routes::Pages;
use gatehouse_store::event::LookKind;
use serde_json::{Value, json};

use crate::door::{Door, PATIENCE, ask};
use crate::guest_pages::{HOST, text};

#[tokio::test]
async fn unknown_and_taken_back_codes_are_answered_alike_and_guessing_ends_soon() {
    let door = Door::open(Pages::none());
    let jiri = door.invited("Jiří");
    let path = format!("/api/invitations/{}/void", jiri.id);
    door.post(&path, json!({"reason": "moved away"}))
        .await
        .good(200);
    let guest = door.visitor("192.0.2.9");
    let begun = std::time::Instant::now();
    let void = guest.get(&format!("/i/{}", jiri.code)).await;
    assert!(begun.elapsed().as_millis() >= 150);
    let begun = std::time::Instant::now();
    let unknown = guest.get("/i/AAAAAAAAAA").await;
    assert!(begun.elapsed().as_millis() >= 150);
    assert_eq!(
        (void.status, unknown.status),
        (404.try_into().unwrap(), 404.try_into().unwrap())
    );
    assert_eq!(text(&void), text(&unknown));
    assert!(
        text(&unknown).contains("We don’t know this invitation"),
        "{}",
        text(&unknown)
    );
    for n in 0..8 {
        let answer = guest.get(&format!("/i/BBBBBBBB0{n}")).await;
        assert_eq!(answer.status, 404, "{n}");
    }
    // The next one is told to wait, also with a good code: nothing is learnt.
    let good = door.invited("Amélie").code;
    for path in [
        "/i/CCCCCCCCCC".to_owned(),
        format!("/i/{good}"),
        "/d/x".to_owned(),
    ] {
        let refused = guest.get(&path).await;
        assert_eq!(refused.status, 429, "{path}");
        let wait: u32 = refused.header(header::RETRY_AFTER).parse().unwrap();
        assert!((1..=601).contains(&wait), "{wait}");
    }
    let other = door.visitor("192.0.2.10").get(&format!("/i/{good}")).await;
    assert_eq!(other.status, 200, "others go on");
    door.scratch.clock.advance(600_000);
    assert_eq!(guest.get(&format!("/i/{good}")).await.status, 200);
}

#[tokio::test]
async fn signed_links_open_the_tickets_until_they_are_replaced_or_over() {
    let door = Door::open(Pages::none());
    let family = door.invited("Family");
    let home = door.home();
    assert_eq!(
        home.guest_links(family.id).unwrap_err().code,
        "guest_address_missing"
    );
    door.reached().await;
    let links = home.guest_links(family.id).unwrap();
    assert_eq!(
        links.page,
        format!("https://rsvp.example.org/i/{}", family.code)
    );
    assert_eq!(links.yes, format!("{}/yes", links.page));
    assert_eq!(links.open, None, "nobody is watched unasked");
    let of = |link: &str| {
        link.strip_prefix("https://rsvp.example.org")
            .unwrap()
            .to_owned()
    };
    let download = of(&links.download.unwrap());
    let guest = door.visitor("192.0.2.1");
    let pdf = guest.get(&download).await;
    assert_eq!(pdf.status, 200);
    assert!(pdf.body.starts_with(b"%PDF-"));
    assert_eq!(pdf.header(header::CONTENT_TYPE), "application/pdf");
    assert_eq!(pdf.header(header::CACHE_CONTROL), "no-store");
    let path = format!("/api/invitations/{}/answers", family.id);
    let said = door.get(&path).await.good(200);
    assert_eq!(said["downloads"].as_array().unwrap().len(), 1);
    assert_eq!(said["downloads"][0]["address"], "192.0.2.1");
    assert_eq!(said["downloads"][0]["agent"], "Phone 1");
    let rows = home.file().read(|view| view.ticket_rows(0, 10)).unwrap();
    let marked: Vec<bool> = rows.iter().map(|row| row.life_line[3].is_some()).collect();
    assert_eq!(marked, [true, true, false, false], "downloaded");

    // The two letters before the last carry no padding: every change of them is one of the code.
    let mut altered = download.clone();
    let at = altered.len() - 3;
    let letter = if &altered[at..=at] == "A" { "B" } else { "A" };
    altered.replace_range(at..=at, letter);
    let refused = door.visitor("192.0.2.2").get(&altered).await;
    assert_eq!(refused.status, 403);
    assert!(text(&refused).contains("This link does not work"));
    assert_eq!(
        door.visitor("192.0.2.2").get("/d/nothing").await.status,
        403
    );
    let wrong = download.replace("/d/", "/p/");
    assert_eq!(
        door.visitor("192.0.2.2").get(&wrong).await.status,
        403,
        "another purpose"
    );

    let renewed = format!("/api/invitations/{}/links", family.id);
    let answer = door.post(&renewed, json!({})).await.good(200);
    assert_ne!(answer["links"]["page"], links.page.as_str());
    let replaced = guest.get(&download).await;
    assert_eq!(replaced.status, 410);
    assert!(text(&replaced).contains("This link was replaced"));
    let old = door
        .visitor("192.0.2.3")
        .get(&format!("/i/{}", family.code))
        .await;
    assert_eq!(old.status, 404, "the old code is dead");

    let fresh = of(answer["links"]["download"].as_str().unwrap());
    assert_eq!(guest.get(&fresh).await.status, 200);
    door.scratch.clock.advance(40 * 86_400_000);
    let over = guest.get(&fresh).await;
    assert_eq!(over.status, 410);
    assert!(text(&over).contains("This link is no longer good"));
}

#[tokio::test]
async fn a_tickets_own_link_dies_with_its_code() {
    let door = Door::open(Pages::none());
    door.reached().await;
    let home = door.home();
    let ticket = home.find_ticket("1").unwrap();
    let link = home.ticket_link(ticket.id).unwrap();
    let path = link.strip_prefix("https://rsvp.example.org").unwrap();
    let guest = door.visitor("192.0.2.1");
    assert_eq!(guest.get(path).await.status, 200);
    home.regenerate_ticket(ticket.id, None).unwrap();
    assert_eq!(guest.get(path).await.status, 410);
    let fresh = home.ticket_link(ticket.id).unwrap();
    let fresh = fresh
        .strip_prefix("https://rsvp.example.org")
        .unwrap()
        .to_owned();
    assert_eq!(guest.get(&fresh).await.status, 200);
    door.asks(json!({"share_tickets": false})).await;
    assert_eq!(guest.get(&fresh).await.status, 404, "shared no more");
    home.void_ticket(ticket.id, None).unwrap();
    door.asks(json!({"share_tickets": true})).await;
    assert_eq!(guest.get(&fresh).await.status, 404, "void");
}

#[tokio::test]
async fn downloads_of_one_invitation_are_limited() {
    let door = Door::open(Pages::none());
    door.reached().await;
    let links = door.home().guest_links(door.invited("Family").id).unwrap();
    let link = links.download.unwrap();
    let path = link.strip_prefix("https://rsvp.example.org").unwrap();
    let guest = door.visitor("192.0.2.1");
    for n in 0..20 {
        assert_eq!(guest.get(path).await.status, 200, "{n}");
    }
    let refused = door.visitor("192.0.2.2").get(path).await;
    assert_eq!(refused.status, 429);
    assert!(!refused.header(header::RETRY_AFTER).is_empty());
    assert!(text(&refused).contains("One moment"));
}

#[tokio::test]
async fn people_unsubscribe_with_one_click_and_come_back() {
    let door = Door::open(Pages::none());
    door.reached().await;
    let family = door.invited("Family");
    let links = door.home().guest_links(family.id).unwrap();
    let place = links.unsubscribe.unwrap();
    let place = place.strip_prefix("https://rsvp.example.org").unwrap();
    let workspace = &door.scratch.workspace;
    let guest = door.visitor("192.0.2.1");
    let page = text(&guest.get(place).await);
    assert!(page.contains("z…@example.org"), "{page}");
    assert!(
        !page.contains("zoe@example.org"),
        "whoever finds the link learns no address"
    );
    assert_eq!(
        workspace
            .preferences("zoe@example.org")
            .unwrap()
            .unsubscribed_at,
        None
    );

    let click = [("List-Unsubscribe".to_owned(), "One-Click".to_owned())];
    assert_eq!(guest.post(place, &click).await.status, 200);
    let gone = workspace.preferences("ZOE@example.org ").unwrap();
    assert!(gone.unsubscribed_at.is_some());

    let back = [
        ("do".to_owned(), "save".to_owned()),
        ("reminders".to_owned(), "one_hour".to_owned()),
        ("reviews".to_owned(), "yes".to_owned()),
    ];
    let saved = guest.post(place, &back).await;
    assert_eq!(saved.status, 200);
    assert!(text(&saved).contains("Saved."));
    let wishes = workspace.preferences("zoe@example.org").unwrap();
    assert_eq!(wishes.unsubscribed_at, None);
    assert!(wishes.reviews && !wishes.marketing);

    // In parts, as some mail programs send it.
    let mut request = guest.request(Method::POST, place);
    request.headers_mut().insert(
        header::CONTENT_TYPE,
        "multipart/form-data; boundary=x".parse().unwrap(),
    );
    *request.body_mut() = Body::from(
        "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n",
    );
    assert_eq!(door.send(request).await.status, 200);
    assert!(
        workspace
            .preferences("zoe@example.org")
            .unwrap()
            .unsubscribed_at
            .is_some()
    );
    let nothing = guest.post(place, &[]).await;
    assert_eq!(nothing.status, 400);
    let people = door.home().party(family.id).unwrap().members;
    let path = format!(
        "/api/guests/{}/preferences",
        people[0].member.guest.unwrap()
    );
    let told = door.get(&path).await.good(200);
    assert_eq!(told["reminders"], "one_hour");
}

#[tokio::test]
async fn a_message_that_was_opened_is_noted_only_where_the_event_wants_it() {
    let door = Door::open(Pages::none());
    door.reached().await;
    let family = door.invited("Family");
    door.asks(json!({"track_opens": true})).await;
    let link = door.home().guest_links(family.id).unwrap().open.unwrap();
    let path = link
        .strip_prefix("https://rsvp.example.org")
        .unwrap()
        .to_owned();
    door.asks(json!({"track_opens": false})).await;
    let guest = door.visitor("192.0.2.1");
    let looks = || {
        let looks = door.home().file().read(|view| view.page_looks(family.id));
        looks
            .unwrap()
            .iter()
            .map(|look| look.kind)
            .collect::<Vec<_>>()
    };
    for path in [path.as_str(), "/o/nothing.gif", "/o/%00.gif"] {
        let answer = guest.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header(header::CONTENT_TYPE), "image/gif");
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            "cross-origin"
        );
        assert_eq!(answer.body.len(), 43);
    }
    assert_eq!(looks(), []);
    door.asks(json!({"track_opens": true})).await;
    guest.get(&path).await;
    let begun = std::time::Instant::now();
    while looks().is_empty() && begun.elapsed() < PATIENCE {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(looks(), [LookKind::Message]);
}

#[tokio::test]
async fn under_the_guests_name_nothing_but_their_pages_is_answered() {
    let door = Door::open(Pages::none());
    let code = door.invited("Family").code;
    let place = format!("/i/{code}");
    let at = |host: &'static str, path: String| {
        let door = &door;
        async move { door.send(ask(Method::GET, &path, host)).await.status }
    };
    assert_eq!(at("rsvp.example.org", place.clone()).await, 403);
    door.reached().await;
    for (host, path, status) in [
        ("rsvp.example.org", place.clone(), 200),
        ("RSVP.example.org:443", place.clone(), 200),
        ("rsvp.example.org:8443", place.clone(), 403),
        ("evil.example", place.clone(), 403),
        ("rsvp.example.org", "/api/health".to_owned(), 403),
        ("rsvp.example.org", "/".to_owned(), 403),
        (HOST, "/api/health".to_owned(), 200),
    ] {
        assert_eq!(
            at(host, path.clone()).await.as_u16(),
            status,
            "{host} {path}"
        );
    }
    for wrong in ["rsvp.example.org", "https://a/b", "javascript:alert(1)"] {
        let refused = door
            .put("/api/guest-pages", json!({"address": wrong}))
            .await;
        assert_eq!(refused.refused(400), "fields_invalid", "{wrong}");
    }
    let none = door
        .put("/api/guest-pages", json!({"address": null}))
        .await
        .good(200);
    assert_eq!(none["address"], Value::Null);
    assert_eq!(at("rsvp.example.org", place).await, 403);
}
