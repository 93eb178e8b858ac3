//! Which day a document is of (`booking-rules` 3, `pains` 33): midnight, the nights on which the clock is changed, the year's end, a
//! closed period. Orders, invoices, payments and refunds, each on its own day in the shop.

use brygga_core::Code;
use brygga_core::settings::ClosedPeriod;
use brygga_store::RecordState;
use brygga_tests::books::days;
use brygga_tests::{Back, Bench, Sale};
use chrono::{DateTime, Utc};

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .expect("a moment")
        .to_utc()
}

/// Sold at one moment, sent at another, given back at a third.
#[tokio::test(flavor = "multi_thread")]
async fn each_document_is_of_its_own_day_in_the_shop() {
    let bench = Bench::morning().await;
    // The month of the practice shop itself goes by meanwhile.
    bench.leave_own_out();
    // (sold, sent, given back; their days in the shop)
    let cases = [
        (
            [
                "2026-10-24T23:30:00+02:00",
                "2026-10-25T02:30:00+01:00",
                "2026-10-25T23:59:00+01:00",
            ],
            ["2026-10-24", "2026-10-25", "2026-10-25"],
        ),
        (
            [
                "2026-10-25T00:30:00+02:00",
                "2026-10-25T23:30:00+01:00",
                "2026-10-26T00:01:00+01:00",
            ],
            ["2026-10-25", "2026-10-25", "2026-10-26"],
        ),
        (
            [
                "2026-12-31T23:30:00+01:00",
                "2027-01-01T00:30:00+01:00",
                "2027-01-01T00:40:00+01:00",
            ],
            ["2026-12-31", "2027-01-01", "2027-01-01"],
        ),
        (
            [
                "2027-03-27T23:30:00+01:00",
                "2027-03-28T00:30:00+01:00",
                "2027-03-28T23:30:00+02:00",
            ],
            ["2027-03-27", "2027-03-28", "2027-03-28"],
        ),
    ];
    let mut sales = Vec::new();
    for (id, (moments, _)) in (974_001..).zip(cases) {
        bench.clock.set(at(moments[0]));
        let mut sale = Sale::new(&bench, id);
        sale.field("sourceName", serde_json::json!("a-channel-of-our-own"));
        sale.paid();
        bench.put_sale(&sale);
        bench.clock.set(at(moments[1]));
        sale.send_all();
        bench.put_sale(&sale);
        bench.clock.set(at(moments[2]));
        sale.give_back(&Back::units(0, 1, "NO_RESTOCK"));
        bench.put_sale(&sale);
        sales.push(sale);
    }
    bench.quiet().await;
    for (sale, (_, [sold, sent, back])) in sales.iter().zip(cases) {
        assert_eq!(bench.document(sale.id).date.to_string(), sold);
        assert_eq!(
            bench.books(sale),
            [
                "SO 500.00 Completed".to_owned(),
                format!("Invoice {sent} 500.00 VAT 100.00 Closed 0.00"),
                format!("CreditNote {back} 100.00 VAT 20.00 Closed 0.00"),
                format!("Prepayment {sold} 500.00 on 1950-NOK Closed"),
                format!("Refund {back} 100.00 on 1950-NOK Closed"),
            ]
        );
        bench.all_booked(sale);
    }
    let proof = bench.at_rest().await;
    assert_eq!(proof.dated, Vec::new(), "each on its own day");
    assert_eq!(
        days(&proof),
        [
            "2026-10-24 shopify_payments 500.00",
            "2026-10-25 sales 1000.00",
            "2026-10-25 refunds 100.00",
            "2026-10-25 shopify_payments 400.00",
            "2026-10-26 refunds 100.00",
            "2026-10-26 shopify_payments -100.00",
            "2026-12-31 shopify_payments 500.00",
            "2027-01-01 sales 500.00",
            "2027-01-01 refunds 100.00",
            "2027-01-01 shopify_payments -100.00",
            "2027-03-27 shopify_payments 500.00",
            "2027-03-28 sales 500.00",
            "2027-03-28 refunds 100.00",
            "2027-03-28 shopify_payments -100.00",
        ]
    );
}

/// September is closed while goods of September are still to be booked: asked about, never tried again and again; then as the
/// merchant says.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_period_is_asked_about_for_the_order_and_for_what_follows() {
    let bench = Bench::morning().await;
    let mut sold = Sale::new(&bench, 974_101);
    sold.paid();
    bench.tell(&sold).await;
    let mut new = Sale::new(&bench, 974_102);
    new.paid();
    bench.practice.pair.visma().close_period("202609", true);
    bench.practice.engine.forget_setup();
    bench.days(1);
    sold.send_all();
    bench.put_sale(&sold);
    bench.put_sale(&new);
    bench.quiet().await;
    assert_eq!(
        (bench.record(new.id).state, bench.code(new.id)),
        (RecordState::Held, Some(Code::PeriodClosed))
    );
    let invoice = bench.parts(&sold).remove(0);
    assert_eq!(invoice.state, RecordState::Held);
    assert_eq!(
        invoice.problem.map(|problem| problem.code),
        Some(Code::PeriodClosed)
    );
    let writes = bench.writes();
    bench.days(1);
    bench.sync().await;
    assert_eq!(bench.writes(), writes, "no loop of tries");

    bench.choose(|settings| settings.closed_period = ClosedPeriod::FirstOpenDay);
    bench.quiet().await;
    assert_eq!(
        bench.books(&sold),
        [
            "SO 500.00 Completed",
            "Invoice 2026-10-01 500.00 VAT 100.00 Closed 0.00",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
        ]
    );
    assert_eq!(bench.document(new.id).date.to_string(), "2026-10-01");
    for sale in [&sold, &new] {
        bench.all_booked(sale);
    }
    let proof = bench.at_rest().await;
    let dated: Vec<_> = proof
        .dated
        .iter()
        .map(|one| (one.shopify.as_str(), one.visma.as_str()))
        .collect();
    // The invoice of the one, the money of the other; what was in the books before stays on its day.
    assert_eq!(
        dated,
        [("2026-09-12", "2026-10-01"), ("2026-09-11", "2026-10-01")],
        "{:?}",
        proof.dated
    );
}
