//! Calendar files and pictures.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use gatehouse_domain::id::SessionId;

use crate::output::say;
use crate::unlock::EventArgs;

#[derive(Debug, Args)]
pub(crate) struct CalendarArgs {
    #[command(flatten)]
    event: EventArgs,
    /// One session only.
    #[arg(long, conflicts_with = "ticket")]
    session: Option<SessionId>,
    /// What one ticket opens: its number, its id or its code.
    #[arg(long)]
    ticket: Option<String>,
    /// Write here; standard output when absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes a calendar file.
pub(super) fn calendar(args: &CalendarArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    let text = match (&args.session, &args.ticket) {
        (Some(session), _) => home.session_calendar(*session)?,
        (None, Some(ticket)) => home.ticket_calendar(home.find_ticket(ticket)?.id)?,
        (None, None) => home.event_calendar()?,
    };
    match &args.out {
        Some(path) => std::fs::write(path, text)
            .with_context(|| format!("{} can't be written", path.display()))?,
        None => crate::output::write_out(format_args!("{text}")),
    }
    Ok(())
}

#[derive(Debug, Args)]
pub(crate) struct PhotoArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Pictures: PNG, JPEG or WebP, 10 MB each at most; the first of all is the cover.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What they show, for those who do not see them.
    #[arg(long, default_value = "")]
    caption: String,
}

/// Adds pictures.
pub(super) fn photo(args: &PhotoArgs) -> anyhow::Result<()> {
    let home = args.event.open()?;
    for path in &args.files {
        let bytes =
            std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))?;
        say!("{}", home.add_photo(bytes, &args.caption)?);
    }
    Ok(())
}
