//! What waits to be sent to one peer: bounded, and what is urgent first.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// Bytes that may wait for one peer. Who reads slower than that is parted with.
pub(super) const MOST_WAITING: usize = 4 * 1024 * 1024;
/// Bytes that are put together into one write.
const ONE_WRITE: usize = 64 * 1024;
/// Longer frames are no answers that somebody at a door waits for.
const LONG: usize = 4 * 1024;

/// The kind of a frame that ends a connection.
const BYE: u8 = 2;
/// Kinds of frames that a person at a door waits for: claims and answers.
const CLAIM: u8 = 7;
const ANSWER: u8 = 8;
/// Kinds that catch up on something: nobody waits for them. An edit of the roster may take a right
/// back, and is none of them.
const CATCHING_UP: [u8; 4] = [5, 10, 12, 17];

/// Whether what a frame holds can wait for other frames. The protocol bears disorder, so one that
/// can't goes ahead. `body` begins with the kind.
pub(super) fn can_wait(body: &[u8]) -> bool {
    match body.first() {
        Some(&CLAIM | &ANSWER) => false,
        Some(kind) => CATCHING_UP.contains(kind) || body.len() > LONG,
        None => false,
    }
}

#[derive(Debug, Default)]
struct Waiting {
    urgent: Vec<u8>,
    bulk: VecDeque<Vec<u8>>,
    bytes: usize,
    closed: bool,
}

/// More waits for the peer than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// The frames that wait for one peer.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    changed: Notify,
    closing: Notify,
}

impl Outbox {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a frame with its length before it; nothing once the outbox is closed.
    pub(super) fn push(&self, frame: Vec<u8>) -> Result<(), Full> {
        let mut waiting = self.waiting();
        if waiting.closed {
            return Ok(());
        }
        if waiting.bytes + frame.len() > MOST_WAITING {
            return Err(Full);
        }
        waiting.bytes += frame.len();
        // Nothing is said after the last word: what could wait is not said any more.
        if frame.get(4) == Some(&BYE) {
            let dropped: usize = waiting.bulk.drain(..).map(|frame| frame.len()).sum();
            waiting.bytes -= dropped.min(waiting.bytes);
        }
        match frame.get(4..).is_some_and(can_wait) {
            true => waiting.bulk.push_back(frame),
            false => waiting.urgent.extend_from_slice(&frame),
        }
        drop(waiting);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes no more; what is urgent is still sent, the rest is dropped.
    pub(super) fn close(&self) {
        self.waiting().bulk.clear();
        self.finish();
    }

    /// Takes no more; all that waits is still sent.
    pub(super) fn finish(&self) {
        self.waiting().closed = true;
        self.changed.notify_one();
        self.closing.notify_one();
    }

    /// Waits until the outbox is closed. For one task.
    pub(super) async fn closed(&self) {
        while !self.waiting().closed {
            self.closing.notified().await;
        }
    }

    /// The next bytes to write, as many frames together as there are; none once it is closed and
    /// empty. For one task.
    pub(super) async fn next(&self) -> Option<Vec<u8>> {
        loop {
            {
                let mut waiting = self.waiting();
                let mut bytes = std::mem::take(&mut waiting.urgent);
                while bytes.len() < ONE_WRITE {
                    match waiting.bulk.pop_front() {
                        Some(frame) => bytes.extend_from_slice(&frame),
                        None => break,
                    }
                }
                waiting.bytes -= bytes.len().min(waiting.bytes);
                if !bytes.is_empty() {
                    return Some(bytes);
                }
                if waiting.closed {
                    return None;
                }
            }
            self.changed.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, length: usize) -> Vec<u8> {
        let mut frame = (length as u32).to_be_bytes().to_vec();
        frame.push(kind);
        frame.resize(4 + length, 0);
        frame
    }

    fn kinds(mut bytes: &[u8]) -> Vec<u8> {
        let mut kinds = Vec::new();
        while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
            kinds.push(rest[0]);
            bytes = &rest[u32::from_be_bytes(*length) as usize..];
        }
        kinds
    }

    #[tokio::test]
    async fn what_somebody_waits_for_goes_first() {
        let outbox = Outbox::default();
        for (kind, length) in [
            (6, 100_000),
            (5, 50),
            (6, 600),
            (7, 300),
            (8, 9_000),
            (3, 60),
        ] {
            outbox.push(frame(kind, length)).unwrap();
        }
        let first = outbox.next().await.unwrap();
        assert_eq!(kinds(&first), [6, 7, 8, 3, 6]);
        assert_eq!(kinds(&outbox.next().await.unwrap()), [5]);
    }

    #[tokio::test]
    async fn it_is_bounded_and_what_is_last_said_is_still_sent() {
        let outbox = Outbox::default();
        let mut frames = 0;
        while outbox.push(frame(6, 100_000)).is_ok() {
            frames += 1;
        }
        assert_eq!(frames, MOST_WAITING / 100_004);
        outbox.next().await.unwrap();
        outbox.push(frame(2, 5)).unwrap();
        outbox.close();
        outbox.push(frame(7, 5)).unwrap();
        assert_eq!(kinds(&outbox.next().await.unwrap()), [2]);
        assert_eq!(outbox.next().await, None);
        outbox.closed().await;
    }
}
