//! A mail server on the loopback that does as it is told: takes letters, refuses them at any
//! step, stalls, hangs up, asks to come back later.
//!
//! Each connection has a thread. What it took is kept, or only counted where speed is measured.

mod conversation;

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Never.
    None,
    /// When the client asks; nobody signs in and no letter is taken before.
    StartTls,
    /// From the first byte.
    Tls,
}

/// A step of a conversation, at which a server can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Before the greeting.
    Connect,
    /// EHLO.
    Hello,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    SignIn,
    /// MAIL FROM.
    From,
    /// RCPT TO.
    To,
    /// DATA.
    Data,
    /// After the first bytes of the letter.
    Within,
    /// After the whole letter, before its answer.
    Letter,
    /// RSET.
    Reset,
}

/// What a server does instead of what it should.
#[derive(Debug, Clone)]
pub enum Act {
    /// Says this line, with its code, and goes on.
    Say(String),
    /// Says this line and hangs up.
    SayAndDrop(String),
    /// Waits for this long, then goes on as it should.
    Stall(Duration),
    /// Hangs up.
    Drop,
}

/// A fault: what, where and how often.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The step.
    pub at: Step,
    /// The recipient that it strikes; any for none. Known from `Step::To` on.
    pub to: Option<String>,
    /// How often it strikes; `usize::MAX` for always.
    pub times: usize,
    /// What happens.
    pub act: Act,
}

/// How a server is.
#[derive(Debug, Clone)]
pub struct Manner {
    /// How connections are encrypted.
    pub encryption: Encryption,
    /// The account that has to sign in: user, and password or access token.
    pub account: Option<(String, String)>,
    /// The ways to sign in that it offers.
    pub ways: Vec<String>,
    /// Whether it takes addresses beyond ASCII.
    pub utf8: bool,
    /// Whether it takes several commands at once.
    pub pipelining: bool,
    /// The largest letter that it says it takes; 0 for none said.
    pub largest: usize,
    /// The most connections at once.
    pub most_connections: usize,
    /// Whether the first attempt for each recipient is put off.
    pub greylist: bool,
    /// Whether letters are kept, or only counted.
    pub keeps: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            encryption: Encryption::None,
            account: None,
            ways: ["PLAIN", "LOGIN", "XOAUTH2"].map(str::to_owned).to_vec(),
            utf8: true,
            pipelining: true,
            largest: 0,
            most_connections: usize::MAX,
            greylist: false,
            keeps: true,
        }
    }
}

impl Manner {
    /// Letters are counted and thrown away, as quickly as they come.
    #[must_use]
    pub fn fast() -> Self {
        Self {
            keeps: false,
            ..Self::default()
        }
    }
}

/// A letter that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The return path.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// The letter, without the dots that SMTP adds.
    pub bytes: Vec<u8>,
    /// Whether the connection was encrypted.
    pub encrypted: bool,
    /// Who had signed in.
    pub account: Option<String>,
    /// The connection that it came over, from 1.
    pub connection: usize,
}

/// A running server; it stops when it is dropped.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    ca: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    manner: Manner,
    tls: Option<Arc<ServerConfig>>,
    faults: Mutex<Vec<Fault>>,
    taken: Mutex<Vec<Taken>>,
    seen: Mutex<HashSet<String>>,
    commands: Mutex<Vec<String>>,
    count: AtomicUsize,
    connections: AtomicUsize,
    open: AtomicUsize,
    over: AtomicBool,
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What happens instead at this step, if anything does.
    fn strike(&self, at: Step, to: Option<&str>) -> Option<Act> {
        let mut faults = lock(&self.faults);
        let fault = faults.iter_mut().find(|fault| {
            fault.at == at
                && fault.times > 0
                && fault
                    .to
                    .as_ref()
                    .is_none_or(|wanted| to.is_some_and(|to| to == wanted))
        })?;
        if fault.times != usize::MAX {
            fault.times -= 1;
        }
        Some(fault.act.clone())
    }

    fn greylists(&self, to: &str) -> bool {
        self.manner.greylist && lock(&self.seen).insert(to.to_owned())
    }

    fn take(&self, letter: Taken) {
        self.count.fetch_add(1, Ordering::SeqCst);
        if self.manner.keeps {
            lock(&self.taken).push(letter);
        }
    }
}

impl MailServer {
    /// A server that listens on a free port of the loopback.
    ///
    /// # Panics
    ///
    /// When the machine has no loopback or no randomness.
    #[must_use]
    pub fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let (ca, tls) = match manner.encryption {
            Encryption::None => (String::new(), None),
            _ => {
                let certificate = Certificate::make();
                let config = Arc::new(certificate.config());
                (certificate.ca, Some(config))
            }
        };
        let shared = Arc::new(Shared {
            manner,
            tls,
            faults: Mutex::default(),
            taken: Mutex::default(),
            seen: Mutex::default(),
            commands: Mutex::default(),
            count: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        });
        let server = Self {
            address,
            ca,
            shared: shared.clone(),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.over.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let shared = shared.clone();
                let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
                std::thread::spawn(move || {
                    let at_once = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
                    // A client that hangs up ends it; that is no failure of the server's.
                    let _ = conversation::hold(stream, &shared, number, at_once);
                    shared.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        server
    }

    /// The port that it listens on; its name is `localhost`.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The certificate in PEM that its own is signed with; empty without encryption.
    #[must_use]
    pub fn ca(&self) -> &str {
        &self.ca
    }

    /// Adds a fault; the first that fits strikes.
    pub fn fault(&self, at: Step, times: usize, act: Act) {
        lock(&self.shared.faults).push(Fault {
            at,
            to: None,
            times,
            act,
        });
    }

    /// Adds a fault for letters to one recipient.
    pub fn fault_for(&self, to: &str, at: Step, times: usize, act: Act) {
        lock(&self.shared.faults).push(Fault {
            at,
            to: Some(to.to_owned()),
            times,
            act,
        });
    }

    /// Takes all faults away.
    pub fn mend(&self) {
        lock(&self.shared.faults).clear();
    }

    /// The letters that it took, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        lock(&self.shared.taken).clone()
    }

    /// How many letters it took.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shared.count.load(Ordering::SeqCst)
    }

    /// How many connections were ever made.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// The commands that it heard, in order, without what signs in.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        lock(&self.shared.commands).clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // The thread that accepts wakes up once more, and ends.
        let _ = TcpStream::connect(self.address);
    }
}

/// A certificate for `localhost`, signed by an authority of its own.
#[derive(Debug)]
pub struct Certificate {
    /// The authority's certificate in PEM.
    pub ca: String,
    /// The server's certificate in PEM.
    pub chain: String,
    /// The server's key in PEM.
    pub key: String,
    der: (Vec<u8>, Vec<u8>),
}

impl Certificate {
    /// A new one.
    ///
    /// # Panics
    ///
    /// When the machine has no randomness.
    #[must_use]
    pub fn make() -> Self {
        let ca_key = KeyPair::generate().expect("there is randomness");
        let mut ca = CertificateParams::new(Vec::new()).expect("no names are good names");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_pem = ca.self_signed(&ca_key).expect("a key signs").pem();
        let issuer = Issuer::new(ca, ca_key);
        let key = KeyPair::generate().expect("there is randomness");
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let leaf = CertificateParams::new(names)
            .and_then(|leaf| leaf.signed_by(&key, &issuer))
            .expect("a key signs");
        Self {
            ca: ca_pem,
            chain: leaf.pem(),
            key: key.serialize_pem(),
            der: (leaf.der().to_vec(), key.serialize_der()),
        }
    }

    fn config(&self) -> ServerConfig {
        let (leaf, key) = self.der.clone();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config
                    .with_no_client_auth()
                    .with_single_cert(vec![leaf.into()], key)
            })
            .expect("the key is the certificate's")
    }
}
