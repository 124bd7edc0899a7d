//! What is printed, as plain values.

use crate::PrintError;
use crate::colour::Colour;

/// A matrix code ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    size: u16,
    bits: Vec<u8>,
}

impl Code {
    /// Most modules a side (QR version 40).
    pub const LARGEST: u16 = 177;

    /// A code of `size` modules a side without its quiet zone. `bits` are rows from the top, each
    /// packed from the most significant bit and padded to a whole byte; 1 is dark.
    ///
    /// # Errors
    /// [`PrintError::Code`] where the size is 0 or over [`Code::LARGEST`], or the bits are not
    /// exactly `size` rows.
    pub fn new(size: u16, bits: impl Into<Vec<u8>>) -> Result<Self, PrintError> {
        let bits = bits.into();
        let wanted = usize::from(size) * usize::from(size).div_ceil(8);
        if size == 0 || size > Self::LARGEST || bits.len() != wanted {
            return Err(PrintError::Code {
                size,
                bytes: bits.len(),
                wanted,
            });
        }
        Ok(Code { size, bits })
    }

    /// Modules a side.
    #[must_use]
    pub fn size(&self) -> u16 {
        self.size
    }

    /// The packed rows.
    #[must_use]
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }
}

/// One ticket as its holder sees it. Texts may be in any script; overlong ones are made to fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketFace {
    /// The ticket's number as printed beneath the code, such as `#2847`.
    pub number: String,
    /// The invitation's number, such as `INV-0001`; empty where there is none.
    pub invitation: String,
    /// Who holds the ticket; empty for a ticket without a name.
    pub holder: String,
    /// A second line under the holder: a company, a title.
    pub company: Option<String>,
    /// The ticket type's name.
    pub type_name: String,
    /// The ticket type's colour.
    pub type_colour: Colour,
    /// The seat, such as `Table 4 · Seat 2`.
    pub seat: Option<String>,
    /// The zone that the ticket opens.
    pub zone: Option<String>,
    /// When and where, in place of the event's, for a ticket of one session.
    pub occasion: Option<Occasion>,
    /// The code that the gate reads.
    pub code: Code,
}

/// When and where a ticket of one session is good, in the reader's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// When.
    pub date_line: String,
    /// Where.
    pub place_line: String,
}

/// What all tickets of an event share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFace {
    /// The event's title.
    pub title: String,
    /// When, in the reader's words: `Saturday, 21 November 2026, 19:00`.
    pub date_line: String,
    /// Where.
    pub place_line: String,
    /// Who invites.
    pub organizer: String,
    /// Small print at the foot; may be empty.
    pub note: String,
    /// The batch's name, for the slug line.
    pub batch_label: String,
    /// The date of printing, for the slug line.
    pub printed_on: String,
}

/// The words that stand beside values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// BCP 47 tag of the words' language.
    pub language: &'static str,
    /// Above the holder.
    pub guest: &'static str,
    /// Above the date.
    pub date: &'static str,
    /// Above the place.
    pub place: &'static str,
    /// Above the seat.
    pub seat: &'static str,
    /// Above the zone.
    pub zone: &'static str,
    /// Above the invitation's number.
    pub invitation: &'static str,
    /// Column of ticket numbers.
    pub number: &'static str,
    /// Column of ticket types.
    pub ticket_type: &'static str,
    /// The door list's heading.
    pub door_list: &'static str,
    /// Between page number and page count.
    pub of: &'static str,
    /// Before a page number.
    pub page: &'static str,
    /// On a receipt: the holder was let in.
    pub admitted: &'static str,
    /// Before the moment at which that was.
    pub time: &'static str,
    /// Before the gate's name.
    pub gate: &'static str,
}

impl Labels {
    /// Languages that there are words for.
    pub const LANGUAGES: [&'static str; 4] = ["en", "es", "de", "fr"];

    /// The words of a language by its BCP 47 tag (`es`, `es-MX`); English where there are none.
    #[must_use]
    pub fn for_language(tag: &str) -> Self {
        let primary = tag
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match primary.as_str() {
            "es" => Labels {
                language: "es",
                guest: "Invitado",
                date: "Fecha",
                place: "Lugar",
                seat: "Asiento",
                zone: "Zona",
                invitation: "Invitación",
                number: "Número",
                ticket_type: "Tipo",
                door_list: "Lista de puerta",
                of: "de",
                page: "Página",
                admitted: "Entrada admitida",
                time: "Hora",
                gate: "Puerta",
            },
            "de" => Labels {
                language: "de",
                guest: "Gast",
                date: "Datum",
                place: "Ort",
                seat: "Platz",
                zone: "Bereich",
                invitation: "Einladung",
                number: "Nummer",
                ticket_type: "Art",
                door_list: "Türliste",
                of: "von",
                page: "Seite",
                admitted: "Eingelassen",
                time: "Uhrzeit",
                gate: "Eingang",
            },
            "fr" => Labels {
                language: "fr",
                guest: "Invité",
                date: "Date",
                place: "Lieu",
                seat: "Place",
                zone: "Zone",
                invitation: "Invitation",
                number: "Numéro",
                ticket_type: "Type",
                door_list: "Liste d’entrée",
                of: "sur",
                page: "Page",
                admitted: "Entrée validée",
                time: "Heure",
                gate: "Porte",
            },
            _ => Labels {
                language: "en",
                guest: "Guest",
                date: "Date",
                place: "Place",
                seat: "Seat",
                zone: "Zone",
                invitation: "Invitation",
                number: "Number",
                ticket_type: "Type",
                door_list: "Door list",
                of: "of",
                page: "Page",
                admitted: "Admitted",
                time: "Time",
                gate: "Gate",
            },
        }
    }
}

impl Default for Labels {
    fn default() -> Self {
        Labels::for_language("en")
    }
}
