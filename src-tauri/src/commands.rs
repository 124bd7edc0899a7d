//! The three commands that pages may call.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use http_body_util::BodyExt;
use tauri::ipc::{self, Channel, InvokeBody};
use tauri::{State, Webview};

use crate::door::{self, Door};
use crate::frame::{read_request, request_to, write_response};
use crate::jar::Jar;
use crate::running::Running;
use crate::stream::{EventReader, Message};

/// nginx's number for an answer that nobody waits for any more; HTTP has none of its own.
const CALLED_OFF: u16 = 499;

/// Passes a framed request to the router, and its framed answer back.
///
/// Whatever goes wrong is an answer too, so that a page has one kind of failure to handle.
#[tauri::command]
pub(crate) async fn api(
    webview: Webview,
    request: ipc::Request<'_>,
    door: State<'_, Arc<Door>>,
    running: State<'_, Running>,
) -> Result<ipc::Response, String> {
    let InvokeBody::Raw(frame) = request.body() else {
        return Err("`api` takes a frame of bytes".to_owned());
    };
    let answer = match read_request(frame) {
        Ok(asked) => {
            // Called off halfway, a refreshed session would lose the cookie that goes on with it.
            let id = asked
                .id
                .filter(|_| !Jar::is_for(asked.request.uri().path()));
            let door = Arc::clone(&door);
            let task = tokio::spawn(async move { door.answer_whole(asked.request).await });
            let _kept = id.map(|id| running.keep(webview.label(), id, task.abort_handle()));
            match task.await {
                Ok(answer) => answer,
                Err(error) if error.is_cancelled() => called_off(),
                Err(_) => door::broken_off(),
            }
        }
        Err(error) => door::refusal(
            StatusCode::BAD_REQUEST,
            "request_unreadable",
            &error.to_string(),
        ),
    };
    Ok(ipc::Response::new(write_response(&answer)))
}

/// Calls off a request by the `id` in its head, or a subscription by its channel's id.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is given what it takes"
)]
pub(crate) fn api_cancel(webview: Webview, running: State<'_, Running>, id: u64) {
    running.call_off(webview.label(), id);
}

/// Sends the events of `path` to `channel` until one of them ends, and then [`Message::End`].
///
/// `authorization` speaks for an account, as the header of that name does. Fails with the answer's
/// body where the router answers with anything but a stream of events.
#[tauri::command]
pub(crate) async fn subscribe(
    webview: Webview,
    channel: Channel<Message>,
    path: String,
    authorization: Option<String>,
    door: State<'_, Arc<Door>>,
    running: State<'_, Running>,
) -> Result<(), serde_json::Value> {
    let unreadable = |error: &dyn std::fmt::Display| {
        let refusal = door::refusal(
            StatusCode::BAD_REQUEST,
            "request_unreadable",
            &error.to_string(),
        );
        problem(&refusal)
    };
    let mut request = request_to(Method::GET, &path).map_err(|e| unreadable(&e))?;
    let headers = request.headers_mut();
    headers.insert(
        header::ACCEPT,
        HeaderValue::from_static("text/event-stream"),
    );
    if let Some(authorization) = authorization {
        let value = HeaderValue::from_str(&authorization).map_err(|e| unreadable(&e))?;
        headers.insert(header::AUTHORIZATION, value);
    }
    let answer = door.answer(request).await;
    if !door::is_stream(answer.headers()) {
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .unwrap_or_default();
        return Err(problem(&Response::from_parts(head, body)));
    }
    let id = u64::from(channel.id());
    let end = channel.clone();
    let task = tokio::spawn(pass_on(answer.into_body(), channel));
    let kept = running.keep(webview.label(), id, task.abort_handle());
    tokio::spawn(async move {
        // However it ended, the page hears of it; a page that has gone hears nothing.
        let _ = task.await;
        drop(kept);
        let _ = end.send(Message::End);
    });
    Ok(())
}

/// Sends events on until the stream ends or the window is gone.
async fn pass_on(mut stream: axum::body::Body, channel: Channel<Message>) {
    let mut reader = EventReader::default();
    while let Some(Ok(frame)) = stream.frame().await {
        let Some(piece) = frame.data_ref() else {
            continue;
        };
        match reader.read(piece) {
            Ok(messages) => {
                for message in messages {
                    if channel.send(message).is_err() {
                        return;
                    }
                }
            }
            Err(error) => {
                tracing::error!(%error, "a stream of events was given up");
                return;
            }
        }
    }
}

fn called_off() -> Response<Bytes> {
    let status = StatusCode::from_u16(CALLED_OFF).unwrap_or(StatusCode::BAD_REQUEST);
    door::refusal(status, "called_off", "the page called this request off")
}

/// The problem in an answer, or one made of its status.
fn problem(answer: &Response<Bytes>) -> serde_json::Value {
    serde_json::from_slice(answer.body()).unwrap_or_else(|_| {
        serde_json::json!({
            "status": answer.status().as_u16(),
            "code": "stream_missing",
            "detail": "there is no stream of events at this path",
        })
    })
}
