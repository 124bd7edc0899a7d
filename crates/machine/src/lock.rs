//! Where this machine keeps the key to a workspace.
//!
//! In order: a passphrase in `GATEHOUSE_PASSPHRASE`; a key file in the folder that
//! `GATEHOUSE_KEY_DIR` names; the operating system's keyring; where there is none, a key file in
//! the user's own data folder, readable by the user alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatehouse_api::{Problem, Surroundings, Workspace};
use gatehouse_credential::keyring::SystemKeyring;
use gatehouse_credential::vault::{PassphraseCost, Protection, Protector, Vault, VaultError};
use gatehouse_domain::id::{DeviceId, WorkspaceId};

/// Makes a workspace, locked in the best way that this machine has.
///
/// `notice` hears what the person should know of where the key is.
pub fn create(
    dir: &Path,
    name: &str,
    surroundings: Surroundings,
    notice: impl Fn(&str),
) -> Result<Arc<Workspace>, Problem> {
    Workspace::create(dir, name, surroundings, |id| {
        protect(id, Vault::create, notice)
    })
}

/// Locks a vault in the best way that this machine has.
///
/// `notice` hears what the person should know of where the key is.
pub fn protect<T>(
    id: WorkspaceId,
    lock: impl Fn(Protector<'_>) -> Result<T, VaultError>,
    notice: impl Fn(&str),
) -> Result<T, Problem> {
    if let Some(passphrase) = passphrase() {
        return lock(Protector::Passphrase {
            passphrase: &passphrase,
            cost: PassphraseCost::STANDARD,
        })
        .map_err(|e| shut(&e));
    }
    let named = std::env::var_os("GATEHOUSE_KEY_DIR").is_some();
    if !named {
        let account = id.to_string();
        let kept = lock(Protector::Keyring {
            ring: &SystemKeyring,
            account: &account,
        });
        if let Ok(kept) = kept {
            return Ok(kept);
        }
    }
    let path = key_file(id)?;
    let kept = lock(Protector::KeyFile { path: &path }).map_err(|e| shut(&e))?;
    if !named {
        notice(&format!(
            "No keyring here: the key to this workspace is in {} (readable by you alone). \
             Keep a copy, or set GATEHOUSE_PASSPHRASE to use a passphrase.",
            path.display()
        ));
    }
    Ok(kept)
}

/// Locks a new vault for a gate of its own in the best way that this machine has.
///
/// `notice` hears what the person should know of where the key is.
pub fn protect_device(
    device: DeviceId,
    notice: impl Fn(&str),
) -> Result<(Vault, Protection), Problem> {
    protect(WorkspaceId(device.0), Vault::create, notice)
}

/// Opens the vault of a gate of its own in the way in which it is locked.
pub fn unlock_device(device: DeviceId, protection: &Protection) -> Result<Vault, Problem> {
    unlock(WorkspaceId(device.0), protection)
}

/// Opens a workspace in the way in which it is locked.
pub fn open(dir: &Path, surroundings: Surroundings) -> Result<Arc<Workspace>, Problem> {
    Workspace::open(dir, surroundings, unlock)
}

/// Opens a vault in the way in which it is locked.
pub fn unlock(id: WorkspaceId, protection: &Protection) -> Result<Vault, Problem> {
    match protection {
        Protection::Passphrase { .. } => {
            let passphrase = passphrase().ok_or_else(|| {
                Problem::new(
                    "passphrase_missing",
                    "this workspace is locked by a passphrase; set GATEHOUSE_PASSPHRASE",
                )
            })?;
            open_vault(
                protection,
                Protector::Passphrase {
                    passphrase: &passphrase,
                    cost: PassphraseCost::STANDARD,
                },
            )
        }
        Protection::Keyring { .. } => {
            let account = id.to_string();
            open_vault(
                protection,
                Protector::Keyring {
                    ring: &SystemKeyring,
                    account: &account,
                },
            )
        }
        Protection::KeyFile { .. } => {
            let path = key_file(id)?;
            open_vault(protection, Protector::KeyFile { path: &path })
        }
    }
}

fn passphrase() -> Option<String> {
    std::env::var("GATEHOUSE_PASSPHRASE")
        .ok()
        .filter(|text| !text.is_empty())
}

fn key_file(id: WorkspaceId) -> Result<PathBuf, Problem> {
    let folder = match std::env::var_os("GATEHOUSE_KEY_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => dirs::data_local_dir()
            .ok_or_else(|| {
                missing("this machine has no folder for the user's data; set GATEHOUSE_KEY_DIR")
            })?
            .join("gatehouse")
            .join("keys"),
    };
    std::fs::create_dir_all(&folder)
        .map_err(|e| missing(format!("{} can't be made: {e}", folder.display())))?;
    Ok(folder.join(format!("{id}.key")))
}

fn missing(detail: impl Into<String>) -> Problem {
    Problem::new("key_folder_missing", detail)
}

fn open_vault(protection: &Protection, protector: Protector<'_>) -> Result<Vault, Problem> {
    Vault::unlock(protection, protector).map_err(|e| shut(&e))
}

fn shut(error: &VaultError) -> Problem {
    let code = match error {
        VaultError::WrongPassphrase => "passphrase_wrong",
        _ => "vault_shut",
    };
    Problem::new(code, error.to_string())
}
