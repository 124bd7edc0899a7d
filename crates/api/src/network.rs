//! The office on the local network: whether other machines may come, and at which addresses.

use std::net::IpAddr;

use axum::Router;

use crate::authority::ListenerIdentity;
use crate::problem::Problem;
use crate::routes::AllowedHosts;
use crate::workspace::Workspace;

/// The port that other machines come to unless a person names another.
pub const USUAL_PORT: u16 = 8443;

/// Where other machines reach this one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    /// Names such as `desk.local`, the best first.
    pub names: Vec<String>,
    /// Addresses that the names may stand for.
    pub addresses: Vec<IpAddr>,
}

impl Addresses {
    /// All of them as a certificate and a browser write them.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let addresses = self.addresses.iter().map(|address| match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        });
        self.names.iter().cloned().chain(addresses).collect()
    }
}

/// Listens for other machines over TLS; the program that runs the office brings it.
pub trait Network: Send + Sync + std::fmt::Debug {
    /// By what this machine goes on the network now.
    fn addresses(&self) -> Addresses;
    /// The port that is listened on; none while it is off.
    fn port(&self) -> Option<u16>;
    /// Listens on `port` of every interface and hands what comes to `router`.
    fn start(&self, router: Router, identity: ListenerIdentity, port: u16) -> Result<(), Problem>;
    /// Stops listening; requests under way may end.
    fn stop(&self);
}

/// Names and addresses of this machine that the workspace's authority vouches for, as in the
/// certificate.
fn own_names(addresses: &Addresses) -> Vec<String> {
    let mut own: Vec<String> = vec!["localhost".into(), "127.0.0.1".into(), "::1".into()];
    own.extend(addresses.names.iter().cloned());
    own.extend(addresses.addresses.iter().map(IpAddr::to_string));
    own
}

impl Workspace {
    /// Lets other machines in through `network`, with the router that `make` builds for the hosts;
    /// refused while nobody has an account, because anybody could make the first. The choice is
    /// kept, so that [`Self::kept_network`] tells it at the next start.
    pub fn open_network(
        &self,
        network: &dyn Network,
        make: impl FnOnce(AllowedHosts) -> Router,
        port: u16,
    ) -> Result<(), Problem> {
        if !self.has_accounts()? {
            return Err(Problem::new(
                "account_needed",
                "nobody has an account yet, so anybody on the network could make the first; \
                 protect this office with an account, then let others in",
            ));
        }
        network.stop();
        let addresses = network.addresses();
        let identity = self.listener_identity(&own_names(&addresses))?;
        let router = make(AllowedHosts::network(&addresses.hosts(), port));
        network.start(router, identity, port)?;
        Ok(self.file().set_network_port(Some(port))?)
    }

    /// Lets other machines in no more.
    pub fn close_network(&self, network: &dyn Network) -> Result<(), Problem> {
        network.stop();
        Ok(self.file().set_network_port(None)?)
    }

    /// The port that other machines were let in at when the program ended.
    pub fn kept_network(&self) -> Result<Option<u16>, Problem> {
        Ok(self.file().network_port()?)
    }
}
