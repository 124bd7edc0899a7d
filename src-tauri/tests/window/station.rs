//! A computer that becomes a gate: from the button on the first day to the window at the door, with
//! what is printed for those who come in.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gatehouse_api::routes::{AllowedHosts, DeskKey, Office, Pages};
use gatehouse_api::{DoorChange, EventHome, TokenDraft};
use gatehouse_domain::badge::{BadgeKind, BadgeSettings};
use gatehouse_domain::device::DeviceKind;
use gatehouse_domain::door::DoorSettings;
use gatehouse_gate::outpost::EnrolTicket;
use gatehouse_testkit::Scratch;
use tokio::net::TcpListener;

use crate::asking::{ask, fill, found, heading, press, says, until};
use crate::desk::{Desk, Failure, PATIENCE};
use crate::gate::{evening, picture};

/// Serves the office to this machine, and gives the text that makes a gate of its event.
async fn serve(scratch: &Scratch, home: &EventHome) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let desk = DeskKey::new("desk-key-of-a-test-that-nobody-guesses");
    let router = Office::new(Arc::clone(&scratch.workspace), Pages::none(), desk, None)
        .router(AllowedHosts::loopback(port));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let draft = TokenDraft {
        kind: DeviceKind::Gate,
        stand: Default::default(),
        notes: String::new(),
    };
    let ticket = EnrolTicket {
        token: home.make_token(&draft, 60).expect("a token").token,
        authority: [7; 32],
        addresses: vec![format!("http://127.0.0.1:{port}")],
        reached_at: Vec::new(),
    };
    ticket.to_string()
}

#[tokio::test]
async fn a_computer_becomes_a_gate_and_prints_a_badge_for_whom_it_lets_in() {
    let scratch = Scratch::new();
    let home = evening(&scratch);
    let badge = BadgeSettings {
        kind: BadgeKind::Badge,
        at_once: true,
        ..BadgeSettings::default()
    };
    let home = home
        .change_doors(DoorChange {
            settings: Some(DoorSettings {
                badge,
                ..DoorSettings::default()
            }),
            ..DoorChange::default()
        })
        .expect("settings");
    let code = serve(&scratch, &home).await;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("office");
    let desk = match Desk::start(&data).await {
        Ok(desk) => desk,
        Err(failure) if failure.is_missing() => {
            eprintln!("SKIPPED: a computer becomes a gate: {failure}");
            return;
        }
        Err(failure) => panic!("{failure}"),
    };
    let became = become_gate(&desk, &code).await;
    let log = desk.log();
    desk.stop().await;
    became.unwrap_or_else(|failure| panic!("{failure}\nthe log says:\n{log}"));
    assert!(!log.contains("enrol?"), "the log tells the code: {log}");

    let seen = tempfile::tempdir().expect("a folder");
    std::fs::write(seen.path().join("1.png"), picture(&home)).expect("a picture");
    let stood = stand(&data, seen.path(), &home).await;
    stood.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Presses the button, pastes the code, and waits until the program has started anew as a gate.
async fn become_gate(desk: &Desk, code: &str) -> Result<(), Failure> {
    press(&desk.client, "Make this computer a gate").await?;
    heading(desk, "Make this computer a gate").await?;
    fill(&desk.client, "Text of the code", "gatehouse://nowhere").await?;
    press(&desk.client, "Make it a gate").await?;
    says(desk, "is no code that").await?;
    let field =
        "//input[@id = //label[starts-with(normalize-space(.), \"Text of the code\")]/@for]";
    found(&desk.client, field).await?.clear().await?;
    fill(&desk.client, "Text of the code", code).await?;
    says(desk, "The code was read.").await?;
    press(&desk.client, "Make it a gate").await?;
    // The driver loses the window with the program; the log is the next one's too.
    desk.until_log(|log| log.contains("gate ") && log.contains("this machine is a gate"))
        .await
}

/// Opens the program once more, as on the evening itself.
async fn stand(data: &Path, seen: &Path, home: &EventHome) -> Result<(), Failure> {
    let camera = format!("dir:{}", seen.display());
    let desk = Desk::start_with(data, &["--camera", &camera]).await?;
    let stood = let_in(&desk, home).await;
    let log = desk.log();
    desk.stop().await;
    stood.map_err(|failure| Failure::new(format!("{failure}\nthe log says:\n{log}")))
}

async fn let_in(desk: &Desk, home: &EventHome) -> Result<(), Failure> {
    until(
        desk,
        "return document.querySelector('[data-tone=admitted]') !== null",
    )
    .await?;
    says(desk, "sent to Front_desk").await?;
    desk.take_picture("become-gate-window").await?;
    let (paper, words) = desk.printed()?;
    assert!(paper.starts_with(b"%PDF-1.7"));
    assert!(words.starts_with("-d Front_desk "), "{words}");
    // The office hears of it by itself.
    let begun = Instant::now();
    let path = format!("/api/events/{}/door", home.id());
    loop {
        let door = ask(desk, "GET", &path).await?;
        assert_eq!(door["body"]["counts"]["admitted"], 1, "{door}");
        if door["body"]["waiting"] == 0 {
            break;
        }
        if begun.elapsed() > PATIENCE {
            return Err(Failure::new(format!("the office heard of nothing: {door}")));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let counts = home
        .file()
        .counts()
        .map_err(|error| Failure::new(error.to_string()))?;
    assert_eq!(counts.progress.admitted, 1);
    Ok(())
}
