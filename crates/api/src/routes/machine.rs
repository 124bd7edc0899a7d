//! What this machine is: an office, or a gate of another machine's event.

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::behind::Behind;
use super::given::Body;
use super::refusal::Refusal;
use super::signed::{By, ManageWorkspace, Person, Scan};
use crate::problem::Problem;

/// The longest name of a gate, in characters.
const LONGEST_NAME: usize = 60;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Behind: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(become_gate))
        .routes(routes!(leave_gate))
}

/// Whose gate this machine is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BecomeGateBody {
    /// What the office's code says.
    code: String,
    /// What the gate is called, 1 to 60 characters.
    name: String,
}

/// Makes this machine a gate of another machine's event. It opens with the next start of the
/// program. 404 where the program can't, or somebody at another machine asks.
#[utoipa::path(post, path = "/api/machine/gate", tag = "gates",
    security(("account" = ["manage_workspace"])), request_body = BecomeGateBody,
    responses((status = 204)))]
async fn become_gate(
    State(behind): State<Behind>,
    By(person, _): By<ManageWorkspace>,
    Body(given): Body<BecomeGateBody>,
) -> Result<StatusCode, Refusal> {
    behind
        .blocking(move |behind| {
            let enrolling = match behind {
                Behind::Office(door) if person.from.is_none() => door.enrolling.get(),
                _ => None,
            };
            let name = given.name.trim();
            if name.is_empty() || name.chars().count() > LONGEST_NAME {
                return Err(Problem::new(
                    "body_invalid",
                    format!("give the gate a name of 1 to {LONGEST_NAME} characters"),
                ));
            }
            enrolling.ok_or_else(no_gate)?.enrol(&given.code, name)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who ends it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeaveGateBody {
    /// The supervisor's PIN, where there is one.
    #[serde(default)]
    pin: Option<String>,
}

/// Ends this machine's being a gate: the office gets its last scans, list and key are forgotten.
/// Refused with 409 `scans_waiting` while the office does not have every scan. A gate whose right
/// was taken back asks for no PIN; it knows none any more.
#[utoipa::path(post, path = "/api/machine/gate/leave", tag = "gates",
    security(("account" = ["scan"])), request_body = LeaveGateBody, responses((status = 204)))]
async fn leave_gate(
    State(behind): State<Behind>,
    By(person, _): By<Scan>,
    Body(given): Body<LeaveGateBody>,
) -> Result<StatusCode, Refusal> {
    behind
        .blocking(move |behind| leave(behind, &person, given.pin.as_deref()))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn leave(behind: &Behind, person: &Person, pin: Option<&str>) -> Result<(), Problem> {
    let Behind::Alone(door) = behind else {
        return Err(no_gate());
    };
    let event = door.outlying.event();
    if let Ok(gate) = door.outlying.gate()
        && gate.look()?.pin_set
    {
        behind.check_pin(person, event, (None, pin.unwrap_or_default()))?;
    }
    door.outlying.leave()
}

fn no_gate() -> Problem {
    Problem::new(
        "gate_unknown",
        "this machine is no gate, or this program can’t make it one; the desktop application can",
    )
}
