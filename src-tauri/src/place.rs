//! Places in the interface that something outside can point at: links and files.

use std::path::Path;

use url::Url;
use uuid::Uuid;

/// The ending of an event that was saved as a file.
const EVENT_FILE: &str = "gatehouse";
/// Where a link may lead.
const ROOMS: [&str; 3] = ["events", "gate", "settings"];
/// The longest link, in bytes.
const LONGEST_LINK: usize = 500;

/// A path within the interface, such as `/events/…/guests`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(String);

impl Place {
    /// The gate's page.
    pub(crate) fn gate() -> Self {
        Self("/gate".to_owned())
    }

    /// The gate's page for an event; for the one that is chosen there where `event` is no id.
    pub(crate) fn gate_of(event: &str) -> Self {
        match event.parse::<Uuid>() {
            Ok(event) => Self(format!("/gate?event={event}")),
            Err(_) => Self::gate(),
        }
    }

    /// A gate's page as its address was kept; nothing for any other page.
    pub(crate) fn of_gate(path: &str) -> Option<Self> {
        let is_gate = path == "/gate" || path.starts_with("/gate?");
        (is_gate && path.len() <= LONGEST_LINK).then(|| Self(path.to_owned()))
    }

    /// Where the office begins.
    pub(crate) fn office() -> Self {
        Self("/".to_owned())
    }

    /// The place that a word of the command line names: a `gatehouse://` link, or an event's file
    /// seen from `folder`.
    pub(crate) fn named(word: &str, folder: &Path) -> Option<Self> {
        match Url::parse(word) {
            // Reading it has followed `%2e%2e` already.
            Ok(url) if url.scheme() == "gatehouse" && word.contains(['%', '.']) => None,
            Ok(url) if url.scheme() == "gatehouse" => Self::of_link(&url),
            Ok(url) if url.scheme() == "file" => Self::of_file(&url.to_file_path().ok()?),
            _ => Self::of_file(&folder.join(word)),
        }
    }

    /// `gatehouse://events/ID/guests` leads to `/events/ID/guests`.
    ///
    /// Any web page may hold such a link, so that it can open a known room and say nothing else.
    pub(crate) fn of_link(link: &Url) -> Option<Self> {
        let room = link.host_str()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
        let fits = link.as_str().len() <= LONGEST_LINK
            && ROOMS.contains(&room)
            && link.query().is_none()
            && link.fragment().is_none()
            && link.path().chars().all(plain)
            && !link.path().contains("//");
        fits.then(|| Self(format!("/{room}{}", link.path().trim_end_matches('/'))))
    }

    /// The place where an event's file is opened; nothing for any other file.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let ours = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case(EVENT_FILE));
        let path = ours.then(|| std::path::absolute(path).ok()).flatten()?;
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("file", path.to_str()?)
            .finish();
        Some(Self(format!("/open?{query}")))
    }

    /// The path, beginning with a slash.
    pub(crate) fn path(&self) -> &str {
        &self.0
    }

    /// The path as the address of a window that is to be.
    pub(crate) fn address(&self) -> &str {
        match self.0.trim_start_matches('/') {
            "" => "index.html",
            path => path,
        }
    }

    /// What leads a page there that is already open, as its own links do: nothing is loaded anew,
    /// so what the person has typed stays.
    pub(crate) fn script(&self) -> String {
        let path = serde_json::Value::from(self.path());
        format!(
            "history.pushState(null, \"\", {path}); \
             dispatchEvent(new PopStateEvent(\"popstate\", {{ state: null }}));"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(word: &str) -> Option<Place> {
        Place::named(word, Path::new("/desk"))
    }

    #[test]
    fn links_lead_to_known_rooms_and_nowhere_else() {
        let cases = [
            (
                "gatehouse://events/0a1b-2c/guests",
                Some("/events/0a1b-2c/guests"),
            ),
            ("gatehouse://events/", Some("/events")),
            ("GATEHOUSE://gate", Some("/gate")),
            ("gatehouse://api/events", None),
            ("gatehouse://events/a?x=1", None),
            ("gatehouse://events/a#x", None),
            ("gatehouse://events/%2e%2e/api", None),
            ("gatehouse://events//b", None),
            ("gatehouse:events", None),
            ("https://events/a", None),
        ];
        for (link, path) in cases {
            let place = named(link);
            assert_eq!(place.as_ref().map(Place::path), path, "{link}");
        }
        let long = format!("gatehouse://events/{}", "a".repeat(LONGEST_LINK));
        assert_eq!(named(&long), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_gate_opens_for_an_event_and_for_nothing_that_is_no_id() {
        let event = "f38867e1-a1fe-87bf-b05c-002c13f88d9f";
        assert_eq!(
            Place::gate_of(event).address(),
            format!("gate?event={event}")
        );
        for text in ["", "../office", "1&kiosk=1", "f38867e1"] {
            assert_eq!(Place::gate_of(text).path(), "/gate", "{text}");
        }
    }

    #[test]
    fn only_event_files_are_opened() {
        let cases = [
            (
                "/data/Gala 1.gatehouse",
                Some("/open?file=%2Fdata%2FGala+1.gatehouse"),
            ),
            (
                "file:///data/Gala.GATEHOUSE",
                Some("/open?file=%2Fdata%2FGala.GATEHOUSE"),
            ),
            (
                "Gala.gatehouse",
                Some("/open?file=%2Fdesk%2FGala.gatehouse"),
            ),
            ("/data/list.csv", None),
            ("--in-tray", None),
            ("", None),
        ];
        for (word, path) in cases {
            let place = named(word);
            assert_eq!(place.as_ref().map(Place::path), path, "{word}");
        }
    }

    #[test]
    fn a_page_is_led_by_a_quoted_path() {
        let place = named("/a\"b.gatehouse").expect("a file");
        assert!(!place.script().contains("a\"b"), "{}", place.script());
        assert_eq!(Place::office().address(), "index.html");
        assert_eq!(Place::gate().address(), "gate");
    }
}
