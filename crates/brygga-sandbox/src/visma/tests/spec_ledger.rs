//! The ledger's bodies and answers against the official OpenAPI file.

use serde_json::{Map, json};

use super::ledger::{INVOICES, NOTES, credit_note, invoice, v};
use super::spec::{ERP, answer_schema, official, same_fields, schema, strays};
use super::*;
use crate::visma::shape::{cash, ledger};

#[test]
fn the_bodies_it_takes_are_the_official_ones() {
    let Some(mut spec) = official(ERP) else {
        return;
    };
    // Since 2026 (`delta_2025-04_to_2026-08.json`).
    let rate = spec
        .pointer("/components/schemas/CustomerInvoiceUpdateDto/properties/exchangeRate")
        .cloned()
        .expect("a rate");
    spec["components"]["schemas"]["CustomerCreditNoteUpdateDto"]["properties"]["exchangeRate"] =
        rate;
    for (name, fields) in [
        ("CustomerInvoiceUpdateDto", ledger::INVOICE),
        ("CustomerCreditNoteUpdateDto", ledger::CREDIT_NOTE),
        ("ReverseInvoiceActionDto", ledger::REVERSE_INVOICE),
        ("PaymentUpdateDto", ledger::PAYMENT),
        ("ReleasePaymentActionDto", ledger::RELEASE_PAYMENT),
        ("VoidPaymentActionDto", ledger::VOID_PAYMENT),
        ("CashTransactionUpdateDto", cash::CASH_TRANSACTION),
        ("CreateCurrencyRateDto", cash::NEW_RATE),
        ("UpdateCurrencyRateDto", cash::CHANGED_RATE),
        ("CreateCurrencyRateTypeDto", cash::NEW_RATE_TYPE),
    ] {
        same_fields(&spec, name, fields, schema(&spec, name));
    }
}

#[tokio::test]
async fn its_answers_are_the_official_ones() {
    let (Some(spec), Some(delta)) = (official(ERP), official("delta_2025-04_to_2026-08.json"))
    else {
        return;
    };
    let later: &Map<String, Value> = delta["new_fields"].as_object().expect("fields");
    let bench = Bench::new().await;
    let (order, _) = bench
        .order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "HOY")]))
        .await;
    let id = order.rsplit('/').next().expect("an id");
    let paid = json!({
        "type": v("Prepayment"), "customer": v("HUS-NOK"), "paymentMethod": v("KORT"), "cashAccount": v("1950-NOK"),
        "paymentAmount": v("125.0000"), "paymentRef": v("7001"),
        "ordersToApply": [{"operation": "Insert", "orderType": v("SO"), "orderNumber": v(id), "appliedToOrder": v(125)}],
    });
    let payment = bench.post("/v1/customerPayment", paid).await;
    let payment = payment.location_id().to_owned();
    let mut results = Vec::new();
    let release = format!("/v1/customerPayment/{payment}/action/release");
    results.push((
        "ReleasePaymentActionResultDto",
        bench
            .post(&release, json!({"type": v("Prepayment")}))
            .await
            .json(),
    ));
    let from_order = bench.invoice_of(&order).await;
    bench.release(INVOICES, &from_order).await;
    let number = bench.document(INVOICES, invoice(100.0)).await;
    let release = format!("{INVOICES}/{number}/action/release");
    results.push((
        "ReleaseInvoiceActionResultDto",
        bench.post(&release, json!({})).await.json(),
    ));
    let mut note = credit_note(40.0);
    note["applicationLines"] = json!([{"operation": "Insert", "documentType": v("Invoice"), "refNbr": v(number.as_str()), "amountPaid": v(50)}]);
    let note = bench.document(NOTES, note).await;
    bench.release(NOTES, &note).await;
    let reverse = format!("{INVOICES}/{number}/action/reverse");
    results.push((
        "ReverseInvoiceActionResultDto",
        bench.post(&reverse, json!({})).await.json(),
    ));
    let cash = json!({"cashAccount": v("1950-NOK"), "entryType": v("GEBYR"), "cashTransactionDetails": [{"amount": v(1)}]});
    let cash = bench.post("/v1/cashTransaction", cash).await;
    let cash = cash.location_id().to_owned();
    let release = format!("/v1/cashTransaction/{cash}/action/release");
    results.push((
        "ReleaseCashTransactionActionResultDto",
        bench.post(&release, json!({})).await.json(),
    ));

    let mut found = Vec::new();
    let mut look = async |path: String, template: &str| {
        let answer = bench.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text.len() > 20, "{path}: {}", answer.text);
        let wanted = answer_schema(&spec, template);
        strays(&spec, &path, wanted, &answer.json(), later, &mut found);
    };
    let all = "expandApplications=true&expandTaxDetails=true&expandAttachments=true&expandInvoiceAddress=true";
    look(format!("{INVOICES}?{all}"), INVOICES).await;
    look(
        format!("{INVOICES}/{from_order}"),
        "/v1/customerinvoice/{invoiceNumber}",
    )
    .await;
    look(format!("{NOTES}?{all}"), NOTES).await;
    look(
        format!("{NOTES}/{note}"),
        "/v1/customerCreditNote/{creditNoteNumber}",
    )
    .await;
    look("/v1/customerPayment".to_owned(), "/v1/customerPayment").await;
    for number in [&payment, &note] {
        look(
            format!("/v1/customerPayment/{number}"),
            "/v1/customerPayment/{paymentNumber}",
        )
        .await;
    }
    look("/v1/cashTransaction".to_owned(), "/v1/cashTransaction").await;
    look(
        format!("/v1/cashTransaction/{cash}"),
        "/v1/cashTransaction/{referenceNbr}",
    )
    .await;
    // Void last: the payment is on an invoice that it closed.
    let void = format!("/v1/customerPayment/{payment}/action/void");
    let body = json!({"type": "Prepayment", "returnVoidPayment": true});
    results.push((
        "VoidPaymentActionResultDto",
        bench.post(&void, body).await.json(),
    ));
    look("/v1/customerPayment".to_owned(), "/v1/customerPayment").await;
    for (name, result) in results {
        assert_eq!(result["actionResult"], "Done", "{name}: {result}");
        strays(&spec, name, schema(&spec, name), &result, later, &mut found);
    }
    found.dedup();
    assert_eq!(found, Vec::<String>::new());
}
