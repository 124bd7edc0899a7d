//! From a camera's frame to a verdict on disk, at a gate of its own.

use clap::Args;
use gatehouse_api::{Issuing, Quiet};
use gatehouse_credential::key::KeyProfile;
use gatehouse_credential::token::Token;
use gatehouse_gate::measure::{self, AT_A_DOOR, Measured};
use serde_json::json;

use super::{Ground, round};
use crate::output;
use crate::output::say;

/// `gatehouse bench camera`.
#[derive(Debug, Args)]
pub(crate) struct CameraArgs {
    /// How many codes are held before the camera.
    #[arg(long, default_value_t = 200)]
    codes: usize,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Measures frames of 1280 × 720 in conditions of a door: decoded, verified, decided, stored.
pub(super) fn run(args: &CameraArgs) -> anyhow::Result<()> {
    let ground = Ground::new(&std::env::current_dir()?)?;
    let home = ground.event(KeyProfile::Rsa2048)?;
    ground.import(&home, args.codes)?;
    home.form_invitations("Bench")?;
    home.issue_tickets(Issuing::default(), &Quiet)?;
    let rows = home
        .file()
        .read(|view| view.tickets_to_print(0, u32::MAX))
        .map_err(gatehouse_api::Problem::from)?;
    let codes = rows
        .iter()
        .map(|row| Ok(Token::from_bytes(&row.packed)?.compact()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let gate = home.open_gate("Bench")?;
    let mut wrong = 0;
    let measured = measure::camera(&codes, &AT_A_DOOR, 1, |code| {
        let admitted = gate
            .admit(&code.text)
            .is_ok_and(|shown| shown.code == gatehouse_domain::admission::Code::Admitted);
        wrong += usize::from(!admitted);
    })?;
    anyhow::ensure!(wrong == 0, "{wrong} codes were not admitted");
    let read = measured.fresh.count + measured.closer.count;
    tell(args, &measured, read)?;
    // Times that leave codes out say nothing.
    anyhow::ensure!(
        read == measured.codes,
        "{read} codes of {} were read; the times are of those alone",
        measured.codes
    );
    anyhow::ensure!(
        measured.fresh.count > 0,
        "no code was read by the look at a fresh frame, so there is no time of it"
    );
    Ok(())
}

fn tell(args: &CameraArgs, measured: &Measured, read: usize) -> anyhow::Result<()> {
    if args.json {
        return output::print_json(&json!({
            "codes": measured.codes,
            "read": read,
            "read_at_once": measured.at_once,
            "frames": measured.frames,
            "p50_ms": round(measured.fresh.p50_ms),
            "p99_ms": round(measured.fresh.p99_ms),
            "closer": measured.closer.count,
            "closer_p50_ms": round(measured.closer.p50_ms),
            "whole_p50_ms": round(measured.whole.p50_ms),
            "whole_p99_ms": round(measured.whole.p99_ms),
        }));
    }
    say!(
        "{} codes held up, {read} read",
        output::count(measured.codes)
    );
    let fresh = measured.fresh;
    say!(
        "  frame to verdict  p50 {:>7.2} ms  p99 {:>7.2} ms",
        fresh.p50_ms,
        fresh.p99_ms
    );
    let whole = measured.whole;
    say!(
        "  held to verdict   p50 {:>7.2} ms  p99 {:>7.2} ms",
        whole.p50_ms,
        whole.p99_ms
    );
    Ok(())
}
