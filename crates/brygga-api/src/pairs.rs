//! All pairs of a program: each with its own folder, data, secrets and schedule, each running by itself. Commands are addressed to one of
//! them, events say which one they are of.

mod commands;
mod opening;
mod rescue;
mod standing;

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use brygga_core::{Clock, Code, Problem};
use brygga_engine::pairs_folder::PairsFolder;
use brygga_engine::{Others, Who};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::api::{error, read, write};
use crate::contract::{ApiError, Event, Nothing, PairEvent};
use crate::desktop::Desktop;
use crate::pair::Pair;

pub use standing::Standing;

/// Id of the practice pair; of the first one, where there are several.
pub const PRACTICE: &str = "practice";

/// Id of the first pair.
const FIRST: &str = "default";

/// A practice pair that runs.
pub struct Staged {
    /// Its commands.
    pub pair: Arc<Pair>,
    /// Both remotes: they live as long as it.
    pub servers: Box<dyn Any + Send + Sync>,
}

/// What a stage gives.
pub type Staging<'a> = Pin<Box<dyn Future<Output = Result<Staged, Problem>> + Send + 'a>>;

/// Where practice pairs come from.
pub trait Stage: Send + Sync {
    /// Starts the practice pair with this number: 1 is the usual one, every other is another shop and another company, with nothing
    /// connected.
    fn start(&self, number: u32) -> Staging<'_>;
}

/// What a program's pairs come from.
pub struct PairsHost {
    /// Where real pairs are kept; none where there is one folder for one pair, or practice alone.
    pub folder: Option<PairsFolder>,
    /// Where practice pairs come from; none where there is no practice.
    pub stage: Option<Arc<dyn Stage>>,
    /// For waits.
    pub clock: Arc<dyn Clock>,
    /// A pair that is put away may take so long, in real time, to come to its safe point. Usually [`PairsHost::PATIENCE`].
    pub patience: Duration,
}

impl PairsHost {
    /// The record in hand is sent and read back by then, unless a remote does not answer.
    pub const PATIENCE: Duration = Duration::from_secs(20);
}

#[derive(Clone)]
enum State {
    Open {
        pair: Arc<Pair>,
        /// What lives as long as it.
        _servers: Option<Arc<dyn Any + Send + Sync>>,
    },
    Broken(Problem),
    Asleep,
}

#[derive(Clone)]
struct Entry {
    id: String,
    practice: bool,
    /// It has a folder of its own among the others.
    kept: bool,
    label: Option<String>,
    state: State,
}

impl Entry {
    fn pair(&self) -> Option<&Arc<Pair>> {
        match &self.state {
            State::Open { pair, .. } => Some(pair),
            State::Broken(_) | State::Asleep => None,
        }
    }
}

/// The pairs of a program.
pub struct Pairs {
    host: PairsHost,
    entries: Mutex<Vec<Entry>>,
    shown: Mutex<String>,
    events: broadcast::Sender<PairEvent>,
    desktop: OnceLock<Arc<dyn Desktop>>,
    /// They run by themselves. Looked at and changed under the lock of the entries, so that each of them is begun once, and none after the
    /// end.
    running: AtomicBool,
    /// The program ends. Under the same lock.
    ended: AtomicBool,
    /// One pair at a time is made, begun or put away.
    changing: tokio::sync::Mutex<()>,
    /// One pair at a time is opened: two engines over one database would book beside each other.
    opening: Mutex<()>,
    /// The folder could not be read or made: its first entry stands for whatever is in it. Changed under the lock of `opening`.
    unread: AtomicBool,
    /// Of which pairs that cannot run at all it was told, and with which code.
    told: Mutex<HashMap<String, Code>>,
    /// One change of a card at a time.
    cards: Mutex<()>,
    /// One pair at a time asks whether another is of the same shop and company, and keeps its connection.
    connecting: Arc<Mutex<()>>,
    /// What runs by itself runs here, whoever begins it: a desktop's own thread is none of the runtime's.
    runtime: Handle,
    me: Weak<Self>,
}

impl Pairs {
    /// No pairs yet. To be called in the runtime in which they shall run.
    fn new(host: PairsHost) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            host,
            entries: Mutex::default(),
            shown: Mutex::default(),
            events: broadcast::channel(1024).0,
            desktop: OnceLock::new(),
            running: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            changing: tokio::sync::Mutex::default(),
            opening: Mutex::default(),
            unread: AtomicBool::new(false),
            told: Mutex::default(),
            cards: Mutex::default(),
            connecting: Arc::default(),
            runtime: Handle::current(),
            me: Weak::clone(me),
        })
    }

    /// The pairs of a folder, each as far as it can be opened, and the practice pair beside them. An empty folder gets its first pair.
    ///
    /// Like the other ways to make them it is called in a runtime: there they run.
    pub fn open(host: PairsHost) -> Arc<Self> {
        let pairs = Self::new(host);
        pairs.fill();
        pairs.offer_practice();
        pairs
    }

    /// One pair that somebody else has opened, and the practice pair beside it, unless it is one itself.
    pub fn of_one(pair: Arc<Pair>, stage: Option<Arc<dyn Stage>>) -> Arc<Self> {
        let clock = Arc::clone(&pair.ground.clock);
        let practice = pair.host.practice;
        let pairs = Self::new(PairsHost {
            folder: None,
            stage: stage.filter(|_| !practice),
            clock,
            patience: PairsHost::PATIENCE,
        });
        let id = if practice { PRACTICE } else { FIRST };
        id.clone_into(&mut lock(&pairs.shown));
        pairs.put(Entry {
            id: id.into(),
            practice,
            kept: false,
            label: None,
            state: State::Asleep,
        });
        pairs.opened(id, pair, None);
        pairs.offer_practice();
        pairs
    }

    /// Practice alone: the first practice pair, and others that can be added.
    pub fn practice(first: Staged, stage: Arc<dyn Stage>) -> Arc<Self> {
        let clock = Arc::clone(&first.pair.ground.clock);
        let pairs = Self::new(PairsHost {
            folder: None,
            stage: Some(stage),
            clock,
            patience: PairsHost::PATIENCE,
        });
        PRACTICE.clone_into(&mut lock(&pairs.shown));
        pairs.put(Entry {
            id: PRACTICE.into(),
            practice: true,
            kept: false,
            label: None,
            state: State::Asleep,
        });
        pairs.opened(PRACTICE, first.pair, Some(first.servers));
        pairs
    }

    fn offer_practice(&self) {
        if self.host.stage.is_some() {
            self.put(Entry {
                id: PRACTICE.into(),
                practice: true,
                kept: false,
                label: None,
                state: State::Asleep,
            });
        }
    }

    /// Adds it before the practice pair, or puts it in place of itself.
    fn put(&self, entry: Entry) {
        let mut entries = lock(&self.entries);
        match entries.iter_mut().find(|known| known.id == entry.id) {
            Some(known) => *known = entry,
            None if entry.practice => entries.push(entry),
            None => {
                let at = entries.iter().filter(|known| !known.practice).count();
                entries.insert(at, entry);
            }
        }
    }

    /// All of them as they stand now, to be looked at without keeping anybody from them: their databases take their time.
    fn all(&self) -> Vec<Entry> {
        lock(&self.entries).clone()
    }

    fn entry(&self, id: &str) -> Option<Entry> {
        lock(&self.entries)
            .iter()
            .find(|entry| entry.id == id)
            .cloned()
    }

    /// It is open: it is heard, knows of the others, and runs by itself where the others do.
    fn opened(&self, id: &str, pair: Arc<Pair>, servers: Option<Box<dyn Any + Send + Sync>>) {
        pair.ground.place.beside(Arc::new(Beside {
            pairs: Weak::clone(&self.me),
            id: id.to_owned(),
        }));
        self.runtime
            .spawn(forward(Weak::clone(&self.me), id.to_owned(), pair.events()));
        {
            let mut entries = lock(&self.entries);
            if let Some(entry) = entries.iter_mut().find(|entry| entry.id == id) {
                if self.ended.load(Ordering::SeqCst) {
                    // It was opened while the others were closed: nobody would end it any more.
                    pair.end();
                } else if self.running.load(Ordering::SeqCst) {
                    self.runtime.spawn(Arc::clone(&pair).keep_in_step());
                }
                entry.state = State::Open {
                    pair,
                    _servers: servers.map(Arc::from),
                };
            }
        }
        self.note(id);
    }

    /// Lets all of them run by themselves from now on, each by its own schedule, until [`Pairs::close`]. From any thread: they run in the
    /// runtime in which they were made.
    pub fn keep_in_step(&self) {
        let entries = lock(&self.entries);
        if self.ended.load(Ordering::SeqCst) || self.running.swap(true, Ordering::SeqCst) {
            return;
        }
        for pair in entries.iter().filter_map(Entry::pair) {
            self.runtime.spawn(Arc::clone(pair).keep_in_step());
        }
        if self.host.folder.is_some() {
            let clock = Arc::clone(&self.host.clock);
            self.runtime
                .spawn(opening::keep_trying(Weak::clone(&self.me), clock));
        }
    }

    /// Everything that happens in any of them from now on.
    pub fn events(&self) -> broadcast::Receiver<PairEvent> {
        self.events.subscribe()
    }

    /// Tells of the desktop. Once: a second one would be a mistake of the host, and the first stays.
    pub fn stand_on(&self, desktop: Arc<dyn Desktop>) {
        let _ = self.desktop.set(desktop);
    }

    /// Runs the command `name` with its request for a pair, or for the one that is shown, and gives its answer.
    pub async fn call(
        &self,
        pair: Option<&str>,
        name: &str,
        payload: Value,
    ) -> Result<Value, ApiError> {
        macro_rules! dispatch {
            ($($command:ident($request:ty) -> $answer:ty;)+) => {
                match name {
                    $(stringify!($command) => {
                        let answer: $answer = self.$command(read::<$request>(payload)?).await?;
                        write(&answer)
                    })+
                    _ => {
                        let pair = self.pair_aside(pair).await.map_err(error)?;
                        pair.call(name, payload).await
                    }
                }
            };
        }
        #[allow(
            clippy::wildcard_imports,
            reason = "the table of commands names types of the contract"
        )]
        use crate::contract::*;
        crate::with_program_commands!(dispatch)
    }

    /// A pair, or the one that is shown. One that could not be opened is tried again, which may wait for a person: see
    /// [`brygga_core::SecretStore`].
    pub fn pair(&self, id: Option<&str>) -> Result<Arc<Pair>, Problem> {
        let id = self.or_shown(id);
        if let Some(pair) = self.if_open(&id)? {
            return Ok(pair);
        }
        self.open_again(&id);
        match self.entry(&id).map(|entry| entry.state) {
            Some(State::Open { pair, .. }) => Ok(pair),
            Some(State::Broken(problem)) => Err(problem),
            Some(State::Asleep) | None => Err(Code::PairGone.into()),
        }
    }

    /// The same without keeping a thread of the runtime waiting.
    async fn pair_aside(&self, id: Option<&str>) -> Result<Arc<Pair>, Problem> {
        let id = self.or_shown(id);
        if let Some(pair) = self.if_open(&id)? {
            return Ok(pair);
        }
        let pairs = self.me.upgrade().ok_or(Code::PairGone)?;
        let opened = self.runtime.spawn_blocking(move || pairs.pair(Some(&id)));
        opened
            .await
            .map_err(|fault| Problem::new(Code::Internal).with("detail", fault))?
    }

    fn or_shown(&self, id: Option<&str>) -> String {
        id.map_or_else(|| lock(&self.shown).clone(), str::to_owned)
    }

    /// A pair if it is open; `None` if it can be tried again.
    fn if_open(&self, id: &str) -> Result<Option<Arc<Pair>>, Problem> {
        let entry = self.entry(id).ok_or(Code::PairGone)?;
        match entry.state {
            State::Open { pair, .. } => Ok(Some(pair)),
            State::Broken(_) if entry.kept => Ok(None),
            State::Broken(problem) => Err(problem),
            State::Asleep => Err(Code::PairGone.into()),
        }
    }

    /// Ends the runs under way after the record in hand, and begins no other. Did all of them end within `patience`?
    pub async fn close(&self, patience: Duration) -> bool {
        let open: Vec<_> = {
            let entries = lock(&self.entries);
            // One that is opened from now on does not start.
            self.ended.store(true, Ordering::SeqCst);
            self.running.store(false, Ordering::SeqCst);
            entries.iter().filter_map(Entry::pair).cloned().collect()
        };
        let mut ends = tokio::task::JoinSet::new();
        for pair in open {
            ends.spawn(async move { pair.close(patience).await });
        }
        ends.join_all().await.into_iter().all(|ended| ended)
    }

    fn tell(&self, pair: &str, event: Event) {
        // Nobody listening is fine.
        let _ = self.events.send(PairEvent {
            pair: pair.to_owned(),
            event,
        });
    }

    /// Keeps on its card what is known of a pair now: with a damaged database it is still known which one it is.
    fn note(&self, id: &str) {
        let (Some(folder), Ok(pair)) = (&self.host.folder, self.open_pair(id)) else {
            return;
        };
        let kept = || {
            let _alone = lock(&self.cards);
            let before = folder.card(id)?;
            let who = pair.ground.who()?;
            let mut card = before.clone();
            card.name = Some(pair.shop_name()?).filter(|name| !name.is_empty());
            card.shop = who.shop;
            card.tenant = who.tenant;
            card.company = who.company;
            if card != before {
                folder.put_card(id, &card)?;
            }
            Ok::<_, Problem>(())
        };
        if let Err(problem) = kept() {
            // It is only for the day on which the database cannot be read.
            tracing::debug!(%problem, id, "what is known of a pair could not be kept on its card");
        }
    }

    fn open_pair(&self, id: &str) -> Result<Arc<Pair>, Problem> {
        let entries = lock(&self.entries);
        let entry = entries.iter().find(|entry| entry.id == id);
        entry
            .and_then(Entry::pair)
            .cloned()
            .ok_or_else(|| Code::PairGone.into())
    }
}

/// Sends on what happens in one pair, until it is gone.
async fn forward(pairs: Weak<Pairs>, id: String, mut events: broadcast::Receiver<Event>) {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            // What was missed cannot be told again: whoever listens reads everything anew.
            Err(RecvError::Lagged(_)) => Event::RecordsChanged(Nothing {}),
            Err(RecvError::Closed) => return,
        };
        let Some(pairs) = pairs.upgrade() else {
            return;
        };
        if matches!(
            event,
            Event::SetupChanged(_) | Event::Finished(_) | Event::PairsChanged(_)
        ) {
            pairs.note(&id);
        }
        pairs.tell(&id, event);
    }
}

/// The others, as one pair sees them.
struct Beside {
    pairs: Weak<Pairs>,
    id: String,
}

impl Others for Beside {
    fn turn(&self) -> Option<Arc<Mutex<()>>> {
        let pairs = self.pairs.upgrade()?;
        Some(Arc::clone(&pairs.connecting))
    }

    fn same(&self, who: &Who) -> Option<String> {
        let pairs = self.pairs.upgrade()?;
        let entries = pairs.all();
        let practice = entries
            .iter()
            .find(|entry| entry.id == self.id)
            .is_some_and(|entry| entry.practice);
        entries
            .iter()
            // Practice is another world: what is made up there is no shop that somebody has.
            .filter(|entry| entry.id != self.id && entry.practice == practice)
            .find(|entry| pairs.who(entry).is_some_and(|other| other.is(who)))
            .map(|entry| pairs.name_of(entry))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
