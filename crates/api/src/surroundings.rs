//! What the use cases take from the machine around them: time, randomness, names, progress.

use std::sync::Arc;

use gatehouse_credential::password::ACCOUNT_COST;
use gatehouse_credential::vault::{PassphraseCost, Protection, Vault};
use gatehouse_domain::clock::Clock;
use gatehouse_domain::id::{Entropy, IdMint, Route, WorkspaceId};

use crate::problem::Problem;

/// Fills bytes unpredictably; shared by every use case of a workspace.
type RandomSource = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Locks a workspace's vault in the best way that the machine has.
pub type ProtectVault =
    Arc<dyn Fn(WorkspaceId, &Vault) -> Result<Protection, Problem> + Send + Sync>;

/// What a machine runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Power {
    /// Whether it is plugged in.
    pub mains: bool,
    /// How full its battery is, 0 to 100; none where it has none or does not tell.
    pub percent: Option<u8>,
}

/// Tells what the machine runs on; none where it can't tell.
pub type TellPower = Arc<dyn Fn() -> Option<Power> + Send + Sync>;

/// Time, randomness, and who sits where.
#[derive(Clone)]
pub struct Surroundings {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    random: RandomSource,
    /// Who acts, for the audit.
    pub actor: String,
    /// On which machine.
    pub machine: String,
    /// What a password of an account costs to check.
    pub password_cost: PassphraseCost,
    /// Where the machine keeps keys, so that it can take over another machine's workspace.
    pub protect: Option<ProtectVault>,
    /// What the machine runs on, where there is a way to tell.
    pub power: Option<TellPower>,
}

impl std::fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings")
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}

impl Surroundings {
    /// Surroundings with the given time and randomness.
    pub fn new(
        clock: Arc<dyn Clock>,
        random: impl Fn(&mut [u8]) + Send + Sync + 'static,
        actor: impl Into<String>,
        machine: impl Into<String>,
    ) -> Self {
        Self {
            clock,
            random: Arc::new(random),
            actor: actor.into(),
            machine: machine.into(),
            password_cost: ACCOUNT_COST,
            protect: None,
            power: None,
        }
    }

    /// The time now, UTC ms.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// By how much somebody set the machine's clock while the program runs, ms: [`Self::now`] goes
    /// on by the time that it had. 0 where nobody did.
    #[must_use]
    pub fn clock_set_by(&self) -> i64 {
        self.clock.set_by_ms()
    }

    /// The randomness as a value of its own.
    #[must_use]
    pub fn entropy(&self) -> Box<dyn Entropy> {
        let random = Arc::clone(&self.random);
        Box::new(move |bytes: &mut [u8]| random(bytes))
    }

    /// A mint for the ids of the event with this route.
    #[must_use]
    pub fn mint(&self, route: Route) -> IdMint {
        IdMint::new(route, self.entropy())
    }

    /// A mint for an event to be.
    #[must_use]
    pub fn mint_for_new_event(&self) -> IdMint {
        IdMint::for_new_event(self.entropy())
    }
}

/// Hears how far something long is, and may call it off.
pub trait Progress: Sync {
    /// A step begins that will take `total` units.
    fn begin(&self, step: &str, total: u64);
    /// So many units are done in all.
    fn reach(&self, done: u64);
    /// The step is over.
    fn end(&self);
    /// Whether the person wants to stop; what is done stays, and the same command goes on.
    fn stopped(&self) -> bool {
        false
    }
}

/// Hears nothing and stops nothing.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _step: &str, _total: u64) {}
    fn reach(&self, _done: u64) {}
    fn end(&self) {}
}
