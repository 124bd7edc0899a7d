//! A second start: what it was given goes to the application that runs already.
//!
//! The single-instance plugin does the same, but only once the toolkit is up, and ending a program in
//! the middle of that start can fail in the toolkit's own libraries. Asked before it, a second start
//! touches nothing at all.

/// The interface that the plugin serves on the session's bus.
#[cfg(target_os = "linux")]
const INTERFACE: &str = "org.SingleInstance.DBus";

/// Hands this start's words to the application of this identifier; says whether one took them.
#[cfg(target_os = "linux")]
pub(crate) fn is_taken_over(identifier: &str) -> bool {
    let name = format!("{identifier}.SingleInstance");
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let words: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let folder = std::env::current_dir()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let handed = zbus::blocking::Connection::session().and_then(|bus| {
        bus.call_method(
            Some(name.as_str()),
            path.as_str(),
            Some(INTERFACE),
            "ExecuteCallback",
            &(words, folder),
        )
    });
    handed.is_ok()
}

/// Elsewhere the plugin ends a second start soon enough.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_taken_over(_identifier: &str) -> bool {
    false
}
