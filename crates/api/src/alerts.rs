//! What somebody in the office should look at: what devices did, and what came of their scans.

use gatehouse_domain::admission::Code;
use gatehouse_domain::device::{
    AlertKind, DeviceKind, DeviceRecord, DeviceStatus, TOKEN_KEPT_MS, alerts_for,
};
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::scan::{ScanRecord, Verdict};
use gatehouse_store::Lane;
use gatehouse_store::event::{AlertRow, Change, DeviceRow, Merged};
use uuid::Uuid;

use crate::home::EventHome;
use crate::problem::Problem;

/// What devices' records are watched for.
const WATCHED: [AlertKind; 4] = [
    AlertKind::Duplicates,
    AlertKind::Silent,
    AlertKind::SyncFailures,
    AlertKind::InvalidCodes,
];
/// The newest presentations that alerts look at.
const LOOKED_AT: u32 = 100;
/// How long what a device said of its attempts to send counts, in milliseconds.
pub(crate) const ATTEMPTS_MS: i64 = 60 * 60_000;
/// How long before doors and after the end of a session its devices are waited for, in milliseconds.
const AROUND_DOORS_MS: i64 = 30 * 60_000;

impl EventHome {
    /// Looks at what devices did since somebody last looked at an alert of theirs, and adds alerts
    /// where that calls for it. Tokens that ended long ago are forgotten then.
    pub fn watch_devices(&self) -> Result<(), Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let forget = now - TOKEN_KEPT_MS;
        let (wanted, ended) = self.file().read(|view| {
            let at_work = view.sessions()?.iter().any(|session| {
                session.takes_place()
                    && (session.doors_at - AROUND_DOORS_MS..session.ends_at + AROUND_DOORS_MS)
                        .contains(&now)
            });
            let mut wanted = Vec::new();
            for device in view.devices()? {
                if device.status == DeviceStatus::Revoked || device.kind == DeviceKind::Office {
                    continue;
                }
                let lines = view.newest_scans(device.id, device.incarnation, LOOKED_AT)?;
                for kind in WATCHED {
                    let after = view.alert_resolved_at(kind, device.id)?.unwrap_or(i64::MIN);
                    let count = |test: fn(Code) -> bool| {
                        let new = lines.iter().filter(|line| line.at > after);
                        new.filter(|line| test(line.code)).count() as u32
                    };
                    let since = (now - ATTEMPTS_MS).max(after.saturating_add(1));
                    let (sync_attempts, sync_failures) = view.sync_attempts(device.id, since)?;
                    let seen = device.last_seen_at.filter(|_| at_work);
                    let record = DeviceRecord {
                        scans: count(|_| true),
                        duplicates: count(|code| code == Code::Used),
                        invalid: count(is_no_ticket),
                        silent_ms: seen.map(|seen| now - seen.max(after)),
                        sync_attempts,
                        sync_failures,
                    };
                    if alerts_for(&record).contains(&kind)
                        && !view.alert_is_open(kind, device.id)?
                    {
                        wanted.push((device.id, kind, alert_text(kind, &record)));
                    }
                }
            }
            Ok::<_, Problem>((wanted, view.has_registrations_before(forget)?))
        })?;
        if wanted.is_empty() && !ended {
            return Ok(());
        }
        let alerts: Vec<AlertRow> = wanted
            .into_iter()
            .map(|(device, kind, text)| new_alert(mint.mint(now), kind, device, now, text))
            .collect();
        self.file().append(Lane::Bulk, move |change| {
            change.forget_registrations(forget)?;
            for alert in &alerts {
                if let Some(device) = alert.device
                    && !change.alert_is_open(alert.kind, device)?
                {
                    change.insert_alert(alert)?;
                }
            }
            Ok::<_, Problem>(())
        })
    }

    /// Marks an alert as looked at.
    pub fn resolve_alert(&self, id: Uuid, note: &str) -> Result<(), Problem> {
        let now = self.now();
        let note: String = note.trim().chars().take(500).collect();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "resolve alert", None);
        let actor = meta.actor.clone();
        self.file().command(Lane::Edit, meta, move |change| {
            if change.resolve_alert(id, &actor, &note, now)? {
                Ok(())
            } else {
                Err(Problem::new(
                    "alert_unknown",
                    "there is no such alert that waits to be looked at",
                ))
            }
        })
    }
}

/// An alert as it is when it is new.
pub(crate) fn new_alert(
    id: Uuid,
    kind: AlertKind,
    device: DeviceId,
    at: i64,
    text: String,
) -> AlertRow {
    AlertRow {
        id,
        kind,
        device: Some(device),
        device_name: None,
        at,
        ticket: None,
        number: None,
        text,
        resolved_at: None,
        note: None,
    }
}

fn alert_text(kind: AlertKind, record: &DeviceRecord) -> String {
    match kind {
        AlertKind::Duplicates => format!(
            "{} of its last {} codes were used before.",
            record.duplicates, record.scans
        ),
        AlertKind::InvalidCodes => format!(
            "{} of its last {} codes are no tickets of this event.",
            record.invalid, record.scans
        ),
        AlertKind::Silent => "Nothing was heard of it for more than half an hour.".to_owned(),
        AlertKind::SyncFailures => format!(
            "{} of {} attempts to send its scans failed.",
            record.sync_failures, record.sync_attempts
        ),
        AlertKind::LateDuplicate
        | AlertKind::Chain
        | AlertKind::PutAside
        | AlertKind::UnknownTicket
        | AlertKind::NotGood => String::new(),
    }
}

const fn is_no_ticket(code: Code) -> bool {
    matches!(
        code,
        Code::Malformed
            | Code::UnknownKey
            | Code::InvalidSignature
            | Code::UnsupportedAlgorithm
            | Code::WrongTypes
            | Code::RevokedKey
    )
}

/// Adds the alert that a scan of a device calls for: a double, or a word of one whose right was
/// taken back. What was put aside is told by [`tell_aside`].
pub(crate) fn alert_of(
    change: &Change<'_>,
    device: &DeviceRow,
    record: &ScanRecord,
    merged: &Merged,
    (alert, now): (Uuid, i64),
) -> Result<(), Problem> {
    if matches!(merged, Merged::DoubleOf(_) | Merged::Displaced(_)) {
        let mut row = new_alert(
            alert,
            AlertKind::LateDuplicate,
            device.id,
            now,
            "A ticket was let in twice by gates that could not ask each other.".to_owned(),
        );
        row.ticket = record.ticket;
        change.insert_alert(&row)?;
    }
    if device.status == DeviceStatus::Revoked && *merged == Merged::Added {
        let mut row = new_alert(
            alert,
            AlertKind::Chain,
            device.id,
            now,
            "A scan of before its right was taken back came after that.".to_owned(),
        );
        row.ticket = record.ticket;
        if !change.alert_is_open(AlertKind::Chain, device.id)? {
            change.insert_alert(&row)?;
        }
    }
    Ok(())
}

/// Adds an alert of a ticket, unless one waits already.
pub(crate) fn alert_once(
    change: &Change<'_>,
    row: AlertRow,
    ticket: Option<TicketId>,
) -> Result<(), Problem> {
    let Some(device) = row.device else {
        return Ok(());
    };
    let waits = match ticket {
        Some(ticket) => change.alert_is_open_for(row.kind, device, ticket)?,
        None => change.alert_is_open(row.kind, device)?,
    };
    if !waits {
        change.insert_alert(&AlertRow { ticket, ..row })?;
    }
    Ok(())
}

/// Tells of scans that were put aside: one alert for each ticket that waits for a person, each with
/// how many of the device's there are by now. A refusal that was put aside changes nothing.
pub(crate) fn tell_aside(
    change: &Change<'_>,
    aside: &[(Uuid, DeviceId, ScanRecord)],
    now: i64,
) -> Result<(), Problem> {
    let mut counted: Option<(DeviceId, u64)> = None;
    for (alert, device, record) in aside {
        if record.verdict == Verdict::Refused {
            continue;
        }
        let count = match counted {
            Some((of, count)) if of == *device => count,
            _ => change.count_aside(*device)?,
        };
        counted = Some((*device, count));
        let text = match count {
            1 => "It used a ticket after its right had ended; that counts nowhere.".to_owned(),
            _ => format!(
                "It used tickets {count} times after its right had ended; that counts nowhere."
            ),
        };
        let row = new_alert(*alert, AlertKind::PutAside, *device, now, text);
        alert_once(change, row, record.ticket)?;
    }
    Ok(())
}
