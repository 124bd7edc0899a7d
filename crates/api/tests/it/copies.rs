//! Events made from others.

use chrono::NaiveDate;
use gatehouse_api::Duplication;
use gatehouse_credential::key::KeyProfile;
use gatehouse_domain::calendar::local::local_of;
use gatehouse_domain::event::draft::{AgendaDraft, ScheduleDraft, TicketTypeDraft};
use gatehouse_domain::session::Speaker;
use gatehouse_testkit::{Scratch, guest_list};

const DAYS: [&str; 2] = ["2027-03-26", "2027-03-27"];

#[test]
fn a_copy_has_the_same_plan_on_other_days_and_the_guests_when_asked() {
    let scratch = Scratch::new();
    let mut draft = Scratch::days("Festival", &DAYS);
    draft.ticket_types[1].sales_until = Some("2027-03-20T12:00".into());
    draft.ticket_types.push(TicketTypeDraft {
        days: vec![2],
        ..TicketTypeDraft::named("Saturday")
    });
    let ScheduleDraft::MultiDay { days } = &mut draft.schedule else {
        unreachable!("days")
    };
    days[0].agenda = vec![AgendaDraft {
        title: "Opening".into(),
        starts: "2027-03-26T19:00".into(),
        ends: "2027-03-26T19:30".into(),
        speakers: vec![Speaker {
            name: "Ada Lark".into(),
            role: "Director".into(),
        }],
        ..AgendaDraft::default()
    }];
    let source = scratch.event(&draft);
    scratch.import(&source, &guest_list(7));
    let how = Duplication {
        title: Some("Festival of summer".into()),
        begins: NaiveDate::from_ymd_opt(2027, 7, 9),
        with_guests: true,
    };
    let copy = scratch
        .workspace
        .duplicate_event(&source, &how, KeyProfile::Ed25519)
        .unwrap();
    assert_eq!(copy.event().title, "Festival of summer");
    let zone = copy.event().time_zone;
    let local: Vec<String> = copy
        .sessions()
        .iter()
        .map(|s| local_of(s.starts_at, zone).to_string())
        .collect();
    assert_eq!(
        local,
        ["2027-07-09 19:00:00", "2027-07-10 19:00:00"],
        "summer time"
    );
    let (types, agenda, guests) = copy
        .file()
        .read(|view| {
            Ok::<_, gatehouse_api::Problem>((view.ticket_types()?, view.agenda()?, view.guests()?))
        })
        .unwrap();
    assert_eq!(guests.len(), 7);
    assert_eq!(types[2].sessions, [copy.sessions()[1].id]);
    let until = types[1]
        .sales_until
        .map(|at| local_of(at, zone).to_string());
    assert_eq!(until.as_deref(), Some("2027-07-03 12:00:00"));
    assert_eq!(agenda[0].speakers[0].name, "Ada Lark");
    assert_eq!(copy.tickets_good().unwrap(), 0);

    let plain = scratch
        .workspace
        .duplicate_event(&source, &Duplication::default(), KeyProfile::Ed25519)
        .unwrap();
    let guests = plain.file().read(|view| view.guests()).unwrap();
    assert!(guests.is_empty());
    assert_eq!(
        plain.sessions()[0].starts_at,
        source.sessions()[0].starts_at
    );
}

#[test]
fn a_saved_plan_begins_another_event_on_the_same_weekday() {
    let scratch = Scratch::new();
    let source = scratch.event(&Scratch::series(
        "Yoga",
        "2026-12-07",
        "FREQ=WEEKLY;UNTIL=20261231",
    ));
    assert_eq!(source.sessions().len(), 4);
    scratch.workspace.save_template(&source, "Classes").unwrap();
    assert_eq!(scratch.workspace.templates().unwrap(), ["Classes"]);
    scratch.go_to("2027-02-10T12:00");
    let draft = scratch
        .workspace
        .draft_from_template(" classes ", None)
        .unwrap();
    let home = scratch.event(&draft);
    assert_eq!(home.sessions().len(), 4, "the end moves along");
    let first = local_of(home.sessions()[0].starts_at, home.event().time_zone);
    assert_eq!(first.to_string(), "2027-02-15 09:00:00");
    assert_eq!(
        scratch
            .workspace
            .draft_from_template("Balls", None)
            .unwrap_err()
            .code,
        "template_unknown"
    );
}
