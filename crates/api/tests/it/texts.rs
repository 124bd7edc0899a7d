//! Text messages beside letters: each is in trouble by itself.

use gatehouse_domain::branding::Branding;
use gatehouse_domain::delivery::audience::AudienceGroup;
use gatehouse_domain::delivery::{DeliveryStatus, MessageKind, Transport};
use gatehouse_domain::mail::{
    GatewayBody, MailSecrets, MailSecurity, MailServer, MailSettings, MailSignIn, TextGateway,
};
use gatehouse_testkit::smtp::{Act, Manner, Step};
use gatehouse_testkit::{Scratch, TextProvider};

use crate::mailings::{MINUTE, Office};

const LIST: &str = "Name,E-mail,Phone\n\
    Ada Lark,ada@example.org,\n\
    Ben Moss,,+491701234567\n\
    Cy Reed,cy@example.org,\n\
    Di Tarn,,+491701234568\n";
const NUMBERS: [&str; 2] = ["+491701234567", "+491701234568"];

/// An office that writes letters to two guests, and text messages to two by this provider.
fn office(provider: &TextProvider) -> Office {
    let scratch = Scratch::new();
    let home = scratch.issued("Harbour Gala", LIST);
    let office = Office::with(scratch, home, Manner::default());
    office.ways(provider, true);
    office
}

impl Office {
    fn ways(&self, provider: &TextProvider, by_mail: bool) {
        let server = MailServer {
            host: "127.0.0.1".into(),
            port: self.server.port(),
            security: MailSecurity::None,
            sign_in: MailSignIn::None,
            ..MailServer::default()
        };
        let settings = MailSettings {
            server: match by_mail {
                true => server,
                false => MailServer::default(),
            },
            sms: TextGateway {
                url: provider.url("/send"),
                body: r#"{"to": {{ to }}, "text": {{ text }}}"#.into(),
                body_kind: GatewayBody::Json,
                ..TextGateway::default()
            },
            connections: 2,
            ..MailSettings::default()
        };
        let workspace = &self.scratch.workspace;
        let by = workspace.at_desk().unwrap();
        workspace
            .set_mail(&by, settings, MailSecrets::default(), None)
            .unwrap();
        self.outbox.try_again();
    }

    fn in_trouble(&self) -> Vec<(Transport, String)> {
        let all = self.outbox.blocked().into_iter();
        all.map(|blocked| (blocked.transport, blocked.code))
            .collect()
    }

    fn status_of(&self, names: &[&str]) -> Vec<DeliveryStatus> {
        let all = self.messages().into_iter();
        all.filter(|one| names.contains(&one.recipient.as_str()))
            .map(|one| one.status)
            .collect()
    }
}

#[test]
fn a_gateway_in_trouble_holds_no_letter_back() {
    // Both texts may be on their way before either is answered.
    let provider = TextProvider::start(vec![(401, "{}"); 3]);
    let office = office(&provider);
    office.send(MessageKind::Invitation, AudienceGroup::All);
    let round = office.round();
    assert_eq!((round.sent, round.failed), (2, 0));
    assert_eq!(office.arrived(), ["ada@example.org", "cy@example.org"]);
    assert_eq!(
        office.in_trouble(),
        [(Transport::Text, "sender_refused".to_owned())]
    );
    let said = office.outbox.blocked().remove(0).detail;
    assert!(!said.contains("mail server"), "{said}");
    let now = office.scratch.workspace.surroundings().now();
    assert!(round.next.is_some_and(|at| at > now), "the texts wait");
    let waiting = office.messages();
    let waiting = waiting.iter().filter(|one| one.status.waits());
    assert_eq!(waiting.count(), 2);
    let asked = provider.asked().len();
    assert!((1..=2).contains(&asked), "{asked} tries");
    assert_eq!(office.round().sent, 0, "it rests a while");
    assert_eq!(provider.asked().len(), asked);

    provider.answer(&[(200, "{}"); 2]);
    office.scratch.clock.advance(20_000);
    assert_eq!(office.round().sent, 2);
    assert_eq!(office.in_trouble(), []);
    assert_eq!(office.status_of(&NUMBERS), [DeliveryStatus::Sent; 2]);
    assert_eq!(provider.asked().len(), asked + 2);
}

#[test]
fn a_mail_server_in_trouble_holds_no_text_back() {
    let provider = TextProvider::start(vec![(200, "{}"), (200, "{}")]);
    let office = office(&provider);
    office.server.fault(Step::Connect, usize::MAX, Act::Drop);
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 2);
    assert_eq!(office.status_of(&NUMBERS), [DeliveryStatus::Sent; 2]);
    let trouble = office.in_trouble();
    assert!(
        matches!(trouble.as_slice(), [(Transport::Mail, _)]),
        "{trouble:?}"
    );
    office.server.mend();
    office.scratch.clock.advance(20_000);
    assert_eq!(office.round().sent, 2);
    assert_eq!(office.in_trouble(), []);
}

#[test]
fn texts_leave_where_nobody_said_how_mail_does() {
    let provider = TextProvider::start(vec![(200, "{}"), (200, "{}")]);
    let office = office(&provider);
    office.ways(&provider, false);
    let workspace = &office.scratch.workspace;
    let by = workspace.at_desk().unwrap();
    workspace
        .set_branding(&by, &Branding::default(), None)
        .unwrap();
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 2);
    assert_eq!(
        office.in_trouble(),
        [(Transport::Mail, "sender_missing".to_owned())]
    );
    assert!(office.arrived().is_empty());
}

#[test]
fn the_organizers_own_words_stand_in_a_text() {
    let provider = TextProvider::start(vec![(200, "{}"); 6]);
    let office = office(&provider);
    office.announce("Doors open at seven.", false);
    assert_eq!(office.round().sent, 4);
    let said = |provider: &TextProvider| provider.asked().concat();
    assert_eq!(said(&provider).matches("Doors open at seven.").count(), 2);
    office.announce(&"q".repeat(700), true);
    assert_eq!(office.round().sent, 4);
    let all = said(&provider);
    assert_eq!(all.matches(&"q".repeat(600)).count(), 2);
    assert!(
        !all.contains(&"q".repeat(601)),
        "cut to what a text can hold"
    );
    office.home.cancel_event("The hall is flooded.").unwrap();
    office.scratch.clock.advance(11 * MINUTE);
    assert_eq!(office.round().sent, 4);
    assert_eq!(said(&provider).matches("The hall is flooded.").count(), 2);
}

#[test]
fn a_wrong_number_is_corrected_and_the_text_sent_again_in_one_step() {
    let provider = TextProvider::start(vec![(400, "{}"); 2]);
    let office = office(&provider);
    office.send(MessageKind::Invitation, AudienceGroup::All);
    office.round();
    assert_eq!(office.status_of(&NUMBERS), [DeliveryStatus::Failed; 2]);
    let failed = office.to(NUMBERS[0]).remove(0);
    let wrong = office.home.resend(failed.id, None, Some("12"));
    assert_eq!(wrong.unwrap_err().code, "fields_invalid");
    let right = "+491701234599";
    provider.answer(&[(200, "{}")]);
    office.home.resend(failed.id, None, Some(right)).unwrap();
    assert_eq!(office.round().sent, 1);
    assert_eq!(office.status_of(&[right]), [DeliveryStatus::Sent]);
    let last = provider.asked().pop().unwrap();
    assert!(last.contains(right), "{last}");
    let party = office.home.party(failed.invitation).unwrap();
    assert_eq!(party.members[0].phone.as_deref(), Some(right));
}
