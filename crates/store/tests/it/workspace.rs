//! The workspace's own file: its events, their keys, the contact book.

use gatehouse_domain::event::{EventKind, EventStatus};
use gatehouse_domain::id::{ContactId, EventId, GuestId, IdMint, Route, SessionId, WorkspaceId};
use gatehouse_domain::session::SessionStatus;
use gatehouse_store::workspace::{
    ContactSighting, EventRow, SessionRow, WorkspaceFile, WorkspaceRow,
};
use tempfile::TempDir;

use crate::house::{NOON, mint};

fn workspace() -> (TempDir, WorkspaceFile) {
    let dir = tempfile::tempdir().unwrap();
    let row = WorkspaceRow {
        id: WorkspaceId(mint().mint(NOON)),
        name: "Gatehouse Arts".into(),
        created_at: NOON,
        protection: "{}".into(),
        root_public: vec![1],
        root_sealed: vec![2],
    };
    let file = WorkspaceFile::create(dir.path(), &row).unwrap();
    assert_eq!(file.workspace().unwrap(), row);
    (dir, file)
}

fn event(route: u32, title: &str, n: i64) -> EventRow {
    let mut mint = IdMint::new(Route(route), Box::new(|bytes: &mut [u8]| bytes.fill(5)));
    EventRow {
        id: EventId(mint.mint(NOON + n)),
        title: title.into(),
        kind: EventKind::OneTime,
        status: EventStatus::Draft,
        starts_at: NOON + n,
        ends_at: NOON + n + 1,
        time_zone: "Europe/Vienna".into(),
        created_at: NOON,
        handed_over_at: None,
        as_of: Some(1),
    }
}

fn seen(
    mint: &mut IdMint,
    name: &str,
    email: Option<&str>,
    company: Option<&str>,
) -> ContactSighting {
    ContactSighting {
        new_id: ContactId(mint.mint(NOON)),
        guest: GuestId(mint.mint(NOON)),
        name: name.into(),
        email: email.map(str::to_owned),
        phone: None,
        company: company.map(str::to_owned),
    }
}

#[test]
fn no_two_events_share_a_route() {
    let (_dir, file) = workspace();
    let (first, second) = (event(7, "Spring Ball", 0), event(7, "Autumn Ball", 1));
    assert!(!file.has_route(7).unwrap());
    file.project_event(&first, &[]).unwrap();
    assert!(file.has_route(7).unwrap());
    assert_eq!(
        file.project_event(&second, &[]).unwrap_err().code(),
        "constraint"
    );
    assert_eq!(file.events().unwrap(), [first]);
}

#[test]
fn an_event_told_again_is_the_same_line_and_the_newest_start_comes_first() {
    let (_dir, file) = workspace();
    let (early, late) = (event(1, "Spring Ball", 0), event(2, "Autumn Ball", 9));
    file.project_event(&early, &[]).unwrap();
    file.project_event(&late, &[]).unwrap();
    let moved = EventRow {
        title: "Summer Ball".into(),
        status: EventStatus::Published,
        ..early
    };
    file.project_event(&moved, &[]).unwrap();
    assert_eq!(file.events().unwrap(), [late, moved]);
}

#[test]
fn one_person_at_two_events_is_one_contact_however_often_they_are_told() {
    let (_dir, file) = workspace();
    let mut mint = mint();
    let events = [event(1, "Spring Ball", 0), event(2, "Autumn Ball", 1)];
    for event in &events {
        file.project_event(event, &[]).unwrap();
    }
    let spring = [
        seen(
            &mut mint,
            "Ada Lark",
            Some("ada@example.org"),
            Some("Lark Ltd"),
        ),
        seen(&mut mint, "Ben Lark", Some("ada@example.org"), None),
        seen(&mut mint, "Cy Reed", None, Some("Reed & Co")),
    ];
    let autumn = [
        seen(&mut mint, "ada  LARK", Some("ADA@example.org"), None),
        seen(&mut mint, "Cy Reed", None, Some("Other & Co")),
    ];
    for _ in 0..2 {
        file.project_contacts(events[0].id, &spring).unwrap();
        file.project_contacts(events[1].id, &autumn).unwrap();
        // The family's shared address makes two people; without one, the company tells them apart.
        assert_eq!(file.count_contacts().unwrap(), 4);
        let ada = file
            .find_contact("ada@example.org", "Ada Lark")
            .unwrap()
            .unwrap();
        assert_eq!((ada.id, ada.events), (spring[0].new_id, 2));
        assert_eq!(
            ada.company.as_deref(),
            Some("Lark Ltd"),
            "what a list leaves out is not forgotten"
        );
    }
    file.project_contacts(events[1].id, &[]).unwrap();
    let ada = file.find_contact("ada@example.org", "Ada Lark").unwrap();
    assert_eq!(ada.unwrap().events, 1, "she was taken off the second list");
    assert_eq!(file.find_contact("ada@example.org", "Dee").unwrap(), None);
}

#[test]
fn a_keys_certificate_is_kept_once_and_the_newest_counts() {
    let (_dir, file) = workspace();
    let ball = event(1, "Spring Ball", 0);
    let key = *b"key 0001";
    let homeless = file.project_keys(ball.id, &[(key, "active".into())]);
    assert_eq!(homeless.unwrap_err().code(), "constraint");
    file.project_event(&ball, &[]).unwrap();
    file.project_keys(
        ball.id,
        &[(key, "active".into()), (*b"key 0002", "next".into())],
    )
    .unwrap();
    file.project_keys(ball.id, &[(key, "revoked".into())])
        .unwrap();
    assert_eq!(file.key_certificates().unwrap(), ["revoked", "next"]);
}

#[test]
fn a_workspace_is_not_made_over_another_and_opens_as_it_was() {
    let (dir, file) = workspace();
    let row = file.workspace().unwrap();
    assert!(WorkspaceFile::create(dir.path(), &row).is_err());
    file.set_protection("{\"key_file\":true}").unwrap();
    drop(file);
    let again = WorkspaceFile::open(dir.path())
        .unwrap()
        .workspace()
        .unwrap();
    assert_eq!((again.id, again.name), (row.id, row.name));
    assert_eq!(again.protection, "{\"key_file\":true}");
    assert!(!WorkspaceFile::exists(&dir.path().join("elsewhere")));
}

#[test]
fn sessions_that_are_on_come_first_however_long_ago_they_began() {
    const HOUR: i64 = 3_600_000;
    let (_dir, file) = workspace();
    let camp = event(1, "Camp", 0);
    let mut mint = IdMint::new(Route(1), Box::new(|bytes: &mut [u8]| bytes.fill(6)));
    // Start and end in hours from noon.
    let mut session = |from: i64, until: i64, status| SessionRow {
        id: SessionId(mint.mint(NOON)),
        event: camp.id,
        event_title: "Camp".into(),
        title: None,
        doors_at: NOON + from * HOUR,
        starts_at: NOON + from * HOUR,
        ends_at: NOON + until * HOUR,
        place: String::new(),
        status,
    };
    let on = SessionStatus::Scheduled;
    let rows = [
        session(5, 6, on),
        session(-1, 2, on),
        session(-72, 1, on),
        session(-72, -1, on),
        session(-20, 9, on),
        session(-30 * 24, 24, on),
        session(1, 2, SessionStatus::Cancelled),
        session(-2, 0, on),
        session(700, 701, on),
    ];
    file.project_event(&camp, &rows).unwrap();
    let hours = |limit| {
        let found = file.sessions_to_come(NOON, limit).unwrap();
        found
            .iter()
            .map(|row| (row.starts_at - NOON) / HOUR)
            .collect::<Vec<_>>()
    };
    assert_eq!(hours(50), [-720, -72, -20, -1, 5, 700]);
    assert_eq!(hours(1), [-720]);
    assert_eq!(hours(3), [-720, -72, -20]);
}
