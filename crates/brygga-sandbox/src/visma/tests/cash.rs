use std::time::Duration;

use serde_json::json;

use super::ledger::{INVOICES, invoice, refused, v};
use super::*;
use crate::faults::{Fault, FaultRule, Side};
use crate::visma::{Change, ClosedLedger};

const CASH: &str = "/v1/cashTransaction";

/// A payout: money on its way to the bank, a fee, and a dispute that was won.
fn payout() -> Value {
    let detail = |account: &str, amount: f64, text: &str| json!({"operation": "Insert", "offsetAccount": v(account), "amount": v(amount), "description": v(text)});
    json!({
        "cashAccount": v("1950-NOK"),
        "entryType": v("UTBET"),
        "tranDate": v("2026-10-01"),
        "documentRef": v("payout/55"),
        "description": v("Utbetaling 55"),
        "controlTotal": v(980),
        "cashTransactionDetails": [
            detail("1909", 1000.0, "Utbetaling"),
            detail("7770", 30.0, "Gebyr"),
            detail("7835", -50.0, "Tvist vunnet"),
        ],
    })
}

#[tokio::test]
async fn a_payout_empties_the_clearing_account_by_its_sum() {
    let bench = Bench::new().await;
    let made = bench.post(CASH, payout()).await;
    assert_eq!(
        (made.status, made.text.as_str()),
        (201, ""),
        "{}",
        made.text
    );
    let path = format!("{CASH}/{}", made.location_id());
    let read = bench.get(&path).await;
    assert_eq!(
        (&read.json()["status"], &read.json()["amount"]),
        (&json!("Balanced"), &json!(980.0))
    );
    assert_eq!(read.json()["documentRef"], "payout/55");
    let text = json!({"description": v("Utbetaling nr. 55")});
    let changed = bench
        .write(Method::PUT, &path, read.header("etag"), Some(text.clone()))
        .await;
    assert_eq!(changed.status, 204, "{}", changed.text);
    let stale = bench
        .write(Method::PUT, &path, read.header("etag"), Some(text.clone()))
        .await;
    assert_eq!(stale.status, 412);
    let done = bench
        .post(&format!("{path}/action/release"), json!({}))
        .await;
    assert_eq!(done.json()["actionResult"], "Done", "{}", done.text);
    assert_eq!(bench.get(&path).await.json()["status"], "Released");
    refused(
        &bench.write(Method::PUT, &path, "", Some(text)).await,
        "is released",
    );
    let ledger = bench.server.ledger();
    assert_eq!(ledger.cash_accounts[0].account, "1950-NOK");
    assert_eq!(
        ledger.cash_accounts[0].amount.normalize().to_string(),
        "-980"
    );
    let sum: rust_decimal::Decimal = ledger.accounts.iter().map(|row| row.base).sum();
    assert!(sum.is_zero(), "{ledger:?}");
    let rows = bench.get(&format!("{CASH}?pageNumber=1&pageSize=5")).await;
    assert_eq!(rows.json()[0]["documentRef"], "payout/55");
}

#[tokio::test]
async fn a_cash_transaction_that_does_not_add_up_is_refused() {
    let bench = Bench::new().await;
    let with = |field: &str, value: Value| {
        let mut body = payout();
        body[field] = value;
        body
    };
    for (body, text) in [
        (with("controlTotal", v(979.99)), "out of balance"),
        (
            with("cashAccount", v("1")),
            "CashAccountID '1' cannot be found",
        ),
        (with("entryType", v("X")), "EntryTypeID 'X' cannot be found"),
        (with("cashTransactionDetails", json!([])), "no details"),
        (
            with(
                "cashTransactionDetails",
                json!([{"offsetAccount": v("0"), "amount": v(1)}]),
            ),
            "AccountID '0' cannot be found",
        ),
        (
            with("cashTransactionDetails", json!([{"amount": v(-1)}])),
            "cannot be negative",
        ),
        (
            with("controlTotal", json!(980)),
            "Data received not recognized as CashTransactionUpdateDto",
        ),
    ] {
        refused(&bench.post(CASH, body).await, text);
    }
    bench.server.change(Change::PeriodOf {
        id: "202610".to_owned(),
        ledger: ClosedLedger::Cash,
        closed: true,
    });
    refused(
        &bench.post(CASH, payout()).await,
        "closed in cash management",
    );
    assert_eq!(bench.server.ledger().cash_transactions, []);
}

#[tokio::test]
async fn every_gateway_of_the_shop_has_a_cash_account_in_every_currency() {
    let bench = Bench::new().await;
    let rows = bench.get("/v1/cashaccount").await.json();
    let rows = rows.as_array().expect("rows");
    let data = bench.server.data();
    for gateway in [
        "shopify_payments",
        "paypal",
        "vipps",
        "manual",
        "cash",
        "gift_card",
    ] {
        for currency in ["NOK", "SEK", "DKK", "EUR", "USD"] {
            let found = data
                .cash_accounts
                .iter()
                .find(|account| account.gateway == Some(gateway) && account.currency == currency);
            let number = &found
                .unwrap_or_else(|| panic!("{gateway} {currency}"))
                .number;
            let row = rows.iter().find(|row| row["number"] == json!(number));
            assert_eq!(row.expect("listed")["currency"], json!(currency));
        }
    }
    assert_eq!(rows[0]["entryTypes"][0]["entryTypeId"], "UTBET");
    let accounts = bench.get("/v1/account").await.json();
    let known: Vec<&str> = accounts
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["accountCD"].as_str())
        .collect();
    for account in &data.cash_accounts {
        assert!(known.contains(&account.account.as_str()), "{account:?}");
    }
}

#[tokio::test]
async fn rates_have_types_and_days() {
    let bench = Bench::new().await;
    let kind = json!({"id": v("SHOP"), "description": v("Nettbutikk"), "daysEffective": v(1)});
    assert_eq!(bench.post("/v2/currencyratetype", kind).await.status, 200);
    let rate = |kind: &str, number: f64, direction: &str| json!({"fromCurrencyId": v("SEK"), "toCurrencyId": v("NOK"), "rateType": v(kind), "effectiveDate": v("2026-09-29"), "rate": v(number), "multDiv": v(direction)});
    refused(
        &bench
            .post("/v2/currencyrate", rate("NONE", 1.0, "Multiply"))
            .await,
        "CuryRateType 'NONE' cannot be found",
    );
    assert_eq!(
        bench
            .post("/v2/currencyrate", rate("SHOP", 0.5, "Divide"))
            .await
            .status,
        200
    );
    let rows = bench
        .get("/v2/currencyrate?rateType=SHOP&fromCurrency=SEK")
        .await
        .json();
    assert_eq!(
        (&rows[0]["rate"], &rows[0]["multDiv"]),
        (&json!(0.5), &json!("Divide"))
    );
    let spot =
        "/v2/currencyrate?rateType=SPOT&fromCurrency=SEK&fromDate=2026-10-01&toDate=2026-10-05";
    assert_eq!(
        bench.get(spot).await.json().as_array().map(Vec::len),
        Some(5)
    );
}

#[tokio::test]
async fn a_lost_answer_may_leave_a_document_behind_and_lists_may_lag_it() {
    let bodies = [("/v2/customerinvoice", invoice(10.0)), (CASH, payout())];
    for (path, body) in bodies {
        for committed in [false, true] {
            let bench = Bench::new().await;
            let fault = Fault::Cut { committed };
            bench.faults.add(
                FaultRule::next(Side::Visma, fault)
                    .method("POST")
                    .path(path),
            );
            let answer = send(bench.request(Method::POST, path).json(&body)).await;
            assert!(answer.is_err(), "{answer:?}");
            let ledger = bench.server.ledger();
            let count = ledger.invoices.len() + ledger.cash_transactions.len();
            assert_eq!(count, usize::from(committed), "{path}");
        }
    }
    let bench = Bench::new().await;
    bench.server.list_lag(Duration::from_secs(20));
    let number = bench.document(INVOICES, invoice(10.0)).await;
    let search = format!("{INVOICES}?externalReference=fulfilment/77");
    assert_eq!(bench.get(&search).await.json(), json!([]));
    assert_eq!(bench.get(&format!("{INVOICES}/{number}")).await.status, 200);
    bench.clock.advance(Duration::from_secs(20));
    assert_eq!(
        bench.get(&search).await.json()[0]["referenceNumber"],
        json!(number)
    );
    let url = format!("{}/__control/ledger", bench.server.url());
    let shown = send(bench.client.get(url)).await.expect("answers").json();
    assert_eq!(shown["invoices"][0]["total"], "12.5");
}
