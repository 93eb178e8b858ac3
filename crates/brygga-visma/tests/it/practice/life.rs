//! Customers and orders from their making to their end, and what is refused.

use std::time::Duration;

use brygga_core::erp::{CustomerCard, CustomerPatch};

use super::*;

#[tokio::test]
async fn the_company_is_connected_and_read() {
    let practice = Practice::new().await;
    let report = practice.visma.connect_check().await.expect("connected");
    assert_eq!(report.company.as_deref(), Some("Fjord & Fjell AS"));
    assert!(report.complete(), "{report:?}");

    let catalogue = practice.visma.catalogue().await.expect("a catalogue");
    let data = practice.server.data();
    assert_eq!(catalogue.items.len(), data.items.len());
    assert_eq!(catalogue.vat_ids.len(), data.vat_ids.len());
    assert_eq!(catalogue.warehouses.len(), data.warehouses.len());
    assert_eq!(catalogue.order_types.len(), data.order_types.len());
    assert_eq!(catalogue.periods.len(), data.periods.len());
    assert_eq!(
        (catalogue.base_currency(), catalogue.decimals("JPY")),
        (Some("NOK"), Some(0))
    );
    let day = NaiveDate::from_ymd_opt(2026, 10, 31).expect("a day");
    assert_eq!(
        catalogue
            .period(day)
            .map(|period| (period.id.as_str(), period.open)),
        Some(("202610", true))
    );
    let [vat] = catalogue.vat_ids_of("HOY", "FI-IOSS")[..] else {
        panic!("one VAT id")
    };
    assert_eq!(
        vat.rate_on(day).map(|rate| rate.to_string()),
        Some("25.5".to_owned())
    );
    assert!(catalogue.items[&practice.goods].stock);
    let item = practice
        .visma
        .item(&practice.goods)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(item, catalogue.items[&practice.goods]);
    assert_eq!(practice.visma.item("nothing/of+the:kind").await, Ok(None));
}

#[tokio::test]
async fn a_customer_is_made_found_again_and_changed() {
    let practice = Practice::new().await;
    let number = practice.customer().await;
    let made = practice
        .visma
        .customer(&number)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(
        (
            made.name.as_str(),
            made.status.clone(),
            made.currency.as_deref()
        ),
        ("Kari Nordmann", CustomerStatus::Active, Some("NOK"))
    );
    assert_eq!(
        (made.vat_zone.as_deref(), made.class.as_deref()),
        (Some("NO-IN"), Some("PRIVAT"))
    );
    assert_eq!(made.reference.as_deref(), Some("customer/7/NOK"));
    assert_eq!(
        practice.visma.customers_by_draft(&customer()).await,
        Ok(vec![made.clone()])
    );
    assert_eq!(
        practice
            .visma
            .customers_by_email("NY.KUNDE@example.no")
            .await,
        Ok(vec![made])
    );
    let kept = practice
        .server
        .customers()
        .into_iter()
        .find(|dto| dto["number"] == number.as_str())
        .expect("kept");
    assert_eq!(
        (
            &kept["sendInvoicesByEmail"],
            &kept["printInvoices"],
            &kept["acceptAutoInvoices"]
        ),
        (&false.into(), &false.into(), &false.into())
    );
    assert_eq!(kept["excludeDebtCollection"], true);

    let card = |number: String| {
        let visma = practice.visma.clone();
        async move {
            let card = visma.customer_card(&number).await.expect("read");
            card.expect("there")
        }
    };
    let before = card(number.clone()).await;
    assert!(before.etag.is_some());
    let patch = CustomerPatch {
        name: Some("Kari Hansen".into()),
        contact_name: true,
        ..CustomerPatch::default()
    };
    practice
        .visma
        .update_customer(&before, &patch)
        .await
        .expect("changed");
    let after = card(number.clone()).await;
    let expected = CustomerCard {
        name: "Kari Hansen".into(),
        contact_name: Some("Kari Hansen".into()),
        etag: after.etag.clone(),
        ..before.clone()
    };
    assert_eq!(after, expected);
    // Somebody was there since it was read (`facts/visma` 3).
    let stale = practice.visma.update_customer(&before, &patch).await;
    assert!(matches!(stale, Err(CallError::Conflict(_))), "{stale:?}");
    let now = practice
        .visma
        .customer(&number)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(
        (now.name.as_str(), now.reference.as_deref()),
        ("Kari Hansen", Some("customer/7/NOK"))
    );

    let mut wrong = customer();
    wrong.class = "NONE".into();
    let error = practice
        .visma
        .create_customer(&wrong)
        .await
        .expect_err("refused");
    assert!(
        matches!(&error, CallError::Refused(problem) if problem.code == Code::ErpRefused && problem.params["reason"].contains("NONE")),
        "{error}"
    );
    assert_eq!(practice.visma.customer("4711-none").await, Ok(None));
}

#[tokio::test]
async fn one_customer_more_is_seen_as_two() {
    let practice = Practice::new().await;
    let number = practice.customer().await;
    let other = practice
        .server
        .add_duplicate_customer(&number)
        .expect("a second one");
    let mut found: Vec<String> = practice
        .visma
        .customers_by_email("ny.kunde@example.no")
        .await
        .expect("rows")
        .into_iter()
        .map(|found| found.number)
        .collect();
    found.sort();
    let mut want = vec![number, other];
    want.sort();
    assert_eq!(found, want);
}

#[tokio::test]
async fn an_order_lives_from_its_making_to_its_end() {
    for rounding in [VatRounding::Line, VatRounding::Document] {
        let practice = Practice::with(PracticeConfig {
            vat_rounding: rounding,
            ..PracticeConfig::default()
        })
        .await;
        let customer = practice.customer().await;
        let draft = practice.order();
        let number = practice
            .visma
            .create_order(&draft, &customer)
            .await
            .expect("made");
        let order = practice.booked(&number).await;
        assert_eq!(
            (
                order.customer.as_str(),
                order.currency.as_str(),
                order.status.clone()
            ),
            (customer.as_str(), "NOK", OrderStatus::Open)
        );
        assert_eq!(order.date, Some(draft.head.date));
        assert!(order.is_of("5400000001"));
        assert_eq!(order.customer_order.as_deref(), Some("#1001"));
        assert_eq!(order.lines.len(), 2);
        for (line, sent) in order.lines.iter().zip(&draft.lines) {
            assert_eq!(
                (
                    line.item.as_str(),
                    line.link.as_deref(),
                    line.unit_price,
                    line.net
                ),
                (
                    sent.item.as_str(),
                    Some(sent.link.as_str()),
                    sent.unit_price,
                    sent.net()
                )
            );
            assert_eq!(line.shipped, Decimal::ZERO);
        }
        // 399.98 net and 25 %: 2 x 50.00 per line, 100.00 of the whole.
        assert_eq!(
            (order.total, order.tax_total),
            (Decimal::new(49_998, 2), Decimal::new(10_000, 2))
        );
        assert_eq!(
            order
                .taxes
                .iter()
                .map(|tax| (tax.vat_id.as_str(), tax.rate, tax.amount))
                .collect::<Vec<_>>(),
            [("NO25", Decimal::from(25), Decimal::from(100))]
        );

        let hits = practice.visma.find_orders("#1001").await.expect("hits");
        assert_eq!(
            hits.iter()
                .map(|hit| (&hit.number, hit.total))
                .collect::<Vec<_>>(),
            [(&number, order.total)]
        );
        assert_eq!(hits[0].customer_ref.as_deref(), Some("5400000001"));
        assert_eq!(practice.visma.find_orders("#100").await, Ok(vec![]));
        assert_eq!(
            practice
                .visma
                .orders_modified_since(start() - Duration::from_secs(1))
                .await
                .map(|hits| hits.len()),
            Ok(1)
        );

        // An edit: three calls, each with the version that the one before gave.
        let mut head = draft.head.clone();
        head.description = "Shopify #1001 (edited)".into();
        let etag = practice
            .visma
            .patch_head(&number, &order.etag, &head)
            .await
            .expect("changed");
        let changed = LineDraft {
            quantity: Decimal::from(3),
            ..draft.lines[0].clone()
        };
        let etag = practice
            .visma
            .patch_lines(
                &number,
                &etag,
                &[LinePatch {
                    line_id: order.lines[0].line_id,
                    line: changed,
                }],
            )
            .await
            .expect("changed");
        let added = LineDraft {
            link: "line/3".into(),
            ..draft.lines[1].clone()
        };
        let etag = practice
            .visma
            .add_lines(&number, &etag, &[added])
            .await
            .expect("added");
        let etag = practice
            .visma
            .delete_lines(&number, &etag, &[order.lines[1].line_id])
            .await
            .expect("removed");
        let edited = practice.booked(&number).await;
        assert_eq!(edited.etag, etag);
        assert_eq!(
            edited
                .lines
                .iter()
                .map(|line| (line.link.as_deref(), line.quantity))
                .collect::<Vec<_>>(),
            [
                (Some("line/1"), Decimal::from(3)),
                (Some("line/3"), Decimal::ONE)
            ]
        );

        let stale = practice
            .visma
            .cancel(&number, &order.etag)
            .await
            .expect_err("stale");
        assert!(
            matches!(&stale, CallError::Conflict(problem) if problem.code == Code::RemoteConflict),
            "{stale}"
        );
        practice
            .visma
            .cancel(&number, &etag)
            .await
            .expect("cancelled");
        assert_eq!(
            practice.booked(&number).await.status,
            OrderStatus::Cancelled
        );
    }
}

#[tokio::test]
async fn a_long_order_comes_back_whole() {
    let practice = Practice::new().await;
    let customer = practice.customer().await;
    let mut draft = practice.order();
    let template = draft.lines[0].clone();
    draft.lines = (0..1205)
        .map(|number| LineDraft {
            link: format!("line/{number}"),
            ..template.clone()
        })
        .collect();
    let number = practice
        .visma
        .create_order(&draft, &customer)
        .await
        .expect("made");
    let order = practice.booked(&number).await;
    assert_eq!(order.lines.len(), 1205);
    assert!(
        order
            .lines
            .iter()
            .zip(&draft.lines)
            .all(|(line, sent)| line.link.as_deref() == Some(sent.link.as_str()))
    );
}

#[tokio::test]
async fn refusals_have_their_codes() {
    let practice = Practice::new().await;
    let customer = practice.customer().await;
    let refused = async |change: &dyn Fn(&mut SalesOrderDraft), customer: &str| {
        let mut draft = practice.order();
        change(&mut draft);
        let error = practice
            .visma
            .create_order(&draft, customer)
            .await
            .expect_err("refused");
        assert!(matches!(error, CallError::Refused(_)), "{error}");
        error.into_problem()
    };
    let problem = refused(
        &|draft| draft.lines[1].item = "NO-SUCH-ITEM".into(),
        &customer,
    )
    .await;
    assert_eq!(
        (problem.code, problem.params["sku"].as_str()),
        (Code::ItemNotFound, "NO-SUCH-ITEM")
    );
    let problem = refused(
        &|draft| draft.lines[0].vat_category = "NONE".into(),
        &customer,
    )
    .await;
    assert_eq!(
        (problem.code, problem.params["category"].as_str()),
        (Code::VatMappingBroken, "NONE")
    );
    let problem = refused(&|draft| draft.currency = "EUR".into(), &customer).await;
    assert_eq!(problem.code, Code::CustomerCurrency);
    practice.server.close_period("202610", true);
    let problem = refused(&|_| {}, &customer).await;
    assert_eq!(problem.code, Code::PeriodClosed);
    practice.server.close_period("202610", false);
    let problem = refused(
        &|draft| draft.head.date = NaiveDate::from_ymd_opt(1999, 1, 1).expect("a day"),
        &customer,
    )
    .await;
    assert_eq!(
        (problem.code, problem.params["date"].as_str()),
        (Code::PeriodMissing, "1999-01-01")
    );
    let changes = serde_json::json!({"status": "Inactive"});
    practice
        .server
        .edit_customer(&customer, changes.as_object().cloned().unwrap_or_default());
    let problem = refused(&|_| {}, &customer).await;
    assert_eq!(
        (problem.code, problem.params["customer"].as_str()),
        (Code::CustomerInactive, customer.as_str())
    );
    assert!(practice.server.orders().is_empty());
}
