//! What a body does to an invoice or a credit note (`facts/visma 10, 11`).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::body::{self, Operation};
use super::{Document, ExactTax, Kind, Line, Refusal, open_period, today};
use crate::visma::amounts::round;
use crate::visma::data::{BASE_UNIT, VismaData, has};
use crate::visma::world::{Customer, World};

/// A new document of the customer that the body names, with the customer's defaults; without number.
pub(super) fn draft(
    world: &World,
    kind: Kind,
    input: &Map<String, Value>,
) -> Result<Document, Refusal> {
    let number = body::word(input, "customerNumber").unwrap_or_default();
    let Some(customer) = world.customers.get(number) else {
        return Err(Refusal::unknown("CustomerID", number));
    };
    may_buy(customer)?;
    let currency = currency(
        world,
        customer,
        body::word(input, "currencyId").or(customer.text("currencyId")),
    )?;
    let date = body::day(input, "documentDate").unwrap_or_else(|| today(world));
    let branch = world.data.branches.first();
    let invoice = kind == Kind::Invoice;
    Ok(Document {
        kind,
        number: String::new(),
        hold: false,
        booked: None,
        customer: number.to_owned(),
        currency,
        vat_zone: customer.id_of("vatZone").map(str::to_owned),
        branch: branch.map_or_else(String::new, |branch| branch.id.clone()),
        date,
        due: None,
        orig_date: None,
        period: String::new(),
        rate: Decimal::ONE,
        terms: customer
            .id_of("creditTerms")
            .filter(|_| invoice)
            .map(str::to_owned),
        payment_method: customer
            .text("defaultPaymentMethodId")
            .filter(|_| invoice)
            .map(str::to_owned),
        cash_account: None,
        customer_ref: None,
        external: None,
        payment_ref: None,
        text: None,
        note: None,
        dont_print: false,
        dont_email: false,
        lines: Vec::new(),
        next_line: 1,
        exact: Vec::new(),
        created: world.now,
        modified: world.now,
        version: 0,
        listed: Vec::new(),
    })
}

/// May documents be made for this customer.
pub(super) fn may_buy(customer: &Customer) -> Result<(), Refusal> {
    match customer.text("status") {
        Some(status @ ("Inactive" | "OnHold" | "CreditHold")) => {
            Err(Refusal::new(format!("The customer status is '{status}'.")))
        }
        _ => Ok(()),
    }
}

/// The currency of a document: another than the customer's only where the customer's class lets it be (as 1408 of the order service).
pub(super) fn currency(
    world: &World,
    customer: &Customer,
    wanted: Option<&str>,
) -> Result<String, Refusal> {
    let wanted = wanted.unwrap_or(world.data.base_currency());
    if world.data.currency(wanted).is_none() {
        return Err(Refusal::unknown("CuryID", wanted));
    }
    let free = customer
        .id_of("customerClass")
        .and_then(|class| world.data.class(class))
        .is_some_and(|class| class.any_currency);
    match customer.text("currencyId") {
        Some(own) if own != wanted && !free => Err(Refusal::new(format!(
            "The currency '{wanted}' cannot be used: the customer's currency is '{own}' and cannot be overridden."
        ))),
        _ => Ok(wanted.to_owned()),
    }
}

/// Lays a body over a document. `new` takes the defaults of a fresh one.
pub(super) fn apply(
    world: &World,
    input: &Map<String, Value>,
    document: &mut Document,
    new: bool,
) -> Result<(), Refusal> {
    head(world, input, document)?;
    dates(world, input, document, new)?;
    let (lines, taxes) = if document.kind == Kind::Invoice {
        ("invoiceLines", "taxDetailLines")
    } else {
        ("lines", "taxDetails")
    };
    let before = document.exact.clone();
    for row in body::rows(input, lines) {
        line(world, row, document)?;
        // The ERP computes VAT afresh when lines change; what was given by hand before is gone with it.
        document.exact.clear();
    }
    for row in body::rows(input, taxes) {
        exact_tax(world, row, document)?;
    }
    let totals = document.totals(&world.data, None);
    if totals.total < Decimal::ZERO && !document.hold {
        document.exact = before;
        return Err(Refusal::new(
            "The document balance will become negative. The document cannot be saved.",
        ));
    }
    Ok(())
}

fn head(world: &World, input: &Map<String, Value>, document: &mut Document) -> Result<(), Refusal> {
    let data = &world.data;
    let owned = |name: &str| body::text(input, name).map(str::to_owned);
    for (name, field) in [
        ("customerRefNumber", &mut document.customer_ref),
        ("externalReference", &mut document.external),
        ("paymentReference", &mut document.payment_ref),
        ("invoiceText", &mut document.text),
        ("note", &mut document.note),
    ] {
        if let Some(text) = owned(name) {
            *field = Some(text);
        }
    }
    if let Some(hold) = body::flag(input, "hold") {
        document.hold = hold;
    }
    if let Some(dont) = body::flag(input, "dontPrint") {
        document.dont_print = dont;
    }
    if let Some(dont) = body::flag(input, "dontEmail") {
        document.dont_email = dont;
    }
    if let Some(branch) = body::word(input, "branchNumber") {
        if !has(&data.branches, branch) {
            return Err(Refusal::unknown("BranchID", branch));
        }
        branch.clone_into(&mut document.branch);
    }
    if let Some(zone) = body::word(input, "customerVatZoneId") {
        if data.zone(zone).is_none() {
            return Err(Refusal::unknown("TaxZoneID", zone));
        }
        document.vat_zone = Some(zone.to_owned());
    }
    if let Some(terms) = body::word(input, "creditTermsId") {
        if data.credit_terms.iter().all(|known| known.id != terms) {
            return Err(Refusal::unknown("TermsID", terms));
        }
        document.terms = Some(terms.to_owned());
    }
    if let Some(method) = body::word(input, "paymentMethodId") {
        if !has(&data.payment_methods, method) {
            return Err(Refusal::unknown("PaymentMethodID", method));
        }
        document.payment_method = Some(method.to_owned());
    }
    if let Some(number) = body::word(input, "cashAccount") {
        let Some(account) = data.cash_account(number) else {
            return Err(Refusal::unknown("CashAccountID", number));
        };
        if account.currency != document.currency {
            return Err(Refusal::new(format!(
                "The cash account '{number}' is in {}, the document in {}.",
                account.currency, document.currency
            )));
        }
        document.cash_account = Some(number.to_owned());
    }
    if let Some(site) = body::word(input, "locationId").filter(|site| *site != "Main") {
        return Err(Refusal::unknown("LocationID", site));
    }
    Ok(())
}

/// Dates, period and exchange rate.
fn dates(
    world: &World,
    input: &Map<String, Value>,
    document: &mut Document,
    new: bool,
) -> Result<(), Refusal> {
    let date = body::day(input, "documentDate");
    if let Some(date) = date {
        document.date = date;
    }
    document.period = match body::word(input, "financialPeriod") {
        Some(id) => {
            let Some(period) = world.data.periods.iter().find(|period| period.id == id) else {
                return Err(Refusal::unknown("FinPeriodID", id));
            };
            open_period(world, period.from)?
        }
        None if new || date.is_some() => open_period(world, document.date)?,
        None => std::mem::take(&mut document.period),
    };
    if let Some(due) = body::day(input, "documentDueDate") {
        document.due = Some(due);
    } else if document.kind == Kind::Invoice && (new || date.is_some()) {
        document.due = Some(world.due_date(document.date, document.terms.as_deref()));
    }
    if let Some(date) = body::day(input, "origInvoiceDate") {
        document.orig_date = Some(date);
    }
    match body::amount(input, "exchangeRate") {
        Some(rate) if rate <= Decimal::ZERO => {
            return Err(Refusal::new("The exchange rate must be greater than 0."));
        }
        Some(rate) if document.currency != world.data.base_currency() => document.rate = rate,
        Some(_) => {}
        None if new || date.is_some() => {
            document.rate = rate(&world.data, &document.currency, document.date)?;
        }
        None => {}
    }
    Ok(())
}

/// The table's rate for a day.
pub(super) fn rate(
    data: &VismaData,
    currency: &str,
    date: chrono::NaiveDate,
) -> Result<Decimal, Refusal> {
    data.known_rate(currency, date).ok_or_else(|| {
        Refusal::new(format!(
            "The currency rate from {currency} to {} on {date} is not defined.",
            data.base_currency()
        ))
    })
}

fn line(world: &World, row: &Map<String, Value>, document: &mut Document) -> Result<(), Refusal> {
    let operation = body::operation(row);
    let number = body::whole(row, "lineNumber");
    let known = |document: &Document| {
        document
            .lines
            .iter()
            .position(|line| Some(line.number) == number)
            .ok_or_else(|| Refusal::unknown("LineNbr", &number.unwrap_or_default().to_string()))
    };
    // Lines of a sales order are the order's business. That the real one refuses is not verified.
    let own = |line: &Line| match &line.order {
        Some(order) => Err(Refusal::new(format!(
            "The line {} comes from the sales order {} {} and cannot be changed.",
            line.number, order.order_type, order.order_number
        ))),
        None => Ok(()),
    };
    match operation {
        Operation::Insert => {
            let mut line = Line {
                number: document.next_line,
                item: None,
                account: String::new(),
                subaccount: BTreeMap::new(),
                description: String::new(),
                quantity: Decimal::ONE,
                unit_price: Decimal::ZERO,
                discount_percent: Decimal::ZERO,
                discount: Decimal::ZERO,
                manual: None,
                category: None,
                branch: document.branch.clone(),
                unit: BASE_UNIT.to_owned(),
                note: None,
                link: None,
                order: None,
            };
            fill(world, row, document, &mut line)?;
            document.next_line += 1;
            document.lines.push(line);
        }
        Operation::Update => {
            let index = known(document)?;
            let mut line = document.lines[index].clone();
            own(&line)?;
            fill(world, row, document, &mut line)?;
            document.lines[index] = line;
        }
        Operation::Delete => {
            let index = known(document)?;
            own(&document.lines[index])?;
            document.lines.remove(index);
        }
    }
    Ok(())
}

fn fill(
    world: &World,
    row: &Map<String, Value>,
    document: &Document,
    line: &mut Line,
) -> Result<(), Refusal> {
    let data = &world.data;
    let decimals = data.decimals(&document.currency);
    if let Some(number) = body::word(row, "inventoryNumber") {
        let Some(item) = data.items.get(number) else {
            return Err(Refusal::unknown("InventoryID", number));
        };
        // The customer ledger takes non-stock items only (`facts/visma 10`); the wording is not recorded.
        if item.is_stock() {
            return Err(Refusal::new(format!(
                "InventoryID '{number}': the inventory item is a stock item."
            )));
        }
        if item.status != "Active" {
            return Err(Refusal::new(format!(
                "InventoryID '{number}': the inventory item is {}.",
                item.status
            )));
        }
        line.item = Some(number.to_owned());
        line.account.clone_from(&item.sales_account);
        line.description.clone_from(&item.description);
        line.category = Some(item.vat_category.clone());
        line.unit_price = round(
            item.default_price / document.rate,
            world.config.price_decimals,
        );
    }
    if let Some(account) = body::word(row, "accountNumber") {
        if !has(&data.accounts, account) {
            return Err(Refusal::unknown("AccountID", account));
        }
        account.clone_into(&mut line.account);
    }
    if let Some(segments) = row.get("subaccount").and_then(Value::as_array) {
        for segment in segments {
            let id = segment["segmentId"]
                .as_u64()
                .and_then(|id| u16::try_from(id).ok());
            let value = segment["segmentValue"].as_str().unwrap_or_default();
            let known = id.filter(|id| data.has_segment(*id, value));
            // Which words the real one has is not recorded; those of any other unknown id.
            let Some(id) = known else {
                return Err(Refusal::unknown("Subaccount segment value", value));
            };
            line.subaccount.insert(id, value.to_owned());
        }
    }
    if let Some(category) = body::text(row, "vatCodeId") {
        // Recorded: `examples/visma/error_invoice_unknown_vat_category.json`.
        if !has(&data.vat_categories, category) {
            return Err(Refusal::unknown("TaxCategoryID", category));
        }
        line.category = Some(category.to_owned());
    }
    if line.category.is_none() {
        line.category = document
            .vat_zone
            .as_deref()
            .and_then(|zone| data.zone(zone))
            .map(|zone| zone.default_category.clone());
    }
    if line.account.is_empty() {
        return Err(Refusal::new("'AccountID' cannot be empty."));
    }
    if let Some(text) = body::text(row, "description") {
        text.clone_into(&mut line.description);
    }
    if let Some(quantity) = body::amount(row, "quantity") {
        line.quantity = round(quantity, world.config.quantity_decimals);
    }
    if let Some(price) = body::amount(row, "unitPriceInCurrency") {
        line.unit_price = round(price, world.config.price_decimals);
        line.manual = None;
    }
    if let Some(manual) = body::amount(row, "manualAmountInCurrency") {
        line.manual = Some(round(manual, decimals));
    }
    if let Some(unit) = body::word(row, "uom") {
        // As SalesOrder v3 does (`1808-InvalidUnitOfMeasure`); the words are those of any other unknown id. A line without an item has the
        // company's one unit.
        let known = match &line.item {
            Some(number) => data
                .items
                .get(number)
                .is_some_and(|item| item.holds(unit).is_some()),
            None => unit == BASE_UNIT,
        };
        if !known {
            return Err(Refusal::unknown("UOM", unit));
        }
        unit.clone_into(&mut line.unit);
    }
    if let Some(note) = body::text(row, "note") {
        line.note = Some(note.to_owned());
    }
    if let Some(branch) = body::word(row, "branchNumber") {
        if !has(&data.branches, branch) {
            return Err(Refusal::unknown("BranchID", branch));
        }
        branch.clone_into(&mut line.branch);
    }
    if let Some(percent) = body::amount(row, "discountPercent") {
        line.discount_percent = percent;
        line.discount = round(
            line.extended(decimals) * percent / Decimal::ONE_HUNDRED,
            decimals,
        );
    }
    if let Some(discount) = body::amount(row, "discountAmountInCurrency") {
        line.discount = round(discount, decimals);
    }
    Ok(())
}

/// VAT as given, for a VAT id that the lines lead to.
fn exact_tax(
    world: &World,
    row: &Map<String, Value>,
    document: &mut Document,
) -> Result<(), Refusal> {
    let id = body::word(row, "taxId").unwrap_or_default();
    let applies = document
        .totals(&world.data, None)
        .rows
        .iter()
        .any(|row| row.vat_id == id);
    if !applies {
        return Err(Refusal::unknown("TaxID", id));
    }
    let decimals = world.data.decimals(&document.currency);
    let amount = |name: &str| body::amount(row, name).map(|amount| round(amount, decimals));
    let exact = ExactTax {
        vat_id: id.to_owned(),
        taxable: amount("taxableAmount"),
        tax: amount("vatAmount"),
    };
    document.exact.retain(|known| known.vat_id != id);
    document.exact.push(exact);
    Ok(())
}
