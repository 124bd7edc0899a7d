//! Cameras through the system's own interface: V4L2, Media Foundation, AVFoundation.

use nokhwa::utils::{
    ApiBackend, CameraControl, CameraFormat, CameraIndex, ControlValueDescription,
    ControlValueSetter, FrameFormat, KnownCameraControl, RequestedFormat, RequestedFormatType,
    Resolution,
};
use nokhwa::{Camera, NokhwaError};

use super::pixels::{self, Layout, Offer};
use super::{CameraChoice, CameraName, CameraWish, named};
use crate::source::{Control, Dial, FrameSource, Next, Picture, SourceError};

const FORMATS: [FrameFormat; 6] = [
    FrameFormat::MJPEG,
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::GRAY,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
];

pub(super) fn list() -> Result<Vec<CameraName>, SourceError> {
    ask_for_permission();
    let found = nokhwa::query(ApiBackend::Auto).map_err(|error| fault(&error, "any"))?;
    let mut cameras: Vec<CameraName> = found
        .iter()
        .filter_map(|info| {
            Some(CameraName {
                index: info.index().as_index().ok()?,
                name: info.human_name(),
                description: info.description().to_owned(),
            })
        })
        .collect();
    cameras.sort_by_key(|camera| camera.index);
    cameras.dedup_by_key(|camera| camera.index);
    Ok(cameras)
}

pub(super) fn open(
    choice: &CameraChoice,
    wish: CameraWish,
) -> Result<Box<dyn FrameSource>, SourceError> {
    let candidates = match choice {
        // Its number is enough: listing asks every device.
        CameraChoice::Index(index) => vec![CameraName {
            index: *index,
            name: index.to_string(),
            description: String::new(),
        }],
        CameraChoice::First => list()?,
        CameraChoice::Named(name) => named(list()?, name)?,
    };
    // Linux lists a camera's descriptions beside it as devices that give no pictures; the error
    // of the first tells most.
    let mut first_error = None;
    for candidate in candidates {
        match NativeCamera::open(&candidate, wish) {
            Ok(camera) => return Ok(Box::new(camera)),
            // Whoever names a camera wants no other while that one is taken.
            Err(error @ SourceError::CameraBusy { .. }) if *choice != CameraChoice::First => {
                return Err(error);
            }
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    Err(first_error.unwrap_or_else(|| SourceError::CameraNotFound {
        wanted: match choice {
            CameraChoice::First => "on this machine".to_owned(),
            CameraChoice::Index(index) => format!("number {index}"),
            CameraChoice::Named(name) => format!("named “{name}”"),
        },
    }))
}

struct NativeCamera {
    camera: Camera,
    offers: Vec<Offer>,
}

impl NativeCamera {
    fn open(name: &CameraName, wish: CameraWish) -> Result<Self, SourceError> {
        ask_for_permission();
        let told = |error: &NokhwaError| fault(error, &name.name);
        let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
        let index = CameraIndex::Index(name.index);
        let mut camera = Camera::new(index, any).map_err(|error| told(&error))?;
        let offers = camera.compatible_camera_formats().unwrap_or_default();
        let offers: Vec<Offer> = offers.into_iter().map(offer).collect();
        if let Some(best) = pixels::choose(&offers, wish) {
            let exact = CameraFormat::new(
                Resolution::new(best.width, best.height),
                format_of(best.layout),
                best.frames,
            );
            let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(exact), &FORMATS);
            // A driver that does not keep its own offer still gives what it gave before.
            if let Err(error) = camera.set_camera_requset(exact) {
                tracing::warn!(camera = name.name, %error, "the camera keeps its own format");
            }
        }
        camera.open_stream().map_err(|error| told(&error))?;
        Ok(Self { camera, offers })
    }
}

impl FrameSource for NativeCamera {
    fn next_frame(&mut self, into: &mut Picture) -> Result<Next, SourceError> {
        let format = self.camera.camera_format();
        let bytes = self
            .camera
            .frame_raw()
            .map_err(|error| SourceError::CameraLost {
                reason: error.to_string(),
            })?;
        let (layout, width, height) = (layout_of(format.format()), format.width(), format.height());
        Ok(match pixels::unpack(layout, width, height, &bytes, into) {
            Ok(()) => Next::Frame,
            Err(error) => Next::Spoilt(error),
        })
    }

    fn offers(&self) -> Vec<CameraWish> {
        let mut sizes: Vec<CameraWish> = self
            .offers
            .iter()
            .map(|offer| CameraWish {
                width: offer.width,
                height: offer.height,
                frames: offer.frames,
            })
            .collect();
        let rank = |size: &CameraWish| {
            let pixels = u64::from(size.width) * u64::from(size.height);
            std::cmp::Reverse((pixels, size.width, size.frames))
        };
        sizes.sort_by_key(rank);
        sizes.dedup();
        sizes
    }

    fn controls(&self) -> Vec<Control> {
        let known = self.camera.camera_controls().unwrap_or_default();
        let mut controls: Vec<Control> = known.iter().filter_map(control).collect();
        controls.sort_by_key(|control| control.dial);
        controls.dedup_by_key(|control| control.dial);
        controls
    }

    fn set(&mut self, dial: Dial, value: i64) -> Result<(), SourceError> {
        let known = self.camera.camera_controls().unwrap_or_default();
        let found = known
            .iter()
            .find(|known| control(known).is_some_and(|control| control.dial == dial))
            .ok_or(SourceError::NoSuchControl { dial })?;
        let value_set = match (found.description(), dial) {
            (ControlValueDescription::Boolean { .. }, _) => ControlValueSetter::Boolean(value != 0),
            // Lamps of V4L2 know off, flash and torch.
            (_, Dial::Torch) => ControlValueSetter::Integer(if value == 0 { 0 } else { 2 }),
            _ => ControlValueSetter::Integer(value),
        };
        let id = found.control();
        self.camera
            .set_camera_control(id, value_set)
            .map_err(|error| SourceError::ControlRefused {
                dial,
                value,
                reason: error.to_string(),
            })
    }
}

/// macOS asks the person once, and gives no frames before.
fn ask_for_permission() {
    #[cfg(target_os = "macos")]
    if !nokhwa::nokhwa_check() {
        let (tell, told) = std::sync::mpsc::channel();
        nokhwa::nokhwa_initialize(move |granted| {
            let _ = tell.send(granted);
        });
        let _ = told.recv_timeout(std::time::Duration::from_secs(60));
    }
}

/// The driver's word, by what it means; drivers say it in words alone.
fn fault(error: &NokhwaError, camera: &str) -> SourceError {
    let said = error.to_string();
    let small = said.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| small.contains(word));
    let camera = camera.to_owned();
    if says(&[
        "busy",
        "in use",
        "being used",
        "os error 16",
        "0xc00d3704",
        "0xc00d3ea3",
    ]) {
        SourceError::CameraBusy { camera }
    } else if says(&[
        "permission",
        "denied",
        "os error 13",
        "0x80070005",
        "not authorized",
    ]) {
        SourceError::CameraDenied { camera }
    } else if says(&[
        "no such file",
        "no such device",
        "os error 2)",
        "os error 19",
        "not found",
        "no device",
    ]) {
        SourceError::CameraNotFound { wanted: camera }
    } else if says(&["fufill", "fulfill", "unsupported", "rejected"]) {
        SourceError::CameraUnfit { reason: said }
    } else {
        SourceError::CameraLost { reason: said }
    }
}

fn layout_of(format: FrameFormat) -> Layout {
    match format {
        FrameFormat::MJPEG => Layout::Jpeg,
        FrameFormat::YUYV => Layout::Yuyv,
        FrameFormat::NV12 => Layout::Nv12,
        FrameFormat::GRAY => Layout::Grey,
        FrameFormat::RAWRGB => Layout::Rgb,
        FrameFormat::RAWBGR => Layout::Bgr,
    }
}

fn format_of(layout: Layout) -> FrameFormat {
    match layout {
        Layout::Jpeg => FrameFormat::MJPEG,
        Layout::Yuyv => FrameFormat::YUYV,
        Layout::Nv12 => FrameFormat::NV12,
        Layout::Grey => FrameFormat::GRAY,
        Layout::Rgb => FrameFormat::RAWRGB,
        Layout::Bgr => FrameFormat::RAWBGR,
    }
}

fn offer(format: CameraFormat) -> Offer {
    Offer {
        layout: layout_of(format.format()),
        width: format.width(),
        height: format.height(),
        frames: format.frame_rate(),
    }
}

/// A driver's control as one of the dials; nothing for others.
fn control(known: &CameraControl) -> Option<Control> {
    let dial = match known.control() {
        KnownCameraControl::Exposure => Dial::Exposure,
        KnownCameraControl::Gain => Dial::Gain,
        KnownCameraControl::Brightness => Dial::Brightness,
        KnownCameraControl::BacklightComp => Dial::Backlight,
        KnownCameraControl::Zoom => Dial::Zoom,
        KnownCameraControl::Focus => Dial::Focus,
        // The numbers that V4L2 gives to what it has no common name for.
        KnownCameraControl::Other(0x009a_0901) => Dial::ExposureMode,
        KnownCameraControl::Other(0x009a_0902) => Dial::Exposure,
        KnownCameraControl::Other(0x009a_090a) => Dial::Focus,
        KnownCameraControl::Other(0x009a_090c) => Dial::FocusMode,
        KnownCameraControl::Other(0x009a_090d) => Dial::Zoom,
        KnownCameraControl::Other(0x009c_0901) => Dial::Torch,
        _ => return None,
    };
    let (min, max, step, value, default) = match known.description() {
        ControlValueDescription::IntegerRange {
            min,
            max,
            value,
            step,
            default,
        } => (*min, *max, *step, *value, *default),
        ControlValueDescription::Boolean { value, default } => {
            (0, 1, 1, i64::from(*value), i64::from(*default))
        }
        _ => return None,
    };
    let lamp = |value: i64| {
        if dial == Dial::Torch {
            i64::from(value == 2)
        } else {
            value
        }
    };
    Some(Control {
        dial,
        min: lamp(min),
        max: if dial == Dial::Torch { 1 } else { max },
        step: step.max(1),
        value: lamp(value),
        default: lamp(default),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drivers_say_is_understood() {
        let open = |said: &str| NokhwaError::OpenDeviceError("0".to_owned(), said.to_owned());
        let table = [
            (open("Device or resource busy (os error 16)"), "camera_busy"),
            (open("Permission denied (os error 13)"), "camera_denied"),
            (
                open("No such file or directory (os error 2)"),
                "camera_not_found",
            ),
            (open("No such device (os error 19)"), "camera_not_found"),
            (open("Input/output error (os error 5)"), "camera_lost"),
            (
                NokhwaError::GetPropertyError {
                    property: "CameraFormat".to_owned(),
                    error: "Failed to Fufill".to_owned(),
                },
                "camera_unfit",
            ),
        ];
        for (error, code) in table {
            assert_eq!(fault(&error, "front").code(), code, "{error}");
        }
    }
}
