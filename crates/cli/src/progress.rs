//! Progress for a person who watches: a bar with rate and remaining time; quiet when piped.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use gatehouse_api::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

/// Set by the first Ctrl-C; the second ends the process at once.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C lets the piece at hand finish, and the second ends at once.
pub(crate) fn stop_gently() {
    let handler = || {
        if STOPPED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        output::notice(
            "\nStopping after this piece; nothing is lost, and the same command goes on.",
        );
    };
    // Where there is no handler, Ctrl-C ends at once: pieces are whole or not there.
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::debug!(%error, "no Ctrl-C handler");
    }
}

/// Whether the person has asked to stop.
pub(crate) fn is_stopped() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

/// A bar on standard error.
#[derive(Debug, Default)]
pub(crate) struct Bar {
    shown: Mutex<Option<ProgressBar>>,
}

impl Bar {
    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        act(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Progress for Bar {
    fn begin(&self, step: &str, total: u64) {
        if !output::watched() {
            return;
        }
        let style = ProgressStyle::with_template(
            "{msg:10} {wide_bar} {human_pos}/{human_len} {per_sec:>12} {eta:>4} left",
        );
        let bar = ProgressBar::new(total);
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(step.to_owned());
        self.with(|shown| *shown = Some(bar));
    }

    fn reach(&self, done: u64) {
        self.with(|shown| {
            if let Some(bar) = shown {
                bar.set_position(done);
            }
        });
    }

    fn end(&self) {
        self.with(|shown| {
            if let Some(bar) = shown.take() {
                bar.finish_and_clear();
            }
        });
    }

    fn stopped(&self) -> bool {
        is_stopped()
    }
}
