//! Workspaces and events: made, shown, issued, and what is done to single tickets.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use gatehouse_api::{Issuing, Problem};
use gatehouse_credential::key::{KeyId, KeyProfile};
use gatehouse_domain::event::{ClaimSet, CodeForm, EventDraft, EventSettings, TicketTypeDraft};
use gatehouse_domain::id::EditId;
use serde_json::json;

use crate::progress::{Bar, stop_gently};
use crate::unlock::{DataArgs, EventArgs};
use crate::{machine, output, unlock};

/// `gatehouse init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The organization's name.
    #[arg(long, default_value = "Events")]
    name: String,
}

/// Makes a workspace.
pub(crate) fn init(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let workspace = unlock::create(&args.data.data, &args.name, machine::surroundings())?;
    println!("{}", workspace.id());
    Ok(ExitCode::SUCCESS)
}

/// `gatehouse event`.
#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    /// Plans an event with one session.
    Create(CreateArgs),
    /// Lists the events of a workspace.
    List(ListArgs),
    /// Shows an event and how far it is.
    Show(ShowArgs),
    /// Lists what was done, newest first.
    History(ShowArgs),
    /// Lists the signing keys, or writes the public half of the active one.
    Keys(KeysArgs),
    /// Makes a new signing key; the one before goes on verifying.
    Rotate(RotateArgs),
    /// Takes a rotated key back; what it signed is refused.
    Revoke(RevokeArgs),
    /// Makes the workspace's recovery kit: a file, and a code shown once.
    Kit(KitArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Title, 3 to 200 characters.
    #[arg(long)]
    title: String,
    /// Start: RFC 3339, such as 2026-12-05T19:00:00+01:00.
    #[arg(long)]
    starts: String,
    /// End: RFC 3339.
    #[arg(long)]
    ends: String,
    /// Doors: RFC 3339; the start when absent.
    #[arg(long)]
    doors: Option<String>,
    /// IANA time zone.
    #[arg(long, default_value = "UTC")]
    time_zone: String,
    /// Language of what guests read.
    #[arg(long, default_value = "en")]
    language: String,
    /// Currency of prices.
    #[arg(long, default_value = "EUR")]
    currency: String,
    /// Who invites.
    #[arg(long, default_value = "")]
    organizer: String,
    /// Venue and address.
    #[arg(long, default_value = "")]
    place: String,
    /// A ticket type, again for each; the first is the default.
    #[arg(long = "type", default_values = ["Standard"])]
    types: Vec<String>,
    /// The signing key: rsa-2048, rsa-3072, rsa-4096 or ed25519.
    #[arg(long, default_value = "rsa-2048")]
    key: KeyProfile,
    /// Claims in the code: slim or full.
    #[arg(long, default_value = "slim")]
    claims: ClaimSet,
    /// Form of the code: compact or jwt.
    #[arg(long, default_value = "compact")]
    code: CodeForm,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    data: DataArgs,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    event: EventArgs,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Write the active public key (PEM) here.
    #[arg(long, value_name = "FILE")]
    public: Option<PathBuf>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The new key: rsa-2048, rsa-3072, rsa-4096 or ed25519.
    #[arg(long, default_value = "rsa-2048")]
    key: KeyProfile,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The key's id, as `gatehouse event keys` shows it.
    kid: KeyId,
}

#[derive(Debug, Args)]
pub(crate) struct KitArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The kit's file; a page to print stands beside it as PDF.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Carries out `gatehouse event …`.
pub(crate) fn run(command: &EventCommand) -> anyhow::Result<ExitCode> {
    match command {
        EventCommand::Create(args) => create(args)?,
        EventCommand::List(args) => list(args)?,
        EventCommand::Show(args) => show(args)?,
        EventCommand::History(args) => history(args)?,
        EventCommand::Keys(args) => keys(args)?,
        EventCommand::Rotate(args) => {
            let key = args.event.open()?.add_signing_key(args.key)?;
            println!("{} signs from now on (version {})", key.kid, key.version);
        }
        EventCommand::Revoke(args) => {
            args.event.open()?.revoke_signing_key(args.kid)?;
            println!("{} is revoked; what it signed is refused", args.kid);
        }
        EventCommand::Kit(args) => kit(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn create(args: &CreateArgs) -> anyhow::Result<()> {
    let draft = EventDraft {
        title: args.title.clone(),
        time_zone: args.time_zone.clone(),
        currency: args.currency.clone(),
        language: args.language.clone(),
        organizer: args.organizer.clone(),
        place: args.place.clone(),
        doors_at: args.doors.as_deref().map(parse_time).transpose()?,
        starts_at: parse_time(&args.starts)?,
        ends_at: parse_time(&args.ends)?,
        ticket_types: args
            .types
            .iter()
            .map(|name| TicketTypeDraft {
                name: name.clone(),
                price_minor: 0,
                capacity: None,
                zones: vec![],
            })
            .collect(),
        zones: vec![],
        settings: EventSettings {
            claim_set: args.claims,
            code_form: args.code,
            ..EventSettings::default()
        },
    };
    let home = args.data.open()?.create_event(&draft, args.key)?;
    if args.json {
        output::print_json(&json!({"event": home.id(), "title": home.event().title}))
    } else {
        println!("{}", home.id());
        Ok(())
    }
}

fn parse_time(text: &str) -> anyhow::Result<i64> {
    chrono::DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp_millis())
        .with_context(|| format!("“{text}” is no time such as 2026-12-05T19:00:00+01:00"))
}

fn list(args: &ListArgs) -> anyhow::Result<()> {
    let events = args.data.open()?.events()?;
    if args.json {
        return output::print_json(&json!({"events": events}));
    }
    for event in events {
        println!("{}  {:10} {}", event.id, event.status, event.title);
    }
    Ok(())
}

fn show(args: &ShowArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    let (progress, codes) = home
        .file()
        .read(|view| Ok::<_, Problem>((view.progress()?, view.count_scans_by_code()?)))?;
    let event = home.event();
    if args.json {
        let codes: serde_json::Map<String, serde_json::Value> = codes
            .iter()
            .map(|(code, n)| (code.word().to_owned(), (*n).into()))
            .collect();
        return output::print_json(&json!({
            "event": event,
            "sessions": home.sessions(),
            "guests": progress.guests,
            "invitations": progress.invitations,
            "tickets": progress.tickets,
            "voided": progress.voided,
            "admitted": progress.admitted,
            "scans": codes,
        }));
    }
    println!("{}\n{}  {}", event.title, event.id, event.status);
    println!(
        "{} guests, {} invitations, {} tickets, {} admitted, {} voided",
        progress.guests, progress.invitations, progress.tickets, progress.admitted, progress.voided
    );
    for (code, n) in codes {
        println!("  {code}: {n}");
    }
    Ok(())
}

fn history(args: &ShowArgs) -> anyhow::Result<()> {
    let edits = args.event.open()?.edits(200)?;
    if args.json {
        let rows: Vec<_> = edits
            .iter()
            .map(|row| {
                json!({
                    "id": row.meta.id,
                    "at": row.meta.at,
                    "actor": row.meta.actor,
                    "machine": row.meta.machine,
                    "command": row.meta.command,
                    "reason": row.meta.reason,
                    "undoable": row.undoable,
                    "undone_by": row.undone_by,
                })
            })
            .collect();
        return output::print_json(&json!({"edits": rows}));
    }
    for row in edits {
        let mark = if row.undoable { "undo" } else { "    " };
        println!(
            "{}  {mark}  {}  {}",
            row.meta.id, row.meta.actor, row.meta.command
        );
    }
    Ok(())
}

fn keys(args: &KeysArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    if let Some(path) = &args.public {
        std::fs::write(path, home.public_key_pem()?)?;
    }
    let keys = home.signing_keys()?;
    if args.json {
        return output::print_json(&json!({"keys": keys}));
    }
    for key in keys {
        println!(
            "{}  {:3} {:8} {}",
            key.kid, key.version, key.profile, key.status
        );
    }
    Ok(())
}

fn kit(args: &KitArgs) -> anyhow::Result<()> {
    let workspace = args.data.open()?;
    let (kit, code) = workspace.make_recovery_kit()?;
    std::fs::write(&args.out, kit.to_text())?;
    let page = args.out.with_extension("pdf");
    std::fs::write(&page, workspace.print_recovery_page(&kit)?)?;
    println!(
        "The kit is in {}; print {}.",
        args.out.display(),
        page.display()
    );
    println!("Write this code on the page by hand. It is shown once and kept nowhere:");
    println!("\n  {}\n", code.to_text().as_str());
    Ok(())
}

/// `gatehouse issue`.
#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Name of the batch.
    #[arg(long, default_value = "Invitations")]
    batch: String,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Forms invitations and issues tickets to everybody who lacks one; goes on where it was stopped.
pub(crate) fn issue(args: &IssueArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    stop_gently();
    let made = home.form_invitations(&args.batch)?;
    let report = home.issue_tickets(Issuing::default(), &Bar::default())?;
    if args.json {
        output::print_json(&json!({
            "invitations": made.invitations, "issued": report.issued, "left": report.left,
        }))?;
    } else {
        println!(
            "{} new invitations, {} tickets issued",
            output::count(made.invitations),
            output::count(report.issued)
        );
        if report.left > 0 {
            println!(
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

/// Takes a ticket back.
pub(crate) fn void(args: &TicketArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let ticket = home.find_ticket(&args.ticket)?;
    home.void_ticket(ticket.id, args.reason.clone())?;
    println!("Ticket #{} is void; every gate refuses it.", ticket.number);
    Ok(ExitCode::SUCCESS)
}

/// Gives a ticket a new code.
pub(crate) fn regenerate(args: &TicketArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let ticket = home.find_ticket(&args.ticket)?;
    home.regenerate_ticket(ticket.id, args.reason.clone())?;
    println!(
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
    println!("Undone: {}", undone.meta.command);
    Ok(ExitCode::SUCCESS)
}
