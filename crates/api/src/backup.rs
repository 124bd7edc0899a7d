//! Copies of a workspace or of single events as one file, and handing an event over.
//!
//! The file is a ZIP of SQLite files with a manifest. With a passphrase it is encrypted as a whole
//! (age, version 1, scrypt), and the passphrase alone opens it anywhere; without one, keys stay
//! locked as they are at home, and the recovery kit opens them.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

use age::secrecy::SecretString;
use gatehouse_credential::key::{KeyId, PublicKey};
use gatehouse_credential::vault::{Protection, Protector, Vault};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{EventId, WorkspaceId};
use gatehouse_store::event::{Change, EventFile, edit_copy};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::home::EventHome;
use crate::problem::Problem;
use crate::surroundings::Progress;
use crate::workspace::Workspace;

/// The shape of the file that this version writes.
pub(crate) const FORMAT: u32 = 1;
/// Name of the manifest inside the file.
pub(crate) const MANIFEST: &str = "backup.json";
pub(crate) const KIT: &str = "recovery-kit.txt";
pub(crate) const KIT_CODE: &str = "recovery-code.txt";
/// The least characters of a passphrase.
const LEAST_PASSPHRASE: usize = 8;

/// What a backup file says of itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    /// When it was made, UTC ms.
    pub(crate) made_at: i64,
    pub(crate) workspace: WorkspaceId,
    pub(crate) workspace_name: String,
    /// Whether the whole workspace is in it.
    pub(crate) whole: bool,
    /// How the keys of single events are locked; none where they are as at home.
    pub(crate) protection: Option<Protection>,
    pub(crate) events: Vec<BackedUp>,
    pub(crate) files: Vec<ManifestFile>,
}

/// An event in a backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BackedUp {
    pub(crate) id: EventId,
    pub(crate) title: String,
    pub(crate) starts_at: i64,
}

/// One file in a backup.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ManifestFile {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupReport {
    /// Events in it.
    pub events: usize,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Workspace {
    /// Writes the whole workspace, or only `events`, to `out`, which appears whole or not at all.
    /// Work goes on meanwhile; each file is copied as it stood at one moment.
    pub fn back_up(
        self: &Arc<Self>,
        events: &[EventId],
        passphrase: Option<&str>,
        out: &Path,
        progress: &dyn Progress,
    ) -> Result<BackupReport, Problem> {
        check_passphrase(passphrase)?;
        let now = self.surroundings().now();
        let mut chosen = self.file().events()?;
        let whole = events.is_empty();
        if !whole {
            chosen.retain(|event| events.contains(&event.id));
            if chosen.len() != events.len() {
                return Err(Problem::new(
                    "event_unknown",
                    "this workspace has no such event; nothing was written",
                ));
            }
        }
        let folder = out.parent().unwrap_or(Path::new("."));
        let dir = tempfile::Builder::new()
            .prefix(".gatehouse-backup-")
            .tempdir_in(folder)?;
        std::fs::create_dir(dir.path().join("events"))?;
        let locked = match passphrase.filter(|_| !whole) {
            None => None,
            Some(passphrase) => Some(
                Vault::create(Protector::Passphrase {
                    passphrase,
                    cost: self.surroundings().password_cost,
                })
                .map_err(|e| Problem::new("key_failed", e.to_string()))?,
            ),
        };
        progress.begin("backup", chosen.len() as u64 + 1);
        let mut names = Vec::new();
        for (index, event) in chosen.iter().enumerate() {
            if progress.stopped() {
                return Err(Problem::new(
                    "stopped",
                    "the backup was stopped; nothing was written",
                ));
            }
            let name = format!("events/{}.db", event.id);
            let path = dir.path().join(&name);
            EventFile::open(&self.file().event_path(event.id))?.copy_to(&path)?;
            if let Some((vault, _)) = &locked {
                edit_copy(&path, |change| reseal(change, self.vault(), vault))?;
            }
            names.push(name);
            progress.reach(index as u64 + 1);
        }
        if whole {
            self.file().copy_to(&dir.path().join("workspace.db"))?;
            names.push("workspace.db".to_owned());
            if passphrase.is_some() {
                let (kit, code) = self.make_recovery_kit()?;
                std::fs::write(dir.path().join(KIT), kit.to_text())?;
                std::fs::write(dir.path().join(KIT_CODE), code.to_text().as_bytes())?;
                names.extend([KIT.to_owned(), KIT_CODE.to_owned()]);
            }
        }
        let manifest = Manifest {
            format: FORMAT,
            made_at: now,
            workspace: self.id(),
            workspace_name: self.name().to_owned(),
            whole,
            protection: locked.map(|(_, protection)| protection),
            events: chosen
                .iter()
                .map(|event| BackedUp {
                    id: event.id,
                    title: event.title.clone(),
                    starts_at: event.starts_at,
                })
                .collect(),
            files: names
                .iter()
                .map(|name| describe(dir.path(), name))
                .collect::<Result<_, _>>()?,
        };
        let bytes = pack(dir.path(), &manifest, passphrase, out)?;
        progress.end();
        if whole {
            self.file().set_last_backup(now)?;
        }
        Ok(BackupReport {
            events: chosen.len(),
            bytes,
        })
    }

    /// When the whole workspace was backed up last, UTC ms.
    pub fn last_backup(&self) -> Result<Option<i64>, Problem> {
        Ok(self.file().last_backup()?)
    }
}

impl EventHome {
    /// Hands the event over: from now on this machine changes nothing of it and admits nobody, and
    /// `out` is what another machine takes it in from with the passphrase.
    pub fn hand_over(
        &self,
        passphrase: &str,
        out: &Path,
        progress: &dyn Progress,
    ) -> Result<BackupReport, Problem> {
        check_passphrase(Some(passphrase))?;
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "hand event over", None);
        self.file().hand_over(meta)?;
        let made = self
            .workspace()
            .back_up(&[self.id()], Some(passphrase), out, progress);
        if made.is_err() {
            // Nobody has the file, so the event stays here.
            self.file().take_home()?;
        } else {
            // Its gates go on among themselves until the other machine meets them.
            self.close_mesh();
        }
        self.project()?;
        made
    }

    /// Takes an event back that was handed over: this is its home again, and everyone refuses the
    /// other one from the moment that they hear of it.
    pub fn take_back(&self) -> Result<Self, Problem> {
        if self.file().read(|view| view.handed_over_at())?.is_none() {
            return Err(Problem::new(
                "event_not_handed_over",
                "this event was not handed over; nothing was changed",
            ));
        }
        self.file().take_home()?;
        self.take_next_epoch(0)?;
        self.refreshed()
    }
}

fn check_passphrase(passphrase: Option<&str>) -> Result<(), FieldErrors> {
    match passphrase {
        Some(text) if text.chars().count() < LEAST_PASSPHRASE => {
            Err(FieldErrors(vec![FieldError::new(
                "passphrase",
                "passphrase_too_short",
                format!("give {LEAST_PASSPHRASE} characters or more"),
            )]))
        }
        _ => Ok(()),
    }
}

/// Locks the private keys of an event's copy with another vault.
pub(crate) fn reseal(change: &Change<'_>, from: &Vault, to: &Vault) -> Result<(), Problem> {
    let failed = |e: &dyn std::fmt::Display| Problem::new("vault_shut", e.to_string());
    let again = |kid: KeyId, sealed: &[u8]| {
        let key = from.open_key(kid, sealed).map_err(|e| failed(&e))?;
        Ok::<_, Problem>(to.seal_key(&key))
    };
    for key in change.signing_keys()? {
        change.reseal_signing_key(key.id, &again(KeyId(key.id), &key.sealed)?)?;
    }
    for device in change.devices()? {
        if let Some(sealed) = &device.sealed {
            let public = PublicKey::from_spki_der(&device.public_key).map_err(|e| failed(&e))?;
            change.reseal_device(device.id, &again(public.id(), sealed)?)?;
        }
    }
    Ok(())
}

fn describe(dir: &Path, name: &str) -> Result<ManifestFile, Problem> {
    let (bytes, sha256) = digest(&dir.join(name))?;
    Ok(ManifestFile {
        name: name.to_owned(),
        bytes,
        sha256,
    })
}

/// A file's length and SHA-256 in hexadecimal.
pub(crate) fn digest(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut sha = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        sha.update(&piece[..read]);
        bytes += read as u64;
    }
    let text = sha.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok((bytes, text))
}

/// Writes the files and their manifest to `out`, encrypted where there is a passphrase.
fn pack(
    dir: &Path,
    manifest: &Manifest,
    passphrase: Option<&str>,
    out: &Path,
) -> Result<u64, Problem> {
    let failed = |e: zip::result::ZipError| Problem::new("backup_failed", e.to_string());
    let plain = dir.join("packed.zip");
    let mut zip = zip::ZipWriter::new(BufWriter::with_capacity(1 << 18, File::create(&plain)?));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .large_file(true);
    zip.start_file(MANIFEST, options).map_err(failed)?;
    serde_json::to_writer(&mut zip, manifest)
        .map_err(|e| Problem::new("backup_failed", e.to_string()))?;
    for file in &manifest.files {
        zip.start_file(file.name.as_str(), options)
            .map_err(failed)?;
        std::io::copy(&mut File::open(dir.join(&file.name))?, &mut zip)?;
    }
    let written = zip.finish().map_err(failed)?;
    written
        .into_inner()
        .map_err(|e| Problem::from(e.into_error()))?
        .sync_all()?;
    let made = match passphrase {
        None => plain,
        Some(passphrase) => {
            let locked = dir.join("packed.age");
            encrypt(&plain, passphrase, &locked)?;
            locked
        }
    };
    std::fs::rename(&made, out)?;
    Ok(out.metadata()?.len())
}

fn encrypt(from: &Path, passphrase: &str, to: &Path) -> Result<(), Problem> {
    let sealing = age::Encryptor::with_user_passphrase(SecretString::from(passphrase.to_owned()));
    let out = BufWriter::with_capacity(1 << 18, File::create(to)?);
    let mut stream = sealing.wrap_output(out)?;
    std::io::copy(&mut File::open(from)?, &mut stream)?;
    let mut out = stream.finish()?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(())
}
