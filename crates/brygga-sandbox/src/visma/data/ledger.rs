//! The chart of accounts as far as sales reach, and the cash accounts that an accountant makes for a web shop: a clearing account for each
//! gateway and currency, the liabilities of gift cards and store credit, the bank (`booking-rules 7`, `facts/visma 16`).

use std::collections::BTreeSet;

use super::{CashAccount, EntryType, Named, ReasonCode};

/// Account, text, payment method, gateway of the shop. Gift cards and store credit are paid from a cash account on their liability; whether
/// the real one lets a liability be a cash account is not verified.
const CLEARING: [(&str, &str, &str, Option<&str>); 12] = [
    (
        "1950",
        "Oppgjør Shopify Payments (kort, Klarna)",
        "KORT",
        Some("shopify_payments"),
    ),
    ("1951", "Oppgjør Klarna", "KLARNA", Some("klarna")),
    ("1952", "Oppgjør Vipps", "VIPPS", Some("vipps")),
    ("1953", "Oppgjør Swish", "SWISH", Some("swish")),
    ("1954", "Oppgjør MobilePay", "MOBILEPAY", Some("mobilepay")),
    ("1955", "Oppgjør PayPal", "PAYPAL", Some("paypal")),
    ("1956", "Oppgjør manuell betaling", "BANK", Some("manual")),
    ("1957", "Oppgjør andre betalingsmåter", "KORT", None),
    ("1900", "Kasse butikk", "KONTANT", Some("cash")),
    ("1920", "Driftskonto bank", "BANK", None),
    ("2965", "Gavekort, gjeld", "GAVEKORT", Some("gift_card")),
    (
        "2966",
        "Tilgodelapper, gjeld",
        "TILGODE",
        Some("shopify_store_credit"),
    ),
];

/// Other accounts.
const ACCOUNTS: [(&str, &str); 27] = [
    ("1500", "Kundefordringer"),
    ("1585", "Tilbakeholdt hos betalingsformidler"),
    ("1909", "Penger under overføring"),
    ("2700", "Utgående mva, høy sats"),
    ("2701", "Utgående mva, middels sats"),
    ("2702", "Utgående mva, lav sats"),
    ("2710", "Utgående mva, utland (IOSS)"),
    ("2900", "Forskudd fra kunder"),
    ("2990", "Annen kortsiktig gjeld"),
    ("3000", "Salgsinntekt varer, høy sats"),
    ("3010", "Salgsinntekt varer, middels sats"),
    ("3020", "Salgsinntekt varer, lav sats"),
    ("3100", "Salgsinntekt, avgiftsfri"),
    ("3110", "Fraktinntekt"),
    ("3120", "Salgsinntekt utførsel"),
    ("3900", "Annen driftsinntekt"),
    ("4300", "Innkjøp av varer for videresalg"),
    ("4390", "Beholdningsendring"),
    ("7740", "Øreavrunding"),
    ("7770", "Bank- og kortgebyr"),
    ("7790", "Annen kostnad"),
    ("7795", "Justering fra betalingsformidler"),
    ("7830", "Tap på fordringer"),
    ("7835", "Omstridte betalinger"),
    ("8060", "Valutagevinst"),
    ("8160", "Valutadifferanse"),
    ("1460", "Varelager"),
];

pub(super) fn payment_methods() -> Vec<Named> {
    [
        ("KORT", "Kort (Shopify Payments)"),
        ("KLARNA", "Klarna"),
        ("VIPPS", "Vipps"),
        ("SWISH", "Swish"),
        ("MOBILEPAY", "MobilePay"),
        ("PAYPAL", "PayPal"),
        ("GAVEKORT", "Gavekort"),
        ("TILGODE", "Tilgodelapp"),
        ("KONTANT", "Kontant"),
        ("BANK", "Bankoverføring"),
    ]
    .iter()
    .map(|&(id, text)| Named::new(id, text))
    .collect()
}

/// A cash account is in one currency, so each account of the ledger has one per currency: `1950-NOK`.
pub(super) fn cash_accounts(codes: &BTreeSet<&str>) -> Vec<CashAccount> {
    CLEARING
        .iter()
        .flat_map(|&(account, text, method, gateway)| {
            codes.iter().map(move |code| CashAccount {
                number: format!("{account}-{code}"),
                text: format!("{text} {code}"),
                currency: (*code).to_owned(),
                // What belongs to no gateway takes any method but those of vouchers.
                methods: if account == "1957" {
                    payment_methods()
                        .into_iter()
                        .map(|method| method.id)
                        .filter(|id| !matches!(id.as_str(), "GAVEKORT" | "TILGODE"))
                        .collect()
                } else {
                    vec![method.to_owned()]
                },
                account: account.to_owned(),
                gateway,
            })
        })
        .collect()
}

pub(super) fn accounts() -> Vec<Named> {
    let mut all: Vec<Named> = CLEARING
        .iter()
        .map(|&(id, text, _, _)| Named::new(id, text))
        .chain(ACCOUNTS.iter().map(|&(id, text)| Named::new(id, text)))
        .collect();
    all.sort_by(|one, other| one.id.cmp(&other.id));
    all
}

pub(super) fn entry_types() -> Vec<EntryType> {
    [
        ("UTBET", "Utbetaling til bank", false, "1909"),
        ("INNBET", "Innbetaling fra bank", true, "1909"),
        ("GEBYR", "Gebyr", false, "7770"),
        ("TVIST", "Omstridt betaling trukket", false, "7835"),
        ("TVISTINN", "Omstridt betaling tilbakeført", true, "7835"),
        ("RESERVE", "Tilbakeholdt", false, "1585"),
        ("RESERVEINN", "Tilbakeholdt, frigitt", true, "1585"),
        ("JUSTER", "Justering", false, "7795"),
        ("JUSTERINN", "Justering til gode", true, "7795"),
        ("VEKSLING", "Valutaveksling", false, "8160"),
    ]
    .iter()
    .map(|&(id, text, receipt, account)| EntryType {
        id: id.to_owned(),
        text: text.to_owned(),
        receipt,
        offset_account: account.to_owned(),
    })
    .collect()
}

pub(super) fn reason_codes() -> Vec<ReasonCode> {
    [
        ("AVRUND", "Øreavrunding", "7740"),
        ("TAP", "Tap på fordring", "7830"),
    ]
    .iter()
    .map(|&(id, text, account)| ReasonCode {
        id: id.to_owned(),
        text: text.to_owned(),
        account: account.to_owned(),
    })
    .collect()
}
