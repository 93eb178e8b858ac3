//! The refund matrix (`booking-rules` 8): each kind of refund, to the cent and closed at nought.

use brygga_core::settings::{ClosedPeriod, RefundRule};
use brygga_core::{Code, Decimal};
use brygga_sandbox::visma::{Change, ShipmentAction};
use brygga_store::{RecordRef, RecordState};
use brygga_tests::books::days;
use brygga_tests::{Back, Bench, Sale};

/// What stands in the books of a sale of 500 kroner that was paid and sent on the first day.
const SOLD: [&str; 3] = [
    "SO 500.00 Completed",
    "Invoice 2026-09-11 500.00 VAT 100.00 Closed 0.00",
    "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
];

/// So many of them, paid and sent, and in the books.
pub(super) async fn sold(bench: &Bench, first: u64, count: u64) -> Vec<Sale> {
    let mut sales = Vec::new();
    for id in first..first + count {
        let mut sale = Sale::new(bench, id);
        sale.paid();
        sale.send_all();
        bench.put_sale(&sale);
        sales.push(sale);
    }
    bench.quiet().await;
    sales
}

/// The books of a sale are those of the sale itself and these.
#[track_caller]
fn stands(bench: &Bench, sale: &Sale, what: &str, more: &[&str]) {
    let mut books = bench.books(sale);
    for line in SOLD {
        let place = books.iter().position(|one| one == line);
        books.remove(place.unwrap_or_else(|| panic!("{what}: {line} in {books:?}")));
    }
    assert_eq!(books, more, "{what}");
}

fn on_hand(bench: &Bench, sale: &Sale) -> Decimal {
    let visma = bench.practice.pair.visma();
    let order = &bench.all_orders(sale.id)[0];
    visma.on_hand(&order.lines[0].item, brygga_tests::goods::MAIN)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_refund_is_its_own_credit_note_to_the_cent() {
    let bench = Bench::morning().await;
    bench.map_gateway("shopify_store_credit", "NOK", "2966-NOK", "TILGODE");
    let cases: [(&str, Back, &[&str]); 11] = [
        (
            "everything comes back, with the shipping",
            Back::units(0, 2, "RETURN").and(1, 1, "RETURN").shipping(),
            &[
                "RC 500.00 Completed",
                "CreditNote 2026-09-12 500.00 VAT 100.00 Closed 0.00",
                "Refund 2026-09-12 500.00 on 1950-NOK Closed",
            ],
        ),
        (
            "an amount alone: VAT by the order's rate, never silently none",
            Back::amount("33.33"),
            &[
                "CreditNote 2026-09-12 33.33 VAT 6.67 Closed 0.00",
                "Refund 2026-09-12 33.33 on 1950-NOK Closed",
            ],
        ),
        (
            "the shipping alone, with its VAT",
            Back::shipping_alone(),
            &[
                "CreditNote 2026-09-12 50.00 VAT 10.00 Closed 0.00",
                "Refund 2026-09-12 50.00 on 1950-NOK Closed",
            ],
        ),
        (
            "what came back goes into stock",
            Back::units(0, 1, "RETURN"),
            &[
                "RC 100.00 Completed",
                "CreditNote 2026-09-12 100.00 VAT 20.00 Closed 0.00",
                "Refund 2026-09-12 100.00 on 1950-NOK Closed",
            ],
        ),
        (
            "what the customer keeps does not",
            Back::units(1, 1, "NO_RESTOCK"),
            &[
                "CreditNote 2026-09-12 250.00 VAT 50.00 Closed 0.00",
                "Refund 2026-09-12 250.00 on 1950-NOK Closed",
            ],
        ),
        (
            "a pair of adjustments cancels out",
            Back::units(0, 1, "NO_RESTOCK")
                .adjusted("-50")
                .adjusted("50"),
            &[
                "CreditNote 2026-09-12 100.00 VAT 20.00 Closed 0.00",
                "Refund 2026-09-12 100.00 on 1950-NOK Closed",
            ],
        ),
        (
            "less than the goods are worth: what was paid back is credited",
            Back::units(0, 1, "RETURN").adjusted("-20"),
            &[
                "RC 80.00 Completed",
                "CreditNote 2026-09-12 80.00 VAT 16.00 Closed 0.00",
                "Refund 2026-09-12 80.00 on 1950-NOK Closed",
            ],
        ),
        (
            "more than the goods are worth",
            Back::units(0, 1, "RETURN").adjusted("20"),
            &[
                "RC 120.00 Completed",
                "CreditNote 2026-09-12 120.00 VAT 24.00 Closed 0.00",
                "Refund 2026-09-12 120.00 on 1950-NOK Closed",
            ],
        ),
        (
            "no money at all: quantities only",
            Back::units(0, 1, "RETURN").adjusted("-100"),
            &[
                "RC 0.00 Completed",
                "CreditNote 2026-09-12 0.00 VAT 0.00 Closed 0.00",
            ],
        ),
        (
            "to a gift card: from what is owed on gift cards",
            Back::units(0, 1, "NO_RESTOCK").by("gift_card"),
            &[
                "CreditNote 2026-09-12 100.00 VAT 20.00 Closed 0.00",
                "Refund 2026-09-12 100.00 on 2965-NOK Closed",
            ],
        ),
        (
            "to store credit: from what is owed as store credit",
            Back::units(0, 1, "NO_RESTOCK").by("shopify_store_credit"),
            &[
                "CreditNote 2026-09-12 100.00 VAT 20.00 Closed 0.00",
                "Refund 2026-09-12 100.00 on 2966-NOK Closed",
            ],
        ),
    ];
    let mut sales = sold(&bench, 970_001, cases.len() as u64).await;
    let before = on_hand(&bench, &sales[0]);
    bench.days(1);
    for (sale, (_, back, _)) in sales.iter_mut().zip(&cases) {
        sale.give_back(back);
        bench.put_sale(sale);
    }
    bench.quiet().await;
    for (sale, (what, _, more)) in sales.iter().zip(&cases) {
        stands(&bench, sale, what, more);
        bench.all_booked(sale);
    }
    // Three, one, one and one came back for money, one for nothing: each stands on the shelf again.
    assert_eq!(on_hand(&bench, &sales[0]) - before, Decimal::from(7));
    let proof = bench.at_rest().await;
    assert_eq!(
        days(&proof),
        [
            "2026-09-11 sales 5500.00",
            "2026-09-11 shopify_payments 5500.00",
            "2026-09-12 refunds 1433.33",
            "2026-09-12 gift_card -100.00",
            "2026-09-12 shopify_payments -1233.33",
            "2026-09-12 shopify_store_credit -100.00",
        ]
    );
}

/// Duties go back by themselves: no VAT, and nothing else of the order moves.
#[tokio::test(flavor = "multi_thread")]
async fn duties_given_back_are_credited_without_vat() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 970_051);
    sale.duty(1, "40");
    sale.paid();
    sale.send_all();
    bench.tell(&sale).await;
    bench.days(1);
    sale.give_back(&Back::duties_alone("40"));
    bench.tell(&sale).await;
    assert_eq!(
        bench.books(&sale),
        [
            "SO 540.00 Completed",
            "Invoice 2026-09-11 540.00 VAT 100.00 Closed 0.00",
            "CreditNote 2026-09-12 40.00 VAT 0.00 Closed 0.00",
            "Prepayment 2026-09-11 540.00 on 1950-NOK Closed",
            "Refund 2026-09-12 40.00 on 1950-NOK Closed",
        ]
    );
    bench.all_booked(&sale);
    bench.at_rest().await;
}

/// Three refunds on three days: three credit notes, together what was given back; a fourth has nothing left to credit.
#[tokio::test(flavor = "multi_thread")]
async fn three_partial_refunds_on_different_days_are_three_credit_notes() {
    let bench = Bench::morning().await;
    let mut sale = sold(&bench, 970_101, 1).await.remove(0);
    for back in [
        Back::units(0, 1, "RETURN"),
        Back::units(1, 1, "NO_RESTOCK").shipping(),
        Back::units(0, 1, "RETURN"),
    ] {
        bench.days(2);
        sale.give_back(&back);
        bench.tell(&sale).await;
    }
    stands(
        &bench,
        &sale,
        "three refunds",
        &[
            "RC 100.00 Completed",
            "RC 100.00 Completed",
            "CreditNote 2026-09-13 100.00 VAT 20.00 Closed 0.00",
            "CreditNote 2026-09-15 300.00 VAT 60.00 Closed 0.00",
            "CreditNote 2026-09-17 100.00 VAT 20.00 Closed 0.00",
            "Refund 2026-09-13 100.00 on 1950-NOK Closed",
            "Refund 2026-09-15 300.00 on 1950-NOK Closed",
            "Refund 2026-09-17 100.00 on 1950-NOK Closed",
        ],
    );
    bench.all_booked(&sale);
    bench.at_rest().await;

    let over = sale.give_back(&Back::amount("1"));
    bench.tell(&sale).await;
    assert_eq!(
        bench.refund_record(over),
        (RecordState::Held, Some(Code::RefundOverInvoice))
    );
    assert_eq!(bench.books(&sale).len(), SOLD.len() + 8, "nothing more");
}

#[tokio::test(flavor = "multi_thread")]
async fn money_on_its_way_is_waited_for_and_money_that_failed_is_nothing() {
    let bench = Bench::morning().await;
    let mut sales = sold(&bench, 970_201, 2).await;
    bench.days(1);
    let refunds: Vec<u64> = sales
        .iter_mut()
        .map(|sale| sale.give_back(&Back::units(0, 1, "NO_RESTOCK").pending()))
        .collect();
    for sale in &sales {
        bench.put_sale(sale);
    }
    bench.quiet().await;
    for (sale, refund) in sales.iter().zip(&refunds) {
        stands(&bench, sale, "pending", &[]);
        assert_eq!(
            bench.refund_record(*refund),
            (RecordState::Waiting, Some(Code::WaitingRefund))
        );
    }
    bench.at_rest().await;

    bench.days(2);
    for (place, status) in [(0, "SUCCESS"), (1, "FAILURE")] {
        sales[place].settled(refunds[place], status);
        bench.put_sale(&sales[place]);
    }
    bench.quiet().await;
    stands(
        &bench,
        &sales[0],
        "it came through",
        &[
            "CreditNote 2026-09-12 100.00 VAT 20.00 Closed 0.00",
            "Refund 2026-09-12 100.00 on 1950-NOK Closed",
        ],
    );
    stands(&bench, &sales[1], "it failed", &[]);
    assert_eq!(
        bench.refund_record(refunds[1]),
        (RecordState::Skipped, Some(Code::SkippedFailed))
    );
    for sale in &sales {
        bench.all_booked(sale);
    }
    bench.at_rest().await;
}

/// Quantities only: nothing is paid back, but the goods lie on the shelf again, in both systems.
#[tokio::test(flavor = "multi_thread")]
async fn goods_that_came_back_without_money_are_received() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 970_281);
    sale.paid();
    sale.send_all();
    bench.put_sale(&sale);
    bench.quiet().await;
    let before = on_hand(&bench, &sale);
    bench.days(1);
    let refund = sale.give_back(&Back::units(0, 1, "RETURN").adjusted("-100").money("0"));
    bench.put_sale(&sale);
    bench.quiet().await;
    assert_eq!(bench.refund_record(refund), (RecordState::Booked, None));
    assert_eq!(on_hand(&bench, &sale) - before, Decimal::ONE);
    assert_eq!(
        bench.books(&sale),
        [
            "SO 500.00 Completed",
            "RC 0.00 Completed",
            "Invoice 2026-09-11 500.00 VAT 100.00 Closed 0.00",
            "CreditNote 2026-09-12 0.00 VAT 0.00 Closed 0.00",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
        ]
    );
    bench.at_rest().await;
    assert_eq!(on_hand(&bench, &sale) - before, Decimal::ONE);
}

/// Visma.net changes no order of which a shipment is open (code 0005): what was taken out waits until that shipment is brought to its end.
#[tokio::test(flavor = "multi_thread")]
async fn what_never_left_waits_for_a_shipment_that_is_open() {
    let bench = Bench::morning().await;
    let mut sale = Sale::new(&bench, 970_291);
    sale.paid();
    bench.put_sale(&sale);
    bench.quiet().await;
    // Two leave the shop; Visma.net has one on its shelf.
    let item = bench.document(sale.id).lines[1].item.clone();
    let visma = bench.practice.pair.visma();
    visma.set_stock(&item, brygga_tests::goods::MAIN, Decimal::ONE);
    sale.send(&[(0, 1), (1, 1)]);
    bench.put_sale(&sale);
    bench.quiet().await;
    let refund = sale.give_back(&Back::units(0, 1, "CANCEL"));
    bench.put_sale(&sale);
    bench.quiet().await;
    assert_eq!(
        bench.refund_record(refund),
        (RecordState::Waiting, Some(Code::WaitingEarlierPart))
    );

    // Somebody counts the shelf anew and takes the shipment back, as the cause says.
    visma.set_stock(&item, brygga_tests::goods::MAIN, Decimal::from(9));
    let number = visma.shipments()[0].number.clone();
    visma.change(Change::ShipmentDone {
        number,
        action: ShipmentAction::Cancel,
    });
    let held: Vec<RecordRef> = bench
        .parts(&sale)
        .into_iter()
        .filter(|row| row.state == RecordState::Held)
        .map(|row| row.record)
        .collect();
    assert_eq!(held.len(), 1);
    let store = bench.practice.engine.store();
    store.mark_retry(&held).expect("known");
    bench.quiet().await;
    bench.all_booked(&sale);
    bench.at_rest().await;
}

/// Before anything left there is nothing to credit: the order gets smaller, and the money comes from the prepayment.
#[tokio::test(flavor = "multi_thread")]
async fn what_never_left_makes_the_order_smaller_and_no_credit_note() {
    let bench = Bench::morning().await;
    let mut sales = Vec::new();
    for id in 970_301..970_304 {
        let mut sale = Sale::new(&bench, id);
        sale.paid();
        bench.put_sale(&sale);
        sales.push(sale);
    }
    bench.quiet().await;
    let before = on_hand(&bench, &sales[0]);
    bench.days(1);
    // Some units; an amount, which waits for its invoice; all units and the shipping.
    sales[0].give_back(&Back::units(0, 1, "CANCEL"));
    let waits = sales[1].give_back(&Back::amount("50"));
    sales[2].give_back(&Back::units(0, 2, "CANCEL").and(1, 1, "CANCEL").shipping());
    for sale in &sales {
        bench.put_sale(sale);
    }
    bench.quiet().await;
    assert_eq!(
        bench.books(&sales[0]),
        [
            "SO 400.00 Open",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Open",
            "Refund 2026-09-12 100.00 on 1950-NOK Closed",
        ]
    );
    assert_eq!(
        bench.refund_record(waits),
        (RecordState::Waiting, Some(Code::WaitingInvoice))
    );
    assert_eq!(
        bench.books(&sales[2]),
        [
            "SO 500.00 Cancelled",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
            "Refund 2026-09-12 500.00 on 1950-NOK Closed",
        ]
    );
    assert_eq!(on_hand(&bench, &sales[0]), before, "no stock moved");

    bench.days(1);
    for sale in &mut sales[..2] {
        sale.send_all();
        bench.put_sale(sale);
    }
    bench.quiet().await;
    assert_eq!(
        bench.books(&sales[0]),
        [
            "SO 400.00 Completed",
            "Invoice 2026-09-13 400.00 VAT 80.00 Closed 0.00",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
            "Refund 2026-09-12 100.00 on 1950-NOK Closed",
        ]
    );
    assert_eq!(
        bench.books(&sales[1]),
        [
            "SO 500.00 Completed",
            "Invoice 2026-09-13 500.00 VAT 100.00 Closed 0.00",
            "CreditNote 2026-09-12 50.00 VAT 10.00 Closed 0.00",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
            "Refund 2026-09-12 50.00 on 1950-NOK Closed",
        ]
    );
    for sale in &sales {
        bench.all_booked(sale);
    }
    bench.at_rest().await;
}

/// Something comes back, something else goes out, and only the difference is paid: all documents together are Shopify's change.
#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_nets_to_shopifys_change_in_sale_vat_and_money() {
    let bench = Bench::morning().await;
    let mut sales = sold(&bench, 970_401, 3).await;
    bench.days(1);
    let prices = ["60", "150", "100"];
    for (sale, price) in sales.iter_mut().zip(prices) {
        sale.exchange(0, price);
        bench.put_sale(sale);
    }
    bench.quiet().await;
    bench.days(1);
    for sale in &mut sales {
        sale.send_all();
        bench.put_sale(sale);
    }
    bench.quiet().await;
    // What the new goods came to, and how the difference was paid.
    let differences: [(&str, &str, &[&str]); 3] = [
        (
            "SO 60.00 Completed",
            "Invoice 2026-09-13 60.00 VAT 12.00 Closed 0.00",
            &["Refund 2026-09-12 40.00 on 1950-NOK Closed"],
        ),
        (
            "SO 150.00 Completed",
            "Invoice 2026-09-13 150.00 VAT 30.00 Closed 0.00",
            &["Prepayment 2026-09-12 50.00 on 1950-NOK Closed"],
        ),
        (
            "SO 100.00 Completed",
            "Invoice 2026-09-13 100.00 VAT 20.00 Closed 0.00",
            &[],
        ),
    ];
    for (sale, (order, invoice, money)) in sales.iter().zip(differences) {
        let mut more = vec![
            order,
            "RC 100.00 Completed",
            invoice,
            "CreditNote 2026-09-12 100.00 VAT 20.00 Closed 0.00",
        ];
        more.extend(money);
        stands(&bench, sale, "exchange", &more);
        bench.all_booked(sale);
    }
    let proof = bench.at_rest().await;
    assert_eq!(
        days(&proof),
        [
            "2026-09-11 sales 1500.00",
            "2026-09-11 shopify_payments 1500.00",
            "2026-09-12 refunds 300.00",
            "2026-09-12 shopify_payments 10.00",
            "2026-09-13 sales 310.00",
        ]
    );
}

/// Refunds of what is not in the books have their reason, and the merchant's own choice.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_an_order_that_was_never_booked_is_explained() {
    let bench = Bench::morning().await;
    let start = bench.clock_date();
    let mut old = Sale::new(&bench, 970_501);
    old.paid();
    old.send_all();
    bench.days(1);
    bench.choose(|settings| settings.start_date = Some(start + chrono::TimeDelta::days(1)));
    // Of no customer's country: held, so not booked.
    let mut held = Sale::new(&bench, 970_502);
    held.field("shippingAddress", serde_json::Value::Null);
    held.field("billingAddress", serde_json::Value::Null);
    held.paid();
    held.send_all();
    let mut tagged = Sale::new(&bench, 970_503);
    tagged.field("tags", serde_json::json!(["utenfor"]));
    bench.choose(|settings| {
        settings.leave_out.tags.insert("utenfor".into());
    });
    tagged.paid();
    tagged.send_all();
    let refunds: Vec<u64> = [&mut old, &mut held, &mut tagged]
        .into_iter()
        .map(|sale| {
            let refund = sale.give_back(&Back::units(0, 1, "RETURN"));
            bench.put_sale(sale);
            refund
        })
        .collect();
    bench.quiet().await;
    assert_eq!(bench.code(old.id), Some(Code::SkippedBeforeStart));
    assert_eq!(bench.code(held.id), Some(Code::CountryUnknown));
    assert_eq!(
        refunds
            .iter()
            .map(|id| bench.refund_record(*id))
            .collect::<Vec<_>>(),
        [
            (RecordState::Held, Some(Code::RefundNeedsApproval)),
            (RecordState::Waiting, Some(Code::WaitingForOrder)),
            (RecordState::Skipped, Some(Code::SkippedTag)),
        ]
    );
    for sale in [&old, &held, &tagged] {
        assert_eq!(bench.books(sale), [""; 0]);
    }
    bench.at_rest().await;

    // Said yes: it is told that there is no document of ours to book it on. Left out by choice: that is the reason.
    for (choice, state, code) in [
        (
            RefundRule::Automatic,
            RecordState::Held,
            Code::RefundNotBooked,
        ),
        (
            RefundRule::Ignore,
            RecordState::Skipped,
            Code::SkippedRefund,
        ),
    ] {
        bench.choose(|settings| settings.refunds.not_booked = choice);
        bench.quiet().await;
        assert_eq!(bench.refund_record(refunds[0]), (state, Some(code)));
    }
    bench.at_rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_in_a_closed_period_is_asked_about_or_moved_to_the_first_open_day() {
    let bench = Bench::morning().await;
    let mut sales = sold(&bench, 970_601, 3).await;
    bench.days(2);
    let visma = bench.practice.pair.visma();
    visma.close_period("202609", true);
    bench.practice.engine.forget_setup();
    let backs = [
        Back::amount("50"),
        Back::units(0, 1, "RETURN"),
        Back::shipping_alone(),
    ];
    let refunds: Vec<u64> = sales
        .iter_mut()
        .zip(&backs)
        .map(|(sale, back)| {
            let refund = sale.give_back(back);
            bench.put_sale(sale);
            refund
        })
        .collect();
    bench.quiet().await;
    for (sale, refund) in sales.iter().zip(&refunds) {
        assert_eq!(
            bench.refund_record(*refund),
            (RecordState::Held, Some(Code::PeriodClosed))
        );
        stands(&bench, sale, "closed", &[]);
    }
    bench.at_rest().await;
    // By the merchant's rule: the first day that is open, and the proof names each document that stands on another day.
    bench.choose(|settings| settings.closed_period = ClosedPeriod::FirstOpenDay);
    bench.quiet().await;
    let moved: [&[&str]; 3] = [
        &[
            "CreditNote 2026-10-01 50.00 VAT 10.00 Closed 0.00",
            "Refund 2026-10-01 50.00 on 1950-NOK Closed",
        ],
        &[
            "RC 100.00 Completed",
            "CreditNote 2026-10-01 100.00 VAT 20.00 Closed 0.00",
            "Refund 2026-10-01 100.00 on 1950-NOK Closed",
        ],
        &[
            "CreditNote 2026-10-01 50.00 VAT 10.00 Closed 0.00",
            "Refund 2026-10-01 50.00 on 1950-NOK Closed",
        ],
    ];
    for (sale, more) in sales.iter().zip(moved) {
        stands(&bench, sale, "moved", more);
        bench.all_booked(sale);
    }
    let proof = bench.at_rest().await;
    assert_eq!(
        days(&proof),
        [
            "2026-09-11 sales 1500.00",
            "2026-09-11 shopify_payments 1500.00",
            "2026-10-01 refunds 200.00",
            "2026-10-01 shopify_payments -200.00",
        ]
    );
    let dated: Vec<_> = proof
        .dated
        .iter()
        .map(|one| (one.shopify.as_str(), one.visma.as_str()))
        .collect();
    assert_eq!(dated, [("2026-09-13", "2026-10-01"); 6]);
}
