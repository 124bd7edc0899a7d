//! Scanners at a gate without a window: one that types, and one on a serial port.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use gatehouse_gate::scanner::{Affixes, Lines, Sent, plain};
use gatehouse_gate::serial::{Heard, PortChoice, SerialScanner, SerialSettings};
use gatehouse_gate::{Steady, Stopwatch};

use super::unwell::{Complaints, Device};
use super::{Attending, LOOK};

/// How long a scanner that types must be quiet for a text to be over that has no end of its own.
const PAUSE: Duration = Duration::from_secs(1);

/// Pieces of what was typed that wait at most.
const WAITING: usize = 64;

/// Where codes are heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scanner {
    /// A scanner that types, on standard input.
    Typed,
    /// A serial port.
    Serial(PortChoice),
}

/// The text names no scanner.
#[derive(Debug)]
pub(crate) struct NoScanner;

impl fmt::Display for NoScanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("give typed, serial:PATH or usb:VENDOR:PRODUCT, such as serial:/dev/ttyACM0")
    }
}

impl std::error::Error for NoScanner {}

impl FromStr for Scanner {
    type Err = NoScanner;

    fn from_str(text: &str) -> Result<Self, NoScanner> {
        match text.split_once(':') {
            None if text == "typed" => Ok(Self::Typed),
            Some(("serial", path)) if !path.is_empty() => {
                Ok(Self::Serial(PortChoice::Path(path.to_owned())))
            }
            Some(("usb", numbers)) if numbers.contains(':') => {
                Ok(Self::Serial(PortChoice::Usb(numbers.to_lowercase())))
            }
            _ => Err(NoScanner),
        }
    }
}

/// Decides about each code that the scanner sends, until there are no more or the gate has `failed`.
pub(super) fn listen(at: &Attending<'_>, scanner: &Scanner) -> anyhow::Result<()> {
    let clock = Arc::new(Stopwatch::start());
    let decide = |text: &str| at.decide(text, &clock, clock.elapsed());
    let goes_on = || at.goes_on();
    let complaints = Complaints::of(at.args, Device::Scanner);
    match scanner {
        Scanner::Typed => typed(&clock, &complaints, decide, goes_on),
        Scanner::Serial(port) => serial(port, &clock, complaints, decide, goes_on),
    }
}

fn typed(
    clock: &Stopwatch,
    complaints: &Complaints,
    decide: impl Fn(&str) -> anyhow::Result<()>,
    goes_on: impl Fn() -> bool,
) -> anyhow::Result<()> {
    let typing = typing();
    let mut lines = Lines::new(PAUSE);
    while goes_on() {
        let (sent, over) = match typing.recv_timeout(LOOK) {
            Ok(bytes) => (lines.take(&bytes?, clock.elapsed()), false),
            Err(RecvTimeoutError::Timeout) => {
                (lines.rest(clock.elapsed()).into_iter().collect(), false)
            }
            // The last text may lack its end.
            Err(RecvTimeoutError::Disconnected) => {
                let rest = lines.rest(clock.elapsed() + PAUSE);
                (rest.into_iter().collect(), true)
            }
        };
        for sent in sent {
            match sent {
                Sent::Text(text) => decide(&plain(&text, &Affixes::default()))?,
                Sent::TooLong => complaints.too_long()?,
            }
        }
        if over {
            break;
        }
    }
    Ok(())
}

/// What comes on standard input, read by a thread that nobody waits for: a person who types nothing
/// must not hold the gate up.
fn typing() -> Receiver<std::io::Result<Vec<u8>>> {
    let (tell, told) = sync_channel(WAITING);
    std::thread::spawn(move || {
        let mut bytes = [0; 4_096];
        let mut input = std::io::stdin().lock();
        loop {
            let read = match input.read(&mut bytes) {
                Ok(0) => return,
                Ok(read) => Ok(bytes[..read].to_vec()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let broken = read.is_err();
            if tell.send(read).is_err() || broken {
                return;
            }
        }
    });
    told
}

fn serial(
    port: &PortChoice,
    clock: &Arc<Stopwatch>,
    mut complaints: Complaints,
    decide: impl Fn(&str) -> anyhow::Result<()>,
    goes_on: impl Fn() -> bool,
) -> anyhow::Result<()> {
    let settings = SerialSettings::of(port.clone());
    let scanner = SerialScanner::start(settings, Arc::<Stopwatch>::clone(clock));
    while goes_on() {
        match scanner.next(LOOK) {
            Some(Heard::Text(text)) => decide(&text)?,
            Some(Heard::TooLong) => complaints.too_long()?,
            Some(Heard::State(state)) => complaints.hear(&state)?,
            None => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanners_are_named() {
        let path = |path: &str| Some(Scanner::Serial(PortChoice::Path(path.into())));
        let usb = |numbers: &str| Some(Scanner::Serial(PortChoice::Usb(numbers.into())));
        for (text, scanner) in [
            ("typed", Some(Scanner::Typed)),
            ("serial:/dev/ttyACM0", path("/dev/ttyACM0")),
            ("serial:COM3", path("COM3")),
            ("usb:0C2E:0aaf", usb("0c2e:0aaf")),
            ("usb:0c2e", None),
            ("serial:", None),
            ("typed:", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), scanner, "{text}");
        }
    }
}
