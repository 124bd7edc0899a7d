//! A screen and a bus of their own, for a program that shows a window and nobody looks at.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{Stop, find, program, read};

/// How long what was asked to end may take to do so.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);
/// How often a screen is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// A program with all that it starts, ended together when dropped.
pub(crate) struct Group(Child);

impl Group {
    /// Starts a program as the first of a group.
    pub(crate) fn start(command: &mut Command) -> std::io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        command.stdin(Stdio::null()).spawn().map(Self)
    }

    /// Whether it has ended already, and how.
    pub(crate) fn ended(&mut self) -> Option<String> {
        match self.0.try_wait() {
            Ok(Some(status)) => Some(status.to_string()),
            Ok(None) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    fn signal(&self, name: &str) {
        let group = format!("-{}", self.0.id());
        let mut kill = program("kill");
        kill.args([name, "--", &group]).stderr(Stdio::null());
        let _ = kill.status();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal("-TERM");
        let begun = Instant::now();
        while self.ended().is_none() && begun.elapsed() < LEAVE_WITHIN {
            std::thread::sleep(LOOK);
        }
        // Whatever is left of it.
        self.signal("-KILL");
        let _ = self.0.wait();
    }
}

/// A screen, a bus, and a home that holds nothing of the person's.
pub(crate) struct Screen {
    home: PathBuf,
    display: String,
    bus_address: String,
    // Ended in this order.
    _bus: Group,
    _screen: Group,
}

impl Screen {
    /// Opens a screen for programs whose home is `home`; says what is missing where it can't.
    pub(crate) fn open(home: &Path) -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Err("there is no screen to be had out of sight on this system".into());
        }
        for name in ["Xvfb", "dbus-daemon", "xwininfo"] {
            if find(name).is_none() {
                return Err(format!("there is no {name} here"));
            }
        }
        let first_line = |command: &mut Command| -> std::io::Result<(Group, String)> {
            let mut group = Group::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
            let mut line = String::new();
            if let Some(out) = group.0.stdout.take() {
                BufReader::new(out).read_line(&mut line)?;
            }
            Ok((group, line.trim().to_owned()))
        };
        let wrong = |error: std::io::Error| error.to_string();
        std::fs::create_dir_all(home).map_err(wrong)?;
        let size = "1440x900x24";
        let mut xvfb = program("Xvfb");
        xvfb.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", size]);
        let (screen, number) = first_line(&mut xvfb).map_err(wrong)?;
        let mut dbus = program("dbus-daemon");
        dbus.args(["--session", "--nofork", "--print-address=1"]);
        let (bus, bus_address) = first_line(&mut dbus).map_err(wrong)?;
        if number.is_empty() || bus_address.is_empty() {
            return Err("Xvfb or the bus ended at once".into());
        }
        Ok(Self {
            home: home.to_owned(),
            display: format!(":{number}"),
            bus_address,
            _bus: bus,
            _screen: screen,
        })
    }

    /// A program that shows itself here.
    pub(crate) fn program(&self, path: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = program(path);
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.bus_address)
            .env("GDK_BACKEND", "x11")
            .env("HOME", &self.home)
            .env("LC_ALL", "C.UTF-8")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env_remove("GATEHOUSE_DATA")
            .env_remove("GATEHOUSE_PASSPHRASE")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// The number that programs on this screen have in their environment.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// Waits until a window here has a title that begins so.
    pub(crate) fn until_title(
        &self,
        beginning: &str,
        shown_by: &mut Group,
        limit: Duration,
    ) -> Result<(), Stop> {
        let begun = Instant::now();
        let wanted = format!("\"{beginning}");
        loop {
            let windows =
                read(program("xwininfo").args(["-display", &self.display, "-root", "-tree"]));
            let windows = windows.unwrap_or_default();
            if windows.contains(&wanted) {
                return Ok(());
            }
            if let Some(status) = shown_by.ended() {
                return Err(Stop::new(format!("the program ended before ({status})")));
            }
            if begun.elapsed() > limit {
                return Err(Stop::new(format!(
                    "no window “{beginning}…” came within {} s; there are\n{windows}",
                    limit.as_secs()
                )));
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Keeps a picture of the whole screen for people to look at, where a program draws one.
    pub(crate) fn take_picture(&self, path: &Path) {
        if find("import").is_some() {
            let mut import = program("import");
            import.args(["-display", &self.display, "-window", "root"]);
            // A picture is for people; nothing depends on it.
            let _ = read(import.arg(path));
        }
    }
}
