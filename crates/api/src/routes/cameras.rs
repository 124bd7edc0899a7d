//! The cameras of the office's own machine, for a window on it. Nobody on another machine looks
//! through them, whoever they are.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event as SentEvent, KeepAlive, Sse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::behind::Behind;
use super::door::Answer;
use super::given::{Asked, Body, wrong_query};
use super::refusal::Refusal;
use super::signed::{By, Person, Scan};
use crate::cameras::{CameraAbilities, Cameras, FrameSize, Sighting, Watched, Watching};
use crate::problem::Problem;

/// Sightings that wait for one who watches; of pictures only what finds room.
const WAITING: usize = 16;
/// How long a look for the next sighting may take before the listener is looked after.
const LOOK: Duration = Duration::from_millis(500);
/// The most pixels in a row or column that are asked for.
const WIDEST: u32 = 8_192;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Behind: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list_cameras))
        .routes(routes!(show_camera))
        .routes(routes!(watch_camera))
        .routes(routes!(set_camera))
}

/// Cameras.
#[derive(Serialize, ToSchema)]
struct MachineCameras {
    items: Vec<MachineCamera>,
}

/// A camera of the office's machine.
#[derive(Serialize, ToSchema)]
struct MachineCamera {
    /// Names it as long as it is plugged in.
    id: String,
    /// What it calls itself.
    name: String,
}

/// What a camera that is watched lets be chosen and set; empty for one that nobody watches.
#[derive(Serialize, ToSchema)]
struct MachineCameraAbilities {
    controls: Vec<MachineCameraControl>,
    /// Large ones first.
    sizes: Vec<MachineCameraSize>,
}

/// Something that can be set on a camera, in its driver's numbers.
#[derive(Serialize, ToSchema)]
struct MachineCameraControl {
    /// `torch`, `exposure_mode`, `exposure`, `gain`, `brightness`, `backlight`, `zoom`,
    /// `focus_mode` or `focus`.
    dial: &'static str,
    min: i64,
    max: i64,
    step: i64,
    value: i64,
    default: i64,
}

/// Frames that a camera offers.
#[derive(Serialize, ToSchema)]
struct MachineCameraSize {
    width: u32,
    height: u32,
    /// A second.
    frames: u32,
}

/// Where a control is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CameraSetting {
    value: i64,
}

/// The frames that are wanted; 1280 × 720, 30 a second, when absent.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WatchQuery {
    /// Pixels in a row.
    width: Option<u32>,
    /// Rows.
    height: Option<u32>,
    /// Frames a second.
    frames: Option<u32>,
}

/// What comes of a watched camera: `state`, `frame` and `codes` are the names of its events.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum CameraEvent {
    /// How it fares: `opening`, `ok`, `lost`, `busy`, `black`, `frozen` or `ended`.
    State {
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// A grey JPEG in Base64, at most 640 pixels wide.
    Frame {
        jpeg: String,
        width: u32,
        height: u32,
        /// What the codes say that are in view, those too that were told of before.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        texts: Vec<String>,
    },
    /// Codes that came into view together.
    Codes { codes: Vec<CodeSeen> },
}

/// A code in view.
#[derive(Serialize, ToSchema)]
struct CodeSeen {
    text: String,
    /// Four corners, x and y in shares of the frame's width and height.
    corners: [(f32, f32); 4],
}

fn none_here() -> Problem {
    Problem::new(
        "cameras_none",
        "there are no cameras here; a page that another machine shows uses that machine's own",
    )
}

/// The machine's cameras, for somebody who sits at it.
fn at_hand(behind: &Behind, person: &Person) -> Result<Arc<dyn Cameras>, Problem> {
    if person.from.is_some() {
        return Err(none_here());
    }
    behind.cameras().ok_or_else(none_here)
}

/// The cameras of this machine; 404 where the program has none, or somebody else asks.
#[utoipa::path(get, path = "/api/machine/cameras", tag = "cameras",
    security(("account" = ["scan"])), responses((status = 200, body = MachineCameras)))]
async fn list_cameras(
    State(behind): State<Behind>,
    By(person, _): By<Scan>,
) -> Answer<MachineCameras> {
    behind
        .answer(move |behind| {
            let items = at_hand(behind, &person)?.list()?.into_iter();
            let items = items.map(|camera| MachineCamera {
                id: camera.id,
                name: camera.name,
            });
            Ok(MachineCameras {
                items: items.collect(),
            })
        })
        .await
}

/// What can be chosen and set on a camera that is watched.
#[utoipa::path(get, path = "/api/machine/cameras/{id}", tag = "cameras",
    security(("account" = ["scan"])), params(("id" = String, Path)),
    responses((status = 200, body = MachineCameraAbilities)))]
async fn show_camera(
    State(behind): State<Behind>,
    By(person, _): By<Scan>,
    Path(id): Path<String>,
) -> Answer<MachineCameraAbilities> {
    behind
        .answer(move |behind| Ok(at_hand(behind, &person)?.abilities(&id).into()))
        .await
}

impl From<CameraAbilities> for MachineCameraAbilities {
    fn from(abilities: CameraAbilities) -> Self {
        let controls = abilities.controls.into_iter();
        let sizes = abilities.sizes.into_iter();
        Self {
            controls: controls
                .map(|control| MachineCameraControl {
                    dial: control.dial,
                    min: control.min,
                    max: control.max,
                    step: control.step,
                    value: control.value,
                    default: control.default,
                })
                .collect(),
            sizes: sizes
                .map(|size| MachineCameraSize {
                    width: size.width,
                    height: size.height,
                    frames: size.frames,
                })
                .collect(),
        }
    }
}

/// Sets a control of a camera that is watched; it stays so also when the camera was away.
#[utoipa::path(put, path = "/api/machine/cameras/{id}/controls/{dial}", tag = "cameras",
    security(("account" = ["scan"])),
    params(("id" = String, Path), ("dial" = String, Path)), request_body = CameraSetting,
    responses((status = 204)))]
async fn set_camera(
    State(behind): State<Behind>,
    By(person, _): By<Scan>,
    Path((id, dial)): Path<(String, String)>,
    Body(given): Body<CameraSetting>,
) -> Result<StatusCode, Refusal> {
    behind
        .blocking(move |behind| at_hand(behind, &person)?.set(&id, &dial, given.value))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a camera of this machine sees, as server-sent events, until whoever asked goes away.
#[utoipa::path(get, path = "/api/machine/cameras/{id}/watch", tag = "cameras",
    security(("account" = ["scan"])), params(("id" = String, Path), WatchQuery),
    responses((status = 200, content_type = "text/event-stream", body = CameraEvent)))]
async fn watch_camera(
    State(behind): State<Behind>,
    By(person, _): By<Scan>,
    Path(id): Path<String>,
    Asked(query): Asked<WatchQuery>,
) -> Result<Sse<impl Stream<Item = Result<SentEvent, Infallible>>>, Refusal> {
    let size = query.size()?;
    let watching = behind
        .blocking(move |behind| at_hand(behind, &person)?.watch(&id, size))
        .await?;
    let (tell, told) = channel(WAITING);
    // A thread of its own: it waits for the camera as long as somebody looks.
    std::thread::Builder::new()
        .name("gatehouse-eye".into())
        .spawn(move || pass_on(watching, &tell))
        .map_err(|_| Problem::new("work_broke_off", "this machine can't start a thread for it"))?;
    let stream = unfold(told, |mut told: Receiver<Sighting>| async move {
        let sent = sent(told.recv().await?)?;
        Some((Ok(sent), told))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

impl WatchQuery {
    fn size(&self) -> Result<FrameSize, Problem> {
        let usual = FrameSize::default();
        let size = FrameSize {
            width: self.width.unwrap_or(usual.width),
            height: self.height.unwrap_or(usual.height),
            frames: self.frames.unwrap_or(usual.frames),
        };
        let within = |value: u32, most: u32| (1..=most).contains(&value);
        if within(size.width, WIDEST) && within(size.height, WIDEST) && within(size.frames, 240) {
            Ok(size)
        } else {
            Err(wrong_query(
                "width",
                "frame_size_invalid",
                format!("ask for 1 to {WIDEST} pixels each way, and 1 to 240 frames a second"),
            ))
        }
    }
}

/// Tells what is seen until nobody listens or the camera is watched no more. Pictures are dropped
/// when the listener is behind; codes and states wait for it.
fn pass_on(mut watching: Box<dyn Watching>, tell: &Sender<Sighting>) {
    while !tell.is_closed() {
        let told = match watching.next(LOOK) {
            Watched::Over => return,
            Watched::Nothing => Ok(()),
            Watched::Seen(picture @ Sighting::Frame { .. }) => match tell.try_send(picture) {
                Err(TrySendError::Closed(_)) => Err(()),
                Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
            },
            Watched::Seen(other) => tell.blocking_send(other).map_err(drop),
        };
        if told.is_err() {
            return;
        }
    }
}

fn sent(sighting: Sighting) -> Option<SentEvent> {
    let (name, said) = match sighting {
        Sighting::State { state, message } => ("state", CameraEvent::State { state, message }),
        Sighting::Frame {
            jpeg,
            width,
            height,
            texts,
        } => (
            "frame",
            CameraEvent::Frame {
                jpeg: STANDARD.encode(jpeg),
                width,
                height,
                texts,
            },
        ),
        Sighting::Codes(codes) => {
            let codes = codes.into_iter().map(|code| CodeSeen {
                text: code.text,
                corners: code.corners,
            });
            let codes = codes.collect();
            ("codes", CameraEvent::Codes { codes })
        }
    };
    SentEvent::default().event(name).json_data(&said).ok()
}
