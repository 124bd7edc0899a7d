//! The home's word to its gates: the roster as numbered edits, each signed, and whole now and then.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::io::BufWriter;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use gatehouse_credential::home::HomeKey;
use gatehouse_domain::device::DeviceStatus;
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_mesh::limits::MOST_DELTA_BYTES;
use gatehouse_mesh::wire::{Delta, SnapshotHead};
use gatehouse_store::Lane;
use gatehouse_store::event::{Change, DeltaRow, RevocationRow, RosterMark, SnapshotRow};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ledger::{DELTAS_KEPT, version};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::scanners::RosterBody;
use crate::scanners::wire::{
    DeviceWire, RosterEdit, RosterWire, TicketWire, write_device, write_ticket,
};

/// Edits after which a whole roster is made anew, so that who comes late has few to follow.
const EDITS_PER_SNAPSHOT: u64 = 128;

/// How much of a roster is written before it is deflated, in bytes.
const DEFLATED_AT_ONCE: usize = 64 * 1024;

/// Writes an event's roster down for its gates, each time that it has changed.
#[derive(Debug)]
pub(super) struct Publisher {
    home: EventHome,
    key: HomeKey,
    last: Option<Published>,
}

/// What was published last, by digests.
#[derive(Debug)]
struct Published {
    mark: RosterMark,
    as_of: i64,
    contents: Contents,
}

/// A roster, taken apart.
#[derive(Debug)]
struct Contents {
    head: u64,
    devices: HashMap<DeviceId, (u64, DeviceStatus)>,
    tickets: HashMap<TicketId, u64>,
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new("roster_unwritten", error.to_string())
}

fn digest(value: &impl Serialize) -> Result<u64, Problem> {
    let mut hash = DefaultHasher::new();
    hash.write(&serde_json::to_vec(value).map_err(failed)?);
    Ok(hash.finish())
}

impl Contents {
    fn of(roster: &Roster) -> Result<Self, Problem> {
        let mut head = roster.body.head.clone();
        head.as_of = 0;
        Ok(Self {
            head: digest(&head)?,
            devices: roster
                .devices
                .iter()
                .map(|device| Ok((device.0, (digest(device)?, device.4))))
                .collect::<Result<_, Problem>>()?,
            tickets: roster
                .tickets
                .iter()
                .map(|ticket| Ok((ticket.0, digest(ticket)?)))
                .collect::<Result<_, Problem>>()?,
        })
    }

    /// Devices whose right was taken back since.
    fn revoked_since(&self, before: Option<&Self>) -> Vec<DeviceId> {
        let was_active = |id: &DeviceId| {
            let known = before.and_then(|before| before.devices.get(id));
            known.is_none_or(|(_, status)| *status == DeviceStatus::Active)
        };
        let revoked = self
            .devices
            .iter()
            .filter(|(_, (_, status))| *status == DeviceStatus::Revoked);
        let mut revoked: Vec<DeviceId> = revoked.map(|(id, _)| *id).filter(was_active).collect();
        revoked.sort();
        revoked
    }
}

/// A roster as it is written down.
struct Roster {
    body: RosterBody,
    devices: Vec<DeviceWire>,
    tickets: Vec<TicketWire>,
}

impl Roster {
    fn new(body: RosterBody) -> Self {
        let devices = body.devices.iter().cloned().map(write_device).collect();
        let tickets = body.tickets.iter().cloned().map(|mut ticket| {
            // Scans tell of this by themselves.
            ticket.used_at = None;
            write_ticket(ticket)
        });
        Self {
            devices,
            tickets: tickets.collect(),
            body,
        }
    }

    /// What is different from before.
    fn edit_since(&self, before: &Contents, now: &Contents) -> RosterEdit {
        let changed =
            |device: &&DeviceWire| before.devices.get(&device.0) != now.devices.get(&device.0);
        let moved =
            |ticket: &&TicketWire| before.tickets.get(&ticket.0) != now.tickets.get(&ticket.0);
        let gone = before.tickets.keys();
        RosterEdit {
            as_of: self.body.head.as_of,
            head: (before.head != now.head).then(|| self.body.head.clone()),
            devices: self.devices.iter().filter(changed).cloned().collect(),
            tickets: self.tickets.iter().filter(moved).cloned().collect(),
            gone: gone
                .filter(|id| !now.tickets.contains_key(id))
                .copied()
                .collect(),
        }
    }

    fn deflated(self) -> Result<Vec<u8>, Problem> {
        let wire = RosterWire {
            head: self.body.head,
            devices: self.devices,
            tickets: self.tickets,
            mark: None,
        };
        let out = ZlibEncoder::new(Vec::new(), Compression::fast());
        // Written a word at a time, deflating costs ten times as much as the deflating itself.
        let mut out = BufWriter::with_capacity(DEFLATED_AT_ONCE, out);
        serde_json::to_writer(&mut out, &wire).map_err(failed)?;
        let out = out.into_inner().map_err(failed)?;
        out.finish().map_err(failed)
    }
}

impl Publisher {
    /// Writes the roster of an event down from now on, signed with its home's key.
    pub(super) fn new(home: EventHome, key: HomeKey) -> Self {
        Self {
            home,
            key,
            last: None,
        }
    }

    /// Writes down what has changed since it was done last; `false` where nothing has.
    pub(super) fn publish(&mut self) -> Result<bool, Problem> {
        let file = self.home.file().clone();
        let (as_of, published, mark, snapshot) = file.read(|view| {
            Ok::<_, Problem>((
                view.last_edit()?,
                view.published()?,
                view.roster_mark()?,
                view.roster_snapshot()?,
            ))
        })?;
        if self.last.as_ref().is_some_and(|last| last.as_of == as_of) {
            return Ok(false);
        }
        let Some(body) = self.home.roster(None)? else {
            return Ok(false);
        };
        let epoch = u32::try_from(body.head.event.home_epoch).unwrap_or(u32::MAX);
        let as_of = body.head.as_of;
        let roster = Roster::new(body);
        let contents = Contents::of(&roster)?;
        let known = mark.filter(|mark| mark.epoch == epoch);
        // Nothing was edited while nobody published.
        if let (None, Some(mark), Some(_)) = (&self.last, known, &snapshot)
            && published == Some(as_of)
        {
            self.last = Some(Published {
                mark,
                as_of,
                contents,
            });
            return Ok(false);
        }
        let before = self.last.as_ref().filter(|last| Some(last.mark) == known);
        let mut mark = known.unwrap_or(RosterMark { epoch, number: 0 });
        let mut deltas = Vec::new();
        let known_revoked = file.read(|view| view.revocations())?;
        for device in contents.revoked_since(before.map(|before| &before.contents)) {
            if known_revoked.iter().any(|row| row.device == device) {
                continue;
            }
            mark.number += 1;
            deltas.push(self.sign(mark, Some(device), Vec::new()));
        }
        mark.number += 1;
        let body = before
            .map(|before| roster.edit_since(&before.contents, &contents))
            .map(|edit| serde_json::to_vec(&edit).map_err(failed))
            .transpose()?
            .filter(|body| body.len() <= MOST_DELTA_BYTES);
        // Without a word on what changed, others are given the whole.
        let whole = body.is_none()
            || snapshot.is_none_or(|row| {
                row.mark.epoch != epoch || mark.number - row.mark.number >= EDITS_PER_SNAPSHOT
            });
        if let Some(body) = body {
            deltas.push(self.sign(mark, None, body));
        }
        let whole = match whole {
            true => Some(self.snapshot(mark, roster)?),
            false => None,
        };
        file.append(Lane::Edit, move |change| {
            for delta in &deltas {
                keep(change, delta)?;
            }
            if let Some((head, body)) = &whole {
                change.keep_roster_snapshot(head, body)?;
            }
            change.mark_roster(mark)?;
            change.mark_published(as_of)?;
            Ok::<_, Problem>(())
        })?;
        self.last = Some(Published {
            mark,
            as_of,
            contents,
        });
        Ok(true)
    }

    fn sign(&self, mark: RosterMark, revokes: Option<DeviceId>, body: Vec<u8>) -> DeltaRow {
        let unsigned = Delta {
            version: version(mark),
            revokes,
            body,
            signature: Vec::new(),
        };
        let signature = self.key.sign(&unsigned.signed_bytes(self.home.id()));
        DeltaRow {
            mark,
            revokes,
            body: unsigned.body,
            signature,
        }
    }

    fn snapshot(
        &self,
        mark: RosterMark,
        roster: Roster,
    ) -> Result<(SnapshotRow, Vec<u8>), Problem> {
        let body = roster.deflated()?;
        let head = SnapshotHead {
            version: version(mark),
            length: body.len() as u64,
            hash: Sha256::digest(&body).into(),
            revocations: Vec::new(),
            signature: Vec::new(),
        };
        let row = SnapshotRow {
            mark,
            length: head.length,
            hash: head.hash,
            signature: self.key.sign(&head.signed_bytes(self.home.id())),
        };
        Ok((row, body))
    }
}

fn keep(change: &Change<'_>, delta: &DeltaRow) -> Result<(), Problem> {
    if let Some(device) = delta.revokes {
        change.insert_revocation(&RevocationRow {
            device,
            mark: delta.mark,
            signature: delta.signature.clone(),
        })?;
    }
    change.insert_roster_delta(delta, DELTAS_KEPT)?;
    Ok(())
}
