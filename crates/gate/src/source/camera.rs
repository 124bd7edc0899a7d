//! The machine's cameras.

use super::{FrameSource, SourceError};

#[cfg(feature = "camera")]
mod native;
#[cfg(any(feature = "camera", test))]
mod pixels;

/// A camera that the system knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraName {
    /// Its number, as long as none is plugged in or out.
    pub index: u32,
    /// What it calls itself.
    pub name: String,
    /// What else the driver says of it.
    pub description: String,
}

/// Which camera is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameraChoice {
    /// The first that works.
    First,
    /// The one with this number.
    Index(u32),
    /// The first whose name holds this text, in whichever case: it stays the same when others
    /// are plugged in or out.
    Named(String),
}

/// What a camera is asked for; it gives what comes nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CameraWish {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Frames a second.
    pub frames: u32,
}

impl Default for CameraWish {
    fn default() -> Self {
        Self {
            width: 1_280,
            height: 720,
            frames: 30,
        }
    }
}

/// The cameras that the system knows now, by their numbers.
///
/// # Errors
/// [`SourceError::CameraNotBuilt`], or what the system says.
pub fn cameras() -> Result<Vec<CameraName>, SourceError> {
    #[cfg(feature = "camera")]
    return native::list();
    #[cfg(not(feature = "camera"))]
    return Err(SourceError::CameraNotBuilt);
}

/// Opens a camera, in the thread that uses it.
///
/// # Errors
/// [`SourceError::CameraNotBuilt`], or why the camera gives no frames.
pub fn open_camera(
    choice: &CameraChoice,
    wish: &CameraWish,
) -> Result<Box<dyn FrameSource>, SourceError> {
    #[cfg(feature = "camera")]
    return native::open(choice, *wish);
    #[cfg(not(feature = "camera"))]
    {
        let _ = (choice, wish);
        Err(SourceError::CameraNotBuilt)
    }
}

#[cfg(all(test, not(feature = "camera")))]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_cameras_says_so() {
        assert_eq!(cameras().unwrap_err(), SourceError::CameraNotBuilt);
        let opened = open_camera(&CameraChoice::First, &CameraWish::default());
        assert_eq!(opened.err(), Some(SourceError::CameraNotBuilt));
    }
}
