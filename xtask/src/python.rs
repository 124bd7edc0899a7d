//! A Python of the tests' own: readers of codes, tokens, calendars and pages
//! that share no code with ours, so that they can contradict it.

use std::path::PathBuf;

use crate::command::{find, must, program, read, root, target_dir};
use crate::sha256::hex_digest;

/// The variable through which tests learn where that Python is.
pub(crate) const VARIABLE: &str = "GATEHOUSE_PYTHON";

/// Makes the environment with the packages of `tests/requirements.txt`, unless
/// it is there and up to date; its Python, or why there is none.
pub(crate) fn prepare() -> Result<PathBuf, String> {
    let list = root().join("tests").join("requirements.txt");
    let wanted =
        std::fs::read(&list).map_err(|error| format!("tests/requirements.txt: {error}"))?;
    let base = find("python3")
        .or_else(|| find("python"))
        .ok_or_else(|| "there is no Python on this machine".to_owned())?;
    let version = read(program(&base).arg("--version"))
        .ok_or_else(|| format!("{} does not start", base.display()))?;

    let folder = target_dir().join("venv");
    let python = if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    };
    let stamp = folder.join("gatehouse-stamp");
    let fresh = format!("{} {}", version.trim(), hex_digest(&wanted));
    if python.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|found| found == fresh) {
        return Ok(python);
    }

    // Half an environment, or one of another version, is no start for a new one.
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", folder.display()));
        }
        _ => {}
    }
    must(program(&base).args(["-m", "venv"]).arg(&folder)).map_err(|stop| stop.to_string())?;
    // Wheels alone: building from source would want compilers and headers.
    must(
        program(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
            ])
            .args(["--only-binary", ":all:", "--requirement"])
            .arg(&list),
    )
    .map_err(|stop| stop.to_string())?;
    std::fs::write(&stamp, fresh).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(python)
}
