//! What every route shares: the workspace, its open events, long work, live news.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use gatehouse_credential::access::same_secret;
use gatehouse_domain::id::{EventId, Route};
use uuid::Uuid;

use super::backups::Backups;
use super::guest_pages::GuestDesk;
use super::idempotency::InFlight;
use super::live::Live;
use super::pages::Pages;
use super::papers::Papers;
use super::refusal::Refusal;
use super::signed::Person;
use super::tasks::Tasks;
use super::uploads::Uploads;
use crate::accounts::Signed;
use crate::cameras::Cameras;
use crate::home::{Actor, EventHome};
use crate::mail::outbox::Outbox;
use crate::mesh::MeshPlace;
use crate::network::Network;
use crate::outlying::Enrolling;
use crate::problem::Problem;
use crate::serials::SerialScanners;
use crate::workspace::{EventSummary, Workspace};

/// What is asked first when an event is opened has this long for itself.
const FIRST_ROWS: Duration = Duration::from_millis(200);
/// How long after its end an event still hears of its gates unasked, in milliseconds.
const MET_AFTER_MS: i64 = 7 * 24 * 3_600_000;

/// A secret of the program that opened the door: whoever says it sits at the machine itself.
#[derive(Clone)]
pub struct DeskKey(String);

impl DeskKey {
    /// The key `text`, which nobody can guess: at least 32 characters.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        (text.len() >= 32).then_some(Self(text))
    }

    /// Whether `text` is this key; takes as long for a near miss as for any other.
    #[must_use]
    pub(super) fn matches(&self, text: &str) -> bool {
        same_secret(self.0.as_bytes(), text.as_bytes())
    }
}

impl std::fmt::Debug for DeskKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeskKey(…)")
    }
}

/// The state behind the routes.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) workspace: Arc<Workspace>,
    pub(super) desk: Option<DeskKey>,
    pub(super) network: Option<Arc<dyn Network>>,
    pub(super) pages: Pages,
    pub(super) tasks: Tasks,
    pub(super) live: Live,
    pub(super) uploads: Uploads,
    pub(super) backups: Backups,
    pub(super) papers: Papers,
    pub(super) in_flight: InFlight,
    /// What guests' pages keep in memory.
    pub(super) guests: GuestDesk,
    /// Where this office can be opened, where the program that listens said so.
    pub(super) listens_at: OnceLock<Vec<String>>,
    /// The machine's cameras, where the program brought them.
    pub(super) cameras: OnceLock<Arc<dyn Cameras>>,
    /// Makes this machine a gate of another's event, where the program can.
    pub(super) enrolling: OnceLock<Arc<dyn Enrolling>>,
    /// Where events meet their gates, while they do.
    meets: Mutex<Option<MeshPlace>>,
    /// What sends messages, where this office does.
    pub(super) outbox: Arc<Outbox>,
    /// Events whose guest list was read ahead, or is being.
    searched: Mutex<HashSet<EventId>>,
    /// The machine's serial scanners, where the program brought them.
    pub(super) serials: OnceLock<Arc<dyn SerialScanners>>,
    open: Mutex<HashMap<EventId, EventHome>>,
}

pub(super) type At = State<Arc<Door>>;
pub(super) type Answer<T> = Result<Json<T>, Refusal>;

impl Door {
    pub(super) fn new(
        workspace: Arc<Workspace>,
        pages: Pages,
        desk: Option<DeskKey>,
        network: Option<Arc<dyn Network>>,
    ) -> Self {
        let live = Live::from_now(workspace.surroundings().now());
        let guests = GuestDesk::default();
        match workspace.guest_address() {
            Ok(address) => guests.host.set(address.as_deref()),
            Err(problem) => {
                tracing::warn!(code = problem.code, "where guests come can't be read");
            }
        }
        Self {
            outbox: Arc::new(Outbox::new(Arc::clone(&workspace))),
            searched: Mutex::default(),
            workspace,
            desk,
            network,
            pages,
            tasks: Tasks::default(),
            live,
            uploads: Uploads::default(),
            backups: Backups::default(),
            papers: Papers::default(),
            in_flight: InFlight::default(),
            guests,
            listens_at: OnceLock::new(),
            cameras: OnceLock::new(),
            enrolling: OnceLock::new(),
            meets: Mutex::default(),
            serials: OnceLock::new(),
            open: Mutex::default(),
        }
    }

    /// The event with this id, for reading; its file is opened once.
    pub(super) fn event(&self, id: EventId) -> Result<EventHome, Problem> {
        let home = self.event_unsearched(id)?;
        let fresh = self
            .searched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id);
        if !fresh {
            return Ok(home);
        }
        // Whoever opens an event is about to search it, after the first rows are there.
        let file = home.file().clone();
        std::thread::spawn(move || {
            std::thread::sleep(FIRST_ROWS);
            if let Err(error) = file.prepare_search() {
                tracing::warn!(
                    code = error.code(),
                    "the guest list could not be read ahead"
                );
            }
        });
        Ok(home)
    }

    /// As [`Self::event`], for whoever will not search its guest list.
    pub(super) fn event_unsearched(&self, id: EventId) -> Result<EventHome, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(home) = open.get(&id) {
            return Ok(home.clone());
        }
        let home = self.workspace.open_event(&id.to_string())?;
        self.live.follow(home.file());
        open.insert(home.id(), home.clone());
        self.meet_behind(&home);
        Ok(home)
    }

    /// The event that an id inside it belongs to, told by its route.
    pub(super) fn event_of(&self, id: Uuid) -> Result<EventHome, Problem> {
        let event = self
            .workspace
            .event_of_route(Route::of(id))?
            .ok_or_else(|| {
                Problem::new("event_unknown", "nothing in this workspace has that id")
            })?;
        self.event(event)
    }

    /// The event as it stands now, acted on by `person`.
    pub(super) fn act(&self, person: &Person, id: EventId) -> Result<EventHome, Problem> {
        let home = self.event(id)?;
        Ok(home.refreshed()?.acting(self.actor(person)))
    }

    /// As [`Self::act`], for an id inside the event.
    pub(super) fn act_on(&self, person: &Person, id: Uuid) -> Result<EventHome, Problem> {
        let home = self.event_of(id)?;
        Ok(home.refreshed()?.acting(self.actor(person)))
    }

    /// Keeps an event that was just made open.
    pub(super) fn adopt(&self, home: &EventHome) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Vacant(place) = open.entry(home.id()) {
            self.live.follow(home.file());
            place.insert(home.clone());
        }
    }

    /// Lets go of an event that is no more.
    pub(super) fn forget(&self, id: EventId) {
        let gone = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
        self.searched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
        if let Some(home) = gone {
            home.close_mesh();
        }
    }

    fn meets(&self) -> Option<MeshPlace> {
        let meets = self.meets.lock().unwrap_or_else(PoisonError::into_inner);
        let place = meets.clone()?;
        drop(meets);
        Some(MeshPlace {
            offices: self.addresses(),
            ..place
        })
    }

    /// Meets an event's gates from now on, where it has some and this office meets any.
    pub(super) fn meet(&self, home: &EventHome) -> Result<(), Problem> {
        match self.meets() {
            Some(place) if home.has_gates()? => home.open_mesh(&place).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// As [`Self::meet`], while others go on.
    fn meet_behind(&self, home: &EventHome) {
        let (Some(place), home) = (self.meets(), home.clone()) else {
            return;
        };
        std::thread::spawn(move || {
            let met = home
                .has_gates()
                .and_then(|some| some.then(|| home.open_mesh(&place)).transpose());
            if let Err(problem) = met {
                tracing::warn!(code = problem.code, "an event's gates can't be met");
            }
        });
    }

    /// Meets the gates of every event of this office at a place, or of none.
    pub(super) fn meet_at(self: &Arc<Self>, place: Option<&MeshPlace>) {
        let before = std::mem::replace(
            &mut *self.meets.lock().unwrap_or_else(PoisonError::into_inner),
            place.cloned(),
        );
        if before.is_some() {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let homes: Vec<EventHome> = open.values().cloned().collect();
            drop(open);
            homes.iter().for_each(EventHome::close_mesh);
        }
        if place.is_none() {
            return;
        }
        let door = Arc::clone(self);
        std::thread::spawn(move || door.meet_all());
    }

    fn meet_all(&self) {
        let events = self.workspace.events().unwrap_or_default();
        let now = self.workspace.surroundings().now();
        let here = |event: &&EventSummary| {
            event.handed_over_at.is_none() && event.ends_at + MET_AFTER_MS > now
        };
        for event in events.iter().filter(here) {
            let met = self.event(event.id).and_then(|home| self.meet(&home));
            if let Err(problem) = met {
                tracing::warn!(
                    event = %event.id,
                    code = problem.code,
                    "an event's gates can't be met"
                );
            }
        }
    }

    pub(super) fn actor(&self, person: &Person) -> Actor {
        Actor {
            name: self.actor_name(&person.signed),
            machine: person
                .from
                .clone()
                .unwrap_or_else(|| self.workspace.surroundings().machine.clone()),
        }
    }

    fn actor_name(&self, signed: &Signed) -> String {
        if signed.is_owner() {
            self.workspace.surroundings().actor.clone()
        } else {
            signed.account.id.to_string()
        }
    }
}

/// Runs what waits for the disk where it holds nobody up.
pub(super) async fn blocking<T: Send + 'static>(
    door: Arc<Door>,
    work: impl FnOnce(&Door) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Refusal> {
    aside(move || work(&door)).await
}

/// As [`blocking`], for work that knows where it stands.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => {
            tracing::error!(%error, "work behind a route broke off");
            Err(Problem::new(
                "work_broke_off",
                "the answer could not be made; the log of this machine says why",
            )
            .into())
        }
    }
}

/// As [`blocking`], with a JSON answer.
pub(super) async fn answer<T: Send + 'static>(
    door: Arc<Door>,
    work: impl FnOnce(&Door) -> Result<T, Problem> + Send + 'static,
) -> Answer<T> {
    blocking(door, work).await.map(Json)
}
