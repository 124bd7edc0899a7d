//! CUPS itself, as a print shop of a test's own: nothing of the machine's printers is touched.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long the shop is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// A running CUPS with one printer, which is the usual one and writes nowhere; ended when dropped.
#[derive(Debug)]
pub struct PrintShop {
    daemon: Child,
    folder: TempDir,
}

impl Drop for PrintShop {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn wrong(error: std::io::Error) -> String {
    error.to_string()
}

fn found(name: &str) -> Result<PathBuf, String> {
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        .map(|folder| Path::new(folder).join(name))
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| format!("{name} is not on this machine"))
}

impl PrintShop {
    /// Name of its printer.
    pub const PRINTER: &'static str = "Front_desk";

    /// Opens one.
    ///
    /// # Errors
    /// What this machine lacks for it, as words.
    pub fn start() -> Result<Self, String> {
        let daemon = found("cupsd")?;
        found("lpadmin")?;
        let folder = tempfile::tempdir().map_err(wrong)?;
        let root = folder.path().display();
        for inside in ["etc", "spool", "cache", "run", "log", "bin"] {
            std::fs::create_dir(folder.path().join(inside)).map_err(wrong)?;
        }
        let write = |name: &str, text: String| {
            std::fs::write(folder.path().join(name), text).map_err(wrong)
        };
        write(
            "etc/cups-files.conf",
            format!(
                "ServerRoot {root}/etc\nRequestRoot {root}/spool\nCacheDir {root}/cache\n\
                 StateDir {root}/run\nTempDir {root}/spool\nAccessLog {root}/log/access\n\
                 ErrorLog {root}/log/error\nPageLog {root}/log/page\nFileDevice Yes\n"
            ),
        )?;
        write(
            "etc/cupsd.conf",
            format!(
                "Listen {root}/run/socket\nBrowsing Off\nDefaultAuthType None\nWebInterface No\n\
                 PreserveJobFiles Yes\n<Location />\nAllow all\n</Location>\n\
                 <Policy default>\n<Limit All>\nAllow all\n</Limit>\n</Policy>\n"
            ),
        )?;
        for name in ["lp", "lpstat"] {
            let program = found(name)?;
            let line = format!(
                "#!/bin/sh\nCUPS_SERVER={root}/run/socket exec {} \"$@\"\n",
                program.display()
            );
            write(&format!("bin/{name}"), line)?;
            let all = std::fs::Permissions::from_mode(0o755);
            let path = folder.path().join("bin").join(name);
            std::fs::set_permissions(path, all).map_err(wrong)?;
        }
        let etc = folder.path().join("etc");
        let daemon = Command::new(daemon)
            .arg("-f")
            .arg("-c")
            .arg(etc.join("cupsd.conf"))
            .arg("-s")
            .arg(etc.join("cups-files.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(wrong)?;
        let mut shop = Self { daemon, folder };
        shop.until_it_listens()?;
        let printer = [
            "-p",
            Self::PRINTER,
            "-E",
            "-v",
            "file:/dev/null",
            "-m",
            "raw",
        ];
        for words in [&printer[..], &["-d", Self::PRINTER]] {
            let made = shop.run("lpadmin", words)?;
            if !made.success() {
                return Err(format!("lpadmin ended with {made}"));
            }
        }
        Ok(shop)
    }

    /// The folder with `lp` and `lpstat` that lead to this shop alone, for a search path.
    #[must_use]
    pub fn programs(&self) -> PathBuf {
        self.folder.path().join("bin")
    }

    /// What was handed in, in its order, byte for byte.
    ///
    /// # Panics
    /// Where the spool can't be read.
    #[must_use]
    pub fn papers(&self) -> Vec<Vec<u8>> {
        let spool = self.folder.path().join("spool");
        let read = std::fs::read_dir(spool).and_then(|inside| {
            let mut files = Vec::new();
            for entry in inside {
                let entry = entry?;
                if entry.file_name().to_string_lossy().starts_with('d') {
                    files.push(entry.path());
                }
            }
            files.sort();
            files.iter().map(std::fs::read).collect()
        });
        read.unwrap_or_else(|error| panic!("the spool can't be read: {error}"))
    }

    /// Its printer takes nothing more.
    ///
    /// # Errors
    /// Why that could not be said.
    pub fn close(&self) -> Result<(), String> {
        let said = self.run("cupsreject", &[Self::PRINTER])?;
        match said.success() {
            true => Ok(()),
            false => Err(format!("cupsreject ended with {said}")),
        }
    }

    fn run(&self, program: &str, words: &[&str]) -> Result<ExitStatus, String> {
        Command::new(found(program)?)
            .args(words)
            .env("CUPS_SERVER", self.socket())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(wrong)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("run/socket")
    }

    fn until_it_listens(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        while UnixStream::connect(self.socket()).is_err() {
            match self.daemon.try_wait() {
                Ok(Some(status)) => return Err(format!("cupsd ended with {status}")),
                _ if begun.elapsed() > PATIENCE => return Err("cupsd does not listen".to_owned()),
                _ => std::thread::sleep(LOOK),
            }
        }
        Ok(())
    }
}
