//! Windows that guests use by themselves: their page alone lets somebody out of them, and it asks
//! for the supervisor's PIN first.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The labels of the windows that are kiosks now.
#[derive(Debug, Default)]
pub(crate) struct Kiosks(Mutex<HashSet<String>>);

impl Kiosks {
    /// Locks a window, or lets go of it: its page asked for that, or is there no more.
    pub(crate) fn set(&self, window: &str, on: bool) {
        let mut all = self.all();
        if on {
            all.insert(window.to_owned());
        } else {
            all.remove(window);
        }
    }

    /// Whether the window stays open whoever wants to close it.
    pub(crate) fn holds(&self, window: &str) -> bool {
        self.all().contains(window)
    }

    /// Whether any window is a kiosk. Menus and their keys do nothing then: a key that belongs to
    /// another window would lead out of this one.
    pub(crate) fn any(&self) -> bool {
        !self.all().is_empty()
    }

    fn all(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kiosk_is_held_until_its_own_page_lets_go_and_no_menu_acts_meanwhile() {
        let kiosks = Kiosks::default();
        assert!(!kiosks.any());
        kiosks.set("gate", true);
        kiosks.set("gate", true);
        kiosks.set("gate-2", false);
        assert!(kiosks.holds("gate") && !kiosks.holds("office"));
        assert!(kiosks.any());
        kiosks.set("gate", false);
        assert!(!kiosks.holds("gate") && !kiosks.any());
    }
}
