//! Secrets at rest.
//!
//! A random master key seals every private key of a workspace. The master key itself lies in the
//! workspace file, wrapped by what a [`Protector`] holds: the operating system's keyring, a
//! passphrase in somebody's head, or a key file elsewhere on the machine.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::directory::text_bytes;
use crate::key::{KeyError, KeyId, SigningKey};
use crate::keyring::{Keyring, KeyringError};
use crate::seal::{self, Secret};

// What is wrapped, sealed and derived names its purpose, so that none passes for another.
const MASTER_CONTEXT: &str = "gatehouse/master/v1";
const VAULT_CONTEXT: &str = "gatehouse/vault/v1";
const SIGNING_KEY_PURPOSE: &str = "signing-key";

/// What a key file begins with.
const KEY_FILE_HEAD: &str = "gatehouse-key-1 ";

/// The longest passphrase in bytes.
const PASSPHRASE_LIMIT: usize = 1024;

/// Why a vault stays shut.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The passphrase is not the one that the vault was locked with, or its record was changed.
    #[error("the passphrase does not open this workspace")]
    WrongPassphrase,
    /// The passphrase is empty or longer than 1,024 bytes.
    #[error("a passphrase has 1 to {PASSPHRASE_LIMIT} bytes")]
    PassphraseLength,
    /// The keyring or the key file holds another key, or the wrapped master key was changed.
    #[error("the key found does not open this workspace")]
    WrongKey,
    /// The workspace is locked in another way than the one tried.
    #[error("this workspace is locked with a {0}")]
    OtherProtection(&'static str),
    /// The stored Argon2id parameters are outside what Gatehouse writes.
    #[error("the passphrase parameters are out of bounds")]
    CostOutOfBounds,
    /// There is too little memory to derive a key from the passphrase.
    #[error("not enough memory to check the passphrase")]
    Memory,
    /// The keyring can't be used.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The key file can be read by others than its owner.
    #[error("{} is open to other users (mode {mode:o}); make it readable by its owner alone",
        path.display())]
    KeyFileExposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file is no key file.
    #[error("{} is no key file of Gatehouse", .0.display())]
    KeyFileUnreadable(PathBuf),
    /// The key file can't be read or written.
    #[error("{}: {source}", path.display())]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A sealed secret was changed, or belongs to another vault or purpose.
    #[error("a sealed secret is damaged or belongs elsewhere")]
    Damaged,
    /// A sealed private key can't be read.
    #[error("a sealed private key can't be read: {0}")]
    Key(#[from] KeyError),
}

/// The cost of deriving a key from a passphrase with Argon2id (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassphraseCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl PassphraseCost {
    /// What every workspace uses: 64 MiB, three passes, one lane.
    pub const STANDARD: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 1,
    };

    /// The least that Argon2 allows: protects nothing, for tests only.
    pub const FOR_TESTS: Self = Self {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    /// A hostile workspace file may not ask for more than this.
    const MOST: Self = Self {
        memory_kib: 1024 * 1024,
        passes: 16,
        lanes: 8,
    };

    fn params(self) -> Result<Params, VaultError> {
        let within = self.memory_kib <= Self::MOST.memory_kib
            && self.passes <= Self::MOST.passes
            && self.lanes <= Self::MOST.lanes;
        if !within {
            return Err(VaultError::CostOutOfBounds);
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| VaultError::CostOutOfBounds)
    }
}

/// What holds the key to the master key; passed in to lock and to unlock.
#[derive(Clone, Copy)]
pub enum Protector<'a> {
    /// The operating system's keyring.
    Keyring {
        /// The keyring.
        ring: &'a dyn Keyring,
        /// A name for the entry, such as the workspace id. Only used to lock.
        account: &'a str,
    },
    /// A passphrase; its Unicode form does not matter (NFKC).
    Passphrase {
        /// The passphrase.
        passphrase: &'a str,
        /// The cost. Only used to lock; the stored one unlocks.
        cost: PassphraseCost,
    },
    /// A file outside the workspace, readable by its owner alone. Locking makes it where it is
    /// absent.
    KeyFile {
        /// The file.
        path: &'a Path,
    },
}

impl std::fmt::Debug for Protector<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Keyring { .. } => "Protector::Keyring",
            Self::Passphrase { .. } => "Protector::Passphrase",
            Self::KeyFile { .. } => "Protector::KeyFile",
        })
    }
}

/// How a vault is locked: the wrapped master key and what it takes to unwrap it, stored as JSON in
/// the workspace file. Holds no secret in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Protection {
    /// By a key in the operating system's keyring.
    Keyring {
        /// The name of the entry.
        account: String,
        /// The wrapped master key.
        #[serde(with = "text_bytes")]
        sealed: Vec<u8>,
    },
    /// By a passphrase.
    Passphrase {
        /// The cost of Argon2id.
        cost: PassphraseCost,
        /// The salt of Argon2id.
        #[serde(with = "text_bytes")]
        salt: Vec<u8>,
        /// The wrapped master key.
        #[serde(with = "text_bytes")]
        sealed: Vec<u8>,
    },
    /// By a key file outside the workspace.
    KeyFile {
        /// The wrapped master key.
        #[serde(with = "text_bytes")]
        sealed: Vec<u8>,
    },
}

impl Protection {
    /// What locks the vault, in words: `keyring entry`, `passphrase` or `key file`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Keyring { .. } => "keyring entry",
            Self::Passphrase { .. } => "passphrase",
            Self::KeyFile { .. } => "key file",
        }
    }

    /// Removes the keyring entry of a protection that another has replaced. Call it once the new
    /// protection is stored; for the other kinds there is nothing to remove.
    ///
    /// # Errors
    /// [`KeyringError`] where the keyring can't be used.
    pub fn forget(&self, ring: &dyn Keyring) -> Result<(), KeyringError> {
        match self {
            Self::Keyring { account, .. } => ring.remove(account),
            Self::Passphrase { .. } | Self::KeyFile { .. } => Ok(()),
        }
    }
}

/// An unlocked master key. It leaves memory when dropped.
pub struct Vault {
    master: Secret,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(unlocked)")
    }
}

impl Vault {
    /// Makes a vault with a new master key, and says how it is locked.
    ///
    /// # Errors
    /// [`VaultError`] where the protector can't hold a key.
    pub fn create(protector: Protector<'_>) -> Result<(Self, Protection), VaultError> {
        let vault = Self {
            master: seal::draw_secret(),
        };
        let protection = vault.rewrap(protector)?;
        Ok((vault, protection))
    }

    /// Opens a vault.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], [`VaultError::WrongKey`], or why the protector could not
    /// be asked.
    pub fn unlock(protection: &Protection, protector: Protector<'_>) -> Result<Self, VaultError> {
        let (key, context, sealed, refusal) = match (protection, protector) {
            (Protection::Keyring { account, sealed }, Protector::Keyring { ring, .. }) => {
                let context = master_context("keyring", account.as_bytes());
                (
                    read_keyring(ring, account)?,
                    context,
                    sealed,
                    VaultError::WrongKey,
                )
            }
            (
                Protection::Passphrase { cost, salt, sealed },
                Protector::Passphrase { passphrase, .. },
            ) => {
                let key = derive_from_passphrase(passphrase, *cost, salt)?;
                (
                    key,
                    passphrase_context(*cost, salt),
                    sealed,
                    VaultError::WrongPassphrase,
                )
            }
            (Protection::KeyFile { sealed }, Protector::KeyFile { path }) => (
                read_key_file(path)?,
                master_context("key-file", &[]),
                sealed,
                VaultError::WrongKey,
            ),
            (other, _) => return Err(VaultError::OtherProtection(other.name())),
        };
        let master = seal::open_secret(&key, &context, sealed).ok_or(refusal)?;
        Ok(Self { master })
    }

    /// Locks the same master key in another way. The former protection goes on to unlock it until
    /// its record is gone.
    ///
    /// # Errors
    /// [`VaultError`] where the protector can't hold a key.
    pub fn rewrap(&self, protector: Protector<'_>) -> Result<Protection, VaultError> {
        match protector {
            Protector::Keyring { ring, account } => {
                // Each locking takes an entry of its own, so that a failure before the new
                // protection is stored leaves the old one working.
                let mut nonce = [0; 6];
                seal::fill(&mut nonce);
                let account = format!("{account}/{}", URL_SAFE_NO_PAD.encode(nonce));
                let key = seal::draw_secret();
                ring.put(
                    &account,
                    &Zeroizing::new(URL_SAFE_NO_PAD.encode(key.as_slice())),
                )?;
                let context = master_context("keyring", account.as_bytes());
                Ok(Protection::Keyring {
                    sealed: self.wrap(&key, &context),
                    account,
                })
            }
            Protector::Passphrase { passphrase, cost } => {
                let mut salt = vec![0; 16];
                seal::fill(&mut salt);
                let key = derive_from_passphrase(passphrase, cost, &salt)?;
                let sealed = self.wrap(&key, &passphrase_context(cost, &salt));
                Ok(Protection::Passphrase { cost, salt, sealed })
            }
            Protector::KeyFile { path } => {
                let key = match read_key_file(path) {
                    Err(VaultError::KeyFile { source, .. })
                        if source.kind() == io::ErrorKind::NotFound =>
                    {
                        make_key_file(path)?
                    }
                    other => other?,
                };
                Ok(Protection::KeyFile {
                    sealed: self.wrap(&key, &master_context("key-file", &[])),
                })
            }
        }
    }

    fn wrap(&self, key: &Secret, context: &[u8]) -> Vec<u8> {
        seal::seal(key, context, &*self.master)
    }

    /// Encrypts a secret for one purpose; it opens for that purpose only.
    #[must_use]
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Vec<u8> {
        seal::seal(&self.master, &vault_context(purpose), secret)
    }

    /// Decrypts a secret.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] for bytes that this vault did not seal for this purpose.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        seal::open(&self.master, &vault_context(purpose), sealed).ok_or(VaultError::Damaged)
    }

    /// Encrypts a private key, bound to its id.
    #[must_use]
    pub fn seal_key(&self, key: &SigningKey) -> Vec<u8> {
        self.seal(&key_purpose(key.id()), &key.to_pkcs8())
    }

    /// Decrypts the private key of an id.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] for anything but what [`Vault::seal_key`] made of that key.
    pub fn open_key(&self, kid: KeyId, sealed: &[u8]) -> Result<SigningKey, VaultError> {
        let key = SigningKey::from_pkcs8(&self.open(&key_purpose(kid), sealed)?)?;
        if key.id() == kid {
            Ok(key)
        } else {
            Err(VaultError::Damaged)
        }
    }

    /// The master key, for the recovery kit.
    pub(crate) fn master(&self) -> &Secret {
        &self.master
    }

    /// The vault of a master key that a recovery kit held.
    pub(crate) fn from_master(master: Secret) -> Self {
        Self { master }
    }
}

fn key_purpose(kid: KeyId) -> String {
    format!("{SIGNING_KEY_PURPOSE}/{kid}")
}

fn vault_context(purpose: &str) -> Vec<u8> {
    format!("{VAULT_CONTEXT}\0{purpose}").into_bytes()
}

fn master_context(kind: &str, binding: &[u8]) -> Vec<u8> {
    let mut context = format!("{MASTER_CONTEXT}\0{kind}\0").into_bytes();
    context.extend_from_slice(binding);
    context
}

fn passphrase_context(cost: PassphraseCost, salt: &[u8]) -> Vec<u8> {
    let numbers = [cost.memory_kib, cost.passes, cost.lanes]
        .map(u32::to_be_bytes)
        .concat();
    master_context("passphrase", &[&numbers[..], salt].concat())
}

fn derive_from_passphrase(
    passphrase: &str,
    cost: PassphraseCost,
    salt: &[u8],
) -> Result<Secret, VaultError> {
    if passphrase.is_empty() || passphrase.len() > PASSPHRASE_LIMIT {
        return Err(VaultError::PassphraseLength);
    }
    if !(8..=64).contains(&salt.len()) {
        return Err(VaultError::CostOutOfBounds);
    }
    // Two keyboards may spell one letter in two ways.
    let passphrase: Zeroizing<String> = Zeroizing::new(passphrase.nfkc().collect());
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .map_err(|error| match error {
            argon2::Error::OutOfMemory => VaultError::Memory,
            _ => VaultError::CostOutOfBounds,
        })?;
    Ok(key)
}

fn read_keyring(ring: &dyn Keyring, account: &str) -> Result<Secret, VaultError> {
    parse_secret(&ring.get(account)?).ok_or(VaultError::WrongKey)
}

fn parse_secret(text: &str) -> Option<Secret> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
    let mut secret = Zeroizing::new([0; 32]);
    if bytes.len() != secret.len() {
        return None;
    }
    secret.copy_from_slice(&bytes);
    Some(secret)
}

fn read_key_file(path: &Path) -> Result<Secret, VaultError> {
    let failed = |source| VaultError::KeyFile {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    check_key_file(path, &file)?;
    let mut text = Zeroizing::new(String::with_capacity(128));
    file.take(128)
        .read_to_string(&mut text)
        .map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => VaultError::KeyFileUnreadable(path.to_owned()),
            _ => failed(error),
        })?;
    text.trim_end()
        .strip_prefix(KEY_FILE_HEAD)
        .and_then(parse_secret)
        .ok_or_else(|| VaultError::KeyFileUnreadable(path.to_owned()))
}

fn make_key_file(path: &Path) -> Result<Secret, VaultError> {
    let failed = |source| VaultError::KeyFile {
        path: path.to_owned(),
        source,
    };
    let key = seal::draw_secret();
    let mut text = Zeroizing::new(String::with_capacity(64));
    text.push_str(KEY_FILE_HEAD);
    URL_SAFE_NO_PAD.encode_string(key.as_slice(), &mut text);
    text.push('\n');
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    if let Err(source) = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
    {
        // Half a key file would be refused ever after; the failure is what counts.
        let _ = std::fs::remove_file(path);
        return Err(failed(source));
    }
    Ok(key)
}

/// Refuses a key file that others may read. Looks at the opened file, so that no other can take
/// its place in between.
#[cfg(unix)]
fn check_key_file(path: &Path, file: &File) -> Result<(), VaultError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |source| VaultError::KeyFile {
        path: path.to_owned(),
        source,
    };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(VaultError::KeyFileExposed {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

/// Elsewhere a file inherits the access list of the user's own folder.
#[cfg(not(unix))]
fn check_key_file(_: &Path, _: &File) -> Result<(), VaultError> {
    Ok(())
}
