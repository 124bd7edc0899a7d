//! Who is there: register, sign in, stay signed in, sign out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::account::{Account, Action};
use gatehouse_domain::id::{DeviceId, EventId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::Body;
use super::refusal::Refusal;
use super::signed::{Asking, By, OwnAccount};
use crate::accounts::{Registration, Signed, SignedIn};
use crate::problem::Problem;

const COOKIE: &str = "gatehouse_session";

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(sign_in))
        .routes(routes!(refresh))
        .routes(routes!(sign_out))
        .routes(routes!(show_me))
}

/// Where the refresh token is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Keeping {
    /// In the answer: for programs.
    #[default]
    Token,
    /// In a cookie that no script can read: for browsers.
    Cookie,
}

/// What signing in takes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    session: Keeping,
}

/// What staying signed in takes: the token, or the cookie alone.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RefreshBody {
    refresh_token: Option<String>,
}

/// Somebody is signed in.
#[derive(Serialize, ToSchema)]
struct SignInAnswer {
    account: Account,
    /// Good for 15 minutes, as `Authorization: Bearer`.
    access_token: String,
    /// The same, by the name that the documents give it.
    token: String,
    /// Seconds until the access token ends.
    expires_in: i64,
    /// Good for one use within 30 days; absent where the cookie keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// The person who asks, and what they may do.
#[derive(Serialize, ToSchema)]
pub(super) struct MeAnswer {
    account: Account,
    /// What the account's role allows.
    may: Vec<Action>,
    /// Whether this machine's own desk needs no password.
    at_desk: bool,
    /// The gate that this machine is, where it is nothing else.
    gate: Option<OwnGate>,
}

/// A gate alone on its machine.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnGate {
    /// The device.
    pub(super) device: DeviceId,
    /// The event that it admits to.
    pub(super) event: EventId,
    /// What it is called.
    pub(super) name: String,
    /// Scans that its office does not have yet.
    pub(super) waiting: u64,
}

impl MeAnswer {
    /// What is said to `signed`, on a machine that is `gate` where it is nothing else.
    pub(super) fn of(signed: Signed, gate: Option<OwnGate>) -> Self {
        Self {
            may: Action::ALL
                .iter()
                .copied()
                .filter(|action| signed.account.role.may(*action))
                .collect(),
            at_desk: signed.session.is_nil(),
            account: signed.account,
            gate,
        }
    }
}

/// Makes an account. The first of a workspace is super admin, and only the machine's own desk makes
/// it; every later one is a guest.
#[utoipa::path(post, path = "/api/auth/register", tag = "auth", security(()),
    request_body = Registration, responses((status = 201, body = Account)))]
async fn register(
    State(door): At,
    asking: Asking,
    Body(given): Body<Registration>,
) -> Result<(StatusCode, Json<Account>), Refusal> {
    let at_desk = asking
        .known()
        .is_some_and(|person| person.signed.session.is_nil());
    let account = blocking(door, move |door| {
        if !at_desk && !door.workspace.has_accounts()? {
            return Err(Problem::new(
                "setup_needs_desk",
                "the first account is made at the office's own machine; open the address that \
                 Gatehouse printed there",
            ));
        }
        door.workspace.register(&given)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(account)))
}

/// Signs in with address and password.
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", security(()),
    request_body = Credentials, responses((status = 200, body = SignInAnswer)))]
async fn sign_in(
    State(door): At,
    headers: HeaderMap,
    Body(given): Body<Credentials>,
) -> Result<Response, Refusal> {
    let keeping = given.session;
    let signed = blocking(door, move |door| {
        door.workspace.sign_in(&given.email, &given.password)
    })
    .await?;
    Ok(session(signed, keeping, &headers))
}

/// Gives both tokens anew. The token that was used is worth nothing from now on; used again, it
/// ends the session.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "auth", security(()),
    request_body = RefreshBody, responses((status = 200, body = SignInAnswer)))]
async fn refresh(
    State(door): At,
    headers: HeaderMap,
    Body(given): Body<RefreshBody>,
) -> Result<Response, Refusal> {
    let (token, keeping) = match (given.refresh_token, cookie(&headers)) {
        (Some(token), _) => (token, Keeping::Token),
        (None, Some(token)) => (token, Keeping::Cookie),
        (None, None) => return Err(Problem::new("signed_out", "sign in first").into()),
    };
    let signed = blocking(door, move |door| door.workspace.refresh(&token)).await?;
    Ok(session(signed, keeping, &headers))
}

/// Ends the session.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth",
    security(("account" = ["own_account"])), responses((status = 204)))]
async fn sign_out(State(door): At, By(person, _): By<OwnAccount>) -> Result<Response, Refusal> {
    blocking(door, move |door| door.workspace.sign_out(&person.signed)).await?;
    let gone = format!("{COOKIE}=; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=0");
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(gone) = HeaderValue::from_str(&gone) {
        response.headers_mut().insert(header::SET_COOKIE, gone);
    }
    Ok(response)
}

/// The person who asks.
#[utoipa::path(get, path = "/api/auth/me", tag = "auth",
    security(("account" = ["own_account"])), responses((status = 200, body = MeAnswer)))]
async fn show_me(State(door): At, By(person, _): By<OwnAccount>) -> Answer<MeAnswer> {
    answer(door, move |_| Ok(MeAnswer::of(person.signed, None))).await
}

fn session(signed: SignedIn, keeping: Keeping, headers: &HeaderMap) -> Response {
    let mut cookie = None;
    let refresh_token = match keeping {
        Keeping::Token => Some(signed.refresh_token),
        Keeping::Cookie => {
            // Thirty days, as long as the session itself.
            let secure = if is_secure(headers) { "; Secure" } else { "" };
            cookie = HeaderValue::from_str(&format!(
                "{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=2592000{secure}",
                signed.refresh_token
            ))
            .ok();
            None
        }
    };
    let mut response = Json(SignInAnswer {
        account: signed.account,
        token: signed.access_token.clone(),
        access_token: signed.access_token,
        expires_in: signed.expires_in,
        refresh_token,
    })
    .into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether the browser came over TLS, as its own page's address says.
fn is_secure(headers: &HeaderMap) -> bool {
    headers
        .get(header::ORIGIN)
        .is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}
