//! Guests' pages: what whoever knows a code sees and says, and whom they turn away.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use gatehouse_api::routes::Pages;
use gatehouse_domain::id::{InvitationId, MemberId};
use gatehouse_domain::invitation::{Invitation, MemberStatus};
use gatehouse_store::event::LookKind;
use serde_json::{Value, json};

use crate::door::{Answer, Door, ask};

const HOST: &str = "127.0.0.1:8030";

/// A guest's browser, at an address of its own.
struct Guest<'d> {
    door: &'d Door,
    address: &'static str,
}

impl Guest<'_> {
    fn request(&self, method: Method, path: &str) -> Request<Body> {
        let mut request = ask(method, path, HOST);
        let headers = request.headers_mut();
        headers.insert("x-forwarded-for", self.address.parse().unwrap());
        headers.insert(header::USER_AGENT, "Phone 1".parse().unwrap());
        request
    }

    async fn get(&self, path: &str) -> Answer {
        self.door.send(self.request(Method::GET, path)).await
    }

    async fn post(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let mut request = self.request(Method::POST, path);
        request.headers_mut().insert(
            header::CONTENT_TYPE,
            "application/x-www-form-urlencoded".parse().unwrap(),
        );
        *request.body_mut() = Body::from(encoded(fields));
        self.door.send(request).await
    }
}

fn encoded(fields: &[(String, String)]) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect::<String>()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).expect("a page")
}

/// The value of a hidden or typed field on a page.
#[track_caller]
fn value(page: &str, name: &str) -> String {
    let at = page
        .find(&format!("name=\"{name}\""))
        .unwrap_or_else(|| panic!("no field {name} in {page}"));
    let rest = &page[at..];
    let from = rest.find("value=\"").expect("a value") + 7;
    let rest = &rest[from..];
    rest[..rest.find('"').expect("its end")].to_owned()
}

impl Door {
    fn visitor(&self, address: &'static str) -> Guest<'_> {
        Guest {
            door: self,
            address,
        }
    }

    fn home(&self) -> gatehouse_api::EventHome {
        self.scratch.workspace.open_event(&self.event).unwrap()
    }

    /// The invitation with a label that begins so.
    fn invited(&self, label: &str) -> Invitation {
        let all = self.home().file().read(|view| view.invitations()).unwrap();
        all.into_iter()
            .find(|invitation| invitation.label.starts_with(label))
            .expect("an invitation")
    }

    fn members(&self, id: InvitationId) -> Vec<(MemberId, String, MemberStatus)> {
        let rows = self
            .home()
            .file()
            .read(|view| view.member_rows(id))
            .unwrap();
        rows.into_iter()
            .map(|row| (row.member.id, row.name, row.member.status))
            .collect()
    }

    async fn asks(&self, settings: Value) {
        let path = format!("/api/events/{}/questions", self.event);
        let mut usual = self.get(&path).await.good(200);
        for (key, value) in settings.as_object().unwrap() {
            usual[key] = value.clone();
        }
        self.put(&path, usual).await.good(200);
    }

    async fn reached(&self) {
        let body = json!({"address": "https://rsvp.example.org"});
        self.put("/api/guest-pages", body).await.good(200);
    }
}

/// What the form of a page would send with these answers, by member.
fn filled(page: &str, members: &[(MemberId, &str)]) -> Vec<(String, String)> {
    let mut fields = vec![("p.seen".to_owned(), value(page, "p.seen"))];
    for (id, coming) in members {
        let seen = format!("m.{id}.seen");
        fields.push((seen.clone(), value(page, &seen)));
        if !coming.is_empty() {
            fields.push((format!("m.{id}.coming"), (*coming).to_owned()));
        }
    }
    fields
}

fn questions() -> Value {
    json!({
        "dietary": true,
        "questions": [
            {"id": 1, "kind": "choice", "text": "Fish or mushrooms?", "required": true,
             "asked": "person", "choices": ["Fish", "Mushrooms"]},
            {"id": 2, "kind": "yes_no", "text": "Do you need a bus?", "required": false,
             "asked": "party", "choices": []},
        ],
    })
}

#[tokio::test]
async fn a_guest_sees_the_event_and_answers_for_each() {
    let door = Door::open(Pages::none());
    door.asks(questions()).await;
    let family = door.invited("Family");
    let people = door.members(family.id);
    let guest = door.visitor("192.0.2.1");
    let place = format!("/i/{}", family.code);
    let shown = guest.get(&place).await;
    assert_eq!(shown.status, 200);
    let page = text(&shown);
    for part in [
        "Winter Gala",
        "Saturday, 21 November 2026, 20:00",
        "Doors open at 19:00",
        "Old Customs House, Quay 4, Vienna, Austria",
        "https:&#x2f;&#x2f;www.openstreetmap.org",
        "Zoë Ŝlâpfer",
        "Max Ŝlâpfer",
        "Fish or mushrooms?",
        "Do you need a bus? (optional)",
        "Tickets (PDF)",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let (zoe, max) = (people[0].0, people[1].0);
    let mut fields = filled(&page, &[(zoe, "yes"), (max, "no")]);
    fields.extend([
        (format!("m.{zoe}.q1"), "Fish".to_owned()),
        (format!("m.{zoe}.dietary"), " no  nuts ".to_owned()),
        (format!("m.{max}.q1"), "Mushrooms".to_owned()),
        ("p.q2".to_owned(), "yes".to_owned()),
        ("p.message".to_owned(), "See you!\r\nZoë".to_owned()),
    ]);
    let sent = guest.post(&place, &fields).await;
    assert_eq!(sent.status, 303, "{}", text(&sent));
    let back = sent.header(header::LOCATION).to_owned();
    assert!(back.starts_with(&format!("{place}?done=1")), "{back}");
    let thanks = text(&guest.get(back.split('#').next().unwrap()).await);
    assert!(thanks.contains("Thank you, your answer has arrived"));
    let stands: Vec<_> = door.members(family.id).into_iter().map(|m| m.2).collect();
    assert_eq!(stands, [MemberStatus::Accepted, MemberStatus::Declined]);

    let path = format!("/api/invitations/{}/answers", family.id);
    let said = door.get(&path).await.good(200);
    assert_eq!(said["members"][0]["dietary"], "no nuts");
    assert_eq!(said["members"][0]["answers"][0]["answer"], "Fish");
    assert_eq!(
        said["members"][0]["answers"][0]["text"],
        "Fish or mushrooms?"
    );
    assert_eq!(
        said["members"][1]["answers"],
        json!([]),
        "of one who stays away"
    );
    assert_eq!(said["party"][0]["answer"], "yes");
    assert_eq!(said["message"], "See you!\nZoë");
    assert_eq!(said["links"], Value::Null, "nobody said where guests come");
    let turnout = door.of_event("/turnout").await.good(200);
    assert_eq!(turnout["accepted"], 1);
    assert_eq!(turnout["declined"], 1);
    assert_eq!(turnout["pending"], 2);
    assert_eq!(turnout["silent"], 2);
    let history = door.of_event("/audit").await.good(200);
    assert_eq!(history["items"][0]["command"], "answer invitation");
    assert_eq!(history["items"][0]["actor"], "guest");

    let out = door.scratch.dir().join("report.csv");
    door.home()
        .export(gatehouse_api::ExportFormat::Csv, &out)
        .unwrap();
    let report = std::fs::read_to_string(out).unwrap();
    let mut lines = report.lines();
    let header = lines.next().unwrap();
    assert!(
        header.ends_with("Gate,Food,Message,Fish or mushrooms?,Do you need a bus?"),
        "{header}"
    );
    assert!(
        report.contains("no nuts,\"See you!\nZoë\",Fish,yes"),
        "{report}"
    );

    // The page tells what stands, and the same form again changes nothing.
    let again = text(&guest.get(&place).await);
    assert!(again.contains("Change my answer"));
    assert_eq!(value(&again, &format!("m.{zoe}.dietary")), "no nuts");
    let mut same = filled(&again, &[(zoe, "yes"), (max, "no")]);
    same.extend([
        (format!("m.{zoe}.q1"), "Fish".to_owned()),
        (format!("m.{zoe}.dietary"), "no nuts".to_owned()),
        ("p.q2".to_owned(), "yes".to_owned()),
        ("p.message".to_owned(), "See you!\nZoë".to_owned()),
    ]);
    assert_eq!(guest.post(&place, &same).await.status, 303);
    let after = door.of_event("/audit").await.good(200);
    assert_eq!(after["items"][0]["id"], history["items"][0]["id"]);
}

#[tokio::test]
async fn what_is_missing_is_named_and_nothing_typed_is_lost() {
    let door = Door::open(Pages::none());
    door.asks(questions()).await;
    let family = door.invited("Family");
    let people = door.members(family.id);
    let guest = door.visitor("192.0.2.1");
    let place = format!("/i/{}", family.code);
    let page = text(&guest.get(&place).await);
    let (zoe, max) = (people[0].0, people[1].0);
    let nobody = guest
        .post(&place, &filled(&page, &[(zoe, ""), (max, "")]))
        .await;
    assert_eq!(nobody.status, 422);
    assert!(text(&nobody).contains("Say yes or no"));

    let mut fields = filled(&page, &[(zoe, "yes"), (max, "")]);
    fields.push((format!("m.{zoe}.dietary"), "<b>nuts</b> & \"x\"".to_owned()));
    fields.push(("p.message".to_owned(), "</textarea><script>".to_owned()));
    let refused = guest.post(&place, &fields).await;
    assert_eq!(refused.status, 422);
    let page = text(&refused);
    assert!(
        page.contains("Not sent yet: something is missing"),
        "{page}"
    );
    assert!(page.contains("href=\"#m0-q1\""));
    assert!(page.contains("id=\"m0-q1-fault\""));
    assert!(
        !page.contains("<b>nuts") && !page.contains("<script>"),
        "{page}"
    );
    assert!(page.contains("&lt;b&gt;nuts&lt;&#x2f;b&gt; &amp; &quot;x&quot;"));
    assert_eq!(door.members(family.id)[0].2, MemberStatus::Pending);
    // Max has not answered, and nobody asks him now.
    assert!(!page.contains("href=\"#m1-"), "{page}");
}

#[tokio::test]
async fn two_of_a_family_who_answer_at_once_both_count_and_the_second_is_told_of_a_clash() {
    let door = Door::open(Pages::none());
    let family = door.invited("Family");
    let people = door.members(family.id);
    let (zoe, max) = (people[0].0, people[1].0);
    let place = format!("/i/{}", family.code);
    let (one, other) = (door.visitor("192.0.2.1"), door.visitor("192.0.2.2"));
    let page = text(&one.get(&place).await);
    // Both opened the same page; each answers for themselves alone.
    let sent = one
        .post(&place, &filled(&page, &[(zoe, "yes"), (max, "")]))
        .await;
    assert_eq!(sent.status, 303);
    let sent = other
        .post(&place, &filled(&page, &[(zoe, ""), (max, "no")]))
        .await;
    assert_eq!(sent.status, 303, "{}", text(&sent));
    let stands: Vec<_> = door.members(family.id).into_iter().map(|m| m.2).collect();
    assert_eq!(stands, [MemberStatus::Accepted, MemberStatus::Declined]);

    // From the old page somebody says otherwise of Zoë.
    let mut late = filled(&page, &[(zoe, "no"), (max, "")]);
    late.push(("p.message".to_owned(), "We may be late".to_owned()));
    let clash = other.post(&place, &late).await;
    assert_eq!(clash.status, 409);
    let told = text(&clash);
    assert!(
        told.contains("Somebody else answered meanwhile: coming."),
        "{told}"
    );
    assert!(told.contains("We may be late"), "what was typed is kept");
    let said = door.members(family.id)[0].2;
    assert_eq!(said, MemberStatus::Accepted, "nothing was overwritten");
    // Having seen it, they send it once more.
    let mut again = filled(&told, &[(zoe, "no"), (max, "")]);
    again.push(("p.message".to_owned(), "We may be late".to_owned()));
    assert_eq!(other.post(&place, &again).await.status, 303);
    assert_eq!(door.members(family.id)[0].2, MemberStatus::Declined);
}

#[tokio::test]
async fn an_answer_after_the_deadline_is_refused_and_what_stood_stays() {
    let door = Door::open(Pages::none());
    let now = gatehouse_domain::clock::Clock::now_ms(&*door.scratch.clock);
    door.asks(json!({"deadline": now + 60_000})).await;
    let jiri = door.invited("Jiří");
    let id = door.members(jiri.id)[0].0;
    let guest = door.visitor("192.0.2.1");
    let place = format!("/i/{}", jiri.code);
    let page = text(&guest.get(&place).await);
    assert!(
        page.contains("Please answer by Saturday, 21 November 2026, 13:01."),
        "{page}"
    );
    door.scratch.clock.advance(60_000);
    let late = guest.post(&place, &filled(&page, &[(id, "yes")])).await;
    assert_eq!(late.status, 403);
    assert!(text(&late).contains("Your answer came too late"));
    assert!(!text(&late).contains("<textarea"), "no form is left");
    assert_eq!(door.members(jiri.id)[0].2, MemberStatus::Pending);
    let shown = guest.get(&format!("{place}/yes")).await;
    assert_eq!(shown.status, 200);
    assert!(text(&shown).contains("Answers were taken until"));
}

#[tokio::test]
async fn opening_a_link_answers_nothing_and_one_button_does() {
    let door = Door::open(Pages::none());
    door.asks(json!({"dietary": true})).await;
    let family = door.invited("Family");
    let people = door.members(family.id);
    let guest = door.visitor("192.0.2.1");
    let place = format!("/i/{}", family.code);
    let page = text(&guest.get(&format!("{place}/yes")).await);
    assert!(page.contains("Accept for all of you?"));
    let statuses = || {
        door.members(family.id)
            .into_iter()
            .map(|m| m.2)
            .collect::<Vec<_>>()
    };
    assert_eq!(statuses(), [MemberStatus::Pending; 2]);
    let mut fields = filled(&page, &[(people[0].0, ""), (people[1].0, "")]);
    fields.push(("all".to_owned(), "yes".to_owned()));
    assert_eq!(guest.post(&place, &fields).await.status, 303);
    assert_eq!(statuses(), [MemberStatus::Accepted; 2]);

    // Asked again whether they still come, an answer that is the same is a new one.
    let before = door.home().standing(family.id).unwrap().members[0].answered_at;
    door.scratch.clock.advance(5_000);
    let page = text(&guest.get(&format!("{place}/still")).await);
    assert!(page.contains("Are you still coming?"), "{page}");
    let mut fields = filled(&page, &[(people[0].0, ""), (people[1].0, "")]);
    fields.push(("confirms".to_owned(), "yes".to_owned()));
    fields.push(("all".to_owned(), "yes".to_owned()));
    assert_eq!(guest.post(&place, &fields).await.status, 303);
    let after = door.home().standing(family.id).unwrap().members[0].answered_at;
    assert_eq!(after, before.map(|at| at + 5_000));
    let page = text(&guest.get(&format!("{place}/no")).await);
    let mut fields = filled(&page, &[(people[0].0, ""), (people[1].0, "")]);
    fields.push(("all".to_owned(), "no".to_owned()));
    assert_eq!(guest.post(&place, &fields).await.status, 303);
    assert_eq!(statuses(), [MemberStatus::Declined; 2]);
}

#[tokio::test]
async fn a_plus_one_is_named_by_whoever_brings_them() {
    let door = Door::open(Pages::none());
    let added = json!({"name": "Ana Silva", "email": "ana@example.org", "group": "Choir"});
    let path = format!("/api/events/{}", door.event);
    let ana = door.post(&format!("{path}/guests"), added).await.good(201);
    let made = json!({"guest_ids": [ana["id"]], "plus": 1});
    let made = door
        .post(&format!("{path}/invitations"), made)
        .await
        .good(201);
    let (code, ana, plus) = (
        made["code"].as_str().unwrap(),
        made["members"][0]["id"]
            .as_str()
            .unwrap()
            .parse::<MemberId>()
            .unwrap(),
        made["members"][1]["id"]
            .as_str()
            .unwrap()
            .parse::<MemberId>()
            .unwrap(),
    );
    let guest = door.visitor("192.0.2.1");
    let place = format!("/i/{code}");
    let page = text(&guest.get(&place).await);
    assert!(page.contains("Guest of Ana Silva"), "{page}");
    assert!(
        !page.contains(&format!("m.{ana}.name")),
        "her own name is hers"
    );
    let mut fields = filled(&page, &[(ana, "yes"), (plus, "yes")]);
    fields.push((format!("m.{plus}.name"), "Bo Reed".to_owned()));
    fields.push((format!("m.{ana}.name"), "Somebody Else".to_owned()));
    assert_eq!(guest.post(&place, &fields).await.status, 303);
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let names: Vec<_> = door.members(id).into_iter().map(|m| m.1).collect();
    assert_eq!(names, ["Ana Silva", "Bo Reed"]);
    let listed = door.of_event("/guests?q=Reed").await;
    assert_eq!(listed.names(), ["Bo Reed"]);
    let page = text(&guest.get(&place).await);
    let mut fields = filled(&page, &[(ana, "yes"), (plus, "yes")]);
    fields.push((format!("m.{plus}.name"), "Bo Reeds".to_owned()));
    assert_eq!(guest.post(&place, &fields).await.status, 303);
    assert_eq!(door.members(id)[1].1, "Bo Reeds");
    assert_eq!(door.of_event("/guests?q=Reed").await.names().len(), 1);
}

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
        text(&unknown).contains("We don&#x27;t know this invitation"),
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
    assert_eq!(door.visitor("192.0.2.2").get("/d/nothing").await.status, 403);
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
        .guest("192.0.2.3")
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
    for _ in 0..500 {
        if !looks().is_empty() {
            break;
        }
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

#[tokio::test]
async fn pages_are_strict_and_leave_nothing_behind() {
    let door = Door::open(Pages::none());
    let code = door.invited("Family").code;
    let guest = door.visitor("192.0.2.1");
    let shown = guest.get(&format!("/i/{code}")).await;
    let policy = shown.header(header::CONTENT_SECURITY_POLICY);
    assert!(policy.contains("form-action 'self'") && policy.contains("default-src 'none'"));
    assert!(!policy.contains("unsafe"));
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow"),
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(shown.header(name), value, "{name}");
    }
    let no_cookie = |headers: &HeaderMap| !headers.contains_key(header::SET_COOKIE);
    assert!(no_cookie(&shown.headers));
    let page = text(&shown);
    assert!(!page.contains("style=") && !page.contains("<style") && !page.contains("onclick"));

    // A form is taken wherever a browser says that it comes from: no cookie goes with it.
    let mut request = guest.request(Method::POST, &format!("/i/{code}"));
    let headers = request.headers_mut();
    headers.insert(header::ORIGIN, "null".parse().unwrap());
    headers.insert(
        header::CONTENT_TYPE,
        "application/x-www-form-urlencoded".parse().unwrap(),
    );
    assert_eq!(
        door.send(request).await.status,
        422,
        "read, and nothing in it"
    );
    let mut large = guest.request(Method::POST, &format!("/i/{code}"));
    large.headers_mut().insert(
        header::CONTENT_TYPE,
        "application/x-www-form-urlencoded".parse().unwrap(),
    );
    *large.body_mut() = Body::from("a=".to_owned() + &"x".repeat(600 << 10));
    assert_eq!(door.send(large).await.status, 400);
    let head = door
        .send(guest.request(Method::HEAD, &format!("/i/{code}")))
        .await;
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
}

#[tokio::test]
async fn the_page_speaks_the_guests_language_and_names_keep_their_direction() {
    let door = Door::open(Pages::none());
    let family = door.invited("Family");
    let guest = door.visitor("192.0.2.1");
    let place = format!("/i/{}", family.code);
    for (query, lang, says) in [
        ("", "en", "Are you coming?"),
        ("?lang=es", "es", "¿Vas a venir?"),
        ("?lang=fr-CA", "fr", "Serez-vous des nôtres ?"),
        ("?lang=xx", "en", "Are you coming?"),
        ("?lang=%22%3E%3Cscript%3E", "en", "Are you coming?"),
    ] {
        let page = text(&guest.get(&format!("{place}{query}")).await);
        assert!(
            page.contains(&format!("<html lang=\"{lang}\" dir=\"ltr\">")),
            "{query}"
        );
        assert!(page.contains(says), "{query}");
        assert!(
            page.contains("<h1 dir=\"auto\">Winter Gala</h1>"),
            "{query}"
        );
        assert!(!page.contains("<script>"), "{query}");
    }
    let zoe = door.home().party(family.id).unwrap().members[0]
        .member
        .guest
        .unwrap();
    let change = json!({"language": "es"});
    door.put(&format!("/api/guests/{zoe}"), change)
        .await
        .good(200);
    let page = text(&guest.get(&place).await);
    assert!(
        page.contains("<html lang=\"es\""),
        "as the list says of them"
    );
    assert!(page.contains("sábado, 21 de noviembre de 2026, 20:00"));
}

#[tokio::test]
async fn a_calendar_file_and_a_picture_come_with_the_code() {
    let door = Door::open(Pages::none());
    let code = door.invited("Family").code;
    let guest = door.visitor("192.0.2.1");
    let calendar = guest.get(&format!("/i/{code}/event.ics")).await;
    assert_eq!(calendar.status, 200);
    assert!(text(&calendar).contains("SUMMARY:Winter Gala"));
    assert_eq!(guest.get(&format!("/i/{code}/photo")).await.status, 404);
    let png = [&[0x89][..], b"PNG\r\n\x1a\n", &[0; 30]].concat();
    door.home()
        .add_photo(png.clone(), "The quay <at> night")
        .unwrap();
    let page = text(&guest.get(&format!("/i/{code}")).await);
    assert!(page.contains("alt=\"The quay &lt;at&gt; night\""), "{page}");
    let photo = guest.get(&format!("/i/{code}/photo")).await;
    assert_eq!((photo.status, photo.body), (200.try_into().unwrap(), png));
    let style = guest.get("/guest/brand.css").await;
    assert_eq!(
        (style.status, text(&style)),
        (200.try_into().unwrap(), String::new())
    );
    assert_eq!(guest.get("/guest/logo").await.status, 404);
}
