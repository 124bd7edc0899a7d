//! Ready for doors? What should hold before the first guest comes, and what does.

use gatehouse_domain::device::{DeviceKind, DeviceStatus};
use gatehouse_domain::event::EventStatus;
use gatehouse_domain::key::KeyStatus;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::surroundings::Power;

/// How a line of the check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// As it should be.
    Ok,
    /// Doors can open; somebody should look.
    Warning,
    /// Doors can't open so.
    Failed,
    /// Nobody can tell from here.
    Unknown,
}

/// One line of the check.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Check {
    /// What was looked at, such as `keys_active`.
    pub code: &'static str,
    /// How it stands.
    pub state: CheckState,
    /// Figures that were found.
    #[schema(value_type = Object, additional_properties = true)]
    pub params: Value,
}

/// The whole check.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preflight {
    /// Whether nothing failed.
    pub ready: bool,
    /// Line by line.
    pub items: Vec<Check>,
}

/// What the program around the office knows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around {
    /// Whether other machines reach this office; none where it can't let them in.
    pub listening: Option<bool>,
}

/// A device that was heard of within this time counts as there, in milliseconds.
const ONLINE_MS: i64 = 90_000;
/// A roster that is older than this should be fetched anew, in milliseconds.
const FRESH_MS: i64 = 12 * 3_600_000;
/// Free bytes below which doors can't open, and below which somebody should look.
const LEAST_FREE: u64 = 100 << 20;
const ENOUGH_FREE: u64 = 1 << 30;

impl EventHome {
    /// Looks at everything that should hold before doors open.
    pub fn preflight(&self, around: Around) -> Result<Preflight, Problem> {
        let now = self.now();
        let (event, keys, devices, newest) = self.file().read(|view| {
            Ok::<_, Problem>((
                view.event()?,
                view.signing_keys()?,
                view.devices()?,
                view.edits(1)?.first().map(|edit| edit.meta.at),
            ))
        })?;
        let counts = self.file().counts()?;
        let tickets = counts.progress.tickets;
        let scanned = counts.scans.iter().any(|(_, count)| *count > 0);
        let away: Vec<_> = devices
            .iter()
            .filter(|d| d.status == DeviceStatus::Active && d.kind != DeviceKind::Office)
            .collect();
        let online = away
            .iter()
            .filter(|d| d.last_seen_at.is_some_and(|seen| now - seen < ONLINE_MS))
            .count();
        let oldest = away
            .iter()
            .filter_map(|d| d.last_synced_at.or(d.last_seen_at))
            .min();
        let free = fs4::available_space(self.file().path()).ok();
        let good = |holds: bool, otherwise| if holds { CheckState::Ok } else { otherwise };
        let items = vec![
            check(
                "event_published",
                good(event.status == EventStatus::Published, CheckState::Failed),
                json!({}),
            ),
            check(
                "tickets_issued",
                good(tickets > 0, CheckState::Failed),
                json!({ "tickets": tickets }),
            ),
            check(
                "keys_active",
                good(
                    keys.iter().any(|key| key.status == KeyStatus::Active),
                    CheckState::Failed,
                ),
                json!({}),
            ),
            check(
                "devices_online",
                match (away.len(), online) {
                    (0, _) => CheckState::Ok,
                    (all, there) => good(all == there, CheckState::Warning),
                },
                json!({ "online": online, "total": away.len() }),
            ),
            check(
                "roster_fresh",
                good(
                    oldest.is_none_or(|at| now - at < FRESH_MS),
                    CheckState::Warning,
                ),
                json!({ "minutes": oldest.map(|at| (now - at).max(0) / 60_000) }),
            ),
            check(
                "network_listening",
                match around.listening {
                    Some(listening) => good(listening, CheckState::Warning),
                    None => CheckState::Unknown,
                },
                json!({}),
            ),
            check(
                "clock",
                good(newest.is_none_or(|at| at <= now), CheckState::Failed),
                json!({}),
            ),
            check(
                "disk",
                match free {
                    None => CheckState::Unknown,
                    Some(free) if free < LEAST_FREE => CheckState::Failed,
                    Some(free) => good(free >= ENOUGH_FREE, CheckState::Warning),
                },
                json!({ "free_bytes": free }),
            ),
            power_line(
                self.workspace()
                    .surroundings()
                    .power
                    .as_ref()
                    .and_then(|tell| tell()),
            ),
            check("test_ticket", good(scanned, CheckState::Warning), json!({})),
            check("door_list", CheckState::Unknown, json!({})),
        ];
        Ok(Preflight {
            ready: items.iter().all(|item| item.state != CheckState::Failed),
            items,
        })
    }
}

/// On a battery somebody should plug the machine in; where nothing tells, nobody knows.
fn power_line(power: Option<Power>) -> Check {
    let state = match power {
        None => CheckState::Unknown,
        Some(Power { mains: true, .. }) => CheckState::Ok,
        Some(Power { mains: false, .. }) => CheckState::Warning,
    };
    let percent = power.and_then(|power| power.percent);
    check("battery", state, json!({ "percent": percent }))
}

fn check(code: &'static str, state: CheckState, params: Value) -> Check {
    Check {
        code,
        state,
        params,
    }
}
