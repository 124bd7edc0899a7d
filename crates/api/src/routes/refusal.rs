//! Problems as HTTP answers (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::field::FieldError;
use serde::Serialize;

use crate::problem::Problem;

/// A problem on its way out, as `application/problem+json`.
#[derive(Debug)]
pub struct Refusal(Problem);

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl Refusal {
    /// The status that goes with the problem's code.
    fn status(&self) -> StatusCode {
        match self.0.code {
            "query_invalid" | "fields_invalid" => StatusCode::BAD_REQUEST,
            "host_not_allowed" => StatusCode::FORBIDDEN,
            "event_unknown" | "route_unknown" | "page_unknown" => StatusCode::NOT_FOUND,
            "method_not_allowed" => StatusCode::METHOD_NOT_ALLOWED,
            "event_ambiguous" => StatusCode::CONFLICT,
            "body_not_wanted" => StatusCode::PAYLOAD_TOO_LARGE,
            "address_too_long" => StatusCode::URI_TOO_LONG,
            "file_busy" => StatusCode::SERVICE_UNAVAILABLE,
            "disk_full" => StatusCode::INSUFFICIENT_STORAGE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(
                code = self.0.code,
                detail = self.0.detail,
                "a request failed"
            );
        }
        let mut response = axum::Json(Body {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Problem"),
            status: status.as_u16(),
            code: self.0.code,
            detail: &self.0.detail,
            errors: &self.0.errors,
        })
        .into_response();
        *response.status_mut() = status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}
