//! Messages that go on: of mailings that were called off, of batches, with another wording, beside
//! an event in trouble.

use gatehouse_api::{EventHome, Quiet};
use gatehouse_domain::batch::BatchStatus;
use gatehouse_domain::delivery::audience::AudienceGroup;
use gatehouse_domain::delivery::outcome::{Outcome, after_try};
use gatehouse_domain::delivery::{DeliveryStatus, MessageKind};
use gatehouse_domain::id::BatchId;
use gatehouse_domain::mailing::MailingStatus;
use gatehouse_store::Lane;
use gatehouse_testkit::Scratch;
use gatehouse_testkit::smtp::Manner;

use crate::mailings::{LIST, MINUTE, Office};

impl Office {
    fn call_off(&self) {
        let newest = self.home.mailings().unwrap().remove(0).mailing.id;
        self.home
            .step_mailing(newest, MailingStatus::Cancelled)
            .unwrap();
    }

    /// The event's batch, rendered.
    fn ready_batch(&self) -> BatchId {
        let batch = self.home.batches().unwrap()[0].id;
        self.home.generate_batch(batch, 0, &Quiet).unwrap();
        batch
    }

    fn batch_status(&self) -> BatchStatus {
        self.home.batches().unwrap()[0].status
    }
}

#[test]
fn a_message_of_a_mailing_that_was_called_off_leaves_when_it_is_sent_again() {
    let office = Office::open();
    office.announce("Doors open at seven.", false);
    office.call_off();
    assert_eq!(office.round().sent, 0);
    let withdrawn = office.messages().remove(0);
    office
        .home
        .resend(withdrawn.id, Some("ada@example.com"), None)
        .unwrap();
    assert_eq!(office.round().sent, 1);
    let letters = office.server.taken();
    let text = String::from_utf8_lossy(&letters[0].bytes);
    assert_eq!(letters[0].to, "ada@example.com");
    assert!(text.contains("Doors open at seven."), "{text}");
    let again = office.home.mailings().unwrap();
    assert!(
        again
            .iter()
            .any(|one| one.mailing.status == MailingStatus::Completed)
    );
}

#[test]
fn a_try_under_way_when_its_mailing_is_called_off_is_not_made_again() {
    let office = Office::open();
    office.send(MessageKind::Invitation, AudienceGroup::All);
    let tried = office.messages().remove(0);
    let put_off = Outcome::Later {
        code: "server_busy",
        reply: "450 later".into(),
    };
    let (file, id) = (office.home.file(), tried.id);
    let begun = file.append(Lane::Bulk, move |change| {
        change.hand_over(id, "ada@example.org", 5)
    });
    assert!(begun.unwrap());
    office.call_off();
    file.append(Lane::Bulk, move |change| {
        change.settle_try(id, &after_try(1, 6, &put_off), 6)
    })
    .unwrap();
    let settled = office.home.delivery(id).unwrap();
    assert_eq!(
        (settled.status, settled.code.as_str()),
        (DeliveryStatus::Failed, "withdrawn")
    );
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 3, "nobody counts as having it");
}

#[test]
fn a_batch_goes_to_those_who_had_another_message_before() {
    let office = Office::open();
    office.send(MessageKind::SaveTheDate, AudienceGroup::All);
    assert_eq!(office.round().sent, 3);
    let batch = office.ready_batch();
    let queued = office.home.send_batch(batch).unwrap();
    assert_eq!(
        (queued.queued, queued.already, queued.unreachable),
        (3, 0, 1)
    );
    assert_eq!(office.round().sent, 3);
    assert_eq!(office.batch_status(), BatchStatus::Completed);
}

#[test]
fn a_batch_nobody_of_which_can_be_reached_is_completed() {
    let scratch = Scratch::new();
    let home = scratch.issued("Harbour Gala", "Name,E-mail\nEve Tarn,\n");
    let office = Office::with(scratch, home, Manner::default());
    let batch = office.ready_batch();
    assert_eq!(office.home.send_batch(batch).unwrap().unreachable, 1);
    office.round();
    assert_eq!(office.batch_status(), BatchStatus::Completed);
}

#[test]
fn tickets_that_are_tried_again_by_themselves_are_not_sent_twice() {
    let scratch = Scratch::new();
    let home = scratch.issued("Harbour Gala", LIST);
    let greylisting = Manner {
        greylist: true,
        ..Manner::default()
    };
    let office = Office::with(scratch, home, greylisting);
    let batch = office.home.batches().unwrap()[0].id;
    let to = [office.home.invitations_of_batch(batch).unwrap()[1].id];
    office.home.queue_invitations(&to, None, false).unwrap();
    assert_eq!(office.round().sent, 0);
    assert_eq!(office.messages()[0].status, DeliveryStatus::PendingRetry);
    let again = office.home.queue_invitations(&to, None, true).unwrap();
    assert_eq!((again.queued, again.already), (0, 1));
    office.scratch.clock.advance(2 * MINUTE);
    assert_eq!(office.round().sent, 1);
    let again = office.home.queue_invitations(&to, None, true).unwrap();
    assert_eq!(again.queued, 1, "a person may send it again");
}

#[test]
fn an_event_in_trouble_holds_no_other_back() {
    let office = Office::open();
    let other = office.scratch.issued("Winter Supper", LIST);
    other.cancel_event("The hall is flooded.").unwrap();
    office.send(MessageKind::Invitation, AudienceGroup::All);
    let away = office.scratch.dir().join("supper.gatehouse");
    other.hand_over("salt on the quay", &away, &Quiet).unwrap();
    office.scratch.clock.advance(11 * MINUTE);
    // The file refuses what is to be told.
    assert!(
        other
            .tell_notice(other.file().read(|view| view.notices()).unwrap()[0].id)
            .is_err()
    );
    let homes: Vec<EventHome> = [&other, &office.home].map(|home| home.clone()).into();
    assert_eq!(office.outbox.round(&homes).unwrap().sent, 3);
}

#[test]
fn messages_wait_for_a_wording_that_can_be_sent() {
    let office = Office::open();
    let kind = MessageKind::Ticket;
    let mut wording = office.home.wording(kind, "en").unwrap().wording;
    wording.subject = "{{ guest.nmae }}".into();
    office.home.set_wording(kind, "en", &wording).unwrap();
    let batch = office.ready_batch();
    office.home.send_batch(batch).unwrap();
    let round = office.round();
    assert_eq!((round.sent, round.failed, round.held), (0, 0, 3));
    for message in office.waiting() {
        assert_eq!(message.code, "wording_unfit");
        assert_eq!(message.attempts, 0);
    }
    assert_eq!(office.round().sent, 0);
    office.home.reset_wording(kind, "en").unwrap();
    assert_eq!(office.round().sent, 3, "as soon as it is mended");
    assert_eq!(office.waiting(), []);
}
