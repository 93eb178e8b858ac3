//! Payouts: one cash transaction each, to the cent, or held by name (`booking-rules` 7).

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::erp::{CashAccount, CashDraft};
use brygga_core::payout::{PayoutDecision, decide, not_paid_out};
use brygga_core::settings::{GatewayRow, GatewayRule, PayoutClass, PayoutRow};
use brygga_core::shop::{BalanceRow, Payout, PayoutStatus, TransactionKind};
use brygga_core::{Code, Currency, Decimal, Money};
use proptest::prelude::*;

use crate::build::{Setting, at, d, nok, setting, simple};

fn with_payouts() -> Setting {
    let mut setting = setting();
    let payouts = &mut setting.settings.payouts;
    payouts.on = true;
    payouts.entry_type_out = "UT".into();
    payouts.entry_type_in = "INN".into();
    for (index, class) in PayoutClass::ALL.into_iter().enumerate() {
        payouts.classes.insert(
            class,
            PayoutRow {
                account: format!("77{index}0"),
                vat_category: None,
            },
        );
    }
    setting.settings.payments.gateways.push(GatewayRow {
        gateway: "shopify_payments".into(),
        method: None,
        currency: "NOK".into(),
        rule: GatewayRule::Book,
        cash_account: "1920".into(),
        payment_method: "KORT".into(),
    });
    setting.catalogue.cash_accounts.push(CashAccount {
        number: "1920".into(),
        description: "Shopify".into(),
        currency: "NOK".into(),
        entry_types: vec![],
    });
    setting
}

fn row(kind: &str, amount: &str, fee: &str) -> BalanceRow {
    BalanceRow {
        id: format!("row-{kind}"),
        kind: kind.into(),
        amount: d(amount),
        fee: d(fee),
        net: d(amount) - d(fee),
        currency: Currency::NOK,
        at: at("2026-10-04T10:00:00Z"),
        transaction: None,
        order: None,
        payout: Some("801".into()),
        test: false,
    }
}

fn payout(net: &str) -> Payout {
    Payout {
        id: "801".into(),
        issued_at: at("2026-10-06T22:30:00Z"),
        status: PayoutStatus::Paid,
        net: Money::new(d(net), Currency::NOK),
        trace: None,
    }
}

fn look(setting: &Setting, payout: &Payout, rows: &[BalanceRow]) -> Result<CashDraft, Code> {
    match decide(
        payout,
        rows,
        &BTreeMap::new(),
        &setting.shop,
        &setting.settings,
        &setting.catalogue,
    ) {
        PayoutDecision::Book(drafts) => {
            assert_eq!(drafts.converted, []);
            Ok(drafts.own)
        }
        PayoutDecision::Waiting(problem)
        | PayoutDecision::Skipped(problem)
        | PayoutDecision::Held(problem) => {
            assert!(!problem.message().contains('{'), "{}", problem.message());
            Err(problem.code)
        }
    }
}

fn lines(draft: &CashDraft) -> Vec<(&str, String)> {
    draft
        .lines
        .iter()
        .map(|line| (line.account.as_str(), line.amount.normalize().to_string()))
        .collect()
}

#[test]
fn a_payout_says_where_the_money_of_its_charges_went() {
    let setting = with_payouts();
    let rows = [
        row("CHARGE", "1250.00", "35.10"),
        row("REFUND", "-250.00", "0"),
        row("DISPUTE_WITHDRAWAL", "-100.00", "150.00"),
        row("RESERVED_FUNDS", "-50.00", "0"),
        row("ADJUSTMENT", "3.00", "0"),
        row("TRANSFER", "-667.90", "0"),
    ];
    let draft = look(&setting, &payout("667.90"), &rows).unwrap();
    assert_eq!(
        lines(&draft),
        [
            ("7700", "667.9".to_owned()),
            ("7710", "185.1".to_owned()),
            ("7720", "100".to_owned()),
            ("7730", "50".to_owned()),
            ("7740", "-3".to_owned()),
        ]
    );
    // What the charges and refunds left on the clearing account, and no more.
    assert_eq!(draft.total, d("1000.00"));
    assert_eq!(draft.entry_type, "UT");
    assert_eq!(draft.cash_account, "1920");
    assert_eq!(draft.reference, "payout/801");
    // In Oslo it is past midnight.
    assert_eq!(draft.date.to_string(), "2026-10-07");
}

#[test]
fn money_that_shopify_draws_from_the_bank_comes_in() {
    let setting = with_payouts();
    let rows = [
        row("REFUND", "-250.00", "0"),
        row("CHARGE", "100.00", "2.00"),
    ];
    let draft = look(&setting, &payout("-152.00"), &rows).unwrap();
    assert_eq!(draft.entry_type, "INN");
    assert_eq!(draft.total, d("150.00"));
    assert_eq!(
        lines(&draft),
        [("7700", "152".to_owned()), ("7710", "-2".to_owned())]
    );
}

#[test]
fn only_a_paid_payout_is_booked() {
    let setting = with_payouts();
    let rows = [row("CHARGE", "100.00", "0")];
    for (status, code) in [
        ("SCHEDULED", Code::WaitingPayout),
        ("IN_TRANSIT", Code::WaitingPayout),
        ("NEWER", Code::WaitingPayout),
        ("FAILED", Code::SkippedPayout),
        ("CANCELED", Code::SkippedPayout),
    ] {
        let mut payout = payout("100.00");
        payout.status = PayoutStatus::from(status.to_owned());
        assert_eq!(look(&setting, &payout, &rows), Err(code), "{status}");
    }
}

#[test]
fn what_no_rule_covers_holds_that_payout_and_is_named() {
    let mut setting = with_payouts();
    let paid = payout("100.00");
    let sum = [row("CHARGE", "90.00", "0")];
    assert_eq!(look(&setting, &paid, &sum), Err(Code::PayoutDiffers));
    let mut wrong = row("CHARGE", "100.00", "0");
    wrong.fee = d("1.00");
    assert_eq!(look(&setting, &paid, &[wrong]), Err(Code::PayoutDiffers));
    let mut dollars = row("CHARGE", "100.00", "0");
    dollars.currency = Currency::USD;
    assert_eq!(look(&setting, &paid, &[dollars]), Err(Code::PayoutCurrency));

    let labels = [
        row("CHARGE", "150.00", "0"),
        row("SHIPPING_LABEL", "-50.00", "0"),
    ];
    let PayoutDecision::Held(problem) = decide(
        &paid,
        &labels,
        &BTreeMap::new(),
        &setting.shop,
        &setting.settings,
        &setting.catalogue,
    ) else {
        panic!("not held");
    };
    assert_eq!(
        problem.message(),
        "Payout 801 has a row of the type SHIPPING_LABEL, which has no account."
    );
    setting.settings.payouts.types.insert(
        "SHIPPING_LABEL".into(),
        PayoutRow {
            account: "6100".into(),
            vat_category: Some("HOY".into()),
        },
    );
    let draft = look(&setting, &paid, &labels).unwrap();
    assert_eq!(
        lines(&draft),
        [("7700", "100".to_owned()), ("6100", "50".to_owned())]
    );
    assert_eq!(draft.lines[1].vat_category.as_deref(), Some("HOY"));

    setting.settings.payouts.classes.remove(&PayoutClass::Bank);
    assert_eq!(look(&setting, &paid, &labels), Err(Code::PayoutAccount));
    let mut setting = with_payouts();
    setting.settings.payments.gateways.clear();
    assert_eq!(
        look(&setting, &paid, &[row("CHARGE", "100.00", "0")]),
        Err(Code::PayoutAccount)
    );
    setting
        .settings
        .payouts
        .cash_accounts
        .insert("NOK".into(), "1921".into());
    let draft = look(&setting, &paid, &[row("CHARGE", "100.00", "0")]).unwrap();
    assert_eq!(draft.cash_account, "1921");
    setting
        .catalogue
        .periods
        .iter_mut()
        .for_each(|period| period.open = false);
    assert_eq!(
        look(&setting, &paid, &[row("CHARGE", "100.00", "0")]),
        Err(Code::PeriodClosed)
    );
}

#[test]
fn shopifys_own_rate_is_a_line_of_its_own() {
    let setting = with_payouts();
    let mut charge = row("CHARGE", "100.00", "3.00");
    charge.transaction = Some("77".into());
    let booked = [("77".to_owned(), Money::new(d("100.40"), Currency::NOK))].into();
    let PayoutDecision::Book(drafts) = decide(
        &payout("97.00"),
        &[charge],
        &booked,
        &setting.shop,
        &setting.settings,
        &setting.catalogue,
    ) else {
        panic!("held");
    };
    let draft = drafts.own;
    assert_eq!(
        draft.total,
        d("100.40"),
        "what stands on the clearing account leaves it"
    );
    assert_eq!(lines(&draft)[2], ("7750", "0.4".to_owned()));
}

#[test]
fn money_that_stands_in_another_currency_leaves_that_account_and_comes_out_of_the_conversion() {
    let mut setting = with_payouts();
    let accounts = &mut setting.settings.payouts.cash_accounts;
    accounts.insert("SEK".into(), "1951".into());
    let (mut swedish, mut back) = (
        row("CHARGE", "114.00", "3.00"),
        row("REFUND", "-11.40", "0"),
    );
    swedish.transaction = Some("78".into());
    back.transaction = Some("79".into());
    let home = row("CHARGE", "50.00", "1.00");
    let sek = |amount: &str| Money::new(d(amount), Currency::SEK);
    let booked = [
        ("78".to_owned(), sek("110.00")),
        ("79".to_owned(), sek("-11.00")),
    ]
    .into();
    let PayoutDecision::Book(drafts) = decide(
        &payout("148.60"),
        &[swedish, home, back],
        &booked,
        &setting.shop,
        &setting.settings,
        &setting.catalogue,
    ) else {
        panic!("held");
    };
    // Kroner of the home charge alone stand on the home account.
    assert_eq!(drafts.own.total, d("50.00"));
    let conversion = ("7750", "-102.6".to_owned());
    assert!(
        lines(&drafts.own).contains(&conversion),
        "{:?}",
        lines(&drafts.own)
    );
    let [swedish] = drafts.converted.as_slice() else {
        panic!("{:?}", drafts.converted);
    };
    assert_eq!(swedish.cash_account, "1951");
    assert_eq!(swedish.reference, "payout/801/SEK");
    assert_eq!(swedish.total, d("99.00"));
    assert_eq!(lines(swedish), [("7750", "99".to_owned())]);
}

#[test]
fn paid_in_no_payout_is_listed_by_gateway_and_age() {
    let mut first = simple();
    first.transactions[0].id = "1".into();
    first.transactions[0].amount = nok("175.00");
    first.transactions[0].processed_at = Some(at("2026-10-01T10:00:00Z"));
    let mut second = first.clone();
    second.name = "#1002".into();
    second.transactions[0].id = "2".into();
    second.transactions[0].processed_at = Some(at("2026-10-04T09:00:00Z"));
    let mut refund = second.transactions[0].clone();
    refund.id = "3".into();
    refund.kind = TransactionKind::Refund;
    refund.amount = nok("50.00");
    let mut vipps = second.transactions[0].clone();
    vipps.id = "4".into();
    vipps.gateway = "Vipps".into();
    second.transactions.extend([refund, vipps]);
    let now = at("2026-10-06T10:00:00Z");
    let open = not_paid_out(&[second.clone(), first.clone()], &BTreeSet::new(), now);
    let shape: Vec<_> = open
        .iter()
        .map(|gateway| {
            let days: Vec<_> = gateway.transactions.iter().map(|open| open.days).collect();
            (gateway.gateway.as_str(), gateway.amount, days)
        })
        .collect();
    assert_eq!(
        shape,
        [
            ("Vipps", d("175.00"), vec![2]),
            ("shopify_payments", d("300.00"), vec![5, 2, 2]),
        ]
    );
    let in_payout = ["1", "3"].map(str::to_owned).into();
    let open = not_paid_out(&[second, first], &in_payout, now);
    assert_eq!(open[1].amount, d("175.00"));
    assert_eq!(open[1].transactions[0].order, "#1002");
}

proptest! {
    /// Whatever is in it: the lines come to what charges and refunds left on the account, the bank gets the payout's net.
    #[test]
    fn the_lines_always_come_to_the_charges(
        rows in prop::collection::vec((0usize..6, -100_000i64..100_000, 0i64..500), 1..30),
    ) {
        let kinds = ["CHARGE", "REFUND", "DISPUTE_REVERSAL", "RESERVED_FUNDS", "ADJUSTMENT", "STRIPE_FEE"];
        let rows: Vec<_> = rows
            .into_iter()
            .map(|(kind, amount, fee)| {
                let (amount, fee) = (Decimal::new(amount, 2), Decimal::new(fee, 2));
                row(kinds[kind], &amount.to_string(), &fee.to_string())
            })
            .collect();
        let net: Decimal = rows.iter().map(|row| row.net).sum();
        let gross: Decimal = rows
            .iter()
            .filter(|row| matches!(row.kind.as_str(), "CHARGE" | "REFUND"))
            .map(|row| row.amount)
            .sum();
        let draft = look(&with_payouts(), &payout(&net.to_string()), &rows).unwrap();
        let sign = if draft.entry_type == "INN" { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
        prop_assert_eq!(draft.total * sign, gross);
        prop_assert!(draft.total >= Decimal::ZERO);
        let lines: Decimal = draft.lines.iter().map(|line| line.amount).sum();
        prop_assert_eq!(lines, draft.total);
        let bank: Decimal = draft.lines.iter().filter(|line| line.account == "7700").map(|line| line.amount).sum();
        prop_assert_eq!(bank * sign, net);
    }
}
