//! The same request sent twice is one request: `Idempotency-Key` on everything that creates.
//!
//! The first answer to a key is kept for a day with the account that asked, and given again to the
//! same request. Only a crash between the write and the keeping of its answer can let a repeated
//! request through.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use gatehouse_store::workspace::ReplyRow;
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use super::door::Door;
use super::refusal::Refusal;
use super::signed::Asking;
use crate::problem::Problem;

const HEADER: &str = "idempotency-key";
/// How long an answer is kept, in milliseconds.
const KEPT_MS: i64 = 24 * 3_600_000;
/// The largest body and answer that are compared and kept, in bytes.
const LARGEST: usize = 1 << 20;

/// Keys whose first request is still being answered.
#[derive(Debug, Default)]
pub(super) struct InFlight(Mutex<HashSet<[u8; 32]>>);

/// One key's place in [`InFlight`], free again when dropped.
struct Taken<'d>(&'d InFlight, [u8; 32]);

impl InFlight {
    fn take(&self, key: [u8; 32]) -> Option<Taken<'_>> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key).then_some(Taken(self, key))
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut keys = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.1);
    }
}

/// Answers a repeated request with the first one's answer.
pub(super) async fn once(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let key = request.headers().get(HEADER).cloned();
    match key {
        Some(key) if *request.method() == Method::POST => answer_once(&door, &key, request, next)
            .await
            .into_response(),
        _ => next.run(request).await,
    }
}

async fn answer_once(
    door: &Arc<Door>,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let asking = Asking::from_request_parts(&mut parts, &()).await?;
    let Some(person) = asking.known() else {
        // Nobody's requests are not told apart; the route refuses them anyway, or is public.
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    if key.is_empty() || key.len() > 200 {
        return Err(Problem::new(
            "idempotency_key_invalid",
            "give an Idempotency-Key of 1 to 200 characters",
        )
        .into());
    }
    let large = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
        .is_none_or(|length| length > LARGEST);
    if large {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    }
    let body = collect(body).await?;
    let named: [u8; 32] = Sha256::new()
        .chain_update(person.signed.account.id.as_bytes())
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    let asked: [u8; 32] = Sha256::new()
        .chain_update(parts.uri.to_string())
        .chain_update([0])
        .chain_update(&body)
        .finalize()
        .into();
    let Some(taken) = door.in_flight.take(named) else {
        return Err(Problem::new(
            "request_in_flight",
            "the same request is being answered now; ask again in a moment",
        )
        .into());
    };
    let now = door.workspace.surroundings().now();
    let kept = super::door::blocking(Arc::clone(door), move |door| {
        Ok(door.workspace.file().reply(named, now - KEPT_MS)?)
    })
    .await?;
    if let Some(kept) = kept {
        if kept.request_hash != asked {
            return Err(Problem::new(
                "idempotency_key_reused",
                "this Idempotency-Key was used for another request; give each its own",
            )
            .into());
        }
        let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
        let mut response = (status, Bytes::from(kept.body)).into_response();
        if let Ok(kind) = HeaderValue::from_str(&kept.content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
        }
        response
            .headers_mut()
            .insert("idempotency-replayed", HeaderValue::from_static("true"));
        return Ok(response);
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = collect(body).await?;
    let row = ReplyRow {
        key: named,
        request_hash: asked,
        at: now,
        status: parts.status.as_u16(),
        content_type: parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or("application/json")
            .to_owned(),
        body: body.to_vec(),
    };
    super::door::blocking(Arc::clone(door), move |door| {
        Ok(door.workspace.file().keep_reply(&row, now - KEPT_MS)?)
    })
    .await?;
    drop(taken);
    Ok(Response::from_parts(parts, Body::from(body)))
}

async fn collect(body: Body) -> Result<Bytes, Refusal> {
    http_body_util::Limited::new(body, LARGEST)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .map_err(|_| Problem::new("body_too_large", "this is more than the route takes").into())
}
