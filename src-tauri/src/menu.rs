//! The menus, and what their items do.

use tauri::menu::{CheckMenuItemBuilder, Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Manager, Runtime, WebviewWindow};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_opener::OpenerExt;

use crate::kiosk::Kiosks;
use crate::place::Place;
use crate::standing::Standing;
use crate::updates;
use crate::windows::{OFFICE as OFFICE_WINDOW, open_gate, show_office};
use crate::words::Words;
use crate::zoom::{Zoom, ZoomStep};

pub(crate) const NEW_GATE: &str = "new-gate";
pub(crate) const OFFICE: &str = "office";
pub(crate) const QUIT: &str = "quit";
const START_WITH_SYSTEM: &str = "start-with-system";
const CLOSE: &str = "close";
const RELOAD: &str = "reload";
const ZOOM_IN: &str = "zoom-in";
const ZOOM_OUT: &str = "zoom-out";
const ACTUAL_SIZE: &str = "actual-size";
const FULL_SCREEN: &str = "full-screen";
#[cfg(debug_assertions)]
const DEVELOPER_TOOLS: &str = "developer-tools";
const MINIMIZE: &str = "minimize";
const UPDATES: &str = "updates";
const LOG: &str = "log";

/// The menu of every window, or of the application where the system has one menu.
pub(crate) fn build<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<Menu<R>> {
    let words = Words::of_this_system();
    let item = |id: &str, text: &str, keys: &str| {
        MenuItemBuilder::with_id(id, text)
            .accelerator(keys)
            .build(app)
    };

    let start_with_system =
        CheckMenuItemBuilder::with_id(START_WITH_SYSTEM, words.start_with_system)
            .checked(app.autolaunch().is_enabled().unwrap_or(false))
            .build(app)?;
    let file = SubmenuBuilder::new(app, words.file)
        .item(&item(NEW_GATE, words.new_gate, "CmdOrCtrl+Shift+G")?)
        .separator()
        .item(&start_with_system)
        .separator()
        .item(&item(CLOSE, words.close_window, "CmdOrCtrl+W")?)
        .item(&item(QUIT, words.quit, "CmdOrCtrl+Q")?)
        .build()?;

    let view = SubmenuBuilder::new(app, words.view)
        .item(&item(RELOAD, words.reload, "F5")?)
        .separator()
        .item(&item(ZOOM_IN, words.zoom_in, "CmdOrCtrl+=")?)
        .item(&item(ZOOM_OUT, words.zoom_out, "CmdOrCtrl+-")?)
        .item(&item(ACTUAL_SIZE, words.actual_size, "CmdOrCtrl+0")?)
        .separator()
        .item(&item(FULL_SCREEN, words.full_screen, "F11")?);
    #[cfg(debug_assertions)]
    let view = view.item(&item(
        DEVELOPER_TOOLS,
        words.developer_tools,
        "CmdOrCtrl+Shift+I",
    )?);

    let window = SubmenuBuilder::new(app, words.window)
        .item(&item(OFFICE, words.office, "CmdOrCtrl+Shift+O")?)
        .item(&item(MINIMIZE, words.minimize, "CmdOrCtrl+M")?)
        .build()?;

    let mut help = SubmenuBuilder::new(app, words.help).text(LOG, words.show_log);
    if updates::are_offered(app) {
        help = help.text(UPDATES, words.check_for_updates);
    }
    let help = help
        .separator()
        .about_with_text(words.about, Some(about(app)))
        .build()?;

    let menu = MenuBuilder::new(app);
    // macOS names the first menu after the application, whatever it holds.
    #[cfg(target_os = "macos")]
    let menu = menu.item(
        &SubmenuBuilder::new(app, "Gatehouse")
            .about_with_text(words.about, Some(about(app)))
            .separator()
            .services()
            .separator()
            .hide()
            .hide_others()
            .show_all()
            .build()?,
    );
    menu.items(&[&file, &edit(app, words)?, &view.build()?, &window, &help])
        .build()
}

/// The webview of Linux takes the usual keys itself and needs a word for each item; elsewhere the
/// system edits whatever has the focus.
#[cfg(target_os = "linux")]
fn edit<R: Runtime>(app: &AppHandle<R>, words: &Words) -> tauri::Result<tauri::menu::Submenu<R>> {
    SubmenuBuilder::new(app, words.edit)
        .text("edit:Undo", words.undo)
        .text("edit:Redo", words.redo)
        .separator()
        .text("edit:Cut", words.cut)
        .text("edit:Copy", words.copy)
        .text("edit:Paste", words.paste)
        .text("edit:SelectAll", words.select_all)
        .build()
}

#[cfg(not(target_os = "linux"))]
fn edit<R: Runtime>(app: &AppHandle<R>, words: &Words) -> tauri::Result<tauri::menu::Submenu<R>> {
    SubmenuBuilder::new(app, words.edit)
        .undo_with_text(words.undo)
        .redo_with_text(words.redo)
        .separator()
        .cut_with_text(words.cut)
        .copy_with_text(words.copy)
        .paste_with_text(words.paste)
        .select_all_with_text(words.select_all)
        .build()
}

fn about<R: Runtime>(app: &AppHandle<R>) -> tauri::menu::AboutMetadata<'_> {
    tauri::menu::AboutMetadata {
        name: Some("Gatehouse".to_owned()),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        license: Some(env!("CARGO_PKG_LICENSE").to_owned()),
        comments: Some(env!("CARGO_PKG_DESCRIPTION").to_owned()),
        icon: app.default_window_icon().cloned(),
        ..Default::default()
    }
}

/// Does what the item with this id stands for; nothing while a window is a kiosk, whose keys would
/// lead out of it.
pub(crate) fn choose<R: Runtime>(app: &AppHandle<R>, id: &str) {
    if app.state::<Kiosks>().any() {
        return;
    }
    if let Err(error) = carry_out(app, id) {
        log::error!("the menu's item {id} failed: {error}");
    }
}

fn carry_out<R: Runtime>(app: &AppHandle<R>, id: &str) -> tauri::Result<()> {
    match id {
        NEW_GATE => return open_gate(app, &Place::gate()),
        OFFICE => return show_office(app, None),
        QUIT => app.exit(0),
        START_WITH_SYSTEM => switch_autostart(app),
        UPDATES => updates::check(app),
        LOG => {
            let folder = app.path().app_log_dir()?;
            if let Err(error) = app
                .opener()
                .open_path(folder.to_string_lossy(), None::<&str>)
            {
                log::warn!("no program shows folders: {error}");
            }
        }
        _ => {
            if let Some(window) = window_in_use(app) {
                return in_window(app, &window, id);
            }
        }
    }
    Ok(())
}

fn in_window<R: Runtime>(
    app: &AppHandle<R>,
    window: &WebviewWindow<R>,
    id: &str,
) -> tauri::Result<()> {
    match id {
        CLOSE => window.close(),
        RELOAD => window.reload(),
        ZOOM_IN => app.state::<Zoom>().step(window, ZoomStep::Larger),
        ZOOM_OUT => app.state::<Zoom>().step(window, ZoomStep::Smaller),
        ACTUAL_SIZE => app.state::<Zoom>().step(window, ZoomStep::Actual),
        FULL_SCREEN => window.set_fullscreen(!window.is_fullscreen()?),
        MINIMIZE => window.minimize(),
        #[cfg(debug_assertions)]
        DEVELOPER_TOOLS => {
            if window.is_devtools_open() {
                window.close_devtools();
            } else {
                window.open_devtools();
            }
            Ok(())
        }
        #[cfg(target_os = "linux")]
        id => match id.strip_prefix("edit:").map(str::to_owned) {
            Some(command) => window.with_webview(move |webview| {
                use webkit2gtk::WebViewExt;
                webview.inner().execute_editing_command(&command);
            }),
            None => Ok(()),
        },
        #[cfg(not(target_os = "linux"))]
        _ => Ok(()),
    }
}

/// The window with the focus; the office where none has it.
fn window_in_use<R: Runtime>(app: &AppHandle<R>) -> Option<WebviewWindow<R>> {
    app.webview_windows()
        .into_values()
        .find(|window| window.is_focused().unwrap_or(false))
        .or_else(|| app.get_webview_window(OFFICE_WINDOW))
}

fn switch_autostart<R: Runtime>(app: &AppHandle<R>) {
    app.state::<Standing>().say_start();
    let autostart = app.autolaunch();
    let switched = match autostart.is_enabled() {
        Ok(true) => autostart.disable(),
        _ => autostart.enable(),
    };
    if let Err(error) = switched {
        log::error!("starting with the computer could not be switched: {error}");
    }
    // The mark shows what is, also where switching failed.
    if let Some(item) = app
        .menu()
        .and_then(|menu| find_check(&menu, START_WITH_SYSTEM))
    {
        let _ = item.set_checked(autostart.is_enabled().unwrap_or(false));
    }
}

fn find_check<R: Runtime>(menu: &Menu<R>, id: &str) -> Option<tauri::menu::CheckMenuItem<R>> {
    menu.items()
        .ok()?
        .iter()
        .filter_map(|kind| kind.as_submenu())
        .find_map(|submenu| submenu.get(id))
        .and_then(|found| found.as_check_menuitem().cloned())
}
