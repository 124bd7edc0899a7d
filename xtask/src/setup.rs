//! Making the machine ready: system packages, Node, npm packages, cargo tools.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{Stop, cargo, find, must, program, read};
use crate::machine::{Need, System, Tool, missing};
use crate::{python, ui};

/// The oldest Node that the interface builds with.
const NODE_MAJOR: u32 = 20;

/// The cargo tools that the checks use, in the versions they are known to work with.
///
/// A newer one that is already installed serves as well.
const CARGO_TOOLS: [(&str, &str); 2] = [("cargo-nextest", "0.9"), ("cargo-deny", "0.20")];

/// What drives the desktop application's window in the tests.
const WINDOW_DRIVER: (&str, &str) = ("tauri-driver", "2.1");

/// What draws the icons.
const ARTIST: (&str, &str) = ("resvg", "0.49");

/// What makes the installers; too slow to build for those who only test.
const BUNDLER: (&str, &str) = ("tauri-cli", "2.12");

/// What building and running the product needs.
pub(crate) fn for_building() -> Result<(), Stop> {
    system_packages(|need| need == Need::Build)?;
    interface()
}

/// What building and testing need.
pub(crate) fn for_testing() -> Result<(), Stop> {
    system_packages(|_| true)?;
    interface()?;
    for (tool, version) in CARGO_TOOLS {
        cargo_tool(tool, version)?;
    }
    // macOS has no driver for the webview, and on Windows it wants Edge's own beside it.
    if cfg!(target_os = "linux") {
        let (tool, version) = WINDOW_DRIVER;
        cargo_tool(tool, version)?;
    }
    Ok(())
}

/// What making installers needs.
pub(crate) fn for_installers() -> Result<(), Stop> {
    for_building()?;
    let (tool, version) = BUNDLER;
    cargo_tool(tool, version)
}

/// What drawing the icons needs: the program that draws.
pub(crate) fn for_icons() -> Result<PathBuf, Stop> {
    let (tool, version) = ARTIST;
    cargo_tool(tool, version)?;
    find_cargo_binary(tool).ok_or_else(|| Stop::new(format!("{tool} was installed out of reach")))
}

/// All of it, and the Python packages of the tests.
pub(crate) fn everything() -> Result<(), Stop> {
    for_testing()?;
    if let Err(reason) = python::prepare() {
        println!("SKIPPED: the Python packages of the tests: {reason}");
    }
    println!("Everything is in place.");
    Ok(())
}

fn system_packages(needed: impl Fn(Need) -> bool) -> Result<(), Stop> {
    let system = System::here();
    let lacking = missing(system, &needed);
    if lacking.is_empty() {
        return Ok(());
    }
    if system != System::Debian {
        return Err(Stop::new(list(system, &lacking)));
    }

    println!("Missing on this machine:");
    for tool in &lacking {
        println!("  {:<16} {}", tool.debian, tool.what);
    }
    let names: Vec<&str> = lacking.iter().map(|tool| tool.debian).collect();
    let by_hand = format!("apt-get update && apt-get install {}", names.join(" "));
    let Some(privilege) = privilege() else {
        return Err(Stop::new(format!(
            "Installing them takes root, and there is no sudo. As root, run\n\n  {by_hand}\n\n\
             and then the same command again."
        )));
    };
    println!(
        "Installing them with apt{}:",
        if privilege.is_empty() {
            ""
        } else {
            " (through sudo)"
        }
    );
    // Package lists that can't be fetched may be good enough all the same: the
    // installation decides.
    if let Err(stop) = must(&mut apt(privilege, &["update"])) {
        println!("{stop}; going on with the package lists there are");
    }
    let mut install = apt(privilege, &["install", "--yes", "--no-install-recommends"]);
    install.args(&names);
    must(&mut install).map_err(|stop| {
        Stop::new(format!(
            "{stop}\nAs root, run\n\n  {by_hand}\n\nand then the same command again."
        ))
    })?;

    let lacking = missing(system, &needed);
    if lacking.is_empty() {
        Ok(())
    } else {
        Err(Stop::new(list(system, &lacking)))
    }
}

/// What has to be put before apt: nothing for root, sudo for others who have it.
fn privilege() -> Option<&'static [&'static str]> {
    if read(program("id").arg("-u")).is_some_and(|id| id.trim() == "0") {
        Some(&[])
    } else if find("sudo").is_some() {
        Some(&["sudo"])
    } else {
        None
    }
}

fn apt(privilege: &[&str], what: &[&str]) -> Command {
    // Through `env`, because sudo takes the environment away.
    let mut words = privilege.to_vec();
    words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    // Another installation may hold the lock for a while, on fresh machines above all.
    words.extend(["-o", "DPkg::Lock::Timeout=600"]);
    words.extend(what);
    let mut command = program(words[0]);
    command.args(&words[1..]);
    command
}

fn list(system: System, lacking: &[&Tool]) -> String {
    let mut text = String::from("Missing on this machine:\n");
    for tool in lacking {
        text.push_str(&format!(
            "  {}\n      {}\n",
            tool.what,
            system.how_to_install(tool)
        ));
    }
    text.push_str("Install what is missing, then run the same command again.");
    text
}

fn interface() -> Result<(), Stop> {
    if !ui::exists() {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let version = read(program("node").arg("--version"));
    let major = version.as_deref().and_then(node_major);
    match (major, read(program(npm).arg("--version"))) {
        (Some(major), Some(_)) if major >= NODE_MAJOR => ui::install(),
        (Some(_), Some(_)) => Err(Stop::new(format!(
            "Node {} is too old: version {NODE_MAJOR} or newer is needed (https://nodejs.org).",
            version.unwrap_or_default().trim()
        ))),
        (Some(_), None) => Err(Stop::new(
            "npm is missing: on Debian and Ubuntu it may be a package of its own, `npm`; \
             elsewhere it comes with Node (https://nodejs.org).",
        )),
        (None, _) => Err(Stop::new(format!(
            "Node is missing: version {NODE_MAJOR} or newer is needed (https://nodejs.org)."
        ))),
    }
}

/// The major number in what `node --version` prints.
fn node_major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Installs a cargo tool unless it is there already.
fn cargo_tool(name: &str, version: &str) -> Result<(), Stop> {
    let there = match name {
        "tauri-driver" | "resvg" => find_cargo_binary(name).is_some(),
        "tauri-cli" => read(cargo().args(["tauri", "--version"])).is_some(),
        _ => {
            let subcommand = name.trim_start_matches("cargo-");
            read(cargo().args([subcommand, "--version"])).is_some()
        }
    };
    if there {
        return Ok(());
    }
    println!("{name} is missing; cargo builds it once, in some minutes:");
    // In a folder that stays until it is done, so that a broken-off build goes on.
    let scratch = crate::command::target_dir().join("tools");
    let mut install = cargo();
    install
        .args(["install", name, "--locked"])
        .arg(format!("--version=^{version}"))
        .env("CARGO_TARGET_DIR", &scratch);
    must(&mut install)?;
    // A leftover only costs space.
    let _ = std::fs::remove_dir_all(&scratch);
    Ok(())
}

/// A program that cargo installed, also where its folder is not on the search path.
pub(crate) fn find_cargo_binary(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    find(name).or_else(|| {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        home.map(|home| home.join("bin").join(file))
            .filter(|path| path.is_file())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version_of_node() {
        for (text, major) in [
            ("v20.20.2\n", Some(20)),
            ("v8.0.0", Some(8)),
            ("v24.1.0-nightly", Some(24)),
            ("20.1.0", None),
            ("", None),
        ] {
            assert_eq!(node_major(text), major, "{text:?}");
        }
    }

    #[test]
    fn apt_waits_for_the_lock_and_asks_nothing() {
        let command = apt(&["sudo"], &["install", "--yes"]);
        assert_eq!(
            crate::command::typed(&command),
            "sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install --yes"
        );
    }

    #[test]
    fn names_what_to_install_elsewhere() {
        let tools: Vec<&Tool> = crate::machine::TOOLS
            .iter()
            .filter(|tool| tool.debian == "qpdf")
            .collect();
        let text = list(System::MacOs, &tools);
        assert!(text.contains("brew install qpdf"), "{text}");
    }
}
