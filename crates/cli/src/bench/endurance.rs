//! A gate as a program of its own: under load for minutes, and killed again and again.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use gatehouse_api::{EventHome, Issuing, Problem, Quiet};
use gatehouse_credential::key::KeyProfile;
use gatehouse_credential::token::Token;
use gatehouse_domain::admission::Code;
use gatehouse_domain::id::TicketId;
use gatehouse_machine as machine;
use serde::Deserialize;
use serde_json::json;

use super::{Ground, PASSPHRASE};
use crate::output::{self, say};

#[derive(Debug, Args)]
pub(crate) struct EnduranceArgs {
    /// How many tickets the event has.
    #[arg(long, default_value_t = 500_000)]
    guests: usize,
    /// Scans a second.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    rate: u32,
    /// How many minutes.
    #[arg(long, default_value_t = 10)]
    minutes: usize,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KillsArgs {
    /// How often the gate is killed.
    #[arg(long, default_value_t = 200)]
    times: usize,
    /// How many tickets the event has; each is presented once at most.
    #[arg(long, default_value_t = 100_000)]
    guests: usize,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// A line that the gate writes of a verdict.
#[derive(Deserialize)]
struct Line {
    code: Code,
    ticket: Option<TicketId>,
}

/// What one minute was like.
#[derive(Debug, Clone, Copy)]
struct Minute {
    p50_ms: f64,
    p99_ms: f64,
    resident_mb: f64,
}

/// An event with so many tickets, and the codes of the first of them.
pub(super) fn event(
    ground: &Ground,
    guests: usize,
    codes: usize,
) -> anyhow::Result<(EventHome, Vec<String>)> {
    let home = ground.event(KeyProfile::Ed25519)?;
    ground.import(&home, guests)?;
    home.form_invitations("Bench")?;
    home.issue_tickets(Issuing::default(), &Quiet)?;
    let rows = home
        .file()
        .read(|view| view.tickets_to_print(0, u32::try_from(codes).unwrap_or(u32::MAX)))
        .map_err(Problem::from)?;
    ensure!(rows.len() == codes, "there are {} tickets only", rows.len());
    let codes = rows
        .iter()
        .map(|row| Ok(Token::from_bytes(&row.packed)?.compact()))
        .collect::<anyhow::Result<_>>()?;
    Ok((home, codes))
}

/// The event's gate, as a person starts it with a scanner that types.
fn start(ground: &Ground, home: &EventHome) -> anyhow::Result<Child> {
    Command::new(std::env::current_exe().context("this program is not where it was")?)
        .arg("gate")
        .arg("--data")
        .arg(ground.dir.join("workspace"))
        .args(["--event", &home.id().to_string()])
        .args(["--scanner", "typed", "--json"])
        .env("GATEHOUSE_PASSPHRASE", PASSPHRASE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the gate did not start")
}

/// Presents codes at a steady rate for minutes; tells each minute's times and memory.
pub(super) fn endure(args: &EnduranceArgs) -> anyhow::Result<()> {
    ensure!(
        args.minutes >= 2,
        "two minutes at least tell whether it stays the same"
    );
    let ground = Ground::new(&std::env::temp_dir())?;
    let each = args.rate as usize * 60;
    let (home, codes) = event(&ground, args.guests, each * args.minutes)?;
    let mut gate = start(&ground, &home)?;
    let process = gate.id();
    let mut typing = gate.stdin.take().context("the gate hears nothing")?;
    let said = BufReader::new(gate.stdout.take().context("the gate says nothing")?);
    let sent: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let times = Arc::clone(&sent);
    let gap = Duration::from_secs(1) / args.rate;
    let typist = std::thread::spawn(move || {
        let begun = Instant::now();
        for (place, code) in (0_u32..).zip(codes) {
            std::thread::sleep((begun + gap * place).saturating_duration_since(Instant::now()));
            times
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Instant::now());
            writeln!(typing, "{code}")?;
        }
        Ok::<_, std::io::Error>(())
    });
    let mut minutes = Vec::with_capacity(args.minutes);
    let mut took = Vec::with_capacity(each);
    for (place, line) in said.lines().enumerate() {
        let heard = Instant::now();
        let Line { code, .. } = serde_json::from_str(&line?)?;
        ensure!(code == Code::Admitted, "scan {place} was told {code}");
        took.push(heard - sent.lock().unwrap_or_else(PoisonError::into_inner)[place]);
        if took.len() == each {
            minutes.push(minute(&mut took, process));
            if let (false, Some(last)) = (args.json, minutes.last()) {
                tell(minutes.len(), last);
            }
        }
    }
    ensure!(gate.wait()?.success(), "the gate failed");
    typist
        .join()
        .map_err(|_| anyhow::anyhow!("the typist broke off"))??;
    let done = minutes.len() * each + took.len();
    ensure!(
        done == args.minutes * each,
        "the gate decided about {done} scans of {} and ended",
        args.minutes * each
    );
    let [first, .., last] = minutes.as_slice() else {
        anyhow::bail!("no minute was measured");
    };
    let growth = last.resident_mb - first.resident_mb;
    let ratio = last.p99_ms / first.p99_ms;
    if args.json {
        let all: Vec<_> = minutes
            .iter()
            .map(|m| json!({"p50_ms": m.p50_ms, "p99_ms": m.p99_ms, "resident_mb": m.resident_mb}))
            .collect();
        return output::print_json(&json!({
            "tickets": args.guests,
            "rate": args.rate,
            "minutes": all,
            "growth_mb": round(growth),
            "p99_ratio": round(ratio),
        }));
    }
    say!("  memory grew by {growth:.1} MB; p99 of the last minute is {ratio:.2} of the first's");
    Ok(())
}

fn minute(took: &mut Vec<Duration>, process: u32) -> Minute {
    took.sort_unstable();
    let at = |share: f64| {
        let index = ((took.len() as f64 * share) as usize).min(took.len() - 1);
        round(took[index].as_secs_f64() * 1_000.0)
    };
    let measured = Minute {
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        resident_mb: round(resident_mb(process).unwrap_or_default()),
    };
    took.clear();
    measured
}

fn tell(number: usize, minute: &Minute) {
    say!(
        "  minute {number:>2}: p50 {:>6.2} ms   p99 {:>6.2} ms   {:>7.1} MB",
        minute.p50_ms,
        minute.p99_ms,
        minute.resident_mb
    );
    output::flush();
}

/// Memory of a process that is in RAM; none where the system does not say.
pub(super) fn resident_mb(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1_024.0)
}

/// Kills the gate in the middle of its work again and again; tells whether an admission that it
/// had told was lost.
pub(super) fn kill(args: &KillsArgs) -> anyhow::Result<()> {
    let ground = Ground::new(&std::env::temp_dir())?;
    let (home, codes) = event(&ground, args.guests, args.guests)?;
    let mut left = codes.into_iter();
    let mut told: HashSet<TicketId> = HashSet::new();
    let mut lost = 0;
    let mut killed = 0;
    let mut noise = [0; 1];
    for _ in 0..args.times {
        let mut gate = start(&ground, &home)?;
        let mut typing = gate.stdin.take().context("the gate hears nothing")?;
        // As many as it could admit before it is killed, at its own pace.
        let batch: Vec<String> = left.by_ref().take(400).collect();
        ensure!(
            !batch.is_empty(),
            "all tickets were presented; give more --guests"
        );
        let typist = std::thread::spawn(move || {
            // It ends with the gate.
            batch
                .iter()
                .try_for_each(|code| writeln!(typing, "{code}"))
                .ok();
        });
        let said = BufReader::new(gate.stdout.take().context("the gate says nothing")?);
        machine::fill_random(&mut noise);
        let until = 1 + usize::from(noise[0]);
        for (place, line) in said.lines().enumerate() {
            // What was cut off in the middle was not told.
            let Ok(Line { code, ticket }) = serde_json::from_str(&line?) else {
                break;
            };
            ensure!(code == Code::Admitted, "a new ticket was told {code}");
            told.extend(ticket);
            if place == until {
                gate.kill()?;
                killed += 1;
            }
        }
        gate.wait()?;
        typist.join().ok();
        let there = home.checked_in()?;
        lost = told.difference(&there).count();
        if lost > 0 {
            break;
        }
    }
    let kept = home.checked_in()?.len();
    if args.json {
        output::print_json(&json!({
            "kills": killed,
            "told": told.len(),
            "kept": kept,
            "lost": lost,
        }))?;
    } else {
        say!(
            "killed {killed} times; told {} admissions, kept {kept}, lost {lost}",
            told.len()
        );
    }
    ensure!(lost == 0, "{lost} admissions were told and are gone");
    ensure!(
        killed == args.times,
        "the gate was killed {killed} times, not {}: give more --guests",
        args.times
    );
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
