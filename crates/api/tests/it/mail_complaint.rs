//! A reader who calls a message spam: heard through the mailbox of returns.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use gatehouse_domain::delivery::audience::{Audience, AudienceGroup};
use gatehouse_domain::delivery::{DeliveryStatus, MessageKind};
use gatehouse_domain::mail::{
    MailInbox, MailSecrets, MailSecurity, MailServer, MailSettings, MailSignIn,
};

use crate::mailings::{MINUTE, Office};

/// A mailbox with one letter at most, over IMAP (RFC 3501) in the clear.
struct Mailbox {
    port: u16,
    letter: Arc<Mutex<Option<String>>>,
}

impl Mailbox {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let letter = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&letter);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let letter = kept.lock().unwrap().clone();
                // Whoever hangs up is gone.
                let _ = answer(&stream, letter.as_deref());
            }
        });
        Self { port, letter }
    }

    fn server(&self) -> MailServer {
        MailServer {
            host: "127.0.0.1".into(),
            port: self.port,
            security: MailSecurity::None,
            sign_in: MailSignIn::Password,
            user: "returns".into(),
            ..MailServer::default()
        }
    }
}

fn answer(stream: &TcpStream, letter: Option<&str>) -> std::io::Result<()> {
    let mut wire = stream;
    wire.write_all(b"* OK ready\r\n")?;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let (tag, asked) = line.split_once(' ').unwrap_or((&line, ""));
        let said = match asked.split(' ').next().unwrap_or_default() {
            "SELECT" => {
                let count = u8::from(letter.is_some());
                format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n")
            }
            "UID" if asked.starts_with("UID SEARCH") => match letter {
                Some(_) => "* SEARCH 1\r\n".to_owned(),
                None => "* SEARCH\r\n".to_owned(),
            },
            "UID" if asked.starts_with("UID FETCH") => {
                let letter = letter.unwrap_or_default();
                let bytes = letter.len();
                format!(
                    "* 1 FETCH (UID 1 RFC822.SIZE {bytes} BODY[]<0> {{{bytes}}}\r\n{letter})\r\n"
                )
            }
            _ => String::new(),
        };
        wire.write_all(format!("{said}{tag} OK done\r\n").as_bytes())?;
    }
    Ok(())
}

/// A complaint (RFC 5965) about the letter that left by this return path.
fn complaint(path: &str) -> String {
    [
        "Return-Path: <complaints@bigmail.example>",
        "From: <staff@bigmail.example>",
        "To: <returns@example.org>",
        "Subject: complaint",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=feedback-report; boundary=\"part\"",
        "",
        "--part",
        "Content-Type: text/plain",
        "",
        "This is an email abuse report.",
        "",
        "--part",
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: Somebody/1.0",
        "Version: 1",
        &format!("Original-Mail-From: <{path}>"),
        "",
        "--part--",
        "",
    ]
    .join("\r\n")
}

#[test]
fn who_calls_a_message_spam_is_unsubscribed() {
    let office = Office::open();
    let mailbox = Mailbox::open();
    let workspace = &office.scratch.workspace;
    let settings = MailSettings {
        bounce_address: "returns@example.org".into(),
        inbox: MailInbox {
            on: true,
            server: mailbox.server(),
            folder: "INBOX".into(),
        },
        ..workspace.mail().unwrap().settings
    };
    let secrets = MailSecrets {
        inbox_password: Some("open sesame".into()),
        ..MailSecrets::default()
    };
    let by = workspace.at_desk().unwrap();
    workspace.set_mail(&by, settings, secrets, None).unwrap();
    office.send(MessageKind::Invitation, AudienceGroup::All);
    assert_eq!(office.round().sent, 3);
    let letters = office.server.taken();
    let cy = letters.iter().find(|one| one.to.starts_with("cy")).unwrap();
    *mailbox.letter.lock().unwrap() = Some(complaint(&cy.from));
    let done = office.outbox.deliver(0, |_| true).unwrap();
    assert_eq!((done.reports, done.bounced), (1, 0));
    let message = office.to("cy@example.org").remove(0);
    assert_eq!(
        (message.status, message.code.as_str()),
        (DeliveryStatus::Delivered, "complaint")
    );
    let wishes = workspace.preferences("cy@example.org").unwrap();
    assert!(wishes.unsubscribed_at.is_some());
    office.scratch.clock.advance(MINUTE);
    let everybody = Audience::default();
    let reach = office
        .home
        .reach(MessageKind::Announcement, &everybody, false, &[])
        .unwrap();
    assert_eq!((reach.email, reach.unsubscribed), (2, 1));
}
