//! Ticket types and zones: added, changed, removed.

use anyhow::Context;
use clap::Args;
use gatehouse_api::{EventHome, Problem, TicketTypeChange};
use gatehouse_domain::event::draft::{TicketTypeDraft, ZoneDraft};
use gatehouse_domain::event::{Event, name_key};
use gatehouse_domain::id::SessionId;
use gatehouse_domain::ticket_type::TicketType;

use crate::output::say;
use crate::unlock::EventArgs;

#[derive(Debug, Args)]
pub(crate) struct TierArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The type: its id or its name.
    #[arg(value_name = "TYPE")]
    ticket_type: String,
    /// What changes, as JSON, such as {"price_minor":1800,"capacity":null}.
    #[arg(value_name = "JSON")]
    change: String,
}

/// Changes a ticket type.
pub(super) fn change(args: &TierArgs) -> anyhow::Result<()> {
    let change: TicketTypeChange = serde_json::from_str(&args.change)
        .context("that is no change of a ticket type; see docs/cli.md for the fields")?;
    let home = args.event.open()?;
    let found = find(&home, &args.ticket_type)?;
    home.change_ticket_type(found.id, change)?;
    say!("{} is changed.", found.name);
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct AddTierArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The type as JSON, such as {"name":"Early","price_minor":1500,"capacity":80}.
    #[arg(value_name = "JSON")]
    draft: String,
    /// For one session of a series alone.
    #[arg(long)]
    session: Option<SessionId>,
}

/// Adds a ticket type.
pub(super) fn add(args: &AddTierArgs) -> anyhow::Result<()> {
    let draft: TicketTypeDraft = serde_json::from_str(&args.draft)
        .context("that is no ticket type; see docs/cli.md for the fields")?;
    let id = args.event.open()?.add_ticket_type(&draft, args.session)?;
    say!("{id}");
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct RemoveTierArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The type: its id or its name.
    #[arg(value_name = "TYPE")]
    ticket_type: String,
}

/// Removes a ticket type.
pub(super) fn remove(args: &RemoveTierArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    let found = find(&home, &args.ticket_type)?;
    home.delete_ticket_type(found.id)?;
    say!("{} is gone; `gatehouse undo` brings it back.", found.name);
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct AddZoneArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Its name.
    name: String,
    /// What it is.
    #[arg(long, default_value = "")]
    description: String,
}

/// Adds a zone.
pub(super) fn add_zone(args: &AddZoneArgs) -> anyhow::Result<()> {
    let draft = ZoneDraft {
        name: args.name.clone(),
        description: args.description.clone(),
        ..ZoneDraft::default()
    };
    say!("{}", args.event.open()?.add_zone(&draft)?);
    Ok(())
}

/// The type with this id, or with this name among those of the whole event.
pub(crate) fn find(home: &EventHome, which: &str) -> Result<TicketType, Problem> {
    let types = home.file().read(|view| view.ticket_types())?;
    let key = name_key(which);
    types
        .iter()
        .find(|kind| kind.id.to_string() == which)
        .or_else(|| {
            types
                .iter()
                .find(|kind| kind.bound_session().is_none() && name_key(&kind.name) == key)
        })
        .cloned()
        .ok_or_else(|| {
            Problem::new(
                "ticket_type_unknown",
                format!("this event has no ticket type “{which}”"),
            )
        })
}

/// A ticket type on one line.
pub(super) fn line(kind: &TicketType, event: &Event) -> String {
    let price = if kind.price_minor == 0 {
        "free".to_owned()
    } else {
        format!(
            "{}.{:02} {}",
            kind.price_minor / 100,
            kind.price_minor % 100,
            event.currency
        )
    };
    let room = kind
        .capacity
        .map_or_else(|| "unlimited".to_owned(), |most| format!("{most} places"));
    format!("{}: {price}, {room}", kind.name)
}
