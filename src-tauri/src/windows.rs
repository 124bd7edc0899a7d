//! The office's window, the gates' windows, and what their pages may do.

use tauri::webview::{NewWindowResponse, PageLoadEvent, PermissionKind, PermissionResponse};
use tauri::{AppHandle, Manager, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tauri_plugin_opener::OpenerExt;

use crate::awake::{Awake, Reason};
use crate::downloads;
use crate::kiosk::Kiosks;
use crate::place::Place;
use crate::running::Running;
use crate::speakers::Speakers;
use crate::standing::{self, Standing};
use crate::station::Station;
use crate::words::Words;

/// The label of the office's window.
pub(crate) const OFFICE: &str = "office";
/// The label of the first gate's window, and the beginning of the others'.
const GATE: &str = "gate";

/// Width and height, and the least of both, in logical pixels.
struct Extent {
    usual: (f64, f64),
    least: (f64, f64),
}

const OFFICE_EXTENT: Extent = Extent {
    usual: (1280.0, 800.0),
    least: (1024.0, 700.0),
};
const GATE_EXTENT: Extent = Extent {
    usual: (1024.0, 700.0),
    least: (640.0, 480.0),
};

/// Brings the office to the front, at `place` where one is given; makes its window where it is
/// closed. On a machine that is a gate there is no office: its gate comes to the front. While a window
/// is a kiosk, nothing comes before it.
pub(crate) fn show_office<R: Runtime>(
    app: &AppHandle<R>,
    place: Option<&Place>,
) -> tauri::Result<()> {
    if app.try_state::<Station>().is_some() {
        return show_station(app);
    }
    if app.state::<Kiosks>().any() {
        return Ok(());
    }
    if let Some(window) = app.get_webview_window(OFFICE) {
        if let Some(place) = place {
            window.eval(place.script())?;
        }
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    let start = Place::office();
    open(
        app,
        OFFICE,
        place.unwrap_or(&start),
        "Gatehouse",
        &OFFICE_EXTENT,
    )?;
    Ok(())
}

/// Brings the gate that this machine is to the front, on the whole screen.
fn show_station<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(GATE) {
        window.unminimize()?;
        window.show()?;
        return window.set_focus();
    }
    open_gate(app, &Place::gate())?;
    match app.get_webview_window(GATE) {
        Some(window) => window.set_fullscreen(true),
        None => Ok(()),
    }
}

/// Opens one more gate, at `place` of its page.
pub(crate) fn open_gate<R: Runtime>(app: &AppHandle<R>, place: &Place) -> tauri::Result<()> {
    let label = free_label(|label| app.get_webview_window(label).is_some());
    let title = format!("{} · Gatehouse", Words::of_this_system().gate);
    let window = open(app, &label, place, &title, &GATE_EXTENT)?;
    app.state::<Awake>().keep(&label, Reason::Gate);
    // At a door the whole window is the verdict. On macOS the menu is not in the window.
    if !cfg!(target_os = "macos") {
        window.hide_menu()?;
    }
    Ok(())
}

/// Makes a window a kiosk, or an ordinary one again: the whole screen, before every other window,
/// with nothing to move or close it by, until its page lets go of it.
pub(crate) fn set_kiosk<R: Runtime>(window: &WebviewWindow<R>, on: bool) -> tauri::Result<()> {
    let kiosks = window.state::<Kiosks>();
    kiosks.set(window.label(), on);
    let app = window.app_handle();
    let is_station = app.try_state::<Station>().is_some();
    let standing = app.state::<Standing>();
    // A gate of its own is shown again anyway, and its page knows what it was.
    if !is_station {
        let url = window.url()?;
        standing.keep_kiosk(on.then(|| url[url::Position::BeforePath..].to_owned()));
    }
    if on {
        standing::start_with_machine(app, &standing);
    }
    // On macOS items of the system's own, such as the one that hides the application, act without
    // asking: with a kiosk there is no menu.
    #[cfg(target_os = "macos")]
    {
        if kiosks.any() {
            app.remove_menu()?;
        } else if app.menu().is_none() {
            app.set_menu(crate::menu::build(app)?)?;
        }
    }
    window.set_decorations(!on)?;
    // A machine that is a gate has the whole screen for it, kiosk or not.
    window.set_fullscreen(on || is_station)?;
    window.set_always_on_top(on)?;
    window.set_closable(!on)?;
    window.set_minimizable(!on)
}

fn free_label(taken: impl Fn(&str) -> bool) -> String {
    (1..)
        .map(|n: u32| match n {
            1 => GATE.to_owned(),
            n => format!("{GATE}-{n}"),
        })
        .find(|label| !taken(label))
        .unwrap_or_default()
}

fn open<R: Runtime>(
    app: &AppHandle<R>,
    label: &str,
    place: &Place,
    title: &str,
    extent: &Extent,
) -> tauri::Result<WebviewWindow<R>> {
    let leaving = app.clone();
    let opening = app.clone();
    let title = title.to_owned();
    let untitled = title.clone();
    let window = WebviewWindowBuilder::new(app, label, WebviewUrl::App(place.address().into()))
        .title(title)
        .inner_size(extent.usual.0, extent.usual.1)
        .min_inner_size(extent.least.0, extent.least.1)
        .center()
        // The page takes dropped files itself.
        .disable_drag_drop_handler()
        .enable_clipboard_access()
        .on_navigation(move |url| is_ours(url) || send_away(&leaving, url))
        .on_new_window(move |url, _| {
            send_away(&opening, &url);
            NewWindowResponse::Deny
        })
        .on_document_title_changed(move |window, title| {
            let shown = if title.is_empty() { &untitled } else { &title };
            let _ = window.set_title(shown);
        })
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Started {
                window.state::<Running>().call_off_all(window.label());
                window.state::<Awake>().let_go(window.label(), Reason::Work);
                window.state::<Speakers>().forget(window.label());
                // A page that is a kiosk says so again; any other could not let go.
                window.state::<Kiosks>().set(window.label(), false);
            }
        })
        .on_download(|webview, event| downloads::take(&webview, event))
        .on_permission_request(|_, kind| match kind {
            // A gate reads codes with it. The pages are our own, and nobody else's are shown.
            PermissionKind::Camera => PermissionResponse::Allow,
            PermissionKind::Notifications => PermissionResponse::Default,
            _ => PermissionResponse::Deny,
        })
        .build()?;
    #[cfg(target_os = "linux")]
    draw_without_graphics_card(&window)?;
    Ok(window)
}

/// Lets WebKit draw on the processor. Lists and forms are no quicker with a graphics card, and
/// its layers cost more memory than all rows of a list.
#[cfg(target_os = "linux")]
fn draw_without_graphics_card<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether the address is a page of the interface.
pub(crate) fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        // Where the webview knows no schemes of others, it takes this name for `tauri:`.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        "about" | "blob" => true,
        _ => false,
    }
}

/// Opens an address of elsewhere in the person's browser or mail program; always `false`.
fn send_away<R: Runtime>(app: &AppHandle<R>, url: &Url) -> bool {
    if matches!(url.scheme(), "http" | "https" | "mailto" | "tel")
        && app.opener().open_url(url.as_str(), None::<&str>).is_err()
    {
        log::warn!("no program opens addresses of the kind {}", url.scheme());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_take_the_first_free_label() {
        assert_eq!(free_label(|_| false), "gate");
        assert_eq!(free_label(|label| label != "gate-3"), "gate-3");
    }

    #[test]
    fn only_pages_of_the_interface_are_shown() {
        for (url, ours) in [
            ("tauri://localhost/events", true),
            ("http://tauri.localhost/", true),
            ("https://tauri.localhost/gate", true),
            ("https://tauri.localhost.example/", false),
            ("https://gatehouse.example/", false),
            ("http://localhost:8030/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("javascript:0", false),
        ] {
            let url: Url = url.parse().expect("an address");
            assert_eq!(is_ours(&url), ours, "{url}");
        }
    }
}
