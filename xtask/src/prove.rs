//! `cargo xtask prove`: what takes too long for every change.

use std::path::Path;

use crate::command::{Stop, built, cargo, must, program, read, root, target_dir};
use crate::steps::{Outcome, Steps};
use crate::tally::Tally;
use crate::{python, setup, test};

/// Cases of each property; `PROPTEST_CASES` in the environment overrules it.
const PROPERTY_CASES: &str = "20000";

/// Seconds for each fuzz target; `FUZZ_SECONDS` in the environment overrules it.
const FUZZ_SECONDS: &str = "300";

/// The measurements that the binary takes of itself.
const BENCHES: [(&str, &[&str]); 4] = [
    (
        "bench: issue, RSA-2048",
        &[
            "bench",
            "issue",
            "--guests",
            "10000",
            "--key-bits",
            "2048",
            "--json",
        ],
    ),
    (
        "bench: issue, RSA-4096",
        &[
            "bench",
            "issue",
            "--guests",
            "10000",
            "--key-bits",
            "4096",
            "--json",
        ],
    ),
    ("bench: import", &["bench", "import", "--json"]),
    ("bench: gate", &["bench", "gate", "--json"]),
];

/// Runs the long things one after the other.
pub(crate) fn run_all() -> Result<(), Stop> {
    let mut steps = Steps::begin("prove");
    let mut tally = Tally::default();
    let ended = take_all(&mut steps, &mut tally);
    steps.close(&tally, ended)
}

fn take_all(steps: &mut Steps, tally: &mut Tally) -> Result<(), Stop> {
    steps.take("setup", || setup::for_testing().map(|()| Outcome::Passed))?;
    steps.take("tests, with many cases and the long ones", || {
        let python = python::prepare().ok();
        let cases = std::env::var("PROPTEST_CASES").unwrap_or_else(|_| PROPERTY_CASES.to_owned());
        let (counted, ended) = test::nextest(
            python.as_deref(),
            &["--run-ignored", "all"],
            &[("PROPTEST_CASES", &cases)],
        );
        tally.add(counted);
        ended.map(|()| Outcome::Passed)
    })?;
    steps.take("fuzzing", fuzz)?;
    steps.take("release build", || {
        must(cargo().args([
            "build",
            "--locked",
            "--release",
            "--package",
            "gatehouse-cli",
        ]))?;
        Ok(Outcome::Passed)
    })?;
    steps.take("how well codes are read", || {
        let example = root().join("crates/credential/examples/decode_harness");
        if !example.is_dir() && !example.with_extension("rs").is_file() {
            return Ok(Outcome::Skipped(
                "crates/credential has no example decode_harness".into(),
            ));
        }
        must(
            cargo()
                .args([
                    "run",
                    "--locked",
                    "--release",
                    "--package",
                    "gatehouse-credential",
                ])
                .args(["--example", "decode_harness"]),
        )?;
        Ok(Outcome::Passed)
    })?;
    for (name, args) in BENCHES {
        steps.take(name, || {
            must(program(built("release", "gatehouse")).args(args))?;
            Ok(Outcome::Passed)
        })?;
    }
    steps.take("the main job for 10,000 guests", || {
        let mut demo = program(built("release", "gatehouse"));
        demo.args(["demo", "--guests", "10000", "--json", "--dir"])
            .arg(target_dir().join("prove"));
        must(&mut demo)?;
        Ok(Outcome::Passed)
    })
}

fn fuzz() -> Result<Outcome, Stop> {
    let folder = root().join("fuzz");
    if let Some(reason) = why_no_fuzzing(&folder) {
        return Ok(Outcome::Skipped(reason));
    }
    let Some(targets) = read(nightly().args(["fuzz", "list"])) else {
        return Err(Stop::new(
            "`cargo fuzz list` failed in a folder that has fuzz targets",
        ));
    };
    let seconds = std::env::var("FUZZ_SECONDS").unwrap_or_else(|_| FUZZ_SECONDS.to_owned());
    for target in targets.split_whitespace() {
        must(nightly().args([
            "fuzz",
            "run",
            target,
            "--",
            &format!("-max_total_time={seconds}"),
        ]))?;
    }
    Ok(Outcome::Passed)
}

fn why_no_fuzzing(folder: &Path) -> Option<String> {
    if !folder.join("Cargo.toml").is_file() {
        Some("there are no fuzz targets (fuzz/Cargo.toml)".into())
    } else if read(nightly().arg("--version")).is_none() {
        Some("there is no nightly Rust (rustup toolchain install nightly)".into())
    } else if read(nightly().args(["fuzz", "--version"])).is_none() {
        Some("there is no cargo-fuzz (cargo install cargo-fuzz --locked)".into())
    } else {
        None
    }
}

/// Cargo of the nightly Rust, through rustup, whatever Rust runs this program.
fn nightly() -> std::process::Command {
    let mut command = program("rustup");
    command.args(["run", "nightly", "cargo"]);
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    command
}
