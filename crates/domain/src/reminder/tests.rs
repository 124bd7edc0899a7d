use std::collections::{HashMap, HashSet};

use chrono_tz::Europe::Vienna;
use uuid::Uuid;

use super::*;

const DAY: i64 = 24 * HOUR;

/// Saturday, 30 March 2030, 18:00 in Vienna, the evening before clocks go forward.
fn evening() -> i64 {
    let date = NaiveDate::from_ymd_opt(2030, 3, 30).unwrap();
    to_utc(date.and_hms_opt(18, 0, 0).unwrap(), Vienna)
}

#[test]
fn how_far_ahead_a_guest_came_in_says_which_reminders_come() {
    use ReminderStep::{Day, Hour, TwoWeeks, Week};
    let start = evening();
    let table: &[(i64, &[ReminderStep])] = &[
        (40, &[TwoWeeks, Week, Day, Hour]),
        (29, &[TwoWeeks, Week, Day, Hour]),
        (28, &[TwoWeeks, Week, Day, Hour]),
        (27, &[Week, Day, Hour]),
        (8, &[Week, Day, Hour]),
        (7, &[Day, Hour]),
        (2, &[Day, Hour]),
        (1, &[Hour]),
        (0, &[Hour]),
    ];
    for (days, expected) in table {
        let known_at = start - days * DAY - 3 * HOUR;
        let due = ReminderSettings::default().schedule(known_at, start, start + 4 * HOUR, Vienna);
        let steps: Vec<_> = due.iter().map(|(step, _)| *step).collect();
        assert_eq!(steps, *expected, "{days} days ahead");
    }
}

#[test]
fn a_day_before_is_the_same_hour_though_clocks_change() {
    // The session is on Sunday, after the change; the day before has 24 hours, the night 23.
    let date = NaiveDate::from_ymd_opt(2030, 3, 31).unwrap();
    let start = to_utc(date.and_hms_opt(18, 0, 0).unwrap(), Vienna);
    let due = ReminderSettings::default().schedule(start - 5 * DAY, start, start + HOUR, Vienna);
    assert_eq!(due[0], (ReminderStep::Day, start - 23 * HOUR));
    assert_eq!(due[1], (ReminderStep::Hour, start - HOUR));
}

#[test]
fn who_comes_in_late_hears_of_nothing_that_is_past() {
    let start = evening();
    let due =
        ReminderSettings::default().schedule(start - 30 * 60_000, start, start + HOUR, Vienna);
    assert_eq!(due, [], "half an hour before, nothing is left to say");
}

#[test]
fn a_reminder_tells_of_its_day_and_the_last_word_of_its_hour() {
    use ReminderStep::{Day, Hour, Week};
    let start = evening();
    let minutes = |minutes: i64| start + minutes * 60_000;
    let table = [
        (Hour, minutes(29), true),
        (Hour, minutes(-29), true),
        (Hour, minutes(30), false),
        (Day, minutes(5 * 60 + 59), true),
        // Midnight in Vienna.
        (Day, minutes(6 * 60), false),
        (Week, start + DAY, false),
    ];
    for (step, moved, expected) in table {
        let tells = step.still_tells(start, moved, Vienna);
        assert_eq!(tells, expected, "{step} of a start {} later", moved - start);
    }
}

#[test]
fn an_organizer_asks_thanks_and_leaves_out() {
    let start = evening();
    let settings = ReminderSettings {
        confirm_days: Some(3),
        thanks: true,
        without: vec![ReminderStep::Week],
        ..ReminderSettings::default()
    };
    let steps: Vec<_> = settings
        .schedule(start - 10 * DAY, start, start + 4 * HOUR, Vienna)
        .into_iter()
        .map(|(step, _)| step.word())
        .collect();
    assert_eq!(steps, ["confirm", "day", "hour", "thanks"]);
    let mut errors = Vec::new();
    ReminderSettings {
        without: vec![ReminderStep::Hour],
        confirm_days: Some(0),
        ..settings
    }
    .check(&mut errors);
    let codes: Vec<_> = errors.iter().map(|e| e.code).collect();
    assert_eq!(codes, ["days_out_of_range", "hour_needed"]);
}

/// Whether there are thanks, where to rate, where to review; what comes how many hours after.
type Asked<'a> = (bool, &'a str, &'a str, &'a [(&'a str, i64)]);

#[test]
fn those_who_came_are_asked_by_the_links_that_there_are() {
    let end = evening();
    let (rate, review) = (
        "https://rate.example.org/gala",
        "https://say.example.org/gala",
    );
    let table: &[Asked<'_>] = &[
        (false, "", "", &[]),
        (true, "", "", &[("thanks", 2)]),
        (false, rate, "", &[("rating", 2)]),
        (true, rate, "", &[("rating", 2)]),
        (false, "", review, &[("review", 24), ("last_review", 168)]),
        (
            true,
            rate,
            review,
            &[("rating", 2), ("review", 24), ("last_review", 168)],
        ),
    ];
    for (thanks, rating_link, review_link, expected) in table {
        let settings = ReminderSettings {
            on: false,
            thanks: *thanks,
            rating_link: (*rating_link).into(),
            review_link: (*review_link).into(),
            ..ReminderSettings::default()
        };
        let mut errors = Vec::new();
        settings.check(&mut errors);
        assert_eq!(errors, []);
        let steps: Vec<_> = settings
            .schedule(end - 30 * DAY, end - 4 * HOUR, end, Vienna)
            .into_iter()
            .map(|(step, at)| (step.word(), (at - end) / HOUR))
            .collect();
        assert_eq!(steps, *expected, "{thanks} {rating_link} {review_link}");
    }
    let once = ReminderSettings {
        review_link: review.into(),
        without: vec![ReminderStep::LastReview],
        ..ReminderSettings::default()
    };
    let last = once.schedule(end - DAY, end - 4 * HOUR, end, Vienna).pop();
    assert_eq!(last.map(|(step, _)| step), Some(ReminderStep::Review));
}

#[test]
fn a_link_that_would_not_open_is_refused() {
    let long = format!("https://example.org/{}", "a".repeat(2_000));
    let table = [
        ("", true),
        ("https://rate.example.org/gala?from=mail", true),
        ("http://rate.example.org/", false),
        ("rate.example.org", false),
        ("javascript:alert(1)", false),
        ("https://", false),
        ("https:// example.org", false),
        ("https://example.org/\"><b>", false),
        ("https://example.org/\n", false),
        (long.as_str(), false),
    ];
    for (link, fine) in table {
        let mut errors = Vec::new();
        let settings = ReminderSettings {
            rating_link: link.into(),
            review_link: link.into(),
            ..ReminderSettings::default()
        };
        settings.check(&mut errors);
        assert_eq!(
            errors.len(),
            if fine { 0 } else { 2 },
            "{link:?}: {errors:?}"
        );
        let asked = settings.link_for(MessageKind::Rating);
        assert_eq!(asked, (!link.is_empty()).then_some(link));
        assert_eq!(settings.link_for(MessageKind::Thanks), None);
    }
}

fn due(event: u128, step: ReminderStep, at: i64, starts_at: i64) -> Due {
    Due {
        event: EventId(Uuid::from_u128(event)),
        invitation: InvitationId(Uuid::from_u128(event)),
        session: SessionId(Uuid::from_u128(event)),
        step,
        at,
        starts_at,
        zone: Vienna,
    }
}

#[test]
fn several_events_of_one_day_are_one_message() {
    let start = evening();
    let of = [
        due(1, ReminderStep::Day, start - DAY, start),
        due(2, ReminderStep::Day, start - DAY + HOUR, start + HOUR),
        due(
            3,
            ReminderStep::Day,
            start - DAY + 2 * HOUR,
            start + 2 * HOUR,
        ),
    ];
    let plan = plan(&of, |_| 0);
    assert_eq!(plan.messages.len(), 1);
    assert_eq!(plan.messages[0].at, start - DAY);
    assert_eq!(plan.messages[0].of, of);
    assert_eq!(plan.dropped, []);
}

#[test]
fn events_that_ask_how_they_were_ask_each_for_itself() {
    let end = evening();
    let of = [
        due(2, ReminderStep::Rating, end + HOUR, end - HOUR),
        due(1, ReminderStep::Rating, end, end - 2 * HOUR),
        due(1, ReminderStep::Rating, end + 2 * HOUR, end),
    ];
    let plan = plan(&of, |_| 0);
    let told: Vec<Vec<u128>> = plan
        .messages
        .iter()
        .map(|message| message.of.iter().map(|one| one.event.0.as_u128()).collect())
        .collect();
    assert_eq!(told, [vec![1, 1], vec![2]]);
    assert_eq!(plan.dropped, []);
}

#[test]
fn a_full_day_keeps_what_matters_most() {
    let start = evening();
    let of = [
        due(1, ReminderStep::TwoWeeks, start, start + 14 * DAY),
        due(2, ReminderStep::Week, start + HOUR, start + 7 * DAY),
        due(3, ReminderStep::Day, start + 2 * HOUR, start + DAY),
        due(4, ReminderStep::Hour, start + 3 * HOUR, start + 4 * HOUR),
    ];
    let steps = |plan: &Plan| -> Vec<&str> {
        plan.messages
            .iter()
            .map(|message| message.of[0].step.word())
            .collect()
    };
    let open = plan(&of, |_| 0);
    assert_eq!(steps(&open), ["day", "hour"]);
    assert_eq!(open.dropped.len(), 2);
    let full = plan(&of, |_| 2);
    assert_eq!(steps(&full), ["hour"], "the hour before always comes");
}

/// A year of events, guests who come in at any time, and a clock that is moved in steps.
#[test]
fn over_a_year_nobody_hears_too_much_or_twice_and_everybody_of_the_hour_before() {
    let begin = evening() - 300 * DAY;
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below) as i64
    };
    let settings = ReminderSettings {
        confirm_days: Some(5),
        thanks: true,
        ..ReminderSettings::default()
    };
    // One person, 150 sessions in a year, some on the same day, known from 0 to 60 days ahead.
    let mut all = Vec::new();
    let mut known = HashMap::new();
    for index in 0..150_u128 {
        let start = begin + 61 * DAY + next(300) * DAY + next(10) * HOUR;
        let known_at = start - next(60 * 24) * HOUR - 2 * HOUR;
        known.insert(EventId(Uuid::from_u128(index)), known_at);
        for (step, at) in settings.schedule(known_at, start, start + 2 * HOUR, Vienna) {
            all.push(due(index, step, at, start));
        }
    }
    let hours: HashSet<_> = all
        .iter()
        .filter(|one| one.step == ReminderStep::Hour)
        .map(|one| one.session)
        .collect();
    assert_eq!(hours.len(), 150);
    let mut sent: Vec<Planned> = Vec::new();
    let mut settled: HashSet<(SessionId, ReminderStep)> = HashSet::new();
    let mut now = begin;
    while now < begin + 400 * DAY {
        // What is known by now and falls on today, as an engine asks that wakes every half hour.
        let today = date_of(now, Vienna);
        let open: Vec<Due> = all
            .iter()
            .filter(|one| known[&one.event] <= now)
            .filter(|one| date_of(one.at, Vienna) == today)
            .filter(|one| !settled.contains(&(one.session, one.step)))
            .copied()
            .collect();
        let told = |day: NaiveDate| {
            sent.iter()
                .filter(|message| date_of(message.at, Vienna) == day)
                .count()
        };
        let planned = plan(&open, told);
        for message in planned.messages.into_iter().filter(|m| m.at <= now) {
            for one in &message.of {
                assert!(
                    settled.insert((one.session, one.step)),
                    "told twice: {one:?}"
                );
            }
            sent.push(message);
        }
        now += 30 * 60_000;
    }
    let mut days: HashMap<NaiveDate, (usize, usize)> = HashMap::new();
    for message in &sent {
        let (hours, others) = days.entry(date_of(message.at, Vienna)).or_default();
        if message.of[0].step == ReminderStep::Hour {
            *hours += 1;
        } else {
            *others += 1;
        }
    }
    for (day, (_, others)) in &days {
        assert!(*others <= NOTICES_A_DAY, "{day}: {others}");
    }
    let told: HashSet<_> = sent
        .iter()
        .flat_map(|message| &message.of)
        .filter(|one| one.step == ReminderStep::Hour)
        .map(|one| one.session)
        .collect();
    assert_eq!(told, hours, "the hour before reached them all");
    assert!(sent.iter().any(|message| message.of.len() > 1));
    assert!(sent.len() > 200, "{}", sent.len());
}
