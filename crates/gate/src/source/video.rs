//! Videos from files and pipes: what kind they are shows in their first bytes.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;
use std::time::Duration;

use super::mjpeg::Mjpeg;
use super::y4m::{self, Y4m};
use super::{FrameSource, SourceError};

/// Bytes that are read from a file at once.
const CHUNK: usize = 1 << 18;

/// When the frames of a stream stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// They were recorded: each stands at its place by the frame rate.
    Recorded,
    /// They come from a camera through a pipe: each stands where it comes.
    Live,
}

impl Timing {
    pub(super) fn at(self, rate: FrameRate, index: u64) -> Option<Duration> {
        (self == Self::Recorded).then(|| rate.at(index))
    }
}

/// Frames a second, as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameRate {
    frames: u32,
    seconds: u32,
}

impl Default for FrameRate {
    fn default() -> Self {
        Self {
            frames: 30,
            seconds: 1,
        }
    }
}

impl FrameRate {
    /// Reads `30000:1001`; nothing for what is no rate between one a minute and a thousand a
    /// second.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (frames, seconds) = text.split_once(':')?;
        let (frames, seconds) = (frames.parse().ok()?, seconds.parse().ok()?);
        let (a, b) = (u64::from(frames), u64::from(seconds));
        (b > 0 && a * 60 >= b && a <= b * 1_000).then_some(Self { frames, seconds })
    }

    fn at(self, index: u64) -> Duration {
        let nanos =
            u128::from(index) * u128::from(self.seconds) * 1_000_000_000 / u128::from(self.frames);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// Opens a Y4M or MJPEG file; MJPEG counts as 30 frames a second, because it says nothing of it.
///
/// # Errors
/// [`SourceError::Unreadable`], [`SourceError::NotAVideo`], and what a Y4M header can break.
pub fn open_video(path: &Path, timing: Timing) -> Result<Box<dyn FrameSource>, SourceError> {
    let name = path.display().to_string();
    let unreadable = |error| SourceError::unreadable(&name, &error);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(SourceError::NotAVideo { found: "a folder" });
    }
    read_video(file, timing)
}

/// Reads a stream of Y4M or MJPEG, as a pipe brings it.
///
/// # Errors
/// As [`open_video`].
pub fn read_video(
    reader: impl Read + 'static,
    timing: Timing,
) -> Result<Box<dyn FrameSource>, SourceError> {
    let mut reader = BufReader::with_capacity(CHUNK, reader);
    let mut head = Vec::new();
    reader
        .by_ref()
        .take(16)
        .read_to_end(&mut head)
        .map_err(|error| SourceError::unreadable("The video", &error))?;
    if let Some(found) = other_kind(&head) {
        return Err(SourceError::NotAVideo { found });
    }
    let is_y4m = head.starts_with(y4m::MAGIC);
    let reader = Cursor::new(head).chain(reader);
    if is_y4m {
        return Ok(Box::new(Y4m::open(reader, timing)?));
    }
    Ok(Box::new(Mjpeg::open(reader, timing, FrameRate::default())))
}

/// What a stream is that is neither Y4M nor MJPEG, where its first bytes tell.
fn other_kind(head: &[u8]) -> Option<&'static str> {
    let at = |from: usize, mark: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(mark));
    let table: [(usize, &[u8], &str); 8] = [
        (8, b"AVI ", "an AVI file"),
        (4, b"ftyp", "an MP4 or QuickTime file"),
        (0, &[0x1a, 0x45, 0xdf, 0xa3], "a Matroska or WebM file"),
        (0, b"\x89PNG", "a PNG picture"),
        (0, b"GIF8", "a GIF picture"),
        (0, b"OggS", "an Ogg file"),
        (0, b"%PDF", "a PDF file"),
        (0, b"PK\x03\x04", "a ZIP file"),
    ];
    if head.is_empty() {
        return Some("empty");
    }
    table
        .into_iter()
        .find(|(from, mark, _)| at(*from, mark))
        .map(|(_, _, found)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_video_is_named() {
        let table: &[(&[u8], &str)] = &[
            (b"", "empty"),
            (b"RIFF\0\0\0\0AVI LIST", "an AVI file"),
            (b"\0\0\0\x20ftypisom", "an MP4 or QuickTime file"),
            (b"\x1a\x45\xdf\xa3 and so on", "a Matroska or WebM file"),
            (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        ];
        for (bytes, found) in table {
            let error = read_video(*bytes, Timing::Live).err().unwrap();
            assert_eq!(error, SourceError::NotAVideo { found });
        }
        let folder = tempfile::tempdir().unwrap();
        let codes = [folder.path(), &folder.path().join("no-such-video.y4m")]
            .map(|path| open_video(path, Timing::Live).err().unwrap().code());
        assert_eq!(codes, ["not_a_video", "source_unreadable"]);
    }

    #[test]
    fn frame_rates_are_read_and_kept_within_reason() {
        let table = [
            ("25:1", Some(40)),
            ("30000:1001", Some(33)),
            ("1:2", Some(2_000)),
            ("0:0", None),
            ("0:1", None),
            ("30", None),
            ("4000000000:1", None),
            ("1:4000000000", None),
            ("a:b", None),
        ];
        for (text, frame_ms) in table {
            let found = FrameRate::parse(text).map(|rate| rate.at(1).as_millis());
            assert_eq!(found, frame_ms, "{text}");
        }
        let last = FrameRate::default().at(u64::MAX);
        assert_eq!(last, Duration::from_nanos(u64::MAX));
    }
}
