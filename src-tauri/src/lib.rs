//! Brygga's window: the only code that knows Tauri.
//!
//! It is thin on purpose. It decides what must be decided before a window exists ([`arguments`], [`display`]), opens the program's
//! host ([`host`]), and then carries commands and events between the page and [`brygga_api`] without looking into them ([`rpc`]).
//! What the desktop itself shows of the program is [`shell`]: the [`tray`], what it tells ([`notify`]), and the end.

mod again;
mod arguments;
mod display;
mod downloads;
mod host;
mod notify;
mod preferences;
mod rpc;
mod shell;
mod tray;
mod window;
mod words;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use brygga_api::Desktop as _;
use brygga_api::contract::DesktopAction;
use brygga_engine::folder;
use clap::Parser as _;
use tauri::{AppHandle, Manager as _, RunEvent};
use tauri_plugin_window_state::StateFlags;

pub(crate) use crate::arguments::Arguments;
use crate::host::{Host, Opened};
use crate::shell::Shell;

/// So long the first syncs let the page go first: both would take the longer beside each other, and somebody waits for the page.
const PAGE_FIRST: Duration = Duration::from_secs(3);

/// How long the reason why it could not start is given to be shown.
const GOODBYE: Duration = Duration::from_secs(2);

/// Runs the program: arguments, display, host, tray, window. Returns when somebody quits.
pub fn main() -> ExitCode {
    // `--version` and `--help` end here, before anything needs a display.
    let arguments = Arguments::parse();
    if let Err(message) = display::check(&display::Surroundings::of_this_process()) {
        complain(message);
        return ExitCode::from(2);
    }
    display::start_again_with_workarounds();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("Brygga could not start: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("BRYGGA_LOG")
                .unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    // One runtime for the engine and for Tauri: a second one would only double the threads.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    tauri::async_runtime::set(runtime.handle().clone());

    let mut context = tauri::generate_context!();
    let identifier = &mut context.config_mut().identifier;
    *identifier = identity(identifier, arguments.practice);
    let app = tauri::Builder::default()
        // First of all plugins: a second start must end before it opens anything.
        .plugin(tauri_plugin_single_instance::init(|app, words, _folder| {
            let arguments = Arguments::of_second_start(&words);
            match app.try_state::<Arc<Shell>>() {
                Some(shell) => shell.started_again(&arguments, &words),
                // It is still on its way; what it is wanted for is seen at the end of it.
                None => app.state::<Wanted>().note(&arguments),
            }
        }))
        .plugin(
            tauri_plugin_window_state::Builder::default()
                // A window that was hidden at the end is not hidden at the next start.
                .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                .build(),
        )
        .plugin(
            tauri_plugin_autostart::Builder::new()
                .args(["--hidden"])
                .build(),
        )
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_store::Builder::new().build())
        .invoke_handler(tauri::generate_handler![rpc::rpc])
        .manage(Wanted::default())
        .manage(Opened::default())
        .manage(rpc::Usable::default())
        .setup(move |app| {
            // An error from here would be a panic of the event loop, and nobody would read it.
            if let Err(error) = start(app.handle(), arguments) {
                give_up(app.handle(), &error);
            }
            Ok(())
        })
        .build(context)?;
    app.run(|app, event| match event {
        // Only `Shell::quit` ends the program: it says so with a code.
        RunEvent::ExitRequested {
            code: None, api, ..
        } => api.prevent_exit(),
        // Some systems end it without asking: Cmd+Q and the Dock, a computer that shuts down.
        RunEvent::Exit => {
            if let Some(shell) = app.try_state::<Arc<Shell>>() {
                shell.ended();
                shell.start_anew();
            }
        }
        // A click in the Dock, or another start: macOS starts no second program that would hand anything over.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => {
            if let Some(shell) = app.try_state::<Arc<Shell>>() {
                shell.act(DesktopAction::Open);
            }
        }
        _ => {}
    });
    Ok(())
}

/// Practice is another program, with a name of its own on the system: beside a running Brygga it is started and not handed over, so that
/// it never opens the real books, and nobody in practice is handed a start of the real one.
fn identity(identifier: &str, practice: bool) -> String {
    if practice {
        format!("{identifier}.practice")
    } else {
        identifier.to_owned()
    }
}

/// After the plugins: a second start has ended by now.
///
/// Pairs take their time to open: a key is made of a passphrase, a database is looked through. The web view comes up meanwhile; what
/// its page asks waits for [`Opened`], and the window is shown when there is something to show.
fn start(app: &AppHandle, arguments: Arguments) -> anyhow::Result<()> {
    if !arguments.hidden {
        window::prepare(app)?;
    }
    // One folder in it per pair.
    let pairs = app.path().app_data_dir()?.join("pairs");
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let asked = arguments.clone();
        let opening = tauri::async_runtime::spawn_blocking(move || {
            tauri::async_runtime::block_on(Host::open(&asked, &pairs))
        });
        // One that panics would else leave a program that nobody sees and that does nothing.
        let host = opening
            .await
            .unwrap_or_else(|fault| Err(anyhow::Error::new(fault)));
        let own = app.clone();
        // Tray and window belong to the thread of the event loop.
        let handed = app.run_on_main_thread(move || {
            if let Err(error) = host.and_then(|host| begin(&own, host, &arguments)) {
                give_up(&own, &error);
            }
        });
        if let Err(error) = handed {
            complain(&format!("Brygga could not start: {error}"));
            std::process::exit(1);
        }
    });
    Ok(())
}

/// The pairs are open: tray, window, and the work.
fn begin(app: &AppHandle, host: Host, arguments: &Arguments) -> anyhow::Result<()> {
    rpc::forward_events(app.clone(), &host);
    let pairs = Arc::clone(host.pairs());
    let shell = Shell::start(app, Arc::clone(&pairs), arguments.practice);
    app.manage(Arc::clone(&shell));
    app.state::<Opened>().set(host);
    let wanted = app.state::<Wanted>();
    wanted.note(arguments);
    // Hidden without a tray would be gone.
    let shown = wanted.window.load(Ordering::SeqCst) || !shell.has_tray();
    if shown {
        window::show(app)?;
    }
    let own = app.clone();
    tauri::async_runtime::spawn(async move {
        if shown {
            // A page that shows the wizard, or that never comes, keeps nothing from its time.
            let (usable, clock) = (own.state::<rpc::Usable>(), folder::clock());
            tokio::select! {
                () = usable.wait() => {}
                () = clock.sleep(PAGE_FIRST) => {}
            }
        }
        pairs.keep_in_step();
    });
    if wanted.sync.load(Ordering::SeqCst) {
        shell.act(DesktopAction::Sync);
    }
    Ok(())
}

/// Says why, also where there is no terminal, and ends.
fn give_up(app: &AppHandle, error: &anyhow::Error) -> ! {
    let message = format!("Brygga could not start: {error:#}");
    complain(&message);
    notify::say(app, &message);
    // Some systems take a notification on a thread of its own.
    tauri::async_runtime::block_on(async {
        folder::clock().sleep(GOODBYE).await;
    });
    std::process::exit(1)
}

/// What the program is wanted for, as told before it is up.
#[derive(Debug, Default)]
struct Wanted {
    window: AtomicBool,
    sync: AtomicBool,
}

impl Wanted {
    fn note(&self, arguments: &Arguments) {
        self.window.fetch_or(!arguments.hidden, Ordering::SeqCst);
        self.sync.fetch_or(arguments.sync, Ordering::SeqCst);
    }
}

/// A sentence for the person at the terminal; there may be no window to show it in.
fn complain(message: &str) {
    // Nothing can be done about a closed standard error.
    let _ = writeln!(std::io::stderr(), "{message}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn practice_is_another_program_than_the_real_one() {
        let real = identity("no.brygga.desktop", false);
        assert_eq!(real, "no.brygga.desktop", "its data lies under this name");
        assert_ne!(identity("no.brygga.desktop", true), real);
    }
}
