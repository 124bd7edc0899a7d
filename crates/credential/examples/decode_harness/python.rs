//! zxing-cpp through its own Python package: another build of the library than ours, with its
//! own settings, kept running from frame to frame.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use gatehouse_credential::qr::GreyImage;

/// Reads frames, one line of size and then their pixels, and answers each with one line: what
/// was read with the package's defaults, and what with every binarizer it has, in hex.
const SCRIPT: &str = r#"
import sys, zxingcpp
from PIL import Image
read, write = sys.stdin.buffer, sys.stdout
kinds = [zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram, zxingcpp.Binarizer.FixedThreshold]
def texts(image, kinds):
    found = set()
    for kind in kinds:
        for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode, binarizer=kind, text_mode=zxingcpp.TextMode.Plain):
            found.add(code.text.encode().hex())
    return ' '.join(sorted(found))
while line := read.readline():
    width, height = map(int, line.split())
    image = Image.frombytes('L', (width, height), read.read(width * height))
    print(texts(image, kinds[:1]), texts(image, kinds), sep=',', flush=True)
"#;

/// A running Python with the package.
pub(crate) struct Reader {
    child: Child,
    frames: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Whether the text was read: with the package's defaults, and with any binarizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) as_it_comes: bool,
    pub(crate) at_its_best: bool,
}

impl Reader {
    /// Starts it.
    pub(crate) fn start(python: &Path) -> std::io::Result<Self> {
        let mut child = Command::new(python)
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let frames = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output is piped"));
        Ok(Self {
            child,
            frames,
            answers,
        })
    }

    /// Whether the text is among what it reads in a frame.
    pub(crate) fn read(&mut self, frame: &GreyImage, text: &str) -> std::io::Result<Answer> {
        let [first, all] = self.texts(frame)?;
        Ok(Answer {
            as_it_comes: first.iter().any(|read| read == text),
            at_its_best: all.iter().any(|read| read == text),
        })
    }

    /// What it reads in a frame: with the package's defaults, and with any binarizer.
    pub(crate) fn texts(&mut self, frame: &GreyImage) -> std::io::Result<[Vec<String>; 2]> {
        let input = self.frames.as_mut().expect("it is open until the end");
        writeln!(input, "{} {}", frame.width, frame.height)?;
        input.write_all(&frame.luma)?;
        input.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (first, all) = line.trim_end().split_once(',').ok_or_else(|| {
            std::io::Error::other("Python did not answer; the package zxing-cpp may be missing")
        })?;
        Ok([first, all].map(|texts| texts.split_whitespace().filter_map(plain).collect()))
    }
}

/// The text that hex digits spell.
fn plain(hex: &str) -> Option<String> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
    String::from_utf8(bytes?).ok()
}

impl Drop for Reader {
    fn drop(&mut self) {
        drop(self.frames.take());
        let _ = self.child.wait();
    }
}
