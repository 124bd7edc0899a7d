//! Dialling: who is to be reached, tried until somebody answers.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use gatehouse_domain::id::{DeviceId, Entropy};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::Shared;
use super::book::{Book, Place};
use super::connection::Proved;
use super::engine::Post;
use super::steady::Steady;
use super::tls::Tls;
use crate::wire::ByeCode;

/// How long an address may take to answer: many times what a local network takes, and short enough
/// that a word lost in a cut network is soon followed by the next.
const CONNECT: Duration = Duration::from_secs(1);
/// How long the look for the addresses of a name may take.
const LOOKUP: Duration = Duration::from_secs(2);
/// Addresses of one name that are tried.
const MOST_OF_A_NAME: usize = 4;
/// What a kernel may hold back of one peer's frames: what somebody waits for should not stand in
/// line behind more than that.
pub(super) const SEND_BUFFER: u32 = 128 * 1024;

/// What the dialler is told.
pub(super) enum Call {
    /// Somebody typed an address.
    Typed(String),
    /// An address is remembered from before.
    Remembered(SocketAddr),
    /// A device was heard of at these addresses.
    Heard(DeviceId, Vec<SocketAddr>),
    /// A connection stands.
    Connected(DeviceId),
    /// It is over, after it stood for so long.
    Lost(DeviceId, Duration, Option<ByeCode>),
    /// An address is this device's own.
    Own(SocketAddr),
    /// Everything is to be tried anew.
    Anew,
    Met(Place, DeviceId),
    Failed(Place, String),
}

/// The way to the dialler.
#[derive(Clone)]
pub(super) struct Calls(UnboundedSender<Call>);

impl Calls {
    pub(super) fn tell(&self, call: Call) {
        // It ends only when the mesh does.
        let _ = self.0.send(call);
    }
}

pub(super) fn calls() -> (Calls, UnboundedReceiver<Call>) {
    let (calls, end) = unbounded_channel();
    (Calls(calls), end)
}

pub(super) struct Dialler {
    pub(super) own: DeviceId,
    pub(super) tls: Tls,
    pub(super) post: Post,
    pub(super) calls: Calls,
    pub(super) steady: Steady,
    pub(super) entropy: Box<dyn Entropy>,
    pub(super) shared: Arc<Shared>,
}

impl Dialler {
    fn chance(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    }

    /// Dials until the mesh ends.
    pub(super) async fn run(mut self, mut told: UnboundedReceiver<Call>) {
        let mut book = Book::new(self.own);
        loop {
            let now = self.steady.now();
            for place in book.due(now) {
                self.dial(place);
            }
            let idle = Duration::from_secs(60);
            let wait = book.next_due().map_or(idle, |due| due.saturating_sub(now));
            // Never in a circle, whatever is due.
            let wait = wait.max(Duration::from_millis(5));
            match timeout(wait, told.recv()).await {
                Ok(Some(call)) => {
                    self.take(call, &mut book);
                    self.shared.set_failures(book.failures());
                }
                Ok(None) => return,
                Err(_) => {}
            }
        }
    }

    fn take(&mut self, call: Call, book: &mut Book) {
        let now = self.steady.now();
        match call {
            Call::Typed(typed) => {
                if let Some(place) = Place::read(&typed) {
                    book.give(place, now);
                }
            }
            Call::Remembered(address) => {
                book.give(Place::Address(address), now);
            }
            Call::Heard(device, addresses) => {
                for address in addresses {
                    book.hear(device, address, now);
                }
            }
            Call::Connected(device) => book.connected(device),
            Call::Lost(device, stood, code) => {
                let unwanted = matches!(
                    code,
                    Some(
                        ByeCode::VersionsApart
                            | ByeCode::OtherEvent
                            | ByeCode::OtherDevice
                            | ByeCode::Revoked
                            | ByeCode::Crowded
                            | ByeCode::OtherHome
                    )
                );
                let chance = self.chance();
                book.lost(device, stood, unwanted, now, chance);
            }
            Call::Own(address) => book.met(&Place::Address(address), self.own, now),
            Call::Anew => book.start_anew(now),
            Call::Met(place, device) => book.met(&place, device, now),
            Call::Failed(place, why) => {
                let chance = self.chance();
                book.failed(&place, why, now, chance);
            }
        }
    }

    fn dial(&self, place: Place) {
        let (tls, post, calls) = (self.tls.clone(), self.post.clone(), self.calls.clone());
        let from = self.shared.listens_on.ip();
        tokio::spawn(async move {
            match reach(&tls, &place, from).await {
                Ok(proved) => {
                    calls.tell(Call::Met(place, proved.device));
                    proved.carry(post).await;
                }
                Err(error) => calls.tell(Call::Failed(place, error.to_string())),
            }
        });
    }
}

/// A connection to whoever is at a place; the error of the last address where there is none.
async fn reach(tls: &Tls, place: &Place, from: IpAddr) -> io::Result<Proved> {
    let addresses: Vec<SocketAddr> = match place {
        Place::Address(address) => vec![*address],
        Place::Name(name) => timeout(LOOKUP, tokio::net::lookup_host(name.as_str()))
            .await??
            .take(MOST_OF_A_NAME)
            .collect(),
    };
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name leads to no address");
    for address in addresses {
        let stream = match connect(address, from).await {
            Ok(stream) => stream,
            Err(error) => {
                last = error;
                continue;
            }
        };
        match Proved::dial(tls, stream).await {
            Ok(proved) => return Ok(proved),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn connect(address: SocketAddr, from: IpAddr) -> io::Result<TcpStream> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Who listens on one address alone is reached, and seen, by that one alone.
    if !from.is_unspecified() && from.is_ipv4() == address.is_ipv4() {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    socket.set_send_buffer_size(SEND_BUFFER)?;
    timeout(CONNECT, socket.connect(address)).await?
}
