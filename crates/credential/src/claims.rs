//! What a ticket's token says.
//!
//! Two claim sets: `slim`, which names the ticket and leaves the rest to the roster, and `full`,
//! which carries what a reader without a roster shows. Both are written in one canonical way, so
//! that the compact form can leave out everything but the values.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatehouse_domain::id::{EventId, TicketId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::json::Members;

/// The claims of a ticket's token. Times are seconds since 1970 (NumericDate of RFC 7519) and are
/// judged by the domain, never here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketClaims {
    /// The ticket that the token stands for.
    pub ticket: TicketId,
    /// The credential version (`cv`); a lower one than the roster's has been replaced.
    pub version: u32,
    /// The event that the ticket belongs to.
    pub event: EventId,
    /// When the token was issued (`iat`).
    pub issued_at: i64,
    /// When the token begins to hold (`nbf`).
    pub not_before: i64,
    /// When the token ceases to hold (`exp`).
    pub expires_at: i64,
    /// The further claims of a full token; `None` for a slim one.
    pub full: Option<FullClaims>,
}

/// What a full token says beyond a slim one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullClaims {
    /// The invitation or order that the ticket came from (`bookingId`).
    pub booking: Uuid,
    /// The event's name (`eventName`).
    pub event_name: String,
    /// The holder's name (`attendeeName`).
    pub attendee_name: String,
    /// The holder's e-mail address (`attendeeEmail`), where the event puts it on tickets.
    pub attendee_email: Option<String>,
    /// The name of the ticket type (`ticketType`).
    pub ticket_type: String,
    /// The seat (`seatNumber`), where there is one.
    pub seat_number: Option<String>,
}

/// The full claim set in its order on the wire.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FullOnTheWire<'a> {
    ticket_id: Uuid,
    booking_id: Uuid,
    event_id: Uuid,
    event_name: &'a str,
    attendee_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attendee_email: Option<&'a str>,
    ticket_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seat_number: Option<&'a str>,
    cv: u32,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl TicketClaims {
    /// Writes the claims as JSON with no blanks, in the fixed order of their claim set.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Some(full) = &self.full else {
            return format!(
                r#"{{"tid":"{}","cv":{},"eid":"{}","iat":{},"nbf":{},"exp":{}}}"#,
                URL_SAFE_NO_PAD.encode(self.ticket.as_bytes()),
                self.version,
                URL_SAFE_NO_PAD.encode(self.event.as_bytes()),
                self.issued_at,
                self.not_before,
                self.expires_at,
            );
        };
        serde_json::to_string(&FullOnTheWire {
            ticket_id: self.ticket.0,
            booking_id: full.booking,
            event_id: self.event.0,
            event_name: &full.event_name,
            attendee_name: &full.attendee_name,
            attendee_email: full.attendee_email.as_deref(),
            ticket_type: &full.ticket_type,
            seat_number: full.seat_number.as_deref(),
            cv: self.version,
            iat: self.issued_at,
            nbf: self.not_before,
            exp: self.expires_at,
        })
        .expect("text and numbers always make JSON")
    }

    /// Reads either claim set in any order; `None` where a claim is missing, doubled or of the
    /// wrong type, or where the two sets are mixed. Claims unknown here are left aside.
    #[must_use]
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let mut members = Members::read(json)?;
        let slim = members.has("tid");
        if slim == members.has("ticketId") {
            return None;
        }
        let (ticket, event, full) = if slim {
            let ticket = short_id(&members.take_text("tid")?)?;
            (ticket, short_id(&members.take_text("eid")?)?, None)
        } else {
            let ticket = long_id(&members.take_text("ticketId")?)?;
            let event = long_id(&members.take_text("eventId")?)?;
            let full = FullClaims {
                booking: long_id(&members.take_text("bookingId")?)?,
                event_name: members.take_text("eventName")?,
                attendee_name: members.take_text("attendeeName")?,
                attendee_email: members.take_optional_text("attendeeEmail")?,
                ticket_type: members.take_text("ticketType")?,
                seat_number: members.take_optional_text("seatNumber")?,
            };
            (ticket, event, Some(full))
        };
        Some(Self {
            ticket: TicketId(ticket),
            version: members.take_integer("cv")?.try_into().ok()?,
            event: EventId(event),
            issued_at: members.take_integer("iat")?,
            not_before: members.take_integer("nbf")?,
            expires_at: members.take_integer("exp")?,
            full,
        })
    }
}

/// An id as 22 characters of base64url.
fn short_id(text: &str) -> Option<Uuid> {
    if text.len() != 22 {
        return None;
    }
    Uuid::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// An id as 36 characters with hyphens.
fn long_id(text: &str) -> Option<Uuid> {
    if text.len() != 36 {
        return None;
    }
    Uuid::try_parse(text).ok()
}
