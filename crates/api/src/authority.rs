//! The workspace's own certificate authority: it vouches for this workspace's machines on the
//! local network and for nothing else.
//!
//! The authority's key is drawn once and sealed like every key. Its certificate is name-constrained
//! (RFC 5280 §4.2.1.10) to local names and private addresses, so that a browser that trusts it
//! trusts it for no site of the internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, Datelike, Duration, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType, date_time_ymd,
};

use crate::problem::Problem;
use crate::workspace::Workspace;

/// What the authority's secret is sealed for.
const PURPOSE: &str = "certificate authority";
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
    /// The authority's certificate as PEM: what a person tells another device to trust.
    pub fn authority_pem(&self) -> Result<String, Problem> {
        let (key, params) = self.authority()?;
        Ok(params.self_signed(&key).map_err(failed)?.pem())
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
    pub fn listener_identity(&self, names: &[String]) -> Result<ListenerIdentity, Problem> {
        let (authority_key, authority) = self.authority()?;
        let root = authority.self_signed(&authority_key).map_err(failed)?;
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
            .map(|name| match name.parse::<IpAddr>() {
                Ok(address) => Ok(SanType::IpAddress(address)),
                Err(_) => name
                    .as_str()
                    .try_into()
                    .map(SanType::DnsName)
                    .map_err(failed),
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
            chain: vec![certificate.der().to_vec(), root.der().to_vec()],
            key: key.serialize_der().into(),
        })
    }
}

fn set_days(params: &mut CertificateParams, from: DateTime<Utc>, until: DateTime<Utc>) {
    let day = |at: DateTime<Utc>| date_time_ymd(at.year(), at.month() as u8, at.day() as u8);
    params.not_before = day(from);
    params.not_after = day(until);
}

/// Local names and private addresses (RFC 1918, RFC 3927, RFC 4193, RFC 6762).
fn permitted() -> Vec<GeneralSubtree> {
    let dns = ["localhost", "local", "lan", "home.arpa", "internal"]
        .map(|name| GeneralSubtree::DnsName(name.into()));
    let v4 = [
        (Ipv4Addr::new(10, 0, 0, 0), 8),
        (Ipv4Addr::new(172, 16, 0, 0), 12),
        (Ipv4Addr::new(192, 168, 0, 0), 16),
        (Ipv4Addr::new(169, 254, 0, 0), 16),
        (Ipv4Addr::new(127, 0, 0, 0), 8),
    ]
    .map(|(net, bits)| {
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(IpAddr::V4(net), bits))
    });
    let v6 = [
        (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
        (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
        (Ipv6Addr::LOCALHOST, 128),
    ]
    .map(|(net, bits)| {
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(IpAddr::V6(net), bits))
    });
    dns.into_iter().chain(v4).chain(v6).collect()
}
