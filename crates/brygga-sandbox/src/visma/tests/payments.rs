use serde_json::json;

use super::ledger::{INVOICES, NOTES, credit_note, invoice, refused, state, v};
use super::*;
use crate::visma::Change;

const PAYMENTS: &str = "/v1/customerPayment";

fn payment(kind: &str, amount: f64) -> Value {
    json!({
        "type": v(kind),
        "customer": v("HUS-NOK"),
        "paymentMethod": v("KORT"),
        "cashAccount": v("1950-NOK"),
        "currency": v("NOK"),
        "paymentAmount": v(amount),
        "applicationDate": v("2026-10-01"),
        "paymentRef": v("7001"),
    })
}

fn on(kind: &str, number: &str, amount: f64) -> Value {
    json!({"operation": "Insert", "documentType": v(kind), "refNbr": v(number), "amountPaid": v(amount)})
}

fn for_order(number: &str, amount: f64) -> Value {
    json!([{"operation": "Insert", "orderType": v("SO"), "orderNumber": v(number), "appliedToOrder": v(amount)}])
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

impl Bench {
    async fn pay(&self, body: Value) -> String {
        let made = self.post(PAYMENTS, body).await;
        assert_eq!(
            (made.status, made.text.as_str()),
            (201, ""),
            "{}",
            made.text
        );
        made.location_id().to_owned()
    }

    async fn release_payment(&self, kind: &str, number: &str) -> Answer {
        self.post(
            &format!("{PAYMENTS}/{number}/action/release"),
            json!({"type": v(kind)}),
        )
        .await
    }

    /// A payment that is in the books; its number.
    async fn paid(&self, body: Value) -> String {
        let kind = body["type"]["value"].as_str().expect("a type").to_owned();
        let number = self.pay(body).await;
        let done = self.release_payment(&kind, &number).await;
        assert_eq!(done.status, 200, "{}", done.text);
        number
    }

    async fn put(&self, number: &str, body: Value) -> Answer {
        self.write(Method::PUT, &format!("{PAYMENTS}/{number}"), "", Some(body))
            .await
    }

    /// The Balanced invoice that is made of an order.
    pub(super) async fn invoice_of(&self, order: &str) -> String {
        let id = order.rsplit('/').next().expect("an id");
        let before = self.server.ledger().invoices.len();
        let done = self
            .post(
                &format!("/v2/salesorder/SO/{id}/action/prepareInvoice"),
                json!({}),
            )
            .await;
        assert!(done.status < 300, "{} {}", done.status, done.text);
        let invoices = self.server.ledger().invoices;
        assert_eq!(invoices.len(), before + 1);
        invoices.last().expect("one").number.clone()
    }

    fn held(&self, cash_account: &str) -> String {
        let ledger = self.server.ledger();
        ledger
            .cash_accounts
            .iter()
            .find(|row| row.account == cash_account)
            .map_or_else(|| "0".to_owned(), |row| row.amount.normalize().to_string())
    }
}

#[tokio::test]
async fn a_payment_closes_its_invoice_and_is_found_by_customer_and_day() {
    let bench = Bench::new().await;
    let number = bench.open_invoice(100.0).await;
    let body = with(
        payment("Payment", 125.0),
        "paymentLines",
        json!([on("Invoice", &number, 125.0)]),
    );
    let paid = bench.pay(body).await;
    let read = bench.read(PAYMENTS, &paid).await;
    assert_eq!(
        (&read["status"], &read["availableBalance"]),
        (&json!("Balanced"), &json!(0.0))
    );
    assert_eq!(
        bench.read(INVOICES, &number).await["balanceInCurrency"],
        json!(125.0)
    );
    let done = bench.release_payment("Payment", &paid).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(
        state(&bench.read(INVOICES, &number).await),
        ("Closed", 125.0, 0.0)
    );
    assert_eq!(bench.read(PAYMENTS, &paid).await["status"], "Closed");
    assert_eq!(bench.held("1950-NOK"), "125");

    for (query, count) in [
        (
            "customer=HUS-NOK&docDate=2026-10-01&docDateCondition=%3E%3D",
            1,
        ),
        ("docDate=2026-10-02&docDateCondition=%3E%3D", 0),
        ("paymentType=Refund", 0),
        ("status=Closed", 1),
        (&format!("invoiceRefNbr={number}") as &str, 1),
        ("invoiceRefNbr=1", 0),
        // There is no such filter: it is ignored.
        ("paymentRef=nothing", 1),
    ] {
        let rows = bench.get(&format!("{PAYMENTS}?{query}")).await.json();
        assert_eq!(rows.as_array().map(Vec::len), Some(count), "{query}");
    }
    // No second application to what is closed.
    let again = with(
        payment("Payment", 1.0),
        "paymentLines",
        json!([on("Invoice", &number, 1.0)]),
    );
    refused(
        &bench.post(PAYMENTS, again).await,
        &format!(
            "Error creating payment. Error: AdjdRefNbr '{number}' cannot be found in the system."
        ),
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_payment_is_refused() {
    let bench = Bench::new().await;
    let number = bench.open_invoice(100.0).await;
    let draft = bench.document(INVOICES, invoice(100.0)).await;
    let lines = |amount: f64, lines: Value| with(payment("Payment", amount), "paymentLines", lines);
    for (body, text) in [
        (
            with(payment("Payment", 1.0), "cashAccount", v("9999")),
            "CashAccountID '9999' cannot be found",
        ),
        (
            with(payment("Payment", 1.0), "cashAccount", v("1950-SEK")),
            "is in SEK, the payment in NOK",
        ),
        (
            with(payment("Payment", 1.0), "cashAccount", v("1952-NOK")),
            "cannot be used with the payment method 'KORT'",
        ),
        (
            with(payment("Payment", 1.0), "paymentMethod", v("BYTTE")),
            "PaymentMethodID 'BYTTE' cannot be found",
        ),
        (
            with(payment("Payment", 1.0), "paymentRef", v(" ")),
            "'ExtRefNbr' cannot be empty",
        ),
        (
            with(payment("Payment", 1.0), "customer", v("NOBODY")),
            "CustomerID 'NOBODY' cannot be found",
        ),
        (payment("VoidPayment", 1.0), "cannot be created"),
        (payment("Payment", 0.0), "greater than 0"),
        (
            lines(200.0, json!([on("Invoice", &number, 125.01)])),
            "less than or equal to 125",
        ),
        (
            lines(50.0, json!([on("Invoice", &number, 50.01)])),
            "less than or equal to 50",
        ),
        (
            lines(50.0, json!([on("Invoice", "1", 5.0)])),
            "AdjdRefNbr '1' cannot be found",
        ),
        // What is not in the books cannot be paid.
        (
            lines(50.0, json!([on("Invoice", &draft, 5.0)])),
            "cannot be found",
        ),
        // An invoice and a credit note in one payment (`examples/visma/customerpayment_create_invoice_plus_credit_FAILS.json`).
        (
            lines(50.0, json!([on("CreditNote", "1", 5.0)])),
            "cannot be applied",
        ),
        (
            with(
                payment("Prepayment", 1.0),
                "ordersToApply",
                for_order("9", 1.0),
            ),
            "AdjdOrderNbr '9' cannot be found",
        ),
    ] {
        refused(&bench.post(PAYMENTS, body).await, text);
    }
    assert_eq!(bench.server.ledger().payments, []);
    let both = lines(
        100.0,
        json!([on("Invoice", &number, 50.0), on("Invoice", "1", 50.0)]),
    );
    refused(&bench.post(PAYMENTS, both).await, "cannot be found");
    assert_eq!(
        bench.server.ledger().invoices[0].applied,
        [],
        "nothing is left of a refused payment"
    );
}

#[tokio::test]
async fn a_prepayment_follows_its_order_to_the_invoice_up_to_its_total() {
    for (share, status, balance, available) in
        [(125.0, "Closed", 0.0, 0.0), (100.0, "Open", 25.0, 0.0)]
    {
        let bench = Bench::new().await;
        let (order, _) = bench
            .order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "HOY")]))
            .await;
        let id = order.rsplit('/').next().expect("an id").to_owned();
        let body = with(
            payment("Prepayment", share),
            "ordersToApply",
            for_order(&id, share),
        );
        let paid = bench.paid(body).await;
        assert_eq!(bench.read(PAYMENTS, &paid).await["status"], "Open");
        assert_eq!(
            bench.get(&order).await.json()["totals"]["paymentTotal"],
            json!(share)
        );
        let more = with(
            payment("Prepayment", 200.0),
            "ordersToApply",
            for_order(&id, 125.01 - share),
        );
        refused(&bench.post(PAYMENTS, more).await, "less than or equal to");

        let number = bench.invoice_of(&order).await;
        assert_eq!(
            state(&bench.read(INVOICES, &number).await),
            ("Balanced", 125.0, 125.0)
        );
        bench.release(INVOICES, &number).await;
        assert_eq!(
            state(&bench.read(INVOICES, &number).await),
            (status, 125.0, balance)
        );
        let read = bench.read(PAYMENTS, &paid).await;
        assert_eq!(read["availableBalance"], json!(available));
        assert_eq!(
            read["ordersToApply"][0]["transferredToInvoice"],
            json!(share)
        );
        assert_eq!(read["ordersToApply"][0]["invoiceNbr"], json!(number));
        assert_eq!(read["paymentLines"][0]["refNbr"], json!(number));
        let rows = bench.get(&format!("{order}/payments")).await.json();
        assert_eq!(rows[0]["billedAmount"], json!(share));
    }
}

#[tokio::test]
async fn money_released_after_the_invoice_stays_kept_and_a_cancelled_order_frees_it() {
    let bench = Bench::new().await;
    let (order, _) = bench
        .order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "HOY")]))
        .await;
    let id = order.rsplit('/').next().expect("an id").to_owned();
    let body = with(
        payment("Prepayment", 125.0),
        "ordersToApply",
        for_order(&id, 125.0),
    );
    let paid = bench.pay(body.clone()).await;
    let number = bench.invoice_of(&order).await;
    bench.release(INVOICES, &number).await;
    let done = bench.release_payment("Prepayment", &paid).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(
        bench.read(INVOICES, &number).await["balanceInCurrency"],
        json!(125.0)
    );
    assert_eq!(
        bench.read(PAYMENTS, &paid).await["appliedToOrders"],
        json!(125.0)
    );
    // By hand of the connector: from the order to the invoice, then released once more.
    let change = json!({
        "ordersToApply": [{"operation": "Delete", "orderType": v("SO"), "orderNumber": v(id.as_str())}],
        "paymentLines": [on("Invoice", &number, 125.0)],
    });
    let changed = bench.put(&paid, change).await;
    assert_eq!(changed.status, 204, "{}", changed.text);
    assert_eq!(
        bench.read(INVOICES, &number).await["balanceInCurrency"],
        json!(125.0)
    );
    let done = bench.release_payment("Prepayment", &paid).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(state(&bench.read(INVOICES, &number).await).0, "Closed");

    let (order, _) = bench
        .order(json!([line("DIVERSE", 1.0, 100.0, 0.0, "HOY")]))
        .await;
    let id = order.rsplit('/').next().expect("an id").to_owned();
    let body = with(body, "ordersToApply", for_order(&id, 125.0));
    let paid = bench.paid(body).await;
    bench.server.set_order_status("SO", &id, "Cancelled");
    assert_eq!(
        bench.read(PAYMENTS, &paid).await["availableBalance"],
        json!(125.0)
    );
}

#[tokio::test]
async fn a_company_may_take_changed_applications_at_once() {
    let bench = Bench::new().await;
    bench.server.change(Change::ApplyAtOnce { on: true });
    let number = bench.open_invoice(100.0).await;
    let paid = bench.paid(payment("Payment", 125.0)).await;
    let change = json!({"paymentLines": [on("Invoice", &number, 125.0)]});
    assert_eq!(bench.put(&paid, change).await.status, 204);
    assert_eq!(state(&bench.read(INVOICES, &number).await).0, "Closed");
}

#[tokio::test]
async fn a_refund_must_be_fully_applied_and_never_to_an_invoice() {
    let bench = Bench::new().await;
    let number = bench.open_invoice(100.0).await;
    let body = with(
        payment("Payment", 125.0),
        "paymentLines",
        json!([on("Invoice", &number, 125.0)]),
    );
    bench.paid(body).await;
    let note = bench.document(NOTES, credit_note(40.0)).await;
    bench.release(NOTES, &note).await;

    refused(
        &bench
            .post(
                PAYMENTS,
                with(
                    payment("Refund", 50.0),
                    "paymentLines",
                    json!([on("Invoice", &number, 50.0)]),
                ),
            )
            .await,
        "cannot be applied by a document of type Refund",
    );
    let part = with(
        payment("Refund", 50.0),
        "paymentLines",
        json!([on("CreditNote", &note, 49.99)]),
    );
    let refund = bench.pay(part).await;
    refused(
        &bench.release_payment("Refund", &refund).await,
        "must be fully applied",
    );
    let whole = json!({"paymentLines": [{"operation": "Update", "documentType": v("CreditNote"), "refNbr": v(note.as_str()), "amountPaid": v(50)}]});
    assert_eq!(bench.put(&refund, whole).await.status, 204);
    let done = bench.release_payment("Refund", &refund).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(
        state(&bench.read(NOTES, &note).await),
        ("Closed", 50.0, 0.0)
    );
    assert_eq!(bench.read(PAYMENTS, &refund).await["status"], "Closed");
    assert_eq!(bench.held("1950-NOK"), "75");
    // Money that was paid and applied to nothing goes back too.
    let ahead = bench.paid(payment("Prepayment", 30.0)).await;
    let back = with(
        payment("Refund", 30.0),
        "paymentLines",
        json!([on("Prepayment", &ahead, 30.0)]),
    );
    bench.paid(back).await;
    assert_eq!(bench.read(PAYMENTS, &ahead).await["status"], "Closed");
    assert_eq!(bench.held("1950-NOK"), "75");
    let owed = bench.server.ledger().accounts;
    for account in ["1500", "2900"] {
        let left = owed.iter().find(|row| row.account == account);
        assert!(left.is_none_or(|row| row.amount.is_zero()), "{left:?}");
    }
}

#[tokio::test]
async fn a_voided_payment_opens_its_invoice_and_stands_twice_in_the_list() {
    let bench = Bench::new().await;
    let number = bench.open_invoice(100.0).await;
    let body = with(
        payment("Payment", 125.0),
        "paymentLines",
        json!([on("Invoice", &number, 125.0)]),
    );
    let paid = bench.pay(body).await;
    let void = format!("{PAYMENTS}/{paid}/action/void");
    refused(
        &bench.post(&void, json!({"type": "Payment"})).await,
        "status is invalid",
    );
    bench.release_payment("Payment", &paid).await;
    let done = bench
        .post(&void, json!({"type": "Payment", "returnVoidPayment": true}))
        .await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(done.json()["voidPayment"]["type"], "VoidPayment");
    assert_eq!(
        state(&bench.read(INVOICES, &number).await),
        ("Open", 125.0, 125.0)
    );
    assert_eq!(bench.held("1950-NOK"), "0");
    let rows = bench
        .get(&format!("{PAYMENTS}?paymentNbr={paid}"))
        .await
        .json();
    assert_eq!(
        (&rows[0]["status"], &rows[1]["type"], &rows[1]["status"]),
        (&json!("Voided"), &json!("VoidPayment"), &json!("Closed"))
    );
    assert_eq!(
        (
            &rows[1]["paymentLines"][0]["amountPaid"],
            &rows[1]["paymentLines"][1]["amountPaid"]
        ),
        (&json!(125.0), &json!(-125.0))
    );
    refused(
        &bench.put(&paid, json!({"invoiceText": v("x")})).await,
        "is voided",
    );
}

#[tokio::test]
async fn cents_are_written_off_within_the_limit_and_for_a_reason() {
    let bench = Bench::new().await;
    let number = bench.open_invoice(100.0).await;
    let body = |off: f64, reason: &str| {
        let mut row = on("Invoice", &number, 125.0 - off);
        row["balanceWriteOff"] = v(off);
        row["writeOffReasonCode"] = v(reason);
        with(
            payment("Payment", 125.0 - off),
            "paymentLines",
            json!([row]),
        )
    };
    for (off, reason, text) in [
        (10.01, "AVRUND", "exceeds the write-off limit"),
        (0.02, "", "'WriteOffReasonCode' cannot be empty"),
        (
            0.02,
            "HVERKEN",
            "WriteOffReasonCode 'HVERKEN' cannot be found",
        ),
    ] {
        refused(&bench.post(PAYMENTS, body(off, reason)).await, text);
    }
    let paid = bench.paid(body(0.02, "AVRUND")).await;
    assert_eq!(state(&bench.read(INVOICES, &number).await).0, "Closed");
    let read = bench.read(PAYMENTS, &paid).await;
    assert_eq!(read["writeOffAmount"], json!(0.02));
    assert_eq!(
        read["paymentLines"][0]["writeOffReasonCode"]["id"],
        "AVRUND"
    );
}

#[tokio::test]
async fn gift_cards_pay_from_their_liability() {
    let bench = Bench::new().await;
    let mut sold = invoice(500.0);
    sold["invoiceLines"][0]["inventoryNumber"] = v("GAVEKORT");
    sold["invoiceLines"][0]["vatCodeId"] = v("INGEN");
    let number = bench.document(INVOICES, sold).await;
    bench.release(INVOICES, &number).await;
    let used = bench.open_invoice(100.0).await;
    let mut body = with(
        payment("Payment", 125.0),
        "paymentLines",
        json!([on("Invoice", &used, 125.0)]),
    );
    body["paymentMethod"] = v("GAVEKORT");
    body["cashAccount"] = v("2965-NOK");
    bench.paid(body).await;
    let ledger = bench.server.ledger();
    let liability = ledger.accounts.iter().find(|row| row.account == "2965");
    let left = liability.map(|row| row.amount.normalize().to_string());
    assert_eq!(left.as_deref(), Some("-375"));
}

#[tokio::test]
async fn people_release_delete_void_and_book_the_bank() {
    let bench = Bench::new().await;
    let number = bench.document(INVOICES, invoice(100.0)).await;
    let named = |kind: &str, number: &str| (kind.to_owned(), number.to_owned());
    let (kind, id) = named("Invoice", &number);
    bench.server.change(Change::Released { kind, number: id });
    let paid = bench.server.change(Change::InvoicePaid {
        number: number.clone(),
        cash_account: "1920-NOK".to_owned(),
        amount: None,
        date: None,
    });
    assert_eq!(state(&bench.read(INVOICES, &number).await).0, "Closed");
    assert_eq!(bench.held("1920-NOK"), "125");
    let (kind, id) = named("Payment", &paid.expect("a payment"));
    bench
        .server
        .change(Change::PaymentVoided { kind, number: id });
    assert_eq!(state(&bench.read(INVOICES, &number).await).0, "Open");
    let draft = bench.document(INVOICES, invoice(1.0)).await;
    let (kind, id) = named("Invoice", &draft);
    bench.server.change(Change::LedgerGone { kind, number: id });
    assert_eq!(bench.get(&format!("{INVOICES}/{draft}")).await.status, 404);
}
