//! `cargo xtask measure`: what the application costs on this machine, against its bounds.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::command::{Stop, built, cargo, must, must_read, program, read, root, target_dir};
use crate::driver::{Window, between};
use crate::screen::{Group, Screen};
use crate::{setup, ui};

/// Guests on the list that everything is measured with.
const GUESTS: &str = "100000";
/// Starts that are measured.
const STARTS: usize = 5;
/// The event that everything is measured with.
const EVENT: &str = "Harbour Ball";
/// How long a window may take before it counts as missing.
const SHOWN_WITHIN: Duration = Duration::from_secs(60);
/// How long a page settles before its memory is read.
const SETTLE: Duration = Duration::from_secs(2);

/// The list scrolls through this many parts of itself, and one page further in each.
const PARTS: u32 = 20;
/// What is searched for, one after the other.
const SEARCHED: [&str; 4] = ["novak", "guest99", "company 7", "zoë"];
/// The list of the page that is shown.
const LIST: &str = "document.querySelector('[role=grid]')";
/// Empties the field that is searched with.
const ESCAPE: &str = "\u{e00c}";

/// What was measured, and the most that it may be.
#[derive(Debug, PartialEq)]
struct Line {
    name: String,
    measured: f64,
    bound: f64,
    unit: &'static str,
    /// What a reader has to know of how it was measured.
    note: String,
}

impl Line {
    fn new(name: &str, measured: f64, bound: f64, unit: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            measured,
            bound,
            unit,
            note: String::new(),
        }
    }

    fn holds(&self) -> bool {
        self.measured < self.bound
    }

    fn shown(&self) -> String {
        let note = if self.note.is_empty() {
            String::new()
        } else {
            format!("  ({})", self.note)
        };
        format!(
            "  {:<34}{:>10} {:<3} below {:>6} {:<3} {}{note}",
            self.name,
            round(self.measured),
            self.unit,
            self.bound,
            self.unit,
            if self.holds() { "ok" } else { "MISSED" }
        )
    }

    fn json(&self) -> String {
        format!(
            r#"{{"name":"{}","measured":{},"bound":{},"unit":"{}","holds":{},"note":"{}"}}"#,
            self.name,
            round(self.measured),
            self.bound,
            self.unit,
            self.holds(),
            self.note
        )
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Measures a release build, or what was built last with `as_built`; with `json`, writes
/// `target/measure.json` too.
///
/// A bound that is missed is a line that says so, and the command fails at its end.
pub(crate) fn run(json: bool, as_built: bool) -> Result<(), Stop> {
    setup::for_testing()?;
    if !as_built {
        if ui::exists() {
            ui::build()?;
        }
        // The whole workspace: a package alone unifies other features, and builds all anew.
        must(cargo().args(["build", "--locked", "--release", "--workspace"]))?;
    }
    let folder = target_dir().join("measure");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)
        .map_err(|error| Stop::new(format!("{}: {error}", folder.display())))?;
    let mut lines = Vec::new();
    let mut skipped = Vec::new();
    match Screen::open(&folder.join("home")) {
        Ok(screen) => {
            let workspace = workspace(&screen, &folder)?;
            lines.push(cold_start(&screen, &workspace)?);
            match Window::can_be_driven() {
                Ok(_) => lines.push(memory(&screen, &workspace)?),
                Err(reason) => skipped.push(format!("SKIPPED: memory of the interface: {reason}")),
            }
        }
        Err(reason) => skipped.push(format!("SKIPPED: the window: {reason}")),
    }
    lines.extend(office()?);
    let _ = std::fs::remove_dir_all(&folder);

    println!("\nWith {GUESTS} guests, release build:");
    for line in &lines {
        println!("{}", line.shown());
    }
    for reason in &skipped {
        println!("  {reason}");
    }
    if json {
        let all: Vec<String> = lines.iter().map(Line::json).collect();
        let path = target_dir().join("measure.json");
        let text = format!("{{\"guests\":{GUESTS},\"lines\":[{}]}}\n", all.join(","));
        std::fs::write(&path, text)
            .map_err(|error| Stop::new(format!("{}: {error}", path.display())))?;
        println!("Written to {}", path.display());
    }
    let missed: Vec<&str> = lines
        .iter()
        .filter(|line| !line.holds())
        .map(|line| line.name.as_str())
        .collect();
    if missed.is_empty() {
        Ok(())
    } else {
        Err(Stop::new(format!("missed: {}", missed.join(", "))))
    }
}

/// A workspace with one large event, all of whose guests have tickets.
fn workspace(screen: &Screen, folder: &Path) -> Result<String, Stop> {
    let list = folder.join("list.csv");
    let wrong = |error: std::io::Error| Stop::new(format!("{}: {error}", list.display()));
    std::fs::write(&list, invented_list().map_err(wrong)?).map_err(wrong)?;
    let data = folder.join("office").display().to_string();
    let list = list.display().to_string();
    let starts = ["--starts", "2030-06-01T19:00", "--ends", "2030-06-01T23:00"];
    let create = [
        "event",
        "create",
        "--title",
        EVENT,
        "--time-zone",
        "Europe/Vienna",
    ];
    for words in [
        &["init", "--name", "Harbour Society"][..],
        &[&create[..], &starts[..], &["--type", "Standard"]].concat(),
        &["import", "--event", EVENT, &list],
        &["issue", "--event", EVENT],
    ] {
        let mut command = screen.program(built("release", "gatehouse"));
        command.args(words).args(["--data", &data]);
        must(&mut command)?;
    }
    Ok(data)
}

/// A list of invented guests, ten of each company.
fn invented_list() -> std::io::Result<String> {
    let names = |file: &str| -> std::io::Result<Vec<String>> {
        let text = std::fs::read_to_string(root().join("assets/samples").join(file))?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    let (given, family) = (names("given-names.txt")?, names("family-names.txt")?);
    let mut list = String::from("Name,E-mail,Company,Seat\n");
    for n in 0..GUESTS.parse().unwrap_or(0_usize) {
        list.push_str(&format!(
            "{} {},guest{n}@example.com,Company {},Table {} · Seat {}\n",
            given[n % given.len()],
            family[(n / given.len() + n) % family.len()],
            n / 10 + 1,
            n / 8 + 1,
            n % 8 + 1
        ));
    }
    Ok(list)
}

/// From the start of the process until the events can be read in the window.
fn cold_start(screen: &Screen, workspace: &str) -> Result<Line, Stop> {
    let mut took = Vec::with_capacity(STARTS);
    let mut cold = true;
    for _ in 0..STARTS {
        cold &= drop_caches();
        let mut command = screen.program(built("release", "gatehouse-desktop"));
        command
            .args(["--data", workspace])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let begun = Instant::now();
        let mut started = Group::start(&mut command)
            .map_err(|error| Stop::new(format!("gatehouse-desktop: {error}")))?;
        let shown = screen.until_shown("Events", &mut started, begun, SHOWN_WITHIN)?;
        took.push(shown.as_secs_f64());
    }
    println!("starts: {took:.2?} s");
    took.sort_by(f64::total_cmp);
    let mut line = Line::new("cold start to the events", took[STARTS / 2], 1.5, "s");
    let cache = if cold {
        "page cache dropped before each"
    } else {
        "page cache NOT dropped: no right to"
    };
    line.note = format!("median of {STARTS}, {cache}");
    Ok(line)
}

/// Makes the system forget the files that it has read; tells whether it may be asked to.
fn drop_caches() -> bool {
    // What is not on the disk yet can't be dropped.
    let _ = read(&mut program("sync"));
    std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}

/// The interface's own process on the guest list, after it was scrolled through and searched.
fn memory(screen: &Screen, workspace: &str) -> Result<Line, Stop> {
    let application = built("release", "gatehouse-desktop");
    let application = application.display().to_string();
    let window = Window::open(screen, &application, &["--data", workspace])?;
    window.until("return document.querySelector('main a[href*=\"/overview\"]') !== null")?;
    window.run("document.querySelector('main a[href*=\"/overview\"]').click()")?;
    window.until("return document.querySelector('a[href$=\"/guests\"]') !== null")?;
    window.run("document.querySelector('a[href$=\"/guests\"]').click()")?;
    let rows =
        format!("return {LIST} !== null && {LIST}.querySelectorAll('[role=row]').length > 10");
    window.until(&rows)?;
    for part in 0..=PARTS {
        window.run(&format!(
            "{LIST}.scrollTop = {LIST}.scrollHeight * {part} / {PARTS}"
        ))?;
        std::thread::sleep(Duration::from_millis(300));
        window.run(&format!("{LIST}.scrollTop -= {LIST}.clientHeight"))?;
        std::thread::sleep(Duration::from_millis(200));
    }
    for text in SEARCHED {
        window.type_into("[data-search]", text)?;
        std::thread::sleep(Duration::from_millis(800));
        window.type_into("[data-search]", ESCAPE)?;
        std::thread::sleep(Duration::from_millis(500));
    }
    window.until(&rows)?;
    std::thread::sleep(SETTLE);
    let pages = pages_of(screen.display());
    if pages.is_empty() {
        return Err(Stop::new("no process of the interface was found"));
    }
    let kib: u64 = pages.iter().sum();
    let mut line = Line::new("memory of the interface", kib as f64 / 1_024.0, 300.0, "MB");
    line.note = format!("PSS of {} WebKitWebProcess", pages.len());
    Ok(line)
}

/// The proportional memory (PSS, KiB) of each process on this screen that holds a page.
fn pages_of(display: &str) -> Vec<u64> {
    let wanted = format!("DISPLAY={display}");
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let path = entry.path();
            // The system cuts names off after 15 letters.
            let name = std::fs::read_to_string(path.join("comm")).ok()?;
            let environ = std::fs::read(path.join("environ")).ok()?;
            let here = environ
                .split(|byte| *byte == 0)
                .any(|pair| pair == wanted.as_bytes());
            if !here || name.trim() != "WebKitWebProces" {
                return None;
            }
            pss(&std::fs::read_to_string(path.join("smaps_rollup")).ok()?)
        })
        .collect()
}

/// What `smaps_rollup` calls the proportional memory, in KiB.
fn pss(text: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with("Pss:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What the office's questions take at the door.
fn office() -> Result<Vec<Line>, Stop> {
    let mut bench = program(built("release", "gatehouse"));
    bench.args(["bench", "office", "--guests", GUESTS, "--json"]);
    let (text, ended) = must_read(&mut bench);
    ended?;
    let lines = office_lines(&text);
    if lines.len() < 3 {
        return Err(Stop::new("the bench of the office told too little"));
    }
    Ok(lines)
}

/// The bench's answer as lines: first rows, keystrokes, and the slowest of all other questions.
fn office_lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut slowest: Option<(f64, &str)> = None;
    for part in text.split('{') {
        let Some(question) = between(part, "\"question\":\"", "\"") else {
            continue;
        };
        let Some(p99) = part
            .split("\"p99_ms\":")
            .nth(1)
            .and_then(|rest| rest.split([',', '}']).next()?.trim().parse::<f64>().ok())
        else {
            continue;
        };
        match question {
            "first rows, list not read before" => {
                lines.push(Line::new(
                    "first rows, list not read before",
                    p99,
                    200.0,
                    "ms",
                ));
            }
            "keystroke to rows" => {
                lines.push(Line::new("keystroke to rows, p99", p99, 60.0, "ms"));
            }
            _ if slowest.is_none_or(|(most, _)| p99 > most) => slowest = Some((p99, question)),
            _ => {}
        }
    }
    if let Some((p99, question)) = slowest {
        let mut line = Line::new("any other question, p99", p99, 10.0, "ms");
        line.note = format!("slowest: {question}");
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_bench_told() {
        let text = concat!(
            r#"{"guests":9,"peak_mb":80,"questions":["#,
            r#"{"p50_ms":90.5,"p99_ms":90.5,"question":"first rows, list not read before"},"#,
            r#"{"p50_ms":3.0,"p99_ms":61.25,"question":"keystroke to rows"},"#,
            r#"{"p50_ms":0.1,"p99_ms":0.4,"question":"one guest"},"#,
            r#"{"p50_ms":1.0,"p99_ms":2.5,"question":"history"}]}"#,
        );
        let lines = office_lines(text);
        let told: Vec<(&str, f64, bool)> = lines
            .iter()
            .map(|line| (line.name.as_str(), line.measured, line.holds()))
            .collect();
        assert_eq!(
            told,
            [
                ("first rows, list not read before", 90.5, true),
                ("keystroke to rows, p99", 61.25, false),
                ("any other question, p99", 2.5, true),
            ]
        );
        assert_eq!(lines[2].note, "slowest: history");
        assert!(lines[1].shown().contains("MISSED"), "{}", lines[1].shown());
    }

    #[test]
    fn reads_the_proportional_memory() {
        let text = "55d0-7ffe ---p 00000000 00:00 0 [rollup]\nRss: 4000 kB\nPss:    1234 kB\n";
        assert_eq!(pss(text), Some(1_234));
        assert_eq!(pss("Rss: 1 kB"), None);
    }
}
