//! What a gate asks its home over HTTP.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use gatehouse_api::{MeshCredentials, Problem, SignedScan};
use gatehouse_domain::device::DeviceInfo;
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_store::event::ScanReason;
use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::given::{Filled, Registration, Wanted, registration};
use super::pinned;
use super::ticket::EnrolTicket;

/// How long the home may take to take a call, and to answer or to go on with a long answer.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const LARGEST: u64 = 512 << 20;
/// Bytes of anything else at most.
const LARGEST_PART: u64 = 64 << 20;

/// Addresses of a guest list that are asked at most.
const MOST_TOLD: usize = 4;

/// Where a home is, and how it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Whereabouts {
    addresses: Vec<String>,
    authority: String,
}

/// A gate's home.
#[derive(Debug)]
pub struct Home {
    place: Whereabouts,
    /// Addresses that its guest list names; they come first.
    told: Mutex<Vec<String>>,
    device: DeviceId,
    credential: String,
    client: Client,
    /// Exchanges that failed since the last that went well.
    failures: AtomicU32,
    /// When the last answer that was heard was given, as the home said.
    answered: Mutex<Option<String>>,
}

/// A certificate out of what the office sent.
pub(super) fn der_of(text: &str) -> Result<Vec<u8>, Problem> {
    STANDARD.decode(text).map_err(unreadable)
}

/// What a home answers to scans.
#[derive(Debug, Default)]
pub(super) struct SyncAnswer {
    /// Records of others.
    pub(super) records: Vec<SignedScan>,
    /// Whether there are more.
    pub(super) more: bool,
    /// What the home wants of this gate, where it said so.
    pub(super) wanted: Option<Wanted>,
    /// Whether this gate's right is over: the home takes its scans and wants nothing else of it.
    pub(super) over: bool,
    /// Admissions of this gate that turned out to be the second.
    pub(super) doubles: usize,
    /// What the home's clock shows, UTC ms.
    pub(super) home_time: Option<i64>,
}

pub(super) fn unreadable(_: impl std::fmt::Display) -> Problem {
    Problem::new(
        "home_unreadable",
        "the office answered something that this gate does not understand; perhaps one of the two \
         is older. Nothing was changed",
    )
}

fn away(error: &reqwest::Error) -> Problem {
    let detail = if error.is_timeout() {
        "it does not answer in time"
    } else if error.is_connect() {
        "nothing answers there, or it is not the office that enrolled this gate"
    } else {
        return broken_off();
    };
    Problem::new(
        "home_away",
        format!("the office can't be reached: {detail}. This gate goes on by itself"),
    )
}

fn broken_off() -> Problem {
    Problem::new(
        "home_away",
        "the office can't be reached: the connection broke off. This gate goes on by itself",
    )
}

/// A client for the home of one authority; `elsewhere` says where names are that no network knows.
fn client(
    authority: [u8; 32],
    elsewhere: Option<(&str, &[SocketAddr])>,
) -> Result<Client, Problem> {
    let builder = Client::builder();
    let builder = match elsewhere {
        Some((host, at)) => builder.resolve_to_addrs(host, at),
        None => builder,
    };
    builder
        .tls_backend_preconfigured(pinned::client(authority)?)
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("gatehouse-gate/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| Problem::new("tls_failed", e.to_string()))
}

/// Whether an address may be asked: TLS anywhere, plain HTTP on this machine alone.
fn is_safe(address: &str) -> bool {
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    address.starts_with("https://") || local.iter().any(|start| address.starts_with(start))
}

/// The answer's JSON, or the problem that the home told.
fn read(response: Response) -> Result<Value, Problem> {
    let status = response.status();
    let value: Value = response.json().map_err(unreadable)?;
    if status.is_success() {
        return Ok(value);
    }
    Err(told(status, &value))
}

/// An answer's bytes, piece by piece: however slowly they come, it is read as long as they do.
fn read_up_to(answer: Response, most: u64) -> Result<Vec<u8>, Problem> {
    if answer.content_length().is_some_and(|length| length > most) {
        return Err(unreadable("too large"));
    }
    let mut body = Vec::new();
    answer
        .take(most + 1)
        .read_to_end(&mut body)
        .map_err(|_| broken_off())?;
    if body.len() as u64 > most {
        return Err(unreadable("too large"));
    }
    Ok(body)
}

fn told(status: StatusCode, value: &Value) -> Problem {
    let detail = value["detail"].as_str().unwrap_or("the office refused");
    let known = [
        "token_invalid",
        "token_expired",
        "token_used",
        "scanner_revoked",
        "scanner_replaced",
        "signed_out",
        "record_refused",
        "fields_invalid",
        "disk_full",
    ];
    let code = value["code"].as_str().unwrap_or_default();
    match known.iter().find(|known| **known == code) {
        Some(code) => Problem::new(code, detail),
        None => Problem::new("home_refused", format!("{detail} ({status})")),
    }
}

impl Home {
    pub(super) fn new(
        place: Whereabouts,
        device: DeviceId,
        credential: String,
    ) -> Result<Self, Problem> {
        let authority = super::unhex(&place.authority)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| super::damaged("home"))?;
        Ok(Self {
            client: client(authority, None)?,
            place,
            told: Mutex::default(),
            device,
            credential,
            failures: AtomicU32::new(0),
            answered: Mutex::default(),
        })
    }

    /// Registers a gate at the first of the ticket's addresses that answers.
    pub(super) fn register(
        ticket: &EnrolTicket,
        name: &str,
        info: &DeviceInfo,
        public_key: &[u8],
    ) -> Result<(Self, Registration), Problem> {
        let body = json!({
            "token": ticket.token,
            "deviceName": name,
            "deviceInfo": info,
            "publicKey": STANDARD.encode(public_key),
        });
        let client = match ticket.at_a_gate() {
            Some((host, at)) => client(ticket.authority, Some((&host, &at)))?,
            None => client(ticket.authority, None)?,
        };
        let mut last = Problem::new(
            "home_unknown",
            "this code names no office that may be asked",
        );
        for address in ticket.addresses.iter().filter(|at| is_safe(at)) {
            let sent = client
                .post(format!("{address}/api/scanners/register"))
                .json(&body)
                .send();
            let answer = match sent {
                Ok(answer) => answer,
                Err(error) => {
                    last = away(&error);
                    continue;
                }
            };
            let made = registration(&read(answer)?)?;
            if let Some(spare) = &made.spare {
                let home = Self::new(spare.home.clone(), made.device, made.credential.clone())?;
                return Ok((home, made));
            }
            let mut addresses = ticket.addresses.clone();
            addresses.retain(|other| other != address);
            addresses.insert(0, address.clone());
            let home = Self {
                place: Whereabouts {
                    addresses,
                    authority: super::hex(&ticket.authority),
                },
                told: Mutex::default(),
                device: made.device,
                credential: made.credential.clone(),
                client,
                failures: AtomicU32::new(0),
                answered: Mutex::default(),
            };
            return Ok((home, made));
        }
        Err(last)
    }

    /// Notes that an exchange with this home failed.
    pub(super) fn note_failure(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn place(&self) -> &Whereabouts {
        &self.place
    }

    /// Asks at these addresses first from now on; the home may have moved.
    pub(super) fn is_at(&self, addresses: Vec<String>) {
        *crate::lock(&self.told) = addresses;
    }

    /// Asks each address in turn until one answers.
    fn ask(
        &self,
        request: impl Fn(&str) -> reqwest::blocking::RequestBuilder,
    ) -> Result<Response, Problem> {
        let mut last = Problem::new("home_unknown", "this gate knows no address of its office");
        let mut addresses = crate::lock(&self.told).clone();
        addresses.truncate(MOST_TOLD);
        for known in &self.place.addresses {
            if !addresses.contains(known) {
                addresses.push(known.clone());
            }
        }
        for address in addresses.iter().filter(|at| is_safe(at)) {
            match request(address).bearer_auth(&self.credential).send() {
                Ok(answer) => return Ok(answer),
                Err(error) => last = away(&error),
            }
        }
        Err(last)
    }

    /// Whether the home is a program of this very machine.
    pub(super) fn is_on_this_machine(&self) -> bool {
        let local = |address: &String| {
            let host = address.split("://").nth(1).unwrap_or_default();
            ["127.", "localhost", "[::1]"]
                .iter()
                .any(|start| host.starts_with(start))
        };
        self.place.addresses.iter().all(local)
    }

    /// A certificate for the mesh, and where the home is met there.
    pub(super) fn certificate(&self, listens: Option<u16>) -> Result<MeshCredentials, Problem> {
        #[derive(Deserialize)]
        struct Answer {
            certificates: Vec<String>,
            peers: Vec<String>,
        }
        let answer = self.ask(|address| {
            let path = format!("{address}/api/scanners/{}/certificate", self.device);
            self.client.post(path).json(&json!({ "listens": listens }))
        })?;
        let answer: Answer = serde_json::from_value(read(answer)?).map_err(unreadable)?;
        let chain = answer
            .certificates
            .iter()
            .map(|der| STANDARD.decode(der).map_err(unreadable))
            .collect::<Result<_, _>>()?;
        Ok(MeshCredentials {
            chain,
            peers: answer.peers,
        })
    }

    /// Asks for what this gate may have ahead: places for the keys, and tickets; tells to whom
    /// tickets were given.
    pub(super) fn reserve(
        &self,
        keys: &[String],
        handed: &[(TicketId, String)],
    ) -> Result<Filled, Problem> {
        let handed: Vec<Value> = handed
            .iter()
            .map(|(ticket, name)| json!({ "ticket": ticket, "name": name }))
            .collect();
        let body = json!({ "keys": keys, "handed": handed });
        let answer = self.ask(|address| {
            let path = format!("{address}/api/scanners/{}/reserve", self.device);
            self.client.post(path).json(&body)
        })?;
        serde_json::from_value(read(answer)?).map_err(unreadable)
    }

    /// The roster as JSON; none where `known` is the newest.
    pub(super) fn roster(&self, known: i64) -> Result<Option<Vec<u8>>, Problem> {
        let answer = self.ask(|address| {
            self.client.get(format!(
                "{address}/api/scanners/{}/roster?form=gate&after={known}",
                self.device
            ))
        })?;
        match answer.status() {
            StatusCode::NOT_MODIFIED => Ok(None),
            status if status.is_success() => read_up_to(answer, LARGEST).map(Some),
            _ => Err(read(answer).err().unwrap_or_else(|| unreadable("refused"))),
        }
    }

    /// What the home has for this gate under `rest`, up to [`LARGEST_PART`] bytes.
    pub(super) fn fetch(&self, rest: &str) -> Result<Vec<u8>, Problem> {
        let answer = self.ask(|address| {
            self.client
                .get(format!("{address}/api/scanners/{}/{rest}", self.device))
        })?;
        if !answer.status().is_success() {
            return Err(read(answer).err().unwrap_or_else(|| unreadable("refused")));
        }
        read_up_to(answer, LARGEST_PART)
    }

    /// Sends records and tells which chains are known here.
    pub(super) fn sync(
        &self,
        records: &[SignedScan],
        chains: &[(DeviceId, u32, u64)],
        pending: u64,
    ) -> Result<SyncAnswer, Problem> {
        let records: Vec<Value> = records
            .iter()
            .map(|scan| {
                json!({
                    "record": STANDARD.encode(&scan.record),
                    "signature": STANDARD.encode(&scan.signature),
                })
            })
            .collect();
        let have: Vec<Value> = chains
            .iter()
            .filter(|(device, _, _)| *device != self.device)
            .map(|(device, incarnation, sequence)| {
                json!({"device": device, "incarnation": incarnation, "sequence": sequence})
            })
            .collect();
        let failures = self.failures.load(Ordering::Relaxed);
        let body = json!({
            "scannerId": self.device,
            "records": records,
            "have": have,
            "pending": pending,
            "syncAttempts": failures.saturating_add(1),
            "syncFailures": failures,
            "lastSyncAt": *crate::lock(&self.answered),
        });
        let answer = self.ask(|address| {
            self.client
                .post(format!("{address}/api/scanners/sync"))
                .json(&body)
        })?;
        let value = read(answer)?;
        self.failures.fetch_sub(failures, Ordering::Relaxed);
        *crate::lock(&self.answered) = value["serverTime"].as_str().map(str::to_owned);
        let text = |scan: &Value, field: &str| {
            scan[field]
                .as_str()
                .and_then(|text| STANDARD.decode(text).ok())
                .ok_or_else(|| unreadable(field))
        };
        let duplicates = |list: &Value| {
            list.as_array()
                .into_iter()
                .flatten()
                .filter(|result| {
                    result["status"] == "DUPLICATE" && !result["originalScanTime"].is_null()
                })
                .count()
        };
        Ok(SyncAnswer {
            records: value["records"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|scan| {
                    Ok(SignedScan {
                        record: text(scan, "record")?,
                        signature: text(scan, "signature")?,
                    })
                })
                .collect::<Result<_, Problem>>()?,
            more: value["more"].as_bool().unwrap_or(false),
            wanted: match &value["settings"] {
                Value::Null => None,
                wanted => Some(Wanted::deserialize(wanted).map_err(unreadable)?),
            },
            over: value.get("settings").is_some_and(Value::is_null),
            doubles: duplicates(&value["syncResults"]) + duplicates(&value["pendingUpdates"]),
            home_time: value["serverTime"]
                .as_str()
                .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
                .map(|time| time.timestamp_millis()),
        })
    }
}

impl Home {
    /// Tells why somebody was let in here, of scans that the home has.
    pub(super) fn tell_reasons(&self, reasons: &[ScanReason]) -> Result<(), Problem> {
        let reasons: Vec<Value> = reasons
            .iter()
            .map(|told| json!({ "scan": Uuid::from_bytes(told.nonce), "reason": told.reason }))
            .collect();
        let body = json!({
            "scannerId": self.device,
            "reasons": reasons,
            "lastSyncAt": *crate::lock(&self.answered),
        });
        let answer = self.ask(|address| {
            self.client
                .post(format!("{address}/api/scanners/sync"))
                .json(&body)
        })?;
        read(answer).map(|_| ())
    }
}
