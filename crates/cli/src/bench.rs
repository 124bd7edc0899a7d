//! `gatehouse bench`: the hot paths against their limits, in one run.

mod camera;
mod endurance;
mod guest_page;
mod mesh;
mod office;
mod outbox;
mod roster;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use clap::{Args, Subcommand};
use gatehouse_api::{EventHome, ImportChoices, Issuing, PrintJob, Quiet, Workspace};
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_credential::qr::QrCode;
use gatehouse_credential::token::Token;
use gatehouse_credential::vault::{PassphraseCost, Protector, Vault};
use gatehouse_domain::admission::Code;
use gatehouse_domain::calendar::local::local_of;
use gatehouse_domain::calendar::recurrence::{Recurrence, horizon};
use gatehouse_domain::event::{EventKind, EventStatus};
use gatehouse_domain::id::{EventId, Route, SessionId};
use gatehouse_domain::session::SessionStatus;
use gatehouse_machine as machine;
use gatehouse_print::Sheet;
use gatehouse_store::workspace::{EventRow, SessionRow, WorkspaceFile};
use rayon::prelude::*;
use serde_json::json;

use crate::invented::invented_list;
use crate::output::say;
use crate::{demo, output};

/// What a workspace of a bench is locked with.
const PASSPHRASE: &str = "bench";
/// Zone of the rule that is expanded.
const ZONE: chrono_tz::Tz = chrono_tz::Europe::Vienna;

/// `gatehouse bench …`.
#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Issue and render, against bare signing on all cores.
    Issue(IssueArgs),
    /// Import, against SQLite's own bulk insert of the same rows.
    Import(ImportArgs),
    /// Admission, against this disk's sync.
    Gate(GateArgs),
    /// From a camera's frame to a verdict on disk.
    Camera(camera::CameraArgs),
    /// A gate under steady load for minutes: does it stay as quick and as small?
    Endurance(endurance::EnduranceArgs),
    /// A gate that is killed again and again: is any admission lost that it had told?
    Kills(endurance::KillsArgs),
    /// A roster taken in and opened at a gate.
    Roster(roster::RosterArgs),
    /// Gates and their office as programs of their own: who hears of a scan, and when; what doubles
    /// come to; what a partition leaves.
    Mesh(mesh::MeshArgs),
    /// Rules expanded, and the next sessions of a large workspace listed.
    Sessions(SessionsArgs),
    /// What the office asks of its door, on a large event.
    Office(office::OfficeArgs),
    /// A mailing of tickets into a mail server without limits, against that server alone.
    Outbox(outbox::OutboxArgs),
    /// How soon guests' pages begin to arrive at a steady rate; prints one JSON line.
    GuestPage(guest_page::GuestPageArgs),
}

#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    /// How many tickets.
    #[arg(long, default_value_t = 10_000)]
    guests: usize,
    /// Size of the RSA key.
    #[arg(long, default_value = "2048", value_parser = ["2048", "3072", "4096"])]
    key_bits: String,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// How many rows.
    #[arg(long, default_value_t = 100_000)]
    rows: usize,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    /// How many admissions.
    #[arg(long, default_value_t = 2_000)]
    scans: usize,
    /// Folder on the disk to measure; the current one when absent.
    #[arg(long)]
    dir: Option<std::path::PathBuf>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SessionsArgs {
    /// How many events, with 50 sessions each.
    #[arg(long, default_value_t = 2_000)]
    events: u32,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Measures, in a folder that is gone afterwards.
pub(crate) fn run(command: &BenchCommand) -> anyhow::Result<ExitCode> {
    match command {
        BenchCommand::Issue(args) => issue(args)?,
        BenchCommand::Import(args) => import(args)?,
        BenchCommand::Gate(args) => gate(args)?,
        BenchCommand::Camera(args) => camera::run(args)?,
        BenchCommand::Endurance(args) => endurance::endure(args)?,
        BenchCommand::Kills(args) => endurance::kill(args)?,
        BenchCommand::Roster(args) => roster::run(args)?,
        BenchCommand::Mesh(args) => mesh::run(args)?,
        BenchCommand::Sessions(args) => sessions(args)?,
        BenchCommand::Office(args) => office::run(args)?,
        BenchCommand::Outbox(args) => outbox::run(args)?,
        BenchCommand::GuestPage(args) => guest_page::run(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows what gates do together; see [`mesh::show`].
pub(crate) fn show_gates(gates: usize) -> anyhow::Result<()> {
    mesh::show(gates)
}

/// A workspace of its own below `parent`, removed when dropped.
struct Ground {
    dir: std::path::PathBuf,
    workspace: Arc<Workspace>,
}

impl Drop for Ground {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.dir).ok();
    }
}

impl Ground {
    fn new(parent: &Path) -> anyhow::Result<Self> {
        let dir = parent.join(format!("gatehouse-bench-{}", std::process::id()));
        let workspace = Workspace::create(
            &dir.join("workspace"),
            "Bench",
            machine::surroundings(),
            |_| {
                Vault::create(Protector::Passphrase {
                    passphrase: PASSPHRASE,
                    cost: PassphraseCost::STANDARD,
                })
                .map_err(|e| gatehouse_api::Problem::new("vault_shut", e.to_string()))
            },
        )?;
        Ok(Self { dir, workspace })
    }

    fn event(&self, profile: KeyProfile) -> anyhow::Result<EventHome> {
        Ok(self
            .workspace
            .create_event(&demo::evening("Bench", machine::now()), profile)?)
    }

    /// Imports invented guests; tells how long the look and the whole took, in milliseconds.
    fn import(&self, home: &EventHome, guests: usize) -> anyhow::Result<(f64, f64)> {
        let list = self.dir.join("list.csv");
        std::fs::write(&list, invented_list(guests))?;
        let begun = Instant::now();
        let preview = home.preview_import(&list, ImportChoices::default())?;
        let preview_ms = output::millis(begun);
        home.accept_import(preview)?;
        Ok((preview_ms, output::millis(begun)))
    }
}

fn issue(args: &IssueArgs) -> anyhow::Result<()> {
    let profile = KeyProfile::from_bits(args.key_bits.parse()?).context("no such key size")?;
    let ground = Ground::new(&std::env::temp_dir())?;
    let home = ground.event(profile)?;
    ground.import(&home, args.guests)?;
    home.form_invitations("Bench")?;

    let key = SigningKey::generate(profile)?;
    let bare = || {
        let begun = Instant::now();
        // As long as the signed part of a slim credential.
        let message = [0x5a; 240];
        (0..args.guests).into_par_iter().for_each(|_| {
            std::hint::black_box(key.sign(std::hint::black_box(&message)));
        });
        output::millis(begun)
    };
    // Before and after, so that a machine that slows down is seen.
    let bare_before = bare();
    let whole = Instant::now();
    let begun = Instant::now();
    home.issue_tickets(Issuing::default(), &Quiet)?;
    let issue_ms = output::millis(begun);
    let begun = Instant::now();
    let pdf = ground.dir.join("tickets.pdf");
    let printed = home.print_tickets(PrintJob::all(Sheet::A6, false), &pdf, &Quiet)?;
    let render_ms = output::millis(begun);
    let wall_ms = output::millis(whole);
    let bare_after = bare();
    let bare_sign_ms = f64::midpoint(bare_before, bare_after);
    let ratio = wall_ms / bare_sign_ms;
    let peak_rss_mb = peak_rss_mb();

    let modules = code_modules(&home)?;
    if args.json {
        return output::print_json(&json!({
            "guests": args.guests,
            "key_bits": profile.bits(),
            "cores": rayon::current_num_threads(),
            "issue_ms": issue_ms,
            "render_ms": render_ms,
            "wall_ms": wall_ms,
            "bare_sign_ms": bare_sign_ms,
            "bare_sign_ms_before": bare_before,
            "bare_sign_ms_after": bare_after,
            "ratio": round(ratio),
            "peak_rss_mb": peak_rss_mb,
            "pdf_bytes": printed.bytes,
            "code_modules": modules,
        }));
    }
    say!(
        "{} tickets, RSA-{}",
        output::count(args.guests),
        profile.bits()
    );
    say!("  issue       {issue_ms:>10.1} ms");
    say!(
        "  render      {render_ms:>10.1} ms  ({} bytes)",
        printed.bytes
    );
    say!("  bare sign   {bare_sign_ms:>10.1} ms  ({bare_before} before, {bare_after} after)");
    say!("  ratio       {ratio:>10.2}");
    if let Some(peak) = peak_rss_mb {
        say!("  peak memory {peak:>10} MB");
    }
    Ok(())
}

fn code_modules(home: &EventHome) -> anyhow::Result<usize> {
    let rows = home
        .file()
        .read(|view| view.tickets_to_print(0, 1))
        .map_err(gatehouse_api::Problem::from)?;
    let row = rows.first().context("no ticket")?;
    Ok(QrCode::encode(&Token::from_bytes(&row.packed)?.compact())?.modules())
}

fn import(args: &ImportArgs) -> anyhow::Result<()> {
    let ground = Ground::new(&std::env::temp_dir())?;
    let home = ground.event(KeyProfile::Ed25519)?;
    let (preview_ms, import_ms) = ground.import(&home, args.rows)?;
    let guests = home
        .file()
        .read(|view| view.guests())
        .map_err(gatehouse_api::Problem::from)?;
    let floor = gatehouse_store::floor::bulk_insert_guests(&ground.dir.join("floor.db"), &guests)
        .map_err(gatehouse_api::Problem::from)?;
    let bulk_insert_ms = (floor.as_secs_f64() * 10_000.0).round() / 10.0;
    let ratio = import_ms / bulk_insert_ms;
    // The same list again: everything is known already.
    let (_, again_ms) = ground.import(&home, args.rows)?;
    if args.json {
        return output::print_json(&json!({
            "rows": args.rows,
            "import_ms": import_ms,
            "preview_ms": preview_ms,
            "bulk_insert_ms": bulk_insert_ms,
            "ratio": round(ratio),
            "reimport_ms": again_ms,
            "peak_rss_mb": peak_rss_mb(),
        }));
    }
    say!("{} rows", output::count(args.rows));
    say!("  import      {import_ms:>10.1} ms  (read, check, plan, write)");
    say!("  bulk insert {bulk_insert_ms:>10.1} ms  (SQLite alone)");
    say!("  ratio       {ratio:>10.2}");
    say!("  again       {again_ms:>10.1} ms  (nothing changed)");
    Ok(())
}

fn gate(args: &GateArgs) -> anyhow::Result<()> {
    let parent = match &args.dir {
        Some(dir) => dir.clone(),
        None => std::env::current_dir()?,
    };
    let ground = Ground::new(&parent)?;
    let home = ground.event(KeyProfile::Rsa2048)?;
    ground.import(&home, args.scans)?;
    home.form_invitations("Bench")?;
    home.issue_tickets(Issuing::default(), &Quiet)?;
    let rows = home
        .file()
        .read(|view| view.tickets_to_print(0, u32::MAX))
        .map_err(gatehouse_api::Problem::from)?;
    let codes = rows
        .iter()
        .map(|row| Ok(Token::from_bytes(&row.packed)?.compact()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let door = home.open_gate("Bench")?;
    let mut log = File::create(ground.dir.join("sync.log"))?;
    let page = [0x5a_u8; 4_096];
    let (mut scans, mut syncs) = (Vec::new(), Vec::new());
    for code in &codes {
        // Alternately, so that both see the same disk.
        let begun = Instant::now();
        log.write_all(&page)?;
        log.sync_data()?;
        syncs.push(begun.elapsed());
        let begun = Instant::now();
        let shown = door.admit(code)?;
        scans.push(begun.elapsed());
        anyhow::ensure!(shown.code == Code::Admitted, "{}", shown.message);
    }
    let at = |times: &mut Vec<std::time::Duration>, share: f64| {
        times.sort_unstable();
        let index = ((times.len() as f64 * share) as usize).min(times.len() - 1);
        (times[index].as_secs_f64() * 100_000.0).round() / 100.0
    };
    let (p50_ms, p99_ms) = (at(&mut scans, 0.5), at(&mut scans, 0.99));
    let (fsync_p50_ms, fsync_p99_ms) = (at(&mut syncs, 0.5), at(&mut syncs, 0.99));
    let ratio = p99_ms / fsync_p99_ms;
    if args.json {
        return output::print_json(&json!({
            "scans": scans.len(),
            "p50_ms": p50_ms,
            "p99_ms": p99_ms,
            "fsync_p50_ms": fsync_p50_ms,
            "fsync_p99_ms": fsync_p99_ms,
            "ratio": round(ratio),
        }));
    }
    say!("{} admissions", output::count(scans.len()));
    say!("  p50 {p50_ms:>8.2} ms   sync p50 {fsync_p50_ms:>8.2} ms");
    say!("  p99 {p99_ms:>8.2} ms   sync p99 {fsync_p99_ms:>8.2} ms");
    say!("  ratio {ratio:.2}");
    Ok(())
}

fn sessions(args: &SessionsArgs) -> anyhow::Result<()> {
    const EACH: i64 = 50;
    const HOUR: i64 = 3_600_000;
    let recurrence = Recurrence {
        rule: "FREQ=WEEKLY;BYDAY=MO,WE,FR".into(),
        starts: local_of(machine::now(), ZONE),
        duration_minutes: 60,
        doors_minutes: 15,
        exdates: vec![],
        rdates: vec![],
    };
    let until = horizon(machine::now(), ZONE);
    let mut expand = Vec::new();
    let mut occurrences = 0;
    for _ in 0..200 {
        let begun = Instant::now();
        occurrences = recurrence.expand(ZONE, None, until)?.len();
        expand.push(begun.elapsed());
    }

    let ground = Ground::new(&std::env::temp_dir())?;
    let file =
        WorkspaceFile::open(&ground.dir.join("workspace")).map_err(gatehouse_api::Problem::from)?;
    let now = machine::now();
    for n in 0..args.events {
        let mut mint = ground.workspace.surroundings().mint(Route(n + 1));
        let id = EventId(mint.mint(now));
        // Half of them past, so that the list has something to pass over.
        let starts = |k: i64| now + (k - EACH / 2) * 24 * HOUR + i64::from(n % 12) * HOUR;
        let rows: Vec<SessionRow> = (0..EACH)
            .map(|k| SessionRow {
                id: SessionId(mint.mint(now)),
                event: id,
                event_title: String::new(),
                title: None,
                doors_at: starts(k),
                starts_at: starts(k),
                ends_at: starts(k) + HOUR,
                place: "Old Customs House, Quay 4, Vienna, Austria".into(),
                status: SessionStatus::Scheduled,
            })
            .collect();
        let event = EventRow {
            id,
            title: format!("Series {n}"),
            kind: EventKind::Recurring,
            status: EventStatus::Published,
            starts_at: starts(0),
            ends_at: starts(EACH),
            time_zone: "Europe/Vienna".to_owned(),
            created_at: now,
            handed_over_at: None,
            as_of: Some(1),
        };
        file.project_event(&event, &rows)
            .map_err(gatehouse_api::Problem::from)?;
    }
    let mut list = Vec::new();
    for _ in 0..500 {
        let begun = Instant::now();
        let rows = ground.workspace.sessions_to_come(50)?;
        list.push(begun.elapsed());
        anyhow::ensure!(rows.len() == 50, "{} rows", rows.len());
    }
    let at = |times: &mut Vec<std::time::Duration>, share: f64| {
        times.sort_unstable();
        let index = ((times.len() as f64 * share) as usize).min(times.len() - 1);
        (times[index].as_secs_f64() * 1_000_000.0).round() / 1_000.0
    };
    let (expand_p50, expand_p99) = (at(&mut expand, 0.5), at(&mut expand, 0.99));
    let (list_p50, list_p99) = (at(&mut list, 0.5), at(&mut list, 0.99));
    let in_all = i64::from(args.events) * EACH;
    if args.json {
        return output::print_json(&json!({
            "occurrences": occurrences,
            "expand_p50_ms": expand_p50,
            "expand_p99_ms": expand_p99,
            "events": args.events,
            "sessions": in_all,
            "list_p50_ms": list_p50,
            "list_p99_ms": list_p99,
        }));
    }
    say!("{occurrences} sessions of a rule: {expand_p50} ms (p99 {expand_p99})");
    say!("the next 50 of {in_all}: {list_p50} ms (p99 {list_p99})");
    Ok(())
}

fn round(ratio: f64) -> f64 {
    (ratio * 1_000.0).round() / 1_000.0
}

/// The most memory that this process held, in megabytes, where the system tells it.
fn peak_rss_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1_024)
}
