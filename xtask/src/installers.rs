//! `cargo xtask installers`: packages that people install, for the system that this runs on.

use std::path::PathBuf;

use crate::command::{Stop, built, cargo, must, program, root, target_dir};
use crate::{setup, ui};

/// The packages that can be made without the internet, on the system that this runs on.
const KINDS: &str = if cfg!(windows) {
    "nsis"
} else if cfg!(target_os = "macos") {
    "app,dmg"
} else {
    "deb,rpm"
};

/// Builds the interface and the application, and packs both.
pub(crate) fn make(kinds: Option<&str>) -> Result<(), Stop> {
    setup::for_installers()?;
    ui::build()?;
    let release = write_release(|name| std::env::var(name).ok())?;
    let tauri = |words: &[&str]| {
        let mut command = cargo();
        command.current_dir(root().join("src-tauri"));
        command.arg("tauri").args(words);
        if let Some(release) = &release {
            command.arg("--config").arg(release);
        }
        command
    };
    must(tauri(&["build", "--no-bundle"]).args(["--", "--locked"]))?;
    // Lines of the source are four fifths of the program; a report of a failure names functions
    // without them. Windows keeps them in a file of their own anyway.
    if cfg!(unix) {
        must(
            program("strip")
                .arg("-S")
                .arg(built("release", "gatehouse-desktop")),
        )?;
    }
    must(&mut tauri(&["bundle", "--bundles", kinds.unwrap_or(KINDS)]))?;
    println!(
        "The packages are in {}",
        target_dir().join("release").join("bundle").display()
    );
    Ok(())
}

/// Writes down what only a release has, and what the environment knows of it: where newer versions
/// are and whose key signs them, and the certificate that Windows asks for.
fn write_release(known: impl Fn(&str) -> Option<String>) -> Result<Option<PathBuf>, Stop> {
    let Some(text) = release(known)? else {
        return Ok(None);
    };
    let path = target_dir().join("release.conf.json");
    let written = std::fs::create_dir_all(target_dir()).and_then(|()| std::fs::write(&path, text));
    written.map_err(|error| Stop::new(format!("{}: {error}", path.display())))?;
    Ok(Some(path))
}

fn release(known: impl Fn(&str) -> Option<String>) -> Result<Option<String>, Stop> {
    let value = |name: &str| -> Result<Option<String>, Stop> {
        match known(name).filter(|value| !value.is_empty()) {
            Some(value) if value.contains(['"', '\\']) || value.contains(char::is_control) => {
                Err(Stop::new(format!("{name} holds what no such value does")))
            }
            found => Ok(found),
        }
    };
    let mut bundle = Vec::new();
    let mut parts = Vec::new();
    match (value("UPDATE_ADDRESS")?, value("UPDATE_PUBLIC_KEY")?) {
        (Some(address), Some(key)) => {
            bundle.push("\"createUpdaterArtifacts\":true".to_owned());
            parts.push(format!(
                "\"plugins\":{{\"updater\":{{\"endpoints\":[\"{address}\"],\"pubkey\":\"{key}\"}}}}"
            ));
        }
        (None, None) => {}
        _ => {
            return Err(Stop::new(
                "UPDATE_ADDRESS and UPDATE_PUBLIC_KEY go together: set both or none",
            ));
        }
    }
    if let Some(thumbprint) = value("WINDOWS_CERTIFICATE_THUMBPRINT")? {
        bundle.push(format!(
            "\"windows\":{{\"certificateThumbprint\":\"{thumbprint}\",\"digestAlgorithm\":\"sha256\"}}"
        ));
    }
    if !bundle.is_empty() {
        parts.push(format!("\"bundle\":{{{}}}", bundle.join(",")));
    }
    Ok((!parts.is_empty()).then(|| format!("{{{}}}\n", parts.join(","))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(known: &[(&str, &str)]) -> Result<Option<String>, String> {
        let find = |name: &str| {
            let value = known.iter().find(|(known, _)| *known == name);
            value.map(|(_, value)| (*value).to_owned())
        };
        release(find).map_err(|stop| stop.to_string())
    }

    #[test]
    fn a_build_at_home_knows_of_no_release() {
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(of(&[("UPDATE_ADDRESS", "")]), Ok(None));
    }

    #[test]
    fn a_release_says_where_newer_versions_are() {
        let told = of(&[
            ("UPDATE_ADDRESS", "https://updates.example/{{target}}"),
            ("UPDATE_PUBLIC_KEY", "abc="),
            ("WINDOWS_CERTIFICATE_THUMBPRINT", "0A"),
        ]);
        let expected = concat!(
            r#"{"plugins":{"updater":{"endpoints":["https://updates.example/{{target}}"],"pubkey":"abc="}},"#,
            r#""bundle":{"createUpdaterArtifacts":true,"#,
            r#""windows":{"certificateThumbprint":"0A","digestAlgorithm":"sha256"}}}"#,
            "\n"
        );
        assert_eq!(told, Ok(Some(expected.to_owned())));
    }

    #[test]
    fn half_a_release_is_refused() {
        let half = of(&[("UPDATE_PUBLIC_KEY", "abc=")]).expect_err("half");
        assert!(half.contains("go together"), "{half}");
        let wrong = of(&[("WINDOWS_CERTIFICATE_THUMBPRINT", "\"")]).expect_err("a quote");
        assert!(wrong.contains("WINDOWS_CERTIFICATE_THUMBPRINT"), "{wrong}");
    }
}
