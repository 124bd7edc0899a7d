//! Short messages: SMS, WhatsApp and the like, through whatever provider speaks HTTP.

mod segments;

use std::fmt;
use std::io::Read;
use std::net::IpAddr;
use std::time::Duration;

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::smtp::{Of, Receipt, SendError};
use crate::text::{bounded, one_line};
pub use segments::{Segments, segments};

/// The most of a provider's answer that is read, in bytes.
const LARGEST_ANSWER: u64 = 64 * 1024;
/// The longest text of one message, in characters.
pub const LONGEST_TEXT: usize = 4096;
/// The largest part of a gateway's settings, in bytes.
const LARGEST_SETTING: usize = 16 * 1024;

/// A way to send short messages.
pub trait Channel: Send + Sync {
    /// Sends `text` to a number; `reference` is ours, for the provider to give back and to tell
    /// a repeated request by. Blocks.
    ///
    /// # Errors
    ///
    /// Each says what is known of the message, as for mail.
    fn send(&self, to: &str, text: &str, reference: &str) -> Result<Receipt, SendError>;
}

/// How the values in a request's body are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// JSON: `{"to": {{ to }}, "text": {{ text }}}`; values bring their own quotes.
    Json,
    /// A form: `To={{ to }}&Body={{ text }}`; values are percent-encoded.
    Form,
}

/// A provider, as its manual describes its request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewaySettings {
    /// `POST`, `PUT` or `GET`.
    pub method: String,
    /// Where to; `https`, or this same machine. Values in it are percent-encoded.
    pub url: String,
    /// Headers, by name and value; values may name `secret`.
    pub headers: Vec<(String, String)>,
    /// The body, with `to`, `text`, `reference` and `from`.
    pub body: String,
    /// How values in the body are written.
    pub body_kind: BodyKind,
    /// The sender that the provider knows.
    pub from: String,
    /// A place in the answer (JSON pointer, RFC 6901) that has to hold `success_value`; empty
    /// where the status alone says it.
    pub success_pointer: String,
    /// What has to stand there.
    pub success_value: String,
    /// The place of the message's id in the answer; empty for none.
    pub id_pointer: String,
    /// The place of the reason in an answer that refuses; empty for none.
    pub reason_pointer: String,
    /// How long the provider may take, in seconds: 1 to 120.
    pub patience_seconds: u64,
}

/// Why a gateway can't be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// The address is none that messages may be sent to.
    #[error("the gateway's address has to begin with https://")]
    Address,
    /// A method that gateways don't take.
    #[error("the method has to be POST, PUT or GET")]
    Method,
    /// A header that can't be.
    #[error("the header `{0}` can't be sent")]
    Header(String),
    /// A part with tags that can't be read, or too large.
    #[error("the {part} can't be read: {text}")]
    Template {
        /// Which part.
        part: &'static str,
        /// What is wrong.
        text: String,
    },
    /// No connection can be made at all.
    #[error("no connection can be made: {0}")]
    Machine(String),
}

impl GatewayError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address => "gateway_address",
            Self::Method => "gateway_method",
            Self::Header(_) => "gateway_header",
            Self::Template { .. } => "gateway_template",
            Self::Machine(_) => "machine",
        }
    }
}

/// A provider that is reached by HTTP.
pub struct HttpGateway {
    settings: GatewaySettings,
    environment: Environment<'static>,
    secret: crate::net::Secret,
    client: reqwest::blocking::Client,
}

impl fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpGateway")
            .field("url", &self.settings.url)
            .finish_non_exhaustive()
    }
}

impl HttpGateway {
    /// A gateway; `secret` is the key or password that its headers name.
    ///
    /// # Errors
    ///
    /// When the settings can't be a request.
    pub fn new(
        settings: GatewaySettings,
        secret: crate::net::Secret,
    ) -> Result<Self, GatewayError> {
        if !is_safe_url(&settings.url) {
            return Err(GatewayError::Address);
        }
        if !["POST", "PUT", "GET"].contains(&settings.method.as_str()) {
            return Err(GatewayError::Method);
        }
        for (name, value) in &settings.headers {
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
            if !is_name || value.bytes().any(|b| b.is_ascii_control()) {
                return Err(GatewayError::Header(
                    bounded(&one_line(name), 80).to_owned(),
                ));
            }
        }
        let mut environment = Environment::empty();
        environment.set_fuel(Some(20_000));
        environment.set_recursion_limit(20);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| match name {
            "body.json" => AutoEscape::Json,
            "headers" => AutoEscape::None,
            _ => AutoEscape::Custom("form".into()),
        });
        environment.set_formatter(|out, state, value| match state.auto_escape() {
            AutoEscape::Custom(_) => out
                .write_str(&form_escape(&value.to_string()))
                .map_err(Into::into),
            _ => minijinja::escape_formatter(out, state, value),
        });
        let body = match settings.body_kind {
            BodyKind::Json => "body.json",
            BodyKind::Form => "body.form",
        };
        for (part, name, source) in [
            ("address", "url", &settings.url),
            ("body", body, &settings.body),
        ] {
            let wrong = |text: String| GatewayError::Template { part, text };
            if source.len() > LARGEST_SETTING {
                return Err(wrong("it is too long".to_owned()));
            }
            environment
                .add_template_owned(name, source.clone())
                .map_err(|error| wrong(bounded(&error.to_string(), 300).to_owned()))?;
        }
        let patience = Duration::from_secs(settings.patience_seconds.clamp(1, 120));
        let client = http_client(patience).map_err(GatewayError::Machine)?;
        Ok(Self {
            settings,
            environment,
            secret,
            client,
        })
    }

    fn fill_in(&self, name: &str, values: &Value) -> Result<String, SendError> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render(values.clone()))
            .map_err(|error| SendError::Refused {
                of: Of::Sender,
                code: 0,
                enhanced: None,
                text: format!("the gateway's settings can't be filled in: {error}"),
            })
    }
}

impl Channel for HttpGateway {
    fn send(&self, to: &str, text: &str, reference: &str) -> Result<Receipt, SendError> {
        let refuse = |of, text: &str| {
            Err(SendError::Refused {
                of,
                code: 0,
                enhanced: None,
                text: text.to_owned(),
            })
        };
        let Some(to) = phone_number(to) else {
            return refuse(
                Of::Recipient,
                "the number is not one in the international form",
            );
        };
        if text.is_empty() || text.chars().count() > LONGEST_TEXT {
            return refuse(Of::Content, "the text is empty or too long");
        }
        let settings = &self.settings;
        let values = Value::from(minijinja::value::Serde(json!({
            "to": to,
            "text": text,
            "reference": reference,
            "from": settings.from,
            "secret": self.secret.text(),
        })));
        let url = self.fill_in("url", &values)?;
        // A value that became part of the host would lead elsewhere.
        if !is_safe_url(&url) {
            return refuse(Of::Sender, "the gateway's address is none that is safe");
        }
        let kind = match settings.body_kind {
            BodyKind::Json => ("body.json", "application/json"),
            BodyKind::Form => ("body.form", "application/x-www-form-urlencoded"),
        };
        let body = self.fill_in(kind.0, &values)?;
        let mut request = match settings.method.as_str() {
            "GET" => self.client.get(&url),
            "PUT" => self
                .client
                .put(&url)
                .header("content-type", kind.1)
                .body(body),
            _ => self
                .client
                .post(&url)
                .header("content-type", kind.1)
                .body(body),
        };
        for (name, value) in &settings.headers {
            let value = value
                .replace("{{ secret }}", self.secret.text())
                .replace("{{secret}}", self.secret.text());
            request = request.header(name, value);
        }
        let answer = request.send().map_err(|error| {
            let text = why(&error);
            if error.is_connect() || error.is_builder() {
                SendError::Unreachable {
                    code: "gateway_silent",
                    text,
                }
            } else {
                // The request may have been read before the answer was lost.
                SendError::Unknown { text }
            }
        })?;
        let status = answer.status().as_u16();
        let mut bytes = Vec::new();
        answer
            .take(LARGEST_ANSWER)
            .read_to_end(&mut bytes)
            .map_err(|error| SendError::Unknown {
                text: error.kind().to_string(),
            })?;
        settings.judge(status, &bytes)
    }
}

impl GatewaySettings {
    /// What a provider's answer means.
    fn judge(&self, status: u16, bytes: &[u8]) -> Result<Receipt, SendError> {
        let answer: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
        let at = |pointer: &str| -> Option<String> {
            let value = (!pointer.is_empty())
                .then(|| answer.as_ref()?.pointer(pointer))
                .flatten()?;
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            Some(bounded(&one_line(&text), 300).to_owned())
        };
        let said_yes = self.success_pointer.is_empty()
            || at(&self.success_pointer).is_some_and(|value| value == self.success_value);
        if (200..300).contains(&status) && said_yes {
            let reply = at(&self.id_pointer).unwrap_or_default();
            return Ok(Receipt { reply });
        }
        let text = at(&self.reason_pointer)
            .unwrap_or_else(|| format!("the gateway answered with status {status}"));
        let (enhanced, code) = (None, status);
        Err(match status {
            408 | 425 | 429 => SendError::Later {
                of: Of::Sender,
                code,
                enhanced,
                text,
            },
            // It may have sent the message before it failed.
            500 | 502 | 504 => SendError::Unknown { text },
            503 => SendError::Later {
                of: Of::Sender,
                code,
                enhanced,
                text,
            },
            401..=405 => SendError::Refused {
                of: Of::Sender,
                code,
                enhanced,
                text,
            },
            _ => SendError::Refused {
                of: Of::Recipient,
                code,
                enhanced,
                text,
            },
        })
    }
}

/// A number in the international form (E.164), without spaces and signs; none for anything else.
#[must_use]
pub fn phone_number(text: &str) -> Option<String> {
    let mut number = String::from("+");
    let rest = text.trim().strip_prefix('+')?;
    for c in rest.chars() {
        match c {
            '0'..='9' => number.push(c),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' => {}
            _ => return None,
        }
    }
    let digits = number.len() - 1;
    ((7..=15).contains(&digits) && !number.starts_with("+0")).then_some(number)
}

/// Whether secrets may be sent there: by TLS, or within this machine.
pub(crate) fn is_safe_url(text: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(text) else {
        return false;
    };
    let host = url.host_str().unwrap_or("");
    let bare = host.trim_matches(['[', ']']);
    let is_here = host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    !host.is_empty() && (url.scheme() == "https" || (url.scheme() == "http" && is_here))
}

/// A client that follows nobody elsewhere with what it was given.
pub(crate) fn http_client(patience: Duration) -> Result<reqwest::blocking::Client, String> {
    let tls = crate::net::tls_config(None).map_err(|error| error.to_string())?;
    reqwest::blocking::Client::builder()
        .tls_backend_preconfigured(std::sync::Arc::unwrap_or_clone(tls))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(patience)
        .connect_timeout(patience)
        .user_agent("Gatehouse")
        .build()
        .map_err(|error| error.to_string())
}

/// Why a request failed, without its address, which may hold a number.
pub(crate) fn why(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    what.to_owned()
}

/// A value as it stands in a form or in an address.
pub(crate) fn form_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers() {
        assert_eq!(
            phone_number("+44 (20) 7946-0018").as_deref(),
            Some("+442079460018")
        );
        for bad in [
            "",
            "0123456789",
            "+0123456789",
            "+12",
            "+1234567890123456",
            "+44 20x",
            "+1;2345678",
        ] {
            assert_eq!(phone_number(bad), None, "{bad}");
        }
    }

    #[test]
    fn sends_secrets_by_tls_alone() {
        for good in [
            "https://sms.example.org/send",
            "http://127.0.0.1:9/x",
            "http://[::1]/x",
            "http://localhost/x",
        ] {
            assert!(is_safe_url(good), "{good}");
        }
        for bad in [
            "http://sms.example.org/",
            "ftp://127.0.0.1/",
            "sms",
            "http://127.0.0.1.example.org/",
            "",
        ] {
            assert!(!is_safe_url(bad), "{bad}");
        }
    }

    #[test]
    fn escapes_for_forms() {
        assert_eq!(form_escape("a b&c=ü+"), "a%20b%26c%3D%C3%BC%2B");
    }
}
