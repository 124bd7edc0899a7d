//! The recovery kit: made at the office, printed for the safe, opened on another machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatehouse_credential::key::PublicKey;
use gatehouse_credential::qr::QrCode;
use gatehouse_credential::recovery::{RecoveryCode, RecoveryError, RecoveryKit};
use gatehouse_credential::vault::{Protection, Vault};
use gatehouse_domain::id::{EventId, WorkspaceId};
use gatehouse_print::{Code, PrintOptions, recovery_page};
use gatehouse_store::event::EventFile;
use gatehouse_store::workspace::WorkspaceFile;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::surroundings::Surroundings;
use crate::workspace::Workspace;

/// What restoring a workspace did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The events that have a new home here.
    pub events: Vec<EventId>,
}

impl Workspace {
    /// Makes a recovery kit and its code; the code is shown once and kept nowhere.
    pub fn make_recovery_kit(&self) -> Result<(RecoveryKit, RecoveryCode), Problem> {
        let now = self.surroundings().now().div_euclid(1_000);
        Ok(RecoveryKit::create(
            self.id(),
            &self.root_key()?,
            self.vault(),
            now,
        ))
    }

    /// The kit as a page for the safe: its text, the same as a code, and room to write the recovery
    /// code by hand, which is not on it.
    pub fn print_recovery_page(&self, kit: &RecoveryKit) -> Result<Vec<u8>, Problem> {
        let text = kit.to_text();
        let code =
            QrCode::encode(&text).map_err(|e| Problem::new("code_too_long", e.to_string()))?;
        let mut lines: Vec<String> = vec![
            "Keep this page apart from the recovery code.".into(),
            "Recovery code: ____-____-____-____-____-____-____".into(),
            String::new(),
        ];
        lines.extend(text.lines().map(str::to_owned));
        let options = PrintOptions {
            created_ms: Some(self.surroundings().now()),
            ..PrintOptions::default()
        };
        let title = format!("Recovery kit: {}", self.name());
        let code = Code::new(code.modules() as u16, code.bits)?;
        Ok(recovery_page(&title, &lines, &code, &options)?)
    }

    /// Makes a workspace anew in `to` from a copy of its folder in `from` and its recovery kit,
    /// whose code opens what the old machine had locked. `protect` locks it for this machine.
    ///
    /// Every event takes the next home epoch, signed by the workspace root, so that an older home
    /// is known as such; its gates begin a new life, so that their scans are no fork of the old
    /// machine's. Nothing of `from` changes, and `to` appears whole or not at all.
    pub fn restore(
        from: &Path,
        to: &Path,
        (kit, code): (&str, &str),
        surroundings: Surroundings,
        protect: impl FnOnce(WorkspaceId, &Vault) -> Result<Protection, Problem>,
    ) -> Result<Restored, Problem> {
        let kit = RecoveryKit::from_text(kit).map_err(unreadable)?;
        let code: RecoveryCode = code.parse().map_err(unreadable)?;
        if !WorkspaceFile::exists(from) {
            return Err(Problem::new(
                "workspace_unknown",
                format!("there is no workspace in {}", from.display()),
            ));
        }
        let taken = std::fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some());
        if taken {
            return Err(Problem::new(
                "folder_not_empty",
                format!(
                    "{} is not empty; nothing was changed. Name a folder that is new",
                    to.display()
                ),
            ));
        }
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = Part(to.with_file_name(name));
        part.copy(from)?;
        let events = part.take_over(&kit, &code, surroundings, protect)?;
        if to.exists() {
            std::fs::remove_dir(to)?;
        }
        std::fs::rename(&part.0, to)?;
        Ok(Restored { events })
    }
}

/// A workspace's folder while it is being made; what is left of it is gone when dropped.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

impl Part {
    fn copy(&self, from: &Path) -> Result<(), Problem> {
        std::fs::remove_dir_all(&self.0).ok();
        std::fs::create_dir_all(self.0.join("events"))?;
        let take = |folder: &str| -> Result<(), Problem> {
            for entry in std::fs::read_dir(from.join(folder))? {
                let entry = entry?;
                let name = entry.file_name();
                let is_file = name
                    .to_str()
                    .is_some_and(|name| name.ends_with(".db") || name.ends_with(".db-wal"))
                    && entry.file_type()?.is_file();
                if is_file {
                    let copied = self.0.join(folder).join(name);
                    std::fs::copy(entry.path(), &copied)?;
                    std::fs::File::open(copied)?.sync_all()?;
                }
            }
            Ok(())
        };
        take("")?;
        take("events")
    }

    fn take_over(
        &self,
        kit: &RecoveryKit,
        code: &RecoveryCode,
        surroundings: Surroundings,
        protect: impl FnOnce(WorkspaceId, &Vault) -> Result<Protection, Problem>,
    ) -> Result<Vec<EventId>, Problem> {
        let file = WorkspaceFile::open(&self.0)?;
        let row = file.workspace()?;
        let root = PublicKey::from_spki_der(&row.root_public)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?;
        if row.id != kit.workspace() || root.id() != kit.root() {
            return Err(Problem::new(
                "kit_other_workspace",
                "this kit belongs to another workspace; nothing was changed. Find the kit of this one",
            ));
        }
        let recovered = kit.open(code).map_err(unreadable)?;
        let protection = protect(row.id, &recovered.vault)?;
        let text = serde_json::to_string(&protection)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?;
        file.set_protection(&text)?;
        drop(file);
        let workspace = Workspace::open(&self.0, surroundings, |_, _| Ok(recovered.vault))?;
        let mut events = Vec::new();
        for entry in std::fs::read_dir(self.0.join("events"))? {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "db") {
                continue;
            }
            let home = EventHome::open(Arc::clone(&workspace), EventFile::open(&path)?)?;
            home.file().take_home()?;
            home.take_next_epoch(0)?;
            home.refreshed()?.project()?;
            events.push(home.id());
        }
        events.sort_unstable();
        Ok(events)
    }
}

pub(crate) fn unreadable(error: RecoveryError) -> Problem {
    let (code, what) = match error {
        RecoveryError::WrongCode => ("recovery_code_wrong", "find the code of this kit"),
        RecoveryError::CodeMistyped => ("recovery_code_mistyped", "type the code again"),
        RecoveryError::Newer => ("kit_newer", "install a newer Gatehouse"),
        RecoveryError::Damaged => ("kit_damaged", "type the page again, or find another copy"),
        RecoveryError::NotAKit => ("kit_unreadable", "give the file that `event kit` wrote"),
    };
    Problem::new(code, format!("{error}; nothing was changed: {what}"))
}
