//! Y4M (YUV4MPEG2): a line of text with the size, then raw frames.

use std::io::{BufRead, Read, copy, sink};

use super::picture::check_size;
use super::video::{FrameRate, Timing};
use super::{FrameSource, Next, Picture, SourceError};

/// What the file begins with.
pub(super) const MAGIC: &[u8] = b"YUV4MPEG2";
/// The longest line of the header or of a frame, in bytes.
const LONGEST_LINE: usize = 4_096;

/// The frames of a Y4M stream: 4:2:0, 4:2:2, 4:1:1, 4:4:4 and grey, 8 bits deep.
pub(super) struct Y4m<R> {
    reader: R,
    width: u32,
    height: u32,
    /// Bytes of colour after the grey ones of each frame.
    colour: u64,
    rate: FrameRate,
    timing: Timing,
    /// Frames that were read.
    read: u64,
}

impl<R: BufRead> Y4m<R> {
    pub(super) fn open(mut reader: R, timing: Timing) -> Result<Self, SourceError> {
        let damaged = |reason: &str| SourceError::VideoDamaged {
            frame: 0,
            reason: reason.to_owned(),
        };
        let line = read_line(&mut reader)
            .map_err(|error| SourceError::unreadable("The video", &error))?
            .ok_or_else(|| damaged("its header has no end"))?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let (mut width, mut height) = (0_u32, 0_u32);
        let mut rate = FrameRate::default();
        let mut chroma = "420".to_owned();
        for word in line.split(' ').skip(1) {
            let mut letters = word.chars();
            let (letter, value) = (letters.next(), letters.as_str());
            let number = || value.parse().map_err(|_| damaged("its size is no number"));
            match letter {
                Some('W') => width = number()?,
                Some('H') => height = number()?,
                Some('F') => rate = FrameRate::parse(value).unwrap_or(rate),
                Some('C') => value.clone_into(&mut chroma),
                _ => {}
            }
        }
        check_size(width, height)?;
        let colour =
            colour_bytes(&chroma, width, height).ok_or_else(|| SourceError::VideoUnfit {
                reason: format!(
                    "its pixels are {}",
                    chroma.chars().take(40).collect::<String>()
                ),
            })?;
        Ok(Self {
            reader,
            width,
            height,
            colour,
            rate,
            timing,
            read: 0,
        })
    }

    fn damaged(&self, reason: &str) -> SourceError {
        SourceError::VideoDamaged {
            frame: self.read,
            reason: reason.to_owned(),
        }
    }
}

/// How many bytes of colour follow the grey ones; nothing for kinds that are not read.
fn colour_bytes(chroma: &str, width: u32, height: u32) -> Option<u64> {
    let (width, height) = (u64::from(width), u64::from(height));
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    match chroma {
        "420" | "420jpeg" | "420mpeg2" | "420paldv" => Some(2 * half_width * half_height),
        "422" => Some(2 * half_width * height),
        "411" => Some(2 * width.div_ceil(4) * height),
        "444" => Some(2 * width * height),
        "444alpha" => Some(3 * width * height),
        "mono" => Some(0),
        _ => None,
    }
}

/// A line without its end; nothing when there is no end to it within the limit.
fn read_line(reader: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    reader
        .take(LONGEST_LINE as u64)
        .read_until(b'\n', &mut line)?;
    Ok((line.pop() == Some(b'\n')).then_some(line))
}

impl<R: BufRead> FrameSource for Y4m<R> {
    fn next_frame(&mut self, into: &mut Picture) -> Result<Next, SourceError> {
        into.clear();
        let unreadable = |error| SourceError::unreadable("The video", &error);
        if self.reader.fill_buf().map_err(unreadable)?.is_empty() {
            return Ok(Next::End);
        }
        match read_line(&mut self.reader).map_err(unreadable)? {
            Some(line) if line == b"FRAME" || line.starts_with(b"FRAME ") => {}
            Some(_) => return Err(self.damaged("something else stands where a frame begins")),
            None if self.reader.fill_buf().map_err(unreadable)?.is_empty() => {
                return Err(SourceError::VideoCutOff { frame: self.read });
            }
            None => return Err(self.damaged("a frame's header has no end")),
        }
        let wanted = u64::from(self.width) * u64::from(self.height);
        let (reader, read, colour) = (&mut self.reader, self.read, self.colour);
        // Read as it comes, so that a header's word alone takes no memory.
        into.fill(self.width, self.height, |luma| {
            reader
                .by_ref()
                .take(wanted)
                .read_to_end(luma)
                .map_err(unreadable)?;
            if (luma.len() as u64) < wanted {
                return Err(SourceError::VideoCutOff { frame: read });
            }
            let passed =
                copy(&mut reader.by_ref().take(colour), &mut sink()).map_err(unreadable)?;
            if passed < colour {
                return Err(SourceError::VideoCutOff { frame: read });
            }
            Ok(())
        })?;
        into.set_taken(self.timing.at(self.rate, self.read));
        self.read += 1;
        Ok(Next::Frame)
    }
}

/// The header of a Y4M file and its frames, for grey pictures of one size.
#[cfg(test)]
pub(super) fn written(width: u32, height: u32, chroma: &str, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = format!("YUV4MPEG2 W{width} H{height} F25:1 Ip A1:1 C{chroma}\n").into_bytes();
    let colour = colour_bytes(chroma, width, height).unwrap_or(0) as usize;
    for luma in frames {
        bytes.extend_from_slice(b"FRAME\n");
        bytes.extend_from_slice(luma);
        bytes.extend(std::iter::repeat_n(128, colour));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn read_all(bytes: &[u8]) -> Result<Vec<Picture>, SourceError> {
        let mut source = Y4m::open(bytes, Timing::Recorded)?;
        let mut pictures = Vec::new();
        loop {
            let mut picture = Picture::default();
            match source.next_frame(&mut picture)? {
                Next::Frame => pictures.push(picture),
                Next::End => return Ok(pictures),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn every_chroma_leaves_the_grey_ones() {
        for chroma in [
            "420", "420jpeg", "420mpeg2", "420paldv", "422", "411", "444", "444alpha", "mono",
        ] {
            // Odd on both sides, where the halves are rounded up.
            let frames: Vec<Vec<u8>> = (0..3).map(|n| vec![n * 50; 35]).collect();
            let pictures = read_all(&written(7, 5, chroma, &frames)).unwrap();
            let found: Vec<&[u8]> = pictures.iter().map(Picture::luma).collect();
            assert_eq!(found, frames, "{chroma}");
            assert_eq!(
                pictures[2].taken(),
                Some(Duration::from_millis(80)),
                "25 a second"
            );
        }
    }

    #[test]
    fn what_is_broken_says_how() {
        let whole = written(4, 4, "420jpeg", &[vec![1; 16], vec![2; 16]]);
        let with = |header: &str| [header.as_bytes(), b"FRAME\n", &[0; 24]].concat();
        let endless = [&b"YUV4MPEG2 W4 H4 "[..], &vec![b'X'; 10_000]].concat();
        let endless_frame = [
            &written(4, 4, "mono", &[vec![1; 16]])[..],
            b"FRAME ",
            &[b'I'; 9_000],
        ]
        .concat();
        let no_frame = [&written(4, 4, "mono", &[vec![1; 16]])[..], b"FRAMES\n"].concat();
        let table: &[(&[u8], &str)] = &[
            (&whole[..whole.len() - 1], "video_cut_off"),
            (&whole[..whole.len() - 20], "video_cut_off"),
            (&whole[..whole.len() - 27], "video_cut_off"),
            (&endless, "video_damaged"),
            (&endless_frame, "video_damaged"),
            (&no_frame, "video_damaged"),
            (b"YUV4MPEG2 W4 H4", "video_damaged"),
            (&with("YUV4MPEG2 W0 H4\n"), "frame_empty"),
            (&with("YUV4MPEG2 H4\n"), "frame_empty"),
            (&with("YUV4MPEG2 W-4 H4\n"), "video_damaged"),
            (&with("YUV4MPEG2 W99999999999 H4\n"), "video_damaged"),
            (&with("YUV4MPEG2 W40000 H40000\n"), "frame_too_large"),
            (&with("YUV4MPEG2 W4 H4 C420p10\n"), "video_unfit"),
        ];
        for (bytes, code) in table {
            let error = read_all(bytes).unwrap_err();
            assert_eq!(
                error.code(),
                *code,
                "{}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
            );
            assert!(!error.may_pass());
        }
        assert_eq!(
            read_all(&whole[..whole.len() - 1]).unwrap_err(),
            SourceError::VideoCutOff { frame: 1 }
        );
    }

    #[test]
    fn an_8k_frame_is_read() {
        let pictures = read_all(&written(7_680, 4_320, "mono", &[vec![3; 7_680 * 4_320]])).unwrap();
        assert_eq!((pictures[0].width(), pictures[0].height()), (7_680, 4_320));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(
            head in prop::sample::select(vec![
                "YUV4MPEG2 ", "YUV4MPEG2 W4 H4\n", "YUV4MPEG2 W4 H4 Cmono\nFRAME\n",
                "YUV4MPEG2 W32000 H2000 C444alpha\nFRAME\n", "YUV4MPEG2 W9 H9 F0:0 C422\nFRAME\n",
            ]),
            body in prop::collection::vec(any::<u8>(), 0..600),
        ) {
            let bytes = [head.as_bytes(), &body].concat();
            if let Ok(mut source) = Y4m::open(&bytes[..], Timing::Recorded) {
                let mut picture = Picture::default();
                for _ in 0..200 {
                    match source.next_frame(&mut picture) {
                        Ok(Next::Frame) => prop_assert_eq!(
                            picture.luma().len(),
                            picture.width() as usize * picture.height() as usize
                        ),
                        _ => break,
                    }
                }
                // No more is kept than came.
                prop_assert!(picture.luma().len() <= bytes.len());
            }
        }
    }
}
