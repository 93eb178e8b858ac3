//! `brygga records`, `activity`, `held` and `retry`: what the database knows, without calling anybody.

use std::path::PathBuf;

use brygga_core::Problem;
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState};
use serde_json::{Value, json};

use crate::arguments::{Listing, Retry};
use crate::data_dir;
use crate::end::End;
use crate::print;

pub(crate) fn records(options: Listing, folder: Option<PathBuf>) -> Result<End, End> {
    let store = data_dir::open(folder)?.store;
    let (rows, total) = store.search_records(
        RecordKind::Order,
        options.search.as_deref(),
        None,
        0,
        options.limit,
    )?;
    if options.json {
        let rows: Vec<_> = rows.iter().map(record).collect();
        print::json(&json!({ "total": total, "records": rows }));
    } else {
        for row in &rows {
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
        print::line(format_args!("{total} records."));
    }
    Ok(End::Done)
}

fn record(row: &RecordRow) -> Value {
    json!({
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
    let mut rows = store.activity(options.search.as_deref(), None, options.limit, None)?;
    rows.reverse();
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
    let (rows, total) = store.search_records(
        RecordKind::Order,
        options.search.as_deref(),
        Some(RecordState::Held),
        0,
        options.limit,
    )?;
    if options.json {
        let rows: Vec<_> = rows
            .iter()
            .filter_map(|row| {
                let problem = row.problem.as_ref()?;
                Some(json!({ "order": row.name, "id": row.record.id, "code": problem.code, "params": problem.params, "message": problem.message(), "remedy": problem.code.remedy() }))
            })
            .collect();
        print::json(&json!({ "held": rows }));
    } else {
        for group in store.held_groups(RecordKind::Order)? {
            print::line(format_args!(
                "{} orders: {}",
                group.count,
                group.code.remedy()
            ));
            for row in rows.iter().filter(|row| {
                row.problem
                    .as_ref()
                    .is_some_and(|problem| problem.code == group.code)
            }) {
                let message = row
                    .problem
                    .as_ref()
                    .map(Problem::message)
                    .unwrap_or_default();
                print::line(format_args!(
                    "  {:<10} {message}  [{}]",
                    row.name, group.code
                ));
            }
        }
        print::line(format_args!("{total} held."));
    }
    Ok(if total > 0 { End::Left } else { End::Done })
}

pub(crate) fn retry(options: &Retry, folder: Option<PathBuf>) -> Result<End, End> {
    let store = data_dir::open(folder)?.store;
    let mut chosen = Vec::new();
    if options.ids.is_empty() {
        let (rows, _) = store.search_records(
            RecordKind::Order,
            None,
            Some(RecordState::Held),
            0,
            usize::MAX / 2,
        )?;
        chosen.extend(rows.into_iter().map(|row| row.record));
    }
    for id in &options.ids {
        let by_id = RecordRef::order(id);
        if store.record(&by_id)?.is_some() {
            chosen.push(by_id);
            continue;
        }
        let (rows, _) = store.search_records(RecordKind::Order, Some(id), None, 0, 50)?;
        let before = chosen.len();
        chosen.extend(
            rows.into_iter()
                .filter(|row| row.name == *id)
                .map(|row| row.record),
        );
        if chosen.len() == before {
            return Err(End::Use(format!("There is no order {id}.")));
        }
    }
    let marked = store.mark_retry(&chosen)?;
    if options.json {
        print::json(&json!({ "marked": marked }));
    } else {
        print::line(format_args!(
            "{marked} orders are tried again at the next sync."
        ));
    }
    Ok(End::Done)
}
