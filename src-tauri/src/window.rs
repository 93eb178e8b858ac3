//! The one window.

use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder};

/// The window's label: capabilities name it.
const MAIN: &str = "main";

/// Opens the window. It never leaves the program's own page: links to the two admin sites go to the browser through the opener.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Brygga")
        .inner_size(1280.0, 800.0)
        .min_inner_size(600.0, 480.0)
        .on_navigation(is_own_page)
        .build()?;
    Ok(())
}

/// Brings the window to the front when the program is started a second time.
pub(crate) fn focus(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    for result in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = result {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
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
