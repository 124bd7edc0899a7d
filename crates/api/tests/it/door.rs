//! An office's door over HTTP, asked by the machine's own desk or by people who signed in. Every
//! JSON answer is held against the contract.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use gatehouse_api::routes::{AllowedHosts, DeskKey, Office, Pages, contract};
use gatehouse_testkit::Scratch;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const DESK: &str = "desk-key-of-a-test-that-nobody-guesses";
/// So long a test waits for what must come: long enough for any machine.
pub(crate) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
pub(crate) const PASSWORD: &str = "harbour lights at noon";

const LIST: &str = "name,email,group,ticket type,company\n\
                    Zoë Ŝlâpfer,zoe@example.org,Family Slapfer,VIP,\n\
                    Max Ŝlâpfer,max@example.org,Family Slapfer,Standard,\n\
                    Jiří Novák,jiri@example.org,,Standard,Example Arts\n\
                    Amélie Dubois,amelie@example.org,,Standard,\n";

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a plain header"))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let json = self.json();
        let items = json["items"].as_array().expect("items");
        items
            .iter()
            .map(|item| item["name"].as_str().expect("a name").to_owned())
            .collect()
    }

    /// The body of an answer that went well.
    #[track_caller]
    pub(crate) fn good(self, status: u16) -> Value {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        if self.body.is_empty() {
            return Value::Null;
        }
        self.json()
    }

    /// The code of a refusal.
    #[track_caller]
    pub(crate) fn refused(self, status: u16) -> String {
        let problem = self.good(status);
        problem["code"].as_str().expect("a code").to_owned()
    }
}

pub(crate) struct Door {
    pub(crate) router: Router,
    pub(crate) event: String,
    pub(crate) scratch: Scratch,
}

impl Door {
    /// An office with one event, “Winter Gala”, of four guests with tickets.
    pub(crate) fn open(pages: Pages) -> Self {
        let scratch = Scratch::new();
        let event = scratch.issued("Winter Gala", LIST).id().to_string();
        Self::of(scratch, event, pages)
    }

    /// An office without events.
    pub(crate) fn empty() -> Self {
        Self::of(Scratch::new(), String::new(), Pages::none())
    }

    /// An office without events on another machine.
    pub(crate) fn elsewhere() -> Self {
        Self::of(Scratch::elsewhere(), String::new(), Pages::none())
    }

    fn of(scratch: Scratch, event: String, pages: Pages) -> Self {
        let workspace = Arc::clone(&scratch.workspace);
        let router = Office::new(workspace, pages, DeskKey::new(DESK), None)
            .router(AllowedHosts::loopback(8030));
        Self {
            router,
            event,
            scratch,
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (parts, body) = response.into_parts();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, 1 << 26).await.expect("a body").to_vec(),
        };
        if method != Method::HEAD {
            check_contract(&method, &path, &answer);
        }
        answer
    }

    /// A request of the machine's own desk.
    pub(crate) fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Request<Body> {
        let mut request = ask(method, path, "127.0.0.1:8030");
        request.headers_mut().insert(
            header::AUTHORIZATION,
            format!("Desk {DESK}").parse().unwrap(),
        );
        if let Some(body) = body {
            request
                .headers_mut()
                .insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
            *request.body_mut() = Body::from(body.to_string());
        }
        request
    }

    /// A request of somebody who signed in, or of nobody.
    pub(crate) fn request_as(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Request<Body> {
        let mut request = self.request(method, path, body);
        request.headers_mut().remove(header::AUTHORIZATION);
        if let Some(token) = token {
            request.headers_mut().insert(
                header::AUTHORIZATION,
                format!("Bearer {token}").parse().unwrap(),
            );
        }
        request
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.send(self.request(method, path, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(&body)).await
    }

    pub(crate) async fn of_event(&self, rest: &str) -> Answer {
        self.get(&format!("/api/events/{}{rest}", self.event)).await
    }

    /// Makes the owner's account and one of each role; gives an access token for each.
    pub(crate) async fn people(&self) -> HashMap<String, String> {
        let owner = json!({"name": "Ada Owner", "email": "ada@example.org", "password": PASSWORD});
        self.post("/api/auth/register", owner).await.good(201);
        let mut tokens = HashMap::new();
        tokens.insert(
            "super_admin".to_owned(),
            self.sign_in("ada@example.org").await,
        );
        for role in ["admin", "organizer", "staff", "viewer", "guest"] {
            let email = format!("{role}@example.org");
            let body = json!({"name": role, "email": email, "password": PASSWORD, "role": role});
            let token = tokens["super_admin"].clone();
            let request = self.request_as(Some(&token), Method::POST, "/api/users", Some(&body));
            self.send(request).await.good(201);
            tokens.insert(role.to_owned(), self.sign_in(&email).await);
        }
        tokens
    }

    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let body = json!({"email": email, "password": PASSWORD});
        let request = self.request_as(None, Method::POST, "/api/auth/login", Some(&body));
        let session = self.send(request).await.good(200);
        session["access_token"]
            .as_str()
            .expect("a token")
            .to_owned()
    }

    /// Waits for long work and gives its end.
    pub(crate) async fn finished(&self, task: &Value) -> Value {
        let path = format!("/api/tasks/{}", task["id"].as_str().expect("a task"));
        let begun = std::time::Instant::now();
        loop {
            let task = self.get(&path).await.good(200);
            if task["state"] != "running" {
                return task;
            }
            assert!(begun.elapsed() < PATIENCE, "{path} does not end");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

pub(crate) fn ask(method: Method, path: &str, host: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, host)
        .body(Body::empty())
        .expect("a request")
}

/// The contract as JSON.
pub(crate) static CONTRACT: LazyLock<Value> = LazyLock::new(contract);

/// Whether a path is one of a template such as `/api/events/{id}`; how many of its parts are fixed.
fn fits(template: &str, path: &str) -> Option<usize> {
    let (a, b): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    (a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a.starts_with('{') || a == b))
        .then(|| a.iter().filter(|part| !part.starts_with('{')).count())
}

pub(crate) fn check_contract(method: &Method, path: &str, answer: &Answer) {
    let kind = answer.header(header::CONTENT_TYPE);
    let schema = if kind == "application/problem+json" {
        json!({"$ref": "#/components/schemas/Problem"})
    } else if kind == "application/json" {
        let paths = CONTRACT["paths"].as_object().expect("paths");
        let operation = paths
            .iter()
            .filter_map(|(template, item)| Some((fits(template, path)?, item)))
            .max_by_key(|(fixed, _)| *fixed)
            .map(|(_, item)| &item[method.as_str().to_lowercase()])
            .unwrap_or_else(|| panic!("{method} {path} is not in the contract"));
        let response = &operation["responses"][answer.status.as_str()];
        assert!(
            response.is_object(),
            "{method} {path} answers {}, which the contract does not tell",
            answer.status
        );
        response["content"]["application/json"]["schema"].clone()
    } else {
        return;
    };
    let mut whole = schema;
    whole["components"] = CONTRACT["components"].clone();
    let validator = jsonschema::draft202012::new(&whole).expect("a schema");
    let body = answer.json();
    if let Err(error) = validator.validate(&body) {
        panic!(
            "{method} {path} does not answer as the contract tells: {error} at {}: {body:#}",
            error.instance_path()
        );
    }
}
