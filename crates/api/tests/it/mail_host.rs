//! What the host hears of their own event, and what leaves where no office stays open.

use gatehouse_api::{EventChange, Issuing, Quiet};
use gatehouse_domain::delivery::audience::AudienceGroup;
use gatehouse_domain::delivery::{DeliveryStatus, MessageKind};
use gatehouse_domain::event::draft::TicketTypeDraft;
use gatehouse_domain::host_notice::{HostNews, HostNotice, HostSettings};
use gatehouse_domain::invitation::MemberStatus;
use gatehouse_store::Lane;
use gatehouse_store::event::AnsweredBy;
use gatehouse_testkit::Scratch;
use gatehouse_testkit::smtp::{Act, Manner, Step};

use crate::mailings::{LIST, MINUTE, Office};

const HOST: &str = "host@example.org";

impl Office {
    fn host_hears(&self, wanted: HostSettings) {
        let change = EventChange {
            host: Some(wanted),
            ..EventChange::default()
        };
        self.home.change_event(change).unwrap();
    }

    fn to_host(&self) -> Vec<String> {
        self.server
            .taken()
            .iter()
            .filter(|one| one.to == HOST)
            .map(|one| String::from_utf8_lossy(&one.bytes).replace("=\r\n", ""))
            .collect()
    }

    fn notices(&self) -> Vec<HostNotice> {
        self.home.host_notices().unwrap()
    }

    /// Ada says yes, and Ben no.
    fn answer(&self) {
        let at = self.scratch.workspace.surroundings().now();
        self.home
            .file()
            .append(Lane::Bulk, move |change| {
                let first = change.first_invitation()?.unwrap();
                for (index, mut member) in change.members(first)?.into_iter().enumerate() {
                    member.status = match index {
                        0 => MemberStatus::Accepted,
                        _ => MemberStatus::Declined,
                    };
                    change.update_member(&member)?;
                    let answered = AnsweredBy {
                        dietary: String::new(),
                        answers: Vec::new(),
                        at,
                    };
                    change.set_member_answer(member.id, &answered)?;
                }
                Ok::<_, gatehouse_store::StoreError>(())
            })
            .unwrap();
    }

    fn bounce(&self, address: &str) {
        let id = self.to(address)[0].id;
        let at = self.scratch.workspace.surroundings().now();
        self.home
            .file()
            .append(Lane::Bulk, move |change| {
                change.settle_delivery(id, DeliveryStatus::Bounced, "mailbox_full", "", at)
            })
            .unwrap();
    }
}

fn everything() -> HostSettings {
    HostSettings {
        to: HOST.into(),
        ..HostSettings::default()
    }
}

#[test]
fn a_mailing_that_left_is_told_with_what_failed_and_once() {
    let office = Office::open();
    office.send(MessageKind::Invitation, AudienceGroup::All);
    office.round();
    assert_eq!(office.notices(), [], "nobody gave an address");

    office.host_hears(everything());
    office.server.fault_for(
        "cy@example.org",
        Step::To,
        usize::MAX,
        Act::Say("550 5.1.1 no such user here".into()),
    );
    office.send(MessageKind::Ticket, AudienceGroup::All);
    let round = office.round();
    assert_eq!(
        (round.sent, round.failed),
        (3, 1),
        "two guests, and the host"
    );
    let told = office.to_host();
    assert_eq!(told.len(), 1);
    let letter = &told[0];
    assert!(
        letter.contains("Subject: Harbour Gala: the mailing is finished"),
        "{letter}"
    );
    assert!(
        letter.contains("Sent: 2. Came back: 0. Not sent: 1."),
        "{letter}"
    );
    assert!(letter.contains("cy@example.org"), "{letter}");
    assert!(!letter.contains("List-Unsubscribe"), "{letter}");
    office.scratch.clock.advance(5 * MINUTE);
    assert_eq!(office.round().sent, 0, "once");
    let [notice] = &office.notices()[..] else {
        panic!("one notice")
    };
    assert_eq!(notice.status, DeliveryStatus::Sent);
    assert_eq!(notice.recipient, HOST);
    assert!(matches!(notice.news, HostNews::MailingDone { .. }));
    let overview = office.home.delivery_overview().unwrap();
    let messages: u32 = overview.counts.iter().map(|one| one.count).sum();
    assert_eq!(messages, 6, "the host's is none of the guests'");
}

#[test]
fn a_type_that_is_used_up_is_told_once_until_there_is_room_again() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Harbour Gala");
    draft.ticket_types = vec![TicketTypeDraft {
        capacity: Some(5),
        ..TicketTypeDraft::named("Standard")
    }];
    let home = scratch.event(&draft);
    scratch.import(&home, LIST);
    home.form_invitations("First batch").unwrap();
    let office = Office::with(scratch, home, Manner::default());
    office.host_hears(everything());
    office.round();
    assert_eq!(office.to_host().len(), 0, "nothing is issued");
    office
        .home
        .issue_tickets(Issuing::default(), &Quiet)
        .unwrap();
    office.round();
    let told = office.to_host();
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("Subject: Harbour Gala: Standard is sold out"));
    assert!(told[0].contains("All 5 tickets of Standard are issued"));
    office.scratch.clock.advance(MINUTE);
    office.host_hears(everything());
    assert_eq!(office.round().sent, 0, "once");
}

#[test]
fn a_day_is_one_digest_of_answers_and_bounces() {
    let office = Office::open();
    office.host_hears(HostSettings {
        mailing_done: false,
        ..everything()
    });
    office.send(MessageKind::Invitation, AudienceGroup::All);
    office.round();
    office.answer();
    office.bounce("cy@example.org");
    office.round();
    assert_eq!(office.to_host().len(), 0, "the day goes on");
    office.scratch.go_to("2026-11-22T08:00");
    office.round();
    let told = office.to_host();
    assert_eq!(told.len(), 1);
    for part in [
        "Subject: Harbour Gala: what came in",
        "Coming: 1. Not coming: 1.",
        "Messages that came back: 1.",
        "Ada Lark: comes",
        "Ben Lark: does not come",
    ] {
        assert!(told[0].contains(part), "{part}: {}", told[0]);
    }
    office.scratch.go_to("2026-11-22T20:00");
    office.answer();
    office.round();
    assert_eq!(office.to_host().len(), 1, "one a day at most");
    office.scratch.go_to("2026-11-23T08:30");
    office.round();
    assert_eq!(office.to_host().len(), 2);
    office.scratch.go_to("2026-11-24T08:30");
    office.round();
    assert_eq!(office.to_host().len(), 2, "nothing came in");
}

#[test]
fn each_kind_of_notice_is_switched_off_by_itself() {
    // Mailings, answers, bounces; then how many letters the host gets, and what the digest tells.
    let table = [
        (true, true, true, 2, "Ada Lark", true),
        (false, true, false, 1, "Ada Lark", false),
        (false, false, true, 1, "", true),
        (false, false, false, 0, "", false),
        (true, false, false, 1, "", false),
    ];
    for (mailing_done, answers, bounces, letters, name, back) in table {
        let office = Office::open();
        office.host_hears(HostSettings {
            mailing_done,
            answers,
            bounces,
            ..everything()
        });
        office.send(MessageKind::Invitation, AudienceGroup::All);
        office.round();
        office.answer();
        office.bounce("cy@example.org");
        office.scratch.go_to("2026-11-22T09:00");
        office.round();
        let told = office.to_host();
        let case = (mailing_done, answers, bounces);
        assert_eq!(told.len(), letters, "{case:?}");
        let digest = told.iter().find(|one| one.contains("what came in"));
        assert_eq!(digest.is_some(), answers || bounces, "{case:?}");
        if let Some(digest) = digest {
            assert_eq!(digest.contains("Ada Lark"), !name.is_empty(), "{case:?}");
            assert_eq!(digest.contains("came back"), back, "{case:?}");
        }
    }
}

#[test]
fn a_notice_that_can_not_arrive_says_so_and_a_wrong_address_is_refused() {
    let office = Office::open();
    let wrong = EventChange {
        host: Some(HostSettings {
            to: "nobody".into(),
            ..HostSettings::default()
        }),
        ..EventChange::default()
    };
    let refused = office.home.change_event(wrong).unwrap_err();
    assert_eq!(refused.errors[0].field, "host.to");
    office.host_hears(everything());
    let unknown = Act::Say("550 5.1.1 no such user here".into());
    office.server.fault_for(HOST, Step::To, usize::MAX, unknown);
    office.send(MessageKind::Ticket, AudienceGroup::All);
    let round = office.round();
    assert_eq!((round.sent, round.failed), (3, 1));
    let notice = office.notices().remove(0);
    assert_eq!(notice.status, DeliveryStatus::Failed);
    assert_eq!(notice.code, "address_refused");
}

#[test]
fn an_outbox_is_emptied_once_and_says_what_waits() {
    let office = Office::open();
    office.host_hears(everything());
    office.send(MessageKind::Announcement, AudienceGroup::All);
    let done = office.outbox.deliver(0, |_| true).unwrap();
    assert_eq!((done.sent, done.failed, done.held), (4, 0, 0));
    assert_eq!(done.next, None);
    office.scratch.clock.advance(60 * MINUTE);
    office.send(MessageKind::Announcement, AudienceGroup::All);
    let done = office.outbox.deliver(0, |_| true).unwrap();
    assert_eq!((done.sent, done.held), (0, 3));
    let now = office.scratch.workspace.surroundings().now();
    assert_eq!(done.next, Some(now + 23 * 60 * MINUTE));
    let other = gatehouse_api::mail::outbox::Outbox::new(office.scratch.workspace);
    assert_eq!(other.deliver(0, |_| true).unwrap_err().code, "outbox_taken");
}
