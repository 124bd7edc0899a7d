//! The cameras of the machine that the office runs on: who has them brings them, and a window of
//! the same machine asks for what they see.

use std::time::Duration;

use crate::problem::Problem;

/// A camera that can be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Camera {
    /// Names it as long as it is plugged in.
    pub id: String,
    /// What it calls itself.
    pub name: String,
}

/// The frames that are asked for; a camera gives what comes nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameSize {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames a second.
    pub frames: u32,
}

impl Default for FrameSize {
    fn default() -> Self {
        Self {
            width: 1_280,
            height: 720,
            frames: 30,
        }
    }
}

/// Something that can be set on a camera, in its driver's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraControl {
    /// A stable word: `torch`, `exposure_mode`, `exposure`, `gain`, `brightness`, `backlight`,
    /// `zoom`, `focus_mode` or `focus`.
    pub dial: &'static str,
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

/// What a camera that is watched lets be chosen and set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CameraAbilities {
    /// Empty where the driver offers none.
    pub controls: Vec<CameraControl>,
    /// The frames that it offers, large ones first.
    pub sizes: Vec<FrameSize>,
}

/// A code in view.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeInView {
    /// What it says.
    pub text: String,
    /// Its corners in shares of the frame's width and height.
    pub corners: [(f32, f32); 4],
}

/// What a watched camera tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Sighting {
    /// How it fares: `opening`, `ok`, `lost`, `busy`, `black`, `frozen` or `ended`.
    State {
        /// The word.
        state: &'static str,
        /// What is wrong, and what to do, where the driver said.
        message: Option<String>,
    },
    /// What it sees, small.
    Frame {
        /// The picture as JPEG.
        jpeg: Vec<u8>,
        /// Its pixels in a row.
        width: u32,
        /// Its rows.
        height: u32,
        /// What the codes say that are in view, those too that were told of before.
        texts: Vec<String>,
    },
    /// Codes that came into view.
    Codes(Vec<CodeInView>),
}

/// What came of waiting for a sighting.
#[derive(Debug, Clone, PartialEq)]
pub enum Watched {
    /// Something was seen.
    Seen(Sighting),
    /// Nothing, in the time given.
    Nothing,
    /// The camera is watched no more.
    Over,
}

/// One who watches a camera. Dropping it ends that; the last one's end lets go of the camera.
pub trait Watching: Send {
    /// Waits for what comes next: the camera's state first, to everyone.
    fn next(&mut self, timeout: Duration) -> Watched;
}

/// The cameras of a machine.
pub trait Cameras: Send + Sync + std::fmt::Debug {
    /// Those that are there now.
    ///
    /// # Errors
    /// What the system says.
    fn list(&self) -> Result<Vec<Camera>, Problem>;

    /// Watches one; who watches it already goes on, unless frames of another size are asked for.
    ///
    /// # Errors
    /// `camera_unknown`.
    fn watch(&self, id: &str, size: FrameSize) -> Result<Box<dyn Watching>, Problem>;

    /// What can be chosen and set on a camera that is watched; nothing on another.
    fn abilities(&self, id: &str) -> CameraAbilities;

    /// Sets a control of a camera that is watched.
    ///
    /// # Errors
    /// `camera_not_watched`, `control_unknown`.
    fn set(&self, id: &str, dial: &str, value: i64) -> Result<(), Problem>;
}
