//! Server-sent events (`text/event-stream`, as the HTML standard defines it), read piece by piece.

use serde::Serialize;

/// The most that one event holds, in bytes; what is longer is no event of ours.
const LONGEST_EVENT: usize = 4 << 20;

/// One message to a page that subscribed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// An event of the stream.
    Event {
        /// Its type; `message` where the stream names none.
        event: String,
        /// What it carries.
        data: String,
        /// The last id that the stream has named, to catch up from.
        id: Option<String>,
    },
    /// The stream is over: it ended or was called off.
    End,
}

/// An event that is longer than any that is waited for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of more than {LONGEST_EVENT} bytes")]
pub(crate) struct TooLong;

/// Reads events out of a stream whose pieces end anywhere.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    /// What has come of a line that is not over yet.
    line: Vec<u8>,
    /// Whether the last byte was a CR, whose LF belongs to the same end of line.
    after_cr: bool,
    event: String,
    data: String,
    has_data: bool,
    last_id: Option<String>,
}

impl EventReader {
    /// The events that are whole now that `piece` has come.
    pub(crate) fn read(&mut self, piece: &[u8]) -> Result<Vec<Message>, TooLong> {
        let mut whole = Vec::new();
        for &byte in piece {
            let after_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => whole.extend(self.end_line()),
                _ => {
                    self.line.push(byte);
                    if self.line.len() + self.data.len() > LONGEST_EVENT {
                        return Err(TooLong);
                    }
                }
            }
        }
        Ok(whole)
    }

    fn end_line(&mut self) -> Option<Message> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return self.end_event();
        }
        let line = String::from_utf8_lossy(&line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                self.data.push_str(value);
            }
            "id" if !value.contains('\0') => self.last_id = Some(value.to_owned()),
            // Comments keep the connection alive; other fields are for whoever reconnects.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<Message> {
        let event = std::mem::take(&mut self.event);
        let data = std::mem::take(&mut self.data);
        std::mem::take(&mut self.has_data).then(|| Message::Event {
            event: if event.is_empty() {
                "message".to_owned()
            } else {
                event
            },
            data,
            id: self.last_id.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(event: &str, data: &str, id: Option<&str>) -> Message {
        Message::Event {
            event: event.to_owned(),
            data: data.to_owned(),
            id: id.map(str::to_owned),
        }
    }

    const STREAM: &str = ": hello\n\nevent: scan\ndata: {\"n\":1}\nid: 41\n\ndata:first\r\ndata: second\r\n\r\nevent: lost\n\ndata\n\nid: 42\rdata: Zoë\r\r";

    fn expected() -> Vec<Message> {
        vec![
            event("scan", "{\"n\":1}", Some("41")),
            event("message", "first\nsecond", Some("41")),
            event("message", "", Some("41")),
            event("message", "Zoë", Some("42")),
        ]
    }

    #[test]
    fn reads_events_as_the_standard_says() {
        let mut reader = EventReader::default();
        assert_eq!(reader.read(STREAM.as_bytes()), Ok(expected()));
    }

    #[test]
    fn pieces_may_end_anywhere() {
        for size in 1..STREAM.len() {
            let mut reader = EventReader::default();
            let mut events = Vec::new();
            for piece in STREAM.as_bytes().chunks(size) {
                events.extend(reader.read(piece).expect("short events"));
            }
            assert_eq!(events, expected(), "pieces of {size}");
        }
    }

    #[test]
    fn an_endless_event_is_given_up() {
        let mut reader = EventReader::default();
        let piece = vec![b'x'; LONGEST_EVENT + 1];
        assert_eq!(reader.read(&piece), Err(TooLong));
    }

    #[test]
    fn messages_are_written_for_the_page() {
        let text = serde_json::to_string(&event("scan", "{}", None)).expect("JSON");
        assert_eq!(
            text,
            r#"{"kind":"event","event":"scan","data":"{}","id":null}"#
        );
        let end = serde_json::to_string(&Message::End).expect("JSON");
        assert_eq!(end, r#"{"kind":"end"}"#);
    }
}
