//! Messages that are overtaken while they wait, and news that follows other news.

use gatehouse_api::{EventHome, SessionChange};
use gatehouse_domain::delivery::audience::{Audience, AudienceGroup};
use gatehouse_domain::delivery::{Delivery, DeliveryStatus, MessageKind};
use gatehouse_domain::id::SessionId;
use gatehouse_domain::notice::NoticeKind;
use gatehouse_domain::reminder::ReminderStep;
use gatehouse_store::Lane;
use gatehouse_testkit::Scratch;
use gatehouse_testkit::smtp::Manner;

use crate::mailings::{LIST, MINUTE, Office, supper};

impl Office {
    /// The codes of all messages, each once.
    fn codes(&self) -> Vec<String> {
        let mut codes: Vec<_> = self.messages().into_iter().map(|one| one.code).collect();
        codes.sort();
        codes.dedup();
        codes
    }

    fn with_step(&self, step: ReminderStep) -> Vec<Delivery> {
        let mut of = self.messages();
        of.retain(|one| one.step == Some(step));
        of
    }

    fn about(&self, kind: MessageKind) -> Vec<Delivery> {
        let mut of = self.messages();
        of.retain(|one| one.kind == kind);
        of
    }

    /// Puts what is due into the outbox while it is held, and lets it go.
    fn hold(&self, meanwhile: impl FnOnce()) {
        self.home.pause_outbox(true).unwrap();
        self.round();
        meanwhile();
        self.home.pause_outbox(false).unwrap();
    }

    fn reaches(&self, kind: MessageKind, group: AudienceGroup) -> u32 {
        let audience = Audience {
            group,
            ..Audience::default()
        };
        self.home.reach(kind, &audience, false, &[]).unwrap().email
    }
}

fn move_to(home: &EventHome, session: SessionId, starts: &str) {
    let change = SessionChange {
        starts: Some(starts.into()),
        ..SessionChange::default()
    };
    home.change_session(session, change).unwrap();
}

/// An office whose guests were formed into invitations, and hold no tickets.
fn invited(home: &dyn Fn(&Scratch) -> EventHome) -> Office {
    let scratch = Scratch::new();
    let home = home(&scratch);
    scratch.import(&home, LIST);
    home.form_invitations("First batch").unwrap();
    Office::with(scratch, home, Manner::default())
}

fn gala(scratch: &Scratch) -> EventHome {
    scratch.event(&Scratch::draft("Harbour Gala"))
}

#[test]
fn a_reminder_that_waited_until_it_helps_no_more_is_left_out() {
    let office = supper();
    office.scratch.go_to("2026-12-21T18:05");
    office.hold(|| {
        assert_eq!(office.with_step(ReminderStep::Hour).len(), 3);
        office.scratch.go_to("2026-12-21T20:00");
    });
    assert_eq!(office.round().sent, 0, "it has begun");
    assert_eq!(office.codes(), ["reminder_late"]);
    let overview = office.home.delivery_overview().unwrap();
    assert_eq!(overview.funnel.bounced, 0, "nothing failed");
    assert_eq!(overview.counts, []);
}

#[test]
fn nobody_is_reminded_of_what_was_called_off_meanwhile() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Supper", &["2026-12-21", "2026-12-23"]));
    scratch.import(&home, LIST);
    home.form_invitations("First batch").unwrap();
    home.issue_tickets(gatehouse_api::Issuing::default(), &gatehouse_api::Quiet)
        .unwrap();
    let office = Office::with(scratch, home, Manner::default());
    office.scratch.go_to("2026-12-14T19:05");
    office.hold(|| {
        assert_eq!(office.with_step(ReminderStep::Week).len(), 3);
        let first = office.home.sessions()[0].id;
        office.home.cancel_session(first, "storm").unwrap();
    });
    assert_eq!(office.round().sent, 0);
    assert_eq!(office.codes(), ["called_off"]);
    office.scratch.go_to("2026-12-16T19:05");
    office.round();
    let week = office.with_step(ReminderStep::Week);
    let sent = week.iter().filter(|one| one.status == DeliveryStatus::Sent);
    assert_eq!(sent.count(), 3, "of the other day");
}

#[test]
fn a_batch_that_is_called_off_takes_its_messages_out_of_the_outbox() {
    let office = Office::open();
    let batch = office.home.batches().unwrap()[0].id;
    office.hold(|| {
        office.send(MessageKind::Ticket, AudienceGroup::All);
        office.home.cancel_batch(batch, "double booked").unwrap();
        assert_eq!(office.codes(), ["withdrawn"]);
    });
    office.send(MessageKind::Cancelled, AudienceGroup::All);
    assert_eq!(office.round().sent, 3, "that they are called off");
    assert_eq!(office.waiting(), []);
}

#[test]
fn an_event_that_is_called_off_sends_nothing_that_looks_ahead() {
    let office = Office::open();
    office.hold(|| {
        office.send(MessageKind::Invitation, AudienceGroup::All);
        office.announce("Tickets are paid back.", false);
        office.home.cancel_event("The hall is flooded.").unwrap();
    });
    let invitations = office.about(MessageKind::Invitation);
    assert!(invitations.iter().all(|one| one.code == "withdrawn"));
    assert_eq!(office.round().sent, 3, "the announcement alone");
    office.scratch.clock.advance(11 * MINUTE);
    assert_eq!(office.round().sent, 3);
    assert_eq!(office.about(MessageKind::Cancelled).len(), 3);
}

#[test]
fn tickets_go_to_those_who_hold_some() {
    let office = invited(&gala);
    let everybody = Audience::default();
    let reach = office
        .home
        .reach(MessageKind::Ticket, &everybody, false, &[])
        .unwrap();
    assert_eq!((reach.email, reach.without_ticket), (0, 4), "{reach:?}");
    office.send(MessageKind::Ticket, AudienceGroup::All);
    assert_eq!(office.round().sent, 0);
    assert_eq!(office.messages(), []);
    office
        .home
        .issue_tickets(gatehouse_api::Issuing::default(), &gatehouse_api::Quiet)
        .unwrap();
    office.hold(|| {
        office.send(MessageKind::Ticket, AudienceGroup::All);
        let void = office.home.file().append(Lane::Bulk, |change| {
            for kind in change.ticket_types()? {
                change.void_tickets_of_type(kind.id, 5, "printed twice")?;
            }
            Ok::<_, gatehouse_store::StoreError>(())
        });
        void.unwrap();
    });
    assert_eq!(office.round().sent, 0, "no letter without codes");
    assert_eq!(office.codes(), ["ticket_missing"]);
}

#[test]
fn two_changes_at_a_time_are_both_told_and_each_once() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Supper", &["2026-12-21", "2026-12-23"]));
    scratch.import(&home, LIST);
    home.form_invitations("First batch").unwrap();
    home.issue_tickets(gatehouse_api::Issuing::default(), &gatehouse_api::Quiet)
        .unwrap();
    let office = Office::with(scratch, home, Manner::default());
    let sessions: Vec<SessionId> = office.home.sessions().iter().map(|one| one.id).collect();
    move_to(&office.home, sessions[0], "2026-12-21T18:00");
    office.scratch.clock.advance(MINUTE);
    move_to(&office.home, sessions[1], "2026-12-23T18:00");
    office.scratch.clock.advance(12 * MINUTE);
    assert_eq!(office.round().sent, 6, "of each day, to each party");
    let notices = office.home.file().read(|view| view.notices()).unwrap();
    let again = office.home.tell_notice(notices[0].id).unwrap_err();
    assert_eq!(again.code, "notice_told");
    assert_eq!(office.round().sent, 0);
}

#[test]
fn who_was_invited_hears_of_changes_too() {
    let office = invited(&gala);
    let session = office.home.sessions()[0].id;
    move_to(&office.home, session, "2026-12-21T18:00");
    let notices = || office.home.file().read(|view| view.notices()).unwrap();
    assert_eq!(notices(), [], "nobody had heard of it");
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 3);
    office.scratch.clock.advance(MINUTE);
    move_to(&office.home, session, "2026-12-22T18:00");
    let [news] = &notices()[..] else {
        panic!("one piece of news")
    };
    assert_eq!(
        (news.kind, news.tickets, news.invited),
        (NoticeKind::SessionMoved, 0, 3)
    );
    office.scratch.clock.advance(11 * MINUTE);
    assert_eq!(office.round().sent, 3);
    assert_eq!(office.about(MessageKind::Change).len(), 3);
    office.home.cancel_event("The hall is flooded.").unwrap();
    office.scratch.clock.advance(11 * MINUTE);
    assert_eq!(office.round().sent, 3);
    assert_eq!(office.about(MessageKind::Cancelled).len(), 3);
}

#[test]
fn a_session_that_was_put_off_is_reminded_of_again() {
    let office = supper();
    office.scratch.go_to("2026-12-14T19:05");
    assert_eq!(office.round().sent, 3);
    let session = office.home.sessions()[0].id;
    move_to(&office.home, session, "2026-12-21T20:00");
    office.scratch.clock.advance(70 * MINUTE);
    office.round();
    assert_eq!(
        office.with_step(ReminderStep::Week).len(),
        3,
        "an hour later is the same evening"
    );
    move_to(&office.home, session, "2026-12-28T19:00");
    office.scratch.go_to("2026-12-21T19:05");
    office.round();
    let week = office.with_step(ReminderStep::Week);
    assert_eq!(week.len(), 6);
    assert!(week.iter().all(|one| one.status == DeliveryStatus::Sent));
    office.scratch.clock.advance(5 * MINUTE);
    office.round();
    assert_eq!(office.with_step(ReminderStep::Week).len(), 6, "once");
}

#[test]
fn what_waits_counts_among_the_two_things_a_day() {
    let office = supper();
    office.scratch.go_to("2026-12-14T18:00");
    office.hold(|| {
        office.announce("A choir joins us.", true);
        office.announce("The car park is full.", true);
        office.scratch.go_to("2026-12-14T19:05");
        office.round();
    });
    assert_eq!(office.round().sent, 6);
    let week = office.with_step(ReminderStep::Week);
    assert_eq!(week.len(), 3);
    assert!(week.iter().all(|one| one.code == "day_full"), "{week:?}");
    let overview = office.home.delivery_overview().unwrap();
    assert_eq!(overview.funnel.sent, 3);
    assert_eq!(overview.funnel.bounced, 0, "a full day is no failure");
}

#[test]
fn what_was_left_out_is_no_failure_and_what_left_stays_sent() {
    let office = Office::open();
    office.hold(|| {
        office.send(MessageKind::Invitation, AudienceGroup::All);
        let mailing = office.home.mailings().unwrap().remove(0).mailing.id;
        let called_off = gatehouse_domain::mailing::MailingStatus::Cancelled;
        office.home.step_mailing(mailing, called_off).unwrap();
        assert_eq!(office.home.mailing(mailing).unwrap().counts, []);
    });
    let overview = || office.home.delivery_overview().unwrap();
    assert_eq!((overview().funnel.sent, overview().funnel.bounced), (0, 0));
    assert_eq!(overview().counts, []);
    let reaches = |group| office.reaches(MessageKind::Invitation, group);
    assert_eq!(reaches(AudienceGroup::Bounced), 0);
    assert_eq!(reaches(AudienceGroup::NotSent), 3);
    office.send(MessageKind::Invitation, AudienceGroup::NotSent);
    assert_eq!(office.round().sent, 3);
    office.home.pause_outbox(true).unwrap();
    office.announce("A choir joins us.", false);
    assert_eq!(
        overview().funnel.sent,
        3,
        "whatever waits besides, they heard of it"
    );
}
