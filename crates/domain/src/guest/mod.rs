//! Guests on an event's list, and contacts: the same person across events.

mod change;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::id::{ContactId, GuestId};
use crate::import::GuestValues;
use crate::words::words;

pub use change::GuestChange;

words! {
    /// By what a guest list is ordered.
    GuestOrder("guest order") {
        /// As they came onto the list.
        Added = "added",
        /// By name.
        Name = "name",
        /// By company, then name.
        Company = "company",
    }
}

words! {
    /// How far a guest is.
    GuestStanding("guest standing") {
        /// On the list, without an invitation.
        Listed = "listed",
        /// Invited, without a ticket.
        Invited = "invited",
        /// Holds a good ticket and has not come.
        Ticketed = "ticketed",
        /// Came.
        Came = "came",
        /// Their ticket was taken back.
        Voided = "voided",
    }
}

/// A person on an event's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The guest's id.
    pub id: GuestId,
    /// What is known about them; the ticket type by name.
    pub values: GuestValues,
    /// The line of the list that they came from last.
    pub line: Option<u32>,
}

impl Guest {
    /// How many people come in all, the guest included.
    #[must_use]
    pub fn party_size(&self) -> u16 {
        self.values.party_size.unwrap_or(1).max(1)
    }
}

/// The same person across the events of a workspace, told by e-mail and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Contact {
    /// The contact's id.
    pub id: ContactId,
    /// Name as last seen.
    pub name: String,
    /// E-mail address as last seen.
    pub email: Option<String>,
    /// Phone number as last seen.
    pub phone: Option<String>,
    /// Company as last seen.
    pub company: Option<String>,
    /// How many events they were on the list of.
    pub events: u32,
}

/// An e-mail address as compared: trimmed and lower-cased.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// A name as lists are ordered by: lower-cased, without accents.
#[must_use]
pub fn sort_key(name: &str) -> String {
    name.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ø' => 'o',
            'ł' => 'l',
            'đ' | 'ð' => 'd',
            'ı' => 'i',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_do_not_decide_the_order_of_a_list() {
        let mut names = ["Žák", "Oz", "Ødegård", "Abel", "Ábel", "Zola", "Łuk", "Lum"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(
            names,
            ["Abel", "Ábel", "Łuk", "Lum", "Ødegård", "Oz", "Žák", "Zola"]
        );
    }
}
