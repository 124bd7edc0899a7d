//! What a gate is given ahead, for when the office is away.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{DeviceId, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer};
use super::given::{Body, Id};
use super::scanners::{ScannerSettings, check_same, settings, who};
use crate::problem::Problem;
use crate::reserve::{HandedOut, SparePlace, WalkInTicket};

/// The largest request, in bytes.
const LARGEST: usize = 1 << 20;

/// Routes whose answers hold secrets.
pub(super) fn secret_router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(fill_reserve))
        .layer(DefaultBodyLimit::max(LARGEST))
}

/// A ticket that a gate gave to somebody while the office was away.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandedTicket {
    ticket: TicketId,
    /// Who they are.
    name: String,
}

/// What a gate asks to be given ahead.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ReserveBody {
    /// Public keys for spare gates, SubjectPublicKeyInfo DER as base64 (Ed25519).
    keys: Vec<String>,
    /// Whom it gave tickets that it had ahead.
    handed: Vec<HandedTicket>,
}

/// A place for a spare gate.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SpareAnswer {
    scanner_id: DeviceId,
    /// Its credential.
    credentials: String,
    /// Its key, as it was asked for.
    public_key: String,
    /// Its certificate, then the authority's; each DER as base64.
    certificates: Vec<String>,
    settings: ScannerSettings,
}

/// A ticket for somebody who comes without one.
#[derive(Debug, Serialize, ToSchema)]
struct WalkInAnswer {
    ticket: TicketId,
    number: u32,
    /// What its code says.
    code: String,
}

/// What a gate has ahead.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReserveAnswer {
    spares: Vec<SpareAnswer>,
    walk_ins: Vec<WalkInAnswer>,
    /// Until when it may give them away, UTC ms.
    until: i64,
}

/// Gives a gate ahead what its settings say: places for spare gates, tickets for people without one.
#[utoipa::path(post, path = "/api/scanners/{id}/reserve", tag = "scanners",
    security(("scanner" = [])), params(("id" = DeviceId, Path)), request_body = ReserveBody,
    responses((status = 200, body = ReserveAnswer)))]
async fn fill_reserve(
    State(door): At,
    headers: HeaderMap,
    Id(id): Id<DeviceId>,
    Body(given): Body<ReserveBody>,
) -> Answer<ReserveAnswer> {
    answer(door, move |door| {
        let (home, row) = who(door, &headers)?;
        check_same(Some(id), &row)?;
        let keys = given
            .keys
            .iter()
            .map(|key| read_key(key))
            .collect::<Result<Vec<_>, _>>()?;
        let handed: Vec<HandedOut> = given
            .handed
            .into_iter()
            .map(|handed| HandedOut {
                ticket: handed.ticket,
                name: handed.name,
            })
            .collect();
        let filled = home.fill_reserve(&row, &keys, &handed)?;
        Ok(ReserveAnswer {
            spares: filled
                .spares
                .into_iter()
                .map(|spare| told(&home, spare))
                .collect::<Result<_, _>>()?,
            walk_ins: filled
                .walk_ins
                .into_iter()
                .map(WalkInAnswer::from)
                .collect(),
            until: filled.until,
        })
    })
    .await
}

fn read_key(key: &str) -> Result<Vec<u8>, Problem> {
    STANDARD.decode(key).map_err(|_| {
        Problem::from(FieldErrors(vec![FieldError::new(
            "keys",
            "key_unusable",
            "give the keys as base64",
        )]))
    })
}

fn told(home: &crate::home::EventHome, spare: SparePlace) -> Result<SpareAnswer, Problem> {
    Ok(SpareAnswer {
        scanner_id: spare.device.id,
        credentials: spare.credential,
        public_key: STANDARD.encode(&spare.device.public_key),
        certificates: spare.chain.iter().map(|der| STANDARD.encode(der)).collect(),
        settings: settings(home, &spare.device)?,
    })
}

impl From<WalkInTicket> for WalkInAnswer {
    fn from(ticket: WalkInTicket) -> Self {
        Self {
            ticket: ticket.id,
            number: ticket.number,
            code: ticket.code,
        }
    }
}
