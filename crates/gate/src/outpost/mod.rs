//! A gate away from its event's home: enrolled once, deciding by itself, sending what it decided
//! and fetching what is new whenever the home can be reached.
//!
//! Everything that it knows is in one folder of its own: the roster and its scans in `gate.db`, its
//! signing key and its credential sealed in there too.

mod alone;
mod forget;
mod given;
mod home;
mod mesh;
mod over;
mod photos;
mod pinned;
mod reasons;
mod reserve;
mod spare;
mod talk;
mod ticket;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use gatehouse_api::scanners::wire::RosterWire;
use gatehouse_api::{
    Gate, Problem, RosterBody, RosterHead, SignedScan, Surroundings, merge, read_scan, stand_for,
    take_roster,
};
use gatehouse_credential::key::{KeyProfile, PublicKey, SigningKey};
use gatehouse_credential::vault::{Protection, Vault};
use gatehouse_domain::device::{DeviceInfo, DeviceSettings};
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, EventId};
use gatehouse_mesh::net::Mesh;
use gatehouse_store::Lane;
use gatehouse_store::event::{DeviceRow, EventFile, GateStand, Merged};

use crate::lock;
use forget::{REVOKED, revoked};
use given::Wanted;
use over::list_dropped;

pub use alone::{Alone, Company, Leaving};
pub use given::{Registration, SpareStart};
pub use home::Home;
pub use mesh::{Joined, Listener, Meeting};
pub use talk::Talk;
use ticket::ENROLLED_BY;
pub use ticket::EnrolTicket;

/// The file in a gate's folder.
const FILE: &str = "gate.db";
/// What says that the gate of a folder was left.
const LEFT: &str = "left";
/// What is kept in it beside the roster and the scans.
const PROTECTION: &str = "protection";
const HOME: &str = "home";
const CREDENTIAL: &str = "credential";
/// What the credential is sealed for.
const CREDENTIAL_PURPOSE: &str = "gate's credential";
const HOUR: i64 = 60 * MINUTE;
const MINUTE: i64 = 60_000;
/// Scans that are sent at a time.
const BATCH: u32 = 500;

/// Locks a new vault for a device in the best way that the machine has.
pub type Lock<'a> = &'a dyn Fn(DeviceId) -> Result<(Vault, Protection), Problem>;
/// Opens a device's vault again.
pub type Unlock<'a> = &'a dyn Fn(DeviceId, &Protection) -> Result<Vault, Problem>;

/// A gate away from home.
#[derive(Debug)]
pub struct Outpost {
    file: EventFile,
    /// As its home wants it; it may be placed elsewhere with any exchange.
    device: Mutex<DeviceRow>,
    key: Vec<u8>,
    vault: Vault,
    home: Home,
    surroundings: Surroundings,
    /// Its peers, while it meets any.
    mesh: Mutex<Option<Mesh>>,
    /// Whose turn it is to give away what this gate has ahead.
    reserve: Mutex<()>,
    /// Whether what was forgotten is still on the disk.
    unerased: AtomicBool,
}

/// What one exchange with the home did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exchange {
    /// Scans that the home has now and had not.
    pub sent: usize,
    /// Scans of other gates that are known here now.
    pub heard: usize,
    /// Whether the roster is another one.
    pub renewed: bool,
    /// Scans that the home does not have yet.
    pub waiting: u64,
    /// Admissions of this gate that turned out to be the second.
    pub doubles: usize,
}

/// Whether a gate lives in this folder.
#[must_use]
pub fn is_outpost(dir: &Path) -> bool {
    dir.join(FILE).is_file() && !dir.join(LEFT).exists()
}

/// Notes that nobody needs what is in a gate's folder any more, and removes it. Where the system
/// holds files that are open, it goes when the next gate comes there.
fn clear(dir: &Path) -> Result<(), Problem> {
    std::fs::write(dir.join(LEFT), "")?;
    if let Err(error) = std::fs::remove_dir_all(dir) {
        tracing::warn!(%error, "a gate's folder could not be removed yet");
        std::fs::write(dir.join(LEFT), "")?;
    }
    Ok(())
}

/// What a gate says of the machine that it is on, when it registers: a program of that version.
#[must_use]
pub fn this_machine(version: &str) -> DeviceInfo {
    DeviceInfo {
        model: std::env::consts::ARCH.to_owned(),
        os_version: std::env::consts::OS.to_owned(),
        app_version: version.to_owned(),
    }
}

fn damaged(detail: impl std::fmt::Display) -> Problem {
    Problem::new(
        "gate_damaged",
        format!("this gate's folder can't be read ({detail}); enrol it again in a new folder"),
    )
}

impl Outpost {
    /// Enrols a gate: registers it with the home that the ticket names, and takes the roster in.
    pub fn enrol(
        dir: &Path,
        ticket: &EnrolTicket,
        name: &str,
        info: &DeviceInfo,
        surroundings: Surroundings,
        lock: Lock<'_>,
    ) -> Result<Self, Problem> {
        if is_outpost(dir) {
            return Err(Problem::new(
                "gate_exists",
                "a gate lives in this folder already; give another folder",
            ));
        }
        if dir.join(LEFT).exists() {
            std::fs::remove_dir_all(dir)?;
        }
        std::fs::create_dir_all(dir)?;
        let key = SigningKey::generate(KeyProfile::Ed25519)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?;
        let (home, made) = Home::register(ticket, name, info, key.public().spki_der())?;
        // A spare gate takes a place that was made before, with the key that it was made for.
        let key = match &made.spare {
            Some(spare) => spare.key()?,
            None => key,
        };
        let (vault, protection) = lock(made.device)?;
        let device = DeviceRow {
            kind: made.kind,
            stand: made.stand,
            settings: made.settings,
            ..DeviceRow::of_office(
                made.device,
                &made.name,
                key.public().spki_der(),
                vault.seal_key(&key),
                surroundings.now(),
            )
        };
        let file = EventFile::create_carried(&dir.join(FILE), made.event, &device)?;
        let protection = serde_json::to_string(&protection).map_err(damaged)?;
        let place = serde_json::to_string(home.place()).map_err(damaged)?;
        let credential = hex(&vault.seal(CREDENTIAL_PURPOSE, made.credential.as_bytes()));
        let until = alone_until(&device, surroundings.now());
        let token = ticket.token.to_string();
        file.append(Lane::Edit, move |change| {
            change.keep(PROTECTION, &protection)?;
            change.keep(HOME, &place)?;
            change.keep(CREDENTIAL, &credential)?;
            change.keep(ENROLLED_BY, &token)?;
            change.may_be_alone(until)?;
            Ok::<_, Problem>(())
        })?;
        let spare = made.spare;
        let outpost = Self {
            key: device.sealed.clone().unwrap_or_default(),
            file,
            device: Mutex::new(device),
            vault,
            home,
            surroundings,
            mesh: Mutex::default(),
            reserve: Mutex::default(),
            unerased: AtomicBool::new(false),
        };
        match spare {
            Some(spare) => outpost.start_as_spare(spare)?,
            // The list, and every scan so far: what was used before is used here too.
            None => {
                outpost.exchange()?;
            }
        }
        Ok(outpost)
    }

    /// Opens the gate that lives in a folder. Its home need not be reachable.
    pub fn open(
        dir: &Path,
        surroundings: Surroundings,
        unlock: Unlock<'_>,
    ) -> Result<Self, Problem> {
        let file = EventFile::open_carried(&dir.join(FILE))?;
        let (device, protection, place, credential) = file.read(|view| {
            Ok::<_, Problem>((
                view.own_device()?.ok_or_else(|| damaged("device"))?,
                view.kept(PROTECTION)?.ok_or_else(|| damaged(PROTECTION))?,
                view.kept(HOME)?.ok_or_else(|| damaged(HOME))?,
                view.kept(CREDENTIAL)?.ok_or_else(|| damaged(CREDENTIAL))?,
            ))
        })?;
        let protection: Protection = serde_json::from_str(&protection).map_err(damaged)?;
        let vault = unlock(device.id, &protection)?;
        let sealed = unhex(&credential).ok_or_else(|| damaged(CREDENTIAL))?;
        let credential = vault.open(CREDENTIAL_PURPOSE, &sealed).map_err(damaged)?;
        let credential = String::from_utf8(credential.to_vec()).map_err(damaged)?;
        let place = serde_json::from_str(&place).map_err(damaged)?;
        Ok(Self {
            key: device.sealed.clone().unwrap_or_default(),
            home: Home::new(place, device.id, credential)?,
            file,
            device: Mutex::new(device),
            vault,
            surroundings,
            mesh: Mutex::default(),
            reserve: Mutex::default(),
            unerased: AtomicBool::new(false),
        })
    }

    /// The gate itself: it decides with what is in the folder, and asks nobody.
    pub fn gate(&self) -> Result<Gate, Problem> {
        if self.key.is_empty() {
            return Err(revoked());
        }
        if self.over_since()?.is_some() {
            return Err(list_dropped());
        }
        let device = self.now();
        let kid = PublicKey::from_spki_der(&device.public_key)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?
            .id();
        let key = self
            .vault
            .open_key(kid, &self.key)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))?;
        Gate::open_carried(self.file.clone(), &device, key, self.surroundings.clone())
    }

    /// The device that it is.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.now().id
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        self.now().name
    }

    /// When its home was heard of last, UTC ms; none before that was written down.
    pub fn heard_at(&self) -> Result<Option<i64>, Problem> {
        Ok(self.file.read(|view| view.heard_at())?)
    }

    /// Until when it may let in without hearing from its home, UTC ms; none where it may for as long
    /// as it likes.
    pub fn alone_until(&self) -> Result<Option<i64>, Problem> {
        let within = self.file.read(|view| view.alone_within())?;
        Ok(within.map(|(_, until)| until))
    }

    /// Scans that its home does not have yet.
    pub fn waiting(&self) -> Result<u64, Problem> {
        let device = self.now();
        self.file.read(|view| {
            let end = view.chain_end(device.id, device.incarnation)?;
            let sent = view.sent()?;
            Ok(end.map_or(0, |end| end.sequence.saturating_sub(sent)))
        })
    }

    /// Where it stands.
    #[must_use]
    pub fn stand(&self) -> GateStand {
        self.now().stand
    }

    fn now(&self) -> DeviceRow {
        lock(&self.device).clone()
    }

    /// The event that it admits to.
    #[must_use]
    pub fn event(&self) -> EventId {
        self.file.id()
    }

    /// How often it talks to its home.
    #[must_use]
    pub fn settings(&self) -> DeviceSettings {
        self.now().settings
    }

    /// Fetches what is new, sends what the home does not have, and hears of other gates' scans.
    ///
    /// An error leaves everything as it was; the same scans are sent again next time. A right that
    /// was taken back (`scanner_revoked`) wipes the roster and the key at once; the scans, which
    /// name nobody, stay until the home has them. So it goes with the list of an event that is over.
    pub fn exchange(&self) -> Result<Exchange, Problem> {
        let mut home_time = None;
        self.erase_what_is_left();
        let done = self.try_exchange(&mut home_time);
        if done.is_err() {
            self.home.note_failure();
        }
        if let Err(problem) = self.drop_when_over(home_time) {
            tracing::error!(
                code = problem.code,
                "the list of an event that is over is still here"
            );
        }
        done
    }

    fn try_exchange(&self, home_time: &mut Option<i64>) -> Result<Exchange, Problem> {
        let mut done = Exchange::default();
        self.find_home()?;
        let may_go_on = match self.renew() {
            Ok(renewed) => {
                done.renewed = renewed;
                true
            }
            Err(problem) if problem.code == REVOKED => {
                self.forget()?;
                false
            }
            Err(problem) => return Err(problem),
        };
        match self.send_all(&mut done, home_time) {
            // It has nothing to send, so that this is all that the home has to say.
            Err(problem) if problem.code == REVOKED => {
                self.forget()?;
                return Err(revoked());
            }
            sent => sent?,
        }
        if !may_go_on {
            return Err(revoked());
        }
        if self.was_dropped_in_error(*home_time)? {
            done.renewed = self.renew()?;
        }
        if let Err(problem) = self.renew_reserve() {
            tracing::warn!(
                code = problem.code,
                "nothing new was given to this gate ahead"
            );
        }
        // Without them the gate decides all the same.
        if let Err(problem) = self.renew_photos() {
            tracing::warn!(code = problem.code, "pictures of holders are not all here");
        }
        Ok(done)
    }

    fn send_all(&self, done: &mut Exchange, home_time: &mut Option<i64>) -> Result<(), Problem> {
        let device = self.now();
        let mut over = false;
        loop {
            let (own, waiting, chains, policy) = self.file.read(|view| {
                let sent = view.sent()?;
                let own = view.scans_after(device.id, device.incarnation, sent, BATCH)?;
                let chains = view.chains()?;
                let last = chains
                    .iter()
                    .find(|(known, life, _)| (*known, *life) == (device.id, device.incarnation))
                    .map_or(0, |(_, _, sequence)| *sequence);
                Ok::<_, Problem>((own, last.saturating_sub(sent), chains, policy(view)?))
            })?;
            let left = waiting.saturating_sub(own.len() as u64);
            let last = own.last().map(|scan| scan.record.sequence);
            let records: Vec<SignedScan> = own
                .into_iter()
                .map(|scan| SignedScan {
                    record: scan.signed,
                    signature: scan.signature,
                })
                .collect();
            let answer = self.home.sync(&records, &chains, left)?;
            *home_time = answer.home_time;
            done.sent += records.len();
            done.doubles += answer.doubles;
            done.waiting = left;
            let heard = self.take(&answer.records, policy, last)?;
            done.heard += heard;
            if answer.over && !over {
                self.forget()?;
                over = true;
            }
            if !over {
                self.heard_of_home(answer.wanted.as_ref())?;
            }
            // More that brings nothing new is of devices that the next roster names.
            if left == 0 && (!answer.more || heard == 0) {
                self.send_reasons();
                return if over { Err(revoked()) } else { Ok(()) };
            }
        }
    }

    /// Notes that the home was heard of, and does what it wants of this gate from now on.
    fn heard_of_home(&self, wanted: Option<&Wanted>) -> Result<(), Problem> {
        let mut device = lock(&self.device);
        if let Some(wanted) = wanted {
            *device = DeviceRow {
                name: wanted.device_name.clone(),
                stand: wanted.stand(),
                settings: wanted.settings(),
                ..device.clone()
            };
        }
        let now = self.surroundings.now();
        let until = alone_until(&device, now);
        let row = device.clone();
        self.file.append(Lane::Edit, move |change| {
            change.change_device(row.id, &row.name, &row.settings)?;
            change.place_device(row.id, &row.stand)?;
            change.heard_of_home(now)?;
            change.may_be_alone(until)?;
            Ok::<_, Problem>(())
        })
    }

    /// Keeps the records of others that the home sent, and how far it knows our own.
    fn take(
        &self,
        records: &[SignedScan],
        policy: ReEntry,
        sent: Option<u64>,
    ) -> Result<usize, Problem> {
        let event = self.file.id();
        let (keys, rows) = self.file.read(|view| {
            let devices = view.devices()?.into_iter();
            let keys: HashMap<DeviceId, PublicKey> = devices
                .filter_map(|one| Some((one.id, PublicKey::from_spki_der(&one.public_key).ok()?)))
                .collect();
            let mut rows = Vec::new();
            for scan in records {
                let row = read_scan(scan).map_err(|_| damaged("a scan of another gate"))?;
                // A device that is newer than the roster: its scans come again with the next.
                let is_known = keys.contains_key(&row.record.device) && row.record.event == event;
                // What a peer told of before the home did was checked then.
                if is_known && !view.has_scan(&row)? {
                    rows.push(row);
                }
            }
            Ok::<_, Problem>((keys, rows))
        })?;
        // One for which nobody stands yet comes again, with whatever names it.
        let mut stands = stand_for(&rows, |device| keys.get(&device)).into_iter();
        let mut rows = rows;
        rows.retain(|_| stands.next() == Some(true));
        if rows.is_empty() && sent.is_none() {
            return Ok(0);
        }
        // The home has them on its disk, and tells again what a power cut took from here.
        self.file.append_unsynced(Lane::Scan, move |change| {
            let mut heard = 0;
            for row in &rows {
                heard += usize::from(merge(change, row, policy)? != Merged::Known);
            }
            if let Some(sent) = sent {
                change.mark_sent(sent)?;
            }
            Ok::<_, Problem>(heard)
        })
    }

    /// Takes the newest roster in; `false` where there was none newer.
    fn renew(&self) -> Result<bool, Problem> {
        let Some(text) = self.home.roster(self.known_edit()?)? else {
            return Ok(false);
        };
        let wire: RosterWire = serde_json::from_slice(&text).map_err(damaged)?;
        let roster = RosterBody::try_from(wire)?;
        if roster.head.event.id != self.file.id() {
            return Err(damaged("a roster of another event"));
        }
        self.check_home(&roster)?;
        if !self.is_wanted(&roster.head)? {
            return Ok(false);
        }
        let at = self.surroundings.now();
        self.file.append(Lane::Edit, move |change| {
            take_roster(change, &roster, at)?;
            if let Some(mark) = roster.mark {
                change.mark_roster(mark)?;
            }
            Ok::<_, Problem>(())
        })?;
        let mesh = lock(&self.mesh).clone();
        if let Some(mesh) = mesh {
            mesh.roster_changed();
        }
        Ok(true)
    }
}

impl SpareStart {
    fn key(&self) -> Result<SigningKey, Problem> {
        let der = unhex(&self.key).ok_or_else(|| damaged("key"))?;
        SigningKey::from_pkcs8(&der).map_err(|e| Problem::new("key_failed", e.to_string()))
    }
}

impl Outpost {
    /// Begins with what the gate gave that enrolled this one; scans so far come from peers.
    fn start_as_spare(&self, spare: SpareStart) -> Result<(), Problem> {
        let wire: RosterWire = serde_json::from_value(spare.roster).map_err(damaged)?;
        let roster = RosterBody::try_from(wire)?;
        if roster.head.event.id != self.file.id() {
            return Err(damaged("a roster of another event"));
        }
        self.keep_company(&spare.certificates, &spare.peers)?;
        let at = self.surroundings.now();
        self.file.append(Lane::Edit, move |change| {
            take_roster(change, &roster, at)?;
            if let Some(mark) = roster.mark {
                change.mark_roster(mark)?;
            }
            Ok::<_, Problem>(())
        })
    }

    /// Looks up where the list that is here says that the home is.
    fn find_home(&self) -> Result<(), Problem> {
        let known = self.file.read(|view| view.carried_head())?;
        let known = known.and_then(|text| serde_json::from_str::<RosterHead>(&text).ok());
        if let Some(head) = known {
            self.home.is_at(head.offices);
        }
        Ok(())
    }

    /// Refuses the list of a home that is none any more: peers brought the word of a later one.
    fn check_home(&self, roster: &RosterBody) -> Result<(), Problem> {
        let known = self.file.read(|view| view.carried_head())?;
        let known = known.and_then(|text| serde_json::from_str::<RosterHead>(&text).ok());
        let later = known.is_some_and(|head| head.event.home_epoch > roster.head.event.home_epoch);
        match later {
            true => Err(Problem::new(
                "home_superseded",
                "another office is this event's home now, and the one at the address that this                  gate knows is none any more. This gate goes on with the list that it has",
            )),
            false => Ok(()),
        }
    }
}

/// Until when a gate that heard of its home at `now` may let in without it, UTC ms. One that may
/// not go on without it waits for the next exchange, and a little.
fn alone_until(device: &DeviceRow, now: i64) -> Option<i64> {
    let settings = &device.settings;
    if !settings.offline_mode {
        return Some(now + (i64::from(settings.sync_interval_minutes) + 1) * MINUTE);
    }
    Some(now + i64::from(settings.max_offline_hours?) * HOUR)
}

fn policy(view: &gatehouse_store::event::View<'_>) -> Result<ReEntry, Problem> {
    let head = view.carried_head()?.unwrap_or_default();
    let head: RosterHead = match serde_json::from_str(&head) {
        Ok(head) => head,
        // A gate that was wiped sends its scans and decides nothing.
        Err(_) => return Ok(ReEntry::Unlimited),
    };
    Ok(head.event.settings.re_entry)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.len()
        .is_multiple_of(2)
        .then(|| {
            (0..text.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
                .collect()
        })
        .flatten()
}
