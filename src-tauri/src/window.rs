//! The one window. It is made when it is first wanted: a program that starts with the computer, hidden, spares its memory until then.

use std::sync::Arc;

use tauri::{
    AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};

use crate::shell::Shell;

/// The window's label: capabilities name it.
const MAIN: &str = "main";

/// Opens the window, or brings it to the front.
pub(crate) fn open(app: &AppHandle) {
    if let Err(error) = show(app) {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// The same, for a start, which cannot go on without it.
pub(crate) fn show(app: &AppHandle) -> tauri::Result<()> {
    if app.get_webview_window(MAIN).is_none() {
        prepare(app)?;
    }
    app.get_webview_window(MAIN)
        .map_or(Ok(()), |window| front(app, &window))
}

/// Hides the window; what was typed in it stays.
pub(crate) fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.hide()
    {
        tracing::warn!(%error, "the window could not be hidden");
    }
}

/// Does somebody look at it.
pub(crate) fn is_looked_at(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN).is_some_and(|window| {
        window.is_visible().unwrap_or(false) && window.is_focused().unwrap_or(false)
    })
}

/// Makes the window, unseen: its web view comes up while what it will show is opened.
///
/// It never leaves the program's own page: links to the two admin sites go to the browser through the opener.
pub(crate) fn prepare(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Brygga")
        .visible(false)
        .inner_size(1280.0, 800.0)
        .min_inner_size(600.0, 480.0)
        .on_navigation(is_own_page)
        .build()?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event
            && let Some(shell) = app.try_state::<Arc<Shell>>()
        {
            api.prevent_close();
            shell.closed();
        }
    });
    Ok(())
}

/// Practice says so also where only the title is seen, such as in a list of windows.
fn title(app: &AppHandle) -> String {
    app.try_state::<Arc<Shell>>()
        .map_or_else(|| "Brygga".to_owned(), |shell| shell.title())
}

fn front(app: &AppHandle, window: &WebviewWindow) -> tauri::Result<()> {
    window.set_title(&title(app))?;
    window.unminimize()?;
    window.show()?;
    window.set_focus()
}

/// Own page: embedded in the program, or the development server of a build that has nothing embedded.
fn is_own_page(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost")) => true,
        ("http", Some("127.0.0.1")) => tauri::is_dev(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_its_own_page() {
        let own = |text: &str| is_own_page(&Url::parse(text).unwrap());
        assert!(own("tauri://localhost/index.html"));
        assert!(own("http://tauri.localhost/"));
        assert!(!own("https://admin.shopify.com/store/x"));
        assert!(!own("file:///etc/passwd"));
    }
}
