//! The door over HTTP: what it answers, and whom it turns away.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use gatehouse_api::routes::{AllowedHosts, Office, Pages};
use gatehouse_testkit::Scratch;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::door::{Door, ask};

fn built(dir: &Path) -> Pages {
    std::fs::create_dir_all(dir.join("ui/assets")).expect("a file");
    std::fs::write(dir.join("ui/index.html"), "<!doctype html>start").expect("a file");
    std::fs::write(dir.join("ui/assets/app-1a2b.js"), "go()").expect("a file");
    std::fs::write(dir.join("secret.txt"), "not for you").expect("a file");
    Pages::read(&dir.join("ui")).expect("pages")
}

#[tokio::test]
async fn only_the_machines_own_names_are_answered() {
    let door = Door::open(Pages::none());
    for (host, status) in [
        ("127.0.0.1:8030", StatusCode::OK),
        ("localhost:8030", StatusCode::OK),
        ("LocalHost:8030", StatusCode::OK),
        ("[::1]:8030", StatusCode::OK),
        ("127.0.0.1", StatusCode::FORBIDDEN),
        ("127.0.0.1:8031", StatusCode::FORBIDDEN),
        ("localhost.example.org:8030", StatusCode::FORBIDDEN),
        ("192.0.2.1:8030", StatusCode::FORBIDDEN),
        ("", StatusCode::FORBIDDEN),
    ] {
        let answer = door.send(ask(Method::GET, "/api/health", host)).await;
        assert_eq!(answer.status, status, "{host}");
        if status == StatusCode::FORBIDDEN {
            assert_eq!(answer.json()["code"], "host_not_allowed");
        }
    }
    let mut nameless = ask(Method::GET, "/api/health", "localhost:8030");
    nameless.headers_mut().remove(header::HOST);
    let mut doubled = ask(Method::GET, "/api/health", "localhost:8030");
    doubled
        .headers_mut()
        .append(header::HOST, "evil.example".parse().unwrap());
    let absolute = ask(
        Method::GET,
        "http://evil.example/api/health",
        "localhost:8030",
    );
    for request in [nameless, doubled, absolute] {
        assert_eq!(door.send(request).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn port_80_is_left_out_by_browsers() {
    assert_ne!(AllowedHosts::loopback(80), AllowedHosts::loopback(8030));
    let scratch = Scratch::new();
    let office = Office::new(Arc::clone(&scratch.workspace), Pages::none(), None, None);
    let router = office.router(AllowedHosts::loopback(80));
    for host in ["localhost", "localhost:80"] {
        let request = ask(Method::GET, "/api/health", host);
        let response = router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn a_change_is_only_taken_from_our_own_pages() {
    let door = Door::open(Pages::none());
    let path = format!("/api/events/{}/guests", door.event);
    for (headers, taken) in [
        (vec![], true),
        (vec![("sec-fetch-site", "same-origin")], true),
        (vec![("sec-fetch-site", "none")], true),
        (vec![("sec-fetch-site", "cross-site")], false),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("origin", "http://127.0.0.1:8030")], true),
        (vec![("origin", "http://evil.example")], false),
        (vec![("origin", "null")], false),
    ] {
        let mut request = door.request(Method::POST, &path, Some(&json!({"name": "Ana Silva"})));
        for (name, value) in &headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let answer = door.send(request).await;
        if taken {
            assert_eq!(answer.status, StatusCode::CREATED, "{headers:?}");
        } else {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
            assert_eq!(answer.json()["code"], "origin_not_allowed");
        }
    }
}

#[tokio::test]
async fn what_no_route_takes_is_refused_by_name() {
    let door = Door::open(Pages::none());
    let answer = door.call(Method::DELETE, "/api/events", None).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.json()["code"], "method_not_allowed");
    let head = door
        .send(ask(Method::HEAD, "/api/health", "localhost:8030"))
        .await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));

    let mut heavy = ask(Method::GET, "/api/events", "localhost:8030");
    heavy.headers_mut().insert(header::CONTENT_LENGTH, 5.into());
    assert_eq!(door.send(heavy).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let long = door
        .get(&format!("/api/events?{}", "a".repeat(5_000)))
        .await;
    assert_eq!(long.status, StatusCode::URI_TOO_LONG);

    let many = json!({"name": "x".repeat(2 << 20)});
    let path = format!("/api/events/{}/guests", door.event);
    let large = door.call(Method::POST, &path, Some(&many)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn every_answer_makes_the_browser_strict() {
    let scratch = tempfile::tempdir().unwrap();
    let door = Door::open(built(scratch.path()));
    for path in ["/", "/api/health", "/api/nothing", "/nothing.js"] {
        let answer = door.get(path).await;
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        // What reads codes in a browser is WebAssembly of our own; nothing else is let through.
        let rest = policy.replacen("'wasm-unsafe-eval'", "", 1);
        assert!(!rest.contains("unsafe"), "{path}");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    }
    let kept = [
        ("/api/health", "no-store"),
        ("/nothing.js", "no-store"),
        ("/", "no-cache"),
        ("/assets/app-1a2b.js", "public, max-age=31536000, immutable"),
    ];
    for (path, keep) in kept {
        assert_eq!(door.get(path).await.header(header::CACHE_CONTROL), keep);
    }
}

#[tokio::test]
async fn pages_are_files_of_the_interface_or_its_start() {
    let scratch = tempfile::tempdir().unwrap();
    let door = Door::open(built(scratch.path()));
    let start = "<!doctype html>start";
    for (path, status, body) in [
        ("/", StatusCode::OK, start),
        ("/events/5eed0001/guests", StatusCode::OK, start),
        ("/assets/app-1a2b.js", StatusCode::OK, "go()"),
    ] {
        let answer = door.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.body, body.as_bytes(), "{path}");
    }
    for path in [
        "/assets/app-gone.js",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..\\secret.txt",
    ] {
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, "localhost:8030");
        // What the protocol itself does not let through needs no answer.
        let Ok(request) = request.body(Body::empty()) else {
            continue;
        };
        let answer = door.send(request).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let empty = scratch.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert_eq!(Pages::read(&empty).unwrap_err().code, "pages_missing");
    assert_eq!(
        Pages::read(&scratch.path().join("nowhere"))
            .unwrap_err()
            .code,
        "pages_unreadable"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_out_of_the_interface_leads_nowhere() {
    let scratch = tempfile::tempdir().unwrap();
    let _ = built(scratch.path());
    std::os::unix::fs::symlink(
        scratch.path().join("secret.txt"),
        scratch.path().join("ui/link.txt"),
    )
    .unwrap();
    let door = Door::open(Pages::read(&scratch.path().join("ui")).expect("pages"));
    assert_eq!(door.get("/link.txt").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_event_tells_its_facts_and_numbers() {
    let door = Door::open(Pages::none());
    let health = door.get("/api/health").await.json();
    assert_eq!(health["status"], "ok");
    let events = door.get("/api/events").await.json();
    assert_eq!(events["items"][0]["title"], "Winter Gala");
    assert_eq!(events["items"][0]["id"], door.event.as_str());

    let event = door.of_event("").await.json();
    assert_eq!(event["time_zone"], "Europe/Vienna");
    assert_eq!(event["progress"]["guests"], 4);
    assert_eq!(event["progress"]["tickets"], 4);
    assert_eq!(event["progress"]["admitted"], 0);
    assert_eq!(event["ticket_types"][1]["name"], "VIP");
    assert_eq!(event["zones"][0]["name"], "Lounge");
    assert_eq!(event["keys"][0]["status"], "active");
    assert_eq!(event["scans_by_code"], serde_json::json!([]));
    assert!(event["sessions"][0]["starts_at"].is_i64());
}

#[tokio::test]
async fn lists_come_page_by_page_and_end() {
    let door = Door::open(Pages::none());
    let mut names = Vec::new();
    let mut after = String::new();
    let mut pages = 0;
    loop {
        let page = door.of_event(&format!("/guests?limit=3{after}")).await;
        names.extend(page.names());
        pages += 1;
        let next = page.json()["next"].clone();
        match next.as_str() {
            Some(cursor) => after = format!("&after={cursor}"),
            None => break,
        }
    }
    assert_eq!(pages, 2);
    assert_eq!(
        names,
        ["Zoë Ŝlâpfer", "Max Ŝlâpfer", "Jiří Novák", "Amélie Dubois"]
    );
    // A page that ends with the last row has no next one.
    let whole = door.of_event("/guests?limit=4").await.json();
    assert!(whole["next"].is_null());

    let found = door.of_event("/guests?q=example%20arts").await;
    assert_eq!(found.names(), ["Jiří Novák"]);

    let tickets = door.of_event("/tickets?after=1&limit=1").await.json();
    assert_eq!(tickets["items"][0]["number"], 2);
    assert_eq!(tickets["next"], "2");
    assert!(tickets["items"][0]["life_line"]["created"].is_i64());
    assert!(tickets["items"][0]["life_line"]["checked_in"].is_null());

    let invitations = door.of_event("/invitations").await.json();
    assert_eq!(invitations["items"][0]["label"], "Family Slapfer");
    assert_eq!(invitations["items"][0]["members"], 2);
    assert_eq!(invitations["items"][0]["status"], "pending");

    let edits = door.of_event("/audit?limit=2").await.json();
    let edits = edits["items"].as_array().expect("edits");
    assert_eq!(edits.len(), 2);
    assert!(edits[0]["sequence"].as_i64() > edits[1]["sequence"].as_i64());
    assert_eq!(edits[0]["actor"], "test");
}

#[tokio::test]
async fn somebody_finds_the_changes_that_they_made_from_this_machine_among_others() {
    let door = Door::open(Pages::none());
    let people = door.people().await;
    let guests = format!("/api/events/{}/guests", door.event);
    let elsewhere = SocketAddr::from(([192, 168, 1, 20], 50_000));
    let send = async |role: &str, method, path: &str, body: Option<Value>, far: bool| {
        let token = people[role].as_str();
        let mut request = door.request_as(Some(token), method, path, body.as_ref());
        if far {
            request.extensions_mut().insert(ConnectInfo(elsewhere));
        }
        door.send(request).await
    };
    for (role, name, far) in [
        ("organizer", "Ada Lark", false),
        ("organizer", "Ben Moss", true),
        ("admin", "Cy Reed", false),
    ] {
        let body = Some(json!({"name": name}));
        send(role, Method::POST, &guests, body, far).await.good(201);
    }
    let path = format!("/api/events/{}/audit?own=true&limit=20", door.event);
    let mut seen = Vec::new();
    for (role, far) in [("organizer", false), ("organizer", true), ("admin", false)] {
        let edits = send(role, Method::GET, &path, None, far).await.good(200);
        let edits = edits["items"].as_array().expect("edits").clone();
        assert_eq!(edits.len(), 1, "{role} {far}");
        assert_eq!(edits[0]["actor"], role);
        seen.push(edits[0]["sequence"].as_i64().expect("a number"));
    }
    assert!(
        seen.is_sorted_by(|before, after| before < after),
        "{seen:?}"
    );
}

#[tokio::test]
async fn wrong_questions_are_answered_with_what_is_wrong() {
    let door = Door::open(Pages::none());
    let long = format!("/guests?q={}", "a".repeat(201));
    for (rest, status, code) in [
        (
            "/guests?limit=501",
            StatusCode::BAD_REQUEST,
            "query_invalid",
        ),
        ("/guests?limit=0", StatusCode::BAD_REQUEST, "query_invalid"),
        ("/guests?limit=-1", StatusCode::BAD_REQUEST, "query_invalid"),
        ("/guests?after=x", StatusCode::BAD_REQUEST, "query_invalid"),
        ("/tickets?after=x", StatusCode::BAD_REQUEST, "query_invalid"),
        (
            "/guests?sort=height",
            StatusCode::BAD_REQUEST,
            "query_invalid",
        ),
        (&long, StatusCode::BAD_REQUEST, "query_invalid"),
        ("/nothing", StatusCode::NOT_FOUND, "route_unknown"),
    ] {
        let answer = door.of_event(rest).await;
        assert_eq!(answer.status, status, "{rest}");
        assert_eq!(
            answer.header(header::CONTENT_TYPE),
            "application/problem+json"
        );
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{rest}");
        assert_eq!(problem["status"], status.as_u16());
        assert!(!problem["detail"].as_str().expect("words").is_empty());
    }
    let fields = door.of_event("/guests?limit=501").await.json();
    assert_eq!(fields["errors"][0]["field"], "limit");
    for (id, code) in [
        ("00000000-0000-8000-8000-000000000000", "event_unknown"),
        // A title and the beginning of an id find events elsewhere, not through this door.
        ("Winter%20Gala", "id_unknown"),
        (&door.event[..8], "id_unknown"),
    ] {
        let answer = door.get(&format!("/api/events/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(answer.json()["code"], code, "{id}");
    }
}

#[tokio::test]
async fn what_another_hand_edits_is_seen_at_once() {
    let door = Door::open(Pages::none());
    assert_eq!(door.of_event("").await.json()["progress"]["guests"], 4);
    let elsewhere = door.scratch.reopen().expect("the workspace");
    let home = elsewhere.open_event(&door.event).expect("the event");
    door.scratch
        .import(&home, "name,email\nLars Ødegård,lars@example.org\n");
    assert_eq!(door.of_event("").await.json()["progress"]["guests"], 5);
}

#[tokio::test]
async fn a_program_that_can_not_listen_says_so() {
    let door = Door::open(Pages::none());
    let told = door.get("/api/network").await.good(200);
    assert_eq!(
        (&told["available"], &told["on"]),
        (&false.into(), &false.into())
    );
    assert_eq!(told["fingerprint"].as_str().unwrap().len(), 32 * 3 - 1);
    let on = door
        .put("/api/network", serde_json::json!({"on": true}))
        .await;
    assert_eq!(on.refused(409), "network_unavailable");
    let authority = door.get("/api/network/authority").await;
    assert!(authority.body.starts_with(b"-----BEGIN CERTIFICATE-----"));
    // A person compares them, so they stay.
    let again = door.get("/api/network").await.good(200);
    assert_eq!(told["fingerprint"], again["fingerprint"]);
    let again = door.get("/api/network/authority").await;
    assert_eq!(authority.body, again.body);
}
