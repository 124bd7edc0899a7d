//! What pages have asked for and not yet got, so that it can be called off.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::AbortHandle;

/// Requests and subscriptions under way, by the window's label and the page's own number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    next: u64,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    serial: u64,
    window: String,
    id: u64,
    task: AbortHandle,
}

impl Running {
    /// Keeps a task until the returned value is dropped.
    #[must_use]
    pub(crate) fn keep(&self, window: &str, id: u64, task: AbortHandle) -> Kept {
        let mut table = self.table();
        let serial = table.next;
        table.next += 1;
        table.entries.push(Entry {
            serial,
            window: window.to_owned(),
            id,
            task,
        });
        Kept {
            running: self.clone(),
            serial,
        }
    }

    /// Calls off what the window's page knows under this number.
    pub(crate) fn call_off(&self, window: &str, id: u64) {
        self.abort(|entry| entry.window == window && entry.id == id);
    }

    /// Calls off everything of a window whose page has gone.
    pub(crate) fn call_off_all(&self, window: &str) {
        self.abort(|entry| entry.window == window);
    }

    fn abort(&self, which: impl Fn(&Entry) -> bool) {
        for entry in self.table().entries.iter().filter(|entry| which(entry)) {
            entry.task.abort();
        }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's place in the table; dropped, the place is free.
#[derive(Debug)]
pub(crate) struct Kept {
    running: Running,
    serial: u64,
}

impl Drop for Kept {
    fn drop(&mut self) {
        let mut table = self.running.table();
        table.entries.retain(|entry| entry.serial != self.serial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endless() -> tokio::task::JoinHandle<()> {
        tokio::spawn(std::future::pending())
    }

    #[tokio::test]
    async fn calls_off_one_request_of_one_window() {
        let running = Running::default();
        let (mine, theirs, other) = (endless(), endless(), endless());
        let _kept = [
            running.keep("office", 1, mine.abort_handle()),
            running.keep("gate", 1, theirs.abort_handle()),
            running.keep("office", 2, other.abort_handle()),
        ];
        running.call_off("office", 1);
        assert!(mine.await.expect_err("called off").is_cancelled());
        running.call_off_all("gate");
        assert!(theirs.await.expect_err("called off").is_cancelled());
        assert!(!other.is_finished());
    }

    #[tokio::test]
    async fn forgets_what_is_done() {
        let running = Running::default();
        drop(running.keep("office", 1, endless().abort_handle()));
        assert!(running.table().entries.is_empty());
    }
}
