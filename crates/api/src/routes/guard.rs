//! Who may ask, how, and how strict a browser is with the answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Refusal;
use crate::problem::Problem;

/// The longest path and query, in bytes.
const LONGEST_ADDRESS: usize = 4_096;

/// Everything from our own origin, nothing from anywhere else, no inline scripts or styles.
/// WebAssembly is our own too: what reads codes in a browser is.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
                      style-src 'self'; font-src 'self'; img-src 'self' blob: data:; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The names under which this machine may be asked.
///
/// A browser that was led here by a name of somebody else's (DNS rebinding) says that name in its
/// `Host` header; only the machine's own names for itself are answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHosts(Vec<String>);

impl AllowedHosts {
    /// `localhost`, `127.0.0.1` and `[::1]` at `port`; without the port too where it is 80, which
    /// browsers leave out.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        let names = ["localhost", "127.0.0.1", "[::1]"];
        let mut hosts: Vec<String> = names.iter().map(|name| format!("{name}:{port}")).collect();
        if port == 80 {
            hosts.extend(names.map(str::to_owned));
        }
        Self(hosts)
    }

    /// These names at `port`, beside the machine's own for itself; for an office on the network.
    #[must_use]
    pub fn network(names: &[String], port: u16) -> Self {
        let Self(mut hosts) = Self::loopback(port);
        for name in names {
            hosts.push(format!("{name}:{port}"));
            if port == 443 || port == 80 {
                hosts.push(name.clone());
            }
        }
        Self(hosts)
    }

    fn allow(&self, request: &Request) -> bool {
        let known = |host: &str| self.0.iter().any(|own| own.eq_ignore_ascii_case(host));
        let mut named = request.headers().get_all(header::HOST).iter();
        // A request line may name a host of its own; it must not say another. In HTTP/2 it is the
        // only one that does (RFC 9113, 8.3.1).
        let line = request.uri().authority().map(|a| known(a.as_str()));
        match (named.next(), named.next()) {
            (Some(host), None) => host.to_str().is_ok_and(known) && line.unwrap_or(true),
            (None, None) => line.unwrap_or(false),
            _ => false,
        }
    }
}

fn check(hosts: &AllowedHosts, request: &Request) -> Result<(), Problem> {
    if !hosts.allow(request) {
        return Err(Problem::new(
            "host_not_allowed",
            "this office does not go by that name; open it at the address that Gatehouse printed",
        ));
    }
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |p| p.as_str().len());
    if length > LONGEST_ADDRESS {
        return Err(Problem::new(
            "address_too_long",
            format!("shorten the address to {LONGEST_ADDRESS} bytes"),
        ));
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let headers = request.headers();
        let empty = headers
            .get(header::CONTENT_LENGTH)
            .is_none_or(|length| length.as_bytes() == b"0");
        if !empty || headers.contains_key(header::TRANSFER_ENCODING) {
            return Err(Problem::new("body_not_wanted", "ask without a body"));
        }
        return Ok(());
    }
    if !is_same_site(request) {
        return Err(Problem::new(
            "origin_not_allowed",
            "a page of another site asked for this; nothing was done",
        ));
    }
    Ok(())
}

/// Whether a change is asked for by our own pages, or by a program that is no browser.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin` alone.
fn is_same_site(request: &Request) -> bool {
    let headers = request.headers();
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let named = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .map(|(_, name)| name);
    matches!((named, host), (Some(a), Some(b)) if a.eq_ignore_ascii_case(b))
}

/// Turns away what must not be answered, and makes browsers strict with every answer.
pub(super) async fn guard(
    State(hosts): State<Arc<AllowedHosts>>,
    request: Request,
    next: Next,
) -> Response {
    let api = request.uri().path().starts_with("/api");
    let mut response = match check(&hosts, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => Refusal::from(problem).into_response(),
    };
    let failed = !response.status().is_success();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    if api || failed {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
