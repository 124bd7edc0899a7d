//! The contract: as committed, and held by every route for every role, signed out included.

use std::path::Path;

use axum::http::{Method, header};
use gatehouse_api::routes::{Pages, contract};
use gatehouse_domain::account::{Action, Role};
use serde_json::{Value, json};

use crate::door::{CONTRACT, Door};

/// `GATEHOUSE_WRITE_CONTRACT=1` writes it anew.
#[test]
fn the_contract_is_as_committed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let mut now = serde_json::to_string_pretty(&contract()).expect("a contract");
    now.push('\n');
    if std::env::var_os("GATEHOUSE_WRITE_CONTRACT").is_some() {
        std::fs::write(&path, &now).expect("openapi.json");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "openapi.json is not what the routes say; run `cargo xtask contract` and commit it"
    );
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if let ("$ref", Some(target)) = (name.as_str(), value.as_str()) {
                        found.push(target.to_owned());
                    }
                    walk(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&CONTRACT, &mut found);
    assert!(found.len() > 100, "{}", found.len());
    for target in found {
        let pointer = target.trim_start_matches('#');
        assert!(CONTRACT.pointer(pointer).is_some(), "{target}");
    }
}

/// The action that an operation names; none when anybody may ask.
fn action(operation: &Value) -> Option<Action> {
    let required = operation["security"]
        .as_array()
        .expect("every route says who may ask");
    let scopes = required.iter().find_map(|one| one["account"].as_array())?;
    let word = scopes.first().and_then(Value::as_str).expect("an action");
    Some(word.parse().expect("a known action"))
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let mut names: Vec<&str> = operations()
        .iter()
        .map(|(_, _, operation)| operation["operationId"].as_str().expect("a name"))
        .collect();
    names.sort_unstable();
    let twice: Vec<&&str> = names
        .windows(2)
        .filter(|two| two[0] == two[1])
        .map(|two| &two[0])
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// Every method and path of the contract with its operation.
fn operations() -> Vec<(Method, String, &'static Value)> {
    let paths = CONTRACT["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .expect("operations")
                .iter()
                .map(|(method, operation)| {
                    let method = method.to_uppercase().parse().expect("a method");
                    (method, path.clone(), operation)
                })
        })
        .collect()
}

/// A path with ids that nothing has, so that whatever is let through changes nothing.
fn filled(path: &str) -> String {
    path.replace("{kid}", "0123456789abcdef")
        .split('/')
        .map(|part| {
            if part.starts_with('{') {
                "00000000-0000-8000-8000-000000000001"
            } else {
                part
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_path_asks_for_its_permission_signed_out_and_in_every_role() {
    let door = Door::open(Pages::none());
    let tokens = door.people().await;
    let mut walked = 0;
    for (method, path, operation) in operations() {
        let action = action(operation);
        let address = filled(&path);
        let body = (method != Method::GET).then(|| json!({}));
        let request = door.request_as(None, method.clone(), &address, body.as_ref());
        let answer = door.send(request).await;
        match action {
            Some(_) => {
                assert_eq!(
                    answer.refused(401),
                    "signed_out",
                    "{method} {path} signed out"
                );
            }
            None => assert_ne!(answer.status.as_u16(), 403, "{method} {path} signed out"),
        }
        for role in Role::ALL {
            // A path that ends the session would end the walk.
            if path == "/api/auth/logout" {
                continue;
            }
            let token = &tokens[role.word()];
            let request = door.request_as(Some(token), method.clone(), &address, body.as_ref());
            let answer = door.send(request).await;
            let status = answer.status.as_u16();
            if action.is_none_or(|action| role.may(action)) {
                // What is one's own alone is checked behind the route.
                let own = path == "/api/users/{id}" && status == 403;
                assert!(
                    (status != 401 || action.is_none()) && (status != 403 || own),
                    "{method} {path} as {role}: {status}"
                );
            } else {
                assert_eq!(
                    answer.refused(403),
                    "not_allowed",
                    "{method} {path} as {role}"
                );
            }
            assert!(status < 500, "{method} {path} as {role}: {status}");
            walked += 1;
        }
    }
    assert!(walked > 400, "{walked}");
}

#[tokio::test]
async fn a_guest_sees_no_account_but_their_own() {
    let door = Door::open(Pages::none());
    let tokens = door.people().await;
    let guest = Some(tokens["guest"].as_str());
    let me = door
        .send(door.request_as(guest, Method::GET, "/api/auth/me", None))
        .await
        .good(200);
    assert_eq!(me["may"], json!(["own_account"]));
    let own = format!("/api/users/{}", me["account"]["id"].as_str().unwrap());
    let found = door
        .send(door.request_as(guest, Method::GET, &own, None))
        .await;
    assert_eq!(found.good(200)["email"], "guest@example.org");
    let users = door
        .send(door.request_as(Some(&tokens["admin"]), Method::GET, "/api/users", None))
        .await
        .good(200);
    for user in users["items"].as_array().unwrap() {
        let path = format!("/api/users/{}", user["id"].as_str().unwrap());
        let answer = door
            .send(door.request_as(guest, Method::GET, &path, None))
            .await;
        assert_eq!(answer.status.as_u16(), if path == own { 200 } else { 403 });
    }
    // A guest makes themselves no admin.
    let more = json!({"role": "admin"});
    let answer = door
        .send(door.request_as(guest, Method::PUT, &own, Some(&more)))
        .await;
    assert_eq!(answer.refused(403), "not_allowed");
}

#[tokio::test]
async fn the_desk_alone_needs_no_password_until_a_second_account() {
    let door = Door::open(Pages::none());
    let me = door.get("/api/auth/me").await.good(200);
    assert_eq!(
        (&me["at_desk"], &me["account"]["role"]),
        (&json!(true), &json!("super_admin"))
    );
    // Somebody else than the desk makes no first account.
    let given = json!({"name": "Eve", "email": "eve@example.org", "password": "a long password"});
    let request = door.request_as(None, Method::POST, "/api/auth/register", Some(&given));
    assert_eq!(door.send(request).await.refused(403), "setup_needs_desk");
    let mut wrong = door.request(Method::GET, "/api/auth/me", None);
    let key = "Desk desk-key-of-a-test-that-nobody-guesseS";
    wrong
        .headers_mut()
        .insert(header::AUTHORIZATION, key.parse().unwrap());
    assert_eq!(door.send(wrong).await.refused(401), "signed_out");

    let owner = json!({"name": "Ada", "email": "ada@example.org", "password": "a long password"});
    let made = door.post("/api/auth/register", owner).await.good(201);
    assert_eq!(made["role"], "super_admin");
    let me = door.get("/api/auth/me").await.good(200);
    assert_eq!(me["account"]["email"], "ada@example.org");
    // Open registration makes a guest, and from now on the desk asks who is there.
    let request = door.request_as(None, Method::POST, "/api/auth/register", Some(&given));
    assert_eq!(door.send(request).await.good(201)["role"], "guest");
    assert_eq!(door.get("/api/auth/me").await.refused(401), "signed_out");
}
