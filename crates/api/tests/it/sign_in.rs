//! Signing in over HTTP: tokens in the answer for programs, a cookie for browsers.

use axum::http::{Method, header};
use gatehouse_api::routes::Pages;
use serde_json::json;

use crate::door::{Door, PASSWORD};

#[tokio::test]
async fn a_program_signs_in_goes_on_and_signs_out() {
    let door = Door::open(Pages::none());
    door.people().await;
    let given = json!({"email": "organizer@example.org", "password": PASSWORD});
    let request = door.request_as(None, Method::POST, "/api/auth/login", Some(&given));
    let session = door.send(request).await.good(200);
    assert_eq!(session["token"], session["access_token"]);
    assert_eq!(session["expires_in"], 900);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    let request = door.request_as(None, Method::POST, "/api/auth/refresh", Some(&refresh));
    let next = door.send(request).await.good(200);
    let token = next["access_token"].as_str();
    let me = door.request_as(token, Method::GET, "/api/auth/me", None);
    assert_eq!(
        door.send(me).await.good(200)["account"]["role"],
        "organizer"
    );
    let out = door.request_as(token, Method::POST, "/api/auth/logout", None);
    door.send(out).await.good(204);
    let me = door.request_as(token, Method::GET, "/api/auth/me", None);
    assert_eq!(door.send(me).await.refused(401), "signed_out");
    // A refresh token is good once, and its session is over.
    let request = door.request_as(None, Method::POST, "/api/auth/refresh", Some(&refresh));
    assert_eq!(door.send(request).await.refused(401), "signed_out");
}

#[tokio::test]
async fn a_browser_keeps_its_refresh_token_where_no_script_reads_it() {
    let door = Door::open(Pages::none());
    door.people().await;
    let given = json!({"email": "viewer@example.org", "password": PASSWORD, "session": "cookie"});
    let mut request = door.request_as(None, Method::POST, "/api/auth/login", Some(&given));
    request
        .headers_mut()
        .insert(header::ORIGIN, "http://127.0.0.1:8030".parse().unwrap());
    let answer = door.send(request).await;
    let cookie = answer.header(header::SET_COOKIE).to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/api/auth"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "plain HTTP on loopback");
    assert!(answer.json().get("refresh_token").is_none());

    let pair = cookie.split(';').next().unwrap();
    let mut request = door.request_as(None, Method::POST, "/api/auth/refresh", Some(&json!({})));
    request
        .headers_mut()
        .insert(header::COOKIE, format!("other=1; {pair}").parse().unwrap());
    let again = door.send(request).await;
    assert!(
        again
            .header(header::SET_COOKIE)
            .starts_with("gatehouse_session=")
    );
    assert_eq!(again.good(200)["account"]["role"], "viewer");
}

#[tokio::test]
async fn wrong_passwords_are_told_alike_and_shut_the_account() {
    let door = Door::open(Pages::none());
    door.people().await;
    let send = async |email: &str, password: &str| {
        let given = json!({"email": email, "password": password});
        door.send(door.request_as(None, Method::POST, "/api/auth/login", Some(&given)))
            .await
    };
    let unknown = send("nobody@example.org", PASSWORD).await;
    let wrong = send("staff@example.org", "not the password").await;
    assert_eq!(unknown.body, wrong.body);
    assert_eq!(wrong.refused(401), "password_wrong");
    for _ in 0..4 {
        send("staff@example.org", "not the password").await;
    }
    assert_eq!(
        send("staff@example.org", PASSWORD).await.refused(429),
        "account_locked"
    );
    door.scratch.clock.advance(61_000);
    send("staff@example.org", PASSWORD).await.good(200);
}
