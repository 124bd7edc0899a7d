//! A machine that is a gate of another machine's event: enrolled from the office's window, opened
//! in the office's place from then on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatehouse_api::{Enrolling, Outlying, Problem};
use gatehouse_gate::outpost::{Alone, Company, Leaving, Outpost, Talk, is_outpost, this_machine};
use gatehouse_machine as machine;

/// Says that this machine is a gate: its window is shown where else the office's is.
pub(crate) struct Station;

/// Makes this machine a gate, in a folder of its own.
#[derive(Debug)]
pub(crate) struct Enroller {
    folder: PathBuf,
}

impl Enroller {
    /// For a gate in `folder`.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl Enrolling for Enroller {
    fn enrol(&self, code: &str, name: &str) -> Result<(), Problem> {
        let ticket = code.parse()?;
        let info = this_machine(env!("CARGO_PKG_VERSION"));
        let made = Outpost::enrol(
            &self.folder,
            &ticket,
            name,
            &info,
            machine::surroundings(),
            &|device| {
                machine::protect_device(device, |_| {
                    // Without the path, which has the person's name in it.
                    log::warn!("no keyring here: the key is in a file among the user's own data");
                })
            },
        );
        match made {
            Ok(_) => Ok(()),
            // The office knows it already and its code is used up: the list comes later.
            Err(problem) if is_outpost(&self.folder) && problem.code != "gate_exists" => {
                log::warn!("the gate has no guest list yet: {}", problem.code);
                Ok(())
            }
            Err(problem) => Err(problem),
        }
    }
}

/// Opens the gate that lives in `folder`, and begins to talk to its office; `leaving` is called
/// once its window ended it.
pub(crate) fn open(folder: &Path, leaving: Leaving) -> Result<Arc<dyn Outlying>, Problem> {
    let outpost = Outpost::open(folder, machine::surroundings(), &machine::unlock_device)?;
    let leaving = Some((folder.to_owned(), leaving));
    let mut company = Company::usual(&outpost);
    company.meeting.reached_at = machine::address_towards_the_network();
    let company = Some(company);
    let alone = Alone::begin(outpost, Talk::watched(), company, leaving, |done| {
        if done.doubles > 0 {
            log::warn!("{} tickets were let in elsewhere before", done.doubles);
        }
    })?;
    Ok(alone)
}
