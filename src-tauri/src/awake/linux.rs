//! The desktop's screen saver and systemd's login manager, each on its bus.

use zbus::blocking::Connection;
use zbus::zvariant::OwnedFd;

use super::WHY;

const NAME: &str = "Gatehouse";

/// What keeps the machine awake until it is dropped.
pub(super) struct Held {
    /// The screen saver forgets a wish when whoever made it leaves the bus.
    _display: Option<Connection>,
    /// The login manager forgets a wish when its file is closed.
    _machine: Option<OwnedFd>,
}

/// Asks both; one that is not there does not keep the other from being asked.
pub(super) fn hold() -> Held {
    Held {
        _display: keep_display()
            .inspect_err(|error| log::info!("nothing keeps the display on: {error}"))
            .ok(),
        _machine: keep_machine()
            .inspect_err(|error| log::info!("nothing keeps the machine awake: {error}"))
            .ok(),
    }
}

/// `org.freedesktop.ScreenSaver`, which GNOME, KDE and others answer to.
fn keep_display() -> zbus::Result<Connection> {
    let bus = Connection::session()?;
    let screen_saver = Some("org.freedesktop.ScreenSaver");
    let place = "/org/freedesktop/ScreenSaver";
    bus.call_method(screen_saver, place, screen_saver, "Inhibit", &(NAME, WHY))?;
    Ok(bus)
}

/// `org.freedesktop.login1`: against falling asleep for want of something to do. Whoever puts the
/// machine to sleep on purpose may.
fn keep_machine() -> zbus::Result<OwnedFd> {
    let bus = Connection::system()?;
    let answer = bus.call_method(
        Some("org.freedesktop.login1"),
        "/org/freedesktop/login1",
        Some("org.freedesktop.login1.Manager"),
        "Inhibit",
        &("idle", NAME, WHY, "block"),
    )?;
    answer.body().deserialize()
}
