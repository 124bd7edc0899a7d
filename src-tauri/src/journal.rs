//! The application's log: a file in the system's folder for logs, with ids and codes alone.

use chrono::{DateTime, SecondsFormat};
use log::{LevelFilter, Record};
use tauri::Runtime;
use tauri::plugin::TauriPlugin;
use tauri_plugin_log::{Builder, RotationStrategy, Target, TargetKind};

/// The largest log file; one older file is kept beside it.
const MOST_BYTES: u128 = 5 << 20;

/// Writes what our own crates say, and warnings of the others.
pub(crate) fn plugin<R: Runtime>() -> TauriPlugin<R> {
    let mut journal = Builder::new()
        .clear_targets()
        .target(Target::new(TargetKind::LogDir {
            file_name: Some("gatehouse".to_owned()),
        }))
        .target(Target::new(TargetKind::Stderr))
        .max_file_size(MOST_BYTES)
        .rotation_strategy(RotationStrategy::KeepSome(1))
        .level(LevelFilter::Warn)
        .format(|out, message, record| out.finish(format_args!("{}", line(message, record))));
    for ours in ["gatehouse_desktop", "gatehouse_api", "gatehouse_machine"] {
        journal = journal.level_for(ours, LevelFilter::Info);
    }
    journal.build()
}

fn line(message: &std::fmt::Arguments<'_>, record: &Record<'_>) -> String {
    let time = DateTime::from_timestamp_millis(gatehouse_machine::now())
        .map(|time| time.to_rfc3339_opts(SecondsFormat::Millis, true))
        .unwrap_or_default();
    let message = message.to_string();
    format!(
        "{time} {:5} {} {}",
        record.level(),
        record.target(),
        without_detail(&message)
    )
}

/// A problem's code stays; its words for the person, which may name somebody, do not.
fn without_detail(message: &str) -> &str {
    message
        .find(" detail=")
        .map_or(message, |at| &message[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_person_stay_out_of_the_log() {
        for (said, kept) in [
            (
                "a request failed code=\"disk_full\" detail=\"Zoë’s list\"",
                "a request failed code=\"disk_full\"",
            ),
            ("a request failed", "a request failed"),
        ] {
            assert_eq!(without_detail(said), kept);
        }
    }
}
