//! A letter: one message to one person, and its bytes as mail servers take them (RFC 5322, MIME).

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::ContentTransferEncoding;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Body, Message, MultiPart, SinglePart};

use crate::address::{Address, Mailbox};
use crate::dkim::Signer;
use crate::text::{bounded, one_line};

/// The most that a letter may weigh, in bytes as it is sent; what many servers still take.
pub const HEAVIEST: usize = 25 * 1024 * 1024;
/// The longest subject, in bytes.
pub const LONGEST_SUBJECT: usize = 512;
/// The longest link in a header, in bytes: a line may hold 998.
const LONGEST_LINK: usize = 900;
/// The most pictures and attachments of a letter.
const MOST_PARTS: usize = 256;

/// Why a letter can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// Its id is not one of a message.
    #[error("the message's id is not of the form name@domain")]
    Id,
    /// It says nothing in its subject.
    #[error("the subject is empty")]
    NoSubject,
    /// The link or address to unsubscribe can't stand in a header.
    #[error("the link to unsubscribe is not an address of the web that fits a header")]
    Unsubscribe,
    /// A picture or attachment has a type or an id that can't stand in a header.
    #[error("the type or the id of `{0}` can't stand in a header")]
    Part(String),
    /// It is heavier than mail servers take.
    #[error("the message weighs {0} bytes; mail servers take {HEAVIEST}")]
    TooHeavy(usize),
    /// It has more pictures and attachments than a letter may have.
    #[error("the message has {0} pictures and attachments; it may have {MOST_PARTS}")]
    TooMany(usize),
    /// Its date is before 1970 or past the year 9999.
    #[error("the message's date is not one of a calendar")]
    Date,
    /// It could not be put together.
    #[error("the message could not be put together: {0}")]
    Form(String),
}

impl LetterError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Id => "letter_id",
            Self::NoSubject => "letter_subject_empty",
            Self::Unsubscribe => "letter_unsubscribe",
            Self::Part(_) => "letter_part",
            Self::TooHeavy(_) => "letter_too_heavy",
            Self::TooMany(_) => "letter_too_many_parts",
            Self::Date => "letter_date",
            Self::Form(_) => "letter_form",
        }
    }
}

/// A picture within the text, which the HTML shows as `cid:…`.
#[derive(Debug, Clone)]
pub struct Inline {
    /// Its id: letters, digits, `-`, `_` and `.`, and an `@` between them where wanted.
    pub cid: String,
    /// Its media type, such as `image/png`.
    pub media_type: String,
    /// Its bytes; one picture may be in many letters.
    pub bytes: Arc<[u8]>,
}

/// A file that comes along.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its name, in any script.
    pub name: String,
    /// Its media type, such as `application/pdf`.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

/// An entry of a calendar that mail programs offer to keep.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The iCalendar method that its text states, such as `PUBLISH`, `REQUEST` or `CANCEL`.
    pub method: String,
    /// The text (RFC 5545).
    pub text: String,
}

/// How a reader ends further messages with one click (RFC 8058).
#[derive(Debug, Clone)]
pub struct Unsubscribe {
    /// Where a POST ends them; only `https` is offered as one click.
    pub url: String,
    /// An address that does the same.
    pub mailto: Option<Address>,
}

/// One message to one person.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its id, without the angle brackets: the delivery's id in hex, `@`, the sender's domain.
    pub id: String,
    /// Whom it comes from.
    pub from: Mailbox,
    /// Where answers go, where that is elsewhere.
    pub reply_to: Option<Mailbox>,
    /// Whom it goes to.
    pub to: Mailbox,
    /// Where it comes back to when it can't be delivered; stands on the envelope alone.
    pub return_path: Address,
    /// What it is about; held to one line.
    pub subject: String,
    /// What it says, as text.
    pub text: String,
    /// What it says, as HTML; empty for text alone.
    pub html: String,
    /// The pictures that the HTML shows.
    pub inline: Vec<Inline>,
    /// What comes along.
    pub attachments: Vec<Attachment>,
    /// The entry for a calendar.
    pub calendar: Option<Calendar>,
    /// How to end further messages.
    pub unsubscribe: Option<Unsubscribe>,
    /// Its language (BCP 47), empty for none.
    pub language: String,
    /// When it was written, UTC ms.
    pub date_ms: i64,
    /// Whether a program sent it by itself (RFC 3834), so that programs don't answer.
    pub auto: bool,
}

impl Letter {
    /// Whether only a server with SMTPUTF8 takes it.
    #[must_use]
    pub fn needs_utf8(&self) -> bool {
        self.to.address.needs_utf8()
            || self.from.address.needs_utf8()
            || self
                .reply_to
                .as_ref()
                .is_some_and(|reply| reply.address.needs_utf8())
    }

    /// The message as it is sent, with CRLF and no line over 998 bytes, signed where a signer is
    /// given. The same letter gives the same bytes (signatures by RSA and Ed25519 included).
    ///
    /// # Errors
    ///
    /// When something in it can't stand in a header, or it is too heavy. Line breaks in names and
    /// subject are no error: they become spaces.
    pub fn to_bytes(&self, signer: Option<&Signer>) -> Result<Vec<u8>, LetterError> {
        self.check()?;
        let seconds = u64::try_from(self.date_ms).map_err(|_| LetterError::Date)? / 1000;
        // The last second of the year 9999.
        if seconds > 253_402_300_799 {
            return Err(LetterError::Date);
        }
        let mut message = Message::builder()
            .date(UNIX_EPOCH + Duration::from_secs(seconds))
            .from(self.from.to_lettre())
            .to(self.to.to_lettre())
            .subject(one_line(bounded(&self.subject, LONGEST_SUBJECT)))
            .message_id(Some(format!("<{}>", self.id)))
            .envelope(
                lettre::address::Envelope::new(
                    Some(self.return_path.to_lettre()),
                    vec![self.to.address.to_lettre()],
                )
                .map_err(|error| LetterError::Form(error.to_string()))?,
            );
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(reply_to.to_lettre());
        }
        for (name, value) in self.plain_headers()? {
            message = message.raw_header(plain_header(name, value));
        }
        let mixed = self.body()?;
        let mut bytes = message
            .multipart(mixed)
            .map_err(|error| LetterError::Form(error.to_string()))?
            .formatted();
        if bytes.len() > HEAVIEST {
            return Err(LetterError::TooHeavy(bytes.len()));
        }
        if let Some(signer) = signer {
            let header = signer.header(&bytes, self.date_ms / 1000);
            bytes.splice(0..0, header.into_bytes());
        }
        Ok(bytes)
    }

    fn check(&self) -> Result<(), LetterError> {
        let is_id = |text: &str| {
            !text.is_empty()
                && text.len() <= 250
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+'))
        };
        match self.id.split_once('@') {
            Some((name, domain)) if is_id(name) && is_id(domain) => {}
            _ => return Err(LetterError::Id),
        }
        if one_line(&self.subject).is_empty() {
            return Err(LetterError::NoSubject);
        }
        let count = self.inline.len() + self.attachments.len();
        if count > MOST_PARTS {
            return Err(LetterError::TooMany(count));
        }
        if let Some(bad) = self
            .inline
            .iter()
            .find(|inline| !inline.cid.split('@').all(is_id) || inline.cid.matches('@').count() > 1)
        {
            return Err(LetterError::Part(bounded(&bad.cid, 80).to_owned()));
        }
        let weight: usize = self.inline.iter().map(|inline| inline.bytes.len()).sum();
        let weight: usize = weight
            + self
                .attachments
                .iter()
                .map(|file| file.bytes.len())
                .sum::<usize>()
            + self.text.len()
            + self.html.len();
        if weight > HEAVIEST {
            return Err(LetterError::TooHeavy(weight));
        }
        Ok(())
    }

    /// Headers whose values are ASCII and go out as they are.
    fn plain_headers(&self) -> Result<Vec<(&'static str, String)>, LetterError> {
        let mut headers = Vec::new();
        if let Some(unsubscribe) = &self.unsubscribe {
            let url = &unsubscribe.url;
            let is_web = url.starts_with("https://") || url.starts_with("http://");
            let fits = url.len() <= LONGEST_LINK
                && url
                    .bytes()
                    .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b','));
            if !is_web || !fits {
                return Err(LetterError::Unsubscribe);
            }
            let mut ways = format!("<{url}>");
            if let Some(mailto) = &unsubscribe.mailto {
                if mailto.needs_utf8() {
                    return Err(LetterError::Unsubscribe);
                }
                ways.push_str(&format!(",\r\n <mailto:{mailto}?subject=unsubscribe>"));
            }
            headers.push(("List-Unsubscribe", ways));
            if url.starts_with("https://") {
                let one_click = "List-Unsubscribe=One-Click".to_owned();
                headers.push(("List-Unsubscribe-Post", one_click));
            }
        }
        let is_language = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !self.language.is_empty()
            && self.language.len() <= 35
            && self.language.bytes().all(is_language)
        {
            headers.push(("Content-Language", self.language.clone()));
        }
        if self.auto {
            headers.push(("Auto-Submitted", "auto-generated".to_owned()));
            // Exchange answers in spite of Auto-Submitted.
            headers.push(("X-Auto-Response-Suppress", "OOF, AutoReply".to_owned()));
        }
        Ok(headers)
    }

    fn body(&self) -> Result<MultiPart, LetterError> {
        // Told apart by the id, so that the same letter gives the same bytes.
        let boundary = |name: &str| {
            let id: String = self
                .id
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .take(40)
                .collect();
            // `=_` stands in no quoted-printable and no Base64.
            format!("=_{name}_{id}")
        };
        let mut alternative = MultiPart::alternative()
            .boundary(boundary("a"))
            .singlepart(SinglePart::plain(self.text.clone()));
        if !self.html.is_empty() {
            let html = SinglePart::html(self.html.clone());
            alternative = if self.inline.is_empty() {
                alternative.singlepart(html)
            } else {
                let mut related = MultiPart::related()
                    .boundary(boundary("r"))
                    .singlepart(html);
                for inline in &self.inline {
                    let kind = media_type(&inline.media_type, &inline.cid)?;
                    let part =
                        Part::new_inline(inline.cid.clone()).body(base64(&inline.bytes), kind);
                    related = related.singlepart(part);
                }
                alternative.multipart(related)
            };
        }
        if let Some(calendar) = &self.calendar {
            let named = format!("text/calendar; charset=utf-8; method={}", calendar.method);
            let kind = media_type(&named, "calendar")?;
            let part = SinglePart::builder()
                .content_type(kind)
                .body(calendar.text.clone());
            alternative = alternative.singlepart(part);
        }
        let mut mixed = MultiPart::mixed()
            .boundary(boundary("m"))
            .multipart(alternative);
        for file in &self.attachments {
            let kind = media_type(&file.media_type, &file.name)?;
            let part = Part::new(file_name(&file.name)).body(base64(&file.bytes), kind);
            mixed = mixed.singlepart(part);
        }
        Ok(mixed)
    }
}

/// A header whose value is ASCII and checked, written as it is.
fn plain_header(name: &'static str, value: String) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

fn media_type(text: &str, whose: &str) -> Result<ContentType, LetterError> {
    let plain = text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    plain
        .then(|| ContentType::parse(text).ok())
        .flatten()
        .ok_or_else(|| LetterError::Part(bounded(whose, 80).to_owned()))
}

/// Bytes in Base64, in lines of 76.
fn base64(bytes: &[u8]) -> Body {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let mut text = Vec::with_capacity(bytes.len().div_ceil(57) * 78);
    let mut line = [0_u8; 76];
    for chunk in bytes.chunks(57) {
        if !text.is_empty() {
            text.extend_from_slice(b"\r\n");
        }
        let length = STANDARD
            .encode_slice(chunk, &mut line)
            .expect("57 bytes are 76 characters");
        text.extend_from_slice(&line[..length]);
    }
    Body::dangerous_pre_encoded(text, ContentTransferEncoding::Base64)
}

/// A name that is no path and no command on any system.
fn file_name(name: &str) -> String {
    let clean: String = one_line(name)
        .chars()
        .map(|c| if "/\\:*?\"<>|".contains(c) { '-' } else { c })
        .collect();
    let clean = bounded(clean.trim_matches(['.', ' ']), 120).to_owned();
    if clean.is_empty() {
        "file".to_owned()
    } else {
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_files_safely() {
        assert_eq!(file_name("../../etc/passwd"), "-..-etc-passwd");
        assert_eq!(file_name("a\r\nb.pdf"), "a b.pdf");
        assert_eq!(file_name("Zoë’s ticket.pdf"), "Zoë’s ticket.pdf");
        assert_eq!(file_name(" .. "), "file");
    }
}
