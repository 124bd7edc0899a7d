//! A camera that shows what it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::{CameraWish, Control, Dial, FrameSource, Next, Picture, SourceError};
use crate::lock;

/// Frames that wait to be taken, at most; more are refused.
const MOST_WAITING: usize = 64;
/// How long a source waits for a frame before it says that none came.
const PATIENCE: Duration = Duration::from_millis(20);

/// A camera of software: frames are shown to it one by one, and it is plugged in, unplugged and
/// taken by another program at will. Clones are the same camera.
#[derive(Debug, Clone, Default)]
pub struct VirtualCamera(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<Picture>,
    /// What opening or waiting answers instead of frames.
    fault: Option<SourceError>,
    spoilt: VecDeque<SourceError>,
    finished: bool,
    open: usize,
    opened: usize,
    torch: i64,
}

impl VirtualCamera {
    /// A camera that is plugged in and has shown nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows a grey frame without gaps between its rows; false when 64 wait already.
    ///
    /// # Errors
    /// As [`Picture::copy`].
    pub fn show(&self, width: u32, height: u32, luma: &[u8]) -> Result<bool, SourceError> {
        let mut picture = Picture::default();
        picture.copy(width, height, width as usize, luma)?;
        Ok(self.show_picture(picture))
    }

    /// Shows a picture; false when 64 wait already.
    #[must_use]
    pub fn show_picture(&self, picture: Picture) -> bool {
        let mut inner = lock(&self.0.state);
        let room = inner.waiting.len() < MOST_WAITING;
        if room {
            inner.waiting.push_back(picture);
            self.0.changed.notify_all();
        }
        room
    }

    /// Hands over a frame that can't be used.
    pub fn spoil(&self, error: SourceError) {
        lock(&self.0.state).spoilt.push_back(error);
        self.0.changed.notify_all();
    }

    /// Fails from now on, until [`VirtualCamera::mend`]; frames that wait are gone.
    pub fn fail(&self, fault: SourceError) {
        let mut inner = lock(&self.0.state);
        inner.waiting.clear();
        inner.fault = Some(fault);
        self.0.changed.notify_all();
    }

    /// Works again.
    pub fn mend(&self) {
        lock(&self.0.state).fault = None;
    }

    /// Ends after the frames that wait, as a recording does.
    pub fn finish(&self) {
        lock(&self.0.state).finished = true;
        self.0.changed.notify_all();
    }

    /// How many sources of it are open now, and how many ever were.
    #[must_use]
    pub fn opened(&self) -> (usize, usize) {
        let inner = lock(&self.0.state);
        (inner.open, inner.opened)
    }

    /// Opens it, as a watch does.
    ///
    /// # Errors
    /// What it was told to fail with.
    pub fn open(&self) -> Result<Box<dyn FrameSource>, SourceError> {
        let mut inner = lock(&self.0.state);
        if let Some(fault) = &inner.fault {
            return Err(fault.clone());
        }
        inner.open += 1;
        inner.opened += 1;
        Ok(Box::new(Lens(self.clone())))
    }
}

struct Lens(VirtualCamera);

impl Drop for Lens {
    fn drop(&mut self) {
        lock(&self.0.0.state).open -= 1;
    }
}

impl FrameSource for Lens {
    fn next_frame(&mut self, into: &mut Picture) -> Result<Next, SourceError> {
        let shared = &self.0.0;
        let idle = |inner: &mut Inner| {
            inner.waiting.is_empty()
                && inner.spoilt.is_empty()
                && inner.fault.is_none()
                && !inner.finished
        };
        let (mut inner, _) = shared
            .changed
            .wait_timeout_while(lock(&shared.state), PATIENCE, idle)
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(fault) = &inner.fault {
            return Err(fault.clone());
        }
        if let Some(error) = inner.spoilt.pop_front() {
            return Ok(Next::Spoilt(error));
        }
        if let Some(picture) = inner.waiting.pop_front() {
            *into = picture;
            return Ok(Next::Frame);
        }
        Ok(if inner.finished {
            Next::End
        } else {
            Next::Nothing
        })
    }

    fn offers(&self) -> Vec<CameraWish> {
        vec![CameraWish::default()]
    }

    fn controls(&self) -> Vec<Control> {
        vec![Control {
            dial: Dial::Torch,
            min: 0,
            max: 1,
            step: 1,
            value: lock(&self.0.0.state).torch,
            default: 0,
        }]
    }

    fn set(&mut self, dial: Dial, value: i64) -> Result<(), SourceError> {
        if dial != Dial::Torch {
            return Err(SourceError::NoSuchControl { dial });
        }
        if !(0..=1).contains(&value) {
            return Err(SourceError::ControlRefused {
                dial,
                value,
                reason: "it knows 0 and 1".to_owned(),
            });
        }
        lock(&self.0.0.state).torch = value;
        Ok(())
    }
}
