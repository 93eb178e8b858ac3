//! The tray: an icon with three honest states, and a menu. What it shows is a function of how all pairs stand; what it
//! does is [`DesktopAction`], the same that the page's command does.

mod mark;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use brygga_api::contract::{DesktopAction, Health, Proven};
use brygga_api::{Pulse, Standing, Tone};
use tauri::AppHandle;
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use crate::words::Words;
use mark::Style;

/// What the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Face {
    pub(crate) tone: Tone,
    /// How it stands, a line per pair that has something to say: the first lines of the menu, which do nothing, and what is shown when the
    /// pointer rests on the icon.
    pub(crate) status: Vec<String>,
    pub(crate) entries: Vec<Entry>,
}

impl Face {
    /// The same of the practice program, so that it is not taken for the real one beside it.
    pub(crate) fn of_practice(mut self, words: &Words) -> Self {
        let practice = words.text("frame.practice");
        for line in &mut self.status {
            *line = words.of_pair(&practice, line);
        }
        self
    }
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) action: DesktopAction,
    pub(crate) words: String,
    pub(crate) enabled: bool,
}

/// What the tray shows for how all pairs stand: the colour of the one that stands worst, and which one needs somebody.
pub(crate) fn face(pairs: &[Standing], words: &Words) -> Face {
    // Of those for which sync and pause do something: one that is not set up, or cannot be opened, is neither paused nor running.
    let all = |is: fn(&Pulse) -> bool| {
        let mut working = pairs.iter().filter(|pair| pair.at_work).peekable();
        working.peek().is_some() && working.all(|pair| pair.pulse.as_ref().is_some_and(is))
    };
    let paused = all(|pulse| pulse.schedule.paused.is_some());
    let running = all(|pulse| pulse.running);
    let entry = |action, id, enabled| Entry {
        action,
        words: words.text(id),
        enabled,
    };
    Face {
        tone: pairs
            .iter()
            .map(Standing::tone)
            .max()
            .unwrap_or(Tone::Unusual),
        status: statuses(pairs, words),
        entries: vec![
            entry(DesktopAction::Open, "tray.open", true),
            entry(DesktopAction::Sync, "sync.now", !running),
            if paused {
                entry(DesktopAction::Resume, "schedule.resume", true)
            } else {
                entry(DesktopAction::Pause, "schedule.pause", true)
            },
            entry(DesktopAction::Quit, "tray.quit", true),
        ],
    }
}

/// One line for one pair. For several: each that needs somebody, else that they run, else each that is unusual, else that all is well.
fn statuses(pairs: &[Standing], words: &Words) -> Vec<String> {
    match pairs {
        [] => return vec![words.text("status.nothing_yet")],
        [one] => return vec![status(one.pulse.as_ref(), words)],
        _ => {}
    }
    let of_tone = |tone| {
        pairs
            .iter()
            .filter(|pair| pair.tone() == tone)
            .map(|pair| {
                let own = pair.pulse.as_ref().map(|pulse| Pulse {
                    running: false,
                    ..pulse.clone()
                });
                words.of_pair(&pair.name, &status(own.as_ref(), words))
            })
            .collect::<Vec<_>>()
    };
    let needing = of_tone(Tone::NeedsYou);
    if !needing.is_empty() {
        return needing;
    }
    if pairs
        .iter()
        .any(|pair| pair.pulse.as_ref().is_some_and(|pulse| pulse.running))
    {
        return vec![words.text("sync.running")];
    }
    let unusual = of_tone(Tone::Unusual);
    if unusual.is_empty() {
        vec![words.text("status.all_well")]
    } else {
        unusual
    }
}

fn status(pulse: Option<&Pulse>, words: &Words) -> String {
    let Some(pulse) = pulse else {
        return words.text("status.stopped");
    };
    let health = match &pulse.health {
        Health::NothingYet => words.text("status.nothing_yet"),
        Health::AllWell {
            proven: Proven::Failed { .. },
            ..
        } => words.text("status.unproven"),
        Health::AllWell {
            proven: Proven::Old { late: true, .. },
            ..
        } => words.text("status.not_proven"),
        Health::AllWell { .. } => words.text("status.all_well"),
        Health::Unsent { .. } => words.text("status.unsent"),
        Health::NeedsYou { held, .. } => words.counted("health.needs_you", *held),
        Health::Delayed { .. } => words.text("status.delayed"),
        Health::Differs { .. } => words.text("status.differs"),
        Health::Stopped { passing: true, .. } | Health::FlowStopped { passing: true, .. } => {
            words.text("status.passing")
        }
        Health::Stopped { .. } => words.text("status.stopped"),
        Health::FlowStopped { flow, .. } => {
            words.with("status.flow_stopped", &[("flow", &words.flow(flow))])
        }
    };
    if pulse.running {
        words.text("sync.running")
    } else if pulse.schedule.paused.is_some() {
        format!("{health} \u{b7} {}", words.text("schedule.paused"))
    } else {
        health
    }
}

/// The id of a menu line is its action's word, as the contract writes it.
fn id_of(action: DesktopAction) -> &'static str {
    match action {
        DesktopAction::Open => "open",
        DesktopAction::Close => "close",
        DesktopAction::Sync => "sync",
        DesktopAction::Pause => "pause",
        DesktopAction::Resume => "resume",
        DesktopAction::Quit => "quit",
    }
}

fn action_of(id: &str) -> Option<DesktopAction> {
    [
        DesktopAction::Open,
        DesktopAction::Sync,
        DesktopAction::Pause,
        DesktopAction::Resume,
        DesktopAction::Quit,
    ]
    .into_iter()
    .find(|action| id_of(*action) == id)
}

/// The tray as the system has it.
pub(crate) struct Tray {
    icon: TrayIcon,
    shown: Mutex<Option<Face>>,
}

/// What a click asks for.
pub(crate) type Act = Arc<dyn Fn(DesktopAction) + Send + Sync>;

impl Tray {
    /// The tray, or `None` where this desktop has none. Under `id` the system keeps its picture: programs that run beside each other have
    /// one each.
    pub(crate) fn open(app: &AppHandle, id: &str, act: Act) -> Option<Self> {
        // The library that talks to a Linux panel is looked for at run time, and its binding panics where it is not installed.
        let built = catch_unwind(AssertUnwindSafe(|| build(app, id, &act)));
        match built {
            Ok(Ok(icon)) => Some(Self {
                icon,
                shown: Mutex::new(None),
            }),
            Ok(Err(error)) => {
                tracing::warn!(%error, "there is no tray");
                None
            }
            Err(_) => {
                tracing::warn!("there is no tray: libayatana-appindicator3 is not installed");
                None
            }
        }
    }

    /// Shows it, if it is not what is shown already.
    pub(crate) fn show(&self, app: &AppHandle, face: Face) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() == Some(&face) {
            return;
        }
        if let Err(error) = self.put(app, &face, shown.as_ref().map(|face| face.tone)) {
            tracing::warn!(%error, "the tray could not be changed");
        }
        *shown = Some(face);
    }

    fn put(&self, app: &AppHandle, face: &Face, before: Option<Tone>) -> tauri::Result<()> {
        if before != Some(face.tone) {
            let style = Style::of_this_system();
            let picture = Image::new_owned(mark::draw(face.tone, style), mark::SIZE, mark::SIZE);
            self.icon
                .set_icon_with_as_template(Some(picture), style == Style::Template)?;
        }
        self.icon.set_tooltip(Some(format!(
            "Brygga \u{b7} {}",
            face.status.join(" \u{b7} ")
        )))?;
        self.icon.set_menu(Some(menu(app, face)?))
    }
}

fn menu(app: &AppHandle, face: &Face) -> tauri::Result<Menu<tauri::Wry>> {
    let menu = Menu::new(app)?;
    for (at, line) in face.status.iter().enumerate() {
        let id = format!("status-{at}");
        menu.append(&MenuItem::with_id(app, id, line, false, None::<&str>)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(app)?)?;
    for entry in &face.entries {
        if entry.action == DesktopAction::Quit {
            menu.append(&PredefinedMenuItem::separator(app)?)?;
        }
        menu.append(&MenuItem::with_id(
            app,
            id_of(entry.action),
            &entry.words,
            entry.enabled,
            None::<&str>,
        )?)?;
    }
    Ok(menu)
}

fn build(app: &AppHandle, id: &str, act: &Act) -> tauri::Result<TrayIcon> {
    let on_menu = Arc::clone(act);
    let on_click = Arc::clone(act);
    let style = Style::of_this_system();
    TrayIconBuilder::with_id(id)
        .icon(Image::new_owned(
            mark::draw(Tone::Well, style),
            mark::SIZE,
            mark::SIZE,
        ))
        .icon_as_template(style == Style::Template)
        .menu(&Menu::new(app)?)
        // On Windows a click opens the window, as everywhere there; the menu is at the other button.
        .show_menu_on_left_click(!cfg!(windows))
        .on_menu_event(move |_, event| {
            if let Some(action) = action_of(event.id().as_ref()) {
                on_menu(action);
            }
        })
        .on_tray_icon_event(move |_, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
                && cfg!(windows)
            {
                on_click(DesktopAction::Open);
            }
        })
        .build(app)
}

#[cfg(test)]
mod tests {
    use brygga_api::contract::{Reason, ScheduleView};

    use super::*;

    fn pulse(health: Health) -> Pulse {
        Pulse {
            health,
            schedule: ScheduleView::default(),
            running: false,
        }
    }

    fn alone(pulse: Option<&Pulse>) -> Vec<Standing> {
        vec![standing("", pulse)]
    }

    fn standing(name: &str, pulse: Option<&Pulse>) -> Standing {
        Standing {
            name: name.into(),
            pulse: pulse.cloned(),
            at_work: pulse.is_some(),
        }
    }

    fn well() -> Health {
        booked(Proven::Never)
    }

    fn booked(proven: Proven) -> Health {
        Health::AllWell {
            booked: 7,
            waiting: 0,
            others: 0,
            up_to: "2026-10-15T12:00:00Z".into(),
            proven,
        }
    }

    fn stopped(passing: bool) -> Health {
        let reason = Reason {
            code: "remote-unreachable".into(),
            params: std::collections::BTreeMap::new(),
        };
        Health::Stopped { reason, passing }
    }

    #[test]
    fn each_state_has_its_colour_and_its_words() {
        let words = Words::of("en");
        let shown = |pulse: &Pulse| {
            let face = face(&alone(Some(pulse)), &words);
            (face.tone, face.status.join("|"))
        };
        assert_eq!(shown(&pulse(well())), (Tone::Well, "All well".into()));
        let held = pulse(Health::NeedsYou { held: 2, unsent: 0 });
        assert_eq!(
            shown(&held),
            (Tone::NeedsYou, "2 records wait for you.".into())
        );
        // That no proof was made yet colours nothing; one that did not come to its end does.
        let agrees = Proven::Agrees {
            at: "2026-10-15T11:00:00Z".into(),
        };
        assert_eq!(shown(&pulse(booked(agrees))).0, Tone::Well);
        let failed = Proven::Failed {
            reason: Reason {
                code: "remote-unreachable".into(),
                params: std::collections::BTreeMap::new(),
            },
        };
        assert_eq!(
            shown(&pulse(booked(failed))),
            (Tone::Unusual, "Proof failed".into())
        );
        // So does one that should have been made by itself; that nobody asked for one does not.
        let old = |late| {
            let at = Some("2026-10-05T11:00:00Z".into());
            pulse(booked(Proven::Old { at, late }))
        };
        assert_eq!(
            shown(&old(true)),
            (Tone::Unusual, "Not proven lately".into())
        );
        assert_eq!(shown(&old(false)), (Tone::Well, "All well".into()));
        let delayed = pulse(Health::Delayed {
            orders: 1,
            records: 1,
            since: "2026-10-15T03:00:00Z".into(),
        });
        assert_eq!(
            shown(&delayed),
            (Tone::NeedsYou, "Does not get through".into())
        );
        let mut unsent = pulse(Health::Unsent {
            orders: 3,
            records: 7,
        });
        assert_eq!(shown(&unsent), (Tone::Unusual, "Not sent yet".into()));
        // While they are being sent nobody has to look, and nobody is told that all is well.
        unsent.running = true;
        assert_eq!(shown(&unsent), (Tone::Well, words.text("sync.running")));
        assert_eq!(shown(&pulse(stopped(true))).0, Tone::Unusual);
        assert_eq!(shown(&pulse(stopped(false))).0, Tone::NeedsYou);
        assert_eq!(shown(&pulse(Health::NothingYet)).0, Tone::Unusual);
        assert_eq!(face(&alone(None), &words).tone, Tone::NeedsYou);
    }

    #[test]
    fn the_menu_follows_what_goes_on() {
        let words = Words::of("nb");
        let actions = |pulse: &Pulse| {
            let entries = face(&alone(Some(pulse)), &words).entries;
            entries
                .into_iter()
                .map(|entry| (entry.action, entry.enabled))
                .collect::<Vec<_>>()
        };
        let mut now = pulse(well());
        assert_eq!(
            actions(&now),
            [
                (DesktopAction::Open, true),
                (DesktopAction::Sync, true),
                (DesktopAction::Pause, true),
                (DesktopAction::Quit, true)
            ]
        );
        now.running = true;
        assert_eq!(actions(&now)[1], (DesktopAction::Sync, false));
        now.schedule.paused = Some("2026-10-15T12:00:00Z".into());
        assert_eq!(actions(&now)[2], (DesktopAction::Resume, true));
        now.running = false;
        let face = face(&alone(Some(&now)), &words);
        assert_eq!(face.tone, Tone::Unusual);
        assert!(face.status[0].contains(&words.text("schedule.paused")));
    }

    #[test]
    fn with_several_pairs_the_worst_one_colours_the_tray_and_is_named() {
        let words = Words::of("en");
        let shown = |pairs: &[Standing]| {
            let face = face(pairs, &words);
            (face.tone, face.status)
        };
        let (fine, held) = (
            pulse(well()),
            pulse(Health::NeedsYou { held: 2, unsent: 0 }),
        );
        let mut busy = pulse(well());
        busy.running = true;
        let two = |first: Option<&Pulse>, second: Option<&Pulse>| {
            vec![standing("Fjord & Fjell", first), standing("", second)]
        };
        assert_eq!(
            shown(&two(Some(&fine), Some(&fine))),
            (Tone::Well, vec!["All well".to_owned()])
        );
        assert_eq!(
            shown(&two(Some(&held), Some(&busy))),
            (
                Tone::NeedsYou,
                vec!["Fjord & Fjell: 2 records wait for you.".to_owned()]
            )
        );
        // A damaged one needs somebody, whatever the others say; a new one is named as such.
        let (tone, lines) = shown(&two(Some(&held), None));
        assert_eq!((tone, lines.len()), (Tone::NeedsYou, 2));
        assert!(lines[1].starts_with(&words.text("pairs.new")), "{lines:?}");
        assert_eq!(
            shown(&two(Some(&fine), Some(&busy))).1,
            [words.text("sync.running")]
        );
        let (tone, lines) = shown(&two(Some(&fine), Some(&pulse(Health::NothingYet))));
        assert_eq!((tone, lines.len()), (Tone::Unusual, 1));
        // Pause and sync are for all of them: offered while there is one for which they would do something.
        let actions = |pairs: &[Standing]| {
            let entries = face(pairs, &words).entries;
            (entries[1].enabled, entries[2].action)
        };
        let mut paused = pulse(well());
        paused.schedule.paused = Some("2026-10-15T12:00:00Z".into());
        assert_eq!(
            actions(&two(Some(&paused), Some(&busy))),
            (true, DesktopAction::Pause)
        );
        assert_eq!(
            actions(&two(Some(&busy), Some(&busy))),
            (false, DesktopAction::Pause)
        );
        assert_eq!(
            actions(&two(Some(&paused), Some(&paused))),
            (true, DesktopAction::Resume)
        );
        // One that cannot be opened, or is not set up yet, hides nothing of what the other one needs.
        assert_eq!(
            actions(&two(Some(&paused), None)),
            (true, DesktopAction::Resume)
        );
        let mut unfinished = two(Some(&paused), Some(&pulse(Health::NothingYet)));
        unfinished[1].at_work = false;
        assert_eq!(actions(&unfinished), (true, DesktopAction::Resume));
        unfinished[0].pulse = Some(busy.clone());
        assert_eq!(actions(&unfinished), (false, DesktopAction::Pause));
        unfinished[0].at_work = false;
        assert_eq!(actions(&unfinished), (true, DesktopAction::Pause));
    }

    #[test]
    fn practice_is_named_in_its_tray() {
        for language in ["en", "nb", "sv", "da", "fi"] {
            let words = Words::of(language);
            let real = face(&alone(Some(&pulse(well()))), &words);
            let practice = real.clone().of_practice(&words);
            let word = words.text("frame.practice");
            assert!(practice.status[0].starts_with(&word), "{practice:?}");
            assert!(practice.status[0].contains(&real.status[0]));
            assert_eq!(practice.entries, real.entries);
        }
    }

    #[test]
    fn every_line_leads_to_its_action() {
        let words = Words::of("fi");
        for entry in face(&alone(None), &words).entries {
            assert_eq!(action_of(id_of(entry.action)), Some(entry.action));
            assert!(!entry.words.contains('.'), "{}", entry.words);
        }
        assert_eq!(action_of("status-0"), None);
        assert_eq!(action_of("resume"), Some(DesktopAction::Resume));
    }
}
