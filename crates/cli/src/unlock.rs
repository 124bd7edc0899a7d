//! Which workspace a command works in, and the key to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use gatehouse_api::{EventHome, Problem, Surroundings, Workspace};
use gatehouse_credential::vault::{Protector, VaultError};
use gatehouse_domain::id::WorkspaceId;
use gatehouse_machine as machine;

use crate::output;

/// Which workspace.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataArgs {
    /// The workspace's folder.
    #[arg(long, value_name = "DIR", env = "GATEHOUSE_DATA")]
    pub(crate) data: PathBuf,
}

/// Which event of which workspace.
#[derive(Debug, Clone, Args)]
pub(crate) struct EventArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    /// The event: its id, the beginning of its id, or its title.
    #[arg(long, value_name = "EVENT")]
    pub(crate) event: String,
}

impl DataArgs {
    /// Opens the workspace.
    pub(crate) fn open(&self) -> anyhow::Result<Arc<Workspace>> {
        Ok(machine::open(&self.data, machine::surroundings())?)
    }
}

impl EventArgs {
    /// Opens the event at its home.
    pub(crate) fn open(&self) -> anyhow::Result<EventHome> {
        Ok(self.data.open()?.open_event(&self.event)?)
    }
}

/// Makes a workspace, locked in the best way that this machine has.
pub(crate) fn create(
    dir: &Path,
    name: &str,
    surroundings: Surroundings,
) -> anyhow::Result<Arc<Workspace>> {
    Ok(machine::create(dir, name, surroundings, output::notice)?)
}

/// Locks a vault in the best way that this machine has.
pub(crate) fn protect<T>(
    id: WorkspaceId,
    lock: impl Fn(Protector<'_>) -> Result<T, VaultError>,
) -> Result<T, Problem> {
    machine::protect(id, lock, output::notice)
}
