//! A gate's own file: the roster that its home gave it, and its scans.

use std::path::Path;

use gatehouse_domain::id::{DeviceId, EventId, TicketId};
use rusqlite::{OptionalExtension, params};

use super::guest_index::fold;
use super::{Change, DeviceRow, EventFile, RosterTicket, View};
use crate::error::StoreError;
use crate::file::FileKind;
use crate::row;

pub(crate) const GATE_FILE: FileKind = FileKind {
    name: "gate",
    application_id: i32::from_be_bytes(*b"GHgt"),
    migrations: &[
        include_str!("../../../../migrations/gate/0001_gate.sql"),
        include_str!("../../../../migrations/gate/0002_mesh.sql"),
        include_str!("../../../../migrations/gate/0003_photos.sql"),
        include_str!("../../../../migrations/gate/0004_turning.sql"),
    ],
};

/// The event that the file is of.
const EVENT: &str = "event";
/// The device that this gate is.
const OWN: &str = "device";
/// How far the home knows this gate's own chain.
const SENT: &str = "sent";
const ALONE_UNTIL: &str = "alone_until";
const HEARD: &str = "heard";
/// How far behind the moment at which the home was heard of last a gate's clock may be, in
/// milliseconds; one that was set back further would count no time alone.
const SET_BACK_MS: i64 = 5 * 60_000;

impl EventFile {
    /// Creates a gate's own file for an event, with the gate itself as its first device.
    pub fn create_carried(
        path: &Path,
        event: EventId,
        device: &DeviceRow,
    ) -> Result<Self, StoreError> {
        let conn = GATE_FILE.create(path, |conn| {
            let change = Change {
                view: View { conn },
                recorder: None,
            };
            change.keep(EVENT, &event.to_string())?;
            change.keep(OWN, &device.id.to_string())?;
            change.insert_device(device)
        })?;
        Self::start(path, conn, event, &GATE_FILE)
    }

    /// Opens a gate's own file: checks its kind, version and health.
    pub fn open_carried(path: &Path) -> Result<Self, StoreError> {
        let conn = GATE_FILE.open(path)?;
        let event = View { conn: &conn }
            .kept(EVENT)?
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| StoreError::Value("this gate's file names no event".into()))?;
        Self::start(path, conn, event, &GATE_FILE)
    }
}

impl View<'_> {
    /// What a gate keeps under a name.
    pub fn kept(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT value FROM file_info WHERE key = ?1")?
            .query_row([key], |r| r.get(0))
            .optional()?)
    }

    /// The device that this gate is.
    pub fn own_device(&self) -> Result<Option<DeviceRow>, StoreError> {
        match self.kept(OWN)?.and_then(|text| text.parse().ok()) {
            Some(own) => self.device(own),
            None => Ok(None),
        }
    }

    /// The roster's head, as the home told it; none before the first.
    pub fn carried_head(&self) -> Result<Option<String>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT head FROM roster WHERE id = 1")?
            .query_row([], |r| r.get(0))
            .optional()?)
    }

    /// How far each chain of records is known: device, life, last sequence number.
    pub fn chains(&self) -> Result<Vec<(DeviceId, u32, u64)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            // From life to life by the index: as quick with a million scans as with ten.
            "WITH RECURSIVE life(device, incarnation, sequence) AS (
                 SELECT * FROM (SELECT device, incarnation, sequence FROM scans
                     ORDER BY device DESC, incarnation DESC, sequence DESC LIMIT 1)
                 UNION ALL
                 SELECT before.device, before.incarnation, before.sequence
                 FROM life JOIN scans AS before ON before.nonce = coalesce(
                     (SELECT nonce FROM scans
                      WHERE device = life.device AND incarnation < life.incarnation
                      ORDER BY incarnation DESC, sequence DESC LIMIT 1),
                     (SELECT nonce FROM scans WHERE device < life.device
                      ORDER BY device DESC, incarnation DESC, sequence DESC LIMIT 1)))
             SELECT device, incarnation, sequence FROM life",
        )?;
        let rows = statement.query_map([], |r| {
            Ok((
                row::id(r, 0)?,
                r.get(1)?,
                r.get::<_, i64>(2)?.unsigned_abs(),
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// From when and until when, by its own clock (UTC ms), this gate may let in without hearing
    /// from its home; none where it may for as long as it likes, and at a home.
    pub fn alone_within(&self) -> Result<Option<(i64, i64)>, StoreError> {
        let until = self.kept(ALONE_UNTIL)?.and_then(|text| text.parse().ok());
        let heard = self.heard_at()?;
        let from = heard.map_or(i64::MIN, |heard| heard.saturating_sub(SET_BACK_MS));
        Ok(until.map(|until| (from, until)))
    }

    /// When this gate heard of its home last, UTC ms.
    pub fn heard_at(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.kept(HEARD)?.and_then(|text| text.parse().ok()))
    }

    /// When the roster that holds was taken in, UTC ms; none before the first.
    pub fn carried_at(&self) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT at FROM edits ORDER BY sequence DESC LIMIT 1")?
            .query_row([], |r| r.get(0))
            .optional()?)
    }

    /// Carried tickets whose holder's name, company or group, whose party or invitation hold all
    /// the words of `text`, in the order of their numbers; `limit` at most.
    pub fn carried_holding(&self, text: &str, limit: u32) -> Result<Vec<TicketId>, StoreError> {
        let words: Vec<String> = text.split_whitespace().map(fold).collect();
        let mut statement = self.conn.prepare_cached(
            "SELECT id, concat_ws(' ', name, company, group_name, party, invitation)
             FROM tickets ORDER BY number",
        )?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(r) = rows.next()? {
            let holder = fold(&r.get::<_, String>(1)?);
            if words.iter().all(|word| holder.contains(word)) {
                found.push(row::id(r, 0)?);
                if found.len() == limit as usize {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// How far the home knows this gate's own chain.
    pub fn sent(&self) -> Result<u64, StoreError> {
        Ok(self
            .kept(SENT)?
            .and_then(|text| text.parse().ok())
            .unwrap_or(0))
    }
}

impl Change<'_> {
    /// Keeps a value under a name.
    pub fn keep(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO file_info (key, value) VALUES (?1, ?2)
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )?
            .execute([key, value])?;
        Ok(())
    }

    /// Notes how far the home knows this gate's own chain.
    pub fn mark_sent(&self, sequence: u64) -> Result<(), StoreError> {
        self.keep(SENT, &sequence.to_string())
    }

    /// Notes that the home was heard of at `at` (UTC ms).
    pub fn heard_of_home(&self, at: i64) -> Result<(), StoreError> {
        self.keep(HEARD, &at.to_string())
    }

    /// Notes until when this gate may let in without hearing from its home again.
    pub fn may_be_alone(&self, until: Option<i64>) -> Result<(), StoreError> {
        match until {
            Some(until) => self.keep(ALONE_UNTIL, &until.to_string()),
            None => {
                self.conn
                    .execute("DELETE FROM file_info WHERE key = ?1", [ALONE_UNTIL])?;
                Ok(())
            }
        }
    }

    /// Takes a roster in, in place of the one before: the head, the devices, every ticket.
    ///
    /// Scans stay. A ticket that was used by what the home knows is marked so.
    pub fn carry(
        &self,
        as_of: i64,
        at: i64,
        head: &str,
        devices: &[DeviceRow],
        tickets: &[RosterTicket],
    ) -> Result<(), StoreError> {
        self.carry_head(as_of, at, head)?;
        self.carry_devices(devices)?;
        self.conn.execute("DELETE FROM tickets", [])?;
        self.carry_tickets(tickets)
    }

    /// Takes an edit of the roster in: what it says of the head (where that changed), of devices
    /// and of tickets takes the place of what was said before; the tickets that are `gone` go.
    pub fn amend(
        &self,
        as_of: i64,
        at: i64,
        head: &str,
        devices: &[DeviceRow],
        tickets: &[RosterTicket],
        gone: &[TicketId],
    ) -> Result<(), StoreError> {
        self.carry_head(as_of, at, head)?;
        self.carry_devices(devices)?;
        let mut delete = self
            .conn
            .prepare_cached("DELETE FROM tickets WHERE id = ?1")?;
        for ticket in gone {
            delete.execute([ticket.as_bytes()])?;
        }
        self.carry_tickets(tickets)
    }

    fn carry_head(&self, as_of: i64, at: i64, head: &str) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO roster (id, head) VALUES (1, ?1)
             ON CONFLICT (id) DO UPDATE SET head = excluded.head",
            [head],
        )?;
        self.conn
            .execute("DELETE FROM edits WHERE sequence <> ?1", [as_of])?;
        self.conn.execute(
            "INSERT OR REPLACE INTO edits (sequence, at) VALUES (?1, ?2)",
            params![as_of, at],
        )?;
        Ok(())
    }

    fn carry_devices(&self, devices: &[DeviceRow]) -> Result<(), StoreError> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO devices (id, name, incarnation, public_key, status, created_at, kind,
                                  info, settings)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (id) DO UPDATE
             SET name = excluded.name, incarnation = max(incarnation, excluded.incarnation),
                 status = excluded.status",
        )?;
        for device in devices {
            insert.execute(params![
                device.id.as_bytes(),
                device.name,
                device.incarnation,
                device.public_key,
                device.status.word(),
                device.created_at,
                device.kind.word(),
                row::to_json(&device.info)?,
                row::to_json(&device.settings)?,
            ])?;
        }
        Ok(())
    }

    fn carry_tickets(&self, tickets: &[RosterTicket]) -> Result<(), StoreError> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO tickets (id, number, status, version, ticket_type, name, unnamed, seat,
                                  invitation, party, company, title, group_name, language, custom,
                                  checked_in_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (id) DO UPDATE
             SET number = excluded.number, status = excluded.status, version = excluded.version,
                 ticket_type = excluded.ticket_type, name = excluded.name,
                 unnamed = excluded.unnamed, seat = excluded.seat,
                 invitation = excluded.invitation, party = excluded.party,
                 company = excluded.company, title = excluded.title,
                 group_name = excluded.group_name, language = excluded.language,
                 custom = excluded.custom,
                 checked_in_at = coalesce(checked_in_at, excluded.checked_in_at)",
        )?;
        for RosterTicket { ticket, used_at } in tickets {
            let custom = match ticket.holder.custom.is_empty() {
                true => None,
                false => Some(row::to_json(&ticket.holder.custom)?),
            };
            insert.execute(params![
                ticket.id.as_bytes(),
                ticket.number,
                ticket.status.word(),
                ticket.version,
                ticket.ticket_type.as_bytes(),
                ticket.holder.name,
                ticket.unnamed,
                ticket.seat,
                ticket.invitation,
                ticket.party,
                ticket.holder.company,
                ticket.holder.title,
                ticket.holder.group,
                ticket.holder.language,
                custom,
                used_at,
            ])?;
        }
        Ok(())
    }

    /// Forgets the roster and this gate's key: its right was taken back. Its scans stay until the
    /// home has them; they name nobody.
    pub fn wipe_carried(&self) -> Result<(), StoreError> {
        self.drop_carried_list()?;
        for sql in [
            "DELETE FROM presence",
            "UPDATE devices SET sealed = NULL, status = 'revoked' WHERE sealed IS NOT NULL",
        ] {
            self.conn.execute(sql, [])?;
        }
        Ok(())
    }

    /// Forgets the roster and the pictures; the gate's right and its scans stay.
    pub fn drop_carried_list(&self) -> Result<(), StoreError> {
        // What is deleted is overwritten, so that no name is left on the disk.
        self.conn.pragma_update(None, "secure_delete", true)?;
        for sql in [
            "DELETE FROM tickets",
            "DELETE FROM door_photos",
            "DELETE FROM roster",
            "DELETE FROM roster_deltas",
            "DELETE FROM roster_snapshot",
            // So that a gate that stands open notices.
            "DELETE FROM edits",
            "DELETE FROM file_info WHERE key = 'reserve'",
        ] {
            self.conn.execute(sql, [])?;
        }
        Ok(())
    }
}
