//! A desk for one run: a screen, a bus, a WebDriver, and the application in front of it.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use gatehouse_testkit::free_ports;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

/// The passphrase of the workspaces that the tests make.
const PASSPHRASE: &str = "open sesame";
/// The file with the addresses that the browser was asked for.
const SENT_AWAY: &str = "sent-away";
/// The file that the printer was given last, and the words that it was given with.
const PRINTED: &str = "printed";
const PRINTED_WITH: &str = "printed-with";
/// Tells when what is in the page has been painted.
const PAINTED: &str = "const [done] = arguments; document.fonts.ready.then(() => \
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250))));";
/// For how long a session is asked for by the same ports: the driver refuses while it is still
/// starting.
const STARTS_WITHIN: Duration = Duration::from_secs(25);

/// How long a driver that is stuck is waited for; no test depends on how fast a machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What went wrong, or what is missing on this machine.
#[derive(Debug)]
pub(crate) struct Failure {
    said: String,
    missing: bool,
}

impl Failure {
    pub(crate) fn new(said: impl Into<String>) -> Self {
        Self {
            said: said.into(),
            missing: false,
        }
    }

    fn missing(what: &str) -> Self {
        Self {
            said: format!("{what} is not on this machine; `cargo xtask setup` installs it"),
            missing: true,
        }
    }

    /// Whether the test can't be run here, rather than having failed.
    pub(crate) fn is_missing(&self) -> bool {
        self.missing
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl From<fantoccini::error::CmdError> for Failure {
    fn from(error: fantoccini::error::CmdError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// A program with all that it starts, ended together.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> std::io::Result<Self> {
        command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map(Self)
    }

    /// The first line that it writes.
    fn first_line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if let Some(out) = self.0.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        Ok(line.trim().to_owned())
    }

    fn signal(&self, name: &str) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill")
            .args([name, "--", &group])
            .stderr(Stdio::null())
            .status();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal("-TERM");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(5) {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // Whatever is left of its group.
        self.signal("-KILL");
        let _ = self.0.wait();
    }
}

/// The application on a screen of its own, seen through WebDriver.
pub(crate) struct Desk {
    /// Speaks to the window.
    pub(crate) client: Client,
    /// When the application was asked for.
    pub(crate) begun: Instant,
    surroundings: Vec<(&'static str, String)>,
    home: TempDir,
    // Ended in this order.
    _driver: Running,
    _bus: Running,
    _screen: Running,
}

impl Desk {
    /// Starts the application with the workspace in `data`.
    pub(crate) async fn start(data: &Path) -> Result<Self, Failure> {
        Self::start_with(data, &[]).await
    }

    /// As [`Desk::start`], with more words on its command line.
    pub(crate) async fn start_with(data: &Path, more: &[&str]) -> Result<Self, Failure> {
        let native = found("WebKitWebDriver")?;
        let driver = found("tauri-driver")?;
        found("Xvfb")?;
        found("dbus-daemon")?;

        let home = TempDir::new()?;
        let mut screen = Running::start(
            Command::new("Xvfb")
                .args([
                    "-displayfd",
                    "1",
                    "-screen",
                    "0",
                    "1440x900x24",
                    "-nolisten",
                    "tcp",
                ])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let display = format!(":{}", screen.first_line()?);
        let mut bus = Running::start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let path = write_programs(home.path())?;
        let bus_address = bus.first_line()?;
        let inside = |name: &str| home.path().join(name).display().to_string();
        let surroundings = vec![
            ("DISPLAY", display),
            ("DBUS_SESSION_BUS_ADDRESS", bus_address.clone()),
            ("DBUS_SYSTEM_BUS_ADDRESS", bus_address),
            ("GATEHOUSE_PASSPHRASE", PASSPHRASE.to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("HOME", home.path().display().to_string()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("LIBGL_ALWAYS_SOFTWARE", "1".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("PATH", path),
            ("XDG_CACHE_HOME", inside("cache")),
            ("XDG_CONFIG_HOME", inside("config")),
            ("XDG_DATA_HOME", inside("data")),
        ];
        let drive = |[port, native_port]: [u16; 2]| {
            Running::start(
                Command::new(&driver)
                    .args(["--port", &port.to_string()])
                    .args(["--native-port", &native_port.to_string()])
                    .arg("--native-driver")
                    .arg(&native)
                    .envs(surroundings.iter().map(|(name, value)| (*name, value)))
                    .env_remove("WAYLAND_DISPLAY")
                    .stdout(Stdio::null())
                    .stderr(Stdio::null()),
            )
        };
        let data = data.display().to_string();
        let words = [&["--data", &data], more].concat();
        let wanted = json!({
            "browserName": "wry",
            "tauri:options": {
                "application": env!("CARGO_BIN_EXE_gatehouse-desktop"),
                "args": words,
            },
        });
        let wanted: Capabilities =
            serde_json::from_value(wanted).map_err(|e| Failure::new(e.to_string()))?;
        let asked = Instant::now();
        let (driver, client, begun) = loop {
            let ports = free_ports();
            let driver = drive(ports)?;
            let address = format!("http://127.0.0.1:{}", ports[0]);
            match session(&address, &wanted).await {
                Ok((client, begun)) => break (driver, client, begun),
                Err(failure) if asked.elapsed() > PATIENCE => return Err(failure),
                // Somebody else may have one of the ports: others are tried.
                Err(_) => {}
            }
        };
        Ok(Self {
            client,
            begun,
            surroundings,
            home,
            _driver: driver,
            _bus: bus,
            _screen: screen,
        })
    }

    /// Starts the application once more, as a link or a person does, and waits for its end.
    pub(crate) fn start_again(&self, word: &str) -> Result<(), Failure> {
        let ended = Command::new(env!("CARGO_BIN_EXE_gatehouse-desktop"))
            .arg(word)
            .envs(self.surroundings.iter().map(|(name, value)| (*name, value)))
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .status()?;
        if ended.success() {
            Ok(())
        } else {
            Err(Failure::new(format!("a second start ended with {ended}")))
        }
    }

    /// Keeps a picture of the window's page for people to look at.
    pub(crate) async fn take_picture(&self, name: &str) -> Result<PathBuf, Failure> {
        // The driver shows the last frame, which may be older than what the page says of itself.
        self.client.execute_async(PAINTED, vec![]).await?;
        let png = tokio::time::timeout(PATIENCE, self.client.screenshot())
            .await
            .map_err(|_| Failure::new("the driver gave no picture"))??;
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = target.parent().unwrap_or(target).join("desktop-shots");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, png)?;
        Ok(path)
    }

    /// What the application has written into its log.
    pub(crate) fn log(&self) -> String {
        let folder = self.home.path().join("data/org.gatehouse.desktop/logs");
        std::fs::read_to_string(folder.join("gatehouse.log")).unwrap_or_default()
    }

    /// Waits until the log says so.
    pub(crate) async fn until_logged(&self, words: &str) -> Result<(), Failure> {
        self.until(words, || self.log()).await
    }

    /// Waits until the log is as wished.
    pub(crate) async fn until_log(&self, wished: impl Fn(&str) -> bool) -> Result<(), Failure> {
        let begun = Instant::now();
        while !wished(&self.log()) {
            if begun.elapsed() > PATIENCE {
                return Err(Failure::new("waited in vain for a line of the log"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// The office and the gates that are shown, without their dialogs; says what is missing where
    /// nothing presses keys.
    pub(crate) fn windows(&self) -> Result<Vec<String>, Failure> {
        let words = ["search", "--onlyvisible", "--name", "Gatehouse$"];
        let shown = self.xdotool(&words)?;
        Ok(shown.lines().map(str::to_owned).collect())
    }

    /// Presses keys in one of them, as the person's keyboard does.
    pub(crate) fn press_keys(&self, window: &str, keys: &str) -> Result<(), Failure> {
        self.xdotool(&["windowfocus", "--sync", window])?;
        self.xdotool(&["key", "--clearmodifiers", keys]).map(drop)
    }

    fn xdotool(&self, words: &[&str]) -> Result<String, Failure> {
        let output = Command::new(found("xdotool")?)
            .args(words)
            .envs(self.surroundings.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// What the printer was given last, and the words that it was given with.
    pub(crate) fn printed(&self) -> std::io::Result<(Vec<u8>, String)> {
        let home = self.home.path();
        Ok((
            std::fs::read(home.join(PRINTED))?,
            std::fs::read_to_string(home.join(PRINTED_WITH))?,
        ))
    }

    /// The address of the bus, which stands for the system's too.
    pub(crate) fn bus_address(&self) -> &str {
        self.surroundings
            .iter()
            .find(|(name, _)| *name == "DBUS_SESSION_BUS_ADDRESS")
            .map_or("", |(_, address)| address)
    }

    /// Waits until the browser was asked for this address.
    pub(crate) async fn until_sent_away(&self, address: &str) -> Result<(), Failure> {
        let path = self.home.path().join(SENT_AWAY);
        let sent = || std::fs::read_to_string(&path).unwrap_or_default();
        self.until(address, sent).await
    }

    async fn until(&self, words: &str, told: impl Fn() -> String) -> Result<(), Failure> {
        let begun = Instant::now();
        while !told().contains(words) {
            if begun.elapsed() > PATIENCE {
                let told = told();
                return Err(Failure::new(format!("no “{words}” in “{told}”")));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Ends the session, and then everything else.
    pub(crate) async fn stop(self) {
        // The driver ends the application with its session; a lost one goes with its group.
        let _ = tokio::time::timeout(PATIENCE, self.client.clone().close()).await;
    }
}

async fn session(address: &str, wanted: &Capabilities) -> Result<(Client, Instant), Failure> {
    let asked = Instant::now();
    loop {
        let begun = Instant::now();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        match builder.capabilities(wanted.clone()).connect(address).await {
            Ok(client) => return Ok((client, begun)),
            Err(error) if asked.elapsed() > STARTS_WITHIN => {
                return Err(Failure::new(format!("no session of the window: {error}")));
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(250)).await,
        }
    }
}

/// Programs that only write down what they are asked for: a browser, and CUPS's two with a printer
/// called `Front_desk`. Gives the search path with them in front.
fn write_programs(home: &Path) -> std::io::Result<String> {
    let folder = home.join("bin");
    std::fs::create_dir(&folder)?;
    for (name, lines) in [
        ("xdg-open", format!("echo \"$1\" >> \"$HOME/{SENT_AWAY}\"")),
        (
            "lpstat",
            "case $1 in -e) echo Front_desk;; -d) echo 'default: Front_desk';; esac".to_owned(),
        ),
        (
            "lp",
            format!(
                "echo \"$*\" > \"$HOME/{PRINTED_WITH}\"\n\
                 while [ $# -gt 1 ]; do shift; done\n\
                 cp \"$1\" \"$HOME/{PRINTED}\""
            ),
        ),
    ] {
        let program = folder.join(name);
        std::fs::write(&program, format!("#!/bin/sh\n{lines}\n"))?;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    }
    let path = std::env::var("PATH").unwrap_or_default();
    Ok(format!("{}:{path}", folder.display()))
}

/// A program on the search path, or among those that cargo installed.
fn found(name: &str) -> Result<PathBuf, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cargo = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
        .map(|home| home.join("bin"));
    std::env::split_paths(&path)
        .chain(cargo)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| Failure::missing(name))
}
