//! Who may come in again, by the event's policy.

use gatehouse_api::{Issuing, Presentation, Quiet, Shows};
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
