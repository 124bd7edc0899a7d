//! The table of verdicts, which phones are held against as well.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::*;
use crate::entry_rule::EntryRule;
use crate::ticket_type::AttendanceMode;

const TABLE: &str = include_str!("../../../../../ui/src/scan/judge/cases/verdicts.json");
const MATINEE: SessionId = SessionId(Uuid::from_u128(4));

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "about")]
    _about: String,
    usual: Map<String, Value>,
    cases: Vec<Map<String, Value>>,
}

/// What is usual, with what a case says is different.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    says: String,
    expected: Code,
    version: u32,
    status: TicketStatus,
    now: i64,
    zone: Option<String>,
    direction: Direction,
    re_entry: ReEntry,
    passages: Vec<Passed>,
    device_allowed: bool,
    only: Option<Direction>,
    presented: String,
    known: bool,
    complete: bool,
    cancelled: bool,
    kind: EventKind,
    session: Option<String>,
    opens: Option<Vec<String>>,
    attendance: AttendanceMode,
    rule: Option<Value>,
    room: Option<u32>,
    emptied_at: Option<i64>,
    counted_since: Option<i64>,
    questions: bool,
    answered: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Passed {
    direction: Direction,
    session: Option<String>,
    day: u32,
    zone: Option<String>,
    at: i64,
}

fn session_of(name: &str) -> SessionId {
    match name {
        "matinee" => MATINEE,
        "evening" => SESSION,
        _ => panic!("no session {name}"),
    }
}

fn zone_of(name: &str) -> ZoneId {
    match name {
        "lounge" => LOUNGE,
        "stage" => STAGE,
        _ => panic!("no zone {name}"),
    }
}

impl Given {
    fn decide(&self) -> Decision {
        let sessions = [
            Session::scheduled(MATINEE, 10, 20, 60),
            Session::scheduled(SESSION, 100, 120, 200),
        ];
        let rules = self.rule.iter().map(|logic| EntryRule {
            title: "VIP only".into(),
            logic: logic.clone(),
            enabled: true,
            message: None,
        });
        let rules = EntryRules::new(&rules.collect::<Vec<_>>());
        let door = Door {
            right: DeviceRight {
                active: self.device_allowed,
                zone: None,
                way: self.only,
            },
            offline_too_long: false,
            zone: self.zone.as_deref().map(zone_of),
            direction: self.direction,
            session: self.session.as_deref().map(session_of),
            schedule: Schedule {
                kind: self.kind,
                zone: chrono_tz::UTC,
                cancelled: self.cancelled,
                sessions: &sessions,
            },
            re_entry: self.re_entry,
            roster_complete: self.complete,
            now_ms: self.now,
            terms: Terms {
                rules: &rules,
                room: self.room,
                emptied_at: self.emptied_at,
                counted_since: self.counted_since,
                questions: self.questions,
                answered: self.answered,
                ..Terms::default()
            },
        };
        let presented = match self.presented.as_str() {
            "genuine" => Presented::Genuine {
                ticket: TicketId(Uuid::from_u128(7)),
                version: self.version,
                not_before_ms: 100,
                expires_ms: 200,
            },
            code => Presented::NotOurs(code.parse().expect("a code")),
        };
        let opens = self.opens.iter().flatten();
        let ticket_type = TicketType {
            zones: vec![LOUNGE],
            sessions: opens.map(|name| session_of(name)).collect(),
            attendance: self.attendance,
            ..TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "VIP", 0)
        };
        let holder = HolderFacts::default();
        let known = self.known.then_some(KnownTicket {
            status: self.status,
            version: 2,
            ticket_type: &ticket_type,
            holder: &holder,
        });
        let passed = |p: &Passed| Passage {
            direction: p.direction,
            session: p.session.as_deref().map(session_of),
            day: p.day,
            zone: p.zone.as_deref().map(zone_of),
            at: p.at,
        };
        let passages: Vec<Passage> = self.passages.iter().map(passed).collect();
        decide(presented, &door, known.as_ref(), &passages)
    }
}

#[test]
fn the_table_of_verdicts() {
    let table: Table = serde_json::from_str(TABLE).expect("a table");
    assert!(table.cases.len() >= 80, "the table has not shrunk");
    for case in table.cases {
        let mut all = table.usual.clone();
        all.extend(case);
        let given: Given = serde_json::from_value(Value::Object(all)).expect("a case");
        let decision = given.decide();
        let says = &given.says;
        assert_eq!(decision.code, given.expected, "{says}");
        let verdict = match given.expected {
            Code::Admitted => Verdict::Admitted,
            Code::Exited => Verdict::Exited,
            _ => Verdict::Refused,
        };
        assert_eq!(decision.verdict, verdict, "{says}");
        let rule = (given.expected == Code::RuleRefused).then(|| "VIP only".to_owned());
        assert_eq!(decision.rule.map(|rule| rule.title), rule, "{says}");
    }
}
