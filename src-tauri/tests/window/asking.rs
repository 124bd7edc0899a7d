//! What a test asks of the page in the window.

use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::desk::{Desk, Failure, PATIENCE};

/// Asks the router through the command `api`, as the interface does, and tells the answer.
const ASK: &str = r#"
    const [speaker, method, path, content, done] = arguments;
    const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
    const headers = content === null ? [] : [["content-type", "application/json"]];
    if (speaker !== null) headers.push(["authorization", speaker]);
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

/// What is at the path, in the name of whoever sits at the desk.
pub(crate) async fn ask(desk: &Desk, method: &str, path: &str) -> Result<Value, Failure> {
    send(desk, method, path, Value::Null).await
}

/// As [`ask`], with content as JSON unless it is null.
pub(crate) async fn send(
    desk: &Desk,
    method: &str,
    path: &str,
    content: Value,
) -> Result<Value, Failure> {
    let words = vec![Value::Null, json!(method), json!(path), content];
    let told = desk.client.execute_async(ASK, words).await;
    told.map_err(Failure::from)
}

/// As [`send`], in the name of an account.
pub(crate) async fn send_as(
    desk: &Desk,
    speaker: &str,
    method: &str,
    path: &str,
    content: Value,
) -> Result<Value, Failure> {
    let words = vec![json!(speaker), json!(method), json!(path), content];
    let told = desk.client.execute_async(ASK, words).await;
    told.map_err(Failure::from)
}

/// What a command of the shell answers, or why it was refused.
pub(crate) async fn call(desk: &Desk, command: &str, words: Value) -> Result<Value, Failure> {
    desk.client
        .execute_async(CALL, vec![json!(command), words])
        .await
        .map_err(Failure::from)
}

/// What the script tells, once it tells anything but nothing.
pub(crate) async fn until(desk: &Desk, script: &str) -> Result<Value, Failure> {
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

/// A button, a link or a menu's item, by the beginning of what it says or is called.
pub(crate) async fn press(client: &Client, name: &str) -> Result<(), Failure> {
    let path = format!(
        "//*[(self::button or self::a) and (starts-with(normalize-space(.), \"{name}\") or \
         starts-with(@aria-label, \"{name}\"))]"
    );
    found(client, &path).await?.click().await?;
    Ok(())
}

/// Types into the field under this label.
pub(crate) async fn fill(client: &Client, label: &str, text: &str) -> Result<(), Failure> {
    let path = format!("//input[@id = //label[starts-with(normalize-space(.), \"{label}\")]/@for]");
    found(client, &path).await?.send_keys(text).await?;
    Ok(())
}

/// What the path leads to, once it is there.
pub(crate) async fn found(client: &Client, path: &str) -> Result<Element, Failure> {
    let wait = client.wait().at_most(PATIENCE);
    let element = wait.for_element(Locator::XPath(path)).await;
    element.map_err(|error| Failure::new(format!("{path}: {error}")))
}

/// Waits for a heading that begins so.
pub(crate) async fn heading(desk: &Desk, beginning: &str) -> Result<(), Failure> {
    let script = format!(
        "return [...document.querySelectorAll('h1, h2')].some((h) => h.textContent.startsWith({}))",
        json!(beginning)
    );
    until(desk, &script).await.map(drop)
}

/// Waits until the page says so anywhere.
pub(crate) async fn says(desk: &Desk, words: &str) -> Result<(), Failure> {
    let script = format!("return document.body.innerText.includes({})", json!(words));
    until(desk, &script).await.map(drop)
}
