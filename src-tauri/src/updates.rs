//! Newer versions: looked for when the person asks, installed when they agree.
//!
//! Where they come from and whose signature they bear is written in when the installers are made
//! (`installers/README.md`); a build without it offers none.

use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tauri_plugin_updater::{Update, UpdaterExt};

use crate::words::Words;

/// Whether this build knows where newer versions are.
pub(crate) fn are_offered<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.config()
        .plugins
        .0
        .get("updater")
        .and_then(|updater| updater.get("endpoints")?.as_array())
        .is_some_and(|endpoints| !endpoints.is_empty())
}

/// Looks for a newer version and says what was found.
pub(crate) fn check<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let words = Words::of_this_system();
        let found = match app.updater() {
            Ok(updater) => updater.check().await,
            Err(error) => Err(error),
        };
        match found {
            Ok(None) => tell(&app, words.up_to_date, MessageDialogKind::Info),
            Ok(Some(update)) => ask(app, update),
            Err(error) => failed(&app, &error),
        }
    });
}

fn ask<R: Runtime>(app: AppHandle<R>, update: Update) {
    let words = Words::of_this_system();
    let asking = app
        .dialog()
        .message(format!(
            "Gatehouse {}\n\n{}",
            update.version, words.update_ready
        ))
        .title("Gatehouse")
        .buttons(MessageDialogButtons::OkCancelCustom(
            words.install.to_owned(),
            words.later.to_owned(),
        ));
    asking.show(move |agreed| {
        if !agreed {
            return;
        }
        tauri::async_runtime::spawn(async move {
            match update.download_and_install(|_, _| {}, || {}).await {
                Ok(()) => app.request_restart(),
                Err(error) => failed(&app, &error),
            }
        });
    });
}

fn failed<R: Runtime>(app: &AppHandle<R>, error: &tauri_plugin_updater::Error) {
    log::warn!("looking for a newer version failed: {error}");
    let words = Words::of_this_system();
    tell(app, words.update_failed, MessageDialogKind::Warning);
}

fn tell<R: Runtime>(app: &AppHandle<R>, text: &str, kind: MessageDialogKind) {
    app.dialog()
        .message(text)
        .title("Gatehouse")
        .kind(kind)
        .show(|_| {});
}
