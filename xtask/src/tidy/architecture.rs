//! Rules on how the crates stand to each other.

use std::collections::BTreeMap;

use super::{Finding, Source};

/// Which of our crates a crate may build on; what isn't named here, like the
/// binaries, may build on everything but the crates of [`NOBODY_BUILDS_ON`].
const MAY_BUILD_ON: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("sheet", &["domain"]),
    ("store", &["domain"]),
    ("credential", &["domain"]),
    ("print", &["domain"]),
    ("mail", &["domain"]),
    ("mesh", &["domain"]),
    (
        "api",
        &[
            "domain",
            "sheet",
            "store",
            "credential",
            "print",
            "mail",
            "mesh",
        ],
    ),
    ("machine", &["domain", "credential", "mesh", "api"]),
];

/// Ends of the chain: programs, and what only tests use.
const NOBODY_BUILDS_ON: [&str; 2] = ["cli", "testkit"];

/// Crates from outside that one crate keeps to itself, so that there is one
/// place to look and one to change.
const SOLE_OWNERS: [(&str, &str); 5] = [
    ("nokhwa", "gate"),
    ("rusqlite", "store"),
    ("calamine", "sheet"),
    ("serialport", "gate"),
    ("zxing-cpp", "credential"),
];

/// Crates that serve as a second opinion in tests and never in the product.
const TESTS_ONLY: [&str; 2] = ["rsa", "rqrr"];

/// Each crate has one integration test binary: linking is what costs.
pub(super) fn test_binaries(files: &[Source]) -> Vec<Finding> {
    let mut binaries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files {
        let parts: Vec<&str> = file.path.split('/').collect();
        if let ["crates", name, "tests", rest @ ..] = parts.as_slice()
            && matches!(rest, [file] | [_, file] if file.ends_with(".rs"))
            && (rest.len() == 1 || rest[1] == "main.rs")
        {
            binaries.entry(name).or_default().push(&file.path);
        }
    }
    binaries
        .into_iter()
        .filter(|(_, paths)| paths.len() > 1)
        .map(|(name, paths)| {
            let said = format!(
                "{} test binaries, at most one: {}",
                paths.len(),
                paths.join(", ")
            );
            Finding::in_file(&format!("crates/{name}/tests"), said)
        })
        .collect()
}

/// Dependencies point towards the domain, and nothing points back.
pub(super) fn crate_direction(files: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, file) in manifests(files) {
        let allowed = MAY_BUILD_ON
            .iter()
            .find(|(from, _)| *from == name)
            .map(|(_, allowed)| *allowed);
        for (line, dependency) in dependencies(&file.text) {
            let Some(on) = dependency.strip_prefix("gatehouse-") else {
                continue;
            };
            if NOBODY_BUILDS_ON.contains(&on) {
                let said = format!("`{name}` builds on `{on}`, which nothing builds on");
                findings.push(Finding::at(&file.path, line, said));
            } else if let Some(allowed) = allowed
                && !allowed.contains(&on)
            {
                let may = if allowed.is_empty() {
                    "none of ours".to_owned()
                } else {
                    allowed.join(", ")
                };
                let said = format!("`{name}` builds on `{on}`; it may build on {may}");
                findings.push(Finding::at(&file.path, line, said));
            }
        }
    }
    findings
}

/// What one crate keeps to itself, no other takes, and what is for tests stays there.
pub(super) fn sole_owners(files: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, file) in manifests(files) {
        for (line, dependency) in dependencies(&file.text) {
            if TESTS_ONLY.contains(&dependency) {
                let said = format!("`{dependency}` is for tests alone");
                findings.push(Finding::at(&file.path, line, said));
            }
            for (kept, owner) in SOLE_OWNERS {
                if dependency == kept && name != owner {
                    let said = format!("`{name}` takes `{kept}`, which is for `{owner}` alone");
                    findings.push(Finding::at(&file.path, line, said));
                }
            }
        }
    }
    findings
}

/// Every crate keeps the lints of the workspace.
pub(super) fn shared_lints(files: &[Source]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.path != "Cargo.toml" && file.path.ends_with("/Cargo.toml"))
        .filter(|file| {
            let mut in_lints = false;
            !file.text.lines().map(str::trim).any(|line| {
                if line.starts_with('[') {
                    in_lints = line == "[lints]";
                }
                in_lints && line.replace(' ', "") == "workspace=true"
            })
        })
        .map(|file| Finding::in_file(&file.path, "takes no lints from the workspace"))
        .collect()
}

/// Whoever opens ARCHITECTURE.md finds every crate on the map.
pub(super) fn map_is_complete(files: &[Source]) -> Vec<Finding> {
    let Some(map) = files.iter().find(|file| file.path == "ARCHITECTURE.md") else {
        return vec![Finding::in_file("ARCHITECTURE.md", "is missing")];
    };
    manifests(files)
        .filter(|(name, _)| !mentions(&map.text, &format!("crates/{name}")))
        .map(|(name, _)| Finding::in_file(&map.path, format!("says nothing of crates/{name}")))
        .collect()
}

/// Whether the text has the path, and not only as the start of a longer one.
fn mentions(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        !text[at + path.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_')
    })
}

/// The crates under `crates`, by the name of their folder.
fn manifests(files: &[Source]) -> impl Iterator<Item = (&str, &Source)> {
    files.iter().filter_map(|file| {
        let name = file
            .path
            .strip_prefix("crates/")?
            .strip_suffix("/Cargo.toml")?;
        (!name.contains('/')).then_some((name, file))
    })
}

/// The names that a manifest depends on when built, with their lines from 1;
/// what only its tests take is not among them.
fn dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (at, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line
            .strip_prefix('[')
            .and_then(|line| line.split(']').next())
        {
            let parts: Vec<&str> = section.split('.').collect();
            let is_table = |part: &&str| matches!(*part, "dependencies" | "build-dependencies");
            inside = parts.last().is_some_and(is_table);
            if let [.., table, name] = parts.as_slice()
                && is_table(table)
                && !inside
            {
                found.push((at + 1, name.trim_matches('"')));
            }
        } else if inside
            && !line.starts_with('#')
            && let Some((key, _)) = line.split_once('=')
        {
            let name = key.trim().split('.').next().unwrap_or_default();
            found.push((at + 1, name.trim_matches('"')));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{said, tree};
    use super::*;

    #[test]
    fn reads_the_dependencies_of_a_manifest() {
        let manifest = "\
[package]
name = \"gatehouse-store\"
[dependencies]
gatehouse-domain.workspace = true
# rsa = \"1\"
rusqlite = { workspace = true, features = [
  \"session\",
] }
[target.'cfg(unix)'.dependencies]
rustix = \"1\"
[dependencies.serde]
version = \"1\"
[build-dependencies]
cc = \"1\"
[dev-dependencies]
gatehouse-testkit.workspace = true
[features]
default = []
";
        let names: Vec<&str> = dependencies(manifest)
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        assert_eq!(
            names,
            ["gatehouse-domain", "rusqlite", "rustix", "serde", "cc"]
        );
        assert_eq!(dependencies(manifest)[1].0, 6);
    }

    #[test]
    fn crates_point_towards_the_domain() {
        let cases: [(&str, &str, &[&str]); 9] = [
            (
                "domain",
                "gatehouse-store",
                &["`domain` builds on `store`; it may build on none of ours"],
            ),
            ("store", "gatehouse-domain", &[]),
            (
                "mesh",
                "gatehouse-store",
                &["`mesh` builds on `store`; it may build on domain"],
            ),
            (
                "print",
                "gatehouse-print-fonts",
                &["`print` builds on `print-fonts`; it may build on domain"],
            ),
            ("api", "gatehouse-store", &[]),
            ("gate", "gatehouse-api", &[]),
            (
                "gate",
                "gatehouse-cli",
                &["`gate` builds on `cli`, which nothing builds on"],
            ),
            (
                "cli",
                "gatehouse-testkit",
                &["`cli` builds on `testkit`, which nothing builds on"],
            ),
            ("store", "serde", &[]),
        ];
        for (name, on, findings) in cases {
            let path = format!("crates/{name}/Cargo.toml");
            let manifest = format!("[dependencies]\n{on}.workspace = true\n");
            let found = crate_direction(&tree(&[(&path, &manifest)]));
            let expected: Vec<String> = findings
                .iter()
                .map(|said| format!("{path}:2: {said}"))
                .collect();
            assert_eq!(said(&found), expected);
        }
    }

    #[test]
    fn tests_may_take_what_the_crate_may_not() {
        let manifest =
            "[dev-dependencies]\ngatehouse-testkit.workspace = true\nrusqlite = \"0.41\"\n";
        let files = tree(&[("crates/print/Cargo.toml", manifest)]);
        assert_eq!(crate_direction(&files), []);
        assert_eq!(sole_owners(&files), []);
    }

    #[test]
    fn second_opinions_stay_in_tests() {
        let manifest = "[dependencies]\nrsa = \"0.10\"\n[dev-dependencies]\nrqrr = \"0.11\"\n";
        assert_eq!(
            said(&sole_owners(&tree(&[(
                "crates/credential/Cargo.toml",
                manifest
            )]))),
            ["crates/credential/Cargo.toml:2: `rsa` is for tests alone"]
        );
    }

    #[test]
    fn only_the_store_takes_sqlite() {
        let manifest = "[dependencies]\nrusqlite.workspace = true\n";
        let files = tree(&[
            ("crates/store/Cargo.toml", manifest),
            ("crates/cli/Cargo.toml", manifest),
        ]);
        assert_eq!(
            said(&sole_owners(&files)),
            ["crates/cli/Cargo.toml:2: `cli` takes `rusqlite`, which is for `store` alone"]
        );
    }

    #[test]
    fn one_test_binary_for_each_crate() {
        let files = tree(&[
            ("crates/store/tests/it/main.rs", ""),
            ("crates/store/tests/it/undo.rs", ""),
            ("crates/print/tests/it/main.rs", ""),
            ("crates/print/tests/pages.rs", ""),
            ("crates/print/tests/it/pages/main.rs", ""),
        ]);
        assert_eq!(
            said(&test_binaries(&files)),
            ["crates/print/tests: 2 test binaries, at most one: \
              crates/print/tests/it/main.rs, crates/print/tests/pages.rs"]
        );
    }

    #[test]
    fn every_crate_keeps_the_lints() {
        let files = tree(&[
            ("Cargo.toml", ""),
            (
                "crates/a/Cargo.toml",
                "[package]\nversion.workspace = true\n[lints]\nworkspace = true\n",
            ),
            (
                "crates/b/Cargo.toml",
                "[dependencies.x]\nworkspace = true\n",
            ),
        ]);
        assert_eq!(
            said(&shared_lints(&files)),
            ["crates/b/Cargo.toml: takes no lints from the workspace"]
        );
    }

    #[test]
    fn the_map_names_every_crate() {
        let files = tree(&[
            (
                "ARCHITECTURE.md",
                "crates/gatekeeper, `crates/store`: SQLite",
            ),
            ("crates/gate/Cargo.toml", ""),
            ("crates/store/Cargo.toml", ""),
        ]);
        assert_eq!(
            said(&map_is_complete(&files)),
            ["ARCHITECTURE.md: says nothing of crates/gate"]
        );
        assert_eq!(said(&map_is_complete(&[])), ["ARCHITECTURE.md: is missing"]);
    }
}
