//! How an order comes back: `SalesOrderDto`, `SalesOrderLineDto`, `SalesOrderTaxDto`.

use base64::Engine as _;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Line, SalesOrder};
use crate::visma::amounts::{number, round};
use crate::visma::data::{BASE_UNIT, VismaData, text_of};
use crate::visma::exchange::{Call, Reply, object};
use crate::visma::moment;
use crate::visma::world::World;

/// `SalesOrderExpansions`: what is left out unless asked for (`facts/visma 4`).
const EXPANSIONS: [&str; 13] = [
    "None",
    "Billing",
    "Payment",
    "FinancialInformation",
    "Shipping",
    "Customer",
    "Owner",
    "Origin",
    "Note",
    "Freight",
    "Attachments",
    "CustomFields",
    "All",
];

/// The version as the DTO shows it.
pub(super) fn version(order: &SalesOrder) -> String {
    base64::engine::general_purpose::STANDARD.encode(order.version.to_be_bytes())
}

/// The version as a header.
pub(super) fn etag(order: &SalesOrder) -> String {
    format!("\"{}\"", version(order))
}

pub(super) fn one(world: &World, call: &Call, order: &SalesOrder) -> Reply {
    let mut wanted = Vec::new();
    for word in call.params("expand") {
        let Some(known) = EXPANSIONS
            .iter()
            .find(|known| known.eq_ignore_ascii_case(word))
        else {
            return Reply::problem(
                400,
                "Bad Request",
                Some(&format!("The value '{word}' is not valid for expand.")),
            );
        };
        wanted.push(*known);
    }
    let expanded = |part: &str| wanted.contains(&"All") || wanted.contains(&part);
    Reply::json(dto(world, order, &expanded)).with("etag", etag(order))
}

fn dto(world: &World, order: &SalesOrder, expanded: &dyn Fn(&str) -> bool) -> Value {
    let data = &world.data;
    let pair =
        |id: Option<&str>, text: Option<&str>| id.map(|id| json!({"id": id, "description": text}));
    let part = |name: &str| order.part(name).and_then(Value::as_object);
    let text = |pointer: &str| order.part(pointer).and_then(Value::as_str);
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| {
        map.insert(name.to_owned(), value);
    };
    put("type", json!(order.order_type));
    put("orderId", json!(order.id));
    put(
        "branch",
        json!(pair(
            Some(&order.branch),
            text_of(&data.branches, &order.branch)
        )),
    );
    put("description", json!(order.description));
    put("date", json!(moment::day(order.date)));
    put("cancelBy", json!(order.cancel_by.map(moment::day)));
    put("lastModified", json!(moment::utc(order.modified)));
    put("requestOn", json!(moment::day(order.request_on)));
    put("isRotRutDeductible", json!(false));
    put(
        "orderQty",
        number(order.lines.iter().map(|line| line.quantity).sum()),
    );
    put(
        "note",
        if expanded("Note") {
            json!(order.note)
        } else {
            Value::Null
        },
    );
    put("currencyId", json!(order.currency));
    put("useReplacementCostForMarginAndProfit", json!(false));
    put("createdBy", Value::Null);
    put("print", order.part("print").cloned().unwrap_or(Value::Null));
    put(
        "status",
        json!({"description": order.status, "cancelled": order.status == "Cancelled", "hold": order.status == "Hold"}),
    );
    put("totals", totals(world, order));
    put("originalOrderType", Value::Null);
    put("originalOrderId", Value::Null);
    put("version", json!(version(order)));
    put("emailed", json!(false));

    if expanded("Customer") {
        let customer = world.customers.get(&order.customer);
        let zone = order.tax_zone.as_deref();
        put(
            "customer",
            json!({
                "internalId": customer.map(|customer| customer.internal_id),
                "id": order.customer,
                "name": customer.and_then(|customer| customer.text("name")),
                "taxZone": pair(zone, zone.and_then(|id| data.zone(id)).map(|zone| zone.text.as_str())),
                "contactId": null,
                "order": order.customer_order,
                "refNo": order.ref_no,
                "location": {"id": "Main", "name": "Hovedadresse", "internalId": customer.map(|customer| customer.internal_id), "countryId": null},
            }),
        );
    }
    if expanded("Billing") {
        put(
            "billing",
            json!({"contact": contact(part("billing/contact")), "address": address(part("billing/address"))}),
        );
    }
    if expanded("Shipping") {
        let warehouse = text("shipping/preferredWarehouseId");
        let carrier = text("shipping/shipViaId");
        put(
            "shipping",
            json!({
                "contact": contact(part("shipping/contact")),
                "address": address(part("shipping/address")),
                "scheduledDate": text("shipping/scheduledDate").and_then(moment::parse_utc).map(|at| moment::day(moment::utc_day(at))),
                "shipSeparately": order.part("shipping/shipSeparately").and_then(Value::as_bool).unwrap_or(false),
                "rule": text("shipping/rule").unwrap_or("BackOrderAllowed"),
                "preferredWarehouse": pair(warehouse, warehouse.and_then(|id| text_of(&data.warehouses, id))),
                "shipVia": pair(carrier, carrier.and_then(|id| text_of(&data.carriers, id))),
                "residentialDelivery": false,
                "saturdayDelivery": false,
                "insurance": false,
                "priority": 0,
            }),
        );
    }
    if expanded("Payment") {
        let method = text("paymentSettings/paymentMethodId");
        put(
            "paymentSettings",
            json!({
                "paymentMethod": pair(method, method.and_then(|id| text_of(&data.payment_methods, id))),
                "cashAccountId": text("paymentSettings/cashAccountId"),
                "paymentReference": text("paymentSettings/paymentReference"),
            }),
        );
    }
    if expanded("FinancialInformation") {
        let day = |pointer: &str| {
            text(pointer)
                .and_then(moment::parse_utc)
                .map(|at| moment::day(moment::utc_day(at)))
        };
        let terms = order.terms.as_deref();
        put(
            "financialInformation",
            json!({
                "invoiceSeparately": order.part("financialInformation/invoiceSeparately").and_then(Value::as_bool).unwrap_or(false),
                "invoiceId": text("financialInformation/invoiceId"),
                "invoiceDate": day("financialInformation/invoiceDate"),
                "dueDate": day("financialInformation/dueDate"),
                "terms": pair(terms, terms.and_then(|id| data.credit_terms.iter().find(|known| known.id == id)).map(|terms| terms.text.as_str())),
                "cashDiscountDate": day("financialInformation/cashDiscountDate"),
                "postPeriod": text("financialInformation/postPeriod"),
            }),
        );
    }
    if expanded("Freight") {
        let base = |amount| number(in_base(data, order, amount));
        let freight = order.totals(data, None).freight;
        put(
            "freight",
            json!({
                "volume": 0.0,
                "weight": 0.0,
                "cost": 0.0,
                "costInBaseCurrency": 0.0,
                "premiumAmount": number(freight),
                "premiumAmountInBaseCurrency": base(freight),
                "amount": 0.0,
                "amountInBaseCurrency": 0.0,
                "taxCategoryId": text("freight/taxCategoryId"),
            }),
        );
    }
    if expanded("CustomFields") {
        put(
            "customFields",
            order
                .part("customFields")
                .cloned()
                .unwrap_or_else(|| json!({})),
        );
    }
    if expanded("Attachments") {
        put("attachments", json!([]));
    }
    Value::Object(map)
}

fn address(input: Option<&Map<String, Value>>) -> Value {
    let Some(input) = input else {
        return Value::Null;
    };
    let text = |name: &str| input.get(name).cloned().unwrap_or(Value::Null);
    json!({
        "overridesDefault": true,
        "line1": text("line1"),
        "line2": text("line2"),
        "line3": text("line3"),
        "postalCode": text("postalCode"),
        "city": text("city"),
        "country": {"id": text("countryId"), "name": null},
    })
}

fn contact(input: Option<&Map<String, Value>>) -> Value {
    let Some(input) = input else {
        return Value::Null;
    };
    let text = |name: &str| input.get(name).cloned().unwrap_or(Value::Null);
    json!({"overridesDefault": true, "name": text("name"), "attention": text("attention"), "email": text("email"), "phone1": text("phone1")})
}

fn in_base(data: &VismaData, order: &SalesOrder, amount: Decimal) -> Decimal {
    round(
        amount * data.rate(&order.currency, order.date),
        data.decimals(data.base_currency()),
    )
}

/// `SalesOrderTotalsDto`: each amount in the order's currency and, by the rate table, in the company's.
fn totals(world: &World, order: &SalesOrder) -> Value {
    let data = &world.data;
    let totals = order.totals(data, world.round_total_to);
    let taxable: Decimal = totals
        .rows
        .iter()
        .filter(|row| !row.exempt)
        .map(|row| row.taxable)
        .sum();
    let exempt: Decimal = totals
        .rows
        .iter()
        .filter(|row| row.exempt)
        .map(|row| row.taxable)
        .sum();
    // Net lines by the share that is left; VAT is the invoice's own affair, so the unbilled amount falls with it only in whole orders.
    let decimals = data.decimals(&order.currency);
    let left = |line: &Line, done: Decimal| {
        if line.quantity.is_zero() {
            Decimal::ZERO
        } else {
            round(
                line.net(decimals) * (line.quantity - done) / line.quantity,
                decimals,
            )
        }
    };
    let cancelled = order.status == "Cancelled";
    let unshipped: Decimal = order
        .lines
        .iter()
        .filter(|line| !cancelled && (!line.completed || !line.ships))
        .map(|line| left(line, line.confirmed))
        .sum();
    let unbilled_lines: Decimal = order
        .lines
        .iter()
        .map(|line| left(line, world.billed(order, line.id)))
        .sum();
    let unbilled = if cancelled {
        Decimal::ZERO
    } else if unbilled_lines == totals.lines {
        totals.total
    } else {
        unbilled_lines
    };
    let (kept, gone) = world.paid_on_order(&order.order_type, &order.id);
    let paid = kept + gone;
    let mut map = Map::new();
    for (name, amount) in [
        ("orderTotal", totals.total),
        ("taxableTotal", taxable),
        ("taxExemptTotal", exempt),
        ("taxTotal", totals.tax),
        ("discountTotal", totals.discount),
        ("costTotal", Decimal::ZERO),
        ("freightCost", Decimal::ZERO),
        ("freightTotal", totals.freight),
        ("unbilledAmount", unbilled),
        ("unshippedAmount", unshipped),
        ("paymentTotal", paid),
    ] {
        map.insert(name.to_owned(), number(amount));
        map.insert(
            format!("{name}InBaseCurrency"),
            number(in_base(data, order, amount)),
        );
    }
    Value::Object(map)
}

pub(super) fn lines(world: &World, call: &Call, order: &SalesOrder) -> Reply {
    let rows: Vec<Value> = order
        .lines
        .iter()
        .map(|line| line_dto(world, order, line))
        .collect();
    super::list::page(world, call, rows, 1000)
}

pub(super) fn line(world: &World, order: &SalesOrder, id: &str) -> Reply {
    match order.lines.iter().find(|line| line.id.to_string() == id) {
        Some(line) => Reply::json(line_dto(world, order, line)),
        None => Reply::problem(404, "Not Found", Some(&format!("Line {id} was not found."))),
    }
}

fn line_dto(world: &World, order: &SalesOrder, line: &Line) -> Value {
    let decimals = world.data.decimals(&order.currency);
    let rest = |name: &str| line.rest.get(name).cloned().unwrap_or(Value::Null);
    // `extendedPrice` is price times quantity, before the discount, as the ERP's own `extPrice` says of itself.
    let extended = number(line.extended(decimals));
    let open = if line.completed || order.status == "Cancelled" {
        Decimal::ZERO
    } else {
        line.quantity - line.confirmed
    };
    // In two halves: the macro does not reach further in one.
    let mut dto = object(json!({
        "lineId": line.id,
        "sortOrder": line.sort,
        "lineType": line.kind,
        "operation": line.operation,
        "orderDate": moment::day(order.date),
        "branch": {"id": line.branch, "description": text_of(&world.data.branches, &line.branch)},
        "inventory": {
            "id": line.item,
            "description": world.data.items.get(&line.item).map(|item| item.description.as_str()),
            "baseUnit": BASE_UNIT,
        },
        "unitOfMeasure": line.unit,
        "quantity": number(line.quantity),
        "baseOrderQuantity": number(line.quantity * line.holds),
        "unitCost": 0.0,
        "unitPrice": number(line.unit_price),
        "description": line.description,
        "shippingRule": line.rest.get("shippingRule").cloned().unwrap_or_else(|| json!("BackOrderAllowed")),
        "completed": line.completed,
        "extendedPrice": extended,
        "lineTotalBeforeDiscount": extended,
        "exciseDuty": 0.0,
        "discountAmount": number(line.discount_amount),
        "externalLink": line.link,
        "taxCategoryId": line.category,
        "reasonCode": rest("reasonCode"),
        "warehouseId": line.warehouse,
    }));
    dto.extend(object(json!({
        "shipDate": rest("shipDate"),
        "requestDate": rest("requestDate"),
        "note": rest("note"),
        "salesAccountId": line.account,
        "subaccount": rest("subaccount"),
        "openQuantity": number(open),
        "billedQuantity": number(world.billed(order, line.id)),
        "quantityOnShipments": number(line.shipped),
        "discountPercent": number(line.discount_percent),
        "discountCode": null,
        "discountSequenceId": null,
        "hasManualDiscount": line.manual_discount,
        "freeItem": false,
        "hasManualPrice": line.manual_price,
        "inventoryAlternateId": rest("inventoryAlternateId"),
        "openLine": !open.is_zero(),
        "commissionable": false,
        "supplierPrice": 0.0,
        "attachments": [],
        "purchaseOrderNumbers": [],
        "rotRutDeductibleAmount": 0.0,
        "autoCreateIssue": false,
        "invoiceType": line.returns.as_ref().map(|_| "Invoice"),
        "invoiceNumber": line.returns.as_ref().map(|(number, _)| number),
        "invoiceLineNumber": line.returns.as_ref().map(|(_, line)| line),
        "customFields": line.rest.get("customFields").cloned().unwrap_or_else(|| json!({})),
    })));
    Value::Object(dto)
}

/// Money kept for the order, and what of it went on to its invoices.
pub(super) fn payments(world: &World, order: &SalesOrder) -> Reply {
    let rows: Vec<Value> = world
        .ledger
        .payments
        .values()
        .flat_map(|payment| payment.orders.iter().map(move |row| (payment, row)))
        .filter(|(_, row)| row.order_type == order.order_type && row.order_number == order.id)
        .map(|(payment, row)| {
            json!({
                "documentType": payment.kind.word(),
                "referenceNumber": payment.number,
                "amountAppliedToOrder": number(row.amount),
                "billedAmount": number(row.transferred),
                "totalAmount": number(payment.amount),
                "balance": number(payment.available(world)),
                "status": payment.state(world),
                "reference": payment.reference,
            })
        })
        .collect();
    Reply::json(Value::Array(rows))
}

pub(super) fn tax(world: &World, order: &SalesOrder) -> Reply {
    let rows = order.totals(&world.data, None).rows;
    Reply::json(
        rows.iter()
            .map(|row| {
                json!({
                    "taxId": row.vat_id,
                    "taxRate": number(row.rate),
                    "taxableAmount": number(row.taxable),
                    "taxAmount": number(row.tax),
                    "exemptTax": row.exempt,
                    "includeInTaxable": !row.exempt,
                    "isPendingTax": false,
                    "isStatisticalTax": false,
                    "isReverseTax": row.reverse,
                    "taxType": "VAT",
                })
            })
            .collect(),
    )
}

/// `SalesOrderListDto`.
pub(crate) fn list_row(world: &World, order: &SalesOrder) -> Value {
    let totals = order.totals(&world.data, world.round_total_to);
    json!({
        "type": order.order_type,
        "orderId": order.id,
        "status": order.status,
        "date": moment::day(order.date),
        "shippingScheduledDate": moment::day(order.date),
        "customerId": order.customer,
        "customerName": world.customers.get(&order.customer).and_then(|customer| customer.text("name")),
        "orderQty": number(order.lines.iter().map(|line| line.quantity).sum()),
        "orderTotal": number(totals.total),
        "taxTotal": number(totals.tax),
        "currency": order.currency,
        "location": "Main",
        "requestOn": moment::day(order.request_on),
        "customerOrder": order.customer_order,
        "customerRefNo": order.ref_no,
        "description": order.description,
        "lastModified": moment::utc(order.modified),
    })
}
