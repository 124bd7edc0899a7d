//! An office on a temporary folder: a workspace, an event, lists, and the command itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use gatehouse_testkit::free_ports;
use serde_json::Value;
use tempfile::TempDir;

/// So long a story waits for what must come: long enough for any machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The same for curl, in seconds.
pub(crate) const MOST_SECONDS: &str = "60";

/// A temporary workspace with one event whose doors stand open.
pub(crate) struct Office {
    dir: TempDir,
}

impl Office {
    pub(crate) fn empty() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
        }
    }

    /// With a workspace and the event “Harbour Ball”, signed with `key`.
    pub(crate) fn with_event(key: &str) -> Self {
        let office = Self::empty();
        office.make_event(key);
        office
    }

    pub(crate) fn make_event(&self, key: &str) {
        self.make_event_in(key, 1);
    }

    /// Makes a workspace with the event, which starts in so many hours.
    pub(crate) fn make_event_in(&self, key: &str, starts_in: i64) {
        self.must(&["init", "--data", &self.data()]);
        let (doors, starts, ends) = (
            in_hours(starts_in - 2),
            in_hours(starts_in),
            in_hours(starts_in + 5),
        );
        self.must(&[
            "event",
            "create",
            "--data",
            &self.data(),
            "--title",
            "Harbour Ball",
            "--doors",
            &doors,
            "--starts",
            &starts,
            "--ends",
            &ends,
            "--type",
            "Standard",
            "--type",
            "VIP",
            "--key",
            key,
        ]);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn data(&self) -> String {
        text(&self.path("workspace"))
    }

    /// Writes a file into the office's folder and gives its path back.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        text(&self.path(name))
    }

    /// The command with this office's key folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatehouse"));
        command
            .args(args)
            .env("GATEHOUSE_KEY_DIR", self.path("keys"))
            .env_remove("GATEHOUSE_PASSPHRASE")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a command on the event: `words` first, then `--data` and `--event`, then `more`.
    pub(crate) fn on_event(&self, words: &[&str], more: &[&str]) -> Output {
        let data = self.data();
        let args = [words, &["--data", &data, "--event", "Harbour Ball"], more].concat();
        self.run(&args)
    }

    /// Standard output of a command that must succeed.
    pub(crate) fn must(&self, args: &[&str]) -> String {
        answer(&self.run(args), args)
    }

    pub(crate) fn must_on_event(&self, words: &[&str], more: &[&str]) -> String {
        answer(&self.on_event(words, more), words)
    }

    /// How far the event is.
    pub(crate) fn show(&self) -> Value {
        serde_json::from_str(&self.must_on_event(&["event", "show"], &["--json"])).unwrap()
    }

    /// The codes of an invitation as its printed pages show them.
    pub(crate) fn printed_codes(&self, invitation: &str) -> Vec<String> {
        let pdf = text(&self.path("printed.pdf"));
        self.must_on_event(&["print"], &["--invitation", invitation, "--out", &pdf]);
        let stem = text(&self.path("page"));
        assert!(have("pdftoppm"), "poppler-utils is part of the test setup");
        let done = Command::new("pdftoppm")
            .args(["-r", "150", "-png", &pdf, &stem])
            .status()
            .unwrap();
        assert!(done.success());
        let mut pages: Vec<String> = std::fs::read_dir(self.dir.path())
            .unwrap()
            .map(|entry| text(&entry.unwrap().path()))
            .filter(|path| path.starts_with(&stem) && path.ends_with(".png"))
            .collect();
        pages.sort();
        let mut args = vec!["decode", "--json"];
        args.extend(pages.iter().map(String::as_str));
        let codes = self
            .must(&args)
            .lines()
            .map(|line| {
                let page: Value = serde_json::from_str(line).unwrap();
                page["codes"][0].as_str().unwrap().to_owned()
            })
            .collect();
        for page in pages {
            std::fs::remove_file(page).unwrap();
        }
        codes
    }
}

/// Addresses of this machine that nobody listens at, and that nobody is given by chance.
pub(crate) fn free_addresses<const N: usize>() -> [String; N] {
    free_ports::<N>().map(|port| format!("127.0.0.1:{port}"))
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Whether this machine has a program.
pub(crate) fn have(name: &str) -> bool {
    program(name).is_some()
}

/// Where a program lies.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Says loudly that a story was not told, and why.
pub(crate) fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn answer(output: &Output, args: &[&str]) -> String {
    assert!(output.status.success(), "{args:?}: {}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A time so many hours from now, as RFC 3339.
pub(crate) fn in_hours(hours: i64) -> String {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs() as i64;
    chrono::DateTime::from_timestamp(now + hours * 3_600, 0)
        .unwrap()
        .to_rfc3339()
}
