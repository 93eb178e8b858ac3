//! Where money lies: ways of paying with their cash accounts, and what a payout is made of.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::Code;
use brygga_core::booking::suggest_payments;
use brygga_core::settings::{GatewayRow, GatewayRule, PayoutClass, PayoutRow};

use super::super::Ground;
use super::{Cells, account_trouble, cells, picked, row, suggestion, typed, words};
use crate::contract::{MappingRow, MappingTable, Reason};
use crate::settings::Source;

pub(super) fn gateways(ground: &Ground<'_>) -> MappingTable {
    let key = |gateway: &str, method: Option<&str>, currency: &str| {
        cells([
            ("gateway", gateway),
            ("method", method.unwrap_or_default()),
            ("currency", currency),
        ])
    };
    let waiting = |gateway: &str, method: Option<&str>, currency: &str| {
        let mut params = vec![("gateway", gateway), ("currency", currency)];
        params.extend(method.map(|method| ("method", method)));
        ground.seen.waiting(Code::GatewayUnmapped, &params)
    };
    let suggested = |row: &GatewayRow| match row.rule {
        GatewayRule::Leave => suggestion(cells([("rule", "leave")]), "bank-import", []),
        GatewayRule::Book => {
            let account = ground
                .catalogue
                .cash_accounts
                .iter()
                .find(|account| account.number == row.cash_account);
            suggestion(
                cells([
                    ("rule", "book"),
                    ("cash_account", row.cash_account.as_str()),
                    ("payment_method", row.payment_method.as_str()),
                ]),
                "account-name",
                [(
                    "name",
                    account.map_or("", |account| account.description.as_str()),
                )],
            )
        }
    };
    let mut rows: BTreeMap<Cells, MappingRow> = BTreeMap::new();
    for mapped in &ground.settings.payments.gateways {
        let rule = match mapped.rule {
            GatewayRule::Book => "book",
            GatewayRule::Leave => "leave",
        };
        let key = key(&mapped.gateway, mapped.method.as_deref(), &mapped.currency);
        let values = cells([
            ("rule", rule),
            ("cash_account", mapped.cash_account.as_str()),
            ("payment_method", mapped.payment_method.as_str()),
        ]);
        let mut row = row(
            key.clone(),
            values,
            waiting(&mapped.gateway, mapped.method.as_deref(), &mapped.currency),
            ground
                .suggested
                .payments
                .row(&mapped.gateway, mapped.method.as_deref(), &mapped.currency)
                .map(suggested),
        );
        let account = ground
            .catalogue
            .cash_accounts
            .iter()
            .find(|account| account.number == mapped.cash_account);
        if let Some(account) = account.filter(|account| account.currency != mapped.currency) {
            row.trouble = Some(Reason {
                code: Code::CashAccountCurrency.to_string(),
                params: cells([
                    ("account", account.number.as_str()),
                    ("theirs", account.currency.as_str()),
                    ("ours", mapped.currency.as_str()),
                ]),
            });
        }
        rows.insert(key, row);
    }
    for tender in &ground.seen.tenders {
        let served = ground.settings.payments.row(
            &tender.gateway,
            tender.method.as_deref(),
            &tender.currency,
        );
        if served.is_some() {
            continue;
        }
        let fits = ground.suggested.payments.row(
            &tender.gateway,
            tender.method.as_deref(),
            &tender.currency,
        );
        // A suggestion for the whole gateway serves its methods, too.
        let method = match fits {
            Some(row) => row.method.as_deref(),
            None => tender.method.as_deref(),
        };
        let key = key(&tender.gateway, method, &tender.currency);
        let waits = waiting(&tender.gateway, method, &tender.currency);
        rows.entry(key.clone())
            .or_insert_with(|| row(key, Cells::new(), waits, fits.map(suggested)));
    }
    MappingTable {
        name: "gateways".into(),
        keys: vec![
            typed("gateway", false),
            typed("method", true),
            picked("currency", Source::Currencies, ground.catalogue, false),
        ],
        columns: vec![
            words("rule", &["book", "leave"]),
            picked(
                "cash_account",
                Source::CashAccounts,
                ground.catalogue,
                false,
            ),
            picked(
                "payment_method",
                Source::PaymentMethods,
                ground.catalogue,
                false,
            ),
        ],
        open: true,
        rows: rows.into_values().collect(),
    }
}

pub(super) fn payouts(ground: &Ground<'_>) -> MappingTable {
    let payouts = &ground.settings.payouts;
    let chosen = |row: Option<&PayoutRow>| {
        row.map_or_else(Cells::new, |row| {
            cells([
                ("account", row.account.as_str()),
                ("category", row.vat_category.as_deref().unwrap_or_default()),
            ])
        })
    };
    let with = |key: Cells, payout: Option<&PayoutRow>, waits, suggested| MappingRow {
        trouble: account_trouble(ground, payout.map(|row| row.account.as_str())),
        ..row(key, chosen(payout), waits, suggested)
    };
    let named = |class| {
        let account = suggest_payments::payout_account(ground.catalogue, class)?;
        Some(suggestion(
            cells([("account", account.number.as_str())]),
            "account-name",
            [("name", account.description.as_str())],
        ))
    };
    let mut rows: Vec<MappingRow> = PayoutClass::ALL
        .into_iter()
        .map(|class| {
            with(
                cells([("class", class.as_str())]),
                payouts.classes.get(&class),
                ground
                    .seen
                    .waiting(Code::PayoutAccount, &[("class", class.as_str())]),
                named(class),
            )
        })
        .collect();
    let types: BTreeSet<&String> = ground
        .seen
        .with(Code::PayoutType)
        .filter_map(|params| params.get("type"))
        .chain(payouts.types.keys())
        .collect();
    rows.extend(types.into_iter().map(|kind| {
        with(
            cells([("class", kind.as_str())]),
            payouts.types.get(kind),
            ground.seen.waiting(Code::PayoutType, &[("type", kind)]),
            None,
        )
    }));
    MappingTable {
        name: "payouts".into(),
        keys: vec![typed("class", false)],
        columns: vec![
            picked("account", Source::Accounts, ground.catalogue, false),
            picked("category", Source::Categories, ground.catalogue, true),
        ],
        open: true,
        rows,
    }
}
