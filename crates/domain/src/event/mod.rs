//! Events: what people come to, where it stands, and how it issues and reads its tickets.

pub mod draft;
pub mod state;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::answer::AnswerSettings;
use crate::door::DoorSettings;
use crate::host_notice::HostSettings;
use crate::id::{EventId, WorkspaceId, ZoneId};
use crate::place::Place;
use crate::reminder::ReminderSettings;
use crate::words::words;

words! {
    /// What kind of occurrence pattern an event has.
    EventKind("event kind") {
        /// One session.
        OneTime = "one_time",
        /// One session per day, consecutive or not.
        MultiDay = "multi_day",
        /// A series of sessions by a rule.
        Recurring = "recurring",
    }
}

words! {
    /// Where an event stands.
    EventStatus("event status") {
        /// Being planned; nobody outside sees it.
        Draft = "draft",
        /// Open as its visibility says.
        Published = "published",
        /// Called off; its tickets are void.
        Cancelled = "cancelled",
        /// Over.
        Completed = "completed",
    }
}

words! {
    /// Who can find an event.
    Visibility("visibility") {
        /// Everyone, in listings and search.
        Public = "public",
        /// Those who are invited.
        Private = "private",
        /// Those who have its link.
        Unlisted = "unlisted",
    }
}

words! {
    /// How people get a ticket once they found the event.
    Access("access") {
        /// At once.
        Open = "open",
        /// After the organizer approved each.
        Application = "application",
    }
}

words! {
    /// Which claims a ticket's credential carries.
    ClaimSet("claim set") {
        /// Ids, version and times; what a gate shows comes from its roster.
        Slim = "slim",
        /// The names that foreign scanners read as well.
        Full = "full",
    }
}

words! {
    /// How a credential is written into the QR code.
    CodeForm("code form") {
        /// Packed, in the QR alphanumeric set: fewer, larger modules.
        Compact = "compact",
        /// The JWT's own text.
        Jwt = "jwt",
    }
}

words! {
    /// How invitations are numbered.
    Numbering("numbering") {
        /// `INV-0001`, `INV-0002`, …
        Sequential = "sequential",
        /// Six random digits.
        Random = "random",
    }
}

words! {
    /// How often one ticket may enter.
    ReEntry("re-entry policy") {
        /// Once.
        Single = "single",
        /// Again after each exit.
        AfterExit = "after_exit",
        /// Once on each day of the event's zone.
        OncePerDay = "once_per_day",
        /// As often as it comes.
        Unlimited = "unlimited",
    }
}

/// How an event issues and reads its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventSettings {
    /// Claims in the credential.
    pub claim_set: ClaimSet,
    /// Form of the credential in the code.
    pub code_form: CodeForm,
    /// Numbers of invitations.
    pub numbering: Numbering,
    /// Entry policy of a ticket.
    pub re_entry: ReEntry,
    /// Whether guests of one company share an invitation when no group is given.
    pub companies_share: bool,
    /// How long after the last session ends a credential's own `exp` lies, in days.
    pub token_days_after: u16,
    /// How its doors work.
    #[serde(default)]
    pub door: DoorSettings,
    /// What its guests are asked, and what their page offers.
    #[serde(default)]
    pub answers: AnswerSettings,
    /// What guests are reminded of.
    #[serde(default)]
    pub reminders: ReminderSettings,
    /// Whether guests hear of changes (time, place, called off) by themselves, once there was time
    /// to take them back.
    #[serde(default = "yes")]
    pub tell_changes: bool,
    /// What the host hears of.
    #[serde(default)]
    pub host: HostSettings,
}

impl EventSettings {
    /// These as gates carry them: without what the office alone tells people, whose addresses no
    /// gate needs.
    #[must_use]
    pub fn for_gates(self) -> Self {
        Self {
            reminders: ReminderSettings::default(),
            host: HostSettings::default(),
            ..self
        }
    }
}

const fn yes() -> bool {
    true
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            claim_set: ClaimSet::Slim,
            code_form: CodeForm::Compact,
            numbering: Numbering::Sequential,
            re_entry: ReEntry::Single,
            companies_share: true,
            token_days_after: 30,
            door: DoorSettings::default(),
            answers: AnswerSettings::default(),
            reminders: ReminderSettings::default(),
            tell_changes: true,
            host: HostSettings::default(),
        }
    }
}

/// What people come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Event {
    /// The event's id; every id inside begins with its route.
    pub id: EventId,
    /// The workspace that made it.
    pub workspace: WorkspaceId,
    /// Title, 3 to 200 characters.
    pub title: String,
    /// One line below the title.
    pub tagline: String,
    /// What it is about.
    pub description: String,
    /// What sort of event it is.
    pub category: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Occurrence pattern.
    pub kind: EventKind,
    /// Where it stands.
    pub status: EventStatus,
    /// IANA zone in which all its days and hours are meant.
    #[schema(value_type = String, example = "Europe/Vienna")]
    pub time_zone: Tz,
    /// ISO 4217 currency of its prices.
    pub currency: String,
    /// BCP 47 language of what its guests read.
    pub language: String,
    /// Who invites.
    pub organizer: String,
    /// Where it takes place, unless a session says otherwise.
    pub place: Place,
    /// Guests at the venue at most, in each session that names no capacity of its own.
    pub capacity: Option<u32>,
    /// Who can find it.
    pub visibility: Visibility,
    /// How people get a ticket.
    pub access: Access,
    /// Secret part of an unlisted event's link; a new one kills the old link.
    #[serde(skip)]
    pub link_token: Option<LinkToken>,
    /// Issue and entry settings.
    pub settings: EventSettings,
    /// How often its title, place or status changed: the SEQUENCE of RFC 5545 §3.8.7.4, on top of
    /// each session's own.
    pub revision: u32,
    /// The home's epoch; an older one is refused.
    pub home_epoch: u64,
    /// When it was created, UTC ms.
    pub created_at: i64,
}

/// The secret part of a link: 128 random bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkToken(pub [u8; 16]);

impl LinkToken {
    /// The token as it stands in a link: 32 lower-case hex digits.
    #[must_use]
    pub fn text(self) -> String {
        self.0
            .iter()
            .fold(String::with_capacity(32), |mut text, byte| {
                use std::fmt::Write as _;
                // Writing to a string can't fail.
                write!(text, "{byte:02x}").ok();
                text
            })
    }

    /// Whether `text` is this token; takes as long for a near miss as for any other.
    #[must_use]
    pub fn matches(self, text: &str) -> bool {
        let own = self.text();
        own.len() == text.len()
            && own
                .bytes()
                .zip(text.bytes())
                .fold(0, |difference, (a, b)| difference | (a ^ b))
                == 0
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// A place inside the venue with its own entry rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Zone {
    /// The zone's id.
    pub id: ZoneId,
    /// Its name, printed on tickets that open it.
    pub name: String,
    /// What it is, for those who plan.
    pub description: String,
    /// How many people it takes; none where nobody counts.
    pub capacity: Option<u32>,
}

/// A name as compared: trimmed, single-spaced, lower-cased.
#[must_use]
pub fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().flat_map(char::to_lowercase));
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_token_matches_itself_alone() {
        let token = LinkToken([0xab; 16]);
        assert_eq!(token.text(), "ab".repeat(16));
        assert!(token.matches(&"ab".repeat(16)));
        for other in [
            "",
            "ab",
            &"AB".repeat(16),
            &"ac".repeat(16),
            &"ab".repeat(17),
        ] {
            assert!(!token.matches(other), "{other}");
        }
        assert_eq!(format!("{token:?}"), "LinkToken(…)");
    }
}
