//! Rules that an organizer writes for the door, as JSONLogic (jsonlogic.com).
//!
//! A rule is asked before an entry and says `true` to let the holder in. One that says anything
//! else, or can't be worked out, refuses. Exits are never asked about.

use std::sync::Arc;

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use datalogic_rs::{Engine, Logic};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::calendar::local::local_of;
use crate::field::FieldError;
use crate::passage::Passage;

mod named;
#[cfg(test)]
mod shared;

pub use named::NamedFacts;

/// A rule of the organizer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryRule {
    /// What it is called, 1 to 120 characters.
    pub title: String,
    /// JSONLogic; `true` lets in.
    pub logic: Value,
    /// Whether it is asked.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What staff are told where it refuses.
    #[serde(default)]
    pub message: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Rules that an event may have at most.
pub const MOST_RULES: usize = 50;
/// The longest logic of one rule, as JSON text in bytes.
const LONGEST_LOGIC: usize = 8_192;
/// Earlier entries that a rule sees at most, the newest.
const MOST_LISTED: usize = 200;

/// What is known of a holder beside their ticket, for rules.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HolderFacts {
    /// Name.
    pub name: String,
    /// Company.
    pub company: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Group.
    pub group: Option<String>,
    /// BCP 47 language.
    pub language: Option<String>,
    /// Further columns of the list by their headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom: Vec<(String, String)>,
}

/// The moment and place of a presentation, as rules see it.
#[derive(Debug, Clone, Copy)]
pub struct RuleMoment<'a> {
    /// Now, UTC ms.
    pub now_ms: i64,
    /// The event's zone.
    pub zone: Tz,
    /// The day that an admission would count for, as yyyymmdd.
    pub day: u32,
    /// Name of the ticket's type.
    pub ticket_type: &'a str,
    /// Name of the zone at whose entrance the gate stands; empty at the venue's.
    pub place: &'a str,
    /// Name of the gate.
    pub gate: &'a str,
    /// Title of the session; empty where it has none.
    pub session: &'a str,
}

/// The rules of an event, ready to be asked.
#[derive(Clone, Default)]
pub struct EntryRules(Option<Arc<Compiled>>);

struct Compiled {
    engine: Engine,
    rules: Vec<Asked>,
}

struct Asked {
    title: String,
    message: Option<String>,
    /// None where the logic could not be read: such a rule refuses everybody.
    logic: Option<Logic>,
}

/// Which rule refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRefusal {
    /// Its title.
    pub title: String,
    /// What staff are told.
    pub message: Option<String>,
}

impl std::fmt::Debug for EntryRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let titles = self.0.iter().flat_map(|c| c.rules.iter().map(|r| &r.title));
        f.debug_list().entries(titles).finish()
    }
}

fn engine() -> Engine {
    Engine::builder().build()
}

impl EntryRules {
    /// No rules.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// Makes the rules that are switched on ready.
    #[must_use]
    pub fn new(rules: &[EntryRule]) -> Self {
        let engine = engine();
        let rules: Vec<Asked> = rules
            .iter()
            .filter(|rule| rule.enabled)
            .map(|rule| Asked {
                title: rule.title.clone(),
                message: rule.message.clone(),
                logic: read_logic(&rule.logic).ok(),
            })
            .collect();
        if rules.is_empty() {
            return Self::default();
        }
        Self(Some(Arc::new(Compiled { engine, rules })))
    }

    /// Whether there is none to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The first rule that does not let in, by facts of [`facts`].
    pub fn ask(&self, facts: &Value) -> Result<(), RuleRefusal> {
        let Some(compiled) = &self.0 else {
            return Ok(());
        };
        let facts = facts.to_string();
        let mut session = compiled.engine.session();
        for rule in &compiled.rules {
            let said = rule
                .logic
                .as_ref()
                .and_then(|logic| session.eval_str(logic, facts.as_str()).ok());
            session.reset();
            if said.as_deref() != Some("true") {
                return Err(RuleRefusal {
                    title: rule.title.clone(),
                    message: rule.message.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Reads a rule's logic; every operator in it must be one that is known.
fn read_logic(logic: &Value) -> Result<Logic, String> {
    let engine = engine();
    check_operators(logic, &engine)?;
    engine
        .compile(logic.to_string().as_str())
        .map_err(|e| e.to_string())
}

fn check_operators(logic: &Value, engine: &Engine) -> Result<(), String> {
    match logic {
        Value::Array(parts) => parts.iter().try_for_each(|p| check_operators(p, engine)),
        Value::Object(object) => {
            let mut entries = object.iter();
            let (Some((operator, parts)), None) = (entries.next(), entries.next()) else {
                return Err("an operation has one operator".to_owned());
            };
            if !engine.builtin_operator_names().any(|n| n == operator) {
                let operator: String = operator.chars().take(40).collect();
                return Err(format!("“{operator}” is no operator"));
            }
            check_operators(parts, engine)
        }
        _ => Ok(()),
    }
}

/// What a rule says of facts: JSON, or why it can't be worked out.
pub fn evaluate(logic: &Value, facts: &Value) -> Result<Value, String> {
    let engine = engine();
    let logic = read_logic(logic)?;
    let said = engine
        .session()
        .eval_str(&logic, facts.to_string().as_str())
        .map_err(|e| e.to_string())?;
    serde_json::from_str(&said).map_err(|e| e.to_string())
}

/// Adds what is wrong with a list of rules.
pub fn check_rules(rules: &[EntryRule], errors: &mut Vec<FieldError>) {
    if rules.len() > MOST_RULES {
        errors.push(FieldError::new(
            "rules",
            "rules_too_many",
            format!("an event has {MOST_RULES} rules at most"),
        ));
    }
    for (n, rule) in rules.iter().enumerate().take(MOST_RULES) {
        let field = |part: &str| format!("rules.{n}.{part}");
        let length = rule.title.trim().chars().count();
        if length == 0 || length > 120 {
            errors.push(FieldError::new(
                field("title"),
                "title_length",
                "give the rule a title of 1 to 120 characters",
            ));
        }
        if rule
            .message
            .as_ref()
            .is_some_and(|m| m.chars().count() > 300)
        {
            errors.push(FieldError::new(
                field("message"),
                "message_too_long",
                "tell staff in 300 characters at most",
            ));
        }
        let text = rule.logic.to_string();
        if text.len() > LONGEST_LOGIC {
            errors.push(FieldError::new(
                field("logic"),
                "logic_too_long",
                format!("a rule has {LONGEST_LOGIC} bytes at most"),
            ));
        } else if let Err(why) = read_logic(&rule.logic) {
            errors.push(FieldError::new(
                field("logic"),
                "logic_unreadable",
                format!("this is no rule: {why}"),
            ));
        }
    }
}

/// What rules see of one presentation; `passages` are the ticket's at this place, in the order of
/// scans.
#[must_use]
pub fn facts(moment: &RuleMoment<'_>, holder: &HolderFacts, passages: &[&Passage]) -> Value {
    let local = local_of(moment.now_ms, moment.zone);
    let minutes_ago = |at: i64| (moment.now_ms - at).max(0) / 60_000;
    let entries: Vec<&Passage> = passages.iter().copied().filter(|p| p.is_entry()).collect();
    let exits: Vec<&Passage> = passages.iter().copied().filter(|p| !p.is_entry()).collect();
    let mut days: Vec<u32> = entries.iter().map(|p| p.day).collect();
    days.sort_unstable();
    days.dedup();
    let listed: Vec<Value> = entries
        .iter()
        .rev()
        .take(MOST_LISTED)
        .map(|p| {
            let at = local_of(p.at, moment.zone);
            json!({
                "minutes_ago": minutes_ago(p.at),
                "minute": at.hour() * 60 + at.minute(),
                "day": p.day,
                "today": p.day == moment.day,
            })
        })
        .collect();
    let custom: serde_json::Map<String, Value> = holder
        .custom
        .iter()
        .map(|(header, value)| (header.clone(), Value::from(value.as_str())))
        .collect();
    json!({
        "now": local.format("%Y-%m-%dT%H:%M").to_string(),
        "minute": local.hour() * 60 + local.minute(),
        "weekday": local.weekday().number_from_monday(),
        "ticket_type": moment.ticket_type,
        "zone": moment.place,
        "gate": moment.gate,
        "session": moment.session,
        "entries": {
            "total": entries.len(),
            "today": entries.iter().filter(|p| p.day == moment.day).count(),
            "days": days.len(),
            "list": listed,
        },
        "exits": { "total": exits.len() },
        "since_first_entry": entries.first().map(|p| minutes_ago(p.at)),
        "since_last_entry": entries.last().map(|p| minutes_ago(p.at)),
        "since_first_exit": exits.first().map(|p| minutes_ago(p.at)),
        "since_last_exit": exits.last().map(|p| minutes_ago(p.at)),
        "guest": {
            "name": holder.name,
            "company": holder.company,
            "title": holder.title,
            "group": holder.group,
            "language": holder.language,
            "custom": custom,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Direction;

    const MINUTE: i64 = 60_000;
    // 2026-11-21 18:30 in Vienna, a Saturday.
    const NOW: i64 = 1_795_282_200_000;

    fn passage(direction: Direction, minutes_ago: i64, day: u32) -> Passage {
        Passage {
            direction,
            session: None,
            day,
            zone: None,
            at: NOW - minutes_ago * MINUTE,
        }
    }

    fn asked(logic: &Value, passages: &[Passage]) -> bool {
        let rules = EntryRules::new(&[EntryRule {
            title: "a rule".into(),
            logic: logic.clone(),
            enabled: true,
            message: None,
        }]);
        let moment = RuleMoment {
            now_ms: NOW,
            zone: chrono_tz::Europe::Vienna,
            day: 20_261_121,
            ticket_type: "VIP",
            place: "Lounge",
            gate: "Gate B",
            session: "",
        };
        let holder = HolderFacts {
            name: "Zoë Ŝlâpfer".into(),
            company: Some("Harbour Press".into()),
            custom: vec![("Dietary".into(), "vegan".into())],
            ..HolderFacts::default()
        };
        let passages: Vec<&Passage> = passages.iter().collect();
        rules.ask(&facts(&moment, &holder, &passages)).is_ok()
    }

    #[test]
    fn rules_see_the_moment_the_holder_and_what_went_before() {
        use Direction::{Entry, Exit};
        let var = |name: &str| json!({ "var": name });
        let before = [
            passage(Entry, 1_500, 20_261_120),
            passage(Entry, 90, 20_261_121),
            passage(Exit, 40, 20_261_121),
            passage(Entry, 30, 20_261_121),
            passage(Exit, 10, 20_261_121),
        ];
        for (says, logic, lets_in) in [
            ("always", json!(true), true),
            ("never", json!(false), false),
            ("a Saturday", json!({ "==": [var("weekday"), 6] }), true),
            ("after six", json!({ ">=": [var("minute"), 1_080] }), true),
            (
                "after seven",
                json!({ ">=": [var("minute"), 1_140] }),
                false,
            ),
            (
                "local time",
                json!({ "==": [var("now"), "2026-11-21T18:30"] }),
                true,
            ),
            (
                "type",
                json!({ "in": [var("ticket_type"), ["VIP", "Staff"]] }),
                true,
            ),
            ("zone", json!({ "==": [var("zone"), "Lounge"] }), true),
            ("gate", json!({ "==": [var("gate"), "Gate A"] }), false),
            (
                "three in all",
                json!({ "<": [var("entries.total"), 3] }),
                false,
            ),
            (
                "three today",
                json!({ "<": [var("entries.today"), 3] }),
                true,
            ),
            ("two days", json!({ "==": [var("entries.days"), 2] }), true),
            ("two exits", json!({ "==": [var("exits.total"), 2] }), true),
            (
                "since first",
                json!({ "==": [var("since_first_entry"), 1_500] }),
                true,
            ),
            (
                "since last",
                json!({ "==": [var("since_last_entry"), 30] }),
                true,
            ),
            (
                "since exit",
                json!({ ">=": [var("since_last_exit"), 15] }),
                false,
            ),
            (
                "since first exit",
                json!({ "==": [var("since_first_exit"), 40] }),
                true,
            ),
            (
                "in the last hour",
                json!({ "<": [{ "reduce": [
                    { "filter": [var("entries.list"), { "<": [var("minutes_ago"), 60] }] },
                    { "+": [var("accumulator"), 1] }, 0] }, 2] }),
                true,
            ),
            (
                "company",
                json!({ "==": [var("guest.company"), "Harbour Press"] }),
                true,
            ),
            (
                "custom",
                json!({ "==": [var("guest.custom.Dietary"), "vegan"] }),
                true,
            ),
            (
                "not there",
                json!({ "==": [var("guest.title"), null] }),
                true,
            ),
        ] {
            assert_eq!(asked(&logic, &before), lets_in, "{says}");
        }
        assert!(
            asked(&json!({ "==": [var("since_last_entry"), null] }), &[]),
            "nobody came before"
        );
    }

    #[test]
    fn a_rule_that_fails_refuses_and_never_lets_in() {
        for (says, logic) in [
            ("a number", json!(1)),
            ("a text", json!("true")),
            ("nothing", json!(null)),
            ("a list", json!([true])),
            ("an unknown operator", json!({ "open_sesame": [1] })),
            ("two operators", json!({ "==": [1, 1], "!=": [1, 2] })),
            ("a missing fact", json!({ "var": "no.such.fact" })),
            ("a division by zero", json!({ ">": [{ "/": [1, 0] }, 0] })),
        ] {
            assert!(!asked(&logic, &[]), "{says}");
        }
        // A deep one neither ends the program nor lets in.
        let mut deep = json!(true);
        for _ in 0..400 {
            deep = json!({ "!": [deep] });
        }
        assert!(!asked(&json!({ "!": [{ "!!": [deep] }] }), &[]));
    }

    #[test]
    fn rules_that_are_off_are_not_asked() {
        let rules = EntryRules::new(&[EntryRule {
            title: "off".into(),
            logic: json!(false),
            enabled: false,
            message: None,
        }]);
        assert!(rules.is_empty());
        assert_eq!(rules.ask(&json!({})), Ok(()));
    }

    #[test]
    fn what_is_wrong_with_rules_is_told_by_field() {
        let rule = |title: &str, logic: Value| EntryRule {
            title: title.into(),
            logic,
            enabled: true,
            message: Some("x".repeat(301)),
        };
        let mut errors = Vec::new();
        check_rules(
            &[
                rule(" ", json!({ "open_sesame": [1] })),
                rule("long", json!("x".repeat(LONGEST_LOGIC))),
            ],
            &mut errors,
        );
        let told: Vec<String> = errors
            .iter()
            .map(|e| format!("{} {}", e.field, e.code))
            .collect();
        assert_eq!(
            told,
            [
                "rules.0.title title_length",
                "rules.0.message message_too_long",
                "rules.0.logic logic_unreadable",
                "rules.1.message message_too_long",
                "rules.1.logic logic_too_long",
            ]
        );
    }
}
