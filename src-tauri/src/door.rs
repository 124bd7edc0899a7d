//! The door inside the application: the same router as everyone's, asked without a network.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use gatehouse_api::routes::{AllowedHosts, DeskKey, LoneGate, Office, Pages};
use gatehouse_api::{Cameras, Enrolling, Network, Outlying, Workspace};
use serde_json::json;
use tower::ServiceExt;

use crate::jar::Jar;

/// The port that `http://localhost/` leaves out; requests name it and none is listened on.
const PORT: u16 = 80;
/// How long letters that are under way hold up the end of the application.
const LETTERS_END_WITHIN: Duration = Duration::from_secs(5);

/// A workspace's router, and what the shell adds to requests of its own pages.
#[derive(Debug)]
pub(crate) struct Door {
    router: Router,
    /// What sends messages; none behind a gate's window.
    posting: Option<Office>,
    /// Says that a request comes from the person at this desk. New in each process, told to the
    /// router alone and never to a page.
    desk: HeaderValue,
    jar: Jar,
    /// A refresh token is good once: with two windows open, each takes its turn.
    turn: tokio::sync::Mutex<()>,
}

impl Door {
    /// The door to `workspace`, whose gates look through `cameras`. Other machines that a person
    /// lets in through `network` are shown `pages`; those of this application come with it.
    pub(crate) fn open(
        workspace: Arc<Workspace>,
        pages: Pages,
        network: Option<Arc<dyn Network>>,
        cameras: Arc<dyn Cameras>,
        enrolling: Arc<dyn Enrolling>,
    ) -> Self {
        let key = gatehouse_machine::random_text();
        let office = Office::new(workspace, pages, DeskKey::new(key.clone()), network);
        office.sees_with(cameras);
        office.enrols_with(enrolling);
        office.hears_with(Arc::new(gatehouse_gate::MachinePorts::default()));
        office.delivers();
        if let Err(problem) = office.resume_network() {
            log::error!("other machines are not let in: {}", problem.code);
        }
        Self {
            posting: Some(office.clone()),
            ..Self::around(router(&office), &key)
        }
    }

    /// The door to the gate that this machine is, which looks through `cameras` and
    /// hears the machine's scanners.
    pub(crate) fn open_gate(
        gate: Arc<dyn Outlying>,
        pages: Pages,
        cameras: Arc<dyn Cameras>,
    ) -> Option<Self> {
        let key = gatehouse_machine::random_text();
        let desk = DeskKey::new(key.clone())?;
        let gate = LoneGate::new(gate, pages, desk, gatehouse_machine::now());
        gate.sees_with(cameras);
        gate.hears_with(Arc::new(gatehouse_gate::MachinePorts::default()));
        Some(Self::around(
            gate.router(AllowedHosts::loopback(PORT)),
            &key,
        ))
    }

    fn around(router: Router, key: &str) -> Self {
        let mut desk = HeaderValue::from_str(&format!("Desk {key}"))
            .unwrap_or(HeaderValue::from_static("Desk"));
        desk.set_sensitive(true);
        Self {
            router,
            posting: None,
            desk,
            jar: Jar::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Lets the letters that are under way end, so that what became of them is known.
    pub(crate) fn end(&self) {
        if let Some(posting) = &self.posting
            && !posting.ends_delivering(LETTERS_END_WITHIN)
        {
            log::warn!("the mail server was slow: letters under way are shown as perhaps sent");
        }
    }

    /// Answers a page's request; the body of the answer may still be under way.
    pub(crate) async fn answer(&self, mut request: Request<Body>) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let _turn = if Jar::is_for(&path) {
            Some(self.turn.lock().await)
        } else {
            None
        };
        let headers = request.headers_mut();
        if let Some(cookie) = self.jar.cookie_for(&path) {
            headers.insert(header::COOKIE, cookie);
        }
        if !headers.contains_key(header::AUTHORIZATION) {
            headers.insert(header::AUTHORIZATION, self.desk.clone());
        }
        let Ok(mut answer) = self.router.clone().oneshot(request).await;
        self.jar.take(answer.headers_mut());
        answer
    }

    /// As [`Door::answer`], with the whole body.
    pub(crate) async fn answer_whole(&self, request: Request<Body>) -> Response<Bytes> {
        let (head, body) = self.answer(request).await.into_parts();
        if is_stream(&head.headers) {
            return refusal(
                StatusCode::NOT_ACCEPTABLE,
                "stream_not_subscribed",
                "this answer does not end; take it through a subscription",
            );
        }
        match axum::body::to_bytes(body, usize::MAX).await {
            Ok(whole) => Response::from_parts(head, whole),
            Err(error) => {
                tracing::error!(%error, "an answer broke off");
                broken_off()
            }
        }
    }
}

/// The one place where the application meets the router.
fn router(office: &Office) -> Router {
    office.router(AllowedHosts::loopback(PORT))
}

/// Whether the answer with these headers is a stream of events.
pub(crate) fn is_stream(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/event-stream"))
}

/// A refusal of the shell itself, in the form of the router's (RFC 9457).
pub(crate) fn refusal(status: StatusCode, code: &str, detail: &str) -> Response<Bytes> {
    let body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Problem"),
        "status": status.as_u16(),
        "code": code,
        "detail": detail,
    });
    let mut answer = Response::new(Bytes::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    answer
}

/// The refusal when an answer could not be finished.
pub(crate) fn broken_off() -> Response<Bytes> {
    refusal(
        StatusCode::INTERNAL_SERVER_ERROR,
        "answer_broke_off",
        "the answer could not be made; the log of this machine says why",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Method};
    use axum::response::IntoResponse;
    use axum::routing::get;

    use super::*;
    use crate::frame::request_to;
    use gatehouse_machine::LocalNetwork;

    async fn told(headers: HeaderMap) -> impl IntoResponse {
        let said = |name: header::HeaderName| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or("-")
                .to_owned()
        };
        let body = format!(
            "{}|{}|{}",
            said(header::HOST),
            said(header::AUTHORIZATION),
            said(header::COOKIE)
        );
        ([(header::SET_COOKIE, "refresh=r1; HttpOnly")], body)
    }

    fn door() -> Door {
        let router = Router::new()
            .route("/api/auth/refresh", get(told))
            .route("/api/events", get(told))
            .route(
                "/api/changes",
                get(|| async { ([(header::CONTENT_TYPE, "text/event-stream")], "data: 1\n\n") }),
            );
        Door::around(router, "k")
    }

    async fn ask(door: &Door, path: &str, token: Option<&'static str>) -> Response<Bytes> {
        let mut request = request_to(Method::GET, path).expect("a path");
        if let Some(token) = token {
            let token = HeaderValue::from_static(token);
            request.headers_mut().insert(header::AUTHORIZATION, token);
        }
        door.answer_whole(request).await
    }

    #[tokio::test]
    async fn says_who_asks_unless_the_page_does() {
        let door = door();
        let answer = ask(&door, "/api/events", None).await;
        assert_eq!(answer.body().as_ref(), b"localhost|Desk k|-");
        let answer = ask(&door, "/api/events", Some("Bearer t")).await;
        assert_eq!(answer.body().as_ref(), b"localhost|Bearer t|-");
    }

    #[tokio::test]
    async fn keeps_the_cookie_between_the_routes_of_a_session() {
        let door = door();
        let first = ask(&door, "/api/auth/refresh", None).await;
        assert!(!first.headers().contains_key(header::SET_COOKIE));
        let second = ask(&door, "/api/auth/refresh", None).await;
        assert_eq!(second.body().as_ref(), b"localhost|Desk k|refresh=r1");
        let elsewhere = ask(&door, "/api/events", None).await;
        assert_eq!(elsewhere.body().as_ref(), b"localhost|Desk k|-");
    }

    #[tokio::test]
    async fn a_stream_is_no_answer() {
        let answer = ask(&door(), "/api/changes", None).await;
        assert_eq!(answer.status(), StatusCode::NOT_ACCEPTABLE);
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(
            body.contains("\"code\":\"stream_not_subscribed\""),
            "{body}"
        );
    }

    /// What a policy allows: its directives, each with its sources, in order.
    fn policy(text: &str) -> Vec<(String, Vec<String>)> {
        let mut rules: Vec<(String, Vec<String>)> = text
            .split(';')
            .filter_map(|rule| {
                let mut words = rule.split_whitespace().map(str::to_owned);
                Some((words.next()?, words.collect()))
            })
            .collect();
        rules.sort();
        rules
    }

    fn no_cameras() -> Arc<dyn Cameras> {
        Arc::new(gatehouse_gate::MachineCameras::new(vec![]))
    }

    fn no_gates() -> Arc<dyn Enrolling> {
        let nowhere = std::path::PathBuf::from("no such folder");
        Arc::new(crate::station::Enroller::new(nowhere))
    }

    #[tokio::test]
    async fn pages_are_as_confined_as_in_a_browser() {
        let scratch = gatehouse_testkit::Scratch::new();
        let door = Door::open(
            Arc::clone(&scratch.workspace),
            Pages::none(),
            None,
            no_cameras(),
            no_gates(),
        );
        let answer = ask(&door, "/api/health", None).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let mut browser = policy(
            answer.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .expect("text"),
        );
        for (_, sources) in browser.iter_mut().filter(|(rule, _)| rule == "connect-src") {
            // The bridge to the shell, by its two names.
            sources.extend(["ipc:", "http://ipc.localhost"].map(str::to_owned));
        }
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../tauri.conf.json")).expect("JSON");
        let own = policy(config["app"]["security"]["csp"].as_str().expect("a policy"));
        assert_eq!(own, browser);
    }

    async fn sent(door: &Door, method: &str, path: &str, body: &str) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .expect("a request");
        door.answer_whole(request).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn other_machines_come_once_they_are_let_in_and_no_longer_than_that() {
        let scratch = gatehouse_testkit::Scratch::new();
        let network = LocalNetwork::new(tokio::runtime::Handle::current());
        let pages = Pages::carried(|path| (path == "/index.html").then(|| b"office".to_vec()));
        let door = Door::open(
            Arc::clone(&scratch.workspace),
            pages,
            Some(Arc::new(network)),
            no_cameras(),
            no_gates(),
        );
        let [port] = gatehouse_testkit::free_ports();
        let on = format!("{{\"on\": true, \"port\": {port}}}");
        let early = sent(&door, "PUT", "/api/network", &on).await;
        assert_eq!(early.status(), StatusCode::CONFLICT);
        assert!(String::from_utf8_lossy(early.body()).contains("account_needed"));
        let account = r#"{"name": "Ada Almgren", "email": "ada@example.org",
            "password": "harbour lights at noon"}"#;
        let made = sent(&door, "POST", "/api/auth/register", account).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let told = sent(&door, "PUT", "/api/network", &on).await;
        assert_eq!(told.status(), StatusCode::OK);
        assert!(String::from_utf8_lossy(told.body()).contains(&format!(":{port}/")));

        let authority = scratch.dir().join("authority.pem");
        let pem = ask(&door, "/api/network/authority", None).await;
        std::fs::write(&authority, pem.body()).expect("a file");
        let curl = |path: &str| {
            std::process::Command::new("curl")
                .args(["--silent", "--noproxy", "*", "--max-time", "60", "--cacert"])
                .arg(&authority)
                .arg(format!("https://localhost:{port}{path}"))
                .output()
        };
        let Ok(page) = curl("/") else {
            eprintln!("SKIPPED: no curl to ask over the network with");
            return;
        };
        assert_eq!(String::from_utf8_lossy(&page.stdout), "office");
        let events = curl("/api/events").expect("an answer");
        assert!(String::from_utf8_lossy(&events.stdout).contains("signed_out"));
        let off = sent(&door, "PUT", "/api/network", r#"{"on": false}"#).await;
        assert_eq!(off.status(), StatusCode::OK);
        let mut gone = curl("/").expect("curl");
        for _ in 0..600 {
            if !gone.status.success() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            gone = curl("/").expect("curl");
        }
        assert!(!gone.status.success(), "nobody listens any more");
    }

    #[test]
    fn the_key_is_in_no_log() {
        assert!(!format!("{:?}", door().desk).contains("Desk"));
    }
}
