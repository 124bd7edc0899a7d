//! What somebody in the office should look at.

use gatehouse_domain::device::AlertKind;
use gatehouse_domain::id::{DeviceId, TicketId};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// Its id.
    pub id: Uuid,
    /// Why.
    pub kind: AlertKind,
    /// The device.
    pub device: Option<DeviceId>,
    /// Name of the device.
    pub device_name: Option<String>,
    /// When, UTC ms.
    pub at: i64,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// Number of the ticket.
    pub number: Option<u32>,
    /// What happened, in one sentence without personal data.
    pub text: String,
    /// When somebody looked at it, UTC ms.
    pub resolved_at: Option<i64>,
    /// What they noted.
    pub note: Option<String>,
}

impl View<'_> {
    /// Alerts, open ones first, then the newest, as many as `limit`.
    pub fn alerts(&self, limit: u32) -> Result<Vec<AlertRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT a.id, a.kind, a.device, d.name, a.at, a.ticket, t.number, a.detail,
                    a.resolved_at, a.note
             FROM alerts a
             LEFT JOIN devices d ON d.id = a.device
             LEFT JOIN tickets t ON t.id = a.ticket
             ORDER BY a.resolved_at IS NOT NULL, a.at DESC, a.id LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |r| {
            Ok(AlertRow {
                id: row::id(r, 0)?,
                kind: row::word(r, 1)?,
                device: row::optional_id(r, 2)?,
                device_name: r.get(3)?,
                at: r.get(4)?,
                ticket: row::optional_id(r, 5)?,
                number: r.get(6)?,
                text: r.get(7)?,
                resolved_at: r.get(8)?,
                note: r.get(9)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether an alert of this kind waits to be looked at.
    pub fn alert_is_open(&self, kind: AlertKind, device: DeviceId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 FROM alerts
                 WHERE kind = ?1 AND device = ?2 AND resolved_at IS NULL LIMIT 1",
            )?
            .query_row(params![kind.word(), device.as_bytes()], |_| Ok(()))
            .optional()?
            .is_some())
    }
}

impl View<'_> {
    /// As [`Self::alert_is_open`], of one ticket.
    pub fn alert_is_open_for(
        &self,
        kind: AlertKind,
        device: DeviceId,
        ticket: TicketId,
    ) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 FROM alerts WHERE kind = ?1 AND device = ?2 AND ticket = ?3
                   AND resolved_at IS NULL LIMIT 1",
            )?
            .query_row(
                params![kind.word(), device.as_bytes(), ticket.as_bytes()],
                |_| Ok(()),
            )
            .optional()?
            .is_some())
    }

    /// When the last alert of this kind was looked at, or closed by itself, UTC ms: what was before
    /// that calls for no other.
    pub fn alert_resolved_at(
        &self,
        kind: AlertKind,
        device: DeviceId,
    ) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT max(resolved_at) FROM alerts WHERE kind = ?1 AND device = ?2")?
            .query_row(params![kind.word(), device.as_bytes()], |r| r.get(0))?)
    }
}

impl Change<'_> {
    /// Adds an alert.
    pub fn insert_alert(&self, alert: &AlertRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO alerts (id, kind, device, at, ticket, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                alert.id.as_bytes(),
                alert.kind.word(),
                alert.device.as_ref().map(|id| id.as_bytes()),
                alert.at,
                alert.ticket.as_ref().map(|id| id.as_bytes()),
                alert.text,
            ])?;
        Ok(())
    }

    /// Marks an alert as looked at; `false` where there is none that waits.
    pub fn resolve_alert(
        &self,
        id: Uuid,
        by: &str,
        note: &str,
        at: i64,
    ) -> Result<bool, StoreError> {
        let changed = self.conn.execute(
            "UPDATE alerts SET resolved_at = ?2, resolved_by = ?3, note = ?4
             WHERE id = ?1 AND resolved_at IS NULL",
            params![id.as_bytes(), at, by, note],
        )?;
        Ok(changed > 0)
    }

    /// Closes alerts of a kind by themselves, once what they told of is over.
    pub fn close_alerts(
        &self,
        kind: AlertKind,
        device: DeviceId,
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE alerts SET resolved_at = ?3, resolved_by = 'gatehouse', note = ''
                 WHERE kind = ?1 AND device = ?2 AND resolved_at IS NULL",
            )?
            .execute(params![kind.word(), device.as_bytes(), at])?;
        Ok(())
    }
}
