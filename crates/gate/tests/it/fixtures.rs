//! Frames with codes in them, a clock moved by hand, and waiting for what a watch tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gatehouse_credential::qr::scene::Dice;
use gatehouse_credential::qr::{GreyImage, QrCode};
use gatehouse_gate::source::VirtualCamera;
use gatehouse_gate::watch::Seen;
use gatehouse_gate::{Picture, Settings, State, Steady, Watch};

/// So long a test waits for what must come: long enough for any machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Stands at a time until it is moved.
#[derive(Debug, Default)]
pub(crate) struct HandWatch(AtomicU64);

impl HandWatch {
    pub(crate) fn set(&self, ms: u64) {
        self.0.store(ms, Ordering::SeqCst);
    }
}

impl Steady for HandWatch {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A grey frame with codes side by side, of 3 pixels a module, and a sensor's noise from a seed.
pub(crate) fn frame(width: u32, height: u32, texts: &[&str], seed: u64) -> Picture {
    let pictures: Vec<GreyImage> = texts
        .iter()
        .map(|text| QrCode::encode(text).unwrap().to_grey(3, 4).unwrap())
        .collect();
    draw(width, height, &pictures, seed)
}

/// A grey frame with pictures side by side, and a sensor's noise from a seed.
pub(crate) fn draw(width: u32, height: u32, pictures: &[GreyImage], seed: u64) -> Picture {
    let mut luma = vec![190_u8; (width * height) as usize];
    let mut left = 10;
    for picture in pictures {
        for (y, row) in picture.luma.chunks(picture.width as usize).enumerate() {
            let from = (y + 10) * width as usize + left;
            luma[from..from + row.len()].copy_from_slice(row);
        }
        left += picture.width as usize + 10;
    }
    let mut dice = Dice::new(seed);
    for eight in luma.chunks_mut(8) {
        for (grey, noise) in eight.iter_mut().zip(dice.roll().to_le_bytes()) {
            *grey = grey.saturating_sub(noise % 8);
        }
    }
    let mut picture = Picture::default();
    picture.copy(width, height, width as usize, &luma).unwrap();
    picture
}

/// A watch over a virtual camera, with a clock moved by hand.
pub(crate) struct Stand {
    pub(crate) camera: VirtualCamera,
    pub(crate) clock: Arc<HandWatch>,
    pub(crate) watch: Watch,
    shown: u64,
}

impl Stand {
    pub(crate) fn new(settings: Settings) -> Self {
        let camera = VirtualCamera::new();
        Self::with(camera, settings)
    }

    pub(crate) fn with(camera: VirtualCamera, settings: Settings) -> Self {
        let clock = Arc::new(HandWatch::default());
        let opened = camera.clone();
        let own: Arc<HandWatch> = Arc::clone(&clock);
        let watch = Watch::start(move || opened.open(), own, settings);
        Self {
            camera,
            clock,
            watch,
            shown: 0,
        }
    }

    /// Shows a picture at a moment, and waits until it was looked at.
    pub(crate) fn show_at(&mut self, ms: u64, picture: Picture) {
        self.clock.set(ms);
        assert!(self.camera.show_picture(picture));
        self.shown += 1;
        let until = Instant::now() + PATIENCE;
        while self.watch.counts().looked_at < self.shown {
            assert!(Instant::now() < until, "the frame was not looked at");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Everything that was told so far, in words.
    pub(crate) fn told(&self) -> Vec<String> {
        let seen = std::iter::from_fn(|| self.watch.next(Duration::ZERO));
        seen.map(|seen| words(&seen)).collect()
    }

    /// Waits for the next state.
    pub(crate) fn state(&self) -> State {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.watch.next(Duration::from_millis(50)) {
                Some(Seen::State(state)) => return state,
                _ => assert!(Instant::now() < until, "no state was told"),
            }
        }
    }
}

/// A state's word, the texts of codes, or the size of a preview.
pub(crate) fn words(seen: &Seen) -> String {
    match seen {
        Seen::State(state) => match state.fault() {
            Some(fault) => format!("{} ({})", state.word(), fault.code),
            None => state.word().to_owned(),
        },
        Seen::Codes(codes) => {
            let mut texts: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
            texts.sort_unstable();
            texts.join(" + ")
        }
        Seen::Preview(preview) => format!("{} × {}", preview.width, preview.height),
    }
}

/// Everything that a watch tells until it is over.
pub(crate) fn until_over(watch: &Watch) -> Vec<String> {
    let until = Instant::now() + PATIENCE;
    let mut told = Vec::new();
    while !watch.is_over() {
        if let Some(seen) = watch.next(Duration::from_millis(50)) {
            told.push(words(&seen));
        }
        assert!(Instant::now() < until, "it does not end: {told:?}");
    }
    told
}

/// Says why a test's check was not made; the run shows it.
#[allow(clippy::print_stderr, reason = "a check that was not made is said")]
pub(crate) fn skip(reason: &str) {
    eprintln!("SKIPPED {reason}");
}
