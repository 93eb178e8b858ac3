//! The commands of the contract over an engine.

use std::sync::{Arc, Mutex};

use brygga_core::policy::Lanes;
use brygga_core::{Money, Problem};
use brygga_engine::{Engine, RunOptions, lane_of_flow};
use brygga_store::{ActivityFilter, RecordKind, RecordRef, RecordRow, RecordState};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::broadcast;

use crate::background::Background;
use crate::contract::{
    ActivityCount, ActivityPage, ActivityQuery, ActivityRow, Amount, ApiError, Event, HeldGroup,
    Nothing, Reason, RecordKey, RecordLine, RecordsPage, RecordsQuery, Started, State, SyncNow,
};
use crate::day::begins;
use crate::notices::Told;
use crate::retry::Attempts;
use crate::watch::Watch;

/// What the host knows of itself.
#[derive(Debug, Clone, Default)]
pub struct Host {
    /// It runs on the practice pair.
    pub practice: bool,
    /// Address of the shop's admin; none on the practice pair, which has no admin pages.
    pub shop_admin: Option<String>,
}

/// Serves the commands of one pair.
pub struct Api {
    pub(crate) engine: Arc<Engine>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) host: Host,
    /// One change of the settings at a time: between the look at their revision and the writing, nobody else writes.
    pub(crate) choosing: Mutex<()>,
    /// Why the newest proof could not be finished.
    pub(crate) unproven: Mutex<Option<Problem>>,
    pub(crate) background: Background,
    /// What a person was told, where the database could not be written.
    pub(crate) told: Mutex<Option<Told>>,
    pub(crate) previewed: Mutex<crate::preview::PreviewKept>,
    pub(crate) attempts: Mutex<Attempts>,
}

/// At most so many rows in one answer.
const ROWS: u32 = 500;
/// At most so many records of one cause in one answer.
const OF_A_CAUSE: usize = 200;

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Api {
    /// Serves `engine`, which tells `watch` what happens.
    pub fn new(engine: Arc<Engine>, watch: Arc<Watch>, host: Host) -> Arc<Self> {
        watch.of(engine.store());
        Arc::new(Self {
            engine,
            watch,
            host,
            choosing: Mutex::default(),
            unproven: Mutex::default(),
            background: Background::default(),
            told: Mutex::default(),
            previewed: Mutex::default(),
            attempts: Mutex::default(),
        })
    }

    /// The engine behind it.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Everything that happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.watch.subscribe()
    }

    /// Runs the command `name` with its request, and gives its answer.
    pub async fn call(self: &Arc<Self>, name: &str, payload: Value) -> Result<Value, ApiError> {
        macro_rules! dispatch {
            ($($command:ident($request:ty) -> $answer:ty;)+) => {
                match name {
                    $(stringify!($command) => {
                        let answer: $answer = self.$command(read::<$request>(payload)?).await?;
                        write(&answer)
                    })+
                    _ => Err(wrong_use(&format!("no command {name}"))),
                }
            };
        }
        #[allow(
            clippy::wildcard_imports,
            reason = "the table of commands names types of the contract"
        )]
        use crate::contract::*;
        crate::with_commands!(dispatch)
    }

    /// The shop's time zone.
    pub(crate) async fn zone(&self) -> Result<chrono_tz::Tz, ApiError> {
        Ok(self.shop().await.map_err(error)?.time_zone())
    }

    pub(crate) async fn sync_now(self: &Arc<Self>, request: SyncNow) -> Result<Started, ApiError> {
        let lanes = match request.flow.as_deref() {
            None => Lanes::all(),
            Some(flow) => {
                let settings = self.engine.settings().map_err(error)?;
                lane_of_flow(flow, &settings)
                    .ok_or_else(|| wrong_use(&format!("no flow {flow}")))?
                    .into()
            }
        };
        let started = self.start(RunOptions {
            lanes,
            ..RunOptions::default()
        });
        Ok(match started {
            Ok((run, _)) => Started {
                run,
                already: false,
            },
            Err(under_way) => Started {
                run: under_way.run,
                already: true,
            },
        })
    }

    async fn sync_stop(&self, _: Nothing) -> Result<Nothing, ApiError> {
        self.engine.stop();
        Ok(Nothing {})
    }

    async fn activity(&self, query: ActivityQuery) -> Result<ActivityPage, ApiError> {
        let limit = query.limit.clamp(1, ROWS) as usize;
        let filter = self.activity_filter(&query).await?;
        let found = self.engine.store().find_activity(&filter, limit);
        let found = found.map_err(stored)?;
        Ok(ActivityPage {
            rows: found.rows.into_iter().map(activity_row).collect(),
            older: found.older,
            looked_to: found.looked_to.map(time),
        })
    }

    async fn activity_count(&self, query: ActivityQuery) -> Result<ActivityCount, ApiError> {
        let filter = self.activity_filter(&query).await?;
        let count = self.engine.store().activity_count(&filter);
        Ok(ActivityCount {
            count: u32::try_from(count.map_err(stored)?).unwrap_or(u32::MAX),
        })
    }

    async fn activity_filter<'a>(
        &self,
        query: &'a ActivityQuery,
    ) -> Result<ActivityFilter<'a>, ApiError> {
        let kind = match filled(query.kind.as_deref()) {
            Some(kind) => Some(kind.parse().map_err(stored)?),
            None => None,
        };
        let days = [query.from.as_deref(), query.to.as_deref()].map(filled);
        let [from, until] = if days == [None, None] {
            [None, None]
        } else {
            let zone = self.zone().await?;
            let [from, to] = days;
            [
                from.map(|day| begins(day, 0, zone))
                    .transpose()
                    .map_err(error)?,
                to.map(|day| begins(day, 1, zone))
                    .transpose()
                    .map_err(error)?,
            ]
        };
        Ok(ActivityFilter {
            search: filled(query.search.as_deref()),
            record: None,
            kind,
            serious: query.serious,
            from,
            until,
            before: query.before,
        })
    }

    async fn held(&self, _: Nothing) -> Result<Vec<HeldGroup>, ApiError> {
        let store = self.engine.store();
        let mut groups = Vec::new();
        for kind in RecordKind::ALL {
            for group in store.held_groups(*kind).map_err(stored)? {
                let mut records = Vec::new();
                for record in group.records.iter().take(OF_A_CAUSE) {
                    if let Some(row) = store.record(record).map_err(stored)? {
                        records.push(record_line(&row));
                    }
                }
                let reason = Reason {
                    code: group.code.to_string(),
                    params: group.params,
                };
                groups.push(HeldGroup {
                    kind: kind.as_str().into(),
                    remedy: crate::fixes::remedy_kind(&reason),
                    reason,
                    count: count(group.records.len()),
                    money: group.amounts.iter().map(amount).collect(),
                    records,
                });
            }
        }
        Ok(crate::fixes::with_their_orders(groups))
    }

    async fn records(&self, query: RecordsQuery) -> Result<RecordsPage, ApiError> {
        let kind = kind(&query.kind)?;
        let found = self
            .engine
            .store()
            .find_records(
                kind,
                filled(query.search.as_deref()),
                query.state.map(stored_state),
                query.offset as usize,
                query.limit.clamp(1, ROWS) as usize,
            )
            .map_err(stored)?;
        Ok(RecordsPage {
            rows: found.rows.iter().map(record_line).collect(),
            total: count(found.total),
            names_in_newest: found.names_in_newest.map(count),
        })
    }
}

pub(crate) fn read<T: DeserializeOwned>(payload: Value) -> Result<T, ApiError> {
    let payload = match payload {
        // A command without a request may be called with nothing at all.
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::Object(_) => payload,
        // A list would be taken for the fields in their order.
        _ => return Err(wrong_use("a request is an object")),
    };
    serde_json::from_value(payload).map_err(|error| wrong_use(&error.to_string()))
}

pub(crate) fn write<T: Serialize>(answer: &T) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|error| wrong_use(&error.to_string()))
}

/// The answer to a message that is none of the contract: for hosts that find out before a command is known.
pub fn misused(detail: &str) -> ApiError {
    wrong_use(detail)
}

pub(crate) fn wrong_use(detail: &str) -> ApiError {
    error(Problem::new(brygga_core::Code::WrongUse).with("detail", detail))
}

pub(crate) fn error(problem: Problem) -> ApiError {
    ApiError {
        code: problem.code.to_string(),
        params: problem.params,
    }
}

pub(crate) fn stored(fault: brygga_store::StoreError) -> ApiError {
    error(Problem::from(fault))
}

pub(crate) fn reason(problem: &Problem) -> Reason {
    Reason {
        code: problem.code.to_string(),
        params: problem.params.clone(),
    }
}

pub(crate) fn time(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(crate) fn amount(money: &Money) -> Amount {
    let places = brygga_core::money::decimals(money.currency) as usize;
    Amount {
        amount: format!("{:.places$}", money.amount),
        currency: money.currency.code().into(),
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn kind(text: &str) -> Result<RecordKind, ApiError> {
    text.parse()
        .map_err(|_| wrong_use(&format!("no kind of record {text}")))
}

pub(crate) fn record_ref(key: &RecordKey) -> Result<RecordRef, ApiError> {
    Ok(RecordRef::new(kind(&key.kind)?, &key.id))
}

fn stored_state(state: State) -> RecordState {
    match state {
        State::New => RecordState::New,
        State::Booked => RecordState::Booked,
        State::Waiting => RecordState::Waiting,
        State::Skipped => RecordState::Skipped,
        State::Held => RecordState::Held,
    }
}

pub(crate) fn record_line(row: &RecordRow) -> RecordLine {
    RecordLine {
        kind: row.record.kind.as_str().into(),
        id: row.record.id.clone(),
        name: row.name.clone(),
        party: row.party.clone(),
        state: match row.state {
            RecordState::New | RecordState::Planned => State::New,
            RecordState::Booked => State::Booked,
            RecordState::Waiting => State::Waiting,
            RecordState::Skipped => State::Skipped,
            RecordState::Held => State::Held,
        },
        reason: row.problem.as_ref().map(reason),
        amount: row.amount.as_ref().map(amount),
        erp_number: row.erp_number.clone(),
        happened: row.happened_at.map(time),
        changed: time(row.changed_at),
    }
}

pub(crate) fn activity_row(row: brygga_store::ActivityRow) -> ActivityRow {
    let id = row.id;
    let row = row.activity;
    ActivityRow {
        id,
        at: time(row.at),
        level: row.level.as_str().into(),
        event: row.event,
        kind: row
            .record
            .as_ref()
            .map(|record| record.kind.as_str().into()),
        id_of_record: row.record.map(|record| record.id),
        name: row.name,
        params: row.params,
    }
}
