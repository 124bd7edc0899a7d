//! A workspace on another machine, from a copy of its folder and its recovery kit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatehouse_api::{EventHome, Problem, Restored, Surroundings, Workspace};
use gatehouse_credential::key::KeyProfile;
use gatehouse_credential::vault::{PassphraseCost, Protection, Protector, Vault};
use gatehouse_domain::admission::Code;
use gatehouse_testkit::{Scratch, guest_list};
use tempfile::TempDir;

struct Lost {
    scratch: Scratch,
    kit: String,
    code: String,
    elsewhere: TempDir,
}

fn machine(scratch: &Scratch) -> Surroundings {
    Surroundings::new(
        Arc::clone(&scratch.clock) as _,
        |bytes: &mut [u8]| other_bytes(bytes),
        "test",
        "new machine",
    )
}

/// Other bytes than the old machine's.
fn other_bytes(bytes: &mut [u8]) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static STATE: AtomicU64 = AtomicU64::new(1);
    for byte in bytes {
        let n = STATE.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        *byte = ((n ^ (n >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 56) as u8;
    }
}

fn new_lock(passphrase: &str) -> Protector<'_> {
    Protector::Passphrase {
        passphrase,
        cost: PassphraseCost::FOR_TESTS,
    }
}

impl Lost {
    fn new(scratch: Scratch) -> Self {
        let (kit, code) = scratch.workspace.make_recovery_kit().unwrap();
        Self {
            kit: kit.to_text(),
            code: code.to_text().as_str().to_owned(),
            elsewhere: tempfile::tempdir().unwrap(),
            scratch,
        }
    }

    fn to(&self) -> PathBuf {
        self.elsewhere.path().join("workspace")
    }

    fn restore_with(&self, kit: &str, code: &str) -> Result<Restored, Problem> {
        Workspace::restore(
            self.scratch.dir(),
            &self.to(),
            (kit, code),
            machine(&self.scratch),
            |_, vault| {
                vault
                    .rewrap(new_lock("a new one"))
                    .map_err(|e| Problem::new("vault_shut", e.to_string()))
            },
        )
    }

    fn open(&self) -> Arc<Workspace> {
        Workspace::open(&self.to(), machine(&self.scratch), |_, protection| {
            assert!(matches!(protection, Protection::Passphrase { .. }));
            Vault::unlock(protection, new_lock("a new one"))
                .map_err(|e| Problem::new("vault_shut", e.to_string()))
        })
        .unwrap()
    }
}

fn code(home: &EventHome, ticket: &str) -> String {
    home.code_text(&home.find_ticket(ticket).unwrap()).unwrap()
}

/// Every file below a folder with its bytes; what a reader leaves beside a database is left out.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e != "db-shm") {
                found.insert(path.clone(), std::fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn printed_tickets_go_on_at_the_new_machine_and_used_ones_stay_used() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(3));
    home.add_signing_key(KeyProfile::Ed25519).unwrap();
    scratch.open_doors();
    let first = code(&home, "1");
    let gate = home.open_gate("Front door").unwrap();
    assert_eq!(gate.admit(&first).unwrap().code, Code::Admitted);
    let (second, id) = (code(&home, "2"), home.id());
    let lost = Lost::new(scratch);
    let before = files(lost.scratch.dir());
    let restored = lost.restore_with(&lost.kit, &lost.code).unwrap();
    assert_eq!(restored.events, [id]);
    assert!(files(lost.scratch.dir()) == before, "the copy is as it was");

    let workspace = lost.open();
    let here = workspace.open_event("Ball").unwrap();
    assert_eq!(here.event().home_epoch, 2);
    let gate = here.open_gate("Front door").unwrap();
    assert_eq!(gate.admit(&first).unwrap().code, Code::Used);
    assert_eq!(gate.admit(&second).unwrap().code, Code::Admitted);
    // Its scans are a new life of the gate, so that they are no fork of the old machine's.
    let scans = here.file().read(|view| view.scans()).unwrap();
    let lives: Vec<u32> = scans.iter().map(|scan| scan.record.incarnation).collect();
    assert_eq!(lives, [1, 2, 2]);
    here.regenerate_ticket(here.find_ticket("3").unwrap().id, None)
        .unwrap();
    assert_eq!(gate.admit(&code(&here, "3")).unwrap().code, Code::Admitted);
}

#[test]
fn an_older_home_is_known_as_such() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(1));
    let old_file = scratch.dir().join(format!("events/{}.db", home.id()));
    let lost = Lost::new(scratch);
    lost.restore_with(&lost.kit, &lost.code).unwrap();
    let id = home.id();
    drop(home);
    // The old machine's file of the event comes back over the new one.
    let new_file = lost.to().join(format!("events/{id}.db"));
    for ending in ["-wal", "-shm"] {
        let mut beside = new_file.clone().into_os_string();
        beside.push(ending);
        std::fs::remove_file(beside).ok();
    }
    let wal = old_file.with_extension("db-wal");
    std::fs::copy(&old_file, &new_file).unwrap();
    if wal.is_file() {
        std::fs::copy(&wal, new_file.with_extension("db-wal")).unwrap();
    }
    let stale = lost.open().open_event("Ball").unwrap();
    assert_eq!(stale.event().home_epoch, 1);
    assert_eq!(
        stale.open_gate("Front door").unwrap_err().code,
        "home_superseded"
    );
}

#[test]
fn what_does_not_belong_together_restores_nothing_and_says_what_to_do() {
    let scratch = Scratch::new();
    let _home = scratch.issued("Ball", &guest_list(1));
    let lost = Lost::new(scratch);
    let other = Lost::new(Scratch::new());
    let (_, second_code) = lost.scratch.workspace.make_recovery_kit().unwrap();
    let mistyped = lost.code.replacen(
        &lost.code[..1],
        if lost.code.starts_with('7') { "8" } else { "7" },
        1,
    );
    let damaged = {
        let middle = lost.kit.len() / 2;
        let swapped = if lost.kit.as_bytes()[middle] == b'A' {
            "B"
        } else {
            "A"
        };
        format!(
            "{}{swapped}{}",
            &lost.kit[..middle],
            &lost.kit[middle + 1..]
        )
    };
    for (kit, code, expected) in [
        ("hello", lost.code.as_str(), "kit_unreadable"),
        (&damaged, &lost.code, "kit_damaged"),
        (&lost.kit, &mistyped, "recovery_code_mistyped"),
        (
            &lost.kit,
            second_code.to_text().as_str(),
            "recovery_code_wrong",
        ),
        (&other.kit, &other.code, "kit_other_workspace"),
    ] {
        assert_eq!(lost.restore_with(kit, code).unwrap_err().code, expected);
        assert!(!lost.to().exists(), "{expected}");
        assert_eq!(
            files(lost.elsewhere.path()).len(),
            0,
            "{expected}: nothing half made"
        );
    }
    std::fs::create_dir(lost.to()).unwrap();
    std::fs::write(lost.to().join("notes.txt"), "mine").unwrap();
    assert_eq!(
        lost.restore_with(&lost.kit, &lost.code).unwrap_err().code,
        "folder_not_empty"
    );
    assert_eq!(std::fs::read(lost.to().join("notes.txt")).unwrap(), b"mine");
}
