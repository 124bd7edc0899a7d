//! A provider of short messages that does as it is told.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A provider of short messages on the loopback: answers each request with the next of its answers;
/// a status of 0 hangs up instead.
#[derive(Debug)]
pub struct TextProvider {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
}

impl TextProvider {
    /// Begins to answer; who comes after the last answer is hung up on, and the next finds nobody.
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
        let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
        let next = answers.clone();
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let Some((status, body)) = held(&next).pop_front() else {
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
        Self {
            address,
            asked,
            answers,
        }
    }

    /// Answers with these from now on, instead of what it had left to answer.
    pub fn answer(&self, answers: &[(u16, &'static str)]) {
        *held(&self.answers) = answers.iter().copied().collect();
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

fn held<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
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
