//! `cargo xtask packages`: what people would install, looked into, installed and started.
//!
//! Linux's packages only: the others are made and opened on their own systems.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{Stop, find, must, must_read, program, read, target_dir};
use crate::screen::{Group, Screen};
use crate::steps::{Outcome, Steps};
use crate::tally::Tally;

/// How long the installed application may take to show its window.
const SHOWN_WITHIN: Duration = Duration::from_secs(60);
/// Where an application's icon is, in each size that desktops ask for first.
const ICONS: &str = "usr/share/icons/hicolor";
const ICON_SIZES: [&str; 4] = ["32x32", "128x128", "256x256", "512x512"];
/// The kind of an event's file, and the file that says so.
const EVENT_KIND: &str = "application/vnd.gatehouse.event";
const KIND_FILE: &str = "usr/share/mime/packages/org.gatehouse.desktop.xml";
const PROGRAM: &str = "usr/bin/gatehouse-desktop";
const DESKTOP_FILE: &str = "usr/share/applications/Gatehouse.desktop";
const METAINFO: &str = "usr/share/metainfo/org.gatehouse.desktop.metainfo.xml";
/// What every package of Linux holds besides the icons.
const CONTENTS: [&str; 4] = [PROGRAM, DESKTOP_FILE, KIND_FILE, METAINFO];
/// The libraries that the application can't do without, as package names begin.
const LIBRARIES: [&str; 2] = ["webkit2gtk", "gtk"];

/// Looks into the packages that `cargo xtask installers` made.
pub(crate) fn check() -> Result<(), Stop> {
    let mut steps = Steps::begin("packages");
    let ended = take(&mut steps);
    steps.close(&Tally::default(), ended)
}

/// The same as steps of another command.
pub(crate) fn take(steps: &mut Steps) -> Result<(), Stop> {
    if !cfg!(target_os = "linux") {
        return steps.take("packages", || skipped("they are looked into on Linux"));
    }
    let root = target_dir().join("packages");
    steps.take("deb: what it holds and asks for", || look_into_deb(&root))?;
    steps.take("deb: the desktop's own checks", || check_desktop(&root))?;
    steps.take("deb: installed", || install(&root))?;
    steps.take("deb: started, its window shown", || start(&root))?;
    steps.take("rpm: what it holds and asks for", look_into_rpm)
}

fn skipped(reason: impl Into<String>) -> Result<Outcome, Stop> {
    Ok(Outcome::Skipped(reason.into()))
}

/// The package of this kind that was made last.
fn package(kind: &str) -> Result<PathBuf, Stop> {
    let folder = target_dir().join("release/bundle").join(kind);
    let newest = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == kind))
        .max_by_key(|path| path.metadata().and_then(|file| file.modified()).ok());
    newest.ok_or_else(|| {
        Stop::new(format!(
            "{} holds no package: `cargo xtask installers` makes them",
            folder.display()
        ))
    })
}

/// Unpacks the package into `root`, and looks for all that has to be there.
fn look_into_deb(root: &Path) -> Result<Outcome, Stop> {
    let deb = package("deb")?;
    if find("dpkg-deb").is_none() {
        return skipped("there is no dpkg-deb here");
    }
    let _ = std::fs::remove_dir_all(root);
    must(program("dpkg-deb").arg("--extract").arg(&deb).arg(root))?;
    let (fields, ended) = must_read(program("dpkg-deb").arg("--field").arg(&deb));
    ended?;
    let files = files_below(root);
    hold_contents(&files)?;
    let depends = field(&fields, "Depends");
    ask_for_libraries(depends)?;
    for (name, value) in [
        ("Package", "gatehouse"),
        ("Version", env!("CARGO_PKG_VERSION")),
    ] {
        if field(&fields, name) != value {
            return Err(Stop::new(format!("{name} is not {value}")));
        }
    }
    // What it asks for has to be what the program itself opens.
    if find("ldd").is_some() {
        let opened = read(program("ldd").arg(root.join(PROGRAM))).unwrap_or_default();
        let lacking: Vec<&str> = opened
            .lines()
            .filter(|line| line.contains("not found"))
            .collect();
        if !lacking.is_empty() {
            return Err(Stop::new(format!("not here: {}", lacking.join(", "))));
        }
    }
    Ok(Outcome::Passed)
}

/// The value of a control file's field.
fn field<'a>(fields: &'a str, name: &str) -> &'a str {
    fields
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map_or("", str::trim)
}

/// All files below a folder, by their path within it.
fn files_below(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten();
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(within) = path.strip_prefix(root) {
                files.push(within.display().to_string());
            }
        }
    }
    files
}

fn hold_contents(files: &[String]) -> Result<(), Stop> {
    let icons = ICON_SIZES.map(|size| format!("{ICONS}/{size}/apps/gatehouse-desktop.png"));
    let missing: Vec<&str> = CONTENTS
        .into_iter()
        .chain(icons.iter().map(String::as_str))
        .filter(|wanted| !files.iter().any(|file| file == wanted))
        .collect();
    if missing.is_empty() {
        println!("{} files, with all that has to be there", files.len());
        Ok(())
    } else {
        Err(Stop::new(format!(
            "missing: {}; there are {}",
            missing.join(", "),
            files.join(", ")
        )))
    }
}

fn ask_for_libraries(asked: &str) -> Result<(), Stop> {
    match LIBRARIES.iter().find(|name| !asked.contains(*name)) {
        None => Ok(()),
        Some(name) => Err(Stop::new(format!("{name} is not asked for: {asked}"))),
    }
}

/// The desktop file, the kind of an event's file and the description, by the desktop's own tools.
fn check_desktop(root: &Path) -> Result<Outcome, Stop> {
    if !root.join(DESKTOP_FILE).is_file() {
        return skipped("the package was not unpacked");
    }
    let mut lacking = Vec::new();
    let mut with = |name: &'static str, words: &[&str], path: PathBuf| -> Result<(), Stop> {
        if find(name).is_none() {
            lacking.push(name);
            return Ok(());
        }
        must(program(name).args(words).arg(path))
    };
    with("desktop-file-validate", &[], root.join(DESKTOP_FILE))?;
    with(
        "appstreamcli",
        &["validate", "--no-net"],
        root.join(METAINFO),
    )?;
    with("update-mime-database", &[], root.join("usr/share/mime"))?;
    with(
        "update-desktop-database",
        &[],
        root.join("usr/share/applications"),
    )?;

    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_default();
    let desktop = read(DESKTOP_FILE);
    let says = |text: &str, wanted: &str, whose: &str| -> Result<(), Stop> {
        if text.contains(wanted) {
            Ok(())
        } else {
            Err(Stop::new(format!(
                "{whose} does not say `{wanted}`:\n{text}"
            )))
        }
    };
    for wanted in [
        "Exec=gatehouse-desktop %",
        "Icon=gatehouse-desktop",
        EVENT_KIND,
        "x-scheme-handler/gatehouse",
    ] {
        says(&desktop, wanted, "the desktop file")?;
    }
    if !lacking.contains(&"update-mime-database") {
        let globs = read("usr/share/mime/globs2");
        says(
            &globs,
            &format!("{EVENT_KIND}:*.gatehouse"),
            "the kinds of files",
        )?;
    }
    if !lacking.contains(&"update-desktop-database") {
        let openers = read("usr/share/applications/mimeinfo.cache");
        says(
            &openers,
            &format!("{EVENT_KIND}=Gatehouse.desktop"),
            "what opens files",
        )?;
    }
    if lacking.is_empty() {
        Ok(Outcome::Passed)
    } else {
        skipped(format!("there is no {} here", lacking.join(", no ")))
    }
}

/// Where the package is installed to.
fn installed(root: &Path) -> PathBuf {
    root.join("installed")
}

/// Installs the package with dpkg into a folder; nothing of this system is changed.
fn install(root: &Path) -> Result<Outcome, Stop> {
    let deb = package("deb")?;
    let is_root = read(program("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let mut dpkg = match (find("dpkg"), find("fakeroot")) {
        (None, _) => return skipped("there is no dpkg here"),
        (Some(_), _) if is_root => program("dpkg"),
        (Some(_), Some(_)) => {
            let mut command = program("fakeroot");
            command.arg("dpkg").arg("--force-not-root");
            command
        }
        (Some(_), None) => return skipped("this is not root, and there is no fakeroot"),
    };
    let into = installed(root);
    let wrong = |error: std::io::Error| Stop::new(format!("{}: {error}", into.display()));
    let known = into.join("var/lib/dpkg");
    for folder in ["info", "updates", "triggers"] {
        std::fs::create_dir_all(known.join(folder)).map_err(wrong)?;
    }
    for file in ["status", "available"] {
        std::fs::write(known.join(file), "").map_err(wrong)?;
    }
    // The folder knows of no other package; the libraries are this system's.
    must(
        dpkg.args([
            "--force-depends",
            "--force-script-chrootless",
            "--no-triggers",
        ])
        .arg(format!("--log={}", root.join("dpkg.log").display()))
        .arg("--root")
        .arg(&into)
        .arg("--install")
        .arg(&deb),
    )?;
    let mut ask = program("dpkg-query");
    ask.arg("--admindir").arg(&known);
    ask.args(["--show", "--showformat=${db:Status-Status}", "gatehouse"]);
    let (status, ended) = must_read(&mut ask);
    ended?;
    if status.trim() == "installed" {
        Ok(Outcome::Passed)
    } else {
        Err(Stop::new(format!("it is {}", status.trim())))
    }
}

/// Starts what was installed, on a workspace that it has to make, and waits for its window.
fn start(root: &Path) -> Result<Outcome, Stop> {
    let application = installed(root).join(PROGRAM);
    if !application.is_file() {
        return skipped("the package was not installed");
    }
    let home = root.join("home");
    let screen = match Screen::open(&home) {
        Ok(screen) => screen,
        Err(reason) => return skipped(reason),
    };
    let mut command: Command = screen.program(&application);
    command
        .arg("--data")
        .arg(home.join("office"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut started = Group::start(&mut command)
        .map_err(|error| Stop::new(format!("{}: {error}", application.display())))?;
    screen.until_shown("Events", &mut started, Instant::now(), SHOWN_WITHIN)?;
    screen.take_picture(&root.join("window.png"));
    Ok(Outcome::Passed)
}

fn look_into_rpm() -> Result<Outcome, Stop> {
    let rpm = package("rpm")?;
    if find("rpm").is_none() {
        return skipped("there is no rpm here");
    }
    let ask = |word: &str| -> Result<String, Stop> {
        let (text, ended) = must_read(
            program("rpm")
                .args(["--query", "--package", word])
                .arg(&rpm),
        );
        ended.map(|()| text)
    };
    let files: Vec<String> = ask("--list")?
        .lines()
        .map(|line| line.trim_start_matches('/').to_owned())
        .collect();
    hold_contents(&files)?;
    ask_for_libraries(&ask("--requires")?)?;
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_field_of_a_control_file() {
        let fields = "Package: gatehouse\nDepends: libwebkit2gtk-4.1-0, libgtk-3-0\n Version: 9\n";
        assert_eq!(field(fields, "Package"), "gatehouse");
        assert_eq!(field(fields, "Version"), "");
        assert!(ask_for_libraries(field(fields, "Depends")).is_ok());
        assert!(ask_for_libraries("libc6").is_err());
    }

    #[test]
    fn tells_what_a_package_lacks() {
        let mut files: Vec<String> = CONTENTS.map(str::to_owned).to_vec();
        files.extend(ICON_SIZES.map(|size| format!("{ICONS}/{size}/apps/gatehouse-desktop.png")));
        assert!(hold_contents(&files).is_ok());
        files.remove(0);
        let stop = hold_contents(&files).expect_err("the program is gone");
        assert!(
            stop.to_string().starts_with(&format!("missing: {PROGRAM}")),
            "{stop}"
        );
    }
}
