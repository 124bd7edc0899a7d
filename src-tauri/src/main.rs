//! The desktop application: windows, menus, the tray and updates around the office's own router.
//!
//! No rule of the product lives here. The pages ask the router of `gatehouse-api`, in this process,
//! through the command `api`.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod again;
mod awake;
mod commands;
mod crash;
mod door;
mod downloads;
mod frame;
mod jar;
mod journal;
mod kiosk;
mod menu;
mod place;
mod running;
mod second;
mod speakers;
mod standing;
mod station;
mod stream;
mod tray;
mod updates;
mod windows;
mod words;
mod workspace;
mod zoom;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use gatehouse_api::routes::Pages;
use gatehouse_api::{Outlying, Problem, Workspace};
use gatehouse_gate::outpost::is_outpost;
use gatehouse_gate::{MachineCameras, Origin};
use gatehouse_machine::LocalNetwork;
use tauri::{App, AppHandle, Manager, RunEvent, Runtime, WindowEvent};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};

use awake::Awake;
use door::Door;
use downloads::Downloads;
use kiosk::Kiosks;
use place::Place;
use running::Running;
use speakers::Speakers;
use standing::Standing;
use station::{Enroller, Station};
use tray::InTray;
use words::Words;
use zoom::Zoom;

/// Guest lists to signed tickets to open doors, with no internet.
#[derive(Debug, Parser)]
#[command(name = "gatehouse-desktop", version, about)]
struct Args {
    /// The workspace's folder; one is made where there is none.
    #[arg(long, value_name = "DIR", env = "GATEHOUSE_DATA")]
    data: Option<PathBuf>,
    /// Starts in the tray, without a window.
    #[arg(long)]
    in_tray: bool,
    /// Offered to gates as a camera, to practise without one: video:FILE or dir:PATH.
    #[arg(long, value_name = "SOURCE")]
    camera: Vec<Origin>,
    /// A gatehouse:// link or an event's file, to be opened in the office.
    #[arg(value_name = "LINK|FILE")]
    open: Option<String>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let context = tauri::generate_context!();
    if second::is_taken_over(&context.config().identifier) {
        return ExitCode::SUCCESS;
    }
    let built = tauri::Builder::default()
        // First, so that of two that start at once one ends before it touches anything.
        .plugin(tauri_plugin_single_instance::init(|app, words, folder| {
            start_again(app, words, &folder);
        }))
        .plugin(journal::plugin())
        .plugin(
            tauri_plugin_autostart::Builder::new()
                .arg("--in-tray")
                .build(),
        )
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .plugin(tauri_plugin_updater::Builder::new().build())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .manage(Awake::new())
        .manage(Running::default())
        .manage(Speakers::default())
        .manage(Kiosks::default())
        .manage(Zoom::default())
        .manage(Downloads::default())
        .invoke_handler(tauri::generate_handler![
            commands::api,
            commands::api_cancel,
            commands::subscribe,
            commands::stay_awake,
            commands::printers,
            commands::print_file,
            commands::print_badge,
            commands::restart,
            commands::open_gate,
            commands::kiosk,
            commands::starts_with_machine,
            commands::start_with_machine
        ])
        .on_menu_event(|app, event| menu::choose(app, event.id().as_ref()))
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. }
                if window.state::<Kiosks>().holds(window.label()) =>
            {
                api.prevent_close();
            }
            WindowEvent::Destroyed => {
                window.state::<Running>().call_off_all(window.label());
                window.state::<Awake>().let_go_all(window.label());
                window.state::<Speakers>().forget(window.label());
                window.state::<Kiosks>().set(window.label(), false);
            }
            _ => {}
        })
        .setup(move |app| Ok(start(app, &args)?))
        .build(context);
    match built {
        Ok(app) => ExitCode::from(u8::try_from(app.run_return(heard)).unwrap_or(1)),
        Err(error) => {
            log::error!("the application could not start: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Opens the workspace, and whatever shows it.
fn start<R: Runtime>(app: &App<R>, args: &Args) -> tauri::Result<()> {
    let logs = app.path().app_log_dir()?;
    for report in crash::untold(&logs) {
        log::warn!("the application failed when it last ran; {report} says where");
    }
    crash::watch(logs);
    log::info!("Gatehouse {} starts", env!("CARGO_PKG_VERSION"));

    downloads::clear(app.handle());

    let folder = workspace::folder(args.data.as_deref(), app);
    let gate = folder
        .as_deref()
        .ok()
        .map(|office| workspace::gate_folder(args.data.as_deref(), office));
    let is_gate = gate.as_deref().is_some_and(is_outpost);
    let standing = Standing::read(&app.path().app_config_dir()?);
    if is_gate {
        log::info!("this machine is a gate");
        standing::start_with_machine(app.handle(), &standing);
        app.manage(Station);
    }
    app.manage(standing);
    // Both take their time: the webview's processes start while what is shown is unlocked. No page
    // is answered before this function is over.
    let leaving = app.handle().clone();
    let opening = std::thread::spawn(move || match (folder, gate) {
        (Ok(_), Some(gate)) if is_gate => {
            let leaving = Box::new(move || again::start(&leaving));
            station::open(&gate, leaving).map(Opened::Gate)
        }
        (Ok(office), Some(gate)) => workspace::open_or_create(&office)
            .map(|workspace| Opened::Office(workspace, Enroller::new(gate))),
        (Ok(_), None) => Err(broken()),
        (Err(problem), _) => Err(problem),
    });
    let shown = show_first(app.handle(), args);
    let opened = opening.join().unwrap_or_else(|_| Err(broken()));
    match opened.and_then(|opened| door(app.handle(), opened, args)) {
        Ok(door) => {
            app.manage(Arc::new(door));
        }
        Err(problem) => {
            log::error!("the workspace can't be opened: {}", problem.code);
            refuse_to_start(app.handle(), &problem);
        }
    }
    shown
}

/// What this machine is.
enum Opened {
    Office(Arc<Workspace>, Enroller),
    Gate(Arc<dyn Outlying>),
}

fn broken() -> Problem {
    Problem::new(
        "work_broke_off",
        "the workspace could not be opened; the report of the failure is among the logs",
    )
}

/// Makes the menu, the tray and, unless it starts in there, the office's window.
fn show_first<R: Runtime>(app: &AppHandle<R>, args: &Args) -> tauri::Result<()> {
    app.set_menu(menu::build(app)?)?;
    let in_tray = tray::is_shown();
    if in_tray {
        tray::enter(app)?;
        app.manage(InTray);
    }
    // Without a tray there would be nothing to bring it back with.
    let station = app.try_state::<Station>().is_some();
    // Its page locks it; whoever knows the PIN gets to the office from there.
    let kiosk = app.state::<Standing>().kiosk().filter(|_| !station);
    if let Some(place) = &kiosk
        && args.open.is_none()
    {
        return windows::open_gate(app, place);
    }
    if again::was_asked_for(app) || station || !(args.in_tray && in_tray) {
        let place = args
            .open
            .as_deref()
            .and_then(|word| Place::named(word, Path::new(".")));
        windows::show_office(app, place.as_ref())?;
    }
    Ok(())
}

fn door<R: Runtime>(app: &AppHandle<R>, opened: Opened, args: &Args) -> Result<Door, Problem> {
    let carried = app.clone();
    let pages = Pages::carried(move |path| {
        let asset = carried.asset_resolver().get(path.to_owned())?;
        Some(asset.bytes)
    });
    let cameras = Arc::new(MachineCameras::new(args.camera.clone()));
    match opened {
        Opened::Office(workspace, enroller) => {
            log::info!("workspace {} is open", workspace.id());
            let network = LocalNetwork::new(tauri::async_runtime::handle().inner().clone());
            let network = Some(Arc::new(network) as _);
            let enroller = Arc::new(enroller);
            Ok(Door::open(workspace, pages, network, cameras, enroller))
        }
        Opened::Gate(gate) => {
            log::info!("gate {} is open", gate.device());
            Door::open_gate(gate, pages, cameras).ok_or_else(broken)
        }
    }
}

/// Says why there is no office, and ends once that was read.
fn refuse_to_start<R: Runtime>(app: &AppHandle<R>, problem: &Problem) {
    for window in app.webview_windows().values() {
        // Closing the last one would end the application before anybody could read.
        if let Err(error) = window.hide() {
            log::warn!("a window could not be hidden: {error}");
        }
    }
    let ending = app.clone();
    app.dialog()
        .message(&problem.detail)
        .title(Words::of_this_system().cannot_open)
        .kind(MessageDialogKind::Error)
        .show(move |_| ending.exit(1));
}

/// Someone in `folder` started the application while it runs: the office comes to the front.
fn start_again<R: Runtime>(app: &AppHandle<R>, words: Vec<String>, folder: &str) {
    let place = Args::try_parse_from(words)
        .ok()
        .and_then(|args| Place::named(&args.open?, Path::new(folder)));
    show(app, place.as_ref());
}

fn show<R: Runtime>(app: &AppHandle<R>, place: Option<&Place>) {
    if app.try_state::<Arc<Door>>().is_none() {
        // The workspace is not open; the dialog that says so is.
        return;
    }
    if let Err(error) = windows::show_office(app, place) {
        log::error!("the office could not be shown: {error}");
    }
}

fn heard<R: Runtime>(app: &AppHandle<R>, event: RunEvent) {
    match event {
        // The last window was closed, which is not the same as quitting.
        RunEvent::ExitRequested {
            code: None, api, ..
        } if app.try_state::<InTray>().is_some() => api.prevent_exit(),
        RunEvent::Exit => {
            if let Some(door) = app.try_state::<Arc<Door>>() {
                door.end();
            }
        }
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            for place in urls
                .iter()
                .filter_map(|url| Place::named(url.as_str(), Path::new("/")))
            {
                show(app, Some(&place));
            }
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen {
            has_visible_windows: false,
            ..
        } => show(app, None),
        _ => {}
    }
}
