//! The events of the demonstration, one for each kind; doors stand open already.

use chrono::NaiveDateTime;
use gatehouse_domain::calendar::local::{local_of, resolve};
use gatehouse_domain::calendar::pattern::{Ends, Pattern};
use gatehouse_domain::event::draft::{
    EventDraft, ScheduleDraft, SeriesDraft, SessionDraft, TicketTypeDraft, ZoneDraft,
};
use gatehouse_domain::event::{Access, EventKind, EventSettings, Visibility};
use gatehouse_domain::place::{Place, PlaceMode, Venue};

use super::{HOUR, MINUTE};

const ZONE: chrono_tz::Tz = chrono_tz::Europe::Vienna;
const DAY: i64 = 24 * HOUR;

/// What the event of a kind is called.
pub(super) fn title(kind: EventKind) -> &'static str {
    match kind {
        EventKind::OneTime => "Winter Gala",
        EventKind::MultiDay => "Harbour Festival",
        EventKind::Recurring => "Morning Class",
    }
}

/// The event of a kind.
///
/// Over several days the guests of the press come on the second day only, all others on every day.
pub(super) fn draft(kind: EventKind, title: &str, now: i64) -> EventDraft {
    let first = session(now);
    let mut draft = evening(title, now);
    match kind {
        EventKind::OneTime => {}
        EventKind::MultiDay => {
            draft.schedule = ScheduleDraft::MultiDay {
                days: vec![first, session(now + DAY), session(now + 3 * DAY)],
            };
            if let Some(press) = draft.ticket_types.last_mut() {
                press.days = vec![2];
            }
        }
        EventKind::Recurring => {
            draft.schedule = ScheduleDraft::Recurring {
                series: SeriesDraft {
                    pattern: Some(Pattern::Daily { every: 1 }),
                    ends: Some(Ends::After(12)),
                    rule: None,
                    starts: first.starts,
                    duration_minutes: 5 * 60,
                    doors_minutes: ((starts_at(now) - doors_at(now)) / MINUTE) as u32,
                    without: vec![],
                    with: vec![],
                    capacity: None,
                },
            };
        }
    }
    draft
}

/// An evening with three ticket types, one of which opens the lounge.
pub(crate) fn evening(title: &str, now: i64) -> EventDraft {
    let kind = |name: &str, zones: &[&str]| TicketTypeDraft {
        zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
        ..TicketTypeDraft::named(name)
    };
    EventDraft {
        title: title.into(),
        tagline: String::new(),
        description: String::new(),
        category: String::new(),
        tags: vec![],
        time_zone: ZONE.name().into(),
        currency: "EUR".into(),
        language: "en".into(),
        organizer: "Gatehouse Arts".into(),
        place: Place {
            mode: PlaceMode::InPerson,
            venue: Some(Venue {
                name: "Old Customs House".into(),
                address: "Quay 4".into(),
                city: "Vienna".into(),
                country: "Austria".into(),
                ..Venue::default()
            }),
            meeting: None,
        },
        capacity: None,
        visibility: Visibility::Private,
        access: Access::Open,
        schedule: ScheduleDraft::OneTime {
            session: session(now),
        },
        ticket_types: vec![
            kind("Standard", &[]),
            kind("VIP", &["Lounge"]),
            kind("Press", &[]),
        ],
        free: false,
        zones: vec![ZoneDraft {
            name: "Lounge".into(),
            ..ZoneDraft::default()
        }],
        settings: EventSettings::default(),
    }
}

/// Five hours whose doors stand open already, so that a code can be presented at once.
fn session(now: i64) -> SessionDraft {
    let starts_at = starts_at(now);
    let text = |at: i64| local_text(local_of(at, ZONE));
    SessionDraft {
        doors: Some(text(doors_at(now))),
        starts: text(starts_at),
        ends: text(shown_first(starts_at + 5 * HOUR)),
        ..SessionDraft::default()
    }
}

fn doors_at(now: i64) -> i64 {
    now.div_euclid(MINUTE) * MINUTE - MINUTE
}

fn starts_at(now: i64) -> i64 {
    shown_first(doors_at(now) + 31 * MINUTE)
}

/// The first minute from then on that clocks show for the first time: in an hour that they show
/// twice a local time means the first, which may be past.
fn shown_first(mut at: i64) -> i64 {
    while resolve(local_of(at, ZONE), ZONE).utc_ms != at {
        at += MINUTE;
    }
    at
}

fn local_text(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_stand_open_at_every_hour_of_the_night_in_which_clocks_go_back() {
        // From six in the evening, UTC; clocks go back at one.
        let evening = 1_792_864_800_000;
        for quarter in 0..48 {
            let now = evening + quarter * 15 * MINUTE + 7_000;
            for kind in [
                EventKind::OneTime,
                EventKind::MultiDay,
                EventKind::Recurring,
            ] {
                let plan = draft(kind, "Winter Gala", now).plan(now);
                let plan = plan.unwrap_or_else(|e| panic!("{kind:?} at {now}: {e:?}"));
                let first = &plan.sessions[0];
                assert!(first.doors_at <= now, "{kind:?} at {now}");
                assert!(now < first.starts_at, "{kind:?} at {now}");
                assert!(first.starts_at + 3 * HOUR < first.ends_at, "{kind:?}");
            }
        }
    }
}
