//! A provider of short messages that does as it is told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A provider of short messages on the loopback: answers each request with the next of its answers;
/// a status of 0 hangs up instead.
#[derive(Debug)]
pub struct TextProvider {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl TextProvider {
    /// Begins to answer; who comes after the last answer finds nobody.
    ///
    /// # Panics
    /// Where the loopback has no free port.
    #[must_use]
    pub fn start(answers: Vec<(u16, &'static str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = asked.clone();
        std::thread::spawn(move || {
            for (status, body) in answers {
                let Ok((mut stream, _)) = listener.accept() else {
                    return;
                };
                let mut request = Vec::new();
                let mut bytes = [0; 4096];
                while !is_whole(&request) {
                    match stream.read(&mut bytes) {
                        Ok(0) | Err(_) => return,
                        Ok(length) => request.extend_from_slice(&bytes[..length]),
                    }
                }
                held(&heard).push(String::from_utf8_lossy(&request).into_owned());
                if status != 0 {
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\nlocation: https://elsewhere.example/\r\n\r\n{body}",
                        body.len()
                    );
                    if stream.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            }
        });
        Self { address, asked }
    }

    /// The address of a path on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far, as they came.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        held(&self.asked).clone()
    }
}

fn held(asked: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    body.len() >= length
}
