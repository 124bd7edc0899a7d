//! What guests may do without: a day apart, wanted, and afterwards asked how it was.

use gatehouse_api::mail::mailings::MailingDraft;
use gatehouse_api::{EventChange, EventHome, Issuing, Quiet, Shows};
use gatehouse_domain::delivery::audience::Audience;
use gatehouse_domain::delivery::{Delivery, DeliveryStatus, MessageKind};
use gatehouse_domain::event::EventKind;
use gatehouse_domain::event::draft::EventDraft;
use gatehouse_domain::preferences::Preferences;
use gatehouse_domain::reminder::{ReminderSettings, ReminderStep};
use gatehouse_testkit::Scratch;
use gatehouse_testkit::smtp::Manner;

use crate::mailings::{LIST, MINUTE, Office};

const HOUR: i64 = 60 * MINUTE;
const RATE: &str = "https://rate.example.org/gala";
const REVIEW: &str = "https://say.example.org/gala";

impl Office {
    pub(crate) fn announce(&self, message: &str, needed: bool) {
        let draft = MailingDraft {
            kind: MessageKind::Announcement,
            audience: Audience::default(),
            message: message.into(),
            needed,
            due_at: None,
        };
        self.home.add_mailing(&draft).unwrap();
    }

    pub(crate) fn waiting(&self) -> Vec<Delivery> {
        let mut waiting = self.messages();
        waiting.retain(|one| one.status.waits());
        waiting
    }

    pub(crate) fn wish(&self, address: &str, wanted: Preferences) {
        let now = self.scratch.workspace.surroundings().now();
        gatehouse_store::workspace::WorkspaceFile::open(self.scratch.dir())
            .unwrap()
            .set_preferences(address, &wanted, now)
            .unwrap();
    }

    /// An event of that draft with tickets for everybody, and what it asks afterwards.
    fn asking(draft: &EventDraft) -> Self {
        let scratch = Scratch::new();
        let home = scratch.event(draft);
        scratch.import(&home, LIST);
        home.form_invitations("First batch").unwrap();
        for session in home.sessions() {
            let issuing = Issuing {
                session: (home.event().kind == EventKind::Recurring).then_some(session.id),
                ..Issuing::default()
            };
            home.issue_tickets(issuing, &Quiet).unwrap();
        }
        let asked = EventChange {
            reminders: Some(ReminderSettings {
                on: false,
                rating_link: RATE.into(),
                review_link: REVIEW.into(),
                ..ReminderSettings::default()
            }),
            ..EventChange::default()
        };
        home.change_event(asked).unwrap();
        Self::with(scratch, home, Manner::default())
    }

    fn let_in(&self, number: &str) {
        let ticket = self.home.find_ticket(number).unwrap();
        let text = self.home.code_text(&ticket).unwrap();
        let gate = self.home.open_gate("Front door").unwrap();
        let shown = gate.present(&gate.presentation(Shows::Code(&text)));
        assert_eq!(shown.unwrap().code.word(), "admitted", "{number}");
    }

    /// What leaves in these hours, as the clock goes on: after how many hours, which step, to whom.
    fn hear(&self, hours: i64) -> Vec<(i64, ReminderStep, String)> {
        let from = self.scratch.workspace.surroundings().now();
        let mut told = Vec::new();
        for _ in 0..hours * 4 {
            self.scratch.clock.advance(15 * MINUTE);
            self.round();
        }
        for one in self.messages() {
            if let (Some(step), Some(at)) = (one.step, one.sent_at)
                && at > from
                && one.code.is_empty()
            {
                told.push(((at - from) / HOUR, step, one.recipient));
            }
        }
        told.sort();
        told
    }
}

fn steps(told: &[(i64, ReminderStep, String)]) -> Vec<(i64, &'static str, &str)> {
    told.iter()
        .map(|(hours, step, to)| (*hours, step.word(), to.as_str()))
        .collect()
}

#[test]
fn a_second_announcement_waits_a_day_and_says_so() {
    let office = Office::open();
    office.announce("A choir joins us.", false);
    assert_eq!(office.round().sent, 3);
    office.scratch.clock.advance(5 * HOUR);
    let reach = office
        .home
        .reach(MessageKind::Announcement, &Audience::default(), false, &[])
        .unwrap();
    assert_eq!((reach.email, reach.later), (3, 3), "told before it is sent");
    office.announce("A band joins us too.", false);
    let round = office.round();
    assert_eq!((round.sent, round.failed, round.held), (0, 0, 3));
    let now = office.scratch.workspace.surroundings().now();
    let waiting = office.waiting();
    assert_eq!(waiting.len(), 3, "nothing is dropped");
    for message in &waiting {
        assert_eq!(message.code, "marketing_apart");
        assert_eq!(message.due_at, now + 19 * HOUR);
        assert_eq!(message.attempts, 0);
    }
    assert_eq!(round.next, Some(now + 19 * HOUR));
    let seen = office.home.mailings().unwrap().remove(0);
    assert_eq!((seen.held, seen.held_until), (3, Some(now + 19 * HOUR)));

    office.announce("The car park is full.", true);
    assert_eq!(office.round().sent, 3, "what guests need leaves at once");
    let needed = office
        .home
        .reach(MessageKind::Announcement, &Audience::default(), true, &[])
        .unwrap();
    assert_eq!(needed.later, 0);
    office.scratch.clock.advance(19 * HOUR - MINUTE);
    assert_eq!(office.round().sent, 0);
    office.scratch.clock.advance(MINUTE);
    assert_eq!(office.round().sent, 3);
    assert_eq!(office.waiting(), []);
    assert_eq!(office.server.count(), 9);
    assert!(
        office
            .messages()
            .iter()
            .all(|one| one.status == DeliveryStatus::Sent && one.code.is_empty())
    );
}

#[test]
fn two_events_of_a_workspace_keep_apart_too() {
    let office = Office::open();
    let other = office.scratch.issued("Winter Supper", LIST);
    office.announce("A choir joins us.", false);
    other
        .add_mailing(&MailingDraft {
            kind: MessageKind::Announcement,
            audience: Audience::default(),
            message: "There is soup.".into(),
            needed: false,
            due_at: None,
        })
        .unwrap();
    let homes: Vec<EventHome> = [&office.home, &other]
        .map(|home| home.refreshed().unwrap())
        .into();
    let round = office.outbox.round(&homes).unwrap();
    assert_eq!((round.sent, round.held), (3, 3), "in one round");
    office.scratch.clock.advance(24 * HOUR);
    let round = office.outbox.round(&homes).unwrap();
    assert_eq!((round.sent, round.held), (3, 0));
}

#[test]
fn what_another_event_said_is_told_before_a_mailing() {
    let office = Office::open();
    let other = office.scratch.issued("Winter Supper", LIST);
    office.announce("A choir joins us.", false);
    assert_eq!(office.round().sent, 3);
    let later = |events: &[EventHome]| {
        let everybody = Audience::default();
        let reach = other.reach(MessageKind::Announcement, &everybody, false, events);
        reach.unwrap().later
    };
    assert_eq!(
        later(&office.scratch.workspace.speaking_homes().unwrap()),
        3
    );
    assert_eq!(later(&[]), 0, "by itself it knows of nothing");
}

#[test]
fn who_unsubscribes_while_a_message_waits_gets_none_and_the_office_sees_why() {
    let office = Office::open();
    office.announce("A choir joins us.", false);
    office.wish("ada@example.org", Preferences::unsubscribed(5));
    let round = office.round();
    assert_eq!((round.sent, round.failed), (2, 1));
    let failed: Vec<Delivery> = office
        .messages()
        .into_iter()
        .filter(|one| one.status == DeliveryStatus::Failed)
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].code, "unwanted");
    let reach = |needed| {
        office
            .home
            .reach(MessageKind::Announcement, &Audience::default(), needed, &[])
            .unwrap()
    };
    assert_eq!(reach(false).unsubscribed, 1);
    assert_eq!(reach(true).unsubscribed, 0);
}

#[test]
fn those_who_came_are_asked_and_one_letter_waits_for_the_other() {
    let office = Office::asking(&Scratch::draft("Harbour Gala"));
    office.scratch.open_doors();
    // Ada of the family, and Cy; Di stays away.
    office.let_in("1");
    office.let_in("3");
    office.wish(
        "cy@example.org",
        Preferences {
            reviews: false,
            ..Preferences::default()
        },
    );
    office.scratch.go_to("2026-11-22T00:00");
    let told = office.hear(8 * 24);
    assert_eq!(
        steps(&told),
        [
            (2, "rating", "ada@example.org"),
            // Due after 24 hours; the rating left two hours before.
            (26, "review", "ada@example.org"),
            (168, "last_review", "ada@example.org"),
        ]
    );
    let letters = office.server.taken();
    let said: Vec<String> = letters
        .iter()
        .map(|one| String::from_utf8_lossy(&one.bytes).replace("=\r\n", ""))
        .collect();
    assert!(said[0].contains(RATE), "{}", said[0]);
    assert!(said[1].contains(REVIEW) && said[2].contains(REVIEW));
    assert!(said[0].contains("Subject: How was Harbour Gala?"));
    assert!(said[1].contains("Subject: Your word on Harbour Gala"));
    assert!(said[2].contains("Subject: Last chance: your word on Harbour Gala"));
}

#[test]
fn what_lasts_several_days_asks_once_and_a_series_asks_after_each_date() {
    let festival = Office::asking(&Scratch::days("Festival", &["2026-11-21", "2026-11-22"]));
    festival.scratch.open_doors();
    festival.let_in("1");
    festival.scratch.go_to("2026-11-21T23:00");
    let told = festival.hear(47);
    assert_eq!(steps(&told), [(26, "rating", "ada@example.org")]);

    let weekly = Scratch::series("Drawing Course", "2026-11-23", "FREQ=WEEKLY;COUNT=2");
    let course = Office::asking(&weekly);
    course.scratch.go_to("2026-11-23T10:00");
    assert_eq!(course.hear(20), [], "nobody came");
    course.scratch.go_to("2026-11-30T08:50");
    // Ada's ticket for the second date: the five of the first come before it.
    course.let_in("6");
    course.scratch.go_to("2026-11-30T10:00");
    let told = course.hear(20);
    assert_eq!(steps(&told), [(2, "rating", "ada@example.org")]);
}

#[test]
fn nobody_is_asked_to_open_a_page_that_there_is_not() {
    let office = Office::open();
    let draft = MailingDraft {
        kind: MessageKind::Review,
        audience: Audience::default(),
        message: String::new(),
        needed: false,
        due_at: None,
    };
    let refused = office.home.add_mailing(&draft).unwrap_err();
    assert_eq!(refused.code, "fields_invalid");
    assert_eq!(refused.errors[0].code, "link_missing");
    let announced = MailingDraft {
        kind: MessageKind::Thanks,
        needed: true,
        ..draft
    };
    let refused = office.home.add_mailing(&announced).unwrap_err();
    assert_eq!(refused.errors[0].code, "needed_unfit");
}
