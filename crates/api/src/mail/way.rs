//! How messages leave: the mail server and the gateways that the settings name.

use std::sync::{Arc, Mutex, PoisonError};

use gatehouse_domain::delivery::outcome::Outcome;
use gatehouse_domain::mail::{
    GatewayBody, MailSecrets, MailSecurity, MailServer, MailSettings, MailSignIn, TextGateway,
};
use gatehouse_mail::Signer;
use gatehouse_mail::channel::{BodyKind, GatewaySettings, HttpGateway, segments};
use gatehouse_mail::oauth::{OAuthSettings, Tokens};
use gatehouse_mail::smtp::{self, Auth, Of, Patience, Secret, Security, SendError, SmtpSettings};

use crate::problem::Problem;
use crate::workspace::Workspace;

/// Everything that sending takes, read once from the settings.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) settings: MailSettings,
    secrets: MailSecrets,
    pub(crate) signer: Option<Arc<Signer>>,
    /// Renews tokens; shared, so that connections do not each ask for one.
    tokens: Option<Arc<Mutex<Tokens>>>,
    workspace: Arc<Workspace>,
    pub(crate) sms: Option<Arc<HttpGateway>>,
    pub(crate) whatsapp: Option<Arc<HttpGateway>>,
}

impl Workspace {
    /// How messages leave now.
    pub(crate) fn mail_way(self: &Arc<Self>) -> Result<Way, Problem> {
        let (settings, secrets) = self.mail_with_secrets()?;
        Way::new(self, settings, secrets)
    }

    /// Signs in to the mail server and to the mailbox of bounces, and sends nothing.
    pub fn check_mail(self: &Arc<Self>) -> Result<(), Problem> {
        let way = self.mail_way()?;
        way.connect()?.close();
        if way.settings.inbox.on {
            way.inbox()?;
        }
        Ok(())
    }
}

impl Way {
    fn new(
        workspace: &Arc<Workspace>,
        settings: MailSettings,
        secrets: MailSecrets,
    ) -> Result<Self, Problem> {
        let signer = match (&secrets.signing_key, settings.signing.domain.as_str()) {
            (Some(key), domain) if !domain.is_empty() => Some(Arc::new(
                Signer::new(domain, &settings.signing.selector, key)
                    .map_err(|e| wrong("signing_key_unusable", &e))?,
            )),
            _ => None,
        };
        let oauth = settings.server.sign_in == MailSignIn::Oauth2
            || settings.inbox.server.sign_in == MailSignIn::Oauth2;
        let tokens = oauth
            .then(|| {
                Tokens::new(OAuthSettings {
                    token_url: settings.oauth.token_url.clone(),
                    client_id: settings.oauth.client_id.clone(),
                    client_secret: secrets.client_secret.as_deref().map(Secret::new),
                    refresh_token: Secret::new(secrets.refresh_token.as_deref().unwrap_or("")),
                    scope: settings.oauth.scope.clone(),
                })
            })
            .transpose()
            .map_err(|e| wrong(e.code(), &e))?
            .map(|tokens| Arc::new(Mutex::new(tokens)));
        Ok(Self {
            signer,
            tokens,
            sms: gateway(&settings.sms, secrets.sms_secret.as_deref())?,
            whatsapp: gateway(&settings.whatsapp, secrets.whatsapp_secret.as_deref())?,
            workspace: Arc::clone(workspace),
            settings,
            secrets,
        })
    }

    /// A connection to the mail server, signed in.
    pub(crate) fn connect(&self) -> Result<smtp::Sender, Problem> {
        let server = &self.settings.server;
        if !self.settings.can_mail() {
            return Err(Problem::new(
                "mail_not_set_up",
                "say in the settings how mail is sent; messages wait until then",
            ));
        }
        let auth = self.auth(server, self.secrets.password.as_deref())?;
        smtp::Sender::connect(SmtpSettings {
            host: server.host.clone(),
            port: server.port,
            security: security(server.security),
            auth,
            hello: "gatehouse".into(),
            roots: (!server.authority.is_empty()).then(|| server.authority.clone()),
            patience: Patience::default(),
        })
        .map_err(|e| Problem::new(code_of(&e), format!("{e}; messages wait")))
    }

    fn auth(&self, server: &MailServer, password: Option<&str>) -> Result<Auth, Problem> {
        Ok(match server.sign_in {
            MailSignIn::None => Auth::None,
            MailSignIn::Password => Auth::Password {
                user: server.user.clone(),
                secret: Secret::new(password.unwrap_or("")),
            },
            MailSignIn::Oauth2 => Auth::OAuth2 {
                user: server.user.clone(),
                token: self.token()?,
            },
        })
    }

    fn token(&self) -> Result<Secret, Problem> {
        let tokens = self
            .tokens
            .as_ref()
            .ok_or_else(|| Problem::new("mail_not_set_up", "say where tokens are renewed"))?;
        let mut tokens = tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let token = tokens
            .access(self.workspace.surroundings().now())
            .map_err(|e| wrong(e.code(), &e))?;
        // Some providers give a new one with each answer and let the old one end.
        if let Some(renewed) = tokens.take_renewed() {
            self.workspace.keep_refresh_token(renewed.text())?;
        }
        Ok(token)
    }

    /// The mailbox of bounces, opened.
    pub(crate) fn inbox(&self) -> Result<gatehouse_mail::inbox::Inbox, Problem> {
        let wanted = &self.settings.inbox;
        let auth = self.auth(&wanted.server, self.secrets.inbox_password.as_deref())?;
        gatehouse_mail::inbox::Inbox::open(&gatehouse_mail::inbox::ImapSettings {
            host: wanted.server.host.clone(),
            port: wanted.server.port,
            security: security(wanted.server.security),
            auth,
            roots: (!wanted.server.authority.is_empty()).then(|| wanted.server.authority.clone()),
            folder: wanted.folder.clone(),
            patience: INBOX_PATIENCE,
        })
        .map_err(|e| Problem::new(e.code(), e.to_string()))
    }
}

fn security(wanted: MailSecurity) -> Security {
    match wanted {
        MailSecurity::Starttls => Security::StartTls,
        MailSecurity::Tls => Security::Tls,
        MailSecurity::None => Security::Plain,
    }
}

fn code_of(error: &SendError) -> &'static str {
    match error {
        SendError::Refused { of, .. } => match of {
            Of::Recipient => "address_refused",
            Of::Content => "content_refused",
            Of::Sender => "sender_refused",
        },
        SendError::Later { .. } => "server_busy",
        SendError::Unreachable { code, .. } => code,
        SendError::Unknown { .. } => "perhaps_sent",
    }
}

/// What a try came to, and whether the way itself is blocked, so that nothing else is tried now.
pub(crate) fn outcome_of(result: Result<String, SendError>) -> (Outcome, bool) {
    let error = match result {
        Ok(reply) => return (Outcome::Taken { reply }, false),
        Err(error) => error,
    };
    let (code, reply) = (code_of(&error), error.to_string());
    match error {
        // It is not this message that is refused: every other would be too.
        SendError::Refused { of: Of::Sender, .. }
        | SendError::Later { of: Of::Sender, .. }
        | SendError::Unreachable { .. } => (Outcome::Later { code, reply }, true),
        SendError::Refused { .. } => (Outcome::Refused { code, reply }, false),
        SendError::Later { .. } => (Outcome::Later { code, reply }, false),
        SendError::Unknown { .. } => (Outcome::Unknown { reply }, false),
    }
}

/// How many text messages a text takes.
#[must_use]
pub fn text_messages(text: &str) -> usize {
    segments(text).count
}

fn wrong(code: &'static str, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(code, format!("{error}; mend it in the settings for mail"))
}

/// How long each step with the mailbox may take.
const INBOX_PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
/// How long a gateway may take, in seconds.
const GATEWAY_SECONDS: u64 = 30;

fn gateway(
    wanted: &TextGateway,
    secret: Option<&str>,
) -> Result<Option<Arc<HttpGateway>>, Problem> {
    if wanted.url.is_empty() {
        return Ok(None);
    }
    let headers = wanted
        .headers
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let settings = GatewaySettings {
        method: wanted.method.clone(),
        url: wanted.url.clone(),
        headers,
        body: wanted.body.clone(),
        body_kind: match wanted.body_kind {
            GatewayBody::Json => BodyKind::Json,
            GatewayBody::Form => BodyKind::Form,
        },
        from: wanted.from.clone(),
        success_pointer: wanted.success_pointer.clone(),
        success_value: wanted.success_value.clone(),
        id_pointer: wanted.id_pointer.clone(),
        reason_pointer: wanted.reason_pointer.clone(),
        patience_seconds: GATEWAY_SECONDS,
    };
    HttpGateway::new(settings, Secret::new(secret.unwrap_or("")))
        .map(|gateway| Some(Arc::new(gateway)))
        .map_err(|e| wrong(e.code(), &e))
}
