//! What changes hands: tickets that are given on, backups that are brought back, events that move to
//! another machine.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Method;
use gatehouse_api::routes::Pages;
use gatehouse_api::{
    Backup, EventHome, Issuing, NewHolder, Quiet, Surroundings, Workspace, finish_restore,
};
use gatehouse_credential::vault::{PassphraseCost, Protector, Vault};
use gatehouse_testkit::{Scratch, guest_list};
use serde_json::{Value, json};

use crate::door::{Door, PATIENCE};

const PASSPHRASE: &str = "salt on the quay";

fn code(home: &EventHome, ticket: &str) -> String {
    home.code_text(&home.find_ticket(ticket).unwrap()).unwrap()
}

fn said(home: &EventHome, text: &str) -> &'static str {
    let gate = home.open_gate("Front door").unwrap();
    gate.admit(text).unwrap().code.word()
}

#[tokio::test]
async fn a_ticket_given_on_is_good_for_its_new_holder_alone() {
    let door = Door::open(Pages::none());
    let home = door.scratch.workspace.open_event(&door.event).unwrap();
    let before = home.find_ticket("1").unwrap();
    let old_code = code(&home, "1");
    let path = format!("/api/tickets/{}/transfer", before.id);

    let nobody = door.post(&path, json!({"name": " "})).await.good(400);
    assert_eq!(nobody["errors"][0]["field"], "name");
    let wrong = json!({"name": "Nora Quist", "email": "nora at example"});
    let wrong = door.post(&path, wrong).await.good(400);
    assert_eq!(wrong["errors"][0]["field"], "email");
    assert_eq!(door.of_event("").await.json()["progress"]["guests"], 4);

    let given = json!({"name": "Nora Quist", "email": "nora@example.org", "reason": "ill"});
    let after = door.post(&path, given.clone()).await.good(201);
    assert_eq!(after["name"], "Nora Quist");
    assert_eq!(after["status"], "active");
    assert_eq!(after["transferred_from"]["number"], 1);
    let old = door.get(&format!("/api/tickets/{}", before.id)).await;
    let old = old.good(200);
    assert_eq!(old["status"], "transferred");
    assert_eq!(old["transferred_to"]["id"], after["id"]);
    let again = door.post(&path, given).await;
    assert_eq!(again.refused(409), "ticket_transferred");
    assert_ne!(
        old["invitation_id"], after["invitation_id"],
        "the old link shows nothing of the new holder's"
    );

    // The next run issues nobody a ticket who gave theirs away.
    home.form_invitations("Once more").ok();
    let issued = home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    assert_eq!(issued.issued, 0);
    door.scratch.open_doors();
    let number = after["number"].as_u64().unwrap().to_string();
    assert_eq!(said(&home, &old_code), "transferred");
    assert_eq!(said(&home, &code(&home, &number)), "admitted");

    // Any number of times, until it is used or the event begins.
    let used = format!("/api/tickets/{}/transfer", after["id"].as_str().unwrap());
    let late = door.post(&used, json!({"name": "Ole Berg"})).await;
    assert_eq!(late.refused(409), "ticket_used");
    door.scratch.go_to("2026-11-21T20:30");
    let second = home.find_ticket("2").unwrap().id;
    let late = door
        .post(
            &format!("/api/tickets/{second}/transfer"),
            json!({"name": "Ole Berg"}),
        )
        .await;
    assert_eq!(late.refused(409), "event_started");
}

#[test]
fn a_ticket_goes_on_and_on() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(1));
    let mut id = home.find_ticket("1").unwrap().id;
    for name in ["Ines Falk", "Ole Berg", "Tove Lind"] {
        let to = NewHolder {
            name: name.into(),
            ..NewHolder::default()
        };
        id = home.transfer_ticket(id, &to, None).unwrap();
    }
    assert_eq!(home.find_ticket("4").unwrap().id, id);
    assert_eq!(home.tickets_good().unwrap(), 1);
}

#[tokio::test]
async fn who_lost_a_ticket_gets_another_only_when_that_is_asked_for() {
    let door = Door::open(Pages::none());
    let home = door.scratch.workspace.open_event(&door.event).unwrap();
    let path = format!("/api/tickets/{}", home.find_ticket("2").unwrap().id);
    let good = door
        .call(Method::POST, &format!("{path}/issue-again"), None)
        .await;
    assert_eq!(good.refused(409), "ticket_not_void");
    let why = json!({"reason": "not coming"});
    door.post(&format!("{path}/void"), why).await.good(200);
    let issued = home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    assert_eq!(issued.issued, 0, "taken back is taken back");
    let again = door
        .call(Method::POST, &format!("{path}/issue-again"), None)
        .await;
    let again = again.good(201);
    assert_eq!(
        (&again["number"], &again["status"]),
        (&json!(5), &json!("active"))
    );
    let twice = door
        .call(Method::POST, &format!("{path}/issue-again"), None)
        .await;
    assert_eq!(twice.refused(409), "ticket_not_void");
}

impl Door {
    async fn file_of(&self, task: &Value) -> Vec<u8> {
        let done = self.finished(task).await;
        assert_eq!(done["state"], "done", "{done}");
        let path = format!("/api/tasks/{}/file", task["id"].as_str().unwrap());
        let file = self.get(&path).await;
        assert_eq!(file.status.as_u16(), 200);
        file.body
    }

    async fn backup(&self, wanted: Value) -> Vec<u8> {
        let task = self.post("/api/backups", wanted).await.good(202);
        self.file_of(&task).await
    }

    async fn look(&self, file: &[u8]) -> crate::door::Answer {
        let mut request = self.request(Method::POST, "/api/backups/look", None);
        *request.body_mut() = Body::from(file.to_vec());
        self.send(request).await
    }
}

#[tokio::test]
async fn events_are_brought_back_with_the_passphrase_alone() {
    let office = Door::open(Pages::none());
    let home = office.scratch.workspace.open_event(&office.event).unwrap();
    office.scratch.open_doors();
    let (used, unused) = (code(&home, "1"), code(&home, "2"));
    assert_eq!(said(&home, &used), "admitted");
    let short = json!({"events": [office.event], "passphrase": "short"});
    let short = office.post("/api/backups", short).await.good(202);
    let short = office.finished(&short).await;
    assert_eq!(short["problem"]["code"], "fields_invalid");

    let wanted = json!({"events": [office.event], "passphrase": PASSPHRASE});
    let file = office.backup(wanted).await;
    assert!(file.starts_with(b"age-encryption.org/v1"));
    let other = Door::elsewhere();
    other.scratch.open_doors();
    let seen = other.look(&file).await.good(201);
    assert_eq!(
        (&seen["locked"], &seen["content"]),
        (&json!(true), &Value::Null)
    );
    let path = format!("/api/backups/{}", seen["id"].as_str().unwrap());
    let events = json!({"events": [office.event]});
    let early = other.post(&format!("{path}/restore"), events.clone()).await;
    assert_eq!(early.refused(400), "backup_locked");
    let wrong = json!({"passphrase": "pepper on the quay"});
    let wrong = other.post(&format!("{path}/open"), wrong).await;
    assert_eq!(wrong.refused(400), "passphrase_wrong");
    let open = json!({"passphrase": PASSPHRASE});
    let open = other.post(&format!("{path}/open"), open).await.good(200);
    let content = &open["content"];
    assert_eq!(content["whole"], false);
    assert_eq!(content["same_workspace"], false);
    assert_eq!(content["needs_kit"], false);
    assert_eq!(content["events"][0]["here"], "absent");
    let done = other
        .post(&format!("{path}/restore"), events.clone())
        .await
        .good(200);
    assert_eq!(done["events"][0]["title"], "Winter Gala");
    assert_eq!(done["put_aside"], 0);

    // What was printed goes on there, and what was used stays used.
    let there = other.scratch.workspace.open_event(&office.event).unwrap();
    assert_eq!(said(&there, &used), "used");
    assert_eq!(said(&there, &unused), "admitted");
    assert!(there.event().home_epoch > home.event().home_epoch);
    // Once more puts the present one aside and brings the older state back.
    let again = other.post(&format!("{path}/restore"), events).await;
    assert_eq!(again.good(200)["put_aside"], 1);
    let there = other.scratch.workspace.open_event(&office.event).unwrap();
    assert_eq!(said(&there, &unused), "admitted", "the scan there is aside");
    let aside = std::fs::read_dir(other.scratch.dir().join("events"))
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().contains("before-")
        });
    assert_eq!(aside.count(), 1);
    let listed = other.get("/api/events").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_passphrase_the_recovery_kit_opens_the_keys() {
    let office = Door::open(Pages::none());
    let file = office.backup(json!({"events": []})).await;
    assert!(file.starts_with(b"PK"));
    let last = office.get("/api/backups/last").await.good(200);
    assert!(last["made_at"].is_i64());
    let other = Door::elsewhere();
    let seen = other.look(&file).await.good(201);
    assert_eq!(seen["content"]["needs_kit"], true);
    assert_eq!(seen["content"]["whole"], true);
    let path = format!("/api/backups/{}/restore", seen["id"].as_str().unwrap());
    let mut wanted = json!({"events": [office.event]});
    let refused = other.post(&path, wanted.clone()).await;
    assert_eq!(refused.refused(400), "kit_missing");
    let (kit, recovery) = office.scratch.workspace.make_recovery_kit().unwrap();
    wanted["kit"] = json!(kit.to_text());
    wanted["code"] = json!(recovery.to_text().as_str());
    other.post(&path, wanted).await.good(200);
    // At home it needs nothing.
    let seen = office.look(&file).await.good(201);
    assert_eq!(seen["content"]["needs_kit"], false);
    assert_eq!(seen["content"]["events"][0]["here"], "present");
    let path = format!("/api/backups/{}/restore", seen["id"].as_str().unwrap());
    let back = office.post(&path, json!({"events": [office.event]})).await;
    assert_eq!(back.good(200)["put_aside"], 1);
}

#[tokio::test]
async fn an_event_handed_over_changes_at_its_new_home_alone_until_it_is_taken_back() {
    let office = Door::open(Pages::none());
    let home = office.scratch.workspace.open_event(&office.event).unwrap();
    let gate = home.open_gate("Front door").unwrap();
    office.scratch.open_doors();
    let first = code(&home, "1");
    let path = format!("/api/events/{}", office.event);
    let given = json!({"passphrase": PASSPHRASE});
    let task = office
        .post(&format!("{path}/hand-over"), given.clone())
        .await
        .good(202);
    let file = office.file_of(&task).await;

    let shown = office.get(&path).await.good(200);
    assert!(shown["handed_over_at"].is_i64());
    let listed = office.get("/api/events").await.json();
    assert!(listed["items"][0]["handed_over_at"].is_i64());
    let edit = office.put(&path, json!({"title": "Another"})).await;
    assert_eq!(edit.refused(409), "event_handed_over");
    assert_eq!(gate.admit(&first).unwrap_err().code, "event_handed_over");

    let other = Door::elsewhere();
    let seen = other.look(&file).await.good(201);
    let waiting = format!("/api/backups/{}", seen["id"].as_str().unwrap());
    other
        .post(&format!("{waiting}/open"), given)
        .await
        .good(200);
    let events = json!({"events": [office.event]});
    other
        .post(&format!("{waiting}/restore"), events)
        .await
        .good(200);
    let there = other.get(&path).await.good(200);
    assert_eq!(there["handed_over_at"], Value::Null);
    let edit = other.put(&path, json!({"title": "Another"})).await;
    assert_eq!(edit.good(200)["title"], "Another");

    let back = office
        .call(Method::POST, &format!("{path}/take-back"), None)
        .await;
    assert_eq!(back.good(200)["handed_over_at"], Value::Null);
    let home = home.refreshed().unwrap();
    assert_eq!(
        said(&home, &first),
        "admitted",
        "at a gate that begins anew"
    );
    let twice = office
        .call(Method::POST, &format!("{path}/take-back"), None)
        .await;
    assert_eq!(twice.refused(409), "event_not_handed_over");
}

#[test]
fn an_event_whose_file_is_damaged_or_gone_is_brought_back() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(3));
    let (id, first) = (home.id(), code(&home, "1"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ball.gatehouse-backup");
    let workspace = &scratch.workspace;
    workspace.back_up(&[id], None, &file, &Quiet).unwrap();
    let backup = Backup::open(&file, None, folder.path()).unwrap();
    let path = home.file().path().to_owned();
    drop(home);
    scratch.open_doors();
    for (what, kept) in [("damaged", 1), ("gone", 0)] {
        let epoch = workspace.open_event("Ball").unwrap().event().home_epoch;
        for ending in ["db-wal", "db-shm"] {
            std::fs::remove_file(path.with_extension(ending)).ok();
        }
        if what == "damaged" {
            std::fs::write(&path, vec![7; 8_192]).unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
        assert!(workspace.open_event("Ball").is_err(), "{what}");
        let taken = workspace.take_in(&backup, &[id], None).unwrap();
        assert_eq!(taken.put_aside, kept, "{what}");
        let back = workspace.open_event("Ball").unwrap();
        assert!(
            back.event().home_epoch > epoch,
            "{what}: no epoch comes twice"
        );
        assert_eq!(said(&back, &first), "admitted", "{what}");
    }
    let leftovers = std::fs::read_dir(path.parent().unwrap())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().ends_with(".part")
        });
    assert_eq!(leftovers.count(), 0);
}

#[test]
fn an_event_that_could_not_be_handed_over_stays() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(1));
    let nowhere = scratch.dir().join("no such folder").join("ball.gatehouse");
    assert!(home.hand_over(PASSPHRASE, &nowhere, &Quiet).is_err());
    scratch.open_doors();
    assert_eq!(said(&home, &code(&home, "1")), "admitted");
    assert_eq!(scratch.workspace.events().unwrap()[0].handed_over_at, None);
}

#[tokio::test]
async fn only_who_manages_the_workspace_fetches_its_keys() {
    let office = Door::open(Pages::none());
    let people = office.people().await;
    let wanted = json!({"events": []});
    let request = office.request_as(
        people.get("super_admin").map(String::as_str),
        Method::POST,
        "/api/backups",
        Some(&wanted),
    );
    let task = office.send(request).await.good(202);
    let path = format!("/api/tasks/{}/file", task["id"].as_str().unwrap());
    let begun = std::time::Instant::now();
    loop {
        let token = people.get("super_admin").map(String::as_str);
        let file = office.send(office.request_as(token, Method::GET, &path, None));
        if file.await.status.as_u16() == 200 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "the backup is never made");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let organizer = people.get("organizer").map(String::as_str);
    let request = office.request_as(organizer, Method::GET, &path, None);
    assert_eq!(office.send(request).await.refused(403), "not_allowed");
}

/// The same ZIP with one file's bytes changed, or with a file more.
fn tampered(file: &[u8], change: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        out.start_file(&name, zip::write::SimpleFileOptions::default())
            .unwrap();
        out.write_all(&change(&name, bytes)).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[tokio::test]
async fn files_that_are_no_backups_or_altered_bring_nothing_back() {
    let office = Door::open(Pages::none());
    let file = office.backup(json!({"events": []})).await;
    let manifest = |change: fn(&mut Value)| {
        tampered(&file, |name, bytes| {
            if name != "backup.json" {
                return bytes;
            }
            let mut manifest: Value = serde_json::from_slice(&bytes).unwrap();
            change(&mut manifest);
            manifest.to_string().into_bytes()
        })
    };
    let cases = [
        ("nothing", vec![], "backup_damaged"),
        (
            "a picture",
            b"\x89PNG\r\n\x1a\n0000".to_vec(),
            "backup_damaged",
        ),
        (
            "half of it",
            file[..file.len() / 2].to_vec(),
            "backup_damaged",
        ),
        (
            "other bytes",
            tampered(&file, |name, mut bytes| {
                if name == "workspace.db" {
                    bytes[200] ^= 1;
                }
                bytes
            }),
            "backup_damaged",
        ),
        (
            "a path that leads out",
            manifest(|m| m["files"][0]["name"] = json!("../../out.db")),
            "backup_damaged",
        ),
        (
            "a newer one",
            manifest(|m| m["format"] = json!(99)),
            "file_newer",
        ),
        (
            "a cut encrypted one",
            b"age-encryption.org/v1\n-> scrypt".to_vec(),
            "",
        ),
    ];
    for (what, bytes, code) in cases {
        let answer = office.look(&bytes).await;
        if code.is_empty() {
            let seen = answer.good(201);
            let path = format!("/api/backups/{}/open", seen["id"].as_str().unwrap());
            let open = office.post(&path, json!({"passphrase": PASSPHRASE})).await;
            assert_eq!(open.refused(400), "backup_damaged", "{what}");
        } else {
            assert_eq!(answer.refused(400), code, "{what}");
        }
    }
    assert_eq!(
        office.get("/api/events").await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

fn surroundings(scratch: &Scratch) -> Surroundings {
    scratch.workspace.surroundings().clone()
}

fn unlock(dir: &Path, scratch: &Scratch) -> Arc<Workspace> {
    Workspace::open(dir, surroundings(scratch), |_, protection| {
        let protector = Protector::Passphrase {
            passphrase: "open sesame",
            cost: PassphraseCost::FOR_TESTS,
        };
        Ok(Vault::unlock(protection, protector).unwrap())
    })
    .unwrap()
}

#[test]
fn a_whole_workspace_stands_in_its_place_when_the_program_starts_anew() {
    // Its own keys open a backup without a passphrase.
    for passphrase in [Some(PASSPHRASE), None] {
        restore_whole(passphrase);
    }
}

fn restore_whole(passphrase: Option<&str>) {
    let scratch = Scratch::new();
    let ball = scratch.issued("Ball", &guest_list(3));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.gatehouse-backup");
    let report = scratch
        .workspace
        .back_up(&[], passphrase, &file, &Quiet)
        .unwrap();
    assert_eq!(report.events, 1);

    // The same machine, where much has gone wrong since.
    let dir = folder.path().join("office");
    let copy = |from: &Path, to: &Path| std::fs::copy(from, to).unwrap();
    std::fs::create_dir_all(dir.join("events")).unwrap();
    drop(ball);
    let bare = Backup::open(&file, passphrase, folder.path()).unwrap();
    assert!(bare.is_whole());
    copy(
        &scratch.dir().join("workspace.db"),
        &dir.join("workspace.db"),
    );
    let wal = scratch.dir().join("workspace.db-wal");
    if wal.exists() {
        copy(&wal, &dir.join("workspace.db-wal"));
    }
    let broken = unlock(&dir, &scratch);
    assert!(broken.open_event("Ball").is_err(), "its file is gone");
    broken.stage_restore(&bare, None).unwrap();
    drop(broken);
    finish_restore(&dir).unwrap();
    let whole = unlock(&dir, &scratch);
    assert_eq!(whole.open_event("Ball").unwrap().tickets_good().unwrap(), 3);
    assert!(folder.path().join("office.before-1/workspace.db").is_file());
    // Starting once more changes nothing.
    drop(whole);
    finish_restore(&dir).unwrap();
    assert_eq!(unlock(&dir, &scratch).events().unwrap().len(), 1);
}
