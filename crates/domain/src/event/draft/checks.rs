//! Checks that drafts and later changes share.

use super::session::SessionPlan;
use crate::event::name_key;
use crate::field::FieldError;

/// The longest span of one session: 31 days, in milliseconds.
const LONGEST_SESSION_MS: i64 = 31 * 24 * 3_600_000;

/// Adds what is wrong with a sales window: it ends after it begins and no later than `start`.
pub fn check_sales(
    field: &str,
    from: Option<i64>,
    until: Option<i64>,
    start: Option<i64>,
    errors: &mut Vec<FieldError>,
) {
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        errors.push(FieldError::new(
            format!("{field}.sales_until"),
            "sales_end_before_start",
            "end sales after they begin",
        ));
    }
    if let (Some(until), Some(start)) = (until, start)
        && until > start
    {
        errors.push(FieldError::new(
            format!("{field}.sales_until"),
            "sales_end_after_start",
            "end sales no later than the start",
        ));
    }
}

/// Adds what is wrong with a title: 3 to 200 characters.
pub fn check_title(title: &str, errors: &mut Vec<FieldError>) {
    let length = title.trim().chars().count();
    if length < 3 {
        errors.push(FieldError::new(
            "title",
            "title_too_short",
            "give a title of at least 3 characters",
        ));
    }
    if length > 200 {
        errors.push(FieldError::new(
            "title",
            "title_too_long",
            "shorten the title to 200 characters",
        ));
    }
}

/// Adds what is wrong with a session's times, UTC ms: the end lies after the start and within 31
/// days, doors open no later than the start and within a day of it.
pub fn check_times(
    field: &str,
    doors_at: i64,
    starts_at: i64,
    ends_at: i64,
    errors: &mut Vec<FieldError>,
) {
    if ends_at <= starts_at {
        errors.push(FieldError::new(
            format!("{field}.ends"),
            "ends_before_start",
            "give an end after the start",
        ));
    } else if ends_at - starts_at > LONGEST_SESSION_MS {
        errors.push(FieldError::new(
            format!("{field}.ends"),
            "session_too_long",
            "one session lasts 31 days at most; plan several",
        ));
    }
    if doors_at > starts_at || starts_at - doors_at > 24 * 3_600_000 {
        errors.push(FieldError::new(
            format!("{field}.doors"),
            "doors_after_start",
            "open the doors no later than the start, and no more than a day before",
        ));
    }
}

pub(super) fn check_future(
    first: Option<&SessionPlan>,
    field: &str,
    now: i64,
    errors: &mut Vec<FieldError>,
) {
    if first.is_some_and(|session| session.starts_at <= now) {
        errors.push(FieldError::new(
            field,
            "starts_in_past",
            "give a start in the future",
        ));
    }
}

/// Adds what is wrong with a name of 1 to 80 characters, unlike the `earlier` ones.
pub fn check_name<'a>(
    field: &str,
    name: &str,
    mut earlier: impl Iterator<Item = &'a str>,
    errors: &mut Vec<FieldError>,
) {
    let key = name_key(name);
    if key.is_empty() || name.chars().count() > 80 {
        errors.push(FieldError::new(
            field,
            "name_length",
            "give a name of 1 to 80 characters",
        ));
    } else if earlier.any(|other| name_key(other) == key) {
        errors.push(FieldError::new(
            field,
            "name_taken",
            format!("another one is called “{}”", clip(name)),
        ));
    }
}

/// Adds that a text is longer than `most` characters.
pub fn check_length(field: &str, text: &str, most: usize, errors: &mut Vec<FieldError>) {
    if text.chars().count() > most {
        errors.push(FieldError::new(
            field,
            "text_too_long",
            format!("shorten this to {most} characters"),
        ));
    }
}

pub(super) fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}
