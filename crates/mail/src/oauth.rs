//! Access tokens for mail accounts whose providers take no passwords (RFC 6749, section 6).
//!
//! Gmail and Microsoft 365 hand out a refresh token when a person consents; it buys access tokens
//! that last an hour or so. One is kept until shortly before its end.

use std::fmt;
use std::io::Read;
use std::time::Duration;

use serde::Deserialize;

use crate::net::Secret;
use crate::text::{bounded, one_line};

/// How long before its end a token is no longer used.
const MARGIN_MS: i64 = 60_000;
/// How long a token lasts whose answer does not say.
const USUAL_SECONDS: i64 = 3600;
/// The most of an answer that is read, in bytes.
const LARGEST_ANSWER: u64 = 64 * 1024;

/// Where and with what access tokens are bought.
#[derive(Debug, Clone)]
pub struct OAuthSettings {
    /// The provider's token endpoint; `https`, or this same machine.
    pub token_url: String,
    /// The application's id at the provider.
    pub client_id: String,
    /// The application's secret, where it has one.
    pub client_secret: Option<Secret>,
    /// What the person consented to.
    pub refresh_token: Secret,
    /// What the token is for, where the provider asks; empty for what was consented to.
    pub scope: String,
}

/// Why there is no access token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The address is none that secrets may be sent to.
    #[error("the token address has to begin with https://")]
    Address,
    /// The provider can't be reached.
    #[error("the provider of the account can't be reached: {0}")]
    Unreachable(String),
    /// The provider refused: `invalid_grant` means that the person has to consent again.
    #[error("the provider refused the account ({code}): {text}")]
    Refused {
        /// Its error code (RFC 6749, 5.2), such as `invalid_grant`.
        code: String,
        /// Its words, bounded.
        text: String,
    },
    /// The answer is none.
    #[error("the provider's answer holds no access token")]
    Answer,
}

impl OAuthError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Address => "oauth_address",
            Self::Unreachable(_) => "oauth_unreachable",
            Self::Refused { code, .. } if code == "invalid_grant" => "oauth_consent_again",
            Self::Refused { .. } => "oauth_refused",
            Self::Answer => "oauth_answer",
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    expires_in: Option<i64>,
    refresh_token: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Buys access tokens and keeps the last one.
pub struct Tokens {
    settings: OAuthSettings,
    client: reqwest::blocking::Client,
    kept: Option<(Secret, i64)>,
    renewed: Option<Secret>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("kept_until", &self.kept.as_ref().map(|(_, until)| until))
            .finish_non_exhaustive()
    }
}

impl Tokens {
    /// A buyer that has bought nothing yet.
    ///
    /// # Errors
    ///
    /// When the address is none that secrets may be sent to.
    pub fn new(settings: OAuthSettings) -> Result<Self, OAuthError> {
        if !crate::channel::is_safe_url(&settings.token_url) {
            return Err(OAuthError::Address);
        }
        let client = crate::channel::http_client(Duration::from_secs(30))
            .map_err(OAuthError::Unreachable)?;
        Ok(Self {
            settings,
            client,
            kept: None,
            renewed: None,
        })
    }

    /// An access token that lasts another minute at least. `now_ms` is UTC milliseconds. Blocks.
    ///
    /// # Errors
    ///
    /// When the provider gives none.
    pub fn access(&mut self, now_ms: i64) -> Result<Secret, OAuthError> {
        if let Some((token, until)) = &self.kept
            && now_ms < until - MARGIN_MS
        {
            return Ok(token.clone());
        }
        self.kept = None;
        let settings = &self.settings;
        let mut fields = vec![
            ("grant_type", "refresh_token"),
            ("client_id", &settings.client_id),
            ("refresh_token", settings.refresh_token.text()),
        ];
        if let Some(secret) = &settings.client_secret {
            fields.push(("client_secret", secret.text()));
        }
        if !settings.scope.is_empty() {
            fields.push(("scope", &settings.scope));
        }
        let body: Vec<String> = fields
            .into_iter()
            .map(|(name, value)| format!("{name}={}", crate::channel::form_escape(value)))
            .collect();
        let answer = self
            .client
            .post(&settings.token_url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(body.join("&"))
            .send()
            .map_err(|error| OAuthError::Unreachable(crate::channel::why(&error)))?;
        let status = answer.status();
        let mut text = Vec::new();
        answer
            .take(LARGEST_ANSWER)
            .read_to_end(&mut text)
            .map_err(|error| OAuthError::Unreachable(error.to_string()))?;
        let answer: Option<Answer> = serde_json::from_slice(&text).ok();
        match answer {
            Some(Answer {
                access_token: Some(token),
                expires_in,
                refresh_token,
                error: None,
                ..
            }) if status.is_success() && is_token(&token) => {
                let seconds = expires_in.unwrap_or(USUAL_SECONDS).clamp(0, 86_400);
                let token = Secret::new(&token);
                self.kept = Some((token.clone(), now_ms.saturating_add(seconds * 1000)));
                if let Some(next) = refresh_token
                    && next != self.settings.refresh_token.text()
                {
                    self.settings.refresh_token = Secret::new(&next);
                    self.renewed = Some(Secret::new(&next));
                }
                Ok(token)
            }
            Some(Answer {
                error: Some(code),
                error_description,
                ..
            }) => Err(OAuthError::Refused {
                code: bounded(&one_line(&code), 80).to_owned(),
                text: bounded(&one_line(&error_description.unwrap_or_default()), 300).to_owned(),
            }),
            _ if !status.is_success() => Err(OAuthError::Refused {
                code: format!("http_{}", status.as_u16()),
                text: String::new(),
            }),
            _ => Err(OAuthError::Answer),
        }
    }

    /// Forgets the token that is kept, after a server refused it.
    pub fn forget(&mut self) {
        self.kept = None;
    }

    /// A refresh token that the provider gave in the place of the one in the settings, once; it
    /// has to be kept instead.
    pub fn take_renewed(&mut self) -> Option<Secret> {
        self.renewed.take()
    }
}

/// Whether a text can stand in a header and in XOAUTH2 (RFC 6750, 2.1).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.len() <= 16 * 1024 && text.bytes().all(|b| b.is_ascii_graphic())
}
