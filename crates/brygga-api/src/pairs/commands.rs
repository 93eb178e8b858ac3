//! The commands that are of no pair.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brygga_core::{Code, Problem};

use super::{Entry, PRACTICE, Pairs, State, lock};
use crate::api::{error, wrong_use};
use crate::contract::{
    ApiError, DesktopAct, DesktopChange, DesktopView, Event, FileToSave, Nothing, PairAway,
    PairKey, PairPutAway, PairRename, PairsView, SavedFile,
};
use crate::desktop::Desktop;

/// So often, and after so long a wait, it is looked whether nobody has its database open any more.
const LOOKS: u32 = 50;
const LOOK: Duration = Duration::from_millis(20);
/// The longest name.
const LABEL: usize = 60;

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Pairs {
    pub(super) async fn pairs(&self, _: Nothing) -> Result<PairsView, ApiError> {
        Ok(self.view())
    }

    /// A new one, with nothing connected; it is shown. Where there is one already with which nobody began, that one is.
    pub(super) async fn pair_add(&self, _: Nothing) -> Result<PairsView, ApiError> {
        let _alone = self.changing.lock().await;
        if !self.can_add(&self.all()) {
            return Err(wrong_use("This host keeps one pair in one folder."));
        }
        let id = match self.untouched() {
            Some(id) => id,
            None => self.made().await.map_err(error)?,
        };
        self.shows(&id).map_err(error)
    }

    fn untouched(&self) -> Option<String> {
        let first = self.all().into_iter().find(|entry| {
            entry.pair().is_some_and(|pair| {
                let nothing = |who: brygga_engine::Who| who == brygga_engine::Who::default();
                pair.ground.who().is_ok_and(nothing)
            }) && entry.label.is_none()
        });
        first.map(|entry| entry.id)
    }

    async fn made(&self) -> Result<String, Problem> {
        if let Some(folder) = &self.host.folder {
            let id = folder.make()?;
            self.open_kept(&id);
            return Ok(id);
        }
        let number = lock(&self.entries).len() + 1;
        let id = format!("{PRACTICE}-{number}");
        self.put(Entry {
            id: id.clone(),
            practice: true,
            kept: false,
            label: None,
            state: State::Asleep,
        });
        match self.awake(&id, u32::try_from(number).unwrap_or(2)).await {
            Ok(()) => Ok(id),
            Err(problem) => {
                lock(&self.entries).retain(|entry| entry.id != id);
                Err(problem)
            }
        }
    }

    /// Starts a practice pair.
    async fn awake(&self, id: &str, number: u32) -> Result<(), Problem> {
        let stage = self.host.stage.as_ref().ok_or(Code::PairGone)?;
        let staged = stage.start(number).await?;
        self.opened(id, staged.pair, Some(staged.servers));
        Ok(())
    }

    /// This one is looked at; the practice pair begins when it is for the first time.
    pub(super) async fn pair_show(&self, key: PairKey) -> Result<PairsView, ApiError> {
        let _alone = self.changing.lock().await;
        let entry = self.entry(&key.pair);
        let entry = entry.ok_or_else(|| error(Code::PairGone.into()))?;
        if matches!(entry.state, State::Asleep) {
            self.awake(&key.pair, 1).await.map_err(error)?;
        }
        self.shows(&key.pair).map_err(error)
    }

    pub(super) fn shows(&self, id: &str) -> Result<PairsView, Problem> {
        // Practice is not where one begins the next time.
        let kept = self.entry(id).is_some_and(|entry| entry.kept);
        if let Some(folder) = self.host.folder.as_ref().filter(|_| kept) {
            folder.show(id)?;
        }
        id.clone_into(&mut lock(&self.shown));
        self.tell("", Event::PairsChanged(Nothing {}));
        Ok(self.view())
    }

    pub(super) async fn pair_rename(&self, request: PairRename) -> Result<PairsView, ApiError> {
        let _alone = self.changing.lock().await;
        let label = request.label.trim();
        if label.chars().count() > LABEL || label.chars().any(char::is_control) {
            return Err(error(
                Problem::new(Code::SettingRefused)
                    .with("setting", "label")
                    .with("value", label),
            ));
        }
        let label = (!label.is_empty()).then(|| label.to_owned());
        let entry = self.entry(&request.pair);
        let kept = entry.ok_or_else(|| error(Code::PairGone.into()))?.kept;
        if let Some(folder) = self.host.folder.as_ref().filter(|_| kept) {
            // What a sync just learned of the shop is kept on the same card.
            let _alone = lock(&self.cards);
            let mut card = folder.card(&request.pair).map_err(error)?;
            card.label.clone_from(&label);
            folder.put_card(&request.pair, &card).map_err(error)?;
        }
        if let Some(entry) = lock(&self.entries)
            .iter_mut()
            .find(|entry| entry.id == request.pair)
        {
            entry.label = label;
        }
        self.tell("", Event::PairsChanged(Nothing {}));
        Ok(self.view())
    }

    /// It comes to its safe point, is closed, and its folder is moved aside, whole.
    pub(super) async fn pair_put_away(&self, request: PairPutAway) -> Result<PairAway, ApiError> {
        let _alone = self.changing.lock().await;
        let Some(folder) = &self.host.folder else {
            return Err(wrong_use("This host keeps one pair in one folder."));
        };
        let entry = self.entry(&request.pair);
        let entry = entry.ok_or_else(|| error(Code::PairGone.into()))?;
        if !entry.kept {
            return Err(wrong_use("The practice pair keeps nothing."));
        }
        // What was confirmed must be what is put away.
        if self.name_of(&entry) != request.confirmed {
            return Err(wrong_use("Another name was confirmed."));
        }
        // It would be one more that has the database open.
        drop(entry);
        self.shut(&request.pair).await.map_err(error)?;
        let place = match folder.put_away(&request.pair) {
            Ok(place) => place,
            Err(problem) => {
                // It goes on as it was.
                self.open_kept(&request.pair);
                return Err(error(problem));
            }
        };
        lock(&self.entries).retain(|entry| entry.id != request.pair);
        // It is put away from here on, whatever comes of showing another.
        let pairs = self.without(&request.pair).await.unwrap_or_else(|problem| {
            tracing::warn!(%problem, "no other pair could be shown");
            self.tell("", Event::PairsChanged(Nothing {}));
            self.view()
        });
        Ok(PairAway {
            place: place.display().to_string(),
            pairs,
        })
    }

    /// What is shown now that this one is gone: another, or a new one.
    async fn without(&self, gone: &str) -> Result<PairsView, Problem> {
        let left = self.all().into_iter().find(|entry| entry.kept);
        let next = match left {
            Some(next) => next.id,
            None => self.made().await?,
        };
        let shown = lock(&self.shown).clone();
        if shown == gone {
            // Also where it cannot be remembered for the next start.
            next.clone_into(&mut lock(&self.shown));
            self.shows(&next)
        } else {
            self.shows(&shown)
        }
    }

    /// Ends a pair, and waits until nobody has its database open any more: some systems do not move what is open.
    ///
    /// [`Code::SyncUnderWay`] where a run did not come to its safe point in time: what it sends must find its journal. The pair goes on then.
    pub(super) async fn shut(&self, id: &str) -> Result<(), Problem> {
        if let Ok(pair) = self.open_pair(id)
            && !pair.close(self.host.patience).await
        {
            let entries = lock(&self.entries);
            if !self.ended.load(Ordering::SeqCst) {
                pair.go_on();
                if self.running.load(Ordering::SeqCst) {
                    self.runtime.spawn(pair.keep_in_step());
                }
            }
            drop(entries);
            return Err(Code::SyncUnderWay.into());
        }
        let store = {
            // Nobody opens it meanwhile, also where it could not be opened before.
            let _alone = lock(&self.opening);
            let store = self.open_pair(id).ok();
            let store = store.map(|pair| Arc::downgrade(&pair.ground.store));
            if let Some(entry) = lock(&self.entries).iter_mut().find(|entry| entry.id == id) {
                entry.state = State::Asleep;
            }
            store
        };
        let Some(store) = store else { return Ok(()) };
        for _ in 0..LOOKS {
            if store.strong_count() == 0 {
                return Ok(());
            }
            self.host.clock.sleep(LOOK).await;
        }
        tracing::warn!(id, "somebody still has the database open");
        Ok(())
    }

    pub(super) async fn desktop(&self, _: Nothing) -> Result<Option<DesktopView>, ApiError> {
        Ok(self.desktop.get().map(|desktop| desktop.view()))
    }

    pub(super) async fn put_desktop(&self, change: DesktopChange) -> Result<DesktopView, ApiError> {
        let desktop = self.own_desktop()?;
        desktop.put(&change).map_err(error)?;
        Ok(desktop.view())
    }

    pub(super) async fn desktop_act(&self, act: DesktopAct) -> Result<Nothing, ApiError> {
        self.own_desktop()?.act(act.action);
        Ok(Nothing {})
    }

    pub(super) async fn save_file(&self, file: FileToSave) -> Result<SavedFile, ApiError> {
        if !is_file_name(&file.name) {
            return Err(wrong_use(&format!("no name of a file: {}", file.name)));
        }
        let content = STANDARD
            .decode(&file.base64)
            .map_err(|fault| wrong_use(&fault.to_string()))?;
        let path = self
            .own_desktop()?
            .save(&file.name, &content)
            .map_err(error)?;
        Ok(SavedFile {
            path: path.display().to_string(),
        })
    }

    fn own_desktop(&self) -> Result<&Arc<dyn Desktop>, ApiError> {
        self.desktop
            .get()
            .ok_or_else(|| wrong_use("This host has no desktop: the page is open in a browser."))
    }
}

/// The page can save under its own names alone, never in another folder, and nothing that a double click would run.
fn is_file_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.len() <= 120
        && name.starts_with("brygga-")
        && name.bytes().all(plain)
        && !name.contains("..")
        && [".csv", ".xlsx", ".json"]
            .iter()
            .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_of_our_names() {
        for name in [
            "brygga-activity-2026-10-31.csv",
            "brygga-fjord-og-fjell.json",
        ] {
            assert!(is_file_name(name), "{name}");
        }
        for name in [
            "notes.csv",
            "brygga-run.exe",
            "brygga-/../x.csv",
            "brygga-..\\x.csv",
            "brygga-a..csv",
            "brygga-:x.json",
            "",
        ] {
            assert!(!is_file_name(name), "{name}");
        }
    }
}
