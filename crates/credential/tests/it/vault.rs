//! Secrets at rest: what opens them, and what does not.

use std::collections::HashMap;
use std::sync::Mutex;

use gatehouse_credential::keyring::{Keyring, KeyringError};
use gatehouse_credential::vault::{PassphraseCost, Protection, Protector, Vault, VaultError};
use zeroize::Zeroizing;

use crate::fixtures::{fixed_key, rsa_key};

#[derive(Default)]
struct MemoryKeyring(Mutex<HashMap<String, String>>);

impl Keyring for MemoryKeyring {
    fn put(&self, account: &str, secret: &str) -> Result<(), KeyringError> {
        self.0
            .lock()
            .unwrap()
            .insert(account.to_owned(), secret.to_owned());
        Ok(())
    }

    fn get(&self, account: &str) -> Result<Zeroizing<String>, KeyringError> {
        let entries = self.0.lock().unwrap();
        let secret = entries.get(account).cloned();
        secret
            .map(Zeroizing::new)
            .ok_or_else(|| KeyringError::Absent(account.to_owned()))
    }

    fn remove(&self, account: &str) -> Result<(), KeyringError> {
        self.0.lock().unwrap().remove(account);
        Ok(())
    }
}

fn passphrase(text: &str) -> Protector<'_> {
    Protector::Passphrase {
        passphrase: text,
        cost: PassphraseCost::FOR_TESTS,
    }
}

/// As it goes through the workspace file.
fn stored(protection: &Protection) -> Protection {
    serde_json::from_str(&serde_json::to_string(protection).unwrap()).unwrap()
}

#[test]
fn every_protector_locks_and_unlocks() {
    let ring = MemoryKeyring::default();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gatehouse.key");
    for protector in [
        passphrase("correct horse"),
        Protector::Keyring {
            ring: &ring,
            account: "workspace",
        },
        Protector::KeyFile { path: &path },
    ] {
        let (vault, protection) = Vault::create(protector).unwrap();
        let sealed = vault.seal("mail", b"secret");
        let sealed_key = vault.seal_key(rsa_key());
        drop(vault);
        let vault = Vault::unlock(&stored(&protection), protector).unwrap();
        assert_eq!(vault.open("mail", &sealed).unwrap().as_slice(), b"secret");
        let key = vault.open_key(rsa_key().id(), &sealed_key).unwrap();
        assert_eq!(key.public(), rsa_key().public());
    }
}

#[test]
fn the_wrong_protector_says_so() {
    let (ring, other_ring) = (MemoryKeyring::default(), MemoryKeyring::default());
    let keyring = Protector::Keyring {
        ring: &ring,
        account: "workspace",
    };
    let (_, by_passphrase) = Vault::create(passphrase("correct horse")).unwrap();
    let (_, by_keyring) = Vault::create(keyring).unwrap();
    let refusal = |protection, protector| Vault::unlock(protection, protector).unwrap_err();
    assert!(matches!(
        refusal(&by_passphrase, passphrase("correct hors")),
        VaultError::WrongPassphrase
    ));
    assert!(matches!(
        refusal(&by_passphrase, passphrase("")),
        VaultError::PassphraseLength
    ));
    assert!(matches!(
        refusal(&by_passphrase, keyring),
        VaultError::OtherProtection("passphrase")
    ));
    let absent = Protector::Keyring {
        ring: &other_ring,
        account: "workspace",
    };
    assert!(matches!(
        refusal(&by_keyring, absent),
        VaultError::Keyring(KeyringError::Absent(_))
    ));
    let Protection::Keyring { account, .. } = &by_keyring else {
        panic!()
    };
    ring.put(account, &"A".repeat(43)).unwrap();
    assert!(matches!(
        refusal(&by_keyring, keyring),
        VaultError::WrongKey
    ));
}

#[test]
fn one_passphrase_has_one_key_however_it_is_spelled() {
    let (_, protection) = Vault::create(passphrase("Zo\u{eb}")).unwrap();
    assert!(Vault::unlock(&protection, passphrase("Zoe\u{308}")).is_ok());
    assert!(Vault::unlock(&protection, passphrase("Zoe")).is_err());
}

#[test]
fn a_hostile_file_can_not_ask_for_the_machine() {
    let (_, protection) = Vault::create(passphrase("correct horse")).unwrap();
    for (name, value) in [
        ("memory_kib", u32::MAX),
        ("passes", u32::MAX),
        ("lanes", 255),
        ("memory_kib", 0),
        ("passes", 0),
    ] {
        let mut json = serde_json::to_value(&protection).unwrap();
        json["cost"][name] = value.into();
        let hostile: Protection = serde_json::from_value(json).unwrap();
        let refusal = Vault::unlock(&hostile, passphrase("correct horse")).unwrap_err();
        assert!(
            matches!(refusal, VaultError::CostOutOfBounds),
            "{name} {value}: {refusal}"
        );
    }
}

#[test]
fn any_change_to_a_protection_keeps_the_vault_shut() {
    let (_, protection) = Vault::create(passphrase("correct horse")).unwrap();
    let Protection::Passphrase { cost, salt, sealed } = protection else {
        panic!()
    };
    let open = |cost, salt: &[u8], sealed: &[u8]| {
        let protection = Protection::Passphrase {
            cost,
            salt: salt.to_vec(),
            sealed: sealed.to_vec(),
        };
        Vault::unlock(&protection, passphrase("correct horse")).is_ok()
    };
    assert!(open(cost, &salt, &sealed));
    for i in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[i] ^= 0x10;
        assert!(!open(cost, &salt, &changed), "byte {i}");
    }
    assert!(!open(cost, &[&salt[1..], &[0]].concat(), &sealed));
    assert!(!open(PassphraseCost { passes: 2, ..cost }, &salt, &sealed));
    assert!(!open(cost, &salt, &sealed[..sealed.len() - 1]));
    assert!(!open(cost, &salt, &[]));
    assert!(!open(cost, &[], &sealed));
}

#[test]
fn what_is_sealed_opens_for_its_purpose_in_its_vault_unchanged() {
    let (vault, _) = Vault::create(passphrase("one")).unwrap();
    let (other, _) = Vault::create(passphrase("one")).unwrap();
    let sealed = vault.seal("mail", b"secret");
    assert_ne!(
        sealed,
        vault.seal("mail", b"secret"),
        "each sealing has a nonce of its own"
    );
    assert!(vault.open("mai", &sealed).is_err());
    assert!(other.open("mail", &sealed).is_err());
    for i in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[i] ^= 1;
        assert!(vault.open("mail", &changed).is_err(), "byte {i}");
        assert!(vault.open("mail", &sealed[..i]).is_err(), "cut at {i}");
    }
    let key = fixed_key(1);
    assert!(
        vault
            .open_key(fixed_key(2).id(), &vault.seal_key(&key))
            .is_err()
    );
    assert!(vault.open_key(key.id(), &vault.seal_key(&key)).is_ok());
}

#[test]
fn a_vault_changes_its_lock_and_keeps_its_secrets() {
    let ring = MemoryKeyring::default();
    let keyring = Protector::Keyring {
        ring: &ring,
        account: "workspace",
    };
    let (vault, first) = Vault::create(keyring).unwrap();
    let sealed = vault.seal("mail", b"secret");
    // A second locking by the same keyring leaves the first working until it is forgotten.
    let second = vault.rewrap(keyring).unwrap();
    assert!(Vault::unlock(&first, keyring).is_ok());
    first.forget(&ring).unwrap();
    assert!(Vault::unlock(&first, keyring).is_err());
    assert!(Vault::unlock(&second, keyring).is_ok());
    let third = vault.rewrap(passphrase("correct horse")).unwrap();
    let vault = Vault::unlock(&third, passphrase("correct horse")).unwrap();
    assert_eq!(vault.open("mail", &sealed).unwrap().as_slice(), b"secret");
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gatehouse.key");
    let protector = Protector::KeyFile { path: &path };
    let (_, protection) = Vault::create(protector).unwrap();
    let mode =
        |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    for exposed in [0o640, 0o604, 0o620, 0o610, 0o666] {
        mode(exposed);
        match Vault::unlock(&protection, protector).unwrap_err() {
            VaultError::KeyFileExposed { mode, .. } => assert_eq!(mode, exposed),
            other => panic!("{exposed:o}: {other}"),
        }
    }
    mode(0o400);
    assert!(Vault::unlock(&protection, protector).is_ok());
    mode(0o600);
    std::fs::write(&path, "something else").unwrap();
    assert!(matches!(
        Vault::unlock(&protection, protector).unwrap_err(),
        VaultError::KeyFileUnreadable(_)
    ));
    std::fs::write(&path, [0xff; 4096]).unwrap();
    assert!(matches!(
        Vault::unlock(&protection, protector).unwrap_err(),
        VaultError::KeyFileUnreadable(_)
    ));
    assert!(
        Vault::create(protector).is_err(),
        "a file that is no key file is not replaced"
    );
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(
        Vault::unlock(&protection, protector).unwrap_err(),
        VaultError::KeyFile { .. }
    ));
}

#[test]
fn secrets_do_not_show() {
    let (vault, _) = Vault::create(passphrase("correct horse")).unwrap();
    assert_eq!(format!("{vault:?}"), "Vault(unlocked)");
    assert!(!format!("{:?}", passphrase("correct horse")).contains("horse"));
}

#[cfg(feature = "keyring")]
#[test]
fn the_system_keyring_keeps_a_secret_or_says_at_once_that_it_can_not() {
    use gatehouse_credential::keyring::SystemKeyring;
    if cfg!(not(target_os = "linux")) {
        eprintln!("SKIPPED: the keyring of this system asks a person");
        return;
    }
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("DBUS_SESSION_BUS_ADDRESS") || set("XDG_RUNTIME_DIR") {
        eprintln!("SKIPPED: a session bus may be there, and its keyring is a person's own");
        return;
    }
    let refusal = SystemKeyring.get("gatehouse-test").unwrap_err();
    assert_eq!(
        refusal,
        KeyringError::Unavailable("there is no session bus".to_owned())
    );
}
