//! Accounts, for those who keep them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::account::{Account, Role};
use gatehouse_domain::id::AccountId;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Body, Id, Items};
use super::refusal::Refusal;
use super::signed::{By, ManageAccounts, OwnAccount, ReadAccounts};
use crate::accounts::{AccountChange, Registration};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_users, add_user))
        .routes(routes!(show_user, change_user, delete_user))
}

/// A new account, with its role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    name: String,
    email: String,
    /// At least 10 characters.
    password: String,
    role: Role,
}

/// All accounts.
#[utoipa::path(get, path = "/api/users", tag = "users", security(("account" = ["read_accounts"])),
    responses((status = 200, body = Items<Account>)))]
async fn list_users(State(door): At, By(by, _): By<ReadAccounts>) -> Answer<Items<Account>> {
    answer(door, move |door| {
        Ok(Items {
            items: door.workspace.accounts(&by.signed)?,
        })
    })
    .await
}

/// Makes an account of a role.
#[utoipa::path(post, path = "/api/users", tag = "users",
    security(("account" = ["manage_accounts"])), request_body = NewUser,
    responses((status = 201, body = Account)))]
async fn add_user(
    State(door): At,
    By(by, _): By<ManageAccounts>,
    Body(given): Body<NewUser>,
) -> Result<(StatusCode, Json<Account>), Refusal> {
    let account = blocking(door, move |door| {
        let registration = Registration {
            name: given.name,
            email: given.email,
            password: given.password,
        };
        door.workspace
            .add_account(&by.signed, &registration, given.role)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(account)))
}

/// One account: one's own, or any for those who may see them.
#[utoipa::path(get, path = "/api/users/{id}", tag = "users",
    security(("account" = ["own_account"])), params(("id" = AccountId, Path)),
    responses((status = 200, body = Account)))]
async fn show_user(
    State(door): At,
    By(by, _): By<OwnAccount>,
    Id(id): Id<AccountId>,
) -> Answer<Account> {
    answer(door, move |door| door.workspace.account(&by.signed, id)).await
}

/// Changes an account: one's own name and password, or more for those who manage it.
#[utoipa::path(put, path = "/api/users/{id}", tag = "users",
    security(("account" = ["own_account"])), params(("id" = AccountId, Path)),
    request_body = AccountChange, responses((status = 200, body = Account)))]
async fn change_user(
    State(door): At,
    By(by, _): By<OwnAccount>,
    Id(id): Id<AccountId>,
    Body(change): Body<AccountChange>,
) -> Answer<Account> {
    answer(door, move |door| {
        door.workspace.change_account(&by.signed, id, &change)
    })
    .await
}

/// Deletes an account; somebody always stays super admin.
#[utoipa::path(delete, path = "/api/users/{id}", tag = "users",
    security(("account" = ["manage_accounts"])), params(("id" = AccountId, Path)),
    responses((status = 204)))]
async fn delete_user(
    State(door): At,
    By(by, _): By<ManageAccounts>,
    Id(id): Id<AccountId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        door.workspace.delete_account(&by.signed, id)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
