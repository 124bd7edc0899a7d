//! A real mail server, and a real mailbox that its reports come back to.

use std::time::{Duration, Instant};

use gatehouse_mail::bounce::{self, Outcome, Reason, Report};
use gatehouse_mail::inbox::{ImapSettings, Inbox, InboxError, Position};
use gatehouse_mail::smtp::{Auth, Of, Patience, Secret, Security, SendError, Sender, SmtpSettings};
use gatehouse_mail::{Address, Mailbox, Verp, VerpToken};
use gatehouse_testkit::real_mail::{BOUNCES, PASSWORD, RealMail};
use uuid::Uuid;

use crate::letters::letter;

/// How long the servers may take for any step.
const PATIENCE: Duration = Duration::from_secs(180);

fn mailbox(real: &RealMail, security: Security) -> ImapSettings {
    ImapSettings {
        host: "localhost".to_owned(),
        port: match security {
            Security::Tls => real.imaps_port,
            _ => real.imap_port,
        },
        security,
        auth: Auth::Password {
            user: BOUNCES.to_owned(),
            secret: Secret::new(PASSWORD),
        },
        folder: "INBOX".to_owned(),
        roots: Some(real.ca.clone()),
        patience: PATIENCE,
    }
}

#[test]
fn what_a_real_server_returns_is_read_from_a_real_mailbox() {
    let Some(real) = RealMail::start() else {
        return;
    };
    let bounces = Address::read("bounces@mail.example.test").unwrap();
    let verp = Verp::new(&bounces, b"the key of this test").unwrap();
    let mut sender = Sender::connect(SmtpSettings {
        host: "localhost".to_owned(),
        port: real.smtp_port,
        security: Security::Plain,
        auth: Auth::None,
        hello: "office.example.test".to_owned(),
        roots: None,
        patience: Patience::default(),
    })
    .unwrap();
    let mut send = |number: u128, to: &str| {
        let id = Uuid::from_u128(number);
        let to = Address::read(to).unwrap();
        let mut letter = letter();
        letter.id = verp.message_id(id);
        letter.return_path = verp.address(id);
        letter.to = Mailbox::new("Zoë Example", to.clone());
        sender.send(&letter.return_path, &to, &letter.to_bytes(None).unwrap())
    };
    send(1, "zoe@guest.example").unwrap();
    send(2, "gone@guest.example").unwrap();
    send(3, "full@guest.example").unwrap();
    let refused = send(4, "refused@guest.example").unwrap_err();
    assert!(
        matches!(&refused, SendError::Refused { of: Of::Recipient, code: 550, enhanced: Some(e), .. } if e == "5.1.1"),
        "{refused:?}"
    );
    let later = send(5, "later@guest.example").unwrap_err();
    assert!(matches!(later, SendError::Later { .. }), "{later:?}");
    send(6, "ben@guest.example").unwrap();
    sender.close();

    let begun = Instant::now();
    let mut position = Position::default();
    let mut reports: Vec<Report> = Vec::new();
    let mut inbox = Inbox::open(&mailbox(&real, Security::Tls)).unwrap();
    while reports.len() < 2 {
        assert!(begun.elapsed() < PATIENCE, "{}", real.logs());
        let reading = inbox.read_on(position, 100, 1024 * 1024).unwrap();
        position = reading.position;
        let uids: Vec<u32> = reading.arrived.iter().map(|one| one.uid).collect();
        reports.extend(reading.arrived.iter().map(|one| {
            bounce::read(&one.raw, &verp)
                .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&one.raw)))
        }));
        inbox.mark_seen(&uids).unwrap();
        std::thread::sleep(Duration::from_millis(100));
    }
    reports.sort_by_key(|report| report.token.map(|token| token.0));
    let told: Vec<_> = reports
        .iter()
        .map(|report| {
            (
                report.token,
                report.outcome,
                report.reason(),
                report.recipient.as_deref(),
            )
        })
        .collect();
    let of = |number| Some(VerpToken(Uuid::from_u128(number)));
    assert_eq!(
        told,
        [
            (
                of(2),
                Outcome::Failed,
                Reason::NoSuchAddress,
                Some("gone@guest.example")
            ),
            (
                of(3),
                Outcome::Failed,
                Reason::MailboxFull,
                Some("full@guest.example")
            ),
        ],
        "{reports:?}"
    );

    // What was read is not read again; what a reader never heard of is read from the start.
    assert!(
        inbox
            .read_on(position, 100, 1024)
            .unwrap()
            .arrived
            .is_empty()
    );
    let first = inbox.read_on(Position::default(), 1, 200).unwrap();
    assert!(first.is_more && first.arrived.len() == 1);
    assert!(first.arrived[0].is_cut && first.arrived[0].raw.len() == 200);
    let renumbered = Position {
        validity: position.validity.wrapping_add(1),
        uid: position.uid,
    };
    assert_eq!(
        inbox.read_on(renumbered, 100, 1024).unwrap().arrived.len(),
        2
    );
    inbox.close();

    Inbox::open(&mailbox(&real, Security::StartTls))
        .unwrap()
        .close();
    let mut wrong = mailbox(&real, Security::StartTls);
    wrong.auth = Auth::Password {
        user: BOUNCES.to_owned(),
        secret: Secret::new("another word"),
    };
    assert_eq!(Inbox::open(&wrong).unwrap_err().code(), "inbox_sign_in");
    let mut stranger = mailbox(&real, Security::Tls);
    stranger.roots = None;
    assert_eq!(Inbox::open(&stranger).unwrap_err().code(), "server_tls");
    let mut nowhere = mailbox(&real, Security::Tls);
    nowhere.folder = "No such folder".to_owned();
    assert!(matches!(Inbox::open(&nowhere), Err(InboxError::Folder(_))));
}
