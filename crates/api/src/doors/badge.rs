//! Badges and receipts for those who were let in, printed from what the gate itself has.

use gatehouse_credential::qr::QrCode;
use gatehouse_credential::token::Token;
use gatehouse_domain::badge::{BadgeKind, BadgePaper, BadgeSettings};
use gatehouse_domain::event::{CodeForm, Event};
use gatehouse_domain::id::TicketId;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_print::{ArrivalFace, Code, Colour, DoorPaper, Labels, PrintOptions, badge, receipt};
use gatehouse_store::event::DoorTicket;

use super::roster::Roster;
use super::{Gate, RosterSource};
use crate::home::EventHome;
use crate::previews::picture_of;
use crate::problem::Problem;
use crate::wording::{date, time_of_day};

/// A badge or receipt as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// Number of its ticket.
    pub number: u32,
    /// One page, PDF.
    pub pdf: Vec<u8>,
}

impl Roster {
    /// Whether something is printed for a ticket once it is in.
    pub(super) fn prints_for(&self, ticket: Option<&DoorTicket>) -> bool {
        let badge = &self.event.settings.door.badge;
        ticket.is_some_and(|ticket| badge.prints_for(ticket.ticket_type))
    }
}

impl Gate {
    /// What the event prints for a ticket that was let in: at a home and away alike, from what is
    /// here. A gate away has no codes, so its badges show none.
    ///
    /// # Errors
    /// `badges_off`, `badge_not_wanted` for a type that gets none, `badge_not_admitted`,
    /// `ticket_unknown`.
    pub fn badge(&self, ticket: TicketId) -> Result<Badge, Problem> {
        let roster = self.renew_roster()?;
        let event = &roster.event;
        let settings = &event.settings.door.badge;
        if settings.kind == BadgeKind::Nothing {
            return Err(Problem::new(
                "badges_off",
                "this event prints nothing at its doors; the office can change that",
            ));
        }
        let (known, first, packed) = self.file.read(|view| {
            let known = view
                .door_ticket(ticket)?
                .ok_or_else(|| Problem::new("ticket_unknown", "this event has no such ticket"))?;
            let packed = match &self.source {
                RosterSource::Home(_) if settings.code => view.credential(ticket, known.version)?,
                _ => None,
            };
            Ok::<_, Problem>((known, view.first_use(ticket)?, packed))
        })?;
        let kind = roster.types.get(&known.ticket_type);
        if !roster.prints_for(Some(&known)) {
            return Err(Problem::new(
                "badge_not_wanted",
                "nothing is printed for this type of ticket; the office can change that",
            ));
        }
        let first = first.ok_or_else(|| {
            Problem::new(
                "badge_not_admitted",
                "this ticket has let nobody in yet; nothing was printed. Let its holder in first",
            )
        })?;
        let (organizer, brand) = match &self.source {
            RosterSource::Home(home) => (home.organizer()?, home.workspace().brand()?),
            RosterSource::Carried(_) => (event.organizer.clone(), Default::default()),
        };
        let number = known.number;
        let zone = event.time_zone;
        let face = ArrivalFace {
            time: format!("{} {}", date(first.at, zone), time_of_day(first.at, zone)),
            gate: first.gate,
            code: packed
                .map(|packed| code_of(&packed, event.settings.code_form))
                .transpose()?,
            ..face_of(event, organizer, &known, kind)
        };
        let options = PrintOptions {
            labels: Labels::for_language(&event.language),
            created_ms: Some(first.at),
            brand,
            ..PrintOptions::default()
        };
        Ok(Badge {
            number,
            pdf: print(settings, &face, &options)?,
        })
    }
}

impl EventHome {
    /// Who invites: the event's organizer, or the workspace's.
    fn organizer(&self) -> Result<String, Problem> {
        if self.event().organizer.is_empty() {
            Ok(self.workspace().branding()?.settings.organizer)
        } else {
            Ok(self.event().organizer.clone())
        }
    }

    /// What `settings` would print, for somebody made up, as PNG. Nothing is kept.
    pub fn preview_badge(&self, settings: &BadgeSettings) -> Result<Vec<u8>, Problem> {
        let mut errors = Vec::new();
        settings.check(&mut errors);
        gatehouse_domain::field::FieldErrors::check(errors)?;
        if settings.kind == BadgeKind::Nothing {
            return Err(Problem::new("badges_off", "nothing is printed"));
        }
        let types = self.file().read(|view| view.ticket_types())?;
        let kind = types
            .iter()
            .find(|kind| settings.prints_for(kind.id))
            .or(types.first());
        let sample = match settings.code {
            true => Some(qr("GATEHOUSE SAMPLE, NOT A TICKET. NO GATE ADMITS IT.")?),
            false => None,
        };
        let event = self.event();
        let zone = event.time_zone;
        let now = self.now();
        let face = ArrivalFace {
            event: event.title.clone(),
            organizer: self.organizer()?,
            name: "Maren Sample-Ångström".into(),
            company: "Example & Daughters".into(),
            type_name: kind.map_or_else(|| "VIP".into(), |kind| kind.name.clone()),
            type_colour: Colour::new(kind.map_or(1, |kind| kind.colour)),
            seat: "Table 4 · Seat 2".into(),
            number: "#0001".into(),
            time: format!("{} {}", date(now, zone), time_of_day(now, zone)),
            gate: "Main entrance".into(),
            code: sample,
        };
        let options = PrintOptions {
            labels: Labels::for_language(&event.language),
            brand: self.workspace().brand()?,
            ..PrintOptions::default()
        };
        picture_of(print(settings, &face, &options)?)
    }
}

fn face_of(
    event: &Event,
    organizer: String,
    ticket: &DoorTicket,
    kind: Option<&TicketType>,
) -> ArrivalFace {
    ArrivalFace {
        event: event.title.clone(),
        organizer,
        name: ticket.shown_name(),
        company: ticket.holder.company.clone().unwrap_or_default(),
        type_name: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
        type_colour: Colour::new(kind.map_or(0, |kind| kind.colour)),
        seat: ticket.seat.clone().unwrap_or_default(),
        number: format!("#{:04}", ticket.number),
        ..ArrivalFace::default()
    }
}

fn code_of(packed: &[u8], form: CodeForm) -> Result<Code, Problem> {
    let token =
        Token::from_bytes(packed).map_err(|e| Problem::new("credential_damaged", e.to_string()))?;
    match form {
        CodeForm::Compact => qr(&token.compact()),
        CodeForm::Jwt => qr(token.jwt()),
    }
}

fn qr(text: &str) -> Result<Code, Problem> {
    let code = QrCode::encode(text).map_err(|e| Problem::new("code_too_long", e.to_string()))?;
    Ok(Code::new(code.modules() as u16, code.bits)?)
}

fn print(
    settings: &BadgeSettings,
    face: &ArrivalFace,
    options: &PrintOptions,
) -> Result<Vec<u8>, Problem> {
    let paper = match settings.paper {
        BadgePaper::Card => DoorPaper::Card,
        BadgePaper::A6 => DoorPaper::A6,
        BadgePaper::Label62 => DoorPaper::Label62,
        BadgePaper::Roll80 => DoorPaper::Roll80,
        BadgePaper::Roll58 => DoorPaper::Roll58,
    };
    let (pdf, report) = match settings.kind {
        BadgeKind::Receipt => receipt(face, paper, options)?,
        BadgeKind::Badge | BadgeKind::Nothing => badge(face, paper, options)?,
    };
    for warning in &report.warnings {
        tracing::warn!(%warning, "a badge is not all that it should be");
    }
    Ok(pdf)
}
