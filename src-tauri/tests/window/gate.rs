//! A gate in the window: it lets in what the machine's own camera sees. A folder of pictures stands
//! for the camera.

use chrono::{DateTime, TimeDelta};
use gatehouse_api::{EventHome, Issuing, Quiet};
use gatehouse_credential::qr::QrCode;
use gatehouse_credential::token::Token;
use gatehouse_domain::event::draft::{ScheduleDraft, SessionDraft};
use gatehouse_testkit::{Scratch, guest_list};
use url::Url;

use crate::asking::{ask, until};
use crate::desk::{Desk, Failure};

/// An event whose doors are open now.
pub(crate) fn evening(scratch: &Scratch) -> EventHome {
    let now = gatehouse_machine::now();
    scratch.clock.set(now);
    let now = DateTime::from_timestamp_millis(now).expect("a time");
    let local = |hours| {
        let at = now + TimeDelta::hours(hours);
        at.format("%Y-%m-%dT%H:%M").to_string()
    };
    let mut draft = Scratch::draft("Harbour Ball");
    draft.time_zone = "UTC".into();
    draft.schedule = ScheduleDraft::OneTime {
        session: SessionDraft {
            doors: Some(local(-1)),
            starts: local(1),
            ends: local(4),
            ..SessionDraft::default()
        },
    };
    let home = scratch
        .event(&draft)
        .publish()
        .expect("a plan that is whole");
    scratch.import(&home, &guest_list(3));
    home.form_invitations("First batch").expect("invitations");
    home.issue_tickets(Issuing::default(), &Quiet)
        .expect("tickets");
    home
}

/// The code of the first ticket, as a picture.
pub(crate) fn picture(home: &EventHome) -> Vec<u8> {
    let rows = home.file().read(|view| view.tickets_to_print(0, 1));
    let row = rows.expect("the tickets").remove(0);
    let code = Token::from_bytes(&row.packed).expect("a code").compact();
    let drawn = QrCode::encode(&code).and_then(|code| code.to_png(6, 4));
    drawn.expect("a picture")
}

#[tokio::test]
async fn a_gate_in_the_window_lets_in_what_the_machines_camera_sees() {
    let scratch = Scratch::new();
    let home = evening(&scratch);
    let seen = tempfile::tempdir().expect("a folder");
    std::fs::write(seen.path().join("1.png"), picture(&home)).expect("a picture");
    let camera = format!("dir:{}", seen.path().display());
    let desk = match Desk::start_with(scratch.dir(), &["--camera", &camera]).await {
        Ok(desk) => desk,
        Err(failure) if failure.is_missing() => {
            eprintln!("SKIPPED: a gate in the window: {failure}");
            return;
        }
        Err(failure) => panic!("{failure}"),
    };
    let stood = stand(&desk, &home.id().to_string()).await;
    let log = desk.log();
    desk.stop().await;
    stood.unwrap_or_else(|failure| panic!("{failure}\nthe log says:\n{log}"));
}

async fn stand(desk: &Desk, event: &str) -> Result<(), Failure> {
    until(desk, "return document.querySelector('h1') !== null").await?;
    let place = format!("tauri://localhost/gate?event={event}&gate=North");
    let place = Url::parse(&place).map_err(|error| Failure::new(error.to_string()))?;
    desk.client.goto(place.as_str()).await?;
    until(
        desk,
        "return document.querySelector('[data-tone=admitted]') !== null",
    )
    .await?;
    desk.take_picture("gate-camera").await?;
    let door = ask(desk, "GET", &format!("/api/events/{event}/door?gate=North")).await?;
    assert_eq!(door["body"]["counts"]["admitted"], 1, "{door}");
    Ok(())
}
