//! Tickets as a door sees them.

use gatehouse_domain::entry_rule::HolderFacts;
use gatehouse_domain::id::{TicketId, TicketTypeId};
use gatehouse_domain::ticket::TicketStatus;
use rusqlite::{OptionalExtension, Row, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// What a gate needs to know of a ticket, and what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorTicket {
    /// The ticket's id.
    pub id: TicketId,
    /// Its number in the event.
    pub number: u32,
    /// Whether it may enter.
    pub status: TicketStatus,
    /// Version of the credential that is good now.
    pub version: u32,
    /// Its type.
    pub ticket_type: TicketTypeId,
    /// The holder: of a plus-one who is named later, their host.
    pub holder: HolderFacts,
    /// Whether the holder is a plus-one who is named later.
    pub unnamed: bool,
    /// Seat, when assigned.
    pub seat: Option<String>,
    /// Number of its invitation.
    pub invitation: String,
    /// What its invitation is called.
    pub party: String,
}

/// By what a person at a door looks for tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorTicketKey<'a> {
    /// Its number.
    Number(u32),
    /// The number of its invitation; its good tickets.
    Invitation(&'a str),
    /// Some of its id's hex digits, in capitals; those that all ids of the event begin with tell
    /// nothing alone.
    IdHolds(&'a str),
}

/// The columns of the header that gates show staff, folded.
const NOTES: [&str; 2] = ["door note", "gate note"];

impl DoorTicket {
    /// What staff are told of the holder: the list's column “Door note”.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.holder
            .custom
            .iter()
            .find(|(header, value)| {
                !value.trim().is_empty()
                    && NOTES
                        .iter()
                        .any(|note| header.trim().eq_ignore_ascii_case(note))
            })
            .map(|(_, value)| value.as_str())
    }

    /// The holder's name as people say it; a plus-one's is their host's with `+1`.
    #[must_use]
    pub fn shown_name(&self) -> String {
        if self.unnamed {
            format!("{} +1", self.holder.name)
        } else {
            self.holder.name.clone()
        }
    }
}

const DOOR_TICKET: &str = "SELECT id, number, status, version, ticket_type, name, unnamed, seat, \
                           invitation, party, company, title, group_name, language, custom \
                           FROM door_tickets";

fn door_ticket(r: &Row<'_>) -> rusqlite::Result<DoorTicket> {
    Ok(DoorTicket {
        id: row::id(r, 0)?,
        number: r.get(1)?,
        status: row::word(r, 2)?,
        version: r.get(3)?,
        ticket_type: row::id(r, 4)?,
        holder: HolderFacts {
            name: r.get(5)?,
            company: r.get(10)?,
            title: r.get(11)?,
            group: r.get(12)?,
            language: r.get(13)?,
            custom: row::optional_json(r, 14)?.unwrap_or_default(),
        },
        unnamed: r.get(6)?,
        seat: r.get(7)?,
        invitation: r.get(8)?,
        party: r.get(9)?,
    })
}

impl View<'_> {
    /// What a gate needs to know of a ticket.
    pub fn door_ticket(&self, id: TicketId) -> Result<Option<DoorTicket>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{DOOR_TICKET} WHERE id = ?1"))?
            .query_row([id.as_bytes()], door_ticket)
            .optional()?)
    }

    /// Whether a gate knows of a ticket.
    pub fn has_door_ticket(&self, id: TicketId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM door_tickets WHERE id = ?1)")?
            .query_row([id.as_bytes()], |r| r.get(0))?)
    }

    /// Tickets that a key names, by number, as many as `limit`.
    pub fn door_tickets(
        &self,
        key: DoorTicketKey<'_>,
        limit: u32,
    ) -> Result<Vec<DoorTicket>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{DOOR_TICKET} WHERE {} ORDER BY number LIMIT ?2",
            match key {
                DoorTicketKey::Number(_) => "number = ?1",
                // Said as the index of good tickets says it, so that it is used.
                DoorTicketKey::Invitation(_) => {
                    "invitation = ?1 AND status NOT IN ('voided', 'transferred')"
                }
                DoorTicketKey::IdHolds(_) => {
                    "instr(substr(hex(id), 9), ?1) > 0
                     OR (length(?1) > 8 AND instr(hex(id), ?1) > 0)"
                }
            }
        ))?;
        let rows = match key {
            DoorTicketKey::Number(number) => {
                statement.query_map(params![number, limit], door_ticket)?
            }
            DoorTicketKey::Invitation(number) => {
                statement.query_map(params![number, limit], door_ticket)?
            }
            DoorTicketKey::IdHolds(digits) => {
                statement.query_map(params![digits, limit], door_ticket)?
            }
        };
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every ticket, by number, handed to `take` one by one.
    pub fn each_door_ticket<E: From<StoreError>>(
        &self,
        mut take: impl FnMut(DoorTicket) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("{DOOR_TICKET} ORDER BY number");
        let mut statement = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(r) = rows.next().map_err(StoreError::from)? {
            take(door_ticket(r).map_err(StoreError::from)?)?;
        }
        Ok(())
    }
}

/// Where the supervisor's PIN is kept: not among what an undo brings back.
const PIN: &str = "door_pin";

impl View<'_> {
    /// Argon2id of the supervisor's PIN, where there is one.
    pub fn door_pin(&self) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT value FROM file_info WHERE key = ?1")?
            .query_row([PIN], |r| r.get(0))
            .optional()?)
    }
}

impl Change<'_> {
    /// Sets or removes the supervisor's PIN, given as its Argon2id.
    pub fn set_door_pin(&self, hash: Option<&str>) -> Result<(), StoreError> {
        match hash {
            Some(hash) => self.conn.execute(
                "INSERT INTO file_info (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                [PIN, hash],
            )?,
            None => self
                .conn
                .execute("DELETE FROM file_info WHERE key = ?1", [PIN])?,
        };
        Ok(())
    }
}

/// A ticket as it travels to gates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterTicket {
    /// What a door reads of it.
    pub ticket: DoorTicket,
    /// When its holder first came in, UTC ms.
    pub used_at: Option<i64>,
}

impl View<'_> {
    /// Every ticket as it travels to gates, by number. Company, title, group and further columns go
    /// along only `with_facts`, where rules ask for them, and the company alone `with_company`,
    /// where badges show it; the door's note always does.
    pub fn roster_tickets(
        &self,
        with_facts: bool,
        with_company: bool,
    ) -> Result<Vec<RosterTicket>, StoreError> {
        let mut statement = self.conn.prepare(&format!(
            "SELECT d.*, t.checked_in_at FROM ({DOOR_TICKET}) d JOIN tickets t ON t.id = d.id
             ORDER BY d.number"
        ))?;
        let rows = statement.query_map([], |r| {
            let mut ticket = door_ticket(r)?;
            if !with_facts {
                let note = ticket
                    .note()
                    .map(|note| (NOTES[0].to_owned(), note.to_owned()));
                ticket.holder = HolderFacts {
                    name: ticket.holder.name,
                    language: ticket.holder.language,
                    company: ticket.holder.company.filter(|_| with_company),
                    custom: note.into_iter().collect(),
                    ..HolderFacts::default()
                };
            }
            Ok(RosterTicket {
                ticket,
                used_at: r.get(15)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
