//! One organization's data on this machine.

use std::path::Path;
use std::sync::{Arc, Mutex};

use gatehouse_credential::access::AccessKey;
use gatehouse_credential::key::{KeyProfile, PublicKey, SigningKey};
use gatehouse_credential::link::LinkKey;
use gatehouse_credential::vault::{Protection, Vault};
use gatehouse_domain::event::{EventKind, EventStatus};
use gatehouse_domain::id::{EventId, Route, WorkspaceId};
use gatehouse_store::event::EventFile;
use gatehouse_store::workspace::{EventRow, WorkspaceFile, WorkspaceRow};

use crate::home::EventHome;
use crate::problem::Problem;
use crate::surroundings::Surroundings;

/// An open workspace whose keys are at hand.
#[derive(Debug)]
pub struct Workspace {
    file: WorkspaceFile,
    row: WorkspaceRow,
    vault: Vault,
    surroundings: Surroundings,
    /// The key of access tokens, once it was asked for.
    pub(crate) access: Mutex<Option<Arc<AccessKey>>>,
    /// The key of guests' links, once it was asked for.
    pub(crate) links: Mutex<Option<Arc<LinkKey>>>,
}

/// An event in the list of events.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct EventSummary {
    /// The event's id.
    pub id: EventId,
    /// Title.
    pub title: String,
    /// Kind of its schedule.
    pub kind: EventKind,
    /// Where it stands.
    pub status: EventStatus,
    /// Start of its first session, UTC ms.
    pub starts_at: i64,
    /// End of its last session, UTC ms.
    pub ends_at: i64,
    /// IANA zone in which its days are meant.
    pub time_zone: String,
    /// When it was handed over to another machine, UTC ms; none while this is its home.
    pub handed_over_at: Option<i64>,
}

impl From<EventRow> for EventSummary {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            title: row.title,
            kind: row.kind,
            status: row.status,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            time_zone: row.time_zone,
            handed_over_at: row.handed_over_at,
        }
    }
}

impl Workspace {
    /// Makes a workspace in `dir`: its root key and master key are new; `protect` locks them.
    pub fn create(
        dir: &Path,
        name: &str,
        surroundings: Surroundings,
        protect: impl FnOnce(WorkspaceId) -> Result<(Vault, Protection), Problem>,
    ) -> Result<Arc<Self>, Problem> {
        if WorkspaceFile::exists(dir) {
            return Err(Problem::new(
                "workspace_exists",
                format!(
                    "{} holds a workspace already; nothing was changed",
                    dir.display()
                ),
            ));
        }
        let now = surroundings.now();
        let id = WorkspaceId(surroundings.mint_for_new_event().mint(now));
        let (vault, protection) = protect(id)?;
        let root = SigningKey::generate(KeyProfile::Ed25519)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?;
        let row = WorkspaceRow {
            id,
            name: name.to_owned(),
            created_at: now,
            protection: serde_json::to_string(&protection)
                .map_err(|e| Problem::new("key_failed", e.to_string()))?,
            root_public: root.public().spki_der().to_vec(),
            root_sealed: vault.seal_key(&root),
        };
        let file = WorkspaceFile::create(dir, &row)?;
        Ok(Arc::new(Self {
            file,
            row,
            vault,
            surroundings,
            access: Mutex::default(),
            links: Mutex::default(),
        }))
    }

    /// Opens the workspace in `dir`; `unlock` is asked with the way in which it is locked.
    pub fn open(
        dir: &Path,
        surroundings: Surroundings,
        unlock: impl FnOnce(WorkspaceId, &Protection) -> Result<Vault, Problem>,
    ) -> Result<Arc<Self>, Problem> {
        if !WorkspaceFile::exists(dir) {
            return Err(Problem::new(
                "workspace_unknown",
                format!("there is no workspace in {}", dir.display()),
            ));
        }
        let file = WorkspaceFile::open(dir)?;
        let row = file.workspace()?;
        let protection: Protection = serde_json::from_str(&row.protection)
            .map_err(|e| Problem::new("protection_unreadable", e.to_string()))?;
        let vault = unlock(row.id, &protection)?;
        Ok(Arc::new(Self {
            file,
            row,
            vault,
            surroundings,
            access: Mutex::default(),
            links: Mutex::default(),
        }))
    }

    /// The workspace's id.
    #[must_use]
    pub fn id(&self) -> WorkspaceId {
        self.row.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.row.name
    }

    /// Time, randomness and names.
    #[must_use]
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    pub(crate) fn row(&self) -> &WorkspaceRow {
        &self.row
    }

    /// The event whose ids begin with this route.
    pub(crate) fn event_of_route(&self, route: Route) -> Result<Option<EventId>, Problem> {
        Ok(self.file.event_of_route(route.0)?)
    }

    pub(crate) fn file(&self) -> &WorkspaceFile {
        &self.file
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The root key's public half.
    pub fn root_public(&self) -> Result<PublicKey, Problem> {
        PublicKey::from_spki_der(&self.row.root_public)
            .map_err(|e| Problem::new("key_failed", e.to_string()))
    }

    pub(crate) fn root_key(&self) -> Result<SigningKey, Problem> {
        self.vault
            .open_key(self.root_public()?.id(), &self.row.root_sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))
    }

    /// All events, newest start first.
    pub fn events(&self) -> Result<Vec<EventSummary>, Problem> {
        Ok(self
            .file
            .events()?
            .into_iter()
            .map(EventSummary::from)
            .collect())
    }

    /// Opens an event by its id, the beginning of its id, or its title.
    pub fn open_event(self: &Arc<Self>, which: &str) -> Result<EventHome, Problem> {
        let which = which.trim();
        let found: Vec<EventRow> = self
            .file
            .events()?
            .into_iter()
            .filter(|event| {
                (which.len() >= 4 && event.id.to_string().starts_with(&which.to_lowercase()))
                    || event.title == which
            })
            .collect();
        match found.as_slice() {
            [event] => {
                let path = self.file.event_path(event.id);
                let home = EventHome::open(Arc::clone(self), EventFile::open(&path)?)?;
                home.project_if_stale()?;
                if event.handed_over_at.is_none() && home.extend_series()? > 0 {
                    return home.refreshed();
                }
                Ok(home)
            }
            [] => Err(Problem::new(
                "event_unknown",
                format!("this workspace has no event “{}”", clip(which)),
            )),
            _ => Err(Problem::new(
                "event_ambiguous",
                format!("several events are called “{}”; give the id", clip(which)),
            )),
        }
    }
}

fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}
