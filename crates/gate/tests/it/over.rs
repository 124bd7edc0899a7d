//! An event that is over: its gate forgets who was invited, and keeps its scans until the office has
//! them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gatehouse_api::routes::{AllowedHosts, DeskKey, Office, Pages};
use gatehouse_api::{DoorChange, EventHome, TokenDraft};
use gatehouse_credential::vault::{PassphraseCost, Protector, Vault};
use gatehouse_domain::device::{DeviceInfo, DeviceKind};
use gatehouse_domain::door::DoorSettings;
use gatehouse_gate::outpost::{EnrolTicket, Outpost};
use gatehouse_store::Lane;
use gatehouse_store::event::{EventFile, GateStand};
use gatehouse_testkit::{HandClock, Scratch};

use super::fixtures::PATIENCE;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// What is on a gate's disk while it knows whom it lets in.
pub(crate) const NAME: &[u8] = b"Maren Lindqvist";
const FACE: &[u8] = b"\xff\xd8\xff a face that nobody else has";
const LIST: &str =
    "name,email\nMaren Lindqvist,maren@example.org\nOwen Achterberg,owen@example.org\n";

/// An office that other programs of this machine reach, until it is dropped.
pub(crate) struct Served {
    pub(crate) port: u16,
    _runtime: tokio::runtime::Runtime,
}

impl Served {
    pub(crate) fn open(scratch: &Scratch, port: u16) -> Self {
        Self::answering(port, |port| Self::office(scratch, port))
    }

    /// What an office answers at that port.
    pub(crate) fn office(scratch: &Scratch, port: u16) -> axum::Router {
        let desk = DeskKey::new("desk-key-of-a-test-that-nobody-guesses");
        let workspace = Arc::clone(&scratch.workspace);
        Office::new(workspace, Pages::none(), desk, None).router(AllowedHosts::loopback(port))
    }

    /// Whatever answers at that port.
    pub(crate) fn answering(port: u16, router: impl FnOnce(u16) -> axum::Router) -> Self {
        let begun = Instant::now();
        // Somebody else may have a port that this office comes back to, for a while.
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", port)) {
                Ok(listener) => break listener,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "port {port}: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = router(port);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            port,
            _runtime: runtime,
        }
    }
}

/// What a gate's key is locked with.
pub(crate) const PROTECTOR: Protector<'static> = Protector::Passphrase {
    passphrase: "open sesame",
    cost: PassphraseCost::FOR_TESTS,
};

/// What enrols a gate of `home`, which answers at that port.
pub(crate) fn ticket(home: &EventHome, port: u16) -> EnrolTicket {
    let draft = TokenDraft {
        kind: DeviceKind::Gate,
        stand: GateStand::default(),
        notes: String::new(),
    };
    EnrolTicket {
        token: home.make_token(&draft, 5).unwrap().token,
        authority: [7; 32],
        addresses: vec![format!("http://127.0.0.1:{port}")],
        reached_at: Vec::new(),
    }
}

/// A gate with a clock of its own, and its folder.
pub(crate) struct Away {
    pub(crate) outpost: Outpost,
    pub(crate) clock: Arc<HandClock>,
    dir: PathBuf,
    _folder: tempfile::TempDir,
}

impl Away {
    pub(crate) fn enrol(scratch: &Scratch, home: &EventHome, port: u16) -> Self {
        let ticket = ticket(home, port);
        let clock = Arc::new(HandClock::at(scratch.workspace.surroundings().now()));
        let mut surroundings = scratch.workspace.surroundings().clone();
        surroundings.clock = Arc::clone(&clock) as _;
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("gate");
        let info = DeviceInfo::default();
        let outpost = Outpost::enrol(&dir, &ticket, "Quay gate", &info, surroundings, &|_| {
            Ok(Vault::create(PROTECTOR).unwrap())
        });
        Self {
            outpost: outpost.unwrap(),
            clock,
            dir,
            _folder: folder,
        }
    }

    /// Gives it a picture of somebody, as the office would have.
    fn give_face(&self, home: &EventHome) {
        let ticket = home.find_ticket("1").unwrap().id;
        let file = EventFile::open_carried(&self.dir.join("gate.db")).unwrap();
        file.append(Lane::Bulk, move |change| {
            change.carry_photo(ticket, 1, FACE)
        })
        .unwrap();
    }

    pub(crate) fn admit(&self, home: &EventHome, number: &str) -> String {
        let ticket = home.find_ticket(number).unwrap();
        let code = home.code_text(&ticket).unwrap();
        let shown = self.outpost.gate().unwrap().admit(&code).unwrap();
        shown.code.to_string()
    }

    pub(crate) fn refusal(&self) -> &'static str {
        self.outpost.gate().unwrap_err().code
    }

    /// Whether its disk tells who was invited.
    pub(crate) fn knows(&self, what: &[u8]) -> bool {
        std::fs::read_dir(&self.dir).unwrap().any(|file| {
            let kept = std::fs::read(file.unwrap().path()).unwrap();
            kept.windows(what.len()).any(|bytes| bytes == what)
        })
    }
}

pub(crate) fn evening() -> (Scratch, EventHome, i64) {
    let scratch = Scratch::new();
    let home = scratch.issued("Winter Gala", LIST);
    let home = home
        .change_doors(DoorChange {
            settings: Some(DoorSettings {
                show_photo: true,
                ..DoorSettings::default()
            }),
            ..DoorChange::default()
        })
        .unwrap();
    scratch.open_doors();
    let end = home.sessions().iter().map(|s| s.ends_at).max().unwrap();
    (scratch, home, end)
}

#[test]
fn a_gate_forgets_the_list_and_the_faces_two_days_after_the_event_by_the_offices_clock() {
    let (scratch, home, end) = evening();
    let office = Served::open(&scratch, 0);
    let gate = Away::enrol(&scratch, &home, office.port);
    gate.give_face(&home);
    assert_eq!(gate.admit(&home, "1"), "admitted");
    gate.outpost.exchange().unwrap();
    gate.give_face(&home);
    assert!(gate.knows(NAME) && gate.knows(FACE));

    // Its own clock alone, a week too late, takes nothing away.
    gate.clock.set(end + 7 * DAY);
    gate.outpost.exchange().unwrap();
    scratch.clock.set(end + 2 * DAY - 1);
    gate.outpost.exchange().unwrap();
    assert!(gate.outpost.gate().is_ok() && gate.knows(NAME));
    assert_eq!(gate.outpost.over_since().unwrap(), None);

    // Two days after the end it is gone from the disk, though the gate thinks it last year.
    gate.clock.set(end - 365 * DAY);
    scratch.clock.set(end + 2 * DAY);
    gate.outpost.exchange().unwrap();
    assert_eq!(gate.outpost.over_since().unwrap(), Some(end));
    assert_eq!(gate.refusal(), "list_dropped");
    assert!(!gate.knows(NAME), "nobody's name is left on its disk");
    assert!(!gate.knows(FACE), "nobody's face is left on its disk");
    // Nor does it come back, not even with an edit of the office's.
    let doors = home.change_doors(DoorChange::default()).unwrap();
    assert_eq!(doors.id(), home.id());
    for _ in 0..2 {
        assert!(!gate.outpost.exchange().unwrap().renewed);
    }
    assert!(!gate.knows(NAME));
}

#[test]
fn scans_stay_until_the_office_has_them_and_a_clock_that_was_wrong_costs_nothing_for_good() {
    let (scratch, home, end) = evening();
    let office = Served::open(&scratch, 0);
    let port = office.port;
    let gate = Away::enrol(&scratch, &home, port);
    drop(office);
    assert_eq!(gate.admit(&home, "1"), "admitted");
    let away = |gate: &Away| gate.outpost.exchange().unwrap_err().code;
    gate.clock.set(end + 30 * DAY - 1);
    assert_eq!(away(&gate), "home_away");
    assert!(gate.outpost.gate().is_ok() && gate.knows(NAME));
    // A clock that was set wrong by an hour or a year takes nothing away, put right or not.
    for wrong in [30 * DAY, 365 * DAY] {
        gate.clock.set(end + wrong);
        assert_eq!(away(&gate), "home_away");
        gate.clock.advance(12 * HOUR - 1);
        assert_eq!(away(&gate), "home_away");
        assert!(gate.outpost.gate().is_ok() && gate.knows(NAME));
        gate.clock.set(end);
        assert_eq!(away(&gate), "home_away");
    }
    // One that says so for half a day is believed.
    gate.clock.set(end + 30 * DAY);
    assert_eq!(away(&gate), "home_away");
    gate.clock.advance(12 * HOUR);
    assert_eq!(away(&gate), "home_away");
    assert_eq!(gate.refusal(), "list_dropped");
    assert!(!gate.knows(NAME));
    assert_eq!(gate.outpost.waiting().unwrap(), 1);

    // The office is back, and it is still the evening: the gate's clock was wrong.
    let _office = Served::open(&scratch, port);
    let done = gate.outpost.exchange().unwrap();
    assert_eq!((done.sent, done.waiting, done.renewed), (1, 0, true));
    gate.clock.set(scratch.workspace.surroundings().now());
    assert_eq!(gate.admit(&home, "1"), "used");
    assert_eq!(gate.admit(&home, "2"), "admitted");
}
