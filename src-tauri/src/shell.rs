//! The program on the desktop: it runs in the background, shows how it stands in the tray, tells when a person is needed, and ends cleanly.

use std::collections::HashSet;
use std::future::pending;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use brygga_api::contract::{DesktopAction, DesktopChange, DesktopView};
use brygga_api::{Desktop, Event, PairEvent, Pairs};
use brygga_core::clock::Wait;
use brygga_core::{Code, Problem};
use brygga_engine::{RunOptions, folder};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::broadcast::error::RecvError;

use crate::again::Again;
use crate::preferences::Preferences;
use crate::tray::{self, Tray};
use crate::words::Words;
use crate::{downloads, notify, window};

/// How long the run under way may take to come to its safe point. What is in the journal goes on at the next start either way.
const PATIENCE: Duration = Duration::from_secs(20);

/// The same where the system ends the program: Windows gives five seconds in all.
const PATIENCE_OF_THE_SYSTEM: Duration = Duration::from_secs(4);

/// The first look at what nobody tells of: the window, if one is wanted, is there by then, and what it shows is not told beside it.
const FIRST_LOOK: Duration = Duration::from_secs(10);

/// So long after the last look it is looked at how everything stands, also where nothing was told: what cannot be read or written any more
/// tells nothing. Longer than from one sync to the next, which is looked at at its end.
const LOOK: Duration = Duration::from_secs(90);

/// A sync that is over by then only looked, as nearly every one does: the menu is not made anew for it, under the pointer of whoever has it open.
const QUICK: Duration = Duration::from_millis(400);

/// What [`follow`] goes on for.
enum Heard {
    /// Something happened in a pair.
    Told(PairEvent),
    /// A sync goes on for a while.
    Lasts,
    /// It is time to look, or something was missed.
    Time,
}

/// The program on the desktop.
pub(crate) struct Shell {
    app: AppHandle,
    pairs: Arc<Pairs>,
    /// It is the practice program.
    practice: bool,
    preferences: Preferences,
    tray: OnceLock<Tray>,
    quitting: AtomicBool,
    /// What it was wanted for while it was ending.
    again: Mutex<Again>,
    /// All pairs are closed.
    closed: AtomicBool,
}

impl Shell {
    /// Puts the program on the desktop.
    pub(crate) fn start(app: &AppHandle, pairs: Arc<Pairs>, practice: bool) -> Arc<Self> {
        let shell = Arc::new(Self {
            app: app.clone(),
            pairs,
            practice,
            preferences: Preferences::read(app),
            tray: OnceLock::new(),
            quitting: AtomicBool::new(false),
            again: Mutex::new(Again::new(practice)),
            closed: AtomicBool::new(false),
        });
        let clicked = Arc::downgrade(&shell);
        let act = move |action| {
            if let Some(shell) = clicked.upgrade() {
                shell.act(action);
            }
        };
        let id = if practice {
            "brygga-practice"
        } else {
            "brygga"
        };
        if let Some(tray) = Tray::open(app, id, Arc::new(act)) {
            let _ = shell.tray.set(tray);
        }
        let tapped = Arc::downgrade(&shell);
        let heard = app.notification().on_action(move |_| {
            if let Some(shell) = tapped.upgrade() {
                shell.act(DesktopAction::Open);
            }
        });
        if let Err(error) = heard {
            tracing::debug!(%error, "a click on a notification opens nothing here");
        }
        shell.pairs.stand_on(Arc::clone(&shell) as Arc<dyn Desktop>);
        shell.refresh();
        tauri::async_runtime::spawn(follow(Arc::downgrade(&shell)));
        tauri::async_runtime::spawn(end_when_told(Arc::downgrade(&shell)));
        shell
    }

    /// Is there a tray from which the window can be opened again.
    pub(crate) fn has_tray(&self) -> bool {
        self.tray.get().is_some()
    }

    /// What its window is called.
    pub(crate) fn title(&self) -> String {
        if self.practice {
            format!("Brygga \u{b7} {}", self.words().text("frame.practice"))
        } else {
            "Brygga".to_owned()
        }
    }

    /// The window was closed: it is hidden, or the program ends.
    pub(crate) fn closed(&self) {
        let mut chosen = self.preferences.chosen();
        if !chosen.close_to_tray || !self.has_tray() {
            self.quit();
            return;
        }
        window::hide(&self.app);
        if !chosen.hinted {
            notify::say(&self.app, &self.words().text("notify.background"));
            chosen.hinted = true;
            if let Err(problem) = self.preferences.keep(chosen) {
                tracing::warn!(%problem, "the hint will be shown again");
            }
        }
    }

    /// A second start of the program was handed over to this one.
    pub(crate) fn started_again(&self, arguments: &crate::Arguments, words: &[String]) {
        if self.is_quitting() {
            self.again().started(arguments, words);
            return;
        }
        if arguments.sync {
            self.act(DesktopAction::Sync);
        }
        if !arguments.hidden {
            self.act(DesktopAction::Open);
        }
    }

    /// Ends the program, after the record in hand.
    fn quit(&self) {
        if self.quitting.swap(true, Ordering::SeqCst) {
            return;
        }
        window::hide(&self.app);
        let (app, pairs) = (self.app.clone(), Arc::clone(&self.pairs));
        tauri::async_runtime::spawn(async move {
            close(&pairs, PATIENCE).await;
            // From here on there is nothing left to close.
            if let Some(shell) = app.try_state::<Arc<Self>>() {
                shell.closed.store(true, Ordering::SeqCst);
            }
            app.exit(0);
        });
    }

    /// The system ends the program, whether it quits or not: what is under way comes to its safe point first, for as long as the system
    /// waits. On the thread of the window, which is none of the runtime's.
    pub(crate) fn ended(&self) {
        if !self.closed.swap(true, Ordering::SeqCst) {
            tauri::async_runtime::block_on(close(&self.pairs, PATIENCE_OF_THE_SYSTEM));
        }
    }

    /// The last of the program: it is started anew where somebody asked for it while it was ending. That start was told that it is handed
    /// over, and has ended.
    pub(crate) fn start_anew(&self) {
        let Some(words) = self.again().words() else {
            return;
        };
        // Else the new one would be handed over to this one.
        tauri_plugin_single_instance::destroy(&self.app);
        let started = tauri::process::current_binary(&self.app.env())
            .and_then(|program| std::process::Command::new(program).args(words).spawn());
        if let Err(error) = started {
            tracing::error!(%error, "it could not be started anew");
        }
    }

    fn is_quitting(&self) -> bool {
        self.quitting.load(Ordering::SeqCst)
    }

    fn again(&self) -> std::sync::MutexGuard<'_, Again> {
        self.again.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Not on the thread that asks: on Windows a window that is made while another program's message is handled keeps both waiting for good.
    fn open_window(&self) {
        let app = self.app.clone();
        tauri::async_runtime::spawn(async move { window::open(&app) });
    }

    /// Shows how it stands.
    fn refresh(&self) {
        if let Some(tray) = self.tray.get() {
            let words = self.words();
            let mut face = tray::face(&self.pairs.standings(), &words);
            if self.practice {
                face = face.of_practice(&words);
            }
            tray.show(&self.app, face);
        }
    }

    /// Tells what nobody was told yet, unless somebody is looking.
    fn tell(&self) {
        let told = self.pairs.notices();
        let several = self.pairs.are_several();
        let wanted = self.preferences.chosen().notifications;
        if wanted
            && !window::is_looked_at(&self.app)
            && let Some(text) = notify::sentences(&told, several, &self.words())
        {
            notify::say(&self.app, &text);
        }
    }

    /// All of them, whatever one of them says.
    fn pause_all(&self, paused: bool) -> Result<(), Problem> {
        let mut done = Ok(());
        for api in self.pairs.at_work() {
            done = done.and(api.set_paused(paused));
        }
        done
    }

    fn words(&self) -> Words {
        Words::of(&self.preferences.chosen().language)
    }

    /// The entry for a start with the computer is the real program's: practice neither reads nor writes it.
    fn is_autostarted(&self) -> Option<bool> {
        (!self.practice).then(|| self.app.autolaunch().is_enabled().unwrap_or(false))
    }
}

impl Desktop for Shell {
    fn view(&self) -> DesktopView {
        let chosen = self.preferences.chosen();
        DesktopView {
            autostart: self.is_autostarted(),
            close_to_tray: chosen.close_to_tray,
            notifications: chosen.notifications,
            tray: self.has_tray(),
            language: chosen.language,
        }
    }

    fn put(&self, change: &DesktopChange) -> Result<(), Problem> {
        let before = self.preferences.chosen();
        let chosen = before.clone().with(change)?;
        let is_autostarted = self.is_autostarted();
        if let Some(on) = change.autostart
            && is_autostarted != Some(on)
        {
            if is_autostarted.is_none() {
                return Err(Problem::new(Code::RealOnly));
            }
            let manager = self.app.autolaunch();
            let set = if on {
                manager.enable()
            } else {
                manager.disable()
            };
            set.map_err(|error| {
                Problem::new(Code::DesktopSetting)
                    .with("setting", "autostart")
                    .with("detail", error)
            })?;
        }
        if chosen != before {
            self.preferences.keep(chosen)?;
            self.refresh();
        }
        Ok(())
    }

    fn save(&self, name: &str, content: &[u8]) -> Result<PathBuf, Problem> {
        let paths = self.app.path();
        let folder = paths
            .download_dir()
            .or_else(|_| paths.home_dir())
            .map_err(|error| {
                Problem::new(Code::FileNotSaved)
                    .with("folder", "-")
                    .with("detail", error)
            })?;
        downloads::save(&folder, name, content)
    }

    fn act(&self, action: DesktopAction) {
        if self.is_quitting() {
            // A window that flashes up and goes would be no answer.
            self.again().asked(action);
            return;
        }
        let done = match action {
            DesktopAction::Open => {
                self.open_window();
                Ok(())
            }
            DesktopAction::Close => {
                self.closed();
                Ok(())
            }
            DesktopAction::Sync => {
                let working = self.pairs.at_work();
                if working.is_empty() {
                    // What is not set up yet is set up first.
                    self.open_window();
                }
                for api in working {
                    tauri::async_runtime::spawn(async move {
                        // One that is under way is as good.
                        let _ = api.start(RunOptions::default());
                    });
                }
                Ok(())
            }
            DesktopAction::Pause => self.pause_all(true),
            DesktopAction::Resume => self.pause_all(false),
            DesktopAction::Quit => {
                self.quit();
                Ok(())
            }
        };
        if let Err(problem) = done {
            tracing::warn!(%problem, ?action, "it could not be done");
        }
    }
}

/// Ends the runs under way after the record in hand.
async fn close(pairs: &Pairs, patience: Duration) {
    if !pairs.close(patience).await {
        tracing::warn!("the sync under way did not come to an end; the next start goes on");
    }
}

/// Follows what happens, for the tray and for whoever must be told.
async fn follow(shell: Weak<Shell>) {
    let Some(mut events) = shell.upgrade().map(|shell| shell.pairs.events()) else {
        return;
    };
    let clock = folder::clock();
    let mut look = clock.sleep(FIRST_LOOK);
    let mut running = HashSet::new();
    let mut lasts: Wait<'_> = Box::pin(pending());
    loop {
        let heard = tokio::select! {
            told = events.recv() => match told {
                Ok(told) => Heard::Told(told),
                Err(RecvError::Lagged(_)) => Heard::Time,
                Err(RecvError::Closed) => return,
            },
            () = &mut lasts => {
                lasts = Box::pin(pending());
                Heard::Lasts
            }
            () = &mut look => {
                look = clock.sleep(LOOK);
                Heard::Time
            }
        };
        let Some(shell) = shell.upgrade() else {
            return;
        };
        let PairEvent { pair, event } = match heard {
            Heard::Told(told) => told,
            Heard::Lasts => {
                if !running.is_empty() {
                    shell.refresh();
                }
                continue;
            }
            Heard::Time => {
                // What was missed, or is told by nobody, is looked at anew. What a run finds is told at its end.
                let at_rest = running.is_empty();
                running.clear();
                shell.refresh();
                if at_rest {
                    shell.tell();
                }
                continue;
            }
        };
        if matches!(event, Event::Progress(_)) && running.insert(pair.clone()) {
            lasts = clock.sleep(QUICK);
        }
        // A preview, and a search for what is booked already, take a run's place.
        let ended = matches!(event, Event::Finished(_) | Event::Preview(_));
        if ended {
            running.remove(&pair);
        }
        let proven = matches!(&event, Event::Proof(progress) if !progress.running);
        // During a run records change all the time; how it stands is seen at its end.
        let changed = matches!(event, Event::PairsChanged(_))
            || !running.contains(&pair)
                && matches!(
                    event,
                    Event::RecordsChanged(_) | Event::Schedule(_) | Event::SetupChanged(_)
                );
        if ended || proven || changed {
            shell.refresh();
        }
        if ended || proven {
            shell.tell();
            look = clock.sleep(LOOK);
        }
    }
}

/// The signal with which a computer shuts down, or somebody at a terminal, ends the program like *Quit* does.
async fn end_when_told(shell: Weak<Shell>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminated), Ok(mut interrupted)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) else {
            return;
        };
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        if let Some(shell) = shell.upgrade() {
            shell.quit();
        }
    }
    #[cfg(not(unix))]
    {
        if tokio::signal::ctrl_c().await.is_ok()
            && let Some(shell) = shell.upgrade()
        {
            shell.quit();
        }
    }
}

#[cfg(test)]
mod tests {
    use brygga_practice::PracticeStage;
    use serde_json::json;

    use super::*;

    /// As the system ends the program: on a thread of no runtime, in the middle of a sync.
    #[test]
    fn an_end_that_nobody_asked_for_comes_after_the_record_in_hand() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        let pairs = runtime.block_on(async {
            let stage = PracticeStage {
                orders: 120,
                seed: 1,
                speed: 1_000,
                faults: "none".into(),
                fresh: false,
            };
            let first = stage.staged(1).await.unwrap();
            let pairs = Pairs::practice(first, Arc::new(stage));
            let mut events = pairs.events();
            let sync = json!({"flow": null});
            pairs.call(None, "sync_now", sync).await.unwrap();
            while !matches!(
                events.recv().await.map(|told| told.event),
                Ok(Event::Progress(progress)) if progress.phase == "sending"
            ) {}
            pairs
        });
        tauri::async_runtime::block_on(close(&pairs, PATIENCE));
        let overview = runtime
            .block_on(pairs.call(None, "overview", json!({})))
            .unwrap();
        assert_eq!(overview["run"], json!(null));
        assert_eq!(overview["last_run"]["failure"]["code"], "stopped");
    }
}
