//! `gatehouse import`: a guest list is looked at, then written whole or not at all.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use gatehouse_api::{ImportChoices, ImportPreview};
use gatehouse_domain::import::ListField;

use crate::output;
use crate::output::say;
use crate::unlock::EventArgs;

/// `gatehouse import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The list (CSV or XLSX).
    file: PathBuf,
    /// A column's meaning: name="Nombre".
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// Look only; write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Take the good rows when others are bad.
    #[arg(long)]
    skip_bad_rows: bool,
    /// Take guests off whom the list does not name and who have no invitation.
    #[arg(long)]
    remove_missing: bool,
    /// Make ticket types that the event lacks.
    #[arg(long)]
    create_types: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Shows everything that a person wants to see of a list, and writes it unless something is wrong.
pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let choices = ImportChoices {
        map: args
            .map
            .iter()
            .map(|text| parse_map(text))
            .collect::<Result<_, _>>()?,
        skip_bad_rows: args.skip_bad_rows,
        remove_missing: args.remove_missing,
        create_ticket_types: args.create_types,
    };
    let preview = home.preview_import(&args.file, choices)?;
    let refused = preview.has_errors() && !args.skip_bad_rows;
    let will_write = !args.dry_run && !refused;
    let mut report = serde_json::to_value(preview.report())?;
    if !args.json {
        print_report(&preview);
    }
    if will_write {
        home.accept_import(preview)?;
    }
    if args.json {
        report["written"] = will_write.into();
        output::print_json(&report)?;
    } else if refused && !args.dry_run {
        say!("Nothing was written. Correct these rows, or take the good ones: --skip-bad-rows");
    } else if args.dry_run {
        say!("Nothing was written: this was a look.");
    } else {
        say!("Written.");
    }
    Ok(if refused && !args.dry_run {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn parse_map(text: &str) -> anyhow::Result<(ListField, String)> {
    let Some((field, column)) = text.split_once('=') else {
        bail!("“{text}” is no mapping such as name=\"Nombre\"");
    };
    let field = field.trim().parse().context("unknown field")?;
    Ok((field, column.trim().trim_matches('"').to_owned()))
}

fn print_report(preview: &ImportPreview) {
    let report = preview.report();
    let delimiter = match report.delimiter {
        Some('\t') => ", columns apart by tabs".to_owned(),
        Some(other) => format!(", columns apart by “{other}”"),
        None => String::new(),
    };
    say!(
        "{} rows, {}{delimiter}",
        output::count(report.rows),
        report.encoding
    );
    for column in report.columns {
        say!("  {:20} {}", column.header, column.field);
    }
    for note in report.notes {
        say!("  note: {}", note.message);
    }
    for error in report.errors.iter().take(20) {
        say!(
            "  line {}, {}: {} [{}]",
            error.line,
            error.column,
            error.message,
            error.code
        );
    }
    if report.errors.len() > 20 {
        say!(
            "  and {} more; --json lists them all",
            report.errors.len() - 20
        );
    }
    for twin in report.duplicates.iter().take(20) {
        say!("  line {} repeats line {}", twin.line, twin.of);
    }
    let plan = report.plan;
    say!(
        "{} new, {} changed, {} unchanged, {} missing from the list",
        output::count(plan.added),
        output::count(plan.changed),
        output::count(plan.unchanged),
        output::count(plan.missing)
    );
}
