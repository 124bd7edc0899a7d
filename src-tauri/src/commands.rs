//! The commands that pages may call.

use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use gatehouse_machine::{Cups, Printer};
use http_body_util::BodyExt;
use serde::Serialize;
use tauri::ipc::{self, Channel, InvokeBody};
use tauri::{AppHandle, State, Webview, WebviewWindow};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_opener::OpenerExt;
use tokio::io::AsyncWriteExt;
use url::Url;
use uuid::Uuid;

use crate::again;
use crate::awake::{Awake, Reason};
use crate::door::{self, Door};
use crate::downloads;
use crate::frame::{read_request, request_to, write_response};
use crate::jar::Jar;
use crate::place::Place;
use crate::running::Running;
use crate::speakers::Speakers;
use crate::standing::Standing;
use crate::stream::{EventReader, Message};
use crate::windows;

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
    speakers: State<'_, Speakers>,
) -> Result<ipc::Response, String> {
    let InvokeBody::Raw(frame) = request.body() else {
        return Err("`api` takes a frame of bytes".to_owned());
    };
    let answer = match read_request(frame) {
        Ok(asked) => {
            speakers.note(webview.label(), asked.request.headers());
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
        return Err(problem_in(answer).await);
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

/// The printers of this machine; none where the system offers no list of them.
#[tauri::command]
pub(crate) async fn printers() -> Vec<Printer> {
    tokio::task::spawn_blocking(listed)
        .await
        .unwrap_or_default()
}

fn listed() -> Vec<Printer> {
    let Some(cups) = Cups::here() else {
        return Vec::new();
    };
    cups.printers().unwrap_or_else(|error| {
        log::warn!("the printers could not be listed: {error}");
        Vec::new()
    })
}

/// Where a file went.
#[derive(Debug, Serialize)]
pub(crate) struct Printed {
    /// The printer; none where the file was opened in the program that shows such files.
    printer: Option<String>,
}

/// Prints the PDF that the long work `task` made, on `printer` or on the person's own default.
///
/// Without either, the file is opened in the program that shows such files, and the person prints
/// it there. It is fetched in the name of whoever the page spoke for when it last asked: those who
/// may not fetch it can't print it.
#[tauri::command]
pub(crate) async fn print_file(
    app: AppHandle,
    webview: Webview,
    door: State<'_, Arc<Door>>,
    speakers: State<'_, Speakers>,
    task: Uuid,
    printer: Option<String>,
) -> Result<Printed, serde_json::Value> {
    let path = format!("/api/tasks/{task}/file");
    print_from(&app, &webview, &door, &speakers, &path, printer).await
}

/// Prints the badge or receipt of a ticket that was let in, as [`print_file`] prints a file.
#[tauri::command]
#[expect(
    clippy::too_many_arguments,
    reason = "a command is given what it takes, one by one"
)]
pub(crate) async fn print_badge(
    app: AppHandle,
    webview: Webview,
    door: State<'_, Arc<Door>>,
    speakers: State<'_, Speakers>,
    event: Uuid,
    ticket: Uuid,
    gate: String,
    printer: Option<String>,
) -> Result<Printed, serde_json::Value> {
    let path = badge_path(event, ticket, &gate).map_err(|e| unreadable(&e))?;
    print_from(&app, &webview, &door, &speakers, &path, printer).await
}

fn badge_path(event: Uuid, ticket: Uuid, gate: &str) -> Result<String, url::ParseError> {
    let here = format!("http://localhost/api/events/{event}/door/badges/{ticket}");
    let at = Url::parse_with_params(&here, [("gate", gate)])?;
    Ok(at[url::Position::BeforePath..].to_owned())
}

/// Prints what `path` of the API answers with, on `printer` or on the person's own default.
async fn print_from(
    app: &AppHandle,
    webview: &Webview,
    door: &Door,
    speakers: &Speakers,
    path: &str,
    printer: Option<String>,
) -> Result<Printed, serde_json::Value> {
    let mut request = request_to(Method::GET, path).map_err(|e| unreadable(&e))?;
    if let Some(speaker) = speakers.of(webview.label()) {
        request.headers_mut().insert(header::AUTHORIZATION, speaker);
    }
    let answer = door.answer(request).await;
    if !answer.status().is_success() {
        return Err(problem_in(answer).await);
    }
    let printable = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/pdf");
    if !printable {
        return Err(refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "file_not_printable",
            "only a PDF is printed",
        ));
    }
    let chosen = tokio::task::spawn_blocking(listed)
        .await
        .unwrap_or_default()
        .into_iter()
        .find(|known| match &printer {
            Some(name) => known.name == *name,
            None => known.is_default,
        });
    if chosen.is_none() && printer.is_some() {
        return Err(refused(
            StatusCode::NOT_FOUND,
            "printer_unknown",
            "this machine has no such printer, or no longer",
        ));
    }
    let failed = |error: &dyn std::fmt::Display| {
        log::error!("a file could not be printed: {error}");
        refused(
            StatusCode::INTERNAL_SERVER_ERROR,
            "printing_failed",
            "the printer did not take the file",
        )
    };
    let file = downloads::aside(app, Path::new("Gatehouse.pdf")).map_err(|e| failed(&e))?;
    let went = hand_over(app, answer.into_body(), &file, chosen).await;
    if !matches!(went, Ok(Printed { printer: None })) {
        downloads::drop_aside(&file);
    }
    went.map_err(|error| failed(&error))
}

/// Writes the body to `file`, and passes that on to the printer or to whatever shows it.
async fn hand_over(
    app: &AppHandle,
    body: axum::body::Body,
    file: &Path,
    printer: Option<Printer>,
) -> Result<Printed, Box<dyn std::error::Error + Send + Sync>> {
    write_to(body, file).await?;
    let (Some(printer), Some(cups)) = (printer, Cups::here()) else {
        // It stays there until the next start: nobody says when a program has read it.
        app.opener()
            .open_path(file.to_string_lossy(), None::<&str>)?;
        log::info!("a file was opened to be printed");
        return Ok(Printed { printer: None });
    };
    let file = file.to_owned();
    let name = printer.name.clone();
    tokio::task::spawn_blocking(move || cups.print(&printer, &file)).await??;
    log::info!("a file went to a printer");
    Ok(Printed {
        printer: Some(name),
    })
}

async fn write_to(
    mut body: axum::body::Body,
    file: &Path,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut out = tokio::fs::File::create(file).await?;
    while let Some(frame) = body.frame().await {
        if let Some(piece) = frame?.data_ref() {
            out.write_all(piece).await?;
        }
    }
    out.flush().await?;
    Ok(())
}

/// Keeps display and machine awake from now on, or no longer; the page's end ends it too.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is given what it takes"
)]
pub(crate) fn stay_awake(webview: Webview, awake: State<'_, Awake>, on: bool) {
    if on {
        awake.keep(webview.label(), Reason::Work);
    } else {
        awake.let_go(webview.label(), Reason::Work);
    }
}

/// Ends the application and starts it anew, on the workspace as it is by then.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is given what it takes"
)]
pub(crate) fn restart(app: AppHandle) {
    log::info!("a page asked for a new start");
    again::start(&app);
}

/// Opens a gate in a window of its own, for the event with this id.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is given what it takes"
)]
pub(crate) fn open_gate(app: AppHandle, event: String) -> Result<(), String> {
    windows::open_gate(&app, &Place::gate_of(&event)).map_err(|error| {
        log::error!("a gate's window could not be opened: {error}");
        "the window could not be opened".to_owned()
    })
}

/// Makes the window that asks a kiosk, or an ordinary one again.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is given what it takes"
)]
pub(crate) fn kiosk(window: WebviewWindow, on: bool) -> Result<(), String> {
    windows::set_kiosk(&window, on).map_err(|error| {
        log::error!("the window could not become a kiosk: {error}");
        "the window could not become a kiosk".to_owned()
    })
}

/// Whether the application starts with the machine.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is given what it takes"
)]
pub(crate) fn starts_with_machine(app: AppHandle) -> bool {
    app.autolaunch().is_enabled().unwrap_or(false)
}

/// Lets the application start with the machine, or no longer; tells whether it does now.
#[tauri::command]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a command is given what it takes"
)]
pub(crate) fn start_with_machine(app: AppHandle, standing: State<'_, Standing>, on: bool) -> bool {
    standing.say_start();
    let autostart = app.autolaunch();
    let switched = if on {
        autostart.enable()
    } else {
        autostart.disable()
    };
    if let Err(error) = switched {
        log::error!("starting with the computer could not be switched: {error}");
    }
    starts_with_machine(app)
}

fn unreadable(error: &dyn std::fmt::Display) -> serde_json::Value {
    refused(
        StatusCode::BAD_REQUEST,
        "request_unreadable",
        &error.to_string(),
    )
}

fn refused(status: StatusCode, code: &str, detail: &str) -> serde_json::Value {
    problem(&door::refusal(status, code, detail))
}

/// The problem that an answer is.
async fn problem_in(answer: Response<axum::body::Body>) -> serde_json::Value {
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    problem(&Response::from_parts(head, body))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_is_asked_for_by_its_ticket_whatever_the_gate_is_called() {
        let (event, ticket) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for (gate, wanted) in [
            ("Main door", "gate=Main+door"),
            ("A&B=?#/../", "gate=A%26B%3D%3F%23%2F..%2F"),
            ("Größe", "gate=Gr%C3%B6%C3%9Fe"),
        ] {
            let path = badge_path(event, ticket, gate).expect("a path");
            assert_eq!(
                path,
                format!("/api/events/{event}/door/badges/{ticket}?{wanted}")
            );
        }
    }
}
