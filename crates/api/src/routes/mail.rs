//! How the workspace sends: settings, a look whether they work, what stands in the way.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::mail::{MailSecrets, MailSettings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::etag::{IfMatch, Versioned};
use super::given::Body;
use super::refusal::Refusal;
use super::signed::{By, IssueTickets, ManageWorkspace, ReadEvents};
use crate::mail::MailView;
use crate::mail::inbox::InboxLook;
use crate::mail::outbox::Blocked;
use crate::problem::Problem;
use crate::version::version_of;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(check_mail))
        .routes(routes!(mail_state))
        .routes(routes!(try_again))
        .routes(routes!(read_inbox))
}

/// Paths whose questions hold passwords.
pub(super) fn secret_router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new().routes(routes!(show_mail, change_mail))
}

fn show(view: MailView) -> Result<Versioned<MailView>, Problem> {
    Ok(Versioned {
        version: version_of(&view.settings)?,
        body: view,
    })
}

/// How the workspace sends; passwords are never shown.
#[utoipa::path(get, path = "/api/mail/settings", tag = "mail",
    security(("account" = ["manage_workspace"])), responses((status = 200, body = MailView)))]
async fn show_mail(
    State(door): At,
    _: By<ManageWorkspace>,
) -> Result<Versioned<MailView>, Refusal> {
    blocking(door, |door| show(door.workspace.mail()?)).await
}

/// What is changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailWanted {
    settings: MailSettings,
    /// Passwords and keys; those left out stay, blank ones are removed.
    #[serde(default)]
    secrets: MailSecrets,
}

/// Changes how the workspace sends.
#[utoipa::path(put, path = "/api/mail/settings", tag = "mail",
    security(("account" = ["manage_workspace"])), request_body = MailWanted,
    responses((status = 200, body = MailView)))]
async fn change_mail(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
    IfMatch(seen): IfMatch,
    Body(given): Body<MailWanted>,
) -> Result<Versioned<MailView>, Refusal> {
    blocking(door, move |door| {
        let view =
            door.workspace
                .set_mail(&by.signed, given.settings, given.secrets, seen.as_deref())?;
        door.outbox.try_again();
        show(view)
    })
    .await
}

/// Signs in to the mail server, and to the mailbox of bounces where one is set; sends nothing.
#[utoipa::path(post, path = "/api/mail/check", tag = "mail",
    security(("account" = ["manage_workspace"])), responses((status = 204)))]
async fn check_mail(State(door): At, _: By<ManageWorkspace>) -> Result<StatusCode, Refusal> {
    blocking(door, |door| door.workspace.check_mail()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What stands in the way of messages.
#[derive(Debug, Serialize, ToSchema)]
struct MailState {
    /// Whether a mail server and a sender are set.
    ready: bool,
    /// Whether this program is the one that sends for the workspace.
    sends_here: bool,
    /// Why nothing leaves now, for each transport that is in trouble.
    blocked: Vec<Blocked>,
}

/// Whether messages leave, and why not.
#[utoipa::path(get, path = "/api/mail/state", tag = "mail",
    security(("account" = ["read_events"])), responses((status = 200, body = MailState)))]
async fn mail_state(State(door): At, _: By<ReadEvents>) -> Answer<MailState> {
    answer(door, |door| {
        let branding = door.workspace.branding()?;
        Ok(MailState {
            ready: door.workspace.mail()?.settings.can_mail()
                && branding.settings.sender_email.is_some(),
            sends_here: door.outbox.is_mine()?,
            blocked: door.outbox.blocked(),
        })
    })
    .await
}

/// Tries at once what stands in the way.
#[utoipa::path(post, path = "/api/mail/retry", tag = "mail",
    security(("account" = ["issue_tickets"])), responses((status = 204)))]
async fn try_again(State(door): At, _: By<IssueTickets>) -> Result<StatusCode, Refusal> {
    door.outbox.try_again();
    Ok(StatusCode::NO_CONTENT)
}

/// Looks into the mailbox of bounces at once.
#[utoipa::path(post, path = "/api/mail/inbox", tag = "mail",
    security(("account" = ["issue_tickets"])), responses((status = 200, body = InboxLook)))]
async fn read_inbox(State(door): At, _: By<IssueTickets>) -> Result<Json<InboxLook>, Refusal> {
    Ok(Json(
        blocking(door, |door| {
            door.workspace.read_inbox(|event| door.event(event))
        })
        .await?,
    ))
}
