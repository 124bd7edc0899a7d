//! Sessions: listed, added, changed, called off; the rule of a series.

use std::process::ExitCode;

use anyhow::Context;
use chrono_tz::Tz;
use clap::{Args, Subcommand};
use gatehouse_api::{EventHome, SeriesPreview, SessionChange};
use gatehouse_domain::calendar::local::local_of;
use gatehouse_domain::event::draft::{SeriesDraft, SessionDraft};
use gatehouse_domain::id::SessionId;
use serde_json::{Value, json};

use crate::output;
use crate::output::say;
use crate::unlock::{DataArgs, EventArgs};

#[derive(Debug, Args)]
pub(crate) struct SessionsArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The event: its id, the beginning of it, or its title; all events when absent.
    #[arg(long)]
    event: Option<String>,
    /// How many of all events' next sessions.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    next: u32,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Lists an event's sessions, or the next of all events.
pub(super) fn list(args: &SessionsArgs) -> anyhow::Result<()> {
    let workspace = args.data.open()?;
    let Some(event) = &args.event else {
        let rows = workspace.sessions_to_come(args.next)?;
        if args.json {
            let rows: Vec<Value> = rows
                .iter()
                .map(|row| {
                    json!({
                        "id": row.id, "event": row.event, "event_title": row.event_title,
                        "title": row.title, "doors_at": row.doors_at, "starts_at": row.starts_at,
                        "ends_at": row.ends_at, "place": row.place, "status": row.status,
                    })
                })
                .collect();
            return output::print_json(&json!({"sessions": rows}));
        }
        for row in rows {
            say!(
                "{}  {}  {}",
                row.id,
                when(row.starts_at, row.ends_at, Tz::UTC),
                row.event_title
            );
        }
        return Ok(());
    };
    let home = workspace.open_event(event)?;
    if args.json {
        return output::print_json(&json!({
            "event": home.id(), "kind": home.event().kind, "sessions": home.sessions(),
        }));
    }
    print_some(&home, usize::MAX);
    Ok(())
}

/// Prints the first sessions of an event, and how many more there are.
pub(super) fn print_some(home: &EventHome, most: usize) {
    let zone = home.event().time_zone;
    for session in home.sessions().iter().take(most) {
        let off = if session.takes_place() {
            ""
        } else {
            "  called off"
        };
        say!(
            "  {}  {}{}{off}",
            session.id,
            when(session.starts_at, session.ends_at, zone),
            session
                .title
                .as_ref()
                .map(|title| format!("  {title}"))
                .unwrap_or_default(),
        );
    }
    let more = home.sessions().len().saturating_sub(most);
    if more > 0 {
        say!("  and {} more", output::count(more));
    }
}

/// From when to when, in a zone.
pub(super) fn when(starts_at: i64, ends_at: i64, zone: Tz) -> String {
    let (starts, ends) = (local_of(starts_at, zone), local_of(ends_at, zone));
    let until = if starts.date() == ends.date() {
        ends.format("%H:%M")
    } else {
        ends.format("%Y-%m-%d %H:%M")
    };
    format!("{} to {until}", starts.format("%a %Y-%m-%d %H:%M"))
}

/// `gatehouse session`.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// Adds a day or one more session of a series.
    Add(AddArgs),
    /// Changes or moves a session alone.
    Change(ChangeArgs),
    /// Calls a session off.
    Cancel(CancelArgs),
    /// Gives a series a new rule; sessions that people changed, that are past or that have tickets
    /// stay.
    Rule(RuleArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The session as JSON, such as {"starts":"2027-06-13T13:00","ends":"2027-06-13T22:00"}.
    #[arg(value_name = "JSON")]
    session: String,
}

#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The session's id.
    session: SessionId,
    /// What changes, as JSON, such as {"starts":"2027-06-13T14:00","note":"Gate C"}.
    #[arg(value_name = "JSON")]
    change: String,
}

#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The session's id.
    session: SessionId,
    /// Why, as guests are told.
    #[arg(long, default_value = "")]
    reason: String,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The series as JSON: starts, duration_minutes, and a pattern or a rule.
    #[arg(value_name = "JSON")]
    series: String,
    /// Show what it would do, and do nothing.
    #[arg(long)]
    preview: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Carries out `gatehouse session …`.
pub(crate) fn run(command: &SessionCommand) -> anyhow::Result<ExitCode> {
    match command {
        SessionCommand::Add(args) => {
            let draft: SessionDraft =
                serde_json::from_str(&args.session).context("that is no session")?;
            say!("{}", args.event.open()?.add_session(draft)?);
        }
        SessionCommand::Change(args) => {
            let change: SessionChange =
                serde_json::from_str(&args.change).context("that is no change of a session")?;
            args.event.open()?.change_session(args.session, change)?;
            say!("{} is changed.", args.session);
        }
        SessionCommand::Cancel(args) => {
            let done = args
                .event
                .open()?
                .cancel_session(args.session, &args.reason)?;
            if args.json {
                output::print_json(&json!({"session": args.session, "voided": done.voided}))?;
            } else {
                say!(
                    "{} is called off; {} tickets are void.",
                    args.session,
                    output::count(done.voided as usize)
                );
            }
        }
        SessionCommand::Rule(args) => rule(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn rule(args: &RuleArgs) -> anyhow::Result<()> {
    let draft: SeriesDraft = serde_json::from_str(&args.series).context("that is no series")?;
    let home = args.event.open()?;
    let preview = home.preview_series(&draft)?;
    let told = tell(&preview);
    let counts = counts(&preview);
    if !args.preview {
        home.accept_series(preview)?;
    }
    if args.json {
        return output::print_json(&counts);
    }
    say!("{told}");
    if args.preview {
        say!("Nothing was changed.");
    }
    Ok(())
}

fn counts(preview: &SeriesPreview) -> Value {
    let plan = &preview.plan;
    json!({
        "makes": preview.occurrences,
        "added": plan.add.len(),
        "moved": plan.move_to.len(),
        "removed": plan.remove.len(),
        "kept": plan.keep.len(),
        "kept_past": plan.kept_past.len(),
        "kept_customized": plan.kept_customized.len(),
        "kept_with_tickets": plan.kept_with_tickets.len(),
    })
}

fn tell(preview: &SeriesPreview) -> String {
    let plan = &preview.plan;
    format!(
        "The rule makes {} sessions: {} new, {} moved, {} removed, {} as they are; \
         {} past, {} changed by hand and {} with tickets stay.",
        output::count(preview.occurrences),
        output::count(plan.add.len()),
        output::count(plan.move_to.len()),
        output::count(plan.remove.len()),
        output::count(plan.keep.len()),
        output::count(plan.kept_past.len()),
        output::count(plan.kept_customized.len()),
        output::count(plan.kept_with_tickets.len()),
    )
}
