//! What comes back: failures, delays, receipts, absences and complaints.
//!
//! Reads delivery reports (RFC 3464), complaints (RFC 5965), receipts (RFC 8098) and the letters
//! that servers without a standard write. Which of our messages it is about stands in the return
//! path that it was sent to, or in what it quotes of the original.

mod words;

use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use serde::Serialize;

use crate::address::{Verp, VerpToken};
use crate::text::{bounded, one_line};

/// The most of a message that is read, in bytes; what stands behind is the original.
pub const MOST_READ: usize = 1024 * 1024;
/// The longest diagnostic that is kept, in bytes.
const LONGEST_DIAGNOSTIC: usize = 300;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It could not be delivered and is tried no more.
    Failed,
    /// It could not be delivered yet; the server goes on trying.
    Delayed,
    /// It arrived.
    Delivered,
    /// It arrived, and a program answered for somebody who is away.
    OutOfOffice,
    /// It arrived, and the reader called it spam.
    Complaint,
}

/// Why a message failed, as far as one can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// There is no such mailbox or no such domain: the address is wrong.
    NoSuchAddress,
    /// The mailbox is full.
    MailboxFull,
    /// The mailbox is closed, or takes no mail.
    MailboxClosed,
    /// The message is too large.
    TooLarge,
    /// Their server can't be reached, or was not for too long.
    Unreachable,
    /// Their server does not want it: spam, policy, the sender's reputation.
    Unwanted,
    /// Anything else.
    Other,
}

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which of our messages it is about; none where it does not say, or says it wrongly.
    pub token: Option<VerpToken>,
    /// What became of it.
    pub outcome: Outcome,
    /// The status code (RFC 3463), such as `5.1.1`; empty where there is none.
    pub status: String,
    /// The server's words, bounded, on one line and without addresses.
    pub diagnostic: String,
    /// Whom it could not be delivered to.
    pub recipient: Option<String>,
}

impl Report {
    /// Why it failed.
    #[must_use]
    pub fn reason(&self) -> Reason {
        words::reason(&self.status, &self.diagnostic)
    }
}

/// What a message says of one of ours; none where it is no report.
#[must_use]
pub fn read(raw: &[u8], verp: &Verp) -> Option<Report> {
    let raw = &raw[..raw.len().min(MOST_READ)];
    let message = MessageParser::default().parse(raw)?;
    let mut report = by_standard(&message)
        .or_else(|| by_custom(&message))
        .or_else(|| absence(&message))?;
    if matches!(report.outcome, Outcome::Failed | Outcome::Delayed) && report.diagnostic.is_empty()
    {
        add_words(&message, &mut report);
    }
    report.token = token(&message, raw, verp);
    report.diagnostic = without_addresses(bounded(&one_line(&report.diagnostic), 2000));
    report.diagnostic = bounded(&report.diagnostic, LONGEST_DIAGNOSTIC).to_owned();
    report.recipient = report
        .recipient
        .filter(|address| verp.read(address).is_none());
    Some(report)
}

/// Takes from the words for people what the fields for machines leave out, as Exim's do.
fn add_words(message: &Message<'_>, report: &mut Report) {
    let text = words_of(message);
    let Some(line) = words::telling_line(words::before_original(&text)) else {
        return;
    };
    if (report.status.is_empty() || report.status.ends_with(".0.0"))
        && let Some(status) = words::status_within(&line)
        && status.as_bytes().first() == report.status.as_bytes().first().or(Some(&b'5'))
    {
        report.status = status;
    }
    report.diagnostic = line;
}

/// The first text of a message.
fn words_of(message: &Message<'_>) -> String {
    parts(message)
        .find(|part| matches!(part.body, PartType::Text(_) | PartType::Html(_)))
        .map(text_of)
        .unwrap_or_default()
}

/// The return path that it came to, else the first of ours that it quotes anywhere.
fn token(message: &Message<'_>, raw: &[u8], verp: &Verp) -> Option<VerpToken> {
    let headers = message
        .headers_raw()
        .take(400)
        .filter(|(name, _)| {
            [
                "to",
                "delivered-to",
                "envelope-to",
                "x-original-to",
                "x-envelope-to",
            ]
            .iter()
            .any(|wanted| name.eq_ignore_ascii_case(wanted))
        })
        .find_map(|(_, value)| verp.find(value));
    headers
        .or_else(|| verp.find(&String::from_utf8_lossy(raw)))
        .or_else(|| {
            // What was encoded on the way reads only part by part.
            parts(message).find_map(|part| verp.find(&text_of(part)))
        })
}

fn parts<'a, 'x>(message: &'a Message<'x>) -> impl Iterator<Item = &'a MessagePart<'x>> {
    message.parts.iter().take(50)
}

fn text_of(part: &MessagePart<'_>) -> String {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.clone().into_owned(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        PartType::Message(message) => String::from_utf8_lossy(message.raw_message()).into_owned(),
        PartType::Multipart(_) => String::new(),
    }
}

fn kind_of(part: &MessagePart<'_>) -> String {
    part.content_type().map_or_else(String::new, |kind| {
        format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("")).to_ascii_lowercase()
    })
}

/// Fields of a machine's report: groups, parted by empty lines, of names in lower case and
/// values on one line.
fn groups(text: &str) -> Vec<Vec<(String, String)>> {
    let mut groups = vec![Vec::new()];
    for line in text.lines().take(2000) {
        let group: &mut Vec<(String, String)> = groups.last_mut().expect("there is a first");
        if line.trim().is_empty() {
            if !group.is_empty() {
                groups.push(Vec::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn field<'a>(group: &'a [(String, String)], name: &str) -> Option<&'a str> {
    group
        .iter()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.as_str())
}

/// What stands behind `rfc822;`, `smtp;` and the like.
fn behind_kind(value: &str) -> &str {
    value
        .split_once(';')
        .map_or(value, |(_, value)| value)
        .trim()
}

/// A report in one of the standard forms.
fn by_standard(message: &Message<'_>) -> Option<Report> {
    parts(message).find_map(|part| match kind_of(part).as_str() {
        "message/delivery-status" | "message/global-delivery-status" => delivery(&text_of(part)),
        "message/feedback-report" => complaint(&text_of(part)),
        "message/disposition-notification" | "message/global-disposition-notification" => {
            receipt(&text_of(part))
        }
        _ => None,
    })
}

fn delivery(text: &str) -> Option<Report> {
    let groups = groups(text);
    let of = |group: &[(String, String)]| -> Option<(u8, Report)> {
        let action = field(group, "action")?.to_ascii_lowercase();
        let (rank, outcome) = match action.split([' ', '(']).next()? {
            "failed" => (0, Outcome::Failed),
            "delayed" => (1, Outcome::Delayed),
            "delivered" | "relayed" | "expanded" => (2, Outcome::Delivered),
            _ => return None,
        };
        let status = field(group, "status").and_then(words::status).unwrap_or("");
        let recipient = field(group, "original-recipient")
            .or_else(|| field(group, "final-recipient"))
            .and_then(|value| address(behind_kind(value)));
        let report = Report {
            token: None,
            outcome,
            status: status.to_owned(),
            diagnostic: field(group, "diagnostic-code")
                .map(|value| behind_kind(value).to_owned())
                .unwrap_or_default(),
            recipient,
        };
        Some((rank, report))
    };
    groups
        .iter()
        .filter_map(|group| of(group))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, report)| report)
}

fn complaint(text: &str) -> Option<Report> {
    let groups = groups(text);
    let kind = groups
        .iter()
        .find_map(|group| field(group, "feedback-type"))?;
    let recipient = groups
        .iter()
        .find_map(|group| field(group, "original-rcpt-to"))
        .and_then(address);
    // Other kinds, such as `auth-failure` and `not-spam`, are no complaint of a reader's.
    matches!(
        kind.to_ascii_lowercase().as_str(),
        "abuse" | "fraud" | "virus" | "opt-out"
    )
    .then(|| Report {
        token: None,
        outcome: Outcome::Complaint,
        status: String::new(),
        diagnostic: kind.to_owned(),
        recipient,
    })
}

fn receipt(text: &str) -> Option<Report> {
    let groups = groups(text);
    let disposition = groups
        .iter()
        .find_map(|group| field(group, "disposition"))?;
    Some(Report {
        token: None,
        outcome: Outcome::Delivered,
        status: String::new(),
        diagnostic: disposition.to_owned(),
        recipient: groups
            .iter()
            .find_map(|group| field(group, "final-recipient"))
            .and_then(|value| address(behind_kind(value))),
    })
}

/// A failure or delay as servers write them in words.
fn by_custom(message: &Message<'_>) -> Option<Report> {
    let subject = message.subject().unwrap_or("").to_lowercase();
    let failed_recipients = header_text(message, "X-Failed-Recipients");
    let sender = message
        .from()
        .and_then(|from| from.first())
        .and_then(|from| from.address())
        .unwrap_or("")
        .to_ascii_lowercase();
    let is_daemon = ["mailer-daemon", "postmaster", "mail-daemon", "maildelivery"]
        .iter()
        .any(|name| sender.starts_with(name));
    let says_delay = words::DELAYED_SUBJECTS
        .iter()
        .any(|words| subject.contains(words));
    let says_failure = words::FAILED_SUBJECTS
        .iter()
        .any(|words| subject.contains(words));
    if failed_recipients.is_none() && !(is_daemon || says_failure && sender.is_empty()) {
        return None;
    }
    let text = words_of(message);
    // What the server says stands before what it quotes.
    let said = words::before_original(&text);
    let lower = said.to_lowercase();
    let delayed = says_delay || words::DELAYED.iter().any(|words| lower.contains(words));
    let line = words::telling_line(said);
    if failed_recipients.is_none() && !says_failure && !delayed && line.is_none() {
        return None;
    }
    let line = line.unwrap_or_default();
    Some(Report {
        token: None,
        outcome: if delayed {
            Outcome::Delayed
        } else {
            Outcome::Failed
        },
        status: words::status_within(&line)
            .or_else(|| words::status_within(said))
            .unwrap_or_default(),
        diagnostic: line,
        recipient: failed_recipients
            .as_deref()
            .and_then(|value| address(value.split(',').next().unwrap_or("")))
            .or_else(|| first_address(said)),
    })
}

/// An answer that a program gave for somebody.
fn absence(message: &Message<'_>) -> Option<Report> {
    let auto = header_text(message, "Auto-Submitted")
        .is_some_and(|value| value.to_ascii_lowercase().starts_with("auto-replied"));
    let older = [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-Auto-Response-From",
    ]
    .iter()
    .any(|name| header_text(message, name).is_some())
        || header_text(message, "Precedence")
            .is_some_and(|value| value.eq_ignore_ascii_case("auto_reply"));
    let subject = message.subject().unwrap_or("").to_lowercase();
    let says_so = words::ABSENT_SUBJECTS
        .iter()
        .any(|words| subject.starts_with(words));
    (auto || older || says_so).then(|| Report {
        token: None,
        outcome: Outcome::OutOfOffice,
        status: String::new(),
        diagnostic: message.subject().unwrap_or("").to_owned(),
        recipient: message
            .from()
            .and_then(|from| from.first())
            .and_then(|from| from.address())
            .and_then(address),
    })
}

fn header_text(message: &Message<'_>, name: &str) -> Option<String> {
    match message.header(name.to_owned())? {
        HeaderValue::Text(text) => Some(text.trim().to_owned()),
        HeaderValue::TextList(texts) => texts.first().map(|text| text.trim().to_owned()),
        _ => message
            .header_raw(name.to_owned())
            .map(|text| text.trim().to_owned()),
    }
}

/// An address without its brackets; none where it is none.
fn address(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['<', '>', '"', '\'']).trim();
    crate::address::Address::read(text)
        .ok()
        .map(|address| address.as_str().to_owned())
}

fn first_address(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | ',' | ';'))
        .take(4000)
        .filter(|word| word.contains('@'))
        .find_map(|word| address(word.trim_matches([':', '.', '\''])))
}

/// The words with every address in them left out: who is meant stands in `recipient`.
fn without_addresses(text: &str) -> String {
    let words: Vec<&str> = text
        .split(' ')
        .map(|word| if word.contains('@') { "…" } else { word })
        .collect();
    words.join(" ")
}
