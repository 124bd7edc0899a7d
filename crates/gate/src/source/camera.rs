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
    /// The one of this name, in whichever case, else the only one whose name holds this text: it
    /// stays the same when others are plugged in or out.
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

/// The devices of the camera that a name means: the one of that very name, else the only one whose
/// name holds it. Linux lists what describes a camera beside it under the same name.
///
/// # Errors
/// [`SourceError::CameraNotFound`], and [`SourceError::CameraUnclear`] where cameras of several
/// names hold the text.
#[cfg(any(feature = "camera", test))]
fn named(mut found: Vec<CameraName>, wanted: &str) -> Result<Vec<CameraName>, SourceError> {
    let small = wanted.to_lowercase();
    let is_it = |camera: &CameraName| camera.name.to_lowercase() == small;
    if found.iter().any(is_it) {
        found.retain(is_it);
    } else {
        found.retain(|camera| camera.name.to_lowercase().contains(&small));
    }
    let Some(first) = found.first().cloned() else {
        return Err(SourceError::CameraNotFound {
            wanted: format!("named “{wanted}”"),
        });
    };
    if let Some(other) = found.iter().find(|camera| camera.name != first.name) {
        return Err(SourceError::CameraUnclear {
            wanted: wanted.to_owned(),
            first: first.name,
            other: other.name.clone(),
        });
    }
    // A second camera of that name stands farther on.
    let mut last = first.index;
    found.retain(|camera| {
        let beside = cfg!(target_os = "linux") && camera.index == last + 1;
        if beside {
            last = camera.index;
        }
        beside || camera.index == first.index
    });
    Ok(found)
}

#[cfg(test)]
mod choosing {
    use super::*;

    #[test]
    fn a_name_means_the_camera_of_that_name_else_the_only_one_that_holds_it() {
        let known = [
            (0, "HD Webcam rear"),
            (1, "HD Webcam rear"),
            (2, "HD Webcam"),
            (3, "HD Webcam"),
            (6, "HD Webcam"),
            (8, "Door"),
        ];
        let found: Vec<CameraName> = known
            .iter()
            .map(|(index, name)| CameraName {
                index: *index,
                name: (*name).to_owned(),
                description: String::new(),
            })
            .collect();
        let devices: fn(&'static [u32]) -> &'static [u32] = |both| match cfg!(target_os = "linux") {
            true => both,
            false => &both[..1],
        };
        let table: [(&str, Result<&[u32], &str>); 7] = [
            ("HD Webcam", Ok(devices(&[2, 3]))),
            ("hd webcam", Ok(devices(&[2, 3]))),
            ("HD Webcam rear", Ok(devices(&[0, 1]))),
            ("rear", Ok(devices(&[0, 1]))),
            ("oo", Ok(&[8])),
            ("webcam", Err("camera_unclear")),
            ("front", Err("camera_not_found")),
        ];
        for (wanted, numbers) in table {
            let meant = named(found.clone(), wanted)
                .map(|meant| meant.iter().map(|camera| camera.index).collect::<Vec<_>>());
            let meant = meant.as_deref().map_err(SourceError::code);
            assert_eq!(meant, numbers, "{wanted}");
        }
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
