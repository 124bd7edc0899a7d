//! Verdicts: the table that phones share, and what gates alone know of.

mod device;
mod forced;
mod shared;

use super::*;
use crate::event::EventKind;
use crate::id::TicketTypeId;
use crate::session::Session;
use uuid::Uuid;

const TODAY: u32 = 19_700_101;
const SESSION: SessionId = SessionId(Uuid::from_u128(1));
const LOUNGE: ZoneId = ZoneId(Uuid::from_u128(2));
const STAGE: ZoneId = ZoneId(Uuid::from_u128(3));
const ANYWHERE: DeviceRight = DeviceRight {
    active: true,
    zone: None,
    way: None,
};

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

#[test]
fn every_code_tells_staff_what_to_do() {
    for code in Code::ALL {
        assert!(code.advice().ends_with('.'), "{code}");
    }
}

#[test]
fn a_supervisors_word_goes_past_rules_and_holds_and_keeps_nobody_in() {
    use crate::entry_rule::EntryRule;
    use serde_json::json;

    let press = EntryRules::new(&[EntryRule {
        title: "Press only".into(),
        logic: json!({ "==": [{ "var": "ticket_type" }, "Press"] }),
        enabled: true,
        message: None,
    }]);
    let none = EntryRules::none();
    let came = [Passage {
        direction: Direction::Entry,
        session: Some(SESSION),
        day: TODAY,
        zone: None,
        at: 110,
    }];
    let sessions = [Session::scheduled(SESSION, 100, 120, 200)];
    let ticket_type = TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "VIP", 0);
    let (entry, exit) = (Direction::Entry, Direction::Exit);
    let (active, blocked) = (TicketStatus::Active, TicketStatus::Blocked);
    for (says, rules, direction, status, expected) in [
        ("past a rule", &press, entry, active, Code::Forced),
        ("past a block", &none, entry, blocked, Code::Forced),
        ("past nothing", &none, entry, active, Code::Forced),
        ("and goes out", &none, exit, active, Code::Exited),
    ] {
        let door = Door {
            direction,
            re_entry: ReEntry::Unlimited,
            terms: Terms {
                rules,
                forced: true,
                ..Terms::default()
            },
            ..door(&sessions)
        };
        let known = KnownTicket {
            status,
            version: 1,
            ticket_type: &ticket_type,
            holder: &HolderFacts::default(),
        };
        let ticket = TicketId(Uuid::from_u128(7));
        let passages = if direction == exit { &came[..] } else { &[] };
        let decision = decide(Presented::ByHand(ticket), &door, Some(&known), passages);
        assert_eq!(decision.code, expected, "{says}");
        assert_eq!(decision.rule, None, "{says}");
        assert_ne!(decision.verdict, Verdict::Refused, "{says}");
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
