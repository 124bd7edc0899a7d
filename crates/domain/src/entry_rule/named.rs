//! Which facts of guests an event's rules ask for, so that a phone carries those and no others.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{EntryRule, HolderFacts};

/// The facts of guests that rules name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedFacts {
    fields: BTreeSet<&'static str>,
    columns: BTreeSet<String>,
    /// A rule asks for all that is known of a guest, or for what only shows when it is asked.
    everything: bool,
}

const FIELDS: [&str; 6] = ["name", "company", "title", "group", "language", "custom"];

impl NamedFacts {
    /// The facts that the rules that are switched on name. What `val` reads is left out: phones
    /// leave such a rule to the home.
    #[must_use]
    pub fn of(rules: &[EntryRule]) -> Self {
        let mut named = Self::default();
        for rule in rules.iter().filter(|rule| rule.enabled) {
            named.read(&rule.logic, false);
        }
        named
    }

    /// Those facts of one holder, as members of a rule's `guest`; none where no rule names any. A
    /// fact that the holder lacks is null, a column that they lack is left out.
    #[must_use]
    pub fn pick(&self, holder: &HolderFacts) -> Option<Value> {
        let mut picked = Map::new();
        for field in FIELDS {
            if !self.everything && !self.fields.contains(field) {
                continue;
            }
            let value = match field {
                "name" => json!(holder.name),
                "company" => json!(holder.company),
                "title" => json!(holder.title),
                "group" => json!(holder.group),
                "language" => json!(holder.language),
                _ => self.columns_of(holder),
            };
            picked.insert(field.to_owned(), value);
        }
        (!picked.is_empty()).then_some(Value::Object(picked))
    }

    fn columns_of(&self, holder: &HolderFacts) -> Value {
        let all = self.everything || self.columns.is_empty();
        let columns = holder
            .custom
            .iter()
            .filter(|(header, _)| all || self.columns.contains(header))
            .map(|(header, value)| (header.clone(), json!(value)));
        Value::Object(columns.collect())
    }

    /// Reads logic; within an element of a list, paths lead to nothing of the guest's.
    fn read(&mut self, logic: &Value, in_element: bool) {
        match logic {
            Value::Array(parts) => parts.iter().for_each(|part| self.read(part, in_element)),
            Value::Object(object) => {
                for (operator, given) in object {
                    self.read_operation(operator, given, in_element);
                }
            }
            _ => {}
        }
    }

    fn read_operation(&mut self, operator: &str, given: &Value, in_element: bool) {
        let parts: Vec<&Value> = match given {
            Value::Array(parts) => parts.iter().collect(),
            other => vec![other],
        };
        match operator {
            "var" => self.read_path(parts.first().copied().unwrap_or(&Value::Null), in_element),
            "missing" => parts
                .iter()
                .for_each(|part| self.read_names(part, in_element)),
            "missing_some" => parts
                .iter()
                .skip(1)
                .for_each(|part| self.read_names(part, in_element)),
            _ => {}
        }
        let in_elements = matches!(
            operator,
            "filter" | "map" | "all" | "some" | "none" | "reduce"
        );
        for (n, part) in parts.into_iter().enumerate() {
            self.read(part, in_element || (in_elements && n == 1));
        }
    }

    fn read_path(&mut self, path: &Value, in_element: bool) {
        if in_element {
            return;
        }
        match path {
            Value::String(path) => self.name(path),
            Value::Number(_) | Value::Bool(_) => {}
            // Nothing leads to everything; where an operation leads only shows when it is asked.
            Value::Null | Value::Array(_) | Value::Object(_) => self.everything = true,
        }
    }

    fn read_names(&mut self, names: &Value, in_element: bool) {
        match names {
            Value::Array(names) => names
                .iter()
                .for_each(|name| self.read_names(name, in_element)),
            Value::String(_) | Value::Object(_) => self.read_path(names, in_element),
            _ => {}
        }
    }

    fn name(&mut self, path: &str) {
        let mut parts = path.split('.');
        match parts.next() {
            Some("") => self.everything = true,
            Some("guest") => {}
            _ => return,
        }
        let Some(field) = parts.next() else {
            self.everything = true;
            return;
        };
        let Some(field) = FIELDS.iter().find(|known| **known == field) else {
            return;
        };
        match (*field, parts.next()) {
            // A column by name, unless all of them are asked for already.
            ("custom", Some(header))
                if !self.fields.contains("custom") || !self.columns.is_empty() =>
            {
                self.columns.insert(header.to_owned());
            }
            ("custom", None) => self.columns.clear(),
            _ => {}
        }
        self.fields.insert(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(logic: &Value) -> Option<Value> {
        let holder = HolderFacts {
            name: "Zoë Lark".into(),
            company: Some("Harbour Press".into()),
            custom: vec![
                ("Dietary".into(), "vegan".into()),
                ("Room".into(), "12".into()),
            ],
            ..HolderFacts::default()
        };
        NamedFacts::of(&[EntryRule {
            title: "a rule".into(),
            logic: logic.clone(),
            enabled: true,
            message: None,
        }])
        .pick(&holder)
    }

    #[test]
    fn a_phone_carries_what_rules_name_and_no_more() {
        let var = |name: &str| json!({ "var": name });
        let everything = json!({
            "name": "Zoë Lark", "company": "Harbour Press", "title": null, "group": null,
            "language": null, "custom": { "Dietary": "vegan", "Room": "12" },
        });
        let dietary = json!({ "custom": { "Dietary": "vegan" } });
        let group = json!({ "group": null });
        let columns = json!({ "custom": { "Dietary": "vegan", "Room": "12" } });
        for (says, logic, expected) in [
            ("no guest", json!({ "<": [var("entries.today"), 2] }), None),
            (
                "a fact",
                json!({ "==": [var("guest.group"), "Press"] }),
                Some(&group),
            ),
            (
                "with a default",
                json!({ "var": ["guest.group", "x"] }),
                Some(&group),
            ),
            (
                "in a default",
                json!({ "var": ["x", var("guest.group")] }),
                Some(&group),
            ),
            (
                "a fact deep down",
                json!({ "if": [true, { "!": [{ "in": [var("guest.group"), ["a"]] }] }, false] }),
                Some(&group),
            ),
            ("a column", var("guest.custom.Dietary"), Some(&dietary)),
            (
                "a column and more",
                var("guest.custom.Dietary.length"),
                Some(&dietary),
            ),
            ("all columns", var("guest.custom"), Some(&columns)),
            (
                "a column, then all",
                json!([var("guest.custom.Room"), var("guest.custom")]),
                Some(&columns),
            ),
            (
                "all columns, then one",
                json!([var("guest.custom"), var("guest.custom.Room")]),
                Some(&columns),
            ),
            (
                "a column that nobody has",
                var("guest.custom.Shoes"),
                Some(&json!({ "custom": {} })),
            ),
            ("no such fact", var("guest.email"), None),
            (
                "the guest",
                json!({ "!!": [var("guest")] }),
                Some(&everything),
            ),
            ("everything", var(""), Some(&everything)),
            ("nothing named", json!({ "var": [] }), Some(&everything)),
            (
                "a path that is worked out",
                json!({ "var": { "cat": ["guest.", "group"] } }),
                Some(&everything),
            ),
            (
                "an element",
                json!({ "some": [[1], { "==": [var(""), 1] }] }),
                None,
            ),
            (
                "an element's member",
                json!({ "filter": [var("entries.list"), var("guest.group")] }),
                None,
            ),
            (
                "the list of a filter",
                json!({ "map": [[var("guest.group")], var("")] }),
                Some(&group),
            ),
            (
                "where a fold begins",
                json!({ "reduce": [[], 1, var("guest.group")] }),
                Some(&group),
            ),
            (
                "missing",
                json!({ "missing": ["guest.group", "entries.total"] }),
                Some(&group),
            ),
            (
                "missing in a list",
                json!({ "missing": [["guest.group"]] }),
                Some(&group),
            ),
            (
                "missing by a list that is made",
                json!({ "missing": { "merge": ["a", "b"] } }),
                Some(&everything),
            ),
            (
                "missing some",
                json!({ "missing_some": [1, ["guest.group", "x"]] }),
                Some(&group),
            ),
        ] {
            assert_eq!(named(&logic).as_ref(), expected, "{says}");
        }
    }

    #[test]
    fn rules_that_are_off_name_nothing() {
        let rule = EntryRule {
            title: "off".into(),
            logic: json!({ "var": "guest.group" }),
            enabled: false,
            message: None,
        };
        assert_eq!(NamedFacts::of(&[rule]), NamedFacts::default());
    }
}
