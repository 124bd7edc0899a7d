//! Gathers what the application is made of besides Rust: its interface, icons and permissions.

use std::path::Path;

use tauri_build::{AppManifest, Attributes};

/// The commands that pages may call; a capability has to grant each.
const COMMANDS: &[&str] = &[
    "api",
    "api_cancel",
    "subscribe",
    "stay_awake",
    "printers",
    "print_file",
    "print_badge",
    "restart",
    "open_gate",
    "kiosk",
    "starts_with_machine",
    "start_with_machine",
];
/// Where the interface is when it has been built.
const INTERFACE: &str = "../ui/dist";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed={INTERFACE}");
    if !Path::new(INTERFACE).join("index.html").is_file() {
        return Err("the interface is not built: `npm ci && npm run build` in ui".into());
    }
    let manifest = AppManifest::new().commands(COMMANDS);
    Ok(tauri_build::try_build(
        Attributes::new().app_manifest(manifest),
    )?)
}
