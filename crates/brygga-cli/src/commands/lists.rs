//! `brygga records`, `activity`, `held` and `retry`: what the database knows, without calling anybody.

use std::collections::BTreeMap;
use std::path::PathBuf;

use brygga_core::Problem;
use brygga_store::{
    ActivityFilter, ActivityRow, RecordKind, RecordRef, RecordRow, RecordState, Store,
};
use serde_json::{Value, json};

use crate::arguments::{Listing, Retry};
use crate::data_dir;
use crate::end::End;
use crate::print;

pub(crate) fn records(options: Listing, folder: Option<PathBuf>) -> Result<End, End> {
    let store = data_dir::open(folder)?.store;
    let found = store.find_records(
        options.kind.unwrap_or(RecordKind::Order),
        options.search.as_deref(),
        None,
        0,
        options.limit,
    )?;
    if options.json {
        let rows: Vec<_> = found.rows.iter().map(record).collect();
        print::json(
            &json!({ "total": found.total, "names_in_newest": found.names_in_newest, "records": rows }),
        );
    } else {
        for row in &found.rows {
            let number = row.erp_number.as_deref().unwrap_or("-");
            let amount = row
                .amount
                .map(|amount| amount.to_string())
                .unwrap_or_default();
            let why = row
                .problem
                .as_ref()
                .map(Problem::message)
                .unwrap_or_default();
            print::line(format_args!(
                "{:<10} {:<8} {number:<12} {amount:>18}  {why}",
                row.name,
                row.state.as_str()
            ));
        }
        print::line(format_args!("{} records.", found.total));
        if let Some(newest) = found.names_in_newest {
            print::line(format_args!(
                "Names were searched in the newest {newest} records. Numbers were searched in all."
            ));
        }
    }
    Ok(End::Done)
}

fn record(row: &RecordRow) -> Value {
    json!({
        "kind": row.record.kind.as_str(),
        "id": row.record.id,
        "name": row.name,
        "state": row.state.as_str(),
        "amount": row.amount,
        "erp_number": row.erp_number,
        "code": row.problem.as_ref().map(|problem| problem.code),
        "message": row.problem.as_ref().map(Problem::message),
    })
}

pub(crate) fn activity(options: Listing, folder: Option<PathBuf>) -> Result<End, End> {
    let store = data_dir::open(folder)?.store;
    let mut filter = ActivityFilter {
        search: options.search.as_deref(),
        kind: options.kind,
        ..ActivityFilter::default()
    };
    // A search comes in pieces, and the first has old lines of what is named so: in the order of the log, to its beginning.
    let mut rows = BTreeMap::new();
    loop {
        let found = store.find_activity(&filter, options.limit.saturating_sub(rows.len()))?;
        rows.extend(found.rows.into_iter().map(|row| (row.id, row)));
        filter.before = found.older;
        if found.older.is_none() || rows.len() >= options.limit {
            break;
        }
    }
    let rows: Vec<ActivityRow> = rows.into_values().collect();
    if options.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| json!({ "id": row.id, "at": row.at, "level": row.level.as_str(), "event": row.event, "name": row.name, "params": row.params }))
            .collect();
        print::json(&json!({ "activity": rows }));
    } else {
        for row in &rows {
            let params = row
                .params
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join(" ");
            print::line(format_args!(
                "{}  {:<18} {:<10} {params}",
                row.at.format("%Y-%m-%d %H:%M:%S"),
                row.event,
                row.name.as_deref().unwrap_or("")
            ));
        }
    }
    Ok(End::Done)
}

pub(crate) fn held(options: Listing, folder: Option<PathBuf>) -> Result<End, End> {
    let store = data_dir::open(folder)?.store;
    let kinds = match options.kind {
        Some(kind) => vec![kind],
        None => RecordKind::ALL.to_vec(),
    };
    let mut all = Vec::new();
    let mut total = 0;
    for kind in kinds {
        let (rows, count) = store.search_records(
            kind,
            options.search.as_deref(),
            Some(RecordState::Held),
            0,
            options.limit,
        )?;
        total += count;
        if !options.json {
            print_groups(&store, kind, &rows)?;
        }
        all.extend(rows);
    }
    if options.json {
        let rows: Vec<_> = all
            .iter()
            .filter_map(|row| {
                let problem = row.problem.as_ref()?;
                Some(json!({ "kind": row.record.kind.as_str(), "order": row.name, "id": row.record.id, "code": problem.code, "params": problem.params, "message": problem.message(), "remedy": problem.code.remedy() }))
            })
            .collect();
        print::json(&json!({ "held": rows }));
    } else {
        print::line(format_args!("{total} held."));
    }
    Ok(if total > 0 { End::Left } else { End::Done })
}

/// One group per cause, with the remedy that helps all of it.
fn print_groups(store: &Store, kind: RecordKind, rows: &[RecordRow]) -> Result<(), End> {
    for group in store.held_groups(kind)? {
        print::line(format_args!(
            "{} {}: {}",
            group.records.len(),
            noun(kind),
            group.code.remedy()
        ));
        for row in rows {
            let Some(problem) = row.problem.as_ref().filter(|it| it.code == group.code) else {
                continue;
            };
            print::line(format_args!(
                "  {:<10} {}  [{}]",
                row.name,
                problem.message(),
                group.code
            ));
        }
    }
    Ok(())
}

/// What several records of a kind are called.
fn noun(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Order => "orders",
        RecordKind::Customer => "customers",
        RecordKind::Invoice => "invoices",
        RecordKind::CreditNote => "credit notes",
        RecordKind::Payment => "payments",
        RecordKind::Shipment => "shipments",
        RecordKind::Payout => "payouts",
        RecordKind::Product => "products",
        RecordKind::Stock => "stock items",
    }
}

pub(crate) fn retry(options: &Retry, folder: Option<PathBuf>) -> Result<End, End> {
    let store = data_dir::open(folder)?.store;
    let mut chosen = Vec::new();
    for kind in RecordKind::ALL {
        if options.ids.is_empty() {
            let (rows, _) =
                store.search_records(*kind, None, Some(RecordState::Held), 0, usize::MAX / 2)?;
            chosen.extend(rows.into_iter().map(|row| row.record));
        }
    }
    for id in &options.ids {
        let before = chosen.len();
        for kind in RecordKind::ALL {
            let by_id = RecordRef::new(*kind, id);
            if store.record(&by_id)?.is_some() {
                chosen.push(by_id);
            }
        }
        if chosen.len() > before {
            continue;
        }
        for kind in RecordKind::ALL {
            let (rows, _) = store.search_records(*kind, Some(id), None, 0, 50)?;
            chosen.extend(
                rows.into_iter()
                    .filter(|row| row.name == *id)
                    .map(|row| row.record),
            );
        }
        if chosen.len() == before {
            return Err(End::Use(format!("There is no order {id}.")));
        }
    }
    let marked = store.mark_retry(&chosen)?;
    if options.json {
        print::json(&json!({ "marked": marked }));
    } else {
        print::line(format_args!(
            "{marked} records are tried again at the next sync."
        ));
    }
    Ok(End::Done)
}
