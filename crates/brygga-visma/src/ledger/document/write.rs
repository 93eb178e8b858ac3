//! From the document that the rules made to the bodies: everything wrapped, amounts by their text.

use brygga_core::erp::{Application, LedgerChange, LedgerDraft, LedgerLineDraft, TaxDraft};

use crate::erp::wire::{wrap, wrap_some};
use crate::exact::Exact;
use crate::ledger::wire::Operation;
use crate::ledger::wire::document::{
    ApplicationUpdate, CreditNoteUpdate, Head, InvoiceUpdate, LineUpdate, SegmentUpdate, TaxUpdate,
};
use crate::text::{cut, midnight};

// The ERP's file names no lengths; these are SalesOrder v3's for what becomes the same fields.
const REFERENCE: usize = 40;
const TEXT: usize = 255;
const LINE_TEXT: usize = 256;

/// `CustomerInvoiceUpdateDto` of a new invoice.
pub(crate) fn invoice(draft: &LedgerDraft) -> InvoiceUpdate {
    InvoiceUpdate {
        head: Some(head(draft)),
        invoice_lines: draft.lines.iter().map(line).collect(),
        tax_detail_lines: draft.taxes.iter().map(tax).collect(),
    }
}

/// `CustomerCreditNoteUpdateDto` of a new credit note.
pub(crate) fn credit_note(draft: &LedgerDraft) -> CreditNoteUpdate {
    CreditNoteUpdate {
        head: Some(head(draft)),
        lines: draft.lines.iter().map(line).collect(),
        tax_details: draft.taxes.iter().map(tax).collect(),
        application_lines: draft
            .applications
            .iter()
            .map(|application| applied(application, Operation::Insert))
            .collect(),
    }
}

/// `CustomerInvoiceUpdateDto` with what is added.
pub(crate) fn change_invoice(change: &LedgerChange) -> InvoiceUpdate {
    InvoiceUpdate {
        head: None,
        invoice_lines: change.add.iter().map(line).collect(),
        tax_detail_lines: change.taxes.iter().map(tax).collect(),
    }
}

/// `CustomerCreditNoteUpdateDto` with what is added.
pub(crate) fn change_credit_note(there: &[Application], change: &LedgerChange) -> CreditNoteUpdate {
    CreditNoteUpdate {
        head: None,
        lines: change.add.iter().map(line).collect(),
        tax_details: change.taxes.iter().map(tax).collect(),
        application_lines: applications(there, &change.applications),
    }
}

/// The rows that turn what is applied now into what shall be; nothing to those that are not there and shall not be.
pub(crate) fn applications(
    there: &[Application],
    wanted: &[Application],
) -> Vec<ApplicationUpdate> {
    let row = |wanted: &Application| {
        let known = there
            .iter()
            .any(|row| row.kind == wanted.kind && row.number == wanted.number);
        Some(applied(wanted, Operation::towards(known, wanted.amount)?))
    };
    wanted.iter().filter_map(row).collect()
}

/// A row of what a credit note or payment is applied to. `amountPaid` includes VAT (`facts/visma` 10).
pub(crate) fn applied(application: &Application, operation: Operation) -> ApplicationUpdate {
    ApplicationUpdate {
        operation,
        document_type: wrap(application.kind.as_str().to_owned()),
        ref_nbr: wrap(application.number.clone()),
        amount_paid: (operation != Operation::Delete).then(|| wrap(Exact(application.amount))),
    }
}

fn head(draft: &LedgerDraft) -> Head {
    Head {
        customer_number: wrap(draft.customer.clone()),
        currency_id: wrap(draft.currency.clone()),
        document_date: wrap(midnight(draft.date)),
        orig_invoice_date: wrap_some(draft.original_date.map(midnight)),
        customer_ref_number: wrap(cut(&draft.reference, REFERENCE)),
        // What makes it ours is never cut.
        external_reference: wrap(draft.external.clone()),
        customer_vat_zone_id: wrap(draft.vat_zone.clone()),
        branch_number: wrap_some(draft.branch.clone()),
        invoice_text: wrap(cut(&draft.text, TEXT)),
        exchange_rate: wrap_some(draft.rate.as_ref().map(|used| Exact(used.rate))),
        hold: wrap(false),
        // Shopify has written to the customer already (`booking-rules` 4).
        dont_print: wrap(true),
        dont_email: wrap(true),
    }
}

fn line(draft: &LedgerLineDraft) -> LineUpdate {
    LineUpdate {
        operation: Operation::Insert,
        inventory_number: wrap_some(draft.item.clone()),
        uom: wrap_some(draft.unit.clone()),
        account_number: wrap_some(draft.account.clone()),
        subaccount: draft.subaccount.as_ref().map(|given| {
            let segment = |(segment_id, value): (u16, &str)| SegmentUpdate {
                segment_id,
                segment_value: value.to_owned(),
            };
            given.segments().map(segment).collect()
        }),
        description: wrap(cut(&draft.description, LINE_TEXT)),
        quantity: wrap(Exact(draft.quantity)),
        unit_price_in_currency: wrap(Exact(draft.unit_price)),
        // The exact amount, whatever quantity times price rounds to (`booking-rules` 2.6).
        manual_amount_in_currency: wrap(Exact(draft.net)),
        vat_code_id: wrap(draft.vat_category.clone()),
    }
}

fn tax(draft: &TaxDraft) -> TaxUpdate {
    TaxUpdate {
        tax_id: wrap(draft.vat_id.clone()),
        taxable_amount: wrap(Exact(draft.taxable)),
        vat_amount: wrap(Exact(draft.amount)),
    }
}
