//! `cargo xtask run`: the main job on the sample list, then the office.

use std::path::PathBuf;

use crate::command::{Stop, built, cargo, must, program, root, target_dir};
use crate::{setup, ui};

/// What the person asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    open: bool,
    dir: Option<PathBuf>,
    guests: Option<u64>,
    more: Vec<String>,
}

impl Options {
    /// Reads the words after `cargo xtask run`.
    pub(crate) fn parse(args: &[String]) -> Result<Self, Stop> {
        let mut options = Self {
            open: true,
            dir: None,
            guests: None,
            more: Vec::new(),
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let (name, joined) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (arg.as_str(), None),
            };
            let mut value = || {
                joined
                    .clone()
                    .or_else(|| args.next().cloned())
                    .ok_or_else(|| Stop::usage(format!("`{name}` wants a value")))
            };
            match name {
                "--no-open" if joined.is_none() => options.open = false,
                "--dir" => options.dir = Some(PathBuf::from(value()?)),
                "--guests" => {
                    let given = value()?;
                    let guests = given
                        .parse()
                        .map_err(|_| Stop::usage(format!("`--guests {given}` is not a number")))?;
                    options.guests = Some(guests);
                }
                "--" => {
                    options.more.extend(args.by_ref().cloned());
                }
                _ => return Err(Stop::usage(format!("`cargo xtask run` takes no `{arg}`"))),
            }
        }
        Ok(options)
    }
}

/// Builds, runs the main job, and opens the office unless told not to.
pub(crate) fn run(options: &Options) -> Result<(), Stop> {
    setup::for_building()?;
    if ui::exists() {
        ui::build()?;
    }
    println!("Building Gatehouse; the first time takes some minutes.");
    // The release build, because what a person sees first should be the real speed. With a display
    // everything at once: two packages one after the other would compile most of it twice.
    let shown = options.open && has_display();
    let what: &[&str] = match shown {
        true => &["--workspace"],
        false => &["--package", "gatehouse-cli"],
    };
    must(cargo().args(["build", "--locked", "--release"]).args(what))?;
    let gatehouse = built("release", "gatehouse");

    let dir = match &options.dir {
        // As the caller means it, whatever folder this program works in.
        Some(dir) => std::path::absolute(dir)
            .map_err(|error| Stop::new(format!("{}: {error}", dir.display())))?,
        None => target_dir().join("demo"),
    };
    let mut demo = program(&gatehouse);
    demo.arg("demo").arg("--dir").arg(&dir);
    if let Some(guests) = options.guests {
        demo.arg("--guests").arg(guests.to_string());
    }
    demo.args(&options.more);
    must(&mut demo)?;
    println!("\nThe results are in {}", dir.display());

    if !options.open {
        return Ok(());
    }
    if shown {
        println!("Opening the office.");
        must(
            program(built("release", "gatehouse-desktop"))
                .arg("--data")
                .arg(dir.join("workspace")),
        )?;
    } else {
        println!("There is no display here, so a browser has to show the office.");
        let mut serve = program(&gatehouse);
        serve.arg("serve").arg("--data").arg(dir.join("workspace"));
        let dist = root().join("ui").join("dist");
        if dist.is_dir() {
            serve.arg("--ui").arg(dist);
        }
        println!("Serving it; Ctrl-C ends it.");
        must(&mut serve)?;
    }
    Ok(())
}

/// Whether this machine can show a window.
fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, Stop> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn reads_its_options() {
        let plain = Options {
            open: true,
            dir: None,
            guests: None,
            more: Vec::new(),
        };
        let cases = [
            ("", plain),
            (
                "--no-open --dir out --guests 500",
                Options {
                    open: false,
                    dir: Some("out".into()),
                    guests: Some(500),
                    more: Vec::new(),
                },
            ),
            (
                "--dir=a=b -- --json --no-open",
                Options {
                    open: true,
                    dir: Some("a=b".into()),
                    guests: None,
                    more: vec!["--json".into(), "--no-open".into()],
                },
            ),
        ];
        for (line, options) in cases {
            assert_eq!(parse(line).expect(line), options, "{line}");
        }
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (line, said) in [
            ("--guests many", "`--guests many` is not a number"),
            ("--guests", "`--guests` wants a value"),
            ("--fast", "`cargo xtask run` takes no `--fast`"),
            ("--no-open=1", "`cargo xtask run` takes no `--no-open=1`"),
            ("list.csv", "`cargo xtask run` takes no `list.csv`"),
        ] {
            let stop = parse(line).expect_err(line);
            assert_eq!(stop.to_string(), said);
            assert!(stop.is_usage());
        }
    }
}
