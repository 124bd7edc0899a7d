//! The interface in `ui`: its packages, checks, tests and build.

use crate::command::{Stop, must, npm, root, target_dir};
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
