//! What people are told apart by, folded once and kept in one block.

use rustc_hash::FxHashMap;
use std::hash::Hash;

use super::clean::push_folded;
use super::draft::GuestValues;

/// Folded names, addresses, numbers and companies of many guests.
pub(crate) struct Keys<'a> {
    text: String,
    ends: Vec<[u32; 4]>,
    external: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(guests: impl ExactSizeIterator<Item = &'a GuestValues>) -> Self {
        let mut keys = Self {
            text: String::with_capacity(guests.len() * 64),
            ends: Vec::with_capacity(guests.len()),
            external: Vec::with_capacity(guests.len()),
        };
        for values in guests {
            let text = &mut keys.text;
            let start = text.len();
            push_folded(&values.name, true, text);
            if text.len() == start {
                // A name without letter or digit, such as “—”, is itself and no other.
                text.push_str(values.name.trim());
            }
            let name = text.len() as u32;
            push_lower(&values.email, text);
            let email = text.len() as u32;
            text.extend(values.phone.chars().filter(|c| c.is_alphanumeric()));
            let phone = text.len() as u32;
            push_folded(&values.company, true, text);
            keys.ends.push([name, email, phone, text.len() as u32]);
            keys.external.push(&values.external_id);
        }
        keys
    }

    fn part(&self, guest: usize, part: usize) -> &str {
        let start = match (guest, part) {
            (0, 0) => 0,
            (_, 0) => self.ends[guest - 1][3],
            _ => self.ends[guest][part - 1],
        };
        &self.text[start as usize..self.ends[guest][part] as usize]
    }

    pub(crate) fn name(&self, guest: usize) -> &str {
        self.part(guest, 0)
    }

    pub(crate) fn email(&self, guest: usize) -> &str {
        self.part(guest, 1)
    }

    pub(crate) fn phone(&self, guest: usize) -> &str {
        self.part(guest, 2)
    }

    pub(crate) fn company(&self, guest: usize) -> &str {
        self.part(guest, 3)
    }

    pub(crate) fn external(&self, guest: usize) -> &'a str {
        self.external[guest]
    }
}

fn push_lower(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
}

/// Two values that are both there and differ.
pub(crate) fn conflict(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && a != b
}

/// Guests by key; those of one key stand in the order in which they were given.
pub(crate) struct Index<K> {
    heads: FxHashMap<K, u32>,
    next: Vec<u32>,
}

const END: u32 = u32::MAX;

impl<K: Hash + Eq> Index<K> {
    /// An index of the guests `0..count` that have a key.
    pub(crate) fn new(count: usize, key: impl Fn(usize) -> Option<K>) -> Self {
        let mut index = Self {
            heads: FxHashMap::default(),
            next: vec![END; count],
        };
        index.heads.reserve(count);
        for guest in (0..count).rev() {
            if let Some(key) = key(guest) {
                let head = index.heads.entry(key).or_insert(END);
                index.next[guest] = *head;
                *head = guest as u32;
            }
        }
        index
    }

    /// The guests of a key.
    pub(crate) fn of(&self, key: &K) -> impl Iterator<Item = usize> + '_ {
        let mut at = self.heads.get(key).copied().unwrap_or(END);
        std::iter::from_fn(move || {
            (at != END).then(|| {
                let guest = at as usize;
                at = self.next[guest];
                guest
            })
        })
    }

    /// Whether exactly one guest has the key.
    pub(crate) fn is_single(&self, key: &K) -> bool {
        self.heads
            .get(key)
            .is_some_and(|head| self.next[*head as usize] == END)
    }
}
