//! Events from the first draft to the last day: planned, published, changed, called off.

use gatehouse_api::{EventChange, EventHome, GateStand, Issuing, Problem, Quiet, SessionChange};
use gatehouse_domain::admission::Code;
use gatehouse_domain::event::draft::{ScheduleDraft, SessionDraft, TicketTypeDraft, ZoneDraft};
use gatehouse_domain::event::{Access, EventStatus, Visibility};
use gatehouse_domain::notice::NoticeKind;
use gatehouse_domain::place::{LinkWindow, Meeting, Place, PlaceMode};
use gatehouse_domain::scan::Direction;
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_domain::ticket_type::AttendanceMode;
use gatehouse_testkit::{Scratch, guest_list};

const DAYS: [&str; 3] = ["2026-12-04", "2026-12-05", "2026-12-07"];

fn codes(problem: &Problem) -> Vec<&'static str> {
    problem.errors.iter().map(|error| error.code).collect()
}

fn notices(home: &EventHome) -> Vec<(NoticeKind, u32)> {
    let notices = home.file().read(|view| view.notices()).unwrap();
    notices.iter().map(|n| (n.kind, n.tickets)).collect()
}

fn change(json: &str) -> EventChange {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_draft_is_published_once_it_has_everything_and_is_told_all_that_it_lacks_before() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Ball");
    draft.visibility = Visibility::Public;
    draft.place = Place {
        mode: PlaceMode::Hybrid,
        venue: None,
        meeting: None,
    };
    draft.ticket_types.clear();
    let home = scratch.event(&draft);
    let refused = home.publish().unwrap_err();
    assert_eq!(
        codes(&refused),
        [
            "venue_missing",
            "address_missing",
            "city_missing",
            "country_missing",
            "meeting_missing",
            "ticket_types_missing",
            "photos_missing",
        ]
    );
    assert_eq!(home.refreshed().unwrap().event().status, EventStatus::Draft);

    let mut draft = Scratch::draft("Garden Ball");
    draft.visibility = Visibility::Public;
    draft.access = Access::Application;
    let home = scratch.event(&draft);
    assert_eq!(codes(&home.publish().unwrap_err()), ["photos_missing"]);
    assert_eq!(
        home.add_photo(b"GIF89a".to_vec(), "").unwrap_err().code,
        "photo_unreadable"
    );
    let png = [&[0x89][..], b"PNG\r\n\x1a\n", &[0; 30]].concat();
    let photos: Vec<_> = (0..3)
        .map(|_| home.add_photo(png.clone(), "The quay at night").unwrap())
        .collect();
    let home = home.publish().unwrap();
    assert_eq!(home.event().status, EventStatus::Published);
    let listed = scratch.workspace.events().unwrap();
    let row = listed.iter().find(|row| row.id == home.id()).unwrap();
    assert_eq!(row.status.word(), "published");
    assert_eq!(codes(&home.publish().unwrap_err()), ["event_published"]);
    assert_eq!(
        home.remove_photo(photos[0]).unwrap_err().code,
        "photos_missing"
    );
}

#[test]
fn what_tickets_rely_on_holds_and_everyone_is_told_of_a_new_place() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(4)).publish().unwrap();
    let refused = home
        .change_event(change(
            r#"{"title":"x","time_zone":"Europe/Paris","currency":"CHF","claim_set":"full"}"#,
        ))
        .unwrap_err();
    assert_eq!(
        codes(&refused),
        [
            "tickets_exist",
            "tickets_exist",
            "tickets_exist",
            "title_too_short"
        ]
    );
    assert_eq!(home.refreshed().unwrap().event().title, "Ball");
    let place = serde_json::to_string(&Place {
        venue: Scratch::place().venue.map(|mut venue| {
            venue.name = "New Customs House".into();
            venue
        }),
        ..Scratch::place()
    })
    .unwrap();
    let home = home
        .change_event(change(&format!(
            r#"{{"title":"Harbour Ball","place":{place},"capacity":4}}"#
        )))
        .unwrap();
    assert_eq!(home.event().title, "Harbour Ball");
    assert_eq!(home.event().revision, 1);
    assert_eq!(notices(&home), [(NoticeKind::PlaceChanged, 4)]);
    assert_eq!(
        home.change_event(change(r#"{"capacity":3}"#))
            .unwrap_err()
            .code,
        "capacity_exceeded"
    );
    let unlimited = home.change_event(change(r#"{"capacity":null}"#)).unwrap();
    assert_eq!(unlimited.event().capacity, None);
    scratch.go_to("2026-11-22T00:00");
    assert_eq!(
        codes(&home.change_event(change(r#"{"capacity":9}"#)).unwrap_err()),
        ["event_over"]
    );
    assert!(
        home.change_event(change(r#"{"tagline":"It was fine"}"#))
            .is_ok()
    );
}

#[test]
fn an_event_in_another_zone_keeps_its_hours() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    let before = home.sessions()[0].starts_at;
    let home = home
        .change_event(change(r#"{"time_zone":"America/New_York"}"#))
        .unwrap();
    assert_eq!(home.sessions()[0].starts_at - before, 6 * 3_600_000);
    home.undo(None).unwrap();
    assert_eq!(home.refreshed().unwrap().sessions()[0].starts_at, before);
}

#[test]
fn a_day_that_is_called_off_voids_its_own_passes_alone() {
    let scratch = Scratch::new();
    let mut draft = Scratch::days("Festival", &DAYS);
    draft.ticket_types.push(TicketTypeDraft {
        days: vec![2],
        ..TicketTypeDraft::named("Saturday")
    });
    let home = scratch.event(&draft);
    scratch.import(
        &home,
        "Name,Ticket type\nAda Lark,Standard\nBen Moss,Saturday\nCy Reed,Saturday\n",
    );
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let gate = home.open_gate("Front door").unwrap();
    let code = |n: &str| home.code_text(&home.find_ticket(n).unwrap()).unwrap();
    let said = |n: &str| gate.admit(&code(n)).unwrap();

    scratch.go_to("2026-12-04T19:30");
    assert_eq!(said("1").code, Code::Admitted);
    let wrong = said("2");
    assert_eq!(wrong.code, Code::WrongDay);
    assert!(
        wrong.message.contains("2026-12-05 18:00"),
        "{}",
        wrong.message
    );

    let saturday = home.sessions()[1].id;
    let cancelled = home.cancel_session(saturday, "storm").unwrap();
    assert_eq!(cancelled.voided, 2);
    assert_eq!(notices(&home), [(NoticeKind::SessionCancelled, 3)]);
    assert_eq!(
        codes(&home.cancel_session(saturday, "").unwrap_err()),
        ["session_cancelled"]
    );
    scratch.go_to("2026-12-05T19:30");
    assert_eq!(said("1").code, Code::Cancelled);
    assert_eq!(said("2").code, Code::Voided);
    scratch.go_to("2026-12-07T19:30");
    assert_eq!(said("1").code, Code::Admitted, "again, on the third day");
    assert_eq!(said("1").code, Code::Used);
}

#[test]
fn an_event_that_is_called_off_voids_everything_and_admits_nobody() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(3)).publish().unwrap();
    scratch.open_doors();
    let gate = home.open_gate("Front door").unwrap();
    let code = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
    assert_eq!(home.cancel_event("storm").unwrap().voided, 3);
    assert_eq!(gate.admit(&code).unwrap().code, Code::Voided);
    assert_eq!(home.find_ticket("1").unwrap().status, TicketStatus::Voided);
    assert_eq!(notices(&home), [(NoticeKind::EventCancelled, 3)]);
    assert_eq!(
        codes(&home.cancel_event("").unwrap_err()),
        ["event_cancelled"]
    );
    assert_eq!(
        home.issue_tickets(Issuing::default(), &Quiet)
            .unwrap_err()
            .code,
        "event_cancelled"
    );
    assert!(scratch.workspace.sessions_to_come(9).unwrap().is_empty());
}

#[test]
fn a_day_is_added_and_moved_and_never_lies_over_another() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Festival", &DAYS));
    let day = |starts: &str, ends: &str| SessionDraft {
        starts: starts.into(),
        ends: ends.into(),
        ..SessionDraft::default()
    };
    for (starts, ends, code) in [
        ("2026-12-04T22:00", "2026-12-05T01:00", "days_overlap"),
        ("2026-02-30T22:00", "2026-12-05T01:00", "time_impossible"),
        ("2026-12-06T22:00", "2026-12-06T21:00", "ends_before_start"),
        ("2026-11-20T20:00", "2026-11-20T21:00", "starts_in_past"),
    ] {
        let refused = home.add_session(day(starts, ends)).unwrap_err();
        assert_eq!(codes(&refused), [code], "{starts}");
    }
    let added = home
        .add_session(day("2026-12-06T19:00", "2026-12-06T23:00"))
        .unwrap();
    let home = home.refreshed().unwrap();
    assert_eq!(home.sessions().len(), 4);
    assert_eq!(scratch.workspace.sessions_to_come(9).unwrap().len(), 4);
    let to = |starts: &str| SessionChange {
        starts: Some(starts.into()),
        ..SessionChange::default()
    };
    assert_eq!(
        codes(
            &home
                .change_session(added, to("2026-12-07T20:00"))
                .unwrap_err()
        ),
        ["days_overlap"]
    );
    home.change_session(added, to("2026-12-08T20:00")).unwrap();
    let moved = home
        .file()
        .read(|view| view.session(added))
        .unwrap()
        .unwrap();
    assert_eq!(
        moved.ends_at - moved.starts_at,
        4 * 3_600_000,
        "it keeps its length"
    );
    assert!(moved.customized);
    assert_eq!(moved.revision, 1);
    let one = scratch.event(&Scratch::draft("Ball"));
    assert_eq!(
        one.add_session(day("2026-12-06T19:00", "2026-12-06T23:00"))
            .unwrap_err()
            .code,
        "one_session_only"
    );
}

#[test]
fn a_meeting_shows_to_a_good_ticket_for_it_inside_its_window_and_every_look_is_kept() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Ball");
    draft.place = Place {
        mode: PlaceMode::Hybrid,
        meeting: Some(Meeting {
            link: "https://meet.example.org/ball".into(),
            access_code: "1234".into(),
            ..Meeting::default()
        }),
        ..Scratch::place()
    };
    draft.ticket_types.push(TicketTypeDraft {
        attendance: AttendanceMode::Online,
        ..TicketTypeDraft::named("Stream")
    });
    let home = scratch.event(&draft);
    scratch.import(
        &home,
        "Name,Ticket type\nAda Lark,Stream\nBen Moss,Standard\n",
    );
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let stream = home.find_ticket("1").unwrap().id;
    let comes = home.find_ticket("2").unwrap().id;
    for (at, shows) in [
        ("2026-11-21T19:29", false),
        ("2026-11-21T19:30", true),
        ("2026-11-22T00:59", true),
        ("2026-11-22T01:00", false),
    ] {
        scratch.go_to(at);
        let view = home.look_at_meeting(stream, None).unwrap();
        assert_eq!(view.meeting.is_some(), shows, "{at}");
        assert_eq!(view.window == LinkWindow::Now, shows, "{at}");
    }
    scratch.go_to("2026-11-21T20:00");
    assert_eq!(
        home.look_at_meeting(comes, None).unwrap_err().code,
        "meeting_not_for_this_ticket"
    );
    let gate = home.open_gate("Front door").unwrap();
    let code = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
    assert_eq!(gate.admit(&code).unwrap().code, Code::OnlineOnly);
    home.void_ticket(stream, None).unwrap();
    assert!(home.look_at_meeting(stream, None).is_err());
    let shown: Vec<bool> = home.link_looks().unwrap().iter().map(|l| l.shown).collect();
    assert_eq!(shown, [false, true, true, false]);
}

#[test]
fn a_new_link_kills_the_old_one() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Ball");
    draft.visibility = Visibility::Unlisted;
    let home = scratch.event(&draft);
    let old = home.link_token().unwrap().unwrap();
    assert!(!home.link_opens(&old).unwrap(), "a draft shows to nobody");
    home.publish().unwrap();
    assert!(home.link_opens(&old).unwrap());
    let new = home.regenerate_link().unwrap();
    assert_ne!(old, new);
    assert!(!home.link_opens(&old).unwrap());
    assert!(home.link_opens(&new).unwrap());
    let private = scratch.event(&Scratch::draft("Dinner"));
    assert_eq!(private.link_token().unwrap(), None);
    assert_eq!(
        private.regenerate_link().unwrap_err().code,
        "event_not_unlisted"
    );
}

#[test]
fn only_a_draft_without_tickets_is_deleted_and_its_file_is_kept_aside() {
    let scratch = Scratch::new();
    let issued = scratch.issued("Ball", &guest_list(1));
    assert_eq!(
        codes(&issued.delete_event().unwrap_err()),
        ["tickets_exist"]
    );
    let home = scratch.event(&Scratch::draft("Dinner"));
    let (id, name) = (home.id(), format!("{}.db", home.id()));
    home.delete_event().unwrap();
    let titles: Vec<String> = scratch
        .workspace
        .events()
        .unwrap()
        .into_iter()
        .map(|event| event.title)
        .collect();
    assert_eq!(titles, ["Ball"]);
    assert!(scratch.workspace.open_event(&id.to_string()).is_err());
    let kept = scratch.dir().join("events/deleted").join(name);
    assert!(kept.is_file());
}

#[test]
fn an_event_that_is_free_for_all_needs_no_ticket_type_of_its_own() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Open day");
    draft.ticket_types.clear();
    draft.free = true;
    let ScheduleDraft::OneTime { session } = &draft.schedule else {
        unreachable!("an evening")
    };
    assert_eq!(
        scratch
            .workspace
            .preview_event(&draft)
            .unwrap()
            .sessions
            .len(),
        1
    );
    assert!(session.agenda.is_empty());
    let home = scratch.event(&draft).publish().unwrap();
    let types = home.file().read(|view| view.ticket_types()).unwrap();
    assert_eq!(types.len(), 1);
    assert_eq!(types[0].price_minor, 0);
}

#[test]
fn a_gate_that_was_put_somewhere_asks_for_that_zone_and_session() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Festival", &DAYS));
    scratch.import(&home, "Name,Ticket type\nAda Lark,VIP\nBen Moss,Standard\n");
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let zone = home.file().read(|view| view.zones()).unwrap()[0].id;
    let stand = |zone, session, direction| GateStand {
        zone,
        session,
        direction,
        may_turn: true,
    };
    let lounge = stand(Some(zone), None, Direction::Entry);
    home.place_gate("Lounge", lounge).unwrap();
    let second = home.sessions()[1].id;
    home.place_gate("Saturday", stand(None, Some(second), Direction::Entry))
        .unwrap();
    home.place_gate("Way out", stand(None, None, Direction::Exit))
        .unwrap();
    assert_eq!(home.open_gate("Lounge").unwrap().stand(), lounge);
    scratch.go_to("2026-12-04T19:30");
    let said = |gate: &str, ticket: &str| {
        let code = home.code_text(&home.find_ticket(ticket).unwrap()).unwrap();
        home.open_gate(gate).unwrap().admit(&code).unwrap().code
    };
    assert_eq!(said("Lounge", "1"), Code::Admitted);
    assert_eq!(said("Lounge", "2"), Code::WrongZone);
    assert_eq!(said("Saturday", "1"), Code::TooEarly);
    assert_eq!(said("Way out", "1"), Code::Exited);
}

#[test]
fn zones_and_agendas_change_and_an_event_is_completed_once_it_is_over() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::draft("Ball"));
    let zone = |name: &str| ZoneDraft {
        name: name.into(),
        ..ZoneDraft::default()
    };
    home.add_zone(&zone("Backstage")).unwrap();
    assert_eq!(
        codes(&home.add_zone(&zone(" lounge")).unwrap_err()),
        ["name_taken"]
    );
    let session = home.sessions()[0].id;
    let agenda = |json: &str| serde_json::from_str::<SessionChange>(json).unwrap();
    home.change_session(
        session,
        agenda(
            r#"{"agenda":[{"title":"Welcome","starts":"2026-11-21T20:00","ends":"2026-11-21T20:30",
                "speakers":[{"name":"Ada Lark"}]}]}"#,
        ),
    )
    .unwrap();
    let items = || home.file().read(|view| view.agenda()).unwrap();
    assert_eq!(items()[0].speakers[0].name, "Ada Lark");
    assert_eq!(
        codes(
            &home
                .change_session(
                    session,
                    agenda(
                        r#"{"agenda":[{"title":"Late","starts":"2026-11-21T23:00",
                            "ends":"2026-11-22T00:30"}]}"#,
                    ),
                )
                .unwrap_err()
        ),
        ["agenda_outside"]
    );
    assert_eq!(items()[0].title, "Welcome", "nothing was written");
    // It moves along with its session.
    home.change_session(session, agenda(r#"{"starts":"2026-11-21T21:00"}"#))
        .unwrap();
    assert_eq!(
        items()[0].starts_at,
        home.file().read(|v| v.sessions()).unwrap()[0].starts_at
    );

    let home = home.publish().unwrap();
    assert_eq!(home.complete_event().unwrap_err().code, "event_not_over");
    scratch.go_to("2026-11-22T01:00");
    let home = home.complete_event().unwrap();
    assert_eq!(home.event().status, EventStatus::Completed);
    assert_eq!(codes(&home.cancel_event("").unwrap_err()), ["event_over"]);
}
