//! Where frames come from: cameras, folders of pictures, videos, standard input.

mod camera;
mod error;
mod folder;
mod jpeg;
mod mjpeg;
mod origin;
mod picture;
mod video;
mod virtual_camera;
mod y4m;

pub use camera::{CameraChoice, CameraName, CameraWish, cameras, open_camera};
pub use error::SourceError;
pub use folder::open_folder;
pub use origin::{Origin, OriginError};
pub use picture::Picture;
pub use video::{Timing, open_video, read_video};
pub use virtual_camera::VirtualCamera;

/// What came of waiting for a frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// The picture holds the next frame.
    Frame,
    /// A frame came that can't be used; the next may.
    Spoilt(SourceError),
    /// No frame came for a while; the source is still there.
    Nothing,
    /// There are no more frames.
    End,
}

/// Frames, one after the other. A source is made, used and dropped in one thread.
pub trait FrameSource {
    /// Waits for the next frame and lays it into `into`.
    ///
    /// Where it can it returns within about a second, with [`Next::Nothing`] if no frame came;
    /// a driver or a pipe that keeps it waiting longer is taken for frozen by the watch.
    ///
    /// # Errors
    /// [`SourceError`] when the source is gone or holds nothing more that can be used.
    fn next_frame(&mut self, into: &mut Picture) -> Result<Next, SourceError>;

    /// The sizes and speeds of frames that it offers, large ones first; nothing for most.
    fn offers(&self) -> Vec<CameraWish> {
        Vec::new()
    }

    /// What can be set on it, as it stands now; nothing for most.
    fn controls(&self) -> Vec<Control> {
        Vec::new()
    }

    /// Sets a control.
    ///
    /// # Errors
    /// [`SourceError::NoSuchControl`], or what the driver says.
    fn set(&mut self, dial: Dial, value: i64) -> Result<(), SourceError> {
        let _ = value;
        Err(SourceError::NoSuchControl { dial })
    }
}

/// Something that can be set on a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dial {
    /// The lamp beside the lens: 0 off, anything else on.
    Torch,
    /// Who sets the exposure, in the driver's numbers.
    ExposureMode,
    /// How long the shutter is open.
    Exposure,
    /// How much the sensor's signal is raised.
    Gain,
    /// The picture's brightness.
    Brightness,
    /// How much a bright background is made up for.
    Backlight,
    /// How much the picture is enlarged.
    Zoom,
    /// Whether the camera focuses by itself: 0 or 1.
    FocusMode,
    /// The distance that is sharp.
    Focus,
}

impl Dial {
    /// Every dial.
    pub const ALL: [Self; 9] = [
        Self::Torch,
        Self::ExposureMode,
        Self::Exposure,
        Self::Gain,
        Self::Brightness,
        Self::Backlight,
        Self::Zoom,
        Self::FocusMode,
        Self::Focus,
    ];

    /// A stable word for it, for machines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Torch => "torch",
            Self::ExposureMode => "exposure_mode",
            Self::Exposure => "exposure",
            Self::Gain => "gain",
            Self::Brightness => "brightness",
            Self::Backlight => "backlight",
            Self::Zoom => "zoom",
            Self::FocusMode => "focus_mode",
            Self::Focus => "focus",
        }
    }

    /// The dial of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dial| dial.word() == word)
    }
}

/// A dial of one camera, with where it stands and how far it turns, in the driver's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Control {
    /// What it sets.
    pub dial: Dial,
    /// The least value.
    pub min: i64,
    /// The largest value.
    pub max: i64,
    /// From one value to the next; at least 1.
    pub step: i64,
    /// Where it stands.
    pub value: i64,
    /// Where the maker set it.
    pub default: i64,
}
