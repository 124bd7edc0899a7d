//! Files that earlier versions wrote: backed up, brought up to date, and nothing lost.

use gatehouse_domain::event::Visibility;
use gatehouse_domain::id::SessionId;
use gatehouse_domain::place::PlaceMode;
use gatehouse_domain::ticket_type::TypeScope;
use gatehouse_store::event::EventFile;
use gatehouse_store::workspace::WorkspaceFile;
use rusqlite::Connection;
use rusqlite::types::Value;

const EVENT_1: &str = include_str!("../../../../migrations/event/0001_event.sql");
const WORKSPACE_1: &str = include_str!("../../../../migrations/workspace/0001_workspace.sql");

fn id(n: u8) -> String {
    format!("x'0102030400008000800000000000{n:04x}'")
}

/// An event's file as the first version wrote it: two sessions, two types, a guest with a ticket.
fn first_event(path: &std::path::Path) {
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "application_id", i32::from_be_bytes(*b"GHev"))
        .unwrap();
    conn.execute_batch(EVENT_1).unwrap();
    conn.execute_batch(&format!(
        "INSERT INTO file_info VALUES ('written_by', '0.0.1');
         INSERT INTO event VALUES ({event}, {workspace}, 'Harbour Ball', 'one_time', 'draft',
           'Europe/Vienna', 'EUR', 'en', 'Gatehouse Arts', 'Old Customs House',
           '{{\"claim_set\":\"slim\",\"code_form\":\"compact\",\"numbering\":\"sequential\",
              \"re_entry\":\"single\",\"companies_share\":true,\"token_days_after\":30}}', 1, 5);
         INSERT INTO sessions VALUES ({s1}, NULL, 10, 20, 30, NULL, 'scheduled');
         INSERT INTO sessions VALUES ({s2}, 'Matinée', 40, 50, 60, 'Garden', 'scheduled');
         INSERT INTO zones VALUES ({zone}, 'Lounge', 'lounge');
         INSERT INTO ticket_types VALUES ({standard}, 1, 'Standard', 'standard', 0, NULL, 0,
           'in_person');
         INSERT INTO ticket_types VALUES ({vip}, 2, 'VIP', 'vip', 2500, 60, 1, 'in_person');
         INSERT INTO ticket_type_sessions VALUES ({vip}, {s2});
         INSERT INTO ticket_type_zones VALUES ({vip}, {zone});
         INSERT INTO guests (id, name, ticket_type, created_at, updated_at)
           VALUES ({guest}, 'Ada Lark', {vip}, 5, 5);
         INSERT INTO invitations VALUES ({invitation}, 'INV-0001', 'C1', 'single', 'Ada Lark',
           NULL, 5);
         INSERT INTO party_members VALUES ({member}, {invitation}, {guest}, 1, 'pending', NULL,
           NULL);
         INSERT INTO tickets (id, number, invitation, member, guest, ticket_type, status, source,
                              version, created_at)
           VALUES ({ticket}, 1, {invitation}, {member}, {guest}, {vip}, 'active', 'invitation', 1,
                   5);
         PRAGMA user_version = 1;",
        event = id(1),
        workspace = id(2),
        s1 = id(3),
        s2 = id(4),
        zone = id(5),
        standard = id(6),
        vip = id(7),
        guest = id(8),
        invitation = id(9),
        member = id(10),
        ticket = id(11),
    ))
    .unwrap();
}

#[test]
fn an_events_first_file_is_brought_up_to_date_and_kept_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("event.db");
    first_event(&path);
    let file = EventFile::open(&path).unwrap();
    file.read(|view| {
        let event = view.event()?;
        assert_eq!(event.title, "Harbour Ball");
        assert_eq!(event.place.mode, PlaceMode::InPerson);
        assert_eq!(event.place.line(), "Old Customs House");
        assert_eq!(event.visibility, Visibility::Private);
        let sessions = view.sessions()?;
        assert_eq!(sessions.len(), 2);
        assert_eq!(sessions[0].place, None);
        assert_eq!(sessions[1].place.as_ref().unwrap().line(), "Garden");
        let types = view.ticket_types()?;
        assert_eq!(
            types.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
            ["Standard", "VIP"]
        );
        assert!(types.iter().all(|kind| kind.scope == TypeScope::Event));
        assert_eq!(types[1].price_minor, 2_500);
        assert_eq!(types[1].sessions, [sessions[1].id]);
        assert_eq!(types[1].zones.len(), 1);
        assert_eq!(view.guests()?[0].values.ticket_type.as_ref(), "VIP");
        let ticket = view.ticket_by_number(1)?.unwrap();
        assert_eq!(ticket.ticket_type, types[1].id);
        assert!(view.members_without_ticket(None, true)?.is_empty());
        let invitation = view.invitation_by_code("C1")?.unwrap();
        assert_eq!(
            view.link_version(invitation.id)?,
            1,
            "its links are the first"
        );
        assert_eq!(view.party_answer(invitation.id)?, None);
        assert_eq!(event.settings.answers, Default::default());
        let other = SessionId(uuid::Uuid::from_u128(9));
        assert!(
            view.members_without_ticket(Some(other), true)?.is_empty(),
            "theirs is for all"
        );
        Ok::<_, gatehouse_store::StoreError>(())
    })
    .unwrap();
    // References hold from now on as they did before.
    let conn = Connection::open(&path).unwrap();
    conn.pragma_update(None, "foreign_keys", true).unwrap();
    assert!(conn.execute("DELETE FROM ticket_types", []).is_err());
    let broken: Option<Value> = conn
        .query_row("PRAGMA foreign_key_check", [], |row| row.get(0))
        .ok();
    assert_eq!(broken, None);
    let backup = Connection::open(dir.path().join("event.db.v1.bak")).unwrap();
    let place: String = backup
        .query_row("SELECT place FROM event", [], |row| row.get(0))
        .unwrap();
    assert_eq!(place, "Old Customs House");
}

#[test]
fn a_workspaces_first_file_asks_for_a_look_at_its_events() {
    let dir = tempfile::tempdir().unwrap();
    let conn = Connection::open(dir.path().join("workspace.db")).unwrap();
    conn.pragma_update(None, "application_id", i32::from_be_bytes(*b"GHws"))
        .unwrap();
    conn.execute_batch(WORKSPACE_1).unwrap();
    conn.execute_batch(&format!(
        "INSERT INTO workspace VALUES ({}, 'Gatehouse Arts', 5, '{{}}', x'01', x'02');
         INSERT INTO events VALUES ({}, 7, 'Harbour Ball', 'draft', 10, 20, 5);
         PRAGMA user_version = 1;",
        id(1),
        id(2)
    ))
    .unwrap();
    drop(conn);
    let file = WorkspaceFile::open(dir.path()).unwrap();
    let events = file.events().unwrap();
    assert_eq!(events[0].title, "Harbour Ball");
    assert_eq!(file.events_unseen().unwrap(), [events[0].id]);
    assert!(file.sessions_to_come(0, 9).unwrap().is_empty());
    assert!(dir.path().join("workspace.db.v1.bak").is_file());
    let usual = file.preferences("ada@example.org").unwrap();
    assert_eq!(usual.unsubscribed_at, None);
    assert_eq!(file.guest_address().unwrap(), None);
}
