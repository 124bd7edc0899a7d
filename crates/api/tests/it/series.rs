//! Series: generated, extended, given another rule, and each session on its own.

use gatehouse_api::{EventHome, Issuing, Quiet, SessionChange, TicketTypeChange};
use gatehouse_domain::admission::Code;
use gatehouse_domain::calendar::local::local_of;
use gatehouse_domain::event::draft::TicketTypeDraft;
use gatehouse_domain::id::SessionId;
use gatehouse_domain::ticket_type::{TicketType, TypeScope};
use gatehouse_testkit::Scratch;

const WEEKLY: &str = "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=12";

fn starts(home: &EventHome) -> Vec<String> {
    let home = home.refreshed().unwrap();
    home.sessions()
        .iter()
        .map(|s| {
            local_of(s.starts_at, home.event().time_zone)
                .format("%a %d %b %H:%M")
                .to_string()
        })
        .collect()
}

fn types(home: &EventHome) -> Vec<TicketType> {
    home.file().read(|view| view.ticket_types()).unwrap()
}

fn own_types(home: &EventHome, session: SessionId) -> Vec<TicketType> {
    types(home)
        .into_iter()
        .filter(|kind| kind.bound_session() == Some(session))
        .collect()
}

#[test]
fn a_series_says_what_it_makes_and_gives_each_session_its_own_types() {
    let scratch = Scratch::new();
    let draft = Scratch::series("Yoga", "2026-12-07", WEEKLY);
    assert_eq!(
        scratch
            .workspace
            .preview_event(&draft)
            .unwrap()
            .sessions
            .len(),
        12
    );
    assert!(
        scratch.workspace.events().unwrap().is_empty(),
        "a look writes nothing"
    );
    let home = scratch.event(&draft);
    assert_eq!(home.sessions().len(), 12);
    assert_eq!(starts(&home)[..2], ["Mon 07 Dec 09:00", "Wed 09 Dec 09:00"]);
    let all = types(&home);
    let of = |scope| all.iter().filter(|kind| kind.scope == scope).count();
    assert_eq!(of(TypeScope::Template), 2);
    assert_eq!(of(TypeScope::Session), 24);

    // One session has a guest teacher: another price there changes nothing elsewhere.
    let (third, fourth) = (home.sessions()[2].id, home.sessions()[3].id);
    let special = own_types(&home, third)[0].id;
    home.change_ticket_type(
        special,
        TicketTypeChange {
            price_minor: Some(2_000),
            capacity: Some(Some(5)),
            ..TicketTypeChange::default()
        },
    )
    .unwrap();
    assert_eq!(own_types(&home, third)[0].price_minor, 2_000);
    assert_eq!(own_types(&home, fourth)[0].price_minor, 0);
    let refused = home
        .change_ticket_type(
            special,
            TicketTypeChange {
                price_minor: Some(i64::MAX),
                sales_from: Some(Some("2027-02-30T10:00".into())),
                zones: Some(vec!["Roof".into()]),
                ..TicketTypeChange::default()
            },
        )
        .unwrap_err();
    let codes: Vec<_> = refused.errors.iter().map(|e| e.code).collect();
    assert_eq!(
        codes,
        ["time_impossible", "zone_unknown", "price_out_of_range"]
    );
}

#[test]
fn a_class_at_nine_stays_at_nine_when_clocks_change() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::series(
        "Yoga",
        "2027-03-22",
        "FREQ=WEEKLY;COUNT=3",
    ));
    assert_eq!(
        starts(&home),
        ["Mon 22 Mar 09:00", "Mon 29 Mar 09:00", "Mon 05 Apr 09:00"]
    );
    let hours: Vec<i64> = home
        .sessions()
        .windows(2)
        .map(|pair| (pair[1].starts_at - pair[0].starts_at) / 3_600_000)
        .collect();
    assert_eq!(hours, [7 * 24 - 1, 7 * 24]);
}

#[test]
fn an_open_series_grows_as_time_passes() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::series("Yoga", "2026-12-07", "FREQ=WEEKLY"));
    // 18 months from its start on 7 December 2026.
    let first = home.sessions().len();
    assert_eq!(first, 79);
    assert_eq!(home.extend_series().unwrap(), 0);
    scratch.go_to("2027-01-04T12:00");
    let again = scratch.reopen().unwrap().open_event("Yoga").unwrap();
    assert_eq!(again.sessions().len(), first + 4);
    assert_eq!(again.extend_series().unwrap(), 0);
    let last = again.sessions().last().unwrap().id;
    assert_eq!(own_types(&again, last).len(), 2);
}

#[test]
fn another_rule_keeps_what_is_past_changed_or_sold() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::series("Yoga", "2026-12-07", WEEKLY));
    scratch.import(&home, "Name\nAda Lark\n");
    home.form_invitations("First").unwrap();
    let [past, changed, sold, called_off]: [SessionId; 4] =
        std::array::from_fn(|n| home.sessions()[n].id);
    home.change_session(
        changed,
        SessionChange {
            note: Some("Bring a friend".into()),
            ..SessionChange::default()
        },
    )
    .unwrap();
    let issuing = Issuing {
        session: Some(sold),
        ..Issuing::default()
    };
    assert_eq!(home.issue_tickets(issuing, &Quiet).unwrap().issued, 1);
    home.cancel_session(called_off, "holiday").unwrap();
    scratch.go_to("2026-12-07T12:00");

    let mut later = Scratch::rule("2026-12-07", "FREQ=WEEKLY;BYDAY=MO;COUNT=12");
    later.starts = "2026-12-07T09:00".into();
    let preview = home.preview_series(&later).unwrap();
    assert_eq!(preview.occurrences, 12);
    assert_eq!(preview.plan.kept_past, [past]);
    assert_eq!(preview.plan.kept_customized, [changed, called_off]);
    // A Monday of both rules, whose hours are the same.
    assert_eq!(
        preview.plan.keep.len() + preview.plan.kept_with_tickets.len(),
        5
    );
    assert_eq!(
        preview.plan.remove.len(),
        4,
        "Wednesdays that nobody touched"
    );
    assert_eq!(preview.plan.add.len(), 6);
    assert_eq!(starts(&home).len(), 12, "a look writes nothing");
    home.accept_series(preview).unwrap();
    assert_eq!(starts(&home).len(), 14);
    let again = home.preview_series(&later).unwrap();
    assert_eq!(again.plan.summary().added, 0);
    assert_eq!(again.plan.summary().removed, 0);

    // The hour changes: sold and touched sessions stay, the rest moves, and undo brings it back.
    later.starts = "2026-12-07T10:00".into();
    let stale = home.preview_series(&later).unwrap();
    let preview = home.preview_series(&later).unwrap();
    home.accept_series(preview).unwrap();
    assert_eq!(home.accept_series(stale).unwrap_err().code, "plan_stale");
    let hours: Vec<String> = starts(&home).iter().map(|s| s[11..].to_owned()).collect();
    assert_eq!(
        hours.iter().filter(|h| *h == "09:00").count(),
        4,
        "{hours:?}"
    );
    home.undo(None).unwrap();
    assert!(starts(&home).iter().all(|s| s.ends_with("09:00")));
}

#[test]
fn a_ticket_of_one_session_opens_that_one_and_a_member_holds_one_for_each() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::series("Yoga", "2026-12-07", WEEKLY));
    scratch.import(&home, "Name,Ticket type\nAda Lark,Standard\nBen Moss,VIP\n");
    home.form_invitations("First").unwrap();
    assert_eq!(
        home.issue_tickets(Issuing::default(), &Quiet)
            .unwrap_err()
            .code,
        "session_missing"
    );
    for n in [0, 1, 0] {
        let issuing = Issuing {
            session: Some(home.sessions()[n].id),
            ..Issuing::default()
        };
        home.issue_tickets(issuing, &Quiet).unwrap();
    }
    assert_eq!(
        home.tickets_good().unwrap(),
        4,
        "nobody gets two for one session"
    );
    let gate = home.open_gate("Studio").unwrap();
    let code = |n: &str| home.code_text(&home.find_ticket(n).unwrap()).unwrap();
    scratch.go_to("2026-12-07T08:50");
    assert_eq!(gate.admit(&code("1")).unwrap().code, Code::Admitted);
    let other = gate.admit(&code("3")).unwrap();
    assert_eq!(other.code, Code::NotThisSession);
    assert!(
        other.message.contains("2026-12-09 08:45"),
        "{}",
        other.message
    );
    scratch.go_to("2026-12-08T08:50");
    assert_eq!(gate.admit(&code("3")).unwrap().code, Code::TooEarly);
    assert_eq!(gate.admit(&code("2")).unwrap().code, Code::Expired);
    scratch.go_to("2026-12-09T08:50");
    assert_eq!(gate.admit(&code("3")).unwrap().code, Code::Admitted);
}

#[test]
fn rules_that_can_not_be_are_refused_by_name_and_nothing_is_written() {
    let scratch = Scratch::new();
    for (rule, code) in [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rule_never_occurs"),
        ("FREQ=DAILY;COUNT=10000000", "rule_too_many"),
        ("FREQ=DAILY;UNTIL=21991231", "rule_too_many"),
        ("FREQ=SECONDLY", "rule_frequency"),
        ("FREQ=WEEKLY;UNTIL=20250101", "until_before_start"),
        ("every other day", "rule_unreadable"),
        ("", "rule_unreadable"),
    ] {
        let draft = Scratch::series("Yoga", "2026-12-07", rule);
        let refused = scratch
            .workspace
            .create_event(&draft, "ed25519".parse().unwrap())
            .unwrap_err();
        let codes: Vec<_> = refused.errors.iter().map(|e| e.code).collect();
        assert_eq!(codes, [code], "{rule}");
    }
    assert!(scratch.workspace.events().unwrap().is_empty());
}

#[test]
fn types_are_added_to_one_session_or_to_all_to_come_and_removed_while_nobody_has_them() {
    let scratch = Scratch::new();
    let evening = scratch.event(&Scratch::draft("Ball"));
    let home = scratch.event(&Scratch::series("Yoga", "2026-12-07", WEEKLY));
    let guest_teacher = home.sessions()[2].id;
    let vip = TicketTypeDraft {
        price_minor: 3_000,
        capacity: Some(5),
        ..TicketTypeDraft::named("Front row")
    };
    home.add_ticket_type(&vip, Some(guest_teacher)).unwrap();
    assert_eq!(own_types(&home, guest_teacher).len(), 3);
    assert_eq!(own_types(&home, home.sessions()[3].id).len(), 2);
    let taken = home.add_ticket_type(&vip, Some(guest_teacher)).unwrap_err();
    assert_eq!(taken.errors[0].code, "name_taken");

    // A new template reaches the sessions that have not begun.
    scratch.go_to("2026-12-09T12:00");
    let member = home
        .add_ticket_type(&TicketTypeDraft::named("Member"), None)
        .unwrap();
    let counts: Vec<usize> = home.sessions()[..4]
        .iter()
        .map(|session| own_types(&home, session.id).len())
        .collect();
    assert_eq!(counts, [2, 2, 4, 3]);
    let pass = TicketTypeDraft {
        series_pass: true,
        ..TicketTypeDraft::named("Season")
    };
    let season = home.add_ticket_type(&pass, None).unwrap();
    let opens = types(&home)
        .into_iter()
        .find(|kind| kind.id == season)
        .unwrap();
    assert!(opens.opens(guest_teacher));

    // Removed, with the copies that nobody has, and back again.
    home.delete_ticket_type(member).unwrap();
    assert_eq!(own_types(&home, guest_teacher).len(), 3);
    home.undo(None).unwrap();
    assert_eq!(own_types(&home, guest_teacher).len(), 4);
    scratch.import(&home, "Name,Ticket type\nAda Lark,Member\n");
    assert_eq!(
        home.delete_ticket_type(member).unwrap_err().code,
        "ticket_type_in_use"
    );
    scratch.go_to("2026-11-21T13:00");
    let [standard, vip] = types(&evening).try_into().unwrap();
    evening.delete_ticket_type(vip.id).unwrap();
    assert_eq!(
        evening.delete_ticket_type(standard.id).unwrap_err().code,
        "ticket_type_last"
    );
    assert_eq!(
        evening
            .add_ticket_type(&TicketTypeDraft::named("Late"), Some(guest_teacher))
            .unwrap_err()
            .code,
        "session_unknown"
    );
}
