//! The workspace of this machine: found, opened, or made on the first start.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatehouse_api::{Problem, Workspace, finish_restore};
use tauri::path::PathResolver;
use tauri::{Manager, Runtime};

/// The name of a gate's folder.
const GATE: &str = "gate";

/// Where a gate lives on a machine that is one: within the folder that was named, or beside the
/// person's own.
pub(crate) fn gate_folder(named: Option<&Path>, office: &Path) -> PathBuf {
    match named {
        Some(folder) => folder.join(GATE),
        None => office.with_file_name(GATE),
    }
}

/// The folder that was named, or the person's own.
pub(crate) fn folder<R: Runtime, M: Manager<R>>(
    named: Option<&Path>,
    manager: &M,
) -> Result<PathBuf, Problem> {
    if let Some(folder) = named {
        return Ok(folder.to_owned());
    }
    let paths: &PathResolver<R> = manager.path();
    let data = paths.local_data_dir().map_err(|_| {
        Problem::new(
            "data_folder_missing",
            "this machine has no folder for the user's data; name one with --data",
        )
    })?;
    Ok(data.join("Gatehouse").join("office"))
}

/// Opens the workspace in `folder`, or makes one there that is named after the machine. One that was
/// made ready to be restored takes its place before.
pub(crate) fn open_or_create(folder: &Path) -> Result<Arc<Workspace>, Problem> {
    finish_restore(folder)?;
    let surroundings = gatehouse_machine::surroundings();
    match gatehouse_machine::open(folder, surroundings.clone()) {
        Err(problem) if problem.code == "workspace_unknown" => {
            let name = name_of(&surroundings.machine);
            gatehouse_machine::create(folder, name, surroundings.clone(), |_| {
                // Without the path, which has the person's name in it.
                log::warn!("no keyring here: the key is in a file among the user's own data");
            })
        }
        opened => opened,
    }
}

/// The machine's name without its domain, which names a network and not a desk.
fn name_of(machine: &str) -> &str {
    match machine.split('.').next() {
        Some(name) if !name.trim().is_empty() => name.trim(),
        _ => "Gatehouse",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_named_after_its_desk() {
        for (machine, name) in [
            ("front-desk", "front-desk"),
            ("front-desk.venue.example", "front-desk"),
            ("", "Gatehouse"),
            (" .local", "Gatehouse"),
        ] {
            assert_eq!(name_of(machine), name, "{machine}");
        }
    }
}
