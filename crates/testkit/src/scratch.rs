//! A temporary workspace with one event.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gatehouse_api::{EventHome, ImportChoices, Issuing, Problem, Quiet, Surroundings, Workspace};
use gatehouse_credential::key::KeyProfile;
use gatehouse_credential::vault::{PassphraseCost, Protector, Vault};
use gatehouse_domain::event::{EventDraft, EventSettings, TicketTypeDraft};
use tempfile::TempDir;

use crate::clock::HandClock;

/// 21 November 2026, 12:00 UTC.
const NOON: i64 = 1_795_262_400_000;
const HOUR: i64 = 3_600_000;

/// A temporary workspace with a clock of its own; gone when dropped.
#[derive(Debug)]
pub struct Scratch {
    dir: TempDir,
    /// The clock that everything in it goes by.
    pub clock: Arc<HandClock>,
    /// The workspace.
    pub workspace: Arc<Workspace>,
}

impl Scratch {
    /// A new workspace at noon.
    ///
    /// # Panics
    /// When the temporary folder can't be made.
    #[must_use]
    pub fn new() -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let clock = Arc::new(HandClock::at(NOON));
        let surroundings = Surroundings::new(
            Arc::clone(&clock) as _,
            repeating_bytes(),
            "test",
            "test machine",
        );
        let workspace = Workspace::create(dir.path(), "Scratch", surroundings, |_| {
            Vault::create(Protector::Passphrase {
                passphrase: "open sesame",
                cost: PassphraseCost::FOR_TESTS,
            })
            .map_err(|e| Problem::new("vault_shut", e.to_string()))
        })
        .expect("a workspace");
        Self {
            dir,
            clock,
            workspace,
        }
    }

    /// The workspace opened anew, as another process would.
    ///
    /// # Errors
    /// As for `Workspace::open`.
    pub fn reopen(&self) -> Result<Arc<Workspace>, Problem> {
        let surroundings = Surroundings::new(
            Arc::clone(&self.clock) as _,
            repeating_bytes(),
            "test",
            "test machine",
        );
        Workspace::open(self.dir.path(), surroundings, |_, protection| {
            Vault::unlock(
                protection,
                Protector::Passphrase {
                    passphrase: "open sesame",
                    cost: PassphraseCost::FOR_TESTS,
                },
            )
            .map_err(|e| Problem::new("vault_shut", e.to_string()))
        })
    }

    /// The workspace's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A draft of an event: doors at 18:00 UTC, start at 19:00, end at 23:00 on the same day; types
    /// Standard and VIP, which opens the zone Lounge.
    #[must_use]
    pub fn draft(title: &str) -> EventDraft {
        let kind = |name: &str, zones: &[&str]| TicketTypeDraft {
            name: name.into(),
            price_minor: 0,
            capacity: None,
            zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
        };
        EventDraft {
            title: title.into(),
            time_zone: "Europe/Vienna".into(),
            currency: "EUR".into(),
            language: "en".into(),
            organizer: "Gatehouse Arts".into(),
            place: "Old Customs House, Vienna".into(),
            doors_at: Some(NOON + 6 * HOUR),
            starts_at: NOON + 7 * HOUR,
            ends_at: NOON + 11 * HOUR,
            ticket_types: vec![kind("Standard", &[]), kind("VIP", &["Lounge"])],
            zones: vec!["Lounge".into()],
            settings: EventSettings::default(),
        }
    }

    /// An event of that draft with a small, quick key.
    ///
    /// # Panics
    /// When it can't be made.
    #[must_use]
    pub fn event(&self, draft: &EventDraft) -> EventHome {
        self.workspace
            .create_event(draft, KeyProfile::Ed25519)
            .expect("an event")
    }

    /// An event with tickets for the guests of a CSV list.
    ///
    /// # Panics
    /// When a step fails.
    #[must_use]
    pub fn issued(&self, title: &str, list: &str) -> EventHome {
        let home = self.event(&Self::draft(title));
        self.import(&home, list);
        home.form_invitations("First batch").expect("invitations");
        home.issue_tickets(Issuing::default(), &Quiet)
            .expect("tickets");
        home
    }

    /// Imports a CSV list.
    ///
    /// # Panics
    /// When the list can't be imported.
    pub fn import(&self, home: &EventHome, list: &str) {
        let path = self.write("list.csv", list.as_bytes());
        let preview = home
            .preview_import(&path, ImportChoices::default())
            .expect("a list that is read");
        home.accept_import(preview).expect("a list that is taken");
        // Ids sort by time; two imports never fall into one millisecond here.
        self.clock.advance(1);
    }

    /// Writes a file into the workspace's folder.
    ///
    /// # Panics
    /// When it can't be written.
    #[must_use]
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// Moves the clock to an hour after doors.
    pub fn open_doors(&self) {
        self.clock.set(NOON + 7 * HOUR);
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes that look random and are the same on every run.
fn repeating_bytes() -> impl Fn(&mut [u8]) + Send + Sync + 'static {
    let state = Mutex::new(0x9e37_79b9_7f4a_7c15_u64);
    move |bytes| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        for byte in bytes {
            // SplitMix64, one byte a step.
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed >> 56) as u8;
        }
    }
}
