//! The contract as it is published: what the routes say, made exact about answers.

use std::collections::BTreeSet;

use serde_json::Value;

/// Fields of answers that are left out where there is nothing to say.
const LEFT_OUT: [(&str, &str); 4] = [
    ("SignInAnswer", "refresh_token"),
    ("LiveChange", "channel"),
    ("LiveChange", "message"),
    ("Problem", "errors"),
];

/// Says of every shape that only answers have that all its fields are there: a field of ours that
/// holds nothing is null, never absent. What people send may leave such fields out.
pub(super) fn make_exact(contract: &mut Value) {
    let mut sent = BTreeSet::new();
    if let Some(paths) = contract["paths"].as_object() {
        for operation in paths
            .values()
            .filter_map(Value::as_object)
            .flat_map(|item| item.values())
        {
            gather(contract, &operation["requestBody"], &mut sent);
            gather(contract, &operation["parameters"], &mut sent);
        }
    }
    let Some(schemas) = contract["components"]["schemas"].as_object_mut() else {
        return;
    };
    for (name, schema) in schemas {
        if !sent.contains(name) {
            require_all(name, schema);
        }
    }
}

/// The names of all shapes that a value refers to.
fn gather(contract: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|target| target.rsplit('/').next());
            if let Some(name) = name
                && found.insert(name.to_owned())
            {
                gather(contract, &contract["components"]["schemas"][name], found);
            }
            for value in fields.values() {
                gather(contract, value, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                gather(contract, item, found);
            }
        }
        _ => {}
    }
}

fn require_all(name: &str, schema: &mut Value) {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        for part in parts {
            require_all(name, part);
        }
    }
    if let Some(items) = schema.get_mut("items") {
        require_all(name, items);
    }
    let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for field in fields.values_mut() {
        require_all(name, field);
    }
    let all: Vec<Value> = fields
        .keys()
        .filter(|field| !LEFT_OUT.contains(&(name, field.as_str())))
        .map(|field| Value::from(field.as_str()))
        .collect();
    schema["required"] = Value::from(all);
}
