//! Invoices and credit notes of the customer ledger (`booking-rules` 2.6, 6, 8; `facts/visma` 10, 11, 13).

pub(crate) mod write;

use std::collections::BTreeSet;

use brygga_core::erp::{
    Application, BookedTax, DocumentKind, LedgerChange, LedgerDocument, LedgerDraft, LedgerLine,
    LedgerStatus, OrderNumber,
};
use brygga_core::{Code, Problem};
use brygga_http::Method;
use serde::de::DeserializeOwned;

use super::payment::write as payment_write;
use super::refusal::{About, explain};
use super::wire::document as wire;
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::{CallError, REMOTE, unexpected};
use crate::exact::Exact;
use crate::location::last_segment;
use crate::paging::Pages;
use crate::text::{day, etag, path_value, some};

/// Documents by a filter are few; where the filter is ignored, all of them come in pages.
pub(super) const PAGE: usize = 500;
/// Lists only say which documents there are; each is then read whole, since a list may lag a write and leave parts out.
pub(super) const NOT_EXPANDED: [&str; 5] = [
    "expandApplications",
    "expandDunningInformation",
    "expandAttachments",
    "expandTaxDetails",
    "expandInvoiceAddress",
];

/// The two collections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    Invoices,
    CreditNotes,
}

impl Collection {
    pub(super) fn of(kind: &DocumentKind) -> Result<Self, Problem> {
        match kind {
            DocumentKind::Invoice => Ok(Self::Invoices),
            DocumentKind::CreditNote => Ok(Self::CreditNotes),
            other => Err(Problem::new(Code::Internal).with(
                "detail",
                format!("{} is neither invoice nor credit note", other.as_str()),
            )),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Invoices => "customerinvoice",
            Self::CreditNotes => "customerCreditNote",
        }
    }
}

impl Visma {
    /// One invoice or credit note, whole. `None` if it is not there.
    pub async fn document(
        &self,
        kind: &DocumentKind,
        number: &str,
    ) -> Result<Option<LedgerDocument>, Problem> {
        match Collection::of(kind)? {
            Collection::Invoices => self.document_as::<wire::Invoice>(kind, number).await,
            Collection::CreditNotes => self.document_as::<wire::CreditNote>(kind, number).await,
        }
    }

    async fn document_as<T: DeserializeOwned + Into<wire::Document>>(
        &self,
        kind: &DocumentKind,
        number: &str,
    ) -> Result<Option<LedgerDocument>, Problem> {
        let path = ["v1", Collection::of(kind)?.name(), &path_value(number)];
        let call = Call::get(Api::Erp, &path, "read a document of the customer ledger");
        match self.read::<T>(call).await? {
            Some((row, response)) => {
                read(kind, number, row.into(), response.header("etag")).map(Some)
            }
            None => Ok(None),
        }
    }

    /// Direct documents with exactly this `externalReference`, which is a filter; the rows decide.
    pub async fn documents_by_external(
        &self,
        kind: &DocumentKind,
        external: &str,
    ) -> Result<Vec<LedgerDocument>, Problem> {
        let wanted = external.trim();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let same = |row: &wire::Document| row.external.as_deref().map(str::trim) == Some(wanted);
        self.documents(kind, ("externalReference", wanted), same)
            .await
    }

    /// Invoices or credit notes that came from a sales order. There is no filter for it, so all documents of the customer are looked
    /// through: for orders that have no shipment to tell the number.
    pub async fn documents_of_order(
        &self,
        kind: &DocumentKind,
        customer: &str,
        order: &OrderNumber,
    ) -> Result<Vec<LedgerDocument>, Problem> {
        let from_order = |row: &wire::Document| {
            row.lines.iter().any(|line| {
                line.so_order_type.as_deref() == Some(order.order_type.as_str())
                    && line.so_order_nbr.as_deref() == Some(order.number.as_str())
            })
        };
        self.documents(kind, ("customer", customer.trim()), from_order)
            .await
    }

    async fn documents(
        &self,
        kind: &DocumentKind,
        filter: (&'static str, &str),
        same: impl Fn(&wire::Document) -> bool,
    ) -> Result<Vec<LedgerDocument>, Problem> {
        let numbers = match Collection::of(kind)? {
            Collection::Invoices => self.numbers::<wire::Invoice>(kind, filter, same).await?,
            Collection::CreditNotes => self.numbers::<wire::CreditNote>(kind, filter, same).await?,
        };
        let mut found = Vec::with_capacity(numbers.len());
        for number in numbers {
            // Deleted since the list was made.
            if let Some(document) = self.document(kind, &number).await? {
                found.push(document);
            }
        }
        Ok(found)
    }

    async fn numbers<T: DeserializeOwned + Into<wire::Document>>(
        &self,
        kind: &DocumentKind,
        (filter, wanted): (&'static str, &str),
        same: impl Fn(&wire::Document) -> bool,
    ) -> Result<BTreeSet<String>, Problem> {
        let mut numbers = BTreeSet::new();
        let mut pages = Pages::of(PAGE, "list of the customer ledger");
        let path = ["v1", Collection::of(kind)?.name()];
        loop {
            let mut call = Call::get(Api::Erp, &path, "find documents of the customer ledger")
                .query(filter, wanted);
            for name in NOT_EXPANDED {
                call = call.query(name, "false");
            }
            let rows: Vec<T> = self.erp_page(call, &mut pages).await?;
            let rows: Vec<wire::Document> = rows.into_iter().map(Into::into).collect();
            let more = pages.after_erp(rows.len(), rows.first().and_then(|row| row.metadata))?;
            // A list of invoices may have debit notes in it.
            let of_kind = |row: &wire::Document| {
                row.document_type
                    .as_deref()
                    .is_none_or(|word| word == kind.as_str())
            };
            numbers.extend(
                rows.into_iter()
                    .filter(|row| of_kind(row) && same(row))
                    .filter_map(|row| some(row.number)),
            );
            if !more {
                return Ok(numbers);
            }
        }
    }

    /// Makes a direct invoice or credit note and gives back its number, taken from `Location`. It is Balanced: not in the books yet.
    pub async fn create_document(&self, draft: &LedgerDraft) -> Result<String, CallError> {
        let collection = Collection::of(&draft.kind).map_err(CallError::NotSent)?;
        let path = ["v2", collection.name()];
        let call = Call::new(
            Api::Erp,
            Method::POST,
            &path,
            "make a document in the customer ledger",
        );
        let call = match collection {
            // An invoice's body has no applications: payments and credit notes are applied to it, not it to them.
            Collection::Invoices if !draft.applications.is_empty() => {
                Err(Problem::new(Code::Internal)
                    .with("detail", "an invoice cannot be made with applications"))
            }
            Collection::Invoices => call.json(&write::invoice(draft)),
            Collection::CreditNotes => call.json(&write::credit_note(draft)),
        };
        let about = About {
            date: Some(draft.date),
            vat_zone: &draft.vat_zone,
            currency: &draft.currency,
            subaccount: draft.lines.iter().find_map(|line| line.subaccount.as_ref()),
            ..About::document(&draft.reference)
        };
        let taken = self
            .act(call.map_err(CallError::NotSent)?)
            .await
            .map_err(|failed| explain(failed, &about))?;
        // It was made, but under which number is not known: the look-up tells.
        let location = taken.location.unwrap_or_default();
        last_segment(&location).ok_or_else(|| {
            CallError::Unknown(unexpected(format!(
                "a document was made, Location was \"{location}\""
            )))
        })
    }

    /// Adds lines to a document and sets its VAT, before its release; sets what a credit note is applied to, before and after it.
    /// Everything else stays as it is.
    pub async fn change_document(
        &self,
        document: &LedgerDocument,
        change: &LedgerChange,
    ) -> Result<(), CallError> {
        let name = name(&document.kind, &document.number);
        let collection = Collection::of(&document.kind).map_err(CallError::NotSent)?;
        let draft = matches!(document.status, LedgerStatus::Balanced | LedgerStatus::Hold);
        let applied_only = change.add.is_empty() && change.taxes.is_empty();
        if collection == Collection::Invoices && !change.applications.is_empty() {
            return Err(CallError::NotSent(
                Problem::new(Code::Internal).with("detail", "an invoice is applied to nothing"),
            ));
        }
        // What is in the books is never changed, whatever Visma.net would make of it. But the ERP treats a credit note as a payment
        // document, too, and there it can be applied as long as it is open (`PaymentDto.type`; `facts/visma` 16).
        let as_payment = !draft
            && collection == Collection::CreditNotes
            && document.status == LedgerStatus::Open
            && applied_only;
        if !draft && !as_payment {
            return Err(CallError::Refused(
                Problem::new(Code::LedgerDocumentReleased)
                    .with("document", &name)
                    .with("reason", document.status.as_str()),
            ));
        }
        let action = "change a document of the customer ledger";
        let call = if as_payment {
            let path = ["v1", "customerPayment", &path_value(&document.number)];
            Call::new(Api::Erp, Method::PUT, &path, action).json(&payment_write::applied_note(
                &document.applications,
                &change.applications,
            ))
        } else {
            let path = ["v1", collection.name(), &path_value(&document.number)];
            let call = Call::new(Api::Erp, Method::PUT, &path, action)
                .if_match_some(document.etag.as_deref());
            match collection {
                Collection::Invoices => call.json(&write::change_invoice(change)),
                Collection::CreditNotes => {
                    call.json(&write::change_credit_note(&document.applications, change))
                }
            }
        };
        self.act(call.map_err(CallError::NotSent)?)
            .await
            .map(drop)
            .map_err(|failed| explain(failed, &about(document, &name)))
    }

    /// Puts a document in the books; of a credit note that is in the books, what it was applied to since. It answers at once while the
    /// work goes on: done is when reading says so.
    pub async fn release_document(&self, document: &LedgerDocument) -> Result<(), CallError> {
        let name = name(&document.kind, &document.number);
        let collection = Collection::of(&document.kind).map_err(CallError::NotSent)?;
        let action = "release a document of the customer ledger";
        let number = path_value(&document.number);
        let call = if collection == Collection::CreditNotes && document.status.is_released() {
            let path = ["v1", "customerPayment", &number, "action", "release"];
            Call::new(Api::Erp, Method::POST, &path, action)
                .json(&payment_write::release(&document.kind))
                .map_err(CallError::NotSent)?
        } else {
            let path = ["v1", collection.name(), &number, "action", "release"];
            Call::new(Api::Erp, Method::POST, &path, action).if_match_some(document.etag.as_deref())
        };
        self.act(call)
            .await
            .map(drop)
            .map_err(|failed| explain(failed, &about(document, &name)))
    }
}

/// A document, for people.
pub(super) fn name(kind: &DocumentKind, number: &str) -> String {
    format!("{} {number}", kind.as_str())
}

fn about<'a>(document: &'a LedgerDocument, name: &'a str) -> About<'a> {
    About {
        date: document.date,
        vat_zone: document.vat_zone.as_deref().unwrap_or_default(),
        currency: &document.currency,
        ..About::document(name)
    }
}

fn read(
    kind: &DocumentKind,
    number: &str,
    row: wire::Document,
    header: Option<&str>,
) -> Result<LedgerDocument, Problem> {
    let name = name(kind, number);
    let missing = |what: &str| unexpected(format!("{name} without {what}"));
    let answered = some(row.number).unwrap_or_default();
    let kind_answered = row
        .document_type
        .unwrap_or_else(|| kind.as_str().to_owned());
    if answered != number.trim() || kind_answered != kind.as_str() {
        return Err(unexpected(format!(
            "asked for {name}, got {kind_answered} {answered}"
        )));
    }
    let amount =
        |value: Option<Exact>, what: &str| value.map(|value| value.0).ok_or_else(|| missing(what));
    let total = amount(row.total, "amount")?;
    let vat_total = row.vat_total.unwrap_or_default().0;
    // An empty list where the head has money is a fault, not a document without lines (`design` 3).
    for (what, gone) in [
        ("lines", row.lines.is_empty() && !total.is_zero()),
        ("VAT", row.taxes.is_empty() && !vat_total.is_zero()),
    ] {
        if gone {
            return Err(Problem::new(Code::RemoteEmpty)
                .with("remote", REMOTE)
                .with("detail", format!("{name} without {what}")));
        }
    }
    Ok(LedgerDocument {
        kind: kind.clone(),
        number: answered,
        etag: etag(header, row.time_stamp.as_deref()),
        status: LedgerStatus::from(row.status.ok_or_else(|| missing("status"))?),
        date: row.date.as_deref().and_then(day),
        due: row.due.as_deref().and_then(day),
        currency: some(row.currency).ok_or_else(|| missing("currency"))?,
        customer: row
            .customer
            .and_then(|customer| some(customer.number))
            .ok_or_else(|| missing("customer"))?,
        vat_zone: row.vat_zone.and_then(|zone| some(zone.id)),
        reference: some(row.reference),
        external: some(row.external),
        total,
        balance: amount(row.balance, "balance")?,
        vat_total,
        rounding: row.rounding.unwrap_or_default().0,
        rate: row.rate.map(|rate| rate.0),
        lines: row.lines.into_iter().map(line).collect(),
        taxes: row.taxes.into_iter().map(tax).collect(),
        applications: row
            .applications
            .into_iter()
            .filter(|row| row.voided != Some(true))
            .filter_map(|row| {
                Some(Application {
                    kind: DocumentKind::from(some(row.doc_type)?),
                    number: some(row.ref_nbr)?,
                    amount: row.amount_paid.unwrap_or_default().0,
                })
            })
            .collect(),
    })
}

fn line(row: wire::Line) -> LedgerLine {
    let amount = |own, other| wire::in_currency(own, other).unwrap_or_default().0;
    LedgerLine {
        line_number: row.line_number.unwrap_or_default(),
        item: some(row.inventory_number),
        account: row.account.and_then(|account| some(account.number)),
        description: row.description.unwrap_or_default(),
        quantity: row.quantity.unwrap_or_default().0,
        unit_price: amount(row.unit_price_in_currency, row.unit_price),
        net: amount(row.amount_in_currency, row.amount),
        vat_category: row.vat_code.and_then(|code| some(code.id)),
        order: some(row.so_order_type)
            .zip(some(row.so_order_nbr))
            .map(|(order_type, number)| OrderNumber { order_type, number }),
        // Neither DTO tells it.
        order_line: None,
        shipment: some(row.so_shipment_nbr),
        link: some(row.external_link),
    }
}

fn tax(row: wire::Tax) -> BookedTax {
    BookedTax {
        vat_id: some(row.tax_id).unwrap_or_default(),
        rate: row.vat_rate.unwrap_or_default().0,
        taxable: row.taxable_amount.unwrap_or_default().0,
        amount: row.vat_amount.unwrap_or_default().0,
    }
}
