//! What an office sees of its gates, and what a person decides on doubles.

use std::collections::HashMap;

use gatehouse_domain::device::{DeviceKind, DeviceStatus};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{DeviceId, TicketId, ZoneId};
use gatehouse_domain::scan::{HybridClock, Mode, ScanRecord};
use gatehouse_mesh::conflict::{Conflict, Side, conflicts};
use gatehouse_mesh::limits::MOST_NOTE_BYTES;
use gatehouse_mesh::note::{self, Note, SignedNote, notes_by_double};
use gatehouse_mesh::{Flag, net};
use gatehouse_store::Lane;
use gatehouse_store::event::{NoteRow, View};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::home::EventHome;
use crate::problem::Problem;

/// What became of somebody who came in on a used ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They stay.
    LetStay,
    /// They were asked to leave.
    AskedToLeave,
    /// There was no second person.
    Mistaken,
}

impl From<Outcome> for note::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::LetStay => Self::LetStay,
            Outcome::AskedToLeave => Self::AskedToLeave,
            Outcome::Mistaken => Self::Mistaken,
        }
    }
}

impl From<note::Outcome> for Outcome {
    fn from(outcome: note::Outcome) -> Self {
        match outcome {
            note::Outcome::LetStay => Self::LetStay,
            note::Outcome::AskedToLeave => Self::AskedToLeave,
            note::Outcome::Mistaken => Self::Mistaken,
        }
    }
}

/// The gates of an event, as its office sees them.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeshView {
    /// Whether the office meets its gates now.
    pub on: bool,
    /// Where it is met.
    pub listens_on: Option<String>,
    /// Since when no gate is there, UTC ms; none while one is, and while the office meets none.
    pub alone_since: Option<i64>,
    /// The office's time, UTC ms.
    pub home_ms: i64,
    /// How many edits of the guest list were given to gates.
    pub roster: u64,
    /// Connections that proved nothing, and were ended.
    pub strangers_refused: u64,
    /// Every gate.
    pub gates: Vec<MeshGate>,
    /// Admissions that should have been one, the newest first.
    pub doubles: Vec<MeshDouble>,
    /// What is wrong with gates or with this home.
    pub flags: Vec<MeshFlag>,
}

/// A gate as the office sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeshGate {
    /// The device.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Whether it may admit.
    pub status: DeviceStatus,
    /// Whether it is connected now.
    pub here: bool,
    /// Whether it is connected and lets questions wait.
    pub silent: bool,
    /// The other end of its connection.
    pub address: Option<String>,
    /// How long the way to it and back takes, in milliseconds.
    pub round_trip_ms: Option<f64>,
    /// By how much its own clock is ahead of the office's, in milliseconds.
    pub skew_ms: Option<i64>,
    /// The edit of the guest list that it has.
    pub roster: Option<u64>,
    /// Whether it has every scan that the office has.
    pub same: bool,
    /// Version of its program, as it said.
    pub version: String,
    /// When it was heard of over the office's own listener, UTC ms.
    pub last_seen_at: Option<i64>,
    /// Scans that it had and the office had not, as it said last.
    pub pending: Option<u32>,
    /// Codes that were presented there.
    pub scans: u64,
    /// Of those, the ones that were admitted.
    pub admitted: u64,
}

/// Two admissions of one ticket that should have been one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeshDouble {
    /// The admission that should not have been.
    pub double: Uuid,
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: Option<u32>,
    /// Its holder's name.
    pub name: Option<String>,
    /// The admission that stands: the first.
    pub first: MeshSide,
    /// The second.
    pub second: MeshSide,
    /// How far apart they were, in milliseconds.
    pub distance_ms: i64,
    /// Whether either could have been the first, as far as clocks tell; the order stands.
    pub order_uncertain: bool,
    /// What people decided, the latest last: that one holds.
    pub notes: Vec<MeshNote>,
}

/// One of two admissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeshSide {
    /// Name of the gate.
    pub gate: String,
    /// Name of the zone; none at the venue's entrance.
    pub zone: Option<String>,
    /// When, UTC ms.
    pub at: i64,
    /// Whom the gate could ask.
    pub mode: Mode,
}

/// What a person decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeshNote {
    /// When, UTC ms.
    pub at: i64,
    /// Name of the device at which it was written.
    pub device: String,
    /// What became of them.
    pub outcome: Outcome,
    /// In their words.
    pub note: String,
}

/// Something that is wrong with a gate or with a home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeshFlag {
    /// A stable code: `chain_forked`, `chain_broken`, `chain_missing`, `clock_ahead`,
    /// `rolled_back`, `unsigned`, `two_homes`, `stale_home`; `home_superseded` where this is no
    /// longer the event's home.
    pub code: &'static str,
    /// The device.
    pub device: Option<DeviceId>,
    /// Its name.
    pub name: Option<String>,
}

/// Names of what scans are about.
struct Names {
    devices: HashMap<DeviceId, String>,
    zones: HashMap<ZoneId, String>,
}

impl Names {
    fn device(&self, id: DeviceId) -> String {
        self.devices.get(&id).cloned().unwrap_or_default()
    }

    fn side(&self, side: &Side) -> MeshSide {
        MeshSide {
            gate: self.device(side.device),
            zone: side.zone.and_then(|zone| self.zones.get(&zone).cloned()),
            at: side.clock.wall_ms,
            mode: side.mode,
        }
    }
}

impl EventHome {
    /// The event's gates as this home sees them now.
    pub fn mesh_view(&self) -> Result<MeshView, Problem> {
        let mesh = self.mesh().map(|mesh| mesh.view());
        let policy = self.file().read(|view| view.event())?.settings.re_entry;
        let now = self.now();
        self.file().read(|view| {
            let devices = view.devices()?;
            let names = Names {
                devices: devices.iter().map(|d| (d.id, d.name.clone())).collect(),
                zones: view.zones()?.into_iter().map(|z| (z.id, z.name)).collect(),
            };
            let gates = devices
                .iter()
                .map(|device| {
                    let (scans, admitted) = view.count_scans(device.id)?;
                    let peers = mesh.iter().flat_map(|mesh| &mesh.peers);
                    let peer = peers.into_iter().find(|p| p.peer.device == device.id);
                    Ok(MeshGate {
                        id: device.id,
                        name: device.name.clone(),
                        kind: device.kind,
                        status: device.status,
                        here: peer.is_some_and(|p| p.peer.ready),
                        silent: peer.is_some_and(|p| p.peer.silent),
                        address: peer.and_then(|p| p.address).map(|at| at.to_string()),
                        round_trip_ms: peer
                            .and_then(|p| p.peer.round_trip)
                            .map(|way| way.as_secs_f64() * 1_000.0),
                        skew_ms: peer.and_then(|p| p.peer.skew_ms),
                        roster: peer.map(|p| p.peer.roster.number),
                        same: peer.is_some_and(|p| p.peer.same),
                        version: device.info.app_version.clone(),
                        last_seen_at: device.last_seen_at,
                        pending: device.pending,
                        scans,
                        admitted,
                    })
                })
                .collect::<Result<_, Problem>>()?;
            let rows = view.double_candidates()?;
            let records: Vec<ScanRecord> = rows.into_iter().map(|row| row.record).collect();
            let notes = view.double_notes()?;
            let notes = notes
                .iter()
                .filter_map(|row| Note::from_bytes(&row.note).ok());
            let notes = notes_by_double(notes);
            let mut doubles = conflicts(policy, &records)
                .iter()
                .map(|conflict| {
                    let ticket = view.door_ticket(conflict.ticket)?;
                    let told = notes.get(&conflict.double.nonce);
                    Ok(MeshDouble {
                        number: ticket.as_ref().map(|ticket| ticket.number),
                        name: ticket.map(|ticket| ticket.shown_name()),
                        notes: told
                            .into_iter()
                            .flatten()
                            .map(|note| said(note, &names))
                            .collect(),
                        ..double(conflict, &names)
                    })
                })
                .collect::<Result<Vec<MeshDouble>, Problem>>()?;
            doubles.sort_by_key(|double| std::cmp::Reverse(double.second.at));
            let mut flags = mesh
                .as_ref()
                .map_or_else(Vec::new, |mesh| flags(mesh, &names));
            if is_superseded(view)? {
                flags.insert(
                    0,
                    MeshFlag {
                        code: "home_superseded",
                        device: None,
                        name: None,
                    },
                );
            }
            Ok(MeshView {
                on: mesh.is_some(),
                listens_on: mesh.as_ref().map(|mesh| mesh.listens_on.to_string()),
                alone_since: mesh.as_ref().and_then(|mesh| mesh.alone_since),
                home_ms: now,
                roster: view.roster_mark()?.map_or(0, |mark| mark.number),
                strangers_refused: mesh.as_ref().map_or(0, |mesh| mesh.strangers_refused),
                gates,
                doubles,
                flags,
            })
        })
    }

    /// Keeps what a person decided on a double: for ever, and at every gate.
    pub fn note_double(
        &self,
        double: [u8; 16],
        outcome: Outcome,
        text: &str,
    ) -> Result<(), Problem> {
        let text = text.trim();
        if text.len() > MOST_NOTE_BYTES {
            return Err(FieldErrors(vec![FieldError::new(
                "note",
                "note_length",
                format!("write {MOST_NOTE_BYTES} bytes at most"),
            )])
            .into());
        }
        if self
            .file()
            .read(|view| view.scan_by_nonce(double))?
            .is_none()
        {
            return Err(Problem::new(
                "scan_unknown",
                "this event knows no such admission; nothing was noted",
            ));
        }
        let office = self.office_device()?;
        let key = self.unseal_device(&office)?;
        let mesh = self.mesh();
        let clock = mesh.as_ref().map_or_else(
            || HybridClock {
                wall_ms: self.now(),
                counter: 0,
            },
            |mesh| mesh.stamp().0,
        );
        let note = Note {
            event: self.id(),
            double,
            clock,
            device: office.id,
            outcome: outcome.into(),
            text: text.to_owned(),
        };
        let row = NoteRow {
            note: note.to_bytes(),
            signature: key.sign(&note.to_bytes()),
        };
        let signature = row.signature.clone();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "note double", None);
        self.file().command(Lane::Edit, meta, move |change| {
            Ok::<_, Problem>(change.insert_double_note(&row)?)
        })?;
        if let Some(mesh) = mesh {
            mesh.noted(SignedNote { note, signature });
        }
        Ok(())
    }

    /// Takes back the room of zones that a gate holds which is out of use.
    pub fn write_off(&self, device: DeviceId) -> Result<(), Problem> {
        let mesh = self.mesh().ok_or_else(|| {
            Problem::new(
                "mesh_off",
                "this office meets no gates now; let other machines in first",
            )
        })?;
        mesh.write_off(device);
        Ok(())
    }
}

/// Whether a gate brought the word of a later home of this event.
fn is_superseded(view: &View<'_>) -> Result<bool, Problem> {
    let epoch = view.event()?.home_epoch;
    let heard = view.revocations()?;
    Ok(heard.iter().any(|row| u64::from(row.mark.epoch) > epoch))
}

fn said(note: &Note, names: &Names) -> MeshNote {
    MeshNote {
        at: note.clock.wall_ms,
        device: names.device(note.device),
        outcome: note.outcome.into(),
        note: note.text.clone(),
    }
}

fn double(conflict: &Conflict, names: &Names) -> MeshDouble {
    MeshDouble {
        double: Uuid::from_bytes(conflict.double.nonce),
        ticket: conflict.ticket,
        number: None,
        name: None,
        first: names.side(&conflict.stands),
        second: names.side(&conflict.double),
        distance_ms: conflict.distance_ms,
        order_uncertain: conflict.order_uncertain,
        notes: Vec::new(),
    }
}

fn flags(mesh: &net::View, names: &Names) -> Vec<MeshFlag> {
    let told = |flag: &Flag| {
        let (code, device) = match flag {
            Flag::Forked { life, .. } => ("chain_forked", life.device),
            Flag::Broken { life, .. } => ("chain_broken", life.device),
            Flag::Missing { life, .. } => ("chain_missing", life.device),
            Flag::RolledBack { life } => ("rolled_back", life.device),
            Flag::ClockAhead { device } => ("clock_ahead", *device),
            Flag::Unsigned { peer } => ("unsigned", *peer),
            Flag::TwoHomes { peer } => ("two_homes", *peer),
            Flag::StaleHome { peer } => ("stale_home", *peer),
        };
        MeshFlag {
            code,
            device: Some(device),
            name: names.devices.get(&device).cloned(),
        }
    };
    let mut flags: Vec<MeshFlag> = mesh.flags.iter().map(told).collect();
    flags.dedup();
    flags
}
