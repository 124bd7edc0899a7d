//! Who may come in again, by the event's policy.

use gatehouse_api::{Gate, GateStand, Issuing, Presentation, Quiet, Shows};
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::event::draft::ScheduleDraft;
use gatehouse_domain::scan::Direction::{self, Entry, Exit};
use gatehouse_testkit::Scratch;

#[test]
fn each_policy_of_coming_in_again_holds_for_the_same_walk() {
    let day = 24 * 3_600_000;
    // In, in, out, in; and on the next day in, in.
    let walk: [(Direction, i64); 6] = [
        (Entry, 0),
        (Entry, 0),
        (Exit, 0),
        (Entry, 0),
        (Entry, day),
        (Entry, 0),
    ];
    let table = [
        (
            ReEntry::Single,
            ["admitted", "used", "exited", "used", "used", "used"],
        ),
        (
            ReEntry::AfterExit,
            ["admitted", "used", "exited", "admitted", "used", "used"],
        ),
        (
            ReEntry::OncePerDay,
            ["admitted", "used", "exited", "used", "admitted", "used"],
        ),
        (
            ReEntry::Unlimited,
            [
                "admitted", "admitted", "exited", "admitted", "admitted", "admitted",
            ],
        ),
    ];
    for (policy, expected) in table {
        let scratch = Scratch::new();
        let mut draft = Scratch::draft("Festival");
        if let ScheduleDraft::OneTime { session } = &mut draft.schedule {
            session.ends = "2026-11-24T00:00".into();
        }
        draft.settings.re_entry = policy;
        let home = scratch.event(&draft);
        scratch.import(&home, "Name\nAda Lark\n");
        home.form_invitations("First").unwrap();
        home.issue_tickets(Issuing::default(), &Quiet).unwrap();
        scratch.open_doors();
        let gate = home.open_gate("Front door").unwrap();
        let text = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
        let said = walk.map(|(direction, later)| {
            scratch.clock.advance(later + 60_000);
            let presentation = Presentation {
                direction,
                ..gate.presentation(Shows::Code(&text))
            };
            gate.present(&presentation).unwrap().code.word()
        });
        assert_eq!(said, expected, "{policy}");
    }
}

#[test]
fn whoever_leaves_the_venue_has_left_its_zones_until_that_is_taken_back() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Ball");
    draft.settings.re_entry = ReEntry::AfterExit;
    draft.zones[0].capacity = Some(1);
    let home = scratch.event(&draft);
    scratch.import(&home, "Name,Ticket type\nAda Lark,VIP\nBen Moss,VIP\n");
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let zone = home.file().read(|view| view.zones()).unwrap()[0].id;
    let stand = GateStand {
        zone: Some(zone),
        ..GateStand::default()
    };
    home.place_gate("Lounge", stand).unwrap();
    scratch.open_doors();
    let (front, lounge) = (
        home.open_gate("Front door").unwrap(),
        home.open_gate("Lounge").unwrap(),
    );
    let passes = |gate: &Gate, ticket: &str, direction| {
        scratch.clock.advance(60_000);
        let text = home.code_text(&home.find_ticket(ticket).unwrap()).unwrap();
        let presentation = Presentation {
            direction,
            ..gate.presentation(Shows::Code(&text))
        };
        let code = gate.present(&presentation).unwrap().code.word();
        (code, presentation.nonce)
    };
    let inside = || lounge.look().unwrap().counts.inside;
    assert_eq!(passes(&front, "1", Entry).0, "admitted");
    assert_eq!(passes(&lounge, "1", Entry).0, "admitted");
    assert_eq!(passes(&lounge, "2", Entry).0, "zone_full");
    let (code, left) = passes(&front, "1", Exit);
    assert_eq!((code, inside()), ("exited", 0));
    front.undo(left, None, front.new_nonce()).unwrap();
    assert_eq!(inside(), 1, "she never left");
    assert_eq!(passes(&lounge, "1", Entry).0, "used");
    assert_eq!(passes(&front, "1", Exit).0, "exited");
    assert_eq!(passes(&front, "1", Entry).0, "admitted");
    assert_eq!(inside(), 0, "she is back at the venue alone");
    assert_eq!(passes(&lounge, "1", Entry).0, "admitted");
    assert_eq!(inside(), 1);
}
