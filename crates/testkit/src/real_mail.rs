//! A real mail server and a real mailbox on the loopback: Exim and Dovecot, run as an ordinary
//! user, in a folder of their own.
//!
//! `zoe@guest.example` and `ben@guest.example` take mail; `gone@guest.example` is unknown and
//! `full@guest.example` full once the letter was taken, so that a report comes back;
//! `refused@guest.example` and `later@guest.example` are refused at once, for good and for now.
//! What comes back goes to `bounces@mail.example.test`, with or without a token.
//!
//! `crowd.example` has room for thousands: everybody there takes mail, all of it into one mailbox,
//! but those whose names begin with `gone`, `full`, `refused` or `later`, who fare as above. The
//! last are refused until [`RealMail::take_later`].

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::ports::free_ports;
use crate::smtp::Certificate;

/// The account of the mailbox that reports come back to.
pub const BOUNCES: &str = "bounces";
/// The account of the mailbox that everybody of `crowd.example` shares.
pub const CROWD: &str = "crowd";
/// The password of every mailbox.
pub const PASSWORD: &str = "an-invented-word";
/// The file that says that those who were refused for now take mail.
const OPENED: &str = "opened";
/// How long a server may take to listen.
const STARTED_WITHIN: Duration = Duration::from_secs(180);

/// The two servers; they stop when it is dropped.
#[derive(Debug)]
pub struct RealMail {
    /// Where letters are handed over, in the clear.
    pub smtp_port: u16,
    /// Where mailboxes are read, with STARTTLS.
    pub imap_port: u16,
    /// Where mailboxes are read, with TLS.
    pub imaps_port: u16,
    /// The certificate in PEM that Dovecot's is signed with.
    pub ca: String,
    folder: tempfile::TempDir,
    children: Vec<Child>,
}

impl RealMail {
    /// Starts both; nothing, said loudly, where they are not installed.
    ///
    /// # Panics
    ///
    /// When they are installed and do not start: that is a failure, not a reason to skip.
    #[must_use]
    pub fn start() -> Option<Self> {
        let exim = program("exim4").or_else(|| program("exim"));
        let found = [exim, program("dovecot")];
        let [Some(exim), Some(dovecot)] = found else {
            skip("exim4-daemon-light and dovecot-imapd are not both installed");
            return None;
        };
        let is_root = id("-u") == "0";
        if is_root && program("setpriv").is_none() {
            skip("this is root, and there is no setpriv to become somebody else");
            return None;
        }
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let root = folder.path().to_owned();
        let user = if is_root {
            "nobody".to_owned()
        } else {
            id("-un")
        };
        let group = if is_root {
            "nogroup".to_owned()
        } else {
            id("-gn")
        };
        for name in ["spool", "log", "run", "mail"] {
            fs::create_dir(root.join(name)).expect("there is room for a folder");
        }
        let certificate = Certificate::make();
        write(&root.join("cert.pem"), &certificate.chain);
        write(&root.join("key.pem"), &certificate.key);
        let [smtp_port, imap_port, imaps_port] = free_ports();
        let exim_file = root.join("exim.conf");
        write(&exim_file, &exim_settings(&root, &user, &group, smtp_port));
        let dovecot_file = root.join("dovecot.conf");
        let settings = dovecot_settings(&root, &user, &group, imap_port, imaps_port);
        write(&dovecot_file, &settings);
        if is_root {
            let done = Command::new("chown")
                .args(["-R", "nobody:nogroup"])
                .arg(&root)
                .status();
            assert!(done.is_ok_and(|status| status.success()), "chown");
        }

        let start = |program: &Path, words: &[&str], file: &Path, log: &str| {
            let mut command = if is_root {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"])
                    .arg(program);
                command
            } else {
                Command::new(program)
            };
            let log = fs::File::create(root.join(log)).expect("there is room for a file");
            command
                .args(words)
                .arg(file)
                .current_dir(&root)
                .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
                .stdin(Stdio::null())
                .stdout(log.try_clone().expect("a file has many handles"))
                .stderr(log)
                .spawn()
                .expect("an installed program starts")
        };
        let mut real = Self {
            smtp_port,
            imap_port,
            imaps_port,
            ca: certificate.ca,
            children: Vec::new(),
            folder,
        };
        let child = start(&exim, &["-bdf", "-q5s", "-C"], &exim_file, "exim.out");
        real.children.push(child);
        let child = start(&dovecot, &["-F", "-c"], &dovecot_file, "dovecot.out");
        real.children.push(child);
        for port in [smtp_port, imap_port, imaps_port] {
            real.await_port(port);
        }
        Some(real)
    }

    /// The letters that lie in an account's mailbox, in no order.
    ///
    /// # Panics
    ///
    /// When a letter that lies there can't be read.
    #[must_use]
    pub fn letters(&self, account: &str) -> Vec<Vec<u8>> {
        self.paths(account)
            .iter()
            .map(|path| fs::read(path).expect("who runs the tests may read the letter"))
            .collect()
    }

    /// How many letters lie in an account's mailbox.
    #[must_use]
    pub fn count(&self, account: &str) -> usize {
        self.paths(account).len()
    }

    fn paths(&self, account: &str) -> Vec<PathBuf> {
        let mailbox = self.folder.path().join("mail").join(account);
        ["new", "cur"]
            .iter()
            .filter_map(|part| fs::read_dir(mailbox.join(part)).ok())
            .flatten()
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect()
    }

    /// From now on those of `crowd.example` who were refused for now take mail.
    pub fn take_later(&self) {
        write(&self.folder.path().join(OPENED), "");
    }

    /// What the servers wrote into their logs.
    #[must_use]
    pub fn logs(&self) -> String {
        let root = self.folder.path();
        let mut all = String::new();
        for name in [
            "exim.out",
            "dovecot.out",
            "dovecot.log",
            "log/main.log",
            "log/panic.log",
        ] {
            if let Ok(text) = fs::read_to_string(root.join(name)) {
                all.push_str(&format!("--- {name}\n{text}\n"));
            }
        }
        all
    }

    fn await_port(&mut self, port: u16) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = self
                .children
                .iter_mut()
                .any(|child| matches!(child.try_wait(), Ok(Some(_))));
            assert!(
                !ended && begun.elapsed() < STARTED_WITHIN,
                "a mail server did not start:\n{}",
                self.logs()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for RealMail {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Dovecot ends its own children when it is asked to, not when it is killed.
            let asked = Command::new("kill").arg(child.id().to_string()).status();
            if asked.is_err() {
                let _ = child.kill();
            }
        }
        for child in &mut self.children {
            let begun = Instant::now();
            while matches!(child.try_wait(), Ok(None)) && begun.elapsed() < Duration::from_secs(5) {
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[allow(
    clippy::print_stderr,
    reason = "what was not tested is said where people look"
)]
fn skip(why: &str) {
    eprintln!("SKIPPED a real mail server: {why}");
}

fn program(name: &str) -> Option<PathBuf> {
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.is_file())
}

fn id(word: &str) -> String {
    Command::new("id")
        .arg(word)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default()
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("there is room for a file");
}

fn exim_settings(root: &Path, user: &str, group: &str, port: u16) -> String {
    let root = root.display();
    format!(
        r#"exim_user = {user}
exim_group = {group}
primary_hostname = mail.example.test
spool_directory = {root}/spool
log_file_path = {root}/log/%s.log
pid_file_path = {root}/exim.pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
disable_ipv6 = true
deliver_drop_privilege = true
keep_environment =
tls_advertise_hosts =
never_users =
hosts_treat_as_local = mail.example.test
acl_smtp_rcpt = rcpt
message_size_limit = 30M
smtp_accept_max = 50
queue_run_max = 3
delay_warning = 0s
retry_interval_max = 1h

begin acl
rcpt:
  deny    domains = guest.example
          local_parts = refused
          message = 5.1.1 There is nobody of this name
  defer   domains = guest.example
          local_parts = later
          message = 4.2.0 Come back later
  deny    domains = crowd.example
          local_parts = ^refused
          message = 5.1.1 There is nobody of this name
  defer   domains = crowd.example
          local_parts = ^later
          condition = ${{if exists{{{root}/{OPENED}}}{{no}}{{yes}}}}
          message = 4.2.0 Come back later
  accept

begin routers
bounces:
  driver = accept
  domains = mail.example.test
  local_parts = bounces
  local_part_suffix = +*
  local_part_suffix_optional
  transport = to_bounces
gone:
  driver = redirect
  domains = guest.example
  local_parts = gone
  allow_fail
  data = :fail: 5.1.1 Unknown user
full:
  driver = redirect
  domains = guest.example
  local_parts = full
  allow_fail
  data = :fail: 5.2.2 Mailbox is full
zoe:
  driver = accept
  domains = guest.example
  local_parts = zoe
  transport = to_zoe
ben:
  driver = accept
  domains = guest.example
  local_parts = ben
  transport = to_ben
crowd_gone:
  driver = redirect
  domains = crowd.example
  local_parts = ^gone
  allow_fail
  data = :fail: 5.1.1 Unknown user
crowd_full:
  driver = redirect
  domains = crowd.example
  local_parts = ^full
  allow_fail
  data = :fail: 5.2.2 Mailbox is full
crowd:
  driver = accept
  domains = crowd.example
  transport = to_crowd
nowhere:
  driver = redirect
  allow_fail
  data = :fail: 5.1.2 No such domain

begin transports
to_bounces:
  driver = appendfile
  directory = {root}/mail/bounces
  maildir_format
  create_directory
  envelope_to_add
  return_path_add
  delivery_date_add
to_zoe:
  driver = appendfile
  directory = {root}/mail/zoe
  maildir_format
  create_directory
to_ben:
  driver = appendfile
  directory = {root}/mail/ben
  maildir_format
  create_directory
to_crowd:
  driver = appendfile
  directory = {root}/mail/crowd
  maildir_format
  create_directory
  envelope_to_add

begin retry
*  *  F,1h,1m
"#
    )
}

fn dovecot_settings(root: &Path, user: &str, group: &str, imap: u16, imaps: u16) -> String {
    let root = root.display();
    format!(
        r#"base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{root}/mail/%u
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = yes
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={{PLAIN}}{PASSWORD}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/mail/%u
}}
"#
    )
}
