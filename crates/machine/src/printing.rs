//! Files sent to a printer of this system.
//!
//! Linux and macOS print through CUPS's own programs. Windows leaves it to the program that shows
//! such files, and so does a system without CUPS.

use std::ffi::OsStr;
use std::io::{self, Write};
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
pub struct Printer {
    /// Its queue's name.
    pub name: String,
    /// Whether the person's files go there unless they say otherwise.
    pub is_default: bool,
}

/// Why a file was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// One of CUPS's programs could not be run to its end.
    #[error("the program for printing did not do its work: {0}")]
    Program(#[from] io::Error),
    /// The queue took nothing; the program ended with this number, or by a signal.
    #[error("the printer's queue refused the file ({0:?})")]
    Refused(Option<i32>),
}

/// CUPS's programs, where they are.
#[derive(Debug, Clone)]
pub struct Cups {
    lp: PathBuf,
    lpstat: PathBuf,
}

impl Cups {
    /// Those of this system; none on Windows and without CUPS.
    #[must_use]
    pub fn here() -> Option<Self> {
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
    pub fn printers(&self) -> io::Result<Vec<Printer>> {
        let ask = |word: &str| -> io::Result<String> {
            let output = finish(Command::new(&self.lpstat).arg(word), Vec::new(), LIMIT)?;
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let names = ask("-e")?;
        let default = ask("-d")?;
        Ok(read_printers(&names, &default))
    }

    /// Hands a file to the printer's queue, which keeps a copy: the file may go then.
    pub fn print(&self, printer: &Printer, file: &Path) -> Result<(), PrintError> {
        let mut command = self.lp_to(printer);
        command.arg(file);
        taken(&finish(&mut command, Vec::new(), LIMIT)?)
    }

    /// Hands a page to the printer's queue that stands in no file: it names somebody, and leaves no
    /// trace beside the queue's own.
    pub fn print_page(&self, printer: &Printer, page: Vec<u8>) -> Result<(), PrintError> {
        taken(&finish(&mut self.lp_to(printer), page, LIMIT)?)
    }

    /// Nothing is scaled, because a code that shrank reads worse.
    fn lp_to(&self, printer: &Printer) -> Command {
        let mut command = Command::new(&self.lp);
        command
            .args(["-d", &printer.name, "-t", "Gatehouse"])
            .args(["-o", "print-scaling=none"]);
        command
    }
}

fn taken(output: &Output) -> Result<(), PrintError> {
    match output.status.success() {
        true => Ok(()),
        false => Err(PrintError::Refused(output.status.code())),
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

/// Runs a program to its end with `input` on its standard input, or ends it when it takes longer
/// than `limit`.
fn finish(command: &mut Command, input: Vec<u8>, limit: Duration) -> io::Result<Output> {
    let mut child = command
        .env("LC_ALL", "C.UTF-8")
        .stdin(match input.is_empty() {
            true => Stdio::null(),
            false => Stdio::piped(),
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    // A program that reads nothing must not hold up whoever waits for it; one that ends unread
    // tells by its status.
    if let Some(mut pipe) = child.stdin.take() {
        std::thread::spawn(move || pipe.write_all(&input));
    }
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
#[path = "printing/tests.rs"]
mod tests;
