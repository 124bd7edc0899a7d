//! The gate: a code is presented, a verdict is spoken.
//!
//! The scan is on disk, with the used-mark, before the verdict is given back; whoever shows a
//! green light has it from here.

mod alone;
mod badge;
mod desk;
mod peers;
mod photo;
mod pin;
mod roster;
mod settings;
mod shown;
mod together;
mod view;
mod walk_in;
mod work;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gatehouse_credential::key::{KeyId, KeyProfile, PublicKey, SigningKey};
use gatehouse_credential::verify::Verifier;
use gatehouse_domain::admission::{Code, Presented};
use gatehouse_domain::device::DeviceKind;
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::{Direction, Mode};
use gatehouse_mesh::net::Mesh;
use gatehouse_store::Lane;
use gatehouse_store::event::{DeviceRow, EventFile, GateStand};

use crate::home::EventHome;
use crate::problem::Problem;
use crate::surroundings::Surroundings;
use roster::{Roster, is_allowed};
use work::{Occasion, ScanWork};

pub use alone::OfficeLine;
pub use badge::Badge;
pub use desk::Forcing;
pub(crate) use desk::LONGEST_REASON;
pub use peers::{DoorDouble, DoorPeers};
pub(crate) use pin::PinTries;
pub use roster::RosterHead;
pub(crate) use roster::counted_since;
pub use settings::DoorChange;
pub use shown::{Shown, ShownParty};
pub use view::{
    DeviceDoor, DoorCounts, DoorEvent, DoorGate, DoorLine, DoorView, Found, FoundParty,
};
pub(crate) use walk_in::WalkIn;
pub use work::ENTERED_AFTERWARDS;

/// A gate that admits to one event.
#[derive(Debug)]
pub struct Gate {
    file: EventFile,
    source: RosterSource,
    surroundings: Surroundings,
    pins: Arc<PinTries>,
    mode: Mode,
    device: DeviceId,
    incarnation: AtomicU32,
    name: Arc<str>,
    /// Whether guests use it by themselves.
    kiosk: bool,
    stand: Mutex<GateStand>,
    key: Arc<SigningKey>,
    roster: Mutex<Arc<Roster>>,
    /// Other gates, where this one was told of them.
    mesh: Mutex<Option<Mesh>>,
}

/// Where a gate's roster comes from.
#[derive(Debug)]
enum RosterSource {
    /// The event's home itself.
    Home(Box<EventHome>),
    /// What the home gave this gate; it stands in the gate's own file.
    Carried(EventFile),
}

fn locked<T>(value: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How often a roster is renewed for one presentation before it is given up.
const ROSTER_TRIES: usize = 8;

/// One presentation.
#[derive(Debug, Clone)]
pub struct Presentation<'a> {
    /// The code's text in either form, or a ticket that was found by hand.
    pub what: Shows<'a>,
    /// Names this presentation: the same nonce again is the same scan.
    pub nonce: [u8; 16],
    /// Which way.
    pub direction: Direction,
    /// The zone at whose entrance the gate stands.
    pub zone: Option<ZoneId>,
    /// The session that the gate stands for, when it stands for one only.
    pub session: Option<SessionId>,
    /// Whether staff asked what the event wants to know.
    pub answered: bool,
}

/// What is presented.
#[derive(Debug, Clone, Copy)]
pub enum Shows<'a> {
    /// A code, in either form.
    Code(&'a str),
    /// A ticket that staff found by hand.
    Ticket(TicketId),
}

impl EventHome {
    /// Opens a gate of that name at this home; it is registered when it is new.
    pub fn open_gate(&self, name: &str) -> Result<Gate, Problem> {
        let devices = self.file().read(|view| view.devices())?;
        let known = devices.into_iter().find(|device| device.name == name);
        let row = match known {
            Some(row) => row,
            None => self.register_office_gate(name)?,
        };
        self.open_device(row)
    }

    /// Opens the gate of a device whose key is kept here.
    pub(crate) fn open_device(&self, row: DeviceRow) -> Result<Gate, Problem> {
        let key = self.unseal_device(&row)?;
        self.file().settle();
        let source = RosterSource::Home(Box::new(self.clone()));
        let roster = source.load(row.id, row.incarnation)?;
        Ok(Gate {
            file: self.file().clone(),
            source,
            surroundings: self.workspace().surroundings().clone(),
            pins: self.pins(),
            mode: Mode::Home,
            device: row.id,
            incarnation: row.incarnation.into(),
            name: row.name.into(),
            kiosk: row.kind == DeviceKind::Kiosk,
            stand: Mutex::new(row.stand),
            key: Arc::new(key),
            roster: Mutex::new(Arc::new(roster)),
            mesh: Mutex::default(),
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

    pub(crate) fn register_office_gate(&self, name: &str) -> Result<DeviceRow, Problem> {
        let key = new_device_key()?;
        let now = self.now();
        let mut mint = self.mint();
        let row = DeviceRow::of_office(
            DeviceId(mint.mint(now)),
            name,
            key.public().spki_der(),
            self.workspace().vault().seal_key(&key),
            now,
        );
        let meta = self.edit_meta(&mut mint, "register gate", Some(name.to_owned()));
        let kept = row.clone();
        self.file().command(Lane::Edit, meta, move |change| {
            change.insert_device(&kept)?;
            Ok::<_, Problem>(())
        })?;
        Ok(row)
    }

    pub(crate) fn unseal_device(&self, row: &DeviceRow) -> Result<SigningKey, Problem> {
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

/// A key for a device: it signs the device's scans.
pub(crate) fn new_device_key() -> Result<SigningKey, Problem> {
    SigningKey::generate(KeyProfile::Ed25519).map_err(|e| Problem::new("key_failed", e.to_string()))
}

impl RosterSource {
    fn load(&self, device: DeviceId, incarnation: u32) -> Result<Roster, Problem> {
        match self {
            Self::Home(home) => home.file().read(|view| {
                Roster::new(
                    RosterHead::of_home(home, view)?,
                    is_allowed(view, device, incarnation)?,
                )
            }),
            Self::Carried(file) => file.read(|view| {
                let head = view.carried_head()?.ok_or_else(roster_missing)?;
                let head: RosterHead = serde_json::from_str(&head)
                    .map_err(|e| Problem::new("roster_damaged", e.to_string()))?;
                Roster::new(head, is_allowed(view, device, incarnation)?)
            }),
        }
    }
}

fn roster_missing() -> Problem {
    Problem::new(
        "roster_missing",
        "this gate has no guest list yet, its right was taken back, or the event is over; connect it \
         to its office",
    )
}

impl Gate {
    /// A gate that decides by itself, with the roster and the key in its own file.
    pub fn open_carried(
        file: EventFile,
        device: &DeviceRow,
        key: SigningKey,
        surroundings: Surroundings,
    ) -> Result<Self, Problem> {
        file.settle();
        let source = RosterSource::Carried(file.clone());
        let roster = source.load(device.id, device.incarnation)?;
        Ok(Self {
            file,
            source,
            surroundings,
            pins: Arc::default(),
            mode: Mode::Alone,
            device: device.id,
            incarnation: device.incarnation.into(),
            name: device.name.as_str().into(),
            kiosk: device.kind == DeviceKind::Kiosk,
            stand: Mutex::new(device.stand),
            key: Arc::new(key),
            roster: Mutex::new(Arc::new(roster)),
            mesh: Mutex::default(),
        })
    }

    /// The file that it writes: its event's, or its own.
    pub(crate) fn file(&self) -> &EventFile {
        &self.file
    }

    /// Checks the supervisor's PIN, as the roster knows it.
    pub(crate) fn check_pin(&self, pin: &str) -> Result<(), Problem> {
        let roster = self.renew_roster()?;
        let now = self.surroundings.now();
        self.pins
            .check(Some(self.device), pin, roster.pin.as_deref(), now)
    }

    /// The gate's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The device that it is.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Which life of it.
    fn incarnation(&self) -> u32 {
        self.incarnation.load(Ordering::Acquire)
    }

    /// Begins a new life: this gate came back from an old copy of its file.
    pub fn begin_life(&self, incarnation: u32) -> Result<(), Problem> {
        self.incarnation.store(incarnation, Ordering::Release);
        self.renew_roster().map(|_| ())
    }

    /// The device's signature.
    pub(crate) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.key.sign(bytes)
    }

    /// A nonce for one presentation.
    #[must_use]
    pub fn new_nonce(&self) -> [u8; 16] {
        let mut nonce = [0; 16];
        self.surroundings.entropy().fill(&mut nonce);
        nonce
    }

    /// Where it stands.
    #[must_use]
    pub fn stand(&self) -> GateStand {
        *locked(&self.stand)
    }

    /// Stands there from now on.
    pub fn move_to(&self, stand: GateStand) {
        *locked(&self.stand) = stand;
    }

    /// A presentation with a new nonce where the gate stands.
    #[must_use]
    pub fn presentation<'a>(&self, what: Shows<'a>) -> Presentation<'a> {
        let stand = self.stand();
        Presentation {
            what,
            nonce: self.new_nonce(),
            direction: stand.direction,
            zone: stand.zone,
            session: stand.session,
            answered: false,
        }
    }

    /// Presents a code with a new nonce where the gate stands.
    pub fn admit(&self, text: &str) -> Result<Shown, Problem> {
        self.present(&self.presentation(Shows::Code(text)))
    }

    /// Presents a code or a ticket: decides, writes the scan, and only then tells.
    ///
    /// The same nonce again gives the first verdict again and writes nothing. An error means
    /// that nothing was decided and nobody may be let in on its account.
    pub fn present(&self, presentation: &Presentation<'_>) -> Result<Shown, Problem> {
        self.present_on(presentation, &Occasion::Usual)
    }

    fn present_on(
        &self,
        presentation: &Presentation<'_>,
        occasion: &Occasion,
    ) -> Result<Shown, Problem> {
        let mut roster = self.roster();
        let mut presented = read(&roster.verifier, presentation.what);
        if presented == Presented::NotOurs(Code::UnknownKey) {
            // Perhaps a key that is newer than this gate's roster.
            roster = self.renew_roster()?;
            presented = read(&roster.verifier, presentation.what);
        }
        for _ in 0..ROSTER_TRIES {
            let work = ScanWork {
                answered: presentation.answered,
                occasion: occasion.clone(),
                direction: presentation.direction,
                zone: presentation.zone,
                session: presentation.session,
                ..self.work(&roster, presented, presentation.nonce)
            };
            if let Some(decided) = self.decide(work)? {
                return self.show(&roster, presentation.zone, presentation.nonce, decided);
            }
            roster = self.renew_roster()?;
            presented = read(&roster.verifier, presentation.what);
        }
        Err(Problem::new(
            "event_busy",
            "the event is being edited without pause; nothing was decided. Present the code again",
        ))
    }

    /// A scan's work where the gate stands.
    fn work(&self, roster: &Arc<Roster>, presented: Presented, nonce: [u8; 16]) -> ScanWork {
        let stand = self.stand();
        ScanWork {
            roster: Arc::clone(roster),
            device: self.device,
            incarnation: self.incarnation(),
            gate: Arc::clone(&self.name),
            key: Arc::clone(&self.key),
            word: self.own_word(),
            stand,
            nonce,
            direction: stand.direction,
            zone: stand.zone,
            session: stand.session,
            presented,
            answered: false,
            occasion: Occasion::Usual,
        }
    }

    fn roster(&self) -> Arc<Roster> {
        Arc::clone(&locked(&self.roster))
    }

    fn renew_roster(&self) -> Result<Arc<Roster>, Problem> {
        let fresh = Arc::new(self.source.load(self.device, self.incarnation())?);
        *locked(&self.roster) = Arc::clone(&fresh);
        Ok(fresh)
    }
}

/// What was presented, under the keys that are known.
fn read(verifier: &Verifier, what: Shows<'_>) -> Presented {
    match what {
        Shows::Ticket(ticket) => Presented::ByHand(ticket),
        Shows::Code(text) => match verifier.verify(text) {
            Ok(genuine) => Presented::Genuine {
                ticket: genuine.claims.ticket,
                version: genuine.claims.version,
                not_before_ms: genuine.claims.not_before.saturating_mul(1_000),
                expires_ms: genuine.claims.expires_at.saturating_mul(1_000),
            },
            Err(refusal) => Presented::NotOurs(refusal_code(refusal.code())),
        },
    }
}

/// The verdict's code for a refusal of the credential itself.
fn refusal_code(code: &str) -> Code {
    code.parse().unwrap_or(Code::Malformed)
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
