//! Pages for guests, who have no account: whoever knows an invitation's code, or holds a signed
//! link, sees what it opens and nothing else. They work without a script and set no cookie.

mod brand;
mod files;
mod form;
mod invitation;
mod limits;
mod page;
mod preferences;
mod visitor;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use gatehouse_domain::event::EventStatus;
use gatehouse_domain::id::InvitationId;
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_store::event::{TicketBrief, View};
use minijinja::Value;
use minijinja::value::Serde;

use self::brand::Brand;
use self::limits::{Counted, Whose};
use self::visitor::{Visitor, clean_code};
use self::words::{Words, render, words_for};
use super::door::Door;
use crate::home::EventHome;
use crate::problem::Problem;

pub(super) use self::visitor::GuestDesk;

/// Bytes of a form at most: a party of fifty that answers everything at length.
const LARGEST_FORM: usize = 512 << 10;
/// A code that opens nothing is answered after this time, whatever the reason.
const REFUSED_AFTER: Duration = Duration::from_millis(150);

/// Whether a path is one of guests' pages.
pub(super) fn is_guest_place(path: &str) -> bool {
    ["/i/", "/d/", "/p/", "/o/", "/guest/"]
        .iter()
        .any(|place| path.starts_with(place))
}

pub(super) fn router() -> Router<Arc<Door>> {
    Router::new()
        .route("/i/{code}", get(invitation::show).post(invitation::answer))
        .route("/i/{code}/yes", get(invitation::ask_yes))
        .route("/i/{code}/no", get(invitation::ask_no))
        .route("/i/{code}/still", get(invitation::ask_still))
        .route(
            "/i/{code}/meeting",
            axum::routing::post(invitation::meeting),
        )
        .route("/i/{code}/event.ics", get(files::calendar))
        .route("/i/{code}/photo", get(files::cover))
        .route("/d/{link}", get(files::download))
        .route("/o/{picture}", get(files::opened))
        .route(
            "/p/{link}",
            get(preferences::show).post(preferences::choose),
        )
        .route("/guest/brand.css", get(brand::style))
        .route("/guest/logo", get(brand::logo))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
}

/// Why somebody is shown something else than they came for.
#[derive(Debug)]
enum Turned {
    /// No such code, or one that was taken back.
    Unknown,
    /// A link that nobody here wrote.
    Altered,
    /// A link whose time is over.
    Over,
    /// A link that a newer one replaced.
    Replaced,
    /// Nothing to fetch.
    NoTickets,
    /// Too many requests; seconds until the next.
    Wait(u32),
    /// A form that can't be read.
    Unread,
    /// Something went wrong here.
    Failed(Problem),
}

impl From<Problem> for Turned {
    fn from(problem: Problem) -> Self {
        match problem.code {
            "invitation_unknown" | "event_unknown" => Self::Unknown,
            "nothing_to_print" => Self::NoTickets,
            _ => Self::Failed(problem),
        }
    }
}

impl From<gatehouse_store::StoreError> for Turned {
    fn from(error: gatehouse_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

type Answered = Result<Response, Turned>;

/// An invitation that a code opened.
struct Opened {
    home: EventHome,
    id: InvitationId,
    code: String,
}

/// Answers a visitor off the runtime's threads, within the limits of their address.
async fn answer_visitor(
    door: Arc<Door>,
    visitor: Visitor,
    work: impl FnOnce(&Door, &Visitor) -> Answered + Send + 'static,
) -> Response {
    let begun = tokio::time::Instant::now();
    let answered = tokio::task::spawn_blocking(move || {
        let now = door.workspace.surroundings().now();
        let whose = Whose::address(visitor.address);
        let limits = &door.guests.limits;
        let done = limits
            .look(Counted::Wrong, &whose, now)
            .and_then(|()| limits.count(Counted::Asked, whose.clone(), now))
            .map_err(Turned::Wait)
            .and_then(|()| work(&door, &visitor));
        match done {
            Ok(response) => (response, false),
            Err(turned) => {
                let guessed = matches!(turned, Turned::Unknown | Turned::Altered);
                // The one beyond the limit is told at once.
                let turned = match guessed {
                    true => limits
                        .count(Counted::Wrong, whose, now)
                        .map_or_else(Turned::Wait, |()| turned),
                    false => turned,
                };
                (turn_away(&door, &visitor, &turned), guessed)
            }
        }
    })
    .await;
    let (response, guessed) = answered.unwrap_or_else(|error| {
        tracing::error!(%error, "work behind a guest's page broke off");
        (StatusCode::INTERNAL_SERVER_ERROR.into_response(), false)
    });
    if guessed {
        tokio::time::sleep_until(begun + REFUSED_AFTER).await;
    }
    response
}

/// The page that says why.
fn turn_away(door: &Door, visitor: &Visitor, turned: &Turned) -> Response {
    let (status, title, text) = match turned {
        Turned::Unknown => (StatusCode::NOT_FOUND, "unknown_title", "unknown_text"),
        Turned::Altered => (
            StatusCode::FORBIDDEN,
            "link_altered_title",
            "link_altered_text",
        ),
        Turned::Over => (StatusCode::GONE, "link_over_title", "link_over_text"),
        Turned::Replaced => (
            StatusCode::GONE,
            "link_replaced_title",
            "link_replaced_text",
        ),
        Turned::NoTickets => (
            StatusCode::NOT_FOUND,
            "tickets_none_title",
            "tickets_none_text",
        ),
        Turned::Wait(_) => (StatusCode::TOO_MANY_REQUESTS, "wait_title", "wait_text"),
        Turned::Unread => (StatusCode::BAD_REQUEST, "wrong_title", "wrong_text"),
        Turned::Failed(problem) => {
            tracing::error!(code = problem.code, "a guest's page failed");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "wrong_title",
                "wrong_text",
            )
        }
    };
    let words = words_for(&[visitor.chosen.as_deref().unwrap_or_default()]);
    let text = match turned {
        Turned::Wait(seconds) => {
            page::filled(words, text, "minutes", &seconds.div_ceil(60).to_string())
        }
        _ => words.text(text).to_owned(),
    };
    let shown = minijinja::context! {
        title => words.text(title),
        text => text,
        link => Serde(None::<String>),
        here => "",
    };
    let mut response = match show(door, "notice.html", words, "", shown) {
        Ok(page) => (status, page).into_response(),
        Err(_) => status.into_response(),
    };
    if let Turned::Wait(seconds) = turned {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    response
}

/// A page with the brand around it.
fn show(
    door: &Door,
    template: &str,
    words: &Words,
    organizer: &str,
    shown: Value,
) -> Result<Html<String>, Problem> {
    let brand = Brand::of(&door.workspace)?;
    let organizer = if organizer.is_empty() {
        brand.organizer.clone()
    } else {
        organizer.to_owned()
    };
    let page = minijinja::context! {
        brand => Serde(&brand),
        organizer => organizer,
        ..shown
    };
    Ok(Html(render(template, words, page)?))
}

impl Door {
    /// Opens an invitation by its code, once for everybody who comes with it; one whose tickets
    /// were all taken back is as unknown as one that never was, unless what they were for was called
    /// off: its guests come from the letter that says so.
    fn open_invitation(&self, given: &str, what: Counted) -> Result<Opened, Turned> {
        let code = clean_code(given).ok_or(Turned::Unknown)?;
        let now = self.workspace.surroundings().now();
        let whose = Whose::Code(code.clone());
        // Looked at before and counted after: made-up codes fill no memory here.
        let limits = &self.guests.limits;
        limits.look(what, &whose, now).map_err(Turned::Wait)?;
        let (home, id) = self.invitation_with(&code)?.ok_or(Turned::Unknown)?;
        let void = home.file().read(|view| is_taken_back(view, id))?;
        if void {
            return Err(Turned::Unknown);
        }
        self.remember_code(&code, home.id(), id);
        limits.count(what, whose, now).map_err(Turned::Wait)?;
        Ok(Opened { home, id, code })
    }
}

/// Whether all tickets of an invitation were taken back, though what they open takes place.
fn is_taken_back(view: &View<'_>, id: InvitationId) -> Result<bool, Turned> {
    let rows = view.member_rows(id)?;
    let tickets: Vec<_> = rows.iter().filter_map(|row| row.ticket).collect();
    let good = |ticket: &TicketBrief| ticket.status != TicketStatus::Voided;
    if tickets.is_empty() || tickets.iter().any(good) {
        return Ok(false);
    }
    if view.event()?.status == EventStatus::Cancelled {
        return Ok(false);
    }
    let (types, sessions) = (view.ticket_types()?, view.sessions()?);
    for brief in tickets {
        let Some(ticket) = view.ticket(brief.id)? else {
            continue;
        };
        let kind = types.iter().find(|kind| kind.id == ticket.ticket_type);
        let mut opened = sessions
            .iter()
            .filter(|session| kind.is_some_and(|kind| kind.opens(session.id)))
            .peekable();
        if opened.peek().is_some() && !opened.any(Session::takes_place) {
            return Ok(false);
        }
    }
    Ok(true)
}
