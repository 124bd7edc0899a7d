//! How large each window shows its page.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tauri::{Runtime, WebviewWindow};

/// In per cent, as browsers have them.
const STEPS: [u16; 11] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200];
const ACTUAL: u16 = 100;

/// Where to go from the present size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ZoomStep {
    Larger,
    Smaller,
    Actual,
}

/// The size of each window's page, in per cent; whoever is not in it shows the actual size.
#[derive(Debug, Default)]
pub(crate) struct Zoom(Mutex<HashMap<String, u16>>);

impl Zoom {
    /// Shows the window's page one step larger, smaller, or as it is.
    pub(crate) fn step<R: Runtime>(
        &self,
        window: &WebviewWindow<R>,
        step: ZoomStep,
    ) -> tauri::Result<()> {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = sizes.entry(window.label().to_owned()).or_insert(ACTUAL);
        *size = next(*size, step);
        window.set_zoom(f64::from(*size) / f64::from(ACTUAL))
    }
}

fn next(size: u16, step: ZoomStep) -> u16 {
    match step {
        ZoomStep::Actual => Some(ACTUAL),
        ZoomStep::Larger => STEPS.into_iter().find(|wider| *wider > size),
        ZoomStep::Smaller => STEPS.into_iter().rev().find(|narrower| *narrower < size),
    }
    .unwrap_or(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stop_at_both_ends() {
        for (size, step, then) in [
            (100, ZoomStep::Larger, 110),
            (100, ZoomStep::Smaller, 90),
            (200, ZoomStep::Larger, 200),
            (50, ZoomStep::Smaller, 50),
            (175, ZoomStep::Actual, 100),
        ] {
            assert_eq!(next(size, step), then);
        }
    }
}
