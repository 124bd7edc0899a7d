//! Recordings: videos and folders that the test makes itself, and broken ones.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use gatehouse_gate::source::{Origin, Timing, open_video, read_video};
use gatehouse_gate::{Picture, Settings, Stopwatch, Watch};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};

use super::fixtures::{frame, skip, until_over};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 180;

/// Guests who hold up one code after the other, five frames each, with nothing between two.
fn procession(texts: &[&str]) -> Vec<Picture> {
    let mut pictures = Vec::new();
    for text in texts {
        for held in 0..5 {
            pictures.push(frame(WIDTH, HEIGHT, &[text], held));
        }
        pictures.push(frame(WIDTH, HEIGHT, &[], 9));
    }
    pictures
}

fn y4m(pictures: &[Picture], chroma: &str, colour: usize) -> Vec<u8> {
    let mut bytes = format!("YUV4MPEG2 W{WIDTH} H{HEIGHT} F30:1 Ip A1:1 C{chroma}\n").into_bytes();
    for picture in pictures {
        bytes.extend_from_slice(b"FRAME\n");
        bytes.extend_from_slice(picture.luma());
        bytes.extend(std::iter::repeat_n(128, colour));
    }
    bytes
}

fn mjpeg(pictures: &[Picture]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for picture in pictures {
        JpegEncoder::new_with_quality(&mut bytes, 85)
            .write_image(picture.luma(), WIDTH, HEIGHT, ExtendedColorType::L8)
            .unwrap();
    }
    bytes
}

/// What a watch tells of what stands at a place.
fn watched(place: &str) -> Vec<String> {
    let origin: Origin = place.parse().unwrap();
    let settings = origin.settings();
    let watch = Watch::start(
        move || origin.open(&Default::default()),
        Arc::new(Stopwatch::start()),
        settings,
    );
    let told = until_over(&watch);
    assert!(watch.stop());
    told
}

fn watched_video(folder: &Path, name: &str, bytes: &[u8]) -> Vec<String> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    watched(&format!("video:{}", path.display()))
}

#[test]
fn every_kind_of_video_is_read_frame_by_frame() {
    let folder = tempfile::tempdir().unwrap();
    let texts = ["GH1:FIRST", "GH1:SECOND", "GH1:THIRD"];
    let pictures = procession(&texts);
    let whole = ["opening", "ok", texts[0], texts[1], texts[2], "ended"];
    let pixels = (WIDTH * HEIGHT) as usize;
    let videos = [
        ("420.y4m", y4m(&pictures, "420jpeg", pixels / 2)),
        ("422.y4m", y4m(&pictures, "422", pixels)),
        ("444.y4m", y4m(&pictures, "444", pixels * 2)),
        ("mono.y4m", y4m(&pictures, "mono", 0)),
        ("plain.mjpeg", mjpeg(&pictures)),
        // The ending of a name says nothing.
        ("named.wrongly", mjpeg(&pictures)),
    ];
    for (name, bytes) in &videos {
        assert_eq!(watched_video(folder.path(), name, bytes), whole, "{name}");
    }
}

#[test]
fn a_code_that_comes_back_in_a_recording_counts_by_the_recordings_time() {
    let folder = tempfile::tempdir().unwrap();
    let video = |away: usize| {
        let mut pictures = vec![frame(WIDTH, HEIGHT, &["AGAIN"], 1)];
        pictures.extend(std::iter::repeat_n(frame(WIDTH, HEIGHT, &[], 2), away));
        pictures.push(frame(WIDTH, HEIGHT, &["AGAIN"], 3));
        y4m(&pictures, "mono", 0)
    };
    // 30 frames a second: away from the second frame to the last.
    let short = watched_video(folder.path(), "short.y4m", &video(59));
    assert_eq!(short, ["opening", "ok", "AGAIN", "ended"]);
    let long = watched_video(folder.path(), "long.y4m", &video(60));
    assert_eq!(long, ["opening", "ok", "AGAIN", "AGAIN", "ended"]);
}

#[test]
fn broken_videos_tell_what_was_seen_and_why_they_end() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = procession(&["GH1:FIRST", "GH1:SECOND"]);
    let y4m = y4m(&pictures, "420jpeg", (WIDTH * HEIGHT / 2) as usize);
    let mjpeg = mjpeg(&pictures);
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2 + 100].to_vec();
    let mut lost_sync = y4m.clone();
    lost_sync.drain(y4m.len() / 2..y4m.len() / 2 + 11);
    let mut one_spoilt = mjpeg.clone();
    // The last frame of the first guest's five.
    one_spoilt[mjpeg.len() / 3..mjpeg.len() / 3 + 300].fill(0xff);
    let table: [(&str, Vec<u8>, &[&str]); 8] = [
        (
            "cut.y4m",
            half(&y4m),
            &["opening", "ok", "GH1:FIRST", "ended (video_cut_off)"],
        ),
        (
            "cut.mjpeg",
            half(&mjpeg),
            &["opening", "ok", "GH1:FIRST", "ended (video_cut_off)"],
        ),
        (
            "sync.y4m",
            lost_sync,
            &["opening", "ok", "GH1:FIRST", "ended (video_damaged)"],
        ),
        (
            "one.mjpeg",
            one_spoilt,
            &["opening", "ok", "GH1:FIRST", "GH1:SECOND", "ended"],
        ),
        ("empty.y4m", Vec::new(), &["opening", "ended (not_a_video)"]),
        (
            "words.mjpeg",
            b"these are words".repeat(99),
            &["opening", "ended (not_a_video)"],
        ),
        (
            "deep.y4m",
            b"YUV4MPEG2 W4 H4 C420p10\n".to_vec(),
            &["opening", "ended (video_unfit)"],
        ),
        (
            "huge.y4m",
            b"YUV4MPEG2 W90000 H90000\n".to_vec(),
            &["opening", "ended (frame_too_large)"],
        ),
    ];
    for (name, bytes, wanted) in table {
        let told = watched_video(folder.path(), name, &bytes);
        // Where the cut falls within the second guest, that code was seen.
        let told: Vec<&str> = told
            .iter()
            .map(String::as_str)
            .filter(|told| wanted.contains(told) || *told != "GH1:SECOND")
            .collect();
        assert_eq!(told, wanted, "{name}");
    }
    let gone = folder.path().join("gone.y4m");
    assert_eq!(
        watched(&format!("video:{}", gone.display())),
        ["opening", "ended (source_unreadable)"]
    );
}

#[test]
fn a_folder_of_pictures_is_read_and_bad_ones_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let save = |name: &str, text: &str| {
        let picture = frame(WIDTH, HEIGHT, &[text], 5);
        image::save_buffer(
            folder.path().join(name),
            picture.luma(),
            WIDTH,
            HEIGHT,
            ExtendedColorType::L8,
        )
        .unwrap();
    };
    let place = format!("dir:{}", folder.path().display());
    assert_eq!(watched(&place), ["opening", "ended (no_pictures)"]);
    save("1.png", "GH1:FIRST");
    save("2.jpg", "GH1:SECOND");
    std::fs::write(folder.path().join("3.png"), b"\x89PNG\r\n\x1a\nand no more").unwrap();
    save("4.png", "GH1:FIRST");
    assert_eq!(
        watched(&place),
        [
            "opening",
            "ok",
            "GH1:FIRST",
            "GH1:SECOND",
            "GH1:FIRST",
            "ended"
        ]
    );
}

/// Hands over a few bytes at a time, as a slow pipe does.
struct Drip<R>(R, usize);

impl<R: Read> Read for Drip<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.1 = (self.1 * 7 + 3) % 5_000;
        let most = into.len().min(self.1 + 1);
        self.0.read(&mut into[..most])
    }
}

#[test]
fn streams_are_read_as_they_drip_in() {
    let pictures = procession(&["GH1:FIRST", "GH1:SECOND"]);
    for bytes in [y4m(&pictures, "mono", 0), mjpeg(&pictures)] {
        let settings = Settings {
            pacing: gatehouse_gate::Pacing::Each(gatehouse_credential::qr::Effort::Quick),
            reopen: None,
            ..Settings::default()
        };
        let watch = Watch::start(
            move || read_video(Drip(std::io::Cursor::new(bytes.clone()), 1), Timing::Live),
            Arc::new(Stopwatch::start()),
            settings,
        );
        assert_eq!(
            until_over(&watch),
            ["opening", "ok", "GH1:FIRST", "GH1:SECOND", "ended"]
        );
    }
}

#[test]
fn what_ffmpeg_makes_is_read() {
    let found = Command::new("ffmpeg")
        .arg("-version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !found.is_ok_and(|status| status.success()) {
        skip("ffmpeg is not here: its videos were not read");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let raw = y4m(
        &procession(&["GH1:FIRST", "GH1:SECOND"]),
        "420jpeg",
        (WIDTH * HEIGHT / 2) as usize,
    );
    let kinds: [(&str, &[&str]); 4] = [
        ("a.mjpeg", &["-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg"]),
        ("b.y4m", &["-pix_fmt", "yuv444p", "-f", "yuv4mpegpipe"]),
        ("c.y4m", &["-pix_fmt", "gray", "-f", "yuv4mpegpipe"]),
        ("d.mpjpeg", &["-c:v", "mjpeg", "-q:v", "3", "-f", "mpjpeg"]),
    ];
    for (name, arguments) in kinds {
        let path = folder.path().join(name);
        let mut ffmpeg = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-i", "-"])
            .args(arguments)
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        ffmpeg.stdin.take().unwrap().write_all(&raw).unwrap();
        assert!(ffmpeg.wait().unwrap().success(), "{name}");
        open_video(&path, Timing::Recorded).unwrap();
        assert_eq!(
            watched(&format!("video:{}", path.display())),
            ["opening", "ok", "GH1:FIRST", "GH1:SECOND", "ended"],
            "{name}"
        );
    }
}
