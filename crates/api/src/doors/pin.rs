//! The supervisor's PIN, and what keeps it from being guessed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use gatehouse_credential::password::{hash_password, verify_password};
use gatehouse_domain::door::{WrongPins, check_pin};
use gatehouse_domain::field::FieldErrors;
use gatehouse_domain::id::DeviceId;
use gatehouse_store::Lane;

use crate::home::EventHome;
use crate::problem::Problem;

/// Wrong PINs at an event's doors.
#[derive(Debug, Default)]
pub(crate) struct PinTries(Mutex<Tries>);

#[derive(Debug)]
struct Tries {
    /// At each gate that is known; what was tried at none stands under none.
    at: HashMap<Option<DeviceId>, WrongPins>,
    in_all: WrongPins,
}

impl Default for Tries {
    fn default() -> Self {
        Self {
            at: HashMap::new(),
            in_all: WrongPins::in_all(),
        }
    }
}

impl PinTries {
    /// Checks a PIN against its hash at `now` (UTC ms). After a few wrong ones at a gate, none is
    /// looked at there for some minutes; other gates go on.
    pub(super) fn check(
        &self,
        gate: Option<DeviceId>,
        pin: &str,
        hash: Option<&str>,
        now: i64,
    ) -> Result<(), Problem> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = tries.at.get(&gate).copied();
        let here = here.unwrap_or(WrongPins::at_a_gate());
        if here.is_locked(now) || tries.in_all.is_locked(now) {
            return Err(Problem::new(
                "pin_locked",
                "too many wrong PINs; wait five minutes, then try again. Nothing was decided",
            ));
        }
        let Some(hash) = hash else {
            return Err(Problem::new(
                "pin_missing",
                "this event has no supervisor's PIN; the office sets one",
            ));
        };
        if pin.len() <= 64 && verify_password(pin, hash) {
            tries.at.remove(&gate);
            return Ok(());
        }
        tries.at.insert(gate, here.and_one(now));
        tries.in_all = tries.in_all.and_one(now);
        Err(Problem::new(
            "pin_wrong",
            "this is not the supervisor's PIN; nothing was decided",
        ))
    }
}

impl EventHome {
    /// Sets the supervisor's PIN for this event's doors, or removes it.
    pub fn set_door_pin(&self, pin: Option<&str>) -> Result<(), Problem> {
        let hash = match pin {
            None => None,
            Some(pin) => {
                let mut errors = Vec::new();
                check_pin(pin, &mut errors);
                FieldErrors::check(errors)?;
                let cost = self.workspace().surroundings().password_cost;
                let hash = hash_password(pin, cost).ok_or_else(|| {
                    Problem::new(
                        "memory_short",
                        "there is too little memory to keep a PIN safely",
                    )
                })?;
                Some(hash)
            }
        };
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "set door pin", None);
        self.file().command(Lane::Edit, meta, move |change| {
            change.set_door_pin(hash.as_deref())?;
            Ok::<_, Problem>(())
        })
    }

    /// Checks the supervisor's PIN, as it was typed at the gate of that name.
    pub fn check_door_pin(&self, gate: &str, pin: &str) -> Result<(), Problem> {
        let (hash, devices) = self
            .file()
            .read(|view| Ok::<_, Problem>((view.door_pin()?, view.devices()?)))?;
        let known = devices.into_iter().find(|device| device.name == gate);
        let gate = known.map(|device| device.id);
        self.pins().check(gate, pin, hash.as_deref(), self.now())
    }
}
