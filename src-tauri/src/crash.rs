//! What is left behind when the application fails: where in the program, and nothing of its data.

use std::backtrace::Backtrace;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat};

/// The ending of a report that no start has spoken of yet.
const NEW: &str = "new";
/// The ending of the others.
const TOLD: &str = "txt";
/// How many reports are kept.
const MOST_REPORTS: usize = 20;

/// From here on, a panic leaves a report in `folder`, and then does what it did before.
///
/// The panic's own words are left out: they may quote what a person has typed.
pub(crate) fn watch(folder: PathBuf) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic
            .location()
            .map_or_else(|| "unknown".to_owned(), ToString::to_string);
        let thread = std::thread::current();
        let trace = Backtrace::force_capture().to_string();
        let written = leave(
            &folder,
            gatehouse_machine::now(),
            thread.name().unwrap_or("unnamed"),
            &place,
            &trace,
        );
        if let Err(error) = written {
            log::error!("no crash report could be left: {}", error.kind());
        }
        before(panic);
    }));
}

/// Writes one report, named by its time (UTC ms).
fn leave(
    folder: &Path,
    now: i64,
    thread: &str,
    place: &str,
    trace: &str,
) -> std::io::Result<PathBuf> {
    let time = DateTime::from_timestamp_millis(now)
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
        .unwrap_or_default();
    let mut text = String::new();
    let _ = write!(
        text,
        "Gatehouse {} on {} {}\ntime    {time}\nthread  {thread}\nplace   {place}\n\n{trace}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    std::fs::create_dir_all(folder)?;
    // Two threads may fail in the same millisecond: the second report joins the first.
    let path = folder.join(format!("crash-{now}.{NEW}"));
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    Ok(path)
}

/// The names of the reports that have come since the last start, which count as told from now on.
///
/// The oldest go where there are more than twenty.
pub(crate) fn untold(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("crash-"))
        .collect();
    names.sort();
    let too_many = names.len().saturating_sub(MOST_REPORTS);
    for name in names.drain(..too_many) {
        let _ = std::fs::remove_file(folder.join(name));
    }
    names
        .into_iter()
        .filter_map(|name| {
            let told = Path::new(&name).with_extension(TOLD);
            let is_new = Path::new(&name).extension().is_some_and(|e| e == NEW);
            (is_new && std::fs::rename(folder.join(&name), folder.join(&told)).is_ok())
                .then(|| told.to_string_lossy().into_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_leaves_a_report_without_its_words_and_is_told_once() {
        let folder = tempfile::tempdir().expect("a folder");
        watch(folder.path().to_owned());
        let failed = std::thread::Builder::new()
            .name("gate".into())
            .spawn(|| panic!("Zoë Ŝlâpfer"))
            .expect("a thread")
            .join();
        let _ = std::panic::take_hook();
        assert!(failed.is_err());

        let told = untold(folder.path());
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(untold(folder.path()), Vec::<String>::new());
        let text = std::fs::read_to_string(folder.path().join(&told[0])).expect("a report");
        assert!(text.contains("thread  gate"), "{text}");
        assert!(text.contains("crash.rs:"), "{text}");
        assert!(!text.contains("Ŝlâpfer"), "{text}");
    }

    #[test]
    fn old_reports_go() {
        let folder = tempfile::tempdir().expect("a folder");
        for n in 0..MOST_REPORTS + 3 {
            let now = 1_700_000_000_000 + n as i64;
            leave(folder.path(), now, "main", "a.rs:1:1", "").expect("written");
        }
        let told = untold(folder.path());
        assert_eq!(told.len(), MOST_REPORTS);
        assert_eq!(told[0], "crash-1700000000003.txt");
    }

    #[test]
    fn no_folder_is_no_report() {
        assert_eq!(untold(Path::new("/no/such/folder")), Vec::<String>::new());
    }
}
