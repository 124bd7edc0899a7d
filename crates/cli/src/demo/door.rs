//! The demonstration's gate: every printed code, and those that must not open.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail, ensure};
use gatehouse_api::{EventHome, Gate, Problem, Progress};
use gatehouse_credential::token::Token;
use gatehouse_domain::admission::Code;
use gatehouse_domain::clock::FixedClock;
use gatehouse_domain::event::EventKind;
use gatehouse_domain::id::{SessionId, TicketId};
use gatehouse_machine as machine;

use super::{DPI, Demo, HOUR, REHEARSAL, printed_code};
use crate::{output, paper};

/// The most tickets that are presented a second time.
const TWICE_AT_MOST: usize = 1_000;

/// What a door is to say of each ticket, told from the plan alone.
struct Expected {
    kind: EventKind,
    opens: HashMap<TicketId, HashSet<SessionId>>,
}

impl Expected {
    fn read(home: &EventHome) -> anyhow::Result<Self> {
        let (types, rows) = home.file().read(|view| {
            Ok::<_, Problem>((view.ticket_types()?, view.tickets_to_print(0, u32::MAX)?))
        })?;
        let opens = rows
            .iter()
            .map(|row| {
                let kind = types.iter().find(|kind| kind.id == row.ticket_type);
                let sessions = home
                    .sessions()
                    .iter()
                    .map(|session| session.id)
                    .filter(|id| kind.is_some_and(|kind| kind.opens(*id)))
                    .collect();
                (row.id, sessions)
            })
            .collect();
        Ok(Self {
            kind: home.event().kind,
            opens,
        })
    }

    /// The verdict on a ticket while that session is on.
    fn at(&self, ticket: TicketId, session: SessionId) -> anyhow::Result<Code> {
        let opens = self
            .opens
            .get(&ticket)
            .context("a code of no good ticket")?;
        Ok(match (opens.contains(&session), self.kind) {
            (true, _) => Code::Admitted,
            (false, EventKind::MultiDay) => Code::WrongDay,
            (false, _) => Code::NotThisSession,
        })
    }
}

fn ticket_of(code: &str) -> anyhow::Result<TicketId> {
    Token::parse(code)?
        .unverified_claims()
        .map(|claims| claims.ticket)
        .context("a code without claims")
}

impl Demo<'_> {
    /// Sees every printed page as a picture, reads its code, and presents it, and those that must
    /// not open.
    pub(super) fn present(
        &self,
        home: &EventHome,
        pdf: &Path,
    ) -> anyhow::Result<BTreeMap<String, usize>> {
        let pages = home.tickets_good()?;
        self.bar.begin("read", pages as u64);
        let codes = paper::read_codes(pdf, DPI, &|done| self.bar.reach(done as u64))?;
        self.bar.end();
        let mut printed = Vec::with_capacity(codes.len());
        for (page, found) in codes.into_iter().enumerate() {
            let [code]: [String; 1] = found.try_into().map_err(|found: Vec<String>| {
                anyhow!(
                    "page {} shows {} codes instead of one",
                    page + 1,
                    found.len()
                )
            })?;
            printed.push(code);
        }
        ensure!(
            printed.len() == pages,
            "{} of {pages} tickets are on paper",
            printed.len()
        );
        self.say(&format!(
            "Read {} codes from the pages",
            output::count(printed.len())
        ));

        let mut gate = Tally::default();
        let door = home.open_gate("Front door")?;
        let sample = printed.last().context("nothing was printed")?;
        gate.expect(&self.late_gate(home)?, sample, Code::Expired)?;
        gate.expect(&door, &forge(sample)?, Code::InvalidSignature)?;
        gate.expect(
            &door,
            self.state.voided.as_deref().unwrap_or_default(),
            Code::Voided,
        )?;
        gate.expect(
            &door,
            self.state.replaced.as_deref().unwrap_or_default(),
            Code::Replaced,
        )?;
        gate.expect(&door, &self.other_code(home)?, Code::WrongEvent)?;
        let already = home.checked_in()?;
        let expected = Expected::read(home)?;
        let today = home.sessions().first().context("no session")?.id;
        let mut inside = Vec::new();
        self.bar.begin("admit", printed.len() as u64);
        for (index, code) in printed.iter().enumerate() {
            let ticket = ticket_of(code)?;
            match expected.at(ticket, today)? {
                Code::Admitted if already.contains(&ticket) => {
                    // Admitted by the run that was cut off.
                    gate.count(Code::Admitted);
                    inside.push(code);
                }
                Code::Admitted => {
                    gate.expect(&door, code, Code::Admitted)?;
                    inside.push(code);
                }
                refused => gate.expect(&door, code, refused)?,
            }
            self.bar.reach(index as u64 + 1);
            if self.bar.stopped() {
                bail!(Problem::new(
                    "stopped",
                    "stopped at the gate; the same command goes on"
                ));
            }
        }
        for code in inside.iter().take(TWICE_AT_MOST) {
            gate.expect(&door, code, Code::Used)?;
        }
        self.bar.end();
        self.present_next_day(home, &printed, &expected, &mut gate)?;
        Ok(gate.0)
    }

    /// Presents every code again when the second session's doors are open, where there is one.
    fn present_next_day(
        &self,
        home: &EventHome,
        printed: &[String],
        expected: &Expected,
        gate: &mut Tally,
    ) -> anyhow::Result<()> {
        let Some(next) = home.sessions().get(1) else {
            return Ok(());
        };
        let door = self.gate_at(home, "Front door, second day", next.starts_at)?;
        for code in printed {
            let wanted = expected.at(ticket_of(code)?, next.id)?;
            if self.state.resumed && wanted == Code::Admitted {
                // The run that was cut off may have admitted it already.
                let shown = door.admit(code)?;
                ensure!(
                    matches!(shown.code, Code::Admitted | Code::Used),
                    "{} said {}",
                    door.name(),
                    shown.code
                );
                gate.count(Code::Admitted);
            } else {
                gate.expect(&door, code, wanted)?;
            }
        }
        Ok(())
    }

    /// A gate whose clock stands an hour after the event.
    fn late_gate(&self, home: &EventHome) -> anyhow::Result<Gate> {
        let ends_at = home
            .sessions()
            .iter()
            .map(|s| s.ends_at)
            .max()
            .unwrap_or_default();
        self.gate_at(home, "Cloakroom, after hours", ends_at + HOUR)
    }

    /// A gate whose clock stands at `at` (UTC ms).
    fn gate_at(&self, home: &EventHome, name: &str, at: i64) -> anyhow::Result<Gate> {
        let surroundings = machine::surroundings_at(Arc::new(FixedClock(at)));
        let workspace = machine::open(&self.dir.join("workspace"), surroundings)?;
        Ok(workspace
            .open_event(&home.id().to_string())?
            .open_gate(name)?)
    }

    /// The code of a rehearsal's ticket; a run that was cut off may have left one without.
    fn other_code(&self, home: &EventHome) -> anyhow::Result<String> {
        for event in self.workspace.events()? {
            if event.id == home.id() || event.title != REHEARSAL {
                continue;
            }
            let other = self.workspace.open_event(&event.id.to_string())?;
            if let Ok(ticket) = other.find_ticket("1") {
                return printed_code(&other, &ticket);
            }
        }
        bail!("the other event is gone")
    }
}

/// A code with a signature that was tampered with.
fn forge(code: &str) -> anyhow::Result<String> {
    let jwt = Token::parse(code)?.jwt().to_owned();
    let (signed, signature) = jwt.rsplit_once('.').context("no signature")?;
    let mut letters: Vec<char> = signature.chars().collect();
    let middle = letters.len() / 2;
    letters[middle] = if letters[middle] == 'A' { 'B' } else { 'A' };
    Ok(format!(
        "{signed}.{}",
        letters.into_iter().collect::<String>()
    ))
}

/// Verdicts counted by their codes; all that a run can tell are there from the start.
struct Tally(BTreeMap<String, usize>);

impl Default for Tally {
    fn default() -> Self {
        let codes = [
            Code::Admitted,
            Code::Used,
            Code::Replaced,
            Code::InvalidSignature,
            Code::Expired,
            Code::Voided,
            Code::WrongEvent,
        ];
        Self(
            codes
                .iter()
                .map(|code| (code.word().to_owned(), 0))
                .collect(),
        )
    }
}

impl Tally {
    fn count(&mut self, code: Code) {
        *self.0.entry(code.word().to_owned()).or_default() += 1;
    }

    /// Presents a code; any other verdict than the one expected fails the run.
    fn expect(&mut self, gate: &Gate, text: &str, expected: Code) -> anyhow::Result<()> {
        let shown = gate.admit(text)?;
        ensure!(
            shown.code == expected,
            "{} said {} where {expected} was expected: {}",
            gate.name(),
            shown.code,
            shown.message
        );
        self.count(shown.code);
        Ok(())
    }
}
