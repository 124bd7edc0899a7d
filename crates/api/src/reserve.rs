//! What a gate is given ahead, for when the home is away: places for spare gates, and tickets for
//! people who come without one.
//!
//! Nothing is made while the home is away. A place is a device that the home registered before, with
//! a key that the gate drew; a ticket is one that the home issued before. So whoever holds the guest
//! list knows both, capacity holds, and what was not used is taken back with the gate's right.

use std::collections::HashSet;

use gatehouse_domain::device::{DeviceKind, DeviceSettings, DeviceStatus};
use gatehouse_domain::guest::GuestChange;
use gatehouse_domain::id::{DeviceId, InvitationId, MemberId, TicketId};
use gatehouse_domain::ticket::{TicketSource, TicketStatus};
use gatehouse_store::Lane;
use gatehouse_store::event::DeviceRow;

use crate::devices::read_device_key;
use crate::home::EventHome;
use crate::issue::Issuing;
use crate::parties::{MemberChange, PartyDraft};
use crate::problem::Problem;
use crate::surroundings::Quiet;

/// How long after the last session what a gate has ahead is good, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;
/// How long it is good at most, in days.
const MOST_DAYS: i64 = 30;
/// Tickets of one invitation.
const PARTY: u16 = 50;
/// Names that one request tells at most.
pub const MOST_HANDED: usize = 500;

/// A place for a spare gate: a device that waits to be one.
#[derive(Debug, Clone)]
pub struct SparePlace {
    /// The device.
    pub device: DeviceRow,
    /// Its credential.
    pub credential: String,
    /// Its certificate, then the authority's, each DER.
    pub chain: Vec<Vec<u8>>,
}

/// A ticket that a gate may give to somebody who comes without one.
#[derive(Debug, Clone)]
pub struct WalkInTicket {
    /// The ticket.
    pub id: TicketId,
    /// Its number.
    pub number: u32,
    /// What its code says.
    pub code: String,
}

/// A ticket that a gate gave to somebody.
#[derive(Debug, Clone)]
pub struct HandedOut {
    /// The ticket.
    pub ticket: TicketId,
    /// Their name.
    pub name: String,
}

/// What a gate is given ahead.
#[derive(Debug, Clone)]
pub struct Reserve {
    /// Places whose keys the gate told and that nobody has taken.
    pub spares: Vec<SparePlace>,
    /// Tickets that nobody has used.
    pub walk_ins: Vec<WalkInTicket>,
    /// Until when it may give them away, UTC ms.
    pub until: i64,
}

impl EventHome {
    /// Gives a gate what its settings say: a place for each of `keys` (SubjectPublicKeyInfo DER,
    /// Ed25519) up to so many, and tickets up to so many. The same keys again are the same places.
    /// Names of those who were given tickets are written down first.
    pub fn fill_reserve(
        &self,
        gate: &DeviceRow,
        keys: &[Vec<u8>],
        handed: &[HandedOut],
    ) -> Result<Reserve, Problem> {
        if handed.len() > MOST_HANDED {
            return Err(Problem::new(
                "body_too_large",
                format!("tell {MOST_HANDED} names at a time at most; nothing was taken"),
            ));
        }
        let own = self.walk_ins_of(gate.id)?;
        for given in handed {
            self.name_walk_in(&own, given)?;
        }
        let now = self.now();
        let last = self.sessions().iter().map(|session| session.ends_at).max();
        let until = (last.unwrap_or(now) + DAY_MS).min(now + MOST_DAYS * DAY_MS);
        if until <= now {
            return Ok(Reserve {
                spares: Vec::new(),
                walk_ins: Vec::new(),
                until,
            });
        }
        Ok(Reserve {
            spares: self.places_for(gate, keys, until)?,
            walk_ins: self.tickets_for(gate)?,
            until,
        })
    }

    /// Every member of the invitations that a gate was given tickets of.
    fn walk_ins_of(&self, gate: DeviceId) -> Result<Vec<Blank>, Problem> {
        self.file().read(|view| {
            let mut blanks = Vec::new();
            for invitation in view.walk_in_parties(gate)? {
                for row in view.member_rows(invitation)? {
                    blanks.push(Blank {
                        invitation,
                        member: row.member.id,
                        named: row.member.guest.is_some(),
                        ticket: row.ticket.map(|ticket| {
                            let unused = ticket.checked_in_at.is_none();
                            (ticket.id, ticket.number, unused && is_good(ticket.status))
                        }),
                    });
                }
            }
            Ok(blanks)
        })
    }

    /// Writes down who was given a ticket; one that has a name keeps it.
    fn name_walk_in(&self, own: &[Blank], given: &HandedOut) -> Result<(), Problem> {
        let is_it = |blank: &&Blank| blank.ticket.is_some_and(|(id, _, _)| id == given.ticket);
        let Some(blank) = own.iter().find(is_it).filter(|blank| !blank.named) else {
            return Ok(());
        };
        let name: String = given.name.trim().chars().take(200).collect();
        if name.is_empty() {
            return Ok(());
        }
        let guest = self.add_guest(&GuestChange {
            name: Some(name),
            ..GuestChange::default()
        })?;
        self.change_member(
            blank.invitation,
            blank.member,
            &MemberChange {
                guest: Some(guest),
                ..MemberChange::default()
            },
        )
    }

    fn places_for(
        &self,
        gate: &DeviceRow,
        keys: &[Vec<u8>],
        until: i64,
    ) -> Result<Vec<SparePlace>, Problem> {
        let known = self.spares_of(gate.id)?;
        let most = usize::from(gate.settings.spare_gates);
        let mut places = Vec::new();
        let mut fresh = Vec::new();
        let now = self.now();
        let mut mint = self.mint();
        for key in keys.iter().take(most) {
            let key = read_device_key(key)?;
            match known.iter().find(|spare| spare.public_key == key) {
                // Somebody is in this place.
                Some(spare) if spare.last_seen_at.is_some() || !is_active(spare) => {}
                Some(spare) => places.push(spare.clone()),
                None if known.len() + fresh.len() < most => fresh.push(DeviceRow {
                    kind: DeviceKind::Gate,
                    stand: gate.stand,
                    settings: DeviceSettings::of(DeviceKind::Gate),
                    credential: 1,
                    expires_at: Some(until),
                    sealed: None,
                    ..DeviceRow::of_office(
                        DeviceId(mint.mint(now)),
                        &spare_name(&gate.name, known.len() + fresh.len() + 1),
                        &key,
                        Vec::new(),
                        now,
                    )
                }),
                None => {}
            }
        }
        if !fresh.is_empty() {
            let (by, rows) = (gate.id, fresh.clone());
            let meta = self.edit_meta(&mut mint, "prepare spare gates", Some(gate.name.clone()));
            self.file().command(Lane::Edit, meta, move |change| {
                for row in &rows {
                    change.insert_device(row)?;
                    change.insert_spare(row.id, by)?;
                }
                Ok::<_, Problem>(())
            })?;
            places.extend(fresh);
        }
        let authority = self.workspace().authority_der()?;
        places
            .into_iter()
            .map(|device| {
                let until = device.expires_at.unwrap_or(until);
                let own = self.workspace().device_certificate(
                    device.id,
                    &device.public_key,
                    Some(until),
                )?;
                Ok(SparePlace {
                    credential: self.issue_credential(&device, until)?,
                    chain: vec![own, authority.clone()],
                    device,
                })
            })
            .collect()
    }

    fn spares_of(&self, gate: DeviceId) -> Result<Vec<DeviceRow>, Problem> {
        self.file().read(|view| {
            let ids = view.spares_of(gate)?.into_iter();
            let rows = ids
                .map(|id| view.device(id))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows.into_iter().flatten().collect())
        })
    }

    fn tickets_for(&self, gate: &DeviceRow) -> Result<Vec<WalkInTicket>, Problem> {
        let own = self.walk_ins_of(gate.id)?;
        let lacking = usize::from(gate.settings.walk_ins).saturating_sub(own.len());
        let mut lacking = u16::try_from(lacking).unwrap_or(u16::MAX);
        while lacking > 0 {
            let unnamed = lacking.min(PARTY);
            let invitation = self.invite(&PartyDraft {
                label: format!("Walk-in · {}", gate.name),
                unnamed,
                ..PartyDraft::default()
            })?;
            let mut mint = self.mint();
            let meta = self.edit_meta(&mut mint, "reserve walk-ins", Some(gate.name.clone()));
            let by = gate.id;
            self.file().command(Lane::Edit, meta, move |change| {
                Ok::<_, Problem>(change.insert_walk_in_party(invitation, by)?)
            })?;
            lacking -= unnamed;
        }
        let own = self.walk_ins_of(gate.id)?;
        let without: Vec<MemberId> = own
            .iter()
            .filter(|blank| blank.ticket.is_none())
            .map(|blank| blank.member)
            .take(usize::from(gate.settings.walk_ins))
            .collect();
        if !without.is_empty() {
            let issuing = Issuing {
                source: TicketSource::BoxOffice,
                session: None,
            };
            // Where there is no room for all of them, the gate has none ahead; the office says why.
            if let Err(problem) = self.issue_to(&without, issuing, &Quiet) {
                tracing::warn!(code = problem.code, "walk-in tickets were not issued");
            }
        }
        let good = self.walk_ins_of(gate.id)?.into_iter();
        good.filter_map(|blank| blank.ticket.filter(|(_, _, good)| *good))
            .take(usize::from(gate.settings.walk_ins))
            .map(|(id, number, _)| {
                let ticket = self.find_ticket(&id.to_string())?;
                Ok(WalkInTicket {
                    id,
                    number,
                    code: self.code_text(&ticket)?,
                })
            })
            .collect()
    }

    /// Takes back what a gate was given and nobody has used, beyond what it may have: all of it once
    /// its right was taken back, with the spare gates that it enrolled.
    pub(crate) fn trim_reserve(&self, gate: &DeviceRow) -> Result<(), Problem> {
        let revoked = gate.status == DeviceStatus::Revoked;
        let most = match revoked {
            true => 0,
            false => usize::from(gate.settings.spare_gates),
        };
        let spares = self.spares_of(gate.id)?;
        let too_many = spares.len().saturating_sub(most);
        let gone: Vec<DeviceId> = spares
            .iter()
            .rev()
            .filter(|spare| is_active(spare) && (revoked || spare.last_seen_at.is_none()))
            .take(if revoked { spares.len() } else { too_many })
            .map(|spare| spare.id)
            .collect();
        let now = self.now();
        if !gone.is_empty() {
            let mut mint = self.mint();
            let meta = self.edit_meta(&mut mint, "revoke spare gates", Some(gate.name.clone()));
            self.file().command(Lane::Edit, meta, move |change| {
                for device in &gone {
                    change.revoke_device(*device, now)?;
                }
                Ok::<_, Problem>(())
            })?;
        }
        let most = match revoked {
            true => 0,
            false => usize::from(gate.settings.walk_ins),
        };
        let own = self.walk_ins_of(gate.id)?;
        let unused: Vec<TicketId> = own
            .iter()
            .filter(|blank| !blank.named)
            .filter_map(|blank| blank.ticket.filter(|(_, _, good)| *good))
            .map(|(id, _, _)| id)
            .collect();
        let used = own.len() - unused.len();
        let kept: HashSet<TicketId> = unused
            .iter()
            .copied()
            .take(most.saturating_sub(used))
            .collect();
        for ticket in unused.into_iter().filter(|id| !kept.contains(id)) {
            self.void_ticket(ticket, Some(format!("kept ahead at {}", gate.name)))?;
        }
        Ok(())
    }
}

/// A member who is named once somebody was given their ticket.
struct Blank {
    invitation: InvitationId,
    member: MemberId,
    named: bool,
    /// Its number, and whether it is good and unused.
    ticket: Option<(TicketId, u32, bool)>,
}

fn is_good(status: TicketStatus) -> bool {
    status == TicketStatus::Active
}

fn is_active(device: &DeviceRow) -> bool {
    device.status == DeviceStatus::Active
}

fn spare_name(gate: &str, number: usize) -> String {
    let gate: String = gate.chars().take(60).collect();
    format!("{gate} · spare {number}")
}
