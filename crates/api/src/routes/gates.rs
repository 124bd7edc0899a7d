//! Codes presented at this home, and who came.

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use gatehouse_domain::id::{EventId, SessionId, TicketId};
use gatehouse_domain::scan::{Direction, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::behind::Behind;
use super::door::{Answer, Door};
use super::given::{Asked, Body, Id, Items, text};
use super::live::{Live, Tag};
use super::refusal::Refusal;
use super::signed::{By, ReadEvents, Scan};
use crate::doors::{
    DoorView, Forcing, Found, FoundParty, Gate, Presentation, Shown, Shows, WalkIn,
};
use crate::home::EventHome;
use crate::problem::Problem;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Behind: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(present_code))
        .routes(routes!(undo_scan))
        .routes(routes!(force_scan))
        .routes(routes!(look_at_door))
        .routes(routes!(search_door))
        .routes(routes!(show_party))
        .routes(routes!(admit_by_hand))
        .routes(routes!(admit_walk_in))
        .routes(routes!(enrol_spare))
        .routes(routes!(check_pin))
        .routes(routes!(list_arrivals))
}

/// The name of a gate that nobody named.
pub(super) const DESK: &str = "Desk";
/// Tickets that one request admits by hand at most.
const MOST_BY_HAND: usize = 50;

/// What is presented, and how.
pub(super) struct Showing<'a> {
    pub(super) what: Shows<'a>,
    pub(super) direction: Option<Direction>,
    pub(super) nonce: Option<Uuid>,
    pub(super) answered: bool,
}

impl<'a> Showing<'a> {
    pub(super) fn of(what: Shows<'a>) -> Self {
        Self {
            what,
            direction: None,
            nonce: None,
            answered: false,
        }
    }
}

/// Presents at a gate of this home, and tells those who listen.
pub(super) fn present(
    door: &Door,
    home: &EventHome,
    gate: Option<&str>,
    showing: &Showing<'_>,
) -> Result<Shown, Problem> {
    let gate = home.open_gate(gate.unwrap_or(DESK))?;
    present_at(door, home, &gate, showing)
}

pub(super) fn present_at(
    door: &Door,
    home: &EventHome,
    gate: &Gate,
    showing: &Showing<'_>,
) -> Result<Shown, Problem> {
    let shown = showing.at(gate)?;
    announce(&door.live, home.id(), &shown);
    Ok(shown)
}

impl Showing<'_> {
    fn at(&self, gate: &Gate) -> Result<Shown, Problem> {
        let usual = gate.presentation(self.what);
        gate.present(&Presentation {
            nonce: self.nonce.map_or(usual.nonce, Uuid::into_bytes),
            direction: self.direction.unwrap_or(usual.direction),
            answered: self.answered,
            ..usual
        })
    }
}

/// Tells those who listen that somebody went in or out.
pub(super) fn announce(live: &Live, event: EventId, shown: &Shown) {
    let action = match shown.verdict {
        Verdict::Admitted => "guest_checked_in",
        Verdict::Exited => "guest_left",
        Verdict::Refused | Verdict::Undone => return,
    };
    let message = json!({
        "action": action,
        "event_id": event,
        "ticket_id": shown.ticket,
        "name": shown.name,
        "guest_name": shown.name,
        "seat_number": shown.seat,
        "checkin_time": shown.at,
    });
    for channel in ["attendance", "invitations"] {
        live.announce(
            event,
            &[Tag::Scans],
            &format!("events/{event}/{channel}"),
            message.clone(),
        );
    }
}

/// A code at a gate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScanBody {
    /// What the code says, in either form.
    code: String,
    /// Name of the gate; registered when it is new.
    #[serde(default)]
    gate: Option<String>,
    /// Which way; as the gate leads when absent.
    #[serde(default)]
    direction: Option<Direction>,
    /// Names this presentation: the same again is the same scan.
    #[serde(default)]
    nonce: Option<Uuid>,
    /// Whether staff asked what the event wants to know.
    #[serde(default)]
    answered: bool,
}

/// Presents a code: decides, writes the scan, and only then tells. A refusal is an answer, not a
/// problem.
#[utoipa::path(post, path = "/api/events/{id}/scans", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path)), request_body = ScanBody,
    responses((status = 200, body = Shown)))]
async fn present_code(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id(id): Id<EventId>,
    Body(given): Body<ScanBody>,
) -> Answer<Shown> {
    behind
        .answer(move |behind| {
            let gate = behind.gate(&by, id, given.gate.as_deref())?;
            let showing = Showing {
                what: Shows::Code(&given.code),
                direction: given.direction,
                nonce: given.nonce,
                answered: given.answered,
            };
            let shown = showing.at(&gate)?;
            behind.tell(id, &shown);
            Ok(shown)
        })
        .await
}

/// A passage to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UndoScanBody {
    /// Name of the gate that takes it back.
    #[serde(default)]
    gate: Option<String>,
    /// A supervisor's PIN, for what the gate may take back no more.
    #[serde(default)]
    pin: Option<String>,
    /// Names this request: the same again is the same scan.
    #[serde(default)]
    nonce: Option<Uuid>,
}

/// Takes a passage back; the ticket can be used again.
#[utoipa::path(post, path = "/api/events/{id}/scans/{scan}/undo", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path), ("scan" = Uuid, Path)),
    request_body = UndoScanBody, responses((status = 200, body = Shown)))]
async fn undo_scan(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id((id, scan)): Id<(EventId, Uuid)>,
    Body(given): Body<UndoScanBody>,
) -> Answer<Shown> {
    behind
        .answer(move |behind| {
            let gate = behind.gate(&by, id, given.gate.as_deref())?;
            let nonce = given
                .nonce
                .map_or_else(|| gate.new_nonce(), Uuid::into_bytes);
            let shown = gate.undo(scan.into_bytes(), given.pin.as_deref(), nonce)?;
            behind.tell(id, &shown);
            Ok(shown)
        })
        .await
}

/// A supervisor's word.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForceBody {
    /// Name of the gate.
    #[serde(default)]
    gate: Option<String>,
    /// The supervisor's PIN.
    pin: String,
    /// Why, 1 to 300 characters.
    reason: String,
    /// Names this request: the same again is the same scan.
    #[serde(default)]
    nonce: Option<Uuid>,
}

/// Lets a refused ticket in on a supervisor's word; the scan says `forced`.
#[utoipa::path(post, path = "/api/events/{id}/scans/{scan}/force", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path), ("scan" = Uuid, Path)),
    request_body = ForceBody, responses((status = 200, body = Shown)))]
async fn force_scan(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id((id, scan)): Id<(EventId, Uuid)>,
    Body(given): Body<ForceBody>,
) -> Answer<Shown> {
    behind
        .answer(move |behind| {
            let gate = behind.gate(&by, id, given.gate.as_deref())?;
            let nonce = given
                .nonce
                .map_or_else(|| gate.new_nonce(), Uuid::into_bytes);
            let forcing = Forcing {
                pin: &given.pin,
                reason: &given.reason,
            };
            let shown = gate.force(scan.into_bytes(), &forcing, nonce)?;
            behind.tell(id, &shown);
            Ok(shown)
        })
        .await
}

/// At which gate.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AtGate {
    /// Name of the gate; registered when it is new.
    pub(super) gate: Option<String>,
}

/// The door as it stands now: counts, the last scans, what may be done here.
#[utoipa::path(get, path = "/api/events/{id}/door", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path), AtGate),
    responses((status = 200, body = DoorView)))]
async fn look_at_door(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id(id): Id<EventId>,
    Asked(at): Asked<AtGate>,
) -> Answer<DoorView> {
    behind
        .answer(move |behind| {
            let view = behind.gate(&by, id, at.gate.as_deref())?.look()?;
            let Some(ahead) = behind.ahead() else {
                return Ok(view);
            };
            Ok(DoorView {
                office: behind.office_line(),
                walk_ins: ahead.walk_ins > 0,
                ticket_types: ahead.ticket_type.into_iter().collect(),
                walk_ins_left: Some(ahead.walk_ins),
                spare_places: ahead.spares,
                ..view
            })
        })
        .await
}

/// Whom a door looks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DoorSearch {
    /// A name, an e-mail address, a number, or a few letters of a ticket's id.
    q: Option<String>,
    /// Name of the gate.
    gate: Option<String>,
}

/// People with tickets, looked up by hand; 20 at most.
#[utoipa::path(get, path = "/api/events/{id}/door/search", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path), DoorSearch),
    responses((status = 200, body = Items<Found>)))]
async fn search_door(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id(id): Id<EventId>,
    Asked(asked): Asked<DoorSearch>,
) -> Answer<Items<Found>> {
    behind
        .answer(move |behind| {
            let gate = behind.gate(&by, id, asked.gate.as_deref())?;
            Ok(Items {
                items: gate.search(text(asked.q.as_deref())?)?,
            })
        })
        .await
}

/// Everybody of the invitation that a ticket belongs to.
#[utoipa::path(get, path = "/api/events/{id}/door/party/{ticket}", tag = "gates",
    security(("account" = ["scan"])),
    params(("id" = EventId, Path), ("ticket" = TicketId, Path), AtGate),
    responses((status = 200, body = FoundParty)))]
async fn show_party(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id((id, ticket)): Id<(EventId, TicketId)>,
    Asked(at): Asked<AtGate>,
) -> Answer<FoundParty> {
    behind
        .answer(move |behind| behind.gate(&by, id, at.gate.as_deref())?.party_of(ticket))
        .await
}

/// Tickets that staff let in without their codes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ByHandBody {
    /// Name of the gate.
    #[serde(default)]
    gate: Option<String>,
    /// The tickets, 1 to 50.
    tickets: Vec<TicketId>,
    /// Which way; as the gate leads when absent.
    #[serde(default)]
    direction: Option<Direction>,
    /// Names this request: the same again is the same scans.
    #[serde(default)]
    nonce: Option<Uuid>,
    /// Whether staff asked what the event wants to know.
    #[serde(default)]
    answered: bool,
    /// Whether they came before and are written down now, as a paper list tells: decided as of the
    /// start of `session`.
    #[serde(default)]
    afterwards: bool,
    /// The session that they came to, where they are written down afterwards; the one that ended
    /// last when absent.
    #[serde(default)]
    session: Option<SessionId>,
}

/// Lets tickets in by hand: one, several, a whole party. Each has a verdict of its own.
#[utoipa::path(post, path = "/api/events/{id}/door/admit", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path)), request_body = ByHandBody,
    responses((status = 200, body = Items<Shown>)))]
async fn admit_by_hand(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id(id): Id<EventId>,
    Body(given): Body<ByHandBody>,
) -> Answer<Items<Shown>> {
    behind
        .answer(move |behind| {
            if given.tickets.is_empty() || given.tickets.len() > MOST_BY_HAND {
                return Err(Problem::new(
                    "body_invalid",
                    format!("let 1 to {MOST_BY_HAND} tickets in at a time"),
                ));
            }
            let gate = behind.gate(&by, id, given.gate.as_deref())?;
            let nonce = given
                .nonce
                .map_or_else(|| gate.new_nonce(), Uuid::into_bytes);
            let direction = given.direction.unwrap_or(gate.stand().direction);
            let items = match given.afterwards {
                true => gate.admit_afterwards(&given.tickets, given.session, nonce)?,
                false => gate.admit_by_hand(&given.tickets, direction, given.answered, nonce)?,
            };
            for shown in &items {
                behind.tell(id, shown);
            }
            Ok(Items { items })
        })
        .await
}

/// Somebody who stands at the door without a ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WalkInBody {
    /// Name of the gate.
    #[serde(default)]
    gate: Option<String>,
    /// Their name.
    name: String,
    /// Name of the ticket's type.
    ticket_type: String,
    /// Names this walk-in: the same again is the same guest, and the same scan.
    #[serde(default)]
    nonce: Option<Uuid>,
    /// Whether staff asked what the event wants to know.
    #[serde(default)]
    answered: bool,
}

/// Makes a ticket at the door and lets its holder in, where the event allows that.
#[utoipa::path(post, path = "/api/events/{id}/door/walk-in", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path)), request_body = WalkInBody,
    responses((status = 200, body = Shown)))]
async fn admit_walk_in(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id(id): Id<EventId>,
    Body(given): Body<WalkInBody>,
) -> Answer<Shown> {
    behind
        .answer(move |behind| {
            if let Behind::Alone(door) = behind {
                door.gate(id)?;
                let nonce = given.nonce.map(Uuid::into_bytes);
                let shown = door.outlying.walk_in(&given.name, given.answered, nonce)?;
                behind.tell(id, &shown);
                return Ok(shown);
            }
            let door = behind.office()?;
            let home = door.act(&by, id)?;
            let gate = home.open_gate(given.gate.as_deref().unwrap_or(DESK))?;
            let nonce = given
                .nonce
                .map_or_else(|| gate.new_nonce(), Uuid::into_bytes);
            let wanted = WalkIn {
                name: &given.name,
                ticket_type: &given.ticket_type,
                answered: given.answered,
            };
            let shown = home.admit_walk_in(&gate, &wanted, nonce)?;
            announce(&door.live, home.id(), &shown);
            Ok(shown)
        })
        .await
}

/// What a spare gate reads.
#[derive(Debug, Serialize, ToSchema)]
struct SpareGateAnswer {
    /// What the code says.
    code_text: String,
    /// What the spare gate is called.
    name: String,
    /// Until when it is good, UTC ms.
    until: i64,
}

/// Waits for a spare gate to be enrolled by this gate away from its office; minutes, and once.
#[utoipa::path(post, path = "/api/events/{id}/door/spare-gate", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path)),
    responses((status = 200, body = SpareGateAnswer)))]
async fn enrol_spare(
    State(behind): State<Behind>,
    _: By<Scan>,
    Id(id): Id<EventId>,
) -> Answer<SpareGateAnswer> {
    behind
        .answer(move |behind| {
            let Behind::Alone(door) = behind else {
                return Err(Problem::new(
                    "office_itself",
                    "this is the office itself; it enrols gates on its page “Gates”. Nothing was \
                     changed",
                ));
            };
            door.gate(id)?;
            let code = door.outlying.enrol_spare()?;
            Ok(SpareGateAnswer {
                code_text: code.text,
                name: code.name,
                until: code.until,
            })
        })
        .await
}

/// A supervisor's PIN.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PinBody {
    pin: String,
    /// Name of the gate at which it is typed; wrong ones count there.
    #[serde(default)]
    gate: Option<String>,
}

/// Whether this is the supervisor's PIN.
#[utoipa::path(post, path = "/api/events/{id}/door-pin/check", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path)), request_body = PinBody,
    responses((status = 204)))]
async fn check_pin(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id(id): Id<EventId>,
    Body(given): Body<PinBody>,
) -> Result<StatusCode, Refusal> {
    behind
        .blocking(move |behind| behind.check_pin(&by, id, (given.gate.as_deref(), &given.pin)))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many were admitted in one minute.
#[derive(Debug, Serialize, ToSchema)]
struct Arrivals {
    /// Start of the minute, UTC ms.
    at: i64,
    admitted: u32,
}

/// Admissions by the minute, oldest first; minutes without any are left out.
#[utoipa::path(get, path = "/api/events/{id}/arrivals", tag = "gates",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<Arrivals>)))]
async fn list_arrivals(
    State(behind): State<Behind>,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<Arrivals>> {
    behind
        .answer(move |behind| {
            let minutes = behind.file(id)?.read(|view| view.arrivals_by_minute())?;
            Ok(Items {
                items: minutes
                    .into_iter()
                    .map(|(at, admitted)| Arrivals { at, admitted })
                    .collect(),
            })
        })
        .await
}
