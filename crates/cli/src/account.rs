//! `gatehouse account`: people who sign in to the office.

use std::io::BufRead;
use std::process::ExitCode;

use anyhow::ensure;
use clap::{Args, Subcommand};
use gatehouse_api::Registration;
use gatehouse_domain::account::Role;
use serde_json::json;

use crate::output;
use crate::output::say;
use crate::unlock::DataArgs;

/// `gatehouse account …`.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Makes an account. The password is read from GATEHOUSE_PASSWORD, else from one line of input.
    Add(AddArgs),
    /// Lists the accounts, oldest first.
    List(ListArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The person's name.
    #[arg(long)]
    name: String,
    /// Their e-mail address, with which they sign in.
    #[arg(long)]
    email: String,
    /// What they are: super_admin, admin, organizer, staff, viewer or guest.
    #[arg(long, default_value = "super_admin")]
    role: Role,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    data: DataArgs,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// Carries out `gatehouse account …`.
pub(crate) fn run(command: &AccountCommand) -> anyhow::Result<ExitCode> {
    match command {
        AccountCommand::Add(args) => {
            let workspace = args.data.open()?;
            let registration = Registration {
                name: args.name.clone(),
                email: args.email.clone(),
                password: password()?,
            };
            let owner = workspace.owner();
            let made = workspace.add_account(&owner, &registration, args.role)?;
            if args.json {
                output::print_json(&json!({"account": made}))?;
            } else {
                say!("{} may sign in as {}.", made.email, made.role);
            }
        }
        AccountCommand::List(args) => {
            let workspace = args.data.open()?;
            let accounts = workspace.accounts(&workspace.owner())?;
            if args.json {
                output::print_json(&json!({"accounts": accounts}))?;
            } else {
                for account in accounts {
                    say!(
                        "{:12}  {:9}  {}",
                        account.role,
                        account.status,
                        account.email
                    );
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn password() -> anyhow::Result<String> {
    if let Ok(password) = std::env::var("GATEHOUSE_PASSWORD") {
        return Ok(password);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    ensure!(
        !password.is_empty(),
        "give a password in GATEHOUSE_PASSWORD, or as one line of input"
    );
    Ok(password.to_owned())
}
