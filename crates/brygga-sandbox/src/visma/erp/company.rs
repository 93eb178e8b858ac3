//! The small registers: warehouses, currencies, payment methods, branches, periods, order types, terms, carriers.

use serde_json::{Value, json};

use super::answer;
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::world::World;

const MAX_PAGE: usize = 1000;
/// Registers do not change here.
const MADE: &str = "2024-01-02T08:00:00.000";

pub(super) fn warehouses(world: &World, call: &Call, path: &[&str]) -> Reply {
    let branch = world.data.branches.first();
    let active_only = call
        .param("active")
        .is_some_and(|value| value.eq_ignore_ascii_case("false"));
    let rows = world
        .data
        .warehouses
        .iter()
        // All are active: asked for the inactive ones, there are none.
        .filter(|_| !active_only)
        .map(|warehouse| {
            let row = json!({
                "warehouseID": warehouse.id,
                "branch": branch.map(|branch| json!({"number": branch.id, "name": branch.text})),
                "active": true,
                "lockSitePICountEntry": false,
                "description": warehouse.text,
                "locationEntry": "Validate",
                "avgDefaultCost": "AverageCost",
                "fifoDefaultCost": "AverageCost",
                "locations": [],
            });
            (warehouse.id.clone(), row)
        })
        .collect();
    answer::all_or_one(world, "warehouse", path, rows)
}

pub(super) fn currencies(world: &World, path: &[&str]) -> Reply {
    let rows = world
        .data
        .currencies
        .iter()
        .map(|currency| {
            let row = json!({
                "id": currency.id,
                "description": currency.text,
                "symbol": currency.id,
                "isBaseCurrency": currency.base,
                "decimalPrecision": currency.decimals,
                "isUsedForAccounting": currency.base,
            });
            (currency.id.clone(), row)
        })
        .collect();
    answer::all_or_one(world, "currency", path, rows)
}

pub(super) fn payment_methods(world: &World, path: &[&str]) -> Reply {
    let rows = world
        .data
        .payment_methods
        .iter()
        .map(|method| {
            let means = if method.id == "BANK" { "DirectDeposit" } else { "CashOrCheck" };
            let row = json!({"paymentMethodID": method.id, "active": true, "meansOfPayment": means, "description": method.text, "useInAP": false, "details": []});
            (method.id.clone(), row)
        })
        .collect();
    answer::all_or_one(world, "payment method", path, rows)
}

pub(super) fn branches(world: &World, path: &[&str]) -> Reply {
    let rows = world
        .data
        .branches
        .iter()
        .zip(1..)
        .map(|(branch, id)| {
            let row = json!({
                "branchId": id,
                "number": branch.id,
                "name": branch.text,
                "organizationId": 1,
                "isMainBranch": id == 1,
                "isActive": true,
                "lastModifiedDateTime": MADE,
                "corporateId": "999888777",
                "vatRegistrationId": "NO999888777MVA",
                "mainAddress": {"addressLine1": "Storgata 1", "postalCode": "0155", "city": "Oslo", "country": {"id": "NO", "name": "Norge"}},
                "defaultCountry": {"id": "NO", "name": "Norge"},
                "currency": {"id": world.data.base_currency(), "description": null, "symbol": "kr"},
                "vatZone": {"id": "NO-IN", "description": "Norge innenlands"},
            });
            (branch.id.clone(), row)
        })
        .collect();
    answer::all_or_one(world, "branch", path, rows)
}

pub(super) fn periods(world: &World, path: &[&str]) -> Reply {
    let rows = world
        .data
        .periods
        .iter()
        .map(|period| {
            let row = json!({
                "year": period.id.get(..4).and_then(|year| year.parse::<i32>().ok()),
                "period": period.id,
                "startDate": moment::local_day(period.from),
                "endDate": moment::local_day(period.to),
                "description": period.from.format("%B %Y").to_string(),
                "active": period.active,
                "closedInSupplierLedger": period.closed,
                "closedInCustomerLedger": period.closed,
                "closedInInventoryManagement": period.closed_inventory,
                "closedInGeneralLedger": period.closed_general,
                "closedInCashManagement": period.closed_cash,
                "closedInFixedAssets": period.closed,
            });
            (period.id.clone(), row)
        })
        .collect();
    answer::all_or_one(world, "financial period", path, rows)
}

pub(super) fn order_types(world: &World, call: &Call, path: &[&str]) -> Reply {
    let dto = |kind: &crate::visma::data::OrderType| {
        json!({
            "orderType": kind.id,
            "active": true,
            "description": kind.text,
            "behavior": kind.behavior,
            "defaultOperation": kind.operation,
            "customerDocumentType": kind.document,
        })
    };
    match path {
        [] => answer::page(
            world,
            call,
            world
                .data
                .order_types
                .iter()
                .map(|kind| answer::object(dto(kind)))
                .collect(),
            MAX_PAGE,
        ),
        [id] => match world.data.order_types.iter().find(|kind| kind.id == *id) {
            Some(kind) => Reply::json(dto(kind)),
            None => answer::not_found(world, "sales order type", id),
        },
        _ => Reply::empty(404),
    }
}

/// The one list with its own envelope (`facts/visma 4`).
pub(super) fn credit_terms(world: &World, call: &Call) -> Reply {
    let number = |name: &str, default: usize| {
        call.param(name)
            .and_then(|text| text.parse::<usize>().ok())
            .filter(|number| *number > 0)
            .unwrap_or(default)
    };
    let (page, size) = (
        number("pageNumber", 1),
        number("pageSize", MAX_PAGE).min(MAX_PAGE),
    );
    let records: Vec<Value> = world
        .data
        .credit_terms
        .iter()
        .filter(|terms| {
            call.param("termsId")
                .is_none_or(|wanted| wanted == terms.id)
        })
        .map(|terms| {
            json!({
                "termsId": terms.id,
                "description": terms.text,
                "visibleTo": "All",
                "dueDateType": "FixedNumberOfDays",
                "dueDay1": terms.days,
                "createdDateTime": MADE,
                "lastModifiedDateTime": MADE,
            })
        })
        .collect();
    let total = records.len();
    let records: Vec<Value> = records
        .into_iter()
        .skip((page - 1) * size)
        .take(size)
        .collect();
    Reply::json(
        json!({"pageNumber": page, "pageSize": size, "totalCount": total, "records": records}),
    )
}

pub(super) fn carriers(world: &World, path: &[&str]) -> Reply {
    let rows = world
        .data
        .carriers
        .iter()
        .map(|carrier| (carrier.id.clone(), json!({"carrierId": carrier.id, "carrierDescription": carrier.text, "lastModifiedDateTime": MADE})))
        .collect();
    answer::all_or_one(world, "carrier", path, rows)
}
