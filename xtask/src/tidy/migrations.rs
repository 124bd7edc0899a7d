//! Migrations that have landed stay as they are: files out there were made by them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Source};
use crate::sha256::hex_digest;

/// The checksums of landed migrations, in the form of `sha256sum`, from the
/// folder `migrations`.
pub(super) const LIST: &str = "migrations/SHA256SUMS";

/// Every migration is on the list, as it was when it landed.
pub(super) fn landed_unchanged(files: &[Source]) -> Vec<Finding> {
    let (mut findings, new) = compare(files);
    findings.extend(new.iter().map(|name| {
        let said = "is not on the list of landed migrations: `cargo xtask land` puts it there";
        Finding::in_file(&format!("migrations/{name}"), said)
    }));
    findings
}

/// In each folder the numbers go up by one from 1, and none is there twice.
pub(super) fn numbered_in_order(files: &[Source]) -> Vec<Finding> {
    let mut next: BTreeMap<&str, u32> = BTreeMap::new();
    let mut findings = Vec::new();
    for (name, _) in migrations(files) {
        let Some((folder, file)) = name.rsplit_once('/') else {
            findings.push(Finding::in_file(
                &format!("migrations/{name}"),
                "belongs into the folder of the file that it changes",
            ));
            continue;
        };
        let wanted = next.entry(folder).or_insert(1);
        let digits: String = file.chars().take_while(char::is_ascii_digit).collect();
        if digits.parse() == Ok(*wanted) {
            *wanted += 1;
        } else {
            let said = format!(
                "starts with the number `{digits}`; the next one in `{folder}` is {wanted}"
            );
            findings.push(Finding::in_file(&format!("migrations/{name}"), said));
        }
    }
    findings
}

/// The list with new migrations on it, and their names; or what changed since it landed.
pub(super) fn land(files: &[Source]) -> Result<(String, Vec<String>), Vec<Finding>> {
    let (findings, new) = compare(files);
    if !findings.is_empty() {
        return Err(findings);
    }
    let list = migrations(files)
        .map(|(name, text)| format!("{}  {name}\n", hex_digest(text.as_bytes())))
        .collect();
    Ok((list, new))
}

/// What is wrong with landed migrations, and the names of those that are new.
fn compare(files: &[Source]) -> (Vec<Finding>, Vec<String>) {
    let listed = files
        .iter()
        .find(|file| file.path == LIST)
        .map_or("", |file| &file.text);
    let landed: BTreeMap<&str, &str> = listed
        .lines()
        .filter_map(|line| line.split_once("  ").map(|(sum, name)| (name, sum)))
        .collect();
    let mut findings = Vec::new();
    let mut new = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, text) in migrations(files) {
        seen.insert(name);
        match landed.get(name) {
            None => new.push(name.to_owned()),
            Some(sum) if *sum == hex_digest(text.as_bytes()) => {}
            Some(_) => findings.push(Finding::in_file(
                &format!("migrations/{name}"),
                "was changed after it landed; files out there were made by it: write a new migration",
            )),
        }
    }
    for name in landed.keys().filter(|name| !seen.contains(*name)) {
        findings.push(Finding::in_file(
            &format!("migrations/{name}"),
            "has landed and is gone",
        ));
    }
    (findings, new)
}

fn migrations(files: &[Source]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().filter_map(|file| {
        let name = file
            .path
            .strip_prefix("migrations/")
            .filter(|name| name.ends_with(".sql"))?;
        Some((name, file.text.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{said, tree};
    use super::*;

    const START: (&str, &str) = ("migrations/event/0001_start.sql", "CREATE TABLE a (b);\n");

    #[test]
    fn a_landed_migration_can_not_change() {
        let (list, added) = land(&tree(&[START])).expect("nothing has landed yet");
        assert_eq!(added, ["event/0001_start.sql"]);
        assert_eq!(
            list,
            format!("{}  event/0001_start.sql\n", hex_digest(START.1.as_bytes()))
        );

        let changed = ("migrations/event/0001_start.sql", "CREATE TABLE a (c);\n");
        let second = ("migrations/event/0002_more.sql", "SELECT 1;");
        let list = (LIST, list.as_str());
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
        let cases: [Case<'_>; 4] = [
            (&[START, list], &[]),
            (
                &[changed, list],
                &[
                    "migrations/event/0001_start.sql: was changed after it landed; \
                files out there were made by it: write a new migration",
                ],
            ),
            (
                &[list],
                &["migrations/event/0001_start.sql: has landed and is gone"],
            ),
            (
                &[START, second, list],
                &["migrations/event/0002_more.sql: is not on the list of \
                landed migrations: `cargo xtask land` puts it there"],
            ),
        ];
        for (files, findings) in cases {
            assert_eq!(said(&landed_unchanged(&tree(files))), findings);
        }
        assert!(land(&tree(&[changed, second, list])).is_err());
        assert_eq!(
            land(&tree(&[START, second, list])).expect("one is new").1,
            ["event/0002_more.sql"]
        );
    }

    #[test]
    fn numbers_go_up_by_one() {
        let files = tree(&[
            ("migrations/event/0001_a.sql", ""),
            ("migrations/event/0002_b.sql", ""),
            ("migrations/event/0004_c.sql", ""),
            ("migrations/loose.sql", ""),
            ("migrations/workspace/001_a.sql", ""),
            ("migrations/workspace/001_b.sql", ""),
        ]);
        assert_eq!(
            said(&numbered_in_order(&files)),
            [
                "migrations/event/0004_c.sql: starts with the number `0004`; the next one in `event` is 3",
                "migrations/loose.sql: belongs into the folder of the file that it changes",
                "migrations/workspace/001_b.sql: starts with the number `001`; \
                 the next one in `workspace` is 2",
            ]
        );
    }
}
