//! Rows for lists and exports: what people look at.

use gatehouse_domain::id::{GuestId, InvitationId, MemberId, TicketId};
use gatehouse_domain::invitation::{InvitationStatus, MemberStatus, PartyKind, invitation_status};
use gatehouse_domain::ticket::TicketStatus;
use rusqlite::{OptionalExtension, params};

use super::View;
use crate::error::StoreError;
use crate::row;

/// How far an event is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress {
    /// Guests on the list.
    pub guests: u64,
    /// Invitations made.
    pub invitations: u64,
    /// Good tickets.
    pub tickets: u64,
    /// Good tickets whose holder came in.
    pub admitted: u64,
    /// Tickets taken back.
    pub voided: u64,
}

/// A guest as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestRow {
    /// The guest's id.
    pub id: GuestId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Number of their invitation.
    pub invitation: Option<String>,
    /// Name of their ticket type.
    pub ticket_type: Option<String>,
    /// Number of their ticket, the newest where they hold one for each of several sessions.
    pub ticket: Option<u32>,
    /// Status of their ticket.
    pub status: Option<TicketStatus>,
    /// Seat.
    pub seat: Option<String>,
    /// When they came in, UTC ms.
    pub checked_in_at: Option<i64>,
    /// Their group.
    pub group: Option<String>,
    /// Their invitation.
    pub invitation_id: Option<InvitationId>,
    /// Their ticket.
    pub ticket_id: Option<TicketId>,
}

/// An invitation as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationRow {
    /// The invitation's id.
    pub id: InvitationId,
    /// Its number.
    pub number: String,
    /// What it is called.
    pub label: String,
    /// Why its members share it.
    pub kind: PartyKind,
    /// How many members it has.
    pub members: u32,
    /// Status derived from them.
    pub status: InvitationStatus,
}

/// A ticket with everything that an export tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// The ticket's id.
    pub id: TicketId,
    /// Its number.
    pub number: u32,
    /// Number of its invitation.
    pub invitation: String,
    /// Its invitation's id.
    pub invitation_id: InvitationId,
    /// The member who holds it.
    pub member: MemberId,
    /// What its invitation is called.
    pub party: String,
    /// The holder's name, or their host's.
    pub name: String,
    /// Whether the holder is a plus-one who is named later.
    pub unnamed: bool,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Company.
    pub company: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Name of its type.
    pub ticket_type: String,
    /// Seat.
    pub seat: Option<String>,
    /// Status.
    pub status: TicketStatus,
    /// The holder's answer and attendance.
    pub member_status: MemberStatus,
    /// Version of its credential.
    pub version: u32,
    /// The six times of its life line, UTC ms.
    pub life_line: [Option<i64>; 6],
    /// Name of the gate that first admitted it.
    pub gate: Option<String>,
}

impl View<'_> {
    /// How far the event is.
    pub fn progress(&self) -> Result<Progress, StoreError> {
        Ok(self.conn.query_row(
            "SELECT (SELECT count(*) FROM guests), (SELECT count(*) FROM invitations),
                    count(*) FILTER (WHERE status NOT IN ('voided', 'transferred')),
                    count(*) FILTER (WHERE status NOT IN ('voided', 'transferred')
                                     AND checked_in_at IS NOT NULL),
                    count(*) FILTER (WHERE status = 'voided')
             FROM tickets",
            [],
            |r| {
                let count = |column| r.get::<_, i64>(column).map(i64::unsigned_abs);
                Ok(Progress {
                    guests: count(0)?,
                    invitations: count(1)?,
                    tickets: count(2)?,
                    admitted: count(3)?,
                    voided: count(4)?,
                })
            },
        )?)
    }

    /// One guest as a list shows them.
    pub fn guest_row(&self, id: GuestId) -> Result<Option<GuestRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT g.id, g.name, g.email, g.company, i.number, y.name, t.number, t.status,
                    coalesce(m.seat, g.seat), t.checked_in_at, g.group_name, i.id, t.id
             FROM guests g
             LEFT JOIN party_members m ON m.guest = g.id
             LEFT JOIN invitations i ON i.id = m.invitation
             LEFT JOIN tickets t ON t.id = (
               SELECT id FROM tickets
               WHERE member = m.id AND status NOT IN ('voided', 'transferred')
               ORDER BY number DESC LIMIT 1)
             LEFT JOIN ticket_types y ON y.id = coalesce(t.ticket_type, g.ticket_type)
             WHERE g.id = ?1",
        )?;
        Ok(statement
            .query_row([id.as_bytes()], |r| {
                Ok(GuestRow {
                    id: row::id(r, 0)?,
                    name: r.get(1)?,
                    email: r.get(2)?,
                    company: r.get(3)?,
                    invitation: r.get(4)?,
                    ticket_type: r.get(5)?,
                    ticket: r.get(6)?,
                    status: match r.get_ref(7)? {
                        rusqlite::types::ValueRef::Null => None,
                        _ => Some(row::word(r, 7)?),
                    },
                    seat: r.get(8)?,
                    checked_in_at: r.get(9)?,
                    group: r.get(10)?,
                    invitation_id: row::optional_id(r, 11)?,
                    ticket_id: row::optional_id(r, 12)?,
                })
            })
            .optional()?)
    }

    /// Invitations after `after` whose number or label holds `text`, with the status that follows
    /// from their members.
    pub fn invitation_rows(
        &self,
        text: &str,
        after: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<InvitationRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.id, i.number, i.label, i.kind, group_concat(
               CASE WHEN EXISTS (SELECT 1 FROM tickets t
                                 WHERE t.invitation = i.id AND t.member = m.id
                                   AND t.checked_in_at IS NOT NULL)
                    THEN 'attended' ELSE m.status END)
             FROM invitations i JOIN party_members m ON m.invitation = i.id
             WHERE i.id > ?1
               AND (?3 = '' OR instr(lower(i.number), ?3) OR instr(lower(i.label), ?3))
             GROUP BY i.id ORDER BY i.id LIMIT ?2",
        )?;
        let start = after.map_or([0; 16], |id| *id.as_bytes());
        let rows = statement.query_map(params![start, limit, text.to_lowercase()], |r| {
            let words: String = r.get(4)?;
            let members: Vec<MemberStatus> = words
                .split(',')
                .filter_map(|word| word.parse().ok())
                .collect();
            Ok(InvitationRow {
                id: row::id(r, 0)?,
                number: r.get(1)?,
                label: r.get(2)?,
                kind: row::word(r, 3)?,
                members: members.len() as u32,
                status: invitation_status(&members),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Tickets by number after `after`, at most `limit`, with their life lines.
    pub fn ticket_rows(&self, after: u32, limit: u32) -> Result<Vec<TicketRow>, StoreError> {
        self.find_ticket_rows("", None, after, limit)
    }

    /// As [`Self::ticket_rows`], of those whose holder, party, invitation or number holds `text`,
    /// and of one status where one is given.
    pub fn find_ticket_rows(
        &self,
        text: &str,
        status: Option<TicketStatus>,
        after: u32,
        limit: u32,
    ) -> Result<Vec<TicketRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT t.id, t.number, i.number, i.label, coalesce(g.name, h.name, i.label),
                    t.guest IS NULL, g.email, g.phone, g.company, g.title, y.name, m.seat,
                    t.status,
                    CASE WHEN t.checked_in_at IS NULL THEN m.status ELSE 'attended' END, t.version,
                    t.created_at, t.rendered_at, t.emailed_at, t.downloaded_at, t.opened_at,
                    t.checked_in_at,
                    (SELECT d.name FROM admissions a JOIN scans s ON s.nonce = a.nonce
                     JOIN devices d ON d.id = s.device WHERE a.ticket = t.id LIMIT 1),
                    t.invitation, t.member
             FROM tickets t
             JOIN party_members m ON m.id = t.member
             JOIN invitations i ON i.id = t.invitation
             JOIN ticket_types y ON y.id = t.ticket_type
             LEFT JOIN guests g ON g.id = t.guest
             LEFT JOIN guests h ON h.id = m.host
             WHERE t.number > ?1 AND (?4 IS NULL OR t.status = ?4)
               AND (?3 = '' OR instr(lower(coalesce(g.name, h.name, i.label)), ?3)
                    OR instr(lower(i.label), ?3) OR instr(lower(i.number), ?3)
                    OR t.number = CAST(ltrim(?3, '#') AS INTEGER))
             ORDER BY t.number LIMIT ?2",
        )?;
        let text = text.to_lowercase();
        let status = status.map(TicketStatus::word);
        let rows = statement.query_map(params![after, limit, text, status], |r| {
            let mut life_line = [None; 6];
            for (step, time) in life_line.iter_mut().enumerate() {
                *time = r.get(15 + step)?;
            }
            Ok(TicketRow {
                id: row::id(r, 0)?,
                number: r.get(1)?,
                invitation: r.get(2)?,
                party: r.get(3)?,
                name: r.get(4)?,
                unnamed: r.get(5)?,
                email: r.get(6)?,
                phone: r.get(7)?,
                company: r.get(8)?,
                title: r.get(9)?,
                ticket_type: r.get(10)?,
                seat: r.get(11)?,
                status: row::word(r, 12)?,
                member_status: row::word(r, 13)?,
                version: r.get(14)?,
                life_line,
                gate: r.get(21)?,
                invitation_id: row::id(r, 22)?,
                member: row::id(r, 23)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
