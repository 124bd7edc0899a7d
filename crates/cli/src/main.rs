//! The `gatehouse` command.

mod account;
mod batch;
mod bench;
mod codes;
mod demo;
mod event;
mod gate;
mod import;
mod invented;
mod mail;
mod mesh;
mod output;
mod paper;
mod progress;
mod recover;
mod scan;
mod serve;
mod sheets;
mod tickets;
mod unlock;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Guest lists to signed tickets to open doors, with no internet.
#[derive(Parser)]
#[command(name = "gatehouse", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Does the main job once, from a guest list to a gate, and tells how it went.
    Demo(demo::DemoArgs),
    /// Makes a workspace.
    Init(event::InitArgs),
    /// Restores a workspace from a copy of its folder and its recovery kit.
    Recover(recover::RecoverArgs),
    /// Plans and shows events, their keys and their history.
    #[command(subcommand)]
    Event(event::EventCommand),
    /// Adds, changes and calls off single sessions; gives a series a new rule.
    #[command(subcommand)]
    Session(event::SessionCommand),
    /// Imports a guest list (CSV or XLSX).
    Import(import::ImportArgs),
    /// Forms invitations and issues signed tickets to everybody who lacks one.
    Issue(tickets::IssueArgs),
    /// Lists batches, and calls them off with their tickets.
    #[command(subcommand)]
    Batch(batch::BatchCommand),
    /// Holds a ticket back for now: gates refuse it until it is released.
    Hold(tickets::HoldArgs),
    /// Makes a ticket good again that was held back.
    Release(tickets::ReleaseArgs),
    /// Takes a ticket back.
    Void(tickets::TicketArgs),
    /// Gives a ticket a new code; the old one dies.
    Regenerate(tickets::TicketArgs),
    /// Undoes the newest edit, or one by its id.
    Undo(tickets::UndoArgs),
    /// Prints tickets on sheets, or the door list.
    Print(sheets::PrintArgs),
    /// Writes one PDF for each invitation into a ZIP.
    Bundle(sheets::BundleArgs),
    /// Exports every ticket with its life line.
    Export(sheets::ExportArgs),
    /// Runs a gate without a window: at the event's home, or enrolled away from it.
    Gate(gate::GateArgs),
    /// Sends messages to guests, and tells what became of them.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Puts a gate at a zone's entrance, in front of one session, or at the way out.
    Stand(scan::StandArgs),
    /// Tells whether an event is ready for doors, line by line.
    Preflight(gate::PreflightArgs),
    /// Presents a code (text or picture) to a gate.
    Scan(scan::ScanArgs),
    /// Reads QR codes from pictures.
    Decode(codes::DecodeArgs),
    /// Verifies a ticket's code with a public key.
    Verify(codes::VerifyArgs),
    /// Turns a ticket's code, in either form, into its JWT.
    Token(codes::TokenArgs),
    /// Makes and lists the accounts of people who sign in.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Serves the office to a browser on this machine, or over TLS to others on the network.
    Serve(serve::ServeArgs),
    /// Measures the hot paths against their limits.
    #[command(subcommand)]
    Bench(bench::BenchCommand),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("GATEHOUSE_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    let done = match Cli::parse().command {
        Command::Demo(args) => demo::run(&args),
        Command::Init(args) => event::init(&args),
        Command::Recover(args) => recover::run(&args),
        Command::Event(command) => event::run(&command),
        Command::Session(command) => event::run_session(&command),
        Command::Import(args) => import::run(&args),
        Command::Issue(args) => tickets::issue(&args),
        Command::Batch(command) => batch::run(&command),
        Command::Hold(args) => tickets::hold(&args),
        Command::Release(args) => tickets::release(&args),
        Command::Void(args) => tickets::void(&args),
        Command::Regenerate(args) => tickets::regenerate(&args),
        Command::Undo(args) => tickets::undo(&args),
        Command::Print(args) => sheets::print(&args),
        Command::Bundle(args) => sheets::bundle(&args),
        Command::Export(args) => sheets::export(&args),
        Command::Gate(args) => gate::run(&args),
        Command::Mail(command) => mail::run(&command),
        Command::Stand(args) => scan::place(&args),
        Command::Preflight(args) => gate::preflight(&args),
        Command::Scan(args) => scan::run(&args),
        Command::Decode(args) => codes::decode_pictures(&args),
        Command::Verify(args) => codes::verify(&args),
        Command::Token(args) => codes::token(&args),
        Command::Account(command) => account::run(&command),
        Command::Serve(args) => serve::run(&args),
        Command::Bench(command) => bench::run(&command),
    };
    match done {
        Ok(code) => code,
        Err(error) => output::tell_error(&error),
    }
}
