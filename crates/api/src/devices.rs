//! Devices: registered with a token, told what to do, revoked.

use gatehouse_credential::access::new_access_secret;
use gatehouse_credential::device::{DeviceClaims, DeviceKey};
use gatehouse_credential::key::{KeyProfile, PublicKey};
use gatehouse_domain::device::{
    AlertKind, CREDENTIAL_SECONDS, DeviceInfo, DeviceKind, DeviceSettings, DeviceStatus,
    TOKEN_MINUTES,
};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{DeviceId, Route};
use gatehouse_store::Lane;
use gatehouse_store::event::{Change, DeviceRow, GateStand, RegistrationRow};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::doors::new_device_key;
use crate::home::EventHome;
use crate::mesh::is_office;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// What credentials of devices are made with.
const PURPOSE: &str = "device credentials";
/// How long a scanner's link is good after the last session, in milliseconds.
const LINK_AFTER_MS: i64 = 12 * 3_600_000;
/// The longest name of a device, in characters.
const LONGEST_NAME: usize = 80;
/// A device is looked at as heard of no more often than this, in milliseconds.
const SEEN_MS: i64 = 15_000;

/// What a new device will be.
#[derive(Debug, Clone)]
pub struct TokenDraft {
    /// What it becomes.
    pub kind: DeviceKind,
    /// Where it will stand.
    pub stand: GateStand,
    /// What the person noted.
    pub notes: String,
}

/// A token that makes a device.
#[derive(Debug, Clone)]
pub struct RegistrationToken {
    /// The token itself; it is told once.
    pub token: Uuid,
    /// Until when it is good, UTC ms.
    pub expires_at: i64,
}

/// What a device says when it registers.
#[derive(Debug, Clone, Default)]
pub struct DeviceDraft {
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub info: DeviceInfo,
    /// Its own public key, SubjectPublicKeyInfo DER (Ed25519); the home keeps one for it when
    /// absent.
    pub public_key: Option<Vec<u8>>,
}

/// What a device gets when it is registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The device.
    pub device: DeviceRow,
    /// Its credential.
    pub credential: String,
}

/// What a person changes of a device; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct DeviceChange {
    /// Its name.
    pub name: Option<String>,
    /// Where it stands.
    pub stand: Option<GateStand>,
    /// What it is told.
    pub settings: Option<DeviceSettings>,
}

fn hash_of(token: Uuid) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"gatehouse/registration-token/v1\0");
    hash.update(token.as_bytes());
    hash.finalize().into()
}

fn token_invalid() -> Problem {
    Problem::new(
        "token_invalid",
        "this code registers no device; ask the office for a new one",
    )
}

fn credential_not_good() -> Problem {
    Problem::new(
        "signed_out",
        "this credential is not good here; register the device again",
    )
}

fn device_unknown() -> Problem {
    Problem::new("device_unknown", "this event has no such device")
}

fn check_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control)
    {
        return Err(FieldErrors(vec![FieldError::new(
            "deviceName",
            "name_length",
            format!("give the device a name of 1 to {LONGEST_NAME} characters"),
        )])
        .into());
    }
    Ok(name.to_owned())
}

impl Workspace {
    fn device_key(&self) -> Result<DeviceKey, Problem> {
        let sealed = self.file().secret(PURPOSE, || {
            self.vault().seal(PURPOSE, &*new_access_secret())
        })?;
        let secret = self
            .vault()
            .open(PURPOSE, &sealed)
            .map_err(|e| Problem::new("vault_shut", e.to_string()))?;
        Ok(DeviceKey::from_secret(&secret))
    }

    /// The device that a credential names, and which of its credentials that is.
    pub fn read_credential(&self, credential: &str) -> Result<(DeviceId, u32), Problem> {
        let now = self.surroundings().now().div_euclid(1_000);
        self.device_key()?
            .verify(credential, now)
            .map(|claims| (DeviceId(claims.scanner_id), claims.credential))
            .ok_or_else(credential_not_good)
    }

    /// What a credential of this workspace says, also where its time is over.
    pub(crate) fn authentic_credential(&self, credential: &str) -> Result<DeviceClaims, Problem> {
        self.device_key()?
            .read(credential)
            .ok_or_else(credential_not_good)
    }
}

impl EventHome {
    /// Makes a token that registers one device within some minutes.
    pub fn make_token(
        &self,
        draft: &TokenDraft,
        minutes: u32,
    ) -> Result<RegistrationToken, Problem> {
        if !TOKEN_MINUTES.contains(&minutes) {
            return Err(FieldErrors(vec![FieldError::new(
                "validityMinutes",
                "minutes_out_of_range",
                "a token is good for 1 to 60 minutes",
            )])
            .into());
        }
        self.keep_token(draft, self.now() + i64::from(minutes) * 60_000)
    }

    /// Makes a link that turns a browser into a scanner, until `expires_at` (UTC ms) or some hours
    /// after the last session.
    pub fn make_link(
        &self,
        name: &str,
        expires_at: Option<i64>,
    ) -> Result<RegistrationToken, Problem> {
        let after = self.sessions().iter().map(|s| s.ends_at).max();
        let draft = TokenDraft {
            kind: DeviceKind::Browser,
            stand: GateStand::of(DeviceKind::Browser),
            notes: check_name(name)?,
        };
        let expires_at = expires_at.unwrap_or_else(|| after.unwrap_or(self.now()) + LINK_AFTER_MS);
        if expires_at <= self.now() {
            return Err(FieldErrors(vec![FieldError::new(
                "expires_at",
                "time_past",
                "this link would be over already; give a later time",
            )])
            .into());
        }
        self.keep_token(&draft, expires_at)
    }

    /// Links to scanners that nobody has opened yet and that are still good, oldest first.
    pub fn open_links(&self) -> Result<Vec<RegistrationRow>, Problem> {
        let now = self.now();
        Ok(self.file().read(|view| view.open_links(now))?)
    }

    /// Takes back a link that nobody has opened, by its hash in hexadecimal digits.
    ///
    /// # Errors
    /// `token_invalid` where there is no such link, or it was opened: its device is revoked instead.
    pub fn end_link(&self, hash: &str) -> Result<(), Problem> {
        let wanted = hash.to_lowercase();
        let hex = |hash: &[u8; 32]| -> String { hash.iter().map(|b| format!("{b:02x}")).collect() };
        let links = self.open_links()?;
        let link = links.iter().find(|link| hex(&link.hash) == wanted);
        let hash = link.ok_or_else(token_invalid)?.hash;
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "end scanner link", None);
        self.file().command(Lane::Edit, meta, move |change| {
            match change.end_registration(&hash, now)? {
                true => Ok(()),
                false => Err(token_invalid()),
            }
        })
    }

    fn keep_token(
        &self,
        draft: &TokenDraft,
        expires_at: i64,
    ) -> Result<RegistrationToken, Problem> {
        let now = self.now();
        let token = new_token(self.id().route(), &mut *self.entropy());
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "make registration token", None);
        let row = RegistrationRow {
            hash: hash_of(token),
            created_at: now,
            expires_at,
            created_by: meta.actor.clone(),
            notes: draft.notes.chars().take(200).collect(),
            kind: draft.kind,
            stand: draft.stand,
            used_at: None,
            device: None,
        };
        self.file().command(Lane::Edit, meta, move |change| {
            check_stand(change, &row.stand)?;
            change.insert_registration(&row)?;
            Ok::<_, Problem>(())
        })?;
        Ok(RegistrationToken { token, expires_at })
    }

    /// What became of a token.
    pub fn registration(&self, token: Uuid) -> Result<RegistrationRow, Problem> {
        self.file()
            .read(|view| view.registration(&hash_of(token)))?
            .ok_or_else(token_invalid)
    }

    /// Registers a device with a token. A token of a browser's link registers it again; so does any
    /// other for whoever shows the key of before, as the first answer may have been lost. The
    /// credential that the device had is good no more then.
    ///
    /// A gate that brings no key of its own is a scanner: a program of somebody else's.
    pub fn register(&self, token: Uuid, draft: &DeviceDraft) -> Result<Registered, Problem> {
        let now = self.now();
        let known = self.registration(token)?;
        if now >= known.expires_at {
            return Err(Problem::new(
                "token_expired",
                "this code was good for a few minutes and is over; ask the office for a new one",
            ));
        }
        let is_link = known.kind == DeviceKind::Browser;
        let own = draft
            .public_key
            .as_deref()
            .map(read_device_key)
            .transpose()?;
        if known.used_at.is_some() && !is_link && own.is_none() {
            return Err(token_used());
        }
        let kind = match (known.kind, &own) {
            (DeviceKind::Gate, None) => DeviceKind::Scanner,
            (kind, _) => kind,
        };
        let name = match draft.name.trim() {
            "" => check_name(&known.notes)?,
            name => check_name(name)?,
        };
        let key = new_device_key()?;
        let mut mint = self.mint();
        let id = DeviceId(mint.mint(now));
        let expires_at = match known.kind {
            DeviceKind::Browser => known.expires_at,
            _ => now + CREDENTIAL_SECONDS * 1_000,
        };
        let fresh = DeviceRow {
            kind,
            stand: known.stand,
            info: draft.info.clone().cut(),
            settings: DeviceSettings::of(kind),
            credential: 1,
            expires_at: Some(expires_at),
            last_seen_at: Some(now),
            sealed: own
                .is_none()
                .then(|| self.workspace().vault().seal_key(&key)),
            public_key: own.unwrap_or_else(|| key.public().spki_der().to_vec()),
            ..DeviceRow::of_office(id, &name, &[], Vec::new(), now)
        };
        let hash = hash_of(token);
        let meta = self.edit_meta(&mut mint, "register device", Some(name));
        let device = self.file().command(Lane::Edit, meta, move |change| {
            let token = change.registration(&hash)?.ok_or_else(token_invalid)?;
            let row = match token.device {
                Some(known) => {
                    let mut row = change.device(known)?.ok_or_else(device_unknown)?;
                    let is_same = row.sealed.is_none()
                        && fresh.sealed.is_none()
                        && row.public_key == fresh.public_key;
                    if !is_link && !is_same {
                        return Err(token_used());
                    }
                    check_active(&row)?;
                    row.credential += 1;
                    change.renew_credential(row.id, row.credential, expires_at)?;
                    row
                }
                None => {
                    change.insert_device(&fresh)?;
                    fresh
                }
            };
            change.use_registration(&hash, row.id, now)?;
            Ok::<_, Problem>(row)
        })?;
        let credential = self.issue_credential(&device, expires_at)?;
        Ok(Registered { device, credential })
    }

    /// The credential of a device, good until `expires_at` (UTC ms).
    pub(crate) fn issue_credential(
        &self,
        device: &DeviceRow,
        expires_at: i64,
    ) -> Result<String, Problem> {
        let now = self.now();
        let seconds = (expires_at - now).div_euclid(1_000).max(1);
        self.workspace()
            .device_key()?
            .issue(
                device.id.0,
                &device.name,
                device.credential,
                now.div_euclid(1_000),
                seconds,
            )
            .ok_or_else(|| Problem::new("sign_failed", "the credential could not be signed"))
    }

    /// The device that asks, once its credential was found to be the newest and its right to hold.
    pub fn admit_device(&self, id: DeviceId, credential: u32) -> Result<DeviceRow, Problem> {
        let row = self
            .file()
            .read(|view| view.device(id))?
            .ok_or_else(device_unknown)?;
        if row.credential != credential {
            return Err(Problem::new(
                "scanner_replaced",
                "this link was opened on another device; it works on one at a time",
            ));
        }
        check_active(&row)?;
        let now = self.now();
        if row.last_seen_at.is_none_or(|seen| now - seen > SEEN_MS) {
            self.file().append(Lane::Bulk, move |change| {
                change.see_device(id, now)?;
                change.close_alerts(AlertKind::Silent, id, now)?;
                Ok::<_, Problem>(())
            })?;
        }
        Ok(row)
    }

    /// Changes a device; gates that stand open follow with the next guest.
    pub fn change_device(&self, id: DeviceId, wanted: &DeviceChange) -> Result<DeviceRow, Problem> {
        let name = wanted.name.as_deref().map(check_name).transpose()?;
        if let Some(settings) = &wanted.settings {
            let mut errors = Vec::new();
            settings.check(&mut errors);
            FieldErrors::check(errors)?;
        }
        let (stand, settings) = (wanted.stand, wanted.settings);
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change device", name.clone());
        let row = self.file().command(Lane::Edit, meta, move |change| {
            let row = change.device(id)?.ok_or_else(device_unknown)?;
            change.change_device(
                id,
                name.as_deref().unwrap_or(&row.name),
                &settings.unwrap_or(row.settings),
            )?;
            if let Some(stand) = stand {
                check_stand(change, &stand)?;
                change.place_device(id, &stand)?;
            }
            change.device(id)?.ok_or_else(device_unknown)
        })?;
        self.trim_reserve(&row)?;
        Ok(row)
    }

    /// Takes a device's right away, at once, with what it was given ahead; its scans stay, and those
    /// that it still has are taken.
    pub fn revoke_device(&self, id: DeviceId) -> Result<DeviceRow, Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "revoke device", None);
        let row = self.file().command(Lane::Edit, meta, move |change| {
            let row = change.device(id)?.ok_or_else(device_unknown)?;
            if is_office(&row) && row.status == DeviceStatus::Active {
                return Err(Problem::new(
                    "office_itself",
                    "this is the office itself, among its gates; it can't be revoked. Nothing was \
                     changed",
                ));
            }
            if row.status == DeviceStatus::Active {
                change.revoke_device(id, now)?;
            }
            change.device(id)?.ok_or_else(device_unknown)
        })?;
        self.trim_reserve(&row)?;
        Ok(row)
    }
}

fn check_active(row: &DeviceRow) -> Result<(), Problem> {
    if row.status == DeviceStatus::Revoked {
        return Err(Problem::new(
            "scanner_revoked",
            "this device's right was taken back; it admits nobody any more",
        ));
    }
    Ok(())
}

fn check_stand(change: &Change<'_>, stand: &GateStand) -> Result<(), Problem> {
    if let Some(zone) = stand.zone
        && !change.zones()?.iter().any(|known| known.id == zone)
    {
        return Err(Problem::new("zone_unknown", "this event has no such zone"));
    }
    if let Some(session) = stand.session
        && change.session(session)?.is_none()
    {
        return Err(Problem::new(
            "session_unknown",
            "this event has no such session",
        ));
    }
    Ok(())
}

fn token_used() -> Problem {
    Problem::new(
        "token_used",
        "this code registered a device before; ask the office for a new one",
    )
}

pub(crate) fn read_device_key(spki: &[u8]) -> Result<Vec<u8>, Problem> {
    let key = PublicKey::from_spki_der(spki).ok();
    match key {
        Some(key) if key.profile() == KeyProfile::Ed25519 => Ok(spki.to_vec()),
        _ => Err(FieldErrors(vec![FieldError::new(
            "publicKey",
            "key_unusable",
            "give the SubjectPublicKeyInfo of an Ed25519 key, as base64",
        )])
        .into()),
    }
}

/// A token that finds its event by its first 32 bits and can't be guessed by its other 90.
fn new_token(route: Route, entropy: &mut dyn gatehouse_domain::id::Entropy) -> Uuid {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    bytes[..4].copy_from_slice(&route.0.to_be_bytes());
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
