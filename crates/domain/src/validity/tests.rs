//! The table of validity: what a door is told of a ticket at a moment. Phones are held against the
//! same one.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::id::TicketTypeId;
use crate::session::SessionStatus;
use crate::ticket_type::TypeScope;

const TABLE: &str = include_str!("../../../../ui/src/scan/judge/cases/validity.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    zone: Tz,
    events: BTreeMap<String, PlannedEvent>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedEvent {
    kind: EventKind,
    sessions: Vec<Planned>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planned {
    id: String,
    doors_at: String,
    starts_at: String,
    ends_at: String,
    status: SessionStatus,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    event: String,
    opens: Opens,
    door: Option<String>,
    at: String,
    expected: BTreeMap<String, Value>,
}

/// What a ticket opens: `all`, nothing as it is for `online` or a `template`, or some sessions.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Opens {
    Word(String),
    Sessions(Vec<String>),
}

fn table() -> Table {
    serde_json::from_str(TABLE).expect("a table")
}

fn utc(text: &str) -> i64 {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%MZ")
        .unwrap_or_else(|e| panic!("{text}: {e}"))
        .and_utc()
        .timestamp_millis()
}

impl PlannedEvent {
    /// Its sessions, each known by its place in the list.
    fn sessions(&self) -> Vec<Session> {
        let made = |(index, planned): (usize, &Planned)| Session {
            status: planned.status,
            ..Session::scheduled(
                SessionId(Uuid::from_u128(index as u128 + 1)),
                utc(&planned.doors_at),
                utc(&planned.starts_at),
                utc(&planned.ends_at),
            )
        };
        self.sessions.iter().enumerate().map(made).collect()
    }

    fn id_of(&self, name: &str) -> SessionId {
        let index = self.sessions.iter().position(|planned| planned.id == name);
        let index = index.unwrap_or_else(|| panic!("no session {name}"));
        SessionId(Uuid::from_u128(index as u128 + 1))
    }

    fn name_of(&self, id: SessionId) -> &str {
        let planned = self.sessions.iter().find(|p| self.id_of(&p.id) == id);
        &planned.expect("a session of this event").id
    }

    /// What is found, as the table says it.
    fn said(&self, found: Validity) -> Value {
        match found {
            Validity::Valid { session, day } => {
                json!({ "is": "valid", "session": self.name_of(session), "day": day })
            }
            Validity::TooEarly { session, doors_at } => {
                json!({ "is": "too_early", "session": self.name_of(session), "doors_at": doors_at })
            }
            Validity::TooLate { ended_at } => json!({ "is": "too_late", "ended_at": ended_at }),
            Validity::NotThisSession { session, doors_at } => json!({
                "is": "not_this_session", "session": self.name_of(session), "doors_at": doors_at,
            }),
            Validity::WrongDay {
                session,
                day,
                doors_at,
            } => json!({
                "is": "wrong_day", "session": self.name_of(session), "day": day,
                "doors_at": doors_at,
            }),
            Validity::SessionCancelled { session } => {
                json!({ "is": "session_cancelled", "session": self.name_of(session) })
            }
            Validity::Cancelled => json!({ "is": "cancelled" }),
            Validity::OnlineOnly => json!({ "is": "online_only" }),
        }
    }
}

#[test]
fn the_table_of_validity() {
    let table = table();
    assert!(table.cases.len() >= 80, "{} cases", table.cases.len());
    for case in &table.cases {
        let event = &table.events[&case.event];
        let mut ticket_type = TicketType::plain(TicketTypeId(Uuid::from_u128(99)), "Any", 0);
        match &case.opens {
            Opens::Sessions(names) => {
                ticket_type.sessions = names.iter().map(|name| event.id_of(name)).collect();
            }
            Opens::Word(word) => match word.as_str() {
                "all" => {}
                "online" => ticket_type.attendance = AttendanceMode::Online,
                "template" => ticket_type.scope = TypeScope::Template,
                _ => panic!("{case:?}"),
            },
        }
        let sessions = event.sessions();
        let schedule = Schedule {
            kind: event.kind,
            zone: table.zone,
            cancelled: false,
            sessions: &sessions,
        };
        let only = case.door.as_ref().map(|name| event.id_of(name));
        let found = event.said(validity(&schedule, &ticket_type, only, utc(&case.at)));
        for (name, value) in &case.expected {
            let wanted = match value.as_str() {
                Some(text) if name.ends_with("_at") => json!(utc(text)),
                _ => value.clone(),
            };
            assert_eq!(found[name], wanted, "{case:?}");
        }
    }
}

#[test]
fn nothing_is_valid_once_the_event_was_called_off() {
    let table = table();
    let festival = &table.events["festival"];
    let sessions = festival.sessions();
    let pass = TicketType::plain(TicketTypeId(Uuid::from_u128(99)), "Pass", 0);
    let schedule = Schedule {
        kind: festival.kind,
        zone: table.zone,
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
