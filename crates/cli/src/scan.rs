//! `gatehouse scan`: a code is presented to a gate at the event's home.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use gatehouse_api::{EventHome, GateStand, Presentation, Problem, Shows};
use gatehouse_credential::qr::{Effort, GreyImage, decode};
use gatehouse_domain::event::name_key;
use gatehouse_domain::id::{SessionId, ZoneId};
use gatehouse_domain::scan::{Direction, Verdict};

use crate::output;
use crate::output::say;
use crate::unlock::EventArgs;

/// What a refusal ends with, so that scripts can tell it from a failure.
const REFUSED: u8 = 3;

/// `gatehouse scan`.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The code's text, or a picture of it (PNG or JPEG).
    #[arg(value_name = "TOKEN|IMAGE")]
    presented: String,
    /// Name of the gate; registered when new.
    #[arg(long, default_value = "Front desk")]
    gate: String,
    /// The zone at whose entrance the code is presented; where the gate stands when absent.
    #[arg(long)]
    zone: Option<String>,
    /// The session that it is presented for; the one that the gate stands for when absent.
    #[arg(long)]
    session: Option<SessionId>,
    /// The holder goes out.
    #[arg(long)]
    exit: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Presents the code and speaks the verdict, which is on disk by then. Ends with 0 for admitted and
/// exited, 3 for refused.
pub(crate) fn run(args: &ScanArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let text = match Path::new(&args.presented) {
        picture if picture.is_file() => read_picture(picture)?,
        missing if is_picture_name(missing) => bail!(Problem::new(
            "picture_missing",
            format!(
                "there is no picture at {}; nothing was presented",
                missing.display()
            )
        )),
        _ => args.presented.clone(),
    };
    let zone = args
        .zone
        .as_deref()
        .map(|name| find_zone(&home, name))
        .transpose()?;
    let gate = home.open_gate(&args.gate)?;
    let stand = gate.stand();
    let shown = gate.present(&Presentation {
        direction: if args.exit {
            Direction::Exit
        } else {
            stand.direction
        },
        zone: zone.or(stand.zone),
        session: args.session.or(stand.session),
        ..gate.presentation(Shows::Code(&text))
    })?;
    if args.json {
        output::print_json(&shown)?;
    } else {
        let who = [
            shown.name.as_deref(),
            shown.ticket_type.as_deref(),
            shown.seat.as_deref(),
        ];
        let who: Vec<&str> = who.into_iter().flatten().collect();
        say!(
            "{} {}",
            shown.verdict.word().to_uppercase(),
            who.join(" · ")
        );
        say!("{} [{}]", shown.message, shown.code);
    }
    Ok(match shown.verdict {
        Verdict::Admitted | Verdict::Exited | Verdict::Undone => ExitCode::SUCCESS,
        Verdict::Refused => ExitCode::from(REFUSED),
    })
}

/// `gatehouse stand`: where a gate stands.
#[derive(Debug, Args)]
pub(crate) struct StandArgs {
    #[command(flatten)]
    event: EventArgs,
    /// Name of the gate; registered when new.
    #[arg(value_name = "GATE")]
    gate: String,
    /// The zone at whose entrance it stands; the venue's entrance when absent.
    #[arg(long)]
    zone: Option<String>,
    /// The session that it stands for; every session when absent.
    #[arg(long)]
    session: Option<SessionId>,
    /// It leads out.
    #[arg(long)]
    exit: bool,
    /// It leads that way only: nobody turns it round.
    #[arg(long)]
    one_way: bool,
}

/// Puts a gate somewhere.
pub(crate) fn place(args: &StandArgs) -> anyhow::Result<ExitCode> {
    let home = args.event.open()?;
    let zone = args
        .zone
        .as_deref()
        .map(|name| find_zone(&home, name))
        .transpose()?;
    let stand = GateStand {
        zone,
        session: args.session,
        direction: if args.exit {
            Direction::Exit
        } else {
            Direction::Entry
        },
        may_turn: !args.one_way,
    };
    home.place_gate(&args.gate, stand)?;
    say!("{} stands there once it is opened anew.", args.gate);
    Ok(ExitCode::SUCCESS)
}

fn find_zone(home: &EventHome, name: &str) -> Result<ZoneId, Problem> {
    let zones = home.file().read(|view| view.zones())?;
    zones
        .iter()
        .find(|zone| name_key(&zone.name) == name_key(name))
        .map(|zone| zone.id)
        .ok_or_else(|| Problem::new("zone_unknown", "this event has no such zone"))
}

/// Whether a path ends as pictures do; no ticket's code does.
fn is_picture_name(path: &Path) -> bool {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    ["png", "jpg", "jpeg"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

fn read_picture(path: &Path) -> Result<String, Problem> {
    let problem = |error: gatehouse_credential::qr::PictureError| {
        Problem::new(error.code(), error.to_string())
    };
    let picture = GreyImage::read(path).map_err(problem)?;
    let found = decode(&picture.as_frame().map_err(problem)?, Effort::Thorough);
    match found.as_slice() {
        [one] => Ok(one.text.clone()),
        [] => Err(Problem::new(
            "code_missing",
            "there is no code that can be read in this picture",
        )),
        _ => Err(Problem::new(
            "codes_many",
            "there are several codes in this picture; present one at a time",
        )),
    }
}
