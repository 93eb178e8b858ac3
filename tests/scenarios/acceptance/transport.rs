//! What goes wrong on the way (`pains` 38 and 39), at every call that writes of an order's whole life: 429, THROTTLED, a fault after
//! the effect and before it, a lost answer, a cut connection, a token that has ended, a version that is not the newest any more, an
//! empty page. In the end the books are those of a quiet day.

use std::time::Duration;

use brygga_engine::RunOptions;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::pair::seeded_start;
use brygga_sandbox::visma::VatRounding;
use brygga_tests::{Back, Bench, Sale};
use chrono::TimeDelta;

/// The calls that write in the life below: method, part of the path, and how many of that kind pass first.
const CALLS: [(&str, &str, u32); 10] = [
    ("POST", "/v1/customerPayment", 0),
    ("POST", "/action/release", 0),
    ("POST", "/createShipment", 0),
    ("PUT", "/v1/shipment/", 0),
    ("POST", "/confirmShipment", 0),
    ("PATCH", "/SalesOrders/SO/", 0),
    ("POST", "/prepareInvoice", 0),
    ("POST", "/action/release", 1),
    ("POST", "/api/v3/SalesOrders", 1),
    ("POST", "/v1/customerPayment", 2),
];

async fn settle(bench: &Bench, what: &str) {
    for _ in 0..30 {
        let report = bench.practice.engine.sync(RunOptions::default()).await;
        let report = report.expect("no other run");
        if report.failure.is_none() && report.decided == 0 {
            return;
        }
        bench.clock.advance(Duration::from_mins(20));
    }
    panic!("{what}: it does not get quiet");
}

/// Sold, sent in part, sent whole, and one unit back, with this fault once at each call.
async fn lived(fault: &Fault) {
    let what = format!("{fault:?}");
    let bench = Bench::patient(40, VatRounding::Line, Duration::from_millis(800)).await;
    bench
        .clock
        .set(seeded_start() - TimeDelta::days(20) + TimeDelta::hours(10));
    bench.practice.pair.visma().list_lag(Duration::from_secs(4));
    let mut sale = Sale::new(&bench, 975_001).bought_by("ute.av.vaer@example.no");
    sale.paid();
    sale.send(&[(0, 1)]);
    sale.send_all();
    bench.put_sale(&sale);
    let faults = bench.practice.pair.faults();
    for (method, path, skip) in CALLS {
        let rule = FaultRule::next(Side::Visma, fault.clone());
        faults.add(rule.method(method).path(path).after(skip));
    }
    settle(&bench, &what).await;
    bench.days(1);
    sale.give_back(&Back::units(0, 1, "RETURN"));
    bench.put_sale(&sale);
    settle(&bench, &what).await;
    let fired = faults.fired().len();
    assert!(fired >= CALLS.len() - 2, "{what}: {fired} faults");
    faults.clear();
    settle(&bench, &what).await;
    assert_eq!(
        bench.books(&sale),
        [
            "SO 500.00 Completed",
            "RC 100.00 Completed",
            "Invoice 2026-09-11 150.00 VAT 30.00 Closed 0.00",
            "Invoice 2026-09-11 350.00 VAT 70.00 Closed 0.00",
            "CreditNote 2026-09-12 100.00 VAT 20.00 Closed 0.00",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
            "Refund 2026-09-12 100.00 on 1950-NOK Closed",
        ],
        "{what}"
    );
    let shipments = bench.practice.pair.visma().shipments().len();
    assert_eq!(shipments, 3, "{what}: two out, one in");
    bench.all_booked(&sale);
    bench.at_rest().await;
}

macro_rules! weather {
    ($($name:ident: $($fault:expr),+;)+) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            for fault in [$($fault),+] {
                lived(&fault).await;
            }
        })+
    };
}

weather! {
    busy_at_every_write: Fault::TooMany { retry_after_s: 7 }, Fault::Throttled;
    a_fault_after_the_effect_at_every_write: Fault::Status { code: 503, committed: true };
    a_fault_before_the_effect_at_every_write: Fault::Status { code: 503, committed: false };
    no_answer_after_the_effect_at_every_write: Fault::Timeout { committed: true };
    a_cut_connection_at_every_write: Fault::Cut { committed: true };
    a_token_that_ended_at_every_write: Fault::Unauthorized;
    somebody_elses_change_at_every_write: Fault::PreconditionFailed;
}

/// The shop throttles, answers with nothing, and says an order twice: no order is lost, and none is booked twice.
#[tokio::test(flavor = "multi_thread")]
async fn the_shop_throttles_and_answers_with_nothing() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 975_101);
    sale.paid();
    bench.put_sale(&sale);
    let faults = bench.practice.pair.faults();
    for fault in [
        Fault::Throttled,
        Fault::TooMany { retry_after_s: 3 },
        Fault::Status {
            code: 502,
            committed: false,
        },
        Fault::Duplicate,
    ] {
        faults.add(FaultRule::next(Side::Shopify, fault).operation("orders"));
    }
    settle(&bench, "throttled").await;
    assert_eq!(bench.documents(sale.id).len(), 1);
    faults.add(FaultRule::next(Side::Shopify, Fault::EmptyPage).operation("orders"));
    let report = bench.practice.engine.sync(RunOptions::default()).await;
    let failure = report.expect("no other run").failure;
    let code = failure.map(|problem| problem.code);
    assert_eq!(code, Some(brygga_core::Code::RemoteEmpty), "no success");
    sale.send_all();
    bench.put_sale(&sale);
    settle(&bench, "after an empty page").await;
    assert_eq!(
        bench.books(&sale),
        [
            "SO 500.00 Completed",
            "Invoice 2026-09-11 500.00 VAT 100.00 Closed 0.00",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
        ]
    );
    bench.at_rest().await;
}
