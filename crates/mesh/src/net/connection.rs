//! One connection: frames in, frames out, until one side has enough.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gatehouse_domain::id::DeviceId;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

use super::engine::{Arrival, Carried, Happened, Post};
use super::outbox::Outbox;
use super::tls::{Shown, Tls};
use crate::limits::MOST_FRAME_BYTES;

/// For how long a handshake may go on.
pub(super) const HANDSHAKE: Duration = Duration::from_secs(3);
/// For how long a connection that ends may still send its last words.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// What of one peer's frames waits to be handled, in bytes; then it is not read from.
const MOST_UNREAD: usize = 2 * 1024 * 1024;
/// What a frame costs of that beside its bytes.
const FRAME_COSTS: usize = 256;

/// Names connections apart in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ConnectionId(u64);

impl ConnectionId {
    fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// A connection whose other end proved who it is.
pub(super) struct Proved {
    stream: TlsStream<TcpStream>,
    /// Whom it leads to.
    pub(super) device: DeviceId,
    shown: Shown,
    dialled: bool,
    /// Where the other end is.
    pub(super) address: SocketAddr,
}

fn stranger() -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        "it is no device of this workspace",
    )
}

impl Proved {
    /// Makes sure who is at the other end of a stream that was dialled.
    pub(super) async fn dial(tls: &Tls, stream: TcpStream) -> io::Result<Self> {
        let address = prepare(&stream)?;
        let connector = TlsConnector::from(Arc::clone(&tls.dial));
        let stream = timeout(HANDSHAKE, connector.connect(address.ip().into(), stream)).await??;
        let (device, shown) = tls.peer(stream.get_ref().1, true).ok_or_else(stranger)?;
        Ok(Self {
            stream: TlsStream::Client(stream),
            device,
            shown,
            dialled: true,
            address,
        })
    }

    /// The same of a stream that was accepted.
    pub(super) async fn accept(tls: &Tls, stream: TcpStream) -> io::Result<Self> {
        let address = prepare(&stream)?;
        let acceptor = TlsAcceptor::from(Arc::clone(&tls.accept));
        let stream = timeout(HANDSHAKE, acceptor.accept(stream)).await??;
        let (device, shown) = tls.peer(stream.get_ref().1, false).ok_or_else(stranger)?;
        Ok(Self {
            stream: TlsStream::Server(stream),
            device,
            shown,
            dialled: false,
            address,
        })
    }

    /// Carries frames between the peer and the mesh's own thread until either ends it.
    ///
    /// A connection that was accepted counts from its first word on: whoever dialled and finds that
    /// it has one already ends this one without a word, and nobody is disturbed.
    pub(super) async fn carry(self, post: Post) {
        let (reader, writer) = tokio::io::split(self.stream);
        let mut reader = BufReader::with_capacity(16 * 1024, reader);
        if !self.dialled {
            let first = timeout(HANDSHAKE, reader.fill_buf()).await;
            if !matches!(first, Ok(Ok(bytes)) if !bytes.is_empty()) {
                return;
            }
        }
        let id = ConnectionId::next();
        let outbox = Arc::new(Outbox::default());
        let arrival = Arrival {
            id,
            device: self.device,
            dialled: self.dialled,
            address: self.address,
            shown: self.shown,
            outbox: Arc::clone(&outbox),
        };
        if post.happened(Happened::Arrived(Box::new(arrival))).is_err() {
            return;
        }
        let writing = write(writer, &outbox);
        let reading = read(reader, self.device, id, &post);
        tokio::pin!(writing, reading);
        let end = async {
            outbox.closed().await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::select! {
            () = &mut reading => {
                let _ = post.happened(Happened::Ended(self.device, id));
                // What came last may still be answered by a last word.
                let _ = timeout(LAST_WORDS, writing).await;
                return;
            }
            () = &mut writing => {
                // A connection that is closed while something is unread is cut off at once, and the
                // other end may never read what was said last.
                let _ = timeout(LAST_WORDS, reading).await;
            }
            () = end => {}
        }
        let _ = post.happened(Happened::Ended(self.device, id));
    }
}

fn prepare(stream: &TcpStream) -> io::Result<SocketAddr> {
    stream.set_nodelay(true)?;
    stream.peer_addr()
}

/// Reads frames until the peer ends, or breaks a limit.
async fn read(mut reader: impl AsyncRead + Unpin, device: DeviceId, id: ConnectionId, post: &Post) {
    let unread = Arc::new(Semaphore::new(MOST_UNREAD));
    loop {
        let Ok(length) = reader.read_u32().await else {
            return;
        };
        let length = length as usize;
        // Its length alone is enough to know: nothing is reserved, and the empty frame that is
        // handed on in its place ends the connection.
        let damaged = length == 0 || length > MOST_FRAME_BYTES;
        let mut body = Vec::new();
        if !damaged {
            let mut frame = (&mut reader).take(length as u64);
            if !matches!(frame.read_to_end(&mut body).await, Ok(read) if read == length) {
                return;
            }
        }
        let cost = u32::try_from(FRAME_COSTS + body.len()).unwrap_or(u32::MAX);
        let Ok(room) = Arc::clone(&unread).acquire_many_owned(cost).await else {
            return;
        };
        let frame = Carried {
            device,
            id,
            body,
            _room: room,
        };
        if post.frame(frame).is_err() {
            return;
        }
        if damaged {
            // What else was sent is taken from the connection and thrown away, until the last word
            // is written: closed with something unread, it would be cut off, and that word lost.
            let _ = tokio::io::copy(&mut reader, &mut tokio::io::sink()).await;
            return;
        }
    }
}

/// Writes what waits until nothing will come any more.
async fn write(mut writer: impl AsyncWrite + Unpin, outbox: &Outbox) {
    while let Some(bytes) = outbox.next().await {
        if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
            return;
        }
    }
    let _ = writer.shutdown().await;
}
