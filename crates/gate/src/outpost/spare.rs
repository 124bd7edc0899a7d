//! Enrolling a spare gate while the office is away: a listener for one gate and a few minutes, with
//! this gate's own certificate, that answers what the office would answer.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use gatehouse_api::{Problem, RosterBody, RosterHead, SpareCode};
use gatehouse_mesh::net::device_name;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::reserve::Spare;
use super::ticket::EnrolTicket;
use super::{Outpost, damaged, hex};
use crate::lock;

/// For how long a code is good, in milliseconds.
const GOOD_MS: i64 = 5 * 60_000;
/// Wrong tokens after which nobody is listened to any more.
const MOST_WRONG: u32 = 20;
/// The largest question, in bytes.
const LARGEST: usize = 16 << 10;

/// A listener for one spare gate, until this is dropped.
pub(super) struct SpareDoor {
    handle: Handle<SocketAddr>,
}

impl Drop for SpareDoor {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

struct Waiting {
    outpost: Arc<Outpost>,
    token: [u8; 32],
    until: i64,
    wrong: AtomicU32,
    /// Where this gate meets its peers, and its peers.
    peers: Vec<SocketAddr>,
    place: Spare,
    /// The key of the gate that has it, and what it was answered.
    taken: Mutex<Option<(String, Value)>>,
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.trim().to_ascii_lowercase().as_bytes()).into()
}

impl Outpost {
    /// Waits for a spare gate at `listen`, which others reach at `reached_at`.
    pub(super) fn open_to_spare(
        self: &Arc<Self>,
        listen: IpAddr,
        reached_at: &[IpAddr],
        mesh: Option<SocketAddr>,
    ) -> Result<(SpareDoor, SpareCode), Problem> {
        let (place, good) = self.free_place()?;
        let name = place.place.as_ref().map(|p| p.settings.device_name.clone());
        let identity = self.identity()?;
        let mut token = [0; 16];
        self.surroundings.entropy().fill(&mut token);
        let token = Uuid::from_bytes(token);
        let until = good.min(self.surroundings.now() + GOOD_MS);
        let failed = |e: std::io::Error| Problem::new("port_taken", e.to_string());
        let listener = TcpListener::bind((listen, 0)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let own = mesh.map(|mesh| mesh.port());
        let own = own.into_iter().flat_map(|port| {
            let at = reached_at.iter();
            at.map(move |ip| SocketAddr::from((*ip, port)))
        });
        let peers: Vec<SocketAddr> = own.chain(self.met()).collect();
        let waiting = Arc::new(Waiting {
            outpost: Arc::clone(self),
            token: hash_of(&token.to_string()),
            until,
            wrong: AtomicU32::new(0),
            peers,
            place,
            taken: Mutex::default(),
        });
        let handle = Handle::new();
        let serving = handle.clone();
        let (chain, key) = (identity.chain, identity.key.to_vec());
        std::thread::Builder::new()
            .name("gatehouse-spare".into())
            .spawn(move || {
                if let Err(error) = serve(listener, (chain, key), &serving, waiting) {
                    tracing::warn!(%error, "no spare gate can be enrolled");
                }
            })
            .map_err(failed)?;
        let code = EnrolTicket {
            token,
            authority: Sha256::digest(&identity.authority).into(),
            addresses: vec![format!("https://{}:{port}", device_name(self.device()))],
            reached_at: reached_at.to_vec(),
        };
        let code = SpareCode {
            text: code.to_string(),
            name: name.unwrap_or_default(),
            until,
        };
        Ok((SpareDoor { handle }, code))
    }

    /// The guest list as it is here, whole.
    fn carried_roster(&self) -> Result<RosterBody, Problem> {
        self.file.read(|view| {
            let head = view.carried_head()?.ok_or_else(|| damaged("roster"))?;
            let head: RosterHead = serde_json::from_str(&head).map_err(damaged)?;
            Ok(RosterBody {
                head,
                devices: view.devices()?,
                tickets: view.roster_tickets(true, true)?,
                mark: view.roster_mark()?,
            })
        })
    }
}

fn serve(
    listener: TcpListener,
    (chain, key): (Vec<Vec<u8>>, Vec<u8>),
    handle: &Handle<SocketAddr>,
    waiting: Arc<Waiting>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let router = Router::new()
        .route("/api/scanners/register", post(register))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::clone(&waiting));
    runtime.block_on(async {
        let stopping = handle.clone();
        tokio::spawn(async move {
            let left = waiting.until - waiting.outpost.surroundings.now();
            let left = u64::try_from(left).unwrap_or(0);
            tokio::time::sleep(std::time::Duration::from_millis(left)).await;
            stopping.shutdown();
        });
        let config = RustlsConfig::from_der(chain, key).await?;
        axum_server::from_tcp_rustls(listener, config)?
            .handle(handle.clone())
            .serve(router.into_make_service())
            .await
    })
}

async fn register(
    State(waiting): State<Arc<Waiting>>,
    Json(given): Json<Value>,
) -> (StatusCode, Json<Value>) {
    match waiting.admit(&given) {
        Ok(made) => (StatusCode::CREATED, Json(made)),
        Err(problem) => {
            let told = json!({ "code": problem.code, "detail": problem.detail });
            (StatusCode::BAD_REQUEST, Json(told))
        }
    }
}

impl Waiting {
    /// What a spare gate with the right token gets; the same gate again gets the same.
    fn admit(&self, given: &Value) -> Result<Value, Problem> {
        let wrong = || {
            Problem::new(
                "token_invalid",
                "this code registers no device; ask for a new one at the gate",
            )
        };
        if self.wrong.load(Ordering::Acquire) >= MOST_WRONG {
            return Err(wrong());
        }
        // Hashes are compared, so that the time it takes tells nothing of the token.
        if hash_of(given["token"].as_str().unwrap_or_default()) != self.token {
            self.wrong.fetch_add(1, Ordering::AcqRel);
            return Err(wrong());
        }
        if self.outpost.surroundings.now() >= self.until {
            return Err(Problem::new(
                "token_expired",
                "this code was good for a few minutes and is over; ask for a new one at the gate",
            ));
        }
        let key = given["publicKey"].as_str().unwrap_or_default();
        let mut taken = lock(&self.taken);
        if let Some((by, made)) = taken.as_ref() {
            return match by == key {
                true => Ok(made.clone()),
                false => Err(Problem::new(
                    "token_used",
                    "this code was used by another device; ask for a new one at the gate",
                )),
            };
        }
        let made = self.answer()?;
        self.outpost.give_place(&self.place.public_key)?;
        tracing::info!(device = %made["scannerId"], "a spare gate was enrolled");
        *taken = Some((key.to_owned(), made.clone()));
        Ok(made)
    }

    fn answer(&self) -> Result<Value, Problem> {
        let place = self
            .place
            .place
            .as_ref()
            .ok_or_else(|| damaged("reserve"))?;
        let roster = self.outpost.carried_roster()?;
        let roster = gatehouse_api::scanners::wire::RosterWire::from(roster);
        Ok(json!({
            "scannerId": place.scanner_id,
            "credentials": place.credentials,
            "settings": place.settings,
            "event": { "id": self.outpost.event() },
            "spare": {
                "key": self.place.key,
                "certificates": place
                    .certificates
                    .iter()
                    .map(|der| super::home::der_of(der).map(|der| hex(&der)))
                    .collect::<Result<Vec<_>, _>>()?,
                "home": self.outpost.home.place(),
                "peers": self.peers,
                "roster": roster,
            },
        }))
    }
}
