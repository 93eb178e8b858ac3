//! The edit and cancel matrix (`booking-rules` 3 and 8): before and after booking, after the goods have left and are invoiced.

use brygga_core::Code;
use brygga_core::settings::Trigger;
use brygga_store::{RecordKind, RecordState};
use brygga_tests::books::days;
use brygga_tests::{Back, Bench, Sale};
use serde_json::json;

async fn told(bench: &Bench, sales: &[Sale]) {
    for sale in sales {
        bench.put_sale(sale);
    }
    bench.quiet().await;
}

fn placed(bench: &Bench, first: u64, count: u64) -> Vec<Sale> {
    (first..first + count)
        .map(|id| Sale::new(bench, id))
        .collect()
}

#[track_caller]
fn stands(bench: &Bench, sale: &Sale, what: &str, books: &[&str]) {
    assert_eq!(bench.books(sale), books, "{what}");
}

const PAID: &str = "Prepayment 2026-09-11 500.00 on 1950-NOK Open";
const INVOICED: [&str; 3] = [
    "SO 500.00 Completed",
    "Invoice 2026-09-11 500.00 VAT 100.00 Closed 0.00",
    "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
];

/// What nobody has booked yet is booked as it is by then.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_before_booking_is_booked_as_it_is_then() {
    let bench = Bench::morning().await;
    let mut sales = placed(&bench, 971_001, 2);
    let promise = sales[0].promised("manual", "500");
    told(&bench, &sales).await;
    for sale in &sales {
        assert_eq!(bench.code(sale.id), Some(Code::WaitingForPayment));
        stands(&bench, sale, "unpaid", &[]);
    }
    bench.days(1);
    sales[0].edit_out(0, 1);
    sales[0].edit_in(2, "40");
    sales[0].came(promise, "FAILURE");
    sales[0].paid();
    sales[1].cancel();
    told(&bench, &sales).await;
    stands(
        &bench,
        &sales[0],
        "edited, then paid",
        &[
            "SO 480.00 Open",
            "Prepayment 2026-09-12 480.00 on 1950-NOK Open",
        ],
    );
    assert_eq!(
        (bench.record(sales[1].id).state, bench.code(sales[1].id)),
        (RecordState::Skipped, Some(Code::SkippedCancelled))
    );
    stands(&bench, &sales[1], "cancelled before it was booked", &[]);
    bench.all_booked(&sales[0]);
    bench.at_rest().await;
}

/// Any change of units, price, discount or shipping changes the order that nobody has sent; an address makes no money.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_after_booking_changes_the_order_until_it_is_sent() {
    let bench = Bench::morning().await;
    let mut sales = placed(&bench, 971_101, 5);
    for sale in &mut sales {
        sale.paid();
    }
    told(&bench, &sales).await;
    let numbers: Vec<String> = sales
        .iter()
        .map(|sale| bench.document(sale.id).id)
        .collect();
    bench.days(1);
    sales[0].edit_out(0, 1);
    sales[1].edit_in(1, "80");
    sales[2].discount(1, "25");
    sales[3].ship_for("80");
    let mut address = sales[4].version()["shippingAddress"].clone();
    address["address1"] = json!("Nye gate 7");
    sales[4].field("shippingAddress", address);
    told(&bench, &sales).await;
    let (ordered, invoiced) = (
        [
            "SO 400.00 Open",
            "SO 580.00 Open",
            "SO 475.00 Open",
            "SO 530.00 Open",
            "SO 500.00 Open",
        ],
        [
            [
                "SO 400.00 Completed",
                "Invoice 2026-09-13 400.00 VAT 80.00 Closed 0.00",
            ],
            [
                "SO 580.00 Completed",
                "Invoice 2026-09-13 580.00 VAT 116.00 Closed 0.00",
            ],
            [
                "SO 475.00 Completed",
                "Invoice 2026-09-13 475.00 VAT 95.00 Closed 0.00",
            ],
            [
                "SO 530.00 Completed",
                "Invoice 2026-09-13 530.00 VAT 106.00 Closed 0.00",
            ],
            [
                "SO 500.00 Completed",
                "Invoice 2026-09-13 500.00 VAT 100.00 Closed 0.00",
            ],
        ],
    );
    for ((sale, number), order) in sales.iter().zip(&numbers).zip(ordered) {
        assert_eq!(bench.document(sale.id).id, *number, "the same order");
        stands(&bench, sale, "edited", &[order, PAID]);
        bench.all_booked(sale);
    }
    bench.at_rest().await;

    // What was too much goes back, what is missing comes in; all is sent, and all closes.
    bench.days(1);
    sales[0].give_back(&Back::default().money("100"));
    sales[1].paid();
    sales[2].give_back(&Back::default().money("25"));
    sales[3].paid();
    for sale in &mut sales {
        sale.send_all();
    }
    told(&bench, &sales).await;
    let money: [&[&str]; 5] = [
        &["Refund 2026-09-13 100.00 on 1950-NOK Closed"],
        &["Prepayment 2026-09-13 80.00 on 1950-NOK Closed"],
        &["Refund 2026-09-13 25.00 on 1950-NOK Closed"],
        &["Prepayment 2026-09-13 30.00 on 1950-NOK Closed"],
        &[],
    ];
    for ((sale, documents), money) in sales.iter().zip(invoiced).zip(money) {
        let mut books = documents.to_vec();
        books.push(INVOICED[2]);
        books.extend(money);
        stands(&bench, sale, "sent", &books);
        bench.all_booked(sale);
    }
    let proof = bench.at_rest().await;
    assert_eq!(
        days(&proof),
        [
            "2026-09-11 shopify_payments 2500.00",
            "2026-09-13 sales 2485.00",
            "2026-09-13 shopify_payments -15.00",
        ]
    );
}

/// What is invoiced is not changed behind anybody's back: it is told, and nothing is written. With the merchant's word, goods that
/// were added get an order of their own.
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_after_invoicing_is_a_question_and_an_address_is_none() {
    let bench = Bench::morning().await;
    let mut sales = placed(&bench, 971_201, 3);
    for sale in &mut sales {
        sale.paid();
        sale.send_all();
    }
    told(&bench, &sales).await;
    bench.days(1);
    sales[0].edit_in(1, "80");
    sales[1].discount(1, "25");
    let mut address = sales[2].version()["shippingAddress"].clone();
    address["address1"] = json!("Nye gate 7");
    sales[2].field("shippingAddress", address);
    told(&bench, &sales).await;
    for sale in &sales[..2] {
        assert_eq!(
            (bench.record(sale.id).state, bench.code(sale.id)),
            (RecordState::Held, Some(Code::EditedAfterInvoice))
        );
        stands(&bench, sale, "edited", &INVOICED);
    }
    bench.all_booked(&sales[2]);
    stands(&bench, &sales[2], "another address", &INVOICED);
    bench.at_rest().await;

    bench.choose(|settings| settings.invoices.correct_edits = true);
    bench.days(1);
    sales[0].paid();
    sales[0].send_all();
    told(&bench, &sales[..1]).await;
    stands(
        &bench,
        &sales[0],
        "added and sent",
        &[
            "SO 500.00 Completed",
            "SO 80.00 Completed",
            "Invoice 2026-09-11 500.00 VAT 100.00 Closed 0.00",
            "Invoice 2026-09-13 80.00 VAT 16.00 Closed 0.00",
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed",
            "Prepayment 2026-09-13 80.00 on 1950-NOK Closed",
        ],
    );
    bench.at_rest().await;
}

/// Unpaid, paid, in part sent, delivered: skipped, cancelled, credited, or only told. No open order and no open invoice stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_leaves_nothing_open_wherever_it_stood() {
    let bench = Bench::morning().await;
    bench.choose(|settings| {
        let triggers = &mut settings.trigger.by_gateway;
        triggers.insert("manual".into(), Trigger::Created);
    });
    let mut sales = placed(&bench, 971_301, 6);
    let promise = sales[0].promised("manual", "500");
    for sale in &mut sales[1..] {
        sale.paid();
    }
    sales[2].send(&[(0, 1)]);
    sales[3].send(&[(0, 1)]);
    sales[4].send_all();
    sales[5].send_all();
    told(&bench, &sales).await;
    stands(&bench, &sales[0], "unpaid", &["SO 500.00 Open"]);
    stands(
        &bench,
        &sales[2],
        "in part sent",
        &[
            "SO 500.00 BackOrder",
            "Invoice 2026-09-11 150.00 VAT 30.00 Closed 0.00",
            PAID,
        ],
    );
    bench.days(1);
    sales[0].came(promise, "FAILURE");
    for sale in &mut sales[..3] {
        sale.cancel();
    }
    // All its money goes back, also for what was sent and stays away.
    sales[3].give_back(&Back::units(0, 1, "CANCEL").and(1, 1, "CANCEL").money("500"));
    sales[3].flag_cancelled();
    sales[4].flag_cancelled();
    sales[5].give_back(&Back::units(0, 2, "RETURN").and(1, 1, "RETURN").shipping());
    sales[5].flag_cancelled();
    told(&bench, &sales).await;

    let back = |amount: &str| format!("Refund 2026-09-12 {amount} on 1950-NOK Closed");
    stands(&bench, &sales[0], "unpaid", &["SO 500.00 Cancelled"]);
    stands(
        &bench,
        &sales[1],
        "paid",
        &["SO 500.00 Cancelled", INVOICED[2], &back("500.00")],
    );
    stands(
        &bench,
        &sales[2],
        "in part sent: the rest goes",
        &[
            "SO 150.00 Completed",
            "Invoice 2026-09-11 150.00 VAT 30.00 Closed 0.00",
            INVOICED[2],
            &back("350.00"),
        ],
    );
    stands(
        &bench,
        &sales[3],
        "in part sent: everything is paid back",
        &[
            "SO 150.00 Completed",
            "Invoice 2026-09-11 150.00 VAT 30.00 Closed 0.00",
            "CreditNote 2026-09-12 150.00 VAT 30.00 Closed 0.00",
            INVOICED[2],
            &back("500.00"),
        ],
    );
    stands(
        &bench,
        &sales[4],
        "delivered: told, and nothing else",
        &INVOICED,
    );
    stands(
        &bench,
        &sales[5],
        "delivered, and all came back",
        &[
            INVOICED[0],
            "RC 500.00 Completed",
            INVOICED[1],
            "CreditNote 2026-09-12 500.00 VAT 100.00 Closed 0.00",
            INVOICED[2],
            &back("500.00"),
        ],
    );
    for sale in &sales {
        bench.all_booked(sale);
    }
    assert_eq!(
        bench.part_record(RecordKind::Payment, promise),
        (RecordState::Skipped, Some(Code::SkippedFailed))
    );
    bench.at_rest().await;
}
