//! The table of verdicts.

mod device;
mod forced;

use super::*;
use crate::event::EventKind;
use crate::id::TicketTypeId;
use crate::session::Session;
use uuid::Uuid;

const TODAY: u32 = 19_700_101;
const YESTERDAY: u32 = 19_691_231;
const SESSION: SessionId = SessionId(Uuid::from_u128(1));
const LOUNGE: ZoneId = ZoneId(Uuid::from_u128(2));
const STAGE: ZoneId = ZoneId(Uuid::from_u128(3));
const ANYWHERE: DeviceRight = DeviceRight {
    active: true,
    zone: None,
    way: None,
};

struct Case {
    says: &'static str,
    version: u32,
    status: TicketStatus,
    now_ms: i64,
    zone: Option<ZoneId>,
    direction: Direction,
    re_entry: ReEntry,
    passages: Vec<Passage>,
    expected: Code,
}

fn passage(direction: Direction, day: u32) -> Passage {
    Passage {
        direction,
        session: Some(SESSION),
        day,
        zone: None,
        at: 110,
    }
}

fn case(says: &'static str, expected: Code) -> Case {
    Case {
        says,
        version: 2,
        status: TicketStatus::Active,
        now_ms: 150,
        zone: None,
        direction: Direction::Entry,
        re_entry: ReEntry::Single,
        passages: vec![],
        expected,
    }
}

fn door(sessions: &[Session]) -> Door<'_> {
    Door {
        right: ANYWHERE,
        offline_too_long: false,
        zone: None,
        direction: Direction::Entry,
        session: None,
        schedule: Schedule {
            kind: EventKind::OneTime,
            zone: chrono_tz::UTC,
            cancelled: false,
            sessions,
        },
        re_entry: ReEntry::Single,
        roster_complete: true,
        now_ms: 150,
        terms: Terms::default(),
    }
}

fn run(case: &Case) -> Decision {
    let sessions = [Session::scheduled(SESSION, 100, 120, 200)];
    let ticket_type = TicketType {
        zones: vec![LOUNGE],
        ..TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "VIP", 0)
    };
    let door = Door {
        zone: case.zone,
        direction: case.direction,
        re_entry: case.re_entry,
        now_ms: case.now_ms,
        ..door(&sessions)
    };
    let presented = Presented::Genuine {
        ticket: TicketId(Uuid::from_u128(7)),
        version: case.version,
        not_before_ms: 0,
        expires_ms: 1_000,
    };
    let known = KnownTicket {
        status: case.status,
        version: 2,
        ticket_type: &ticket_type,
        holder: &HolderFacts::default(),
    };
    decide(presented, &door, Some(&known), &case.passages)
}

#[test]
fn the_table_of_verdicts() {
    use Direction::{Entry, Exit};
    let entered = || vec![passage(Entry, TODAY)];
    let left = || vec![passage(Entry, TODAY), passage(Exit, TODAY)];
    let yesterday = || vec![passage(Entry, YESTERDAY)];
    let cases = [
        case("good ticket, doors open", Code::Admitted),
        Case {
            version: 1,
            ..case("old copy", Code::Replaced)
        },
        Case {
            version: 3,
            ..case("newer than the roster", Code::Admitted)
        },
        Case {
            status: TicketStatus::Voided,
            ..case("void", Code::Voided)
        },
        Case {
            status: TicketStatus::Blocked,
            ..case("blocked", Code::Blocked)
        },
        Case {
            status: TicketStatus::Unpaid,
            ..case("unpaid", Code::Unpaid)
        },
        Case {
            status: TicketStatus::Unapproved,
            ..case("unapproved", Code::Unapproved)
        },
        Case {
            status: TicketStatus::Transferred,
            ..case("given away", Code::Transferred)
        },
        Case {
            now_ms: 99,
            ..case("before doors", Code::TooEarly)
        },
        Case {
            now_ms: 200,
            ..case("after the end", Code::Expired)
        },
        Case {
            zone: Some(LOUNGE),
            ..case("its lounge", Code::Admitted)
        },
        Case {
            zone: Some(STAGE),
            ..case("not its zone", Code::WrongZone)
        },
        Case {
            passages: entered(),
            ..case("second time", Code::Used)
        },
        Case {
            passages: left(),
            ..case("left, single entry", Code::Used)
        },
        Case {
            passages: entered(),
            zone: Some(LOUNGE),
            ..case("inside, first time in the lounge", Code::Admitted)
        },
        Case {
            passages: left(),
            re_entry: ReEntry::AfterExit,
            ..case("left, may come back", Code::Admitted)
        },
        Case {
            passages: entered(),
            re_entry: ReEntry::AfterExit,
            ..case("still inside", Code::Used)
        },
        Case {
            passages: yesterday(),
            re_entry: ReEntry::OncePerDay,
            ..case("came yesterday", Code::Admitted)
        },
        Case {
            passages: entered(),
            re_entry: ReEntry::OncePerDay,
            ..case("came today", Code::Used)
        },
        Case {
            passages: entered(),
            re_entry: ReEntry::Unlimited,
            ..case("unlimited", Code::Admitted)
        },
        Case {
            direction: Exit,
            passages: entered(),
            ..case("goes out", Code::Exited)
        },
        Case {
            direction: Exit,
            status: TicketStatus::Voided,
            ..case("void may still leave", Code::Exited)
        },
        Case {
            direction: Exit,
            now_ms: 300,
            ..case("leaves after the end", Code::Exited)
        },
    ];
    for case in cases {
        assert_eq!(run(&case).code, case.expected, "{}", case.says);
    }
}

#[test]
fn a_ticket_that_the_roster_lacks_is_judged_by_its_own_times_away_from_home() {
    let mut door = door(&[]);
    let presented = Presented::Genuine {
        ticket: TicketId(Uuid::from_u128(7)),
        version: 1,
        not_before_ms: 100,
        expires_ms: 200,
    };
    assert_eq!(
        decide(presented, &door, None, &[]).code,
        Code::UnknownTicket
    );
    door.roster_complete = false;
    for (now_ms, expected) in [
        (99, Code::TooEarly),
        (100, Code::Admitted),
        (199, Code::Admitted),
        (200, Code::Expired),
    ] {
        door.now_ms = now_ms;
        assert_eq!(
            decide(presented, &door, None, &[]).code,
            expected,
            "at {now_ms}"
        );
    }
    door.right.active = false;
    assert_eq!(
        decide(presented, &door, None, &[]).code,
        Code::DeviceNotAllowed
    );
}

#[test]
fn refusals_of_the_code_itself_pass_through() {
    let door = door(&[]);
    for code in [Code::InvalidSignature, Code::WrongEvent, Code::Malformed] {
        let decision = decide(Presented::NotOurs(code), &door, None, &[]);
        assert_eq!((decision.verdict, decision.code), (Verdict::Refused, code));
    }
}

#[test]
fn every_code_tells_staff_what_to_do() {
    for code in Code::ALL {
        assert!(code.advice().ends_with('.'), "{code}");
    }
}

/// What the organizer asks beyond the ticket: each line is one presentation of a good ticket.
#[test]
fn the_table_of_terms() {
    use crate::entry_rule::EntryRule;
    use serde_json::json;

    let rules = |logic: serde_json::Value| {
        EntryRules::new(&[EntryRule {
            title: "VIP only".into(),
            logic,
            enabled: true,
            message: Some("Show the way to the main hall.".into()),
        }])
    };
    let vip = rules(json!({ "==": [{ "var": "ticket_type" }, "VIP"] }));
    let press = rules(json!({ "==": [{ "var": "ticket_type" }, "Press"] }));
    let broken = rules(json!({ "no_such_thing": [] }));
    let none = EntryRules::none();
    let came = [passage(Direction::Entry, TODAY)];
    let left = [
        passage(Direction::Entry, TODAY),
        passage(Direction::Exit, TODAY),
    ];
    let terms = |rules| Terms {
        rules,
        ..Terms::default()
    };
    let sessions = [Session::scheduled(SESSION, 100, 120, 200)];
    let ticket_type = TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "VIP", 0);
    for (says, terms, direction, status, passages, expected) in [
        (
            "no terms",
            terms(&none),
            Direction::Entry,
            TicketStatus::Active,
            &[][..],
            Code::Admitted,
        ),
        (
            "a rule that holds",
            terms(&vip),
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::Admitted,
        ),
        (
            "a rule that does not",
            terms(&press),
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::RuleRefused,
        ),
        (
            "a rule that fails",
            terms(&broken),
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::RuleRefused,
        ),
        (
            "no rule for exits",
            terms(&broken),
            Direction::Exit,
            TicketStatus::Active,
            &came,
            Code::Exited,
        ),
        (
            "full",
            Terms {
                room: Some(0),
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::ZoneFull,
        ),
        (
            "room for one",
            Terms {
                room: Some(1),
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::Admitted,
        ),
        (
            "full, and goes out",
            Terms {
                room: Some(0),
                ..terms(&none)
            },
            Direction::Exit,
            TicketStatus::Active,
            &came,
            Code::Exited,
        ),
        (
            "full, and inside already",
            Terms {
                room: Some(0),
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &came,
            Code::Admitted,
        ),
        (
            "full, and inside since before doors",
            Terms {
                room: Some(0),
                counted_since: Some(111),
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &came,
            Code::ZoneFull,
        ),
        (
            "full, and was inside",
            Terms {
                room: Some(0),
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &left,
            Code::ZoneFull,
        ),
        (
            "questions open",
            Terms {
                questions: true,
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::QuestionsOpen,
        ),
        (
            "questions asked",
            Terms {
                questions: true,
                answered: true,
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::Admitted,
        ),
        (
            "asked the first time",
            Terms {
                questions: true,
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &left,
            Code::Admitted,
        ),
        (
            "forced past a rule",
            Terms {
                forced: true,
                ..terms(&press)
            },
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::Forced,
        ),
        (
            "forced past a block",
            Terms {
                forced: true,
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Blocked,
            &[],
            Code::Forced,
        ),
        (
            "forced, and nothing is said against it",
            Terms {
                forced: true,
                ..terms(&none)
            },
            Direction::Entry,
            TicketStatus::Active,
            &[],
            Code::Forced,
        ),
        (
            "forced, and goes out",
            Terms {
                forced: true,
                ..terms(&none)
            },
            Direction::Exit,
            TicketStatus::Active,
            &came,
            Code::Exited,
        ),
    ] {
        let door = Door {
            direction,
            re_entry: ReEntry::Unlimited,
            terms,
            ..door(&sessions)
        };
        let known = KnownTicket {
            status,
            version: 1,
            ticket_type: &ticket_type,
            holder: &HolderFacts::default(),
        };
        let ticket = TicketId(Uuid::from_u128(7));
        let decision = decide(Presented::ByHand(ticket), &door, Some(&known), passages);
        assert_eq!(decision.code, expected, "{says}");
        assert_eq!(
            decision.rule.map(|rule| rule.title),
            (expected == Code::RuleRefused).then(|| "VIP only".to_owned()),
            "{says}"
        );
        if decision.code == Code::Forced {
            assert_eq!(decision.verdict, Verdict::Admitted, "{says}");
        }
    }
}

#[test]
fn a_supervisor_lets_in_nobody_whom_the_roster_does_not_know_and_nothing_that_is_revoked() {
    let sessions = [Session::scheduled(SESSION, 100, 120, 200)];
    let terms = Terms {
        forced: true,
        ..Terms::default()
    };
    let door = Door {
        terms,
        ..door(&sessions)
    };
    let ticket = TicketId(Uuid::from_u128(7));
    assert_eq!(
        decide(Presented::ByHand(ticket), &door, None, &[]).code,
        Code::UnknownTicket
    );
    assert_eq!(
        decide(Presented::NotOurs(Code::Malformed), &door, None, &[]).code,
        Code::Malformed
    );
    let ticket_type = TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "VIP", 0);
    let known = KnownTicket {
        status: TicketStatus::Active,
        version: 1,
        ticket_type: &ticket_type,
        holder: &HolderFacts::default(),
    };
    let shut = Door {
        right: DeviceRight {
            active: false,
            ..ANYWHERE
        },
        ..door
    };
    assert_eq!(
        decide(Presented::ByHand(ticket), &shut, Some(&known), &[]).code,
        Code::DeviceNotAllowed
    );
}
