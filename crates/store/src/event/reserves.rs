//! What gates are given ahead, for when the home is away.

use gatehouse_domain::id::{DeviceId, InvitationId};
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

impl View<'_> {
    /// The places for spare gates that a gate was given, oldest first.
    pub fn spares_of(&self, gate: DeviceId) -> Result<Vec<DeviceId>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT device FROM spare_gates WHERE enrolled_by = ?1 ORDER BY 1")?;
        let rows = statement.query_map([gate.as_bytes()], |r| row::id(r, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The gate whose spare a device is; none of any other device.
    pub fn spare_of(&self, device: DeviceId) -> Result<Option<DeviceId>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT enrolled_by FROM spare_gates WHERE device = ?1")?
            .query_row([device.as_bytes()], |r| row::id(r, 0))
            .optional()?)
    }

    /// The invitations whose tickets a gate was given for people without one, oldest first.
    pub fn walk_in_parties(&self, gate: DeviceId) -> Result<Vec<InvitationId>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT invitation FROM walk_in_parties WHERE device = ?1 ORDER BY 1",
        )?;
        let rows = statement.query_map([gate.as_bytes()], |r| row::id(r, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Notes that a device is a place for a spare gate, given to `gate`.
    pub fn insert_spare(&self, device: DeviceId, gate: DeviceId) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO spare_gates (device, enrolled_by) VALUES (?1, ?2)",
            params![device.as_bytes(), gate.as_bytes()],
        )?;
        Ok(())
    }

    /// Notes that an invitation's tickets are given to `gate`, for people without one.
    pub fn insert_walk_in_party(
        &self,
        invitation: InvitationId,
        gate: DeviceId,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO walk_in_parties (invitation, device) VALUES (?1, ?2)",
            params![invitation.as_bytes(), gate.as_bytes()],
        )?;
        Ok(())
    }
}
