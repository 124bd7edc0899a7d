//! Letters to a thousand guests through a real mail server: some come back, are corrected and sent
//! again, and guests answer by the links that they found in theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gatehouse_testkit::real_mail::{BOUNCES, CROWD, PASSWORD, RealMail};
use serde_json::{Value, json};

use crate::gates::Desk;
use crate::letters::{Letter, PATIENCE, counts, messages, send_through, until};
use crate::office::{MOST_SECONDS, Office, have, program, skip, stderr, text};

/// Whose letters arrive at once.
const FINE: usize = 940;
/// Whose addresses the server does not know, and says so.
const REFUSED: usize = 20;
/// Whose addresses are put off once.
const LATER: usize = 10;
/// Whose letters are taken, and come back because there is nobody.
const GONE: usize = 20;
/// Whose letters are taken, and come back because there is no room.
const FULL: usize = 10;
const ALL: usize = FINE + REFUSED + LATER + GONE + FULL;
/// Guests who have no address and come with somebody who has one.
const COMPANIONS: usize = 12;
/// Parties that accept by forms, and those who answer so at all.
const COMING: usize = 2;
const ANSWERED: usize = 3;
/// Parties that accept in a browser, and those that decline there.
const BROWSED: (usize, usize) = (28, 10);
/// What is known of the letters that arrived: message and address.
type Arrived = BTreeSet<(String, String)>;

/// The office, the mail server and the event that this story is about.
struct Story {
    desk: Desk,
    event: String,
    real: RealMail,
    /// Its folder lasts longer than the program in it.
    _office: Office,
}

impl Story {
    fn begin(real: RealMail) -> Self {
        let office = Office::empty();
        // Far enough ahead that nobody is reminded meanwhile.
        office.make_event_in("ed25519", 60 * 24);
        let mut list = String::from("Name,E-mail,Group\n");
        let mut add = |name: &str, count: usize| {
            for n in 1..=count {
                let group = match name {
                    "guest" if n <= COMPANIONS => format!("Table {n}"),
                    _ => String::new(),
                };
                list.push_str(&format!("{name} {n},{name}{n}@crowd.example,{group}\n"));
            }
        };
        add("later", LATER);
        add("guest", FINE);
        add("refused", REFUSED);
        add("gone", GONE);
        add("full", FULL);
        for n in 1..=COMPANIONS {
            list.push_str(&format!("Companion {n},,Table {n}\n"));
        }
        let list = office.write("list.csv", list.as_bytes());
        office.must_on_event(&["import"], &[&list]);
        office.must_on_event(&["issue"], &[]);
        let pages = interface().join("dist");
        let pages = match pages.join("guest/guest.js").is_file() {
            true => vec!["--ui".to_owned(), text(&pages)],
            false => {
                skip("no built pages: guests' pages are shown without their style and script");
                Vec::new()
            }
        };
        let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
        let desk = Desk::open_with(&office, "127.0.0.1:0", &pages);
        let event = desk.event();
        Self {
            _office: office,
            desk,
            event,
            real,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/events/{}{rest}", self.event)
    }

    /// Where guests come.
    fn address(&self) -> String {
        format!("https://localhost:{}", self.desk.port())
    }

    /// As a person sets mail up: the server, the mailbox that reports come to, where guests come.
    fn set_up(&self) {
        send_through(
            &self.desk,
            &json!({
                "settings": {
                    "server": {
                        "host": "localhost", "port": self.real.smtp_port,
                        "security": "none", "sign_in": "none",
                    },
                    "bounce_address": "bounces@mail.example.test",
                    "inbox": { "on": true, "server": {
                        "host": "localhost", "port": self.real.imaps_port, "security": "tls",
                        "sign_in": "password", "user": BOUNCES, "authority": self.real.ca,
                    }},
                    "connections": 8,
                },
                "secrets": { "inbox_password": PASSWORD },
            }),
        );
        self.desk.ask("POST", "/api/mail/check", None);
        let address = json!({ "address": self.address() });
        self.desk.json("PUT", "/api/guest-pages", Some(&address));
    }

    /// The letters in the mailbox, once nothing is under way and the office's list, its dashboard,
    /// its table and the mailbox say the same, letter by letter.
    fn agree(&self) -> Vec<Letter> {
        let begun = Instant::now();
        loop {
            self.desk.json("POST", "/api/mail/inbox", None);
            let list = messages(&self.desk, &self.event);
            let known: Arrived = list
                .iter()
                .filter(|one| matches!(one["status"].as_str(), Some("sent" | "delivered")))
                .map(|one| {
                    let id = one["id"].as_str().unwrap().replace('-', "");
                    (id, one["recipient"].as_str().unwrap().to_owned())
                })
                .collect();
            let over = begun.elapsed() > PATIENCE;
            if self.real.count(CROWD) == known.len() || over {
                let letters = self.real.letters(CROWD);
                let letters: Vec<Letter> = letters.iter().map(|one| Letter::of(one)).collect();
                let found: Arrived = letters
                    .iter()
                    .map(|one| (one.message(), one.header("Envelope-to").to_owned()))
                    .collect();
                let mut listed = BTreeMap::new();
                for one in &list {
                    let status = one["status"].as_str().unwrap().to_owned();
                    *listed.entry(status).or_default() += 1_u64;
                }
                let (told, table) = (counts(&self.desk, &self.event), self.table());
                let is_quiet = !listed.contains_key("pending");
                if over || is_quiet && found == known && listed == told && listed == table {
                    assert!(is_quiet, "letters still wait: {listed:?}");
                    assert_eq!(found, known, "{}", self.real.logs());
                    assert_eq!(listed, told, "the dashboard");
                    assert_eq!(listed, table, "the table");
                    assert_eq!(letters.len(), found.len(), "each message once");
                    return letters;
                }
            }
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// How many messages stand where, as the exported table tells it.
    fn table(&self) -> BTreeMap<String, u64> {
        let table = self.desk.ask("GET", &self.path("/deliveries.csv"), None);
        let table = String::from_utf8(table).unwrap();
        let mut lines = table.lines();
        let header = lines.next().unwrap();
        let status = header.split(',').position(|name| name == "Status");
        let status = status.expect("a column of its own");
        let mut counts = BTreeMap::new();
        for line in lines {
            let status = line.split(',').nth(status).unwrap().to_owned();
            *counts.entry(status).or_default() += 1;
        }
        counts
    }

    /// How many letters the mailbox holds, as IMAP tells it.
    fn told_by_imap(&self) -> Option<usize> {
        let able = Command::new("curl").arg("--version").output().unwrap();
        if !String::from_utf8_lossy(&able.stdout).contains(" imaps ") {
            skip("curl speaks no IMAP: the mailbox was counted in its folder alone");
            return None;
        }
        // Whose certificate it shows is another test's matter: crates/mail reads this mailbox too.
        let told = Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", MOST_SECONDS])
            .args(["--noproxy", "*", "--insecure"])
            .args(["--user", &format!("{CROWD}:{PASSWORD}")])
            .args(["--request", "STATUS INBOX (MESSAGES)"])
            .arg(format!("imaps://localhost:{}/", self.real.imaps_port))
            .output()
            .unwrap();
        assert!(told.status.success(), "{}", stderr(&told));
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        let count = told.split("MESSAGES ").nth(1).map(|rest| {
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap();
            digits.parse().unwrap()
        });
        Some(count.unwrap_or_else(|| panic!("{told}")))
    }

    /// What a browser without scripts is shown at a link, or after sending a form there.
    fn visit(&self, link: &str, fields: &[(String, String)]) -> Vec<u8> {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--show-error", "--fail-with-body", "--location"])
            .args(["--max-time", MOST_SECONDS, "--noproxy", "*"])
            .args(["--cacert", self.desk.authority()]);
        for (name, value) in fields {
            command.args(["--data-urlencode", &format!("{name}={value}")]);
        }
        let shown = command.arg(link).output().unwrap();
        assert!(
            shown.status.success(),
            "{link}: {} {}",
            String::from_utf8_lossy(&shown.stdout),
            stderr(&shown)
        );
        shown.stdout
    }

    fn page(&self, link: &str, fields: &[(String, String)]) -> String {
        String::from_utf8(self.visit(link, fields)).unwrap()
    }

    /// What the office knows of an invitation's answers, by the address of its message.
    fn answers(&self, address: &str) -> Value {
        let list = messages(&self.desk, &self.event);
        let of = list.iter().find(|one| one["recipient"] == address).unwrap();
        let id = of["invitation"].as_str().unwrap();
        let path = format!("/api/invitations/{id}/answers");
        self.desk.json("GET", &path, None)
    }
}

/// Where the interface's sources lie, and what is built of them.
fn interface() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui")
}

/// What a form's hidden fields say.
fn hidden(page: &str) -> Vec<(String, String)> {
    let part = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    page.split("<input type=\"hidden\"")
        .skip(1)
        .map(|field| {
            let field = field.split('>').next().unwrap();
            (part(field, "name"), part(field, "value"))
        })
        .collect()
}

fn letter_to<'l>(letters: &'l [Letter], address: &str) -> &'l Letter {
    letters
        .iter()
        .find(|one| one.header("Envelope-to") == address)
        .unwrap_or_else(|| panic!("no letter to {address}"))
}

/// Guests answer by the links in their letters, and one wants no more news.
fn guests_answer(story: &Story, letters: &[Letter]) {
    let place = format!("{}/i/", story.address());

    // Two at one table, by the link that says yes, and the one button behind it.
    let link = letter_to(letters, "guest1@crowd.example").link(&place);
    assert!(link.ends_with("/yes"), "{link}");
    let page = story.page(&link, &[]);
    assert!(page.contains("Companion 1"), "{page}");
    let turnout = |name: &str| {
        let seen = story.desk.json("GET", &story.path("/turnout"), None);
        seen[name].as_u64().unwrap()
    };
    assert_eq!(turnout("accepted"), 0, "looking answers nothing");
    let mut form = hidden(&page);
    form.push(("all".into(), "yes".into()));
    let thanks = story.page(link.trim_end_matches("/yes"), &form);
    assert!(thanks.contains("Thank you"), "{thanks}");
    assert_eq!(turnout("accepted"), 2);

    // One on the page itself, with a word to the host.
    let link = letter_to(letters, "guest20@crowd.example").link(&place);
    let link = link.trim_end_matches("/yes");
    let page = story.page(link, &[]);
    assert!(page.contains("guest 20"), "{page}");
    let mut form = hidden(&page);
    let seen = form.iter().find(|(name, _)| name.starts_with("m."));
    let member = seen.unwrap().0.trim_end_matches(".seen").to_owned();
    form.push((format!("{member}.coming"), "yes".into()));
    form.push(("p.message".into(), "See you at the quay".into()));
    assert!(story.page(link, &form).contains("Thank you"));
    assert_eq!(turnout("accepted"), 3);
    assert_eq!(
        story.answers("guest20@crowd.example")["message"],
        "See you at the quay"
    );

    // One who does not come.
    let link = letter_to(letters, "guest21@crowd.example").link(&place);
    let link = link.trim_end_matches("/yes");
    let page = story.page(&format!("{link}/no"), &[]);
    let mut form = hidden(&page);
    form.push(("all".into(), "no".into()));
    story.page(link, &form);
    assert_eq!((turnout("accepted"), turnout("declined")), (3, 1));

    // One whose mail program unsubscribes with one click: no news, and tickets all the same.
    let weary = letter_to(letters, "guest23@crowd.example");
    let link = weary.header("List-Unsubscribe").trim_matches(['<', '>']);
    assert_eq!(
        weary.header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    story.visit(link, &[("List-Unsubscribe".into(), "One-Click".into())]);
    let news = json!({ "kind": "announcement" });
    let reach = story
        .desk
        .json("POST", &story.path("/mailings/reach"), Some(&news));
    assert_eq!(reach["unsubscribed"], 1);
}

/// Guests answer in a real browser, by the links in their letters: on a page that asks once more, and
/// on the invitation itself; whose address was put right among them. Tells how many come, and how
/// many don't.
fn guests_browse(story: &Story, letters: &[Letter]) -> (usize, usize) {
    let ui = interface();
    let browser = ["chromium", "google-chrome", "chromium-browser"]
        .into_iter()
        .find_map(program);
    let able = have("node") && ui.join("node_modules/playwright-core").is_dir();
    let Some(browser) = browser.filter(|_| able) else {
        skip("no browser, Node or playwright-core: nobody answered in a browser");
        return (0, 0);
    };
    let place = format!("{}/i/", story.address());
    let guest = |address: &str, coming: bool, word: Option<&str>| {
        let link = letter_to(letters, address).link(&place);
        let link = link.trim_end_matches("/yes");
        let link = match (word, coming) {
            (Some(_), _) => link.to_owned(),
            (None, true) => format!("{link}/yes"),
            (None, false) => format!("{link}/no"),
        };
        json!({ "link": link, "coming": coming, "word": word })
    };
    let mut guests = Vec::new();
    for n in 101..=110 {
        let (yes, page, no) = (n, n + 10, n + 20);
        guests.push(guest(&format!("guest{yes}@crowd.example"), true, None));
        let word = Some("We bring a lantern");
        guests.push(guest(&format!("guest{page}@crowd.example"), true, word));
        guests.push(guest(&format!("guest{no}@crowd.example"), false, None));
    }
    for n in 1..=4 {
        guests.push(guest(
            &format!("right-refused{n}@crowd.example"),
            true,
            None,
        ));
        guests.push(guest(&format!("right-gone{n}@crowd.example"), true, None));
    }
    let picture = concat!(env!("CARGO_TARGET_TMPDIR"), "/answered-in-a-browser.png");
    let wanted = json!({ "browser": browser, "picture": picture, "guests": guests });
    let mut child = Command::new("node")
        .arg("journeys/answerLetters.mjs")
        .current_dir(&ui)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = child.stdin.take().unwrap();
    to.write_all(wanted.to_string().as_bytes()).unwrap();
    drop(to);
    let said = child.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", stderr(&said));
    let thanked = String::from_utf8(said.stdout).unwrap().lines().count();
    assert_eq!(thanked, BROWSED.0 + BROWSED.1);
    let turnout = story.desk.json("GET", &story.path("/turnout"), None);
    // The family of the first form is of two.
    assert_eq!(turnout["accepted"], 3 + BROWSED.0);
    assert_eq!(turnout["declined"], 1 + BROWSED.1);
    let known = story.answers("guest111@crowd.example");
    assert_eq!(known["message"], "We bring a lantern");
    BROWSED
}

/// Those who come get their tickets, as a letter with codes and a file, and as a download.
fn tickets_follow(story: &Story, coming: usize) {
    let wanted = json!({ "kind": "ticket", "audience": { "group": "coming" } });
    story
        .desk
        .json("POST", &story.path("/mailings"), Some(&wanted));
    until("tickets leave", || {
        !counts(&story.desk, &story.event).contains_key("pending")
    });
    let letters = story.agree();
    assert_eq!(letters.len(), ALL + coming);
    let of = |address: &str| {
        let found = letters
            .iter()
            .find(|one| one.header("Envelope-to") == address && one.0.contains("application/pdf"));
        found.unwrap_or_else(|| panic!("no tickets for {address}"))
    };
    let family = of("guest1@crowd.example");
    for code in ["<code-1>", "<code-2>"] {
        assert!(family.0.contains(code), "both of the family: {code}");
    }
    assert!(!of("guest20@crowd.example").0.contains("<code-2>"));
    let download = family.link(&format!("{}/d/", story.address()));
    assert!(story.visit(&download, &[]).starts_with(b"%PDF-"));
    let fetched = story.answers("guest1@crowd.example");
    assert_eq!(fetched["downloads"].as_array().unwrap().len(), 1);
}

#[test]
fn a_thousand_letters_leave_some_come_back_are_corrected_and_guests_answer() {
    if !have("curl") {
        skip("no curl to ask the office with");
        return;
    }
    let Some(real) = RealMail::start() else {
        return;
    };
    let begun = Instant::now();
    let story = Story::begin(real);
    let (desk, event) = (&story.desk, story.event.as_str());
    story.set_up();
    let wanted = json!({ "kind": "invitation" });
    let reach = desk.json("POST", &story.path("/mailings/reach"), Some(&wanted));
    assert_eq!(
        (&reach["email"], &reach["unreachable"]),
        (&json!(ALL), &json!(0))
    );
    let sending = Instant::now();
    let mailing = desk.json("POST", &story.path("/mailings"), Some(&wanted));
    let count = |status: &str| counts(desk, event).get(status).copied().unwrap_or(0) as usize;

    // Who was put off waits for the second try, which comes a minute later by itself.
    until("some are put off", || {
        count("pending_retry") == LATER || count("pending") == 0
    });
    let put_off = desk.json(
        "GET",
        &story.path("/deliveries?status=pending_retry&limit=500"),
        None,
    );
    let put_off = put_off["items"].as_array().unwrap();
    assert_eq!(put_off.len(), LATER);
    assert!(put_off.iter().all(|one| one["code"] == "server_busy"));
    story.real.take_later();
    until("all were tried", || count("pending") == 0);
    eprintln!("{ALL} letters were tried in {:.1?}", sending.elapsed());

    until("reports came back", || {
        desk.json("POST", "/api/mail/inbox", None);
        count("bounced") == GONE + FULL
    });
    assert_eq!(count("failed"), REFUSED);
    story.agree();
    let list = messages(desk, event);
    let why = |name: &str| {
        let codes = list
            .iter()
            .filter(|one| one["recipient"].as_str().unwrap().starts_with(name))
            .map(|one| one["code"].as_str().unwrap());
        codes.collect::<BTreeSet<&str>>()
    };
    assert_eq!(why("refused"), BTreeSet::from(["address_refused"]));
    assert_eq!(why("gone"), BTreeSet::from(["address_unknown"]));
    assert_eq!(why("full"), BTreeSet::from(["mailbox_full"]));
    let seen = desk.json("GET", &story.path("/delivery"), None);
    let returned = REFUSED + GONE + FULL;
    assert_eq!(seen["funnel"]["bounced"], returned);

    // Each address that was wrong is put right, and its message sent again, in one step.
    let mut corrected = 0;
    for one in &list {
        if matches!(one["status"].as_str(), Some("bounced" | "failed")) {
            let wrong = one["recipient"].as_str().unwrap();
            let right = json!({ "email": format!("right-{wrong}") });
            let id = one["id"].as_str().unwrap();
            desk.json(
                "POST",
                &format!("/api/deliveries/{id}/resend"),
                Some(&right),
            );
            corrected += 1;
        }
    }
    assert_eq!(corrected, returned);
    let letters = story.agree();
    guests_answer(&story, &letters);
    let (accept, decline) = guests_browse(&story, &letters);
    let coming = COMING + accept;

    until("the last leave", || {
        count("pending") + count("pending_retry") == 0
    });
    let letters = story.agree();
    assert_eq!(letters.len(), ALL);
    let people: BTreeSet<&str> = letters.iter().map(|l| l.header("Envelope-to")).collect();
    assert_eq!(people.len(), ALL, "nobody has two");
    if let Some(told) = story.told_by_imap() {
        assert_eq!(told, ALL);
    }
    let id = mailing["id"].as_str().unwrap();
    until("the mailing is closed", || {
        let mailing = desk.json("GET", &format!("/api/mailings/{id}"), None);
        mailing["status"] == "completed"
    });
    let host = json!({ "host": { "to": "gone-host@crowd.example" } });
    desk.json("PUT", &story.path(""), Some(&host));
    tickets_follow(&story, coming);
    until("the host's own address is known to be wrong", || {
        desk.json("POST", "/api/mail/inbox", None);
        let notices = desk.json("GET", &story.path("/host-notices"), None);
        let told = |one: &Value| {
            one["news"]["about"] == "mailing_done"
                && one["status"] == "bounced"
                && one["code"] == "address_unknown"
        };
        notices["items"].as_array().unwrap().iter().any(told)
    });
    let seen = desk.json("GET", &story.path("/delivery"), None);
    let funnel = &seen["funnel"];
    for (name, number) in [
        ("invitations", ALL),
        ("sent", ALL),
        ("bounced", 0),
        ("answered", ANSWERED + accept + decline),
        ("coming", coming),
        ("downloaded", 1),
    ] {
        assert_eq!(funnel[name], number, "{name} in {funnel}");
    }
    let domain = &seen["domains"][0];
    assert_eq!(domain["domain"], "crowd.example");
    assert_eq!(
        domain["sent"],
        ALL + coming + GONE + FULL,
        "those that came back left too"
    );
    assert_eq!(
        (&domain["bounced"], &domain["failed"]),
        (&json!(GONE + FULL), &json!(REFUSED))
    );
    eprintln!("the whole story took {:.1?}", begun.elapsed());
}

#[test]
fn the_outbox_is_measured() {
    let office = Office::empty();
    let told = office.must(&[
        "bench",
        "outbox",
        "--messages",
        "40",
        "--connections",
        "2",
        "--json",
    ]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["messages"], 40);
    for name in ["per_second", "sink_per_second", "letter_kb"] {
        assert!(told[name].as_f64().unwrap() > 0.0, "{name} in {told}");
    }
}
