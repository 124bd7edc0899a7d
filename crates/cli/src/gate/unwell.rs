//! What a gate without a window says of its camera and its scanner when they are not well.

use gatehouse_gate::State;
use serde_json::json;

use super::GateArgs;
use crate::output::{self, say};

/// What codes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Device {
    /// What `--source` names.
    Camera,
    /// What `--scanner` names.
    Scanner,
}

impl Device {
    fn word(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Scanner => "scanner",
        }
    }
}

/// Says of a device when it is not well, and when it is again; of one that is well all along, and
/// of one that is over, nothing.
#[derive(Debug)]
pub(super) struct Complaints {
    json: bool,
    device: Device,
    unwell: bool,
}

impl Complaints {
    pub(super) fn of(args: &GateArgs, device: Device) -> Self {
        Self {
            json: args.json,
            device,
            unwell: false,
        }
    }

    /// The device is in another state than before.
    pub(super) fn hear(&mut self, state: &State) -> anyhow::Result<()> {
        let well = match state {
            State::Opening | State::Ended(_) => return Ok(()),
            State::Ok => true,
            State::Lost(_) | State::Busy(_) | State::Black | State::Frozen => false,
        };
        if well && !self.unwell {
            return Ok(());
        }
        self.unwell = !well;
        let fault = state.fault();
        let message = fault.map_or(usual(self.device, state), |fault| fault.message.as_str());
        self.tell(state.word(), fault.map(|fault| fault.code), message)
    }

    /// A text came that no code is as long as.
    pub(super) fn too_long(&self) -> anyhow::Result<()> {
        let message = "A text that is longer than any code was passed over. Scan the code again.";
        self.tell("too_long", None, message)
    }

    fn tell(&self, state: &str, fault: Option<&str>, message: &str) -> anyhow::Result<()> {
        let device = self.device.word();
        tracing::info!(device, state, fault, "what codes come from");
        if self.json {
            return output::print_json(&json!({
                device: state,
                "fault": fault,
                "message": message,
            }));
        }
        say!("{} {}", device.to_uppercase(), state.to_uppercase());
        match fault {
            Some(fault) => say!("{message} [{fault}]"),
            None => say!("{message}"),
        }
        Ok(())
    }
}

/// What is said of a state where the driver says nothing.
fn usual(device: Device, state: &State) -> &'static str {
    match (device, state) {
        (_, State::Black) => {
            "The camera sees no light. Take away what covers it, or light the door."
        }
        (_, State::Frozen) => "The camera's picture stands still. It is opened again meanwhile.",
        (Device::Camera, _) => "The camera works again.",
        (Device::Scanner, _) => "The scanner works again.",
    }
}
