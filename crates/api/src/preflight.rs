//! Ready for doors? What should hold before the first guest comes, and what does.

use gatehouse_domain::admission::Code;
use gatehouse_domain::device::{DeviceKind, DeviceStatus};
use gatehouse_domain::event::EventStatus;
use gatehouse_domain::key::KeyStatus;
use gatehouse_store::event::DeviceRow;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::surroundings::Power;
use crate::wording::stamp;

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
    /// How many cameras its machine has; none where nothing tells.
    pub cameras: Option<usize>,
}

impl Check {
    /// What was found, in one sentence, where it is more than a figure.
    #[must_use]
    pub fn told(&self, zone: chrono_tz::Tz) -> Option<String> {
        let (gate, at) = (self.params.get("gate")?, self.params.get("at")?);
        let at = stamp(at.as_i64()?, zone);
        Some(format!("Read at {} on {at}.", gate.as_str()?))
    }

    /// What a person does about a line that is not in order, in one sentence; none where nothing is
    /// to be done.
    #[must_use]
    pub fn todo(&self) -> Option<&'static str> {
        if self.state == CheckState::Ok {
            return None;
        }
        if self.state == CheckState::Unknown
            && matches!(
                self.code,
                "gates_meet" | "gate_clocks" | "network_listening"
            )
        {
            return Some(
                "This can't be told from here: look at it in the office that the gates meet, under \
                 “Ready for doors?”.",
            );
        }
        Some(match self.code {
            "event_published" => "Publish the event: gates refuse everybody until then.",
            "tickets_issued" => "Issue tickets: nobody has one yet.",
            "keys_active" => {
                "Make a new signing key; tickets that were issued with the one before stay good."
            }
            "devices_online" => {
                "Switch the silent gates on and bring them onto the network; one that is alone goes \
                 on by itself, but knows nothing of the others."
            }
            "gates_meet" => {
                "Let Gatehouse through the firewall of this machine and of the gates, and switch off \
                 the client isolation of the Wi-Fi, or use another network: gates that don't meet \
                 can't ask each other."
            }
            "roster_fresh" => {
                "Bring the gates onto the network for a moment, so that they fetch the newest list."
            }
            "network_listening" => {
                "Let other machines in: gates on other machines can't share with this office."
            }
            "kiosk_pin" => "Set the supervisor's PIN: without one anybody can leave a kiosk.",
            "clock" => {
                "Let the system set this machine's clock by itself, then look again. Where it was set \
                 while Gatehouse runs, start Gatehouse anew."
            }
            "gate_clocks" => {
                "Let the system of each gate set its clock by itself, then look again."
            }
            "disk" => "Make room on the disk: without it a gate admits nobody.",
            "battery" => "Plug this machine in before the doors open.",
            "camera" => {
                "Look at the camera's picture where the gate will stand, in the light of the evening; \
                 without a camera use a scanner that types."
            }
            "test_ticket" => {
                "Scan the code of any ticket at a gate, within a day of the doors: before they open it \
                 answers that it is too early, and nobody is let in by it. Where it does let \
                 somebody in, take that back."
            }
            "door_list" => {
                "Print the door list, so that people come in even when everything fails."
            }
            _ => "Look at this before the doors open.",
        })
    }
}

/// What is known of one gate away from the office.
#[derive(Debug, Clone, Copy)]
struct Heard {
    /// Whether the office heard of it over its own listener just now.
    asks: bool,
    /// Whether the office and it meet as gates do.
    met: bool,
    /// By how much its clock is ahead of the office's, in milliseconds.
    skew_ms: Option<i64>,
}

/// A device that was heard of within this time counts as there, in milliseconds.
const ONLINE_MS: i64 = 90_000;
/// Gates whose clocks are further off than this order their scans by others' clocks, in milliseconds.
const CLOCK_OFF_MS: i64 = 5_000;
/// A roster that is older than this should be fetched anew, in milliseconds.
const FRESH_MS: i64 = 12 * 3_600_000;
/// A code that was read longer ago than this shows nothing of today's gates, in milliseconds.
const TEST_MS: i64 = 24 * 3_600_000;
/// Free bytes below which doors can't open, and below which somebody should look.
const LEAST_FREE: u64 = 100 << 20;
const ENOUGH_FREE: u64 = 1 << 30;

impl EventHome {
    /// Looks at everything that should hold before doors open.
    pub fn preflight(&self, around: Around) -> Result<Preflight, Problem> {
        let now = self.now();
        let (event, keys, devices, newest, pin) = self.file().read(|view| {
            Ok::<_, Problem>((
                view.event()?,
                view.signing_keys()?,
                view.devices()?,
                view.edits(1)?.first().map(|edit| edit.meta.at),
                view.door_pin()?,
            ))
        })?;
        let tickets = self.file().counts()?.progress.tickets;
        let read = self
            .file()
            .read(|view| view.last_read(now - TEST_MS, is_of_a_ticket))?;
        let away: Vec<_> = devices
            .iter()
            .filter(|d| d.status == DeviceStatus::Active && d.kind != DeviceKind::Office)
            .collect();
        let online = away
            .iter()
            .filter(|d| d.last_seen_at.is_some_and(|seen| now - seen < ONLINE_MS))
            .count();
        // Of one that was never heard of nobody knows that it has any list.
        let heard = |d: &&DeviceRow| d.last_synced_at.max(d.last_seen_at);
        let unheard = away.iter().any(|d| heard(d).is_none());
        let oldest = away.iter().filter_map(heard).min();
        let kiosks = away.iter().any(|d| d.kind == DeviceKind::Kiosk);
        let mesh = self.mesh().map(|mesh| mesh.view());
        let gates: Vec<Heard> = away
            .iter()
            .filter(|d| matches!(d.kind, DeviceKind::Gate | DeviceKind::Kiosk))
            .map(|d| {
                let peers = mesh.iter().flat_map(|mesh| &mesh.peers);
                let peer = peers.into_iter().find(|p| p.peer.device == d.id);
                Heard {
                    asks: d.last_seen_at.is_some_and(|seen| now - seen < ONLINE_MS),
                    met: peer.is_some_and(|p| p.peer.ready),
                    skew_ms: peer.and_then(|p| p.peer.skew_ms),
                }
            })
            .collect();
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
            meeting_line(mesh.is_some(), &gates),
            check(
                "roster_fresh",
                good(
                    !unheard && oldest.is_none_or(|at| now - at < FRESH_MS),
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
                "kiosk_pin",
                good(!kiosks || pin.is_some(), CheckState::Failed),
                json!({}),
            ),
            clock_line(
                newest.is_none_or(|at| at <= now),
                self.workspace().surroundings().clock_set_by(),
            ),
            clocks_line(&gates),
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
            // Whether it sees enough light nothing tells but its picture.
            check(
                "camera",
                CheckState::Unknown,
                json!({ "cameras": around.cameras }),
            ),
            check(
                "test_ticket",
                good(read.is_some(), CheckState::Warning),
                match read {
                    Some((at, gate)) => json!({ "gate": gate, "at": at }),
                    None => json!({}),
                },
            ),
            check("door_list", CheckState::Unknown, json!({})),
        ];
        Ok(Preflight {
            ready: items.iter().all(|item| item.state != CheckState::Failed),
            items,
        })
    }
}

/// Whether a scan with this code read a ticket of the event, whatever was decided about it.
fn is_of_a_ticket(code: Code) -> bool {
    !matches!(
        code,
        Code::WrongEvent
            | Code::InvalidSignature
            | Code::UnknownKey
            | Code::RevokedKey
            | Code::Malformed
            | Code::UnsupportedAlgorithm
            | Code::WrongTypes
            | Code::UnknownTicket
            | Code::DeviceNotAllowed
            | Code::OfflineTooLong
    )
}

/// Whether gates and office meet. Gates that ask the office and don't meet it stand behind a
/// firewall, or on a Wi-Fi that keeps its clients apart; and so may all of which nothing is heard.
fn meeting_line(meets: bool, gates: &[Heard]) -> Check {
    let met = gates.iter().filter(|gate| gate.met).count();
    let apart = gates.iter().filter(|gate| gate.asks && !gate.met).count();
    let state = match (gates.is_empty(), meets) {
        (true, _) => CheckState::Ok,
        (false, false) => CheckState::Unknown,
        (false, true) if apart > 0 || met == 0 => CheckState::Warning,
        (false, true) => CheckState::Ok,
    };
    let params = json!({ "met": met, "apart": apart, "total": gates.len() });
    check("gates_meet", state, params)
}

/// Whether this machine's clock is right, as far as anybody can tell here: nothing was written
/// later, and nobody set it (by so many ms) while the program runs.
fn clock_line(nothing_later: bool, set_by_ms: i64) -> Check {
    let state = match nothing_later && set_by_ms == 0 {
        true => CheckState::Ok,
        false => CheckState::Failed,
    };
    let off = (set_by_ms != 0).then_some(set_by_ms);
    check("clock", state, json!({ "offset_ms": off }))
}

/// Whether the gates' clocks agree with the office's, as far as gates are met.
fn clocks_line(gates: &[Heard]) -> Check {
    let off = gates.iter().filter_map(|gate| gate.skew_ms);
    let off = off.map(i64::abs).max();
    let state = match off {
        None if gates.is_empty() => CheckState::Ok,
        None => CheckState::Unknown,
        Some(off) if off > CLOCK_OFF_MS => CheckState::Warning,
        Some(_) => CheckState::Ok,
    };
    check("gate_clocks", state, json!({ "offset_ms": off }))
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

#[cfg(test)]
mod tests {
    use super::*;

    const fn gate(asks: bool, met: bool, skew_ms: Option<i64>) -> Heard {
        Heard { asks, met, skew_ms }
    }

    #[test]
    fn gates_that_reach_the_office_and_not_each_other_point_at_the_network() {
        let (met, asking, away) = (
            gate(true, true, Some(0)),
            gate(true, false, None),
            gate(false, false, None),
        );
        let cases: [(bool, &[Heard], CheckState); 7] = [
            (true, &[], CheckState::Ok),
            (false, &[asking], CheckState::Unknown),
            (true, &[met, met], CheckState::Ok),
            (true, &[met, asking], CheckState::Warning),
            (true, &[met, away], CheckState::Ok),
            (true, &[asking], CheckState::Warning),
            (true, &[away, away], CheckState::Warning),
        ];
        for (meets, gates, state) in cases {
            let line = meeting_line(meets, gates);
            assert_eq!(line.state, state, "{meets} {gates:?}");
            assert_eq!(line.todo().is_none(), state == CheckState::Ok);
        }
    }

    #[test]
    fn a_gate_whose_clock_is_off_either_way_is_told() {
        let cases: [(&[Option<i64>], CheckState); 6] = [
            (&[], CheckState::Ok),
            (&[None], CheckState::Unknown),
            (&[Some(120), None], CheckState::Ok),
            (&[Some(5_000), Some(-5_000)], CheckState::Ok),
            (&[Some(0), Some(5_001)], CheckState::Warning),
            (&[Some(-3_600_000)], CheckState::Warning),
        ];
        for (skews, state) in cases {
            let gates: Vec<Heard> = skews.iter().map(|skew| gate(true, true, *skew)).collect();
            assert_eq!(clocks_line(&gates).state, state, "{skews:?}");
        }
    }
}
