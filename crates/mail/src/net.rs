//! Connections to mail servers: found, opened and encrypted, each within its time.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The longest that one line of a server before encryption may be, and the most of them.
const LONGEST_LINE: usize = 2048;
const MOST_LINES: usize = 64;

/// How a connection is kept from others' eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Begun in the clear and encrypted before anything is said; never without.
    StartTls,
    /// Encrypted from the first byte.
    Tls,
    /// In the clear: only to this same machine, refused elsewhere.
    Plain,
}

/// Text that is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub zeroize::Zeroizing<String>);

impl Secret {
    /// A secret with this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(zeroize::Zeroizing::new(text.to_owned()))
    }

    /// The text, for whoever hands it on.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How an account shows that it is itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    None,
    /// By a password.
    Password {
        /// The account's name at the server.
        user: String,
        /// Its password.
        secret: Secret,
    },
    /// By an access token (XOAUTH2).
    OAuth2 {
        /// The account's address.
        user: String,
        /// The token, good for the moment; `crate::oauth` gets one.
        token: Secret,
    },
}

impl Auth {
    /// What XOAUTH2 says, before Base64.
    pub(crate) fn xoauth2(user: &str, token: &Secret) -> String {
        format!("user={user}\x01auth=Bearer {}\x01\x01", token.text())
    }
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoConnection {
    /// The name leads nowhere.
    #[error("the server's name `{0}` leads to no address")]
    Name(String),
    /// Nothing answers there.
    #[error("nothing answers at the server's address: {0}")]
    Silent(String),
    /// It took longer than it may.
    #[error("the server did not answer in time")]
    Late,
    /// It would be in the clear over a network.
    #[error("a connection in the clear is made to this same machine alone")]
    Clear,
    /// It can't be encrypted.
    #[error("the connection could not be encrypted: {0}")]
    Tls(String),
    /// The certificate to trust is none.
    #[error("the certificate to trust is none in PEM")]
    Certificate,
    /// What answers speaks another language.
    #[error("what answers there is no such server: {0}")]
    Language(String),
}

impl NoConnection {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name(_) => "server_name",
            Self::Silent(_) => "server_silent",
            Self::Late => "server_late",
            Self::Clear => "server_in_clear",
            Self::Tls(_) => "server_tls",
            Self::Certificate => "server_certificate",
            Self::Language(_) => "server_language",
        }
    }
}

/// A server, and how it is reached.
#[derive(Debug, Clone)]
pub(crate) struct Server<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) roots: Option<&'a str>,
    pub(crate) patience: Duration,
}

/// What is said before encryption begins, by the protocol.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Opening<'a> {
    Smtp { hello: &'a str },
    Imap,
}

/// An open connection.
#[derive(Debug)]
pub(crate) enum Wire {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Clear(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

impl Server<'_> {
    /// Opens the connection. `Wire::Clear` has said nothing yet; where encryption began after an
    /// opening, that opening is over and the server waits for the next command.
    pub(crate) async fn connect(&self, opening: Opening<'_>) -> Result<Wire, NoConnection> {
        timeout(self.patience, self.connect_patiently(opening))
            .await
            .map_err(|_| NoConnection::Late)?
    }

    async fn connect_patiently(&self, opening: Opening<'_>) -> Result<Wire, NoConnection> {
        let mut stream = self.reach().await?;
        match self.security {
            Security::Plain => Ok(Wire::Clear(stream)),
            Security::Tls => self.encrypt(stream).await,
            Security::StartTls => {
                ask_for_tls(&mut stream, opening).await?;
                self.encrypt(stream).await
            }
        }
    }

    async fn reach(&self) -> Result<TcpStream, NoConnection> {
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host((self.host, self.port))
            .await
            .map_err(|_| NoConnection::Name(self.host.to_owned()))?
            .take(16)
            .collect();
        if addresses.is_empty() {
            return Err(NoConnection::Name(self.host.to_owned()));
        }
        if self.security == Security::Plain && !addresses.iter().all(|at| at.ip().is_loopback()) {
            return Err(NoConnection::Clear);
        }
        let mut last = String::new();
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                Err(error) => last = error.kind().to_string(),
            }
        }
        Err(NoConnection::Silent(last))
    }

    async fn encrypt(&self, stream: TcpStream) -> Result<Wire, NoConnection> {
        let config = tls_config(self.roots)?;
        let name = ServerName::try_from(self.host.to_owned())
            .map_err(|_| NoConnection::Name(self.host.to_owned()))?;
        TlsConnector::from(config)
            .connect(name, stream)
            .await
            .map(|stream| Wire::Tls(Box::new(stream)))
            .map_err(|error| NoConnection::Tls(error.to_string()))
    }
}

/// Says what makes the server begin encryption, and reads exactly to the end of its consent: what
/// somebody between put behind it in the clear is no word of the server's.
async fn ask_for_tls(stream: &mut TcpStream, opening: Opening<'_>) -> Result<(), NoConnection> {
    match opening {
        Opening::Smtp { hello } => {
            expect_smtp(stream, "220").await?;
            say(stream, &format!("EHLO {hello}\r\n")).await?;
            expect_smtp(stream, "250").await?;
            say(stream, "STARTTLS\r\n").await?;
            expect_smtp(stream, "220").await
        }
        Opening::Imap => {
            let greeting = line(stream).await?;
            if !greeting.starts_with("* OK") {
                return Err(NoConnection::Language(greeting));
            }
            say(stream, "S1 STARTTLS\r\n").await?;
            for _ in 0..MOST_LINES {
                let answer = line(stream).await?;
                if answer.starts_with("S1 OK") {
                    return Ok(());
                }
                if answer.starts_with("S1 ") {
                    return Err(NoConnection::Tls(answer));
                }
            }
            Err(NoConnection::Language("it talks without end".to_owned()))
        }
    }
}

async fn expect_smtp(stream: &mut TcpStream, code: &str) -> Result<(), NoConnection> {
    for _ in 0..MOST_LINES {
        let answer = line(stream).await?;
        if !answer.starts_with(code) {
            return Err(match answer.as_bytes().first() {
                Some(b'4' | b'5') => NoConnection::Tls(answer),
                _ => NoConnection::Language(answer),
            });
        }
        if answer.as_bytes().get(3) != Some(&b'-') {
            return Ok(());
        }
    }
    Err(NoConnection::Language("it talks without end".to_owned()))
}

async fn say(stream: &mut TcpStream, text: &str) -> Result<(), NoConnection> {
    let silent = |error: io::Error| NoConnection::Silent(error.kind().to_string());
    stream.write_all(text.as_bytes()).await.map_err(silent)
}

/// One line, read byte by byte so that nothing behind it is taken.
async fn line(stream: &mut TcpStream) -> Result<String, NoConnection> {
    let mut line = Vec::new();
    while line.len() < LONGEST_LINE {
        let byte = stream
            .read_u8()
            .await
            .map_err(|error| NoConnection::Silent(error.kind().to_string()))?;
        if byte == b'\n' {
            return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        line.push(byte);
    }
    Err(NoConnection::Language("its lines are too long".to_owned()))
}

/// TLS 1.2 and 1.3, trusting what the system trusts and the certificates given.
pub(crate) fn tls_config(roots: Option<&str>) -> Result<Arc<ClientConfig>, NoConnection> {
    let roots = roots.map(certificates).transpose()?.unwrap_or_default();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let wrong = |error: rustls::Error| NoConnection::Tls(error.to_string());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let config =
        match rustls_platform_verifier::Verifier::new_with_extra_roots(roots.clone(), provider) {
            Ok(verifier) => config
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier)),
            // A machine without certificates of its own trusts what was given alone.
            Err(error) if roots.is_empty() => return Err(wrong(error)),
            Err(_) => {
                let mut store = rustls::RootCertStore::empty();
                store.add_parsable_certificates(roots);
                config.with_root_certificates(store)
            }
        };
    Ok(Arc::new(config.with_no_client_auth()))
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, NoConnection> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| NoConnection::Certificate)?;
    if certificates.is_empty() {
        return Err(NoConnection::Certificate);
    }
    Ok(certificates)
}
