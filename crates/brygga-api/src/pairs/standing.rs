//! How all pairs stand: for the switcher, the tray and what a person is told.

use brygga_core::Problem;
use brygga_engine::Who;

use super::{Entry, Pairs, State, lock};
use crate::api::reason;
use crate::contract::{PairLine, PairState, PairsView};
use crate::notices::Notice;
use crate::pulse::{Pulse, Tone};

/// How one pair stands, for what speaks for all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its name; empty while it has none.
    pub name: String,
    /// How it stands; none where it cannot be opened or read, which needs a person.
    pub pulse: Option<Pulse>,
    /// It is set up and has an engine: it can be paused, and run.
    pub at_work: bool,
}

impl Standing {
    /// Does anybody have to look.
    pub fn tone(&self) -> Tone {
        self.pulse.as_ref().map_or(Tone::NeedsYou, Pulse::tone)
    }
}

impl Pairs {
    pub(super) fn view(&self) -> PairsView {
        let entries = self.all();
        PairsView {
            shown: lock(&self.shown).clone(),
            can_add: self.can_add(&entries),
            pairs: entries.iter().map(|entry| self.line(entry)).collect(),
        }
    }

    /// In the folder, or where practice is alone.
    pub(super) fn can_add(&self, entries: &[Entry]) -> bool {
        self.host.folder.is_some()
            || entries.iter().all(|entry| entry.practice) && self.host.stage.is_some()
    }

    fn line(&self, entry: &Entry) -> PairLine {
        let pulse = match &entry.state {
            State::Open { pair, .. } => Some(pair.pulse()),
            State::Broken(problem) => Some(Err(problem.clone())),
            State::Asleep => None,
        };
        let running = matches!(&pulse, Some(Ok(pulse)) if pulse.running);
        let paused = matches!(&pulse, Some(Ok(pulse)) if pulse.schedule.paused.is_some());
        let set_up = entry.pair().is_none_or(|pair| {
            // One that lost a secret is set up: it only cannot run.
            pair.at_work().is_some() || !matches!(pair.lost(), Ok(None)) || pair.kept().is_err()
        });
        PairLine {
            id: entry.id.clone(),
            label: entry.label.clone(),
            shop: self.shop_of(entry),
            company: self
                .who(entry)
                .and_then(|who| who.company)
                .unwrap_or_default(),
            practice: entry.practice,
            set_up,
            state: match pulse {
                Some(Ok(pulse)) => PairState::Works {
                    health: pulse.health,
                },
                Some(Err(problem)) => PairState::Broken {
                    reason: reason(&problem),
                },
                None => PairState::Asleep,
            },
            running,
            paused,
            can_put_away: entry.kept,
        }
    }

    /// Which shop and company it is of: what its database says, or, where that cannot be read, its card.
    pub(super) fn who(&self, entry: &Entry) -> Option<Who> {
        match entry.pair() {
            Some(pair) => pair.ground.who().ok(),
            None => self.card(entry).map(|card| card.who()),
        }
    }

    fn shop_of(&self, entry: &Entry) -> String {
        match entry.pair() {
            Some(pair) => pair.shop_name().unwrap_or_default(),
            None => self
                .card(entry)
                .and_then(|card| card.name.or(card.shop))
                .unwrap_or_default(),
        }
    }

    fn card(&self, entry: &Entry) -> Option<brygga_engine::folder::Card> {
        let folder = self.host.folder.as_ref().filter(|_| entry.kept)?;
        folder.card(&entry.id).ok()
    }

    /// What the person calls it, else the shop's name or address; empty while nothing is connected.
    pub(super) fn name_of(&self, entry: &Entry) -> String {
        entry.label.clone().unwrap_or_else(|| self.shop_of(entry))
    }

    /// The pairs that speak for the program: the real ones, or, where there are none, those of practice. A practice pair never makes
    /// anybody think that the real books need somebody.
    fn speaking(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
        let real = entries.iter().any(|entry| !entry.practice);
        entries
            .iter()
            .filter(move |entry| entry.practice != real && !matches!(entry.state, State::Asleep))
    }

    /// Does more than one pair speak for the program: then each is told of by its name.
    pub fn are_several(&self) -> bool {
        Self::speaking(&self.all()).nth(1).is_some()
    }

    /// How all of them stand.
    pub fn standings(&self) -> Vec<Standing> {
        Self::speaking(&self.all())
            .map(|entry| Standing {
                name: self.name_of(entry),
                at_work: entry.pair().is_some_and(|pair| pair.at_work().is_some()),
                pulse: entry.pair().and_then(|pair| {
                    pair.pulse()
                        .inspect_err(
                            |problem| tracing::warn!(%problem, id = entry.id, "it cannot be read how it stands"),
                        )
                        .ok()
                }),
            })
            .collect()
    }

    /// What is to be told now, by pair. It counts as told from here on, whatever becomes of it.
    ///
    /// A pair that cannot be opened or read, or lost a secret, books nothing until somebody does something: that is told once for its
    /// reason, and kept in memory alone, for its database is what cannot be read.
    pub fn notices(&self) -> Vec<(String, Vec<Notice>)> {
        Self::speaking(&self.all())
            .filter_map(|entry| {
                let (still, mut notices) = match stands_still(entry) {
                    Some(problem) => (Some(problem), Vec::new()),
                    None => match entry.pair()?.at_work()?.notices() {
                        Ok(notices) => (None, notices),
                        Err(problem) => (Some(problem), Vec::new()),
                    },
                };
                if self.is_news(&entry.id, still.as_ref()) {
                    notices.extend(still.map(|problem| Notice::Stopped {
                        reason: reason(&problem),
                    }));
                }
                Some((self.name_of(entry), notices)).filter(|(_, notices)| !notices.is_empty())
            })
            .collect()
    }

    /// Is this a reason that nobody was told yet. One that has passed is forgotten: it is news when it comes again.
    fn is_news(&self, id: &str, still: Option<&Problem>) -> bool {
        let mut told = lock(&self.told);
        let Some(problem) = still else {
            told.remove(id);
            return false;
        };
        told.insert(id.to_owned(), problem.code) != Some(problem.code)
    }

    /// The pairs that run for real, or those of practice where there are no others: what *Sync now* and *Pause* of the tray are for.
    pub fn at_work(&self) -> Vec<std::sync::Arc<crate::api::Api>> {
        Self::speaking(&self.all())
            .filter_map(|entry| entry.pair()?.at_work())
            .collect()
    }
}

/// Why a pair cannot run at all.
fn stands_still(entry: &Entry) -> Option<Problem> {
    match &entry.state {
        State::Open { pair, .. } => pair.lost().unwrap_or_else(Some),
        State::Broken(problem) => Some(problem.clone()),
        State::Asleep => None,
    }
}
