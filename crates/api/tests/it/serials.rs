//! The machine's serial scanners: for a window on the same machine, and for nobody else.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, header};
use futures_util::StreamExt;
use gatehouse_api::routes::{AllowedHosts, DeskKey, Office, Pages};
use gatehouse_api::{Problem, SerialListening, SerialPort, SerialScanners, SerialTold};
use gatehouse_testkit::Scratch;
use serde_json::Value;
use tower::ServiceExt;

use crate::door::DESK;

/// One scanner that reads the same things for each who listens, and then nothing more.
#[derive(Debug, Default)]
pub(crate) struct Played;

struct Playing(std::vec::IntoIter<SerialTold>);

impl SerialListening for Playing {
    fn next(&mut self, timeout: Duration) -> Option<SerialTold> {
        let told = self.0.next();
        if told.is_none() {
            std::thread::sleep(timeout);
        }
        told
    }
}

impl SerialScanners for Played {
    fn list(&self) -> Result<Vec<SerialPort>, Problem> {
        Ok(vec![SerialPort {
            id: "/dev/ttyACM0".into(),
            name: "Scanner One".into(),
        }])
    }

    fn listen(&self, id: &str, baud: u32) -> Box<dyn SerialListening> {
        let told = vec![
            SerialTold::State {
                state: "lost",
                message: Some("plug it in again".into()),
            },
            SerialTold::State {
                state: "ok",
                message: None,
            },
            SerialTold::Text(format!("{id} at {baud}")),
            SerialTold::TooLong,
        ];
        Box::new(Playing(told.into_iter()))
    }
}

fn office(scratch: &Scratch, played: bool) -> Router {
    let workspace = Arc::clone(&scratch.workspace);
    let office = Office::new(workspace, Pages::none(), DeskKey::new(DESK), None);
    if played {
        office.hears_with(Arc::new(Played));
    }
    office.router(AllowedHosts::loopback(8030))
}

async fn ask(router: &Router, path: &str, from: &str) -> Response<Body> {
    let from: SocketAddr = from.parse().unwrap();
    let request = Request::builder()
        .uri(path)
        .header(header::HOST, "127.0.0.1:8030")
        .header(header::AUTHORIZATION, format!("Desk {DESK}"))
        .extension(ConnectInfo(from))
        .body(Body::empty())
        .unwrap();
    router.clone().oneshot(request).await.unwrap()
}

async fn json(answer: Response<Body>) -> (u16, Value) {
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

const HERE: &str = "127.0.0.1:50000";
const LISTEN: &str = "/api/machine/scanners/%2Fdev%2FttyACM0/listen";

#[tokio::test]
async fn a_window_on_the_machine_hears_what_its_scanner_reads() {
    let scratch = Scratch::new();
    let router = office(&scratch, true);
    let (status, listed) = json(ask(&router, "/api/machine/scanners", HERE).await).await;
    assert_eq!(
        (status, &listed["items"][0]["name"]),
        (200, &"Scanner One".into())
    );
    let answer = ask(&router, &format!("{LISTEN}?baud=115200"), HERE).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut pieces = answer.into_body().into_data_stream();
    let mut text = String::new();
    while text.matches("event:").count() < 4 || !text.ends_with("\n\n") {
        let piece = pieces.next().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
    let told: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        told,
        [
            "event: state",
            r#"data: {"state":"lost","message":"plug it in again"}"#,
            "event: state",
            r#"data: {"state":"ok"}"#,
            "event: code",
            r#"data: {"text":"/dev/ttyACM0 at 115200"}"#,
            "event: code",
            r#"data: {"text":null}"#,
        ]
    );
}

#[tokio::test]
async fn nobody_else_hears_it_and_wrong_questions_are_refused() {
    let scratch = Scratch::new();
    let (with, without) = (office(&scratch, true), office(&scratch, false));
    let slow = format!("{LISTEN}?baud=5");
    for (router, path, from, status, code) in [
        (
            &with,
            "/api/machine/scanners",
            "192.0.2.7:50000",
            404,
            "serials_none",
        ),
        (&with, LISTEN, "192.0.2.7:50000", 404, "serials_none"),
        (&without, "/api/machine/scanners", HERE, 404, "serials_none"),
        (&with, slow.as_str(), HERE, 400, "query_invalid"),
        (
            &with,
            "/api/machine/scanners/a%0Ab/listen",
            HERE,
            404,
            "port_unknown",
        ),
    ] {
        let (answered, body) = json(ask(router, path, from).await).await;
        assert_eq!(
            (answered, body["code"].as_str().unwrap()),
            (status, code),
            "{path}"
        );
    }
}
