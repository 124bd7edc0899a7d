//! Versions in headers: `ETag` with what was read, `If-Match` with what is written.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An answer with the version of what it tells.
pub(super) struct Versioned<T> {
    pub(super) version: String,
    pub(super) body: T,
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", self.version)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The version that the person saw, where the request says one.
pub(super) struct IfMatch(pub(super) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let said = parts
            .headers
            .get(header::IF_MATCH)
            .and_then(|tag| tag.to_str().ok())
            .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
            .filter(|tag| *tag != "*")
            .map(str::to_owned);
        Ok(Self(said))
    }
}
