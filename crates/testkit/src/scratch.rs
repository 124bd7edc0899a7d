//! A temporary workspace with one event.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gatehouse_api::{EventHome, ImportChoices, Issuing, Problem, Quiet, Surroundings, Workspace};
use gatehouse_credential::key::KeyProfile;
use gatehouse_credential::vault::{PassphraseCost, Protector, Vault};
use gatehouse_domain::calendar::local::{parse_local, to_utc};
use gatehouse_domain::event::draft::{
    EventDraft, ScheduleDraft, SeriesDraft, SessionDraft, TicketTypeDraft, ZoneDraft,
};
use gatehouse_domain::event::{Access, EventSettings, Visibility};
use gatehouse_domain::place::{Place, PlaceMode, Venue};
use tempfile::TempDir;

use crate::clock::HandClock;

/// 21 November 2026, 12:00 UTC.
const NOON: i64 = 1_795_262_400_000;
const HOUR: i64 = 3_600_000;
/// Where the randomness begins.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

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
        Self::with_bytes(SEED)
    }

    /// As [`Self::new`], on a machine whose randomness is another: no id is the same.
    ///
    /// # Panics
    /// When the temporary folder can't be made.
    #[must_use]
    pub fn elsewhere() -> Self {
        Self::with_bytes(!SEED)
    }

    fn with_bytes(seed: u64) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let clock = Arc::new(HandClock::at(NOON));
        let surroundings = surroundings(&clock, seed);
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
        let surroundings = surroundings(&self.clock, SEED);
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
        let vip = TicketTypeDraft {
            zones: vec!["Lounge".into()],
            ..TicketTypeDraft::named("VIP")
        };
        EventDraft {
            title: title.into(),
            tagline: String::new(),
            description: String::new(),
            category: String::new(),
            tags: vec![],
            time_zone: "Europe/Vienna".into(),
            currency: "EUR".into(),
            language: "en".into(),
            organizer: "Gatehouse Arts".into(),
            place: Self::place(),
            capacity: None,
            visibility: Visibility::Private,
            access: Access::Open,
            schedule: ScheduleDraft::OneTime {
                session: SessionDraft {
                    doors: Some("2026-11-21T19:00".into()),
                    starts: "2026-11-21T20:00".into(),
                    ends: "2026-11-22T00:00".into(),
                    ..SessionDraft::default()
                },
            },
            ticket_types: vec![TicketTypeDraft::named("Standard"), vip],
            free: false,
            zones: vec![ZoneDraft {
                name: "Lounge".into(),
                ..ZoneDraft::default()
            }],
            settings: EventSettings::default(),
        }
    }

    /// A draft of a multi-day event: 19:00 to 23:00 in Vienna on each of these days, doors an hour
    /// before.
    #[must_use]
    pub fn days(title: &str, days: &[&str]) -> EventDraft {
        let days = days.iter().map(|day| SessionDraft {
            doors: Some(format!("{day}T18:00")),
            starts: format!("{day}T19:00"),
            ends: format!("{day}T23:00"),
            ..SessionDraft::default()
        });
        EventDraft {
            schedule: ScheduleDraft::MultiDay {
                days: days.collect(),
            },
            ..Self::draft(title)
        }
    }

    /// A draft of a series: an hour from 09:00 in Vienna by that rule, from that day on.
    #[must_use]
    pub fn series(title: &str, from: &str, rule: &str) -> EventDraft {
        EventDraft {
            schedule: ScheduleDraft::Recurring {
                series: Self::rule(from, rule),
            },
            ..Self::draft(title)
        }
    }

    /// An hour from 09:00 by that rule, from that day on, doors a quarter of an hour before.
    #[must_use]
    pub fn rule(from: &str, rule: &str) -> SeriesDraft {
        SeriesDraft {
            pattern: None,
            ends: None,
            rule: Some(rule.into()),
            starts: format!("{from}T09:00"),
            duration_minutes: 60,
            doors_minutes: 15,
            without: vec![],
            with: vec![],
            capacity: None,
        }
    }

    /// A whole venue.
    #[must_use]
    pub fn place() -> Place {
        Place {
            mode: PlaceMode::InPerson,
            venue: Some(Venue {
                name: "Old Customs House".into(),
                address: "Quay 4".into(),
                city: "Vienna".into(),
                country: "Austria".into(),
                ..Venue::default()
            }),
            meeting: None,
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

    /// Moves the clock to this local time in Vienna.
    ///
    /// # Panics
    /// When that is no time.
    pub fn go_to(&self, local: &str) {
        let local = parse_local("local", local).expect("a time");
        self.clock.set(to_utc(local, chrono_tz::Europe::Vienna));
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

fn surroundings(clock: &Arc<HandClock>, seed: u64) -> Surroundings {
    let mut surroundings = Surroundings::new(
        Arc::clone(clock) as _,
        repeating_bytes(seed),
        "test",
        "test machine",
    );
    surroundings.password_cost = PassphraseCost::FOR_TESTS;
    surroundings
}

/// Bytes that look random and are the same on every run.
fn repeating_bytes(seed: u64) -> impl Fn(&mut [u8]) + Send + Sync + 'static {
    let state = Mutex::new(seed);
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
