//! Invoices and credit notes that the ERP makes of sales orders and shipments.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Document, Kind, Line, OrderLine, Refusal, open_period};
use crate::visma::world::World;

/// What an order's invoice or credit note is made of. Stock items are allowed here, and only here.
#[derive(Debug, Clone)]
pub(crate) struct FromOrder {
    /// A credit note.
    pub(crate) credit: bool,
    pub(crate) order_type: String,
    pub(crate) order_number: String,
    /// Customer number.
    pub(crate) customer: String,
    pub(crate) currency: String,
    pub(crate) vat_zone: Option<String>,
    pub(crate) date: NaiveDate,
    /// The order's `customer.order`.
    pub(crate) customer_order: Option<String>,
    /// The order's `customer.refNo`: no field of the document is known to take it.
    #[expect(dead_code, reason = "where the real one puts it is not known")]
    pub(crate) customer_ref: Option<String>,
    pub(crate) branch: String,
    pub(crate) lines: Vec<FromOrderLine>,
}

/// One line of it.
#[derive(Debug, Clone)]
pub(crate) struct FromOrderLine {
    /// Line number within the order.
    pub(crate) order_line: i32,
    pub(crate) shipment: Option<String>,
    pub(crate) item: String,
    /// Sales account; the item's own when absent.
    pub(crate) account: Option<String>,
    /// Segments of the subaccount.
    pub(crate) subaccount: BTreeMap<u16, String>,
    pub(crate) description: String,
    pub(crate) unit: String,
    pub(crate) quantity: Decimal,
    pub(crate) unit_price: Decimal,
    /// Discount of the line, not of one unit.
    pub(crate) discount: Decimal,
    /// VAT category.
    pub(crate) vat_category: Option<String>,
    pub(crate) warehouse: Option<String>,
    pub(crate) external_link: Option<String>,
}

/// Makes a Balanced invoice or credit note; gives back its number.
pub(crate) fn from_order(world: &mut World, input: FromOrder) -> Result<String, Refusal> {
    let period = open_period(world, input.date)?;
    let Some(customer) = world.customers.get(&input.customer) else {
        return Err(Refusal::unknown("CustomerID", &input.customer));
    };
    if input.lines.is_empty() {
        return Err(Refusal::new("There is nothing to invoice."));
    }
    let terms = customer.id_of("creditTerms").map(str::to_owned);
    let payment_method = customer.text("defaultPaymentMethodId").map(str::to_owned);
    let kind = if input.credit {
        Kind::CreditNote
    } else {
        Kind::Invoice
    };
    let lines: Vec<Line> = input
        .lines
        .into_iter()
        .zip(1..)
        .map(|(line, number)| {
            let account = line.account.or_else(|| {
                let item = world.data.items.get(&line.item)?;
                Some(item.sales_account.clone())
            });
            Line {
                number,
                item: Some(line.item),
                account: account.unwrap_or_default(),
                subaccount: line.subaccount,
                description: line.description,
                quantity: line.quantity,
                unit_price: line.unit_price,
                discount_percent: Decimal::ZERO,
                discount: line.discount,
                manual: None,
                category: line.vat_category,
                branch: input.branch.clone(),
                unit: line.unit,
                note: None,
                link: line.external_link,
                order: Some(OrderLine {
                    order_type: input.order_type.clone(),
                    order_number: input.order_number.clone(),
                    line: line.order_line,
                    shipment: line.shipment,
                    warehouse: line.warehouse,
                }),
            }
        })
        .collect();
    let due = world.due_date(input.date, terms.as_deref());
    let document = Document {
        kind,
        number: world.next_document_number(kind),
        hold: false,
        booked: None,
        customer: input.customer,
        rate: world.data.rate(&input.currency, input.date),
        currency: input.currency,
        vat_zone: input.vat_zone,
        branch: input.branch,
        date: input.date,
        due: (!input.credit).then_some(due),
        orig_date: None,
        period,
        terms: terms.filter(|_| !input.credit),
        payment_method,
        cash_account: None,
        // The order's name goes to the invoice's reference; its second reference goes nowhere. Unverified against a real company.
        customer_ref: input.customer_order,
        external: None,
        payment_ref: None,
        text: None,
        note: None,
        dont_print: false,
        dont_email: false,
        next_line: i32::try_from(lines.len())
            .unwrap_or(i32::MAX)
            .saturating_add(1),
        lines,
        exact: Vec::new(),
        created: world.now,
        modified: world.now,
        version: 0,
        listed: Vec::new(),
    };
    Ok(world.put_document(document).1)
}

impl World {
    /// The next number of the series of a kind of documents.
    pub(crate) fn next_document_number(&mut self, kind: Kind) -> String {
        let (series, first) = match kind {
            Kind::Invoice => ("invoice", 100_000),
            Kind::CreditNote => ("credit note", 200_000),
            Kind::Payment | Kind::Prepayment | Kind::Refund => ("payment", 400_000),
        };
        loop {
            let number = self.ledger.next(series, first).to_string();
            // A number forced by hand may stand in the way of the series.
            if !self.ledger.documents.contains_key(&(kind, number.clone())) {
                return number;
            }
        }
    }

    /// When a document of `date` is due by its terms.
    pub(crate) fn due_date(&self, date: NaiveDate, terms: Option<&str>) -> NaiveDate {
        let days = self
            .data
            .credit_terms
            .iter()
            .find(|known| Some(known.id.as_str()) == terms)
            .map_or(0, |terms| terms.days);
        date + chrono::TimeDelta::days(days.into())
    }
}
