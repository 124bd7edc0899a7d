//! `cargo xtask test`: every check, from the quick ones to the slow ones.

use std::path::Path;
use std::time::Duration;

use crate::command::{Stop, built, cargo, find, must, must_read, root, succeeds_within};
use crate::steps::{Outcome, Steps};
use crate::tally::{Tally, count_junit, count_libtest};
use crate::{python, setup, tidy, ui};

/// How long the advisory database may take to arrive before it counts as out of reach.
const ADVISORIES_WITHIN: Duration = Duration::from_secs(90);

/// Browsers that walk through the office.
const BROWSERS: [&str; 3] = ["chromium", "google-chrome", "chromium-browser"];

/// Runs every check and prints the counts as the last line.
pub(crate) fn run_all() -> Result<(), Stop> {
    let mut steps = Steps::begin("test");
    let mut tally = Tally::default();
    let ended = take_all(&mut steps, &mut tally);
    steps.close(&tally, ended)
}

fn take_all(steps: &mut Steps, tally: &mut Tally) -> Result<(), Stop> {
    steps.take("setup", || setup::for_testing().map(|()| Outcome::Passed))?;
    steps.take("tidy", || passed(tidy::check()))?;
    steps.take("format", || passed(format()))?;
    steps.take("dependencies", || passed(dependencies()))?;
    steps.take("advisories", advisories)?;
    if ui::exists() {
        steps.take("interface: types", || passed(ui::check_types()))?;
        steps.take("interface: contract", || passed(ui::check_contract()))?;
        steps.take("interface: lint", || passed(ui::lint()))?;
        steps.take("interface: tests", || {
            let (counted, ended) = ui::test();
            tally.add(counted);
            passed(ended)
        })?;
        // The desktop application holds it, so nothing of the whole workspace compiles without.
        steps.take("interface: build", || passed(ui::build()))?;
    }
    steps.take("clippy", || passed(clippy()))?;
    let mut python = None;
    steps.take("Python packages", || match python::prepare() {
        Ok(path) => {
            python = Some(path);
            Ok(Outcome::Passed)
        }
        Err(reason) => Ok(Outcome::Skipped(reason)),
    })?;
    if examples_in_docs() {
        steps.take("examples in the documentation", || {
            let (text, ended) =
                must_read(cargo().args(["test", "--locked", "--workspace", "--doc"]));
            tally.add(count_libtest(&text));
            passed(ended)
        })?;
    }
    steps.take("tests", || {
        let (counted, ended) = nextest(python.as_deref(), &[], &[]);
        tally.add(counted);
        passed(ended)
    })?;
    if !ui::exists() {
        return Ok(());
    }
    if BROWSERS.iter().all(|name| find(name).is_none()) {
        let missing = format!("none of {} is here", BROWSERS.join(", "));
        return steps.take("journeys", || Ok(Outcome::Skipped(missing)));
    }
    steps.take("journeys", || {
        let (counted, ended) = ui::journeys(&built("debug", "gatehouse"));
        tally.add(counted);
        passed(ended)
    })
}

/// Runs one of the checks that need no build.
pub(crate) fn run_one(name: &str) -> Result<(), Stop> {
    match name {
        "tidy" => tidy::check(),
        "format" => format(),
        _ => {
            dependencies()?;
            if let Outcome::Skipped(reason) = advisories()? {
                println!("SKIPPED: advisories: {reason}");
            }
            Ok(())
        }
    }
}

/// Runs the tests of the whole workspace, with more arguments and variables.
pub(crate) fn nextest(
    python: Option<&Path>,
    args: &[&str],
    variables: &[(&str, &str)],
) -> (Tally, Result<(), Stop>) {
    // Nextest keeps to this place also when cargo builds into another folder.
    let report = root().join("target/nextest/default/junit.xml");
    // An old report must not speak for a run that wrote none.
    let _ = std::fs::remove_file(&report);
    let mut run = cargo();
    run.args(["nextest", "run", "--locked", "--workspace"])
        .args(args);
    // What a test says is above; the frames of an executor below it only push that out of a log.
    run.env("RUST_BACKTRACE", "0");
    run.envs(variables.iter().copied());
    if let Some(python) = python {
        run.env(python::VARIABLE, python);
    } else {
        run.env_remove(python::VARIABLE);
    }
    let ended = must(&mut run);
    let tally = std::fs::read_to_string(&report)
        .map(|text| count_junit(&text))
        .unwrap_or_default();
    if ended.is_ok() && tally.is_empty() {
        return (
            tally,
            Err(Stop::new("nextest left no report of what it ran")),
        );
    }
    (tally, ended)
}

fn passed(ended: Result<(), Stop>) -> Result<Outcome, Stop> {
    ended.map(|()| Outcome::Passed)
}

fn format() -> Result<(), Stop> {
    must(cargo().args(["fmt", "--all", "--check"]))
        .map_err(|stop| Stop::new(format!("{stop}; `cargo fmt --all` repairs it")))
}

fn clippy() -> Result<(), Stop> {
    must(cargo().args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn dependencies() -> Result<(), Stop> {
    must(cargo().args([
        "deny",
        "--workspace",
        "--locked",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))
}

fn advisories() -> Result<Outcome, Stop> {
    if !succeeds_within(
        cargo().args(["deny", "--workspace", "fetch", "db"]),
        ADVISORIES_WITHIN,
    ) {
        return Ok(Outcome::Skipped(
            "the advisory database can't be reached from here".into(),
        ));
    }
    passed(must(cargo().args([
        "deny",
        "--workspace",
        "check",
        "--disable-fetch",
        "advisories",
    ])))
}

/// Whether any documentation comment holds an example that would be run.
///
/// Without one, building the documentation tests is time for nothing.
fn examples_in_docs() -> bool {
    tidy::sources(&root())
        .iter()
        .any(|file| file.path.ends_with(".rs") && holds_example(&file.text))
}

fn holds_example(text: &str) -> bool {
    let mut inside = false;
    for line in text.lines().map(str::trim_start) {
        let comment = line
            .strip_prefix("///")
            .or_else(|| line.strip_prefix("//!"));
        let Some(fence) = comment
            .map(str::trim)
            .and_then(|said| said.strip_prefix("```"))
        else {
            continue;
        };
        if inside {
            inside = false;
        } else if matches!(
            fence,
            "" | "rust" | "no_run" | "should_panic" | "compile_fail"
        ) {
            return true;
        } else {
            inside = true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_examples_that_would_be_run() {
        for (text, found) in [
            (
                "/// Adds.\n/// ```\n/// assert!(true);\n/// ```\nfn a() {}",
                true,
            ),
            ("//! ```rust\n//! ```", true),
            ("    /// ```no_run\n    /// ```", true),
            ("/// ```text\n/// a table\n/// ```", false),
            (
                "/// ```json\n/// {}\n/// ```\n/// then\n/// ```\n/// run\n/// ```",
                true,
            ),
            ("// ```\n// not documentation\n// ```", false),
            ("", false),
        ] {
            assert_eq!(holds_example(text), found, "{text}");
        }
    }
}
