//! Messages that leave: to whom, when, how often, and what is known when they do not.

use gatehouse_api::mail::mailings::MailingDraft;
use gatehouse_api::mail::outbox::{Outbox, Round};
use gatehouse_api::{EventHome, Issuing, Quiet};
use gatehouse_domain::branding::Branding;
use gatehouse_domain::delivery::audience::{Audience, AudienceGroup};
use gatehouse_domain::delivery::pace::Pace;
use gatehouse_domain::delivery::{Delivery, DeliveryStatus, MessageKind};
use gatehouse_domain::invitation::MemberStatus;
use gatehouse_domain::mail::{
    MailSecrets, MailSecurity, MailServer as Server, MailSettings, MailSignIn,
};
use gatehouse_domain::mailing::MailingStatus;
use gatehouse_domain::reminder::ReminderStep;
use gatehouse_store::Lane;
use gatehouse_testkit::Scratch;
use gatehouse_testkit::smtp::{Act, MailServer, Manner, Step};

pub(crate) const LIST: &str = "Name,E-mail,Phone,Group\n\
    Ada Lark,ada@example.org,,Lark\n\
    Ben Lark,,,Lark\n\
    Cy Moss,cy@example.org,,\n\
    Di Reed,di@example.net,,\n\
    Eve Tarn,,,\n";
pub(crate) const MINUTE: i64 = 60_000;

/// An office with an event, its tickets, and a mail server of its own.
pub(crate) struct Office {
    pub(crate) scratch: Scratch,
    pub(crate) home: EventHome,
    pub(crate) server: MailServer,
    pub(crate) outbox: Outbox,
}

impl Office {
    pub(crate) fn open() -> Self {
        let scratch = Scratch::new();
        let home = scratch.issued("Harbour Gala", LIST);
        Self::with(scratch, home, Manner::default())
    }

    pub(crate) fn with(scratch: Scratch, home: EventHome, manner: Manner) -> Self {
        let server = MailServer::start(manner);
        let outbox = Outbox::new(scratch.workspace.clone());
        let office = Self {
            scratch,
            home,
            server,
            outbox,
        };
        office.settings(Pace::default());
        let by = office.scratch.workspace.at_desk().unwrap();
        let branding = Branding {
            sender_name: "Harbour Library".into(),
            sender_email: Some("office@example.org".into()),
            ..Branding::default()
        };
        office
            .scratch
            .workspace
            .set_branding(&by, &branding, None)
            .unwrap();
        office
    }

    fn settings(&self, pace: Pace) {
        let by = self.scratch.workspace.at_desk().unwrap();
        let settings = MailSettings {
            server: Server {
                host: "127.0.0.1".into(),
                port: self.server.port(),
                security: MailSecurity::None,
                sign_in: MailSignIn::None,
                ..Server::default()
            },
            pace,
            connections: 2,
            ..MailSettings::default()
        };
        self.scratch
            .workspace
            .set_mail(&by, settings, MailSecrets::default(), None)
            .unwrap();
        self.outbox.try_again();
    }

    pub(crate) fn send(&self, kind: MessageKind, group: AudienceGroup) {
        let draft = MailingDraft {
            kind,
            audience: Audience {
                group,
                ..Audience::default()
            },
            message: "Bring a book.".into(),
            needed: false,
            due_at: None,
        };
        self.home.add_mailing(&draft).unwrap();
    }

    pub(crate) fn round(&self) -> Round {
        let home = self.home.refreshed().unwrap();
        self.outbox.round(&[home]).unwrap()
    }

    pub(crate) fn messages(&self) -> Vec<Delivery> {
        let query = gatehouse_store::event::DeliveryQuery {
            limit: 500,
            ..Default::default()
        };
        let mut rows = self.home.delivery_rows(&query).unwrap();
        rows.reverse();
        rows.into_iter().map(|row| row.delivery).collect()
    }

    pub(crate) fn to(&self, address: &str) -> Vec<Delivery> {
        let mut of = self.messages();
        of.retain(|message| message.recipient == address);
        of
    }

    pub(crate) fn arrived(&self) -> Vec<String> {
        let mut to: Vec<_> = self.server.taken().into_iter().map(|one| one.to).collect();
        to.sort();
        to
    }
}

#[test]
fn a_mailing_reaches_every_party_once_with_all_its_codes() {
    let office = Office::open();
    let reach = office
        .home
        .reach(MessageKind::Ticket, &Audience::default(), false, &[])
        .unwrap();
    assert_eq!((reach.email, reach.unreachable), (3, 1), "{reach:?}");
    office.send(MessageKind::Ticket, AudienceGroup::All);
    let round = office.round();
    assert_eq!((round.sent, round.failed), (3, 0));
    assert_eq!(
        office.arrived(),
        ["ada@example.org", "cy@example.org", "di@example.net"]
    );
    for message in office.messages() {
        assert_eq!(message.status, DeliveryStatus::Sent, "{message:?}");
        assert_eq!(message.attempts, 1);
        assert_eq!(message.handed_at, None);
    }
    let letters = office.server.taken();
    let family = letters
        .iter()
        .find(|one| one.to.starts_with("ada"))
        .unwrap();
    let text = String::from_utf8_lossy(&family.bytes);
    assert!(text.contains("Content-ID: <code-1>"), "{text}");
    assert!(text.contains("Content-ID: <code-2>"), "both of the family");
    assert!(text.contains("application/pdf"));
    assert!(text.contains("text/calendar"));
    let ticket = office
        .home
        .file()
        .read(|view| view.ticket_rows(0, 1))
        .unwrap();
    assert!(ticket[0].life_line[2].is_some(), "emailed");
    let mailing = office.home.mailings().unwrap().remove(0).mailing;
    assert_eq!(mailing.status, MailingStatus::Completed);

    office.send(MessageKind::Ticket, AudienceGroup::All);
    assert_eq!(office.round().sent, 0, "who has it gets it no more");
    assert_eq!(office.server.count(), 3);
}

#[test]
fn a_refused_address_is_corrected_and_the_message_sent_again_in_one_step() {
    let office = Office::open();
    let unknown = Act::Say("550 5.1.1 no such user here".into());
    office
        .server
        .fault_for("cy@example.org", Step::To, usize::MAX, unknown);
    office.send(MessageKind::Ticket, AudienceGroup::All);
    let round = office.round();
    assert_eq!((round.sent, round.failed), (2, 1));
    let [failed] = &office.to("cy@example.org")[..] else {
        panic!("one message")
    };
    assert_eq!(failed.status, DeliveryStatus::Failed);
    assert_eq!(failed.code, "address_refused");
    assert!(failed.detail.contains("no such user here"));
    let group = Audience {
        group: AudienceGroup::Bounced,
        ..Audience::default()
    };
    let reach = office
        .home
        .reach(MessageKind::Ticket, &group, false, &[])
        .unwrap();
    assert_eq!(reach.email, 1);

    office.scratch.clock.advance(MINUTE);
    office
        .home
        .resend(failed.id, Some("cyrus@example.org"), None)
        .unwrap();
    assert_eq!(office.round().sent, 1);
    assert_eq!(
        office.to("cyrus@example.org")[0].status,
        DeliveryStatus::Sent
    );
    assert_eq!(office.server.count(), 3);
    let overview = office.home.delivery_overview().unwrap();
    assert_eq!(overview.funnel.sent, 3);
    assert_eq!(overview.funnel.bounced, 0);
}

#[test]
fn a_server_that_puts_off_gets_it_later() {
    let scratch = Scratch::new();
    let home = scratch.issued("Harbour Gala", LIST);
    let greylisting = Manner {
        greylist: true,
        ..Manner::default()
    };
    let office = Office::with(scratch, home, greylisting);
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 0);
    for message in office.messages() {
        assert_eq!(message.status, DeliveryStatus::PendingRetry);
        assert_eq!(message.code, "server_busy");
    }
    assert_eq!(office.round().sent, 0, "not before its time");
    office.scratch.clock.advance(2 * MINUTE);
    assert_eq!(office.round().sent, 3);
}

#[test]
fn a_server_that_is_away_loses_nothing_and_is_told() {
    let office = Office::open();
    office.server.fault(Step::Connect, usize::MAX, Act::Drop);
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 0);
    let blocked = office.outbox.blocked().pop().expect("the reason");
    assert_eq!(blocked.tries, 1);
    for message in office.messages() {
        assert_eq!(message.status, DeliveryStatus::Pending);
        assert_eq!(message.attempts, 0, "it is not the message's fault");
    }
    office.server.mend();
    assert_eq!(office.round().sent, 0, "it rests a while");
    office.scratch.clock.advance(20_000);
    assert_eq!(office.round().sent, 3);
    assert_eq!(office.outbox.blocked(), []);
}

#[test]
fn an_account_that_is_refused_stops_everything_and_fails_nobody() {
    let office = Office::open();
    let refused = Act::Say("550 5.7.1 sender rejected".into());
    office.server.fault(Step::From, usize::MAX, refused);
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 0);
    assert_eq!(office.outbox.blocked()[0].code, "sender_refused");
    assert!(office.messages().iter().all(|one| one.status.waits()));
}

#[test]
fn what_nobody_can_know_is_shown_and_never_sent_again_by_itself() {
    let office = Office::open();
    office
        .server
        .fault_for("di@example.net", Step::Letter, 1, Act::Drop);
    office.send(MessageKind::Invitation, AudienceGroup::All);
    office.round();
    office.scratch.clock.advance(60 * MINUTE);
    office.round();
    let [unknown] = &office.to("di@example.net")[..] else {
        panic!("one message")
    };
    assert_eq!(unknown.code, "perhaps_sent");
    assert_eq!(office.arrived().len(), 2);
    office.home.settle_unknown(unknown.id, false).unwrap();
    assert_eq!(office.to("di@example.net")[0].code, "not_sent");
    let again = office.home.settle_unknown(unknown.id, true).unwrap_err();
    assert_eq!(again.code, "delivery_settled");
}

#[test]
fn a_try_that_a_killed_program_left_open_is_told_and_the_others_go_on() {
    let office = Office::open();
    office.send(MessageKind::Invitation, AudienceGroup::All);
    let cut = office.messages()[0].id;
    office
        .home
        .file()
        .append(Lane::Bulk, move |change| {
            change.hand_over(cut, "ada@example.org", 5)
        })
        .unwrap();
    // Another program takes the work up.
    let round = office.round();
    assert_eq!(round.sent, 2);
    let told = office.home.delivery(cut).unwrap();
    assert_eq!(
        (told.status, told.code.as_str()),
        (DeliveryStatus::Failed, "perhaps_sent")
    );
    assert_eq!(office.server.count(), 2);
}

#[test]
fn limits_hold_and_the_rest_follows() {
    let office = Office::open();
    office.settings(Pace {
        per_minute: Some(2),
        per_day: None,
    });
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 2);
    assert_eq!(office.outbox.blocked()[0].code, "pace_reached");
    assert_eq!(office.round().sent, 0);
    office.scratch.clock.advance(MINUTE);
    assert_eq!(office.round().sent, 1);
}

#[test]
fn a_mailing_is_set_for_a_time_held_and_called_off() {
    let office = Office::open();
    let now = office.scratch.workspace.surroundings().now();
    let draft = MailingDraft {
        kind: MessageKind::Announcement,
        audience: Audience::default(),
        message: "Doors open at seven.".into(),
        needed: false,
        due_at: Some(now + 30 * MINUTE),
    };
    let later = office.home.add_mailing(&draft).unwrap().mailing;
    assert_eq!(office.round().sent, 0);
    assert_eq!(office.round().next, Some(now + 30 * MINUTE));
    office.home.pause_outbox(true).unwrap();
    office.scratch.clock.advance(31 * MINUTE);
    assert_eq!(office.round().sent, 0, "the event is held");
    office.home.pause_outbox(false).unwrap();
    office
        .home
        .step_mailing(later.id, MailingStatus::Paused)
        .unwrap();
    assert_eq!(office.round().sent, 0, "the mailing is held");
    office
        .home
        .step_mailing(later.id, MailingStatus::Cancelled)
        .unwrap();
    assert_eq!(office.round().sent, 0);
    assert!(office.messages().iter().all(|one| one.code == "withdrawn"));
    let again = office
        .home
        .step_mailing(later.id, MailingStatus::Sending)
        .unwrap_err();
    assert_eq!(again.code, "mailing_step_refused");
}

#[test]
fn news_is_told_after_second_thoughts_to_those_who_hold_tickets() {
    let office = Office::open();
    office.home.cancel_event("The hall is flooded.").unwrap();
    assert_eq!(office.round().sent, 0, "it can still be taken back");
    office.scratch.clock.advance(11 * MINUTE);
    assert_eq!(office.round().sent, 3);
    let letter = &office.server.taken()[0];
    let text = String::from_utf8_lossy(&letter.bytes);
    assert!(text.contains("The hall is flooded."), "{text}");
    assert_eq!(office.round().sent, 0, "once");
}

/// An office whose event is a month away, with its tickets.
pub(crate) fn supper() -> Office {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Winter Supper", &["2026-12-21"]));
    scratch.import(&home, LIST);
    home.form_invitations("First batch").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    Office::with(scratch, home, Manner::default())
}

#[test]
fn guests_are_reminded_by_the_clock_and_once() {
    let office = supper();
    assert_eq!(office.round().sent, 0);
    let mut steps = Vec::new();
    for _ in 0..31 * 24 * 4 {
        office.scratch.clock.advance(15 * MINUTE);
        let before = office.messages().len();
        office.round();
        steps.extend(
            office.messages()[before..]
                .iter()
                .filter_map(|one| one.step),
        );
    }
    let expected: Vec<ReminderStep> = [
        ReminderStep::TwoWeeks,
        ReminderStep::Week,
        ReminderStep::Day,
        ReminderStep::Hour,
    ]
    .into_iter()
    .flat_map(|step| [step; 3])
    .collect();
    assert_eq!(steps, expected);
    assert_eq!(office.server.count(), 12);
    assert!(
        office
            .messages()
            .iter()
            .all(|one| one.status == DeliveryStatus::Sent)
    );
}

#[test]
fn who_declined_is_not_reminded() {
    let office = supper();
    let decline = |all: bool| {
        let declined = office.home.file().append(Lane::Bulk, move |change| {
            let first = change.first_invitation()?.unwrap();
            for (index, mut member) in change.members(first)?.into_iter().enumerate() {
                if index == 0 || all {
                    member.status = MemberStatus::Declined;
                    change.update_member(&member)?;
                }
            }
            Ok::<_, gatehouse_store::StoreError>(())
        });
        declined.unwrap();
    };
    let days = |days: i64| {
        for _ in 0..days * 24 {
            office.scratch.clock.advance(60 * MINUTE);
            office.round();
        }
    };
    decline(false);
    days(18);
    let family = || office.to("ada@example.org").len();
    assert_eq!(family(), 1, "one of the two comes");
    decline(true);
    days(12);
    assert_eq!(family(), 1);
    assert!(office.to("cy@example.org").len() > 2);
}

#[test]
fn a_wording_that_can_not_be_filled_in_is_refused_and_a_name_stays_a_name() {
    let office = Office::open();
    let kind = MessageKind::Announcement;
    let mut wording = office.home.wording(kind, "en").unwrap().wording;
    wording.subject = "{{ guest.nmae }}".into();
    let kept = office.home.set_wording(kind, "en", &wording).unwrap();
    assert!(kept.changed_at.is_some());
    let language = office.home.event().language.clone();
    assert_eq!(language, "en");
    let refused = office
        .home
        .add_mailing(&MailingDraft {
            kind,
            audience: Audience::default(),
            message: "Hello".into(),
            needed: false,
            due_at: None,
        })
        .unwrap_err();
    assert_eq!(refused.code, "wording_unfit");
    assert!(refused.detail.contains("guest.nmae"), "{refused}");
    wording.subject = "{% for".into();
    let broken = office.home.set_wording(kind, "en", &wording).unwrap_err();
    assert_eq!(broken.code, "template_statement");
    office.home.reset_wording(kind, "en").unwrap();
    office.send(kind, AudienceGroup::All);
    assert_eq!(office.round().sent, 3);
}
