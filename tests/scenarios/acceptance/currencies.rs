//! Orders in euro, their refunds at another rate, a payout in kroner; and the currency of documents is chosen anew in between
//! (`pains` 29 to 31, `booking-rules` 1): nothing that is booked changes.

use brygga_core::settings::DocumentCurrency;
use brygga_core::{Clock as _, Decimal};
use brygga_store::{RecordKind, RecordState};
use brygga_tests::books::days;
use brygga_tests::{Back, Bench, Sale};
use chrono::TimeDelta;
use serde_json::json;

use crate::payouts::{cash, payout, row, turn_on};

fn choose(bench: &Bench, currency: DocumentCurrency) {
    bench.choose(|settings| settings.document_currency = currency);
}

fn presentment() -> DocumentCurrency {
    DocumentCurrency::Presentment {
        mapped: ["EUR".to_owned()].into(),
    }
}

/// 500 euro at 11.7643, paid and sent.
async fn sold(bench: &Bench, id: u64) -> (Sale, u64) {
    let mut sale = Sale::new(bench, id).seen_in("EUR", "11.7643");
    let paid = sale.paid();
    sale.send_all();
    bench.tell(&sale).await;
    (sale, paid)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_changed_between_order_refund_and_payout_changes_nothing_that_is_booked() {
    let bench = Bench::morning().await;
    turn_on(&bench);
    bench.map_gateway("shopify_payments", "EUR", "1950-EUR", "KORT");
    choose(&bench, DocumentCurrency::Shop);
    let (mut kroner, paid) = sold(&bench, 973_001).await;
    choose(&bench, presentment());
    let (mut euro, _) = sold(&bench, 973_002).await;
    let in_kroner = [
        "SO 5882.16 Completed",
        "Invoice 2026-09-11 5882.16 VAT 1176.43 Closed 0.00",
        "Prepayment 2026-09-11 5882.16 on 1950-NOK Closed",
    ];
    let in_euro = [
        "SO 500.00 Completed",
        "Invoice 2026-09-11 EUR 500.00 VAT 100.00 Closed 0.00",
        "Prepayment 2026-09-11 500.00 on 1950-EUR Closed",
    ];
    assert_eq!(bench.books(&kroner), in_kroner);
    assert_eq!(bench.books(&euro), in_euro);
    bench.at_rest().await;

    // Chosen anew: both stay what they are, and so do their refunds, at the order's own rate.
    choose(&bench, DocumentCurrency::Shop);
    let writes = bench.writes();
    bench.quiet().await;
    assert_eq!(bench.writes(), writes, "a setting alone writes nothing");
    bench.days(3);
    for sale in [&mut kroner, &mut euro] {
        sale.rate_is("11.9");
        sale.give_back(&Back::units(1, 1, "RETURN"));
        bench.put_sale(sale);
    }
    let back = kroner.last_money();
    bench.quiet().await;
    choose(&bench, presentment());
    bench.days(1);
    bench.quiet().await;
    assert_eq!(
        bench.books(&kroner),
        [
            in_kroner[0],
            "RC 2941.08 Completed",
            in_kroner[1],
            "CreditNote 2026-09-14 2941.08 VAT 588.22 Closed 0.00",
            in_kroner[2],
            "Refund 2026-09-14 2941.08 on 1950-NOK Closed",
        ]
    );
    assert_eq!(
        bench.books(&euro),
        [
            in_euro[0],
            "RC 250.00 Completed",
            in_euro[1],
            "CreditNote 2026-09-14 EUR 250.00 VAT 50.00 Closed 0.00",
            in_euro[2],
            "Refund 2026-09-14 250.00 on 1950-EUR Closed",
        ]
    );
    for sale in [&kroner, &euro] {
        bench.all_booked(sale);
    }
    let proof = bench.at_rest().await;
    assert_eq!(
        days(&proof),
        [
            "2026-09-11 sales EUR 500.00",
            "2026-09-11 sales 5882.16",
            "2026-09-11 shopify_payments EUR 500.00",
            "2026-09-11 shopify_payments 5882.16",
            "2026-09-14 refunds EUR 250.00",
            "2026-09-14 refunds 2941.08",
            "2026-09-14 shopify_payments EUR -250.00",
            "2026-09-14 shopify_payments -2941.08",
        ]
    );

    // The payout has each day's own rate: what that makes apart from the books is a line of its own, and the clearing account is
    // left with nothing of these two.
    let at = bench.clock.now() - TimeDelta::hours(30);
    let mut charge = row(1, 803, "CHARGE", ["5882.15", "120.00", "5762.15"], at);
    let mut refund = row(2, 803, "REFUND", ["-2975.00", "0.00", "-2975.00"], at);
    for (row, transaction) in [(&mut charge, paid), (&mut refund, back)] {
        row["sourceOrderTransactionId"] = json!(transaction.to_string());
    }
    let issued = bench.clock.now() - TimeDelta::hours(3);
    let shopify = bench.practice.pair.shopify();
    shopify.set_payouts(
        vec![payout(803, issued, "PAID", "2787.15")],
        vec![charge, refund],
        Vec::new(),
    );
    bench.clock.advance(std::time::Duration::from_mins(1));
    bench.quiet().await;
    let (state, code) = bench.part_record(RecordKind::Payout, 803);
    assert_eq!((state, code), (RecordState::Booked, None));
    let made = cash(&bench);
    assert_eq!(made.len(), 1, "{made:?}");
    let details: Vec<_> = made[0]
        .details
        .iter()
        .map(|(account, _, amount)| (account.as_str(), amount.normalize().to_string()))
        .collect();
    assert_eq!(
        details,
        [
            ("1909", "2787.15".to_owned()),
            ("7770", "120".to_owned()),
            ("8160", "33.93".to_owned()),
        ]
    );
    assert_eq!(
        made[0].total,
        Decimal::new(294_108, 2),
        "5882.16 less 2941.08"
    );
    assert_eq!(bench.books(&kroner).len(), 6, "the order is as it was");
    bench.at_rest().await;
}
