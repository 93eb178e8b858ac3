use serde_json::json;

use super::*;
use crate::visma::{Change, ClosedLedger};

pub(super) const INVOICES: &str = "/v1/customerinvoice";
pub(super) const NOTES: &str = "/v1/customerCreditNote";

/// `{"value": x}`.
pub(super) fn v(value: impl Into<Value>) -> Value {
    json!({"value": value.into()})
}

/// A direct invoice of one line, as a connector sends it.
pub(super) fn invoice(price: f64) -> Value {
    json!({
        "customerNumber": v("HUS-NOK"),
        "currencyId": v("NOK"),
        "documentDate": v("2026-10-01"),
        "customerVatZoneId": v("NO-IN"),
        "customerRefNumber": v("#1001"),
        "externalReference": v("fulfilment/77"),
        "invoiceLines": [document_line(price)],
    })
}

pub(super) fn credit_note(price: f64) -> Value {
    let mut body = invoice(price);
    body["lines"] = body["invoiceLines"].take();
    body.as_object_mut().expect("a map").remove("invoiceLines");
    body["externalReference"] = v("refund/88");
    body
}

pub(super) fn document_line(price: f64) -> Value {
    json!({
        "operation": "Insert",
        "inventoryNumber": v("DIVERSE"),
        "description": v("Lue"),
        "quantity": v(1),
        "unitPriceInCurrency": v(price),
        "vatCodeId": v("HOY"),
    })
}

impl Bench {
    /// Makes a document; its number.
    pub(super) async fn document(&self, path: &str, body: Value) -> String {
        let made = self.post(&path.replace("/v1/", "/v2/"), body).await;
        assert_eq!(
            (made.status, made.text.as_str()),
            (201, ""),
            "{}",
            made.text
        );
        made.location_id().to_owned()
    }

    pub(super) async fn release(&self, path: &str, number: &str) {
        let done = self
            .post(&format!("{path}/{number}/action/release"), json!({}))
            .await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(done.json()["actionResult"], "Done");
    }

    /// A released invoice of so much without VAT, 25 % on top.
    pub(super) async fn open_invoice(&self, price: f64) -> String {
        let number = self.document(INVOICES, invoice(price)).await;
        self.release(INVOICES, &number).await;
        number
    }

    pub(super) async fn read(&self, path: &str, number: &str) -> Value {
        self.get(&format!("{path}/{number}")).await.json()
    }
}

/// The text of a refused write.
pub(super) fn refused(answer: &Answer, text: &str) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    let body = answer.json();
    let message = body["message"].as_str().expect("a message");
    assert!(
        message.starts_with("VismaId: ") && message.contains(text),
        "{message} has no {text}"
    );
}

/// Status, total and balance in the document's currency.
pub(super) fn state(document: &Value) -> (&str, f64, f64) {
    (
        document["status"].as_str().expect("a status"),
        document["amountInCurrency"].as_f64().expect("a total"),
        document["balanceInCurrency"].as_f64().expect("a balance"),
    )
}

#[tokio::test]
async fn an_invoice_is_made_balanced_found_by_its_references_and_released() {
    let bench = Bench::new().await;
    let number = bench.document(INVOICES, invoice(100.0)).await;
    let read = bench.get(&format!("{INVOICES}/{number}")).await;
    assert_eq!(state(&read.json()), ("Balanced", 125.0, 125.0));
    assert_eq!(
        read.header("etag").trim_matches('"'),
        read.json()["timeStamp"].as_str().expect("a stamp")
    );
    assert_eq!(read.json()["taxDetails"][0]["taxId"], "NO25");
    assert_eq!(read.json()["financialPeriod"], "202610");

    for (query, count) in [
        ("externalReference=fulfilment/77", 1),
        ("externalReference=fulfilment/7", 0),
        ("customerRefNumber=%231001", 1),
        ("customer=HUS-NOK&released=0", 1),
        ("released=1", 0),
        ("status=Balanced", 1),
        ("financialPeriod=202610", 1),
        ("documentDate=2026-10-02&documentDateCondition=%3C", 1),
        ("documentDate=2026-10-02&documentDateCondition=%3E%3D", 0),
        // Unknown names are ignored, and so is half a pair.
        ("documentDate=2026-10-02", 1),
        ("extRef=nonsense", 1),
    ] {
        let rows = bench.get(&format!("{INVOICES}?{query}")).await.json();
        assert_eq!(rows.as_array().map(Vec::len), Some(count), "{query}");
    }
    let row = bench.get(INVOICES).await.json()[0].clone();
    assert_eq!(
        row["metadata"],
        json!({"totalCount": 1, "maxPageSize": 500})
    );
    assert!(row.get("taxDetails").is_none() && row.get("applications").is_none());
    let row = bench
        .get(&format!(
            "{INVOICES}?expandTaxDetails=true&expandApplications=true"
        ))
        .await
        .json()[0]
        .clone();
    assert!(row.get("taxDetails").is_some() && row.get("applications").is_some());

    bench.release(INVOICES, &number).await;
    assert_eq!(
        state(&bench.read(INVOICES, &number).await),
        ("Open", 125.0, 125.0)
    );
    let again = format!("{INVOICES}/{number}/action/release");
    refused(&bench.post(&again, json!({})).await, "status is invalid");
    let ledger = bench.server.ledger();
    let held = |account: &str| {
        ledger
            .accounts
            .iter()
            .find(|row| row.account == account)
            .map(|row| row.amount.normalize().to_string())
    };
    assert_eq!(held("1500").as_deref(), Some("125"));
    assert_eq!(held("3000").as_deref(), Some("-100"));
    assert_eq!(held("2700").as_deref(), Some("-25"));
}

#[tokio::test]
async fn what_is_wrong_with_a_direct_document_is_refused_in_the_words_of_the_erp() {
    let bench = Bench::new().await;
    let sku = bench.sku();
    let with = |field: &str, value: Value| {
        let mut body = invoice(100.0);
        body[field] = value;
        body
    };
    let line_with = |field: &str, value: Value| {
        let mut body = invoice(100.0);
        body["invoiceLines"][0][field] = value;
        body
    };
    for (body, text) in [
        // Recorded.
        (
            line_with("vatCodeId", v("0")),
            "Error creating document. Error: TaxCategoryID '0' cannot be found in the system.",
        ),
        (line_with("inventoryNumber", v(sku)), "is a stock item"),
        (
            line_with("inventoryNumber", v("NOPE")),
            "InventoryID 'NOPE' cannot be found",
        ),
        (
            line_with("accountNumber", v("9999")),
            "AccountID '9999' cannot be found",
        ),
        (
            with("customerNumber", v("NOBODY")),
            "CustomerID 'NOBODY' cannot be found",
        ),
        (with("currencyId", v("XXX")), "CuryID 'XXX' cannot be found"),
        (with("currencyId", v("EUR")), "cannot be overridden"),
        (
            with("customerVatZoneId", v("MARS")),
            "TaxZoneID 'MARS' cannot be found",
        ),
        (
            with(
                "taxDetailLines",
                json!([{"taxId": v("SE25"), "vatAmount": v(1)}]),
            ),
            "TaxID 'SE25' cannot be found",
        ),
        (with("cashAccount", v("1950-SEK")), "is in SEK"),
        (with("documentDate", v("1990-01-01")), "is not defined"),
        (invoice(-1.0), "will become negative"),
        (
            with("shopifyId", v("1")),
            "Data received not recognized as CustomerInvoiceUpdateDto",
        ),
        (
            with("hold", json!(true)),
            "Data received not recognized as CustomerInvoiceUpdateDto",
        ),
    ] {
        refused(&bench.post("/v2/customerinvoice", body).await, text);
    }
    assert_eq!(bench.server.ledger().invoices, []);
    assert_eq!(bench.post(INVOICES, invoice(1.0)).await.status, 404, "v1");
}

#[tokio::test]
async fn exact_vat_and_exact_amounts_are_kept_until_lines_change() {
    let bench = Bench::new().await;
    let mut body = invoice(33.333);
    body["invoiceLines"][0]["manualAmountInCurrency"] = v(33.34);
    body["taxDetailLines"] =
        json!([{"taxId": v("NO25"), "taxableAmount": v("33.34"), "vatAmount": v(8.33)}]);
    let number = bench.document(INVOICES, body).await;
    // The engine alone says 8.34.
    let read = bench.read(INVOICES, &number).await;
    assert_eq!(read["amountInCurrency"], json!(41.67));
    assert_eq!(read["taxDetails"][0]["vatAmount"], json!(8.33));

    let path = format!("{INVOICES}/{number}");
    let etag = bench.get(&path).await.header("etag").to_owned();
    let rounding = json!({"invoiceLines": [{
        "operation": "Insert", "inventoryNumber": v("AVRUNDING"), "quantity": v(1),
        "unitPriceInCurrency": v(-0.01), "vatCodeId": v("INGEN"),
    }]});
    let changed = bench
        .write(Method::PUT, &path, &etag, Some(rounding.clone()))
        .await;
    assert_eq!(changed.status, 204, "{}", changed.text);
    let read = bench.get(&path).await;
    assert_eq!(read.header("etag"), changed.header("etag"));
    assert_eq!(read.json()["taxDetails"][0]["vatAmount"], json!(8.34));
    assert_eq!(
        bench
            .write(Method::PUT, &path, &etag, Some(rounding))
            .await
            .status,
        412
    );
    for (change, total) in [
        (
            json!({"invoiceLines": [{"operation": "Update", "lineNumber": v(2), "unitPriceInCurrency": v(0.02)}]}),
            41.70,
        ),
        (
            json!({"invoiceLines": [{"operation": "Delete", "lineNumber": v(2)}], "taxDetailLines": [{"taxId": v("NO25"), "vatAmount": v(8.36)}]}),
            41.70,
        ),
    ] {
        let done = bench.write(Method::PUT, &path, "", Some(change)).await;
        assert_eq!(done.status, 204, "{}", done.text);
        assert_eq!(
            bench.get(&path).await.json()["amountInCurrency"],
            json!(total)
        );
    }
    bench.release(INVOICES, &number).await;
    let late = json!({"invoiceText": v("too late")});
    refused(
        &bench.write(Method::PUT, &path, "", Some(late)).await,
        "is released",
    );
    refused(
        &bench.write(Method::DELETE, &path, "", None).await,
        "is released",
    );
}

#[tokio::test]
async fn closed_periods_stop_documents_and_releases_of_their_own_ledger() {
    let bench = Bench::new().await;
    let number = bench.document(INVOICES, invoice(10.0)).await;
    let close = |ledger, closed| {
        bench.server.change(Change::PeriodOf {
            id: "202610".to_owned(),
            ledger,
            closed,
        })
    };
    close(ClosedLedger::Customer, true);
    refused(
        &bench.post("/v2/customerinvoice", invoice(10.0)).await,
        "202610 financial period is closed",
    );
    let release = format!("{INVOICES}/{number}/action/release");
    refused(&bench.post(&release, json!({})).await, "is closed");
    let period = bench.get("/v1/financialPeriod/202610").await.json();
    assert_eq!(period["closedInCustomerLedger"], true);
    assert_eq!(period["closedInCashManagement"], false);
    close(ClosedLedger::Customer, false);
    close(ClosedLedger::Cash, true);
    bench.release(INVOICES, &number).await;
}

#[tokio::test]
async fn an_invoice_of_nothing_is_closed_at_once_and_one_on_hold_waits() {
    let bench = Bench::new().await;
    let free = bench.open_invoice(0.0).await;
    assert_eq!(
        state(&bench.read(INVOICES, &free).await),
        ("Closed", 0.0, 0.0)
    );
    let mut body = invoice(10.0);
    body["hold"] = v(true);
    let held = bench.document(INVOICES, body).await;
    assert_eq!(bench.read(INVOICES, &held).await["status"], "Hold");
    let path = format!("{INVOICES}/{held}");
    refused(
        &bench
            .post(&format!("{path}/action/release"), json!({}))
            .await,
        "is on hold",
    );
    let gone = bench.write(Method::DELETE, &path, "", None).await;
    assert_eq!(gone.status, 204);
    assert_eq!(bench.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_credit_note_goes_to_an_open_invoice_and_never_to_a_closed_one() {
    let bench = Bench::new().await;
    let number = bench.open_invoice(100.0).await;
    let apply = |amount: f64, number: &str| {
        let mut body = credit_note(40.0);
        body["applicationLines"] = json!([{"operation": "Insert", "documentType": v("Invoice"), "refNbr": v(number), "amountPaid": v(amount)}]);
        body
    };
    refused(
        &bench
            .post("/v2/customerCreditNote", apply(50.01, &number))
            .await,
        "less than or equal to 50",
    );
    refused(
        &bench
            .post("/v2/customerCreditNote", apply(50.0, "999999"))
            .await,
        "AdjdRefNbr '999999' cannot be found in the system.",
    );
    let note = bench.document(NOTES, apply(50.0, &number)).await;
    assert_eq!(
        bench.read(INVOICES, &number).await["balanceInCurrency"],
        json!(125.0)
    );
    bench.release(NOTES, &note).await;
    assert_eq!(
        state(&bench.read(NOTES, &note).await),
        ("Closed", 50.0, 0.0)
    );
    let read = bench.read(INVOICES, &number).await;
    assert_eq!(state(&read), ("Open", 125.0, 75.0));
    assert_eq!(read["applications"][0]["refNbr"], json!(note));
    // The rest by the other way: a change of the credit note as a payment, and its release as one.
    let rest = bench.document(NOTES, credit_note(60.0)).await;
    bench.release(NOTES, &rest).await;
    let path = format!("/v1/customerPayment/{rest}");
    let change = json!({"type": v("CreditNote"), "paymentLines": [{"operation": "Insert", "documentType": v("Invoice"), "refNbr": v(number.as_str()), "amountPaid": v(75)}]});
    let changed = bench
        .write(Method::PUT, &path, "", Some(change.clone()))
        .await;
    assert_eq!(changed.status, 204, "{}", changed.text);
    assert_eq!(
        bench.read(INVOICES, &number).await["balanceInCurrency"],
        json!(75.0)
    );
    let release = json!({"type": v("CreditNote")});
    let done = bench.post(&format!("{path}/action/release"), release).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(
        state(&bench.read(INVOICES, &number).await),
        ("Closed", 125.0, 0.0)
    );
    // Closed reads like unknown.
    refused(
        &bench
            .post("/v2/customerCreditNote", apply(1.0, &number))
            .await,
        &format!("AdjdRefNbr '{number}' cannot be found"),
    );
}

#[tokio::test]
async fn a_reversal_is_a_balanced_credit_note_of_the_same_amounts() {
    let bench = Bench::new().await;
    let mut body = invoice(100.0);
    body["taxDetailLines"] = json!([{"taxId": v("NO25"), "vatAmount": v(25.01)}]);
    let number = bench.document(INVOICES, body).await;
    let path = format!("{INVOICES}/{number}/action/reverse");
    refused(&bench.post(&path, json!({})).await, "is not released");
    bench.release(INVOICES, &number).await;
    let done = bench.post(&path, json!({"returnCreditNote": false})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let note = done.json()["referenceNumber"]
        .as_str()
        .expect("a number")
        .to_owned();
    assert_eq!(
        state(&bench.read(NOTES, &note).await),
        ("Balanced", 125.01, 125.01)
    );
}

#[tokio::test]
async fn foreign_documents_take_the_tables_rate_unless_they_bring_one() {
    let bench = Bench::new().await;
    let rate = json!({
        "fromCurrencyId": v("EUR"), "toCurrencyId": v("NOK"), "rateType": v("SPOT"),
        "effectiveDate": v("2026-09-30"), "rate": v(11.5), "multDiv": v("Multiply"),
    });
    let made = bench.post("/v2/currencyrate", rate.clone()).await;
    assert_eq!(made.status, 200, "{}", made.text);
    refused(
        &bench.post("/v2/currencyrate", rate).await,
        "exists already",
    );
    let body = |own: Option<f64>, path: &str| {
        let mut body = if path == NOTES {
            credit_note(10.0)
        } else {
            invoice(10.0)
        };
        body["customerNumber"] = v("HUS-EUR");
        body["currencyId"] = v("EUR");
        body["documentDate"] = v("2026-09-30");
        if let Some(rate) = own {
            body["exchangeRate"] = v(rate);
        }
        body
    };
    for path in [INVOICES, NOTES] {
        for (own, rate, base) in [(None, 11.5, 143.75), (Some(12.0), 12.0, 150.0)] {
            let number = bench.document(path, body(own, path)).await;
            let read = bench.read(path, &number).await;
            assert_eq!(read["exchangeRate"], json!(rate), "{path}");
            assert_eq!(read["amountInCurrency"], json!(12.5));
            assert_eq!(read["amount"], json!(base));
        }
    }
    bench.server.change(Change::SwappedAmounts { on: true });
    let number = bench.document(INVOICES, body(None, INVOICES)).await;
    let read = bench.read(INVOICES, &number).await;
    assert_eq!(
        (&read["amount"], &read["amountInCurrency"]),
        (&json!(12.5), &json!(143.75))
    );
}

#[tokio::test]
async fn a_company_that_rounds_shows_the_difference_on_the_invoice() {
    let bench = Bench::new().await;
    bench
        .server
        .invoice_rounding(Some(rust_decimal::Decimal::ONE));
    let number = bench.document(INVOICES, invoice(10.3)).await;
    let read = bench.read(INVOICES, &number).await;
    assert_eq!(read["amountInCurrency"], json!(13.0));
    assert_eq!(read["roundingDiff"], json!(0.12));
}

#[tokio::test]
async fn an_orders_invoice_takes_a_line_and_vat_but_its_own_lines_stay() {
    let bench = Bench::new().await;
    let (path, _) = bench
        .order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "HOY")]))
        .await;
    let number = bench.invoice_of(&path).await;
    let read = bench.read(INVOICES, &number).await;
    assert_eq!(read["customerRefNumber"], "#1001");
    assert_eq!(read["invoiceLines"][0]["soOrderType"], "SO");
    let path = format!("{INVOICES}/{number}");
    let put = async |body: Value| bench.write(Method::PUT, &path, "", Some(body)).await;
    let add = json!({"invoiceLines": [{"operation": "Insert", "inventoryNumber": v("AVRUNDING"), "quantity": v(1), "unitPriceInCurrency": v(0.02), "vatCodeId": v("INGEN")}],
        "taxDetailLines": [{"taxId": v("NO25"), "vatAmount": v(24.99)}]});
    let added = put(add.clone()).await;
    assert_eq!(added.status, 204, "{}", added.text);
    assert_eq!(
        bench.get(&path).await.json()["amountInCurrency"],
        json!(125.01)
    );
    for operation in ["Update", "Delete"] {
        let own = json!({"invoiceLines": [{"operation": operation, "lineNumber": v(1), "quantity": v(2)}]});
        refused(&put(own).await, "comes from the sales order");
    }
    bench
        .server
        .change(Change::OrderInvoicesLocked { locked: true });
    refused(&put(add).await, "linked to a sales order");
}
