//! The application as a person starts it: the real program, its real window, on a screen of its own.

#![allow(
    clippy::print_stderr,
    reason = "a test that can't run says so on standard error"
)]

#[cfg(target_os = "linux")]
#[path = "window/asking.rs"]
mod asking;
#[cfg(target_os = "linux")]
#[path = "window/desk.rs"]
mod desk;
#[cfg(target_os = "linux")]
#[path = "window/first_day.rs"]
mod first_day;
#[cfg(target_os = "linux")]
#[path = "window/gate.rs"]
mod gate;
#[cfg(target_os = "linux")]
#[path = "window/night.rs"]
mod night;
#[cfg(target_os = "linux")]
#[path = "window/office.rs"]
mod office;
#[cfg(target_os = "linux")]
#[path = "window/station.rs"]
mod station;

#[cfg(not(target_os = "linux"))]
#[test]
fn the_window_shows_the_office() {
    eprintln!("SKIPPED: the window: there is no WebDriver for this system's webview here");
}
