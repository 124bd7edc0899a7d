//! Where people come together: a venue, a meeting on the network, or both.

use serde::{Deserialize, Serialize};

use crate::field::FieldError;
use crate::session::Session;
use crate::words::words;

words! {
    /// How people can attend.
    PlaceMode("place mode") {
        /// At a venue.
        InPerson = "in_person",
        /// Through a meeting link.
        Online = "online",
        /// Either, with tiers, capacity and counts of their own.
        Hybrid = "hybrid",
    }
}

/// Where an event or one of its sessions takes place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// How people can attend.
    pub mode: PlaceMode,
    /// The venue, for those who come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Venue>,
    /// The meeting, for those who join from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<Meeting>,
}

impl Eq for Place {}

/// A venue.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Venue {
    /// Its name.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// City.
    pub city: String,
    /// Country.
    pub country: String,
    /// Latitude in degrees, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Longitude in degrees, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// Where to park.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub parking: String,
    /// Steps, lifts, hearing loops.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub accessibility: String,
    /// Whether its address shows only from [`PRIVATE_ADDRESS_MS`] before the start.
    pub private: bool,
}

/// A meeting on the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Meeting {
    /// Who runs the meeting, such as the name of a service.
    pub provider: String,
    /// Address to open, `https` only.
    pub link: String,
    /// The meeting's own id, when it has one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Code that opens it, when it needs one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub access_code: String,
}

/// How long before the start a private address shows: 48 hours.
pub const PRIVATE_ADDRESS_MS: i64 = 48 * 3_600_000;
/// How long before the start a meeting link shows: 30 minutes.
const LINK_BEFORE_MS: i64 = 30 * 60_000;
/// How long after the end a meeting link still shows: one hour.
const LINK_AFTER_MS: i64 = 3_600_000;
/// The longest text of one field of a place, in characters.
const LONGEST_TEXT: usize = 2_000;

/// Whether a meeting link shows at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "shows", rename_all = "snake_case")]
pub enum LinkWindow {
    /// It shows now.
    Now,
    /// It shows from this UTC ms.
    From {
        /// UTC ms.
        at: i64,
    },
    /// It no longer shows, since this UTC ms.
    Since {
        /// UTC ms.
        at: i64,
    },
}

/// Tells whether a session's meeting link shows at `now` (UTC ms): from 30 minutes before the
/// start until one hour after the end.
#[must_use]
pub fn link_window(session: &Session, now: i64) -> LinkWindow {
    let (from, until) = (
        session.starts_at - LINK_BEFORE_MS,
        session.ends_at + LINK_AFTER_MS,
    );
    if now < from {
        LinkWindow::From { at: from }
    } else if now < until {
        LinkWindow::Now
    } else {
        LinkWindow::Since { at: until }
    }
}

impl Place {
    /// A venue known by one line only.
    #[must_use]
    pub fn venue(name: impl Into<String>) -> Self {
        Self {
            mode: PlaceMode::InPerson,
            venue: Some(Venue {
                name: name.into(),
                ..Venue::default()
            }),
            meeting: None,
        }
    }

    /// The place as one line for people: venue, address, city, country; the meeting's provider
    /// where there is no venue.
    #[must_use]
    pub fn line(&self) -> String {
        let parts: Vec<&str> = match (&self.venue, &self.meeting) {
            (Some(venue), _) => vec![&venue.name, &venue.address, &venue.city, &venue.country],
            (None, Some(meeting)) => vec![&meeting.provider],
            (None, None) => vec![],
        };
        parts
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The place as it may be shown to everyone at `now` (UTC ms) before a session that starts at
    /// `starts_at`: never the meeting's link, id or code, and of a private venue the city only
    /// until 48 hours before.
    #[must_use]
    pub fn public_view(&self, starts_at: i64, now: i64) -> Self {
        let mut shown = self.clone();
        if let Some(meeting) = &mut shown.meeting {
            *meeting = Meeting {
                provider: std::mem::take(&mut meeting.provider),
                ..Meeting::default()
            };
        }
        if let Some(venue) = &mut shown.venue
            && venue.private
            && now < starts_at - PRIVATE_ADDRESS_MS
        {
            *venue = Venue {
                city: std::mem::take(&mut venue.city),
                country: std::mem::take(&mut venue.country),
                private: true,
                ..Venue::default()
            };
        }
        shown
    }

    /// Adds what is wrong with its form: overlong texts, impossible coordinates, a link that is
    /// no `https` address. What is still missing is no error of form; see [`Self::check_whole`].
    pub fn check_form(&self, field: &str, errors: &mut Vec<FieldError>) {
        let mut too_long = |name: &str, text: &str| {
            if text.chars().count() > LONGEST_TEXT {
                errors.push(FieldError::new(
                    format!("{field}.{name}"),
                    "text_too_long",
                    format!("shorten this to {LONGEST_TEXT} characters"),
                ));
            }
        };
        if let Some(venue) = &self.venue {
            too_long("venue.name", &venue.name);
            too_long("venue.address", &venue.address);
            too_long("venue.city", &venue.city);
            too_long("venue.country", &venue.country);
            too_long("venue.parking", &venue.parking);
            too_long("venue.accessibility", &venue.accessibility);
        }
        if let Some(meeting) = &self.meeting {
            too_long("meeting.provider", &meeting.provider);
            too_long("meeting.link", &meeting.link);
            too_long("meeting.id", &meeting.id);
            too_long("meeting.access_code", &meeting.access_code);
        }
        if let Some(venue) = &self.venue {
            let outside = |degrees: Option<f64>, most: f64| {
                degrees.is_some_and(|d| !(d.is_finite() && d.abs() <= most))
            };
            if outside(venue.latitude, 90.0)
                || outside(venue.longitude, 180.0)
                || venue.latitude.is_some() != venue.longitude.is_some()
            {
                errors.push(FieldError::new(
                    format!("{field}.venue.latitude"),
                    "coordinates_impossible",
                    "give latitude from -90 to 90 and longitude from -180 to 180, or neither",
                ));
            }
        }
        if let Some(meeting) = &self.meeting {
            let link = meeting.link.trim();
            let host = link.strip_prefix("https://").unwrap_or_default();
            let readable = host.chars().next().is_some_and(char::is_alphanumeric)
                && !link.chars().any(|c| c.is_whitespace() || c.is_control());
            if !link.is_empty() && !readable {
                errors.push(FieldError::new(
                    format!("{field}.meeting.link"),
                    "link_unreadable",
                    "give a link that begins with https://",
                ));
            }
        }
    }

    /// Adds what its mode still lacks: a venue with address, city and country, or a meeting link.
    pub fn check_whole(&self, field: &str, errors: &mut Vec<FieldError>) {
        let missing = |name: &str, code, words: &str| {
            FieldError::new(format!("{field}.{name}"), code, words.to_owned())
        };
        if self.mode != PlaceMode::Online {
            let none = Venue::default();
            let venue = self.venue.as_ref().unwrap_or(&none);
            for (name, code, text) in [
                ("venue.name", "venue_missing", &venue.name),
                ("venue.address", "address_missing", &venue.address),
                ("venue.city", "city_missing", &venue.city),
                ("venue.country", "country_missing", &venue.country),
            ] {
                if text.trim().is_empty() {
                    errors.push(missing(name, code, "say where guests come"));
                }
            }
        }
        if self.mode != PlaceMode::InPerson
            && self
                .meeting
                .as_ref()
                .is_none_or(|meeting| meeting.link.trim().is_empty())
        {
            errors.push(missing(
                "meeting.link",
                "meeting_missing",
                "give the link that opens the meeting",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hybrid() -> Place {
        Place {
            mode: PlaceMode::Hybrid,
            venue: Some(Venue {
                name: "Old Customs House".into(),
                address: "Quay 4".into(),
                city: "Vienna".into(),
                country: "Austria".into(),
                private: true,
                ..Venue::default()
            }),
            meeting: Some(Meeting {
                provider: "Meet".into(),
                link: "https://meet.example.org/x".into(),
                id: "77".into(),
                access_code: "1234".into(),
            }),
        }
    }

    #[test]
    fn each_mode_names_all_that_it_lacks() {
        let codes = |mode, venue, meeting| {
            let mut errors = Vec::new();
            let place = Place {
                mode,
                venue,
                meeting,
            };
            place.check_whole("place", &mut errors);
            errors.iter().map(|e| e.code).collect::<Vec<_>>()
        };
        let venue = [
            "venue_missing",
            "address_missing",
            "city_missing",
            "country_missing",
        ];
        assert_eq!(codes(PlaceMode::InPerson, None, None), venue);
        assert_eq!(codes(PlaceMode::Online, None, None), ["meeting_missing"]);
        assert_eq!(
            codes(PlaceMode::Hybrid, None, None),
            [&venue[..], &["meeting_missing"]].concat()
        );
        let whole = hybrid();
        assert!(codes(PlaceMode::Hybrid, whole.venue, whole.meeting).is_empty());
    }

    #[test]
    fn a_form_that_no_place_has_is_refused() {
        type Spoil = fn(&mut Place);
        let table: [(&str, Spoil); 5] = [
            ("link_unreadable", |p| {
                p.meeting.as_mut().unwrap().link = "javascript:alert(1)".into();
            }),
            ("link_unreadable", |p| {
                p.meeting.as_mut().unwrap().link = "https://a b".into();
            }),
            ("coordinates_impossible", |p| {
                p.venue.as_mut().unwrap().latitude = Some(91.0);
            }),
            ("coordinates_impossible", |p| {
                p.venue.as_mut().unwrap().latitude = Some(f64::NAN);
            }),
            ("text_too_long", |p| {
                p.venue.as_mut().unwrap().parking = "x".repeat(2_001);
            }),
        ];
        for (code, spoil) in table {
            let mut place = hybrid();
            spoil(&mut place);
            let mut errors = Vec::new();
            place.check_form("place", &mut errors);
            assert_eq!(errors.iter().map(|e| e.code).collect::<Vec<_>>(), [code]);
        }
    }

    #[test]
    fn everyone_sees_no_link_and_a_private_address_only_near_the_start() {
        let start = 1_000 * 3_600_000;
        let early = hybrid().public_view(start, start - PRIVATE_ADDRESS_MS - 1);
        assert_eq!(early.line(), "Vienna, Austria");
        let near = hybrid().public_view(start, start - PRIVATE_ADDRESS_MS);
        assert_eq!(near.line(), "Old Customs House, Quay 4, Vienna, Austria");
        for shown in [early, near] {
            let meeting = shown.meeting.unwrap();
            assert_eq!(meeting.provider, "Meet");
            assert!(meeting.link.is_empty() && meeting.id.is_empty());
            assert!(meeting.access_code.is_empty());
        }
    }
}
