//! The door over HTTP: every use case as a route, one contract for all who ask.
//!
//! Each handler names the action that it takes ([`signed`]); the contract names it too, and a test
//! walks both. Whoever asks is known by an access token, or sits at the machine itself and says its
//! key ([`DeskKey`]).

mod answers;
mod auth;
mod backups;
mod badges;
mod batches;
mod behind;
mod branding;
mod cameras;
mod contract;
mod devices;
mod door;
mod doors;
mod etag;
mod events;
mod gates;
mod given;
mod guard;
mod guest_pages;
mod guest_photos;
mod guests;
mod history;
mod idempotency;
mod imports;
mod invitations;
mod keys;
mod links;
mod live;
mod lone;
mod machine;
mod mail;
mod mailings;
mod mesh;
mod network;
mod official;
mod pages;
mod papers;
mod photos;
mod postman;
mod refusal;
mod reserves;
mod rosters;
mod rows;
mod scanners;
mod schedule;
mod serials;
mod signed;
mod syncs;
mod tasks;
mod tickets;
mod uploads;
mod users;
mod wordings;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{any, get};
use axum::{Json, Router, middleware};
use gatehouse_domain::guest::{GuestOrder, GuestStanding};
use utoipa::Modify;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::cameras::Cameras;
use crate::mesh::MeshPlace;
use crate::network::Network;
use crate::outlying::Enrolling;
use crate::problem::Problem;
use crate::serials::SerialScanners;
use crate::workspace::Workspace;
use door::{At, Door, blocking};

pub use door::DeskKey;
pub use guard::AllowedHosts;
pub use lone::LoneGate;
pub use pages::Pages;
pub use refusal::Refusal;

/// The largest body of a route that takes JSON, in bytes.
const LARGEST_BODY: usize = 1 << 20;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Gatehouse",
        description = "Event offices and gates: guest lists, signed tickets, doors."
    ),
    modifiers(&Accounts),
    // Words that stand in questions alone are not found by themselves.
    components(schemas(refusal::ProblemBody<'static>, GuestOrder, GuestStanding))
)]
struct Contract;

struct Accounts;

impl Modify for Accounts {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "An access token; the action beside each route is what the account's role must \
                 allow.",
            ))
            .build();
        api.components
            .get_or_insert_default()
            .add_security_scheme("account", SecurityScheme::Http(scheme));
        let credential = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The credential of a registered device."))
            .build();
        api.components
            .get_or_insert_default()
            .add_security_scheme("scanner", SecurityScheme::Http(credential));
    }
}

fn routes() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::with_openapi(Contract::openapi())
        .routes(routes!(health))
        .merge(auth::router())
        .merge(users::router())
        .merge(events::router())
        .merge(schedule::router())
        .merge(guests::router())
        .merge(imports::router())
        .merge(invitations::router())
        .merge(answers::router())
        .merge(batches::router())
        .merge(tickets::router())
        .merge(official::router())
        .merge(photos::router())
        .merge(guest_photos::router())
        .merge(branding::router())
        .merge(papers::router())
        .merge(history::router())
        .merge(gates::router())
        .merge(doors::router())
        .merge(badges::router())
        .merge(cameras::router())
        .merge(serials::router())
        .merge(devices::router())
        .merge(links::router())
        .merge(scanners::router())
        .merge(syncs::router())
        .merge(rosters::router())
        .merge(mesh::router())
        .merge(tasks::router())
        .merge(live::router())
        .merge(network::router())
        .merge(mail::router())
        .merge(wordings::router())
        .merge(mailings::router())
        .merge(machine::router())
}

/// Routes whose questions or answers hold secrets.
fn secrets() -> OpenApiRouter<Arc<Door>> {
    keys::router()
        .merge(backups::router())
        .merge(doors::secret_router())
        .merge(devices::secret_router())
        .merge(scanners::secret_router())
        .merge(mail::secret_router())
        .merge(reserves::secret_router())
}

/// The contract of the API: OpenAPI 3.1.
#[must_use]
pub fn contract() -> serde_json::Value {
    let mut contract = routes().merge(secrets()).into_openapi();
    contract.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let mut contract = serde_json::to_value(contract).unwrap_or_default();
    contract::make_exact(&mut contract);
    contract
}

/// One office: a workspace with its pages, which any number of listeners share.
#[derive(Debug, Clone)]
pub struct Office(Arc<Door>);

impl Office {
    /// The office of `workspace`, with `pages` wherever a path names nothing of the API. Whoever
    /// says `desk` sits at the machine itself; `network` lets other machines in when a person wants
    /// that.
    #[must_use]
    pub fn new(
        workspace: Arc<Workspace>,
        pages: Pages,
        desk: Option<DeskKey>,
        network: Option<Arc<dyn Network>>,
    ) -> Self {
        Self(Arc::new(Door::new(workspace, pages, desk, network)))
    }

    /// The routes for a listener that goes by `hosts`.
    ///
    /// Requests to other hosts are refused with 403 `host_not_allowed`, changes that a page of
    /// another site asks for with 403 `origin_not_allowed`; every answer carries the headers that
    /// keep a browser strict.
    pub fn router(&self, hosts: AllowedHosts) -> Router {
        router(Arc::clone(&self.0), hosts)
    }

    /// Says where this office can be opened, for a program that listens by itself: addresses such as
    /// `https://desk.local:8443`. What was said first holds.
    pub fn listens_at(&self, addresses: Vec<String>) {
        self.0.listens_at.set(addresses).ok();
    }

    /// Meets the gates of its events at a place from now on.
    pub fn meets_gates(&self, place: &MeshPlace) {
        self.0.meet_at(Some(place));
    }

    /// Brings the machine's cameras, for windows on it. What was brought first holds.
    pub fn sees_with(&self, cameras: Arc<dyn Cameras>) {
        self.0.cameras.set(cameras).ok();
    }

    /// Lets this machine become a gate of another's event. What was brought first holds.
    pub fn enrols_with(&self, enrolling: Arc<dyn Enrolling>) {
        self.0.enrolling.set(enrolling).ok();
    }

    /// Brings the machine's serial scanners, for windows on it. What was brought first holds.
    pub fn hears_with(&self, serials: Arc<dyn SerialScanners>) {
        self.0.serials.set(serials).ok();
    }

    /// Sends what the events have to say, on a thread of its own, until the office is no more.
    pub fn delivers(&self) {
        postman::begin(&self.0);
    }

    /// Sends no more, and waits until the letters that are under way were answered: without it,
    /// nobody can know whether they left. False where that takes longer than `within`.
    pub fn ends_delivering(&self, within: Duration) -> bool {
        self.0.outbox.end(within)
    }

    /// Lets other machines in again where they were when the program ended.
    pub fn resume_network(&self) -> Result<(), Problem> {
        match self.0.workspace.kept_network()? {
            Some(port) => self.0.listen(port),
            None => Ok(()),
        }
    }
}

fn router(door: Arc<Door>, hosts: AllowedHosts) -> Router {
    let gatepost = guard::Gatepost {
        hosts,
        guests: door.guests.host.clone(),
    };
    // Nothing with a secret in it is kept for a repeated request, so those stand outside.
    let (once, _) = routes().split_for_parts();
    let once = once.layer(middleware::from_fn_with_state(
        Arc::clone(&door),
        idempotency::once,
    ));
    let (secret, _) = secrets().split_for_parts();
    once.merge(secret)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&door),
            signed::recognize,
        ))
        .merge(guest_pages::router())
        .route("/api", any(unknown_route))
        .route("/api/{*rest}", any(unknown_route))
        .method_not_allowed_fallback(wrong_method)
        .fallback(get(show_page))
        .with_state(door)
        .layer(middleware::from_fn_with_state(
            Arc::new(gatepost),
            guard::guard,
        ))
}

/// Whether the office is there, and whether anybody has an account.
#[utoipa::path(get, path = "/api/health", tag = "office", security(()),
    responses((status = 200, body = rows::Health)))]
async fn health(State(door): At) -> Result<Json<rows::Health>, Refusal> {
    let health = blocking(door, |door| {
        Ok(rows::Health {
            status: "ok",
            version: env!("CARGO_PKG_VERSION"),
            workspace: door.workspace.name().to_owned(),
            accounts: door.workspace.has_accounts()?,
        })
    })
    .await?;
    Ok(Json(health))
}

async fn unknown_route() -> Refusal {
    Problem::new("route_unknown", "the API has no such path").into()
}

async fn wrong_method() -> Refusal {
    Problem::new(
        "method_not_allowed",
        "this path is not asked in that way; the contract says how",
    )
    .into()
}

async fn show_page(State(door): At, uri: axum::http::Uri) -> axum::response::Response {
    door.pages.show(uri.path())
}
