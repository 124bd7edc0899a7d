//! Devices that scan: gates, and the office machine itself.

use gatehouse_domain::device::DeviceStatus;
use gatehouse_domain::id::{DeviceId, SessionId, ZoneId};
use gatehouse_domain::scan::Direction;

use rusqlite::{OptionalExtension, Row, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// One device.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// The device's id.
    pub id: DeviceId,
    /// Its name for people, such as `Gate B`.
    pub name: String,
    /// Which life of it signs now.
    pub incarnation: u32,
    /// Public half of its key, SubjectPublicKeyInfo DER.
    pub public_key: Vec<u8>,
    /// Private half, sealed, on the device itself only.
    pub sealed: Option<Vec<u8>>,
    /// Whether it may scan.
    pub status: DeviceStatus,
    /// When it was registered, UTC ms.
    pub created_at: i64,
    /// Where it stands.
    pub stand: GateStand,
}

/// Where a gate stands and what it is for, unless a presentation says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateStand {
    /// The zone at whose entrance it stands; none at the venue's.
    pub zone: Option<ZoneId>,
    /// The session that it stands for, when it stands for one only.
    pub session: Option<SessionId>,
    /// Which way it leads.
    pub direction: Direction,
}

impl Default for GateStand {
    fn default() -> Self {
        Self {
            zone: None,
            session: None,
            direction: Direction::Entry,
        }
    }
}

impl std::fmt::Debug for DeviceRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceRow")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("incarnation", &self.incarnation)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

const DEVICE: &str = "SELECT id, name, incarnation, public_key, sealed, status, created_at, \
                      zone, session, direction FROM devices";

fn device(r: &Row<'_>) -> rusqlite::Result<DeviceRow> {
    Ok(DeviceRow {
        id: row::id(r, 0)?,
        name: r.get(1)?,
        incarnation: r.get(2)?,
        public_key: r.get(3)?,
        sealed: r.get(4)?,
        status: row::word(r, 5)?,
        created_at: r.get(6)?,
        stand: GateStand {
            zone: row::optional_id(r, 7)?,
            session: row::optional_id(r, 8)?,
            direction: row::word(r, 9)?,
        },
    })
}

impl View<'_> {
    /// One device.
    pub fn device(&self, id: DeviceId) -> Result<Option<DeviceRow>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{DEVICE} WHERE id = ?1"))?
            .query_row([id.as_bytes()], device)
            .optional()?)
    }

    /// All devices, oldest first.
    pub fn devices(&self) -> Result<Vec<DeviceRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{DEVICE} ORDER BY id"))?;
        let rows = statement.query_map([], device)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Registers a device.
    pub fn insert_device(&self, device: &DeviceRow) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO devices (id, name, incarnation, public_key, sealed, status, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                device.id.as_bytes(),
                device.name,
                device.incarnation,
                device.public_key,
                device.sealed,
                device.status.word(),
                device.created_at,
            ],
        )?;
        self.place_device(device.id, &device.stand)
    }

    /// Puts a gate somewhere else.
    pub fn place_device(&self, id: DeviceId, stand: &GateStand) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE devices SET zone = ?2, session = ?3, direction = ?4 WHERE id = ?1",
            params![
                id.as_bytes(),
                stand.zone.as_ref().map(|id| id.as_bytes()),
                stand.session.as_ref().map(|id| id.as_bytes()),
                stand.direction.word(),
            ],
        )?;
        Ok(())
    }

    /// Begins a new life for every device whose key is in this file.
    pub fn renew_devices(&self) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE devices SET incarnation = incarnation + 1 WHERE sealed IS NOT NULL",
            [],
        )?;
        Ok(())
    }

    /// Takes a device's right to scan away.
    pub fn revoke_device(&self, id: DeviceId) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE devices SET status = 'revoked' WHERE id = ?1",
            [id.as_bytes()],
        )?;
        Ok(())
    }
}
