//! Access tokens: fetched once, renewed early, never by two at once.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use brygga_core::{Clock, Problem};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use tokio::sync::Mutex;

/// A token as its issuer gave it.
#[derive(Debug, Clone)]
pub struct FreshToken {
    /// The token.
    pub value: SecretString,
    /// How long it is good; `None` for ever.
    pub expires_in: Option<Duration>,
    /// What it was granted for, if told.
    pub scope: Option<String>,
}

/// Whoever issues tokens.
#[async_trait]
pub trait TokenSource: Send + Sync + Debug {
    /// Asks for a new one.
    async fn fetch(&self) -> Result<FreshToken, Problem>;
}

/// A token to use now.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token.
    pub value: SecretString,
    /// What it was granted for, if told.
    pub scope: Option<String>,
    number: u64,
}

/// Renewed this long before the end (`facts/shopify` 1.2).
const EARLY: Duration = Duration::from_mins(1);

/// Keeps one token for all callers.
#[derive(Debug)]
pub struct TokenCache {
    source: Source,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// Fetches that have ended, well or badly.
    ended: AtomicU64,
}

#[derive(Debug)]
enum Source {
    Fixed(SecretString),
    Issuer(Arc<dyn TokenSource>),
}

#[derive(Debug, Default)]
struct State {
    token: Option<(Token, Option<DateTime<Utc>>)>,
    failure: Option<(u64, Problem)>,
    fetched: u64,
}

impl TokenCache {
    /// Tokens from `source`.
    pub fn new(source: Arc<dyn TokenSource>, clock: Arc<dyn Clock>) -> Self {
        Self {
            source: Source::Issuer(source),
            clock,
            state: Mutex::default(),
            ended: AtomicU64::new(0),
        }
    }

    /// One token that never changes.
    pub fn fixed(token: SecretString, clock: Arc<dyn Clock>) -> Self {
        Self {
            source: Source::Fixed(token),
            clock,
            state: Mutex::default(),
            ended: AtomicU64::new(0),
        }
    }

    /// The token; a new one if there is none or it ends within the minute. Callers at the same time wait for one fetch, and share
    /// its failure too.
    pub async fn get(&self) -> Result<Token, Problem> {
        let source = match &self.source {
            Source::Fixed(value) => {
                return Ok(Token {
                    value: value.clone(),
                    scope: None,
                    number: 0,
                });
            }
            Source::Issuer(source) => source,
        };
        let before = self.ended.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        if let Some((token, ends)) = &state.token
            && ends.is_none_or(|ends| self.clock.now() < ends)
        {
            return Ok(token.clone());
        }
        // a fetch that failed while we waited for it answers us too: no storm of tries
        if let Some((number, problem)) = &state.failure
            && *number > before
        {
            return Err(problem.clone());
        }
        let result = source.fetch().await;
        let number = self.ended.fetch_add(1, Ordering::AcqRel) + 1;
        match result {
            Ok(fresh) => {
                state.fetched += 1;
                let token = Token {
                    value: fresh.value,
                    scope: fresh.scope,
                    number: state.fetched,
                };
                let ends = fresh.expires_in.map(|life| {
                    // a token that lives shorter than the margin is used for half its life
                    let useful = life.saturating_sub(EARLY).max(life / 2);
                    self.clock.now() + TimeDelta::from_std(useful).unwrap_or(TimeDelta::MAX / 2)
                });
                state.token = Some((token.clone(), ends));
                state.failure = None;
                Ok(token)
            }
            Err(problem) => {
                state.failure = Some((number, problem.clone()));
                Err(problem)
            }
        }
    }

    /// The remote did not accept `token`: the next [`get`](Self::get) fetches a new one, once however many callers say this.
    /// False if there is no other to be had.
    pub async fn invalidate(&self, token: &Token) -> bool {
        if matches!(self.source, Source::Fixed(_)) {
            return false;
        }
        let mut state = self.state.lock().await;
        if state
            .token
            .as_ref()
            .is_some_and(|(kept, _)| kept.number == token.number)
        {
            state.token = None;
        }
        true
    }

    /// How many tokens were fetched so far.
    pub async fn fetched(&self) -> u64 {
        self.state.lock().await.fetched
    }
}
