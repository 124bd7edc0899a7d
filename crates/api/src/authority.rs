//! The workspace's own certificate authority: it vouches for this workspace's machines on the
//! local network and for nothing else.
//!
//! The authority's key is drawn once and sealed like every key. Its certificate is name-constrained
//! (RFC 5280 §4.2.1.10) to local names and private addresses, so that a browser that trusts it
//! trusts it for no site of the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike, Duration, Utc};
use gatehouse_domain::id::DeviceId;
use gatehouse_mesh::net::device_name;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, PublicKeyData, SanType, date_time_ymd,
};

use crate::problem::Problem;
use crate::workspace::Workspace;

/// What the authority's secret is sealed for.
const PURPOSE: &str = "certificate authority";
/// What the authority's certificate is sealed for, as every secret is.
const CERTIFICATE_PURPOSE: &str = "certificate of the authority";
/// Days that a machine's certificate is good; browsers take 398 at most.
const DAYS: i64 = 397;

/// A certificate with its chain and its key, for one listener.
pub struct ListenerIdentity {
    /// The machine's certificate, then the authority's, each DER.
    pub chain: Vec<Vec<u8>>,
    /// Its private key, PKCS #8 DER.
    pub key: zeroize::Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for ListenerIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListenerIdentity").finish_non_exhaustive()
    }
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new("certificate_failed", error.to_string())
}

impl Workspace {
    /// The authority's certificate, DER. It is signed once and kept, so that its fingerprint can be
    /// compared.
    pub fn authority_der(&self) -> Result<Vec<u8>, Problem> {
        let (key, params) = self.authority()?;
        let signed = params.self_signed(&key).map_err(failed)?;
        let sealed = self.file().secret(CERTIFICATE_PURPOSE, || {
            self.vault().seal(CERTIFICATE_PURPOSE, signed.der())
        })?;
        let der = self
            .vault()
            .open(CERTIFICATE_PURPOSE, &sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))?;
        Ok(der.to_vec())
    }

    /// The authority's certificate as PEM: what a person tells another device to trust.
    pub fn authority_pem(&self) -> Result<String, Problem> {
        let text = STANDARD.encode(self.authority_der()?);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap_or_default())
            .collect();
        Ok(format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        ))
    }

    fn authority(&self) -> Result<(KeyPair, CertificateParams), Problem> {
        let drawn = KeyPair::generate().map_err(failed)?;
        let sealed = self.file().secret(PURPOSE, || {
            self.vault().seal(PURPOSE, &drawn.serialize_der())
        })?;
        let der = self
            .vault()
            .open(PURPOSE, &sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))?;
        let key = KeyPair::try_from(der.as_slice()).map_err(failed)?;
        let made = DateTime::from_timestamp_millis(self.row().created_at).unwrap_or_default();
        let mut params = CertificateParams::default();
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, format!("Gatehouse · {}", self.name()));
        name.push(DnType::OrganizationalUnitName, self.id().to_string());
        params.distinguished_name = name;
        set_days(
            &mut params,
            made - Duration::days(1),
            made + Duration::days(365 * 20),
        );
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted(),
            excluded_subtrees: vec![],
        });
        Ok((key, params))
    }

    /// A new identity for a listener that goes by these names and addresses.
    ///
    /// Addresses that are not private are left out: one of them alone makes strict programs refuse
    /// the whole certificate. A name that is not local is refused.
    pub fn listener_identity(&self, names: &[String]) -> Result<ListenerIdentity, Problem> {
        let (authority_key, authority) = self.authority()?;
        let root = self.authority_der()?;
        let issuer = Issuer::from_params(&authority, &authority_key);
        let now = DateTime::from_timestamp_millis(self.surroundings().now()).unwrap_or_default();
        let mut params = CertificateParams::default();
        let mut subject = DistinguishedName::new();
        subject.push(
            DnType::CommonName,
            names.first().map_or("localhost", String::as_str),
        );
        params.distinguished_name = subject;
        params.subject_alt_names = names
            .iter()
            .filter_map(|name| match name.parse::<IpAddr>() {
                Ok(address) => is_private(address).then_some(Ok(SanType::IpAddress(address))),
                Err(_) if !is_local(name) => Some(Err(Problem::new(
                    "name_not_local",
                    format!(
                        "{name} is no name of a local network, so this workspace can't vouch for \
                         it; take one that ends in .local, .lan, .internal or .home.arpa"
                    ),
                ))),
                Err(_) => Some(
                    name.as_str()
                        .try_into()
                        .map(SanType::DnsName)
                        .map_err(failed),
                ),
            })
            .collect::<Result<_, _>>()?;
        set_days(
            &mut params,
            now - Duration::days(1),
            now + Duration::days(DAYS),
        );
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
        Ok(ListenerIdentity {
            chain: vec![certificate.der().to_vec(), root],
            key: key.serialize_der().into(),
        })
    }
}

/// A device's own key (Ed25519), as the authority certifies it.
struct DeviceSpki<'a>(&'a [u8]);

/// An Ed25519 SubjectPublicKeyInfo without the key itself (RFC 8410).
const ED25519_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

impl PublicKeyData for DeviceSpki<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl Workspace {
    /// A certificate for a device's own key (SubjectPublicKeyInfo DER, Ed25519), with which other
    /// devices of this workspace know it in the mesh; DER, good for a year and a month, or until the
    /// day after `until` (UTC ms).
    pub(crate) fn device_certificate(
        &self,
        device: DeviceId,
        spki: &[u8],
        until: Option<i64>,
    ) -> Result<Vec<u8>, Problem> {
        let key = spki
            .strip_prefix(&ED25519_PREFIX)
            .filter(|key| key.len() == 32)
            .ok_or_else(|| failed("this device's key is of another kind"))?;
        let (authority_key, authority) = self.authority()?;
        let issuer = Issuer::from_params(&authority, &authority_key);
        let now = DateTime::from_timestamp_millis(self.surroundings().now()).unwrap_or_default();
        let name = device_name(device);
        let mut params = CertificateParams::default();
        let mut subject = DistinguishedName::new();
        subject.push(DnType::CommonName, name.as_str());
        params.distinguished_name = subject;
        params.subject_alt_names =
            vec![SanType::DnsName(name.as_str().try_into().map_err(failed)?)];
        let usual = now + Duration::days(DAYS);
        let until = until.and_then(DateTime::from_timestamp_millis);
        let until = until.map_or(usual, |until| usual.min(until + Duration::days(1)));
        set_days(&mut params, now - Duration::days(1), until);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        let certificate = params
            .signed_by(&DeviceSpki(key), &issuer)
            .map_err(failed)?;
        Ok(certificate.der().to_vec())
    }
}

fn set_days(params: &mut CertificateParams, from: DateTime<Utc>, until: DateTime<Utc>) {
    let day = |at: DateTime<Utc>| date_time_ymd(at.year(), at.month() as u8, at.day() as u8);
    params.not_before = day(from);
    params.not_after = day(until);
}

/// Endings of names that the authority vouches for (RFC 6762, RFC 8375).
const LOCAL_NAMES: [&str; 5] = ["localhost", "local", "lan", "home.arpa", "internal"];
/// Private addresses that it vouches for (RFC 1918, RFC 3927).
const PRIVATE_V4: [(Ipv4Addr, u8); 5] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
];
/// The same of IPv6 (RFC 4193, RFC 4291).
const PRIVATE_V6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::LOCALHOST, 128),
];

fn is_local(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    LOCAL_NAMES.iter().any(|ending| {
        name.strip_suffix(ending)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => PRIVATE_V4
            .iter()
            .any(|(net, bits)| (address.to_bits() ^ net.to_bits()) >> (32 - bits) == 0),
        IpAddr::V6(address) => PRIVATE_V6
            .iter()
            .any(|(net, bits)| (address.to_bits() ^ net.to_bits()) >> (128 - bits) == 0),
    }
}

/// What the authority's certificate permits.
fn permitted() -> Vec<GeneralSubtree> {
    let dns = LOCAL_NAMES.map(|name| GeneralSubtree::DnsName(name.into()));
    let v4 = PRIVATE_V4.map(|(net, bits)| {
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(IpAddr::V4(net), bits))
    });
    let v6 = PRIVATE_V6.map(|(net, bits)| {
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(IpAddr::V6(net), bits))
    });
    dns.into_iter().chain(v4).chain(v6).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_names_and_private_addresses_are_vouched_for() {
        for (name, local) in [
            ("desk.local", true),
            ("LOCALHOST", true),
            ("a.b.home.arpa", true),
            ("notlocal", false),
            ("desk.local.example.org", false),
            ("example.org", false),
        ] {
            assert_eq!(is_local(name), local, "{name}");
        }
        for (address, private) in [
            ("10.1.2.3", true),
            ("172.31.255.255", true),
            ("172.32.0.0", false),
            ("192.0.2.2", false),
            ("127.0.0.1", true),
            ("::1", true),
            ("::2", false),
            ("fd00::2", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), private, "{address}");
        }
    }
}
