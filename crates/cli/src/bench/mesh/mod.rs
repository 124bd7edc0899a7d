//! The mesh, measured: an office and gates as programs of their own, on this machine or each in a
//! network namespace of its own.

mod gates;
mod lan;
mod ready;

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use gatehouse_api::{EventHome, Registration, TokenDraft};
use gatehouse_domain::admission::Code;
use gatehouse_domain::device::DeviceKind;
use gatehouse_domain::id::TicketId;
use gatehouse_domain::scan::Mode;
use gatehouse_gate::outpost::EnrolTicket;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Ground, endurance};
use crate::output::{self, say};
use gates::{Ear, Gate, News, Office, What};
use lan::Lan;

/// How long gates are left alone until nobody of the other half is waited for, on a machine that is
/// busy too.
const APART_AFTER: Duration = Duration::from_secs(6);

#[derive(Debug, Args)]
pub(crate) struct MeshArgs {
    /// How many gates.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(2..=64))]
    gates: u16,
    /// Scans whose way to every other gate is measured.
    #[arg(long, default_value_t = 2_000)]
    scans: usize,
    /// Scans a second over all gates.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=2_000))]
    rate: u32,
    /// Tickets that are presented at two gates at once.
    #[arg(long, default_value_t = 2_000)]
    doubles: usize,
    /// Scans of each half while the gates are apart; a tenth of them on the same tickets.
    #[arg(long, default_value_t = 500)]
    half: usize,
    /// Each program in a network namespace of its own, found by multicast; needs root.
    #[arg(long)]
    namespaces: bool,
    /// Also measures how soon a new gate is ready where much has happened.
    #[arg(long)]
    ready: bool,
    /// How many tickets there are for --ready.
    #[arg(long, default_value_t = 100_000)]
    ready_tickets: usize,
    /// How many scans there were for --ready.
    #[arg(long, default_value_t = 50_000)]
    ready_scans: usize,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Times in milliseconds, by share.
#[derive(Debug, Clone, Copy, serde::Serialize)]
struct Shares {
    p50: f64,
    p99: f64,
}

fn shares(mut times: Vec<f64>) -> Shares {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        let time = times.get(place.min(times.len().saturating_sub(1)));
        time.map_or(f64::NAN, |ms| (ms * 100.0).round() / 100.0)
    };
    Shares {
        p50: at(0.5),
        p99: at(0.99),
    }
}

/// What came of tickets that were presented at two gates at once.
struct Doubled {
    /// How many were let in at both.
    twice: usize,
    /// Of those, at two gates that asked each other.
    admissions: usize,
    /// Verdicts of gates that could not ask everybody.
    alone: usize,
    /// Tickets that were let in at neither, and then at once.
    shown_again: usize,
}

/// Everything that a bench of the mesh runs.
///
/// What stands first ends first: programs before their network and their folders.
struct Mesh {
    gates: Vec<Gate>,
    office: Office,
    lan: Option<Lan>,
    home: EventHome,
    ground: Ground,
    ear: Ear,
    codes: std::vec::IntoIter<String>,
}

impl Mesh {
    fn codes(&mut self, count: usize) -> anyhow::Result<Vec<String>> {
        let codes: Vec<String> = self.codes.by_ref().take(count).collect();
        ensure!(codes.len() == count, "there are not enough tickets");
        Ok(codes)
    }

    fn enrolment(&self) -> anyhow::Result<String> {
        let draft = TokenDraft {
            kind: DeviceKind::Gate,
            stand: gatehouse_api::GateStand::default(),
            notes: String::new(),
        };
        let made = self.home.make_token(&draft, 5)?;
        let authority = Sha256::digest(self.ground.workspace.authority_der()?);
        let ticket = EnrolTicket {
            token: made.token,
            authority: authority.into(),
            addresses: vec![self.office.address.clone()],
            reached_at: Vec::new(),
        };
        Ok(ticket.to_string())
    }

    fn add_gate(&mut self) -> anyhow::Result<()> {
        let place = self.gates.len() + 1;
        let code = self.enrolment()?;
        let folder = self.ground.dir.join(format!("gate-{place}"));
        let how = (self.lan.as_ref(), &[][..]);
        let gate = Gate::start(&folder, place, Some(&code), how, &self.ear.told)?;
        self.gates.push(gate);
        Ok(())
    }

    /// Starts the gates anew, where they live; tells how long each took to be connected to all.
    fn discover(&mut self) -> anyhow::Result<Shares> {
        let folders: Vec<_> = self
            .gates
            .drain(..)
            .map(|gate| gate.folder.clone())
            .collect();
        for (at, folder) in folders.iter().enumerate() {
            let how = (self.lan.as_ref(), &[][..]);
            let gate = Gate::start(folder, at + 1, None, how, &self.ear.told)?;
            self.gates.push(gate);
        }
        let everybody: Vec<usize> = (1..=self.gates.len()).collect();
        let agreed = self.ear.agree(&everybody, self.gates.len(), 0)?;
        let took = agreed.iter().map(|(gate, at)| {
            let begun = self.gates[gate - 1].begun;
            at.duration_since(begun).as_secs_f64() * 1_000.0
        });
        Ok(shares(took.collect()))
    }

    /// Presents each code at one gate, at a steady rate; tells how long it took until every other
    /// gate knew, and how long verdicts took.
    fn spread(&mut self, codes: &[String], rate: u32) -> anyhow::Result<(Shares, Shares, usize)> {
        let gap = Duration::from_secs(1) / rate;
        let begun = Instant::now();
        let others = self.gates.len() - 1;
        let mut admitted: HashMap<TicketId, Instant> = HashMap::new();
        let mut early: HashMap<TicketId, Vec<Instant>> = HashMap::new();
        let (mut spread, mut verdicts) = (Vec::new(), Vec::new());
        let (mut heard, mut alone) = (0, 0);
        let mut typed = 0;
        while heard < codes.len() * others || admitted.len() < codes.len() {
            let due = begun + gap * u32::try_from(typed).unwrap_or(u32::MAX);
            if typed < codes.len() && Instant::now() >= due {
                let gate = typed % self.gates.len();
                self.gates[gate].type_in(&codes[typed])?;
                typed += 1;
                continue;
            }
            let said = match typed < codes.len() {
                true => match self.ear.until(due) {
                    Some(said) => said,
                    None => continue,
                },
                false => self.ear.next()?,
            };
            match said.what {
                What::Verdict {
                    code,
                    ticket: Some(ticket),
                    ms,
                    mode,
                    ..
                } => {
                    ensure!(code == Code::Admitted, "a scan was told {code}");
                    if mode != Mode::Mesh {
                        alone += 1;
                        let after_ms = begun.elapsed().as_millis();
                        tracing::warn!(gate = said.gate, after_ms, "a gate let in alone");
                    }
                    verdicts.push(ms);
                    admitted.insert(ticket, said.at);
                    for at in early.remove(&ticket).into_iter().flatten() {
                        spread.push(at.saturating_duration_since(said.at).as_secs_f64() * 1e3);
                    }
                }
                What::News(News::Heard {
                    ticket: Some(ticket),
                }) => {
                    heard += 1;
                    match admitted.get(&ticket) {
                        Some(at) => {
                            let ms = said.at.saturating_duration_since(*at).as_secs_f64() * 1e3;
                            spread.push(ms);
                        }
                        // Its own gate is heard of a moment later.
                        None => early.entry(ticket).or_default().push(said.at),
                    }
                }
                _ => {}
            }
        }
        Ok((shares(spread), shares(verdicts), alone))
    }

    /// Presents each code at two gates at once. Where neither lets it in, as it may be when both
    /// had to wait too long for the processor, it is shown once more, as a person would.
    fn doubles(&mut self, codes: &[String]) -> anyhow::Result<Doubled> {
        let mut waiting = 0;
        // A gate reads one line after the other, so its verdicts come in the order of its lines.
        let mut lines: Vec<VecDeque<usize>> = vec![VecDeque::new(); self.gates.len()];
        let mut modes: Vec<Vec<Mode>> = vec![Vec::new(); codes.len()];
        let mut alone = 0;
        let gates = self.gates.len();
        let mut typed = 0;
        while typed < codes.len() || waiting > 0 {
            // Few at a time: each gate reads one line after the other.
            while waiting < gates && typed < codes.len() {
                let first = typed % gates;
                let second = (first + 1 + typed / gates % (gates - 1)) % gates;
                for gate in [first, second] {
                    self.gates[gate].type_in(&codes[typed])?;
                    lines[gate].push_back(typed);
                }
                typed += 1;
                waiting += 2;
            }
            let said = self.ear.next()?;
            if let What::Verdict { code, mode, .. } = said.what {
                waiting -= 1;
                let of = lines[said.gate - 1].pop_front();
                let of = of.context("a gate said more than it was asked")?;
                if code == Code::Admitted {
                    alone += usize::from(mode == Mode::Alone);
                    modes[of].push(mode);
                }
            }
        }
        let nowhere: Vec<&String> = codes
            .iter()
            .zip(&modes)
            .filter_map(|(code, modes)| modes.is_empty().then_some(code))
            .collect();
        let shown_again = nowhere.len();
        let places: Vec<usize> = (1..=gates).collect();
        self.scan_at(&places, nowhere.into_iter())?;
        let twice = modes.iter().filter(|modes| modes.len() > 1);
        let meshed = |modes: &&Vec<Mode>| modes.iter().all(|mode| *mode == Mode::Mesh);
        Ok(Doubled {
            twice: twice.clone().count(),
            admissions: twice.filter(meshed).count(),
            alone,
            shown_again,
        })
    }

    /// Parts the gates into two halves, lets each scan alone, brings them together again; tells how
    /// long it took until all knew the same, and how many doubles the office then shows.
    fn part(&mut self, each: usize) -> anyhow::Result<(f64, usize, usize)> {
        let doubled = each / 10;
        let shared = self.codes(doubled)?;
        let halves = [self.codes(each - doubled)?, self.codes(each - doubled)?];
        let middle = self.gates.len() / 2;
        let places: Vec<usize> = (1..=self.gates.len()).collect();
        let (left, right) = places.split_at(middle);
        let before = self.scans()?;
        // The office is of the first half.
        let sides = [left, right];
        if self.lan.is_some() {
            for place in right {
                self.pull(*place, false)?;
            }
        }
        for ((side, own), office) in sides.iter().zip(&halves).zip([true, false]) {
            if self.lan.is_none() {
                self.hold(side, office)?;
            }
            // What was heard last is over once nobody of the other half is waited for.
            std::thread::sleep(APART_AFTER);
            self.scan_at(side, shared.iter().chain(own))?;
        }
        let healing = Instant::now();
        if self.lan.is_some() {
            for place in right {
                self.pull(*place, true)?;
            }
        } else {
            self.hold(&places, true)?;
        }
        let scans = before + 2 * each as u64;
        let agreed = self.ear.agree(&places, self.gates.len(), scans)?;
        let last = agreed.iter().map(|(_, at)| *at).max().context("no gates")?;
        let heal_ms = last.duration_since(healing).as_secs_f64() * 1e3;
        let view = self.home.mesh_view()?;
        Ok((heal_ms, doubled, view.doubles.len()))
    }

    fn pull(&self, place: usize, up: bool) -> anyhow::Result<()> {
        self.lan.as_ref().map_or(Ok(()), |lan| lan.link(place, up))
    }

    /// Lets these gates go on, and the office, and holds all others still. Those first: whoever goes
    /// on would hear from them what they knew.
    fn hold(&self, on: &[usize], office: bool) -> anyhow::Result<()> {
        for (word, goes_on) in [("STOP", false), ("CONT", true)] {
            for gate in &self.gates {
                if on.contains(&gate.place) == goes_on {
                    gate.signal(word)?;
                }
            }
            if office == goes_on {
                self.office.signal(word)?;
            }
        }
        Ok(())
    }

    fn scans(&self) -> anyhow::Result<u64> {
        let view = self.home.mesh_view()?;
        Ok(view.gates.iter().map(|gate| gate.scans).sum())
    }

    /// Presents codes one after the other at these gates, in turn; all are let in.
    fn scan_at<'a>(
        &mut self,
        side: &[usize],
        codes: impl Iterator<Item = &'a String>,
    ) -> anyhow::Result<()> {
        let mut waiting: HashSet<usize> = HashSet::new();
        let mut turn = side.iter().cycle();
        let mut codes = codes.peekable();
        while codes.peek().is_some() || !waiting.is_empty() {
            while waiting.len() < side.len() {
                let (Some(place), true) = (turn.next(), codes.peek().is_some()) else {
                    break;
                };
                if !waiting.insert(*place) {
                    continue;
                }
                if let Some(code) = codes.next() {
                    self.gates[place - 1].type_in(code)?;
                }
            }
            let said = self.ear.next()?;
            if let What::Verdict { code, .. } = said.what {
                ensure!(code == Code::Admitted, "apart, a scan was told {code}");
                waiting.remove(&said.gate);
            }
        }
        Ok(())
    }
}

/// An office that is served without gates, with so many tickets, after `before` was done at it.
fn office_with(
    tickets: usize,
    before: impl FnOnce(&EventHome) -> anyhow::Result<()>,
) -> anyhow::Result<Mesh> {
    let ground = Ground::new(&std::env::temp_dir())?;
    let (home, codes) = endurance::event(&ground, tickets, tickets)?;
    before(&home)?;
    Ok(Mesh {
        gates: Vec::new(),
        office: Office::start(&ground.dir.join("workspace"), None)?,
        lan: None,
        home,
        ground,
        ear: Ear::new(),
        codes: codes.into_iter(),
    })
}

/// An office and gates that have found each other, with so many tickets that nobody has used.
fn start(gates: usize, tickets: usize, namespaces: bool) -> anyhow::Result<Mesh> {
    let lan = match namespaces {
        true => {
            Lan::possible().map_err(|why| {
                anyhow::anyhow!("this machine lets nobody make networks here ({why})")
            })?;
            Some(Lan::new(gates + 1)?)
        }
        false => None,
    };
    let ground = Ground::new(&std::env::temp_dir())?;
    let (home, codes) = endurance::event(&ground, tickets, tickets)?;
    if lan.is_some() {
        // Nobody is let in from a network while nobody has an account.
        ground.workspace.register(&Registration {
            name: "Bench".into(),
            email: "bench@example.org".into(),
            password: "a bench in the park".into(),
        })?;
    }
    let office = Office::start(&ground.dir.join("workspace"), lan.as_ref())?;
    let mut mesh = Mesh {
        gates: Vec::new(),
        office,
        lan,
        home,
        ground,
        ear: Ear::new(),
        codes: codes.into_iter(),
    };
    for _ in 0..gates {
        mesh.add_gate()?;
    }
    let everybody: Vec<usize> = (1..=gates).collect();
    mesh.ear.agree(&everybody, gates, 0)?;
    Ok(mesh)
}

/// Shows gates and their office at work, in words.
pub(super) fn show(gates: usize) -> anyhow::Result<()> {
    const APART: usize = 20;
    say!("An office and {gates} gates, each a program of its own, are started and enrolled.");
    let mut mesh = start(gates, 2 * APART + 1, false)?;
    let found = mesh.discover()?;
    say!(
        "Started anew, every gate has found all others and the office after {:.1} s.",
        found.p99 / 1e3
    );
    let code = mesh.codes(1)?.remove(0);
    for gate in 0..2 {
        mesh.gates[gate].type_in(&code)?;
        loop {
            if let What::Verdict {
                code,
                holder,
                message,
                ms,
                ..
            } = mesh.ear.next()?.what
            {
                let name = holder.unwrap_or_default();
                say!("Gate {}: {code}, {name} ({ms:.0} ms). {message}", gate + 1);
                break;
            }
        }
    }
    say!("Now half of them can't talk to the others, and some tickets are shown on both sides.");
    let (heal_ms, expected, found) = mesh.part(APART)?;
    say!(
        "Together again, all know the same after {:.1} s.",
        heal_ms / 1e3
    );
    say!("{expected} tickets were let in twice meanwhile; the office shows {found}:");
    for double in mesh.home.mesh_view()?.doubles {
        say!(
            "  {}: {}, then {}, {} s later",
            double.name.unwrap_or_default(),
            double.first.gate,
            double.second.gate,
            double.distance_ms / 1_000
        );
    }
    Ok(())
}

pub(super) fn run(args: &MeshArgs) -> anyhow::Result<()> {
    let gates = usize::from(args.gates);
    let lone = 200;
    // On a ground of its own, which is gone before the next is laid.
    let ready_ms = match args.ready {
        true => Some(ready::measure(args.ready_tickets, args.ready_scans)?),
        false => None,
    };
    if let (Some(ms), false) = (ready_ms, args.json) {
        say!(
            "a new gate has {} tickets and {} scans after {ms:.0} ms",
            output::count(args.ready_tickets),
            output::count(args.ready_scans)
        );
    }
    let count = args.scans + args.doubles + 2 * args.half + lone;
    let mut mesh = start(gates, count, args.namespaces)?;
    let discover = mesh.discover()?;
    if !args.json {
        say!(
            "started and connected to all: p50 {} ms, p99 {} ms",
            discover.p50,
            discover.p99
        );
    }
    let codes = mesh.codes(args.scans)?;
    let (spread, verdict, alone_spread) = mesh.spread(&codes, args.rate)?;
    if !args.json {
        say!(
            "known at every other gate: p50 {} ms, p99 {} ms",
            spread.p50,
            spread.p99
        );
        say!(
            "verdict: p50 {} ms, p99 {} ms; {alone_spread} alone",
            verdict.p50,
            verdict.p99
        );
    }
    let codes = mesh.codes(args.doubles)?;
    let Doubled {
        twice,
        admissions,
        alone,
        shown_again,
    } = mesh.doubles(&codes)?;
    if !args.json {
        say!(
            "{} tickets at two gates at once: {twice} let in twice, {admissions} of them by gates \
             that asked each other, {alone} verdicts alone",
            output::count(args.doubles)
        );
    }
    let (heal_ms, expected, found) = mesh.part(args.half)?;
    if !args.json {
        say!(
            "parted and together again: all agree after {heal_ms:.0} ms, {found} of {expected} doubles shown"
        );
    }
    let alone_ms = lone_verdicts(&mut mesh, lone)?;
    if args.json {
        output::print_json(&json!({
            "gates": gates,
            "namespaces": args.namespaces,
            "discover_p50_ms": discover.p50,
            "discover_p99_ms": discover.p99,
            "spread_p50_ms": spread.p50,
            "spread_p99_ms": spread.p99,
            "verdict_p50_ms": verdict.p50,
            "verdict_p99_ms": verdict.p99,
            "alone_verdict_p50_ms": alone_ms.p50,
            "alone_verdict_p99_ms": alone_ms.p99,
            "claim_p50_ms": verdict.p50 - alone_ms.p50,
            "claim_p99_ms": verdict.p99 - alone_ms.p99,
            "double_presentations": args.doubles,
            "admitted_twice": twice,
            "double_admissions": admissions,
            "alone_verdicts": alone + alone_spread,
            "shown_again": shown_again,
            "heal_ms": heal_ms,
            "conflicts_expected": expected,
            "conflicts_found": found,
            "ready_ms": ready_ms,
        }))?;
    } else {
        say!(
            "verdict of a gate without peers: p50 {} ms, p99 {} ms",
            alone_ms.p50,
            alone_ms.p99
        );
    }
    Ok(())
}

/// What verdicts take at a gate that asks nobody, at the same rate.
fn lone_verdicts(mesh: &mut Mesh, count: usize) -> anyhow::Result<Shares> {
    let codes = mesh.codes(count)?;
    let folder = mesh.gates[0].folder.clone();
    mesh.gates.clear();
    let how = (mesh.lan.as_ref(), &["--mesh", "off"][..]);
    let mut gate = Gate::start(&folder, 1, None, how, &mesh.ear.told)?;
    let mut times = Vec::with_capacity(count);
    for code in &codes {
        gate.type_in(code)?;
        loop {
            if let What::Verdict { ms, code, .. } = mesh.ear.next()?.what {
                ensure!(code == Code::Admitted, "alone, a scan was told {code}");
                times.push(ms);
                break;
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(shares(times))
}
