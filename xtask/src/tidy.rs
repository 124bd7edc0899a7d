//! The house rules that no compiler knows: on files, names, crates, migrations.

mod architecture;
mod migrations;
mod wording;

use std::fmt;
use std::path::Path;

use crate::command::{Stop, root};

/// A text file of the tree.
pub(crate) struct Source {
    /// The path from the root, with slashes on every system.
    pub(crate) path: String,
    /// What it holds; for a file that is no text, what can be read of it.
    pub(crate) text: String,
}

/// A place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    path: String,
    line: Option<usize>,
    said: String,
}

impl Finding {
    fn in_file(path: &str, said: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            said: said.into(),
        }
    }

    fn at(path: &str, line: usize, said: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: Some(line),
            said: said.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.said),
            None => write!(f, "{}: {}", self.path, self.said),
        }
    }
}

/// A rule: what it finds in the files of the tree.
type Rule = fn(&[Source]) -> Vec<Finding>;

const RULES: [Rule; 10] = [
    wording::long_files,
    wording::empty_names,
    wording::unfinished_code,
    architecture::test_binaries,
    architecture::crate_direction,
    architecture::sole_owners,
    architecture::shared_lints,
    architecture::map_is_complete,
    migrations::landed_unchanged,
    migrations::numbered_in_order,
];

/// Holds the tree against every rule, and lists all that is broken.
pub(crate) fn check() -> Result<(), Stop> {
    let files = sources(&root());
    let findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&files)).collect();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("{} files keep {} rules", files.len(), RULES.len());
            Ok(())
        }
        1 => Err(Stop::new("one thing is against the house rules")),
        many => Err(Stop::new(format!(
            "{many} things are against the house rules"
        ))),
    }
}

/// Writes the checksums of new migrations down; refuses when a landed one changed.
pub(crate) fn land_migrations() -> Result<(), Stop> {
    let files = sources(&root());
    let (list, added) = migrations::land(&files).map_err(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Stop::new(lines.join("\n"))
    })?;
    for name in &added {
        println!("landed: {name}");
    }
    let path = root().join(migrations::LIST);
    std::fs::write(&path, list).map_err(|error| Stop::new(format!("{}: {error}", path.display())))
}

/// The files that the rules speak of, sorted by path.
pub(crate) fn sources(root: &Path) -> Vec<Source> {
    let mut files = Vec::new();
    for folder in [
        "crates",
        "migrations",
        "src-tauri",
        "tests",
        "ui/src",
        "xtask",
    ] {
        collect(&root.join(folder), folder, &mut files);
    }
    for name in ["ARCHITECTURE.md", "Cargo.toml"] {
        if let Ok(text) = std::fs::read_to_string(root.join(name)) {
            files.push(Source {
                path: name.to_owned(),
                text,
            });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(folder: &Path, name: &str, files: &mut Vec<Source>) {
    const BUILT: [&str; 4] = ["target", "node_modules", "dist", "gen"];
    const READ: [&str; 8] = [
        ".rs",
        ".ts",
        ".tsx",
        ".css",
        ".sql",
        ".toml",
        ".md",
        "SHA256SUMS",
    ];
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let own = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{name}/{own}");
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && !BUILT.contains(&own.as_str()) {
            collect(&entry.path(), &path, files);
        } else if kind.is_file()
            && READ.iter().any(|ending| own.ends_with(ending))
            && let Ok(bytes) = std::fs::read(entry.path())
        {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            files.push(Source { path, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree out of paths and texts.
    pub(super) fn tree(files: &[(&str, &str)]) -> Vec<Source> {
        files
            .iter()
            .map(|(path, text)| Source {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect()
    }

    /// The findings as they are printed.
    pub(super) fn said(findings: &[Finding]) -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn reads_the_tree_it_stands_in() {
        let files = sources(&root());
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert!(paths.contains(&"xtask/src/tidy.rs"));
        assert!(paths.contains(&"crates/domain/src/id.rs"));
        assert!(!paths.iter().any(|path| path.contains("/target/")));
    }

    #[test]
    fn a_finding_names_its_place() {
        assert_eq!(Finding::at("a.rs", 3, "no").to_string(), "a.rs:3: no");
        assert_eq!(Finding::in_file("a.rs", "no").to_string(), "a.rs: no");
    }
}
