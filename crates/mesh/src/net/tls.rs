//! Mutual TLS 1.3 between devices of one workspace.

use std::sync::Arc;

use gatehouse_domain::clock::Clock;
use gatehouse_domain::id::DeviceId;
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, CommonState, DigitallySignedStruct, DistinguishedName,
    ServerConfig, SignatureScheme,
};
use webpki::KeyUsage;

use super::MeshError;
use super::certificate::{Authority, Disbelief, HomeHour, Identity};

/// What both ends say that they speak (ALPN, RFC 7301).
const PROTOCOL: &[u8] = b"gatehouse-mesh/1";

/// Holds certificates against the authority, at both ends of a connection.
#[derive(Debug)]
struct Doorkeeper {
    authority: Arc<Authority>,
    provider: Arc<CryptoProvider>,
}

impl Doorkeeper {
    fn believe(
        &self,
        certificate: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        usage: KeyUsage,
    ) -> Result<(), rustls::Error> {
        let believed = self.authority.believe(certificate, rest, usage);
        believed.map(drop).map_err(|disbelief| {
            rustls::Error::InvalidCertificate(match disbelief {
                Disbelief::NotVouched(_) => CertificateError::UnknownIssuer,
                Disbelief::Nameless => CertificateError::NotValidForName,
                Disbelief::OutOfDate => CertificateError::Expired,
            })
        })
    }

    fn holds(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn too_old() -> rustls::Error {
    rustls::Error::General("TLS 1.3 is the oldest version spoken here".to_owned())
}

impl ServerCertVerifier for Doorkeeper {
    // Whom an address leads to is known only now: the name is the certificate's to tell.
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.believe(certificate, rest, KeyUsage::server_auth())?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(too_old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.holds(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

impl ClientCertVerifier for Doorkeeper {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        // A device has one certificate; nobody on the network needs to read whose workspace it is.
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.believe(certificate, rest, KeyUsage::client_auth())?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(too_old())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.holds(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

/// The time that is passed in, as rustls asks for it.
struct PassedTime(Arc<dyn Clock>);

impl std::fmt::Debug for PassedTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PassedTime")
    }
}

impl TimeProvider for PassedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let ms = u64::try_from(self.0.now_ms()).ok()?;
        Some(UnixTime::since_unix_epoch(
            std::time::Duration::from_millis(ms),
        ))
    }
}

/// Both ends of TLS, ready to be used for any number of connections.
#[derive(Clone)]
pub(super) struct Tls {
    /// For connections that are dialled.
    pub(super) dial: Arc<ClientConfig>,
    /// For connections that are accepted.
    pub(super) accept: Arc<ServerConfig>,
    authority: Arc<Authority>,
}

/// A certificate that was shown, to be looked at again.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    chain: Vec<CertificateDer<'static>>,
    dialled: bool,
}

fn usage_of(dialled: bool) -> KeyUsage {
    match dialled {
        true => KeyUsage::server_auth(),
        false => KeyUsage::client_auth(),
    }
}

impl Tls {
    /// TLS with this identity. The device of its certificate is told, too.
    pub(super) fn new(
        identity: &Identity,
        clock: Arc<dyn Clock>,
        home: Arc<HomeHour>,
    ) -> Result<(Self, DeviceId), MeshError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let algorithms = provider.signature_verification_algorithms.all;
        let (authority, device) = Authority::new(identity, algorithms, Arc::clone(&clock), home)
            .map_err(|why| MeshError::Identity(why.to_string()))?;
        let authority = Arc::new(authority);
        let keeper = Arc::new(Doorkeeper {
            authority: Arc::clone(&authority),
            provider: Arc::clone(&provider),
        });
        let time: Arc<dyn TimeProvider> = Arc::new(PassedTime(clock));
        let chain = || -> Vec<CertificateDer<'static>> {
            let chain = identity.chain.iter();
            chain.map(|der| CertificateDer::from(der.clone())).collect()
        };
        let key = || PrivatePkcs8KeyDer::from(identity.key.to_vec()).into();
        let unusable = |error: rustls::Error| MeshError::Identity(error.to_string());

        let versions = &[&rustls::version::TLS13];
        let mut dial = ClientConfig::builder_with_details(Arc::clone(&provider), Arc::clone(&time))
            .with_protocol_versions(versions)
            .map_err(unusable)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&keeper) as _)
            .with_client_auth_cert(chain(), key())
            .map_err(unusable)?;
        dial.alpn_protocols = vec![PROTOCOL.to_vec()];
        dial.resumption = Resumption::disabled();
        dial.enable_sni = false;
        dial.enable_early_data = false;

        let mut accept = ServerConfig::builder_with_details(provider, time)
            .with_protocol_versions(versions)
            .map_err(unusable)?
            .with_client_cert_verifier(keeper)
            .with_single_cert(chain(), key())
            .map_err(unusable)?;
        accept.alpn_protocols = vec![PROTOCOL.to_vec()];
        accept.session_storage = Arc::new(NoServerSessionStorage {});
        accept.send_tls13_tickets = 0;
        accept.max_early_data_size = 0;

        let tls = Self {
            dial: Arc::new(dial),
            accept: Arc::new(accept),
            authority,
        };
        Ok((tls, device))
    }

    /// Whom a connection leads to, once its handshake is done; none where the other end does not
    /// speak the mesh's protocol.
    pub(super) fn peer(
        &self,
        connection: &CommonState,
        dialled: bool,
    ) -> Option<(DeviceId, Shown)> {
        if connection.alpn_protocol() != Some(PROTOCOL) {
            return None;
        }
        let chain = connection.peer_certificates()?.iter();
        let shown = Shown {
            chain: chain.map(|der| der.clone().into_owned()).collect(),
            dialled,
        };
        let device = self.look_again(&shown)?;
        Some((device, shown))
    }

    /// The device of a certificate that was shown before, if it is still to be believed.
    pub(super) fn look_again(&self, shown: &Shown) -> Option<DeviceId> {
        let (own, rest) = shown.chain.split_first()?;
        let usage = usage_of(shown.dialled);
        self.authority.believe(own, rest, usage).ok()
    }
}
