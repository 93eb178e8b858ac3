//! What the service looks up before it takes an order: customer, currency, terms, period, items, accounts and the like.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::problem::Detail;
use super::{Line, SalesOrder, shipped};
use crate::visma::amounts::{decimal, round};
use crate::visma::data::{self, OrderType, VismaData};
use crate::visma::moment;
use crate::visma::world::World;

/// A text property, if it is there and not empty.
pub(super) fn text<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    map.get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

pub(super) fn date(map: &Map<String, Value>, name: &str) -> Option<NaiveDate> {
    map.get(name)
        .and_then(Value::as_str)
        .and_then(moment::parse_utc)
        .map(moment::utc_day)
}

/// The customer may be sold to in this currency and on these terms (1407, 1408, 1401).
pub(super) fn customer(world: &World, order: &SalesOrder, details: &mut Vec<Detail>) {
    let Some(customer) = world.customers.get(&order.customer) else {
        details.push(Detail::new(
            "1400-CustomerLookupException",
            "customer.id",
            format!("Customer '{}' cannot be found.", order.customer),
        ));
        return;
    };
    if !matches!(customer.text("status"), Some("Active" | "OneTime")) {
        details.push(Detail::new(
            "1407-InvalidCustomerStatus",
            "customer.id",
            "Invalid Customer Status",
        ));
    }
    if world.data.currency(&order.currency).is_none() {
        details.push(Detail::new(
            "0003-InvalidValue",
            "currencyId",
            format!("Currency '{}' cannot be found.", order.currency),
        ));
    } else if customer
        .text("currencyId")
        .is_some_and(|own| own != order.currency)
    {
        let free = customer
            .id_of("customerClass")
            .and_then(|class| world.data.class(class))
            .is_some_and(|class| class.any_currency);
        if !free {
            details.push(Detail::new(
                "1408-OverrideCurrencyIdProhibited",
                "currencyId",
                "Currency Id can not be overridden",
            ));
        }
    }
    match order.terms.as_deref() {
        None => details.push(Detail::new(
            "1401-MissingTermsId",
            "customer.termsId",
            "TermsId cannot be empty in the order. Set a default terms on the customer or specify the terms for the order",
        )),
        Some(terms) if world.data.credit_terms.iter().all(|known| known.id != terms) => {
            details.push(Detail::new("0003-InvalidValue", "customer.termsId", format!("Terms '{terms}' cannot be found.")));
        }
        Some(_) => {}
    }
}

/// The parts of the head that name other records.
pub(super) fn head(data: &VismaData, order: &SalesOrder, details: &mut Vec<Detail>) {
    let mut known = |found: bool, code: &'static str, property: &str, value: &str| {
        if !found {
            details.push(Detail::new(
                code,
                property,
                format!("'{value}' cannot be found or is invalid."),
            ));
        }
    };
    known(
        data::has(&data.branches, &order.branch),
        "0003-InvalidValue",
        "branchId",
        &order.branch,
    );
    if let Some(zone) = &order.tax_zone {
        known(
            data.zone(zone).is_some(),
            "0003-InvalidValue",
            "taxZoneId",
            zone,
        );
    }
    let part = |pointer: &str| {
        order
            .part(pointer)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    if let Some(id) = part("shipping/preferredWarehouseId") {
        known(
            data::has(&data.warehouses, id),
            "1802-InvalidWarehouseId",
            "shipping.preferredWarehouseId",
            id,
        );
    }
    if let Some(id) = part("shipping/shipViaId") {
        known(
            data::has(&data.carriers, id),
            "0003-InvalidValue",
            "shipping.shipViaId",
            id,
        );
    }
    if let Some(id) = part("freight/taxCategoryId") {
        known(
            data::has(&data.vat_categories, id),
            "1805-InvalidTaxCategoryId",
            "freight.taxCategoryId",
            id,
        );
    }
    if let Some(id) = part("paymentSettings/paymentMethodId") {
        known(
            data::has(&data.payment_methods, id),
            "1402-PaymentMethodIdNotFound",
            "paymentSettings.paymentMethodId",
            id,
        );
    }
    if let Some(id) = part("paymentSettings/cashAccountId") {
        let account = data
            .cash_accounts
            .iter()
            .find(|account| account.number == id);
        known(
            account.is_some(),
            "1502-CashAccountNotFound",
            "paymentSettings.cashAccountId",
            id,
        );
        if let Some(account) = account {
            // A cash account keeps one currency (`booking-rules 12`).
            known(
                account.currency == order.currency,
                "0003-InvalidValue",
                "paymentSettings.cashAccountId",
                id,
            );
        }
    }
    for (pointer, property) in [
        ("salesPersonId", "salesPersonId"),
        ("projectId", "projectId"),
        ("ownerId", "ownerId"),
    ] {
        if let Some(id) = part(pointer) {
            let code = match pointer {
                "salesPersonId" => "1902-SalesPersonNotFound",
                "projectId" => "1904-ProjectNotFound",
                _ => "0003-InvalidValue",
            };
            known(false, code, property, id);
        }
    }
    if order
        .part("freight/cost")
        .and_then(decimal)
        .is_some_and(|cost| !cost.is_zero())
    {
        details.push(Detail::new("1310-FreightCostCanNotBeSetManually", "freight.cost", "Freight cost is not allowed to be set manually according to the Ship Via Code settings"));
    }
    addresses(order, details);
    period(data, order, details);
}

/// A country is required wherever an address is given.
fn addresses(order: &SalesOrder, details: &mut Vec<Detail>) {
    for part in ["shipping", "billing"] {
        let Some(address) = order
            .part(&format!("{part}/address"))
            .and_then(Value::as_object)
        else {
            continue;
        };
        let property = format!("{part}.address.countryId");
        match text(address, "countryId") {
            None => details.push(Detail::new(
                "0001-NullNotAllowed",
                property,
                "The country is required when setting the address.",
            )),
            Some(id) if id.len() != 2 || !id.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                details.push(Detail::new(
                    "0003-InvalidValue",
                    property,
                    format!("Country '{id}' cannot be found."),
                ));
            }
            Some(_) => {}
        }
    }
}

/// The order's date, or its invoice date or post period where they are set, must lie in an open period (1600-1602).
fn period(data: &VismaData, order: &SalesOrder, details: &mut Vec<Detail>) {
    let financial = order
        .part("financialInformation")
        .and_then(Value::as_object);
    let invoice_date = financial.and_then(|map| date(map, "invoiceDate"));
    let found = match financial.and_then(|map| text(map, "postPeriod")) {
        // Which way round v3 writes the period is not documented; both are unambiguous.
        Some(period) => data.periods.iter().find(|known| {
            known.id == period || format!("{}{}", &known.id[4..], &known.id[..4]) == period
        }),
        None => data.period_of(invoice_date.unwrap_or(order.date)),
    };
    match found {
        None => details.push(Detail::new("1600-FinancialPeriodNotFound", "date", "No financial period that matches the selected Invoice date can be found. Please change the Invoice Date, set the Financial period for the order or create Financial periods")),
        Some(period) if period.closed => details.push(Detail::new(
            "1601-FinancialPeriodClosed",
            "date",
            format!("Financial period '{}' is closed and cannot be set for order", period.id),
        )),
        Some(period) if !period.active => {
            details.push(Detail::new("1602-FinancialPeriodInactive", "date", "Financial period is inactive. Activate it or set another period"));
        }
        Some(_) => {}
    }
}

/// How the company keeps prices and quantities; the API does not show it (`facts/visma 16`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Precision {
    pub(super) price: u32,
    pub(super) quantity: u32,
}

/// A new line (`before` is none) or a changed one.
pub(super) fn line(
    data: &VismaData,
    order: &SalesOrder,
    precision: Precision,
    before: Option<&Line>,
    input: &Map<String, Value>,
    place: &str,
    details: &mut Vec<Detail>,
) -> Option<Line> {
    let at = |name: &str| format!("{place}.{name}");
    if let Some(before) = before {
        shipped::check(before, input, place, details);
    }
    let number = before.map_or_else(
        || text(input, "inventoryId").unwrap_or_default(),
        |line| line.item.as_str(),
    );
    let item = data
        .items
        .get(number)
        .filter(|item| before.is_some() || item.status == "Active");
    let Some(item) = item else {
        details.push(Detail::new(
            "1804-InventoryIdNotFound",
            at("inventoryId"),
            format!("InventoryId '{number}' cannot be found or is invalid"),
        ));
        return None;
    };
    let warehouse = order
        .part("shipping/preferredWarehouseId")
        .and_then(Value::as_str)
        .unwrap_or(data::WAREHOUSE);
    let order_type = data.order_type(&order.order_type);
    let operation = order_type.map_or("Issue", |kind| kind.operation);
    let mut line = before.cloned().unwrap_or_else(|| Line {
        id: 0,
        sort: 0,
        item: item.number.clone(),
        kind: item.line_type(),
        description: item.description.clone(),
        quantity: Decimal::ZERO,
        unit_price: Decimal::ZERO,
        manual_price: false,
        discount_percent: Decimal::ZERO,
        discount_amount: Decimal::ZERO,
        manual_discount: false,
        category: Some(item.vat_category.clone()),
        warehouse: item.is_stock().then(|| warehouse.to_owned()),
        account: item.sales_account.clone(),
        branch: order.branch.clone(),
        // "This will override the default UOM for the inventory item" (`facts/visma-schemas`, NewSalesOrderLineDto).
        unit: item.sold_in().to_owned(),
        holds: item.holds(item.sold_in()).unwrap_or(Decimal::ONE),
        link: None,
        completed: false,
        operation,
        ships: item.is_stock() && order_type.is_some_and(OrderType::ships),
        shipped: Decimal::ZERO,
        confirmed: Decimal::ZERO,
        returns: None,
        rest: Map::new(),
    });

    if let Some(quantity) = input.get("quantity").and_then(decimal) {
        line.quantity = round(quantity, precision.quantity);
    }
    if line.quantity.is_sign_negative() && !line.quantity.is_zero() && line.kind != "MiscCharge" {
        details.push(Detail::new(
            "1809-InvalidQuantityForType",
            at("quantity"),
            "Quantity must be zero or positive when inventory item is not of type MiscCharge",
        ));
    }
    prices(
        data,
        order,
        precision,
        item.default_price,
        &mut line,
        input,
        place,
        details,
    );
    names(data, &mut line, input, place, details);
    for (name, value) in input {
        if REST.contains(&name.as_str()) && !value.is_null() {
            line.rest.insert(name.clone(), value.clone());
        }
    }
    Some(line)
}

/// Properties of a line that change nothing here.
const REST: [&str; 14] = [
    "note",
    "unitCost",
    "shipDate",
    "requestDate",
    "undershipThreshold",
    "overshipThreshold",
    "subaccount",
    "shippingRule",
    "reasonCode",
    "inventoryAlternateId",
    "customFields",
    "commissionable",
    "purchaseOrderSource",
    "supplierPrice",
];

/// Price and discount: the order's own only where it insists on them, else by the ERP's price rules (`facts/visma 7`).
#[allow(
    clippy::too_many_arguments,
    reason = "one per thing that decides a price"
)]
fn prices(
    data: &VismaData,
    order: &SalesOrder,
    precision: Precision,
    list_price: Decimal,
    line: &mut Line,
    input: &Map<String, Value>,
    place: &str,
    details: &mut Vec<Detail>,
) {
    let decimals = data.decimals(&order.currency);
    line.manual_price = input
        .get("hasManualPrice")
        .and_then(Value::as_bool)
        .unwrap_or(line.manual_price);
    if !line.manual_price {
        line.unit_price = round(
            list_price / data.rate(&order.currency, order.date),
            precision.price,
        );
    } else if let Some(price) = input.get("unitPrice").and_then(decimal) {
        line.unit_price = round(price, precision.price);
    }

    line.manual_discount = input
        .get("hasManualDiscount")
        .and_then(Value::as_bool)
        .unwrap_or(line.manual_discount);
    let extended = line.extended(decimals);
    if !line.manual_discount {
        line.discount_percent = Decimal::ZERO;
        line.discount_amount = Decimal::ZERO;
    } else if let Some(amount) = input.get("discountAmount").and_then(decimal) {
        line.discount_amount = round(amount, decimals);
        line.discount_percent = if extended.is_zero() {
            Decimal::ZERO
        } else {
            round(line.discount_amount * Decimal::ONE_HUNDRED / extended, 6)
        };
    } else {
        // The per cent stays when price or quantity change: an amount that shall stay has to be sent again.
        if let Some(percent) = input.get("discountPercent").and_then(decimal) {
            line.discount_percent = round(percent, 6);
        }
        line.discount_amount = round(
            extended * line.discount_percent / Decimal::ONE_HUNDRED,
            decimals,
        );
    }
    if line.discount_amount > Decimal::ZERO && line.discount_amount > extended {
        details.push(Detail::new(
            "1101-DiscountAmountMoreThanExtPrice",
            format!("{place}.discountAmount"),
            "Discount amount can not be greater than Extended Price",
        ));
    }
}

/// The other records that a line names.
fn names(
    data: &VismaData,
    line: &mut Line,
    input: &Map<String, Value>,
    place: &str,
    details: &mut Vec<Detail>,
) {
    let mut unknown = |code: &'static str, name: &str, value: &str| {
        details.push(Detail::new(
            code,
            format!("{place}.{name}"),
            format!("'{value}' cannot be found or is invalid."),
        ));
    };
    if let Some(id) = text(input, "taxCategoryId") {
        if !data::has(&data.vat_categories, id) {
            unknown("1805-InvalidTaxCategoryId", "taxCategoryId", id);
        }
        line.category = Some(id.to_owned());
    }
    if let Some(id) = text(input, "warehouseId") {
        if !data::has(&data.warehouses, id) {
            unknown("1802-InvalidWarehouseId", "warehouseId", id);
        }
        line.warehouse = Some(id.to_owned());
    }
    if let Some(id) = text(input, "salesAccountId") {
        if !data::has(&data.accounts, id) {
            unknown("1806-InvalidSalesAccountId", "salesAccountId", id);
        }
        id.clone_into(&mut line.account);
    }
    let segments = input.get("subaccount").and_then(Value::as_object);
    for (id, value) in segments.into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        if !id.parse().is_ok_and(|id| data.has_segment(id, value)) {
            unknown("1202-SegmentValueNotFound", "subaccount", value);
        }
    }
    if let Some(id) = text(input, "branchId") {
        if !data::has(&data.branches, id) {
            unknown("0003-InvalidValue", "branchId", id);
        }
        id.clone_into(&mut line.branch);
    }
    if let Some(unit) = text(input, "unitOfMeasure") {
        let item = data.items.get(&line.item);
        match item.and_then(|item| item.holds(unit)) {
            Some(holds) => {
                unit.clone_into(&mut line.unit);
                line.holds = holds;
            }
            None => unknown("1808-InvalidUnitOfMeasure", "unitOfMeasure", unit),
        }
    }
    // None of these is set up in the practice company.
    for (name, code) in [
        ("discountCode", "1105-InvalidDiscountCode"),
        ("reasonCode", "1807-InvalidReasonCode"),
        ("salesPersonId", "1902-SalesPersonNotFound"),
        ("supplierId", "1903-SupplierNotFound"),
        ("projectTaskId", "1908-ProjectTaskNotFound"),
        ("warehouseLocationId", "1700-WarehouseLocationNotFound"),
    ] {
        if let Some(value) = text(input, name) {
            unknown(code, name, value);
        }
    }
    if let Some(operation) = text(input, "operation")
        && operation != line.operation
    {
        unknown("1800-InvalidLineOperation", "operation", operation);
    }
    if let Some(rule) = text(input, "shippingRule")
        && !["BackOrderAllowed", "ShipComplete", "CancelRemainder"].contains(&rule)
    {
        unknown("0003-InvalidValue", "shippingRule", rule);
    }
    if let Some(description) = text(input, "description") {
        description.clone_into(&mut line.description);
    }
    if let Some(link) = input.get("externalLink").and_then(Value::as_str) {
        line.link = Some(link.to_owned());
    }
    if let Some(sort) = input
        .get("sortOrder")
        .and_then(Value::as_i64)
        .and_then(|sort| i32::try_from(sort).ok())
    {
        line.sort = sort;
    }
}
