//! The machine's cameras for its windows: a recording stands for the camera.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use gatehouse_api::{Cameras, FrameSize, Sighting, Watched, Watching};
use gatehouse_gate::{MachineCameras, Origin};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};

use super::fixtures::{PATIENCE, frame};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 180;

/// A video of one code, some seconds long, and the id that it goes by.
fn recording(folder: &Path, frames: u64) -> (Origin, String) {
    film(folder, frames, |_| &["GH1:A"])
}

/// A video of the codes that stand in each of its frames, and the id that it goes by.
fn film(
    folder: &Path,
    frames: u64,
    codes: impl Fn(u64) -> &'static [&'static str],
) -> (Origin, String) {
    let mut bytes = Vec::new();
    for number in 0..frames {
        let picture = frame(WIDTH, HEIGHT, codes(number), number);
        JpegEncoder::new_with_quality(&mut bytes, 85)
            .write_image(picture.luma(), WIDTH, HEIGHT, ExtendedColorType::L8)
            .unwrap();
    }
    let path = folder.join("door.mjpeg");
    fs::write(&path, bytes).unwrap();
    let place = format!("video:{}", path.display());
    (place.parse().unwrap(), place)
}

/// Waits until something of this kind is seen; what came before it is passed over.
fn until(
    look: &mut Box<dyn Watching>,
    mut wanted: impl FnMut(&Sighting) -> bool,
) -> Option<Sighting> {
    let end = Instant::now() + PATIENCE;
    loop {
        match look.next(Duration::from_millis(100)) {
            Watched::Seen(sighting) if wanted(&sighting) => return Some(sighting),
            Watched::Over => return None,
            Watched::Seen(_) | Watched::Nothing => {}
        }
        assert!(Instant::now() < end, "nothing of the kind was seen");
    }
}

fn is_state(sighting: &Sighting, word: &str) -> bool {
    matches!(sighting, Sighting::State { state, .. } if *state == word)
}

#[test]
fn whoever_looks_is_told_the_state_the_codes_and_what_it_looks_like() {
    let folder = tempfile::tempdir().unwrap();
    let (origin, id) = recording(folder.path(), 150);
    let cameras = MachineCameras::new(vec![origin]);
    assert_eq!(cameras.list().unwrap()[0].id, id);
    let mut first = cameras.watch(&id, FrameSize::default()).unwrap();
    until(&mut first, |seen| is_state(seen, "ok")).unwrap();
    let codes = until(&mut first, |seen| matches!(seen, Sighting::Codes(_))).unwrap();
    let Sighting::Codes(codes) = codes else {
        panic!("codes")
    };
    assert_eq!(codes[0].text, "GH1:A");
    assert!(
        codes[0]
            .corners
            .iter()
            .all(|(x, y)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y))
    );
    let picture = until(&mut first, |seen| matches!(seen, Sighting::Frame { .. })).unwrap();
    assert!(
        matches!(picture, Sighting::Frame { width: WIDTH, height: HEIGHT, ref jpeg, .. } if jpeg.starts_with(&[0xff, 0xd8]))
    );

    // A second one shares it, and knows at once how it stands.
    let mut second = cameras.watch(&id, FrameSize::default()).unwrap();
    let told = second.next(Duration::ZERO);
    assert!(
        matches!(told, Watched::Seen(ref seen) if is_state(seen, "ok")),
        "{told:?}"
    );
    // The first goes; the other goes on until the recording is over.
    drop(first);
    until(&mut second, |seen| is_state(seen, "ended")).unwrap();
    assert_eq!(until(&mut second, |_| true), None);

    // It can be looked through again.
    let mut again = cameras.watch(&id, FrameSize::default()).unwrap();
    assert!(until(&mut again, |seen| is_state(seen, "ok")).is_some());
}

#[test]
fn a_window_that_stands_still_is_told_every_code_afterwards_and_of_pictures_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let (origin, id) = film(folder.path(), 150, |number| match number {
        0..120 => &[],
        _ => &["GH1:LATE"],
    });
    let cameras = MachineCameras::new(vec![origin]);
    let mut still = cameras.watch(&id, FrameSize::default()).unwrap();
    let mut other = cameras.watch(&id, FrameSize::default()).unwrap();
    until(&mut other, |seen| is_state(seen, "ended")).unwrap();
    let (mut codes, mut pictures) = (Vec::new(), Vec::new());
    until(&mut still, |seen| {
        match seen {
            Sighting::Codes(seen) => codes.extend(seen.iter().map(|code| code.text.clone())),
            Sighting::Frame { texts, .. } => pictures.push(texts.clone()),
            Sighting::State { .. } => {}
        }
        is_state(seen, "ended")
    })
    .unwrap();
    assert_eq!(codes, ["GH1:LATE"]);
    assert_eq!(pictures, [["GH1:LATE"]]);
}

#[test]
fn other_frames_send_everyone_away_and_an_unknown_camera_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (origin, id) = recording(folder.path(), 300);
    let cameras = MachineCameras::new(vec![origin]);
    let mut first = cameras.watch(&id, FrameSize::default()).unwrap();
    until(&mut first, |seen| is_state(seen, "ok")).unwrap();
    let small = FrameSize {
        width: 160,
        height: 120,
        frames: 15,
    };
    let mut second = cameras.watch(&id, small).unwrap();
    assert_eq!(until(&mut first, |seen| is_state(seen, "ended")), None);
    assert!(until(&mut second, |seen| is_state(seen, "ok")).is_some());

    let problem = cameras.watch("nothing", small).err().unwrap();
    assert_eq!(problem.code, "camera_unknown");
    let problem = cameras.set(&id, "zoom", 3).unwrap_err();
    assert_eq!(problem.code, "control_unknown");
    drop((first, second));
    let until = Instant::now() + PATIENCE;
    while cameras.set(&id, "zoom", 3).unwrap_err().code != "camera_not_watched" {
        assert!(Instant::now() < until, "the camera is still held");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(cameras.abilities(&id).sizes.is_empty());
}
