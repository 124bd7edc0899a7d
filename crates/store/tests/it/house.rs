//! An event file in a temporary folder, with invented people in it.

use gatehouse_domain::event::{Access, Event, EventKind, EventSettings, EventStatus, Visibility};
use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{
    EditId, EventId, GuestId, IdMint, InvitationId, MemberId, Route, SessionId, TicketTypeId,
    WorkspaceId,
};
use gatehouse_domain::import::GuestValues;
use gatehouse_domain::invitation::{Invitation, MemberStatus, PartyKind, PartyMember};
use gatehouse_domain::place::Place;
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::TicketSource;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_store::event::{EditMeta, EventFile, NewMember};
use gatehouse_store::{Lane, StoreError};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;

/// 21 November 2026, 12:00 UTC.
pub(crate) const NOON: i64 = 1_795_262_400_000;

pub(crate) struct House {
    pub(crate) dir: TempDir,
    pub(crate) file: EventFile,
    pub(crate) kind: TicketTypeId,
    pub(crate) mint: IdMint,
}

impl House {
    /// A file with one session and one ticket type, and no line in its audit yet.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut mint = mint();
        let event = Event {
            id: EventId(mint.mint(NOON)),
            workspace: WorkspaceId(mint.mint(NOON)),
            title: "Harbour Ball".into(),
            tagline: String::new(),
            description: String::new(),
            category: String::new(),
            tags: vec![],
            kind: EventKind::OneTime,
            status: EventStatus::Draft,
            time_zone: chrono_tz::Europe::Vienna,
            currency: "EUR".into(),
            language: "en".into(),
            organizer: "Gatehouse Arts".into(),
            place: Place::venue("Old Customs House"),
            capacity: None,
            visibility: Visibility::Private,
            access: Access::Open,
            link_token: None,
            settings: EventSettings::default(),
            revision: 0,
            home_epoch: 1,
            created_at: NOON,
        };
        let id = SessionId(mint.mint(NOON));
        let session = Session::scheduled(id, NOON, NOON, NOON + 3_600_000);
        let standard = TicketType {
            sessions: vec![session.id],
            ..TicketType::plain(TicketTypeId(mint.mint(NOON)), "Standard", 0)
        };
        let kind = standard.id;
        let file = EventFile::create(&dir.path().join("event.db"), &event).unwrap();
        file.append(Lane::Edit, move |change| {
            change.insert_session(&session)?;
            change.insert_ticket_type(&standard)
        })
        .unwrap();
        Self {
            dir,
            file,
            kind,
            mint,
        }
    }

    pub(crate) fn meta(&mut self, actor: &str, command: &str) -> EditMeta {
        EditMeta {
            id: EditId(self.mint.mint(NOON)),
            at: NOON,
            actor: actor.into(),
            machine: "desk".into(),
            command: command.into(),
            reason: None,
        }
    }

    pub(crate) fn guest(&mut self, name: &str) -> Guest {
        Guest {
            id: GuestId(self.mint.mint(NOON)),
            values: GuestValues {
                name: name.into(),
                ..GuestValues::default()
            },
            line: None,
        }
    }

    /// Adds a guest by an edit of `actor`; gives back the edit.
    pub(crate) fn add(&mut self, actor: &str, guest: &Guest) -> EditId {
        let (guest, kind) = (guest.clone(), self.kind);
        self.edit(actor, "add guest", move |change| {
            change.insert_guest(&guest, Some(kind), None, NOON)
        })
    }

    /// Renames a guest by an edit of `actor`; gives back the edit.
    pub(crate) fn rename(&mut self, actor: &str, guest: &Guest, name: &str) -> EditId {
        let (mut guest, kind) = (guest.clone(), self.kind);
        guest.values.name = name.into();
        self.edit(actor, "rename guest", move |change| {
            change.update_guest(&guest, Some(kind), NOON + 1)
        })
    }

    pub(crate) fn edit(
        &mut self,
        actor: &str,
        command: &str,
        edit: impl FnOnce(&gatehouse_store::event::Change<'_>) -> Result<(), StoreError>
        + Send
        + 'static,
    ) -> EditId {
        let meta = self.meta(actor, command);
        let id = meta.id;
        self.file.edit(Lane::Edit, meta, edit).unwrap();
        id
    }

    /// Undoes an edit; gives back the undo's own line.
    pub(crate) fn undo(&mut self, edit: EditId) -> Result<EditId, StoreError> {
        let meta = self.meta("Office", "undo");
        let id = meta.id;
        self.file.undo(edit, meta).map(|()| id)
    }

    /// An invitation of one guest, not written yet.
    pub(crate) fn invitation_of(&mut self, guest: &Guest, n: u32) -> (Invitation, NewMember) {
        let invitation = Invitation {
            id: InvitationId(self.mint.mint(NOON)),
            number: format!("INV-{n:04}"),
            code: format!("CODE{n}"),
            kind: PartyKind::Single,
            label: guest.values.name.to_string(),
            batch: None,
            source: TicketSource::Invitation,
            message: String::new(),
            created_by: "test".into(),
            created_at: NOON,
        };
        let member = PartyMember {
            id: MemberId(self.mint.mint(NOON)),
            invitation: invitation.id,
            guest: None,
            position: 1,
            status: MemberStatus::Pending,
            seat: None,
            responded_at: None,
        };
        (invitation, NewMember::of(member, guest))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let guests = self.file.read(|view| view.guests()).unwrap();
        guests.iter().map(|g| g.values.name.to_string()).collect()
    }

    /// Commands of the audit, newest first.
    pub(crate) fn commands(&self) -> Vec<String> {
        let edits = self.file.read(|view| view.edits(u32::MAX)).unwrap();
        edits.into_iter().map(|edit| edit.meta.command).collect()
    }

    /// Every column of every row of a table, as SQLite holds them.
    pub(crate) fn rows(&self, table: &str) -> Vec<Vec<Value>> {
        let conn = Connection::open(self.file.path()).unwrap();
        let mut statement = conn
            .prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2"))
            .unwrap();
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| (0..columns).map(|n| row.get(n)).collect())
            .unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }
}

/// Ids that repeat on every run.
pub(crate) fn mint() -> IdMint {
    let mut state = 7_u8;
    IdMint::new(
        Route(0x0102_0304),
        Box::new(move |bytes: &mut [u8]| {
            for byte in bytes {
                state = state.wrapping_mul(13).wrapping_add(41);
                *byte = state;
            }
        }),
    )
}
