//! The payment map, as it can be read off the names of the cash accounts: suggested, never applied unasked (`booking-rules` 7).

use std::collections::BTreeSet;

use crate::erp::{Account, CashAccount, Catalogue};
use crate::settings::{GatewayRow, GatewayRule, PayoutClass};

/// A way in which money came in or went out, as the shop names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tender {
    /// Gateway.
    pub gateway: String,
    /// Payment method within it.
    pub method: Option<String>,
    /// ISO currency of the document.
    pub currency: String,
}

/// Words under which accountants keep a gateway, beside its own name.
const ALSO: [(&str, &[&str]); 6] = [
    (
        "gift_card",
        &["giftcard", "gavekort", "presentkort", "lahjakortti"],
    ),
    (
        "shopify_store_credit",
        &[
            "storecredit",
            "tilgodehavende",
            "tillgodohavande",
            "tilgode",
        ],
    ),
    ("cash", &["kontant", "kasse", "kassa", "kateinen"]),
    ("manual", &["manual", "manuell"]),
    ("shopify_payments", &["shopifypayments"]),
    ("paypal", &["paypal"]),
];

/// Gateways whose money the bank import of Visma.net brings (`booking-rules` 7).
const LEFT: [&str; 4] = ["manual", "bank_deposit", "bank transfer", "money_order"];

/// A row for every tender that an account's name tells; the others stay unmapped and hold their payments.
pub fn payments(catalogue: &Catalogue, tenders: &BTreeSet<Tender>) -> Vec<GatewayRow> {
    let mut rows: Vec<GatewayRow> = Vec::new();
    for tender in tenders {
        if LEFT.contains(&tender.gateway.to_lowercase().as_str()) {
            rows.push(GatewayRow {
                gateway: tender.gateway.clone(),
                method: None,
                currency: tender.currency.clone(),
                rule: GatewayRule::Leave,
                cash_account: String::new(),
                payment_method: String::new(),
            });
            continue;
        }
        let in_currency = || {
            catalogue
                .cash_accounts
                .iter()
                .filter(|account| account.currency == tender.currency)
        };
        // A method with an account of its own comes first: Klarna inside Shopify Payments, say.
        let own = tender
            .method
            .as_deref()
            .and_then(|method| in_currency().find(|account| names(account, method)));
        let of_gateway = in_currency().find(|account| names(account, &tender.gateway));
        let (account, method) = match (own, of_gateway) {
            // One account for the gateway with all its methods needs no row per method.
            (Some(own), Some(all)) if own.number == all.number => (all, None),
            (Some(own), _) => (own, tender.method.clone()),
            (None, Some(all)) => (all, None),
            (None, None) => continue,
        };
        let Some(payment_method) = method_of(catalogue, account, tender) else {
            continue;
        };
        rows.push(GatewayRow {
            gateway: tender.gateway.clone(),
            method,
            currency: tender.currency.clone(),
            rule: GatewayRule::Book,
            cash_account: account.number.clone(),
            payment_method,
        });
    }
    rows.sort_by(|a, b| {
        (&a.gateway, &a.method, &a.currency).cmp(&(&b.gateway, &b.method, &b.currency))
    });
    rows.dedup();
    rows
}

/// The account in the general ledger that is meant for a part of a payout, where one alone is called so.
pub fn payout_account(catalogue: &Catalogue, class: PayoutClass) -> Option<&Account> {
    let words: &[&str] = match class {
        PayoutClass::Fee => &[
            "kortgebyr",
            "bankgebyr",
            "betalingsgebyr",
            "kortavgift",
            "bankavgift",
            "kortinlösen",
            "cardfee",
            "paymentfee",
            "bankcharge",
            "korttikulu",
            "pankkikulu",
        ],
        PayoutClass::Dispute => &[
            "omstridt",
            "bestridd",
            "tvist",
            "indsigelse",
            "dispute",
            "chargeback",
        ],
        PayoutClass::Conversion => &[
            "valutadiff",
            "valutakursdiff",
            "kursdiff",
            "currencydiff",
            "exchangediff",
            "kurssiero",
        ],
        // Their accounts are the merchant's own, or have names of every kind.
        PayoutClass::Bank | PayoutClass::Reserve | PayoutClass::Adjustment => &[],
    };
    let fits = |account: &&Account| {
        let text = plain(&account.description);
        words.iter().any(|word| text.contains(word))
    };
    let mut found = catalogue.accounts.iter().flatten().filter(fits);
    match (found.next(), found.next()) {
        (Some(account), None) => Some(account),
        _ => None,
    }
}

/// Does an account's description name this gateway or method.
fn names(account: &CashAccount, wanted: &str) -> bool {
    mentions(&account.description, wanted)
}

fn mentions(text: &str, wanted: &str) -> bool {
    let text = plain(text);
    let own = plain(wanted);
    let also = ALSO
        .iter()
        .find(|(gateway, _)| *gateway == wanted)
        .map_or(&[][..], |(_, words)| words);
    (own.len() > 2 && text.contains(&own)) || also.iter().any(|word| text.contains(word))
}

/// The payment method that names the gateway, else the method; else the only one there is.
fn method_of(catalogue: &Catalogue, account: &CashAccount, tender: &Tender) -> Option<String> {
    let methods = &catalogue.payment_methods;
    let named = |wanted: &str| {
        methods
            .iter()
            .find(|method| mentions(&method.description, wanted) || mentions(&method.id, wanted))
    };
    // The account's own name tells which method fits it; the tender's method may be one of several in one account.
    named(&tender.gateway)
        .or_else(|| {
            methods
                .iter()
                .find(|method| mentions(&account.description, &method.description))
        })
        .or_else(|| tender.method.as_deref().and_then(named))
        .or_else(|| methods.first())
        .map(|method| method.id.clone())
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
