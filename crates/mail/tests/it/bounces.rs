//! Reports in the forms that mail servers write; every name in them is invented.

use gatehouse_mail::bounce::{Outcome, Reason, Report, read};
use gatehouse_mail::{Address, Verp, VerpToken};
use proptest::prelude::*;
use uuid::Uuid;

const ID: u128 = 0x0011_2233_4455_8677_8899_aabb_ccdd_eeff;

fn verp() -> Verp {
    let bounces = Address::read("bounces@mail.example.org").unwrap();
    Verp::new(&bounces, b"the key of these tests").unwrap()
}

/// A report with its places for tokens filled in, and its lines ended as mail ends them.
fn report(text: &str) -> Option<Report> {
    let verp = verp();
    let id = Uuid::from_u128(ID);
    let text = text
        .replace("PATH", verp.address(id).as_str())
        .replace("MESSAGE-OF-OURS", &verp.message_id(id))
        .replace('\n', "\r\n");
    read(text.as_bytes(), &verp)
}

macro_rules! of {
    ($name:literal) => {
        report(include_str!(concat!("reports/", $name, ".eml")))
            .unwrap_or_else(|| panic!("{} is no report", $name))
    };
}

fn assert_is(report: &Report, outcome: Outcome, status: &str, recipient: Option<&str>) {
    assert_eq!(
        report.token,
        Some(VerpToken(Uuid::from_u128(ID))),
        "{report:?}"
    );
    assert_eq!(report.outcome, outcome, "{report:?}");
    assert_eq!(report.status, status, "{report:?}");
    assert_eq!(report.recipient.as_deref(), recipient, "{report:?}");
    assert!(
        !report.diagnostic.contains('@') && report.diagnostic.len() <= 300,
        "{report:?}"
    );
}

#[test]
fn reads_the_standard_reports() {
    let postfix = of!("postfix_failed");
    assert_is(
        &postfix,
        Outcome::Failed,
        "5.1.1",
        Some("gone@guest.example"),
    );
    assert_eq!(postfix.reason(), Reason::NoSuchAddress);
    assert_eq!(
        postfix.diagnostic,
        "550 5.1.1 … User unknown in virtual mailbox table"
    );

    let delayed = of!("postfix_delayed");
    assert_is(
        &delayed,
        Outcome::Delayed,
        "4.4.1",
        Some("slow@guest.example"),
    );
    assert_eq!(delayed.reason(), Reason::Unreachable);

    let delivered = of!("postfix_delivered");
    assert_is(
        &delivered,
        Outcome::Delivered,
        "2.0.0",
        Some("zoe@guest.example"),
    );

    let exchange = of!("exchange_failed");
    assert_is(
        &exchange,
        Outcome::Failed,
        "5.1.10",
        Some("nobody@guest.example"),
    );
    assert_eq!(exchange.reason(), Reason::NoSuchAddress);

    // Its fields say only that it failed; the reason stands in its words.
    let exim = of!("exim_report");
    assert_is(&exim, Outcome::Failed, "5.1.1", Some("gone@guest.example"));
    assert_eq!(exim.reason(), Reason::NoSuchAddress);
    assert_eq!(exim.diagnostic, "5.1.1 Unknown user");

    let gmail = of!("gmail_full");
    assert_is(&gmail, Outcome::Failed, "5.2.2", Some("full@guest.example"));
    assert_eq!(gmail.reason(), Reason::MailboxFull);
}

#[test]
fn reads_what_no_standard_says() {
    let qmail = of!("qmail_failed");
    assert_is(&qmail, Outcome::Failed, "5.1.1", Some("gone@guest.example"));
    assert_eq!(qmail.reason(), Reason::NoSuchAddress);

    let exim = of!("exim_failed");
    assert_is(&exim, Outcome::Failed, "5.1.1", Some("gone@guest.example"));
    assert_eq!(exim.reason(), Reason::NoSuchAddress);

    let warned = of!("exim_delayed");
    assert_is(&warned, Outcome::Delayed, "", Some("slow@guest.example"));

    let postfix = of!("postfix_text");
    assert_is(
        &postfix,
        Outcome::Failed,
        "5.2.2",
        Some("full@guest.example"),
    );
    assert_eq!(postfix.reason(), Reason::MailboxFull);

    let old = of!("exchange_old");
    assert_is(&old, Outcome::Failed, "5.1.1", Some("nobody@guest.example"));
}

#[test]
fn reads_absences_and_complaints() {
    let away = of!("away");
    assert_is(&away, Outcome::OutOfOffice, "", Some("zoe@guest.example"));
    let complaint = of!("complaint");
    assert_is(
        &complaint,
        Outcome::Complaint,
        "",
        Some("zoe@guest.example"),
    );
}

#[test]
fn letters_of_people_are_no_reports() {
    assert_eq!(report(include_str!("reports/person.eml")), None);
    assert_eq!(report(""), None);
    assert_eq!(
        report("Subject: failure notice\nFrom: ben@guest.example\n\n550 5.1.1 no such user\n"),
        None
    );
}

#[test]
fn believes_nobody_without_the_key() {
    let text = include_str!("reports/postfix_failed.eml")
        .replace(
            "PATH",
            &format!("bounces+{ID:032x}0000000000@mail.example.org"),
        )
        .replace(
            "MESSAGE-OF-OURS",
            &format!("{ID:032x}0000000000@mail.example.org"),
        );
    let report = read(text.as_bytes(), &verp()).unwrap();
    assert_eq!(report.token, None);
    assert_eq!(report.outcome, Outcome::Failed);
}

#[test]
fn what_is_huge_is_cut() {
    let mut text = include_str!("reports/postfix_failed.eml")
        .replace("PATH", verp().address(Uuid::from_u128(ID)).as_str());
    text.push_str(&"More of the original.\n".repeat(400_000));
    let report = read(text.as_bytes(), &verp()).unwrap();
    assert_eq!(report.status, "5.1.1");
    let long = format!(
        "From: MAILER-DAEMON@a.example\nSubject: failure notice\n\n550 5.1.1 {} no such user\n",
        "x".repeat(900_000)
    );
    assert!(read(long.as_bytes(), &verp()).unwrap().diagnostic.len() <= 300);
}

proptest! {
    #[test]
    fn nothing_that_comes_in_breaks_it(
        kind in "(multipart/report; report-type=delivery-status; boundary=b|text/plain|message/delivery-status|multipart/mixed; boundary=\"b\"|.{0,20})",
        subject in "(failure notice|Undelivered Mail|out of office|.{0,30})",
        body in "((--b|--b--|Content-Type: message/delivery-status|Content-Type: message/rfc822|Action: failed|Status: 5\\.[0-9]{0,4}\\.1|Final-Recipient: rfc822;|Diagnostic-Code: smtp; 550|5\\.1\\.1|\\+[0-9a-f]{40,44}@|.{0,12})(\r\n|\n|\r\n\r\n)){0,12}",
    ) {
        let text = format!("From: MAILER-DAEMON@x.example\r\nContent-Type: {kind}\r\nSubject: {subject}\r\n\r\n{body}");
        if let Some(report) = read(text.as_bytes(), &verp()) {
            prop_assert!(report.diagnostic.len() <= 300);
            prop_assert!(report.token.is_none());
            let _ = report.reason();
        }
    }

    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, &verp());
    }
}
