//! What a server's refusal means for the letter, and for the connection.

use std::error::Error as _;

use lettre::transport::smtp::Error;

use super::LONGEST_REPLY;
use crate::net::NoConnection;
use crate::text::{bounded, one_line};

/// What a server objects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The address it should go to: this guest's matter.
    Recipient,
    /// Who sends: the account, the sender's address or this machine. Every other letter would
    /// meet the same.
    Sender,
    /// The letter itself.
    Content,
}

/// Why a letter or a short message was not handed over, or not knowingly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server refused it for good (5xx). It does not have it.
    #[error("it was refused ({code}): {text}")]
    Refused {
        /// What it objects to.
        of: Of,
        /// Its code; 0 where it said none.
        code: u16,
        /// Its enhanced code (RFC 3463), such as `5.1.1`.
        enhanced: Option<String>,
        /// Its words, bounded.
        text: String,
    },
    /// The server refused it for now (4xx). It does not have it; later it may take it.
    #[error("it was put off for now ({code}): {text}")]
    Later {
        /// What it objects to.
        of: Of,
        /// Its code.
        code: u16,
        /// Its enhanced code (RFC 3463), such as `4.7.1`.
        enhanced: Option<String>,
        /// Its words, bounded.
        text: String,
    },
    /// The server could not be reached, or the connection broke before the whole letter was
    /// written. It does not have it.
    #[error("not reached: {text}")]
    Unreachable {
        /// Why, as a stable code.
        code: &'static str,
        /// Why, in words.
        text: String,
    },
    /// The connection broke after the whole letter was written and before the server answered.
    /// Whether it has it can't be known.
    #[error("the connection broke before an answer came; the message may have left: {text}")]
    Unknown {
        /// How it broke.
        text: String,
    },
}

impl SendError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused { of, .. } => match of {
                Of::Recipient => "refused_recipient",
                Of::Sender => "refused_sender",
                Of::Content => "refused_content",
            },
            Self::Later { .. } => "later",
            Self::Unreachable { code, .. } => code,
            Self::Unknown { .. } => "unknown_outcome",
        }
    }

    /// Whether the server closes the connection with it.
    pub(super) fn is_farewell(&self) -> bool {
        matches!(self, Self::Later { code: 421, .. })
    }
}

impl From<NoConnection> for SendError {
    fn from(reason: NoConnection) -> Self {
        Self::Unreachable {
            code: reason.code(),
            text: reason.to_string(),
        }
    }
}

/// Where in the conversation an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Greeting,
    SignIn,
    From,
    To,
    Data,
    Letter,
}

/// A failure, and what is left of the connection.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: SendError,
    /// Whether the connection goes on.
    pub(super) usable: bool,
    /// Whether it was the connection that failed, before the server consented to DATA.
    pub(super) fell_before_data: bool,
}

impl Failure {
    fn new(error: SendError, usable: bool, fell_before_data: bool) -> Self {
        Self {
            error,
            usable,
            fell_before_data,
        }
    }

    /// Refused before a word was said.
    pub(super) fn unsaid(error: SendError) -> Self {
        Self::new(error, true, false)
    }

    /// Refused by the server, which goes on listening.
    pub(super) fn said(error: SendError) -> Self {
        let usable = !error.is_farewell();
        Self::new(error, usable, false)
    }

    /// The connection is over with it.
    pub(super) fn over(error: SendError) -> Self {
        Self::new(error, false, false)
    }

    /// The server took leave before the letter: of a kept connection, as servers do after a while.
    pub(super) fn farewell(error: SendError) -> Self {
        Self::new(error, false, true)
    }

    /// The connection broke before the letter.
    pub(super) fn lost(text: &str) -> Self {
        let error = SendError::Unreachable {
            code: "connection_lost",
            text: text.to_owned(),
        };
        Self::new(error, false, true)
    }
}

/// What the library says of an error, on one line and bounded.
pub(super) fn words(error: &Error) -> String {
    let words = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    bounded(&one_line(&words), LONGEST_REPLY).to_owned()
}

/// Whether the server closes the connection after this.
pub(super) fn hangs_up(error: &Error) -> bool {
    error.status().is_some_and(|code| u16::from(code) == 421)
}

/// What an error means that came at this step, before the letter was written whole or in answer
/// to it.
pub(super) fn read(error: &Error, step: Step) -> SendError {
    let text = words(error);
    let Some(code) = error.status().map(u16::from) else {
        return SendError::Unreachable {
            code: "connection_lost",
            text,
        };
    };
    let enhanced = enhanced(&text);
    let of = of(step, code, enhanced.as_deref(), &text);
    if code >= 500 {
        SendError::Refused {
            of,
            code,
            enhanced,
            text,
        }
    } else {
        SendError::Later {
            of,
            code,
            enhanced,
            text,
        }
    }
}

/// The enhanced status code that a text begins with.
fn enhanced(text: &str) -> Option<String> {
    let word = text.split([' ', '-']).next()?;
    let mut parts = word.split('.');
    let class = parts.next()?;
    let is_number = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
    };
    (matches!(class, "2" | "4" | "5")
        && parts.next().is_some_and(is_number)
        && parts.next().is_some_and(is_number)
        && parts.next().is_none())
    .then(|| word.to_owned())
}

fn of(step: Step, code: u16, enhanced: Option<&str>, text: &str) -> Of {
    let detail = enhanced.and_then(|enhanced| enhanced.get(2..));
    let text = text.to_ascii_lowercase();
    match step {
        Step::Greeting | Step::SignIn | Step::From => Of::Sender,
        // Too many at once, or no right to send elsewhere: not this guest's matter.
        _ if code == 421 || matches!(code, 530 | 535) => Of::Sender,
        Step::To | Step::Data => {
            // The words count where the code does not tell; servers quote the address in them.
            let says = |what| {
                text.split_ascii_whitespace()
                    .any(|word| !word.contains('@') && word.contains(what))
            };
            match detail {
                Some("7.0" | "7.8" | "7.9" | "1.7" | "1.8") => Of::Sender,
                Some("1.1" | "1.2" | "1.3" | "1.6" | "1.10" | "2.1" | "2.2") => Of::Recipient,
                _ if says("relay") || says("authenticat") => Of::Sender,
                _ => Of::Recipient,
            }
        }
        Step::Letter => match detail {
            Some(detail) if detail.starts_with("1.") || detail.starts_with("2.") => {
                if detail == "2.3" {
                    Of::Content
                } else if matches!(detail, "1.7" | "1.8") {
                    Of::Sender
                } else {
                    Of::Recipient
                }
            }
            // Limits of the account, and signatures that the domain lacks.
            Some(
                "4.5" | "5.3" | "7.8" | "7.9" | "7.23" | "7.24" | "7.25" | "7.26" | "7.27" | "7.28",
            ) => Of::Sender,
            _ => Of::Content,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_enhanced_codes() {
        assert_eq!(enhanced("5.1.1 no such user").as_deref(), Some("5.1.1"));
        assert_eq!(
            enhanced("5.7.25 [203.0.113.1] …").as_deref(),
            Some("5.7.25")
        );
        for none in [
            "",
            "no such user",
            "5.1",
            "5.1.1.1",
            "3.1.1 x",
            "10.0.0.1 x",
        ] {
            assert_eq!(enhanced(none), None, "{none}");
        }
    }

    #[test]
    fn tells_whose_matter_a_refusal_is() {
        for (step, code, text, whose) in [
            (Step::To, 550, "5.1.1 no such user", Of::Recipient),
            (Step::To, 550, "no such user here", Of::Recipient),
            (Step::To, 554, "5.7.1 relay access denied", Of::Sender),
            (Step::To, 550, "relaying denied", Of::Sender),
            (
                Step::To,
                550,
                "5.1.1 <ada@privaterelay.example> unknown",
                Of::Recipient,
            ),
            (
                Step::To,
                550,
                "no such user <ada@privaterelay.example>",
                Of::Recipient,
            ),
            (Step::To, 450, "4.2.0 greylisted", Of::Recipient),
            (Step::To, 421, "too many connections", Of::Sender),
            (
                Step::From,
                553,
                "5.1.8 sender domain must exist",
                Of::Sender,
            ),
            (Step::SignIn, 535, "5.7.8 bad credentials", Of::Sender),
            (Step::Data, 530, "5.7.0 must sign in first", Of::Sender),
            (Step::Letter, 552, "5.2.2 mailbox full", Of::Recipient),
            (Step::Letter, 552, "5.3.4 too big", Of::Content),
            (Step::Letter, 554, "5.7.1 looks like spam", Of::Content),
            (Step::Letter, 550, "5.7.26 no SPF, no DKIM", Of::Sender),
            (Step::Letter, 550, "we do not like it", Of::Content),
        ] {
            let enhanced = enhanced(text);
            assert_eq!(of(step, code, enhanced.as_deref(), text), whose, "{text}");
        }
    }
}
