//! Opening the pairs of a folder: each as far as it can be opened, and again what could not be.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use brygga_core::{Clock, Code, Problem};

use super::{Entry, FIRST, Pairs, State, lock};
use crate::contract::{Event, Nothing};
use crate::pair::{Pair, PairHost};
use crate::watch::Watch;

/// So often what could not be opened is tried again: what was in the way at the start of the computer passes by itself, and there may be
/// no page that asks.
const AGAIN: Duration = Duration::from_mins(1);
/// A keychain that refused is asked after more and more of these, for it may ask a person each time. As many at most.
const RARELY: u32 = 60;

impl Pairs {
    /// Opens all of the folder. Where the folder itself can neither be read nor made, one entry stands for whatever is in it, with the
    /// reason; it is tried again like a pair.
    pub(super) fn fill(&self) {
        let _alone = lock(&self.opening);
        self.fill_alone();
    }

    /// Under the lock of `opening`.
    fn fill_alone(&self) {
        let Some(folder) = &self.host.folder else {
            return;
        };
        let ids = folder.ids().and_then(|mut ids| {
            if ids.is_empty() {
                ids.push(folder.make()?);
            }
            Ok(ids)
        });
        self.unread.store(ids.is_err(), Ordering::SeqCst);
        match ids {
            Ok(ids) => {
                if !ids.iter().any(|id| id == FIRST) {
                    lock(&self.entries).retain(|entry| entry.id != FIRST);
                }
                {
                    let mut shown = lock(&self.shown);
                    // What a person looks at meanwhile stays.
                    if shown.is_empty() || *shown == FIRST {
                        let before = folder.shown().filter(|shown| ids.contains(shown));
                        *shown = before.unwrap_or_else(|| ids[0].clone());
                    }
                }
                for id in ids {
                    if self.open_pair(&id).is_err() {
                        self.open_alone(&id);
                    }
                }
            }
            Err(problem) => {
                tracing::warn!(%problem, "the folder of the pairs cannot be read");
                {
                    let mut shown = lock(&self.shown);
                    if shown.is_empty() {
                        FIRST.clone_into(&mut shown);
                    }
                }
                self.put(Entry {
                    id: FIRST.to_owned(),
                    practice: false,
                    kept: true,
                    label: None,
                    state: State::Broken(problem),
                });
            }
        }
    }

    /// Opens a pair of the folder; one that cannot be opened stands there with its reason, and hinders no other.
    pub(super) fn open_kept(&self, id: &str) {
        let _alone = lock(&self.opening);
        self.open_alone(id);
    }

    /// Tries a pair again that could not be opened. Somebody else may have done so while this one waited for its turn, or put it away. What
    /// comes of it is told if it is anything else than before.
    pub(super) fn open_again(&self, id: &str) {
        let before = {
            let _alone = lock(&self.opening);
            let Some(before) = self.broken(id) else {
                return;
            };
            if self.unread.load(Ordering::SeqCst) {
                self.fill_alone();
            } else {
                self.open_alone(id);
            }
            before
        };
        if self.broken(id).map(|now| now.code) != Some(before.code) {
            self.tell("", Event::PairsChanged(Nothing {}));
            // A page that shows it reads everything anew.
            self.tell("", Event::RecordsChanged(Nothing {}));
        }
    }

    fn broken(&self, id: &str) -> Option<Problem> {
        match self.entry(id)?.state {
            State::Broken(problem) => Some(problem),
            State::Open { .. } | State::Asleep => None,
        }
    }

    /// Under the lock of `opening`.
    pub(super) fn open_alone(&self, id: &str) {
        let Some(folder) = &self.host.folder else {
            return;
        };
        let opened = folder.open(id).and_then(|ground| {
            let pair = Pair::open(Arc::new(ground), Watch::new(), PairHost::default())?;
            self.no_twin(id, &pair)?;
            Ok(pair)
        });
        // A card that cannot be read is said by the opening.
        let label = folder.card(id).ok().and_then(|card| card.label);
        let (state, pair) = match opened {
            Ok(pair) => (State::Asleep, Some(pair)),
            Err(problem) => {
                tracing::warn!(%problem, id, "a pair cannot be opened");
                (State::Broken(problem), None)
            }
        };
        self.put(Entry {
            id: id.to_owned(),
            practice: false,
            kept: true,
            label,
            state,
        });
        if let Some(pair) = pair {
            self.opened(id, pair, None);
        }
    }

    /// [`Code::PairExists`] if a pair that is open is of the same shop and company, or keeps its secrets under the same name: a folder that
    /// was copied, or moved back beside one that took its place. Both would book the same orders. One that is not open books nothing, and is
    /// asked the same when it is opened.
    fn no_twin(&self, id: &str, pair: &Pair) -> Result<(), Problem> {
        let who = pair.ground.who()?;
        let twin = self.all().into_iter().find(|entry| {
            entry.id != id
                && !entry.practice
                && entry.pair().is_some_and(|other| {
                    other.ground.place.has_secrets_of(&pair.ground.place)
                        || other.ground.who().is_ok_and(|other| other.is(&who))
                })
        });
        match twin {
            Some(twin) => {
                let name = self.name_of(&twin);
                let name = if name.is_empty() { twin.id } else { name };
                Err(Problem::new(Code::PairExists).with("pair", name))
            }
            None => Ok(()),
        }
    }
}

/// Tries again, for as long as the pairs run by themselves, what could not be opened.
pub(super) async fn keep_trying(pairs: Weak<Pairs>, clock: Arc<dyn Clock>) {
    let mut waits = Waits::default();
    loop {
        clock.sleep(AGAIN).await;
        // A clock that jumps instead of waiting must not keep the thread.
        tokio::task::yield_now().await;
        let Some(pairs) = pairs.upgrade() else { return };
        if !pairs.running.load(Ordering::SeqCst) {
            return;
        }
        let broken = pairs.all().into_iter().filter_map(|entry| {
            let problem = pairs.broken(&entry.id).filter(|_| entry.kept)?;
            Some((entry.id, problem.code))
        });
        let due = waits.due(&broken.collect::<Vec<_>>());
        if due.is_empty() {
            continue;
        }
        // Not on a thread of the runtime: a keychain may wait for a person.
        let tried = tokio::task::spawn_blocking(move || {
            for id in due {
                pairs.open_again(&id);
            }
        });
        if tried.await.is_err() {
            tracing::warn!("trying a pair again broke off");
        }
    }
}

/// When which pair is tried again.
#[derive(Debug, Default)]
struct Waits {
    /// Looks that are to pass, and how many the next time.
    left: HashMap<String, (u32, u32)>,
}

impl Waits {
    /// Those that are due at this look, of those that cannot be opened now.
    fn due(&mut self, broken: &[(String, Code)]) -> Vec<String> {
        self.left
            .retain(|id, _| broken.iter().any(|(known, _)| known == id));
        let mut due = Vec::new();
        for (id, code) in broken {
            let (left, next) = self.left.entry(id.clone()).or_insert((0, 1));
            if *left > 0 {
                *left -= 1;
                continue;
            }
            due.push(id.clone());
            if *code == Code::SecretsUnavailable {
                *left = *next;
                *next = (*next * 2).min(RARELY);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keychain_that_refuses_is_asked_ever_more_rarely_and_all_else_at_every_look() {
        let mut waits = Waits::default();
        let broken = vec![
            ("a".to_owned(), Code::SecretsUnavailable),
            ("b".to_owned(), Code::StoreInUse),
        ];
        let mut asked = Vec::new();
        for look in 0..300 {
            let due = waits.due(&broken);
            assert!(due.contains(&"b".to_owned()), "{look}");
            if due.contains(&"a".to_owned()) {
                asked.push(look);
            }
        }
        assert_eq!(asked, [0, 2, 5, 10, 19, 36, 69, 130, 191, 252]);
        // One that was open meanwhile begins anew.
        assert!(waits.due(&[]).is_empty());
        assert_eq!(waits.due(&broken), ["a", "b"]);
    }
}
