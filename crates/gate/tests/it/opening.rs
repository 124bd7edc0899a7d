//! Sources that fail, and come back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use gatehouse_gate::source::VirtualCamera;
use gatehouse_gate::watch::Limits;
use gatehouse_gate::{FrameSource, Next, Picture, Settings, SourceError, State, Stopwatch, Watch};

use super::fixtures::{HandWatch, PATIENCE, Stand, frame, until_over, words};

fn at_once() -> Settings {
    Settings {
        reopen: Some((Duration::from_millis(1), Duration::from_millis(2))),
        ..Settings::default()
    }
}

fn busy() -> SourceError {
    SourceError::CameraBusy {
        camera: "Front".to_owned(),
    }
}

fn pulled() -> SourceError {
    SourceError::CameraLost {
        reason: "it was pulled out".to_owned(),
    }
}

#[test]
fn a_camera_that_goes_is_told_at_once_and_found_again() {
    let camera = VirtualCamera::new();
    camera.fail(busy());
    let mut stand = Stand::with(camera, at_once());
    assert_eq!(stand.state(), State::Opening);
    let State::Busy(fault) = stand.state() else {
        panic!("it is busy");
    };
    assert_eq!(fault.code, "camera_busy");
    assert!(fault.message.contains("Front") && fault.message.contains("Close it"));
    stand.camera.mend();
    stand.show_at(0, frame(160, 120, &["A1"], 0));
    assert_eq!(stand.told(), ["ok", "A1"]);
    stand.camera.fail(pulled());
    assert_eq!(stand.state().word(), "lost");
    stand.camera.fail(busy());
    assert_eq!(stand.state().word(), "busy");
    stand.camera.fail(pulled());
    assert_eq!(stand.state().word(), "lost");
    stand.camera.mend();
    stand.show_at(100, frame(160, 120, &["B2"], 1));
    assert_eq!(stand.told(), ["ok", "B2"]);
    assert!(stand.watch.stop());
    assert_eq!(stand.camera.opened().0, 0);
}

#[test]
fn black_and_frozen_frames_are_told_and_codes_are_read_all_the_same() {
    let mut stand = Stand::new(Settings::default());
    let black = {
        let mut picture = Picture::default();
        picture.copy(160, 120, 160, &[3; 160 * 120]).unwrap();
        picture
    };
    let mut told = Vec::new();
    for n in 0..100_u64 {
        let picture = match n {
            10..20 => black.clone(),
            40..70 => frame(160, 120, &["STUCK"], 7),
            _ => frame(160, 120, &[], n),
        };
        stand.show_at(n * 100, picture);
        told.extend(
            stand
                .told()
                .into_iter()
                .map(|word| format!("{word} at {n}")),
        );
    }
    assert_eq!(
        told,
        [
            "opening at 0",
            "ok at 0",
            "black at 16",
            "ok at 22",
            "STUCK at 40",
            "frozen at 56",
            "ok at 72",
        ]
    );
}

#[test]
fn a_camera_that_falls_silent_is_opened_anew() {
    let mut stand = Stand::new(at_once());
    stand.show_at(0, frame(160, 120, &[], 0));
    assert_eq!(stand.state(), State::Opening);
    assert_eq!(stand.state(), State::Ok);
    stand.clock.set(1_499);
    std::thread::sleep(Duration::from_millis(60));
    assert!(stand.told().is_empty());
    stand.clock.set(1_600);
    assert_eq!(stand.state(), State::Frozen);
    stand.clock.set(5_100);
    let State::Lost(fault) = stand.state() else {
        panic!("it is lost");
    };
    assert_eq!(fault.code, "camera_silent");
    let until = Instant::now() + PATIENCE;
    while stand.camera.opened() != (1, 2) {
        assert!(Instant::now() < until, "{:?}", stand.camera.opened());
        std::thread::sleep(Duration::from_millis(1));
    }
    stand.show_at(5_200, frame(160, 120, &["BACK"], 1));
    assert_eq!(stand.told(), ["ok", "BACK"]);
}

#[test]
fn frames_that_can_not_be_used_are_left_out() {
    let mut stand = Stand::new(at_once());
    let mut picture = Picture::default();
    assert_eq!(picture.copy(0, 120, 0, &[]), Err(SourceError::FrameEmpty));
    assert!(
        stand.camera.show_picture(picture.clone()),
        "a frame of no size"
    );
    let shape = picture.copy(160, 120, 100, &[0; 160 * 120]).unwrap_err();
    stand.camera.spoil(shape);
    stand.show_at(10, frame(160, 120, &["A1"], 0));
    assert_eq!(stand.told(), ["opening", "ok", "A1"]);
    assert_eq!(stand.watch.counts().spoilt, 2);
    for _ in 0..90 {
        stand.camera.spoil(SourceError::FrameEmpty);
    }
    let State::Lost(fault) = stand.state() else {
        panic!("it is lost");
    };
    assert_eq!(fault.code, "camera_lost");
    stand.show_at(20, frame(160, 120, &[], 1));
    assert_eq!(stand.told(), ["ok"]);
}

/// A source that breaks its driver's word.
struct Wild(Arc<dyn Fn() + Send + Sync>);

impl FrameSource for Wild {
    fn next_frame(&mut self, _: &mut Picture) -> Result<Next, SourceError> {
        (self.0)();
        Ok(Next::Nothing)
    }
}

#[test]
fn a_driver_that_panics_is_a_camera_that_stopped() {
    let opened = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&opened);
    let watch = Watch::start(
        move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Wild(Arc::new(|| panic!("the driver is gone")))))
        },
        Arc::new(HandWatch::default()),
        at_once(),
    );
    let mut told = Vec::new();
    while told.len() < 2 {
        told.extend(watch.next(PATIENCE));
    }
    assert_eq!(
        told.iter().map(words).collect::<Vec<_>>(),
        ["opening", "lost (camera_lost)"]
    );
    let until = Instant::now() + PATIENCE;
    while opened.load(Ordering::SeqCst) < 3 {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(watch.stop());
}

#[test]
fn a_driver_that_hangs_holds_up_nothing_else() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let released = Arc::new(AtomicBool::new(false));
    let waits: Arc<dyn Fn() + Send + Sync> = {
        let (gate, released) = (Arc::clone(&gate), Arc::clone(&released));
        Arc::new(move || {
            let open = gate.0.lock().unwrap();
            drop(gate.1.wait_while(open, |open| !*open).unwrap());
            released.store(true, Ordering::SeqCst);
        })
    };
    let opened = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&opened);
    let limits = Limits {
        opening: Duration::from_millis(20),
        ..Limits::default()
    };
    let watch = Watch::start(
        move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Wild(Arc::clone(&waits))))
        },
        Arc::new(Stopwatch::start()),
        Settings {
            limits,
            ..at_once()
        },
    );
    let mut told = Vec::new();
    while told.len() < 2 {
        told.extend(watch.next(PATIENCE).as_ref().map(words));
    }
    assert_eq!(told, ["opening", "lost (camera_silent)"]);
    // A second thread is tried, and no more than that however long it hangs.
    std::thread::sleep(Duration::from_millis(200));
    assert!((1..=2).contains(&opened.load(Ordering::SeqCst)));
    assert!(!watch.stop(), "a thread is left, and that is said");
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    let until = Instant::now() + PATIENCE;
    while !released.load(Ordering::SeqCst) {
        assert!(
            Instant::now() < until,
            "it does not end when the driver lets go"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn what_can_not_pass_ends_the_watch() {
    let errors = [
        SourceError::CameraNotBuilt,
        SourceError::NotAVideo { found: "empty" },
        SourceError::NoPictures {
            folder: "tickets".to_owned(),
        },
    ];
    for error in errors {
        let code = error.code();
        let watch = Watch::start(
            move || Err(error.clone()),
            Arc::new(HandWatch::default()),
            at_once(),
        );
        assert_eq!(
            until_over(&watch),
            ["opening".to_owned(), format!("ended ({code})")]
        );
        assert!(watch.stop());
    }
    let once = Settings {
        reopen: None,
        ..Settings::default()
    };
    let watch = Watch::start(|| Err(pulled()), Arc::new(HandWatch::default()), once);
    assert_eq!(until_over(&watch), ["opening", "ended (camera_lost)"]);
}
