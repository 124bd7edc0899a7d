//! Issuing: which members still lack a ticket, and the tickets that they get.

use std::collections::HashMap;

use gatehouse_domain::id::{GuestId, InvitationId, MemberId, SessionId, TicketId, TicketTypeId};
use gatehouse_domain::ticket::{TicketSource, TicketStatus};
use rusqlite::params;

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// A member who lacks a ticket, with what a credential may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketWanted {
    /// The member.
    pub member: MemberId,
    /// Their invitation.
    pub invitation: InvitationId,
    /// The guest; none for a plus-one who is named later.
    pub guest: Option<GuestId>,
    /// Their name, or their host's for an unnamed plus-one.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Type given on the list.
    pub ticket_type: Option<TicketTypeId>,
    /// Seat, when assigned.
    pub seat: Option<String>,
}

/// A signed ticket to be kept; its number is given as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedTicket {
    /// The ticket's id.
    pub id: TicketId,
    /// The member who gets it.
    pub member: MemberId,
    /// Their invitation.
    pub invitation: InvitationId,
    /// The guest.
    pub guest: Option<GuestId>,
    /// Its type.
    pub ticket_type: TicketTypeId,
    /// The session that it is bound to.
    pub session: Option<SessionId>,
    /// The key that signed it.
    pub signing_key: [u8; 8],
    /// The credential, packed.
    pub packed: Vec<u8>,
}

impl View<'_> {
    /// Members, save those of cancelled batches, who lack a good ticket for the whole event and,
    /// where one is given, for that session, in the order of their invitations. Those whose ticket
    /// was taken back are among them only when `again`.
    pub fn members_without_ticket(
        &self,
        session: Option<SessionId>,
        again: bool,
    ) -> Result<Vec<TicketWanted>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT m.id, m.invitation, m.guest, coalesce(g.name, h.name, i.label), g.email,
                    coalesce(g.ticket_type, h.ticket_type), m.seat
             FROM party_members m
             JOIN invitations i ON i.id = m.invitation
             LEFT JOIN guests g ON g.id = m.guest
             LEFT JOIN guests h ON h.id = m.host
             WHERE NOT EXISTS (
               SELECT 1 FROM tickets t
               WHERE t.member = m.id AND t.status NOT IN ('voided', 'transferred')
                 AND (t.session IS NULL OR t.session = ?1))
             AND (?2 OR NOT EXISTS (
               SELECT 1 FROM tickets t
               WHERE t.invitation = m.invitation AND t.member = m.id AND t.status = 'voided'
                 AND (t.session IS NULL OR t.session = ?1)))
             AND m.status <> 'declined'
             AND NOT EXISTS (
               SELECT 1 FROM batches b WHERE b.id = i.batch AND b.status = 'cancelled')
             ORDER BY m.invitation, m.position",
        )?;
        let session = session.as_ref().map(|id| id.as_bytes());
        let rows = statement.query_map(params![session, again], |r| {
            Ok(TicketWanted {
                member: row::id(r, 0)?,
                invitation: row::id(r, 1)?,
                guest: row::optional_id(r, 2)?,
                name: r.get(3)?,
                email: r.get(4)?,
                ticket_type: row::optional_id(r, 5)?,
                seat: r.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many tickets of each session's own types were issued ever, void ones included.
    pub fn count_tickets_by_session(&self) -> Result<HashMap<SessionId, u32>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT y.session, count(*) FROM tickets t JOIN ticket_types y ON y.id = t.ticket_type
             WHERE y.session IS NOT NULL GROUP BY y.session",
        )?;
        let rows = statement.query_map([], |r| Ok((row::id(r, 0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many good tickets there are.
    pub fn count_good_tickets(&self) -> Result<u32, StoreError> {
        Ok(self.conn.query_row(
            "SELECT count(*) FROM tickets WHERE status NOT IN ('voided', 'transferred')",
            [],
            |r| r.get(0),
        )?)
    }

    /// How many tickets were issued ever, void ones included.
    pub fn count_tickets_ever(&self) -> Result<u64, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT count(*) FROM tickets", [], |r| r.get::<_, i64>(0))?
            .unsigned_abs())
    }

    /// How many good tickets each type has.
    pub fn count_tickets_by_type(&self) -> Result<HashMap<TicketTypeId, u32>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT ticket_type, count(*) FROM tickets
             WHERE status NOT IN ('voided', 'transferred') GROUP BY ticket_type",
        )?;
        let rows = statement.query_map([], |r| Ok((row::id(r, 0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Keeps signed tickets, numbered on from the last; version 1 each.
    ///
    /// A member who has a good ticket already is a constraint error, and nothing is kept.
    pub fn insert_issued(
        &self,
        tickets: &[IssuedTicket],
        source: TicketSource,
        at: i64,
    ) -> Result<(), StoreError> {
        let mut number: i64 =
            self.conn
                .query_row("SELECT coalesce(max(number), 0) FROM tickets", [], |r| {
                    r.get(0)
                })?;
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO tickets (id, number, invitation, member, guest, ticket_type, status,
                                  source, version, created_at, session)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?10)",
        )?;
        for ticket in tickets {
            number += 1;
            insert.execute(params![
                ticket.id.as_bytes(),
                number,
                ticket.invitation.as_bytes(),
                ticket.member.as_bytes(),
                ticket.guest.as_ref().map(|id| id.as_bytes()),
                ticket.ticket_type.as_bytes(),
                TicketStatus::Active.word(),
                source.word(),
                at,
                ticket.session.as_ref().map(|id| id.as_bytes()),
            ])?;
            self.insert_credential(ticket.id, 1, ticket.signing_key, &ticket.packed, at)?;
        }
        Ok(())
    }

    /// Keeps a version of a ticket's credential.
    pub fn insert_credential(
        &self,
        ticket: TicketId,
        version: u32,
        signing_key: [u8; 8],
        packed: &[u8],
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO credentials (ticket, version, signing_key, packed, issued_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![ticket.as_bytes(), version, signing_key, packed, at])?;
        Ok(())
    }
}
