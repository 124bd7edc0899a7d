//! One writer thread for each file, with a queue in which scans go first.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, select_biased, unbounded};
use rusqlite::Connection;

use crate::error::StoreError;

/// Who goes first when several wait to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Scans at a gate: before everything.
    Scan,
    /// What a person does in the office.
    Edit,
    /// Imports, issuing and other long work, in pieces.
    Bulk,
}

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The log is moved into the file once it is longer than this, when nothing waits.
const LOG_BYTES: u64 = 4 << 20;
/// How long nothing must have waited, so that no guest stands before a checkpoint.
const PAUSE: Duration = Duration::from_millis(200);
/// From this length on, even work that waits is held for it.
const LOG_BYTES_AT_MOST: u64 = 256 << 20;

/// The thread that owns a file's writing connection.
#[derive(Debug)]
pub(crate) struct Writer {
    lanes: Option<[Sender<Job>; 3]>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(conn: Connection, path: &Path) -> Result<Self, StoreError> {
        let (scan, scans) = unbounded();
        let (edit, edits) = unbounded();
        let (bulk, bulks) = bounded(16);
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let thread = std::thread::Builder::new()
            .name("gatehouse-writer".into())
            .spawn(move || write(conn, &PathBuf::from(log), &scans, &edits, &bulks))?;
        Ok(Self {
            lanes: Some([scan, edit, bulk]),
            thread: Some(thread),
        })
    }

    /// Runs `job` on the writer thread when its turn comes, and waits for what it returns.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = bounded(1);
        let job: Job = Box::new(move |conn| {
            // A caller who went away no longer wants the answer.
            answer.send(job(conn)).ok();
        });
        let lanes = self.lanes.as_ref().ok_or(StoreError::WriterStopped)?;
        lanes[lane as usize]
            .send(job)
            .map_err(|_| StoreError::WriterStopped)?;
        answered.recv().map_err(|_| StoreError::WriterStopped)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.lanes = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn write(
    mut conn: Connection,
    log: &Path,
    scans: &Receiver<Job>,
    edits: &Receiver<Job>,
    bulks: &Receiver<Job>,
) {
    loop {
        match next(scans, edits, bulks) {
            Turn::Job(job) => {
                // A job that panics rolls back as its transaction is dropped; the file stays usable.
                if std::panic::catch_unwind(AssertUnwindSafe(|| job(&mut conn))).is_err() {
                    tracing::error!("a write panicked and was rolled back");
                }
                if length(log) > LOG_BYTES_AT_MOST {
                    shorten_log(&conn, true);
                }
            }
            Turn::Pause => {
                if length(log) > LOG_BYTES {
                    shorten_log(&conn, false);
                }
            }
            Turn::Over => break,
        }
    }
    shorten_log(&conn, true);
}

/// What the writer does next.
enum Turn {
    Job(Job),
    /// Nothing has waited for a while.
    Pause,
    /// The writer was dropped.
    Over,
}

fn next(scans: &Receiver<Job>, edits: &Receiver<Job>, bulks: &Receiver<Job>) -> Turn {
    // All three senders go at once, when the writer is dropped.
    let turn = |job: Result<Job, _>| job.map_or(Turn::Over, Turn::Job);
    select_biased! {
        recv(scans) -> job => turn(job),
        recv(edits) -> job => turn(job),
        recv(bulks) -> job => turn(job),
        default(PAUSE) => Turn::Pause,
    }
}

fn length(log: &Path) -> u64 {
    std::fs::metadata(log).map_or(0, |m| m.len())
}

fn shorten_log(conn: &Connection, wait: bool) {
    let pragma = if wait {
        "PRAGMA wal_checkpoint(RESTART)"
    } else {
        "PRAGMA wal_checkpoint(PASSIVE)"
    };
    if let Err(error) = conn.query_row(pragma, [], |_| Ok(())) {
        // The log only grows; what it holds is safe, and the next checkpoint tries again.
        tracing::debug!(%error, "checkpoint put off");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Barrier, Mutex};

    fn writer() -> (tempfile::TempDir, Writer) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch("CREATE TABLE t (n INTEGER) STRICT")
            .unwrap();
        let writer = Writer::start(conn, &path).unwrap();
        (dir, writer)
    }

    #[test]
    fn scans_go_before_edits_and_edits_before_bulk() {
        let (_dir, writer) = writer();
        let order = Arc::new(Mutex::new(Vec::new()));
        let gate = Arc::new(Barrier::new(2));
        std::thread::scope(|scope| {
            let hold = gate.clone();
            let held = &writer;
            scope.spawn(move || {
                held.run(Lane::Bulk, move |_| {
                    hold.wait();
                    hold.wait();
                    Ok(())
                })
                .unwrap();
            });
            gate.wait();
            for (at, lane) in [Lane::Bulk, Lane::Edit, Lane::Scan].into_iter().enumerate() {
                let order = order.clone();
                let queued = &writer;
                scope.spawn(move || {
                    queued
                        .run(lane, move |_| {
                            order.lock().unwrap().push(lane);
                            Ok(())
                        })
                        .unwrap();
                });
                // The three are in the queue before the first is let go.
                while writer
                    .lanes
                    .as_ref()
                    .unwrap()
                    .iter()
                    .map(Sender::len)
                    .sum::<usize>()
                    <= at
                {
                    std::thread::yield_now();
                }
            }
            gate.wait();
        });
        assert_eq!(*order.lock().unwrap(), [Lane::Scan, Lane::Edit, Lane::Bulk]);
    }

    #[test]
    fn a_write_that_panics_leaves_the_writer_working() {
        let (_dir, writer) = writer();
        let broken = writer.run(Lane::Edit, |conn| -> Result<(), StoreError> {
            let tx = conn.transaction()?;
            tx.execute("INSERT INTO t VALUES (1)", [])?;
            panic!("a defect");
        });
        assert!(matches!(broken, Err(StoreError::WriterStopped)));
        let count = writer
            .run(Lane::Edit, |conn| {
                Ok(conn.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0))?)
            })
            .unwrap();
        assert_eq!(count, 0);
    }
}
