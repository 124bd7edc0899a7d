//! What this gate was given ahead, for when its office is away: places for spare gates, and tickets
//! for people who come without one. All of it is sealed in the gate's file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_api::{Ahead, Gate, Presentation, Problem, Shown, Shows};
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::id::TicketId;
use gatehouse_domain::scan::Verdict;
use gatehouse_store::Lane;
use serde::{Deserialize, Serialize};

use super::given::{Blank, Place};
use super::{Outpost, damaged, hex, unhex};
use crate::lock;

/// Under which name it is kept; what wipes the guest list wipes it too.
const RESERVE: &str = "reserve";
/// What it is sealed for.
const PURPOSE: &str = "gate's reserve";
/// After how long the office is asked anew though nothing changed, in milliseconds.
const ASK_ANEW_MS: i64 = 60_000;
/// Names that are told at a time.
const MOST_TOLD: usize = 500;

/// What is kept of it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// Until when it may be given away, UTC ms.
    until: i64,
    /// How many places and tickets were asked for last, and when.
    asked: (u8, u16, i64),
    spares: Vec<Spare>,
    tickets: Vec<Ticket>,
}

/// A place for a spare gate.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Spare {
    /// Its private key, PKCS #8 DER as hex.
    pub(super) key: String,
    /// Its public key, SubjectPublicKeyInfo DER as base64.
    pub(super) public_key: String,
    /// What the office made for it; none before it did.
    pub(super) place: Option<Place>,
    /// Whether a spare gate has it.
    pub(super) given: bool,
}

impl std::fmt::Debug for Spare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spare")
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

/// A ticket for somebody who comes without one.
#[derive(Clone, Serialize, Deserialize)]
struct Ticket {
    blank: Blank,
    given: Option<Given>,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket")
            .field("given", &self.given.is_some())
            .finish_non_exhaustive()
    }
}

/// To whom a ticket was given.
#[derive(Clone, Serialize, Deserialize)]
struct Given {
    name: String,
    /// Names the presentation with which they came in.
    nonce: [u8; 16],
    /// Whether the office knows.
    told: bool,
}

/// The refusal where nothing is left.
fn empty(detail: &str) -> Problem {
    Problem::new("reserve_empty", detail)
}

impl Outpost {
    fn kept_reserve(&self) -> Result<Kept, Problem> {
        let Some(text) = self.file.read(|view| view.kept(RESERVE))? else {
            return Ok(Kept::default());
        };
        let sealed = unhex(&text).ok_or_else(|| damaged(RESERVE))?;
        let plain = self.vault.open(PURPOSE, &sealed).map_err(damaged)?;
        serde_json::from_slice(&plain).map_err(damaged)
    }

    fn keep_reserve(&self, kept: &Kept) -> Result<(), Problem> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(kept).map_err(damaged)?);
        let sealed = hex(&self.vault.seal(PURPOSE, &plain));
        self.file.append(Lane::Edit, move |change| {
            Ok::<_, Problem>(change.keep(RESERVE, &sealed)?)
        })
    }

    /// Asks the office for what this gate may have ahead, and tells it who was given tickets; where
    /// there is nothing to ask or to tell, it is left alone.
    pub(super) fn renew_reserve(&self) -> Result<(), Problem> {
        let turn = lock(&self.reserve);
        let settings = self.settings();
        let now = self.surroundings.now();
        let mut kept = self.kept_reserve()?;
        let wanted = (settings.spare_gates, settings.walk_ins);
        let untold: Vec<(TicketId, String)> = kept
            .tickets
            .iter()
            .filter_map(|ticket| {
                let given = ticket.given.as_ref().filter(|given| !given.told)?;
                Some((ticket.blank.ticket, given.name.clone()))
            })
            .take(MOST_TOLD)
            .collect();
        let nothing = wanted == (0, 0) && kept.spares.is_empty() && kept.tickets.is_empty();
        let (spares, walk_ins, at) = kept.asked;
        let same = (spares, walk_ins) == wanted && now - at < ASK_ANEW_MS;
        if nothing || (same && untold.is_empty()) {
            return Ok(());
        }
        while kept.spares.len() < usize::from(settings.spare_gates) {
            let key = SigningKey::generate(KeyProfile::Ed25519)
                .map_err(|e| Problem::new("key_failed", e.to_string()))?;
            kept.spares.push(Spare {
                key: hex(&key.to_pkcs8()),
                public_key: STANDARD.encode(key.public().spki_der()),
                place: None,
                given: false,
            });
        }
        // A place that the office makes is for a key that is kept here already.
        self.keep_reserve(&kept)?;
        let keys: Vec<String> = kept
            .spares
            .into_iter()
            .filter(|spare| !spare.given)
            .map(|spare| spare.public_key)
            .collect();
        // People are let in meanwhile.
        drop(turn);
        let answer = self.home.reserve(&keys, &untold)?;
        let _turn = lock(&self.reserve);
        let mut kept = self.kept_reserve()?;
        kept.until = answer.until;
        kept.asked = (wanted.0, wanted.1, now);
        for spare in &mut kept.spares {
            if !spare.given {
                let places = answer.spares.iter();
                spare.place = places
                    .clone()
                    .find(|place| place.public_key == spare.public_key)
                    .cloned();
            }
        }
        kept.spares
            .retain(|spare| spare.given || spare.place.is_some());
        for ticket in &mut kept.tickets {
            if let Some(given) = &mut ticket.given {
                given.told |= untold.iter().any(|(id, _)| *id == ticket.blank.ticket);
            }
        }
        kept.tickets.retain(|ticket| ticket.given.is_some());
        for blank in answer.walk_ins {
            let known = |ticket: &Ticket| ticket.blank.ticket == blank.ticket;
            if !kept.tickets.iter().any(known) {
                kept.tickets.push(Ticket { blank, given: None });
            }
        }
        self.keep_reserve(&kept)
    }

    /// What is left of it.
    pub(super) fn ahead(&self, gate: &Gate) -> Result<Ahead, Problem> {
        let kept = self.kept_reserve()?;
        if self.surroundings.now() >= kept.until {
            return Ok(Ahead::default());
        }
        let free = kept.tickets.iter().filter(|ticket| ticket.given.is_none());
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let ticket_type = match free.clone().next() {
            Some(ticket) => gate.type_of(ticket.blank.ticket)?,
            None => None,
        };
        Ok(Ahead {
            walk_ins: count(free.count()),
            ticket_type,
            spares: count(kept.spares.iter().filter(|s| is_free(s)).count()),
        })
    }

    /// Lets somebody in with one of the tickets. The same nonce again is the same ticket. Where staff
    /// have to ask first, none is given before they did.
    pub(super) fn walk_in(
        &self,
        gate: &Gate,
        name: &str,
        answered: bool,
        nonce: Option<[u8; 16]>,
    ) -> Result<Shown, Problem> {
        let _turn = lock(&self.reserve);
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 {
            return Err(Problem::new(
                "name_missing",
                "give a name of 1 to 200 characters; nobody was let in",
            ));
        }
        let mut kept = self.kept_reserve()?;
        let of_before = |ticket: &Ticket| {
            let given = ticket.given.as_ref();
            given.is_some_and(|given| Some(given.nonce) == nonce)
        };
        let now = self.surroundings.now();
        let before = kept.tickets.iter().position(of_before);
        if before.is_none() {
            gate.check_asked(answered)?;
        }
        let place = match before {
            Some(before) => before,
            None => match self.next_ticket(&kept, gate)?.filter(|_| now < kept.until) {
                Some(place) => place,
                None => {
                    return Err(empty(
                        "this gate has no ticket left for people who come without one; the office \
                         can give it more while it is there. Nobody was let in",
                    ));
                }
            },
        };
        let ticket = kept.tickets[place].blank.ticket;
        let usual = gate.presentation(Shows::Ticket(ticket));
        let nonce = nonce.unwrap_or(usual.nonce);
        kept.tickets[place].given = Some(Given {
            name: name.to_owned(),
            nonce,
            told: false,
        });
        // Written before anybody comes in, so that no crash gives one ticket to two.
        self.keep_reserve(&kept)?;
        let shown = gate.present(&Presentation {
            nonce,
            answered: true,
            ..usual
        })?;
        if shown.verdict == Verdict::Refused {
            kept.tickets[place].given = None;
            self.keep_reserve(&kept)?;
        }
        Ok(Shown {
            name: Some(name.to_owned()),
            ..shown
        })
    }

    /// The place of the next ticket that nobody has and that the guest list here names: the list
    /// may be on its way.
    fn next_ticket(&self, kept: &Kept, gate: &Gate) -> Result<Option<usize>, Problem> {
        for (place, ticket) in kept.tickets.iter().enumerate() {
            if ticket.given.is_none() && gate.type_of(ticket.blank.ticket)?.is_some() {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// A place for a spare gate that nobody has, and until when it is good (UTC ms).
    pub(super) fn free_place(&self) -> Result<(Spare, i64), Problem> {
        let kept = self.kept_reserve()?;
        let now = self.surroundings.now();
        let until = kept.until;
        kept.spares
            .into_iter()
            .find(|spare| is_free(spare) && now < until)
            .map(|spare| (spare, until))
            .ok_or_else(|| {
                empty(
                    "this gate may enrol no spare gate, or none any more; the office can allow it \
                     while it is there. Nothing was changed",
                )
            })
    }

    /// Notes that a spare gate has the place of this key.
    pub(super) fn give_place(&self, public_key: &str) -> Result<(), Problem> {
        let _turn = lock(&self.reserve);
        let mut kept = self.kept_reserve()?;
        for spare in &mut kept.spares {
            if spare.public_key == public_key {
                spare.given = true;
                // From now on it is the spare gate's alone.
                spare.key = String::new();
                spare.place = None;
            }
        }
        self.keep_reserve(&kept)
    }
}

fn is_free(spare: &Spare) -> bool {
    !spare.given && spare.place.is_some()
}
