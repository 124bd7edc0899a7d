//! What a door shows beside the verdict: counts, the last scans, and people looked up by hand.

use gatehouse_domain::admission::Code;
use gatehouse_domain::badge::BadgeSettings;
use gatehouse_domain::id::{DeviceId, EventId, TicketId};
use gatehouse_domain::scan::{Direction, Mode, Verdict};
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_store::event::{DoorTicket, DoorTicketKey, EventFile, GateStand, View};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::alone::OfficeLine;
use super::peers::DoorPeers;
use super::roster::{Roster, RosterHead};
use super::{Gate, ShownParty};
use crate::home::EventHome;
use crate::problem::Problem;

/// Scans that a door shows.
const RECENT: u32 = 20;
/// People that a search at the door finds at most.
const FOUND: u32 = 20;
/// Members of one invitation that a door shows.
const MEMBERS: u32 = 100;

/// A door as it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorView {
    /// The event.
    pub event: DoorEvent,
    /// The gate.
    pub gate: DoorGate,
    /// How many are where.
    pub counts: DoorCounts,
    /// The newest scans of this gate, newest first.
    pub recent: Vec<DoorLine>,
    /// Scans that its office does not know yet.
    pub waiting: u32,
    /// Whom it can ask.
    pub mode: Mode,
    /// Whether guests use it by themselves.
    pub kiosk: bool,
    /// What its clock shows, UTC ms.
    pub clock_ms: i64,
    /// Whether staff may make a ticket here.
    pub walk_ins: bool,
    /// Names of the types that they may make one of.
    pub ticket_types: Vec<String>,
    /// What staff ask those who come for the first time.
    pub questions: Vec<String>,
    /// How many tickets for people without one a gate away from its office still has.
    pub walk_ins_left: Option<u32>,
    /// How many spare gates it may still enrol.
    pub spare_places: u32,
    /// Whether a supervisor has a PIN.
    pub pin_set: bool,
    /// What a kiosk says while nobody stands before it.
    pub welcome: Option<String>,
    /// How a gate away from its office stands with it; none at the office itself.
    pub office: Option<OfficeLine>,
    /// What is printed here for those who are let in.
    pub badge: BadgeSettings,
    /// The other gates; none where this one works by itself.
    pub peers: Option<DoorPeers>,
}

/// What the event's file tells of a device's door, whoever has the device's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeviceDoor {
    /// How many are where.
    pub counts: DoorCounts,
    /// Its newest scans that are known here, newest first.
    pub recent: Vec<DoorLine>,
}

/// The event of a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorEvent {
    /// Its id.
    pub id: EventId,
    /// Its title.
    pub title: String,
    /// IANA zone in which its times are shown.
    pub time_zone: String,
}

/// The gate of a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorGate {
    /// Its id.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Name of the zone at whose entrance it stands.
    pub zone: Option<String>,
    /// Title of the session that it stands for.
    pub session: Option<String>,
    /// Which way it leads.
    pub direction: Direction,
    /// Whether staff may turn it round.
    pub may_turn: bool,
}

/// How many are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorCounts {
    /// Inside the place that the gate leads to.
    pub inside: u32,
    /// How many it takes.
    pub capacity: Option<u32>,
    /// Good tickets of the event.
    pub expected: u64,
    /// Good tickets whose holder came in.
    pub admitted: u64,
    /// Presentations that were refused.
    pub refused: u64,
    /// Admitted in the last minute, at this gate.
    pub last_minute: u32,
}

/// One earlier scan at a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorLine {
    /// Names it.
    #[schema(value_type = Uuid)]
    pub scan: Uuid,
    /// When, UTC ms.
    pub at: i64,
    /// Name of the gate.
    pub gate: String,
    /// Which way.
    pub direction: Direction,
    /// What was shown.
    pub verdict: Verdict,
    /// Why.
    pub code: Code,
    /// The holder's name.
    pub name: Option<String>,
    /// The ticket's number.
    pub number: Option<u32>,
    /// Name of its type.
    pub ticket_type: Option<String>,
    /// Whether it was taken back.
    pub undone: bool,
    /// Until when this gate may take it back, UTC ms.
    pub undo_until: Option<i64>,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// Whether a badge or receipt is printed for it.
    pub badge: bool,
}

/// A ticket that was looked up by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: u32,
    /// The holder's name.
    pub name: String,
    /// Whether they are a plus-one who is named later.
    pub unnamed: bool,
    /// Name of its type.
    pub ticket_type: Option<String>,
    /// Colour of its type, 0 to 7.
    pub colour: Option<u8>,
    /// Its seat.
    pub seat: Option<String>,
    /// Number of its invitation.
    pub invitation: String,
    /// What the invitation is called.
    pub party_label: String,
    /// How many good tickets it has.
    pub members: u32,
    /// Whether the holder is inside.
    pub inside: bool,
    /// Whether the ticket may enter.
    pub status: TicketStatus,
    /// What staff are told of the holder.
    pub note: Option<String>,
}

/// Everybody of one invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundParty {
    /// Number of the invitation.
    pub number: String,
    /// What it is called.
    pub label: String,
    /// Its tickets.
    pub items: Vec<Found>,
}

/// Whose door is looked at, and in which file.
struct Doorway<'a> {
    file: &'a EventFile,
    device: DeviceId,
    incarnation: u32,
    stand: GateStand,
}

impl Doorway<'_> {
    fn look(&self, roster: &Roster, now: i64) -> Result<DeviceDoor, Problem> {
        let counted = self.file.counts()?;
        let refused = counted
            .scans
            .iter()
            .filter(|(code, _)| !is_passage(*code))
            .map(|(_, count)| count)
            .sum();
        let door = &roster.event.settings.door;
        let GateStand { zone, session, .. } = self.stand;
        self.file.read(|view| {
            let lines = view.newest_scans(self.device, self.incarnation, RECENT)?;
            let mut recent = Vec::with_capacity(lines.len());
            for line in lines {
                let ticket = line
                    .ticket
                    .map(|id| view.door_ticket(id))
                    .transpose()?
                    .flatten();
                let kind = ticket
                    .as_ref()
                    .and_then(|ticket| roster.types.get(&ticket.ticket_type));
                let passed = matches!(line.verdict, Verdict::Admitted | Verdict::Exited);
                let admitted = line.verdict == Verdict::Admitted && !line.undone;
                recent.push(DoorLine {
                    ticket: line.ticket,
                    badge: admitted && roster.prints_for(ticket.as_ref()),
                    scan: Uuid::from_bytes(line.nonce),
                    at: line.at,
                    gate: line.gate,
                    direction: line.direction,
                    verdict: line.verdict,
                    code: line.code,
                    name: ticket.as_ref().map(DoorTicket::shown_name),
                    number: ticket.as_ref().map(|ticket| ticket.number),
                    ticket_type: kind.map(|kind| kind.name.clone()),
                    undone: line.undone,
                    undo_until: (passed && !line.undone).then(|| door.undo_until(line.at)),
                });
            }
            let counts = DoorCounts {
                inside: roster.count_inside(view, zone, session, now)?,
                capacity: roster.capacity(zone, session, now),
                expected: counted.progress.tickets,
                admitted: counted.progress.admitted,
                refused,
                last_minute: view.count_admitted_since(
                    self.device,
                    self.incarnation,
                    now - 60_000,
                )?,
            };
            Ok(DeviceDoor { counts, recent })
        })
    }
}

impl EventHome {
    /// A device's door as this event's file tells it; the device's key may be elsewhere.
    ///
    /// # Errors
    /// `device_unknown` where the event has no such device.
    pub fn look_at_device(&self, device: DeviceId) -> Result<DeviceDoor, Problem> {
        let (row, roster) = self.file().read(|view| {
            let row = view
                .device(device)?
                .ok_or_else(|| Problem::new("device_unknown", "this event has no such device"))?;
            let roster = Roster::new(RosterHead::of_home(self, view)?, false)?;
            Ok::<_, Problem>((row, roster))
        })?;
        let doorway = Doorway {
            file: self.file(),
            device,
            incarnation: row.incarnation,
            stand: row.stand,
        };
        doorway.look(&roster, self.now())
    }
}

impl Gate {
    /// The door as it stands now.
    pub fn look(&self) -> Result<DoorView, Problem> {
        let roster = self.renew_roster()?;
        let now = self.surroundings.now();
        let door = &roster.event.settings.door;
        let doorway = Doorway {
            file: &self.file,
            device: self.device,
            incarnation: self.incarnation(),
            stand: self.stand(),
        };
        let DeviceDoor { counts, recent } = doorway.look(&roster, now)?;
        let mut kinds: Vec<_> = roster.types.values().collect();
        kinds.sort_by_key(|kind| kind.id);
        Ok(DoorView {
            event: DoorEvent {
                id: roster.event.id,
                title: roster.event.title.clone(),
                time_zone: roster.event.time_zone.name().to_owned(),
            },
            gate: DoorGate {
                id: self.device,
                name: self.name.to_string(),
                zone: roster.zone(self.stand().zone).map(|z| z.name.clone()),
                session: roster
                    .session(self.stand().session)
                    .map(|s| s.title.clone().unwrap_or_default()),
                direction: self.stand().direction,
                may_turn: self.stand().may_turn,
            },
            counts,
            recent,
            waiting: self.waiting()?,
            mode: self.mode,
            kiosk: self.kiosk,
            clock_ms: now,
            walk_ins: door.walk_ins && self.mode == Mode::Home,
            ticket_types: kinds.into_iter().map(|kind| kind.name.clone()).collect(),
            questions: door.questions.clone(),
            walk_ins_left: None,
            spare_places: 0,
            pin_set: roster.pin.is_some(),
            welcome: door.kiosk_welcome.clone(),
            office: None,
            badge: door.badge.clone(),
            peers: self.peers(&roster)?,
        })
    }

    /// Tickets whose holder's name, e-mail or company, whose number or whose invitation's number
    /// are `text`, and those whose id holds it, where it is 4 hex digits or more.
    pub fn search(&self, text: &str) -> Result<Vec<Found>, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let roster = self.roster();
        let holders = self.holders(text.chars().take(200).collect(), FOUND)?;
        self.file.read(|view| {
            let mut tickets: Vec<DoorTicket> = Vec::new();
            let number = text.trim_start_matches('#').parse::<u32>().ok();
            let invitation = text.to_uppercase();
            let keys = [
                number.map(DoorTicketKey::Number),
                Some(DoorTicketKey::Invitation(&invitation)),
            ];
            for key in keys.into_iter().flatten() {
                tickets.extend(view.door_tickets(key, FOUND)?);
            }
            for ticket in holders {
                tickets.extend(view.door_ticket(ticket)?);
            }
            if let Some(digits) = id_digits(text) {
                tickets.extend(view.door_tickets(DoorTicketKey::IdHolds(&digits), FOUND)?);
            }
            let mut seen = std::collections::HashSet::new();
            tickets.retain(|ticket| seen.insert(ticket.id));
            tickets.truncate(FOUND as usize);
            self.found(view, &roster, tickets)
        })
    }

    /// Everybody of the invitation that a ticket belongs to.
    pub fn party_of(&self, ticket: TicketId) -> Result<FoundParty, Problem> {
        let roster = self.roster();
        self.file.read(|view| {
            let ticket = view
                .door_ticket(ticket)?
                .ok_or_else(|| Problem::new("ticket_unknown", "this event has no such ticket"))?;
            let key = DoorTicketKey::Invitation(&ticket.invitation);
            let tickets = view.door_tickets(key, MEMBERS)?;
            Ok(FoundParty {
                items: self.found(view, &roster, tickets)?,
                number: ticket.invitation,
                label: ticket.party,
            })
        })
    }

    fn found(
        &self,
        view: &View<'_>,
        roster: &Roster,
        tickets: Vec<DoorTicket>,
    ) -> Result<Vec<Found>, Problem> {
        let since = roster.counted_since(self.surroundings.now());
        tickets
            .into_iter()
            .map(|ticket| {
                let kind = roster.types.get(&ticket.ticket_type);
                let party = DoorTicketKey::Invitation(&ticket.invitation);
                Ok(Found {
                    members: view.door_tickets(party, MEMBERS)?.len() as u32,
                    ticket: ticket.id,
                    number: ticket.number,
                    name: ticket.holder.name.clone(),
                    unnamed: ticket.unnamed,
                    ticket_type: kind.map(|kind| kind.name.clone()),
                    colour: kind.map(|kind| kind.colour),
                    inside: view.is_inside(ticket.id, self.stand().zone, since)?,
                    note: ticket.note().map(str::to_owned),
                    seat: ticket.seat,
                    invitation: ticket.invitation,
                    party_label: ticket.party,
                    status: ticket.status,
                })
            })
            .collect()
    }

    /// An invitation at the door, where it has several tickets.
    pub(super) fn shown_party(
        &self,
        roster: &Roster,
        invitation: &str,
        now: i64,
    ) -> Result<Option<ShownParty>, Problem> {
        let since = roster.counted_since(now);
        self.file.read(|view| {
            let tickets = view.door_tickets(DoorTicketKey::Invitation(invitation), MEMBERS)?;
            let good: Vec<&DoorTicket> = tickets
                .iter()
                .filter(|t| !matches!(t.status, TicketStatus::Voided | TicketStatus::Transferred))
                .collect();
            if good.len() < 2 {
                return Ok(None);
            }
            let mut inside = 0;
            for ticket in &good {
                inside += u32::from(view.is_inside(ticket.id, None, since)?);
            }
            Ok(Some(ShownParty {
                number: invitation.to_owned(),
                label: tickets.first().map(|t| t.party.clone()).unwrap_or_default(),
                members: good.len() as u32,
                inside,
            }))
        })
    }
}

const fn is_passage(code: Code) -> bool {
    matches!(
        code,
        Code::Admitted | Code::Forced | Code::Exited | Code::Undone
    )
}

/// Digits of an id, as people write them: 4 to 32 hex digits, with or without dashes.
fn id_digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let is_id = (4..=32).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit());
    is_id.then(|| digits.to_uppercase())
}
