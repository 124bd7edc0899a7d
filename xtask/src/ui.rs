//! The interface in `ui`: its packages, checks, tests and build.

use std::path::{Path, PathBuf};

use crate::command::{Stop, cargo, must, npm, root, target_dir};
use crate::sha256::hex_digest;
use crate::tally::{Tally, count_vitest};

/// Whether the interface is there at all.
pub(crate) fn exists() -> bool {
    root().join("ui").join("package.json").is_file()
}

/// Installs the npm packages that the lock file names, unless they are there.
pub(crate) fn install() -> Result<(), Stop> {
    let ui = root().join("ui");
    let Ok(lock) = std::fs::read(ui.join("package-lock.json")) else {
        return Err(Stop::new(
            "ui/package-lock.json is missing: run `npm install` in ui and commit it",
        ));
    };
    // By content and not by date: a checkout gives every file a new date.
    let fresh = hex_digest(&lock);
    let stamp = ui.join("node_modules").join(".gatehouse-stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == fresh) {
        return Ok(());
    }
    println!("Installing the packages of the interface:");
    must(npm().args(["ci", "--no-audit", "--no-fund"]))?;
    // A lock file that names no package makes no folder either.
    if let Some(folder) = stamp.parent() {
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&stamp, &fresh));
        written.map_err(|error| Stop::new(format!("ui/node_modules: {error}")))?;
    }
    Ok(())
}

/// Builds `ui/dist`.
pub(crate) fn build() -> Result<(), Stop> {
    must(npm().args(["run", "build"]))
}

/// Checks the types.
pub(crate) fn check_types() -> Result<(), Stop> {
    must(npm().args(["run", "check"]))
}

/// Checks the style and which room may use which.
pub(crate) fn lint() -> Result<(), Stop> {
    must(npm().args(["run", "lint"]))
}

/// Where the types of the API's contract stand.
fn contract_types() -> PathBuf {
    root().join("ui/src/api/contract.ts")
}

/// Writes the types of the API's contract to `out`.
fn write_contract_types(out: &Path) -> Result<(), Stop> {
    must(npm().args(["run", "contract", "--", "--output"]).arg(out))
}

/// Writes the contract anew from the routes, and its types with it.
pub(crate) fn write_contract() -> Result<(), Stop> {
    must(
        cargo()
            .args([
                "test",
                "--locked",
                "--package",
                "gatehouse-api",
                "--test",
                "it",
            ])
            .arg("the_contract_is_as_committed")
            .env("GATEHOUSE_WRITE_CONTRACT", "1"),
    )?;
    write_contract_types(&contract_types())
}

/// Refuses types that are not those of the contract.
pub(crate) fn check_contract() -> Result<(), Stop> {
    let made = target_dir().join("contract.ts");
    write_contract_types(&made)?;
    let read = |path: &Path| {
        std::fs::read(path).map_err(|error| Stop::new(format!("{}: {error}", path.display())))
    };
    if read(&made)? == read(&contract_types())? {
        return Ok(());
    }
    Err(Stop::new(
        "ui/src/api/contract.ts is not what openapi.json says; run `cargo xtask contract` and \
         commit it",
    ))
}

/// Walks through the office in a browser, each journey in an office of its own served by
/// `gatehouse`; pictures are kept in `target/journeys`.
pub(crate) fn journeys(gatehouse: &Path) -> (Tally, Result<(), Stop>) {
    let report = target_dir().join("journeys.json");
    let _ = std::fs::remove_file(&report);
    let mut run = npm();
    run.args([
        "run",
        "journeys",
        "--",
        "--reporter=default",
        "--reporter=json",
    ])
    .arg(format!("--outputFile={}", report.display()))
    .env("GATEHOUSE_PROGRAM", gatehouse)
    .env("GATEHOUSE_PAGES", root().join("ui/dist"))
    .env("GATEHOUSE_SHOTS", target_dir().join("journeys"))
    .env_remove("GATEHOUSE_URL")
    .env_remove("GATEHOUSE_PASSPHRASE");
    let ended = must(&mut run);
    let tally = std::fs::read_to_string(&report)
        .map(|text| count_vitest(&text))
        .unwrap_or_default();
    if ended.is_ok() && tally.is_empty() {
        return (
            tally,
            Err(Stop::new("the journeys left no report of what they did")),
        );
    }
    (tally, ended)
}

/// Runs the tests; their counts come back also when some fail.
pub(crate) fn test() -> (Tally, Result<(), Stop>) {
    let report = target_dir().join("ui-tests.json");
    // An old report must not speak for a run that wrote none.
    let _ = std::fs::remove_file(&report);
    let ended = must(
        npm()
            .args(["test", "--", "--reporter=default", "--reporter=json"])
            .arg(format!("--outputFile={}", report.display())),
    );
    let tally = std::fs::read_to_string(&report)
        .map(|text| count_vitest(&text))
        .unwrap_or_default();
    if ended.is_ok() && tally.is_empty() {
        return (
            tally,
            Err(Stop::new(
                "the tests of the interface left no report of what they ran",
            )),
        );
    }
    (tally, ended)
}
