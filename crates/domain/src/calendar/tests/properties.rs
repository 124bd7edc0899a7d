//! What holds for every zone, date, rule and edit.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;
use uuid::Uuid;

use crate::calendar::local::{LocalKind, date_of, day_bounds, day_of, local_of, resolve, to_utc};
use crate::calendar::pattern::{Ends, Pattern};
use crate::calendar::recurrence::{Recurrence, horizon};
use crate::calendar::series::{SeriesPlan, SeriesSession, plan_series};
use crate::id::SessionId;

fn zone() -> impl Strategy<Value = Tz> {
    (0..TZ_VARIANTS.len()).prop_map(|n| TZ_VARIANTS[n])
}

fn date() -> impl Strategy<Value = NaiveDate> {
    (0..60_000_i64)
        .prop_map(|days| NaiveDate::from_ymd_opt(2000, 1, 2).unwrap() + TimeDelta::days(days))
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let weekday = || {
        prop::sample::select(vec!["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
            .prop_map(|day| day.parse().unwrap())
    };
    prop_oneof![
        (1..40_u16).prop_map(|every| Pattern::Daily { every }),
        Just(Pattern::Weekdays),
        (1..6_u16, prop::collection::vec(weekday(), 1..4))
            .prop_map(|(every, days)| Pattern::Weekly { every, days }),
        (1..4_u16, 1..=28_u8).prop_map(|(every, day)| Pattern::MonthlyByDate { every, day }),
        (
            1..4_u16,
            prop::sample::select(vec![-1_i8, 1, 2, 3, 4]),
            weekday()
        )
            .prop_map(|(every, nth, day)| Pattern::MonthlyByWeekday { every, nth, day }),
    ]
}

prop_compose! {
    fn recurrence()(
        pattern in pattern(),
        count in 1..40_u32,
        date in date(),
        minute in 0..1_440_i64,
        duration in 1..3_000_u32,
        doors in 0..600_u32,
    ) -> Recurrence {
        Recurrence {
            rule: pattern.rule(&Ends::After(count)).unwrap(),
            starts: date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute),
            duration_minutes: duration,
            doors_minutes: doors,
            exdates: vec![],
            rdates: vec![],
        }
    }
}

prop_compose! {
    /// A session with a start by the rule or none, and what happened to it.
    fn edited()(
        customized in any::<bool>(),
        cancelled in any::<bool>(),
        tickets in 0..2_u32,
        shift in prop::sample::select(vec![0_i64, 0, 0, 3_600_000]),
        own in prop::sample::select(vec![true, true, true, false]),
    ) -> (bool, bool, u32, i64, bool) {
        (customized, cancelled, tickets, shift, own)
    }
}

fn apply(existing: &[SeriesSession], plan: &SeriesPlan) -> Vec<SeriesSession> {
    let mut after: Vec<SeriesSession> = existing
        .iter()
        .filter(|session| !plan.remove.contains(&session.id))
        .cloned()
        .collect();
    for (id, at) in &plan.move_to {
        let session = after.iter_mut().find(|session| session.id == *id).unwrap();
        session.original = Some(at.original);
        session.doors_at = at.doors_at;
        session.starts_at = at.starts_at;
        session.ends_at = at.ends_at;
    }
    for (n, at) in (10_000..).zip(&plan.add) {
        after.push(SeriesSession {
            id: SessionId(Uuid::from_u128(n)),
            original: Some(at.original),
            doors_at: at.doors_at,
            starts_at: at.starts_at,
            ends_at: at.ends_at,
            customized: false,
            cancelled: false,
            tickets: 0,
        });
    }
    after
}

proptest! {
    #[test]
    fn a_local_time_comes_back_unless_clocks_skip_it(
        zone in zone(), date in date(), second in 0..86_400_i64,
    ) {
        let local: NaiveDateTime = date.and_time(NaiveTime::MIN) + TimeDelta::seconds(second);
        let found = resolve(local, zone);
        match found.kind {
            LocalKind::Plain | LocalKind::Doubled => {
                prop_assert_eq!(local_of(found.utc_ms, zone), local);
            }
            LocalKind::Missing => prop_assert!(local_of(found.utc_ms, zone) > local),
        }
        if found.kind == LocalKind::Doubled {
            // The first of the two: an hour or half an hour later clocks show it again.
            let again = (1..=8).any(|n| local_of(found.utc_ms + n * 900_000, zone) <= local);
            prop_assert!(again, "{} {}", zone, local);
        }
    }

    #[test]
    fn an_instant_comes_back_unless_its_local_time_is_doubled(
        zone in zone(), ms in 946_684_800_000..6_000_000_000_000_i64,
    ) {
        let ms = ms - ms.rem_euclid(1_000);
        let local = local_of(ms, zone);
        if resolve(local, zone).kind == LocalKind::Plain {
            prop_assert_eq!(to_utc(local, zone), ms);
        }
    }

    #[test]
    fn every_instant_lies_in_its_day_and_days_meet(
        zone in zone(), ms in 946_800_000_000..6_000_000_000_000_i64,
    ) {
        let date = date_of(ms, zone);
        let (first, next) = day_bounds(date, zone);
        prop_assert!(first <= ms && ms < next, "{} {} {} {}", zone, first, ms, next);
        prop_assert_eq!(day_bounds(date.succ_opt().unwrap(), zone).0, next);
        prop_assert_eq!(date_of(first, zone), date);
        prop_assert!(date_of(first - 1, zone) < date);
        prop_assert_eq!(day_of(first, zone), day_of(next - 1, zone));
    }

    #[test]
    fn a_series_keeps_its_local_hour_and_goes_forward(zone in zone(), rule in recurrence()) {
        prop_assert!(rule.check().is_ok(), "{:?}", rule);
        let sessions = rule.expand(zone, None, horizon(0, zone)).unwrap();
        prop_assert!(!sessions.is_empty());
        for session in &sessions {
            prop_assert_eq!(session.original.time(), rule.starts.time());
            prop_assert!(session.original >= rule.starts);
            match session.kind {
                LocalKind::Missing => {
                    prop_assert!(local_of(session.starts_at, zone) > session.original);
                }
                _ => prop_assert_eq!(local_of(session.starts_at, zone), session.original),
            }
            prop_assert!(session.doors_at <= session.starts_at);
            prop_assert!(session.starts_at < session.ends_at);
        }
        for pair in sessions.windows(2) {
            prop_assert!(pair[0].starts_at < pair[1].starts_at);
            prop_assert!(pair[0].original < pair[1].original);
        }
    }

    #[test]
    fn a_new_rule_is_followed_once_and_touches_nothing_that_people_rely_on(
        zone in zone(),
        old in recurrence(),
        new in recurrence(),
        same_start in any::<bool>(),
        edits in prop::collection::vec(edited(), 40),
        past in 0..40_usize,
    ) {
        let until = horizon(0, zone);
        let new = Recurrence {
            starts: if same_start { old.starts } else { new.starts },
            ..new
        };
        let before = old.expand(zone, None, until).unwrap();
        let wanted = new.expand(zone, None, until).unwrap();
        let existing: Vec<SeriesSession> = (1..)
            .zip(&before)
            .zip(&edits)
            .map(|((n, at), (customized, cancelled, tickets, shift, own))| SeriesSession {
                id: SessionId(Uuid::from_u128(n)),
                original: own.then_some(at.original),
                doors_at: at.doors_at + shift,
                starts_at: at.starts_at + shift,
                ends_at: at.ends_at + shift,
                customized: *customized,
                cancelled: *cancelled,
                tickets: *tickets,
            })
            .collect();
        let now = before[past.min(before.len() - 1)].starts_at;
        let plan = plan_series(&existing, &wanted, now);

        let touched: Vec<SessionId> = plan
            .remove
            .iter()
            .copied()
            .chain(plan.move_to.iter().map(|(id, _)| *id))
            .collect();
        for session in &existing {
            let relied_on = session.doors_at <= now
                || session.customized
                || session.cancelled
                || session.original.is_none()
                || session.tickets > 0;
            prop_assert!(!(relied_on && touched.contains(&session.id)), "{:?}", session);
        }
        prop_assert!(plan.add.iter().all(|at| at.starts_at > now));
        prop_assert!(plan.move_to.iter().all(|(_, at)| at.starts_at > now));
        let summary = plan.summary();
        prop_assert_eq!(summary.kept + summary.moved + summary.removed, existing.len());

        let after = apply(&existing, &plan);
        let mut originals: Vec<_> = after.iter().filter_map(|s| s.original).collect();
        originals.sort_unstable();
        let count = originals.len();
        originals.dedup();
        prop_assert_eq!(originals.len(), count, "no occurrence is there twice");
        let again = plan_series(&after, &wanted, now);
        prop_assert!(again.add.is_empty(), "{:?}", again.add);
        prop_assert!(again.move_to.is_empty() && again.remove.is_empty());
    }
}
