//! The application's place in the tray, where it goes on when its windows are closed.

use tauri::menu::MenuBuilder;
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Runtime};

use crate::menu;
use crate::windows::show_office;
use crate::words::Words;

/// Whether the application is in the tray, and so goes on without windows.
pub(crate) struct InTray;

/// Whether this system shows a tray to the person.
///
/// Some Linux desktops have none: there the application ends with its last window, because nobody
/// could find it again.
#[cfg(target_os = "linux")]
pub(crate) fn is_shown() -> bool {
    let watched = || -> zbus::Result<bool> {
        let bus = zbus::blocking::Connection::session()?;
        let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        Ok(names.name_has_owner("org.kde.StatusNotifierWatcher".try_into()?)?)
    };
    watched().unwrap_or(false)
}

/// Whether this system shows a tray to the person.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_shown() -> bool {
    true
}

/// Puts the application into the tray.
pub(crate) fn enter<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let words = Words::of_this_system();
    let menu = MenuBuilder::new(app)
        .text(menu::OFFICE, words.open)
        .text(menu::NEW_GATE, words.new_gate)
        .separator()
        .text(menu::QUIT, words.quit)
        .build()?;
    let mut tray = TrayIconBuilder::with_id("gatehouse")
        .tooltip("Gatehouse")
        .menu(&menu)
        .show_menu_on_left_click(false)
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
                && let Err(error) = show_office(tray.app_handle(), None)
            {
                log::error!("the office could not be shown: {error}");
            }
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}
