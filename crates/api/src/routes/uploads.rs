//! Files on their way in, and guest lists that were looked at and wait to be accepted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use futures_util::StreamExt;
use gatehouse_domain::id::EventId;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::import::ImportPreview;
use crate::problem::Problem;

/// Lists that wait at a time; the one that waited longest makes room.
const WAITING: usize = 8;

/// A list that was sent and looked at.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) event: EventId,
    /// The file, gone with its folder when this is dropped.
    pub(super) path: PathBuf,
    pub(super) _dir: TempDir,
    /// What accepting would do; taken by the one who accepts.
    pub(super) preview: Option<ImportPreview>,
    pub(super) at: i64,
}

#[derive(Debug, Default)]
pub(super) struct Uploads {
    waiting: Mutex<HashMap<Uuid, Upload>>,
}

impl Uploads {
    /// Keeps a list until it is accepted.
    pub(super) fn keep(&self, id: Uuid, upload: Upload) {
        let mut waiting = self.lock();
        if waiting.len() >= WAITING
            && let Some(oldest) = waiting
                .iter()
                .min_by_key(|(_, upload)| upload.at)
                .map(|(id, _)| *id)
        {
            waiting.remove(&oldest);
        }
        waiting.insert(id, upload);
    }

    /// Takes a list out; whoever goes on with it keeps it again.
    pub(super) fn take(&self, id: Uuid) -> Result<Upload, Problem> {
        self.lock().remove(&id).ok_or_else(|| {
            Problem::new(
                "import_unknown",
                "this list is not waiting any more; choose the file again",
            )
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Upload>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a request's body to `path`, `longest` bytes of it at most.
pub(super) async fn receive(body: Body, path: &Path, longest: u64) -> Result<(), Problem> {
    let mut file = tokio::fs::File::create(path).await?;
    let mut stream = body.into_data_stream();
    let mut length = 0_u64;
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| {
            Problem::new(
                "body_invalid",
                "the file broke off on its way; nothing was written. Send it again",
            )
        })?;
        length += piece.len() as u64;
        if length > longest {
            return Err(Problem::new(
                "body_too_large",
                format!(
                    "this file is larger than {} MB; nothing was written",
                    longest >> 20
                ),
            ));
        }
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    Ok(())
}
