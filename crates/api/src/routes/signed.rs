//! Who asks, and whether they may: each route names the action that it takes.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use gatehouse_domain::account::Action;

use super::door::Door;
use super::refusal::Refusal;
use crate::accounts::Signed;
use crate::problem::Problem;

/// A person who asks, and the machine they ask from when it is another one.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) signed: Signed,
    pub(super) from: Option<String>,
}

/// Whoever asks, or why nobody is known; put beside each request of the API.
#[derive(Debug, Clone)]
pub(super) struct Asking(pub(super) Result<Person, Problem>);

/// Finds out once who asks.
pub(super) async fn recognize(
    State(door): State<Arc<Door>>,
    mut request: Request,
    next: Next,
) -> Response {
    let from = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip())
        .filter(|address| !address.is_loopback())
        .map(|address| address.to_string());
    let words = request
        .headers()
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default().to_owned());
    let asking = tokio::task::spawn_blocking(move || who(&door, words.as_deref()))
        .await
        .unwrap_or_else(|_| Err(Problem::new("work_broke_off", "ask again")))
        .map(|signed| Person { signed, from });
    request.extensions_mut().insert(Asking(asking));
    next.run(request).await
}

fn who(door: &Door, words: Option<&str>) -> Result<Signed, Problem> {
    let nobody = || Problem::new("signed_out", "sign in first");
    let (scheme, value) = words
        .and_then(|words| words.split_once(' '))
        .ok_or_else(nobody)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return door.workspace.authenticate(value.trim());
    }
    if scheme.eq_ignore_ascii_case("desk")
        && door
            .desk
            .as_ref()
            .is_some_and(|key| key.matches(value.trim()))
    {
        return door.workspace.at_desk();
    }
    Err(nobody())
}

impl<S: Send + Sync> FromRequestParts<S> for Asking {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or(Self(Err(Problem::new("signed_out", "sign in first")))))
    }
}

impl Asking {
    /// The person, where one is known.
    pub(super) fn known(self) -> Option<Person> {
        self.0.ok()
    }
}

/// An action as a type, so that a handler's signature says what it takes.
pub(super) trait Permission: Send + Sync + 'static {
    const ACTION: Action;
}

/// The person who asks, once their role was found to allow `P`.
#[derive(Debug)]
pub(super) struct By<P>(pub(super) Person, pub(super) PhantomData<P>);

impl<P: Permission, S: Send + Sync> FromRequestParts<S> for By<P> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let person = Asking::from_request_parts(parts, state).await?.0?;
        person.signed.check(P::ACTION)?;
        Ok(Self(person, PhantomData))
    }
}

macro_rules! permissions {
    ($($name:ident),+ $(,)?) => {$(
        #[derive(Debug)]
        pub(super) struct $name;
        impl Permission for $name {
            const ACTION: Action = Action::$name;
        }
    )+};
}

permissions! {
    OwnAccount, ReadEvents, ReadAudit, PlanEvents, EditGuests, IssueTickets, Scan, ManageGates,
    ManageKeys,
    InviteOfficially, ReadAccounts, ManageAccounts, ManageWorkspace,
}
