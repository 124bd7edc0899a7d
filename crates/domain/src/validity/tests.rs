//! The table of validity: what a door is told of a ticket at a moment.

use super::*;
use crate::calendar::local::{parse_local, to_utc};
use crate::id::TicketTypeId;
use crate::session::SessionStatus;
use uuid::Uuid;

const ZONE: Tz = chrono_tz::Europe::Vienna;

/// Events by name; each session as name, doors, start, end, in Vienna. A `!` is called off.
const EVENTS: &str = "
gala      one_time   eve   2026-12-05T18:30 2026-12-05T19:00 2026-12-05T23:00
camp      one_time   camp  2027-07-02T10:00 2027-07-02T12:00 2027-07-05T10:00
lost      one_time   lost! 2026-12-05T18:30 2026-12-05T19:00 2026-12-05T23:00
festival  multi_day  thu   2027-06-10T13:30 2027-06-10T14:00 2027-06-11T02:00
festival  multi_day  fri   2027-06-11T11:30 2027-06-11T12:00 2027-06-11T23:00
festival  multi_day  sat!  2027-06-12T11:30 2027-06-12T12:00 2027-06-12T23:00
festival  multi_day  sun   2027-06-13T12:30 2027-06-13T13:00 2027-06-13T22:00
yoga      recurring  w1    2027-03-22T08:45 2027-03-22T09:00 2027-03-22T10:00
yoga      recurring  w2    2027-03-29T08:45 2027-03-29T09:00 2027-03-29T10:00
yoga      recurring  w2b   2027-03-29T09:45 2027-03-29T10:00 2027-03-29T11:00
yoga      recurring  w3!   2027-04-05T08:45 2027-04-05T09:00 2027-04-05T10:00
yoga      recurring  w4    2027-04-12T08:45 2027-04-12T09:00 2027-04-12T10:00
owl       recurring  o1    2027-03-21T02:30 2027-03-21T02:30 2027-03-21T03:30
owl       recurring  o2    2027-03-28T02:30 2027-03-28T02:30 2027-03-28T03:30
owl       recurring  o3    2027-10-31T02:30 2027-10-31T02:30 2027-10-31T03:30
";

/// event | sessions that the ticket opens | session that the door stands for | when | what it says
const TABLE: &str = "
gala     | all       | -    | 2026-12-05T18:29 | too early for eve, doors 2026-12-05T18:30
gala     | all       | -    | 2026-12-05T18:30 | valid for eve on 20261205
gala     | all       | -    | 2026-12-05T19:00 | valid for eve on 20261205
gala     | all       | -    | 2026-12-05T22:59 | valid for eve on 20261205
gala     | all       | -    | 2026-12-05T23:00 | too late since 2026-12-05T23:00
gala     | all       | -    | 2025-12-05T19:00 | too early for eve, doors 2026-12-05T18:30
gala     | eve       | -    | 2026-12-05T20:00 | valid for eve on 20261205
gala     | eve       | eve  | 2026-12-05T20:00 | valid for eve on 20261205
gala     | eve       | eve  | 2026-12-05T10:00 | too early for eve, doors 2026-12-05T18:30
gala     | eve       | eve  | 2026-12-06T10:00 | too late since 2026-12-05T23:00
gala     | online    | -    | 2026-12-05T20:00 | online only
gala     | template  | -    | 2026-12-05T20:00 | called off
lost     | all       | -    | 2026-12-05T20:00 | lost was called off
lost     | all       | -    | 2026-12-05T10:00 | called off
lost     | all       | -    | 2026-12-06T10:00 | called off
camp     | all       | -    | 2027-07-02T10:00 | valid for camp on 20270702
camp     | all       | -    | 2027-07-03T00:30 | valid for camp on 20270703
camp     | all       | -    | 2027-07-05T09:59 | valid for camp on 20270705
camp     | all       | -    | 2027-07-05T10:00 | too late since 2027-07-05T10:00
festival | all       | -    | 2027-06-10T09:00 | too early for thu, doors 2027-06-10T13:30
festival | all       | -    | 2027-06-10T13:30 | valid for thu on 20270610
festival | all       | -    | 2027-06-11T01:59 | valid for thu on 20270610
festival | all       | -    | 2027-06-11T02:00 | too early for fri, doors 2027-06-11T11:30
festival | all       | -    | 2027-06-11T11:29 | too early for fri, doors 2027-06-11T11:30
festival | all       | -    | 2027-06-11T22:59 | valid for fri on 20270611
festival | all       | -    | 2027-06-12T12:00 | sat was called off
festival | all       | -    | 2027-06-12T23:30 | too early for sun, doors 2027-06-13T12:30
festival | all       | -    | 2027-06-13T21:59 | valid for sun on 20270613
festival | all       | -    | 2027-06-13T22:00 | too late since 2027-06-13T22:00
festival | thu       | -    | 2027-06-10T20:00 | valid for thu on 20270610
festival | thu       | -    | 2027-06-11T01:00 | valid for thu on 20270610
festival | thu       | -    | 2027-06-11T03:00 | too late since 2027-06-11T02:00
festival | thu       | -    | 2027-06-11T15:00 | wrong day, it is for thu on 20270610
festival | fri       | -    | 2027-06-10T20:00 | wrong day, it is for fri on 20270611
festival | fri       | -    | 2027-06-11T01:00 | wrong day, it is for fri on 20270611
festival | fri       | -    | 2027-06-11T11:30 | valid for fri on 20270611
festival | fri       | -    | 2027-06-11T09:00 | too early for fri, doors 2027-06-11T11:30
festival | fri       | -    | 2027-06-13T15:00 | wrong day, it is for fri on 20270611
festival | sat       | -    | 2027-06-10T20:00 | called off
festival | sat       | -    | 2027-06-12T15:00 | sat was called off
festival | sat,sun   | -    | 2027-06-12T15:00 | sat was called off
festival | sat,sun   | -    | 2027-06-11T15:00 | wrong day, it is for sun on 20270613
festival | sat,sun   | -    | 2027-06-13T15:00 | valid for sun on 20270613
festival | thu,sun   | -    | 2027-06-11T15:00 | wrong day, it is for sun on 20270613
festival | thu,fri   | -    | 2027-06-13T15:00 | wrong day, it is for fri on 20270611
festival | all       | fri  | 2027-06-10T20:00 | too early for fri, doors 2027-06-11T11:30
festival | all       | fri  | 2027-06-11T15:00 | valid for fri on 20270611
festival | all       | thu  | 2027-06-11T15:00 | too late since 2027-06-11T02:00
festival | thu       | fri  | 2027-06-11T09:00 | wrong day, it is for thu on 20270610
festival | thu       | fri  | 2027-06-10T09:00 | wrong day, it is for thu on 20270610
festival | all       | sat  | 2027-06-12T15:00 | sat was called off
yoga     | w1        | -    | 2027-03-22T08:44 | too early for w1, doors 2027-03-22T08:45
yoga     | w1        | -    | 2027-03-22T08:45 | valid for w1 on 20270322
yoga     | w1        | -    | 2027-03-22T10:00 | too late since 2027-03-22T10:00
yoga     | w1        | -    | 2027-03-29T09:15 | not this session, it is for w1, doors 2027-03-22T08:45
yoga     | w2        | -    | 2027-03-22T09:15 | not this session, it is for w2, doors 2027-03-29T08:45
yoga     | w2        | -    | 2027-03-29T08:44 | too early for w2, doors 2027-03-29T08:45
yoga     | w2        | -    | 2027-03-29T08:45 | valid for w2 on 20270329
yoga     | w2        | -    | 2027-03-29T09:50 | valid for w2 on 20270329
yoga     | w2b       | -    | 2027-03-29T09:00 | not this session, it is for w2b, doors 2027-03-29T09:45
yoga     | w2b       | -    | 2027-03-29T09:45 | valid for w2b on 20270329
yoga     | w2        | -    | 2027-03-29T10:30 | not this session, it is for w2, doors 2027-03-29T08:45
yoga     | all       | -    | 2027-03-29T09:44 | valid for w2 on 20270329
yoga     | all       | -    | 2027-03-29T09:50 | valid for w2b on 20270329
yoga     | all       | w2   | 2027-03-29T09:50 | valid for w2 on 20270329
yoga     | w2        | w2b  | 2027-03-29T09:50 | not this session, it is for w2, doors 2027-03-29T08:45
yoga     | w2b       | w2   | 2027-03-29T09:50 | not this session, it is for w2b, doors 2027-03-29T09:45
yoga     | w3        | -    | 2027-04-05T09:15 | w3 was called off
yoga     | w3        | -    | 2027-03-29T09:15 | called off
yoga     | w3        | -    | 2027-04-12T09:15 | called off
yoga     | w3,w4     | -    | 2027-04-05T09:15 | w3 was called off
yoga     | w3,w4     | -    | 2027-04-05T12:00 | too early for w4, doors 2027-04-12T08:45
yoga     | all       | -    | 2027-04-12T10:00 | too late since 2027-04-12T10:00
yoga     | template  | -    | 2027-04-12T09:00 | called off
owl      | o1        | -    | 2027-03-21T02:30 | valid for o1 on 20270321
owl      | o2        | -    | 2027-03-28T01:59 | too early for o2, doors 2027-03-28T03:30
owl      | o2        | -    | 2027-03-28T03:29 | too early for o2, doors 2027-03-28T03:30
owl      | o3        | -    | 2027-10-31T02:29 | too early for o3, doors 2027-10-31T02:30
owl      | o3        | -    | 2027-10-31T02:30 | valid for o3 on 20271031
owl      | o3        | -    | 2027-10-31T03:29 | valid for o3 on 20271031
owl      | o3        | -    | 2027-10-31T03:30 | too late since 2027-10-31T03:30
";

fn utc(local: &str) -> i64 {
    to_utc(parse_local("at", local).unwrap(), ZONE)
}

fn local(ms: i64) -> String {
    crate::calendar::local::local_of(ms, ZONE)
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

/// An event's kind and its sessions, each with its name.
fn event(name: &str) -> (EventKind, Vec<(String, Session)>) {
    let mut kind = EventKind::OneTime;
    let mut sessions = Vec::new();
    for (index, line) in EVENTS.trim().lines().enumerate() {
        let [event, of_kind, session, doors, starts, ends] = line
            .split_whitespace()
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        if event != name {
            continue;
        }
        kind = of_kind.parse().unwrap();
        let ends = utc(ends);
        // An hour that is missing moves the start; its session keeps its length.
        let starts = utc(starts);
        let mut planned = Session::scheduled(
            SessionId(Uuid::from_u128(index as u128 + 1)),
            utc(doors),
            starts,
            if ends > starts {
                ends
            } else {
                starts + 3_600_000
            },
        );
        if session.ends_with('!') {
            planned.status = SessionStatus::Cancelled;
        }
        sessions.push((session.trim_end_matches('!').to_owned(), planned));
    }
    (kind, sessions)
}

#[test]
fn the_table_of_validity() {
    let rows: Vec<&str> = TABLE.trim().lines().collect();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    for row in rows {
        let [event_name, opens, door, at, expected] = row
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let (kind, named) = event(event_name);
        let id_of = |name: &str| {
            named
                .iter()
                .find(|(n, _)| n == name)
                .unwrap_or_else(|| panic!("{row}: no session {name}"))
                .1
                .id
        };
        let name_of = |id: SessionId| &named.iter().find(|(_, s)| s.id == id).unwrap().0;
        let mut ticket_type = TicketType::plain(TicketTypeId(Uuid::from_u128(99)), "Any", 0);
        match opens {
            "all" => {}
            "online" => ticket_type.attendance = AttendanceMode::Online,
            "template" => ticket_type.scope = crate::ticket_type::TypeScope::Template,
            names => ticket_type.sessions = names.split(',').map(id_of).collect(),
        }
        let sessions: Vec<Session> = named.iter().map(|(_, s)| s.clone()).collect();
        let schedule = Schedule {
            kind,
            zone: ZONE,
            cancelled: false,
            sessions: &sessions,
        };
        let only = (door != "-").then(|| id_of(door));
        let found = match validity(&schedule, &ticket_type, only, utc(at)) {
            Validity::Valid { session, day } => {
                format!("valid for {} on {day}", name_of(session))
            }
            Validity::TooEarly { session, doors_at } => {
                format!(
                    "too early for {}, doors {}",
                    name_of(session),
                    local(doors_at)
                )
            }
            Validity::TooLate { ended_at } => format!("too late since {}", local(ended_at)),
            Validity::NotThisSession { session, doors_at } => format!(
                "not this session, it is for {}, doors {}",
                name_of(session),
                local(doors_at)
            ),
            Validity::WrongDay { session, day, .. } => {
                format!("wrong day, it is for {} on {day}", name_of(session))
            }
            Validity::SessionCancelled { session } => {
                format!("{} was called off", name_of(session))
            }
            Validity::Cancelled => "called off".to_owned(),
            Validity::OnlineOnly => "online only".to_owned(),
        };
        assert_eq!(found, expected, "{row}");
    }
}

#[test]
fn nothing_is_valid_once_the_event_was_called_off() {
    let (kind, named) = event("festival");
    let sessions: Vec<Session> = named.into_iter().map(|(_, s)| s).collect();
    let pass = TicketType::plain(TicketTypeId(Uuid::from_u128(99)), "Pass", 0);
    let schedule = Schedule {
        kind,
        zone: ZONE,
        cancelled: true,
        sessions: &sessions,
    };
    for session in &sessions {
        assert_eq!(
            validity(&schedule, &pass, None, session.starts_at),
            Validity::Cancelled
        );
    }
}
