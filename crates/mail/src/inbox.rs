//! The mailbox that bounces come to, read over IMAP (RFC 9051 and 3501).
//!
//! Messages are read by their UID, in order, and marked as seen when the reader says so; nothing
//! is moved and nothing deleted.

use std::fmt;
use std::time::Duration;

use async_imap::{Authenticator, Client, Session};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::net::{Auth, NoConnection, Opening, Security, Server, Wire};
use crate::text::{bounded, one_line};

/// The most messages of one reading.
pub const MOST_AT_ONCE: usize = 500;
/// The most of a message that is ever fetched, in bytes.
pub const LARGEST: u32 = 4 * 1024 * 1024;

/// A mailbox, and the account that it is of.
#[derive(Debug, Clone)]
pub struct ImapSettings {
    /// The server's name, which its certificate has to bear.
    pub host: String,
    /// Its port: 993 for TLS, 143 for STARTTLS, as a rule.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// The account.
    pub auth: Auth,
    /// The folder; `INBOX` as a rule.
    pub folder: String,
    /// Certificates in PEM that are trusted besides the system's.
    pub roots: Option<String>,
    /// How long each step may take.
    pub patience: Duration,
}

/// How far a mailbox was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Which numbering of the mailbox it is (UIDVALIDITY); another one begins anew.
    pub validity: u32,
    /// The last UID that was read.
    pub uid: u32,
}

/// One message of a mailbox.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Its number.
    pub uid: u32,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Whether it has more bytes than were fetched.
    pub is_cut: bool,
}

/// What one reading found.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Where the next reading goes on.
    pub position: Position,
    /// The messages, in the order of their arrival.
    pub arrived: Vec<Arrived>,
    /// Whether there are more than were read.
    pub is_more: bool,
}

/// Why a mailbox can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InboxError {
    /// The server can't be reached.
    #[error("the mailbox's server can't be reached: {0}")]
    NoConnection(#[from] NoConnection),
    /// It lets the account not in.
    #[error("the mailbox's server does not let the account in: {0}")]
    SignIn(String),
    /// There is no such folder.
    #[error("the folder can't be opened: {0}")]
    Folder(String),
    /// The connection broke or the server answered something else.
    #[error("the mailbox could not be read on: {0}")]
    Broken(String),
    /// The server gives its messages no lasting numbers.
    #[error("the mailbox's server numbers no messages")]
    Unnumbered,
}

impl InboxError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoConnection(reason) => reason.code(),
            Self::SignIn(_) => "inbox_sign_in",
            Self::Folder(_) => "inbox_folder",
            Self::Broken(_) => "inbox_broken",
            Self::Unnumbered => "inbox_unnumbered",
        }
    }
}

struct XOAuth2 {
    said: Option<String>,
}

impl Authenticator for XOAuth2 {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        // A second challenge is a refusal with its reason, and is answered with nothing.
        self.said.take().unwrap_or_default()
    }
}

/// An open mailbox.
///
/// Calls block: they belong on a thread of their own, never on one of an async runtime.
pub struct Inbox {
    runtime: Runtime,
    session: Session<Wire>,
    validity: u32,
    patience: Duration,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("validity", &self.validity)
            .finish_non_exhaustive()
    }
}

fn broken(error: &async_imap::error::Error) -> InboxError {
    InboxError::Broken(said(error))
}

fn said(error: &async_imap::error::Error) -> String {
    bounded(&one_line(&error.to_string()), 300).to_owned()
}

impl Inbox {
    /// Opens the folder.
    ///
    /// # Errors
    ///
    /// When the server can't be reached, refuses the account or has no such folder.
    pub fn open(settings: &ImapSettings) -> Result<Self, InboxError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| InboxError::Broken(error.to_string()))?;
        let opening = sign_in(settings);
        let (session, validity) = runtime.block_on(async {
            // Reaching the server has a patience of its own.
            timeout(settings.patience * 3, opening)
                .await
                .map_err(|_| NoConnection::Late)?
        })?;
        Ok(Self {
            runtime,
            session,
            validity,
            patience: settings.patience,
        })
    }

    /// The messages that arrived after a position: at most `most` of them, and of each at most
    /// `largest` bytes. Nothing is marked.
    ///
    /// # Errors
    ///
    /// When the connection breaks; the position stays where it was.
    pub fn read_on(
        &mut self,
        after: Position,
        most: usize,
        largest: u32,
    ) -> Result<Reading, InboxError> {
        let from = if after.validity == self.validity {
            after.uid
        } else {
            0
        };
        let validity = self.validity;
        let patience = self.patience;
        let largest = largest.clamp(1, LARGEST);
        let session = &mut self.session;
        self.runtime.block_on(async {
            let query = format!("UID {}:*", from.saturating_add(1));
            let found = timeout(patience, session.uid_search(query))
                .await
                .map_err(|_| NoConnection::Late)?
                .map_err(|error| broken(&error))?;
            // `n:*` always names the last message, even one that was read.
            let mut uids: Vec<u32> = found.into_iter().filter(|uid| *uid > from).collect();
            uids.sort_unstable();
            let is_more = uids.len() > most.min(MOST_AT_ONCE);
            uids.truncate(most.min(MOST_AT_ONCE));
            let mut reading = Reading {
                position: Position {
                    validity,
                    uid: from,
                },
                arrived: Vec::with_capacity(uids.len()),
                is_more,
            };
            for uid in uids {
                let fetched = timeout(patience, fetch(session, uid, largest))
                    .await
                    .map_err(|_| NoConnection::Late)??;
                reading.arrived.extend(fetched);
                reading.position.uid = uid;
            }
            Ok(reading)
        })
    }

    /// Marks messages as seen.
    ///
    /// # Errors
    ///
    /// When the connection breaks.
    pub fn mark_seen(&mut self, uids: &[u32]) -> Result<(), InboxError> {
        let patience = self.patience;
        let session = &mut self.session;
        self.runtime.block_on(async {
            for some in uids.chunks(100) {
                let set: Vec<String> = some.iter().map(u32::to_string).collect();
                let mark = async {
                    let marked = session
                        .uid_store(set.join(","), "+FLAGS.SILENT (\\Seen)")
                        .await?;
                    marked.try_for_each(|_| async { Ok(()) }).await
                };
                timeout(patience, mark)
                    .await
                    .map_err(|_| NoConnection::Late)?
                    .map_err(|error| broken(&error))?;
            }
            Ok(())
        })
    }

    /// Takes leave of the server.
    pub fn close(mut self) {
        let farewell = Duration::from_secs(2);
        let _ = self
            .runtime
            .block_on(async { timeout(farewell, self.session.logout()).await });
    }
}

async fn sign_in(settings: &ImapSettings) -> Result<(Session<Wire>, u32), InboxError> {
    let server = Server {
        host: &settings.host,
        port: settings.port,
        security: settings.security,
        roots: settings.roots.as_deref(),
        patience: settings.patience,
    };
    let wire = server.connect(Opening::Imap).await?;
    let mut client = Client::new(wire);
    if settings.security != Security::StartTls {
        let greeting = client
            .read_response()
            .await
            .map_err(|error| InboxError::Broken(error.to_string()))?;
        if greeting.is_none() {
            return Err(InboxError::Broken("the server hung up".to_owned()));
        }
    }
    let session = match &settings.auth {
        Auth::Password { user, secret } => client.login(user, secret.text()).await,
        Auth::OAuth2 { user, token } => {
            let said = Some(Auth::xoauth2(user, token));
            client.authenticate("XOAUTH2", XOAuth2 { said }).await
        }
        Auth::None => return Err(InboxError::SignIn("there is no account".to_owned())),
    };
    let mut session = session.map_err(|(error, _)| InboxError::SignIn(said(&error)))?;
    let folder = session
        .select(&settings.folder)
        .await
        .map_err(|error| InboxError::Folder(said(&error)))?;
    let validity = folder.uid_validity.ok_or(InboxError::Unnumbered)?;
    Ok((session, validity))
}

/// The start of one message; none where it is gone meanwhile.
async fn fetch(
    session: &mut Session<Wire>,
    uid: u32,
    largest: u32,
) -> Result<Option<Arrived>, InboxError> {
    let query = format!("(UID RFC822.SIZE BODY.PEEK[]<0.{largest}>)");
    let mut found = session
        .uid_fetch(uid.to_string(), query)
        .await
        .map_err(|error| broken(&error))?;
    let mut arrived = None;
    while let Some(message) = found.try_next().await.map_err(|error| broken(&error))? {
        if message.uid != Some(uid) {
            continue;
        }
        let Some(body) = message.body() else { continue };
        let body = &body[..body.len().min(largest as usize)];
        arrived = Some(Arrived {
            uid,
            raw: body.to_vec(),
            is_cut: message.size.is_some_and(|size| size as usize > body.len()),
        });
    }
    Ok(arrived)
}
