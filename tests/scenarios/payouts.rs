//! Payouts of Shopify Payments: one cash transaction each, once, whatever the line does; held by name where no rule covers one.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::settings::{PayoutClass, PayoutRow};
use brygga_core::{Clock as _, Code, Decimal};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::visma::CashSnapshot;
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState};
use brygga_tests::Bench;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

fn money(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "NOK" })
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub(crate) fn payout(id: u64, issued: DateTime<Utc>, status: &str, net: &str) -> Value {
    let keys = [
        "chargesGross",
        "chargesFee",
        "refundsFee",
        "refundsFeeGross",
        "adjustmentsGross",
        "adjustmentsFee",
        "reservedFundsGross",
        "reservedFundsFee",
        "retriedPayoutsGross",
        "retriedPayoutsFee",
        "advanceGross",
        "advanceFees",
        "usdcRebateCreditAmount",
    ];
    let summary: serde_json::Map<_, _> = keys
        .iter()
        .map(|key| ((*key).to_owned(), money("0.00")))
        .collect();
    json!({
        "id": format!("gid://shopify/ShopifyPaymentsPayout/{id}"), "issuedAt": moment(issued), "status": status,
        "transactionType": "DEPOSIT", "net": money(net), "summary": summary, "externalTraceId": null,
    })
}

pub(crate) fn row(
    id: u64,
    payout: u64,
    kind: &str,
    [amount, fee, net]: [&str; 3],
    at: DateTime<Utc>,
) -> Value {
    json!({
        "id": format!("gid://shopify/ShopifyPaymentsBalanceTransaction/{id}"), "type": kind, "amount": money(amount), "fee": money(fee),
        "net": money(net), "transactionDate": moment(at), "sourceOrderTransactionId": null, "sourceId": null, "sourceType": null,
        "test": false, "adjustmentsOrders": [],
        "associatedPayout": { "id": format!("gid://shopify/ShopifyPaymentsPayout/{payout}"), "status": "PAID" },
    })
}

/// A shop with payouts turned on.
async fn bench() -> Bench {
    let bench = Bench::empty().await;
    turn_on(&bench);
    bench
}

/// Turns payouts on, on the accounts of the practice company.
pub(crate) fn turn_on(bench: &Bench) {
    let engine = &bench.practice.engine;
    let mut settings = Arc::unwrap_or_clone(engine.settings().expect("settings"));
    let payouts = &mut settings.payouts;
    payouts.on = true;
    payouts.entry_type_out = "UTBET".into();
    payouts.entry_type_in = "INNBET".into();
    payouts
        .cash_accounts
        .insert("NOK".into(), "1950-NOK".into());
    for (class, account) in [
        (PayoutClass::Bank, "1909"),
        (PayoutClass::Fee, "7770"),
        (PayoutClass::Dispute, "7835"),
        (PayoutClass::Reserve, "1585"),
        (PayoutClass::Adjustment, "7795"),
        (PayoutClass::Conversion, "8160"),
    ] {
        payouts.classes.insert(
            class,
            PayoutRow {
                account: account.into(),
                vat_category: None,
            },
        );
    }
    engine.put_settings(&settings, "test").expect("kept");
}

/// Two payouts: 801 with a charge, a refund, a dispute and a fee; 802 with a type that nobody knows.
fn put(bench: &Bench, status: &str) {
    let at = bench.clock.now() - TimeDelta::hours(30);
    let issued = bench.clock.now() - TimeDelta::hours(3);
    bench.practice.pair.shopify().set_payouts(
        vec![
            payout(801, issued, status, "667.90"),
            payout(802, issued, status, "90.00"),
        ],
        vec![
            row(1, 801, "CHARGE", ["1250.00", "35.10", "1214.90"], at),
            row(2, 801, "REFUND", ["-250.00", "0.00", "-250.00"], at),
            row(
                3,
                801,
                "DISPUTE_WITHDRAWAL",
                ["-147.00", "150.00", "-297.00"],
                at,
            ),
            row(4, 802, "CHARGE", ["100.00", "0.00", "100.00"], at),
            row(5, 802, "SHOP_CASH_CREDIT", ["-10.00", "0.00", "-10.00"], at),
        ],
        Vec::new(),
    );
    bench.clock.advance(Duration::from_secs(30));
}

pub(crate) fn cash(bench: &Bench) -> Vec<CashSnapshot> {
    bench.practice.pair.visma().ledger().cash_transactions
}

fn record(bench: &Bench, id: &str) -> RecordRow {
    bench
        .practice
        .engine
        .store()
        .record(&RecordRef::new(RecordKind::Payout, id))
        .expect("readable")
        .unwrap_or_else(|| panic!("payout {id} was not seen"))
}

fn code(bench: &Bench, id: &str) -> Option<Code> {
    record(bench, id).problem.map(|problem| problem.code)
}

fn booked_once(bench: &Bench) {
    let made = cash(bench);
    assert_eq!(made.len(), 1, "{made:?}");
    let made = &made[0];
    assert_eq!(made.reference.as_deref(), Some("payout/801"));
    assert_eq!(made.cash_account, "1950-NOK");
    assert!(made.released && !made.receipt);
    assert_eq!(made.total, Decimal::from(1000));
    let details: Vec<_> = made
        .details
        .iter()
        .map(|(account, _, amount)| (account.as_str(), amount.normalize().to_string()))
        .collect();
    assert_eq!(
        details,
        [
            ("1909", "667.9".to_owned()),
            ("7770", "185.1".to_owned()),
            ("7835", "147".to_owned()),
        ]
    );
    let row = record(bench, "801");
    assert_eq!(row.state, RecordState::Booked);
    assert_eq!(row.erp_number.as_deref(), Some(made.number.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_waits_until_it_is_paid_and_is_booked_once() {
    let bench = bench().await;
    put(&bench, "IN_TRANSIT");
    bench.sync().await;
    assert_eq!(code(&bench, "801"), Some(Code::WaitingPayout));
    assert_eq!(cash(&bench), []);

    put(&bench, "PAID");
    let report = bench.sync().await;
    assert_eq!(report.flows["payouts"].failure, None);
    booked_once(&bench);
    // The other one is held by itself, and named.
    assert_eq!(code(&bench, "802"), Some(Code::PayoutType));
    assert_eq!(
        record(&bench, "802").problem.expect("held").params["type"],
        "SHOP_CASH_CREDIT"
    );

    let writes = bench.writes();
    bench.sync().await;
    assert_eq!(bench.writes(), writes, "a second sync sends nothing");

    put(&bench, "FAILED");
    bench.sync().await;
    assert_eq!(code(&bench, "801"), Some(Code::PayoutFailed));
    assert_eq!(
        bench.writes(),
        writes,
        "what is booked is a person's to reverse"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up_and_never_booked_twice() {
    for path in ["/v1/cashTransaction", "/action/release"] {
        let bench = bench().await;
        put(&bench, "PAID");
        let rule = FaultRule::next(Side::Visma, Fault::Cut { committed: true })
            .method("POST")
            .path(path);
        bench.practice.pair.faults().add(rule);
        for _ in 0..3 {
            bench.sync().await;
            bench.clock.advance(Duration::from_mins(20));
        }
        assert_eq!(bench.practice.pair.faults().fired().len(), 1, "{path}");
        booked_once(&bench);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_scope_only_payouts_stop() {
    let bench = bench().await;
    put(&bench, "PAID");
    bench
        .practice
        .pair
        .shopify()
        .grant_scope("read_shopify_payments_payouts", false);
    let report = bench.sync().await;
    assert_eq!(report.failure, None);
    let failure = report.flows["payouts"].failure.clone().expect("a code");
    assert_eq!(failure.code, Code::PayoutAccess);
    assert_eq!(cash(&bench), []);
}
