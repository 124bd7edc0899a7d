//! The operating system's keyring, which keeps a secret for the user who is logged in.

use zeroize::Zeroizing;

/// Why a keyring could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is no keyring here, it is locked, or it did not answer.
    #[error("the system's keyring is not available: {0}")]
    Unavailable(String),
    /// The keyring holds no such entry.
    #[error("the system's keyring holds no entry {0}")]
    Absent(String),
}

/// A place that keeps short secret texts by name.
pub trait Keyring: Send + Sync {
    /// Stores a secret under a name, in place of what was there.
    ///
    /// # Errors
    /// [`KeyringError::Unavailable`].
    fn put(&self, account: &str, secret: &str) -> Result<(), KeyringError>;

    /// Reads a secret.
    ///
    /// # Errors
    /// [`KeyringError::Absent`] where the name is not known.
    fn get(&self, account: &str) -> Result<Zeroizing<String>, KeyringError>;

    /// Removes a secret; a name that is not known is no error.
    ///
    /// # Errors
    /// [`KeyringError::Unavailable`].
    fn remove(&self, account: &str) -> Result<(), KeyringError>;
}

#[cfg(feature = "keyring")]
pub use system::SystemKeyring;

#[cfg(feature = "keyring")]
mod system {
    use std::sync::mpsc::{RecvTimeoutError, sync_channel};
    use std::time::Duration;

    use keyring::{Entry, Error};
    use zeroize::Zeroizing;

    use super::{Keyring, KeyringError};

    /// The service name of every entry.
    const SERVICE: &str = "Gatehouse";

    /// How long a person may take to unlock the keyring when asked to.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// The keyring of the operating system: Keychain, Credential Manager, or the Secret Service
    /// of the session bus.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct SystemKeyring;

    impl Keyring for SystemKeyring {
        fn put(&self, account: &str, secret: &str) -> Result<(), KeyringError> {
            let secret = Zeroizing::new(secret.to_owned());
            ask(account, move |entry| entry.set_password(&secret))
        }

        fn get(&self, account: &str) -> Result<Zeroizing<String>, KeyringError> {
            ask(account, |entry| entry.get_password().map(Zeroizing::new))
        }

        fn remove(&self, account: &str) -> Result<(), KeyringError> {
            match ask(account, |entry| entry.delete_credential()) {
                Err(KeyringError::Absent(_)) => Ok(()),
                other => other,
            }
        }
    }

    /// Asks on a thread of its own: the session bus blocks, must not be entered from an async
    /// runtime, and may never answer.
    fn ask<T: Send + 'static>(
        account: &str,
        question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeyringError> {
        check_session_bus()?;
        let (answer, answered) = sync_channel(1);
        let name = account.to_owned();
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                let result = Entry::new(SERVICE, &name).and_then(|entry| question(&entry));
                // Nobody listens any more once the patience is over.
                let _ = answer.send(result);
            })
            .map_err(|error| KeyringError::Unavailable(error.to_string()))?;
        match answered.recv_timeout(PATIENCE) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(Error::NoEntry)) => Err(KeyringError::Absent(account.to_owned())),
            Ok(Err(error)) => Err(KeyringError::Unavailable(describe(&error))),
            Err(RecvTimeoutError::Timeout) => Err(KeyringError::Unavailable(
                "it did not answer within a minute".to_owned(),
            )),
            Err(RecvTimeoutError::Disconnected) => {
                Err(KeyringError::Unavailable("asking it failed".to_owned()))
            }
        }
    }

    /// Says why, without the secret that some errors carry.
    fn describe(error: &Error) -> String {
        match (error, Entry::store_status()) {
            (Error::BadEncoding(_) | Error::BadDataFormat(..), _) => {
                "the entry is not one of ours".to_owned()
            }
            (Error::NoDefaultStore, Err(cause)) => cause.to_string(),
            (other, _) => other.to_string(),
        }
    }

    /// Says at once that there is no session bus, rather than wait for one: over SSH, in a
    /// service, in a container.
    #[cfg(all(unix, not(target_os = "macos")))]
    fn check_session_bus() -> Result<(), KeyringError> {
        let named =
            std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|text| !text.is_empty());
        let socket = || {
            std::env::var_os("XDG_RUNTIME_DIR")
                .is_some_and(|dir| std::path::Path::new(&dir).join("bus").exists())
        };
        if named || socket() {
            Ok(())
        } else {
            Err(KeyringError::Unavailable(
                "there is no session bus".to_owned(),
            ))
        }
    }

    #[cfg(not(all(unix, not(target_os = "macos"))))]
    fn check_session_bus() -> Result<(), KeyringError> {
        Ok(())
    }
}
