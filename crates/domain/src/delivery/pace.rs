//! How many messages may leave in a minute and in a day.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::field::FieldError;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Limits that a mail provider sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pace {
    /// Messages in any minute at most; any number when absent.
    pub per_minute: Option<u32>,
    /// Messages in any 24 hours at most; any number when absent.
    pub per_day: Option<u32>,
}

impl Pace {
    /// Adds what is wrong with the limits.
    pub fn check(&self, errors: &mut Vec<FieldError>) {
        for (field, limit) in [("per_minute", self.per_minute), ("per_day", self.per_day)] {
            if limit.is_some_and(|limit| limit == 0 || limit > 1_000_000) {
                errors.push(FieldError::new(
                    field,
                    "limit_out_of_range",
                    "give 1 to 1,000,000, or nothing for no limit",
                ));
            }
        }
    }
}

/// Counts what left: each moment of the last minute, each minute of the last day.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    /// When (UTC ms) and how many, oldest first.
    moments: VecDeque<(i64, u32)>,
    /// Beginning of a minute (UTC ms) and how many left in it, oldest first.
    minutes: VecDeque<(i64, u32)>,
}

impl Meter {
    /// Notes that `count` left at `at`, UTC ms; times are given in order.
    pub fn note(&mut self, at: i64, count: u32) {
        add(&mut self.moments, at, count);
        add(&mut self.minutes, at - at.rem_euclid(MINUTE), count);
    }

    /// How many may leave at `now` (UTC ms), `wanted` at most; with none, when to ask again.
    pub fn allow(&mut self, pace: Pace, now: i64, wanted: u32) -> Result<u32, i64> {
        self.moments.retain(|(at, _)| now - at < MINUTE);
        self.minutes.retain(|(at, _)| now - at < DAY + MINUTE);
        let mut free = wanted;
        let mut again = now + 1;
        for (limit, left, span) in [
            (pace.per_minute, &self.moments, MINUTE),
            (pace.per_day, &self.minutes, DAY + MINUTE),
        ] {
            let Some(limit) = limit else { continue };
            let gone: u32 = left.iter().map(|(_, count)| count).sum();
            if gone >= limit {
                let first = left.front().map_or(now, |(at, _)| *at);
                again = again.max(first + span);
            }
            free = free.min(limit.saturating_sub(gone));
        }
        if free == 0 && wanted > 0 {
            Err(again)
        } else {
            Ok(free)
        }
    }
}

fn add(left: &mut VecDeque<(i64, u32)>, at: i64, count: u32) {
    match left.back_mut() {
        Some((last, number)) if *last >= at => *number += count,
        _ => left.push_back((at, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_limits_everything_may_leave() {
        let mut meter = Meter::default();
        meter.note(0, 1_000_000);
        assert_eq!(meter.allow(Pace::default(), 1, 500), Ok(500));
    }

    #[test]
    fn a_day_that_is_full_opens_again_a_day_later() {
        let pace = Pace {
            per_minute: None,
            per_day: Some(10),
        };
        let mut meter = Meter::default();
        assert_eq!(meter.allow(pace, 0, 50), Ok(10));
        meter.note(0, 10);
        let again = meter.allow(pace, 1, 50).unwrap_err();
        assert_eq!(again, DAY + MINUTE);
        assert_eq!(meter.allow(pace, again, 50), Ok(10));
    }

    proptest! {
        #[test]
        fn no_minute_and_no_day_sees_more_than_its_limit(
            per_minute in 1_u32..40,
            per_day in 1_u32..400,
            steps in proptest::collection::vec((0_i64..50_000, 1_u32..20), 1..300),
        ) {
            let pace = Pace { per_minute: Some(per_minute), per_day: Some(per_day) };
            let (mut meter, mut now) = (Meter::default(), 0);
            let mut left: Vec<(i64, u32)> = Vec::new();
            for (step, wanted) in steps {
                now += step;
                match meter.allow(pace, now, wanted) {
                    Ok(count) => {
                        meter.note(now, count);
                        left.push((now, count));
                    }
                    Err(again) => {
                        prop_assert!(again > now);
                        prop_assert!(again <= now + DAY + MINUTE);
                    }
                }
                let within = |span: i64| left.iter().filter(|(at, _)| now - at < span)
                    .map(|(_, count)| *count).sum::<u32>();
                prop_assert!(within(MINUTE) <= per_minute);
                prop_assert!(within(DAY) <= per_day);
            }
        }
    }
}
