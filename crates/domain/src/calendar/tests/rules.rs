//! Patterns as rules, rules as dates, and what is refused.

use chrono::{NaiveDate, Weekday};

use crate::calendar::local::parse_local;
use crate::calendar::pattern::{Ends, Pattern};
use crate::calendar::recurrence::{MAX_SESSIONS, Recurrence, horizon};

const ZONE: chrono_tz::Tz = chrono_tz::Europe::Vienna;

fn rule(starts: &str, rule: &str) -> Recurrence {
    Recurrence {
        rule: rule.into(),
        starts: parse_local("starts", starts).unwrap(),
        duration_minutes: 60,
        doors_minutes: 15,
        exdates: vec![],
        rdates: vec![],
    }
}

#[test]
fn patterns_are_written_as_rules() {
    let day = NaiveDate::from_ymd_opt(2027, 12, 31).unwrap();
    let table = [
        (Pattern::Daily { every: 1 }, Ends::Never, "FREQ=DAILY"),
        (
            Pattern::Daily { every: 3 },
            Ends::After(5),
            "FREQ=DAILY;INTERVAL=3;COUNT=5",
        ),
        (
            Pattern::Weekdays,
            Ends::Never,
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        ),
        (
            Pattern::Weekly {
                every: 2,
                days: vec![Weekday::Wed, Weekday::Mon, Weekday::Wed],
            },
            Ends::After(12),
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=12",
        ),
        (
            Pattern::MonthlyByDate { every: 1, day: 15 },
            Ends::On(day),
            "FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20271231T235959",
        ),
        (
            Pattern::MonthlyByWeekday {
                every: 1,
                nth: -1,
                day: Weekday::Fri,
            },
            Ends::Never,
            "FREQ=MONTHLY;BYDAY=-1FR",
        ),
        (
            Pattern::Yearly { every: 2 },
            Ends::Never,
            "FREQ=YEARLY;INTERVAL=2",
        ),
    ];
    for (pattern, ends, expected) in table {
        assert_eq!(pattern.rule(&ends).unwrap(), expected);
        assert!(
            rule("2027-01-04T09:00", expected).check().is_ok(),
            "{expected}"
        );
    }
    let refused = [
        (
            Pattern::Daily { every: 0 },
            Ends::Never,
            "every_out_of_range",
        ),
        (
            Pattern::Daily { every: 1_000 },
            Ends::Never,
            "every_out_of_range",
        ),
        (
            Pattern::Weekly {
                every: 1,
                days: vec![],
            },
            Ends::Never,
            "days_missing",
        ),
        (
            Pattern::MonthlyByDate { every: 1, day: 32 },
            Ends::Never,
            "day_out_of_range",
        ),
        (
            Pattern::MonthlyByWeekday {
                every: 1,
                nth: 5,
                day: Weekday::Mon,
            },
            Ends::Never,
            "nth_out_of_range",
        ),
        (Pattern::Weekdays, Ends::After(0), "count_zero"),
    ];
    for (pattern, ends, code) in refused {
        let errors = pattern.rule(&ends).unwrap_err().0;
        assert_eq!(errors.iter().map(|e| e.code).collect::<Vec<_>>(), [code]);
    }
}

/// start | rule | its first dates
const DATES: &str = "
2027-01-04 | FREQ=DAILY;COUNT=3                     | 2027-01-04 2027-01-05 2027-01-06
2027-01-01 | FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=3 | 2027-01-01 2027-01-04 2027-01-05
2027-01-05 | FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=4 | 2027-01-05 2027-01-07 2027-01-19 2027-01-21
2027-01-01 | FREQ=MONTHLY;BYDAY=1MO;COUNT=3         | 2027-01-04 2027-02-01 2027-03-01
2027-01-01 | FREQ=MONTHLY;BYDAY=-1FR;COUNT=3        | 2027-01-29 2027-02-26 2027-03-26
2027-01-31 | FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4     | 2027-01-31 2027-03-31 2027-05-31 2027-07-31
2028-02-29 | FREQ=YEARLY;COUNT=2                    | 2028-02-29 2032-02-29
2027-01-04 | FREQ=WEEKLY;UNTIL=20270118             | 2027-01-04 2027-01-11 2027-01-18
2027-01-04 | FREQ=WEEKLY;UNTIL=20270118T090000      | 2027-01-04 2027-01-11 2027-01-18
2027-01-04 | FREQ=WEEKLY;UNTIL=20270118T085959      | 2027-01-04 2027-01-11
2027-01-05 | FREQ=WEEKLY;BYDAY=MO;COUNT=2           | 2027-01-11 2027-01-18
2027-01-04 | rrule:freq=weekly;count=2              | 2027-01-04 2027-01-11
2027-03-26 | FREQ=WEEKLY;BYDAY=SU;COUNT=2           | 2027-03-28 2027-04-04
";

#[test]
fn rules_give_these_dates() {
    for row in DATES.trim().lines() {
        let [starts, text, dates]: [&str; 3] = row
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let rule = rule(&format!("{starts}T09:00"), text);
        rule.check().unwrap();
        let found: Vec<String> = rule
            .expand(ZONE, None, horizon(0, ZONE))
            .unwrap()
            .iter()
            .map(|at| at.original.date().to_string())
            .collect();
        assert_eq!(found.join(" "), dates, "{row}");
    }
}

#[test]
fn dates_are_left_out_and_added() {
    let at = |text: &str| parse_local("at", text).unwrap();
    let rule = Recurrence {
        exdates: vec![at("2027-01-11T09:00"), at("2027-01-12T09:00")],
        rdates: vec![at("2027-01-13T18:00"), at("2027-01-04T09:00")],
        ..rule("2027-01-04T09:00", "FREQ=WEEKLY;COUNT=3")
    };
    let found = rule.expand(ZONE, None, horizon(0, ZONE)).unwrap();
    let starts: Vec<String> = found.iter().map(|s| s.original.to_string()).collect();
    assert_eq!(
        starts,
        [
            "2027-01-04 09:00:00",
            "2027-01-13 18:00:00",
            "2027-01-18 09:00:00"
        ]
    );
    let later = rule
        .expand(ZONE, Some(at("2027-01-13T18:00")), horizon(0, ZONE))
        .unwrap();
    assert_eq!(later.len(), 1);
}

#[test]
fn an_open_rule_is_shown_for_eighteen_months() {
    let rule = rule("2027-01-04T09:00", "FREQ=WEEKLY");
    assert!(rule.is_open());
    // 4 January 2027, noon in UTC.
    let until = horizon(1_799_064_000_000, ZONE);
    assert_eq!(until.to_string(), "2028-07-04 23:59:59");
    let found = rule.expand(ZONE, None, until).unwrap();
    assert_eq!(
        found.last().unwrap().original.to_string(),
        "2028-07-03 09:00:00"
    );
}

#[test]
fn rules_from_outside_are_bounded_and_refused_by_name() {
    let long = format!("FREQ=WEEKLY;BYDAY=MO{}", ",MO".repeat(400));
    let table = [
        ("", "rule_unreadable"),
        ("hello", "rule_unreadable"),
        ("FREQ=FORTNIGHTLY", "rule_unreadable"),
        ("FREQ=DAILY;FREQ=WEEKLY;COUNT=abc", "rule_unreadable"),
        (&long, "rule_unreadable"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20280101", "rule_unreadable"),
        ("FREQ=HOURLY", "rule_frequency"),
        ("FREQ=MINUTELY;COUNT=5", "rule_frequency"),
        ("FREQ=SECONDLY", "rule_frequency"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rule_never_occurs"),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;COUNT=1",
            "rule_never_occurs",
        ),
        ("FREQ=DAILY;COUNT=10000000", "rule_too_many"),
        ("FREQ=DAILY;COUNT=4294967295", "rule_too_many"),
        ("FREQ=DAILY;UNTIL=21991231", "rule_too_many"),
        ("FREQ=WEEKLY;UNTIL=20260101", "until_before_start"),
    ];
    for (text, code) in table {
        let errors = rule("2027-01-04T09:00", text).check().unwrap_err().0;
        let codes: Vec<_> = errors.iter().map(|e| e.code).collect();
        assert_eq!(codes, [code], "{text}");
    }
    let starts = rule("2027-01-04T09:00", "FREQ=DAILY").starts;
    let everything_wrong = Recurrence {
        duration_minutes: 0,
        doors_minutes: 1_441,
        exdates: vec![starts; 1_001],
        ..rule("2027-01-04T09:00", "FREQ=HOURLY")
    };
    let codes: Vec<_> = everything_wrong
        .check()
        .unwrap_err()
        .0
        .iter()
        .map(|e| e.code)
        .collect();
    assert_eq!(
        codes,
        [
            "duration_out_of_range",
            "doors_out_of_range",
            "dates_too_many",
            "rule_frequency"
        ]
    );
    let most = rule("2027-01-04T09:00", "FREQ=DAILY;COUNT=3000");
    assert_eq!(
        most.expand(ZONE, None, horizon(0, ZONE)).unwrap().len(),
        MAX_SESSIONS
    );
}
