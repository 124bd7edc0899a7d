//! The serial scanners of the machine that an office or a gate runs on, for a window on it. Nobody on
//! another machine listens to them, whoever they are.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, Path, State};
use axum::response::sse::{Event as SentEvent, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::behind::Behind;
use super::door::Answer;
use super::given::{Asked, Items, wrong_query};
use super::refusal::Refusal;
use super::signed::{By, Person, Scan};
use crate::problem::Problem;
use crate::serials::{SerialListening, SerialScanners, SerialTold};

/// What waits for one who listens.
const WAITING: usize = 64;
/// How long a look for what comes next may take before the listener is looked after.
const LOOK: Duration = Duration::from_millis(500);
/// Bits a second that scanners use.
const BAUD: std::ops::RangeInclusive<u32> = 300..=921_600;
/// The longest name of a port.
const LONGEST_ID: usize = 200;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Behind: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list_ports))
        .routes(routes!(hear_scanner))
}

/// A port that a scanner may hang on.
#[derive(Serialize, ToSchema)]
struct MachinePort {
    /// Names it, also when it is plugged in elsewhere, where it can be told.
    id: String,
    /// What hangs on it, as far as it says.
    name: String,
}

/// How a scanner's port is set.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HearQuery {
    /// Bits a second, 300 to 921,600; 9,600 when absent. USB devices take any.
    baud: Option<u32>,
}

/// What comes of a scanner: `state` and `code` are the names of its events.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum ScannerEvent {
    /// How it fares: `opening`, `ok`, `lost` or `busy`.
    State {
        state: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// A code; none where what came was longer than any code.
    Code { text: Option<String> },
}

fn none_here() -> Problem {
    Problem::new(
        "serials_none",
        "there are no serial scanners here; plug the scanner into the machine that shows the gate",
    )
}

/// The machine's scanners, for somebody who sits at it.
fn at_hand(behind: &Behind, person: &Person) -> Result<Arc<dyn SerialScanners>, Problem> {
    if person.from.is_some() {
        return Err(none_here());
    }
    behind.serials().ok_or_else(none_here)
}

/// The serial ports of this machine; 404 where the program has none, or somebody else asks.
#[utoipa::path(get, path = "/api/machine/scanners", tag = "cameras",
    security(("account" = ["scan"])), responses((status = 200, body = Items<MachinePort>)))]
async fn list_ports(
    State(behind): State<Behind>,
    By(person, _): By<Scan>,
) -> Answer<Items<MachinePort>> {
    behind
        .answer(move |behind| {
            let ports = at_hand(behind, &person)?.list()?.into_iter();
            Ok(Items {
                items: ports
                    .map(|port| MachinePort {
                        id: port.id,
                        name: port.name,
                    })
                    .collect(),
            })
        })
        .await
}

/// What a scanner of this machine reads, as server-sent events, until whoever asked goes away. A
/// port that is not there is looked for until it is.
#[utoipa::path(get, path = "/api/machine/scanners/{id}/listen", tag = "cameras",
    security(("account" = ["scan"])), params(("id" = String, Path), HearQuery),
    responses((status = 200, content_type = "text/event-stream", body = ScannerEvent)))]
async fn hear_scanner(
    State(behind): State<Behind>,
    By(person, _): By<Scan>,
    Path(id): Path<String>,
    Asked(query): Asked<HearQuery>,
) -> Result<Sse<impl Stream<Item = Result<SentEvent, Infallible>>>, Refusal> {
    let baud = query.baud.unwrap_or(9_600);
    if !BAUD.contains(&baud) {
        return Err(wrong_query(
            "baud",
            "baud_invalid",
            "give 300 to 921,600 bits a second".to_owned(),
        )
        .into());
    }
    if id.is_empty() || id.len() > LONGEST_ID || id.chars().any(char::is_control) {
        return Err(Problem::new("port_unknown", "this machine has no such port").into());
    }
    let listening = behind
        .blocking(move |behind| Ok(at_hand(behind, &person)?.listen(&id, baud)))
        .await?;
    let (tell, told) = channel(WAITING);
    // A thread of its own: it waits for the scanner as long as somebody listens.
    std::thread::Builder::new()
        .name("gatehouse-ear".into())
        .spawn(move || pass_on(listening, &tell))
        .map_err(|_| Problem::new("work_broke_off", "this machine can't start a thread for it"))?;
    let stream = unfold(told, |mut told: Receiver<SerialTold>| async move {
        let sent = sent(told.recv().await?)?;
        Some((Ok(sent), told))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

/// Tells what is read until nobody listens. Each code is told once and waits for the listener.
fn pass_on(mut listening: Box<dyn SerialListening>, tell: &Sender<SerialTold>) {
    while !tell.is_closed() {
        if let Some(told) = listening.next(LOOK)
            && tell.blocking_send(told).is_err()
        {
            return;
        }
    }
}

fn sent(told: SerialTold) -> Option<SentEvent> {
    let (name, said) = match told {
        SerialTold::State { state, message } => ("state", ScannerEvent::State { state, message }),
        SerialTold::Text(text) => ("code", ScannerEvent::Code { text: Some(text) }),
        SerialTold::TooLong => ("code", ScannerEvent::Code { text: None }),
    };
    SentEvent::default().event(name).json_data(&said).ok()
}
