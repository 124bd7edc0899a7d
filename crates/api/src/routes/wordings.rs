//! What messages say: shown, changed, seen before, tried.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::delivery::MessageKind;
use gatehouse_domain::id::{EventId, InvitationId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Asked, Body, Id, Items};
use super::refusal::Refusal;
use super::signed::{By, IssueTickets, PlanEvents, ReadEvents};
use crate::mail::overview::Previewed;
use crate::mail::templates::{Wording, WordingView};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_wordings))
        .routes(routes!(show_wording, change_wording, reset_wording))
        .routes(routes!(preview_wording))
        .routes(routes!(send_trial))
}

/// Every kind of message in a language, as it would be sent.
#[utoipa::path(get, path = "/api/events/{id}/wordings", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = EventId, Path), WordingQuery),
    responses((status = 200, body = Items<WordingView>)))]
async fn list_wordings(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<WordingQuery>,
) -> Answer<Items<WordingView>> {
    answer(door, move |door| {
        let home = door.event(id)?.refreshed()?;
        let language = query
            .language
            .unwrap_or_else(|| home.event().language.clone());
        Ok(Items {
            items: home.wordings(&language)?,
        })
    })
    .await
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WordingQuery {
    /// BCP 47 language; the event's own when absent.
    language: Option<String>,
}

/// One kind of message as it would be sent.
#[utoipa::path(get, path = "/api/events/{id}/wordings/{kind}", tag = "mail",
    security(("account" = ["read_events"])),
    params(("id" = EventId, Path), ("kind" = MessageKind, Path), WordingQuery),
    responses((status = 200, body = WordingView)))]
async fn show_wording(
    State(door): At,
    _: By<ReadEvents>,
    Id((id, kind)): Id<(EventId, MessageKind)>,
    Asked(query): Asked<WordingQuery>,
) -> Answer<WordingView> {
    answer(door, move |door| {
        let home = door.event(id)?.refreshed()?;
        let language = query
            .language
            .unwrap_or_else(|| home.event().language.clone());
        home.wording(kind, &language)
    })
    .await
}

/// Keeps the organizer's own wording.
#[utoipa::path(put, path = "/api/events/{id}/wordings/{kind}", tag = "mail",
    security(("account" = ["plan_events"])),
    params(("id" = EventId, Path), ("kind" = MessageKind, Path), WordingQuery),
    request_body = Wording, responses((status = 200, body = WordingView)))]
async fn change_wording(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id((id, kind)): Id<(EventId, MessageKind)>,
    Asked(query): Asked<WordingQuery>,
    Body(given): Body<Wording>,
) -> Answer<WordingView> {
    answer(door, move |door| {
        let home = door.act(&by, id)?;
        let language = query
            .language
            .unwrap_or_else(|| home.event().language.clone());
        home.set_wording(kind, &language, &given)
    })
    .await
}

/// Goes back to the usual wording.
#[utoipa::path(delete, path = "/api/events/{id}/wordings/{kind}", tag = "mail",
    security(("account" = ["plan_events"])),
    params(("id" = EventId, Path), ("kind" = MessageKind, Path), WordingQuery),
    responses((status = 200, body = WordingView)))]
async fn reset_wording(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id((id, kind)): Id<(EventId, MessageKind)>,
    Asked(query): Asked<WordingQuery>,
) -> Answer<WordingView> {
    answer(door, move |door| {
        let home = door.act(&by, id)?;
        let language = query
            .language
            .unwrap_or_else(|| home.event().language.clone());
        home.reset_wording(kind, &language)
    })
    .await
}

/// A wording to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WordingTried {
    /// What it says; what would be sent, in the guest's language, when absent.
    #[serde(default)]
    wording: Option<Wording>,
    /// BCP 47 language of the wording; the event's own when absent.
    #[serde(default)]
    language: Option<String>,
    /// The invitation that it is filled in for; an invented one when absent.
    #[serde(default)]
    invitation: Option<InvitationId>,
    /// The organizer's own words in it; those of the invitation when blank.
    #[serde(default)]
    message: String,
}

/// A wording filled in, as it would arrive, with what should be looked at before it is sent.
#[utoipa::path(post, path = "/api/events/{id}/wordings/{kind}/preview", tag = "mail",
    security(("account" = ["read_events"])),
    params(("id" = EventId, Path), ("kind" = MessageKind, Path)), request_body = WordingTried,
    responses((status = 200, body = Previewed)))]
async fn preview_wording(
    State(door): At,
    _: By<ReadEvents>,
    Id((id, kind)): Id<(EventId, MessageKind)>,
    Body(given): Body<WordingTried>,
) -> Answer<Previewed> {
    answer(door, move |door| {
        door.event(id)?.refreshed()?.preview_wording(
            kind,
            given.wording.as_ref(),
            given.language.as_deref(),
            given.invitation,
            &given.message,
        )
    })
    .await
}

/// A wording to be sent to try it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TrialWanted {
    /// What it says; what would be sent, in the guest's language, when absent.
    #[serde(default)]
    wording: Option<Wording>,
    /// BCP 47 language of the wording; the event's own when absent.
    #[serde(default)]
    language: Option<String>,
    /// The invitation that it is filled in for; the first when absent.
    #[serde(default)]
    invitation: Option<InvitationId>,
    /// The organizer's own words in it; those of the invitation when blank.
    #[serde(default)]
    message: String,
    /// The address that it goes to.
    to: String,
}

/// Sends a wording, filled in, to an address of one's own, at once.
#[utoipa::path(post, path = "/api/events/{id}/wordings/{kind}/trial", tag = "mail",
    security(("account" = ["issue_tickets"])),
    params(("id" = EventId, Path), ("kind" = MessageKind, Path)), request_body = TrialWanted,
    responses((status = 204)))]
async fn send_trial(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id((id, kind)): Id<(EventId, MessageKind)>,
    Body(given): Body<TrialWanted>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        door.act(&by, id)?.send_trial(
            kind,
            given.wording.as_ref(),
            given.language.as_deref(),
            given.invitation,
            &given.message,
            &given.to,
        )
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
