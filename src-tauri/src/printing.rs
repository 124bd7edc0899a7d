//! Files that long work made, sent to a printer of this system.
//!
//! Linux and macOS print through CUPS's own programs. Windows leaves it to the program that shows
//! such files, and so does a system without CUPS.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;

/// How long CUPS may take; looking for printers on the network takes it some seconds.
const LIMIT: Duration = Duration::from_secs(60);
/// How often a program is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// A printer as the system names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Printer {
    /// Its queue's name.
    pub(crate) name: String,
    /// Whether the person's files go there unless they say otherwise.
    pub(crate) is_default: bool,
}

/// Why a file was not printed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrintError {
    /// CUPS's program could not be run to its end.
    #[error("the program for printing did not do its work: {0}")]
    Program(#[from] io::Error),
    /// The queue took nothing; the program ended with this number, or by a signal.
    #[error("the printer's queue refused the file ({0:?})")]
    Refused(Option<i32>),
}

/// CUPS's programs, where they are.
#[derive(Debug, Clone)]
pub(crate) struct Cups {
    lp: PathBuf,
    lpstat: PathBuf,
}

impl Cups {
    /// Those of this system.
    pub(crate) fn here() -> Option<Self> {
        if cfg!(windows) {
            return None;
        }
        Self::on(&std::env::var_os("PATH")?)
    }

    fn on(path: &OsStr) -> Option<Self> {
        let found = |name: &str| {
            std::env::split_paths(path)
                .map(|folder| folder.join(name))
                .find(|path| path.is_file())
        };
        Some(Self {
            lp: found("lp")?,
            lpstat: found("lpstat")?,
        })
    }

    /// The printers that there are; none while CUPS itself does not run.
    pub(crate) fn printers(&self) -> io::Result<Vec<Printer>> {
        let ask = |word: &str| -> io::Result<String> {
            let output = finish(Command::new(&self.lpstat).arg(word), LIMIT)?;
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let names = ask("-e")?;
        let default = ask("-d")?;
        Ok(read_printers(&names, &default))
    }

    /// Hands a file to the printer's queue, which keeps a copy: the file may go then.
    ///
    /// Nothing is scaled, because a code that shrank reads worse.
    pub(crate) fn print(&self, printer: &Printer, file: &Path) -> Result<(), PrintError> {
        let mut command = Command::new(&self.lp);
        command
            .args(["-d", &printer.name, "-t", "Gatehouse"])
            .args(["-o", "print-scaling=none"])
            .arg(file);
        let output = finish(&mut command, LIMIT)?;
        if output.status.success() {
            Ok(())
        } else {
            Err(PrintError::Refused(output.status.code()))
        }
    }
}

/// Reads what `lpstat -e` and `lpstat -d` say.
///
/// The second speaks the person's language on some systems, and names the queue after a colon in
/// each of them.
fn read_printers(names: &str, default: &str) -> Vec<Printer> {
    let default = default.rsplit(':').next().unwrap_or_default().trim();
    names
        .lines()
        .map(str::trim)
        // A queue's name is one printable word; what begins with a dash would be an option.
        .filter(|name| {
            !name.is_empty()
                && !name.starts_with('-')
                && !name.contains(|c: char| c.is_whitespace() || c.is_control())
        })
        .map(|name| Printer {
            name: name.to_owned(),
            is_default: name == default,
        })
        .collect()
}

/// Runs a program to its end, or ends it when it takes longer than `limit`.
fn finish(command: &mut Command, limit: Duration) -> io::Result<Output> {
    let mut child = command
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let begun = Instant::now();
    while child.try_wait()?.is_none() {
        if begun.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(LOOK);
    }
    child.wait_with_output()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printer(name: &str, is_default: bool) -> Printer {
        Printer {
            name: name.to_owned(),
            is_default,
        }
    }

    #[test]
    fn reads_the_list_in_any_language() {
        let two = [printer("Front_desk", false), printer("Büro-2", true)];
        for default in [
            "system default destination: Büro-2\n",
            "destination système par défaut : Büro-2\n",
        ] {
            assert_eq!(read_printers("Front_desk\nBüro-2\n", default), two);
        }
        let without = [printer("Front_desk", false)];
        let said = "no system default destination\n";
        assert_eq!(read_printers("Front_desk\n\n", said), without);
        assert_eq!(read_printers("-o\nno such thing\n", said), []);
    }

    #[test]
    fn without_cups_there_is_no_printer() {
        let empty = tempfile::tempdir().expect("a folder");
        assert!(Cups::on(empty.path().as_os_str()).is_none());
    }

    #[cfg(unix)]
    mod with_programs {
        use std::os::unix::fs::PermissionsExt;

        use super::*;

        /// A folder with programs of these names and lines.
        fn programs(lines: &[(&str, &str)]) -> tempfile::TempDir {
            let folder = tempfile::tempdir().expect("a folder");
            for (name, line) in lines {
                let path = folder.path().join(name);
                std::fs::write(&path, format!("#!/bin/sh\n{line}\n")).expect("written");
                let all = std::fs::Permissions::from_mode(0o755);
                std::fs::set_permissions(&path, all).expect("executable");
            }
            folder
        }

        const LPSTAT: &str =
            r#"case $1 in -e) echo Front_desk;; -d) echo "default: Front_desk";; esac"#;

        #[test]
        fn a_file_goes_to_its_queue_unscaled() {
            let keep = r#"cd "${0%/*}"; printf '%s\n' "$@" > told"#;
            let folder = programs(&[("lpstat", LPSTAT), ("lp", keep)]);
            let cups = Cups::on(folder.path().as_os_str()).expect("both are there");
            let printers = cups.printers().expect("asked");
            assert_eq!(printers, [printer("Front_desk", true)]);
            let file = folder.path().join("a b;c.pdf");
            cups.print(&printers[0], &file).expect("printed");
            let told = std::fs::read_to_string(folder.path().join("told")).expect("called");
            let wanted = format!(
                "-d\nFront_desk\n-t\nGatehouse\n-o\nprint-scaling=none\n{}\n",
                file.display()
            );
            assert_eq!(told, wanted);
        }

        #[test]
        fn a_queue_that_refuses_is_told() {
            let folder = programs(&[("lpstat", LPSTAT), ("lp", "exit 7")]);
            let cups = Cups::on(folder.path().as_os_str()).expect("both are there");
            let error = cups.print(&printer("Front_desk", true), folder.path());
            assert!(matches!(error, Err(PrintError::Refused(Some(7)))));
        }

        #[test]
        fn a_program_that_hangs_is_ended() {
            let folder = programs(&[("lp", "exec sleep 600")]);
            let mut command = Command::new(folder.path().join("lp"));
            let ended = finish(&mut command, Duration::from_millis(50)).expect_err("too long");
            assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
        }
    }
}
