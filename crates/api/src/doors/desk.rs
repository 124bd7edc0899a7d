//! What staff do at a door beside showing codes: take back, let in by a supervisor's word, write down
//! afterwards who came.

use gatehouse_domain::admission::Presented;
use gatehouse_domain::id::{SessionId, TicketId};
use gatehouse_domain::scan::{Direction, Verdict};

use super::work::Occasion;
use super::{Gate, Presentation, Shown, Shows};
use crate::problem::Problem;

/// A supervisor's word.
#[derive(Debug, Clone, Copy)]
pub struct Forcing<'a> {
    /// Their PIN.
    pub pin: &'a str,
    /// Why, for those who look back at it.
    pub reason: &'a str,
}

/// The longest reason, in characters.
pub(crate) const LONGEST_REASON: usize = 300;

impl Gate {
    /// Takes a passage back: by the gate that saw it, for a few minutes, or by a supervisor.
    ///
    /// The ticket can be used again from then on. The same nonce again says the same again.
    pub fn undo(
        &self,
        scan: [u8; 16],
        pin: Option<&str>,
        nonce: [u8; 16],
    ) -> Result<Shown, Problem> {
        let roster = self.renew_roster()?;
        let (undone, is_undone) = self
            .file
            .read(|view| Ok::<_, Problem>((view.scan_by_nonce(scan)?, view.is_undone(scan)?)))?;
        let undone = undone.ok_or_else(scan_unknown)?;
        let record = &undone.record;
        if !matches!(record.verdict, Verdict::Admitted | Verdict::Exited) {
            return Err(Problem::new(
                "nothing_to_undo",
                "this scan let nobody in or out; there is nothing to take back",
            ));
        }
        let repeated = self
            .file
            .read(|view| view.scan_by_nonce(nonce))?
            .is_some_and(|kept| kept.record.undoes == Some(scan));
        if is_undone && !repeated {
            return Err(Problem::new(
                "already_undone",
                "this scan was taken back before; nothing was changed",
            ));
        }
        let now = self.surroundings.now();
        let door = &roster.event.settings.door;
        let own = record.device == self.device && door.may_undo(record.clock.wall_ms, now);
        if let Some(pin) = pin {
            self.pins
                .check(Some(self.device), pin, roster.pin.as_deref(), now)?;
        } else if !roster.device_allowed && !repeated {
            return Err(not_allowed());
        } else if !own && !repeated {
            return Err(Problem::new(
                "undo_too_late",
                "this gate takes its own scans back for a few minutes only; a supervisor's PIN \
                 takes back any",
            ));
        }
        let (zone, direction) = (record.zone, record.direction);
        let presented = record
            .ticket
            .map_or(Presented::NotOurs(record.code), Presented::ByHand);
        let work = super::ScanWork {
            zone,
            direction,
            session: record.session,
            ..self.work(&roster, presented, nonce)
        };
        let decided = self.take_back(work, undone.clone())?;
        self.show(&roster, zone, nonce, decided)
    }

    /// Lets a ticket in that was refused, on a supervisor's word; the scan says `forced`.
    pub fn force(
        &self,
        scan: [u8; 16],
        forcing: &Forcing<'_>,
        nonce: [u8; 16],
    ) -> Result<Shown, Problem> {
        let reason = forcing.reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
            return Err(Problem::new(
                "reason_missing",
                format!("give a reason of 1 to {LONGEST_REASON} characters"),
            ));
        }
        let roster = self.renew_roster()?;
        let (pin, now) = (roster.pin.as_deref(), self.surroundings.now());
        self.pins.check(Some(self.device), forcing.pin, pin, now)?;
        let refused = self
            .file
            .read(|view| view.scan_by_nonce(scan))?
            .ok_or_else(scan_unknown)?;
        let record = refused.record;
        let (Some(ticket), Verdict::Refused) = (record.ticket, record.verdict) else {
            return Err(Problem::new(
                "nothing_to_force",
                "only a ticket of this event that was refused can be let in by a supervisor",
            ));
        };
        let presentation = Presentation {
            nonce,
            zone: record.zone,
            direction: record.direction,
            session: record.session.or(self.stand().session),
            ..self.presentation(Shows::Ticket(ticket))
        };
        self.present_on(&presentation, &Occasion::Forced(reason.to_owned()))
    }

    /// Lets several tickets in by hand, one after the other; each has a verdict of its own. The
    /// nonces follow from the first, so that the same request again is the same scans. `answered`
    /// says whether staff asked what the event wants to know.
    pub fn admit_by_hand(
        &self,
        tickets: &[TicketId],
        direction: Direction,
        answered: bool,
        nonce: [u8; 16],
    ) -> Result<Vec<Shown>, Problem> {
        tickets
            .iter()
            .map(|ticket| {
                self.present(&Presentation {
                    nonce: nonce_for(nonce, *ticket),
                    direction,
                    answered,
                    ..self.presentation(Shows::Ticket(*ticket))
                })
            })
            .collect()
    }

    /// Writes down afterwards that these tickets came in, as a paper list tells: each is decided as
    /// of the start of `session`, or of the one that ended last, and its passage stands at that time
    /// and says that it was entered afterwards. Nobody can be asked or kept waiting any more, so
    /// neither questions nor room are looked at.
    pub fn admit_afterwards(
        &self,
        tickets: &[TicketId],
        session: Option<SessionId>,
        nonce: [u8; 16],
    ) -> Result<Vec<Shown>, Problem> {
        let roster = self.renew_roster()?;
        let now = self.surroundings.now();
        let of = roster.begun(session, now)?;
        let occasion = Occasion::Afterwards(of.starts_at);
        tickets
            .iter()
            .map(|ticket| {
                let presentation = Presentation {
                    nonce: nonce_for(nonce, *ticket),
                    direction: Direction::Entry,
                    session: Some(of.id),
                    answered: true,
                    ..self.presentation(Shows::Ticket(*ticket))
                };
                self.present_on(&presentation, &occasion)
            })
            .collect()
    }
}

/// The nonce of one ticket in a request for several.
fn nonce_for(nonce: [u8; 16], ticket: TicketId) -> [u8; 16] {
    let mut own = nonce;
    for (byte, other) in own.iter_mut().zip(ticket.as_bytes()) {
        *byte ^= other;
    }
    own
}

/// The refusal of a gate whose right to admit was taken back.
pub(super) fn not_allowed() -> Problem {
    Problem::new(
        "device_not_allowed",
        "this gate may not admit, nor take back; nothing was changed. Ask the office to allow it, or \
         take this back with a supervisor's PIN at another gate",
    )
}

fn scan_unknown() -> Problem {
    Problem::new("scan_unknown", "this event knows no such scan")
}
