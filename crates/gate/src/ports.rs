//! The machine's serial scanners, for gates' windows on it.

use std::sync::Arc;
use std::time::Duration;

use gatehouse_api::{Problem, SerialListening, SerialPort, SerialScanners, SerialTold};

use crate::serial::{Heard, PortChoice, PortName, SerialScanner, SerialSettings, ports};
use crate::steady::Stopwatch;
use crate::watch::State;

/// What the id of a USB device begins with; others are paths.
const USB: &str = "usb:";

/// The serial ports of this machine, and others that are named by their paths.
#[derive(Debug, Default)]
pub struct MachinePorts {
    /// Paths that the system does not list, such as those of virtual ports.
    further: Vec<String>,
}

impl MachinePorts {
    /// Those that the system lists, and `further` ones by their paths.
    #[must_use]
    pub fn new(further: Vec<String>) -> Self {
        Self { further }
    }
}

/// A port as it is chosen: by the device on it where that can be told, so that another socket is
/// no other scanner; by its path where two devices are the same.
fn listed(known: &[PortName], port: &PortName) -> SerialPort {
    let alike = known.iter().filter(|other| other.usb == port.usb).count();
    let id = match &port.usb {
        Some(usb) if alike == 1 => format!("{USB}{usb}"),
        _ => port.path.clone(),
    };
    let name = match port.description.trim() {
        "" => port.path.clone(),
        said => format!("{said} ({})", port.path),
    };
    SerialPort { id, name }
}

impl SerialScanners for MachinePorts {
    fn list(&self) -> Result<Vec<SerialPort>, Problem> {
        let known = match ports() {
            Ok(known) => known,
            // Those that were named can be listened to all the same.
            Err(_) if !self.further.is_empty() => Vec::new(),
            Err(fault) => return Err(Problem::new(fault.code, fault.message)),
        };
        let further = self.further.iter().map(|path| SerialPort {
            id: path.clone(),
            name: path.clone(),
        });
        Ok(known
            .iter()
            .map(|port| listed(&known, port))
            .chain(further)
            .collect())
    }

    fn listen(&self, id: &str, baud: u32) -> Box<dyn SerialListening> {
        let port = match id.strip_prefix(USB) {
            Some(usb) => PortChoice::Usb(usb.to_owned()),
            None => PortChoice::Path(id.to_owned()),
        };
        let settings = SerialSettings {
            baud,
            ..SerialSettings::of(port)
        };
        Box::new(Ear(SerialScanner::start(
            settings,
            Arc::new(Stopwatch::start()),
        )))
    }
}

struct Ear(SerialScanner);

impl SerialListening for Ear {
    fn next(&mut self, timeout: Duration) -> Option<SerialTold> {
        Some(match self.0.next(timeout)? {
            Heard::Text(text) => SerialTold::Text(text),
            Heard::TooLong => SerialTold::TooLong,
            Heard::State(state) => SerialTold::State {
                state: state.word(),
                message: message_of(&state),
            },
        })
    }
}

fn message_of(state: &State) -> Option<String> {
    match state {
        State::Lost(fault) | State::Busy(fault) => Some(fault.message.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(path: &str, description: &str, usb: Option<&str>) -> PortName {
        PortName {
            path: path.to_owned(),
            description: description.to_owned(),
            usb: usb.map(str::to_owned),
        }
    }

    #[test]
    fn ports_are_named_by_what_hangs_on_them_unless_two_are_the_same() {
        let known = [
            port("/dev/ttyACM0", "Scanner One", Some("0c2e:0aaf")),
            port("/dev/ttyACM1", "Scanner Two", Some("05e0:1701")),
            port("/dev/ttyACM2", "Scanner Two", Some("05e0:1701")),
            port("/dev/ttyS0", "", None),
        ];
        let told: Vec<(String, String)> = known
            .iter()
            .map(|port| listed(&known, port))
            .map(|port| (port.id, port.name))
            .collect();
        let wanted = [
            ("usb:0c2e:0aaf", "Scanner One (/dev/ttyACM0)"),
            ("/dev/ttyACM1", "Scanner Two (/dev/ttyACM1)"),
            ("/dev/ttyACM2", "Scanner Two (/dev/ttyACM2)"),
            ("/dev/ttyS0", "/dev/ttyS0"),
        ];
        assert_eq!(
            told,
            wanted.map(|(id, name)| (id.to_owned(), name.to_owned()))
        );
    }
}
