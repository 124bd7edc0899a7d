//! The supervisor's PIN, and what keeps it from being guessed.

use std::sync::{Mutex, PoisonError};

use gatehouse_credential::password::{hash_password, verify_password};
use gatehouse_domain::account::locked_until;
use gatehouse_domain::door::check_pin;
use gatehouse_domain::field::FieldErrors;
use gatehouse_store::Lane;

use crate::home::EventHome;
use crate::problem::Problem;

/// Wrong PINs in a row, and until when no other is looked at.
#[derive(Debug, Default)]
pub(crate) struct PinTries(Mutex<Tries>);

#[derive(Debug, Default)]
struct Tries {
    failures: u32,
    locked_until: Option<i64>,
}

impl PinTries {
    /// Checks a PIN against its hash at `now` (UTC ms); after a few wrong ones, none is looked at
    /// for a while, and for twice as long after each further one.
    pub(super) fn check(&self, pin: &str, hash: Option<&str>, now: i64) -> Result<(), Problem> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.locked_until.is_some_and(|until| now < until) {
            return Err(Problem::new(
                "pin_locked",
                "too many wrong PINs; wait a while, then try again. Nothing was decided",
            ));
        }
        let Some(hash) = hash else {
            return Err(Problem::new(
                "pin_missing",
                "this event has no supervisor's PIN; the office sets one",
            ));
        };
        if pin.len() <= 64 && verify_password(pin, hash) {
            *tries = Tries::default();
            return Ok(());
        }
        tries.failures = tries.failures.saturating_add(1);
        tries.locked_until = locked_until(tries.failures, now);
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

    /// Checks the supervisor's PIN.
    pub fn check_door_pin(&self, pin: &str) -> Result<(), Problem> {
        let hash = self.file().read(|view| view.door_pin())?;
        self.pins().check(pin, hash.as_deref(), self.now())
    }
}
