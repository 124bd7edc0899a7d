//! `gatehouse recover`: a workspace on another machine, from a copy and its recovery kit.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use gatehouse_api::{Problem, Workspace};
use gatehouse_machine as machine;
use serde_json::json;

use crate::output;
use crate::output::say;
use crate::unlock::{DataArgs, protect};

/// The longest kit that is read, in bytes.
const LONGEST_KIT: u64 = 64 << 10;

/// `gatehouse recover`.
#[derive(Debug, Args)]
pub(crate) struct RecoverArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The kit's file, or its page typed again.
    #[arg(long, value_name = "FILE")]
    kit: PathBuf,
    /// A copy of the workspace's folder; it stays as it is.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Restores the workspace into a new folder and locks it for this machine.
///
/// The recovery code comes from GATEHOUSE_RECOVERY_CODE, or is asked for; never from an argument,
/// which others on the machine could read.
pub(crate) fn run(args: &RecoverArgs) -> anyhow::Result<ExitCode> {
    let mut kit = String::new();
    std::fs::File::open(&args.kit)
        .with_context(|| format!("{} can't be read", args.kit.display()))?
        .take(LONGEST_KIT)
        .read_to_string(&mut kit)
        .map_err(|_| Problem::new("kit_unreadable", "this file is no recovery kit"))?;
    let code = read_code()?;
    let restored = Workspace::restore(
        &args.from,
        &args.data.data,
        (&kit, &code),
        machine::surroundings(),
        |id, vault| protect(id, |protector| vault.rewrap(protector)),
    )?;
    if args.json {
        output::print_json(&json!({"data": args.data.data, "events": restored.events}))?;
    } else {
        say!(
            "{} events have their home in {} now. Gates of the old machine have to be told: \
             scan with this one only.",
            restored.events.len(),
            args.data.data.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn read_code() -> anyhow::Result<String> {
    if let Ok(code) = std::env::var("GATEHOUSE_RECOVERY_CODE") {
        return Ok(code);
    }
    if !std::io::stdin().is_terminal() {
        bail!(Problem::new(
            "recovery_code_missing",
            "set GATEHOUSE_RECOVERY_CODE to the code that was written on the page",
        ));
    }
    output::notice("Recovery code, as it was written on the page:");
    let mut code = String::new();
    std::io::stdin().read_line(&mut code)?;
    Ok(code.trim().to_owned())
}
