//! The payment map that is suggested from the names of cash accounts.

use std::collections::BTreeSet;

use brygga_core::booking::suggest_payments::{Tender, payments, payout_account};
use brygga_core::erp::{Account, CashAccount, Catalogue, PaymentMethod};
use brygga_core::settings::{GatewayRule, PayoutClass};

fn catalogue() -> Catalogue {
    let account = |number: &str, description: &str, currency: &str| CashAccount {
        number: number.into(),
        description: description.into(),
        currency: currency.into(),
        entry_types: vec![],
    };
    Catalogue {
        cash_accounts: vec![
            account("1960", "Shopify Payments NOK", "NOK"),
            account("1961", "Shopify Payments SEK", "SEK"),
            account("1962", "Klarna SEK", "SEK"),
            account("2991", "Gavekort", "NOK"),
        ],
        payment_methods: vec![
            PaymentMethod {
                id: "KORT".into(),
                description: "Kort".into(),
            },
            PaymentMethod {
                id: "KLARNA".into(),
                description: "Klarna".into(),
            },
        ],
        ..Catalogue::default()
    }
}

fn tender(gateway: &str, method: Option<&str>, currency: &str) -> Tender {
    Tender {
        gateway: gateway.into(),
        method: method.map(Into::into),
        currency: currency.into(),
    }
}

#[test]
fn an_account_is_found_by_gateway_and_currency_and_a_method_of_its_own_first() {
    let tenders: BTreeSet<_> = [
        tender("shopify_payments", Some("visa"), "NOK"),
        tender("shopify_payments", Some("klarna"), "SEK"),
        tender("gift_card", None, "NOK"),
    ]
    .into();
    let rows = payments(&catalogue(), &tenders);
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.gateway.as_str(),
                row.method.as_deref(),
                row.cash_account.as_str(),
                row.payment_method.as_str(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("gift_card", None, "2991", "KORT"),
            ("shopify_payments", None, "1960", "KORT"),
            ("shopify_payments", Some("klarna"), "1962", "KLARNA"),
        ]
    );
}

#[test]
fn what_no_account_names_stays_unmapped_and_manual_money_is_left_to_the_bank() {
    let tenders: BTreeSet<_> = [
        tender("vipps", None, "NOK"),
        tender("shopify_payments", None, "DKK"),
        tender("manual", None, "NOK"),
    ]
    .into();
    let rows = payments(&catalogue(), &tenders);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].gateway, "manual");
    assert_eq!(rows[0].rule, GatewayRule::Leave);
}

/// One account alone may be called so; what is the merchant's own is never guessed.
#[test]
fn an_account_of_a_payout_is_told_by_its_name_where_one_alone_fits() {
    let of = |names: &[&str], class| {
        let accounts = names.iter().enumerate().map(|(place, name)| Account {
            number: place.to_string(),
            description: (*name).into(),
        });
        let catalogue = Catalogue {
            accounts: Some(accounts.collect()),
            ..Catalogue::default()
        };
        payout_account(&catalogue, class).map(|account| account.number.clone())
    };
    let first = Some("0".to_owned());
    for (class, name) in [
        (PayoutClass::Fee, "Bank- og kortgebyr"),
        (PayoutClass::Fee, "Kortinlösen, avgifter"),
        (PayoutClass::Fee, "Pankkikulut"),
        (PayoutClass::Dispute, "Omstridte betalinger"),
        (PayoutClass::Conversion, "Valutadifferanse"),
        (PayoutClass::Conversion, "Kursdifferens"),
    ] {
        assert_eq!(of(&[name, "Varelager"], class), first, "{name}");
        assert_eq!(of(&[name, name], class), None, "two are called {name}");
    }
    for class in PayoutClass::ALL {
        assert_eq!(of(&["Bank", "Reserve", "Justering"], class), None);
    }
    let unread = Catalogue::default();
    assert_eq!(payout_account(&unread, PayoutClass::Fee), None);
}
