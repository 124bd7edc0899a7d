//! `gatehouse demo`: the main job once, from a guest list to a gate.
//!
//! A run that was cut off goes on with the same event when the same command is given again.

mod camera;
mod door;
mod plan;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use gatehouse_api::{
    EventHome, ExportFormat, ImportChoices, Issuing, PrintJob, Problem, Surroundings, Workspace,
};
use gatehouse_credential::key::KeyProfile;
use gatehouse_credential::token::Token;
use gatehouse_domain::event::EventKind;
use gatehouse_domain::id::SessionId;
use gatehouse_domain::ticket::{Ticket, TicketStatus};
use gatehouse_machine as machine;
use gatehouse_print::Sheet;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::invented::invented_list;
use crate::progress::{Bar, stop_gently};
use crate::{output, paper, unlock};

/// The list that is imported unless `--guests` asks for another.
const SAMPLE: &str = include_str!("../../../../assets/samples/gala.csv");
use crate::output::say;
pub(crate) use plan::evening;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Resolution at which pages are seen again: a plain office scanner's.
const DPI: f32 = 150.0;
/// The other event, whose ticket does not open the main one.
const REHEARSAL: &str = "Dress Rehearsal";

/// `gatehouse demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the results go.
    #[arg(long, default_value = "gatehouse-demo", value_name = "DIR")]
    dir: PathBuf,
    /// So many invented guests instead of the sample list.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    guests: Option<u32>,
    /// One evening, several days, or a series: one_time, multi_day or recurring.
    #[arg(long, default_value = "one_time")]
    kind: EventKind,
    /// Size of the RSA key.
    #[arg(long, default_value = "2048", value_parser = ["2048", "3072", "4096"])]
    key_bits: String,
    /// Shows so many gates and their office instead: how they find each other, refuse a ticket that
    /// was used at another gate, and agree again after they could not talk.
    #[arg(long, value_name = "N", conflicts_with_all = ["guests", "json"],
          value_parser = clap::value_parser!(u16).range(2..=16))]
    gates: Option<u16>,
    /// One JSON object on one line, and nothing else.
    #[arg(long)]
    json: bool,
}

/// What a run that was cut off needs to go on; stands beside the results until the run is over.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    event: String,
    /// Printed code of the ticket that is voided.
    voided: Option<String>,
    /// Printed code of the ticket that is regenerated.
    replaced: Option<String>,
    /// Whether this run goes on with what another began.
    #[serde(skip)]
    resumed: bool,
}

struct Demo<'a> {
    args: &'a DemoArgs,
    dir: PathBuf,
    key_bits: usize,
    workspace: Arc<Workspace>,
    state: State,
    bar: Bar,
}

/// Runs the whole job and tells how it went.
pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    if let Some(gates) = args.gates {
        crate::bench::show_gates(usize::from(gates))?;
        return Ok(ExitCode::SUCCESS);
    }
    stop_gently();
    let begun = Instant::now();
    std::fs::create_dir_all(&args.dir)
        .with_context(|| format!("{} can't be made", args.dir.display()))?;
    let dir = args.dir.canonicalize()?;
    let data = dir.join("workspace");
    let workspace = open_or_create(&data, machine::surroundings())?;
    let mut demo = Demo {
        args,
        key_bits: args.key_bits.parse()?,
        workspace,
        state: State::default(),
        bar: Bar::default(),
        dir,
    };
    let home = demo.event()?;
    demo.say(&format!(
        "Event “{}” in {}",
        home.event().title,
        data.display()
    ));

    let list = demo.write_list()?;
    let step = Instant::now();
    let preview = home.preview_import(&list, ImportChoices::default())?;
    let rows = preview.report().rows;
    home.accept_import(preview)?;
    let import_ms = output::millis(step);
    demo.say(&format!(
        "Imported {} guests in {import_ms} ms",
        output::count(rows)
    ));
    home.project_contacts()?;

    home.form_invitations("First batch")?;
    let step = Instant::now();
    demo.issue(&home)?;
    let sign_ms = output::millis(step);
    let progress = home
        .file()
        .read(|view| view.progress())
        .map_err(Problem::from)?;
    demo.say(&format!(
        "Issued {} tickets on {} invitations in {sign_ms} ms (RSA-{})",
        output::count(progress.tickets as usize),
        output::count(progress.invitations as usize),
        demo.key_bits
    ));

    demo.spoil_codes(&home)?;
    let pdf = demo.dir.join("tickets.pdf");
    let step = Instant::now();
    let printed = home.print_tickets(PrintJob::all(Sheet::A6, false), &pdf, &demo.bar)?;
    let render_ms = output::millis(step);
    demo.say(&format!(
        "Printed {} pages in {render_ms} ms: {}",
        output::count(printed.pages),
        pdf.display()
    ));
    for warning in &printed.warnings {
        demo.say(&format!("  look: {warning}"));
    }
    let zip = demo.dir.join("invitations.zip");
    let bundle = home.bundle_invitations(&zip, &demo.bar)?;
    demo.say(&format!(
        "Wrote {} single files: {}",
        output::count(bundle.files),
        zip.display()
    ));
    let door_list = demo.dir.join("door-list.pdf");
    home.print_door_list(Sheet::A4, &door_list)?;
    let public_key = demo.dir.join("public.pem");
    std::fs::write(&public_key, home.public_key_pem()?)?;
    let report = demo.dir.join("report.csv");
    home.export(ExportFormat::Csv, &report)?;
    demo.say(&format!("Exported the report: {}", report.display()));

    let step = Instant::now();
    let gate = demo.present(&home, &pdf)?;
    let gate_ms = output::millis(step);
    // Once more, now that it tells who came.
    home.export(ExportFormat::Csv, &report)?;
    home.export(ExportFormat::Xlsx, &demo.dir.join("report.xlsx"))?;
    std::fs::remove_file(demo.state_path())?;

    let progress = home
        .file()
        .read(|view| view.progress())
        .map_err(Problem::from)?;
    let total_ms = output::millis(begun);
    let per_second = progress.tickets as f64 / ((sign_ms + render_ms) / 1_000.0).max(0.001);
    if args.json {
        output::print_json(&json!({
            "data": data,
            "event": home.id(),
            "guests": progress.guests,
            "invitations": progress.invitations,
            "tickets": progress.tickets,
            "kind": demo.args.kind,
            "sessions": home.sessions().len(),
            "key_bits": demo.key_bits,
            "import_ms": import_ms,
            "sign_ms": sign_ms,
            "render_ms": render_ms,
            "gate_ms": gate_ms,
            "total_ms": total_ms,
            "tickets_per_second": (per_second * 10.0).round() / 10.0,
            "pdf": pdf,
            "zip": zip,
            "door_list": door_list,
            "report": report,
            "public_key": public_key,
            "gate": gate,
        }))?;
    } else {
        say!();
        say!(
            "  guests        {:>10}",
            output::count(progress.guests as usize)
        );
        say!(
            "  invitations   {:>10}",
            output::count(progress.invitations as usize)
        );
        say!(
            "  tickets       {:>10}",
            output::count(progress.tickets as usize)
        );
        for (code, n) in &gate {
            say!("  {code:17} {:>6}", output::count(*n));
        }
        say!("  tickets/s     {per_second:>10.0}  (signed, kept, printed)");
        say!("  whole run     {:>8.1} s", total_ms / 1_000.0);
        say!("  results       {}", demo.dir.display());
        say!("  workspace     {}", data.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn open_or_create(data: &Path, surroundings: Surroundings) -> anyhow::Result<Arc<Workspace>> {
    if data.join("workspace.db").is_file() {
        Ok(machine::open(data, surroundings)?)
    } else {
        unlock::create(data, "Demonstration", surroundings)
    }
}

impl Demo<'_> {
    fn say(&self, text: &str) {
        if !self.args.json {
            say!("{text}");
            output::flush();
        }
    }

    fn state_path(&self) -> PathBuf {
        self.dir.join("demo.state")
    }

    fn save_state(&self) -> anyhow::Result<()> {
        let part = self.dir.join("demo.state.part");
        std::fs::write(&part, serde_json::to_vec(&self.state)?)?;
        Ok(std::fs::rename(part, self.state_path())?)
    }

    /// The event of a run that was cut off, while it lasts, or a new one.
    fn event(&mut self) -> anyhow::Result<EventHome> {
        let now = machine::now();
        if let Ok(bytes) = std::fs::read(self.state_path())
            && let Ok(state) = serde_json::from_slice::<State>(&bytes)
            && let Ok(home) = self.workspace.open_event(&state.event)
            && home.event().kind == self.args.kind
            && home
                .sessions()
                .iter()
                .any(|session| session.ends_at > now + HOUR)
        {
            self.state = State {
                resumed: true,
                ..state
            };
            self.say("Going on where the last run was cut off");
            return Ok(home);
        }
        let profile = KeyProfile::from_bits(self.key_bits).context("no such key size")?;
        let before = self.workspace.events()?.len() / 2;
        let name = plan::title(self.args.kind);
        let title = match before {
            0 => name.to_owned(),
            n => format!("{name} {}", n + 1),
        };
        // Before the main one, so that a run that is cut off here leaves nothing to go on with.
        self.other_event(profile, now)?;
        let draft = plan::draft(self.args.kind, &title, now);
        let home = self.workspace.create_event(&draft, profile)?.publish()?;
        self.state = State {
            event: home.id().to_string(),
            ..State::default()
        };
        self.save_state()?;
        Ok(home)
    }

    /// Another event of this workspace, with one ticket that does not open the main one.
    fn other_event(&self, profile: KeyProfile, now: i64) -> anyhow::Result<()> {
        let home = self
            .workspace
            .create_event(&evening(REHEARSAL, now - 20 * MINUTE), profile)?;
        let list = self.dir.join("rehearsal.csv");
        std::fs::write(
            &list,
            "Name,E-mail\nIlse Sandberg,ilse.sandberg@example.org\n",
        )?;
        let preview = home.preview_import(&list, ImportChoices::default())?;
        home.accept_import(preview)?;
        std::fs::remove_file(list)?;
        home.form_invitations("Rehearsal")?;
        self.issue(&home)
    }

    /// Issues to everybody; in a series for its first two sessions.
    fn issue(&self, home: &EventHome) -> anyhow::Result<()> {
        let sessions: Vec<Option<SessionId>> = match home.event().kind {
            EventKind::Recurring => home.sessions().iter().take(2).map(|s| Some(s.id)).collect(),
            EventKind::OneTime | EventKind::MultiDay => vec![None],
        };
        for session in sessions {
            self.issue_for(home, session)?;
        }
        Ok(())
    }

    fn issue_for(&self, home: &EventHome, session: Option<SessionId>) -> anyhow::Result<()> {
        let issuing = Issuing {
            session,
            ..Issuing::default()
        };
        let report = home.issue_tickets(issuing, &self.bar)?;
        ensure!(
            report.left == 0,
            Problem::new(
                "stopped",
                format!(
                    "stopped with {} tickets left to issue; the same command goes on",
                    report.left
                ),
            )
        );
        Ok(())
    }

    fn write_list(&self) -> anyhow::Result<PathBuf> {
        let path = self.dir.join("guests.csv");
        let list = match self.args.guests {
            Some(count) => invented_list(count as usize),
            None => SAMPLE.to_owned(),
        };
        std::fs::write(&path, list)?;
        Ok(path)
    }

    /// Voids a printed ticket (its holder gets another) and regenerates one, so that two codes that
    /// were good on paper are good no more.
    fn spoil_codes(&mut self, home: &EventHome) -> anyhow::Result<()> {
        if self.state.voided.is_none() {
            self.state.voided = Some(printed_code(home, &home.find_ticket("1")?)?);
            self.save_state()?;
        }
        let first = home.find_ticket("1")?;
        if first.status != TicketStatus::Voided {
            home.void_ticket(first.id, Some("lost by its holder".into()))?;
        }
        match home.issue_again(first.id) {
            Ok(_) => {}
            // A run before this one came as far as that.
            Err(problem) if problem.code == "ticket_not_void" => {}
            Err(problem) => return Err(problem.into()),
        }
        let last = home.last_ticket()?;
        if self.state.replaced.is_none() {
            self.state.replaced = Some(printed_code(home, &last)?);
            self.save_state()?;
        }
        if last.version == 1 {
            home.regenerate_ticket(last.id, Some("sent to a wrong address".into()))?;
        }
        Ok(())
    }
}

/// The code of a ticket as it stands on its printed page.
fn printed_code(home: &EventHome, ticket: &Ticket) -> anyhow::Result<String> {
    let number = home.invitation_number(ticket.invitation)?;
    let pdf = home.print_invitation(&number, Sheet::A6)?;
    paper::read_codes_of(pdf, DPI, &|_| {})?
        .into_iter()
        .flatten()
        .find(|code| {
            Token::parse(code)
                .ok()
                .and_then(|token| token.unverified_claims())
                .is_some_and(|claims| claims.ticket == ticket.id)
        })
        .context("the ticket's page shows no code of it")
}
