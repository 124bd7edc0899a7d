//! The machine's cameras: for a window on the same machine, and for nobody else.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, Response, header};
use gatehouse_api::routes::{AllowedHosts, DeskKey, Office, Pages};
use gatehouse_api::{
    Camera, CameraAbilities, CameraControl, Cameras, CodeInView, FrameSize, Problem, Sighting,
    Watched, Watching,
};
use gatehouse_testkit::Scratch;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::door::{Answer, DESK, check_contract};

/// One camera that plays what it was given, once for each who looks.
#[derive(Debug, Default)]
struct Played {
    asked: Mutex<Vec<FrameSize>>,
    zoom: Mutex<i64>,
}

struct Playing(std::vec::IntoIter<Sighting>);

impl Watching for Playing {
    fn next(&mut self, _: Duration) -> Watched {
        self.0.next().map_or(Watched::Over, Watched::Seen)
    }
}

const CORNERS: [(f32, f32); 4] = [(0.25, 0.25), (0.5, 0.25), (0.5, 0.5), (0.25, 0.5)];

impl Cameras for Played {
    fn list(&self) -> Result<Vec<Camera>, Problem> {
        Ok(vec![Camera {
            id: "Front/2".into(),
            name: "Front".into(),
        }])
    }

    fn watch(&self, id: &str, size: FrameSize) -> Result<Box<dyn Watching>, Problem> {
        if id != "Front/2" {
            return Err(Problem::new("camera_unknown", "no such camera"));
        }
        self.asked.lock().unwrap().push(size);
        let state = |state, message| Sighting::State { state, message };
        let seen = vec![
            state("lost", Some("plug it in again".to_owned())),
            state("ok", None),
            Sighting::Frame {
                jpeg: vec![0xff, 0xd8, 0xff],
                width: 640,
                height: 360,
                texts: vec!["GH1:A".into()],
            },
            Sighting::Codes(vec![CodeInView {
                text: "GH1:A".into(),
                corners: CORNERS,
            }]),
        ];
        Ok(Box::new(Playing(seen.into_iter())))
    }

    fn abilities(&self, _: &str) -> CameraAbilities {
        CameraAbilities {
            controls: vec![CameraControl {
                dial: "zoom",
                min: 0,
                max: 10,
                step: 1,
                value: *self.zoom.lock().unwrap(),
                default: 0,
            }],
            sizes: vec![FrameSize::default()],
        }
    }

    fn set(&self, _: &str, dial: &str, value: i64) -> Result<(), Problem> {
        if dial != "zoom" {
            return Err(Problem::new("control_unknown", "no such control"));
        }
        *self.zoom.lock().unwrap() = value;
        Ok(())
    }
}

struct Stand {
    router: Router,
    _scratch: Scratch,
}

impl Stand {
    fn with(cameras: Option<Arc<Played>>) -> Self {
        let scratch = Scratch::new();
        let workspace = Arc::clone(&scratch.workspace);
        let office = Office::new(workspace, Pages::none(), DeskKey::new(DESK), None);
        if let Some(cameras) = cameras {
            office.sees_with(cameras);
        }
        Self {
            router: office.router(AllowedHosts::loopback(8030)),
            _scratch: scratch,
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        from: &str,
        body: Option<Value>,
    ) -> Response<Body> {
        let from: SocketAddr = from.parse().unwrap();
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8030")
            .header(header::AUTHORIZATION, format!("Desk {DESK}"))
            .header(header::CONTENT_TYPE, "application/json")
            .extension(ConnectInfo(from))
            .body(body)
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn here(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = self
            .ask(method.clone(), path, "127.0.0.1:50000", body)
            .await;
        let (parts, body) = answer.into_parts();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, 1 << 20).await.unwrap().to_vec(),
        };
        let path = path.split('?').next().unwrap();
        check_contract(&method, path, &answer);
        let status = answer.status.as_u16();
        let json = if answer.body.is_empty() {
            Value::Null
        } else {
            answer.json()
        };
        (status, json)
    }
}

#[tokio::test]
async fn a_window_on_the_machine_sees_what_its_camera_sees() {
    let played = Arc::new(Played::default());
    let stand = Stand::with(Some(Arc::clone(&played)));
    let (status, cameras) = stand.here(Method::GET, "/api/machine/cameras", None).await;
    assert_eq!(status, 200);
    assert_eq!(
        cameras,
        json!({"items": [{"id": "Front/2", "name": "Front"}]})
    );

    let path = "/api/machine/cameras/Front%2F2/watch?width=640&height=480&frames=15";
    let answer = stand.ask(Method::GET, path, "[::1]:50000", None).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    // The stream ends with the camera.
    let text = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let told: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        told,
        [
            "event: state",
            r#"data: {"state":"lost","message":"plug it in again"}"#,
            "event: state",
            r#"data: {"state":"ok"}"#,
            "event: frame",
            r#"data: {"jpeg":"/9j/","width":640,"height":360,"texts":["GH1:A"]}"#,
            "event: codes",
            r#"data: {"codes":[{"text":"GH1:A","corners":[[0.25,0.25],[0.5,0.25],[0.5,0.5],[0.25,0.5]]}]}"#,
        ]
    );
    let asked = played.asked.lock().unwrap().clone();
    let size = FrameSize {
        width: 640,
        height: 480,
        frames: 15,
    };
    assert_eq!(asked, [size]);
}

#[tokio::test]
async fn a_control_stands_where_it_was_set() {
    let stand = Stand::with(Some(Arc::default()));
    let zoom = "/api/machine/cameras/Front%2F2/controls/zoom";
    let set = stand
        .here(Method::PUT, zoom, Some(json!({"value": 4})))
        .await;
    assert_eq!(set, (204, Value::Null));
    let shown = stand
        .here(Method::GET, "/api/machine/cameras/Front%2F2", None)
        .await;
    assert_eq!(shown.1["controls"][0]["value"], 4);
    assert_eq!(
        shown.1["sizes"][0],
        json!({"width": 1280, "height": 720, "frames": 30})
    );
}

#[tokio::test]
async fn what_is_not_there_is_refused_in_its_own_words() {
    let stand = Stand::with(Some(Arc::default()));
    for (method, path, body, status, code) in [
        (
            Method::GET,
            "/api/machine/cameras/x/watch",
            None,
            404,
            "camera_unknown",
        ),
        (
            Method::GET,
            "/api/machine/cameras/x/watch?width=0",
            None,
            400,
            "query_invalid",
        ),
        (
            Method::GET,
            "/api/machine/cameras/x/watch?frames=1000",
            None,
            400,
            "query_invalid",
        ),
        (
            Method::GET,
            "/api/machine/cameras/x/watch?size=9",
            None,
            400,
            "query_invalid",
        ),
        (
            Method::PUT,
            "/api/machine/cameras/x/controls/lamp",
            Some(json!({"value": 1})),
            404,
            "control_unknown",
        ),
    ] {
        let (answered, body) = stand.here(method, path, body).await;
        assert_eq!(
            (answered, body["code"].as_str().unwrap()),
            (status, code),
            "{path}"
        );
    }
}

#[tokio::test]
async fn nobody_on_another_machine_looks_through_it() {
    let stand = Stand::with(Some(Arc::default()));
    for (method, path, body) in [
        (Method::GET, "/api/machine/cameras", None),
        (Method::GET, "/api/machine/cameras/Front%2F2", None),
        (Method::GET, "/api/machine/cameras/Front%2F2/watch", None),
        (
            Method::PUT,
            "/api/machine/cameras/Front%2F2/controls/zoom",
            Some(json!({"value": 1})),
        ),
    ] {
        let answer = stand.ask(method, path, "192.0.2.7:50000", body).await;
        assert_eq!(answer.status(), 404, "{path}");
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "cameras_none", "{path}");
    }
    let without = Stand::with(None);
    let (status, body) = without
        .here(Method::GET, "/api/machine/cameras", None)
        .await;
    assert_eq!(
        (status, body["code"].as_str().unwrap()),
        (404, "cameras_none")
    );
}
