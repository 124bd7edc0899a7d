//! May this ticket enter? Decided from values alone.

use crate::calendar::local::day_of;
use crate::entry_rule::{EntryRules, HolderFacts, RuleMoment, RuleRefusal, facts};
use crate::event::ReEntry;
use crate::id::{SessionId, TicketId, ZoneId};
use crate::passage::{Passage, is_inside};
use crate::scan::{Direction, Verdict};
use crate::ticket::TicketStatus;
use crate::ticket_type::TicketType;
use crate::validity::{Schedule, Validity, validity};
use crate::words::words;

words! {
    /// Why a gate showed what it showed, one stable code each.
    Code("verdict code") {
        /// Comes in.
        Admitted = "admitted",
        /// Comes in because a supervisor says so.
        Forced = "forced",
        /// Goes out.
        Exited = "exited",
        /// An earlier passage was taken back.
        Undone = "undone",
        /// It came in before.
        Used = "used",
        /// A newer code was issued in its place.
        Replaced = "replaced",
        /// Taken back.
        Voided = "voided",
        /// Held back for now.
        Blocked = "blocked",
        /// Not paid.
        Unpaid = "unpaid",
        /// Not approved.
        Unapproved = "unapproved",
        /// Given to another holder.
        Transferred = "transferred",
        /// Its time is over.
        Expired = "expired",
        /// Its doors are not open yet.
        TooEarly = "too_early",
        /// It is for another session.
        NotThisSession = "not_this_session",
        /// It is for another day.
        WrongDay = "wrong_day",
        /// Its holder attends from elsewhere.
        OnlineOnly = "online_only",
        /// Its session or event was called off.
        Cancelled = "cancelled",
        /// It does not open this zone.
        WrongZone = "wrong_zone",
        /// The place is full.
        ZoneFull = "zone_full",
        /// A rule of the organizer's keeps it out.
        RuleRefused = "rule_refused",
        /// Staff have something to ask first.
        QuestionsOpen = "questions_open",
        /// It belongs to another event of this workspace.
        WrongEvent = "wrong_event",
        /// Its signature does not hold.
        InvalidSignature = "invalid_signature",
        /// Nobody here knows the key that signed it.
        UnknownKey = "unknown_key",
        /// The key that signed it was taken back.
        RevokedKey = "revoked_key",
        /// No ticket of ours.
        Malformed = "malformed",
        /// Signed in a way that is not accepted.
        UnsupportedAlgorithm = "unsupported_algorithm",
        /// Signed by us, with claims that no ticket has.
        WrongTypes = "wrong_types",
        /// Signed by us, and not on the list.
        UnknownTicket = "unknown_ticket",
        /// This gate is not allowed to admit.
        DeviceNotAllowed = "device_not_allowed",
        /// This gate has been without its office for longer than it may.
        OfflineTooLong = "offline_too_long",
    }
}

impl Code {
    /// The word of the scanning API for it: SUCCESS, DUPLICATE, EXPIRED, WRONG_EVENT or INVALID.
    #[must_use]
    pub const fn scan_word(self) -> &'static str {
        match self {
            Self::Admitted | Self::Forced | Self::Exited | Self::Undone => "SUCCESS",
            Self::Used => "DUPLICATE",
            Self::Expired => "EXPIRED",
            Self::WrongEvent => "WRONG_EVENT",
            _ => "INVALID",
        }
    }

    /// What staff do next, in one or two short sentences.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Admitted => "Welcome them in.",
            Self::Forced => "Let in by a supervisor.",
            Self::Exited => "Say goodbye.",
            Self::Undone => "Taken back. The ticket can be used again.",
            Self::Used => "Ask for the guest's name, or call a supervisor.",
            Self::Replaced => "Ask for the newest ticket; an older copy no longer opens.",
            Self::Voided => "This ticket was taken back. Send the guest to the desk.",
            Self::Blocked => "This ticket is held. Send the guest to the desk.",
            Self::Unpaid => "This ticket is not paid. Send the guest to the desk.",
            Self::Unapproved => "This ticket waits for approval. Send the guest to the desk.",
            Self::Transferred => "This ticket has a new holder. Ask for the new ticket.",
            Self::Expired => "This ticket's time is over. Send the guest to the desk.",
            Self::TooEarly => "Doors are not open for this ticket yet.",
            Self::NotThisSession => "This ticket is for another session. Check its date.",
            Self::WrongDay => "This ticket is for another day. Check its date.",
            Self::OnlineOnly => {
                "This ticket is for taking part online. Send the guest to the desk."
            }
            Self::Cancelled => "This session was called off. Send the guest to the desk.",
            Self::WrongZone => "This ticket does not open this zone. Show the way.",
            Self::ZoneFull => "It is full here. Ask the guest to wait until somebody leaves.",
            Self::RuleRefused => {
                "A rule of the organizer keeps this ticket out. Call a supervisor."
            }
            Self::QuestionsOpen => "Ask the questions, then let the guest in.",
            Self::WrongEvent => "This ticket is for another event of ours. Check the title.",
            Self::InvalidSignature => "This code is not genuine. Call a supervisor.",
            Self::UnknownKey => "This code is not from here. Ask for the right ticket.",
            Self::RevokedKey => "This code's key was taken back. Send the guest to the desk.",
            Self::Malformed => "This is not a ticket. Ask for the ticket's code.",
            Self::UnsupportedAlgorithm | Self::WrongTypes => {
                "This code is not genuine. Call a supervisor."
            }
            Self::UnknownTicket => "This ticket is not on the list. Send the guest to the desk.",
            Self::DeviceNotAllowed => "This gate may not admit. Call the office.",
            Self::OfflineTooLong => {
                "This gate has not heard from the office for too long. Connect it, then try again."
            }
        }
    }

    /// Whether staff can set it right at the door, so that the screen asks for a look in place of
    /// turning the guest away.
    #[must_use]
    pub const fn wants_attention(self) -> bool {
        matches!(
            self,
            Self::TooEarly
                | Self::NotThisSession
                | Self::WrongDay
                | Self::WrongZone
                | Self::ZoneFull
                | Self::QuestionsOpen
        )
    }
}

/// What reading the presented code said, before any rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// A credential of this event whose signature holds.
    Genuine {
        /// The ticket that it names.
        ticket: TicketId,
        /// Its version.
        version: u32,
        /// Its own `nbf`, UTC ms.
        not_before_ms: i64,
        /// Its own `exp`, UTC ms.
        expires_ms: i64,
    },
    /// A ticket that staff found by hand: no code was shown, the roster alone tells.
    ByHand(TicketId),
    /// Not a credential of this event; the code tells why.
    NotOurs(Code),
}

impl Presented {
    /// The ticket that was presented, where it is one of this event.
    #[must_use]
    pub const fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Genuine { ticket, .. } | Self::ByHand(ticket) => Some(*ticket),
            Self::NotOurs(_) => None,
        }
    }
}

/// What the roster knows of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTicket<'a> {
    /// Status.
    pub status: TicketStatus,
    /// Version of the credential that is good now.
    pub version: u32,
    /// Its type.
    pub ticket_type: &'a TicketType,
    /// Who holds it, for the organizer's rules.
    pub holder: &'a HolderFacts,
}

/// What the organizer asks of everybody who comes in here.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Their rules.
    pub rules: &'a EntryRules,
    /// Name of the zone at whose entrance the gate stands; empty at the venue's.
    pub place: &'a str,
    /// Name of the gate.
    pub gate: &'a str,
    /// How many more people the place takes; none where nobody counts.
    pub room: Option<u32>,
    /// When the place was emptied, UTC ms: everybody went out then.
    pub emptied_at: Option<i64>,
    /// Since when those inside take up its room, UTC ms: since doors opened, at the earliest.
    pub counted_since: Option<i64>,
    /// Whether staff have questions for those who come for the first time.
    pub questions: bool,
    /// Whether staff asked them.
    pub answered: bool,
    /// Whether a supervisor lets this one in whatever is said against it.
    pub forced: bool,
}

/// No rule at all.
static NO_RULES: EntryRules = EntryRules::none();

impl Default for Terms<'_> {
    fn default() -> Self {
        Self {
            rules: &NO_RULES,
            place: "",
            gate: "",
            room: None,
            emptied_at: None,
            counted_since: None,
            questions: false,
            answered: false,
            forced: false,
        }
    }
}

/// What the office allows a device at an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceRight {
    /// Whether it may admit at all: it is registered for this event and was not revoked.
    pub active: bool,
    /// The only zone to which it may admit; none where it may stand anywhere.
    pub zone: Option<ZoneId>,
    /// The only way that it may lead; none where it may be turned round.
    pub way: Option<Direction>,
}

impl DeviceRight {
    /// Whether it covers letting somebody through at the entrance of `zone`, that way.
    #[must_use]
    pub fn covers(&self, zone: Option<ZoneId>, direction: Direction) -> bool {
        self.active
            && self.zone.is_none_or(|own| zone == Some(own))
            && self.way.is_none_or(|own| direction == own)
    }
}

/// Where and when a code is presented.
#[derive(Debug, Clone, Copy)]
pub struct Door<'a> {
    /// What the device may do at this event now.
    pub right: DeviceRight,
    /// Whether the device has been without its office for longer than it may.
    pub offline_too_long: bool,
    /// The zone at whose entrance it stands; none at the venue's.
    pub zone: Option<ZoneId>,
    /// Which way it leads.
    pub direction: Direction,
    /// The session that it stands for, when it stands for one only.
    pub session: Option<SessionId>,
    /// When the event takes place.
    pub schedule: Schedule<'a>,
    /// Entry policy.
    pub re_entry: ReEntry,
    /// Whether its roster is complete, so that a ticket that is not on it does not exist.
    pub roster_complete: bool,
    /// Now, UTC ms.
    pub now_ms: i64,
    /// What is asked of those who come in.
    pub terms: Terms<'a>,
}

impl Door<'_> {
    /// Today in the event's zone, as yyyymmdd.
    fn today(&self) -> u32 {
        day_of(self.now_ms, self.schedule.zone)
    }
}

/// What a gate decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What it shows.
    pub verdict: Verdict,
    /// Why.
    pub code: Code,
    /// The session that was entered or left.
    pub session: Option<SessionId>,
    /// The day that it counts for in the event's zone, as yyyymmdd: that of the session, which
    /// may end after midnight, or today.
    pub day: u32,
    /// When doors open, for one who is too early or at another session, UTC ms.
    pub doors_at: Option<i64>,
    /// The rule that keeps them out.
    pub rule: Option<RuleRefusal>,
}

/// Decides about one presentation.
///
/// `known` is what the roster says of the ticket, `passages` its earlier ones at this event in
/// the order of scans. The roster decides about times; the credential's own bind only a ticket
/// that an incomplete roster does not know. An exit is never refused for an entry rule. A
/// supervisor's word lets in any ticket that the roster knows, at a device that may admit; so it
/// does at one that has been without its office for too long, whose roster may be old. It counts
/// for the session that the ticket is for, so that the ticket is used by it.
#[must_use]
pub fn decide(
    presented: Presented,
    door: &Door<'_>,
    known: Option<&KnownTicket<'_>>,
    passages: &[Passage],
) -> Decision {
    let today = door.today();
    if !door.right.covers(door.zone, door.direction) {
        return refuse(Code::DeviceNotAllowed, today);
    }
    if let Presented::NotOurs(code) = presented {
        return refuse(code, today);
    }
    let Some(known) = known else {
        return decide_unknown(presented, door, passages);
    };
    let decision = decide_known(presented, door, known, passages);
    if !door.terms.forced || decision.verdict == Verdict::Exited {
        return decision;
    }
    let (session, day) = match decision.session {
        Some(session) => (Some(session), decision.day),
        None => meant(door, known),
    };
    Decision {
        verdict: Verdict::Admitted,
        code: Code::Forced,
        session,
        day,
        doors_at: None,
        rule: None,
    }
}

/// The session that a ticket is for at this door, and the day that it counts for.
fn meant(door: &Door<'_>, known: &KnownTicket<'_>) -> (Option<SessionId>, u32) {
    let valid = validity(&door.schedule, known.ticket_type, door.session, door.now_ms);
    let day = match valid {
        Validity::Valid { day, .. } => day,
        // Doors may open after midnight.
        Validity::TooEarly { session, .. } => door.schedule.day_of(session, door.now_ms),
        _ => door.today(),
    };
    (valid.session().or(door.session), day)
}

fn decide_known(
    presented: Presented,
    door: &Door<'_>,
    known: &KnownTicket<'_>,
    passages: &[Passage],
) -> Decision {
    let refuse = |code| refuse(code, door.today());
    if let Presented::Genuine { version, .. } = presented
        && version < known.version
    {
        return refuse(Code::Replaced);
    }
    if door.direction == Direction::Exit {
        return exit(door, passages);
    }
    if door.offline_too_long {
        return refuse(Code::OfflineTooLong);
    }
    match known.status {
        TicketStatus::Active => {}
        TicketStatus::Voided => return refuse(Code::Voided),
        TicketStatus::Blocked => return refuse(Code::Blocked),
        TicketStatus::Unpaid => return refuse(Code::Unpaid),
        TicketStatus::Unapproved => return refuse(Code::Unapproved),
        TicketStatus::Transferred => return refuse(Code::Transferred),
    }
    let later = |code, doors_at| Decision {
        doors_at: Some(doors_at),
        ..refuse(code)
    };
    let (session, day) =
        match validity(&door.schedule, known.ticket_type, door.session, door.now_ms) {
            Validity::Valid { session, day } => (session, day),
            Validity::TooEarly { doors_at, .. } => return later(Code::TooEarly, doors_at),
            Validity::NotThisSession { doors_at, .. } => {
                return later(Code::NotThisSession, doors_at);
            }
            Validity::WrongDay { doors_at, .. } => return later(Code::WrongDay, doors_at),
            Validity::TooLate { .. } => return refuse(Code::Expired),
            Validity::SessionCancelled { .. } | Validity::Cancelled => {
                return refuse(Code::Cancelled);
            }
            Validity::OnlineOnly => return refuse(Code::OnlineOnly),
        };
    if door
        .zone
        .is_some_and(|zone| !known.ticket_type.zones.contains(&zone))
    {
        return refuse(Code::WrongZone);
    }
    let decision = decide_entry(door, Some(session), day, passages);
    if decision.verdict != Verdict::Admitted {
        return decision;
    }
    match check_terms(door, known, session, day, passages) {
        Ok(()) => decision,
        Err((code, rule)) => Decision {
            session: Some(session),
            rule,
            ..self::refuse(code, day)
        },
    }
}

/// What the organizer asks beyond the ticket itself.
fn check_terms(
    door: &Door<'_>,
    known: &KnownTicket<'_>,
    session: SessionId,
    day: u32,
    passages: &[Passage],
) -> Result<(), (Code, Option<RuleRefusal>)> {
    let terms = &door.terms;
    let here: Vec<&Passage> = passages.iter().filter(|p| p.zone == door.zone).collect();
    if !terms.rules.is_empty() {
        let title = door
            .schedule
            .sessions
            .iter()
            .find(|s| s.id == session)
            .and_then(|s| s.title.as_deref());
        let moment = RuleMoment {
            now_ms: door.now_ms,
            zone: door.schedule.zone,
            day,
            ticket_type: &known.ticket_type.name,
            place: terms.place,
            gate: terms.gate,
            session: title.unwrap_or_default(),
        };
        terms
            .rules
            .ask(&facts(&moment, known.holder, &here))
            .map_err(|rule| (Code::RuleRefused, Some(rule)))?;
    }
    check_place(door, passages).map_err(|code| (code, None))
}

/// What is asked of everybody alike, whoever they are: room, and answers.
fn check_place(door: &Door<'_>, passages: &[Passage]) -> Result<(), Code> {
    let terms = &door.terms;
    if terms.room == Some(0) && !is_counted(door, passages) {
        return Err(Code::ZoneFull);
    }
    let first = !passages.iter().any(Passage::is_entry);
    if terms.questions && first && !terms.answered {
        return Err(Code::QuestionsOpen);
    }
    Ok(())
}

/// Whether the holder counts as inside already and takes no more room: in the zone, or at the
/// venue in the session that the door stands for, where it stands for one.
fn is_counted(door: &Door<'_>, passages: &[Passage]) -> bool {
    let last = passages.iter().rfind(|p| p.concerns(door.zone));
    let in_session =
        |p: &&Passage| door.zone.is_some() || door.session.is_none() || p.session == door.session;
    is_inside(
        last.filter(in_session).into_iter(),
        door.terms.counted_since,
    )
}

const fn refuse(code: Code, day: u32) -> Decision {
    Decision {
        verdict: Verdict::Refused,
        code,
        session: None,
        day,
        doors_at: None,
        rule: None,
    }
}

/// Leaves the session, and counts for the day, of the last passage.
fn exit(door: &Door<'_>, passages: &[Passage]) -> Decision {
    let last = passages.last();
    Decision {
        verdict: Verdict::Exited,
        code: Code::Exited,
        session: last.and_then(|p| p.session),
        day: last.map_or_else(|| door.today(), |p| p.day),
        doors_at: None,
        rule: None,
    }
}

/// A genuine credential that the roster does not know: newer than the roster, where that can be.
fn decide_unknown(presented: Presented, door: &Door<'_>, passages: &[Passage]) -> Decision {
    let today = door.today();
    let Presented::Genuine {
        not_before_ms,
        expires_ms,
        ..
    } = presented
    else {
        return refuse(Code::UnknownTicket, today);
    };
    if door.roster_complete {
        return refuse(Code::UnknownTicket, today);
    }
    if door.direction == Direction::Exit {
        return exit(door, passages);
    }
    if door.now_ms < not_before_ms {
        return refuse(Code::TooEarly, today);
    }
    if door.now_ms >= expires_ms {
        return refuse(Code::Expired, today);
    }
    if door.zone.is_some() {
        return refuse(Code::WrongZone, today);
    }
    // Rules can't be asked about a holder whom nobody knows.
    if !door.terms.rules.is_empty() {
        return refuse(Code::UnknownTicket, today);
    }
    let decision = decide_entry(door, door.session, today, passages);
    match check_place(door, passages) {
        Err(code) if decision.verdict == Verdict::Admitted => Decision {
            session: door.session,
            ..refuse(code, today)
        },
        _ => decision,
    }
}

fn decide_entry(
    door: &Door<'_>,
    session: Option<SessionId>,
    day: u32,
    passages: &[Passage],
) -> Decision {
    let here = || {
        passages
            .iter()
            .filter(|p| p.concerns(door.zone) && p.session == session)
    };
    let used = match door.re_entry {
        ReEntry::Single => here().any(Passage::is_entry),
        ReEntry::AfterExit => is_inside(here(), door.terms.emptied_at),
        ReEntry::OncePerDay => here().any(|p| p.is_entry() && p.day == day),
        ReEntry::Unlimited => false,
    };
    if used {
        return Decision {
            session,
            ..refuse(Code::Used, day)
        };
    }
    Decision {
        verdict: Verdict::Admitted,
        code: Code::Admitted,
        session,
        day,
        doors_at: None,
        rule: None,
    }
}

/// The slot that an admission fills, by the door's policy: what no two admissions of one ticket
/// may share. None where the policy lets a ticket in again and again.
#[must_use]
pub fn slot(door: &Door<'_>, decision: &Decision) -> Option<String> {
    if decision.verdict != Verdict::Admitted {
        return None;
    }
    slot_of(door.re_entry, door.zone, decision.session, decision.day)
}

/// The slot of an admission to a place, in a session, on a day; see [`slot`].
#[must_use]
pub fn slot_of(
    policy: ReEntry,
    zone: Option<ZoneId>,
    session: Option<SessionId>,
    day: u32,
) -> Option<String> {
    let place = zone.map_or_else(|| "door".to_owned(), |zone| zone.to_string());
    let session = session.map(|s| s.to_string()).unwrap_or_default();
    match policy {
        ReEntry::Single => Some(format!("{session}/{place}")),
        ReEntry::OncePerDay => Some(format!("{session}/{place}/{day}")),
        ReEntry::AfterExit | ReEntry::Unlimited => None,
    }
}

#[cfg(test)]
mod tests;
