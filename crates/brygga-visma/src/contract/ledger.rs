//! Shipments, invoices, credit notes and payments.

use brygga_core::Decimal;
use brygga_core::erp::{
    Application, DocumentKind, LedgerChange, LedgerDraft, LedgerLineDraft, LedgerStatus, Operation,
    OrderApplication, OrderNumber, Payment, PaymentChange, PaymentDraft, ShipmentQuantity,
    TaxDraft,
};
use brygga_core::rates::RateUsed;
use brygga_core::settings::RateSource;

use super::{ORDERS, erp_today, read, sent, spec};
use crate::erp::wire as erp;
use crate::ledger::wire::{self as ledger, document, payment, shipment};
use crate::ledger::{document as documents, payment as payments, shipment as shipments};

fn ledger_draft(kind: DocumentKind) -> LedgerDraft {
    LedgerDraft {
        kind,
        customer: "10001".into(),
        currency: "SEK".into(),
        date: day(),
        original_date: Some(day()),
        reference: "#1001".into(),
        external: "refund/5400000001".into(),
        vat_zone: "SE-OSS".into(),
        branch: Some("1".into()),
        text: "Shopify #1001".into(),
        rate: Some(RateUsed {
            source: RateSource::Fixed,
            day: day(),
            from: "SEK".into(),
            to: "NOK".into(),
            rate: Decimal::new(10_215, 4),
        }),
        lines: vec![LedgerLineDraft {
            link: "line/77".into(),
            item: Some("FRAKT".into()),
            unit: Some("STK".into()),
            account: Some("3000".into()),
            subaccount: Some("1=10, 2=200".parse().unwrap()),
            description: "Frakt".into(),
            quantity: Decimal::ONE,
            unit_price: Decimal::new(7920, 2),
            net: Decimal::new(7920, 2),
            vat_category: "HOY".into(),
        }],
        taxes: vec![TaxDraft {
            vat_id: "SE25".into(),
            taxable: Decimal::new(7920, 2),
            amount: Decimal::new(1980, 2),
        }],
        applications: vec![applied(Decimal::new(9900, 2))],
    }
}

fn applied(amount: Decimal) -> Application {
    Application {
        kind: DocumentKind::Invoice,
        number: "100031".into(),
        amount,
    }
}

fn reserved(number: &str, amount: Decimal) -> OrderApplication {
    OrderApplication {
        order: OrderNumber {
            order_type: "SO".into(),
            number: number.into(),
        },
        amount,
        transferred: Decimal::ZERO,
    }
}

fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 10, 25).expect("a day")
}

#[test]
fn shipments_documents_and_payments_are_sent_as_declared() {
    let (Some(erp), Some(orders)) = (erp_today(), spec(ORDERS)) else {
        return;
    };
    let order = OrderNumber {
        order_type: "SO".into(),
        number: "000223".into(),
    };
    for operation in [Operation::Issue, Operation::Receipt] {
        let body = shipments::write::create(&order, &operation, "1", day());
        sent(&erp, "CreateShipmentActionDto", &body);
    }
    let units = [Decimal::from(2), Decimal::ZERO].map(|units| ShipmentQuantity {
        line_number: 1,
        units,
    });
    sent(
        &erp,
        "ShipmentUpdateDto",
        &shipments::write::quantities(&units),
    );
    sent(
        &orders,
        "PatchSalesOrderCommand",
        &shipments::write::invoice_date(day()),
    );

    let invoice = ledger_draft(DocumentKind::Invoice);
    let credit_note = ledger_draft(DocumentKind::CreditNote);
    sent(
        &erp,
        "CustomerInvoiceUpdateDto",
        &documents::write::invoice(&invoice),
    );
    sent(
        &erp,
        "CustomerCreditNoteUpdateDto",
        &documents::write::credit_note(&credit_note),
    );
    let change = LedgerChange {
        add: invoice.lines,
        taxes: invoice.taxes,
        applications: vec![applied(Decimal::ONE)],
    };
    sent(
        &erp,
        "CustomerInvoiceUpdateDto",
        &documents::write::change_invoice(&change),
    );
    sent(
        &erp,
        "CustomerCreditNoteUpdateDto",
        &documents::write::change_credit_note(&[], &change),
    );

    sent(
        &erp,
        "PaymentUpdateDto",
        &payments::write::applied_note(&[], &change.applications),
    );

    let draft = PaymentDraft {
        kind: DocumentKind::Prepayment,
        customer: "10001".into(),
        method: "KORT".into(),
        cash_account: "1960".into(),
        currency: "NOK".into(),
        amount: Decimal::new(199_875, 2),
        date: day(),
        reference: "6400000001".into(),
        text: "Shopify #1001".into(),
        branch: Some("1".into()),
        orders: vec![reserved("000223", Decimal::new(199_875, 2))],
        documents: vec![applied(Decimal::ONE)],
    };
    sent(
        &erp,
        "PaymentUpdateDto",
        &payments::write::new_payment(&draft),
    );
    let there = Payment {
        kind: DocumentKind::Prepayment,
        number: "400001".into(),
        etag: None,
        status: LedgerStatus::Balanced,
        customer: "10001".into(),
        cash_account: "1960".into(),
        currency: "NOK".into(),
        amount: draft.amount,
        available: Decimal::ZERO,
        date: Some(day()),
        reference: None,
        orders: draft.orders,
        documents: Vec::new(),
    };
    let change = PaymentChange {
        orders: vec![
            reserved("000223", Decimal::ZERO),
            reserved("000224", Decimal::ONE),
            reserved("000225", Decimal::ZERO),
        ],
        documents: vec![applied(Decimal::ONE)],
    };
    let body = payments::write::changed_payment(&there, &change);
    sent(&erp, "PaymentUpdateDto", &body);
    // What is there is taken away, what is not there is added, and what is neither is not spoken of.
    assert_eq!(
        serde_json::to_value(&body).expect("JSON"),
        serde_json::json!({"type": {"value": "Prepayment"},
            "ordersToApply": [
                {"operation": "Delete", "orderType": {"value": "SO"}, "orderNumber": {"value": "000223"}},
                {"operation": "Insert", "orderType": {"value": "SO"}, "orderNumber": {"value": "000224"}, "appliedToOrder": {"value": 1}}],
            "paymentLines": [{"operation": "Insert", "documentType": {"value": "Invoice"}, "refNbr": {"value": "100031"}, "amountPaid": {"value": 1}}]})
    );
    sent(
        &erp,
        "ReleasePaymentActionDto",
        &payments::write::release(&DocumentKind::Refund),
    );
}

#[test]
fn shipments_documents_and_payments_are_read_as_declared() {
    let (Some(erp), Some(orders)) = (erp_today(), spec(ORDERS)) else {
        return;
    };
    read::<ledger::ActionResult>(
        &erp,
        &[
            "ReleaseInvoiceActionResultDto",
            "ReleaseCustomerCreditNoteActionResultDto",
            "ReleasePaymentActionResultDto",
            "ConfirmShipmentActionResultDto",
            "CreateShipmentActionResultDto",
            "PrepareInvoiceActionResultDto",
        ],
    );
    read::<ledger::Accepted>(&erp, &["BackgroundApiAcceptedDto"]);
    read::<ledger::BackgroundState>(&erp, &["BackgroundRequestStateDto"]);
    read::<ledger::Customer>(
        &erp,
        &[
            "customerInCustomerInvoiceDto",
            "customerInCustomerCreditNoteDto",
        ],
    );
    read::<ledger::Number>(
        &erp,
        &[
            "customerInPaymentDto",
            "accountInCustomerInvoiceLineDto",
            "accountInCustomerCreditNoteLineDto",
        ],
    );
    read::<erp::Id>(
        &erp,
        &[
            "customerVatZoneInCustomerInvoiceDto",
            "vatCodeInCustomerInvoiceLineDto",
            "vatCodeInCustomerCreditNoteLineDto",
            "fromWarehouseInShipmentDto",
            "warehouseInShipmentDetailLineDto",
        ],
    );
    read::<shipment::OfOrder>(&orders, &["SalesOrderShipmentDto"]);
    read::<shipment::Shipment>(&erp, &["ShipmentDto"]);
    read::<shipment::Line>(&erp, &["ShipmentDetailLineDto"]);
    read::<shipment::Order>(&erp, &["ShipmentOrderLineDto"]);
    read::<document::Invoice>(&erp, &["CustomerInvoiceDto"]);
    read::<document::CreditNote>(&erp, &["CustomerCreditNoteDto"]);
    read::<document::Line>(
        &erp,
        &["CustomerInvoiceLineDto", "CustomerCreditNoteLineDto"],
    );
    read::<document::Tax>(&erp, &["TaxDetailDto"]);
    read::<document::Adjustment>(&erp, &["ArAdjustDto"]);
    read::<payment::Payment>(&erp, &["PaymentDto"]);
    read::<payment::Line>(&erp, &["PaymentLineDto"]);
    read::<payment::Order>(&erp, &["OrderToApplyDto"]);
    read::<erp::EntryType>(&erp, &["EntryTypeDto"]);
    read::<erp::Account>(
        &erp,
        &[
            "defaultOffsetAccountInEntryTypeDto",
            "offsetAccountOverrideInEntryTypeDto",
        ],
    );
}
