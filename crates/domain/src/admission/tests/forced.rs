//! What a supervisor's word makes of a ticket.

use super::*;

#[test]
fn a_supervisors_word_uses_the_ticket_for_the_session_that_it_is_for() {
    const NEXT: SessionId = SessionId(Uuid::from_u128(11));
    let sessions = [
        Session::scheduled(SESSION, 100, 120, 200),
        Session::scheduled(NEXT, 300, 320, 400),
    ];
    let nobody = HolderFacts::default();
    let presented = Presented::ByHand(TicketId(Uuid::from_u128(7)));
    let all = TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "Pass", 0);
    let next = TicketType {
        sessions: vec![NEXT],
        ..all.clone()
    };
    let alone = Door {
        offline_too_long: true,
        ..door(&sessions)
    };
    let at = |now_ms| Door {
        now_ms,
        ..door(&sessions)
    };
    let (active, blocked) = (TicketStatus::Active, TicketStatus::Blocked);
    for (says, kind, status, door, refused, session) in [
        ("too early", &all, active, at(90), Code::TooEarly, SESSION),
        ("alone", &all, active, alone, Code::OfflineTooLong, SESSION),
        ("held", &all, blocked, at(150), Code::Blocked, SESSION),
        ("between", &all, active, at(250), Code::TooEarly, NEXT),
        (
            "another",
            &next,
            active,
            at(150),
            Code::NotThisSession,
            NEXT,
        ),
    ] {
        let known = |status| KnownTicket {
            status,
            version: 1,
            ticket_type: kind,
            holder: &nobody,
        };
        assert_eq!(
            decide(presented, &door, Some(&known(status)), &[]).code,
            refused,
            "{says}"
        );
        let by_word = Door {
            terms: Terms {
                forced: true,
                ..Terms::default()
            },
            ..door
        };
        let forced = decide(presented, &by_word, Some(&known(status)), &[]);
        assert_eq!(
            (forced.code, forced.session, forced.day),
            (Code::Forced, Some(session), TODAY),
            "{says}"
        );
        let came = Passage {
            direction: Direction::Entry,
            session: forced.session,
            day: forced.day,
            zone: None,
            at: door.now_ms,
        };
        let open = sessions.iter().find(|one| one.id == session);
        let later = at(open.expect("its session").starts_at);
        for re_entry in [ReEntry::Single, ReEntry::AfterExit, ReEntry::OncePerDay] {
            let later = Door { re_entry, ..later };
            assert_eq!(
                decide(presented, &later, Some(&known(active)), &[came]).code,
                Code::Used,
                "{says}, for a second person, {re_entry}"
            );
        }
    }
}

#[test]
fn a_word_before_doors_that_open_after_midnight_counts_for_the_day_of_the_session() {
    const HOUR: i64 = 3_600_000;
    let night = Session::scheduled(SESSION, 24 * HOUR, 25 * HOUR, 28 * HOUR);
    let sessions = [night];
    let nobody = HolderFacts::default();
    let ticket_type = TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "Pass", 0);
    let known = KnownTicket {
        status: TicketStatus::Active,
        version: 1,
        ticket_type: &ticket_type,
        holder: &nobody,
    };
    let early = Door {
        now_ms: 23 * HOUR,
        terms: Terms {
            forced: true,
            ..Terms::default()
        },
        ..door(&sessions)
    };
    let presented = Presented::ByHand(TicketId(Uuid::from_u128(7)));
    let forced = decide(presented, &early, Some(&known), &[]);
    assert_eq!((forced.session, forced.day), (Some(SESSION), 19_700_102));
}
