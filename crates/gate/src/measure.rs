//! How long it takes from a frame to a decision, measured through the whole loop.

use std::sync::Arc;
use std::time::Duration;

use gatehouse_credential::qr::scene::{self, Condition, photograph};
use gatehouse_credential::qr::{Effort, EncodeError, QrCode};

use crate::source::{Picture, VirtualCamera};
use crate::steady::{Steady, Stopwatch};
use crate::watch::{Code, Seen, Settings, Watch};

/// From one frame of a camera to the next.
const FRAME: Duration = Duration::from_millis(33);
/// Frames for which a code is held up before the guest gives up: about two seconds.
const MOST_FRAMES: u64 = 60;
/// How long the last of them is waited for.
const LAST_WAIT: Duration = Duration::from_secs(10);

/// How codes are held up at a door.
pub const AT_A_DOOR: [Condition; 7] = [
    Condition::Plain,
    Condition::Tilted,
    Condition::Noisy,
    Condition::Gradient,
    Condition::Shadow,
    Condition::Faint,
    Condition::Glare,
];

/// What a measurement found; times are in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Codes that were held up.
    pub codes: usize,
    /// Frames that were handed over for them.
    pub frames: u64,
    /// Codes that were read in the very first frame.
    pub at_once: usize,
    /// From a frame handed over to its code decided, of the codes that the look at a fresh frame
    /// read.
    pub fresh: Times,
    /// The same of the codes that only a closer look read, which goes on beside fresh frames.
    pub closer: Times,
    /// From the first frame with a code handed over to the code decided, of all codes.
    pub whole: Times,
}

/// Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Times {
    /// How many there are.
    pub count: usize,
    /// Half take at most so long.
    pub p50_ms: f64,
    /// 99 of 100 take at most so long.
    pub p99_ms: f64,
    /// The longest.
    pub worst_ms: f64,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self {
            count: times.len(),
            p50_ms: share_ms(&times, 0.5),
            p99_ms: share_ms(&times, 0.99),
            worst_ms: share_ms(&times, 1.),
        }
    }
}

/// Holds each text as a code before a virtual camera of 1280 × 720, in the conditions given by
/// turns, at 30 frames a second until it is read, and has `decide` decide on it. The scenes
/// follow from `seed`. Frames are rendered before they are handed over, and that is not measured.
///
/// # Errors
/// [`EncodeError`] for a text that fits no code.
pub fn camera(
    texts: &[String],
    conditions: &[Condition],
    seed: u64,
    mut decide: impl FnMut(&Code),
) -> Result<Measured, EncodeError> {
    let clock = Arc::new(Stopwatch::start());
    let camera = VirtualCamera::new();
    let opened = camera.clone();
    let watch = Watch::start(
        move || opened.open(),
        Arc::<Stopwatch>::clone(&clock),
        Settings::default(),
    );
    let (mut fresh, mut closer, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let (mut frames, mut at_once) = (0, 0);
    for (index, text) in texts.iter().enumerate() {
        let code = QrCode::encode(text)?;
        let condition = conditions[index % conditions.len().max(1)];
        let mut handed_over: Vec<Duration> = Vec::new();
        let decided = (0..MOST_FRAMES).find_map(|held| {
            let seed = seed ^ ((index as u64) << 8 | held);
            let mut picture = Picture::default();
            let shot = photograph(&code, condition, seed);
            picture
                .copy(shot.width, shot.height, shot.width as usize, &shot.luma)
                .expect("a simulated frame is whole");
            // Rendering may have taken longer than a frame, and another was read meanwhile.
            let begun = clock.elapsed();
            handed_over.push(begun);
            frames += 1;
            let _ = camera.show_picture(picture);
            // What is under way when the guest gives up is waited for.
            let wait = if held + 1 == MOST_FRAMES {
                LAST_WAIT
            } else {
                FRAME
            };
            wait_for(&watch, text, begun + wait, clock.as_ref(), &mut decide)
        });
        let Some((effort, at, done)) = decided else {
            continue;
        };
        at_once += usize::from(handed_over.len() == 1);
        // A closer look may have read a frame from before the last.
        let own = handed_over.iter().rev().find(|begun| **begun <= at);
        let took = done.saturating_sub(own.copied().unwrap_or(at));
        match effort {
            Effort::Quick => fresh.push(took),
            _ => closer.push(took),
        }
        whole.push(done.saturating_sub(handed_over.first().copied().unwrap_or(at)));
    }
    Ok(Measured {
        codes: texts.len(),
        frames,
        at_once,
        fresh: Times::of(fresh),
        closer: Times::of(closer),
        whole: Times::of(whole),
    })
}

/// Waits for a code until a moment; the effort that read it, when its frame was taken, and when
/// it was decided.
fn wait_for(
    watch: &Watch,
    text: &str,
    until: Duration,
    clock: &dyn Steady,
    decide: &mut impl FnMut(&Code),
) -> Option<(Effort, Duration, Duration)> {
    loop {
        let left = until.checked_sub(clock.elapsed())?;
        let Some(Seen::Codes(codes)) = watch.next(left) else {
            continue;
        };
        if let Some(code) = codes.iter().find(|code| code.text == text) {
            decide(code);
            return Some((code.effort, code.at, clock.elapsed()));
        }
    }
}

/// The time that a share of them takes at most, in milliseconds with two decimals; 0 of none.
fn share_ms(sorted: &[Duration], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.;
    };
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    let time = sorted[rank.saturating_sub(1).min(last)];
    (time.as_secs_f64() * 100_000.).round() / 100.
}

/// The size of the frames that are measured with.
pub const FRAME_SIZE: (u32, u32) = (scene::WIDTH as u32, scene::HEIGHT as u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_taken_by_rank() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        let found = [0.5, 0.99, 1.].map(|share| share_ms(&times, share));
        assert_eq!(found, [100., 198., 200.]);
        assert_eq!(share_ms(&times[..1], 0.99), 1.);
        assert_eq!(share_ms(&[], 0.5), 0.);
    }
}
