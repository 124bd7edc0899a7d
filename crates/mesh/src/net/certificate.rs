//! Certificates of devices: what they are called by, and when one is believed.
//!
//! A device's certificate names it and nothing else: its one name (subjectAltName, DNS) is
//! [`device_name`]. The workspace's authority signs it, for both ends of a connection
//! (`serverAuth`, `clientAuth`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use gatehouse_domain::clock::Clock;
use gatehouse_domain::id::DeviceId;
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use uuid::Uuid;
use webpki::{EndEntityCert, KeyUsage};
use zeroize::Zeroizing;

/// What every device's name ends in.
const ENDING: &str = ".gatehouse.local";

/// The one name in a device's certificate: `<uuid>.gatehouse.local`, the UUID in lower case with
/// hyphens.
#[must_use]
pub fn device_name(device: DeviceId) -> String {
    format!("{}{ENDING}", device.0.as_hyphenated())
}

/// The device that a name in a certificate is of; none where it is no device's.
#[must_use]
pub fn device_of_name(name: &str) -> Option<DeviceId> {
    let device = name
        .strip_suffix(ENDING)
        .and_then(|id| Uuid::try_parse(id).ok())
        .map(DeviceId)?;
    // One way to write a name, so that two names are never one device.
    (device_name(device) == name).then_some(device)
}

/// What a device shows of itself, and whom it believes.
#[derive(Clone)]
pub struct Identity {
    /// The device's certificate, then the authority's, each DER.
    pub chain: Vec<Vec<u8>>,
    /// The private key of the device's certificate, PKCS #8 DER.
    pub key: Zeroizing<Vec<u8>>,
    /// The certificate of the workspace's authority, DER: whoever it did not vouch for is a
    /// stranger.
    pub authority: Vec<u8>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Disbelief {
    /// The authority did not sign it for this use, or it is damaged.
    #[error("the workspace's authority does not vouch for it ({0})")]
    NotVouched(String),
    /// It names no device, or more than one.
    #[error("it does not name one device")]
    Nameless,
    /// Its time is over, or has not come.
    #[error("it is out of date")]
    OutOfDate,
}

/// Home time as the certificates' check takes it: told by the node, read by every handshake.
#[derive(Debug, Default)]
pub(super) struct HomeHour {
    known: AtomicBool,
    /// Home time less the device's clock, ms.
    ahead_ms: AtomicI64,
}

impl HomeHour {
    /// Sets by how much home time is ahead of the device's clock, where it was measured.
    pub(super) fn set(&self, ahead_ms: Option<i64>) {
        self.ahead_ms
            .store(ahead_ms.unwrap_or(0), Ordering::Relaxed);
        self.known.store(ahead_ms.is_some(), Ordering::Release);
    }

    pub(super) fn is_known(&self) -> bool {
        self.known.load(Ordering::Acquire)
    }
}

/// The check of certificates against the workspace's authority.
pub(super) struct Authority {
    anchor: TrustAnchor<'static>,
    algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
    clock: Arc<dyn Clock>,
    home: Arc<HomeHour>,
    /// When the own certificate began: it is later than that, whatever clocks say.
    not_before: UnixTime,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

fn unix_ms(ms: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_millis(u64::try_from(ms).unwrap_or(0)))
}

impl Authority {
    /// The check against the authority of `identity`, whose own certificate has to pass it but for
    /// its times. Home time is what `home` says.
    pub(super) fn new(
        identity: &Identity,
        algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
        clock: Arc<dyn Clock>,
        home: Arc<HomeHour>,
    ) -> Result<(Self, DeviceId), Disbelief> {
        let damaged = |error: webpki::Error| Disbelief::NotVouched(error.to_string());
        let root = CertificateDer::from(identity.authority.as_slice());
        let anchor = webpki::anchor_from_trusted_cert(&root)
            .map_err(damaged)?
            .to_owned();
        let mut authority = Self {
            anchor,
            algorithms,
            clock,
            home,
            not_before: unix_ms(0),
        };
        let Some((own, rest)) = identity.chain.split_first() else {
            return Err(Disbelief::Nameless);
        };
        let own = CertificateDer::from(own.as_slice());
        let rest: Vec<CertificateDer<'_>> = rest
            .iter()
            .map(|der| CertificateDer::from(der.as_slice()))
            .collect();
        if let Err(webpki::Error::CertNotValidYet { not_before, .. }) =
            authority.verify_at(&own, &rest, KeyUsage::client_auth(), unix_ms(0))
        {
            authority.not_before = not_before;
        }
        let usual = authority.believe_whenever(&own, &rest, KeyUsage::server_auth());
        let device =
            usual.and_then(|_| authority.believe_whenever(&own, &rest, KeyUsage::client_auth()))?;
        Ok((authority, device))
    }

    /// When the device's clock, set right by what is known of home time, stands now.
    fn now(&self) -> UnixTime {
        let ahead_ms = self.home.ahead_ms.load(Ordering::Relaxed);
        unix_ms(self.clock.now_ms().saturating_add(ahead_ms))
    }

    fn verify_at(
        &self,
        certificate: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        usage: KeyUsage,
        time: UnixTime,
    ) -> Result<DeviceId, webpki::Error> {
        let certificate = EndEntityCert::try_from(certificate)?;
        let anchors = std::slice::from_ref(&self.anchor);
        certificate.verify_for_usage(self.algorithms, anchors, rest, time, usage, None, None)?;
        let mut names = certificate.valid_dns_names();
        match (names.next().and_then(device_of_name), names.next()) {
            (Some(device), None) => Ok(device),
            _ => Err(webpki::Error::UnsupportedNameType),
        }
    }

    /// The device of a certificate whose times are left aside, but for what is over since before
    /// the own one began.
    fn believe_whenever(
        &self,
        certificate: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        usage: KeyUsage,
    ) -> Result<DeviceId, Disbelief> {
        let mut time = self.now().max(self.not_before);
        // Once for a time that has not come, once for one that is over.
        for _ in 0..2 {
            time = match self.verify_at(certificate, rest, usage, time) {
                Ok(device) => return Ok(device),
                Err(webpki::Error::CertExpired { not_after, .. })
                    if not_after >= self.not_before =>
                {
                    not_after
                }
                Err(webpki::Error::CertNotValidYet { not_before, .. }) => not_before,
                Err(error) => return Err(disbelief(&error)),
            };
        }
        self.verify_at(certificate, rest, usage, time)
            .map_err(|error| disbelief(&error))
    }

    /// The device that a certificate is of, if the authority vouches for it and its time is right.
    ///
    /// Times are held against home time alone. As long as it was never measured, or is before the
    /// own certificate began and so surely wrong, nobody can tell whose clock is right; then only
    /// what was over before the own certificate began is refused. [`HomeHour`] says when to look
    /// again.
    pub(super) fn believe(
        &self,
        certificate: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        usage: KeyUsage,
    ) -> Result<DeviceId, Disbelief> {
        let now = self.now();
        match self.home.is_known() && now >= self.not_before {
            true => self
                .verify_at(certificate, rest, usage, now)
                .map_err(|error| disbelief(&error)),
            false => self.believe_whenever(certificate, rest, usage),
        }
    }
}

fn disbelief(error: &webpki::Error) -> Disbelief {
    match error {
        webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. } => {
            Disbelief::OutOfDate
        }
        webpki::Error::UnsupportedNameType => Disbelief::Nameless,
        error => Disbelief::NotVouched(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_in_one_way() {
        let device = DeviceId(Uuid::from_u128(0x00c0_ffee_0000_8000_8000_0000_0000_0007));
        let name = device_name(device);
        assert_eq!(name, "00c0ffee-0000-8000-8000-000000000007.gatehouse.local");
        assert_eq!(device_of_name(&name), Some(device));
        for other in [
            "00C0FFEE-0000-8000-8000-000000000007.gatehouse.local",
            "00c0ffee000080008000000000000007.gatehouse.local",
            "{00c0ffee-0000-8000-8000-000000000007}.gatehouse.local",
            "00c0ffee-0000-8000-8000-000000000007.gatehouse.local.",
            "00c0ffee-0000-8000-8000-000000000007.gatehouse.local.example.org",
            "x.00c0ffee-0000-8000-8000-000000000007.gatehouse.local",
            "desk.local",
            ".gatehouse.local",
            "",
        ] {
            assert_eq!(device_of_name(other), None, "{other}");
        }
    }
}
