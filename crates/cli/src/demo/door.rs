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

use super::camera::FILMED_AT_MOST;
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
        let forged = forge(sample)?;
        let voided = self.state.voided.as_deref().unwrap_or_default();
        let replaced = self.state.replaced.as_deref().unwrap_or_default();
        let bad = self.film_codes(&[&forged, voided, replaced, &self.other_code(home)?])?;
        let wanted = [
            Code::InvalidSignature,
            Code::Voided,
            Code::Replaced,
            Code::WrongEvent,
        ];
        let told = self.play(home, &bad)?.into_iter().map(|(code, _)| code);
        gate.expect_all(told, wanted)?;

        let already = home.checked_in()?;
        let expected = Expected::read(home)?;
        let today = home.sessions().first().context("no session")?.id;
        let (filmed, others) = printed.split_at(printed.len().min(FILMED_AT_MOST));
        self.bar.begin("admit", printed.len() as u64);
        let reel = self.film_pages(pdf)?;
        let mut told = self.play_tickets(home, &reel)?;
        let mut inside = Vec::new();
        for code in filmed {
            let ticket = ticket_of(code)?;
            let said = told.remove(&ticket).context("a page was not read")?;
            let wanted = expected.at(ticket, today)?;
            if wanted == Code::Admitted {
                inside.push(ticket);
            }
            match said {
                // Admitted by the run that was cut off.
                Code::Used if already.contains(&ticket) => gate.count(Code::Admitted),
                said => gate.expect_all([said], [wanted])?,
            }
        }
        ensure!(told.is_empty(), "codes were read that are on no page");
        let mut twice = Vec::new();
        for (index, code) in others.iter().enumerate() {
            let ticket = ticket_of(code)?;
            match expected.at(ticket, today)? {
                Code::Admitted if already.contains(&ticket) => {
                    gate.count(Code::Admitted);
                    twice.push(code);
                }
                Code::Admitted => {
                    gate.expect(&door, code, Code::Admitted)?;
                    twice.push(code);
                }
                refused => gate.expect(&door, code, refused)?,
            }
            self.bar.reach((filmed.len() + index) as u64 + 1);
            if self.bar.stopped() {
                bail!(Problem::new(
                    "stopped",
                    "stopped at the gate; the same command goes on"
                ));
            }
        }
        let told = self.play_tickets(home, &reel)?;
        let said = inside.iter().filter_map(|ticket| told.get(ticket).copied());
        gate.expect_all(said, vec![Code::Used; inside.len()])?;
        for code in twice
            .iter()
            .take(TWICE_AT_MOST.saturating_sub(inside.len()))
        {
            gate.expect(&door, code, Code::Used)?;
        }
        self.bar.end();
        self.say(&format!(
            "Held {} pages before a camera: gatehouse gate --source video:…",
            output::count(filmed.len())
        ));
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

    /// Counts what a gate said; anything else than what was expected fails the run.
    fn expect_all(
        &mut self,
        said: impl IntoIterator<Item = Code>,
        expected: impl IntoIterator<Item = Code>,
    ) -> anyhow::Result<()> {
        let mut said = said.into_iter();
        for expected in expected {
            let code = said.next().context("the gate said too little")?;
            ensure!(
                code == expected,
                "the gate said {code} where {expected} was expected"
            );
            self.count(code);
        }
        ensure!(said.next().is_none(), "the gate said too much");
        Ok(())
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
