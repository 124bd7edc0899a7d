//! What a device may do, whoever stands before it.

use super::*;

#[test]
fn a_device_lets_nobody_through_where_or_which_way_the_office_does_not_allow_it() {
    use Direction::{Entry, Exit};
    let sessions = [Session::scheduled(SESSION, 100, 120, 200)];
    let ticket = TicketId(Uuid::from_u128(7));
    let ticket_type = TicketType {
        zones: vec![LOUNGE, STAGE],
        ..TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "VIP", 0)
    };
    let known = KnownTicket {
        status: TicketStatus::Active,
        version: 1,
        ticket_type: &ticket_type,
        holder: &HolderFacts::default(),
    };
    let (lounge, stage) = (Some(LOUNGE), Some(STAGE));
    for (may, zone, direction, forced, expected) in [
        ((None, None), None, Entry, false, Code::Admitted),
        ((None, None), lounge, Exit, false, Code::Exited),
        ((lounge, None), lounge, Entry, false, Code::Admitted),
        ((lounge, None), lounge, Exit, false, Code::Exited),
        ((lounge, None), stage, Entry, false, Code::DeviceNotAllowed),
        ((lounge, None), None, Entry, false, Code::DeviceNotAllowed),
        ((None, Some(Entry)), None, Entry, false, Code::Admitted),
        (
            (None, Some(Entry)),
            None,
            Exit,
            false,
            Code::DeviceNotAllowed,
        ),
        ((None, Some(Exit)), None, Exit, false, Code::Exited),
        (
            (None, Some(Exit)),
            None,
            Entry,
            false,
            Code::DeviceNotAllowed,
        ),
        ((lounge, Some(Exit)), lounge, Exit, false, Code::Exited),
        // A supervisor's word is about the ticket, not about the gate.
        (
            (None, Some(Exit)),
            None,
            Entry,
            true,
            Code::DeviceNotAllowed,
        ),
        ((lounge, None), stage, Entry, true, Code::DeviceNotAllowed),
    ] {
        let right = DeviceRight {
            active: true,
            zone: may.0,
            way: may.1,
        };
        let door = Door {
            right,
            zone,
            direction,
            terms: Terms {
                forced,
                ..Terms::default()
            },
            ..door(&sessions)
        };
        assert_eq!(
            decide(Presented::ByHand(ticket), &door, Some(&known), &[]).code,
            expected,
            "{right:?} at {zone:?}, {direction}, forced: {forced}"
        );
    }
}

#[test]
fn a_device_that_was_alone_for_too_long_lets_out_and_lets_in_on_a_supervisors_word_only() {
    let ticket = TicketId(Uuid::from_u128(9));
    let ticket_type = TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "VIP", 0);
    let known = KnownTicket {
        status: TicketStatus::Active,
        version: 1,
        ticket_type: &ticket_type,
        holder: &HolderFacts::default(),
    };
    let sessions = [Session::scheduled(SESSION, 100, 120, 200)];
    let alone = Door {
        offline_too_long: true,
        ..door(&sessions)
    };
    let said = |door: &Door<'_>| decide(Presented::ByHand(ticket), door, Some(&known), &[]).code;
    assert_eq!(said(&alone), Code::OfflineTooLong);
    let out = Door {
        direction: Direction::Exit,
        ..alone
    };
    assert_ne!(said(&out), Code::OfflineTooLong);
    let forced = Door {
        terms: Terms {
            forced: true,
            ..Terms::default()
        },
        ..alone
    };
    assert_eq!(said(&forced), Code::Forced);
}
