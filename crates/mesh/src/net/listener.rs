//! Listening: whoever comes proves who they are, or is gone.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};

use super::Shared;
use super::connection::Proved;
use super::dialler::SEND_BUFFER;
use super::engine::Post;
use super::steady::Steady;
use super::tls::Tls;
use super::turnstile::Turnstile;

/// Connections that the kernel keeps for us.
const BACKLOG: u32 = 256;

/// Opens the listener. Its runtime has to be entered.
pub(super) fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A gate that starts again finds its port free; on Windows that would let others take it.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Leaves the turnstile however the handshake ends.
struct Inside {
    turnstile: Arc<Mutex<Turnstile>>,
    address: IpAddr,
}

impl Drop for Inside {
    fn drop(&mut self) {
        let mut turnstile = self
            .turnstile
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        turnstile.leave(self.address);
    }
}

/// Accepts until the mesh ends.
pub(super) async fn listen(
    listener: TcpListener,
    tls: Tls,
    post: Post,
    steady: Steady,
    shared: Arc<Shared>,
) {
    let turnstile = Arc::new(Mutex::new(Turnstile::new()));
    loop {
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, most likely: others have to go first.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let entered = {
            let mut turnstile = turnstile.lock().unwrap_or_else(PoisonError::into_inner);
            turnstile.enter(address.ip(), steady.now())
        };
        let Some(entered) = entered else {
            shared.refuse();
            continue;
        };
        let inside = Inside {
            turnstile: Arc::clone(&turnstile),
            address: entered,
        };
        let (tls, post, shared) = (tls.clone(), post.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            let proved = Proved::accept(&tls, stream).await;
            drop(inside);
            match proved {
                Ok(proved) => proved.carry(post).await,
                Err(error) => {
                    shared.refuse();
                    tracing::debug!(%address, %error, "a stranger was refused");
                }
            }
        });
    }
}
