//! Invitations and their party members.

use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{GuestId, InvitationId};
use gatehouse_domain::invitation::{Invitation, PartyMember};
use rusqlite::{OptionalExtension, params};

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

impl View<'_> {
    /// All invitations, in the order in which they were made.
    pub fn invitations(&self) -> Result<Vec<Invitation>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, number, code, kind, label, batch, created_at FROM invitations ORDER BY id",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(Invitation {
                id: row::id(r, 0)?,
                number: r.get(1)?,
                code: r.get(2)?,
                kind: row::word(r, 3)?,
                label: r.get(4)?,
                batch: row::optional_id(r, 5)?,
                created_at: r.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The members of an invitation, in their order.
    pub fn members(&self, invitation: InvitationId) -> Result<Vec<PartyMember>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, invitation, guest, position, status, seat FROM party_members
             WHERE invitation = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([invitation.as_bytes()], |r| {
            Ok(PartyMember {
                id: row::id(r, 0)?,
                invitation: row::id(r, 1)?,
                guest: row::optional_id(r, 2)?,
                position: r.get(3)?,
                status: row::word(r, 4)?,
                seat: r.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many invitations there are; the next sequential number follows it.
    pub fn count_invitations(&self) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT count(*) FROM invitations", [], |r| r.get(0))?)
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
                "INSERT INTO invitations (id, number, code, kind, label, batch, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                invitation.id.as_bytes(),
                invitation.number,
                invitation.code,
                invitation.kind.word(),
                invitation.label,
                invitation.batch.as_ref().map(|id| id.as_bytes()),
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
}
