//! What may be done to an event where it stands: publish, change, cancel, delete.

use serde::Serialize;

use super::draft::check_title;
use super::{Event, EventKind, EventStatus, Visibility};
use crate::field::{FieldError, FieldErrors};
use crate::place::PlaceMode;
use crate::session::Session;
use crate::ticket_type::{AttendanceMode, TicketType};

/// Photos that a published public event has at least.
pub const PHOTOS_WHEN_PUBLIC: usize = 3;

/// How far an event is, as far as it matters for what may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A draft without tickets.
    Draft,
    /// Published, without tickets.
    Published,
    /// Tickets are out.
    Ticketed,
    /// Its first session has started.
    Started,
    /// Its last session has ended, or it was completed.
    Over,
    /// It was called off.
    Cancelled,
}

/// Tells how far an event is at `now` (UTC ms), with `tickets` issued ever, void ones included.
#[must_use]
pub fn stage(status: EventStatus, sessions: &[Session], tickets: u64, now: i64) -> Stage {
    let planned = || sessions.iter().filter(|s| s.takes_place());
    match status {
        EventStatus::Cancelled => return Stage::Cancelled,
        EventStatus::Completed => return Stage::Over,
        EventStatus::Draft | EventStatus::Published => {}
    }
    let first = planned().map(|s| s.starts_at).min();
    let last = planned().map(|s| s.ends_at).max();
    if last.is_some_and(|end| end <= now) {
        Stage::Over
    } else if first.is_some_and(|start| start <= now) {
        Stage::Started
    } else if tickets > 0 {
        Stage::Ticketed
    } else if status == EventStatus::Published {
        Stage::Published
    } else {
        Stage::Draft
    }
}

/// What of an event a person wants to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Title, tagline, description, category, tags, organizer, photos.
    Words,
    /// Time zone, in which its days are meant.
    TimeZone,
    /// Currency of its prices.
    Currency,
    /// Place of the whole event.
    Place,
    /// Visibility and access.
    Visibility,
    /// Capacities.
    Capacity,
    /// Claims, code form and numbering of its tickets.
    TicketForm,
    /// Entry policy.
    ReEntry,
    /// Kind, days or rule.
    Schedule,
    /// Ticket types and zones: added or changed.
    Tiers,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 10] = [
        Self::Words,
        Self::TimeZone,
        Self::Currency,
        Self::Place,
        Self::Visibility,
        Self::Capacity,
        Self::TicketForm,
        Self::ReEntry,
        Self::Schedule,
        Self::Tiers,
    ];
}

/// Whether a part may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeRule {
    /// It may, and nobody needs to be told.
    Free,
    /// It may, and everyone with a ticket is told.
    Notify,
    /// It may not, for this reason (a stable code).
    Refused(&'static str),
}

/// Tells whether a part may change at a stage.
#[must_use]
pub const fn change_rule(part: Part, stage: Stage) -> ChangeRule {
    match (stage, part) {
        (Stage::Cancelled, _) => ChangeRule::Refused("event_cancelled"),
        // What happened keeps its words right.
        (Stage::Over, Part::Words) => ChangeRule::Free,
        (Stage::Over, _) => ChangeRule::Refused("event_over"),
        (
            Stage::Started,
            Part::Words | Part::Capacity | Part::ReEntry | Part::Tiers | Part::Schedule,
        ) => ChangeRule::Free,
        (Stage::Started, Part::Place) => ChangeRule::Notify,
        (Stage::Started, _) => ChangeRule::Refused("event_started"),
        (Stage::Ticketed, Part::Place) => ChangeRule::Notify,
        // Printed days, prices and codes hold what they say.
        (Stage::Ticketed, Part::TimeZone | Part::Currency | Part::TicketForm) => {
            ChangeRule::Refused("tickets_exist")
        }
        (Stage::Ticketed | Stage::Published | Stage::Draft, _) => ChangeRule::Free,
    }
}

/// Checks that a part may change; says whether guests are to be told.
pub fn check_change(part: Part, field: &str, stage: Stage) -> Result<bool, FieldError> {
    match change_rule(part, stage) {
        ChangeRule::Free => Ok(false),
        ChangeRule::Notify => Ok(true),
        ChangeRule::Refused(code) => Err(FieldError::new(field, code, refusal_words(code))),
    }
}

/// Checks that a session may be changed, moved or cancelled at `now` (UTC ms): it has not ended
/// and was not called off; its start and place hold once it has started.
pub fn check_session_change(
    session: &Session,
    moves: bool,
    stage: Stage,
    now: i64,
) -> Result<(), FieldError> {
    let refuse = |code| Err(FieldError::new("session", code, refusal_words(code)));
    if stage == Stage::Cancelled {
        return refuse("event_cancelled");
    }
    if !session.takes_place() {
        return refuse("session_cancelled");
    }
    if session.ends_at <= now {
        return refuse("session_over");
    }
    if moves && session.starts_at <= now {
        return refuse("session_started");
    }
    Ok(())
}

/// Checks that an event may be published at `now` (UTC ms), and names everything that is missing
/// at once.
pub fn check_publish(
    event: &Event,
    sessions: &[Session],
    types: &[TicketType],
    photos: usize,
    now: i64,
) -> Result<(), FieldErrors> {
    let mut errors = Vec::new();
    let code = match event.status {
        EventStatus::Draft => None,
        EventStatus::Published => Some("event_published"),
        EventStatus::Cancelled => Some("event_cancelled"),
        EventStatus::Completed => Some("event_over"),
    };
    if let Some(code) = code {
        return Err(FieldErrors(vec![FieldError::new(
            "status",
            code,
            refusal_words(code),
        )]));
    }
    check_title(&event.title, &mut errors);
    let planned: Vec<&Session> = sessions.iter().filter(|s| s.takes_place()).collect();
    if planned.is_empty() {
        errors.push(FieldError::new(
            "schedule",
            "sessions_missing",
            "plan at least one session",
        ));
    }
    for session in &planned {
        if session.ends_at <= session.starts_at {
            errors.push(FieldError::new(
                "schedule",
                "ends_before_start",
                "give every session an end after its start",
            ));
            break;
        }
    }
    // A series goes on: its next session counts. Everything else starts whole.
    let start = match event.kind {
        EventKind::Recurring => planned.iter().map(|s| s.starts_at).max(),
        EventKind::OneTime | EventKind::MultiDay => planned.iter().map(|s| s.starts_at).min(),
    };
    if start.is_some_and(|start| start <= now) {
        errors.push(FieldError::new(
            "schedule",
            "starts_in_past",
            "give a start in the future",
        ));
    }
    check_places(event, &planned, &mut errors);
    if types.is_empty() {
        errors.push(FieldError::new(
            "ticket_types",
            "ticket_types_missing",
            "add a ticket type, or mark the event as free",
        ));
    }
    if event.place.mode == PlaceMode::Hybrid {
        for (mode, code) in [
            (AttendanceMode::InPerson, "in_person_type_missing"),
            (AttendanceMode::Online, "online_type_missing"),
        ] {
            if !types.is_empty() && !types.iter().any(|kind| kind.attendance == mode) {
                errors.push(FieldError::new(
                    "ticket_types",
                    code,
                    format!("a hybrid event needs a ticket type to attend {mode}"),
                ));
            }
        }
    }
    if event.visibility == Visibility::Public && photos < PHOTOS_WHEN_PUBLIC {
        errors.push(FieldError::new(
            "photos",
            "photos_missing",
            format!("a public event shows at least {PHOTOS_WHEN_PUBLIC} photos; it has {photos}"),
        ));
    }
    FieldErrors::check(errors)
}

/// Every session has a whole place: its own, or the event's.
fn check_places(event: &Event, planned: &[&Session], errors: &mut Vec<FieldError>) {
    if planned.is_empty() || planned.iter().any(|session| session.place.is_none()) {
        event.place.check_whole("place", errors);
    }
    for (index, session) in planned.iter().enumerate() {
        if let Some(place) = &session.place {
            place.check_whole(&format!("sessions[{index}].place"), errors);
        }
    }
}

/// Checks that an event may be called off: not twice, and not after its end.
pub fn check_cancel(stage: Stage) -> Result<(), FieldError> {
    match stage {
        Stage::Cancelled => Err(refusal("event_cancelled")),
        Stage::Over => Err(refusal("event_over")),
        Stage::Draft | Stage::Published | Stage::Ticketed | Stage::Started => Ok(()),
    }
}

/// Checks that an event may be deleted: a draft for which no ticket was ever issued.
pub fn check_delete(status: EventStatus, tickets: u64) -> Result<(), FieldError> {
    if tickets > 0 {
        Err(refusal("tickets_exist"))
    } else if status == EventStatus::Draft {
        Ok(())
    } else {
        Err(refusal("event_not_draft"))
    }
}

fn refusal(code: &'static str) -> FieldError {
    FieldError::new("status", code, refusal_words(code))
}

fn refusal_words(code: &str) -> &'static str {
    match code {
        "event_published" => "this event is published already",
        "event_cancelled" => "this event was called off; duplicate it to plan it again",
        "event_over" => "this event is over; duplicate it to plan it again",
        "event_started" => "this event has started; this can no longer change",
        "tickets_exist" => {
            "tickets were issued that rely on this; void the event or plan another one"
        }
        "event_not_draft" => "only a draft can be deleted; cancel the event instead",
        "session_cancelled" => "this session was called off",
        "session_over" => "this session is over",
        "session_started" => "this session has started; its time and place hold",
        _ => "this can't be done now",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Access, EventSettings};
    use crate::id::{EventId, SessionId, TicketTypeId, WorkspaceId};
    use crate::place::Place;
    use uuid::Uuid;

    fn session(n: u128, starts_at: i64, ends_at: i64) -> Session {
        Session::scheduled(SessionId(Uuid::from_u128(n)), starts_at, starts_at, ends_at)
    }

    fn event() -> Event {
        Event {
            id: EventId(Uuid::from_u128(1)),
            workspace: WorkspaceId(Uuid::from_u128(2)),
            title: "Hi".into(),
            tagline: String::new(),
            description: String::new(),
            category: String::new(),
            tags: vec![],
            kind: EventKind::OneTime,
            status: EventStatus::Draft,
            time_zone: chrono_tz::Europe::Vienna,
            currency: "EUR".into(),
            language: "en".into(),
            organizer: String::new(),
            place: Place {
                mode: PlaceMode::Hybrid,
                venue: None,
                meeting: None,
            },
            capacity: None,
            visibility: Visibility::Public,
            access: Access::Open,
            link_token: None,
            settings: EventSettings::default(),
            revision: 0,
            home_epoch: 1,
            created_at: 0,
        }
    }

    #[test]
    fn publishing_names_everything_that_is_missing_at_once() {
        let codes = |event: &Event, sessions: &[Session], types: &[TicketType], photos| {
            check_publish(event, sessions, types, photos, 100)
                .map_err(|FieldErrors(errors)| errors.iter().map(|e| e.code).collect::<Vec<_>>())
        };
        assert_eq!(
            codes(&event(), &[session(1, 50, 60)], &[], 2),
            Err(vec![
                "title_too_short",
                "starts_in_past",
                "venue_missing",
                "address_missing",
                "city_missing",
                "country_missing",
                "meeting_missing",
                "ticket_types_missing",
                "photos_missing",
            ])
        );
        assert!(
            codes(&event(), &[], &[], 3)
                .unwrap_err()
                .contains(&"sessions_missing")
        );
        let standard = TicketType::plain(TicketTypeId(Uuid::from_u128(3)), "Standard", 0);
        let mut ready = event();
        ready.title = "Harbour Ball".into();
        ready.visibility = Visibility::Private;
        ready.place = Place::venue("Old Customs House");
        let venue = ready.place.venue.as_mut().unwrap();
        venue.address = "Quay 4".into();
        venue.city = "Vienna".into();
        venue.country = "Austria".into();
        let sessions = [session(1, 200, 300)];
        assert_eq!(
            codes(&ready, &sessions, std::slice::from_ref(&standard), 0),
            Ok(())
        );
        ready.status = EventStatus::Published;
        assert_eq!(
            codes(&ready, &sessions, &[standard], 0),
            Err(vec!["event_published"])
        );
    }

    #[test]
    fn a_stage_is_told_from_status_tickets_and_time() {
        let sessions = [session(1, 100, 200), session(2, 300, 400)];
        for (status, tickets, now, expected) in [
            (EventStatus::Draft, 0, 50, Stage::Draft),
            (EventStatus::Draft, 1, 50, Stage::Ticketed),
            (EventStatus::Published, 0, 50, Stage::Published),
            (EventStatus::Published, 9, 99, Stage::Ticketed),
            (EventStatus::Published, 9, 100, Stage::Started),
            (EventStatus::Published, 0, 250, Stage::Started),
            (EventStatus::Published, 9, 399, Stage::Started),
            (EventStatus::Published, 9, 400, Stage::Over),
            (EventStatus::Cancelled, 0, 50, Stage::Cancelled),
            (EventStatus::Completed, 0, 50, Stage::Over),
        ] {
            assert_eq!(stage(status, &sessions, tickets, now), expected, "{now}");
        }
    }

    #[test]
    fn what_may_change_narrows_as_an_event_goes_on() {
        // One line for each part; one letter for each stage: Draft, Published, Ticketed, Started,
        // Over, Cancelled. f: free, n: everyone is told, -: refused.
        let table = [
            (Part::Words, "fffff-"),
            (Part::TimeZone, "ff----"),
            (Part::Currency, "ff----"),
            (Part::Place, "ffnn--"),
            (Part::Visibility, "fff---"),
            (Part::Capacity, "ffff--"),
            (Part::TicketForm, "ff----"),
            (Part::ReEntry, "ffff--"),
            (Part::Schedule, "ffff--"),
            (Part::Tiers, "ffff--"),
        ];
        let stages = [
            Stage::Draft,
            Stage::Published,
            Stage::Ticketed,
            Stage::Started,
            Stage::Over,
            Stage::Cancelled,
        ];
        assert_eq!(table.len(), Part::ALL.len());
        for (part, row) in table {
            let found: String = stages
                .iter()
                .map(|stage| match change_rule(part, *stage) {
                    ChangeRule::Free => 'f',
                    ChangeRule::Notify => 'n',
                    ChangeRule::Refused(_) => '-',
                })
                .collect();
            assert_eq!(found, row, "{part:?}");
        }
    }

    #[test]
    fn only_a_draft_without_tickets_is_deleted_and_nothing_is_cancelled_twice() {
        assert!(check_delete(EventStatus::Draft, 0).is_ok());
        assert_eq!(
            check_delete(EventStatus::Draft, 1).unwrap_err().code,
            "tickets_exist"
        );
        assert_eq!(
            check_delete(EventStatus::Published, 0).unwrap_err().code,
            "event_not_draft"
        );
        assert!(check_cancel(Stage::Ticketed).is_ok());
        assert_eq!(
            check_cancel(Stage::Cancelled).unwrap_err().code,
            "event_cancelled"
        );
        assert_eq!(check_cancel(Stage::Over).unwrap_err().code, "event_over");
    }

    #[test]
    fn a_session_holds_its_time_once_it_started() {
        let session = session(1, 100, 200);
        for (now, moves, expected) in [
            (99, true, None),
            (100, true, Some("session_started")),
            (100, false, None),
            (200, false, Some("session_over")),
        ] {
            let found = check_session_change(&session, moves, Stage::Started, now);
            assert_eq!(found.err().map(|e| e.code), expected, "{now}");
        }
    }
}
