//! Bringing back what a backup file holds: single events, or the whole workspace.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use age::secrecy::SecretString;
use gatehouse_credential::directory::KeyCertificate;
use gatehouse_credential::recovery::{RecoveryCode, RecoveryKit};
use gatehouse_credential::vault::{Protection, Protector, Vault};
use gatehouse_domain::id::{EventId, WorkspaceId};
use gatehouse_store::StoreError;
use gatehouse_store::event::{EventFile, edit_copy};
use tempfile::TempDir;

use crate::backup::{FORMAT, KIT, KIT_CODE, MANIFEST, Manifest, digest, reseal};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::recovery::unreadable;
use crate::workspace::Workspace;

/// How an encrypted file begins (age, version 1).
const LOCKED_HEAD: &[u8] = b"age-encryption.org/v1";
/// Bytes of everything inside together, at most.
const MOST_BYTES: u64 = 32 << 30;
/// Files inside, at most.
const MOST_FILES: usize = 100_000;
/// The most work that a passphrase's file may ask for, as a power of two (some seconds).
const MOST_WORK: u8 = 22;

/// A backup file that was unpacked and found whole.
#[derive(Debug)]
pub struct Backup {
    dir: TempDir,
    manifest: Manifest,
    passphrase: Option<String>,
}

/// A recovery kit's text and its code.
pub type KitAndCode<'a> = (&'a str, &'a str);

/// What taking events in did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenIn {
    /// The events that have their home here now.
    pub events: Vec<EventId>,
    /// How many events that were here before were put aside.
    pub put_aside: usize,
}

impl Backup {
    /// Whether a file is a backup that only its passphrase opens.
    pub fn is_locked(path: &Path) -> Result<bool, Problem> {
        let mut head = [0; LOCKED_HEAD.len()];
        let read = File::open(path)?.read(&mut head)?;
        Ok(&head[..read] == LOCKED_HEAD)
    }

    /// Unpacks a backup into a folder below `scratch` and checks it to the last byte.
    pub fn open(path: &Path, passphrase: Option<&str>, scratch: &Path) -> Result<Self, Problem> {
        let dir = tempfile::Builder::new()
            .prefix("gatehouse-restore-")
            .tempdir_in(scratch)?;
        let plain = match passphrase {
            None => path.to_owned(),
            Some(passphrase) => {
                let plain = dir.path().join("packed.zip");
                decrypt(path, passphrase, &plain)?;
                plain
            }
        };
        let manifest = unpack(&plain, dir.path())?;
        if passphrase.is_some() {
            std::fs::remove_file(&plain)?;
        }
        Ok(Self {
            dir,
            manifest,
            passphrase: passphrase.map(str::to_owned),
        })
    }

    /// When it was made, UTC ms.
    #[must_use]
    pub fn made_at(&self) -> i64 {
        self.manifest.made_at
    }

    /// The workspace that it was made of, and that one's name.
    #[must_use]
    pub fn workspace(&self) -> (WorkspaceId, &str) {
        (self.manifest.workspace, &self.manifest.workspace_name)
    }

    /// Whether the whole workspace is in it.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.manifest.whole
    }

    /// Its events: id, title and start (UTC ms).
    pub fn events(&self) -> impl Iterator<Item = (EventId, &str, i64)> {
        self.manifest
            .events
            .iter()
            .map(|event| (event.id, event.title.as_str(), event.starts_at))
    }

    /// Whether `workspace` needs the recovery kit to open the keys in it.
    #[must_use]
    pub fn needs_kit(&self, workspace: &Workspace) -> bool {
        self.manifest.protection.is_none()
            && !self.file(KIT).exists()
            && self.manifest.workspace != workspace.id()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The vault that the keys inside are locked with.
    fn vault(&self, workspace: &Workspace, kit: Option<KitAndCode<'_>>) -> Result<Vault, Problem> {
        if let Some(protection) = &self.manifest.protection {
            let passphrase = self.passphrase.as_deref().unwrap_or_default();
            let protector = Protector::Passphrase {
                passphrase,
                cost: workspace.surroundings().password_cost,
            };
            return Vault::unlock(protection, protector)
                .map_err(|e| Problem::new("passphrase_wrong", e.to_string()));
        }
        let (kit, code) = self.kit(kit)?;
        let kit = RecoveryKit::from_text(&kit).map_err(unreadable)?;
        if kit.workspace() != self.manifest.workspace {
            return Err(Problem::new(
                "kit_other_workspace",
                "this kit belongs to another workspace; nothing was changed. Find the kit of the \
                 one that was backed up",
            ));
        }
        let code: RecoveryCode = code.parse().map_err(unreadable)?;
        Ok(kit.open(&code).map_err(unreadable)?.vault)
    }

    /// The kit inside, or the one that was given.
    fn kit(&self, given: Option<KitAndCode<'_>>) -> Result<(String, String), Problem> {
        if self.file(KIT).exists() {
            let text = |name| std::fs::read_to_string(self.file(name)).map_err(Problem::from);
            return Ok((text(KIT)?, text(KIT_CODE)?));
        }
        given
            .map(|(kit, code)| (kit.to_owned(), code.to_owned()))
            .ok_or_else(|| {
                Problem::new(
                    "kit_missing",
                    "this backup has no passphrase, so the recovery kit of its workspace opens its \
                     keys; give the kit and its code",
                )
            })
    }
}

impl Workspace {
    /// Takes `events` of a backup in: each has its home here from now on, with the next epoch and
    /// its keys certified by this workspace's root. An event that is here already is put aside as a
    /// file before the one of the backup stands in its place.
    pub fn take_in(
        self: &Arc<Self>,
        backup: &Backup,
        events: &[EventId],
        kit: Option<KitAndCode<'_>>,
    ) -> Result<TakenIn, Problem> {
        let known: Vec<EventId> = backup.events().map(|(id, _, _)| id).collect();
        if events.is_empty() || events.iter().any(|id| !known.contains(id)) {
            return Err(Problem::new(
                "event_unknown",
                "choose events that are in the backup; nothing was changed",
            ));
        }
        let own = backup.manifest.protection.is_none()
            && backup.manifest.workspace == self.id()
            && !backup.file(KIT).exists();
        let vault = if own {
            None
        } else {
            Some(backup.vault(self, kit)?)
        };
        // All of them are made ready before the first takes its place, so that a refusal changes
        // nothing.
        let mut ready = Vec::with_capacity(events.len());
        for id in events {
            let of_route = self.file().event_of_route(id.route().0)?;
            if of_route.is_some_and(|other| other != *id) {
                return Err(Problem::new(
                    "event_ids_taken",
                    "another event here has ids that begin alike; nothing was changed. Take this \
                     one in on another machine",
                ));
            }
            let copy = backup.dir.path().join(format!("taken-{id}.db"));
            std::fs::copy(backup.file(&format!("events/{id}.db")), &copy)?;
            let inside = edit_copy(&copy, |change| {
                if let Some(vault) = &vault {
                    reseal(change, vault, self.vault())?;
                }
                change.set_workspace(self.id())?;
                Ok::<_, Problem>(change.event()?.id)
            })?;
            if inside != *id {
                return Err(Problem::new(
                    "backup_damaged",
                    "an event's file in the backup is another event's; nothing was changed",
                ));
            }
            ready.push((*id, copy));
        }
        let mut done = TakenIn {
            events: Vec::new(),
            put_aside: 0,
        };
        for (id, copy) in ready {
            done.put_aside += usize::from(self.settle_in(id, &copy)?);
            done.events.push(id);
        }
        Ok(done)
    }

    /// Gives the file at `copy` its place; says whether one was put aside for it. One that is
    /// damaged or gone is no hindrance: it is what backups are for.
    fn settle_in(self: &Arc<Self>, id: EventId, copy: &Path) -> Result<bool, Problem> {
        let path = self.file().event_path(id);
        let aside = path.with_extension(format!("before-{}.bak", self.surroundings().now()));
        let here = path.exists();
        let known = match EventFile::open(&path) {
            Ok(file) => Some(file),
            Err(StoreError::Missing(_)) => None,
            Err(StoreError::Damaged { .. } | StoreError::OtherKind { .. }) => {
                put_aside(&path, &aside)?;
                None
            }
            Err(other) => return Err(other.into()),
        };
        let file = match known {
            Some(file) => {
                self.replace(&file, copy, &aside)?;
                file
            }
            None => {
                let part = Part(path.with_extension("part"));
                std::fs::copy(copy, &part.0)?;
                File::open(&part.0)?.sync_all()?;
                std::fs::rename(&part.0, &path)?;
                EventFile::open(&path)?
            }
        };
        let home = EventHome::open(Arc::clone(self), file)?;
        home.project()?;
        home.take_next_epoch(self.epoch_of(id)?)?;
        home.refreshed()?.project_contacts()?;
        Ok(here)
    }

    /// Puts `copy` in place of what `file` holds, which is kept at `aside`. Nothing is written to
    /// the file in between: what is not in the one would not be in the other either.
    fn replace(
        self: &Arc<Self>,
        file: &EventFile,
        copy: &Path,
        aside: &Path,
    ) -> Result<(), Problem> {
        let home = EventHome::open(Arc::clone(self), file.clone())?;
        let marked = file.read(|view| view.handed_over_at())?.is_none();
        if marked {
            let meta = home.edit_meta(&mut home.mint(), "restore event", None);
            file.hand_over(meta)?;
        }
        let part = Part(aside.with_extension("part"));
        let replaced = file
            .copy_to(&part.0)
            .and_then(|()| Ok(std::fs::rename(&part.0, aside)?))
            .and_then(|()| file.replace_with(copy));
        if replaced.is_err() && marked {
            file.take_home()?;
        }
        Ok(replaced?)
    }

    /// The latest epoch that this workspace has certified a key of the event for; 0 for none.
    fn epoch_of(&self, id: EventId) -> Result<u64, Problem> {
        let root = self.root_public()?;
        let epochs = self
            .file()
            .key_certificates()?
            .into_iter()
            .filter_map(|text| {
                let certificate: KeyCertificate = serde_json::from_str(&text).ok()?;
                certificate.verify(&root).ok()?;
                (certificate.event == id).then_some(certificate.home_epoch)
            });
        Ok(epochs.max().unwrap_or(0))
    }

    /// Makes the backup's whole workspace ready beside this one; it stands in its place when the
    /// program is started anew, and this one is kept beside then. See [`finish_restore`].
    pub fn stage_restore(
        &self,
        backup: &Backup,
        kit: Option<KitAndCode<'_>>,
    ) -> Result<(), Problem> {
        if !backup.is_whole() {
            return Err(Problem::new(
                "backup_not_whole",
                "this backup holds single events; take those in",
            ));
        }
        let same = backup.manifest.workspace == self.id();
        let (kit, code) = match backup.kit(kit) {
            // The keys are the ones at hand.
            Err(_) if same => {
                let (kit, code) = self.make_recovery_kit()?;
                (kit.to_text(), code.to_text().to_string())
            }
            found => found?,
        };
        let staged = beside(self.file().dir(), "restored");
        if staged.exists() {
            std::fs::remove_dir_all(&staged)?;
        }
        let surroundings = self.surroundings().clone();
        let protect = surroundings.protect.clone();
        Self::restore(
            backup.dir.path(),
            &staged,
            (&kit, &code),
            surroundings,
            |id, vault| {
                if same {
                    // The same keys, locked where they are locked already.
                    return serde_json::from_str::<Protection>(&self.row().protection)
                        .map_err(|e| Problem::new("protection_unreadable", e.to_string()));
                }
                match protect {
                    Some(protect) => protect(id, vault),
                    None => Err(Problem::new(
                        "key_folder_missing",
                        "this program keeps no keys of other workspaces; use `gatehouse recover`",
                    )),
                }
            },
        )?;
        Ok(())
    }
}

/// Puts a workspace that was made ready in the place of the one in `dir`, which is kept beside; does
/// nothing where none was. Offices call it before they open the workspace; a single command does not,
/// since an office may be at work in the folder.
pub fn finish_restore(dir: &Path) -> Result<(), Problem> {
    let staged = beside(dir, "restored");
    if !staged.join("workspace.db").is_file() {
        return Ok(());
    }
    if dir.exists() {
        let kept = (1..)
            .map(|n: u32| beside(dir, &format!("before-{n}")))
            .find(|path| !path.exists());
        std::fs::rename(dir, kept.unwrap_or_else(|| beside(dir, "before")))?;
    }
    std::fs::rename(staged, dir)?;
    tracing::info!("a restored workspace stands in the place of the one before");
    Ok(())
}

/// A file while it is being made; what is left of it is gone when dropped.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// Gives a file that can't be read another name, with what its log holds.
fn put_aside(path: &Path, aside: &Path) -> Result<(), Problem> {
    for ending in ["-wal", "-shm", ""] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        match std::fs::rename(with(path), with(aside)) {
            Err(error) if ending.is_empty() || error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error.into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// A folder of almost the same name.
fn beside(dir: &Path, what: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(what);
    dir.with_file_name(name)
}

fn damaged(what: impl std::fmt::Display) -> Problem {
    Problem::new(
        "backup_damaged",
        format!(
            "this is no backup, or a damaged one ({what}); nothing was changed. Try another copy"
        ),
    )
}

fn decrypt(from: &Path, passphrase: &str, to: &Path) -> Result<(), Problem> {
    let locked = age::Decryptor::new(BufReader::new(File::open(from)?)).map_err(damaged)?;
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    identity.set_max_work_factor(MOST_WORK);
    let mut plain = locked
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .map_err(|error| match error {
            age::DecryptError::DecryptionFailed
            | age::DecryptError::KeyDecryptionFailed
            | age::DecryptError::NoMatchingKeys => Problem::new(
                "passphrase_wrong",
                "this is not the passphrase of this backup; nothing was changed. Type it again",
            ),
            other => damaged(other),
        })?;
    let mut out = File::create(to)?;
    let copied = std::io::copy(&mut (&mut plain).take(MOST_BYTES), &mut out);
    copied.map_err(|e| match e.kind() {
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => damaged(e),
        _ => Problem::from(e),
    })?;
    Ok(())
}

/// Unpacks the files that the manifest names, and nothing else.
fn unpack(from: &Path, to: &Path) -> Result<Manifest, Problem> {
    let mut zip = zip::ZipArchive::new(BufReader::new(File::open(from)?)).map_err(damaged)?;
    if zip.len() > MOST_FILES {
        return Err(damaged("too many files"));
    }
    let manifest: Manifest = {
        let entry = zip.by_name(MANIFEST).map_err(damaged)?;
        serde_json::from_reader(entry.take(64 << 20)).map_err(damaged)?
    };
    if manifest.format > FORMAT {
        return Err(Problem::new(
            "file_newer",
            "this backup was made by a newer Gatehouse; nothing was changed. Open it with that one",
        ));
    }
    let total = manifest
        .files
        .iter()
        .map(|f| f.bytes)
        .fold(0, u64::saturating_add);
    if total > MOST_BYTES {
        return Err(damaged("it is too large"));
    }
    std::fs::create_dir_all(to.join("events"))?;
    for file in &manifest.files {
        let event = file
            .name
            .strip_prefix("events/")
            .and_then(|name| name.strip_suffix(".db"));
        let known = match event {
            Some(id) => id
                .parse::<EventId>()
                .is_ok_and(|id| manifest.events.iter().any(|event| event.id == id)),
            None => ["workspace.db", KIT, KIT_CODE].contains(&file.name.as_str()),
        };
        if !known {
            return Err(damaged("it names a file that does not belong"));
        }
        let path = to.join(&file.name);
        let entry = zip.by_name(&file.name).map_err(damaged)?;
        let mut out = File::create(&path)?;
        std::io::copy(&mut entry.take(file.bytes.saturating_add(1)), &mut out)?;
        out.sync_all()?;
        let (bytes, sha256) = digest(&path)?;
        if (bytes, sha256.as_str()) != (file.bytes, file.sha256.as_str()) {
            return Err(damaged("a file in it is not as it was"));
        }
    }
    let all_here = manifest
        .events
        .iter()
        .all(|event| to.join(format!("events/{}.db", event.id)).is_file());
    if !all_here || (manifest.whole && !to.join("workspace.db").is_file()) {
        return Err(damaged("a file is missing"));
    }
    Ok(manifest)
}
