//! One scan's transaction: decide, sign, keep.

use std::sync::Arc;

use gatehouse_credential::key::SigningKey;
use gatehouse_domain::admission::{
    Code, Decision, DeviceRight, Door, KnownTicket, Presented, Terms, decide, slot,
};
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::passage::Passage;
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict, chain_hash};
use gatehouse_store::event::{
    AdmissionSlot, Change, DoorTicket, FirstUse, GateStand, ScanRow, UsedIn, View,
};

use super::roster::Roster;
use crate::problem::Problem;

/// What the transaction of one scan found and decided.
pub(super) struct Decided {
    pub(super) decision: Decision,
    pub(super) ticket: Option<DoorTicket>,
    pub(super) first_use: Option<FirstUse>,
    /// Whether the holder had not been in before.
    pub(super) first_time: bool,
    /// When it was decided, by the clock that orders scans, UTC ms.
    pub(super) at: i64,
    /// Whom the gate could ask.
    pub(super) mode: Mode,
    /// The scan, where it was written just now.
    pub(super) written: Option<ScanRow>,
}

/// What is kept as the reason of a passage that was written down afterwards.
pub const ENTERED_AFTERWARDS: &str = "entered_afterwards";

/// What a presentation is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Somebody stands at the door.
    Usual,
    /// A supervisor lets them in, for this reason.
    Forced(String),
    /// They came at this time, UTC ms, and are written down now.
    Afterwards(i64),
}

impl Occasion {
    /// What is kept as the reason of a passage.
    fn reason(&self) -> Option<&str> {
        match self {
            Self::Usual => None,
            Self::Forced(reason) => Some(reason),
            Self::Afterwards(_) => Some(ENTERED_AFTERWARDS),
        }
    }
}

/// When a scan is decided, and by whose word.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// Home time as the gate takes it, UTC ms.
    pub(super) now: i64,
    /// The device's own clock, UTC ms.
    pub(super) device_ms: i64,
    /// The clock that the record carries and how wrong it may be, ms; of a gate that nobody else
    /// works beside, its own clock moved on from its last record.
    pub(super) clock: Option<(HybridClock, u32)>,
    /// Whom the gate could ask.
    pub(super) mode: Mode,
    /// Who keeps this one out, though the gate's own rules would let it pass.
    pub(super) denied: Option<Denied>,
    /// How many more people this gate may let in here; none where nobody leases room.
    pub(super) room: Option<u32>,
}

/// Another gate's word against a ticket.
#[derive(Debug, Clone)]
pub(super) struct Denied {
    pub(super) code: Code,
    pub(super) first_use: Option<FirstUse>,
}

/// What one presentation comes to, before anything is written.
pub(super) enum Weighed {
    /// An edit has overtaken the roster.
    Overtaken,
    /// This presentation was decided before.
    Repeated(Box<Decided>),
    /// It is decided.
    Decided(Box<Verdicted>),
}

/// A decision and what it was made of.
pub(super) struct Verdicted {
    pub(super) decision: Decision,
    pub(super) slot: Option<AdmissionSlot>,
    /// Whether the holder takes up room that nobody counts them in yet.
    pub(super) takes_room: bool,
    ticket: Option<DoorTicket>,
    first_time: bool,
}

/// Everything that one scan's transaction needs, away from the gate's thread.
pub(super) struct ScanWork {
    pub(super) roster: Arc<Roster>,
    pub(super) device: DeviceId,
    pub(super) incarnation: u32,
    pub(super) gate: Arc<str>,
    pub(super) key: Arc<SigningKey>,
    pub(super) word: Word,
    /// Where the office put the gate.
    pub(super) stand: GateStand,
    pub(super) nonce: [u8; 16],
    pub(super) direction: Direction,
    pub(super) zone: Option<ZoneId>,
    pub(super) session: Option<SessionId>,
    pub(super) presented: Presented,
    pub(super) answered: bool,
    pub(super) occasion: Occasion,
}

impl ScanWork {
    /// Decides and writes; none when an edit has overtaken the roster, and nothing is written.
    pub(super) fn decide_and_keep(&self, change: &Change<'_>) -> Result<Option<Decided>, Problem> {
        let Verdicted {
            decision,
            slot,
            ticket,
            first_time,
            ..
        } = match self.weigh(change)? {
            Weighed::Overtaken => return Ok(None),
            Weighed::Repeated(decided) => return Ok(Some(*decided)),
            Weighed::Decided(verdicted) => *verdicted,
        };
        let version = match (self.presented, &ticket) {
            (Presented::Genuine { version, .. }, _) => version,
            (Presented::ByHand(_), Some(ticket)) => ticket.version,
            _ => 0,
        };
        let scan = self.sign(change, &decision, version, None)?;
        let at = scan.record.clock.wall_ms;
        let id = self.presented.ticket();
        let told = self.use_before(change, id, &decision)?;
        let denied = self.word.denied.as_ref();
        change.insert_scan(&scan, slot.as_ref())?;
        if let Some(reason) = self
            .occasion
            .reason()
            .filter(|_| decision.verdict != Verdict::Refused)
        {
            change.insert_reason(self.nonce, reason)?;
        }
        Ok(Some(Decided {
            first_time,
            first_use: told.or_else(|| denied.and_then(|denied| denied.first_use.clone())),
            decision,
            ticket,
            at,
            mode: scan.record.mode,
            written: Some(scan),
        }))
    }

    /// Decides, and writes nothing.
    pub(super) fn weigh(&self, view: &View<'_>) -> Result<Weighed, Problem> {
        if view.last_edit()? != self.roster.as_of {
            return Ok(Weighed::Overtaken);
        }
        let id = self.presented.ticket();
        let ticket = id.map(|id| view.door_ticket(id)).transpose()?.flatten();
        if let Some(kept) = view.scan_by_nonce(self.nonce)? {
            let decided = self.repeat(view, &kept, ticket, None)?;
            return Ok(Weighed::Repeated(Box::new(decided)));
        }
        let passages = id
            .map(|id| view.passages(id))
            .transpose()?
            .unwrap_or_default();
        let door = self.door(view)?;
        let kind = ticket
            .as_ref()
            .and_then(|ticket| self.roster.types.get(&ticket.ticket_type));
        let known = ticket.as_ref().zip(kind).map(|(ticket, kind)| KnownTicket {
            status: ticket.status,
            version: ticket.version,
            ticket_type: kind,
            holder: &ticket.holder,
        });
        let mut decision = decide(self.presented, &door, known.as_ref(), &passages);
        if let (Verdict::Admitted, Some(denied)) = (decision.verdict, &self.word.denied) {
            decision = Decision {
                verdict: Verdict::Refused,
                code: denied.code,
                ..decision
            };
        }
        // With no room left it would be full.
        let mut full = door;
        full.terms.room = Some(0);
        let takes_room = decision.verdict == Verdict::Admitted
            && door.terms.room.is_some()
            && decide(self.presented, &full, known.as_ref(), &passages).code == Code::ZoneFull;
        Ok(Weighed::Decided(Box::new(Verdicted {
            takes_room,
            slot: slot(&door, &decision).map(AdmissionSlot),
            first_time: decision.verdict == Verdict::Admitted
                && !passages.iter().any(Passage::is_entry),
            decision,
            ticket,
        })))
    }

    /// Takes an earlier passage of this ticket back.
    pub(super) fn undo(&self, change: &Change<'_>, undone: &ScanRow) -> Result<Decided, Problem> {
        let record = &undone.record;
        let ticket = record
            .ticket
            .map(|id| change.door_ticket(id))
            .transpose()?
            .flatten();
        if let Some(kept) = change.scan_by_nonce(self.nonce)? {
            return self.repeat(change, &kept, ticket, Some(record.nonce));
        }
        let decision = Decision {
            verdict: Verdict::Undone,
            code: Code::Undone,
            session: record.session,
            day: record.day,
            doors_at: None,
            rule: None,
        };
        let scan = self.sign(change, &decision, record.version, Some(record.nonce))?;
        let at = scan.record.clock.wall_ms;
        change.insert_scan(&scan, None)?;
        Ok(Decided {
            decision,
            ticket,
            first_use: None,
            first_time: false,
            at,
            mode: scan.record.mode,
            written: Some(scan),
        })
    }

    /// The use that makes this one the second, where that is why it is refused: the first in the
    /// same place and session, and on the same day where each day counts; the last where whoever
    /// left may come back.
    fn use_before(
        &self,
        view: &View<'_>,
        ticket: Option<TicketId>,
        decision: &Decision,
    ) -> Result<Option<FirstUse>, Problem> {
        let Some(ticket) = ticket.filter(|_| decision.code == Code::Used) else {
            return Ok(None);
        };
        let policy = self.roster.event.settings.re_entry;
        Ok(view.use_in(
            ticket,
            &UsedIn {
                zone: self.zone,
                session: decision.session,
                day: (policy == ReEntry::OncePerDay).then_some(decision.day),
                last: policy == ReEntry::AfterExit,
            },
        )?)
    }

    /// The same nonce again: what was said the first time. Another ticket, gate or request by a
    /// nonce that is taken is refused, since the verdict that is known is not about it.
    fn repeat(
        &self,
        view: &View<'_>,
        kept: &ScanRow,
        ticket: Option<DoorTicket>,
        undoes: Option<[u8; 16]>,
    ) -> Result<Decided, Problem> {
        let record = &kept.record;
        let same = record.ticket == self.presented.ticket()
            && record.device == self.device
            && record.undoes == undoes;
        if !same {
            return Err(Problem::new(
                "nonce_reused",
                "this presentation's name was used for another one; nothing was decided. Present \
                 the code again under a new name",
            ));
        }
        let decision = Decision {
            verdict: record.verdict,
            code: record.code,
            session: record.session,
            day: record.day,
            doors_at: None,
            rule: None,
        };
        Ok(Decided {
            first_use: self.use_before(view, record.ticket, &decision)?,
            decision,
            ticket,
            first_time: false,
            at: record.clock.wall_ms,
            mode: record.mode,
            written: None,
        })
    }

    fn door<'r>(&'r self, view: &View<'_>) -> Result<Door<'r>, Problem> {
        let roster = &*self.roster;
        let now = self.word.now;
        let room = match roster.capacity(self.zone, self.session, now) {
            // Only an entry takes room, and one of before took it then.
            Some(capacity)
                if self.direction == Direction::Entry
                    && !matches!(self.occasion, Occasion::Afterwards(_)) =>
            {
                let inside = roster.count_inside(view, self.zone, self.session, now)?;
                let left = capacity.saturating_sub(inside);
                Some(self.word.room.map_or(left, |leased| leased.min(left)))
            }
            _ => None,
        };
        Ok(Door {
            right: DeviceRight {
                active: roster.device_allowed,
                zone: self.stand.zone,
                // Nobody passes the gate that a paper list is entered at.
                way: match self.occasion {
                    Occasion::Afterwards(_) => None,
                    Occasion::Usual | Occasion::Forced(_) => self.stand.only(),
                },
            },
            offline_too_long: view
                .alone_until()?
                .is_some_and(|until| self.word.device_ms > until),
            zone: self.zone,
            direction: self.direction,
            session: self.session,
            schedule: roster.schedule(),
            re_entry: roster.event.settings.re_entry,
            roster_complete: true,
            now_ms: now,
            terms: Terms {
                rules: &roster.rules,
                place: roster.zone(self.zone).map_or("", |zone| &zone.name),
                gate: &self.gate,
                room,
                emptied_at: roster.emptied_at(now),
                counted_since: Some(roster.counted_since(now)),
                questions: !roster.event.settings.door.questions.is_empty(),
                answered: self.answered,
                forced: matches!(self.occasion, Occasion::Forced(_)),
            },
        })
    }

    fn sign(
        &self,
        change: &Change<'_>,
        decision: &Decision,
        version: u32,
        undoes: Option<[u8; 16]>,
    ) -> Result<ScanRow, Problem> {
        let end = change.chain_end(self.device, self.incarnation)?;
        let last = end.as_ref().map_or(HybridClock::default(), |e| e.clock);
        // The home's own clock is home time; a gate that works alone takes its own for it.
        let (clock, uncertainty_ms) = self
            .word
            .clock
            .unwrap_or_else(|| (last.tick(self.word.now), 0));
        let record = ScanRecord {
            event: self.roster.event.id,
            device: self.device,
            incarnation: self.incarnation,
            sequence: end.as_ref().map_or(1, |e| e.sequence + 1),
            ticket: self.presented.ticket(),
            version,
            session: decision.session.or(self.session),
            day: decision.day,
            zone: self.zone,
            direction: self.direction,
            verdict: decision.verdict,
            code: decision.code,
            mode: self.word.mode,
            nonce: self.nonce,
            device_ms: self.word.device_ms,
            clock,
            uncertainty_ms,
            previous: end.map_or([0; 32], |e| chain_hash(&e.signed, &e.signature)),
            undoes,
        };
        let signed = record.to_bytes();
        let signature = self.key.sign(&signed);
        Ok(ScanRow {
            record,
            signed,
            signature,
        })
    }
}
