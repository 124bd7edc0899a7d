//! `gatehouse batch`: batches listed and called off.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use gatehouse_domain::id::BatchId;
use serde_json::json;

use crate::output;
use crate::output::say;
use crate::unlock::EventArgs;

/// `gatehouse batch …`.
#[derive(Debug, Subcommand)]
pub(crate) enum BatchCommand {
    /// Lists the batches, oldest first.
    List(ListArgs),
    /// Calls a batch off: its tickets are void, and its members get none any more.
    Cancel(CancelArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    event: EventArgs,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    event: EventArgs,
    /// The batch's id.
    batch: BatchId,
    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Carries out `gatehouse batch …`.
pub(crate) fn run(command: &BatchCommand) -> anyhow::Result<ExitCode> {
    match command {
        BatchCommand::List(args) => {
            let batches = args.event.open()?.batches()?;
            if args.json {
                output::print_json(&json!({"batches": batches}))?;
            } else {
                for batch in batches {
                    say!("{}  {:9}  {}", batch.id, batch.status, batch.name);
                }
            }
        }
        BatchCommand::Cancel(args) => {
            let done = args.event.open()?.cancel_batch(args.batch, &args.reason)?;
            if args.json {
                output::print_json(&done)?;
            } else {
                say!(
                    "{} tickets are void; {} of their holders had come in.",
                    output::count(done.voided as usize),
                    output::count(done.used as usize)
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
