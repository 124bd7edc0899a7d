//! What letters say and leave out: places that are private, the guest's language, links that act
//! for somebody.

use gatehouse_api::mail::mailings::MailingDraft;
use gatehouse_api::{EventChange, GivenReply, Issuing, MemberStanding, Quiet};
use gatehouse_domain::answer::MemberReply;
use gatehouse_domain::delivery::MessageKind;
use gatehouse_domain::delivery::audience::{Audience, AudienceGroup};
use gatehouse_domain::event::draft::EventDraft;
use gatehouse_domain::place::{Place, Venue};
use gatehouse_mail::LetterError;
use gatehouse_testkit::Scratch;
use gatehouse_testkit::smtp::Manner;
use serde_json::Value;

use crate::mailings::{LIST, MINUTE, Office};

const HOUR: i64 = 60 * MINUTE;
const TONGUES: &str = "Name,E-mail,Language\n\
    Ada Lark,ada@example.org,\n\
    Cy Moss,cy@example.org,fr-CA\n\
    Di Reed,di@example.net,es\n";

/// A place of which nobody hears the address long before.
fn private_place(address: &str) -> Place {
    let mut place = Scratch::place();
    place.venue = place.venue.map(|venue| Venue {
        address: address.into(),
        private: true,
        ..venue
    });
    place
}

/// A supper a month away.
fn supper() -> EventDraft {
    Scratch::days("Winter Supper", &["2026-12-21"])
}

fn office(draft: &EventDraft, list: &str) -> Office {
    let scratch = Scratch::new();
    let home = scratch.event(draft);
    scratch.import(&home, list);
    home.form_invitations("First batch").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let by = scratch.workspace.at_desk().unwrap();
    scratch
        .workspace
        .set_guest_address(&by, Some("https://rsvp.example.org"))
        .unwrap();
    Office::with(scratch, home, Manner::default())
}

impl Office {
    /// The letters that arrived there, as text whose lines are whole.
    fn letters_to(&self, address: &str) -> Vec<String> {
        let mut letters = self.server.taken();
        letters.retain(|one| one.to == address);
        let whole = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("=\r\n", "");
        letters.iter().map(|one| whole(&one.bytes)).collect()
    }

    /// The one letter that arrived there.
    #[track_caller]
    fn letter_to(&self, address: &str) -> String {
        let letters = self.letters_to(address);
        assert_eq!(letters.len(), 1, "{address}");
        letters.into_iter().next().unwrap()
    }
}

#[test]
fn a_private_address_is_told_two_days_before_and_not_sooner() {
    let draft = EventDraft {
        place: private_place("Quay 4"),
        ..supper()
    };
    let office = office(&draft, LIST);
    office.send(MessageKind::SaveTheDate, AudienceGroup::All);
    assert_eq!(office.round().sent, 3);
    let moved = EventChange {
        place: Some(private_place("Mole 7")),
        ..EventChange::default()
    };
    office.home.change_event(moved).unwrap();
    office.scratch.clock.advance(11 * MINUTE);
    assert_eq!(office.round().sent, 3, "the place is another");
    let early = office.letters_to("cy@example.org");
    assert_eq!(early.len(), 2);
    for letter in &early {
        assert!(letter.contains("Vienna"), "{letter}");
        for hidden in ["Customs House", "Quay", "Mole", "openstreetmap"] {
            assert!(!letter.contains(hidden), "{hidden} in {letter}");
        }
    }
    office.scratch.go_to("2026-12-20T12:00");
    office.send(MessageKind::Invitation, AudienceGroup::All);
    office.round();
    let letters = office.letters_to("cy@example.org");
    let invited = letters
        .iter()
        .find(|letter| letter.contains("Your invitation to"))
        .unwrap();
    assert!(invited.contains("Old Customs House, Mole 7"), "{invited}");
    assert!(invited.contains("openstreetmap"));
}

#[test]
fn who_is_asked_whether_they_still_come_is_led_to_that_question() {
    let office = office(&supper(), LIST);
    office.send(MessageKind::Confirm, AudienceGroup::All);
    assert_eq!(office.round().sent, 3);
    let letter = office.letter_to("ada@example.org");
    assert!(letter.contains("/still"), "{letter}");
    assert!(!letter.contains("/yes"), "{letter}");
}

#[test]
fn who_says_again_that_they_come_is_counted() {
    let office = office(&supper(), LIST);
    let say = |address: &str, confirms: bool| {
        let invitation = office.to(address)[0].invitation;
        let stands = office.home.standing(invitation).unwrap();
        let yes = |member: &MemberStanding| MemberReply {
            coming: Some(true),
            ..member.reply.clone()
        };
        let members = stands.members.iter();
        let given = GivenReply {
            members: members
                .map(|one| (one.row.member.id, one.version.clone(), yes(one)))
                .collect(),
            party_seen: stands.party_version.clone(),
            party: stands.party.clone(),
            confirms,
        };
        office.home.reply(invitation, given).unwrap();
    };
    let counts = || {
        let turnout = office.home.turnout().unwrap();
        (turnout.accepted, turnout.confirmed)
    };
    office.send(MessageKind::Invitation, AudienceGroup::All);
    office.round();
    say("ada@example.org", false);
    say("cy@example.org", false);
    assert_eq!(counts(), (3, 0), "nobody was asked again");
    office.scratch.clock.advance(HOUR);
    office.send(MessageKind::Confirm, AudienceGroup::All);
    office.round();
    assert_eq!(counts(), (3, 0));
    office.scratch.clock.advance(HOUR);
    say("ada@example.org", true);
    assert_eq!(counts(), (3, 2), "Ada and whom she brings");
}

#[test]
fn a_letter_speaks_the_language_of_whom_it_goes_to() {
    let office = office(&supper(), TONGUES);
    let kind = MessageKind::Invitation;
    let mut own = office.home.wording(kind, "es").unwrap().wording;
    own.subject = "Hola, {{ guest.first_name }}".into();
    office.home.set_wording(kind, "es", &own).unwrap();
    office.send(kind, AudienceGroup::All);
    assert_eq!(office.round().sent, 3);
    for (to, language, parts) in [
        (
            "ada@example.org",
            "en",
            ["Your invitation to Winter Supper", "Monday, 21 December"],
        ),
        (
            "cy@example.org",
            "fr",
            ["a le plaisir de vous inviter", "lundi 21"],
        ),
        ("di@example.net", "es", ["Subject: Hola, Di", "lunes, 21"]),
    ] {
        let letter = office.letter_to(to);
        let header = format!("Content-Language: {language}\r\n");
        assert!(letter.contains(&header), "{to}: {letter}");
        for part in parts {
            assert!(letter.contains(part), "{part} to {to}: {letter}");
        }
    }
    // What it will look like is told in that language too.
    let cy = office
        .messages()
        .into_iter()
        .find(|one| one.recipient.starts_with("cy"));
    let seen = office
        .home
        .preview_wording(kind, None, None, cy.map(|one| one.invitation), "")
        .unwrap();
    assert!(seen.subject.starts_with("Votre invitation"), "{seen:?}");
    let seen = office
        .home
        .preview_wording(kind, Some(&own), Some("es"), None, "")
        .unwrap();
    assert!(seen.text.contains("lunes, 21 de diciembre"), "{seen:?}");
}

#[test]
fn a_wording_that_is_unfit_in_one_language_stops_a_mailing() {
    let office = office(&supper(), TONGUES);
    let kind = MessageKind::Invitation;
    let mut own = office.home.wording(kind, "fr").unwrap().wording;
    own.subject = "{{ guest.nmae }}".into();
    office.home.set_wording(kind, "fr", &own).unwrap();
    let draft = MailingDraft {
        kind,
        audience: Audience::default(),
        message: String::new(),
        needed: false,
        due_at: None,
    };
    let refused = office.home.add_mailing(&draft).unwrap_err();
    assert_eq!(refused.code, "wording_unfit");
}

#[test]
fn every_reason_why_a_letter_can_not_be_made_has_words_in_the_office() {
    let letters = [
        LetterError::Id,
        LetterError::NoSubject,
        LetterError::Unsubscribe,
        LetterError::Part(String::new()),
        LetterError::TooHeavy(0),
        LetterError::TooMany(0),
        LetterError::Date,
        LetterError::Form(String::new()),
    ];
    let templates = [
        "template_too_large",
        "template_syntax",
        "template_statement",
        "template_operator",
        "template_filter",
        "template_nested",
        "template_endless",
        "template_render",
        "mjml_syntax",
        "message_too_large",
    ];
    let codes: Vec<&str> = letters
        .iter()
        .map(LetterError::code)
        .chain(templates)
        .collect();
    for language in ["en", "es", "fr"] {
        let root = env!("CARGO_MANIFEST_DIR");
        let path = format!("{root}/../../ui/src/locales/{language}.json");
        let words: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for code in &codes {
            let mut parts = code.split('_');
            let mut name = parts.next().unwrap().to_owned();
            for part in parts {
                name.push_str(&part[..1].to_uppercase());
                name.push_str(&part[1..]);
            }
            assert!(
                words["messageCode"][&name].is_string(),
                "{name} in {language}"
            );
        }
    }
}

/// The picture of the first code in a letter.
fn first_code(letter: &str) -> &str {
    let at = letter.find("Content-ID: <code-1>").expect("a code");
    let rest = &letter[at..];
    let from = rest.find("\r\n\r\n").expect("a picture") + 4;
    let rest = &rest[from..];
    &rest[..rest.find("\r\n--").expect("its end")]
}

#[test]
fn a_letter_that_is_tried_acts_for_no_guest() {
    let office = office(&supper(), LIST);
    let (mut asked, _) = office.home.answer_settings().unwrap();
    asked.track_opens = true;
    office.home.change_answer_settings(asked).unwrap();
    let kind = MessageKind::Ticket;
    office
        .home
        .refreshed()
        .unwrap()
        .send_trial(kind, None, None, None, "", "tester@example.net")
        .unwrap();
    let tried = office.letter_to("tester@example.net");
    assert!(!tried.contains("rsvp.example.org"), "{tried}");
    assert!(!tried.contains("List-Unsubscribe"), "{tried}");
    assert!(
        !tried.contains("example.org/o/"),
        "no picture tells that it was opened"
    );
    assert!(
        tried.contains("guest-page.example.org"),
        "its links are seen"
    );

    office.scratch.clock.advance(HOUR);
    office.send(kind, AudienceGroup::All);
    assert_eq!(office.round().sent, 3);
    let real = office.letter_to("ada@example.org");
    assert!(real.contains("List-Unsubscribe") && real.contains("rsvp.example.org/o/"));
    assert_ne!(first_code(&tried), first_code(&real));
}
