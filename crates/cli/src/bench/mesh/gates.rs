//! The programs of a bench of the mesh: an office, and gates that are typed at and listened to.

use std::io::{BufRead, BufReader, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use gatehouse_domain::admission::Code;
use gatehouse_domain::id::TicketId;
use gatehouse_domain::scan::Mode;
use serde::Deserialize;

use super::super::PASSPHRASE;
use super::lan::Lan;

/// For how long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a gate said, and when it was heard.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) gate: usize,
    pub(super) at: Instant,
    pub(super) what: What,
}

/// A line of a gate's.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum What {
    /// About its peers.
    News(News),
    /// A verdict of its own.
    Verdict {
        code: Code,
        ticket: Option<TicketId>,
        ms: f64,
        mode: Mode,
        holder: Option<String>,
        message: String,
    },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub(super) enum News {
    Heard { ticket: Option<TicketId> },
    Peers(Peers),
    Revoked,
    RolledBack,
}

/// Who is there, as a gate said it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Peers {
    pub(super) here: usize,
    pub(super) scans: u64,
    pub(super) same: bool,
    pub(super) roster: u64,
}

/// The office's program.
#[derive(Debug)]
pub(super) struct Office {
    child: Child,
    pub(super) address: String,
}

impl Drop for Office {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn program(lan: Option<&Lan>, place: usize) -> anyhow::Result<Command> {
    let own = std::env::current_exe().context("this program is not where it was")?;
    Ok(match lan {
        Some(lan) => lan.command(place, &own),
        None => Command::new(own),
    })
}

impl Office {
    pub(super) fn signal(&self, name: &str) -> anyhow::Result<()> {
        signal(&self.child, name)
    }

    /// Serves a workspace: on this machine, or at the first place of a network of its own.
    pub(super) fn start(workspace: &Path, lan: Option<&Lan>) -> anyhow::Result<Self> {
        let mut command = program(lan, 0)?;
        command
            .arg("serve")
            .arg("--data")
            .arg(workspace)
            .env("GATEHOUSE_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        match lan {
            Some(lan) => {
                let ip = lan.address(0);
                command.args(["--tls", "--listen", &format!("{ip}:8443")]);
            }
            None => {
                command.args(["--listen", "127.0.0.1:0"]);
            }
        }
        let mut child = command.spawn().context("the office did not start")?;
        let mut said = BufReader::new(child.stdout.take().context("the office says nothing")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let address = line
            .split_whitespace()
            .find(|word| word.starts_with("http"))
            .and_then(|word| word.split("/#").next())
            .with_context(|| format!("the office said “{}”", line.trim()))?
            .trim_end_matches('/')
            .to_owned();
        let address = match lan {
            Some(lan) => format!("https://{}:8443", lan.address(0)),
            None => address,
        };
        Ok(Self { child, address })
    }
}

/// A gate's program, and the hand that types at it.
#[derive(Debug)]
pub(super) struct Gate {
    child: Child,
    typing: Option<ChildStdin>,
    pub(super) folder: PathBuf,
    pub(super) place: usize,
    pub(super) begun: Instant,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Gate {
    /// Starts the gate that lives in a folder, or is enrolled into it; what it says goes to `told`.
    pub(super) fn start(
        folder: &Path,
        place: usize,
        enrol: Option<&str>,
        (lan, more): (Option<&Lan>, &[&str]),
        told: &Sender<Said>,
    ) -> anyhow::Result<Self> {
        let mut command = program(lan, place)?;
        command
            .arg("gate")
            .arg("--data")
            .arg(folder)
            .args(["--scanner", "typed", "--json", "--news"])
            .args(more)
            .env("GATEHOUSE_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        if let Some(code) = enrol {
            command.args(["--enrol", code, "--name", &format!("Gate {place}")]);
        }
        let begun = Instant::now();
        let mut child = command.spawn().context("a gate did not start")?;
        let said = BufReader::new(child.stdout.take().context("a gate says nothing")?);
        let told = told.clone();
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                let at = Instant::now();
                let Ok(what) = serde_json::from_str(&line) else {
                    continue;
                };
                if told
                    .send(Said {
                        gate: place,
                        at,
                        what,
                    })
                    .is_err()
                {
                    return;
                }
            }
        });
        Ok(Self {
            typing: child.stdin.take(),
            child,
            folder: folder.to_owned(),
            place,
            begun,
        })
    }

    pub(super) fn type_in(&mut self, code: &str) -> anyhow::Result<()> {
        let typing = self.typing.as_mut().context("this gate hears nothing")?;
        writeln!(typing, "{code}")?;
        Ok(())
    }

    pub(super) fn signal(&self, name: &str) -> anyhow::Result<()> {
        signal(&self.child, name)
    }
}

/// Sends a program a signal, by the name that `kill` has for it.
fn signal(child: &Child, name: &str) -> anyhow::Result<()> {
    let done = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status()?;
    ensure!(done.success(), "a program could not be told {name}");
    Ok(())
}

/// What all gates say, in the order in which it was heard.
#[derive(Debug)]
pub(super) struct Ear {
    pub(super) told: Sender<Said>,
    said: Receiver<Said>,
}

impl Ear {
    pub(super) fn new() -> Self {
        let (told, said) = channel();
        Self { told, said }
    }

    /// What is said next; an error once nobody says anything for too long.
    pub(super) fn next(&self) -> anyhow::Result<Said> {
        match self.said.recv_timeout(PATIENCE) {
            Ok(said) => Ok(said),
            Err(_) => bail!("nothing was heard of any gate for a minute"),
        }
    }

    /// What is said until a moment.
    pub(super) fn until(&self, end: Instant) -> Option<Said> {
        let wait = end.saturating_duration_since(Instant::now());
        self.said.recv_timeout(wait).ok()
    }

    /// Waits until every one of these gates has so many peers that all know the same, and at least
    /// so many scans; tells when each one said so.
    pub(super) fn agree(
        &self,
        gates: &[usize],
        peers: usize,
        scans: u64,
    ) -> anyhow::Result<Vec<(usize, Instant)>> {
        let mut agreed: Vec<(usize, Instant)> = Vec::new();
        while agreed.len() < gates.len() {
            let said = self.next()?;
            let What::News(News::Peers(now)) = said.what else {
                continue;
            };
            if !gates.contains(&said.gate) {
                continue;
            }
            agreed.retain(|(gate, _)| *gate != said.gate);
            if now.here >= peers && now.same && now.scans >= scans {
                agreed.push((said.gate, said.at));
            }
        }
        Ok(agreed)
    }
}

/// Addresses of loopback are one machine's; in a network of its own each place has another.
pub(super) const fn place_address(place: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 73, 0, place as u8 + 1)
}
