//! The application as a person starts it: the real program, its real window, on a screen of its own.

#![allow(
    clippy::print_stderr,
    reason = "a test that can't run says so on standard error"
)]

#[cfg(target_os = "linux")]
#[path = "window/desk.rs"]
mod desk;

#[cfg(not(target_os = "linux"))]
#[test]
fn the_window_shows_the_office() {
    eprintln!("SKIPPED: the window: there is no WebDriver for this system's webview here");
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::time::{Duration, Instant};

    use gatehouse_testkit::{Scratch, guest_list};
    use serde_json::{Value, json};

    use crate::desk::{Desk, Failure, PATIENCE};

    /// Asks the router through the command `api`, as the interface does, and tells the answer.
    const ASK: &str = r#"
        const [method, path, content, done] = arguments;
        const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
        const headers = content === null ? [] : [["content-type", "application/json"]];
        const head = bytes({ id: 1, method, path, headers });
        const body = content === null ? new Uint8Array() : bytes(content);
        const frame = new Uint8Array(4 + head.length + body.length);
        new DataView(frame.buffer).setUint32(0, head.length);
        frame.set(head, 4);
        frame.set(body, 4 + head.length);
        window.__TAURI_INTERNALS__.invoke("api", frame).then(
            (bytes) => {
                const answer = new Uint8Array(bytes);
                const length = new DataView(answer.buffer, answer.byteOffset).getUint32(0);
                const text = (from, to) => new TextDecoder().decode(answer.subarray(from, to));
                const told = JSON.parse(text(4, 4 + length));
                done({ ...told, body: JSON.parse(text(4 + length)) });
            },
            (error) => done({ failed: String(error) }),
        );
    "#;

    /// Calls a command, and tells whether it was refused.
    const CALL: &str = r#"
        const [command, words, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, words).then(
            (answer) => done({ answer: answer ?? null }),
            (refusal) => done({ refusal }),
        );
    "#;

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

    async fn ask(desk: &Desk, method: &str, path: &str) -> Result<Value, Failure> {
        send(desk, method, path, Value::Null).await
    }

    async fn send(desk: &Desk, method: &str, path: &str, content: Value) -> Result<Value, Failure> {
        desk.client
            .execute_async(ASK, vec![json!(method), json!(path), content])
            .await
            .map_err(Failure::from)
    }

    async fn call(desk: &Desk, command: &str, words: Value) -> Result<Value, Failure> {
        desk.client
            .execute_async(CALL, vec![json!(command), words])
            .await
            .map_err(Failure::from)
    }

    /// What the script tells, once it tells anything but nothing.
    async fn until(desk: &Desk, script: &str) -> Result<Value, Failure> {
        let begun = Instant::now();
        loop {
            let told = desk.client.execute(script, vec![]).await?;
            if !matches!(told, Value::Null | Value::Bool(false)) {
                return Ok(told);
            }
            if begun.elapsed() > PATIENCE {
                let page = desk
                    .client
                    .execute("return document.body.innerText", vec![]);
                return Err(Failure::new(format!(
                    "waited in vain for `{script}`; the page says: {}",
                    page.await?
                )));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

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
}
