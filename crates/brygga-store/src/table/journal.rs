//! The journal: every outgoing effect is written here before it is sent, and settled after (`design` 3).

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, Row, named_params};
use serde_json::Value;
use uuid::Uuid;

use crate::column::{
    all, first, get, get_count, get_time, get_time_or_null, get_uuid, run, time, time_or_null,
};
use crate::error::StoreError;
use crate::seal::{Place, Seal};
use crate::store::Store;
use crate::table::activity::{self, Activity};
use crate::table::links::{self, Link};
use crate::table::records::{self, RecordRef, RecordRow};
use crate::text_enum::text_enum;

pub(crate) const CREATE: &str = "
CREATE TABLE journal (
    id TEXT NOT NULL PRIMARY KEY,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    plan TEXT NOT NULL,
    seq INTEGER NOT NULL,
    what TEXT NOT NULL,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    lookups INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    sent_at TEXT,
    settled_at TEXT,
    next_lookup_at TEXT,
    body BLOB NOT NULL,
    outcome BLOB,
    FOREIGN KEY (record_kind, record_id) REFERENCES records (kind, id)
) STRICT;
CREATE UNIQUE INDEX journal_key ON journal (key) WHERE state NOT IN ('refused', 'superseded');
CREATE INDEX journal_open ON journal (record_kind, record_id) WHERE state IN ('intent', 'sending', 'unknown');
CREATE INDEX journal_by_record ON journal (record_kind, record_id, created_at, seq);
";

text_enum! {
    /// How far an intent has come.
    IntentState {
        /// Written, not sent.
        Intent = "intent",
        /// Being sent. Found in this state at start, it is as good as unknown.
        Sending = "sending",
        /// The other side did it.
        Done = "done",
        /// The other side refused it; nothing was done there.
        Refused = "refused",
        /// Sent, and no answer tells what became of it: it is looked up before anything is sent again.
        Unknown = "unknown",
        /// Another plan has taken its place before it was sent.
        Superseded = "superseded",
    }
}

impl IntentState {
    /// Whether nothing more follows from it.
    pub fn is_settled(self) -> bool {
        match self {
            Self::Done | Self::Refused | Self::Superseded => true,
            Self::Intent | Self::Sending | Self::Unknown => false,
        }
    }
}

/// One outgoing effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// Its id.
    pub id: Uuid,
    /// The record it is for.
    pub record: RecordRef,
    /// The plan it is part of.
    pub plan: Uuid,
    /// Its place in the plan, from 0.
    pub seq: u32,
    /// What it does, such as "create-customer", "create-order", "patch-head".
    pub kind: String,
    /// Its idempotency key: unique among all intents that were not refused or superseded.
    pub key: String,
    /// What is sent. Sealed; `Null` once the retention has removed it.
    pub body: Value,
    /// How far it has come.
    pub state: IntentState,
    /// What the other side answered. Sealed.
    pub outcome: Option<Value>,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was last sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// How often it was looked up since it became unknown.
    pub lookups: u32,
    /// When to look it up next.
    pub next_lookup_at: Option<DateTime<Utc>>,
}

impl Intent {
    /// An intent that nobody has tried yet, first of its plan; `seq` can be set after.
    pub fn new(
        id: Uuid,
        plan: Uuid,
        record: RecordRef,
        kind: impl Into<String>,
        key: impl Into<String>,
        body: Value,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            record,
            plan,
            seq: 0,
            kind: kind.into(),
            key: key.into(),
            body,
            state: IntentState::Intent,
            outcome: None,
            attempts: 0,
            created_at: now,
            sent_at: None,
            settled_at: None,
            lookups: 0,
            next_lookup_at: None,
        }
    }
}

/// The end of an intent, with all that follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settle {
    /// Which intent.
    pub intent: Uuid,
    /// Done, refused or superseded.
    pub state: IntentState,
    /// What the other side answered. Sealed.
    pub outcome: Value,
    /// Links made by it.
    pub links: Vec<Link>,
    /// Where its record stands now.
    pub record: Option<RecordRow>,
    /// What to tell.
    pub activity: Vec<Activity>,
}

/// How much the journal holds: what a restored backup is measured by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalHead {
    /// Written, not sent.
    pub intent: usize,
    /// Being sent.
    pub sending: usize,
    /// Sent, outcome unknown.
    pub unknown: usize,
    /// Done.
    pub done: usize,
    /// Refused.
    pub refused: usize,
    /// Superseded.
    pub superseded: usize,
    /// When the last one was written.
    pub last_created: Option<DateTime<Utc>>,
    /// When the last one was settled.
    pub last_settled: Option<DateTime<Utc>>,
}

fn place(id: &str) -> Place<'_> {
    Place {
        table: "journal",
        kind: "",
        id,
    }
}

/// The outcome has a place of its own, so that it cannot stand in for a body.
fn outcome_place(id: &str) -> Place<'_> {
    Place {
        table: "journal",
        kind: "outcome",
        id,
    }
}

fn insert(db: &Connection, seal: &Seal, intent: &Intent) -> Result<(), StoreError> {
    let id = intent.id.to_string();
    let outcome = intent
        .outcome
        .as_ref()
        .map(|outcome| seal.seal(outcome_place(&id), outcome))
        .transpose()?;
    let inserted = db
        .prepare_cached(
            "INSERT INTO journal (id, record_kind, record_id, plan, seq, what, key, state, attempts, lookups,
                created_at, sent_at, settled_at, next_lookup_at, body, outcome)
             VALUES (:id, :record_kind, :record_id, :plan, :seq, :what, :key, :state, :attempts, :lookups,
                :created_at, :sent_at, :settled_at, :next_lookup_at, :body, :outcome)",
        )?
        .execute(named_params! {
            ":id": id,
            ":record_kind": intent.record.kind.as_str(),
            ":record_id": intent.record.id,
            ":plan": intent.plan.to_string(),
            ":seq": intent.seq,
            ":what": intent.kind,
            ":key": intent.key,
            ":state": intent.state.as_str(),
            ":attempts": intent.attempts,
            ":lookups": intent.lookups,
            ":created_at": time(intent.created_at),
            ":sent_at": time_or_null(intent.sent_at),
            ":settled_at": time_or_null(intent.settled_at),
            ":next_lookup_at": time_or_null(intent.next_lookup_at),
            ":body": seal.seal(place(&id), &intent.body)?,
            ":outcome": outcome,
        });
    match inserted {
        Ok(_) => Ok(()),
        Err(error) if repeats_key(&error) => Err(StoreError::AlreadyPlanned),
        Err(error) => Err(error.into()),
    }
}

/// Whether `journal_key` refused the row.
fn repeats_key(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
        && error.to_string().contains("journal.key")
}

fn read(row: &Row<'_>, seal: &Seal) -> Result<Intent, StoreError> {
    let id = get::<String>(row, "id")?;
    Ok(Intent {
        id: get_uuid(row, "id")?,
        record: RecordRef {
            kind: get::<String>(row, "record_kind")?.parse()?,
            id: get(row, "record_id")?,
        },
        plan: get_uuid(row, "plan")?,
        seq: get(row, "seq")?,
        kind: get(row, "what")?,
        key: get(row, "key")?,
        body: seal.open(place(&id), &get::<Vec<u8>>(row, "body")?)?,
        state: get::<String>(row, "state")?.parse()?,
        outcome: get::<Option<Vec<u8>>>(row, "outcome")?
            .map(|bytes| seal.open(outcome_place(&id), &bytes))
            .transpose()?,
        attempts: get(row, "attempts")?,
        created_at: get_time(row, "created_at")?,
        sent_at: get_time_or_null(row, "sent_at")?,
        settled_at: get_time_or_null(row, "settled_at")?,
        lookups: get(row, "lookups")?,
        next_lookup_at: get_time_or_null(row, "next_lookup_at")?,
    })
}

/// Refuses to touch an intent that is settled or was never written.
fn check_open(db: &Connection, id: Uuid, to: IntentState) -> Result<(), StoreError> {
    let from = first(
        db,
        "SELECT state FROM journal WHERE id = ?1",
        [id.to_string()],
        |row| get::<String>(row, "state")?.parse::<IntentState>(),
    )?
    .ok_or(StoreError::NoIntent { id })?;
    if from.is_settled() {
        return Err(StoreError::WrongState { id, from, to });
    }
    Ok(())
}

impl Store {
    /// Writes a plan: its record, its intents and what to tell, in one transaction.
    ///
    /// [`StoreError::AlreadyPlanned`] if one of the keys is open or done already; then nothing is written.
    pub fn write_plan(
        &self,
        record: &RecordRow,
        intents: &[Intent],
        activity: &[Activity],
    ) -> Result<(), StoreError> {
        self.write(|db| {
            records::put(db, &self.seal, record)?;
            for intent in intents {
                insert(db, &self.seal, intent)?;
            }
            activity::insert(db, &self.seal, activity)?;
            Ok(())
        })
    }

    /// Notes that an intent is about to be sent: called before the first byte leaves. Counts the attempt.
    ///
    /// Sending again what may have arrived is the caller's to prevent, by looking it up first.
    pub fn mark_sending(&self, id: Uuid) -> Result<(), StoreError> {
        let now = self.now();
        self.write(|db| {
            check_open(db, id, IntentState::Sending)?;
            run(
                db,
                "UPDATE journal SET state = 'sending', attempts = attempts + 1, sent_at = ?2, next_lookup_at = NULL
                 WHERE id = ?1",
                (id.to_string(), time(now)),
            )?;
            Ok(())
        })
    }

    /// Notes that nobody knows what became of an intent, and when to look it up.
    pub fn mark_unknown(
        &self,
        id: Uuid,
        outcome: Value,
        next_lookup_at: impl Into<Option<DateTime<Utc>>>,
    ) -> Result<(), StoreError> {
        let text = id.to_string();
        let next_lookup_at = next_lookup_at.into();
        self.write(|db| {
            check_open(db, id, IntentState::Unknown)?;
            run(
                db,
                "UPDATE journal SET state = 'unknown', outcome = ?2, next_lookup_at = ?3, lookups = 0 WHERE id = ?1",
                (
                    &text,
                    self.seal.seal(outcome_place(&text), &outcome)?,
                    time_or_null(next_lookup_at),
                ),
            )?;
            Ok(())
        })
    }

    /// Notes that an intent was looked up and not found, and when to look again.
    pub fn note_lookup(
        &self,
        id: Uuid,
        next_lookup_at: impl Into<Option<DateTime<Utc>>>,
    ) -> Result<(), StoreError> {
        let next_lookup_at = next_lookup_at.into();
        self.write(|db| {
            check_open(db, id, IntentState::Unknown)?;
            run(
                db,
                "UPDATE journal SET lookups = lookups + 1, next_lookup_at = ?2 WHERE id = ?1",
                (id.to_string(), time_or_null(next_lookup_at)),
            )?;
            Ok(())
        })
    }

    /// Settles an intent with its links, its record and what to tell, in one transaction.
    pub fn settle(&self, settle: Settle) -> Result<(), StoreError> {
        let now = self.now();
        let id = settle.intent;
        let text = id.to_string();
        self.write(|db| {
            check_open(db, id, settle.state)?;
            if !settle.state.is_settled() {
                return Err(StoreError::Fault {
                    detail: format!("intent {id} cannot be settled as {}", settle.state),
                });
            }
            run(
                db,
                "UPDATE journal SET state = ?2, outcome = ?3, settled_at = ?4, next_lookup_at = NULL WHERE id = ?1",
                (
                    &text,
                    settle.state.as_str(),
                    self.seal.seal(outcome_place(&text), &settle.outcome)?,
                    time(now),
                ),
            )?;
            for link in &settle.links {
                links::put(db, &self.seal, link)?;
            }
            if let Some(record) = &settle.record {
                records::put(db, &self.seal, record)?;
            }
            activity::insert(db, &self.seal, &settle.activity)?;
            Ok(())
        })
    }

    /// Every intent that is not settled, in the order they were written.
    pub fn open_intents(&self) -> Result<Vec<Intent>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM journal WHERE state IN ('intent', 'sending', 'unknown') ORDER BY created_at, plan, seq",
                [],
                |row| read(row, &self.seal),
            )
        })
    }

    /// Every intent of a record, in the order they were written.
    pub fn intents_of(&self, record: &RecordRef) -> Result<Vec<Intent>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM journal WHERE record_kind = ?1 AND record_id = ?2 ORDER BY created_at, plan, seq",
                (record.kind.as_str(), &record.id),
                |row| read(row, &self.seal),
            )
        })
    }

    /// The records of which anything was sent at `since` or later, each once.
    pub fn sent_since(&self, since: DateTime<Utc>) -> Result<Vec<RecordRef>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT DISTINCT record_kind AS kind, record_id AS id FROM journal WHERE sent_at >= ?1
                 ORDER BY record_kind, record_id",
                [time(since)],
                records::read_ref,
            )
        })
    }

    /// One intent.
    pub fn intent(&self, id: Uuid) -> Result<Option<Intent>, StoreError> {
        self.read(|db| {
            first(
                db,
                "SELECT * FROM journal WHERE id = ?1",
                [id.to_string()],
                |row| read(row, &self.seal),
            )
        })
    }

    /// How much the journal holds.
    pub fn journal_head(&self) -> Result<JournalHead, StoreError> {
        let states = self.read(|db| {
            all(
                db,
                "SELECT state, count(*) AS count, max(created_at) AS created, max(settled_at) AS settled
                 FROM journal GROUP BY state",
                [],
                |row| {
                    Ok((
                        get::<String>(row, "state")?.parse::<IntentState>()?,
                        get_count(row, "count")?,
                        get_time_or_null(row, "created")?,
                        get_time_or_null(row, "settled")?,
                    ))
                },
            )
        })?;
        let mut head = JournalHead::default();
        for (state, count, created, settled) in states {
            let field = match state {
                IntentState::Intent => &mut head.intent,
                IntentState::Sending => &mut head.sending,
                IntentState::Unknown => &mut head.unknown,
                IntentState::Done => &mut head.done,
                IntentState::Refused => &mut head.refused,
                IntentState::Superseded => &mut head.superseded,
            };
            *field = count;
            head.last_created = head.last_created.max(created);
            head.last_settled = head.last_settled.max(settled);
        }
        Ok(head)
    }
}

/// Replaces the bodies of a record's settled intents by `Null`.
pub(crate) fn empty_settled(
    db: &Connection,
    seal: &Seal,
    record: &RecordRef,
) -> Result<usize, StoreError> {
    let ids = all(
        db,
        "SELECT id FROM journal WHERE record_kind = ?1 AND record_id = ?2
           AND state NOT IN ('intent', 'sending', 'unknown') AND outcome IS NOT NULL",
        (record.kind.as_str(), &record.id),
        |row| get::<String>(row, "id"),
    )?;
    for id in &ids {
        run(
            db,
            "UPDATE journal SET body = ?2, outcome = NULL WHERE id = ?1",
            (id, seal.seal(place(id), &Value::Null)?),
        )?;
    }
    Ok(ids.len())
}

/// Replaces the bodies of intents settled before `before` by `Null`.
pub(crate) fn empty_bodies(
    db: &Connection,
    seal: &Seal,
    before: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let ids = all(
        db,
        "SELECT id FROM journal WHERE settled_at < ?1 AND outcome IS NOT NULL",
        [time(before)],
        |row| get::<String>(row, "id"),
    )?;
    for id in &ids {
        run(
            db,
            "UPDATE journal SET body = ?2, outcome = NULL WHERE id = ?1",
            (id, seal.seal(place(id), &Value::Null)?),
        )?;
    }
    Ok(ids.len())
}
