//! How soon a new gate is ready at an event where much has happened.

use std::time::Instant;

use anyhow::{Context, ensure};
use gatehouse_api::{DeviceDraft, EventHome, Problem, TokenDraft, merge};
use gatehouse_credential::key::{KeyProfile, SigningKey};
use gatehouse_domain::admission::Code;
use gatehouse_domain::device::{DeviceInfo, DeviceKind};
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict, chain_hash};
use gatehouse_machine as machine;
use gatehouse_store::Lane;
use gatehouse_store::event::ScanRow;

use super::gates::What;
use super::office_with;

/// Enrols a gate where so many tickets were issued and so many scans made; gives the time from its
/// start until it has all of them, in milliseconds, and checks that it admits then.
pub(super) fn measure(tickets: usize, scans: usize) -> anyhow::Result<f64> {
    let mut mesh = office_with(tickets, |home| {
        let used = home.file().read(|view| {
            let rows = view.roster_tickets(false, false)?;
            Ok::<Vec<TicketId>, Problem>(rows.into_iter().map(|row| row.ticket.id).collect())
        })?;
        scan(home, &used, scans)
    })?;
    let begun = Instant::now();
    mesh.add_gate()?;
    let scans = u64::try_from(scans)?;
    let agreed = mesh.ear.agree(&[1], 1, scans)?;
    let (_, at) = agreed.first().context("the gate said nothing")?;
    let took = at.duration_since(begun).as_secs_f64() * 1e3;
    let code = mesh.codes.next_back().context("no ticket is left")?;
    mesh.gates[0].type_in(&code)?;
    loop {
        if let What::Verdict { code, .. } = mesh.ear.next()?.what {
            ensure!(code == Code::Admitted, "the new gate said {code}");
            return Ok(took);
        }
    }
}

/// Lets one guest after the other in, at a gate that is a device of the event.
fn scan(home: &EventHome, tickets: &[TicketId], count: usize) -> anyhow::Result<()> {
    ensure!(tickets.len() > count, "there are not enough tickets");
    let key = SigningKey::generate(KeyProfile::Ed25519)?;
    let token = home.make_token(
        &TokenDraft {
            kind: DeviceKind::Gate,
            stand: gatehouse_api::GateStand::default(),
            notes: String::new(),
        },
        5,
    )?;
    let made = home.register(
        token.token,
        &DeviceDraft {
            name: "Gate before".into(),
            info: DeviceInfo::default(),
            public_key: Some(key.public().spki_der().to_vec()),
        },
    )?;
    let rows = records(home, made.device.id, &key, &tickets[..count]);
    let policy = home.event().settings.re_entry;
    home.file().append(Lane::Bulk, move |change| {
        for row in &rows {
            merge(change, row, policy)?;
        }
        Ok::<_, Problem>(())
    })?;
    Ok(())
}

fn records(
    home: &EventHome,
    device: DeviceId,
    key: &SigningKey,
    tickets: &[TicketId],
) -> Vec<ScanRow> {
    let now = machine::now();
    let session = home.sessions().first().map(|session| session.id);
    let mut previous = [0; 32];
    let mut rows = Vec::with_capacity(tickets.len());
    for (sequence, ticket) in (1_u64..).zip(tickets) {
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&sequence.to_be_bytes());
        let record = ScanRecord {
            event: home.id(),
            device,
            incarnation: 1,
            sequence,
            ticket: Some(*ticket),
            version: 1,
            session,
            day: 20_260_101,
            zone: None,
            direction: Direction::Entry,
            verdict: Verdict::Admitted,
            code: Code::Admitted,
            mode: Mode::Mesh,
            nonce,
            device_ms: now,
            clock: HybridClock {
                wall_ms: now,
                counter: u32::try_from(sequence).unwrap_or(u32::MAX),
            },
            uncertainty_ms: 0,
            previous,
            undoes: None,
        };
        let signed = record.to_bytes();
        let signature = key.sign(&signed);
        previous = chain_hash(&signed, &signature);
        rows.push(ScanRow {
            record,
            signed,
            signature,
        });
    }
    rows
}
