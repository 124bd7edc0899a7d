//! What mail servers write where no standard is kept, and what it means.

use super::Reason;

/// How the subjects of failures are worded, in lower case.
pub(super) const FAILED_SUBJECTS: [&str; 16] = [
    "undelivered mail",
    "undeliverable",
    "failure notice",
    "mail delivery failed",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "returned mail",
    "mail delivery system",
    "nondeliverable",
    "message undeliverable",
    "no se puede entregar",
    "no entregado",
    "non remis",
    "échec de la remise",
    "unzustellbar",
];

/// How the subjects of delays are worded, in lower case.
pub(super) const DELAYED_SUBJECTS: [&str; 5] = [
    "delivery status notification (delay)",
    "delayed mail",
    "warning: message",
    "delivery delayed",
    "retard de remise",
];

/// How the texts of delays are worded, in lower case.
pub(super) const DELAYED: [&str; 6] = [
    "has not yet been delivered",
    "has not been delivered yet",
    "will be retried",
    "you do not need to resend",
    "this is a warning message only",
    "gmail will retry for",
];

/// How the subjects of absences begin, in lower case.
pub(super) const ABSENT_SUBJECTS: [&str; 11] = [
    "out of office",
    "automatic reply",
    "autoreply",
    "auto-reply",
    "auto reply",
    "away from",
    "fuera de la oficina",
    "respuesta automática",
    "réponse automatique",
    "absence du bureau",
    "abwesenheit",
];

/// What begins the original in a failure's text.
const ORIGINAL: [&str; 8] = [
    "--- below this line is a copy of the message",
    "------ this is a copy of the message",
    "----- original message",
    "original message headers",
    "------ original message",
    "--- the header of the original message",
    "----- message header follows",
    "original message follows",
];

/// What failures are worded with, and what it means; in lower case, the surer first.
const TELLING: [(&str, Reason); 38] = [
    ("user unknown", Reason::NoSuchAddress),
    ("unknown user", Reason::NoSuchAddress),
    ("no such user", Reason::NoSuchAddress),
    ("no such recipient", Reason::NoSuchAddress),
    ("no such mailbox", Reason::NoSuchAddress),
    ("unrouteable address", Reason::NoSuchAddress),
    ("unknown or invalid", Reason::NoSuchAddress),
    ("recipient not found", Reason::NoSuchAddress),
    ("recipient address rejected", Reason::NoSuchAddress),
    ("recipientnotfound", Reason::NoSuchAddress),
    ("address not found", Reason::NoSuchAddress),
    ("wasn't found", Reason::NoSuchAddress),
    ("couldn't be found", Reason::NoSuchAddress),
    ("does not exist", Reason::NoSuchAddress),
    ("doesn't exist", Reason::NoSuchAddress),
    ("no mailbox here by that name", Reason::NoSuchAddress),
    ("mailbox unavailable", Reason::NoSuchAddress),
    ("host not found", Reason::NoSuchAddress),
    ("domain not found", Reason::NoSuchAddress),
    ("couldn't find any host", Reason::NoSuchAddress),
    ("mailbox full", Reason::MailboxFull),
    ("mailbox is full", Reason::MailboxFull),
    ("over quota", Reason::MailboxFull),
    ("quota exceeded", Reason::MailboxFull),
    ("exceeded storage", Reason::MailboxFull),
    ("account disabled", Reason::MailboxClosed),
    ("mailbox disabled", Reason::MailboxClosed),
    ("account is inactive", Reason::MailboxClosed),
    ("too large", Reason::TooLarge),
    ("size limit", Reason::TooLarge),
    ("timed out", Reason::Unreachable),
    ("connection refused", Reason::Unreachable),
    ("retry timeout exceeded", Reason::Unreachable),
    ("wasn't able to establish", Reason::Unreachable),
    ("spam", Reason::Unwanted),
    ("blocked", Reason::Unwanted),
    ("blacklist", Reason::Unwanted),
    ("policy", Reason::Unwanted),
];

/// What a failure means, by its code first and by its words where the code says little.
pub(super) fn reason(status: &str, diagnostic: &str) -> Reason {
    match status.get(2..).unwrap_or("") {
        "1.1" | "1.2" | "1.3" | "1.6" | "1.10" | "4.4" => return Reason::NoSuchAddress,
        "2.2" => return Reason::MailboxFull,
        "2.1" => return Reason::MailboxClosed,
        "2.3" | "3.4" => return Reason::TooLarge,
        "4.1" | "4.2" | "4.7" | "4.3" => return Reason::Unreachable,
        detail if detail.starts_with("7.") => return Reason::Unwanted,
        _ => {}
    }
    let lower = diagnostic.to_lowercase();
    TELLING
        .iter()
        .find(|(words, _)| lower.contains(words))
        .map_or(Reason::Other, |(_, reason)| *reason)
}

/// A status code at the start of a text.
pub(super) fn status(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let code = &text[..end];
    let mut parts = code.split('.');
    let is_class = matches!(parts.next(), Some("2" | "4" | "5"));
    let is_number = |part: Option<&str>| part.is_some_and(|part| (1..=3).contains(&part.len()));
    (is_class && is_number(parts.next()) && is_number(parts.next()) && parts.next().is_none())
        .then_some(code)
}

/// The first status code within a text, or what its first reply code stands for.
pub(super) fn status_within(text: &str) -> Option<String> {
    let words = || {
        text.split(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '#' | '(' | ')' | '<' | '>' | ';' | ',' | '[' | ']' | '-' | ':'
                )
        })
        .take(4000)
    };
    words()
        .find_map(|word| {
            (status(word)? == word.trim_end_matches('.'))
                .then(|| status(word))
                .flatten()
        })
        .map(str::to_owned)
        .or_else(|| {
            words()
                .find(|word| {
                    word.len() == 3
                        && word.starts_with(['4', '5'])
                        && word[1..].starts_with(['0', '1', '2', '3', '4', '5', '7'])
                        && word.bytes().all(|b| b.is_ascii_digit())
                })
                .map(|word| match word {
                    "552" => "5.2.2".to_owned(),
                    "550" | "551" | "553" => "5.1.1".to_owned(),
                    word => format!("{}.0.0", &word[..1]),
                })
        })
}

/// What a server says before it quotes the original.
pub(super) fn before_original(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.trim().to_lowercase();
        if ORIGINAL.iter().any(|words| lower.starts_with(words)) {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

/// The line that tells most: one with a code and words that mean something, else either.
pub(super) fn telling_line(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).take(400).collect();
    let tells = |line: &str| {
        let lower = line.to_lowercase();
        TELLING.iter().any(|(words, _)| lower.contains(words))
    };
    let has_code = |line: &str| status_within(line).is_some();
    let best = lines
        .iter()
        .position(|line| tells(line) && has_code(line))
        .or_else(|| lines.iter().position(|line| tells(line)))
        .or_else(|| lines.iter().position(|line| has_code(line)))?;
    Some(lines[best].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_codes_among_words() {
        for (text, code) in [
            ("550 5.1.1 <x> unknown", "5.1.1"),
            ("said: 552-5.2.2 over quota", "5.2.2"),
            ("(#5.7.1)", "5.7.1"),
            ("550 no such user", "5.1.1"),
            ("421 try later", "4.0.0"),
        ] {
            assert_eq!(status_within(text).as_deref(), Some(code), "{text}");
        }
        for text in ["on 10.5.1.1 at", "in 550ms", "2027-05-11", "é5.1.1é", ""] {
            assert_eq!(status_within(text), None, "{text}");
        }
    }
}
