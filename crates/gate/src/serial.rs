//! Scanners on a serial port, or on a USB cable that acts as one.

use std::io::{ErrorKind, Read};
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::lock;
use crate::scanner::{Affixes, Lines, Sent, plain};
use crate::steady::Steady;
use crate::watch::{Fault, State};

/// What waits to be fetched, at most.
const MOST_WAITING: usize = 256;
/// How long one read of a port waits.
const PATIENCE: Duration = Duration::from_millis(40);

/// A serial port that the system knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortName {
    /// Its path or name, such as `/dev/ttyACM0` or `COM3`.
    pub path: String,
    /// What hangs on it, as far as it says.
    pub description: String,
    /// The maker's and the product's numbers of a USB device, such as `0c2e:0aaf`: they stay the
    /// same when it is plugged in elsewhere.
    pub usb: Option<String>,
}

/// Which port is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortChoice {
    /// The one at this path.
    Path(String),
    /// The first USB device with these numbers ([`PortName::usb`]).
    Usb(String),
}

/// How a scanner is listened to.
#[derive(Debug, Clone, PartialEq)]
pub struct SerialSettings {
    /// Which port it hangs on.
    pub port: PortChoice,
    /// Bits a second; USB devices take any.
    pub baud: u32,
    /// What it puts around each text.
    pub affixes: Affixes,
    /// How long it must be quiet for a text to be over that has no end of its own.
    pub pause: Duration,
    /// The first and the longest pause before a port that failed is opened again.
    pub reopen: (Duration, Duration),
}

impl SerialSettings {
    /// The usual ones: 9,600 bits a second, nothing around the texts.
    #[must_use]
    pub fn of(port: PortChoice) -> Self {
        Self {
            port,
            baud: 9_600,
            affixes: Affixes::default(),
            pause: Duration::from_millis(100),
            reopen: (Duration::from_millis(250), Duration::from_secs(2)),
        }
    }
}

/// What came from a scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A code's text, without what the scanner put around it.
    Text(String),
    /// Something longer than any code; it is gone.
    TooLong,
    /// The port is in another state than before.
    State(State),
}

/// The serial ports that the system knows now.
///
/// # Errors
/// What the system says, as a [`Fault`] with the code `ports_unknown`.
pub fn ports() -> Result<Vec<PortName>, Fault> {
    let unknown = |reason: String| Fault {
        code: "ports_unknown",
        message: format!("The serial ports can't be listed: {reason}. Name the port by its path."),
    };
    // The library panics where the system has no list of terminals at all.
    let found = catch_unwind(serialport::available_ports)
        .map_err(|_| unknown("the system has no list of them".to_owned()))?
        .map_err(|error| unknown(error.to_string()))?;
    Ok(found.into_iter().map(port_name).collect())
}

fn port_name(info: serialport::SerialPortInfo) -> PortName {
    use serialport::SerialPortType::{BluetoothPort, PciPort, Unknown, UsbPort};
    let (description, usb) = match info.port_type {
        UsbPort(usb) => {
            let names = [usb.manufacturer, usb.product];
            let names: Vec<String> = names.into_iter().flatten().collect();
            (
                names.join(" "),
                Some(format!("{:04x}:{:04x}", usb.vid, usb.pid)),
            )
        }
        BluetoothPort => ("Bluetooth".to_owned(), None),
        PciPort => ("built in".to_owned(), None),
        Unknown => (String::new(), None),
    };
    PortName {
        path: info.port_name,
        description,
        usb,
    }
}

/// A scanner that is listened to. Dropping it stops listening.
#[derive(Debug)]
pub struct SerialScanner {
    stopped: Arc<AtomicBool>,
    heard: Mutex<Receiver<Heard>>,
    thread: Option<JoinHandle<()>>,
}

impl SerialScanner {
    /// Listens from now on. A port that is not there is looked for until it is, and one that
    /// goes is opened again when it comes back.
    #[must_use]
    pub fn start(settings: SerialSettings, clock: Arc<dyn Steady>) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let (tell, heard) = sync_channel(MOST_WAITING);
        let ear = Ear {
            settings,
            clock,
            tell,
            stopped: Arc::clone(&stopped),
            state: None,
        };
        let thread = std::thread::Builder::new()
            .name("gate-serial".to_owned())
            .spawn(move || ear.run())
            .inspect_err(|error| tracing::error!(%error, "no thread for the scanner"))
            .ok();
        Self {
            stopped,
            heard: Mutex::new(heard),
            thread,
        }
    }

    /// Waits for what comes next; nothing when it does not come in time.
    #[must_use]
    pub fn next(&self, timeout: Duration) -> Option<Heard> {
        lock(&self.heard).recv_timeout(timeout).ok()
    }
}

impl Drop for SerialScanner {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Ear {
    settings: SerialSettings,
    clock: Arc<dyn Steady>,
    tell: SyncSender<Heard>,
    stopped: Arc<AtomicBool>,
    state: Option<State>,
}

impl Ear {
    fn run(mut self) {
        let (first, longest) = self.settings.reopen;
        let mut pause = first;
        self.turn(State::Opening);
        while !self.is_stopped() {
            let mut opened = false;
            let ended = self.listen(&mut opened);
            if opened {
                pause = first;
            }
            let Err(state) = ended else { return };
            self.turn(state);
            self.rest(pause);
            pause = (pause * 2).min(longest);
        }
    }

    /// Opens the port and listens until it fails or nobody wants more.
    fn listen(&mut self, opened: &mut bool) -> Result<(), State> {
        let path = match &self.settings.port {
            PortChoice::Path(path) => path.clone(),
            PortChoice::Usb(wanted) => {
                ports()
                    .map_err(State::Lost)?
                    .into_iter()
                    .find(|port| port.usb.as_ref() == Some(wanted))
                    .ok_or_else(|| {
                        lost(
                            "port_not_found",
                            &format!("USB device {wanted}"),
                            "it is not plugged in",
                        )
                    })?
                    .path
            }
        };
        let mut port = serialport::new(&path, self.settings.baud)
            .timeout(PATIENCE)
            .open()
            .map_err(|error| refused(&path, &error))?;
        *opened = true;
        self.turn(State::Ok);
        let mut lines = Lines::new(self.settings.pause);
        let mut bytes = [0; 1_024];
        while !self.is_stopped() {
            let sent = match port.read(&mut bytes) {
                Ok(0) => return Err(lost("port_lost", &path, "it hung up")),
                Ok(count) => lines.take(&bytes[..count], self.clock.elapsed()),
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted
                    ) =>
                {
                    lines.rest(self.clock.elapsed()).into_iter().collect()
                }
                Err(error) => return Err(lost("port_lost", &path, &error.to_string())),
            };
            for sent in sent {
                self.hand_on(sent);
            }
        }
        Ok(())
    }

    fn hand_on(&self, sent: Sent) {
        let heard = match sent {
            Sent::TooLong => Heard::TooLong,
            Sent::Text(text) => match plain(&text, &self.settings.affixes) {
                text if text.is_empty() => return,
                text => Heard::Text(text),
            },
        };
        if let Err(TrySendError::Full(_)) = self.tell.try_send(heard) {
            tracing::warn!("a scan was dropped: nobody fetches them");
        }
    }

    fn turn(&mut self, state: State) {
        if self.state.as_ref() != Some(&state) {
            tracing::info!(state = state.word(), "the serial scanner");
            self.state = Some(state.clone());
            let _ = self.tell.try_send(Heard::State(state));
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    fn rest(&self, pause: Duration) {
        let mut left = pause;
        while !left.is_zero() && !self.is_stopped() {
            let nap = left.min(PATIENCE);
            std::thread::sleep(nap);
            left -= nap;
        }
    }
}

fn lost(code: &'static str, port: &str, reason: &str) -> State {
    State::Lost(Fault {
        code,
        message: format!(
            "The scanner at {port} does not answer: {reason}. Check its cable; it is opened again \
             when it is back. What it sent before was taken."
        ),
    })
}

fn refused(path: &str, error: &serialport::Error) -> State {
    let said = error.to_string();
    let small = said.to_lowercase();
    if small.contains("busy") || small.contains("lock") {
        return State::Busy(Fault {
            code: "port_busy",
            message: format!(
                "Another program uses the scanner at {path}. Close it there; it is tried again \
                 meanwhile."
            ),
        });
    }
    let denied = matches!(
        error.kind(),
        serialport::ErrorKind::Io(ErrorKind::PermissionDenied)
    );
    if denied || small.contains("denied") {
        return State::Lost(Fault {
            code: "port_denied",
            message: format!(
                "The system does not let this program use {path}. Allow it (on Linux: be in the \
                 group dialout); it is tried again meanwhile."
            ),
        });
    }
    lost("port_not_found", path, &said)
}
