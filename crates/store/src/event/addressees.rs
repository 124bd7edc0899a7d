//! Who could be written to: every invitation with what a mailing asks of it.

use std::collections::{HashMap, HashSet};

use gatehouse_domain::delivery::audience::Addressee;
use gatehouse_domain::delivery::{Channel, DeliveryStatus, MessageKind, channel_for};
use gatehouse_domain::id::{InvitationId, SessionId, TicketTypeId};
use gatehouse_domain::invitation::{MemberStatus, invitation_status};
use gatehouse_domain::ticket::TicketStatus;
use rusqlite::Row;

use super::View;
use super::deliveries::meant;
use crate::error::StoreError;
use crate::row;

/// An invitation with good tickets, as reminders ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderParty {
    /// The invitation.
    pub invitation: InvitationId,
    /// The first address of it; blank without.
    pub email: String,
    /// The first number of it; blank without.
    pub phone: String,
    /// When its first ticket was issued, UTC ms.
    pub known_at: i64,
    /// Its good tickets.
    pub tickets: Vec<PartyTicket>,
    /// Whether somebody of it came in.
    pub came_in: bool,
    /// Whether everybody of it declined.
    pub declined: bool,
}

/// A good ticket of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartyTicket {
    /// Its type.
    pub ticket_type: TicketTypeId,
    /// The session that it is bound to.
    pub session: Option<SessionId>,
    /// Whether its holder came in with it.
    pub came_in: bool,
}

/// One member with one of their tickets.
struct Line {
    invitation: InvitationId,
    batch: Option<gatehouse_domain::id::BatchId>,
    email: String,
    phone: String,
    answer: MemberStatus,
    ticket: Option<TicketStatus>,
    ticket_type: Option<TicketTypeId>,
    came_in: bool,
    fetched: bool,
}

/// The last messages of an invitation.
#[derive(Debug, Clone, Copy, Default)]
struct Last {
    of_kind: Option<DeliveryStatus>,
    of_any: Option<DeliveryStatus>,
    heard_at: Option<i64>,
}

fn line(r: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        invitation: row::id(r, 0)?,
        batch: row::optional_id(r, 1)?,
        email: r.get(2)?,
        phone: r.get(3)?,
        answer: row::word(r, 4)?,
        ticket: row::optional_word(r, 5)?,
        ticket_type: row::optional_id(r, 6)?,
        came_in: r.get(7)?,
        fetched: r.get(8)?,
    })
}

impl View<'_> {
    /// Every invitation that holds good tickets.
    pub fn reminder_parties(&self) -> Result<Vec<ReminderParty>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT m.invitation, coalesce(g.email, ''), coalesce(g.phone, ''), t.created_at,
                    t.ticket_type, t.session, t.checked_in_at IS NOT NULL, m.status
             FROM tickets t
             JOIN party_members m ON m.id = t.member
             LEFT JOIN guests g ON g.id = m.guest
             WHERE t.status = 'active' ORDER BY m.invitation, m.position",
        )?;
        let mut rows = statement.query([])?;
        let mut parties: Vec<ReminderParty> = Vec::new();
        while let Some(r) = rows.next()? {
            let invitation = row::id(r, 0)?;
            let (email, phone): (String, String) = (r.get(1)?, r.get(2)?);
            let known_at: i64 = r.get(3)?;
            let came_in: bool = r.get(6)?;
            let ticket = PartyTicket {
                ticket_type: row::id(r, 4)?,
                session: row::optional_id(r, 5)?,
                came_in,
            };
            let declined = row::word::<MemberStatus>(r, 7)? == MemberStatus::Declined;
            match parties
                .last_mut()
                .filter(|last| last.invitation == invitation)
            {
                Some(party) => {
                    if party.email.is_empty() {
                        party.email = email;
                    }
                    if party.phone.is_empty() {
                        party.phone = phone;
                    }
                    party.known_at = party.known_at.min(known_at);
                    party.tickets.push(ticket);
                    party.came_in |= came_in;
                    party.declined &= declined;
                }
                None => parties.push(ReminderParty {
                    invitation,
                    email,
                    phone,
                    known_at,
                    tickets: vec![ticket],
                    came_in,
                    declined,
                }),
            }
        }
        Ok(parties)
    }

    /// Invitations somebody of whom was let in to a session, and whose passage was not undone.
    pub fn came_to(&self, session: SessionId) -> Result<HashSet<InvitationId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT m.invitation FROM scans s
             JOIN tickets t ON t.id = s.ticket
             JOIN party_members m ON m.id = t.member
             WHERE s.session = ?1 AND s.verdict = 'admitted'
               AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.nonce = s.nonce)",
        )?;
        let rows = statement.query_map([session.as_bytes()], |r| row::id(r, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every invitation as a mailing of this kind sees it, in the order in which they were made.
    /// `wants_none` says whether the person behind an address unsubscribed.
    pub fn addressees(
        &self,
        kind: MessageKind,
        wants_none: impl Fn(&str) -> bool,
    ) -> Result<Vec<Addressee>, StoreError> {
        let mut last: HashMap<InvitationId, Last> = HashMap::new();
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT invitation, kind, status, coalesce(sent_at, settled_at, queued_at)
             FROM deliveries WHERE {} ORDER BY queued_at, id",
            meant()
        ))?;
        let mut rows = statement.query([])?;
        while let Some(r) = rows.next()? {
            let (of, status): (MessageKind, DeliveryStatus) = (row::word(r, 1)?, row::word(r, 2)?);
            let entry = last.entry(row::id(r, 0)?).or_default();
            entry.of_any = Some(status);
            if status.arrived() {
                let at: i64 = r.get(3)?;
                entry.heard_at = Some(entry.heard_at.map_or(at, |before| before.min(at)));
            }
            if of == kind {
                entry.of_kind = Some(status);
            }
        }
        let mut statement = self.conn.prepare_cached(
            "SELECT m.invitation, i.batch, coalesce(g.email, ''), coalesce(g.phone, ''), m.status,
                    t.status, coalesce(t.ticket_type, g.ticket_type, h.ticket_type),
                    t.checked_in_at IS NOT NULL, t.downloaded_at IS NOT NULL
             FROM party_members m
             JOIN invitations i ON i.id = m.invitation
             LEFT JOIN guests g ON g.id = m.guest
             LEFT JOIN guests h ON h.id = m.host
             LEFT JOIN tickets t ON t.invitation = m.invitation AND t.member = m.id
               AND t.status <> 'transferred'
             ORDER BY m.invitation, m.position",
        )?;
        let rows = statement.query_map([], line)?;
        let lines: Vec<Line> = rows.collect::<Result<_, _>>()?;
        Ok(lines
            .chunk_by(|a, b| a.invitation == b.invitation)
            .map(|party| Addressee {
                unsubscribed: party
                    .iter()
                    .find(|line| !line.email.is_empty())
                    .is_some_and(|line| wants_none(&line.email)),
                ..addressee(
                    party,
                    last.get(&party[0].invitation).copied().unwrap_or_default(),
                )
            })
            .collect())
    }
}

fn addressee(party: &[Line], last: Last) -> Addressee {
    let good = |line: &&Line| line.ticket == Some(TicketStatus::Active);
    let tickets = party.iter().filter(good).count();
    let answers: Vec<MemberStatus> = party
        .iter()
        .map(|line| {
            if line.came_in {
                MemberStatus::Attended
            } else {
                line.answer
            }
        })
        .collect();
    let mut ticket_types: Vec<TicketTypeId> =
        party.iter().filter_map(|line| line.ticket_type).collect();
    ticket_types.sort_unstable();
    ticket_types.dedup();
    // An address goes before any number, whoever of the party has it.
    let reached = party
        .iter()
        .filter_map(|line| Some((channel_for(&line.email, &line.phone)?, line)))
        .min_by_key(|(channel, _)| *channel);
    let recipient = reached.map_or("", |(channel, line)| match channel {
        Channel::Email => &line.email,
        Channel::Sms | Channel::Whatsapp => &line.phone,
    });
    Addressee {
        invitation: party[0].invitation,
        batch: party[0].batch,
        channel: reached.map(|(channel, _)| channel),
        recipient: recipient.to_owned(),
        status: invitation_status(&answers),
        ticket_types,
        last: last.of_kind,
        last_of_any: last.of_any,
        heard_at: last.heard_at,
        tickets: tickets as u32,
        not_downloaded: party
            .iter()
            .filter(good)
            .filter(|line| !line.fetched)
            .count() as u32,
        void: tickets == 0
            && party
                .iter()
                .any(|line| line.ticket == Some(TicketStatus::Voided)),
        unsubscribed: false,
    }
}
