//! Events, their sessions, ticket types and zones.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::field::{FieldError, FieldErrors};
use crate::id::{EventId, SessionId, TicketTypeId, WorkspaceId, ZoneId};
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
    /// Where a session stands.
    SessionStatus("session status") {
        /// Takes place as planned.
        Scheduled = "scheduled",
        /// Called off alone.
        Cancelled = "cancelled",
        /// Over.
        Completed = "completed",
    }
}

words! {
    /// How a ticket's holder attends.
    AttendanceMode("attendance mode") {
        /// At the venue.
        InPerson = "in_person",
        /// Through a meeting link.
        Online = "online",
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        }
    }
}

/// What people come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The event's id; every id inside begins with its route.
    pub id: EventId,
    /// The workspace that made it.
    pub workspace: WorkspaceId,
    /// Title, 3 to 200 characters.
    pub title: String,
    /// Occurrence pattern.
    pub kind: EventKind,
    /// Where it stands.
    pub status: EventStatus,
    /// IANA zone in which all its days and hours are meant.
    pub time_zone: Tz,
    /// ISO 4217 currency of its prices.
    pub currency: String,
    /// BCP 47 language of what its guests read.
    pub language: String,
    /// Who invites.
    pub organizer: String,
    /// Venue and address, as one line for people.
    pub place: String,
    /// Issue and entry settings.
    pub settings: EventSettings,
    /// The home's epoch; an older one is refused.
    pub home_epoch: u64,
    /// When it was created, UTC ms.
    pub created_at: i64,
}

/// One dated occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// Its own title, when it has one.
    pub title: Option<String>,
    /// When doors open, UTC ms.
    pub doors_at: i64,
    /// When it starts, UTC ms.
    pub starts_at: i64,
    /// When it ends, UTC ms.
    pub ends_at: i64,
    /// Its own place, when it differs from the event's.
    pub place: Option<String>,
    /// Where it stands.
    pub status: SessionStatus,
}

/// A tier or pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketType {
    /// The type's id.
    pub id: TicketTypeId,
    /// Its name, unique in the event without regard to case.
    pub name: String,
    /// Price in minor units of the event's currency; 0 is free.
    pub price_minor: i64,
    /// How many may be issued; none is unlimited.
    pub capacity: Option<u32>,
    /// Index of its colour in the palette of eight.
    pub colour: u8,
    /// How its holder attends.
    pub attendance: AttendanceMode,
    /// The sessions it opens; empty opens all.
    pub sessions: Vec<SessionId>,
    /// The zones it opens; empty opens those without entry rules only.
    pub zones: Vec<ZoneId>,
}

/// A place inside the venue with its own entry rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// The zone's id.
    pub id: ZoneId,
    /// Its name, printed on tickets that open it.
    pub name: String,
}

/// What a person gives to plan a one-session event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDraft {
    /// Title, 3 to 200 characters.
    pub title: String,
    /// IANA zone name.
    pub time_zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// BCP 47 language.
    pub language: String,
    /// Who invites.
    pub organizer: String,
    /// Venue and address.
    pub place: String,
    /// When doors open, UTC ms; the start when absent.
    pub doors_at: Option<i64>,
    /// Start, UTC ms.
    pub starts_at: i64,
    /// End, UTC ms.
    pub ends_at: i64,
    /// Names of ticket types, in order; the first is the default.
    pub ticket_types: Vec<TicketTypeDraft>,
    /// Names of zones.
    pub zones: Vec<String>,
    /// Issue and entry settings.
    pub settings: EventSettings,
}

/// What a person gives to add a ticket type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketTypeDraft {
    /// Its name.
    pub name: String,
    /// Price in minor units.
    pub price_minor: i64,
    /// How many may be issued; none is unlimited.
    pub capacity: Option<u32>,
    /// Names of the zones that it opens.
    pub zones: Vec<String>,
}

/// The longest span of one session: 31 days, in milliseconds.
const LONGEST_SESSION_MS: i64 = 31 * 24 * 3_600_000;

impl EventDraft {
    /// Checks every field at `now` (UTC ms) and names everything that is wrong at once.
    pub fn check(&self, now: i64) -> Result<Tz, FieldErrors> {
        let mut errors = Vec::new();
        let title_length = self.title.trim().chars().count();
        if title_length < 3 {
            errors.push(FieldError::new(
                "title",
                "title_too_short",
                "give a title of at least 3 characters",
            ));
        }
        if title_length > 200 {
            errors.push(FieldError::new(
                "title",
                "title_too_long",
                "shorten the title to 200 characters",
            ));
        }
        let zone = self.time_zone.parse::<Tz>();
        if zone.is_err() {
            errors.push(FieldError::new(
                "time_zone",
                "time_zone_unknown",
                format!(
                    "“{}” is not an IANA time zone such as Europe/Vienna",
                    clip(&self.time_zone)
                ),
            ));
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            errors.push(FieldError::new(
                "currency",
                "currency_unknown",
                "give a currency of three capital letters, such as EUR",
            ));
        }
        if self.starts_at <= now {
            errors.push(FieldError::new(
                "starts_at",
                "starts_in_past",
                "give a start in the future",
            ));
        }
        if self.ends_at <= self.starts_at {
            errors.push(FieldError::new(
                "ends_at",
                "ends_before_start",
                "give an end after the start",
            ));
        } else if self.ends_at - self.starts_at > LONGEST_SESSION_MS {
            errors.push(FieldError::new(
                "ends_at",
                "session_too_long",
                "one session lasts 31 days at most; plan several",
            ));
        }
        if self.doors_at.is_some_and(|doors| doors > self.starts_at) {
            errors.push(FieldError::new(
                "doors_at",
                "doors_after_start",
                "open the doors no later than the start",
            ));
        }
        if self.ticket_types.is_empty() {
            errors.push(FieldError::new(
                "ticket_types",
                "ticket_types_missing",
                "name at least one ticket type",
            ));
        }
        self.check_types(&mut errors);
        FieldErrors::check(errors)?;
        Ok(zone.unwrap_or(Tz::UTC))
    }

    fn check_types(&self, errors: &mut Vec<FieldError>) {
        for (index, draft) in self.ticket_types.iter().enumerate() {
            let field = format!("ticket_types[{index}]");
            let key = name_key(&draft.name);
            if key.is_empty() || draft.name.chars().count() > 80 {
                errors.push(FieldError::new(
                    format!("{field}.name"),
                    "name_length",
                    "give a name of 1 to 80 characters",
                ));
            }
            if self.ticket_types[..index]
                .iter()
                .any(|other| name_key(&other.name) == key)
            {
                errors.push(FieldError::new(
                    format!("{field}.name"),
                    "name_taken",
                    format!("another type is called “{}”", clip(&draft.name)),
                ));
            }
            if draft.price_minor < 0 || draft.price_minor > 100_000_000_000 {
                errors.push(FieldError::new(
                    format!("{field}.price_minor"),
                    "price_out_of_range",
                    "give a price from 0 to 1,000,000,000.00",
                ));
            }
            for zone in &draft.zones {
                if !self
                    .zones
                    .iter()
                    .any(|known| name_key(known) == name_key(zone))
                {
                    errors.push(FieldError::new(
                        format!("{field}.zones"),
                        "zone_unknown",
                        format!("no zone is called “{}”", clip(zone)),
                    ));
                }
            }
        }
    }
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

fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

/// What the sessions that a ticket type opens say about a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Valid now, for this session.
    Valid(SessionId),
    /// Doors of the next session open at this UTC ms.
    TooEarly(i64),
    /// The last session ended at this UTC ms.
    Over(i64),
    /// Every session that it opens is cancelled, or it opens none.
    Cancelled,
}

/// Tells whether a ticket of `kind` is valid at `now` (UTC ms).
///
/// A session counts from its doors until its end. `sessions` are in any order.
#[must_use]
pub fn validity(kind: &TicketType, sessions: &[Session], now: i64) -> Validity {
    let opened = || {
        sessions.iter().filter(|s| {
            s.status != SessionStatus::Cancelled
                && (kind.sessions.is_empty() || kind.sessions.contains(&s.id))
        })
    };
    if let Some(session) = opened().find(|s| s.doors_at <= now && now < s.ends_at) {
        return Validity::Valid(session.id);
    }
    if let Some(next) = opened()
        .map(|s| s.doors_at)
        .filter(|doors| *doors > now)
        .min()
    {
        return Validity::TooEarly(next);
    }
    opened()
        .map(|s| s.ends_at)
        .max()
        .map_or(Validity::Cancelled, Validity::Over)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> EventDraft {
        EventDraft {
            title: "Winter Gala".into(),
            time_zone: "Europe/Vienna".into(),
            currency: "EUR".into(),
            language: "en".into(),
            organizer: "Gatehouse Arts".into(),
            place: "Old Customs House, Vienna".into(),
            doors_at: Some(1_000),
            starts_at: 2_000,
            ends_at: 3_000,
            ticket_types: vec![TicketTypeDraft {
                name: "Standard".into(),
                price_minor: 0,
                capacity: None,
                zones: vec![],
            }],
            zones: vec![],
            settings: EventSettings::default(),
        }
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let mut wrong = draft();
        wrong.title = "Hi".into();
        wrong.time_zone = "Mars/Olympus".into();
        wrong.currency = "euro".into();
        wrong.ends_at = 1_500;
        wrong.doors_at = Some(2_500);
        wrong.ticket_types.push(TicketTypeDraft {
            name: " STANDARD ".into(),
            price_minor: -1,
            capacity: None,
            zones: vec!["Lounge".into()],
        });
        let codes: Vec<_> = wrong
            .check(2_000)
            .unwrap_err()
            .0
            .iter()
            .map(|e| e.code)
            .collect();
        assert_eq!(
            codes,
            [
                "title_too_short",
                "time_zone_unknown",
                "currency_unknown",
                "starts_in_past",
                "ends_before_start",
                "doors_after_start",
                "name_taken",
                "price_out_of_range",
                "zone_unknown",
            ]
        );
        assert_eq!(draft().check(0), Ok(Tz::Europe__Vienna));
    }

    #[test]
    fn a_ticket_is_valid_from_doors_to_end_of_a_session_it_opens() {
        let id = |n: u128| SessionId(uuid::Uuid::from_u128(n));
        let session = |n, doors_at, starts_at, ends_at, status| Session {
            id: id(n),
            title: None,
            doors_at,
            starts_at,
            ends_at,
            place: None,
            status,
        };
        let sessions = [
            session(1, 10, 20, 30, SessionStatus::Scheduled),
            session(2, 40, 50, 60, SessionStatus::Cancelled),
            session(3, 70, 80, 90, SessionStatus::Scheduled),
        ];
        let pass = |opens: &[u128]| TicketType {
            id: TicketTypeId(uuid::Uuid::from_u128(9)),
            name: "Pass".into(),
            price_minor: 0,
            capacity: None,
            colour: 0,
            attendance: AttendanceMode::InPerson,
            sessions: opens.iter().map(|n| id(*n)).collect(),
            zones: vec![],
        };
        let table = [
            (&[] as &[u128], 9, Validity::TooEarly(10)),
            (&[], 10, Validity::Valid(id(1))),
            (&[], 29, Validity::Valid(id(1))),
            (&[], 30, Validity::TooEarly(70)),
            (&[], 45, Validity::TooEarly(70)),
            (&[], 89, Validity::Valid(id(3))),
            (&[], 90, Validity::Over(90)),
            (&[1], 31, Validity::Over(30)),
            (&[2], 45, Validity::Cancelled),
            (&[3], 15, Validity::TooEarly(70)),
        ];
        for (opens, now, expected) in table {
            assert_eq!(
                validity(&pass(opens), &sessions, now),
                expected,
                "{opens:?} at {now}"
            );
        }
    }
}
