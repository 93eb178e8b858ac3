//! Customer payments, prepayments and refunds (`booking-rules` 7, 8; `facts/visma` 12, 16).

use std::collections::HashSet;

use brygga_core::Problem;
use brygga_core::erp::{
    Application, DocumentKind, LedgerStatus, OrderApplication, OrderNumber, Payment, PaymentChange,
    PaymentDraft,
};
use brygga_http::Method;
use chrono::NaiveDate;

use super::document::name;
use super::refusal::{About, explain};
use super::wire::payment as wire;
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::{CallError, unexpected};
use crate::location::last_segment;
use crate::paging::Pages;
use crate::text::{day, etag, midnight, path_value, some};

const PAGE: usize = 500;

impl Visma {
    /// Payments, prepayments, refunds and credit notes of a customer dated from `from` on. The reference is no filter (`facts/visma`
    /// 12). The counter-documents of voided payments are left out: the payment itself says that it is voided.
    pub async fn payments_of(
        &self,
        customer: &str,
        from: NaiveDate,
    ) -> Result<Vec<Payment>, Problem> {
        let customer = customer.trim();
        let mut filters = vec![("customer", customer.to_owned())];
        // The date alone is ignored; both must be sent (`facts/visma` 4).
        filters.push(("docDate", midnight(from)));
        filters.push(("docDateCondition", ">=".to_owned()));
        let rows = self.payments(&filters).await?;
        Ok(rows
            .into_iter()
            .filter(|payment| {
                payment.customer == customer
                    && payment.date.is_none_or(|date| date >= from)
                    && !matches!(payment.kind, DocumentKind::Other(_))
            })
            .collect())
    }

    /// One payment, whole. `None` if it is not there. Numbers are unique only within a kind, and the path names none: where it leads
    /// to another kind, the list is asked.
    pub async fn payment(
        &self,
        kind: &DocumentKind,
        number: &str,
    ) -> Result<Option<Payment>, Problem> {
        let path = ["v1", "customerPayment", &path_value(number)];
        let call = Call::get(Api::Erp, &path, "read a payment");
        let same = |payment: &Payment| payment.kind == *kind && payment.number == number.trim();
        if let Some((row, response)) = self.read::<wire::Payment>(call).await? {
            let found = read(row, response.header("etag"))?;
            if same(&found) {
                return Ok(Some(found));
            }
        }
        let filters = [
            ("paymentNbr", number.trim().to_owned()),
            ("paymentType", kind.as_str().to_owned()),
        ];
        Ok(self.payments(&filters).await?.into_iter().find(same))
    }

    async fn payments(&self, filters: &[(&'static str, String)]) -> Result<Vec<Payment>, Problem> {
        let mut found = Vec::new();
        let mut known = HashSet::new();
        let mut pages = Pages::of(PAGE, "list of payments");
        loop {
            let mut call = Call::get(Api::Erp, &["v1", "customerPayment"], "find payments");
            call.query = filters.to_vec();
            let rows: Vec<wire::Payment> = self.erp_page(call, &mut pages).await?;
            let more = pages.after_erp(rows.len(), rows.first().and_then(|row| row.metadata))?;
            for row in rows {
                let payment = read(row, None)?;
                // A row can come twice when the list moves between two pages.
                if known.insert((payment.kind.clone(), payment.number.clone())) {
                    found.push(payment);
                }
            }
            if !more {
                return Ok(found);
            }
        }
    }

    /// Makes a payment and gives back its number, taken from `Location`. It is Balanced: not in the books yet.
    pub async fn create_payment(&self, draft: &PaymentDraft) -> Result<String, CallError> {
        let call = Call::new(
            Api::Erp,
            Method::POST,
            &["v1", "customerPayment"],
            "make a payment",
        )
        .json(&write::new_payment(draft))
        .map_err(CallError::NotSent)?;
        let about = About {
            date: Some(draft.date),
            cash_account: &draft.cash_account,
            method: &draft.method,
            currency: &draft.currency,
            ..About::document(&draft.reference)
        };
        let taken = self
            .act(call)
            .await
            .map_err(|failed| explain(failed, &about))?;
        let location = taken.location.unwrap_or_default();
        last_segment(&location).ok_or_else(|| {
            CallError::Unknown(unexpected(format!(
                "a payment was made, Location was \"{location}\""
            )))
        })
    }

    /// Sets what a payment, or a credit note, is applied to. What the change does not name stays as it is.
    pub async fn change_payment(
        &self,
        payment: &Payment,
        change: &PaymentChange,
    ) -> Result<(), CallError> {
        if change.orders.is_empty() && change.documents.is_empty() {
            return Ok(());
        }
        let path = ["v1", "customerPayment", &path_value(&payment.number)];
        let call = Call::new(Api::Erp, Method::PUT, &path, "change a payment")
            .if_match_some(payment.etag.as_deref())
            .json(&write::changed_payment(payment, change))
            .map_err(CallError::NotSent)?;
        self.payment_act(payment, call).await
    }

    /// Puts a payment in the books, and its applications with it.
    pub async fn release_payment(&self, payment: &Payment) -> Result<(), CallError> {
        let path = [
            "v1",
            "customerPayment",
            &path_value(&payment.number),
            "action",
            "release",
        ];
        let call = Call::new(Api::Erp, Method::POST, &path, "release a payment")
            .if_match_some(payment.etag.as_deref())
            .json(&write::release(&payment.kind))
            .map_err(CallError::NotSent)?;
        self.payment_act(payment, call).await
    }

    async fn payment_act(&self, payment: &Payment, call: Call) -> Result<(), CallError> {
        let name = name(&payment.kind, &payment.number);
        let about = About {
            date: payment.date,
            cash_account: &payment.cash_account,
            currency: &payment.currency,
            ..About::document(&name)
        };
        self.act(call)
            .await
            .map(drop)
            .map_err(|failed| explain(failed, &about))
    }
}

fn read(row: wire::Payment, header: Option<&str>) -> Result<Payment, Problem> {
    let number = some(row.ref_nbr).ok_or_else(|| unexpected("a payment without number"))?;
    let kind = DocumentKind::from(some(row.kind).unwrap_or_default());
    let missing = |what: &str| unexpected(format!("{} without {what}", name(&kind, &number)));
    let mut documents: Vec<Application> = Vec::new();
    // A voided payment has each of its lines twice, plus and minus (`facts/visma` 12).
    for line in row.payment_lines.unwrap_or_default() {
        let (Some(kind), Some(number)) = (some(line.document_type), some(line.ref_nbr)) else {
            continue;
        };
        let kind = DocumentKind::from(kind);
        let amount = line.amount_paid.unwrap_or_default().0;
        let known = documents
            .iter_mut()
            .find(|known| known.kind == kind && known.number == number);
        match known {
            Some(known) => known.amount += amount,
            None => documents.push(Application {
                kind,
                number,
                amount,
            }),
        }
    }
    let orders = row.orders_to_apply.unwrap_or_default();
    Ok(Payment {
        etag: etag(header, row.time_stamp.as_deref()),
        status: LedgerStatus::from(row.status.ok_or_else(|| missing("status"))?),
        customer: row
            .customer
            .and_then(|customer| some(customer.number))
            .ok_or_else(|| missing("customer"))?,
        // A credit note has none.
        cash_account: some(row.cash_account).unwrap_or_default(),
        currency: some(row.currency).ok_or_else(|| missing("currency"))?,
        amount: row.payment_amount.ok_or_else(|| missing("amount"))?.0,
        available: row.available_balance.unwrap_or_default().0,
        date: row.application_date.as_deref().and_then(day),
        reference: some(row.payment_ref),
        orders: orders
            .into_iter()
            .filter_map(|row| {
                Some(OrderApplication {
                    order: OrderNumber {
                        order_type: some(row.order_type)?,
                        number: some(row.order_no)?,
                    },
                    amount: row.applied_to_order.unwrap_or_default().0,
                    transferred: row.transferred_to_invoice.unwrap_or_default().0,
                })
            })
            .collect(),
        documents,
        kind,
        number,
    })
}

/// From the words of the trade to the bodies.
pub(crate) mod write {
    use brygga_core::erp::{
        Application, DocumentKind, OrderApplication, Payment, PaymentChange, PaymentDraft,
    };

    use super::wire::{Head, OrderUpdate, PaymentUpdate, Release};
    use crate::erp::wire::{wrap, wrap_some};
    use crate::exact::Exact;
    use crate::ledger::document::write::{applications, applied};
    use crate::ledger::wire::Operation;
    use crate::text::{cut, midnight};

    /// "50 alphanumeric characters" (`PaymentDto.invoiceText`).
    const TEXT: usize = 50;

    /// `PaymentUpdateDto` of a new payment.
    pub(crate) fn new_payment(draft: &PaymentDraft) -> PaymentUpdate {
        PaymentUpdate {
            kind: Some(wrap(draft.kind.as_str().to_owned())),
            head: Some(Head {
                hold: wrap(false),
                application_date: wrap(midnight(draft.date)),
                // What makes it ours is never cut.
                payment_ref: wrap(draft.reference.clone()),
                customer: wrap(draft.customer.clone()),
                payment_method: wrap(draft.method.clone()),
                cash_account: wrap(draft.cash_account.clone()),
                currency: wrap(draft.currency.clone()),
                payment_amount: wrap(Exact(draft.amount)),
                invoice_text: wrap(cut(&draft.text, TEXT)),
                branch: wrap_some(draft.branch.clone()),
            }),
            orders_to_apply: draft
                .orders
                .iter()
                .map(|wanted| reserved(wanted, Operation::Insert))
                .collect(),
            payment_lines: draft
                .documents
                .iter()
                .map(|wanted| applied(wanted, Operation::Insert))
                .collect(),
        }
    }

    /// `PaymentUpdateDto` with what a payment is applied to from now on. The kind is sent: the number alone does not tell it.
    pub(crate) fn changed_payment(payment: &Payment, change: &PaymentChange) -> PaymentUpdate {
        let order = |wanted: &OrderApplication| {
            let there = payment.orders.iter().any(|row| row.order == wanted.order);
            Some(reserved(wanted, Operation::towards(there, wanted.amount)?))
        };
        PaymentUpdate {
            kind: Some(wrap(payment.kind.as_str().to_owned())),
            head: None,
            orders_to_apply: change.orders.iter().filter_map(order).collect(),
            payment_lines: applications(&payment.documents, &change.documents),
        }
    }

    /// `PaymentUpdateDto` of a credit note that is in the books, with what it is applied to from now on.
    pub(crate) fn applied_note(there: &[Application], wanted: &[Application]) -> PaymentUpdate {
        PaymentUpdate {
            kind: Some(wrap(DocumentKind::CreditNote.as_str().to_owned())),
            payment_lines: applications(there, wanted),
            ..PaymentUpdate::default()
        }
    }

    /// `ReleasePaymentActionDto`.
    pub(crate) fn release(kind: &DocumentKind) -> Release {
        Release {
            kind: wrap(kind.as_str().to_owned()),
        }
    }

    fn reserved(wanted: &OrderApplication, operation: Operation) -> OrderUpdate {
        OrderUpdate {
            operation,
            order_type: wrap(wanted.order.order_type.clone()),
            order_number: wrap(wanted.order.number.clone()),
            applied_to_order: (operation != Operation::Delete).then(|| wrap(Exact(wanted.amount))),
        }
    }
}
