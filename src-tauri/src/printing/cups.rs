//! CUPS itself, as a print shop of the test's own: nothing of the machine's printers is touched.

#![allow(
    clippy::print_stderr,
    reason = "a test that can't run says so on standard error"
)]

use std::os::unix::fs::PermissionsExt;
use std::process::Child;

use super::*;

/// How long the shop is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running one, and its programs as a person's search path has them.
struct PrintShop {
    daemon: Child,
    folder: tempfile::TempDir,
}

impl Drop for PrintShop {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl PrintShop {
    /// One with one printer, `Front_desk`, that writes nowhere.
    fn start() -> Result<Self, String> {
        let found = |name: &str| {
            ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
                .map(|folder| Path::new(folder).join(name))
                .into_iter()
                .find(|path| path.is_file())
                .ok_or_else(|| format!("{name} is not on this machine"))
        };
        let wrong = |error: io::Error| error.to_string();
        let (daemon, admin) = (found("cupsd")?, found("lpadmin")?);
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
        for words in [
            &[
                "-p",
                "Front_desk",
                "-E",
                "-v",
                "file:/dev/null",
                "-m",
                "raw",
            ][..],
            &["-d", "Front_desk"][..],
        ] {
            let mut command = Command::new(&admin);
            command.args(words).env("CUPS_SERVER", shop.socket());
            let made = finish(&mut command, PATIENCE).map_err(wrong)?;
            if !made.status.success() {
                return Err(format!("lpadmin ended with {}", made.status));
            }
        }
        Ok(shop)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("run/socket")
    }

    fn until_it_listens(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        while std::os::unix::net::UnixStream::connect(self.socket()).is_err() {
            match self.daemon.try_wait() {
                Ok(Some(status)) => return Err(format!("cupsd ended with {status}")),
                _ if begun.elapsed() > PATIENCE => return Err("cupsd does not listen".to_owned()),
                _ => std::thread::sleep(LOOK),
            }
        }
        Ok(())
    }
}

#[test]
fn cups_takes_what_it_is_given() {
    let shop = match PrintShop::start() {
        Ok(shop) => shop,
        Err(why) => {
            eprintln!("SKIPPED: a printer of CUPS: {why}");
            return;
        }
    };
    let programs = shop.folder.path().join("bin");
    let cups = Cups::on(programs.as_os_str()).expect("both are there");
    let printers = cups.printers().expect("listed");
    assert_eq!(printers, [printer("Front_desk", true)]);

    let file = shop.folder.path().join("tickets.pdf");
    let page = b"%PDF-1.4\n%%EOF\n";
    std::fs::write(&file, page).expect("written");
    cups.print(&printers[0], &file).expect("printed");
    // The queue has a copy of its own by now.
    std::fs::remove_file(&file).expect("gone");
    let taken = std::fs::read(shop.folder.path().join("spool/d00001-001")).expect("spooled");
    assert_eq!(taken, page);

    let gone = cups.print(&printer("Nobody", false), &programs.join("lp"));
    assert!(matches!(gone, Err(PrintError::Refused(Some(_)))));
}
