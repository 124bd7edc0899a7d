//! Rules that the tables keep, whoever writes: one admission a slot, one ticket a member.

use gatehouse_domain::admission::Code;
use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::key::KeyStatus;
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict};
use gatehouse_domain::ticket::{TicketSource, TicketStatus};
use gatehouse_store::event::{
    AdmissionSlot, DeviceRow, EventFile, IssuedTicket, NewMember, ScanRow, SigningKeyRow,
};
use gatehouse_store::{Lane, StoreError};

use crate::house::{House, NOON};

const KEY: [u8; 8] = *b"key 0001";

/// A house with a key, a gate and invited guests who have no tickets yet.
fn invited(names: &[&str]) -> (House, DeviceId, Vec<IssuedTicket>) {
    let mut house = House::new();
    let guests: Vec<Guest> = names.iter().map(|name| house.guest(name)).collect();
    let mut parties = Vec::new();
    for (guest, n) in guests.iter().zip(1..) {
        house.add("Mira", guest);
        parties.push(house.invitation_of(guest, n));
    }
    let gate = DeviceId(house.mint.mint(NOON));
    let tickets = parties
        .iter()
        .map(|(_, member)| wanted(&mut house, member))
        .collect();
    house
        .file
        .append(Lane::Edit, move |change| {
            for (invitation, member) in &parties {
                change.insert_invitation(invitation)?;
                change.insert_member(member)?;
            }
            change.insert_signing_key(&SigningKeyRow {
                id: KEY,
                version: 1,
                profile: "ed25519".into(),
                public_key: vec![1],
                sealed: vec![2],
                certificate: "{}".into(),
                status: KeyStatus::Active,
                created_at: NOON,
            })?;
            change.insert_device(&DeviceRow {
                sealed: None,
                ..DeviceRow::of_office(gate, "Gate A", &[3], vec![], NOON)
            })
        })
        .unwrap();
    (house, gate, tickets)
}

fn wanted(house: &mut House, member: &NewMember) -> IssuedTicket {
    IssuedTicket {
        id: TicketId(house.mint.mint(NOON)),
        member: member.member.id,
        invitation: member.member.invitation,
        guest: member.member.guest,
        ticket_type: house.kind,
        session: None,
        signing_key: KEY,
        packed: vec![7],
    }
}

fn issue(file: &EventFile, tickets: Vec<IssuedTicket>) -> Result<(), StoreError> {
    file.append(Lane::Bulk, move |change| {
        change.insert_issued(&tickets, TicketSource::Invitation, NOON)
    })
}

fn scan(
    house: &House,
    device: DeviceId,
    sequence: u64,
    ticket: TicketId,
    verdict: Verdict,
) -> ScanRow {
    let record = ScanRecord {
        event: house.file.id(),
        device,
        incarnation: 1,
        sequence,
        ticket: Some(ticket),
        version: 1,
        session: None,
        day: 20_261_121,
        zone: None,
        direction: Direction::Entry,
        verdict,
        code: match verdict {
            Verdict::Refused => Code::Used,
            _ => Code::Admitted,
        },
        mode: Mode::Home,
        nonce: [u8::try_from(sequence).unwrap(); 16],
        device_ms: NOON,
        clock: HybridClock {
            wall_ms: NOON + sequence.cast_signed(),
            counter: 0,
        },
        uncertainty_ms: 0,
        previous: [0; 32],
        undoes: None,
    };
    ScanRow {
        signed: record.to_bytes(),
        signature: vec![9; 64],
        record,
    }
}

fn keep(file: &EventFile, scan: ScanRow, slot: Option<&str>) -> Result<(), StoreError> {
    let slot = slot.map(|slot| AdmissionSlot(slot.to_owned()));
    file.append(Lane::Scan, move |change| {
        change.insert_scan(&scan, slot.as_ref())
    })
}

#[test]
fn a_slot_is_filled_once_and_of_the_second_neither_scan_nor_mark_is_kept() {
    let (house, gate, tickets) = invited(&["Ada Lark"]);
    let ticket = tickets[0].id;
    issue(&house.file, tickets).unwrap();
    let first = scan(&house, gate, 1, ticket, Verdict::Admitted);
    keep(&house.file, first, Some("session/door")).unwrap();
    let before = (house.rows("scans"), house.rows("admissions"));

    let second = scan(&house, gate, 2, ticket, Verdict::Admitted);
    let refused = keep(&house.file, second.clone(), Some("session/door")).unwrap_err();
    assert_eq!(refused.code(), "constraint", "{refused}");
    assert_eq!((house.rows("scans"), house.rows("admissions")), before);

    keep(&house.file, second, Some("session/lounge")).unwrap();
    let (found, use_of, end) = house
        .file
        .read(|view| {
            Ok::<_, StoreError>((
                view.ticket(ticket)?.unwrap(),
                view.first_use(ticket)?.unwrap(),
                view.chain_end(gate, 1)?.unwrap(),
            ))
        })
        .unwrap();
    assert_eq!(found.checked_in_at, Some(NOON + 1), "the first entry stays");
    assert_eq!((use_of.at, use_of.gate.as_str()), (NOON + 1, "Gate A"));
    assert_eq!(end.sequence, 2);
}

#[test]
fn a_refused_scan_is_kept_and_marks_nothing() {
    let (house, gate, tickets) = invited(&["Ada Lark"]);
    let ticket = tickets[0].id;
    issue(&house.file, tickets).unwrap();
    let refused = scan(&house, gate, 1, ticket, Verdict::Refused);
    keep(&house.file, refused, Some("session/door")).unwrap();
    assert_eq!(house.rows("scans").len(), 1);
    assert!(house.rows("admissions").is_empty());
    let (found, passages, counts) = house
        .file
        .read(|view| {
            Ok::<_, StoreError>((
                view.ticket(ticket)?.unwrap(),
                view.passages(ticket)?,
                view.count_scans_by_code()?,
            ))
        })
        .unwrap();
    assert_eq!(found.checked_in_at, None);
    assert!(passages.is_empty());
    assert_eq!(counts, [(Code::Used, 1)]);
}

#[test]
fn a_scan_is_found_by_its_nonce_as_it_was_signed_and_a_nonce_is_kept_once() {
    let (house, gate, tickets) = invited(&["Ada Lark"]);
    let ticket = tickets[0].id;
    issue(&house.file, tickets).unwrap();
    let kept = scan(&house, gate, 1, ticket, Verdict::Admitted);
    keep(&house.file, kept.clone(), None).unwrap();
    let find = |nonce| house.file.read(|view| view.scan_by_nonce(nonce)).unwrap();
    assert_eq!(find(kept.record.nonce), Some(kept.clone()));
    assert_eq!(find([200; 16]), None);
    let mut again = scan(&house, gate, 2, ticket, Verdict::Admitted);
    again.record.nonce = kept.record.nonce;
    again.signed = again.record.to_bytes();
    let refused = keep(&house.file, again, None).unwrap_err();
    assert_eq!(refused.code(), "constraint");
    assert_eq!(house.file.read(|view| view.scans()).unwrap(), [kept]);
}

#[test]
fn a_member_has_one_good_ticket_and_a_piece_with_a_second_is_not_kept_at_all() {
    let (mut house, _, tickets) = invited(&["Ada Lark", "Ben Moss"]);
    let [ada, ben] = [tickets[0].clone(), tickets[1].clone()];
    issue(&house.file, vec![ada.clone()]).unwrap();
    let second = IssuedTicket {
        id: TicketId(house.mint.mint(NOON)),
        ..ada.clone()
    };
    let refused = issue(&house.file, vec![ben.clone(), second.clone()]).unwrap_err();
    assert_eq!(refused.code(), "constraint", "{refused}");
    let lacking = house
        .file
        .read(|view| view.members_without_ticket(None, true))
        .unwrap();
    assert_eq!(lacking.len(), 1, "Ben is still without");
    assert_eq!(lacking[0].member, ben.member);

    house
        .file
        .append(Lane::Edit, move |change| {
            change.void_ticket(ada.id, NOON + 1, Some("lost"))
        })
        .unwrap();
    issue(&house.file, vec![ben, second.clone()]).unwrap();
    let found = house
        .file
        .read(|view| view.ticket(second.id))
        .unwrap()
        .unwrap();
    assert_eq!((found.number, found.status), (3, TicketStatus::Active));
    assert_eq!(
        house
            .file
            .read(|view| view.members_without_ticket(None, true))
            .unwrap(),
        []
    );
}

#[test]
fn a_new_key_takes_over_from_the_one_that_signed() {
    let (house, _, _) = invited(&[]);
    house
        .file
        .append(Lane::Edit, |change| {
            change.insert_signing_key(&SigningKeyRow {
                id: *b"key 0002",
                version: 2,
                profile: "ed25519".into(),
                public_key: vec![1],
                sealed: vec![2],
                certificate: "{}".into(),
                status: KeyStatus::Active,
                created_at: NOON,
            })
        })
        .unwrap();
    let keys = house.file.read(|view| view.signing_keys()).unwrap();
    let states: Vec<_> = keys.iter().map(|key| (key.version, key.status)).collect();
    assert_eq!(states, [(1, KeyStatus::Rotated), (2, KeyStatus::Active)]);
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_not_touched() {
    let House { dir, file, .. } = House::new();
    let path = file.path().to_owned();
    drop(file);
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.pragma_update(None, "user_version", 999).unwrap();
    conn.execute(
        "UPDATE file_info SET value = '9.8.7' WHERE key = 'written_by'",
        [],
    )
    .unwrap();
    drop(conn);
    let before = std::fs::read(&path).unwrap();
    let refused = EventFile::open(&path).unwrap_err();
    assert_eq!(refused.code(), "file_newer");
    assert!(refused.to_string().contains("Gatehouse 9.8.7"), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    drop(dir);
}

#[test]
fn what_was_written_is_there_when_the_file_is_opened_again() {
    let mut house = House::new();
    let guest = house.guest("Ada Lark");
    let edit = house.add("Mira", &guest);
    let House { dir, file, .. } = house;
    let path = file.path().to_owned();
    let event = file.read(|view| view.event()).unwrap();
    drop(file);
    let again = EventFile::open(&path).unwrap();
    assert_eq!(again.id(), event.id);
    assert_eq!(again.read(|view| view.event()).unwrap(), event);
    let line = again.read(|view| view.edits(1)).unwrap().remove(0);
    assert_eq!((line.meta.id, line.undoable), (edit, true));
    drop(dir);
}
