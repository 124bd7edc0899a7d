//! May this ticket enter? Decided from values alone.

use serde::{Deserialize, Serialize};

use crate::event::{ReEntry, Session, TicketType, Validity, validity};
use crate::id::{SessionId, TicketId, ZoneId};
use crate::scan::{Direction, Verdict};
use crate::ticket::TicketStatus;
use crate::words::words;

words! {
    /// Why a gate showed what it showed, one stable code each.
    Code("verdict code") {
        /// Comes in.
        Admitted = "admitted",
        /// Goes out.
        Exited = "exited",
        /// It came in before.
        Used = "used",
        /// A newer code was issued in its place.
        Replaced = "replaced",
        /// Taken back.
        Voided = "voided",
        /// Held back for now.
        Blocked = "blocked",
        /// Not paid.
        Unpaid = "unpaid",
        /// Not approved.
        Unapproved = "unapproved",
        /// Given to another holder.
        Transferred = "transferred",
        /// Its time is over.
        Expired = "expired",
        /// Its doors are not open yet.
        TooEarly = "too_early",
        /// It is for another session.
        NotThisSession = "not_this_session",
        /// Its session or event was called off.
        Cancelled = "cancelled",
        /// It does not open this zone.
        WrongZone = "wrong_zone",
        /// It belongs to another event of this workspace.
        WrongEvent = "wrong_event",
        /// Its signature does not hold.
        InvalidSignature = "invalid_signature",
        /// Nobody here knows the key that signed it.
        UnknownKey = "unknown_key",
        /// The key that signed it was taken back.
        RevokedKey = "revoked_key",
        /// No ticket of ours.
        Malformed = "malformed",
        /// Signed in a way that is not accepted.
        UnsupportedAlgorithm = "unsupported_algorithm",
        /// Signed by us, with claims that no ticket has.
        WrongTypes = "wrong_types",
        /// Signed by us, and not on the list.
        UnknownTicket = "unknown_ticket",
        /// This gate is not allowed to admit.
        DeviceNotAllowed = "device_not_allowed",
    }
}

impl Code {
    /// The word of the scanning API for it: SUCCESS, DUPLICATE, EXPIRED, WRONG_EVENT or INVALID.
    #[must_use]
    pub const fn scan_word(self) -> &'static str {
        match self {
            Self::Admitted | Self::Exited => "SUCCESS",
            Self::Used => "DUPLICATE",
            Self::Expired => "EXPIRED",
            Self::WrongEvent => "WRONG_EVENT",
            _ => "INVALID",
        }
    }

    /// What staff do next, in one or two short sentences.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Admitted => "Welcome them in.",
            Self::Exited => "Say goodbye.",
            Self::Used => "Ask for the guest's name, or call a supervisor.",
            Self::Replaced => "Ask for the newest ticket; an older copy no longer opens.",
            Self::Voided => "This ticket was taken back. Send the guest to the desk.",
            Self::Blocked => "This ticket is held. Send the guest to the desk.",
            Self::Unpaid => "This ticket is not paid. Send the guest to the desk.",
            Self::Unapproved => "This ticket waits for approval. Send the guest to the desk.",
            Self::Transferred => "This ticket has a new holder. Ask for the new ticket.",
            Self::Expired => "This ticket's time is over. Send the guest to the desk.",
            Self::TooEarly => "Doors are not open for this ticket yet.",
            Self::NotThisSession => "This ticket is for another session. Check its date.",
            Self::Cancelled => "This session was called off. Send the guest to the desk.",
            Self::WrongZone => "This ticket does not open this zone. Show the way.",
            Self::WrongEvent => "This ticket is for another event of ours. Check the title.",
            Self::InvalidSignature => "This code is not genuine. Call a supervisor.",
            Self::UnknownKey => "This code is not from here. Ask for the right ticket.",
            Self::RevokedKey => "This code's key was taken back. Send the guest to the desk.",
            Self::Malformed => "This is not a ticket. Ask for the ticket's code.",
            Self::UnsupportedAlgorithm | Self::WrongTypes => {
                "This code is not genuine. Call a supervisor."
            }
            Self::UnknownTicket => "This ticket is not on the list. Send the guest to the desk.",
            Self::DeviceNotAllowed => "This gate may not admit. Call the office.",
        }
    }
}

/// What reading the presented code said, before any rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// A credential of this event whose signature holds.
    Genuine {
        /// The ticket that it names.
        ticket: TicketId,
        /// Its version.
        version: u32,
        /// Its own `nbf`, UTC ms.
        not_before_ms: i64,
        /// Its own `exp`, UTC ms.
        expires_ms: i64,
    },
    /// Not a credential of this event; the code tells why.
    NotOurs(Code),
}

/// What the roster knows of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTicket<'a> {
    /// Status.
    pub status: TicketStatus,
    /// Version of the credential that is good now.
    pub version: u32,
    /// Its type.
    pub ticket_type: &'a TicketType,
}

/// One earlier passage of the ticket, in the order of scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Which way.
    pub direction: Direction,
    /// The session.
    pub session: Option<SessionId>,
    /// The day in the event's zone, as yyyymmdd.
    pub day: u32,
    /// The zone; none at the venue's entrance.
    pub zone: Option<ZoneId>,
}

/// Where and when a code is presented.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// Whether the device may admit to this event now.
    pub device_allowed: bool,
    /// The zone at whose entrance it stands; none at the venue's.
    pub zone: Option<ZoneId>,
    /// Which way it leads.
    pub direction: Direction,
    /// Whether it stands for one session only.
    pub session: Option<SessionId>,
    /// Whether the whole event was called off.
    pub event_cancelled: bool,
    /// Sessions of the event.
    pub sessions: &'a [Session],
    /// Entry policy.
    pub re_entry: ReEntry,
    /// Whether its roster is complete, so that a ticket that is not on it does not exist.
    pub roster_complete: bool,
    /// Now, UTC ms.
    pub now_ms: i64,
    /// Today in the event's zone, as yyyymmdd.
    pub day: u32,
}

/// What a gate decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// What it shows.
    pub verdict: Verdict,
    /// Why.
    pub code: Code,
    /// The session that was entered or left.
    pub session: Option<SessionId>,
    /// When doors open, for one who is too early, UTC ms.
    pub doors_at: Option<i64>,
}

impl Decision {
    const fn refuse(code: Code) -> Self {
        Self {
            verdict: Verdict::Refused,
            code,
            session: None,
            doors_at: None,
        }
    }
}

/// Decides about one presentation.
///
/// `known` is what the roster says of the ticket, `passages` its earlier ones at this event in
/// the order of scans. The roster decides about times; the credential's own bind only a ticket
/// that an incomplete roster does not know. An exit is never refused for an entry rule.
#[must_use]
pub fn decide(
    presented: Presented,
    door: &Door<'_>,
    known: Option<&KnownTicket<'_>>,
    passages: &[Passage],
) -> Decision {
    if !door.device_allowed {
        return Decision::refuse(Code::DeviceNotAllowed);
    }
    let (version, not_before_ms, expires_ms) = match presented {
        Presented::NotOurs(code) => return Decision::refuse(code),
        Presented::Genuine {
            version,
            not_before_ms,
            expires_ms,
            ..
        } => (version, not_before_ms, expires_ms),
    };
    let Some(known) = known else {
        return decide_unknown(door, not_before_ms, expires_ms, passages);
    };
    if version < known.version {
        return Decision::refuse(Code::Replaced);
    }
    if door.direction == Direction::Exit {
        return Decision {
            verdict: Verdict::Exited,
            code: Code::Exited,
            session: passages.last().and_then(|p| p.session),
            doors_at: None,
        };
    }
    match known.status {
        TicketStatus::Active => {}
        TicketStatus::Voided => return Decision::refuse(Code::Voided),
        TicketStatus::Blocked => return Decision::refuse(Code::Blocked),
        TicketStatus::Unpaid => return Decision::refuse(Code::Unpaid),
        TicketStatus::Unapproved => return Decision::refuse(Code::Unapproved),
        TicketStatus::Transferred => return Decision::refuse(Code::Transferred),
    }
    if door.event_cancelled {
        return Decision::refuse(Code::Cancelled);
    }
    let session = match validity(known.ticket_type, door.sessions, door.now_ms) {
        Validity::Valid(session) => session,
        Validity::TooEarly(doors_at) => {
            return Decision {
                doors_at: Some(doors_at),
                ..Decision::refuse(Code::TooEarly)
            };
        }
        Validity::Over(_) => return Decision::refuse(Code::Expired),
        Validity::Cancelled => return Decision::refuse(Code::Cancelled),
    };
    if door.session.is_some_and(|only| only != session) {
        return Decision::refuse(Code::NotThisSession);
    }
    if door
        .zone
        .is_some_and(|zone| !known.ticket_type.zones.contains(&zone))
    {
        return Decision::refuse(Code::WrongZone);
    }
    decide_entry(door, Some(session), passages)
}

/// A genuine credential that the roster does not know: newer than the roster, where that can be.
fn decide_unknown(
    door: &Door<'_>,
    not_before_ms: i64,
    expires_ms: i64,
    passages: &[Passage],
) -> Decision {
    if door.roster_complete {
        return Decision::refuse(Code::UnknownTicket);
    }
    if door.direction == Direction::Exit {
        return Decision {
            verdict: Verdict::Exited,
            code: Code::Exited,
            session: None,
            doors_at: None,
        };
    }
    if door.now_ms < not_before_ms {
        return Decision::refuse(Code::TooEarly);
    }
    if door.now_ms >= expires_ms {
        return Decision::refuse(Code::Expired);
    }
    if door.zone.is_some() {
        return Decision::refuse(Code::WrongZone);
    }
    decide_entry(door, door.session, passages)
}

fn decide_entry(door: &Door<'_>, session: Option<SessionId>, passages: &[Passage]) -> Decision {
    let here = || {
        passages
            .iter()
            .filter(|p| p.zone == door.zone && p.session == session)
    };
    let entered = |p: &Passage| p.direction == Direction::Entry;
    let used = match door.re_entry {
        ReEntry::Single => here().any(entered),
        ReEntry::AfterExit => here().next_back().is_some_and(entered),
        ReEntry::OncePerDay => here().any(|p| entered(p) && p.day == door.day),
        ReEntry::Unlimited => false,
    };
    if used {
        return Decision {
            session,
            ..Decision::refuse(Code::Used)
        };
    }
    Decision {
        verdict: Verdict::Admitted,
        code: Code::Admitted,
        session,
        doors_at: None,
    }
}

/// The slot that an admission fills, by the door's policy: what no two admissions of one ticket
/// may share. None where the policy lets a ticket in again and again.
#[must_use]
pub fn slot(door: &Door<'_>, decision: &Decision) -> Option<String> {
    if decision.verdict != Verdict::Admitted {
        return None;
    }
    let place = door
        .zone
        .map_or_else(|| "door".to_owned(), |zone| zone.to_string());
    let session = decision.session.map(|s| s.to_string()).unwrap_or_default();
    match door.re_entry {
        ReEntry::Single => Some(format!("{session}/{place}")),
        ReEntry::OncePerDay => Some(format!("{session}/{place}/{}", door.day)),
        ReEntry::AfterExit | ReEntry::Unlimited => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{AttendanceMode, SessionStatus};
    use crate::id::TicketTypeId;
    use uuid::Uuid;

    const SESSION: SessionId = SessionId(Uuid::from_u128(1));
    const LOUNGE: ZoneId = ZoneId(Uuid::from_u128(2));
    const STAGE: ZoneId = ZoneId(Uuid::from_u128(3));

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

    fn run(case: &Case) -> Decision {
        let sessions = [Session {
            id: SESSION,
            title: None,
            doors_at: 100,
            starts_at: 120,
            ends_at: 200,
            place: None,
            status: SessionStatus::Scheduled,
        }];
        let ticket_type = TicketType {
            id: TicketTypeId(Uuid::from_u128(8)),
            name: "VIP".into(),
            price_minor: 0,
            capacity: None,
            colour: 0,
            attendance: AttendanceMode::InPerson,
            sessions: vec![],
            zones: vec![LOUNGE],
        };
        let door = Door {
            device_allowed: true,
            zone: case.zone,
            direction: case.direction,
            session: None,
            event_cancelled: false,
            sessions: &sessions,
            re_entry: case.re_entry,
            roster_complete: true,
            now_ms: case.now_ms,
            day: 2,
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
        };
        decide(presented, &door, Some(&known), &case.passages)
    }

    #[test]
    fn the_table_of_verdicts() {
        use Direction::{Entry, Exit};
        let entered = || vec![passage(Entry, 2)];
        let left = || vec![passage(Entry, 2), passage(Exit, 2)];
        let yesterday = || vec![passage(Entry, 1)];
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
        let mut door = Door {
            device_allowed: true,
            zone: None,
            direction: Direction::Entry,
            session: None,
            event_cancelled: false,
            sessions: &[],
            re_entry: ReEntry::Single,
            roster_complete: true,
            now_ms: 150,
            day: 2,
        };
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
        door.device_allowed = false;
        assert_eq!(
            decide(presented, &door, None, &[]).code,
            Code::DeviceNotAllowed
        );
    }

    #[test]
    fn refusals_of_the_code_itself_pass_through() {
        let door = Door {
            device_allowed: true,
            zone: None,
            direction: Direction::Entry,
            session: None,
            event_cancelled: false,
            sessions: &[],
            re_entry: ReEntry::Single,
            roster_complete: true,
            now_ms: 0,
            day: 0,
        };
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
}
