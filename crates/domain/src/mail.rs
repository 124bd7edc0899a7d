//! How a workspace sends: its mail server, its sender, its way to text messages.
//!
//! Secrets (passwords, tokens, the key that signs) are not here; they are sealed beside.

use serde::{Deserialize, Serialize};

use crate::delivery::pace::Pace;
use crate::field::{FieldError, FieldErrors};
use crate::words::words;

words! {
    /// How a connection to a mail server is kept private.
    MailSecurity("mail security") {
        /// Plain at first, then TLS before anything is said.
        Starttls = "starttls",
        /// TLS from the first byte.
        Tls = "tls",
        /// Not at all: for a server on this machine alone.
        None = "none",
    }
}

words! {
    /// How a workspace signs in to its mail server.
    MailSignIn("mail sign-in") {
        /// Not at all.
        None = "none",
        /// With a user name and a password.
        Password = "password",
        /// With a token of an OAuth 2 provider.
        Oauth2 = "oauth2",
    }
}

/// Where messages are handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailServer {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is kept private.
    pub security: MailSecurity,
    /// How it is signed in.
    pub sign_in: MailSignIn,
    /// User name.
    pub user: String,
    /// An authority to trust besides the usual ones, PEM; blank without.
    pub authority: String,
}

impl Default for MailServer {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            security: MailSecurity::Starttls,
            sign_in: MailSignIn::Password,
            user: String::new(),
            authority: String::new(),
        }
    }
}

/// The mailbox to which bounces come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailInbox {
    /// Whether it is read.
    pub on: bool,
    /// The IMAP server; `user` and sign-in as there.
    pub server: MailServer,
    /// The folder that is read.
    pub folder: String,
}

impl Default for MailInbox {
    fn default() -> Self {
        Self {
            on: false,
            server: MailServer {
                port: 993,
                security: MailSecurity::Tls,
                ..MailServer::default()
            },
            folder: "INBOX".into(),
        }
    }
}

/// The key that signs messages (DKIM, RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailSigning {
    /// The domain that signs; blank to sign nothing.
    pub domain: String,
    /// The selector under which its public key stands in the DNS.
    pub selector: String,
}

/// Where OAuth 2 tokens are renewed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailOauth {
    /// The provider's token address.
    pub token_url: String,
    /// The application's id there.
    pub client_id: String,
    /// The scope that is asked for; blank for the token's own.
    pub scope: String,
}

words! {
    /// How the values in a request to a gateway are written.
    GatewayBody("gateway body") {
        /// JSON; values bring their own quotes.
        Json = "json",
        /// A form; values are percent-encoded.
        Form = "form",
    }
}

/// A gateway that takes text messages over HTTP, as its manual describes its request and answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TextGateway {
    /// Address; blank without a gateway.
    pub url: String,
    /// `POST`, `PUT` or `GET`.
    pub method: String,
    /// Headers, a `Name: value` each; `{{ secret }}` stands for the secret.
    pub headers: Vec<String>,
    /// Body with `{{ to }}`, `{{ text }}`, `{{ from }}`, `{{ reference }}` and `{{ secret }}`.
    pub body: String,
    /// How values in the body are written.
    pub body_kind: GatewayBody,
    /// Who it says that the message is from.
    pub from: String,
    /// The place in the answer (JSON pointer, RFC 6901) that has to hold `success_value`; blank
    /// where the status alone says it.
    pub success_pointer: String,
    /// What has to stand there.
    pub success_value: String,
    /// The place of the message's id in the answer; blank without.
    pub id_pointer: String,
    /// The place of the reason in an answer that refuses; blank without.
    pub reason_pointer: String,
}

impl Default for TextGateway {
    fn default() -> Self {
        Self {
            url: String::new(),
            method: "POST".into(),
            headers: Vec::new(),
            body: String::new(),
            body_kind: GatewayBody::Json,
            from: String::new(),
            success_pointer: String::new(),
            success_value: String::new(),
            id_pointer: String::new(),
            reason_pointer: String::new(),
        }
    }
}

/// How a workspace sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    /// Where messages are handed over; a blank host sends nothing.
    pub server: MailServer,
    /// Where answers go; to the sender, whom the branding names, when blank.
    pub reply_to: String,
    /// The address that bounces come back to; each message adds its own mark to it with a plus
    /// sign (VERP). Blank sends them to the sender.
    pub bounce_address: String,
    /// The mailbox that takes them.
    pub inbox: MailInbox,
    /// Limits.
    pub pace: Pace,
    /// Connections at a time, 1 to 8.
    pub connections: u8,
    /// The key that signs.
    pub signing: MailSigning,
    /// Where tokens are renewed.
    pub oauth: MailOauth,
    /// Text messages.
    pub sms: TextGateway,
    /// WhatsApp messages; goes before text messages where it is set.
    pub whatsapp: TextGateway,
}

/// The secrets beside the settings; none is ever shown again.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailSecrets {
    /// Password of the mail server.
    pub password: Option<String>,
    /// Password of the mailbox.
    pub inbox_password: Option<String>,
    /// Secret of the application at the OAuth 2 provider.
    pub client_secret: Option<String>,
    /// The token that renews tokens.
    pub refresh_token: Option<String>,
    /// The private key that signs, PKCS #8 or PKCS #1 PEM.
    pub signing_key: Option<String>,
    /// Secret of the gateway for text messages.
    pub sms_secret: Option<String>,
    /// Secret of the gateway for WhatsApp.
    pub whatsapp_secret: Option<String>,
}

impl std::fmt::Debug for MailSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailSecrets(…)")
    }
}

impl MailSecrets {
    /// These with what `newer` gives in its place; a blank text removes one.
    #[must_use]
    pub fn with(mut self, newer: Self) -> Self {
        let take = |old: &mut Option<String>, new: Option<String>| {
            if let Some(new) = new {
                *old = (!new.is_empty()).then_some(new);
            }
        };
        take(&mut self.password, newer.password);
        take(&mut self.inbox_password, newer.inbox_password);
        take(&mut self.client_secret, newer.client_secret);
        take(&mut self.refresh_token, newer.refresh_token);
        take(&mut self.signing_key, newer.signing_key);
        take(&mut self.sms_secret, newer.sms_secret);
        take(&mut self.whatsapp_secret, newer.whatsapp_secret);
        self
    }

    /// Names of those that are set.
    #[must_use]
    pub fn set(&self) -> Vec<&'static str> {
        [
            ("password", &self.password),
            ("inbox_password", &self.inbox_password),
            ("client_secret", &self.client_secret),
            ("refresh_token", &self.refresh_token),
            ("signing_key", &self.signing_key),
            ("sms_secret", &self.sms_secret),
            ("whatsapp_secret", &self.whatsapp_secret),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.is_some().then_some(name))
        .collect()
    }
}

/// The longest text of one field, in characters; a PEM of an authority may be longer.
const LONGEST_FIELD: usize = 2_000;
const LONGEST_PEM: usize = 64 * 1024;

impl MailSettings {
    /// Whether e-mail can be sent at all.
    #[must_use]
    pub fn can_mail(&self) -> bool {
        !self.server.host.is_empty()
    }

    /// These trimmed and checked.
    pub fn checked(mut self) -> Result<Self, FieldErrors> {
        let mut errors = Vec::new();
        self.connections = self.connections.clamp(1, 8);
        for text in [
            &mut self.server.host,
            &mut self.server.user,
            &mut self.reply_to,
            &mut self.bounce_address,
            &mut self.inbox.server.host,
            &mut self.inbox.server.user,
            &mut self.inbox.folder,
            &mut self.signing.domain,
            &mut self.signing.selector,
            &mut self.oauth.token_url,
            &mut self.oauth.client_id,
            &mut self.sms.url,
            &mut self.whatsapp.url,
        ] {
            *text = text.trim().to_owned();
            if text.chars().count() > LONGEST_FIELD || text.chars().any(char::is_control) {
                errors.push(FieldError::new(
                    "settings",
                    "text_invalid",
                    "a field holds control characters or more than 2,000 characters",
                ));
            }
        }
        for (field, address) in [
            ("reply_to", &self.reply_to),
            ("bounce_address", &self.bounce_address),
        ] {
            if !address.is_empty() {
                let mut found = Vec::new();
                crate::account::check_email(address, &mut found);
                errors.extend(found.into_iter().map(|error: FieldError| FieldError {
                    field: field.to_owned(),
                    ..error
                }));
            }
        }
        check_server("server", &self.server, &mut errors);
        if self.inbox.on {
            if self.inbox.server.host.is_empty() {
                errors.push(FieldError::new(
                    "inbox.host",
                    "host_missing",
                    "say where the mailbox is, or do not read it",
                ));
            }
            check_server("inbox", &self.inbox.server, &mut errors);
        }
        let oauth = self.server.sign_in == MailSignIn::Oauth2
            || self.inbox.on && self.inbox.server.sign_in == MailSignIn::Oauth2;
        if oauth && !is_private_url(&self.oauth.token_url) {
            errors.push(FieldError::new(
                "oauth.token_url",
                "url_not_private",
                "give the provider's token address, beginning with https://",
            ));
        }
        if self.signing.domain.is_empty() != self.signing.selector.is_empty() {
            errors.push(FieldError::new(
                "signing.selector",
                "selector_missing",
                "give both the domain and the selector, or neither",
            ));
        }
        for (field, gateway) in [("sms.url", &self.sms), ("whatsapp.url", &self.whatsapp)] {
            if !gateway.url.is_empty() && !is_private_url(&gateway.url) {
                errors.push(FieldError::new(
                    field,
                    "url_not_private",
                    "give an address that begins with https://",
                ));
            }
            if gateway.body.len() > 16 * 1024 || gateway.headers.len() > 20 {
                errors.push(FieldError::new(
                    field,
                    "gateway_too_large",
                    "give 16 KB of body and 20 headers at most",
                ));
            }
        }
        self.pace.check(&mut errors);
        FieldErrors::check(errors)?;
        Ok(self)
    }
}

fn check_server(name: &str, server: &MailServer, errors: &mut Vec<FieldError>) {
    let field = |part: &str| format!("{name}.{part}");
    if server.host.is_empty() {
        return;
    }
    if server.port == 0 {
        errors.push(FieldError::new(
            field("port"),
            "port_missing",
            "give the port",
        ));
    }
    if server.security == MailSecurity::None && !is_own_machine(&server.host) {
        errors.push(FieldError::new(
            field("security"),
            "security_needed",
            "only a server on this machine may be spoken to without TLS",
        ));
    }
    if server.sign_in != MailSignIn::None && server.user.is_empty() {
        errors.push(FieldError::new(
            field("user"),
            "user_missing",
            "give the user name",
        ));
    }
    if server.authority.len() > LONGEST_PEM {
        errors.push(FieldError::new(
            field("authority"),
            "text_too_long",
            "give 64 KB at most",
        ));
    }
}

/// Whether a host is this machine itself.
#[must_use]
pub fn is_own_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Whether what is sent to an address is read by nobody on the way.
fn is_private_url(url: &str) -> bool {
    if url.starts_with("https://") {
        return true;
    }
    url.strip_prefix("http://").is_some_and(|rest| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
            _ => authority,
        };
        !authority.contains('@') && is_own_machine(host)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> MailSettings {
        MailSettings {
            server: MailServer {
                host: "mail.example.org".into(),
                user: "office".into(),
                ..MailServer::default()
            },
            ..MailSettings::default()
        }
    }

    #[test]
    fn what_would_be_read_on_the_way_is_refused() {
        assert!(plain().checked().is_ok());
        let mut open = plain();
        open.server.security = MailSecurity::None;
        let codes = |settings: MailSettings| -> Vec<&str> {
            settings
                .checked()
                .map_or_else(|e| e.0.iter().map(|e| e.code).collect(), |_| Vec::new())
        };
        assert_eq!(codes(open.clone()), ["security_needed"]);
        open.server.host = "127.0.0.1".into();
        assert_eq!(codes(open), [""; 0]);
        for (url, fine) in [
            ("https://sms.example.org/send", true),
            ("http://sms.example.org/send", false),
            ("http://127.0.0.1:4000/send", true),
            ("http://127.0.0.1@sms.example.org/send", false),
            ("http://localhost.example.org/", false),
        ] {
            let mut texts = plain();
            texts.sms.url = url.into();
            assert_eq!(codes(texts).is_empty(), fine, "{url}");
        }
    }

    #[test]
    fn a_secret_is_replaced_kept_or_removed_and_never_written_out() {
        let kept = MailSecrets {
            password: Some("first of all".into()),
            signing_key: Some("key".into()),
            ..MailSecrets::default()
        };
        let newer = MailSecrets {
            password: Some("second".into()),
            signing_key: Some(String::new()),
            ..MailSecrets::default()
        };
        let both = kept.clone().with(newer);
        assert_eq!(both.password.as_deref(), Some("second"));
        assert_eq!(both.set(), ["password"]);
        assert_eq!(kept.clone().with(MailSecrets::default()), kept);
        assert!(!format!("{kept:?}").contains("first"));
    }
}
