//! Who asks from each window: the account that its page spoke for when it last asked.
//!
//! What the shell then does for the page at the door, it does in that account's name.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};

/// The `Authorization` of each window's last request; a window that is not in it asked as whoever
/// sits at this desk.
#[derive(Debug, Default)]
pub(crate) struct Speakers(Mutex<HashMap<String, HeaderValue>>);

impl Speakers {
    /// Remembers in whose name the window asks.
    pub(crate) fn note(&self, window: &str, headers: &HeaderMap) {
        let mut all = self.all();
        match headers.get(header::AUTHORIZATION) {
            Some(value) => {
                let mut value = value.clone();
                value.set_sensitive(true);
                all.insert(window.to_owned(), value);
            }
            None => {
                all.remove(window);
            }
        }
    }

    /// In whose name the window asked last.
    pub(crate) fn of(&self, window: &str) -> Option<HeaderValue> {
        self.all().get(window).cloned()
    }

    /// Forgets a window whose page has gone.
    pub(crate) fn forget(&self, window: &str) {
        self.all().remove(window);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, HeaderValue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_speaks_for_whoever_asked_last() {
        let speakers = Speakers::default();
        let signed_in = |token: &'static str| {
            HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(token))])
        };
        speakers.note("office", &signed_in("Bearer a"));
        speakers.note("gate", &signed_in("Bearer b"));
        speakers.note("office", &signed_in("Bearer c"));
        assert_eq!(speakers.of("office").expect("noted"), "Bearer c");
        assert_eq!(speakers.of("gate").expect("noted"), "Bearer b");
        assert!(!format!("{speakers:?}").contains("Bearer"));

        // Signed out, the page asks without a name.
        speakers.note("office", &HeaderMap::new());
        assert_eq!(speakers.of("office"), None);
        speakers.forget("gate");
        assert_eq!(speakers.of("gate"), None);
    }
}
