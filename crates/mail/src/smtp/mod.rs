//! Letters handed to a mail server (RFC 5321), and what exactly is known when it fails.
//!
//! A connection is kept and used again. Each failure says whether the server may have the letter:
//! it can't have it before it consented to DATA, has it when it said so, and may have it when the
//! connection broke between the last byte of the letter and the answer.

mod answer;
mod stream;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::address::Address;
pub use crate::net::{Auth, NoConnection, Secret, Security};
use crate::net::{Opening, Server};
use crate::text::bounded;
use answer::{Failure, Step};
pub use answer::{Of, SendError};
use stream::{Turn, Watched};

/// The most of an answer that is kept, in bytes.
const LONGEST_REPLY: usize = 400;

/// A mail server, and the account there.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate has to bear.
    pub host: String,
    /// Its port: 587 for STARTTLS, 465 for TLS, as a rule.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// The account.
    pub auth: Auth,
    /// The name that this machine gives itself (EHLO); no personal name of a computer.
    pub hello: String,
    /// Certificates in PEM that are trusted besides the system's.
    pub roots: Option<String>,
    /// How long anything may take.
    pub patience: Patience,
}

/// How long the steps of a connection may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To reach the server and encrypt the connection.
    pub connect: Duration,
    /// Until each command is answered.
    pub command: Duration,
    /// To hand over a letter and have its answer; RFC 5321 asks for ten minutes, since a letter
    /// whose answer is not awaited may arrive twice.
    pub letter: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(60),
            letter: Duration::from_secs(600),
        }
    }
}

/// What a server said when it took a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its words, bounded; often the number in its queue.
    pub reply: String,
}

/// What the server can do.
#[derive(Debug, Default, Clone)]
struct Abilities {
    pipelining: bool,
    utf8: bool,
    eight_bit: bool,
    largest: Option<usize>,
    auth: Vec<String>,
}

impl Abilities {
    fn read(answer: &Response) -> Self {
        let mut abilities = Self::default();
        for line in answer.message().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split([' ', '=']);
            match words.next() {
                Some("PIPELINING") => abilities.pipelining = true,
                Some("SMTPUTF8") => abilities.utf8 = true,
                Some("8BITMIME") => abilities.eight_bit = true,
                Some("SIZE") => {
                    let size = words.next().and_then(|size| size.parse().ok());
                    abilities.largest = size.filter(|size| *size > 0);
                }
                Some("AUTH") => abilities.auth.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        abilities
    }
}

struct Open {
    connection: AsyncSmtpConnection,
    turn: Arc<Turn>,
    abilities: Abilities,
}

/// A sender of letters, with at most one connection of its own, which it keeps.
///
/// Calls block: they belong on a thread of their own, never on one of an async runtime.
pub struct Sender {
    settings: SmtpSettings,
    runtime: Runtime,
    open: Option<Open>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("host", &self.settings.host)
            .field("open", &self.open.is_some())
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// A sender that is connected and signed in.
    ///
    /// # Errors
    ///
    /// When the server can't be reached, or lets the account not in.
    pub fn connect(settings: SmtpSettings) -> Result<Self, SendError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| SendError::Unreachable {
                code: "machine",
                text: error.to_string(),
            })?;
        let mut sender = Self {
            settings,
            runtime,
            open: None,
        };
        let open = sender.runtime.block_on(open(&sender.settings))?;
        sender.open = Some(open);
        Ok(sender)
    }

    /// The settings it was made with.
    #[must_use]
    pub fn settings(&self) -> &SmtpSettings {
        &self.settings
    }

    /// Takes another access token or password for the connections that follow.
    pub fn set_auth(&mut self, auth: Auth) {
        self.settings.auth = auth;
    }

    /// Hands one letter over. A connection that fell since the last one is made anew, once.
    ///
    /// # Errors
    ///
    /// Each says what is known of the letter; see [`SendError`].
    pub fn send(
        &mut self,
        from: &Address,
        to: &Address,
        letter: &[u8],
    ) -> Result<Receipt, SendError> {
        let Self {
            settings,
            runtime,
            open: kept,
        } = self;
        runtime.block_on(async {
            if let Some(mut connection) = kept.take() {
                match hand_over(&mut connection, settings, from, to, letter).await {
                    Ok(receipt) => {
                        *kept = Some(connection);
                        return Ok(receipt);
                    }
                    Err(failure) if failure.fell_before_data => {}
                    Err(failure) => {
                        *kept = failure.usable.then_some(connection);
                        return Err(failure.error);
                    }
                }
            }
            let mut connection = open(settings).await?;
            match hand_over(&mut connection, settings, from, to, letter).await {
                Ok(receipt) => {
                    *kept = Some(connection);
                    Ok(receipt)
                }
                Err(failure) => {
                    *kept = failure.usable.then_some(connection);
                    Err(failure.error)
                }
            }
        })
    }

    /// Takes leave of the server.
    pub fn close(mut self) {
        if let Some(mut open) = self.open.take() {
            let farewell = Duration::from_secs(2);
            let _ = self
                .runtime
                .block_on(async { timeout(farewell, open.connection.quit()).await });
        }
    }
}

async fn open(settings: &SmtpSettings) -> Result<Open, SendError> {
    let hello = client_id(&settings.hello);
    let server = Server {
        host: &settings.host,
        port: settings.port,
        security: settings.security,
        roots: settings.roots.as_deref(),
        patience: settings.patience.connect,
    };
    let wire = server
        .connect(Opening::Smtp {
            hello: &hello.to_string(),
        })
        .await
        .map_err(SendError::from)?;
    let turn = Arc::new(Turn::default());
    let watched = Watched::new(wire, turn.clone(), settings.security == Security::StartTls);
    let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(watched), &hello);
    let mut connection = timeout(settings.patience.command, greeting)
        .await
        .map_err(|_| NoConnection::Late)?
        .map_err(|error| answer::read(&error, Step::Greeting))?;
    let patience = settings.patience.command;
    // Once more, since the library keeps only part of what the server can do.
    let able = timeout(patience, connection.command(Ehlo::new(hello)))
        .await
        .map_err(|_| NoConnection::Late)?
        .map_err(|error| answer::read(&error, Step::Greeting))?;
    let mut open = Open {
        connection,
        turn,
        abilities: Abilities::read(&able),
    };
    timeout(patience, sign_in(&mut open, &settings.auth))
        .await
        .map_err(|_| NoConnection::Late)??;
    Ok(open)
}

/// The name as one that EHLO takes; what is none becomes the loopback's.
fn client_id(hello: &str) -> ClientId {
    let is_name = !hello.is_empty()
        && hello.len() <= 253
        && hello
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    if is_name {
        ClientId::Domain(hello.to_owned())
    } else {
        ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST)
    }
}

/// One command line, for what the library has no command for.
struct Line(String);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\r\n", self.0)
    }
}

async fn sign_in(open: &mut Open, auth: &Auth) -> Result<(), SendError> {
    let refused = |error: lettre::transport::smtp::Error| answer::read(&error, Step::SignIn);
    let knows = |name: &str| open.abilities.auth.iter().any(|known| known == name);
    let lines: Vec<String> = match auth {
        Auth::None => return Ok(()),
        Auth::Password { user, secret } if knows("PLAIN") || !knows("LOGIN") => {
            let said = STANDARD.encode(format!("\0{user}\0{}", secret.text()));
            vec![format!("AUTH PLAIN {said}")]
        }
        Auth::Password { user, secret } => vec![
            "AUTH LOGIN".to_owned(),
            STANDARD.encode(user),
            STANDARD.encode(secret.text()),
        ],
        Auth::OAuth2 { user, token } => {
            let said = STANDARD.encode(Auth::xoauth2(user, token));
            // A refusal comes as a challenge with the reason, and is said after an empty line.
            vec![format!("AUTH XOAUTH2 {said}"), String::new()]
        }
    };
    if open.abilities.auth.is_empty() {
        return Err(SendError::Refused {
            of: Of::Sender,
            code: 0,
            enhanced: None,
            text: "the server offers no way to sign in".to_owned(),
        });
    }
    for line in lines {
        let answer = open.connection.command(Line(line)).await.map_err(refused)?;
        if !answer.has_code(334) {
            return Ok(());
        }
    }
    Err(SendError::Refused {
        of: Of::Sender,
        code: 334,
        enhanced: None,
        text: "the server kept asking after all was said".to_owned(),
    })
}

/// The commands before a letter, in one piece where the server takes several at once.
struct Envelope<'a> {
    from: &'a Address,
    to: &'a Address,
    options: String,
}

impl Envelope<'_> {
    fn line(&self, step: Step) -> Line {
        Line(match step {
            Step::From => format!("MAIL FROM:<{}>{}", self.from, self.options),
            Step::To => format!("RCPT TO:<{}>", self.to),
            _ => "DATA".to_owned(),
        })
    }
}

const BEFORE_LETTER: [Step; 3] = [Step::From, Step::To, Step::Data];

async fn hand_over(
    open: &mut Open,
    settings: &SmtpSettings,
    from: &Address,
    to: &Address,
    letter: &[u8],
) -> Result<Receipt, Failure> {
    let options = options(&open.abilities, from, to, letter).map_err(Failure::unsaid)?;
    let envelope = Envelope { from, to, options };
    let patience = settings.patience.command;
    match timeout(patience, say_envelope(open, &envelope)).await {
        Err(_) => return Err(Failure::lost("no answer in time")),
        Ok(Err(failure)) => return Err(failure),
        Ok(Ok(())) => {}
    }

    open.turn.begin_letter();
    let handed = timeout(settings.patience.letter, open.connection.message(letter)).await;
    let error = match handed {
        Ok(Ok(answer)) => {
            let reply = answer.message().collect::<Vec<_>>().join(" ");
            let reply = bounded(&reply, LONGEST_REPLY).to_owned();
            return Ok(Receipt { reply });
        }
        Ok(Err(error)) if error.status().is_some() => {
            return Err(Failure::said(answer::read(&error, Step::Letter)));
        }
        Ok(Err(error)) => answer::words(&error),
        Err(_) => "no answer in time".to_owned(),
    };
    Err(Failure::over(if open.turn.is_servers() {
        SendError::Unknown { text: error }
    } else {
        SendError::Unreachable {
            code: "connection_lost",
            text: error,
        }
    }))
}

/// The parameters of MAIL; a refusal where the server can't take this letter at all.
fn options(
    abilities: &Abilities,
    from: &Address,
    to: &Address,
    letter: &[u8],
) -> Result<String, SendError> {
    let refuse = |of, code, enhanced: &str, text: &str| {
        Err(SendError::Refused {
            of,
            code,
            enhanced: Some(enhanced.to_owned()),
            text: text.to_owned(),
        })
    };
    let mut options = String::new();
    if let Some(largest) = abilities.largest {
        if letter.len() > largest {
            let text = format!(
                "the message weighs {} bytes; the server takes {largest}",
                letter.len()
            );
            return refuse(Of::Content, 552, "5.3.4", &text);
        }
        options.push_str(&format!(" SIZE={}", letter.len()));
    }
    let is_ascii = letter.is_ascii();
    if to.needs_utf8() || from.needs_utf8() || !is_ascii {
        if !abilities.utf8 {
            let text = "the server takes no addresses with letters beyond ASCII";
            return refuse(Of::Recipient, 553, "5.6.7", text);
        }
        options.push_str(" SMTPUTF8");
    }
    if !is_ascii && abilities.eight_bit {
        options.push_str(" BODY=8BITMIME");
    }
    Ok(options)
}

/// Sender, recipient and DATA; after it the server waits for the letter.
async fn say_envelope(open: &mut Open, envelope: &Envelope<'_>) -> Result<(), Failure> {
    let mut refusal = None;
    let mut at_once = open.abilities.pipelining.then(|| {
        BEFORE_LETTER
            .map(|step| envelope.line(step).to_string())
            .concat()
    });
    let pipelined = at_once.is_some();
    for step in BEFORE_LETTER {
        let answered = if !pipelined {
            open.connection.command(envelope.line(step)).await
        } else if let Some(mut all) = at_once.take() {
            // The last line break is the library's to write.
            all.truncate(all.len() - 2);
            open.connection.command(Line(all)).await
        } else {
            open.connection.read_response().await
        };
        match answered {
            Ok(_) if step == Step::Data && refusal.is_some() => {
                // Nobody to write to, and yet the server waits for a letter: an empty one ends it.
                let _ = open.connection.message(b"").await;
            }
            Ok(_) => {}
            Err(error) if error.status().is_some() => {
                if refusal.is_none() {
                    refusal = Some(answer::read(&error, step));
                }
                // A server that hangs up answers nothing more.
                if !pipelined || answer::hangs_up(&error) {
                    break;
                }
            }
            Err(error) => {
                return Err(match refusal {
                    Some(refusal) => Failure::over(refusal),
                    None => Failure::lost(&answer::words(&error)),
                });
            }
        }
    }
    let Some(refusal) = refusal else {
        return Ok(());
    };
    if refusal.is_farewell() {
        return Err(Failure::farewell(refusal));
    }
    let cleared = open.connection.command(Line("RSET".to_owned())).await;
    Err(if cleared.is_ok() {
        Failure::said(refusal)
    } else {
        Failure::over(refusal)
    })
}
