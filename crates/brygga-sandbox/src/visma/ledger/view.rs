//! `CustomerInvoiceDto` and `CustomerCreditNoteDto`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Document, Key, Kind, Line};
use crate::visma::amounts::{number, round};
use crate::visma::data::{ACCOUNT_RECEIVABLES, text_of};
use crate::visma::exchange::{Reply, object};
use crate::visma::moment;
use crate::visma::vat::TaxRow;
use crate::visma::world::World;

/// Each amount under two names: with `InCurrency` in the document's currency, without in the company's. The descriptions in the spec are
/// unclear (`facts/visma 13`), so a company may be set the other way round.
pub(super) struct Pairs<'a> {
    map: Map<String, Value>,
    world: &'a World,
    rate: Decimal,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(world: &'a World, rate: Decimal) -> Self {
        Self {
            map: Map::new(),
            world,
            rate,
        }
    }

    pub(super) fn put(&mut self, name: &str, amount: Decimal) {
        let data = &self.world.data;
        let base = round(amount * self.rate, data.decimals(data.base_currency()));
        let (plain, in_currency) = if self.world.ledger.swapped_amounts {
            (amount, base)
        } else {
            (base, amount)
        };
        self.map.insert(name.to_owned(), number(plain));
        self.map
            .insert(format!("{name}InCurrency"), number(in_currency));
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.map
    }
}

pub(super) fn one(world: &World, key: &Key) -> Reply {
    match world.ledger.documents.get(key) {
        Some(document) => {
            Reply::json(Value::Object(dto(world, document))).with("etag", super::etag(world, key))
        }
        None => Reply::empty(404),
    }
}

/// The word for its state (`facts/visma 10`).
pub(super) fn status(world: &World, document: &Document) -> &'static str {
    match &document.booked {
        None if document.hold => "Hold",
        None => "Balanced",
        Some(booked)
            if world
                .ledger
                .balance(&document.key(), booked.total)
                .is_zero() =>
        {
            "Closed"
        }
        Some(_) => "Open",
    }
}

/// The document whole, with everything that lists show only when asked.
pub(super) fn dto(world: &World, document: &Document) -> Map<String, Value> {
    let data = &world.data;
    let key = document.key();
    let totals = document.totals(data, world.round_total_to);
    // Before its release a document's whole amount is its balance.
    let balance = if document.is_released() {
        world.ledger.balance(&key, totals.total)
    } else {
        totals.total
    };
    let customer = world.customers.get(&document.customer);
    let invoice = document.kind == Kind::Invoice;
    let taxable: Decimal = sum(&totals.rows, |row| !row.exempt);
    let exempt: Decimal = sum(&totals.rows, |row| row.exempt);
    let mut amounts = Pairs::new(world, document.rate);
    for (name, amount) in [
        ("discountTotal", totals.discount),
        ("detailTotal", totals.lines),
        ("vatTaxableTotal", taxable),
        ("vatExemptTotal", exempt),
        ("vatTotal", totals.tax),
        ("amount", totals.total),
        ("balance", balance),
        ("cashDiscount", Decimal::ZERO),
    ] {
        amounts.put(name, amount);
    }
    let day = |date: Option<chrono::NaiveDate>| date.map(moment::local_day);
    let named = |id: Option<&str>, list: &[crate::visma::data::Named]| {
        id.map(|id| json!({"id": id, "description": text_of(list, id)}))
    };
    let zone = document.vat_zone.as_deref().and_then(|id| data.zone(id));
    let terms = document
        .terms
        .as_deref()
        .and_then(|id| data.credit_terms.iter().find(|terms| terms.id == id));
    let lines: Vec<Value> = document
        .lines
        .iter()
        .map(|line| line_dto(world, document, line))
        .collect();
    let closed = document.is_released() && balance.is_zero();
    let mut map = object(json!({
        "creditTerms": terms.map(|terms| json!({"id": terms.id, "description": terms.text})),
        "documentDueDate": day(document.due),
        "externalReference": document.external,
        "isRotRutDeductible": false,
        "exchangeRate": number(document.rate),
        "attachments": [],
        "taxDetails": taxes(world, document, &totals.rows),
        "roundingDiff": number(totals.rounding),
        "customerVatZone": zone.map(|zone| json!({"id": zone.id, "description": zone.text})),
        "sendToAutoInvoice": false,
        "hold": document.hold,
        "paymentReference": document.payment_ref,
        "applications": applications(world, &key),
        "dontPrint": document.dont_print,
        "dontEmail": document.dont_email,
        "revoked": false,
        "customer": {"number": document.customer, "name": customer.and_then(|customer| customer.text("name"))},
        "documentType": document.kind.word(),
        "referenceNumber": document.number,
        "postPeriod": document.period,
        "financialPeriod": document.period,
        "closedFinancialPeriod": closed.then_some(&document.period),
        "documentDate": moment::local_day(document.date),
        "origInvoiceDate": day(document.orig_date),
    }));
    map.extend(object(json!({
        "status": status(world, document),
        "currencyId": document.currency,
        "paymentMethod": named(document.payment_method.as_deref(), &data.payment_methods),
        "customerRefNumber": document.customer_ref,
        "invoiceText": document.text,
        "lastModifiedDateTime": moment::local(document.modified),
        "createdDateTime": moment::local(document.created),
        "note": document.note,
        "location": {"countryId": null, "id": "Main", "name": "Hovedadresse"},
        "branchNumber": {"number": document.branch, "name": text_of(&data.branches, &document.branch)},
        "cashAccount": document.cash_account,
        "account": account(world, ACCOUNT_RECEIVABLES),
        "timeStamp": super::stamp_of(document.version),
        "invoiceAddress": {"addressLine1": customer.and_then(|customer| customer.dto.get("mainAddress")).and_then(|address| address.get("addressLine1"))},
        "invoiceContact": {"businessName": customer.and_then(|customer| customer.text("name")), "overrideContact": false},
    })));
    map.insert(
        if invoice { "invoiceLines" } else { "lines" }.to_owned(),
        Value::Array(lines),
    );
    if invoice {
        map.insert("excludeDebtCollection".to_owned(), false.into());
    }
    map.extend(amounts.into_map());
    map
}

fn sum(rows: &[TaxRow], keep: impl Fn(&TaxRow) -> bool) -> Decimal {
    rows.iter()
        .filter(|row| keep(row))
        .map(|row| row.taxable)
        .sum()
}

pub(super) fn account(world: &World, number: &str) -> Value {
    json!({
        "type": super::accounts::class(number),
        "number": number,
        "description": text_of(&world.data.accounts, number),
    })
}

/// VAT per VAT id. Both amounts are the document's own currency: the DTO has no pair for them.
fn taxes(world: &World, document: &Document, rows: &[TaxRow]) -> Value {
    let _ = document;
    rows.iter()
        .zip(1..)
        .map(|(row, record)| {
            let vat = world.data.vat_ids.iter().find(|vat| vat.id == row.vat_id);
            json!({
                "taxId": row.vat_id,
                "recordId": record,
                "vatId": {"number": row.vat_id, "description": vat.map(|vat| vat.description.as_str())},
                "vatRate": number(row.rate),
                "taxableAmount": number(row.taxable),
                "vatAmount": number(row.tax),
            })
        })
        .collect()
}

/// `SubAccountDto`, where the line has one of its own.
fn subaccount(world: &World, segments: &BTreeMap<u16, String>) -> Option<Value> {
    let rows: Vec<Value> = segments
        .iter()
        .map(|(id, value)| {
            let known = world.data.segments.get(id);
            json!({
                "segmentId": id,
                "segmentValue": value,
                "segmentValueDescription": known.and_then(|known| text_of(known, value)),
            })
        })
        .collect();
    let number: Vec<&str> = segments.values().map(String::as_str).collect();
    (!rows.is_empty())
        .then(|| json!({"subaccountNumber": number.join("-"), "active": true, "segments": rows}))
}

fn line_dto(world: &World, document: &Document, line: &Line) -> Value {
    let data = &world.data;
    let decimals = data.decimals(&document.currency);
    let mut amounts = Pairs::new(world, document.rate);
    for (name, amount) in [
        ("unitPrice", line.unit_price),
        ("manualAmount", line.manual.unwrap_or(Decimal::ZERO)),
        ("amount", line.net(decimals)),
        ("discountAmount", line.discount),
    ] {
        amounts.put(name, amount);
    }
    let order = line.order.as_ref();
    let category = line.category.as_deref();
    let mut map = object(json!({
        "isRotRutDeductible": false,
        "attachments": [],
        "soShipmentNbr": order.and_then(|order| order.shipment.as_deref()),
        "soOrderType": order.map(|order| order.order_type.as_str()),
        "soOrderNbr": order.map(|order| order.order_number.as_str()),
        "lineNumber": line.number,
        "inventoryNumber": line.item,
        "description": line.description,
        "quantity": number(line.quantity),
        "cost": 0.0,
        "account": account(world, &line.account),
        "subaccount": subaccount(world, &line.subaccount),
        "vatCode": category.map(|id| json!({"id": id, "description": text_of(&data.vat_categories, id)})),
        "uom": line.unit,
        "discountPercent": number(line.discount_percent),
        "manualDiscount": !line.discount.is_zero(),
        "note": line.note,
        "branchNumber": {"number": line.branch, "name": text_of(&data.branches, &line.branch)},
        "externalLink": line.link,
    }));
    map.extend(amounts.into_map());
    Value::Object(map)
}

/// What is applied to an invoice, or where a credit note is applied (`ArAdjustDto`). Its `docType` is plain text in the spec.
fn applications(world: &World, key: &Key) -> Value {
    let ledger = &world.ledger;
    ledger
        .touching(key)
        .map(|application| {
            let other = if application.to == *key {
                &application.from
            } else {
                &application.to
            };
            let payment = ledger.payments.get(other);
            let document = ledger.documents.get(other);
            let total = payment.map(|payment| payment.amount).or_else(|| {
                document.map(|document| document.totals(&world.data, world.round_total_to).total)
            });
            json!({
                "docType": other.0.word(),
                "customerCD": payment.map(|payment| payment.customer.as_str()).or(document.map(|document| document.customer.as_str())),
                "refNbr": other.1,
                "amountPaid": number(application.amount),
                "cashDiscountTaken": 0.0,
                "balance": total.map(|total| number(ledger.free(other, total))),
                "released": application.released,
                "hold": payment.map(|payment| payment.hold).or(document.map(|document| document.hold)),
                "voided": false,
                "paymentRef": payment.map(|payment| payment.reference.as_str()),
                "status": payment.map(|payment| super::payment_view::status(world, payment)).or(document.map(|document| status(world, document))),
                "applicationDate": moment::local_day(application.date),
                "applicationPeriod": world.data.period_of(application.date).map(|period| period.id.as_str()),
            })
        })
        .collect()
}
