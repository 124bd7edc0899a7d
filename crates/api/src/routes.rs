//! The door over HTTP, for reading: the office's pages and the events behind them.
//!
//! There are no accounts yet, so this door is for the person at this machine alone: whoever serves
//! it listens on loopback, and [`AllowedHosts`] turns away pages of other sites that found a name
//! for that address. Everything is GET or HEAD; nothing here changes anything.

mod answers;
mod guard;
mod pages;
mod refusal;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use gatehouse_domain::field::FieldError;
use gatehouse_domain::id::{EventId, GuestId, InvitationId};
use serde::Deserialize;
use uuid::Uuid;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;
use answers::{EditAnswer, EventAnswer, GuestAnswer, InvitationAnswer, Items, Page, TicketAnswer};

pub use guard::AllowedHosts;
pub use pages::Pages;
pub use refusal::Refusal;

/// The most rows in one answer.
const MOST_ROWS: u32 = 500;
/// Rows in one answer when the question names no number.
const USUAL_ROWS: u32 = 100;
/// The longest text that is searched for, in characters.
const LONGEST_TEXT: usize = 200;

#[derive(Debug)]
struct Shared {
    workspace: Arc<Workspace>,
    open: Mutex<HashMap<EventId, EventHome>>,
    pages: Pages,
}

type Door = State<Arc<Shared>>;
type Answer<T> = Result<Json<T>, Refusal>;

/// Routes of `workspace` for reading, with `pages` wherever the path names nothing of the API.
///
/// Requests to hosts other than `hosts` are refused with 403 `host_not_allowed`, methods other
/// than GET and HEAD with 405, bodies with 413; every answer carries the headers that keep a
/// browser strict.
pub fn office(workspace: Arc<Workspace>, pages: Pages, hosts: AllowedHosts) -> Router {
    let shared = Arc::new(Shared {
        workspace,
        open: Mutex::default(),
        pages,
    });
    Router::new()
        .route("/api/health", get(health))
        .route("/api/events", get(list_events))
        .route("/api/events/{event}", get(show_event))
        .route("/api/events/{event}/guests", get(list_guests))
        .route("/api/events/{event}/invitations", get(list_invitations))
        .route("/api/events/{event}/tickets", get(list_tickets))
        .route("/api/events/{event}/audit", get(list_edits))
        .route("/api", get(unknown_route))
        .route("/api/{*rest}", get(unknown_route))
        .fallback(get(show_page))
        .with_state(shared)
        .layer(axum::middleware::from_fn_with_state(
            Arc::new(hosts),
            guard::guard,
        ))
}

/// What a list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    q: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

impl ListQuery {
    fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(USUAL_ROWS) {
            limit @ 1..=MOST_ROWS => Ok(limit),
            _ => Err(wrong_query(
                "limit",
                "limit_out_of_range",
                format!("ask for 1 to {MOST_ROWS} rows at a time"),
            )),
        }
    }

    fn text(&self) -> Result<&str, Problem> {
        let text = self.q.as_deref().unwrap_or("").trim();
        if text.chars().count() > LONGEST_TEXT {
            return Err(wrong_query(
                "q",
                "text_too_long",
                format!("search for {LONGEST_TEXT} characters at most"),
            ));
        }
        Ok(text)
    }

    fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        self.after
            .as_deref()
            .map(|cursor| {
                cursor.parse().map_err(|_| {
                    wrong_query(
                        "after",
                        "cursor_unknown",
                        "give the `next` of the page before, unchanged".to_owned(),
                    )
                })
            })
            .transpose()
    }
}

fn wrong_query(field: &str, code: &'static str, message: String) -> Problem {
    Problem {
        code: "query_invalid",
        detail: format!("{field}: {message}"),
        errors: vec![FieldError::new(field, code, message)],
    }
}

type Asked = Result<Query<ListQuery>, QueryRejection>;

fn asked(query: Asked) -> Result<ListQuery, Problem> {
    query
        .map(|Query(query)| query)
        .map_err(|e| Problem::new("query_invalid", e.body_text()))
}

/// Runs what waits for the disk where it holds nobody up.
async fn read<T: Send + 'static>(
    shared: Arc<Shared>,
    read: impl FnOnce(&Shared) -> Result<T, Problem> + Send + 'static,
) -> Answer<T> {
    match tokio::task::spawn_blocking(move || read(&shared)).await {
        Ok(done) => Ok(Json(done?)),
        Err(error) => {
            tracing::error!(%error, "a read broke off");
            Err(Problem::new(
                "read_broke_off",
                "the answer could not be made; the log of this machine says why",
            )
            .into())
        }
    }
}

impl Shared {
    /// The event with this id, opened once.
    fn home(&self, event: &str) -> Result<EventHome, Problem> {
        let unknown = || Problem::new("event_unknown", "this workspace has no such event");
        let id: Uuid = event.parse().map_err(|_| unknown())?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(home) = open.get(&EventId(id)) {
            return Ok(home.clone());
        }
        let home = self.workspace.open_event(&id.to_string())?;
        open.insert(home.id(), home.clone());
        Ok(home)
    }
}

async fn health() -> Json<answers::Health> {
    Json(answers::Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}

async fn list_events(State(shared): Door) -> Answer<Items<crate::EventSummary>> {
    read(shared, |shared| {
        Ok(Items {
            items: shared.workspace.events()?,
        })
    })
    .await
}

async fn show_event(State(shared): Door, Path(event): Path<String>) -> Answer<EventAnswer> {
    read(shared, move |shared| {
        let home = shared.home(&event)?;
        let keys = home.signing_keys()?;
        home.file().read(|view| EventAnswer::read(view, keys))
    })
    .await
}

async fn list_guests(
    State(shared): Door,
    Path(event): Path<String>,
    query: Asked,
) -> Answer<Page<GuestAnswer>> {
    read(shared, move |shared| {
        let query = asked(query)?;
        let (limit, after) = (query.limit()?, query.after::<Uuid>()?.map(GuestId));
        let text = query.text()?;
        let rows = shared
            .home(&event)?
            .file()
            .read(|view| view.guest_rows(text, after, limit + 1))?;
        Ok(Page::cut(rows, limit, |row| row.id.to_string()))
    })
    .await
}

async fn list_invitations(
    State(shared): Door,
    Path(event): Path<String>,
    query: Asked,
) -> Answer<Page<InvitationAnswer>> {
    read(shared, move |shared| {
        let query = asked(query)?;
        let (limit, after) = (query.limit()?, query.after::<Uuid>()?.map(InvitationId));
        let rows = shared
            .home(&event)?
            .file()
            .read(|view| view.invitation_rows(after, limit + 1))?;
        Ok(Page::cut(rows, limit, |row| row.id.to_string()))
    })
    .await
}

async fn list_tickets(
    State(shared): Door,
    Path(event): Path<String>,
    query: Asked,
) -> Answer<Page<TicketAnswer>> {
    read(shared, move |shared| {
        let query = asked(query)?;
        let (limit, after) = (query.limit()?, query.after::<u32>()?.unwrap_or(0));
        let rows = shared
            .home(&event)?
            .file()
            .read(|view| view.ticket_rows(after, limit + 1))?;
        Ok(Page::cut(rows, limit, |row| row.number.to_string()))
    })
    .await
}

async fn list_edits(
    State(shared): Door,
    Path(event): Path<String>,
    query: Asked,
) -> Answer<Items<EditAnswer>> {
    read(shared, move |shared| {
        let limit = asked(query)?.limit()?;
        let edits = shared.home(&event)?.edits(limit)?;
        Ok(Items {
            items: edits.into_iter().map(EditAnswer::from).collect(),
        })
    })
    .await
}

async fn unknown_route() -> Refusal {
    Problem::new("route_unknown", "the API has no such path").into()
}

async fn show_page(State(shared): Door, uri: axum::http::Uri) -> axum::response::Response {
    shared.pages.show(uri.path())
}
