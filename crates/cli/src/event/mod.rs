//! Workspaces and events: made, shown, changed, published, called off, copied.

mod create;
mod files;
mod keys;
mod lifecycle;
mod sessions;
pub(crate) mod tiers;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use gatehouse_api::Problem;
use gatehouse_machine as machine;
use serde_json::json;

use crate::unlock::{DataArgs, EventArgs};
use crate::{output, unlock};

use crate::output::say;
pub(crate) use sessions::SessionCommand;
pub(crate) use sessions::run as run_session;

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
    say!("{}", workspace.id());
    Ok(ExitCode::SUCCESS)
}

/// `gatehouse event`.
#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    /// Plans an event: one evening, several days, or a series.
    Create(Box<create::CreateArgs>),
    /// Lists the events of a workspace.
    List(ListArgs),
    /// Shows an event and how far it is.
    Show(ShowArgs),
    /// Changes an event's own fields.
    Change(lifecycle::ChangeArgs),
    /// Publishes a draft, or names everything that it lacks.
    Publish(ShowArgs),
    /// Calls an event off: its tickets are void.
    Cancel(lifecycle::CancelArgs),
    /// Closes the books of an event that is over.
    Complete(ShowArgs),
    /// Plans an event like another.
    Duplicate(lifecycle::DuplicateArgs),
    /// Saves an event's plan under a name, to begin others from.
    Template(lifecycle::TemplateArgs),
    /// Deletes a draft without tickets.
    Delete(ShowArgs),
    /// Lists the sessions of an event, or the next of all events.
    Sessions(sessions::SessionsArgs),
    /// Changes a ticket type.
    Tier(tiers::TierArgs),
    /// Adds a ticket type.
    AddTier(tiers::AddTierArgs),
    /// Removes a ticket type that nobody has.
    RemoveTier(tiers::RemoveTierArgs),
    /// Adds a zone.
    AddZone(tiers::AddZoneArgs),
    /// Writes a calendar file (.ics) of an event, a session or a ticket.
    Calendar(files::CalendarArgs),
    /// Adds pictures.
    Photo(files::PhotoArgs),
    /// Shows an unlisted event's link, or makes a new one.
    Link(lifecycle::LinkArgs),
    /// Lists what was done, newest first.
    History(ShowArgs),
    /// Lists the signing keys, or writes the public half of the active one.
    Keys(keys::KeysArgs),
    /// Makes a new signing key; the one before goes on verifying.
    Rotate(keys::RotateArgs),
    /// Takes a rotated key back; what it signed is refused.
    Revoke(keys::RevokeArgs),
    /// Makes the workspace's recovery kit: a file, and a code shown once.
    Kit(keys::KitArgs),
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
    pub(crate) event: EventArgs,
    /// One JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Carries out `gatehouse event …`.
pub(crate) fn run(command: &EventCommand) -> anyhow::Result<ExitCode> {
    match command {
        EventCommand::Create(args) => create::run(args)?,
        EventCommand::List(args) => list(args)?,
        EventCommand::Show(args) => show(args)?,
        EventCommand::Change(args) => lifecycle::change(args)?,
        EventCommand::Publish(args) => lifecycle::publish(args)?,
        EventCommand::Cancel(args) => lifecycle::cancel(args)?,
        EventCommand::Complete(args) => lifecycle::complete(args)?,
        EventCommand::Duplicate(args) => lifecycle::duplicate(args)?,
        EventCommand::Template(args) => lifecycle::template(args)?,
        EventCommand::Delete(args) => lifecycle::delete(args)?,
        EventCommand::Sessions(args) => sessions::list(args)?,
        EventCommand::Tier(args) => tiers::change(args)?,
        EventCommand::AddTier(args) => tiers::add(args)?,
        EventCommand::RemoveTier(args) => tiers::remove(args)?,
        EventCommand::AddZone(args) => tiers::add_zone(args)?,
        EventCommand::Calendar(args) => files::calendar(args)?,
        EventCommand::Photo(args) => files::photo(args)?,
        EventCommand::Link(args) => lifecycle::link(args)?,
        EventCommand::History(args) => history(args)?,
        EventCommand::Keys(args) => keys::list(args)?,
        EventCommand::Rotate(args) => {
            let key = args.event.open()?.add_signing_key(args.key)?;
            say!("{} signs from now on (version {})", key.kid, key.version);
        }
        EventCommand::Revoke(args) => {
            args.event.open()?.revoke_signing_key(args.kid)?;
            say!("{} is revoked; what it signed is refused", args.kid);
        }
        EventCommand::Kit(args) => keys::kit(args)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(args: &ListArgs) -> anyhow::Result<()> {
    let events = args.data.open()?.events()?;
    if args.json {
        return output::print_json(&json!({"events": events}));
    }
    for event in events {
        say!(
            "{}  {:9}  {:9}  {}",
            event.id,
            event.kind,
            event.status,
            event.title
        );
    }
    Ok(())
}

fn show(args: &ShowArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    let (progress, codes, types, agenda, series, notices) = home.file().read(|view| {
        Ok::<_, Problem>((
            view.progress()?,
            view.count_scans_by_code()?,
            view.ticket_types()?,
            view.agenda()?,
            view.series()?.map(|(series, _)| series),
            view.notices()?,
        ))
    })?;
    let stage = home.stage()?;
    let event = home.event();
    if args.json {
        let codes: serde_json::Map<String, serde_json::Value> = codes
            .iter()
            .map(|(code, n)| (code.word().to_owned(), (*n).into()))
            .collect();
        return output::print_json(&json!({
            "event": event,
            "stage": stage,
            "series": series,
            "sessions": home.sessions(),
            "ticket_types": types,
            "agenda": agenda,
            "photos": home.photos()?.len(),
            "notices": notices,
            "guests": progress.guests,
            "invitations": progress.invitations,
            "tickets": progress.tickets,
            "voided": progress.voided,
            "admitted": progress.admitted,
            "scans": codes,
        }));
    }
    say!(
        "{}\n{}  {}  {}",
        event.title,
        event.id,
        event.kind,
        event.status
    );
    let place = event.place.line();
    if !place.is_empty() {
        say!("{place}");
    }
    sessions::print_some(&home, 10);
    for kind in types.iter().filter(|kind| kind.bound_session().is_none()) {
        say!("  {}", tiers::line(kind, event));
    }
    say!(
        "{} guests, {} invitations, {} tickets, {} admitted, {} voided",
        progress.guests,
        progress.invitations,
        progress.tickets,
        progress.admitted,
        progress.voided
    );
    for (code, n) in codes {
        say!("  {code}: {n}");
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
        say!(
            "{}  {mark}  {}  {}",
            row.meta.id,
            row.meta.actor,
            row.meta.command
        );
    }
    Ok(())
}
