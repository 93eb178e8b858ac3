//! What must be settled before GTK starts: it ends the process without a word the user could read when there is no display.

use std::env;
use std::ffi::OsString;

/// What the libraries below the window read from the environment when they start.
#[cfg(target_os = "linux")]
const SWITCHES: [(&str, &str); 3] = [
    // The DMA-BUF renderer of WebKitGTK leaves the window blank on some graphics drivers under Wayland and X11.
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    // JavaScriptCore compiles a second time what runs often: the page runs little, and that compiler with its figures took 15 MB of the
    // page's process at rest. The first compiler stays.
    ("JSC_useDFGJIT", "0"),
    // The C library keeps what each thread gave back for that thread alone, which took 6 MB at rest; here are few threads, which seldom wait
    // for each other.
    ("MALLOC_ARENA_MAX", "1"),
];

/// The parts of the environment that decide whether a window can open.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    /// Does this system need one of the two variables to find its screen?
    pub(crate) by_variable: bool,
    /// `DISPLAY`
    pub(crate) x11: Option<OsString>,
    /// `WAYLAND_DISPLAY`
    pub(crate) wayland: Option<OsString>,
}

impl Surroundings {
    /// As they are for this process.
    pub(crate) fn of_this_process() -> Self {
        Self {
            by_variable: cfg!(target_os = "linux"),
            x11: env::var_os("DISPLAY"),
            wayland: env::var_os("WAYLAND_DISPLAY"),
        }
    }
}

/// Is there a screen to open the window on? If not: the sentence that says what to do.
pub(crate) fn check(surroundings: &Surroundings) -> Result<(), &'static str> {
    let set = |value: &Option<OsString>| value.as_ref().is_some_and(|text| !text.is_empty());
    if !surroundings.by_variable || set(&surroundings.x11) || set(&surroundings.wayland) {
        return Ok(());
    }
    Err(
        "There is no display to open Brygga's window on. Run it on a desktop, or use the command line: `brygga demo` shows a month of practice orders.",
    )
}

/// Starts the program again with the switches set; what somebody has set either way stays.
///
/// A variable cannot be set safely in a running process, so the process replaces itself before it has any threads.
/// Without success it just goes on: the one only matters on some computers, the others only save memory.
#[cfg(target_os = "linux")]
pub(crate) fn start_again_with_workarounds() {
    use std::os::unix::process::CommandExt as _;
    let missing: Vec<_> = SWITCHES
        .into_iter()
        .filter(|(name, _)| env::var_os(name).is_none())
        .collect();
    if missing.is_empty() {
        return;
    }
    if let Ok(program) = env::current_exe() {
        let _failure = std::process::Command::new(program)
            .args(env::args_os().skip(1))
            .envs(missing)
            .exec();
    }
}

/// Other systems have other web views.
#[cfg(not(target_os = "linux"))]
pub(crate) fn start_again_with_workarounds() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linux_without_a_display_gets_a_sentence() {
        let bare = Surroundings {
            by_variable: true,
            ..Surroundings::default()
        };
        assert!(check(&bare).unwrap_err().contains("brygga demo"));
        let empty = Surroundings {
            by_variable: true,
            x11: Some(OsString::new()),
            wayland: None,
        };
        assert!(check(&empty).is_err());
    }

    #[test]
    fn either_kind_of_display_will_do() {
        let x11 = Surroundings {
            by_variable: true,
            x11: Some(":0".into()),
            wayland: None,
        };
        let wayland = Surroundings {
            by_variable: true,
            x11: None,
            wayland: Some("wayland-0".into()),
        };
        assert_eq!((check(&x11), check(&wayland)), (Ok(()), Ok(())));
        assert_eq!(
            check(&Surroundings::default()),
            Ok(()),
            "Windows and macOS find their screen without a variable"
        );
    }
}
