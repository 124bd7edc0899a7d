//! The window on a workspace that has an event: its page, its router, its limits.

use gatehouse_testkit::{Scratch, guest_list};
use serde_json::json;

use crate::asking::{ask, call, send, until};
use crate::desk::{Desk, Failure};

/// Subscribes, and keeps what is heard in the page.
const LISTEN: &str = r#"
    const [path, done] = arguments;
    window.heard = [];
    const bridge = window.__TAURI_INTERNALS__;
    window.line = bridge.transformCallback(({ message }) => {
        if (message !== undefined) window.heard.push(message);
    });
    bridge.invoke("subscribe", { channel: `__CHANNEL__:${window.line}`, path })
        .then(() => done("open"), done);
"#;

/// Hands a file over, as the interface does.
const HAND_OVER: &str = r#"
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["name\n"], { type: "text/csv" }));
    link.download = "guests.csv";
    link.click();
"#;

#[tokio::test]
async fn the_window_shows_the_office() {
    let scratch = Scratch::new();
    let _gala = scratch.issued("Gala by the river", &guest_list(24));
    let desk = match Desk::start(scratch.dir()).await {
        Ok(desk) => desk,
        Err(failure) if failure.is_missing() => {
            eprintln!("SKIPPED: the window: {failure}");
            return;
        }
        Err(failure) => panic!("{failure}"),
    };
    let looked = look(&desk).await;
    let log = desk.log();
    desk.stop().await;
    looked.unwrap_or_else(|failure| panic!("{failure}\nthe log says:\n{log}"));
    assert!(
        log.contains("workspace") && log.contains("is open"),
        "{log}"
    );
    assert!(!log.contains("Gala"), "the log names an event: {log}");
}

async fn look(desk: &Desk) -> Result<(), Failure> {
    // The page has come, and it is the interface and nobody else's.
    let heading = until(
        desk,
        "return document.querySelector('h1')?.textContent || null",
    )
    .await?;
    let waited = desk.begun.elapsed();
    eprintln!(
        "the heading came {} ms after the start: {heading}",
        waited.as_millis()
    );
    assert_eq!(heading, "Events");
    until(
        desk,
        "return document.querySelector('main').innerText.includes('Gala by the river')",
    )
    .await?;
    desk.take_picture("office").await?;
    let place = desk.client.current_url().await?;
    assert_eq!(place.scheme(), "tauri");

    // The same router as everybody's answers in this process.
    let events = ask(desk, "GET", "/api/events").await?;
    assert_eq!(events["status"], 200, "{events}");
    assert_eq!(events["body"]["items"][0]["title"], "Gala by the river");
    let unknown = ask(desk, "GET", "/api/nowhere").await?;
    assert_eq!(unknown["status"], 404, "{unknown}");
    assert_eq!(unknown["body"]["code"], "route_unknown");
    let elsewhere = ask(desk, "GET", "https://gatehouse.example/").await?;
    assert_eq!(elsewhere["body"]["code"], "request_unreadable");

    // What happens in an event is heard as it happens, until the page calls it off.
    let id = events["body"]["items"][0]["id"]
        .as_str()
        .unwrap_or_default();
    let event = format!("/api/events/{id}");
    let live = json!(format!("{event}/live"));
    let line = desk.client.execute_async(LISTEN, vec![live]).await?;
    assert_eq!(line, "open");
    until(desk, "return heard.some(({ kind }) => kind === 'event')").await?;
    let count = desk.client.execute("return heard.length", vec![]).await?;
    let changed = send(desk, "PUT", &event, json!({"tagline": "By the water"})).await?;
    assert_eq!(changed["status"], 200, "{changed}");
    until(desk, &format!("return heard.length > {count}")).await?;
    let last = desk
        .client
        .execute("return JSON.parse(heard.at(-1).data).event", vec![])
        .await?;
    assert_eq!(last, id);
    let number = desk.client.execute("return line", vec![]).await?;
    let called = call(desk, "api_cancel", json!({"id": number})).await?;
    assert_eq!(called, json!({"answer": null}));
    until(desk, "return heard.at(-1).kind === 'end'").await?;

    // What is no stream can't be subscribed to, and the refusal says why.
    let words = json!({"channel": "__CHANNEL__:7", "path": "/api/nowhere"});
    let refused = call(desk, "subscribe", words).await?;
    assert_eq!(refused["refusal"]["code"], "route_unknown", "{refused}");

    // Pages may do what the capability says, and nothing else.
    for command in [
        "plugin:window|close",
        "plugin:opener|open_path",
        "plugin:autostart|enable",
    ] {
        let refused = call(desk, command, json!({})).await?;
        let said = refused["refusal"].as_str().unwrap_or_default();
        assert!(said.contains("not allowed"), "{command}: {refused}");
    }

    // The policy holds: no code out of text, no page of elsewhere.
    let told = desk
        .client
        .execute(
            "try { new Function('return 1')(); return 'ran' } catch { return 'refused' }",
            vec![],
        )
        .await?;
    assert_eq!(told, "refused");
    // A second start leads the first to the place of its link, and ends.
    let link = "gatehouse://events/0a1b2c3d/guests";
    desk.start_again(link)?;
    until(
        desk,
        "return location.pathname === '/events/0a1b2c3d/guests'",
    )
    .await?;
    desk.start_again("gatehouse://events")?;
    until(desk, "return location.pathname === '/events'").await?;

    // A page of elsewhere is not shown: it goes to the person's browser.
    let elsewhere = "https://gatehouse.example/help";
    desk.client
        .execute(&format!("location.href = '{elsewhere}'"), vec![])
        .await?;
    desk.until_sent_away(elsewhere).await?;
    assert_eq!(desk.client.current_url().await?.scheme(), "tauri");

    // A file that the page hands over is kept aside until the person says where it goes.
    desk.client.execute(HAND_OVER, vec![]).await?;
    desk.until_logged("a file has come").await?;
    Ok(())
}
