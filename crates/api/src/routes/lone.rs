//! The door of a gate away from its office: the paths that its own window asks, on its own machine,
//! answered by the office's handlers out of the gate's file.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Json, Router, middleware};
use gatehouse_domain::account::{Account, AccountStatus, Role};
use gatehouse_domain::id::{AccountId, EventId};
use uuid::Uuid;

use super::auth::{MeAnswer, OwnGate};
use super::behind::office_needed;
use super::door::{Answer, DeskKey, aside};
use super::given::Items;
use super::guard::{AllowedHosts, Gatepost, GuestHost, guard};
use super::live::Live;
use super::pages::Pages;
use super::refusal::Refusal;
use super::rows::Health;
use super::signed::{Asking, By, OwnAccount, Person, ReadEvents};
use super::{LARGEST_BODY, badges, cameras, contract, gates, guest_photos, live, machine, serials};
use crate::accounts::Signed;
use crate::cameras::Cameras;
use crate::doors::Gate;
use crate::outlying::Outlying;
use crate::problem::Problem;
use crate::serials::SerialScanners;
use crate::workspace::EventSummary;

/// The state behind the routes of a gate alone.
#[derive(Debug)]
pub(super) struct LoneDoor {
    pub(super) outlying: Arc<dyn Outlying>,
    pub(super) live: Live,
    pub(super) cameras: OnceLock<Arc<dyn Cameras>>,
    pub(super) serials: OnceLock<Arc<dyn SerialScanners>>,
    pages: Pages,
    desk: DeskKey,
}

type AtLone = State<Arc<LoneDoor>>;

/// A gate away from its office, with its window.
#[derive(Debug, Clone)]
pub struct LoneGate(Arc<LoneDoor>);

impl LoneGate {
    /// The gate `outlying` with `pages`, for whoever says `desk` on this machine and nobody else.
    /// News are numbered from `now` (UTC ms) on.
    #[must_use]
    pub fn new(outlying: Arc<dyn Outlying>, pages: Pages, desk: DeskKey, now: i64) -> Self {
        let live = Live::from_now(now);
        if let Ok(gate) = outlying.gate() {
            live.follow(gate.file());
        }
        Self(Arc::new(LoneDoor {
            outlying,
            live,
            cameras: OnceLock::new(),
            serials: OnceLock::new(),
            pages,
            desk,
        }))
    }

    /// Brings the machine's cameras. What was brought first holds.
    pub fn sees_with(&self, cameras: Arc<dyn Cameras>) {
        self.0.cameras.set(cameras).ok();
    }

    /// Brings the machine's serial scanners. What was brought first holds.
    pub fn hears_with(&self, serials: Arc<dyn SerialScanners>) {
        self.0.serials.set(serials).ok();
    }

    /// The routes for a listener that goes by `hosts`; they hold what the contract says.
    ///
    /// Other paths of the contract are refused with 409 `office_needed`; whoever comes from another
    /// machine, or without the key, with 401 `signed_out`.
    pub fn router(&self, hosts: AllowedHosts) -> Router {
        let door = Arc::clone(&self.0);
        let (shared, _) = gates::router()
            .merge(badges::gate_router())
            .merge(guest_photos::gate_router())
            .merge(cameras::router())
            .merge(serials::router())
            .merge(live::gate_router())
            .merge(machine::router())
            .split_for_parts();
        shared
            .route("/api/health", get(health))
            .route("/api/auth/me", get(show_me))
            .route("/api/auth/refresh", any(signed_out))
            .route("/api/events", get(list_events))
            .method_not_allowed_fallback(refuse)
            .fallback_service(rest(&door))
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(middleware::from_fn_with_state(Arc::clone(&door), recognize))
            .with_state(door)
            .layer(middleware::from_fn_with_state(
                Arc::new(Gatepost {
                    hosts,
                    guests: GuestHost::default(),
                }),
                guard,
            ))
    }
}

impl LoneDoor {
    /// The gate, for questions about its own event.
    pub(super) fn gate(&self, event: EventId) -> Result<Arc<Gate>, Problem> {
        if event != self.outlying.event() {
            return Err(Problem::new(
                "event_unknown",
                "this machine is a gate of another event",
            ));
        }
        self.outlying.gate()
    }
}

/// Every other path of the contract, and the pages.
fn rest(door: &Arc<LoneDoor>) -> Router {
    let paths = contract();
    let paths = paths["paths"].as_object().into_iter().flatten();
    let known = paths.fold(Router::new(), |router, (path, _)| {
        router.route(path, any(refuse))
    });
    known
        .route("/api", any(super::unknown_route))
        .route("/api/{*rest}", any(super::unknown_route))
        .fallback(get(show_page))
        .with_state(Arc::clone(door))
}

async fn show_page(State(door): AtLone, uri: axum::http::Uri) -> Response {
    door.pages.show(uri.path())
}

/// Refuses what only the office does; a stranger learns that they are one.
async fn refuse(asking: Asking) -> Refusal {
    match asking.0 {
        Ok(_) => office_needed().into(),
        Err(problem) => problem.into(),
    }
}

async fn signed_out() -> Refusal {
    stranger().into()
}

fn stranger() -> Problem {
    Problem::new(
        "signed_out",
        "open the address that Gatehouse printed on this gate’s own machine",
    )
}

/// Finds out whether the gate's own window asks: it says the key, and comes from this machine.
async fn recognize(State(door): AtLone, mut request: Request, next: Next) -> Response {
    let here = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .is_none_or(|ConnectInfo(address)| address.ip().is_loopback());
    let said = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|words| words.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("desk"));
    let known = here && said.is_some_and(|(_, key)| door.desk.matches(key.trim()));
    let asking = Asking(match known {
        true => Ok(staff()),
        false => Err(stranger()),
    });
    request.extensions_mut().insert(asking);
    next.run(request).await
}

/// Whoever stands at the gate.
fn staff() -> Person {
    Person {
        signed: Signed {
            account: Account {
                id: AccountId(Uuid::nil()),
                email: String::new(),
                name: String::new(),
                role: Role::Staff,
                status: AccountStatus::Active,
                created_at: 0,
            },
            session: Uuid::nil(),
        },
        from: None,
    }
}

async fn health(State(door): AtLone) -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        workspace: door.outlying.name(),
        accounts: false,
    })
}

async fn show_me(State(door): AtLone, By(person, _): By<OwnAccount>) -> Answer<MeAnswer> {
    aside(move || {
        let own = OwnGate {
            device: door.outlying.device(),
            event: door.outlying.event(),
            name: door.outlying.name(),
            waiting: door.outlying.waiting()?,
        };
        Ok(MeAnswer::of(person.signed, Some(own)))
    })
    .await
    .map(Json)
}

async fn list_events(State(door): AtLone, _: By<ReadEvents>) -> Answer<Items<EventSummary>> {
    aside(move || {
        let event = door.outlying.gate()?.event_summary()?;
        Ok(Items { items: vec![event] })
    })
    .await
    .map(Json)
}
