//! One writing connection for each file, taken in turn; scans go first.
//!
//! Whoever writes does so on their own thread while it is their turn: a scan is not handed to
//! another thread and back, which costs as much as its sync where cores sleep between guests. A
//! thread of the file's own moves the log into the file when nobody writes, and now and then beside
//! those who never pause: every page is looked for in the whole log.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

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

/// The log is moved into the file once it is longer than this, when nothing waits.
const LOG_BYTES: u64 = 4 << 20;
/// How long nothing must have been written, so that no guest stands before a checkpoint.
const PAUSE: Duration = Duration::from_millis(200);
/// Pauses in a row without one in which nothing was written, after which the log is moved beside
/// those who write.
const UNBROKEN: u32 = if cfg!(test) { 3 } else { 25 };
/// Memory for pages while a gate stands open, in KiB: what an evening's scans touch again. Each
/// ticket is touched once or twice, so more would only grow.
const GATE_CACHE_KIB: i64 = 8_000;
/// From this length on, even work that waits is held for it.
const LOG_BYTES_AT_MOST: u64 = 256 << 20;

/// A file's writing connection.
#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    sweeper: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    conn: Mutex<Connection>,
    turns: Mutex<Turns>,
    next: Condvar,
    /// Paths of the file and of its log.
    file: PathBuf,
    log: PathBuf,
    /// How many turns were taken.
    written: AtomicU64,
    /// Whether the sweeper sleeps until somebody writes.
    idle: AtomicBool,
    stopping: AtomicBool,
}

#[derive(Debug, Default)]
struct Turns {
    taken: bool,
    waiting: [usize; 3],
}

/// Somebody's turn to write; over when dropped.
struct Turn<'s> {
    shared: &'s Shared,
    conn: MutexGuard<'s, Connection>,
}

impl Shared {
    /// Waits until nobody writes and nobody waits in a lane before this one.
    fn take_turn(&self, lane: Lane) -> Turn<'_> {
        let lane = lane as usize;
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.taken || turns.waiting[..lane].iter().any(|n| *n > 0) {
            turns.waiting[lane] += 1;
            while turns.taken || turns.waiting[..lane].iter().any(|n| *n > 0) {
                turns = self
                    .next
                    .wait(turns)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            turns.waiting[lane] -= 1;
        }
        turns.taken = true;
        drop(turns);
        Turn {
            shared: self,
            conn: self.conn.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut turns = self
            .shared
            .turns
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        turns.taken = false;
        if turns.waiting.iter().any(|n| *n > 0) {
            self.shared.next.notify_all();
        }
    }
}

/// A connection whose commits do not wait for the disk; they do again when this is dropped, also by
/// a panic.
struct Unsynced<'c>(&'c mut Connection);

impl<'c> Unsynced<'c> {
    /// In WAL mode a commit without a sync leaves the file whole, whatever happens:
    /// <https://www.sqlite.org/pragma.html#pragma_synchronous>.
    fn begin(conn: &'c mut Connection) -> Result<Self, StoreError> {
        let unsynced = Self(conn);
        unsynced.0.pragma_update(None, "synchronous", "normal")?;
        Ok(unsynced)
    }
}

impl Drop for Unsynced<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.pragma_update(None, "synchronous", "full") {
            tracing::error!(%error, "a file's commits wait for the disk no more");
        }
    }
}

impl Writer {
    /// Takes over the connection and starts the thread that keeps its log short.
    pub(crate) fn start(conn: Connection, path: &Path) -> Result<Self, StoreError> {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let shared = Arc::new(Shared {
            conn: Mutex::new(conn),
            turns: Mutex::default(),
            next: Condvar::new(),
            file: path.to_owned(),
            log: PathBuf::from(log),
            written: AtomicU64::new(0),
            idle: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
        });
        let swept = Arc::clone(&shared);
        let sweeper = std::thread::Builder::new()
            .name("gatehouse-log".into())
            .spawn(move || sweep(&swept))?;
        Ok(Self {
            shared,
            sweeper: Some(sweeper),
        })
    }

    /// As [`Self::run`], but what is committed does not wait for the disk.
    pub(crate) fn run_unsynced<T>(
        &self,
        lane: Lane,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.run(lane, |conn| {
            let unsynced = Unsynced::begin(conn)?;
            job(unsynced.0)
        })
    }

    /// Runs `job` when its turn comes. A job that panics rolls back as its transaction is dropped;
    /// the file stays usable.
    pub(crate) fn run<T>(
        &self,
        lane: Lane,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let result = {
            let mut turn = self.shared.take_turn(lane);
            let conn = &mut *turn.conn;
            let result = std::panic::catch_unwind(AssertUnwindSafe(|| job(conn)));
            if lane == Lane::Bulk && length(&self.shared.log) > LOG_BYTES_AT_MOST {
                shorten_log(&turn.conn, true);
            }
            result
        };
        self.shared.written.fetch_add(1, Ordering::SeqCst);
        if self.shared.idle.swap(false, Ordering::SeqCst)
            && let Some(sweeper) = &self.sweeper
        {
            sweeper.thread().unpark();
        }
        result.unwrap_or_else(|_| {
            tracing::error!("a write panicked and was rolled back");
            Err(StoreError::WriterStopped)
        })
    }

    /// Moves the whole log into the file, after what waits already.
    pub(crate) fn settle(&self) {
        shorten_log(&self.shared.take_turn(Lane::Bulk).conn, true);
    }

    /// Writes the file anew without what was deleted from it, and empties the log. `false` where that
    /// was not possible now, such as while somebody reads.
    pub(crate) fn erase(&self) -> bool {
        let turn = self.shared.take_turn(Lane::Bulk);
        let emptied = turn.conn.execute_batch("VACUUM").and_then(|()| {
            let pragma = "PRAGMA wal_checkpoint(TRUNCATE)";
            turn.conn.query_row(pragma, [], |r| r.get::<_, bool>(0))
        });
        match emptied {
            Ok(busy) => !busy,
            Err(error) => {
                tracing::warn!(%error, "what was deleted is in a file still");
                false
            }
        }
    }

    /// As [`Writer::settle`], for a gate that is about to open and may stand open for days.
    pub(crate) fn settle_for_a_gate(&self) {
        let turn = self.shared.take_turn(Lane::Bulk);
        shorten_log(&turn.conn, true);
        if let Err(error) = turn.conn.pragma_update(None, "cache_size", -GATE_CACHE_KIB) {
            tracing::debug!(%error, "the cache stays as large as it is");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        if let Some(sweeper) = self.sweeper.take() {
            sweeper.thread().unpark();
            sweeper.join().ok();
        }
        self.settle();
    }
}

/// Keeps the log short: moves it after a pause, then sleeps until somebody writes; beside those who
/// write where none of them pauses.
fn sweep(shared: &Shared) {
    let mut seen = 0;
    let mut unbroken = 0;
    let mut beside = None;
    while !shared.stopping.load(Ordering::SeqCst) {
        std::thread::park_timeout(PAUSE);
        let written = shared.written.load(Ordering::SeqCst);
        if written != seen {
            seen = written;
            unbroken += 1;
            if unbroken >= UNBROKEN {
                unbroken = 0;
                move_log_beside(&shared.file, &mut beside);
                // What was written meanwhile is little. Only a log that was moved to its end begins
                // anew.
                shorten_log(&shared.take_turn(Lane::Bulk).conn, false);
            }
            continue;
        }
        unbroken = 0;
        if length(&shared.log) > LOG_BYTES {
            shorten_log(&shared.take_turn(Lane::Bulk).conn, false);
        }
        shared.idle.store(true, Ordering::SeqCst);
        // A write between the look and the sleep is seen here, or wakes the thread.
        while shared.idle.load(Ordering::SeqCst)
            && shared.written.load(Ordering::SeqCst) == seen
            && !shared.stopping.load(Ordering::SeqCst)
        {
            std::thread::park();
        }
        shared.idle.store(false, Ordering::SeqCst);
    }
}

/// Moves the log while others write, by a connection of its own: they wait for nothing but the disk.
fn move_log_beside(file: &Path, beside: &mut Option<Connection>) {
    let opened = match beside {
        Some(conn) => Ok(conn),
        // A file that was put elsewhere meanwhile must not be made anew.
        None => Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .map(|conn| beside.insert(conn)),
    };
    match opened {
        Ok(conn) => shorten_log(conn, false),
        Err(error) => tracing::debug!(%error, "checkpoint put off"),
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
    fn the_log_stays_short_though_nobody_pauses() {
        let (_dir, writer) = writer();
        let journal: String = writer
            .run(Lane::Edit, |conn| {
                conn.pragma_update(None, "wal_autocheckpoint", 0)?;
                Ok(conn.query_row("PRAGMA journal_mode = wal", [], |r| r.get(0))?)
            })
            .unwrap();
        assert_eq!(journal, "wal");
        let page = vec![7_u8; 4_096];
        let begun = std::time::Instant::now();
        let (mut longest, mut pages) = (0, 0);
        // Unbroken, the log would hold each page more than twice, however long this goes on.
        while pages * 4_096 <= longest {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "the log grew to {longest} bytes with {pages} pages in all"
            );
            let count: i64 = writer
                .run(Lane::Scan, |conn| {
                    conn.execute("CREATE TABLE IF NOT EXISTS pages (page BLOB)", [])?;
                    conn.execute("INSERT INTO pages VALUES (?1)", [&page])?;
                    Ok(conn.query_row("PRAGMA page_count", [], |r| r.get(0))?)
                })
                .unwrap();
            pages = count.unsigned_abs();
            longest = longest.max(length(&writer.shared.log));
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn after_what_did_not_wait_for_the_disk_everything_waits_again() {
        let (_dir, writer) = writer();
        let how = |conn: &mut Connection| -> Result<i64, StoreError> {
            Ok(conn.query_row("PRAGMA synchronous", [], |r| r.get(0))?)
        };
        writer
            .run(Lane::Edit, |conn| {
                Ok(conn.pragma_update(None, "synchronous", "full")?)
            })
            .unwrap();
        assert_eq!(writer.run_unsynced(Lane::Scan, how).unwrap(), 1);
        assert_eq!(writer.run(Lane::Scan, how).unwrap(), 2);
        // A job that breaks off leaves no connection behind that is careless.
        let broke_off: Result<(), _> =
            writer.run_unsynced(Lane::Scan, |_| panic!("a job that breaks off"));
        assert!(broke_off.is_err());
        assert_eq!(writer.run(Lane::Scan, how).unwrap(), 2);
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
                // The three wait before the first is let go.
                while writer
                    .shared
                    .turns
                    .lock()
                    .unwrap()
                    .waiting
                    .iter()
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
    fn many_who_write_at_once_each_get_their_turn() {
        let (_dir, writer) = writer();
        std::thread::scope(|scope| {
            for n in 0..24 {
                let (writer, lane) = (&writer, [Lane::Scan, Lane::Edit, Lane::Bulk][n % 3]);
                scope.spawn(move || {
                    for _ in 0..20 {
                        writer
                            .run(lane, |conn| {
                                Ok(conn.execute("INSERT INTO t VALUES (1)", [])?)
                            })
                            .unwrap();
                    }
                });
            }
        });
        let count = writer
            .run(Lane::Edit, |conn| {
                Ok(conn.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0))?)
            })
            .unwrap();
        assert_eq!(count, 480);
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
