//! A local network of its own: one network namespace a place, all on one bridge. It needs the rights
//! of the machine's administrator, and leaves nothing behind.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use super::gates::place_address;

/// The network.
#[derive(Debug)]
pub(super) struct Lan {
    name: String,
    places: usize,
}

fn ip(args: &[&str]) -> anyhow::Result<()> {
    let done = Command::new("ip").args(args).output().context("no `ip`")?;
    ensure!(
        done.status.success(),
        "ip {}: {}",
        args.join(" "),
        String::from_utf8_lossy(&done.stderr).trim()
    );
    Ok(())
}

impl Lan {
    /// Whether this machine lets us make networks, or why not.
    pub(super) fn possible() -> Result<(), String> {
        let probe = format!("ghp{}", std::process::id());
        ip(&["netns", "add", &probe])
            .and_then(|()| ip(&["netns", "delete", &probe]))
            .map_err(|error| error.to_string())
    }

    /// A network with so many places.
    pub(super) fn new(places: usize) -> anyhow::Result<Self> {
        let lan = Self {
            name: format!("gh{}", std::process::id()),
            places,
        };
        // The bridge stands in a namespace of its own, so that nothing of this machine is changed.
        let hub = lan.space("hub");
        ip(&["netns", "add", &hub])?;
        ip(&["-n", &hub, "link", "add", "lan", "type", "bridge"])?;
        ip(&["-n", &hub, "link", "set", "lan", "up"])?;
        for place in 0..places {
            let space = lan.space(&place.to_string());
            let port = format!("p{place}");
            ip(&["netns", "add", &space])?;
            ip(&[
                "-n", &hub, "link", "add", &port, "type", "veth", "peer", "name", "eth0", "netns",
                &space,
            ])?;
            ip(&["-n", &hub, "link", "set", &port, "master", "lan", "up"])?;
            let address = format!("{}/24", place_address(place));
            ip(&[
                "-n", &space, "addr", "add", &address, "brd", "+", "dev", "eth0",
            ])?;
            ip(&["-n", &space, "link", "set", "lo", "up"])?;
            ip(&["-n", &space, "link", "set", "eth0", "up"])?;
            // Multicast goes out by the default route.
            ip(&["-n", &space, "route", "add", "default", "dev", "eth0"])?;
        }
        Ok(lan)
    }

    fn space(&self, place: &str) -> String {
        format!("{}-{place}", self.name)
    }

    /// The address of a place.
    pub(super) fn address(&self, place: usize) -> Ipv4Addr {
        place_address(place)
    }

    /// A program at a place.
    pub(super) fn command(&self, place: usize, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command
            .args(["netns", "exec", &self.space(&place.to_string())])
            .arg(program);
        command
    }

    /// Pulls a place's link, or puts it back.
    pub(super) fn link(&self, place: usize, up: bool) -> anyhow::Result<()> {
        let state = if up { "up" } else { "down" };
        ip(&[
            "-n",
            &self.space("hub"),
            "link",
            "set",
            &format!("p{place}"),
            state,
        ])
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        for place in 0..self.places {
            let _ = ip(&["netns", "delete", &self.space(&place.to_string())]);
        }
        let _ = ip(&["netns", "delete", &self.space("hub")]);
    }
}
