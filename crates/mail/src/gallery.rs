//! Templates to begin with: one for each kind of message, in each language of the interface.
//!
//! `assets/mail` holds one layout, the body of each kind, the pieces that bodies share, and the
//! words of each language. [`source`] puts them together to a whole template, which an office
//! then changes as it likes.
//!
//! What a template may name:
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `event.title`, `.tagline`, `.kind` | what the event is called, in one line more, and its kind |
//! | `event.date`, `.time` | when it is, in the event's zone and the message's language |
//! | `event.place`, `.map_url` | where it is, and a link to a map |
//! | `event.organizer` | who invites |
//! | `event.reason` | why it is cancelled; empty otherwise |
//! | `guest.name`, `.first_name` | whom the message goes to |
//! | `party.number`, `.names`, `.size` | the invitation: `INV-0001`, the names of all, how many |
//! | `codes[]` | the tickets: `.number`, `.holder`, `.type`, `.seat`, `.zone`, `.session`, `.cid` (the picture of the code with its quiet zone, for `cid:`), `.text` (the code as text) |
//! | `links.page`, `.download`, `.calendar` | the guest's page, the tickets as PDF, the entry for a calendar |
//! | `links.yes`, `.no` | the answers |
//! | `links.still` | the page that asks whether those who are expected still come |
//! | `links.meeting` | where to join online |
//! | `links.feedback` | the organizer's page to rate or review on, in messages that ask for it |
//! | `links.preferences`, `.unsubscribe` | what to receive, and the end of it |
//! | `brand.colour`, `.ink` | the organizer's colour as `#RRGGBB`, and what is readable on it |
//! | `brand.logo_cid`, `.sender`, `.footer` | the logo's picture, the sender's name, words at the foot |
//! | `message` | the organizer's own words for this sending |
//! | `change.what`, `.before`, `.after` | what changed |
//! | `reminder.when`, `.last` | how long it is until then, such as “in three days”; whether it is the last word on it |
//! | `events[]` | several events in one message: `.title`, `.date`, `.time`, `.place`, `.page` |
//! | `language.code`, `.dir`, `.start`, `.end` | the message's language and how it runs; see [`language_vars`] |
//!
//! What is empty is left out of the message with its label.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use gatehouse_domain::delivery::MessageKind;
use serde_json::{Value as Json, json};

use crate::template::Source;

/// The languages that there are templates in; the first stands in for any other.
pub const LANGUAGES: [&str; 3] = ["en", "es", "fr"];

macro_rules! bodies {
    ($($variant:ident = $name:literal,)*) => {
        /// The body of a kind, as MJML and as text.
        const fn body(kind: MessageKind) -> (&'static str, &'static str) {
            match kind {
                $(MessageKind::$variant => (
                    include_str!(concat!("../../../assets/mail/", $name, ".mjml")),
                    include_str!(concat!("../../../assets/mail/", $name, ".txt")),
                ),)*
            }
        }
    };
}

bodies! {
    SaveTheDate = "save_the_date",
    Invitation = "invitation",
    Ticket = "ticket",
    Reminder = "reminder",
    Confirm = "confirm",
    Change = "change",
    Cancelled = "cancelled",
    Announcement = "announcement",
    Thanks = "thanks",
    Rating = "rating",
    Review = "review",
}

const LAYOUT: (&str, &str) = (
    include_str!("../../../assets/mail/layout.mjml"),
    include_str!("../../../assets/mail/layout.txt"),
);

/// The body of every notice to the host, as MJML and as text.
const HOST: (&str, &str) = (
    include_str!("../../../assets/mail/host.mjml"),
    include_str!("../../../assets/mail/host.txt"),
);

macro_rules! parts {
    ($($name:literal: $($ending:literal)*;)*) => {
        &[$($((
            concat!($name, ".", $ending),
            include_str!(concat!("../../../assets/mail/parts/", $name, ".", $ending)),
        ),)*)*]
    };
}

const PARTS: &[(&str, &str)] = parts! {
    "opening": "mjml";
    "details": "mjml" "txt";
    "answer": "mjml" "txt";
    "still": "mjml" "txt";
    "page": "mjml" "txt";
    "calendar": "mjml" "txt";
    "codes": "mjml" "txt";
    "events": "mjml" "txt";
    "feedback": "mjml" "txt";
};

const WORDS: [(&str, &str); 3] = [
    ("en", include_str!("../../../assets/mail/words/en.json")),
    ("es", include_str!("../../../assets/mail/words/es.json")),
    ("fr", include_str!("../../../assets/mail/words/fr.json")),
];

/// The words of a language: those of each kind, and under `every` those of all.
type Words = BTreeMap<String, BTreeMap<String, String>>;

fn words(language: &str) -> &'static Words {
    static ALL: OnceLock<Vec<Words>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        WORDS
            .iter()
            .map(|(_, text)| serde_json::from_str(text).expect("the words are JSON of ours"))
            .collect()
    });
    let at = WORDS
        .iter()
        .position(|(name, _)| *name == language)
        .unwrap_or(0);
    &all[at]
}

/// The language among those that there are that serves for this one (BCP 47).
#[must_use]
pub fn nearest_language(language: &str) -> &'static str {
    let first = language
        .split(['-', '_'])
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
    LANGUAGES
        .into_iter()
        .find(|known| *known == first)
        .unwrap_or(LANGUAGES[0])
}

/// The template of a kind in a language; of the nearest where there is none.
#[must_use]
pub fn source(kind: MessageKind, language: &str) -> Source {
    made_of(body(kind), &[kind.word(), "every"], language)
}

/// The template of a notice to the host in a language; `name` is that of its words. It may name
/// `event`, `brand`, `language` and `host`, which holds what happened.
#[must_use]
pub fn host_source(name: &str, language: &str) -> Source {
    made_of(HOST, &[name, "host", "every"], language)
}

/// A body in the layout with words of these sets, the first that knows one.
fn made_of((mjml, text): (&str, &str), sets: &[&str], language: &str) -> Source {
    let words = words(nearest_language(language));
    Source {
        subject: word(words, sets, "subject").unwrap_or_default().to_owned(),
        mjml: put_together(LAYOUT.0, mjml, "mjml", sets, words),
        text: put_together(LAYOUT.1, text, "txt", sets, words),
    }
}

fn word<'a>(words: &'a Words, sets: &[&str], name: &str) -> Option<&'a str> {
    sets.iter()
        .find_map(|set| words.get(*set)?.get(name))
        .map(String::as_str)
}

/// The layout with its body, the pieces `[[>name]]` and the words `[[name]]` in their places.
fn put_together(layout: &str, body: &str, ending: &str, sets: &[&str], words: &Words) -> String {
    let mut whole = String::with_capacity(16 * 1024);
    let mut left = vec![layout];
    while let Some(text) = left.pop() {
        let Some((before, behind)) = text.split_once("[[") else {
            whole.push_str(text);
            continue;
        };
        whole.push_str(before);
        let (name, behind) = behind.split_once("]]").unwrap_or((behind, ""));
        left.push(behind);
        if name == "body" {
            left.push(body.trim_end());
        } else if let Some(part) = name.strip_prefix('>') {
            let file = format!("{part}.{ending}");
            let part = PARTS.iter().find(|(name, _)| *name == file);
            left.push(part.map_or("", |(_, text)| text.trim_end()));
        } else {
            whole.push_str(word(words, sets, name).unwrap_or_default());
        }
    }
    whole
}

/// What `language` holds: the code, the direction that text runs in, and the sides where its
/// lines begin and end.
#[must_use]
pub fn language_vars(language: &str) -> Json {
    let first = language.split(['-', '_']).next().unwrap_or("");
    let rtl = matches!(
        first,
        "ar" | "he" | "fa" | "ur" | "yi" | "ps" | "sd" | "ug" | "dv" | "ckb"
    );
    json!({
        "code": language,
        "dir": if rtl { "rtl" } else { "ltr" },
        "start": if rtl { "right" } else { "left" },
        "end": if rtl { "left" } else { "right" },
    })
}

/// The colour of text that is readable on a background of `#RRGGBB`: white or ink.
#[must_use]
pub fn readable_on(colour: &str) -> &'static str {
    const INK: &str = "#1B1A17";
    const WHITE: &str = "#FFFFFF";
    let Some([red, green, blue]) = colour
        .strip_prefix('#')
        .and_then(crate::text::from_hex::<3>)
    else {
        return WHITE;
    };
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    // Contrast with white against contrast with ink (WCAG 2.2, 1.4.3).
    if 1.05 / (luminance + 0.05) >= 4.5 {
        WHITE
    } else {
        INK
    }
}

/// Invented values for every variable that there is, as a preview without guests shows them.
#[must_use]
pub fn sample_vars() -> Json {
    json!({
        "event": {
            "title": "Summer Gala",
            "tagline": "An evening for the harbour library",
            "date": "Saturday, 12 June 2027",
            "time": "19:30 (doors 18:45)",
            "place": "Old Customs House, Quay 4",
            "map_url": "https://maps.example.org/?q=quay+4",
            "organizer": "Friends of the Library",
            "kind": "one_time",
            "reason": "The hall is being repaired after the storm.",
        },
        "guest": { "name": "Zoë Ŝlâpfer-O’Neill", "first_name": "Zoë" },
        "party": { "number": "INV-0012", "names": ["Zoë Ŝlâpfer-O’Neill", "Ben Adeyemi"], "size": 2 },
        "codes": [
            {
                "number": "000212", "holder": "Zoë Ŝlâpfer-O’Neill", "type": "VIP",
                "seat": "Table 4 · Seat 2", "zone": "Balcony", "session": "",
                "cid": "code1", "text": "https://tickets.example.org/t/000212",
            },
            {
                "number": "000213", "holder": "Ben Adeyemi", "type": "VIP",
                "seat": "Table 4 · Seat 3", "zone": "Balcony", "session": "",
                "cid": "code2", "text": "https://tickets.example.org/t/000213",
            },
        ],
        "links": {
            "page": "https://tickets.example.org/i/k7Qf2",
            "download": "https://tickets.example.org/i/k7Qf2/tickets.pdf",
            "calendar": "https://tickets.example.org/i/k7Qf2/event.ics",
            "yes": "https://tickets.example.org/i/k7Qf2/yes",
            "no": "https://tickets.example.org/i/k7Qf2/no",
            "still": "https://tickets.example.org/i/k7Qf2/still",
            "preferences": "https://tickets.example.org/p/k7Qf2",
            "unsubscribe": "https://tickets.example.org/p/k7Qf2/unsubscribe",
            "meeting": "https://meet.example.org/gala",
            "feedback": "https://reviews.example.org/summer-gala",
        },
        "brand": {
            "colour": "#2E4BD8", "ink": "#FFFFFF", "logo_cid": "logo",
            "sender": "Friends of the Library",
            "footer": "Friends of the Library, Quay 1\nhello@library.example",
        },
        "message": "Bring a book that you would like to pass on.\n\nThe evening is in the open air; a jacket is a good idea.",
        "change": {
            "what": "Place",
            "before": "Main hall, Market Square",
            "after": "Old Customs House, Quay 4",
        },
        "reminder": { "when": "in three days", "last": false },
        "events": [
            {
                "title": "Summer Gala", "date": "Saturday, 12 June 2027", "time": "19:30",
                "place": "Old Customs House, Quay 4", "page": "https://tickets.example.org/i/k7Qf2",
            },
            {
                "title": "Reading with Children", "date": "Saturday, 12 June 2027", "time": "10:00",
                "place": "Harbour Library", "page": "https://tickets.example.org/i/Zr81x",
            },
        ],
        "language": language_vars("en"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Severity, Template};

    #[test]
    fn every_template_is_whole_and_good() {
        let sample = sample_vars();
        for language in LANGUAGES {
            for kind in MessageKind::ALL {
                let template = Template::compile(source(*kind, language))
                    .unwrap_or_else(|error| panic!("{kind:?} in {language}: {error}"));
                let findings = template.findings(&sample);
                assert_eq!(findings, [], "{kind:?} in {language}");
                let message = template.render(&sample).unwrap();
                for text in [&message.subject, &message.html, &message.text] {
                    assert!(!text.contains("[[") && !text.contains("{{"), "{text}");
                    assert!(!text.is_empty());
                }
                assert!(!message.text.contains('<'), "{}", message.text);
            }
        }
    }

    #[test]
    fn every_notice_to_the_host_is_whole_and_good() {
        let mut sample = sample_vars();
        sample["host"] = json!({
            "name": "Saturday, 12 June 2027, 19:30", "sent": 950, "bounced": 3, "failed": 2,
            "type": "VIP", "capacity": 80, "session": "Saturday, 12 June 2027, 19:30",
            "from": "Friday, 11 June 2027, 08:00", "coming": 4, "declined": 1, "answered": 5,
            "bounces": 2, "lines": ["Zoë <Lark>: comes", "Ben Adeyemi: does not come"], "more": 7,
        });
        sample["links"] = Json::Null;
        for language in LANGUAGES {
            for name in ["host_mailing_done", "host_sold_out", "host_digest"] {
                let template = Template::compile(host_source(name, language))
                    .unwrap_or_else(|error| panic!("{name} in {language}: {error}"));
                let message = template.render(&sample).unwrap();
                assert!(!message.subject.is_empty());
                for text in [&message.subject, &message.html, &message.text] {
                    assert!(!text.contains("[[") && !text.contains("{{"), "{text}");
                }
                assert!(message.text.contains("Zoë <Lark>"), "{}", message.text);
                assert!(
                    message.html.contains("Zoë &lt;Lark&gt;"),
                    "a name stays a name"
                );
                assert!(message.text.contains('7'), "{name} in {language}");
            }
        }
    }

    #[test]
    fn every_language_has_the_same_words() {
        let names = |language| -> Vec<(String, Vec<String>)> {
            words(language)
                .iter()
                .map(|(set, words)| (set.clone(), words.keys().cloned().collect()))
                .collect()
        };
        for language in LANGUAGES {
            assert_eq!(names(language), names("en"), "{language}");
            assert_eq!(
                WORDS.iter().filter(|(name, _)| *name == language).count(),
                1
            );
        }
        for kind in MessageKind::ALL {
            assert!(words("en").contains_key(kind.word()));
        }
    }

    #[test]
    fn says_nothing_of_what_is_empty() {
        let mut sample = sample_vars();
        for (path, empty) in [
            ("/event/place", json!("")),
            ("/event/map_url", json!("")),
            ("/links/meeting", json!("")),
            ("/links/calendar", json!("")),
            ("/message", json!("")),
            ("/brand/footer", json!("")),
            ("/brand/logo_cid", json!("")),
            ("/codes", json!([])),
        ] {
            *sample.pointer_mut(path).unwrap() = empty;
        }
        let template = Template::compile(source(MessageKind::Ticket, "en")).unwrap();
        assert!(
            template
                .findings(&sample_vars())
                .iter()
                .all(|f| f.severity != Severity::Error)
        );
        let message = template.render(&sample).unwrap();
        for gone in [
            "Where",
            "Show the map",
            "Online",
            "Add to your calendar",
            "cid:",
        ] {
            assert!(!message.html.contains(gone), "{gone}");
            assert!(!message.text.contains(gone), "{gone}");
        }
        assert!(message.html.contains("Friends of the Library"));
    }

    #[test]
    fn finds_the_nearest_language() {
        assert_eq!(nearest_language("fr-CA"), "fr");
        assert_eq!(nearest_language("ES_mx"), "es");
        assert_eq!(nearest_language("ja"), "en");
        assert_eq!(language_vars("ar-EG")["dir"], "rtl");
    }

    #[test]
    fn chooses_readable_ink() {
        assert_eq!(readable_on("#2E4BD8"), "#FFFFFF");
        assert_eq!(readable_on("#FFC53D"), "#1B1A17");
        assert_eq!(readable_on("blue"), "#FFFFFF");
    }
}
