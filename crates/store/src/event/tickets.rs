//! Tickets: their facts at a gate, their codes on paper, and what is done to them.

use std::collections::HashSet;

use gatehouse_domain::id::{InvitationId, MemberId, TicketId, TicketTypeId};
use gatehouse_domain::ticket::{Ticket, TicketStatus};
use rusqlite::{OptionalExtension, Row, ToSql, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// One ticket as it goes onto paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintRow {
    /// The ticket's id.
    pub id: TicketId,
    /// Its number in the event.
    pub number: u32,
    /// Number of its invitation.
    pub invitation: String,
    /// What its invitation is called.
    pub label: String,
    /// The holder's name, or their host's.
    pub name: String,
    /// Whether the holder is a plus-one who is named later.
    pub unnamed: bool,
    /// The holder's company.
    pub company: Option<String>,
    /// Its type.
    pub ticket_type: TicketTypeId,
    /// Seat, when assigned.
    pub seat: Option<String>,
    /// The credential that is good now, packed.
    pub packed: Vec<u8>,
}

/// From which ticket a holder took theirs over, and to which they gave it on; each by its id and
/// number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TicketHands {
    /// The ticket before.
    pub taken_over: Option<(TicketId, u32)>,
    /// The ticket after.
    pub given_on: Option<(TicketId, u32)>,
}

const TICKET: &str = "SELECT id, number, invitation, member, guest, ticket_type, status, source, \
                      version, created_at, rendered_at, checked_in_at FROM tickets";

fn ticket(r: &Row<'_>) -> rusqlite::Result<Ticket> {
    Ok(Ticket {
        id: row::id(r, 0)?,
        number: r.get(1)?,
        invitation: row::id(r, 2)?,
        member: row::id(r, 3)?,
        guest: row::optional_id(r, 4)?,
        ticket_type: row::id(r, 5)?,
        status: row::word(r, 6)?,
        source: row::word(r, 7)?,
        version: r.get(8)?,
        created_at: r.get(9)?,
        rendered_at: r.get(10)?,
        checked_in_at: r.get(11)?,
    })
}

const TO_PRINT: &str = "SELECT t.id, t.number, i.number, i.label, \
                        coalesce(g.name, h.name, i.label), t.guest IS NULL, g.company, \
                        t.ticket_type, m.seat, c.packed \
                        FROM tickets t \
                        JOIN credentials c ON c.ticket = t.id AND c.version = t.version \
                        JOIN party_members m ON m.id = t.member \
                        JOIN invitations i ON i.id = t.invitation \
                        LEFT JOIN guests g ON g.id = t.guest \
                        LEFT JOIN guests h ON h.id = m.host \
                        WHERE t.status = 'active'";

fn print_row(r: &Row<'_>) -> rusqlite::Result<PrintRow> {
    Ok(PrintRow {
        id: row::id(r, 0)?,
        number: r.get(1)?,
        invitation: r.get(2)?,
        label: r.get(3)?,
        name: r.get(4)?,
        unnamed: r.get(5)?,
        company: r.get(6)?,
        ticket_type: row::id(r, 7)?,
        seat: r.get(8)?,
        packed: r.get(9)?,
    })
}

impl View<'_> {
    /// One ticket.
    pub fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, StoreError> {
        self.find_ticket("id = ?1", id.as_bytes())
    }

    /// The ticket with this number.
    pub fn ticket_by_number(&self, number: u32) -> Result<Option<Ticket>, StoreError> {
        self.find_ticket("number = ?1", &number)
    }

    fn find_ticket(&self, which: &str, key: &dyn ToSql) -> Result<Option<Ticket>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{TICKET} WHERE {which}"))?
            .query_row([key], ticket)
            .optional()?)
    }

    /// The ticket with the highest number.
    pub fn last_ticket(&self) -> Result<Option<Ticket>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{TICKET} ORDER BY number DESC LIMIT 1"))?
            .query_row([], ticket)
            .optional()?)
    }

    /// The tickets whose holder has come in.
    pub fn tickets_checked_in(&self) -> Result<HashSet<TicketId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id FROM tickets WHERE checked_in_at IS NOT NULL")?;
        let rows = statement.query_map([], |r| row::id(r, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The ticket that this one was issued in place of, and the one that was issued in its place.
    pub fn ticket_hands(&self, id: TicketId) -> Result<TicketHands, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT 0, o.id, o.number FROM tickets t JOIN tickets o ON o.id = t.replaces
             WHERE t.id = ?1
             UNION ALL SELECT 1, id, number FROM tickets WHERE replaces = ?1",
        )?;
        let mut rows = statement.query([id.as_bytes()])?;
        let mut hands = TicketHands::default();
        while let Some(r) = rows.next()? {
            let other = (row::id(r, 1)?, r.get(2)?);
            if r.get::<_, bool>(0)? {
                hands.given_on = Some(other);
            } else {
                hands.taken_over = Some(other);
            }
        }
        Ok(hands)
    }

    /// Good tickets as they go onto paper, by number after `after`, at most `limit`.
    pub fn tickets_to_print(&self, after: u32, limit: u32) -> Result<Vec<PrintRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{TO_PRINT} AND t.number > ?1 ORDER BY t.number LIMIT ?2"
        ))?;
        let rows = statement.query_map([after, limit], print_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An invitation's good tickets as they go onto paper, by number.
    pub fn tickets_to_print_of(
        &self,
        invitation: InvitationId,
    ) -> Result<Vec<PrintRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{TO_PRINT} AND t.invitation = ?1 ORDER BY t.number"
        ))?;
        let rows = statement.query_map([invitation.as_bytes()], print_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many tickets may be printed.
    pub fn count_tickets_to_print(&self) -> Result<u32, StoreError> {
        Ok(self.conn.query_row(
            "SELECT count(*) FROM tickets WHERE status = 'active'",
            [],
            |r| r.get(0),
        )?)
    }

    /// A version of a ticket's credential, packed.
    pub fn credential(
        &self,
        ticket: TicketId,
        version: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT packed FROM credentials WHERE ticket = ?1 AND version = ?2")?
            .query_row(params![ticket.as_bytes(), version], |r| r.get(0))
            .optional()?)
    }
}

impl Change<'_> {
    /// Takes a ticket back at `at` (UTC ms); the caller has asked `Ticket::check_void`.
    pub fn void_ticket(
        &self,
        id: TicketId,
        at: i64,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE tickets SET status = 'voided', voided_at = ?2, void_reason = ?3
             WHERE id = ?1 AND status <> 'voided'",
            params![id.as_bytes(), at, reason],
        )?;
        Ok(())
    }

    /// Gives a ticket that is good, or held back, another status; the caller has asked
    /// `Ticket::check_hold` or `Ticket::check_release`.
    pub fn set_ticket_status(&self, id: TicketId, status: TicketStatus) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE tickets SET status = ?2 WHERE id = ?1",
            params![id.as_bytes(), status.word()],
        )?;
        Ok(())
    }

    /// Takes back every good ticket of a type at `at` (UTC ms); says how many.
    pub fn void_tickets_of_type(
        &self,
        ticket_type: TicketTypeId,
        at: i64,
        reason: &str,
    ) -> Result<u32, StoreError> {
        let voided = self
            .conn
            .prepare_cached(
                "UPDATE tickets SET status = 'voided', voided_at = ?2, void_reason = ?3
                 WHERE ticket_type = ?1 AND status NOT IN ('voided', 'transferred')",
            )?
            .execute(params![ticket_type.as_bytes(), at, reason])?;
        Ok(voided as u32)
    }

    /// Gives a good ticket away: it enters no more, and `to`, which is kept already, stands in its
    /// place. The caller has asked `Ticket::check_transfer`.
    pub fn give_ticket_away(&self, id: TicketId, to: TicketId) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE tickets SET status = 'transferred' WHERE id = ?1",
            [id.as_bytes()],
        )?;
        self.conn.execute(
            "UPDATE tickets SET replaces = ?2 WHERE id = ?1",
            params![to.as_bytes(), id.as_bytes()],
        )?;
        Ok(())
    }

    /// Whether a member holds a good ticket.
    pub fn member_holds_ticket(&self, id: MemberId) -> Result<bool, StoreError> {
        Ok(self.conn.query_row(
            "SELECT EXISTS (SELECT 1 FROM tickets
             WHERE member = ?1 AND status NOT IN ('voided', 'transferred'))",
            [id.as_bytes()],
            |r| r.get(0),
        )?)
    }

    /// Raises a ticket's version and keeps its new credential, which kills every older one.
    pub fn replace_credential(
        &self,
        id: TicketId,
        version: u32,
        signing_key: [u8; 8],
        packed: &[u8],
        at: i64,
    ) -> Result<(), StoreError> {
        self.insert_credential(id, version, signing_key, packed, at)?;
        self.conn.execute(
            "UPDATE tickets SET version = ?2, rendered_at = NULL WHERE id = ?1 AND version < ?2",
            params![id.as_bytes(), version],
        )?;
        Ok(())
    }

    /// Marks the good tickets numbered from `first` to `last` as rendered at `at` (UTC ms).
    pub fn mark_rendered(&self, first: u32, last: u32, at: i64) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE tickets SET rendered_at = ?3
             WHERE number BETWEEN ?1 AND ?2 AND rendered_at IS NULL AND status = 'active'",
            params![first, last, at],
        )?;
        Ok(())
    }
}
