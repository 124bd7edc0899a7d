//! Letters handed to a server, in each way in which that can go wrong.

use std::time::Duration;

use gatehouse_mail::Address;
use gatehouse_mail::smtp::{Auth, Of, Patience, Secret, Security, SendError, Sender, SmtpSettings};
use gatehouse_testkit::free_ports;
use gatehouse_testkit::smtp::{Act, Encryption, MailServer, Manner, Step};

/// How long a server may take for any step: long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn settings(server: &MailServer) -> SmtpSettings {
    SmtpSettings {
        host: "localhost".to_owned(),
        port: server.port(),
        security: Security::Plain,
        auth: Auth::None,
        hello: "office.example.org".to_owned(),
        roots: None,
        patience: Patience {
            connect: PATIENCE,
            command: PATIENCE,
            letter: PATIENCE,
        },
    }
}

fn address(text: &str) -> Address {
    Address::read(text).unwrap()
}

const LETTER: &[u8] = b"Subject: Hello\r\n\r\n.dots\r\n..more\r\nand text\r\n";

fn send(sender: &mut Sender, to: &str) -> Result<String, SendError> {
    sender
        .send(&address("bounces+01@example.org"), &address(to), LETTER)
        .map(|receipt| receipt.reply)
}

#[test]
fn a_letter_arrives_as_it_was_written_over_one_connection() {
    for pipelining in [true, false] {
        let server = MailServer::start(Manner {
            pipelining,
            largest: 10_000,
            ..Manner::default()
        });
        let mut sender = Sender::connect(settings(&server)).unwrap();
        for to in ["zoe@example.org", "ben@example.org", "ida@example.org"] {
            assert_eq!(send(&mut sender, to).unwrap(), "2.0.0 Taken as kit-1");
        }
        sender.close();
        let taken = server.taken();
        assert_eq!(taken.len(), 3);
        assert_eq!(server.connections(), 1);
        assert_eq!(taken[1].to, "ben@example.org");
        assert_eq!(taken[1].from, "bounces+01@example.org");
        let body = String::from_utf8(taken[0].bytes.clone()).unwrap();
        assert_eq!(body.trim_end(), String::from_utf8_lossy(LETTER).trim_end());
        assert!(
            server
                .commands()
                .contains(&"EHLO office.example.org".to_owned())
        );
        let from = format!("MAIL FROM:<bounces+01@example.org> SIZE={}", LETTER.len());
        assert!(server.commands().contains(&from));
    }
}

#[test]
fn signs_in_by_each_way_over_each_encryption() {
    for encryption in [Encryption::StartTls, Encryption::Tls] {
        for way in ["PLAIN", "LOGIN", "XOAUTH2"] {
            let server = MailServer::start(Manner {
                encryption,
                account: Some(("office@example.org".to_owned(), "s3cret".to_owned())),
                ways: vec![way.to_owned()],
                ..Manner::default()
            });
            let auth = |secret: &str| match way {
                "XOAUTH2" => Auth::OAuth2 {
                    user: "office@example.org".to_owned(),
                    token: Secret::new(secret),
                },
                _ => Auth::Password {
                    user: "office@example.org".to_owned(),
                    secret: Secret::new(secret),
                },
            };
            let settings = |secret: &str| SmtpSettings {
                security: match encryption {
                    Encryption::Tls => Security::Tls,
                    _ => Security::StartTls,
                },
                roots: Some(server.ca().to_owned()),
                auth: auth(secret),
                ..settings(&server)
            };
            let mut sender = Sender::connect(settings("s3cret")).unwrap();
            send(&mut sender, "zoe@example.org").unwrap();
            let taken = server.taken();
            assert!(taken[0].encrypted);
            assert_eq!(taken[0].account.as_deref(), Some("office@example.org"));

            let refused = Sender::connect(settings("wrong")).unwrap_err();
            assert!(
                matches!(&refused, SendError::Refused { of: Of::Sender, code: 535, enhanced: Some(e), .. } if e == "5.7.8"),
                "{way}: {refused:?}"
            );
            assert!(!format!("{:?}{refused}", settings("s3cret")).contains("s3cret"));
        }
    }
}

#[test]
fn never_sends_in_the_clear_what_should_be_encrypted() {
    // The server is another one than its certificate says, or nobody vouches for it.
    let server = MailServer::start(Manner {
        encryption: Encryption::StartTls,
        ..Manner::default()
    });
    let stranger = MailServer::start(Manner {
        encryption: Encryption::Tls,
        ..Manner::default()
    });
    for roots in [None, Some(stranger.ca().to_owned())] {
        let error = Sender::connect(SmtpSettings {
            security: Security::StartTls,
            roots,
            ..settings(&server)
        })
        .unwrap_err();
        assert_eq!(error.code(), "server_tls", "{error}");
    }
    // The server does without.
    let clear = MailServer::start(Manner::default());
    let error = Sender::connect(SmtpSettings {
        security: Security::StartTls,
        ..settings(&clear)
    })
    .unwrap_err();
    assert_eq!(error.code(), "server_tls", "{error}");
    assert!(!clear.commands().iter().any(|line| line.starts_with("MAIL")));
    // In the clear to another machine.
    let error = Sender::connect(SmtpSettings {
        host: "192.0.2.1".to_owned(),
        ..settings(&clear)
    })
    .unwrap_err();
    assert_eq!(error.code(), "server_in_clear");
    let error = Sender::connect(SmtpSettings {
        security: Security::Tls,
        roots: Some("no certificate".to_owned()),
        ..settings(&stranger)
    })
    .unwrap_err();
    assert_eq!(error.code(), "server_certificate");
}

#[test]
fn tells_whose_matter_a_refusal_is_and_goes_on() {
    for pipelining in [true, false] {
        let server = MailServer::start(Manner {
            pipelining,
            ..Manner::default()
        });
        let mut sender = Sender::connect(settings(&server)).unwrap();
        let say = |line: &str| Act::Say(line.to_owned());
        server.fault_for(
            "gone@example.org",
            Step::To,
            1,
            say("550 5.1.1 No such user"),
        );
        server.fault_for(
            "full@example.org",
            Step::To,
            1,
            say("452 4.2.2 Mailbox full"),
        );
        server.fault_for(
            "spam@example.org",
            Step::Letter,
            1,
            say("554 5.7.1 Looks like spam"),
        );
        server.fault_for(
            "later@example.org",
            Step::Letter,
            1,
            say("451 4.3.0 Not now"),
        );
        server.fault_for("data@example.org", Step::Data, 1, say("451 4.3.0 Not now"));

        let gone = send(&mut sender, "gone@example.org").unwrap_err();
        assert_eq!(
            gone,
            SendError::Refused {
                of: Of::Recipient,
                code: 550,
                enhanced: Some("5.1.1".to_owned()),
                text: "5.1.1 No such user".to_owned(),
            }
        );
        send(&mut sender, "zoe@example.org").unwrap();
        for (to, code) in [
            ("full@example.org", "later"),
            ("spam@example.org", "refused_content"),
            ("later@example.org", "later"),
            ("data@example.org", "later"),
        ] {
            let error = send(&mut sender, to).unwrap_err();
            assert_eq!(error.code(), code, "{to}: {error}");
        }
        server.fault(Step::From, 1, say("553 5.7.1 Sender not allowed"));
        let error = send(&mut sender, "zoe@example.org").unwrap_err();
        assert_eq!(error.code(), "refused_sender");
        send(&mut sender, "ben@example.org").unwrap();
        assert_eq!(server.count(), 2);
        assert_eq!(server.connections(), 1, "a refusal costs no connection");
    }
}

#[test]
fn comes_back_to_a_server_that_greylists() {
    let server = MailServer::start(Manner {
        greylist: true,
        ..Manner::default()
    });
    let mut sender = Sender::connect(settings(&server)).unwrap();
    let first = send(&mut sender, "zoe@example.org").unwrap_err();
    assert!(
        matches!(first, SendError::Later { code: 450, .. }),
        "{first:?}"
    );
    send(&mut sender, "zoe@example.org").unwrap();
    assert_eq!(server.count(), 1);
}

#[test]
fn makes_a_fallen_connection_anew_but_never_sends_twice() {
    for pipelining in [true, false] {
        let server = MailServer::start(Manner {
            pipelining,
            ..Manner::default()
        });
        let mut sender = Sender::connect(settings(&server)).unwrap();
        send(&mut sender, "one@example.org").unwrap();
        // A kept connection falls before the letter: once more, without a word to the caller.
        server.fault(Step::From, 1, Act::Drop);
        send(&mut sender, "two@example.org").unwrap();
        server.fault(Step::Data, 1, Act::Drop);
        send(&mut sender, "three@example.org").unwrap();
        let idle = Act::SayAndDrop("421 4.4.2 Idle for too long".to_owned());
        server.fault(Step::From, 1, idle);
        send(&mut sender, "four@example.org").unwrap();
        assert_eq!((server.count(), server.connections()), (4, 4));

        // After the letter nobody knows, and nobody tries again.
        server.fault(Step::Letter, 1, Act::Drop);
        let error = send(&mut sender, "five@example.org").unwrap_err();
        assert!(matches!(error, SendError::Unknown { .. }), "{error:?}");
        assert_eq!((server.count(), server.connections()), (4, 4));

        // A fresh connection that falls at once is not tried for ever.
        server.fault(Step::From, usize::MAX, Act::Drop);
        let error = send(&mut sender, "six@example.org").unwrap_err();
        assert_eq!(error.code(), "connection_lost");
        server.mend();
        send(&mut sender, "six@example.org").unwrap();
        assert_eq!(server.count(), 5);
    }
}

#[test]
fn a_letter_that_broke_off_was_not_handed_over() {
    let server = MailServer::start(Manner::default());
    let mut sender = Sender::connect(settings(&server)).unwrap();
    server.fault(Step::Within, 1, Act::Drop);
    // More than the sockets hold, so that writing fails.
    let letter = [LETTER, &b"x".repeat(998), b"\r\n"].concat();
    let letter = letter.repeat(20_000);
    let error = sender
        .send(
            &address("a@example.org"),
            &address("b@example.org"),
            &letter,
        )
        .unwrap_err();
    assert_eq!(error.code(), "connection_lost", "{error:?}");
    assert_eq!(server.count(), 0);
}

#[test]
fn a_server_that_stalls_is_left() {
    let server = MailServer::start(Manner::default());
    let usual = settings(&server);
    let with = |change: &dyn Fn(&mut Patience)| {
        let mut settings = usual.clone();
        change(&mut settings.patience);
        settings
    };
    let short = Duration::from_millis(500);
    let stall = || Act::Stall(PATIENCE * 2);
    // The same patience is for the greeting, which comes.
    let command = with(&|patience| patience.command = Duration::from_secs(3));
    let mut sender = Sender::connect(command).unwrap();
    server.fault(Step::To, 2, stall());
    let error = send(&mut sender, "zoe@example.org").unwrap_err();
    assert_eq!(error.code(), "connection_lost", "{error:?}");
    server.mend();
    let mut sender = Sender::connect(with(&|patience| patience.letter = short)).unwrap();
    server.fault(Step::Letter, 1, stall());
    let error = send(&mut sender, "zoe@example.org").unwrap_err();
    assert!(matches!(error, SendError::Unknown { .. }), "{error:?}");
    server.fault(Step::Connect, 1, stall());
    let error = Sender::connect(with(&|patience| patience.command = short)).unwrap_err();
    assert_eq!(error.code(), "server_late");
}

#[test]
fn a_server_that_is_full_or_gone_is_told_apart() {
    let server = MailServer::start(Manner {
        most_connections: 1,
        ..Manner::default()
    });
    let first = Sender::connect(settings(&server)).unwrap();
    let second = Sender::connect(settings(&server)).unwrap_err();
    assert!(
        matches!(
            second,
            SendError::Later {
                of: Of::Sender,
                code: 421,
                ..
            }
        ),
        "{second:?}"
    );
    first.close();

    let [port] = free_ports();
    let gone = Sender::connect(SmtpSettings {
        port,
        ..settings(&server)
    })
    .unwrap_err();
    assert_eq!(gone.code(), "server_silent");
    let nowhere = Sender::connect(SmtpSettings {
        host: "nowhere.invalid".to_owned(),
        ..settings(&server)
    })
    .unwrap_err();
    assert_eq!(nowhere.code(), "server_name");
}

#[test]
fn writes_beyond_ascii_where_the_server_can() {
    let plain = MailServer::start(Manner {
        utf8: false,
        ..Manner::default()
    });
    let mut sender = Sender::connect(settings(&plain)).unwrap();
    let error = send(&mut sender, "用户@例子.example").unwrap_err();
    assert!(
        matches!(&error, SendError::Refused { of: Of::Recipient, enhanced: Some(e), .. } if e == "5.6.7"),
        "{error:?}"
    );
    send(&mut sender, "info@bücher.example").unwrap();
    assert_eq!(plain.taken()[0].to, "info@xn--bcher-kva.example");

    let able = MailServer::start(Manner::default());
    let mut sender = Sender::connect(settings(&able)).unwrap();
    send(&mut sender, "用户@例子.example").unwrap();
    assert_eq!(able.taken()[0].to, "用户@xn--fsqu00a.example");
}

#[test]
fn says_beforehand_what_is_too_large() {
    let server = MailServer::start(Manner {
        largest: 20,
        ..Manner::default()
    });
    let mut sender = Sender::connect(settings(&server)).unwrap();
    let error = send(&mut sender, "zoe@example.org").unwrap_err();
    assert_eq!(error.code(), "refused_content");
    assert!(
        !server
            .commands()
            .iter()
            .any(|line| line.starts_with("MAIL"))
    );
}
