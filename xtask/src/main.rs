//! The repository's own commands, run as `cargo xtask COMMAND`.
//!
//! Standard library only, so that it builds in seconds on a machine that has
//! nothing but Rust, and can then install the rest.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks to the person who called it"
)]

mod command;
mod demo;
mod driver;
mod icons;
mod installers;
mod machine;
mod measure;
mod packages;
mod prove;
mod python;
mod screen;
mod setup;
mod sha256;
mod steps;
mod tally;
mod test;
mod tidy;
mod ui;

use std::process::ExitCode;

use command::Stop;

const USAGE: &str = "\
cargo xtask COMMAND

  run [--no-open] [--dir DIR] [--guests N] [-- MORE]
             build, run the main job on the sample list, open the office;
             --no-open ends after the main job, MORE goes to `gatehouse demo`
  test       every check: tidy, format, licences, clippy, tests, the interface
  prove      the long things: many property cases, fuzzing, benches, packages
  measure [--json] [--as-built]
             what the application costs: its start, its memory, the office's
             questions, each against its bound; --json writes target/measure.json,
             --as-built measures what was built last
  setup      install what is missing (the others call it first)

Single steps of `test`:
  tidy       the house rules on files, names, crates and migrations
  fmt        the format of the Rust code (`cargo fmt` repairs it)
  deny       licences, duplicates, bans, sources, advisories

  installers [KINDS]
             pack the desktop application for this system (deb,rpm on Linux)
  packages   look into the packages of Linux, install one aside, start it
  icons      draw the application's icons from icons/gatehouse.svg
  contract   write openapi.json from the routes, and the interface's types from it
  land       record the checksums of new migrations in migrations/SHA256SUMS
";

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if args.is_empty() {
        print!("{USAGE}");
        return ExitCode::from(2);
    }
    let name = args.remove(0);
    match dispatch(&name, &args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            let said = stop.to_string();
            if !said.is_empty() {
                eprintln!("\n{said}");
            }
            ExitCode::from(if stop.is_usage() { 2 } else { 1 })
        }
    }
}

fn dispatch(name: &str, args: &[String]) -> Result<(), Stop> {
    if matches!(name, "help" | "--help" | "-h") || args.iter().any(|arg| arg == "--help") {
        print!("{USAGE}");
        return Ok(());
    }
    if name == "run" {
        return demo::run(&demo::Options::parse(args)?);
    }
    if name == "installers" && args.len() < 2 {
        return installers::make(args.first().map(String::as_str));
    }
    let said = |flag: &str| args.iter().any(|arg| arg == flag);
    let known = |arg: &String| arg == "--json" || arg == "--as-built";
    if name == "measure" && args.iter().all(known) {
        return measure::run(said("--json"), said("--as-built"));
    }
    if let Some(extra) = args.first() {
        return Err(Stop::usage(format!(
            "`cargo xtask {name}` takes no `{extra}`"
        )));
    }
    match name {
        "test" => test::run_all(),
        "prove" => prove::run_all(),
        "setup" => setup::everything(),
        "tidy" => test::run_one("tidy"),
        "fmt" => test::run_one("format"),
        "deny" => test::run_one("dependencies"),
        "packages" => packages::check(),
        "icons" => icons::draw(),
        "contract" => ui::write_contract(),
        "land" => tidy::land_migrations(),
        other => Err(Stop::usage(format!("no command `{other}`\n\n{USAGE}"))),
    }
}
