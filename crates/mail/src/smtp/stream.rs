//! A connection that remembers whose turn it is.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::Wire;

/// Who is to speak: us, or the server, once all that we had to say was written.
///
/// The library writes a letter to its end, flushes it, and only then begins to read. So a
/// connection that breaks before anything was read has not carried the whole letter.
#[derive(Debug, Default)]
pub(super) struct Turn {
    servers: AtomicBool,
}

impl Turn {
    pub(super) fn begin_letter(&self) {
        self.servers.store(false, Ordering::SeqCst);
    }

    pub(super) fn is_servers(&self) -> bool {
        self.servers.load(Ordering::SeqCst)
    }
}

/// The greeting of a server that greeted before the connection was encrypted.
const GREETED: &[u8] = b"220 greeted before\r\n";

#[derive(Debug)]
pub(super) struct Watched {
    wire: Wire,
    turn: Arc<Turn>,
    greeting: &'static [u8],
}

impl Watched {
    pub(super) fn new(wire: Wire, turn: Arc<Turn>, was_greeted: bool) -> Self {
        Self {
            wire,
            turn,
            greeting: if was_greeted { GREETED } else { &[] },
        }
    }
}

impl AsyncTokioStream for Watched {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.wire {
            Wire::Clear(stream) => stream.peer_addr(),
            Wire::Tls(stream) => stream.get_ref().0.peer_addr(),
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.turn.servers.store(true, Ordering::SeqCst);
        if !self.greeting.is_empty() {
            let length = self.greeting.len().min(buffer.remaining());
            buffer.put_slice(&self.greeting[..length]);
            self.greeting = &self.greeting[length..];
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.wire).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.wire).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.wire).poll_shutdown(context)
    }
}
