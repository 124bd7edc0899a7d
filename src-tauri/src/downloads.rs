//! Files that a page hands to the person: kept aside while they come, then put where the person says.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tauri::webview::DownloadEvent;
use tauri::{AppHandle, Manager, Runtime, Webview};
use tauri_plugin_dialog::DialogExt;

use crate::windows::is_ours;

/// The folder of files that nobody has placed yet, within the application's cache.
const ASIDE: &str = "downloads";

/// Files under way, by their address.
#[derive(Debug, Default)]
pub(crate) struct Downloads(Mutex<Coming>);

#[derive(Debug, Default)]
struct Coming {
    next: u64,
    paths: HashMap<String, PathBuf>,
}

impl Downloads {
    fn coming(&self) -> std::sync::MutexGuard<'_, Coming> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes what an earlier run kept aside: such files may hold guests' names.
pub(crate) fn clear<R: Runtime>(app: &AppHandle<R>) {
    if let Ok(cache) = app.path().app_cache_dir() {
        let _ = std::fs::remove_dir_all(cache.join(ASIDE));
    }
}

/// Takes a page's file; `false` refuses it.
pub(crate) fn take<R: Runtime>(webview: &Webview<R>, event: DownloadEvent<'_>) -> bool {
    let app = webview.app_handle();
    match event {
        DownloadEvent::Requested { url, destination } => {
            if !is_ours(&url) {
                return false;
            }
            match begin(app, url.as_str(), destination) {
                Ok(path) => {
                    *destination = path;
                    true
                }
                Err(error) => {
                    log::error!("a file could not be kept aside: {error}");
                    false
                }
            }
        }
        DownloadEvent::Finished { url, success, .. } => {
            let came = app.state::<Downloads>().coming().paths.remove(url.as_str());
            match came {
                Some(path) if success => ask(app, path),
                Some(path) => drop_aside(&path),
                None => {}
            }
            true
        }
        _ => true,
    }
}

/// A place aside for a file that is to be called like `suggested`.
fn begin<R: Runtime>(
    app: &AppHandle<R>,
    address: &str,
    suggested: &Path,
) -> tauri::Result<PathBuf> {
    let path = aside(app, suggested)?;
    let downloads = app.state::<Downloads>();
    let mut coming = downloads.coming();
    coming.paths.insert(address.to_owned(), path.clone());
    Ok(path)
}

/// A place aside, in a folder of its own so that the name stays as it was wished.
pub(crate) fn aside<R: Runtime>(app: &AppHandle<R>, name: &Path) -> tauri::Result<PathBuf> {
    let number = {
        let downloads = app.state::<Downloads>();
        let mut coming = downloads.coming();
        coming.next += 1;
        coming.next
    };
    let folder = app
        .path()
        .app_cache_dir()?
        .join(ASIDE)
        .join(number.to_string());
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(name.file_name().unwrap_or("Gatehouse".as_ref())))
}

/// Asks the person where the file goes, and puts it there.
fn ask<R: Runtime>(app: &AppHandle<R>, path: PathBuf) {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut dialog = app.dialog().file().set_file_name(name);
    if let Ok(folder) = app.path().download_dir() {
        dialog = dialog.set_directory(folder);
    }
    log::info!("a file has come");
    dialog.save_file(move |chosen| {
        let placed = chosen
            .and_then(|chosen| chosen.into_path().ok())
            .map(|place| put(&path, &place));
        if let Some(Err(error)) = placed {
            log::error!("a file could not be put where it was to go: {error}");
        }
        drop_aside(&path);
    });
}

/// Moves a file, also to another disk.
fn put(from: &Path, to: &Path) -> std::io::Result<()> {
    if std::fs::rename(from, to).is_ok() {
        return Ok(());
    }
    std::fs::copy(from, to).map(|_| ())
}

/// Removes a file that was kept aside, and its folder.
pub(crate) fn drop_aside(path: &Path) {
    if let Some(folder) = path.parent() {
        let _ = std::fs::remove_dir_all(folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placed_file_leaves_nothing_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let aside = folder.path().join("1");
        std::fs::create_dir(&aside).expect("a folder");
        let path = aside.join("list.csv");
        std::fs::write(&path, "name").expect("written");
        let place = folder.path().join("mine.csv");
        put(&path, &place).expect("moved");
        drop_aside(&path);
        assert_eq!(std::fs::read(place).expect("there"), b"name");
        assert!(!aside.exists());
    }
}
