//! Capacity: never one too many, whoever issues at the same time.

use gatehouse_api::{EventHome, Issuing, Quiet, TicketTypeChange};
use gatehouse_domain::event::draft::{EventDraft, ScheduleDraft};
use gatehouse_domain::id::MemberId;
use gatehouse_testkit::Scratch;

fn members(home: &EventHome) -> Vec<MemberId> {
    let wanted = home
        .file()
        .read(|view| view.members_without_ticket(None, true))
        .unwrap();
    wanted.into_iter().map(|member| member.member).collect()
}

/// A list of people without ticket types.
fn crowd(guests: usize) -> String {
    (1..=guests).fold("Name\n".to_owned(), |list, n| format!("{list}Guest {n}\n"))
}

/// Two desks with four people each give out tickets one by one until there is no room; tells how
/// many they gave.
fn scramble(draft: &EventDraft) -> usize {
    let scratch = Scratch::new();
    let home = scratch.event(draft);
    scratch.import(&home, &crowd(120));
    home.form_invitations("First").unwrap();
    let other = scratch.reopen().unwrap().open_event("Ball").unwrap();
    let everybody = members(&home);
    std::thread::scope(|scope| {
        for (n, share) in everybody.chunks(everybody.len() / 8).enumerate() {
            let desk = if n % 2 == 0 { &home } else { &other };
            scope.spawn(move || {
                for member in share {
                    if let Err(full) = desk.issue_to(&[*member], Issuing::default(), &Quiet) {
                        assert_eq!(full.code, "capacity_exceeded", "{full}");
                    }
                }
            });
        }
    });
    home.tickets_good().unwrap()
}

#[test]
fn desks_that_issue_at_once_never_give_out_one_too_many_of_a_type() {
    let mut draft = Scratch::draft("Ball");
    draft.ticket_types.truncate(1);
    draft.ticket_types[0].capacity = Some(37);
    assert_eq!(scramble(&draft), 37);
}

#[test]
fn nor_of_a_session() {
    let mut draft = Scratch::draft("Ball");
    let ScheduleDraft::OneTime { session } = &mut draft.schedule else {
        unreachable!("an evening")
    };
    session.capacity = Some(41);
    assert_eq!(scramble(&draft), 41);
}

#[test]
fn nor_of_the_event() {
    let mut draft = Scratch::draft("Ball");
    draft.capacity = Some(53);
    assert_eq!(scramble(&draft), 53);
}

#[test]
fn a_capacity_never_drops_below_what_is_issued() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &crowd(5));
    let standard = home.file().read(|view| view.ticket_types()).unwrap()[0].id;
    let to = |most| TicketTypeChange {
        capacity: Some(Some(most)),
        ..TicketTypeChange::default()
    };
    let refused = home.change_ticket_type(standard, to(4)).unwrap_err();
    assert_eq!(refused.errors[0].code, "capacity_below_issued");
    home.change_ticket_type(standard, to(5)).unwrap();
    home.void_ticket(home.find_ticket("1").unwrap().id, None)
        .unwrap();
    home.change_ticket_type(standard, to(4)).unwrap();
    // The void ticket's holder wants another, and there is no room.
    assert_eq!(
        home.issue_again(home.find_ticket("1").unwrap().id)
            .unwrap_err()
            .code,
        "capacity_exceeded"
    );
}
