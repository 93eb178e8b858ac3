//! `GET /v1/account` and `GET /v1/cashaccount` with the entry types of each cash account. Cash accounts cannot be made by the API
//! (`facts/visma 16`).

use serde_json::{Map, Value, json};

use crate::visma::data::{Named, text_of};
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply, object};
use crate::visma::world::World;

/// Registers do not change here.
const MADE: &str = "2024-01-02T08:00:00.000";

/// The class of an account, by its first digit in the Norwegian chart of accounts.
pub(super) fn class(number: &str) -> &'static str {
    match number.bytes().next() {
        Some(b'1') => "Asset",
        Some(b'2') => "Liability",
        Some(b'3') => "Income",
        _ => "Expense",
    }
}

pub(super) fn serve(world: &World, call: &Call, path: &[&str]) -> Option<Reply> {
    if call.method != "GET" {
        return None;
    }
    let rows: Vec<(String, Value)> = world
        .data
        .accounts
        .iter()
        .zip(1..)
        .map(|(account, id)| (account.id.clone(), Value::Object(dto(world, account, id))))
        .collect();
    // The list has no pages, but its rows have a place for metadata (spec).
    Some(answer::all_or_one(world, "account", path, rows))
}

fn dto(world: &World, account: &Named, id: i32) -> Map<String, Value> {
    let cash = world
        .data
        .cash_accounts
        .iter()
        .any(|cash| cash.account == account.id);
    object(json!({
        "accountID": id,
        "accountCD": account.id,
        "type": class(&account.id),
        "active": true,
        "description": account.text,
        "useDefaultSub": false,
        "postOption": "Detail",
        "cashAccount": cash,
        "lastModifiedDateTime": MADE,
        "allowManualEntry": true,
    }))
}

pub(super) fn cash(world: &World, path: &[&str]) -> Reply {
    let data = &world.data;
    let named = |number: &str| json!({"type": class(number), "number": number, "description": text_of(&data.accounts, number)});
    let entries: Vec<Value> = data
        .entry_types
        .iter()
        .map(|entry| {
            json!({
                "entryTypeId": entry.id,
                "disableReceipt": if entry.receipt { "Receipt" } else { "Disbursement" },
                "module": "CA",
                "defaultOffsetAccount": named(&entry.offset_account),
                "description": entry.text,
                "useForPaymentsReclasification": false,
                "taxCalculationMode": "TaxSetting",
                "lastModifiedDateTime": MADE,
            })
        })
        .collect();
    let rows = data
        .cash_accounts
        .iter()
        .map(|account| {
            let row = json!({
                "lastModifiedDateTime": MADE,
                "entryTypes": entries,
                "currency": account.currency,
                "number": account.number,
                "description": account.text,
                "account": {"type": class(&account.account), "number": account.account, "description": text_of(&data.accounts, &account.account)},
            });
            (account.number.clone(), row)
        })
        .collect();
    answer::all_or_one(world, "cash account", path, rows)
}
