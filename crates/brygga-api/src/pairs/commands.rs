//! The commands that are of no pair.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::{Code, Problem};

use super::{Entry, PRACTICE, Pairs, State, lock};
use crate::api::{error, wrong_use};
use crate::contract::{
    ApiError, DesktopAct, DesktopChange, DesktopView, Event, Nothing, PairAway, PairKey,
    PairPutAway, PairRename, PairsView,
};
use crate::desktop::Desktop;

/// A pair that is put away may take so long to come to its safe point.
const PATIENCE: Duration = Duration::from_secs(20);
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
        if !self.can_add(&lock(&self.entries)) {
            return Err(wrong_use("This host keeps one pair in one folder."));
        }
        let id = match self.untouched() {
            Some(id) => id,
            None => self.made().await.map_err(error)?,
        };
        self.shows(&id).map_err(error)
    }

    fn untouched(&self) -> Option<String> {
        let entries = lock(&self.entries);
        let first = entries.iter().find(|entry| {
            entry.pair().is_some_and(|pair| {
                let nothing = |who: brygga_engine::Who| who == brygga_engine::Who::default();
                pair.ground.who().is_ok_and(nothing)
            }) && entry.label.is_none()
        });
        first.map(|entry| entry.id.clone())
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
        let asleep = {
            let entries = lock(&self.entries);
            let entry = entries.iter().find(|entry| entry.id == key.pair);
            let entry = entry.ok_or_else(|| error(Code::PairGone.into()))?;
            matches!(entry.state, State::Asleep)
        };
        if asleep {
            self.awake(&key.pair, 1).await.map_err(error)?;
        }
        self.shows(&key.pair).map_err(error)
    }

    fn shows(&self, id: &str) -> Result<PairsView, Problem> {
        // Practice is not where one begins the next time.
        let kept = lock(&self.entries)
            .iter()
            .any(|entry| entry.id == id && entry.kept);
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
        let kept = {
            let entries = lock(&self.entries);
            let entry = entries.iter().find(|entry| entry.id == request.pair);
            entry.ok_or_else(|| error(Code::PairGone.into()))?.kept
        };
        if let Some(folder) = self.host.folder.as_ref().filter(|_| kept) {
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
        {
            let entries = lock(&self.entries);
            let entry = entries.iter().find(|entry| entry.id == request.pair);
            let entry = entry.ok_or_else(|| error(Code::PairGone.into()))?;
            if !entry.kept {
                return Err(wrong_use("The practice pair keeps nothing."));
            }
            // What was confirmed must be what is put away.
            if self.name_of(entry) != request.confirmed {
                return Err(wrong_use("Another name was confirmed."));
            }
        }
        self.shut(&request.pair).await;
        let place = match folder.put_away(&request.pair) {
            Ok(place) => place,
            Err(problem) => {
                // It goes on as it was.
                self.open_kept(&request.pair);
                return Err(error(problem));
            }
        };
        lock(&self.entries).retain(|entry| entry.id != request.pair);
        let left = lock(&self.entries)
            .iter()
            .find(|entry| entry.kept)
            .map(|entry| entry.id.clone());
        let next = match left {
            Some(next) => next,
            None => self.made().await.map_err(error)?,
        };
        let shown = lock(&self.shown).clone();
        let pairs = if shown == request.pair {
            self.shows(&next)
        } else {
            self.shows(&shown)
        }
        .map_err(error)?;
        Ok(PairAway {
            place: place.display().to_string(),
            pairs,
        })
    }

    /// Ends a pair, and waits until nobody has its database open any more: some systems do not move what is open.
    async fn shut(&self, id: &str) {
        let Ok(pair) = self.open_pair(id) else {
            return;
        };
        pair.close(PATIENCE).await;
        let store = Arc::downgrade(&pair.ground.store);
        drop(pair);
        if let Some(entry) = lock(&self.entries).iter_mut().find(|entry| entry.id == id) {
            entry.state = State::Asleep;
        }
        for _ in 0..LOOKS {
            if store.strong_count() == 0 {
                return;
            }
            self.host.clock.sleep(LOOK).await;
        }
        tracing::warn!(id, "somebody still has the database open");
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

    fn own_desktop(&self) -> Result<&Arc<dyn Desktop>, ApiError> {
        self.desktop
            .get()
            .ok_or_else(|| wrong_use("This host has no desktop: the page is open in a browser."))
    }
}
