//! What was seen and not yet fetched.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::{Code, Preview, Seen, State};
use crate::lock;

/// Sightings that wait at most; who fetches none for so long is told the newest.
const MOST_CODES: usize = 1_024;
/// Changes of state that wait at most; the newest always does.
const MOST_STATES: usize = 16;

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    states: VecDeque<State>,
    codes: VecDeque<Vec<Code>>,
    preview: Option<Preview>,
    /// The end waits behind everything else.
    ended: Option<State>,
    closed: bool,
}

impl Outbox {
    pub(crate) fn put(&self, seen: Seen) {
        match seen {
            Seen::State(state) => self.put_state(state),
            Seen::Codes(codes) => self.put_codes(codes),
            Seen::Preview(preview) => self.put_preview(preview),
        }
    }

    pub(crate) fn put_state(&self, state: State) {
        let mut waiting = lock(&self.waiting);
        if matches!(state, State::Ended(_)) {
            waiting.ended = Some(state);
            waiting.closed = true;
        } else {
            if waiting.states.len() == MOST_STATES {
                waiting.states.pop_front();
            }
            waiting.states.push_back(state);
        }
        self.changed.notify_all();
    }

    pub(crate) fn put_codes(&self, codes: Vec<Code>) {
        let mut waiting = lock(&self.waiting);
        if waiting.codes.len() == MOST_CODES {
            waiting.codes.pop_front();
        }
        waiting.codes.push_back(codes);
        self.changed.notify_all();
    }

    /// Puts the newest preview in the place of one that was not fetched.
    pub(crate) fn put_preview(&self, preview: Preview) {
        lock(&self.waiting).preview = Some(preview);
        self.changed.notify_all();
    }

    pub(crate) fn drop_preview(&self) {
        lock(&self.waiting).preview = None;
    }

    /// Nothing more will come.
    pub(crate) fn close(&self) {
        lock(&self.waiting).closed = true;
        self.changed.notify_all();
    }

    pub(crate) fn is_over(&self) -> bool {
        let waiting = lock(&self.waiting);
        waiting.closed
            && waiting.states.is_empty()
            && waiting.codes.is_empty()
            && waiting.ended.is_none()
    }

    pub(crate) fn next(&self, timeout: Duration) -> Option<Seen> {
        let idle = |waiting: &mut Waiting| {
            waiting.states.is_empty()
                && waiting.codes.is_empty()
                && waiting.preview.is_none()
                && !waiting.closed
        };
        let (mut waiting, _) = self
            .changed
            .wait_timeout_while(lock(&self.waiting), timeout, idle)
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = waiting.states.pop_front() {
            return Some(Seen::State(state));
        }
        if let Some(codes) = waiting.codes.pop_front() {
            return Some(Seen::Codes(codes));
        }
        if let Some(preview) = waiting.preview.take() {
            return Some(Seen::Preview(preview));
        }
        waiting.ended.take().map(Seen::State)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fault;
    use super::*;

    #[test]
    fn states_come_first_and_the_end_last() {
        let outbox = Outbox::default();
        assert_eq!(outbox.next(Duration::ZERO), None);
        outbox.put_codes(Vec::new());
        outbox.put_state(State::Ended(None));
        outbox.put_state(State::Ok);
        assert!(!outbox.is_over());
        let told: Vec<Seen> = std::iter::from_fn(|| outbox.next(Duration::MAX)).collect();
        assert_eq!(
            told,
            [
                Seen::State(State::Ok),
                Seen::Codes(Vec::new()),
                Seen::State(State::Ended(None))
            ]
        );
        assert!(outbox.is_over());
    }

    #[test]
    fn what_nobody_fetches_takes_no_more_room() {
        let outbox = Outbox::default();
        for n in 0..2_000_u32 {
            outbox.put_codes(Vec::new());
            outbox.put_state(State::Busy(Fault {
                code: "camera_busy",
                message: n.to_string(),
            }));
        }
        let told: Vec<Seen> = std::iter::from_fn(|| outbox.next(Duration::ZERO)).collect();
        assert_eq!(told.len(), MOST_STATES + MOST_CODES);
        let last = &told[MOST_STATES - 1];
        assert!(matches!(last, Seen::State(State::Busy(fault)) if fault.message == "1999"));
    }
}
