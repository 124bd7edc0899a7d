//! The gate at an event's home: a code is presented, a verdict is spoken.
//!
//! The scan is on disk, with the used-mark, before the verdict is given back; whoever shows a
//! green light has it from here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gatehouse_credential::key::{KeyId, KeyProfile, PublicKey, SigningKey};
use gatehouse_credential::verify::Verifier;
use gatehouse_domain::admission::{Code, Decision, Door, KnownTicket, Presented, decide, slot};
use gatehouse_domain::device::DeviceStatus;
use gatehouse_domain::event::{Event, EventStatus};
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, TicketTypeId, ZoneId};
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict, chain_hash};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_domain::validity::Schedule;
use gatehouse_store::Lane;
use gatehouse_store::event::{
    AdmissionSlot, Change, DeviceRow, FirstUse, GateStand, ScanRow, TicketFacts,
};

use crate::home::EventHome;
use crate::problem::Problem;
use crate::wording::{day_and_time, time_of_day};

/// A gate that admits to one event at its home.
#[derive(Debug)]
pub struct Gate {
    home: EventHome,
    device: DeviceId,
    incarnation: u32,
    name: String,
    stand: GateStand,
    key: Arc<SigningKey>,
    roster: Mutex<Arc<Roster>>,
}

/// What a gate knows of its event apart from the tickets, as of one edit.
#[derive(Debug)]
struct Roster {
    /// The newest edit that it has seen; a later one makes it stale.
    as_of: i64,
    verifier: Verifier,
    event: Event,
    sessions: Vec<Session>,
    types: HashMap<TicketTypeId, TicketType>,
    device_allowed: bool,
}

/// How often a roster is renewed for one presentation before it is given up.
const ROSTER_TRIES: usize = 8;

/// One presentation of a code.
#[derive(Debug, Clone)]
pub struct Presentation<'a> {
    /// The code's text, in either form.
    pub text: &'a str,
    /// Names this presentation: the same nonce again is the same scan.
    pub nonce: [u8; 16],
    /// Which way.
    pub direction: Direction,
    /// The zone at whose entrance the gate stands.
    pub zone: Option<ZoneId>,
    /// The session that the gate stands for, when it stands for one only.
    pub session: Option<SessionId>,
}

/// What the gate shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Shown {
    /// Admitted, exited or refused.
    pub verdict: Verdict,
    /// Why, in one stable code.
    pub code: Code,
    /// The scanning API's word for it.
    pub status: &'static str,
    /// What staff are told, in one or two sentences.
    pub message: String,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// Its number.
    pub number: Option<u32>,
    /// Its holder's name.
    pub name: Option<String>,
    /// Name of its type.
    pub ticket_type: Option<String>,
    /// Its seat.
    pub seat: Option<String>,
    /// When it was first used, UTC ms.
    pub first_used_at: Option<i64>,
    /// Gate at which it was first used.
    pub first_used_gate: Option<String>,
    /// When doors open, for one who is too early or at another session, UTC ms.
    pub doors_at: Option<i64>,
}

/// What the transaction of one scan found and decided.
struct Decided {
    decision: Decision,
    facts: Option<TicketFacts>,
    ticket_type: Option<String>,
    first_use: Option<FirstUse>,
}

impl EventHome {
    /// Opens a gate of that name at this home; it is registered when it is new.
    pub fn open_gate(&self, name: &str) -> Result<Gate, Problem> {
        let devices = self.file().read(|view| view.devices())?;
        let known = devices.into_iter().find(|device| device.name == name);
        let (row, key) = match known {
            Some(row) => {
                let key = self.unseal_device(&row)?;
                (row, key)
            }
            None => self.register_device(name)?,
        };
        self.file().settle();
        Ok(Gate {
            home: self.clone(),
            device: row.id,
            incarnation: row.incarnation,
            name: row.name,
            stand: row.stand,
            key: Arc::new(key),
            roster: Mutex::new(Arc::new(self.load_roster(row.id, row.incarnation)?)),
        })
    }

    /// Puts a gate at a zone's entrance, in front of one session, or at the way out; it is
    /// registered when it is new. A gate that is open already stands there once it is opened anew.
    pub fn place_gate(&self, name: &str, stand: GateStand) -> Result<(), Problem> {
        let device = self.open_gate(name)?.device;
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "place gate", Some(name.to_owned()));
        self.file().command(Lane::Edit, meta, move |change| {
            if let Some(zone) = stand.zone
                && !change.zones()?.iter().any(|known| known.id == zone)
            {
                return Err(Problem::new("zone_unknown", "this event has no such zone"));
            }
            if let Some(session) = stand.session
                && change.session(session)?.is_none()
            {
                return Err(Problem::new(
                    "session_unknown",
                    "this event has no such session",
                ));
            }
            change.place_device(device, &stand)?;
            Ok(())
        })
    }

    fn load_roster(&self, device: DeviceId, incarnation: u32) -> Result<Roster, Problem> {
        self.file().read(|view| {
            let as_of = view.last_edit()?;
            Ok(Roster {
                as_of,
                verifier: self.verifier(view)?,
                event: view.event()?,
                sessions: view.sessions()?,
                types: view
                    .ticket_types()?
                    .into_iter()
                    .map(|kind| (kind.id, kind))
                    .collect(),
                device_allowed: view.device(device)?.is_some_and(|d| {
                    d.status == DeviceStatus::Active && d.incarnation == incarnation
                }),
            })
        })
    }

    fn register_device(&self, name: &str) -> Result<(DeviceRow, SigningKey), Problem> {
        let key = SigningKey::generate(KeyProfile::Ed25519)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?;
        let now = self.now();
        let mut mint = self.mint();
        let row = DeviceRow {
            id: DeviceId(mint.mint(now)),
            name: name.to_owned(),
            incarnation: 1,
            public_key: key.public().spki_der().to_vec(),
            sealed: Some(self.workspace().vault().seal_key(&key)),
            status: DeviceStatus::Active,
            created_at: now,
            stand: GateStand::default(),
        };
        let meta = self.edit_meta(&mut mint, "register gate", Some(name.to_owned()));
        let kept = row.clone();
        self.file().command(Lane::Edit, meta, move |change| {
            change.insert_device(&kept)?;
            Ok::<_, Problem>(())
        })?;
        Ok((row, key))
    }

    fn unseal_device(&self, row: &DeviceRow) -> Result<SigningKey, Problem> {
        let sealed = row.sealed.as_deref().ok_or_else(|| {
            Problem::new(
                "device_elsewhere",
                format!(
                    "“{}” is another machine's gate; choose another name",
                    row.name
                ),
            )
        })?;
        let kid: KeyId = PublicKey::from_spki_der(&row.public_key)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?
            .id();
        self.workspace()
            .vault()
            .open_key(kid, sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))
    }
}

impl Gate {
    /// The gate's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A nonce for one presentation.
    #[must_use]
    pub fn new_nonce(&self) -> [u8; 16] {
        let mut nonce = [0; 16];
        self.home.entropy().fill(&mut nonce);
        nonce
    }

    /// Where it stood when it was opened.
    #[must_use]
    pub fn stand(&self) -> GateStand {
        self.stand
    }

    /// Presents a code with a new nonce where the gate stands.
    pub fn admit(&self, text: &str) -> Result<Shown, Problem> {
        self.present(&Presentation {
            text,
            nonce: self.new_nonce(),
            direction: self.stand.direction,
            zone: self.stand.zone,
            session: self.stand.session,
        })
    }

    /// Presents a code: decides, writes the scan, and only then tells.
    ///
    /// The same nonce again gives the first verdict again and writes nothing. An error means
    /// that nothing was decided and nobody may be let in on its account.
    pub fn present(&self, presentation: &Presentation<'_>) -> Result<Shown, Problem> {
        let mut roster = Arc::clone(&self.roster.lock().unwrap_or_else(PoisonError::into_inner));
        let mut presented = read_code(&roster.verifier, presentation.text);
        if presented == Presented::NotOurs(Code::UnknownKey) {
            // Perhaps a key that is newer than this gate's roster.
            roster = self.renew_roster()?;
            presented = read_code(&roster.verifier, presentation.text);
        }
        for _ in 0..ROSTER_TRIES {
            let work = ScanWork {
                roster: Arc::clone(&roster),
                device: self.device,
                incarnation: self.incarnation,
                key: Arc::clone(&self.key),
                now: self.home.now(),
                nonce: presentation.nonce,
                direction: presentation.direction,
                zone: presentation.zone,
                session: presentation.session,
                presented,
            };
            let decided = self
                .home
                .file()
                .append(Lane::Scan, move |change| work.decide_and_keep(change))?;
            if let Some(decided) = decided {
                return Ok(self.show(decided));
            }
            roster = self.renew_roster()?;
            presented = read_code(&roster.verifier, presentation.text);
        }
        Err(Problem::new(
            "event_busy",
            "the event is being edited without pause; nothing was decided. Present the code again",
        ))
    }

    fn renew_roster(&self) -> Result<Arc<Roster>, Problem> {
        let fresh = Arc::new(self.home.load_roster(self.device, self.incarnation)?);
        *self.roster.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
    }

    fn show(&self, decided: Decided) -> Shown {
        let Decided {
            decision,
            facts,
            ticket_type,
            first_use,
        } = decided;
        let zone = self.home.event().time_zone;
        let message = match (&first_use, decision.doors_at) {
            (Some(first), _) if decision.code == Code::Used => format!(
                "This ticket was used at {} at {}. {}",
                first.gate,
                time_of_day(first.at, zone),
                decision.code.advice()
            ),
            (_, Some(doors_at)) if decision.code == Code::TooEarly => format!(
                "Doors open for this ticket at {}.",
                day_and_time(doors_at, self.home.now(), zone)
            ),
            (_, Some(doors_at)) => format!(
                "This ticket is for {}. Show the way, or send the guest to the desk.",
                day_and_time(doors_at, self.home.now(), zone)
            ),
            _ => decision.code.advice().to_owned(),
        };
        let used = decision.code == Code::Used;
        Shown {
            verdict: decision.verdict,
            code: decision.code,
            status: decision.code.scan_word(),
            message,
            ticket: facts.as_ref().map(|f| f.id),
            number: facts.as_ref().map(|f| f.number),
            name: facts.as_ref().map(|f| {
                if f.unnamed {
                    format!("{} +1", f.name)
                } else {
                    f.name.clone()
                }
            }),
            ticket_type,
            seat: facts.and_then(|f| f.seat),
            first_used_at: first_use.as_ref().filter(|_| used).map(|f| f.at),
            first_used_gate: first_use.filter(|_| used).map(|f| f.gate),
            doors_at: decision.doors_at,
        }
    }
}

/// What a code says under the keys that are known.
fn read_code(verifier: &Verifier, text: &str) -> Presented {
    match verifier.verify(text) {
        Ok(genuine) => Presented::Genuine {
            ticket: genuine.claims.ticket,
            version: genuine.claims.version,
            not_before_ms: genuine.claims.not_before.saturating_mul(1_000),
            expires_ms: genuine.claims.expires_at.saturating_mul(1_000),
        },
        Err(refusal) => Presented::NotOurs(refusal_code(refusal.code())),
    }
}

/// The verdict's code for a refusal of the credential itself.
fn refusal_code(code: &str) -> Code {
    code.parse().unwrap_or(Code::Malformed)
}

/// When and where a ticket was used first, where that is why it is refused.
fn first_use(
    change: &Change<'_>,
    ticket: Option<TicketId>,
    decision: &Decision,
) -> Result<Option<FirstUse>, Problem> {
    match ticket {
        Some(ticket) if decision.code == Code::Used => Ok(change.first_use(ticket)?),
        _ => Ok(None),
    }
}

/// Everything that one scan's transaction needs, away from the gate's thread.
struct ScanWork {
    roster: Arc<Roster>,
    device: DeviceId,
    incarnation: u32,
    key: Arc<SigningKey>,
    now: i64,
    nonce: [u8; 16],
    direction: Direction,
    zone: Option<ZoneId>,
    session: Option<SessionId>,
    presented: Presented,
}

impl ScanWork {
    /// Decides and writes; none when an edit has overtaken the roster, and nothing is written.
    fn decide_and_keep(&self, change: &Change<'_>) -> Result<Option<Decided>, Problem> {
        if change.last_edit()? != self.roster.as_of {
            return Ok(None);
        }
        let Roster {
            event,
            sessions,
            types,
            device_allowed,
            ..
        } = &*self.roster;
        let ticket = match self.presented {
            Presented::Genuine { ticket, .. } => Some(ticket),
            Presented::NotOurs(_) => None,
        };
        let facts = ticket
            .map(|id| change.ticket_facts(id))
            .transpose()?
            .flatten();
        let kind = facts.as_ref().and_then(|f| types.get(&f.ticket_type));
        if let Some(kept) = change.scan_by_nonce(self.nonce)? {
            let decision = Decision {
                verdict: kept.record.verdict,
                code: kept.record.code,
                session: kept.record.session,
                day: kept.record.day,
                doors_at: None,
            };
            let ticket_type = kind.map(|k| k.name.clone());
            let first_use = first_use(change, ticket, &decision)?;
            return Ok(Some(Decided {
                decision,
                facts,
                ticket_type,
                first_use,
            }));
        }
        let passages = ticket
            .map(|id| change.passages(id))
            .transpose()?
            .unwrap_or_default();
        let door = Door {
            device_allowed: *device_allowed,
            zone: self.zone,
            direction: self.direction,
            session: self.session,
            schedule: Schedule {
                kind: event.kind,
                zone: event.time_zone,
                cancelled: event.status == EventStatus::Cancelled,
                sessions,
            },
            re_entry: event.settings.re_entry,
            roster_complete: true,
            now_ms: self.now,
        };
        let known = facts.as_ref().zip(kind).map(|(facts, kind)| KnownTicket {
            status: facts.status,
            version: facts.version,
            ticket_type: kind,
        });
        let decision = decide(self.presented, &door, known.as_ref(), &passages);
        let filled = slot(&door, &decision).map(AdmissionSlot);
        let scan = self.sign(change, ticket, &decision)?;
        let first_use = first_use(change, ticket, &decision)?;
        change.insert_scan(&scan, filled.as_ref())?;
        let ticket_type = kind.map(|k| k.name.clone());
        Ok(Some(Decided {
            decision,
            facts,
            ticket_type,
            first_use,
        }))
    }

    fn sign(
        &self,
        change: &Change<'_>,
        ticket: Option<TicketId>,
        decision: &Decision,
    ) -> Result<ScanRow, Problem> {
        let end = change.chain_end(self.device, self.incarnation)?;
        let clock = end
            .as_ref()
            .map_or(HybridClock::default(), |e| e.clock)
            .tick(self.now);
        let record = ScanRecord {
            event: self.roster.event.id,
            device: self.device,
            incarnation: self.incarnation,
            sequence: end.as_ref().map_or(1, |e| e.sequence + 1),
            ticket,
            version: match self.presented {
                Presented::Genuine { version, .. } => version,
                Presented::NotOurs(_) => 0,
            },
            session: decision.session.or(self.session),
            day: decision.day,
            zone: self.zone,
            direction: self.direction,
            verdict: decision.verdict,
            code: decision.code,
            mode: Mode::Home,
            nonce: self.nonce,
            device_ms: self.now,
            clock,
            // The home's own clock is home time.
            uncertainty_ms: 0,
            previous: end.map_or([0; 32], |e| chain_hash(&e.signed, &e.signature)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use gatehouse_credential::verify::TokenRefusal;

    #[test]
    fn every_refusal_of_a_credential_has_its_own_code_at_the_gate() {
        for refusal in [
            TokenRefusal::Malformed,
            TokenRefusal::UnsupportedAlgorithm,
            TokenRefusal::UnknownKey(KeyId([1; 8])),
            TokenRefusal::InvalidSignature,
            TokenRefusal::RevokedKey(KeyId([1; 8])),
            TokenRefusal::WrongTypes,
            TokenRefusal::WrongEvent(gatehouse_domain::id::EventId(uuid::Uuid::nil())),
        ] {
            assert_eq!(refusal_code(refusal.code()).word(), refusal.code());
        }
    }
}
