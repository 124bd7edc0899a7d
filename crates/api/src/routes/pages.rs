//! The interface's files, read once and kept: a path can only ever name one of them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Refusal;
use crate::problem::Problem;

/// The most that an interface holds.
const MOST_FILES: usize = 2_000;
const MOST_BYTES: u64 = 64 << 20;
/// The deepest folder.
const DEEPEST: usize = 8;

const START: &str = "/index.html";
/// The page of a browser that scans, and where it is opened. It stands alone, so that a phone
/// loads nothing of the office.
const SCAN: &str = "/scan.html";
const SCAN_PLACE: &str = "/scan";
/// Names in this folder carry a hash of what they hold, so they never change.
const LASTING: &str = "/assets/";

/// Gives a file by its path, which begins with a slash.
type Source = Arc<dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync>;

/// The files of a built interface.
#[derive(Clone)]
pub struct Pages {
    files: HashMap<String, (HeaderValue, Bytes)>,
    /// Where files that are not kept come from.
    source: Option<Source>,
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pages({})", self.files.len())
    }
}

impl Pages {
    /// Reads the built interface in `dir`, which holds an `index.html`.
    ///
    /// Symbolic links are passed over; more than 2,000 files or 64 MiB are refused.
    pub fn read(dir: &Path) -> Result<Self, Problem> {
        let mut pages = Self::none();
        let mut bytes_left = MOST_BYTES;
        pages.gather(dir, "", DEEPEST, &mut bytes_left)?;
        if !pages.files.contains_key(START) {
            return Err(Problem::new(
                "pages_missing",
                format!(
                    "{} holds no index.html; build the interface there first (npm run build in ui)",
                    dir.display()
                ),
            ));
        }
        Ok(pages)
    }

    /// No files: the API alone.
    #[must_use]
    pub fn none() -> Self {
        Self {
            files: HashMap::new(),
            source: None,
        }
    }

    /// Files that the program carries in itself; `source` is asked for each path.
    pub fn carried(source: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Arc::new(source)),
            ..Self::none()
        }
    }

    fn find(&self, path: &str) -> Option<(HeaderValue, Bytes)> {
        if let Some(file) = self.files.get(path) {
            return Some(file.clone());
        }
        let bytes = self.source.as_ref()?(path)?;
        let kind = HeaderValue::from_static(media_type(path));
        Some((kind, bytes.into()))
    }

    fn gather(
        &mut self,
        dir: &Path,
        prefix: &str,
        depth: usize,
        bytes_left: &mut u64,
    ) -> Result<(), Problem> {
        let unreadable = |e: std::io::Error| {
            Problem::new(
                "pages_unreadable",
                format!("{} can't be read: {e}", dir.display()),
            )
        };
        let too_much = || {
            Problem::new(
                "pages_too_large",
                format!("{} holds more than an interface does", dir.display()),
            )
        };
        for entry in std::fs::read_dir(dir).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                continue;
            };
            let path = format!("{prefix}/{name}");
            if kind.is_dir() {
                let depth = depth.checked_sub(1).ok_or_else(too_much)?;
                self.gather(&entry.path(), &path, depth, bytes_left)?;
            } else if kind.is_file() {
                let size = entry.metadata().map_err(unreadable)?.len();
                *bytes_left = bytes_left.checked_sub(size).ok_or_else(too_much)?;
                if self.files.len() >= MOST_FILES {
                    return Err(too_much());
                }
                let bytes = std::fs::read(entry.path()).map_err(unreadable)?;
                let kind = HeaderValue::from_static(media_type(&name));
                self.files.insert(path, (kind, bytes.into()));
            }
        }
        Ok(())
    }

    /// The file at `path`, or the start page where the path is a place within the interface: one
    /// whose last part has no dot.
    pub(super) fn show(&self, path: &str) -> Response {
        let last = path.rsplit('/').next().unwrap_or("");
        let found = self.find(path).filter(|_| last.contains('.')).or_else(|| {
            (!last.contains('.'))
                .then(|| self.find(start_of(path)))
                .flatten()
        });
        let Some((kind, bytes)) = found else {
            return Refusal::from(Problem::new("page_unknown", "there is no such page"))
                .into_response();
        };
        let lasting = path.starts_with(LASTING);
        let keep = if lasting && self.files.contains_key(path) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        (
            [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, HeaderValue::from_static(keep)),
            ],
            bytes,
        )
            .into_response()
    }
}

/// The page that a place within the interface belongs to.
fn start_of(path: &str) -> &'static str {
    match path.strip_prefix(SCAN_PLACE) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => SCAN,
        _ => START,
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
