//! Every verdict code, and every policy of coming in again, at gates of the real program: planned
//! and changed by the command and over HTTP, presented to gates that run.
//!
//! Every row names who comes or what they show; a code that no gate shows here fails the story.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;

use gatehouse_api::Workspace;
use gatehouse_credential::claims::TicketClaims;
use gatehouse_credential::key::{KeyId, KeyProfile, SigningKey};
use gatehouse_credential::token::Token;
use gatehouse_credential::vault::{Protector, Vault};
use gatehouse_domain::admission::Code;
use gatehouse_domain::admission::Code::{
    Admitted, Blocked, Cancelled, DeviceNotAllowed, Exited, Expired, Forced, InvalidSignature,
    Malformed, NotThisSession, OfflineTooLong, OnlineOnly, QuestionsOpen, Replaced, RevokedKey,
    RuleRefused, TooEarly, Transferred, Unapproved, Undone, UnknownKey, UnknownTicket, Unpaid,
    UnsupportedAlgorithm, Used, Voided, WrongDay, WrongEvent, WrongTypes, WrongZone, ZoneFull,
};
use gatehouse_store::Lane;
use gatehouse_store::event::EventFile;
use serde_json::{Value, json};

use crate::gates::Desk;
use crate::office::{Office, have, skip, stderr, text};

const BALL: &str = "Harbour Ball";
const MATINEE: &str = "Matinee";
const FESTIVAL: &str = "Festival";
const CLASS: &str = "Evening Class";

/// Gates of the ball; each other event has one of its own name.
const FRONT: &str = "Front door";
const OUT: &str = "Way out";
const LOUNGE: &str = "Lounge door";
const TURNSTILE: &str = "Turnstile";
const QUAY: &str = "Quay gate";

/// Everybody, with their event and the type of their ticket.
const GUESTS: [(&str, &str, &str); 25] = [
    ("Comes twice", BALL, "Standard"),
    ("Shows an older copy", BALL, "Standard"),
    ("Taken back", BALL, "Standard"),
    ("Held back", BALL, "Standard"),
    ("Not paid", BALL, "Standard"),
    ("Not approved", BALL, "Standard"),
    ("Gave it away", BALL, "Standard"),
    ("Takes part online", BALL, "Stream"),
    ("From the press", BALL, "Press"),
    ("First in the lounge", BALL, "VIP"),
    ("Second in the lounge", BALL, "VIP"),
    ("Leaves by the way in", BALL, "Standard"),
    ("Let in by word", BALL, "Standard"),
    ("Let in by mistake", BALL, "Standard"),
    ("Comes and goes", BALL, "Standard"),
    ("Comes once a day", BALL, "Standard"),
    ("Comes again and again", BALL, "Standard"),
    ("Is asked first", BALL, "Standard"),
    ("Comes while the office is away", BALL, "Standard"),
    ("Comes hours later", BALL, "Standard"),
    ("Sees the matinee", MATINEE, "Seat"),
    ("Has the whole festival", FESTIVAL, "Pass"),
    ("Has the second day", FESTIVAL, "Second day"),
    ("Has the whole course", CLASS, "Course"),
    ("Has tomorrow's class", CLASS, "Seat"),
];

/// A row of a table: at which gate, who comes or what is shown, and what the gate says.
type Row = (&'static str, &'static str, Code);

#[test]
fn every_verdict_is_shown_at_a_gate_of_the_real_program() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let office = Office::empty();
    let ball = plan_events(&office);
    let class = sessions(&office, CLASS);
    for event in [BALL, MATINEE, FESTIVAL] {
        invite(&office, event, &[]);
    }
    invite(&office, CLASS, &["--session", &class[1]]);
    let desk = Desk::open(&office);
    let mut shown = Shown::default();
    shown.learn_tickets(&desk);
    shown.forge(&signing_key(&office, BALL));
    prepare_the_ball(&office, &desk, &ball, &shown);

    let mut night = Night::new(&office, shown);
    night.open(FRONT, BALL, &[]);
    night.open(OUT, BALL, &["--exit"]);
    night.open(LOUNGE, BALL, &[]);
    night.open(TURNSTILE, BALL, &["--exit"]);
    night.open(MATINEE, MATINEE, &[]);
    night.open(FESTIVAL, FESTIVAL, &[]);
    night.open(CLASS, CLASS, &[]);
    night.expect(&[
        (FRONT, "Comes twice", Admitted),
        (FRONT, "Comes twice", Used),
        (OUT, "Comes twice", Exited),
        (FRONT, "Comes twice", Used),
        (FRONT, "Shows an older copy", Replaced),
        (FRONT, "Taken back", Voided),
        (FRONT, "Held back", Blocked),
        (FRONT, "Not paid", Unpaid),
        (FRONT, "Not approved", Unapproved),
        (FRONT, "Gave it away", Transferred),
        (FRONT, "Takes part online", OnlineOnly),
        (FRONT, "From the press", RuleRefused),
        (LOUNGE, "Comes twice", WrongZone),
        (LOUNGE, "First in the lounge", Admitted),
        (LOUNGE, "Second in the lounge", ZoneFull),
        (TURNSTILE, "Leaves by the way in", DeviceNotAllowed),
        (FRONT, "Sees the matinee", WrongEvent),
        (FRONT, "a broken signature", InvalidSignature),
        (FRONT, "a stranger's key", UnknownKey),
        (FRONT, "a menu", Malformed),
        (FRONT, "no algorithm", UnsupportedAlgorithm),
        (FRONT, "a shared secret's algorithm", UnsupportedAlgorithm),
        (FRONT, "claims of no ticket", WrongTypes),
        (FRONT, "a ticket that was never issued", UnknownTicket),
        (MATINEE, "Sees the matinee", TooEarly),
        (FESTIVAL, "Has the second day", WrongDay),
        (CLASS, "Has tomorrow's class", NotThisSession),
    ]);
    let ends = begin_soon(&office, MATINEE);
    let first_day = &sessions(&office, FESTIVAL)[0];
    of(&office, FESTIVAL, &["session", "cancel"], &[first_day]);
    of(&office, CLASS, &["session", "cancel"], &[&class[0]]);
    night.expect(&[
        (FESTIVAL, "Has the whole festival", Cancelled),
        (CLASS, "Has the whole course", Cancelled),
    ]);

    night.take_a_supervisors_word(&desk, &ball);
    for (policy, walk) in [
        (
            "after_exit",
            &[
                (FRONT, "Comes and goes", Admitted),
                (FRONT, "Comes and goes", Used),
                (OUT, "Comes and goes", Exited),
                (FRONT, "Comes and goes", Admitted),
            ],
        ),
        (
            "once_per_day",
            &[
                (FRONT, "Comes once a day", Admitted),
                (FRONT, "Comes once a day", Used),
                (OUT, "Comes once a day", Exited),
                (FRONT, "Comes once a day", Used),
            ],
        ),
        (
            "unlimited",
            &[
                (FRONT, "Comes again and again", Admitted),
                (FRONT, "Comes again and again", Admitted),
                (OUT, "Comes again and again", Exited),
                (FRONT, "Comes again and again", Admitted),
            ],
        ),
    ] {
        set_doors(&desk, &ball, &json!({ "re_entry": policy }));
        night.expect(walk);
    }
    set_doors(&desk, &ball, &json!({"questions": ["Any allergies?"]}));
    night.expect(&[(FRONT, "Is asked first", QuestionsOpen)]);
    set_doors(&desk, &ball, &json!({"questions": []}));
    night.expect(&[(FRONT, "Is asked first", Admitted)]);

    while now() < ends {
        std::thread::sleep(Duration::from_millis(50));
    }
    night.expect(&[(MATINEE, "Sees the matinee", Expired)]);
    revoke_first_key(&office, MATINEE);
    night.expect(&[(MATINEE, "Sees the matinee", RevokedKey)]);

    night.lose_the_office(desk, &ball);
    night.has_shown_every_code();
}

/// What people can show, by who they are or what it is.
#[derive(Default)]
struct Shown {
    texts: BTreeMap<String, String>,
    ids: BTreeMap<String, String>,
}

impl Shown {
    fn text(&self, who: &str) -> &str {
        let text = self.texts.get(who);
        text.unwrap_or_else(|| panic!("nobody is called “{who}”"))
    }

    /// The codes of all tickets, as the office shows them.
    fn learn_tickets(&mut self, desk: &Desk) {
        let events = desk.json("GET", "/api/events", None);
        for event in events["items"].as_array().unwrap() {
            let path = format!("/api/events/{}/tickets", event["id"].as_str().unwrap());
            let tickets = desk.json("GET", &path, None);
            for ticket in tickets["items"].as_array().unwrap() {
                let name = ticket["name"].as_str().unwrap().to_owned();
                let id = ticket["id"].as_str().unwrap().to_owned();
                let detail = desk.json("GET", &format!("/api/tickets/{id}"), None);
                let text = detail["code_text"].as_str().unwrap().to_owned();
                self.texts.insert(name.clone(), text);
                self.ids.insert(name, id);
            }
        }
        assert_eq!(self.texts.len(), GUESTS.len());
    }

    /// What nobody was ever given: made of a good ticket's code, and where need be with the key of
    /// the event itself.
    fn forge(&mut self, key: &SigningKey) {
        let good = Token::parse(self.text("Comes twice")).unwrap();
        let claims = good.unverified_claims().unwrap();
        let elsewhere = Token::parse(self.text("Sees the matinee")).unwrap();
        let never = TicketClaims {
            ticket: elsewhere.unverified_claims().unwrap().ticket,
            ..claims.clone()
        };
        let stranger = SigningKey::generate(KeyProfile::Ed25519).unwrap();
        let signed = std::str::from_utf8(good.signing_input()).unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        let signature = base64url(good.signature());
        let mut broken = good.signature().to_vec();
        broken[0] ^= 1;
        let shared = base64url(br#"{"alg":"HS256","typ":"ticket+jwt"}"#);
        let none = base64url(br#"{"alg":"none","typ":"ticket+jwt"}"#);
        let odd = format!("{header}.{}", base64url(br#"{"sub":"everybody"}"#));
        let by_us = base64url(&key.sign(odd.as_bytes()));
        for (what, text) in [
            ("a menu", "https://example.org/menu".to_owned()),
            (
                "a broken signature",
                format!("{signed}.{}", base64url(&broken)),
            ),
            ("no algorithm", format!("{none}.{payload}.")),
            (
                "a shared secret's algorithm",
                format!("{shared}.{payload}.{signature}"),
            ),
            ("claims of no ticket", format!("{odd}.{by_us}")),
            (
                "a stranger's key",
                Token::sign(&stranger, &claims).unwrap().compact(),
            ),
            (
                "a ticket that was never issued",
                Token::sign(key, &never).unwrap().compact(),
            ),
        ] {
            self.texts.insert(what.to_owned(), text);
        }
    }
}

/// Gates at work, and the codes that they have shown.
struct Night<'a> {
    office: &'a Office,
    shown: Shown,
    gates: BTreeMap<&'static str, Gate>,
    seen: BTreeSet<Code>,
}

impl<'a> Night<'a> {
    fn new(office: &'a Office, shown: Shown) -> Self {
        Self {
            office,
            shown,
            gates: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Opens a gate of an event.
    fn open(&mut self, name: &'static str, event: &str, more: &[&str]) {
        let data = self.office.data();
        let usual = ["--data", &data, "--event", event, "--name", name];
        let gate = Gate::open(self.office, &[&usual[..], more].concat());
        self.gates.insert(name, gate);
    }

    fn expect(&mut self, rows: &[Row]) {
        for (at, who, code) in rows {
            let gate = self.gates.get_mut(at).unwrap();
            let line = gate.present(self.shown.text(who));
            self.note(&format!("{who} at {at}"), &line, *code);
        }
    }

    /// Holds what a gate said against what it was to say.
    fn note(&mut self, case: &str, said: &Value, code: Code) {
        let verdict = match code {
            Admitted | Forced => "admitted",
            Exited => "exited",
            Undone => "undone",
            _ => "refused",
        };
        assert_eq!(said["code"], code.word(), "{case}: {said}");
        assert_eq!(said["verdict"], verdict, "{case}: {said}");
        self.seen.insert(code);
    }

    /// Lets in by a PIN, and takes back: what only a window asks for.
    fn take_a_supervisors_word(&mut self, desk: &Desk, ball: &str) {
        let scans = format!("/api/events/{ball}/scans");
        let ask =
            |rest: &str, body: Value| desk.json("POST", &format!("{scans}{rest}"), Some(&body));
        let scan = |said: &Value| said["scan"].as_str().unwrap().to_owned();
        let who = "Let in by word";
        let code = self.shown.text(who).to_owned();
        of(self.office, BALL, &["hold"], &[&code]);
        let refused = ask("", json!({"code": code, "gate": "Desk"}));
        self.note(who, &refused, Blocked);
        let word = json!({"gate": "Desk", "pin": "4711", "reason": "the band's driver"});
        let forced = ask(&format!("/{}/force", scan(&refused)), word);
        self.note(who, &forced, Forced);

        let who = "Let in by mistake";
        let code = self.shown.text(who).to_owned();
        let admitted = ask("", json!({"code": code, "gate": "Desk"}));
        self.note(who, &admitted, Admitted);
        let undone = ask(
            &format!("/{}/undo", scan(&admitted)),
            json!({"gate": "Desk"}),
        );
        self.note(who, &undone, Undone);
        self.expect(&[(FRONT, who, Admitted), (FRONT, who, Used)]);
    }

    /// A gate of its own is enrolled, and its office goes away for longer than the gate may be
    /// without it.
    fn lose_the_office(&mut self, desk: Desk, ball: &str) {
        let made = desk.json(
            "POST",
            "/api/registration-tokens/generate",
            Some(&json!({ "eventId": ball })),
        );
        let code = made["qrText"].as_str().unwrap();
        let path = self.office.path("quay");
        let folder = text(&path);
        let own = ["--data", &folder, "--mesh", "off"];
        let enrol = ["--enrol", code, "--name", QUAY, "--once"];
        let enrolled = self.office.run(&[&["gate"][..], &own, &enrol].concat());
        assert!(enrolled.status.success(), "{}", stderr(&enrolled));
        drop(desk);
        self.gates.insert(QUAY, Gate::open(self.office, &own));
        self.expect(&[(QUAY, "Comes while the office is away", Admitted)]);
        self.gates.remove(QUAY);
        // Nobody waits for hours here: the gate's own file says that they are over.
        let file = EventFile::open_carried(&path.join("gate.db")).unwrap();
        file.append(Lane::Edit, |change| change.may_be_alone(Some(0)))
            .unwrap();
        drop(file);
        self.gates.insert(QUAY, Gate::open(self.office, &own));
        self.expect(&[(QUAY, "Comes hours later", OfflineTooLong)]);
    }

    fn has_shown_every_code(&self) {
        let missing: Vec<&Code> = Code::ALL
            .iter()
            .filter(|code| !self.seen.contains(code))
            .collect();
        assert!(missing.is_empty(), "no gate showed {missing:?}");
    }
}

/// A gate that runs, at which codes are typed; stopped when dropped.
struct Gate {
    child: Child,
    typing: ChildStdin,
    said: Lines<BufReader<ChildStdout>>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Gate {
    fn open(office: &Office, more: &[&str]) -> Self {
        let mut child = office
            .command(&[&["gate", "--json", "--scanner", "typed"][..], more].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            typing: child.stdin.take().unwrap(),
            said: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
        }
    }

    /// What it says of a code.
    fn present(&mut self, text: &str) -> Value {
        writeln!(self.typing, "{text}").unwrap();
        let line = self.said.next().expect("the gate goes on").unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

/// Plans four events whose doors stand open, but for the matinee's, which is tomorrow; gives the
/// ball's id back.
fn plan_events(office: &Office) -> String {
    office.must(&["init", "--data", &office.data()]);
    let minute = now() / 60 * 60;
    let hour = |hours: i64| local(minute + hours * 3_600);
    let session = |starts: i64| json!({"doors": hour(starts - 2), "starts": hour(starts), "ends": hour(starts + 5)});
    let ball = json!({
        "title": BALL, "time_zone": "UTC", "place": {"mode": "hybrid"},
        "schedule": {"kind": "one_time", "session": session(1)},
        "zones": [{"name": "Lounge", "capacity": 1}],
        "ticket_types": [
            {"name": "Standard"}, {"name": "VIP", "zones": ["Lounge"]}, {"name": "Press"},
            {"name": "Stream", "attendance": "online"},
        ],
    });
    let matinee = json!({
        "title": MATINEE, "time_zone": "UTC",
        "schedule": {"kind": "one_time", "session": session(24)},
        "ticket_types": [{"name": "Seat"}],
    });
    let festival = json!({
        "title": FESTIVAL, "time_zone": "UTC",
        "schedule": {"kind": "multi_day", "days": [session(1), session(25)]},
        "ticket_types": [{"name": "Pass"}, {"name": "Second day", "days": [2]}],
    });
    let class = json!({
        "title": CLASS, "time_zone": "UTC",
        "schedule": {"kind": "recurring", "series": {
            "starts": hour(1), "duration_minutes": 60, "doors_minutes": 120,
            "pattern": {"repeats": "daily"}, "ends": {"after": 3},
        }},
        "ticket_types": [{"name": "Seat"}, {"name": "Course", "series_pass": true}],
    });
    let [ball, ..] = [ball, matinee, festival, class].map(|plan| {
        let draft = office.write("plan.json", plan.to_string().as_bytes());
        let data = office.data();
        let usual = ["event", "create", "--data", &data, "--draft", &draft];
        let made = office.must(&[&usual[..], &["--key", "ed25519", "--json"]].concat());
        let made: Value = serde_json::from_str(&made).unwrap();
        made["event"].as_str().unwrap().to_owned()
    });
    ball
}

/// Imports an event's guests, and issues their tickets.
fn invite(office: &Office, event: &str, issuing: &[&str]) {
    let rows = GUESTS.iter().filter(|(_, at, _)| *at == event);
    let rows: String = rows
        .map(|(name, _, kind)| format!("{name},{kind}\n"))
        .collect();
    let list = office.write("list.csv", format!("Name,Ticket type\n{rows}").as_bytes());
    of(office, event, &["import"], &[&list]);
    of(office, event, &["issue"], issuing);
}

/// Where the ball's gates stand, what its doors ask, and what becomes of its tickets.
fn prepare_the_ball(office: &Office, desk: &Desk, ball: &str, shown: &Shown) {
    of(office, BALL, &["stand"], &[LOUNGE, "--zone", "Lounge"]);
    of(office, BALL, &["stand"], &[TURNSTILE, "--one-way"]);
    for (who, command, more) in [
        ("Shows an older copy", "regenerate", &[][..]),
        ("Taken back", "void", &[]),
        ("Held back", "hold", &[]),
        ("Not paid", "hold", &["--as", "unpaid"]),
        ("Not approved", "hold", &["--as", "unapproved"]),
    ] {
        let words = [&[shown.text(who)][..], more].concat();
        of(office, BALL, &[command], &words);
    }
    let id = &shown.ids["Gave it away"];
    let path = format!("/api/tickets/{id}/transfer");
    desk.json("POST", &path, Some(&json!({"name": "Somebody Else"})));
    let path = format!("/api/events/{ball}/door-pin");
    desk.ask("PUT", &path, Some(&json!({"pin": "4711"})));
    let rule = json!({
        "title": "No press today",
        "logic": {"!=": [{"var": "ticket_type"}, "Press"]},
    });
    let path = format!("/api/events/{ball}/entry-rules");
    desk.json("PUT", &path, Some(&json!({ "items": [rule] })));
}

/// Changes what holds at an event's doors; the rest stays.
fn set_doors(desk: &Desk, event: &str, change: &Value) {
    let path = format!("/api/events/{event}/door-settings");
    let mut settings = desk.json("GET", &path, None);
    settings.as_object_mut().unwrap().remove("pin_set");
    for (field, value) in change.as_object().unwrap() {
        settings[field] = value.clone();
    }
    desk.json("PUT", &path, Some(&settings));
}

/// Runs a command on an event that must succeed.
fn of(office: &Office, event: &str, words: &[&str], more: &[&str]) -> String {
    let data = office.data();
    office.must(&[words, &["--data", &data, "--event", event], more].concat())
}

/// The ids of an event's sessions, by start.
fn sessions(office: &Office, event: &str) -> Vec<String> {
    let told = of(office, event, &["event", "sessions"], &["--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let mut sessions = told["sessions"].as_array().unwrap().clone();
    sessions.sort_by_key(|session| session["starts_at"].as_i64());
    let id = |session: &Value| session["id"].as_str().unwrap().to_owned();
    sessions.iter().map(id).collect()
}

/// Moves an event's session to the next seconds, for none can be planned that is over; tells when it
/// ends, in seconds since 1970.
fn begin_soon(office: &Office, event: &str) -> i64 {
    let session = &sessions(office, event)[0];
    let data = office.data();
    // A busy machine may be too late for the first start.
    for ahead in [3, 10, 30] {
        let starts = now() + ahead;
        let ends = starts + 1;
        let change = json!({
            "doors": local(starts), "starts": local(starts), "ends": local(ends),
        })
        .to_string();
        let words = ["session", "change", "--data", &data, "--event", event];
        let moved = office.run(&[&words[..], &[session.as_str(), change.as_str()]].concat());
        if moved.status.success() {
            return ends;
        }
        let told = stderr(&moved);
        assert!(told.contains("starts_in_past"), "{told}");
    }
    panic!("this machine needs more than half a minute to move a session");
}

/// Lets another key sign, and takes the first one back.
fn revoke_first_key(office: &Office, event: &str) {
    let keys = of(office, event, &["event", "keys"], &["--json"]);
    let keys: Value = serde_json::from_str(&keys).unwrap();
    let first = keys["keys"][0]["kid"].as_str().unwrap();
    of(office, event, &["event", "rotate"], &["--key", "ed25519"]);
    of(office, event, &["event", "revoke"], &[first]);
}

/// The key that signs an event's tickets: no command gives it away, so the vault is opened.
fn signing_key(office: &Office, event: &str) -> SigningKey {
    let keys = office.path("keys");
    let mut vault = None;
    let workspace = Workspace::open(
        Path::new(&office.data()),
        gatehouse_machine::surroundings(),
        |id, protection| {
            let path = keys.join(format!("{id}.key"));
            let unlock = || Vault::unlock(protection, Protector::KeyFile { path: &path }).unwrap();
            vault = Some(unlock());
            Ok(unlock())
        },
    )
    .unwrap();
    let home = workspace.open_event(event).unwrap();
    let rows = home.file().read(|view| view.signing_keys()).unwrap();
    let row = rows.first().unwrap();
    vault.unwrap().open_key(KeyId(row.id), &row.sealed).unwrap()
}

/// Bytes as a JWT writes them (RFC 4648, no padding).
fn base64url(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let whole = three.iter().chain(&[0, 0]).take(3);
        let bits = whole.fold(0_usize, |bits, byte| (bits << 8) | usize::from(*byte));
        for sign in 0..=three.len() {
            text.push(char::from(SIGNS[(bits >> (18 - 6 * sign)) & 63]));
        }
    }
    text
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs() as i64
}

/// A time as plans write it, in UTC.
fn local(at: i64) -> String {
    let time = chrono::DateTime::from_timestamp(at, 0).unwrap();
    time.format("%Y-%m-%dT%H:%M:%S").to_string()
}
