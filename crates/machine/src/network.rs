//! Listening for other machines: TLS over every interface, with the workspace's certificate.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use gatehouse_api::{Addresses, ListenerIdentity, Network, Problem};

/// How long open requests may go on once it is switched off.
const GRACE: Duration = Duration::from_secs(5);

/// The machine's own network.
#[derive(Debug)]
pub struct LocalNetwork {
    runtime: tokio::runtime::Handle,
    listening: Mutex<Option<Listening>>,
}

#[derive(Debug)]
struct Listening {
    port: u16,
    handle: Handle<SocketAddr>,
}

impl LocalNetwork {
    /// The network, with requests answered on `runtime`.
    #[must_use]
    pub fn new(runtime: tokio::runtime::Handle) -> Self {
        Self {
            runtime,
            listening: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Listening>> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Network for LocalNetwork {
    fn addresses(&self) -> Addresses {
        Addresses {
            names: vec![local_name()],
            addresses: address_towards_the_network().into_iter().collect(),
        }
    }

    fn port(&self) -> Option<u16> {
        self.lock().as_ref().map(|listening| listening.port)
    }

    fn start(&self, router: Router, identity: ListenerIdentity, port: u16) -> Result<(), Problem> {
        let busy = |error: std::io::Error| {
            Problem::new(
                "port_taken",
                format!("port {port} can't be listened on ({error}); choose another one"),
            )
        };
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).map_err(busy)?;
        listener.set_nonblocking(true).map_err(busy)?;
        let port = listener.local_addr().map_err(busy)?.port();
        let handle = Handle::new();
        let stopping = handle.clone();
        let _guard = self.runtime.enter();
        self.runtime.spawn(async move {
            let served = async {
                let config = RustlsConfig::from_der(identity.chain, identity.key.to_vec()).await?;
                axum_server::from_tcp_rustls(listener, config)?
                    .handle(stopping)
                    .serve(router.into_make_service_with_connect_info::<SocketAddr>())
                    .await
            };
            if let Err(error) = served.await {
                tracing::error!(%error, "listening for other machines broke off");
            }
        });
        *self.lock() = Some(Listening { port, handle });
        Ok(())
    }

    fn stop(&self) {
        if let Some(listening) = self.lock().take() {
            listening.handle.graceful_shutdown(Some(GRACE));
        }
    }
}

/// The name that other machines find this one by without a server (RFC 6762).
#[must_use]
pub fn local_name() -> String {
    let name = crate::name().to_lowercase();
    let label = name.split('.').next().unwrap_or_default();
    format!("{label}.local")
}

/// The address with which this machine would go out; nothing is sent to find it.
#[must_use]
pub fn address_towards_the_network() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    // A documentation address (RFC 5737): the route is looked up, no packet leaves.
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
