//! Shipments, invoices, credit notes and payments from their making to 0.00, and what is refused.

use brygga_core::Problem;
use brygga_core::erp::{
    Application, BookedOrder, DocumentKind, InvoiceReference, LedgerChange, LedgerDocument,
    LedgerDraft, LedgerLineDraft, LedgerStatus, Operation, OrderApplication, Payment,
    PaymentChange, PaymentDraft, ShipmentQuantity, ShipmentStatus, TaxDraft,
};

use super::*;

const WAREHOUSE: &str = "HOVED";
pub(super) const CLEARING: &str = "1950-NOK";

pub(super) fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, day).expect("a day")
}

pub(super) fn kroner(amount: i64) -> Decimal {
    Decimal::from(amount)
}

pub(super) fn line(text: &str, quantity: i64, net: i64) -> LedgerLineDraft {
    LedgerLineDraft {
        link: "shipping/1".into(),
        item: Some("FRAKT".into()),
        unit: None,
        account: None,
        subaccount: None,
        description: text.into(),
        quantity: kroner(quantity),
        unit_price: kroner(net) / kroner(quantity),
        net: kroner(net),
        vat_category: "HOY".into(),
    }
}

pub(super) fn document(
    kind: DocumentKind,
    customer: &str,
    external: &str,
    net: i64,
) -> LedgerDraft {
    LedgerDraft {
        kind,
        customer: customer.into(),
        currency: "NOK".into(),
        date: day(1),
        original_date: None,
        reference: "#1001".into(),
        external: external.into(),
        vat_zone: "NO-IN".into(),
        branch: None,
        text: "Shopify #1001".into(),
        rate: None,
        lines: vec![line("Frakt", 1, net)],
        taxes: Vec::new(),
        applications: Vec::new(),
    }
}

pub(super) fn money(
    kind: DocumentKind,
    customer: &str,
    reference: &str,
    amount: Decimal,
) -> PaymentDraft {
    PaymentDraft {
        kind,
        customer: customer.into(),
        method: "KORT".into(),
        cash_account: CLEARING.into(),
        currency: "NOK".into(),
        amount,
        date: day(1),
        reference: reference.into(),
        text: "Shopify #1001".into(),
        branch: None,
        orders: Vec::new(),
        documents: Vec::new(),
    }
}

fn on(kind: DocumentKind, number: &str, amount: Decimal) -> Application {
    Application {
        kind,
        number: number.into(),
        amount,
    }
}

impl Practice {
    /// The VAT id of a category at home.
    fn vat_id(&self, category: &str) -> String {
        let data = self.server.data();
        let home = "NO-IN".to_owned();
        let mut found = data.vat_ids.iter().filter(|vat| {
            vat.zones.contains(&home) && vat.categories.iter().any(|id| id == category)
        });
        found.next().map(|vat| vat.id.clone()).expect("a VAT id")
    }

    pub(super) async fn document(&self, kind: &DocumentKind, number: &str) -> LedgerDocument {
        self.visma
            .document(kind, number)
            .await
            .expect("read")
            .expect("there")
    }

    pub(super) async fn invoice(&self, number: &str) -> LedgerDocument {
        self.document(&DocumentKind::Invoice, number).await
    }

    pub(super) async fn note(&self, number: &str) -> LedgerDocument {
        self.document(&DocumentKind::CreditNote, number).await
    }

    pub(super) async fn payment(&self, kind: &DocumentKind, number: &str) -> Payment {
        self.visma
            .payment(kind, number)
            .await
            .expect("read")
            .expect("there")
    }

    /// A document in the books; its number.
    pub(super) async fn released(&self, draft: &LedgerDraft) -> String {
        let number = self.visma.create_document(draft).await.expect("made");
        let document = self.document(&draft.kind, &number).await;
        self.visma
            .release_document(&document)
            .await
            .expect("released");
        number
    }

    /// A payment in the books; its number.
    pub(super) async fn paid(&self, draft: &PaymentDraft) -> String {
        let number = self.visma.create_payment(draft).await.expect("made");
        let payment = self.payment(&draft.kind, &number).await;
        self.visma
            .release_payment(&payment)
            .await
            .expect("released");
        number
    }

    /// An order of three of one item, with freight.
    async fn ordered(&self, customer: &str) -> OrderNumber {
        let mut draft = self.order();
        draft.lines.truncate(1);
        draft.lines[0].quantity = kroner(3);
        draft.lines[0].unit_price = kroner(100);
        draft.lines[0].warehouse = Some(WAREHOUSE.into());
        let mut freight = draft.lines[0].clone();
        freight.link = "shipping/1".into();
        freight.item = "FRAKT".into();
        freight.quantity = Decimal::ONE;
        freight.unit_price = kroner(80);
        freight.warehouse = None;
        draft.lines.push(freight);
        self.server.set_stock(&self.goods, WAREHOUSE, kroner(10));
        self.visma
            .create_order(&draft, customer)
            .await
            .expect("made")
    }
}

pub(super) fn refused(error: CallError) -> Problem {
    match error {
        CallError::Refused(problem) => problem,
        other => panic!("{other}"),
    }
}

async fn ship(practice: &Practice, order: &OrderNumber, units: i64) -> String {
    let visma = &practice.visma;
    let before = visma.shipments_of(order).await.expect("read");
    visma
        .create_shipment(order, &Operation::Issue, WAREHOUSE, day(2))
        .await
        .expect("made");
    let after = visma.shipments_of(order).await.expect("read");
    let mut made = after.into_iter().filter(|row| !before.contains(row));
    let (number, invoice) = made.next().expect("a new one");
    assert_eq!((invoice, made.next()), (None, None));
    let shipment = visma.shipment(&number).await.expect("read").expect("there");
    assert_eq!(
        (&shipment.status, &shipment.operation, shipment.date),
        (&ShipmentStatus::Open, &Operation::Issue, Some(day(2)))
    );
    assert_eq!(shipment.warehouse.as_deref(), Some(WAREHOUSE));
    assert_eq!(shipment.lines.len(), 1);
    assert_eq!(
        (&shipment.lines[0].order, shipment.lines[0].item.as_str()),
        (order, practice.goods.as_str())
    );
    let wanted = [ShipmentQuantity {
        line_number: shipment.lines[0].line_number,
        units: kroner(units),
    }];
    visma
        .set_quantities(&shipment, &wanted)
        .await
        .expect("changed");
    // The version that was read is not the version any more.
    assert!(matches!(
        visma.set_quantities(&shipment, &wanted).await,
        Err(CallError::Conflict(_))
    ));
    visma.confirm_shipment(&number).await.expect("confirmed");
    number
}

#[tokio::test]
async fn a_prepaid_order_is_shipped_in_two_parts_and_invoiced_to_nothing() {
    let practice = Practice::new().await;
    let visma = &practice.visma;
    let customer = practice.customer().await;
    let order = practice.ordered(&customer).await;
    let on_hand = practice.server.on_hand(&practice.goods, WAREHOUSE);

    let mut prepayment = money(
        DocumentKind::Prepayment,
        &customer,
        "6400000001",
        kroner(475),
    );
    prepayment.orders = vec![OrderApplication {
        order: order.clone(),
        amount: kroner(475),
        transferred: Decimal::ZERO,
    }];
    let paid = practice.paid(&prepayment).await;

    let first = ship(&practice, &order, 2).await;
    assert_eq!(
        practice.server.on_hand(&practice.goods, WAREHOUSE),
        on_hand - kroner(2)
    );
    let booked: BookedOrder = practice.booked(&order).await;
    assert_eq!(booked.invoice_date, None);
    visma
        .set_invoice_date(&order, &booked.etag, day(3))
        .await
        .expect("set");
    assert_eq!(practice.booked(&order).await.invoice_date, Some(day(3)));
    visma.prepare_invoice(&order).await.expect("made");

    let rows = visma.shipments_of(&order).await.expect("read");
    let [(number, Some(invoice))] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!(*number, first);
    let made = practice.invoice(invoice).await;
    assert_eq!(
        (&made.status, made.date, made.currency.as_str()),
        (&LedgerStatus::Balanced, Some(day(3)), "NOK")
    );
    assert_eq!(
        (made.total, made.vat_total, made.rounding),
        (kroner(350), kroner(70), Decimal::ZERO)
    );
    assert_eq!(
        (made.taxes[0].taxable, made.taxes[0].amount),
        (kroner(280), kroner(70))
    );
    let goods = made
        .lines
        .iter()
        .find(|line| line.item.as_deref() == Some(practice.goods.as_str()))
        .expect("the goods");
    assert_eq!(
        (goods.quantity, goods.net, goods.order.as_ref()),
        (kroner(2), kroner(200), Some(&order))
    );
    assert_eq!(goods.shipment.as_deref(), Some(first.as_str()));

    visma.release_document(&made).await.expect("released");
    let closed = practice.invoice(invoice).await;
    assert_eq!(
        (&closed.status, closed.balance),
        (&LedgerStatus::Closed, Decimal::ZERO)
    );
    let used = practice.payment(&DocumentKind::Prepayment, &paid).await;
    assert_eq!(
        (used.documents, used.orders[0].transferred),
        (
            vec![on(DocumentKind::Invoice, invoice, kroner(350))],
            kroner(350)
        )
    );

    // The rest; the freight was on the first.
    ship(&practice, &order, 1).await;
    visma.prepare_invoice(&order).await.expect("made");
    let all = visma
        .documents_of_order(&DocumentKind::Invoice, &customer, &order)
        .await
        .expect("read");
    let totals: Vec<Decimal> = all.iter().map(|document| document.total).collect();
    assert_eq!(totals, [kroner(350), kroner(125)]);
    visma.release_document(&all[1]).await.expect("released");
    assert_eq!(
        practice.invoice(&all[1].number).await.status,
        LedgerStatus::Closed
    );
    assert_eq!(
        practice
            .payment(&DocumentKind::Prepayment, &paid)
            .await
            .status,
        LedgerStatus::Closed
    );
    let found = visma.payments_of(&customer, day(1)).await.expect("read");
    assert_eq!(
        found
            .iter()
            .map(|payment| payment.reference.as_deref())
            .collect::<Vec<_>>(),
        [Some("6400000001")]
    );
    assert_eq!(
        visma.payments_of(&customer, day(2)).await.expect("read"),
        []
    );
}

#[tokio::test]
async fn a_shipment_is_taken_back_step_by_step() {
    let practice = Practice::new().await;
    let visma = &practice.visma;
    let customer = practice.customer().await;
    let order = practice.ordered(&customer).await;
    let number = ship(&practice, &order, 3).await;
    assert!(matches!(
        visma.cancel_shipment(&number).await,
        Err(CallError::Refused(_))
    ));
    visma.correct_shipment(&number).await.expect("opened");
    visma.cancel_shipment(&number).await.expect("cancelled");
    assert_eq!(visma.shipments_of(&order).await, Ok(vec![]));
    let booked = practice.booked(&order).await;
    visma.cancel(&order, &booked.etag).await.expect("cancelled");
    assert!(matches!(
        visma
            .create_shipment(&order, &Operation::Issue, WAREHOUSE, day(2))
            .await,
        Err(CallError::Refused(_))
    ));
    assert_eq!(visma.shipment("999999").await, Ok(None));
}

#[tokio::test]
async fn a_direct_invoice_has_exactly_the_vat_that_was_given() {
    let practice = Practice::new().await;
    let visma = &practice.visma;
    let customer = practice.customer().await;
    let mut draft = document(DocumentKind::Invoice, &customer, "fulfilment/77", 100);
    // Three for 100.00, and VAT that no multiplication gives.
    draft.lines = vec![line("Tre for hundre", 3, 100)];
    draft.lines[0].unit_price = Decimal::new(3334, 2);
    draft.taxes = vec![TaxDraft {
        vat_id: practice.vat_id("HOY"),
        taxable: kroner(100),
        amount: Decimal::new(2501, 2),
    }];
    let number = visma.create_document(&draft).await.expect("made");
    let made = practice.invoice(&number).await;
    assert_eq!(
        (made.total, made.vat_total, made.lines[0].net),
        (Decimal::new(12_501, 2), Decimal::new(2501, 2), kroner(100))
    );
    assert_eq!(
        (made.reference.as_deref(), made.external.as_deref()),
        (Some("#1001"), Some("fulfilment/77"))
    );
    assert_eq!(
        (made.customer.as_str(), made.vat_zone.as_deref()),
        (customer.as_str(), Some("NO-IN"))
    );
    let found = visma
        .documents_by_external(&DocumentKind::Invoice, "fulfilment/77")
        .await;
    assert_eq!(found, Ok(vec![made.clone()]));
    for (kind, external) in [
        (DocumentKind::Invoice, "fulfilment/7"),
        (DocumentKind::CreditNote, "fulfilment/77"),
    ] {
        assert_eq!(
            visma.documents_by_external(&kind, external).await,
            Ok(vec![])
        );
    }

    // A rounding line, and VAT as it is, before the release; nothing after it.
    let change = LedgerChange {
        add: vec![LedgerLineDraft {
            vat_category: "INGEN".into(),
            ..line("Avrunding", 1, 1)
        }],
        taxes: draft.taxes.clone(),
        ..LedgerChange::default()
    };
    visma
        .change_document(&made, &change)
        .await
        .expect("changed");
    assert!(matches!(
        visma.change_document(&made, &change).await,
        Err(CallError::Conflict(_))
    ));
    let changed = practice.invoice(&number).await;
    assert_eq!(
        (changed.total, changed.vat_total, changed.lines.len()),
        (Decimal::new(12_601, 2), Decimal::new(2501, 2), 2)
    );
    visma.release_document(&changed).await.expect("released");
    let open = practice.invoice(&number).await;
    assert_eq!(
        (&open.status, open.balance),
        (&LedgerStatus::Open, Decimal::new(12_601, 2))
    );
    let problem = refused(
        visma
            .change_document(&open, &change)
            .await
            .expect_err("released"),
    );
    assert_eq!(problem.code, Code::LedgerDocumentReleased);
    assert_eq!(
        visma.document(&DocumentKind::Invoice, "999999").await,
        Ok(None)
    );
}

#[tokio::test]
async fn an_open_invoice_is_credited_and_a_closed_one_is_paid_back() {
    let practice = Practice::new().await;
    let visma = &practice.visma;
    let customer = practice.customer().await;
    let invoice = practice
        .released(&document(
            DocumentKind::Invoice,
            &customer,
            "fulfilment/1",
            100,
        ))
        .await;

    // Applied when it is made, before the invoice is paid.
    let mut note = document(DocumentKind::CreditNote, &customer, "refund/1", 20);
    note.applications = vec![on(DocumentKind::Invoice, &invoice, kroner(25))];
    let first = practice.released(&note).await;
    assert_eq!(practice.note(&first).await.status, LedgerStatus::Closed);
    assert_eq!(practice.invoice(&invoice).await.balance, kroner(100));

    // Applied after it was released.
    let second = practice
        .released(&document(
            DocumentKind::CreditNote,
            &customer,
            "refund/2",
            40,
        ))
        .await;
    let open = practice.note(&second).await;
    assert_eq!(
        (&open.status, open.balance),
        (&LedgerStatus::Open, kroner(50))
    );
    let apply = LedgerChange {
        applications: vec![on(DocumentKind::Invoice, &invoice, kroner(50))],
        ..LedgerChange::default()
    };
    visma.change_document(&open, &apply).await.expect("applied");
    visma
        .release_document(&practice.note(&second).await)
        .await
        .expect("released");
    assert_eq!(practice.note(&second).await.status, LedgerStatus::Closed);
    assert_eq!(practice.invoice(&invoice).await.balance, kroner(50));

    // Paid, by a payment that was applied to nothing at first.
    let payment = money(DocumentKind::Payment, &customer, "6400000001", kroner(50));
    let number = visma.create_payment(&payment).await.expect("made");
    let there = practice.payment(&DocumentKind::Payment, &number).await;
    assert_eq!(there.available, kroner(50));
    let apply = PaymentChange {
        documents: vec![on(DocumentKind::Invoice, &invoice, kroner(50))],
        ..PaymentChange::default()
    };
    visma.change_payment(&there, &apply).await.expect("applied");
    let there = practice.payment(&DocumentKind::Payment, &number).await;
    assert_eq!(
        (there.available, &there.documents),
        (Decimal::ZERO, &apply.documents)
    );
    visma.release_payment(&there).await.expect("released");
    assert_eq!(
        practice.invoice(&invoice).await.status,
        LedgerStatus::Closed
    );

    // Nothing is applied to it any more.
    let mut late = document(DocumentKind::CreditNote, &customer, "refund/3", 40);
    late.applications = vec![on(DocumentKind::Invoice, &invoice, kroner(50))];
    let problem = refused(visma.create_document(&late).await.expect_err("closed"));
    assert_eq!(
        (problem.code, problem.params["document"].as_str()),
        (Code::LedgerDocumentClosed, invoice.as_str())
    );

    // So the money goes back: a refund, applied to its credit note in full.
    let third = practice
        .released(&document(
            DocumentKind::CreditNote,
            &customer,
            "refund/3",
            40,
        ))
        .await;
    let mut refund = money(DocumentKind::Refund, &customer, "6400000002", kroner(50));
    let empty = visma.create_payment(&refund).await.expect("made");
    let there = practice.payment(&DocumentKind::Refund, &empty).await;
    assert_eq!(
        refused(
            visma
                .release_payment(&there)
                .await
                .expect_err("applied to nothing")
        )
        .code,
        Code::ErpRefused
    );
    refund.reference = "6400000003".into();
    refund.documents = vec![on(DocumentKind::CreditNote, &third, kroner(50))];
    let number = practice.paid(&refund).await;
    assert_eq!(practice.note(&third).await.status, LedgerStatus::Closed);
    let back = practice.payment(&DocumentKind::Refund, &number).await;
    assert_eq!(
        (back.status, back.amount, back.kind),
        (LedgerStatus::Closed, kroner(50), DocumentKind::Refund)
    );
}

#[tokio::test]
async fn goods_come_back_against_the_line_of_their_invoice_and_no_more_of_them() {
    let practice = Practice::new().await;
    let visma = &practice.visma;
    let customer = practice.customer().await;
    let order = practice.ordered(&customer).await;
    ship(&practice, &order, 3).await;
    visma.prepare_invoice(&order).await.expect("made");
    let invoices = visma
        .documents_of_order(&DocumentKind::Invoice, &customer, &order)
        .await
        .expect("read");
    visma
        .release_document(&invoices[0])
        .await
        .expect("released");
    let line_number = invoices[0].lines[0].line_number;
    let invoice = InvoiceReference {
        number: invoices[0].number.clone(),
        line: line_number,
    };

    let mut back = practice.order();
    back.order_type = "RC".into();
    back.head.customer_ref = "5400000001-77".into();
    back.lines.truncate(1);
    back.lines[0].unit_price = kroner(100);
    back.lines[0].warehouse = Some(WAREHOUSE.into());
    back.lines[0].operation = Some(Operation::Receipt);
    back.lines[0].invoice = Some(invoice);
    back.lines[0].quantity = kroner(4);
    let problem = refused(
        visma
            .create_order(&back, &customer)
            .await
            .expect_err("too many"),
    );
    assert_eq!(
        (problem.code, &problem.params["document"]),
        (Code::ReturnOverInvoiced, &invoices[0].number)
    );

    back.lines[0].quantity = kroner(1);
    let on_hand = practice.server.on_hand(&practice.goods, WAREHOUSE);
    let order = visma.create_order(&back, &customer).await.expect("made");
    visma
        .create_shipment(&order, &Operation::Receipt, WAREHOUSE, day(4))
        .await
        .expect("made");
    let rows = visma.shipments_of(&order).await.expect("read");
    let shipment = visma
        .shipment(&rows[0].0)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(shipment.operation, Operation::Receipt);
    visma
        .confirm_shipment(&shipment.number)
        .await
        .expect("confirmed");
    assert_eq!(
        practice.server.on_hand(&practice.goods, WAREHOUSE),
        on_hand + kroner(1)
    );
    visma.prepare_invoice(&order).await.expect("made");
    let rows = visma.shipments_of(&order).await.expect("read");
    let note = practice
        .note(rows[0].1.as_deref().expect("a credit note"))
        .await;
    assert_eq!(
        (note.kind, note.total, note.lines[0].order.as_ref()),
        (DocumentKind::CreditNote, kroner(125), Some(&order))
    );
}
