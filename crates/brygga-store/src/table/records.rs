//! Where each record stands: everything seen is in exactly one state, with its reason (`design` 1).

use std::collections::BTreeMap;
use std::fmt;

use brygga_core::{Code, Currency, Decimal, Money, Problem};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, named_params};
use serde::{Deserialize, Serialize};

use crate::column::{
    all, first, get, get_count, get_time, get_time_or_null, limit, run, time, time_or_null,
};
use crate::error::StoreError;
use crate::seal::{Place, Seal};
use crate::store::Store;
use crate::table::settings;
use crate::table::undone::{self, LATER, PUT_OFF_WRONGLY, SOON};
use crate::text_enum::text_enum;

pub(crate) const CREATE: &str = "
CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT,
    state TEXT NOT NULL,
    code TEXT,
    amount TEXT,
    currency TEXT,
    erp_number TEXT,
    decided_digest TEXT,
    booked_digest TEXT,
    settings_rev INTEGER NOT NULL,
    due_at TEXT,
    retry INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    happened_at TEXT,
    private BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;
CREATE INDEX records_by_state ON records (kind, state);
CREATE INDEX records_by_time ON records (kind, coalesce(happened_at, first_seen) DESC);
";

/// Names and numbers, for a search over all of them.
pub(crate) const ADD_NAMES: &str = "
CREATE INDEX records_by_name ON records (name, erp_number, kind, id);
";

/// Which order a record is part of: invoices, credit notes and payments are decided together with their order.
pub(crate) const ADD_PART_OF: &str = "
ALTER TABLE records ADD COLUMN part_of TEXT;
CREATE INDEX records_by_order ON records (part_of) WHERE part_of IS NOT NULL;
";

text_enum! {
    /// What a record is. More kinds come with their flows; the file holds the text.
    RecordKind {
        /// An order of the shop.
        Order = "order",
        /// A customer of the shop.
        Customer = "customer",
        /// A fulfilment of an order: shipment and invoice.
        Invoice = "invoice",
        /// A refund of an order: credit note or return.
        CreditNote = "credit_note",
        /// A transaction of an order: customer payment.
        Payment = "payment",
        /// A shipment of the ERP, where the ERP ships: a fulfilment in the shop. Its id is the shipment's number.
        Shipment = "shipment",
        /// A payout of the shop's payment provider.
        Payout = "payout",
        /// An item of the ERP: product and variant in the shop.
        Product = "product",
        /// The stock of an item.
        Stock = "stock",
    }
}

impl RecordKind {
    /// Whether such a record says who bought; its parts and what goes the other way do not.
    pub(crate) fn has_a_party(self) -> bool {
        matches!(self, Self::Order)
    }

    /// Whether the name of such a record is a person's, and so is sealed.
    pub(crate) fn names_a_person(self) -> bool {
        match self {
            Self::Customer => true,
            Self::Order
            | Self::Invoice
            | Self::CreditNote
            | Self::Payment
            | Self::Shipment
            | Self::Payout
            | Self::Product
            | Self::Stock => false,
        }
    }
}

/// A record by its kind and the id its owner gave it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordRef {
    /// What it is.
    pub kind: RecordKind,
    /// The numeric id at the side that owns it, as text.
    pub id: String,
}

impl RecordRef {
    /// The record of `kind` with `id`.
    pub fn new(kind: RecordKind, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
        }
    }

    /// The order with `id`.
    pub fn order(id: impl Into<String>) -> Self {
        Self::new(RecordKind::Order, id)
    }

    /// The customer with `id`.
    pub fn customer(id: impl Into<String>) -> Self {
        Self::new(RecordKind::Customer, id)
    }
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

text_enum! {
    /// Where a record stands.
    RecordState {
        /// Seen, not yet decided.
        New = "new",
        /// Decided; its effects are in the journal.
        Planned = "planned",
        /// In the books.
        Booked = "booked",
        /// Not due; goes on by itself.
        Waiting = "waiting",
        /// Will not be booked, and need not be.
        Skipped = "skipped",
        /// Needs a person.
        Held = "held",
    }
}

/// A record and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    /// Which record.
    pub record: RecordRef,
    /// What people call it. Sealed if it is a person's name.
    pub name: String,
    /// Where it stands.
    pub state: RecordState,
    /// Why it waits, was skipped or is held. The parameters are sealed.
    pub problem: Option<Problem>,
    /// The customer's name. Sealed.
    pub party: Option<String>,
    /// The total, in the currency it is booked in.
    pub amount: Option<Money>,
    /// The number in the ERP ("SO/000223", a customer number).
    pub erp_number: Option<String>,
    /// Digest of the mirror on which the state was decided.
    pub decided_digest: Option<String>,
    /// Digest of what stands in the books.
    pub booked_digest: Option<String>,
    /// Revision of the settings with which the state was decided.
    pub settings_rev: i64,
    /// When to decide again although nothing changed.
    pub due_at: Option<DateTime<Utc>>,
    /// Decide again at the next run, whatever else.
    pub retry: bool,
    /// When we first saw it. Kept from the first row.
    pub first_seen: DateTime<Utc>,
    /// When the state last changed.
    pub changed_at: DateTime<Utc>,
    /// The record's own date, such as the order date.
    pub happened_at: Option<DateTime<Utc>>,
    /// The numeric id of the order that it is part of.
    pub part_of: Option<String>,
}

impl RecordRow {
    /// A record that was seen at `now` and is not yet decided.
    pub fn new(record: RecordRef, name: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self {
            record,
            name: name.into(),
            state: RecordState::New,
            problem: None,
            party: None,
            amount: None,
            erp_number: None,
            decided_digest: None,
            booked_digest: None,
            settings_rev: 0,
            due_at: None,
            retry: false,
            first_seen: now,
            changed_at: now,
            happened_at: None,
            part_of: None,
        }
    }
}

/// A part of an order, as it is first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which record.
    pub record: RecordRef,
    /// What people call it.
    pub name: String,
    /// Its own date.
    pub happened_at: Option<DateTime<Utc>>,
}

/// How many records of a kind are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StateCounts {
    /// Seen, not yet decided.
    pub new: usize,
    /// Decided, on their way.
    pub planned: usize,
    /// In the books.
    pub booked: usize,
    /// Not due.
    pub waiting: usize,
    /// Not to be booked.
    pub skipped: usize,
    /// For a person.
    pub held: usize,
}

impl StateCounts {
    /// All of them.
    pub fn total(&self) -> usize {
        self.new + self.planned + self.booked + self.waiting + self.skipped + self.held
    }
}

/// What of a row is sealed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Private {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) party: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) params: BTreeMap<String, String>,
}

pub(crate) fn place(kind: RecordKind, id: &str) -> Place<'_> {
    Place {
        table: "records",
        kind: kind.as_str(),
        id,
    }
}

/// The name for its own column, or `None` if it belongs in the box.
pub(crate) fn open_name(kind: RecordKind, name: &str) -> Option<&str> {
    (!kind.names_a_person()).then_some(name)
}

/// Marks a record to be decided again at the next run; how many rows that are.
pub(crate) fn wake(db: &Connection, record: &RecordRef) -> Result<usize, StoreError> {
    run(
        db,
        "UPDATE records SET retry = 1 WHERE kind = ?1 AND id = ?2",
        (record.kind.as_str(), &record.id),
    )
}

/// The same of an order's parts that are not booked.
pub(crate) fn wake_parts(db: &Connection, order: &str) -> Result<usize, StoreError> {
    run(
        db,
        "UPDATE records SET retry = 1 WHERE part_of = ?1 AND state <> 'booked'",
        [order],
    )
}

/// Gives a record that has no row yet the state new.
pub(crate) fn see(
    db: &Connection,
    seal: &Seal,
    record: &RecordRef,
    name: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let known = first(
        db,
        "SELECT 1 FROM records WHERE kind = ?1 AND id = ?2",
        (record.kind.as_str(), &record.id),
        |_| Ok(()),
    )?;
    match known {
        Some(()) => Ok(()),
        None => put(db, seal, &RecordRow::new(record.clone(), name, now)),
    }
}

/// Gives a part of an order that has no row yet the state new.
pub(crate) fn see_part(
    db: &Connection,
    seal: &Seal,
    part: &Part,
    order: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if find(db, seal, &part.record)?.is_some() {
        return Ok(());
    }
    let mut row = RecordRow::new(part.record.clone(), &part.name, now);
    row.happened_at = part.happened_at;
    row.part_of = Some(order.to_owned());
    put(db, seal, &row)
}

/// Stores the row; only `first_seen` stays from an earlier one.
pub(crate) fn put(db: &Connection, seal: &Seal, row: &RecordRow) -> Result<(), StoreError> {
    let kind = row.record.kind;
    let open = open_name(kind, &row.name);
    let private = Private {
        name: open.is_none().then(|| row.name.clone()),
        party: row.party.clone(),
        params: row
            .problem
            .as_ref()
            .map(|problem| problem.params.clone())
            .unwrap_or_default(),
    };
    run(
        db,
        "INSERT INTO records (kind, id, name, state, code, amount, currency, erp_number, decided_digest, booked_digest,
            settings_rev, due_at, retry, first_seen, changed_at, happened_at, part_of, undone_since, private)
         VALUES (:kind, :id, :name, :state, :code, :amount, :currency, :erp_number, :decided_digest, :booked_digest,
            :settings_rev, :due_at, :retry, :first_seen, :changed_at, :happened_at, :part_of, :undone_since, :private)
         ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, state = excluded.state, code = excluded.code,
            amount = excluded.amount, currency = excluded.currency, erp_number = excluded.erp_number,
            decided_digest = excluded.decided_digest, booked_digest = excluded.booked_digest,
            settings_rev = excluded.settings_rev, due_at = excluded.due_at, retry = excluded.retry,
            changed_at = excluded.changed_at, happened_at = excluded.happened_at,
            part_of = excluded.part_of, private = excluded.private,
            undone_since = iif(excluded.undone_since IS NULL, NULL, coalesce(records.undone_since, excluded.undone_since))",
        named_params! {
            ":kind": kind.as_str(),
            ":id": row.record.id,
            ":name": open,
            ":state": row.state.as_str(),
            ":code": row.problem.as_ref().map(|problem| problem.code.as_str()),
            ":amount": row.amount.map(|money| money.amount.to_string()),
            ":currency": row.amount.map(|money| money.currency.code()),
            ":erp_number": row.erp_number,
            ":decided_digest": row.decided_digest,
            ":booked_digest": row.booked_digest,
            ":settings_rev": row.settings_rev,
            ":due_at": time_or_null(row.due_at),
            ":retry": row.retry,
            ":first_seen": time(row.first_seen),
            ":changed_at": time(row.changed_at),
            ":happened_at": time_or_null(row.happened_at),
            ":part_of": row.part_of,
            ":undone_since": undone::is_undone(row).then(|| time(row.changed_at)),
            ":private": seal.seal(place(kind, &row.record.id), &private)?,
        },
    )?;
    Ok(())
}

/// The record of a row with `kind` and `id`.
pub(crate) fn read_ref(row: &Row<'_>) -> Result<RecordRef, StoreError> {
    Ok(RecordRef {
        kind: get::<String>(row, "kind")?.parse()?,
        id: get(row, "id")?,
    })
}

/// The sealed part of a row with `kind`, `id` and `private`.
pub(crate) fn read_private(
    row: &Row<'_>,
    seal: &Seal,
    record: &RecordRef,
) -> Result<Private, StoreError> {
    seal.open(
        place(record.kind, &record.id),
        &get::<Vec<u8>>(row, "private")?,
    )
}

/// The same, if the JSON in it `looks` as if it were worth reading.
pub(crate) fn read_private_if(
    row: &Row<'_>,
    seal: &Seal,
    record: &RecordRef,
    looks: impl FnOnce(&str) -> bool,
) -> Result<Option<Private>, StoreError> {
    let bytes = get::<Vec<u8>>(row, "private")?;
    seal.open_if(place(record.kind, &record.id), &bytes, looks)
}

/// The amount of a row with `amount` and `currency`.
pub(crate) fn read_amount(row: &Row<'_>) -> Result<Option<Money>, StoreError> {
    let amount = get::<Option<String>>(row, "amount")?;
    let currency = get::<Option<String>>(row, "currency")?;
    let (Some(amount), Some(currency)) = (amount, currency) else {
        return Ok(None);
    };
    let parsed = amount
        .parse::<Decimal>()
        .map_err(|error| StoreError::unreadable("amount", error))?;
    let currency = Currency::from_code(&currency)
        .ok_or_else(|| StoreError::unreadable("currency", &currency))?;
    Ok(Some(Money::new(parsed, currency)))
}

/// The code of a row. A code that only a newer program knows must not hide the record.
pub(crate) fn read_code(text: &str) -> Result<Code, String> {
    text.parse().map_err(|()| text.to_owned())
}

pub(crate) fn read(row: &Row<'_>, seal: &Seal) -> Result<RecordRow, StoreError> {
    let record = read_ref(row)?;
    let private = read_private(row, seal, &record)?;
    let problem = get::<Option<String>>(row, "code")?.map(|code| match read_code(&code) {
        Ok(code) => Problem {
            code,
            params: private.params,
        },
        Err(unknown) => Problem::new(Code::Internal).with("detail", unknown),
    });
    Ok(RecordRow {
        name: get::<Option<String>>(row, "name")?
            .or(private.name)
            .unwrap_or_default(),
        record,
        state: get::<String>(row, "state")?.parse()?,
        problem,
        party: private.party,
        amount: read_amount(row)?,
        erp_number: get(row, "erp_number")?,
        decided_digest: get(row, "decided_digest")?,
        booked_digest: get(row, "booked_digest")?,
        settings_rev: get(row, "settings_rev")?,
        due_at: get_time_or_null(row, "due_at")?,
        retry: get(row, "retry")?,
        first_seen: get_time(row, "first_seen")?,
        changed_at: get_time(row, "changed_at")?,
        happened_at: get_time_or_null(row, "happened_at")?,
        part_of: get(row, "part_of")?,
    })
}

/// The row of a record.
pub(crate) fn find(
    db: &Connection,
    seal: &Seal,
    record: &RecordRef,
) -> Result<Option<RecordRow>, StoreError> {
    first(
        db,
        "SELECT * FROM records WHERE kind = ?1 AND id = ?2",
        (record.kind.as_str(), &record.id),
        |row| read(row, seal),
    )
}

impl Store {
    /// Stores many rows in one transaction.
    pub fn put_records(&self, rows: &[RecordRow]) -> Result<(), StoreError> {
        self.write(|db| rows.iter().try_for_each(|row| put(db, &self.seal, row)))
    }

    /// Stores where a record stands. `first_seen` stays as it was first stored.
    pub fn put_record(&self, row: &RecordRow) -> Result<(), StoreError> {
        self.write(|db| put(db, &self.seal, row))
    }

    /// Where a record stands, or `None` if it was never seen.
    pub fn record(&self, record: &RecordRef) -> Result<Option<RecordRow>, StoreError> {
        self.read(|db| find(db, &self.seal, record))
    }

    /// Records of `kind` that must be decided (again), the oldest ids first: new; planned with nothing left in the journal;
    /// with another digest than the one decided on; marked for retry; due by time, or put off by a clock that was wrong; waiting or held
    /// under older settings. A record with an open intent is left to the runner.
    pub fn due(
        &self,
        kind: RecordKind,
        now: DateTime<Utc>,
        count: usize,
    ) -> Result<Vec<RecordRef>, StoreError> {
        self.due_after(kind, now, "", count)
    }

    /// The same, of the records whose ids come after `last`: for those who go through all of them without deciding on each.
    pub fn due_after(
        &self,
        kind: RecordKind,
        now: DateTime<Utc>,
        last: &str,
        count: usize,
    ) -> Result<Vec<RecordRef>, StoreError> {
        self.read(|db| {
            let revision = settings::revision(db)?;
            // Shopify's ids are numbers that rise: shorter first is smaller first.
            all(
                db,
                &format!(
                    "SELECT r.kind, r.id FROM records r
                 LEFT JOIN mirror m INDEXED BY mirror_by_digest ON m.kind = r.kind AND m.id = r.id
                 WHERE r.kind = :kind AND (length(r.id), r.id) > (length(:last), :last)
                   AND (r.state IN ('new', 'planned')
                     OR r.retry
                     OR (m.id IS NOT NULL AND m.digest IS NOT r.decided_digest)
                     OR r.due_at <= :now
                     OR {PUT_OFF_WRONGLY}
                     OR (r.state IN ('waiting', 'held') AND r.settings_rev < :revision))
                   AND NOT EXISTS (SELECT 1 FROM journal j
                     WHERE j.record_kind = r.kind AND j.record_id = r.id AND j.state IN ('intent', 'sending', 'unknown'))
                 ORDER BY length(r.id), r.id LIMIT :count"
                ),
                named_params! {
                    ":kind": kind.as_str(),
                    ":last": last,
                    ":now": time(now),
                    ":soon": time(now + SOON),
                    ":later": time(now + LATER),
                    ":revision": revision,
                    ":count": limit(count),
                },
                read_ref,
            )
        })
    }

    /// Orders of which a part must be decided (again): by the same rules as [`due`](Self::due), with the order's own digest.
    pub fn due_lives(&self, now: DateTime<Utc>, count: usize) -> Result<Vec<String>, StoreError> {
        self.read(|db| {
            let revision = settings::revision(db)?;
            all(
                db,
                &format!(
                    "SELECT DISTINCT r.part_of FROM records r
                 LEFT JOIN mirror m INDEXED BY mirror_by_digest ON m.kind = 'order' AND m.id = r.part_of
                 WHERE r.part_of IS NOT NULL
                   AND (r.state IN ('new', 'planned')
                     OR r.retry
                     OR (m.id IS NOT NULL AND m.digest IS NOT r.decided_digest)
                     OR r.due_at <= :now
                     OR {PUT_OFF_WRONGLY}
                     OR (r.state IN ('waiting', 'held') AND r.settings_rev < :revision))
                   AND NOT EXISTS (SELECT 1 FROM journal j JOIN records o
                     ON o.kind = j.record_kind AND o.id = j.record_id
                     WHERE (o.part_of = r.part_of OR (o.kind = 'order' AND o.id = r.part_of))
                       AND j.state IN ('intent', 'sending', 'unknown'))
                 ORDER BY length(r.part_of), r.part_of LIMIT :count"
                ),
                named_params! {
                    ":now": time(now),
                    ":soon": time(now + SOON),
                    ":later": time(now + LATER),
                    ":revision": revision,
                    ":count": limit(count),
                },
                |row| get::<String>(row, "part_of"),
            )
        })
    }

    /// The parts of an order.
    pub fn parts_of(&self, order: &str) -> Result<Vec<RecordRow>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT * FROM records WHERE part_of = ?1 ORDER BY kind, length(id), id",
                [order],
                |row| read(row, &self.seal),
            )
        })
    }

    /// Marks the parts of an order to be decided again: the order itself has moved.
    pub fn wake_parts(&self, order: &str) -> Result<usize, StoreError> {
        self.write(|db| wake_parts(db, order))
    }

    /// Marks records to be decided again at the next run; how many of them are known.
    pub fn mark_retry(&self, records: &[RecordRef]) -> Result<usize, StoreError> {
        self.write(|db| {
            let mut known = 0;
            for record in records {
                known += wake(db, record)?;
            }
            Ok(known)
        })
    }

    /// When the records of `kind` in `state` happened, from `since` on.
    pub fn happened(
        &self,
        kind: RecordKind,
        state: RecordState,
        since: DateTime<Utc>,
    ) -> Result<Vec<DateTime<Utc>>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT happened_at FROM records WHERE kind = ?1 AND state = ?2 AND happened_at >= ?3",
                (kind.as_str(), state.as_str(), time(since)),
                |row| get_time(row, "happened_at"),
            )
        })
    }

    /// How many records of each kind came to the state they are in at `since` or later.
    pub fn changed_since(
        &self,
        since: DateTime<Utc>,
    ) -> Result<BTreeMap<(RecordKind, RecordState), usize>, StoreError> {
        let rows = self.read(|db| {
            all(
                db,
                "SELECT kind, state, count(*) AS count FROM records WHERE changed_at >= ?1 GROUP BY kind, state",
                [time(since)],
                |row| {
                    let kind = get::<String>(row, "kind")?.parse()?;
                    let state = get::<String>(row, "state")?.parse()?;
                    Ok(((kind, state), get_count(row, "count")?))
                },
            )
        })?;
        Ok(rows.into_iter().collect())
    }

    /// How many records of `kind` are in each state.
    pub fn counts(&self, kind: RecordKind) -> Result<StateCounts, StoreError> {
        let states = self.read(|db| {
            all(
                db,
                "SELECT state, count(*) AS count FROM records WHERE kind = ?1 GROUP BY state",
                [kind.as_str()],
                |row| {
                    Ok((
                        get::<String>(row, "state")?.parse()?,
                        get_count(row, "count")?,
                    ))
                },
            )
        })?;
        let mut counts = StateCounts::default();
        for (state, count) in states {
            let field = match state {
                RecordState::New => &mut counts.new,
                RecordState::Planned => &mut counts.planned,
                RecordState::Booked => &mut counts.booked,
                RecordState::Waiting => &mut counts.waiting,
                RecordState::Skipped => &mut counts.skipped,
                RecordState::Held => &mut counts.held,
            };
            *field = count;
        }
        Ok(counts)
    }
}
