//! One conversation with a client, from the greeting to its end.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::{ServerConnection, StreamOwned};

use super::{Act, Encryption, Shared, Step, Taken, lock};

/// The largest line and letter that it reads, in bytes.
const LONGEST_LINE: usize = 64 * 1024;
const LARGEST_LETTER: usize = 64 * 1024 * 1024;

enum Stream {
    Clear(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Read for Stream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Clear(stream) => stream.read(bytes),
            Self::Tls(stream) => stream.read(bytes),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Clear(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Clear(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

struct Conversation<'a> {
    stream: Stream,
    /// What was read and not yet looked at.
    ahead: Vec<u8>,
    at: usize,
    /// Answers to commands that came together leave together.
    answers: Vec<u8>,
    shared: &'a Shared,
}

/// What a fault leaves to do.
enum After {
    /// The step as it should be.
    GoOn,
    /// Nothing: it was answered.
    Answered,
}

fn over<T>() -> io::Result<T> {
    Err(io::ErrorKind::ConnectionAborted.into())
}

pub(super) fn hold(
    stream: TcpStream,
    shared: &Shared,
    number: usize,
    at_once: usize,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    let mut talk = Conversation {
        stream: Stream::Clear(stream),
        ahead: Vec::new(),
        at: 0,
        answers: Vec::new(),
        shared,
    };
    if shared.manner.encryption == Encryption::Tls {
        talk.encrypt()?;
    }
    if let After::Answered = talk.strike(Step::Connect, None)? {
        return Ok(());
    }
    if at_once > shared.manner.most_connections {
        talk.say("421 4.7.0 Too many connections")?;
        return talk.send();
    }
    talk.say("220 localhost ESMTP")?;
    talk.listen(number)
}

impl Conversation<'_> {
    fn listen(&mut self, number: usize) -> io::Result<()> {
        let manner = &self.shared.manner;
        let mut account: Option<String> = None;
        let mut from: Option<String> = None;
        let mut to: Option<String> = None;
        loop {
            let line = self.line()?;
            let upper = line.to_ascii_uppercase();
            if manner.keeps && !upper.starts_with("AUTH") {
                lock(&self.shared.commands).push(line.clone());
            }
            let is_encrypted = matches!(self.stream, Stream::Tls(_));
            let wants_tls = manner.encryption == Encryption::StartTls && !is_encrypted;
            if upper.starts_with("EHLO") || upper.starts_with("HELO") {
                (from, to) = (None, None);
                if let After::GoOn = self.strike(Step::Hello, None)? {
                    self.introduce(wants_tls)?;
                }
            } else if upper == "STARTTLS" && wants_tls {
                if let After::GoOn = self.strike(Step::StartTls, None)? {
                    self.say("220 2.0.0 Go on")?;
                    self.send()?;
                    self.encrypt()?;
                }
            } else if upper == "QUIT" {
                self.say("221 2.0.0 Bye")?;
                return self.send();
            } else if upper == "NOOP" {
                self.say("250 2.0.0 Here")?;
            } else if upper == "RSET" {
                (from, to) = (None, None);
                if let After::GoOn = self.strike(Step::Reset, None)? {
                    self.say("250 2.0.0 Forgotten")?;
                }
            } else if wants_tls {
                self.say("530 5.7.0 Must issue a STARTTLS command first")?;
            } else if upper.starts_with("AUTH ") {
                if let After::GoOn = self.strike(Step::SignIn, None)? {
                    account = self.sign_in(&line)?;
                }
            } else if manner.account.is_some() && account.is_none() {
                self.say("530 5.7.0 Authentication required")?;
            } else if upper.starts_with("MAIL FROM:") {
                if let After::GoOn = self.strike(Step::From, None)? {
                    if line.is_ascii() || (manner.utf8 && upper.contains("SMTPUTF8")) {
                        from = Some(between_brackets(&line));
                        self.say("250 2.1.0 Sender is fine")?;
                    } else {
                        self.say("553 5.6.7 Not in ASCII")?;
                    }
                }
            } else if upper.starts_with("RCPT TO:") {
                let wanted = between_brackets(&line);
                if from.is_none() {
                    self.say("503 5.5.1 Who sends it?")?;
                } else if let After::GoOn = self.strike(Step::To, Some(&wanted))? {
                    if self.shared.greylists(&wanted) {
                        self.say("450 4.2.0 Greylisted, come back later")?;
                    } else {
                        to = Some(wanted);
                        self.say("250 2.1.5 Recipient is fine")?;
                    }
                }
            } else if upper == "DATA" {
                let Some(wanted) = to.take() else {
                    self.say("503 5.5.1 To whom?")?;
                    continue;
                };
                if let After::GoOn = self.strike(Step::Data, Some(&wanted))? {
                    self.say("354 Go on, and end with a dot")?;
                    let bytes = self.letter(&wanted)?;
                    if let After::GoOn = self.strike(Step::Letter, Some(&wanted))? {
                        self.shared.take(Taken {
                            from: from.take().unwrap_or_default(),
                            to: wanted,
                            bytes,
                            encrypted: is_encrypted,
                            account: account.clone(),
                            connection: number,
                        });
                        self.say("250 2.0.0 Taken as kit-1")?;
                    }
                }
                from = None;
            } else {
                self.say("500 5.5.2 What?")?;
            }
        }
    }

    fn introduce(&mut self, wants_tls: bool) -> io::Result<()> {
        let manner = &self.shared.manner;
        let mut lines = vec!["localhost".to_owned(), "8BITMIME".to_owned()];
        if manner.pipelining {
            lines.push("PIPELINING".to_owned());
        }
        if manner.utf8 {
            lines.push("SMTPUTF8".to_owned());
        }
        if manner.largest > 0 {
            lines.push(format!("SIZE {}", manner.largest));
        }
        if wants_tls {
            lines.push("STARTTLS".to_owned());
        } else if manner.account.is_some() {
            lines.push(format!("AUTH {}", manner.ways.join(" ")));
        }
        lines.push("ENHANCEDSTATUSCODES".to_owned());
        let last = lines.len() - 1;
        for (at, line) in lines.iter().enumerate() {
            self.say(&format!("250{}{line}", if at == last { ' ' } else { '-' }))?;
        }
        Ok(())
    }

    fn sign_in(&mut self, line: &str) -> io::Result<Option<String>> {
        let words: Vec<&str> = line.split(' ').collect();
        let way = words.get(1).copied().unwrap_or("").to_ascii_uppercase();
        let (user, secret) = match way.as_str() {
            "PLAIN" => {
                let said = decode(words.get(2).copied().unwrap_or(""));
                let mut parts = said.split('\0').skip(1).map(str::to_owned);
                (
                    parts.next().unwrap_or_default(),
                    parts.next().unwrap_or_default(),
                )
            }
            "LOGIN" => {
                self.say(&format!("334 {}", STANDARD.encode("Username:")))?;
                let user = decode(&self.line()?);
                self.say(&format!("334 {}", STANDARD.encode("Password:")))?;
                (user, decode(&self.line()?))
            }
            "XOAUTH2" => {
                let said = decode(words.get(2).copied().unwrap_or(""));
                let of = |name: &str| {
                    said.split('\u{1}')
                        .find_map(|part| part.strip_prefix(name))
                        .unwrap_or("")
                        .to_owned()
                };
                (of("user="), of("auth=Bearer "))
            }
            _ => {
                self.say("504 5.5.4 Not this way")?;
                return Ok(None);
            }
        };
        let is_right = self.shared.manner.ways.contains(&way)
            && self.shared.manner.account == Some((user.clone(), secret));
        if is_right {
            self.say("235 2.7.0 Welcome")?;
            return Ok(Some(user));
        }
        if way == "XOAUTH2" {
            let reason = STANDARD.encode(r#"{"status":"401","schemes":"bearer"}"#);
            self.say(&format!("334 {reason}"))?;
            self.line()?;
        }
        self.say("535 5.7.8 Credentials are not right")?;
        Ok(None)
    }

    /// The letter up to its dot, without the dots that were added.
    fn letter(&mut self, to: &str) -> io::Result<Vec<u8>> {
        self.forget_read();
        let mut searched = self.at;
        let mut struck = false;
        let end = loop {
            let from = searched.saturating_sub(4).max(self.at);
            let window = &self.ahead[from..];
            if self.ahead[self.at..].starts_with(b".\r\n") {
                break self.at;
            }
            if let Some(found) = find(window, b"\r\n.\r\n") {
                break from + found + 2;
            }
            if !struck && self.ahead.len() > self.at {
                struck = true;
                self.strike(Step::Within, Some(to))?;
            }
            if self.ahead.len() - self.at > LARGEST_LETTER {
                return over();
            }
            searched = self.ahead.len();
            self.read_more()?;
        };
        let mut letter = Vec::new();
        if self.shared.manner.keeps {
            for line in self.ahead[self.at..end].split_inclusive(|byte| *byte == b'\n') {
                letter.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
            }
        }
        self.at = end + 3;
        Ok(letter)
    }

    fn strike(&mut self, at: Step, to: Option<&str>) -> io::Result<After> {
        match self.shared.strike(at, to) {
            None => Ok(After::GoOn),
            Some(Act::Say(line)) => {
                self.say(&line)?;
                Ok(After::Answered)
            }
            Some(Act::SayAndDrop(line)) => {
                self.say(&line)?;
                self.send()?;
                over()
            }
            Some(Act::Stall(time)) => {
                self.send()?;
                std::thread::sleep(time);
                Ok(After::GoOn)
            }
            Some(Act::Drop) => {
                self.send()?;
                over()
            }
        }
    }

    fn encrypt(&mut self) -> io::Result<()> {
        let Stream::Clear(stream) = &self.stream else {
            return over();
        };
        let stream = stream.try_clone()?;
        let config = self.shared.tls.clone();
        let Some(config) = config else { return over() };
        let connection = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        self.stream = Stream::Tls(Box::new(StreamOwned::new(connection, stream)));
        self.ahead.clear();
        self.at = 0;
        Ok(())
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        self.answers.extend_from_slice(line.as_bytes());
        self.answers.extend_from_slice(b"\r\n");
        if self.at < self.ahead.len() {
            return Ok(());
        }
        self.send()
    }

    fn send(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.answers)?;
        self.answers.clear();
        self.stream.flush()
    }

    fn read_more(&mut self) -> io::Result<()> {
        if !self.answers.is_empty() {
            self.send()?;
        }
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes)? {
            0 => over(),
            length => {
                self.ahead.extend_from_slice(&bytes[..length]);
                Ok(())
            }
        }
    }

    fn forget_read(&mut self) {
        self.ahead.drain(..self.at);
        self.at = 0;
    }

    fn line(&mut self) -> io::Result<String> {
        self.forget_read();
        loop {
            if let Some(end) = find(&self.ahead[self.at..], b"\r\n") {
                let line = &self.ahead[self.at..self.at + end];
                let line = String::from_utf8_lossy(line).into_owned();
                self.at += end + 2;
                return Ok(line);
            }
            if self.ahead.len() - self.at > LONGEST_LINE {
                return over();
            }
            self.read_more()?;
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn between_brackets(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or_else(String::new, |(address, _)| address.to_owned())
}

fn decode(text: &str) -> String {
    let bytes = STANDARD.decode(text.trim()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
