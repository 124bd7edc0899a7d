//! What a gate shows of a decision.

use gatehouse_domain::admission::Code;
use gatehouse_domain::id::{TicketId, ZoneId};
use gatehouse_domain::scan::{Mode, Verdict};

use super::Gate;
use super::roster::Roster;
use super::work::Decided;
use crate::problem::Problem;
use crate::wording::day_and_time;

/// What the gate shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Shown {
    /// Names the presentation.
    #[schema(value_type = uuid::Uuid)]
    pub scan: uuid::Uuid,
    /// When it was decided, UTC ms.
    pub at: i64,
    /// Admitted, exited, refused or undone.
    pub verdict: Verdict,
    /// Why, in one stable code.
    pub code: Code,
    /// Whether staff can set it right at the door.
    pub attention: bool,
    /// Whom the gate could ask.
    pub mode: Mode,
    /// The scanning API's word for it.
    pub status: &'static str,
    /// What staff are told, in one or two sentences.
    pub message: String,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// Its number.
    pub number: Option<u32>,
    /// Its holder's name.
    pub name: Option<String>,
    /// Name of its type.
    pub ticket_type: Option<String>,
    /// Colour of its type, 0 to 7.
    pub colour: Option<u8>,
    /// Its seat.
    pub seat: Option<String>,
    /// Name of the zone at whose entrance the gate stands.
    pub zone: Option<String>,
    /// What staff are told of the holder.
    pub note: Option<String>,
    /// BCP 47 language of the holder.
    pub language: Option<String>,
    /// Whether the holder had not been in before.
    pub first_time: bool,
    /// Those who came with the same invitation, where they are several.
    pub party: Option<ShownParty>,
    /// When it was first used, UTC ms.
    pub first_used_at: Option<i64>,
    /// Gate at which it was first used.
    pub first_used_gate: Option<String>,
    /// When doors open, for one who is too early or at another session, UTC ms.
    pub doors_at: Option<i64>,
    /// Title of the organizer's rule that keeps it out.
    pub rule: Option<String>,
    /// What the organizer says of that rule.
    pub rule_message: Option<String>,
    /// What staff have to ask first.
    pub questions: Vec<String>,
    /// Until when this gate may take it back, UTC ms.
    pub undo_until: Option<i64>,
    /// Whether a badge or receipt is printed for it.
    pub badge: bool,
    /// Whether there is a picture of the holder to show.
    pub photo: bool,
}

/// An invitation at the door.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct ShownParty {
    /// Its number.
    pub number: String,
    /// What it is called.
    pub label: String,
    /// How many tickets it has.
    pub members: u32,
    /// How many of them are inside.
    pub inside: u32,
}

impl Gate {
    pub(super) fn show(
        &self,
        roster: &Roster,
        zone: Option<ZoneId>,
        nonce: [u8; 16],
        decided: Decided,
    ) -> Result<Shown, Problem> {
        let Decided {
            decision,
            ticket,
            first_use,
            first_time,
            at,
            mode,
            written: _,
        } = decided;
        let now = self.surroundings.now();
        let tz = roster.event.time_zone;
        let message = match (&first_use, decision.doors_at, &decision.rule) {
            (Some(first), _, _) => format!(
                "This ticket was used at {} at {}. {}",
                first.gate,
                day_and_time(first.at, now, tz),
                decision.code.advice()
            ),
            (_, Some(doors_at), _) if decision.code == Code::TooEarly => format!(
                "Doors open for this ticket at {}. Ask the guest to wait.",
                day_and_time(doors_at, now, tz)
            ),
            (_, Some(doors_at), _) => format!(
                "This ticket is for {}. Show the way, or send the guest to the desk.",
                day_and_time(doors_at, now, tz)
            ),
            (_, _, Some(rule)) => {
                let why = rule.message.as_deref().unwrap_or(&rule.title).trim_end();
                let end = if why.ends_with(['.', '!', '?', '…']) {
                    ""
                } else {
                    "."
                };
                format!("{why}{end} {}", decision.code.advice())
            }
            _ => decision.code.advice().to_owned(),
        };
        let kind = ticket
            .as_ref()
            .and_then(|ticket| roster.types.get(&ticket.ticket_type));
        let party = match &ticket {
            Some(ticket) => self.shown_party(roster, &ticket.invitation, now)?,
            None => None,
        };
        let (rule, rule_message) = decision.rule.map(|rule| (rule.title, rule.message)).unzip();
        let door = &roster.event.settings.door;
        let passed = matches!(decision.verdict, Verdict::Admitted | Verdict::Exited);
        let admitted = decision.verdict == Verdict::Admitted;
        Ok(Shown {
            photo: self.has_photo(roster, ticket.as_ref())?,
            badge: admitted && roster.prints_for(ticket.as_ref()),
            scan: uuid::Uuid::from_bytes(nonce),
            at,
            verdict: decision.verdict,
            code: decision.code,
            attention: decision.code.wants_attention(),
            mode,
            status: decision.code.scan_word(),
            message,
            ticket: ticket.as_ref().map(|t| t.id),
            number: ticket.as_ref().map(|t| t.number),
            name: ticket.as_ref().map(|t| t.shown_name()),
            ticket_type: kind.map(|kind| kind.name.clone()),
            colour: kind.map(|kind| kind.colour),
            note: ticket.as_ref().and_then(|t| t.note()).map(str::to_owned),
            language: ticket.as_ref().and_then(|t| t.holder.language.clone()),
            seat: ticket.and_then(|t| t.seat),
            zone: roster.zone(zone).map(|zone| zone.name.clone()),
            first_time,
            party,
            first_used_at: first_use.as_ref().map(|f| f.at),
            first_used_gate: first_use.map(|f| f.gate),
            doors_at: decision.doors_at,
            rule,
            rule_message: rule_message.flatten(),
            questions: match decision.code {
                Code::QuestionsOpen => door.questions.clone(),
                _ => Vec::new(),
            },
            undo_until: passed.then(|| door.undo_until(at)),
        })
    }
}
