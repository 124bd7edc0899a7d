//! JSON objects read strictly: each name once, nothing after the object.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

/// The members of one JSON object in their order; no name twice.
pub(crate) struct Members(Vec<(String, Value)>);

impl Members {
    /// Reads one object; `None` for anything else, and for an object that names a member twice.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Takes a member out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Takes a member out that must be text.
    pub(crate) fn take_text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Takes a member out that must be a whole number.
    pub(crate) fn take_integer(&mut self, name: &str) -> Option<i64> {
        self.take(name)?.as_i64()
    }

    /// Takes a member out that may be absent, but must be text where it is there.
    pub(crate) fn take_optional_text(&mut self, name: &str) -> Option<Option<String>> {
        match self.take(name) {
            None => Some(None),
            Some(Value::String(text)) => Some(Some(text)),
            Some(_) => None,
        }
    }

    /// Whether a member is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Whether every member has been taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// More members than any token of ours has; a bound on the work of finding duplicates.
const MEMBER_LIMIT: usize = 64;

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members(Vec::new());
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.0.len() == MEMBER_LIMIT || members.has(&name) {
                        return Err(A::Error::custom("too many members, or one of them twice"));
                    }
                    members.0.push((name, value));
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Reader)
    }
}
