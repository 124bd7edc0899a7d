//! Where frames are to come from, as a person writes it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use gatehouse_credential::qr::Effort;
use thiserror::Error;

use super::{
    CameraChoice, CameraWish, FrameSource, SourceError, Timing, open_camera, open_folder,
    open_video, read_video,
};
use crate::watch::{Ladder, Pacing, Settings};

/// A place that frames come from: `camera:0`, `camera:NAME`, `camera`, `dir:PATH`, `video:FILE`
/// or `stdin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A camera of this machine.
    Camera(CameraChoice),
    /// A folder of pictures.
    Folder(PathBuf),
    /// A Y4M or MJPEG file.
    Video(PathBuf),
    /// Y4M or MJPEG on standard input.
    StandardInput,
}

/// The text names no place that frames come from.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} names nothing that frames come from: camera, camera:0, camera:NAME, dir:PATH, video:FILE or stdin"
)]
pub struct OriginError {
    text: String,
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || OriginError {
            text: text.chars().take(200).collect(),
        };
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match (kind, rest) {
            ("stdin" | "-", "") => Ok(Self::StandardInput),
            ("camera", "") => Ok(Self::Camera(CameraChoice::First)),
            ("camera", choice) => Ok(Self::Camera(match choice.parse() {
                Ok(index) => CameraChoice::Index(index),
                Err(_) => CameraChoice::Named(choice.to_owned()),
            })),
            ("dir", path) if !path.is_empty() => Ok(Self::Folder(path.into())),
            ("video", path) if !path.is_empty() => Ok(Self::Video(path.into())),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Camera(CameraChoice::First) => f.write_str("camera"),
            Self::Camera(CameraChoice::Index(index)) => write!(f, "camera:{index}"),
            Self::Camera(CameraChoice::Named(name)) => write!(f, "camera:{name}"),
            Self::Folder(path) => write!(f, "dir:{}", path.display()),
            Self::Video(path) => write!(f, "video:{}", path.display()),
            Self::StandardInput => f.write_str("stdin"),
        }
    }
}

impl Origin {
    /// Opens it; a camera as near as it can to `wish`.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn open(&self, wish: &CameraWish) -> Result<Box<dyn FrameSource>, SourceError> {
        match self {
            Self::Camera(choice) => open_camera(choice, wish),
            Self::Folder(path) => open_folder(path),
            Self::Video(path) => open_video(path, Timing::Recorded),
            Self::StandardInput => read_video(std::io::stdin(), Timing::Live),
        }
    }

    /// How a watch treats it: of a camera or a pipe the newest frame counts, of a video or a
    /// folder each one, as fast as they can be read.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let settings = Settings::default();
        match self {
            Self::Camera(_) => settings,
            Self::StandardInput => Settings {
                reopen: None,
                ..settings
            },
            Self::Folder(_) => Settings {
                pacing: Pacing::Each(Effort::Thorough),
                ladder: Ladder::EVERY,
                reopen: None,
                ..settings
            },
            Self::Video(_) => Settings {
                pacing: Pacing::Each(Effort::Normal),
                reopen: None,
                ..settings
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_written() {
        let table = [
            ("camera", Some("camera")),
            ("camera:", Some("camera")),
            ("camera:2", Some("camera:2")),
            ("camera:HD Webcam: rear", Some("camera:HD Webcam: rear")),
            ("dir:/tmp/tickets", Some("dir:/tmp/tickets")),
            (
                "video:C:\\gate\\one.mjpeg",
                Some("video:C:\\gate\\one.mjpeg"),
            ),
            ("stdin", Some("stdin")),
            ("-", Some("stdin")),
            ("", None),
            ("dir:", None),
            ("video", None),
            ("stdin:1", None),
            ("/tmp/a.y4m", None),
        ];
        for (text, written) in table {
            let found = text.parse::<Origin>().map(|origin| origin.to_string());
            assert_eq!(found.ok().as_deref(), written, "{text}");
        }
        let error = "film:a".parse::<Origin>().unwrap_err();
        assert!(error.to_string().contains("video:FILE"));
    }
}
