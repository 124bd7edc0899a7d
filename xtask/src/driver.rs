//! A window driven through WebDriver: only as much of it as measuring needs.
//!
//! <https://www.w3.org/TR/webdriver2/>: HTTP with JSON, one request for each connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::command::{Stop, find};
use crate::screen::{Group, Screen};
use crate::setup::find_cargo_binary;

/// How long a page may take to be as wished.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the driver is asked before it counts as gone.
const HUNG_UP: usize = 3;
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// The name of an element in the standard's JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The application's window, and what drives it.
pub(crate) struct Window {
    port: u16,
    session: String,
    _driver: Group,
}

impl Window {
    /// Whether windows can be driven here; what is missing otherwise.
    pub(crate) fn can_be_driven() -> Result<(PathBuf, PathBuf), String> {
        let missing = |name: &str| format!("there is no {name} here (`cargo xtask setup`)");
        Ok((
            find_cargo_binary("tauri-driver").ok_or_else(|| missing("tauri-driver"))?,
            find("WebKitWebDriver").ok_or_else(|| missing("WebKitWebDriver"))?,
        ))
    }

    /// Starts the application on a screen, with these words.
    pub(crate) fn open(screen: &Screen, application: &str, words: &[&str]) -> Result<Self, Stop> {
        let (driver, native) = Self::can_be_driven().map_err(Stop::new)?;
        let free = || -> std::io::Result<u16> {
            Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
        };
        let wrong = |error: std::io::Error| Stop::new(format!("the window's driver: {error}"));
        let (port, native_port) = (free().map_err(wrong)?, free().map_err(wrong)?);
        let mut command = screen.program(driver);
        command
            .args(["--port", &port.to_string()])
            .args(["--native-port", &native_port.to_string()])
            .arg("--native-driver")
            .arg(native)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut window = Self {
            port,
            session: String::new(),
            _driver: Group::start(&mut command).map_err(wrong)?,
        };
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        let wanted = format!(
            "{{\"capabilities\":{{\"alwaysMatch\":{{\"browserName\":\"wry\",\"tauri:options\":\
             {{\"application\":{},\"args\":[{}]}}}}}}}}",
            quoted(application),
            words.join(",")
        );
        let begun = Instant::now();
        loop {
            match window.ask("POST", "/session", &wanted) {
                Ok(answer) => {
                    let session = between(&answer, "\"sessionId\":\"", "\"");
                    if let Some(session) = session {
                        window.session = format!("/session/{session}");
                        return Ok(window);
                    }
                    return Err(Stop::new(format!("no session of the window: {answer}")));
                }
                // It refuses while it is still starting.
                Err(stop) if begun.elapsed() > PATIENCE => return Err(stop),
                Err(_) => std::thread::sleep(LOOK),
            }
        }
    }

    /// What the script answers, as JSON.
    pub(crate) fn run(&self, script: &str) -> Result<String, Stop> {
        let body = format!("{{\"script\":{},\"args\":[]}}", quoted(script));
        let answer = self.ask("POST", &format!("{}/execute/sync", self.session), &body)?;
        let value = answer
            .trim()
            .strip_prefix("{\"value\":")
            .and_then(|value| value.strip_suffix('}'));
        Ok(value.unwrap_or(&answer).to_owned())
    }

    /// Waits until the script answers `true`.
    pub(crate) fn until(&self, script: &str) -> Result<(), Stop> {
        let begun = Instant::now();
        while self.run(script)? != "true" {
            if begun.elapsed() > PATIENCE {
                return Err(Stop::new(format!("waited in vain for `{script}`")));
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Presses the keys of a text in the element that the CSS selector names.
    pub(crate) fn type_into(&self, selector: &str, text: &str) -> Result<(), Stop> {
        let body = format!(
            "{{\"using\":\"css selector\",\"value\":{}}}",
            quoted(selector)
        );
        let found = self.ask("POST", &format!("{}/element", self.session), &body)?;
        let element = between(&found, &format!("\"{ELEMENT}\":\""), "\"")
            .ok_or_else(|| Stop::new(format!("there is no {selector} in the page")))?;
        let place = format!("{}/element/{element}/value", self.session);
        let body = format!("{{\"text\":{}}}", quoted(text));
        self.ask("POST", &place, &body).map(drop)
    }

    /// Asks the driver, once more where it hung up without a word: it forwards what it is asked over
    /// connections that the other end may have closed meanwhile, and nothing was done then.
    fn ask(&self, method: &str, path: &str, body: &str) -> Result<String, Stop> {
        for _ in 0..HUNG_UP {
            if let Some(answer) = self.ask_once(method, path, body)? {
                return Ok(answer);
            }
        }
        Err(Stop::new(format!(
            "the window's driver hung up on {method} {path}"
        )))
    }

    /// None where the driver closes the connection without an answer.
    fn ask_once(&self, method: &str, path: &str, body: &str) -> Result<Option<String>, Stop> {
        let wrong = |error: std::io::Error| Stop::new(format!("the window's driver: {error}"));
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(wrong)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(wrong)?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).map_err(wrong)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(wrong)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        if head.split_whitespace().nth(1) == Some("200") {
            Ok(Some(body.to_owned()))
        } else if answer.is_empty() {
            Ok(None)
        } else {
            Err(Stop::new(format!(
                "the window's driver refused {method} {path}: {answer}"
            )))
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // The driver ends the application with its session; a lost one goes with its group.
            let _ = self.ask("DELETE", &self.session, "");
        }
    }
}

/// What stands between two words, first met.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    rest.find(after).map(|end| &rest[..end])
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c.is_control() => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_stands_between() {
        let text = r#"{"value":{"sessionId":"ab-1","capabilities":{}}}"#;
        assert_eq!(between(text, "\"sessionId\":\"", "\""), Some("ab-1"));
        assert_eq!(between(text, "\"nothing\":\"", "\""), None);
    }

    #[test]
    fn quotes_as_json_does() {
        assert_eq!(quoted("a \"b\"\n\\"), r#""a \"b\"\u000a\\""#);
    }
}
