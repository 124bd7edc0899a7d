//! Guests on an event's list, and contacts: the same person across events.

use serde::{Deserialize, Serialize};

use crate::id::{ContactId, GuestId, TicketTypeId};

/// A person on an event's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guest {
    /// The guest's id.
    pub id: GuestId,
    /// Full name as the guest writes it, 1 to 200 characters.
    pub name: String,
    /// E-mail address as given.
    pub email: Option<String>,
    /// Phone number, E.164 where it could be told.
    pub phone: Option<String>,
    /// Company or organization.
    pub company: Option<String>,
    /// Title or role.
    pub title: Option<String>,
    /// Notes of the office; never leave the house.
    pub notes: Option<String>,
    /// The group (family, table) that shares an invitation.
    pub group: Option<String>,
    /// The type of ticket that they get; the event's first when absent.
    pub ticket_type: Option<TicketTypeId>,
    /// Seat as given on the list.
    pub seat: Option<String>,
    /// How many people come in all, this guest included; 1 to 50.
    pub party_size: u16,
    /// The list's own id of the person.
    pub external_id: Option<String>,
    /// Columns that are no field of ours, in the list's order.
    pub custom: Vec<(String, String)>,
    /// The line of the list that the guest came from last.
    pub line: Option<u32>,
}

/// The same person across the events of a workspace, told by e-mail and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
