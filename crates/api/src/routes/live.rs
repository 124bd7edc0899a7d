//! News as they happen: one broadcast for all events, told over server-sent events and WebSocket.
//!
//! A change says what kind of thing changed, not how: whoever listens asks again for what they
//! show. Changes are numbered, so that one who missed some asks what came after. Beside them go the
//! messages of the live channels, such as a guest who checks in.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRef, State};
use axum::response::Response;
use axum::response::sse::{Event as SentEvent, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use gatehouse_domain::id::EventId;
use gatehouse_store::Lane;
use gatehouse_store::event::{Committed, EventFile};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::behind::Behind;
use super::door::{Answer, At, Door, blocking};
use super::given::{Asked, Id};
use super::refusal::Refusal;
use super::signed::{By, ReadEvents};

/// Changes that are remembered for those who missed some.
const REMEMBERED: usize = 1_024;
/// How often a file is asked whether another program wrote it.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tag {
    /// Anything: ask again for all that is shown.
    Everything,
    /// The event itself, its sessions, types and keys.
    Event,
    /// Guests, invitations and their answers.
    Guests,
    /// Tickets and batches.
    Tickets,
    /// Scans: who came.
    Scans,
    /// Long work.
    Tasks,
}

/// One numbered change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct LiveChange {
    /// Its number; later ones are higher.
    seq: u64,
    event: EventId,
    tags: Vec<Tag>,
    /// The live channel of its message, such as `events/{id}/attendance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// The message, for those who joined the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<serde_json::Value>,
}

/// What came after a number.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangesAnswer {
    /// The newest number; give it as `after` next time.
    seq: u64,
    /// All that changed since, or `everything` where that is no longer known.
    tags: Vec<Tag>,
}

/// The broadcast.
#[derive(Debug, Clone)]
pub(super) struct Live(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    told: Mutex<Told>,
    sender: broadcast::Sender<LiveChange>,
    probed: Mutex<HashSet<EventId>>,
}

#[derive(Debug)]
struct Told {
    /// The newest number.
    seq: u64,
    /// The first number of this run; whoever comes with a lower one knew another run.
    first: u64,
    ring: VecDeque<LiveChange>,
}

impl Live {
    /// A broadcast that begins at `now` (UTC ms), so that numbers rise from one run to the next.
    pub(super) fn from_now(now: i64) -> Self {
        // A thousand changes a millisecond leave room, and the number stays exact in JavaScript.
        let first = now.max(0).unsigned_abs().saturating_mul(1_000);
        Self(Arc::new(Inner {
            told: Mutex::new(Told {
                seq: first,
                first,
                ring: VecDeque::new(),
            }),
            sender: broadcast::channel(256).0,
            probed: Mutex::default(),
        }))
    }

    /// Tells that these kinds of things changed in the event.
    pub(super) fn publish(&self, event: EventId, tags: &[Tag]) {
        self.send(event, tags, None);
    }

    /// Tells a channel's message, with the kinds of things that changed.
    pub(super) fn announce(
        &self,
        event: EventId,
        tags: &[Tag],
        channel: &str,
        message: serde_json::Value,
    ) {
        self.send(event, tags, Some((channel.to_owned(), message)));
    }

    fn send(&self, event: EventId, tags: &[Tag], message: Option<(String, serde_json::Value)>) {
        let (channel, message) = message.unzip();
        let mut told = self.0.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.seq += 1;
        let change = LiveChange {
            seq: told.seq,
            event,
            tags: tags.to_vec(),
            channel,
            message,
        };
        told.ring.push_back(change.clone());
        if told.ring.len() > REMEMBERED {
            told.ring.pop_front();
        }
        // Sent under the lock, so that numbers arrive in order; nobody listening is no error.
        self.0.sender.send(change).ok();
    }

    /// Hears of every write to the event's file by this process.
    pub(super) fn follow(&self, file: &EventFile) {
        let (live, event) = (self.clone(), file.id());
        file.watch(move |committed| live.publish(event, tags_of(committed)));
    }

    /// What changed in the event after a number.
    fn since(&self, event: EventId, after: u64) -> ChangesAnswer {
        let told = self.0.told.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = told.ring.front().map_or(told.seq, |change| change.seq);
        let known = after >= told.first && after + 1 >= oldest && after <= told.seq;
        let mut tags = Vec::new();
        if known {
            for change in told
                .ring
                .iter()
                .filter(|c| c.seq > after && c.event == event)
            {
                for tag in &change.tags {
                    if !tags.contains(tag) {
                        tags.push(*tag);
                    }
                }
            }
        } else {
            tags.push(Tag::Everything);
        }
        ChangesAnswer {
            seq: told.seq,
            tags,
        }
    }

    /// Listens, and sees to it that writes of other programs are heard too while somebody does.
    fn listen(&self, file: &EventFile) -> broadcast::Receiver<LiveChange> {
        let receiver = self.0.sender.subscribe();
        let event = file.id();
        let mut probed = self.0.probed.lock().unwrap_or_else(PoisonError::into_inner);
        if probed.insert(event) {
            let (live, file) = (self.clone(), file.clone());
            tokio::spawn(async move {
                let mut probe = file.probe().ok();
                while live.0.sender.receiver_count() > 0 {
                    tokio::time::sleep(PROBE_EVERY).await;
                    let Some(mut asked) = probe.take() else { break };
                    let looked = tokio::task::spawn_blocking(move || {
                        let changed = asked.changed();
                        (asked, changed)
                    })
                    .await;
                    let Ok((asked, Ok(changed))) = looked else {
                        break;
                    };
                    probe = Some(asked);
                    if changed {
                        live.publish(event, &[Tag::Everything]);
                    }
                }
                live.0
                    .probed
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .remove(&event);
            });
        }
        receiver
    }
}

/// The kinds of things that a write touches.
fn tags_of(committed: Committed<'_>) -> &'static [Tag] {
    if committed.lane == Lane::Scan {
        return &[Tag::Scans];
    }
    match committed.command {
        Some("change event" | "publish event" | "add signing key" | "revoke signing key") => {
            &[Tag::Event]
        }
        Some(
            "answer invitation" | "renew links" | "import guests" | "add guest" | "change guest"
            | "change guests" | "remove guests",
        ) => &[Tag::Guests],
        Some(
            "issue tickets" | "admit walk-in" | "hold ticket" | "release ticket" | "void ticket"
            | "regenerate ticket" | "void invitation",
        ) => &[Tag::Tickets, Tag::Guests],
        // A piece of a long run.
        None => &[Tag::Tickets],
        Some(_) => &[Tag::Everything],
    }
}

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    gate_router().routes(routes!(join_channels))
}

/// What the window of a gate away from its office asks too.
pub(super) fn gate_router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Behind: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(list_changes))
        .routes(routes!(stream_changes))
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AfterQuery {
    /// The newest number that was heard.
    after: Option<u64>,
}

/// What changed in an event after a number, for one who missed some.
#[utoipa::path(get, path = "/api/events/{id}/changes", tag = "live",
    security(("account" = ["read_events"])), params(("id" = EventId, Path), AfterQuery),
    responses((status = 200, body = ChangesAnswer)))]
async fn list_changes(
    State(behind): State<Behind>,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<AfterQuery>,
) -> Answer<ChangesAnswer> {
    behind
        .answer(move |behind| {
            let file = behind.file(id)?;
            Ok(behind.live().since(file.id(), query.after.unwrap_or(0)))
        })
        .await
}

/// An event's changes as server-sent events: first the newest number, then each change.
#[utoipa::path(get, path = "/api/events/{id}/live", tag = "live",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, content_type = "text/event-stream", body = LiveChange)))]
async fn stream_changes(
    State(behind): State<Behind>,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Result<Sse<impl Stream<Item = Result<SentEvent, Infallible>>>, Refusal> {
    let live = behind.live().clone();
    let file = behind.blocking(move |behind| behind.file(id)).await?;
    let event = file.id();
    let receiver = live.listen(&file);
    let first = LiveChange {
        seq: live.since(event, 0).seq,
        event,
        tags: vec![],
        channel: None,
        message: None,
    };
    let stream = unfold((receiver, Some(first)), move |(mut receiver, first)| {
        let live = live.clone();
        async move {
            let change = match first {
                Some(first) => first,
                None => next(&mut receiver, &live, event).await?,
            };
            let sent = SentEvent::default()
                .id(change.seq.to_string())
                .json_data(&change)
                .ok()?;
            Some((Ok(sent), (receiver, None)))
        }
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

/// The next change of the event; one who fell behind is told that everything changed.
async fn next(
    receiver: &mut broadcast::Receiver<LiveChange>,
    live: &Live,
    event: EventId,
) -> Option<LiveChange> {
    loop {
        match receiver.recv().await {
            Ok(change) if change.event == event => return Some(change),
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => {
                return Some(LiveChange {
                    seq: live.since(event, 0).seq,
                    event,
                    tags: vec![Tag::Everything],
                    channel: None,
                    message: None,
                });
            }
            Err(broadcast::error::RecvError::Closed) => return None,
        }
    }
}

/// What a listener says over WebSocket.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wish {
    /// Joins a channel.
    Join(String),
    /// Leaves it.
    Leave(String),
}

/// The live channels over WebSocket: `{"join": "events/{id}/attendance"}` and its messages. Browsers
/// give their token as the subprotocol `bearer.TOKEN`, beside `gatehouse`.
#[utoipa::path(get, path = "/api/live", tag = "live", security(("account" = ["read_events"])),
    responses((status = 101, description = "The channels are open")))]
async fn join_channels(
    State(door): At,
    _: By<ReadEvents>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|_| {
        crate::problem::Problem::new("query_invalid", "open this path as a WebSocket")
    })?;
    Ok(upgrade
        .protocols(["gatehouse"])
        .max_message_size(4_096)
        .on_upgrade(move |socket| tell_channels(door, socket)))
}

async fn tell_channels(door: Arc<Door>, mut socket: WebSocket) {
    let live = door.live.clone();
    let mut joined: HashSet<String> = HashSet::new();
    let mut receiver = live.0.sender.subscribe();
    loop {
        tokio::select! {
            heard = receiver.recv() => {
                let change = match heard {
                    Ok(change) => change,
                    Err(broadcast::error::RecvError::Lagged(_)) => continue,
                    Err(broadcast::error::RecvError::Closed) => return,
                };
                let own = format!("events/{}", change.event);
                let message = match (&change.channel, &change.message) {
                    (Some(channel), Some(message)) if joined.contains(channel) => {
                        let mut message = message.clone();
                        if let Some(fields) = message.as_object_mut() {
                            fields.insert("channel".into(), channel.as_str().into());
                        }
                        message.to_string()
                    }
                    _ if joined.contains(&own) => {
                        match serde_json::to_string(&change) {
                            Ok(text) => text,
                            Err(_) => continue,
                        }
                    }
                    _ => continue,
                };
                if socket.send(Message::Text(message.into())).await.is_err() {
                    return;
                }
            }
            said = socket.recv() => {
                let Some(Ok(said)) = said else { return };
                let Message::Text(text) = said else { continue };
                match serde_json::from_str(&text) {
                    Ok(Wish::Join(channel)) if joined.len() < 100 => {
                        if let Some(event) = event_of_channel(&channel) {
                            let door = Arc::clone(&door);
                            let opened = blocking(door, move |door| door.event(event)).await;
                            if let Ok(home) = opened {
                                drop(live.listen(home.file()));
                                joined.insert(channel);
                            }
                        }
                    }
                    Ok(Wish::Leave(channel)) => {
                        joined.remove(&channel);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The event of a channel: `events/{id}…`, or the event of the invitation in `invitations/{id}`.
fn event_of_channel(channel: &str) -> Option<EventId> {
    let mut parts = channel.split('/');
    (parts.next()? == "events")
        .then(|| parts.next()?.parse().ok())
        .flatten()
}
