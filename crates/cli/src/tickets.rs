//! Tickets: issued, held back, voided, regenerated; and undo.

use std::process::ExitCode;

use clap::Args;
use gatehouse_api::Issuing;
use gatehouse_domain::id::{EditId, SessionId};
use gatehouse_domain::ticket::TicketHold;
use serde_json::json;

use crate::output;
use crate::output::say;
use crate::progress::{Bar, stop_gently};
use crate::unlock::EventArgs;

/// `gatehouse issue`.
#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Name of the batch.
    #[arg(long, default_value = "Invitations")]
    batch: String,
    /// Session of a series to issue for, as `gatehouse event sessions` shows it.
    #[arg(long)]
    session: Option<SessionId>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Forms invitations and issues tickets to everybody who lacks one; goes on where it was stopped.
pub(crate) fn issue(args: &IssueArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    stop_gently();
    let made = home.form_invitations(&args.batch)?;
    let issuing = Issuing {
        session: args.session,
        ..Issuing::default()
    };
    let report = home.issue_tickets(issuing, &Bar::default())?;
    if args.json {
        output::print_json(&json!({
            "invitations": made.invitations, "issued": report.issued, "left": report.left,
        }))?;
    } else {
        say!(
            "{} new invitations, {} tickets issued",
            output::count(made.invitations),
            output::count(report.issued)
        );
        if report.left > 0 {
            say!(
                "{} are left; the same command goes on.",
                output::count(report.left)
            );
        }
    }
    Ok(if report.left == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// `gatehouse void` and `gatehouse regenerate`.
#[derive(Debug, Args)]
pub(crate) struct TicketArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The ticket: its number, its id or its code.
    ticket: String,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
}

/// `gatehouse hold`.
#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    #[command(flatten)]
    ticket: TicketArgs,
    /// What gates say of it: `blocked`, `unpaid` or `unapproved`.
    #[arg(long = "as", default_value = "blocked")]
    hold: TicketHold,
}

/// Holds a ticket back for now.
pub(crate) fn hold(args: &HoldArgs) -> anyhow::Result<ExitCode> {
    let TicketArgs {
        event,
        ticket,
        reason,
    } = &args.ticket;
    let home = event.open()?;
    let ticket = home.find_ticket(ticket)?;
    home.hold_ticket(ticket.id, args.hold, reason.clone())?;
    say!(
        "Ticket #{} is held back; every gate refuses it until it is released.",
        ticket.number
    );
    Ok(ExitCode::SUCCESS)
}

/// `gatehouse release`.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The ticket: its number, its id or its code.
    ticket: String,
}

/// Makes a ticket good again that was held back.
pub(crate) fn release(args: &ReleaseArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let ticket = home.find_ticket(&args.ticket)?;
    home.release_ticket(ticket.id)?;
    say!("Ticket #{} is good again.", ticket.number);
    Ok(ExitCode::SUCCESS)
}

/// Takes a ticket back.
pub(crate) fn void(args: &TicketArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let ticket = home.find_ticket(&args.ticket)?;
    home.void_ticket(ticket.id, args.reason.clone())?;
    say!("Ticket #{} is void; every gate refuses it.", ticket.number);
    Ok(ExitCode::SUCCESS)
}

/// Gives a ticket a new code.
pub(crate) fn regenerate(args: &TicketArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let ticket = home.find_ticket(&args.ticket)?;
    home.regenerate_ticket(ticket.id, args.reason.clone())?;
    say!(
        "Ticket #{} has a new code; the old one is refused.",
        ticket.number
    );
    Ok(ExitCode::SUCCESS)
}

/// `gatehouse undo`.
#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The edit's id, as `gatehouse event history` shows it; the newest when absent.
    edit: Option<EditId>,
}

/// Undoes an edit.
pub(crate) fn undo(args: &UndoArgs) -> anyhow::Result<ExitCode> {
    let undone = args.event.open()?.undo(args.edit)?;
    say!("Undone: {}", undone.meta.command);
    Ok(ExitCode::SUCCESS)
}
