//! `cargo xtask prove`: what takes too long for every change.

use std::path::Path;
use std::process::Command;

use crate::command::{Stop, built, cargo, find, must, program, read, root, target_dir};
use crate::steps::{Outcome, Steps};
use crate::tally::Tally;
use crate::{installers, packages, python, setup, test, ui};

/// Cases of each property; `PROPTEST_CASES` in the environment overrules it.
const PROPERTY_CASES: &str = "20000";

/// Seconds for each fuzz target; `FUZZ_SECONDS` in the environment overrules it.
const FUZZ_SECONDS: &str = "300";

/// No input may take longer than this or more memory; zipped and deflated ones are larger inside.
const FUZZ_LIMITS: [&str; 2] = ["-timeout=60", "-rss_limit_mb=4096"];

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
    if ui::exists() {
        steps.take("interface: build", || ui::build().map(|()| Outcome::Passed))?;
    }
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
        let mut harness = cargo();
        harness
            .args([
                "run",
                "--locked",
                "--release",
                "--package",
                "gatehouse-credential",
            ])
            .args(["--example", "decode_harness"]);
        if let Ok(python) = python::prepare() {
            harness.env(python::VARIABLE, python);
        }
        must(&mut harness)?;
        Ok(Outcome::Passed)
    })?;
    steps.take("bench: each crate on its own", || {
        must(cargo().args(["bench", "--locked", "--workspace", "--bench", "*"]))?;
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
    })?;
    if !ui::exists() {
        return Ok(());
    }
    steps.take("packages are made", || {
        installers::make(None).map(|()| Outcome::Passed)
    })?;
    packages::take(steps)
}

/// Runs every fuzz target for its share of time, also after one that found something.
///
/// What is found while fuzzing stays in `fuzz/corpus`, so that the next run begins there.
fn fuzz() -> Result<Outcome, Stop> {
    let folder = root().join("fuzz");
    let toolchain = match fuzzing_toolchain(&folder) {
        Ok(toolchain) => toolchain,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let cargo_fuzz = |verb: &str| {
        let mut command = toolchain.cargo();
        command.args(["fuzz", verb, "--fuzz-dir", "fuzz"]);
        command
    };
    let Some(targets) = read(&mut cargo_fuzz("list")) else {
        return Err(Stop::new(
            "`cargo fuzz list` failed in a folder that has fuzz targets",
        ));
    };
    must(&mut cargo_fuzz("build"))?;
    let seconds = std::env::var("FUZZ_SECONDS").unwrap_or_else(|_| FUZZ_SECONDS.to_owned());
    let mut failed = Vec::new();
    for target in targets.split_whitespace() {
        let [corpus, seeds] = ["corpus", "seeds"].map(|name| folder.join(name).join(target));
        std::fs::create_dir_all(&corpus)
            .map_err(|error| Stop::new(format!("{}: {error}", corpus.display())))?;
        let mut run = cargo_fuzz("run");
        run.arg(target).arg(corpus);
        if seeds.is_dir() {
            run.arg(seeds);
        }
        run.args(["--", &format!("-max_total_time={seconds}")])
            .args(FUZZ_LIMITS);
        if let Err(stop) = must(&mut run) {
            println!("{stop}");
            failed.push(target);
        }
    }
    if failed.is_empty() {
        Ok(Outcome::Passed)
    } else {
        Err(Stop::new(format!(
            "what broke {} is in fuzz/artifacts",
            failed.join(", ")
        )))
    }
}

/// A Rust that builds fuzz targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Toolchain {
    /// The nightly one, through rustup.
    Nightly,
    /// The one that runs this program, told to take what only nightly takes.
    Stable,
}

impl Toolchain {
    fn cargo(self) -> Command {
        match self {
            Self::Nightly => {
                let mut command = program("rustup");
                command.args(["run", "nightly", "cargo"]);
                command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
                command
            }
            Self::Stable => {
                let mut command = cargo();
                command.env("RUSTC_BOOTSTRAP", "1");
                command
            }
        }
    }

    fn can_fuzz(self) -> bool {
        read(self.cargo().args(["fuzz", "--version"])).is_some()
    }
}

/// The Rust to fuzz with, or why there can be no fuzzing here.
fn fuzzing_toolchain(folder: &Path) -> Result<Toolchain, String> {
    if !folder.join("Cargo.toml").is_file() {
        return Err("there are no fuzz targets (fuzz/Cargo.toml)".into());
    }
    if cfg!(windows) {
        return Err("cargo-fuzz needs Linux or macOS".into());
    }
    if find("cargo-fuzz").is_none() {
        return Err("there is no cargo-fuzz (cargo install cargo-fuzz --locked)".into());
    }
    [Toolchain::Nightly, Toolchain::Stable]
        .into_iter()
        .find(|toolchain| toolchain.can_fuzz())
        .ok_or_else(|| "cargo-fuzz is there and does not start".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_targets_there_is_no_fuzzing_and_a_reason() {
        let reason = fuzzing_toolchain(&root().join("xtask").join("src"))
            .expect_err("there is no manifest among the sources");
        assert!(reason.contains("no fuzz targets"), "{reason}");
    }

    #[test]
    fn every_fuzz_target_has_its_seeds() {
        let manifest = std::fs::read_to_string(root().join("fuzz").join("Cargo.toml"))
            .expect("the targets have a manifest");
        let mut targets = 0;
        for path in manifest.lines().filter_map(|line| {
            line.strip_prefix("path = \"fuzz_targets/")?
                .strip_suffix(".rs\"")
        }) {
            let seeds = root().join("fuzz").join("seeds").join(path);
            let first = std::fs::read_dir(&seeds).map(|mut files| files.next());
            assert!(matches!(first, Ok(Some(Ok(_)))), "{}", seeds.display());
            targets += 1;
        }
        assert!(targets > 0, "no target in the manifest");
    }
}
