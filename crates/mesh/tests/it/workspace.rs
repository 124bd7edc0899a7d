//! A workspace's authority and the certificates that it signs, in the shape that the office gives
//! them.

use gatehouse_domain::id::DeviceId;
use gatehouse_mesh::net::{Identity, device_name};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ED25519, SanType,
    date_time_ymd,
};

/// The authority of one workspace.
pub(crate) struct Authority {
    key: KeyPair,
    params: CertificateParams,
    der: Vec<u8>,
}

/// What a certificate is to be like.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) names: Vec<String>,
    /// The first and the last day, as year, month, day.
    pub(crate) days: [(i32, u8, u8); 2],
    pub(crate) usages: Vec<ExtendedKeyUsagePurpose>,
}

impl Wanted {
    /// What the office gives a device.
    pub(crate) fn of(device: DeviceId) -> Self {
        Self {
            names: vec![device_name(device)],
            days: [(2026, 10, 1), (2027, 11, 1)],
            usages: vec![
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::ClientAuth,
            ],
        }
    }
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Gatehouse · Lakeside Events");
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2046, 1, 1);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![
                GeneralSubtree::DnsName("local".into()),
                GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([10, 0, 0, 0], 8)),
            ],
            excluded_subtrees: vec![],
        });
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { key, params, der }
    }

    /// Vouches for whatever is wanted.
    pub(crate) fn vouch(&self, wanted: &Wanted) -> Identity {
        let issuer = Issuer::from_params(&self.params, &self.key);
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "device");
        params.subject_alt_names = wanted
            .names
            .iter()
            .map(|name| SanType::DnsName(name.as_str().try_into().unwrap()))
            .collect();
        let [from, to] = wanted.days;
        params.not_before = date_time_ymd(from.0, from.1, from.2);
        params.not_after = date_time_ymd(to.0, to.1, to.2);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages.clone_from(&wanted.usages);
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        Identity {
            chain: vec![certificate.der().to_vec(), self.der.clone()],
            key: key.serialize_der().into(),
            authority: self.der.clone(),
        }
    }

    /// Vouches for a device as the office does.
    pub(crate) fn enrol(&self, device: DeviceId) -> Identity {
        self.vouch(&Wanted::of(device))
    }
}
