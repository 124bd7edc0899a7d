//! A workspace's own file: identity, protected root key, list of events, contact book.

mod accounts;
mod branding;
mod calendar;
mod mail;
mod preferences;
mod replies;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use gatehouse_domain::event::name_key;
use gatehouse_domain::guest::{Contact, email_key};
use gatehouse_domain::id::{ContactId, EventId, GuestId, WorkspaceId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::StoreError;
use crate::file::{FileKind, check_health, is_large};
use crate::row;

pub use accounts::{AccountRow, SignInRow, WorkspaceEdit};
pub use branding::BrandingRow;
pub use calendar::{EventRow, SessionRow, TemplateRow};
pub use mail::{InboxMark, MailRow};
pub use replies::ReplyRow;

const WORKSPACE_FILE: FileKind = FileKind {
    name: "workspace",
    application_id: i32::from_be_bytes(*b"GHws"),
    migrations: &[
        include_str!("../../../../migrations/workspace/0001_workspace.sql"),
        include_str!("../../../../migrations/workspace/0002_calendar.sql"),
        include_str!("../../../../migrations/workspace/0003_long_sessions.sql"),
        include_str!("../../../../migrations/workspace/0004_accounts.sql"),
        include_str!("../../../../migrations/workspace/0005_replies.sql"),
        include_str!("../../../../migrations/workspace/0006_branding.sql"),
        include_str!("../../../../migrations/workspace/0007_time_zones.sql"),
        include_str!("../../../../migrations/workspace/0008_preferences.sql"),
        include_str!("../../../../migrations/workspace/0009_mail.sql"),
    ],
};

/// What a workspace knows of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkspaceRow {
    /// The workspace's id.
    pub id: WorkspaceId,
    /// Its name for people.
    pub name: String,
    /// When it was made, UTC ms.
    pub created_at: i64,
    /// How its master key is held, as JSON.
    pub protection: String,
    /// Public half of its root key, SubjectPublicKeyInfo DER.
    pub root_public: Vec<u8>,
    /// Private half of its root key, sealed.
    pub root_sealed: Vec<u8>,
}

impl std::fmt::Debug for WorkspaceRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkspaceRow")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A guest of an event as the contact book takes them in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSighting {
    /// The id that the contact gets if it is new.
    pub new_id: ContactId,
    /// The guest.
    pub guest: GuestId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Company.
    pub company: Option<String>,
}

/// An open workspace file.
#[derive(Debug)]
pub struct WorkspaceFile {
    dir: PathBuf,
    conn: Mutex<Connection>,
}

impl WorkspaceFile {
    /// Creates the workspace's folder and file; a folder that holds one already is an error.
    pub fn create(dir: &Path, row: &WorkspaceRow) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir.join("events"))?;
        let path = dir.join("workspace.db");
        let conn = WORKSPACE_FILE.create(&path, |conn| {
            conn.execute(
                "INSERT INTO workspace (id, name, created_at, protection, root_public, root_sealed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    row.id.as_bytes(),
                    row.name,
                    row.created_at,
                    row.protection,
                    row.root_public,
                    row.root_sealed,
                ],
            )?;
            Ok(())
        })?;
        Ok(Self {
            dir: dir.to_owned(),
            conn: Mutex::new(conn),
        })
    }

    /// Opens the workspace in `dir`.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("workspace.db");
        let conn = WORKSPACE_FILE.open(&path)?;
        if is_large(&path) {
            check_health(&conn, &path)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            conn: Mutex::new(conn),
        })
    }

    /// Whether `dir` holds a workspace.
    #[must_use]
    pub fn exists(dir: &Path) -> bool {
        dir.join("workspace.db").is_file()
    }

    /// The folder that holds it.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes a whole copy of the file as it stands now to `path`, where nothing is yet.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        self.conn()
            .execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        Ok(())
    }

    /// When a copy of everything was made last, UTC ms.
    pub fn last_backup(&self) -> Result<Option<i64>, StoreError> {
        self.note("last_backup")
    }

    /// Notes when a copy of everything was made, UTC ms.
    pub fn set_last_backup(&self, at: i64) -> Result<(), StoreError> {
        self.set_note("last_backup", Some(at))
    }

    /// The port that other machines are let in at; none while they are not.
    pub fn network_port(&self) -> Result<Option<u16>, StoreError> {
        Ok(self
            .note("network_port")?
            .and_then(|port| port.try_into().ok()))
    }

    /// Notes the port that other machines are let in at.
    pub fn set_network_port(&self, port: Option<u16>) -> Result<(), StoreError> {
        self.set_note("network_port", port.map(i64::from))
    }

    /// The address under which guests reach this office, such as `https://rsvp.example.org`.
    pub fn guest_address(&self) -> Result<Option<String>, StoreError> {
        self.text("guest_address")
    }

    /// Notes the address under which guests reach this office, and who said it.
    pub fn set_guest_address(
        &self,
        address: Option<&str>,
        edit: &WorkspaceEdit,
    ) -> Result<(), StoreError> {
        self.set_text("guest_address", address)?;
        accounts::insert_edit(&self.conn(), edit)
    }

    fn note(&self, key: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.text(key)?.and_then(|text| text.parse().ok()))
    }

    fn set_note(&self, key: &str, value: Option<i64>) -> Result<(), StoreError> {
        self.set_text(key, value.map(|value| value.to_string()).as_deref())
    }

    fn text(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn()
            .query_row("SELECT value FROM file_info WHERE key = ?1", [key], |r| {
                r.get(0)
            })
            .optional()?)
    }

    fn set_text(&self, key: &str, value: Option<&str>) -> Result<(), StoreError> {
        let conn = self.conn();
        match value {
            None => conn.execute("DELETE FROM file_info WHERE key = ?1", [key])?,
            Some(value) => conn.execute(
                "INSERT INTO file_info (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [key, value],
            )?,
        };
        Ok(())
    }

    /// Where an event's file stands.
    #[must_use]
    pub fn event_path(&self, id: EventId) -> PathBuf {
        self.dir.join("events").join(format!("{id}.db"))
    }

    fn conn(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the workspace knows of itself.
    pub fn workspace(&self) -> Result<WorkspaceRow, StoreError> {
        Ok(self.conn().query_row(
            "SELECT id, name, created_at, protection, root_public, root_sealed FROM workspace",
            [],
            |r| {
                Ok(WorkspaceRow {
                    id: row::id(r, 0)?,
                    name: r.get(1)?,
                    created_at: r.get(2)?,
                    protection: r.get(3)?,
                    root_public: r.get(4)?,
                    root_sealed: r.get(5)?,
                })
            },
        )?)
    }

    /// Changes how the master key is held.
    pub fn set_protection(&self, protection: &str) -> Result<(), StoreError> {
        self.conn()
            .execute("UPDATE workspace SET protection = ?1", [protection])?;
        Ok(())
    }

    /// Whether an event of this workspace has this route.
    pub fn has_route(&self, route: u32) -> Result<bool, StoreError> {
        Ok(self.conn().query_row(
            "SELECT EXISTS (SELECT 1 FROM events WHERE route = ?1)",
            [route],
            |r| r.get(0),
        )?)
    }

    /// The event with this route.
    pub fn event_of_route(&self, route: u32) -> Result<Option<EventId>, StoreError> {
        Ok(self
            .conn()
            .prepare_cached("SELECT id FROM events WHERE route = ?1")?
            .query_row([route], |r| row::id(r, 0))
            .optional()?)
    }

    /// Writes an event's signing keys, each as its id and its certificate (JSON).
    pub fn project_keys(
        &self,
        event: EventId,
        keys: &[([u8; 8], String)],
    ) -> Result<(), StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction()?;
        for (id, certificate) in keys {
            tx.execute(
                "INSERT INTO event_keys (id, event, certificate) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET certificate = excluded.certificate",
                params![id, event.as_bytes(), certificate],
            )?;
        }
        tx.commit()?;
        Ok(())
    }

    /// The certificates (JSON) of every event's signing keys.
    pub fn key_certificates(&self) -> Result<Vec<String>, StoreError> {
        let conn = self.conn();
        let mut statement =
            conn.prepare_cached("SELECT certificate FROM event_keys ORDER BY event, id")?;
        let rows = statement.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes an event's guests into the contact book, in place of what it had of this event.
    ///
    /// The same e-mail address and name make the same contact; without an address, the same name
    /// and company.
    pub fn project_contacts(
        &self,
        event: EventId,
        guests: &[ContactSighting],
    ) -> Result<(), StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction()?;
        tx.execute(
            "DELETE FROM contact_events WHERE event = ?1",
            [event.as_bytes()],
        )?;
        {
            let mut insert = tx.prepare_cached(
                "INSERT INTO contacts (id, contact_key, name, email, phone, company)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (contact_key) DO UPDATE SET name = excluded.name,
                   email = coalesce(excluded.email, email), phone = coalesce(excluded.phone, phone),
                   company = coalesce(excluded.company, company)
                 RETURNING id",
            )?;
            let mut link = tx.prepare_cached(
                "INSERT OR IGNORE INTO contact_events (contact, event, guest) VALUES (?1, ?2, ?3)",
            )?;
            for guest in guests {
                let id: [u8; 16] = insert.query_row(
                    params![
                        guest.new_id.as_bytes(),
                        contact_key(guest),
                        guest.name,
                        guest.email,
                        guest.phone,
                        guest.company,
                    ],
                    |r| r.get(0),
                )?;
                link.execute(params![id, event.as_bytes(), guest.guest.as_bytes()])?;
            }
        }
        tx.commit()?;
        Ok(())
    }

    /// The contact with this e-mail address and name.
    pub fn find_contact(&self, email: &str, name: &str) -> Result<Option<Contact>, StoreError> {
        Ok(self
            .conn()
            .query_row(
                "SELECT id, name, email, phone, company,
                        (SELECT count(DISTINCT event) FROM contact_events WHERE contact = id)
                 FROM contacts WHERE contact_key = ?1",
                [format!("{}\n{}", email_key(email), name_key(name))],
                |r| {
                    Ok(Contact {
                        id: row::id(r, 0)?,
                        name: r.get(1)?,
                        email: r.get(2)?,
                        phone: r.get(3)?,
                        company: r.get(4)?,
                        events: r.get(5)?,
                    })
                },
            )
            .optional()?)
    }

    /// How many contacts there are.
    pub fn count_contacts(&self) -> Result<u64, StoreError> {
        Ok(self
            .conn()
            .query_row("SELECT count(*) FROM contacts", [], |r| r.get::<_, i64>(0))?
            .unsigned_abs())
    }
}

fn contact_key(guest: &ContactSighting) -> String {
    let name = name_key(&guest.name);
    match (&guest.email, &guest.company) {
        (Some(email), _) => format!("{}\n{name}", email_key(email)),
        (None, company) => format!("\n{name}\n{}", name_key(company.as_deref().unwrap_or(""))),
    }
}
