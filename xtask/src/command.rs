//! Running other programs, the same way on Linux, macOS and Windows.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Why a command ended early, in words for the person who called it.
#[derive(Debug)]
pub(crate) struct Stop {
    message: String,
    usage: bool,
}

impl Stop {
    /// A stop with what happened and, where there is one, the way out.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            usage: false,
        }
    }

    /// A stop because the command line itself makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            usage: true,
        }
    }

    /// A stop of which everything has been said already.
    pub(crate) fn already_said() -> Self {
        Self::new("")
    }

    /// Whether the command line is at fault rather than the work.
    pub(crate) fn is_usage(&self) -> bool {
        self.usage
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The repository's root folder.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .parent()
        .map_or(manifest.clone(), Path::to_path_buf)
}

/// The folder that cargo builds into.
pub(crate) fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A program built by cargo, `name` without the ending that Windows adds.
pub(crate) fn built(profile: &str, name: &str) -> PathBuf {
    target_dir()
        .join(profile)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Whether a continuous integration machine is calling.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// A program by name, to be run in the repository's root.
///
/// What `cargo run` puts into the environment for this program is taken out
/// again: build scripts watch some of it, and would build anew for nothing.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    for (key, _) in std::env::vars_os() {
        let key = key.to_string_lossy().into_owned();
        if key.starts_with("CARGO_PKG_")
            || key.starts_with("CARGO_MANIFEST_")
            || key == "CARGO_BIN_NAME"
            || key == "CARGO_CRATE_NAME"
        {
            command.env_remove(key);
        }
    }
    command
}

/// Cargo itself, the one that runs this program.
pub(crate) fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = program(cargo);
    if in_ci() && std::env::var_os("CARGO_INCREMENTAL").is_none() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    // Without NASM the cryptography library takes the assembled objects it
    // ships for Windows.
    if cfg!(windows)
        && find("nasm").is_none()
        && std::env::var_os("AWS_LC_SYS_PREBUILT_NASM").is_none()
    {
        command.env("AWS_LC_SYS_PREBUILT_NASM", "1");
    }
    command
}

/// npm, in the folder of the interface.
pub(crate) fn npm() -> Command {
    let mut command = program(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(root().join("ui"));
    command
}

/// The full path of a program on the search path, if there is one.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd", ".bat"]
    } else {
        &[""]
    };
    std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|dir| {
            endings
                .iter()
                .map(move |ending| dir.join(format!("{name}{ending}")))
        })
        .find(|path| path.is_file())
}

/// The command as a person would type it.
pub(crate) fn typed(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program
        .file_stem()
        .unwrap_or(command.get_program())
        .to_string_lossy();
    let mut line = program.into_owned();
    for arg in command.get_args() {
        let arg = arg.to_string_lossy();
        if arg.is_empty() || arg.contains(char::is_whitespace) {
            line.push_str(&format!(" '{arg}'"));
        } else {
            line.push_str(&format!(" {arg}"));
        }
    }
    line
}

/// Shows the command, runs it on the same terminal, and stops if it fails.
pub(crate) fn must(command: &mut Command) -> Result<(), Stop> {
    let line = announce(command);
    let status = command
        .status()
        .map_err(|error| cannot_start(&line, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Stop::new(format!("`{line}` failed ({status})")))
    }
}

/// As [`must`], and hands back what the command wrote to standard output,
/// which is shown all the same, line by line.
///
/// The text comes back even when the command fails, with the failure.
pub(crate) fn must_read(command: &mut Command) -> (String, Result<(), Stop>) {
    let line = announce(command);
    let mut child = match command.stdout(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => return (String::new(), Err(cannot_start(&line, &error))),
    };
    let mut text = String::new();
    if let Some(out) = child.stdout.take() {
        for said in BufReader::new(out).split(b'\n').map_while(Result::ok) {
            let said = String::from_utf8_lossy(&said);
            println!("{said}");
            text.push_str(&said);
            text.push('\n');
        }
    }
    let ended = match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Stop::new(format!("`{line}` failed ({status})"))),
        Err(error) => Err(Stop::new(format!("`{line}` was lost: {error}"))),
    };
    (text, ended)
}

/// What the command prints on standard output, or nothing if it fails.
pub(crate) fn read(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the command ends well within the limit; it is ended when it does not.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    announce(command);
    let Ok(mut child) = command.stdin(Stdio::null()).spawn() else {
        return false;
    };
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if begun.elapsed() < limit => std::thread::sleep(Duration::from_millis(100)),
            _ => {
                // It may have ended by itself just now; either way it is over.
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

fn announce(command: &Command) -> String {
    let line = typed(command);
    println!("$ {line}");
    // Pictures of progress come from the child; ours must stand before them.
    let _ = std::io::stdout().flush();
    line
}

fn cannot_start(line: &str, error: &std::io::Error) -> Stop {
    Stop::new(format!("`{line}` could not be started: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_command_as_a_person_would_type_it() {
        let mut command = Command::new("/opt/rust/bin/cargo");
        command.args(["clippy", "--", "-D", "two words", ""]);
        assert_eq!(typed(&command), "cargo clippy -- -D 'two words' ''");
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("xtask").join("Cargo.toml").is_file());
    }

    #[test]
    fn names_the_command_that_failed() {
        let mut command = program("cargo");
        command
            .arg("no-such-subcommand-at-all")
            .stderr(Stdio::null());
        let stop = must(&mut command).expect_err("cargo knows no such command");
        assert!(
            stop.to_string()
                .starts_with("`cargo no-such-subcommand-at-all` failed"),
            "{stop}"
        );
    }

    #[test]
    fn hands_back_what_a_command_printed() {
        let (text, ended) = must_read(program("cargo").arg("--version"));
        assert!(ended.is_ok());
        assert!(text.starts_with("cargo "), "{text}");
    }
}
