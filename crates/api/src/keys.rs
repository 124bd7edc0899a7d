//! An event's signing keys: made, rotated, revoked, and known to every gate.

use gatehouse_credential::directory::{KeyCertificate, KeyTerms};
use gatehouse_credential::key::{KeyId, KeyProfile, PublicKey, SigningKey};
use gatehouse_domain::device::DeviceStatus;
use gatehouse_domain::id::DeviceId;
use gatehouse_domain::key::KeyStatus;
use gatehouse_store::Lane;
use gatehouse_store::event::{DeviceRow, SigningKeyRow};

use crate::doors::new_device_key;
use crate::home::EventHome;
use crate::mesh::{OFFICE, is_office};
use crate::problem::Problem;

/// A signing key as people see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct KeySummary {
    /// The key id in a credential's header.
    pub kid: String,
    /// Version, from 1.
    pub version: u32,
    /// Algorithm and size.
    pub profile: String,
    /// Status.
    pub status: KeyStatus,
}

impl EventHome {
    /// Makes a new key that signs from now on; the one before goes on verifying.
    pub fn add_signing_key(&self, profile: KeyProfile) -> Result<KeySummary, Problem> {
        let key =
            SigningKey::generate(profile).map_err(|e| Problem::new("key_failed", e.to_string()))?;
        let now = self.now();
        let root = self.workspace().root_key()?;
        let event = self.event();
        let keys = self.file().read(|view| view.signing_keys())?;
        let version = keys.iter().map(|k| k.version).max().unwrap_or(0) + 1;
        let certify = |public: &PublicKey, version, status, since| {
            let terms = KeyTerms {
                event: event.id,
                version,
                status,
                home_epoch: event.home_epoch,
                not_before: since,
            };
            KeyCertificate::issue(&root, public, terms)
                .map_err(|e| Problem::new("key_failed", e.to_string()))
                .and_then(|certificate| to_json(&certificate))
        };
        let row = SigningKeyRow {
            id: key.id().0,
            version,
            profile: profile.name().to_owned(),
            public_key: key.public().spki_der().to_vec(),
            sealed: self.workspace().vault().seal_key(&key),
            certificate: certify(
                key.public(),
                version,
                KeyStatus::Active,
                now.div_euclid(1_000),
            )?,
            status: KeyStatus::Active,
            created_at: now,
        };
        let rotated = keys
            .iter()
            .filter(|k| k.status == KeyStatus::Active)
            .map(|k| {
                let public = public_key(&k.public_key)?;
                let since = k.created_at.div_euclid(1_000);
                Ok((
                    k.id,
                    certify(&public, k.version, KeyStatus::Rotated, since)?,
                ))
            })
            .collect::<Result<Vec<_>, Problem>>()?;
        let summary = summarize(&row);
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "add signing key", None);
        let mut known = rotated.clone();
        known.push((row.id, row.certificate.clone()));
        self.file().command(Lane::Edit, meta, move |change| {
            for (id, certificate) in &rotated {
                change.set_key_status(*id, KeyStatus::Rotated, certificate)?;
            }
            change.insert_signing_key(&row)?;
            Ok::<_, Problem>(())
        })?;
        self.forget_active_key();
        self.workspace().file().project_keys(self.id(), &known)?;
        Ok(summary)
    }

    /// Takes a key back: every ticket that it signed is refused. The active key is rotated first,
    /// so that another signs.
    pub fn revoke_signing_key(&self, kid: KeyId) -> Result<(), Problem> {
        let keys = self.file().read(|view| view.signing_keys())?;
        let key = keys
            .iter()
            .find(|k| k.id == kid.0)
            .ok_or_else(|| Problem::new("key_unknown", "this event has no such signing key"))?;
        if key.status == KeyStatus::Active {
            return Err(Problem::new(
                "key_active",
                "this key signs now; add another first, then revoke this one",
            ));
        }
        let terms = KeyTerms {
            event: self.id(),
            version: key.version,
            status: KeyStatus::Revoked,
            home_epoch: self.event().home_epoch,
            not_before: key.created_at.div_euclid(1_000),
        };
        let root = self.workspace().root_key()?;
        let certificate = KeyCertificate::issue(&root, &public_key(&key.public_key)?, terms)
            .map_err(|e| Problem::new("key_failed", e.to_string()))
            .and_then(|certificate| to_json(&certificate))?;
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "revoke signing key", None);
        let stored = certificate.clone();
        self.file().command(Lane::Edit, meta, move |change| {
            change.set_key_status(kid.0, KeyStatus::Revoked, &stored)?;
            Ok::<_, Problem>(())
        })?;
        self.workspace()
            .file()
            .project_keys(self.id(), &[(kid.0, certificate)])?;
        Ok(())
    }

    /// Makes this machine the event's home: the next epoch, certified for every key by the
    /// workspace root, and a new life for each gate whose key is here.
    ///
    /// The epoch is later than `after` too, that of a home that was here before.
    pub(crate) fn take_next_epoch(&self, after: u64) -> Result<(), Problem> {
        let root = self.workspace().root_key()?;
        let epoch = self.event().home_epoch.max(after) + 1;
        let keys = self.file().read(|view| view.signing_keys())?;
        let certified = keys
            .iter()
            .map(|key| {
                let terms = KeyTerms {
                    event: self.id(),
                    version: key.version,
                    status: key.status,
                    home_epoch: epoch,
                    not_before: key.created_at.div_euclid(1_000),
                };
                let certificate =
                    KeyCertificate::issue(&root, &public_key(&key.public_key)?, terms)
                        .map_err(|e| Problem::new("key_failed", e.to_string()))?;
                Ok((key.id, key.status, to_json(&certificate)?))
            })
            .collect::<Result<Vec<_>, Problem>>()?;
        let known: Vec<_> = certified
            .iter()
            .map(|(id, _, certificate)| (*id, certificate.clone()))
            .collect();
        let mut mint = self.mint();
        let now = self.now();
        // Two homes are never one device: what the one before is among its gates has no right from
        // now on, and this one is a device of its own.
        let before = self.file().read(|view| view.devices())?;
        let before: Vec<DeviceId> = before
            .into_iter()
            .filter(|device| is_office(device) && device.status == DeviceStatus::Active)
            .map(|device| device.id)
            .collect();
        let key = new_device_key()?;
        let office = DeviceRow::of_office(
            DeviceId(mint.mint(now)),
            OFFICE,
            key.public().spki_der(),
            self.workspace().vault().seal_key(&key),
            now,
        );
        let meta = self.edit_meta(&mut mint, "take over event", Some(format!("epoch {epoch}")));
        self.file().command(Lane::Edit, meta, move |change| {
            for (id, status, certificate) in &certified {
                change.set_key_status(*id, *status, certificate)?;
            }
            change.set_home_epoch(epoch)?;
            change.renew_devices()?;
            for device in &before {
                change.revoke_device(*device, now)?;
            }
            if !before.is_empty() {
                change.insert_device(&office)?;
            }
            Ok::<_, Problem>(())
        })?;
        self.refreshed()?.project()?;
        self.workspace().file().project_keys(self.id(), &known)?;
        Ok(())
    }

    /// The event's keys, oldest version first.
    pub fn signing_keys(&self) -> Result<Vec<KeySummary>, Problem> {
        let keys = self.file().read(|view| view.signing_keys())?;
        Ok(keys.iter().map(summarize).collect())
    }

    /// The public half of the key that signs now, as PEM (SubjectPublicKeyInfo).
    pub fn public_key_pem(&self) -> Result<String, Problem> {
        let keys = self.file().read(|view| view.signing_keys())?;
        let active = active(&keys)?;
        Ok(public_key(&active.public_key)?.to_pem())
    }

    pub(crate) fn unseal_active_key(&self) -> Result<SigningKey, Problem> {
        let keys = self.file().read(|view| view.signing_keys())?;
        let active = active(&keys)?;
        self.workspace()
            .vault()
            .open_key(KeyId(active.id), &active.sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))
    }
}

fn active(keys: &[SigningKeyRow]) -> Result<&SigningKeyRow, Problem> {
    keys.iter()
        .find(|key| key.status == KeyStatus::Active)
        .ok_or_else(|| {
            Problem::new(
                "key_missing",
                "this event has no active signing key; add one",
            )
        })
}

fn public_key(spki: &[u8]) -> Result<PublicKey, Problem> {
    PublicKey::from_spki_der(spki).map_err(|e| Problem::new("key_failed", e.to_string()))
}

fn to_json(certificate: &KeyCertificate) -> Result<String, Problem> {
    serde_json::to_string(certificate).map_err(|e| Problem::new("key_failed", e.to_string()))
}

fn summarize(row: &SigningKeyRow) -> KeySummary {
    KeySummary {
        kid: KeyId(row.id).to_string(),
        version: row.version,
        profile: row.profile.clone(),
        status: row.status,
    }
}
