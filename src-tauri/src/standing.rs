//! What holds on this machine from one start to the next: the kiosk that it is, and whether
//! anybody said if the application starts with it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Runtime};
use tauri_plugin_autostart::ManagerExt;

use crate::place::Place;

const FILE: &str = "standing.json";

#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// The place of the kiosk's page.
    kiosk: Option<String>,
    /// Whether starting with the machine was switched once, by a person or for a door.
    start_said: bool,
}

/// What holds on this machine, in a file of its own.
#[derive(Debug)]
pub(crate) struct Standing {
    file: PathBuf,
    kept: Mutex<Kept>,
}

impl Standing {
    /// Reads what holds from `folder`; nothing does where the file is missing or damaged.
    pub(crate) fn read(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let kept = std::fs::read(&file)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        Self {
            file,
            kept: Mutex::new(kept),
        }
    }

    /// The kiosk that this machine is.
    pub(crate) fn kiosk(&self) -> Option<Place> {
        self.kept().kiosk.as_deref().and_then(Place::of_gate)
    }

    /// Notes that it is a kiosk at that place of its page from now on, or none any more.
    pub(crate) fn keep_kiosk(&self, place: Option<String>) {
        self.change(|kept| kept.kiosk = place);
    }

    /// Notes that starting with the machine was switched; tells whether that is the first time.
    pub(crate) fn say_start(&self) -> bool {
        let first = !self.kept().start_said;
        if first {
            self.change(|kept| kept.start_said = true);
        }
        first
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) {
        let mut kept = self.kept();
        let mut wanted = kept.clone();
        change(&mut wanted);
        if wanted == *kept {
            return;
        }
        if let Err(error) = write(&self.file, &wanted) {
            log::warn!("what this machine is could not be noted: {error}");
        }
        *kept = wanted;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(file: &Path, kept: &Kept) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let aside = file.with_extension("new");
    std::fs::write(&aside, serde_json::to_vec(kept)?)?;
    std::fs::rename(aside, file)
}

/// Lets the application start with the machine, which stands at a door: once, so that whoever
/// switches it off is not overruled.
pub(crate) fn start_with_machine<R: Runtime>(app: &AppHandle<R>, standing: &Standing) {
    if !standing.say_start() {
        return;
    }
    match app.autolaunch().enable() {
        Ok(()) => log::info!("it starts with the machine from now on"),
        Err(error) => log::warn!("it can't start with the machine: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_a_kiosk_until_it_is_told_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let here = || Standing::read(folder.path());
        assert_eq!(here().kiosk(), None);
        here().keep_kiosk(Some("/gate?event=1&kiosk=1".to_owned()));
        let place = here().kiosk().unwrap();
        assert_eq!(place.path(), "/gate?event=1&kiosk=1");
        here().keep_kiosk(None);
        assert_eq!(here().kiosk(), None);
    }

    #[test]
    fn whoever_switched_the_start_off_is_not_overruled() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Standing::read(folder.path()).say_start());
        assert!(!Standing::read(folder.path()).say_start());
    }

    #[test]
    fn a_damaged_file_and_a_place_elsewhere_hold_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "{\"kiosk\": ").unwrap();
        assert_eq!(Standing::read(folder.path()).kiosk(), None);
        for place in [
            "/settings",
            "https://example.org",
            "/gatecrash",
            "/gate/../settings",
        ] {
            let standing = Standing::read(folder.path());
            standing.keep_kiosk(Some(place.to_owned()));
            assert_eq!(standing.kiosk(), None, "{place}");
        }
    }
}
