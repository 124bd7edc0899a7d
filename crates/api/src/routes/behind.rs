//! What stands behind the routes of a gate's window: an office with its events, or one gate alone.
//! Both answer the same paths with the same handlers.

use std::ops::Deref;
use std::sync::Arc;

use axum::Json;
use axum::extract::FromRef;
use gatehouse_domain::id::EventId;
use gatehouse_store::event::EventFile;

use super::door::{Answer, Door, aside};
use super::gates::{DESK, announce};
use super::live::Live;
use super::lone::LoneDoor;
use super::refusal::Refusal;
use super::signed::Person;
use crate::cameras::Cameras;
use crate::doors::{Gate, OfficeLine, Shown};
use crate::outlying::Ahead;
use crate::problem::Problem;
use crate::serials::SerialScanners;

/// An office, or a gate alone.
#[derive(Debug, Clone)]
pub(super) enum Behind {
    Office(Arc<Door>),
    Alone(Arc<LoneDoor>),
}

impl FromRef<Arc<Door>> for Behind {
    fn from_ref(door: &Arc<Door>) -> Self {
        Self::Office(Arc::clone(door))
    }
}

impl FromRef<Arc<LoneDoor>> for Behind {
    fn from_ref(door: &Arc<LoneDoor>) -> Self {
        Self::Alone(Arc::clone(door))
    }
}

/// A gate that is open.
pub(super) enum OpenGate {
    /// One of this home's.
    Here(Box<Gate>),
    /// The one that this machine is.
    Alone(Arc<Gate>),
}

impl Deref for OpenGate {
    type Target = Gate;

    fn deref(&self) -> &Gate {
        match self {
            Self::Here(gate) => gate,
            Self::Alone(gate) => gate,
        }
    }
}

/// The refusal of what a gate alone can't do.
pub(super) fn office_needed() -> Problem {
    Problem::new(
        "office_needed",
        "this machine is a gate away from its office, and only the office can do this; nothing was \
         changed",
    )
}

impl Behind {
    /// The gate of this name, as `by` acts at it; registered when it is new. A gate alone is the
    /// one that it is, whatever name is said.
    pub(super) fn gate(
        &self,
        by: &Person,
        event: EventId,
        name: Option<&str>,
    ) -> Result<OpenGate, Problem> {
        match self {
            Self::Office(door) => {
                let gate = door.act(by, event)?.open_gate(name.unwrap_or(DESK))?;
                Ok(OpenGate::Here(Box::new(gate)))
            }
            Self::Alone(door) => Ok(OpenGate::Alone(door.gate(event)?)),
        }
    }

    /// The file that the event's gates write here.
    pub(super) fn file(&self, event: EventId) -> Result<EventFile, Problem> {
        match self {
            Self::Office(door) => Ok(door.event(event)?.file().clone()),
            Self::Alone(door) => Ok(door.gate(event)?.file().clone()),
        }
    }

    /// The office's door.
    pub(super) fn office(&self) -> Result<&Door, Problem> {
        match self {
            Self::Office(door) => Ok(door),
            Self::Alone(_) => Err(office_needed()),
        }
    }

    pub(super) fn live(&self) -> &Live {
        match self {
            Self::Office(door) => &door.live,
            Self::Alone(door) => &door.live,
        }
    }

    /// The machine's cameras, where the program brought them.
    pub(super) fn cameras(&self) -> Option<Arc<dyn Cameras>> {
        match self {
            Self::Office(door) => door.cameras.get().cloned(),
            Self::Alone(door) => door.cameras.get().cloned(),
        }
    }

    /// The machine's serial scanners, where the program brought them.
    pub(super) fn serials(&self) -> Option<Arc<dyn SerialScanners>> {
        match self {
            Self::Office(door) => door.serials.get().cloned(),
            Self::Alone(door) => door.serials.get().cloned(),
        }
    }

    /// How a gate alone stands with its office.
    pub(super) fn office_line(&self) -> Option<OfficeLine> {
        match self {
            Self::Office(_) => None,
            Self::Alone(door) => Some(door.outlying.line()),
        }
    }

    /// What a gate alone was given ahead and still has; none at the office.
    pub(super) fn ahead(&self) -> Option<Ahead> {
        match self {
            Self::Office(_) => None,
            Self::Alone(door) => Some(door.outlying.ahead()),
        }
    }

    /// Checks the supervisor's PIN, as it was typed at the gate of that name.
    pub(super) fn check_pin(
        &self,
        by: &Person,
        event: EventId,
        (gate, pin): (Option<&str>, &str),
    ) -> Result<(), Problem> {
        match self {
            Self::Office(door) => {
                let home = door.act(by, event)?;
                home.check_door_pin(gate.unwrap_or(DESK), pin)
            }
            Self::Alone(door) => door.gate(event)?.check_pin(pin),
        }
    }

    /// Tells of a decision: those who listen, and the office of a gate alone.
    pub(super) fn tell(&self, event: EventId, shown: &Shown) {
        announce(self.live(), event, shown);
        if let Self::Alone(door) = self {
            door.outlying.decided();
        }
    }

    /// Runs what waits for the disk where it holds nobody up.
    pub(super) async fn blocking<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Refusal> {
        aside(move || work(&self)).await
    }

    /// As [`Self::blocking`], with a JSON answer.
    pub(super) async fn answer<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Answer<T> {
        self.blocking(work).await.map(Json)
    }
}
