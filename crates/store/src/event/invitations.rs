//! Invitations and their party members.

use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{BatchId, GuestId, InvitationId, MemberId, TicketId};
use gatehouse_domain::invitation::{Invitation, PartyMember};
use gatehouse_domain::ticket::TicketStatus;
use rusqlite::{OptionalExtension, Row, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// A party member to be added, with the guest whose plus-one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMember {
    /// The member.
    pub member: PartyMember,
    /// The guest who brings them, for one who is named later.
    pub host: Option<GuestId>,
}

impl NewMember {
    /// A member who is a guest on the list.
    #[must_use]
    pub fn of(member: PartyMember, guest: &Guest) -> Self {
        Self {
            member: PartyMember {
                guest: Some(guest.id),
                ..member
            },
            host: None,
        }
    }
}

/// A ticket in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketBrief {
    /// The ticket's id.
    pub id: TicketId,
    /// Its number.
    pub number: u32,
    /// Its status.
    pub status: TicketStatus,
    /// When its holder came in, UTC ms.
    pub checked_in_at: Option<i64>,
    /// Version of its credential.
    pub version: u32,
}

/// A party member with their guest and their newest ticket, good ones first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The member.
    pub member: PartyMember,
    /// The guest's name, or their host's for one who is named later.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Their language, or their host's for one who is named later, as a tag of BCP 47.
    pub language: Option<String>,
    /// Name of their ticket type.
    pub ticket_type: Option<String>,
    /// Their ticket.
    pub ticket: Option<TicketBrief>,
}

const INVITATION: &str = "SELECT id, number, code, kind, label, batch, source, message, \
                          created_by, created_at FROM invitations";

fn invitation(r: &Row<'_>) -> rusqlite::Result<Invitation> {
    Ok(Invitation {
        id: row::id(r, 0)?,
        number: r.get(1)?,
        code: r.get(2)?,
        kind: row::word(r, 3)?,
        label: r.get(4)?,
        batch: row::optional_id(r, 5)?,
        source: row::word(r, 6)?,
        message: r.get(7)?,
        created_by: r.get(8)?,
        created_at: r.get(9)?,
    })
}

fn member(r: &Row<'_>) -> rusqlite::Result<PartyMember> {
    Ok(PartyMember {
        id: row::id(r, 0)?,
        invitation: row::id(r, 1)?,
        guest: row::optional_id(r, 2)?,
        position: r.get(3)?,
        status: row::word(r, 4)?,
        seat: r.get(5)?,
        responded_at: r.get(6)?,
    })
}

impl View<'_> {
    /// All invitations, in the order in which they were made.
    pub fn invitations(&self) -> Result<Vec<Invitation>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{INVITATION} ORDER BY id"))?;
        let rows = statement.query_map([], invitation)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One invitation.
    pub fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{INVITATION} WHERE id = ?1"))?
            .query_row([id.as_bytes()], invitation)
            .optional()?)
    }

    /// The invitation with the code of its link.
    pub fn invitation_by_code(&self, code: &str) -> Result<Option<Invitation>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{INVITATION} WHERE code = ?1"))?
            .query_row([code], invitation)
            .optional()?)
    }

    /// The first invitation that was made.
    pub fn first_invitation(&self) -> Result<Option<InvitationId>, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT id FROM invitations ORDER BY id LIMIT 1", [], |r| {
                row::id(r, 0)
            })
            .optional()?)
    }

    /// Official invitations, newest first.
    pub fn official_invitations(&self) -> Result<Vec<Invitation>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{INVITATION} WHERE source = 'official_invitation' ORDER BY created_at DESC, id DESC"
        ))?;
        let rows = statement.query_map([], invitation)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The invitations of a batch.
    pub fn invitations_of_batch(&self, batch: BatchId) -> Result<Vec<Invitation>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{INVITATION} WHERE batch = ?1 ORDER BY id"))?;
        let rows = statement.query_map([batch.as_bytes()], invitation)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The members of an invitation with their guests and tickets, in their order.
    pub fn member_rows(&self, invitation: InvitationId) -> Result<Vec<MemberRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT m.id, m.invitation, m.guest, m.position, m.status, m.seat, m.responded_at,
                    coalesce(g.name, h.name, ''), g.email, g.phone, y.name,
                    t.id, t.number, t.status, t.checked_in_at, t.version,
                    coalesce(g.language, h.language)
             FROM party_members m
             LEFT JOIN guests g ON g.id = m.guest
             LEFT JOIN guests h ON h.id = m.host
             LEFT JOIN tickets t ON t.id = (
               SELECT id FROM tickets WHERE invitation = m.invitation AND member = m.id
               ORDER BY status IN ('voided', 'transferred'), number DESC LIMIT 1)
             LEFT JOIN ticket_types y ON y.id = coalesce(t.ticket_type, g.ticket_type)
             WHERE m.invitation = ?1 ORDER BY m.position",
        )?;
        let rows = statement.query_map([invitation.as_bytes()], |r| {
            let ticket = match row::optional_id(r, 11)? {
                None => None,
                Some(id) => Some(TicketBrief {
                    id,
                    number: r.get(12)?,
                    status: row::word(r, 13)?,
                    checked_in_at: r.get(14)?,
                    version: r.get(15)?,
                }),
            };
            Ok(MemberRow {
                member: member(r)?,
                name: r.get(7)?,
                email: r.get(8)?,
                phone: r.get(9)?,
                language: r.get(16)?,
                ticket_type: r.get(10)?,
                ticket,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One party member.
    pub fn member(&self, id: MemberId) -> Result<Option<PartyMember>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT id, invitation, guest, position, status, seat, responded_at
                 FROM party_members WHERE id = ?1",
            )?
            .query_row([id.as_bytes()], member)
            .optional()?)
    }

    /// The members of an invitation, in their order.
    pub fn members(&self, invitation: InvitationId) -> Result<Vec<PartyMember>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, invitation, guest, position, status, seat, responded_at
             FROM party_members WHERE invitation = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([invitation.as_bytes()], member)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many invitations there are; the next sequential number follows it.
    pub fn count_invitations(&self) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT count(*) FROM invitations", [], |r| r.get(0))?)
    }

    /// How many invitations a batch has.
    pub fn count_invitations_of_batch(&self, batch: BatchId) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM invitations WHERE batch = ?1")?
            .query_row([batch.as_bytes()], |r| r.get(0))?)
    }

    /// The number of an invitation.
    pub fn invitation_number(&self, id: InvitationId) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT number FROM invitations WHERE id = ?1")?
            .query_row([id.as_bytes()], |r| r.get(0))
            .optional()?)
    }

    /// Whether an invitation has this number.
    pub fn has_invitation_number(&self, number: &str) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM invitations WHERE number = ?1)")?
            .query_row([number], |r| r.get(0))?)
    }
}

impl Change<'_> {
    /// Adds an invitation.
    pub fn insert_invitation(&self, invitation: &Invitation) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO invitations (id, number, code, kind, label, batch, source, message,
                                          created_by, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                invitation.id.as_bytes(),
                invitation.number,
                invitation.code,
                invitation.kind.word(),
                invitation.label,
                invitation.batch.as_ref().map(|id| id.as_bytes()),
                invitation.source.word(),
                invitation.message,
                invitation.created_by,
                invitation.created_at,
            ])?;
        Ok(())
    }

    /// Adds a party member.
    pub fn insert_member(&self, new: &NewMember) -> Result<(), StoreError> {
        let member = &new.member;
        self.conn
            .prepare_cached(
                "INSERT INTO party_members (id, invitation, guest, position, status, seat, host)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                member.id.as_bytes(),
                member.invitation.as_bytes(),
                member.guest.as_ref().map(|id| id.as_bytes()),
                member.position,
                member.status.word(),
                member.seat,
                new.host.as_ref().map(|id| id.as_bytes()),
            ])?;
        Ok(())
    }

    /// Writes a member's guest, answer and seat anew.
    pub fn update_member(&self, member: &PartyMember) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE party_members SET guest = ?2, status = ?3, seat = ?4, responded_at = ?5
                 WHERE id = ?1",
            )?
            .execute(params![
                member.id.as_bytes(),
                member.guest.as_ref().map(|id| id.as_bytes()),
                member.status.word(),
                member.seat,
                member.responded_at,
            ])?;
        Ok(())
    }

    /// Takes back every good ticket of an invitation at `at` (UTC ms); says how many.
    pub fn void_tickets_of_invitation(
        &self,
        invitation: InvitationId,
        at: i64,
        reason: &str,
    ) -> Result<u32, StoreError> {
        let voided = self
            .conn
            .prepare_cached(
                "UPDATE tickets SET status = 'voided', voided_at = ?2, void_reason = ?3
                 WHERE invitation = ?1 AND status NOT IN ('voided', 'transferred')",
            )?
            .execute(params![invitation.as_bytes(), at, reason])?;
        Ok(voided as u32)
    }
}
