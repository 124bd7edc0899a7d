//! The table of rules that phones are held against as well.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{EntryRule, EntryRules, HolderFacts, RuleMoment, evaluate, facts};
use crate::passage::Passage;
use crate::scan::Direction;

const TABLE: &str = "../../ui/src/scan/judge/cases/rules.json";
const MINUTE: i64 = 60_000;

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    custom: BTreeMap<String, String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual {
    at: String,
    zone: String,
    day: u32,
    ticket_type: String,
    place: String,
    gate: String,
    session: String,
    holder: Holder,
    passages: Vec<(Direction, String, u32)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    logic: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<Holder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passages: Option<Vec<(Direction, String, u32)>>,
    /// So many entries, a minute apart, the last a minute ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    many: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    fails: bool,
    #[serde(
        default,
        deserialize_with = "some",
        skip_serializing_if = "Option::is_none"
    )]
    gives: Option<Value>,
}

/// A member that is there, also where it is null.
fn some<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    about: String,
    usual: Usual,
    cases: Vec<Case>,
    values: Vec<Value>,
    pairs: BTreeMap<String, Vec<String>>,
}

fn ms(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text)
        .unwrap()
        .timestamp_millis()
}

fn facts_of(usual: &Usual, case: &Case) -> Value {
    let now_ms = ms(case.at.as_ref().unwrap_or(&usual.at));
    let day = case.day.unwrap_or(usual.day);
    let moment = RuleMoment {
        now_ms,
        zone: case.zone.as_ref().unwrap_or(&usual.zone).parse().unwrap(),
        day,
        ticket_type: &usual.ticket_type,
        place: case.place.as_ref().unwrap_or(&usual.place),
        gate: &usual.gate,
        session: &usual.session,
    };
    let holder = case.holder.clone().unwrap_or_else(|| usual.holder.clone());
    let passage = |direction, at, day| Passage {
        direction,
        session: None,
        day,
        zone: None,
        at,
    };
    let passages: Vec<Passage> = match case.many {
        Some(many) => (1..=i64::from(many))
            .rev()
            .map(|n| passage(Direction::Entry, now_ms - n * MINUTE, day))
            .collect(),
        None => case
            .passages
            .as_ref()
            .unwrap_or(&usual.passages)
            .iter()
            .map(|(direction, at, day)| passage(*direction, ms(at), *day))
            .collect(),
    };
    let passages: Vec<&Passage> = passages.iter().collect();
    let holder = HolderFacts {
        name: holder.name,
        company: holder.company,
        group: holder.group,
        custom: holder.custom.into_iter().collect(),
        ..HolderFacts::default()
    };
    facts(&moment, &holder, &passages)
}

fn lets_in(logic: &Value, facts: &Value) -> bool {
    let rules = EntryRules::new(&[EntryRule {
        title: "a rule".into(),
        logic: logic.clone(),
        enabled: true,
        message: None,
    }]);
    rules.ask(facts).is_ok()
}

/// What two values give, in one letter.
fn letter(operator: &str, left: &Value, right: &Value) -> char {
    match evaluate(&json!({ operator: [left, right] }), &json!({})) {
        Ok(Value::Bool(true)) => 't',
        Ok(Value::Bool(false)) => 'f',
        Ok(_) => 'v',
        Err(_) => '!',
    }
}

fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// The table as text, a case a line.
fn write(table: &Table) -> String {
    let cases: Vec<String> = table.cases.iter().map(line).collect();
    let pairs: Vec<String> = table
        .pairs
        .iter()
        .map(|(operator, rows)| format!("{}: {}", line(operator), line(rows)))
        .collect();
    format!(
        "{{\n\"about\": {},\n\"usual\": {},\n\"cases\": [\n{}\n],\n\"values\": {},\n\"pairs\": {{\n{}\n}}\n}}\n",
        line(&table.about),
        line(&table.usual),
        cases.join(",\n"),
        line(&table.values),
        pairs.join(",\n"),
    )
}

#[test]
fn the_table_that_phones_share_says_what_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    let kept = std::fs::read_to_string(&path).unwrap();
    let mut table: Table = serde_json::from_str(&kept).unwrap();
    for case in &mut table.cases {
        let facts = facts_of(&table.usual, case);
        let said = evaluate(&case.logic, &facts);
        assert_eq!(
            lets_in(&case.logic, &facts),
            said == Ok(Value::Bool(true)),
            "{}: only what is true lets in",
            case.says
        );
        case.fails = said.is_err();
        case.gives = said.ok();
    }
    let values = table.values.clone();
    for (operator, rows) in &mut table.pairs {
        let row = |left: &Value| {
            values
                .iter()
                .map(|right| letter(operator, left, right))
                .collect()
        };
        *rows = values.iter().map(row).collect();
    }
    let now = write(&table);
    if std::env::var_os("GATEHOUSE_WRITE_CASES").is_some() {
        std::fs::write(&path, now).unwrap();
    } else {
        assert!(
            now == kept,
            "{TABLE} is old: set GATEHOUSE_WRITE_CASES=1 and run this again"
        );
    }
    assert!(table.cases.len() >= 300, "the table has not shrunk");
}
