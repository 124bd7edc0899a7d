//! Who may ask, how, and how strict a browser is with the answer.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Refusal;
use super::guest_pages::is_guest_place;
use crate::problem::Problem;

/// The longest path and query, in bytes.
const LONGEST_ADDRESS: usize = 4_096;

/// Everything from our own origin, nothing from anywhere else, no inline scripts or styles.
/// WebAssembly is our own too: what reads codes in a browser is.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
                      style-src 'self'; font-src 'self'; img-src 'self' blob: data:; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For guests' pages: forms too, and still nothing from anywhere else.
const GUEST_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                            font-src 'self'; img-src 'self'; form-action 'self'; \
                            base-uri 'none'; frame-ancestors 'none'";

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

/// The name under which guests come, where it is another than the machine's own.
#[derive(Debug, Clone, Default)]
pub(super) struct GuestHost(Arc<RwLock<Option<String>>>);

impl GuestHost {
    /// Guests come to this address from now on, such as `https://rsvp.example.org`.
    pub(super) fn set(&self, address: Option<&str>) {
        let host = address
            .and_then(|address| address.split_once("://"))
            .map(|(_, host)| host.trim_end_matches('/').to_owned());
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = host;
    }

    /// Whether a request came for guests by that name; where a port is left out, it may be said.
    fn names(&self, request: &Request) -> bool {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some(own) = kept.as_deref() else {
            return false;
        };
        let usual = [format!("{own}:443"), format!("{own}:80")];
        let mut known = vec![own.to_owned()];
        if !has_port(own) {
            known.extend(usual);
        }
        AllowedHosts(known).allow(request)
    }
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// By which names a listener is asked, and for what.
#[derive(Debug)]
pub(super) struct Gatepost {
    pub(super) hosts: AllowedHosts,
    /// By this name guests' pages are answered, and nothing else.
    pub(super) guests: GuestHost,
}

fn check(gatepost: &Gatepost, request: &Request) -> Result<(), Problem> {
    let guest = is_guest_place(request.uri().path());
    let known = gatepost.hosts.allow(request) || (guest && gatepost.guests.names(request));
    if !known {
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
    // No cookie goes with guests' pages: whoever has the link may answer, from wherever they come;
    // and mail programs post there to unsubscribe.
    if !guest && !is_same_site(request) {
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
    State(gatepost): State<Arc<Gatepost>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let (api, guest) = (path.starts_with("/api"), is_guest_place(path));
    let pictured = path.starts_with("/o/");
    let mut response = match check(&gatepost, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => Refusal::from(problem).into_response(),
    };
    let failed = !response.status().is_success();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    if guest {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(GUEST_POLICY),
        );
        headers.insert(
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex, nofollow"),
        );
    }
    if pictured {
        // Messages are read on pages of others.
        headers.insert(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        );
    }
    let kept = guest && headers.contains_key(header::CACHE_CONTROL);
    if api || failed || (guest && !kept) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
