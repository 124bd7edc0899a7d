//! The office on the local network: switched on and off, and what other devices are told to trust.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Body, wrong_query};
use super::refusal::Refusal;
use super::signed::{By, ManageWorkspace, ReadEvents};
use crate::mesh::MeshPlace;
use crate::network::{Network, USUAL_PORT};
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(show_network, set_network))
        .routes(routes!(show_authority))
}

/// The office on the network.
#[derive(Debug, Serialize, ToSchema)]
struct NetworkAnswer {
    /// Whether this program can let other machines in.
    available: bool,
    /// Whether it does.
    on: bool,
    /// The port that it listens on, or would.
    port: u16,
    /// Where other machines open the office, the best first; empty while it is off.
    addresses: Vec<String>,
    /// SHA-256 of the authority's certificate, for a person to compare: pairs of hexadecimal digits.
    fingerprint: String,
}

/// How the network is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NetworkWanted {
    on: bool,
    /// The port; 8443 when absent.
    #[serde(default)]
    port: Option<u16>,
}

fn tell(door: &Door) -> Result<NetworkAnswer, Problem> {
    let port = door.network.as_deref().and_then(Network::port);
    let addresses = door.network_addresses().into_iter();
    let addresses = addresses.map(|address| format!("{address}/")).collect();
    let kept = door.workspace.kept_network()?;
    let fingerprint = Sha256::digest(door.workspace.authority_der()?);
    let pairs: Vec<String> = fingerprint.iter().map(|b| format!("{b:02X}")).collect();
    Ok(NetworkAnswer {
        available: door.network.is_some(),
        on: port.is_some(),
        port: port.or(kept).unwrap_or(USUAL_PORT),
        addresses,
        fingerprint: pairs.join(":"),
    })
}

/// Whether other machines are let in, and where.
#[utoipa::path(get, path = "/api/network", tag = "network",
    security(("account" = ["read_events"])), responses((status = 200, body = NetworkAnswer)))]
async fn show_network(State(door): At, _: By<ReadEvents>) -> Answer<NetworkAnswer> {
    answer(door, tell).await
}

/// Lets other machines in over TLS, or no more. From then on everybody signs in.
#[utoipa::path(put, path = "/api/network", tag = "network",
    security(("account" = ["manage_workspace"])), request_body = NetworkWanted,
    responses((status = 200, body = NetworkAnswer)))]
async fn set_network(
    State(door): At,
    _: By<ManageWorkspace>,
    Body(wanted): Body<NetworkWanted>,
) -> Answer<NetworkAnswer> {
    let own = Arc::clone(&door);
    answer(door, move |door| {
        let network = door.network.as_deref().ok_or_else(|| {
            Problem::new(
                "network_unavailable",
                "this program does not listen for others itself; use `gatehouse serve --tls`",
            )
        })?;
        if wanted.on {
            let port = wanted.port.unwrap_or(USUAL_PORT);
            if port == 0 {
                return Err(wrong_query(
                    "port",
                    "port_invalid",
                    "give a port from 1 to 65535".to_owned(),
                ));
            }
            own.listen(port)?;
        } else {
            door.workspace.close_network(network)?;
            own.meet_at(None);
        }
        tell(door)
    })
    .await
}

impl Door {
    /// Where other machines open this office, the best first and without a slash at the end: over
    /// the network that the program brought, or where it said that it listens.
    pub(super) fn addresses(&self) -> Vec<String> {
        match self.network_addresses() {
            none if none.is_empty() => self.listens_at.get().cloned().unwrap_or_default(),
            addresses => addresses,
        }
    }

    fn network_addresses(&self) -> Vec<String> {
        let port = self.network.as_deref().and_then(Network::port);
        match (&self.network, port) {
            (Some(network), Some(port)) => network
                .addresses()
                .hosts()
                .iter()
                .map(|host| format!("https://{host}:{port}"))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Lets other machines in through the network that the program brought.
    pub(super) fn listen(self: &Arc<Self>, port: u16) -> Result<(), Problem> {
        let Some(network) = &self.network else {
            return Ok(());
        };
        let make = |hosts| super::router(Arc::clone(self), hosts);
        self.workspace.open_network(network.as_ref(), make, port)?;
        let place = MeshPlace::on_the_network(network.addresses().hosts());
        self.meet_at(Some(&place));
        Ok(())
    }
}

/// The certificate of the workspace's authority: whoever trusts it reaches this office and its gates
/// without a warning, and nothing else.
#[utoipa::path(get, path = "/api/network/authority", tag = "network", security(()),
    responses((status = 200, content_type = "application/x-pem-file", body = String)))]
async fn show_authority(State(door): At) -> Result<Response, Refusal> {
    let pem = blocking(door, |door| door.workspace.authority_pem()).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-pem-file"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"gatehouse-authority.pem\"",
        ),
    ];
    Ok((headers, pem).into_response())
}
