//! Paper and files: tickets on sheets, the door list, bundles and exports.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use gatehouse_api::{ExportFormat, PrintJob, PrintSummary};
use gatehouse_print::Sheet;
use serde_json::json;

use crate::output;
use crate::output::say;
use crate::progress::{Bar, stop_gently};
use crate::unlock::EventArgs;

/// `gatehouse print`.
#[derive(Debug, Args)]
pub(crate) struct PrintArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The sheet: a4, a5, a6, a7, letter, a4-4up, a4-8up, …
    #[arg(long, default_value = "a6", value_parser = parse_sheet)]
    sheet: Sheet,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only this invitation's tickets, such as INV-0001.
    #[arg(long, conflicts_with = "door_list")]
    invitation: Option<String>,
    /// The paper door list instead of tickets.
    #[arg(long)]
    door_list: bool,
    /// Crop marks and bleed around single pages too.
    #[arg(long)]
    marks: bool,
    /// Number of the first ticket.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["door_list", "invitation"])]
    first: Option<u32>,
    /// Number of the last ticket.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["door_list", "invitation"])]
    last: Option<u32>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

impl PrintArgs {
    fn job(&self) -> PrintJob {
        PrintJob {
            first: self.first,
            last: self.last,
            ..PrintJob::all(self.sheet, self.marks)
        }
    }
}

fn parse_sheet(text: &str) -> Result<Sheet, String> {
    text.parse().map_err(|_| {
        let known: Vec<String> = Sheet::all().map(|sheet| sheet.to_string()).collect();
        format!("no such sheet; one of: {}", known.join(", "))
    })
}

/// Prints what was asked for; the file appears whole or not at all.
pub(crate) fn print(args: &PrintArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    if let Some(number) = &args.invitation {
        let pdf = home.print_invitation(number, args.sheet)?;
        std::fs::write(&args.out, &pdf)?;
        say!("{}", args.out.display());
        return Ok(ExitCode::SUCCESS);
    }
    stop_gently();
    let summary = if args.door_list {
        home.print_door_list(
            if args.sheet == Sheet::Letter {
                Sheet::Letter
            } else {
                Sheet::A4
            },
            &args.out,
        )?
    } else {
        home.print_tickets(args.job(), &args.out, &Bar::default())?
    };
    tell_print(&summary, args.json)?;
    Ok(ExitCode::SUCCESS)
}

fn tell_print(summary: &PrintSummary, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return output::print_json(&json!({
            "file": summary.path,
            "tickets": summary.tickets,
            "pages": summary.pages,
            "bytes": summary.bytes,
            "module_mm": summary.module_mm,
            "warnings": summary.warnings,
        }));
    }
    say!(
        "{} tickets on {} pages: {}",
        output::count(summary.tickets),
        output::count(summary.pages),
        summary.path.display()
    );
    for warning in &summary.warnings {
        say!("  look: {warning}");
    }
    Ok(())
}

/// `gatehouse bundle`.
#[derive(Debug, Args)]
pub(crate) struct BundleArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The ZIP to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Writes one PDF for each invitation into a ZIP with a manifest.
pub(crate) fn bundle(args: &BundleArgs) -> anyhow::Result<ExitCode> {
    stop_gently();
    let report = args
        .event
        .open()?
        .bundle_invitations(&args.out, &Bar::default())?;
    say!(
        "{} files with {} tickets: {}",
        output::count(report.files),
        output::count(report.tickets),
        report.path.display()
    );
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Xlsx,
}

/// `gatehouse export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The form of the file.
    #[arg(long)]
    format: Format,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Exports every ticket with its life line.
pub(crate) fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let format = match args.format {
        Format::Csv => ExportFormat::Csv,
        Format::Xlsx => ExportFormat::Xlsx,
    };
    let report = args.event.open()?.export(format, &args.out)?;
    say!(
        "{} tickets: {}",
        output::count(report.rows),
        report.path.display()
    );
    Ok(ExitCode::SUCCESS)
}
