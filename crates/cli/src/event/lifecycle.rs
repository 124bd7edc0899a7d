//! What is done to an event as a whole, and to its ticket types.

use anyhow::Context;
use chrono::NaiveDate;
use clap::Args;
use gatehouse_api::{Duplication, EventChange, Problem};
use gatehouse_credential::key::KeyProfile;
use serde_json::json;

use super::ShowArgs;
use crate::output;
use crate::output::say;
use crate::unlock::EventArgs;

#[derive(Debug, Args)]
pub(crate) struct ChangeArgs {
    #[command(flatten)]
    event: EventArgs,
    /// What changes, as JSON, such as {"title":"Harbour Ball","capacity":300}.
    #[arg(value_name = "JSON")]
    change: String,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Changes an event's own fields.
pub(super) fn change(args: &ChangeArgs) -> anyhow::Result<()> {
    let change: EventChange = serde_json::from_str(&args.change)
        .context("that is no change of an event; see docs/cli.md for the fields")?;
    let home = args.event.open()?.change_event(change)?;
    if args.json {
        return output::print_json(&json!({"event": home.event()}));
    }
    say!("{} is changed.", home.event().title);
    Ok(())
}

/// Publishes a draft.
pub(super) fn publish(args: &ShowArgs) -> anyhow::Result<()> {
    let home = args.event.open()?.publish()?;
    if args.json {
        return output::print_json(&json!({
            "event": home.id(), "status": home.event().status,
        }));
    }
    say!("{} is published.", home.event().title);
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Why, as guests are told.
    #[arg(long, default_value = "")]
    reason: String,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Calls an event off.
pub(super) fn cancel(args: &CancelArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    let cancelled = home.cancel_event(&args.reason)?;
    if args.json {
        return output::print_json(&json!({
            "event": home.id(), "status": "cancelled", "voided": cancelled.voided,
        }));
    }
    say!(
        "{} is called off; {} tickets are void.",
        home.event().title,
        output::count(cancelled.voided as usize)
    );
    Ok(())
}

/// Closes the books of an event.
pub(super) fn complete(args: &ShowArgs) -> anyhow::Result<()> {
    let home = args.event.open()?.complete_event()?;
    if args.json {
        return output::print_json(&json!({
            "event": home.id(), "status": home.event().status,
        }));
    }
    say!("{} is completed.", home.event().title);
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct DuplicateArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The copy's title; the same when absent.
    #[arg(long)]
    title: Option<String>,
    /// Day on which the copy begins; the same weekday to come when absent.
    #[arg(long, value_name = "DATE")]
    begins: Option<NaiveDate>,
    /// Copy the guest list too.
    #[arg(long)]
    guests: bool,
    /// The copy's signing key.
    #[arg(long, default_value = "rsa-2048")]
    key: KeyProfile,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Plans an event like another.
pub(super) fn duplicate(args: &DuplicateArgs) -> anyhow::Result<()> {
    let source = args.event.open()?;
    let how = Duplication {
        title: args.title.clone(),
        begins: args.begins,
        with_guests: args.guests,
    };
    let copy = source
        .workspace()
        .duplicate_event(&source, &how, args.key)?;
    let guests = copy
        .file()
        .read(|view| view.count_guests())
        .map_err(Problem::from)?;
    if args.json {
        return output::print_json(&json!({
            "event": copy.id(),
            "title": copy.event().title,
            "sessions": copy.sessions().len(),
            "guests": guests,
        }));
    }
    say!("{}", copy.id());
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct TemplateArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Name of the plan; one of that name is replaced.
    #[arg(long)]
    name: String,
}

/// Saves an event's plan.
pub(super) fn template(args: &TemplateArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    home.workspace().save_template(&home, &args.name)?;
    say!(
        "Saved; `gatehouse event create --template \"{}\"` begins another.",
        args.name
    );
    Ok(())
}

/// Deletes a draft.
pub(super) fn delete(args: &ShowArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    let (id, title) = (home.id(), home.event().title.clone());
    home.delete_event()?;
    if args.json {
        return output::print_json(&json!({"event": id, "deleted": true}));
    }
    say!("{title} is deleted; its file is in the folder events/deleted.");
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Make a new link; the old one opens nothing from now on.
    #[arg(long)]
    new: bool,
}

/// Shows an unlisted event's link.
pub(super) fn link(args: &LinkArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    let token = if args.new {
        Some(home.regenerate_link()?)
    } else {
        home.link_token()?
    };
    let token = token.ok_or_else(|| {
        Problem::new(
            "event_not_unlisted",
            "only an unlisted event has a link of its own",
        )
    })?;
    say!("/events/{}/{token}", home.id());
    Ok(())
}
