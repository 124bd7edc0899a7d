//! How a request and its answer travel between a page and the shell.
//!
//! `u32` big-endian length of the head, the head as JSON, then the body as it is: a body is never
//! put into JSON, which would cost more than the request itself.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, Uri, header};
use serde::{Deserialize, Serialize};

/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 64 << 10;

/// What a page may not say: the shell speaks for the connection, and it alone keeps cookies.
const OURS: [HeaderName; 5] = [
    header::HOST,
    header::COOKIE,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
];

/// The host that every request is for.
const HOST: HeaderValue = HeaderValue::from_static("localhost");

/// Why a frame is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    /// It ends before its head does.
    #[error("the request ends within its head")]
    Short,
    /// The head is longer than any that a page sends.
    #[error("the request's head is longer than {LONGEST_HEAD} bytes")]
    LongHead,
    /// The head is not what was agreed on.
    #[error("the request's head can't be read: {0}")]
    Head(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestHead {
    id: Option<u64>,
    method: String,
    path: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

#[derive(Serialize)]
struct ResponseHead<'a> {
    status: u16,
    headers: Vec<(&'a str, String)>,
}

/// A page's request, and the number by which it may be called off.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) id: Option<u64>,
    pub(crate) request: Request<Body>,
}

/// Reads a request out of a frame.
pub(crate) fn read_request(frame: &[u8]) -> Result<Asked, FrameError> {
    let (length, rest) = frame.split_first_chunk::<4>().ok_or(FrameError::Short)?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > LONGEST_HEAD {
        return Err(FrameError::LongHead);
    }
    let (head, body) = rest.split_at_checked(length).ok_or(FrameError::Short)?;
    let wrong = |what: &dyn std::fmt::Display| FrameError::Head(what.to_string());
    let head: RequestHead = serde_json::from_slice(head).map_err(|e| wrong(&e))?;
    let method = Method::from_bytes(head.method.as_bytes()).map_err(|e| wrong(&e))?;
    let mut request = request_to(method, &head.path)?;
    for (name, value) in &head.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| wrong(&e))?;
        let value = HeaderValue::from_str(value).map_err(|e| wrong(&e))?;
        if !OURS.contains(&name) {
            request.headers_mut().append(name, value);
        }
    }
    if !body.is_empty() {
        let length = HeaderValue::from(body.len());
        request.headers_mut().insert(header::CONTENT_LENGTH, length);
        *request.body_mut() = Body::from(Bytes::copy_from_slice(body));
    }
    Ok(Asked {
        id: head.id,
        request,
    })
}

/// A request without a body to a path on this machine.
pub(crate) fn request_to(method: Method, path: &str) -> Result<Request<Body>, FrameError> {
    let no_path = || FrameError::Head("the path does not begin with a single `/`".to_owned());
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(no_path());
    }
    let uri: Uri = path
        .parse()
        .map_err(|e: axum::http::uri::InvalidUri| FrameError::Head(e.to_string()))?;
    if uri.authority().is_some() {
        return Err(no_path());
    }
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    request.headers_mut().insert(header::HOST, HOST);
    Ok(request)
}

/// Writes an answer whose body has been gathered.
///
/// Values of headers that are no text are left out: a page could not read them either.
pub(crate) fn write_response(answer: &Response<Bytes>) -> Vec<u8> {
    let head = ResponseHead {
        status: answer.status().as_u16(),
        headers: answer
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?.to_owned())))
            .collect(),
    };
    let head = serde_json::to_vec(&head).unwrap_or_else(|_| b"{\"status\":500}".to_vec());
    let body = answer.body();
    let mut frame = Vec::with_capacity(4 + head.len() + body.len());
    // A head is a few hundred bytes.
    frame.extend_from_slice(&(head.len() as u32).to_be_bytes());
    frame.extend_from_slice(&head);
    frame.extend_from_slice(body);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(head: &str, body: &[u8]) -> Vec<u8> {
        let mut frame = (head.len() as u32).to_be_bytes().to_vec();
        frame.extend_from_slice(head.as_bytes());
        frame.extend_from_slice(body);
        frame
    }

    #[test]
    fn a_request_arrives_as_the_page_made_it() {
        let asked = read_request(&frame(
            r#"{"id":7,"method":"POST","path":"/api/events?a=b%20c","headers":[["Content-Type","text/csv"],["host","elsewhere"],["Cookie","a=b"]]}"#,
            b"\x00\xff",
        ))
        .expect("a request");
        assert_eq!(asked.id, Some(7));
        let request = asked.request;
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri(), "/api/events?a=b%20c");
        assert_eq!(request.headers()[header::HOST], "localhost");
        assert_eq!(request.headers()[header::CONTENT_TYPE], "text/csv");
        assert_eq!(request.headers()[header::CONTENT_LENGTH], "2");
        assert!(!request.headers().contains_key(header::COOKIE));
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let cases: [(Vec<u8>, &str); 9] = [
            (vec![], "ends within"),
            (vec![0, 0, 0], "ends within"),
            (vec![0, 0, 0, 9, b'{'], "ends within"),
            (vec![255, 255, 255, 255], "longer than"),
            (frame("{", b""), "can't be read"),
            (frame(r#"{"method":"GET"}"#, b""), "missing field"),
            (frame(r#"{"method":"G T","path":"/"}"#, b""), "method"),
            (
                frame(r#"{"method":"GET","path":"https://a.example/"}"#, b""),
                "single `/`",
            ),
            (
                frame(r#"{"method":"GET","path":"//a.example/"}"#, b""),
                "single `/`",
            ),
        ];
        for (bytes, said) in cases {
            let error = read_request(&bytes).expect_err(said).to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn an_answer_is_written_with_its_head_first() {
        let mut answer = Response::new(Bytes::from_static(b"{}"));
        answer
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("a/b"));
        let bytes = write_response(&answer);
        let head = br#"{"status":200,"headers":[["content-type","a/b"]]}"#;
        assert_eq!(bytes[..4], (head.len() as u32).to_be_bytes());
        assert_eq!(&bytes[4..4 + head.len()], head);
        assert_eq!(&bytes[4 + head.len()..], b"{}");
    }
}
