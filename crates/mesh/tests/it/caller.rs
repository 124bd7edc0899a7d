//! Somebody who calls a gate without being one.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use gatehouse_mesh::net::Identity;
use gatehouse_mesh::wire::{Frame, Hello, Role, RosterVersion};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

use crate::gates::PATIENCE;
use crate::ledger::{EVENT, device};

/// Believes whoever answers: these tests are about whom the gate believes.
#[derive(Debug)]
struct Credulous(Arc<CryptoProvider>);

impl ServerCertVerifier for Credulous {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// A TLS connection to a gate, by somebody who writes what they like.
pub(crate) struct Caller {
    stream: StreamOwned<ClientConnection, TcpStream>,
    read: Vec<u8>,
}

impl Caller {
    pub(crate) fn call(
        gate: SocketAddr,
        identity: Option<&Identity>,
        protocol: Option<&[u8]>,
    ) -> io::Result<Self> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Credulous(provider)));
        let mut config = match identity {
            None => config.with_no_client_auth(),
            Some(identity) => {
                let chain = identity.chain.iter().cloned().map(CertificateDer::from);
                let key = PrivatePkcs8KeyDer::from(identity.key.to_vec());
                config
                    .with_client_auth_cert(chain.collect(), key.into())
                    .unwrap()
            }
        };
        config.alpn_protocols = protocol.iter().map(|p| p.to_vec()).collect();
        let stream = TcpStream::connect(gate)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let name = ServerName::from(gate.ip());
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut caller = Self {
            stream: StreamOwned::new(connection, stream),
            read: Vec::new(),
        };
        caller.stream.flush()?;
        Ok(caller)
    }

    /// Somebody whom the gate believes.
    pub(crate) fn believed(gate: SocketAddr, identity: &Identity) -> Self {
        Self::call(gate, Some(identity), Some(b"gatehouse-mesh/1")).unwrap()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// The next frame; none once the gate has ended the connection.
    pub(crate) fn hear(&mut self) -> Option<Frame> {
        loop {
            if let Some((frame, taken)) = Frame::take(&self.read).unwrap() {
                self.read.drain(..taken);
                return Some(frame);
            }
            let mut bytes = [0; 16_384];
            match self.stream.read(&mut bytes) {
                Ok(0) => return None,
                Ok(read) => self.read.extend_from_slice(&bytes[..read]),
                Err(error) => {
                    let waited = matches!(
                        error.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    );
                    assert!(!waited, "the gate neither spoke nor hung up");
                    return None;
                }
            }
        }
    }
}

/// What a device says first.
pub(crate) fn hello(n: usize) -> Hello {
    Hello {
        oldest: 1,
        newest: 1,
        event: EVENT,
        device: device(n),
        incarnation: 1,
        role: Role::Gate,
        roster: RosterVersion {
            epoch: 1,
            number: 0,
        },
        heard: true,
    }
}
