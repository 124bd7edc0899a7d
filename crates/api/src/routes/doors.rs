//! What holds at the doors of an event: re-entry, rules, questions, the supervisor's PIN.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::badge::BadgeSettings;
use gatehouse_domain::door::DoorSettings;
use gatehouse_domain::entry_rule::{EntryRule, evaluate};
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{EventId, ZoneId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::etag::{IfMatch, Versioned};
use super::given::{Body, Id, Items};
use super::refusal::Refusal;
use super::signed::{By, ManageGates, ReadEvents};
use crate::doors::DoorChange;
use crate::home::EventHome;
use crate::preflight::{Around, Preflight};
use crate::problem::Problem;
use crate::version::version_of;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(show_door_settings, change_door_settings))
        .routes(routes!(show_rules, change_rules))
        .routes(routes!(try_rule))
        .routes(routes!(check_ready))
}

/// Routes whose questions hold a secret.
pub(super) fn secret_router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new().routes(routes!(set_pin))
}

/// How many people a zone takes.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ZoneRoom {
    zone: ZoneId,
    /// None where nobody counts.
    capacity: Option<u32>,
}

/// What holds at the doors.
#[derive(Debug, Serialize, ToSchema)]
struct Doors {
    re_entry: ReEntry,
    /// Minute of the day in the event's zone at which everybody counts as gone; none never.
    auto_exit_minute: Option<u16>,
    walk_ins: bool,
    /// For how long a gate takes its own scans back, in minutes.
    undo_minutes: u16,
    kiosk_welcome: Option<String>,
    questions: Vec<String>,
    badge: BadgeSettings,
    show_photo: bool,
    zones: Vec<ZoneRoom>,
    /// Whether a supervisor has a PIN.
    pin_set: bool,
}

/// What is changed of the doors.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DoorsBody {
    re_entry: ReEntry,
    auto_exit_minute: Option<u16>,
    walk_ins: bool,
    undo_minutes: u16,
    kiosk_welcome: Option<String>,
    questions: Vec<String>,
    /// What is printed for those who are let in; stays as it is when absent.
    #[serde(default)]
    badge: Option<BadgeSettings>,
    /// Whether gates show the holder's picture; stays as it is when absent.
    #[serde(default)]
    show_photo: Option<bool>,
    /// Zones that are not named stay as they are.
    #[serde(default)]
    zones: Vec<ZoneRoom>,
}

fn doors(home: &EventHome) -> Result<Versioned<Doors>, Problem> {
    let (event, zones, pin) = home
        .file()
        .read(|view| Ok::<_, Problem>((view.event()?, view.zones()?, view.door_pin()?)))?;
    let version = version_of(&event)?;
    let door = event.settings.door;
    Ok(Versioned {
        version,
        body: Doors {
            re_entry: event.settings.re_entry,
            auto_exit_minute: door.auto_exit_minute,
            walk_ins: door.walk_ins,
            undo_minutes: door.undo_minutes,
            kiosk_welcome: door.kiosk_welcome,
            questions: door.questions,
            badge: door.badge,
            show_photo: door.show_photo,
            zones: zones
                .into_iter()
                .map(|zone| ZoneRoom {
                    zone: zone.id,
                    capacity: zone.capacity,
                })
                .collect(),
            pin_set: pin.is_some(),
        },
    })
}

/// What holds at the doors.
#[utoipa::path(get, path = "/api/events/{id}/door-settings", tag = "gates",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Doors)))]
async fn show_door_settings(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Result<Versioned<Doors>, Refusal> {
    blocking(door, move |door| doors(&door.event(id)?)).await
}

/// Changes what holds at the doors; gates that stand open follow with the next guest.
#[utoipa::path(put, path = "/api/events/{id}/door-settings", tag = "gates",
    security(("account" = ["manage_gates"])), params(("id" = EventId, Path)),
    request_body = DoorsBody, responses((status = 200, body = Doors)))]
async fn change_door_settings(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<EventId>,
    IfMatch(seen): IfMatch,
    Body(given): Body<DoorsBody>,
) -> Result<Versioned<Doors>, Refusal> {
    blocking(door, move |door| {
        let home = door.act(&by, id)?.if_seen(seen.as_deref());
        let kept = home.event().settings.door.clone();
        let home = home.change_doors(DoorChange {
            re_entry: Some(given.re_entry),
            settings: Some(DoorSettings {
                auto_exit_minute: given.auto_exit_minute,
                walk_ins: given.walk_ins,
                undo_minutes: given.undo_minutes,
                kiosk_welcome: given.kiosk_welcome.filter(|text| !text.trim().is_empty()),
                questions: given.questions,
                rules: Vec::new(),
                badge: given.badge.unwrap_or(kept.badge),
                show_photo: given.show_photo.unwrap_or(kept.show_photo),
            }),
            rules: None,
            capacities: given.zones.iter().map(|z| (z.zone, z.capacity)).collect(),
        })?;
        doors(&home)
    })
    .await
}

fn rules(home: &EventHome) -> Result<Versioned<Items<EntryRule>>, Problem> {
    let event = home.file().read(|view| view.event())?;
    Ok(Versioned {
        version: version_of(&event)?,
        body: Items {
            items: event.settings.door.rules,
        },
    })
}

/// The organizer's rules, in the order in which they are asked.
#[utoipa::path(get, path = "/api/events/{id}/entry-rules", tag = "gates",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<EntryRule>)))]
async fn show_rules(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Result<Versioned<Items<EntryRule>>, Refusal> {
    blocking(door, move |door| rules(&door.event(id)?)).await
}

/// The organizer's rules.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RulesBody {
    items: Vec<EntryRule>,
}

/// Writes the rules anew.
#[utoipa::path(put, path = "/api/events/{id}/entry-rules", tag = "gates",
    security(("account" = ["manage_gates"])), params(("id" = EventId, Path)),
    request_body = RulesBody, responses((status = 200, body = Items<EntryRule>)))]
async fn change_rules(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<EventId>,
    IfMatch(seen): IfMatch,
    Body(given): Body<RulesBody>,
) -> Result<Versioned<Items<EntryRule>>, Refusal> {
    blocking(door, move |door| {
        let home = door.act(&by, id)?.if_seen(seen.as_deref());
        rules(&home.change_doors(DoorChange {
            rules: Some(given.items),
            ..DoorChange::default()
        })?)
    })
    .await
}

/// A rule to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TryBody {
    /// JSONLogic.
    logic: serde_json::Value,
    /// Facts to try it with.
    #[serde(default)]
    sample: Option<serde_json::Value>,
}

/// What a rule said.
#[derive(Debug, Serialize, ToSchema)]
struct Tried {
    /// Whether it could be worked out.
    ok: bool,
    /// What it said; `true` lets in.
    value: serde_json::Value,
    /// Why it could not.
    problem: Option<String>,
}

/// Tries a rule on facts; nothing is kept.
#[utoipa::path(post, path = "/api/events/{id}/entry-rules/check", tag = "gates",
    security(("account" = ["manage_gates"])), params(("id" = EventId, Path)),
    request_body = TryBody, responses((status = 200, body = Tried)))]
async fn try_rule(
    State(door): At,
    _: By<ManageGates>,
    Id(id): Id<EventId>,
    Body(given): Body<TryBody>,
) -> Answer<Tried> {
    answer(door, move |door| {
        door.event(id)?;
        let sample = given.sample.unwrap_or_else(|| serde_json::json!({}));
        Ok(match evaluate(&given.logic, &sample) {
            Ok(value) => Tried {
                ok: true,
                value,
                problem: None,
            },
            Err(problem) => Tried {
                ok: false,
                value: serde_json::Value::Null,
                problem: Some(problem),
            },
        })
    })
    .await
}

/// Ready for doors? Line by line, with what to mend.
#[utoipa::path(get, path = "/api/events/{id}/preflight", tag = "gates",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Preflight)))]
async fn check_ready(State(door): At, _: By<ReadEvents>, Id(id): Id<EventId>) -> Answer<Preflight> {
    answer(door, move |door| {
        let listening = match (&door.network, door.listens_at.get()) {
            (Some(network), _) => Some(network.port().is_some()),
            (None, Some(addresses)) => Some(addresses.iter().any(|a| a.starts_with("https://"))),
            (None, None) => None,
        };
        let cameras = door.cameras.get().and_then(|cameras| cameras.list().ok());
        door.event(id)?.preflight(Around {
            listening,
            cameras: cameras.map(|cameras| cameras.len()),
        })
    })
    .await
}

/// A supervisor's PIN.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPin {
    /// 4 to 12 digits; none removes it.
    pin: Option<String>,
}

/// Sets or removes the supervisor's PIN of this event's doors.
#[utoipa::path(put, path = "/api/events/{id}/door-pin", tag = "gates",
    security(("account" = ["manage_gates"])), params(("id" = EventId, Path)),
    request_body = NewPin, responses((status = 204)))]
async fn set_pin(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<EventId>,
    Body(given): Body<NewPin>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        door.act(&by, id)?.set_door_pin(given.pin.as_deref())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
