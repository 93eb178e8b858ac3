//! The computer was off for nine days (`pains` 23 and 38): orders came, were sent, edited, refunded, cancelled and put away meanwhile.

use brygga_core::Code;
use brygga_store::{RecordKind, RecordState};
use brygga_tests::books::days;
use brygga_tests::{Back, Bench, Sale};

/// Tells the nine days; `synced` is called at the end of each.
async fn nine_days(bench: &Bench, mut synced: impl AsyncFnMut(&Bench)) -> Vec<Sale> {
    // Sold and sent while the computer was still on.
    let mut before = Sale::new(bench, 972_001);
    before.paid();
    before.send_all();
    bench.tell(&before).await;
    let mut sales = vec![before];
    for day in 1..=9 {
        bench.days(1);
        match day {
            // Sent and put away on the same day.
            1 => {
                let mut sale = Sale::new(bench, 972_002);
                sale.paid();
                sale.send_all();
                sale.archive();
                sales.push(sale);
            }
            // Edited twice, paid anew, sent, put away.
            2 => {
                let mut sale = Sale::new(bench, 972_003);
                sale.paid();
                bench.put_sale(&sale);
                sale.edit_out(0, 1);
                bench.put_sale(&sale);
                sale.edit_in(1, "180");
                sale.paid();
                sale.send_all();
                sale.archive();
                sales.push(sale);
            }
            3 => {
                let mut sale = Sale::new(bench, 972_004);
                sale.paid();
                sales.push(sale);
            }
            // What was sold before, and what was put away, comes back.
            5 => {
                sales[0].give_back(&Back::units(1, 1, "RETURN"));
                bench.put_sale(&sales[0]);
                sales[1].give_back(&Back::units(0, 2, "RETURN").and(1, 1, "RETURN").shipping());
            }
            6 => {
                sales[3].cancel();
                bench.put_sale(&sales[3]);
                sales[2].give_back(&Back::amount("30"));
            }
            // Unpaid all the time.
            7 => sales.push(Sale::new(bench, 972_005)),
            _ => {}
        }
        if let Some(last) = sales.last() {
            bench.put_sale(last);
        }
        for place in [1, 2] {
            if day >= 5 && sales.len() > place {
                bench.put_sale(&sales[place]);
            }
        }
        synced(bench).await;
    }
    sales
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_was_off_for_nine_days_has_the_books_of_one_that_was_on() {
    let off = Bench::morning().await;
    let sales = nine_days(&off, async |_| ()).await;
    off.quiet().await;
    let invoice = |date: &str, amount: &str, vat: &str| {
        format!("Invoice 2026-09-{date} {amount} VAT {vat} Closed 0.00")
    };
    let expected: [Vec<String>; 5] = [
        vec![
            "SO 500.00 Completed".into(),
            "RC 250.00 Completed".into(),
            invoice("11", "500.00", "100.00"),
            "CreditNote 2026-09-16 250.00 VAT 50.00 Closed 0.00".into(),
            "Prepayment 2026-09-11 500.00 on 1950-NOK Closed".into(),
            "Refund 2026-09-16 250.00 on 1950-NOK Closed".into(),
        ],
        vec![
            "SO 500.00 Completed".into(),
            "RC 500.00 Completed".into(),
            invoice("12", "500.00", "100.00"),
            "CreditNote 2026-09-16 500.00 VAT 100.00 Closed 0.00".into(),
            "Prepayment 2026-09-12 500.00 on 1950-NOK Closed".into(),
            "Refund 2026-09-16 500.00 on 1950-NOK Closed".into(),
        ],
        vec![
            "SO 580.00 Completed".into(),
            invoice("13", "580.00", "116.00"),
            "CreditNote 2026-09-17 30.00 VAT 6.00 Closed 0.00".into(),
            "Prepayment 2026-09-13 500.00 on 1950-NOK Closed".into(),
            "Prepayment 2026-09-13 80.00 on 1950-NOK Closed".into(),
            "Refund 2026-09-17 30.00 on 1950-NOK Closed".into(),
        ],
        // Sold and cancelled while nobody looked: nothing was booked, and need not be.
        vec![],
        vec![],
    ];
    for (sale, books) in sales.iter().zip(&expected) {
        assert_eq!(off.books(sale), *books, "{}", sale.id);
    }
    for sale in &sales[..3] {
        off.all_booked(sale);
    }
    assert_eq!(off.code(sales[3].id), Some(Code::SkippedCancelled));
    assert_eq!(off.code(sales[4].id), Some(Code::WaitingForPayment));
    let all = off.practice.engine.store().counts(RecordKind::Order);
    assert_eq!(all.expect("readable").total(), 5, "every order was seen");
    let of_off = off.at_rest().await;

    // The same days with a sync on each: but for what was booked before it was cancelled, the same documents.
    let on = Bench::morning().await;
    let told = nine_days(&on, async |bench| drop(bench.sync().await)).await;
    on.quiet().await;
    for (place, sale) in told.iter().enumerate() {
        if place == 3 {
            assert_eq!(on.record(sale.id).state, RecordState::Booked);
            assert_eq!(
                on.books(sale),
                [
                    "SO 500.00 Cancelled",
                    "Prepayment 2026-09-14 500.00 on 1950-NOK Closed",
                    "Refund 2026-09-17 500.00 on 1950-NOK Closed",
                ]
            );
        } else {
            assert_eq!(on.books(sale), expected[place], "{}", sale.id);
        }
    }
    let of_on = on.at_rest().await;
    let sales_and_refunds = |days: Vec<String>| -> Vec<String> {
        let of_goods = |row: &String| row.contains(" sales ") || row.contains(" refunds ");
        days.into_iter().filter(of_goods).collect()
    };
    assert_eq!(
        sales_and_refunds(days(&of_off)),
        [
            "2026-09-11 sales 500.00",
            "2026-09-12 sales 500.00",
            "2026-09-13 sales 580.00",
            "2026-09-16 refunds 750.00",
            "2026-09-17 refunds 30.00",
        ]
    );
    assert_eq!(
        sales_and_refunds(days(&of_off)),
        sales_and_refunds(days(&of_on))
    );
}
