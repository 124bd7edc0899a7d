//! Why frames do not come.

use thiserror::Error;

use super::Dial;

/// Why a source gives no frames. Each says what happened, what was kept and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    /// No camera answers to what was asked for.
    #[error(
        "There is no camera {wanted}. Plug it in, or choose another one; it is looked for meanwhile."
    )]
    CameraNotFound {
        /// What was asked for.
        wanted: String,
    },
    /// Cameras of several names answer to what was asked for.
    #[error(
        "“{wanted}” may be the camera {first} or {other}. Give the whole name of one; none was opened."
    )]
    CameraUnclear {
        /// What was asked for.
        wanted: String,
        /// A camera's name.
        first: String,
        /// Another one's.
        other: String,
    },
    /// Another program has the camera.
    #[error(
        "Another program uses the camera {camera}. Close it there; it is tried again meanwhile."
    )]
    CameraBusy {
        /// The camera's name.
        camera: String,
    },
    /// The system does not let this program at the camera.
    #[error(
        "The system does not let this program use the camera {camera}. Allow it in the system's privacy settings (on Linux: be in the group video); it is tried again meanwhile."
    )]
    CameraDenied {
        /// The camera's name.
        camera: String,
    },
    /// The camera was there and is no more, or its driver gave up.
    #[error("The camera stopped: {reason}. Check its cable; it is opened again meanwhile.")]
    CameraLost {
        /// What the driver said.
        reason: String,
    },
    /// The camera gives no frames although it is there.
    #[error(
        "The camera gives no pictures. Plug it out and in again; it is opened again meanwhile."
    )]
    CameraSilent,
    /// The camera offers no kind of picture that can be read.
    #[error("The camera offers no pictures that can be read: {reason}. Choose another camera.")]
    CameraUnfit {
        /// What it offers.
        reason: String,
    },
    /// This build leaves cameras out.
    #[error(
        "This build of the program uses no cameras. Use a video, a folder of pictures or a scanner instead."
    )]
    CameraNotBuilt,
    /// The camera has no such control, or it can't be set.
    #[error("The camera's {} can't be set; nothing was changed.", .dial.word())]
    NoSuchControl {
        /// What was to be set.
        dial: Dial,
    },
    /// The driver did not take a value; the old one stands.
    #[error("The camera did not take {value} for {}: {reason}. The old value stands.", .dial.word())]
    ControlRefused {
        /// What was to be set.
        dial: Dial,
        /// To what.
        value: i64,
        /// What the driver said.
        reason: String,
    },
    /// A file, folder or pipe can't be read.
    #[error("{what} can't be read: {reason}. What was seen before stands.")]
    Unreadable {
        /// Its name.
        what: String,
        /// What the system said.
        reason: String,
    },
    /// The folder holds no PNG or JPEG pictures.
    #[error(
        "The folder {folder} holds no PNG or JPEG pictures. Put some there, or name another folder."
    )]
    NoPictures {
        /// The folder.
        folder: String,
    },
    /// The folder holds more pictures than are read in one go.
    #[error("The folder {folder} holds more than {most} pictures. Split it.")]
    TooManyPictures {
        /// The folder.
        folder: String,
        /// The most that are read.
        most: usize,
    },
    /// A picture of the folder can't be used; the others can.
    #[error("The picture {name} was left out: {reason}. The others are looked at.")]
    PictureSpoilt {
        /// Its file name.
        name: String,
        /// Why.
        reason: String,
    },
    /// The bytes are neither Y4M nor MJPEG.
    #[error(
        "This is no Y4M or MJPEG video but {found}. Turn it into one, for example with ffmpeg -i IN -c:v mjpeg -q:v 3 -f mjpeg OUT.mjpeg."
    )]
    NotAVideo {
        /// What it looks like.
        found: &'static str,
    },
    /// The video is of a kind that is not read.
    #[error(
        "The video can't be read: {reason}. Make it 8 bits deep, for example with ffmpeg -i IN -pix_fmt yuv420p OUT.y4m."
    )]
    VideoUnfit {
        /// What stands in the way.
        reason: String,
    },
    /// The video is damaged; the frames before that were looked at.
    #[error(
        "The video is damaged after frame {frame}: {reason}. The frames before were looked at; make it anew."
    )]
    VideoDamaged {
        /// How many frames were whole.
        frame: u64,
        /// What is wrong.
        reason: String,
    },
    /// The video ends within a frame; the frames before were looked at.
    #[error("The video ends in the middle of frame {}. The {frame} before it were looked at; copy it anew.", .frame + 1)]
    VideoCutOff {
        /// How many frames were whole.
        frame: u64,
    },
    /// A frame is larger than any that is looked at.
    #[error(
        "A frame of {width} by {height} is too large: at most 64 megapixels and 32,000 pixels a side. Choose a smaller picture."
    )]
    FrameTooLarge {
        /// Pixels in a row.
        width: u64,
        /// Rows.
        height: u64,
    },
    /// A frame has no pixels.
    #[error("A frame came without pixels and was left out.")]
    FrameEmpty,
    /// A frame's bytes do not fit its size.
    #[error(
        "A frame of {width} by {height} came with {given} bytes in rows of {stride}, which does not fit, and was left out."
    )]
    FrameShape {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Bytes from row to row.
        stride: usize,
        /// Bytes that came.
        given: usize,
    },
    /// A compressed frame can't be unpacked.
    #[error("A frame came damaged and was left out: {reason}.")]
    FrameSpoilt {
        /// What is wrong.
        reason: String,
    },
}

impl SourceError {
    /// A stable word for the error, for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CameraNotFound { .. } => "camera_not_found",
            Self::CameraUnclear { .. } => "camera_unclear",
            Self::CameraBusy { .. } => "camera_busy",
            Self::CameraDenied { .. } => "camera_denied",
            Self::CameraLost { .. } => "camera_lost",
            Self::CameraSilent => "camera_silent",
            Self::CameraUnfit { .. } => "camera_unfit",
            Self::CameraNotBuilt => "camera_not_built",
            Self::NoSuchControl { .. } => "no_such_control",
            Self::ControlRefused { .. } => "control_refused",
            Self::Unreadable { .. } => "source_unreadable",
            Self::NoPictures { .. } => "no_pictures",
            Self::TooManyPictures { .. } => "too_many_pictures",
            Self::PictureSpoilt { .. } => "picture_spoilt",
            Self::NotAVideo { .. } => "not_a_video",
            Self::VideoUnfit { .. } => "video_unfit",
            Self::VideoDamaged { .. } => "video_damaged",
            Self::VideoCutOff { .. } => "video_cut_off",
            Self::FrameTooLarge { .. } => "frame_too_large",
            Self::FrameEmpty => "frame_empty",
            Self::FrameShape { .. } => "frame_shape",
            Self::FrameSpoilt { .. } => "frame_spoilt",
        }
    }

    /// Opening the source again may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::CameraNotFound { .. }
                | Self::CameraUnclear { .. }
                | Self::CameraBusy { .. }
                | Self::CameraDenied { .. }
                | Self::CameraLost { .. }
                | Self::CameraSilent
                | Self::CameraUnfit { .. }
        )
    }

    pub(crate) fn unreadable(what: impl Into<String>, error: &std::io::Error) -> Self {
        Self::Unreadable {
            what: what.into(),
            reason: error.to_string(),
        }
    }
}
