//! Records grouped by what keeps them, so that one remedy can be offered for many (`design` 8, Fixes).

use std::collections::BTreeMap;

use brygga_core::{Code, Money};
use rusqlite::Connection;

use crate::column::{all, first, get};
use crate::error::StoreError;
use crate::seal::Seal;
use crate::store::Store;
use crate::table::records::{
    RecordKind, RecordRef, RecordState, read_amount, read_code, read_private, read_ref,
};

/// Parameters that belong to one record. They do not make a cause of their own: nine orders that lack one VAT row are one group.
const OF_ONE_RECORD: &[&str] = &[
    "order", "title", "document", "ours", "theirs", "amount", "date", "at", "count", "customer",
    "numbers",
];

/// Whether a parameter belongs to one record of its code. Which customers a buyer may be is the question itself.
fn is_of_one_record(code: Code, name: &str) -> bool {
    OF_ONE_RECORD.contains(&name) && !(code == Code::CustomerAmbiguous && name == "numbers")
}

/// Records with one cause.
#[derive(Debug, Clone, PartialEq)]
pub struct ProblemGroup {
    /// What keeps them.
    pub code: Code,
    /// The parameters that all of them share.
    pub params: BTreeMap<String, String>,
    /// Their totals, one per currency, by currency code.
    pub amounts: Vec<Money>,
    /// All of them, the oldest first.
    pub records: Vec<RecordRef>,
}

/// One record with its problem.
struct Kept {
    record: RecordRef,
    code: Code,
    params: BTreeMap<String, String>,
    amount: Option<Money>,
}

fn kept(
    db: &Connection,
    seal: &Seal,
    kind: RecordKind,
    state: RecordState,
) -> Result<Vec<Kept>, StoreError> {
    all(
        db,
        "SELECT kind, id, code, amount, currency, private FROM records
         WHERE kind = ?1 AND state = ?2 AND code IS NOT NULL
         ORDER BY coalesce(happened_at, first_seen), length(id), id",
        (kind.as_str(), state.as_str()),
        |row| {
            let record = read_ref(row)?;
            let private = read_private(row, seal, &record)?;
            Ok(Kept {
                code: read_code(&get::<String>(row, "code")?).unwrap_or(Code::Internal),
                params: private.params,
                amount: read_amount(row)?,
                record,
            })
        },
    )
}

impl ProblemGroup {
    fn start(first: &Kept) -> Self {
        Self {
            code: first.code,
            params: first.params.clone(),
            amounts: Vec::new(),
            records: Vec::new(),
        }
    }

    fn add(&mut self, kept: Kept) {
        self.params
            .retain(|name, value| kept.params.get(name) == Some(value));
        if let Some(amount) = kept.amount {
            let sum = self
                .amounts
                .iter_mut()
                .find_map(|sum| sum.plus(amount).map(|total| (sum, total)));
            match sum {
                Some((sum, total)) => *sum = total,
                None => self.amounts.push(amount),
            }
        }
        self.records.push(kept.record);
    }
}

impl Store {
    /// The held records of `kind` by cause, the largest groups first.
    pub fn held_groups(&self, kind: RecordKind) -> Result<Vec<ProblemGroup>, StoreError> {
        self.problem_groups(kind, RecordState::Held)
    }

    /// The records of `kind` in `state` by cause, the largest groups first.
    pub fn problem_groups(
        &self,
        kind: RecordKind,
        state: RecordState,
    ) -> Result<Vec<ProblemGroup>, StoreError> {
        let all = self.read(|db| kept(db, &self.seal, kind, state))?;
        let mut groups: BTreeMap<(Code, BTreeMap<String, String>), ProblemGroup> = BTreeMap::new();
        for kept in all {
            let cause = kept
                .params
                .iter()
                .filter(|(name, _)| !is_of_one_record(kept.code, name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            groups
                .entry((kept.code, cause))
                .or_insert_with(|| ProblemGroup::start(&kept))
                .add(kept);
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        for group in &mut groups {
            group.amounts.sort_by_key(|amount| amount.currency.code());
        }
        // Stable: equal counts stay in the order of their causes.
        groups.sort_by_key(|group| std::cmp::Reverse(group.records.len()));
        Ok(groups)
    }

    /// Is any record of `kind` held with `code`.
    pub fn is_held_with(&self, kind: RecordKind, code: Code) -> Result<bool, StoreError> {
        let found = self.read(|db| {
            first(
                db,
                "SELECT 1 AS found FROM records WHERE kind = ?1 AND state = ?2 AND code = ?3 LIMIT 1",
                (kind.as_str(), RecordState::Held.as_str(), code.as_str()),
                |row| get::<i64>(row, "found"),
            )
        })?;
        Ok(found.is_some())
    }

    /// All held records of `kind` with `code` whose parameters contain `params`: what "retry all" of a group means.
    pub fn held_with(
        &self,
        kind: RecordKind,
        code: Code,
        params: &BTreeMap<String, String>,
    ) -> Result<Vec<RecordRef>, StoreError> {
        self.in_state_with(kind, RecordState::Held, code, params)
    }

    /// The same of the records in `state`.
    pub fn in_state_with(
        &self,
        kind: RecordKind,
        state: RecordState,
        code: Code,
        params: &BTreeMap<String, String>,
    ) -> Result<Vec<RecordRef>, StoreError> {
        let all = self.read(|db| kept(db, &self.seal, kind, state))?;
        Ok(all
            .into_iter()
            .filter(|kept| kept.code == code)
            .filter(|kept| {
                params
                    .iter()
                    .all(|(name, value)| kept.params.get(name) == Some(value))
            })
            .map(|kept| kept.record)
            .collect())
    }
}
