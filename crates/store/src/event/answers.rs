//! What guests answered on their page, what they fetched there, and when they looked.

use std::collections::HashMap;

use gatehouse_domain::answer::PartyReply;
use gatehouse_domain::id::{DownloadId, GuestId, InvitationId, MemberId, TicketId};
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// What a member answered besides yes or no.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnsweredBy {
    /// What they eat or must not.
    pub dietary: String,
    /// Answers by question.
    pub answers: Vec<(u16, String)>,
    /// When they answered last, UTC ms.
    pub at: i64,
}

/// A file that a guest fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadRow {
    /// Id of the download.
    pub id: DownloadId,
    /// When, UTC ms.
    pub at: i64,
    /// The invitation.
    pub invitation: InvitationId,
    /// The one ticket; none where it was all of the invitation's.
    pub ticket: Option<TicketId>,
    /// Where the request came from.
    pub address: String,
    /// What the browser called itself.
    pub agent: String,
}

/// In which way an invitation was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LookKind {
    /// Its page was opened.
    Page,
    /// Its message was opened.
    Message,
    /// Its calendar file was fetched.
    Calendar,
}

impl LookKind {
    const ALL: [Self; 3] = [Self::Page, Self::Message, Self::Calendar];

    /// The word as stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Message => "message",
            Self::Calendar => "calendar",
        }
    }
}

/// How often and when an invitation was looked at in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLook {
    /// In which way.
    pub kind: LookKind,
    /// The first time, UTC ms.
    pub first_at: i64,
    /// The last time, UTC ms.
    pub last_at: i64,
    /// How often.
    pub times: u32,
}

/// How many people said what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Turnout {
    /// Who come, those who are there already included.
    pub accepted: u32,
    /// Of these, who said so again after they were asked whether they still come.
    pub confirmed: u32,
    /// Who do not.
    pub declined: u32,
    /// Who have not said.
    pub pending: u32,
    /// Invitations in all.
    pub invitations: u32,
    /// Invitations of which nobody has said anything.
    pub silent: u32,
}

impl View<'_> {
    /// What the members of an invitation answered besides yes or no.
    pub fn member_answers(
        &self,
        invitation: InvitationId,
    ) -> Result<HashMap<MemberId, AnsweredBy>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT a.member, a.dietary, a.answers, a.answered_at
             FROM party_members m JOIN member_answers a ON a.member = m.id
             WHERE m.invitation = ?1",
        )?;
        let rows = statement.query_map([invitation.as_bytes()], |r| {
            Ok((
                row::id(r, 0)?,
                AnsweredBy {
                    dietary: r.get(1)?,
                    answers: row::json(r, 2)?,
                    at: r.get(3)?,
                },
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What every member answered besides yes or no.
    pub fn all_member_answers(&self) -> Result<HashMap<MemberId, AnsweredBy>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT member, dietary, answers, answered_at FROM member_answers")?;
        let rows = statement.query_map([], |r| {
            Ok((
                row::id(r, 0)?,
                AnsweredBy {
                    dietary: r.get(1)?,
                    answers: row::json(r, 2)?,
                    at: r.get(3)?,
                },
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a party answered as a whole, and when (UTC ms).
    pub fn party_answer(
        &self,
        invitation: InvitationId,
    ) -> Result<Option<(PartyReply, i64)>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT answers, message, answered_at FROM party_answers WHERE invitation = ?1",
            )?
            .query_row([invitation.as_bytes()], |r| {
                let reply = PartyReply {
                    answers: row::json(r, 0)?,
                    message: r.get(1)?,
                };
                Ok((reply, r.get(2)?))
            })
            .optional()?)
    }

    /// What every party answered as a whole.
    pub fn all_party_answers(&self) -> Result<HashMap<InvitationId, PartyReply>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT invitation, answers, message FROM party_answers")?;
        let rows = statement.query_map([], |r| {
            let reply = PartyReply {
                answers: row::json(r, 1)?,
                message: r.get(2)?,
            };
            Ok((row::id(r, 0)?, reply))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The members of an invitation who were brought along, named or not yet.
    pub fn plus_ones(&self, invitation: InvitationId) -> Result<Vec<MemberId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM party_members
             WHERE invitation = ?1 AND (guest IS NULL OR host IS NOT NULL)",
        )?;
        let rows = statement.query_map([invitation.as_bytes()], |r| row::id(r, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The guest whose plus-one a member is.
    pub fn host_of(&self, member: MemberId) -> Result<Option<GuestId>, StoreError> {
        let found = self
            .conn
            .prepare_cached("SELECT host FROM party_members WHERE id = ?1")?
            .query_row([member.as_bytes()], |r| row::optional_id(r, 0))
            .optional()?;
        Ok(found.flatten())
    }

    /// The invitation that covers a guest.
    pub fn invitation_of_guest(&self, guest: GuestId) -> Result<Option<InvitationId>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT invitation FROM party_members WHERE guest = ?1")?
            .query_row([guest.as_bytes()], |r| row::id(r, 0))
            .optional()?)
    }

    /// The version of an invitation's links, from 1.
    pub fn link_version(&self, invitation: InvitationId) -> Result<u32, StoreError> {
        let found = self
            .conn
            .prepare_cached("SELECT version FROM invitation_links WHERE invitation = ?1")?
            .query_row([invitation.as_bytes()], |r| r.get(0))
            .optional()?;
        Ok(found.unwrap_or(1))
    }

    /// The newest files that guests of an invitation fetched, newest first.
    pub fn downloads(
        &self,
        invitation: InvitationId,
        limit: u32,
    ) -> Result<Vec<DownloadRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, at, invitation, ticket, address, agent FROM downloads
             WHERE invitation = ?1 ORDER BY at DESC, id DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![invitation.as_bytes(), limit], |r| {
            Ok(DownloadRow {
                id: row::id(r, 0)?,
                at: r.get(1)?,
                invitation: row::id(r, 2)?,
                ticket: row::optional_id(r, 3)?,
                address: r.get(4)?,
                agent: r.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How often and when an invitation was looked at.
    pub fn page_looks(&self, invitation: InvitationId) -> Result<Vec<PageLook>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT kind, first_at, last_at, times FROM page_looks
             WHERE invitation = ?1 ORDER BY first_at",
        )?;
        let rows = statement.query_map([invitation.as_bytes()], |r| {
            let word: String = r.get(0)?;
            let kind = LookKind::ALL.into_iter().find(|kind| kind.word() == word);
            Ok(kind.map(|kind| (kind, r.get(1), r.get(2), r.get(3))))
        })?;
        let mut looks = Vec::new();
        for row in rows {
            if let Some((kind, first_at, last_at, times)) = row? {
                looks.push(PageLook {
                    kind,
                    first_at: first_at?,
                    last_at: last_at?,
                    times: times?,
                });
            }
        }
        Ok(looks)
    }

    /// How many people said what.
    pub fn turnout(&self) -> Result<Turnout, StoreError> {
        let mut turnout = self.conn.query_row(
            "SELECT coalesce(sum(status IN ('accepted', 'attended', 'no_show')), 0),
                    coalesce(sum(status = 'declined'), 0),
                    coalesce(sum(status = 'pending'), 0),
                    coalesce(sum(status = 'accepted' AND responded_at >= (
                      SELECT min(d.sent_at) FROM deliveries d
                      WHERE d.invitation = party_members.invitation AND d.kind = 'confirm')), 0)
             FROM party_members",
            [],
            |r| {
                Ok(Turnout {
                    accepted: r.get(0)?,
                    declined: r.get(1)?,
                    pending: r.get(2)?,
                    confirmed: r.get(3)?,
                    ..Turnout::default()
                })
            },
        )?;
        (turnout.invitations, turnout.silent) = self.conn.query_row(
            "SELECT count(*), coalesce(sum(NOT EXISTS (
               SELECT 1 FROM party_members m
               WHERE m.invitation = i.id AND m.status <> 'pending')), 0)
             FROM invitations i",
            [],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        Ok(turnout)
    }
}

fn json(answers: &[(u16, String)]) -> Result<String, StoreError> {
    serde_json::to_string(answers).map_err(|e| StoreError::Value(e.to_string()))
}

impl Change<'_> {
    /// Writes what a member answered besides yes or no.
    pub fn set_member_answer(
        &self,
        member: MemberId,
        answered: &AnsweredBy,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO member_answers VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                member.as_bytes(),
                answered.dietary,
                json(&answered.answers)?,
                answered.at,
            ])?;
        Ok(())
    }

    /// Writes what a party answered as a whole at `at` (UTC ms).
    pub fn set_party_answer(
        &self,
        invitation: InvitationId,
        reply: &PartyReply,
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR REPLACE INTO party_answers VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                invitation.as_bytes(),
                json(&reply.answers)?,
                reply.message,
                at,
            ])?;
        Ok(())
    }

    /// Adds a file that a guest fetched, and marks its tickets as downloaded: the one that is
    /// named, or all good ones of the invitation.
    pub fn insert_download(&self, download: &DownloadRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO downloads VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                download.id.as_bytes(),
                download.at,
                download.invitation.as_bytes(),
                download.ticket.as_ref().map(|id| id.as_bytes()),
                download.address,
                download.agent,
            ])?;
        self.conn
            .prepare_cached(
                "UPDATE tickets SET downloaded_at = ?3
                 WHERE invitation = ?1 AND (?2 IS NULL OR id = ?2) AND downloaded_at IS NULL
                   AND status NOT IN ('voided', 'transferred')",
            )?
            .execute(params![
                download.invitation.as_bytes(),
                download.ticket.as_ref().map(|id| id.as_bytes()),
                download.at,
            ])?;
        Ok(())
    }

    /// Notes at `at` (UTC ms) that an invitation was looked at; its good tickets count as opened
    /// from then on.
    pub fn note_look(
        &self,
        invitation: InvitationId,
        kind: LookKind,
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO page_looks VALUES (?1, ?2, ?3, ?3, 1)
                 ON CONFLICT (invitation, kind) DO UPDATE
                 SET last_at = excluded.last_at, times = times + 1",
            )?
            .execute(params![invitation.as_bytes(), kind.word(), at])?;
        self.conn
            .prepare_cached(
                "UPDATE tickets SET opened_at = ?2
                 WHERE invitation = ?1 AND opened_at IS NULL
                   AND status NOT IN ('voided', 'transferred')",
            )?
            .execute(params![invitation.as_bytes(), at])?;
        Ok(())
    }

    /// Gives an invitation another code at `at` (UTC ms), and its links the next version.
    pub fn renew_links(
        &self,
        invitation: InvitationId,
        code: &str,
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE invitations SET code = ?2 WHERE id = ?1")?
            .execute(params![invitation.as_bytes(), code])?;
        self.conn
            .prepare_cached(
                "INSERT INTO invitation_links VALUES (?1, 2, ?2)
                 ON CONFLICT (invitation) DO UPDATE
                 SET version = version + 1, changed_at = excluded.changed_at",
            )?
            .execute(params![invitation.as_bytes(), at])?;
        Ok(())
    }
}
