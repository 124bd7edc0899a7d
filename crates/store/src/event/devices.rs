//! Devices that scan: gates, and the office machine itself.

use gatehouse_domain::device::{DeviceInfo, DeviceKind, DeviceSettings, DeviceStatus};
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
    /// What it is.
    pub kind: DeviceKind,
    /// What it said of itself.
    pub info: DeviceInfo,
    /// What it is told.
    pub settings: DeviceSettings,
    /// Which of its credentials is good; 0 where it has none.
    pub credential: u32,
    /// Until when that is, UTC ms.
    pub expires_at: Option<i64>,
    /// When its right was taken back, UTC ms.
    pub revoked_at: Option<i64>,
    /// When it was heard of last, UTC ms.
    pub last_seen_at: Option<i64>,
    /// When it sent its scans last, UTC ms.
    pub last_synced_at: Option<i64>,
    /// Scans that it has and this home does not, as it said last.
    pub pending: Option<u32>,
}

impl DeviceRow {
    /// A gate of the event's home itself, as it is when it is new.
    #[must_use]
    pub fn of_office(
        id: DeviceId,
        name: &str,
        public_key: &[u8],
        sealed: Vec<u8>,
        at: i64,
    ) -> Self {
        Self {
            id,
            name: name.to_owned(),
            incarnation: 1,
            public_key: public_key.to_vec(),
            sealed: Some(sealed),
            status: DeviceStatus::Active,
            created_at: at,
            stand: GateStand::default(),
            kind: DeviceKind::Office,
            info: DeviceInfo::default(),
            settings: DeviceSettings::of(DeviceKind::Office),
            credential: 0,
            expires_at: None,
            revoked_at: None,
            last_seen_at: None,
            last_synced_at: None,
            pending: None,
        }
    }
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
    /// Whether it may be turned round, so that it leads the other way.
    pub may_turn: bool,
}

impl GateStand {
    /// Where a new device of a kind stands: at the venue's entrance, for every session.
    #[must_use]
    pub fn of(kind: DeviceKind) -> Self {
        Self {
            may_turn: kind.turns(),
            ..Self::default()
        }
    }

    /// The only way that it may lead; none where it may be turned round.
    #[must_use]
    pub fn only(&self) -> Option<Direction> {
        (!self.may_turn).then_some(self.direction)
    }
}

impl Default for GateStand {
    fn default() -> Self {
        Self {
            zone: None,
            session: None,
            direction: Direction::Entry,
            may_turn: true,
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
                      zone, session, direction, kind, info, settings, credential, expires_at, \
                      revoked_at, last_seen_at, last_synced_at, pending, may_turn FROM devices";

fn device(r: &Row<'_>) -> rusqlite::Result<DeviceRow> {
    let kind = row::word(r, 10)?;
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
            may_turn: r.get(19)?,
        },
        kind,
        info: row::json(r, 11)?,
        // A device from before there were settings is told the usual ones.
        settings: match r.get_ref(12)?.as_str()? {
            "{}" => DeviceSettings::of(kind),
            _ => row::json(r, 12)?,
        },
        credential: r.get(13)?,
        expires_at: r.get(14)?,
        revoked_at: r.get(15)?,
        last_seen_at: r.get(16)?,
        last_synced_at: r.get(17)?,
        pending: r.get(18)?,
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

    /// When a device's right was taken back, UTC ms; none while it holds, and where nobody knows
    /// since when.
    pub fn revoked_at(&self, id: DeviceId) -> Result<Option<i64>, StoreError> {
        let found = self
            .conn
            .prepare_cached("SELECT revoked_at FROM devices WHERE id = ?1 AND status = 'revoked'")?
            .query_row([id.as_bytes()], |r| r.get(0))
            .optional()?;
        Ok(found.flatten())
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
            "INSERT INTO devices (id, name, incarnation, public_key, sealed, status, created_at,
                                  kind, info, settings, credential, expires_at, last_seen_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                device.id.as_bytes(),
                device.name,
                device.incarnation,
                device.public_key,
                device.sealed,
                device.status.word(),
                device.created_at,
                device.kind.word(),
                row::to_json(&device.info)?,
                row::to_json(&device.settings)?,
                device.credential,
                device.expires_at,
                device.last_seen_at,
            ],
        )?;
        self.place_device(device.id, &device.stand)
    }

    /// Gives a device another name and other settings.
    pub fn change_device(
        &self,
        id: DeviceId,
        name: &str,
        settings: &DeviceSettings,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE devices SET name = ?2, settings = ?3 WHERE id = ?1",
            params![id.as_bytes(), name, row::to_json(settings)?],
        )?;
        Ok(())
    }

    /// Gives a device a new credential; those before it are good no more.
    pub fn renew_credential(
        &self,
        id: DeviceId,
        credential: u32,
        expires_at: i64,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE devices SET credential = ?2, expires_at = ?3 WHERE id = ?1",
            params![id.as_bytes(), credential, expires_at],
        )?;
        Ok(())
    }

    /// Notes that a device was heard of at `at` (UTC ms).
    pub fn see_device(&self, id: DeviceId, at: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE devices SET last_seen_at = ?2 WHERE id = ?1")?
            .execute(params![id.as_bytes(), at])?;
        Ok(())
    }

    /// Notes that a device sent its scans at `at` (UTC ms), and how many it still has, where it
    /// says so.
    pub fn note_sync(&self, id: DeviceId, at: i64, pending: Option<u32>) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE devices SET last_seen_at = ?2, last_synced_at = ?2,
                                    pending = coalesce(?3, pending)
                 WHERE id = ?1",
            )?
            .execute(params![id.as_bytes(), at, pending])?;
        Ok(())
    }

    /// Puts a gate somewhere else.
    pub fn place_device(&self, id: DeviceId, stand: &GateStand) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE devices SET zone = ?2, session = ?3, direction = ?4, may_turn = ?5 WHERE id = ?1",
            params![
                id.as_bytes(),
                stand.zone.as_ref().map(|id| id.as_bytes()),
                stand.session.as_ref().map(|id| id.as_bytes()),
                stand.direction.word(),
                stand.may_turn,
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

    /// Notes that a device has begun a later life.
    pub fn raise_incarnation(&self, id: DeviceId, incarnation: u32) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE devices SET incarnation = ?2 WHERE id = ?1 AND incarnation < ?2",
            )?
            .execute(params![id.as_bytes(), incarnation])?;
        Ok(())
    }

    /// Takes a device's right to scan away at `at` (UTC ms).
    pub fn revoke_device(&self, id: DeviceId, at: i64) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE devices SET status = 'revoked', revoked_at = ?2 WHERE id = ?1",
            params![id.as_bytes(), at],
        )?;
        Ok(())
    }
}
