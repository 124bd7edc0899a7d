//! A roster taken in and opened at a gate away from home.

use std::time::Instant;

use anyhow::ensure;
use clap::Args;
use gatehouse_api::scanners::wire::RosterWire;
use gatehouse_api::{Gate, Issuing, Problem, Quiet, RosterBody};
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::admission::Code;
use gatehouse_domain::device::DeviceKind;
use gatehouse_domain::id::{DeviceId, Route};
use gatehouse_machine as machine;
use gatehouse_store::Lane;
use gatehouse_store::event::{DeviceRow, EventFile};
use serde_json::json;

use super::Ground;
use crate::output::{self, say};

#[derive(Debug, Args)]
pub(crate) struct RosterArgs {
    /// How many tickets.
    #[arg(long, default_value_t = 100_000)]
    guests: usize,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Takes a roster in as it comes from the office, opens it again, and admits one guest.
pub(super) fn run(args: &RosterArgs) -> anyhow::Result<()> {
    let ground = Ground::new(&std::env::temp_dir())?;
    let home = ground.event(KeyProfile::Ed25519)?;
    ground.import(&home, args.guests)?;
    home.form_invitations("Bench")?;
    home.issue_tickets(Issuing::default(), &Quiet)?;
    let rows = home
        .file()
        .read(|view| view.tickets_to_print(0, 1))
        .map_err(Problem::from)?;
    ensure!(!rows.is_empty(), "no ticket");
    let code = gatehouse_credential::token::Token::from_bytes(&rows[0].packed)?.compact();

    let key = SigningKey::generate(KeyProfile::Ed25519)?;
    let surroundings = machine::surroundings();
    let id = DeviceId(surroundings.mint(Route(1)).mint(surroundings.now()));
    let device = DeviceRow {
        kind: DeviceKind::Gate,
        ..DeviceRow::of_office(id, "Bench", key.public().spki_der(), vec![1], 0)
    };
    let path = ground.dir.join("gate.db");
    let file = EventFile::create_carried(&path, home.id(), &device).map_err(Problem::from)?;

    let begun = Instant::now();
    let roster = home.roster(None)?.ok_or_else(|| {
        Problem::new(
            "roster_missing",
            "the event has no roster; nothing was measured",
        )
    })?;
    let sent = serde_json::to_vec(&RosterWire::from(roster))?;
    let told_ms = output::millis(begun);
    let begun = Instant::now();
    let roster = RosterBody::try_from(serde_json::from_slice::<RosterWire>(&sent)?)?;
    let head = serde_json::to_string(&roster.head)?;
    file.append(Lane::Edit, move |change| {
        change.carry(
            roster.head.as_of,
            0,
            &head,
            &roster.devices,
            &roster.tickets,
        )
    })
    .map_err(Problem::from)?;
    let taken_ms = output::millis(begun);
    file.settle();
    drop(file);
    let disk_mb = path.metadata()?.len() as f64 / 1_048_576.0;

    let begun = Instant::now();
    let file = EventFile::open_carried(&path).map_err(Problem::from)?;
    let gate = Gate::open_carried(file, &device, key, surroundings)?;
    let opened_ms = output::millis(begun);
    let shown = gate.admit(&code)?;
    ensure!(shown.code == Code::Admitted, "{}", shown.message);

    if args.json {
        return output::print_json(&json!({
            "tickets": args.guests,
            "sent_mb": round(sent.len() as f64 / 1_048_576.0),
            "told_ms": told_ms,
            "taken_ms": taken_ms,
            "opened_ms": opened_ms,
            "disk_mb": round(disk_mb),
        }));
    }
    say!("{} tickets", output::count(args.guests));
    say!("  told by the office {told_ms:>10.1} ms");
    say!("  taken in           {taken_ms:>10.1} ms");
    say!("  opened again       {opened_ms:>10.1} ms");
    say!("  on disk            {disk_mb:>10.1} MB");
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
