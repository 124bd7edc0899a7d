//! Guests' pages: what whoever knows a code sees and says, and whom they turn away.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use gatehouse_api::routes::Pages;
use gatehouse_domain::id::{InvitationId, MemberId};
use gatehouse_domain::invitation::{Invitation, MemberStatus};
use serde_json::{Value, json};

use crate::door::{Answer, Door, ask};

pub(crate) const HOST: &str = "127.0.0.1:8030";

/// A guest's browser, at an address of its own.
pub(crate) struct Guest<'d> {
    door: &'d Door,
    address: &'static str,
}

impl Guest<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> Request<Body> {
        let mut request = ask(method, path, HOST);
        let headers = request.headers_mut();
        headers.insert("x-forwarded-for", self.address.parse().unwrap());
        headers.insert(header::USER_AGENT, "Phone 1".parse().unwrap());
        request
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.door.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(String, String)]) -> Answer {
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

pub(crate) fn text(answer: &Answer) -> String {
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
    pub(crate) fn visitor(&self, address: &'static str) -> Guest<'_> {
        Guest {
            door: self,
            address,
        }
    }

    pub(crate) fn home(&self) -> gatehouse_api::EventHome {
        self.scratch.workspace.open_event(&self.event).unwrap()
    }

    /// The invitation with a label that begins so.
    pub(crate) fn invited(&self, label: &str) -> Invitation {
        let all = self.home().file().read(|view| view.invitations()).unwrap();
        all.into_iter()
            .find(|invitation| invitation.label.starts_with(label))
            .expect("an invitation")
    }

    pub(crate) fn members(&self, id: InvitationId) -> Vec<(MemberId, String, MemberStatus)> {
        let rows = self
            .home()
            .file()
            .read(|view| view.member_rows(id))
            .unwrap();
        rows.into_iter()
            .map(|row| (row.member.id, row.name, row.member.status))
            .collect()
    }

    pub(crate) async fn asks(&self, settings: Value) {
        let path = format!("/api/events/{}/questions", self.event);
        let mut usual = self.get(&path).await.good(200);
        for (key, value) in settings.as_object().unwrap() {
            usual[key] = value.clone();
        }
        self.put(&path, usual).await.good(200);
    }

    pub(crate) async fn reached(&self) {
        let body = json!({"address": "https://rsvp.example.org"});
        self.put("/api/guest-pages", body).await.good(200);
    }
}

/// What the form of a page would send with these answers, by member.
pub(crate) fn filled(page: &str, members: &[(MemberId, &str)]) -> Vec<(String, String)> {
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
        ("?lang=es", "es", "¿Vendrá?"),
        ("?lang=fr-CA", "fr", "Serez-vous des nôtres\u{a0}?"),
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
