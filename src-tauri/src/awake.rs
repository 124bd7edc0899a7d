//! Keeps display and machine awake while a gate is open or long work goes on.
//!
//! Best effort: where the system offers no way, the log says so and nothing else happens.

#[cfg(not(target_os = "linux"))]
#[path = "awake/elsewhere.rs"]
mod system;
#[cfg(target_os = "linux")]
#[path = "awake/linux.rs"]
mod system;

use std::collections::BTreeSet;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the system shows to a person who asks why it stays awake.
const WHY: &str = "A gate is open, or long work goes on";

/// Why a window keeps the machine awake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// It is a gate, and guests may come at any moment.
    Gate,
    /// Its page says that work goes on.
    Work,
}

/// Who keeps the machine awake, by the window's label.
#[derive(Debug)]
pub(crate) struct Awake {
    reasons: Mutex<BTreeSet<(String, Reason)>>,
    keeper: Sender<bool>,
}

impl Awake {
    /// Nobody keeps this machine awake yet.
    pub(crate) fn new() -> Self {
        Self::holding(system::hold)
    }

    /// `hold` is called for each time that the machine has to stay awake, and what it gives is
    /// dropped when that is over. Windows counts such wishes by thread: both happen on one thread.
    fn holding<T>(hold: impl Fn() -> T + Send + 'static) -> Self {
        let (keeper, told) = mpsc::channel();
        std::thread::spawn(move || keep_watch(&told, hold));
        Self {
            reasons: Mutex::default(),
            keeper,
        }
    }

    /// The window has a reason from now on.
    pub(crate) fn keep(&self, window: &str, reason: Reason) {
        self.change(|reasons| {
            reasons.insert((window.to_owned(), reason));
        });
    }

    /// The window has this reason no longer.
    pub(crate) fn let_go(&self, window: &str, reason: Reason) {
        self.change(|reasons| reasons.retain(|(label, why)| label != window || *why != reason));
    }

    /// The window has gone, and its reasons with it.
    pub(crate) fn let_go_all(&self, window: &str) {
        self.change(|reasons| reasons.retain(|(label, _)| label != window));
    }

    fn change(&self, change: impl FnOnce(&mut BTreeSet<(String, Reason)>)) {
        let mut reasons: MutexGuard<'_, _> =
            self.reasons.lock().unwrap_or_else(PoisonError::into_inner);
        let before = !reasons.is_empty();
        change(&mut reasons);
        let awake = !reasons.is_empty();
        if awake != before && self.keeper.send(awake).is_err() {
            log::error!("nobody keeps this machine awake any more");
        }
    }
}

fn keep_watch<T>(told: &Receiver<bool>, hold: impl Fn() -> T) {
    let mut held = None;
    for awake in told {
        // What was held goes first, also when it is taken anew.
        drop(held.take());
        held = awake.then(&hold);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Tells when it is taken and when it is dropped.
    struct Told(Sender<&'static str>);

    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.send("asleep");
        }
    }

    fn watched() -> (Awake, Receiver<&'static str>) {
        let (tell, heard) = mpsc::channel();
        let awake = Awake::holding(move || {
            tell.send("awake").expect("the test listens");
            Told(tell.clone())
        });
        (awake, heard)
    }

    #[test]
    fn the_last_reason_to_go_lets_the_machine_sleep() {
        let (awake, heard) = watched();
        let next = || heard.recv_timeout(Duration::from_secs(60));
        awake.keep("gate", Reason::Gate);
        awake.keep("gate", Reason::Gate);
        awake.keep("office", Reason::Work);
        awake.let_go_all("gate");
        awake.let_go("office", Reason::Gate);
        awake.keep("gate-2", Reason::Gate);
        awake.let_go("office", Reason::Work);
        assert_eq!(next(), Ok("awake"));
        assert_eq!(heard.recv_timeout(Duration::from_millis(50)).ok(), None);
        awake.let_go_all("gate-2");
        assert_eq!(next(), Ok("asleep"));
        awake.keep("office", Reason::Work);
        assert_eq!(next(), Ok("awake"));
        drop(awake);
        assert_eq!(next(), Ok("asleep"));
    }
}
