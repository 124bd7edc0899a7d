//! How fast the outbox sends: each letter with its ticket as a file and its code in the text, into
//! a mail server without limits, against that server's own limit for the same letters.

mod sink;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;
use gatehouse_api::mail::mailings::MailingDraft;
use gatehouse_api::mail::outbox::Outbox;
use gatehouse_api::{EventHome, ImportChoices, Issuing, Problem, Quiet};
use gatehouse_credential::key::KeyProfile;
use gatehouse_domain::branding::Branding;
use gatehouse_domain::delivery::audience::Audience;
use gatehouse_domain::delivery::{DeliveryStatus, MessageKind};
use gatehouse_domain::mail::{MailSecrets, MailSecurity, MailServer, MailSettings, MailSignIn};
use gatehouse_machine as machine;
use serde_json::json;

use self::sink::Sink;
use super::endurance::resident_mb;
use super::{Ground, round};
use crate::demo;
use crate::output::{self, say};

#[derive(Debug, Args)]
pub(crate) struct OutboxArgs {
    /// How many messages, each to a guest of its own.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    messages: u32,
    /// Connections to the mail server at a time.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=8))]
    connections: u8,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Queues, makes and sends the messages; tells how many left in a second, how many the server
/// could have taken, and how memory stood.
pub(super) fn run(args: &OutboxArgs) -> anyhow::Result<()> {
    let ground = Ground::new(&std::env::temp_dir())?;
    let messages = args.messages as usize;
    let home = event(&ground, messages)?;
    let sink = Sink::start()?;
    send_through(&ground, &sink, args.connections)?;
    let outbox = Outbox::new(Arc::clone(&ground.workspace));
    let over = AtomicBool::new(false);

    let begun = Instant::now();
    home.add_mailing(&MailingDraft {
        kind: MessageKind::Ticket,
        audience: Audience::default(),
        message: String::new(),
        needed: false,
        due_at: None,
    })?;
    let queue_ms = output::millis(begun);
    let home = home.refreshed()?;
    let (sent, memory) = std::thread::scope(|scope| {
        let watched = scope.spawn(|| watch(&sink, messages, &over));
        let sent = outbox.round(std::slice::from_ref(&home));
        over.store(true, Ordering::SeqCst);
        let memory = watched
            .join()
            .map_err(|_| anyhow::anyhow!("nobody looked at memory"))?;
        Ok::<_, anyhow::Error>((sent?, memory))
    })?;
    let took = begun.elapsed();
    let per_second = messages as f64 / took.as_secs_f64();
    ensure!(
        sent.sent == messages && sink.letters() == messages,
        "{} messages were sent and {} letters taken, of {messages}: {:?}",
        sent.sent,
        sink.letters(),
        outbox.blocked()
    );
    let counts = home.delivery_overview()?.counts;
    ensure!(
        matches!(counts.as_slice(), [one] if one.status == DeliveryStatus::Sent
            && one.count == args.messages),
        "the list says otherwise: {counts:?}"
    );
    let letter_kb = sink.bytes() as f64 / messages as f64 / 1_024.0;

    let bare = Instant::now();
    sink.hand_over_again(messages, usize::from(args.connections))?;
    let sink_per_second = messages as f64 / bare.elapsed().as_secs_f64();
    let growth = memory
        .at_tenth
        .zip(memory.at_end)
        .map(|(tenth, end)| round(end - tenth));
    if args.json {
        return output::print_json(&json!({
            "messages": messages,
            "connections": args.connections,
            "cores": rayon::current_num_threads(),
            "letter_kb": round(letter_kb),
            "queue_ms": queue_ms,
            "send_ms": round(took.as_secs_f64() * 1_000.0),
            "per_second": round(per_second),
            "sink_per_second": round(sink_per_second),
            "share_of_sink": round(per_second / sink_per_second),
            "resident_tenth_mb": memory.at_tenth.map(round),
            "resident_end_mb": memory.at_end.map(round),
            "growth_mb": growth,
            "peak_mb": super::peak_rss_mb(),
        }));
    }
    say!(
        "{} messages of {letter_kb:.1} KB over {} connections",
        output::count(messages),
        args.connections
    );
    say!("  sent            {per_second:>10.1} /s  (queued in {queue_ms} ms)");
    say!("  the sink alone  {sink_per_second:>10.1} /s");
    if let (Some(tenth), Some(end)) = (memory.at_tenth, memory.at_end) {
        say!("  memory          {tenth:>10.1} MB at a tenth, {end:.1} MB at the end");
    }
    Ok(())
}

/// An event with so many guests, each with an address and a ticket of their own.
fn event(ground: &Ground, guests: usize) -> anyhow::Result<EventHome> {
    let mut draft = demo::evening("Bench", machine::now());
    // What is measured is one mailing and nothing beside it.
    draft.settings.reminders.on = false;
    let home = ground.workspace.create_event(&draft, KeyProfile::Rsa2048)?;
    let mut list = String::from("Name,E-mail,Ticket type\n");
    for n in 1..=guests {
        let kind = if n % 10 == 0 { "VIP" } else { "Standard" };
        // Writing to a String can't fail.
        let _ = writeln!(list, "Guest Number {n},guest{n}@example.com,{kind}");
    }
    let path = ground.dir.join("list.csv");
    std::fs::write(&path, list)?;
    let preview = home.preview_import(&path, ImportChoices::default())?;
    home.accept_import(preview)?;
    home.form_invitations("Bench")?;
    home.issue_tickets(Issuing::default(), &Quiet)?;
    Ok(home)
}

/// Sends through the sink, from an invented address, with links for guests.
fn send_through(ground: &Ground, sink: &Sink, connections: u8) -> Result<(), Problem> {
    let workspace = &ground.workspace;
    let by = workspace.at_desk()?;
    let branding = Branding {
        sender_name: "Gatehouse Arts".into(),
        sender_email: Some("office@example.org".into()),
        ..Branding::default()
    };
    workspace.set_branding(&by, &branding, None)?;
    workspace.set_guest_address(&by, Some("https://rsvp.example.org"))?;
    let settings = MailSettings {
        server: MailServer {
            host: "127.0.0.1".into(),
            port: sink.port(),
            security: MailSecurity::None,
            sign_in: MailSignIn::None,
            ..MailServer::default()
        },
        bounce_address: "bounces@example.org".into(),
        connections,
        ..MailSettings::default()
    };
    workspace.set_mail(&by, settings, MailSecrets::default(), None)?;
    Ok(())
}

/// Memory of this process while it sends, in megabytes, where the system tells it.
#[derive(Debug, Clone, Copy, Default)]
struct Memory {
    /// When a tenth had left.
    at_tenth: Option<f64>,
    /// When the last had left.
    at_end: Option<f64>,
}

fn watch(sink: &Sink, messages: usize, over: &AtomicBool) -> Memory {
    let mut memory = Memory::default();
    loop {
        let is_over = over.load(Ordering::SeqCst);
        memory.at_end = resident_mb(std::process::id());
        if memory.at_tenth.is_none() && sink.letters() * 10 >= messages {
            memory.at_tenth = memory.at_end;
        }
        if is_over {
            return memory;
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
