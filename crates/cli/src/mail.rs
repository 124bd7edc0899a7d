//! `gatehouse mail`: messages to guests made, sent, counted and listed.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chrono::DateTime;
use clap::{Args, Subcommand};
use gatehouse_api::Problem;
use gatehouse_api::mail::deliver::Delivered;
use gatehouse_api::mail::mailings::MailingDraft;
use gatehouse_api::mail::outbox::{Blocked, Outbox};
use gatehouse_domain::calendar::local::{local_of, parse_local, to_utc};
use gatehouse_domain::delivery::audience::{Audience, AudienceGroup};
use gatehouse_domain::delivery::{DeliveryStatus, MessageKind};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{BatchId, SessionId};
use gatehouse_domain::mail::{MailSecrets, MailSettings};
use serde::Deserialize;
use serde_json::json;

use crate::event::tiers;
use crate::output;
use crate::output::say;
use crate::progress::{is_stopped, stop_gently};
use crate::unlock::{DataArgs, EventArgs};

/// The largest file of settings that is read, in bytes.
const LARGEST_SETTINGS: u64 = 256 * 1024;

/// `gatehouse mail …`.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// Sets how the workspace sends, from a file of JSON; passwords in it are sealed.
    Set(SetArgs),
    /// Puts a message to many into the outbox, now or for a time; `mail deliver` or the office
    /// sends it.
    Send(SendArgs),
    /// Tells how far an event's messages are.
    Status(StatusArgs),
    /// Writes every message with what became of it as CSV.
    Export(ExportArgs),
    /// Sends what is due, of every event, until nothing is; reads what came back.
    Deliver(DeliverArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The file: {"settings":{…},"secrets":{…}} as `/api/mail/settings` takes them; - reads
    /// standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The address that guests get their mail from.
    #[arg(long, value_name = "ADDRESS")]
    sender: Option<String>,
}

/// What `mail set` reads.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    settings: MailSettings,
    #[serde(default)]
    secrets: MailSecrets,
}

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    #[command(flatten)]
    event: EventArgs,
    /// What it is about: save-the-date, invitation, ticket, reminder, confirm, change, cancelled,
    /// announcement, thanks, rating or review.
    #[arg(long, value_name = "KIND", default_value = "ticket", value_parser = word::<MessageKind>)]
    kind: MessageKind,
    /// To whom: all, not-sent, bounced, not-downloaded, not-answered, coming, not-coming or
    /// came-in.
    #[arg(long, value_name = "GROUP", default_value = "not-sent", value_parser = word::<AudienceGroup>)]
    to: AudienceGroup,
    /// Those who hold a ticket of this type or are to get one, by its name or id.
    #[arg(long = "type", value_name = "TYPE")]
    ticket_type: Option<String>,
    /// Those whose ticket opens this session.
    #[arg(long)]
    session: Option<SessionId>,
    /// The invitations of this batch.
    #[arg(long)]
    batch: Option<BatchId>,
    /// This invitation, by its code or id; more than one where it is given again.
    #[arg(long, value_name = "CODE")]
    invitation: Vec<String>,
    /// Your own words in it.
    #[arg(long, default_value = "")]
    message: String,
    /// Guests need to know it to come: an announcement that leaves at once, for everybody.
    #[arg(long)]
    needed: bool,
    /// Not before, by the event's clocks: 2026-12-05T09:00. At once when absent.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Only tells whom it would reach.
    #[arg(long)]
    preview: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    event: EventArgs,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Write here; standard output when absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DeliverArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Waits so many seconds at most for what falls due meanwhile: retries, limits, mailings that
    /// are set for a time.
    #[arg(long, value_name = "SECONDS", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(..=86_400))]
    wait: u32,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// A word of a closed set, as people type it: with hyphens, or as it is stored.
fn word<W: std::str::FromStr>(text: &str) -> Result<W, W::Err> {
    text.replace('-', "_").parse()
}

/// Carries out `gatehouse mail …`.
pub(crate) fn run(command: &MailCommand) -> anyhow::Result<ExitCode> {
    match command {
        MailCommand::Set(args) => set(args),
        MailCommand::Send(args) => send(args),
        MailCommand::Status(args) => status(args),
        MailCommand::Export(args) => export(args),
        MailCommand::Deliver(args) => deliver(args),
    }
}

fn set(args: &SetArgs) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    let name = args.file.display();
    let read = match args.file.to_str() {
        Some("-") => std::io::stdin()
            .lock()
            .take(LARGEST_SETTINGS)
            .read_to_string(&mut text),
        _ => std::fs::File::open(&args.file)
            .and_then(|file| file.take(LARGEST_SETTINGS).read_to_string(&mut text)),
    };
    read.with_context(|| format!("{name} can't be read; nothing was changed"))?;
    // The reason may quote what stands there, and a password may stand there.
    let wanted: Wanted = serde_json::from_str(&text).map_err(|error| {
        Problem::new(
            "settings_unreadable",
            format!(
                "{name} holds no settings for mail: look at line {}, column {}; nothing was changed",
                error.line(),
                error.column()
            ),
        )
    })?;
    let workspace = args.data.open()?;
    let owner = workspace.owner();
    if let Some(sender) = &args.sender {
        let mut branding = workspace.branding()?.settings;
        branding.sender_email = Some(sender.clone());
        workspace.set_branding(&owner, &branding, None)?;
    }
    let view = workspace.set_mail(&owner, wanted.settings, wanted.secrets, None)?;
    say!(
        "Mail leaves by {}:{}.",
        view.settings.server.host,
        view.settings.server.port
    );
    Ok(ExitCode::SUCCESS)
}

fn send(args: &SendArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let ticket_type = match &args.ticket_type {
        Some(which) => Some(tiers::find(&home, which)?.id),
        None => None,
    };
    let invitations = args
        .invitation
        .iter()
        .map(|code| home.find_invitation(code));
    let audience = Audience {
        group: args.to,
        ticket_type,
        session: args.session,
        batch: args.batch,
        invitations: invitations.collect::<Result<_, _>>()?,
    };
    let events = home.workspace().speaking_homes()?;
    let reach = home.reach(args.kind, &audience, args.needed, &events)?;
    if args.preview {
        if args.json {
            output::print_json(&json!({"reach": reach}))?;
        } else {
            say!(
                "{} by e-mail, {} by text message; {} have it already, {} can't be reached, \
                 {} want none, {} wait a day, {} hold no ticket",
                output::count(reach.email as usize),
                output::count(reach.text as usize),
                output::count(reach.already as usize),
                output::count(reach.unreachable as usize),
                output::count(reach.unsubscribed as usize),
                output::count(reach.later as usize),
                output::count(reach.without_ticket as usize)
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    let zone = home.event().time_zone;
    let due_at = match &args.at {
        None => None,
        Some(text) => Some(read_time(text, zone)?),
    };
    let made = home.add_mailing(&MailingDraft {
        kind: args.kind,
        audience,
        message: args.message.clone(),
        needed: args.needed,
        due_at,
    })?;
    let queued: u32 = made.counts.iter().map(|(_, count)| count).sum();
    if args.json {
        output::print_json(&json!({
            "mailing": made.mailing.id, "status": made.mailing.status,
            "due_at": made.mailing.due_at, "queued": queued, "reach": reach,
        }))?;
    } else if due_at.is_some() {
        let at = local_of(made.mailing.due_at, zone).format("%Y-%m-%d %H:%M");
        say!("It leaves on {at} ({zone}): {}", made.mailing.id);
    } else {
        say!(
            "{} messages are in the outbox; `gatehouse mail deliver` or the office sends them.",
            output::count(queued as usize)
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// A time as a person gives it: local in the event's zone, or RFC 3339; UTC ms.
fn read_time(text: &str, zone: chrono_tz::Tz) -> Result<i64, Problem> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.timestamp_millis());
    }
    let local = parse_local("at", text).map_err(|error: FieldError| FieldErrors(vec![error]))?;
    Ok(to_utc(local, zone))
}

fn status(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let seen = home.delivery_overview()?;
    let sum = |status: DeliveryStatus| -> u32 {
        seen.counts
            .iter()
            .filter(|one| one.status == status)
            .map(|one| one.count)
            .sum()
    };
    if args.json {
        let kinds: Vec<_> = seen
            .counts
            .iter()
            .map(|one| json!({"kind": one.kind, "status": one.status, "count": one.count}))
            .collect();
        let domains: Vec<_> = seen
            .domains
            .iter()
            .map(|one| {
                json!({
                    "domain": one.domain, "sent": one.sent, "delivered": one.delivered,
                    "bounced": one.bounced, "failed": one.failed,
                })
            })
            .collect();
        output::print_json(&json!({
            "funnel": seen.funnel, "kinds": kinds, "domains": domains, "paused": seen.paused,
            "next_due": seen.next_due,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let funnel = seen.funnel;
    for (words, count) in [
        ("invitations", funnel.invitations),
        ("sent", funnel.sent),
        ("came back or not sent", funnel.bounced),
        ("answered", funnel.answered),
        ("coming", funnel.coming),
        ("downloaded", funnel.downloaded),
        ("came in", funnel.came_in),
    ] {
        say!("{:>9}  {words}", output::count(count as usize));
    }
    for status in DeliveryStatus::ALL {
        let count = sum(*status);
        if count > 0 {
            say!("{:>9}  messages {status}", output::count(count as usize));
        }
    }
    if seen.paused {
        say!("The event's messages are held back.");
    }
    Ok(ExitCode::SUCCESS)
}

fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let table = args.event.open()?.deliveries_csv()?;
    match &args.out {
        Some(path) => {
            std::fs::write(path, &table)
                .with_context(|| format!("{} can't be written", path.display()))?;
            say!("{}", path.display());
        }
        None => output::write_out(format_args!("{}", String::from_utf8_lossy(&table))),
    }
    Ok(ExitCode::SUCCESS)
}

fn deliver(args: &DeliverArgs) -> anyhow::Result<ExitCode> {
    let outbox = Outbox::new(args.data.open()?);
    stop_gently();
    let done = outbox.deliver(i64::from(args.wait) * 1_000, |_| !is_stopped())?;
    if args.json {
        output::print_json(&done)?;
    } else {
        tell(&done);
    }
    let in_trouble = |blocked: &Blocked| blocked.code != "pace_reached";
    Ok(match done.blocked.iter().any(in_trouble) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn tell(done: &Delivered) {
    say!(
        "{} sent, {} not sent, {} put off",
        output::count(done.sent),
        output::count(done.failed),
        output::count(done.held)
    );
    if done.reports > 0 {
        say!(
            "{} reports came in; {} messages came back",
            output::count(done.reports as usize),
            output::count(done.bounced as usize)
        );
    }
    // The limits hold for both, and are told once.
    let told: BTreeSet<(&str, &str)> = done
        .blocked
        .iter()
        .map(|blocked| (blocked.detail.as_str(), blocked.code.as_str()))
        .collect();
    for (detail, code) in told {
        output::notice(&format!("Messages wait: {detail} [{code}]"));
    }
    if let Some(at) = done.next.and_then(DateTime::from_timestamp_millis) {
        say!("Next: {}", at.format("%Y-%m-%d %H:%M:%S UTC"));
    }
}
