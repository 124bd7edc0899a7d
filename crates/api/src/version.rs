//! Versions of what people edit, so that the second of two who edit the same thing is told.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The version of a value: equal values have equal versions, others practically never.
pub(crate) fn version_of(value: &impl Serialize) -> Result<String, Problem> {
    let bytes =
        serde_json::to_vec(value).map_err(|e| Problem::new("version_failed", e.to_string()))?;
    let digest = Sha256::digest(bytes);
    Ok(digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Refuses an edit of what was changed since it was seen; anything goes where nothing was said.
pub(crate) fn check_seen(seen: Option<&str>, now: &impl Serialize) -> Result<(), Problem> {
    match seen {
        Some(seen) if seen != version_of(now)? => Err(Problem::new(
            "edited_meanwhile",
            "somebody else changed this since you opened it; nothing was overwritten. Look at \
             theirs, then save yours again",
        )),
        _ => Ok(()),
    }
}
