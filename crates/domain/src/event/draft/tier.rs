//! A ticket type as a person gives it.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::checks::check_sales;
use crate::calendar::local::{parse_local, to_utc};
use crate::event::EventKind;
use crate::field::FieldError;
use crate::place::PlaceMode;
use crate::ticket_type::AttendanceMode;

/// The highest price, in minor units.
pub const HIGHEST_PRICE: i64 = 100_000_000_000;

/// What a person gives to add a ticket type; times are local.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketTypeDraft {
    /// Its name.
    pub name: String,
    /// What people read about it.
    #[serde(default)]
    pub description: String,
    /// What comes with it.
    #[serde(default)]
    pub benefits: Vec<String>,
    /// Price in minor units.
    #[serde(default)]
    pub price_minor: i64,
    /// How many may be issued; none is unlimited.
    #[serde(default)]
    pub capacity: Option<u32>,
    /// How many one person takes at least; 1 when absent.
    #[serde(default)]
    pub min_per_person: Option<u32>,
    /// How many one person may take.
    #[serde(default)]
    pub max_per_person: Option<u32>,
    /// When sales begin.
    #[serde(default)]
    pub sales_from: Option<String>,
    /// When sales end.
    #[serde(default)]
    pub sales_until: Option<String>,
    /// Whether only those who are given it see it.
    #[serde(default)]
    pub hidden: bool,
    /// Whether its holder shows a proof.
    #[serde(default)]
    pub needs_verification: bool,
    /// How its holder attends.
    #[serde(default = "in_person")]
    pub attendance: AttendanceMode,
    /// Days that it opens, from 1; empty opens all. For multi-day events.
    #[serde(default)]
    pub days: Vec<u32>,
    /// Whether it opens every session of a series, in place of one session each.
    #[serde(default)]
    pub series_pass: bool,
    /// Names of the zones that it opens.
    #[serde(default)]
    pub zones: Vec<String>,
}

fn in_person() -> AttendanceMode {
    AttendanceMode::InPerson
}

impl TicketTypeDraft {
    /// A free, unlimited type.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            benefits: vec![],
            price_minor: 0,
            capacity: None,
            min_per_person: None,
            max_per_person: None,
            sales_from: None,
            sales_until: None,
            hidden: false,
            needs_verification: false,
            attendance: AttendanceMode::InPerson,
            days: vec![],
            series_pass: false,
            zones: vec![],
        }
    }
}

impl TicketTypeDraft {
    /// Adds what is wrong with it in an event of that kind and place, whose sessions start at
    /// `starts` (UTC ms, in order).
    pub fn check(
        &self,
        field: &str,
        zone: Tz,
        starts: &[i64],
        kind: EventKind,
        mode: PlaceMode,
        errors: &mut Vec<FieldError>,
    ) {
        let mut wrong = |name: &str, code, words: &str| {
            errors.push(FieldError::new(
                format!("{field}.{name}"),
                code,
                words.to_owned(),
            ));
        };
        if !(0..=HIGHEST_PRICE).contains(&self.price_minor) {
            wrong(
                "price_minor",
                "price_out_of_range",
                "give a price from 0 to 1,000,000,000.00",
            );
        }
        if self.capacity == Some(0) {
            wrong(
                "capacity",
                "capacity_zero",
                "give a capacity of at least 1, or none for unlimited",
            );
        }
        let least = self.min_per_person.unwrap_or(1);
        if least == 0 || least > 1_000 || self.max_per_person.is_some_and(|most| most < least) {
            wrong(
                "max_per_person",
                "per_person_out_of_range",
                "take at least 1 each, and at most no fewer than at least",
            );
        }
        if self.benefits.len() > 50 || self.description.chars().count() > 5_000 {
            wrong(
                "description",
                "text_too_long",
                "describe it in 5,000 characters and 50 benefits at most",
            );
        }
        if (mode == PlaceMode::InPerson && self.attendance == AttendanceMode::Online)
            || (mode == PlaceMode::Online && self.attendance == AttendanceMode::InPerson)
        {
            wrong(
                "attendance",
                "attendance_impossible",
                "the event's place is not open to this way of attending",
            );
        }
        let days_impossible = self
            .days
            .iter()
            .any(|day| *day == 0 || *day as usize > starts.len());
        if !self.days.is_empty() && (kind != EventKind::MultiDay || days_impossible) {
            wrong(
                "days",
                "day_unknown",
                "name days of this event, counted from 1",
            );
        }
        if self.series_pass && kind != EventKind::Recurring {
            wrong(
                "series_pass",
                "series_pass_without_series",
                "only a series has passes for all its sessions",
            );
        }
        let mut read = |name: &str, text: &Option<String>| {
            text.as_deref().and_then(|text| {
                parse_local(&format!("{field}.{name}"), text)
                    .map(|local| to_utc(local, zone))
                    .map_err(|error| errors.push(error))
                    .ok()
            })
        };
        let from = read("sales_from", &self.sales_from);
        let until = read("sales_until", &self.sales_until);
        // A series' sales are held to each session's start as it is copied.
        let start = match kind {
            EventKind::Recurring => None,
            EventKind::OneTime => starts.last().copied(),
            EventKind::MultiDay => self
                .days
                .iter()
                .filter_map(|day| starts.get((*day as usize).checked_sub(1)?))
                .max()
                .or(starts.last())
                .copied(),
        };
        check_sales(field, from, until, start, errors);
    }
}
