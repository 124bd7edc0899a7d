//! Scanners at a gate without a window: one that types, and one on a serial port.

use std::fmt;
use std::io::Read;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use gatehouse_api::Gate;
use gatehouse_gate::scanner::{Affixes, Lines, Sent, plain};
use gatehouse_gate::serial::{Heard, PortChoice, SerialScanner, SerialSettings};
use gatehouse_gate::{Steady, Stopwatch};

use super::{GateArgs, LOOK, Talk, decide};

/// How long a scanner that types must be quiet for a text to be over that has no end of its own.
const PAUSE: Duration = Duration::from_secs(1);

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

/// Decides about each code that the scanner sends, until there are no more.
pub(super) fn listen(
    args: &GateArgs,
    scanner: &Scanner,
    gate: &Gate,
    talk: &Talk,
) -> anyhow::Result<()> {
    let clock = Arc::new(Stopwatch::start());
    match scanner {
        Scanner::Typed => typed(args, gate, talk, &clock),
        Scanner::Serial(port) => serial(args, port, gate, talk, &clock),
    }
}

fn typed(args: &GateArgs, gate: &Gate, talk: &Talk, clock: &Stopwatch) -> anyhow::Result<()> {
    let mut lines = Lines::new(PAUSE);
    let mut bytes = [0; 4_096];
    let mut input = std::io::stdin().lock();
    loop {
        let read = input.read(&mut bytes).context("standard input broke off")?;
        let now = clock.elapsed();
        let sent = match read {
            // The last text may lack its end.
            0 => lines.rest(now + PAUSE).into_iter().collect(),
            read => lines.take(&bytes[..read], now),
        };
        for sent in sent {
            match sent {
                Sent::Text(text) => {
                    let text = plain(&text, &Affixes::default());
                    decide(args, gate, talk, &text, clock, clock.elapsed())?;
                }
                Sent::TooLong => tracing::warn!("a text longer than any code was passed over"),
            }
        }
        if read == 0 {
            return Ok(());
        }
    }
}

fn serial(
    args: &GateArgs,
    port: &PortChoice,
    gate: &Gate,
    talk: &Talk,
    clock: &Arc<Stopwatch>,
) -> anyhow::Result<()> {
    let settings = SerialSettings::of(port.clone());
    let scanner = SerialScanner::start(settings, Arc::<Stopwatch>::clone(clock));
    while !talk.is_over() {
        match scanner.next(LOOK) {
            Some(Heard::Text(text)) => decide(args, gate, talk, &text, clock, clock.elapsed())?,
            Some(Heard::TooLong) => {
                tracing::warn!("a text longer than any code was passed over");
            }
            Some(Heard::State(state)) => tracing::info!(state = state.word(), "the scanner"),
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
