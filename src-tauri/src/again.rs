//! A new start that a page asked for: it shows the office, also where the first one was to stay in
//! the tray.

use std::path::Path;

use tauri::{AppHandle, Manager, Runtime};

/// The file that one start leaves to the next, within the application's cache.
const MARK: &str = "start-again";

/// Ends the application and starts it anew, with the same words.
pub(crate) fn start<R: Runtime>(app: &AppHandle<R>) {
    let left = app
        .path()
        .app_cache_dir()
        .map(|folder| leave_mark(&folder).is_ok());
    if !left.unwrap_or(false) {
        log::warn!("the new start can't be told that it is one");
    }
    app.request_restart();
}

/// Whether this start was asked for by the one before; true once.
pub(crate) fn was_asked_for<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.path()
        .app_cache_dir()
        .is_ok_and(|folder| take_mark(&folder))
}

fn leave_mark(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(MARK), "")
}

fn take_mark(folder: &Path) -> bool {
    std::fs::remove_file(folder.join(MARK)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_counts_once() {
        let cache = tempfile::tempdir().expect("a folder");
        let folder = cache.path().join("not made yet");
        assert!(!take_mark(&folder));
        leave_mark(&folder).expect("left");
        assert!(take_mark(&folder));
        assert!(!take_mark(&folder));
    }
}
