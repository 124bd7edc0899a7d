//! A gate away from its office: its window asks the office's paths, its own file answers, nobody
//! else is let near it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use futures_util::StreamExt;
use gatehouse_api::routes::{AllowedHosts, DeskKey, LoneGate, Pages};
use gatehouse_api::{Ahead, Gate, OfficeLine, Outlying, Problem, Shown, SpareCode, merge};
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::device::DeviceKind;
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, EventId, Route};
use gatehouse_store::Lane;
use gatehouse_store::event::{DeviceRow, EventFile};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::door::{Answer, CONTRACT, DESK, Door, ask, check_contract};
use crate::serials::Played;

const AWAY: i64 = 1_700_000_000_000;

/// A gate whose office is away, as a program would keep it.
#[derive(Debug)]
struct Carried {
    event: EventId,
    device: DeviceId,
    gate: Mutex<Option<Arc<Gate>>>,
    decided: AtomicUsize,
    left: AtomicBool,
}

impl Outlying for Carried {
    fn event(&self) -> EventId {
        self.event
    }

    fn device(&self) -> DeviceId {
        self.device
    }

    fn name(&self) -> String {
        "Quay gate".into()
    }

    fn gate(&self) -> Result<Arc<Gate>, Problem> {
        let gate = self.gate.lock().unwrap().clone();
        gate.ok_or_else(|| Problem::new("scanner_revoked", "this gate's right was taken back"))
    }

    fn line(&self) -> OfficeLine {
        OfficeLine {
            away_since: Some(AWAY),
            heard_at: Some(AWAY - 1),
            roster_at: Some(AWAY - 2),
            alone_until: Some(AWAY + 3),
        }
    }

    fn waiting(&self) -> Result<u64, Problem> {
        Ok(3)
    }

    fn decided(&self) {
        self.decided.fetch_add(1, Ordering::AcqRel);
    }

    fn ahead(&self) -> Ahead {
        Ahead::default()
    }

    fn walk_in(&self, _: &str, answered: bool, _: Option<[u8; 16]>) -> Result<Shown, Problem> {
        self.gate()?.check_asked(answered)?;
        Err(Problem::new("reserve_empty", "no ticket is left"))
    }

    fn enrol_spare(&self) -> Result<SpareCode, Problem> {
        Ok(SpareCode {
            text: "gatehouse://enrol?token=0".into(),
            name: "Quay gate · spare 1".into(),
            until: AWAY,
        })
    }

    fn leave(&self) -> Result<(), Problem> {
        self.left.store(true, Ordering::Release);
        Ok(())
    }
}

/// A gate with the list of an office that is not there any more, and its window.
struct Window {
    office: Door,
    carried: Arc<Carried>,
    lone: LoneGate,
    router: Router,
    file: EventFile,
    _folder: tempfile::TempDir,
}

impl Window {
    fn open() -> Self {
        let office = Door::open(Pages::none());
        office.scratch.open_doors();
        Self::of(office)
    }

    fn of(office: Door) -> Self {
        Self::of_kind(office, DeviceKind::Gate)
    }

    fn of_kind(office: Door, kind: DeviceKind) -> Self {
        let home = office.scratch.workspace.open_event(&office.event).unwrap();
        let key = SigningKey::generate(KeyProfile::Ed25519).unwrap();
        let surroundings = office.scratch.workspace.surroundings().clone();
        let device = DeviceId(surroundings.mint(Route(7)).mint(surroundings.now()));
        let row = DeviceRow {
            kind,
            ..DeviceRow::of_office(device, "Quay gate", key.public().spki_der(), vec![1], 0)
        };
        let folder = tempfile::tempdir().unwrap();
        let file =
            EventFile::create_carried(&folder.path().join("gate.db"), home.id(), &row).unwrap();
        let roster = home.roster(None).unwrap().unwrap();
        let head = serde_json::to_string(&roster.head).unwrap();
        file.append(Lane::Edit, move |change| {
            change.carry(
                roster.head.as_of,
                AWAY,
                &head,
                &roster.devices,
                &roster.tickets,
            )
        })
        .unwrap();
        let gate = Gate::open_carried(file.clone(), &row, key, surroundings).unwrap();
        let carried = Arc::new(Carried {
            event: home.id(),
            device,
            gate: Mutex::new(Some(Arc::new(gate))),
            decided: AtomicUsize::new(0),
            left: AtomicBool::new(false),
        });
        let outlying: Arc<dyn Outlying> = carried.clone();
        let pages = Pages::carried(|path| (path == "/index.html").then(|| b"a page".to_vec()));
        let desk = DeskKey::new(DESK).unwrap();
        let lone = LoneGate::new(outlying, pages, desk, AWAY);
        Self {
            office,
            carried,
            router: lone.router(AllowedHosts::loopback(8030)),
            lone,
            file,
            _folder: folder,
        }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, 1 << 26).await.unwrap().to_vec(),
        };
        if path.starts_with("/api") {
            check_contract(&method, &path, &answer);
        }
        answer
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.send(self.office.request(method, path, body)).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    async fn event(&self, rest: &str) -> Answer {
        let path = format!("/api/events/{}{rest}", self.office.event);
        self.get(&path).await
    }

    async fn act(&self, rest: &str, body: Value) -> Answer {
        let path = format!("/api/events/{}{rest}", self.office.event);
        self.call(Method::POST, &path, Some(&body)).await
    }
}

#[tokio::test]
async fn the_window_of_a_gate_alone_lets_in_takes_back_and_finds_people() {
    let window = Window::open();
    let me = window.get("/api/auth/me").await.good(200);
    assert_eq!(me["gate"]["name"], "Quay gate");
    assert_eq!(me["gate"]["event"], window.office.event.as_str());
    assert_eq!(me["gate"]["waiting"], 3);
    assert_eq!(me["may"], json!(["own_account", "read_events", "scan"]));
    let events = window.get("/api/events").await.good(200);
    assert_eq!(events["items"][0]["title"], "Winter Gala");
    assert_eq!(
        window.get("/api/health").await.good(200)["workspace"],
        "Quay gate"
    );

    let body = json!({"code": window.office.code(1), "gate": "whatever"});
    let shown = window.act("/scans", body.clone()).await.good(200);
    assert_eq!(
        (&shown["code"], &shown["mode"]),
        (&json!("admitted"), &json!("alone"))
    );
    assert_eq!(window.act("/scans", body).await.good(200)["code"], "used");
    let door = window.event("/door?gate=x").await.good(200);
    assert_eq!(door["gate"]["name"], "Quay gate", "it is the one gate");
    assert_eq!(
        (&door["waiting"], &door["walk_ins"]),
        (&json!(2), &json!(false))
    );
    let line = json!({"away_since": AWAY, "heard_at": AWAY - 1, "roster_at": AWAY - 2,
        "alone_until": AWAY + 3});
    assert_eq!(door["office"], line);
    assert_eq!(door["counts"]["admitted"], 1);

    let undo = format!("/scans/{}/undo", shown["scan"].as_str().unwrap());
    let undone = window.act(&undo, json!({})).await.good(200);
    assert_eq!(undone["verdict"], "undone");
    assert_eq!(window.carried.decided.load(Ordering::Acquire), 3);

    for (text, names) in [
        ("slapf zoe", vec!["Zoë Ŝlâpfer"]),
        ("NOVAK", vec!["Jiří Novák"]),
        ("#4", vec!["Amélie Dubois"]),
        ("nobody", vec![]),
    ] {
        let query: String = text.replace(' ', "%20").replace('#', "%23");
        let found = window.event(&format!("/door/search?q={query}")).await;
        assert_eq!(found.names(), names, "{text}");
    }
    let party = window
        .event(&format!("/door/party/{}", window.office.ticket(1)))
        .await
        .good(200);
    assert_eq!(party["items"].as_array().unwrap().len(), 2);
    let tickets = json!({"tickets": [window.office.ticket(1), window.office.ticket(2)]});
    let admitted = window.act("/door/admit", tickets).await.good(200);
    assert_eq!(admitted["items"][1]["code"], "admitted");
    let arrivals = window.event("/arrivals").await.good(200);
    assert_eq!(arrivals["items"][0]["admitted"], 2);
    let changes = window.event("/changes?after=0").await.good(200);
    assert_eq!(changes["tags"], json!(["everything"]));
    assert_eq!(
        window.get("/api/machine/cameras").await.refused(404),
        "cameras_none"
    );
    // The office does not know of any of it yet.
    let home = window.office.of_event("/door").await.good(200);
    assert_eq!(home["counts"]["admitted"], 0);
    assert_eq!(home["office"], Value::Null);
}

#[tokio::test]
async fn a_device_that_was_enrolled_as_a_kiosk_is_one_and_a_gate_is_none() {
    for (kind, kiosk) in [(DeviceKind::Kiosk, true), (DeviceKind::Gate, false)] {
        let office = Door::open(Pages::none());
        office.scratch.open_doors();
        let window = Window::of_kind(office, kind);
        let door = window.event("/door").await.good(200);
        assert_eq!(door["kiosk"], kiosk, "{kind}");
    }
}

#[tokio::test]
async fn the_window_hears_the_serial_scanners_of_its_own_machine() {
    let window = Window::open();
    let ports = "/api/machine/scanners";
    assert_eq!(window.get(ports).await.refused(404), "serials_none");
    window.lone.hears_with(Arc::new(Played));
    let listed = window.get(ports).await.good(200);
    assert_eq!(listed["items"][0]["name"], "Scanner One");
    let path = format!("{ports}/%2Fdev%2FttyACM0/listen");
    let request = window.office.request(Method::GET, &path, None);
    let answer = window.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut pieces = answer.into_body().into_data_stream();
    let mut text = String::new();
    while !text.contains("/dev/ttyACM0 at 9600") {
        let piece = pieces.next().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
}

#[tokio::test]
async fn the_office_shows_the_scans_of_a_gate_whose_key_it_never_had() {
    let window = Window::open();
    let body = json!({"code": window.office.code(1)});
    window.act("/scans", body).await.good(200);
    let device = window.carried.device;
    let path = format!("/devices/{device}/door");
    let unknown = window.office.of_event(&path).await;
    assert_eq!(unknown.refused(404), "device_unknown");
    let (row, scans) = window
        .file
        .read(|view| {
            let row = view.device(device)?.unwrap();
            Ok::<_, Problem>((row, view.scans_after(device, 1, 0, 100)?))
        })
        .unwrap();
    let row = DeviceRow {
        sealed: None,
        ..row
    };
    let scratch = &window.office.scratch;
    let home = scratch.workspace.open_event(&window.office.event).unwrap();
    home.file()
        .append(Lane::Edit, move |change| {
            change.insert_device(&row)?;
            for scan in &scans {
                merge(change, scan, ReEntry::Single)?;
            }
            Ok::<_, Problem>(())
        })
        .unwrap();
    let elsewhere = window.office.of_event("/door?gate=Quay%20gate").await;
    assert_eq!(elsewhere.refused(409), "device_elsewhere");
    let seen = window.office.of_event(&path).await.good(200);
    let line = &seen["recent"][0];
    assert_eq!(
        (&line["name"], &line["code"], &line["gate"]),
        (
            &json!("Zoë Ŝlâpfer"),
            &json!("admitted"),
            &json!("Quay gate")
        )
    );
    assert_eq!(seen["recent"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&seen["counts"]["inside"], &seen["counts"]["last_minute"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_supervisors_pin_holds_away_from_the_office_too() {
    let office = Door::open(Pages::none());
    office.scratch.open_doors();
    let pin = json!({"pin": "4711"});
    office.set("/door-pin", pin.clone()).await.good(204);
    let window = Window::of(office);
    let code = json!({"code": window.office.code(1)});
    window.act("/scans", code.clone()).await.good(200);
    let used = window.act("/scans", code).await.good(200);
    let force = format!("/scans/{}/force", used["scan"].as_str().unwrap());
    let wrong = json!({"pin": "1174", "reason": "known"});
    assert_eq!(window.act(&force, wrong).await.refused(403), "pin_wrong");
    let right = json!({"pin": "4711", "reason": "known"});
    let forced = window.act(&force, right).await.good(200);
    assert_eq!(forced["code"], "forced");
    window.act("/door-pin/check", pin.clone()).await.good(204);

    let leave = "/api/machine/gate/leave";
    let none = window.call(Method::POST, leave, Some(&json!({}))).await;
    assert_eq!(none.refused(403), "pin_wrong");
    assert!(!window.carried.left.load(Ordering::Acquire));
    window.call(Method::POST, leave, Some(&pin)).await.good(204);
    assert!(window.carried.left.load(Ordering::Acquire));
}

#[tokio::test]
async fn badges_are_printed_and_photos_shown_away_from_the_office_too() {
    let office = Door::open(Pages::none());
    office.scratch.open_doors();
    let mut settings = office.of_event("/door-settings").await.good(200);
    settings.as_object_mut().unwrap().remove("pin_set");
    settings["show_photo"] = json!(true);
    settings["badge"] = json!({"kind": "badge", "paper": "card"});
    office.set("/door-settings", settings).await.good(200);
    let window = Window::of(office);
    let ticket = window.office.ticket(1);
    let picture = b"\xff\xd8\xff of somebody".to_vec();
    let (id, kept) = (ticket.parse().unwrap(), picture.clone());
    window
        .file
        .append(Lane::Bulk, move |change| change.carry_photo(id, 1, &kept))
        .unwrap();
    let badge = format!("/door/badges/{ticket}");
    let early = window.event(&badge).await;
    assert_eq!(early.refused(409), "badge_not_admitted");
    let body = json!({"code": window.office.code(1)});
    let shown = window.act("/scans", body).await.good(200);
    assert_eq!(
        (&shown["badge"], &shown["photo"]),
        (&json!(true), &json!(true))
    );
    let page = window.event(&badge).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "application/pdf")
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.body.starts_with(b"%PDF-1.7"));
    let photo = window.event(&format!("/door/photos/{ticket}")).await;
    assert_eq!(photo.header("content-type"), "image/jpeg");
    assert_eq!(photo.body, picture);
    let other = window.office.ticket(2);
    let none = window.event(&format!("/door/photos/{other}")).await;
    assert_eq!(none.refused(404), "photo_unknown");
    let stranger = ask(
        Method::GET,
        &format!("/api/events/{}{badge}", window.office.event),
        "127.0.0.1:8030",
    );
    assert_eq!(window.send(stranger).await.refused(401), "signed_out");
}

#[tokio::test]
async fn whatever_else_the_contract_knows_is_the_offices_to_do() {
    let window = Window::open();
    let walk_in = json!({"name": "Eva", "ticket_type": "Standard"});
    let refused = window.act("/door/walk-in", walk_in).await;
    assert_eq!(refused.refused(409), "reserve_empty");
    let (mut asked, mut own) = (0, Vec::new());
    for (path, item) in CONTRACT["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let uuid = "0a1b2c3d-1111-8222-9333-444455556666";
            let parts = path.split('/').map(|part| match part.starts_with('{') {
                true => uuid,
                false => part,
            });
            let concrete = parts.collect::<Vec<_>>().join("/");
            let answer = window.call(method.clone(), &concrete, None).await;
            asked += 1;
            match answer.json()["code"].as_str() {
                Some("office_needed") => {}
                _ => own.push(format!("{method} {path}")),
            }
        }
    }
    assert!(asked > 100, "{asked}");
    own.sort();
    let expected = [
        "GET /api/auth/me",
        "GET /api/events",
        "GET /api/events/{id}/arrivals",
        "GET /api/events/{id}/changes",
        "GET /api/events/{id}/door",
        "GET /api/events/{id}/door/badges/{ticket}",
        "GET /api/events/{id}/door/party/{ticket}",
        "GET /api/events/{id}/door/photos/{ticket}",
        "GET /api/events/{id}/door/search",
        "GET /api/events/{id}/live",
        "GET /api/health",
        "GET /api/machine/cameras",
        "GET /api/machine/cameras/{id}",
        "GET /api/machine/cameras/{id}/watch",
        "GET /api/machine/scanners",
        "GET /api/machine/scanners/{id}/listen",
        "POST /api/auth/refresh",
        "POST /api/events/{id}/door-pin/check",
        "POST /api/events/{id}/door/admit",
        "POST /api/events/{id}/door/spare-gate",
        "POST /api/events/{id}/door/walk-in",
        "POST /api/events/{id}/scans",
        "POST /api/events/{id}/scans/{scan}/force",
        "POST /api/events/{id}/scans/{scan}/undo",
        "POST /api/machine/gate",
        "POST /api/machine/gate/leave",
        "PUT /api/machine/cameras/{id}/controls/{dial}",
    ];
    assert_eq!(own, expected);
    let unknown = window.get("/api/nothing").await;
    assert_eq!(unknown.refused(404), "route_unknown");
    let other = "/api/events/0a1b2c3d-1111-8222-9333-444455556666/door";
    assert_eq!(window.get(other).await.refused(404), "event_unknown");
    assert_eq!(window.get("/gate").await.body, b"a page");
}

#[tokio::test]
async fn nobody_but_the_gates_own_machine_is_let_near_it() {
    let window = Window::open();
    let door = format!("/api/events/{}/door", window.office.event);
    for path in [
        &door,
        "/api/events",
        "/api/auth/me",
        "/api/users",
        "/api/keys",
    ] {
        let stranger = ask(Method::GET, path, "127.0.0.1:8030");
        let answer = window.send(stranger).await;
        // A path that nobody knows says so to everybody.
        assert!(matches!(answer.status.as_u16(), 401 | 404), "{path}");
        let mut wrong = ask(Method::GET, path, "127.0.0.1:8030");
        let key = format!("Desk {}", DESK.to_uppercase()).parse().unwrap();
        wrong.headers_mut().insert(header::AUTHORIZATION, key);
        assert_ne!(window.send(wrong).await.status, 200, "{path}");
        let mut far = window.office.request(Method::GET, path, None);
        let address = SocketAddr::from(([10, 0, 0, 9], 40_000));
        far.extensions_mut().insert(ConnectInfo(address));
        assert_ne!(window.send(far).await.status, 200, "{path}");
    }
    let mut elsewhere = window.office.request(Method::GET, &door, None);
    let host = "gate.example.org".parse().unwrap();
    elsewhere.headers_mut().insert(header::HOST, host);
    assert_eq!(
        window.send(elsewhere).await.refused(403),
        "host_not_allowed"
    );
}

#[tokio::test]
async fn a_gate_whose_right_was_taken_back_says_so_and_can_be_left_without_a_pin() {
    let window = Window::open();
    *window.carried.gate.lock().unwrap() = None;
    for path in ["/door", "/door/search?q=a", "/arrivals", "/changes"] {
        let refused = window.event(path).await.refused(403);
        assert_eq!(refused, "scanner_revoked", "{path}");
    }
    let code = json!({"code": window.office.code(1)});
    let refused = window.act("/scans", code).await.refused(403);
    assert_eq!(refused, "scanner_revoked");
    assert_eq!(
        window.get("/api/events").await.refused(403),
        "scanner_revoked"
    );
    window.get("/api/auth/me").await.good(200);
    let leave = "/api/machine/gate/leave";
    window
        .call(Method::POST, leave, Some(&json!({})))
        .await
        .good(204);
    assert!(window.carried.left.load(Ordering::Acquire));
}

#[tokio::test]
async fn an_office_becomes_a_gate_only_where_its_program_can() {
    let door = Door::open(Pages::none());
    let body = json!({"code": "gatehouse://enrol?", "name": "Quay gate"});
    let refused = door.post("/api/machine/gate", body).await;
    assert_eq!(refused.refused(404), "gate_unknown");
    let refused = door.post("/api/machine/gate/leave", json!({})).await;
    assert_eq!(refused.refused(404), "gate_unknown");
}
