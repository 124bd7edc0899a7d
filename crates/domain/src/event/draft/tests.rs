//! What a person may give, and how it is refused.

use super::*;
use crate::calendar::pattern::Pattern;
use crate::event::EventKind;
use crate::place::{Meeting, PlaceMode};
use crate::ticket_type::AttendanceMode;

/// 21 November 2026, noon in UTC.
const NOW: i64 = 1_795_262_400_000;

fn session(starts: &str, ends: &str) -> SessionDraft {
    SessionDraft {
        starts: starts.into(),
        ends: ends.into(),
        ..SessionDraft::default()
    }
}

fn evening() -> EventDraft {
    EventDraft {
        title: "Winter Gala".into(),
        tagline: String::new(),
        description: String::new(),
        category: String::new(),
        tags: vec![],
        time_zone: "Europe/Vienna".into(),
        currency: "EUR".into(),
        language: "en".into(),
        organizer: "Gatehouse Arts".into(),
        place: Place::venue("Old Customs House"),
        capacity: None,
        visibility: Visibility::Private,
        access: Access::Open,
        schedule: ScheduleDraft::OneTime {
            session: session("2026-12-05T19:00", "2026-12-05T23:00"),
        },
        ticket_types: vec![TicketTypeDraft::named("Standard")],
        free: false,
        zones: vec![ZoneDraft {
            name: "Lounge".into(),
            ..ZoneDraft::default()
        }],
        settings: EventSettings::default(),
    }
}

fn festival() -> EventDraft {
    EventDraft {
        schedule: ScheduleDraft::MultiDay {
            days: vec![
                session("2026-12-05T14:00", "2026-12-06T02:00"),
                session("2026-12-06T12:00", "2026-12-06T23:00"),
            ],
        },
        ..evening()
    }
}

fn series() -> EventDraft {
    EventDraft {
        schedule: ScheduleDraft::Recurring {
            series: SeriesDraft {
                pattern: Some(Pattern::Weekdays),
                ends: None,
                rule: None,
                starts: "2026-12-07T09:00".into(),
                duration_minutes: 60,
                doors_minutes: 15,
                without: vec![],
                with: vec![],
                capacity: Some(12),
            },
        },
        ..evening()
    }
}

/// Each refused field with its code.
fn refused(draft: &EventDraft) -> Vec<(String, &'static str)> {
    let errors = draft.plan(NOW).unwrap_err().0;
    errors.into_iter().map(|e| (e.field, e.code)).collect()
}

fn codes(draft: &EventDraft) -> Vec<&'static str> {
    refused(draft).into_iter().map(|(_, code)| code).collect()
}

#[test]
fn good_drafts_of_each_kind_are_planned() {
    let one = evening().plan(NOW).unwrap();
    assert_eq!(one.sessions.len(), 1);
    assert_eq!(
        one.sessions[0].doors_at, one.sessions[0].starts_at,
        "doors at the start"
    );
    assert_eq!(festival().plan(NOW).unwrap().sessions.len(), 2);
    let many = series().plan(NOW).unwrap();
    assert!(many.recurrence.unwrap().is_open());
    assert_eq!(many.sessions.len(), 393, "18 months of weekdays");
    assert!(many.sessions.iter().all(|s| s.original.is_some()));
    assert_eq!(
        [evening().kind(), festival().kind(), series().kind()],
        [
            EventKind::OneTime,
            EventKind::MultiDay,
            EventKind::Recurring
        ]
    );
}

#[test]
fn a_draft_is_the_same_after_json() {
    for draft in [evening(), festival(), series()] {
        let text = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<EventDraft>(&text).unwrap(), draft);
    }
    // The least that a person has to write.
    let least = r#"{"title":"Gala","time_zone":"UTC","schedule":{"kind":"one_time",
                    "session":{"starts":"2026-12-05T19:00","ends":"2026-12-05T23:00"}}}"#;
    assert!(
        serde_json::from_str::<EventDraft>(least)
            .unwrap()
            .plan(NOW)
            .is_ok()
    );
    let unknown = least.replace("\"title\"", "\"colour\":\"red\",\"title\"");
    assert!(serde_json::from_str::<EventDraft>(&unknown).is_err());
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let mut wrong = evening();
    wrong.title = "Hi".into();
    wrong.tagline = "x".repeat(201);
    wrong.tags = vec!["t".into(); 21];
    wrong.time_zone = "Mars/Olympus".into();
    wrong.currency = "euro".into();
    wrong.place.meeting = Some(Meeting {
        link: "ftp://x".into(),
        ..Meeting::default()
    });
    wrong.schedule = ScheduleDraft::OneTime {
        session: SessionDraft {
            doors: Some("2026-12-05T20:00".into()),
            ..session("2026-12-05T19:00", "2026-12-05T18:00")
        },
    };
    wrong.zones.push(ZoneDraft {
        name: " LOUNGE ".into(),
        ..ZoneDraft::default()
    });
    wrong.ticket_types = vec![
        TicketTypeDraft {
            price_minor: -1,
            capacity: Some(0),
            zones: vec!["Roof".into()],
            ..TicketTypeDraft::named("Standard")
        },
        TicketTypeDraft {
            price_minor: i64::MAX,
            min_per_person: Some(5),
            max_per_person: Some(4),
            ..TicketTypeDraft::named(" standard")
        },
    ];
    let expected = [
        ("title", "title_too_short"),
        ("tagline", "text_too_long"),
        ("tags", "tags_too_many"),
        ("time_zone", "time_zone_unknown"),
        ("currency", "currency_unknown"),
        ("place.meeting.link", "link_unreadable"),
        ("schedule.session.ends", "ends_before_start"),
        ("schedule.session.doors", "doors_after_start"),
        ("zones[1].name", "name_taken"),
        ("ticket_types[0].price_minor", "price_out_of_range"),
        ("ticket_types[0].capacity", "capacity_zero"),
        ("ticket_types[0].zones", "zone_unknown"),
        ("ticket_types[1].name", "name_taken"),
        ("ticket_types[1].price_minor", "price_out_of_range"),
        ("ticket_types[1].max_per_person", "per_person_out_of_range"),
    ];
    let found = refused(&wrong);
    let found: Vec<(&str, &str)> = found.iter().map(|(f, c)| (f.as_str(), *c)).collect();
    assert_eq!(found, expected);
}

#[test]
fn times_that_can_not_be_are_refused() {
    let table = [
        ("2027-02-30T10:00", "2027-03-01T10:00", "time_impossible"),
        ("2027-02-28T25:00", "2027-03-01T10:00", "time_impossible"),
        ("2026-11-21T12:59", "2026-11-21T15:00", "starts_in_past"),
        ("2026-12-05T19:00", "2026-12-05T19:00", "ends_before_start"),
        ("2026-12-05T19:00", "2027-01-06T19:00", "session_too_long"),
    ];
    for (starts, ends, code) in table {
        let mut draft = evening();
        draft.schedule = ScheduleDraft::OneTime {
            session: session(starts, ends),
        };
        assert_eq!(codes(&draft), [code], "{starts} {ends}");
    }
    let mut days = festival();
    let ScheduleDraft::MultiDay { days: given } = &mut days.schedule else {
        unreachable!("days")
    };
    given[1].starts = "2026-12-06T01:00".into();
    assert_eq!(
        refused(&days),
        [("schedule.days[1].starts".to_owned(), "days_overlap")]
    );
    days.schedule = ScheduleDraft::MultiDay { days: vec![] };
    assert_eq!(codes(&days), ["days_count"]);
}

#[test]
fn agendas_lie_inside_their_session() {
    let item = |starts: &str, ends: &str, title: &str| AgendaDraft {
        title: title.into(),
        starts: starts.into(),
        ends: ends.into(),
        ..AgendaDraft::default()
    };
    let table = [
        ("2026-12-05T19:00", "2026-12-05T20:00", "Welcome", None),
        (
            "2026-12-05T18:00",
            "2026-12-05T20:00",
            "Early",
            Some("agenda_outside"),
        ),
        (
            "2026-12-05T22:00",
            "2026-12-05T23:30",
            "Late",
            Some("agenda_outside"),
        ),
        (
            "2026-12-05T20:00",
            "2026-12-05T20:00",
            "Short",
            Some("agenda_outside"),
        ),
        (
            "2026-12-05T20:00",
            "2026-12-05T21:00",
            " ",
            Some("agenda_title_length"),
        ),
        ("noon", "2026-12-05T21:00", "When", Some("time_impossible")),
    ];
    for (starts, ends, title, expected) in table {
        let mut draft = evening();
        draft.schedule = ScheduleDraft::OneTime {
            session: SessionDraft {
                agenda: vec![item(starts, ends, title)],
                ..session("2026-12-05T19:00", "2026-12-05T23:00")
            },
        };
        let found = draft.plan(NOW).err().map(|errors| errors.0[0].code);
        assert_eq!(found, expected, "{title}");
    }
}

#[test]
fn types_fit_the_events_kind_place_and_time() {
    let with = |mut draft: EventDraft, kind: TicketTypeDraft| {
        draft.ticket_types = vec![kind];
        draft.plan(NOW).err().map(|errors| errors.0[0].code)
    };
    let plain = || TicketTypeDraft::named("Pass");
    let online = EventDraft {
        place: Place {
            mode: PlaceMode::Online,
            venue: None,
            meeting: None,
        },
        ..evening()
    };
    let days = |days: &[u32]| TicketTypeDraft {
        days: days.to_vec(),
        ..plain()
    };
    let sales = |from: &str, until: &str| TicketTypeDraft {
        sales_from: Some(from.into()),
        sales_until: Some(until.into()),
        ..plain()
    };
    let streamed = TicketTypeDraft {
        attendance: AttendanceMode::Online,
        ..plain()
    };
    let pass = TicketTypeDraft {
        series_pass: true,
        ..plain()
    };
    let table = [
        (evening(), days(&[1]), Some("day_unknown")),
        (festival(), days(&[1, 2]), None),
        (festival(), days(&[3]), Some("day_unknown")),
        (festival(), days(&[0]), Some("day_unknown")),
        (series(), pass.clone(), None),
        (festival(), pass, Some("series_pass_without_series")),
        (evening(), streamed.clone(), Some("attendance_impossible")),
        (online.clone(), streamed, None),
        (online, plain(), Some("attendance_impossible")),
        (
            evening(),
            sales("2026-12-01T10:00", "2026-12-05T19:00"),
            None,
        ),
        (
            evening(),
            sales("2026-12-02T10:00", "2026-12-01T10:00"),
            Some("sales_end_before_start"),
        ),
        (
            evening(),
            sales("2026-12-01T10:00", "2026-12-05T19:01"),
            Some("sales_end_after_start"),
        ),
        (
            evening(),
            sales("2026-12-01T10:00", "2026-02-30T10:00"),
            Some("time_impossible"),
        ),
    ];
    for (draft, kind, expected) in table {
        let told = format!("{:?} {kind:?}", draft.kind());
        assert_eq!(with(draft, kind), expected, "{told}");
    }
}

#[test]
fn a_series_says_how_it_repeats_in_one_way() {
    let with = |change: fn(&mut SeriesDraft)| {
        let mut draft = series();
        let ScheduleDraft::Recurring { series } = &mut draft.schedule else {
            unreachable!("a series")
        };
        change(series);
        refused(&draft)
    };
    let told = |field: &str, code| vec![(field.to_owned(), code)];
    assert_eq!(
        with(|s| s.pattern = None),
        told("schedule.series.rule", "rule_missing")
    );
    assert_eq!(
        with(|s| s.rule = Some("FREQ=DAILY".into())),
        told("schedule.series.rule", "rule_missing")
    );
    assert_eq!(
        with(|s| s.without = vec!["2027-02-30T09:00".into()]),
        told("schedule.series.without", "time_impossible")
    );
    assert_eq!(
        with(|s| s.starts = "2026-11-01T09:00".into()),
        told("schedule.series.starts", "starts_in_past")
    );
    assert_eq!(
        with(|s| s.duration_minutes = 0),
        told("schedule.series.duration_minutes", "duration_out_of_range")
    );
}
