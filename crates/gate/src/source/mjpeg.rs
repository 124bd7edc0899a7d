//! MJPEG: JPEG frames one behind the other, with or without parts of a multipart stream between.

use std::io::{BufRead, ErrorKind};

use super::video::{FrameRate, Timing};
use super::{FrameSource, Next, Picture, SourceError, jpeg};

/// The most bytes between two frames.
const MOST_BETWEEN: usize = 1 << 20;

/// The frames of an MJPEG stream.
pub(super) struct Mjpeg<R> {
    bytes: Bytes<R>,
    jpeg: Vec<u8>,
    rate: FrameRate,
    timing: Timing,
    /// Frames that were cut out, whole or spoilt.
    cut: u64,
    /// The beginning of the next frame was read already, within one that was cut off.
    begun: bool,
}

/// How cutting out one frame ended.
enum Cut {
    Whole,
    /// The frame breaks its format's rules; what follows may not.
    Spoilt(&'static str),
    /// There is no further frame.
    End,
    /// The stream ends within the frame.
    Broken,
    /// No frame begins within the limit.
    Astray,
}

impl<R: BufRead> Mjpeg<R> {
    pub(super) fn open(reader: R, timing: Timing, rate: FrameRate) -> Self {
        Self {
            bytes: Bytes(reader),
            jpeg: Vec::new(),
            rate,
            timing,
            cut: 0,
            begun: false,
        }
    }

    /// Cuts the next frame out of the stream, into `self.jpeg`.
    fn cut(&mut self) -> std::io::Result<Cut> {
        if !std::mem::take(&mut self.begun) {
            match self.find_beginning()? {
                Cut::Whole => {}
                other => return Ok(other),
            }
        }
        self.jpeg.clear();
        self.jpeg.extend_from_slice(&[0xff, 0xd8]);
        loop {
            // A marker: one or more 0xff, then its kind.
            let Some(byte) = self.take()? else {
                return Ok(Cut::Broken);
            };
            if byte != 0xff {
                return Ok(Cut::Spoilt("something else stands where a marker belongs"));
            }
            let mut kind = 0xff;
            while kind == 0xff {
                match self.take()? {
                    Some(byte) => kind = byte,
                    None => return Ok(Cut::Broken),
                }
                if self.jpeg.len() > jpeg::MOST_BYTES {
                    return Ok(Cut::Spoilt("it is larger than 32 MiB"));
                }
            }
            // After a scan's data the marker that ended it is the next to be looked at.
            let mut next = Some(kind);
            while let Some(kind) = next.take() {
                match kind {
                    0xd9 => return Ok(Cut::Whole),
                    0xd8 => {
                        self.begun = true;
                        return Ok(Cut::Spoilt("the next frame begins within it"));
                    }
                    0x01 | 0xd0..=0xd7 => {}
                    0x00 => return Ok(Cut::Spoilt("a marker has no kind")),
                    _ => {
                        if !self.pass_segment()? {
                            return Ok(Cut::Broken);
                        }
                        if kind == 0xda {
                            next = match self.pass_scan()? {
                                Some(kind) => Some(kind),
                                None if self.jpeg.len() > jpeg::MOST_BYTES => {
                                    return Ok(Cut::Spoilt("it is larger than 32 MiB"));
                                }
                                None => return Ok(Cut::Broken),
                            };
                        }
                    }
                }
            }
            if self.jpeg.len() > jpeg::MOST_BYTES {
                return Ok(Cut::Spoilt("it is larger than 32 MiB"));
            }
        }
    }

    /// Passes over everything before a frame's first two bytes, and these too.
    fn find_beginning(&mut self) -> std::io::Result<Cut> {
        let mut last = 0;
        for _ in 0..MOST_BETWEEN {
            let Some(byte) = self.bytes.next()? else {
                return Ok(Cut::End);
            };
            if (last, byte) == (0xff, 0xd8) {
                return Ok(Cut::Whole);
            }
            last = byte;
        }
        Ok(Cut::Astray)
    }

    /// The next byte, kept as the frame's.
    fn take(&mut self) -> std::io::Result<Option<u8>> {
        let byte = self.bytes.next()?;
        self.jpeg.extend(byte);
        Ok(byte)
    }

    /// Takes a segment by its length; false at the stream's end.
    fn pass_segment(&mut self) -> std::io::Result<bool> {
        let (Some(high), Some(low)) = (self.take()?, self.take()?) else {
            return Ok(false);
        };
        // Lengths below 2 are wrong; what follows tells soon enough.
        for _ in 2..u16::from_be_bytes([high, low]) {
            if self.take()?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes a scan's data; the kind of the marker behind it, or nothing at the stream's end or
    /// past the limit.
    fn pass_scan(&mut self) -> std::io::Result<Option<u8>> {
        let mut after_mark = false;
        while self.jpeg.len() <= jpeg::MOST_BYTES {
            let Some(byte) = self.take()? else {
                return Ok(None);
            };
            match (after_mark, byte) {
                (_, 0xff) => after_mark = true,
                (true, 0x00 | 0xd0..=0xd7) | (false, _) => after_mark = false,
                (true, kind) => return Ok(Some(kind)),
            }
        }
        Ok(None)
    }
}

impl<R: BufRead> FrameSource for Mjpeg<R> {
    fn next_frame(&mut self, into: &mut Picture) -> Result<Next, SourceError> {
        into.clear();
        let cut = self
            .cut()
            .map_err(|error| SourceError::unreadable("The video", &error))?;
        // A frame that was larger than others leaves no larger buffer for ever.
        if self.jpeg.capacity() > 4 * self.jpeg.len() + (1 << 20) {
            self.jpeg.shrink_to_fit();
        }
        let result = match cut {
            Cut::Whole => match jpeg::unpack(&self.jpeg, into) {
                Ok(()) => {
                    into.set_taken(self.timing.at(self.rate, self.cut));
                    Ok(Next::Frame)
                }
                Err(error) => Ok(Next::Spoilt(error)),
            },
            Cut::Spoilt(reason) => Ok(Next::Spoilt(SourceError::FrameSpoilt {
                reason: reason.to_owned(),
            })),
            Cut::End if self.cut > 0 => return Ok(Next::End),
            Cut::End => Err(SourceError::NotAVideo {
                found: "something without a single JPEG frame",
            }),
            Cut::Broken => Err(SourceError::VideoCutOff { frame: self.cut }),
            Cut::Astray => Err(SourceError::VideoDamaged {
                frame: self.cut,
                reason: "no frame begins within a megabyte".to_owned(),
            }),
        };
        self.cut += 1;
        result
    }
}

/// A buffered reader's bytes, one at a time.
struct Bytes<R>(R);

impl<R: BufRead> Bytes<R> {
    fn next(&mut self) -> std::io::Result<Option<u8>> {
        loop {
            match self.0.fill_buf() {
                Ok(bytes) => {
                    let first = bytes.first().copied();
                    if first.is_some() {
                        self.0.consume(1);
                    }
                    return Ok(first);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::jpeg::JpegEncoder;
    use image::{ExtendedColorType, ImageEncoder};
    use proptest::prelude::*;

    use super::*;

    /// A frame of one grey, with a thumbnail's end marker hidden in a comment.
    fn frame(grey: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 90)
            .write_image(&[grey; 24 * 16], 24, 16, ExtendedColorType::L8)
            .unwrap();
        let comment = [0xff, 0xfe, 0, 6, 0xff, 0xd8, 0xff, 0xd9];
        bytes.splice(2..2, comment);
        bytes
    }

    /// The greys of the frames that were read; spoilt ones are 0.
    fn read_all(bytes: &[u8]) -> (Vec<u8>, Option<&'static str>) {
        let mut source = Mjpeg::open(bytes, Timing::Recorded, FrameRate::default());
        let mut greys = Vec::new();
        let mut picture = Picture::default();
        loop {
            match source.next_frame(&mut picture) {
                Ok(Next::Frame) => greys.push(picture.luma()[0]),
                Ok(Next::Spoilt(_)) => greys.push(0),
                Ok(_) => return (greys, None),
                Err(error) => return (greys, Some(error.code())),
            }
        }
    }

    #[test]
    fn frames_are_cut_apart() {
        let [a, b, c] = [60, 120, 180].map(frame);
        let multipart = |frame: &[u8]| {
            let head = format!("--edge\r\nContent-Length: {}\r\n\r\n", frame.len());
            [head.as_bytes(), frame, b"\r\n"].concat()
        };
        let without_end = &b[..b.len() - 2];
        let wrong_inside = [&b[..10], &[0; 20], &b[10..]].concat();
        type Row<'a> = (&'a str, Vec<u8>, &'a [u8], Option<&'a str>);
        let table: &[Row<'_>] = &[
            ("plain", [&a[..], &b, &c].concat(), &[60, 120, 180], None),
            (
                "multipart",
                [multipart(&a), multipart(&b), b"--edge--".to_vec()].concat(),
                &[60, 120],
                None,
            ),
            (
                "no end marker",
                [&a, without_end, &c].concat(),
                &[60, 0, 180],
                None,
            ),
            (
                "damaged within",
                [&a[..], &wrong_inside, &c].concat(),
                &[60, 0, 180],
                None,
            ),
            (
                "cut off",
                [&a[..], without_end].concat(),
                &[60],
                Some("video_cut_off"),
            ),
            (
                "cut off at its head",
                [&a[..], &b[..3]].concat(),
                &[60],
                Some("video_cut_off"),
            ),
            ("no frame", b"GIF89a".repeat(9), &[], Some("not_a_video")),
            (
                "endless words",
                [&a[..], &vec![b'x'; MOST_BETWEEN + 9]].concat(),
                &[60],
                Some("video_damaged"),
            ),
        ];
        for (name, bytes, greys, code) in table {
            let (found, ended) = read_all(bytes);
            assert_eq!(ended, *code, "{name}");
            assert_eq!(found.len(), greys.len(), "{name}: {found:?}");
            for (found, grey) in found.iter().zip(*greys) {
                assert!(found.abs_diff(*grey) <= 3, "{name}: {found} for {grey}");
            }
        }
    }

    #[test]
    fn an_endless_frame_takes_no_endless_memory() {
        struct Endless;
        impl std::io::Read for Endless {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                into.fill(0x55);
                Ok(into.len())
            }
        }
        let head = frame(9);
        let scan = head
            .windows(2)
            .position(|pair| pair == [0xff, 0xda])
            .unwrap();
        let stream = std::io::Read::chain(&head[..scan + 12], Endless);
        let stream = std::io::BufReader::new(stream);
        let mut source = Mjpeg::open(stream, Timing::Recorded, FrameRate::default());
        let mut picture = Picture::default();
        assert!(matches!(
            source.next_frame(&mut picture),
            Ok(Next::Spoilt(_))
        ));
        assert!(source.jpeg.capacity() <= 3 * jpeg::MOST_BYTES);
        let error = source.next_frame(&mut picture).unwrap_err();
        assert_eq!(error.code(), "video_damaged");
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(
            body in prop::collection::vec(any::<u8>(), 0..600),
            cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        ) {
            let mut bytes = [frame(90), body, frame(30)].concat();
            for (at, byte) in cuts {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let mut source = Mjpeg::open(&bytes[..], Timing::Recorded, FrameRate::default());
            let mut picture = Picture::default();
            let mut turns = 0;
            while let Ok(Next::Frame | Next::Spoilt(_)) = source.next_frame(&mut picture) {
                turns += 1;
                prop_assert!(turns <= bytes.len());
                prop_assert_eq!(
                    picture.luma().len(),
                    picture.width() as usize * picture.height() as usize
                );
            }
        }
    }
}
